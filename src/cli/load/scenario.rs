//! What a run does: how many patients, members and senders, how they share the patients, how fast
//! they post and for how long.

use std::{
    str::FromStr,
    time::{Duration, Instant},
};

/// Members of one patient are kept in the bits of one integer.
pub const MEMBERS_PER_PATIENT_MAX: u32 = u128::BITS;

#[derive(Debug, Clone, Copy)]
pub struct Scenario {
    pub patients: u32,
    /// Listening connections of each patient.
    pub members: u32,
    pub senders: u32,
    pub body_bytes: usize,
}

impl Scenario {
    pub fn connections(&self) -> u32 {
        self.patients * self.members + self.senders
    }

    /// The patients that `sender` posts to, in turn. Every patient has a sender.
    pub fn patients_of(&self, sender: u32) -> impl Iterator<Item = u32> + use<> {
        let groups = self.groups();
        (sender % groups..self.patients).step_by(groups as usize)
    }

    /// The worker thread that holds this patient's members: the one of all its senders, so that no
    /// two threads keep books on one post.
    pub fn worker_of_patient(&self, patient: u32, workers: u32) -> u32 {
        patient % self.groups() % workers
    }

    pub fn worker_of_sender(&self, sender: u32, workers: u32) -> u32 {
        sender % self.groups() % workers
    }

    /// Senders and patients fall into groups that have nothing to do with each other.
    pub fn groups(&self) -> u32 {
        self.senders.min(self.patients)
    }
}

/// How the senders post.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Mode {
    /// Each sender keeps this many posts unacknowledged: `w1`, `w8`.
    InFlight(u32),
    /// All senders together post at this rate, whatever the server does: `p100`.
    PerSecond(f64),
}

impl FromStr for Mode {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let odd = || format!("{text:?}: expected w and a number (w8) or p and a rate (p100)");
        let number = text.get(1..).ok_or_else(odd)?;
        match text.as_bytes()[0] {
            b'w' => number.parse().ok().filter(|n| *n > 0).map(Self::InFlight).ok_or_else(odd),
            b'p' => {
                let rate = number.parse().ok().filter(|rate: &f64| rate.is_finite() && *rate > 0.0);
                rate.map(Self::PerSecond).ok_or_else(odd)
            }
            _ => Err(odd()),
        }
    }
}

/// One run's moments. What happens outside `counted_from..counted_until` is checked, not counted.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    pub mode: Mode,
    pub starts_at: Instant,
    pub counted_from: Instant,
    /// Nothing is posted after this.
    pub counted_until: Instant,
    /// How long after the end an acknowledgement or a delivery may still come.
    pub stragglers: Duration,
}

impl Plan {
    pub fn counts(&self, at: Instant) -> bool {
        self.counted_from <= at && at < self.counted_until
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_patient_and_its_senders_share_a_worker_and_every_patient_has_a_sender() {
        for (patients, senders, workers) in [(200, 50, 2), (7, 3, 2), (3, 7, 3), (1, 5, 1)] {
            let scenario = Scenario { patients, members: 1, senders, body_bytes: 1 };
            let mut posted_to = vec![false; patients as usize];
            for sender in 0..senders {
                for patient in scenario.patients_of(sender) {
                    posted_to[patient as usize] = true;
                    assert_eq!(
                        scenario.worker_of_patient(patient, workers),
                        scenario.worker_of_sender(sender, workers),
                    );
                }
            }
            assert!(posted_to.into_iter().all(|posted| posted), "{patients} {senders}");
        }
    }

    #[test]
    fn modes_are_read_and_nonsense_is_refused() {
        assert_eq!("w8".parse(), Ok(Mode::InFlight(8)));
        assert_eq!("p100".parse(), Ok(Mode::PerSecond(100.0)));
        for odd in ["", "w", "w0", "p0", "p-1", "pinf", "x8", "８w"] {
            assert!(odd.parse::<Mode>().is_err(), "{odd:?}");
        }
    }
}
