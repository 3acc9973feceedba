//! One hub at a time on one database: it caches states, and its readers hear only of what it commits itself. A second
//! one is refused at its start, whatever machine and data folder it runs on. Commands that only read or add to the
//! directory do not ask.
//!
//! SQLite: a lock on a file beside the database, whose own file must stay where it is. PostgreSQL: an advisory lock of a
//! session that is kept for it; when the session breaks, the journal takes no writes until it has the lock again and nobody
//! had it in between.

use std::fs::File;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::sync::{Arc, Weak};
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection as _, PgConnection};
use tokio::time::timeout;

use crate::limits::{STORE_HUB_LOCK_CHECK_MS, STORE_HUB_LOCK_POLL_MS, STORE_HUB_LOCK_WAIT_MS};

use super::cause::Cause;
use super::connect::postgres::{check, connect_one};
use super::engine::Engine;
use super::foreign::watch_schema;
use super::journal::{Journal, Shared};
use super::{OpenError, StoreError};

/// What the hub of a database holds. Advisory locks are per database, so that any number of its own will do.
const HUB_LOCK: i64 = 0x72_65_6e_6b_65_69;
/// The server ends the session that holds a hub's lock when it heard nothing for this long: the hub stands still, or its
/// machine went without a word.
const HUB_LOCK_IDLE_MS: u64 = 4 * STORE_HUB_LOCK_CHECK_MS;
/// In `meta`: how many hubs have served this database, one after the other.
const HUBS: &str = "hubs";

/// Which file it is, whatever it is called: its device and its number there.
type FileId = (u64, u64);

/// The right to serve a database.
#[derive(Debug)]
pub(super) enum Hold {
    Sqlite {
        #[expect(dead_code, reason = "held, not read: the lock ends with it")]
        lock: FileLock,
        /// The database's own file.
        file: FileId,
    },
    Postgres {
        /// `None` while the session is broken.
        session: Option<PgConnection>,
        /// Which hub of this database this is.
        hub: u64,
    },
}

/// A lock on a file, for as long as it lives.
///
/// INVARIANT: it is given back by saying so. Closing the file does not do: a program that another thread starts at that moment has
/// the file open too, until it is that program, and whoever asks for the lock meanwhile is told that a hub serves the database.
#[derive(Debug)]
pub(super) struct FileLock(pub(super) File);

impl Drop for FileLock {
    fn drop(&mut self) {
        if let Err(error) = self.0.unlock() {
            tracing::debug!(%error, "the lock on a file ends with the file");
        }
    }
}

impl Journal {
    /// Takes the database for this hub alone, until [`Self::close`] or the end of the process.
    ///
    /// # Errors
    /// [`OpenError::Taken`] when another hub serves it.
    pub async fn serve_alone(&self) -> Result<(), OpenError> {
        let hold = match &self.shared.engine {
            Engine::Sqlite { writer, .. } => hold_file(writer.path())?,
            Engine::Postgres(pool) => {
                let session = Some(lock_session(&pool.connect_options(), Some(HUB_LOCK_IDLE_MS)).await?);
                Hold::Postgres { session, hub: self.count_hub().await? }
            }
        };
        *self.shared.hold.lock().await = Some(hold);
        tokio::spawn(watch_hold(Arc::downgrade(&self.shared)));
        // A hub starts all the same: see `foreign.rs`.
        self.look_at_schema().await?;
        tokio::spawn(watch_schema(Arc::downgrade(&self.shared)));
        Ok(())
    }

    /// Before writes are taken again: the database is where it was and keeps what it says, and the lock is back if it was lost.
    pub(super) async fn hold_again(&self) -> Result<(), StoreError> {
        let mut hold = self.shared.hold.lock().await;
        match (hold.as_mut(), &self.shared.engine) {
            (Some(Hold::Sqlite { file, .. }), Engine::Sqlite { writer, .. }) => check_place(writer.path(), *file),
            (Some(Hold::Postgres { session, hub }), Engine::Postgres(pool)) => {
                let mut again = connect_one(&pool.connect_options()).await?;
                if session.is_some() {
                    again.close().await?;
                    return Ok(());
                }
                if !try_lock(&mut again).await? || self.hubs().await? != *hub {
                    let reason = "another hub took this database over; stop it or this one".to_owned();
                    return Err(StoreError::ReadOnly { cause: Cause::TakenOver, reason });
                }
                bound_idle(&mut again, HUB_LOCK_IDLE_MS).await?;
                *session = Some(again);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Whether the right is still this hub's; `None` once it was given back.
    async fn look_at_hold(&self) -> Option<Result<(), StoreError>> {
        let mut hold = self.shared.hold.lock().await;
        match (hold.as_mut()?, &self.shared.engine) {
            (Hold::Sqlite { file, .. }, Engine::Sqlite { writer, .. }) => Some(check_place(writer.path(), *file)),
            (Hold::Postgres { session, .. }, Engine::Postgres(_)) => {
                let Some(alive) = session else { return Some(Ok(())) };
                let bound = Duration::from_millis(STORE_HUB_LOCK_CHECK_MS);
                // Also whether the server still keeps what it acknowledges: that can be changed while it runs.
                let answered = timeout(bound, check(alive)).await.map_err(|_elapsed| sqlx::Error::PoolTimedOut);
                let answered = answered.and_then(|answered| answered);
                if answered.is_err() {
                    *session = None;
                }
                Some(answered.map_err(StoreError::from))
            }
            _ => None,
        }
    }

    /// Gives the database back at once; a session that only ends does so when the server notices.
    pub(super) async fn let_go(&self) {
        let hold = self.shared.hold.lock().await.take();
        if let Some(hold) = hold {
            release(hold).await;
        }
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
        Engine::Sqlite { writer, .. } => hold_file(writer.path())?,
        Engine::Postgres(pool) => {
            // Nobody asks after this session while the database is being filled.
            Hold::Postgres { session: Some(lock_session(&pool.connect_options(), None).await?), hub: 0 }
        }
    })
}

pub(super) async fn release(hold: Hold) {
    let Hold::Postgres { session: Some(mut session), .. } = hold else { return };
    let unlocked = sqlx::query("select pg_advisory_unlock($1)").bind(HUB_LOCK).execute(&mut session).await;
    if let Err(error) = unlocked {
        tracing::debug!(%error, "the hub's lock ends with its session");
    }
    let _ = session.close().await;
}

fn parsed(hubs: Option<String>) -> u64 {
    hubs.and_then(|hubs| hubs.parse().ok()).unwrap_or(0)
}

fn hold_file(database: &Path) -> Result<Hold, OpenError> {
    let lock = lock_beside(database)?;
    Ok(Hold::Sqlite { lock, file: id_of(database).map_err(OpenError::Lock)? })
}

fn id_of(file: &Path) -> std::io::Result<FileId> {
    let found = std::fs::metadata(file)?;
    Ok((found.dev(), found.ino()))
}

/// Whether the database is still the file under its name: in another, nobody would look for what is stored.
fn check_place(database: &Path, file: FileId) -> Result<(), StoreError> {
    let reason = match id_of(database) {
        Ok(found) if found == file => return Ok(()),
        Ok(_) => "another file is in the place of the database".to_owned(),
        Err(error) => format!("the file of the database is not where it was: {error}"),
    };
    Err(StoreError::ReadOnly { cause: Cause::Moved, reason })
}

pub(super) fn lock_beside(database: &Path) -> Result<FileLock, OpenError> {
    let mut name = database.as_os_str().to_owned();
    name.push(".lock");
    let file = File::options().create(true).truncate(false).write(true).mode(0o600).open(name);
    let file = file.map_err(OpenError::Lock)?;
    match file.try_lock() {
        Ok(()) => Ok(FileLock(file)),
        Err(std::fs::TryLockError::WouldBlock) => Err(OpenError::Taken),
        Err(std::fs::TryLockError::Error(error)) => Err(OpenError::Lock(error)),
    }
}

/// A session that holds the lock. A hub that was killed holds it until the server has noticed, so this waits a little.
/// `idle_ms`: the server ends it after so much silence.
pub(super) async fn lock_session(options: &PgConnectOptions, idle_ms: Option<u64>) -> Result<PgConnection, OpenError> {
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
    if let Some(idle_ms) = idle_ms {
        bound_idle(&mut session, idle_ms).await?;
    }
    Ok(session)
}

/// PostgreSQL of before 14 has no such bound, and is asked for none.
async fn bound_idle(session: &mut PgConnection, idle_ms: u64) -> Result<(), sqlx::Error> {
    const SQL: &str = "select set_config(name, $1, false) from pg_settings where name = 'idle_session_timeout'";
    sqlx::query(SQL).bind(idle_ms.to_string()).execute(session).await?;
    Ok(())
}

async fn try_lock(session: &mut PgConnection) -> Result<bool, sqlx::Error> {
    let (locked,): (bool,) =
        sqlx::query_as("select pg_try_advisory_lock($1)").bind(HUB_LOCK).fetch_one(session).await?;
    Ok(locked)
}

/// Looks again and again whether the right is still this hub's. Ends with the journal.
async fn watch_hold(shared: Weak<Shared>) {
    loop {
        tokio::time::sleep(Duration::from_millis(STORE_HUB_LOCK_CHECK_MS)).await;
        let Some(shared) = shared.upgrade() else { return };
        let journal = Journal { shared };
        match journal.look_at_hold().await {
            None => return,
            Some(Ok(())) => {}
            Some(Err(error)) => journal.become_read_only(&error),
        }
    }
}
