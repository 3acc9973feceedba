//! Accounts: one for each person, what it can be opened with, and the invitations by which it is set up or recovered.
//! What opens it is kept by the store, sealed; whether it fits is judged by the actions.

use std::fmt;
use std::net::IpAddr;

use super::act::By;
use super::directory::Position;
use super::ids::{DeviceId, IdentityId, InvitationId, OrganisationId, PasskeyId, PersonId};
use super::list::closed_list;
use super::plain::{check_plain, is_plain};
use super::text::{Invalid, Text};
use super::time::Timestamp;
use crate::limits;

/// What a person types to say which account is theirs. Lower case; the region has each once.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Login(String);

impl Login {
    /// A name as somebody typed it: case, width and surrounding spaces do not count.
    ///
    /// # Errors
    /// When it has other characters than letters, digits and `. _ @ + -`, or is too short or too long.
    pub fn parse(field: &str, given: &str) -> Result<Self, Invalid> {
        let name = Self::folded(given);
        let chars = name.chars().count();
        let is_plain = name.chars().all(|c| c.is_ascii_alphanumeric() || "._@+-".contains(c));
        if (limits::LOGIN_CHARS_MIN..=limits::LOGIN_CHARS_MAX).contains(&chars) && is_plain {
            return Ok(Self(name));
        }
        let (min, max) = (limits::LOGIN_CHARS_MIN, limits::LOGIN_CHARS_MAX);
        let expected = Text::new(
            format!("半角の英数字と . _ @ + - で {min}〜{max} 文字です"),
            format!("{min} to {max} letters, digits or . _ @ + -"),
        );
        Err(Invalid::new(field, if chars > max { "too_long" } else { "implausible" }, expected))
    }

    /// What the text would be compared as, whether it is a sign-in name or not.
    #[must_use]
    pub fn folded(given: &str) -> String {
        use unicode_normalization::UnicodeNormalization as _;
        given.trim().nfkc().flat_map(char::to_lowercase).take(2 * limits::LOGIN_CHARS_MAX).collect()
    }

    /// A name of digits, for whoever was given none: `4821-0937`.
    #[must_use]
    pub fn numbered(number: u32) -> Self {
        let number = number % 100_000_000;
        Self(format!("{:04}-{:04}", number / 10_000, number % 10_000))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An account. Without a password, a passkey and an identity elsewhere nobody can sign in to it yet.
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    pub person: PersonId,
    pub login: Login,
    /// In PHC format.
    pub password: Option<String>,
    /// Secret of the authenticator app.
    pub authenticator: Option<Vec<u8>>,
    /// Passkeys that let their owner in. Kept beside the account.
    pub passkeys_count: u32,
    /// Passkeys that no longer do.
    pub void_passkeys_count: u32,
    /// Identities at another service by which they are let in.
    pub identities_count: u32,
    /// Identities by which they no longer are.
    pub void_identities_count: u32,
    pub changed_at: Timestamp,
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account").field("person", &self.person).finish_non_exhaustive()
    }
}

impl Account {
    /// Whether anybody can sign in to it.
    #[must_use]
    pub const fn is_set_up(&self) -> bool {
        self.has_password() || self.passkeys_count > 0 || self.identities_count > 0
    }

    /// Whether it opens by a password and an authenticator.
    #[must_use]
    pub const fn has_password(&self) -> bool {
        self.password.is_some() && self.authenticator.is_some()
    }

    /// Whether it was set up once, whatever was lost since.
    #[must_use]
    pub const fn was_set_up(&self) -> bool {
        let passkeys = self.passkeys_count > 0 || self.void_passkeys_count > 0;
        self.password.is_some() || passkeys || self.identities_count > 0 || self.void_identities_count > 0
    }
}

/// A passkey of somebody: a device or security key that signs for them once they have unlocked it.
#[derive(Clone, PartialEq, Eq)]
pub struct Passkey {
    pub id: PasskeyId,
    pub person: PersonId,
    /// What its owner calls it.
    pub name: String,
    /// The public key and what goes with it, as the vault makes it.
    pub key: Vec<u8>,
    pub added_at: Timestamp,
    pub used_at: Option<Timestamp>,
    /// From when on it lets nobody in, and why.
    pub void: Option<(Timestamp, PasskeyVoid)>,
}

impl fmt::Debug for Passkey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Passkey").field("id", &self.id).field("void", &self.void).finish_non_exhaustive()
    }
}

impl Passkey {
    /// The name somebody gave it; without one it has a name all the same.
    ///
    /// # Errors
    /// When it is too long or holds control characters.
    pub fn read_name(field: &str, given: &str) -> Result<String, Invalid> {
        let (name, max) = (given.trim(), limits::PASSKEY_NAME_CHARS_MAX);
        let chars = name.chars().count();
        if chars > max {
            return Err(Invalid::too_long(field, max, ("文字", "characters"), chars));
        }
        check_plain(field, name)?;
        Ok(if name.is_empty() { "パスキー".to_owned() } else { name.to_owned() })
    }
}

/// Whom another service means, by which it was linked to an account. Never an address of electronic mail: those are given
/// to somebody else in time.
#[derive(Clone, PartialEq, Eq)]
pub struct Identity {
    pub id: IdentityId,
    pub person: PersonId,
    /// The other service.
    pub issuer: String,
    /// Its own name for them.
    pub subject: String,
    pub linked_at: Timestamp,
    pub used_at: Option<Timestamp>,
    /// From when on it lets nobody in: the account is recovered.
    pub voided_at: Option<Timestamp>,
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").field("id", &self.id).field("voided_at", &self.voided_at).finish_non_exhaustive()
    }
}

closed_list! {
    /// What was done with an identity at another service.
    IdentityStep {
        Linked = "identity_linked", "外部サービスとの結び付け", "linked to another service";
        Unlinked = "identity_unlinked", "外部サービスとの結び付けの解除", "no longer linked to another service";
    }
}

closed_list! {
    /// Why a passkey lets nobody in any more.
    PasskeyVoid {
        /// Its counter went back: somebody has a copy.
        Copied = "copied", "複製の疑い", "it seems to have been copied";
        Recovery = "recovery", "再設定", "the account is recovered";
    }
}

closed_list! {
    /// What was done with a passkey.
    PasskeyStep {
        Added = "passkey_added", "パスキーの追加", "passkey added";
        Named = "passkey_named", "パスキーの名前の変更", "passkey renamed";
        Removed = "passkey_removed", "パスキーの削除", "passkey removed";
        Copied = "passkey_copied", "パスキーの複製の疑い（使用停止）", "passkey seems to have been copied, and is void";
    }
}

/// An invitation to set up an account, or to set it up again.
#[derive(Clone)]
pub struct Invitation {
    pub id: InvitationId,
    pub person: PersonId,
    pub purpose: Purpose,
    /// Told apart from the link.
    pub code: String,
    /// Secret of the authenticator that comes with it.
    pub authenticator: Vec<u8>,
    /// It counts for as long as they may still do this for this person.
    pub issuer: Issuer,
    pub issued_at: Timestamp,
    pub expires_at: Timestamp,
    pub ended_at: Option<Timestamp>,
}

/// Who made a link out: an invitation, or that of a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Issuer {
    /// Whoever runs commands on the hub's machine.
    Machine,
    /// Somebody, acting in this position.
    Person(PersonId, Position),
    /// It is from before this was kept.
    Unknown,
}

impl From<By> for Issuer {
    fn from(by: By) -> Self {
        by.actor().map_or(Self::Machine, |actor| {
            Self::Person(actor.person, Position { role: actor.role, organisation: actor.organisation })
        })
    }
}

impl Invitation {
    /// Whether it can be used at this moment.
    #[must_use]
    pub fn is_open_at(&self, now: Timestamp) -> bool {
        self.ended_at.is_none() && now < self.expires_at
    }
}

impl fmt::Debug for Invitation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Invitation").field("id", &self.id).field("purpose", &self.purpose).finish_non_exhaustive()
    }
}

closed_list! {
    /// What an invitation is for.
    Purpose {
        First = "first", "招待", "invitation";
        Recovery = "recovery", "再設定", "recovery";
    }
}

closed_list! {
    /// By what somebody showed who they are.
    SignInWay {
        Passkey = "passkey", "パスキー", "passkey";
        Password = "password", "パスワードと認証アプリ", "password and authenticator";
        Invitation = "invitation", "招待からの設定", "setting up by invitation";
        /// What it did not prove of two factors, the hub asked for.
        Oidc = "oidc", "外部サービス", "another service";
        /// Of a system client, at the token endpoint.
        Assertion = "assertion", "連携システムの鍵による署名", "signed by a connected system's key";
        /// Only `renkei demo` and tests hand these out.
        Link = "link", "デモのリンク", "link of the demo";
    }
}

closed_list! {
    /// What changed of an account.
    AccountChange {
        SetUp = "set_up", "設定", "set up";
        Recovered = "recovered", "再設定", "set up again";
        Password = "password", "パスワードの変更", "password changed";
        Authenticator = "authenticator", "認証アプリの変更", "authenticator changed";
    }
}

closed_list! {
    /// Why an invitation, or a device's link, ended.
    InvitationEnd {
        Used = "used", "使用", "used";
        Withdrawn = "withdrawn", "取り消し", "withdrawn";
        Replaced = "replaced", "新しい招待", "replaced by a newer one";
        Guessed = "guessed", "誤ったコードの繰り返し", "too many wrong codes";
        PersonChanged = "person_changed", "職務の変更または利用停止", "their positions changed, or they were suspended";
        IssuerEnded = "issuer_ended", "発行した人の権限の終わり", "whoever issued it may no longer do so";
    }
}

/// Where somebody was refused, as far as the hub could tell. Records of before it was kept say nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tried {
    /// The other end of the connection; behind a proxy on the hub's machine nobody knows it.
    pub address: Option<IpAddr>,
    /// The registered device that the connection showed, or that the sign-in counts on.
    pub device: Option<DeviceId>,
    /// What the device calls itself.
    pub device_name: String,
}

/// What a device calls itself, as it is kept and shown.
#[must_use]
pub fn device_name(given: &str) -> String {
    given.chars().filter(|c| is_plain(*c)).take(limits::DEVICE_NAME_CHARS_MAX).collect()
}

/// What is done to accounts; the audit log keeps each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccountDeed {
    /// With the reason that whoever recovers an account must write.
    Invited {
        person: PersonId,
        invitation: InvitationId,
        purpose: Purpose,
        expires_at: Timestamp,
        reason: String,
    },
    InvitationEnded {
        person: PersonId,
        invitation: InvitationId,
        why: InvitationEnd,
    },
    Changed {
        person: PersonId,
        what: AccountChange,
    },
    /// Somebody tried to sign in to an account that exists, or to prove that it is theirs, and was refused.
    SignInRefused {
        person: PersonId,
        from: Tried,
    },
    /// Something about one of their passkeys.
    Passkey {
        person: PersonId,
        passkey: PasskeyId,
        what: PasskeyStep,
    },
    /// Something about one of their identities at another service.
    Identity {
        person: PersonId,
        identity: IdentityId,
        what: IdentityStep,
    },
    /// Somebody signed in showed once more that it is they, before a grave act.
    Proved {
        person: PersonId,
        way: SignInWay,
    },
    /// Who may invite and recover the people of an office.
    AdministratorKept {
        organisation: OrganisationId,
        person: PersonId,
        appointed: bool,
    },
}

impl AccountDeed {
    /// As whoever did it had to write.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Invited { reason, .. } => Some(reason),
            Self::InvitationEnded { .. }
            | Self::Changed { .. }
            | Self::SignInRefused { .. }
            | Self::Passkey { .. }
            | Self::Identity { .. }
            | Self::Proved { .. }
            | Self::AdministratorKept { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_in_name_is_the_same_however_it_is_typed() {
        for given in ["Sato.Hanako", " sato.hanako ", "ｓａｔｏ．ｈａｎａｋｏ"] {
            assert_eq!(Login::parse("login", given).unwrap().as_str(), "sato.hanako");
        }
        for given in ["ab", "佐藤", "a b c", "", &"x".repeat(65)] {
            assert_eq!(Login::parse("login", given).unwrap_err().field, "login", "{given}");
        }
        assert_eq!(Login::numbered(48_210_937).as_str(), "4821-0937");
        assert_eq!(Login::numbered(7).as_str(), "0000-0007");
    }
}
