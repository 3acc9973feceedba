//! Somebody carries off the database and the folder of files, without the region's key: what they can read there of people.
//! Every table that has anything said in it is filled here first.

use std::path::Path;
use std::sync::Arc;

use axum::http::StatusCode;
use renkei::clock::ManualClock;
use renkei::domain::role::OrganisationType;
use renkei::vault::RegionKey;
use serde_json::json;
use sqlx::{AssertSqlSafe, Connection as _, SqliteConnection};

use super::devices::registered;
use super::files::{named, photo};
use crate::support::actor::Actor;
use crate::support::app::{App, Database};
use crate::support::scratch;
use crate::support::system::System;

/// Tables that hold nothing said by or of anybody, or only what docs/security.md lists as in the clear.
const SILENT: [&str; 21] = [
    "advice",
    "audit_head",
    "checkpoint_head",
    "client_assertion",
    "client_key",
    "data_key",
    "destroyed_record",
    "device_certificate",
    "device_exception",
    "emergency_access",
    "meta",
    "office_administrator",
    "pair_meeting",
    "patient_consent",
    "person_position",
    "quiet_hours",
    "read_grant",
    "read_marker",
    "signed_checkpoint",
    "taken_out",
    "timeline_due",
];
/// In the clear by design: files of rules, which are published, and what was signed on them.
const PUBLIC: [&str; 4] = ["rulebook", "rulebook_version", "rulebook_version_file", "rulebook_signature"];
/// Their sealed rows are met in other tests, or hold what is made and not said: secrets, credentials.
const MADE: [&str; 9] = [
    "bell",
    "device_authority",
    "device_enrolment",
    "envelope_key",
    "identity",
    "passkey",
    "push_key",
    "quarantine",
    "snapshot",
];

fn id(number: u64) -> String {
    format!("0196d5a2-7c00-7000-8000-{number:012x}")
}

/// A region in which something was said in every way there is; and every word that was.
async fn lived_in(app: &App) -> Vec<&'static str> {
    let secretariat = app.secretariat().await;
    let (nurse, stranger) = (app.nurse("みなと訪問看護").await, app.nurse("ひばり訪問看護").await);
    let patient = app.register_patient("若林 トミ", "ワカバヤシ トミ").await;
    app.link(patient, "みなと訪問看護").await;
    let entries = format!("/api/v1/timelines/{patient}/entries");
    let photo = photo(7, 100, 100);
    let kept = nurse.upload(format!("/api/v1/timelines/{patient}/files"), "image/jpeg", "I.jpg", &photo).await;
    let mut named = named(&kept.is(StatusCode::CREATED));
    named["title"] = "仙骨部の褥瘡".into();
    let note = json!({ "text": "夜間の独り歩きあり、玄関に鈴", "attachments": [named] });
    nurse.post(&entries, json!({ "id": id(1), "body": { "note": note } })).await.is(StatusCode::CREATED);
    let doctor = app.doctor("北野医院").await;
    app.link(patient, "北野医院").await;
    let to = doctor.actor.organisation.to_string();
    let asked =
        json!({ "to": to, "toRole": "doctor", "text": "眠剤の増量を相談したい", "topic": "other", "urgent": false });
    nurse.post(&entries, json!({ "id": id(2), "body": { "consultation": asked } })).await.is(StatusCode::CREATED);
    // Asked of the secretariat, so that a duty is open.
    let planned =
        json!({ "purpose": "家族会での紹介", "scope": "すべて", "patients": [patient.to_string()], "planned": true });
    let office = format!("/api/v1/timelines/{}/entries", nurse.actor.organisation);
    nurse.post(office, json!({ "id": id(9), "body": { "export": planned } })).await.is(StatusCode::CREATED);
    // Of somebody not linked: it waits; and of somebody who may not: it is refused.
    let waits = json!({ "vital": { "measurements": [{ "sign": "spo2", "value": "88", "unit": "%" }], "comment": "口すぼめ呼吸" } });
    stranger.post(&entries, json!({ "id": id(3), "body": waits })).await.is(StatusCode::ACCEPTED);
    let refused = json!({ "message": { "text": "よそからの覚え書き" } });
    assert!(stranger.post(&entries, json!({ "id": id(4), "body": refused })).await.status.is_client_error());
    let dismissed = json!({ "reason": "宛先を取り違えた投稿" });
    secretariat.post(format!("/api/v1/linking-queue/{}/dismiss", id(3)), dismissed).await.is(StatusCode::NO_CONTENT);

    app.account_of(&nurse).await;
    let invitations = format!("/api/v1/people/{}/invitations", stranger.actor.person);
    secretariat.post(invitations, json!({ "login": "hibari.hanako" })).await.is(StatusCode::CREATED);
    registered(&secretariat, nurse.actor.organisation, "往診かばんの端末").await;
    let hospital = app.organisation("あさひ総合病院", OrganisationType::Hospital).await;
    System::register(app, hospital, "system/Patient.rs").await;
    told_to_everybody(&secretariat, &doctor).await;
    let search = json!({ "name": "早乙女 フジ", "birth_date": "1931-02-03" });
    doctor.post("/api/v1/emergency-search", search).await.ok();
    vec![
        "若林",
        "ワカバヤシ",
        "1938-04-12",
        "みなと訪問看護",
        "ひばり訪問看護",
        "あさひ総合病院",
        "北野医院",
        "一号",
        "テスト イチゴウ",
        "03-5550-0101",
        "独り歩き",
        "家族会での紹介",
        "褥瘡",
        "WOUND",
        "眠剤",
        "口すぼめ",
        "よそからの",
        "取り違えた",
        "hibari",
        "往診かばん",
        "早乙女",
        "1931-02-03",
        "みなと電子カルテ",
        "バイタルの送信と閲覧",
        "申込書綴り",
        "同意書綴り",
        "登録同意書",
        "上履き",
        "吸引の練習",
        "不安がとれた",
        "家族の同意綴り",
        "口腔の会",
        "歯ブラシを持参",
        "嚥下の会",
    ]
}

/// An announcement and a training, with who read it and who comes; a case that was handed in; and a group.
async fn told_to_everybody(secretariat: &Actor, reader: &Actor) {
    let words = json!({ "title": "集まり", "text": "上履きをお持ちください", "until": "2026-04-30" });
    let made = secretariat.post("/api/v1/announcements", words).await.is(StatusCode::CREATED);
    let receipt = format!("/api/v1/announcements/{}/receipt", made["id"].as_str().expect("an id"));
    reader.post(receipt, json!({ "version": 1 })).await.is(StatusCode::NO_CONTENT);
    let training = json!({ "title": "嚥下の会", "kind": "rules", "day": "2026-03-15" });
    let made = secretariat.post("/api/v1/trainings", training).await.is(StatusCode::CREATED);
    let attendance = format!("/api/v1/trainings/{}/attendance", made["id"].as_str().expect("an id"));
    let comes = json!({ "people": [{ "person": reader.actor.person.to_string(), "state": "attended" }] });
    secretariat.put(attendance, comes).await.is(StatusCode::NO_CONTENT);
    let words = json!({
        "title": "吸引の練習", "happened": "吸引の練習をした", "done": "二度", "outcome": "不安がとれた",
        "roles": ["doctor"], "tags": ["device"], "shows_office": true,
    });
    let made = reader.post("/api/v1/cases", json!({ "words": words })).await.is(StatusCode::CREATED);
    let hand_in = format!("/api/v1/cases/{}/hand-in", made["id"].as_str().expect("an id"));
    let consent = json!({ "version": 1, "consent_given": true, "consent": "家族の同意綴り" });
    reader.post(hand_in, consent).await.is(StatusCode::NO_CONTENT);
    let group = json!({ "name": "口腔の会", "members": [reader.actor.person.to_string()] });
    let made = secretariat.post("/api/v1/groups", group).await.is(StatusCode::CREATED);
    let messages = format!("/api/v1/groups/{}/messages", made["id"].as_str().expect("an id"));
    reader.post(messages, json!({ "text": "歯ブラシを持参" })).await.is(StatusCode::CREATED);
}

fn may_be_empty(table: &str) -> bool {
    SILENT.contains(&table) || PUBLIC.contains(&table) || MADE.contains(&table)
}

async fn empty_tables(file: &Path) -> Vec<String> {
    let mut database = SqliteConnection::connect(&format!("sqlite://{}", file.display())).await.expect("it opens");
    let tables =
        "select name from sqlite_schema where type = 'table' and name not like '\\_sqlx%' escape '\\' order by name";
    let tables: Vec<(String,)> = sqlx::query_as(tables).fetch_all(&mut database).await.unwrap();
    let mut empty = Vec::new();
    for (name,) in tables {
        let count = AssertSqlSafe(format!("select count(*) from {name}"));
        let (count,): (i64,) = sqlx::query_as(count).fetch_one(&mut database).await.unwrap();
        if count == 0 {
            empty.push(name);
        }
    }
    database.close().await.unwrap();
    empty
}

fn lying_in(folder: &Path, bytes: &mut Vec<u8>) {
    for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap()) {
        if entry.file_type().unwrap().is_dir() {
            lying_in(&entry.path(), bytes);
        } else {
            bytes.extend(std::fs::read(entry.path()).unwrap());
        }
    }
}

#[tokio::test]
async fn who_has_the_database_and_the_files_without_the_key_reads_no_name_login_note_or_file() {
    let (folder, key) = (scratch::folder("stolen"), Arc::new(RegionKey::ephemeral()));
    let clock = Arc::new(ManualClock::at("2026-04-01T09:00:00+09:00".parse().unwrap()));
    let app = App::open_at(folder, Database::File, key, clock).await;
    let words = lived_in(&app).await;
    let (folder, _database) = app.stop().await.into_parts();
    let unmet = empty_tables(&folder.path().join("renkei.db")).await;
    let unmet: Vec<String> = unmet.into_iter().filter(|name| !may_be_empty(name)).collect();
    assert!(unmet.is_empty(), "nothing was said in {unmet:?}: fill it here, or say above why not");

    let mut bytes = Vec::new();
    lying_in(folder.path(), &mut bytes);
    assert!(bytes.len() > 500_000, "the database and the file are there");
    // What is searched for is found where it does stand, in either of the encodings a database may use.
    let found = |word: &str| bytes.windows(word.len()).any(|window| window == word.as_bytes());
    assert!(found("renkei") || found("timeline"));
    let readable: Vec<&str> = words.into_iter().filter(|word| found(word)).collect();
    assert!(readable.is_empty(), "{readable:?}");
}
