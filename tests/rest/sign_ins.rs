//! Tokens: handed out by the secretariat, ended by either side, and over at once when they are.

use std::time::Duration;

use axum::http::StatusCode;
use renkei::actions::sign_in::SignInError;
use renkei::config::SessionLimits;
use renkei::domain::role::OrganisationType;
use renkei::domain::time::Timestamp;
use renkei::session::TicketGate as _;
use renkei::store::{SignIn, StoreError};
use renkei::wire::codes::CloseCode;
use renkei::wire::{ClientFrame, Encoding, ServerFrame};
use serde_json::{Value, json};

use crate::support::app::App;
use crate::support::eventually;
use crate::support::socket::Socket;

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
    let (used_every, times) = (Duration::from_secs(1_800), 23);
    for _ in 0..times {
        app.clock.advance(used_every);
        nurse.get("/api/v1/me").await.ok();
    }
    app.clock.advance(used_every - Duration::from_secs(1));
    nurse.get("/api/v1/me").await.ok();
    app.clock.advance(Duration::from_secs(1));
    nurse.get("/api/v1/me").await.problem(StatusCode::UNAUTHORIZED, "unauthenticated");
}

#[tokio::test]
async fn a_token_that_nobody_uses_ends_and_an_open_socket_uses_it() {
    let idle_timeout = Duration::from_secs(600);
    let app = App::start_within(SessionLimits { idle_timeout, ..SessionLimits::default() }).await;
    let (nurse, doctor) = (app.nurse("minato").await, app.doctor("hikari").await);
    app.clock.advance(idle_timeout);
    doctor.get("/api/v1/me").await.ok();
    let socket = nurse.connect(Encoding::Json).await;
    app.clock.advance(idle_timeout + Duration::from_secs(1));
    nurse.get("/api/v1/me").await.ok();
    doctor.get("/api/v1/me").await.problem(StatusCode::UNAUTHORIZED, "unauthenticated");
    // From the end of the socket on, it is not used.
    drop(socket);
    eventually("the session ended", || app.hub.sessions().count() == 0).await;
    app.clock.advance(idle_timeout);
    nurse.get("/api/v1/me").await.ok();
    app.clock.advance(idle_timeout + Duration::from_secs(1));
    nurse.get("/api/v1/me").await.problem(StatusCode::UNAUTHORIZED, "unauthenticated");
    let _app = app.stop().await.start().await;
    for idle in [&nurse, &doctor] {
        idle.get("/api/v1/me").await.problem(StatusCode::UNAUTHORIZED, "unauthenticated");
    }
}

/// A hub that starts anew counts from the last use on record, and neither anew nor from long ago.
#[tokio::test]
async fn row_10_a_start_of_the_hub_is_no_use_of_a_sign_in() {
    let idle_timeout = Duration::from_secs(60);
    let app = App::start_within(SessionLimits { idle_timeout, ..SessionLimits::default() }).await;
    let (nurse, doctor) = (app.nurse("minato").await, app.doctor("hikari").await);
    app.clock.advance(Duration::from_secs(40));
    doctor.get("/api/v1/me").await.ok();
    app.clock.advance(Duration::from_secs(26));
    let app = app.stop().await.start().await;
    nurse.get("/api/v1/me").await.problem(StatusCode::UNAUTHORIZED, "unauthenticated");
    doctor.get("/api/v1/me").await.ok();
    let nurse = app.sign_in(nurse.actor.person, nurse.position()).await;
    let listed = nurse.get("/api/v1/me/sign-ins").await.ok();
    assert_eq!(listed["sign_ins"].as_array().unwrap().len(), 1, "{listed}");
}

#[tokio::test]
async fn row_10_who_was_at_work_when_the_hub_stopped_or_fell_goes_on() {
    let idle_timeout = Duration::from_secs(600);
    let app = App::start_within(SessionLimits { idle_timeout, ..SessionLimits::default() }).await;
    let (nurse, doctor) = (app.nurse("minato").await, app.doctor("hikari").await);
    let _open = nurse.connect(Encoding::Json).await;
    app.clock.advance(Duration::from_secs(550));
    doctor.get("/api/v1/me").await.ok();
    app.clock.advance(Duration::from_secs(550));
    // The nurse is at a page that stands open; both were in use until the hub stopped, or just before.
    let app = app.stop().await.start().await;
    app.clock.advance(Duration::from_secs(40));
    for at_work in [&nurse, &doctor] {
        at_work.get("/api/v1/me").await.ok();
    }
    // One that falls without a word has noted it a little before.
    let _open = nurse.connect(Encoding::Json).await;
    app.clock.advance(Duration::from_secs(590));
    let noted = app.sign_ins().note_in_use(Timestamp(0)).await.unwrap();
    app.clock.advance(Duration::from_secs(5));
    let used_at: Timestamp = {
        let person = nurse.actor.person;
        let listing = app.hub.journal().read(move |tx| Box::pin(tx.list_sign_ins(person))).await;
        let listed: Vec<SignIn> = listing.map_err(|error: StoreError| error).unwrap();
        listed.iter().map(|one| one.used_at).max().unwrap()
    };
    assert_eq!(used_at, noted);
}

#[tokio::test]
async fn nothing_outlives_a_sign_in_that_ends_while_it_is_on_its_way() {
    let app = App::start().await;
    let nurse = app.nurse("minato").await;
    let sign_ins = app.sign_ins();
    let ticket = nurse.ticket().await;
    let looked_at = sign_ins.authenticate(&nurse.token).await.unwrap();
    let redeemed = sign_ins.redeem(&ticket).unwrap();
    assert!(sign_ins.stands(&redeemed));
    nurse.delete("/api/v1/me").await.is(StatusCode::NO_CONTENT);
    assert!(matches!(sign_ins.ticket(looked_at), Err(SignInError::Refused)), "drawn after the end");
    assert!(!sign_ins.stands(&redeemed), "redeemed before the end, its socket not yet open");
}

/// What the secretariat writes of an organisation.
fn organisation(kind: &str, active: bool) -> Value {
    json!({ "name": "みなと", "kana": "ミナト", "type": kind, "phone": "03-5550-0101", "active": active })
}

#[tokio::test]
async fn an_organisation_that_ends_its_work_is_out_at_once() {
    let app = App::start().await;
    let (secretariat, nurse, doctor) = (app.secretariat().await, app.nurse("minato").await, app.doctor("hikari").await);
    let mut socket = nurse.connect(Encoding::Json).await;
    let mut other = doctor.connect(Encoding::Json).await;
    let ticket = nurse.ticket().await;
    let url = format!("/api/v1/organisations/{}", nurse.actor.organisation);
    secretariat.put(&url, organisation("nursing_station", false)).await.ok();
    assert_eq!(socket.closed().await, Some(CloseCode::SignInEnded));
    let mut late = Socket::open(app.address, Encoding::Json).await;
    late.say_hello(1, &ticket).await;
    assert_eq!(late.closed().await, Some(CloseCode::TicketRefused));
    // Its sign-ins ended for good.
    secretariat.put(&url, organisation("nursing_station", true)).await.ok();
    nurse.get("/api/v1/me").await.problem(StatusCode::UNAUTHORIZED, "unauthenticated");
    other.send(&ClientFrame::Heartbeat).await;
    app.beat();
    assert!(matches!(other.next_frame().await, ServerFrame::Heartbeat { .. }), "nobody else noticed");
}

#[tokio::test]
async fn people_of_an_organisation_that_becomes_another_type_come_back_as_that() {
    let app = App::start().await;
    let (secretariat, nurse) = (app.secretariat().await, app.nurse("minato").await);
    let mut socket = nurse.connect(Encoding::Json).await;
    let url = format!("/api/v1/organisations/{}", nurse.actor.organisation);
    secretariat.put(&url, organisation("hospital", true)).await.ok();
    assert_eq!(socket.closed().await, Some(CloseCode::GoingAway));
    let mut socket = Socket::open(app.address, Encoding::Json).await;
    let welcome = socket.hello(&nurse.ticket().await).await;
    assert_eq!(welcome.actor.organisation_type, OrganisationType::Hospital);
    // A name that changes closes nothing.
    secretariat.put(&url, organisation("hospital", true)).await.ok();
    app.beat();
    assert!(matches!(socket.next_frame().await, ServerFrame::Heartbeat { .. }));
}

#[tokio::test]
async fn the_secretariat_takes_a_token_back() {
    let app = App::start().await;
    let (secretariat, nurse) = (app.secretariat().await, app.nurse("minato").await);
    let second = app.sign_in(nurse.actor.person, nurse.position()).await;
    assert_eq!(second.get("/api/v1/me").await.ok()["role"], "nurse");
    let path = format!("/api/v1/sign-ins/{}", second.sign_in);
    assert_eq!(secretariat.delete(&path).await.status, StatusCode::NO_CONTENT);
    second.get("/api/v1/me").await.problem(StatusCode::UNAUTHORIZED, "unauthenticated");
    nurse.get("/api/v1/me").await.ok();
    secretariat.delete(&path).await.problem(StatusCode::NOT_FOUND, "not_found");
    // Nobody hands one out: whoever is to get in is invited.
    let asked = json!({ "role": "nurse", "organisation": nurse.actor.organisation.to_string() });
    let handed_out = secretariat.post(format!("/api/v1/people/{}/sign-ins", nurse.actor.person), asked).await;
    handed_out.problem(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed");
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
