//! What the secretariat does about posts that will never be linked.

use axum::http::StatusCode;
use renkei::store::check::{FaultKind, check};
use serde_json::json;
use sqlx::Connection as _;

use super::tampered::{region, warnings, written_by_hand};
use crate::support::app::App;

const ID: &str = "0196d5a2-7c00-7000-8000-00000000000a";

#[tokio::test]
async fn a_dismissed_post_leaves_the_queue_and_its_author_is_told_until_linked() {
    let app = App::start().await;
    let (secretariat, newcomer) = (app.secretariat().await, app.nurse("other").await);
    let patient = app.register_patient("高橋 ハル", "タカハシ ハル").await;
    let entries = format!("/api/v1/timelines/{patient}/entries");
    let reading = |value: &str| {
        let measured = json!([{ "sign": "spo2", "value": value, "unit": "%" }]);
        json!({ "id": ID, "body": { "vital": { "measurements": measured } } })
    };
    newcomer.post(&entries, reading("88")).await.is(StatusCode::ACCEPTED);

    let dismiss = format!("/api/v1/linking-queue/{ID}/dismiss");
    let why = json!({ "reason": "宛先の取り違え" });
    newcomer.post(&dismiss, why.clone()).await.problem(StatusCode::FORBIDDEN, "forbidden");
    for reason in ["", "　 ", "\u{200b}\u{feff}"] {
        let answer = secretariat.post(&dismiss, json!({ "reason": reason })).await;
        assert_eq!(answer.problem(StatusCode::UNPROCESSABLE_ENTITY, "required")["field"], "reason");
    }
    let long = secretariat.post(&dismiss, json!({ "reason": "長".repeat(1_001) })).await;
    assert_eq!(long.problem(StatusCode::UNPROCESSABLE_ENTITY, "too_long")["field"], "reason");
    let nobody = dismiss.replace(ID, "0196d5a2-7c00-7000-8000-0000000000ff");
    secretariat.post(nobody, why.clone()).await.problem(StatusCode::NOT_FOUND, "not_found");
    assert_eq!(secretariat.get("/api/v1/linking-queue").await.ok()["waiting"][0]["id"], ID);

    for _ in 0..2 {
        assert_eq!(secretariat.post(&dismiss, why.clone()).await.status, StatusCode::NO_CONTENT);
    }
    assert_eq!(secretariat.get("/api/v1/linking-queue").await.ok()["waiting"], json!([]));
    for value in ["88", "89"] {
        let again = newcomer.post(&entries, reading(value)).await;
        again.problem(StatusCode::CONFLICT, "dismissed");
    }

    // With the link it does not come back by itself; but nobody keeps its author from recording it now.
    app.link(patient, "other").await;
    let head = newcomer.get(format!("/api/v1/patients/{patient}")).await.ok()["head"].clone();
    assert_eq!(head, 3);
    newcomer.post(&entries, reading("88")).await.is(StatusCode::CREATED);
    secretariat.post(&dismiss, why).await;
    assert_eq!(newcomer.get(format!("/api/v1/patients/{patient}")).await.ok()["head"], 4);
}

#[tokio::test]
async fn a_waiting_post_that_somebody_emptied_is_told_and_hides_no_other() {
    let app = region().await;
    let (secretariat, newcomer) = (app.secretariat().await, app.nurse("other").await);
    let patient = app.register_patient("高橋 ハル", "タカハシ ハル").await;
    let entries = format!("/api/v1/timelines/{patient}/entries");
    let reading = |id: &str| {
        let measured = json!([{ "sign": "spo2", "value": "88", "unit": "%" }]);
        json!({ "id": id, "body": { "vital": { "measurements": measured } } })
    };
    let other = ID.replace("000a", "000b");
    for id in [ID, &other] {
        newcomer.post(&entries, reading(id)).await.is(StatusCode::ACCEPTED);
    }
    assert!(warnings(&secretariat).await.is_empty());
    assert!(check(app.hub.journal(), None).await.unwrap().is_whole());
    let log = secretariat.get("/api/v1/audit?kind=queued").await.ok();
    let (records, author) = (log["records"].as_array().unwrap(), newcomer.actor.person.to_string());
    assert_eq!(records.len(), 2, "{log}");
    for record in records {
        assert_eq!((&record["patient"], &record["by"]["person"]), (&json!(patient.to_string()), &json!(author)));
    }

    let mut by_hand = written_by_hand(&app).await;
    let emptied = sqlx::query("update linking_queue set sealed = x'' where id = $1")
        .bind(ID.parse::<uuid::Uuid>().unwrap().as_bytes().to_vec());
    assert_eq!(emptied.execute(&mut by_hand).await.unwrap().rows_affected(), 1);
    by_hand.close().await.unwrap();
    let listed = secretariat.get("/api/v1/linking-queue").await.ok();
    assert_eq!(listed["waiting"].as_array().map(Vec::len), Some(1), "{listed}");
    assert_eq!(warnings(&secretariat).await, ["directory_tampered"]);
    let report = check(app.hub.journal(), None).await.unwrap();
    let told: Vec<_> = report.faults.iter().map(|fault| (fault.kind, fault.place.en.to_string())).collect();
    assert_eq!(told, [(FaultKind::Unreadable, format!("linking_queue {ID}"))]);
}
