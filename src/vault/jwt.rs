//! JSON Web Tokens in their compact form (RFC 7515, RFC 7519), read strictly: what the assertion of a system client and the
//! ID token of another service have in common. What each must say is judged by `assertion.rs` and `id_token.rs`.

use std::collections::BTreeMap;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::EcdsaKeyPair;
use serde::Deserialize;
use serde::de::{Deserializer, Error as _, MapAccess, Visitor};
use serde_json::Value;

/// A token with this header and these claims, signed by ES256.
pub(super) fn sign(pair: &EcdsaKeyPair, header: &Value, claims: &Value) -> String {
    let encoded = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
    let signed = format!("{}.{}", encoded(header), encoded(claims));
    let signature = pair.sign(&SystemRandom::new(), signed.as_bytes());
    let signature = signature.expect("the operating system gives random bytes");
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// A token that was read. Nothing in it is true before its signature was verified.
#[derive(Debug)]
pub(super) struct Compact {
    pub(super) header: Members,
    pub(super) claims: Members,
    /// What the signature is over.
    pub(super) signed: String,
    pub(super) signature: Vec<u8>,
}

/// Why a token is none. For the log at its finest and for tests: whoever sent it is told nothing of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JwtFault {
    #[error("too long")]
    TooLong,
    #[error("not three parts")]
    Parts,
    #[error("not base64url")]
    Base64,
    #[error("not a JSON object with each member once")]
    Json,
    #[error("header: {0}")]
    Header(&'static str),
    #[error("claim: {0}")]
    Claim(&'static str),
    #[error("signature")]
    Signature,
}

/// A JSON object in which a member that stands twice is a fault: two readers would each believe another one.
#[derive(Debug)]
pub(super) struct Members(BTreeMap<String, Value>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Each;
        impl<'de> Visitor<'de> for Each {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = BTreeMap::new();
                while let Some((name, value)) = map.next_entry::<String, Value>()? {
                    if members.insert(name, value).is_some() {
                        return Err(A::Error::custom("a member stands twice"));
                    }
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Each)
    }
}

impl Members {
    fn read(encoded: &str) -> Result<Self, JwtFault> {
        let json = URL_SAFE_NO_PAD.decode(encoded).map_err(|_| JwtFault::Base64)?;
        serde_json::from_slice(&json).map_err(|_| JwtFault::Json)
    }

    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str)
    }

    /// A moment in whole seconds; `Err`: it stands there as something else.
    pub(super) fn moment(&self, name: &'static str) -> Result<Option<i64>, JwtFault> {
        let Some(given) = self.0.get(name) else { return Ok(None) };
        // Far beyond any date, so that sums do not overflow.
        let seconds = given.as_i64().filter(|seconds| (0..1 << 40).contains(seconds));
        seconds.map(Some).ok_or(JwtFault::Claim(name))
    }
}

impl Compact {
    /// Reads a token.
    ///
    /// # Errors
    /// When it is no JWT in compact form, or asks for something that is not understood here.
    pub(super) fn read(text: &str, bytes_max: usize) -> Result<Self, JwtFault> {
        if text.len() > bytes_max {
            return Err(JwtFault::TooLong);
        }
        let parts: Vec<&str> = text.split('.').collect();
        let [header, payload, signature] = parts[..] else { return Err(JwtFault::Parts) };
        let (read, claims) = (Members::read(header)?, Members::read(payload)?);
        let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| JwtFault::Base64)?;
        if read.0.contains_key("crit") || read.0.contains_key("b64") {
            // It asks for something that is not understood here (RFC 7515, 4.1.11).
            return Err(JwtFault::Header("crit"));
        }
        let is_jwt = |kind: &Value| kind.as_str().is_some_and(|kind| kind.eq_ignore_ascii_case("JWT"));
        if !read.0.get("typ").is_none_or(is_jwt) {
            return Err(JwtFault::Header("typ"));
        }
        let signed = text[..header.len() + 1 + payload.len()].to_owned();
        Ok(Self { header: read, claims, signed, signature })
    }
}
