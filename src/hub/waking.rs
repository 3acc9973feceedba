//! Whom an entry wakes whose page may be closed: those whom a notice tells, whom it names, and where it cannot wait the
//! whole team; as on the open page (`web/alerting.js`), by the same views. What came about is handed on after its commit,
//! without waiting. How somebody is woken is the actions' (`actions/bells`).

use std::cell::RefCell;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use tokio::sync::mpsc;

use super::Region;
use super::notices::{Concern, Hearers, Notice, concerns};
use super::view::View;
use crate::domain::bell::{QuietHours, Weight};
use crate::domain::body::Body;
use crate::domain::directory::Actor;
use crate::domain::entry::{Addressee, Entry};
use crate::domain::in_words::NoticeOf;
use crate::limits;

/// What came about and may wake somebody, on its way to whoever wakes them. Until they say whether they want it, it waits.
#[derive(Debug)]
pub struct Waking {
    queue: mpsc::Sender<Concern>,
    queued: Mutex<Option<mpsc::Receiver<Concern>>>,
    is_wanted: AtomicBool,
    lost: AtomicU64,
}

impl Default for Waking {
    fn default() -> Self {
        let (queue, queued) = mpsc::channel(limits::WAKE_QUEUE_ITEMS_MAX);
        let queued = Mutex::new(Some(queued));
        Self { queue, queued, is_wanted: AtomicBool::new(true), lost: AtomicU64::new(0) }
    }
}

impl Waking {
    /// What waits, and what comes from now on. `None`: somebody else has it, or nobody wants it.
    #[must_use]
    pub fn listen(&self) -> Option<mpsc::Receiver<Concern>> {
        self.queued.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Nobody is woken here.
    pub fn let_sleep(&self) {
        self.is_wanted.store(false, Ordering::Relaxed);
        drop(self.listen());
    }

    /// Whether anybody is woken here.
    pub(super) fn is_wanted(&self) -> bool {
        self.is_wanted.load(Ordering::Relaxed)
    }

    /// INVARIANT: it never waits: what finds the queue full wakes nobody, and is told on the page all the same.
    pub(super) fn offer(&self, concern: &Concern) {
        // A training wakes nobody who is not looking at it.
        let is_training = concern.state.registration.as_ref().is_some_and(|known| known.for_training);
        if !is_training && self.is_wanted() && self.queue.try_send(concern.clone()).is_err() {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Entries that woke nobody because the queue was full.
    #[must_use]
    pub fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }
}

/// Whether an entry may wake somebody, notices or not.
pub(super) fn may_wake(entry: &Entry) -> bool {
    concerns(entry) || is_pressing(entry) || !entry.addressed_to.is_empty() || !roles_named(&entry.body).is_empty()
}

fn is_pressing(entry: &Entry) -> bool {
    !entry.alarms.is_empty() || entry.body.is_pressing()
}

fn roles_named(body: &Body) -> &[crate::domain::role::Role] {
    match body.corrected().unwrap_or(body) {
        Body::Message(message) => &message.to_roles,
        _ => &[],
    }
}

fn names(entry: &Entry, actor: &Actor) -> bool {
    entry.addressed_to.iter().any(|one: &Addressee| one.means(actor)) || roles_named(&entry.body).contains(&actor.role)
}

/// Somebody who may be woken.
#[derive(Clone, Copy, Debug)]
pub struct Sleeper {
    pub actor: Actor,
    pub quiet: Option<QuietHours>,
}

/// How far each is woken.
struct Sleepers<'a> {
    region: &'a Region,
    all: &'a [Sleeper],
    woken: RefCell<Vec<Option<Weight>>>,
}

impl Sleepers<'_> {
    fn wake(&self, at: usize, weight: Weight) {
        let woken = &mut self.woken.borrow_mut()[at];
        *woken = (*woken).max(Some(weight));
    }

    /// A duty that is late, or was passed on because it was, waits for nobody's morning; nor does what falls due before it.
    fn weight_of(&self, notice: &Notice, quiet: Option<QuietHours>) -> Weight {
        if let NoticeOf::Overdue | NoticeOf::Escalated | NoticeOf::AccessOpened = notice.of {
            return Weight::Urgent;
        }
        let (now, zone) = (self.region.now(), self.region.time_zone());
        let quiet = quiet.filter(|quiet| quiet.hold_at(now, zone));
        match (quiet, notice.duty) {
            (Some(quiet), Some((_, due))) if due < quiet.end_after(now, zone) => Weight::Urgent,
            _ => Weight::Mine,
        }
    }
}

impl Hearers for Sleepers<'_> {
    fn tell_where(&self, is_meant: impl Fn(&Actor) -> bool, notice: impl Fn(&Actor) -> Option<Notice>) {
        for (at, sleeper) in self.all.iter().enumerate() {
            if is_meant(&sleeper.actor)
                && let Some(notice) = notice(&sleeper.actor)
            {
                self.wake(at, self.weight_of(&notice, sleeper.quiet));
            }
        }
    }
}

impl Concern {
    /// How far this wakes each of these people, if at all.
    ///
    /// INVARIANT: nobody is woken by what their view does not show.
    #[must_use]
    pub fn wakes(&self, region: &Region, all: &[Sleeper]) -> Vec<Option<Weight>> {
        let sleepers = Sleepers { region, all, woken: RefCell::new(vec![None; all.len()]) };
        self.tell(region, &sleepers);
        let entry = &self.entry.entry;
        if !entry.body.kind().is_of_a_duty() {
            let (book, now, is_pressing) = (region.rulebook(), region.now(), is_pressing(entry));
            for (at, Sleeper { actor, .. }) in all.iter().enumerate() {
                let follows = || self.state.has_on_team(actor) || self.state.emergency_access(actor, now).is_some();
                let weight = match (is_pressing, names(entry, actor)) {
                    (true, is_named) if is_named || follows() => Weight::Urgent,
                    (false, true) => Weight::Mine,
                    _ => continue,
                };
                let is_shown = || View::of(&self.state, &book, actor, now).is_some_and(|view| view.shows(&self.entry));
                if actor.person != entry.author.person && is_shown() {
                    sleepers.wake(at, weight);
                }
            }
        }
        sleepers.woken.into_inner()
    }
}
