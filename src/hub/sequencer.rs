//! The one place where posts become entries: gathers what has queued, decides it against the states in memory,
//! seals it, and hands the batch to the committer. While batch k commits, batch k+1 is gathered and decided here.
//!
//! Answers, refusals too, go out only after the commits they depend on; see `committer.rs`.
//! INVARIANT: what a failed batch sends back is decided again before anything that was handed in after it.

use std::collections::VecDeque;
use std::sync::Arc;

use tokio::sync::mpsc;

use super::Region;
use super::draft::Draft;
use super::fetching;
use super::ledger::Ledger;
use super::progress::Progress;
use super::timelines::Timelines;
use super::work::{Outcome, Work};
use crate::limits;
use crate::store::{Journal, StoreError};

/// What the sequencer owns.
pub(super) struct Sequencer {
    region: Arc<Region>,
    journal: Journal,
    progress: Arc<Progress>,
    work: mpsc::Receiver<Work>,
    /// Work of failed batches, to be decided again.
    again: mpsc::UnboundedReceiver<Vec<Work>>,
    /// What came back and what came after it, each a batch of its own, in the order it was handed in.
    backlog: VecDeque<Vec<Work>>,
    drafts: mpsc::Sender<Draft>,
    timelines: Timelines,
    ledger: Ledger,
    /// Of the last batch handed to the committer, or of the one being decided.
    number: u64,
    generation: u64,
}

/// Where work comes from and drafts go to.
pub(super) struct Channels {
    pub work: mpsc::Receiver<Work>,
    pub again: mpsc::UnboundedReceiver<Vec<Work>>,
    pub drafts: mpsc::Sender<Draft>,
}

impl Sequencer {
    pub(super) fn new(region: Arc<Region>, journal: Journal, progress: Arc<Progress>, channels: Channels) -> Self {
        let Channels { work, again, drafts } = channels;
        Self {
            region,
            journal,
            progress,
            work,
            again,
            backlog: VecDeque::new(),
            drafts,
            timelines: Timelines::default(),
            ledger: Ledger::default(),
            number: 0,
            generation: 0,
        }
    }

    /// Runs until all senders of work are gone and nothing comes back any more, then lets the committer finish.
    pub(super) async fn run(mut self) {
        let drafts = self.drafts.clone();
        // The place in the pipeline comes first: what queues while waiting for it joins the batch.
        while let Ok(place) = drafts.reserve().await {
            let Some(works) = self.next_works().await else { return };
            self.begin_batch();
            let fetched =
                fetching::fetch(&self.region, &self.journal, &mut self.timelines, &mut self.ledger, &works).await;
            let draft = match fetched {
                Ok(()) => self.decide(works),
                Err(error) => self.give_up(works, &error),
            };
            place.send(draft);
        }
    }

    /// Waits for work. `None`: there will be none, not even from batches under way.
    async fn next_works(&mut self) -> Option<Vec<Work>> {
        loop {
            self.follow_failure().await?;
            if let Some(works) = self.backlog.pop_front() {
                return Some(works);
            }
            tokio::select! {
                biased;
                () = self.progress.changed() => {}
                work = self.work.recv() => match work {
                    Some(work) => {
                        let works = self.gather(work);
                        if self.progress.generation() == self.generation {
                            return Some(works);
                        }
                        // A batch failed meanwhile. What it sends back was handed in before these.
                        self.backlog.push_back(works);
                    }
                    None => {
                        self.until_done().await?;
                        if self.progress.generation() == self.generation {
                            return None;
                        }
                    }
                }
            }
        }
    }

    /// What else has queued behind this, up to the bound of a batch.
    fn gather(&mut self, first: Work) -> Vec<Work> {
        let mut works = vec![first];
        while works.len() < limits::BATCH_WORKS_MAX {
            match self.work.try_recv() {
                Ok(work) => works.push(work),
                Err(_) => break,
            }
        }
        works
    }

    /// After a failed batch: waits until all that builds on it has come back, puts it in front of everything else,
    /// and forgets the states that never came to be. `None`: the committer is gone.
    async fn follow_failure(&mut self) -> Option<()> {
        if self.progress.generation() == self.generation {
            return Some(());
        }
        self.until_done().await?;
        self.generation = self.progress.generation();
        let mut came_back = Vec::new();
        while let Ok(works) = self.again.try_recv() {
            came_back.push(works);
        }
        came_back.into_iter().rev().for_each(|works| self.backlog.push_front(works));
        self.timelines.clear();
        self.ledger.clear();
        Some(())
    }

    /// Waits until the committer has done all that was handed to it. `None`: it is gone.
    async fn until_done(&self) -> Option<()> {
        tokio::select! {
            biased;
            () = self.progress.until_done(self.number) => Some(()),
            () = self.drafts.closed() => None,
        }
    }

    fn begin_batch(&mut self) {
        let done = self.progress.done();
        self.number += 1;
        self.ledger.begin_batch(self.number, done);
        self.timelines.evict(done);
    }

    fn decide(&mut self, works: Vec<Work>) -> Draft {
        let mut draft = Draft::new(self.number, self.generation);
        draft.may_wake = self.region.waking().is_wanted();
        let picture = self.region.picture();
        for work in works {
            for (intent, actor) in work.asked() {
                picture.note_withheld(&self.timelines, intent, actor, self.ledger.withheld_mut());
            }
            if self.ledger.lacks_what_it_needs(&work) {
                let unanswered = match self.ledger.is_of_a_stranger(&work) {
                    true => picture.as_of_nobody(&mut draft, work, &mut self.ledger).err(),
                    false => Some(work),
                };
                draft.outcomes.extend(unanswered.and_then(Work::unavailable));
                continue;
            }
            let hot = work.timeline().map(|timeline| {
                let hot = self.timelines.get(timeline, self.number);
                hot.be_about(picture.directory.subject_of(timeline));
                hot
            });
            match (work, hot) {
                (Work::Post(submission), Some(hot)) => {
                    let answer = picture.post(&mut draft, hot, &submission, &mut self.ledger);
                    draft.outcomes.push(Outcome::Answered(submission, answer));
                }
                (Work::PostTogether(group), Some(hot)) => {
                    let answers = picture.post_together(&mut draft, hot, &group, &mut self.ledger);
                    draft.outcomes.push(Outcome::AnsweredTogether(group.into_iter().zip(answers).collect()));
                }
                (other, hot) => picture.serve(&mut draft, hot, other, &mut self.ledger),
            }
        }
        draft
    }

    /// The journal cannot be read: nothing can be decided, everybody is told to try again.
    fn give_up(&self, works: Vec<Work>, error: &StoreError) -> Draft {
        tracing::error!(code = error.code(), %error, "the journal cannot be read");
        let mut draft = Draft::new(self.number, self.generation);
        draft.outcomes.extend(works.into_iter().filter_map(Work::unavailable));
        draft
    }
}
