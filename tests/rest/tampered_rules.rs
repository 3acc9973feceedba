//! Somebody writes rules into the database of a hub, without the region's key, or changes those that are there: none of it comes
//! into force, over a restart either, and it is told.

use std::time::Duration;

use axum::http::StatusCode;
use renkei::actions::kept_rulebooks::KeptRulebooks;
use renkei::domain::act::{Act, By, Deed};
use renkei::domain::ids::RulebookVersionId;
use renkei::domain::lifecycle::{LifeStep, RulebookVersion, Stage};
use renkei::store::{RulebookFile, StoreError, fingerprint_of};
use serde_json::{Value, json};
use sqlx::Connection as _;

use super::rulebook_life::{NO_NOTES, agreed, files, path};
use super::tampered::{region, warnings, written_by_hand};
use crate::support::actor::Actor;
use crate::support::app::App;

/// Every nurse sees every patient.
const ALL_OPEN: &str = "\n[[rule]]\nid = \"FL-99\"\nkind = \"share\"\nstrength = \"must\"\norigin = \"design\"\nja = \
                        \"題\"\nen = \"Title\"\nreason = { ja = \"理由\", en = \"reason\" }\neffect = \"permit\"\n\
                        on = [\"view:group:care_records\", \"view:registration\"]\nwhen = { \"actor.role\" = \"nurse\" }\n";

fn kept_as(given: &Value) -> Vec<RulebookFile> {
    let text = |file: &Value, name: &str| file[name].as_str().unwrap().to_owned();
    let files = given.as_array().unwrap().iter();
    files.map(|file| RulebookFile { path: text(file, "name"), content: text(file, "text") }).collect()
}

/// A version with these files as somebody with the database alone enters it: the fingerprint is right.
async fn entered_by_hand(app: &App, id: u128, stage: &str, effective_at: i64, given: &Value) -> String {
    let files = kept_as(given);
    let (id, fingerprint) = (uuid::Uuid::from_u128(id), fingerprint_of(&files));
    let mut by_hand = written_by_hand(app).await;
    let insert =
        "insert into rulebook_version (id, title, fingerprint, stage, drafted_at, effective_at, changed_at, mac)
        values ($1, 'x', $2, $3, 0, $4, 0, zeroblob(32))";
    let version = sqlx::query(insert).bind(id.as_bytes().as_slice()).bind(&fingerprint).bind(stage).bind(effective_at);
    version.execute(&mut by_hand).await.unwrap();
    for file in &files {
        let insert = "insert into rulebook_version_file (version, path, content) values ($1, $2, $3)";
        let file = sqlx::query(insert).bind(id.as_bytes().as_slice()).bind(&file.path).bind(&file.content);
        file.execute(&mut by_hand).await.unwrap();
    }
    by_hand.close().await.unwrap();
    fingerprint
}

async fn rules_in_force(actor: &Actor) -> String {
    actor.get("/api/v1/rulebook").await.ok()["fingerprint"].as_str().expect("a fingerprint").to_owned()
}

#[tokio::test]
async fn rules_that_were_written_by_hand_open_no_record_and_it_is_told() {
    let app = region().await;
    let (secretariat, stranger) = (app.secretariat().await, app.nurse("other").await);
    let patient = app.register_patient("高橋 ハル", "タカハシ ハル").await;
    let entries = format!("/api/v1/timelines/{patient}/entries");
    let before = rules_in_force(&secretariat).await;
    let mut opened = files("");
    opened[1]["text"] = format!("{}{ALL_OPEN}", opened[1]["text"].as_str().unwrap()).into();
    let now = app.hub.region().now().as_micros();
    let at_once = entered_by_hand(&app, 7, "in_force", now, &opened).await;
    let to_come = entered_by_hand(&app, 8, "agreed", now + 1, &opened).await;
    assert!(at_once == to_come && at_once != before);
    let is_as_before = async |app: &App| {
        app.hub.follow_rulebook().await.unwrap();
        stranger.get(&entries).await.problem(StatusCode::NOT_FOUND, "not_found");
        assert_eq!(rules_in_force(&secretariat).await, before);
        assert_eq!(warnings(&secretariat).await, ["rulebook_tampered"]);
    };
    is_as_before(&app).await;
    is_as_before(&app).await;
    let told = secretariat.get("/api/v1/audit?kind=rulebook").await.ok();
    let records = told["records"].as_array().unwrap();
    let codes: Vec<&str> = records.iter().map(|record| record["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["not_taken", "not_taken"], "each once: {told}");
    assert!(records.iter().all(|record| record["ja"].as_str().unwrap().contains("地域の鍵")), "{told}");
    assert_eq!(secretariat.get("/api/v1/rulebooks").await.ok()["versions"], json!([]));
    let app = app.stop().await.start().await;
    is_as_before(&app).await;
    let mut by_hand = written_by_hand(&app).await;
    for table in ["rulebook_version_file", "rulebook_version"] {
        let sql = format!("delete from {table}");
        sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut by_hand).await.unwrap();
    }
    by_hand.close().await.unwrap();
    app.hub.follow_rulebook().await.unwrap();
    assert!(warnings(&secretariat).await.is_empty(), "what is gone is told no more");
}

/// Puts an agreed version in force at once; its fingerprint.
async fn put_in_force(secretariat: &Actor, doctor: &Actor, more: &str) -> (Value, String) {
    let version = agreed(secretariat, doctor, more).await;
    let seen = json!({ "fingerprint": version["fingerprint"] });
    let version = secretariat.post(path(&version, "/in-force"), seen).await.ok();
    let fingerprint = version["fingerprint"].as_str().unwrap().to_owned();
    (version, fingerprint)
}

#[tokio::test]
async fn the_rules_agreed_on_stay_whatever_is_done_to_their_rows() {
    let app = region().await;
    let (secretariat, doctor) = (app.secretariat().await, app.doctor("hikari").await);
    let (_, first) = put_in_force(&secretariat, &doctor, "").await;
    let mut by_hand = written_by_hand(&app).await;
    sqlx::query("create temp table put_by as select * from rulebook_version").execute(&mut by_hand).await.unwrap();
    let (_, second) = put_in_force(&secretariat, &doctor, NO_NOTES).await;
    assert_ne!(first, second);
    assert!(warnings(&secretariat).await.is_empty());

    // The former version's row as it was while it was in force, and the present one's gone.
    for change in [
        "delete from rulebook_signature",
        "delete from rulebook_version_file where version in (select id from rulebook_version where stage = 'in_force')",
        "delete from rulebook_version where stage = 'in_force'",
        "update rulebook_version set stage = (select stage from put_by), changed_at = (select changed_at from put_by),
            mac = (select mac from put_by)",
    ] {
        assert!(sqlx::query(change).execute(&mut by_hand).await.unwrap().rows_affected() > 0, "{change}");
    }
    app.hub.follow_rulebook().await.unwrap();
    assert_eq!(rules_in_force(&secretariat).await, second);
    assert_eq!(warnings(&secretariat).await, ["rulebook_tampered"]);
    let app = app.stop().await.start().await;
    app.hub.follow_rulebook().await.unwrap();
    assert_eq!(rules_in_force(&secretariat).await, second, "from the files as they were kept when it came into force");
    assert_eq!(warnings(&secretariat).await, ["rulebook_tampered"]);

    // With those changed too, there is nothing true left of it: the rules that ship decide, not what was written by hand.
    let changed = sqlx::query("update rulebook set content = content || $1").bind(ALL_OPEN).execute(&mut by_hand).await;
    assert!(changed.unwrap().rows_affected() > 0);
    let app = app.stop().await.start().await;
    app.hub.follow_rulebook().await.unwrap();
    let ruling = secretariat.get("/api/v1/rulebook").await.ok();
    assert_eq!((&ruling["source"], &ruling["only_seeds"]), (&json!("shipped"), &json!(true)));
    assert_eq!(warnings(&secretariat).await, ["rulebook_tampered"]);
    by_hand.close().await.unwrap();
}

#[tokio::test]
async fn a_version_whose_files_were_changed_does_not_come_into_force_and_is_out_of_the_way_once_retired() {
    let app = region().await;
    let (secretariat, doctor) = (app.secretariat().await, app.doctor("hikari").await);
    let (_, first) = put_in_force(&secretariat, &doctor, "").await;
    let next = agreed(&secretariat, &doctor, NO_NOTES).await;
    let on = json!({ "fingerprint": next["fingerprint"], "on": "2026-04-03" });
    secretariat.post(path(&next, "/in-force"), on).await.ok();
    let mut by_hand = written_by_hand(&app).await;
    let change = "update rulebook_version_file set content = content || $1 where path = 'floor.toml'";
    sqlx::query(change).bind(ALL_OPEN).execute(&mut by_hand).await.unwrap();
    by_hand.close().await.unwrap();
    // What the hub has in memory is as it was signed; a hub that starts afterwards has only this.
    let app = app.stop().await.start().await;
    app.clock.advance(std::time::Duration::from_secs(3 * 86_400));
    let secretariat = app.sign_in(secretariat.actor.person, secretariat.position()).await;
    app.hub.follow_rulebook().await.unwrap();
    assert_eq!(rules_in_force(&secretariat).await, first);
    assert!(warnings(&secretariat).await.contains(&"rulebook_tampered".to_owned()));
    secretariat.get(path(&next, "")).await.problem(StatusCode::CONFLICT, "conflict");
    let reason = json!({ "reason": "データベースで変えられたため" });
    secretariat.post(path(&next, "/retire"), reason).await.problem(StatusCode::CONFLICT, "conflict");
    let listed = secretariat.get("/api/v1/rulebooks").await.ok();
    let stage = |id: &Value| {
        listed["versions"].as_array().unwrap().iter().find(|one| one["id"] == *id).map(|one| one["stage"].clone())
    };
    assert_eq!(stage(&next["id"]), Some(json!("retired")), "{listed}");
}

/// Sets the day on which an agreed version comes into force: in two days.
async fn scheduled(secretariat: &Actor, doctor: &Actor) -> Value {
    let next = agreed(secretariat, doctor, NO_NOTES).await;
    let on = json!({ "fingerprint": next["fingerprint"], "on": "2026-04-03" });
    secretariat.post(path(&next, "/in-force"), on).await.ok();
    next
}

/// The day has come; whoever was signed in signs in again.
async fn on_that_day(app: &App, secretariat: &Actor) -> Actor {
    app.clock.advance(Duration::from_secs(3 * 86_400));
    let secretariat = app.sign_in(secretariat.actor.person, secretariat.position()).await;
    for _ in 0..2 {
        app.hub.follow_rulebook().await.unwrap();
    }
    secretariat
}

#[tokio::test]
async fn files_that_were_changed_under_a_hub_that_knows_them_are_read_again_when_their_day_comes() {
    let app = region().await;
    let (secretariat, doctor) = (app.secretariat().await, app.doctor("hikari").await);
    let (_, first) = put_in_force(&secretariat, &doctor, "").await;
    scheduled(&secretariat, &doctor).await;
    app.hub.follow_rulebook().await.unwrap();
    let mut by_hand = written_by_hand(&app).await;
    let change = "update rulebook_version_file set content = content || ' ' where path = 'sharing.toml'";
    sqlx::query(change).execute(&mut by_hand).await.unwrap();
    by_hand.close().await.unwrap();
    let secretariat = on_that_day(&app, &secretariat).await;
    assert_eq!(rules_in_force(&secretariat).await, first);
    assert!(warnings(&secretariat).await.contains(&"rulebook_tampered".to_owned()));
}

#[tokio::test]
async fn a_version_that_was_retired_does_not_come_into_force_by_its_row_of_before() {
    let app = region().await;
    let (secretariat, doctor) = (app.secretariat().await, app.doctor("hikari").await);
    let (_, first) = put_in_force(&secretariat, &doctor, "").await;
    let next = scheduled(&secretariat, &doctor).await;
    let mut by_hand = written_by_hand(&app).await;
    let put_by = "create temp table put_by as select * from rulebook_version where stage = 'agreed'";
    sqlx::query(put_by).execute(&mut by_hand).await.unwrap();
    secretariat.post(path(&next, "/retire"), json!({ "reason": "見送り" })).await.ok();
    // All of it was true once, its MAC too.
    let back = "update rulebook_version set stage = (select stage from put_by),
        effective_at = (select effective_at from put_by), changed_at = (select changed_at from put_by),
        mac = (select mac from put_by) where stage = 'retired'";
    assert_eq!(sqlx::query(back).execute(&mut by_hand).await.unwrap().rows_affected(), 1);
    by_hand.close().await.unwrap();
    let secretariat = on_that_day(&app, &secretariat).await;
    assert_eq!(rules_in_force(&secretariat).await, first);
    assert_eq!(warnings(&secretariat).await, ["rulebook_tampered"]);
}

#[tokio::test]
async fn that_the_version_in_force_is_gone_is_told_and_its_rules_go_on() {
    let app = region().await;
    let (secretariat, doctor) = (app.secretariat().await, app.doctor("hikari").await);
    let (_, first) = put_in_force(&secretariat, &doctor, "").await;
    let mut by_hand = written_by_hand(&app).await;
    for table in ["rulebook_signature", "rulebook_version_file", "rulebook_version"] {
        let sql = format!("delete from {table}");
        sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut by_hand).await.unwrap();
    }
    by_hand.close().await.unwrap();
    app.hub.follow_rulebook().await.unwrap();
    assert_eq!(rules_in_force(&secretariat).await, first);
    assert_eq!(warnings(&secretariat).await, ["rulebook_tampered"]);
}

/// How many books explain what was decided, and how many of the past count.
async fn books(app: &App) -> (usize, usize) {
    let kept = KeptRulebooks::new(app.hub.journal().clone()).all().await.unwrap().0.len();
    (kept, app.hub.region().past_rules().newest_first().count())
}

#[tokio::test]
async fn rules_of_the_past_whose_kept_files_were_changed_explain_nothing() {
    let app = region().await;
    let (secretariat, doctor) = (app.secretariat().await, app.doctor("hikari").await);
    let (_, first) = put_in_force(&secretariat, &doctor, "").await;
    put_in_force(&secretariat, &doctor, NO_NOTES).await;
    let app = app.stop().await.start().await;
    let (kept, past) = books(&app).await;
    let mut by_hand = written_by_hand(&app).await;
    // Such a book can be read like any other.
    let change = "update rulebook set content = content || $1 where path = 'sharing.toml' and digest = $2";
    let changed = sqlx::query(change).bind(NO_NOTES).bind(first.as_bytes()).execute(&mut by_hand).await.unwrap();
    assert_eq!(changed.rows_affected(), 1);
    by_hand.close().await.unwrap();
    let app = app.stop().await.start().await;
    assert_eq!(books(&app).await, (kept - 1, past - 1));
}

/// A version with this floor as an older hub of the region left it, whose floor that was; what names its files.
async fn left_by_an_older_hub(app: &App, stage: Stage, step: LifeStep) -> String {
    let mut given = files("");
    given[1]["text"] = format!("{}{NO_NOTES}", given[1]["text"].as_str().unwrap()).into();
    let (files, now) = (kept_as(&given), app.hub.region().now());
    let fingerprint = fingerprint_of(&files);
    let version = RulebookVersion {
        id: RulebookVersionId(uuid::Uuid::from_u128(9)),
        title: "前の年度".to_owned(),
        fingerprint: fingerprint.clone(),
        stage,
        drafted_at: now,
        effective_at: Some(now),
        changed_at: now,
    };
    let (said, fingerprint_moved) = (String::new(), fingerprint.clone());
    let deed = Deed::RulebookMoved { version: version.id, step, fingerprint: fingerprint_moved, said };
    let writing = app.hub.journal().write(move |tx| {
        Box::pin(async move {
            tx.insert_rulebook_version(&version, &files).await?;
            tx.append_acts(now, [Act { by: By::Hub, deed }]).await
        })
    });
    let written: Result<(), StoreError> = writing.await;
    written.unwrap();
    for _ in 0..2 {
        app.hub.follow_rulebook().await.unwrap();
    }
    fingerprint
}

#[tokio::test]
async fn the_floor_of_an_older_hub_stays_where_it_decides_and_comes_into_force_no_more() {
    let app = region().await;
    let secretariat = app.secretariat().await;
    let shipped = rules_in_force(&secretariat).await;
    left_by_an_older_hub(&app, Stage::Agreed, LifeStep::Scheduled).await;
    assert_eq!(rules_in_force(&secretariat).await, shipped);
    assert_eq!(warnings(&secretariat).await, ["rulebook_floor"]);

    let app = region().await;
    let secretariat = app.secretariat().await;
    let of_before = left_by_an_older_hub(&app, Stage::InForce, LifeStep::InForce).await;
    assert_eq!(rules_in_force(&secretariat).await, of_before, "the bodies agreed on it");
    assert_eq!(warnings(&secretariat).await, ["rulebook_floor"]);
    let app = app.stop().await.start().await;
    app.hub.follow_rulebook().await.unwrap();
    assert_eq!(rules_in_force(&secretariat).await, of_before);
    assert_eq!(warnings(&secretariat).await, ["rulebook_floor"]);
}
