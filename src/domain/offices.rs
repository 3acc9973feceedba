//! All offices of the region at one moment, as their timelines tell of them: an immutable picture, as the directory is.
//! Kept up by the hub with every committed entry; looked at by deciding, by sign-ins and by whoever tells people.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use jiff::civil::Date;

use super::directory::Actor;
use super::ids::{OrganisationId, PersonId};
use super::state::{Office, PatientState};

/// See the module.
#[derive(Clone, Debug, Default)]
pub struct Offices {
    known: HashMap<OrganisationId, Arc<Office>>,
}

/// Whoever may not use the system.
#[derive(Clone, Debug, Default)]
pub struct AllShutOut {
    pub organisations: HashSet<OrganisationId>,
    pub people: HashSet<PersonId>,
}

impl Offices {
    /// A picture of the organisations among these states.
    #[must_use]
    pub fn of(states: impl IntoIterator<Item = PatientState>) -> Self {
        let office = |state: PatientState| Some((state.timeline.as_organisation(), state.office?));
        Self { known: states.into_iter().filter_map(office).collect() }
    }

    /// Replaces what is known of an organisation.
    pub fn put(&mut self, organisation: OrganisationId, office: Arc<Office>) {
        self.known.insert(organisation, office);
    }

    /// What is known of an organisation; `None` where its timeline says nothing yet.
    #[must_use]
    pub fn find(&self, organisation: OrganisationId) -> Option<&Office> {
        self.known.get(&organisation).map(|office| &**office)
    }

    /// Whether the use of the system is stopped for this actor on this day of the region: for the organisation acted
    /// for, or for the very person, by whichever organisation's timeline says so.
    #[must_use]
    pub fn shut_out(&self, actor: &Actor, today: Date) -> bool {
        self.find(actor.organisation).is_some_and(|office| office.is_suspended(today))
            || self.known.values().any(|office| office.suspends(actor.person, today))
    }

    /// The suspensions that keep this person at this organisation out on this day of the region: on whose timeline each
    /// stands, and whom it names; nobody means the whole organisation.
    #[must_use]
    pub fn shutting_out(
        &self,
        person: PersonId,
        organisation: OrganisationId,
        today: Date,
    ) -> Vec<(OrganisationId, Option<PersonId>)> {
        let of_person = self.known.iter().filter(|(_, office)| office.suspends(person, today));
        let mut found: Vec<_> = of_person.map(|(on, _)| (*on, Some(person))).collect();
        if self.find(organisation).is_some_and(|office| office.is_suspended(today)) {
            found.push((organisation, None));
        }
        found.sort_unstable();
        found
    }

    /// Everybody whose use of the system is stopped on this day of the region.
    #[must_use]
    pub fn all_shut_out(&self, today: Date) -> AllShutOut {
        let mut all = AllShutOut::default();
        for (organisation, office) in &self.known {
            for whom in office.shut_out(today) {
                match whom {
                    Some(person) => all.people.insert(person),
                    None => all.organisations.insert(*organisation),
                };
            }
        }
        all
    }

    /// Whether somebody answers there day and night, if the organisation named its liaison.
    #[must_use]
    pub fn answers_around_the_clock(&self, organisation: OrganisationId) -> Option<bool> {
        Some(self.find(organisation)?.contact()?.around_the_clock)
    }
}
