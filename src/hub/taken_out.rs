//! Tells the teams what whoever runs the hub's machine took out or looked into: what the command noted with its audit record
//! becomes an entry by the hub, and the note goes in the same commit. A hub that starts later tells it then; under an id that
//! derives from both it is told once, whoever tells it. It holds nobody up and refuses nothing: the command was its own judge.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use super::deciding::Picture;
use super::draft::Draft;
use super::ledger::Ledger;
use super::timelines::Hot;
use super::work::{Outcome, Work};
use super::{Hub, Unavailable, fingerprint};
use crate::domain::act::{Act, By, Deed};
use crate::domain::body::{Body, Export};
use crate::domain::directory::Actor;
use crate::domain::entry::{Intent, Sensitivity};
use crate::domain::ids::{EntryId, Subject, TimelineId};
use crate::domain::ruling::Ruling;
use crate::domain::time::Timestamp;
use crate::limits;
use crate::rulebook::Acceptance;
use crate::store::{Journal, StoreError, Told, Untold};
use crate::vault::DataKey;

/// A timeline is to tell of a taking.
#[derive(Debug)]
pub struct Tell {
    /// The audit record that says so.
    pub audit: u64,
    pub timeline: TimelineId,
    /// When it was taken out.
    pub at: Timestamp,
    pub said: Export,
    /// The entry was made when it was last decided.
    pub was_made: bool,
    /// How often the batch it was in had to be decided again.
    pub attempts: u32,
    pub reply: oneshot::Sender<()>,
}

impl Tell {
    /// The same always, so that a taking is told once.
    pub(super) fn id(&self, key: &DataKey) -> EntryId {
        EntryId(key.derive_id(&[b"taken out", self.timeline.0.as_bytes(), &self.audit.to_be_bytes()]))
    }
}

impl Picture {
    /// Writes the entry, unless it stands already, and that the note was carried out.
    pub(super) fn tell(&self, draft: &mut Draft, hot: &mut Hot, mut tell: Box<Tell>, ledger: &mut Ledger) -> Outcome {
        let id = tell.id(&self.key);
        let Tell { audit, timeline, at, .. } = *tell;
        // Of a record that was destroyed since there is nobody left to tell.
        let is_there = !hot.is_destroyed && (hot.exists || hot.state.subject() == Subject::Organisation);
        if let Some(entry) = ledger.stored(id).filter(|_| tell.was_made) {
            // The answer to its commit was lost, and it is stored: nobody heard of it yet.
            draft.concern(&hot.state, entry);
            draft.publish(Arc::clone(entry));
        } else if is_there && !ledger.is_known(id) {
            let intent = Intent {
                id,
                timeline,
                observed_at: Some(at),
                sensitivity: Sensitivity::Normal,
                addressed_to: Vec::new(),
                body: Body::from(Box::new(tell.said.clone())),
                reasons: Vec::new(),
                on_behalf_of: None,
            };
            let acceptance = Acceptance { ruling: Ruling::default(), alarms: Vec::new(), target_scope: None };
            let mac = fingerprint(&self.key, &intent, &Actor::HUB);
            let entry = self.entry(&hot.state, &intent, &Actor::HUB, acceptance);
            self.record(draft, hot, entry, mac, ledger);
            tell.was_made = true;
        }
        draft.batch.told.push(Told { audit, timeline, at: self.now });
        Outcome::Told(tell)
    }
}

impl Hub {
    /// Has what was taken out told now, and waits until it is.
    ///
    /// # Errors
    /// When the hub is shutting down.
    pub async fn tell_what_was_taken_out(&self) -> Result<(), Unavailable> {
        let (reply, told) = oneshot::channel();
        self.inner.taken_out.send(reply).await.map_err(|_| Unavailable)?;
        told.await.map_err(|_| Unavailable)
    }
}

/// The task that tells, and by what it is asked to look at once. `work` is weak, so that waiting for more does not keep the
/// sequencer alive.
pub(super) fn begin(
    journal: Journal,
    work: mpsc::WeakSender<Work>,
) -> (mpsc::Sender<oneshot::Sender<()>>, impl Future<Output = ()> + Send) {
    let (asked, asked_in) = mpsc::channel(limits::TAKEN_OUT_WISHES_MAX);
    (asked, follow(Teller { journal, work, complained: HashSet::new() }, asked_in))
}

/// What it takes to tell.
struct Teller {
    journal: Journal,
    work: mpsc::WeakSender<Work>,
    /// Notes that cannot be carried out, complained of once.
    complained: HashSet<(u64, TimelineId)>,
}

/// The hub is going.
struct Going;

/// Looks at the start, and again and again for what a command noted meanwhile, until the hub goes.
async fn follow(mut teller: Teller, mut asked: mpsc::Receiver<oneshot::Sender<()>>) {
    let mut wish: Option<oneshot::Sender<()>> = None;
    loop {
        match teller.tell_all().await {
            Ok(Ok(())) => {}
            Ok(Err(Going)) => return,
            Err(error) => tracing::warn!(code = error.code(), %error, "what was taken out is not told yet"),
        }
        if let Some(wish) = wish.take() {
            // Whoever asked may have gone.
            let _ = wish.send(());
        }
        let poll = tokio::time::sleep(Duration::from_millis(limits::TAKEN_OUT_POLL_MS));
        tokio::select! {
            asked = asked.recv() => match asked {
                Some(asked) => wish = Some(asked),
                None => return,
            },
            () = poll => {}
        }
    }
}

impl Teller {
    /// A batch at a time, so that a whole region keeps nobody's post waiting for long.
    async fn tell_all(&mut self) -> Result<Result<(), Going>, StoreError> {
        let mut after = (0, TimelineId(uuid::Uuid::nil()));
        loop {
            let limit = limits::TAKEN_OUT_TOLD_AT_ONCE;
            let untold =
                self.journal.read(move |tx| Box::pin(async move { tx.list_untold(after, limit).await })).await?;
            let Some(last) = untold.last() else { return Ok(Ok(())) };
            after = (last.audit, last.timeline);
            let Some(work) = self.work.upgrade() else { return Ok(Err(Going)) };
            let mut answers = Vec::with_capacity(untold.len());
            for note in untold {
                let Some(said) = said_of(&note) else {
                    self.complain(&note);
                    continue;
                };
                let (reply, answer) = oneshot::channel();
                let Untold { audit, timeline, at, .. } = note;
                let tell = Tell { audit, timeline, at, said, was_made: false, attempts: 0, reply };
                if work.send(Work::Tell(Box::new(tell))).await.is_err() {
                    return Ok(Err(Going));
                }
                answers.push(answer);
            }
            drop(work);
            for answer in answers {
                // One that was not stored is found untold with the next look.
                let _ = answer.await;
            }
        }
    }

    fn complain(&mut self, note: &Untold) {
        if self.complained.insert((note.audit, note.timeline)) {
            let (audit, timeline) = (note.audit, note.timeline);
            tracing::error!(audit, %timeline, "a note of what was taken out does not fit its audit record: nobody is told by it");
        }
    }
}

/// What the timeline says; `None`: the note was not made by the command that its audit record tells of.
fn said_of(note: &Untold) -> Option<Export> {
    let Act { by: By::Operator, deed: Deed::Keeping(deed) } = note.act.as_ref()? else { return None };
    let said = deed.told()?;
    let fits = said.patients.is_empty() || said.patients == [note.timeline.as_patient()];
    fits.then_some(said)
}
