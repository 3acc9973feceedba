//! Commits one batch after the other and only then tells anybody.
//!
//! INVARIANT: no answer and no entry leaves the hub before the batch it belongs to, and all before it, are durable.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::sync::mpsc;

use super::Region;
use super::answer::{Answer, Refused};
use super::draft::Draft;
use super::fanout::Fanout;
use super::meter::Meter;
use super::outbox::Item;
use super::sequencer::Progress;
use super::work::{Follow, Outcome, Submission, Work};
use crate::limits;
use crate::store::{CommitError, Journal};

/// What the committer owns.
pub(super) struct Committer {
    pub journal: Journal,
    pub region: Arc<Region>,
    pub fanout: Arc<Fanout>,
    pub progress: Arc<Progress>,
    pub meter: Arc<Meter>,
    pub drafts: mpsc::Receiver<Draft>,
    pub again: mpsc::UnboundedSender<Vec<Work>>,
}

impl Committer {
    /// Runs until the sequencer is gone and everything it handed over is done.
    pub(super) async fn run(mut self) {
        while let Some(mut draft) = self.drafts.recv().await {
            let number = draft.number;
            if draft.generation != self.progress.generation.load(Ordering::Acquire) {
                self.send_back(draft);
            } else if draft.batch.is_empty() {
                self.tell(draft);
            } else {
                let batch = std::mem::take(&mut draft.batch);
                self.meter.batch(batch.entries.len());
                match self.journal.commit(batch).await {
                    Ok(()) => self.tell(draft),
                    Err(error) => self.fail(draft, &error),
                }
            }
            self.progress.done.store(number, Ordering::Release);
        }
    }

    /// The batch is durable: first the new readers, then the entries, then the answers.
    fn tell(&self, mut draft: Draft) {
        for outcome in &draft.outcomes {
            if let Outcome::Followed(follow, opened) = outcome {
                self.start_serving(follow, opened);
            }
        }
        let publications = draft.take_publications();
        self.region.note_registrations(&publications);
        self.meter.published(&publications);
        let linked = publications.iter().filter(|publication| publication.access.is_some());
        let linked: Vec<_> = linked.map(|publication| publication.timeline).collect();
        self.fanout.publish(publications, &self.region.rulebook());
        self.region.release_queue(linked);
        for outcome in draft.outcomes {
            self.answer(outcome);
        }
    }

    fn start_serving(&self, follow: &Follow, opened: &super::subscription::Opened) {
        if let Some(granted) = &opened.granted {
            self.fanout.add(&follow.outbox, &granted.subscription);
        }
    }

    fn answer(&self, outcome: Outcome) {
        match outcome {
            Outcome::Answered(submission, answer) => {
                self.meter.answer(&answer);
                submission.reply.send(answer);
            }
            Outcome::AnsweredTogether(answered) => {
                for (submission, answer) in answered {
                    self.meter.answer(&answer);
                    submission.reply.send(answer);
                }
            }
            Outcome::Followed(follow, opened) => follow.outbox.push(Item::Opened(Box::new(opened))),
            Outcome::Looked(look, sight) => drop(look.reply.send(sight)),
            Outcome::DryRun(dry_run, decision) => drop(dry_run.reply.send(decision)),
            Outcome::Marked(mark, marker) => {
                if let Some(reply) = mark.reply {
                    let _ = reply.send(marker.is_some());
                }
                if let Some(marker) = marker {
                    self.fanout.mark_read(mark.timeline, marker.person, marker.seq, marker.read_at);
                }
            }
            Outcome::Granted => {}
        }
    }

    /// The batch is not stored, or nobody knows: states built on it are void.
    fn fail(&self, draft: Draft, error: &CommitError) {
        self.progress.generation.fetch_add(1, Ordering::AcqRel);
        self.meter.failed_commit();
        tracing::warn!(code = error.code(), %error, "a batch was not committed");
        match error {
            CommitError::Moved(_) | CommitError::Duplicate(_) | CommitError::Unknown { .. } => self.send_back(draft),
            CommitError::Unavailable { .. } | CommitError::Store(_) => {
                draft
                    .outcomes
                    .into_iter()
                    .filter_map(Outcome::into_work)
                    .filter_map(Work::unavailable)
                    .for_each(|outcome| self.answer(outcome));
            }
        }
    }

    /// Back to the sequencer, to be decided again on what the journal really holds.
    fn send_back(&self, draft: Draft) {
        let mut works = Vec::with_capacity(draft.outcomes.len());
        for mut work in draft.outcomes.into_iter().filter_map(Outcome::into_work) {
            let mut is_hopeless = false;
            for submission in work.posts_mut() {
                submission.attempts += 1;
                is_hopeless |= submission.attempts > limits::DECIDE_ATTEMPTS_MAX;
            }
            if is_hopeless {
                if let Some(outcome) = work.unavailable() {
                    self.answer(outcome);
                }
                continue;
            }
            works.push(work);
        }
        // The sequencer only goes when the hub does; then the callers see their channels close.
        drop(self.again.send(works));
    }
}

impl Work {
    /// The answer while the journal takes nothing.
    pub(super) fn unavailable(self) -> Option<Outcome> {
        Some(match self {
            Self::Post(submission) => {
                let refused = Refused::unavailable(submission.intent.id);
                Outcome::Answered(submission, Answer::Refused(refused))
            }
            Self::PostTogether(group) => {
                let unavailable = |submission: &Submission| Answer::Refused(Refused::unavailable(submission.intent.id));
                let answered = group.into_iter().map(|submission| (unavailable(&submission), submission));
                Outcome::AnsweredTogether(answered.map(|(answer, submission)| (submission, answer)).collect())
            }
            Self::Follow(follow) => {
                let opened = super::subscription::Opened {
                    timeline: follow.timeline,
                    grant: follow.grant,
                    after: follow.after,
                    refused: Some("unavailable"),
                    granted: None,
                };
                Outcome::Followed(follow, opened)
            }
            // A caller that waits on a channel sees it close, which it reports as unavailable.
            Self::DryRun(_) | Self::Look(_) | Self::MarkRead(_) | Self::Grants(_) => return None,
        })
    }
}
