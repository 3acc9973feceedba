//! ID tokens of another service (OpenID Connect Core 1.0, 3.1.3.7), and the keys that it publishes: read strictly, judged for
//! one sign-in at this hub. Fetching either is `actions/accounts/outside`.
//!
//! INVARIANT: how a signature is verified the key says, as far as it does, and no symmetric way is among those that there are;
//! of the claims nothing is looked at before.

use ring::signature::{self, RsaParameters, RsaPublicKeyComponents, UnparsedPublicKey, VerificationAlgorithm};
use serde_json::{Map, Value};

use super::client_key::{EXPONENT, SECRETS, material};
use super::jwt::{Compact, JwtFault, Members};
use crate::domain::client::KeyAlgorithm;
use crate::domain::time::Timestamp;
use crate::limits;

/// What an ID token is judged for.
#[derive(Clone, Copy, Debug)]
pub struct IdTokenFor<'a> {
    /// To the letter.
    pub issuer: &'a str,
    /// This hub, as the issuer knows it.
    pub client: &'a str,
    /// Of this one sign-in.
    pub nonce: &'a str,
    pub now: Timestamp,
}

/// What a judged token says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdClaims {
    /// Whom the issuer means; its own name for them, which it never gives to somebody else.
    pub subject: String,
    /// How surely it knows that it is they.
    pub acr: Option<String>,
    /// By what they showed it.
    pub amr: Vec<String>,
    /// When they did.
    pub authenticated_at: Option<Timestamp>,
}

/// A token that was read, and not judged yet.
#[derive(Debug)]
pub struct IdToken(Compact);

/// The keys that a service publishes, as far as they are understood here.
#[derive(Clone, Debug, Default)]
pub struct ProviderKeys(Vec<ProviderKey>);

#[derive(Clone, Debug)]
struct ProviderKey {
    id: Option<String>,
    /// The one algorithm that it is for, if it says.
    algorithm: Option<String>,
    /// RSA of whatever hash as [`KeyAlgorithm::Rs384`].
    family: KeyAlgorithm,
    material: Vec<u8>,
}

impl ProviderKeys {
    /// The keys of a JWK set. What is not for signatures, holds a secret, or is not understood is passed over: a service
    /// publishes for others too.
    #[must_use]
    pub fn read(set: &Value) -> Self {
        let keys = set.get("keys").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let keys = keys.iter().take(limits::OIDC_KEYS_MAX).filter_map(Value::as_object);
        Self(keys.filter_map(ProviderKey::read).collect())
    }

    fn named(&self, id: Option<&str>) -> impl Iterator<Item = &ProviderKey> {
        self.0.iter().filter(move |key| id.is_none() || key.id.as_deref() == id)
    }
}

impl ProviderKey {
    fn read(members: &Map<String, Value>) -> Option<Self> {
        let text = |name: &str| members.get(name).and_then(Value::as_str);
        let is_secret = SECRETS.iter().any(|secret| members.contains_key(*secret));
        if is_secret || text("use").is_some_and(|what| what != "sig") {
            return None;
        }
        let (family, material) = material(members).ok()?;
        Some(Self { id: text("kid").map(str::to_owned), algorithm: text("alg").map(str::to_owned), family, material })
    }

    fn signed(&self, algorithm: &str, message: &[u8], signature: &[u8]) -> bool {
        if self.algorithm.as_deref().is_some_and(|only| only != algorithm) {
            return false;
        }
        let plain = |by: &'static dyn VerificationAlgorithm| {
            UnparsedPublicKey::new(by, &self.material).verify(message, signature).is_ok()
        };
        let rsa = |by: &'static RsaParameters| {
            RsaPublicKeyComponents { n: &self.material[..], e: &EXPONENT[..] }.verify(by, message, signature).is_ok()
        };
        match (self.family, algorithm) {
            (KeyAlgorithm::Es256, "ES256") => plain(&signature::ECDSA_P256_SHA256_FIXED),
            (KeyAlgorithm::Es384, "ES384") => plain(&signature::ECDSA_P384_SHA384_FIXED),
            (KeyAlgorithm::EdDsa, "EdDSA") => plain(&signature::ED25519),
            (KeyAlgorithm::Rs384, "RS256") => rsa(&signature::RSA_PKCS1_2048_8192_SHA256),
            (KeyAlgorithm::Rs384, "RS384") => rsa(&signature::RSA_PKCS1_2048_8192_SHA384),
            (KeyAlgorithm::Rs384, "RS512") => rsa(&signature::RSA_PKCS1_2048_8192_SHA512),
            (KeyAlgorithm::Rs384, "PS256") => rsa(&signature::RSA_PSS_2048_8192_SHA256),
            (KeyAlgorithm::Rs384, "PS384") => rsa(&signature::RSA_PSS_2048_8192_SHA384),
            (KeyAlgorithm::Rs384, "PS512") => rsa(&signature::RSA_PSS_2048_8192_SHA512),
            _ => false,
        }
    }
}

impl IdToken {
    /// Reads a token.
    ///
    /// # Errors
    /// When it is no JWT in compact form.
    pub fn read(text: &str) -> Result<Self, JwtFault> {
        Compact::read(text, limits::ID_TOKEN_BYTES_MAX).map(Self)
    }

    /// Judges it.
    ///
    /// # Errors
    /// When anything about it is wrong.
    pub fn judge(&self, keys: &ProviderKeys, wanted: IdTokenFor<'_>) -> Result<IdClaims, JwtFault> {
        let Compact { header, claims, signed, signature } = &self.0;
        let algorithm = header.text("alg").ok_or(JwtFault::Header("alg"))?;
        // Several are tried only where the token names none.
        if !keys.named(header.text("kid")).any(|key| key.signed(algorithm, signed.as_bytes(), signature)) {
            return Err(JwtFault::Signature);
        }
        if claims.text("iss") != Some(wanted.issuer) {
            return Err(JwtFault::Claim("iss"));
        }
        check_audience(claims, wanted.client)?;
        if claims.text("nonce") != Some(wanted.nonce) {
            return Err(JwtFault::Claim("nonce"));
        }
        check_times(claims, wanted.now)?;
        let subject = claims.text("sub").filter(|sub| (1..=limits::OIDC_SUBJECT_BYTES_MAX).contains(&sub.len()));
        let amr = match claims.get("amr") {
            Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            _ => Vec::new(),
        };
        Ok(IdClaims {
            subject: subject.ok_or(JwtFault::Claim("sub"))?.to_owned(),
            acr: claims.text("acr").map(str::to_owned),
            amr,
            authenticated_at: claims.moment("auth_time")?.map(Timestamp::from_secs),
        })
    }
}

/// For this hub, and for nobody besides.
fn check_audience(claims: &Members, client: &str) -> Result<(), JwtFault> {
    let is_for_us = match claims.get("aud") {
        Some(Value::String(given)) => given == client,
        Some(Value::Array(given)) => matches!(&given[..], [only] if only.as_str() == Some(client)),
        _ => false,
    };
    if !is_for_us {
        return Err(JwtFault::Claim("aud"));
    }
    match claims.get("azp") {
        Some(party) if party.as_str() != Some(client) => Err(JwtFault::Claim("azp")),
        _ => Ok(()),
    }
}

fn check_times(claims: &Members, now: Timestamp) -> Result<(), JwtFault> {
    let (now_s, skew_s) = (now.as_secs(), limits::OIDC_SKEW_S);
    let expires = claims.moment("exp")?.ok_or(JwtFault::Claim("exp"))?;
    if expires + skew_s <= now_s {
        return Err(JwtFault::Claim("exp"));
    }
    // It was fetched just now: one that was issued long ago comes from elsewhere.
    let issued = claims.moment("iat")?.ok_or(JwtFault::Claim("iat"))?;
    if issued > now_s + skew_s || issued + limits::ID_TOKEN_AGE_S_MAX < now_s {
        return Err(JwtFault::Claim("iat"));
    }
    for since in ["nbf", "auth_time"] {
        if claims.moment(since)?.is_some_and(|since| since > now_s + skew_s) {
            return Err(JwtFault::Claim(since));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
