//! The region's organisations and people, as one immutable picture that deciding and delivering consult.

use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use super::ids::{OrganisationId, PersonId, Subject, TimelineId};
use super::patient::{HumanName, Identifier};
use super::role::{OrganisationType, Role};

/// An organisation (FHIR `Organization`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organisation {
    pub id: OrganisationId,
    pub kind: OrganisationType,
    pub name: String,
    pub kana: String,
    pub phone: String,
    pub identifiers: Vec<Identifier>,
    pub active: bool,
}

/// A person (FHIR `Practitioner`) and the roles they act in (FHIR `PractitionerRole`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    pub id: PersonId,
    pub name: HumanName,
    pub positions: Vec<Position>,
    pub active: bool,
}

/// One role at one organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Position {
    pub role: Role,
    pub organisation: OrganisationId,
}

/// Somebody acting: a person in one role at one organisation, shown with every act.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Actor {
    pub person: PersonId,
    pub role: Role,
    pub organisation: OrganisationId,
    pub organisation_type: OrganisationType,
}

impl Actor {
    /// The hub itself, as the author of what its duty clock writes: nobody's ids, so that no client and no organisation
    /// of the directory can be taken for it.
    pub const HUB: Self = Self {
        person: PersonId(Uuid::nil()),
        role: Role::Gateway,
        organisation: OrganisationId(Uuid::nil()),
        organisation_type: OrganisationType::Secretariat,
    };

    /// Whether this is somebody of the secretariat, acting as such.
    #[must_use]
    pub fn acts_for_secretariat(&self) -> bool {
        self.role == Role::Secretariat && self.organisation_type == OrganisationType::Secretariat
    }
}

/// The whole directory at one moment.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    pub organisations: HashMap<OrganisationId, Organisation>,
    pub people: HashMap<PersonId, Person>,
    /// Who looks after the people of which office, as the secretariat appointed them.
    pub administrators: HashSet<(OrganisationId, PersonId)>,
    /// Who of the people is a registered system client.
    pub clients: HashSet<PersonId>,
}

impl Directory {
    /// The person in this position, if both exist, are active and belong together.
    #[must_use]
    pub fn actor(&self, person: PersonId, position: Position) -> Option<Actor> {
        let organisation = self.organisations.get(&position.organisation).filter(|found| found.active)?;
        self.people.get(&person).filter(|found| found.active && found.positions.contains(&position)).map(|_| Actor {
            person,
            role: position.role,
            organisation: position.organisation,
            organisation_type: organisation.kind,
        })
    }

    /// Every position in which somebody acts for the secretariat, whoever may be shut out.
    pub fn secretaries(&self) -> impl Iterator<Item = Actor> {
        let people = self.people.values().filter(|person| !self.clients.contains(&person.id));
        let held = people.flat_map(|person| person.positions.iter().map(move |position| (person.id, *position)));
        let acting = held.filter(|(_, position)| position.role == Role::Secretariat);
        acting.filter_map(|(person, position)| self.actor(person, position)).filter(Actor::acts_for_secretariat)
    }

    /// Whether the organisation exists and is active.
    #[must_use]
    pub fn has_active(&self, organisation: OrganisationId) -> bool {
        self.organisations.get(&organisation).is_some_and(|found| found.active)
    }

    /// What the timeline with this id is about. A household is no office: it has no timeline of its own, and its id looks
    /// like any other that is nobody's.
    #[must_use]
    pub fn subject_of(&self, timeline: TimelineId) -> Subject {
        let found = self.organisations.get(&timeline.as_organisation());
        let is_office = found.is_some_and(|found| found.kind != OrganisationType::Home);
        if is_office { Subject::Organisation } else { Subject::Patient }
    }

    /// Whether the person, who works there, was appointed to look after the people of this office.
    #[must_use]
    pub fn administers(&self, person: PersonId, organisation: OrganisationId) -> bool {
        self.administrators.contains(&(organisation, person)) && self.works_at(person, organisation)
    }

    /// The offices whose people this actor looks after.
    pub fn administered_by(&self, actor: &Actor) -> impl Iterator<Item = OrganisationId> {
        let (person, at) = (actor.person, actor.organisation);
        Some(at).into_iter().filter(move |_| self.administers(person, at))
    }

    /// Whether the person has a position at the organisation.
    #[must_use]
    pub fn works_at(&self, person: PersonId, organisation: OrganisationId) -> bool {
        let works = |person: &Person| person.positions.iter().any(|position| position.organisation == organisation);
        self.people.get(&person).is_some_and(works)
    }
}
