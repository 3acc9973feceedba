//! What waits to be written to one socket: bounded, urgent first, and never a reason to wait for anybody.
//!
//! Fan-out and sequencer push, the session drains. What the journal has is dropped together beyond the bound, and the
//! outbox says so (`fell_behind`). The rest is never dropped, and bounded all the same: answers by what the session
//! lets through, `Linked` and `Forget` of a timeline because one of each says it all.

use std::collections::{BTreeSet, VecDeque};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::answer::Answer;
use super::notices::Notice;
use super::published::Published;
use super::subscription::{Opened, Subscription};
use crate::domain::directory::Actor;
use crate::domain::ids::{EntryId, PersonId, Seq, TimelineId};
use crate::domain::time::Timestamp;
use crate::limits;
use crate::wire::codes::CloseCode;

/// One thing to tell a session. What is rarer than a delivery is boxed: queues are made of this size.
#[derive(Debug)]
pub enum Item {
    /// The answer to a post of this session.
    Answer(Box<Answer>),
    /// The answer to a wish to read.
    Opened(Box<Opened>),
    /// A new entry on a timeline this session follows.
    Delivery(Delivery),
    /// What the reader was shown must be forgotten: an entry, which the journal says too, or the whole timeline.
    Forget { timeline: TimelineId, entry: Option<EntryId> },
    /// The reader is to follow this timeline: its organisation joined the team, or the secretariat has to look into an
    /// emergency access.
    Linked(TimelineId),
    /// Somebody read up to here. When dropped, the timeline is among the missed.
    ReadMarker { timeline: TimelineId, person: PersonId, through: Seq, at: Timestamp },
    /// Something concerns the reader. The oldest is dropped beyond [`limits::NOTICES_QUEUED_MAX`]: the list of duties has
    /// it.
    Notice(Box<Notice>),
    /// Who is present changed. When dropped, the timeline is among the missed.
    Presence { timeline: TimelineId, people: Vec<Actor> },
}

/// An entry on its way to one reader. It stands for all of `(after, entry.seq]`: what lies between was passed over.
#[derive(Debug)]
pub struct Delivery {
    pub subscription: Arc<Subscription>,
    pub after: Seq,
    pub entry: Arc<Published>,
}

/// The queue of one session.
#[derive(Debug, Default)]
pub struct Outbox {
    state: Mutex<State>,
    filled: Notify,
    ended: Notify,
    /// When the client last said something, in µs.
    heard_us: AtomicI64,
}

#[derive(Debug, Default)]
struct State {
    urgent: VecDeque<Item>,
    items: VecDeque<Item>,
    droppable: usize,
    bytes: usize,
    fell_behind: bool,
    /// Where something about people was dropped.
    missed: BTreeSet<TimelineId>,
    close: Option<CloseCode>,
}

/// What [`Outbox::drain`] found.
#[derive(Debug, Default)]
pub struct Drained {
    pub items: VecDeque<Item>,
    /// Deliveries were dropped: the journal has them.
    pub fell_behind: bool,
    /// Timelines of which markers or presence were dropped.
    pub missed: BTreeSet<TimelineId>,
    pub close: Option<CloseCode>,
}

impl Outbox {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts an item in and wakes the session.
    pub fn push(&self, item: Item) {
        if self.push_quietly(item) {
            self.wake();
        }
    }

    /// Puts an item in. Returns whether the caller is to wake the session, once after the batch: what lies in the
    /// outbox already has somebody who will.
    #[must_use]
    pub fn push_quietly(&self, item: Item) -> bool {
        self.lock().push(item)
    }

    /// Sends the reader to the journal for what it was not served. Returns whether the caller is to wake the session.
    #[must_use]
    pub fn fall_behind(&self) -> bool {
        let mut state = self.lock();
        let was_empty = state.is_empty();
        state.fall_behind();
        was_empty && state.close.is_none()
    }

    /// Wakes the session if it waits.
    pub fn wake(&self) {
        self.filled.notify_one();
    }

    /// Takes the timeline's queued deliveries out, tells the reader to forget and wakes the session.
    pub fn forget(&self, timeline: TimelineId, entry: Option<EntryId>) {
        if self.forget_quietly(timeline, entry) {
            self.wake();
        }
    }

    /// The same; returns whether the caller is to wake the session.
    #[must_use]
    pub fn forget_quietly(&self, timeline: TimelineId, entry: Option<EntryId>) -> bool {
        let mut state = self.lock();
        // Who would have been woken for what is taken out is woken already.
        let was_empty = state.is_empty();
        state.retain(|item| !item.is_delivery_of(timeline, entry));
        state.push(Item::Forget { timeline, entry });
        was_empty && !state.is_empty()
    }

    /// Everything queued, urgent first; leaves the outbox empty.
    #[must_use]
    pub fn drain(&self) -> Drained {
        let mut state = self.lock();
        state.droppable = 0;
        state.bytes = 0;
        let mut items = std::mem::take(&mut state.urgent);
        if items.is_empty() {
            // Keeps the allocation on neither side: an idle session holds no queue.
            items = std::mem::take(&mut state.items);
        } else {
            items.append(&mut state.items);
        }
        let (fell_behind, missed) = (std::mem::take(&mut state.fell_behind), std::mem::take(&mut state.missed));
        Drained { items, fell_behind, missed, close: state.close }
    }

    /// Bytes of entries and presence that wait: at most [`limits::OUTBOX_BYTES_MAX`].
    #[must_use]
    pub fn queued_bytes(&self) -> usize {
        self.lock().bytes
    }

    /// Everything that waits.
    #[must_use]
    pub fn queued_items(&self) -> usize {
        let state = self.lock();
        state.items.len() + state.urgent.len()
    }

    /// Whether the session ends: nothing is taken in any more.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.lock().close.is_some()
    }

    /// Whether nothing waits and nothing was dropped.
    #[must_use]
    pub fn is_drained(&self) -> bool {
        self.lock().is_empty()
    }

    /// Waits until something was pushed or the session was closed.
    pub async fn filled(&self) {
        self.filled.notified().await;
    }

    /// The client said something: its page runs.
    pub fn note_heard(&self, now: Timestamp) {
        self.heard_us.fetch_max(now.0, Ordering::Relaxed);
    }

    /// When it last did.
    #[must_use]
    pub fn heard_at(&self) -> Timestamp {
        Timestamp(self.heard_us.load(Ordering::Relaxed))
    }

    /// Ends the session: nothing queued is written any more except the reason.
    pub fn close(&self, close: CloseCode) {
        {
            let mut state = self.lock();
            state.close.get_or_insert(close);
            state.urgent = VecDeque::new();
            state.items = VecDeque::new();
            (state.droppable, state.bytes) = (0, 0);
        }
        self.ended.notify_one();
        self.wake();
    }

    /// Waits until [`Self::close`]; lets a session abandon a write that hangs.
    pub async fn ended(&self) -> CloseCode {
        loop {
            if let Some(close) = self.lock().close {
                return close;
            }
            self.ended.notified().await;
        }
    }
}

impl State {
    fn is_empty(&self) -> bool {
        self.urgent.is_empty() && self.items.is_empty() && !self.fell_behind
    }

    /// Takes an item in; whether the session is to be woken for it.
    fn push(&mut self, item: Item) -> bool {
        if self.close.is_some() || self.says_already(&item) {
            return false;
        }
        let was_empty = self.is_empty();
        if matches!(item, Item::Notice(_)) {
            self.make_room_for_a_notice();
        }
        if !item.is_droppable() {
            self.items.push_back(item);
        } else if self.droppable >= limits::OUTBOX_ENTRIES_MAX || self.bytes + item.bytes() > limits::OUTBOX_BYTES_MAX {
            self.missed.extend(item.timeline_of_people());
            self.fall_behind();
        } else {
            self.droppable += 1;
            self.bytes += item.bytes();
            match &item {
                Item::Delivery(delivery) if delivery.entry.urgent => self.push_urgent(item),
                _ => self.items.push_back(item),
            }
        }
        was_empty
    }

    /// Whether the same lies here already. Both are acted on by asking the hub anew, so that a second one adds nothing,
    /// whatever came between.
    fn says_already(&self, item: &Item) -> bool {
        let mut waiting = self.items.iter().chain(&self.urgent);
        match item {
            Item::Linked(timeline) => waiting.any(|known| matches!(known, Item::Linked(of) if of == timeline)),
            Item::Forget { timeline, entry: None } => {
                waiting.any(|known| matches!(known, Item::Forget { timeline: of, entry: None } if of == timeline))
            }
            _ => false,
        }
    }

    fn make_room_for_a_notice(&mut self) {
        let is_notice = |item: &Item| matches!(item, Item::Notice(_));
        if self.items.iter().filter(|item| is_notice(item)).count() >= limits::NOTICES_QUEUED_MAX {
            let oldest = self.items.iter().position(is_notice);
            oldest.and_then(|at| self.items.remove(at));
        }
    }

    /// Drops what the journal has; keeps answers.
    fn fall_behind(&mut self) {
        self.fell_behind = true;
        let dropped = self.items.iter().chain(&self.urgent).filter_map(Item::timeline_of_people);
        self.missed.extend(dropped);
        self.retain(|item| !item.is_droppable());
        self.items.shrink_to(limits::POSTS_IN_FLIGHT_MAX);
        self.urgent.shrink_to(0);
    }

    fn retain(&mut self, keep: impl Fn(&Item) -> bool) {
        self.items.retain(&keep);
        self.urgent.retain(&keep);
        let droppable = |queue: &VecDeque<Item>| queue.iter().filter(|item| item.is_droppable()).count();
        let bytes = |queue: &VecDeque<Item>| queue.iter().map(Item::bytes).sum::<usize>();
        self.droppable = droppable(&self.items) + droppable(&self.urgent);
        self.bytes = bytes(&self.items) + bytes(&self.urgent);
    }

    /// An alarm goes before everything else except earlier entries of its own timeline, whose order holds.
    fn push_urgent(&mut self, alarm: Item) {
        let timeline = alarm.timeline();
        let mut rest = VecDeque::with_capacity(self.items.len());
        for item in self.items.drain(..) {
            if timeline.is_some() && item.timeline() == timeline {
                self.urgent.push_back(item);
            } else {
                rest.push_back(item);
            }
        }
        self.items = rest;
        self.urgent.push_back(alarm);
    }
}

impl Item {
    const fn is_droppable(&self) -> bool {
        matches!(
            self,
            Self::Delivery(_) | Self::ReadMarker { .. } | Self::Presence { .. } | Self::Forget { entry: Some(_), .. }
        )
    }

    /// The timeline, for what is about people and no entry.
    const fn timeline_of_people(&self) -> Option<TimelineId> {
        match self {
            Self::ReadMarker { timeline, .. } | Self::Presence { timeline, .. } => Some(*timeline),
            _ => None,
        }
    }

    fn bytes(&self) -> usize {
        match self {
            Self::Delivery(delivery) => delivery.entry.bytes(),
            Self::Presence { people, .. } => people.len() * size_of::<Actor>(),
            _ => 0,
        }
    }

    /// The timeline whose order the item belongs to.
    fn timeline(&self) -> Option<TimelineId> {
        match self {
            Self::Delivery(delivery) => Some(delivery.subscription.timeline),
            Self::Opened(opened) => Some(opened.timeline),
            Self::Forget { timeline, .. } => Some(*timeline),
            _ => None,
        }
    }

    fn is_delivery_of(&self, timeline: TimelineId, entry: Option<EntryId>) -> bool {
        match self {
            Self::Delivery(delivery) => {
                delivery.subscription.timeline == timeline && entry.is_none_or(|id| delivery.entry.entry.id == id)
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn timeline(number: u128) -> TimelineId {
        TimelineId(Uuid::from_u128(number))
    }

    fn marker(of: u128) -> Item {
        let (person, at) = (PersonId(Uuid::nil()), Timestamp::EPOCH);
        Item::ReadMarker { timeline: timeline(of), person, through: Seq(1), at }
    }

    #[test]
    fn what_says_the_same_waits_once() {
        let outbox = Outbox::default();
        for of in [1, 2] {
            for _ in 0..1_000 {
                outbox.push(Item::Linked(timeline(of)));
                outbox.forget(timeline(of), None);
            }
        }
        assert_eq!(outbox.queued_items(), 4);
        assert!(!outbox.drain().fell_behind);
    }

    #[test]
    fn what_the_journal_has_is_dropped_beyond_the_bound_and_people_are_remembered() {
        let outbox = Outbox::default();
        outbox.push(Item::Linked(timeline(1)));
        outbox.push(marker(2));
        for entry in 0..limits::OUTBOX_ENTRIES_MAX as u128 {
            outbox.forget(timeline(1), Some(EntryId(Uuid::from_u128(entry))));
        }
        outbox.push(marker(3));
        let drained = outbox.drain();
        assert!(drained.fell_behind);
        assert!(drained.missed.contains(&timeline(2)));
        assert!(matches!(drained.items.front(), Some(Item::Linked(_))), "never dropped");
        assert!(drained.items.len() <= 2, "{} items", drained.items.len());
        assert!(outbox.is_drained() && outbox.drain().missed.is_empty(), "said once");
    }

    #[test]
    fn a_session_is_woken_for_the_first_of_what_waits_and_not_for_the_rest() {
        let outbox = Outbox::default();
        assert!(outbox.push_quietly(marker(1)));
        assert!(!outbox.push_quietly(marker(1)));
        let _ = outbox.drain();
        assert!(outbox.forget_quietly(timeline(1), None));
        assert!(!outbox.forget_quietly(timeline(1), None));
    }

    #[test]
    fn nothing_is_taken_in_after_the_end() {
        let outbox = Outbox::default();
        outbox.push(marker(1));
        outbox.close(CloseCode::SignInEnded);
        assert!(!outbox.push_quietly(marker(1)));
        outbox.forget(timeline(1), None);
        assert!(outbox.is_closed());
        assert_eq!((outbox.queued_items(), outbox.queued_bytes()), (0, 0));
        outbox.close(CloseCode::GoingAway);
        assert_eq!(outbox.drain().close, Some(CloseCode::SignInEnded), "the first reason counts");
    }
}
