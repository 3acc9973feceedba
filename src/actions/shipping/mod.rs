//! Shipping the audit log to another system as it happens: RFC 5424 lines, in order, each at least once. The journal is
//! read, never waited on: whoever writes it does not notice. How far the other side has it is kept in the journal, so that a
//! restart or an outage goes on from there.
//!
//! INVARIANT: that place moves only once the other side is known to have what lies before it.

mod line;
mod target;

use std::path::PathBuf;
use std::time::Duration;

use crate::config::{AuditSettings, ShipTo};
use crate::domain::audit::AuditFilter;
use crate::hub::Hub;
use crate::limits;
use crate::store::{AuditOrder, StoreError};

use self::target::Target;
use super::audit::event::Event;
use super::audit::search;

/// How long things may take, in real time: a network knows no other.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// Between two looks for new records.
    pub poll: Duration,
    /// Nothing more to ship for this long: the other side is asked to confirm.
    pub idle: Duration,
    /// After a failure, at first; doubled each time.
    pub retry: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            poll: Duration::from_millis(limits::SHIP_POLL_MS),
            idle: Duration::from_millis(limits::SHIP_IDLE_MS),
            retry: Duration::from_millis(limits::SHIP_RETRY_MS_MIN),
        }
    }
}

/// What keeps shipping from going on.
#[derive(Debug, thiserror::Error)]
pub enum ShipError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the place to ship to: {0}")]
    Target(#[from] std::io::Error),
    #[error("the other side did not close the connection, so that nobody knows what it has")]
    NotConfirmed,
}

/// See the module.
#[derive(Debug)]
pub struct Shipping {
    hub: Hub,
    to: ShipTo,
    authority: Option<PathBuf>,
    pace: Pace,
}

/// What is under way.
struct Voyage {
    target: Option<Target>,
    /// The last record that was sent.
    sent: u64,
    /// The last record that the other side has for sure.
    confirmed: u64,
    idle_for: Duration,
}

impl Shipping {
    /// `None`: nothing is to be shipped.
    #[must_use]
    pub fn of(hub: Hub, settings: &AuditSettings) -> Option<Self> {
        let to = settings.ship.clone()?;
        Some(Self::new(hub, to, settings.ship_authority.clone(), Pace::default()))
    }

    #[must_use]
    pub const fn new(hub: Hub, to: ShipTo, authority: Option<PathBuf>, pace: Pace) -> Self {
        Self { hub, to, authority, pace }
    }

    /// Ships for as long as it is polled. An outage is told once, and its end.
    pub async fn tend(&self) {
        let (mut wait, mut is_out) = (self.pace.retry, false);
        loop {
            let before = self.place().await.unwrap_or(0);
            let Err(error) = self.ship().await;
            if !is_out {
                tracing::warn!(%error, to = %self.to, "audit records are not shipped now; they will be later");
            }
            is_out = true;
            if self.place().await.unwrap_or(0) > before {
                // It got on before it failed.
                wait = self.pace.retry;
            }
            tokio::time::sleep(wait).await;
            wait = (2 * wait).min(Duration::from_millis(limits::SHIP_RETRY_MS_MAX));
        }
    }

    /// Ships until something fails.
    async fn ship(&self) -> Result<std::convert::Infallible, ShipError> {
        let confirmed = self.place().await?;
        let mut voyage = Voyage { target: None, sent: confirmed, confirmed, idle_for: Duration::ZERO };
        loop {
            let is_all = self.send_some(&mut voyage).await?;
            let on_the_way = voyage.sent - voyage.confirmed;
            let is_quiet = is_all && voyage.idle_for >= self.pace.idle;
            if on_the_way >= limits::SHIP_CONFIRM_RECORDS || (on_the_way > 0 && is_quiet) {
                self.confirm(&mut voyage).await?;
            }
            if is_all {
                tokio::time::sleep(self.pace.poll).await;
                voyage.idle_for += self.pace.poll;
            }
        }
    }

    /// Sends the next records; whether those are all that there are.
    async fn send_some(&self, voyage: &mut Voyage) -> Result<bool, ShipError> {
        let (journal, cursor) = (self.hub.journal(), Some(voyage.sent));
        let limit = limits::AUDIT_SEARCH_PAGE_RECORDS;
        let page = search(journal, AuditFilter::default(), AuditOrder::OldestFirst, cursor, limit).await?;
        let Some(last) = page.found.last().map(|found| found.record.seq) else { return Ok(true) };
        let (directory, region) = (self.hub.region().directory(), journal.region().fingerprint());
        let line = |found: crate::store::AuditFound| {
            let chain = found.record.chain;
            line::line(&Event::of(found, &directory), &chain, &region)
        };
        let lines: Vec<String> = page.found.into_iter().map(line).collect();
        let target = match &mut voyage.target {
            Some(target) => target,
            none => none.insert(Target::open(&self.to, self.authority.as_deref()).await?),
        };
        target.send(&lines).await?;
        (voyage.sent, voyage.idle_for) = (last, Duration::ZERO);
        Ok(page.next.is_none())
    }

    async fn confirm(&self, voyage: &mut Voyage) -> Result<(), ShipError> {
        if let Some(target) = voyage.target.take() {
            target.confirm().await?;
        }
        voyage.confirmed = voyage.sent;
        let (name, place) = (self.name(), voyage.confirmed.to_string());
        let noting = self.hub.journal().write(move |tx| Box::pin(async move { tx.upsert_meta(&name, &place).await }));
        Ok(noting.await.map_err(|error: StoreError| error)?)
    }

    /// The last record that the other side has for sure.
    async fn place(&self) -> Result<u64, StoreError> {
        let name = self.name();
        let kept = self.hub.journal().read(move |tx| Box::pin(async move { tx.find_meta(&name).await })).await?;
        Ok(kept.and_then(|place| place.parse().ok()).unwrap_or(0))
    }

    /// A new place gets all of it from the beginning.
    fn name(&self) -> String {
        format!("audit_shipped {}", self.to)
    }
}
