//! A clock that a test or a simulation moves by hand, backwards too. Like the real one it never
//! returns an earlier time than before; only its wall clock goes back.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::watch;

use super::{Clock, NeverBack, StepsBack};
use crate::domain::time::Timestamp;

#[derive(Debug)]
pub struct ManualClock {
    wall_us: AtomicI64,
    ran_us: AtomicU64,
    guard: NeverBack,
    /// Told of every move, for those who wait.
    moved: watch::Sender<()>,
}

impl ManualClock {
    #[must_use]
    pub fn at(start: Timestamp) -> Self {
        Self {
            wall_us: AtomicI64::new(start.0),
            ran_us: AtomicU64::new(0),
            guard: NeverBack::default(),
            moved: watch::Sender::default(),
        }
    }

    /// Sets the wall clock, to an earlier time too, as somebody does who puts a machine's clock right: no time passes.
    pub fn set(&self, wall: Timestamp) {
        self.wall_us.store(wall.0, Ordering::SeqCst);
        self.moved.send_replace(());
    }

    /// Time passes.
    pub fn advance(&self, by: Duration) {
        let passed = u64::try_from(by.as_micros()).unwrap_or(u64::MAX);
        self.ran_us.fetch_add(passed, Ordering::SeqCst);
        self.set(self.wall().saturating_add(by));
    }

    pub fn step_back(&self, by: Duration) {
        self.set(self.wall().saturating_sub(by));
    }

    /// The wall clock jumps, though no time passes.
    pub fn jump(&self, by: Duration) {
        self.set(self.wall().saturating_add(by));
    }

    /// What the wall shows, which is before [`Clock::now`] after a step back.
    #[must_use]
    pub fn wall(&self) -> Timestamp {
        Timestamp(self.wall_us.load(Ordering::SeqCst))
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        self.guard.observe(self.wall(), || self.ran_for())
    }

    fn wall(&self) -> Timestamp {
        self.wall()
    }

    fn not_before(&self, floor: Timestamp) {
        self.guard.not_before(floor);
    }

    fn ran_for(&self) -> Duration {
        Duration::from_micros(self.ran_us.load(Ordering::SeqCst))
    }

    fn wait_until(&self, at: Timestamp) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        let mut moved = self.moved.subscribe();
        Box::pin(async move {
            while self.now() < at {
                // The sender lives as long as this clock.
                let _ = moved.changed().await;
            }
        })
    }

    fn steps_back(&self) -> StepsBack {
        self.guard.steps_back()
    }
}
