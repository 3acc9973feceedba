//! Checkpoints put where the hub's machine is not: now and then the newest, as a file in a folder of another machine's disk.
//! Run beside the hub by `renkei serve`. What cannot be delivered is tried again at every look, told in health and metrics,
//! and holds nothing else up.
//!
//! INVARIANT: a file that is there is never written over, and the folder is never made: an unmounted one is a failure.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::file::as_file;
use crate::actions::witness::Witness;
use crate::clock::Clock;
use crate::config::AuditSettings;
use crate::domain::time::Timestamp;
use crate::limits;
use crate::store::{Journal, KeptCheckpoint, Noted, StoreError};

/// Why the newest checkpoint is not there.
#[derive(Debug, thiserror::Error)]
pub enum DeliverError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("{}: {source}", path.display())]
    Io { path: PathBuf, source: io::Error },
    #[error("{} is there already and says something else", path.display())]
    Differs { path: PathBuf },
}

/// See the module.
#[derive(Debug)]
pub struct Delivery {
    journal: Journal,
    folder: PathBuf,
    every: Duration,
    witness: Arc<Witness>,
}

/// The newest that is there, and when it was put there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Delivered {
    number: u64,
    at: Timestamp,
}

impl Delivery {
    /// `None`: no folder is named.
    #[must_use]
    pub fn of(journal: Journal, settings: &AuditSettings, witness: Arc<Witness>) -> Option<Self> {
        let folder = settings.checkpoint_to.clone()?;
        witness.checkpoints.expect();
        Some(Self { journal, folder, every: settings.checkpoint_to_every, witness })
    }

    /// Looks now and then by the hub's clock, for as long as it is polled.
    pub async fn tend(&self, clock: &Arc<dyn Clock>) {
        loop {
            self.try_now(clock.now(), false).await;
            clock.wait_until(clock.now().saturating_add(Duration::from_millis(limits::CHECKPOINT_LOOK_MS))).await;
        }
    }

    /// Delivers what is due, or (`is_last`) whatever is new, and notes how that went.
    pub async fn try_now(&self, now: Timestamp, is_last: bool) {
        let outcome = self.deliver(now, is_last).await;
        if let Err(error) = &outcome
            && !self.witness.checkpoints.is_failing()
        {
            tracing::error!(%error, "the newest checkpoint cannot be put into its folder; it is tried again");
        }
        match outcome {
            Ok(delivered) => self.witness.checkpoints.arrived(delivered),
            Err(_) => self.witness.checkpoints.failed(),
        }
    }

    /// When the newest was put there; `None`: there is none yet.
    async fn deliver(&self, now: Timestamp, is_last: bool) -> Result<Option<Timestamp>, DeliverError> {
        let (before, newest) = (self.delivered().await?, self.newest().await?);
        let Some(newest) = newest.filter(|newest| before.is_none_or(|before| before.number != newest.number)) else {
            return Ok(before.map(|before| before.at));
        };
        // A time to come is no time at which something was put there: whichever clock said it, it holds up nothing.
        let is_due = before.is_none_or(|before| before.at > now || now.since(before.at) >= self.every);
        if let Some(before) = before.filter(|_| !is_due && !is_last) {
            return Ok(Some(before.at));
        }
        let text = as_file(&newest, &self.journal.list_ends_at(newest.number).await?);
        let path = self.folder.join(file_name(&newest));
        let writing = tokio::task::spawn_blocking(move || put(&path, &text));
        writing.await.unwrap_or_else(|error| Err(unwritten(&self.folder, io::Error::other(error))))?;
        let (name, said) = (self.name(), format!("{} {}", newest.number, now.as_micros()));
        self.journal.write(move |tx| Box::pin(async move { tx.upsert_noted(&name, &said).await })).await?;
        Ok(Some(now))
    }

    async fn newest(&self) -> Result<Option<KeptCheckpoint>, StoreError> {
        self.journal.read(|tx| Box::pin(async move { tx.find_last_checkpoint().await })).await
    }

    async fn delivered(&self) -> Result<Option<Delivered>, StoreError> {
        let name = self.name();
        let noted = self.journal.read(move |tx| Box::pin(async move { tx.find_noted(&name).await })).await?;
        let read = |kept: &str| {
            let (number, at) = kept.split_once(' ')?;
            Some(Delivered { number: number.parse().ok()?, at: Timestamp(at.parse().ok()?) })
        };
        match noted {
            Noted::Nothing => Ok(None),
            Noted::Own(kept) => Ok(read(&kept)),
            Noted::Foreign => {
                if self.witness.checkpoints.doubt() {
                    tracing::error!(
                        "which checkpoint is in its folder was written by somebody else; the newest is put there"
                    );
                }
                Ok(None)
            }
        }
    }

    /// Another folder gets the newest at once.
    fn name(&self) -> String {
        format!("delivered_checkpoint {}", self.folder.display())
    }
}

/// Names sort as the checkpoints follow each other. A region that was restored may use a number again: the moment differs.
fn file_name(made: &KeptCheckpoint) -> String {
    let at: String = made.made_at.to_rfc3339().chars().filter(char::is_ascii_alphanumeric).collect();
    format!("renkei-checkpoint-{:010}-{at}.json", made.number)
}

/// Whole or not at all: another machine may look at any moment.
fn put(path: &Path, text: &str) -> Result<(), DeliverError> {
    let failed = |source| unwritten(path, source);
    if let Ok(there) = fs::read_to_string(path) {
        // Put there before the hub could note it.
        return if there == text { Ok(()) } else { Err(DeliverError::Differs { path: path.to_owned() }) };
    }
    let draft = path.with_extension("draft");
    let folder = path.parent().unwrap_or(Path::new("."));
    let write = || {
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o644).open(&draft)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&draft, path)?;
        File::open(folder)?.sync_all()
    };
    write().map_err(failed)
}

fn unwritten(path: &Path, source: io::Error) -> DeliverError {
    DeliverError::Io { path: path.to_owned(), source }
}

/// Whether two folders lie in one file system: then what happens to one disk happens to both.
#[must_use]
pub fn share_a_disk(one: &Path, other: &Path) -> bool {
    let device = |path: &Path| fs::metadata(path).map(|found| found.dev()).ok();
    device(one).is_some_and(|one| device(other) == Some(one))
}

#[cfg(test)]
mod tests {
    use sqlx::Connection as _;

    use super::*;
    use crate::actions::checkpoints::file::read;
    use crate::store::{AuditSeal, Batch, SealedAudit};
    use crate::vault::{CheckpointKey, RegionKey};

    struct Story {
        folder: tempfile::TempDir,
        journal: Journal,
        key: CheckpointKey,
        delivery: Delivery,
    }

    const START: Timestamp = Timestamp::from_secs(1_775_003_400);
    const EVERY: Duration = Duration::from_secs(86_400);

    impl Story {
        async fn begin() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let url = format!("sqlite://{}/journal.db", folder.path().display());
            let journal = Journal::open(&url, &RegionKey::ephemeral()).await.unwrap();
            let witness = Arc::<Witness>::default();
            let there = folder.path().join("elsewhere");
            let delivery = Delivery { journal: journal.clone(), folder: there, every: EVERY, witness };
            Self { folder, journal, key: CheckpointKey::ephemeral(), delivery }
        }

        /// Something happens, and a checkpoint is made of it.
        async fn checkpoint(&self, at: Timestamp) {
            let audits = vec![SealedAudit::seal(AuditSeal::Region(self.journal.region()), at, b"a")];
            self.journal.commit(Batch { audits, ..Batch::default() }).await.unwrap();
            self.journal.make_checkpoint(&self.key, at).await.unwrap();
        }

        fn there(&self) -> Vec<String> {
            let Ok(found) = fs::read_dir(&self.delivery.folder) else { return Vec::new() };
            let mut names: Vec<String> =
                found.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
            names.sort();
            names
        }
    }

    #[tokio::test]
    async fn the_newest_is_put_there_in_time_and_a_folder_that_is_away_is_told_until_it_is_back() {
        let story = Story::begin().await;
        let (delivery, watch) = (&story.delivery, &story.delivery.witness.checkpoints);
        delivery.try_now(START, false).await;
        assert!(!watch.is_failing(), "there is nothing to deliver");
        story.checkpoint(START).await;
        delivery.try_now(START, false).await;
        assert!(watch.is_failing() && story.there().is_empty(), "nobody makes a folder that is not mounted");

        fs::create_dir(&delivery.folder).unwrap();
        delivery.try_now(START, false).await;
        assert!(!watch.is_failing() && watch.arrived_at() == Some(START));
        let first = story.there();
        assert_eq!(first, ["renkei-checkpoint-0000000001-20260401T003000Z.json"]);
        let text = fs::read_to_string(delivery.folder.join(&first[0])).unwrap();
        assert!(read(&text).is_some(), "{text}");

        let later = START.saturating_add(Duration::from_secs(60));
        story.checkpoint(later).await;
        delivery.try_now(later, false).await;
        assert_eq!(story.there(), first, "it is not time yet");
        delivery.try_now(later, true).await;
        assert_eq!(story.there().len(), 2, "but the last word goes out");
        let next_day = later.saturating_add(EVERY);
        delivery.try_now(next_day, false).await;
        assert_eq!(story.there().len(), 2, "nothing since");
        story.checkpoint(next_day).await;
        delivery.try_now(next_day, false).await;
        assert_eq!(story.there().len(), 3);
        assert_eq!(watch.arrived_at(), Some(next_day));
        drop(story.folder);
    }

    impl Story {
        /// Somebody writes the database who has no key.
        async fn write_by_hand(&self, sql: &str) {
            let url = format!("sqlite://{}/journal.db", self.folder.path().display());
            let mut by_hand = sqlx::SqliteConnection::connect(&url).await.unwrap();
            let written = sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut by_hand).await.unwrap();
            assert!(written.rows_affected() > 0, "{sql}");
        }
    }

    #[tokio::test]
    async fn nothing_that_somebody_writes_into_the_database_keeps_the_newest_from_being_put_there() {
        let story = Story::begin().await;
        let (delivery, watch) = (&story.delivery, &story.delivery.witness.checkpoints);
        fs::create_dir(&delivery.folder).unwrap();
        story.checkpoint(START).await;
        delivery.try_now(START, false).await;
        assert!(!watch.is_doubted() && story.there().len() == 1);

        let next_day = START.saturating_add(EVERY);
        story
            .write_by_hand("update meta set value = '2 9000000000000000' where name like 'delivered_checkpoint%'")
            .await;
        story.checkpoint(next_day).await;
        delivery.try_now(next_day, false).await;
        assert!(watch.is_doubted() && story.there().len() == 2, "{:?}", story.there());

        // One that was copied to a number far off, before the next is made.
        let copied =
            "insert into signed_checkpoint select 9000000, made_at, statement, signature from signed_checkpoint
            where number = 1";
        story.checkpoint(next_day.saturating_add(EVERY)).await;
        story.write_by_hand(copied).await;
        delivery.try_now(next_day.saturating_add(EVERY), false).await;
        let there = story.there();
        assert!(there.len() == 3 && there[2].starts_with("renkei-checkpoint-0000000003-"), "{there:?}");
    }

    #[tokio::test]
    async fn what_is_there_is_not_written_over() {
        let story = Story::begin().await;
        let delivery = &story.delivery;
        fs::create_dir(&delivery.folder).unwrap();
        story.checkpoint(START).await;
        let path = delivery.folder.join("renkei-checkpoint-0000000001-20260401T003000Z.json");
        fs::write(&path, "other").unwrap();
        let refused = delivery.deliver(START, false).await;
        assert!(matches!(refused, Err(DeliverError::Differs { .. })), "{refused:?}");
        assert_eq!(fs::read_to_string(&path).unwrap(), "other");
    }
}
