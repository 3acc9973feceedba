//! Public keys of system clients: read from a JWK set (RFC 7517), and what they signed is verified. Which key is meant,
//! and what a signed assertion must say, is `assertion.rs`.

use std::collections::HashSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA384, RsaPublicKeyComponents,
    UnparsedPublicKey,
};
use serde_json::{Map, Value};

use crate::domain::client::{ClientKey, KeyAlgorithm};
use crate::domain::text::{Invalid, Text};
use crate::limits;

/// 65537, the exponent that everybody uses.
pub(super) const EXPONENT: [u8; 3] = [1, 0, 1];
/// Members that only private and symmetric keys have.
pub(super) const SECRETS: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// The keys of a JWK set.
///
/// # Errors
/// When one of them is no public key that is taken here; the field names which.
pub fn read_key_set(field: &str, given: &Value) -> Result<Vec<ClientKey>, Invalid> {
    let keys = given.get("keys").and_then(Value::as_array).ok_or_else(|| {
        let expected = Text::fixed("JWK の集まり（keys の配列）です", "a JWK set is expected: an object with `keys`");
        Invalid::new(field, "wrong_type", expected)
    })?;
    let field = format!("{field}.keys");
    if keys.is_empty() {
        return Err(Invalid::required(field));
    }
    if keys.len() > limits::CLIENT_KEYS_MAX {
        return Err(Invalid::too_long(field, limits::CLIENT_KEYS_MAX, ("個", "keys"), keys.len()));
    }
    let mut read: Vec<ClientKey> = Vec::new();
    let mut names = HashSet::new();
    for (at, key) in keys.iter().enumerate() {
        let key = read_key(key).map_err(|invalid| invalid.within(format_args!("{field}[{at}]")))?;
        if !names.insert(key.id.clone()) {
            let expected = Text::fixed("鍵ごとに違う kid が必要です", "each key needs a kid of its own");
            return Err(Invalid::new(format!("{field}[{at}].kid"), "duplicate", expected));
        }
        read.push(key);
    }
    Ok(read)
}

fn read_key(given: &Value) -> Result<ClientKey, Invalid> {
    let members = given.as_object().ok_or_else(|| {
        Invalid::new("", "wrong_type", Text::fixed("JWK（オブジェクト）です", "a JWK is expected: an object"))
    })?;
    if let Some(secret) = SECRETS.iter().find(|secret| members.contains_key(**secret)) {
        let expected = Text::fixed(
            "秘密鍵が含まれています。公開鍵だけを登録し、この鍵は使わないでください",
            "this holds a private key: register the public one only, and do not use this key any more",
        );
        return Err(Invalid::new(*secret, "unexpected", expected));
    }
    let id = key_id(members)?;
    let (algorithm, material) = material(members)?;
    let says = |member: &str, expected: &str| match members.get(member) {
        Some(given) if given.as_str() != Some(expected) => {
            Err(Invalid::unknown_code(member, given.as_str().unwrap_or("?"), &[expected]))
        }
        _ => Ok(()),
    };
    says("alg", algorithm.code())?;
    says("use", "sig")?;
    Ok(ClientKey { id, algorithm, material })
}

fn key_id(members: &Map<String, Value>) -> Result<String, Invalid> {
    let id = text(members, "kid")?;
    let is_plain = id.chars().all(|c| c.is_ascii_graphic()) && id.len() <= limits::KEY_ID_CHARS_MAX;
    if is_plain && !id.is_empty() {
        return Ok(id.to_owned());
    }
    let max = limits::KEY_ID_CHARS_MAX;
    let expected = Text::new(
        format!("空白のない半角文字で {max} 文字までです"),
        format!("1 to {max} visible ASCII characters without spaces"),
    );
    Err(Invalid::new("kid", "implausible", expected))
}

pub(super) fn material(members: &Map<String, Value>) -> Result<(KeyAlgorithm, Vec<u8>), Invalid> {
    let curve = || members.get("crv").and_then(Value::as_str).unwrap_or_default();
    match text(members, "kty")? {
        "EC" => {
            let (algorithm, bytes) = match curve() {
                "P-384" => (KeyAlgorithm::Es384, 48),
                "P-256" => (KeyAlgorithm::Es256, 32),
                other => return Err(Invalid::unknown_code("crv", other, &["P-384", "P-256"])),
            };
            let (x, y) = (of_length(members, "x", bytes)?, of_length(members, "y", bytes)?);
            Ok((algorithm, [&[4][..], &x, &y].concat()))
        }
        "OKP" => match curve() {
            "Ed25519" => Ok((KeyAlgorithm::EdDsa, of_length(members, "x", 32)?)),
            other => Err(Invalid::unknown_code("crv", other, &["Ed25519"])),
        },
        "RSA" => {
            if bytes(members, "e")? != EXPONENT {
                let expected = Text::fixed("65537（AQAB）だけを使えます", "only 65537 (AQAB) is taken");
                return Err(Invalid::new("e", "out_of_range", expected));
            }
            let modulus = bytes(members, "n")?;
            let sizes = limits::RSA_MODULUS_BYTES_MIN..=limits::RSA_MODULUS_BYTES_MAX;
            if sizes.contains(&modulus.len()) && modulus[0] >= 0x80 {
                return Ok((KeyAlgorithm::Rs384, modulus));
            }
            let expected = Text::fixed("2048〜4096 ビットの鍵です", "a key of 2048 to 4096 bits is expected");
            Err(Invalid::new("n", "out_of_range", expected))
        }
        other => Err(Invalid::unknown_code("kty", other, &["EC", "RSA", "OKP"])),
    }
}

fn text<'a>(members: &'a Map<String, Value>, member: &str) -> Result<&'a str, Invalid> {
    members.get(member).and_then(Value::as_str).ok_or_else(|| Invalid::required(member))
}

fn bytes(members: &Map<String, Value>, member: &str) -> Result<Vec<u8>, Invalid> {
    URL_SAFE_NO_PAD.decode(text(members, member)?).map_err(|_| {
        let expected = Text::fixed("base64url（= なし）です", "base64url without padding is expected");
        Invalid::new(member, "wrong_type", expected)
    })
}

fn of_length(members: &Map<String, Value>, member: &str, length: usize) -> Result<Vec<u8>, Invalid> {
    let given = bytes(members, member)?;
    if given.len() == length {
        return Ok(given);
    }
    let expected = Text::new(format!("{length} バイトです"), format!("{length} bytes are expected"));
    Err(Invalid::new(member, "out_of_range", expected))
}

/// Whether this key signed the message. INVARIANT: how a signature is verified the key says, and nothing that came with the
/// message does.
#[must_use]
pub fn is_signed_by(key: &ClientKey, message: &[u8], signature: &[u8]) -> bool {
    let plain = |algorithm| UnparsedPublicKey::new(algorithm, &key.material).verify(message, signature);
    let verified = match key.algorithm {
        KeyAlgorithm::Es384 => plain(&ECDSA_P384_SHA384_FIXED),
        KeyAlgorithm::Es256 => plain(&ECDSA_P256_SHA256_FIXED),
        KeyAlgorithm::EdDsa => plain(&ED25519),
        KeyAlgorithm::Rs384 => RsaPublicKeyComponents { n: &key.material[..], e: &EXPONENT[..] }.verify(
            &RSA_PKCS1_2048_8192_SHA384,
            message,
            signature,
        ),
    };
    verified.is_ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    // RFC 7517, A.1; a key of 2048 bits.
    const MODULUS: &str = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";
    const X: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";

    fn refused(key: Value) -> (String, &'static str) {
        let invalid = read_key_set("jwks", &json!({ "keys": [key] })).unwrap_err();
        (invalid.field, invalid.code)
    }

    #[test]
    fn keys_are_taken_that_verify_and_the_fault_of_others_is_named() {
        let rsa = json!({ "kty": "RSA", "kid": "1", "n": MODULUS, "e": "AQAB", "alg": "RS384", "use": "sig" });
        let okp = json!({ "kty": "OKP", "crv": "Ed25519", "kid": "2", "x": X });
        let read = read_key_set("jwks", &json!({ "keys": [rsa, okp] })).unwrap();
        assert_eq!(read.iter().map(|key| key.algorithm.code()).collect::<Vec<_>>(), ["RS384", "EdDSA"]);

        let with = |member: &str, value: Value| {
            let mut key = rsa.clone();
            key[member] = value;
            key
        };
        let table = [
            (with("alg", json!("RS256")), "alg", "unknown_code"),
            (with("alg", json!("none")), "alg", "unknown_code"),
            (with("use", json!("enc")), "use", "unknown_code"),
            (with("e", json!("Aw")), "e", "out_of_range"),
            (with("n", json!(X)), "n", "out_of_range"),
            (with("kid", json!("")), "kid", "implausible"),
            (with("kid", json!("a b")), "kid", "implausible"),
            (with("kid", Value::Null), "kid", "required"),
            (with("d", json!("AQAB")), "d", "unexpected"),
            (json!({ "kty": "oct", "kid": "1", "k": "AQAB" }), "k", "unexpected"),
            (json!({ "kty": "oct", "kid": "1" }), "kty", "unknown_code"),
            (json!({ "kty": "EC", "crv": "P-521", "kid": "1", "x": X, "y": X }), "crv", "unknown_code"),
            (json!({ "kty": "EC", "crv": "P-384", "kid": "1", "x": X, "y": X }), "x", "out_of_range"),
            (json!({ "kty": "EC", "crv": "P-256", "kid": "1", "x": X }), "y", "required"),
            (json!({ "kty": "OKP", "crv": "Ed25519", "kid": "1", "x": format!("{X}=") }), "x", "wrong_type"),
        ];
        for (key, member, code) in table {
            assert_eq!(refused(key.clone()), (format!("jwks.keys[0].{member}"), code), "{key}");
        }
        let twice = read_key_set("jwks", &json!({ "keys": [okp, okp] })).unwrap_err();
        assert_eq!((twice.field.as_str(), twice.code), ("jwks.keys[1].kid", "duplicate"));
        assert_eq!(read_key_set("jwks", &json!({ "keys": [] })).unwrap_err().code, "required");
        assert_eq!(read_key_set("jwks", &json!("https://ehr.example.jp/jwks.json")).unwrap_err().code, "wrong_type");
    }
}
