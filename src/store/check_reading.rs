//! Holds the table of grants, which says how far each reader has come, against the reads that the audit log has. Called by
//! `check.rs`. Grants of before reads stood in the log are held against nothing, and whether the log itself is whole is not asked here.

use std::collections::HashMap;

use uuid::Uuid;

use crate::domain::ids::{Seq, SignInId, TimelineId};
use crate::domain::reading::{Read, ReadEnded};
use crate::domain::text::Text;
use crate::domain::time::Timestamp;

use super::check::{FaultKind, Report};
use super::engine::run;
use super::reads_on_record::{ReadOnRecord, ReadSaid, ReadsOf};
use super::rows::{self, Rows};
use super::{Journal, StoreError, Tx};

/// A grant as its columns are.
struct Kept {
    sign_in: Vec<u8>,
    timeline: Vec<u8>,
    opened_at: i64,
    from: i64,
    through: Option<i64>,
    closed_at: Option<i64>,
    access: Option<Vec<u8>>,
}

type Row = (Vec<u8>, Vec<u8>, Vec<u8>, i64, i64, Option<i64>, Option<i64>, Option<Vec<u8>>);

pub(super) async fn check_reading(journal: &Journal, report: &mut Report) -> Result<(), StoreError> {
    let mut after = 0;
    loop {
        // Both in one moment: a hub writes meanwhile.
        let page: Result<_, StoreError> = journal
            .read(move |tx| {
                Box::pin(async move {
                    let (page, is_more) = tx.list_reads_on_record(ReadsOf::Everybody, after).await?;
                    let kept = tx.list_kept_grants(&page).await?;
                    Ok((page, is_more, kept))
                })
            })
            .await;
        let (page, is_more, kept) = page?;
        for record in page {
            after = record.seq;
            if !agrees(&record, &kept) {
                let place = Text::new(
                    format!("閲覧の控え（監査記録 {} 番）", record.seq),
                    format!("what a reader was given by audit record {}", record.seq),
                );
                report.fault(FaultKind::Reading, place);
            }
        }
        if !is_more {
            return Ok(());
        }
    }
}

fn agrees(record: &ReadOnRecord, kept: &HashMap<Uuid, Kept>) -> bool {
    match &record.said {
        // That the log does not open is told of the log.
        None => true,
        Some((timeline, ReadSaid::Began(read))) => {
            kept.get(&read.grant).is_some_and(|kept| kept.began_as(*timeline, read, record.at))
        }
        // An end without a beginning is of a read that was never granted.
        Some((_, ReadSaid::Ended(ended))) => kept.get(&ended.grant).is_none_or(|kept| kept.ended_as(ended)),
    }
}

impl Kept {
    /// It may say more than the log does, never less: what was stored and never answered is on record once more, later.
    fn began_as(&self, timeline: TimelineId, read: &Read, at: Timestamp) -> bool {
        let SignInId(sign_in) = read.sign_in;
        let access = read.access.map(|entry| entry.0.as_bytes().to_vec());
        self.sign_in == sign_in.as_bytes()
            && self.timeline == timeline.0.as_bytes()
            && self.opened_at <= at.0
            && seq_of(self.from).is_some_and(|from| from <= read.from)
            && self.access == access
            && read.through.is_none_or(|through| self.goes_to(through))
    }

    fn ended_as(&self, ended: &ReadEnded) -> bool {
        self.closed_at.is_some() && self.goes_to(ended.through)
    }

    fn goes_to(&self, last: Seq) -> bool {
        self.through.and_then(seq_of).is_some_and(|through| through >= last)
    }
}

fn seq_of(seq: i64) -> Option<Seq> {
    u64::try_from(seq).ok().map(Seq)
}

impl Tx {
    async fn list_kept_grants(&mut self, page: &[ReadOnRecord]) -> Result<HashMap<Uuid, Kept>, StoreError> {
        const INTO: &str = "select id, sign_in, timeline, opened_at, from_seq, through_seq, closed_at, emergency_access
            from read_grant where id in (values ";
        static SQL: std::sync::LazyLock<Rows> = std::sync::LazyLock::new(|| Rows::new(INTO, 1, ")"));
        let grants = page.iter().filter_map(|record| match &record.said {
            Some((_, ReadSaid::Began(read))) => Some(read.grant),
            Some((_, ReadSaid::Ended(ended))) => Some(ended.grant),
            None => None,
        });
        let grants: Vec<Uuid> = grants.collect();
        let mut kept = HashMap::new();
        for chunk in rows::chunks(&grants) {
            let text = SQL.text(self.marks(), chunk.len());
            let rows: Vec<Row> = run!(self, connection => {
                let mut query = sqlx::query_as(text);
                for grant in chunk {
                    query = query.bind(grant.as_bytes().as_slice());
                }
                query.fetch_all(connection).await?
            });
            kept.extend(rows.into_iter().filter_map(|row| {
                let (id, sign_in, timeline, opened_at, from, through, closed_at, access) = row;
                let kept = Kept { sign_in, timeline, opened_at, from, through, closed_at, access };
                Some((Uuid::from_slice(&id).ok()?, kept))
            }));
        }
        Ok(kept)
    }
}
