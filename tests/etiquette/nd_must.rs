//! What nurses ask of doctors and must be: devices, results, orders in writing, no change of station unawares.

use renkei::domain::body::{
    Body, DeviceChange, DeviceChangeType, DeviceSetting, Order, OrderType, StationChange, VerbalOrderReceived,
};
use renkei::domain::duty::Answer;

use super::bodies::{
    consultation, correction, device, document, flow, lab_request, lab_result, order, ordered, oxygen, station_change,
    verbal_order,
};
use super::story::Who::{
    CareManager, Doctor, FarHelper, FarNurse, HospitalDoctor, Nurse, Pharmacist, SecondNurse, Secretariat,
};
use super::story::{DAY, HOUR, Story, TEAM, advised, at, duties, duty, meets, no_duty, not_advised, restricted};

// ───────── ND-M1: devices ─────────

#[tokio::test]
async fn nd_m1_a_new_setting_reaches_the_nurse_and_is_done_when_she_acknowledges() {
    let mut story = Story::begin().await;
    let told = story.posts(Doctor, oxygen("2")).await;
    let owed = duty(&told, "ND-M1");
    story.owed_by(&owed, &[Nurse]);
    assert!(owed.confirmed);
    assert_eq!(owed.due, at("04-01 13:00"));
    let words = &told.words.iter().find(|words| words.citation.starts_with("ND-M1@")).expect("in words").says;
    let event = "（事実：機器に起きたことは設定変更／酸素濃縮器／酸素流量（安静時）：記載なし→2 L/分）";
    assert!(words.ja.ends_with(event), "with what was set: {}", words.ja);
    // The whole team is told of the device; nobody elsewhere, and the secretariat sees no chart.
    story.got_by(told.id, &TEAM).await;
    let on_the_tablet = story.got(Nurse, told.id).await;
    assert_eq!(on_the_tablet.ruling.opened()[0].id, owed.id, "the entry says what is owed");

    let by_another = story.acknowledges(Pharmacist, told.id).await;
    assert!(!meets(&by_another, &owed), "who does not owe cannot meet it");
    let seen = story.acknowledges(Nurse, told.id).await;
    assert!(meets(&seen, &owed));
    story.later(10 * HOUR).await;
    assert_eq!(story.course(Secretariat, owed.id).await, [""; 0], "nobody is told of what was done");
}

#[tokio::test]
async fn nd_m1_says_from_what_to_what_it_was_set() {
    let mut story = Story::begin().await;
    let Body::DeviceChange(change) = oxygen("3") else { panic!("a device change") };
    let night = DeviceSetting {
        name: "酸素流量（睡眠時）".to_owned(), value: "1".to_owned(), unit: "L/分".to_owned()
    };
    let before = flow("2").into_iter().chain([night]).collect();
    let told = story.posts(Doctor, Body::from(Box::new(DeviceChange { before, ..*change }))).await;
    let words = &told.words.iter().find(|words| words.citation.starts_with("ND-M1@")).expect("in words").says;
    for said in ["酸素流量（安静時）：2 L/分→3 L/分", "酸素流量（睡眠時）：1 L/分→なし"] {
        assert!(words.ja.contains(said), "{said}: {}", words.ja);
    }
    assert!(words.en.contains("酸素流量（安静時）: 2 L/分 → 3 L/分"), "{}", words.en);
}

#[tokio::test]
async fn nd_m1_unacknowledged_it_reaches_her_manager_and_then_the_secretariat_each_once_and_in_time() {
    let mut story = Story::begin().await;
    let told = story.posts(Doctor, oxygen("2")).await;
    let owed = duty(&told, "ND-M1");
    story.until("04-01 10:59").await;
    assert_eq!(story.course(Nurse, owed.id).await, [""; 0]);
    let mut course = vec!["04-01 11:00 reminded"];
    story.until("04-01 11:00").await;
    assert_eq!(story.course(Nurse, owed.id).await, course);
    story.until("04-01 12:59").await;
    assert_eq!(story.course(Nurse, owed.id).await, course);
    story.until("04-01 13:00").await;
    course.extend(["04-01 13:00 overdue", "04-01 13:00 told the manager at the Nurse's"]);
    assert_eq!(story.course(Nurse, owed.id).await, course);
    story.until("04-01 17:00").await;
    course.push("04-01 17:00 told the member at the Secretariat's");
    story.later(2 * DAY).await;
    for who in [Nurse, Doctor, Secretariat] {
        assert_eq!(story.course(who, owed.id).await, course, "{who:?}");
    }
    assert_eq!(story.course(FarNurse, owed.id).await, [""; 0]);

    // Late is late, and done is done.
    let seen = story.acknowledges(Nurse, told.id).await;
    assert!(meets(&seen, &owed));
    story.later(10 * DAY).await;
    assert_eq!(story.course(Secretariat, owed.id).await, course);
}

#[tokio::test]
async fn nd_m1_asks_nothing_for_what_was_taken_away_or_where_no_nurse_serves() {
    let mut story = Story::begin().await;
    let removed = story.posts(Doctor, device(DeviceChangeType::Removed, "")).await;
    no_duty(&removed, "ND-M1");
    let by_the_nurse = story.posts(Nurse, oxygen("2")).await;
    no_duty(&by_the_nurse, "ND-M1");
    let introduced = story.posts(Doctor, device(DeviceChangeType::Introduced, "2")).await;
    duty(&introduced, "ND-M1");

    let mut without = Story::with(&[Doctor, Pharmacist]).await;
    let told = without.posts(Doctor, oxygen("2")).await;
    no_duty(&told, "ND-M1");
}

#[tokio::test]
async fn nd_m1_each_station_owes_for_itself_and_a_corrected_setting_is_owed_anew_only_by_whoever_had_done_it() {
    let mut story = Story::with(&[Doctor, Nurse, SecondNurse]).await;
    let told = story.posts(Doctor, oxygen("2")).await;
    let first = duties(&told, "ND-M1");
    assert_eq!(first.len(), 2);
    let of = |who| story.office(who);
    let (minato, asahi) = (of(Nurse), of(SecondNurse));
    let by = |office| first.iter().find(|owed| owed.debtors[0].organisation == office).expect("its own duty").clone();
    let seen = story.acknowledges(Nurse, told.id).await;
    assert!(meets(&seen, &by(minato)) && !meets(&seen, &by(asahi)));

    let corrected = story.posts(Doctor, correction(told.id, oxygen("3"))).await;
    let anew = duty(&corrected, "ND-M1");
    story.owed_by(&anew, &[Nurse]);
    // Corrected once more: both stations owe already.
    let again = story.posts(Doctor, correction(told.id, oxygen("4"))).await;
    no_duty(&again, "ND-M1");
    let seen = story.acknowledges(Nurse, told.id).await;
    assert!(meets(&seen, &anew), "what was put right is acknowledged where it stands");
}

#[tokio::test]
async fn nd_m1_is_closed_when_the_setting_is_taken_back_also_what_its_correction_opened() {
    let mut story = Story::begin().await;
    let told = story.posts(Doctor, oxygen("2")).await;
    let first = duty(&told, "ND-M1");
    story.acknowledges(Nurse, told.id).await;
    let corrected = story.posts(Doctor, correction(told.id, oxygen("3"))).await;
    let anew = duty(&corrected, "ND-M1");
    story.takes_back(Doctor, told.id).await;
    story.later(DAY).await;
    for owed in [first, anew] {
        assert_eq!(story.course(Secretariat, owed.id).await, [""; 0]);
    }
}

#[tokio::test]
async fn nd_m1_of_a_station_that_left_is_asked_no_more_where_the_others_owe_it_themselves() {
    let mut story = Story::with(&[Doctor, Nurse, SecondNurse]).await;
    let told = story.posts(Doctor, oxygen("2")).await;
    let asahi = story.office(SecondNurse);
    let owed = duties(&told, "ND-M1").into_iter().find(|owed| owed.debtors[0].organisation == asahi).expect("owed");
    story.leaves(SecondNurse).await;
    for moment in ["04-01 11:00", "04-01 13:00", "04-01 17:00"] {
        story.until(moment).await;
    }
    assert_eq!(story.course(Secretariat, owed.id).await.len(), 1);
    assert!(story.course(Secretariat, owed.id).await[0].ends_with("closed: no_longer_asked"));
    assert_eq!(story.course(SecondNurse, owed.id).await, [""; 0]);
    // What is posted from now on is not asked of it.
    let next = story.posts(Doctor, oxygen("3")).await;
    story.owed_by(&duty(&next, "ND-M1"), &[Nurse]);
}

#[tokio::test]
async fn nd_m1_handed_over_it_is_the_other_stations_to_acknowledge() {
    let mut story = Story::with(&[Doctor, Nurse, SecondNurse]).await;
    let told = story.posts(Doctor, oxygen("2")).await;
    let minato = story.office(Nurse);
    let owed = duties(&told, "ND-M1").into_iter().find(|owed| owed.debtors[0].organisation == minato).expect("owed");
    let to_asahi = Answer::HandedOver(vec![story.debtor(SecondNurse)]);
    let refused = story.may_not_answer(Doctor, owed.id, to_asahi.clone()).await;
    assert_eq!(refused.code, "not_yours");
    story.answers(Nurse, owed.id, to_asahi).await;
    assert!(!meets(&story.acknowledges(Nurse, told.id).await, &owed));
    story.until("04-01 13:00").await;
    let told_manager = "04-01 13:00 told the manager at the SecondNurse's".to_owned();
    assert!(story.course(SecondNurse, owed.id).await.contains(&told_manager));
    assert!(meets(&story.acknowledges(SecondNurse, told.id).await, &owed));
}

// ───────── ND-M2: results ─────────

#[tokio::test]
async fn nd_m2_results_asked_for_are_given_and_only_by_an_answer_to_that_request() {
    let mut story = Story::begin().await;
    let first = story.posts(Nurse, lab_request()).await;
    let second = story.posts(Nurse, lab_request()).await;
    let (one, two) = (duty(&first, "ND-M2"), duty(&second, "ND-M2"));
    story.owed_by(&one, &[Doctor]);
    // Three open days of a clinic that opens on Saturday until noon.
    assert_eq!(one.due, at("04-04 12:00"));
    story.got_by(first.id, &TEAM).await;
    let unasked = story.posts(Doctor, lab_result(None)).await;
    assert!(unasked.ruling.met().is_empty());
    let answer = story.posts(Doctor, lab_result(Some(first.id))).await;
    assert!(meets(&answer, &one) && !meets(&answer, &two));
    let elsewhere =
        story.is_refused(Doctor, lab_result(Some(renkei::domain::ids::EntryId(uuid::Uuid::from_u128(7))))).await;
    assert_eq!(
        (elsewhere.code.to_string().as_str(), elsewhere.field.as_str()),
        ("not_found", "post.intent.body.lab_result.request")
    );
    no_duty(&story.posts(Pharmacist, lab_request()).await, "ND-M2");
}

#[tokio::test]
async fn nd_m2_unanswered_it_goes_to_the_clinics_liaison_and_the_secretariat_in_opening_hours() {
    let mut story = Story::begin().await;
    let asked = story.posts(Nurse, lab_request()).await;
    let owed = duty(&asked, "ND-M2");
    story.until("04-04 11:59").await;
    assert_eq!(story.course(Secretariat, owed.id).await, [""; 0]);
    story.until("04-04 12:00").await;
    story.until("04-08 16:59").await;
    let mut course = vec!["04-04 12:00 overdue", "04-04 12:00 told the contact at the Doctor's"];
    assert_eq!(story.course(Secretariat, owed.id).await, course);
    story.until("04-08 17:00").await;
    course.push("04-08 17:00 told the member at the Secretariat's");
    assert_eq!(story.course(Secretariat, owed.id).await, course);
}

#[tokio::test]
async fn nd_m2_may_be_declined_with_a_reason_by_the_doctor_only() {
    let mut story = Story::begin().await;
    let asked = story.posts(Nurse, lab_request()).await;
    let owed = duty(&asked, "ND-M2");
    assert_eq!(story.may_not_answer(Nurse, owed.id, Answer::Declined).await.code, "not_yours");
    assert_eq!(story.may_not_answer(Doctor, owed.id, Answer::CannotGo).await.code, "not_agreed");
    let declined = story.answers(Doctor, owed.id, Answer::Declined).await;
    // The nurse who asked learns of it; the far station does not.
    let mut seeing = TEAM.to_vec();
    seeing.push(Secretariat);
    story.got_by(declined.id, &seeing).await;
    story.later(30 * DAY).await;
    assert_eq!(story.course(Secretariat, owed.id).await, [""; 0]);
    assert_eq!(story.may_not_answer(Doctor, owed.id, Answer::Declined).await.code, "ended");
}

// ───────── ND-M3: orders in writing ─────────

#[tokio::test]
async fn nd_m3_important_orders_are_held_without_their_document_and_nobody_gets_them() {
    let mut story = Story::begin().await;
    for order_type in [OrderType::Drip, OrderType::Opioid, OrderType::ImportantDrug] {
        assert_eq!(story.is_held(Doctor, ordered(order(order_type))).await, ["ND-M3"], "{order_type}");
    }
    let dry = story.tries(Doctor, ordered(order(OrderType::Drip))).await;
    assert_eq!(dry.code.to_string(), "held");
    let [hold] = &dry.holds[..] else { panic!("one gate: {dry:?}") };
    assert!(hold.reason_ok && !hold.exceptions.is_empty());
    assert!(hold.missing[0][0].now.ja.contains("文書"), "built from labels: {:?}", hold.missing);

    let routine = story.posts(Doctor, ordered(order(OrderType::Routine))).await;
    story.got_by(routine.id, &TEAM).await;
    let reasoned = story.passes_with_a_reason(Doctor, ordered(order(OrderType::Drip)), "ND-M3").await;
    story.got_by(reasoned.id, &TEAM).await;
    no_duty(&reasoned, "ND-M3b");
    assert_eq!(
        story.got(Nurse, reasoned.id).await.ruling.consequences.expect("kept").reasons.len(),
        1,
        "the nurse reads why"
    );
}

#[tokio::test]
async fn nd_m3_is_no_more_passed_by_a_correction_than_by_an_order() {
    let mut story = Story::begin().await;
    let routine = story.posts(Doctor, ordered(order(OrderType::Routine))).await;
    let drip = correction(routine.id, ordered(order(OrderType::Drip)));
    assert_eq!(story.is_held(Doctor, drip.clone()).await, ["ND-M3"]);
    story.passes_with_a_reason(Doctor, drip, "ND-M3").await;
}

#[tokio::test]
async fn nd_m3_names_a_document_that_is_there_and_is_one() {
    let mut story = Story::begin().await;
    let routine = story.posts(Doctor, ordered(order(OrderType::Routine))).await;
    let naming = |document| ordered(Order { document: Some(document), ..order(OrderType::Opioid) });
    let invented = story.is_refused(Doctor, naming(renkei::domain::ids::EntryId(uuid::Uuid::from_u128(7)))).await;
    assert_eq!(
        (invented.code.to_string().as_str(), invented.field.as_str()),
        ("not_found", "post.intent.body.order.document")
    );
    let no_paper = story.is_refused(Doctor, naming(routine.id)).await;
    assert_eq!(
        (no_paper.code.to_string().as_str(), no_paper.field.as_str()),
        ("wrong_kind", "post.intent.body.order.document")
    );
    let corrected = story.is_refused(Doctor, correction(routine.id, naming(routine.id))).await;
    assert_eq!(corrected.field, "post.intent.body.correction.body.order.document");
    assert_eq!(story.tries(Doctor, naming(routine.id)).await.code.to_string(), "wrong_kind", "also before it is sent");
}

#[tokio::test]
async fn nd_m3_a_document_on_the_timeline_lets_the_order_pass_until_it_is_taken_back() {
    let mut story = Story::begin().await;
    let paper = story.paper(Doctor).await;
    let attached = Order { attachments: vec![paper.clone()], ..order(OrderType::Opioid) };
    story.posts(Doctor, ordered(attached)).await;
    let document = story.posts(Doctor, document(None, paper)).await;
    story.got_by(document.id, &TEAM).await;
    let naming = || ordered(Order { document: Some(document.id), ..order(OrderType::Opioid) });
    let written = story.posts(Doctor, naming()).await;
    no_duty(&written, "ND-M3");
    // Corrected, it needs its document as well.
    let without = correction(written.id, ordered(order(OrderType::Opioid)));
    assert_eq!(story.is_held(Doctor, without).await, ["ND-M3"]);
    story.posts(Doctor, correction(written.id, naming())).await;
    story.takes_back(Doctor, document.id).await;
    let refused = story.is_refused(Doctor, naming()).await;
    assert_eq!(
        (refused.code.to_string().as_str(), refused.field.as_str()),
        ("retracted", "post.intent.body.order.document")
    );
}

#[tokio::test]
async fn nd_m3_the_paper_of_another_patient_is_no_paper() {
    let mut story = Story::begin().await;
    // The far station's doctor would be needed for an order; any entry of that patient is as good.
    let elsewhere = story.posts_far(super::bodies::note()).await;
    let naming = ordered(Order { document: Some(elsewhere), ..order(OrderType::Opioid) });
    let refused = story.is_refused(Doctor, naming).await;
    assert_eq!(
        (refused.code.to_string().as_str(), refused.field.as_str()),
        ("not_found", "post.intent.body.order.document")
    );
    story.got_by(elsewhere, &[FarHelper, FarNurse]).await;
}

#[tokio::test]
async fn nd_m3b_the_document_of_that_order_meets_it_and_that_of_another_does_not() {
    let mut story = Story::begin().await;
    let urgent = || ordered(Order { emergency: true, ..order(OrderType::Drip) });
    let (one, two) = (story.posts(Doctor, urgent()).await, story.posts(Doctor, urgent()).await);
    let (first, second) = (duty(&one, "ND-M3b"), duty(&two, "ND-M3b"));
    let paper = story.paper(Doctor).await;
    let belonging_to_none = story.posts(Doctor, document(None, paper.clone())).await;
    assert!(belonging_to_none.ruling.met().is_empty());
    let written = story.posts(Doctor, document(Some(two.id), paper.clone())).await;
    assert!(meets(&written, &second) && !meets(&written, &first));
    let written = story.posts(Doctor, document(Some(one.id), paper)).await;
    assert!(meets(&written, &first));
}

#[tokio::test]
async fn nd_m3c_a_document_that_is_not_on_the_agreed_form_is_advised_to_be() {
    let mut story = Story::begin().await;
    let paper = story.paper(Doctor).await;
    let order_with =
        |standard_form| ordered(Order { attachments: vec![paper.clone()], standard_form, ..order(OrderType::Drip) });
    let other = story.posts(Doctor, order_with(false)).await;
    advised(&other, "ND-M3c");
    story.got_by(other.id, &TEAM).await;
    not_advised(&story.posts(Doctor, order_with(true)).await, "ND-M3c");
    advised(&story.posts(Doctor, document(None, paper.clone())).await, "ND-M3c");
    not_advised(&story.posts(Doctor, ordered(order(OrderType::Routine))).await, "ND-M3c");
}

#[tokio::test]
async fn nd_m3b_an_emergency_passes_and_its_paper_is_owed_by_that_doctor() {
    let mut story = Story::begin().await;
    let urgent = Order { emergency: true, ..order(OrderType::Drip) };
    let given = story.posts(Doctor, ordered(urgent.clone())).await;
    let owed = duty(&given, "ND-M3b");
    story.owed_by(&owed, &[Doctor]);
    assert_eq!(owed.debtors[0].person, Some(story.acting(Doctor).person));
    assert_eq!(owed.due, at("04-02 09:00"));
    let excepted = &given.ruling.consequences.as_deref().expect("consequences").excepted;
    assert_eq!(excepted.iter().map(|rule| super::story::rule_of(rule)).collect::<Vec<_>>(), ["ND-M3"]);
    story.got_by(given.id, &TEAM).await;
    // Corrected while it is still owed: the same duty.
    no_duty(&story.posts(Doctor, correction(given.id, ordered(urgent))).await, "ND-M3b");
    story.until("04-02 09:00").await;
    story.until("04-03 09:00").await;
    let course = [
        "04-02 09:00 overdue",
        "04-02 09:00 told the contact at the Doctor's",
        "04-03 09:00 told the member at the Secretariat's",
    ];
    assert_eq!(story.course(Secretariat, owed.id).await, course);
    no_duty(&story.posts(Doctor, ordered(Order { emergency: true, ..order(OrderType::Routine) })).await, "ND-M3b");
}

#[tokio::test]
async fn nd_m3b_ends_when_the_order_is_taken_back() {
    let mut story = Story::begin().await;
    let given = story.posts(Doctor, ordered(Order { emergency: true, ..order(OrderType::Opioid) })).await;
    let owed = duty(&given, "ND-M3b");
    story.takes_back(Doctor, given.id).await;
    story.later(5 * DAY).await;
    assert_eq!(story.course(Secretariat, owed.id).await, [""; 0]);
}

#[tokio::test]
async fn nd_m3d_a_verbal_order_is_put_into_writing_by_the_doctor_named() {
    let mut story = Story::with(&[Doctor, Nurse, Pharmacist, HospitalDoctor]).await;
    let named = story.acting(HospitalDoctor);
    let heard = story.posts(Nurse, verbal_order(OrderType::Drip, &named).into()).await;
    let owed = duty(&heard, "ND-M3d");
    story.owed_by(&owed, &[HospitalDoctor]);
    assert_eq!((owed.debtors[0].person, owed.due), (Some(named.person), at("04-02 09:00")));
    story.got_by(heard.id, &[Doctor, Nurse, Pharmacist, HospitalDoctor]).await;
    let by_another = Order { answers: Some(heard.id), ..order(OrderType::Drip) };
    let another = story.passes_with_a_reason(Doctor, ordered(by_another.clone()), "ND-M3").await;
    assert!(!meets(&another, &owed), "another doctor's paper is not that doctor's");
    let elsewhere = Order { answers: Some(another.id), ..order(OrderType::Drip) };
    let elsewhere = story.passes_with_a_reason(HospitalDoctor, ordered(elsewhere), "ND-M3").await;
    assert!(!meets(&elsewhere, &owed));
    let written = story.passes_with_a_reason(HospitalDoctor, ordered(by_another), "ND-M3").await;
    assert!(meets(&written, &owed));

    no_duty(&story.posts(Nurse, verbal_order(OrderType::Routine, &named).into()).await, "ND-M3d");
    let nobody = renkei::domain::directory::Actor { person: story.acting(Nurse).person, ..named };
    let refused = story.is_refused(Nurse, verbal_order(OrderType::Drip, &nobody).into()).await;
    assert_eq!(
        (refused.code.to_string().as_str(), refused.field.as_str()),
        ("not_found", "post.intent.body.verbal_order_received.doctor")
    );
}

#[tokio::test]
async fn nd_m3e_an_order_that_was_not_read_back_is_read_back_still_and_nobody_says_it_was() {
    let mut story = Story::begin().await;
    let doctor = story.acting(Doctor);
    not_advised(&story.posts(Nurse, verbal_order(OrderType::Drip, &doctor).into()).await, "ND-M3e");
    let unsure = VerbalOrderReceived { read_back: false, ..verbal_order(OrderType::Drip, &doctor) };
    let unsure = story.posts(Nurse, unsure.into()).await;
    advised(&unsure, "ND-M3e");
    let words = unsure.words.iter().find(|told| told.citation.starts_with("ND-M3d@")).expect("the duty in words");
    assert!(!words.says.ja.contains("復唱"), "nobody says that she read it back: {}", words.says.ja);
    story.owed_by(&duty(&unsure, "ND-M3d"), &[Doctor]);
}

// ───────── ND-M4: no change of station unawares ─────────

fn changes(change: StationChange) -> Body {
    Body::from(Box::new(change))
}

#[tokio::test]
async fn nd_m4_is_held_unless_the_family_asked_or_the_present_station_was_consulted() {
    let mut story = Story::with(&[Doctor, Nurse, SecondNurse]).await;
    let minato = story.office(Nurse);
    let change = || changes(station_change(minato));
    assert_eq!(story.is_held(Doctor, change()).await, ["ND-M4"]);
    // Asked, and nobody has taken note yet; then somebody who was not asked.
    let asked = story.posts(Doctor, consultation(minato).into()).await;
    assert_eq!(story.is_held(Doctor, change()).await, ["ND-M4"]);
    story.acknowledges(SecondNurse, asked.id).await;
    assert_eq!(story.is_held(Doctor, change()).await, ["ND-M4"]);
    story.acknowledges(Nurse, asked.id).await;
    let changed = story.posts(Doctor, change()).await;
    story.got_by(changed.id, &[Doctor, Nurse, SecondNurse]).await;
    // A talk with the one station is no talk with the other.
    let asahi = story.office(SecondNurse);
    assert_eq!(story.is_held(Doctor, changes(station_change(asahi))).await, ["ND-M4"]);
    story.later(30 * DAY + HOUR).await;
    assert_eq!(story.is_held(Doctor, change()).await, ["ND-M4"], "that was long ago");
    let wished = StationChange { family_request: true, ..station_change(minato) };
    story.posts(Doctor, changes(wished)).await;
    story.passes_with_a_reason(Doctor, change(), "ND-M4").await;
}

#[tokio::test]
async fn nd_m4_speaks_of_a_station_on_the_team() {
    let mut story = Story::begin().await;
    let far = story.office(FarNurse);
    for (present, code) in [(far, "not_linked"), (story.office(Pharmacist), "not_found")] {
        let refused = story.is_refused(Doctor, changes(station_change(present))).await;
        assert_eq!(
            (refused.code.to_string().as_str(), refused.field.as_str()),
            (code, "post.intent.body.station_change.present")
        );
    }
}

#[tokio::test]
async fn nd_m4b_the_present_station_acknowledges_the_change() {
    let mut story = Story::with(&[Doctor, Nurse, SecondNurse]).await;
    let minato = story.office(Nurse);
    let wished = StationChange { family_request: true, ..station_change(minato) };
    let changed = story.posts(Doctor, changes(wished.clone())).await;
    let owed = duty(&changed, "ND-M4b");
    story.owed_by(&owed, &[Nurse]);
    assert_eq!(owed.debtors[0].capacity, renkei::domain::duty::Capacity::Manager);
    assert_eq!(owed.due, at("04-02 17:00"), "the next open day of the station");
    assert!(!meets(&story.acknowledges(SecondNurse, changed.id).await, &owed));
    assert!(meets(&story.acknowledges(Nurse, changed.id).await, &owed));

    let again = story.posts(Doctor, changes(wished)).await;
    let owed = duty(&again, "ND-M4b");
    story.until("04-02 17:00").await;
    let course = ["04-02 17:00 overdue", "04-02 17:00 told the member at the Secretariat's"];
    assert_eq!(story.course(Secretariat, owed.id).await, course);
}

#[tokio::test]
async fn nd_m1_is_not_handed_over_to_somebody_who_may_not_see_what_it_is_about() {
    let mut story = Story::begin().await;
    let kept_for_the_clinical = restricted(story.intent(oxygen("2")));
    let told = story.posts_intent(Doctor, kept_for_the_clinical).await;
    let owed = duty(&told, "ND-M1");
    let to_kaede = Answer::HandedOver(vec![story.debtor(CareManager)]);
    let refused = story.may_not_answer(Nurse, owed.id, to_kaede).await;
    assert_eq!(refused.code, "not_yours");
    assert!(refused.field.ends_with("handed_over.to[0].roles"), "{}", refused.field);
    assert!(meets(&story.acknowledges(Nurse, told.id).await, &owed), "she owes it still");
}
