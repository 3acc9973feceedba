//! Somebody writes the database of a running hub, without the region's key: they are nobody by that, and it is told.

use std::path::Path;
use std::sync::Arc;

use axum::http::StatusCode;
use renkei::actions::accounts::ensure_authority;
use renkei::actions::directory::put_person;
use renkei::clock::ManualClock;
use renkei::domain::act::By;
use renkei::domain::directory::Position;
use renkei::domain::role::Role;
use renkei::store::StoreError;
use renkei::store::check::check;
use renkei::vault::{RegionKey, Token};
use serde_json::{Value, json};
use sqlx::{Connection as _, SqliteConnection};

use crate::support::actor::Actor;
use crate::support::app::{App, Database};
use crate::support::scratch;
use crate::support::visitor::{PASSWORD, Visitor};

pub(super) async fn region() -> App {
    let (folder, key) = (scratch::folder("tampered"), Arc::new(RegionKey::ephemeral()));
    let clock = Arc::new(ManualClock::at("2026-04-01T09:00:00+09:00".parse().unwrap()));
    App::open_at(folder, Database::File, key, clock).await
}

/// The database, by another program than the hub.
pub(super) async fn written_by_hand(app: &App) -> SqliteConnection {
    let file = app.files_folder().parent().map(|folder| folder.join("renkei.db")).unwrap();
    opened(&file).await
}

async fn opened(file: &Path) -> SqliteConnection {
    SqliteConnection::connect(&format!("sqlite://{}", file.display())).await.unwrap()
}

pub(super) async fn warnings(actor: &Actor) -> Vec<String> {
    let ready = actor.get("/readyz").await.ok();
    assert_eq!(ready["ready"], true);
    let codes = ready["warnings"].as_array().into_iter().flatten().filter_map(|one| one["code"].as_str());
    codes.map(str::to_owned).collect()
}

#[tokio::test]
async fn a_sign_in_that_was_written_by_hand_lets_nobody_in() {
    let app = region().await;
    let (secretariat, nurse) = (app.secretariat().await, app.nurse("minato").await);
    assert!(warnings(&nurse).await.is_empty());
    let (own, id) = (Token::random(), uuid::Uuid::from_u128(7));
    let hash = own.hash();
    let mut by_hand = written_by_hand(&app).await;
    // All that a sign-in of the secretariat has, its MAC too; only the token is another.
    let insert = "insert into sign_in (id, token_hash, person, role, organisation, issued_at, expires_at, device, way, mac)
        select $1, $2, person, role, organisation, issued_at, expires_at, device, way, mac from sign_in where person = $3";
    let added = sqlx::query(insert)
        .bind(id.as_bytes().as_slice())
        .bind(hash.as_bytes().as_slice())
        .bind(secretariat.actor.person.0.as_bytes().as_slice())
        .execute(&mut by_hand);
    assert_eq!(added.await.unwrap().rows_affected(), 1);
    let intruder = app.door_of(&own.reveal());
    for path in ["/api/v1/me", "/api/v1/patients"] {
        intruder.get(path).await.problem(StatusCode::UNAUTHORIZED, "unauthenticated");
    }
    assert_eq!(warnings(&nurse).await, ["directory_tampered"]);
    let listed = secretariat.get("/api/v1/me/sign-ins").await.ok();
    assert_eq!(listed["sign_ins"].as_array().map(Vec::len), Some(1), "{listed}");

    // Their own, as somebody else's.
    let raised =
        sqlx::query("update sign_in set person = $1, role = 'secretariat', organisation = $2 where person = $3")
            .bind(secretariat.actor.person.0.as_bytes().as_slice())
            .bind(secretariat.actor.organisation.0.as_bytes().as_slice())
            .bind(nurse.actor.person.0.as_bytes().as_slice())
            .execute(&mut by_hand);
    assert_eq!(raised.await.unwrap().rows_affected(), 1);
    nurse.get("/api/v1/me").await.problem(StatusCode::UNAUTHORIZED, "unauthenticated");
    secretariat.get("/api/v1/me").await.ok();
    by_hand.close().await.unwrap();
}

#[tokio::test]
async fn an_end_is_not_undone_by_hand() {
    let app = region().await;
    let nurse = app.nurse("minato").await;
    assert_eq!(nurse.delete("/api/v1/me").await.status, StatusCode::NO_CONTENT);
    let mut by_hand = written_by_hand(&app).await;
    let undone = sqlx::query("update sign_in set revoked_at = null").execute(&mut by_hand).await.unwrap();
    assert!(undone.rows_affected() >= 1);
    by_hand.close().await.unwrap();
    nurse.get("/api/v1/me").await.problem(StatusCode::UNAUTHORIZED, "unauthenticated");
    let app = app.stop().await.start().await;
    nurse.get("/api/v1/me").await.problem(StatusCode::UNAUTHORIZED, "unauthenticated");
    drop(app);
}

#[tokio::test]
async fn who_is_suspended_is_not_made_secretariat_by_hand_and_a_restart() {
    let app = region().await;
    let (secretariat, nurse) = (app.secretariat().await, app.nurse("minato").await);
    let (person, office) = (nurse.actor.person, secretariat.actor.organisation);
    let mut suspended = app.hub.region().directory().people[&person].clone();
    suspended.active = false;
    put_person(&app.hub, app.sign_ins(), By::Operator, suspended).await.unwrap();
    let mut by_hand = written_by_hand(&app).await;
    sqlx::query("update person set active = 1").execute(&mut by_hand).await.unwrap();
    sqlx::query(
        "insert into person_position (person, role, organisation, mac)
        select $1, role, organisation, mac from person_position where role = 'secretariat' limit 1",
    )
    .bind(person.0.as_bytes().as_slice())
    .execute(&mut by_hand)
    .await
    .unwrap();
    by_hand.close().await.unwrap();

    let app = app.stop().await.start().await;
    let directory = app.hub.region().directory();
    for (role, organisation) in [(Role::Secretariat, office), (nurse.actor.role, nurse.actor.organisation)] {
        assert!(directory.actor(person, Position { role, organisation }).is_none(), "{role:?}");
    }
    let ready: Value = secretariat.get("/readyz").await.ok();
    assert_eq!(ready["warnings"][0]["code"], "directory_tampered", "{ready}");
    assert!(ready["warnings"][0]["detail"]["ja"].as_str().is_some_and(|ja| ja.contains("renkei store check")));
    secretariat.get("/api/v1/me").await.ok();
}

/// Each of these rows kept every hub of the region from starting.
#[tokio::test]
async fn one_row_that_cannot_be_read_stops_no_hub() {
    let app = region().await;
    let (secretariat, nurse) = (app.secretariat().await, app.nurse("minato").await);
    let doctor = app.doctor("hikari").await;
    let now = app.hub.region().now();
    let made =
        app.hub.journal().write(move |tx| Box::pin(async move { ensure_authority(tx, now).await })).await.unwrap();
    let mut by_hand = written_by_hand(&app).await;
    for (sql, id) in [
        ("update person_position set role = 'zz' where person = $1", nurse.actor.person.0),
        ("update organisation set kind = 'zz' where id = $1", nurse.actor.organisation.0),
        ("update person set sealed = x'00' where id = $1", doctor.actor.person.0),
        ("update organisation set sealed = x'00' where id = $1", doctor.actor.organisation.0),
        ("update device_authority set sealed = x'00' where $1 = $1", doctor.actor.person.0),
    ] {
        let written = sqlx::query(sql).bind(id.as_bytes().as_slice()).execute(&mut by_hand).await.unwrap();
        assert_eq!(written.rows_affected(), 1, "{sql}");
    }
    by_hand.close().await.unwrap();

    let (person, position) = (secretariat.actor.person, secretariat.position());
    let app = app.stop().await.start().await;
    let secretariat = app.sign_in(person, position).await;
    secretariat.get("/api/v1/me").await.ok();
    assert!(warnings(&secretariat).await.contains(&"directory_tampered".to_owned()));
    for gone in [&nurse, &doctor] {
        app.door_of(&gone.token).get("/api/v1/me").await.problem(StatusCode::UNAUTHORIZED, "unauthenticated");
    }
    let listed = secretariat.get("/api/v1/organisations").await.ok().to_string();
    assert!(!listed.contains(&nurse.actor.organisation.to_string()), "{listed}");
    let journal = app.hub.journal();
    let report = check(journal, None).await.unwrap();
    let named: Vec<&str> = report.faults.iter().map(|fault| &*fault.place.en).collect();
    for id in [nurse.actor.organisation.0, nurse.actor.person.0, doctor.actor.person.0, doctor.actor.organisation.0] {
        assert!(named.iter().any(|place| place.contains(&id.to_string())), "{id}: {named:?}");
    }
    // Another authority issues; what the one of before issued is judged as it was.
    let next = journal.write(move |tx| Box::pin(async move { ensure_authority(tx, now).await })).await.unwrap();
    assert_ne!(next.certificate(), made.certificate());
    let lists = journal.read(|tx| Box::pin(tx.load_device_lists())).await;
    let lists = lists.map_err(|error: StoreError| error).unwrap();
    assert_eq!(lists.authorities, [made.certificate().to_vec(), next.certificate().to_vec()]);
}

/// As the migration wrote it for pages of offices that the hub itself began: nobody's record is hidden by that.
#[tokio::test]
async fn an_offices_page_is_never_due_and_may_say_any_time_at_which_somebody_wrote() {
    let app = region().await;
    let (secretariat, nurse) = (app.secretariat().await, app.nurse("minato").await);
    let suspension = json!({ "suspension": { "person": nurse.actor.person.to_string(), "reason": "調査のあいだ" } });
    let post = json!({ "id": app.hub.region().draw_id(), "body": suspension });
    let page = format!("/api/v1/timelines/{}/entries", nurse.actor.organisation);
    secretariat.post(page, post).await.is(StatusCode::CREATED);
    assert!(check(app.hub.journal(), None).await.unwrap().is_whole());
    let mut by_hand = written_by_hand(&app).await;
    let later = "update timeline set written_at = written_at + 1 where id = $1";
    let office = nurse.actor.organisation.0;
    let written = sqlx::query(later).bind(office.as_bytes().as_slice()).execute(&mut by_hand).await.unwrap();
    assert_eq!(written.rows_affected(), 1);
    by_hand.close().await.unwrap();
    let report = check(app.hub.journal(), None).await.unwrap();
    assert!(report.is_whole(), "{:?}", report.faults);
}

/// What opens the one is put in the other's row: it is nobody's there.
#[tokio::test]
async fn accounts_that_were_exchanged_let_nobody_in_and_are_made_anew() {
    let app = region().await;
    let (secretariat, one, other) = (app.secretariat().await, app.nurse("minato").await, app.nurse("hikari").await);
    let accounts = [app.account_of(&one).await, app.account_of(&other).await];
    let mut by_hand = written_by_hand(&app).await;
    let mut sealed: Vec<(Vec<u8>, Vec<u8>)> =
        sqlx::query_as("select person, sealed from account").fetch_all(&mut by_hand).await.unwrap();
    let [(_, of_one), (_, of_other)] = &mut sealed[..] else { panic!("two accounts") };
    std::mem::swap(of_one, of_other);
    for (person, sealed) in sealed {
        let exchange = sqlx::query("update account set sealed = $2 where person = $1").bind(person).bind(sealed);
        assert_eq!(exchange.execute(&mut by_hand).await.unwrap().rows_affected(), 1);
    }
    by_hand.close().await.unwrap();
    for account in &accounts {
        let refused = Visitor::at_program(&app).post("/api/v1/sign-in", account.typed(&app)).await;
        refused.problem(StatusCode::UNAUTHORIZED, "sign_in_refused");
        app.next_code();
    }
    assert_eq!(warnings(&secretariat).await, ["directory_tampered"]);
    let listed = secretariat.get("/api/v1/accounts").await.ok();
    let of = |actor: &Actor| {
        let mut all = listed["accounts"].as_array().unwrap().iter();
        all.find(|used| used["person"] == actor.actor.person.to_string()).unwrap().clone()
    };
    for actor in [&one, &other] {
        assert_eq!((&of(actor)["is_set_up"], &of(actor)["is_damaged"]), (&json!(false), &json!(true)));
    }
    assert!(of(&secretariat).get("is_damaged").is_none());

    let person = format!("/api/v1/people/{}", one.actor.person);
    let seen = secretariat.get(format!("{person}/account")).await.ok();
    assert_eq!((&seen["is_damaged"], &seen["login"]), (&json!(true), &Value::Null));
    let invited = secretariat.post(format!("{person}/invitations"), json!({})).await;
    let problem = invited.problem(StatusCode::CONFLICT, "conflict");
    assert!(problem["detail"]["en"].as_str().unwrap().contains("recover it"), "{problem}");
    let issued = secretariat.post(format!("{person}/recovery"), json!({ "reason": "データベースの破損" })).await;
    let account = app.set_up(&issued.is(StatusCode::CREATED), PASSWORD).await;
    Visitor::at_program(&app).post("/api/v1/sign-in", account.typed(&app)).await.is(StatusCode::CREATED);
    let seen = secretariat.get(format!("{person}/account")).await.ok();
    assert!(seen["is_set_up"] == true && seen.get("is_damaged").is_none(), "{seen}");
}
