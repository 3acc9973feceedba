//! The projection of advice to the secretariat: on which timelines there is some. Written with the entries that drew it.

use crate::domain::ids::TimelineId;
use crate::domain::time::Timestamp;

use super::engine::run;
use super::record::uuid_from;
use super::{StoreError, Tx};

impl Tx {
    pub(super) async fn set_advised(
        &mut self,
        timeline: TimelineId,
        newest: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        const UPSERT: &str = "insert into advice (timeline, newest_at) values ($1, $2)
            on conflict (timeline) do update set newest_at = excluded.newest_at";
        const DELETE: &str = "delete from advice where timeline = $1";
        let id = timeline.0.as_bytes().as_slice();
        run!(self, connection => {
            match newest {
                Some(at) => sqlx::query(UPSERT).bind(id).bind(at.0).execute(connection).await?,
                None => sqlx::query(DELETE).bind(id).execute(connection).await?,
            };
        });
        Ok(())
    }

    pub(super) async fn find_advised(&mut self, timeline: TimelineId) -> Result<Option<Timestamp>, StoreError> {
        const SQL: &str = "select newest_at from advice where timeline = $1";
        let row: Option<(i64,)> = run!(self, connection => {
            sqlx::query_as(SQL).bind(timeline.0.as_bytes().as_slice()).fetch_optional(connection).await?
        });
        Ok(row.map(|(at,)| Timestamp(at)))
    }

    /// Timelines on which something was advised since a moment, after this one, in the order of their ids.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_timelines_with_advice(
        &mut self,
        since: Timestamp,
        after: Option<TimelineId>,
        limit: usize,
    ) -> Result<Vec<TimelineId>, StoreError> {
        const SQL: &str = "select timeline from advice
            where newest_at >= $1 and timeline > $2 order by timeline limit $3";
        let after = after.map(|after| after.0.as_bytes().to_vec()).unwrap_or_default();
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows: Vec<(Vec<u8>,)> = run!(self, connection => {
            sqlx::query_as(SQL).bind(since.0).bind(after).bind(limit).fetch_all(connection).await?
        });
        rows.iter().map(|(id,)| Ok(TimelineId(uuid_from("advice.timeline", id)?))).collect()
    }
}
