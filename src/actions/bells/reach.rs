//! To which addresses the hub goes when it speaks to a push service. A name on the list may be answered for by whoever runs
//! its zone, or the network's resolver: what is not an address of the public network is not spoken to.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use crate::config::Reach;

/// The addresses of a host that may be spoken to.
///
/// # Errors
/// When it has none, or none that may.
pub(super) async fn resolve(reach: &Reach, host: &str, port: u16) -> Result<Vec<SocketAddr>, Unreachable> {
    let found = tokio::net::lookup_host((host, port)).await.map_err(Unreachable::Unknown)?;
    // INVARIANT: what is judged here is what is connected to; the name is not asked again.
    let allowed: Vec<SocketAddr> = found.filter(|address| is_allowed(reach, address.ip())).collect();
    if allowed.is_empty() { Err(Unreachable::Private) } else { Ok(allowed) }
}

/// Why there is nothing to speak to.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unreachable {
    #[error("its name is not known: {0}")]
    Unknown(#[source] io::Error),
    #[error("its name leads to no public address")]
    Private,
}

fn is_allowed(reach: &Reach, address: IpAddr) -> bool {
    match reach {
        Reach::Public => is_public(address),
        Reach::ThisMachine { .. } => address.to_canonical().is_loopback(),
    }
}

/// Whether an address is one of the public network (IANA's special-purpose address registries).
fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_special = match (a, b, c) {
        // This network, private, loopback.
        (0 | 10 | 127, ..) => true,
        // Shared with the provider.
        (100, 64..=127, _) => true,
        (169, 254, _) | (192, 168, _) | (172, 16..=31, _) => true,
        // Protocols, documentation, relays, measuring.
        (192, 0, 0 | 2) | (192, 88, 99) | (198, 18..=19, _) | (198, 51, 100) | (203, 0, 113) => true,
        // Multicast and reserved.
        (224.., ..) => true,
        _ => false,
    };
    !is_special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    // Unicast of the public network is all in 2000::/3; in it lie tunnels to IPv4, protocols and documentation.
    let is_global = first & 0xe000 == 0x2000;
    let is_special =
        matches!((first, second), (0x2001, 0x0000..=0x01ff | 0x0db8) | (0x2002, _) | (0x3fff, 0x0000..=0x0fff));
    is_global && !is_special
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_the_public_network_is_spoken_to_and_no_other() {
        for public in
            ["8.8.8.8", "142.250.0.1", "172.32.0.1", "100.128.0.1", "2404:6800::1", "2a01:111::1", "::ffff:8.8.8.8"]
        {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
        for special in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.1",
            "192.0.2.1",
            "192.168.1.1",
            "198.18.0.1",
            "203.0.113.5",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:10.0.0.1",
            "::ffff:127.0.0.1",
            "64:ff9b::a00:1",
            "fc00::1",
            "fe80::1",
            "ff02::1",
            "2001::1",
            "2001:db8::1",
            "2002:a00:1::1",
        ] {
            assert!(!is_public(special.parse().unwrap()), "{special}");
        }
    }

    #[tokio::test]
    async fn a_name_that_leads_to_this_machine_is_spoken_to_by_tests_alone() {
        let here = Reach::ThisMachine { authority: "authority.pem".into() };
        assert!(matches!(resolve(&Reach::Public, "localhost", 443).await, Err(Unreachable::Private)));
        assert!(matches!(resolve(&Reach::Public, "127.0.0.1", 443).await, Err(Unreachable::Private)));
        assert!(matches!(resolve(&here, "8.8.8.8", 443).await, Err(Unreachable::Private)));
        assert!(resolve(&here, "localhost", 443).await.unwrap().iter().all(|found| found.ip().is_loopback()));
    }
}
