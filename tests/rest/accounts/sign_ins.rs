//! One's own sign-ins: which there are, ending one or all, their limits, and another password.

use std::time::Duration;

use axum::http::StatusCode;
use renkei::config::SessionLimits;
use renkei::limits;
use renkei::wire::Encoding;
use renkei::wire::codes::CloseCode;
use serde_json::json;

use crate::support::app::App;
use crate::support::visitor::Visitor;

#[tokio::test]
async fn row_10_every_sign_in_says_when_it_ends_and_ends_then() {
    let (idle_timeout, lifetime) = (Duration::from_secs(900), Duration::from_secs(3_600));
    let app = App::start_within(SessionLimits { idle_timeout, lifetime, ..SessionLimits::default() }).await;
    let account = app.account_of(&app.nurse("minato").await).await;
    let (mut used, mut left) = (Visitor::at_page(&app), Visitor::at_page(&app));
    used.sign_in(&app, &account).await.is(StatusCode::CREATED);
    app.next_code();
    left.sign_in(&app, &account).await.is(StatusCode::CREATED);
    let listed = used.get("/api/v1/me/sign-ins").await.ok();
    let hers = listed["sign_ins"].as_array().unwrap().iter().find(|one| one["is_this"] == true).unwrap();
    assert_eq!((&hers["device"], &hers["way"]), (&"テスト端末".into(), &"password".into()));
    assert_eq!(hers["idle_until"], "2026-04-01T00:16:00Z");
    assert_eq!(hers["expires_at"], "2026-04-01T01:00:30Z");
    // By the second one, by that of the invitation, and by this one.
    assert_eq!(listed["sign_ins"].as_array().unwrap().len(), 3);
    app.clock.advance(idle_timeout - Duration::from_secs(10));
    used.get("/api/v1/me").await.ok();
    app.clock.advance(Duration::from_secs(11));
    left.get("/api/v1/me").await.problem(StatusCode::UNAUTHORIZED, "unauthenticated");
    let listed = used.get("/api/v1/me/sign-ins").await.ok();
    assert_eq!(listed["sign_ins"].as_array().unwrap().len(), 1, "{listed}");
    for _ in 0..3 {
        app.clock.advance(Duration::from_secs(895));
        used.get("/api/v1/me").await;
    }
    used.get("/api/v1/me").await.problem(StatusCode::UNAUTHORIZED, "unauthenticated");
}

#[tokio::test]
async fn when_a_sign_in_was_last_used_is_known_after_a_restart() {
    let app = App::start().await;
    let nurse = app.nurse("minato").await;
    let other = app.sign_in(nurse.actor.person, nurse.position()).await;
    app.clock.advance(Duration::from_millis(limits::SIGN_IN_USE_NOTED_MS));
    nurse.get("/api/v1/me").await.ok();
    app.clock.advance(Duration::from_secs(60));
    let app = app.stop().await.start().await;
    let listed = other.get("/api/v1/me/sign-ins").await.ok();
    let used = |at: usize| listed["sign_ins"][at]["used_at"].as_str().unwrap().to_owned();
    assert_eq!((used(0), used(1)), ("2026-04-01T00:06:00Z".to_owned(), "2026-04-01T00:05:00Z".to_owned()));
    drop(app);
}

#[tokio::test]
async fn row_17_signing_out_everywhere_closes_everything_now() {
    let app = App::start().await;
    let nurse = app.nurse("minato").await;
    let account = app.account_of(&nurse).await;
    let mut page = Visitor::at_page(&app);
    page.sign_in(&app, &account).await.is(StatusCode::CREATED);
    // Setting the account up ended what she was signed in by.
    let nurse = app.sign_in(nurse.actor.person, nurse.position()).await;
    let mut socket = nurse.connect(Encoding::Json).await;
    let other = app.nurse("minato").await;
    page.delete("/api/v1/me/sign-ins").await.is(StatusCode::NO_CONTENT);
    assert_eq!(socket.closed().await, Some(CloseCode::SignInEnded));
    nurse.get("/api/v1/me").await.problem(StatusCode::UNAUTHORIZED, "unauthenticated");
    assert!(!page.cookies.contains_key("__Host-renkei"), "{:?}", page.cookies);
    other.get("/api/v1/me").await.ok();
}

#[tokio::test]
async fn one_of_my_sign_ins_can_be_ended_and_none_of_anybody_else() {
    let app = App::start().await;
    let (nurse, other) = (app.nurse("minato").await, app.nurse("minato").await);
    let tablet = app.sign_in(nurse.actor.person, nurse.position()).await;
    let mut socket = tablet.connect(Encoding::Json).await;
    let foreign = nurse.delete(format!("/api/v1/me/sign-ins/{}", other.sign_in)).await;
    foreign.problem(StatusCode::NOT_FOUND, "not_found");
    nurse.delete(format!("/api/v1/me/sign-ins/{}", tablet.sign_in)).await.is(StatusCode::NO_CONTENT);
    assert_eq!(socket.closed().await, Some(CloseCode::SignInEnded));
    nurse.get("/api/v1/me").await.ok();
    other.get("/api/v1/me").await.ok();
}

#[tokio::test]
async fn of_too_many_sign_ins_the_one_longest_unused_ends() {
    let app = App::start().await;
    let nurse = app.nurse("minato").await;
    for _ in 1..limits::SESSIONS_PER_PERSON_MAX {
        app.clock.advance(Duration::from_secs(1));
        app.sign_in(nurse.actor.person, nurse.position()).await;
    }
    nurse.get("/api/v1/me").await.ok();
    app.sign_in(nurse.actor.person, nurse.position()).await;
    nurse.get("/api/v1/me").await.problem(StatusCode::UNAUTHORIZED, "unauthenticated");
}

#[tokio::test]
async fn another_password_needs_the_present_one_and_a_code_and_ends_what_else_is_open() {
    let app = App::start().await;
    let account = app.account_of(&app.nurse("minato").await).await;
    let (mut here, mut elsewhere) = (Visitor::at_page(&app), Visitor::at_page(&app));
    here.sign_in(&app, &account).await.is(StatusCode::CREATED);
    app.next_code();
    elsewhere.sign_in(&app, &account).await.is(StatusCode::CREATED);
    app.next_code();
    let new = "晴れた日は布団を三枚ほして待つ";
    let given = |present: &str, code: &str, new: &str| json!({ "present": present, "code": code, "new": new });
    for (present, code) in
        [("違うパスワードをいれてみる", account.code(&app)), (&*account.password, "000000".to_owned())]
    {
        let wrong = here.put("/api/v1/me/password", given(present, &code, new)).await;
        assert_eq!(wrong.problem(StatusCode::UNPROCESSABLE_ENTITY, "mismatch")["field"], "present");
    }
    here.put("/api/v1/me/password", given(&account.password, &account.code(&app), new))
        .await
        .is(StatusCode::NO_CONTENT);
    here.get("/api/v1/me").await.ok();
    elsewhere.get("/api/v1/me").await.problem(StatusCode::UNAUTHORIZED, "unauthenticated");
    app.next_code();
    elsewhere.sign_in(&app, &account).await.problem(StatusCode::UNAUTHORIZED, "sign_in_refused");
    let changed = crate::support::visitor::Account { password: new.to_owned(), ..account };
    elsewhere.sign_in(&app, &changed).await.is(StatusCode::CREATED);
    // Whoever found an open screen does not guess for ever.
    let mut last = StatusCode::OK;
    for _ in 0..=limits::SIGN_IN_TRIES_BY_DEVICE_BURST {
        last = here.put("/api/v1/me/password", given("x", "1", new)).await.status;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
}
