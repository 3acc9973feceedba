//! Time and ids as arguments: the only place that reads the wall clock or draws a random id.
//! Everything that needs either takes a `&dyn Clock` or an `&Ids`, so that a test or a simulation can own both. Which of
//! a clock's three readings counts for what is decision 034: recorded time never goes back, and goes on slowly while the
//! machine's clock is behind it; the wall clock may go back; how long the clock ran knows nothing of either.

mod ids;
mod manual;

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

pub use ids::Ids;
pub use manual::ManualClock;

use crate::domain::time::Timestamp;
use crate::limits::{CLOCK_LOOK_MS_MAX, CLOCK_STEP_BACK_NOTICED_MS};

/// While the machine's clock is behind the recorded time, that goes on this many times as slowly: whatever was to end
/// does end, and the machine's clock catches up.
const BEHIND_SLOWER: i64 = 2;

/// See the module.
pub trait Clock: Send + Sync {
    /// The time that is recorded, and by which things end. Each call returns the time of the last one or a later time.
    fn now(&self) -> Timestamp;

    /// What the machine's clock shows, which may go back: for what another clock made, such as the code of a phone, and
    /// for nothing that is recorded.
    fn wall(&self) -> Timestamp;

    /// Never return a time before `floor` again. At start the hub passes the newest time in its
    /// journal, so that the order also survives a restart on a machine whose clock was set back.
    fn not_before(&self, floor: Timestamp);

    /// How long this clock has run, whatever was done to the wall clock. Compared with the wall clock it tells that
    /// somebody set that.
    fn ran_for(&self) -> Duration;

    /// Ready when the time may have come: at `at` or before, never much after. The caller looks at the time again.
    fn wait_until(&self, at: Timestamp) -> Pin<Box<dyn Future<Output = ()> + Send + '_>>;

    /// What the wall clock did, for `/metrics` and the health page.
    fn steps_back(&self) -> StepsBack;
}

/// How the wall clock went backwards while the recorded time did not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StepsBack {
    /// How often it was seen to fall behind.
    pub count: u64,
    /// The furthest it was ever behind the recorded time.
    pub furthest: Duration,
    /// How far it was behind at the last reading; zero when all is well. While it is not zero the
    /// recorded time goes on slowly.
    pub behind: Duration,
}

/// The machine's clock.
#[derive(Debug)]
pub struct SystemClock {
    guard: NeverBack,
    started: Instant,
}

impl Default for SystemClock {
    fn default() -> Self {
        Self { guard: NeverBack::default(), started: Instant::now() }
    }
}

impl SystemClock {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        self.guard.observe(wall_clock(), || self.ran_for())
    }

    fn wall(&self) -> Timestamp {
        wall_clock()
    }

    fn not_before(&self, floor: Timestamp) {
        self.guard.not_before(floor);
    }

    fn ran_for(&self) -> Duration {
        self.started.elapsed()
    }

    fn wait_until(&self, at: Timestamp) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        // Looked at again and again, so that a wall clock that was set is noticed.
        let pause = at.since(self.now()).min(Duration::from_millis(CLOCK_LOOK_MS_MAX));
        Box::pin(tokio::time::sleep(pause))
    }

    fn steps_back(&self) -> StepsBack {
        self.guard.steps_back()
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the wall clock")]
fn wall_clock() -> Timestamp {
    // A clock before 1970 is a machine without a battery; the floor from the journal lifts it.
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::EPOCH.saturating_add(since_epoch)
}

/// Turns readings that may go back into a time that does not, and remembers that they did.
#[derive(Debug)]
struct NeverBack {
    latest_us: AtomicI64,
    count: AtomicU64,
    furthest_us: AtomicU64,
    behind_us: AtomicU64,
    is_behind: AtomicBool,
    /// While the wall clock is behind: the recorded time and how long the clock had run when that was noticed.
    slow_since: Mutex<Option<(i64, Duration)>>,
}

impl Default for NeverBack {
    fn default() -> Self {
        Self {
            latest_us: AtomicI64::new(i64::MIN),
            count: AtomicU64::new(0),
            furthest_us: AtomicU64::new(0),
            behind_us: AtomicU64::new(0),
            is_behind: AtomicBool::new(false),
            slow_since: Mutex::new(None),
        }
    }
}

impl NeverBack {
    fn observe(&self, wall: Timestamp, ran_for: impl FnOnce() -> Duration) -> Timestamp {
        // INVARIANT: `latest_us` only grows, and every returned time is its value at some moment
        // of this call; so a call that starts after another one ended cannot return less.
        let mut latest = self.latest_us.fetch_max(wall.0, Ordering::SeqCst);
        // Two threads that read the wall clock at the same moment pass here in either order; that
        // is not a step.
        if is_step(latest, wall) {
            latest = self.go_on_slowly(latest, ran_for());
            self.note_step(latest.saturating_sub(wall.0).unsigned_abs());
        } else if self.is_behind.load(Ordering::Relaxed) {
            *self.slow_since() = None;
            self.is_behind.store(false, Ordering::Relaxed);
            self.behind_us.store(0, Ordering::Relaxed);
        }
        Timestamp(latest.max(wall.0))
    }

    /// The recorded time `latest`, or later by what is due to it since the wall clock fell behind.
    #[cold]
    fn go_on_slowly(&self, latest: i64, ran: Duration) -> i64 {
        let (from_us, began) = *self.slow_since().get_or_insert((latest, ran));
        let passed_us = i64::try_from(ran.saturating_sub(began).as_micros()).unwrap_or(i64::MAX);
        let slow_us = from_us.saturating_add(passed_us / BEHIND_SLOWER);
        self.latest_us.fetch_max(slow_us, Ordering::SeqCst).max(slow_us)
    }

    fn slow_since(&self) -> MutexGuard<'_, Option<(i64, Duration)>> {
        self.slow_since.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[cold]
    fn note_step(&self, behind_us: u64) {
        self.behind_us.store(behind_us, Ordering::Relaxed);
        self.furthest_us.fetch_max(behind_us, Ordering::Relaxed);
        if !self.is_behind.swap(true, Ordering::Relaxed) {
            self.count.fetch_add(1, Ordering::Relaxed);
            tracing::warn!(
                behind_us,
                "the machine's clock went back; recorded time goes on slowly until it has caught up"
            );
        }
    }

    fn not_before(&self, floor: Timestamp) {
        self.latest_us.fetch_max(floor.0, Ordering::SeqCst);
        // From a floor that is later, it goes on slowly anew.
        *self.slow_since() = None;
    }

    fn steps_back(&self) -> StepsBack {
        StepsBack {
            count: self.count.load(Ordering::Relaxed),
            furthest: Duration::from_micros(self.furthest_us.load(Ordering::Relaxed)),
            behind: Duration::from_micros(self.behind_us.load(Ordering::Relaxed)),
        }
    }
}

const fn is_step(latest_us: i64, wall: Timestamp) -> bool {
    latest_us.saturating_sub(wall.0) > (CLOCK_STEP_BACK_NOTICED_MS * 1_000).cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Timestamp = Timestamp::from_secs(1_775_003_400);

    #[test]
    fn recorded_time_goes_on_slowly_while_the_wall_clock_is_behind_and_says_so() {
        let (clock, later) = (ManualClock::at(NOON), |s| NOON.saturating_add(Duration::from_secs(s)));
        assert_eq!(clock.now(), NOON);

        clock.step_back(Duration::from_secs(60));
        assert_eq!(clock.now(), NOON, "it does not go back");
        clock.advance(Duration::from_secs(20));
        assert_eq!(clock.now(), later(10), "nor does it stand still");
        let steps = clock.steps_back();
        assert_eq!((steps.count, steps.furthest), (1, Duration::from_secs(60)));
        assert_eq!(steps.behind, Duration::from_secs(50));

        clock.advance(Duration::from_secs(99));
        assert_eq!((clock.now(), clock.wall()), (later(59), later(59)), "it has caught up");
        assert_eq!(clock.steps_back().behind, Duration::ZERO);

        clock.step_back(Duration::from_secs(5));
        clock.now();
        assert_eq!(clock.steps_back().count, 2);
    }

    #[test]
    fn a_jitter_below_the_bound_is_not_a_step() {
        let clock = ManualClock::at(NOON);
        clock.now();
        clock.step_back(Duration::from_millis(CLOCK_STEP_BACK_NOTICED_MS));
        assert_eq!(clock.now(), NOON);
        assert_eq!(clock.steps_back(), StepsBack::default());
    }

    #[test]
    fn a_restart_continues_after_the_newest_recorded_time() {
        let clock = ManualClock::at(NOON);
        let newest = NOON.saturating_add(Duration::from_secs(3_600));
        clock.not_before(newest);
        assert_eq!(clock.now(), newest);
        assert_eq!(clock.steps_back().behind, Duration::from_secs(3_600));
        clock.advance(Duration::from_secs(60));
        assert_eq!(clock.now(), newest.saturating_add(Duration::from_secs(30)));
        let newer = newest.saturating_add(Duration::from_secs(300));
        clock.not_before(newer);
        assert_eq!(clock.now(), newer);
        clock.advance(Duration::from_secs(60));
        assert_eq!(clock.now(), newer.saturating_add(Duration::from_secs(30)));
    }

    #[test]
    fn the_machines_clock_is_in_this_century_and_in_order_across_threads() {
        let clock = SystemClock::new();
        assert!(clock.now() > Timestamp::from_secs(1_700_000_000));
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let mut last = clock.now();
                    for _ in 0..10_000 {
                        let now = clock.now();
                        assert!(now >= last);
                        last = now;
                    }
                });
            }
        });
    }
}
