//! A program that runs away takes nothing from others: requests and posts in a minute are bounded, for a sign-in and for an
//! address, and who is bounded reads when to go on.

use std::time::Duration;

use axum::http::StatusCode;
use renkei::config::RateSettings;
use renkei::domain::body::{Body, Note};
use renkei::wire::{Encoding, ServerFrame};
use serde_json::json;

use crate::support::app::App;
use crate::support::visitor::Visitor;

const RATES: RateSettings = RateSettings { requests: 60, requests_of_address: 90, posts: 60 };

#[tokio::test]
async fn a_sign_in_that_asks_without_pause_is_told_when_to_go_on_and_nobody_else_is() {
    let app = App::start().await;
    let (busy, colleague) = (app.nurse("minato").await, app.nurse("minato").await);
    app.hub.region().bound_rates(RATES);
    for _ in 0..RATES.requests {
        busy.get("/api/v1/me").await.ok();
    }
    let told = busy.get("/api/v1/me").await;
    told.problem(StatusCode::TOO_MANY_REQUESTS, "too_many_requests");
    assert_eq!(told.header("retry-after"), "2");
    // Whatever it asks for, a grave act too; and another sign-in of theirs is another.
    let post = busy.post("/api/v1/tickets", json!(null)).await;
    post.problem(StatusCode::TOO_MANY_REQUESTS, "too_many_requests");
    colleague.get("/api/v1/me").await.ok();
    app.sign_in(busy.actor.person, busy.position()).await.get("/api/v1/me").await.ok();
    app.clock.advance(Duration::from_secs(1));
    busy.get("/api/v1/me").await.ok();
    busy.get("/api/v1/me").await.problem(StatusCode::TOO_MANY_REQUESTS, "too_many_requests");
}

#[tokio::test]
async fn an_address_that_asks_without_pause_is_told_and_other_addresses_and_this_machine_are_not() {
    let app = App::start().await;
    app.hub.region().bound_rates(RATES);
    let mut flood = Visitor::at_program(&app).from("192.0.2.7");
    for _ in 0..RATES.requests_of_address {
        flood.get("/api/v1/sign-in").await.ok();
    }
    let told = flood.get("/api/v1/sign-in").await;
    told.problem(StatusCode::TOO_MANY_REQUESTS, "too_many_requests");
    assert_eq!(told.header("retry-after"), "1");
    Visitor::at_program(&app).from("192.0.2.8").get("/api/v1/sign-in").await.ok();
    for _ in 0..=RATES.requests_of_address {
        Visitor::at_program(&app).from("127.0.0.1").get("/api/v1/sign-in").await.ok();
    }
}

#[tokio::test]
async fn posts_over_sockets_beyond_the_rate_are_refused_for_now_and_taken_unchanged_later() {
    let app = App::start().await;
    let nurse = app.nurse("minato").await;
    let patient = app.register_patient("高橋 ハル", "タカハシ ハル").await;
    app.link(patient, "minato").await;
    app.hub.region().bound_rates(RATES);
    let note = || Body::Note(Note { text: "お変わりありません".to_owned(), ..Note::default() });
    let mut socket = nurse.connect(Encoding::Json).await;
    for _ in 0..RATES.posts {
        assert!(matches!(socket.post(patient, note()).await, ServerFrame::Accepted(_)));
    }
    // Another socket of the same sign-in has nothing more to spend.
    let mut second = nurse.connect(Encoding::Proto).await;
    let ServerFrame::Refused(refused) = second.post(patient, note()).await else { panic!("it is taken") };
    assert_eq!((&*refused.code, refused.retry), ("too_many_requests", true));
    assert!(refused.reasons[0].ja.contains("しばらくして"));
    app.clock.advance(Duration::from_secs(1));
    assert!(matches!(second.post(patient, note()).await, ServerFrame::Accepted(_)), "the socket stands");
    // Somebody else's posts are not held up by it.
    let other = app.nurse("minato").await;
    let mut theirs = other.connect(Encoding::Json).await;
    assert!(matches!(theirs.post(patient, note()).await, ServerFrame::Accepted(_)));
}
