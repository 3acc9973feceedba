//! Which version of the rulebook is in force: settled when the hub starts, followed while it runs. A version comes into
//! force at its moment by the hub's clock: what is received from then on is decided under it (`Region::rulebook`), whatever
//! the rest here takes. The views of everybody who reads are then worked out anew. Agreeing on one is the actions'.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use super::Region;
use super::duty_clock::Order;
use super::fanout::Fanout;
use super::past_rules::PastRules;
use super::versions::{InForce, Versions};
use super::work::{Rejudge, Work};
use crate::domain::act::{Act, By, Deed};
use crate::domain::ids::{RulebookVersionId, TimelineId};
use crate::domain::lifecycle::{LifeStep, RulebookVersion, Stage};
use crate::domain::time::Timestamp;
use crate::limits;
use crate::rulebook::{Problems, Rulebook, RulebookFiles, SourceFile};
pub use crate::store::VOCABULARY;
use crate::store::{Journal, RulebookFile, StoreError, Tx, fingerprint_of};
use crate::vault::digest;

/// A version that comes into force.
#[derive(Debug)]
pub(super) struct Next {
    pub version: RulebookVersion,
    pub at: Timestamp,
    pub book: Arc<Rulebook>,
}

/// Why no rulebook could be settled.
#[derive(Debug, thiserror::Error)]
pub enum RulebookError {
    #[error(transparent)]
    Store(#[from] StoreError),
    /// This build does not read the files of a version that must decide.
    #[error("rulebook version {version} cannot be read: {problems}")]
    Unsound { version: RulebookVersionId, problems: Problems },
}

/// The rulebook of these files. Without a vocabulary every word is a mistake, which is told.
///
/// # Errors
/// All mistakes of the files.
pub fn read(files: &[RulebookFile]) -> Result<Rulebook, Problems> {
    fn source(file: &RulebookFile) -> SourceFile<'_> {
        SourceFile { name: &file.path, text: &file.content }
    }
    let vocabulary = files.iter().find(|file| file.path == VOCABULARY);
    let vocabulary = vocabulary.map_or(SourceFile { name: VOCABULARY, text: "" }, source);
    // In the order of a folder, however they came: the fingerprint is of the files, not of the order they were sent in.
    let mut sets: Vec<SourceFile<'_>> = files.iter().filter(|file| file.path != VOCABULARY).map(source).collect();
    sets.sort_unstable_by_key(|set| set.name);
    Rulebook::load(&RulebookFiles { vocabulary, sets }, digest)
}

/// The version in force at this moment, put in force now if its day came while no hub ran. `None`: none ever was. What is not
/// as a hub wrote it is passed over; the follower tells of it.
///
/// # Errors
/// When the store fails, or the version cannot be read.
pub async fn settle(journal: &Journal, now: Timestamp) -> Result<Option<Rulebook>, RulebookError> {
    let mut versions = Versions::of(journal);
    while let Some((version, _)) = versions.next(None).await? {
        if version.effective_at.is_none_or(|at| at > now) || !put_in_force(journal, version, now).await? {
            break;
        }
    }
    Ok(book_of(versions.in_force(None).await?))
}

/// The version that decides at this moment, without putting any in force. `None`: there is none yet.
///
/// # Errors
/// When the store fails, or the version cannot be read.
pub async fn find_in_force(journal: &Journal, now: Timestamp) -> Result<Option<Rulebook>, RulebookError> {
    let mut versions = Versions::of(journal);
    match versions.next(None).await? {
        Some((next, Some(book))) if next.effective_at.is_some_and(|at| at <= now) => Ok(Some(book)),
        _ => Ok(book_of(versions.in_force(None).await?)),
    }
}

fn book_of(found: InForce) -> Option<Rulebook> {
    match found {
        InForce::Other(book) => Some(*book),
        InForce::Settled | InForce::Nothing => None,
    }
}

/// `false`: it changed meanwhile, and is not put in force.
async fn put_in_force(journal: &Journal, version: RulebookVersion, now: Timestamp) -> Result<bool, StoreError> {
    journal.write(move |tx| Box::pin(put_in_force_in(tx, version, now))).await
}

async fn put_in_force_in(tx: &mut Tx, version: RulebookVersion, now: Timestamp) -> Result<bool, StoreError> {
    let files = tx.list_rulebook_version_files(version.id).await?;
    if tx.find_rulebook_version(version.id).await?.as_ref() != Some(&version)
        || fingerprint_of(&files) != version.fingerprint
    {
        return Ok(false);
    }
    let moved = |version: &RulebookVersion, step, said: &str| Act {
        by: By::Hub,
        deed: Deed::RulebookMoved {
            version: version.id,
            step,
            fingerprint: version.fingerprint.clone(),
            said: said.to_owned(),
        },
    };
    let mut acts = vec![moved(&version, LifeStep::InForce, "")];
    if let Some(old) = tx.find_rulebook_version_in_force().await? {
        let old = RulebookVersion { stage: Stage::Retired, changed_at: now, ..old };
        tx.update_rulebook_version(&old).await?;
        acts.insert(0, moved(&old, LifeStep::Retired, "another version is in force"));
    }
    tx.insert_rulebook(version.fingerprint.as_bytes(), &files, now).await?;
    tx.update_rulebook_version(&RulebookVersion { stage: Stage::InForce, changed_at: now, ..version }).await?;
    tx.append_acts(now, acts).await?;
    Ok(true)
}

/// What the follower works with.
pub(super) struct Follower {
    pub journal: Journal,
    pub region: Arc<Region>,
    pub fanout: Arc<Fanout>,
    /// Weak, so that a follower does not keep the sequencer alive.
    pub work: mpsc::WeakSender<Work>,
    /// Timelines whose readers are still to be judged anew.
    pub due: BTreeSet<TimelineId>,
    /// Other rules ask for other things at other times.
    pub clock: mpsc::UnboundedSender<Order>,
}

/// Runs until the hub goes. Whoever asks is answered once what is due is done.
pub(super) async fn follow(mut follower: Follower, mut asked: mpsc::Receiver<oneshot::Sender<()>>) {
    if follower.region.rulebook_is_configured() {
        return;
    }
    let mut versions = Versions::of(&follower.journal);
    versions.look_at_floor(&follower.region.settled_rulebook());
    let mut answer: Option<oneshot::Sender<()>> = None;
    loop {
        match follower.look(&mut versions).await {
            Ok(()) => drop(answer.take().map(|answer| answer.send(()))),
            Err(error) => tracing::error!(%error, "the version of the rulebook in force cannot be settled"),
        }
        tokio::select! {
            wish = asked.recv() => match wish {
                Some(wish) => answer = Some(wish),
                None => return,
            },
            () = tokio::time::sleep(follower.pause()) => {}
        }
    }
}

impl Follower {
    /// Until the next version comes into force, or until the journal is looked at again.
    fn pause(&self) -> Duration {
        let poll = Duration::from_millis(limits::RULEBOOK_POLL_MS);
        let until = self.region.next_rulebook().map(|next| next.at.since(self.region.now()));
        until.map_or(poll, |until| until.min(poll))
    }

    async fn look(&mut self, versions: &mut Versions) -> Result<(), RulebookError> {
        let (mut changed, mut stuck) = (false, None);
        versions.begin();
        loop {
            let known = self.region.next_rulebook();
            let next = versions.next(known.as_ref().map(|next| &next.version)).await?;
            let Some((version, at, book)) =
                next.and_then(|(version, book)| version.effective_at.map(|at| (version, at, book)))
            else {
                self.region.set_next_rulebook(None);
                break;
            };
            let book = match (book, known) {
                (None, Some(known)) => Arc::clone(&known.book),
                (Some(book), _) => {
                    let book = Arc::new(book);
                    let next = Next { version: version.clone(), at, book: Arc::clone(&book) };
                    self.region.set_next_rulebook(Some(next));
                    book
                }
                (None, None) => break,
            };
            let now = self.region.now();
            if at > now {
                break;
            }
            if !put_in_force(&self.journal, version, now).await? {
                stuck = Some(book);
                break;
            }
            // Before the next look: at no moment do the old rules decide again.
            self.region.settle_rulebook(book);
            changed = true;
        }
        let settled = self.region.settled_rulebook();
        if let InForce::Other(book) = versions.in_force(Some(settled.fingerprint())).await? {
            self.region.settle_rulebook(Arc::from(book));
            changed = true;
        } else if stuck.is_some_and(|stuck| stuck.fingerprint() != settled.fingerprint()) {
            // No other hub put it in force: what the journal holds of it is no longer what is in memory.
            self.region.set_next_rulebook(None);
        }
        self.region.note_rulebook_faults(versions.met_untrue(), versions.met_other_floor());
        versions.tell(self.region.now()).await?;
        if changed {
            versions.look_at_floor(&self.region.settled_rulebook());
            let fingerprint = self.region.settled_rulebook().fingerprint().to_owned();
            tracing::info!(fingerprint, "another rulebook is in force");
            let (book, now) = (self.region.settled_rulebook(), self.region.now());
            self.region.set_past_rules(PastRules::recall(&self.journal, &book, now).await?);
            // The clock only goes when the hub does.
            let _ = self.clock.send(Order::Due(Timestamp::MIN));
            self.judge_all().await;
        }
        self.judge_due().await;
        Ok(())
    }

    /// Notes all timelines that are followed. What was decided under the old rules is committed before they are listed,
    /// so that no reader is added under an old view afterwards.
    async fn judge_all(&mut self) {
        self.ask(None).await;
        self.due.extend(self.fanout.timelines());
    }

    async fn judge_due(&mut self) {
        for timeline in std::mem::take(&mut self.due) {
            if !self.ask(Some(timeline)).await {
                // The journal cannot be read now. The reader is judged as soon as it can.
                self.due.insert(timeline);
            }
        }
    }

    async fn ask(&self, timeline: Option<TimelineId>) -> bool {
        let Some(work) = self.work.upgrade() else { return false };
        let (reply, judged) = oneshot::channel();
        work.send(Work::Rejudge(Rejudge { timeline, reply })).await.is_ok() && judged.await.is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::RegionKey;

    const NOW: Timestamp = Timestamp::from_secs(1_775_003_400);

    fn agreed(number: u128, content: &str) -> (RulebookVersion, Vec<RulebookFile>) {
        let files = vec![RulebookFile { path: "sharing.toml".to_owned(), content: content.to_owned() }];
        let version = RulebookVersion {
            id: RulebookVersionId(uuid::Uuid::from_u128(number)),
            title: "次の年度".to_owned(),
            fingerprint: fingerprint_of(&files),
            stage: Stage::Agreed,
            drafted_at: NOW,
            effective_at: Some(NOW),
            changed_at: NOW,
        };
        (version, files)
    }

    /// Another hub put it in force, or somebody retired it, between the look at it and the write.
    #[tokio::test]
    async fn a_version_that_is_no_longer_as_it_was_seen_does_not_come_into_force() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/journal.db", folder.path().display());
        let journal = Journal::open(&url, &RegionKey::ephemeral()).await.unwrap();
        let (first, second) = (agreed(1, "甲"), agreed(2, "乙"));
        let drafted = [first.clone(), second.clone()];
        let inserted: Result<(), StoreError> = journal
            .write(move |tx| {
                Box::pin(async move {
                    for (version, files) in &drafted {
                        tx.insert_rulebook_version(version, files).await?;
                    }
                    Ok(())
                })
            })
            .await;
        inserted.unwrap();
        assert!(put_in_force(&journal, first.0.clone(), NOW).await.unwrap());
        assert!(!put_in_force(&journal, first.0.clone(), NOW).await.unwrap(), "it is in force already");

        let retired = RulebookVersion { stage: Stage::Retired, ..second.0.clone() };
        let updated: Result<(), StoreError> =
            journal.write(move |tx| Box::pin(async move { tx.update_rulebook_version(&retired).await })).await;
        updated.unwrap();
        assert!(!put_in_force(&journal, second.0, NOW).await.unwrap(), "it was retired");
        let decides: Result<Option<RulebookVersion>, StoreError> =
            journal.read(|tx| Box::pin(tx.find_rulebook_version_in_force())).await;
        assert_eq!(decides.unwrap().map(|version| version.id), Some(first.0.id));
    }
}
