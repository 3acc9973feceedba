//! The audit log: records in one order with a hash chain over header and ciphertext. Records are appended and read, never
//! changed. Looking for some of them is `audit_search.rs`.

use std::sync::LazyLock;

use crate::codec::{self, Audited};
use crate::domain::act::Act;
use crate::domain::audit::{AuditKind, AuditMark};
use crate::domain::ids::{OrganisationId, PersonId, TimelineId};
use crate::domain::time::Timestamp;
use crate::vault::chain::{self, Link};

use super::batch::audit_aad;
use super::engine::run;
use super::record::{code_from, link_from, uuid_from};
use super::rows::{self, Rows};
use super::{AuditSeal, SealedAudit, StoreError, Tx};

/// A record of the audit log, opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRecord {
    /// From 1, gapless.
    pub seq: u64,
    pub recorded_at: Timestamp,
    pub timeline: Option<TimelineId>,
    /// `None`: kept by a hub that knew no marks.
    pub mark: Option<AuditMark>,
    /// Its link.
    pub chain: Link,
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

/// Seq, recorded at, timeline, sealed, chain, kind, person, organisation, about.
pub(super) type Row =
    (i64, i64, Option<Vec<u8>>, Vec<u8>, Vec<u8>, Option<String>, Option<Vec<u8>>, Option<Vec<u8>>, Option<Vec<u8>>);

/// What the chain covers of a record besides its ciphertext.
pub(super) fn link(previous: &Link, seq: i64, audit: &SealedAudit) -> Link {
    let mut header = seq.to_be_bytes().to_vec();
    header.extend_from_slice(&audit_aad(audit.recorded_at, audit.timeline, audit.mark.as_ref()));
    chain::link(previous, &header, &audit.sealed)
}

impl Tx {
    /// Appends records, in this order, at the end of the chain.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn append_audits(&mut self, audits: &[SealedAudit]) -> Result<(), StoreError> {
        const INTO: &str = "insert into audit (seq, recorded_at, timeline, sealed, chain, kind, person, organisation,
            about) values ";
        static INSERT: LazyLock<Rows> = LazyLock::new(|| Rows::new(INTO, 9, ""));
        if audits.is_empty() {
            return Ok(());
        }
        let count = i64::try_from(audits.len()).expect("a batch is bounded");
        let (mut next, mut head) = self.take_audit_places(count).await?;
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
                        .bind(head.as_slice())
                        .bind(audit.mark.map(|mark| mark.kind.code()))
                        .bind(audit.mark.and_then(|mark| mark.person).map(|id| id.0.as_bytes().to_vec()))
                        .bind(audit.mark.and_then(|mark| mark.organisation).map(|id| id.0.as_bytes().to_vec()))
                        .bind(audit.mark.and_then(|mark| mark.about).map(|id| id.as_bytes().to_vec()));
                }
                query.execute(connection).await?;
            });
        }
        self.move_audit_head(next, &head).await
    }

    /// Keeps acts, in the transaction that does what they say. The region's key seals them.
    ///
    /// INVARIANT: not before what is on record, whose clock ever says so: who asks for a time finds all of it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn append_acts(
        &mut self,
        now: Timestamp,
        acts: impl IntoIterator<Item = Act> + Send,
    ) -> Result<(), StoreError> {
        let now = self.not_before_the_last(now).await?;
        let seal = |act| SealedAudit::of(AuditSeal::Region(&self.region), now, &Audited::Act(act));
        let audits: Vec<SealedAudit> = acts.into_iter().map(seal).collect();
        self.append_audits(&audits).await
    }

    /// Keeps an act about a timeline, or about none. The region's key seals it: it must outlive the timeline's.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn append_act_on(
        &mut self,
        timeline: Option<TimelineId>,
        now: Timestamp,
        act: Act,
    ) -> Result<(), StoreError> {
        let Some(timeline) = timeline else { return self.append_acts(now, [act]).await };
        let now = self.not_before_the_last(now).await?;
        let audit = SealedAudit::of_read(&self.region, timeline, now, &Audited::Act(act));
        self.append_audits(&[audit]).await
    }

    async fn not_before_the_last(&mut self, now: Timestamp) -> Result<Timestamp, StoreError> {
        Ok(self.find_last_audit_at(now).await?.map_or(now, |last| now.max(last)))
    }

    /// The records after `after`, at most `limit`.
    ///
    /// # Errors
    /// When the database fails or a record does not open.
    pub async fn list_audits(&mut self, after: u64, limit: usize) -> Result<Vec<AuditRecord>, StoreError> {
        let from = i64::try_from(after).unwrap_or(i64::MAX).saturating_add(1);
        let rows = self.list_audit_rows(from, limit).await?;
        self.open_audits(rows).await
    }

    /// The rows from this number on, as their columns are.
    pub(super) async fn list_audit_rows(&mut self, from: i64, limit: usize) -> Result<Vec<Row>, StoreError> {
        const SQL: &str = "select seq, recorded_at, timeline, sealed, chain, kind, person, organisation, about
            from audit where seq >= $1 order by seq limit $2";
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        Ok(run!(self, connection => sqlx::query_as(SQL).bind(from).bind(limit).fetch_all(connection).await?))
    }

    /// The seq of the last record; 0: there is none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_audit_seq(&mut self) -> Result<u64, StoreError> {
        let (seq, _) = self.find_audit_head().await?;
        u64::try_from(seq).map_err(|error| StoreError::inconsistent("audit_head.seq", error))
    }

    /// What was done to sign-ins that ended and to devices after `after` and up to `through`, oldest first, each with its
    /// seq; at most `limit`. One that does not open counts for nothing: `audit verify` names it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_ends(
        &mut self,
        after: u64,
        through: u64,
        limit: usize,
    ) -> Result<Vec<(u64, Option<Act>)>, StoreError> {
        const SQL: &str = "select seq, recorded_at, timeline, sealed, chain, kind, person, organisation, about
            from audit where seq > $1 and seq <= $2 and kind in ('sign_in_ended', 'device') order by seq limit $3";
        let bound = |seq: u64| i64::try_from(seq).unwrap_or(i64::MAX);
        let (after, through, limit) = (bound(after), bound(through), i64::try_from(limit).unwrap_or(i64::MAX));
        let rows: Vec<Row> = run!(self, connection => {
            sqlx::query_as(SQL).bind(after).bind(through).bind(limit).fetch_all(connection).await?
        });
        let mut ends = Vec::with_capacity(rows.len());
        for row in rows {
            let seq = u64::try_from(row.0).map_err(|error| StoreError::inconsistent("audit.seq", error))?;
            let record = match audit_row_from(row) {
                Ok(row) => self.open_audit(row).await.ok().and_then(|opened| opened.record),
                Err(_) => None,
            };
            let act = record.and_then(|bytes| match codec::decode_audited(&bytes) {
                Ok(Audited::Act(act)) => Some(act),
                _ => None,
            });
            ends.push((seq, act));
        }
        Ok(ends)
    }

    /// The refusals after `after`, and whatever was kept before records were marked; at most `limit`.
    pub(super) async fn list_refusals(&mut self, after: u64, limit: usize) -> Result<Vec<AuditRecord>, StoreError> {
        const SQL: &str = "select seq, recorded_at, timeline, sealed, chain, kind, person, organisation, about
            from audit where seq > $1 and (kind is null or kind in ('refused', 'dismissed')) order by seq limit $2";
        let (after, limit) = (i64::try_from(after).unwrap_or(i64::MAX), i64::try_from(limit).unwrap_or(i64::MAX));
        let rows: Vec<Row> = run!(self, connection => {
            sqlx::query_as(SQL).bind(after).bind(limit).fetch_all(connection).await?
        });
        self.open_audits(rows).await
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
        const SQL: &str = "select seq, recorded_at, timeline, sealed, chain, kind, person, organisation, about
            from audit where timeline = $1 and seq > $2 order by seq limit $3";
        let (after, limit) = (i64::try_from(after).unwrap_or(i64::MAX), i64::try_from(limit).unwrap_or(i64::MAX));
        let rows: Vec<Row> = run!(self, connection => {
            sqlx::query_as(SQL)
                .bind(timeline.0.as_bytes().as_slice())
                .bind(after)
                .bind(limit)
                .fetch_all(connection)
                .await?
        });
        self.open_audits(rows).await
    }

    pub(super) async fn open_audits(&mut self, rows: Vec<Row>) -> Result<Vec<AuditRecord>, StoreError> {
        let mut records = Vec::with_capacity(rows.len());
        for row in rows {
            let row = audit_row_from(row)?;
            records.push(self.open_audit(row).await?);
        }
        Ok(records)
    }

    pub(super) async fn open_audit(&mut self, row: AuditRow) -> Result<AuditRecord, StoreError> {
        let AuditRow { seq, audit: SealedAudit { recorded_at, timeline, mark, sealed }, chain } = row;
        let place = format!("audit record {seq}");
        let aad = audit_aad(recorded_at, timeline, mark.as_ref());
        let outlives = mark.is_some_and(|mark| mark.kind.outlives_the_timeline());
        let opened = match timeline.filter(|_| !outlives) {
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
            mark,
            chain,
            record,
        })
    }

    /// Starts the chain in a new store.
    pub(super) async fn insert_audit_head(&mut self) -> Result<(), StoreError> {
        const SQL: &str = "insert into audit_head (id, seq, chain) values (1, 0, $1) on conflict do nothing";
        run!(self, connection => { sqlx::query(SQL).bind(chain::GENESIS.as_slice()).execute(connection).await?; });
        Ok(())
    }
}

pub(super) fn audit_row_from(row: Row) -> Result<AuditRow, StoreError> {
    let (seq, recorded_at, timeline, sealed, chain, kind, person, organisation, about) = row;
    let id = |column: &str, id: Option<Vec<u8>>| id.map(|id| uuid_from(column, &id)).transpose();
    let timeline = id("audit.timeline", timeline)?.map(TimelineId);
    let mark = match kind {
        None => None,
        Some(kind) => Some(AuditMark {
            kind: code_from("audit.kind", &kind, AuditKind::from_code(&kind))?,
            person: id("audit.person", person)?.map(PersonId),
            organisation: id("audit.organisation", organisation)?.map(OrganisationId),
            about: id("audit.about", about)?,
        }),
    };
    Ok(AuditRow {
        seq,
        audit: SealedAudit { recorded_at: Timestamp(recorded_at), timeline, mark, sealed },
        chain: link_from("audit.chain", &chain)?,
    })
}
