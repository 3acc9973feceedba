//! What doctors ask of nurses: to visit first on a change, to tell without delay, to be asked first, to keep reporting.

use renkei::domain::body::{Body, Call, CallTo, StatusChange, Visit, VisitPlan};
use renkei::domain::duty::Answer;
use renkei::domain::entry::Intent;
use renkei::domain::role::Role;
use renkei::domain::team::ConsentState;
use renkei::domain::terms::WayOut;
use renkei::domain::time::Timestamp;

use super::bodies::{
    call, call_about, conference, discharge, instructed, instruction, phone, report, status_change, visit, visit_plan,
    visited,
};
use super::story::Who::{CareManager, Doctor, FarNurse, Helper, Nurse, Pharmacist, SecondNurse, Secretariat};
use super::story::{DAY, HOUR, MINUTE, Story, TEAM, advice, advised, at, duty, meets, no_duty, not_advised};

// ───────── DN-M1: the nurse visits first ─────────

#[tokio::test]
async fn dn_m1_a_change_somebody_saw_is_the_nurses_to_visit_and_done_with_her_note() {
    let mut story = Story::begin().await;
    let seen = story.posts(Helper, status_change().into()).await;
    let owed = duty(&seen, "DN-M1");
    story.owed_by(&owed, &[Nurse]);
    assert_eq!((owed.due, owed.confirmed), (at("04-01 11:00"), true));
    story.got_by(seen.id, &TEAM).await;
    assert!(!meets(&story.posts(Doctor, visited()).await, &owed));
    let this_morning = Visit { started_at: Some(at("04-01 08:00")), ended_at: Some(at("04-01 08:30")), ..visit() };
    let this_morning = story.posts(Nurse, Body::from(Box::new(this_morning))).await;
    assert!(!meets(&this_morning, &owed), "over before anything was seen");
    assert!(meets(&story.posts(Nurse, visited()).await, &owed));
    story.later(5 * HOUR).await;
    assert_eq!(story.course(Secretariat, owed.id).await, [""; 0]);
    no_duty(&story.posts(Nurse, status_change().into()).await, "DN-M1");
}

#[tokio::test]
async fn dn_m1_unvisited_it_reaches_her_manager_and_then_the_doctor_never_the_secretariat() {
    let mut story = Story::begin().await;
    let seen = story.posts(Helper, status_change().into()).await;
    let owed = duty(&seen, "DN-M1");
    story.until("04-01 11:00").await;
    let mut course = vec!["04-01 11:00 overdue", "04-01 11:00 told the manager at the Nurse's"];
    assert_eq!(story.course(Nurse, owed.id).await, course);
    story.until("04-01 13:00").await;
    course.push("04-01 13:00 told the member at the Doctor's");
    story.later(5 * HOUR).await;
    assert_eq!(story.course(Doctor, owed.id).await, course);
    assert_eq!(story.course(FarNurse, owed.id).await, [""; 0]);
    // She comes late, and it is done.
    assert!(meets(&story.posts(Nurse, visited()).await, &owed));
}

#[tokio::test]
async fn dn_m1_who_cannot_go_says_so_and_the_next_are_told_at_once() {
    let mut story = Story::begin().await;
    let seen = story.posts(Helper, status_change().into()).await;
    let owed = duty(&seen, "DN-M1");
    story.until("04-01 09:30").await;
    assert_eq!(story.may_not_answer(Helper, owed.id, Answer::CannotGo).await.code, "not_yours");
    story.answers(Nurse, owed.id, Answer::CannotGo).await;
    story.later(MINUTE).await;
    let course = story.course(Doctor, owed.id).await;
    let told: Vec<&str> = course.iter().map(|step| step.split_once(' ').expect("day").1).collect();
    let moments = ["09:30", "09:31"];
    assert!(
        told.iter().any(|step| moments.iter().any(|at| *step == format!("{at} told the manager at the Nurse's"))),
        "{course:?}"
    );
}

#[tokio::test]
async fn dn_m1_a_family_asks_alike_and_an_emergency_out_of_hours_does_not_wait_for_the_nurse() {
    let mut story = Story::begin().await;
    let in_an_emergency = StatusChange { emergency: true, ..status_change() };
    duty(&story.posts(Helper, in_an_emergency.clone().into()).await, "DN-M1");
    let family = story.app.family(story.patient).await;
    let intent = story.intent(status_change().into());
    let mut socket = family.connect(renkei::wire::Encoding::Json).await;
    let renkei::wire::ServerFrame::Accepted(noticed) = socket.post_intent(intent).await else { panic!("accepted") };
    story.owed_by(&duty(&noticed, "DN-M1"), &[Nurse]);

    story.until("04-01 20:00").await;
    no_duty(&story.posts(Helper, in_an_emergency.into()).await, "DN-M1");
    duty(&story.posts(Helper, status_change().into()).await, "DN-M1");

    let mut without = Story::with(&[Doctor, Helper]).await;
    no_duty(&without.posts(Helper, status_change().into()).await, "DN-M1");
    without.joins(Nurse).await;
    let seen = without.posts(Helper, status_change().into()).await;
    without.owed_by(&duty(&seen, "DN-M1"), &[Nurse]);
    without.leaves(Nurse).await;
    no_duty(&without.posts(Helper, status_change().into()).await, "DN-M1");
}

#[tokio::test]
async fn dn_m1_two_stations_owe_one_visit_between_them() {
    let mut story = Story::with(&[Doctor, Nurse, SecondNurse, Helper]).await;
    let seen = story.posts(Helper, status_change().into()).await;
    let owed = duty(&seen, "DN-M1");
    story.owed_by(&owed, &[Nurse, SecondNurse]);
    assert!(meets(&story.posts(SecondNurse, visited()).await, &owed));
}

// ───────── DN-M2: told without delay ─────────

fn flagged() -> Body {
    Body::from(Box::new(Visit { tell_doctor: true, ..visit() }))
}

#[tokio::test]
async fn dn_m2_what_the_doctor_must_know_is_the_doctors_to_acknowledge() {
    let mut story = Story::begin().await;
    let told = story.posts(Nurse, flagged()).await;
    let owed = duty(&told, "DN-M2");
    story.owed_by(&owed, &[Doctor]);
    assert_eq!(owed.due, at("04-01 11:00"));
    story.got_by(told.id, &TEAM).await;
    assert!(!meets(&story.acknowledges(Pharmacist, told.id).await, &owed));
    assert!(meets(&story.acknowledges(Doctor, told.id).await, &owed));
    let change = StatusChange { tell_doctor: true, ..status_change() };
    duty(&story.posts(Nurse, change.clone().into()).await, "DN-M2");
    no_duty(&story.posts(Helper, change.into()).await, "DN-M2");
    no_duty(&story.posts(Nurse, visited()).await, "DN-M2");
}

#[tokio::test]
async fn dn_m2_phoned_and_logged_it_is_told() {
    let mut story = Story::begin().await;
    let told = story.posts(Nurse, flagged()).await;
    let owed = duty(&told, "DN-M2");
    assert_eq!(owed.terms.ways_out, [WayOut::Phoned]);
    for (who, unrelated) in [
        (Nurse, call(CallTo::Doctor, true, "来週の予定の件")),
        (Nurse, call_about(told.id, CallTo::Doctor, false)),
        (Nurse, call_about(told.id, CallTo::Other, true)),
        (Helper, call_about(told.id, CallTo::Doctor, true)),
    ] {
        assert!(!meets(&story.posts(who, unrelated.clone()).await, &owed), "{who:?} {unrelated:?}");
    }
    let elsewhere =
        Call { organisation: Some(story.office(Pharmacist)), about: Some(told.id), ..phone(CallTo::Doctor, true) };
    assert!(!meets(&story.posts(Nurse, Body::from(Box::new(elsewhere))).await, &owed), "a doctor of another place");
    let phoned = story.posts(Nurse, call_about(told.id, CallTo::Doctor, true)).await;
    assert!(meets(&phoned, &owed));
    // What told the doctor was entered by mistake: the doctor is still to be told.
    story.takes_back(Nurse, phoned.id).await;
    assert!(meets(&story.acknowledges(Doctor, told.id).await, &owed));
}

#[tokio::test]
async fn dn_m2_phoned_before_it_is_written_it_asks_nothing_more() {
    let mut story = Story::begin().await;
    story.posts(Nurse, call(CallTo::Doctor, false, "")).await;
    story.posts(Nurse, call(CallTo::Other, true, "家族へ")).await;
    story.posts(Helper, call(CallTo::Doctor, true, "よその事業所の電話")).await;
    let not_reached = duty(&story.posts(Nurse, flagged()).await, "DN-M2");
    let phoned = story.posts(Nurse, call(CallTo::Doctor, true, "伝えました")).await;
    no_duty(&story.posts(Nurse, flagged()).await, "DN-M2");
    story.later(20 * MINUTE).await;
    let changed = |noticed_at: Timestamp| {
        Body::from(StatusChange { noticed_at: Some(noticed_at), tell_doctor: true, ..status_change() })
    };
    no_duty(&story.posts(Nurse, changed(at("04-01 08:55"))).await, "DN-M2");
    duty(&story.posts(Nurse, changed(at("04-01 09:10"))).await, "DN-M2");
    let found = |started_at: Timestamp| {
        Body::from(Box::new(Visit { started_at: Some(started_at), tell_doctor: true, ..visit() }))
    };
    no_duty(&story.posts(Nurse, found(at("04-01 08:55"))).await, "DN-M2");
    duty(&story.posts(Nurse, found(at("04-01 09:10"))).await, "DN-M2");
    story.takes_back(Nurse, phoned.id).await;
    duty(&story.posts(Nurse, changed(at("04-01 08:55"))).await, "DN-M2");
    story.posts(Nurse, call(CallTo::Doctor, true, "伝えました")).await;
    story.later(61 * MINUTE).await;
    duty(&story.posts(Nurse, flagged()).await, "DN-M2");
    assert!(story.course(Nurse, not_reached.id).await.is_empty());
}

#[tokio::test]
async fn dn_m2_unacknowledged_it_goes_to_the_clinics_liaison_and_back_to_the_nurses_manager() {
    let mut story = Story::begin().await;
    let told = story.posts(Nurse, flagged()).await;
    let owed = duty(&told, "DN-M2");
    story.until("04-01 11:00").await;
    story.until("04-01 13:00").await;
    let course = [
        "04-01 11:00 overdue",
        "04-01 11:00 told the contact at the Doctor's",
        "04-01 13:00 told the manager at the Nurse's",
    ];
    for who in [Doctor, Nurse, Secretariat] {
        assert_eq!(story.course(who, owed.id).await, course, "{who:?}");
    }
    let late = story.acknowledges(Doctor, told.id).await;
    assert!(meets(&late, &owed), "late, and done");
    story.later(DAY).await;
    assert_eq!(story.course(Nurse, owed.id).await, course);
}

#[tokio::test]
async fn dn_m2_and_the_rest_are_not_owed_by_whoever_may_not_see_what_it_is_about() {
    let mut story = Story::begin().await;
    let intent = super::story::restricted(story.intent(super::bodies::admission()));
    let told = story.posts_intent(Nurse, intent).await;
    // Kept for the clinical professions: the care manager learns nothing, and owes nothing.
    story.got_by(told.id, &[Doctor, Nurse, Pharmacist]).await;
    no_duty(&told, "CM-4");
    duty(&story.posts(Nurse, super::bodies::admission()).await, "CM-4");
    let intent = super::story::restricted(story.intent(flagged()));
    let told = story.posts_intent(Nurse, intent).await;
    duty(&told, "DN-M2");
    story.got_by(told.id, &[Doctor, Nurse, Pharmacist]).await;
}

#[tokio::test]
async fn dn_m2b_what_was_noticed_long_ago_is_advised_to_be_phoned() {
    let mut story = Story::begin().await;
    let noticed = |minutes: u32, story: &Story| {
        let observed_at = Some(story.app.clock.wall().saturating_sub(MINUTE * minutes));
        Intent { observed_at, ..story.intent(flagged()) }
    };
    let late = noticed(61, &story);
    let says = advised(&story.posts_intent(Nurse, late).await, "DN-M2b");
    assert!(says.contains("61分"), "with the event's own figure: {says}");
    let soon = noticed(60, &story);
    not_advised(&story.posts_intent(Nurse, soon).await, "DN-M2b");
    let not_for_the_doctor = Intent { body: visited(), ..noticed(120, &story) };
    not_advised(&story.posts_intent(Nurse, not_for_the_doctor).await, "DN-M2b");
}

#[tokio::test]
async fn dn_m2b_hears_what_the_author_says_of_the_moment() {
    let mut story = Story::begin().await;
    let now = story.app.clock.wall();
    let ago = |minutes: u32| Some(now.saturating_sub(MINUTE * minutes));
    let noticed = |minutes| Body::from(StatusChange { noticed_at: ago(minutes), tell_doctor: true, ..status_change() });
    let of_now = |story: &Story, body: Body| Intent { observed_at: Some(now), ..story.intent(body) };
    // As the page sends it: written now, noticed two hours ago.
    let late = of_now(&story, noticed(120));
    let says = advised(&story.posts_intent(Nurse, late).await, "DN-M2b");
    assert!(says.contains("2時間"), "{says}");
    let soon = of_now(&story, noticed(60));
    not_advised(&story.posts_intent(Nurse, soon).await, "DN-M2b");
    let visit = |from, until| {
        Body::from(Box::new(Visit { started_at: ago(from), ended_at: until, tell_doctor: true, ..visit() }))
    };
    let long_over = of_now(&story, visit(150, ago(90)));
    advised(&story.posts_intent(Nurse, long_over).await, "DN-M2b");
    let begun = of_now(&story, visit(120, None));
    advised(&story.posts_intent(Nurse, begun).await, "DN-M2b");
    let just_over = of_now(&story, visit(90, ago(10)));
    not_advised(&story.posts_intent(Nurse, just_over).await, "DN-M2b");
}

// ───────── where possible ─────────

#[tokio::test]
async fn dn_s2_the_first_visit_after_discharge_invites_the_nurse() {
    let mut story = Story::begin().await;
    let plan = || visit_plan(at("04-03 14:00"));
    let never_away = story.posts(Doctor, planned(plan())).await;
    not_advised(&never_away, "DN-S2");
    story.posts(Nurse, discharge()).await;
    let alone = story.posts(Doctor, planned(plan())).await;
    advised(&alone, "DN-S2");
    story.got_by(alone.id, &TEAM).await;
    let together = VisitPlan { invited_roles: vec![Role::Nurse], ..plan() };
    not_advised(&story.posts(Doctor, planned(together)).await, "DN-S2");
    let station = VisitPlan { invited: vec![story.office(Nurse)], ..plan() };
    not_advised(&story.posts(Doctor, planned(station)).await, "DN-S2");
    story.posts(Nurse, visited()).await;
    not_advised(&story.posts(Doctor, planned(plan())).await, "DN-S2");
    let says_so = VisitPlan { first_after_discharge: true, ..plan() };
    advised(&story.posts(Doctor, planned(says_so)).await, "DN-S2");
}

fn planned(plan: VisitPlan) -> Body {
    Body::from(Box::new(plan))
}

#[tokio::test]
async fn dn_s3_the_nursing_report_is_renewed_every_thirty_days() {
    let mut story = Story::begin().await;
    story.posts(Doctor, instructed(instruction())).await;
    story.later(DAY * 30).await;
    let [(opened, owed)] = &story.standing("DN-S3").await[..] else { panic!("one") };
    assert_eq!(opened, "05-01 09:00");
    story.owed_by(owed, &[Nurse]);
    assert!(meets(&story.posts(Nurse, report()).await, owed));
    story.later(DAY * 29).await;
    assert_eq!(story.standing("DN-S3").await.len(), 1);
    story.later(DAY).await;
    let again = story.standing("DN-S3").await;
    assert_eq!(again.len(), 2);
    let until = story.app.clock.wall().saturating_add(DAY * 3);
    story.answers(Nurse, again[1].1.id, Answer::Snoozed(until)).await;
}

#[tokio::test]
async fn dn_s4_the_nurse_at_a_meeting_without_a_doctor_finds_the_advice_on_the_entry() {
    let mut story = Story::begin().await;
    let held = story.posts(CareManager, conference(&[Role::Nurse, Role::CareManager])).await;
    let (_, _, audience) = advice(&held, "DN-S4").expect("advice");
    assert_eq!(audience, "nurse");
    let on_the_tablet = story.got(Nurse, held.id).await;
    assert!(on_the_tablet.ruling.advice().iter().any(|rule| rule.starts_with("DN-S4@")));
    story.got_by(held.id, &TEAM).await;
    for roles in [&[Role::Nurse, Role::Doctor][..], &[Role::CareManager, Role::Helper]] {
        assert_eq!(advice(&story.posts(CareManager, conference(roles)).await, "DN-S4"), None, "{roles:?}");
    }
}

#[tokio::test]
async fn dn_s4_is_told_at_once_to_the_nurse_who_may_see_the_meeting_and_to_no_other() {
    let mut story = Story::begin().await;
    let meeting = || conference(&[Role::Nurse, Role::CareManager]);
    let advised = "advised DN-S4".to_owned();
    story.posts(CareManager, meeting()).await;
    assert!(story.notices(Nurse).await.contains(&advised));
    story.app.consent(story.patient, ConsentState::None).await;
    story.all_look_again().await;
    let unseen = story.posts(CareManager, meeting()).await;
    assert!(advice(&unseen, "DN-S4").is_some());
    assert!(!story.notices(Nurse).await.contains(&advised));
}
