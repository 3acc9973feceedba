//! One hub at a time on one database: it caches states, and its readers hear only of what it commits itself. A second
//! one is refused at its start, whatever machine and data folder it runs on. Commands that only read or add to the
//! directory do not ask.
//!
//! SQLite: a lock on a file beside the database. PostgreSQL: an advisory lock of a session that is kept for it; when the
//! session breaks, the journal takes no writes until it has the lock again and nobody had it in between.

use std::fs::File;
use std::path::Path;
use std::sync::{Arc, Weak};
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection as _, PgConnection};
use tokio::time::timeout;

use crate::limits::{STORE_HUB_LOCK_CHECK_MS, STORE_HUB_LOCK_POLL_MS, STORE_HUB_LOCK_WAIT_MS};

use super::engine::Engine;
use super::journal::{Journal, Shared};
use super::{OpenError, StoreError};

/// What the hub of a database holds. Advisory locks are per database, so that any number of its own will do.
const HUB_LOCK: i64 = 0x72_65_6e_6b_65_69;
/// In `meta`: how many hubs have served this database, one after the other.
const HUBS: &str = "hubs";

/// The right to serve a database.
#[derive(Debug)]
pub(super) enum Hold {
    Sqlite(#[expect(dead_code, reason = "held, not read: the lock goes with the file")] File),
    Postgres {
        /// `None` while the session is broken.
        session: Option<PgConnection>,
        /// Which hub of this database this is.
        hub: u64,
    },
}

impl Journal {
    /// Takes the database for this hub alone, until [`Self::close`] or the end of the process.
    ///
    /// # Errors
    /// [`OpenError::Taken`] when another hub serves it.
    pub async fn serve_alone(&self) -> Result<(), OpenError> {
        let hold = match &self.shared.engine {
            Engine::Sqlite { writer, .. } => Hold::Sqlite(lock_beside(writer.path())?),
            Engine::Postgres(pool) => {
                let session = Some(lock_session(&pool.connect_options()).await?);
                let hub = self.count_hub().await?;
                tokio::spawn(watch_session(Arc::downgrade(&self.shared)));
                Hold::Postgres { session, hub }
            }
        };
        *self.shared.hold.lock().await = Some(hold);
        Ok(())
    }

    /// Before writes are taken again: has the lock back, if it was lost.
    pub(super) async fn hold_again(&self) -> Result<(), StoreError> {
        let mut hold = self.shared.hold.lock().await;
        let (Some(Hold::Postgres { session: session @ None, hub }), Engine::Postgres(pool)) =
            (hold.as_mut(), &self.shared.engine)
        else {
            return Ok(());
        };
        let mut again = PgConnection::connect_with(&pool.connect_options()).await?;
        if !try_lock(&mut again).await? || self.hubs().await? != *hub {
            let reason = "another hub took this database over; stop it or this one".to_owned();
            return Err(StoreError::ReadOnly { reason });
        }
        *session = Some(again);
        Ok(())
    }

    /// Gives the database back at once; a session that only ends does so when the server notices.
    pub(super) async fn let_go(&self) {
        let Some(Hold::Postgres { session: Some(mut session), .. }) = self.shared.hold.lock().await.take() else {
            return;
        };
        let unlocked = sqlx::query("select pg_advisory_unlock($1)").bind(HUB_LOCK).execute(&mut session).await;
        if let Err(error) = unlocked {
            tracing::debug!(%error, "the hub's lock ends with its session");
        }
        let _ = session.close().await;
    }

    async fn count_hub(&self) -> Result<u64, StoreError> {
        self.write(|tx| {
            Box::pin(async move {
                let hub = parsed(tx.find_meta(HUBS).await?) + 1;
                tx.upsert_meta(HUBS, &hub.to_string()).await?;
                Ok(hub)
            })
        })
        .await
    }

    async fn hubs(&self) -> Result<u64, StoreError> {
        self.read(|tx| Box::pin(async move { Ok(parsed(tx.find_meta(HUBS).await?)) })).await
    }
}

/// For whoever fills a database that no hub serves yet: the same right, as long as it is held.
pub(super) async fn take(engine: &Engine) -> Result<Hold, OpenError> {
    Ok(match engine {
        Engine::Sqlite { writer, .. } => Hold::Sqlite(lock_beside(writer.path())?),
        Engine::Postgres(pool) => {
            Hold::Postgres { session: Some(lock_session(&pool.connect_options()).await?), hub: 0 }
        }
    })
}

fn parsed(hubs: Option<String>) -> u64 {
    hubs.and_then(|hubs| hubs.parse().ok()).unwrap_or(0)
}

fn lock_beside(database: &Path) -> Result<File, OpenError> {
    let mut name = database.as_os_str().to_owned();
    name.push(".lock");
    let file = File::options().create(true).truncate(false).write(true).open(name).map_err(OpenError::Lock)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(OpenError::Taken),
        Err(std::fs::TryLockError::Error(error)) => Err(OpenError::Lock(error)),
    }
}

/// A session that holds the lock. A hub that was killed holds it until the server has noticed, so this waits a little.
async fn lock_session(options: &PgConnectOptions) -> Result<PgConnection, OpenError> {
    let mut session = PgConnection::connect_with(options).await?;
    let poll = Duration::from_millis(STORE_HUB_LOCK_POLL_MS);
    let locking = async {
        while !try_lock(&mut session).await? {
            tokio::time::sleep(poll).await;
        }
        Ok::<_, sqlx::Error>(())
    };
    match timeout(Duration::from_millis(STORE_HUB_LOCK_WAIT_MS), locking).await {
        Ok(locked) => locked?,
        Err(_elapsed) => return Err(OpenError::Taken),
    }
    Ok(session)
}

async fn try_lock(session: &mut PgConnection) -> Result<bool, sqlx::Error> {
    let (locked,): (bool,) =
        sqlx::query_as("select pg_try_advisory_lock($1)").bind(HUB_LOCK).fetch_one(session).await?;
    Ok(locked)
}

/// Asks again and again whether the session lives. Ends with the journal.
async fn watch_session(shared: Weak<Shared>) {
    let interval = Duration::from_millis(STORE_HUB_LOCK_CHECK_MS);
    loop {
        tokio::time::sleep(interval).await;
        let Some(shared) = shared.upgrade() else { return };
        let journal = Journal { shared };
        let mut hold = journal.shared.hold.lock().await;
        let Some(Hold::Postgres { session, .. }) = hold.as_mut() else { return };
        let Some(alive) = session else { continue };
        let answered = timeout(interval, alive.ping()).await.map_err(|_elapsed| sqlx::Error::PoolTimedOut);
        if let Err(error) = answered.and_then(|ping| ping) {
            *session = None;
            drop(hold);
            journal.become_read_only(&StoreError::Driver(error));
        }
    }
}
