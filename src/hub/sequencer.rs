//! The one place where posts become entries: gathers what has queued, decides it against the states in memory,
//! seals it, and hands the batch to the committer. While batch k commits, batch k+1 is gathered and decided here.
//!
//! Answers, refusals too, go out only after the commits they depend on; see `committer.rs`.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::mpsc;

use super::Region;
use super::answer::{Accepted, Answer, Refused};
use super::draft::Draft;
use super::timelines::{Hot, Timelines};
use super::work::{Outcome, Submission, Work};
use crate::domain::ids::{EntryId, TimelineId};
use crate::limits;
use crate::store::{Journal, KnownId, StoreError, StoredEntry};
use crate::vault::Mac;

/// Shared with the committer: which generation of states the journal still stands behind.
#[derive(Debug, Default)]
pub(super) struct Progress {
    /// Raised when a batch fails: whatever was decided before builds on states that never came to be.
    pub generation: AtomicU64,
    /// Number of the last batch that is done.
    pub done: AtomicU64,
}

/// What the sequencer owns.
pub(super) struct Sequencer {
    pub region: Arc<Region>,
    pub journal: Journal,
    pub progress: Arc<Progress>,
    pub work: mpsc::Receiver<Work>,
    /// Work of failed batches, to be decided again; goes first.
    pub again: mpsc::UnboundedReceiver<Vec<Work>>,
    pub drafts: mpsc::Sender<Draft>,
    timelines: Timelines,
    /// Ids accepted by batches that have not committed yet.
    in_flight: HashMap<EntryId, InFlight>,
    number: u64,
    generation: u64,
}

/// An accepted post whose batch is under way.
struct InFlight {
    mac: Mac,
    answer: Accepted,
    batch: u64,
}

/// What deciding a batch needs from the journal.
#[derive(Default)]
pub(super) struct Fetched {
    known: HashMap<EntryId, (KnownId, Option<StoredEntry>)>,
    pub(super) targets: HashMap<EntryId, StoredEntry>,
}

impl Sequencer {
    pub(super) fn new(
        region: Arc<Region>,
        journal: Journal,
        progress: Arc<Progress>,
        work: mpsc::Receiver<Work>,
        again: mpsc::UnboundedReceiver<Vec<Work>>,
        drafts: mpsc::Sender<Draft>,
    ) -> Self {
        Self {
            region,
            journal,
            progress,
            work,
            again,
            drafts,
            timelines: Timelines::default(),
            in_flight: HashMap::new(),
            number: 0,
            generation: 0,
        }
    }

    /// Runs until all senders of work are gone, then lets the committer finish.
    pub(super) async fn run(mut self) {
        let drafts = self.drafts.clone();
        // The place in the pipeline comes first: what queues while waiting for it joins the batch.
        while let Ok(place) = drafts.reserve().await {
            let Some(works) = self.gather().await else { return };
            self.follow_generation();
            let draft = match self.fetch(&works).await {
                Ok(fetched) => self.decide(works, &fetched),
                Err(error) => self.give_up(works, &error),
            };
            place.send(draft);
        }
    }

    /// Waits for work and takes what else has queued, up to the bound of a batch.
    async fn gather(&mut self) -> Option<Vec<Work>> {
        let mut works = tokio::select! {
            biased;
            Some(again) = self.again.recv() => again,
            work = self.work.recv() => vec![work?],
        };
        while works.len() < limits::BATCH_WORKS_MAX {
            match self.work.try_recv() {
                Ok(work) => works.push(work),
                Err(_) => break,
            }
        }
        Some(works)
    }

    /// After a failed batch, forgets all that was built on it.
    fn follow_generation(&mut self) {
        let done = self.progress.done.load(Ordering::Acquire);
        let generation = self.progress.generation.load(Ordering::Acquire);
        if generation != self.generation {
            self.generation = generation;
            self.timelines.clear();
            self.in_flight.clear();
        }
        self.in_flight.retain(|_, flight| flight.batch > done);
        self.timelines.evict(done);
        self.number += 1;
    }

    /// Reads what deciding needs and memory does not hold.
    async fn fetch(&mut self, works: &[Work]) -> Result<Fetched, StoreError> {
        let (known, ()) = tokio::try_join!(find_known(&self.journal, works), async {
            let missing: HashSet<TimelineId> =
                works.iter().filter_map(Work::timeline).filter(|id| !self.timelines.contains(*id)).collect();
            for (timeline, loaded) in load_all(&self.journal, missing).await? {
                self.timelines.insert(loaded.map_or_else(|| Hot::unborn(timeline), Hot::loaded));
            }
            Ok(())
        })?;
        let mut fetched = Fetched::default();
        for known in known {
            let first = self.journal.find_entry(known.id).await?;
            fetched.known.insert(known.id, (known, first));
        }
        for target in works.iter().flat_map(Work::targets) {
            if let Some(entry) = self.journal.find_entry(target).await? {
                fetched.targets.insert(target, entry);
            }
        }
        Ok(fetched)
    }

    fn decide(&mut self, works: Vec<Work>, fetched: &Fetched) -> Draft {
        let mut draft = Draft::new(self.number, self.generation);
        let picture = self.region.picture();
        for work in works {
            let hot = work.timeline().map(|timeline| self.timelines.get(timeline, self.number));
            match (work, hot) {
                (Work::Post(submission), Some(hot)) => {
                    let answer = match answer_given_before(&self.in_flight, fetched, &submission) {
                        Some(answer) => answer,
                        None => picture.post(&mut draft, hot, &submission, &fetched.targets),
                    };
                    self.note_in_flight(&submission, &answer);
                    draft.outcomes.push(Outcome::Answered(submission, answer));
                }
                (Work::PostTogether(group), Some(hot)) => {
                    let before = group
                        .iter()
                        .map(|submission| answer_given_before(&self.in_flight, fetched, submission))
                        .collect();
                    let answers = picture.post_together(&mut draft, hot, &group, before, &fetched.targets);
                    let answered: Vec<_> = group.into_iter().zip(answers).collect();
                    answered.iter().for_each(|(submission, answer)| self.note_in_flight(submission, answer));
                    draft.outcomes.push(Outcome::AnsweredTogether(answered));
                }
                (other, hot) => picture.serve(&mut draft, hot, other, &fetched.targets),
            }
        }
        draft
    }

    /// Until its batch has committed, a post that comes again is recognised here.
    fn note_in_flight(&mut self, submission: &Submission, answer: &Answer) {
        if let Answer::Accepted(accepted) = answer {
            let flight = InFlight { mac: submission.mac, answer: accepted.clone(), batch: self.number };
            self.in_flight.entry(accepted.id).or_insert(flight);
        }
    }

    /// The journal cannot be read: nothing can be decided, everybody is told to try again.
    fn give_up(&self, works: Vec<Work>, error: &StoreError) -> Draft {
        tracing::error!(code = error.code(), %error, "the journal cannot be read");
        let mut draft = Draft::new(self.number, self.generation);
        draft.outcomes.extend(works.into_iter().filter_map(Work::unavailable));
        draft
    }
}

/// "Once": the first answer again, or a conflict when the same id says something else.
fn answer_given_before(
    in_flight: &HashMap<EntryId, InFlight>,
    fetched: &Fetched,
    submission: &Submission,
) -> Option<Answer> {
    let id = submission.intent.id;
    if let Some(flight) = in_flight.get(&id) {
        let same = flight.mac == submission.mac;
        let again = Accepted { repeated: true, ..flight.answer.clone() };
        return Some(if same { Answer::Accepted(again) } else { Answer::Refused(Refused::conflict(id)) });
    }
    let (known, first) = fetched.known.get(&id)?;
    let first = first.as_ref().filter(|_| known.mac == submission.mac);
    Some(match first {
        Some(first) => Answer::Accepted(Accepted::of(&first.entry, true)),
        None => Answer::Refused(Refused::conflict(id)),
    })
}

async fn find_known(journal: &Journal, works: &[Work]) -> Result<Vec<KnownId>, StoreError> {
    let ids: Vec<EntryId> = works.iter().flat_map(Work::posts).map(|submission| submission.intent.id).collect();
    journal.find_known_ids(&ids).await
}

/// Loads timelines side by side: the batch waits for the slowest, not for their sum.
async fn load_all(
    journal: &Journal,
    timelines: HashSet<TimelineId>,
) -> Result<Vec<(TimelineId, Option<crate::store::Loaded>)>, StoreError> {
    let loads = timelines.into_iter().map(|timeline| {
        let journal = journal.clone();
        async move { journal.load(timeline).await.map(|loaded| (timeline, loaded)) }
    });
    futures_util::future::try_join_all(loads).await
}
