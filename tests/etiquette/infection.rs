//! Infection notices: who must take note, and what follows while one runs.

use jiff::civil::date;
use renkei::domain::body::{Body, CallTo, Infection};
use renkei::domain::duty::Answer;
use renkei::domain::role::Role;
use renkei::domain::team::ConsentState;
use renkei::wire::Accepted;

use super::bodies::{admission, answer_to, call, call_about, infection, message, visit_plan, visited};
use super::story::Who::{
    CareManager, Doctor, FarHelper, FarNurse, Helper, Nurse, Pharmacist, SecondNurse, Secretariat,
};
use super::story::{DAY, HOUR, Story, TEAM, advised, at, duties, duty, meets, no_duty, not_advised, restricted};

const FIRST: jiff::civil::Date = date(2026, 4, 1);

#[tokio::test]
async fn in_1_every_office_that_visited_in_the_days_of_contact_acknowledges_for_itself() {
    let mut story = Story::begin().await;
    for who in [Nurse, Helper] {
        story.posts(who, visited()).await;
    }
    story.later(2 * HOUR).await;
    let notice = story.posts(Doctor, infection(Infection::Covid, &[FIRST])).await;
    let owed = duties(&notice, "IN-1");
    assert_eq!(owed.len(), 2);
    for duty in &owed {
        assert_eq!((duty.due, duty.debtors.len()), (at("04-01 15:00"), 1));
    }
    story.got_by(notice.id, &TEAM).await;
    let of = |story: &Story, who| {
        owed.iter().find(|duty| duty.debtors[0].organisation == story.office(who)).expect("owes").clone()
    };
    let (nurses, helpers) = (of(&story, Nurse), of(&story, Helper));
    let seen = story.acknowledges(Helper, notice.id).await;
    assert!(meets(&seen, &helpers) && !meets(&seen, &nurses));
    story.until("04-01 12:00").await;
    story.until("04-01 15:00").await;
    story.until("04-01 19:00").await;
    let course = [
        "04-01 12:00 reminded",
        "04-01 15:00 overdue",
        "04-01 15:00 told the manager at the Nurse's",
        "04-01 19:00 told the member at the Secretariat's",
    ];
    assert_eq!(story.course(Secretariat, nurses.id).await, course);
    assert_eq!(story.course(Secretariat, helpers.id).await, [""; 0]);
    for far in [FarNurse, FarHelper] {
        assert_eq!(story.course(far, nurses.id).await, [""; 0]);
    }
}

#[tokio::test]
async fn in_1_does_not_ask_whoever_visited_before_the_first_day_of_contact_or_wrote_the_notice() {
    let mut story = Story::begin().await;
    story.posts(Helper, visited()).await;
    story.later(3 * DAY).await;
    story.posts(Nurse, visited()).await;
    let notice = story.posts(Nurse, infection(Infection::Covid, &[date(2026, 4, 3)])).await;
    no_duty(&notice, "IN-1");
    // Without a day all visits of the last two weeks count.
    let undated = story.posts(Doctor, infection(Infection::Other, &[])).await;
    let owing: Vec<_> = duties(&undated, "IN-1").iter().map(|duty| duty.debtors[0].organisation).collect();
    assert_eq!(owing.len(), 2);
    assert!(owing.contains(&story.office(Helper)) && owing.contains(&story.office(Nurse)));
}

#[tokio::test]
async fn in_1_a_covid_notice_before_consent_is_seen_and_acknowledged_all_the_same() {
    let mut story = Story::begin().await;
    story.posts(Helper, visited()).await;
    story.app.consent(story.patient, ConsentState::None).await;
    story.all_look_again().await;
    let notice = story.posts(Nurse, infection(Infection::Covid, &[FIRST])).await;
    let owed = duty(&notice, "IN-1");
    story.got_by(notice.id, &TEAM).await;
    // Nobody may be shown the duty yet, so that the secretariat is to tell them.
    story.owed_by(&owed, &[Helper, Secretariat]);
    assert_eq!(owed.in_place_of, [story.office(Helper)]);
    assert!(story.notices(Secretariat).await.contains(&"opened IN-1".to_owned()));
    assert_eq!(story.notices(Helper).await, [""; 0], "told by the secretariat, not by the hub");
    assert!(meets(&story.acknowledges(Helper, notice.id).await, &owed));
}

#[tokio::test]
async fn in_1_who_visited_and_left_the_team_is_told_by_phone_which_the_secretariat_hears_at_once() {
    let mut story = Story::begin().await;
    for who in [Nurse, Helper] {
        story.posts(who, visited()).await;
    }
    story.leaves(Helper).await;
    story.notices(Secretariat).await;
    let notice = story.posts(Doctor, infection(Infection::Covid, &[FIRST])).await;
    let owed = duties(&notice, "IN-1");
    let helpers = owed.iter().find(|duty| duty.in_place_of == [story.office(Helper)]).expect("owed").clone();
    story.owed_by(&helpers, &[Secretariat]);
    assert_eq!(owed.len(), 2);
    assert_eq!(story.notices(Secretariat).await, ["opened IN-1"]);
    assert_eq!(story.notices(Helper).await, [""; 0]);
    story.answers(Secretariat, helpers.id, Answer::Waived).await;
    // Who leaves before they have acknowledged is the secretariat's to tell as well.
    story.leaves(Nurse).await;
    story.later(std::time::Duration::ZERO).await;
    let nurses = owed.iter().find(|duty| duty.id != helpers.id).expect("owed");
    let passed = ["04-01 09:00 passed to the member at the Secretariat's"];
    assert_eq!(story.course(Secretariat, nurses.id).await, passed);
}

#[tokio::test]
async fn in_1_of_a_station_that_was_there_and_left_nothing_passes_to_one_that_was_not() {
    let mut story = Story::with(&[Doctor, Nurse, SecondNurse]).await;
    story.posts(Nurse, visited()).await;
    let notice = story.posts(Doctor, infection(Infection::Covid, &[FIRST])).await;
    let owed = duty(&notice, "IN-1");
    story.owed_by(&owed, &[Nurse]);
    story.leaves(Nurse).await;
    story.later(std::time::Duration::ZERO).await;
    let passed = ["04-01 09:00 passed to the member at the Secretariat's"];
    assert_eq!(story.course(Secretariat, owed.id).await, passed);
}

#[tokio::test]
async fn in_1_whoever_was_there_and_may_not_see_the_notice_is_the_secretariats_to_tell() {
    let mut story = Story::begin().await;
    story.posts(Helper, visited()).await;
    let intent = restricted(story.intent(infection(Infection::Other, &[FIRST])));
    let notice = story.posts_intent(Nurse, intent).await;
    story.got_by(notice.id, &[Doctor, Nurse, Pharmacist]).await;
    let owed = duty(&notice, "IN-1");
    story.owed_by(&owed, &[Secretariat]);
    assert_eq!(owed.in_place_of, [story.office(Helper)]);
}

#[tokio::test]
async fn in_2_of_an_office_those_owe_it_who_may_see_the_notice() {
    let mut story = Story::begin().await;
    story.app.actor(Role::Helper, "minato").await;
    let of_the_station = |notice: &Accepted, story: &Story| {
        let owed = duties(notice, "IN-2").into_iter().flat_map(|duty| duty.debtors);
        let found = owed.filter(|debtor| debtor.organisation == story.office(Nurse));
        found.flat_map(|debtor| debtor.roles.roles().collect::<Vec<_>>()).collect::<Vec<_>>()
    };
    let open = story.posts(Doctor, infection(Infection::Other, &[FIRST])).await;
    assert_eq!(of_the_station(&open, &story), [Role::Nurse, Role::Helper]);
    let intent = restricted(story.intent(infection(Infection::Other, &[FIRST])));
    let kept = story.posts_intent(Doctor, intent).await;
    assert_eq!(of_the_station(&kept, &story), [Role::Nurse]);
}

#[tokio::test]
async fn in_2_nobody_is_asked_twice_to_take_note_of_one_notice() {
    let mut story = Story::begin().await;
    story.posts(Nurse, visited()).await;
    let notice = story.posts(Doctor, infection(Infection::Covid, &[FIRST])).await;
    let offices: Vec<_> = notice.ruling.opened().iter().map(|duty| duty.debtors[0].organisation).collect();
    assert_eq!(offices.len(), 4, "{offices:?}");
    assert_eq!(offices.iter().collect::<std::collections::HashSet<_>>().len(), 4);
    assert_eq!(duty(&notice, "IN-1").debtors[0].organisation, story.office(Nurse));
}

#[tokio::test]
async fn in_2_the_other_offices_of_the_team_acknowledge_within_a_day() {
    let mut story = Story::begin().await;
    let notice = story.posts(Nurse, infection(Infection::Covid, &[FIRST])).await;
    let owed = duties(&notice, "IN-2");
    let mut owing: Vec<_> = owed.iter().map(|duty| duty.debtors[0].organisation).collect();
    let mut others: Vec<_> = [Doctor, Pharmacist, CareManager, Helper].map(|who| story.office(who)).into();
    owing.sort_unstable();
    others.sort_unstable();
    assert_eq!(owing, others, "not the office that wrote it, and nobody elsewhere");
    assert!(owed.iter().all(|duty| duty.due == at("04-02 09:00")));
    let seen = story.acknowledges(CareManager, notice.id).await;
    assert_eq!(seen.ruling.met().len(), 1);
}

#[tokio::test]
async fn in_3_a_notice_without_dates_is_advised_to_give_them() {
    let mut story = Story::begin().await;
    advised(&story.posts(Doctor, infection(Infection::Other, &[])).await, "IN-3");
    not_advised(&story.posts(Doctor, infection(Infection::Other, &[FIRST])).await, "IN-3");
}

#[tokio::test]
async fn in_4_visits_are_planned_with_protection_while_a_notice_runs_and_no_longer() {
    let mut story = Story::begin().await;
    let plan = |day: &str| Body::from(Box::new(visit_plan(at(day))));
    not_advised(&story.posts(Nurse, plan("04-02 10:00")).await, "IN-4");
    let notice = story.posts(Doctor, infection(Infection::Covid, &[FIRST])).await;
    advised(&story.posts(Nurse, plan("04-02 10:00")).await, "IN-4");
    story.later(13 * DAY).await;
    advised(&story.posts(Nurse, plan("04-15 10:00")).await, "IN-4");
    story.later(2 * DAY).await;
    not_advised(&story.posts(Nurse, plan("04-17 10:00")).await, "IN-4");
    assert!(!notice.repeated);
}

#[tokio::test]
async fn in_5_on_admission_while_a_notice_runs_the_host_tells_the_hospital() {
    let mut story = Story::begin().await;
    no_duty(&story.posts(Nurse, admission()).await, "IN-5");
    story.posts(Doctor, infection(Infection::Covid, &[FIRST])).await;
    let admitted = story.posts(Nurse, admission()).await;
    let owed = duty(&admitted, "IN-5");
    story.owed_by(&owed, &[Doctor]);
    assert_eq!(owed.due, at("04-01 11:00"));
    story.got_by(admitted.id, &TEAM).await;
    assert!(!meets(&story.posts(Nurse, message().into()).await, &owed));
    assert!(!meets(&story.posts(Doctor, message().into()).await, &owed), "about something else");
    assert!(!meets(&story.posts(Doctor, call(CallTo::Other, true, "薬局へ")).await, &owed));
    assert!(meets(&story.posts(Doctor, answer_to(admitted.id)).await, &owed));
    let again = story.posts(Nurse, admission()).await;
    let told = story.posts(Doctor, call_about(again.id, CallTo::Other, true)).await;
    assert!(meets(&told, &duty(&again, "IN-5")));
}
