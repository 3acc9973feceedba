//! The duty clock: sleeps until the next timeline falls due and has the sequencer write what is due there; told by the
//! committer of anything earlier. It decides nothing itself.
//!
//! A wall clock that jumps ahead stops it, durably, until an operator says that the time is right: otherwise everything
//! would fire at once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use super::Region;
use super::work::{Tick, Work};
use crate::domain::ids::{Subject, TimelineId};
use crate::domain::time::Timestamp;
use crate::limits;
use crate::rulebook::Shared;
use crate::store::{Journal, LOOKED_WITH, Noted, Partnership, StoreError};

/// Under this name the journal keeps when the clock was stopped.
const STOPPED: &str = "duty_clock_stopped";

/// What the clock is told.
#[derive(Debug)]
pub(super) enum Order {
    /// A timeline falls due then.
    Due(Timestamp),
    /// Look now, and say when everything that is due was handed in and answered.
    Look(oneshot::Sender<()>),
    /// The time is right: go on. Answered with whether it had stopped.
    GoOn(oneshot::Sender<Result<bool, StoreError>>),
}

/// Why the clock stands still: the wall clock said `to` right after `from`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stopped {
    pub at: Timestamp,
}

/// How the clock is, for whoever asks.
#[derive(Debug, Default)]
pub(super) struct ClockFace {
    stopped: Mutex<Option<Stopped>>,
}

impl ClockFace {
    pub(super) fn stopped(&self) -> Option<Stopped> {
        *self.stopped.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn show(&self, stopped: Option<Stopped>) {
        *self.stopped.lock().unwrap_or_else(PoisonError::into_inner) = stopped;
    }
}

/// What the clock is made of.
pub(super) struct DutyClock {
    pub journal: Journal,
    pub region: Arc<Region>,
    /// Weak, so that a waiting clock does not keep the sequencer alive.
    pub work: mpsc::WeakSender<Work>,
    pub orders: mpsc::UnboundedReceiver<Order>,
    pub face: Arc<ClockFace>,
}

/// What the clock remembers while it runs.
struct Running {
    /// Both clocks at the last look.
    wall: Timestamp,
    ran: Duration,
    /// Whether it was read whether the clock had been stopped before this process began.
    has_begun: bool,
    looked_with: Option<String>,
    /// Timelines that could not be looked at, until they are tried again.
    postponed: HashMap<TimelineId, Timestamp>,
    /// Those who wait for the next look.
    waiting: Vec<oneshot::Sender<()>>,
}

impl DutyClock {
    /// Runs until the hub goes.
    pub(super) async fn run(mut self) {
        let mut running = Running {
            wall: self.region.now(),
            ran: self.region.clock().ran_for(),
            has_begun: false,
            looked_with: None,
            postponed: HashMap::new(),
            waiting: Vec::new(),
        };
        loop {
            let next = match self.look(&mut running).await {
                Ok(Look::Until(next)) => next,
                Ok(Look::HubIsGoing) => return,
                Err(error) => {
                    tracing::error!(code = error.code(), %error, "the duty clock cannot read or write the journal");
                    tokio::time::sleep(Duration::from_millis(limits::DUTY_CLOCK_RETRY_MS)).await;
                    continue;
                }
            };
            for waiting in running.waiting.drain(..) {
                let _ = waiting.send(());
            }
            if self.wait(&mut running, next).await.is_none() {
                return;
            }
        }
    }

    /// Does everything that is due, if the clock may.
    async fn look(&mut self, running: &mut Running) -> Result<Look, StoreError> {
        self.begin(running).await?;
        self.notice_jump(running).await;
        if self.face.stopped().is_some() {
            return Ok(Look::Until(None));
        }
        self.look_with_new_rules(running).await?;
        loop {
            let now = self.region.now();
            running.postponed.retain(|_, until| *until > now);
            let limit = limits::DUTY_TICKS_AT_ONCE + running.postponed.len() + 1;
            let listed = self.journal.read(move |tx| Box::pin(tx.list_due(limit))).await?;
            let mut listed: Vec<_> =
                listed.into_iter().filter(|(timeline, _)| !running.postponed.contains_key(timeline)).collect();
            listed.truncate(limits::DUTY_TICKS_AT_ONCE);
            let (due, later): (Vec<_>, Vec<_>) = listed.into_iter().partition(|(_, at)| *at <= now);
            if due.is_empty() {
                let later = later.first().map(|(_, at)| *at);
                return Ok(Look::Until(later.into_iter().chain(running.postponed.values().copied()).min()));
            }
            let Some(work) = self.work.upgrade() else { return Ok(Look::HubIsGoing) };
            let mut answers = Vec::with_capacity(due.len());
            for (timeline, _) in due {
                let (reply, answer) = oneshot::channel();
                let partners = self.partners_of(timeline).await?;
                let tick = Box::new(Tick { timeline, partners, fired: Vec::new(), attempts: 0, reply });
                if work.send(Work::Tick(tick)).await.is_err() {
                    return Ok(Look::HubIsGoing);
                }
                answers.push((timeline, answer));
            }
            drop(work);
            for (timeline, answer) in answers {
                if answer.await.is_err() {
                    let again = now.saturating_add(Duration::from_secs(limits::DUTY_TICK_RETRY_S));
                    running.postponed.insert(timeline, again);
                }
            }
        }
    }

    /// Those with whom an office shares patients, if the rules ask for that: other timelines tell of it.
    async fn partners_of(&self, timeline: TimelineId) -> Result<Option<Vec<Shared>>, StoreError> {
        let is_office = self.region.directory().subject_of(timeline) == Subject::Organisation;
        if !is_office || !self.region.rulebook().asks_pairs() {
            return Ok(None);
        }
        let office = timeline.as_organisation();
        let found = self.journal.read(move |tx| Box::pin(async move { tx.list_partners(office).await })).await?;
        let shared = |found: Partnership| {
            let Partnership { organisation, since, met } = found;
            Shared { organisation, since, met }
        };
        Ok(Some(found.into_iter().map(shared).collect()))
    }

    /// Waits until `next`, or until something must be looked at before. `None`: the hub is going.
    async fn wait(&mut self, running: &mut Running, next: Option<Timestamp>) -> Option<()> {
        let clock = Arc::clone(self.region.clock());
        let next = next.unwrap_or(Timestamp::MAX);
        loop {
            tokio::select! {
                biased;
                order = self.orders.recv() => match order? {
                    Order::Due(at) if at >= next || self.face.stopped().is_some() => {}
                    Order::Due(_) => return Some(()),
                    Order::Look(waiting) => {
                        running.waiting.push(waiting);
                        return Some(());
                    }
                    Order::GoOn(reply) => {
                        drop(reply.send(self.go_on(running).await));
                        return Some(());
                    }
                },
                () = clock.wait_until(next) => return Some(()),
            }
        }
    }

    /// Reads whether it was stopped before this process began: a restart does not make the time right.
    async fn begin(&self, running: &mut Running) -> Result<(), StoreError> {
        if running.has_begun {
            return Ok(());
        }
        let (stopped, looked_with) = self
            .journal
            .read(|tx| {
                Box::pin(async move {
                    Ok::<_, StoreError>((tx.find_meta(STOPPED).await?, tx.find_noted(LOOKED_WITH).await?))
                })
            })
            .await?;
        if let Some(at) = stopped {
            // Whatever stands there: it was stopped.
            let at = at.parse().unwrap_or(Timestamp::EPOCH);
            self.face.show(Some(Stopped { at }));
            tracing::error!(%at, "the duty clock was stopped by a jump of the machine's clock and waits for an operator");
        }
        // By a note of somebody else's, what other rules ask for would not be looked at.
        running.looked_with = if let Noted::Own(looked_with) = looked_with { Some(looked_with) } else { None };
        running.has_begun = true;
        Ok(())
    }

    /// Compares what the wall clock says passed with what did.
    async fn notice_jump(&self, running: &mut Running) {
        // In this order: time that passes between the two readings makes no jump.
        let wall = self.region.now();
        let ran = self.region.clock().ran_for();
        let passed = ran.saturating_sub(running.ran).saturating_add(Duration::from_secs(limits::CLOCK_JUMP_S_MAX));
        let has_jumped = wall.since(running.wall) > passed;
        (running.wall, running.ran) = (wall, ran);
        if !has_jumped || self.face.stopped().is_some() {
            return;
        }
        self.face.show(Some(Stopped { at: wall }));
        tracing::error!(at = %wall, "the machine's clock jumped ahead: the duty clock stops until an operator says go on");
        let kept: Result<(), StoreError> = self
            .journal
            .write(move |tx| Box::pin(async move { tx.upsert_meta(STOPPED, &wall.to_string()).await }))
            .await;
        if let Err(error) = kept {
            tracing::error!(code = error.code(), %error, "that the duty clock stopped is not kept: a restart would start it");
        }
    }

    async fn go_on(&self, running: &mut Running) -> Result<bool, StoreError> {
        let had_stopped = self.face.stopped().is_some();
        self.journal.write(|tx| Box::pin(tx.delete_meta(STOPPED))).await?;
        (running.wall, running.ran) = (self.region.now(), self.region.clock().ran_for());
        self.face.show(None);
        if had_stopped {
            tracing::info!("an operator says that the time is right: the duty clock goes on");
        }
        Ok(had_stopped)
    }

    /// Other rules ask for other things: every timeline is looked at, one a little after the other.
    async fn look_with_new_rules(&self, running: &mut Running) -> Result<(), StoreError> {
        let book = self.region.rulebook();
        if running.looked_with.as_deref() == Some(book.fingerprint()) {
            return Ok(());
        }
        let (now, fingerprint) = (self.region.now(), book.fingerprint().to_owned());
        let kept = fingerprint.clone();
        let apart = Duration::from_millis(limits::DUTY_LOOKS_APART_MS);
        self.journal
            .write(move |tx| {
                Box::pin(async move {
                    tx.look_at_all(now, apart).await?;
                    tx.upsert_noted(LOOKED_WITH, &kept).await
                })
            })
            .await?;
        running.looked_with = Some(fingerprint);
        Ok(())
    }
}

/// What a look ended with.
enum Look {
    /// Nothing more is due until then.
    Until(Option<Timestamp>),
    HubIsGoing,
}
