//! What waits to be written to one socket: bounded, urgent first, and never a reason to wait for anybody.
//!
//! Fan-out and sequencer push, the session drains. Deliveries beyond the bound are dropped together and the
//! outbox says so (`fell_behind`); the session then reads them from the journal. Answers are never dropped:
//! their number is bounded by what the session lets through.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::answer::Answer;
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
    /// What the reader was shown must be forgotten: an entry, or the whole timeline.
    Forget { timeline: TimelineId, entry: Option<EntryId> },
    /// The reader's organisation joined this timeline's team.
    Linked(TimelineId),
    /// Somebody read up to here. May be dropped.
    ReadMarker { timeline: TimelineId, person: PersonId, through: Seq, at: Timestamp },
    /// Who is present changed. May be dropped.
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
}

#[derive(Debug, Default)]
struct State {
    urgent: VecDeque<Item>,
    items: VecDeque<Item>,
    droppable: usize,
    bytes: usize,
    fell_behind: bool,
    close: Option<CloseCode>,
}

/// What [`Outbox::drain`] found.
#[derive(Debug, Default)]
pub struct Drained {
    pub items: VecDeque<Item>,
    /// Deliveries were dropped: the journal has them.
    pub fell_behind: bool,
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
        let mut state = self.lock();
        if state.close.is_some() {
            return false;
        }
        let was_empty = state.is_empty();
        if !item.is_droppable() {
            state.items.push_back(item);
        } else if state.droppable >= limits::OUTBOX_ENTRIES_MAX || state.bytes + item.bytes() > limits::OUTBOX_BYTES_MAX
        {
            state.fall_behind();
        } else {
            state.droppable += 1;
            state.bytes += item.bytes();
            match &item {
                Item::Delivery(delivery) if delivery.entry.urgent => state.push_urgent(item),
                _ => state.items.push_back(item),
            }
        }
        was_empty
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

    /// Takes the timeline's queued deliveries out and tells the reader to forget.
    pub fn forget(&self, timeline: TimelineId, entry: Option<EntryId>) {
        {
            let mut state = self.lock();
            state.retain(|item| !item.is_delivery_of(timeline, entry));
            if state.close.is_none() {
                state.items.push_back(Item::Forget { timeline, entry });
            }
        }
        self.wake();
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
        Drained { items, fell_behind: std::mem::take(&mut state.fell_behind), close: state.close }
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

    /// Ends the session: nothing queued is written any more except the reason.
    pub fn close(&self, close: CloseCode) {
        {
            let mut state = self.lock();
            state.close.get_or_insert(close);
            state.urgent.clear();
            state.items.clear();
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

    /// Drops what the journal has; keeps answers.
    fn fall_behind(&mut self) {
        self.fell_behind = true;
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
        matches!(self, Self::Delivery(_) | Self::ReadMarker { .. } | Self::Presence { .. })
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
