//! What was accepted, as the audit log tells it: from the timelines themselves, where each entry stands with its ruling. By
//! patient, author, organisation and time; each entry is opened, what it says is not told. Called by `audit_search.rs`.
//!
//! INVARIANT: a page ends between two moments, so that its cursor is the last moment told. All entries of one moment are one
//! batch of a hub or a few; they stand on one page together, which may be that much longer.

use std::collections::HashMap;
use std::sync::Arc;

use uuid::Uuid;

use crate::domain::audit::{AuditFilter, AuditKind, AuditMark};
use crate::domain::directory::Actor;
use crate::domain::ids::{DeviceId, TimelineId};
use crate::domain::kind::Kind;
use crate::domain::time::Timestamp;
use crate::limits::{ACCEPTED_PAGE_ENTRIES, AUDIT_LOOKED_AT_RECORDS_MAX};
use crate::vault::PatientKey;
use crate::vault::chain::Link;

use super::audit_known::DeviceSeen;
use super::engine::run;
use super::entry::{self, sealed_from};
use super::timeline::NO_LINK;
use super::{AuditFound, AuditOrder, AuditPage, AuditRecord, SealedEntry, StoreError, StoredEntry, Tx};

/// Of an entry that was accepted: who wrote it and by which rules, but not what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcceptedPost {
    pub kind: Kind,
    pub author: Actor,
    pub on_behalf: Option<Actor>,
    pub device: Option<DeviceId>,
    /// Citations, the deciding rule first.
    pub cited: Vec<Arc<str>>,
}

/// Timeline, id, seq, recorded at, mac, sealed, chain.
type Row = (Vec<u8>, Vec<u8>, i64, i64, Vec<u8>, Vec<u8>, Vec<u8>);

/// A row between two moments.
struct Candidate {
    seq: i64,
    recorded_at: Timestamp,
    timeline: Option<TimelineId>,
    chain: Link,
    /// `None`: somebody wrote into it; it is told at its place.
    entry: Option<SealedEntry>,
}

type Keys = HashMap<TimelineId, Option<Arc<PatientKey>>>;

impl Tx {
    /// See `search_audits`; the cursor is a moment in microseconds.
    pub(super) async fn search_accepted(
        &mut self,
        filter: &AuditFilter,
        order: AuditOrder,
        cursor: Option<u64>,
        limit: usize,
    ) -> Result<AuditPage, StoreError> {
        let mut from = filter.from.map_or(i64::MIN, |from| from.0);
        let mut until = filter.until.map_or(i64::MAX, |until| until.0);
        let mut cursor = cursor.map(|moment| i64::try_from(moment).unwrap_or(i64::MAX));
        let timeline = filter.patient.map(TimelineId::from);
        let (mut page, mut keys, mut looked_at) = (AuditPage::default(), Keys::new(), 0);
        loop {
            match (order, cursor) {
                (AuditOrder::NewestFirst, Some(told)) => until = until.min(told),
                (AuditOrder::OldestFirst, Some(told)) => from = from.max(told.saturating_add(1)),
                (_, None) => {}
            }
            let (entries, is_last) = self.list_between(timeline, (from, until), order).await?;
            let Some(last) = entries.last().map(|entry| entry.recorded_at.0) else { return Ok(page) };
            let mut at = 0;
            while at < entries.len() {
                let moment = entries[at].recorded_at;
                let behind = entries[at..].iter().take_while(|entry| entry.recorded_at == moment).count();
                for candidate in &entries[at..at + behind] {
                    page.found.extend(match &candidate.entry {
                        Some(sealed) => self.take_accepted(sealed, filter, &mut keys).await?,
                        None => candidate.told_for(filter),
                    });
                }
                at += behind;
                looked_at += behind;
                let is_full = page.found.len() >= limit || looked_at >= AUDIT_LOOKED_AT_RECORDS_MAX;
                if is_full && !(is_last && moment.0 == last) {
                    page.next = u64::try_from(moment.0).ok();
                    return Ok(page);
                }
            }
            if is_last {
                return Ok(page);
            }
            cursor = Some(last);
        }
    }

    /// The next entries between two moments, all of each moment that is told; and whether these were the last.
    async fn list_between(
        &mut self,
        timeline: Option<TimelineId>,
        between: (i64, i64),
        order: AuditOrder,
    ) -> Result<(Vec<Candidate>, bool), StoreError> {
        let limit = i64::try_from(ACCEPTED_PAGE_ENTRIES).unwrap_or(i64::MAX);
        let mut rows = self.list_rows_between(timeline, between, order, limit).await?;
        let is_last = rows.len() < ACCEPTED_PAGE_ENTRIES;
        if !is_last {
            let edge = rows.last().map_or(between.0, |row| row.3);
            rows.retain(|row| row.3 != edge);
            if rows.is_empty() {
                rows = self.list_rows_between(timeline, (edge, edge.saturating_add(1)), order, i64::MAX).await?;
            }
        }
        let mut entries: Vec<Candidate> = rows.into_iter().map(Candidate::of).collect();
        match order {
            AuditOrder::NewestFirst => entries.sort_by_key(|it| std::cmp::Reverse(it.place())),
            AuditOrder::OldestFirst => entries.sort_by_key(Candidate::place),
        }
        Ok((entries, is_last))
    }

    async fn list_rows_between(
        &mut self,
        timeline: Option<TimelineId>,
        (from, until): (i64, i64),
        order: AuditOrder,
        limit: i64,
    ) -> Result<Vec<Row>, StoreError> {
        const OF_ALL: [&str; 2] = [
            "select timeline, id, seq, recorded_at, mac, sealed, chain from entry
            where recorded_at >= $1 and recorded_at < $2 order by recorded_at desc limit $3",
            "select timeline, id, seq, recorded_at, mac, sealed, chain from entry
            where recorded_at >= $1 and recorded_at < $2 order by recorded_at limit $3",
        ];
        // Along a timeline recorded time never goes back: in the order of the seqs is in the order of time.
        const OF_ONE: [&str; 2] = [
            "select timeline, id, seq, recorded_at, mac, sealed, chain from entry
            where timeline = $4 and recorded_at >= $1 and recorded_at < $2 order by seq desc limit $3",
            "select timeline, id, seq, recorded_at, mac, sealed, chain from entry
            where timeline = $4 and recorded_at >= $1 and recorded_at < $2 order by seq limit $3",
        ];
        let at = usize::from(order == AuditOrder::OldestFirst);
        Ok(run!(self, connection => match timeline {
            Some(timeline) => {
                sqlx::query_as(OF_ONE[at])
                    .bind(from)
                    .bind(until)
                    .bind(limit)
                    .bind(timeline.0.as_bytes().as_slice())
                    .fetch_all(connection)
                    .await?
            }
            None => sqlx::query_as(OF_ALL[at]).bind(from).bind(until).bind(limit).fetch_all(connection).await?,
        }))
    }

    async fn take_accepted(
        &mut self,
        sealed: &SealedEntry,
        filter: &AuditFilter,
        keys: &mut Keys,
    ) -> Result<Option<AuditFound>, StoreError> {
        let header = &sealed.header;
        let key = match keys.get(&header.timeline) {
            Some(key) => key.clone(),
            None => {
                let key = match self.find_key(header.timeline).await {
                    // What does not open hides nothing behind it.
                    Err(StoreError::KeyDestroyed(_) | StoreError::Inconsistent { .. }) => None,
                    found => found?,
                };
                keys.insert(header.timeline, key.clone());
                key
            }
        };
        let post = key.and_then(|key| sealed.open(&key).ok()).map(AcceptedPost::of);
        let author = post.as_ref().map(|post| post.author);
        let is_meant = filter.person.is_none_or(|asked| author.is_some_and(|author| author.person == asked))
            && filter.organisation.is_none_or(|asked| author.is_some_and(|author| author.organisation == asked));
        if !is_meant {
            return Ok(None);
        }
        let mark = AuditMark {
            kind: AuditKind::Accepted,
            person: author.map(|author| author.person),
            organisation: author.map(|author| author.organisation),
            about: Some(header.id.0),
        };
        let device = match post.as_ref().and_then(|post| post.device) {
            Some(device) => self.device_named("", Some(device)).await?,
            None => DeviceSeen::default(),
        };
        let record = AuditRecord {
            seq: header.seq.0,
            recorded_at: header.recorded_at,
            timeline: Some(header.timeline),
            mark: Some(mark),
            chain: sealed.chain,
            record: None,
        };
        let (audited, reading, said, before) = (None, None, None, None);
        Ok(Some(AuditFound { record, audited, accepted: post, reading, device, said, before }))
    }
}

impl Candidate {
    fn of((timeline, id, seq, recorded_at, mac, sealed, chain): Row) -> Self {
        let link = Link::try_from(chain.as_slice()).unwrap_or(NO_LINK);
        let timeline = Uuid::from_slice(&timeline).ok().map(TimelineId);
        let row: entry::Row = (id, seq, recorded_at, mac, sealed, chain);
        let entry = timeline.and_then(|timeline| sealed_from(timeline, row).ok());
        Self { seq, recorded_at: Timestamp(recorded_at), timeline, chain: link, entry }
    }

    fn place(&self) -> (Timestamp, Option<TimelineId>, i64) {
        (self.recorded_at, self.timeline, self.seq)
    }

    /// Whose it is nobody can say: it is told to whoever asks for nobody's in particular.
    fn told_for(&self, filter: &AuditFilter) -> Option<AuditFound> {
        let mark = AuditMark { kind: AuditKind::Accepted, person: None, organisation: None, about: None };
        let is_meant = filter.person.is_none() && filter.organisation.is_none();
        is_meant.then(|| AuditFound::unread(self.seq, self.recorded_at, self.timeline, Some(mark), self.chain))
    }
}

impl AcceptedPost {
    fn of(stored: StoredEntry) -> Self {
        let entry = stored.entry;
        let kind = entry.body.kind();
        Self { kind, author: entry.author, on_behalf: entry.on_behalf, device: entry.device, cited: entry.ruling.cited }
    }
}
