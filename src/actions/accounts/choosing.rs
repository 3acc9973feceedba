//! People who showed who they are and must still say in which role they act, in memory: a ticket each, for one choice.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::Shown;
use crate::domain::time::Timestamp;
use crate::limits;
use crate::vault::{Token, TokenHash};

#[derive(Debug, Default)]
pub(super) struct Choosing {
    waiting: Mutex<HashMap<TokenHash, (Shown, Timestamp)>>,
}

impl Choosing {
    /// A ticket for one choice; `None` when too many are choosing.
    pub(super) fn wait(&self, shown: Shown, now: Timestamp) -> Option<(Token, Timestamp)> {
        let until = now.saturating_add(Duration::from_millis(limits::POSITION_CHOICE_MS));
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() >= limits::POSITION_CHOICES_MAX {
            waiting.retain(|_, (_, until)| *until > now);
        }
        if waiting.len() >= limits::POSITION_CHOICES_MAX {
            return None;
        }
        let ticket = Token::random();
        waiting.insert(ticket.hash(), (shown, until));
        Some((ticket, until))
    }

    /// Whoever waits with this ticket; once.
    pub(super) fn take(&self, ticket: &str, now: Timestamp) -> Option<Shown> {
        let hash = ticket.parse::<Token>().ok()?.hash();
        let (shown, until) = self.waiting.lock().unwrap_or_else(PoisonError::into_inner).remove(&hash)?;
        (until > now).then_some(shown)
    }

    /// These people must show anew who they are.
    pub(super) fn forget(&self, is_meant: impl Fn(&Shown) -> bool) {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).retain(|_, (shown, _)| !is_meant(shown));
    }
}
