//! Codes of an authenticator app (TOTP, RFC 6238): six digits, thirty seconds, SHA-1, because that is what the apps on
//! phones understand. Which codes were used is kept by the store.

use totp_rs::{Algorithm, Builder, Totp};

use super::fill_random;

const SECRET_BYTES: usize = 20;
/// Steps before and after the present one whose code fits: half a minute of a phone's clock, and of typing.
const SKEW_STEPS: u16 = 1;

/// A new secret.
#[must_use]
pub fn authenticator_secret() -> Vec<u8> {
    let mut secret = vec![0; SECRET_BYTES];
    fill_random(&mut secret);
    secret
}

fn totp(secret: &[u8], account: &str) -> Totp {
    Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_skew(SKEW_STEPS)
        .with_step_duration(30)
        .with_secret(secret.to_vec())
        .with_account_name(account.replace(':', "_"))
        .with_issuer(Some("Renkei"))
        .build()
        .expect("a secret of 160 bits and six digits are what RFC 6238 asks for")
}

/// The step whose code this is, if it fits at this moment. A code must be used once: see `Tx::use_code_step`.
#[must_use]
pub fn code_step(secret: &[u8], code: &str, now_s: u64) -> Option<u64> {
    let digits: String = code.chars().filter(char::is_ascii_digit).collect();
    totp(secret, "renkei").check(&digits, now_s)
}

/// What an authenticator app scans, and the secret for typing it in.
#[must_use]
pub fn authenticator_setup(secret: &[u8], account: &str) -> (String, String) {
    let totp = totp(secret, account);
    let uri = totp.to_url().expect("issuer and account hold no colon");
    (uri, totp.secret().to_base32())
}

/// The code that an app would show: for tests, and for programs that stand in for a phone.
#[must_use]
pub fn code_at(secret_base32: &str, now_s: u64) -> Option<String> {
    let secret = totp_rs::Secret::try_from_base32(secret_base32).ok()?;
    Some(totp(secret.as_bytes(), "renkei").generate(now_s).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, cut to six digits.
    #[test]
    fn codes_are_those_of_the_standard() {
        let secret = b"12345678901234567890";
        for (at, code) in [(59, "287082"), (1_111_111_109, "081804"), (2_000_000_000, "279037")] {
            assert_eq!(code_step(secret, code, at), Some(at / 30), "{at}");
            assert_eq!(code_step(secret, code, at + 30), Some(at / 30), "the step before");
            assert_eq!(code_step(secret, code, at + 90), None);
        }
        assert_eq!(code_step(secret, "081 804", 1_111_111_109), Some(37_037_036));
        assert_eq!(code_step(secret, "", 59), None);
    }

    #[test]
    fn an_app_can_be_set_up_by_scanning_or_typing() {
        let secret = authenticator_secret();
        let (uri, typed) = authenticator_setup(&secret, "4821-0937");
        assert!(uri.starts_with("otpauth://totp/Renkei:4821-0937?secret="), "{uri}");
        assert!(uri.contains(&typed));
        let code = code_at(&typed, 1_775_003_400).unwrap();
        assert_eq!(code_step(&secret, &code, 1_775_003_400), Some(1_775_003_400 / 30));
    }
}
