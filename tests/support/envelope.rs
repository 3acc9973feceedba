//! Envelopes as a device makes them: HPKE in base mode (RFC 9180), written again with other means than the hub's, so that
//! neither side is tested against itself.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::agreement::{ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey, agree_ephemeral};
use ring::hmac;
use ring::rand::SystemRandom;
use serde_json::{Value, json};

const KEM: &[u8] = b"KEM\x00\x10";
const SUITE: &[u8] = b"HPKE\x00\x10\x00\x01\x00\x02";

/// Seals `slip` under the id of a post to the key that the hub showed.
pub fn envelope(key: &Value, id: &str, slip: &Value) -> Value {
    let name = key["id"].as_str().expect("a name");
    let public = URL_SAFE_NO_PAD.decode(key["public_key"].as_str().expect("a key")).expect("base64url");
    let random = SystemRandom::new();
    let mine = EphemeralPrivateKey::generate(&ECDH_P256, &random).expect("a key");
    let enc = mine.compute_public_key().expect("its public half").as_ref().to_vec();
    let shared = agree_ephemeral(mine, &UnparsedPublicKey::new(&ECDH_P256, &public), <[u8]>::to_vec).expect("a point");

    let prk = extract(KEM, &[], "eae_prk", &shared);
    let shared = expand(KEM, &prk, "shared_secret", &[enc.as_slice(), &public].concat(), 32);
    let info = format!("renkei quarantine {name}");
    let context =
        [vec![0], extract(SUITE, &[], "psk_id_hash", &[]), extract(SUITE, &[], "info_hash", info.as_bytes())].concat();
    let secret = extract(SUITE, &shared, "secret", &[]);
    let sealing = UnboundKey::new(&AES_256_GCM, &expand(SUITE, &secret, "key", &context, 32)).expect("a key");
    let nonce =
        Nonce::try_assume_unique_for_key(&expand(SUITE, &secret, "base_nonce", &context, 12)).expect("12 bytes");
    let mut text = slip.to_string().into_bytes();
    let sealing = LessSafeKey::new(sealing);
    sealing.seal_in_place_append_tag(nonce, Aad::from(id.as_bytes()), &mut text).expect("it is short");
    json!({ "id": id, "key": name, "enc": URL_SAFE_NO_PAD.encode(enc), "text": URL_SAFE_NO_PAD.encode(text) })
}

fn hmac_of(key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), &parts.concat()).as_ref().to_vec()
}

fn extract(suite: &[u8], salt: &[u8], label: &str, material: &[u8]) -> Vec<u8> {
    hmac_of(salt, &[b"HPKE-v1", suite, label.as_bytes(), material])
}

fn expand(suite: &[u8], prk: &[u8], label: &str, info: &[u8], length: u8) -> Vec<u8> {
    let mut block = hmac_of(prk, &[&[0, length], b"HPKE-v1", suite, label.as_bytes(), info, &[1]]);
    block.truncate(length.into());
    block
}
