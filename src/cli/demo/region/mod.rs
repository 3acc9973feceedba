//! The invented region of the demo: who is in it and who serves whom. Nobody here exists.
//!
//! Ids are made from the keys, so that a folder that was seeded before is recognised.

mod families;
mod organisations;
mod patients;
mod people;
mod problems;
mod teams;

use uuid::Uuid;

use crate::domain::directory::Position;
use crate::domain::ids::{OrganisationId, PatientId, PersonId};
use crate::domain::role::Role;

pub use families::close_to;
pub use organisations::{ORGANISATIONS, OrganisationSeed};
pub use patients::{LimitSeed, PATIENTS, PatientSeed, Sharing};
pub use people::{PEOPLE, PersonSeed};
pub use problems::problems_of;
pub use teams::Link;

/// The namespace of everything the demo invents.
const DEMO: Uuid = Uuid::from_u128(0x7a0e_31c5_94d2_4c07_8f1b_0c6d_e5aa_2b90);

/// The numbering of the region's patients.
pub const PATIENT_NUMBERS: &str = "urn:renkei:demo:patient-number";

/// The id that the demo gives the thing with this name.
pub fn named(name: &str) -> Uuid {
    Uuid::new_v5(&DEMO, name.as_bytes())
}

pub fn organisation_id(key: &str) -> OrganisationId {
    OrganisationId(named(&format!("organisation {key}")))
}

pub fn person_id(key: &str) -> PersonId {
    PersonId(named(&format!("person {key}")))
}

pub fn patient_id(number: u16) -> PatientId {
    PatientId(named(&format!("patient {number}")))
}

pub fn person(key: &str) -> &'static PersonSeed {
    PEOPLE.iter().find(|person| person.key == key).expect("the day speaks of people of the region")
}

pub fn patient(number: u16) -> &'static PatientSeed {
    PATIENTS.iter().find(|patient| patient.number == number).expect("the day speaks of patients of the region")
}

impl PersonSeed {
    pub fn position(&self) -> Position {
        Position { role: self.role, organisation: organisation_id(self.at) }
    }
}

impl PatientSeed {
    /// The people of this role on the team.
    pub fn team_of(&self, role: Role) -> impl Iterator<Item = &'static PersonSeed> {
        let team = self.team;
        PEOPLE.iter().filter(move |person| {
            let linked = |link: &Link| link.0 == person.at && (link.1.is_empty() || link.1.contains(&person.key));
            person.role == role && team.iter().any(linked)
        })
    }

    /// Somebody of this role on the team, the same one whenever `turn` is the same.
    pub fn served_by(&self, role: Role, turn: usize) -> Option<&'static PersonSeed> {
        let people: Vec<_> = self.team_of(role).collect();
        people.get(turn % people.len().max(1)).copied()
    }

    pub fn is_linked_to(&self, organisation: &str) -> bool {
        self.team.iter().any(|link| link.0 == organisation)
    }

    /// Whether the team may talk about the patient at all.
    pub fn is_shared(&self) -> bool {
        self.sharing == Sharing::Team
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::domain::role::OrganisationType;

    #[test]
    fn the_region_is_as_large_and_as_mixed_as_promised() {
        let kinds: BTreeSet<OrganisationType> = ORGANISATIONS.iter().map(|organisation| organisation.kind).collect();
        let roles: BTreeSet<Role> = PEOPLE.iter().map(|person| person.role).collect();
        assert!(ORGANISATIONS.len() >= 8 && kinds.len() >= 8, "{kinds:?}");
        assert!(PEOPLE.len() >= 20 && roles.len() >= 12, "{roles:?}");
        assert_eq!(PATIENTS.len(), 30);
        let withdrawn = PATIENTS.iter().filter(|patient| patient.sharing == Sharing::Withdrawn).count();
        let unasked = PATIENTS.iter().filter(|patient| patient.sharing == Sharing::NotYet).count();
        assert_eq!((withdrawn, unasked), (1, 3));
    }

    /// Else the view of how agreements are kept would show nobody's figures (decision 008).
    #[test]
    fn of_the_common_types_there_are_enough_offices_for_their_figures_to_be_shown() {
        use OrganisationType::{CareOffice, Clinic, HomeHelp, NursingStation, Pharmacy};
        for kind in [Clinic, NursingStation, Pharmacy, CareOffice, HomeHelp] {
            let offices = ORGANISATIONS.iter().filter(|organisation| organisation.kind == kind);
            let peopled = offices.filter(|office| PEOPLE.iter().any(|person| person.at == office.key)).count();
            assert!(peopled >= crate::limits::COMPLIANCE_OFFICES_MIN, "{kind:?}: {peopled}");
        }
    }

    #[test]
    fn keys_names_and_numbers_are_given_once_and_point_somewhere() {
        fn is_unique<T: Ord>(items: impl Iterator<Item = T>) -> bool {
            let all: Vec<T> = items.collect();
            let count = all.len();
            all.into_iter().collect::<BTreeSet<T>>().len() == count
        }
        assert!(is_unique(ORGANISATIONS.iter().map(|organisation| organisation.key)));
        assert!(is_unique(PEOPLE.iter().map(|person| person.key)));
        assert!(is_unique(PEOPLE.iter().map(|person| person.name)));
        assert!(is_unique(PATIENTS.iter().map(|patient| patient.number)));
        assert!(is_unique(PATIENTS.iter().map(|patient| patient.name)));
        let exists = |key: &str| ORGANISATIONS.iter().any(|organisation| organisation.key == key);
        assert!(PEOPLE.iter().all(|person| exists(person.at)));
        for link in PATIENTS.iter().flat_map(|patient| patient.team) {
            assert!(exists(link.0), "{}", link.0);
            assert!(link.1.iter().all(|key| person(key).at == link.0), "{link:?}");
        }
    }

    #[test]
    fn names_are_written_in_kanji_and_in_katakana() {
        let is_katakana = |name: &str| name.chars().all(|c| c == ' ' || ('ァ'..='ヶ').contains(&c) || c == 'ー');
        for name in PEOPLE.iter().map(|person| person.name).chain(PATIENTS.iter().map(|patient| patient.name)) {
            assert_eq!(name.0.matches(' ').count(), 1, "{}", name.0);
            assert!(is_katakana(name.1), "{}", name.1);
        }
    }

    #[test]
    fn usual_values_lie_within_the_patients_own_limits() {
        for patient in PATIENTS {
            for limit in patient.limits {
                let Some(usual) = patient.usual.of(limit.sign) else { continue };
                let within = |bound: Option<&str>, is_fine: fn(f64, f64) -> bool| {
                    bound.is_none_or(|bound| is_fine(usual, bound.parse().unwrap()))
                };
                let fine =
                    within(limit.low, |usual, low| usual > low) && within(limit.high, |usual, high| usual < high);
                assert!(fine, "{} {:?}", patient.name.0, limit);
            }
        }
    }
}
