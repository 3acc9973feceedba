//! The table of timelines: keys and heads; and loading a timeline's state for the sequencer.

use std::sync::{Arc, LazyLock};

use crate::domain::entry::Entry;
use crate::domain::ids::{Seq, Subject, TimelineId};
use crate::domain::state::PatientState;
use crate::domain::time::Timestamp;
use crate::limits::FOLD_PAGE_ENTRIES;
use crate::vault::PatientKey;
use crate::vault::chain::Link;

use super::engine::run;
use super::record::{code_from, link_from, seq_from, seq_into, uuid_from};
use super::rows::{self, Rows};
use super::{HeadUpdate, NewTimeline, StoreError, Tx};

/// A timeline as the sequencer needs it: ready to decide on and to seal for.
#[derive(Debug)]
pub struct Loaded {
    pub key: Arc<PatientKey>,
    pub head: Seq,
    /// The link of the entry at the head, or the genesis link.
    pub chain: Link,
    /// Of the entry at the head.
    pub recorded_at: Timestamp,
    pub state: PatientState,
}

/// A row of the table, without the key.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head {
    pub(super) timeline: TimelineId,
    pub(super) subject: Subject,
    pub(super) seq: Seq,
    pub(super) chain: Link,
    pub(super) recorded_at: Timestamp,
}

impl Tx {
    /// Adds timelines; returns how many were new.
    pub(super) async fn insert_timelines(&mut self, timelines: &[NewTimeline]) -> Result<u64, StoreError> {
        static SQL: LazyLock<Rows> = LazyLock::new(|| {
            Rows::new(
                "insert into timeline (id, subject, wrapped_key, head_seq, head_chain, recorded_at) values ",
                6,
                " on conflict do nothing",
            )
        });
        let mut inserted = 0;
        for chunk in rows::chunks(timelines) {
            let text = SQL.text(self.marks(), chunk.len());
            inserted += run!(self, connection => {
                let mut query = sqlx::query(text);
                for new in chunk {
                    query = query
                        .bind(new.id.0.as_bytes().as_slice())
                        .bind(new.subject.code())
                        .bind(new.wrapped_key.as_slice())
                        .bind(0_i64)
                        .bind(crate::vault::chain::GENESIS.as_slice())
                        .bind(Timestamp::MIN.0);
                }
                query.execute(connection).await?.rows_affected()
            });
        }
        Ok(inserted)
    }

    /// Moves the heads that still are where they are expected; returns how many were.
    pub(super) async fn move_heads(&mut self, heads: &[HeadUpdate]) -> Result<u64, StoreError> {
        static SQL: LazyLock<Rows> = LazyLock::new(|| {
            Rows::new(
                "with moved (id, expected_seq, new_seq, new_chain, recorded_at) as (values ",
                5,
                ") update timeline
                  set head_seq = moved.new_seq, head_chain = moved.new_chain, recorded_at = moved.recorded_at
                  from moved where timeline.id = moved.id and timeline.head_seq = moved.expected_seq",
            )
        });
        let mut moved = 0;
        // A head named twice is moved once.
        for chunk in rows::padded(heads) {
            let text = SQL.text(self.marks(), chunk.len());
            moved += run!(self, connection => {
                let mut query = sqlx::query(text);
                for head in &chunk {
                    query = query
                        .bind(head.timeline.0.as_bytes().as_slice())
                        .bind(seq_into(head.expected))
                        .bind(seq_into(head.new))
                        .bind(head.chain.as_slice())
                        .bind(head.recorded_at.0);
                }
                query.execute(connection).await?.rows_affected()
            });
        }
        Ok(moved)
    }

    /// Where a timeline ends.
    pub(super) async fn find_head(&mut self, timeline: TimelineId) -> Result<Option<Head>, StoreError> {
        const SQL: &str = "select subject, head_seq, head_chain, recorded_at from timeline where id = $1";
        let row: Option<HeadRow> = run!(self, connection => {
            sqlx::query_as(SQL).bind(timeline.0.as_bytes().as_slice()).fetch_optional(connection).await?
        });
        row.map(|row| head_from(timeline, &row)).transpose()
    }

    /// All heads, in the order of the ids.
    pub(super) async fn list_heads(&mut self) -> Result<Vec<Head>, StoreError> {
        const SQL: &str = "select id, subject, head_seq, head_chain, recorded_at from timeline order by id";
        let rows: Vec<IdAndHead> = run!(self, connection => sqlx::query_as(SQL).fetch_all(connection).await?);
        rows.into_iter()
            .map(|(id, subject, seq, chain, recorded_at)| {
                head_from(TimelineId(uuid_from("timeline.id", &id)?), &(subject, seq, chain, recorded_at))
            })
            .collect()
    }

    /// Every timeline, by id, and whose it is.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_subjects(&mut self) -> Result<Vec<(TimelineId, Subject)>, StoreError> {
        Ok(self.list_heads().await?.into_iter().map(|head| (head.timeline, head.subject)).collect())
    }

    /// The states of all organisations that have a timeline, by id. One whose key was destroyed is left out.
    ///
    /// # Errors
    /// When the database fails, or a timeline does not fold.
    pub async fn load_offices(&mut self) -> Result<Vec<PatientState>, StoreError> {
        const SQL: &str = "select id from timeline where subject = $1 and wrapped_key is not null order by id";
        let rows: Vec<(Vec<u8>,)> = run!(self, connection => {
            sqlx::query_as(SQL).bind(Subject::Organisation.code()).fetch_all(connection).await?
        });
        let mut offices = Vec::with_capacity(rows.len());
        for (id,) in rows {
            let loaded = self.load(TimelineId(uuid_from("timeline.id", &id)?)).await?;
            offices.extend(loaded.map(|loaded| loaded.state));
        }
        Ok(offices)
    }

    /// Ids under which entries are stored that no timeline has.
    pub(super) async fn list_orphans(&mut self) -> Result<Vec<TimelineId>, StoreError> {
        const SQL: &str = "select distinct entry.timeline from entry
            left join timeline on timeline.id = entry.timeline where timeline.id is null";
        let rows: Vec<(Vec<u8>,)> = run!(self, connection => sqlx::query_as(SQL).fetch_all(connection).await?);
        rows.iter().map(|(id,)| Ok(TimelineId(uuid_from("entry.timeline", id)?))).collect()
    }

    /// The newest recorded time of any timeline, or of the audit log where that is newer.
    pub(super) async fn newest_recorded_at(&mut self) -> Result<Option<Timestamp>, StoreError> {
        const SQL: &str = "select max(recorded_at) from timeline";
        let (newest,): (Option<i64>,) = run!(self, connection => sqlx::query_as(SQL).fetch_one(connection).await?);
        let of_timelines = newest.map(Timestamp).filter(|newest| *newest > Timestamp::MIN);
        Ok(of_timelines.max(self.find_last_audit_at().await?))
    }

    /// The key of a timeline. `None`: no such timeline.
    ///
    /// # Errors
    /// When the key was destroyed, or does not open under the region's key.
    pub async fn find_key(&mut self, timeline: TimelineId) -> Result<Option<Arc<PatientKey>>, StoreError> {
        const SQL: &str = "select wrapped_key from timeline where id = $1";
        let row: Option<(Option<Vec<u8>>,)> = run!(self, connection => {
            sqlx::query_as(SQL).bind(timeline.0.as_bytes().as_slice()).fetch_optional(connection).await?
        });
        row.map(|(wrapped,)| self.unwrap_key(timeline, wrapped.as_deref())).transpose()
    }

    pub(super) fn unwrap_key(
        &self,
        timeline: TimelineId,
        wrapped: Option<&[u8]>,
    ) -> Result<Arc<PatientKey>, StoreError> {
        let wrapped = wrapped.ok_or(StoreError::KeyDestroyed(timeline))?;
        let key = PatientKey::unwrap(&self.region, timeline.0, wrapped)
            .map_err(StoreError::cannot_open(format!("key of timeline {timeline}")))?;
        Ok(Arc::new(key))
    }

    /// See `Journal::load`.
    pub(super) async fn load(&mut self, timeline: TimelineId) -> Result<Option<Loaded>, StoreError> {
        let Some(head) = self.find_head(timeline).await? else { return Ok(None) };
        let Some(key) = self.find_key(timeline).await? else { return Ok(None) };
        let state = self.find_snapshot(timeline, &key).await?;
        let state = self.fold(state.unwrap_or_else(|| PatientState::empty_of(head.subject, timeline)), &key).await?;
        if state.head != head.seq {
            let what = format!("its entries end at seq {}, its head is {}", state.head, head.seq);
            return Err(StoreError::inconsistent(format!("timeline {timeline}"), what));
        }
        Ok(Some(Loaded { key, head: head.seq, chain: head.chain, recorded_at: head.recorded_at, state }))
    }

    /// Folds the entries after `state.head` into `state`.
    pub(super) async fn fold(&mut self, state: PatientState, key: &PatientKey) -> Result<PatientState, StoreError> {
        self.fold_watched(state, key, |_, _| {}).await
    }

    /// The same; `watch` is shown the state after each entry.
    pub(super) async fn fold_watched(
        &mut self,
        mut state: PatientState,
        key: &PatientKey,
        mut watch: impl FnMut(&PatientState, &Entry) + Send,
    ) -> Result<PatientState, StoreError> {
        loop {
            let entries = self.list_entries(state.timeline, state.head, FOLD_PAGE_ENTRIES, usize::MAX, key).await?;
            for stored in &entries {
                if stored.entry.seq != state.head.next() {
                    let what = format!("seq {} follows {}", stored.entry.seq, state.head);
                    return Err(StoreError::inconsistent(format!("timeline {}", state.timeline), what));
                }
                state.apply(&stored.entry);
                watch(&state, &stored.entry);
            }
            if entries.len() < FOLD_PAGE_ENTRIES {
                return Ok(state);
            }
        }
    }
}

/// The same with the id before it.
type IdAndHead = (Vec<u8>, String, i64, Vec<u8>, i64);
/// Subject, head, link and recorded time.
type HeadRow = (String, i64, Vec<u8>, i64);

fn head_from(timeline: TimelineId, (subject, seq, chain, recorded_at): &HeadRow) -> Result<Head, StoreError> {
    let (seq, recorded_at) = (*seq, *recorded_at);
    Ok(Head {
        timeline,
        subject: code_from("timeline.subject", subject, Subject::from_code(subject))?,
        seq: seq_from("timeline.head_seq", seq)?,
        chain: link_from("timeline.head_chain", chain)?,
        recorded_at: Timestamp(recorded_at),
    })
}
