//! The projection of meetings: when each pair of organisations met last, per timeline; and which pairs serve a patient
//! together. Read by the compliance
//! view, and by the duty clock for rules per pair.

use std::collections::BTreeMap;

use crate::domain::ids::{OrganisationId, TimelineId};
use crate::domain::state::{Pair, PatientState};
use crate::domain::time::Timestamp;

use super::engine::run;
use super::record::uuid_from;
use super::{StoreError, Tx};

/// One organisation, the other, when they met last.
pub(super) type MeetingRow = (Vec<u8>, Vec<u8>, i64);

/// Another organisation that serves a patient together with one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Partnership {
    pub organisation: OrganisationId,
    /// Since when both serve the first patient whom they still share.
    pub since: Timestamp,
    /// When the two met last, about any patient.
    pub met: Option<Timestamp>,
}

/// What the projection must hold for this state.
pub(super) fn meeting_rows(state: &PatientState) -> Vec<MeetingRow> {
    let bytes = |id: OrganisationId| id.0.as_bytes().to_vec();
    state.course.meetings.last().map(|((one, other), at)| (bytes(one), bytes(other), at.0)).collect()
}

impl Tx {
    pub(super) async fn replace_meetings(
        &mut self,
        timeline: TimelineId,
        meetings: &[MeetingRow],
    ) -> Result<(), StoreError> {
        const DELETE: &str = "delete from pair_meeting where timeline = $1";
        const INSERT: &str = "insert into pair_meeting (timeline, one, other, last_at) values ($1, $2, $3, $4)";
        let id = timeline.0.as_bytes().as_slice();
        run!(self, connection => {
            sqlx::query(DELETE).bind(id).execute(&mut *connection).await?;
            for (one, other, at) in meetings {
                sqlx::query(INSERT)
                    .bind(id)
                    .bind(one.as_slice())
                    .bind(other.as_slice())
                    .bind(at)
                    .execute(&mut *connection)
                    .await?;
            }
        });
        Ok(())
    }

    pub(super) async fn find_meetings(&mut self, timeline: TimelineId) -> Result<Vec<MeetingRow>, StoreError> {
        const SQL: &str = "select one, other, last_at from pair_meeting where timeline = $1 order by one, other";
        Ok(run!(self, connection => {
            sqlx::query_as(SQL).bind(timeline.0.as_bytes().as_slice()).fetch_all(connection).await?
        }))
    }

    /// The organisations that serve a patient together with this one: since when, and when the two met last.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_partners(&mut self, organisation: OrganisationId) -> Result<Vec<Partnership>, StoreError> {
        const SHARED: &str = "select other.organisation,
                min(case when one.since > other.since then one.since else other.since end)
            from team_member one
            join team_member other on other.timeline = one.timeline and other.organisation <> one.organisation
            where one.organisation = $1 group by other.organisation order by other.organisation";
        const MET_FIRST: &str = "select other, max(last_at) from pair_meeting where one = $1 group by other";
        const MET_SECOND: &str = "select one, max(last_at) from pair_meeting where other = $1 group by one";
        type Rows = Vec<(Vec<u8>, i64)>;
        let id = organisation.0.as_bytes().as_slice();
        let (shared, first, second): (Rows, Rows, Rows) = run!(self, connection => (
            sqlx::query_as(SHARED).bind(id).fetch_all(&mut *connection).await?,
            sqlx::query_as(MET_FIRST).bind(id).fetch_all(&mut *connection).await?,
            sqlx::query_as(MET_SECOND).bind(id).fetch_all(&mut *connection).await?,
        ));
        let met: BTreeMap<&[u8], i64> =
            first.iter().chain(&second).map(|(other, at)| (other.as_slice(), *at)).collect();
        let partner = |(other, since): &(Vec<u8>, i64)| {
            Some(Partnership {
                organisation: OrganisationId(self.readable(uuid_from("team_member.organisation", other))?),
                since: Timestamp(*since),
                met: met.get(other.as_slice()).copied().map(Timestamp),
            })
        };
        Ok(shared.iter().filter_map(partner).collect())
    }

    /// Every pair of organisations that serves a patient together, with when the two met last, if ever.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_pairs(&mut self) -> Result<BTreeMap<Pair, Option<Timestamp>>, StoreError> {
        const SHARED: &str = "select distinct one.organisation, other.organisation from team_member one
            join team_member other on other.timeline = one.timeline and other.organisation > one.organisation";
        const MET: &str = "select one, other, max(last_at) from pair_meeting group by one, other";
        type Rows = (Vec<(Vec<u8>, Vec<u8>)>, Vec<MeetingRow>);
        let (shared, met): Rows = run!(self, connection => (
            sqlx::query_as(SHARED).fetch_all(&mut *connection).await?,
            sqlx::query_as(MET).fetch_all(&mut *connection).await?,
        ));
        let id = |place: &str, bytes: &[u8]| self.readable(uuid_from(place, bytes)).map(OrganisationId);
        let pair = |place: &str, one: &[u8], other: &[u8]| id(place, one).zip(id(place, other));
        let together = shared.iter().filter_map(|(one, other)| pair("team_member.organisation", one, other));
        let mut pairs: BTreeMap<Pair, Option<Timestamp>> = together.map(|pair| (pair, None)).collect();
        for (one, other, at) in &met {
            let met = pair("pair_meeting", one, other);
            if let Some(last) = met.and_then(|pair| pairs.get_mut(&pair)) {
                *last = Some(Timestamp(*at));
            }
        }
        Ok(pairs)
    }
}
