//! The offices that serve a patient together with one, for standing rules per pair: who they are, since when, and when the
//! two met last. What the timelines of the shared patients tell is gathered by the hub; nothing here reads them.

use std::collections::HashMap;

use jiff::civil::Date;

use super::duty::{RoleSet, Seat};
use crate::domain::directory::Directory;
use crate::domain::ids::OrganisationId;
use crate::domain::offices::Offices;
use crate::domain::time::Timestamp;

/// Another office, as the timelines of shared patients tell of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shared {
    pub organisation: OrganisationId,
    /// Since when both serve the first patient whom they still share.
    pub since: Timestamp,
    /// When the two met last, about any patient.
    pub met: Option<Timestamp>,
}

/// Another office that may use the system, with the roles its people hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Partner {
    pub seat: Seat,
    pub since: Timestamp,
    pub met: Option<Timestamp>,
}

impl Partner {
    /// Those of them who may use the system today.
    #[must_use]
    pub fn of(shared: &[Shared], directory: &Directory, offices: &Offices, today: Date) -> Vec<Self> {
        let shut_out = offices.all_shut_out(directory, today);
        let mut held: HashMap<OrganisationId, RoleSet> = HashMap::new();
        for person in directory.people.values() {
            if !person.active || shut_out.people.contains(&person.id) {
                continue;
            }
            for position in &person.positions {
                held.entry(position.organisation).or_default().0 |= 1 << position.role.index();
            }
        }
        let partner = |shared: &Shared| {
            let Shared { organisation, since, met } = *shared;
            let found = directory.organisations.get(&organisation).filter(|found| found.active)?;
            if shut_out.organisations.contains(&organisation) {
                return None;
            }
            let roles = held.get(&organisation).copied().unwrap_or_default();
            let seat = Seat { organisation, organisation_type: found.kind, roles, host: false };
            Some(Self { seat, since, met })
        };
        shared.iter().filter_map(partner).collect()
    }
}
