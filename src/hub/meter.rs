//! What the hub counts about itself, for `/metrics`. Numbers only: no names, no patients.

use std::sync::atomic::{AtomicU64, Ordering};

use super::answer::Answer;
use super::fanout::Publication;

/// Counters since the start of the process.
#[derive(Debug, Default)]
pub struct Meter {
    pub accepted: AtomicU64,
    pub repeated: AtomicU64,
    pub refused: AtomicU64,
    pub queued: AtomicU64,
    pub batches: AtomicU64,
    pub entries_committed: AtomicU64,
    pub commits_failed: AtomicU64,
    pub alarms: AtomicU64,
    /// Deliveries written to sockets.
    pub delivered: AtomicU64,
    /// How often a slow reader was sent back to the journal.
    pub fell_behind: AtomicU64,
}

impl Meter {
    fn add(counter: &AtomicU64, count: usize) {
        counter.fetch_add(count as u64, Ordering::Relaxed);
    }

    pub(super) fn batch(&self, entries: usize) {
        Self::add(&self.batches, 1);
        Self::add(&self.entries_committed, entries);
    }

    pub(super) fn published(&self, publications: &[Publication]) {
        let entries = publications.iter().flat_map(|publication| &publication.entries);
        Self::add(&self.alarms, entries.filter(|entry| entry.urgent).count());
    }

    pub(super) fn failed_commit(&self) {
        Self::add(&self.commits_failed, 1);
    }

    pub(super) fn answer(&self, answer: &Answer) {
        let counter = match answer {
            Answer::Accepted(accepted) if accepted.repeated => &self.repeated,
            Answer::Accepted(_) => &self.accepted,
            Answer::Refused(_) => &self.refused,
            Answer::Queued(_) => &self.queued,
        };
        Self::add(counter, 1);
    }

    /// Deliveries written to one socket.
    pub fn delivered(&self, count: usize) {
        Self::add(&self.delivered, count);
    }

    /// A reader was too slow for its queue.
    pub fn fell_behind(&self) {
        Self::add(&self.fell_behind, 1);
    }
}
