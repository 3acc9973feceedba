//! Tokens: handed out by the secretariat, ended by either side, and over at once when they are.

use std::time::Duration;

use axum::http::StatusCode;
use renkei::wire::Encoding;
use renkei::wire::codes::CloseCode;
use serde_json::json;

use crate::support::app::App;

#[tokio::test]
async fn signing_out_voids_the_token_and_closes_its_sockets() {
    let app = App::start().await;
    let nurse = app.nurse("minato").await;
    let mut socket = nurse.connect(Encoding::Json).await;
    assert_eq!(nurse.delete("/api/v1/me").await.status, StatusCode::NO_CONTENT);
    assert_eq!(socket.closed().await, Some(CloseCode::SignInEnded));
    nurse.get("/api/v1/me").await.problem(StatusCode::UNAUTHORIZED, "unauthenticated");
}

#[tokio::test]
async fn a_token_ends_with_its_time() {
    let app = App::start().await;
    let nurse = app.nurse("minato").await;
    app.clock.advance(Duration::from_secs(12 * 3_600 - 1));
    nurse.get("/api/v1/me").await.ok();
    app.clock.advance(Duration::from_secs(1));
    nurse.get("/api/v1/me").await.problem(StatusCode::UNAUTHORIZED, "unauthenticated");
}

#[tokio::test]
async fn the_secretariat_hands_out_a_token_for_a_position_and_takes_it_back() {
    let app = App::start().await;
    let (secretariat, nurse) = (app.secretariat().await, app.nurse("minato").await);
    let path = format!("/api/v1/people/{}/sign-ins", nurse.actor.person);
    let organisation = nurse.actor.organisation.to_string();
    let issued =
        secretariat.post(&path, json!({ "role": "nurse", "organisation": organisation, "valid_for_s": 60 })).await;
    let issued = issued.is(StatusCode::CREATED);
    assert_eq!(issued["expires_at"], "2026-04-01T00:01:00Z");
    let mut second = nurse.clone();
    second.token = issued["token"].as_str().unwrap().to_owned();
    assert_eq!(second.get("/api/v1/me").await.ok()["role"], "nurse");

    let id = issued["id"].as_str().unwrap();
    assert_eq!(secretariat.delete(format!("/api/v1/sign-ins/{id}")).await.status, StatusCode::NO_CONTENT);
    second.get("/api/v1/me").await.problem(StatusCode::UNAUTHORIZED, "unauthenticated");
    nurse.get("/api/v1/me").await.ok();
    secretariat.delete(format!("/api/v1/sign-ins/{id}")).await.problem(StatusCode::NOT_FOUND, "not_found");

    let wrong = [
        (json!({ "role": "doctor", "organisation": organisation }), "not_found", "role"),
        (json!({ "role": "king", "organisation": organisation }), "unknown_code", "role"),
        (json!({ "role": "nurse", "organisation": "x" }), "bad_id", "organisation"),
        (json!({ "role": "nurse", "organisation": organisation, "valid_for_s": 0 }), "out_of_range", "valid_for_s"),
        (json!({ "role": "nurse" }), "required", "organisation"),
    ];
    for (sent, code, field) in wrong {
        let problem = secretariat.post(&path, sent.clone()).await.problem(StatusCode::UNPROCESSABLE_ENTITY, code);
        assert_eq!(problem["field"], field, "{sent}");
    }
}

#[tokio::test]
async fn who_is_suspended_is_out_at_once() {
    let app = App::start().await;
    let (secretariat, nurse) = (app.secretariat().await, app.nurse("minato").await);
    let mut socket = nurse.connect(Encoding::Proto).await;
    let path = format!("/api/v1/people/{}/suspend", nurse.actor.person);
    assert_eq!(secretariat.post(path, json!({})).await.status, StatusCode::NO_CONTENT);
    assert_eq!(socket.closed().await, Some(CloseCode::SignInEnded));
    nurse.get("/api/v1/me").await.problem(StatusCode::UNAUTHORIZED, "unauthenticated");
}

#[tokio::test]
async fn a_token_outlives_a_restart_of_the_hub() {
    let app = App::start().await;
    let nurse = app.nurse("minato").await;
    let _app = app.stop().await.start().await;
    assert_eq!(nurse.get("/api/v1/me").await.ok()["person"]["id"], nurse.actor.person.to_string());
}
