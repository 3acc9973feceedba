//! A machine whose clock was a day ahead and was set right: it shuts nobody out, what was to end ends, and the times on
//! record do not go back.

use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use renkei::clock::ManualClock;
use renkei::config::SessionLimits;
use renkei::domain::act::{Act, By, Deed};
use renkei::limits;
use renkei::store::StoreError;
use serde_json::json;

use crate::rest::audit::kept;
use crate::support::app::App;
use crate::support::visitor::{Account, Visitor};

const DAY: Duration = Duration::from_secs(86_400);

/// Started again as another process, whose clock is right.
async fn set_right(app: App) -> App {
    let (key, right) = (app.region_key(), app.clock.wall().saturating_sub(DAY));
    let (folder, database) = app.stop().await.into_parts();
    App::open_at(folder, database, key, Arc::new(ManualClock::at(right))).await
}

/// A hub whose recorded time is a day ahead, and somebody who signed in meanwhile.
async fn behind() -> (App, Account) {
    let app = App::start().await;
    let account = app.account_of(&app.nurse("minato").await).await;
    app.clock.jump(DAY);
    // The time server had told the phones the same.
    Visitor::at_page(&app).sign_in(&app, &account).await.is(StatusCode::CREATED);
    app.register_patient("高橋 ハル", "タカハシ ハル").await;
    let app = set_right(app).await;
    let ahead = app.hub.region().now().since(app.clock.wall());
    assert!(ahead >= DAY, "recorded time does not go back: {ahead:?}");
    (app, account)
}

#[tokio::test]
async fn row_6_whoever_signed_in_while_the_clock_was_ahead_signs_in_once_it_is_right() {
    let (app, account) = behind().await;
    let mut page = Visitor::at_page(&app);
    page.sign_in(&app, &account).await.is(StatusCode::CREATED);
    let again = Visitor::at_page(&app).sign_in(&app, &account).await;
    again.problem(StatusCode::UNAUTHORIZED, "sign_in_refused");
    app.next_code();
    Visitor::at_page(&app).sign_in(&app, &account).await.is(StatusCode::CREATED);
    page.get("/api/v1/me").await.ok();
    // Nor does the way back hang on recorded time: its code is of a phone, too.
    let nurse = app.nurse("minato").await;
    app.account_of(&nurse).await;
}

#[tokio::test]
async fn row_19_a_wait_is_as_long_as_it_was_told_while_the_clock_is_behind() {
    let (app, account) = behind().await;
    let guess = json!({ "login": account.login, "password": "推測", "code": "123456" });
    for _ in 0..limits::SIGN_IN_TRIES_BY_STRANGERS_BURST {
        let refused = Visitor::at_program(&app).post("/api/v1/sign-in", guess.clone()).await;
        refused.problem(StatusCode::UNAUTHORIZED, "sign_in_refused");
    }
    let waits = Visitor::at_program(&app).sign_in(&app, &account).await;
    waits.problem(StatusCode::TOO_MANY_REQUESTS, "too_many_tries");
    app.clock.advance(Duration::from_secs(waits.header("retry-after").parse().unwrap()));
    Visitor::at_program(&app).sign_in(&app, &account).await.is(StatusCode::CREATED);
}

#[tokio::test]
async fn row_10_a_sign_in_ends_while_the_clock_is_behind_at_half_the_pace() {
    let limits = SessionLimits {
        idle_timeout: Duration::from_secs(60),
        lifetime: Duration::from_secs(600),
        ..SessionLimits::default()
    };
    let app = App::start_within(limits).await;
    let nurse = app.nurse("minato").await;
    app.clock.jump(DAY);
    app.register_patient("高橋 ハル", "タカハシ ハル").await;
    app.clock.step_back(DAY);
    let (person, position) = (nurse.actor.person, nurse.position());
    let account = app.account_of(&nurse).await;
    let left = app.sign_in(person, position).await;
    let mut used = Visitor::at_page(&app);
    used.sign_in(&app, &account).await.is(StatusCode::CREATED);
    app.clock.advance(Duration::from_secs(100));
    used.get("/api/v1/me").await.ok();
    app.clock.advance(Duration::from_secs(21));
    left.get("/api/v1/me").await.problem(StatusCode::UNAUTHORIZED, "unauthenticated");
    used.get("/api/v1/me").await.ok();
    for _ in 0..10 {
        app.clock.advance(Duration::from_secs(100));
        used.get("/api/v1/me").await.ok();
    }
    app.clock.advance(Duration::from_secs(80));
    used.get("/api/v1/me").await.problem(StatusCode::UNAUTHORIZED, "unauthenticated");
}

#[tokio::test]
async fn row_5_the_times_of_the_audit_log_do_not_go_back_whichever_process_writes() {
    let app = App::start().await;
    let nurse = app.nurse("minato").await;
    let (person, position) = (nurse.actor.person, nurse.position());
    // A day ahead, and nothing but an act on record.
    app.clock.jump(DAY);
    app.sign_in(person, position).await;
    let app = set_right(app).await;
    app.sign_in(person, position).await;
    // As a command does, whose process knows the machine's clock alone.
    let (at, deed) = (app.clock.wall(), Deed::DutyClockReleased { stopped_at: app.clock.wall() });
    let act = Act { by: By::Operator, deed };
    let writing = app.hub.journal().write(move |tx| Box::pin(async move { tx.append_acts(at, [act]).await }));
    writing.await.map_err(|error: StoreError| error).unwrap();
    app.sign_in(person, position).await;
    let times: Vec<_> = kept(&app, 0).await.into_iter().map(|(at, _)| at).collect();
    assert!(times.is_sorted(), "{times:?}");
    assert!(times.last().is_some_and(|last| last.since(app.clock.wall()) >= DAY - Duration::from_secs(60)));
}
