//! Passwords as argon2id hashes in PHC format, which carry their own parameters. Hashing takes tens of milliseconds and
//! 19 MiB on purpose: callers run it off the async threads, a few at a time.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

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

/// Hashes passwords, and counts how often: the work is the same for a name that nobody has.
#[derive(Debug, Default)]
pub struct PasswordHashing {
    made: AtomicU64,
}

impl PasswordHashing {
    /// Hashes made since the start, new ones and those compared with.
    #[must_use]
    pub fn made(&self) -> u64 {
        self.made.load(Ordering::Relaxed)
    }

    /// The hash of a password, with a salt of its own.
    #[must_use]
    pub fn hash(&self, password: &str) -> String {
        self.made.fetch_add(1, Ordering::Relaxed);
        hash(password)
    }

    /// Whether the password fits. Without a hash to compare with, the same work is done and nothing fits, so that the
    /// time taken does not tell whether there is one.
    #[must_use]
    pub fn fits(&self, password: &str, hash: Option<&str>) -> bool {
        let is_somebodys = hash.is_some();
        let parsed = PasswordHash::new(hash.unwrap_or_else(|| NOBODYS.as_str()));
        parsed.is_ok_and(|parsed| self.verify(password, &parsed)) && is_somebodys
    }

    fn verify(&self, password: &str, hash: &PasswordHash) -> bool {
        self.made.fetch_add(1, Ordering::Relaxed);
        argon2id().verify_password(password.as_bytes(), hash).is_ok()
    }
}

/// What the password of an account that does not exist is compared with.
static NOBODYS: LazyLock<String> = LazyLock::new(|| {
    let mut random = [0_u8; 32];
    fill_random(&mut random);
    hash(&random.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
});

fn hash(password: &str) -> String {
    let mut salt = [0; SALT_BYTES];
    fill_random(&mut salt);
    let hashed: PasswordHash = argon2id()
        .hash_password_with_salt(password.as_bytes(), &salt)
        .expect("a password within the limits can be hashed");
    hashed.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_fits_its_own_hash_only_and_every_hash_has_its_salt() {
        let hashing = PasswordHashing::default();
        let [one, other] = [(); 2].map(|()| hashing.hash("雨の日は傘を二本もって行く"));
        assert_ne!(one, other);
        assert!(one.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{one}");
        assert!(hashing.fits("雨の日は傘を二本もって行く", Some(&one)));
        assert!(!hashing.fits("雨の日は傘を三本もって行く", Some(&one)));
        assert!(!hashing.fits("", Some("$argon2id$broken")));
        assert_eq!(hashing.made(), 4);
        assert!(!hashing.fits("雨の日は傘を二本もって行く", None));
        assert_eq!(hashing.made(), 5, "the same work when there is nothing to fit");
    }
}
