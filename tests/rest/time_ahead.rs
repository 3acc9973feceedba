//! No record is destroyed early because the hub's time is ahead: neither where somebody wrote that time into the database, nor
//! where the machine's clock was ahead and is set right.

use std::time::Duration;

use axum::http::StatusCode;
use jiff::civil::Date;
use renkei::domain::ids::PatientId;
use renkei::domain::time::Timestamp;
use serde_json::{Value, json};
use sqlx::Connection as _;

use super::tampered::{region, warnings, written_by_hand};
use crate::support::actor::{Actor, Answer};
use crate::support::app::App;

const SIX_YEARS: Duration = Duration::from_secs(6 * 366 * 24 * 3_600);

/// A patient whose page is closed.
async fn patient_of_before(app: &App, secretariat: &Actor) -> PatientId {
    app.nurse("minato").await;
    let patient = app.register_patient("高橋 ハル", "タカハシ ハル").await;
    app.link(patient, "minato").await;
    let closing = json!({ "closing": { "reason": "no_further_need", "confirmed": true, "text": "転居のため" } });
    let entry = json!({ "id": app.hub.region().draw_id(), "body": closing });
    secretariat.post(format!("/api/v1/timelines/{patient}/entries"), entry).await.is(StatusCode::CREATED);
    patient
}

/// The same person, whose sign-in may have ended and who proves who they are.
async fn again(app: &App, who: &Actor) -> Actor {
    app.sign_in(who.actor.person, who.position()).await
}

async fn destroy(by: &Actor, patient: PatientId) -> Answer {
    let typed = json!({ "name": "高橋 ハル", "birth_date": "1938-04-12", "reason": "整理" });
    by.post(format!("/api/v1/patients/{patient}/destruction"), typed).await
}

async fn standing(by: &Actor, patient: PatientId) -> Value {
    by.get(format!("/api/v1/retention?patient={patient}")).await.ok()["patient"].clone()
}

#[tokio::test]
async fn row_15_a_time_that_was_written_by_hand_brings_no_end_of_retention_nearer() {
    let ways: [&'static str; 3] = [
        "update timeline set recorded_at = 9223372036854775807",
        "update timeline set recorded_at = 2000000000000000 where recorded_at = (select max(recorded_at) from timeline)",
        "update audit set recorded_at = 2000000000000000 where seq = (select max(seq) from audit)",
    ];
    for sql in ways {
        let app = region().await;
        let secretariat = app.secretariat().await;
        let patient = patient_of_before(&app, &secretariat).await;
        let mut by_hand = written_by_hand(&app).await;
        let stopped = app.stop().await;
        assert!(sqlx::query(sql).execute(&mut by_hand).await.unwrap().rows_affected() > 0, "{sql}");
        by_hand.close().await.unwrap();

        let app = stopped.start().await;
        assert!(app.hub.region().now() < "2026-04-02T00:00:00+09:00".parse().unwrap(), "{sql}");
        secretariat.get("/api/v1/me").await.ok();
        let by = again(&app, &secretariat).await;
        destroy(&by, patient).await.problem(StatusCode::CONFLICT, "retained");
        assert_eq!(standing(&by, patient).await["state"], "kept", "{sql}");
        assert!(warnings(&by).await.contains(&"history_tampered".to_owned()), "{sql}");
    }
}

#[tokio::test]
async fn row_15_nothing_is_destroyed_while_the_clock_is_behind() {
    let app = App::start().await;
    let secretariat = app.secretariat().await;
    let patient = patient_of_before(&app, &secretariat).await;
    app.clock.jump(SIX_YEARS);
    let by = again(&app, &secretariat).await;
    app.clock.step_back(SIX_YEARS);
    let refused = destroy(&by, patient).await.problem(StatusCode::CONFLICT, "clock_behind");
    for (language, word) in [("ja", "時計"), ("en", "clock is behind")] {
        assert!(refused["detail"][language].as_str().is_some_and(|text| text.contains(word)), "{refused}");
    }
    let listed = by.get("/api/v1/retention").await.ok();
    assert_eq!((&listed["due"], &listed["destroyed"]), (&json!([]), &json!([])));

    app.clock.jump(SIX_YEARS);
    destroy(&by, patient).await.ok();
}

#[tokio::test]
async fn row_15_a_retention_is_over_once_both_clocks_say_so() {
    let app = App::start().await;
    let secretariat = app.secretariat().await;
    let patient = patient_of_before(&app, &secretariat).await;
    let kept = standing(&secretariat, patient).await["kept"].clone();
    let until: Date = kept["until"].as_str().unwrap().parse().unwrap();
    let last: Timestamp = format!("{until}T23:59:58+09:00").parse().unwrap();
    let after = last.saturating_add(Duration::from_secs(4));
    app.clock.set(after);
    let by = again(&app, &secretariat).await;
    // Too little for anybody to say that it is behind.
    app.clock.set(last);
    assert!(!app.hub.region().is_clock_behind());
    assert_eq!(standing(&by, patient).await["state"], "kept");
    destroy(&by, patient).await.problem(StatusCode::CONFLICT, "retained");

    app.clock.set(after);
    assert_eq!(standing(&by, patient).await["state"], "due");
    destroy(&by, patient).await.ok();
}
