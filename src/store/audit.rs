//! The audit log: records in one order with a hash chain over header and ciphertext. What a record of a timeline
//! says is the caller's; here it is sealed bytes. Records are appended and read, never changed.

use std::sync::LazyLock;

use crate::codec::{self, Audited};
use crate::domain::act::Act;
use crate::domain::ids::TimelineId;
use crate::domain::time::Timestamp;
use crate::vault::chain::{self, Link};

use super::batch::audit_aad;
use super::engine::run;
use super::record::{link_from, uuid_from};
use super::rows::{self, Rows};
use super::{AuditSeal, SealedAudit, StoreError, Tx};

/// A record of the audit log, opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRecord {
    /// From 1, gapless.
    pub seq: u64,
    pub recorded_at: Timestamp,
    pub timeline: Option<TimelineId>,
    /// What was sealed; `None` when the timeline's key was destroyed.
    pub record: Option<Vec<u8>>,
}

/// A row of the table with its link.
#[derive(Clone, Debug)]
pub(super) struct AuditRow {
    pub(super) seq: i64,
    pub(super) audit: SealedAudit,
    pub(super) chain: Link,
}

type Row = (i64, i64, Option<Vec<u8>>, Vec<u8>, Vec<u8>);

/// What the chain covers of a record besides its ciphertext.
pub(super) fn link(previous: &Link, seq: i64, audit: &SealedAudit) -> Link {
    let mut header = [0; 40];
    header[..8].copy_from_slice(&seq.to_be_bytes());
    header[8..].copy_from_slice(&audit_aad(audit.recorded_at, audit.timeline));
    chain::link(previous, &header, &audit.sealed)
}

impl Tx {
    /// Appends records, in this order, at the end of the chain.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn append_audits(&mut self, audits: &[SealedAudit]) -> Result<(), StoreError> {
        static INSERT: LazyLock<Rows> =
            LazyLock::new(|| Rows::new("insert into audit (seq, recorded_at, timeline, sealed, chain) values ", 5, ""));
        if audits.is_empty() {
            return Ok(());
        }
        // The row's lock is held until the commit: hubs append one after the other.
        const TAKE: &str = "update audit_head set seq = seq + $1 where id = 1 returning seq, chain";
        const MOVE: &str = "update audit_head set chain = $1 where id = 1";
        let count = i64::try_from(audits.len()).expect("a batch is bounded");
        let heads: Vec<(i64, Vec<u8>)> =
            run!(self, connection => sqlx::query_as(TAKE).bind(count).fetch_all(connection).await?);
        let [(last, head)] = heads.as_slice() else {
            return Err(StoreError::inconsistent("audit_head", "its row is missing"));
        };
        let mut head = link_from("audit_head.chain", head)?;
        let mut next = last - count;
        for chunk in rows::chunks(audits) {
            let text = INSERT.text(self.marks(), chunk.len());
            run!(self, connection => {
                let mut query = sqlx::query(text);
                for audit in chunk {
                    next += 1;
                    head = link(&head, next, audit);
                    query = query
                        .bind(next)
                        .bind(audit.recorded_at.0)
                        .bind(audit.timeline.map(|timeline| timeline.0.as_bytes().to_vec()))
                        .bind(audit.sealed.as_slice())
                        .bind(head.as_slice());
                }
                query.execute(connection).await?;
            });
        }
        let moved = run!(self, connection => {
            sqlx::query(MOVE).bind(head.as_slice()).execute(connection).await?.rows_affected()
        });
        StoreError::check_rows("moving the audit head", 1, moved)
    }

    /// Keeps acts, in the transaction that does what they say. The region's key seals them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn append_acts(
        &mut self,
        now: Timestamp,
        acts: impl IntoIterator<Item = Act> + Send,
    ) -> Result<(), StoreError> {
        let seal =
            |act| SealedAudit::seal(AuditSeal::Region(&self.region), now, &codec::encode_audited(&Audited::Act(act)));
        let audits: Vec<SealedAudit> = acts.into_iter().map(seal).collect();
        self.append_audits(&audits).await
    }

    /// The records after `after`, at most `limit`.
    ///
    /// # Errors
    /// When the database fails or a record does not open.
    pub async fn list_audits(&mut self, after: u64, limit: usize) -> Result<Vec<AuditRecord>, StoreError> {
        let rows = self.list_audit_rows(i64::try_from(after).unwrap_or(i64::MAX), limit).await?;
        let mut records = Vec::with_capacity(rows.len());
        for row in rows {
            records.push(self.open_audit(row).await?);
        }
        Ok(records)
    }

    pub(super) async fn list_audit_rows(&mut self, after: i64, limit: usize) -> Result<Vec<AuditRow>, StoreError> {
        const SQL: &str = "select seq, recorded_at, timeline, sealed, chain from audit
            where seq > $1 order by seq limit $2";
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows: Vec<Row> = run!(self, connection => {
            sqlx::query_as(SQL).bind(after).bind(limit).fetch_all(connection).await?
        });
        rows.into_iter().map(audit_row_from).collect()
    }

    /// The records about one timeline after `after`, at most `limit`.
    ///
    /// # Errors
    /// When the database fails or a record does not open.
    pub async fn list_audits_of(
        &mut self,
        timeline: TimelineId,
        after: u64,
        limit: usize,
    ) -> Result<Vec<AuditRecord>, StoreError> {
        const SQL: &str = "select seq, recorded_at, timeline, sealed, chain from audit
            where timeline = $1 and seq > $2 order by seq limit $3";
        let (after, limit) = (i64::try_from(after).unwrap_or(i64::MAX), i64::try_from(limit).unwrap_or(i64::MAX));
        let rows: Vec<Row> = run!(self, connection => {
            sqlx::query_as(SQL)
                .bind(timeline.0.as_bytes().as_slice())
                .bind(after)
                .bind(limit)
                .fetch_all(connection)
                .await?
        });
        let mut records = Vec::with_capacity(rows.len());
        for row in rows {
            let row = audit_row_from(row)?;
            records.push(self.open_audit(row).await?);
        }
        Ok(records)
    }

    pub(super) async fn open_audit(&mut self, row: AuditRow) -> Result<AuditRecord, StoreError> {
        let AuditRow { seq, audit: SealedAudit { recorded_at, timeline, sealed }, .. } = row;
        let place = format!("audit record {seq}");
        let aad = audit_aad(recorded_at, timeline);
        let opened = match timeline {
            None => Some(self.region.audit().open(&aad, &sealed)),
            Some(timeline) => match self.find_key(timeline).await {
                Ok(key) => key.map(|key| key.open(&aad, &sealed)),
                Err(StoreError::KeyDestroyed(_)) => None,
                Err(error) => return Err(error),
            },
        };
        let record = opened.transpose().map_err(StoreError::cannot_open(place.as_str()))?;
        Ok(AuditRecord {
            seq: u64::try_from(seq).map_err(|error| StoreError::inconsistent(place, error))?,
            recorded_at,
            timeline,
            record,
        })
    }

    /// Where the audit chain ends.
    pub(super) async fn find_audit_head(&mut self) -> Result<(i64, Link), StoreError> {
        const SQL: &str = "select seq, chain from audit_head where id = 1";
        let (seq, chain): (i64, Vec<u8>) = run!(self, connection => sqlx::query_as(SQL).fetch_one(connection).await?);
        Ok((seq, link_from("audit_head.chain", &chain)?))
    }

    /// Starts the chain in a new store.
    pub(super) async fn insert_audit_head(&mut self) -> Result<(), StoreError> {
        const SQL: &str = "insert into audit_head (id, seq, chain) values (1, 0, $1) on conflict do nothing";
        run!(self, connection => { sqlx::query(SQL).bind(chain::GENESIS.as_slice()).execute(connection).await?; });
        Ok(())
    }
}

fn audit_row_from(row: Row) -> Result<AuditRow, StoreError> {
    let (seq, recorded_at, timeline, sealed, chain) = row;
    let timeline = timeline.map(|id| uuid_from("audit.timeline", &id)).transpose()?.map(TimelineId);
    Ok(AuditRow {
        seq,
        audit: SealedAudit { recorded_at: Timestamp(recorded_at), timeline, sealed },
        chain: link_from("audit.chain", &chain)?,
    })
}
