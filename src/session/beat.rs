//! The common beat of all sessions: one timer, and for each session one turn in every heartbeat. The turns are spread
//! over the time between two heartbeats, so that thousands of sessions do not wake in the same moment.
//!
//! A session joins at its start. Tests beat by hand.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::MissedTickBehavior;

use crate::limits;

/// What sessions listen to.
#[derive(Clone, Debug)]
pub struct Beat {
    turns: Arc<[watch::Receiver<u64>]>,
    joined: Arc<AtomicUsize>,
}

/// What makes it beat.
#[derive(Debug)]
pub struct BeatHand {
    turns: Vec<watch::Sender<u64>>,
}

impl Beat {
    /// A beat by the machine's timer; it ends with the last clone and the last session.
    #[must_use]
    pub fn start() -> Self {
        let (hand, beat) = Self::by_hand();
        tokio::spawn(hand.go_on());
        beat
    }

    /// A beat that comes when [`BeatHand::strike`] says so.
    #[must_use]
    pub fn by_hand() -> (BeatHand, Self) {
        let (turns, heard): (Vec<_>, Vec<_>) = (0..limits::BEAT_TURNS).map(|_| watch::channel(0)).unzip();
        (BeatHand { turns }, Self { turns: heard.into(), joined: Arc::default() })
    }

    /// A turn for a new session. Its first beat is still to come.
    pub(super) fn join(&self) -> watch::Receiver<u64> {
        let turn = self.joined.fetch_add(1, Ordering::Relaxed) % self.turns.len();
        let mut beat = self.turns[turn].clone();
        beat.mark_unchanged();
        beat
    }
}

impl BeatHand {
    /// One beat for every session.
    pub fn strike(&self) {
        self.turns.iter().for_each(|turn| turn.send_modify(|count| *count += 1));
    }

    async fn go_on(self) {
        let mut interval = tokio::time::interval(Duration::from_millis(limits::HEARTBEAT_MS / limits::BEAT_TURNS));
        // After the machine slept, the turns go on at their pace instead of all at once.
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        for turn in self.turns.iter().cycle() {
            interval.tick().await;
            turn.send_modify(|count| *count += 1);
            if self.turns.iter().all(watch::Sender::is_closed) {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_session_has_one_turn_in_each_beat_and_its_neighbours_have_others() {
        let (hand, beat) = Beat::by_hand();
        hand.strike();
        let turns = usize::try_from(limits::BEAT_TURNS).unwrap();
        let sessions: Vec<_> = (0..2 * turns).map(|_| beat.join()).collect();
        let awake = || sessions.iter().filter(|session| session.has_changed().unwrap()).count();
        assert_eq!(awake(), 0, "what was struck before it joined is not for a new session");
        for (struck, turn) in hand.turns.iter().enumerate() {
            turn.send_modify(|count| *count += 1);
            assert_eq!(awake(), 2 * (struck + 1));
        }
    }
}
