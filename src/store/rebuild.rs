//! Makes the projections again from the timelines, in one transaction, and forgets the snapshots.
//! Called by `renkei store rebuild`; readers see the old projections until it is done. When a timeline falls due only
//! the hub can say, who knows the rules: it looks at all of them after a rebuild.

use std::collections::BTreeMap;

use crate::domain::duties::Duty;
use crate::domain::duty::DutyId;
use crate::domain::state::PatientState;
use crate::domain::time::Timestamp;

use super::{Journal, ProjectionChange, StoreError, Tx};

/// What a rebuild went through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rebuilt {
    pub timelines: u64,
    pub entries: u64,
    /// Timelines whose key was destroyed: nothing of them is projected.
    pub destroyed: u64,
}

/// Rebuilds everything.
///
/// # Errors
/// When the database fails or a timeline does not fold; nothing is changed then.
pub async fn rebuild(journal: &Journal) -> Result<Rebuilt, StoreError> {
    journal.write(|tx| Box::pin(tx.rebuild())).await
}

impl Tx {
    async fn rebuild(&mut self) -> Result<Rebuilt, StoreError> {
        self.delete_projections().await?;
        self.delete_snapshots().await?;
        let mut rebuilt = Rebuilt::default();
        for head in self.list_heads().await? {
            rebuilt.timelines += 1;
            let key = match self.find_key(head.timeline).await {
                Ok(Some(key)) => key,
                Ok(None) => continue,
                Err(StoreError::KeyDestroyed(_)) => {
                    rebuilt.destroyed += 1;
                    continue;
                }
                Err(error) => return Err(error),
            };
            let mut duties: BTreeMap<DutyId, Duty> = BTreeMap::new();
            let keep = |state: &PatientState, entry: &_| {
                duties.extend(state.duties.touched_by(entry).into_iter().map(|duty| (duty.opened.id, duty.clone())));
            };
            let state = self.fold_watched(PatientState::empty_of(head.subject, head.timeline), &key, keep).await?;
            rebuilt.entries += state.head.0;
            self.set_written_at(head.timeline, state.written_at).await?;
            let mut changes = ProjectionChange::all_of(&state, &key);
            let timeline = head.timeline;
            changes.extend(duties.values().map(|duty| ProjectionChange::of_duty(timeline, duty, &key)));
            changes.push(ProjectionChange::Due { timeline, at: Some(Timestamp::EPOCH) });
            self.write_projections(&changes).await?;
        }
        Ok(rebuilt)
    }
}
