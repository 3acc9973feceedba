//! So that a program that runs away takes nothing from others: how many requests a sign-in and an address make in a minute, and
//! how many posts come over the sockets of a sign-in. In memory of this hub, and only where a configuration sets it.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use super::pace::{Pace, network_of};
use crate::clock::Clock;
use crate::config::RateSettings;
use crate::domain::ids::SignInId;

/// See the module.
#[derive(Debug)]
pub struct Rates {
    requests: Pace<SignInId>,
    requests_of_address: Pace<IpAddr>,
    posts: Pace<SignInId>,
}

impl Rates {
    #[must_use]
    pub fn new(clock: &Arc<dyn Clock>, settings: RateSettings) -> Self {
        Self {
            requests: Pace::per_minute(clock, settings.requests),
            requests_of_address: Pace::per_minute(clock, settings.requests_of_address),
            posts: Pace::per_minute(clock, settings.posts),
        }
    }

    /// One request of a sign-in.
    ///
    /// # Errors
    /// When there were too many: the wait until the next.
    pub fn request(&self, sign_in: SignInId) -> Result<(), Duration> {
        self.requests.take(&sign_in)
    }

    /// One request from an address.
    ///
    /// # Errors
    /// When there were too many: the wait until the next.
    pub fn request_from(&self, address: Option<IpAddr>) -> Result<(), Duration> {
        network_of(address).map_or(Ok(()), |network| self.requests_of_address.take(&network))
    }

    /// One post over a socket.
    ///
    /// # Errors
    /// When there were too many: the wait until the next.
    pub fn post(&self, sign_in: SignInId) -> Result<(), Duration> {
        self.posts.take(&sign_in)
    }
}
