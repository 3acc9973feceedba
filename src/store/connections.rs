//! Connections to one SQLite file, lent to one transaction at a time. In place of the driver's pool,
//! because that one asks the database's thread once more at every return, and keeps a connection whose
//! transaction SQLite itself ended (a full disk does that) in a state in which it can never begin again.
//! Here a connection comes back only from a transaction that ended well; any other is closed.

use std::ops::{Deref, DerefMut};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::BoxFuture;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection as _, SqliteConnection};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::limits::STORE_ACQUIRE_TIMEOUT_MS;

/// Proves that a new connection is what it must be.
pub(super) type Check = for<'c> fn(&'c mut SqliteConnection) -> BoxFuture<'c, Result<(), sqlx::Error>>;

pub(super) struct Connections {
    options: SqliteConnectOptions,
    /// How a transaction begins on them.
    begin: &'static str,
    check: Check,
    count: u32,
    free: Arc<Semaphore>,
    idle: Mutex<Vec<SqliteConnection>>,
}

impl Connections {
    /// Nothing is opened yet.
    pub(super) fn new(options: SqliteConnectOptions, count: u32, begin: &'static str, check: Check) -> Arc<Self> {
        let free = Arc::new(Semaphore::new(count as usize));
        Arc::new(Self { options, begin, check, count, free, idle: Mutex::default() })
    }

    /// Of the database's file.
    pub(super) fn path(&self) -> &Path {
        self.options.get_filename()
    }

    pub(super) async fn begin(self: &Arc<Self>) -> Result<SqliteTx, sqlx::Error> {
        let mut lease = self.lease().await?;
        sqlx::query(self.begin).execute(&mut *lease).await?;
        Ok(lease)
    }

    /// A connection outside any transaction.
    pub(super) async fn lease(self: &Arc<Self>) -> Result<SqliteTx, sqlx::Error> {
        let waited = Duration::from_millis(STORE_ACQUIRE_TIMEOUT_MS);
        let permit = tokio::time::timeout(waited, Arc::clone(&self.free).acquire_owned())
            .await
            .map_err(|_elapsed| sqlx::Error::PoolTimedOut)?
            .map_err(|_closed| sqlx::Error::PoolClosed)?;
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match idle {
            Some(connection) => connection,
            None => {
                let mut connection = SqliteConnection::connect_with(&self.options).await?;
                (self.check)(&mut connection).await?;
                connection
            }
        };
        Ok(SqliteTx { connection: Some(connection), home: Arc::clone(self), _permit: permit })
    }

    /// Waits for what is lent, then closes everything. Nothing can be begun any more.
    pub(super) async fn close(&self) {
        let all = self.free.acquire_many(self.count).await;
        self.free.close();
        drop(all);
        let idle = std::mem::take(&mut *self.idle.lock().unwrap_or_else(PoisonError::into_inner));
        for connection in idle {
            if let Err(error) = connection.close().await {
                tracing::warn!(%error, "a connection to the journal did not close well");
            }
        }
    }
}

impl std::fmt::Debug for Connections {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connections").field("begin", &self.begin).field("count", &self.count).finish_non_exhaustive()
    }
}

/// A transaction on a lent connection. Dropped before its end, it closes the connection, and SQLite rolls back.
#[derive(Debug)]
pub(super) struct SqliteTx {
    connection: Option<SqliteConnection>,
    home: Arc<Connections>,
    _permit: OwnedSemaphorePermit,
}

impl SqliteTx {
    pub(super) async fn commit(self) -> Result<(), sqlx::Error> {
        self.end("commit").await
    }

    pub(super) async fn rollback(self) -> Result<(), sqlx::Error> {
        self.end("rollback").await
    }

    async fn end(mut self, sql: &'static str) -> Result<(), sqlx::Error> {
        sqlx::query(sql).execute(&mut *self).await?;
        self.give_back();
        Ok(())
    }

    /// For a connection that is in no transaction.
    pub(super) fn give_back(mut self) {
        let connection = self.connection.take();
        self.home.idle.lock().unwrap_or_else(PoisonError::into_inner).extend(connection);
    }
}

impl Deref for SqliteTx {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        self.connection.as_ref().expect("it is taken only when the transaction ends")
    }
}

impl DerefMut for SqliteTx {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        self.connection.as_mut().expect("it is taken only when the transaction ends")
    }
}
