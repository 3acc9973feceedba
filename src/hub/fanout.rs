//! Who follows which timeline, and handing each committed entry to those who may see it.
//!
//! Only the committer publishes, in commit order; sessions come and go through the sequencer, so that a
//! subscription starts exactly after the last entry committed before it. A delivery here is a mask test, a
//! reference count and a push; nothing awaits a reader.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::outbox::{Delivery, Item, Outbox};
use super::published::Published;
use super::subscription::Subscription;
use super::view::View;
use crate::domain::directory::Actor;
use crate::domain::ids::{OrganisationId, PersonId, Seq, TimelineId};
use crate::domain::role::Role;
use crate::domain::state::{Office, PatientState};
use crate::domain::time::Timestamp;
use crate::rulebook::Rulebook;

/// All readers of this hub.
#[derive(Debug, Default)]
pub struct Fanout {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    channels: HashMap<TimelineId, Vec<Reader>>,
    /// Sessions that want to hear of timelines they are to follow, by organisation.
    followers: HashMap<OrganisationId, Vec<Follower>>,
}

#[derive(Debug)]
struct Reader {
    outbox: Arc<Outbox>,
    subscription: Arc<Subscription>,
}

#[derive(Debug)]
struct Follower {
    actor: Actor,
    outbox: Arc<Outbox>,
}

/// What a batch did to one timeline, in order.
#[derive(Debug)]
pub struct Publication {
    pub timeline: TimelineId,
    pub entries: Vec<Arc<Published>>,
    /// The state after the batch, where the batch changed who may see what.
    pub access: Option<Arc<PatientState>>,
    /// The same of an organisation, of which the batch told something.
    pub office: Option<Arc<Office>>,
}

impl Fanout {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a reader, served live from the subscription's head on; not one whose session has gone meanwhile.
    pub(super) fn add(&self, outbox: &Arc<Outbox>, subscription: &Arc<Subscription>) {
        let people = {
            let mut state = self.lock();
            // A session closes its outbox before it takes itself off: either this sees it, or the session finds the
            // reader that is added here.
            if outbox.is_closed() {
                return;
            }
            let readers = state.channels.entry(subscription.timeline).or_default();
            let already = readers.iter().any(|reader| Arc::ptr_eq(&reader.outbox, outbox));
            if already {
                readers.retain(|reader| !Arc::ptr_eq(&reader.outbox, outbox));
            }
            let newcomer = subscription.view().actor().person;
            let was_present = readers.iter().any(|reader| reader.person() == newcomer);
            let outbox = Arc::clone(outbox);
            readers.push(Reader { outbox, subscription: Arc::clone(subscription) });
            if was_present { Vec::new() } else { presence(readers) }
        };
        wake(people);
    }

    /// Takes a session off the timelines given.
    pub fn remove(&self, outbox: &Arc<Outbox>, timelines: impl IntoIterator<Item = TimelineId>) {
        let mut woken = Vec::new();
        {
            let mut state = self.lock();
            for timeline in timelines {
                let Some(readers) = state.channels.get_mut(&timeline) else { continue };
                let left = readers.iter().position(|reader| Arc::ptr_eq(&reader.outbox, outbox));
                let Some(reader) = left.map(|at| readers.swap_remove(at)) else { continue };
                reader.subscription.end();
                if readers.is_empty() {
                    state.channels.remove(&timeline);
                } else if !readers.iter().any(|other| other.person() == reader.person()) {
                    woken.extend(presence(readers));
                }
            }
        }
        wake(woken);
    }

    /// Tells this session of timelines that its organisation is linked to from now on; the secretariat, of those under
    /// emergency access.
    pub fn follow(&self, actor: &Actor, outbox: &Arc<Outbox>) {
        let follower = Follower { actor: *actor, outbox: Arc::clone(outbox) };
        let mut state = self.lock();
        let followers = state.followers.entry(actor.organisation).or_default();
        if !followers.iter().any(|known| Arc::ptr_eq(&known.outbox, outbox)) {
            followers.push(follower);
        }
    }

    /// Undoes [`Self::follow`].
    pub fn unfollow(&self, actor: &Actor, outbox: &Arc<Outbox>) {
        let mut state = self.lock();
        if let Some(followers) = state.followers.get_mut(&actor.organisation) {
            followers.retain(|follower| !Arc::ptr_eq(&follower.outbox, outbox));
            if followers.is_empty() {
                state.followers.remove(&actor.organisation);
            }
        }
    }

    /// Hands a committed batch to its readers. Each session is woken once.
    ///
    /// INVARIANT: who may see the timeline after the batch is settled before any entry of the batch is served: what
    /// follows the end of a link in the same batch reaches nobody who left.
    pub(super) fn publish(&self, publications: Vec<Publication>, rulebook: &Rulebook, now: Timestamp) {
        let mut touched: Vec<Arc<Outbox>> = Vec::new();
        let mut state = self.lock();
        for publication in publications {
            if let Some(access) = &publication.access {
                state.judge_again(access, rulebook, now, &mut touched);
            }
            let Some(readers) = state.channels.get(&publication.timeline) else { continue };
            for entry in &publication.entries {
                for reader in readers.iter().filter(|reader| reader.subscription.through() < entry.seq()) {
                    if reader.serve(entry) {
                        touched.push(Arc::clone(&reader.outbox));
                    }
                }
            }
        }
        drop(state);
        wake(touched);
    }

    /// Nobody reads this timeline any more, and whoever did is told to forget it.
    pub(super) fn forget(&self, timeline: TimelineId) {
        let readers = self.lock().channels.remove(&timeline).unwrap_or_default();
        for reader in readers {
            reader.subscription.end();
            reader.outbox.forget(timeline, None);
        }
    }

    /// Tells how far somebody read: them, and the readers who may know the team.
    pub(super) fn mark_read(&self, timeline: TimelineId, person: PersonId, through: Seq, at: Timestamp) {
        let state = self.lock();
        let may_know = |reader: &&Reader| {
            let view = reader.subscription.view();
            view.actor().person == person || view.knows_team()
        };
        for reader in state.channels.get(&timeline).into_iter().flatten().filter(may_know) {
            reader.outbox.push(Item::ReadMarker { timeline, person, through, at });
        }
    }

    /// The people who follow a timeline at this moment.
    #[must_use]
    pub fn people_present(&self, timeline: TimelineId) -> Vec<Actor> {
        self.lock().channels.get(&timeline).map(|readers| people(readers)).unwrap_or_default()
    }

    /// The timelines that somebody follows at this moment.
    pub(super) fn timelines(&self) -> Vec<TimelineId> {
        self.lock().channels.keys().copied().collect()
    }

    /// How many subscriptions are open, for the metrics.
    #[must_use]
    pub fn subscriptions(&self) -> usize {
        self.lock().channels.values().map(Vec::len).sum()
    }
}

impl State {
    /// Team or consent changed: readers whose view changed forget and ask again; the newly linked are told.
    fn judge_again(
        &mut self,
        patient: &PatientState,
        rulebook: &Rulebook,
        now: Timestamp,
        woken: &mut Vec<Arc<Outbox>>,
    ) {
        let timeline = patient.timeline;
        if let Some(readers) = self.channels.get_mut(&timeline) {
            let followed_by = readers.len();
            readers.retain(|reader| {
                let served = reader.subscription.view();
                match View::of(patient, rulebook, served.actor(), now).filter(|view| served.goes_on_as(view)) {
                    Some(view) => {
                        reader.subscription.go_on_as(view);
                        true
                    }
                    None => {
                        reader.subscription.end();
                        reader.outbox.forget(timeline, None);
                        false
                    }
                }
            });
            if readers.is_empty() {
                self.channels.remove(&timeline);
            } else if readers.len() < followed_by {
                woken.extend(presence(readers));
            }
        }
        let served = self.channels.get(&timeline).map_or(&[][..], Vec::as_slice);
        for (organisation, membership) in &patient.team {
            for follower in self.followers.get(organisation).into_iter().flatten() {
                let is_served = served.iter().any(|reader| Arc::ptr_eq(&reader.outbox, &follower.outbox));
                if membership.includes(follower.actor.person) && !is_served {
                    follower.outbox.push(Item::Linked(timeline));
                }
            }
        }
        if patient.accesses.as_slice().iter().any(|access| access.is_open(now)) {
            self.tell_secretariat(timeline);
        }
    }

    /// The secretariat looks into every emergency access, and no link brings it the timeline.
    fn tell_secretariat(&self, timeline: TimelineId) {
        let served = self.channels.get(&timeline).map_or(&[][..], Vec::as_slice);
        let everybody = self.followers.values().flatten();
        for follower in everybody.filter(|follower| follower.actor.role == Role::Secretariat) {
            if !served.iter().any(|reader| Arc::ptr_eq(&reader.outbox, &follower.outbox)) {
                follower.outbox.push(Item::Linked(timeline));
            }
        }
    }
}

impl Reader {
    fn person(&self) -> PersonId {
        self.subscription.view().actor().person
    }

    /// Pushes the entry if this reader may see it, or what it takes back; whether the session is to be woken.
    fn serve(&self, entry: &Arc<Published>) -> bool {
        if entry.seq() != self.subscription.through().next() {
            // Entries before it are stored and never came by: the answer to their commit was lost. The journal has them.
            // Counted as pushed, so that no later delivery seems to follow on what the reader has.
            self.subscription.push_to(entry.seq());
            return self.outbox.fall_behind();
        }
        let view = self.subscription.view();
        if !view.shows(entry) {
            let taken_back = view.takes_back(entry);
            let wakes = taken_back.is_some_and(|id| self.outbox.forget_quietly(self.subscription.timeline, Some(id)));
            // After the push: catching up goes as far as `through` and relies on the outbox for what lies behind it.
            self.subscription.pass(entry.seq());
            return wakes;
        }
        let delivery = Delivery {
            subscription: Arc::clone(&self.subscription),
            after: self.subscription.pushed(),
            entry: Arc::clone(entry),
        };
        let wakes = self.outbox.push_quietly(Item::Delivery(delivery));
        self.subscription.push_to(entry.seq());
        wakes
    }
}

fn people(readers: &[Reader]) -> Vec<Actor> {
    let mut people: Vec<Actor> = readers.iter().map(|reader| *reader.subscription.view().actor()).collect();
    people.sort_unstable_by_key(|actor| actor.person);
    people.dedup_by_key(|actor| actor.person);
    people
}

/// Pushes who is present to everybody present who may know the team; returns the sessions to wake.
fn presence(readers: &[Reader]) -> Vec<Arc<Outbox>> {
    let people = people(readers);
    let tell = |reader: &&Reader| {
        let timeline = reader.subscription.timeline;
        reader.subscription.view().knows_team()
            && reader.outbox.push_quietly(Item::Presence { timeline, people: people.clone() })
    };
    readers.iter().filter(tell).map(|reader| Arc::clone(&reader.outbox)).collect()
}

fn wake(outboxes: impl IntoIterator<Item = Arc<Outbox>>) {
    outboxes.into_iter().for_each(|outbox| outbox.wake());
}
