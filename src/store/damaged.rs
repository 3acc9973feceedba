//! Which timelines could not be read since the process started: told by `/readyz`, and asked by whoever would else fail as a whole
//! because of one of them. Noted where timelines are read; the log names each once, and `renkei store check` says what is wrong.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::domain::ids::TimelineId;

use super::{Journal, StoreError, Tx};

/// Of one journal.
#[derive(Debug, Default)]
pub(super) struct Damaged(Mutex<Met>);

#[derive(Debug, Default)]
struct Met {
    /// That do not load now.
    closed: BTreeSet<TimelineId>,
    /// In which something was met at any time.
    ever: BTreeSet<TimelineId>,
}

impl Damaged {
    fn met(&self) -> MutexGuard<'_, Met> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tx {
    /// A part of this timeline does not read. What is no fault of the timeline's is not noted.
    pub(super) fn note_damage(&self, timeline: TimelineId, error: &StoreError) {
        if !matches!(error, StoreError::Inconsistent { .. } | StoreError::KeyDestroyed(_)) {
            return;
        }
        if self.damaged.met().ever.insert(timeline) {
            tracing::error!(%timeline, %error, "a record cannot be read: it is not shown, and the others are");
        }
    }

    /// What became of loading it.
    pub(super) fn note_loading<T>(&self, timeline: TimelineId, loaded: &Result<T, StoreError>) {
        match loaded {
            Ok(_) => drop(self.damaged.met().closed.remove(&timeline)),
            Err(error @ StoreError::Inconsistent { .. }) => {
                self.damaged.met().closed.insert(timeline);
                self.note_damage(timeline, error);
            }
            Err(_) => {}
        }
    }
}

impl Journal {
    /// Whether this timeline is there and did not load when it was last asked for.
    #[must_use]
    pub fn is_damaged(&self, timeline: TimelineId) -> bool {
        self.shared.damaged.met().closed.contains(&timeline)
    }

    /// In how many timelines something could not be read since the start.
    #[must_use]
    pub fn damaged_count(&self) -> usize {
        self.shared.damaged.met().ever.len()
    }
}
