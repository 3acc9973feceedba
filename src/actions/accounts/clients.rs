//! System clients: the secretariat registers them, gives them other keys, suspends and removes them. What ends, ends with
//! its tokens at once. How a client shows who it is, is `client_tokens.rs`.

use std::collections::HashMap;

use serde_json::Value;

use super::looking_after::check_reason;
use super::{AccountError, Accounts};
use crate::actions::directory::check_name;
use crate::actions::sign_in::keep_ended;
use crate::domain::act::{Act, By, Deed, SignInEnd};
use crate::domain::client::{Client, ClientDeed, ClientKey, KeptKey, Scopes, read_purpose};
use crate::domain::directory::{Directory, Person, Position};
use crate::domain::ids::{ClientId, OrganisationId, SignInId};
use crate::domain::patient::HumanName;
use crate::domain::role::{OrganisationType, Role};
use crate::domain::text::{Invalid, Text};
use crate::domain::time::Timestamp;
use crate::limits;
use crate::store::{ClientChange, SignIn, StoreError, Tx};
use crate::vault::read_key_set;

/// A client as the secretariat sees it.
#[derive(Clone, Debug)]
pub struct ClientSeen {
    pub client: Client,
    pub name: String,
    pub keys: Vec<KeptKey>,
    /// When each of its keys last got it a token, removed ones too.
    pub used: HashMap<String, Timestamp>,
}

impl ClientSeen {
    /// When it last got a token.
    #[must_use]
    pub fn used_at(&self) -> Option<Timestamp> {
        self.used.values().copied().max()
    }
}

/// Which keys a client has from now on.
#[derive(Clone, Debug, Default)]
pub struct KeysGiven {
    pub keys: Vec<ClientKey>,
    /// Names of those that it has and that stay.
    pub keep: Vec<String>,
}

/// A client to be registered, as somebody wrote it.
#[derive(Clone, Debug)]
pub struct ClientGiven<'a> {
    pub organisation: OrganisationId,
    pub name: &'a str,
    pub purpose: &'a str,
    pub scopes: &'a str,
    /// A JWK set.
    pub keys: &'a Value,
}

/// A client that is registered when it is written.
#[derive(Clone, Debug)]
pub struct NewClient {
    pub client: Client,
    pub person: Person,
    pub keys: Vec<ClientKey>,
}

impl ClientGiven<'_> {
    /// Reads it.
    ///
    /// # Errors
    /// Which field is wrong.
    pub fn read(&self, directory: &Directory, id: ClientId, now: Timestamp) -> Result<NewClient, Invalid> {
        let organisation = directory.organisations.get(&self.organisation);
        let is_office = |kind| !matches!(kind, OrganisationType::Secretariat | OrganisationType::Home);
        if !organisation.is_some_and(|found| found.active && is_office(found.kind)) {
            let text = Text::fixed(
                "連携システムを登録できる事業所ではありません",
                "not an organisation for which a system can act",
            );
            return Err(Invalid::new("organisation", "not_found", text));
        }
        let name = self.name.trim();
        check_name("name", name)?;
        let client = Client {
            id,
            organisation: self.organisation,
            purpose: read_purpose("purpose", self.purpose)?,
            scopes: Scopes::parse("scopes", self.scopes)?,
            registered_at: now,
            suspended_at: None,
            removed_at: None,
        };
        let name = HumanName { kanji: name.to_owned(), kana: name.to_owned() };
        let positions = vec![Position { role: Role::Gateway, organisation: self.organisation }];
        let person = Person { id: id.into(), name, positions, active: true };
        Ok(NewClient { client, person, keys: read_key_set("jwks", self.keys)? })
    }
}

impl NewClient {
    /// Stores it, with its acts.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn write(&self, tx: &mut Tx, by: By) -> Result<(), StoreError> {
        let (Client { id: client, organisation, scopes, registered_at: now, .. }, person) =
            (&self.client, &self.person);
        tx.insert_person(person).await?;
        tx.insert_client(&self.client).await?;
        let (client, organisation, scopes) = (*client, *organisation, *scopes);
        let mut deeds = vec![
            Deed::PersonKept { person: person.id, positions: person.positions.clone(), active: true, is_new: true },
            Deed::Client(ClientDeed::Registered { client, organisation, scopes }),
        ];
        for key in &self.keys {
            tx.insert_client_key(client, key, *now).await?;
            deeds.push(Deed::Client(ClientDeed::KeyAdded { client, key: key.id.clone() }));
        }
        tx.append_acts(*now, deeds.into_iter().map(|deed| Act { by, deed })).await
    }

    /// The directory with this client in it.
    pub fn enter(&self, directory: &mut Directory) {
        directory.people.insert(self.person.id, self.person.clone());
        directory.clients.insert(self.person.id);
    }
}

/// What is to become of a client, with the reason that is asked for where something is taken from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientOrder {
    Suspend(String),
    Resume,
    Remove(String),
}

impl ClientOrder {
    const fn change(&self) -> ClientChange {
        match self {
            Self::Suspend(_) => ClientChange::Suspend,
            Self::Resume => ClientChange::Resume,
            Self::Remove(_) => ClientChange::Remove,
        }
    }

    /// Whether a reason stands where one is asked for.
    ///
    /// # Errors
    /// When none is given, or it is too long.
    pub fn check(&self) -> Result<(), Invalid> {
        match self {
            Self::Suspend(reason) | Self::Remove(reason) => check_reason(reason),
            Self::Resume => Ok(()),
        }
    }

    fn deed(self, client: ClientId) -> ClientDeed {
        match self {
            Self::Suspend(reason) => ClientDeed::Suspended { client, reason },
            Self::Resume => ClientDeed::Resumed { client },
            Self::Remove(reason) => ClientDeed::Removed { client, reason },
        }
    }
}

/// Changes a client's standing, with the acts; the tokens that ended by it. `None`: there is none, or it was so before.
///
/// # Errors
/// When the database fails.
pub async fn order_client(
    tx: &mut Tx,
    by: By,
    id: ClientId,
    order: ClientOrder,
    now: Timestamp,
) -> Result<Option<Vec<SignInId>>, StoreError> {
    let change = order.change();
    if !tx.change_client(id, change, now).await? {
        return Ok(None);
    }
    tx.append_acts(now, [Act { by, deed: Deed::Client(order.deed(id)) }]).await?;
    if change == ClientChange::Resume {
        return Ok(Some(Vec::new()));
    }
    end_tokens(tx, by, id, None, SignInEnd::ClientEnded, now).await.map(Some)
}

/// Ends the tokens of a client, of all its keys or of one.
async fn end_tokens(
    tx: &mut Tx,
    by: By,
    id: ClientId,
    of_key: Option<&str>,
    why: SignInEnd,
    now: Timestamp,
) -> Result<Vec<SignInId>, StoreError> {
    // Those whose time is over are closed by it, without an act.
    let tokens = tx.list_client_tokens(id.into(), now).await?;
    let mut ended = Vec::new();
    match of_key {
        // All, also what cannot be read.
        None => ended = tx.revoke_sign_ins_of(id.into(), now).await?,
        Some(key) => {
            let is_of_key = |token: &SignIn| token.client.as_ref().is_some_and(|client| client.key == key);
            for token in tokens.iter().filter(|token| is_of_key(token)) {
                ended.extend(tx.revoke_sign_in(token.id, now).await?);
            }
        }
    }
    keep_ended(tx, by, why, now, &ended).await?;
    Ok(ended.iter().map(|ended| ended.id).collect())
}

/// Gives a client these keys: new ones are added, those that are not named are removed with their tokens.
///
/// # Errors
/// When the client does not stand, no key would be left, or a key's name was given to another key before.
pub async fn replace_client_keys(
    tx: &mut Tx,
    by: By,
    id: ClientId,
    given: &KeysGiven,
    now: Timestamp,
) -> Result<Vec<SignInId>, AccountError> {
    let known = tx.find_client(id).await?.filter(|client| client.removed_at.is_none());
    let client = known.ok_or(AccountError::NotFound)?.id;
    let kept = tx.list_client_keys(id).await?;
    let KeysGiven { keys, keep } = given;
    check_kept(&kept, given)?;
    let mut acts = Vec::new();
    let mut added = 0;
    for key in keys {
        match kept.iter().find(|kept| kept.key.id == key.id) {
            Some(known) if known.removed_at.is_none() && known.key == *key => {}
            Some(_) => return Err(key_name_taken(&key.id)),
            None => {
                added += 1;
                tx.insert_client_key(client, key, now).await?;
                acts.push(ClientDeed::KeyAdded { client, key: key.id.clone() });
            }
        }
    }
    if kept.len() + added > limits::CLIENT_KEYS_EVER_MAX {
        return Err(AccountError::Overloaded);
    }
    let is_named = |kept: &KeptKey| keep.contains(&kept.key.id) || keys.iter().any(|key| key.id == kept.key.id);
    let mut ended = Vec::new();
    for removed in kept.iter().filter(|kept| kept.removed_at.is_none() && !is_named(kept)) {
        let key = removed.key.id.clone();
        tx.remove_client_key(client, &key, now).await?;
        ended.extend(end_tokens(tx, by, client, Some(&key), SignInEnd::KeyRemoved, now).await?);
        acts.push(ClientDeed::KeyRemoved { client, key });
    }
    tx.append_acts(now, acts.into_iter().map(|deed| Act { by, deed: Deed::Client(deed) })).await?;
    Ok(ended)
}

/// What stays is there, and something is left; not more than a client may have.
fn check_kept(kept: &[KeptKey], given: &KeysGiven) -> Result<(), Invalid> {
    let stands = |name: &String| kept.iter().any(|kept| kept.removed_at.is_none() && kept.key.id == *name);
    if let Some(at) = given.keep.iter().position(|name| !stands(name)) {
        let text = Text::fixed("この名前の鍵はありません", "it has no key of this name");
        return Err(Invalid::new(format!("keep[{at}]"), "not_found", text));
    }
    let new = given.keys.iter().filter(|key| !given.keep.contains(&key.id)).count();
    match given.keep.len() + new {
        0 => {
            let text = Text::fixed(
                "鍵は一つ以上残します。すべてやめるときは、連携システムを停止してください",
                "one key stays at least; to end all, suspend the system",
            );
            Err(Invalid::new("keep", "required", text))
        }
        count if count > limits::CLIENT_KEYS_MAX => {
            Err(Invalid::too_long("jwks.keys", limits::CLIENT_KEYS_MAX, ("個", "keys"), count))
        }
        _ => Ok(()),
    }
}

fn key_name_taken(key: &str) -> AccountError {
    let text = Text::new(
        format!("kid「{key}」は別の鍵か、削除した鍵に使われています。新しい kid を付けてください"),
        format!("the kid `{key}` belongs to another key, or to one that was removed: give the new key a new kid"),
    );
    Invalid::new("jwks", "duplicate", text).into()
}

impl Accounts {
    /// The clients of the region that are not removed, the oldest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn list_clients(&self) -> Result<Vec<ClientSeen>, AccountError> {
        let reading = self.hub.journal().read(|tx| {
            Box::pin(async move {
                let (clients, keys) = (tx.list_clients().await?, tx.list_standing_client_keys().await?);
                let mut used: HashMap<ClientId, HashMap<String, Timestamp>> = HashMap::new();
                for client in &clients {
                    used.insert(client.id, tx.list_client_key_uses(client.id.into()).await?.into_iter().collect());
                }
                Ok::<_, StoreError>((clients, keys, used))
            })
        });
        let (clients, keys, mut used) = reading.await?;
        let mut keys_of: HashMap<ClientId, Vec<KeptKey>> = HashMap::new();
        keys.into_iter().for_each(|(client, key)| keys_of.entry(client).or_default().push(key));
        let directory = self.hub.region().directory();
        let seen = |client: Client| ClientSeen {
            name: directory.people.get(&client.id.into()).map(|known| known.name.kanji.clone()).unwrap_or_default(),
            keys: keys_of.remove(&client.id).unwrap_or_default(),
            used: used.remove(&client.id).unwrap_or_default(),
            client,
        };
        Ok(clients.into_iter().map(seen).collect())
    }

    /// Registers a client.
    ///
    /// # Errors
    /// When a field is wrong or there are too many.
    pub async fn register_client(&self, by: By, given: &ClientGiven<'_>) -> Result<ClientSeen, AccountError> {
        let region = self.hub.region();
        let (id, now) = (ClientId(region.draw_id()), region.now());
        let new = given.read(&region.directory(), id, now)?;
        let stored = new.clone();
        let writing = self.hub.journal().write(move |tx| {
            Box::pin(async move {
                if tx.list_clients().await?.len() >= limits::CLIENTS_MAX {
                    return Err(AccountError::Overloaded);
                }
                Ok(stored.write(tx, by).await?)
            })
        });
        writing.await?;
        region.change_directory(|directory| new.enter(directory));
        let kept = |key| KeptKey { key, added_at: now, removed_at: None };
        let keys = new.keys.into_iter().map(kept).collect();
        Ok(ClientSeen { client: new.client, name: new.person.name.kanji, keys, used: HashMap::new() })
    }

    /// Gives a client these keys, beside those that stay, and no others. `keys`: a JWK set, or none.
    ///
    /// # Errors
    /// When there is no such client, or the keys are not taken.
    pub async fn replace_client_keys(
        &self,
        by: By,
        id: ClientId,
        keys: Option<&Value>,
        keep: Vec<String>,
    ) -> Result<(), AccountError> {
        let keys = keys.map(|keys| read_key_set("jwks", keys)).transpose()?.unwrap_or_default();
        let (given, now) = (KeysGiven { keys, keep }, self.hub.region().now());
        let writing = self
            .hub
            .journal()
            .write(move |tx| Box::pin(async move { replace_client_keys(tx, by, id, &given, now).await }));
        self.sign_ins.end(&writing.await?);
        Ok(())
    }

    /// Suspends, resumes or removes a client.
    ///
    /// # Errors
    /// When there is no such client, it was so before, or no reason is given.
    pub async fn order_client(&self, by: By, id: ClientId, order: ClientOrder) -> Result<(), AccountError> {
        order.check()?;
        let now = self.hub.region().now();
        let writing =
            self.hub.journal().write(move |tx| Box::pin(async move { order_client(tx, by, id, order, now).await }));
        let ended: Option<Vec<SignInId>> = writing.await.map_err(|error: StoreError| error)?;
        self.sign_ins.end(&ended.ok_or(AccountError::NotFound)?);
        Ok(())
    }
}
