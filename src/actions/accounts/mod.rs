//! Accounts: signing in with two factors or a passkey, which stands for both, choosing the role acted in, invitations and recovery, who may look after whom,
//! the registered devices of those who are looked after,
//! and the systems that sign in by a key. What follows a sign-in is `actions/sign_in.rs`.
//!
//! INVARIANT: nobody becomes a [`Shown`] by one factor. An answer to somebody who may be a stranger never tells whether an
//! account exists, and takes the same work either way.

mod authorities;
mod ceremonies;
mod changing;
mod choosing;
mod client_tokens;
mod clients;
mod devices;
mod enrolling;
mod excepting;
mod guesses;
mod invitations;
mod keeping;
mod looking_after;
mod outside;
mod overreaching;
mod passkeys;
mod passwords;
mod proving;
mod signing_in;

use std::net::IpAddr;
use std::sync::Arc;

pub use self::authorities::{
    ensure_authority, find_authority, fingerprint, list_authorities, replace_authority, retire_authority,
};
pub use self::client_tokens::{TokenAsked, TokenGranted, TokenRefusal};
pub use self::clients::{
    ClientGiven, ClientOrder, ClientSeen, KeysGiven, NewClient, order_client, replace_client_keys,
};
pub use self::devices::{Bundle, DeviceSeen, insert_device, issue_certificate, revoke_device};
pub use self::enrolling::{EnrolmentOpened, IssuedEnrolment};
pub use self::guesses::TooOften;
pub use self::invitations::{Accepting, Issued, NewInvitation, Opened};
pub use self::looking_after::{AccountSeen, TakenOn, check_reason};
pub use self::outside::{
    CALLBACK_PATH, EnteredFromOutside, IdentitiesSeen, Leaving, Provider, ProviderError, ProviderFileError, Returned,
    SecondAsked, SecondGiven,
};
pub(in crate::actions) use self::overreaching::end_overreaching;
pub use self::passkeys::{AcceptingPasskey, PasskeyAnswer, PasskeyAsked};
pub use self::proving::ProofAsked;
pub use self::signing_in::{Entered, Trial};

use self::ceremonies::Ceremonies;
use self::choosing::Choosing;
use self::guesses::Guesses;
use self::outside::Outside;
use self::passwords::{Overloaded, Passwords};
use self::proving::Proofs;
use crate::actions::directory::DirectoryError;
use crate::actions::sign_in::{SignInError, SignIns};
use crate::config::AccountSettings;
use crate::domain::account::{SignInWay, Tried, device_name};
use crate::domain::ids::PersonId;
use crate::domain::text::{Invalid, Text};
use crate::domain::time::Timestamp;
use crate::hub::Hub;
use crate::hub::devices::{Line, Shown as OnLine};
use crate::hub::lines::LineRefusal;
use crate::store::StoreError;
use crate::vault::{CertificateError, DeviceMark, Mac, RelyingParty};

/// See the module.
#[derive(Debug)]
pub struct Accounts {
    hub: Hub,
    sign_ins: Arc<SignIns>,
    passwords: Passwords,
    guesses: Guesses,
    choosing: Choosing,
    /// `None`: people open the hub at a bare address, where browsers make no passkeys.
    relying_party: Option<RelyingParty>,
    ceremonies: Ceremonies,
    /// `None`: nobody signs in by another service here.
    outside: Option<Outside>,
    proofs: Proofs,
}

/// Somebody who showed by two factors who they are.
#[derive(Clone, Debug)]
struct Shown {
    person: PersonId,
    login: Mac,
    /// When their account last changed: with a later change they must show it anew.
    as_of: Timestamp,
    way: SignInWay,
    device: String,
    mark: Option<DeviceMark>,
    /// Whether they did just now, so that it counts for grave acts too.
    is_proof: bool,
}

/// Where somebody comes from.
#[derive(Clone, Debug, Default)]
pub struct From {
    pub address: Option<IpAddr>,
    /// What the device keeps of earlier sign-ins.
    pub mark: Option<String>,
    /// What it calls itself.
    pub device: String,
    /// What its connection shows of it.
    pub line: Line,
}

impl From {
    fn mark(&self) -> Option<DeviceMark> {
        self.mark.as_deref().and_then(DeviceMark::parse)
    }

    fn tried(&self) -> Tried {
        let device = match self.line.shown {
            OnLine::Device { id, .. } => Some(id),
            OnLine::Nothing | OnLine::Expired | OnLine::Ended => None,
        };
        Tried { address: self.address, device, device_name: device_name(&self.device) }
    }
}

/// Why an account does not open, or is not changed.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// Whatever is wrong with name, password or code: all look the same.
    #[error("these do not open an account")]
    Refused,
    /// Whatever is wrong with a passkey: all look the same.
    #[error("this passkey opens no account")]
    PasskeyRefused,
    /// Whatever is wrong with whoever came back from the other service: all look the same.
    #[error("nobody who is let in came back from the other service")]
    OutsideRefused,
    #[error("the other service does not answer")]
    OutsideUnreachable,
    /// Whatever is wrong with the link or its code: all look the same.
    #[error("no such invitation")]
    NoInvitation,
    #[error("tried too often")]
    TooOften(TooOften),
    #[error("too much to do")]
    Overloaded,
    /// The device, or its lack, does not do.
    #[error(transparent)]
    Line(#[from] LineRefusal),
    /// Whatever is wrong with the link of an enrolment or its code: all look the same.
    #[error("no such enrolment")]
    NoEnrolment,
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    /// Unknown, or not theirs to look after.
    #[error("not found")]
    NotFound,
    #[error("{}", .0.en)]
    Forbidden(Text),
    #[error("{}", .0.en)]
    Conflict(Text),
    #[error(transparent)]
    Invalid(#[from] Invalid),
    #[error(transparent)]
    SignIn(SignInError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl std::convert::From<SignInError> for AccountError {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::Store(error) => Self::Store(error),
            other => Self::SignIn(other),
        }
    }
}

impl std::convert::From<TooOften> for AccountError {
    fn from(often: TooOften) -> Self {
        Self::TooOften(often)
    }
}

impl std::convert::From<Overloaded> for AccountError {
    fn from(Overloaded: Overloaded) -> Self {
        Self::Overloaded
    }
}

impl std::convert::From<DirectoryError> for AccountError {
    fn from(error: DirectoryError) -> Self {
        match error {
            DirectoryError::NotFound => Self::NotFound,
            DirectoryError::Conflict(text) => Self::Conflict(text),
            DirectoryError::Invalid(invalid) => Self::Invalid(invalid),
            DirectoryError::Store(error) => Self::Store(error),
        }
    }
}

impl Accounts {
    /// The accounts of a hub, which people open at this address: passkeys are made for it and for nothing else.
    #[must_use]
    pub fn new(hub: Hub, sign_ins: Arc<SignIns>, settings: AccountSettings, page_url: &str) -> Self {
        Self {
            passwords: Passwords::new(settings.profile),
            guesses: Guesses::new(hub.region().clock(), Arc::clone(hub.region().counting())),
            choosing: Choosing::default(),
            relying_party: RelyingParty::of(page_url),
            ceremonies: Ceremonies::default(),
            outside: None,
            proofs: Proofs::counting(settings.proof_counts),
            hub,
            sign_ins,
        }
    }

    /// The same where people may sign in by another service.
    #[must_use]
    pub fn trusting(self, provider: Option<Provider>) -> Self {
        Self { outside: provider.map(Outside::new), ..self }
    }

    /// Fewest characters of a password.
    #[must_use]
    pub const fn password_chars_min(&self) -> usize {
        self.passwords.chars_min()
    }

    /// Password hashes made since the start, for names that nobody has too.
    #[must_use]
    pub fn password_hashes_made(&self) -> u64 {
        self.passwords.hashes_made()
    }

    fn login_digest(&self, login: &str) -> Mac {
        self.hub.journal().region().logins().mac(&[login.as_bytes()])
    }

    /// What others know of a person, which a password should not be made of.
    fn known_of(&self, person: PersonId, login: &str) -> Vec<String> {
        let directory = self.hub.region().directory();
        let mut known = vec![login.to_owned(), "renkei".to_owned(), "連携".to_owned()];
        if let Some(person) = directory.people.get(&person) {
            known.extend([&person.name.kanji, &person.name.kana].into_iter().cloned());
            let names = person.name.kanji.split_whitespace().chain(person.name.kana.split_whitespace());
            known.extend(names.map(str::to_owned));
            let offices = person.positions.iter().filter_map(|at| directory.organisations.get(&at.organisation));
            known.extend(offices.map(|office| office.name.clone()));
        }
        known
    }
}
