//! Shipping the audit log, and the checkpoints that are made of it, to another system as it happens: RFC 5424 lines, in order,
//! each at least once. The journal is read, never waited on: whoever writes it does not notice. How far the other side has it
//! is kept in the journal, so that a restart or an outage goes on from there.
//!
//! INVARIANT: that place moves only once the other side is known to have what lies before it.

mod line;
mod target;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::config::{AuditSettings, ShipTo};
use crate::domain::audit::AuditFilter;
use crate::hub::Hub;
use crate::limits;
use crate::store::{AuditOrder, Noted, StoreError};

use self::target::Target;
use super::audit::event::Event;
use super::audit::search;
use super::witness::Witness;

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
    witness: Arc<Witness>,
}

/// What is under way.
struct Voyage {
    target: Option<Target>,
    /// What was sent last.
    sent: Reached,
    /// What the other side has for sure.
    confirmed: Reached,
    idle_for: Duration,
}

/// The last record, and the last checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Reached {
    record: u64,
    checkpoint: u64,
}

impl Reached {
    const fn beyond(self, other: Self) -> u64 {
        self.record - other.record + self.checkpoint - other.checkpoint
    }
}

impl Shipping {
    /// `None`: nothing is to be shipped.
    #[must_use]
    pub fn of(hub: Hub, settings: &AuditSettings, witness: Arc<Witness>) -> Option<Self> {
        let to = settings.ship.clone()?;
        witness.shipping.expect();
        Some(Self { witness, ..Self::new(hub, to, settings.ship_authority.clone(), Pace::default()) })
    }

    #[must_use]
    pub fn new(hub: Hub, to: ShipTo, authority: Option<PathBuf>, pace: Pace) -> Self {
        Self { hub, to, authority, pace, witness: Arc::default() }
    }

    /// Says there how it goes.
    #[must_use]
    pub fn watched(mut self, witness: Arc<Witness>) -> Self {
        self.witness = witness;
        self
    }

    /// Ships for as long as it is polled. An outage is told once, and its end.
    pub async fn tend(&self) {
        let (mut wait, mut is_out) = (self.pace.retry, false);
        loop {
            let before = self.place().await.ok();
            let Err(error) = self.ship().await;
            self.witness.shipping.failed();
            if !is_out {
                tracing::warn!(%error, to = %self.to, "audit records are not shipped now; they will be later");
            }
            is_out = true;
            if self.place().await.ok() != before {
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
            if is_all {
                self.send_checkpoints(&mut voyage).await?;
            }
            let on_the_way = voyage.sent.beyond(voyage.confirmed);
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
        let (journal, cursor) = (self.hub.journal(), Some(voyage.sent.record));
        let limit = limits::AUDIT_SEARCH_PAGE_RECORDS;
        let page = search(journal, AuditFilter::default(), AuditOrder::OldestFirst, cursor, limit).await?;
        let Some(last) = page.found.last().map(|found| found.record.seq) else { return Ok(true) };
        let (directory, region) = (self.hub.region().directory(), journal.region().fingerprint());
        let line = |found: crate::store::AuditFound| {
            let chain = found.record.chain;
            line::line(&Event::of(found, &directory), &chain, &region)
        };
        let lines: Vec<String> = page.found.into_iter().map(line).collect();
        self.send(voyage, &lines).await?;
        voyage.sent.record = last;
        Ok(page.next.is_none())
    }

    /// Sends the checkpoints that were made since, behind the records that they speak of.
    async fn send_checkpoints(&self, voyage: &mut Voyage) -> Result<(), ShipError> {
        let (journal, after) = (self.hub.journal(), voyage.sent.checkpoint);
        let limit = limits::CHECKPOINT_PAGE_COUNT;
        let made = journal.read(move |tx| Box::pin(async move { tx.list_checkpoints(after, limit).await })).await?;
        let Some(last) = made.last().map(|made| made.number) else { return Ok(()) };
        let region = journal.region().fingerprint();
        let lines: Vec<String> = made.iter().map(|made| line::of_checkpoint(made, &region)).collect();
        self.send(voyage, &lines).await?;
        voyage.sent.checkpoint = last;
        Ok(())
    }

    async fn send(&self, voyage: &mut Voyage, lines: &[String]) -> Result<(), ShipError> {
        let target = match &mut voyage.target {
            Some(target) => target,
            none => none.insert(Target::open(&self.to, self.authority.as_deref()).await?),
        };
        target.send(lines).await?;
        voyage.idle_for = Duration::ZERO;
        Ok(())
    }

    async fn confirm(&self, voyage: &mut Voyage) -> Result<(), ShipError> {
        if let Some(target) = voyage.target.take() {
            target.confirm().await?;
        }
        voyage.confirmed = voyage.sent;
        let (names, Reached { record, checkpoint }) = (self.names(), voyage.confirmed);
        let noting = self.hub.journal().write(move |tx| {
            Box::pin(async move {
                tx.upsert_noted(&names.0, &record.to_string()).await?;
                tx.upsert_noted(&names.1, &checkpoint.to_string()).await
            })
        });
        noting.await.map_err(|error: StoreError| error)?;
        self.witness.shipping.arrived(Some(self.hub.region().now()));
        Ok(())
    }

    /// What the other side has for sure. A place that no hub of the region noted, or that lies beyond what there is, is told and
    /// counts for nothing: it would keep what comes from being sent.
    async fn place(&self) -> Result<Reached, StoreError> {
        let names = self.names();
        let reading = self.hub.journal().read(move |tx| {
            Box::pin(async move {
                let noted = (tx.find_noted(&names.0).await?, tx.find_noted(&names.1).await?);
                let made = tx.find_last_checkpoint().await?.map_or(0, |last| last.number);
                Ok::<_, StoreError>((noted, tx.find_audit_seq().await?, made))
            })
        });
        let ((record, checkpoint), records, checkpoints) = reading.await?;
        let places = (provable(&record, records), provable(&checkpoint, checkpoints));
        if (places.0.is_none() || places.1.is_none()) && self.witness.shipping.doubt() {
            tracing::error!(to = %self.to, "how far the audit log was shipped was written by somebody else; it is shipped again");
        }
        Ok(Reached { record: places.0.unwrap_or(0), checkpoint: places.1.unwrap_or(0) })
    }

    /// Under which how far it has come is kept. A new place gets all of it from the beginning.
    fn names(&self) -> (String, String) {
        (format!("shipped_records {}", self.to), format!("shipped_checkpoints {}", self.to))
    }
}

/// The place that was noted, from the beginning where nothing was; `None`: it cannot be.
fn provable(noted: &Noted, last: u64) -> Option<u64> {
    match noted {
        Noted::Nothing => Some(0),
        Noted::Foreign => None,
        Noted::Own(place) => place.parse().ok().filter(|place| *place <= last),
    }
}
