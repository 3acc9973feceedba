//! The table of passkeys. Name, credential id and public key are sealed with a key of the region's; a passkey is found by a
//! keyed digest of its credential id alone.

use prost::Message as _;

use crate::domain::account::{Passkey, PasskeyVoid};
use crate::domain::ids::{PasskeyId, PersonId};
use crate::domain::time::Timestamp;

use super::engine::run;
use super::guarded::{self, Value};
use super::readable::{Came, each};
use super::record::{PasskeyRecord, code_from, record_aad, uuid_from};
use super::{StoreError, Tx};

pub(super) const PASSKEY: &[u8; 16] = b"passkey/v1\0\0\0\0\0\0";

type Row = (Vec<u8>, Vec<u8>, Vec<u8>, i64, Option<i64>, Option<i64>, String, Vec<u8>, Option<Vec<u8>>);

impl Tx {
    /// Adds a passkey. `false`: somebody has it already.
    ///
    /// # Errors
    /// When the database fails or there is no such person.
    pub async fn insert_passkey(&mut self, passkey: &Passkey, credential: &[u8]) -> Result<bool, StoreError> {
        const SQL: &str = "insert into passkey (id, person, credential, sealed, counter, added_at, mac)
            values ($1, $2, $3, $4, 0, $5, $6) on conflict do nothing";
        let (credential, sealed) = (self.credential_digest(credential), self.seal_passkey(passkey));
        let mac = guarded::PASSKEY.mac(&self.region, &passkey_row(passkey, &credential));
        Ok(run!(self, connection => {
            sqlx::query(SQL)
                .bind(passkey.id.0.as_bytes().as_slice())
                .bind(passkey.person.0.as_bytes().as_slice())
                .bind(credential)
                .bind(sealed)
                .bind(passkey.added_at.0)
                .bind(mac.as_bytes().as_slice())
                .execute(connection)
                .await?
                .rows_affected()
        }) == 1)
    }

    /// The passkey of this credential, void or not.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_passkey(&mut self, credential: &[u8]) -> Result<Option<Passkey>, StoreError> {
        const SQL: &str = "select id, person, sealed, added_at, used_at, voided_at, voided_why, credential, mac
            from passkey
            where credential = $1";
        let credential = self.credential_digest(credential);
        let rows: Vec<Came<Row>> =
            run!(self, connection => each("passkey", &sqlx::query(SQL).bind(credential).fetch_all(connection).await?));
        Ok(self.passkeys_from(rows).pop())
    }

    /// The passkeys of a person, void ones too, the oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_passkeys(&mut self, person: PersonId) -> Result<Vec<Passkey>, StoreError> {
        const SQL: &str = "select id, person, sealed, added_at, used_at, voided_at, voided_why, credential, mac
            from passkey
            where person = $1 order by added_at, id";
        let rows: Vec<Came<Row>> = run!(self, connection => {
            each("passkey", &sqlx::query(SQL).bind(person.0.as_bytes().as_slice()).fetch_all(connection).await?)
        });
        Ok(self.passkeys_from(rows))
    }

    /// The passkeys of everybody that seem to have been copied, the latest hundred.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_copied_passkeys(&mut self) -> Result<Vec<Passkey>, StoreError> {
        const SQL: &str = "select id, person, sealed, added_at, used_at, voided_at, voided_why, credential, mac
            from passkey
            where voided_why = 'copied' order by voided_at desc limit 100";
        let rows: Vec<Came<Row>> =
            run!(self, connection => each("passkey", &sqlx::query(SQL).fetch_all(connection).await?));
        Ok(self.passkeys_from(rows))
    }

    /// Keeps that a passkey was used, with what it has become by that. `false`: it is void, or another use of it has counted
    /// as far meanwhile.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn use_passkey(&mut self, used: &Passkey, counter: u32, now: Timestamp) -> Result<bool, StoreError> {
        // INVARIANT: judged and kept by one statement, so that of two who show one count at a moment one gets in.
        const SQL: &str = "update passkey set sealed = $2, counter = $3, used_at = $4
            where id = $1 and voided_at is null and (counter < $3 or (counter = 0 and $3 = 0))";
        let sealed = self.seal_passkey(used);
        Ok(run!(self, connection => {
            sqlx::query(SQL)
                .bind(used.id.0.as_bytes().as_slice())
                .bind(sealed)
                .bind(i64::from(counter))
                .bind(now.0)
                .execute(connection)
                .await?
                .rows_affected()
        }) == 1)
    }

    /// Keeps another name of a passkey.
    ///
    /// # Errors
    /// When the database fails or there is no such passkey.
    pub async fn rename_passkey(&mut self, renamed: &Passkey) -> Result<(), StoreError> {
        const SQL: &str = "update passkey set sealed = $2 where id = $1";
        let sealed = self.seal_passkey(renamed);
        let updated = run!(self, connection => {
            sqlx::query(SQL)
                .bind(renamed.id.0.as_bytes().as_slice())
                .bind(sealed)
                .execute(connection)
                .await?
                .rows_affected()
        });
        StoreError::check_rows("renaming a passkey", 1, updated)
    }

    /// From now on a passkey lets nobody in. `false`: it was void before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn void_passkey(&mut self, id: PasskeyId, why: PasskeyVoid, now: Timestamp) -> Result<bool, StoreError> {
        const SQL: &str =
            "update passkey set voided_at = $2, voided_why = $3, mac = null where id = $1 and voided_at is null";
        const STILL: &str = "select count(*) from passkey where id = $1 and voided_at is null and added_at <= $2";
        let voided = run!(self, connection => {
            sqlx::query(SQL)
                .bind(id.0.as_bytes().as_slice())
                .bind(now.0)
                .bind(why.code())
                .execute(connection)
                .await?
                .rows_affected()
        });
        self.check_ended(STILL, id.0.as_bytes(), now.0).await?;
        Ok(voided == 1)
    }

    /// The same of all passkeys of a person.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn void_passkeys_of(
        &mut self,
        person: PersonId,
        why: PasskeyVoid,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        const SQL: &str =
            "update passkey set voided_at = $2, voided_why = $3, mac = null where person = $1 and voided_at is null";
        const STILL: &str = "select count(*) from passkey where person = $1 and voided_at is null and added_at <= $2";
        run!(self, connection => {
            sqlx::query(SQL)
                .bind(person.0.as_bytes().as_slice())
                .bind(now.0)
                .bind(why.code())
                .execute(connection)
                .await?;
        });
        self.check_ended(STILL, person.0.as_bytes(), now.0).await
    }

    /// Forgets a passkey. `false`: there is none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_passkey(&mut self, id: PasskeyId) -> Result<bool, StoreError> {
        const SQL: &str = "delete from passkey where id = $1";
        const STILL: &str = "select count(*) from passkey where id = $1";
        let deleted = run!(self, connection => {
            sqlx::query(SQL).bind(id.0.as_bytes().as_slice()).execute(connection).await?.rows_affected()
        });
        self.check_gone(STILL, &[id.0.as_bytes()]).await?;
        Ok(deleted == 1)
    }

    /// Forgets all passkeys of a person.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_passkeys_of(&mut self, person: PersonId) -> Result<(), StoreError> {
        const SQL: &str = "delete from passkey where person = $1";
        const STILL: &str = "select count(*) from passkey where person = $1";
        run!(self, connection => {
            sqlx::query(SQL).bind(person.0.as_bytes().as_slice()).execute(connection).await?;
        });
        self.check_gone(STILL, &[person.0.as_bytes()]).await
    }

    fn credential_digest(&self, credential: &[u8]) -> Vec<u8> {
        // Two parts, which a sign-in name never is: the key is that of the names.
        self.region.logins().mac(&[b"passkey", credential]).as_bytes().to_vec()
    }

    fn seal_passkey(&self, passkey: &Passkey) -> Vec<u8> {
        let record = PasskeyRecord { name: passkey.name.clone(), key: passkey.key.clone() };
        self.region.accounts().seal(&record_aad(PASSKEY, passkey.id.0), &record.encode_to_vec())
    }

    fn passkeys_from(&self, rows: Vec<Came<Row>>) -> Vec<Passkey> {
        self.readable_each(rows, |row| self.passkey_from(row)).into_iter().flatten().collect()
    }

    /// `None`: it is not void, and nobody with the region's key gave it to this person.
    fn passkey_from(&self, row: Row) -> Result<Option<Passkey>, StoreError> {
        let (id, person, sealed, added_at, used_at, voided_at, voided_why, credential, mac) = row;
        let id = PasskeyId(uuid_from("passkey.id", &id)?);
        let place = format!("passkey {id}");
        let bytes = self
            .region
            .accounts()
            .open(&record_aad(PASSKEY, id.0), &sealed)
            .map_err(StoreError::cannot_open(place.as_str()))?;
        let record =
            PasskeyRecord::decode(&bytes[..]).map_err(|error| StoreError::inconsistent(place.as_str(), error))?;
        let void = match voided_at {
            Some(at) => Some((Timestamp(at), code_from(&place, &voided_why, PasskeyVoid::from_code(&voided_why))?)),
            None => None,
        };
        let passkey = Passkey {
            id,
            person: PersonId(uuid_from(&place, &person)?),
            name: record.name,
            key: record.key,
            added_at: Timestamp(added_at),
            used_at: used_at.map(Timestamp),
            void,
        };
        // INVARIANT: one that is void has no MAC any more, so that clearing the column does not bring it back.
        let counts = passkey.void.is_some()
            || self.is_genuine(&guarded::PASSKEY, &passkey_row(&passkey, &credential), mac.as_deref());
        Ok(counts.then_some(passkey))
    }
}

fn passkey_row(passkey: &Passkey, credential: &[u8]) -> [Value; 4] {
    [passkey.id.0.into(), passkey.person.0.into(), credential.into(), passkey.added_at.into()]
}
