//! Somebody writes into the records of a region by hand, or a bit of one flips: nobody sees more by it, nothing is destroyed by it,
//! and the others go on.

use std::time::Duration;

use axum::http::StatusCode;
use renkei::actions::backup::{Keep, RestoreInto, make, restore};
use renkei::actions::destroying::list;
use renkei::cli::open::open_journal;
use renkei::domain::act::By;
use renkei::domain::directory::Position;
use renkei::domain::ids::PatientId;
use renkei::store::Shelf;
use renkei::store::check::{FaultKind, check};
use serde_json::{Value, json};
use sqlx::Connection as _;
use uuid::Uuid;

use super::tampered::{region, warnings, written_by_hand};
use crate::support::actor::Actor;
use crate::support::app::App;
use crate::support::scratch;

const KEEP: Keep = Keep { daily: 7, weekly: 5, monthly: 12 };

/// Writes one row by hand, of the record or page with this id.
async fn write(app: &App, id: Uuid, statements: &[&'static str]) {
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
async fn found_of(app: &App, id: Uuid) -> Vec<FaultKind> {
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

/// The one is missing and said to be, the other is there, and whoever knows neither learns nothing.
async fn only_the_other_is_there(app: &App, doctor: &Actor, stranger: &Actor, patients: [PatientId; 2]) {
    let [damaged, whole] = patients;
    let secretariat = app.secretariat().await;
    for path in [format!("/api/v1/patients/{damaged}"), format!("/api/v1/timelines/{damaged}/entries")] {
        stranger.get(&path).await.problem(StatusCode::NOT_FOUND, "not_found");
        doctor.get(&path).await.problem(StatusCode::SERVICE_UNAVAILABLE, "unavailable");
    }
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

/// Suspends somebody by a record on the page of their office.
async fn suspend(app: &App, whom: &Actor) {
    let body = json!({ "suspension": { "person": whom.actor.person.to_string(), "reason": "調査のあいだ" } });
    let post = json!({ "id": app.hub.region().draw_id(), "body": body });
    let page = format!("/api/v1/timelines/{}/entries", whom.actor.organisation);
    app.secretariat().await.post(page, post).await.is(StatusCode::CREATED);
}

async fn is_let_in(app: &App, whom: &Actor) -> bool {
    let valid_for = Duration::from_secs(60);
    app.sign_ins().issue(By::Operator, whom.actor.person, whom.position(), valid_for).await.is_ok()
}

/// The last entry, which is the suspension.
const LAST: &str = "update entry set sealed = zeroblob(40)
    where timeline = $1 and seq = (select max(seq) from entry where timeline = $1)";

#[tokio::test]
async fn one_bad_entry_on_an_offices_page_stops_its_own_people_and_not_the_region() {
    for damage in [
        LAST,
        "update entry set sealed = zeroblob(40) where timeline = $1 and seq = 1",
        "update timeline set wrapped_key = null where id = $1",
        "update timeline set wrapped_key = x'00' where id = $1",
        "update timeline set head_seq = head_seq - 1 where id = $1",
    ] {
        let app = region().await;
        let (nurse, colleague, doctor) =
            (app.nurse("minato").await, app.nurse("minato").await, app.doctor("hikari").await);
        suspend(&app, &nurse).await;
        colleague.get("/api/v1/me").await.ok();
        assert!(!is_let_in(&app, &nurse).await && is_let_in(&app, &colleague).await);
        write(&app, nurse.actor.organisation.0, &[damage]).await;

        let app = app.stop().await.start().await;
        assert!(!is_let_in(&app, &nurse).await, "{damage}");
        assert!(!is_let_in(&app, &colleague).await, "nobody can tell who of them was shut out: {damage}");
        colleague.get("/api/v1/me").await.problem(StatusCode::UNAUTHORIZED, "unauthenticated");
        doctor.get("/api/v1/me").await.ok();
        app.secretariat().await.get("/api/v1/patients").await.ok();
        let told = warnings(&doctor).await;
        assert!(
            told.ends_with(&["record_unreadable".to_owned(), "office_unreadable".to_owned()]),
            "{damage}: {told:?}"
        );
        assert!(!found_of(&app, nurse.actor.organisation.0).await.is_empty(), "{damage}");
    }
}

/// It is read as what it is by the directory: that somebody is shut out is known.
#[tokio::test]
async fn an_offices_page_that_is_called_a_patients_record_still_shuts_out() {
    let app = region().await;
    let (nurse, colleague) = (app.nurse("minato").await, app.nurse("minato").await);
    suspend(&app, &nurse).await;
    let office = nurse.actor.organisation.0;
    write(&app, office, &["update timeline set subject = 'patient' where id = $1"]).await;
    let app = app.stop().await.start().await;
    assert!(!is_let_in(&app, &nurse).await && is_let_in(&app, &colleague).await);
    assert_eq!(warnings(&colleague).await, ["record_unreadable"]);
    assert_eq!(found_of(&app, office).await, [FaultKind::Head]);
}

#[tokio::test]
async fn the_secretariat_acts_though_its_own_page_is_damaged_while_it_has_nobody_else() {
    let app = region().await;
    let (first, other) = (app.secretariat().await, app.nurse("minato").await);
    // So that there is something on it.
    suspend(&app, &app.actor(first.actor.role, "secretariat").await).await;
    write(&app, first.actor.organisation.0, &[LAST]).await;
    let app = app.stop().await.start().await;
    first.get("/api/v1/me").await.ok();
    other.get("/api/v1/me").await.ok();
    let told = warnings(&other).await;
    assert!(told.contains(&"office_unreadable".to_owned()) && !told.contains(&"no_secretariat".to_owned()), "{told:?}");

    // Of a second office of it more is known: it acts, and the first is as any other.
    let second = app.actor(first.actor.role, "second secretariat").await;
    first.get("/api/v1/me").await.problem(StatusCode::UNAUTHORIZED, "unauthenticated");
    second.get("/api/v1/me").await.ok();
}

/// What the operating guide gives as the cure: the office is entered anew, and its people with it.
#[tokio::test]
async fn who_moves_to_another_office_is_let_in_again() {
    let app = region().await;
    let colleague = app.nurse("minato").await;
    let secretariat = app.secretariat().await;
    suspend(&app, &app.nurse("minato").await).await;
    write(&app, colleague.actor.organisation.0, &[LAST]).await;
    let app = app.stop().await.start().await;
    assert!(!is_let_in(&app, &colleague).await);
    let anew = json!({ "name": "みなと訪問看護ステーション", "type": "nursing_station" });
    let office = secretariat.post("/api/v1/organisations", anew).await.is(StatusCode::CREATED);
    let positions = json!([{ "role": "nurse", "organisation": office["id"] }]);
    let moved = json!({ "name": { "kanji": "看護 花子" }, "positions": positions });
    secretariat.put(format!("/api/v1/people/{}", colleague.actor.person), moved).await.ok();
    let organisation = office["id"].as_str().unwrap().parse().unwrap();
    let position = Position { role: colleague.actor.role, organisation };
    let valid_for = Duration::from_secs(60);
    app.sign_ins().issue(By::Operator, colleague.actor.person, position, valid_for).await.unwrap();
}
