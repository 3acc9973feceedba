//! What the secretariat does about posts that will never be linked.

use axum::http::StatusCode;
use serde_json::json;

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
    for reason in ["", "　 "] {
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
