//! Faults that a test puts into a journal: what becomes of a commit, and which timelines cannot be read. Compiled for
//! tests only; the journal of a hub has no place where one could be asked for.

use std::collections::HashSet;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Semaphore;

use super::{Batch, CommitError, Journal, StoreError};
use crate::domain::ids::TimelineId;

/// What becomes of one commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing goes wrong.
    None,
    Moved,
    Duplicate,
    /// The batch is stored, and the answer is lost.
    UnknownStored,
    /// Neither stored nor answered.
    UnknownLost,
    Unavailable,
    Store,
    /// Nothing goes wrong, but it takes long.
    Late,
    /// The task that commits falls over.
    Panic,
}

type Plan = Box<dyn FnMut(&Batch) -> Fault + Send>;

/// Of one journal.
#[derive(Default)]
pub struct Faults {
    plan: Mutex<Option<Plan>>,
    unreadable: Mutex<HashSet<TimelineId>>,
    /// While it is there, every commit takes a permit first.
    gate: Mutex<Option<Arc<Semaphore>>>,
}

impl fmt::Debug for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Faults").finish_non_exhaustive()
    }
}

impl Faults {
    /// Asks `plan` before each commit from now on.
    pub fn plan(&self, plan: impl FnMut(&Batch) -> Fault + Send + 'static) {
        *self.plan.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(plan));
    }

    /// The next commits come to these, one after the other; those after them to nothing out of the way.
    pub fn next(&self, faults: impl IntoIterator<Item = Fault>) {
        let mut faults: std::collections::VecDeque<Fault> = faults.into_iter().collect();
        self.plan(move |_| faults.pop_front().unwrap_or(Fault::None));
    }

    /// From now on each commit waits for a permit of what is returned.
    pub fn gate(&self) -> Arc<Semaphore> {
        let gate = Arc::new(Semaphore::new(0));
        *self.gate.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&gate));
        gate
    }

    /// Loading this timeline fails as one that is damaged does, until it is [mended](Self::mend).
    pub fn damage(&self, timeline: TimelineId) {
        self.unreadable.lock().unwrap_or_else(PoisonError::into_inner).insert(timeline);
    }

    pub fn mend(&self, timeline: TimelineId) {
        self.unreadable.lock().unwrap_or_else(PoisonError::into_inner).remove(&timeline);
    }

    pub(super) fn check_readable(&self, timeline: TimelineId) -> Result<(), StoreError> {
        let is_damaged = self.unreadable.lock().unwrap_or_else(PoisonError::into_inner).contains(&timeline);
        if is_damaged { Err(StoreError::inconsistent("a test", "damaged")) } else { Ok(()) }
    }

    fn fault(&self, batch: &Batch) -> Fault {
        let mut plan = self.plan.lock().unwrap_or_else(PoisonError::into_inner);
        plan.as_mut().map_or(Fault::None, |plan| plan(batch))
    }
}

impl Journal {
    pub(crate) fn faults(&self) -> &Faults {
        &self.shared.faults
    }

    /// As [`Journal::commit_batch`], but for the fault that the test has planned.
    pub(super) async fn commit_or_fail(&self, batch: &Batch) -> Result<(), CommitError> {
        let gate = self.faults().gate.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(gate) = gate {
            gate.acquire().await.expect("a gate is never closed").forget();
        }
        let reason = || "a test".to_owned();
        let fault = self.faults().fault(batch);
        match fault {
            Fault::None => return self.commit_batch(batch).await,
            Fault::Late => {
                tokio::time::sleep(Duration::from_millis(3)).await;
                return self.commit_batch(batch).await;
            }
            Fault::UnknownStored => self.commit_batch(batch).await?,
            Fault::Panic => panic!("a test lets the commit fall over"),
            _ => {}
        }
        Err(match fault {
            Fault::Moved => CommitError::Moved(batch.heads.iter().map(|head| head.timeline).collect()),
            Fault::Duplicate => CommitError::Duplicate(Vec::new()),
            Fault::Unavailable => CommitError::Unavailable { reason: reason() },
            Fault::Store => CommitError::Store(StoreError::inconsistent("a test", "a fault of one batch")),
            _ => CommitError::Unknown { reason: reason() },
        })
    }
}
