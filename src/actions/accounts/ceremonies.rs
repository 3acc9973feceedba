//! The hub's questions to devices that are to make or show a passkey, in memory: each for one answer, for a short while, and
//! for what it was asked for alone.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::domain::ids::{InvitationId, SignInId};
use crate::domain::time::Timestamp;
use crate::limits;
use crate::vault::{AskingAnybody, AskingOne, Making, Token, TokenHash};

/// What a device was asked, and what for.
#[derive(Debug)]
pub(super) enum Ceremony {
    /// Whoever is there wants to sign in.
    SignIn(Box<AskingAnybody>),
    /// Somebody sets their account up, by this invitation.
    SetUp(InvitationId, Box<Making>),
    /// Somebody signed in adds a passkey.
    Add(SignInId, Box<Making>),
    /// Somebody signed in shows once more that it is they.
    Prove(SignInId, Box<AskingOne>),
    /// Somebody whom another service knows by one factor shows a second, with this ticket.
    Second(TokenHash, Box<AskingOne>),
}

#[derive(Debug, Default)]
pub(super) struct Ceremonies {
    open: Mutex<HashMap<TokenHash, (Ceremony, Timestamp)>>,
}

impl Ceremonies {
    /// Keeps a question. Of too many the oldest is void: whoever asks for many makes nobody wait who is quick.
    pub(super) fn begin(&self, ceremony: Ceremony, now: Timestamp) -> Token {
        let until = now.saturating_add(Duration::from_millis(limits::PASSKEY_CEREMONY_MS));
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.len() >= limits::PASSKEY_CEREMONIES_MAX {
            open.retain(|_, (_, until)| *until > now);
        }
        if open.len() >= limits::PASSKEY_CEREMONIES_MAX {
            let oldest = open.iter().min_by_key(|(_, (_, until))| *until).map(|(hash, _)| *hash);
            oldest.map(|hash| open.remove(&hash));
        }
        let token = Token::random();
        open.insert(token.hash(), (ceremony, until));
        token
    }

    /// INVARIANT: a question is answered once, rightly or wrongly, and never late.
    pub(super) fn take(&self, token: &str, now: Timestamp) -> Option<Ceremony> {
        let hash = token.parse::<Token>().ok()?.hash();
        let (ceremony, until) = self.open.lock().unwrap_or_else(PoisonError::into_inner).remove(&hash)?;
        (until > now).then_some(ceremony)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::vault::RelyingParty;

    #[test]
    fn of_too_many_questions_the_oldest_is_void_and_none_is_answered_twice() {
        let (ceremonies, hub) = (Ceremonies::default(), RelyingParty::of("https://renkei.example.jp").unwrap());
        let (_, asking) = hub.ask_anybody().unwrap();
        let begin = |at: i64| {
            let token = ceremonies.begin(Ceremony::SignIn(Box::new(asking.clone())), Timestamp(at));
            token.reveal().to_string()
        };
        let (first, second) = (begin(0), begin(1));
        for _ in 2..=limits::PASSKEY_CEREMONIES_MAX {
            begin(2);
        }
        assert!(ceremonies.take(&first, Timestamp(3)).is_none());
        assert!(ceremonies.take(&second, Timestamp(3)).is_some() && ceremonies.take(&second, Timestamp(3)).is_none());
        assert!(ceremonies.take(&Uuid::nil().to_string(), Timestamp(3)).is_none());
    }
}
