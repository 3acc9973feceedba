//! Breaking the glass and closed pages, decided in front of a patient's state.

use std::time::Duration;

use uuid::Uuid;

use super::deciding::{FAR, HIKARI, MINATO, NOW, Patient, link, named, note, somebody};
use crate::domain::body::{
    Body, Closing, ClosingReason, Correction, EmergencyAccess, Message, Note, Order, OrderType, Retraction,
    RetractionReason,
};
use crate::domain::ids::OrganisationId;
use crate::domain::role::Role;
use crate::domain::time::Timestamp;
use crate::limits;

fn access(minutes: u32) -> Body {
    Body::EmergencyAccess(EmergencyAccess { reason: "意識がない".to_owned(), minutes })
}

#[test]
fn whoever_breaks_the_glass_has_found_the_patient_or_knows_of_them() {
    let (mut known, mut unknown) = (Patient::with_team(), Patient::unknown());
    let stranger = |role| somebody(role, FAR);
    for role in [Role::Doctor, Role::Nurse] {
        assert_eq!(known.answer(stranger(role), access(60)), "unknown", "an id alone opens nothing");
        assert_eq!(known.answer(somebody(role, HIKARI), access(60)), "accepted", "whom the team knows anyway");
    }
    (known.found_by_search, unknown.found_by_search) = (true, true);
    for role in [Role::Doctor, Role::Nurse] {
        assert_eq!(known.answer(stranger(role), access(60)), "accepted");
        assert_eq!(unknown.answer(stranger(role), access(60)), "unknown", "nobody was registered");
    }
    assert_eq!(known.answer(stranger(Role::Helper), access(60)), "unknown");
    assert_eq!(known.answer(somebody(Role::Helper, HIKARI), access(60)), "DEFAULT-DENY");
    for minutes in [0, limits::EMERGENCY_ACCESS_MINUTES_MAX + 1] {
        let answer = known.answer(stranger(Role::Doctor), access(minutes));
        assert_eq!(answer, "out_of_range body.emergency_access.minutes");
    }
}

#[test]
fn a_declaration_stands_and_a_later_one_takes_its_place() {
    let mut patient = Patient::with_team();
    patient.found_by_search = true;
    let doctor = somebody(Role::Doctor, FAR);
    let declared = patient.accepts(doctor, access(60));
    let (from, until) = (NOW, NOW.saturating_add(Duration::from_secs(3_600)));
    assert_eq!(patient.state.emergency_access(&doctor, from).map(|access| access.until), Some(until));
    assert_eq!(patient.state.emergency_access(&doctor, until), None, "its last moment is outside");
    assert_eq!(patient.state.emergency_access(&somebody(Role::Nurse, FAR), from), None, "nobody else's");

    let retraction =
        Retraction { target: declared, reason: RetractionReason::WrongPatient, text: "取り違え".to_owned() };
    let correction = Correction { target: declared, body: Box::new(access(5)), reason: "短く".to_owned() };
    for body in [Body::Retraction(retraction), Body::Correction(correction)] {
        let answer = patient.answer(doctor, body);
        assert!(answer.starts_with("wrong_kind body."), "{answer}");
    }

    patient.found_by_search = false;
    patient.accepts(doctor, access(1));
    let minutes = |count: u64| NOW.saturating_add(Duration::from_secs(60 * count));
    assert!(patient.state.emergency_access(&doctor, NOW).is_some());
    assert_eq!(patient.state.emergency_access(&doctor, minutes(1)), None, "ended early");
    let ends: Vec<Timestamp> = patient.state.accesses.as_slice().iter().map(|access| access.until).collect();
    assert_eq!(ends, [NOW, minutes(1)]);
}

#[test]
fn a_closed_page_takes_no_orders_requests_or_links_until_the_patient_is_registered_again() {
    let mut patient = Patient::with_team();
    let office = somebody(Role::Secretariat, OrganisationId(Uuid::from_u128(0xa0)));
    let (doctor, nurse) = (somebody(Role::Doctor, HIKARI), somebody(Role::Nurse, MINATO));
    let seen = patient.accepts(nurse, note());
    let order = || Body::Order(Box::new(Order::new(OrderType::Routine, "朝食後に測定")));
    let message = || Body::Message(Message { text: "明日うかがいます".to_owned(), ..Message::default() });
    let orders = |patient: &Patient| {
        let answers = [(doctor, order()), (nurse, message()), (office, link(FAR, false))];
        answers.map(|(who, body)| patient.answer(who, body))
    };
    assert_eq!(orders(&patient), ["accepted"; 3]);

    let closing = Closing { reason: ClosingReason::NoFurtherNeed, confirmed: true, text: String::new() };
    patient.accepts(office, Body::Closing(closing));
    assert_eq!(orders(&patient), ["SH-12"; 3]);
    let Body::Note(plain) = note() else { panic!("a note") };
    let body = Box::new(Body::Note(Note { text: "訂正".to_owned(), ..plain }));
    let correction = Correction { target: seen, body, reason: "誤記".to_owned() };
    for body in [note(), Body::Correction(correction)] {
        assert_eq!(patient.answer(nurse, body), "accepted", "what was seen is recorded, also afterwards");
    }
    patient.found_by_search = true;
    assert_eq!(patient.answer(somebody(Role::Doctor, FAR), access(60)), "accepted", "records are needed after the end");

    patient.accepts(office, named("高橋 ハル"));
    assert_eq!(orders(&patient), ["accepted"; 3]);
}
