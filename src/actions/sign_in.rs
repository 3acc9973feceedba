//! Sign-ins: opaque tokens bound to a person in one role at one organisation, one-time tickets for sockets, revocation.
//!
//! Tokens are stored as hashes. A revocation reaches open sockets at once. Accounts with passkeys come in front of
//! [`SignIns::issue`] later; what follows a sign-in stays as it is.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::domain::directory::{Directory, Position};
use crate::domain::ids::{PersonId, SignInId};
use crate::domain::time::Timestamp;
use crate::hub::Hub;
use crate::hub::sessions::SignedIn;
use crate::limits;
use crate::session::TicketGate;
use crate::store::{Journal, SignIn, StoreError};
use crate::vault::{Token, TokenHash};
use crate::wire::codes::CloseCode;

/// Issues, checks and revokes sign-ins.
#[derive(Debug)]
pub struct SignIns {
    hub: Hub,
    tickets: Mutex<HashMap<TokenHash, Ticket>>,
}

#[derive(Debug)]
struct Ticket {
    signed_in: SignedIn,
    until: Timestamp,
}

/// Why nobody is let in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// No such token, expired, revoked, or the position ended: all look the same.
    #[error("not signed in")]
    Refused,
    /// More tickets wait to be used than the hub keeps.
    #[error("too many tickets")]
    Overloaded,
    #[error("no such person in this position")]
    NoPosition,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A sign-in that is to be issued.
#[derive(Clone, Copy, Debug)]
pub struct NewSignIn {
    pub id: SignInId,
    pub person: PersonId,
    pub position: Position,
    pub now: Timestamp,
    pub valid_for: Duration,
}

impl NewSignIn {
    /// Stores it. A hub that runs on the same journal lets its bearer in from now on.
    ///
    /// # Errors
    /// When the person does not hold the position, or the store fails.
    pub async fn issue(self, journal: &Journal, directory: &Directory) -> Result<(Token, SignedIn), SignInError> {
        let Self { id, person, position, now, valid_for } = self;
        let actor = directory.actor(person, position).ok_or(SignInError::NoPosition)?;
        let (token, expires_at) = (Token::random(), now.saturating_add(valid_for));
        let token_hash = token.hash();
        let sign_in = SignIn { id, token_hash, person, position, issued_at: now, expires_at, revoked_at: None };
        journal.write(move |tx| Box::pin(async move { tx.insert_sign_in(&sign_in).await })).await?;
        Ok((token, SignedIn { id, actor, until: expires_at }))
    }
}

impl SignIns {
    /// Sign-ins of this hub.
    #[must_use]
    pub fn new(hub: Hub) -> Self {
        Self { hub, tickets: Mutex::default() }
    }

    /// Signs a person in, in one of their positions. The token is shown once and never stored.
    ///
    /// # Errors
    /// When the person does not hold the position, or the store fails.
    pub async fn issue(
        &self,
        person: PersonId,
        position: Position,
        valid_for: Duration,
    ) -> Result<(Token, SignedIn), SignInError> {
        let region = self.hub.region();
        let new = NewSignIn { id: SignInId(region.draw_id()), person, position, now: region.now(), valid_for };
        new.issue(self.hub.journal(), &region.directory()).await
    }

    /// Who bears this token, if it is valid now.
    ///
    /// # Errors
    /// [`SignInError::Refused`] whatever is wrong with the token, or a failing store.
    pub async fn authenticate(&self, token: &str) -> Result<SignedIn, SignInError> {
        let hash = token.parse::<Token>().map_err(|_| SignInError::Refused)?.hash();
        let found = self.hub.journal().read(move |tx| Box::pin(async move { tx.find_sign_in(&hash).await })).await?;
        let sign_in =
            found.filter(|sign_in| sign_in.is_valid_at(self.hub.region().now())).ok_or(SignInError::Refused)?;
        let directory = self.hub.region().directory();
        let actor = directory.actor(sign_in.person, sign_in.position).ok_or(SignInError::Refused)?;
        Ok(SignedIn { id: sign_in.id, actor, until: sign_in.expires_at })
    }

    /// A one-time ticket for one socket, valid for [`limits::TICKET_MS`].
    ///
    /// # Errors
    /// When too many tickets wait to be used.
    pub fn ticket(&self, signed_in: SignedIn) -> Result<(Token, Timestamp), SignInError> {
        let now = self.hub.region().now();
        let until = now.saturating_add(Duration::from_millis(limits::TICKET_MS)).min(signed_in.until);
        let mut tickets = self.tickets.lock().unwrap_or_else(PoisonError::into_inner);
        if tickets.len() >= limits::TICKETS_MAX {
            tickets.retain(|_, ticket| ticket.until > now);
        }
        if tickets.len() >= limits::TICKETS_MAX {
            return Err(SignInError::Overloaded);
        }
        let token = Token::random();
        tickets.insert(token.hash(), Ticket { signed_in, until });
        Ok((token, until))
    }

    /// Ends a sign-in: its token is void and its sockets close now. `false`: it had ended before.
    ///
    /// # Errors
    /// When the store fails; the sockets are closed all the same.
    pub async fn revoke(&self, id: SignInId) -> Result<bool, SignInError> {
        let now = self.hub.region().now();
        let revoked =
            self.hub.journal().write(move |tx| Box::pin(async move { tx.revoke_sign_in(id, now).await })).await;
        self.forget_tickets(|signed_in| signed_in.id == id);
        self.hub.sessions().end(id, CloseCode::SignInEnded);
        Ok(revoked?)
    }

    /// Ends all sign-ins of a person.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn revoke_person(&self, person: PersonId) -> Result<usize, SignInError> {
        let now = self.hub.region().now();
        let revoked = self
            .hub
            .journal()
            .write(move |tx| Box::pin(async move { tx.revoke_sign_ins_of(person, now).await }))
            .await?;
        self.forget_tickets(|signed_in| signed_in.actor.person == person);
        revoked.iter().for_each(|id| self.hub.sessions().end(*id, CloseCode::SignInEnded));
        Ok(revoked.len())
    }

    fn forget_tickets(&self, ended: impl Fn(&SignedIn) -> bool) {
        let mut tickets = self.tickets.lock().unwrap_or_else(PoisonError::into_inner);
        tickets.retain(|_, ticket| !ended(&ticket.signed_in));
    }
}

impl TicketGate for SignIns {
    fn redeem(&self, ticket: &str) -> Option<SignedIn> {
        let hash = ticket.parse::<Token>().ok()?.hash();
        let found = self.tickets.lock().unwrap_or_else(PoisonError::into_inner).remove(&hash)?;
        (found.until > self.hub.region().now()).then_some(found.signed_in)
    }
}
