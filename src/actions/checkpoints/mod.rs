//! Making signed checkpoints as the hub goes on: when enough was written since the last, or it is long ago. Run beside the
//! hub by `renkei serve`; what cannot be written now is tried again at the next look.

pub mod delivering;
pub mod file;

use std::sync::Arc;
use std::time::Duration;

use super::witness::Witness;
use crate::clock::Clock;
use crate::config::AuditSettings;
use crate::limits;
use crate::store::{Journal, KeptCheckpoint, SinceCheckpoint, StoreError};
use crate::vault::CheckpointKey;

/// See the module.
#[derive(Debug)]
pub struct Checkpoints {
    journal: Journal,
    key: CheckpointKey,
    records: u64,
    every: Duration,
    witness: Arc<Witness>,
}

/// When one is made.
#[derive(Clone, Copy, Debug)]
pub struct CheckpointPace {
    pub records: u64,
    pub every: Duration,
}

impl Default for CheckpointPace {
    fn default() -> Self {
        let every = Duration::from_secs(limits::CHECKPOINT_EVERY_S_DEFAULT.unsigned_abs());
        Self { records: limits::CHECKPOINT_EVERY_RECORDS_DEFAULT.unsigned_abs(), every }
    }
}

impl From<&AuditSettings> for CheckpointPace {
    fn from(settings: &AuditSettings) -> Self {
        Self { records: settings.checkpoint_records, every: settings.checkpoint_every }
    }
}

impl Checkpoints {
    #[must_use]
    pub fn new(journal: Journal, key: CheckpointKey, pace: CheckpointPace) -> Self {
        let CheckpointPace { records, every } = pace;
        journal.trust_checkpoints_of(key.public());
        Self { journal, key, records, every, witness: Arc::default() }
    }

    /// Says there when it may not sign.
    #[must_use]
    pub fn watched(mut self, witness: Arc<Witness>) -> Self {
        self.witness = witness;
        self
    }

    /// Looks now and then by the hub's clock, for as long as it is polled.
    pub async fn tend(&self, clock: &Arc<dyn Clock>) {
        loop {
            if let Err(error) = self.look(clock.as_ref()).await {
                self.journal.note_if_false(&error);
                tracing::warn!(code = error.code(), %error, "no checkpoint is made now; it will be tried again");
            }
            clock.wait_until(clock.now().saturating_add(Duration::from_millis(limits::CHECKPOINT_LOOK_MS))).await;
        }
    }

    /// Makes a checkpoint if one is due.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn look(&self, clock: &dyn Clock) -> Result<Option<KeptCheckpoint>, StoreError> {
        let since: SinceCheckpoint =
            self.journal.read(|tx| Box::pin(async move { tx.since_checkpoint().await })).await?;
        let now = clock.now();
        let is_old = since.last_made_at.is_none_or(|last| now.since(last) >= self.every);
        if since.records >= self.records || (since.records > 0 && is_old) {
            return self.make(clock).await;
        }
        Ok(None)
    }

    /// Makes one now, unless nothing was written since the last; none with a key whose place another took meanwhile.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn make(&self, clock: &dyn Clock) -> Result<Option<KeptCheckpoint>, StoreError> {
        let (own, changes) = (self.key.public(), self.journal.list_checkpoint_key_changes().await?);
        if changes.iter().any(|change| change.from == own) {
            if self.witness.cannot_sign() {
                tracing::error!("no checkpoint is made: another key took the place of the one this hub began with");
            }
            return Ok(None);
        }
        let (made, _) = self.journal.make_checkpoint(&self.key, clock.now()).await?;
        Ok(Some(made))
    }
}

#[cfg(test)]
mod tests {
    use sqlx::Connection as _;

    use super::*;
    use crate::clock::ManualClock;
    use crate::domain::time::Timestamp;
    use crate::store::{AuditSeal, Batch, SealedAudit};
    use crate::vault::RegionKey;

    #[tokio::test]
    async fn one_is_made_when_enough_was_written_or_it_is_long_ago_and_never_of_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let key = RegionKey::ephemeral();
        let url = format!("sqlite://{}/journal.db", folder.path().display());
        let journal = Journal::open(&url, &key).await.unwrap();
        let clock = ManualClock::at(Timestamp::from_secs(1_775_003_400));
        let every = Duration::from_secs(600);
        let pace = CheckpointPace { records: 3, every };
        let checkpoints = Checkpoints::new(journal.clone(), CheckpointKey::ephemeral(), pace);
        let write = async |count: usize| {
            let audit = || SealedAudit::seal(AuditSeal::Region(journal.region()), clock.now(), b"a");
            let audits = (0..count).map(|_| audit()).collect();
            journal.commit(Batch { audits, ..Batch::default() }).await.unwrap();
        };
        let made = async || checkpoints.look(&clock).await.unwrap().map(|made| made.number);
        assert_eq!(made().await, None, "there is nothing");
        write(1).await;
        assert_eq!(made().await, Some(1), "the first of all");
        write(2).await;
        assert_eq!(made().await, None, "too few, too soon");
        write(1).await;
        assert_eq!(made().await, Some(2), "enough");
        write(1).await;
        clock.advance(every - Duration::from_secs(1));
        assert_eq!(made().await, None);
        clock.advance(Duration::from_secs(1));
        assert_eq!(made().await, Some(3), "long ago");
        clock.advance(every);
        assert_eq!(made().await, None, "nothing since");
    }

    #[tokio::test]
    async fn what_was_cut_off_behind_the_last_checkpoint_is_told_at_the_next_look_however_little_was_written_since() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/journal.db", folder.path().display());
        let journal = Journal::open(&url, &RegionKey::ephemeral()).await.unwrap();
        let clock = ManualClock::at(Timestamp::from_secs(1_775_003_400));
        let pace = CheckpointPace { records: 3, every: Duration::from_secs(600) };
        let checkpoints = Checkpoints::new(journal.clone(), CheckpointKey::ephemeral(), pace);
        let audit = || SealedAudit::seal(AuditSeal::Region(journal.region()), clock.now(), b"a");
        journal.commit(Batch { audits: vec![audit(), audit(), audit()], ..Batch::default() }).await.unwrap();
        assert!(checkpoints.look(&clock).await.unwrap().is_some());
        let mut by_hand = sqlx::SqliteConnection::connect(&url).await.unwrap();
        for cut in [
            "delete from audit where seq = 3",
            "update audit_head set seq = 2, chain = (select chain from audit where seq = 2)",
        ] {
            assert_eq!(sqlx::query(cut).execute(&mut by_hand).await.unwrap().rows_affected(), 1, "{cut}");
        }
        assert!(checkpoints.look(&clock).await.is_err(), "nothing is signed over it");
        assert!(journal.met_false_history());
    }
}
