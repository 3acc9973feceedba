//! Copies SQLite's WAL back into the database while commits go on. Left to the writer, the copying would
//! hold up every thousandth page's commit; a connection of its own does most of it without being waited
//! for. The writer finishes what is left when the WAL has grown to `SQLITE_WAL_PAGES_MAX`, because only a
//! wholly copied WAL can start over.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::limits::SQLITE_CHECKPOINT_BYTES;

use super::Batch;
use super::connections::Connections;

#[derive(Clone, Debug)]
pub(super) struct Checkpointer {
    copier: Arc<Connections>,
    progress: Arc<Progress>,
}

#[derive(Debug, Default)]
struct Progress {
    /// Since the last copying began; an estimate.
    written_bytes: AtomicU64,
    is_copying: AtomicBool,
}

impl Checkpointer {
    pub(super) fn new(copier: Arc<Connections>) -> Self {
        Self { copier, progress: Arc::default() }
    }

    /// Takes note of a commit; starts copying when enough was written.
    pub(super) fn note(&self, batch: &Batch) {
        let written = self.progress.written_bytes.fetch_add(wal_bytes(batch), Ordering::Relaxed);
        if written < SQLITE_CHECKPOINT_BYTES || self.progress.is_copying.swap(true, Ordering::Relaxed) {
            return;
        }
        self.progress.written_bytes.store(0, Ordering::Relaxed);
        let checkpointer = self.clone();
        tokio::spawn(async move {
            if let Err(error) = checkpointer.copy().await {
                tracing::warn!(%error, "the WAL was not copied back; it will be tried again");
            }
            checkpointer.progress.is_copying.store(false, Ordering::Relaxed);
        });
    }

    /// Copies what no reader still needs in the WAL; returns how many of its pages are now copied, of how many.
    pub(super) async fn copy(&self) -> Result<(i64, i64), sqlx::Error> {
        let mut connection = self.copier.lease().await?;
        let (_busy, pages, copied): (i64, i64, i64) =
            sqlx::query_as("pragma wal_checkpoint(passive)").fetch_one(&mut *connection).await?;
        connection.give_back();
        Ok((copied, pages))
    }

    /// Copies everything and starts the WAL over with nothing in it. Readers that need it hold it up.
    pub(super) async fn truncate(&self) -> Result<(), sqlx::Error> {
        let mut connection = self.copier.lease().await?;
        let (busy, ..): (i64, i64, i64) =
            sqlx::query_as("pragma wal_checkpoint(truncate)").fetch_one(&mut *connection).await?;
        connection.give_back();
        if busy == 0 { Ok(()) } else { Err(sqlx::Error::PoolTimedOut) }
    }

    pub(super) async fn close(&self) {
        self.copier.close().await;
    }
}

/// About what a batch adds to the WAL: whole pages for each head and each place in an index.
fn wal_bytes(batch: &Batch) -> u64 {
    const PAGE_BYTES: u64 = 4096;
    let sealed: usize = batch.entries.iter().map(|entry| entry.sealed.len() + 128).sum();
    let snapshots: usize = batch.snapshots.iter().map(|snapshot| snapshot.sealed.len()).sum();
    let pages = batch.heads.len() * 2 + batch.snapshots.len() + batch.projections.len() * 2 + 4;
    (sealed + snapshots) as u64 + pages as u64 * PAGE_BYTES
}
