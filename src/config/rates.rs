//! How many requests one sign-in and one address may make in a minute, and how many posts come over sockets. Generous: they
//! are there so that a program that runs away takes nothing from others.

use super::read::Reader;
use crate::limits::{
    POSTS_PER_MINUTE_DEFAULT, RATE_PER_MINUTE_MAX, RATE_PER_MINUTE_MIN, REQUESTS_PER_MINUTE_AND_ADDRESS_DEFAULT,
    REQUESTS_PER_MINUTE_DEFAULT,
};

/// See the module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateSettings {
    /// Of one sign-in over REST.
    pub requests: u32,
    /// Of one address over REST, signed in or not. This machine is not bounded: a proxy speaks for many.
    pub requests_of_address: u32,
    /// Of one sign-in over its sockets.
    pub posts: u32,
}

impl Default for RateSettings {
    fn default() -> Self {
        let count = |default: i64| u32::try_from(default).expect("a few thousand");
        Self {
            requests: count(REQUESTS_PER_MINUTE_DEFAULT),
            requests_of_address: count(REQUESTS_PER_MINUTE_AND_ADDRESS_DEFAULT),
            posts: count(POSTS_PER_MINUTE_DEFAULT),
        }
    }
}

pub(super) fn settle(read: &mut Reader<'_>) -> RateSettings {
    let usual = RateSettings::default();
    let mut rate = |field, usual: u32| {
        let given = read.number(field, RATE_PER_MINUTE_MIN..=RATE_PER_MINUTE_MAX);
        given.map_or(usual, |given| u32::try_from(given).expect("the range of the field fits"))
    };
    RateSettings {
        requests: rate("rates.requests_per_minute", usual.requests),
        requests_of_address: rate("rates.requests_per_minute_and_address", usual.requests_of_address),
        posts: rate("rates.posts_per_minute", usual.posts),
    }
}

/// Each field with its value as TOML.
pub(super) fn shown(rates: RateSettings) -> [(&'static str, String); 3] {
    [
        ("rates.requests_per_minute", rates.requests.to_string()),
        ("rates.requests_per_minute_and_address", rates.requests_of_address.to_string()),
        ("rates.posts_per_minute", rates.posts.to_string()),
    ]
}
