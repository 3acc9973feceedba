//! The open sockets by sign-in, so that revoking one reaches them at once; how many each person has; and when a sign-in
//! was last in use.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::notices::{Hearers, Notice};
use super::outbox::{Item, Outbox};
use crate::domain::account::Tried;
use crate::domain::act::By;
use crate::domain::client::Scopes;
use crate::domain::directory::Actor;
use crate::domain::ids::{DeviceId, PersonId, SignInId};
use crate::domain::kind::Kind;
use crate::domain::time::Timestamp;
use crate::wire::codes::CloseCode;

/// Somebody signed in: who acts, since when and until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignedIn {
    pub id: SignInId,
    pub actor: Actor,
    pub since: Timestamp,
    pub until: Timestamp,
    /// The registered device that the sign-in counts on.
    pub device: Option<DeviceId>,
    /// Of a system client: what its token allows. INVARIANT: whoever has scopes does nothing that they do not name.
    pub scopes: Option<Scopes>,
}

impl SignedIn {
    /// Where whoever is signed in tried to prove who they are.
    #[must_use]
    pub fn tried(&self) -> Tried {
        Tried { device: self.device, ..Tried::default() }
    }

    /// Whether entries of this kind may be read; of an entry that points back, the kind of its target.
    #[must_use]
    pub fn may_read(&self, kind: Kind) -> bool {
        self.scopes.is_none_or(|scopes| scopes.reads(kind))
    }

    /// Whether an entry of this kind may be posted.
    #[must_use]
    pub fn may_post(&self, kind: Kind) -> bool {
        self.scopes.is_none_or(|scopes| scopes.creates(kind))
    }

    /// Who acts, as the audit log keeps it.
    #[must_use]
    pub const fn by(&self) -> By {
        By::SignedIn(self.actor, self.id, self.device)
    }
}

/// Whether somebody's page is open where they signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// It has no socket.
    Away,
    /// It has one, and was not heard from.
    Silent,
    Here,
}

/// All open sockets of this hub.
#[derive(Debug, Default)]
pub struct Sessions {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    open: HashMap<SignInId, Vec<Socket>>,
    sockets_of: HashMap<PersonId, u32>,
    /// When each sign-in without a socket was last used.
    used: HashMap<SignInId, Timestamp>,
    /// How many of `used` there were when those long ago were last sorted out.
    used_sorted: usize,
    /// Set once the hub stops: later sockets end at once.
    stopping: Option<CloseCode>,
}

#[derive(Debug)]
struct Socket {
    actor: Actor,
    device: Option<DeviceId>,
    outbox: Arc<Outbox>,
}

impl Hearers for Sessions {
    fn tell_where(&self, is_meant: impl Fn(&Actor) -> bool, notice: impl Fn(&Actor) -> Option<Notice>) {
        self.tell_where(is_meant, |actor| notice(actor).map(|notice| Item::Notice(Box::new(notice))));
    }
}

impl Sessions {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a new socket in; `false` when the person has too many already.
    #[must_use]
    pub fn open(&self, signed_in: &SignedIn, outbox: &Arc<Outbox>, sockets_per_person_max: u32) -> bool {
        let mut state = self.lock();
        let of_person = state.sockets_of.entry(signed_in.actor.person).or_default();
        if *of_person >= sockets_per_person_max {
            return false;
        }
        *of_person += 1;
        let socket = Socket { actor: signed_in.actor, device: signed_in.device, outbox: Arc::clone(outbox) };
        state.open.entry(signed_in.id).or_default().push(socket);
        if let Some(close) = state.stopping {
            outbox.close(close);
        }
        true
    }

    /// Takes a socket out. The sign-in was in use until `now`.
    pub fn close(&self, signed_in: &SignedIn, outbox: &Arc<Outbox>, now: Timestamp) {
        let mut state = self.lock();
        let Some(sockets) = state.open.get_mut(&signed_in.id) else { return };
        let Some(at) = sockets.iter().position(|socket| Arc::ptr_eq(&socket.outbox, outbox)) else { return };
        sockets.swap_remove(at);
        if sockets.is_empty() {
            state.open.remove(&signed_in.id);
        }
        state.used.insert(signed_in.id, now);
        if let Some(of_person) = state.sockets_of.get_mut(&signed_in.actor.person) {
            *of_person -= 1;
            if *of_person == 0 {
                state.sockets_of.remove(&signed_in.actor.person);
            }
        }
    }

    /// Whether the sign-in was used within `idle_timeout` before `now`; if so, it is used now. An open socket is use.
    /// `since` stands for a sign-in of which this process knows nothing: its last use that is on record, or its issue.
    #[must_use]
    pub fn keep_in_use(&self, sign_in: SignInId, now: Timestamp, idle_timeout: Duration, since: Timestamp) -> bool {
        let mut state = self.lock();
        let last = match state.open.contains_key(&sign_in) {
            true => now,
            false => state.used.get(&sign_in).copied().unwrap_or(since),
        };
        if now.since(last) > idle_timeout {
            return false;
        }
        state.used.insert(sign_in, now);
        if state.used.len() > 2 * state.used_sorted {
            // Whoever is sorted out here is idle by then, and is so by `since` too.
            state.used.retain(|_, last| now.since(*last) <= idle_timeout);
            state.used_sorted = state.used.len();
        }
        true
    }

    /// When this process last saw the sign-in used; an open socket is use.
    #[must_use]
    pub fn last_used(&self, sign_in: SignInId, now: Timestamp) -> Option<Timestamp> {
        let state = self.lock();
        if state.open.contains_key(&sign_in) { Some(now) } else { state.used.get(&sign_in).copied() }
    }

    /// Which sign-ins were used after `after`, and when last; an open socket is use.
    #[must_use]
    pub fn list_used(&self, now: Timestamp, after: Timestamp) -> Vec<(SignInId, Timestamp)> {
        let state = self.lock();
        let open = state.open.keys().map(|id| (*id, now));
        let left = state.used.iter().filter(|(id, last)| **last > after && !state.open.contains_key(*id));
        open.chain(left.map(|(id, last)| (*id, *last))).collect()
    }

    /// Whether a page of this sign-in has been heard from since then.
    #[must_use]
    pub fn presence(&self, sign_in: SignInId, since: Timestamp) -> Presence {
        let state = self.lock();
        let open = || state.open.get(&sign_in).into_iter().flatten().filter(|socket| !socket.outbox.is_closed());
        match open().map(|socket| socket.outbox.heard_at()).max() {
            None => Presence::Away,
            Some(heard_at) if heard_at >= since => Presence::Here,
            Some(_) => Presence::Silent,
        }
    }

    /// Ends every socket of a sign-in.
    pub fn end(&self, sign_in: SignInId, close: CloseCode) {
        let mut state = self.lock();
        state.used.remove(&sign_in);
        state.open.get(&sign_in).into_iter().flatten().for_each(|socket| socket.outbox.close(close));
    }

    /// Ends the sockets of every sign-in on a registered device.
    pub fn end_on_device(&self, device: DeviceId, close: CloseCode) {
        let state = self.lock();
        let meant = state.open.values().flatten().filter(|socket| socket.device == Some(device));
        meant.for_each(|socket| socket.outbox.close(close));
    }

    /// Ends the sockets of everybody who acts like this.
    pub fn end_where(&self, close: CloseCode, is_meant: impl Fn(&Actor) -> bool) {
        let state = self.lock();
        let meant = state.open.values().flatten().filter(|socket| is_meant(&socket.actor));
        meant.for_each(|socket| socket.outbox.close(close));
    }

    /// Tells those who are meant what `item` makes for them, if it makes anything.
    pub fn tell_where(&self, is_meant: impl Fn(&Actor) -> bool, item: impl Fn(&Actor) -> Option<Item>) {
        let meant: Vec<_> = {
            let state = self.lock();
            let meant = state.open.values().flatten().filter(|socket| is_meant(&socket.actor));
            meant.map(|socket| (socket.actor, Arc::clone(&socket.outbox))).collect()
        };
        for (actor, outbox) in meant {
            if let Some(item) = item(&actor) {
                outbox.push(item);
            }
        }
    }

    /// Ends every socket of the hub, and those that are still to be opened.
    pub fn end_all(&self, close: CloseCode) {
        let mut state = self.lock();
        state.stopping = Some(close);
        state.open.values().flatten().for_each(|socket| socket.outbox.close(close));
    }

    /// Whether the hub has begun to stop.
    #[must_use]
    pub fn are_ending(&self) -> bool {
        self.lock().stopping.is_some()
    }

    /// How many sockets are open.
    #[must_use]
    pub fn count(&self) -> usize {
        self.lock().open.values().map(Vec::len).sum()
    }

    /// Bytes of entries that wait for sockets: of the fullest one, and of all together.
    #[must_use]
    pub fn queued_bytes(&self) -> (usize, usize) {
        let state = self.lock();
        let each = || state.open.values().flatten().map(|socket| socket.outbox.queued_bytes());
        (each().max().unwrap_or(0), each().sum())
    }
}
