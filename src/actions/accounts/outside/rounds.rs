//! People who are under way to the other service and back, in memory: each in the one browser that left, for a while, and for
//! what they left for alone.
//!
//! INVARIANT: who comes back is told apart by a cookie that no script reads and no other site can set; the `state` that comes
//! with them must be the one that went with that cookie. A round goes on once from each stage, rightly or wrongly.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use zeroize::Zeroizing;

use crate::domain::ids::SignInId;
use crate::domain::time::Timestamp;
use crate::limits;
use crate::vault::{IdClaims, Token, TokenHash};

/// What somebody left for.
#[derive(Debug)]
pub(super) enum Aim {
    SignIn,
    /// To set their account up, with the link and the code of an invitation.
    SetUp {
        token: String,
        code: String,
    },
    /// Somebody signed in links an identity to their account.
    Link(SignInId),
    /// Somebody signed in shows once more that it is they.
    Prove(SignInId),
}

/// What goes with somebody who leaves.
#[derive(Debug)]
pub(super) struct Departure {
    /// For the cookie.
    pub(super) round: Token,
    pub(super) state: Token,
    pub(super) nonce: Zeroizing<String>,
    pub(super) verifier: Zeroizing<String>,
}

/// What the code that somebody comes back with is exchanged with.
#[derive(Debug)]
pub(super) struct Asking {
    pub(super) nonce: Zeroizing<String>,
    pub(super) verifier: Zeroizing<String>,
}

/// Why nobody came of a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    Refused,
    /// The other service does not answer.
    Unreachable,
}

#[derive(Debug)]
enum Stage {
    Away { state: TokenHash, asking: Asking },
    Exchanging,
    Back(Result<IdClaims, Failure>),
}

#[derive(Debug)]
struct Round {
    aim: Aim,
    begun_at: Timestamp,
    until: Timestamp,
    stage: Stage,
}

/// Somebody is back.
#[derive(Debug)]
pub(super) struct Back {
    pub(super) aim: Aim,
    pub(super) begun_at: Timestamp,
    pub(super) claims: Result<IdClaims, Failure>,
}

#[derive(Debug, Default)]
pub(super) struct Rounds {
    open: Mutex<HashMap<TokenHash, Round>>,
}

impl Rounds {
    /// Somebody leaves. Of too many the one longest under way is void.
    pub(super) fn leave(&self, aim: Aim, now: Timestamp) -> Departure {
        let (round, state) = (Token::random(), Token::random());
        let (nonce, verifier) = (Token::random().reveal(), Token::random().reveal());
        let until = now.saturating_add(Duration::from_millis(limits::OIDC_ROUND_MS));
        let asking = Asking { nonce: nonce.clone(), verifier: verifier.clone() };
        let stage = Stage::Away { state: state.hash(), asking };
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.len() >= limits::OIDC_ROUNDS_MAX {
            open.retain(|_, round| round.until > now);
        }
        if open.len() >= limits::OIDC_ROUNDS_MAX {
            let oldest = open.iter().min_by_key(|(_, round)| round.until).map(|(hash, _)| *hash);
            oldest.map(|hash| open.remove(&hash));
        }
        open.insert(round.hash(), Round { aim, begun_at: now, until, stage });
        Departure { round, state, nonce, verifier }
    }

    /// Somebody comes back with this cookie and this `state`: what their code is to be exchanged with, once.
    pub(super) fn come_back(&self, round: &str, state: &str, now: Timestamp) -> Option<Asking> {
        let (hash, given) = (round.parse::<Token>().ok()?.hash(), state.parse::<Token>().ok()?.hash());
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let round = open.get_mut(&hash).filter(|round| round.until > now)?;
        let is_theirs = matches!(&round.stage, Stage::Away { state, .. } if *state == given);
        if !is_theirs {
            return None;
        }
        match std::mem::replace(&mut round.stage, Stage::Exchanging) {
            Stage::Away { asking, .. } => Some(asking),
            Stage::Exchanging | Stage::Back(_) => None,
        }
    }

    /// What came of the code.
    pub(super) fn settle(&self, round: &str, claims: Result<IdClaims, Failure>) {
        let Ok(token) = round.parse::<Token>() else { return };
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(round) = open.get_mut(&token.hash())
            && matches!(round.stage, Stage::Exchanging)
        {
            round.stage = Stage::Back(claims);
        }
    }

    /// Ends the round of this cookie, if somebody is back from it and left for one of these.
    pub(super) fn end(&self, round: &str, is_meant: impl Fn(&Aim) -> bool, now: Timestamp) -> Option<Back> {
        let hash = round.parse::<Token>().ok()?.hash();
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let is_over =
            open.get(&hash).is_some_and(|round| is_meant(&round.aim) && !matches!(round.stage, Stage::Exchanging));
        let Round { aim, begun_at, until, stage } = if is_over { open.remove(&hash)? } else { return None };
        match stage {
            Stage::Back(claims) if until > now => Some(Back { aim, begun_at, claims }),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn anybody(_: &Aim) -> bool {
        true
    }

    fn nobody() -> Result<IdClaims, Failure> {
        Err(Failure::Refused)
    }

    #[test]
    fn a_round_goes_on_in_its_browser_with_its_state_once_and_in_time() {
        let (rounds, end) = (Rounds::default(), Timestamp(1_000 * limits::OIDC_ROUND_MS.cast_signed()));
        let leave = || {
            let departure = rounds.leave(Aim::SignIn, Timestamp(0));
            (departure.round.reveal().to_string(), departure.state.reveal().to_string())
        };
        let ((mine, my_state), (theirs, their_state)) = (leave(), leave());
        assert!(rounds.come_back(&mine, &their_state, Timestamp(1)).is_none(), "the state of another browser");
        assert!(rounds.come_back(&theirs, &my_state, Timestamp(1)).is_none());
        assert!(rounds.come_back(&mine, "rk_x", Timestamp(1)).is_none());
        rounds.settle(&mine, nobody());
        assert!(rounds.come_back(&mine, &my_state, Timestamp(1)).is_some(), "nothing was settled before it came back");
        assert!(rounds.come_back(&mine, &my_state, Timestamp(1)).is_none(), "a code is exchanged once");
        assert!(rounds.end(&mine, anybody, Timestamp(1)).is_none(), "it is being exchanged");
        rounds.settle(&mine, nobody());
        assert!(
            rounds.end(&mine, |aim| matches!(aim, Aim::Link(_)), Timestamp(1)).is_none(),
            "left for something else"
        );
        assert!(
            rounds.end(&mine, anybody, Timestamp(1)).is_some() && rounds.end(&mine, anybody, Timestamp(1)).is_none()
        );
        assert!(rounds.come_back(&theirs, &their_state, end).is_none(), "too late");
    }

    #[test]
    fn of_too_many_the_one_longest_under_way_is_void() {
        let rounds = Rounds::default();
        let leave = |at: i64| {
            let departure = rounds.leave(Aim::SignIn, Timestamp(at));
            (departure.round.reveal().to_string(), departure.state.reveal().to_string())
        };
        let (first, second) = (leave(0), leave(1));
        for _ in 2..=limits::OIDC_ROUNDS_MAX {
            leave(2);
        }
        assert!(rounds.come_back(&first.0, &first.1, Timestamp(3)).is_none());
        assert!(rounds.come_back(&second.0, &second.1, Timestamp(3)).is_some());
    }
}
