//! The common beat of all sessions: one timer, and for each session one turn in every heartbeat. The turns are spread
//! over the time between two heartbeats, so that thousands of sessions do not wake in the same moment.
//!
//! A session joins at its start and hears the beat through its outbox: waiting for it besides would cost every delivery
//! more than the beat is worth. Tests beat by hand.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::time::MissedTickBehavior;

use crate::hub::outbox::Outbox;
use crate::limits;

/// What sessions join.
#[derive(Clone, Debug)]
pub struct Beat {
    turns: Arc<[Turn]>,
    joined: Arc<AtomicUsize>,
}

/// Those who have their turn together; whoever has gone is sorted out at the next one.
#[derive(Debug, Default)]
struct Turn {
    sessions: Mutex<Vec<Weak<Outbox>>>,
}

/// What makes it beat.
#[derive(Debug)]
pub struct BeatHand {
    turns: Weak<[Turn]>,
}

impl Beat {
    /// A beat by the machine's timer; it ends with the last clone, and each session keeps one.
    #[must_use]
    pub fn start() -> Self {
        let (hand, beat) = Self::by_hand();
        tokio::spawn(hand.go_on());
        beat
    }

    /// A beat that comes when [`BeatHand::strike`] says so.
    #[must_use]
    pub fn by_hand() -> (BeatHand, Self) {
        let turns: Arc<[Turn]> = (0..limits::BEAT_TURNS).map(|_| Turn::default()).collect();
        (BeatHand { turns: Arc::downgrade(&turns) }, Self { turns, joined: Arc::default() })
    }

    /// Gives a new session a turn. Its first beat is still to come.
    pub(super) fn join(&self, outbox: &Arc<Outbox>) {
        let turn = self.joined.fetch_add(1, Ordering::Relaxed) % self.turns.len();
        let mut sessions = self.turns[turn].sessions.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.push(Arc::downgrade(outbox));
    }
}

impl Turn {
    fn strike(&self) {
        let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.retain(|session| session.upgrade().is_some_and(|outbox| outbox.beat()));
    }
}

impl BeatHand {
    /// One beat for every session.
    pub fn strike(&self) {
        self.turns.upgrade().iter().flat_map(|turns| turns.iter()).for_each(Turn::strike);
    }

    async fn go_on(self) {
        let mut interval = tokio::time::interval(Duration::from_millis(limits::HEARTBEAT_MS / limits::BEAT_TURNS));
        // After the machine slept, the turns go on at their pace instead of all at once.
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        for turn in 0.. {
            interval.tick().await;
            let Some(turns) = self.turns.upgrade() else { return };
            turns[turn % turns.len()].strike();
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;
    use crate::wire::codes::CloseCode;

    #[test]
    fn every_session_has_one_turn_in_each_beat_and_its_neighbours_have_others() {
        let (hand, beat) = Beat::by_hand();
        hand.strike();
        let turns = usize::try_from(limits::BEAT_TURNS).unwrap();
        let sessions: Vec<Arc<Outbox>> = (0..2 * turns).map(|_| Arc::default()).collect();
        sessions.iter().for_each(|session| beat.join(session));
        let awake = || sessions.iter().filter(|session| session.stirred().now_or_never().is_some()).count();
        assert_eq!(awake(), 0, "what was struck before it joined is not for a new session");
        for turn in beat.turns.iter() {
            turn.strike();
            assert_eq!(awake(), 2);
        }
        hand.strike();
        assert_eq!(awake(), sessions.len());
    }

    #[test]
    fn whoever_has_gone_is_not_kept() {
        let (hand, beat) = Beat::by_hand();
        let (goes, closes): (Arc<Outbox>, Arc<Outbox>) = Default::default();
        beat.join(&goes);
        beat.join(&closes);
        drop(goes);
        closes.close(CloseCode::GoingAway);
        hand.strike();
        assert!(beat.turns.iter().all(|turn| turn.sessions.lock().unwrap().is_empty()));
    }
}
