//! The timelines in memory: state, key and end of the chain, as the last decided batch left them.
//!
//! The states run ahead of the journal by the batches that are still committing. When one of those fails,
//! everything here is thrown away and read again.

use std::collections::HashMap;
use std::sync::Arc;

use super::nearby::Nearby;
use crate::domain::ids::{Seq, Subject, TimelineId};
use crate::domain::state::PatientState;
use crate::domain::time::Timestamp;
use crate::limits;
use crate::store::Loaded;
use crate::vault::PatientKey;
use crate::vault::chain::{self, Link};

/// A timeline in memory.
#[derive(Debug)]
pub struct Hot {
    pub state: PatientState,
    pub(super) nearby: Nearby,
    pub key: Arc<PatientKey>,
    pub chain: Link,
    /// Whether the journal knows it, or will once the batches under way have committed.
    pub exists: bool,
    /// Its record was destroyed: it answers like nobody's, and nothing is written on it any more.
    pub is_destroyed: bool,
    /// When the duty clock was last told to look at it; `None`: not known.
    pub due: Option<Option<Timestamp>>,
    /// Where the newest snapshot ends.
    pub snapshot: Seq,
    /// The last batch that used it.
    pub batch: u64,
}

impl Hot {
    /// A timeline before its first entry.
    #[must_use]
    pub fn unborn(timeline: TimelineId) -> Self {
        Self {
            state: PatientState::empty(timeline),
            nearby: Nearby::default(),
            key: Arc::new(PatientKey::random()),
            chain: chain::GENESIS,
            exists: false,
            is_destroyed: false,
            due: None,
            snapshot: Seq::ZERO,
            batch: 0,
        }
    }

    /// A timeline whose record was destroyed.
    #[must_use]
    pub fn destroyed(timeline: TimelineId) -> Self {
        Self { is_destroyed: true, ..Self::unborn(timeline) }
    }

    /// Before the first entry the directory says what the timeline is about: it may have learned of an organisation
    /// since somebody first asked for this id.
    pub fn be_about(&mut self, subject: Subject) {
        if !self.exists && self.state.subject() != subject {
            self.state = PatientState::empty_of(subject, self.state.timeline);
        }
    }

    /// A timeline as the journal has it.
    #[must_use]
    pub fn loaded(loaded: Loaded) -> Self {
        Self {
            state: loaded.state,
            nearby: Nearby::default(),
            key: loaded.key,
            chain: loaded.chain,
            exists: true,
            is_destroyed: false,
            due: None,
            snapshot: loaded.head,
            batch: 0,
        }
    }
}

/// All timelines in memory.
#[derive(Debug, Default)]
pub struct Timelines {
    hot: HashMap<TimelineId, Hot>,
}

impl Timelines {
    /// Whether the timeline is in memory.
    #[must_use]
    pub fn contains(&self, timeline: TimelineId) -> bool {
        self.hot.contains_key(&timeline)
    }

    /// The timeline, if it is in memory.
    #[must_use]
    pub fn find(&self, timeline: TimelineId) -> Option<&Hot> {
        self.hot.get(&timeline)
    }

    /// The same, to work out what is kept beside the state.
    pub fn find_mut(&mut self, timeline: TimelineId) -> Option<&mut Hot> {
        self.hot.get_mut(&timeline)
    }

    /// The timeline, which must have been inserted for the batch under way.
    pub fn get(&mut self, timeline: TimelineId, batch: u64) -> &mut Hot {
        let hot = self.hot.get_mut(&timeline).expect("the timelines of a batch are loaded before it is decided");
        hot.batch = batch;
        hot
    }

    /// Takes a timeline in.
    pub fn insert(&mut self, hot: Hot) {
        self.hot.insert(hot.state.timeline, hot);
    }

    /// Forgets everything: a batch that these states build on did not commit.
    pub fn clear(&mut self) {
        self.hot.clear();
    }

    /// Forgets timelines beyond the bound that no batch under way builds on.
    pub fn evict(&mut self, committed: u64) {
        if self.hot.len() <= limits::HOT_TIMELINES_MAX {
            return;
        }
        let mut ages: Vec<u64> = self.hot.values().map(|hot| hot.batch).collect();
        let keep = limits::HOT_TIMELINES_MAX / 2;
        let (_, oldest_kept, _) = ages.select_nth_unstable_by(keep, |a, b| b.cmp(a));
        let oldest_kept = *oldest_kept;
        self.hot.retain(|_, hot| hot.batch > committed || (hot.exists && hot.batch > oldest_kept));
    }
}
