//! Who was given what to read in a span of time, summed up: for an incident, and for a patient who asks. It counts what was
//! open then, also where it was opened before. Where one goes on, it counts as up to the timeline's head.

use crate::domain::directory::Position;
use crate::domain::ids::{OrganisationId, PersonId, Seq, TimelineId};
use crate::domain::role::Role;
use crate::domain::time::Timestamp;
use crate::limits::EXPOSURE_LINES_MAX;

use super::engine::run;
use super::record::{code_from, seq_from, uuid_from};
use super::{StoreError, Tx};

/// One person in one position, and one timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exposure {
    pub person: PersonId,
    pub position: Position,
    pub timeline: TimelineId,
    pub first_at: Timestamp,
    /// When the last of them ended; `None`: one goes on.
    pub last_at: Option<Timestamp>,
    /// How many reads.
    pub reads: u64,
    /// Entries after this one.
    pub from: Seq,
    /// Up to this one.
    pub through: Seq,
    /// Whether one of them rested on emergency access.
    pub by_emergency: bool,
}

type Row = (Vec<u8>, String, Vec<u8>, Vec<u8>, i64, i64, i64, i64, i64, i64);

macro_rules! exposures {
    ($where:literal) => {
        concat!(
            "select by_whom.person, by_whom.role, by_whom.organisation, given.timeline, min(given.opened_at),
             max(coalesce(given.closed_at, 9223372036854775807)), count(*), min(given.from_seq),
             max(coalesce(given.through_seq, timeline.head_seq)),
             cast(max(case when given.emergency_access is null then 0 else 1 end) as bigint)
             from read_grant as given join sign_in as by_whom on by_whom.id = given.sign_in
             join timeline on timeline.id = given.timeline where ",
            $where,
            " and given.opened_at < $3 and (given.closed_at is null or given.closed_at >= $2)
             group by by_whom.person, by_whom.role, by_whom.organisation, given.timeline
             order by min(given.opened_at), given.timeline, by_whom.person, by_whom.role, by_whom.organisation limit $4"
        )
    };
}

impl Tx {
    /// What one person was given to read between these moments, the earliest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_exposures_of(
        &mut self,
        person: PersonId,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<Exposure>, StoreError> {
        const SQL: &str = exposures!("by_whom.person = $1");
        self.list_exposures(SQL, person.0, from, until).await
    }

    /// Who was given a timeline to read between these moments, the earliest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_exposures_to(
        &mut self,
        timeline: TimelineId,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<Exposure>, StoreError> {
        const SQL: &str = exposures!("given.timeline = $1");
        self.list_exposures(SQL, timeline.0, from, until).await
    }

    async fn list_exposures(
        &mut self,
        sql: &'static str,
        of: uuid::Uuid,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<Exposure>, StoreError> {
        let limit = i64::try_from(EXPOSURE_LINES_MAX).unwrap_or(i64::MAX);
        let rows: Vec<Row> = run!(self, connection => {
            sqlx::query_as(sql)
                .bind(of.as_bytes().as_slice())
                .bind(from.0)
                .bind(until.0)
                .bind(limit)
                .fetch_all(connection)
                .await?
        });
        rows.into_iter().map(exposure_from).collect()
    }
}

fn exposure_from(row: Row) -> Result<Exposure, StoreError> {
    let (person, role, organisation, timeline, first_at, last_at, reads, from, through, by_emergency) = row;
    let position = Position {
        role: code_from("sign_in.role", &role, Role::from_code(&role))?,
        organisation: OrganisationId(uuid_from("sign_in.organisation", &organisation)?),
    };
    Ok(Exposure {
        person: PersonId(uuid_from("sign_in.person", &person)?),
        position,
        timeline: TimelineId(uuid_from("read_grant.timeline", &timeline)?),
        first_at: Timestamp(first_at),
        last_at: Some(Timestamp(last_at)).filter(|last| *last < Timestamp::MAX),
        reads: reads.unsigned_abs(),
        from: seq_from("read_grant.from_seq", from)?,
        through: seq_from("read_grant.through_seq", through)?,
        by_emergency: by_emergency != 0,
    })
}
