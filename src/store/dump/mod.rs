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

use crate::domain::checkpoint::hex;

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
///
/// INVARIANT: only a mark that a restore with this region's key made lets the next restore empty what is there. Whoever makes such a table
/// otherwise keeps the database from being served, and that is all.
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
    /// It says that a restore left it, and none of this region's did.
    #[error(
        "the database says that its restore was cut off, but no restore with this region's key says so, and it holds rows ({table}); if nobody was restoring it, `drop table restoring` and serve it; otherwise name an empty one"
    )]
    FalseMark { table: String },
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
            Ok(match tx.find_restoring().await? {
                Some(mark) => Found::Restoring(mark.from),
                None if names.iter().any(|name| shape().contains_key(name)) => Found::Store,
                None => Found::Nothing,
            })
        })
    })
    .await
}

/// What a database says of being filled.
#[derive(Debug)]
pub(super) struct Mark {
    from: String,
    /// In hexadecimal; of before marks had one, nothing.
    mac: String,
}

impl Tx {
    /// Whether this database says that it is being filled. A table of that name with nothing in it, or with other columns, says nothing:
    /// ours has its row from the moment that it is there.
    pub(super) async fn find_restoring(&mut self) -> Result<Option<Mark>, StoreError> {
        const SQL: &str = "select source, mac from restoring";
        const WITHOUT_MAC: &str = "select source, '' from restoring";
        let columns = self.list_columns().await?;
        let has =
            |name: &str| columns.iter().any(|(table, column, of)| table == RESTORING && column == name && of == "text");
        if has("source") {
            let sql = if has("mac") { SQL } else { WITHOUT_MAC };
            let found: Option<(String, String)> =
                run!(self, connection => sqlx::query_as(sql).fetch_optional(connection).await?);
            if let Some((from, mac)) = found {
                return Ok(Some(Mark { from, mac }));
            }
        }
        if !columns.iter().any(|(table, ..)| table == "meta") {
            return Ok(None);
        }
        // As it was said before there was a table for it.
        Ok(self.find_meta(RESTORING).await?.map(|from| Mark { from, mac: String::new() }))
    }

    /// Whether a restore with this region's key left it.
    fn is_ours(&self, mark: &Mark) -> bool {
        mark.mac == self.mac_of_restoring(&mark.from)
    }

    fn mac_of_restoring(&self, from: &str) -> String {
        hex(self.region.rows().mac(&[RESTORING.as_bytes(), from.as_bytes()]).as_bytes())
    }

    async fn begin_restoring(&mut self, from: &str) -> Result<(), StoreError> {
        const MAKE: &str = "create table restoring (source text not null, mac text not null)";
        const SAY: &str = "insert into restoring (source, mac) values ($1, $2)";
        let mac = self.mac_of_restoring(from);
        run!(self, connection => { sqlx::query(MAKE).execute(connection).await?; });
        run!(self, connection => { sqlx::query(SAY).bind(from).bind(mac).execute(connection).await?; });
        Ok(())
    }
}
