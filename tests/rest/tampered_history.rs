//! Somebody writes into the audit log of a running hub: nobody is kept from a record by it, what was written is no record, and it
//! is told.

use axum::http::StatusCode;
use serde_json::json;
use sqlx::Connection as _;

use super::tampered::{region, warnings, written_by_hand};

#[tokio::test]
async fn a_row_behind_the_log_keeps_nobody_from_a_record_and_is_told() {
    let app = region().await;
    let (secretariat, nurse) = (app.secretariat().await, app.nurse("minato").await);
    let patient = app.register_patient("高橋 ハル", "タカハシ ハル").await;
    app.link(patient, "minato").await;
    let entries = format!("/api/v1/timelines/{patient}/entries");
    nurse.get(&entries).await.ok();
    assert!(warnings(&nurse).await.is_empty());

    let mut by_hand = written_by_hand(&app).await;
    for sql in [
        "insert into audit (seq, recorded_at, sealed, chain)
            select max(seq) + 1, 9000000000000000, x'00', x'00' from audit",
        "insert into audit (seq, recorded_at, sealed, chain) values (9223372036854775807, 1, x'00', x'00')",
    ] {
        assert_eq!(sqlx::query(sql).execute(&mut by_hand).await.unwrap().rows_affected(), 1, "{sql}");
    }
    nurse.get(&entries).await.ok();
    let listed = secretariat.get("/api/v1/audit?limit=500").await.ok();
    let records = listed["records"].as_array().unwrap();
    assert!(records.iter().all(|record| record["at"].as_str().unwrap() < "2026-04-02"), "{listed}");
    assert_eq!(warnings(&nurse).await, ["history_tampered"]);
    let post = json!({ "id": app.hub.region().draw_id(), "body": { "note": { "text": "変わりなし" } } });
    nurse.post(&entries, post).await.is(StatusCode::CREATED);
    by_hand.close().await.unwrap();
}

#[tokio::test]
async fn one_row_that_cannot_be_read_takes_nobody_the_log() {
    let app = region().await;
    let (secretariat, nurse) = (app.secretariat().await, app.nurse("minato").await);
    nurse.get("/api/v1/me").await.ok();
    secretariat.get("/api/v1/audit").await.ok();
    let mut by_hand = written_by_hand(&app).await;
    let written = sqlx::query("update audit set kind = 'zz' where seq = 2").execute(&mut by_hand).await.unwrap();
    assert_eq!(written.rows_affected(), 1);
    by_hand.close().await.unwrap();
    let listed = secretariat.get("/api/v1/audit?limit=500").await.ok();
    let seqs: Vec<u64> = listed["records"].as_array().unwrap().iter().map(|it| it["seq"].as_u64().unwrap()).collect();
    let newest = seqs[0];
    assert_eq!(seqs, (1..=newest).rev().collect::<Vec<_>>(), "{listed}");
    let out = secretariat.post("/api/v1/audit/export", json!({ "format": "jsonl", "reason": "年次の監査" })).await;
    assert!(out.text().lines().count() as u64 > newest, "with the record of taking it out");
}
