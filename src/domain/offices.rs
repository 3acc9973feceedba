//! All offices of the region at one moment, as their timelines tell of them: an immutable picture, as the directory is.
//! Kept up by the hub with every committed entry; looked at by deciding, by sign-ins and by whoever tells people.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use jiff::civil::Date;

use super::directory::{Actor, Directory};
use super::ids::{OrganisationId, PersonId};
use super::role::OrganisationType;
use super::state::Office;

/// See the module.
#[derive(Clone, Debug, Default)]
pub struct Offices {
    known: HashMap<OrganisationId, Arc<Office>>,
    /// Whose timeline cannot be read to its end: what is known of them may be old, and whom they shut out nobody can tell.
    untold: HashSet<OrganisationId>,
}

/// Whoever may not use the system.
#[derive(Clone, Debug, Default)]
pub struct AllShutOut {
    pub organisations: HashSet<OrganisationId>,
    pub people: HashSet<PersonId>,
}

impl Offices {
    /// Takes in what is known of an organisation, if anything is.
    pub fn extend(&mut self, organisation: OrganisationId, office: Option<Arc<Office>>) {
        self.known.extend(office.map(|office| (organisation, office)));
    }

    /// Replaces what is known of an organisation, whose timeline was read to its end.
    pub fn put(&mut self, organisation: OrganisationId, office: Arc<Office>) {
        self.untold.remove(&organisation);
        self.known.insert(organisation, office);
    }

    /// The timeline of an organisation cannot be read to its end; as far as it can, it tells of this office.
    pub fn miss(&mut self, organisation: OrganisationId, so_far: Option<Arc<Office>>) {
        self.untold.insert(organisation);
        self.known.extend(so_far.map(|office| (organisation, office)));
    }

    /// The organisations whose timeline cannot be read to its end.
    #[must_use]
    pub fn untold(&self) -> &HashSet<OrganisationId> {
        &self.untold
    }

    /// What is known of an organisation; `None` where its timeline says nothing yet.
    #[must_use]
    pub fn find(&self, organisation: OrganisationId) -> Option<&Office> {
        self.known.get(&organisation).map(|office| &**office)
    }

    /// Whether the use of the system is stopped for this actor on this day of the region: for the organisation acted
    /// for, or for the very person, by whichever organisation's timeline says so. Where an organisation's timeline cannot be
    /// read, all who work there: nobody can tell any more whom it shut out. But not those of the secretariat while it has
    /// nobody else, else who damages one page stops the region.
    #[must_use]
    pub fn shut_out(&self, actor: &Actor, directory: &Directory, today: Date) -> bool {
        self.is_suspended(actor, today)
            || (self.is_untold(actor, directory) && !self.is_needed(actor, directory, today))
    }

    fn is_suspended(&self, actor: &Actor, today: Date) -> bool {
        self.find(actor.organisation).is_some_and(|office| office.is_suspended(today))
            || self.known.values().any(|office| office.suspends(actor.person, today))
    }

    fn is_untold(&self, actor: &Actor, directory: &Directory) -> bool {
        !self.untold.is_empty()
            && (self.untold.contains(&actor.organisation)
                || self.untold.iter().any(|office| directory.works_at(actor.person, *office)))
    }

    /// Whether the secretariat, for which this actor acts, has nobody of whom more is known.
    fn is_needed(&self, actor: &Actor, directory: &Directory, today: Date) -> bool {
        let is_told = |one: Actor| !self.is_suspended(&one, today) && !self.is_untold(&one, directory);
        actor.acts_for_secretariat() && !directory.secretaries().any(is_told)
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

    /// Everybody whose use of the system is stopped on this day of the region. An organisation whose timeline cannot be read
    /// has nobody who could act; the secretariat stays one to turn to.
    #[must_use]
    pub fn all_shut_out(&self, directory: &Directory, today: Date) -> AllShutOut {
        let mut all = AllShutOut::default();
        let is_secretariat = |id: &OrganisationId| {
            directory.organisations.get(id).is_some_and(|found| found.kind == OrganisationType::Secretariat)
        };
        all.organisations.extend(self.untold.iter().filter(|id| !is_secretariat(id)));
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
