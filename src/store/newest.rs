//! The newest time on record, from which a clock goes on that is behind it. Asked by whoever starts a clock, and by `audit.rs`
//! for the time of an act.
//!
//! INVARIANT: whoever writes the database without the region's key moves no time forward. A column alone says none: a time
//! that is ahead counts as what it stands beside says under its seal, and else not at all, which is told and stops nobody.

use uuid::Uuid;

use crate::domain::ids::TimelineId;
use crate::domain::time::Timestamp;
use crate::limits::TIMES_AHEAD_LOOKED_INTO_MAX;

use super::audit::{AuditRecord, Row, audit_row_from};
use super::engine::run;
use super::record::{seq_from, seq_into};
use super::{StoreError, Tx};

/// What stands behind a time that is ahead.
#[derive(Clone, Copy)]
enum Said {
    /// This, under its seal.
    Sealed(Timestamp),
    /// What said it was destroyed with its key. The act of that is on record, at no earlier time.
    Destroyed,
    /// Nothing that was sealed.
    Nothing,
}

impl Tx {
    /// The newest recorded time of any timeline, or of the audit log where that is newer. What is not ahead of `wall`, which
    /// the machine's clock shows anyway, is not looked into.
    pub(super) async fn newest_recorded_at(&mut self, wall: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        const SQL: &str = "select max(recorded_at) from timeline where recorded_at <= $1";
        let (newest,): (Option<i64>,) =
            run!(self, connection => sqlx::query_as(SQL).bind(wall.0).fetch_one(connection).await?);
        let come = newest.map(Timestamp).filter(|newest| *newest > Timestamp::MIN);
        let ahead = self.find_newest_ahead(wall).await?;
        Ok(come.max(ahead).max(self.find_last_audit_at(wall).await?))
    }

    /// The newest time that the entry at the head of a timeline says, of those whose rows say one after `wall`.
    async fn find_newest_ahead(&mut self, wall: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        const SQL: &str = "select id, head_seq, recorded_at from timeline where recorded_at > $1
            order by recorded_at desc, id limit $2";
        let limit = i64::try_from(TIMES_AHEAD_LOOKED_INTO_MAX).unwrap_or(i64::MAX);
        let rows: Vec<(Vec<u8>, i64, i64)> = run!(self, connection => {
            sqlx::query_as(SQL).bind(wall.0).bind(limit).fetch_all(connection).await?
        });
        let (mut newest, mut untrue): (Option<Timestamp>, Vec<String>) = (None, Vec::new());
        for (id, head, at) in rows {
            let at = Timestamp(at);
            // None of those that follow claims more.
            if newest >= Some(at) {
                break;
            }
            let said = self.say_time_at_head(&id, head).await?;
            if let Said::Sealed(sealed) = said {
                newest = newest.max(Some(sealed));
            }
            if !matches!(said, Said::Destroyed) && newest != Some(at) {
                untrue
                    .push(Uuid::from_slice(&id).map_or_else(|_| "timeline".to_owned(), |id| format!("timeline {id}")));
            }
        }
        self.note_untrue_times(&untrue);
        Ok(newest)
    }

    async fn say_time_at_head(&mut self, id: &[u8], head: i64) -> Result<Said, StoreError> {
        let Ok(id) = Uuid::from_slice(id) else { return Ok(Said::Nothing) };
        match self.find_sealed_time(TimelineId(id), head).await {
            Ok(Some(at)) => Ok(Said::Sealed(at)),
            Err(StoreError::KeyDestroyed(_)) => Ok(Said::Destroyed),
            Ok(None) | Err(StoreError::Inconsistent { .. }) => Ok(Said::Nothing),
            Err(error) => Err(error),
        }
    }

    /// When the entry with this seq was recorded: its seal is bound to that.
    async fn find_sealed_time(&mut self, timeline: TimelineId, seq: i64) -> Result<Option<Timestamp>, StoreError> {
        let before = seq_from("timeline.head_seq", seq.saturating_sub(1))?;
        let Some(key) = self.find_key(timeline).await? else { return Ok(None) };
        let found = self.list_sealed(timeline, before, 1, usize::MAX).await?;
        let at_seq = found.first().filter(|sealed| seq_into(sealed.header.seq) == seq);
        at_seq.map(|sealed| sealed.open(&key).map(|stored| stored.entry.recorded_at)).transpose()
    }

    /// When the last record of the audit log was made; `None`: there is none. One that says a time after `known` is opened,
    /// and passed over where it does not open. What stands behind the log's end says no time.
    pub(super) async fn find_last_audit_at(&mut self, known: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        let (mut last, mut untrue) = (None, Vec::new());
        for passed in 0..TIMES_AHEAD_LOOKED_INTO_MAX {
            let Some(row) = self.find_audit_before_end(passed).await? else { break };
            let (seq, at) = (row.0, Timestamp(row.1));
            if at <= known {
                last = Some(at);
                break;
            }
            match self.say_time_of_audit(row).await? {
                Said::Sealed(at) => {
                    last = Some(at);
                    break;
                }
                Said::Destroyed => {}
                Said::Nothing => untrue.push(format!("audit {seq}")),
            }
        }
        self.note_untrue_times(&untrue);
        Ok(last)
    }

    /// So many records before the last.
    async fn find_audit_before_end(&mut self, passed: usize) -> Result<Option<Row>, StoreError> {
        const SQL: &str =
            "select seq, recorded_at, timeline, sealed, chain, kind, person, organisation, about from audit
            where seq <= (select max(audit_head.seq) from audit_head) order by seq desc limit 1 offset $1";
        let passed = i64::try_from(passed).unwrap_or(i64::MAX);
        Ok(run!(self, connection => sqlx::query_as(SQL).bind(passed).fetch_optional(connection).await?))
    }

    async fn say_time_of_audit(&mut self, row: Row) -> Result<Said, StoreError> {
        let opened = match audit_row_from(row) {
            Ok(row) => self.open_audit(row).await,
            Err(error) => Err(error),
        };
        match opened {
            Ok(AuditRecord { record: None, .. }) => Ok(Said::Destroyed),
            Ok(record) => Ok(Said::Sealed(record.recorded_at)),
            Err(StoreError::Inconsistent { .. }) => Ok(Said::Nothing),
            Err(error) => Err(error),
        }
    }

    fn note_untrue_times(&self, places: &[String]) {
        let Some(first) = places.first() else { return };
        let others = places.len() - 1;
        let what =
            format!("its time is ahead and nothing sealed says it, here and at {others} more: it counts for nothing");
        self.note_false_history(first, &what);
    }
}
