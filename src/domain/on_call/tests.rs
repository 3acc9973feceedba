//! Whom a debtor's people are at a moment, case by case.

use std::sync::Arc;

use jiff::civil::{Date, date};
use uuid::Uuid;

use super::*;
use crate::domain::body::{ContactWindow, Roster, Shift};
use crate::domain::directory::Position;
use crate::domain::duty::RoleSet;
use crate::domain::ids::{OrganisationId, Seq};
use crate::domain::patient::HumanName;
use crate::domain::role::{OrganisationType, Role};
use crate::domain::standing::Standing;
use crate::domain::state::Suspended;

const STATION: OrganisationId = OrganisationId(Uuid::from_u128(7));
const ELSEWHERE: OrganisationId = OrganisationId(Uuid::from_u128(8));
const NOON: Timestamp = Timestamp::from_secs(12 * 3_600);

fn day_of(_: Timestamp) -> Date {
    date(1970, 1, 1)
}

fn person(number: u128) -> PersonId {
    PersonId(Uuid::from_u128(number))
}

/// Nurses 1, 2 and 3, the therapist 4 and the clerk 5 of the station; nurse 6 left; nurse 9 works elsewhere.
fn directory() -> Directory {
    let mut directory = Directory::default();
    let people = [
        (1, Role::Nurse, STATION, true),
        (2, Role::Nurse, STATION, true),
        (3, Role::Nurse, STATION, true),
        (4, Role::Rehab, STATION, true),
        (5, Role::CareManager, STATION, true),
        (6, Role::Nurse, STATION, false),
        (9, Role::Nurse, ELSEWHERE, true),
    ];
    for (number, role, organisation, active) in people {
        let (id, positions) = (person(number), vec![Position { role, organisation }]);
        let name = HumanName { kanji: format!("人 {number}"), kana: String::new() };
        directory.people.insert(id, Person { id, name, positions, active });
    }
    directory
}

/// With these on duty, each in a role, from eleven to thirteen.
fn office(on_duty: &[(u128, Role)], contact: Option<u128>) -> Office {
    let shift = |&(number, role): &(u128, Role)| Shift {
        starts_at: Timestamp::from_secs(11 * 3_600),
        ends_at: Timestamp::from_secs(13 * 3_600),
        role,
        person: person(number),
        phone: String::new(),
    };
    let (from, until) = (day_of(NOON), day_of(NOON));
    let roster = Roster { from, until, shifts: on_duty.iter().map(shift).collect(), text: String::new() };
    let named = ContactWindow { person: contact.map(person), ..ContactWindow::default() };
    Office {
        rosters: [(Seq(1), Arc::new(roster))].into(),
        contact: Standing::of(vec![(Seq(2), Arc::new(named))], None),
        ..Office::default()
    }
}

fn debtor(role: Role, capacity: Capacity, person: Option<PersonId>) -> Debtor {
    let (organisation, organisation_type) = (STATION, OrganisationType::NursingStation);
    Debtor { organisation, organisation_type, roles: RoleSet::of(&[role]), capacity, person }
}

fn linked(people: &[u128]) -> Membership {
    let people = people.iter().copied().map(person).collect();
    Membership { people, host: false, since: Timestamp::MIN, opens_from: Timestamp::MIN }
}

fn found(debtor: &Debtor, office: Option<&Office>, linked: Option<&Membership>, at: Timestamp) -> Vec<u128> {
    let directory = directory();
    let asked = AskedFor { directory: &directory, office, linked, at };
    on_call(debtor, &asked, day_of).iter().map(|person| person.0.as_u128()).collect()
}

#[test]
fn whoever_is_on_duty_comes_before_the_linked_and_they_before_everybody() {
    use Role::{Nurse, Rehab};
    let nurse = debtor(Nurse, Capacity::Member, None);
    let evening = Timestamp::from_secs(20 * 3_600);
    let (two, whole) = (linked(&[2, 4]), linked(&[]));
    let on_duty = office(&[(3, Nurse), (4, Rehab), (3, Nurse)], None);
    let gone = office(&[(6, Nurse), (9, Nurse)], None);
    type Row<'a> = (&'a str, Option<&'a Office>, Option<&'a Membership>, Timestamp, &'a [u128]);
    let table: [Row<'_>; 9] = [
        ("on duty, once", Some(&on_duty), Some(&whole), NOON, &[3]),
        ("on duty, but not one of the linked", Some(&on_duty), Some(&two), NOON, &[2]),
        ("nobody on duty: linked", Some(&on_duty), Some(&two), evening, &[2]),
        ("linked as a whole", Some(&on_duty), Some(&whole), evening, &[1, 2, 3]),
        ("about no patient", Some(&on_duty), None, evening, &[1, 2, 3]),
        ("no roster yet", None, Some(&two), NOON, &[2]),
        ("on duty but gone, or of another office", Some(&gone), Some(&two), NOON, &[2]),
        ("nobody of the role is linked", None, Some(&linked(&[4])), NOON, &[]),
        ("nothing known at all", None, None, NOON, &[1, 2, 3]),
    ];
    for (what, office, linked, at, expected) in table {
        assert_eq!(found(&nurse, office, linked, at), expected, "{what}");
    }
}

#[test]
fn manager_and_liaison_are_whom_the_contact_window_names() {
    let named = office(&[(3, Role::Nurse)], Some(5));
    let left = office(&[(3, Role::Nurse)], Some(6));
    let nobody = office(&[(3, Role::Nurse)], None);
    for capacity in [Capacity::Manager, Capacity::Contact] {
        let debtor = debtor(Role::Nurse, capacity, None);
        assert_eq!(found(&debtor, Some(&named), None, NOON), [5], "{capacity}");
        for other in [&left, &nobody] {
            assert_eq!(found(&debtor, Some(other), Some(&linked(&[2])), NOON), [2], "{capacity}");
        }
    }
}

#[test]
fn the_very_person_is_told_while_they_work_there_and_may_come_in() {
    let meant = |number| debtor(Role::Nurse, Capacity::Person, Some(person(number)));
    assert_eq!(found(&meant(2), None, None, NOON), [2]);
    assert_eq!(found(&meant(6), None, None, NOON), [1, 2, 3], "who left is not told");
    let suspended = Standing::of(vec![(Seq(3), Suspended { lifted: false, until: None })], None);
    let shut = Office { suspensions: [(Some(person(2)), suspended)].into(), ..Office::default() };
    assert_eq!(found(&meant(2), Some(&shut), None, NOON), [1, 3], "nor who is shut out");
}
