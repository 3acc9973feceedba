//! The key by which the hub says to push services of browsers who it is (VAPID, RFC 8292, ES256). The region's own, made once;
//! devices are told its public half when they ask to be rung, and are rung by nobody else.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::json;
use zeroize::Zeroizing;

use super::jwt;
use crate::domain::time::Timestamp;
use crate::limits;

/// See the module.
pub struct PushSigner {
    pair: EcdsaKeyPair,
    public: String,
}

impl PushSigner {
    /// A new key in PKCS#8, to be sealed.
    #[must_use]
    pub fn make() -> Zeroizing<Vec<u8>> {
        let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new());
        Zeroizing::new(made.expect("the operating system gives random bytes").as_ref().to_vec())
    }

    /// The signer of a key that was made. `None`: it is no such key.
    #[must_use]
    pub fn from_pkcs8(pkcs8: &[u8]) -> Option<Self> {
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8, &SystemRandom::new()).ok()?;
        let public = URL_SAFE_NO_PAD.encode(pair.public_key().as_ref());
        Some(Self { pair, public })
    }

    /// The public half as browsers take it (`applicationServerKey`): the uncompressed point in base64url.
    #[must_use]
    pub fn public(&self) -> &str {
        &self.public
    }

    /// The credential for this service, by its origin. It counts there alone, for half a day.
    #[must_use]
    pub fn credential(&self, audience: &str, contact: &str, now: Timestamp) -> String {
        let header = json!({ "alg": "ES256", "typ": "JWT" });
        let claims = json!({ "aud": audience, "exp": now.as_secs() + limits::PUSH_SIGNED_S, "sub": contact });
        format!("vapid t={}, k={}", jwt::sign(&self.pair, &header, &claims), self.public)
    }
}

impl fmt::Debug for PushSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PushSigner").field("public", &self.public).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};

    use super::*;

    #[test]
    fn a_credential_is_signed_by_the_key_that_stands_in_it_and_says_for_whom_and_until_when() {
        let signer = PushSigner::from_pkcs8(&PushSigner::make()).unwrap();
        let now = Timestamp::from_secs(1_775_003_400);
        let credential = signer.credential("https://push.example.jp", "mailto:ict@example.jp", now);
        let (token, key) = credential.strip_prefix("vapid t=").unwrap().split_once(", k=").unwrap();
        let public = URL_SAFE_NO_PAD.decode(key).unwrap();
        assert_eq!((public.len(), public[0]), (65, 4), "an uncompressed point");
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, public).verify(signed.as_bytes(), &signature).unwrap();
        let claims = URL_SAFE_NO_PAD.decode(signed.split_once('.').unwrap().1).unwrap();
        let claims: serde_json::Value = serde_json::from_slice(&claims).unwrap();
        let expected =
            json!({ "aud": "https://push.example.jp", "sub": "mailto:ict@example.jp", "exp": 1_775_046_600 });
        assert_eq!(claims, expected);
        assert!(PushSigner::from_pkcs8(b"no key").is_none());
    }
}
