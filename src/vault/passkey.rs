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
        Some(Self { webauthn, origin: url.origin().ascii_serialization() })
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
    use super::*;

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
