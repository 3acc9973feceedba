//! Rows that somebody wrote by hand and that no end of anything reaches are struck out at the machine, beside a hub that runs: on record,
//! and told no more.

use axum::http::StatusCode;
use renkei::actions::striking::strike_out;
use renkei::store::check::check;
use renkei::store::{StoreError, StruckRow};

use serde_json::{Value, json};

use super::rulebook_life::drafted;
use super::tampered::{region, warnings, written_by_hand};
use crate::support::app::App;
use crate::support::system::System;

const WHY: &str = "侵入のあとの片付け";

async fn struck(app: &App) -> Vec<String> {
    let now = app.hub.region().now();
    let striking = app.hub.journal().write(move |tx| Box::pin(async move { strike_out(tx, WHY, now).await }));
    let struck: Result<Vec<StruckRow>, StoreError> = striking.await;
    struck.unwrap().into_iter().map(|row| format!("{} {}", row.table, row.row)).collect()
}

async fn is_whole(app: &App) -> bool {
    check(app.hub.journal(), None).await.unwrap().is_whole()
}

#[tokio::test]
async fn rows_that_were_written_by_hand_are_struck_out_on_record_and_told_no_more() {
    let app = region().await;
    let secretariat = app.secretariat().await;
    let office = app.nurse("minato").await.actor.organisation;
    let system = System::register(&app, office, "system/Patient.rs").await;
    assert!(struck(&app).await.is_empty() && is_whole(&app).await);
    let mut by_hand = written_by_hand(&app).await;
    for sql in [
        "insert into client_key (client, kid, algorithm, material, added_at)
            select client, 'by hand', algorithm, material, added_at from client_key",
        "insert into rulebook_version (id, title, fingerprint, stage, drafted_at, effective_at, changed_at)
            values (x'07', 'x', '', 'in_force', 0, 5, 0)",
    ] {
        assert_eq!(sqlx::query(sql).execute(&mut by_hand).await.unwrap().rows_affected(), 1, "{sql}");
    }
    sqlx::Connection::close(by_hand).await.unwrap();
    secretariat.get("/api/v1/clients").await.ok();
    app.hub.follow_rulebook().await.unwrap();
    assert_eq!(warnings(&secretariat).await, ["directory_tampered", "rulebook_tampered"]);

    let expected = [format!("client_key {} by hand", system.id), "rulebook_version 07".to_owned()];
    assert_eq!(struck(&app).await, expected);
    assert!(is_whole(&app).await);
    let told = secretariat.get("/api/v1/audit?kind=keeping").await.ok();
    let records = told["records"].as_array().unwrap();
    assert!(records.iter().all(|record| record["code"] == "row_struck" && record["reason"] == WHY), "{told}");
    let said: Vec<&str> = records.iter().map(|record| record["en"].as_str().unwrap()).collect();
    assert!(
        said.len() == 2 && said.iter().any(|said| said.contains("client_key") && said.contains("by hand")),
        "{told}"
    );

    app.hub.follow_rulebook().await.unwrap();
    assert_eq!(warnings(&secretariat).await, ["directory_tampered"], "until the next start");
    let app = app.stop().await.start().await;
    app.hub.follow_rulebook().await.unwrap();
    secretariat.get("/api/v1/clients").await.ok();
    assert!(warnings(&secretariat).await.is_empty());
    assert_eq!(system.ask(&app, "system/Patient.rs").await.status, StatusCode::OK, "it goes on by its own key");
}

/// Its files are true, so it is kept, and its own history says what became of it.
#[tokio::test]
async fn a_version_that_was_changed_by_hand_is_retired_on_record() {
    let app = region().await;
    let secretariat = app.secretariat().await;
    let draft = drafted(&secretariat, "").await;
    let mut by_hand = written_by_hand(&app).await;
    let sql = "update rulebook_version set stage = 'in_force', effective_at = 5";
    assert_eq!(sqlx::query(sql).execute(&mut by_hand).await.unwrap().rows_affected(), 1);
    sqlx::Connection::close(by_hand).await.unwrap();

    let id = draft["id"].as_str().unwrap();
    assert_eq!(struck(&app).await, [format!("rulebook_version {id}")]);
    assert!(is_whole(&app).await);
    let listed = secretariat.get("/api/v1/rulebooks").await.ok();
    assert_eq!((&listed["versions"][0]["id"], &listed["versions"][0]["stage"]), (&json!(id), &json!("retired")));
    let of_kind = async |kind: &str| {
        let told = secretariat.get(format!("/api/v1/audit?kind={kind}")).await.ok();
        let records = told["records"].as_array().unwrap().iter();
        records.filter(|record| record["reason"] == WHY).map(|record| record["code"].clone()).collect::<Vec<Value>>()
    };
    assert_eq!(of_kind("keeping").await, ["row_struck"]);
    assert_eq!(of_kind("rulebook").await, ["retired"]);
}
