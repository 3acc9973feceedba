//! The projections of duties: each duty sealed under its timeline, and when the duty clock must look at a timeline
//! again. Written with the entries that change them; read by the clock, by those who list duties, and by the check.

use std::time::Duration;

use crate::codec::{decode_duty, encode_duty};
use crate::domain::duties::Duty;
use crate::domain::duty::DutyId;
use crate::domain::ids::{OrganisationId, PersonId, TimelineId};
use crate::domain::time::Timestamp;
use crate::vault::PatientKey;

use super::engine::run;
use super::record::{record_aad, uuid_from};
use super::{ProjectionChange, StoreError, Tx};

/// Under this name the journal keeps the rulebook that the clock has looked at all timelines with: since then each has a row that
/// says when it must be looked at again. (Hubs that kept it under another name left out those that need not be.)
pub const LOOKED_WITH: &str = "duty_clock_looked_with";

/// The clock need not look.
const NEVER: Timestamp = Timestamp::MAX;

impl ProjectionChange {
    /// A duty as it stands now.
    pub(super) fn of_duty(timeline: TimelineId, duty: &Duty, key: &PatientKey) -> Self {
        let id = duty.opened.id;
        Self::Duty { timeline, duty: id, open: duty.is_open(), sealed: key.seal(&duty_aad(id), &encode_duty(duty)) }
    }
}

fn duty_aad(duty: DutyId) -> [u8; 32] {
    record_aad(b"duty/v1\0\0\0\0\0\0\0\0\0", duty.0)
}

type DutyRow = (Vec<u8>, bool, Vec<u8>);

fn kept_duty_from(
    timeline: TimelineId,
    key: &PatientKey,
    (id, open, sealed): &DutyRow,
) -> Result<(bool, Duty), StoreError> {
    let id = DutyId(uuid_from("duty.id", id)?);
    let place = format!("duty {id} of timeline {timeline}");
    let bytes = key.open(&duty_aad(id), sealed).map_err(StoreError::cannot_open(place.as_str()))?;
    let duty = decode_duty(&bytes).map_err(|error| StoreError::inconsistent(place.as_str(), error))?;
    Ok((*open, duty))
}

impl Tx {
    pub(super) async fn upsert_duty(
        &mut self,
        timeline: TimelineId,
        duty: DutyId,
        open: bool,
        sealed: &[u8],
    ) -> Result<(), StoreError> {
        const SQL: &str = "insert into duty (timeline, id, open, sealed) values ($1, $2, $3, $4)
            on conflict (timeline, id) do update set open = excluded.open, sealed = excluded.sealed";
        run!(self, connection => {
            sqlx::query(SQL)
                .bind(timeline.0.as_bytes().as_slice())
                .bind(duty.0.as_bytes().as_slice())
                .bind(open)
                .bind(sealed)
                .execute(connection)
                .await?;
        });
        Ok(())
    }

    /// Every duty of a timeline, by id.
    ///
    /// # Errors
    /// When the database fails, or a duty does not open.
    pub async fn list_duties(&mut self, timeline: TimelineId, key: &PatientKey) -> Result<Vec<Duty>, StoreError> {
        Ok(self.list_kept_duties(timeline, key).await?.into_iter().map(|(_, duty)| duty).collect())
    }

    /// The same, each with what the row says of whether it is open.
    pub(super) async fn list_kept_duties(
        &mut self,
        timeline: TimelineId,
        key: &PatientKey,
    ) -> Result<Vec<(bool, Duty)>, StoreError> {
        const SQL: &str = "select id, open, sealed from duty where timeline = $1 order by id";
        let rows: Vec<DutyRow> = run!(self, connection => {
            sqlx::query_as(SQL).bind(timeline.0.as_bytes().as_slice()).fetch_all(connection).await?
        });
        rows.iter().map(|row| kept_duty_from(timeline, key, row)).collect()
    }

    /// The duties of a timeline that can be read, for counting: one that cannot is told, and so is a timeline whose key does
    /// not open; one whose key was destroyed has none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_readable_duties(&mut self, timeline: TimelineId) -> Result<Vec<Duty>, StoreError> {
        const SQL: &str = "select id, open, sealed from duty where timeline = $1 order by id";
        let found = match self.find_key(timeline).await {
            Ok(found) => found,
            Err(StoreError::KeyDestroyed(_)) => None,
            Err(error @ StoreError::Inconsistent { .. }) => self.readable(Err(error)),
            Err(error) => return Err(error),
        };
        let Some(key) = found else { return Ok(Vec::new()) };
        let rows: Vec<DutyRow> = run!(self, connection => {
            sqlx::query_as(SQL).bind(timeline.0.as_bytes().as_slice()).fetch_all(connection).await?
        });
        let kept = |row: &DutyRow| self.readable(kept_duty_from(timeline, &key, row)).map(|(_, duty)| duty);
        Ok(rows.iter().filter_map(kept).collect())
    }

    /// Timelines with a duty that is open, or with any, after this one, in the order of their ids: on whose team this
    /// person of this organisation is, and the organisation's own; or all.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_timelines_with_duties(
        &mut self,
        whose: Option<(OrganisationId, PersonId)>,
        only_open: bool,
        after: Option<TimelineId>,
        limit: usize,
    ) -> Result<Vec<TimelineId>, StoreError> {
        const OPEN: &str = "select distinct timeline from duty where open and timeline > $1 order by timeline limit $2";
        const ANY: &str = "select distinct timeline from duty where timeline > $1 order by timeline limit $2";
        // An office's own duties stand on its own timeline.
        const THEIR_OPEN: &str = "select distinct timeline from duty
            where open and timeline > $1 and (timeline = $3 or exists (
                select 1 from team_member where team_member.timeline = duty.timeline
                and organisation = $3 and (person is null or person = $4)))
            order by timeline limit $2";
        const THEIRS: &str = "select distinct timeline from duty
            where timeline > $1 and (timeline = $3 or exists (
                select 1 from team_member where team_member.timeline = duty.timeline
                and organisation = $3 and (person is null or person = $4)))
            order by timeline limit $2";
        let after = after.map(|after| after.0.as_bytes().to_vec()).unwrap_or_default();
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows: Vec<(Vec<u8>,)> = match whose {
            None => {
                let sql = if only_open { OPEN } else { ANY };
                run!(self, connection => sqlx::query_as(sql).bind(after).bind(limit).fetch_all(connection).await?)
            }
            Some((organisation, person)) => {
                let sql = if only_open { THEIR_OPEN } else { THEIRS };
                run!(self, connection => {
                    sqlx::query_as(sql)
                        .bind(after)
                        .bind(limit)
                        .bind(organisation.0.as_bytes().as_slice())
                        .bind(person.0.as_bytes().as_slice())
                        .fetch_all(connection)
                        .await?
                })
            }
        };
        let timeline = |(id,): &(Vec<u8>,)| uuid_from("duty.timeline", id).map(TimelineId);
        Ok(rows.iter().filter_map(|row| self.readable(timeline(row))).collect())
    }

    /// Says when the clock must look at the timeline again. That it need not is said too, so that a row that is gone is missed.
    pub(super) async fn set_due(&mut self, timeline: TimelineId, at: Option<Timestamp>) -> Result<(), StoreError> {
        const SQL: &str = "insert into timeline_due (timeline, at) values ($1, $2)
            on conflict (timeline) do update set at = excluded.at";
        let id = timeline.0.as_bytes().as_slice();
        let at = at.unwrap_or(NEVER);
        run!(self, connection => { sqlx::query(SQL).bind(id).bind(at.0).execute(connection).await?; });
        Ok(())
    }

    /// Whether no row says when the clock must look at this timeline, though a hub has looked at all of them.
    pub(super) async fn misses_its_due_time(&mut self, timeline: TimelineId) -> Result<bool, StoreError> {
        const SQL: &str = "select count(*) from timeline_due where timeline = $1";
        if self.find_meta(LOOKED_WITH).await?.is_none() {
            return Ok(false);
        }
        let (rows,): (i64,) = run!(self, connection => {
            sqlx::query_as(SQL).bind(timeline.0.as_bytes().as_slice()).fetch_one(connection).await?
        });
        Ok(rows == 0)
    }

    /// Has the clock look at every timeline on whose team this organisation is; one that it looks at earlier anyway stays
    /// as it is.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn look_where_on_team(&mut self, organisation: OrganisationId, at: Timestamp) -> Result<(), StoreError> {
        const SQL: &str = "insert into timeline_due (timeline, at)
            select distinct timeline, cast($2 as bigint) from team_member where organisation = $1
            on conflict (timeline) do update set at = excluded.at where excluded.at < timeline_due.at";
        run!(self, connection => {
            sqlx::query(SQL).bind(organisation.0.as_bytes().as_slice()).bind(at.0).execute(connection).await?;
        });
        Ok(())
    }

    pub(super) async fn look_at_office(
        &mut self,
        organisation: OrganisationId,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        const SQL: &str = "insert into timeline_due (timeline, at)
            select id, cast($2 as bigint) from timeline where id = $1
            on conflict (timeline) do update set at = excluded.at where excluded.at < timeline_due.at";
        run!(self, connection => {
            sqlx::query(SQL).bind(organisation.0.as_bytes().as_slice()).bind(at.0).execute(connection).await?;
        });
        Ok(())
    }

    /// When the clock must look at this timeline again.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_due(&mut self, timeline: TimelineId) -> Result<Option<Timestamp>, StoreError> {
        const SQL: &str = "select at from timeline_due where timeline = $1";
        let row: Option<(i64,)> = run!(self, connection => {
            sqlx::query_as(SQL).bind(timeline.0.as_bytes().as_slice()).fetch_optional(connection).await?
        });
        Ok(row.map(|(at,)| Timestamp(at)).filter(|at| *at < NEVER))
    }

    /// The timelines that the clock must look at next, the earliest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_due(&mut self, limit: usize) -> Result<Vec<(TimelineId, Timestamp)>, StoreError> {
        const SQL: &str = "select timeline, at from timeline_due where at < $2 order by at limit $1";
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows: Vec<(Vec<u8>, i64)> =
            run!(self, connection => sqlx::query_as(SQL).bind(limit).bind(NEVER.0).fetch_all(connection).await?);
        rows.iter().map(|(id, at)| Ok((TimelineId(uuid_from("timeline_due.timeline", id)?), Timestamp(*at)))).collect()
    }

    /// Has the clock look at every timeline, the first at `from` and each a little after the one before; how many.
    /// One that it looks at earlier anyway stays as it is.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn look_at_all(&mut self, from: Timestamp, apart: Duration) -> Result<usize, StoreError> {
        const SQL: &str = "insert into timeline_due (timeline, at) values ($1, $2)
            on conflict (timeline) do update set at = excluded.at where excluded.at < timeline_due.at";
        let heads = self.list_raw_heads().await?;
        let mut at = from;
        for head in &heads {
            run!(self, connection => {
                sqlx::query(SQL).bind(head.timeline.0.as_bytes().as_slice()).bind(at.0).execute(connection).await?;
            });
            at = at.saturating_add(apart);
        }
        Ok(heads.len())
    }
}

#[cfg(test)]
impl Tx {
    /// As if a row had been changed: the duties of a timeline look closed.
    pub async fn damage_duties(&mut self, timeline: TimelineId) -> Result<(), StoreError> {
        const SQL: &str = "delete from duty where timeline = $1";
        run!(self, connection => {
            sqlx::query(SQL).bind(timeline.0.as_bytes().as_slice()).execute(connection).await?;
        });
        Ok(())
    }
}
