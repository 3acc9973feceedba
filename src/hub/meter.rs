//! What the hub counts about itself, for `/metrics`. Numbers only: no names, no patients.

use std::sync::atomic::{AtomicU64, Ordering};

use super::answer::Answer;
use super::fanout::Publication;
use crate::limits;

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
    /// Batches that were not committed since the last one that was.
    failing: AtomicU64,
    /// Reminders, overdue notices, escalations and the like that the duty clock wrote.
    pub duty_steps: AtomicU64,
    pub alarms: AtomicU64,
    /// Deliveries written to sockets.
    pub delivered: AtomicU64,
    /// How often a slow reader was sent back to the journal.
    pub fell_behind: AtomicU64,
    /// Entries of each committed batch.
    pub batch_sizes: Sizes,
}

/// How often each size came, in steps of powers of two up to the bound of a batch.
#[derive(Debug, Default)]
pub struct Sizes {
    /// Sizes up to 2 to the power of the index; the last one holds the rest.
    steps: [AtomicU64; STEPS],
    sum: AtomicU64,
}

/// So many batches in a row that are not committed are no chance.
const FAILING_BATCHES: u64 = 3;
const STEPS: usize = limits::BATCH_WORKS_MAX.ilog2() as usize + 2;

/// [`Sizes`] at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct SizesRead {
    pub sum: f64,
    pub count: u64,
    /// Upper bound, and how many sizes were within it and above the bound before.
    pub buckets: Vec<(f64, u64)>,
}

impl Sizes {
    fn note(&self, size: usize) {
        let step = size.max(1).next_power_of_two().ilog2() as usize;
        Meter::add(&self.steps[step.min(STEPS - 1)], 1);
        Meter::add(&self.sum, size);
    }

    /// The sizes so far.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a sum of more than 2^53 entries is not read to the unit")]
    pub fn read(&self) -> SizesRead {
        let counts: Vec<u64> = self.steps.iter().map(|step| step.load(Ordering::Relaxed)).collect();
        let bound = |step: usize| if step + 1 == STEPS { f64::MAX } else { (1_u64 << step) as f64 };
        SizesRead {
            sum: self.sum.load(Ordering::Relaxed) as f64,
            count: counts.iter().sum(),
            buckets: counts.into_iter().enumerate().map(|(step, count)| (bound(step), count)).collect(),
        }
    }
}

impl Meter {
    fn add(counter: &AtomicU64, count: usize) {
        counter.fetch_add(count as u64, Ordering::Relaxed);
    }

    pub(super) fn batch(&self, entries: usize) {
        Self::add(&self.batches, 1);
        Self::add(&self.entries_committed, entries);
        self.batch_sizes.note(entries);
    }

    pub(super) fn published(&self, publications: &[Publication]) {
        let entries = publications.iter().flat_map(|publication| &publication.entries);
        Self::add(&self.alarms, entries.filter(|entry| entry.urgent).count());
    }

    pub(super) fn duty_steps(&self, count: usize) {
        Self::add(&self.duty_steps, count);
    }

    pub(super) fn committed(&self) {
        self.failing.store(0, Ordering::Relaxed);
    }

    /// `is_settled`: it is not tried again by itself.
    pub(super) fn failed_commit(&self, is_settled: bool) {
        Self::add(&self.commits_failed, 1);
        Self::add(&self.failing, usize::from(is_settled));
    }

    /// Whether batch after batch is not committed: the database takes rows, and none of the hub's.
    #[must_use]
    pub fn is_failing(&self) -> bool {
        self.failing.load(Ordering::Relaxed) >= FAILING_BATCHES
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batch_after_batch_that_is_not_committed_is_told_until_one_is() {
        let meter = Meter::default();
        for (is_settled, is_failing) in [(true, false), (false, false), (true, false), (true, true), (false, true)] {
            meter.failed_commit(is_settled);
            assert_eq!(meter.is_failing(), is_failing);
        }
        meter.committed();
        assert!(!meter.is_failing());
    }

    #[test]
    fn a_size_is_counted_in_the_first_step_that_holds_it() {
        let sizes = Sizes::default();
        [1, 2, 3, 1_024, 5_000].into_iter().for_each(|size| sizes.note(size));
        let read = sizes.read();
        assert_eq!((read.sum, read.count), (6_030.0, 5));
        let filled: Vec<_> = read.buckets.into_iter().filter(|(_, count)| *count > 0).collect();
        assert_eq!(filled, [(1.0, 1), (2.0, 1), (4.0, 1), (1_024.0, 1), (f64::MAX, 1)]);
    }
}
