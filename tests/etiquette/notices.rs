//! Who is told of what concerns them, at the moment, whatever they read; and who is not.

use renkei::domain::body::{Body, EmergencyAccess, Roster, Shift};
use renkei::domain::role::Role;
use renkei::wire::{Encoding, ServerFrame};

use super::bodies::oxygen;
use super::story::{DAY, Story, TEAM, Who};
use Who::{Doctor, FarNurse, Nurse, Secretariat};

const NOTHING: [&str; 0] = [];

#[tokio::test]
async fn the_nurse_is_told_what_she_owes_then_her_office_then_the_secretariat_and_nobody_else_is() {
    let mut story = Story::begin().await;
    story.posts(Doctor, oxygen("2")).await;
    assert_eq!(story.notices(Nurse).await, ["opened ND-M1"]);
    story.until("04-01 11:00").await;
    assert_eq!(story.notices(Nurse).await, ["reminded ND-M1"]);
    assert_eq!(story.notices(Secretariat).await, NOTHING, "not before the chain reaches it");
    story.until("04-01 13:00").await;
    // Her office names no manager, so everybody of the role there is told in the manager's place.
    assert_eq!(story.notices(Nurse).await, ["overdue ND-M1", "escalated ND-M1"]);
    assert_eq!(story.notices(Secretariat).await, NOTHING);
    story.until("04-01 17:00").await;
    assert_eq!(story.notices(Secretariat).await, ["escalated ND-M1"]);
    story.later(2 * DAY).await;
    for who in TEAM.into_iter().chain([Secretariat, FarNurse]) {
        assert_eq!(story.notices(who).await, NOTHING, "{who:?}");
    }
}

#[tokio::test]
async fn whoever_is_on_duty_by_the_roster_is_told_and_her_colleague_is_not() {
    let mut story = Story::begin().await;
    let nurse = story.acting(Nurse);
    let colleague = story.app.nurse("minato").await.actor.person;
    let shift = |person, from: u64, until: u64| {
        let at = |hours: u64| story.app.clock.wall().saturating_add(hours as u32 * super::story::HOUR);
        Shift { starts_at: at(from), ends_at: at(until), role: Role::Nurse, person, phone: String::new() }
    };
    let today = jiff::civil::date(2026, 4, 1);
    let shifts = vec![shift(colleague, 0, 1), shift(nurse.person, 1, 24)];
    let roster = Roster { from: today, until: today, shifts, text: String::new() };
    story.writes_on(Nurse, nurse.organisation, Body::Roster(roster)).await;

    story.posts(Doctor, oxygen("2")).await;
    assert_eq!(story.notices(Nurse).await, NOTHING, "her colleague is on duty until ten");
    story.until("04-01 11:00").await;
    assert_eq!(story.notices(Nurse).await, ["reminded ND-M1"], "on duty by now");
}

#[tokio::test]
async fn the_whole_team_hears_at_once_that_somebody_broke_the_glass() {
    let mut story = Story::begin().await;
    let stranger = story.app.doctor("kyukyu").await;
    let search = serde_json::json!({ "name": "高橋 ハル", "birth_date": "1938-04-12" });
    stranger.post("/api/v1/emergency-search", search).await.ok();
    let declared = EmergencyAccess { reason: "救急搬送、意識なし".to_owned(), minutes: 60 };
    let patient = story.patient;
    let answer = stranger.connect(Encoding::Json).await.post(patient, declared.into()).await;
    assert!(matches!(answer, ServerFrame::Accepted(_)), "{answer:?}");
    for who in TEAM {
        assert_eq!(story.notices(who).await, ["opened OP-18", "access_opened "], "{who:?}");
    }
    assert_eq!(story.notices(Secretariat).await, ["opened SH-6b", "access_opened "]);
    assert_eq!(story.notices(FarNurse).await, NOTHING);
}
