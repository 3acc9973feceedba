//! Which listeners ask for the certificate of a registered device: one answer for all, and others for single addresses.

use std::net::SocketAddr;

use crate::domain::device::DeviceDemand;
use crate::domain::text::Text;

/// See the module. Listeners without TLS ask for nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceSettings {
    pub demand: DeviceDemand,
    /// Listeners that ask otherwise.
    pub at: Vec<(SocketAddr, DeviceDemand)>,
}

impl Default for DeviceSettings {
    fn default() -> Self {
        Self { demand: DeviceDemand::Optional, at: Vec::new() }
    }
}

impl DeviceSettings {
    /// What the listener at this address asks for.
    #[must_use]
    pub fn at(&self, address: SocketAddr) -> DeviceDemand {
        self.at.iter().find(|(at, _)| *at == address).map_or(self.demand, |(_, demand)| *demand)
    }

    /// Whether any listener asks.
    #[must_use]
    pub fn asks(&self, addresses: &[SocketAddr]) -> bool {
        addresses.iter().any(|address| self.at(*address) != DeviceDemand::Off)
    }
}

/// `192.0.2.1:8443 required`.
pub(super) fn parse(text: &str) -> Option<(SocketAddr, DeviceDemand)> {
    let (address, demand) = text.trim().split_once(char::is_whitespace)?;
    Some((address.parse().ok()?, DeviceDemand::from_code(demand.trim())?))
}

pub(super) fn expected() -> Text {
    Text::fixed(
        "「127.0.0.1:8443 off」のような、アドレスと off・optional・required のどれか",
        "an address with off, optional or required, such as \"127.0.0.1:8443 off\"",
    )
}
