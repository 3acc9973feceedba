//! The projection of emergency accesses, and of what whoever runs the hub's machine took out: which there were, until when, and what
//! the secretariat has looked at. Why, and by whom, the entries say, which are sealed.

use crate::domain::ids::{EntryId, Seq, Subject, TimelineId};
use crate::domain::state::Accesses;
use crate::domain::time::Timestamp;

use super::engine::run;
use super::record::{seq_from, seq_into, uuid_from};
use super::{StoreError, Tx};

/// A declaration as the projection keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeclaredAccess {
    pub entry: EntryId,
    pub timeline: TimelineId,
    pub seq: Seq,
    pub declared_at: Timestamp,
    pub ends_at: Timestamp,
    pub reviewed_at: Option<Timestamp>,
}

type Row = (Vec<u8>, Vec<u8>, i64, i64, i64, Option<i64>);

impl DeclaredAccess {
    /// What the projection must hold for a state, oldest first.
    pub(super) fn all_of(timeline: TimelineId, accesses: &Accesses) -> Vec<Self> {
        let declared = accesses.as_slice().iter().map(|access| Self {
            entry: access.entry,
            timeline,
            seq: access.seq,
            declared_at: access.declared_at,
            ends_at: access.until,
            reviewed_at: access.reviewed_at,
        });
        declared.collect()
    }

    fn from_row((entry, timeline, seq, declared_at, ends_at, reviewed_at): Row) -> Result<Self, StoreError> {
        let entry = EntryId(uuid_from("emergency_access.entry", &entry)?);
        let place = format!("emergency_access {entry}");
        Ok(Self {
            entry,
            timeline: TimelineId(uuid_from(&place, &timeline)?),
            seq: seq_from(&place, seq)?,
            declared_at: Timestamp(declared_at),
            ends_at: Timestamp(ends_at),
            reviewed_at: reviewed_at.map(Timestamp),
        })
    }
}

impl Tx {
    pub(super) async fn replace_accesses(
        &mut self,
        timeline: TimelineId,
        declared: &[DeclaredAccess],
    ) -> Result<(), StoreError> {
        const DELETE: &str = "delete from emergency_access where timeline = $1";
        const INSERT: &str = "insert into emergency_access (entry, timeline, seq, declared_at, ends_at, reviewed_at)
            values ($1, $2, $3, $4, $5, $6)";
        run!(self, connection => {
            sqlx::query(DELETE).bind(timeline.0.as_bytes().as_slice()).execute(&mut *connection).await?;
            for access in declared {
                sqlx::query(INSERT)
                    .bind(access.entry.0.as_bytes().as_slice())
                    .bind(timeline.0.as_bytes().as_slice())
                    .bind(seq_into(access.seq))
                    .bind(access.declared_at.0)
                    .bind(access.ends_at.0)
                    .bind(access.reviewed_at.map(|at| at.0))
                    .execute(&mut *connection)
                    .await?;
            }
        });
        Ok(())
    }

    /// The declarations on one timeline, oldest first.
    pub(super) async fn list_accesses_of(&mut self, timeline: TimelineId) -> Result<Vec<DeclaredAccess>, StoreError> {
        const SQL: &str = "select entry, timeline, seq, declared_at, ends_at, reviewed_at from emergency_access
            where timeline = $1 order by seq";
        let rows: Vec<Row> = run!(self, connection => {
            sqlx::query_as(SQL).bind(timeline.0.as_bytes().as_slice()).fetch_all(connection).await?
        });
        rows.into_iter().map(DeclaredAccess::from_row).collect()
    }

    /// The region's declarations: those nobody has looked at first, then the newest; at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_accesses(&mut self, limit: usize) -> Result<Vec<DeclaredAccess>, StoreError> {
        const SQL: &str = "select entry, timeline, seq, declared_at, ends_at, reviewed_at from emergency_access
            order by case when reviewed_at is null then 0 else 1 end, declared_at desc, entry limit $1";
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows: Vec<Row> = run!(self, connection => sqlx::query_as(SQL).bind(limit).fetch_all(connection).await?);
        Ok(rows.into_iter().filter_map(|row| self.readable(DeclaredAccess::from_row(row))).collect())
    }

    /// The patients' timelines with an access that is open at `now` or that nobody has looked at.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_timelines_to_review(&mut self, now: Timestamp) -> Result<Vec<TimelineId>, StoreError> {
        const SQL: &str = "select distinct access.timeline from emergency_access access
            join timeline on timeline.id = access.timeline and timeline.subject = $2
            where access.reviewed_at is null or access.ends_at > $1 order by access.timeline";
        let rows: Vec<(Vec<u8>,)> = run!(self, connection => sqlx::query_as(SQL).bind(now.0).bind(Subject::Patient.code()).fetch_all(connection).await?);
        let timeline = |(id,): &(Vec<u8>,)| uuid_from("emergency_access.timeline", id).map(TimelineId);
        Ok(rows.iter().filter_map(|row| self.readable(timeline(row))).collect())
    }
}
