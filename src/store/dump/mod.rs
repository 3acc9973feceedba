//! The whole store as a stream of records, and back: what a backup holds, before it is sealed. Called by `actions/backup`.
//! Read in one moment of the store beside a running hub, in a form that knows neither engine, so that either takes it back.
//!
//! Tables and columns are found in the schema itself: what a later migration adds is in the next backup without anybody
//! thinking of it.

mod loading;
mod record;
mod rows;
mod schema;
mod settling;
mod taking;

use super::{OpenError, StoreError};

pub use loading::{BackupKey, Loading};
pub use record::{AbsentFile, DumpRecord, End, FileRecord, KeptStatement, Manifest, Sum, TableSum, What};
pub use settling::Settled;
pub use taking::{DumpSink, ListedFile, Taken};

/// Under this name a database says that it is being filled, or that filling it never came to its end.
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

/// What is being filled, if this database is.
pub(super) async fn find_restoring(journal: &super::Journal) -> Result<Option<String>, StoreError> {
    journal.read(|tx| Box::pin(tx.find_meta(RESTORING))).await
}
