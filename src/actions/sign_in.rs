//! Sign-ins: opaque tokens bound to a person in one role at one organisation, one-time tickets for sockets, revocation.
//!
//! Tokens are stored as hashes. A revocation reaches open sockets at once. How somebody shows who they are, before a
//! sign-in begins, is `actions/accounts`.

use std::sync::Arc;
use std::time::Duration;

use super::tickets::{NoTicket, Tickets};
use crate::config::SessionLimits;
use crate::domain::account::{SignInWay, device_name};
use crate::domain::act::{Act, By, Deed, SignInEnd};
use crate::domain::client::ClientGrant;
use crate::domain::directory::{Actor, Directory, Organisation, Position};
use crate::domain::ids::{DeviceId, OrganisationId, PersonId, SignInId};
use crate::domain::time::Timestamp;
use crate::hub::Hub;
use crate::hub::sessions::SignedIn;
use crate::limits;
use crate::session::TicketGate;
use crate::store::{EndedSignIn, SignIn, StoreError, Tx};
use crate::vault::Token;
use crate::wire::codes::CloseCode;

/// Issues, checks and revokes sign-ins. Cheap to clone.
#[derive(Clone, Debug)]
pub struct SignIns {
    pub(super) hub: Hub,
    tickets: Arc<Tickets>,
    limits: SessionLimits,
    /// Whether links of the demo let anybody in.
    takes_links: bool,
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

/// A sign-in that is to begin.
#[derive(Clone, Debug)]
pub struct NewSignIn {
    pub id: SignInId,
    pub person: PersonId,
    pub position: Position,
    pub now: Timestamp,
    pub valid_for: Duration,
    /// Who hands it out.
    pub by: By,
    pub way: SignInWay,
    /// What the device calls itself.
    pub device: String,
    /// The registered device that it will count on, and nowhere else.
    pub registered: Option<DeviceId>,
    /// Of a system client.
    pub client: Option<ClientGrant>,
}

/// A sign-in that begins when it is written.
#[derive(Clone, Debug)]
pub struct ReadySignIn {
    /// Shown once.
    pub token: Token,
    pub signed_in: SignedIn,
    row: SignIn,
    act: Act,
}

impl NewSignIn {
    /// Draws its token.
    ///
    /// # Errors
    /// When the person does not hold the position.
    pub fn prepare(self, directory: &Directory) -> Result<ReadySignIn, SignInError> {
        let Self { id, person, position, now, valid_for, by, way, device, registered, client } = self;
        let scopes = client.as_ref().map(|client| client.scopes);
        let actor = directory.actor(person, position).ok_or(SignInError::NoPosition)?;
        let (token, expires_at) = (Token::random(), now.saturating_add(valid_for));
        let row = SignIn {
            id,
            token_hash: token.hash(),
            person,
            position,
            issued_at: now,
            expires_at,
            revoked_at: None,
            device: device_name(&device),
            way: Some(way),
            used_at: now,
            registered,
            client,
        };
        let (way, device_name) = (Some(way), row.device.clone());
        let deed =
            Deed::SignInIssued { sign_in: id, person, position, expires_at, way, device: registered, device_name };
        let signed_in = SignedIn { id, actor, since: now, until: expires_at, device: registered, scopes };
        Ok(ReadySignIn { token, signed_in, row, act: Act { by, deed } })
    }
}

impl ReadySignIn {
    /// Stores it. A hub that runs on the same journal lets its bearer in from the commit on. Of too many sign-ins of one
    /// person those longest unused end.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn write(&self, tx: &mut Tx) -> Result<Vec<SignInId>, StoreError> {
        let now = self.row.issued_at;
        // A client has a token every few minutes: of those only the ones that stand are looked at.
        let mut valid = match &self.row.client {
            Some(_) => tx.list_client_tokens(self.row.person, now).await?,
            None => tx.list_sign_ins(self.row.person).await?,
        };
        valid.retain(|one| one.is_valid_at(now));
        valid.sort_by_key(|one| std::cmp::Reverse(one.used_at));
        let mut ended = Vec::new();
        for crowded in valid.iter().skip(limits::SESSIONS_PER_PERSON_MAX - 1) {
            ended.extend(tx.revoke_sign_in(crowded.id, now).await?);
        }
        keep_ended(tx, By::Hub, SignInEnd::Unused, now, &ended).await?;
        tx.insert_sign_in(&self.row).await?;
        tx.append_acts(now, [self.act.clone()]).await?;
        Ok(ended.iter().map(|ended| ended.id).collect())
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
        Self { hub, tickets: Arc::default(), limits, takes_links: false }
    }

    /// The same where links of [`Self::issue`] let people in: in the demo on its own machine, and in tests.
    #[must_use]
    pub fn taking_links(self, takes_links: bool) -> Self {
        Self { takes_links, ..self }
    }

    /// Whether links let anybody in here.
    #[must_use]
    pub const fn takes_links(&self) -> bool {
        self.takes_links
    }

    /// How long a sign-in lasts at most, however much it is used.
    #[must_use]
    pub const fn lifetime(&self) -> Duration {
        self.limits.lifetime
    }

    /// A sign-in by one factor alone, the link: worth something only where [`Self::taking_links`] says so.
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
        let (id, now, way) = (SignInId(region.draw_id()), region.now(), SignInWay::Link);
        let (device, registered) = (String::new(), None);
        let new = NewSignIn { id, person, position, now, valid_for, by, way, device, registered, client: None };
        self.begin(new.prepare(&region.directory())?, None).await
    }

    /// Begins a sign-in. `as_of`: only if the person's account is still what it was when they showed who they are.
    ///
    /// # Errors
    /// When the account changed meanwhile, or the store fails.
    pub async fn begin(&self, ready: ReadySignIn, as_of: Option<Timestamp>) -> Result<(Token, SignedIn), SignInError> {
        let (token, signed_in) = (ready.token.clone(), ready.signed_in);
        let writing = self.hub.journal().write(move |tx| {
            Box::pin(async move {
                if let Some(as_of) = as_of {
                    let account = tx.find_account(signed_in.actor.person).await?;
                    if account.is_none_or(|account| account.changed_at != as_of) {
                        return Ok(None);
                    }
                }
                ready.write(tx).await.map(Some)
            })
        });
        let crowded: Option<Vec<SignInId>> = writing.await.map_err(|error: StoreError| error)?;
        self.end(&crowded.ok_or(SignInError::Refused)?);
        Ok((token, signed_in))
    }

    /// A sign-in in another position, instead of this one and until the moment at which this one would have ended.
    ///
    /// # Errors
    /// When the person does not hold the position, this sign-in has ended, or the store fails.
    pub async fn switch(&self, from: SignedIn, position: Position) -> Result<(Token, SignedIn), SignInError> {
        let region = self.hub.region();
        let (person, by, now) = (from.actor.person, from.by(), region.now());
        let (id, directory) = (SignInId(region.draw_id()), region.directory());
        let valid_for = from.until.since(now);
        let switching = self.hub.journal().write(move |tx| {
            Box::pin(async move {
                let known = tx.list_sign_ins(person).await?.into_iter().find(|one| one.id == from.id);
                let Some(known) = known.filter(|known| known.is_valid_at(now)) else { return Ok(None) };
                let (way, device, registered) = (known.way.unwrap_or(SignInWay::Link), known.device, known.registered);
                let new = NewSignIn { id, person, position, now, valid_for, by, way, device, registered, client: None };
                let Ok(ready) = new.prepare(&directory) else { return Ok(None) };
                let ended: Vec<_> = tx.revoke_sign_in(from.id, now).await?.into_iter().collect();
                keep_ended(tx, by, SignInEnd::PositionChosen, now, &ended).await?;
                let crowded = ready.write(tx).await?;
                Ok::<_, StoreError>(Some((ready, crowded)))
            })
        });
        let (ready, mut ended) = switching.await?.ok_or(SignInError::Refused)?;
        ended.push(from.id);
        self.end(&ended);
        Ok((ready.token, ready.signed_in))
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
        // INVARIANT: one factor lets nobody in, except into the demo on its own machine.
        if !self.takes_links && matches!(sign_in.way, None | Some(SignInWay::Link)) {
            return Err(SignInError::Refused);
        }
        let directory = self.hub.region().directory();
        let actor = directory.actor(sign_in.person, sign_in.position).ok_or(SignInError::Refused)?;
        if self.hub.region().is_shut_out(&actor) {
            return Err(SignInError::Refused);
        }
        // What another process saw of it, or this one before it started anew, is on record: see `in_use.rs`.
        let known_since = sign_in.used_at.max(sign_in.issued_at);
        if !self.hub.sessions().keep_in_use(sign_in.id, now, self.limits.idle_timeout, known_since) {
            self.revoke(By::Hub, sign_in.id, SignInEnd::Unused).await?;
            return Err(SignInError::Refused);
        }
        self.note_used(&sign_in, now).await;
        let SignIn { id, issued_at: since, expires_at: until, registered: device, client, .. } = sign_in;
        let scopes = client.map(|client| client.scopes);
        Ok(SignedIn { id, actor, since, until, device, scopes })
    }

    /// For the list of sign-ins; a journal that cannot be written ends nobody's work here.
    async fn note_used(&self, sign_in: &SignIn, now: Timestamp) {
        if now.since(sign_in.used_at) < self.noted_every() {
            return;
        }
        let (id, device) = (sign_in.id, sign_in.registered);
        let noting = self.hub.journal().write(move |tx| {
            Box::pin(async move {
                if let Some(device) = device {
                    tx.note_device_seen(device, now).await?;
                }
                tx.note_sign_in_used(id, now).await
            })
        });
        if let Err(error) = noting.await {
            let error: StoreError = error;
            tracing::debug!(code = error.code(), "the use of a sign-in is not noted");
        }
    }

    /// The sign-ins of a person that let somebody in now, the latest used first, and when each was last used.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn list(&self, person: PersonId) -> Result<Vec<SignIn>, SignInError> {
        let (sessions, now) = (self.hub.sessions(), self.hub.region().now());
        let mut listed = self.hub.journal().read(move |tx| Box::pin(tx.list_sign_ins(person))).await?;
        listed.retain(|one: &SignIn| one.is_valid_at(now));
        for one in &mut listed {
            one.used_at = sessions.last_used(one.id, now).unwrap_or(one.used_at).max(one.used_at);
        }
        listed.retain(|one| now.since(one.used_at) <= self.limits.idle_timeout);
        listed.sort_by_key(|one| std::cmp::Reverse((one.used_at, one.id)));
        Ok(listed)
    }

    /// How long a sign-in may be unused.
    #[must_use]
    pub const fn idle_timeout(&self) -> Duration {
        self.limits.idle_timeout
    }

    /// Ends the sign-ins of a person, all or all but one; how many there were.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn end_all_of(
        &self,
        by: By,
        person: PersonId,
        why: SignInEnd,
        but: Option<SignInId>,
    ) -> Result<usize, SignInError> {
        let now = self.hub.region().now();
        let ending = self.hub.journal().write(move |tx| Box::pin(end_all(tx, by, person, why, but, now)));
        let ended = ending.await?;
        self.end(&ended);
        Ok(ended.len())
    }

    /// A one-time ticket for one socket, valid for [`limits::TICKET_MS`].
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

    /// Everybody at this organisation goes on as what it is now: sockets that act as something else come back anew.
    pub fn renew_organisation(&self, now: &Organisation) {
        self.tickets.forget(|signed_in| signed_in.actor.organisation == now.id);
        let differs = |actor: &Actor| actor.organisation == now.id && actor.organisation_type != now.kind;
        self.hub.sessions().end_where(CloseCode::GoingAway, differs);
    }

    /// The journal says that these have ended: first nothing new can begin, then what is open closes.
    pub(super) fn end(&self, ended: &[SignInId]) {
        self.end_with(ended, CloseCode::SignInEnded);
    }

    /// The same, with what the clients are told.
    pub(super) fn end_with(&self, ended: &[SignInId], close: CloseCode) {
        self.tickets.end(ended, self.hub.region().now());
        ended.iter().for_each(|id| self.hub.sessions().end(*id, close));
    }
}

/// Ends the sign-ins of a person in somebody's transaction; whoever calls it tells the open sockets after the commit.
pub(super) async fn end_all(
    tx: &mut Tx,
    by: By,
    person: PersonId,
    why: SignInEnd,
    but: Option<SignInId>,
    now: Timestamp,
) -> Result<Vec<SignInId>, StoreError> {
    let ended = match but {
        None => tx.revoke_sign_ins_of(person, now).await?,
        Some(but) => tx.revoke_other_sign_ins_of(person, but, now).await?,
    };
    // Also those whose sign-in had ended by time.
    tx.delete_bells_of(person, but).await?;
    keep_ended(tx, by, why, now, &ended).await?;
    Ok(ended.iter().map(|ended| ended.id).collect())
}

/// The same of all sign-ins at an organisation, which ended its work.
pub(super) async fn end_all_at(
    tx: &mut Tx,
    by: By,
    organisation: OrganisationId,
    now: Timestamp,
) -> Result<Vec<SignInId>, StoreError> {
    let ended = tx.revoke_sign_ins_at(organisation, now).await?;
    tx.delete_bells_at(organisation).await?;
    keep_ended(tx, by, SignInEnd::OrganisationEnded, now, &ended).await?;
    Ok(ended.iter().map(|ended| ended.id).collect())
}

/// One act for each sign-in that ended, in the transaction that ends it; ended by somebody, it takes along what rings its
/// device. Ended by time it does not: whoever closed the page for the night is to hear of what cannot wait.
pub(super) async fn keep_ended(
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
    if why != SignInEnd::Unused {
        for one in ended {
            tx.delete_bells_under(one.id).await?;
        }
    }
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
