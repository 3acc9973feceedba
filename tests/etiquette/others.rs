//! What doctors agreed with care managers and with pharmacists.

use jiff::civil::date;
use renkei::domain::body::{
    AllergyType, Body, Conference, Discharge, Leftover, MedicationList, MedicationReport, Order,
};
use renkei::domain::duty::Answer;
use renkei::domain::role::Role;

use super::bodies::{
    acp_note, admission, allergic_to, answer_to, care_plan, conference, consultation, discharge, held, instructed,
    instruction, medication_report, message, ordered, prescribes, takes, visit_plan, visited,
};
use super::story::Who::{CareManager, Doctor, FarHelper, Helper, Nurse, Pharmacist, Secretariat};
use super::story::{DAY, Story, TEAM, advice, advised, at, duty, meets, no_duty, not_advised};

// ───────── doctors and care managers ─────────

#[tokio::test]
async fn cm_1_a_plan_with_a_medical_service_needs_the_doctors_opinion() {
    let mut story = Story::begin().await;
    assert_eq!(story.is_held(CareManager, care_plan(true)).await, ["CM-1"]);
    story.posts(CareManager, care_plan(false)).await;
    let hikari = story.office(Doctor);
    let asked = story.posts(CareManager, consultation(hikari).into()).await;
    assert_eq!(story.is_held(CareManager, care_plan(true)).await, ["CM-1"], "asked is not answered");
    story.acknowledges(Doctor, asked.id).await;
    let planned = story.posts(CareManager, care_plan(true)).await;
    story.got_by(planned.id, &TEAM).await;

    let mut instructed_before = Story::begin().await;
    instructed_before.posts(Doctor, instructed(instruction())).await;
    let planned = instructed_before.posts(CareManager, care_plan(true)).await;
    assert_eq!(planned.ruling.consequences.as_deref().expect("consequences").excepted.len(), 1);
    let mut reasoned = Story::begin().await;
    reasoned.passes_with_a_reason(CareManager, care_plan(true), "CM-1").await;
}

#[tokio::test]
async fn cm_2_the_doctor_acknowledges_the_plan() {
    let mut story = Story::begin().await;
    story.posts(Doctor, instructed(instruction())).await;
    let planned = story.posts(CareManager, care_plan(true)).await;
    let owed = duty(&planned, "CM-2");
    story.owed_by(&owed, &[Doctor]);
    // Seven days of a clinic that is closed on Sundays: Thursday 2 to Thursday 9.
    assert_eq!(owed.due, at("04-09 17:00"));
    assert!(meets(&story.acknowledges(Doctor, planned.id).await, &owed));
    no_duty(&story.posts(CareManager, care_plan(false)).await, "CM-2");
}

#[tokio::test]
async fn cm_3_the_doctor_answers_or_declines_and_else_the_liaison_hears() {
    let mut story = Story::begin().await;
    let hikari = story.office(Doctor);
    let asked = story.posts(CareManager, consultation(hikari).into()).await;
    let owed = duty(&asked, "CM-3");
    story.owed_by(&owed, &[Doctor]);
    assert_eq!(owed.due, at("04-04 12:00"));
    assert!(!meets(&story.posts(Doctor, message().into()).await, &owed), "a message about something else");
    assert!(meets(&story.posts(Doctor, answer_to(asked.id)).await, &owed));
    let again = story.posts(CareManager, consultation(hikari).into()).await;
    let owed = duty(&again, "CM-3");
    story.answers(Doctor, owed.id, Answer::Declined).await;
    let third = story.posts(CareManager, consultation(hikari).into()).await;
    let owed = duty(&third, "CM-3");
    story.until("04-04 12:00").await;
    let course = ["04-04 12:00 overdue", "04-04 12:00 told the contact at the Doctor's"];
    assert_eq!(story.course(CareManager, owed.id).await, course);
    assert_eq!(story.course(FarHelper, owed.id).await, [""; 0]);
    no_duty(&story.posts(Nurse, consultation(hikari).into()).await, "CM-3");
    let minato = story.office(Nurse);
    no_duty(&story.posts(CareManager, consultation(minato).into()).await, "CM-3");
}

#[tokio::test]
async fn cm_4_the_care_manager_learns_of_an_admission() {
    let mut story = Story::begin().await;
    let admitted = story.posts(Nurse, admission()).await;
    let owed = duty(&admitted, "CM-4");
    story.owed_by(&owed, &[CareManager]);
    assert_eq!(owed.due, at("04-02 17:00"));
    assert!(meets(&story.acknowledges(CareManager, admitted.id).await, &owed));
    no_duty(&story.posts(CareManager, admission()).await, "CM-4");
}

#[tokio::test]
async fn cm_5_after_discharge_a_conference_or_a_visit_is_planned() {
    let mut story = Story::begin().await;
    let home = story.posts(Nurse, discharge()).await;
    let owed = duty(&home, "CM-5");
    assert_eq!(owed.due, at("04-08 09:00"));
    // The one who wrote what opened it, or the secretariat, may let it go; others may not.
    assert_eq!(story.may_not_answer(Doctor, owed.id, Answer::Waived).await.code, "not_yours");
    // What was over before the discharge is not planned after it, whenever it is written down.
    let before = |held_at| Body::from(Box::new(Conference { held_at: Some(held_at), ..held() }));
    assert!(!meets(&story.posts(CareManager, before(at("03-28 10:00"))).await, &owed));
    let plan = Body::from(Box::new(visit_plan(at("04-03 10:00"))));
    assert!(meets(&story.posts(CareManager, plan).await, &owed));
    // Told late: the conference came after the day of the discharge.
    let days_ago = Discharge { on: Some(date(2026, 3, 30)), destination: "自宅".to_owned(), ..Discharge::default() };
    let told_late = story.posts(Nurse, Body::from(Box::new(days_ago))).await;
    let since = story.posts(CareManager, before(at("03-31 10:00"))).await;
    assert!(meets(&since, &duty(&told_late, "CM-5")));
    let again = story.posts(Nurse, discharge()).await;
    let owed = duty(&again, "CM-5");
    story.answers(Secretariat, owed.id, Answer::Waived).await;
    story.later(20 * DAY).await;
    assert_eq!(story.course(Secretariat, owed.id).await, [""; 0]);
    let mut without = Story::with(&[Doctor, Nurse]).await;
    no_duty(&without.posts(Nurse, discharge()).await, "CM-5");
}

#[tokio::test]
async fn cm_6_the_plan_is_kept_fresh() {
    let mut story = Story::begin().await;
    story.later(200 * DAY).await;
    assert_eq!(story.standing("CM-6").await.len(), 0, "there is none yet");
    story.posts(CareManager, care_plan(false)).await;
    story.later(180 * DAY).await;
    let [(_, owed)] = &story.standing("CM-6").await[..] else { panic!("one") };
    story.owed_by(owed, &[CareManager]);
    assert!(meets(&story.posts(CareManager, care_plan(false)).await, owed));
}

#[tokio::test]
async fn cm_7_the_doctor_who_cannot_come_is_asked_beforehand() {
    let mut story = Story::begin().await;
    advised(&story.posts(CareManager, conference(&[Role::CareManager, Role::Helper])).await, "CM-7");
    not_advised(&story.posts(CareManager, conference(&[Role::CareManager, Role::Doctor])).await, "CM-7");
    not_advised(&story.posts(Nurse, conference(&[Role::CareManager])).await, "CM-7");
}

// ───────── doctors and pharmacists ─────────

#[tokio::test]
async fn ph_1_an_order_against_a_recorded_allergy_is_held_until_its_reason_is_written() {
    let mut story = Story::begin().await;
    story.posts(Doctor, ordered(prescribes("アモキシシリン"))).await;
    story.posts(Nurse, allergic_to("アモキシシリン")).await;
    assert_eq!(story.is_held(Doctor, ordered(prescribes("アモキシシリン錠250"))).await, ["PH-1"]);
    story.posts(Doctor, ordered(prescribes("アセトアミノフェン"))).await;
    story.passes_with_a_reason(Doctor, ordered(prescribes("アモキシシリン")), "PH-1").await;
    let urgent = Order { emergency: true, ..prescribes("アモキシシリン") };
    let given = story.posts(Doctor, ordered(urgent)).await;
    assert_eq!(given.ruling.consequences.as_deref().expect("consequences").excepted.len(), 1);
}

#[tokio::test]
async fn ph_1_what_cannot_be_told_is_not_taken_for_harmless() {
    let mut story = Story::begin().await;
    let unlisted = |text: &str| ordered(Order { text: text.to_owned(), drugs: Vec::new(), ..prescribes("") });
    story.posts(Doctor, unlisted("抗菌薬を変更します")).await;
    story.posts(Nurse, allergic_to("アモキシシリン")).await;
    // The drugs change, and which is only in the text or on paper: doubt holds, and a reason or the list lets it go on.
    assert_eq!(story.is_held(Doctor, unlisted("抗菌薬を変更します")).await, ["PH-1"]);
    story.passes_with_a_reason(Doctor, unlisted("抗菌薬を変更します"), "PH-1").await;
    let beside =
        Order { text: "ｱﾓｷｼｼﾘﾝも併用".to_owned(), ..prescribes("アセトアミノフェン") };
    assert_eq!(story.is_held(Doctor, ordered(beside)).await, ["PH-1"], "named beside the list");
    assert_eq!(story.is_held(Doctor, ordered(prescribes("ｱﾓｷｼｼﾘﾝ錠250"))).await, ["PH-1"], "in whatever width");
    story.posts(Doctor, ordered(prescribes("アセトアミノフェン"))).await;
    let unchanged = ordered(Order { changes_drugs: false, drugs: Vec::new(), ..prescribes("") });
    story.posts(Doctor, unchanged).await;
    // Nobody asked of drugs: an allergy to food says nothing of them.
    let mut fed = Story::begin().await;
    let Body::Allergies(mut allergies) = allergic_to("鶏卵") else { unreachable!("allergies") };
    allergies.items[0].allergy_type = AllergyType::Food;
    fed.posts(Nurse, allergies.into()).await;
    fed.posts(Doctor, unlisted("抗菌薬を変更します")).await;
}

#[tokio::test]
async fn ph_2_the_pharmacist_acknowledges_a_change_or_brings_the_list_up_to_date() {
    let mut story = Story::begin().await;
    let first = story.posts(Doctor, ordered(prescribes("アセトアミノフェン"))).await;
    let owed = duty(&first, "PH-2");
    story.owed_by(&owed, &[Pharmacist]);
    assert_eq!(owed.due, at("04-02 18:00"));
    story.got_by(first.id, &TEAM).await;
    assert!(!meets(&story.posts(Pharmacist, takes("アセトアミノフェン")).await, &owed), "of which order?");
    let Body::MedicationList(list) = takes("アセトアミノフェン") else { unreachable!("a list") };
    let taking_it_in = Box::new(MedicationList { about: Some(first.id), ..*list });
    assert!(meets(&story.posts(Pharmacist, taking_it_in.into()).await, &owed));
    let second = story.posts(Doctor, ordered(prescribes("センノシド"))).await;
    assert!(meets(&story.acknowledges(Pharmacist, second.id).await, &duty(&second, "PH-2")));
    let unchanged = Order { changes_drugs: false, ..prescribes("センノシド") };
    no_duty(&story.posts(Doctor, ordered(unchanged)).await, "PH-2");
    let mut without = Story::with(&[Doctor, Nurse]).await;
    no_duty(&without.posts(Doctor, ordered(prescribes("センノシド"))).await, "PH-2");
}

#[tokio::test]
async fn ph_3_the_doctor_answers_a_report_that_asks_to_decide() {
    let mut story = Story::begin().await;
    let asking = || Body::from(Box::new(MedicationReport { for_doctor: true, ..medication_report() }));
    let reported = story.posts(Pharmacist, asking()).await;
    let owed = duty(&reported, "PH-3");
    story.owed_by(&owed, &[Doctor]);
    assert!(!meets(&story.posts(Doctor, ordered(prescribes("センノシド"))).await, &owed), "an order of something else");
    assert!(!meets(&story.posts(Doctor, message().into()).await, &owed));
    assert!(meets(&story.acknowledges(Doctor, reported.id).await, &owed));
    let second = story.posts(Pharmacist, asking()).await;
    let third = story.posts(Pharmacist, asking()).await;
    let decided = Order { answers: Some(second.id), ..prescribes("センノシド") };
    assert!(meets(&story.posts(Doctor, ordered(decided)).await, &duty(&second, "PH-3")));
    assert!(meets(&story.posts(Doctor, answer_to(third.id)).await, &duty(&third, "PH-3")));
    let again = story.posts(Pharmacist, asking()).await;
    story.answers(Doctor, duty(&again, "PH-3").id, Answer::Declined).await;
    no_duty(&story.posts(Pharmacist, Body::from(Box::new(medication_report()))).await, "PH-3");
    no_duty(&story.posts(Helper, asking()).await, "PH-3");
}

#[tokio::test]
async fn ph_4_the_doctor_acknowledges_an_allergy() {
    let mut story = Story::begin().await;
    let recorded = story.posts(Pharmacist, allergic_to("ペニシリン")).await;
    let owed = duty(&recorded, "PH-4");
    story.owed_by(&owed, &[Doctor]);
    assert_eq!(owed.due, at("04-02 17:00"));
    assert!(meets(&story.acknowledges(Doctor, recorded.id).await, &owed));
    no_duty(&story.posts(Doctor, allergic_to("ペニシリン")).await, "PH-4");
}

#[tokio::test]
async fn ph_5_the_list_is_kept_fresh() {
    let mut story = Story::begin().await;
    story.posts(Pharmacist, takes("センノシド")).await;
    story.later(90 * DAY).await;
    let [(_, owed)] = &story.standing("PH-5").await[..] else { panic!("one") };
    story.owed_by(owed, &[Pharmacist]);
    assert!(meets(&story.posts(Pharmacist, takes("センノシド")).await, owed));
    let mut without = Story::with(&[Doctor, Nurse]).await;
    without.posts(Doctor, acp_note(false)).await;
    without.later(90 * DAY).await;
    assert_eq!(without.standing("PH-5").await.len(), 0);
}

#[tokio::test]
async fn ph_6_an_old_list_is_looked_at_before_ordering() {
    let mut story = Story::begin().await;
    let order = || ordered(prescribes("センノシド"));
    advised(&story.posts(Doctor, order()).await, "PH-6");
    story.posts(Pharmacist, takes("センノシド")).await;
    not_advised(&story.posts(Doctor, order()).await, "PH-6");
    story.posts(Nurse, visited()).await;
    story.later(91 * DAY).await;
    advised(&story.posts(Doctor, order()).await, "PH-6");
}

#[tokio::test]
async fn ph_7_what_is_left_over_comes_with_a_proposal() {
    let mut story = Story::begin().await;
    let left = vec![Leftover { drug: "センノシド".to_owned(), amount: "14錠".to_owned() }];
    let report = MedicationReport { leftovers: left, ..medication_report() };
    advised(&story.posts(Pharmacist, Body::from(Box::new(report.clone()))).await, "PH-7");
    let proposing = MedicationReport { for_doctor: true, ..report };
    assert_eq!(advice(&story.posts(Pharmacist, Body::from(Box::new(proposing))).await, "PH-7"), None);
    not_advised(&story.posts(Pharmacist, Body::from(Box::new(medication_report()))).await, "PH-7");
}
