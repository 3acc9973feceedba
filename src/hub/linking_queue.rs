//! Posts that waited for a link and may now become entries: resubmitted, in the order they came, when the team changes.

use tokio::sync::{mpsc, oneshot};

use super::answer::{Answer, Reply};
use super::fingerprint;
use super::work::{Origin, Submission, Work};
use crate::domain::ids::TimelineId;
use crate::store::{Journal, StoreError};

/// Runs until the hub goes. `work` is weak, so that a waiting releaser does not keep the sequencer alive.
pub(super) async fn release(
    journal: Journal,
    work: mpsc::WeakSender<Work>,
    mut linked: mpsc::UnboundedReceiver<TimelineId>,
) {
    while let Some(timeline) = linked.recv().await {
        let Some(work) = work.upgrade() else { return };
        if let Err(error) = release_timeline(&journal, &work, timeline).await {
            // Still in the queue: the next change of the team, or the secretariat, tries again.
            tracing::error!(code = error.code(), %error, "the linking queue cannot be read");
        }
    }
}

async fn release_timeline(
    journal: &Journal,
    work: &mpsc::Sender<Work>,
    timeline: TimelineId,
) -> Result<(), StoreError> {
    let waiting = journal.read(move |tx| Box::pin(tx.list_queued(timeline))).await?;
    for queued in waiting {
        let (intent, actor) = (queued.post.intent, queued.post.author);
        let mac = fingerprint(journal.region(), &intent, &actor);
        let id = intent.id;
        let (reply, answer) = oneshot::channel();
        let submission =
            Submission { intent, actor, mac, origin: Origin::Queue, reply: Reply::Once(reply), attempts: 0 };
        if work.send(Work::Post(Box::new(submission))).await.is_err() {
            return Ok(());
        }
        if let Ok(Answer::Accepted(_)) = answer.await {
            tracing::info!(%id, "a queued post joined its timeline");
        }
    }
    Ok(())
}
