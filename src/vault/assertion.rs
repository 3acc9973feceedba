//! Assertions by which system clients show who they are (RFC 7523 as SMART App Launch's asymmetric authentication has it):
//! a JWT in its compact form, read strictly. Who the client is, and whether an assertion was used before, the store knows.
//!
//! INVARIANT: of what is not signed yet, only the names of client and key are looked at before the signature was verified.

use serde_json::Value;
use uuid::Uuid;

use super::client_key::is_signed_by;
use super::digest;
use super::jwt::{Compact, JwtFault};
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
    token: Compact,
}

/// What of a judged assertion is kept, so that it counts once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UsedAssertion {
    /// Of its `jti`.
    pub digest: [u8; 32],
    pub expires_at: Timestamp,
}

impl Assertion {
    /// Reads an assertion.
    ///
    /// # Errors
    /// When it is no JWT in compact form, or does not say whose it is.
    pub fn read(text: &str) -> Result<Self, JwtFault> {
        let token = Compact::read(text, limits::ASSERTION_BYTES_MAX)?;
        let key = token.header.text("kid").filter(|key| key.len() <= limits::KEY_ID_CHARS_MAX);
        let key = key.ok_or(JwtFault::Header("kid"))?.to_owned();
        let algorithm = token.header.text("alg").ok_or(JwtFault::Header("alg"))?.to_owned();
        let issuer = token.claims.text("iss").ok_or(JwtFault::Claim("iss"))?;
        let client = Uuid::parse_str(issuer).ok().filter(|id| id.to_string() == issuer);
        let client = ClientId(client.ok_or(JwtFault::Claim("iss"))?);
        if token.claims.text("sub") != Some(issuer) {
            return Err(JwtFault::Claim("sub"));
        }
        Ok(Self { client, key, algorithm, token })
    }

    /// Judges an assertion by the key that the client registered under its name, for the one address that takes it.
    ///
    /// # Errors
    /// When anything about it is wrong.
    pub fn judge(&self, key: &ClientKey, audience: &str, now: Timestamp) -> Result<UsedAssertion, JwtFault> {
        if self.key != key.id || self.algorithm != key.algorithm.code() {
            return Err(JwtFault::Header("alg"));
        }
        if !is_signed_by(key, self.token.signed.as_bytes(), &self.token.signature) {
            return Err(JwtFault::Signature);
        }
        let is_for_us = match self.token.claims.get("aud") {
            Some(Value::String(given)) => given == audience,
            Some(Value::Array(given)) => matches!(&given[..], [only] if only.as_str() == Some(audience)),
            _ => false,
        };
        if !is_for_us {
            return Err(JwtFault::Claim("aud"));
        }
        let now_s = now.as_micros().div_euclid(1_000_000);
        let expires = self.token.claims.moment("exp")?.ok_or(JwtFault::Claim("exp"))?;
        if expires <= now_s || expires > now_s + limits::ASSERTION_AHEAD_S {
            return Err(JwtFault::Claim("exp"));
        }
        for since in ["iat", "nbf"] {
            if self.token.claims.moment(since)?.is_some_and(|since| since > now_s + limits::ASSERTION_SKEW_S) {
                return Err(JwtFault::Claim(since));
            }
        }
        let id = self.token.claims.text("jti").filter(|id| (1..=limits::ASSERTION_ID_BYTES_MAX).contains(&id.len()));
        let id = id.ok_or(JwtFault::Claim("jti"))?;
        Ok(UsedAssertion { digest: digest(id.as_bytes()), expires_at: Timestamp::from_secs(expires) })
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
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

    fn judged(text: &str, key: &ClientKey) -> Result<UsedAssertion, JwtFault> {
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
            assert_eq!(refused, Err(JwtFault::Claim(fault)), "{claim}: {value}");
        }
        let longest = signer.sign(&header().to_string(), &with(claims(), "exp", json!(NOW_S + 300)));
        assert!(judged(&longest, &signer.key("2026-04")).is_ok());
    }

    #[test]
    fn each_attack_on_the_header_and_the_form_is_refused() {
        use JwtFault::{Base64, Header, Json, Parts, Signature, TooLong};
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
