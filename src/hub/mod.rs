//! The running process: sequencer, committer, fan-out, presence.
//!
//! Read `work` (what may be asked), `sequencer` → `fetching` → `deciding` → `draft` → `committer`, then `fanout`, `outbox`
//! and `view` for how an entry reaches its readers. Sessions and actions hold a [`Hub`].

pub mod allowance;
pub mod answer;
mod audit;
mod committer;
pub mod counting;
mod deciding;
mod destroying;
pub mod devices;
mod draft;
mod duty_clock;
mod exporting;
pub mod fanout;
mod fetching;
mod findings;
mod files;
pub mod floor;
mod granting;
mod ledger;
pub mod lines;
mod linking_queue;
pub mod meter;
mod nearby;
pub mod notices;
pub mod outbox;
pub mod pace;
pub mod past_rules;
pub mod patients;
pub mod pledges;
mod progress;
pub mod published;
pub mod rates;
pub mod reading;
mod region;
pub mod rehearsal;
pub mod rulebooks;
mod secretariat;
mod sequencer;
pub mod sessions;
pub mod subscription;
mod taken_out;
pub mod tasks;
#[cfg(test)]
mod tests;
mod ticking;
mod timelines;
mod together;
mod trial;
mod unread;
mod versions;
pub mod view;
pub mod waking;
mod work;

use std::collections::BTreeSet;
use std::sync::Arc;

use tokio::sync::{mpsc, oneshot, watch};

use self::answer::{Accepted, Answer, Refused, Reply};
use self::committer::Committer;
pub use self::destroying::Destroy;
use self::devices::Devices;
pub use self::duty_clock::Stopped;
use self::duty_clock::{ClockFace, DutyClock, Order};
use self::fanout::Fanout;
use self::meter::Meter;
use self::outbox::Outbox;
use self::progress::Progress;
pub use self::region::{Region, RegionParts};
use self::sequencer::{Channels, Sequencer};
use self::sessions::Sessions;
pub use self::tasks::HubTasks;
use self::work::{Dismissal, DryRun, Follow, MarkRead, Origin, Submission, Work};
pub use self::work::{Sight, Writer};
use crate::codec::{self, QueuedPost};
use crate::domain::act::By;
use crate::domain::directory::Actor;
use crate::domain::entry::Intent;
use crate::domain::ids::{Seq, SignInId, TimelineId};
use crate::domain::retention::Tombstone;
use crate::domain::role::Role;
use crate::domain::time::Timestamp;
use crate::limits;
use crate::rulebook::Decision;
pub use crate::store::{Exposure, ReadMarker, ShelfError, StoreError};
use crate::store::{GrantChange, GrantId, Journal};
use crate::vault::Mac;

/// A handle on the running hub. Cheap to clone; when the last is gone, the hub finishes what it was given.
#[derive(Clone, Debug)]
pub struct Hub {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    region: Arc<Region>,
    journal: Journal,
    fanout: Arc<Fanout>,
    sessions: Arc<Sessions>,
    devices: Arc<Devices>,
    meter: Arc<Meter>,
    work: mpsc::Sender<Work>,
    device_wishes: mpsc::Sender<oneshot::Sender<()>>,
    rules: mpsc::Sender<oneshot::Sender<()>>,
    taken_out: mpsc::Sender<oneshot::Sender<()>>,
    clock: mpsc::UnboundedSender<Order>,
    clock_face: Arc<ClockFace>,
    fallen: watch::Receiver<Option<&'static str>>,
}

/// The hub is shutting down, or the journal could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the hub cannot answer at the moment")]
pub struct Unavailable;

/// The duty clock does not go on.
#[derive(Debug, thiserror::Error)]
pub enum GoOnError {
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Hub {
    /// Starts the hub's tasks on a journal.
    #[must_use]
    pub fn start(journal: Journal, mut parts: RegionParts) -> (Self, HubTasks) {
        let (work, work_in) = mpsc::channel(limits::WORK_QUEUE_ITEMS_MAX);
        let (again, again_in) = mpsc::unbounded_channel();
        let (drafts, drafts_in) = mpsc::channel(limits::DRAFTS_IN_FLIGHT_MAX);
        let (linked, linked_in) = mpsc::unbounded_channel();
        let (clock, orders) = mpsc::unbounded_channel();
        let devices = Arc::new(Devices::of(std::mem::take(&mut parts.devices)));
        let region = Arc::new(Region::new(journal.region(), parts, linked));
        let (fanout, progress, meter) = (Arc::<Fanout>::default(), Arc::<Progress>::default(), Arc::<Meter>::default());
        let (sessions, clock_face) = (Arc::<Sessions>::default(), Arc::<ClockFace>::default());
        let channels = Channels { work: work_in, again: again_in, drafts };
        let sequencer = Sequencer::new(Arc::clone(&region), journal.clone(), Arc::clone(&progress), channels);
        let committer = Committer {
            journal: journal.clone(),
            region: Arc::clone(&region),
            fanout: Arc::clone(&fanout),
            progress,
            meter: Arc::clone(&meter),
            sessions: Arc::clone(&sessions),
            drafts: drafts_in,
            again,
            clock: clock.clone(),
        };
        let duty_clock = DutyClock {
            journal: journal.clone(),
            region: Arc::clone(&region),
            work: work.downgrade(),
            orders,
            face: Arc::clone(&clock_face),
        };
        let releaser = linking_queue::release(journal.clone(), work.downgrade(), linked_in);
        let (rules, rules_in) = mpsc::channel(limits::RULEBOOK_WISHES_MAX);
        let follower = rulebooks::Follower {
            journal: journal.clone(),
            region: Arc::clone(&region),
            fanout: Arc::clone(&fanout),
            work: work.downgrade(),
            due: BTreeSet::new(),
            clock: clock.clone(),
        };
        let (device_wishes, device_wishes_in) = mpsc::channel(limits::DEVICE_WISHES_MAX);
        let follow_devices =
            lines::follow(journal.clone(), Arc::clone(&devices), Arc::clone(&sessions), device_wishes_in);
        let (taken_out, tell) = taken_out::begin(journal.clone(), work.downgrade());
        let (tasks, fallen) = tasks::spawn([
            ("sequencer", Box::pin(sequencer.run())),
            ("committer", Box::pin(committer.run())),
            ("releaser", Box::pin(releaser)),
            ("rulebooks", Box::pin(rulebooks::follow(follower, rules_in))),
            ("duty clock", Box::pin(duty_clock.run())),
            ("devices", Box::pin(follow_devices)),
            ("taken out", Box::pin(tell)),
        ]);
        let inner = Inner {
            region,
            journal,
            fanout,
            sessions,
            devices,
            meter,
            work,
            device_wishes,
            rules,
            taken_out,
            clock,
            clock_face,
            fallen,
        };
        (Self { inner: Arc::new(inner) }, tasks)
    }

    /// Directory, rulebook, clock and search index of the region.
    #[must_use]
    pub fn region(&self) -> &Region {
        &self.inner.region
    }

    /// The journal, for reading and for the actions' own writes.
    #[must_use]
    pub fn journal(&self) -> &Journal {
        &self.inner.journal
    }

    /// Who follows what at this moment.
    #[must_use]
    pub fn fanout(&self) -> &Fanout {
        &self.inner.fanout
    }

    /// The open sockets by sign-in.
    #[must_use]
    pub fn sessions(&self) -> &Sessions {
        &self.inner.sessions
    }

    /// The registered devices, as connections are judged by them.
    #[must_use]
    pub fn devices(&self) -> &Arc<Devices> {
        &self.inner.devices
    }

    fn device_wishes(&self) -> &mpsc::Sender<oneshot::Sender<()>> {
        &self.inner.device_wishes
    }

    /// Counters for `/metrics`.
    #[must_use]
    pub fn meter(&self) -> &Meter {
        &self.inner.meter
    }

    /// Whether the hub was told to stop, and has not fallen over. What was asked before is still answered.
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        (self.sessions().are_ending() || self.inner.work.is_closed()) && !self.has_fallen()
    }

    /// Whether one of the hub's tasks fell over: it can do nothing more until the process is started again.
    #[must_use]
    pub fn has_fallen(&self) -> bool {
        self.inner.fallen.borrow().is_some()
    }

    /// Since when the duty clock stands still, because the machine's clock jumped ahead.
    #[must_use]
    pub fn duty_clock_stopped(&self) -> Option<Stopped> {
        self.inner.clock_face.stopped()
    }

    /// An operator says that the time is right after all: the duty clock goes on. Whether it had stopped.
    ///
    /// # Errors
    /// When the journal cannot be written.
    pub async fn let_duty_clock_go_on(&self) -> Result<bool, GoOnError> {
        let (reply, gone_on) = oneshot::channel();
        self.inner.clock.send(Order::GoOn(reply)).map_err(|_| Unavailable)?;
        Ok(gone_on.await.map_err(|_| Unavailable)??)
    }

    /// Has the duty clock look now, and waits until everything that is due is written.
    ///
    /// # Errors
    /// When the hub is shutting down.
    pub async fn look_at_what_is_due(&self) -> Result<(), Unavailable> {
        let (reply, looked) = oneshot::channel();
        self.inner.clock.send(Order::Look(reply)).map_err(|_| Unavailable)?;
        looked.await.map_err(|_| Unavailable)
    }

    /// When the duty clock is to look at the patients of an office of which the directory changed, to be stored with it.
    #[must_use]
    pub fn look_after_change(&self) -> Timestamp {
        deciding::once_known(self.region().now())
    }

    /// Tells the duty clock of a look that was stored.
    pub fn note_look(&self, at: Timestamp) {
        // The clock only goes when the hub does.
        let _ = self.inner.clock.send(Order::Due(at));
    }

    /// Hands a post in; the answer goes to the session's outbox. Waits while the hub is at its bound.
    pub async fn post(&self, by: impl Into<Writer>, intent: Intent, outbox: &Arc<Outbox>) {
        self.submit(by.into(), intent, Reply::Session(Arc::clone(outbox))).await;
    }

    /// Posts and waits for the answer.
    pub async fn post_and_wait(&self, by: impl Into<Writer>, intent: Intent) -> Answer {
        let id = intent.id;
        let (reply, answer) = oneshot::channel();
        self.submit(by.into(), intent, Reply::Once(reply)).await;
        answer.await.unwrap_or_else(|_| Answer::Refused(Refused::uncertain(id)))
    }

    /// Posts all of these, in this order, without waiting for one answer before the next post: they share
    /// commits. The answers come in the same order.
    pub async fn post_in_order(&self, by: impl Into<Writer>, intents: Vec<Intent>) -> Vec<Answer> {
        let by = by.into();
        let mut waiting = Vec::with_capacity(intents.len());
        for intent in intents {
            let id = intent.id;
            let (reply, answer) = oneshot::channel();
            self.submit(by, intent, Reply::Once(reply)).await;
            waiting.push((id, answer));
        }
        let mut answers = Vec::with_capacity(waiting.len());
        for (id, answer) in waiting {
            answers.push(answer.await.unwrap_or_else(|_| Answer::Refused(Refused::uncertain(id))));
        }
        answers
    }

    /// Posts on one timeline that become entries all together, in this order, or not at all. For actions, which
    /// make the id of a new timeline themselves; never with an id that a client chose.
    ///
    /// # Errors
    /// The refusal of the first that was refused.
    ///
    /// # Panics
    /// When they are of several timelines.
    pub async fn post_together(&self, by: impl Into<Writer>, intents: Vec<Intent>) -> Result<Vec<Accepted>, Refused> {
        let by = by.into();
        assert!(intents.windows(2).all(|pair| pair[0].timeline == pair[1].timeline), "one timeline");
        let (mut group, mut answers) = (Vec::new(), Vec::new());
        let turn = self.turn_for(&intents).await;
        for intent in intents {
            let (reply, answer) = oneshot::channel();
            answers.push((intent.id, answer));
            group.push(self.submission(by, intent, Origin::Action, Reply::Once(reply)));
        }
        if let Some(first) = group.first_mut() {
            first.turn = turn;
        }
        // When the hub has gone, the replies are dropped with the work, and each answer below says so.
        let _ = self.give(Work::PostTogether(group)).await;
        let mut accepted = Vec::with_capacity(answers.len());
        for (id, answer) in answers {
            match answer.await {
                Ok(Answer::Accepted(answer)) => accepted.push(answer),
                Ok(Answer::Refused(refused)) => return Err(refused),
                Ok(Answer::Queued(_)) | Err(_) => return Err(Refused::uncertain(id)),
            }
        }
        Ok(accepted)
    }

    fn submission(&self, by: Writer, intent: Intent, origin: Origin, reply: Reply) -> Submission {
        let Writer { actor, sign_in, device } = by;
        // Without sign-in and device: what is sent again from another one is the same post.
        let mac = fingerprint(self.inner.journal.region(), &intent, &actor);
        Submission { intent, actor, sign_in, device, mac, origin, reply, attempts: 0, is_uncertain: false, turn: None }
    }

    async fn submit(&self, by: Writer, intent: Intent, reply: Reply) {
        let turn = self.turn_for(std::slice::from_ref(&intent)).await;
        let submission = Submission { turn, ..self.submission(by, intent, Origin::Client, reply) };
        if let Err(mpsc::error::SendError(Work::Post(submission))) =
            self.inner.work.send(Work::Post(Box::new(submission))).await
        {
            let refused = Refused::unavailable(submission.intent.id);
            submission.reply.send(Answer::Refused(refused));
        }
    }

    /// What a post would cause, without doing it.
    ///
    /// # Errors
    /// When the hub cannot answer.
    pub async fn dry_run(&self, actor: Actor, intent: Intent) -> Result<Decision, Unavailable> {
        let (reply, decision) = oneshot::channel();
        self.give(Work::DryRun(Box::new(DryRun { intent, actor, reply }))).await?;
        decision.await.map_err(|_| Unavailable)
    }

    /// Asks for a timeline, live, from `after` on; the answer comes as [`outbox::Item::Opened`].
    ///
    /// # Errors
    /// When the hub cannot answer.
    pub async fn follow(
        &self,
        actor: Actor,
        sign_in: SignInId,
        outbox: &Arc<Outbox>,
        timeline: TimelineId,
        after: Seq,
    ) -> Result<GrantId, Unavailable> {
        let grant = GrantId(self.region().draw_id());
        let outbox = Arc::clone(outbox);
        self.give(Work::Follow(Box::new(Follow { actor, sign_in, outbox, timeline, after, grant }))).await?;
        Ok(grant)
    }

    /// The timelines on whose team this actor is.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn timelines_of(&self, actor: &Actor) -> Result<Vec<TimelineId>, StoreError> {
        self.inner.journal.list_timelines_of(actor.organisation, actor.person).await
    }

    /// The timelines of others that this actor follows with its own: for the secretariat, those under an emergency access
    /// that is open or that it has not looked into.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn timelines_to_review(&self, actor: &Actor) -> Result<Vec<TimelineId>, StoreError> {
        if actor.role != Role::Secretariat {
            return Ok(Vec::new());
        }
        let now = self.region().now();
        self.inner.journal.read(move |tx| Box::pin(async move { tx.list_timelines_to_review(now).await })).await
    }

    /// Records that `actor` has read up to `through`. The team hears of it; nothing is answered.
    ///
    /// # Errors
    /// When the hub cannot answer.
    pub async fn mark_read(&self, actor: Actor, timeline: TimelineId, through: Seq) -> Result<(), Unavailable> {
        self.give(Work::MarkRead(MarkRead { actor, timeline, through, reply: None })).await
    }

    /// The same, and waits until it is durable. `false`: the timeline is unknown or hidden.
    ///
    /// # Errors
    /// When the hub cannot answer.
    pub async fn mark_read_and_wait(
        &self,
        actor: Actor,
        timeline: TimelineId,
        through: Seq,
    ) -> Result<bool, Unavailable> {
        let (reply, marked) = oneshot::channel();
        self.give(Work::MarkRead(MarkRead { actor, timeline, through, reply: Some(reply) })).await?;
        marked.await.map_err(|_| Unavailable)
    }

    /// Waits until the version of the rulebook that is to be in force by now decides, and everybody's view is that of
    /// its rules.
    ///
    /// # Errors
    /// When the hub cannot answer.
    pub async fn follow_rulebook(&self) -> Result<(), Unavailable> {
        let (reply, done) = oneshot::channel();
        self.inner.rules.send(reply).await.map_err(|_| Unavailable)?;
        done.await.map_err(|_| Unavailable)
    }

    /// Widens or closes records of reading.
    ///
    /// # Errors
    /// When the hub cannot answer; an open record then counts as "up to the head".
    pub async fn note_reading(&self, changes: Vec<GrantChange>) -> Result<(), Unavailable> {
        if changes.is_empty() { Ok(()) } else { self.give(Work::Grants(changes)).await }
    }

    /// Takes a post out of the linking queue for good. `false`: it does not wait, or no longer.
    ///
    /// # Errors
    /// When the hub cannot answer; it may be dismissed all the same.
    pub async fn dismiss(&self, by: Writer, post: QueuedPost, reason: String) -> Result<bool, Unavailable> {
        let (reply, dismissed) = oneshot::channel();
        self.give(Work::Dismiss(Box::new(Dismissal { by, post, reason, reply }))).await?;
        dismissed.await.map_err(|_| Unavailable)
    }

    /// Destroys a record for good. `false`: something was written on it since it was judged, or it is there no longer.
    ///
    /// # Errors
    /// When the hub cannot answer; it may be destroyed all the same.
    pub async fn destroy(&self, stone: Tombstone, by: By, reason: String, seen: Seq) -> Result<bool, Unavailable> {
        let (reply, destroyed) = oneshot::channel();
        self.give(Work::Destroy(Box::new(Destroy { stone, by, reason, seen, reply }))).await?;
        destroyed.await.map_err(|_| Unavailable)
    }

    async fn give(&self, work: Work) -> Result<(), Unavailable> {
        self.inner.work.send(work).await.map_err(|_| Unavailable)
    }
}

/// The keyed fingerprint by which the same post is recognised: a plain hash of a vital could be guessed.
fn fingerprint(key: &crate::vault::DataKey, intent: &Intent, actor: &Actor) -> Mac {
    key.idempotency().mac(&[actor.person.0.as_bytes(), actor.organisation.0.as_bytes(), &codec::encode_intent(intent)])
}
