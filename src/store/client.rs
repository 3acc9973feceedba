//! The tables of system clients: what is registered of each, its public keys, and which assertions it used. What it is for
//! is sealed; its name stands in the directory. Whether a client is let in is judged by the caller.

use prost::Message as _;

use crate::domain::client::{Client, ClientKey, KeptKey, KeyAlgorithm, Scopes};
use crate::domain::ids::{ClientId, OrganisationId, PersonId};
use crate::domain::time::Timestamp;
use crate::vault::UsedAssertion;

use super::engine::run;
use super::guarded::{self, Value};
use super::readable::{Came, each};
use super::record::{ClientRecord, UNREADABLE, code_from, record_aad, uuid_from};
use super::{StoreError, Tx};

pub(super) const CLIENT: &[u8; 16] = b"client/v1\0\0\0\0\0\0\0";

type ClientRow = (Vec<u8>, Vec<u8>, Vec<u8>, String, i64, Option<i64>, Option<i64>, Option<Vec<u8>>);
type KeyRow = (Vec<u8>, String, String, Vec<u8>, i64, Option<i64>, Option<Vec<u8>>);

/// How a client's standing changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientChange {
    Suspend,
    Resume,
    Remove,
}

impl Tx {
    /// Adds a client.
    ///
    /// # Errors
    /// When the database fails, or person or organisation do not exist.
    pub async fn insert_client(&mut self, client: &Client) -> Result<(), StoreError> {
        const SQL: &str = "insert into client (id, organisation, sealed, scopes, registered_at, mac)
            values ($1, $2, $3, $4, $5, $6)";
        let record = ClientRecord { purpose: client.purpose.clone() };
        let sealed = self.region.names().seal(&record_aad(CLIENT, client.id.0), &record.encode_to_vec());
        let mac = guarded::CLIENT.mac(&self.region, &client_row(client));
        run!(self, connection => {
            sqlx::query(SQL)
                .bind(client.id.0.as_bytes().as_slice())
                .bind(client.organisation.0.as_bytes().as_slice())
                .bind(sealed)
                .bind(client.scopes.to_string())
                .bind(client.registered_at.0)
                .bind(mac.as_bytes().as_slice())
                .execute(connection)
                .await?;
        });
        Ok(())
    }

    /// The client with this id, whether it stands or not.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_client(&mut self, id: ClientId) -> Result<Option<Client>, StoreError> {
        const SQL: &str = "select id, organisation, sealed, scopes, registered_at, suspended_at, removed_at, mac
            from client where id = $1";
        let rows: Vec<Came<ClientRow>> = run!(self, connection => {
            each("client", &sqlx::query(SQL).bind(id.0.as_bytes().as_slice()).fetch_all(connection).await?)
        });
        Ok(self.clients_from(rows).pop())
    }

    /// All clients that are not removed, the oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_clients(&mut self) -> Result<Vec<Client>, StoreError> {
        const SQL: &str = "select id, organisation, sealed, scopes, registered_at, suspended_at, removed_at, mac
            from client where removed_at is null order by registered_at, id";
        let rows: Vec<Came<ClientRow>> =
            run!(self, connection => each("client", &sqlx::query(SQL).fetch_all(connection).await?));
        Ok(self.clients_from(rows))
    }

    /// Who of the people is a client, removed ones too.
    pub(super) async fn list_client_people(&mut self) -> Result<Vec<PersonId>, StoreError> {
        const SQL: &str = "select id from client";
        let rows: Vec<(Vec<u8>,)> = run!(self, connection => sqlx::query_as(SQL).fetch_all(connection).await?);
        Ok(rows.into_iter().filter_map(|(id,)| self.readable(uuid_from("client.id", &id)).map(PersonId)).collect())
    }

    /// Suspends, resumes or removes a client. `false`: it was so before, or there is none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn change_client(
        &mut self,
        id: ClientId,
        change: ClientChange,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        const SUSPEND: &str = "update client set suspended_at = $2, mac = $3
            where id = $1 and suspended_at is null and removed_at is null";
        const RESUME: &str = "update client set suspended_at = null, mac = $3
            where id = $1 and suspended_at <= $2 and removed_at is null";
        const REMOVE: &str = "update client set removed_at = $2, mac = $3 where id = $1 and removed_at is null";
        const WRITTEN: &str = "select count(*) from client where id = $1 and mac is not distinct from $2";
        let sql = match change {
            ClientChange::Suspend => SUSPEND,
            ClientChange::Resume => RESUME,
            ClientChange::Remove => REMOVE,
        };
        // One that was not written with the region's key is not there, but for its end, which needs nothing that it says.
        let stands = match change {
            ClientChange::Remove => None,
            ClientChange::Suspend | ClientChange::Resume => match self.find_client(id).await? {
                Some(client) => Some(client),
                None => return Ok(false),
            },
        };
        let mac = stands.map(|mut client| {
            client.suspended_at = (change == ClientChange::Suspend).then_some(now);
            guarded::CLIENT.mac(&self.region, &client_row(&client)).as_bytes().to_vec()
        });
        let changed = run!(self, connection => {
            sqlx::query(sql)
                .bind(id.0.as_bytes().as_slice())
                .bind(now.0)
                .bind(mac.as_deref())
                .execute(connection)
                .await?
                .rows_affected()
        }) == 1;
        if changed {
            self.check_written(WRITTEN, id.0.as_bytes(), mac.as_deref()).await?;
        }
        Ok(changed)
    }

    /// Adds a key of a client. `false`: its name was given before.
    ///
    /// # Errors
    /// When the database fails or there is no such client.
    pub async fn insert_client_key(
        &mut self,
        client: ClientId,
        key: &ClientKey,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        const SQL: &str = "insert into client_key (client, kid, algorithm, material, added_at, mac)
            values ($1, $2, $3, $4, $5, $6) on conflict do nothing";
        let mac = guarded::CLIENT_KEY.mac(&self.region, &key_row(client, key, now));
        Ok(run!(self, connection => {
            sqlx::query(SQL)
                .bind(client.0.as_bytes().as_slice())
                .bind(key.id.as_str())
                .bind(key.algorithm.code())
                .bind(key.material.as_slice())
                .bind(now.0)
                .bind(mac.as_bytes().as_slice())
                .execute(connection)
                .await?
                .rows_affected()
        }) == 1)
    }

    /// The keys of a client, removed ones too, the oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_client_keys(&mut self, client: ClientId) -> Result<Vec<KeptKey>, StoreError> {
        const SQL: &str = "select client, kid, algorithm, material, added_at, removed_at, mac from client_key
            where client = $1 order by added_at, kid";
        let rows: Vec<Came<KeyRow>> = run!(self, connection => {
            each("client_key", &sqlx::query(SQL).bind(client.0.as_bytes().as_slice()).fetch_all(connection).await?)
        });
        Ok(self.keys_from(rows).into_iter().map(|(_, key)| key).collect())
    }

    /// The keys of all clients that were not removed, the oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_standing_client_keys(&mut self) -> Result<Vec<(ClientId, KeptKey)>, StoreError> {
        const SQL: &str = "select client, kid, algorithm, material, added_at, removed_at, mac from client_key
            where removed_at is null order by added_at, kid";
        let rows: Vec<Came<KeyRow>> =
            run!(self, connection => each("client_key", &sqlx::query(SQL).fetch_all(connection).await?));
        Ok(self.keys_from(rows))
    }

    /// When each key of a client last got it a token, removed ones too.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_client_key_uses(&mut self, client: PersonId) -> Result<Vec<(String, Timestamp)>, StoreError> {
        const SQL: &str = "select client_key, max(issued_at) from sign_in
            where person = $1 and client_key is not null group by client_key order by client_key";
        let rows: Vec<Came<(String, i64)>> = run!(self, connection => {
            each("sign_in", &sqlx::query(SQL).bind(client.0.as_bytes().as_slice()).fetch_all(connection).await?)
        });
        Ok(self.readable_each(rows, |(key, at)| Ok((key, Timestamp(at)))))
    }

    /// From now on a key opens nothing.
    ///
    /// # Errors
    /// When the database fails, or the key does not stand.
    pub async fn remove_client_key(&mut self, client: ClientId, key: &str, now: Timestamp) -> Result<(), StoreError> {
        const SQL: &str = "update client_key set removed_at = $3, mac = null
            where client = $1 and kid = $2 and removed_at is null";
        const STILL: &str = "select count(*) from client_key where client = $1 and kid = $2 and removed_at is null";
        let updated = run!(self, connection => {
            sqlx::query(SQL)
                .bind(client.0.as_bytes().as_slice())
                .bind(key)
                .bind(now.0)
                .execute(connection)
                .await?
                .rows_affected()
        });
        StoreError::check_rows("removing a client's key", 1, updated)?;
        let (still,): (i64,) = run!(self, connection => {
            sqlx::query_as(STILL).bind(client.0.as_bytes().as_slice()).bind(key).fetch_one(connection).await?
        });
        StoreError::check_rows("removing a client's key, which stands", 0, still.unsigned_abs())
    }

    /// Keeps that an assertion was used, and forgets those that have ended. `false`: it was used before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn use_assertion(
        &mut self,
        client: ClientId,
        used: &UsedAssertion,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        // INVARIANT: kept by one statement before anything is granted, so that of two who show it at once one gets in.
        const FORGET: &str = "delete from client_assertion where client = $1 and expires_at <= $2";
        const KEEP: &str = "insert into client_assertion (client, digest, expires_at) values ($1, $2, $3)
            on conflict do nothing";
        let id = client.0.as_bytes().as_slice();
        Ok(run!(self, connection => {
            sqlx::query(FORGET).bind(id).bind(now.0).execute(&mut *connection).await?;
            sqlx::query(KEEP)
                .bind(id)
                .bind(used.digest.as_slice())
                .bind(used.expires_at.0)
                .execute(connection)
                .await?
                .rows_affected()
        }) == 1)
    }

    /// How many used assertions of a client are remembered.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_assertions(&mut self, client: ClientId) -> Result<i64, StoreError> {
        const SQL: &str = "select count(*) from client_assertion where client = $1";
        let (count,): (i64,) = run!(self, connection => {
            sqlx::query_as(SQL).bind(client.0.as_bytes().as_slice()).fetch_one(connection).await?
        });
        Ok(count)
    }

    fn clients_from(&self, rows: Vec<Came<ClientRow>>) -> Vec<Client> {
        self.readable_each(rows, |row| self.client_from(row)).into_iter().flatten().collect()
    }

    fn keys_from(&self, rows: Vec<Came<KeyRow>>) -> Vec<(ClientId, KeptKey)> {
        self.readable_each(rows, |row| self.key_from(row)).into_iter().flatten().collect()
    }

    /// `None`: it is not removed, and nobody with the region's key registered it so.
    fn client_from(&self, row: ClientRow) -> Result<Option<Client>, StoreError> {
        let (id, organisation, sealed, scopes, registered_at, suspended_at, removed_at, mac) = row;
        let id = ClientId(uuid_from("client.id", &id)?);
        let place = format!("client {id}");
        let opened = self.region.names().open(&record_aad(CLIENT, id.0), &sealed).ok();
        let record = opened.and_then(|bytes| ClientRecord::decode(&bytes[..]).ok());
        // What it is for is a label: what it may do is in its scopes.
        let unreadable = || {
            if removed_at.is_none() {
                self.note_unopened(&place);
            }
            UNREADABLE.to_owned()
        };
        let purpose = record.map_or_else(unreadable, |record| record.purpose);
        let client = Client {
            id,
            organisation: OrganisationId(uuid_from(&place, &organisation)?),
            purpose,
            scopes: Scopes::parse("scopes", &scopes).map_err(|error| StoreError::inconsistent(place, error))?,
            registered_at: Timestamp(registered_at),
            suspended_at: suspended_at.map(Timestamp),
            removed_at: removed_at.map(Timestamp),
        };
        let counts =
            client.removed_at.is_some() || self.is_genuine(&guarded::CLIENT, &client_row(&client), mac.as_deref());
        Ok(counts.then_some(client))
    }

    /// `None`: it is not removed, and nobody with the region's key gave it to this client.
    fn key_from(&self, row: KeyRow) -> Result<Option<(ClientId, KeptKey)>, StoreError> {
        let (client, id, algorithm, material, added_at, removed_at, mac) = row;
        let client = ClientId(uuid_from("client_key.client", &client)?);
        let place = format!("client_key {client} {id}");
        let algorithm = code_from(&place, &algorithm, KeyAlgorithm::from_code(&algorithm))?;
        let key = ClientKey { id, algorithm, material };
        let (added_at, removed_at) = (Timestamp(added_at), removed_at.map(Timestamp));
        let counts = removed_at.is_some()
            || self.is_genuine(&guarded::CLIENT_KEY, &key_row(client, &key, added_at), mac.as_deref());
        Ok(counts.then_some((client, KeptKey { key, added_at, removed_at })))
    }
}

fn client_row(client: &Client) -> [Value; 5] {
    let Client { id, organisation, registered_at, suspended_at, .. } = client;
    let scopes = client.scopes.to_string();
    [id.0.into(), organisation.0.into(), scopes.as_str().into(), (*registered_at).into(), (*suspended_at).into()]
}

fn key_row(client: ClientId, key: &ClientKey, added_at: Timestamp) -> [Value; 5] {
    let ClientKey { id, algorithm, material } = key;
    [client.0.into(), id.as_str().into(), algorithm.code().into(), material.as_slice().into(), added_at.into()]
}
