//! The token endpoint's side of system clients: from a signed assertion to an access token of a few minutes (RFC 6749, 4.4;
//! RFC 7523; SMART Backend Services). A token is a sign-in of the person that the client is in the directory.
//!
//! INVARIANT: whatever is wrong with an assertion, the answer is one; only who showed that it is a client that stands
//! learns why it gets no token.

use std::net::IpAddr;
use std::time::Duration;

use super::Accounts;
use super::guesses::TooOften;
use crate::actions::sign_in::NewSignIn;
use crate::domain::account::SignInWay;
use crate::domain::act::{Act, By, Deed};
use crate::domain::client::{Client, ClientDeed, ClientGrant, KeptKey, Scopes};
use crate::domain::directory::{Actor, Directory, Position};
use crate::domain::ids::{ClientId, SignInId};
use crate::domain::role::Role;
use crate::domain::text::Invalid;
use crate::hub::devices::Line;
use crate::hub::lines::LineRefusal;
use crate::limits;
use crate::store::StoreError;
use crate::vault::{Assertion, Token, UsedAssertion};

/// What a client asks with.
#[derive(Clone, Debug)]
pub struct TokenAsked {
    pub assertion: String,
    /// May be named beside the assertion, and then must be the same (RFC 7521, 4.2).
    pub client_id: Option<String>,
    /// Words separated by spaces.
    pub scope: String,
    /// The address of the token endpoint, which the assertion must name.
    pub audience: String,
    pub address: Option<IpAddr>,
    pub line: Line,
}

/// A token, shown once.
#[derive(Debug)]
pub struct TokenGranted {
    pub token: Token,
    pub scopes: Scopes,
    pub valid_for: Duration,
}

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
pub enum TokenRefusal {
    /// Whatever is wrong with client, key, signature or claims: all look the same.
    #[error("no such client, or not shown to be it")]
    Client,
    /// One of the scopes is unknown, or none of them was registered.
    #[error("scope")]
    Scope(Option<Invalid>),
    /// The client is who it says; its connection does not do.
    #[error(transparent)]
    Line(#[from] LineRefusal),
    #[error("asked too often")]
    TooOften(Duration),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<TooOften> for TokenRefusal {
    fn from(often: TooOften) -> Self {
        Self::TooOften(often.wait)
    }
}

/// A client that showed who it is.
struct Recognised {
    client: Client,
    key: String,
    used: UsedAssertion,
}

impl Accounts {
    /// A token for the client that this assertion shows.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn grant_token(&self, asked: &TokenAsked) -> Result<TokenGranted, TokenRefusal> {
        self.guesses.at_token_endpoint(asked.address).await?;
        let Recognised { client, key, used } = self.recognise(asked).await?;
        self.guesses.at_client(client.id.0).await?;
        let actor = self.actor_of(&client).await?.ok_or(TokenRefusal::Client)?;
        let region = self.hub.region();
        let (now, wall) = (region.now(), region.wall());
        // Where devices are asked for, a system has to show one like everybody; its token counts on that alone.
        let registered = asked.line.device(now).map(|(device, _)| device);
        self.hub.admits(&asked.line, &actor, registered)?;
        let wanted = Scopes::parse("scope", &asked.scope).map_err(|unknown| TokenRefusal::Scope(Some(unknown)))?;
        let scopes = wanted.and(client.scopes);
        if scopes.is_empty() {
            return Err(TokenRefusal::Scope(None));
        }
        let by = registered.map_or(By::Person(actor), |device| By::AtDevice(actor, device));
        let new = NewSignIn {
            id: SignInId(region.draw_id()),
            person: actor.person,
            position: position_of(&client),
            now,
            valid_for: Duration::from_secs(limits::CLIENT_TOKEN_S),
            by,
            way: SignInWay::Assertion,
            device: key.clone(),
            registered,
            client: Some(ClientGrant { key: key.clone(), scopes }),
        };
        let (id, valid_for) = (client.id, new.valid_for);
        let address = asked.address.map(|address| address.to_canonical().to_string()).unwrap_or_default();
        let deed = ClientDeed::TokenIssued { client: id, sign_in: new.id, key: key.clone(), address, scopes };
        let ready = new.prepare(&region.directory()).map_err(|_| TokenRefusal::Client)?;
        let token = ready.token.clone();
        let writing = self.hub.journal().write(move |tx| {
            Box::pin(async move {
                // Looked at again: it may have been suspended, or its key removed, since the assertion was judged.
                let stands = tx.find_client(id).await?.is_some_and(|client| client.stands());
                let keys = tx.list_client_keys(id).await?;
                let is_key = |kept: &KeptKey| kept.key.id == key && kept.removed_at.is_none();
                if !stands || !keys.iter().any(is_key) || !tx.use_assertion(id, &used, wall).await? {
                    return Err(TokenRefusal::Client);
                }
                if tx.count_assertions(id).await? > limits::ASSERTIONS_KEPT_PER_CLIENT_MAX {
                    return Err(TokenRefusal::TooOften(Duration::from_secs(limits::CLIENT_TOKEN_S)));
                }
                let crowded = ready.write(tx).await?;
                tx.append_acts(now, [Act { by, deed: Deed::Client(deed) }]).await?;
                Ok(crowded)
            })
        });
        let crowded: Vec<SignInId> = match writing.await {
            Err(TokenRefusal::Client) => return Err(self.refuse(id, asked)),
            written => written?,
        };
        self.sign_ins.end(&crowded);
        Ok(TokenGranted { token, scopes, valid_for })
    }

    /// The client that the assertion shows, if it does and the client stands.
    async fn recognise(&self, asked: &TokenAsked) -> Result<Recognised, TokenRefusal> {
        let assertion = Assertion::read(&asked.assertion).map_err(|fault| {
            tracing::debug!(%fault, "an assertion is refused");
            TokenRefusal::Client
        })?;
        let id = assertion.client;
        if asked.client_id.as_ref().is_some_and(|named| *named != id.to_string()) {
            return Err(TokenRefusal::Client);
        }
        let reading = self.hub.journal().read(move |tx| {
            Box::pin(async move { Ok::<_, StoreError>((tx.find_client(id).await?, tx.list_client_keys(id).await?)) })
        });
        let (client, keys): (Option<Client>, Vec<KeptKey>) = reading.await?;
        let client = client.ok_or(TokenRefusal::Client)?;
        let is_meant = |kept: &&KeptKey| kept.key.id == assertion.key && kept.removed_at.is_none();
        let Some(known) = keys.iter().find(is_meant) else { return Err(self.refuse(id, asked)) };
        // Its times are of the client's clock.
        match assertion.judge(&known.key, &asked.audience, self.hub.region().wall()) {
            Ok(used) if client.stands() => Ok(Recognised { client, key: assertion.key, used }),
            Ok(_) => Err(self.refuse(id, asked)),
            Err(fault) => {
                tracing::debug!(%fault, "an assertion is refused");
                Err(self.refuse(id, asked))
            }
        }
    }

    /// Keeps, aside and not too often, that somebody failed in a client's name: nobody waits for it, so that no duration
    /// tells which clients there are.
    fn refuse(&self, client: ClientId, asked: &TokenAsked) -> TokenRefusal {
        if self.guesses.at_kept_refusal(client.0).is_ok() {
            let (journal, now) = (self.hub.journal().clone(), self.hub.region().now());
            let address = asked.address.map(|address| address.to_canonical().to_string()).unwrap_or_default();
            let deed = Deed::Client(ClientDeed::Refused { client, address });
            tokio::spawn(async move {
                let act = Act { by: By::Hub, deed };
                let keeping =
                    journal.write(move |tx| Box::pin(async move { tx.append_acts(now, [act.clone()]).await }));
                if let Err(error) = keeping.await {
                    let error: StoreError = error;
                    tracing::warn!(code = error.code(), "a refused assertion is not in the audit log");
                }
            });
        }
        TokenRefusal::Client
    }

    /// The client as it acts; `None`: its organisation or its person ended, or may not use the system.
    async fn actor_of(&self, client: &Client) -> Result<Option<Actor>, StoreError> {
        let region = self.hub.region();
        let person = client.id.into();
        if !region.directory().people.contains_key(&person) {
            // Registered by the command line while this hub ran.
            let stored: Directory = self.hub.journal().read(|tx| Box::pin(tx.load_directory())).await?;
            region.change_directory(|directory| {
                if let Some(known) = stored.people.get(&person) {
                    directory.people.entry(person).or_insert_with(|| known.clone());
                    directory.clients.insert(person);
                }
            });
        }
        let actor = region.directory().actor(person, position_of(client));
        Ok(actor.filter(|actor| !region.is_shut_out(actor)))
    }
}

const fn position_of(client: &Client) -> Position {
    Position { role: Role::Gateway, organisation: client.organisation }
}
