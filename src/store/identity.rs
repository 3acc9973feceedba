//! The table of identities at another service. Which service, and its name for somebody, are sealed with a key of the
//! region's; an identity is found by a keyed digest of both alone.

use prost::Message as _;

use crate::domain::account::Identity;
use crate::domain::ids::{IdentityId, PersonId};
use crate::domain::time::Timestamp;

use super::engine::run;
use super::guarded::{self, Value};
use super::record::{IdentityRecord, record_aad, uuid_from};
use super::{StoreError, Tx};

pub(super) const IDENTITY: &[u8; 16] = b"identity/v1\0\0\0\0\0";

type Row = (Vec<u8>, Vec<u8>, Vec<u8>, i64, Option<i64>, Option<i64>, Vec<u8>, Option<Vec<u8>>);

impl Tx {
    /// Links an identity to its person. `false`: it is linked to somebody already.
    ///
    /// # Errors
    /// When the database fails or there is no such person.
    pub async fn insert_identity(&mut self, identity: &Identity) -> Result<bool, StoreError> {
        const SQL: &str = "insert into identity (id, person, known_as, sealed, linked_at, mac)
            values ($1, $2, $3, $4, $5, $6) on conflict do nothing";
        let known_as = self.known_as(&identity.issuer, &identity.subject);
        let record = IdentityRecord { issuer: identity.issuer.clone(), subject: identity.subject.clone() };
        let sealed = self.region.accounts().seal(&record_aad(IDENTITY, identity.id.0), &record.encode_to_vec());
        let mac = guarded::IDENTITY.mac(&self.region, &identity_row(identity, &known_as));
        Ok(run!(self, connection => {
            sqlx::query(SQL)
                .bind(identity.id.0.as_bytes().as_slice())
                .bind(identity.person.0.as_bytes().as_slice())
                .bind(known_as)
                .bind(sealed)
                .bind(identity.linked_at.0)
                .bind(mac.as_bytes().as_slice())
                .execute(connection)
                .await?
                .rows_affected()
        }) == 1)
    }

    /// The identity that this service means by this name, void or not.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_identity(&mut self, issuer: &str, subject: &str) -> Result<Option<Identity>, StoreError> {
        const SQL: &str = "select id, person, sealed, linked_at, used_at, voided_at, known_as, mac
            from identity where known_as = $1";
        let known_as = self.known_as(issuer, subject);
        let row: Option<Row> =
            run!(self, connection => sqlx::query_as(SQL).bind(known_as).fetch_optional(connection).await?);
        Ok(row.and_then(|row| self.readable(self.identity_from(row))?))
    }

    /// The identities of a person, void ones too, the oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_identities(&mut self, person: PersonId) -> Result<Vec<Identity>, StoreError> {
        const SQL: &str = "select id, person, sealed, linked_at, used_at, voided_at, known_as, mac
            from identity where person = $1 order by linked_at, id";
        let rows: Vec<Row> = run!(self, connection => {
            sqlx::query_as(SQL).bind(person.0.as_bytes().as_slice()).fetch_all(connection).await?
        });
        Ok(rows.into_iter().filter_map(|row| self.readable(self.identity_from(row))?).collect())
    }

    /// Keeps that an identity was used. `false`: it is void, or was unlinked meanwhile.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn use_identity(&mut self, id: IdentityId, now: Timestamp) -> Result<bool, StoreError> {
        // INVARIANT: judged and kept by one statement, so that one that is taken away lets nobody in any more.
        const SQL: &str = "update identity set used_at = $2 where id = $1 and voided_at is null";
        Ok(run!(self, connection => {
            sqlx::query(SQL).bind(id.0.as_bytes().as_slice()).bind(now.0).execute(connection).await?.rows_affected()
        }) == 1)
    }

    /// From now on no identity of a person lets anybody in.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn void_identities_of(&mut self, person: PersonId, now: Timestamp) -> Result<(), StoreError> {
        const SQL: &str = "update identity set voided_at = $2, mac = null where person = $1 and voided_at is null";
        const STILL: &str = "select count(*) from identity where person = $1 and voided_at is null and linked_at <= $2";
        run!(self, connection => {
            sqlx::query(SQL).bind(person.0.as_bytes().as_slice()).bind(now.0).execute(connection).await?;
        });
        self.check_ended(STILL, person.0.as_bytes(), now.0).await
    }

    /// Forgets an identity of a person. `false`: there is none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_identity(&mut self, person: PersonId, id: IdentityId) -> Result<bool, StoreError> {
        const SQL: &str = "delete from identity where id = $1 and person = $2";
        const STILL: &str = "select count(*) from identity where id = $1 and person = $2";
        let deleted = run!(self, connection => {
            sqlx::query(SQL)
                .bind(id.0.as_bytes().as_slice())
                .bind(person.0.as_bytes().as_slice())
                .execute(connection)
                .await?
                .rows_affected()
        });
        self.check_gone(STILL, &[id.0.as_bytes(), person.0.as_bytes()]).await?;
        Ok(deleted == 1)
    }

    /// Forgets all identities of a person.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_identities_of(&mut self, person: PersonId) -> Result<(), StoreError> {
        const SQL: &str = "delete from identity where person = $1";
        const STILL: &str = "select count(*) from identity where person = $1";
        run!(self, connection => {
            sqlx::query(SQL).bind(person.0.as_bytes().as_slice()).execute(connection).await?;
        });
        self.check_gone(STILL, &[person.0.as_bytes()]).await
    }

    fn known_as(&self, issuer: &str, subject: &str) -> Vec<u8> {
        // Three parts, which neither a sign-in name nor a passkey ever is: the key is that of the names.
        self.region.logins().mac(&[b"identity", issuer.as_bytes(), subject.as_bytes()]).as_bytes().to_vec()
    }

    /// `None`: it is not void, and nobody with the region's key linked it to this person.
    fn identity_from(&self, row: Row) -> Result<Option<Identity>, StoreError> {
        let (id, person, sealed, linked_at, used_at, voided_at, known_as, mac) = row;
        let id = IdentityId(uuid_from("identity.id", &id)?);
        let place = format!("identity {id}");
        let bytes = self
            .region
            .accounts()
            .open(&record_aad(IDENTITY, id.0), &sealed)
            .map_err(StoreError::cannot_open(place.as_str()))?;
        let record = IdentityRecord::decode(&bytes[..]).map_err(|error| StoreError::inconsistent(place, error))?;
        let identity = Identity {
            id,
            person: PersonId(uuid_from("identity.person", &person)?),
            issuer: record.issuer,
            subject: record.subject,
            linked_at: Timestamp(linked_at),
            used_at: used_at.map(Timestamp),
            voided_at: voided_at.map(Timestamp),
        };
        let counts = identity.voided_at.is_some()
            || self.is_genuine(&guarded::IDENTITY, &identity_row(&identity, &known_as), mac.as_deref());
        Ok(counts.then_some(identity))
    }
}

fn identity_row(identity: &Identity, known_as: &[u8]) -> [Value; 4] {
    [identity.id.0.into(), identity.person.0.into(), known_as.into(), identity.linked_at.into()]
}
