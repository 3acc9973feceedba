//! Holds the column by which a sign-in name is found against the name that stands in the account, sealed. Called by `check.rs`. An
//! account that does not open is told by `check_rows.rs`.

use prost::Message as _;
use uuid::Uuid;

use super::account::ACCOUNT;
use super::engine::run;
use super::record::{AccountRecord, record_aad};
use super::{StoreError, Tx};

/// Person, login, sealed.
type Row = (Vec<u8>, Vec<u8>, Vec<u8>);

impl Tx {
    /// The accounts that are found by another name than theirs, as table and id.
    pub(super) async fn list_misnamed_accounts(&mut self) -> Result<Vec<String>, StoreError> {
        const SQL: &str = "select person, login, sealed from account order by person";
        let rows: Vec<Row> = run!(self, connection => sqlx::query_as(SQL).fetch_all(connection).await?);
        let misnamed = rows.into_iter().filter_map(|(person, login, sealed)| {
            let person = Uuid::from_slice(&person).ok()?;
            let opened = self.region.accounts().open(&record_aad(ACCOUNT, person), &sealed).ok()?;
            let AccountRecord { login: name, .. } = AccountRecord::decode(&opened[..]).ok()?;
            let is_found_by_it = self.region.logins().mac(&[name.as_bytes()]).as_bytes().as_slice() == login;
            (!is_found_by_it).then(|| format!("account {person}"))
        });
        Ok(misnamed.collect())
    }
}
