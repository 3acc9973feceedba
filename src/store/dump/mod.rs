//! The whole store as a stream of records, and back: what a backup holds, before it is sealed. Called by `actions/backup`.
//! Read in one moment of the store beside a running hub, in a form that knows neither engine, so that either takes it back.
//!
//! Tables and columns are those that the migrations make: what a later one adds is in the next backup without anybody thinking
//! of it, and what somebody else put there is in none.

mod held;
mod loading;
mod record;
mod rows;
mod schema;
mod settling;
mod taking;

use std::collections::BTreeSet;

use super::engine::run;
use super::shape::shape;
use super::{OpenError, StoreError, Tx};

pub(super) use self::schema::is_own_table;

pub use held::Held;
pub use loading::{BackupKey, Loading};
pub use record::{AbsentFile, DumpRecord, End, FileRecord, KeptStatement, Manifest, Sum, TableSum, What};
#[cfg(test)]
pub use record::{Cell, Row, RowsPiece, TableHead, Value};
pub use settling::Settled;
pub use taking::{DumpSink, ListedFile, Taken};

/// The table by which a database says that it is being filled, or that filling it never came to its end. It is made with the
/// first step, before any other, and goes with the last.
const RESTORING: &str = "restoring";
/// What a database keeps of itself alone and no backup holds: see `alone.rs` and `health.rs`.
const OWN_NOTES: &str = "('restoring', 'hubs', 'probe')";

/// Why a backup was not taken.
#[derive(Debug, thiserror::Error)]
pub enum DumpError {
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Where it goes to failed.
    #[error("cannot be written: {0}")]
    Sink(#[source] std::io::Error),
}

impl From<sqlx::Error> for DumpError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

/// Why a database cannot be filled.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It holds something that no restore left there.
    #[error("the database is not empty ({table} has rows); name an empty one")]
    NotEmpty { table: String },
    #[error(
        "the backup was made by a later version (schema {found}; this one knows up to {known}); restore it with that"
    )]
    Later { found: i64, known: i64 },
}

impl From<sqlx::Error> for LoadError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

/// What a database is, before anything is written into it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// No table of ours.
    Nothing,
    /// It is being filled from this.
    Restoring(String),
    Store,
}

pub(super) async fn look(bare: &super::Journal) -> Result<Found, StoreError> {
    bare.read(|tx| {
        Box::pin(async move {
            let names = tx.list_names().await?;
            Ok(match tx.find_restoring(&names).await? {
                Some(from) => Found::Restoring(from),
                None if names.iter().any(|name| shape().contains_key(name)) => Found::Store,
                None => Found::Nothing,
            })
        })
    })
    .await
}

impl Tx {
    /// From what this database is being filled, if it is.
    async fn find_restoring(&mut self, names: &BTreeSet<String>) -> Result<Option<String>, StoreError> {
        if names.contains(RESTORING) {
            const SQL: &str = "select source from restoring";
            let found: Option<(String,)> =
                run!(self, connection => sqlx::query_as(SQL).fetch_optional(connection).await?);
            return Ok(Some(found.map(|(from,)| from).unwrap_or_default()));
        }
        // As it was said before there was a table for it.
        if names.contains("meta") { self.find_meta(RESTORING).await } else { Ok(None) }
    }

    async fn begin_restoring(&mut self, from: &str) -> Result<(), StoreError> {
        const MAKE: &str = "create table restoring (source text not null)";
        const SAY: &str = "insert into restoring (source) values ($1)";
        run!(self, connection => { sqlx::query(MAKE).execute(connection).await?; });
        run!(self, connection => { sqlx::query(SAY).bind(from).execute(connection).await?; });
        Ok(())
    }
}
