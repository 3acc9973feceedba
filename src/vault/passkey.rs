//! Passkeys (WebAuthn): the ceremonies by which one is made and shown. `webauthn-rs` judges what devices sign; what it leaves
//! to its caller is judged here: the exact origin, frames of other pages, and whose key was shown.
//!
//! INVARIANT: a passkey stands for two factors, the device and what unlocks it (a PIN, a finger, a face). What was made or
//! shown without unlocking is refused.

use std::fmt;

use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;
use webauthn_rs::prelude::{
    CredentialID, DiscoverableAuthentication, Passkey, PasskeyAuthentication, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, Url, Webauthn, WebauthnBuilder, WebauthnError,
};

/// Whom devices make passkeys for: this hub, by the address at which people open it.
pub struct RelyingParty {
    webauthn: Webauthn,
    name: String,
    origin: String,
}

/// The hub's half of making a passkey; good for one answer.
#[derive(Clone)]
pub struct Making(PasskeyRegistration);

/// The hub's half of showing a passkey, whosever it is; good for one answer.
#[derive(Clone)]
pub struct AskingAnybody(DiscoverableAuthentication);

/// The hub's half of showing one of somebody's passkeys; good for one answer.
#[derive(Clone)]
pub struct AskingOne(PasskeyAuthentication, Uuid);

/// A passkey as it is kept, in the clear.
#[derive(Clone, PartialEq, Eq)]
pub struct PasskeyKey(Vec<u8>);

/// What a device answered that shows a passkey.
pub struct ShownPasskey(PublicKeyCredential);

/// A passkey that was shown rightly: as it is kept from now on.
pub struct UsedPasskey {
    pub key: PasskeyKey,
    /// How often it has signed, as it says; 0: it does not count.
    pub counter: u32,
}

/// Why a passkey is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasskeyFault {
    #[error("the passkey is refused")]
    Refused,
    /// Signed rightly, but its counter went back: there are two of it.
    #[error("the passkey's counter went back")]
    Copied,
}

#[derive(Deserialize)]
struct ClientData {
    origin: String,
    #[serde(default, rename = "crossOrigin")]
    cross_origin: Option<bool>,
}

macro_rules! says_nothing {
    ($($name:ident)+) => { $(impl fmt::Debug for $name {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.debug_struct(stringify!($name)).finish_non_exhaustive()
        }
    })+ };
}
says_nothing! { RelyingParty Making AskingAnybody AskingOne PasskeyKey ShownPasskey UsedPasskey }

impl RelyingParty {
    /// For pages of this origin. `None` where browsers make no passkeys: at a bare address, which is no name.
    #[must_use]
    pub fn of(origin: &str) -> Option<Self> {
        let url = Url::parse(origin).ok()?;
        let name = url.domain()?.to_owned();
        let webauthn = WebauthnBuilder::new(&name, &url).ok()?.rp_name("Renkei").build().ok()?;
        Some(Self { webauthn, name, origin: url.origin().ascii_serialization() })
    }

    /// The name that passkeys are made for.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Begins to make a passkey of somebody; what the browser is asked goes with it. None is made on a device that holds one
    /// of `known`.
    ///
    /// # Errors
    /// When the name is empty.
    pub fn make(
        &self,
        person: Uuid,
        login: &str,
        name: &str,
        known: &[PasskeyKey],
    ) -> Result<(Value, Making), PasskeyFault> {
        let known: Vec<CredentialID> =
            known.iter().filter_map(PasskeyKey::open).map(|passkey| passkey.cred_id().clone()).collect();
        let known = Some(known).filter(|known| !known.is_empty());
        let (asked, making) =
            self.webauthn.start_passkey_registration(person, login, name, known).map_err(|error| refused(&error))?;
        let mut options = asked_of(&asked.public_key);
        // It must be found without a name being typed: nobody learns from the hub who has an account.
        options["authenticatorSelection"]["residentKey"] = json!("required");
        options["authenticatorSelection"]["requireResidentKey"] = json!(true);
        Ok((options, Making(making)))
    }

    /// The passkey that a device made, if it did so for this hub and this ceremony.
    ///
    /// # Errors
    /// When anything about it is wrong.
    pub fn made(&self, Making(making): &Making, answer: Value) -> Result<(PasskeyKey, Vec<u8>), PasskeyFault> {
        let answer: RegisterPublicKeyCredential = serde_json::from_value(answer).map_err(|_| PasskeyFault::Refused)?;
        self.is_of_our_page(&answer.response.client_data_json)?;
        let made = self.webauthn.finish_passkey_registration(&answer, making).map_err(|error| refused(&error))?;
        Ok((PasskeyKey::close(&made), made.cred_id().to_vec()))
    }

    /// Asks for a passkey of this hub, whosever it is.
    ///
    /// # Errors
    /// None that is known.
    pub fn ask_anybody(&self) -> Result<(Value, AskingAnybody), PasskeyFault> {
        let (asked, asking) = self.webauthn.start_discoverable_authentication().map_err(|error| refused(&error))?;
        Ok((asked_of(&asked.public_key), AskingAnybody(asking)))
    }

    /// Asks for one of somebody's passkeys.
    ///
    /// # Errors
    /// When there is none.
    pub fn ask_one(&self, person: Uuid, keys: &[PasskeyKey]) -> Result<(Value, AskingOne), PasskeyFault> {
        let keys: Vec<Passkey> = keys.iter().filter_map(PasskeyKey::open).collect();
        if keys.is_empty() {
            return Err(PasskeyFault::Refused);
        }
        let (asked, asking) = self.webauthn.start_passkey_authentication(&keys).map_err(|error| refused(&error))?;
        Ok((asked_of(&asked.public_key), AskingOne(asking, person)))
    }

    /// Judges a passkey shown by anybody, which is kept as `key`.
    ///
    /// # Errors
    /// When anything about it is wrong.
    pub fn judge(
        &self,
        AskingAnybody(asking): AskingAnybody,
        ShownPasskey(shown): &ShownPasskey,
        key: &PasskeyKey,
    ) -> Result<UsedPasskey, PasskeyFault> {
        self.is_of_our_page(&shown.response.client_data_json)?;
        let mut passkey = key.open().ok_or(PasskeyFault::Refused)?;
        let judged = self.webauthn.finish_discoverable_authentication_v2(shown, asking, &passkey);
        let judged = judged.map_err(|error| refused(&error))?;
        passkey.update_credential(&judged);
        Ok(UsedPasskey { key: PasskeyKey::close(&passkey), counter: judged.counter() })
    }

    /// Judges one of somebody's passkeys, which is kept as `key`.
    ///
    /// # Errors
    /// When anything about it is wrong.
    pub fn judge_one(
        &self,
        AskingOne(asking, person): &AskingOne,
        ShownPasskey(shown): &ShownPasskey,
        key: &PasskeyKey,
    ) -> Result<UsedPasskey, PasskeyFault> {
        self.is_of_our_page(&shown.response.client_data_json)?;
        if shown.get_user_unique_id().is_some_and(|whose| whose != person.as_bytes()) {
            return Err(PasskeyFault::Refused);
        }
        let mut passkey = key.open().ok_or(PasskeyFault::Refused)?;
        let judged = self.webauthn.finish_passkey_authentication(shown, asking).map_err(|error| refused(&error))?;
        passkey.update_credential(&judged).ok_or(PasskeyFault::Refused)?;
        Ok(UsedPasskey { key: PasskeyKey::close(&passkey), counter: judged.counter() })
    }

    /// The browser says where it was asked. The library takes an origin with a path too, and frames of other pages.
    fn is_of_our_page(&self, client_data: &[u8]) -> Result<(), PasskeyFault> {
        let said: ClientData = serde_json::from_slice(client_data).map_err(|_| PasskeyFault::Refused)?;
        let is_ours = said.origin == self.origin && said.cross_origin != Some(true);
        if is_ours { Ok(()) } else { Err(PasskeyFault::Refused) }
    }
}

impl PasskeyKey {
    /// As it was kept.
    #[must_use]
    pub const fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    fn close(passkey: &Passkey) -> Self {
        Self(serde_json::to_vec(passkey).expect("a passkey has text keys"))
    }

    fn open(&self) -> Option<Passkey> {
        serde_json::from_slice(&self.0).ok()
    }
}

impl ShownPasskey {
    /// Reads what a browser answered.
    #[must_use]
    pub fn parse(answer: Value) -> Option<Self> {
        serde_json::from_value(answer).ok().map(Self)
    }

    /// Whose passkey it says it is.
    #[must_use]
    pub fn person(&self) -> Option<Uuid> {
        self.0.get_user_unique_id().and_then(|bytes| Uuid::from_slice(bytes).ok())
    }

    /// Which one it says it is.
    #[must_use]
    pub fn credential(&self) -> &[u8] {
        self.0.get_credential_id()
    }
}

/// What the browser is asked, in the JSON form of the standard.
fn asked_of(options: &impl serde::Serialize) -> Value {
    serde_json::to_value(options).expect("options have text keys")
}

fn refused(error: &WebauthnError) -> PasskeyFault {
    tracing::debug!(%error, "a passkey is refused");
    match error {
        WebauthnError::CredentialPossibleCompromise => PasskeyFault::Copied,
        _ => PasskeyFault::Refused,
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use proptest::prelude::*;

    use super::*;

    const ORIGIN: &str = "https://renkei.example.jp";

    /// What a browser would answer whose device says these bytes.
    fn answer(kind: &str, options: &Value, said: &[u8]) -> Value {
        let client_data = json!({ "type": kind, "challenge": options["challenge"], "origin": ORIGIN }).to_string();
        let (client_data, said) = (URL_SAFE_NO_PAD.encode(client_data), URL_SAFE_NO_PAD.encode(said));
        json!({ "id": "AA", "rawId": "AA", "type": "public-key", "response": {
            "clientDataJSON": client_data, "attestationObject": said, "authenticatorData": said, "signature": said,
            "userHandle": said,
        } })
    }

    fn is_refused(said: &[u8]) -> bool {
        let hub = RelyingParty::of(ORIGIN).unwrap();
        let (options, making) = hub.make(Uuid::from_u128(7), "4821-0937", "佐藤 花子", &[]).unwrap();
        let made = hub.made(&making, answer("webauthn.create", &options, said));
        let (options, asking) = hub.ask_anybody().unwrap();
        let shown = ShownPasskey::parse(answer("webauthn.get", &options, said)).unwrap();
        let _ = shown.person();
        let judged = hub.judge(asking, &shown, &PasskeyKey::from_bytes(KEPT.as_bytes().to_vec()));
        made.is_err() && judged.is_err()
    }

    /// A passkey as it is kept: these rows must open for as long as there are any.
    const KEPT: &str = r#"{"cred":{"cred_id":"AA","cred":{"type_":"ES256","key":{"EC_EC2":{"curve":"SECP256R1",
        "x":"wn5_bfwXgxX8Bt9jLP6MG-YRXgWFHGgpkESrlaEayPM","y":"j3u3nBjyFfh1n6JFq1e8_BrOC_mLZu5-yC2OgZhXxO0"}}},"counter":0,
        "transports":null,"user_verified":true,"backup_eligible":false,"backup_state":false,"registration_policy":"required",
        "extensions":{"cred_protect":"NotRequested","hmac_create_secret":"NotRequested","appid":"NotRequested",
        "cred_props":"Ignored"},"attestation":{"data":"None","metadata":"None"},"attestation_format":"none"}}"#;

    #[test]
    fn a_passkey_that_was_kept_opens() {
        assert!(PasskeyKey::from_bytes(KEPT.as_bytes().to_vec()).open().is_some());
    }

    proptest! {
        #[test]
        fn whatever_a_device_says_is_refused_and_breaks_nothing(said in proptest::collection::vec(any::<u8>(), 0..300)) {
            prop_assert!(is_refused(&said));
            // As it would begin if it were sound.
            prop_assert!(is_refused(&[b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58".as_slice(), &said].concat()));
            let name = ring::digest::digest(&ring::digest::SHA256, b"renkei.example.jp");
            prop_assert!(is_refused(&[name.as_ref(), &[0xc5, 0, 0, 0, 0], &said].concat()));
        }
    }

    #[test]
    fn what_is_nested_without_end_is_refused() {
        for nested in [vec![0x81; 50_000], vec![0xa1; 50_000], vec![0x9f; 50_000]] {
            assert!(is_refused(&nested));
        }
    }

    #[test]
    fn passkeys_are_of_a_name_and_never_of_a_bare_address() {
        for origin in ["https://renkei.example.jp", "https://localhost:8443", "http://localhost:8080"] {
            assert_eq!(RelyingParty::of(origin).unwrap().origin, origin);
        }
        for origin in ["https://127.0.0.1:8443", "https://[::1]:8443", "", "renkei"] {
            assert!(RelyingParty::of(origin).is_none(), "{origin}");
        }
    }

    #[test]
    fn a_browser_is_asked_for_a_key_that_is_unlocked_and_found_without_a_name() {
        let hub = RelyingParty::of("https://renkei.example.jp:8443").unwrap();
        let (options, _) = hub.make(Uuid::from_u128(7), "4821-0937", "佐藤 花子", &[]).unwrap();
        assert_eq!(
            (&options["rp"]["id"], &options["user"]["name"]),
            (&json!("renkei.example.jp"), &json!("4821-0937"))
        );
        let selection = &options["authenticatorSelection"];
        assert_eq!(
            (&selection["userVerification"], &selection["residentKey"], &selection["requireResidentKey"]),
            (&json!("required"), &json!("required"), &json!(true))
        );
        assert_eq!(options["attestation"], "none");
        let (asked, _) = hub.ask_anybody().unwrap();
        assert_eq!((&asked["userVerification"], &asked["allowCredentials"]), (&json!("required"), &json!([])));
        assert_ne!(asked["challenge"], hub.ask_anybody().unwrap().0["challenge"]);
    }
}
