//! SQLite: one connection that writes, several that only read, one that copies the WAL back.
//! Durability rests on WAL with `synchronous = FULL`; every connection that writes proves it has both.

use std::fs::{OpenOptions, Permissions};
use std::io::ErrorKind;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions as _, SqliteConnection};

use crate::limits::{
    SQLITE_READERS, SQLITE_WAL_PAGES_MAX, SQLITE_WRITER_CACHE_KIB, STORE_BUSY_TIMEOUT_MS, STORE_STATEMENTS_MAX,
};

use super::super::OpenError;
use super::super::checkpoint::Checkpointer;
use super::super::connections::Connections;
use super::super::engine::Engine;
use super::{check_setting, open_error};

/// Before this version a race while the WAL starts over can corrupt the database.
const VERSION_MIN: (u32, u32, u32) = (3, 51, 3);

pub(in super::super) async fn connect(path: &str) -> Result<Engine, OpenError> {
    connect_with(path, |writer| writer).await
}

/// `adjust` changes how the writer is opened; tests bound the size of its file.
pub(in super::super) async fn connect_with(
    path: &str,
    adjust: impl FnOnce(SqliteConnectOptions) -> SqliteConnectOptions,
) -> Result<Engine, OpenError> {
    keep_private(path);
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .foreign_keys(true)
        .busy_timeout(Duration::from_millis(STORE_BUSY_TIMEOUT_MS))
        .statement_cache_capacity(STORE_STATEMENTS_MAX)
        .disable_statement_logging();
    let writing = options
        .clone()
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .pragma("cache_size", format!("-{SQLITE_WRITER_CACHE_KIB}"))
        // What a statement would undo: kept in a file otherwise, once a batch touches many pages.
        .pragma("temp_store", "memory");
    // The writer copies the WAL back only when the checkpointer has fallen far behind.
    let writer = writing.clone().pragma("wal_autocheckpoint", SQLITE_WAL_PAGES_MAX.to_string());
    let writer = Connections::new(adjust(writer), 1, "begin immediate", check);
    writer.lease().await.map_err(open_error)?.give_back();
    let readers = Connections::new(options.read_only(true), SQLITE_READERS, "begin", |_| Box::pin(async { Ok(()) }));
    let copier = Connections::new(writing.pragma("wal_autocheckpoint", "0"), 1, "begin", check);
    Ok(Engine::Sqlite { writer, readers, checkpointer: Checkpointer::new(copier) })
}

/// The file is for its owner alone, and what lies beside it: SQLite makes them as it finds the file.
fn keep_private(path: &str) {
    // Whatever is wrong with the path, SQLite says so itself.
    if OpenOptions::new().append(true).create(true).mode(0o600).open(path).is_err() {
        return;
    }
    for file in ["", "-wal", "-shm"].map(|suffix| format!("{path}{suffix}")) {
        match std::fs::set_permissions(&file, Permissions::from_mode(0o600)) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                tracing::warn!(%error, "others on this machine may be able to read a file of the database");
            }
            _ => {}
        }
    }
}

/// Runs on every new connection that writes, so that a reopened one is no less safe than the first.
fn check(connection: &mut SqliteConnection) -> BoxFuture<'_, Result<(), sqlx::Error>> {
    Box::pin(check_settings(connection))
}

async fn check_settings(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
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
pub(in super::super) async fn integrity_faults(readers: &Arc<Connections>) -> Result<Vec<String>, sqlx::Error> {
    let mut connection = readers.lease().await?;
    let rows: Vec<(String,)> = sqlx::query_as("pragma integrity_check(20)").fetch_all(&mut *connection).await?;
    connection.give_back();
    Ok(rows.into_iter().map(|(line,)| line).filter(|line| line != "ok").collect())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::MetadataExt as _;

    use super::*;

    #[tokio::test]
    async fn the_file_and_what_lies_beside_it_are_its_owners_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.db");
        let key = crate::vault::RegionKey::ephemeral();
        let url = format!("sqlite://{}", path.display());
        let modes = || {
            let files = std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap());
            files.map(|file| (file.file_name(), file.metadata().unwrap().mode() & 0o777)).collect::<Vec<_>>()
        };
        let journal = crate::store::Journal::open(&url, &key).await.unwrap();
        assert!(modes().len() > 1 && modes().iter().all(|(_, mode)| *mode == 0o600), "{:?}", modes());
        journal.close().await;
        std::fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
        let journal = crate::store::Journal::open(&url, &key).await.unwrap();
        assert!(modes().iter().all(|(_, mode)| *mode == 0o600), "{:?}", modes());
        journal.close().await;
    }

    #[test]
    fn versions_with_the_wal_fault_are_refused() {
        for good in ["3.51.3", "3.52.0", "3.100.1", "4.0.0"] {
            assert!(check_version(good).is_ok(), "{good}");
        }
        for bad in ["3.51.2", "3.50.9", "3.9.10", "2.99.99", "", "nonsense"] {
            assert!(matches!(check_version(bad), Err(OpenError::OldSqlite { .. })), "{bad}");
        }
    }

    async fn refusal(options: SqliteConnectOptions) -> OpenError {
        open_error(Connections::new(options, 1, "begin", check).lease().await.unwrap_err())
    }

    #[tokio::test]
    async fn every_writing_connection_is_wal_full_and_each_weaker_one_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.db");
        let Engine::Sqlite { writer, .. } = connect(path.to_str().unwrap()).await.unwrap() else { unreachable!() };
        let mut connection = writer.lease().await.unwrap();
        let (mode,): (String,) = sqlx::query_as("pragma journal_mode").fetch_one(&mut *connection).await.unwrap();
        let (synchronous,): (i64,) = sqlx::query_as("pragma synchronous").fetch_one(&mut *connection).await.unwrap();
        assert_eq!((mode.as_str(), synchronous), ("wal", 2));

        let weaker = [
            (SqliteConnectOptions::new().synchronous(SqliteSynchronous::Normal), "synchronous"),
            (SqliteConnectOptions::new().synchronous(SqliteSynchronous::Off), "synchronous"),
            (SqliteConnectOptions::new().foreign_keys(false), "foreign_keys"),
        ];
        for (options, expected) in weaker {
            let error = refusal(options.filename(&path)).await;
            assert!(matches!(error, OpenError::Setting { setting, .. } if setting == expected), "{error}");
        }
    }

    #[tokio::test]
    async fn a_rollback_journal_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let options = SqliteConnectOptions::new()
            .filename(folder.path().join("journal.db"))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Delete);
        let error = refusal(options).await;
        assert!(matches!(error, OpenError::Setting { setting: "journal_mode", .. }), "{error}");
    }

    #[tokio::test]
    async fn readers_cannot_write() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.db");
        let Engine::Sqlite { readers, .. } = connect(path.to_str().unwrap()).await.unwrap() else { unreachable!() };
        let mut connection = readers.lease().await.unwrap();
        assert!(sqlx::query("create table t (a)").execute(&mut *connection).await.is_err());
    }
}
