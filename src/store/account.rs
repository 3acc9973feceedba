//! The tables of accounts and of those who look after the people of an office. What an account is opened with is sealed
//! with a key of the region's; even its sign-in name is found by a keyed digest alone.

use std::collections::{HashMap, HashSet};

use prost::Message as _;

use crate::domain::account::{Account, Login};
use crate::domain::ids::{OrganisationId, PersonId};
use crate::domain::time::Timestamp;
use crate::vault::Mac;

use super::engine::run;
use super::guarded;
use super::record::{AccountRecord, record_aad, uuid_from};
use super::{StoreError, Tx};

pub(super) const ACCOUNT: &[u8; 16] = b"account/v1\0\0\0\0\0\0";

type Row = (Vec<u8>, Vec<u8>, i64, i64, i64, i64, i64);

impl Tx {
    /// Adds an account. `false`: the person has one, or the sign-in name is somebody else's.
    ///
    /// # Errors
    /// When the database fails or there is no such person.
    pub async fn insert_account(&mut self, account: &Account) -> Result<bool, StoreError> {
        const SQL: &str = "insert into account (person, login, sealed, changed_at) values ($1, $2, $3, $4)
            on conflict do nothing";
        let (login, sealed) =
            (self.region.logins().mac(&[account.login.as_str().as_bytes()]), self.seal_account(account));
        Ok(run!(self, connection => {
            sqlx::query(SQL)
                .bind(account.person.0.as_bytes().as_slice())
                .bind(login.as_bytes().as_slice())
                .bind(sealed)
                .bind(account.changed_at.0)
                .execute(connection)
                .await?
                .rows_affected()
        }) == 1)
    }

    /// Replaces what an account is opened with. Its sign-in name stays, and so does the step of its last code.
    ///
    /// # Errors
    /// When the database fails or the person has no account.
    pub async fn update_account(&mut self, account: &Account) -> Result<(), StoreError> {
        const SQL: &str = "update account set sealed = $2, changed_at = $3 where person = $1";
        const IS_SO: &str = "select count(*) from account where person = $1 and sealed = $2";
        let sealed = self.seal_account(account);
        let updated = run!(self, connection => {
            sqlx::query(SQL)
                .bind(account.person.0.as_bytes().as_slice())
                .bind(sealed.as_slice())
                .bind(account.changed_at.0)
                .execute(connection)
                .await?
                .rows_affected()
        });
        StoreError::check_rows("updating an account", 1, updated)?;
        self.check_written(IS_SO, account.person.0.as_bytes(), Some(&sealed)).await
    }

    /// The account of a person. One that does not open, be it damaged or somebody else's put in its place, is none: nobody
    /// signs in to it, and that is told; see [`Self::has_damaged_account`].
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_account(&mut self, person: PersonId) -> Result<Option<Account>, StoreError> {
        const SQL: &str = "select person, sealed, changed_at,
            (select count(*) from passkey where passkey.person = account.person),
            (select count(voided_at) from passkey where passkey.person = account.person),
            (select count(*) from identity where identity.person = account.person),
            (select count(voided_at) from identity where identity.person = account.person)
            from account where person = $1";
        let row: Option<Row> = run!(self, connection => {
            sqlx::query_as(SQL).bind(person.0.as_bytes().as_slice()).fetch_optional(connection).await?
        });
        Ok(row.map(|row| self.account_from(row)).transpose()?.flatten())
    }

    /// Whether the person has an account that does not open.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn has_damaged_account(&mut self, person: PersonId) -> Result<bool, StoreError> {
        const SQL: &str = "select count(*) from account where person = $1";
        if self.find_account(person).await?.is_some() {
            return Ok(false);
        }
        let (rows,): (i64,) = run!(self, connection => {
            sqlx::query_as(SQL).bind(person.0.as_bytes().as_slice()).fetch_one(connection).await?
        });
        Ok(rows > 0)
    }

    /// Forgets an account that does not open, so that it can be made anew. `false`: there is none such.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_damaged_account(&mut self, person: PersonId) -> Result<bool, StoreError> {
        const SQL: &str = "delete from account where person = $1";
        if !self.has_damaged_account(person).await? {
            return Ok(false);
        }
        run!(self, connection => {
            sqlx::query(SQL).bind(person.0.as_bytes().as_slice()).execute(connection).await?;
        });
        Ok(true)
    }

    /// Who of these people has set their account up.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_set_up_of(&mut self, people: &[PersonId]) -> Result<HashSet<PersonId>, StoreError> {
        let mut set_up = HashSet::new();
        for person in people {
            let account = self.find_account(*person).await?;
            set_up.extend(account.filter(Account::is_set_up).map(|account| account.person));
        }
        Ok(set_up)
    }

    /// Every account by its person; `None`: it does not open.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn list_accounts(&mut self) -> Result<HashMap<PersonId, Option<Account>>, StoreError> {
        const SQL: &str = "select person, sealed, changed_at,
            (select count(*) from passkey where passkey.person = account.person),
            (select count(voided_at) from passkey where passkey.person = account.person),
            (select count(*) from identity where identity.person = account.person),
            (select count(voided_at) from identity where identity.person = account.person)
            from account";
        let rows: Vec<Row> = run!(self, connection => sqlx::query_as(SQL).fetch_all(connection).await?);
        let mut accounts = HashMap::with_capacity(rows.len());
        for row in rows {
            let Some(person) = self.readable(uuid_from("account.person", &row.0)) else { continue };
            accounts.insert(PersonId(person), self.account_from(row)?);
        }
        Ok(accounts)
    }

    /// The account with this digest of its sign-in name, if it opens.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_account_by_login(&mut self, login: &Mac) -> Result<Option<Account>, StoreError> {
        const SQL: &str = "select person, sealed, changed_at,
            (select count(*) from passkey where passkey.person = account.person),
            (select count(voided_at) from passkey where passkey.person = account.person),
            (select count(*) from identity where identity.person = account.person),
            (select count(voided_at) from identity where identity.person = account.person)
            from account where login = $1";
        let row: Option<Row> = run!(self, connection => {
            sqlx::query_as(SQL).bind(login.as_bytes().as_slice()).fetch_optional(connection).await?
        });
        Ok(row.map(|row| self.account_from(row)).transpose()?.flatten())
    }

    /// Uses up a code of the authenticator, and with it all older ones. `false`: it was used before.
    ///
    /// A code of a time that is still to come was used while this machine's clock was ahead. It uses up itself and no
    /// others: else its owner could not sign in until that time has come.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn use_code_step(&mut self, person: PersonId, step: u64) -> Result<bool, StoreError> {
        // INVARIANT: judged and kept by one statement, so that of two who use one code at a moment one gets in.
        // Whatever code fits at a moment, no other that fits then is of more than two steps later.
        const SQL: &str = "update account set code_step = $2
            where person = $1 and (code_step is null or code_step < $2 or code_step > $2 + 2)";
        let step = i64::try_from(step).map_err(|error| StoreError::inconsistent("account.code_step", error))?;
        Ok(run!(self, connection => {
            sqlx::query(SQL).bind(person.0.as_bytes().as_slice()).bind(step).execute(connection).await?.rows_affected()
        }) == 1)
    }

    /// Forgets which codes were used, with the authenticator that made them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_code_steps(&mut self, person: PersonId) -> Result<(), StoreError> {
        const SQL: &str = "update account set code_step = null where person = $1";
        run!(self, connection => {
            sqlx::query(SQL).bind(person.0.as_bytes().as_slice()).execute(connection).await?;
        });
        Ok(())
    }

    /// Appoints somebody who looks after the people of an office. `false`: they were appointed before.
    ///
    /// # Errors
    /// When the database fails, or office or person do not exist.
    pub async fn insert_administrator(
        &mut self,
        organisation: OrganisationId,
        person: PersonId,
    ) -> Result<bool, StoreError> {
        // A row that nobody with the region's key wrote appoints nobody: it is written anew.
        const SQL: &str = "insert into office_administrator (organisation, person, mac) values ($1, $2, $3)
            on conflict (organisation, person) do update set mac = excluded.mac
            where office_administrator.mac is null or office_administrator.mac <> excluded.mac";
        let mac = guarded::ADMINISTRATOR.mac(&self.region, &[organisation.0.into(), person.0.into()]);
        Ok(run!(self, connection => {
            sqlx::query(SQL)
                .bind(organisation.0.as_bytes().as_slice())
                .bind(person.0.as_bytes().as_slice())
                .bind(mac.as_bytes().as_slice())
                .execute(connection)
                .await?
                .rows_affected()
        }) == 1)
    }

    /// Ends an appointment. `false`: there was none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_administrator(
        &mut self,
        organisation: OrganisationId,
        person: PersonId,
    ) -> Result<bool, StoreError> {
        const SQL: &str = "delete from office_administrator where organisation = $1 and person = $2";
        const STILL: &str = "select count(*) from office_administrator where organisation = $1 and person = $2";
        let (organisation, person) = (organisation.0.as_bytes().as_slice(), person.0.as_bytes().as_slice());
        let ended = run!(self, connection => {
            sqlx::query(SQL).bind(organisation).bind(person).execute(connection).await?.rows_affected()
        });
        let (still,): (i64,) = run!(self, connection => {
            sqlx::query_as(STILL).bind(organisation).bind(person).fetch_one(connection).await?
        });
        StoreError::check_rows("ending an administrator who stands", 0, still.unsigned_abs())?;
        Ok(ended == 1)
    }

    /// All appointments that were made with the region's key.
    pub(super) async fn list_administrators(&mut self) -> Result<Vec<(OrganisationId, PersonId)>, StoreError> {
        const SQL: &str = "select organisation, person, mac from office_administrator";
        type Row = (Vec<u8>, Vec<u8>, Option<Vec<u8>>);
        let rows: Vec<Row> = run!(self, connection => sqlx::query_as(SQL).fetch_all(connection).await?);
        let mut appointments = Vec::with_capacity(rows.len());
        for (organisation, person, mac) in rows {
            let organisation = self.readable(uuid_from("office_administrator.organisation", &organisation));
            let person = self.readable(uuid_from("office_administrator.person", &person));
            let (Some(organisation), Some(person)) = (organisation, person) else { continue };
            if self.is_genuine(&guarded::ADMINISTRATOR, &[organisation.into(), person.into()], mac.as_deref()) {
                appointments.push((OrganisationId(organisation), PersonId(person)));
            }
        }
        Ok(appointments)
    }

    fn seal_account(&self, account: &Account) -> Vec<u8> {
        let record = AccountRecord {
            login: account.login.as_str().to_owned(),
            password: account.password.clone(),
            authenticator: account.authenticator.clone(),
        };
        self.region.accounts().seal(&record_aad(ACCOUNT, account.person.0), &record.encode_to_vec())
    }

    /// `None`: it does not open as this person's.
    fn account_from(
        &self,
        (person, sealed, changed_at, passkeys, void, identities, void_identities): Row,
    ) -> Result<Option<Account>, StoreError> {
        let person = PersonId(uuid_from("account.person", &person)?);
        let place = format!("account {person}");
        let opened = self.region.accounts().open(&record_aad(ACCOUNT, person.0), &sealed).ok();
        let record = opened.and_then(|bytes| AccountRecord::decode(&bytes[..]).ok());
        let record = record.and_then(|record| Some((Login::parse("login", &record.login).ok()?, record)));
        let Some((login, AccountRecord { password, authenticator, .. })) = record else {
            self.note_unopened(&place);
            return Ok(None);
        };
        let count = |count: i64| u32::try_from(count).map_err(|error| StoreError::inconsistent(place.as_str(), error));
        Ok(Some(Account {
            person,
            login,
            password,
            authenticator,
            passkeys_count: count(passkeys - void)?,
            void_passkeys_count: count(void)?,
            identities_count: count(identities - void_identities)?,
            void_identities_count: count(void_identities)?,
            changed_at: Timestamp(changed_at),
        }))
    }
}
