//! One-time tickets for sockets, in memory: drawn with a token, redeemed in a socket's first frame. Also remembers which
//! sign-ins ended a moment ago, so that neither a ticket nor a socket on its way outlives its sign-in.
//!
//! INVARIANT: ending and drawing, ending and redeeming exclude each other (one lock): what was drawn before the end is
//! void, and nothing is drawn after it.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::domain::ids::SignInId;
use crate::domain::time::Timestamp;
use crate::hub::sessions::SignedIn;
use crate::limits;
use crate::vault::{Token, TokenHash};

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Tickets {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    waiting: HashMap<TokenHash, Ticket>,
    /// The same by sign-in, oldest first.
    drawn: HashMap<SignInId, VecDeque<TokenHash>>,
    /// Sign-ins that ended, until nothing of them can be on its way any more.
    ended: HashMap<SignInId, Timestamp>,
}

#[derive(Debug)]
struct Ticket {
    signed_in: SignedIn,
    until: Timestamp,
}

/// Why no ticket is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoTicket {
    /// The sign-in has ended since it was looked at.
    Ended,
    /// More wait to be used than the hub keeps.
    Overloaded,
}

impl Tickets {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A ticket, valid for [`limits::TICKET_MS`]. Beyond [`limits::TICKETS_PER_SIGN_IN_MAX`] the oldest is void.
    pub fn draw(&self, signed_in: SignedIn, now: Timestamp) -> Result<(Token, Timestamp), NoTicket> {
        let until = now.saturating_add(Duration::from_millis(limits::TICKET_MS)).min(signed_in.until);
        let mut state = self.lock();
        if state.ended.contains_key(&signed_in.id) {
            return Err(NoTicket::Ended);
        }
        if state.waiting.len() >= limits::TICKETS_MAX {
            state.retain(|ticket| ticket.until > now);
        }
        if state.waiting.len() >= limits::TICKETS_MAX {
            return Err(NoTicket::Overloaded);
        }
        let token = Token::random();
        let drawn = state.drawn.entry(signed_in.id).or_default();
        drawn.push_back(token.hash());
        let void = if drawn.len() > limits::TICKETS_PER_SIGN_IN_MAX { drawn.pop_front() } else { None };
        if let Some(void) = void {
            state.waiting.remove(&void);
        }
        state.waiting.insert(token.hash(), Ticket { signed_in, until });
        Ok((token, until))
    }

    /// The sign-in that the ticket was drawn for; once.
    pub fn redeem(&self, hash: &TokenHash, now: Timestamp) -> Option<SignedIn> {
        let mut state = self.lock();
        let ticket = state.waiting.remove(hash)?;
        if let Some(drawn) = state.drawn.get_mut(&ticket.signed_in.id) {
            drawn.retain(|other| other != hash);
            if drawn.is_empty() {
                state.drawn.remove(&ticket.signed_in.id);
            }
        }
        (ticket.until > now).then_some(ticket.signed_in)
    }

    /// These sign-ins have ended: their tickets are void and no more are drawn.
    pub fn end(&self, sign_ins: &[SignInId], now: Timestamp) {
        let mut state = self.lock();
        state.ended.retain(|_, until| *until > now);
        let until = now.saturating_add(Duration::from_millis(limits::ENDED_SIGN_IN_KEPT_MS));
        state.ended.extend(sign_ins.iter().map(|id| (*id, until)));
        state.retain(|ticket| !sign_ins.contains(&ticket.signed_in.id));
    }

    /// Makes the tickets void that were drawn for somebody like this.
    pub fn forget(&self, is_meant: impl Fn(&SignedIn) -> bool) {
        self.lock().retain(|ticket| !is_meant(&ticket.signed_in));
    }

    /// Whether the sign-in ended a moment ago.
    pub fn has_ended(&self, sign_in: SignInId) -> bool {
        self.lock().ended.contains_key(&sign_in)
    }
}

impl State {
    fn retain(&mut self, keep: impl Fn(&Ticket) -> bool) {
        let Self { waiting, drawn, .. } = self;
        waiting.retain(|_, ticket| keep(ticket));
        drawn.retain(|_, hashes| {
            hashes.retain(|hash| waiting.contains_key(hash));
            !hashes.is_empty()
        });
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::directory::Actor;
    use crate::domain::ids::{OrganisationId, PersonId};
    use crate::domain::role::{OrganisationType, Role};

    const NOW: Timestamp = Timestamp::from_secs(1_775_003_400);

    fn signed_in(number: u128) -> SignedIn {
        let id = Uuid::from_u128(number);
        let (person, organisation) = (PersonId(id), OrganisationId(id));
        let actor = Actor { person, role: Role::Nurse, organisation, organisation_type: OrganisationType::Clinic };
        let until = NOW.saturating_add(Duration::from_secs(3_600));
        SignedIn { id: SignInId(id), actor, since: NOW, until, device: None, scopes: None }
    }

    #[test]
    fn one_sign_in_cannot_take_the_tickets_of_others() {
        let tickets = Tickets::default();
        let (first, _) = tickets.draw(signed_in(1), NOW).unwrap();
        let mine: Vec<_> =
            (0..limits::TICKETS_PER_SIGN_IN_MAX).map(|_| tickets.draw(signed_in(1), NOW).unwrap().0).collect();
        let (other, _) = tickets.draw(signed_in(2), NOW).unwrap();
        assert_eq!(tickets.lock().waiting.len(), limits::TICKETS_PER_SIGN_IN_MAX + 1);
        assert_eq!(tickets.redeem(&first.hash(), NOW), None, "the oldest is void");
        for ticket in mine {
            assert_eq!(tickets.redeem(&ticket.hash(), NOW), Some(signed_in(1)));
            assert_eq!(tickets.redeem(&ticket.hash(), NOW), None, "once");
        }
        assert_eq!(tickets.redeem(&other.hash(), NOW), Some(signed_in(2)));
        let state = tickets.lock();
        assert!(state.waiting.is_empty() && state.drawn.is_empty(), "nothing is kept of used tickets");
    }

    #[test]
    fn nothing_is_drawn_or_redeemed_after_the_end() {
        let tickets = Tickets::default();
        let (drawn, _) = tickets.draw(signed_in(1), NOW).unwrap();
        tickets.end(&[signed_in(1).id], NOW);
        assert_eq!(tickets.redeem(&drawn.hash(), NOW), None);
        assert_eq!(tickets.draw(signed_in(1), NOW).unwrap_err(), NoTicket::Ended);
        assert!(tickets.has_ended(signed_in(1).id));
        assert!(!tickets.has_ended(signed_in(2).id));
        // Remembered only for as long as something can be on its way.
        let later = NOW.saturating_add(Duration::from_millis(limits::ENDED_SIGN_IN_KEPT_MS + 1));
        tickets.end(&[signed_in(3).id], later);
        assert!(!tickets.has_ended(signed_in(1).id));
    }
}
