//! Makes the projections again from the timelines, in one transaction, and forgets the snapshots.
//! Called by `renkei store rebuild`; readers see the old projections until it is done. When a timeline falls due only
//! the hub can say, who knows the rules: it looks at all of them after a rebuild.

use std::collections::BTreeMap;

use crate::domain::duties::Duty;
use crate::domain::duty::DutyId;
use crate::domain::state::PatientState;
use crate::domain::time::Timestamp;

use super::timeline::RawHead;
use super::{Journal, ProjectionChange, StoreError, Tx};

/// What a rebuild went through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rebuilt {
    pub timelines: u64,
    pub entries: u64,
    /// Timelines whose key was destroyed: nothing of them is projected.
    pub destroyed: u64,
    /// Timelines that cannot be read: nothing of them is projected, nor shown.
    pub unreadable: u64,
}

/// Rebuilds everything.
///
/// # Errors
/// When the database fails; nothing is changed then.
pub async fn rebuild(journal: &Journal) -> Result<Rebuilt, StoreError> {
    journal.write(|tx| Box::pin(tx.rebuild())).await
}

impl Tx {
    async fn rebuild(&mut self) -> Result<Rebuilt, StoreError> {
        self.delete_projections().await?;
        self.delete_snapshots().await?;
        self.delete_untrue_stones().await?;
        let mut rebuilt = Rebuilt::default();
        for head in self.list_raw_heads().await? {
            rebuilt.timelines += 1;
            match self.rebuild_one(head).await {
                Ok(Some(entries)) => rebuilt.entries += entries,
                Ok(None) => rebuilt.destroyed += 1,
                // The others are there all the same.
                Err(error @ StoreError::Inconsistent { .. }) => {
                    self.note_damage(head.timeline, &error);
                    rebuilt.unreadable += 1;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(rebuilt)
    }

    /// How many entries it has; `None`: its record was destroyed. What does not read is an error before anything of it is written.
    async fn rebuild_one(&mut self, head: RawHead) -> Result<Option<u64>, StoreError> {
        let timeline = head.timeline;
        let unreadable = |what| StoreError::inconsistent(format!("timeline {timeline}"), what);
        let key = match self.find_key(timeline).await {
            Err(StoreError::KeyDestroyed(_)) if self.find_destroyed(timeline.as_patient()).await?.is_some() => {
                return Ok(None);
            }
            Err(StoreError::KeyDestroyed(_)) => {
                return Err(unreadable("its key is gone, and nobody destroyed its record"));
            }
            key => key?.ok_or_else(|| unreadable("its row is gone"))?,
        };
        let head = head.whole()?;
        let mut duties: BTreeMap<DutyId, Duty> = BTreeMap::new();
        let keep = |state: &PatientState, entry: &_| {
            duties.extend(state.duties.touched_by(entry).into_iter().map(|duty| (duty.opened.id, duty.clone())));
        };
        let state = self.fold_watched(PatientState::empty_of(head.subject, timeline), &key, keep).await?;
        if state.head != head.seq {
            return Err(unreadable("its entries end before its head"));
        }
        self.set_written_at(timeline, state.written_at).await?;
        let mut changes = ProjectionChange::all_of(&state, &key);
        changes.extend(duties.values().map(|duty| ProjectionChange::of_duty(timeline, duty, &key)));
        changes.push(ProjectionChange::Due { timeline, at: Some(Timestamp::EPOCH) });
        self.write_projections(&changes).await?;
        Ok(Some(state.head.0))
    }
}
