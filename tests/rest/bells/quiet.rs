//! Quiet hours, which the hub keeps so that they hold while the page is closed; and what happens of it across restarts.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{Story, ventilator};

const HOUR: Duration = Duration::from_secs(3_600);

async fn wants_quiet(story: &Story, quiet: bool, from: &str, until: &str) {
    let hours = json!({ "quiet": quiet, "from": from, "until": until });
    story.nurse.put("/api/v1/me/quiet-hours", hours).await.is(StatusCode::NO_CONTENT);
}

/// Everybody signed in anew: nobody used their sign-in for hours.
async fn anew(mut story: Story) -> Story {
    story.doctor = story.app.sign_in(story.doctor.actor.person, story.doctor.position()).await;
    story.nurse = story.app.sign_in(story.nurse.actor.person, story.nurse.position()).await;
    story
}

#[tokio::test]
async fn quiet_hours_hold_by_the_regions_clocks_let_through_what_is_urgent_and_end_with_one_ring() {
    let story = Story::begin().await;
    let bell = story.rings(&story.nurse, "/nurse", "mine").await;
    wants_quiet(&story, true, "21:00", "07:00").await;
    let kept = story.nurse.get("/api/v1/me/bells").await.ok();
    assert_eq!(kept["quiet_hours"], json!({ "from": "21:00", "until": "07:00" }));

    story.app.clock.advance(13 * HOUR);
    let story = anew(story).await;
    story.says("明日でけっこうです", &["nurse"], false).await;
    story.says("こちらも", &["nurse"], false).await;
    story.settled().await;
    assert_eq!(story.rung_at(&story.nurse, &bell["id"]).await, Value::Null, "22:00 is quiet");
    story.says("急ぎです", &["nurse"], true).await;
    let push = story.service.rung("/nurse", 1).await.remove(0);
    assert_eq!(push.headers["urgency"], "high");

    story.app.clock.advance(9 * HOUR);
    let push = story.service.rung("/nurse", 2).await.remove(1);
    assert_eq!((&*push.headers["urgency"], &*push.headers["topic"]), ("normal", "mine"));
    // Told once: neither the next morning nor a restart tells of it again.
    story.app.clock.advance(24 * HOUR);
    story.settled().await;
    story.service.rung("/nurse", 2).await;
}

#[tokio::test]
async fn a_duty_that_falls_due_in_the_night_passes_and_one_that_can_wait_does_not() {
    let story = Story::begin().await;
    let bell = story.rings(&story.nurse, "/nurse", "mine").await;
    wants_quiet(&story, true, "08:00", "20:00").await;
    // Due at 13:00, before the quiet ends: it cannot wait for that.
    story.posts(ventilator()).await;
    story.service.rung("/nurse", 1).await;
    // Late: whoever sleeps is woken.
    story.app.clock.advance(4 * HOUR);
    story.app.hub.look_at_what_is_due().await.unwrap();
    story.settled().await;
    let late = story.service.pushes().into_iter().filter(|push| push.path == "/nurse").skip(1).collect::<Vec<_>>();
    assert!(!late.is_empty() && late.iter().all(|push| push.headers["urgency"] == "high"), "{late:?}");
    assert_ne!(story.rung_at(&story.nurse, &bell["id"]).await, Value::Null);
}

#[tokio::test]
async fn what_fell_due_while_the_hub_was_down_is_told_at_most_once() {
    let story = Story::begin().await;
    story.rings(&story.nurse, "/nurse", "urgent").await;
    story.posts(ventilator()).await;
    story.settled().await;
    let Story { app, service, doctor, nurse, patient, witness, elsewhere } = story;
    assert!(service.pushes().iter().all(|push| push.path != "/nurse"), "not late yet");

    let clock = std::sync::Arc::clone(&app.clock);
    let stopped = app.stop().await;
    clock.advance(6 * HOUR);
    let app = stopped.start().await;
    app.hub.look_at_what_is_due().await.unwrap();
    let story = anew(Story { app, service, doctor, nurse, patient, witness, elsewhere }).await;
    // Late, and told to her office: many reasons, one ring.
    story.service.rung("/nurse", 1).await;
    story.settled().await;
    story.service.rung("/nurse", 1).await;

    let Story { app, service, doctor, nurse, patient, witness, elsewhere } = story;
    let app = app.stop().await.start().await;
    app.hub.look_at_what_is_due().await.unwrap();
    let story = anew(Story { app, service, doctor, nurse, patient, witness, elsewhere }).await;
    story.settled().await;
    story.service.rung("/nurse", 1).await;
}

#[tokio::test]
async fn what_was_held_when_the_hub_stopped_is_told_once_when_the_quiet_has_ended() {
    let story = Story::begin().await;
    let bell = story.rings(&story.nurse, "/nurse", "mine").await;
    wants_quiet(&story, true, "08:00", "10:00").await;
    story.says("あとでけっこうです", &["nurse"], false).await;
    story.settled().await;
    assert_eq!(story.rung_at(&story.nurse, &bell["id"]).await, Value::Null);
    let Story { app, service, doctor, nurse, patient, witness, elsewhere } = story;
    let clock = std::sync::Arc::clone(&app.clock);
    let stopped = app.stop().await;
    clock.advance(2 * HOUR);
    let app = stopped.start().await;
    let story = anew(Story { app, service, doctor, nurse, patient, witness, elsewhere }).await;
    story.service.rung("/nurse", 1).await;
    let Story { app, service, doctor, nurse, patient, witness, elsewhere } = story;
    let app = app.stop().await.start().await;
    // Later than whoever was rung just now is left in peace anyway.
    app.clock.advance(HOUR);
    let story = anew(Story { app, service, doctor, nurse, patient, witness, elsewhere }).await;
    story.settled().await;
    story.service.rung("/nurse", 1).await;
}

#[tokio::test]
async fn whoever_ends_the_quiet_is_rung_again_and_hours_that_are_none_are_named() {
    let story = Story::begin().await;
    story.rings(&story.nurse, "/nurse", "mine").await;
    wants_quiet(&story, true, "08:00", "20:00").await;
    story.says("静かに", &["nurse"], false).await;
    story.settled().await;
    wants_quiet(&story, false, "08:00", "20:00").await;
    assert_eq!(story.nurse.get("/api/v1/me/bells").await.ok()["quiet_hours"], Value::Null);
    story.says("もう静かでなくてよい", &["nurse"], false).await;
    story.service.rung("/nurse", 1).await;
    for (from, until, field) in [("8:00", "20:00", "from"), ("08:00", "", "until"), ("08:00", "08:00", "until")] {
        let hours = json!({ "quiet": true, "from": from, "until": until });
        let answer = story.nurse.put("/api/v1/me/quiet-hours", hours).await;
        assert_eq!(answer.is(StatusCode::UNPROCESSABLE_ENTITY)["field"], field);
    }
}
