//! What is put right counts at once: values, limits, times; and nobody sees more than they may because of it.

use axum::http::StatusCode;
use renkei::domain::ids::PatientId;
use renkei::domain::role::Role;
use serde_json::{Value, json};

use crate::support::actor::Actor;
use crate::support::app::App;

fn id(number: u64) -> String {
    format!("0196d5a2-7c00-7000-8000-{number:012x}")
}

fn spo2(value: &str) -> Value {
    json!({ "vital": { "measurements": [{ "sign": "spo2", "value": value, "unit": "%" }] } })
}

fn correction(target: u64, body: &Value) -> Value {
    json!({ "correction": { "target": id(target), "body": body, "reason": "誤記" } })
}

async fn post(actor: &Actor, patient: PatientId, number: u64, body: Value) -> Value {
    let answer =
        actor.post(format!("/api/v1/timelines/{patient}/entries"), json!({ "id": id(number), "body": body })).await;
    answer.is(StatusCode::CREATED)
}

async fn latest(actor: &Actor, patient: PatientId) -> Vec<String> {
    let one = actor.get(format!("/api/v1/patients/{patient}")).await.ok();
    let values = one["latest_vitals"].as_array().unwrap().iter();
    values.map(|vital| format!("{} {}", vital["sign"].as_str().unwrap(), vital["value"].as_str().unwrap())).collect()
}

#[tokio::test]
async fn corrected_limits_alarm_and_corrected_values_are_the_latest() {
    let app = App::start().await;
    let (doctor, nurse) = (app.doctor("hikari").await, app.nurse("minato").await);
    let patient = app.register_patient("高橋 ハル", "タカハシ ハル").await;
    app.link(patient, "hikari").await;
    app.link(patient, "minato").await;
    let limits = |low: &str| json!({ "alarmLimits": { "limits": [{ "sign": "spo2", "low": low }] } });

    post(&doctor, patient, 1, limits("29")).await;
    post(&doctor, patient, 2, correction(1, &limits("92"))).await;
    let one = nurse.get(format!("/api/v1/patients/{patient}")).await.ok();
    assert_eq!(one["alarm_limits"][0]["low"], "92");
    let low = post(&nurse, patient, 3, spo2("90")).await;
    assert_eq!(low["alarms"][0]["limit"], "92", "{low}");

    post(&nurse, patient, 4, correction(3, &spo2("96"))).await;
    assert_eq!(latest(&doctor, patient).await, ["spo2 96"]);
    post(&nurse, patient, 5, spo2("40")).await;
    let taken_back = json!({ "retraction": { "target": id(5), "reason": "wrong_patient" } });
    post(&nurse, patient, 6, taken_back).await;
    assert_eq!(latest(&doctor, patient).await, ["spo2 96"]);
    assert_eq!(latest(&nurse, patient).await, ["spo2 96"]);
}

#[tokio::test]
async fn who_may_not_see_the_newest_value_gets_the_newest_of_the_others() {
    let app = App::start().await;
    let (nurse, helper) = (app.nurse("minato").await, app.actor(Role::Helper, "hidamari").await);
    let patient = app.register_patient("高橋 ハル", "タカハシ ハル").await;
    app.link(patient, "minato").await;
    app.link(patient, "hidamari").await;
    post(&nurse, patient, 1, spo2("97")).await;
    let restricted = json!({ "id": id(2), "sensitivity": "restricted", "body": spo2("91") });
    nurse.post(format!("/api/v1/timelines/{patient}/entries"), restricted).await.is(StatusCode::CREATED);
    assert_eq!(latest(&nurse, patient).await, ["spo2 91"]);
    assert_eq!(latest(&helper, patient).await, ["spo2 97"]);
}

#[tokio::test]
async fn a_time_ahead_of_the_hubs_is_refused_by_name_and_holds_no_later_value_back() {
    let app = App::start().await;
    let nurse = app.nurse("minato").await;
    let patient = app.register_patient("高橋 ハル", "タカハシ ハル").await;
    app.link(patient, "minato").await;
    let entries = format!("/api/v1/timelines/{patient}/entries");
    for observed in ["4102444800000000", "9223372036854775807", "-2208988800000001", "-1100000000000000"] {
        let claim = json!({ "id": id(1), "observedAtUs": observed, "body": spo2("88") });
        let problem = nurse.post(&entries, claim).await.problem(StatusCode::UNPROCESSABLE_ENTITY, "out_of_range");
        assert_eq!(problem["field"], "observed_at_us");
    }
    // A device that is five minutes ahead is believed, but not beyond the moment of receipt.
    let ahead = json!({ "id": id(2), "observedAtUs": "1775001900000000", "body": spo2("88") });
    let posted = nurse.post(&entries, ahead).await.is(StatusCode::CREATED);
    assert!(posted["recordedAtUs"].as_str().unwrap() < "1775001900000000", "{posted}");
    post(&nurse, patient, 3, spo2("95")).await;
    assert_eq!(latest(&nurse, patient).await, ["spo2 95"]);
}

#[tokio::test]
async fn row_9_what_stands_on_one_patients_page_is_not_put_right_on_anothers() {
    let app = App::start().await;
    let nurse = app.nurse("minato").await;
    let (patient, other) = (
        app.register_patient("高橋 ハル", "タカハシ ハル").await,
        app.register_patient("伊藤 茂", "イトウ シゲル").await,
    );
    app.link(patient, "minato").await;
    app.link(other, "minato").await;
    post(&nurse, patient, 1, spo2("96")).await;
    let retraction = json!({ "retraction": { "target": id(1), "reason": "mistake" } });
    for (kind, body) in [("correction", correction(1, &spo2("69"))), ("retraction", retraction)] {
        let elsewhere = json!({ "id": id(2), "body": body });
        let answer = nurse.post(format!("/api/v1/timelines/{other}/entries"), elsewhere).await;
        assert_ne!(answer.status, StatusCode::CREATED, "{kind}");
    }
    post(&nurse, patient, 3, correction(1, &spo2("95"))).await;
}

#[tokio::test]
async fn a_correction_of_what_a_new_member_may_not_look_back_at_stays_closed_to_it() {
    let app = App::start().await;
    let (nurse, helper) = (app.nurse("minato").await, app.actor(Role::Helper, "hidamari").await);
    let secretariat = app.secretariat().await;
    let patient = app.register_patient("高橋 ハル", "タカハシ ハル").await;
    app.link(patient, "minato").await;
    post(&nurse, patient, 1, spo2("97")).await;
    app.clock.advance(std::time::Duration::from_secs(60));
    let link = json!({ "organisation": helper.actor.organisation.to_string(), "history": "nothing", "relation_confirmed": true });
    secretariat.post(format!("/api/v1/patients/{patient}/links"), link).await.is(StatusCode::CREATED);
    app.clock.advance(std::time::Duration::from_secs(60));
    post(&nurse, patient, 2, correction(1, &spo2("95"))).await;
    post(&nurse, patient, 3, spo2("94")).await;
    let page = helper.get(format!("/api/v1/timelines/{patient}/entries")).await.ok();
    let kinds: Vec<_> = page["entries"].as_array().unwrap().iter().map(|entry| &entry["content"]["body"]).collect();
    assert!(!kinds.iter().any(|body| body.get("correction").is_some()), "{page}");
    assert!(kinds.iter().any(|body| body.get("vital").is_some()), "{page}");
}
