//! What the store knows of itself: named texts, among them the region it belongs to.

use crate::domain::checkpoint::{from_hex, hex};
use crate::vault::Mac;

use super::engine::run;
use super::{StoreError, Tx};

/// Fingerprint of the data key: whose this store is. Its name is of when the region's key was both.
pub(super) const REGION_KEY: &str = "region_key";

/// A text that decides something: only a hub of the region can have kept it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Noted {
    Nothing,
    /// Somebody else wrote it.
    Foreign,
    Own(String),
}

impl Tx {
    /// The text under this name, if it carries the MAC of one that the region keeps there.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_noted(&mut self, name: &str) -> Result<Noted, StoreError> {
        let Some(kept) = self.find_meta(name).await? else { return Ok(Noted::Nothing) };
        let own = kept.rsplit_once(' ').filter(|(value, mac)| {
            let mac = from_hex(mac).and_then(|mac| Mac::from_slice(&mac));
            mac == Some(self.mac_of_note(name, value))
        });
        Ok(own.map_or(Noted::Foreign, |(value, _)| Noted::Own(value.to_owned())))
    }

    /// Keeps a text that decides something under this name, with its MAC.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn upsert_noted(&mut self, name: &str, value: &str) -> Result<(), StoreError> {
        let mac = self.mac_of_note(name, value);
        self.upsert_meta(name, &format!("{value} {}", hex(mac.as_bytes()))).await
    }

    fn mac_of_note(&self, name: &str, value: &str) -> Mac {
        self.region.rows().mac(&[b"note/v1".as_slice(), name.as_bytes(), value.as_bytes()])
    }

    /// The text under this name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_meta(&mut self, name: &str) -> Result<Option<String>, StoreError> {
        const SQL: &str = "select value from meta where name = $1";
        let row: Option<(String,)> =
            run!(self, connection => sqlx::query_as(SQL).bind(name).fetch_optional(connection).await?);
        Ok(row.map(|(value,)| value))
    }

    /// Keeps a text under this name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn upsert_meta(&mut self, name: &str, value: &str) -> Result<(), StoreError> {
        const SQL: &str = "insert into meta (name, value) values ($1, $2)
            on conflict (name) do update set value = excluded.value";
        run!(self, connection => { sqlx::query(SQL).bind(name).bind(value).execute(connection).await?; });
        Ok(())
    }

    /// Forgets what is kept under this name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_meta(&mut self, name: &str) -> Result<(), StoreError> {
        const SQL: &str = "delete from meta where name = $1";
        run!(self, connection => { sqlx::query(SQL).bind(name).execute(connection).await?; });
        Ok(())
    }
}
