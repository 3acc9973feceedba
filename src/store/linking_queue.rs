//! The linking queue: observations of people who are not linked to the patient yet. They wait, sealed,
//! until the secretariat links the author's organisation or dismisses them. An id stands for one post for ever: a row is
//! never replaced, and stays when it is resolved.

use crate::codec::{self, QueuedPost};
use crate::domain::ids::{EntryId, TimelineId};

use super::batch::queued_aad;
use super::engine::run;
use super::readable::{Came, each};
use super::record::uuid_from;
use super::{QueueState, Resolved, SealedQueued, StoreError, Tx};

/// A post in the queue, opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queued {
    pub post: QueuedPost,
    pub state: QueueState,
}

/// Id, timeline, sealed, state.
pub(super) type Row = (Vec<u8>, Vec<u8>, Vec<u8>, String);

impl Tx {
    /// Adds posts; returns how many ids were new. Those that were not are left as they are.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_queued(&mut self, posts: &[SealedQueued]) -> Result<u64, StoreError> {
        const SQL: &str = "insert into linking_queue (id, timeline, organisation, received_at, sealed, state)
            values ($1, $2, $3, $4, $5, $6)
            on conflict (id) do nothing";
        let mut inserted = 0;
        for post in posts {
            inserted += run!(self, connection => {
                sqlx::query(SQL)
                    .bind(post.id.0.as_bytes().as_slice())
                    .bind(post.timeline.0.as_bytes().as_slice())
                    .bind(post.organisation.0.as_bytes().as_slice())
                    .bind(post.received_at.0)
                    .bind(post.sealed.as_slice())
                    .bind(QueueState::Waiting.code())
                    .execute(connection)
                    .await?
                    .rows_affected()
            });
        }
        Ok(inserted)
    }

    /// Takes waiting posts out of the queue; returns how many of them waited.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn resolve_queued(&mut self, resolved: &[Resolved]) -> Result<u64, StoreError> {
        const SQL: &str = "update linking_queue set state = $2, resolved_at = $3
            where id = $1 and state = 'waiting'";
        let mut waited = 0;
        for one in resolved {
            waited += run!(self, connection => {
                sqlx::query(SQL)
                    .bind(one.id.0.as_bytes().as_slice())
                    .bind(one.state.code())
                    .bind(one.resolved_at.0)
                    .execute(connection)
                    .await?
                    .rows_affected()
            });
        }
        Ok(waited)
    }

    /// The post with this id, whatever became of it.
    ///
    /// # Errors
    /// When the database fails or the post does not open.
    pub async fn find_queued(&mut self, id: EntryId) -> Result<Option<Queued>, StoreError> {
        const SQL: &str = "select id, timeline, sealed, state from linking_queue where id = $1";
        let row: Option<Row> = run!(self, connection => {
            sqlx::query_as(SQL).bind(id.0.as_bytes().as_slice()).fetch_optional(connection).await?
        });
        row.map(|row| self.open_queued(row)).transpose()
    }

    /// The posts that wait, oldest first, at most `limit`. One that does not open is left out, and that is told.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_waiting(&mut self, limit: usize) -> Result<Vec<Queued>, StoreError> {
        const SQL: &str = "select id, timeline, sealed, state from linking_queue
            where state = 'waiting' order by received_at, id limit $1";
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows: Vec<Came<Row>> = run!(self, connection => {
            each("linking_queue", &sqlx::query(SQL).bind(limit).fetch_all(connection).await?)
        });
        Ok(self.readable_each(rows, |row| self.open_queued(row)))
    }

    /// The posts that wait for a link to this timeline, oldest first. One that does not open is left out, and that is told.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_queued(&mut self, timeline: TimelineId) -> Result<Vec<Queued>, StoreError> {
        const SQL: &str = "select id, timeline, sealed, state from linking_queue
            where timeline = $1 and state = 'waiting' order by received_at, id";
        let timeline = timeline.0.as_bytes().as_slice();
        let rows: Vec<Came<Row>> = run!(self, connection => {
            each("linking_queue", &sqlx::query(SQL).bind(timeline).fetch_all(connection).await?)
        });
        Ok(self.readable_each(rows, |row| self.open_queued(row)))
    }

    /// The timelines that posts wait for.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_waiting_timelines(&mut self) -> Result<Vec<TimelineId>, StoreError> {
        const SQL: &str = "select distinct timeline from linking_queue where state = 'waiting'";
        let rows: Vec<Came<(Vec<u8>,)>> = run!(self, connection => {
            each("linking_queue", &sqlx::query(SQL).fetch_all(connection).await?)
        });
        Ok(self.readable_each(rows, |(id,)| uuid_from("linking_queue.timeline", &id).map(TimelineId)))
    }

    pub(super) fn open_queued(&self, (id, timeline, sealed, state): Row) -> Result<Queued, StoreError> {
        let id = EntryId(uuid_from("linking_queue.id", &id)?);
        let timeline = TimelineId(uuid_from("linking_queue.timeline", &timeline)?);
        let place = format!("queued post {id}");
        let bytes = self
            .region
            .queue()
            .open(&queued_aad(id, timeline), &sealed)
            .map_err(StoreError::cannot_open(place.as_str()))?;
        let post = codec::decode_queued(&bytes).map_err(|error| StoreError::inconsistent(place.as_str(), error))?;
        let state = super::record::code_from(&place, &state, QueueState::from_code(&state))?;
        Ok(Queued { post, state })
    }
}
