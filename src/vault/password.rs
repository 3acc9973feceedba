//! Passwords as argon2id hashes in PHC format, which carry their own parameters. Hashing takes tens of milliseconds and
//! 19 MiB on purpose: callers run it off the async threads, a few at a time.

use std::sync::LazyLock;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};

use super::fill_random;
use crate::limits;

const SALT_BYTES: usize = 16;

fn argon2id() -> Argon2<'static> {
    let params = Params::new(limits::PASSWORD_MEMORY_KIB, limits::PASSWORD_PASSES_COUNT, 1, None);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params.expect("the parameters are within argon2's bounds"))
}

/// The hash of a password, with a salt of its own.
#[must_use]
pub fn hash_password(password: &str) -> String {
    let mut salt = [0; SALT_BYTES];
    fill_random(&mut salt);
    let hashed: PasswordHash = argon2id()
        .hash_password_with_salt(password.as_bytes(), &salt)
        .expect("a password within the limits can be hashed");
    hashed.to_string()
}

/// Whether the password fits. Without a hash to compare with, the same work is done and nothing fits, so that the time
/// taken does not tell whether there is one.
#[must_use]
pub fn password_fits(password: &str, hash: Option<&str>) -> bool {
    static NOBODYS: LazyLock<String> = LazyLock::new(|| {
        let mut random = [0_u8; 32];
        fill_random(&mut random);
        hash_password(&random.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
    });
    let is_somebodys = hash.is_some();
    let parsed = PasswordHash::new(hash.unwrap_or_else(|| NOBODYS.as_str()));
    parsed.is_ok_and(|parsed| argon2id().verify_password(password.as_bytes(), &parsed).is_ok()) && is_somebodys
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_fits_its_own_hash_only_and_every_hash_has_its_salt() {
        let (one, other) = (hash_password("雨の日は傘を二本もって行く"), hash_password("雨の日は傘を二本もって行く"));
        assert_ne!(one, other);
        assert!(one.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{one}");
        assert!(password_fits("雨の日は傘を二本もって行く", Some(&one)));
        assert!(!password_fits("雨の日は傘を三本もって行く", Some(&one)));
        assert!(!password_fits("", Some("$argon2id$broken")));
        assert!(!password_fits("雨の日は傘を二本もって行く", None));
    }
}
