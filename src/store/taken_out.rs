//! What whoever runs the hub's machine took out or looked into, until its timelines have told of it. Noted with the audit record that
//! says why, before anything is read; the hub writes the entries (`hub/taken_out.rs`). The reason is in the audit record alone.

use std::sync::LazyLock;

use crate::codec::{self, Audited};
use crate::domain::act::Act;
use crate::domain::ids::{Subject, TimelineId};
use crate::domain::time::Timestamp;

use super::audit::{Row as AuditRow, audit_row_from};
use super::engine::run;
use super::record::uuid_from;
use super::rows::{self, Rows};
use super::{StoreError, Tx};

/// One timeline that has not told of one taking yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Untold {
    /// The audit record that says so.
    pub audit: u64,
    pub timeline: TimelineId,
    /// When the record was made.
    pub at: Timestamp,
    /// What it says; `None`: it does not open.
    pub act: Option<Act>,
}

/// A timeline has told of a taking, or never will: its record is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told {
    pub audit: u64,
    pub timeline: TimelineId,
    pub at: Timestamp,
}

impl Tx {
    /// Puts a taking on record, with every timeline that is to tell of it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn append_taking(
        &mut self,
        about: Option<TimelineId>,
        now: Timestamp,
        act: Act,
        timelines: &[TimelineId],
    ) -> Result<(), StoreError> {
        const INTO: &str = "insert into taken_out (audit, timeline) values ";
        static INSERT: LazyLock<Rows> = LazyLock::new(|| Rows::new(INTO, 2, ""));
        self.append_act_on(about, now, act).await?;
        // The head is this transaction's until it ends.
        let (audit, _) = self.find_audit_head().await?;
        for chunk in rows::chunks(timelines) {
            let text = INSERT.text(self.marks(), chunk.len());
            run!(self, connection => {
                let mut query = sqlx::query(text);
                for timeline in chunk {
                    query = query.bind(audit).bind(timeline.0.as_bytes().as_slice());
                }
                query.execute(connection).await?;
            });
        }
        Ok(())
    }

    /// The patients' timelines whose key is there, by id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_patients_kept(&mut self) -> Result<Vec<TimelineId>, StoreError> {
        const SQL: &str = "select id from timeline where subject = $1 and wrapped_key is not null order by id";
        let rows: Vec<(Vec<u8>,)> = run!(self, connection => {
            sqlx::query_as(SQL).bind(Subject::Patient.code()).fetch_all(connection).await?
        });
        rows.iter().map(|(id,)| Ok(TimelineId(uuid_from("timeline.id", id)?))).collect()
    }

    /// What is still to be told after this place, in order, at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_untold(&mut self, after: (u64, TimelineId), limit: usize) -> Result<Vec<Untold>, StoreError> {
        const SQL: &str = "select audit, timeline from taken_out
            where told_at is null and (audit > $1 or audit = $1 and timeline > $2) order by audit, timeline limit $3";
        let (audit, timeline) = after;
        let rows: Vec<(i64, Vec<u8>)> = run!(self, connection => {
            sqlx::query_as(SQL)
                .bind(i64::try_from(audit).unwrap_or(i64::MAX))
                .bind(timeline.0.as_bytes().as_slice())
                .bind(i64::try_from(limit).unwrap_or(i64::MAX))
                .fetch_all(connection)
                .await?
        });
        let mut untold: Vec<Untold> = Vec::with_capacity(rows.len());
        for (audit, timeline) in rows {
            let timeline = TimelineId(uuid_from("taken_out.timeline", &timeline)?);
            let (at, act) = match untold.last() {
                Some(last) if last.audit == audit.cast_unsigned() => (last.at, last.act.clone()),
                _ => self.act_of(audit).await?,
            };
            untold.push(Untold { audit: audit.cast_unsigned(), timeline, at, act });
        }
        Ok(untold)
    }

    async fn act_of(&mut self, seq: i64) -> Result<(Timestamp, Option<Act>), StoreError> {
        const SQL: &str = "select seq, recorded_at, timeline, sealed, chain, kind, person, organisation, about
            from audit where seq = $1";
        let row: Option<AuditRow> =
            run!(self, connection => sqlx::query_as(SQL).bind(seq).fetch_optional(connection).await?);
        let Some(row) = row else { return Ok((Timestamp::EPOCH, None)) };
        let at = Timestamp(row.1);
        let Ok(row) = audit_row_from(row) else { return Ok((at, None)) };
        // One that somebody changed opens no more; that is for `renkei audit verify` to say.
        let record = match self.open_audit(row).await {
            Ok(opened) => opened.record,
            Err(error @ StoreError::Driver(_)) => return Err(error),
            Err(_) => None,
        };
        let act = record.and_then(|record| codec::decode_audited(&record).ok()).and_then(|audited| match audited {
            Audited::Act(act) => Some(act),
            _ => None,
        });
        Ok((at, act))
    }

    /// Notes that timelines have told, with the entries that say so.
    pub(super) async fn note_told(&mut self, told: &[Told]) -> Result<(), StoreError> {
        const SQL: &str = "update taken_out set told_at = $3 where audit = $1 and timeline = $2 and told_at is null";
        for one in told {
            run!(self, connection => {
                sqlx::query(SQL)
                    .bind(one.audit.cast_signed())
                    .bind(one.timeline.0.as_bytes().as_slice())
                    .bind(one.at.0)
                    .execute(connection)
                    .await?;
            });
        }
        Ok(())
    }

    /// When this record was taken out or looked into between two moments, the earliest first, told yet or not.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_takings_of(
        &mut self,
        timeline: TimelineId,
        (from, until): (Timestamp, Timestamp),
        limit: usize,
    ) -> Result<Vec<Untold>, StoreError> {
        const SQL: &str = "select taken_out.audit from taken_out join audit on audit.seq = taken_out.audit
            where taken_out.timeline = $1 and audit.seq > 0 and audit.recorded_at >= $2 and audit.recorded_at < $3
            order by taken_out.audit limit $4";
        let rows: Vec<(i64,)> = run!(self, connection => {
            sqlx::query_as(SQL)
                .bind(timeline.0.as_bytes().as_slice())
                .bind(from.0)
                .bind(until.0)
                .bind(i64::try_from(limit).unwrap_or(i64::MAX))
                .fetch_all(connection)
                .await?
        });
        let mut takings = Vec::with_capacity(rows.len());
        for (audit,) in rows {
            let (at, act) = self.act_of(audit).await?;
            takings.push(Untold { audit: audit.cast_unsigned(), timeline, at, act });
        }
        Ok(takings)
    }
}
