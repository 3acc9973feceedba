//! Sign-ins: opaque tokens bound to a person in one role at one organisation, one-time tickets for sockets, revocation.
//!
//! Tokens are stored as hashes. A revocation reaches open sockets at once. Accounts with passkeys come in front of
//! [`SignIns::issue`] later; what follows a sign-in stays as it is.

use std::time::Duration;

use super::tickets::{NoTicket, Tickets};
use crate::config::SessionLimits;
use crate::domain::act::{Act, By, Deed, SignInEnd};
use crate::domain::directory::{Actor, Directory, Organisation, Position};
use crate::domain::ids::{OrganisationId, PersonId, SignInId};
use crate::domain::time::Timestamp;
use crate::hub::Hub;
use crate::hub::sessions::SignedIn;
use crate::session::TicketGate;
use crate::store::{EndedSignIn, Journal, SignIn, StoreError, Tx};
use crate::vault::Token;
use crate::wire::codes::CloseCode;

/// Issues, checks and revokes sign-ins.
#[derive(Debug)]
pub struct SignIns {
    hub: Hub,
    tickets: Tickets,
    limits: SessionLimits,
    /// A sign-in of which this process knows nothing yet may have been used until now.
    since: Timestamp,
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
    /// The person, or the organisation, may not use the system for the time being.
    #[error("the use of the system is suspended")]
    Suspended,
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
    /// Who hands it out.
    pub by: By,
}

impl NewSignIn {
    /// Stores it. A hub that runs on the same journal lets its bearer in from now on.
    ///
    /// # Errors
    /// When the person does not hold the position, or the store fails.
    pub async fn issue(self, journal: &Journal, directory: &Directory) -> Result<(Token, SignedIn), SignInError> {
        let Self { id, person, position, now, valid_for, by } = self;
        let actor = directory.actor(person, position).ok_or(SignInError::NoPosition)?;
        let (token, expires_at) = (Token::random(), now.saturating_add(valid_for));
        let token_hash = token.hash();
        let sign_in = SignIn { id, token_hash, person, position, issued_at: now, expires_at, revoked_at: None };
        let act = Act { by, deed: Deed::SignInIssued { sign_in: id, person, position, expires_at } };
        journal
            .write(move |tx| {
                Box::pin(async move {
                    tx.insert_sign_in(&sign_in).await?;
                    tx.append_acts(now, [act]).await
                })
            })
            .await?;
        Ok((token, SignedIn { id, actor, until: expires_at }))
    }
}

impl SignIns {
    /// Sign-ins of this hub, under the usual bounds.
    #[must_use]
    pub fn new(hub: Hub) -> Self {
        Self::within(hub, SessionLimits::default())
    }

    /// Sign-ins of this hub.
    #[must_use]
    pub fn within(hub: Hub, limits: SessionLimits) -> Self {
        let since = hub.region().now();
        Self { hub, tickets: Tickets::default(), limits, since }
    }

    /// How long a sign-in lasts at most, however much it is used.
    #[must_use]
    pub const fn lifetime(&self) -> Duration {
        self.limits.lifetime
    }

    /// Signs a person in, in one of their positions. The token is shown once and never stored.
    ///
    /// # Errors
    /// When the person does not hold the position, or the store fails.
    pub async fn issue(
        &self,
        by: By,
        person: PersonId,
        position: Position,
        valid_for: Duration,
    ) -> Result<(Token, SignedIn), SignInError> {
        let region = self.hub.region();
        if region.directory().actor(person, position).is_some_and(|actor| region.is_shut_out(&actor)) {
            return Err(SignInError::Suspended);
        }
        let new = NewSignIn { id: SignInId(region.draw_id()), person, position, now: region.now(), valid_for, by };
        new.issue(self.hub.journal(), &region.directory()).await
    }

    /// Who bears this token, if it is valid now; that is a use of it. One that was not used for too long ends here.
    ///
    /// # Errors
    /// [`SignInError::Refused`] whatever is wrong with the token, or a failing store.
    pub async fn authenticate(&self, token: &str) -> Result<SignedIn, SignInError> {
        let hash = token.parse::<Token>().map_err(|_| SignInError::Refused)?.hash();
        let found = self.hub.journal().read(move |tx| Box::pin(async move { tx.find_sign_in(&hash).await })).await?;
        let now = self.hub.region().now();
        let sign_in = found.filter(|sign_in| sign_in.is_valid_at(now)).ok_or(SignInError::Refused)?;
        let directory = self.hub.region().directory();
        let actor = directory.actor(sign_in.person, sign_in.position).ok_or(SignInError::Refused)?;
        if self.hub.region().is_shut_out(&actor) {
            return Err(SignInError::Refused);
        }
        let known_since = self.since.max(sign_in.issued_at);
        if !self.hub.sessions().keep_in_use(sign_in.id, now, self.limits.idle_timeout, known_since) {
            // Ended for good: after a restart the hub would not know how long it had not been used.
            self.revoke(By::Hub, sign_in.id, SignInEnd::Unused).await?;
            return Err(SignInError::Refused);
        }
        Ok(SignedIn { id: sign_in.id, actor, until: sign_in.expires_at })
    }

    /// A one-time ticket for one socket, valid for [`limits::TICKET_MS`](crate::limits::TICKET_MS).
    ///
    /// # Errors
    /// When too many tickets wait to be used, or the sign-in has just ended.
    pub fn ticket(&self, signed_in: SignedIn) -> Result<(Token, Timestamp), SignInError> {
        self.tickets.draw(signed_in, self.hub.region().now()).map_err(|none| match none {
            NoTicket::Ended => SignInError::Refused,
            NoTicket::Overloaded => SignInError::Overloaded,
        })
    }

    /// Ends a sign-in: its token is void and its sockets close now. `false`: it had ended before.
    ///
    /// # Errors
    /// When the store fails; the sockets are closed all the same.
    pub async fn revoke(&self, by: By, id: SignInId, why: SignInEnd) -> Result<bool, SignInError> {
        let now = self.hub.region().now();
        let revoking = self.hub.journal().write(move |tx| {
            Box::pin(async move {
                let ended: Vec<_> = tx.revoke_sign_in(id, now).await?.into_iter().collect();
                keep_ended(tx, by, why, now, &ended).await?;
                Ok::<_, StoreError>(!ended.is_empty())
            })
        });
        let revoked = revoking.await;
        self.end(&[id]);
        Ok(revoked?)
    }

    /// Ends all sign-ins of a person, who left a position.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn revoke_person(&self, by: By, person: PersonId) -> Result<usize, SignInError> {
        let now = self.hub.region().now();
        let revoking = self.hub.journal().write(move |tx| {
            Box::pin(async move {
                let ended = tx.revoke_sign_ins_of(person, now).await?;
                keep_ended(tx, by, SignInEnd::PersonChanged, now, &ended).await?;
                Ok::<_, StoreError>(ended)
            })
        });
        let ended: Vec<SignInId> = revoking.await?.iter().map(|ended| ended.id).collect();
        self.end(&ended);
        Ok(ended.len())
    }

    /// Ends all sign-ins at an organisation, which ended its work.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn revoke_organisation(&self, by: By, organisation: OrganisationId) -> Result<usize, SignInError> {
        let now = self.hub.region().now();
        let revoking = self.hub.journal().write(move |tx| {
            Box::pin(async move {
                let ended = tx.revoke_sign_ins_at(organisation, now).await?;
                keep_ended(tx, by, SignInEnd::OrganisationEnded, now, &ended).await?;
                Ok::<_, StoreError>(ended)
            })
        });
        let ended: Vec<SignInId> = revoking.await?.iter().map(|ended| ended.id).collect();
        self.end(&ended);
        Ok(ended.len())
    }

    /// Everybody at this organisation goes on as what it is now: sockets that act as something else come back anew.
    pub fn renew_organisation(&self, now: &Organisation) {
        self.tickets.forget(|signed_in| signed_in.actor.organisation == now.id);
        let differs = |actor: &Actor| actor.organisation == now.id && actor.organisation_type != now.kind;
        self.hub.sessions().end_where(CloseCode::GoingAway, differs);
    }

    /// The journal says that these have ended: first nothing new can begin, then what is open closes.
    fn end(&self, ended: &[SignInId]) {
        self.tickets.end(ended, self.hub.region().now());
        ended.iter().for_each(|id| self.hub.sessions().end(*id, CloseCode::SignInEnded));
    }
}

/// One act for each sign-in that ended, in the transaction that ends it.
async fn keep_ended(
    tx: &mut Tx,
    by: By,
    why: SignInEnd,
    now: Timestamp,
    ended: &[EndedSignIn],
) -> Result<(), StoreError> {
    let act = |&EndedSignIn { id, person, position }: &EndedSignIn| Act {
        by,
        deed: Deed::SignInEnded { sign_in: id, person, position, why },
    };
    tx.append_acts(now, ended.iter().map(act)).await
}

impl TicketGate for SignIns {
    fn redeem(&self, ticket: &str) -> Option<SignedIn> {
        let hash = ticket.parse::<Token>().ok()?.hash();
        self.tickets.redeem(&hash, self.hub.region().now())
    }

    fn stands(&self, signed_in: &SignedIn) -> bool {
        !self.tickets.has_ended(signed_in.id) && self.hub.region().acts_as(&signed_in.actor)
    }
}
