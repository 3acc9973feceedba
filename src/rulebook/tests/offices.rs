//! What an organisation's own timeline asks of it as time goes by: a hospital names its liaison, and names it again.

use uuid::Uuid;

use super::book;
use crate::domain::body::{Body, ContactWindow, OfficeEntry};
use crate::domain::directory::{Actor, Directory, Organisation, Person, Position};
use crate::domain::duty::{DutyStep, StepDone};
use crate::domain::entry::{Entry, Sensitivity};
use crate::domain::ids::{EntryId, OrganisationId, PersonId, Subject};
use crate::domain::offices::Offices;
use crate::domain::patient::HumanName;
use crate::domain::role::{OrganisationType, Role};
use crate::domain::ruling::Ruling;
use crate::domain::state::PatientState;
use crate::domain::time::Timestamp;
use crate::rulebook::calendar::Calendar;
use crate::rulebook::{Looked, Surroundings};

const OFFICE: OrganisationId = OrganisationId(Uuid::from_u128(0xa1));
const PERSON: PersonId = PersonId(Uuid::from_u128(0xb1));
const SECRETARIAT: OrganisationId = OrganisationId(Uuid::from_u128(0xa0));
/// 2026-04-01T09:30 in Tokyo, in seconds.
const START: i64 = 1_775_003_400;
const DAY: i64 = 86_400;

/// After so many days.
fn day(days: i64) -> Timestamp {
    Timestamp::from_secs(START + days * DAY)
}

struct Office {
    kind: OrganisationType,
    state: PatientState,
    directory: Directory,
}

impl Office {
    fn of(kind: OrganisationType) -> Self {
        let mut directory = Directory::default();
        for (id, kind, role) in
            [(OFFICE, kind, Role::Msw), (SECRETARIAT, OrganisationType::Secretariat, Role::Secretariat)]
        {
            let (name, kana, phone) = ("事業所".to_owned(), String::new(), String::new());
            let organisation = Organisation { id, kind, name, kana, phone, identifiers: Vec::new(), active: true };
            directory.organisations.insert(id, organisation);
            let person = PersonId(Uuid::from_u128(id.0.as_u128() + 0x10));
            let name = HumanName { kanji: "人".to_owned(), kana: String::new() };
            let positions = vec![Position { role, organisation: id }];
            directory.people.insert(person, Person { id: person, name, positions, active: true });
        }
        let state = PatientState::empty_of(Subject::Organisation, OFFICE.into());
        Self { kind, state, directory }
    }

    fn write(&mut self, at: Timestamp, body: Body) {
        let seq = self.state.head.next();
        let author = Actor { person: PERSON, role: Role::Msw, organisation: OFFICE, organisation_type: self.kind };
        self.state.apply(&Entry {
            id: EntryId(Uuid::from_u128(u128::from(seq.0))),
            timeline: OFFICE.into(),
            seq,
            device: None,
            author,
            observed_at: None,
            recorded_at: at,
            sensitivity: Sensitivity::Normal,
            addressed_to: Vec::new(),
            body,
            alarms: Vec::new(),
            target_scope: None,
            on_behalf: None,
            ruling: Ruling::default(),
        });
    }

    /// What the clock does at this moment; its steps are written.
    fn tick(&mut self, at: Timestamp) -> Vec<&'static str> {
        let (book, calendar) = (book(), Calendar::japan_with_placeholders());
        let surroundings = Surroundings::of(&self.state, &self.directory, &Offices::default(), calendar.date_at(at));
        let steps = Looked::at(at, &self.state, &surroundings, &book, &calendar).steps_due();
        let word = |step: &DutyStep| match &step.step {
            StepDone::Opened(opened) => {
                assert!(opened.rule.starts_with("ND-S6@"), "{}", opened.rule);
                assert_eq!(opened.debtors[0].organisation, OFFICE);
                "opened"
            }
            StepDone::Overdue => "overdue",
            StepDone::Escalated { told, .. } => {
                assert_eq!(told[0].organisation, SECRETARIAT);
                "escalated"
            }
            StepDone::Closed(_) => "closed",
            StepDone::Reminded(_) => "reminded",
            StepDone::Inherited { .. } => "inherited",
            StepDone::Met(_) => "met",
        };
        let words = steps.iter().map(word).collect();
        steps.into_iter().for_each(|step| self.write(at, Body::DutyStep(Box::new(step))));
        words
    }
}

#[test]
fn a_hospital_that_named_no_liaison_owes_one_a_year_after_it_was_taken_in() {
    let mut hospital = Office::of(OrganisationType::Hospital);
    assert!(hospital.tick(day(0)).is_empty(), "nobody was told of it yet");
    hospital.write(day(0), OfficeEntry::default().into());
    assert!(hospital.tick(day(364)).is_empty());
    assert_eq!(hospital.tick(day(365)), ["opened"]);
    assert_eq!(hospital.tick(day(365)), ["overdue", "escalated"]);
    assert!(hospital.tick(day(366)).is_empty(), "each once");
    hospital.write(day(367), Box::new(ContactWindow { phone: "1".to_owned(), ..ContactWindow::default() }).into());
    assert_eq!(hospital.tick(day(367)), ["closed"], "it was named");
    assert!(hospital.tick(day(367 + 364)).is_empty());
    assert_eq!(hospital.tick(day(367 + 365)), ["opened"], "and is to be named again");
}

#[test]
fn nobody_else_is_asked_nor_a_hospital_that_ended_its_work() {
    let mut clinic = Office::of(OrganisationType::Clinic);
    clinic.write(day(0), OfficeEntry::default().into());
    assert!(clinic.tick(day(900)).is_empty());
    let mut hospital = Office::of(OrganisationType::Hospital);
    hospital.write(day(0), OfficeEntry::default().into());
    if let Some(organisation) = hospital.directory.organisations.get_mut(&OFFICE) {
        organisation.active = false;
    }
    assert!(hospital.tick(day(900)).is_empty());
}
