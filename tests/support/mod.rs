//! What every story needs from the machine it runs on: a folder of its own, a database of its own.

use std::time::Duration;

pub mod actor;
pub mod app;
pub mod authenticator;
pub mod envelope;
pub mod line;
pub mod postgres;
pub mod process;
pub mod provider;
pub mod push_service;
pub mod reader;
pub mod redis;
pub mod scratch;
pub mod socket;
pub mod system;
pub mod template;
pub mod visitor;

/// The environment variable, set by `./test`, that turns a missing service from a skip into a failure.
const REQUIRE_SERVICES: &str = "RENKEI_TEST_REQUIRE_SERVICES";

/// The address of a throw-away service that `./test` started, from the variable named.
///
/// `None` skips the caller: it is a bare `cargo test`, without the services. Under `./test` or in CI
/// a missing address fails instead, so no test is skipped there unnoticed.
#[track_caller]
pub fn service_url(variable: &str) -> Option<String> {
    let required = [REQUIRE_SERVICES, "CI"].iter().any(|name| std::env::var_os(name).is_some());
    let url = std::env::var(variable).ok().filter(|url| !url.is_empty());
    assert!(url.is_some() || !required, "{variable} is not set: run the tests with ./test");
    if url.is_none() {
        eprintln!("skipped: {variable} is not set; ./test sets it");
    }
    url
}

/// Looks again and again, for as long as a slow machine may need.
pub async fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let mut look = tokio::time::interval(Duration::from_millis(5));
    let looking = async {
        while !holds() {
            look.tick().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), looking).await.unwrap_or_else(|_| panic!("never: {what}"));
}

/// The same of something that has to be asked for.
pub async fn until(what: &str, holds: impl AsyncFn() -> bool) {
    let mut look = tokio::time::interval(Duration::from_millis(5));
    let looking = async {
        while !holds().await {
            look.tick().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), looking).await.unwrap_or_else(|_| panic!("never: {what}"));
}
