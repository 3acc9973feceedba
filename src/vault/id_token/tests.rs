//! ID tokens as they should be, and each attack on them. What RSA signed here was made with OpenSSL.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::json;

use super::*;

const NOW_S: i64 = 1_775_003_400;
const FOR: IdTokenFor<'_> = IdTokenFor {
    issuer: "https://login.example.jp/care",
    client: "renkei",
    nonce: "n-1",
    now: Timestamp::from_secs(NOW_S),
};

struct Signer(EcdsaKeyPair);

impl Signer {
    fn new() -> Self {
        let (algorithm, random) = (&ECDSA_P256_SHA256_FIXED_SIGNING, SystemRandom::new());
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
        Self(EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref(), &random).unwrap())
    }

    fn jwk(&self, id: &str) -> Value {
        let point = self.0.public_key().as_ref();
        let (x, y) = (URL_SAFE_NO_PAD.encode(&point[1..33]), URL_SAFE_NO_PAD.encode(&point[33..]));
        json!({ "kty": "EC", "crv": "P-256", "kid": id, "use": "sig", "alg": "ES256", "x": x, "y": y })
    }

    fn sign(&self, header: &Value, claims: &Value) -> String {
        let encoded = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
        let signed = format!("{}.{}", encoded(header), encoded(claims));
        let signature = self.0.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

fn header() -> Value {
    json!({ "alg": "ES256", "kid": "k1", "typ": "JWT" })
}

fn claims() -> Value {
    json!({
        "iss": FOR.issuer, "sub": "248289761001", "aud": FOR.client, "nonce": FOR.nonce, "exp": NOW_S + 300,
        "iat": NOW_S, "auth_time": NOW_S - 5, "acr": "2", "amr": ["pwd", "otp", 7],
    })
}

fn with(mut members: Value, name: &str, value: Value) -> Value {
    match value {
        Value::Null => drop(members.as_object_mut().unwrap().remove(name)),
        value => members[name] = value,
    }
    members
}

fn judged(text: &str, keys: &Value) -> Result<IdClaims, JwtFault> {
    IdToken::read(text)?.judge(&ProviderKeys::read(keys), FOR)
}

#[test]
fn a_token_is_taken_from_its_issuer_for_this_hub_and_this_sign_in() {
    let (signer, other) = (Signer::new(), Signer::new());
    let keys = json!({ "keys": [other.jwk("k0"), signer.jwk("k1")] });
    let read = judged(&signer.sign(&header(), &claims()), &keys).unwrap();
    assert_eq!((read.subject.as_str(), read.acr.as_deref()), ("248289761001", Some("2")));
    assert_eq!(read.amr, ["pwd", "otp"]);
    assert_eq!(read.authenticated_at, Some(Timestamp::from_secs(NOW_S - 5)));
    let only = with(with(claims(), "aud", json!([FOR.client])), "azp", json!(FOR.client));
    assert!(judged(&signer.sign(&header(), &only), &keys).is_ok());
    let unnamed = with(header(), "kid", Value::Null);
    assert!(judged(&signer.sign(&unnamed, &claims()), &keys).is_ok(), "every key is tried for a token that names none");
    let late = with(claims(), "exp", json!(NOW_S - limits::OIDC_SKEW_S + 1));
    assert!(judged(&signer.sign(&header(), &late), &keys).is_ok(), "clocks differ a little");
}

#[test]
fn each_claim_that_is_bent_is_refused_by_itself() {
    let signer = Signer::new();
    let keys = json!({ "keys": [signer.jwk("k1")] });
    let (skew, age) = (limits::OIDC_SKEW_S, limits::ID_TOKEN_AGE_S_MAX);
    let table = [
        ("iss", json!("https://login.example.jp/care/"), "iss"),
        ("iss", json!("https://login.example.jp/other"), "iss"),
        ("iss", Value::Null, "iss"),
        ("aud", json!("another"), "aud"),
        ("aud", json!([FOR.client, "another"]), "aud"),
        ("aud", json!([]), "aud"),
        ("aud", Value::Null, "aud"),
        ("azp", json!("another"), "azp"),
        ("nonce", json!("n-2"), "nonce"),
        ("nonce", Value::Null, "nonce"),
        ("exp", json!(NOW_S - skew), "exp"),
        ("exp", json!("soon"), "exp"),
        ("exp", Value::Null, "exp"),
        ("iat", json!(NOW_S + skew + 1), "iat"),
        ("iat", json!(NOW_S - age - 1), "iat"),
        ("iat", Value::Null, "iat"),
        ("nbf", json!(NOW_S + skew + 1), "nbf"),
        ("auth_time", json!(NOW_S + skew + 1), "auth_time"),
        ("auth_time", json!("now"), "auth_time"),
        ("sub", json!(""), "sub"),
        ("sub", json!("x".repeat(limits::OIDC_SUBJECT_BYTES_MAX + 1)), "sub"),
        ("sub", json!(7), "sub"),
        ("sub", Value::Null, "sub"),
    ];
    for (claim, value, fault) in table {
        let sent = signer.sign(&header(), &with(claims(), claim, value.clone()));
        assert_eq!(judged(&sent, &keys), Err(JwtFault::Claim(fault)), "{claim}: {value}");
    }
}

#[test]
fn each_attack_on_signature_and_key_is_refused() {
    use JwtFault::{Header, Signature};
    let (signer, other) = (Signer::new(), Signer::new());
    let keys = json!({ "keys": [signer.jwk("k1"), with(other.jwk("k2"), "use", json!("enc"))] });
    let good = signer.sign(&header(), &claims());
    let parts: Vec<&str> = good.split('.').collect();
    let none = URL_SAFE_NO_PAD.encode(json!({ "alg": "none", "kid": "k1" }).to_string());
    let hmac = {
        let signed =
            format!("{}.{}", URL_SAFE_NO_PAD.encode(with(header(), "alg", json!("HS256")).to_string()), parts[1]);
        let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, signer.0.public_key().as_ref());
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(ring::hmac::sign(&key, signed.as_bytes())))
    };
    let exchanged = URL_SAFE_NO_PAD.encode(with(claims(), "sub", json!("somebody else")).to_string());
    let table = [
        ("alg none", format!("{none}.{}.", parts[1]), Signature),
        ("no signature", format!("{}.{}.", parts[0], parts[1]), Signature),
        ("HS256 with the public key", hmac, Signature),
        ("another algorithm than the key's", signer.sign(&with(header(), "alg", json!("RS256")), &claims()), Signature),
        ("no algorithm", signer.sign(&with(header(), "alg", Value::Null), &claims()), Header("alg")),
        ("another issuer's key", other.sign(&header(), &claims()), Signature),
        ("a key for encryption", other.sign(&with(header(), "kid", json!("k2")), &claims()), Signature),
        ("a key that it brings along", other.sign(&with(header(), "jwk", other.jwk("k1")), &claims()), Signature),
        ("an unknown key", signer.sign(&with(header(), "kid", json!("k9")), &claims()), Signature),
        ("claims exchanged", format!("{}.{exchanged}.{}", parts[0], parts[2]), Signature),
        ("something critical", signer.sign(&with(header(), "crit", json!(["exp"])), &claims()), Header("crit")),
    ];
    for (what, sent, fault) in table {
        assert_eq!(judged(&sent, &keys), Err(fault), "{what}");
    }
    let too_long = "a".repeat(limits::ID_TOKEN_BYTES_MAX + 1);
    assert!(matches!(IdToken::read(&too_long), Err(JwtFault::TooLong)));
}

#[test]
fn keys_that_are_not_understood_are_passed_over_and_secret_ones_are_never_used() {
    let signer = Signer::new();
    let token = IdToken::read(&signer.sign(&header(), &claims())).unwrap();
    let of = |keys: Value| ProviderKeys::read(&json!({ "keys": keys }));
    let strange = [json!({ "kty": "oct", "kid": "k1", "k": "AQAB" }), json!(7), json!({ "kty": "EC", "crv": "P-521" })];
    let known = of(json!([strange[0], strange[1], strange[2], signer.jwk("k1")]));
    assert!(token.judge(&known, FOR).is_ok());
    let secret = of(json!([with(signer.jwk("k1"), "d", json!("AQAB"))]));
    assert_eq!(token.judge(&secret, FOR), Err(JwtFault::Signature));
    let mut many: Vec<Value> = (0..limits::OIDC_KEYS_MAX).map(|n| signer.jwk(&format!("other-{n}"))).collect();
    many.push(signer.jwk("k1"));
    assert!(token.judge(&of(json!(many)), FOR).is_err(), "no more than the bound are read");
    assert!(token.judge(&ProviderKeys::read(&json!("https://login.example.jp/keys")), FOR).is_err());
}

const MODULUS: &str = "o7PmQNo3TWmd9juvSSyYBTBwL9vg8kcHbkI8Jtd37wd5-RKW3yoFLO15somU7Ooy_bYeeJrEUJtaGe7vocXIBj8_sLxl2U3DnMQwG6PAf-nffM3-xQuunaxNQ5C1vOwVy05xRvgZtRAumBCwjCAeY9NArwL_V86eKKigkOS3P7ap5e4qKkVsfkrJOuYov3Mn6_JD9QMfc4r1N2cflHsQl2Zs-q3tAo2tPj6c74sXjPxbQwe5DHqpyO9D8pOq2ftp-_EvMgKDMzFok0kmr5-Ve6rbg3_BZmWk2LPF4B2CXTFnl3sD1qdyFKvcFsAq74-TLeca8qWe1qRwm1eZgP1jnw";
const RS256: &str = "PLqoV4TAj9MBcbZhHCx7aSVM3dbwbQ_vXPTzeSe3IvSuRO7AXTpXZKLyfRBiKlSkDueJaGTIjT3N8XlTuV-n1rnaiExVYTonrF8WwdkwJnmBpYPal4UfWJHCjeBYOt43fvBYxV1vtiMOWvSXalwoSuVkl_IZvIpuXou0MnbyPiI-605krf7o0MAwEyEfe37tw7rUygsuBKHfT-T4Zu-rsDPilTmReNJwAKqelbRW4TbrTvzZB-AjWOyy8uOMvD8jyD8TgNSzayqpXKOREsP846f0vxxrOmhGaOokeltOySnJYFc_dPYs0mON5S3ZEixVA7p3TLALNYV3nWrQR5hA3Q";
const PS256: &str = "Lx6sZv4MMC2-H1vO_zOPG4R-ScVhs2UYVB2MwzLGtd4kF2Y8uPByqKVrsCj-ub9MnPoUvqBWrN2npWwvmUFumK2MIP-_SH9dPMx4EOdwePnKHoRdFJeQG6m4a2ZpO4LbCS3BwvsWTXFbezr-AisWNsy2YnfSabupMV4pZct68i2OVzQGiU4MCQHnRjN_kaut-mHKzXMalBjPpiPFFBUNnMiAEetl-qmqCtEUwEjgOywMK_Y6i_L6AOAfN4wOIqmcG1ZRx3H6Vv9cdia9uODBnMjaxX1COKaVQ_IurXqRq2AEmTAM0CPuygbC3AiVqIVtOG5GeQCb9vefll8d4rYtXA";

#[test]
fn what_rsa_signed_is_verified_by_the_way_that_the_key_names() {
    let message = b"what the issuer signed";
    let key = |algorithm: Value| {
        let jwk = with(json!({ "kty": "RSA", "kid": "k1", "n": MODULUS, "e": "AQAB" }), "alg", algorithm);
        ProviderKey::read(jwk.as_object().unwrap()).unwrap()
    };
    let (pkcs1, pss) = (URL_SAFE_NO_PAD.decode(RS256).unwrap(), URL_SAFE_NO_PAD.decode(PS256).unwrap());
    assert!(key(Value::Null).signed("RS256", message, &pkcs1) && key(json!("RS256")).signed("RS256", message, &pkcs1));
    assert!(key(Value::Null).signed("PS256", message, &pss));
    assert!(!key(json!("RS256")).signed("PS256", message, &pss), "the key is for another way");
    assert!(!key(Value::Null).signed("RS256", message, &pss) && !key(Value::Null).signed("RS384", message, &pkcs1));
    assert!(!key(Value::Null).signed("RS256", b"something else", &pkcs1));
}
