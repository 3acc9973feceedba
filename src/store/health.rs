//! Whether the journal takes writes, and whether it can be read. After the first write that failed for want of storage it takes
//! none until a probe has written, and made durable, a piece of its own (trap 4 of SECURITY.md): a
//! disk that failed once is not trusted because one later write happened to be small enough.

use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::sync::watch;

use crate::domain::text::Text;
use crate::limits::{STORE_PROBE_BYTES, STORE_PROBE_INTERVAL_MS};

use super::StoreError;
use super::cause::{self, Cause};
use super::journal::{Journal, Shared};

/// Where a probe writes in the table `meta`.
const PROBE: &str = "probe";

/// What the health page and `/readyz` say about the journal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Health {
    /// Why no writes are taken; `None` when all is well.
    pub read_only: Option<String>,
    /// The same for people; there is one whenever no writes are taken.
    pub cause: Option<Cause>,
    /// Whether since its start something could not be read because the database is damaged.
    pub is_damaged: bool,
    /// How often the journal became read-only since start.
    pub failures: u64,
}

impl Health {
    /// Whether the journal takes writes.
    #[must_use]
    pub const fn is_writable(&self) -> bool {
        self.read_only.is_none()
    }

    /// Why no writes are taken, for people.
    #[must_use]
    pub fn why(&self) -> Text {
        self.cause.unwrap_or(Cause::Disk).text()
    }

    /// That the database is damaged, for people.
    #[must_use]
    pub fn damage(&self) -> Text {
        Cause::Damaged.text()
    }
}

#[derive(Debug)]
pub(super) struct Watch {
    health: watch::Sender<Health>,
}

impl Watch {
    pub(super) fn new() -> Self {
        Self { health: watch::Sender::new(Health::default()) }
    }

    pub(super) fn health(&self) -> Health {
        self.health.borrow().clone()
    }

    pub(super) fn subscribe(&self) -> watch::Receiver<Health> {
        self.health.subscribe()
    }

    /// `false`: it was already. What is told is what was found last: a server that is back may have another hub.
    fn set_read_only(&self, reason: &str, cause: Cause) -> bool {
        let mut was_writable = false;
        self.health.send_if_modified(|health| {
            was_writable = health.is_writable();
            let is_another = health.cause != Some(cause);
            if is_another {
                (health.read_only, health.cause) = (Some(reason.to_owned()), Some(cause));
                health.failures += u64::from(was_writable);
            }
            is_another
        });
        was_writable
    }

    /// `false`: it was already.
    fn set_writable(&self) -> bool {
        self.health.send_if_modified(|health| {
            health.cause = None;
            health.read_only.take().is_some()
        })
    }

    /// `false`: that was known.
    fn set_damaged(&self) -> bool {
        self.health.send_if_modified(|health| !std::mem::replace(&mut health.is_damaged, true))
    }
}

/// What a failed statement says about the storage under it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// It cannot be written: full, failing, away.
    Storage,
    /// Another hub's transaction was in the way; this one was undone.
    Conflict,
    /// A fault of the statement.
    Other,
}

impl Trouble {
    pub(super) fn of(error: &StoreError) -> Self {
        let StoreError::Driver(error) = error else { return Self::Other };
        match error {
            sqlx::Error::Database(database) => Self::of_code(database.code().as_deref().unwrap_or_default()),
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::Protocol(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => Self::Storage,
            _ => Self::Other,
        }
    }

    /// SQLite gives a number (extended result code), PostgreSQL five characters (SQLSTATE).
    fn of_code(code: &str) -> Self {
        if code.len() == 5 {
            return match code {
                "40001" | "40P01" => Self::Conflict,
                // Read-only server; connection, resource, operator and system classes.
                "25006" => Self::Storage,
                _ if ["08", "53", "57", "58"].contains(&&code[..2]) => Self::Storage,
                _ => Self::Other,
            };
        }
        // The low byte is the primary code: BUSY, LOCKED, READONLY, IOERR, CORRUPT, FULL, CANTOPEN, NOTADB.
        match code.parse::<u32>().map(|code| code & 0xff) {
            Ok(5 | 6 | 8 | 10 | 11 | 13 | 14 | 26) => Self::Storage,
            _ => Self::Other,
        }
    }
}

impl Journal {
    pub(super) fn check_writable(&self) -> Result<(), StoreError> {
        let Health { read_only, cause, .. } = self.health();
        let cause = cause.unwrap_or(Cause::Disk);
        read_only.map_or(Ok(()), |reason| Err(StoreError::ReadOnly { cause, reason }))
    }

    /// Makes the journal read-only if `error` is about its storage, and has it probed until it recovers.
    pub(super) fn note_failure(&self, error: StoreError) -> StoreError {
        if Trouble::of(&error) == Trouble::Storage {
            self.become_read_only(&error);
        }
        error
    }

    pub(super) fn become_read_only(&self, error: &StoreError) {
        if self.shared.watch.set_read_only(&error.to_string(), Cause::of(error, &self.shared.engine)) {
            tracing::error!(%error, "the journal is read-only until it can be written again");
            tokio::spawn(probe_until_writable(Arc::downgrade(&self.shared)));
        }
    }

    /// Runs this, and has it known where it met a damaged database. Give it what is boxed: each async function around a
    /// future holds it twice, and what opens transactions is large.
    pub(super) async fn noticing<T>(&self, work: impl Future<Output = T>) -> T {
        let (done, met_damage) = cause::noticing(work).await;
        if met_damage && self.shared.watch.set_damaged() {
            tracing::error!("the database is damaged: stop the hub, keep its files and restore a backup");
        }
        done
    }

    /// Tries to write durably and, if that works, takes writes again. Runs by itself while read-only.
    pub async fn probe(&self) -> Health {
        let written = async {
            self.hold_again().await?;
            let mut tx = self.shared.engine.begin_write().await.map(|engine| self.tx(engine))?;
            tx.upsert_meta(PROBE, &"0".repeat(STORE_PROBE_BYTES)).await?;
            tx.commit().await?;
            let mut tx = self.shared.engine.begin_write().await.map(|engine| self.tx(engine))?;
            tx.delete_meta(PROBE).await?;
            tx.commit().await
        };
        match written.await {
            Ok(()) if self.shared.watch.set_writable() => tracing::info!("the journal takes writes again"),
            Ok(()) => {}
            Err(error) => {
                tracing::warn!(%error, "the journal still cannot be written");
                self.become_read_only(&error);
            }
        }
        self.health()
    }
}

/// Ends when a probe succeeds or the journal is gone.
async fn probe_until_writable(shared: Weak<Shared>) {
    let interval = Duration::from_millis(STORE_PROBE_INTERVAL_MS);
    loop {
        tokio::time::sleep(interval).await;
        let Some(shared) = shared.upgrade() else { return };
        if (Journal { shared }).probe().await.is_writable() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_both_engines_tell_storage_from_conflict_from_fault() {
        // SQLITE_FULL, SQLITE_IOERR_FSYNC, SQLITE_BUSY; disk_full, admin_shutdown, io_error, read-only.
        for code in ["13", "1034", "5", "53100", "57P01", "58030", "25006"] {
            assert_eq!(Trouble::of_code(code), Trouble::Storage, "{code}");
        }
        for code in ["40001", "40P01"] {
            assert_eq!(Trouble::of_code(code), Trouble::Conflict, "{code}");
        }
        // SQLITE_CONSTRAINT_UNIQUE, SQLITE_ERROR; unique_violation, syntax_error.
        for code in ["2067", "1", "23505", "42601", ""] {
            assert_eq!(Trouble::of_code(code), Trouble::Other, "{code}");
        }
    }
}
