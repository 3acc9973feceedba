//! Invitations: a link, or its QR code, and a code that is told apart from it, by which a person sets their account up or,
//! after a loss, up again. Both end with their use, with their time, and with the fifth wrong code.
//!
//! INVARIANT: the link alone opens nothing, and what it leads to asks for both factors.

use std::time::Duration;

use super::outside::{identity_act, known_identity};
use super::overreaching::may_still_invite;
use super::passkeys::{NewPasskey, known_passkey, passkey_act};
use super::{AccountError, Accounts, Entered, From, Shown};
use crate::actions::links::{Tried, digits, draw_code, try_code};
use crate::domain::account::{
    Account, AccountChange, AccountDeed, Identity, IdentityStep, Invitation, InvitationEnd, Login, PasskeyStep,
    PasskeyVoid, Purpose, SignInWay,
};
use crate::domain::act::{Act, By, Deed, SignInEnd};
use crate::domain::directory::Position;
use crate::domain::ids::{InvitationId, PersonId, SignInId};
use crate::domain::patient::HumanName;
use crate::domain::text::{Invalid, Text};
use crate::domain::time::Timestamp;
use crate::limits;
use crate::store::{Journal, Link, StoreError, Tx};
use crate::vault::{Token, authenticator_secret, authenticator_setup, code_step, random_below};

/// Draws of a sign-in name before giving up.
const LOGIN_DRAWS: u32 = 20;

/// An invitation that is to be issued.
#[derive(Clone, Debug)]
pub struct NewInvitation {
    pub id: InvitationId,
    pub person: PersonId,
    pub purpose: Purpose,
    /// The sign-in name, where it is chosen now; else digits are drawn.
    pub login: Option<Login>,
    /// Why an account is recovered.
    pub reason: String,
    pub by: By,
    pub now: Timestamp,
}

/// An invitation with what is shown once.
#[derive(Debug)]
pub struct Issued {
    pub token: Token,
    /// To be told apart from the link: by telephone, or face to face.
    pub code: String,
    pub login: Login,
    pub expires_at: Timestamp,
    ended: Vec<SignInId>,
}

impl NewInvitation {
    /// Stores it; earlier invitations of the person are void. A recovery voids the authenticator and ends every sign-in.
    ///
    /// # Errors
    /// When the account is set up (or, for a recovery, was not), the sign-in name is taken, or the store fails.
    pub async fn issue(self, journal: &Journal) -> Result<Issued, AccountError> {
        let writing = journal.write(move |tx| Box::pin(self.write(tx)));
        writing.await?
    }

    async fn write(self, tx: &mut Tx) -> Result<Result<Issued, AccountError>, StoreError> {
        let Self { id, person, purpose, login, reason, by, now } = self;
        let account = match tx.find_account(person).await? {
            Some(account) => match agrees(&account, purpose, login.as_ref()) {
                Ok(()) => account,
                Err(error) => return Ok(Err(error)),
            },
            None if purpose == Purpose::First && tx.has_damaged_account(person).await? => {
                return Ok(Err(AccountError::Conflict(is_damaged())));
            }
            // One that does not open is made anew, under a name of its own.
            None if purpose == Purpose::Recovery && !tx.delete_damaged_account(person).await? => {
                return Ok(Err(AccountError::Conflict(nothing_to_recover())));
            }
            None => match open_account(tx, person, login, now).await? {
                Some(account) => account,
                None => return Ok(Err(login_taken().into())),
            },
        };
        tx.end_invitations_of(person, by, InvitationEnd::Replaced, now).await?;
        let mut ended = Vec::new();
        if purpose == Purpose::Recovery {
            let void = Account { authenticator: None, changed_at: now, ..account.clone() };
            tx.update_account(&void).await?;
            tx.void_passkeys_of(person, PasskeyVoid::Recovery, now).await?;
            tx.void_identities_of(person, now).await?;
            ended = crate::actions::sign_in::end_all(tx, by, person, SignInEnd::AccountChanged, None, now).await?;
        }
        let valid_s = match purpose {
            Purpose::First => limits::INVITATION_VALID_S,
            Purpose::Recovery => limits::RECOVERY_VALID_S,
        };
        let (token, expires_at) = (Token::random(), now.saturating_add(Duration::from_secs(valid_s)));
        let code = draw_code();
        let authenticator = authenticator_secret();
        let invitation = Invitation {
            id,
            person,
            purpose,
            code: code.clone(),
            authenticator,
            issuer: by.into(),
            issued_at: now,
            expires_at,
            ended_at: None,
        };
        tx.insert_invitation(&invitation, &token.hash(), limits::INVITATION_TRIES_COUNT).await?;
        let deed = AccountDeed::Invited { person, invitation: id, purpose, expires_at, reason };
        tx.append_acts(now, [Act { by, deed: Deed::Account(deed) }]).await?;
        Ok(Ok(Issued { token, code, login: account.login, expires_at, ended }))
    }
}

/// Whether an account may be invited to, or recovered.
fn agrees(account: &Account, purpose: Purpose, login: Option<&Login>) -> Result<(), AccountError> {
    let was_set_up = account.was_set_up();
    match purpose {
        Purpose::First if was_set_up => Err(AccountError::Conflict(Text::fixed(
            "この人のアカウントはすでに設定されています。使えなくなったときは再設定を行ってください",
            "this person's account is set up already; recover it if they cannot use it",
        ))),
        Purpose::Recovery if !was_set_up => Err(AccountError::Conflict(nothing_to_recover())),
        _ if login.is_some_and(|login| *login != account.login) => Err(AccountError::Conflict(Text::new(
            format!("この人のサインイン ID は {} です", account.login),
            format!("this person's sign-in name is {}", account.login),
        ))),
        _ => Ok(()),
    }
}

fn is_damaged() -> Text {
    Text::fixed(
        "この人のアカウントは、データベースの中で壊れています。再設定を行ってください",
        "this person's account does not open any more: recover it",
    )
}

fn nothing_to_recover() -> Text {
    Text::fixed(
        "この人のアカウントはまだ設定されていません。招待してください",
        "this person's account was never set up; invite them",
    )
}

fn login_taken() -> Invalid {
    Invalid::new("login", "duplicate", Text::fixed("このサインイン ID は使われています", "this sign-in name is taken"))
}

/// A new account under the name chosen, or under digits. `None`: the name is taken.
async fn open_account(
    tx: &mut Tx,
    person: PersonId,
    login: Option<Login>,
    now: Timestamp,
) -> Result<Option<Account>, StoreError> {
    let is_chosen = login.is_some();
    let mut login = login.unwrap_or_else(|| Login::numbered(random_below(100_000_000)));
    for _ in 0..LOGIN_DRAWS {
        let account = Account {
            person,
            login,
            password: None,
            authenticator: None,
            passkeys_count: 0,
            void_passkeys_count: 0,
            identities_count: 0,
            void_identities_count: 0,
            changed_at: now,
        };
        if tx.insert_account(&account).await? {
            return Ok(Some(account));
        }
        if is_chosen {
            return Ok(None);
        }
        login = Login::numbered(random_below(100_000_000));
    }
    Ok(None)
}

/// What somebody sees who has link and code.
#[derive(Debug)]
pub struct Opened {
    pub name: HumanName,
    pub login: Login,
    pub purpose: Purpose,
    pub positions: Vec<Position>,
    /// For an authenticator app to scan, and to type in.
    pub authenticator_uri: String,
    pub authenticator_secret: String,
    pub expires_at: Timestamp,
}

/// What somebody sends to set their account up.
#[derive(Clone, Debug)]
pub struct Accepting<'a> {
    /// From the link.
    pub token: &'a str,
    /// Told apart from it.
    pub code: &'a str,
    pub password: &'a str,
    /// Of the authenticator that was set up with it.
    pub authenticator_code: &'a str,
    pub position: Option<Position>,
}

/// By what an account opens from now on.
#[derive(Debug)]
pub(super) enum Factors {
    Password {
        password: String,
        /// Whose code was shown.
        step: u64,
    },
    Passkey(Box<NewPasskey>),
    /// At another service, which proved two factors.
    Identity(Box<Identity>),
}

impl Accounts {
    /// Issues an invitation.
    ///
    /// # Errors
    /// See [`NewInvitation::issue`].
    pub(super) async fn issue(&self, new: NewInvitation) -> Result<Issued, AccountError> {
        let person = new.person;
        let issued = new.issue(self.hub.journal()).await?;
        self.choosing.forget(|shown| shown.person == person);
        self.sign_ins.end(&issued.ended);
        Ok(issued)
    }

    /// Voids a person's open invitations; how many there were.
    ///
    /// # Errors
    /// When the store fails.
    pub(super) async fn void_invitations(&self, by: By, person: PersonId) -> Result<usize, AccountError> {
        let now = self.hub.region().now();
        let ending = self.hub.journal().write(move |tx| {
            Box::pin(async move { tx.end_invitations_of(person, by, InvitationEnd::Withdrawn, now).await })
        });
        Ok(ending.await?)
    }

    /// Shows what an invitation is for to somebody who has its link and its code.
    ///
    /// # Errors
    /// [`AccountError::NoInvitation`] whatever is wrong with either.
    pub async fn open_invitation(&self, token: &str, code: &str, from: &From) -> Result<Opened, AccountError> {
        self.guesses.at_address(from.address).await?;
        let (invitation, account) = self.find_open(token, code).await?;
        let directory = self.hub.region().directory();
        let person = directory.people.get(&invitation.person).ok_or(AccountError::NoInvitation)?;
        let (uri, secret) = authenticator_setup(&invitation.authenticator, account.login.as_str());
        Ok(Opened {
            name: person.name.clone(),
            positions: self.positions_of(person.id),
            login: account.login,
            purpose: invitation.purpose,
            authenticator_uri: uri,
            authenticator_secret: secret,
            expires_at: invitation.expires_at,
        })
    }

    /// Sets the account up, and signs its owner in.
    ///
    /// # Errors
    /// When link or code are wrong, the password is not taken, or the authenticator shows another code.
    pub async fn accept_invitation(&self, accepting: Accepting<'_>, from: From) -> Result<Entered, AccountError> {
        self.guesses.at_address(from.address).await?;
        let (invitation, account) = self.find_open(accepting.token, accepting.code).await?;
        let step = code_step(&invitation.authenticator, &digits(accepting.authenticator_code), self.now_s());
        let step = step.ok_or_else(wrong_authenticator_code)?;
        // Before the invitation is used up: on a device that does not do, it would be used for nothing.
        self.positions_here(account.person, &from.line)?;
        let about = self.known_of(invitation.person, account.login.as_str());
        let password = self.passwords.hash_new(accepting.password, about).await??;
        let (login, person) = (self.login_digest(account.login.as_str()), account.person);
        let as_of = self.set_up(invitation, account, Factors::Password { password, step }).await?;
        let (mark, line) = (from.mark(), from.line);
        let shown =
            Shown { person, login, as_of, way: SignInWay::Invitation, device: from.device, mark, is_proof: true };
        self.enter(shown, accepting.position, line).await
    }

    /// The invitation of a link, if its code is right, with the account that it is for.
    pub(super) async fn find_open(&self, token: &str, code: &str) -> Result<(Invitation, Account), AccountError> {
        let token = token.parse::<Token>().map_err(|_| AccountError::NoInvitation)?.hash();
        let typed = digits(code);
        let now = self.hub.region().now();
        let finding = self.hub.journal().write(move |tx| {
            Box::pin(async move {
                let Some(invitation) = tx.find_invitation(&token).await? else { return Ok(None) };
                if !invitation.is_open_at(now) {
                    return Ok(None);
                }
                match try_code(tx, Link::Invitation(invitation.id), &invitation.code, &typed, now).await? {
                    Tried::Refused => Ok(None),
                    Tried::Right => {
                        let account = tx.find_account(invitation.person).await?;
                        Ok::<_, StoreError>(account.map(|account| (invitation, account)))
                    }
                    Tried::Voided => {
                        let (person, why) = (invitation.person, InvitationEnd::Guessed);
                        let deed = AccountDeed::InvitationEnded { person, invitation: invitation.id, why };
                        tx.append_acts(now, [Act { by: By::Hub, deed: Deed::Account(deed) }]).await?;
                        Ok(None)
                    }
                }
            })
        });
        let (invitation, account) = finding.await?.ok_or(AccountError::NoInvitation)?;
        // INVARIANT: whoever may act in no position comes in by no link, nor does anybody by the link of somebody who may not
        // issue it any more: a change of the directory ended it, and a suspension on record is asked for here.
        let (region, directory) = (self.hub.region(), self.hub.region().directory());
        let stands = may_still_invite(&directory, &invitation, |actor| region.is_shut_out(actor));
        if !stands || self.positions_of(invitation.person).is_empty() {
            return Err(AccountError::NoInvitation);
        }
        Ok((invitation, account))
    }

    /// Uses the invitation up and keeps what was set up; when that was.
    pub(super) async fn set_up(
        &self,
        invitation: Invitation,
        account: Account,
        factors: Factors,
    ) -> Result<Timestamp, AccountError> {
        let (now, person) = (self.hub.region().now(), account.person);
        let setting_up = self.hub.journal().write(move |tx| {
            Box::pin(async move {
                if let Factors::Passkey(new) = &factors
                    && tx.find_passkey(&new.1).await?.is_some_and(|known| known.person != person)
                {
                    return Ok(Err(known_passkey()));
                }
                if let Factors::Identity(new) = &factors
                    && let Some(known) = tx.find_identity(&new.issuer, &new.subject).await?
                    && known.person != person
                {
                    return Ok(Err(known_identity()));
                }
                if !tx.end_link(Link::Invitation(invitation.id), now).await? {
                    return Ok(Err(AccountError::NoInvitation));
                }
                // What opened the account before was lost, or fell into other hands.
                tx.delete_passkeys_of(person).await?;
                tx.delete_identities_of(person).await?;
                tx.forget_code_steps(person).await?;
                let mut acts = Vec::new();
                let (password, authenticator) = match factors {
                    Factors::Password { password, step } => {
                        tx.use_code_step(person, step).await?;
                        (Some(password), Some(invitation.authenticator))
                    }
                    Factors::Passkey(new) => {
                        let NewPasskey(passkey, credential) = *new;
                        let inserted = u64::from(tx.insert_passkey(&passkey, &credential).await?);
                        StoreError::check_rows("adding the passkey of an invitation", 1, inserted)?;
                        acts.push(passkey_act(By::Hub, person, passkey.id, PasskeyStep::Added));
                        (None, None)
                    }
                    Factors::Identity(identity) => {
                        let inserted = u64::from(tx.insert_identity(&identity).await?);
                        StoreError::check_rows("linking the identity of an invitation", 1, inserted)?;
                        acts.push(identity_act(By::Hub, person, identity.id, IdentityStep::Linked));
                        (None, None)
                    }
                };
                tx.update_account(&Account { password, authenticator, changed_at: now, ..account }).await?;
                let ended =
                    AccountDeed::InvitationEnded { person, invitation: invitation.id, why: InvitationEnd::Used };
                let what = match invitation.purpose {
                    Purpose::First => AccountChange::SetUp,
                    Purpose::Recovery => AccountChange::Recovered,
                };
                let deeds = [ended, AccountDeed::Changed { person, what }];
                acts.splice(0..0, deeds.map(|deed| Act { by: By::Hub, deed: Deed::Account(deed) }));
                tx.append_acts(now, acts).await?;
                let why = SignInEnd::AccountChanged;
                let ended = crate::actions::sign_in::end_all(tx, By::Hub, person, why, None, now).await?;
                Ok::<_, StoreError>(Ok(ended))
            })
        });
        let ended = setting_up.await??;
        self.choosing.forget(|shown| shown.person == person);
        self.sign_ins.end(&ended);
        Ok(now)
    }
}

fn wrong_authenticator_code() -> Invalid {
    let expected = Text::fixed(
        "認証アプリに表示された 6 桁の確認コードではありません。端末の時計も確かめてください",
        "not the six digits that the authenticator shows; look at the phone's clock too",
    );
    Invalid::new("authenticator_code", "mismatch", expected)
}
