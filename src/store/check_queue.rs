//! Holds the linking queue against the audit log and the entries: a post that was to wait is there and opens, or became an entry, or
//! was dismissed on record. Called by `check.rs`. A row of before waiting was on record is missed by nobody once it is deleted; what
//! it says while it stands is held against the same.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use uuid::Uuid;

use crate::codec::Audited;
use crate::domain::act::{Act, Deed};
use crate::domain::ids::{EntryId, TimelineId};
use crate::domain::text::Text;
use crate::limits::FOLD_PAGE_ENTRIES;

use super::audit;
use super::check::{FaultKind, Report, row_at};
use super::engine::run;
use super::linking_queue;
use super::readable::{Came, each};
use super::{Journal, KnownId, QueueState, StoreError, Tx};

/// What the log says.
#[derive(Default)]
struct Said {
    /// Each post that was to wait, for which timeline, with its keyed digest.
    queued: BTreeMap<EntryId, (TimelineId, [u8; 32])>,
    dismissed: HashSet<EntryId>,
}

/// What the rows say.
#[derive(Default)]
struct Kept {
    there: HashSet<EntryId>,
    accepted: Vec<EntryId>,
    dismissed: BTreeSet<EntryId>,
}

/// A row as far as it reads.
struct KeptPost {
    id: Option<EntryId>,
    /// `None`: it does not open, or says nothing that a hub writes.
    state: Option<QueueState>,
}

pub(super) async fn check_queue(journal: &Journal, report: &mut Report) -> Result<(), StoreError> {
    // The rows first: what becomes of one meanwhile is then on record.
    let kept = go_through_rows(journal, report).await?;
    let said = list_said(journal).await?;
    for id in kept.dismissed.iter().filter(|id| !said.dismissed.contains(*id)) {
        report.fault(FaultKind::Queue, waiting(*id));
    }
    check_accepted(journal, &kept.accepted, &said, report).await?;
    for (id, (timeline, _)) in said.queued.into_iter().filter(|(id, _)| !kept.there.contains(id)) {
        let is_gone: Result<bool, StoreError> = journal
            .read(move |tx| {
                Box::pin(async move {
                    // It came since the rows were gone through, or went with its patient's record.
                    let is_there =
                        tx.has_queued(id).await? || tx.find_destroyed(timeline.as_patient()).await?.is_some();
                    Ok(!is_there)
                })
            })
            .await;
        if is_gone? {
            report.fault(FaultKind::Queue, waiting(id));
        }
    }
    Ok(())
}

fn waiting(id: EntryId) -> Text {
    Text::new(format!("紐付け待ちの投稿 {id}"), format!("waiting post {id}"))
}

async fn go_through_rows(journal: &Journal, report: &mut Report) -> Result<Kept, StoreError> {
    let (mut kept, mut after) = (Kept::default(), Some(Vec::<u8>::new()));
    while let Some(id) = after {
        let page: Result<_, StoreError> =
            journal.read(move |tx| Box::pin(async move { tx.list_kept_posts(&id).await })).await;
        let (posts, last) = page?;
        after = last;
        for KeptPost { id, state } in posts {
            kept.there.extend(id);
            match (id, state) {
                (Some(_), Some(QueueState::Waiting)) => {}
                (Some(id), Some(QueueState::Accepted)) => kept.accepted.push(id),
                (Some(id), Some(QueueState::Dismissed)) => drop(kept.dismissed.insert(id)),
                (Some(id), None) => report.fault(FaultKind::Unreadable, row_at(&format!("linking_queue {id}"))),
                (None, _) => report.fault(FaultKind::Unreadable, row_at("linking_queue")),
            }
        }
    }
    Ok(kept)
}

async fn list_said(journal: &Journal) -> Result<Said, StoreError> {
    let (mut said, mut after) = (Said::default(), Some(0));
    while let Some(seq) = after {
        let page: Result<_, StoreError> =
            journal.read(move |tx| Box::pin(async move { tx.list_said_of_queue(seq).await })).await;
        let (page, last) = page?;
        after = last;
        for audited in page {
            match audited {
                Audited::Act(Act { deed: Deed::Queued { post, timeline, digest }, .. }) => {
                    said.queued.insert(post, (timeline, digest));
                }
                Audited::Refusal(refusal) if refusal.dismissed.is_some() => {
                    said.dismissed.insert(refusal.id);
                }
                _ => {}
            }
        }
    }
    Ok(said)
}

/// What became an entry is one, of that timeline and with that digest.
async fn check_accepted(
    journal: &Journal,
    accepted: &[EntryId],
    said: &Said,
    report: &mut Report,
) -> Result<(), StoreError> {
    for ids in accepted.chunks(FOLD_PAGE_ENTRIES) {
        let known = match journal.find_known_ids(ids).await {
            Ok(known) => known,
            // That an entry says what it cannot is told of the entry.
            Err(StoreError::Inconsistent { .. }) => continue,
            Err(error) => return Err(error),
        };
        let known: HashMap<EntryId, KnownId> = known.into_iter().map(|known| (known.id, known)).collect();
        for id in ids {
            let is_as_said = |known: &KnownId| {
                said.queued
                    .get(id)
                    .is_none_or(|(timeline, digest)| known.timeline == *timeline && known.mac.as_bytes() == digest)
            };
            if !known.get(id).is_some_and(is_as_said) {
                report.fault(FaultKind::Queue, waiting(*id));
            }
        }
    }
    Ok(())
}

type IdRow = (Vec<u8>,);

impl Tx {
    /// A page of rows behind this id, and the last id where there may be more.
    async fn list_kept_posts(&mut self, after: &[u8]) -> Result<(Vec<KeptPost>, Option<Vec<u8>>), StoreError> {
        const SQL: &str = "select id, timeline, sealed, state from linking_queue where id > $1 order by id limit $2";
        let limit = i64::try_from(FOLD_PAGE_ENTRIES).unwrap_or(i64::MAX);
        let (rows, ids): (Vec<Came<linking_queue::Row>>, Vec<Came<IdRow>>) = run!(self, connection => {
            let rows = sqlx::query(SQL).bind(after).bind(limit).fetch_all(connection).await?;
            (each("linking_queue", &rows), each("linking_queue", &rows))
        });
        let is_more = rows.len() == FOLD_PAGE_ENTRIES;
        let ids: Vec<Vec<u8>> = ids.into_iter().map(|id| id.map(|(id,)| id).unwrap_or_default()).collect();
        let posts = rows.into_iter().zip(&ids).map(|(row, id)| KeptPost {
            id: Uuid::from_slice(id).ok().map(EntryId),
            state: row.and_then(|row| self.open_queued(row)).ok().map(|queued| queued.state),
        });
        let posts = posts.collect();
        Ok((posts, ids.last().filter(|_| is_more).cloned()))
    }

    /// A page of what the log says of the queue behind this record, and the last of these where there may be more. What does not
    /// open says nothing: that is told of the log, or its key was destroyed with the record that it is about.
    async fn list_said_of_queue(&mut self, after: i64) -> Result<(Vec<Audited>, Option<i64>), StoreError> {
        const SQL: &str = "select seq, recorded_at, timeline, sealed, chain, kind, person, organisation, about
            from audit where seq > $1 and (kind is null or kind in ('queued', 'dismissed')) order by seq limit $2";
        let limit = i64::try_from(FOLD_PAGE_ENTRIES).unwrap_or(i64::MAX);
        let rows: Vec<audit::Row> = run!(self, connection => {
            sqlx::query_as(SQL).bind(after).bind(limit).fetch_all(connection).await?
        });
        let last = rows.last().map(|row| row.0).filter(|_| rows.len() == FOLD_PAGE_ENTRIES);
        let mut said = Vec::with_capacity(rows.len());
        for row in rows {
            said.extend(self.open_audited(row).await?.map(|(_, audited)| audited));
        }
        Ok((said, last))
    }

    async fn has_queued(&mut self, id: EntryId) -> Result<bool, StoreError> {
        const SQL: &str = "select count(*) from linking_queue where id = $1";
        let (count,): (i64,) = run!(self, connection => {
            sqlx::query_as(SQL).bind(id.0.as_bytes().as_slice()).fetch_one(connection).await?
        });
        Ok(count > 0)
    }
}
