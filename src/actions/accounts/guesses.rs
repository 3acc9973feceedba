//! How often an address and an account may be tried. A device that somebody signed in on before has an allowance of its own
//! for that account: whoever guesses from elsewhere uses up what strangers have, never the nurse's. Each hub counts by itself,
//! and with the others where there is a Redis (`hub/counting.rs`).

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use uuid::Uuid;

use crate::clock::Clock;
use crate::hub::counting::Counting;
use crate::hub::pace::{Pace, network_of};
use crate::limits;
use crate::vault::Mac;

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

    fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Stranger(login) => login.to_vec(),
            Self::Device(login, device) => [&login[..], device].concat(),
        }
    }
}

/// Tried too often: when the next try may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooOften {
    pub wait: Duration,
}

#[derive(Debug)]
pub(super) struct Guesses {
    counting: Arc<Counting>,
    addresses: Pace<IpAddr>,
    /// Every page that is opened asks for a passkey: that is no try.
    questions: Pace<IpAddr>,
    strangers: Pace<Trying>,
    devices: Pace<Trying>,
    /// Apart from people's: a system that asks in a loop keeps nobody at its office from signing in.
    token_addresses: Pace<IpAddr>,
    clients: Pace<Uuid>,
    kept_refusals: Pace<Uuid>,
}

impl Guesses {
    pub(super) fn new(clock: &Arc<dyn Clock>, counting: Arc<Counting>) -> Self {
        use limits::{
            CLIENT_REFUSALS_KEPT_BURST, CLIENT_REFUSALS_KEPT_REFILL_MS, SIGN_IN_BY_DEVICE_REFILL_MS,
            SIGN_IN_BY_STRANGERS_REFILL_MS, SIGN_IN_PER_ADDRESS_REFILL_MS, SIGN_IN_TRIES_BY_DEVICE_BURST,
            SIGN_IN_TRIES_BY_STRANGERS_BURST, SIGN_IN_TRIES_PER_ADDRESS_BURST, TOKEN_PER_ADDRESS_REFILL_MS,
            TOKEN_TRIES_PER_ADDRESS_BURST, TOKENS_PER_CLIENT_BURST, TOKENS_PER_CLIENT_REFILL_MS,
        };
        let (ms, of_address) = (Duration::from_millis, SIGN_IN_TRIES_PER_ADDRESS_BURST);
        Self {
            counting,
            questions: Pace::new(clock, of_address, ms(SIGN_IN_PER_ADDRESS_REFILL_MS)),
            addresses: Pace::new(clock, of_address, ms(SIGN_IN_PER_ADDRESS_REFILL_MS)),
            strangers: Pace::new(clock, SIGN_IN_TRIES_BY_STRANGERS_BURST, ms(SIGN_IN_BY_STRANGERS_REFILL_MS)),
            devices: Pace::new(clock, SIGN_IN_TRIES_BY_DEVICE_BURST, ms(SIGN_IN_BY_DEVICE_REFILL_MS)),
            token_addresses: Pace::new(clock, TOKEN_TRIES_PER_ADDRESS_BURST, ms(TOKEN_PER_ADDRESS_REFILL_MS)),
            clients: Pace::new(clock, TOKENS_PER_CLIENT_BURST, ms(TOKENS_PER_CLIENT_REFILL_MS)),
            kept_refusals: Pace::new(clock, CLIENT_REFUSALS_KEPT_BURST, ms(CLIENT_REFUSALS_KEPT_REFILL_MS)),
        }
    }

    /// One request for a token from this address.
    ///
    /// # Errors
    /// When there were too many.
    pub(super) async fn at_token_endpoint(&self, address: Option<IpAddr>) -> Result<(), TooOften> {
        self.take_at("token-address", &self.token_addresses, address).await
    }

    /// One token of a client, which showed that it is it.
    ///
    /// # Errors
    /// When there were too many.
    pub(super) async fn at_client(&self, client: Uuid) -> Result<(), TooOften> {
        self.take("client", &self.clients, &client, client.as_bytes()).await
    }

    /// One failed request in a client's name that this hub keeps.
    ///
    /// # Errors
    /// When enough were.
    pub(super) fn at_kept_refusal(&self, client: Uuid) -> Result<(), TooOften> {
        self.kept_refusals.take(&client).map_err(|wait| TooOften { wait })
    }

    /// One try from this address. Loopback, where a proxy or this machine speaks, is not bounded.
    ///
    /// # Errors
    /// When there were too many.
    pub(super) async fn at_address(&self, address: Option<IpAddr>) -> Result<(), TooOften> {
        self.take_at("address", &self.addresses, address).await
    }

    /// One question for a passkey from this address.
    ///
    /// # Errors
    /// When there were too many.
    pub(super) async fn at_question(&self, address: Option<IpAddr>) -> Result<(), TooOften> {
        self.take_at("question", &self.questions, address).await
    }

    async fn take_at(&self, kind: &str, pace: &Pace<IpAddr>, address: Option<IpAddr>) -> Result<(), TooOften> {
        let Some(network) = network_of(address) else { return Ok(()) };
        let bytes = match network {
            IpAddr::V4(address) => address.octets().to_vec(),
            IpAddr::V6(address) => address.octets().to_vec(),
        };
        self.take(kind, pace, &network, &bytes).await
    }

    /// One try at an account.
    ///
    /// # Errors
    /// When there were too many of this kind.
    pub(super) async fn at_account(&self, trying: Trying) -> Result<(), TooOften> {
        let (kind, pace) = match trying {
            Trying::Stranger(_) => ("stranger", &self.strangers),
            Trying::Device(..) => ("device", &self.devices),
        };
        self.take(kind, pace, &trying, &trying.bytes()).await
    }

    /// INVARIANT: this hub counts first, so that what it knows bounds also while Redis is lost.
    async fn take<K: Clone + Eq + std::hash::Hash>(
        &self,
        kind: &str,
        pace: &Pace<K>,
        key: &K,
        bytes: &[u8],
    ) -> Result<(), TooOften> {
        pace.take(key).map_err(|wait| TooOften { wait })?;
        let counted = self.counting.take(kind, bytes, pace.refill(), pace.whole());
        counted.await.map_err(|wait| TooOften { wait })
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
        let counting = Arc::new(Counting::new(&Arc::new(DataKey::of_nothing())));
        let as_clock: Arc<dyn Clock> = clock.clone();
        (Guesses::new(&as_clock, counting), clock)
    }

    #[tokio::test]
    async fn strangers_share_what_they_have_and_a_known_device_has_its_own() {
        let (guesses, clock) = guesses();
        let login = DataKey::of_nothing().logins().mac(&[b"sato"]);
        let stranger = Trying::new(&login, None);
        for _ in 0..limits::SIGN_IN_TRIES_BY_STRANGERS_BURST {
            assert_eq!(guesses.at_account(stranger).await, Ok(()));
        }
        let wait = guesses.at_account(stranger).await.unwrap_err().wait;
        assert_eq!(wait, Duration::from_millis(limits::SIGN_IN_BY_STRANGERS_REFILL_MS));
        assert_eq!(guesses.at_account(Trying::new(&login, Some([1; 16]))).await, Ok(()), "a device that is known");
        clock.advance(wait);
        assert_eq!(guesses.at_account(stranger).await, Ok(()));
        assert!(guesses.at_account(stranger).await.is_err());
    }

    #[tokio::test]
    async fn an_address_is_a_household_in_ipv6_and_loopback_is_not_bounded() {
        let (guesses, _) = guesses();
        let from = async |address: &str| guesses.at_address(Some(address.parse().unwrap())).await;
        for _ in 0..limits::SIGN_IN_TRIES_PER_ADDRESS_BURST {
            assert_eq!(from("2001:db8::1").await, Ok(()));
            assert_eq!(from("::1").await, Ok(()));
        }
        assert!(from("2001:db8::ffff:2").await.is_err());
        assert_eq!(from("2001:db8:0:1::1").await, Ok(()));
        assert_eq!(
            (from("::1").await, from("127.0.0.1").await, guesses.at_address(None).await),
            (Ok(()), Ok(()), Ok(()))
        );
    }
}
