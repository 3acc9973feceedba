//! Who is around a patient: the organisations of the team with the roles their people hold, and the region's
//! secretariat. Made when team or directory change, asked at every post; knows nothing of the post.

use std::collections::HashMap;

use jiff::civil::Date;

use super::duty::{Around, Named, RoleSet, Seat};
use super::event::EventFacts;
use super::facts::Known;
use crate::domain::body::Body;
use crate::domain::directory::{Actor, Directory, Person};
use crate::domain::ids::{OrganisationId, PersonId};
use crate::domain::kind::Kind;
use crate::domain::offices::Offices;
use crate::domain::role::{OrganisationType, Role};
use crate::domain::state::PatientState;
use crate::domain::time::Timestamp;

/// See the module.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// The organisations of the team that may use the system, by id.
    pub team: Vec<Seat>,
    /// The secretariat; the one with the lowest id where there are several.
    pub region: Option<Seat>,
    /// The organisation itself, where the timeline is one's own.
    pub subject: Option<Seat>,
    /// How many people of the team are doctors.
    doctors: usize,
}

impl Surroundings {
    /// Those around this patient by this directory who are not shut out today.
    #[must_use]
    pub fn of(state: &PatientState, directory: &Directory, offices: &Offices, today: Date) -> Self {
        let shut_out = offices.all_shut_out(directory, today);
        let mut held: HashMap<OrganisationId, RoleSet> = HashMap::new();
        let mut doctors = 0;
        let own = state.office.is_some().then(|| state.timeline.as_organisation());
        let is_in = |person: &&Person| person.active && !shut_out.people.contains(&person.id);
        for person in directory.people.values().filter(is_in) {
            let mut is_doctor = false;
            for position in &person.positions {
                let linked = state.team.get(&position.organisation);
                let is_secretariat = position.role == Role::Secretariat;
                let is_own = own == Some(position.organisation);
                if linked.is_some_and(|membership| membership.includes(person.id)) || is_secretariat || is_own {
                    held.entry(position.organisation).or_default().0 |= 1 << position.role.index();
                    let has_place = || {
                        directory.has_active(position.organisation)
                            && !shut_out.organisations.contains(&position.organisation)
                    };
                    is_doctor |= position.role == Role::Doctor && !is_own && has_place();
                }
            }
            // One who works at two places is one doctor.
            doctors += usize::from(is_doctor);
        }
        let seat = |organisation: OrganisationId, host: bool| {
            let found = directory.organisations.get(&organisation).filter(|found| found.active)?;
            if shut_out.organisations.contains(&organisation) {
                return None;
            }
            let roles = held.get(&organisation).copied().unwrap_or_default();
            Some(Seat { organisation, organisation_type: found.kind, roles, host })
        };
        let team = state.team.iter().filter_map(|(id, membership)| seat(*id, membership.host)).collect();
        let secretariats = directory
            .organisations
            .values()
            .filter(|found| found.active && found.kind == OrganisationType::Secretariat);
        let region = secretariats.map(|found| found.id).min().and_then(|id| seat(id, false));
        // A region whose secretariat has no people yet still has one to turn to.
        let region = region.map(|seat| Seat { roles: RoleSet::of(&[Role::Secretariat]), ..seat });
        Self { team, region, subject: own.and_then(|id| seat(id, false)), doctors }
    }

    /// What the team is, as facts.
    pub(super) fn say(&self, facts: &mut EventFacts) {
        let has = |role| Known::Is(self.team.iter().any(|seat| seat.roles.has(role)));
        facts.has_nurse = has(Role::Nurse);
        facts.has_doctor = has(Role::Doctor);
        facts.has_care_manager = has(Role::CareManager);
        facts.has_pharmacist = has(Role::Pharmacist);
        facts.two_doctors = Known::Is(self.doctors >= 2);
    }

    /// Whether a nursing station of the team answers day and night, as its liaison contact says; unknown where none says
    /// so and one has named none.
    #[must_use]
    pub fn nurse_24h(&self, offices: &Offices) -> Known<bool> {
        let stations = self.team.iter().filter(|seat| seat.organisation_type == OrganisationType::NursingStation);
        let said: Vec<_> = stations.map(|seat| offices.answers_around_the_clock(seat.organisation)).collect();
        match said.contains(&Some(true)) {
            true => Known::Is(true),
            false if said.contains(&None) => Known::Unknown,
            false => Known::Is(false),
        }
    }

    /// The same around one entry, for duties to be opened.
    #[must_use]
    pub fn around<'a>(&'a self, author: &'a Actor, named: &'a [Named], visited: &'a [Seat]) -> Around<'a> {
        Around { team: &self.team, author: Some(author), named, visited, region: self.region, subjects: &[] }
    }
}

/// The kinds whose entries name an organisation, as `named_by` finds it.
pub(super) const NAMES_SOMEBODY: &[Kind] =
    &[Kind::VerbalOrderReceived, Kind::StationChange, Kind::Consultation, Kind::Correction];

/// The organisations that an entry names as those concerned.
#[must_use]
pub fn named_by(body: &Body, directory: &Directory) -> Vec<Named> {
    let named = |organisation: OrganisationId, person: Option<PersonId>| {
        let found = directory.organisations.get(&organisation)?;
        Some(Named { organisation, organisation_type: found.kind, person })
    };
    let found = match body {
        Body::VerbalOrderReceived(received) => named(received.organisation, Some(received.doctor)),
        Body::StationChange(change) => named(change.present, None),
        Body::Consultation(consultation) => named(consultation.to, None),
        Body::Correction(correction) => return named_by(&correction.body, directory),
        _ => None,
    };
    found.into_iter().collect()
}

/// The organisations that visited since a moment, whether they are still on the team or not.
#[must_use]
pub fn visited_since(state: &PatientState, directory: &Directory, since: Timestamp) -> Vec<Seat> {
    let mut seats: Vec<Seat> = Vec::new();
    for (writer, _) in state.course.of_kind(Kind::Visit).filter(|(_, record)| record.recorded_at >= since) {
        let Some(found) = directory.organisations.get(&writer.organisation) else { continue };
        match seats.iter_mut().find(|seat| seat.organisation == writer.organisation) {
            Some(seat) => seat.roles.0 |= 1 << writer.role.index(),
            None => seats.push(Seat {
                organisation: writer.organisation,
                organisation_type: found.kind,
                roles: RoleSet::of(&[writer.role]),
                host: false,
            }),
        }
    }
    seats
}
