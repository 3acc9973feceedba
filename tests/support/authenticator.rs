//! A device that holds a passkey, in software: it makes one and signs with it as the standard says, or wrongly in one way,
//! as a story wishes.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use renkei::vault::digest;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Value, json};

use super::app::ORIGIN;

const PRESENT: u8 = 1;
const UNLOCKED: u8 = 4;
const HOLDS_A_KEY: u8 = 0x40;

/// What browser and device say and do.
#[derive(Clone, Debug)]
pub struct Habits {
    /// Where the browser was asked.
    pub origin: String,
    /// In a frame of another page.
    pub framed: bool,
    /// Whom the device signs for.
    pub hub: String,
    /// Somebody touches it.
    pub touched: bool,
    /// Somebody unlocks it by finger, face or PIN.
    pub unlocked: bool,
    /// Whose key the device says it is, if not its owner's.
    pub owner: Option<Vec<u8>>,
    /// What the browser says it was asked to do, if it lies.
    pub said: Option<&'static str>,
}

impl Default for Habits {
    fn default() -> Self {
        let hub = ORIGIN.trim_start_matches("https://").to_owned();
        Self { origin: ORIGIN.to_owned(), framed: false, hub, touched: true, unlocked: true, owner: None, said: None }
    }
}

pub struct Authenticator {
    key: EcdsaKeyPair,
    credential: Vec<u8>,
    owner: Vec<u8>,
    /// How often it has signed; 0: it does not count.
    pub counter: u32,
    pub habits: Habits,
}

impl Authenticator {
    /// An empty device, with a name of its own for the key that it will make.
    pub fn new(name: &str) -> Self {
        let rng = SystemRandom::new();
        let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &rng).expect("a key");
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, key.as_ref(), &rng).expect("its own key");
        let credential = digest(&[key.public_key().as_ref(), name.as_bytes()].concat()).to_vec();
        Self { key, credential, owner: Vec::new(), counter: 0, habits: Habits::default() }
    }

    /// The same device with another habit, for one answer.
    pub fn with<T>(&mut self, change: impl FnOnce(&mut Habits), act: impl FnOnce(&mut Self) -> T) -> T {
        let usual = self.habits.clone();
        change(&mut self.habits);
        let done = act(self);
        self.habits = usual;
        done
    }

    /// Makes a passkey, as the hub asks for it.
    pub fn make(&mut self, options: &Value) -> Value {
        self.owner = bytes(&options["user"]["id"]);
        let client_data = self.client_data("webauthn.create", options);
        let mut held = vec![0; 16];
        held.extend(u16::try_from(self.credential.len()).expect("short").to_be_bytes());
        held.extend(&self.credential);
        held.extend(self.public_key());
        let data = self.signed_data(HOLDS_A_KEY, &held);
        // {"fmt": "none", "attStmt": {}, "authData": …} in CBOR.
        let mut attestation = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x59".to_vec();
        attestation.extend(u16::try_from(data.len()).expect("short").to_be_bytes());
        attestation.extend(&data);
        self.answer(json!({ "clientDataJSON": text(&client_data), "attestationObject": text(&attestation) }))
    }

    /// Signs, as the hub asks for it.
    pub fn show(&mut self, options: &Value) -> Value {
        if self.counter > 0 {
            self.counter += 1;
        }
        let client_data = self.client_data("webauthn.get", options);
        let data = self.signed_data(0, &[]);
        let signed = [data.as_slice(), &digest(&client_data)].concat();
        let signature = self.key.sign(&SystemRandom::new(), &signed).expect("signed");
        let owner = self.habits.owner.as_ref().unwrap_or(&self.owner);
        self.answer(json!({
            "clientDataJSON": text(&client_data), "authenticatorData": text(&data),
            "signature": text(signature.as_ref()), "userHandle": text(owner),
        }))
    }

    fn answer(&self, response: Value) -> Value {
        let id = text(&self.credential);
        json!({
            "id": id, "rawId": id, "type": "public-key", "response": response, "clientExtensionResults": {},
            "authenticatorAttachment": "platform",
        })
    }

    fn client_data(&self, kind: &str, options: &Value) -> Vec<u8> {
        let said = json!({
            "type": self.habits.said.unwrap_or(kind), "challenge": options["challenge"],
            "origin": self.habits.origin, "crossOrigin": self.habits.framed,
        });
        said.to_string().into_bytes()
    }

    fn signed_data(&self, flags: u8, held: &[u8]) -> Vec<u8> {
        let touched = if self.habits.touched { PRESENT } else { 0 };
        let unlocked = if self.habits.unlocked { UNLOCKED } else { 0 };
        let mut data = digest(self.habits.hub.as_bytes()).to_vec();
        data.push(flags | touched | unlocked);
        data.extend(self.counter.to_be_bytes());
        data.extend(held);
        data
    }

    /// As COSE writes it: EC2, ES256, P-256, x, y.
    fn public_key(&self) -> Vec<u8> {
        let (x, y) = self.key.public_key().as_ref()[1..].split_at(32);
        [&b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20"[..], x, b"\x22\x58\x20", y].concat()
    }
}

fn text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn bytes(text: &Value) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text.as_str().expect("base64url")).expect("base64url")
}
