//! Somebody writes into the records of a region by hand, or a bit of one flips: nobody sees more by it, nothing is destroyed by it,
//! and the others go on.

use std::time::Duration;

use axum::http::StatusCode;
use renkei::actions::backup::{Keep, RestoreInto, make, restore};
use renkei::actions::destroying::list;
use renkei::cli::open::open_journal;
use renkei::domain::ids::{PatientId, Seq};
use renkei::limits;
use renkei::store::Shelf;
use renkei::store::check::{FaultKind, check};
use renkei::wire::{Encoding, ServerFrame};
use serde_json::{Value, json};
use sqlx::Connection as _;
use uuid::Uuid;

use super::tampered::{region, warnings, written_by_hand};
use crate::support::actor::Actor;
use crate::support::app::App;
use crate::support::scratch;

const KEEP: Keep = Keep { daily: 7, weekly: 5, monthly: 12 };

/// Writes one row by hand, of the record or page with this id.
pub(super) async fn write(app: &App, id: Uuid, statements: &[&'static str]) {
    let mut by_hand = written_by_hand(app).await;
    for sql in statements {
        let written = sqlx::query(*sql).bind(id.as_bytes().as_slice()).execute(&mut by_hand).await.unwrap();
        assert_eq!(written.rows_affected(), 1, "{sql}");
    }
    // Else a hub need not read what was damaged.
    sqlx::query("delete from snapshot").execute(&mut by_hand).await.unwrap();
    by_hand.close().await.unwrap();
}

/// What a check finds of the record with this id.
pub(super) async fn found_of(app: &App, id: Uuid) -> Vec<FaultKind> {
    let report = check(app.hub.journal(), None).await.unwrap();
    let of_it = report.faults.iter().filter(|fault| fault.place.en.contains(&id.to_string()));
    of_it.map(|fault| fault.kind).collect()
}

async fn patients_of(actor: &Actor) -> (Vec<String>, Value) {
    let listed = actor.get("/api/v1/patients").await.ok();
    let ids = listed["patients"].as_array().unwrap().iter().map(|card| card["id"].as_str().unwrap().to_owned());
    (ids.collect(), listed["unreadable"].clone())
}

/// Two patients of one clinic, on whom a station that serves neither asks to write.
async fn two_patients(app: &App) -> (Actor, Actor, [PatientId; 2]) {
    let (doctor, stranger) = (app.doctor("hikari").await, app.nurse("yoso").await);
    let damaged = app.register_patient("高橋 ハル", "タカハシ ハル").await;
    let whole = app.register_patient("鈴木 一郎", "スズキ イチロウ").await;
    for patient in [damaged, whole] {
        app.link(patient, "hikari").await;
    }
    let vital = json!({ "measurements": [{ "sign": "spo2", "value": "88", "unit": "%" }] });
    let post = json!({ "id": app.hub.region().draw_id(), "body": { "vital": vital } });
    stranger.post(format!("/api/v1/timelines/{damaged}/entries"), post).await.is(StatusCode::ACCEPTED);
    (doctor, stranger, [damaged, whole])
}

/// How somebody is answered who posts there, tries it first and marks it read; without the ids that they sent themselves.
pub(super) async fn answered(app: &App, who: &Actor, patient: Uuid, body: &Value) -> Vec<(StatusCode, String)> {
    let (id, timeline) = (app.hub.region().draw_id(), format!("/api/v1/timelines/{patient}"));
    let post = json!({ "id": id, "body": body });
    let answers = [
        who.post(format!("{timeline}/dry-run"), post.clone()).await,
        who.post(format!("{timeline}/entries"), post).await,
        who.put(format!("{timeline}/read-marker"), json!({ "through": 1 })).await,
        who.upload(format!("{timeline}/files"), "text/csv", "a.csv", b"1,2\n").await,
    ];
    let text = |text: String| text.replace(&id.to_string(), "").replace(&patient.to_string(), "");
    answers.iter().map(|answer| (answer.status, text(answer.text()))).collect()
}

/// Whoever knows nothing of the record is answered as of nobody's, be it refused or left to wait for a link; whoever knows it is
/// told that it cannot be had now.
async fn posting_tells_no_more(app: &App, doctor: &Actor, stranger: &Actor, damaged: PatientId) {
    let bodies = [
        json!({ "note": { "text": "訪問しました" } }),
        json!({ "vital": { "measurements": [{ "sign": "spo2", "value": "91", "unit": "%" }] } }),
        json!({ "emergencyAccess": { "reason": "救急搬送、意識なし", "minutes": 60 } }),
    ];
    let mut seen = Vec::new();
    for body in &bodies {
        let nobody = app.hub.region().draw_id();
        let answers = answered(app, stranger, damaged.0, body).await;
        assert_eq!(answers, answered(app, stranger, nobody, body).await, "{body}");
        seen.extend(answers.into_iter().map(|(status, _)| status));
        let known = answered(app, doctor, damaged.0, body).await;
        let told: Vec<StatusCode> = known.iter().take(3).map(|(status, _)| *status).collect();
        assert_eq!(told, [StatusCode::SERVICE_UNAVAILABLE; 3], "{body}: {known:?}");
    }
    assert!(!seen.contains(&StatusCode::SERVICE_UNAVAILABLE) && seen.contains(&StatusCode::ACCEPTED), "{seen:?}");
    assert!(seen.contains(&StatusCode::NOT_FOUND), "{seen:?}");
}

/// The one is missing and said to be, the other is there, and whoever knows neither learns nothing.
async fn only_the_other_is_there(app: &App, doctor: &Actor, stranger: &Actor, patients: [PatientId; 2]) {
    let [damaged, whole] = patients;
    let secretariat = app.secretariat().await;
    for path in [format!("/api/v1/patients/{damaged}"), format!("/api/v1/timelines/{damaged}/entries")] {
        stranger.get(&path).await.problem(StatusCode::NOT_FOUND, "not_found");
        doctor.get(&path).await.problem(StatusCode::SERVICE_UNAVAILABLE, "unavailable");
    }
    posting_tells_no_more(app, doctor, stranger, damaged).await;
    assert_eq!(patients_of(doctor).await, (vec![whole.to_string()], 1.into()));
    let (listed, unreadable) = patients_of(&secretariat).await;
    assert!(listed == [whole.to_string()] && unreadable == 1, "{listed:?}");
    assert_eq!(patients_of(stranger).await, (vec![], Value::Null));
    for path in ["linking-queue", "duties", "audit?names=true", "emergency-accesses", "compliance", "retention"] {
        secretariat.get(format!("/api/v1/{path}")).await.ok();
    }
    doctor.get(format!("/api/v1/timelines/{whole}/entries")).await.ok();
    assert_eq!(warnings(&secretariat).await, ["record_unreadable"]);
}

#[tokio::test]
async fn one_bad_entry_takes_one_patient_from_the_lists_and_no_other() {
    let app = region().await;
    let (doctor, stranger, patients) = two_patients(&app).await;
    write(&app, patients[0].0, &["update entry set sealed = zeroblob(40) where timeline = $1 and seq = 2"]).await;
    let app = app.stop().await.start().await;
    only_the_other_is_there(&app, &doctor, &stranger, patients).await;
    assert_eq!(found_of(&app, patients[0].0).await, [FaultKind::Chain, FaultKind::Unreadable]);
}

/// They know of the patient by more than an id, for as long as that counts.
#[tokio::test]
async fn whoever_found_a_patient_by_name_and_birth_date_is_told_that_the_record_cannot_be_had_now() {
    let app = region().await;
    let (_, stranger, [damaged, _]) = two_patients(&app).await;
    write(&app, damaged.0, &["update entry set sealed = zeroblob(40) where timeline = $1 and seq = 2"]).await;
    let app = app.stop().await.start().await;
    let search = json!({ "name": "高橋 ハル", "birth_date": "1938-04-12" });
    let found = stranger.post("/api/v1/emergency-search", search).await.ok();
    assert_eq!(found["patients"][0]["id"], damaged.to_string());
    let note = json!({ "note": { "text": "訪問しました" } });
    let told = async || {
        let answers = answered(&app, &stranger, damaged.0, &note).await;
        answers.into_iter().take(3).map(|(status, _)| status).collect::<Vec<_>>()
    };
    assert_eq!(told().await, [StatusCode::SERVICE_UNAVAILABLE; 3]);
    app.clock.advance(Duration::from_millis(limits::EMERGENCY_FINDING_MS));
    assert!(!told().await.contains(&StatusCode::SERVICE_UNAVAILABLE));
}

#[tokio::test]
async fn an_entry_that_goes_bad_under_a_running_hub_takes_one_timeline_from_a_socket_and_no_other() {
    let app = region().await;
    let (doctor, _, [damaged, whole]) = two_patients(&app).await;
    write(&app, damaged.0, &["update entry set sealed = zeroblob(40) where timeline = $1 and seq = 2"]).await;
    let mut socket = doctor.connect(Encoding::Json).await;
    socket.subscribe(&[(damaged.into(), Seq::ZERO), (whole.into(), Seq::ZERO)]).await;
    let told = socket.next_that(|frame| match frame {
        ServerFrame::Error(notice) if notice.about == damaged.to_string() => Some(notice.code.clone()),
        _ => None,
    });
    assert_eq!(told.await, "unavailable");
    let note = json!({ "id": app.hub.region().draw_id(), "body": { "note": { "text": "往診しました" } } });
    let posted = doctor.post(format!("/api/v1/timelines/{whole}/entries"), note).await;
    let posted: u64 = posted.is(StatusCode::CREATED)["seq"].as_str().expect("a number in words").parse().unwrap();
    let delivered = socket.next_that(|frame| match frame {
        ServerFrame::Delivery { entry, .. } => (entry.open().expect("an entry").seq == Seq(posted)).then_some(()),
        _ => None,
    });
    delivered.await;
}

#[tokio::test]
async fn a_patients_record_that_is_called_an_offices_page_is_shown_to_nobody() {
    let app = region().await;
    let (doctor, stranger, patients) = two_patients(&app).await;
    write(&app, patients[0].0, &["update timeline set subject = 'organisation' where id = $1"]).await;
    let app = app.stop().await.start().await;
    only_the_other_is_there(&app, &doctor, &stranger, patients).await;
    assert_eq!(found_of(&app, patients[0].0).await, [FaultKind::Head]);
}

#[tokio::test]
async fn a_record_whose_key_is_gone_is_none_that_was_destroyed() {
    let app = region().await;
    let (doctor, stranger, patients) = two_patients(&app).await;
    let key = "update timeline set wrapped_key = null where id = $1";
    let stone = "insert into destroyed_record (timeline, destroyed_at, person, ended_on, until_on, kind, years)
        values ($1, 5, null, '2020-01-01', '2025-01-01', 'clinic', 5)";
    write(&app, patients[0].0, &[key, stone]).await;
    let app = app.stop().await.start().await;
    let (damaged, whole) = (patients[0], patients[1]);
    // Without its key not even the index knows of it.
    assert_eq!(patients_of(&doctor).await.0, [whole.to_string()]);
    let path = format!("/api/v1/patients/{damaged}");
    stranger.get(&path).await.problem(StatusCode::NOT_FOUND, "not_found");
    doctor.get(&path).await.problem(StatusCode::SERVICE_UNAVAILABLE, "unavailable");
    assert_eq!(warnings(&doctor).await, ["directory_tampered", "record_unreadable"]);
    assert_eq!(found_of(&app, damaged.0).await, [FaultKind::Key, FaultKind::Row]);
}

/// A stone as a destruction leaves it, which nobody destroyed anything for.
#[tokio::test]
async fn a_stone_that_was_written_by_hand_destroys_nothing() {
    let app = region().await;
    let patient = app.register_patient("高橋 ハル", "タカハシ ハル").await;
    let (backups, now) = (scratch::folder("stones"), app.hub.region().now());
    let shelf = Shelf::open(&app.files_folder()).unwrap();
    let before = make(app.hub.journal(), &shelf, backups.path(), KEEP, now).await.unwrap();
    let stone = "insert into destroyed_record (timeline, destroyed_at, person, ended_on, until_on, kind, years)
        values ($1, 5, null, '2020-01-01', '2025-01-01', 'clinic', 5)";
    write(&app, patient.0, &[stone]).await;

    list::write(app.hub.journal(), backups.path()).await.unwrap();
    assert!(!backups.path().join(list::NAME).exists(), "it is not listed");
    assert_eq!(found_of(&app, patient.0).await, [FaultKind::Row]);
    let secretariat = app.secretariat().await;
    assert_eq!(warnings(&secretariat).await, ["directory_tampered"]);
    secretariat.get(format!("/api/v1/patients/{patient}")).await.ok();

    let (key, folder) = (app.region_key(), scratch::folder("stones-restored"));
    let url = format!("sqlite://{}/renkei.db", folder.path().display());
    let shelf = Shelf::open(&folder.path().join("files")).unwrap();
    let into = RestoreInto { url: &url, shelf: &shelf, region: &key, key: None, destroyed: None, despite: None };
    assert_eq!(restore(&before.path, &into, now).await.unwrap().destroyed, 0);
    let restored = open_journal(&url, &key).await.unwrap();
    assert!(restored.load(patient.into()).await.unwrap().is_some());
    restored.close().await;
}
