//! SQLite: one connection that writes, several that only read, one that copies the WAL back.
//! Durability rests on WAL with `synchronous = FULL`; every connection that writes proves it has both.

use std::time::Duration;

use sqlx::pool::PoolOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Sqlite, SqliteConnection, SqlitePool};

use crate::limits::{
    SQLITE_READERS, SQLITE_WAL_PAGES_MAX, SQLITE_WRITER_CACHE_KIB, STORE_ACQUIRE_TIMEOUT_MS, STORE_BUSY_TIMEOUT_MS,
};

use super::super::OpenError;
use super::super::checkpoint::Checkpointer;
use super::super::engine::Engine;
use super::{check_setting, open_error};

/// Before this version a race while the WAL starts over can corrupt the database.
const VERSION_MIN: (u32, u32, u32) = (3, 51, 3);

pub(super) async fn connect(path: &str) -> Result<Engine, OpenError> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .foreign_keys(true)
        .busy_timeout(Duration::from_millis(STORE_BUSY_TIMEOUT_MS))
        .disable_statement_logging();
    let writing = options
        .clone()
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .pragma("cache_size", format!("-{SQLITE_WRITER_CACHE_KIB}"));
    // The writer copies the WAL back only when the checkpointer has fallen far behind.
    let writer = pool(1)
        .connect_with(writing.clone().pragma("wal_autocheckpoint", SQLITE_WAL_PAGES_MAX.to_string()))
        .await
        .map_err(open_error)?;
    let readers = reading_pool().connect_with(options.read_only(true)).await.map_err(open_error)?;
    let checkpoints = pool(1).connect_lazy_with(writing.pragma("wal_autocheckpoint", "0"));
    Ok(Engine::Sqlite { writer, readers, checkpointer: Checkpointer::new(checkpoints) })
}

fn unchecked_pool(connections: u32) -> PoolOptions<Sqlite> {
    PoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(Duration::from_millis(STORE_ACQUIRE_TIMEOUT_MS))
        // A file does not go away between uses, and each reopening would lose the prepared statements.
        .test_before_acquire(false)
        .idle_timeout(None)
        .max_lifetime(None)
}

fn reading_pool() -> PoolOptions<Sqlite> {
    unchecked_pool(SQLITE_READERS)
}

fn pool(connections: u32) -> PoolOptions<Sqlite> {
    unchecked_pool(connections).after_connect(|connection, _| Box::pin(check(connection)))
}

/// Runs on every new connection that writes, so that a reopened one is no less safe than the first.
async fn check(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    let (version,): (String,) = sqlx::query_as("select sqlite_version()").fetch_one(&mut *connection).await?;
    check_version(&version).map_err(|refusal| sqlx::Error::Configuration(Box::new(refusal)))?;
    let (journal_mode,): (String,) = sqlx::query_as("pragma journal_mode").fetch_one(&mut *connection).await?;
    check_setting("journal_mode", &journal_mode, &["wal"])?;
    let (synchronous,): (i64,) = sqlx::query_as("pragma synchronous").fetch_one(&mut *connection).await?;
    check_setting("synchronous", &synchronous.to_string(), &["2"])?;
    let (foreign_keys,): (i64,) = sqlx::query_as("pragma foreign_keys").fetch_one(&mut *connection).await?;
    check_setting("foreign_keys", &foreign_keys.to_string(), &["1"])
}

fn check_version(version: &str) -> Result<(), OpenError> {
    let mut numbers = version.split('.').map(|part| part.parse().unwrap_or(0));
    let mut next = || numbers.next().unwrap_or(0);
    if (next(), next(), next()) >= VERSION_MIN {
        return Ok(());
    }
    Err(OpenError::OldSqlite { found: version.to_owned() })
}

/// What SQLite itself finds wrong with the file; empty when it is whole.
pub(in super::super) async fn integrity_faults(readers: &SqlitePool) -> Result<Vec<String>, sqlx::Error> {
    let rows: Vec<(String,)> = sqlx::query_as("pragma integrity_check(20)").fetch_all(readers).await?;
    Ok(rows.into_iter().map(|(line,)| line).filter(|line| line != "ok").collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_with_the_wal_fault_are_refused() {
        for good in ["3.51.3", "3.52.0", "3.100.1", "4.0.0"] {
            assert!(check_version(good).is_ok(), "{good}");
        }
        for bad in ["3.51.2", "3.50.9", "3.9.10", "2.99.99", "", "nonsense"] {
            assert!(matches!(check_version(bad), Err(OpenError::OldSqlite { .. })), "{bad}");
        }
    }

    #[tokio::test]
    async fn every_writing_connection_is_wal_full_and_each_weaker_one_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.db");
        let Engine::Sqlite { writer, .. } = connect(path.to_str().unwrap()).await.unwrap() else { unreachable!() };
        let (mode,): (String,) = sqlx::query_as("pragma journal_mode").fetch_one(&writer).await.unwrap();
        let (synchronous,): (i64,) = sqlx::query_as("pragma synchronous").fetch_one(&writer).await.unwrap();
        assert_eq!((mode.as_str(), synchronous), ("wal", 2));

        let weaker = [
            SqliteConnectOptions::new().synchronous(SqliteSynchronous::Normal),
            SqliteConnectOptions::new().synchronous(SqliteSynchronous::Off),
            SqliteConnectOptions::new().synchronous(SqliteSynchronous::Full).foreign_keys(false),
        ];
        for options in weaker {
            let refused = pool(1).connect_with(options.filename(&path)).await.map_err(open_error);
            assert!(matches!(refused, Err(OpenError::Setting { .. })), "{refused:?}");
        }
    }

    #[tokio::test]
    async fn a_rollback_journal_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let options = SqliteConnectOptions::new()
            .filename(folder.path().join("journal.db"))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Delete)
            .synchronous(SqliteSynchronous::Full);
        let refused = pool(1).connect_with(options).await.map_err(open_error);
        assert!(matches!(refused, Err(OpenError::Setting { setting: "journal_mode", .. })), "{refused:?}");
    }

    #[tokio::test]
    async fn readers_cannot_write() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.db");
        let Engine::Sqlite { readers, .. } = connect(path.to_str().unwrap()).await.unwrap() else { unreachable!() };
        assert!(sqlx::query("create table t (a)").execute(&readers).await.is_err());
    }
}
