//! The key by which this hub, as a client of another service, shows there who it is (RFC 7523, `private_key_jwt`, ES256).
//! Read from a file by whoever starts the hub; what it signs counts for one address and a minute.

use std::fmt;

use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use serde_json::json;

use super::{Token, jwt};
use crate::domain::time::Timestamp;
use crate::limits;

/// See the module.
pub struct ClientSigner {
    pair: EcdsaKeyPair,
    key_id: Option<String>,
}

impl ClientSigner {
    /// The signer of a P-256 key in PKCS#8, which the other service knows by this name. `None`: it is no such key.
    #[must_use]
    pub fn from_pkcs8(pkcs8: &[u8], key_id: Option<String>) -> Option<Self> {
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8, &SystemRandom::new()).ok()?;
        Some(Self { pair, key_id })
    }

    /// Who the hub is, for this address.
    #[must_use]
    pub fn assert(&self, client: &str, audience: &str, now: Timestamp) -> String {
        let mut header = json!({ "alg": "ES256", "typ": "JWT" });
        if let Some(key_id) = &self.key_id {
            header["kid"] = key_id.as_str().into();
        }
        let (now_s, once) = (now.as_secs(), Token::random().reveal());
        let claims = json!({
            "iss": client, "sub": client, "aud": audience, "jti": once.as_str(),
            "iat": now_s, "exp": now_s + limits::OIDC_ASSERTION_S,
        });
        jwt::sign(&self.pair, &header, &claims)
    }
}

impl fmt::Debug for ClientSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientSigner").field("key_id", &self.key_id).finish_non_exhaustive()
    }
}
