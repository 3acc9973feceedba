//! Looking for records of the audit log: by patient, person, organisation, kind and time, newest or oldest first. What must
//! be found stands in the clear beside each record; only what is told is opened. A row that cannot be read at all is told at its
//! place, and hides nothing behind it; what stands behind the log's end is no record.

use std::time::Duration;

use uuid::Uuid;

use crate::codec::{self, Audited};
use crate::domain::act::{Act, Deed};
use crate::domain::audit::{AuditFilter, AuditKind};
use crate::domain::ids::{PatientId, Seq};
use crate::domain::keeping::KeepingDeed;
use crate::domain::time::Timestamp;
use crate::limits::{AUDIT_LOOKED_AT_RECORDS_MAX, AUDIT_OUT_OF_ORDER_S, AUDIT_SEARCH_PAGE_RECORDS};

use super::accepted::AcceptedPost;
use super::audit::{AuditRow, Row, audit_row_from};
use super::audit_damaged::DamagedAudit;
use super::audit_known::{DeviceSeen, Span};
use super::engine::run;
use super::{AuditRecord, StoreError, Tx};

/// In which order records are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuditOrder {
    NewestFirst,
    OldestFirst,
}

/// A record with what else is known of it.
#[derive(Clone, Debug)]
pub struct AuditFound {
    pub record: AuditRecord,
    /// `None`: it does not open, because its key was destroyed or it was damaged.
    pub audited: Option<Audited>,
    /// It is no record, but what stands on a timeline.
    pub accepted: Option<AcceptedPost>,
    /// Of a read that went on: the last entry that was sent as far as is known, and when it ended.
    pub reading: Option<(Option<Seq>, Option<Timestamp>)>,
    pub device: DeviceSeen,
    /// Why, where that stands elsewhere than in the record.
    pub said: Option<String>,
    /// Of a change in the directory: what it said until then.
    pub before: Option<Deed>,
}

/// Some records, and where to go on.
#[derive(Clone, Debug, Default)]
pub struct AuditPage {
    pub found: Vec<AuditFound>,
    /// The last record that was looked at (of what was accepted, its moment); `None`: there are no more.
    pub next: Option<u64>,
}

/// A row that one of the leads finds.
enum Candidate {
    Record(AuditRow),
    Damaged(DamagedAudit),
}

impl Candidate {
    fn of(row: Row) -> Self {
        let damaged = DamagedAudit::of(&row);
        audit_row_from(row).map_or(Self::Damaged(damaged), Self::Record)
    }

    const fn seq(&self) -> i64 {
        match self {
            Self::Record(row) => row.seq,
            Self::Damaged(row) => row.seq,
        }
    }
}

/// By what records are found first; the rest of a filter is tried on each.
#[derive(Clone, Copy)]
enum Lead {
    Timeline(Uuid),
    Person(Uuid),
    About(Uuid),
    Organisation(Uuid),
    Kind(AuditKind),
    All,
}

impl Lead {
    /// Several where each finds records that are meant.
    fn of(filter: &AuditFilter) -> Vec<Self> {
        if let Some(patient) = filter.patient {
            // Who took the whole region out had this patient's record too.
            let (search, keeping) = (AuditKind::EmergencySearch, AuditKind::Keeping);
            return vec![Self::Timeline(patient.0), Self::Kind(search), Self::Kind(keeping)];
        }
        match (filter.person, filter.organisation, filter.kind) {
            (Some(person), ..) => vec![Self::Person(person.0), Self::About(person.0)],
            // Reads are most of all records: whoever asks for another kind finds it by that.
            (None, _, Some(kind)) if !kind.outlives_the_timeline() => vec![Self::Kind(kind)],
            (None, Some(organisation), _) => vec![Self::Organisation(organisation.0)],
            (None, None, Some(kind)) => vec![Self::Kind(kind)],
            (None, None, None) => vec![Self::All],
        }
    }
}

/// The records after one and before another, in both orders.
macro_rules! both_orders {
    ($where:literal) => {
        [
            concat!(
                "select seq, recorded_at, timeline, sealed, chain, kind, person, organisation, about from audit where ",
                $where,
                " seq > $1 and seq < $2 order by seq desc limit $3"
            ),
            concat!(
                "select seq, recorded_at, timeline, sealed, chain, kind, person, organisation, about from audit where ",
                $where,
                " seq > $1 and seq < $2 order by seq limit $3"
            ),
        ]
    };
}

impl Tx {
    /// Records of this part of the log, at most `limit`; `cursor` is the `next` of the page before. A page is short where
    /// many records had to be looked at for few. What was accepted is asked for by its kind, and comes from the timelines.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn search_audits(
        &mut self,
        filter: &AuditFilter,
        order: AuditOrder,
        cursor: Option<u64>,
        limit: usize,
    ) -> Result<AuditPage, StoreError> {
        if filter.kind == Some(AuditKind::Accepted) {
            return self.search_accepted(filter, order, cursor, limit).await;
        }
        let (mut above, mut below) = self.seqs_between(filter.from, filter.until).await?;
        let mut cursor = cursor.map(|seq| i64::try_from(seq).unwrap_or(i64::MAX));
        let leads = Lead::of(filter);
        let span = match filter.patient {
            Some(patient) => self.find_span_in_region(patient).await?,
            None => None,
        };
        let mut page = AuditPage::default();
        let mut looked_at = 0;
        loop {
            match (order, cursor) {
                (AuditOrder::NewestFirst, Some(seq)) => below = below.min(seq),
                (AuditOrder::OldestFirst, Some(seq)) => above = above.max(seq),
                (_, None) => {}
            }
            let rows = self.candidates(&leads, above, below, order).await?;
            let is_last = rows.len() < AUDIT_SEARCH_PAGE_RECORDS;
            for row in rows {
                looked_at += 1;
                cursor = Some(row.seq());
                page.found.extend(match row {
                    Candidate::Record(row) => self.take(row, filter, span).await?,
                    Candidate::Damaged(row) => row.told_for(filter),
                });
                if page.found.len() == limit {
                    page.next = cursor.and_then(|seq| u64::try_from(seq).ok());
                    return Ok(page);
                }
            }
            if is_last {
                return Ok(page);
            }
            if looked_at >= AUDIT_LOOKED_AT_RECORDS_MAX {
                page.next = cursor.and_then(|seq| u64::try_from(seq).ok());
                return Ok(page);
            }
        }
    }

    /// The next records that one of the leads finds, each once, in order.
    async fn candidates(
        &mut self,
        leads: &[Lead],
        above: i64,
        below: i64,
        order: AuditOrder,
    ) -> Result<Vec<Candidate>, StoreError> {
        let mut rows: Vec<Candidate> = Vec::new();
        for lead in leads {
            rows.extend(self.list_led(*lead, above, below, order).await?);
        }
        match order {
            AuditOrder::NewestFirst => rows.sort_by_key(|row| std::cmp::Reverse(row.seq())),
            AuditOrder::OldestFirst => rows.sort_by_key(Candidate::seq),
        }
        rows.dedup_by_key(|row| row.seq());
        // Beyond so many, one of them may have more that come first.
        rows.truncate(AUDIT_SEARCH_PAGE_RECORDS);
        Ok(rows)
    }

    async fn list_led(
        &mut self,
        lead: Lead,
        above: i64,
        below: i64,
        order: AuditOrder,
    ) -> Result<Vec<Candidate>, StoreError> {
        const BY_TIMELINE: [&str; 2] = both_orders!("timeline = $4 and");
        const BY_PERSON: [&str; 2] = both_orders!("person = $4 and");
        const BY_ABOUT: [&str; 2] = both_orders!("about = $4 and");
        const BY_ORGANISATION: [&str; 2] = both_orders!("organisation = $4 and");
        const BY_KIND: [&str; 2] = both_orders!("kind = $4 and");
        const ALL: [&str; 2] = both_orders!("");
        let at = usize::from(order == AuditOrder::OldestFirst);
        let limit = i64::try_from(AUDIT_SEARCH_PAGE_RECORDS).unwrap_or(i64::MAX);
        let by_id = |texts: [&'static str; 2], id: Uuid| (texts[at], id.as_bytes().to_vec());
        let led = match lead {
            Lead::Timeline(id) => Ok(by_id(BY_TIMELINE, id)),
            Lead::Person(id) => Ok(by_id(BY_PERSON, id)),
            Lead::About(id) => Ok(by_id(BY_ABOUT, id)),
            Lead::Organisation(id) => Ok(by_id(BY_ORGANISATION, id)),
            Lead::Kind(kind) => Err((BY_KIND[at], Some(kind.code()))),
            Lead::All => Err((ALL[at], None)),
        };
        let rows: Vec<Row> = run!(self, connection => match led {
            Ok((text, id)) => {
                sqlx::query_as(text).bind(above).bind(below).bind(limit).bind(id).fetch_all(connection).await?
            }
            Err((text, Some(code))) => {
                sqlx::query_as(text).bind(above).bind(below).bind(limit).bind(code).fetch_all(connection).await?
            }
            Err((text, None)) => sqlx::query_as(text).bind(above).bind(below).bind(limit).fetch_all(connection).await?,
        });
        Ok(rows.into_iter().map(Candidate::of).collect())
    }

    /// The record, opened, if the filter means it.
    async fn take(
        &mut self,
        row: AuditRow,
        filter: &AuditFilter,
        span: Option<Span>,
    ) -> Result<Option<AuditFound>, StoreError> {
        if !filter.takes(row.audit.recorded_at, row.audit.mark.as_ref()) {
            return Ok(None);
        }
        let AuditRow { seq, chain, .. } = row;
        let (recorded_at, timeline, mark) = (row.audit.recorded_at, row.audit.timeline, row.audit.mark);
        // One that was damaged must not hide those after it.
        let mut record = match self.open_audit(row).await {
            Err(StoreError::Inconsistent { .. }) => {
                let seq = u64::try_from(seq).map_err(|error| StoreError::inconsistent("audit.seq", error))?;
                AuditRecord { seq, recorded_at, timeline, mark, chain, record: None }
            }
            opened => opened?,
        };
        let audited = record.record.as_deref().and_then(|bytes| codec::decode_audited(bytes).ok());
        if audited.is_none() {
            record.record = None;
        }
        let is_meant = |patient| is_about(&record, audited.as_ref(), (patient, span));
        if filter.patient.is_some_and(|patient| !is_meant(patient)) {
            return Ok(None);
        }
        self.complete_audit(record, audited).await.map(Some)
    }

    /// The seqs between which all records of this time lie, none behind the log's end. Records of one moment may stand a little out
    /// of order.
    async fn seqs_between(
        &mut self,
        from: Option<Timestamp>,
        until: Option<Timestamp>,
    ) -> Result<(i64, i64), StoreError> {
        let slack = Duration::from_secs(AUDIT_OUT_OF_ORDER_S);
        let (head, _) = self.find_audit_head().await?;
        let above = match from {
            Some(from) => self.first_since(from.saturating_sub(slack), head).await? - 1,
            None => 0,
        };
        let below = match until {
            Some(until) => self.first_since(until.saturating_add(slack), head).await?,
            None => i64::MAX,
        };
        Ok((above, below.min(head + 1)))
    }

    /// The first record that is not older; one behind the last where all are.
    async fn first_since(&mut self, moment: Timestamp, head: i64) -> Result<i64, StoreError> {
        const SQL: &str = "select seq, recorded_at from audit where seq >= $1 and seq <= $2 order by seq limit 1";
        let (mut low, mut high) = (1, head + 1);
        while low < high {
            let middle = low + (high - low) / 2;
            let row: Option<(i64, i64)> =
                run!(self, connection => sqlx::query_as(SQL).bind(middle).bind(head).fetch_optional(connection).await?);
            match row {
                Some((seq, recorded_at)) if recorded_at < moment.0 => low = seq + 1,
                _ => high = middle,
            }
        }
        Ok(low)
    }
}

fn is_about(record: &AuditRecord, audited: Option<&Audited>, (patient, span): (PatientId, Option<Span>)) -> bool {
    let found = match audited {
        Some(Audited::Act(Act { deed: Deed::EmergencySearch { found, .. }, .. })) => found.contains(&patient),
        Some(Audited::Act(Act { deed: Deed::Keeping(KeepingDeed::Exported { patient: None, .. }), .. })) => {
            span.is_some_and(|span| span.holds(record.recorded_at))
        }
        _ => false,
    };
    found || record.timeline == Some(patient.into())
}
