//! Announcements of which a half is missing: a row without any version, be its id none at all, and versions of no row. No reader of
//! `announcement.rs` meets them, because it reads the two together. Asked by the check, which tells of them.

use super::engine::run;
use super::guarded::Value;
use super::{StoreError, Tx};

impl Tx {
    /// These, as table and id.
    pub(super) async fn list_stray_announcements(&mut self) -> Result<Vec<String>, StoreError> {
        const BARE: &str = "select announcement.id from announcement where not exists (
            select 1 from announcement_version as said where said.announcement = announcement.id)
            order by announcement.id";
        const OF_NONE: &str = "select distinct said.announcement from announcement_version as said where not exists (
            select 1 from announcement where announcement.id = said.announcement)
            order by said.announcement";
        type Rows = Vec<(Vec<u8>,)>;
        let (bare, of_none): (Rows, Rows) = run!(self, connection => (
            sqlx::query_as(BARE).fetch_all(&mut *connection).await?,
            sqlx::query_as(OF_NONE).fetch_all(&mut *connection).await?,
        ));
        let named = |table: &'static str| move |(id,): (Vec<u8>,)| format!("{table} {}", Value::Bytes(id));
        let of_none = of_none.into_iter().map(named("announcement_version"));
        Ok(bare.into_iter().map(named("announcement")).chain(of_none).collect())
    }
}
