//! What push services do, and what the hub lets them do to it: they are outside parties, slow, down, or not what they seem.

use std::time::Duration;

use axum::http::StatusCode;
use renkei::config::{PushSettings, Reach};
use renkei::limits;
use serde_json::json;

use super::{Story, call, message};
use crate::support::app::App;
use crate::support::eventually;
use crate::support::visitor::Visitor;

async fn metric(app: &App, name: &str) -> u64 {
    let metrics = Visitor::at_program(app).from("127.0.0.1").get("/metrics").await.text();
    let line = metrics.lines().find(|line| line.starts_with(&format!("renkei_{name} ")));
    line.and_then(|line| line.rsplit_once(' ')).expect("a metric").1.parse().expect("a number")
}

#[tokio::test]
async fn a_device_that_is_gone_is_forgotten() {
    let story = Story::begin().await;
    for (path, answer) in [("/gone", "410 Gone"), ("/unknown", "404 Not Found")] {
        story.service.answer(path, answer);
        story.rings(&story.nurse, path, "mine").await;
    }
    story.says("聞こえますか", &["nurse"], true).await;
    story.service.rung("/gone", 1).await;
    story.service.rung("/unknown", 1).await;
    let app = &story.app;
    crate::support::until("both are forgotten", async || metric(app, "pushes_gone_total").await == 2).await;
    assert_eq!(story.nurse.get("/api/v1/me/bells").await.ok()["bells"], json!([]));
}

#[tokio::test]
async fn a_service_that_asks_for_a_pause_gets_it_and_one_that_goes_on_failing_is_given_up() {
    let story = Story::begin().await;
    story.service.answer("/nurse", "503 Service Unavailable\r\nretry-after: 300");
    story.rings(&story.nurse, "/nurse", "mine").await;
    story.says("聞こえますか", &["nurse"], true).await;
    story.service.rung("/nurse", 1).await;
    story.settled().await;
    story.app.clock.advance(Duration::from_secs(299));
    story.settled().await;
    story.service.rung("/nurse", 1).await;
    for times in 2..=limits::PUSH_TRIES_MAX as usize {
        story.app.clock.advance(Duration::from_secs(301));
        story.service.rung("/nurse", times).await;
        story.settled().await;
    }
    let app = &story.app;
    crate::support::until("it is given up", async || metric(app, "pushes_failed_total").await == 1).await;
    // The next reason is another.
    story.service.answer("/nurse", "201 Created");
    story.app.clock.advance(Duration::from_secs(limits::BELL_URGENT_GAP_S));
    story.says("聞こえますか", &["nurse"], true).await;
    story.service.rung("/nurse", limits::PUSH_TRIES_MAX as usize + 1).await;
}

#[tokio::test]
async fn no_redirect_is_followed_and_what_a_service_refuses_is_not_sent_again() {
    let story = Story::begin().await;
    let elsewhere = story.service.endpoint("/elsewhere");
    story.service.answer("/nurse", &format!("307 Temporary Redirect\r\nlocation: {elsewhere}"));
    story.rings(&story.nurse, "/nurse", "mine").await;
    story.says("聞こえますか", &["nurse"], true).await;
    let app = &story.app;
    crate::support::until("it is refused", async || metric(app, "pushes_failed_total").await == 1).await;
    story.app.clock.advance(Duration::from_secs(3_600));
    story.settled().await;
    story.service.rung("/nurse", 1).await;
    assert!(story.service.pushes().iter().all(|push| push.path != "/elsewhere"));
}

#[tokio::test]
async fn a_service_that_hangs_slows_no_post() {
    let story = Story::begin().await;
    for number in 0..3 {
        let nurse = story.app.nurse("minato").await;
        story.rings(&nurse, &format!("/nurse/{number}"), "mine").await;
    }
    story.service.hold(true);
    for number in 0..10 {
        story.says(&format!("記録 {number}"), &["nurse"], true).await;
    }
    // All were answered while the service has not answered once.
    eventually("it was asked", || story.service.pushes().len() >= 3).await;
    assert_eq!(metric(&story.app, "pushes_total").await, 0);
    story.service.hold(false);
    let app = &story.app;
    // Whom the service kept waiting for too long is rung again.
    let answers = async || {
        app.clock.advance(Duration::from_secs(10));
        metric(app, "pushes_total").await >= 3
    };
    crate::support::until("it answers", answers).await;
}

#[tokio::test]
async fn a_service_that_is_not_on_the_list_is_told_of_nobody() {
    let story = Story::begin().await;
    for endpoint in ["https://push.example.jp/a", "http://localhost/a", "https://localhost/a", "https://10.0.0.1/a", ""]
    {
        let given = json!({ "endpoint": endpoint, "wish": "mine", "device": "" });
        let answer = story.nurse.post("/api/v1/me/bells", given).await;
        assert_eq!(answer.problem(StatusCode::UNPROCESSABLE_ENTITY, "unexpected")["field"], "endpoint", "{endpoint}");
    }
    // Taken off the list later, it is asked no more.
    story.rings(&story.nurse, "/nurse", "mine").await;
    let Story { app, service, doctor, patient, .. } = story;
    let app = app.stop().await.start_with_push(PushSettings { services: Vec::new(), ..service.settings() }).await;
    let path = format!("/api/v1/timelines/{patient}/entries");
    for post in [call(), message("聞こえますか", &["nurse"], true)] {
        doctor.post(&path, post).await.is(StatusCode::CREATED);
    }
    crate::support::until("it is refused", async || metric(&app, "pushes_refused_total").await == 1).await;
    assert_eq!(service.connections(), 0);
}

#[tokio::test]
async fn a_name_that_leads_into_this_machine_is_not_followed() {
    let story = Story::begin_with(|settings| PushSettings { reach: Reach::Public, ..settings }).await;
    story.rings(&story.nurse, "/nurse", "mine").await;
    story.says("聞こえますか", &["nurse"], true).await;
    let app = &story.app;
    crate::support::until("it is refused", async || metric(app, "pushes_refused_total").await == 1).await;
    assert_eq!(story.service.connections(), 0);
}

#[tokio::test]
async fn a_hub_that_rings_nobody_says_so_and_another_hub_of_the_region_has_the_same_key() {
    let app = App::start().await;
    let nurse = app.nurse("minato").await;
    let off = nurse.get("/api/v1/me/bells").await.ok();
    assert_eq!(off["key"], serde_json::Value::Null);
    let given = json!({ "endpoint": "https://push.example.jp/a", "wish": "mine", "device": "" });
    nurse.post("/api/v1/me/bells", given).await.problem(StatusCode::CONFLICT, "conflict");

    let story = Story::begin().await;
    let key = story.nurse.get("/api/v1/me/bells").await.ok()["key"].clone();
    let Story { app, nurse, .. } = story;
    let _app = app.stop().await.start().await;
    assert_eq!(nurse.get("/api/v1/me/bells").await.ok()["key"], key, "made once");
}
