//! Passkeys as a way in: signing in by one without a name, and setting an account up with one. What is signed by a device
//! that was unlocked stands for both factors.

use serde_json::Value;

use super::ceremonies::Ceremony;
use super::invitations::Factors;
use super::{AccountError, Accounts, Entered, From, Shown};
use crate::domain::account::{AccountDeed, Passkey, PasskeyStep, PasskeyVoid, SignInWay};
use crate::domain::act::{Act, By, Deed};
use crate::domain::directory::Position;
use crate::domain::ids::{PasskeyId, PersonId};
use crate::domain::text::{Invalid, Text};
use crate::store::StoreError;
use crate::vault::{Making, PasskeyFault, PasskeyKey, RelyingParty, ShownPasskey, UsedPasskey};

/// What a browser is asked, and by which ticket it answers.
#[derive(Debug)]
pub struct PasskeyAsked {
    pub ceremony: String,
    pub options: Value,
}

/// What a browser answered.
#[derive(Debug)]
pub struct PasskeyAnswer<'a> {
    pub ceremony: &'a str,
    pub credential: Value,
}

/// What somebody sends who sets their account up with a passkey.
#[derive(Debug)]
pub struct AcceptingPasskey<'a> {
    /// From the link.
    pub token: &'a str,
    /// Told apart from it.
    pub code: &'a str,
    pub answer: PasskeyAnswer<'a>,
    /// What its owner calls it.
    pub name: &'a str,
    pub position: Option<Position>,
}

/// A passkey that was made just now, with its credential id.
#[derive(Debug)]
pub(super) struct NewPasskey(pub(super) Passkey, pub(super) Vec<u8>);

impl Accounts {
    /// The name that devices make passkeys for, if they can.
    #[must_use]
    pub fn passkey_name(&self) -> Option<&str> {
        self.relying_party.as_ref().map(RelyingParty::name)
    }

    pub(super) fn relying_party(&self) -> Result<&RelyingParty, AccountError> {
        self.relying_party.as_ref().ok_or_else(|| {
            AccountError::Conflict(Text::fixed(
                "この連携ハブのアドレスではパスキーを使えません（public_url に名前が必要です）",
                "no passkeys at this hub's address: public_url must be a name",
            ))
        })
    }

    /// Keeps a question, which is answered by its ticket.
    pub(super) fn asked(&self, ceremony: Ceremony, options: Value) -> PasskeyAsked {
        let token = self.ceremonies.begin(ceremony, self.hub.region().now());
        PasskeyAsked { ceremony: token.reveal().to_string(), options }
    }

    /// Asks whoever is there for a passkey.
    ///
    /// # Errors
    /// When too many are asked for from there, or there are no passkeys at this address.
    pub async fn ask_for_passkey(&self, from: &From) -> Result<PasskeyAsked, AccountError> {
        self.guesses.at_question(from.address).await?;
        let (options, asking) = self.relying_party()?.ask_anybody().map_err(|_| AccountError::PasskeyRefused)?;
        Ok(self.asked(Ceremony::SignIn(Box::new(asking)), options))
    }

    /// Signs somebody in by a passkey.
    ///
    /// # Errors
    /// [`AccountError::PasskeyRefused`] whatever is wrong about it.
    pub async fn sign_in_by_passkey(
        &self,
        answer: PasskeyAnswer<'_>,
        position: Option<Position>,
        from: From,
    ) -> Result<Entered, AccountError> {
        self.guesses.at_address(from.address).await?;
        let Some(Ceremony::SignIn(asking)) = self.ceremonies.take(answer.ceremony, self.hub.region().now()) else {
            return Err(AccountError::PasskeyRefused);
        };
        let shown = ShownPasskey::parse(answer.credential).ok_or(AccountError::PasskeyRefused)?;
        let (credential, whose) = (shown.credential().to_vec(), shown.person().map(PersonId));
        let reading = self.hub.journal().read(move |tx| {
            Box::pin(async move {
                let Some(passkey) = tx.find_passkey(&credential).await? else { return Ok(None) };
                let account = tx.find_account(passkey.person).await?;
                Ok::<_, StoreError>(account.map(|account| (passkey, account)))
            })
        });
        // A passkey of somebody else than it says is nobody's.
        let known = reading.await?.filter(|(passkey, _)| Some(passkey.person) == whose);
        let (passkey, account) = known.ok_or(AccountError::PasskeyRefused)?;
        let (person, as_of) = (passkey.person, account.changed_at);
        let key = PasskeyKey::from_bytes(passkey.key.clone());
        let judged = self.relying_party()?.judge(*asking, &shown, &key);
        if !self.use_passkey(passkey, judged).await? {
            self.note_refused(person, from.tried());
            return Err(AccountError::PasskeyRefused);
        }
        let (login, mark) = (self.login_digest(account.login.as_str()), from.mark());
        let shown = Shown { person, login, as_of, way: SignInWay::Passkey, device: from.device, mark, is_proof: true };
        self.enter(shown, position, from.line).await
    }

    /// Keeps what a passkey has become by being shown, if it was rightly. One that was copied is void from now on.
    pub(super) async fn use_passkey(
        &self,
        passkey: Passkey,
        judged: Result<UsedPasskey, PasskeyFault>,
    ) -> Result<bool, StoreError> {
        let now = self.hub.region().now();
        match judged {
            // INVARIANT: a void passkey lets nobody in, however rightly it signs; `use_passkey` of the store sees to it.
            Ok(UsedPasskey { key, counter }) => {
                let used = Passkey { key: key.as_bytes().to_vec(), ..passkey };
                self.hub
                    .journal()
                    .write(move |tx| Box::pin(async move { tx.use_passkey(&used, counter, now).await }))
                    .await
            }
            Err(PasskeyFault::Refused) => Ok(false),
            Err(PasskeyFault::Copied) => {
                let (id, person) = (passkey.id, passkey.person);
                let voiding = self.hub.journal().write(move |tx| {
                    Box::pin(async move {
                        if tx.void_passkey(id, PasskeyVoid::Copied, now).await? {
                            tx.append_acts(now, [passkey_act(By::Hub, person, id, PasskeyStep::Copied)]).await?;
                        }
                        Ok::<_, StoreError>(())
                    })
                });
                voiding.await?;
                tracing::warn!(passkey = %id, "a passkey seems to have been copied, and is void");
                Ok(false)
            }
        }
    }

    /// Asks the device of somebody who has link and code to make a passkey.
    ///
    /// # Errors
    /// [`AccountError::NoInvitation`] whatever is wrong with either.
    pub async fn ask_invited_for_passkey(
        &self,
        token: &str,
        code: &str,
        from: &From,
    ) -> Result<PasskeyAsked, AccountError> {
        self.guesses.at_address(from.address).await?;
        let (invitation, account) = self.find_open(token, code).await?;
        let name = self.name_of(account.person);
        let made = self.relying_party()?.make(account.person.0, account.login.as_str(), &name, &[]);
        let (options, making) = made.map_err(|_| AccountError::PasskeyRefused)?;
        Ok(self.asked(Ceremony::SetUp(invitation.id, Box::new(making)), options))
    }

    /// Sets the account up with a passkey, and signs its owner in.
    ///
    /// # Errors
    /// When link or code are wrong, or the device made no passkey that is taken.
    pub async fn accept_invitation_with_passkey(
        &self,
        accepting: AcceptingPasskey<'_>,
        from: From,
    ) -> Result<Entered, AccountError> {
        self.guesses.at_address(from.address).await?;
        let (invitation, account) = self.find_open(accepting.token, accepting.code).await?;
        let name = Passkey::read_name("name", accepting.name)?;
        let making = match self.ceremonies.take(accepting.answer.ceremony, self.hub.region().now()) {
            Some(Ceremony::SetUp(of, making)) if of == invitation.id => making,
            _ => return Err(wrong_passkey().into()),
        };
        // Before the invitation is used up: on a device that does not do, it would be used for nothing.
        self.positions_here(account.person, &from.line)?;
        let new = self.made(&making, accepting.answer.credential, account.person, name)?;
        let (login, person) = (self.login_digest(account.login.as_str()), account.person);
        let as_of = self.set_up(invitation, account, Factors::Passkey(Box::new(new))).await?;
        let (mark, line) = (from.mark(), from.line);
        let shown =
            Shown { person, login, as_of, way: SignInWay::Invitation, device: from.device, mark, is_proof: true };
        self.enter(shown, accepting.position, line).await
    }

    /// The passkey that a device made.
    pub(super) fn made(
        &self,
        making: &Making,
        credential: Value,
        person: PersonId,
        name: String,
    ) -> Result<NewPasskey, AccountError> {
        let (key, credential) = self.relying_party()?.made(making, credential).map_err(|_| wrong_passkey())?;
        let (id, added_at) = (PasskeyId(self.hub.region().draw_id()), self.hub.region().now());
        let key = key.as_bytes().to_vec();
        Ok(NewPasskey(Passkey { id, person, name, key, added_at, used_at: None, void: None }, credential))
    }

    pub(super) fn name_of(&self, person: PersonId) -> String {
        self.hub.region().directory().people.get(&person).map(|person| person.name.kanji.clone()).unwrap_or_default()
    }
}

pub(super) const fn passkey_act(by: By, person: PersonId, passkey: PasskeyId, what: PasskeyStep) -> Act {
    Act { by, deed: Deed::Account(AccountDeed::Passkey { person, passkey, what }) }
}

pub(super) fn wrong_passkey() -> Invalid {
    let expected = Text::fixed(
        "パスキーを確かめられませんでした。この端末の指紋・顔・暗証番号で、はじめからやり直してください",
        "this passkey is not taken: begin anew, and unlock the device by finger, face or PIN",
    );
    Invalid::new("credential", "mismatch", expected)
}

pub(super) fn known_passkey() -> AccountError {
    AccountError::Conflict(Text::fixed("このパスキーはすでに登録されています", "this passkey is registered already"))
}
