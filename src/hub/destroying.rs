//! Destroying a record in its turn: decided on the state that was judged, committed after all that was handed in before it,
//! then forgotten in memory and taken from every open screen. Whether it may be is the actions' to say.

use tokio::sync::oneshot;

use super::deciding::Picture;
use super::draft::Draft;
use super::timelines::Hot;
use super::work::Outcome;
use crate::codec::Audited;
use crate::domain::act::{Act, By, Deed};
use crate::domain::ids::Seq;
use crate::domain::keeping::KeepingDeed;
use crate::domain::retention::Tombstone;
use crate::store::SealedAudit;

/// A record is to be destroyed.
#[derive(Debug)]
pub struct Destroy {
    pub stone: Tombstone,
    pub by: By,
    pub reason: String,
    /// The head of the record that was judged.
    pub seen: Seq,
    /// Told whether it was; not if anything was written since.
    pub reply: oneshot::Sender<bool>,
}

impl Destroy {
    /// What the audit log keeps of it.
    #[must_use]
    pub fn act(by: By, stone: &Tombstone, reason: String) -> Act {
        let deed = KeepingDeed::Destroyed { patient: stone.patient, kept: stone.kept, reason };
        Act { by, deed: Deed::Keeping(deed) }
    }
}

impl Picture {
    pub(super) fn destroy(&self, draft: &mut Draft, hot: &mut Hot, destroy: Box<Destroy>) -> Outcome {
        let is_as_judged = hot.exists && hot.state.head == destroy.seen;
        if is_as_judged {
            let Destroy { stone, by, reason, .. } = &*destroy;
            let (timeline, act) = (hot.state.timeline, Destroy::act(*by, stone, reason.clone()));
            draft.batch.audits.push(SealedAudit::of_read(&self.key, timeline, self.now, &Audited::Act(act)));
            draft.batch.destroyed.push(stone.clone());
            draft.destroyed.push(stone.patient);
            // From here on it is as nobody's. Should the commit fail, it is read again.
            *hot = Hot { batch: hot.batch, ..Hot::destroyed(timeline) };
        }
        Outcome::Destroyed(destroy, is_as_judged)
    }
}
