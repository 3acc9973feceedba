//! Signing in with a password and a code of the authenticator, and choosing the role acted in.

use super::guesses::Trying;
use super::{AccountError, Accounts, From, Shown};
use crate::actions::links::digits;
use crate::actions::sign_in::{NewSignIn, SignInError};
use crate::domain::account::{Account, AccountDeed, Login, SignInWay, Tried};
use crate::domain::act::{Act, By, Deed};
use crate::domain::directory::Position;
use crate::domain::ids::{PersonId, SignInId};
use crate::domain::text::{Invalid, Text};
use crate::domain::time::Timestamp;
use crate::hub::devices::Line;
use crate::hub::lines::LineRefusal;
use crate::hub::sessions::SignedIn;
use crate::store::StoreError;
use crate::vault::{DeviceMark, Token, code_step};

/// What somebody types to sign in.
#[derive(Clone, Debug)]
pub struct Trial<'a> {
    pub login: &'a str,
    pub password: &'a str,
    /// Of the authenticator.
    pub code: &'a str,
    /// The role to act in, for whoever has several and says it at once.
    pub position: Option<Position>,
}

/// Somebody is in, or nearly.
#[derive(Debug)]
pub enum Entered {
    In {
        token: Token,
        signed_in: SignedIn,
        /// For the device to keep.
        mark: String,
    },
    /// In which role? The ticket is for one answer.
    Choose { ticket: Token, until: Timestamp, positions: Vec<Position> },
}

impl Accounts {
    /// Signs somebody in by password and code.
    ///
    /// # Errors
    /// [`AccountError::Refused`] whatever is wrong, after the same work; or too many tries.
    pub async fn sign_in(&self, trial: Trial<'_>, from: From) -> Result<Entered, AccountError> {
        self.guesses.at_address(from.address).await?;
        let login = self.login_digest(&Login::folded(trial.login));
        let mark = from.mark();
        let known = mark.as_ref().and_then(|mark| mark.known_to(self.hub.journal().region(), &login));
        self.guesses.at_account(Trying::new(&login, known)).await?;
        let account =
            self.hub.journal().read(move |tx| Box::pin(async move { tx.find_account_by_login(&login).await })).await?;
        let password = account.as_ref().filter(|known| known.has_password()).and_then(|known| known.password.clone());
        // Both are always looked at: neither tells of the other.
        let fits = self.passwords.fits(trial.password, password).await?;
        let step = self.step_of(account.as_ref(), trial.code);
        let Some(account) = account else { return Err(AccountError::Refused) };
        let (person, as_of) = (account.person, account.changed_at);
        let is_in = match step.filter(|_| fits) {
            Some(step) => self.use_code(person, step).await?,
            None => false,
        };
        if !is_in {
            self.note_refused(person, from.tried());
            return Err(AccountError::Refused);
        }
        let shown = Shown { person, login, as_of, way: SignInWay::Password, device: from.device, mark, is_proof: true };
        self.enter(shown, trial.position, from.line).await
    }

    /// The step of the authenticator's clock whose code this is.
    pub(super) fn step_of(&self, account: Option<&Account>, code: &str) -> Option<u64> {
        let secret = account.and_then(|account| account.authenticator.as_deref());
        let step = code_step(secret.unwrap_or(&[0; 20]), &digits(code), self.now_s());
        step.filter(|_| secret.is_some())
    }

    /// By the machine's clock, as a phone has its own: recorded time may be far ahead of both.
    pub(super) fn now_s(&self) -> u64 {
        self.hub.region().wall().as_secs().max(0).unsigned_abs()
    }

    /// Uses a code up; `false`: it was used before.
    pub(super) async fn use_code(&self, person: PersonId, step: u64) -> Result<bool, StoreError> {
        self.hub.journal().write(move |tx| Box::pin(async move { tx.use_code_step(person, step).await })).await
    }

    /// Keeps a refusal in the audit log. Aside, so that the answer takes no longer for an account that exists.
    pub(super) fn note_refused(&self, person: PersonId, from: Tried) {
        let (journal, now) = (self.hub.journal().clone(), self.hub.region().now());
        tokio::spawn(async move {
            let act = Act { by: By::Hub, deed: Deed::Account(AccountDeed::SignInRefused { person, from }) };
            let kept = journal.write(move |tx| Box::pin(async move { tx.append_acts(now, [act]).await })).await;
            if let Err(error) = kept {
                let error: StoreError = error;
                tracing::error!(code = error.code(), "a refused sign-in is not on record");
            }
        });
    }

    /// Chooses the role, after signing in showed who it is.
    ///
    /// # Errors
    /// [`AccountError::Refused`] for a ticket that is none any more; or a role that is not theirs.
    pub async fn choose(&self, ticket: &str, position: Position, line: Line) -> Result<Entered, AccountError> {
        let shown = self.choosing.take(ticket, self.hub.region().now()).ok_or(AccountError::Refused)?;
        self.enter(shown, Some(position), line).await
    }

    /// The positions somebody can act in at this moment.
    #[must_use]
    pub fn positions_of(&self, person: PersonId) -> Vec<Position> {
        let (region, directory) = (self.hub.region(), self.hub.region().directory());
        let held = directory.people.get(&person).map(|person| person.positions.clone()).unwrap_or_default();
        let acts = |at: &Position| directory.actor(person, *at).is_some_and(|actor| !region.is_shut_out(&actor));
        held.into_iter().filter(acts).collect()
    }

    /// Somebody who showed who they are begins a sign-in in the role they chose, in their only one, or is asked.
    pub(super) async fn enter(
        &self,
        shown: Shown,
        asked: Option<Position>,
        line: Line,
    ) -> Result<Entered, AccountError> {
        let positions = self.positions_here(shown.person, &line)?;
        let position = match (asked, positions.as_slice()) {
            (Some(asked), of) if of.contains(&asked) => asked,
            (Some(asked), _) if self.positions_of(shown.person).contains(&asked) => {
                return Err(LineRefusal::Elsewhere.into());
            }
            (Some(_), _) => return Err(SignInError::NoPosition.into()),
            (None, [only]) => *only,
            (None, _) => {
                let waits = self.choosing.wait(shown, self.hub.region().now());
                let (ticket, until) = waits.ok_or(AccountError::Overloaded)?;
                return Ok(Entered::Choose { ticket, until, positions });
            }
        };
        self.begin(shown, position, &line).await
    }

    /// The positions that somebody can act in over this connection.
    ///
    /// # Errors
    /// When there is none, and why.
    pub(super) fn positions_here(&self, person: PersonId, line: &Line) -> Result<Vec<Position>, AccountError> {
        let mut positions = self.positions_of(person);
        if positions.is_empty() {
            return Err(self.no_position(person));
        }
        let mut refusal = None;
        positions.retain(|at| match self.line_for(person, *at, line) {
            Ok(_) => true,
            Err(refused) => {
                refusal = Some(refused);
                false
            }
        });
        match refusal {
            Some(refused) if positions.is_empty() => Err(refused.into()),
            _ => Ok(positions),
        }
    }

    /// Until when at most somebody may act in a position over this connection.
    fn line_for(&self, person: PersonId, at: Position, line: &Line) -> Result<Option<Timestamp>, LineRefusal> {
        let Some(actor) = self.hub.region().directory().actor(person, at) else { return Ok(None) };
        let bound = line.device(self.hub.region().now()).map(|(device, _)| device);
        self.hub.admits(line, &actor, bound)
    }

    /// Nothing to act in: suspended, which they may know now, or gone.
    fn no_position(&self, person: PersonId) -> AccountError {
        let directory = self.hub.region().directory();
        let acts = |at: &Position| directory.actor(person, *at).is_some();
        let is_suspended = directory.people.get(&person).is_some_and(|person| person.positions.iter().any(acts));
        if is_suspended { SignInError::Suspended.into() } else { AccountError::Refused }
    }

    async fn begin(&self, shown: Shown, position: Position, line: &Line) -> Result<Entered, AccountError> {
        let Shown { person, login, as_of, way, device, mark, is_proof } = shown;
        let region = self.hub.region();
        let now = region.now();
        let until = self.line_for(person, position, line)?;
        let lifetime = self.sign_ins.lifetime();
        let valid_for = until.map_or(lifetime, |until| lifetime.min(until.since(now)));
        let registered = line.device(now).map(|(device, _)| device);
        let id = SignInId(region.draw_id());
        let actor = region.directory().actor(person, position).ok_or(SignInError::NoPosition)?;
        let by = registered.map_or(By::Person(actor), |device| By::AtDevice(actor, device));
        let new = NewSignIn { id, person, position, now, valid_for, by, way, device, registered, client: None };
        let (token, signed_in) = self.sign_ins.begin(new.prepare(&region.directory())?, Some(as_of)).await?;
        if is_proof {
            self.proofs.note(signed_in.id, now);
        }
        let mark = mark.unwrap_or_else(DeviceMark::random).with(self.hub.journal().region(), &login);
        Ok(Entered::In { token, signed_in, mark: mark.reveal() })
    }

    /// Somebody signed in goes on in another of their roles: another sign-in, which ends when this one would have.
    ///
    /// # Errors
    /// When the role is not theirs, or not to be acted in over this connection.
    pub async fn switch(
        &self,
        signed_in: SignedIn,
        position: Position,
        line: &Line,
    ) -> Result<(Token, SignedIn), AccountError> {
        if !self.positions_of(signed_in.actor.person).contains(&position) {
            return Err(SignInError::NoPosition.into());
        }
        self.line_for(signed_in.actor.person, position, line)?;
        let (token, now) = self.sign_ins.switch(signed_in, position).await?;
        self.proofs.carry(signed_in.id, now.id);
        Ok((token, now))
    }

    pub(super) fn wrong_password(field: &str) -> Invalid {
        let expected =
            Text::fixed("現在のパスワードまたは確認コードが違います", "the present password or the code is wrong");
        Invalid::new(field, "mismatch", expected)
    }
}
