//! What the store knows of itself: named texts, among them the region it belongs to.

use super::engine::run;
use super::{StoreError, Tx};

/// Fingerprint of the data key: whose this store is. Its name is of when the region's key was both.
pub(super) const REGION_KEY: &str = "region_key";

impl Tx {
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
