//! Goes through the audit log, some thousand records at a moment, as its columns are.

use futures_util::TryStreamExt as _;
use uuid::Uuid;

use crate::domain::time::Timestamp;
use crate::limits::VERIFY_PAGE_AUDITS;
use crate::vault::chain::{self, GENESIS, Link};

use super::super::audit::Row;
use super::super::batch::{ClearMark, clear_audit_bytes};
use super::super::engine::run;
use super::super::{Journal, StoreError, Tx};
use super::checkpoints::Said;
use super::walk::{Linked, Walk};
use super::{Chain, Found};

/// A record, as far as its columns can be a record's.
pub(super) struct RawAudit {
    seq: i64,
    /// What its link covers besides its seq and its ciphertext; `None`: no such record was ever written.
    clear: Option<Vec<u8>>,
    recorded_at: Timestamp,
    sealed: Vec<u8>,
    chain: Link,
}

impl RawAudit {
    fn new(row: Row) -> Self {
        let (seq, recorded_at, timeline, sealed, chain, kind, person, organisation, about) = row;
        let clear = || {
            let id = |id: Option<Vec<u8>>| id.map(|id| <[u8; 16]>::try_from(id.as_slice())).transpose().ok();
            let (timeline, person, organisation, about) = (id(timeline)?, id(person)?, id(organisation)?, id(about)?);
            let mark = kind.as_deref().map(|kind| ClearMark { kind, person, organisation, about });
            let has_no_mark = person.is_none() && organisation.is_none() && about.is_none();
            let is_possible = mark.is_some() || has_no_mark;
            is_possible.then(|| clear_audit_bytes(recorded_at, timeline.as_ref(), mark.as_ref()))
        };
        let link = Link::try_from(chain.as_slice());
        let clear = link.is_ok().then(clear).flatten();
        Self { seq, clear, recorded_at: Timestamp(recorded_at), sealed, chain: link.unwrap_or(GENESIS) }
    }
}

impl Linked for RawAudit {
    fn seq(&self) -> i64 {
        self.seq
    }

    fn chain(&self) -> &Link {
        &self.chain
    }

    fn follows(&self, previous: &Link, seq: i64) -> bool {
        let Some(clear) = &self.clear else { return false };
        let mut header = seq.to_be_bytes().to_vec();
        header.extend_from_slice(clear);
        chain::link(previous, &header, &self.sealed) == self.chain
    }

    fn id(&self) -> Option<Uuid> {
        None
    }

    fn recorded_at(&self) -> Timestamp {
        self.recorded_at
    }
}

/// How many records there are, and what was done to them.
pub(super) async fn verify(journal: &Journal, said: &Said) -> Result<(u64, Vec<Found>), StoreError> {
    let mut walk: Walk<RawAudit> = Walk::new(Chain::Audit, GENESIS, said.of_audit());
    let mut from = i64::MIN;
    loop {
        // The end is read in the moment of the last records.
        let read = journal.read(move |tx| Box::pin(async move { tx.walk_audits(walk, from).await }));
        let (gone_on, last, head): (_, _, _) = read.await?;
        walk = gone_on;
        match last.and_then(|last| last.checked_add(1)) {
            Some(next) => from = next,
            None => return Ok((walk.records, walk.finish(head))),
        }
    }
}

impl Tx {
    /// The walk a page further, the last record of a full page, and where the log ends.
    async fn walk_audits(
        &mut self,
        mut walk: Walk<RawAudit>,
        from: i64,
    ) -> Result<(Walk<RawAudit>, Option<i64>, Option<(i64, Link)>), StoreError> {
        const SQL: &str = "select seq, recorded_at, timeline, sealed, chain, kind, person, organisation, about
            from audit where seq >= $1 order by seq limit $2";
        let head = self.find_raw_audit_head().await?;
        let (mut count, mut last) = (0, None);
        run!(self, connection => {
            let mut rows = sqlx::query_as::<_, Row>(SQL).bind(from).bind(VERIFY_PAGE_AUDITS).fetch(connection);
            while let Some(row) = rows.try_next().await? {
                count += 1;
                last = Some(row.0);
                walk.push(RawAudit::new(row));
            }
        });
        Ok((walk, last.filter(|_| count == VERIFY_PAGE_AUDITS), head))
    }
}
