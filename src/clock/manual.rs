//! A clock that a test or a simulation moves by hand, backwards too. Like the real one it never
//! returns an earlier time than before; only its wall clock goes back.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use super::{Clock, NeverBack, StepsBack};
use crate::domain::time::Timestamp;

#[derive(Debug)]
pub struct ManualClock {
    wall_us: AtomicI64,
    guard: NeverBack,
}

impl ManualClock {
    #[must_use]
    pub fn at(start: Timestamp) -> Self {
        Self { wall_us: AtomicI64::new(start.0), guard: NeverBack::default() }
    }

    /// Sets the wall clock, to an earlier time too.
    pub fn set(&self, wall: Timestamp) {
        self.wall_us.store(wall.0, Ordering::SeqCst);
    }

    pub fn advance(&self, by: Duration) {
        self.set(self.wall().saturating_add(by));
    }

    pub fn step_back(&self, by: Duration) {
        self.set(self.wall().saturating_sub(by));
    }

    /// What the wall shows, which is before [`Clock::now`] after a step back.
    #[must_use]
    pub fn wall(&self) -> Timestamp {
        Timestamp(self.wall_us.load(Ordering::SeqCst))
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        self.guard.observe(self.wall())
    }

    fn not_before(&self, floor: Timestamp) {
        self.guard.not_before(floor);
    }

    fn steps_back(&self) -> StepsBack {
        self.guard.steps_back()
    }
}
