//! What each body must hold, one line for each complaint.

use jiff::civil::{Date, date};

use super::*;
use crate::domain::attachment::{Attachment, ContentHash, MediaType};
use crate::domain::duty::{Answer, DutyAnswer, DutyId};
use crate::domain::ids::{OrganisationId, PersonId};
use crate::domain::role::Role;
use crate::domain::team::{ConsentGiver, ConsentState};
use crate::domain::time::Timestamp;
use crate::domain::withheld::WithheldSet;
use crate::limits;

const TODAY: Date = date(2026, 4, 1);

fn office(number: u128) -> OrganisationId {
    OrganisationId(uuid::Uuid::from_u128(number))
}

fn paper() -> Attachment {
    Attachment {
        sha256: ContentHash([7; 32]),
        media_type: MediaType::Pdf,
        size_bytes: 1_000,
        title: "点滴指示書".into(),
    }
}

fn consent(version_chars: usize) -> Body {
    ConsentChange {
        state: ConsentState::Team,
        given_by: ConsentGiver::Patient,
        given_on: TODAY,
        document: String::new(),
        one_doctor_wished: false,
        form_version: "版".repeat(version_chars),
        withheld: WithheldSet::NONE,
        attachments: Vec::new(),
    }
    .into()
}

fn instruction() -> NursingInstruction {
    NursingInstruction {
        from: TODAY,
        until: date(2026, 9, 30),
        instruction: "週2回訪問".into(),
        ..NursingInstruction::default()
    }
}

fn device_change() -> DeviceChange {
    DeviceChange {
        device: "在宅酸素濃縮装置".into(),
        change: DeviceChangeType::Setting,
        before: Vec::new(),
        after: vec![DeviceSetting { name: "流量".into(), value: "2".into(), unit: "L/分".into() }],
        reason: String::new(),
        emergency: false,
        on: None,
        contact_dates: Vec::new(),
        attachments: Vec::new(),
    }
}

fn plan() -> VisitPlan {
    VisitPlan { starts_at: Some(Timestamp(10)), ..VisitPlan::default() }
}

fn document(attachments: Vec<Attachment>) -> OrderDocument {
    OrderDocument { order_type: OrderType::Drip, order: None, standard_form: true, text: String::new(), attachments }
}

fn problem(name: &str, since: Option<Date>) -> Problem {
    let (status, code, note) = (ProblemStatus::Active, String::new(), String::new());
    Problem { name: name.into(), code, status, since, note }
}

fn listed(problem: Problem) -> Body {
    ProblemList { items: vec![problem], text: String::new() }.into()
}

fn daughter() -> RelatedPerson {
    RelatedPerson {
        name: "高橋 春子".into(),
        relationship: Relationship::Child,
        relationship_text: String::new(),
        phones: Vec::new(),
        key_person: true,
        lives_with_patient: false,
        decides_for_patient: false,
        note: String::new(),
    }
}

fn phoned(numbers: &[&str]) -> RelatedPerson {
    let phones = numbers.iter().map(|number| Phone { number: (*number).into(), used: None }).collect();
    RelatedPerson { phones, ..daughter() }
}

fn close(person: RelatedPerson) -> Body {
    RelatedPersons { items: vec![person], ..RelatedPersons::default() }.into()
}

/// Body, and the field and code of the complaint; `None`: it is taken.
fn rows() -> Vec<(Body, Option<(&'static str, &'static str)>)> {
    let refused = |field, code| Some((field, code));
    let report = NursingReport { from: TODAY, until: date(2026, 4, 30), course: "安定".into(), ..Default::default() };
    let outside = vec![VisitDay { on: date(2026, 5, 1), mark: VisitMark::Visit }];
    let no_name = vec![Drug { dose: "1錠".into(), ..Drug::default() }];
    let twice = vec![paper(), paper()];
    let empty_file = vec![Attachment { size_bytes: 0, ..paper() }];
    let untitled = vec![Attachment { title: " ".into(), ..paper() }];
    let huge = vec![Attachment { size_bytes: limits::ATTACHMENT_BYTES_MAX + 1, ..paper() }];
    let allergy = Allergy {
        allergy_type: AllergyType::Drug,
        substance: String::new(),
        code: String::new(),
        reaction: String::new(),
    };
    let nurse = Participant { role: Role::Nurse, organisation: None, person: Some(PersonId(uuid::Uuid::from_u128(4))) };
    let conference = Conference {
        state: MeetingState::Held,
        text: "会議".into(),
        held_at: None,
        organisations: Vec::new(),
        attendees: vec![nurse],
        absent: vec![nurse],
        spoken_for: Vec::new(),
        attachments: Vec::new(),
    };
    let change = StationChange {
        present: office(1),
        next: Some(office(1)),
        family_request: true,
        reason: String::new(),
        from: None,
        consultation: None,
        attachments: Vec::new(),
    };
    let shift = Shift {
        starts_at: Timestamp(5),
        ends_at: Timestamp(4),
        role: Role::Nurse,
        person: PersonId(uuid::Uuid::from_u128(4)),
        phone: String::new(),
    };
    let handed = DutyAnswer { duty: DutyId(uuid::Uuid::from_u128(3)), answer: Answer::Declined, reason: " ".into() };
    vec![
        (Box::new(instruction()).into(), None),
        (
            Box::new(NursingInstruction { instruction: String::new(), ..instruction() }).into(),
            refused("instruction", "required"),
        ),
        (
            Box::new(NursingInstruction { instruction: String::new(), attachments: vec![paper()], ..instruction() })
                .into(),
            None,
        ),
        (
            Box::new(NursingInstruction { instruction: String::new(), bedsore_care: "洗浄".into(), ..instruction() })
                .into(),
            None,
        ),
        (
            Box::new(NursingInstruction { until: date(2026, 10, 2), ..instruction() }).into(),
            refused("until", "out_of_range"),
        ),
        (
            Box::new(NursingInstruction { until: date(2026, 3, 31), ..instruction() }).into(),
            refused("until", "out_of_order"),
        ),
        (Box::new(NursingInstruction { drugs: no_name, ..instruction() }).into(), refused("drugs[0].name", "required")),
        (Box::new(report.clone()).into(), None),
        (Box::new(NursingReport { visits: outside, ..report.clone() }).into(), refused("visits[0].on", "out_of_range")),
        (Box::new(NursingReport { course: String::new(), ..report }).into(), refused("course", "required")),
        (Box::new(device_change()).into(), None),
        (Box::new(DeviceChange { after: Vec::new(), ..device_change() }).into(), refused("after", "required")),
        (
            Box::new(DeviceChange { contact_dates: vec![date(2026, 4, 3)], ..device_change() }).into(),
            refused("contact_dates[0]", "out_of_range"),
        ),
        (document(vec![paper()]).into(), None),
        (document(Vec::new()).into(), refused("attachments", "required")),
        (document(twice).into(), refused("attachments[1].sha256", "duplicate")),
        (document(empty_file).into(), refused("attachments[0].size_bytes", "out_of_range")),
        (document(huge).into(), refused("attachments[0].size_bytes", "out_of_range")),
        (document(untitled).into(), refused("attachments[0].title", "required")),
        (Message::default().into(), refused("text", "required")),
        (Message { attachments: vec![paper()], ..Message::default() }.into(), None),
        (
            Message { text: "あ".repeat(limits::TEXT_CHARS_MAX + 1), ..Message::default() }.into(),
            refused("text", "too_long"),
        ),
        (
            Box::new(Visit { text: "訪問".into(), devices: vec![DeviceState::default()], ..Visit::default() }).into(),
            refused("devices[0].device", "required"),
        ),
        (
            Box::new(Visit {
                text: "訪問".into(),
                started_at: Some(Timestamp(2)),
                ended_at: Some(Timestamp(1)),
                ..Visit::default()
            })
            .into(),
            refused("ended_at_us", "out_of_order"),
        ),
        (Box::new(plan()).into(), None),
        (Box::new(VisitPlan { starts_at: None, ..plan() }).into(), refused("starts_at_us", "required")),
        (Box::new(VisitPlan { ends_at: Some(Timestamp(9)), ..plan() }).into(), refused("ends_at_us", "out_of_order")),
        (Box::new(Admission::default()).into(), refused("place", "required")),
        (Box::new(Admission { organisation: Some(office(1)), ..Admission::default() }).into(), None),
        (
            Box::new(Admission { place: "病院".into(), on: Some(date(2026, 4, 5)), ..Admission::default() }).into(),
            refused("on", "out_of_range"),
        ),
        (Box::new(Discharge::default()).into(), None),
        (Death::default().into(), None),
        (Box::new(conference).into(), refused("absent[0]", "duplicate")),
        (Box::new(change).into(), refused("next", "duplicate")),
        (Allergies::default().into(), refused("text", "required")),
        (Allergies { none_known: true, ..Allergies::default() }.into(), None),
        (
            Allergies {
                none_known: true,
                items: vec![Allergy { substance: "卵".into(), ..allergy.clone() }],
                text: String::new(),
            }
            .into(),
            refused("none_known", "unexpected"),
        ),
        (Allergies { items: vec![allergy], ..Allergies::default() }.into(), refused("items[0].substance", "required")),
        (ProblemList::default().into(), refused("text", "required")),
        (listed(problem("", None)), refused("items[0].name", "required")),
        (listed(problem("心不全", Some(date(2026, 4, 3)))), refused("items[0].since", "out_of_range")),
        (listed(problem("心不全", Some(TODAY))), None),
        (RelatedPersons::default().into(), refused("text", "required")),
        (RelatedPersons { nobody: true, ..RelatedPersons::default() }.into(), None),
        (
            RelatedPersons { nobody: true, items: vec![daughter()], ..RelatedPersons::default() }.into(),
            refused("nobody", "unexpected"),
        ),
        (close(RelatedPerson { name: " ".into(), ..daughter() }), refused("items[0].name", "required")),
        (
            close(RelatedPerson { relationship: Relationship::Other, ..daughter() }),
            refused("items[0].relationship_text", "required"),
        ),
        (close(phoned(&["090-5550-0199", "110"])), None),
        (close(phoned(&["090-5550-0199", "職場"])), refused("items[0].phones[1].number", "implausible")),
        (close(phoned(&["12"])), refused("items[0].phones[0].number", "implausible")),
        (close(phoned(&["090-5550-0199"; limits::PHONES_MAX + 1])), refused("items[0].phones", "too_long")),
        (PeriodicRecord::default().into(), refused("text", "required")),
        (PeriodicRecord { no_change: true, ..PeriodicRecord::default() }.into(), None),
        (Box::new(CarePlan::default()).into(), refused("text", "required")),
        (consent(limits::FORM_VERSION_CHARS_MAX + 1), refused("form_version", "too_long")),
        (consent(limits::FORM_VERSION_CHARS_MAX), None),
        (EmergencyAccess { reason: "意識がない".into(), minutes: 0 }.into(), refused("minutes", "out_of_range")),
        (
            EmergencyAccess { reason: "意識がない".into(), minutes: limits::EMERGENCY_ACCESS_MINUTES_MAX + 1 }.into(),
            refused("minutes", "out_of_range"),
        ),
        (EmergencyAccess { reason: String::new(), minutes: 60 }.into(), refused("reason", "required")),
        (EmergencyAccess { reason: "意識がない".into(), minutes: 60 }.into(), None),
        (Box::new(ContactWindow::default()).into(), refused("phone", "required")),
        (Box::new(ContactWindow { fax: "03-0000-0000".into(), ..ContactWindow::default() }).into(), None),
        (
            Roster { from: TODAY, until: TODAY, shifts: vec![shift], text: String::new() }.into(),
            refused("shifts[0].ends_at_us", "out_of_order"),
        ),
        (
            Pledge { by: PledgeBy::Person, rules: Vec::new(), text: String::new(), attachments: Vec::new() }.into(),
            refused("rules", "required"),
        ),
        (Box::new(Export { purpose: "研修".into(), ..Export::default() }).into(), refused("scope", "required")),
        (Suspension::default().into(), refused("reason", "required")),
        (Box::new(handed.clone()).into(), refused("reason", "required")),
        (
            Box::new(DutyAnswer { answer: Answer::HandedOver(Vec::new()), reason: "休み".into(), ..handed }).into(),
            refused("handed_over.to", "required"),
        ),
    ]
}

#[test]
fn what_is_missing_or_impossible_is_refused_by_field() {
    for (at, (body, expected)) in rows().into_iter().enumerate() {
        let complaint = body.check(TODAY).err();
        let found = complaint.as_ref().map(|invalid| (invalid.field.as_str(), invalid.code));
        assert_eq!(found, expected, "row {at}: {body:?}");
        assert!(complaint.is_none_or(|invalid| !invalid.message.ja.is_empty() && !invalid.message.en.is_empty()));
    }
}

#[test]
fn a_body_is_small_enough_to_be_moved_without_thought() {
    assert!(size_of::<Body>() <= 96, "{} bytes", size_of::<Body>());
}

#[test]
fn an_instruction_is_concrete_when_it_says_more_than_one_thing() {
    assert!(!instruction().is_concrete());
    let more =
        NursingInstruction {
            rehabilitation: "離床30分".into(), outlook: "発熱しやすい".into(), ..instruction()
        };
    assert!(more.is_concrete());
    assert!(more.texts().any(|text| text == "発熱しやすい"));
}

#[test]
fn an_allergy_meets_a_drug_by_code_or_else_by_name() {
    let penicillin = Allergy {
        allergy_type: AllergyType::Drug,
        substance: "ペニシリン".into(),
        code: "6111".into(),
        reaction: "発疹".into(),
    };
    let egg = Allergy { allergy_type: AllergyType::Food, substance: "卵".into(), ..penicillin.clone() };
    let known = Allergies { none_known: false, items: vec![egg, penicillin.clone()], text: String::new() };
    let drug = |name: &str, code: &str| Drug { name: name.into(), code: code.into(), ..Drug::default() };
    assert_eq!(known.against(&drug("ペニシリンG", "")), Some(&penicillin));
    assert_eq!(known.against(&drug("別の名前", "6111")), Some(&penicillin));
    assert_eq!(known.against(&drug("ペニシリンG", "9999")), None, "codes decide where both have one");
    assert_eq!(known.against(&drug("卵白リゾチーム", "")), None, "a food is not a drug");
}

#[test]
fn a_conference_knows_who_attends_only_where_somebody_is_named() {
    let doctor = Participant { role: Role::Doctor, organisation: None, person: None };
    let conference = |attendees: Vec<Participant>, absent: Vec<Participant>| Conference {
        state: MeetingState::Planned,
        text: "会議".into(),
        held_at: None,
        organisations: Vec::new(),
        attendees,
        absent,
        spoken_for: Vec::new(),
        attachments: Vec::new(),
    };
    assert_eq!(conference(Vec::new(), Vec::new()).attended_by(Role::Doctor), None);
    assert_eq!(conference(Vec::new(), vec![doctor]).attended_by(Role::Doctor), Some(false));
    assert_eq!(conference(vec![doctor], Vec::new()).attended_by(Role::Doctor), Some(true));
    assert_eq!(conference(vec![doctor], Vec::new()).attended_by(Role::Nurse), Some(false));
}
