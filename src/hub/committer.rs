//! Commits one batch after the other and only then tells anybody.
//!
//! INVARIANT: no answer and no entry leaves the hub before the batch it belongs to, and all before it, are durable.

use std::sync::Arc;

use tokio::sync::mpsc;

use super::Region;
use super::draft::Draft;
use super::duty_clock::Order;
use super::fanout::Fanout;
use super::meter::Meter;
use super::outbox::Item;
use super::progress::Progress;
use super::sessions::Sessions;
use super::work::{Follow, Outcome, Work};
use crate::limits;
use crate::store::{CommitError, Journal};
use crate::wire::codes::CloseCode;

/// What the committer owns.
pub(super) struct Committer {
    pub journal: Journal,
    pub region: Arc<Region>,
    pub fanout: Arc<Fanout>,
    pub progress: Arc<Progress>,
    pub meter: Arc<Meter>,
    pub sessions: Arc<Sessions>,
    pub drafts: mpsc::Receiver<Draft>,
    pub again: mpsc::UnboundedSender<Vec<Work>>,
    pub clock: mpsc::UnboundedSender<Order>,
}

impl Committer {
    /// Runs until the sequencer is gone and everything it handed over is done.
    pub(super) async fn run(mut self) {
        while let Some(mut draft) = self.drafts.recv().await {
            let number = draft.number;
            if draft.generation != self.progress.generation() {
                self.send_back(into_works(draft));
            } else if draft.batch.is_empty() {
                self.tell(draft);
            } else {
                let batch = std::mem::take(&mut draft.batch);
                self.meter.batch(batch.entries.len());
                match self.journal.commit(batch).await {
                    Ok(()) => {
                        self.meter.committed();
                        self.tell(draft);
                    }
                    Err(error) => self.fail(draft, &error),
                }
            }
            self.progress.finish(number);
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
        if self.region.note_offices(&publications) {
            // Nothing that follows reaches whoever was shut out.
            self.sessions.end_where(CloseCode::SignInEnded, |actor| self.region.is_shut_out(actor));
        }
        self.meter.published(&publications);
        let linked = publications.iter().filter(|publication| publication.access.is_some());
        let linked: Vec<_> = linked.map(|publication| publication.timeline).collect();
        self.fanout.publish(publications, &self.region.rulebook(), self.region.now());
        for patient in &draft.destroyed {
            self.region.patients().remove(*patient);
            self.fanout.forget((*patient).into());
        }
        for concern in &draft.concerns {
            concern.tell(&self.region, &*self.sessions);
            self.region.waking().offer(concern);
        }
        self.region.release_queue(linked);
        if let Some(at) = draft.falls_due {
            // The clock only goes when the hub does; the journal knows when to look then.
            let _ = self.clock.send(Order::Due(at));
        }
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
            Outcome::Dismissed(dismissal, waited) => drop(dismissal.reply.send(waited)),
            Outcome::Rejudged(rejudge) => drop(rejudge.reply.send(())),
            Outcome::Destroyed(destroy, was_destroyed) => drop(destroy.reply.send(was_destroyed)),
            Outcome::Granted(_) => {}
            Outcome::Told(tell) => drop(tell.reply.send(())),
            Outcome::Ticked(tick) => {
                self.meter.duty_steps(tick.fired.len());
                let _ = tick.reply.send(());
            }
        }
    }

    /// The batch is not stored, or nobody knows: states built on it are void.
    fn fail(&self, draft: Draft, error: &CommitError) {
        self.progress.fail();
        self.meter.failed_commit(!matches!(error, CommitError::Moved(_) | CommitError::Duplicate(_)));
        tracing::warn!(code = error.code(), %error, "a batch was not committed");
        let mut works = into_works(draft);
        match error {
            CommitError::Moved(_) | CommitError::Duplicate(_) => self.send_back(works),
            CommitError::Unknown { .. } => {
                works.iter_mut().flat_map(Work::posts_mut).for_each(|submission| submission.is_uncertain = true);
                self.send_back(works);
            }
            // Something in it breaks the commit, and must not keep the rest from being stored: halved until it is alone.
            CommitError::Store(_) if works.len() > 1 => {
                let later = works.split_off(works.len() / 2);
                self.put_again(works);
                self.put_again(later);
            }
            CommitError::Unavailable { .. } | CommitError::Store(_) => self.refuse(works),
        }
    }

    fn refuse(&self, works: impl IntoIterator<Item = Work>) {
        works.into_iter().filter_map(Work::unavailable).for_each(|outcome| self.answer(outcome));
    }

    /// Back to the sequencer, to be decided again on what the journal really holds; but not for ever.
    fn send_back(&self, works: Vec<Work>) {
        let (mut again, mut hopeless) = (Vec::with_capacity(works.len()), Vec::new());
        for mut work in works {
            let is_hopeless = work.count_attempt() > limits::DECIDE_ATTEMPTS_MAX;
            if is_hopeless { hopeless.push(work) } else { again.push(work) }
        }
        self.refuse(hopeless);
        self.put_again(again);
    }

    fn put_again(&self, works: Vec<Work>) {
        if !works.is_empty() {
            // The sequencer only goes when the hub does; then the callers see their channels close.
            drop(self.again.send(works));
        }
    }
}

fn into_works(draft: Draft) -> Vec<Work> {
    draft.outcomes.into_iter().map(Outcome::into_work).collect()
}
