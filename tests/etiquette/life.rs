//! What becomes of duties when the patient dies or goes to hospital, when those who owe them leave, and whom they may be
//! handed over to.

use std::time::Duration;

use jiff::civil::date;
use renkei::domain::body::{
    Body, Death, EmergencyAccess, Infection, Order, OrderType, Retraction, RetractionReason, Suspension, Visit,
};
use renkei::domain::duties::Ended;
use renkei::domain::duty::{Answer, CloseReason, DutyId};
use renkei::wire::{Encoding, ServerFrame};
use serde_json::json;

use super::bodies::{
    admission, discharge, document, infection, lab_request, order, ordered, oxygen, status_change, verbal_order, visit,
    visited,
};
use super::story::Who::{
    CareManager, Doctor, FarNurse, Helper, HospitalDoctor, Nurse, Pharmacist, SecondNurse, Secretariat,
};
use super::story::{DAY, HOUR, MINUTE, Story, at, duties, duty, meets, no_duty};

fn died() -> Body {
    Death { place: "自宅".to_owned(), ..Death::default() }.into()
}

fn flagged() -> Body {
    Body::from(Box::new(Visit { tell_doctor: true, ..visit() }))
}

// ───────── death ─────────

#[tokio::test]
async fn with_a_death_all_that_care_asked_for_ends_and_nobody_is_reminded_of_it() {
    let mut story = Story::begin().await;
    let oxygen = duty(&story.posts(Doctor, oxygen("2")).await, "ND-M1");
    let asked = duty(&story.posts(Nurse, lab_request()).await, "ND-M2");
    story.later(HOUR).await;
    for who in [Nurse, Doctor, Secretariat] {
        story.notices(who).await;
    }
    let told = story.posts(Doctor, died()).await;
    story.later(9 * HOUR).await;
    for who in [Nurse, Doctor] {
        assert_eq!(story.notices(who).await, [""; 0], "{who:?} is told nothing more");
    }
    for owed in [&oxygen, &asked] {
        assert_eq!(story.ended(owed.id).await, Some(Ended::Closed(CloseReason::Death)));
        assert_eq!(story.course(Secretariat, owed.id).await, [""; 0]);
    }
    // What the death itself asks for is asked.
    story.owed_by(&duty(&told, "OP-6c"), &[Secretariat]);
    let paged = story.standing_of(duty(&told, "OP-6c").id).await;
    assert!(paged.is_open());
}

#[tokio::test]
async fn the_paper_of_an_emergency_order_and_the_review_of_an_access_are_owed_after_a_death() {
    let mut story = Story::begin().await;
    let search = json!({ "name": "高橋 ハル", "birth_date": "1938-04-12" });
    story.actor(FarNurse).post("/api/v1/emergency-search", search).await.ok();
    let opened = story.posts(FarNurse, EmergencyAccess { reason: "救急外来".to_owned(), minutes: 60 }.into()).await;
    let review = duty(&opened, "SH-6b");
    let mut given = order(OrderType::Drip);
    given.emergency = true;
    let given = story.posts(Doctor, ordered(given)).await;
    let paper = duty(&given, "ND-M3b");
    story.posts(Nurse, died()).await;
    story.later(DAY).await;
    assert_eq!(story.course(Secretariat, paper.id).await[0], "04-02 09:00 overdue");
    let written = story.paper(Doctor).await;
    assert!(meets(&story.posts(Doctor, document(Some(given.id), written)).await, &paper));
    assert!(meets(&story.acknowledges(Secretariat, opened.id).await, &review));
}

#[tokio::test]
async fn what_is_written_after_a_death_asks_for_no_care() {
    let mut story = Story::begin().await;
    story.posts(Nurse, died()).await;
    // From the visit before; the tablet had no signal.
    no_duty(&story.posts(Nurse, flagged()).await, "DN-M2");
    story.posts(Helper, visited()).await;
    let notice = story.posts(Nurse, infection(Infection::Covid, &[date(2026, 4, 1)])).await;
    assert_eq!(duties(&notice, "IN-1").len(), 1, "whoever was there may have caught it");
    no_duty(&notice, "IN-2");
}

#[tokio::test]
async fn a_death_recorded_by_mistake_leaves_what_was_owed_with_the_time_that_was_left() {
    let mut story = Story::begin().await;
    let owed = duty(&story.posts(Doctor, oxygen("2")).await, "ND-M1");
    assert_eq!(owed.due, at("04-01 13:00"));
    story.later(3 * HOUR).await;
    let mistaken = story.posts(Nurse, died()).await;
    story.later(5 * HOUR).await;
    story.takes_back(Nurse, mistaken.id).await;
    story.until("04-01 17:59").await;
    let course = story.course(Secretariat, owed.id).await;
    assert_eq!(course, ["04-01 12:00 reminded"], "nothing was late meanwhile");
    story.until("04-01 18:00").await;
    assert_eq!(story.course(Secretariat, owed.id).await[1], "04-01 18:00 overdue");
}

// ───────── hospital ─────────

#[tokio::test]
async fn a_visit_that_a_change_of_condition_asked_for_ends_with_the_admission() {
    let mut story = Story::begin().await;
    let owed = duty(&story.posts(Helper, status_change().into()).await, "DN-M1");
    let admitted = story.posts(Doctor, admission()).await;
    story.later(5 * HOUR).await;
    assert_eq!(story.ended(owed.id).await, Some(Ended::Closed(CloseReason::Admission)));
    // What the admission asks for goes on, also while the patient is away.
    assert!(story.standing_of(duty(&admitted, "CM-4").id).await.is_open());
    no_duty(&story.posts(Helper, status_change().into()).await, "DN-M1");
}

#[tokio::test]
async fn a_plan_after_discharge_rests_in_hospital_and_goes_on_with_the_days_that_were_left() {
    let mut story = Story::begin().await;
    story.posts(Nurse, admission()).await;
    let owed = duty(&story.posts(Nurse, discharge()).await, "CM-5");
    assert_eq!(owed.due, at("04-08 09:00"));
    story.later(3 * DAY).await;
    story.posts(Nurse, admission()).await;
    story.later(20 * DAY).await;
    assert_eq!(story.course(CareManager, owed.id).await, [""; 0]);
    story.posts(Nurse, discharge()).await;
    story.later(4 * DAY - MINUTE).await;
    assert_eq!(story.course(CareManager, owed.id).await, [""; 0]);
    story.later(MINUTE).await;
    assert_eq!(story.course(CareManager, owed.id).await[0], "04-28 09:00 overdue");
}

// ───────── those who leave ─────────

#[tokio::test]
async fn what_a_station_owed_that_left_is_owed_by_the_station_that_is_there() {
    let mut story = Story::with(&[Doctor, Nurse, Helper]).await;
    let owed = duty(&story.posts(Helper, status_change().into()).await, "DN-M1");
    story.joins(SecondNurse).await;
    story.notices(Nurse).await;
    story.leaves(Nurse).await;
    story.later(Duration::ZERO).await;
    assert_eq!(story.course(Helper, owed.id).await, ["04-01 09:00 passed to the member at the SecondNurse's"]);
    assert_eq!(story.notices(SecondNurse).await, ["handed_over DN-M1"]);
    story.until("04-01 11:00").await;
    assert!(
        story.course(Helper, owed.id).await.contains(&"04-01 11:00 told the manager at the SecondNurse's".to_owned())
    );
    assert_eq!(story.notices(Nurse).await, [""; 0], "who left hears nothing more");
    assert_eq!(story.course(Nurse, owed.id).await, [""; 0]);
    let shown = story.actor(Secretariat).get("/api/v1/duties").await.ok();
    let shown = shown["duties"].as_array().expect("a list").iter().find(|shown| shown["id"] == owed.id.to_string());
    assert_eq!(shown.expect("it is open")["in_place_of"], json!([story.office(Nurse).to_string()]));
    assert!(meets(&story.posts(SecondNurse, visited()).await, &owed));
}

#[tokio::test]
async fn where_nobody_else_has_the_role_the_host_owes_it_and_else_the_secretariat_hears_at_once() {
    let mut story = Story::with(&[Doctor, Nurse, Helper]).await;
    let owed = duty(&story.posts(Helper, status_change().into()).await, "DN-M1");
    let told = duty(&story.posts(Doctor, oxygen("2")).await, "ND-M1");
    story.notices(Secretariat).await;
    story.leaves(Nurse).await;
    story.later(Duration::ZERO).await;
    assert_eq!(story.course(Helper, owed.id).await, ["04-01 09:00 passed to the member at the Doctor's"]);
    // The clinic does not take note of what it wrote itself.
    let passed = ["04-01 09:00 passed to the member at the Secretariat's"];
    assert_eq!(story.course(Secretariat, told.id).await, passed);
    assert_eq!(story.notices(Secretariat).await, ["handed_over ND-M1"]);
    // It cannot see the setting: once it has told somebody in another way, it lets it go.
    story.answers(Secretariat, told.id, Answer::Waived).await;
    assert_eq!(story.ended(told.id).await, Some(Ended::Waived));
}

#[tokio::test]
async fn a_host_inherits_nothing_of_what_it_may_not_see() {
    let mut story = Story::with(&[CareManager, Doctor, Nurse]).await;
    let intent = super::story::restricted(story.intent(oxygen("2")));
    let owed = duty(&story.posts_intent(Doctor, intent).await, "ND-M1");
    story.leaves(Nurse).await;
    story.later(Duration::ZERO).await;
    let passed = ["04-01 09:00 passed to the member at the Secretariat's"];
    assert_eq!(story.course(Secretariat, owed.id).await, passed);
    assert_eq!(story.notices(CareManager).await, [""; 0]);
}

#[tokio::test]
async fn of_several_who_owe_those_who_are_left_owe_it_still() {
    let mut story = Story::with(&[Doctor, HospitalDoctor, Nurse]).await;
    let owed = duty(&story.posts(Nurse, lab_request()).await, "ND-M2");
    story.owed_by(&owed, &[Doctor, HospitalDoctor]);
    story.leaves(HospitalDoctor).await;
    story.later(Duration::ZERO).await;
    assert_eq!(story.course(Nurse, owed.id).await, ["04-01 09:00 passed to the member at the Doctor's"]);
}

#[tokio::test]
async fn what_a_suspended_office_owes_falls_to_others_and_nothing_more_is_asked_of_it() {
    let mut story = Story::with(&[Doctor, Nurse, SecondNurse, Helper]).await;
    let owed = duty(&story.posts(Helper, status_change().into()).await, "DN-M1");
    story.owed_by(&owed, &[Nurse, SecondNurse]);
    let office = story.office(Nurse);
    let suspended = Suspension { reason: "持ち出しの調査".to_owned(), ..Suspension::default() };
    story.writes_on(Secretariat, office, suspended.into()).await;
    story.later(MINUTE).await;
    let course = story.course(Helper, owed.id).await;
    assert_eq!(course, ["04-01 09:01 passed to the member at the SecondNurse's"]);
    let told = story.posts(Doctor, oxygen("3")).await;
    story.owed_by(&duty(&told, "ND-M1"), &[SecondNurse]);
}

#[tokio::test]
async fn a_nurse_who_is_shut_out_until_tonight_owes_nothing_today_and_her_office_owes_again_tomorrow() {
    let mut story = Story::with(&[Doctor, Nurse, Helper]).await;
    let (office, nurse) = (story.office(Nurse), story.acting(Nurse).person);
    let (reason, until) = ("持ち出しの調査".to_owned(), Some(date(2026, 4, 1)));
    let suspended = Suspension { person: Some(nurse), reason, until, ..Suspension::default() };
    story.writes_on(Secretariat, office, suspended.into()).await;
    no_duty(&story.posts(Doctor, oxygen("2")).await, "ND-M1");
    story.later(DAY).await;
    let told = story.posts(Doctor, oxygen("3")).await;
    story.owed_by(&duty(&told, "ND-M1"), &[Nurse]);
}

#[tokio::test]
async fn a_step_of_the_chain_is_not_told_to_an_office_that_left() {
    let mut story = Story::with(&[Nurse, Doctor, Helper]).await;
    let owed = duty(&story.posts(Helper, status_change().into()).await, "DN-M1");
    story.leaves(Doctor).await;
    story.until("04-01 13:00").await;
    let course = story.course(Helper, owed.id).await;
    assert_eq!(course.last().map(String::as_str), Some("04-01 13:00 told the member at the Secretariat's"));
}

#[tokio::test]
async fn the_paper_of_a_doctor_who_came_in_an_emergency_is_the_secretariats_to_ask_for() {
    let mut story = Story::with(&[Doctor, Nurse]).await;
    let doctor = story.app.doctor("kyukyu").await;
    let search = json!({ "name": "高橋 ハル", "birth_date": "1938-04-12" });
    doctor.post("/api/v1/emergency-search", search).await.ok();
    let declared = EmergencyAccess { reason: "救急搬送、意識なし".to_owned(), minutes: 60 };
    let answer = doctor.connect(Encoding::Json).await.post(story.patient, declared.into()).await;
    assert!(matches!(answer, ServerFrame::Accepted(_)), "{answer:?}");
    // An access shows records and no course of a duty.
    let heard = story.posts(Nurse, verbal_order(OrderType::Drip, &doctor.actor).into()).await;
    let owed = duty(&heard, "ND-M3d");
    assert_eq!(owed.in_place_of, [doctor.actor.organisation]);
    story.later(Duration::ZERO).await;
    let passed = ["04-01 09:00 passed to the member at the Secretariat's"];
    assert_eq!(story.course(Nurse, owed.id).await, passed);
    assert_eq!(story.standing_of(owed.id).await.in_place_of, [doctor.actor.organisation]);
}

#[tokio::test]
async fn the_paper_that_a_doctor_owes_in_person_passes_on_when_the_clinic_is_suspended() {
    let mut story = Story::with(&[Doctor, HospitalDoctor, Nurse]).await;
    let given = story.posts(Doctor, ordered(Order { emergency: true, ..order(OrderType::Drip) })).await;
    let owed = duty(&given, "ND-M3b");
    assert_eq!(owed.debtors[0].person, Some(story.acting(Doctor).person));
    let clinic = story.office(Doctor);
    let suspended = Suspension { reason: "持ち出しの調査".to_owned(), ..Suspension::default() };
    story.writes_on(Secretariat, clinic, suspended.into()).await;
    story.later(MINUTE).await;
    assert_eq!(story.course(Nurse, owed.id).await, ["04-01 09:01 passed to the member at the HospitalDoctor's"]);
}

// ───────── what was written on the wrong patient ─────────

#[tokio::test]
async fn of_a_duty_that_a_record_of_somebody_else_opened_nobody_is_told_that_there_was_one() {
    let mut story = Story::begin().await;
    let seen = story.posts(Helper, status_change().into()).await;
    let owed = duty(&seen, "DN-M1");
    let (target, reason) = (seen.id, RetractionReason::WrongPatient);
    let taken_back = Retraction { target, reason, text: "患者を取り違えました".to_owned() };
    story.posts(Helper, Body::Retraction(taken_back)).await;
    let refused = story.may_not_answer(Nurse, owed.id, Answer::CannotGo).await;
    let of_none = story.may_not_answer(Nurse, DutyId(uuid::Uuid::from_u128(7)), Answer::CannotGo).await;
    assert_eq!((&refused.code, &refused.field), (&of_none.code, &of_none.field));
}

// ───────── handed over ─────────

/// Handing over changes who does it, not what is done: the paper stays with the office of the doctor who gave the order,
/// and news for nurses with nurses.
#[tokio::test]
async fn nd_m3b_and_nd_m1_are_handed_over_to_nobody_whom_the_rule_does_not_ask() {
    let mut story = Story::with(&[Doctor, Nurse, Pharmacist, CareManager, HospitalDoctor]).await;
    let given = story.posts(Doctor, ordered(Order { emergency: true, ..order(OrderType::Drip) })).await;
    let owed = duty(&given, "ND-M3b");
    for heir in [HospitalDoctor, CareManager] {
        let refused = story.may_not_answer(Doctor, owed.id, Answer::HandedOver(vec![story.debtor(heir)])).await;
        assert_eq!(refused.code, "not_agreed");
        assert!(refused.field.ends_with("handed_over.to[0].organisation"), "{}", refused.field);
    }
    let told = story.posts(Doctor, oxygen("2")).await;
    let news = duty(&told, "ND-M1");
    let refused = story.may_not_answer(Nurse, news.id, Answer::HandedOver(vec![story.debtor(CareManager)])).await;
    assert_eq!(refused.code, "not_agreed");
    assert!(refused.field.ends_with("handed_over.to[0].roles"), "{}", refused.field);
    assert!(meets(&story.acknowledges(Nurse, told.id).await, &news), "they owe it still");
}
