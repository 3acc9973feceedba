//! Reads as the audit log has them: where each began, where it ended, and by when a sign-in was over that left no end. Called for
//! exposures, the audit log's search and the check; the table of grants, which anybody writes who has the database, is not asked.

use crate::codec::{self, Audited};
use crate::domain::act::{Act, Deed};
use crate::domain::ids::{PersonId, Seq, SignInId, TimelineId};
use crate::domain::reading::{Read, ReadEnded};
use crate::domain::time::Timestamp;
use crate::limits::{AUDIT_SEARCH_PAGE_RECORDS, READ_ENDS_LOOKED_AT_MAX};

use super::audit::{Row, audit_row_from};
use super::engine::run;
use super::record::seq_from;
use super::{StoreError, Tx};

/// Of whom, or of what.
#[derive(Clone, Copy, Debug)]
pub(super) enum ReadsOf {
    Person(PersonId),
    Timeline(TimelineId),
    Everybody,
}

/// A record of a read, as far as it opens.
pub(super) struct ReadOnRecord {
    pub(super) seq: i64,
    pub(super) at: Timestamp,
    /// `None`: it does not open as one.
    pub(super) said: Option<(TimelineId, ReadSaid)>,
}

pub(super) enum ReadSaid {
    Began(Box<Read>),
    Ended(Box<ReadEnded>),
}

macro_rules! reads {
    ($where:literal) => {
        concat!(
            "select seq, recorded_at, timeline, sealed, chain, kind, person, organisation, about from audit where ",
            $where,
            " kind in ('read', 'read_ended') and seq > $1 order by seq limit $2"
        )
    };
}

impl Tx {
    /// A page of records of reads after this one, oldest first, and whether there are more.
    pub(super) async fn list_reads_on_record(
        &mut self,
        of: ReadsOf,
        after: i64,
    ) -> Result<(Vec<ReadOnRecord>, bool), StoreError> {
        const BY_PERSON: &str = reads!("person = $3 and");
        const BY_TIMELINE: &str = reads!("timeline = $3 and");
        const ALL: &str = reads!("");
        let limit = i64::try_from(AUDIT_SEARCH_PAGE_RECORDS).unwrap_or(i64::MAX);
        let led = match of {
            ReadsOf::Person(PersonId(id)) => Some((BY_PERSON, id.as_bytes().to_vec())),
            ReadsOf::Timeline(TimelineId(id)) => Some((BY_TIMELINE, id.as_bytes().to_vec())),
            ReadsOf::Everybody => None,
        };
        let rows: Vec<Row> = run!(self, connection => match led {
            Some((text, id)) => sqlx::query_as(text).bind(after).bind(limit).bind(id).fetch_all(connection).await?,
            None => sqlx::query_as(ALL).bind(after).bind(limit).fetch_all(connection).await?,
        });
        let is_more = rows.len() == AUDIT_SEARCH_PAGE_RECORDS;
        let mut read = Vec::with_capacity(rows.len());
        for row in rows {
            read.push(self.read_on_record(row).await?);
        }
        Ok((read, is_more))
    }

    async fn read_on_record(&mut self, row: Row) -> Result<ReadOnRecord, StoreError> {
        let (seq, at) = (row.0, Timestamp(row.1));
        let said = match self.open_audited(row).await? {
            Some((Some(timeline), Audited::Read(read))) => Some((timeline, ReadSaid::Began(Box::new(read)))),
            Some((Some(timeline), Audited::ReadEnded(ended))) => Some((timeline, ReadSaid::Ended(Box::new(ended)))),
            _ => None,
        };
        Ok(ReadOnRecord { seq, at, said })
    }

    /// What a row of the log says, and of which timeline; `None`: it does not open.
    pub(super) async fn open_audited(&mut self, row: Row) -> Result<Option<(Option<TimelineId>, Audited)>, StoreError> {
        let Ok(row) = audit_row_from(row) else { return Ok(None) };
        let record = match self.open_audit(row).await {
            Err(StoreError::Inconsistent { .. }) => return Ok(None),
            opened => opened?,
        };
        let audited = record.record.as_deref().and_then(|bytes| codec::decode_audited(bytes).ok());
        Ok(audited.map(|audited| (record.timeline, audited)))
    }

    /// Where this read ended and when, if the log has its end.
    pub(super) async fn find_read_end(
        &mut self,
        timeline: TimelineId,
        read: &Read,
        began: i64,
    ) -> Result<Option<(Seq, Timestamp)>, StoreError> {
        const SQL: &str = "select seq, recorded_at, timeline, sealed, chain, kind, person, organisation, about
            from audit where timeline = $1 and kind = 'read_ended' and person = $2 and seq > $3 order by seq limit $4";
        let rows: Vec<Row> = run!(self, connection => {
            sqlx::query_as(SQL)
                .bind(timeline.0.as_bytes().as_slice())
                .bind(read.reader.person.0.as_bytes().as_slice())
                .bind(began)
                .bind(READ_ENDS_LOOKED_AT_MAX)
                .fetch_all(connection)
                .await?
        });
        for row in rows {
            if let ReadOnRecord { at, said: Some((_, ReadSaid::Ended(ended))), .. } = self.read_on_record(row).await?
                && ended.grant == read.grant
            {
                return Ok(Some((ended.through, at)));
            }
        }
        Ok(None)
    }

    /// By when a sign-in of this person that had begun before this record was over at the latest; `None`: the log does not say.
    pub(super) async fn find_sign_in_limit(
        &mut self,
        person: PersonId,
        sign_in: SignInId,
        before: i64,
    ) -> Result<Option<Timestamp>, StoreError> {
        const SQL: &str = "select seq, recorded_at, timeline, sealed, chain, kind, person, organisation, about
            from audit where about = $1 and kind = 'sign_in_began' and seq < $2 order by seq desc limit $3";
        let rows: Vec<Row> = run!(self, connection => {
            sqlx::query_as(SQL)
                .bind(person.0.as_bytes().as_slice())
                .bind(before)
                .bind(READ_ENDS_LOOKED_AT_MAX)
                .fetch_all(connection)
                .await?
        });
        for row in rows {
            if let Some((_, Audited::Act(Act { deed: Deed::SignInIssued { sign_in: issued, expires_at, .. }, .. }))) =
                self.open_audited(row).await?
                && issued == sign_in
            {
                return Ok(Some(expires_at));
            }
        }
        Ok(None)
    }

    /// The last entry of a timeline that was there at this moment.
    pub(super) async fn find_seq_at(&mut self, timeline: TimelineId, at: Timestamp) -> Result<Seq, StoreError> {
        const SQL: &str = "select seq from entry where timeline = $1 and recorded_at <= $2 order by seq desc limit 1";
        let row: Option<(i64,)> = run!(self, connection => {
            sqlx::query_as(SQL).bind(timeline.0.as_bytes().as_slice()).bind(at.0).fetch_optional(connection).await?
        });
        row.map_or(Ok(Seq::ZERO), |(seq,)| seq_from("entry.seq", seq))
    }
}
