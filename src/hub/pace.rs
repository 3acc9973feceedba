//! How often each of many may do something: so many at once, and one more after a while, by how long the hub's
//! clock has run: setting the wall clock neither gives nor takes anything. In memory of this hub. Who is bounded how is said by `rates.rs` and, for tries to get in, by `actions/accounts/guesses.rs`.

use std::fmt;
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use governor::clock::Clock as _;
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};

use crate::clock::Clock;
use crate::limits;

/// The hub's clock as `governor` reads it.
#[derive(Clone)]
struct HubClock(Arc<dyn Clock>);

impl governor::clock::Clock for HubClock {
    type Instant = Duration;

    fn now(&self) -> Duration {
        self.0.ran_for()
    }
}

/// See the module.
pub struct Pace<K: Clone + Eq + Hash> {
    limiter: RateLimiter<K, HashMapStateStore<K>, HubClock, NoOpMiddleware<Duration>>,
    clock: HubClock,
    burst: u32,
    refill: Duration,
}

impl<K: Clone + Eq + Hash> fmt::Debug for Pace<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pace").field("burst", &self.burst).field("refill", &self.refill).finish_non_exhaustive()
    }
}

impl<K: Clone + Eq + Hash> Pace<K> {
    /// So many at once, and one more after each `refill`.
    ///
    /// # Panics
    /// When either is nothing.
    #[must_use]
    pub fn new(clock: &Arc<dyn Clock>, burst: u32, refill: Duration) -> Self {
        let clock = HubClock(Arc::clone(clock));
        let quota = Quota::with_period(refill).expect("a refill takes time");
        let quota = quota.allow_burst(NonZeroU32::new(burst).expect("a burst is of something"));
        Self { limiter: RateLimiter::new(quota, HashMapStateStore::default(), clock.clone()), clock, burst, refill }
    }

    /// So many in a minute, a minute's at once.
    #[must_use]
    pub fn per_minute(clock: &Arc<dyn Clock>, count: u32) -> Self {
        Self::new(clock, count, Duration::from_secs(60) / count.max(1))
    }

    /// The time after which one more may be done.
    #[must_use]
    pub const fn refill(&self) -> Duration {
        self.refill
    }

    /// The time after which all of it may be done again.
    #[must_use]
    pub const fn whole(&self) -> Duration {
        self.refill.saturating_mul(self.burst)
    }

    /// Does it once.
    ///
    /// # Errors
    /// When it was done too often: the wait until it may be again.
    pub fn take(&self, key: &K) -> Result<(), Duration> {
        if self.limiter.len() >= limits::PACES_KEPT_COUNT {
            self.limiter.retain_recent();
        }
        self.limiter.check_key(key).map_err(|until| until.wait_time_from(self.clock.now()))
    }
}

/// The address, or the /64 that one household or office has in IPv6. `None`: this machine, or none is known; where a proxy
/// speaks for many, nobody is bounded by it.
#[must_use]
pub fn network_of(address: Option<IpAddr>) -> Option<IpAddr> {
    match address?.to_canonical() {
        address if address.is_loopback() => None,
        IpAddr::V4(address) => Some(address.into()),
        IpAddr::V6(address) => Some(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)).into()),
    }
}
