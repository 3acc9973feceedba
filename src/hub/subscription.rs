//! One reader's place on one timeline: what it may see, how far it was served, whether it still stands.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use arc_swap::{ArcSwap, Guard};

use super::view::View;
use crate::domain::ids::{Seq, TimelineId};
use crate::store::GrantId;

/// Shared by the fan-out, which serves it, and the session, which owns it.
#[derive(Debug)]
pub struct Subscription {
    pub timeline: TimelineId,
    view: ArcSwap<View>,
    /// The last entry dealt with: pushed or passed over.
    through: AtomicU64,
    /// The last entry pushed; what lies between it and the next push was passed over.
    pushed: AtomicU64,
    ended: AtomicBool,
}

impl Subscription {
    /// A subscription served live from `head` on.
    #[must_use]
    pub fn new(timeline: TimelineId, view: Arc<View>, head: Seq) -> Self {
        Self {
            timeline,
            view: ArcSwap::new(view),
            through: AtomicU64::new(head.0),
            pushed: AtomicU64::new(head.0),
            ended: AtomicBool::new(false),
        }
    }

    /// What this reader may see now.
    #[must_use]
    pub fn view(&self) -> Guard<Arc<View>> {
        self.view.load()
    }

    /// The team, the consent or what is hidden changed without closing anything that was open before.
    pub(super) fn go_on_as(&self, view: View) {
        self.view.store(Arc::new(view));
    }

    /// The last entry that was pushed to this reader or passed over.
    #[must_use]
    pub fn through(&self) -> Seq {
        Seq(self.through.load(Ordering::Acquire))
    }

    /// The last entry that was pushed.
    pub(super) fn pushed(&self) -> Seq {
        Seq(self.pushed.load(Ordering::Acquire))
    }

    /// The fan-out passed `seq` over: this reader may not see it.
    pub(super) fn pass(&self, seq: Seq) {
        self.through.store(seq.0, Ordering::Release);
    }

    /// The fan-out pushed `seq`.
    pub(super) fn push_to(&self, seq: Seq) {
        self.pushed.store(seq.0, Ordering::Release);
        self.pass(seq);
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
    /// Which wish this answers: a session may have asked again since.
    pub grant: GrantId,
    /// Where the reader wants to go on.
    pub after: Seq,
    /// Why not: `not_found` (unknown and hidden look the same) or `unavailable`.
    pub refused: Option<&'static str>,
    /// Reading is granted, live from `head` on.
    pub granted: Option<Granted>,
}

/// Reading is granted.
#[derive(Debug)]
pub struct Granted {
    pub subscription: Arc<Subscription>,
    pub head: Seq,
    /// The last entry that changed who may see what.
    pub access_epoch: Seq,
    /// The reader had emergency access that has ended: what it was sent meanwhile may be more than it may see now.
    pub access_lapsed: bool,
}
