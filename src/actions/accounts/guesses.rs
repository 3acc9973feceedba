//! How often an address and an account may be tried, by this hub. A device that somebody signed in on before has an
//! allowance of its own for that account: whoever guesses from elsewhere uses up what strangers have, never the nurse's.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use governor::clock::Clock as _;
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};
use uuid::Uuid;

use crate::clock::Clock;
use crate::limits;
use crate::vault::Mac;

/// The hub's clock as `governor` reads it.
#[derive(Clone)]
struct HubClock(Arc<dyn Clock>);

impl governor::clock::Clock for HubClock {
    type Instant = Duration;

    fn now(&self) -> Duration {
        Duration::from_micros(self.0.now().as_micros().max(0).unsigned_abs())
    }
}

type Limiter<K> = RateLimiter<K, HashMapStateStore<K>, HubClock, NoOpMiddleware<Duration>>;

/// Who tries an account: anybody, or a device that is known to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Trying {
    Stranger([u8; 32]),
    Device([u8; 32], [u8; 16]),
}

impl Trying {
    pub(super) fn new(login: &Mac, known_device: Option<[u8; 16]>) -> Self {
        match known_device {
            Some(device) => Self::Device(login.0, device),
            None => Self::Stranger(login.0),
        }
    }
}

/// Tried too often: when the next try may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooOften {
    pub wait: Duration,
}

pub(super) struct Guesses {
    clock: HubClock,
    addresses: Limiter<IpAddr>,
    /// Every page that is opened asks for a passkey: that is no try.
    questions: Limiter<IpAddr>,
    strangers: Limiter<Trying>,
    devices: Limiter<Trying>,
    /// Apart from people's: a system that asks in a loop keeps nobody at its office from signing in.
    token_addresses: Limiter<IpAddr>,
    clients: Limiter<Uuid>,
    kept_refusals: Limiter<Uuid>,
}

impl fmt::Debug for Guesses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guesses").finish_non_exhaustive()
    }
}

impl Guesses {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        let clock = HubClock(clock);
        Self {
            questions: limiter(&clock, limits::SIGN_IN_TRIES_PER_ADDRESS_BURST, limits::SIGN_IN_PER_ADDRESS_REFILL_MS),
            addresses: limiter(&clock, limits::SIGN_IN_TRIES_PER_ADDRESS_BURST, limits::SIGN_IN_PER_ADDRESS_REFILL_MS),
            strangers: limiter(
                &clock,
                limits::SIGN_IN_TRIES_BY_STRANGERS_BURST,
                limits::SIGN_IN_BY_STRANGERS_REFILL_MS,
            ),
            devices: limiter(&clock, limits::SIGN_IN_TRIES_BY_DEVICE_BURST, limits::SIGN_IN_BY_DEVICE_REFILL_MS),
            token_addresses: limiter(
                &clock,
                limits::TOKEN_TRIES_PER_ADDRESS_BURST,
                limits::TOKEN_PER_ADDRESS_REFILL_MS,
            ),
            clients: limiter(&clock, limits::TOKENS_PER_CLIENT_BURST, limits::TOKENS_PER_CLIENT_REFILL_MS),
            kept_refusals: limiter(&clock, limits::CLIENT_REFUSALS_KEPT_BURST, limits::CLIENT_REFUSALS_KEPT_REFILL_MS),
            clock,
        }
    }

    /// One request for a token from this address.
    ///
    /// # Errors
    /// When there were too many.
    pub(super) fn at_token_endpoint(&self, address: Option<IpAddr>) -> Result<(), TooOften> {
        self.take_at(&self.token_addresses, address)
    }

    /// One token of a client, which showed that it is it.
    ///
    /// # Errors
    /// When there were too many.
    pub(super) fn at_client(&self, client: Uuid) -> Result<(), TooOften> {
        self.take(&self.clients, &client)
    }

    /// One failed request in a client's name that is kept.
    ///
    /// # Errors
    /// When enough were.
    pub(super) fn at_kept_refusal(&self, client: Uuid) -> Result<(), TooOften> {
        self.take(&self.kept_refusals, &client)
    }

    /// One try from this address. Loopback, where a proxy or this machine speaks, is not bounded.
    ///
    /// # Errors
    /// When there were too many.
    pub(super) fn at_address(&self, address: Option<IpAddr>) -> Result<(), TooOften> {
        self.take_at(&self.addresses, address)
    }

    /// One question for a passkey from this address.
    ///
    /// # Errors
    /// When there were too many.
    pub(super) fn at_question(&self, address: Option<IpAddr>) -> Result<(), TooOften> {
        self.take_at(&self.questions, address)
    }

    fn take_at(&self, limiter: &Limiter<IpAddr>, address: Option<IpAddr>) -> Result<(), TooOften> {
        match address.map(|address| address.to_canonical()) {
            Some(address) if !address.is_loopback() => self.take(limiter, &network_of(address)),
            _ => Ok(()),
        }
    }

    /// One try at an account.
    ///
    /// # Errors
    /// When there were too many of this kind.
    pub(super) fn at_account(&self, trying: Trying) -> Result<(), TooOften> {
        match trying {
            Trying::Stranger(_) => self.take(&self.strangers, &trying),
            Trying::Device(..) => self.take(&self.devices, &trying),
        }
    }

    fn take<K: Clone + Eq + std::hash::Hash>(&self, limiter: &Limiter<K>, key: &K) -> Result<(), TooOften> {
        if limiter.len() >= limits::SIGN_IN_ALLOWANCES_KEPT_COUNT {
            limiter.retain_recent();
        }
        limiter.check_key(key).map_err(|until| TooOften { wait: until.wait_time_from(self.clock.now()) })
    }
}

fn limiter<K: Clone + Eq + std::hash::Hash>(clock: &HubClock, burst: u32, refill_ms: u64) -> Limiter<K> {
    let quota = Quota::with_period(Duration::from_millis(refill_ms)).expect("a refill takes time");
    let burst = NonZeroU32::new(burst).expect("a burst is of something");
    RateLimiter::new(quota.allow_burst(burst), HashMapStateStore::default(), clock.clone())
}

/// The address, or the /64 that one household or office has in IPv6.
fn network_of(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::ManualClock;
    use crate::domain::time::Timestamp;
    use crate::vault::DataKey;

    fn guesses() -> (Guesses, Arc<ManualClock>) {
        let clock = Arc::new(ManualClock::at(Timestamp::from_secs(1_775_003_400)));
        (Guesses::new(clock.clone()), clock)
    }

    #[test]
    fn strangers_share_what_they_have_and_a_known_device_has_its_own() {
        let (guesses, clock) = guesses();
        let login = DataKey::of_nothing().logins().mac(&[b"sato"]);
        let stranger = Trying::new(&login, None);
        for _ in 0..limits::SIGN_IN_TRIES_BY_STRANGERS_BURST {
            assert_eq!(guesses.at_account(stranger), Ok(()));
        }
        let wait = guesses.at_account(stranger).unwrap_err().wait;
        assert_eq!(wait, Duration::from_millis(limits::SIGN_IN_BY_STRANGERS_REFILL_MS));
        assert_eq!(guesses.at_account(Trying::new(&login, Some([1; 16]))), Ok(()), "a device that is known");
        clock.advance(wait);
        assert_eq!(guesses.at_account(stranger), Ok(()));
        assert!(guesses.at_account(stranger).is_err());
    }

    #[test]
    fn an_address_is_a_household_in_ipv6_and_loopback_is_not_bounded() {
        let (guesses, _) = guesses();
        let from = |address: &str| guesses.at_address(Some(address.parse().unwrap()));
        for _ in 0..limits::SIGN_IN_TRIES_PER_ADDRESS_BURST {
            assert_eq!(from("2001:db8::1"), Ok(()));
            assert_eq!(from("::1"), Ok(()));
        }
        assert!(from("2001:db8::ffff:2").is_err());
        assert_eq!(from("2001:db8:0:1::1"), Ok(()));
        assert_eq!((from("::1"), from("127.0.0.1"), guesses.at_address(None)), (Ok(()), Ok(()), Ok(())));
    }
}
