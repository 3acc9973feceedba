//! How many connections are open, in all and per address. Each accepted connection holds a
//! [`Place`] until its socket is gone, whoever owns the socket by then (a WebSocket session does).

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;

#[derive(Debug)]
pub(super) struct Places {
    all_max: usize,
    per_address_max: usize,
    per_address: Mutex<HashMap<IpAddr, usize>>,
    open: watch::Sender<usize>,
}

/// Why a connection is closed again at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Full {
    All,
    Address,
}

/// The right of one connection to be open.
#[derive(Debug)]
pub(super) struct Place {
    places: Arc<Places>,
    /// `None` for loopback, which is not counted by address.
    origin: Option<IpAddr>,
}

impl Places {
    pub(super) fn new(all_max: usize, per_address_max: usize) -> Arc<Self> {
        let open = watch::Sender::new(0);
        Arc::new(Self { all_max, per_address_max, per_address: Mutex::default(), open })
    }

    pub(super) fn take(self: &Arc<Self>, peer: IpAddr) -> Result<Place, Full> {
        let origin = origin(peer);
        let mut per_address = self.per_address.lock().unwrap_or_else(PoisonError::into_inner);
        // Under the lock, so that two threads cannot take the last place.
        if *self.open.borrow() >= self.all_max {
            return Err(Full::All);
        }
        if let Some(origin) = origin {
            let held = per_address.entry(origin).or_default();
            if *held >= self.per_address_max {
                return Err(Full::Address);
            }
            *held += 1;
        }
        self.open.send_modify(|open| *open += 1);
        Ok(Place { places: Arc::clone(self), origin })
    }

    pub(super) fn open(&self) -> usize {
        *self.open.borrow()
    }

    pub(super) async fn all_free(&self) {
        let waited = self.open.subscribe().wait_for(|open| *open == 0).await.map(|_| ());
        debug_assert!(waited.is_ok(), "the sender lives in self");
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut per_address = self.places.per_address.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(origin) = self.origin
            && let Some(held) = per_address.get_mut(&origin)
        {
            *held -= 1;
            if *held == 0 {
                per_address.remove(&origin);
            }
        }
        self.places.open.send_modify(|open| *open -= 1);
    }
}

/// Whom a connection is counted for. A customer of an IPv6 network has a /64 to choose from, so that
/// is one address here. Loopback is a reverse proxy or the operator and not bounded by address.
fn origin(peer: IpAddr) -> Option<IpAddr> {
    match peer.to_canonical() {
        address if address.is_loopback() => None,
        IpAddr::V6(v6) => {
            let network = u128::from(v6) & !u128::from(u64::MAX);
            Some(IpAddr::V6(Ipv6Addr::from(network)))
        }
        v4 => Some(v4),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_place_is_free_again_when_its_holder_is_gone() {
        let places = Places::new(2, 2);
        let first = places.take(ip("192.0.2.1")).unwrap();
        let _second = places.take(ip("192.0.2.2")).unwrap();
        assert_eq!(places.take(ip("192.0.2.3")).unwrap_err(), Full::All);
        drop(first);
        assert_eq!(places.open(), 1);
        assert!(places.take(ip("192.0.2.3")).is_ok());
    }

    #[test]
    fn an_address_has_its_own_bound_and_an_ipv6_network_counts_as_one() {
        let places = Places::new(100, 1);
        let _v4 = places.take(ip("192.0.2.1")).unwrap();
        assert_eq!(places.take(ip("::ffff:192.0.2.1")).unwrap_err(), Full::Address);
        let v6 = places.take(ip("2001:db8:0:1::1")).unwrap();
        assert_eq!(places.take(ip("2001:db8:0:1:ffff::2")).unwrap_err(), Full::Address);
        assert!(places.take(ip("2001:db8:0:2::1")).is_ok());
        drop(v6);
        assert!(places.take(ip("2001:db8:0:1::9")).is_ok());
    }

    #[test]
    fn loopback_is_bounded_in_all_only() {
        let places = Places::new(3, 1);
        let held: Vec<_> = (0..3).map(|_| places.take(ip("127.0.0.1")).unwrap()).collect();
        assert_eq!(places.take(ip("::1")).unwrap_err(), Full::All);
        drop(held);
        assert_eq!(places.open(), 0);
    }

    #[test]
    fn nothing_is_remembered_of_addresses_that_left() {
        let places = Places::new(10, 10);
        drop(places.take(ip("192.0.2.1")).unwrap());
        assert!(places.per_address.lock().unwrap().is_empty());
    }
}
