//! Somebody writes the database of a running hub, without the region's key: they are nobody by that, and it is told.

use std::path::Path;
use std::sync::Arc;

use axum::http::StatusCode;
use renkei::actions::directory::put_person;
use renkei::clock::ManualClock;
use renkei::domain::act::By;
use renkei::domain::directory::Position;
use renkei::domain::role::Role;
use renkei::vault::{RegionKey, Token};
use serde_json::Value;
use sqlx::{Connection as _, SqliteConnection};

use crate::support::actor::Actor;
use crate::support::app::{App, Database};
use crate::support::scratch;

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
