//! One reader's place on one timeline: what it may see, how far it was served, whether it still stands.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::view::View;
use crate::domain::ids::{Seq, TimelineId};

/// Shared by the fan-out, which serves it, and the session, which owns it.
#[derive(Debug)]
pub struct Subscription {
    pub timeline: TimelineId,
    /// What this reader may see. A change of what it may see ends the subscription instead of changing this.
    pub view: Arc<View>,
    through: AtomicU64,
    ended: AtomicBool,
}

impl Subscription {
    /// A subscription served live from `head` on.
    #[must_use]
    pub fn new(timeline: TimelineId, view: Arc<View>, head: Seq) -> Self {
        Self { timeline, view, through: AtomicU64::new(head.0), ended: AtomicBool::new(false) }
    }

    /// The last entry that was pushed to this reader or passed over.
    #[must_use]
    pub fn through(&self) -> Seq {
        Seq(self.through.load(Ordering::Acquire))
    }

    /// The fan-out has dealt with everything up to `seq`.
    pub(super) fn pass(&self, seq: Seq) {
        self.through.store(seq.0, Ordering::Release);
    }

    /// Whether the reader may still be served.
    #[must_use]
    pub fn stands(&self) -> bool {
        !self.ended.load(Ordering::Acquire)
    }

    /// From now on nothing of this timeline is written for this reader.
    pub(super) fn end(&self) {
        self.ended.store(true, Ordering::Release);
    }
}

/// The answer to a wish to read a timeline.
#[derive(Debug)]
pub struct Opened {
    pub timeline: TimelineId,
    /// Where the reader wants to go on.
    pub after: Seq,
    /// Reading is granted, live from `head` on; or the timeline is unknown or hidden, which look the same.
    pub granted: Option<Granted>,
}

/// Reading is granted.
#[derive(Debug)]
pub struct Granted {
    pub subscription: Arc<Subscription>,
    pub head: Seq,
}
