//! Assertions by which system clients show who they are (RFC 7523 as SMART App Launch's asymmetric authentication has it):
//! a JWT in its compact form, read strictly. Who the client is, and whether an assertion was used before, the store knows.
//!
//! INVARIANT: of what is not signed yet, only the names of client and key are looked at before the signature was verified.

use std::collections::BTreeMap;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde::de::{Deserializer, Error as _, MapAccess, Visitor};
use serde_json::Value;
use uuid::Uuid;

use super::client_key::is_signed_by;
use super::digest;
use crate::domain::client::ClientKey;
use crate::domain::ids::ClientId;
use crate::domain::time::Timestamp;
use crate::limits;

/// An assertion that was read, and not judged yet.
#[derive(Debug)]
pub struct Assertion {
    /// Who it says that it is of: `iss` and `sub`.
    pub client: ClientId,
    /// `kid`.
    pub key: String,
    algorithm: String,
    signed: String,
    signature: Vec<u8>,
    claims: Members,
}

/// What of a judged assertion is kept, so that it counts once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UsedAssertion {
    /// Of its `jti`.
    pub digest: [u8; 32],
    pub expires_at: Timestamp,
}

/// Why an assertion is none. For the log at its finest and for tests: whoever sent it is told nothing of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AssertionFault {
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
struct Members(BTreeMap<String, Value>);

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
    fn read(encoded: &str) -> Result<Self, AssertionFault> {
        let json = URL_SAFE_NO_PAD.decode(encoded).map_err(|_| AssertionFault::Base64)?;
        serde_json::from_slice(&json).map_err(|_| AssertionFault::Json)
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str)
    }

    /// A moment in whole seconds; `Err`: it stands there as something else.
    fn moment(&self, name: &'static str) -> Result<Option<i64>, AssertionFault> {
        let Some(given) = self.0.get(name) else { return Ok(None) };
        // Far beyond any date, so that sums do not overflow.
        let seconds = given.as_i64().filter(|seconds| (0..1 << 40).contains(seconds));
        seconds.map(Some).ok_or(AssertionFault::Claim(name))
    }
}

impl Assertion {
    /// Reads an assertion.
    ///
    /// # Errors
    /// When it is no JWT in compact form, or does not say whose it is.
    pub fn read(text: &str) -> Result<Self, AssertionFault> {
        if text.len() > limits::ASSERTION_BYTES_MAX {
            return Err(AssertionFault::TooLong);
        }
        let parts: Vec<&str> = text.split('.').collect();
        let [header, payload, signature] = parts[..] else { return Err(AssertionFault::Parts) };
        let (read, claims) = (Members::read(header)?, Members::read(payload)?);
        let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| AssertionFault::Base64)?;
        if read.0.contains_key("crit") || read.0.contains_key("b64") {
            // It asks for something that is not understood here (RFC 7515, 4.1.11).
            return Err(AssertionFault::Header("crit"));
        }
        let is_jwt = |kind: &Value| kind.as_str().is_some_and(|kind| kind.eq_ignore_ascii_case("JWT"));
        if !read.0.get("typ").is_none_or(is_jwt) {
            return Err(AssertionFault::Header("typ"));
        }
        let key = read.text("kid").filter(|key| key.len() <= limits::KEY_ID_CHARS_MAX);
        let key = key.ok_or(AssertionFault::Header("kid"))?.to_owned();
        let algorithm = read.text("alg").ok_or(AssertionFault::Header("alg"))?.to_owned();
        let issuer = claims.text("iss").ok_or(AssertionFault::Claim("iss"))?;
        let client = Uuid::parse_str(issuer).ok().filter(|id| id.to_string() == issuer);
        let client = ClientId(client.ok_or(AssertionFault::Claim("iss"))?);
        if claims.text("sub") != Some(issuer) {
            return Err(AssertionFault::Claim("sub"));
        }
        let signed = text[..header.len() + 1 + payload.len()].to_owned();
        Ok(Self { client, key, algorithm, signed, signature, claims })
    }

    /// Judges an assertion by the key that the client registered under its name, for the one address that takes it.
    ///
    /// # Errors
    /// When anything about it is wrong.
    pub fn judge(&self, key: &ClientKey, audience: &str, now: Timestamp) -> Result<UsedAssertion, AssertionFault> {
        if self.key != key.id || self.algorithm != key.algorithm.code() {
            return Err(AssertionFault::Header("alg"));
        }
        if !is_signed_by(key, self.signed.as_bytes(), &self.signature) {
            return Err(AssertionFault::Signature);
        }
        let is_for_us = match self.claims.0.get("aud") {
            Some(Value::String(given)) => given == audience,
            Some(Value::Array(given)) => matches!(&given[..], [only] if only.as_str() == Some(audience)),
            _ => false,
        };
        if !is_for_us {
            return Err(AssertionFault::Claim("aud"));
        }
        let now_s = now.as_micros().div_euclid(1_000_000);
        let expires = self.claims.moment("exp")?.ok_or(AssertionFault::Claim("exp"))?;
        if expires <= now_s || expires > now_s + limits::ASSERTION_AHEAD_S {
            return Err(AssertionFault::Claim("exp"));
        }
        for since in ["iat", "nbf"] {
            if self.claims.moment(since)?.is_some_and(|since| since > now_s + limits::ASSERTION_SKEW_S) {
                return Err(AssertionFault::Claim(since));
            }
        }
        let id = self.claims.text("jti").filter(|id| (1..=limits::ASSERTION_ID_BYTES_MAX).contains(&id.len()));
        let id = id.ok_or(AssertionFault::Claim("jti"))?;
        Ok(UsedAssertion { digest: digest(id.as_bytes()), expires_at: Timestamp::from_secs(expires) })
    }
}

#[cfg(test)]
mod tests {
    use ring::rand::SystemRandom;
    use ring::signature::{ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
    use serde_json::json;

    use super::*;
    use crate::domain::client::KeyAlgorithm;

    const AUDIENCE: &str = "https://renkei.example.jp/oauth/token";
    const CLIENT: &str = "0190dddd-0000-7000-8000-000000000001";
    const NOW_S: i64 = 1_775_003_400;

    struct Signer(EcdsaKeyPair);

    impl Signer {
        fn new() -> Self {
            let (algorithm, random) = (&ECDSA_P384_SHA384_FIXED_SIGNING, SystemRandom::new());
            let pkcs8 = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
            Self(EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref(), &random).unwrap())
        }

        fn key(&self, id: &str) -> ClientKey {
            let material = self.0.public_key().as_ref().to_vec();
            ClientKey { id: id.to_owned(), algorithm: KeyAlgorithm::Es384, material }
        }

        fn sign(&self, header: &str, claims: &str) -> String {
            let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
            let signature = self.0.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
            format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
        }
    }

    fn header() -> Value {
        json!({ "alg": "ES384", "kid": "2026-04", "typ": "JWT" })
    }

    fn claims() -> Value {
        json!({
            "iss": CLIENT, "sub": CLIENT, "aud": AUDIENCE, "exp": NOW_S + 240, "iat": NOW_S, "jti": "a-1",
        })
    }

    fn with(mut members: Value, name: &str, value: Value) -> String {
        match value {
            Value::Null => drop(members.as_object_mut().unwrap().remove(name)),
            value => members[name] = value,
        }
        members.to_string()
    }

    fn judged(text: &str, key: &ClientKey) -> Result<UsedAssertion, AssertionFault> {
        Assertion::read(text)?.judge(key, AUDIENCE, Timestamp::from_secs(NOW_S))
    }

    #[test]
    fn an_assertion_is_taken_for_its_client_its_key_and_this_hub() {
        let signer = Signer::new();
        let sent = signer.sign(&header().to_string(), &claims().to_string());
        let read = Assertion::read(&sent).unwrap();
        assert_eq!((read.client.to_string().as_str(), read.key.as_str()), (CLIENT, "2026-04"));
        let used = judged(&sent, &signer.key("2026-04")).unwrap();
        assert_eq!(used.expires_at, Timestamp::from_secs(NOW_S + 240));
        assert_eq!(used.digest, digest(b"a-1"));
        let only = signer.sign(&header().to_string(), &with(claims(), "aud", json!([AUDIENCE])));
        assert!(judged(&only, &signer.key("2026-04")).is_ok());
    }

    #[test]
    fn each_attack_on_what_is_signed_is_refused_by_the_claim_it_bends() {
        let signer = Signer::new();
        let table = [
            ("iss", json!("0190dddd-0000-7000-8000-000000000002"), "sub"),
            ("iss", json!(CLIENT.to_uppercase()), "iss"),
            ("iss", Value::Null, "iss"),
            ("sub", json!("0190dddd-0000-7000-8000-000000000002"), "sub"),
            ("aud", json!("https://renkei.example.jp/oauth/token/"), "aud"),
            ("aud", json!("https://renkei.example.jp"), "aud"),
            ("aud", json!([AUDIENCE, "https://other.example.jp/token"]), "aud"),
            ("aud", Value::Null, "aud"),
            ("exp", json!(NOW_S), "exp"),
            ("exp", json!(NOW_S - 1), "exp"),
            ("exp", json!(NOW_S + 301), "exp"),
            ("exp", json!(1e300), "exp"),
            ("exp", json!("soon"), "exp"),
            ("exp", Value::Null, "exp"),
            ("iat", json!(NOW_S + 61), "iat"),
            ("nbf", json!(NOW_S + 61), "nbf"),
            ("nbf", json!(-1), "nbf"),
            ("jti", json!(""), "jti"),
            ("jti", json!("x".repeat(256)), "jti"),
            ("jti", json!(7), "jti"),
            ("jti", Value::Null, "jti"),
        ];
        for (claim, value, fault) in table {
            let sent = signer.sign(&header().to_string(), &with(claims(), claim, value.clone()));
            let refused = judged(&sent, &signer.key("2026-04"));
            assert_eq!(refused, Err(AssertionFault::Claim(fault)), "{claim}: {value}");
        }
        let longest = signer.sign(&header().to_string(), &with(claims(), "exp", json!(NOW_S + 300)));
        assert!(judged(&longest, &signer.key("2026-04")).is_ok());
    }

    #[test]
    fn each_attack_on_the_header_and_the_form_is_refused() {
        use AssertionFault::{Base64, Header, Json, Parts, Signature, TooLong};
        let (signer, other) = (Signer::new(), Signer::new());
        let (good, claimed) = (signer.sign(&header().to_string(), &claims().to_string()), claims().to_string());
        let parts: Vec<&str> = good.split('.').collect();
        let signed_as = |name: &str, value: Value| signer.sign(&with(header(), name, value), &claimed);
        let twice = claimed.replacen('{', "{\"exp\":9999999999,", 1);
        let jwk = json!({ "kty": "EC", "crv": "P-384" });
        let by_other = other.sign(&with(header(), "jwk", jwk), &claimed);
        // An HMAC keyed with the public key, as libraries verified it that believed the header.
        let hmac = {
            let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(with(header(), "alg", json!("HS256"))), parts[1]);
            let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &signer.key("2026-04").material);
            format!("{signed}.{}", URL_SAFE_NO_PAD.encode(ring::hmac::sign(&key, signed.as_bytes())))
        };
        let table = [
            (
                "alg none",
                format!("{}.{}.", URL_SAFE_NO_PAD.encode("{\"alg\":\"none\",\"kid\":\"2026-04\"}"), parts[1]),
                Header("alg"),
            ),
            ("no signature", format!("{}.{}.", parts[0], parts[1]), Signature),
            ("HS256 with the public key", hmac, Header("alg")),
            ("another algorithm", signed_as("alg", json!("ES256")), Header("alg")),
            ("no algorithm", signed_as("alg", Value::Null), Header("alg")),
            ("another key's name", signed_as("kid", json!("2025-04")), Header("alg")),
            ("a path for a name", signed_as("kid", json!("../../dev/null")), Header("alg")),
            ("SQL for a name", signed_as("kid", json!("' or 1=1 --")), Header("alg")),
            ("a number for a name", signed_as("kid", json!(1)), Header("kid")),
            ("no name", signed_as("kid", Value::Null), Header("kid")),
            ("something critical", signed_as("crit", json!(["exp"])), Header("crit")),
            ("an unencoded payload", signed_as("b64", json!(false)), Header("crit")),
            ("another type", signed_as("typ", json!("JOSE")), Header("typ")),
            ("a key of its own", by_other, Signature),
            ("another client's key", other.sign(&header().to_string(), &claimed), Signature),
            (
                "claims exchanged",
                format!("{}.{}.{}", parts[0], URL_SAFE_NO_PAD.encode(with(claims(), "jti", json!("b"))), parts[2]),
                Signature,
            ),
            ("two signatures", format!("{good}.{}", parts[2]), Parts),
            ("JSON serialization", json!({ "payload": parts[1], "signatures": [] }).to_string(), Parts),
            ("a claim twice", signer.sign(&header().to_string(), &twice), Json),
            ("a header twice", signer.sign("{\"alg\":\"none\",\"alg\":\"ES384\",\"kid\":\"2026-04\"}", &claimed), Json),
            ("no object", signer.sign("[]", &claimed), Json),
            ("padding", format!("{}=.{}.{}", parts[0], parts[1], parts[2]), Base64),
            ("base64 with + and /", format!("{}.{}.++//", parts[0], parts[1]), Base64),
            ("oversized", format!("{}.{}.{}", parts[0], "A".repeat(limits::ASSERTION_BYTES_MAX), parts[2]), TooLong),
            ("nothing", String::new(), Parts),
        ];
        for (attack, sent, fault) in table {
            assert_eq!(judged(&sent, &signer.key("2026-04")), Err(fault), "{attack}");
        }
        assert!(judged(&good, &signer.key("2026-04")).is_ok());
    }
}
