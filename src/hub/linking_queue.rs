//! Posts that waited for a link and may now become entries: resubmitted, in the order they came, at the start of the hub
//! and whenever a team changes; again and again while the journal does not take them.
//!
//! Which of them may is decided by the sequencer as for every post; what may not yet goes on waiting.

use std::collections::BTreeSet;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use super::answer::{Answer, Reply};
use super::fingerprint;
use super::work::{Origin, Submission, Work};
use crate::domain::ids::TimelineId;
use crate::limits;
use crate::store::{Journal, StoreError};

/// Runs until the hub goes. `work` is weak, so that a waiting releaser does not keep the sequencer alive.
pub(super) async fn release(
    journal: Journal,
    work: mpsc::WeakSender<Work>,
    mut linked: mpsc::UnboundedReceiver<TimelineId>,
) {
    let mut releaser = Releaser { journal, due: BTreeSet::new(), has_started: false };
    loop {
        {
            let Some(work) = work.upgrade() else { return };
            releaser.release_due(&work).await;
        }
        let pause = Duration::from_millis(limits::QUEUE_RELEASE_RETRY_MS);
        tokio::select! {
            timeline = linked.recv() => match timeline {
                Some(timeline) => drop(releaser.due.insert(timeline)),
                None => return,
            },
            () = tokio::time::sleep(pause), if releaser.has_work_left() => {}
        }
        while let Ok(timeline) = linked.try_recv() {
            releaser.due.insert(timeline);
        }
    }
}

struct Releaser {
    journal: Journal,
    /// Timelines with posts that may have become possible.
    due: BTreeSet<TimelineId>,
    /// Whether what waited when the hub started is in `due`, or was.
    has_started: bool,
}

impl Releaser {
    fn has_work_left(&self) -> bool {
        !self.has_started || !self.due.is_empty()
    }

    async fn release_due(&mut self, work: &mpsc::Sender<Work>) {
        if !self.has_started {
            match self.journal.read(|tx| Box::pin(async move { tx.list_waiting_timelines().await })).await {
                Ok(timelines) => {
                    self.due.extend(timelines);
                    self.has_started = true;
                }
                Err(error) => tracing::error!(code = error.code(), %error, "the linking queue cannot be read"),
            }
        }
        for timeline in std::mem::take(&mut self.due) {
            match self.release(work, timeline).await {
                Ok(true) => {}
                Ok(false) => drop(self.due.insert(timeline)),
                Err(error) => {
                    tracing::error!(code = error.code(), %error, "the linking queue cannot be read");
                    self.due.insert(timeline);
                }
            }
        }
    }

    /// `false`: the journal did not take one of them.
    async fn release(&self, work: &mpsc::Sender<Work>, timeline: TimelineId) -> Result<bool, StoreError> {
        let waiting = self.journal.list_queued(timeline).await?;
        let mut answers = Vec::with_capacity(waiting.len());
        for queued in waiting {
            let (intent, actor, device) = (queued.post.intent, queued.post.author, queued.post.device);
            let mac = fingerprint(self.journal.region(), &intent, &actor);
            let (reply, answer) = oneshot::channel();
            answers.push((intent.id, answer));
            let (origin, reply) = (Origin::Queue, Reply::Once(reply));
            // Nothing that ends anybody's use waits for a link.
            let (sign_in, attempts, is_uncertain, turn) = (None, 0, false, None);
            let submission =
                Submission { intent, actor, sign_in, device, mac, origin, reply, attempts, is_uncertain, turn };
            if work.send(Work::Post(Box::new(submission))).await.is_err() {
                return Ok(true);
            }
        }
        let mut all_decided = true;
        for (id, answer) in answers {
            match answer.await {
                Ok(Answer::Accepted(_)) => tracing::info!(%id, "a queued post joined its timeline"),
                Ok(Answer::Queued(_)) => {}
                Ok(Answer::Refused(refused)) => all_decided &= !refused.retry,
                Err(_closed) => return Ok(true),
            }
        }
        Ok(all_decided)
    }
}
