//! Exceptions: somebody whose tablet is lost works on for a while, by the secretariat's word and on record.

use std::time::Duration;

use axum::http::StatusCode;
use renkei::domain::act::{By, Deed};
use renkei::domain::device::{DeviceDeed, DeviceDemand};
use renkei::limits;
use renkei::wire::Encoding;
use renkei::wire::codes::CloseCode;
use serde_json::{Value, json};

use super::lines::{sign_in, token};
use crate::rest::accounts::acts;
use crate::support::app::App;
use crate::support::line::TlsDoor;

#[tokio::test]
async fn row_3_who_lost_their_tablet_works_on_until_the_moment_granted_and_on_record() {
    let app = App::start().await;
    let (secretariat, nurse) = (app.secretariat().await, app.nurse("minato").await);
    let account = app.account_of(&nurse).await;
    let door = TlsDoor::open(&app, DeviceDemand::Required).await;
    sign_in(&app, &door, None, &account).await.problem(StatusCode::FORBIDDEN, "device_required");
    let path = format!("/api/v1/people/{}/device-exception", nurse.actor.person);
    let until = app.hub.region().now().saturating_add(Duration::from_secs(2 * 3_600));
    let reason = "タブレットの紛失。声で本人と確かめた";
    let given = json!({ "until": until.to_rfc3339(), "reason": reason });
    secretariat.put(&path, given).await.is(StatusCode::NO_CONTENT);
    let entered = sign_in(&app, &door, None, &account).await.is(StatusCode::CREATED);
    assert_eq!(entered["expires_at"], until.to_rfc3339());
    let listed = secretariat.get("/api/v1/device-exceptions").await.ok();
    assert_eq!(listed["exceptions"][0]["person"], nurse.actor.person.to_string());
    let kept = acts(&app).await;
    let granted =
        kept.iter().find(|act| matches!(&act.deed, Deed::Device(DeviceDeed::ExceptionGranted { .. }))).unwrap();
    let Deed::Device(DeviceDeed::ExceptionGranted { person, reason: kept, .. }) = &granted.deed else { panic!() };
    assert_eq!((granted.by, *person, kept.as_str()), (By::Person(secretariat.actor), nurse.actor.person, reason));

    // A sign-in that would last longer ends with the exception too, and so does its socket.
    let longer = app.sign_in(nurse.actor.person, nurse.position()).await;
    let shown = door.ask(None, "GET", "/api/v1/me", Some(&longer.token), None).await.unwrap().ok();
    assert_eq!(shown["expires_at"], until.to_rfc3339());
    let mut socket = door.socket(None, Encoding::Json).await;
    let welcome = socket.hello(&longer.ticket().await).await;
    assert_eq!(welcome.authenticated_until, until);
    app.clock.advance(Duration::from_secs(2 * 3_600));
    app.beat();
    assert_eq!(socket.closed().await, Some(CloseCode::SignInExpired));
    let late = door.ask(None, "GET", "/api/v1/me", Some(&longer.token), None).await.unwrap();
    late.problem(StatusCode::FORBIDDEN, "device_required");
    sign_in(&app, &door, None, &account).await.problem(StatusCode::FORBIDDEN, "device_required");
    let later = app.sign_in(secretariat.actor.person, secretariat.position()).await;
    assert_eq!(later.get("/api/v1/device-exceptions").await.ok()["exceptions"], json!([]));
    door.close().await;
}

#[tokio::test]
async fn an_exception_that_is_ended_ends_what_was_begun_by_it_and_none_is_granted_lightly() {
    let app = App::start().await;
    let (secretariat, nurse) = (app.secretariat().await, app.nurse("minato").await);
    let account = app.account_of(&nurse).await;
    let door = TlsDoor::open(&app, DeviceDemand::Required).await;
    let path = format!("/api/v1/people/{}/device-exception", nurse.actor.person);
    let at = |seconds: u64| app.hub.region().now().saturating_add(Duration::from_secs(seconds)).to_rfc3339();
    let refused = async |body: Value, code: &str, field: &str| {
        let problem = secretariat.put(&path, body).await.problem(StatusCode::UNPROCESSABLE_ENTITY, code);
        assert_eq!(problem["field"], field);
    };
    refused(json!({ "until": at(60), "reason": " " }), "required", "reason").await;
    refused(json!({ "until": at(0), "reason": "紛失" }), "out_of_range", "until").await;
    refused(json!({ "until": at(limits::DEVICE_EXCEPTION_S_MAX + 1), "reason": "紛失" }), "out_of_range", "until")
        .await;
    refused(json!({ "until": "tomorrow", "reason": "紛失" }), "bad_date", "until").await;
    let given = json!({ "until": at(3_600), "reason": "紛失" });
    let mine = format!("/api/v1/people/{}/device-exception", secretariat.actor.person);
    secretariat.put(mine, given.clone()).await.problem(StatusCode::FORBIDDEN, "forbidden");
    super::administrator(&app, "minato")
        .await
        .put(&path, given.clone())
        .await
        .problem(StatusCode::FORBIDDEN, "forbidden");
    secretariat.delete(&path).await.problem(StatusCode::NOT_FOUND, "not_found");

    secretariat.put(&path, given).await.is(StatusCode::NO_CONTENT);
    let entered = sign_in(&app, &door, None, &account).await.is(StatusCode::CREATED);
    let ask = async || door.ask(None, "GET", "/api/v1/me", Some(token(&entered)), None).await.unwrap();
    ask().await.ok();
    let drawn = door.ask(None, "POST", "/api/v1/tickets", Some(token(&entered)), None).await.unwrap();
    let mut socket = door.socket(None, Encoding::Json).await;
    socket.hello(drawn.is(StatusCode::CREATED)["ticket"].as_str().unwrap()).await;
    secretariat.delete(&path).await.is(StatusCode::NO_CONTENT);
    assert_eq!(socket.closed().await, Some(CloseCode::SignInEnded), "at once");
    ask().await.problem(StatusCode::UNAUTHORIZED, "unauthenticated");
    let last = acts(&app).await;
    assert!(last.iter().any(|act| act.deed == Deed::Device(DeviceDeed::ExceptionEnded { person: nurse.actor.person })));
    door.close().await;
}
