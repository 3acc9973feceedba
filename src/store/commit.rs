//! The hot path: one batch in one transaction. Heads first, so that a race with another hub is found
//! before anything else is written; then entries in order; then everything that follows from them.

use crate::domain::ids::TimelineId;

use super::health::Trouble;
use super::journal::Journal;
use super::{Batch, CommitError, KnownId, StoreError, Tx};

impl Journal {
    pub(super) async fn commit_batch(&self, batch: &Batch) -> Result<(), CommitError> {
        if batch.is_empty() {
            return Ok(());
        }
        self.check_writable().map_err(|error| self.commit_error(error, batch))?;
        let mut tx = self.begin_write().await.map_err(|error| self.commit_error(error, batch))?;
        if let Err(undone) = tx.write_batch(batch).await {
            if let Err(error) = tx.roll_back().await {
                tracing::debug!(%error, "the transaction of a failed batch had ended by itself");
            }
            return Err(match undone {
                Undone::Moved(timelines) => CommitError::Moved(timelines),
                Undone::Duplicate(known) => CommitError::Duplicate(known),
                Undone::Failed(error) => self.commit_error(error, batch),
            });
        }
        tx.commit().await.map_err(|error| self.failed_commit(error, batch))?;
        self.shared.engine.note_committed(batch);
        Ok(())
    }

    /// Of a failure before the commit was asked for: nothing is stored.
    fn commit_error(&self, error: StoreError, batch: &Batch) -> CommitError {
        let error = self.note_failure(error);
        match (Trouble::of(&error), error) {
            (_, StoreError::ReadOnly { reason, .. }) => CommitError::Unavailable { reason },
            (Trouble::Storage, error) => CommitError::Unavailable { reason: error.to_string() },
            (Trouble::Conflict, _) => CommitError::Moved(batch.heads.iter().map(|head| head.timeline).collect()),
            (Trouble::Other, error) => CommitError::Store(error),
        }
    }

    /// Of a failure of the commit itself. When the database answered, nothing is stored; when the way to
    /// it broke, nobody knows.
    fn failed_commit(&self, error: StoreError, batch: &Batch) -> CommitError {
        if matches!(error, StoreError::Driver(sqlx::Error::Database(_))) {
            return self.commit_error(error, batch);
        }
        let error = self.note_failure(error);
        CommitError::Unknown { reason: error.to_string() }
    }
}

/// Why a batch was given up before its commit.
enum Undone {
    Moved(Vec<TimelineId>),
    Duplicate(Vec<KnownId>),
    Failed(StoreError),
}

impl From<StoreError> for Undone {
    fn from(error: StoreError) -> Self {
        Self::Failed(error)
    }
}

impl Tx {
    async fn write_batch(&mut self, batch: &Batch) -> Result<(), Undone> {
        if self.insert_timelines(&batch.new_timelines).await? < batch.new_timelines.len() as u64 {
            return Err(Undone::Moved(batch.new_timelines.iter().map(|new| new.id).collect()));
        }
        if self.move_heads(&batch.heads).await? < batch.heads.len() as u64 {
            return Err(Undone::Moved(self.moved_timelines(batch).await?));
        }
        if self.insert_entries(&batch.entries).await? < batch.entries.len() as u64 {
            return Err(Undone::Duplicate(self.duplicates(batch).await?));
        }
        self.write_projections(&batch.projections).await?;
        self.upsert_snapshots(&batch.snapshots).await?;
        self.write_grants(&batch.grants).await?;
        self.upsert_read_markers(&batch.read_markers).await?;
        let queued = self.insert_queued(&batch.queued).await?;
        let resolved = self.resolve_queued(&batch.resolved).await?;
        if queued < batch.queued.len() as u64 || resolved < batch.resolved.len() as u64 {
            return Err(Undone::Duplicate(Vec::new()));
        }
        // Swept since it was decided: deciding again refuses the entry.
        if self.name_files(&batch.files).await? < batch.files.len() as u64 {
            return Err(Undone::Duplicate(Vec::new()));
        }
        self.end_shut_out(&batch.shut_out).await?;
        self.note_told(&batch.told).await?;
        for stone in &batch.destroyed {
            if !self.destroy_record(stone).await? {
                return Err(Undone::Moved(vec![stone.patient.into()]));
            }
        }
        // Last, because the audit log's lock makes the hubs wait for each other until the commit.
        self.append_audits(&batch.audits).await?;
        Ok(())
    }

    /// The timelines of the batch that are not where this transaction just tried to move them.
    async fn moved_timelines(&mut self, batch: &Batch) -> Result<Vec<TimelineId>, StoreError> {
        let mut moved = Vec::new();
        for head in &batch.heads {
            let found = self.find_head(head.timeline).await?;
            if found.is_none_or(|found| found.seq != head.new || found.chain != head.chain) {
                moved.push(head.timeline);
            }
        }
        Ok(moved)
    }

    /// Where the ids of the batch are stored that this transaction could not add.
    async fn duplicates(&mut self, batch: &Batch) -> Result<Vec<KnownId>, StoreError> {
        let ids: Vec<_> = batch.entries.iter().map(|entry| entry.header.id).collect();
        let known = self.find_known_ids(&ids).await?;
        let is_ours = |known: &KnownId| {
            let same = |entry: &&super::SealedEntry| entry.header.id == known.id;
            // An id given twice in one batch was added once, and is a duplicate all the same.
            let mut given = batch.entries.iter().filter(same);
            given.all(|entry| entry.header.timeline == known.timeline && entry.header.seq == known.seq)
        };
        let duplicates: Vec<KnownId> = known.into_iter().filter(|known| !is_ours(known)).collect();
        if duplicates.is_empty() {
            let what = "a seq after the head is taken by an entry the head does not know";
            return Err(StoreError::inconsistent("entry", what));
        }
        Ok(duplicates)
    }
}
