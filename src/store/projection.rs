//! Projections of the timelines: who is registered, who is on which team, what was consented to. They are
//! written in the transaction of the entries that change them and hold nothing of their own: `rebuild.rs`
//! makes them again from the timelines. An ordinary entry changes none.

use std::collections::BTreeMap;

use prost::Message as _;

use crate::domain::body::Body;
use crate::domain::duty::DutyId;
use crate::domain::entry::Entry;
use crate::domain::ids::{OrganisationId, PersonId, TimelineId};
use crate::domain::kind::Kind;
use crate::domain::patient::Registration;
use crate::domain::state::PatientState;
use crate::domain::team::{ConsentState, Membership};
use crate::domain::time::Timestamp;
use crate::vault::PatientKey;

use super::accesses::DeclaredAccess;
use super::engine::run;
use super::meetings::{MeetingRow, meeting_rows};
use super::record::{RegistrationRecord, record_aad, uuid_from};
use super::{StoreError, Tx};

/// A projection's new value for one timeline.
#[derive(Clone, Debug)]
pub enum ProjectionChange {
    /// The registration, sealed with the timeline's key.
    Patient {
        timeline: TimelineId,
        sealed: Vec<u8>,
        for_training: bool,
    },
    /// The whole team.
    Team {
        timeline: TimelineId,
        team: BTreeMap<OrganisationId, Membership>,
    },
    Consent {
        timeline: TimelineId,
        state: ConsentState,
    },
    /// When each pair of organisations met last.
    Meetings {
        timeline: TimelineId,
        meetings: Vec<MeetingRow>,
    },
    /// A duty as it stands, sealed with the timeline's key.
    Duty {
        timeline: TimelineId,
        duty: DutyId,
        open: bool,
        sealed: Vec<u8>,
    },
    /// When the duty clock must look at the timeline again, if ever. The hub's to say, who knows the rules.
    Due {
        timeline: TimelineId,
        at: Option<Timestamp>,
    },
    /// The duty clock must look at every timeline on whose team the organisation is: its place there may have changed.
    DueWhereOnTeam {
        organisation: OrganisationId,
        at: Timestamp,
    },
    /// The duty clock must look at the timelines of these organisations, where they have one.
    DueOfOffices {
        organisations: Vec<OrganisationId>,
        at: Timestamp,
    },
    /// When the secretariat was advised something last, if ever.
    Advice {
        timeline: TimelineId,
        newest: Option<Timestamp>,
    },
    /// All declarations of emergency access that are remembered.
    Accesses {
        timeline: TimelineId,
        declared: Vec<DeclaredAccess>,
    },
}

impl ProjectionChange {
    /// What must be written for a timeline of which nothing is, apart from its duties.
    #[must_use]
    pub fn all_of(state: &PatientState, key: &PatientKey) -> Vec<Self> {
        let timeline = state.timeline;
        let mut changes = Vec::new();
        if let Some(registration) = &state.registration {
            let sealed = seal_registration(key, timeline, registration);
            changes.push(Self::Patient { timeline, sealed, for_training: registration.for_training });
        }
        if !state.team.is_empty() {
            changes.push(Self::Team { timeline, team: state.team.clone() });
        }
        if state.consent != ConsentState::None {
            changes.push(Self::Consent { timeline, state: state.consent });
        }
        let meetings = meeting_rows(state);
        if !meetings.is_empty() {
            changes.push(Self::Meetings { timeline, meetings });
        }
        if !state.accesses.as_slice().is_empty() {
            changes.push(accesses_of(state));
        }
        let newest = state.advice.newest();
        if newest.is_some() {
            changes.push(Self::Advice { timeline, newest });
        }
        changes
    }
}

fn seal_registration(key: &PatientKey, timeline: TimelineId, registration: &Registration) -> Vec<u8> {
    key.seal(&registration_aad(timeline), &RegistrationRecord::from(registration).encode_to_vec())
}

fn registration_aad(timeline: TimelineId) -> [u8; 32] {
    record_aad(b"registration/v1\0", timeline.0)
}

/// Adds what `entry` changed, after it was applied to `after`. An ordinary entry adds nothing.
pub fn project(after: &PatientState, entry: &Entry, key: &PatientKey, changes: &mut Vec<ProjectionChange>) {
    let timeline = after.timeline;
    let body = match &entry.body {
        Body::Correction(correction) => &correction.body,
        body => body,
    };
    match body {
        // As the fold has it: a correction of an older registration changes nothing.
        Body::Registration(_) => changes.extend(after.registration.as_deref().map(|registration| {
            let sealed = seal_registration(key, timeline, registration);
            ProjectionChange::Patient { timeline, sealed, for_training: registration.for_training }
        })),
        Body::Consent(_) => changes.push(ProjectionChange::Consent { timeline, state: after.consent }),
        Body::TeamLink(_) | Body::TeamUnlink(_) | Body::HostChange(_) => {
            changes.push(ProjectionChange::Team { timeline, team: after.team.clone() });
        }
        Body::EmergencyAccess(_) => changes.push(accesses_of(after)),
        Body::Export(_) if entry.taken_out().is_some() => changes.push(accesses_of(after)),
        // Perhaps the secretariat's of a declaration.
        Body::Acknowledgement(_) if !after.accesses.as_slice().is_empty() => changes.push(accesses_of(after)),
        _ => {}
    }
    let points_back = matches!(entry.body, Body::Correction(_) | Body::Retraction(_));
    if points_back || !entry.ruling.to_secretariat().is_empty() {
        changes.push(ProjectionChange::Advice { timeline, newest: after.advice.newest() });
    }
    // Of a meeting that is told, put right or taken back.
    if matches!(entry.scope().kind, Kind::JointVisit | Kind::Conference) {
        changes.push(ProjectionChange::Meetings { timeline, meetings: meeting_rows(after) });
    }
    changes
        .extend(after.duties.touched_by(entry).into_iter().map(|duty| ProjectionChange::of_duty(timeline, duty, key)));
}

fn accesses_of(state: &PatientState) -> ProjectionChange {
    let timeline = state.timeline;
    ProjectionChange::Accesses { timeline, declared: DeclaredAccess::all_of(timeline, &state.accesses) }
}

/// What the projections hold of one timeline, opened.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Projected {
    pub(super) registration: Option<Registration>,
    /// Organisation, person, host, since, opens from.
    pub(super) team: Vec<TeamRow>,
    pub(super) consent: Option<String>,
    pub(super) meetings: Vec<MeetingRow>,
    pub(super) accesses: Vec<DeclaredAccess>,
    pub(super) advised: Option<Timestamp>,
}

pub(super) type TeamRow = (Vec<u8>, Option<Vec<u8>>, bool, i64, i64);

impl Projected {
    /// What they must hold for this state.
    pub(super) fn of(state: &PatientState) -> Self {
        let mut team: Vec<TeamRow> = team_rows(&state.team).collect();
        team.sort();
        let consent = (state.consent != ConsentState::None).then(|| state.consent.code().to_owned());
        let accesses = DeclaredAccess::all_of(state.timeline, &state.accesses);
        let (registration, meetings) = (state.registration.as_deref().cloned(), meeting_rows(state));
        Self { registration, team, consent, meetings, accesses, advised: state.advice.newest() }
    }
}

fn team_rows(team: &BTreeMap<OrganisationId, Membership>) -> impl Iterator<Item = TeamRow> {
    team.iter().flat_map(|(organisation, membership)| {
        let people: Vec<Option<PersonId>> = if membership.people.is_empty() {
            vec![None]
        } else {
            membership.people.iter().copied().map(Some).collect()
        };
        people.into_iter().map(|person| {
            (
                organisation.0.as_bytes().to_vec(),
                person.map(|person| person.0.as_bytes().to_vec()),
                membership.host,
                membership.since.0,
                membership.opens_from.0,
            )
        })
    })
}

impl Tx {
    pub(super) async fn write_projections(&mut self, changes: &[ProjectionChange]) -> Result<(), StoreError> {
        for change in changes {
            match change {
                ProjectionChange::Patient { timeline, sealed, for_training } => {
                    self.upsert_patient(*timeline, sealed, *for_training).await?;
                }
                ProjectionChange::Team { timeline, team } => self.replace_team(*timeline, team).await?,
                ProjectionChange::Consent { timeline, state } => self.upsert_consent(*timeline, *state).await?,
                ProjectionChange::Meetings { timeline, meetings } => self.replace_meetings(*timeline, meetings).await?,
                ProjectionChange::Duty { timeline, duty, open, sealed } => {
                    self.upsert_duty(*timeline, *duty, *open, sealed).await?;
                }
                ProjectionChange::Due { timeline, at } => self.set_due(*timeline, *at).await?,
                ProjectionChange::DueWhereOnTeam { organisation, at } => {
                    self.look_where_on_team(*organisation, *at).await?;
                }
                ProjectionChange::DueOfOffices { organisations, at } => {
                    for organisation in organisations {
                        self.look_at_office(*organisation, *at).await?;
                    }
                }
                ProjectionChange::Advice { timeline, newest } => self.set_advised(*timeline, *newest).await?,
                ProjectionChange::Accesses { timeline, declared } => self.replace_accesses(*timeline, declared).await?,
            }
        }
        Ok(())
    }

    async fn upsert_patient(
        &mut self,
        timeline: TimelineId,
        sealed: &[u8],
        for_training: bool,
    ) -> Result<(), StoreError> {
        const SQL: &str = "insert into patient (timeline, sealed, for_training) values ($1, $2, $3)
            on conflict (timeline) do update set sealed = excluded.sealed, for_training = excluded.for_training";
        run!(self, connection => {
            sqlx::query(SQL)
                .bind(timeline.0.as_bytes().as_slice())
                .bind(sealed)
                .bind(i64::from(for_training))
                .execute(connection)
                .await?;
        });
        Ok(())
    }

    async fn replace_team(
        &mut self,
        timeline: TimelineId,
        team: &BTreeMap<OrganisationId, Membership>,
    ) -> Result<(), StoreError> {
        const DELETE: &str = "delete from team_member where timeline = $1";
        const INSERT: &str = "insert into team_member (timeline, organisation, person, host, since, opens_from)
            values ($1, $2, $3, $4, $5, $6)";
        run!(self, connection => {
            sqlx::query(DELETE).bind(timeline.0.as_bytes().as_slice()).execute(&mut *connection).await?;
            for (organisation, person, host, since, opens_from) in team_rows(team) {
                sqlx::query(INSERT)
                    .bind(timeline.0.as_bytes().as_slice())
                    .bind(organisation)
                    .bind(person)
                    .bind(host)
                    .bind(since)
                    .bind(opens_from)
                    .execute(&mut *connection)
                    .await?;
            }
        });
        Ok(())
    }

    async fn upsert_consent(&mut self, timeline: TimelineId, state: ConsentState) -> Result<(), StoreError> {
        const SQL: &str = "insert into patient_consent (timeline, state) values ($1, $2)
            on conflict (timeline) do update set state = excluded.state";
        run!(self, connection => {
            sqlx::query(SQL).bind(timeline.0.as_bytes().as_slice()).bind(state.code()).execute(connection).await?;
        });
        Ok(())
    }

    /// See `Journal::list_timelines_of`.
    pub(super) async fn list_timelines_of(
        &mut self,
        organisation: OrganisationId,
        person: PersonId,
    ) -> Result<Vec<TimelineId>, StoreError> {
        const SQL: &str = "select distinct timeline from team_member
            where organisation = $1 and (person is null or person = $2) order by timeline";
        let rows: Vec<(Vec<u8>,)> = run!(self, connection => {
            sqlx::query_as(SQL)
                .bind(organisation.0.as_bytes().as_slice())
                .bind(person.0.as_bytes().as_slice())
                .fetch_all(connection)
                .await?
        });
        rows.iter().map(|(id,)| Ok(TimelineId(uuid_from("team_member.timeline", id)?))).collect()
    }

    /// The organisations that share a team with this person of this organisation, their own included.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_teammates(
        &mut self,
        organisation: OrganisationId,
        person: PersonId,
    ) -> Result<Vec<OrganisationId>, StoreError> {
        const SQL: &str = "select distinct mate.organisation from team_member own
            join team_member mate on mate.timeline = own.timeline
            where own.organisation = $1 and (own.person is null or own.person = $2) order by mate.organisation";
        let rows: Vec<(Vec<u8>,)> = run!(self, connection => {
            sqlx::query_as(SQL)
                .bind(organisation.0.as_bytes().as_slice())
                .bind(person.0.as_bytes().as_slice())
                .fetch_all(connection)
                .await?
        });
        rows.iter().map(|(id,)| Ok(OrganisationId(uuid_from("team_member.organisation", id)?))).collect()
    }

    /// See `Journal::registrations`. Destroyed records are left out.
    pub(super) async fn list_registrations(&mut self) -> Result<Vec<(TimelineId, Registration)>, StoreError> {
        const SQL: &str = "select patient.timeline, timeline.wrapped_key, patient.sealed
            from patient join timeline on timeline.id = patient.timeline
            where timeline.wrapped_key is not null order by patient.timeline";
        let rows: Vec<(Vec<u8>, Vec<u8>, Vec<u8>)> =
            run!(self, connection => sqlx::query_as(SQL).fetch_all(connection).await?);
        rows.iter()
            .map(|(id, wrapped, sealed)| {
                let timeline = TimelineId(uuid_from("patient.timeline", id)?);
                let key = self.unwrap_key(timeline, Some(wrapped))?;
                Ok((timeline, open_registration(&key, timeline, sealed)?))
            })
            .collect()
    }

    /// What the projections hold of one timeline.
    pub(super) async fn find_projected(
        &mut self,
        timeline: TimelineId,
        key: &PatientKey,
    ) -> Result<Projected, StoreError> {
        type Rows = (Option<(Vec<u8>,)>, Vec<TeamRow>, Option<(String,)>);
        const PATIENT: &str = "select sealed from patient where timeline = $1";
        const TEAM: &str = "select organisation, person, host, since, opens_from from team_member
            where timeline = $1";
        const CONSENT: &str = "select state from patient_consent where timeline = $1";
        let id = timeline.0.as_bytes().as_slice();
        let (patient, mut team, consent): Rows = run!(self, connection => (
            sqlx::query_as(PATIENT).bind(id).fetch_optional(&mut *connection).await?,
            sqlx::query_as(TEAM).bind(id).fetch_all(&mut *connection).await?,
            sqlx::query_as(CONSENT).bind(id).fetch_optional(&mut *connection).await?,
        ));
        team.sort();
        let registration = patient.map(|(sealed,)| open_registration(key, timeline, &sealed)).transpose()?;
        // "Not obtained" may stand there or be left out: it says the same.
        let consent = consent.map(|(state,)| state).filter(|state| state != ConsentState::None.code());
        let meetings = self.find_meetings(timeline).await?;
        let accesses = self.list_accesses_of(timeline).await?;
        let advised = self.find_advised(timeline).await?;
        Ok(Projected { registration, team, consent, meetings, accesses, advised })
    }

    /// Empties all projections, to be rebuilt in the same transaction.
    pub(super) async fn delete_projections(&mut self) -> Result<(), StoreError> {
        run!(self, connection => {
            for sql in [
                "delete from patient",
                "delete from team_member",
                "delete from patient_consent",
                "delete from pair_meeting",
                "delete from duty",
                "delete from timeline_due",
                "delete from emergency_access",
                "delete from advice",
            ] {
                sqlx::query(sql).execute(&mut *connection).await?;
            }
        });
        Ok(())
    }
}

fn open_registration(key: &PatientKey, timeline: TimelineId, sealed: &[u8]) -> Result<Registration, StoreError> {
    let place = format!("registration of timeline {timeline}");
    let bytes = key.open(&registration_aad(timeline), sealed).map_err(StoreError::cannot_open(place.as_str()))?;
    RegistrationRecord::decode(&bytes[..])
        .map_err(|error| StoreError::inconsistent(place.as_str(), error))?
        .into_registration(&place)
}
