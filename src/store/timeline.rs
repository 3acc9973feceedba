//! The table of timelines: keys and heads; and loading a timeline's state for the sequencer.

use std::sync::{Arc, LazyLock};

use uuid::Uuid;

use crate::domain::entry::Entry;
use crate::domain::ids::{Seq, Subject, TimelineId};
use crate::domain::role::OrganisationType;
use crate::domain::state::PatientState;
use crate::domain::time::Timestamp;
use crate::limits::FOLD_PAGE_ENTRIES;
use crate::vault::PatientKey;
use crate::vault::chain::Link;

use super::engine::run;
use super::guarded::{self, Value};
use super::record::{seq_from, seq_into};
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
    pub(super) subject: Subject,
    pub(super) seq: Seq,
    pub(super) chain: Link,
    pub(super) recorded_at: Timestamp,
}

/// A row of the table as its columns are, which somebody may have written into: what it says of the end counts as far as it
/// can be read.
#[derive(Clone, Copy, Debug)]
pub(super) struct RawHead {
    pub(super) timeline: TimelineId,
    /// `None`: it names no subject.
    pub(super) subject: Option<Subject>,
    /// What it must be by the directory, whose rows nobody writes without the region's key.
    pub(super) is_about: Subject,
    pub(super) seq: i64,
    /// [`NO_LINK`] where it holds none.
    pub(super) chain: Link,
    pub(super) recorded_at: Timestamp,
    pub(super) written_at: Timestamp,
}

/// What follows no record, and stands where a link is damaged.
pub(super) const NO_LINK: Link = [0xff; 32];

impl RawHead {
    /// Nothing of it was written by hand, as far as one can tell by looking.
    ///
    /// INVARIANT: a patient's record is never read as an office's page, which others may read, nor an office's page as a
    /// patient's, which shuts nobody out.
    pub(super) fn whole(self) -> Result<Head, StoreError> {
        let Self { timeline, is_about: subject, seq, chain, recorded_at, .. } = self;
        let place = || format!("timeline {timeline}");
        if self.subject != Some(subject) {
            let what = format!("by the directory it is about {}, and its row says otherwise", subject.en());
            return Err(StoreError::inconsistent(place(), what));
        }
        if chain == NO_LINK {
            return Err(StoreError::inconsistent(place(), "its row holds no link"));
        }
        Ok(Head { subject, seq: seq_from(&place(), seq)?, chain, recorded_at })
    }
}

impl Tx {
    /// Adds timelines; returns how many were new.
    pub(super) async fn insert_timelines(&mut self, timelines: &[NewTimeline]) -> Result<u64, StoreError> {
        static SQL: LazyLock<Rows> = LazyLock::new(|| {
            Rows::new(
                "insert into timeline (id, subject, wrapped_key, head_seq, head_chain, recorded_at, written_at) values ",
                7,
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
                        .bind(Timestamp::MIN.0)
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
                "with moved (id, expected_seq, new_seq, new_chain, recorded_at, written_at) as (values ",
                6,
                ") update timeline
                  set head_seq = moved.new_seq, head_chain = moved.new_chain, recorded_at = moved.recorded_at,
                      written_at = moved.written_at
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
                        .bind(head.recorded_at.0)
                        .bind(head.written_at.0);
                }
                query.execute(connection).await?.rows_affected()
            });
        }
        Ok(moved)
    }

    /// Where a timeline ends.
    pub(super) async fn find_head(&mut self, timeline: TimelineId) -> Result<Option<Head>, StoreError> {
        self.find_raw_head(timeline).await?.map(RawHead::whole).transpose()
    }

    pub(super) async fn find_raw_head(&mut self, timeline: TimelineId) -> Result<Option<RawHead>, StoreError> {
        const SQL: &str =
            "select timeline.id, timeline.subject, timeline.head_seq, timeline.head_chain, timeline.recorded_at,
            timeline.written_at, organisation.kind, organisation.active, organisation.mac
            from timeline left join organisation on organisation.id = timeline.id where timeline.id = $1";
        let row: Option<HeadRow> = run!(self, connection => {
            sqlx::query_as(SQL).bind(timeline.0.as_bytes().as_slice()).fetch_optional(connection).await?
        });
        Ok(row.and_then(|row| self.head_from(row)))
    }

    /// All heads as they stand there, in the order of the ids. A row whose id is none is left out: no timeline is known by it.
    pub(super) async fn list_raw_heads(&mut self) -> Result<Vec<RawHead>, StoreError> {
        const SQL: &str =
            "select timeline.id, timeline.subject, timeline.head_seq, timeline.head_chain, timeline.recorded_at,
            timeline.written_at, organisation.kind, organisation.active, organisation.mac
            from timeline left join organisation on organisation.id = timeline.id order by timeline.id";
        let rows: Vec<HeadRow> = run!(self, connection => sqlx::query_as(SQL).fetch_all(connection).await?);
        Ok(rows.into_iter().filter_map(|row| self.head_from(row)).collect())
    }

    /// Says when somebody wrote on a timeline last.
    pub(super) async fn set_written_at(&mut self, timeline: TimelineId, at: Timestamp) -> Result<(), StoreError> {
        const SQL: &str = "update timeline set written_at = $2 where id = $1";
        run!(self, connection => {
            sqlx::query(SQL).bind(timeline.0.as_bytes().as_slice()).bind(at.0).execute(connection).await?;
        });
        Ok(())
    }

    /// Every timeline, by id, and whose it is by the directory.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_subjects(&mut self) -> Result<Vec<(TimelineId, Subject)>, StoreError> {
        Ok(self.list_raw_heads().await?.into_iter().map(|head| (head.timeline, head.is_about)).collect())
    }

    /// Ids under which entries are stored that no timeline has; `None`: under what is no id.
    pub(super) async fn list_orphans(&mut self) -> Result<Vec<Option<TimelineId>>, StoreError> {
        const SQL: &str = "select entry.timeline from entry
            left join timeline on timeline.id = entry.timeline where timeline.id is null
            union select id from timeline where length(id) <> 16";
        let rows: Vec<(Vec<u8>,)> = run!(self, connection => sqlx::query_as(SQL).fetch_all(connection).await?);
        Ok(rows.iter().map(|(id,)| Uuid::from_slice(id).ok().map(TimelineId)).collect())
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
        let mut loaded = self.load_whole(timeline).await;
        // A key that is gone is a destroyed record's alone: of the others it is damage.
        if let Err(StoreError::KeyDestroyed(_)) = loaded
            && self.find_destroyed(timeline.as_patient()).await?.is_none()
        {
            let what = "its key is gone, and nobody destroyed its record";
            loaded = Err(StoreError::inconsistent(format!("timeline {timeline}"), what));
        }
        self.note_loading(timeline, &loaded);
        loaded
    }

    async fn load_whole(&mut self, timeline: TimelineId) -> Result<Option<Loaded>, StoreError> {
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
        watch: impl FnMut(&PatientState, &Entry) + Send,
    ) -> Result<PatientState, StoreError> {
        self.fold_on(&mut state, key, FOLD_PAGE_ENTRIES, watch).await?;
        Ok(state)
    }

    /// The same, so many entries at a time; where it fails, `state` is as of what was read until then.
    pub(super) async fn fold_on(
        &mut self,
        state: &mut PatientState,
        key: &PatientKey,
        page_entries: usize,
        mut watch: impl FnMut(&PatientState, &Entry) + Send,
    ) -> Result<(), StoreError> {
        loop {
            let entries = self.list_entries(state.timeline, state.head, page_entries, usize::MAX, key).await?;
            for stored in &entries {
                if stored.entry.seq != state.head.next() {
                    let what = format!("seq {} follows {}", stored.entry.seq, state.head);
                    return Err(StoreError::inconsistent(format!("timeline {}", state.timeline), what));
                }
                state.apply(&stored.entry);
                watch(state, &stored.entry);
            }
            if entries.len() < page_entries {
                return Ok(());
            }
        }
    }

    fn head_from(
        &self,
        (id, subject, seq, chain, recorded_at, written_at, kind, active, mac): HeadRow,
    ) -> Option<RawHead> {
        let Ok(timeline) = Uuid::from_slice(&id) else {
            tracing::error!("a row of the table of timelines has no id: it counts for nothing");
            return None;
        };
        // As the directory has it; of a household too it has a row, which is no office.
        let is_office = kind.zip(active).is_some_and(|(kind, active)| {
            let row: [Value; 3] = [timeline.into(), kind.as_str().into(), active.into()];
            self.is_true(&guarded::ORGANISATION, &row, mac.as_deref())
                && OrganisationType::from_code(&kind).is_some_and(|kind| kind != OrganisationType::Home)
        });
        Some(RawHead {
            timeline: TimelineId(timeline),
            subject: Subject::from_code(&subject),
            is_about: if is_office { Subject::Organisation } else { Subject::Patient },
            seq,
            chain: chain.try_into().unwrap_or(NO_LINK),
            recorded_at: Timestamp(recorded_at),
            written_at: Timestamp(written_at),
        })
    }
}

/// Id, subject, head, link, recorded time, and when somebody wrote on it last; then of the organisation of this id, if there is
/// one, what its MAC covers.
type HeadRow = (Vec<u8>, String, i64, Vec<u8>, i64, i64, Option<String>, Option<bool>, Option<Vec<u8>>);
