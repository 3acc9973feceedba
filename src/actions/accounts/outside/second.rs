//! The hub's own second factor, for whoever the other service knows by one alone: a code of the authenticator, or a passkey.
//! Who waits for it is kept in memory, by a ticket, for a while.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::super::ceremonies::Ceremony;
use super::super::guesses::Trying;
use super::super::passkeys::{PasskeyAnswer, PasskeyAsked};
use super::super::{AccountError, Accounts, Entered, From};
use crate::domain::account::{Account, Identity, Passkey};
use crate::domain::directory::Position;
use crate::domain::time::Timestamp;
use crate::limits;
use crate::store::StoreError;
use crate::vault::{PasskeyKey, ShownPasskey, Token, TokenHash};

/// What somebody is asked for.
#[derive(Debug)]
pub struct SecondAsked {
    /// For the answer.
    pub ticket: Token,
    pub until: Timestamp,
    /// Whether a code of the authenticator does.
    pub has_authenticator: bool,
}

/// What somebody answers.
#[derive(Debug)]
pub enum SecondGiven<'a> {
    Code(&'a str),
    Passkey(PasskeyAnswer<'a>),
}

#[derive(Clone, Debug)]
struct Waiting {
    identity: Identity,
    /// As it was when the first factor was shown.
    account: Account,
    /// Whether the first was shown a short while ago.
    is_fresh: bool,
}

#[derive(Debug, Default)]
pub(in super::super) struct Seconds {
    waiting: Mutex<HashMap<TokenHash, (Waiting, Timestamp)>>,
}

impl Seconds {
    fn wait(&self, waiting: Waiting, now: Timestamp) -> Option<(Token, Timestamp)> {
        let until = now.saturating_add(Duration::from_millis(limits::POSITION_CHOICE_MS));
        let mut all = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= limits::POSITION_CHOICES_MAX {
            all.retain(|_, (_, until)| *until > now);
        }
        if all.len() >= limits::POSITION_CHOICES_MAX {
            return None;
        }
        let ticket = Token::random();
        all.insert(ticket.hash(), (waiting, until));
        Some((ticket, until))
    }

    fn find(&self, ticket: &str, now: Timestamp) -> Option<(TokenHash, Waiting)> {
        let hash = ticket.parse::<Token>().ok()?.hash();
        let all = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(&hash).filter(|(_, until)| *until > now).map(|(waiting, _)| (hash, waiting.clone()))
    }

    /// `false`: somebody else used it up meanwhile.
    fn take(&self, ticket: &TokenHash) -> bool {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).remove(ticket).is_some()
    }
}

impl Accounts {
    pub(super) fn ask_for_second(
        &self,
        identity: &Identity,
        account: &Account,
        is_fresh: bool,
        from: &From,
    ) -> Result<SecondAsked, AccountError> {
        let has_authenticator = account.has_password();
        if !has_authenticator && (account.passkeys_count == 0 || self.relying_party.is_none()) {
            // One factor is all that there is.
            self.note_refused(account.person, from.tried());
            return Err(AccountError::OutsideRefused);
        }
        let waiting = Waiting { identity: identity.clone(), account: account.clone(), is_fresh };
        let waits = self.outside()?.seconds.wait(waiting, self.hub.region().now());
        let (ticket, until) = waits.ok_or(AccountError::Overloaded)?;
        Ok(SecondAsked { ticket, until, has_authenticator })
    }

    /// Asks whoever waits with this ticket for a passkey. `None`: they have none.
    ///
    /// # Errors
    /// [`AccountError::OutsideRefused`] for a ticket that is none any more.
    pub async fn ask_second_for_passkey(&self, ticket: &Token) -> Result<Option<PasskeyAsked>, AccountError> {
        let (text, now) = (ticket.reveal(), self.hub.region().now());
        let (hash, waiting) = self.outside()?.seconds.find(&text, now).ok_or(AccountError::OutsideRefused)?;
        let person = waiting.account.person;
        let mut passkeys: Vec<Passkey> = self.hub.journal().read(move |tx| Box::pin(tx.list_passkeys(person))).await?;
        passkeys.retain(|passkey| passkey.void.is_none());
        let keys: Vec<_> = passkeys.into_iter().map(|passkey| PasskeyKey::from_bytes(passkey.key)).collect();
        let asked = self.relying_party.as_ref().and_then(|hub| hub.ask_one(person.0, &keys).ok());
        Ok(asked.map(|(options, asking)| self.asked(Ceremony::Second(hash, Box::new(asking)), options)))
    }

    /// Takes the second factor, and lets them in.
    ///
    /// # Errors
    /// When it is none, was tried too often, or the account changed meanwhile.
    pub async fn show_second(
        &self,
        ticket: &str,
        given: SecondGiven<'_>,
        position: Option<Position>,
        from: From,
    ) -> Result<Entered, AccountError> {
        self.guesses.at_address(from.address).await?;
        let outside = self.outside()?;
        let found = outside.seconds.find(ticket, self.hub.region().now());
        let (hash, Waiting { identity, account, is_fresh }) = found.ok_or(AccountError::OutsideRefused)?;
        let login = self.login_digest(account.login.as_str());
        let known = from.mark().and_then(|mark| mark.known_to(self.hub.journal().region(), &login));
        self.guesses.at_account(Trying::new(&login, known)).await?;
        let is_passkey = matches!(given, SecondGiven::Passkey(_));
        let is_shown = match given {
            SecondGiven::Code(code) => match self.step_of(Some(&account), code) {
                Some(step) => self.use_code(account.person, step).await?,
                None => false,
            },
            SecondGiven::Passkey(answer) => self.is_second_passkey(&hash, &account, answer).await?,
        };
        if !is_shown {
            self.note_refused(account.person, from.tried());
            return Err(if is_passkey { AccountError::PasskeyRefused } else { AccountError::Refused });
        }
        if !outside.seconds.take(&hash) {
            return Err(AccountError::OutsideRefused);
        }
        // A passkey is both factors by itself; a code is one, and the other may be of this morning.
        self.enter_by_identity(&identity, &account, is_fresh || is_passkey, position, from).await
    }

    async fn is_second_passkey(
        &self,
        ticket: &TokenHash,
        account: &Account,
        answer: PasskeyAnswer<'_>,
    ) -> Result<bool, AccountError> {
        let asking = match self.ceremonies.take(answer.ceremony, self.hub.region().now()) {
            Some(Ceremony::Second(of, asking)) if of == *ticket => asking,
            _ => return Ok(false),
        };
        let Some(shown) = ShownPasskey::parse(answer.credential) else { return Ok(false) };
        let credential = shown.credential().to_vec();
        let finding = self.hub.journal().read(move |tx| Box::pin(async move { tx.find_passkey(&credential).await }));
        let found: Option<Passkey> = finding.await.map_err(|error: StoreError| error)?;
        let Some(passkey) = found.filter(|passkey| passkey.person == account.person) else { return Ok(false) };
        let key = PasskeyKey::from_bytes(passkey.key.clone());
        let judged = self.relying_party()?.judge_one(&asking, &shown, &key);
        Ok(self.use_passkey(passkey, judged).await?)
    }
}
