//! How far the committer is, shared with the sequencer: what is done, and whether the states decided on still hold.

use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::Notify;

/// See the module. The committer writes, the sequencer reads and waits.
#[derive(Debug, Default)]
pub(super) struct Progress {
    generation: AtomicU64,
    done: AtomicU64,
    changed: Notify,
}

impl Progress {
    /// Raised when a batch fails: whatever was decided before builds on states that never came to be.
    pub fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    /// Number of the last batch that is done: committed and told, or sent back.
    pub fn done(&self) -> u64 {
        self.done.load(Ordering::Acquire)
    }

    /// A batch failed.
    pub(super) fn fail(&self) {
        self.generation.fetch_add(1, Ordering::AcqRel);
    }

    /// All of this batch is told or sent back.
    pub(super) fn finish(&self, batch: u64) {
        self.done.store(batch, Ordering::Release);
        self.changed.notify_one();
    }

    /// Waits until a batch was finished that was not waited for yet.
    pub(super) async fn changed(&self) {
        self.changed.notified().await;
    }

    /// Waits until this batch, and all before it, are finished.
    pub(super) async fn until_done(&self, batch: u64) {
        while self.done() < batch {
            self.changed().await;
        }
    }
}
