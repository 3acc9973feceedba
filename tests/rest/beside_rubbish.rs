//! Somebody writes rows of rubbish beside the true ones of a running hub: whoever is to be shut out is, one row that cannot be
//! read takes no list along, and all of it is told and has a cure.

use axum::http::StatusCode;
use renkei::store::check::check;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, SqliteConnection};

use super::devices::registered;
use super::tampered::{region, warnings, written_by_hand};
use crate::support::actor::Actor;
use crate::support::app::App;
use crate::support::system::System;

/// Writes rows whatever they point at; how many.
async fn write(by_hand: &mut SqliteConnection, sql: &str, of: uuid::Uuid) -> u64 {
    sqlx::query("pragma foreign_keys = off").execute(&mut *by_hand).await.unwrap();
    let written =
        sqlx::query(AssertSqlSafe(sql.to_owned())).bind(of.as_bytes().as_slice()).execute(&mut *by_hand).await;
    written.unwrap_or_else(|error| panic!("{sql}: {error}")).rows_affected()
}

/// What the check names.
async fn named(app: &App) -> Vec<String> {
    let report = check(app.hub.journal(), None).await.unwrap();
    report.faults.into_iter().map(|fault| fault.place.en.into_owned()).collect()
}

/// The ways to shut somebody out, each with what it answers.
async fn shuts_out(secretariat: &Actor, way: &str, whom: &Actor) {
    let person = format!("/api/v1/people/{}", whom.actor.person);
    let answer = match way {
        "sign-ins" => secretariat.delete(format!("{person}/sign-ins")).await,
        "recovery" => secretariat.post(format!("{person}/recovery"), json!({ "reason": "盗難" })).await,
        _ => secretariat.post(format!("{person}/suspend"), Value::Null).await,
    };
    assert!(answer.status.is_success(), "{way}: {}", answer.text());
}

#[tokio::test]
async fn row_17_whoever_is_to_be_shut_out_is_whatever_rows_stand_beside_theirs() {
    let app = region().await;
    let secretariat = app.secretariat().await;
    let sign_in = |columns: &str| {
        format!(
            "insert into sign_in (id, token_hash, person, role, organisation, issued_at, expires_at, device, way)
            select {columns}, issued_at, expires_at, device, 'zz' from sign_in where person = $1 and revoked_at is null limit 1"
        )
    };
    let invitation = |what: &str| {
        format!(
            "insert into invitation (id, token_hash, person, purpose, sealed, issued_at, expires_at, tries_left)
            select {what}, x'00', 0, 9000000000000000000, 5 from person where id = $1"
        )
    };
    let rubbish = [
        sign_in("randomblob(16), randomblob(32), person, 'zz', organisation"),
        sign_in("randomblob(16), randomblob(32), person, cast(x'ff' as text), organisation"),
        sign_in("randomblob(5), randomblob(3), person, role, x'07'"),
        invitation("randomblob(16), randomblob(32), id, 'recovery'"),
        invitation("randomblob(5), randomblob(3), id, 'zz'"),
        "insert into passkey (id, person, credential, sealed, counter, added_at)
            select x'07', id, randomblob(32), x'00', 0, 0 from person where id = $1"
            .to_owned(),
        "insert into identity (id, person, known_as, sealed, linked_at)
            select x'07', id, randomblob(32), x'00', 0 from person where id = $1"
            .to_owned(),
    ];
    let mut by_hand = written_by_hand(&app).await;
    for row in &rubbish {
        for way in ["sign-ins", "recovery", "suspend"] {
            let nurse = app.nurse("minato").await;
            app.account_of(&nurse).await;
            let (person, thief) = (nurse.actor.person.0, app.sign_in(nurse.actor.person, nurse.position()).await);
            assert_eq!(write(&mut by_hand, row, person).await, 1, "{row}");
            thief.get("/api/v1/me").await.ok();
            secretariat.get(format!("/api/v1/people/{person}/account")).await.ok();
            assert!(!named(&app).await.is_empty(), "{row}");
            shuts_out(&secretariat, way, &nurse).await;
            thief.get("/api/v1/me").await.problem(StatusCode::UNAUTHORIZED, "unauthenticated");
            // What ends takes the rubbish of its kind along.
            let takes_along = match way {
                "sign-ins" => row.contains("into sign_in"),
                "suspend" => row.contains("into sign_in") || row.contains("into invitation"),
                _ => true,
            };
            let left = named(&app).await;
            assert_eq!(left.is_empty(), takes_along, "{way}, {row}: {left:?}");
            for gone in ["delete from invitation", "delete from passkey", "delete from identity"] {
                sqlx::query(gone).execute(&mut by_hand).await.unwrap();
            }
        }
    }
    assert_eq!(warnings(&secretariat).await, ["directory_tampered"]);
}

#[tokio::test]
async fn an_invitation_without_its_mac_opens_nothing_and_is_out_of_the_way_once_withdrawn() {
    let app = region().await;
    let (secretariat, nurse) = (app.secretariat().await, app.nurse("minato").await);
    let invitations = format!("/api/v1/people/{}/invitations", nurse.actor.person);
    secretariat.post(&invitations, json!({})).await.is(StatusCode::CREATED);
    let mut by_hand = written_by_hand(&app).await;
    let strip = "update invitation set mac = null where person = $1";
    assert_eq!(write(&mut by_hand, strip, nurse.actor.person.0).await, 1);
    assert_eq!(named(&app).await.len(), 1);
    secretariat.delete(&invitations).await.is(StatusCode::NO_CONTENT);
    assert_eq!(named(&app).await, Vec::<String>::new());
}

#[tokio::test]
async fn row_12_a_device_is_revoked_whatever_its_row_and_its_links_have_become() {
    let app = region().await;
    let secretariat = app.secretariat().await;
    let office = app.nurse("minato").await.actor.organisation;
    let (device, _) = registered(&secretariat, office, "タブレット 3").await;
    let (other, _) = registered(&secretariat, office, "タブレット 4").await;
    let id: uuid::Uuid = device.parse().unwrap();
    let mut by_hand = written_by_hand(&app).await;
    assert_eq!(write(&mut by_hand, "update device set sealed = x'00' where id = $1", id).await, 1);
    let link = "insert into device_enrolment (id, token_hash, device, sealed, issued_at, expires_at, tries_left)
        values (x'07', randomblob(32), $1, x'00', 0, 9000000000000000000, 5)";
    assert_eq!(write(&mut by_hand, link, id).await, 1);
    let listed = secretariat.get("/api/v1/devices").await.ok();
    let listed = listed["devices"].as_array().unwrap();
    let names: Vec<(&Value, &Value)> = listed.iter().map(|one| (&one["id"], &one["name"])).collect();
    assert_eq!(names.len(), 2, "{names:?}");
    assert!(names.contains(&(&json!(device), &json!("（読めません / unreadable）"))), "{names:?}");
    assert!(names.contains(&(&json!(other), &json!("タブレット 4"))), "{names:?}");
    let revoked = secretariat.post(format!("/api/v1/devices/{device}/revoke"), json!({ "reason": "紛失" })).await;
    assert!(revoked.status.is_success(), "{}", revoked.text());
    let open = "update device_enrolment set issued_at = issued_at where device = $1 and ended_at is null";
    assert_eq!(write(&mut by_hand, open, id).await, 0);
    assert_eq!(warnings(&secretariat).await, ["directory_tampered"]);
}

#[tokio::test]
async fn a_system_that_was_changed_by_hand_is_neither_there_nor_in_the_way_of_its_removal() {
    let app = region().await;
    let secretariat = app.secretariat().await;
    let office = app.nurse("minato").await.actor.organisation;
    let changes = [
        "update client set scopes = 'system/Patient.rs system/Observation.crs' where id = $1",
        "update client set scopes = 'zz' where id = $1",
        "update client set organisation = x'07' where id = $1",
        "update client set sealed = x'00' where id = $1",
        "update client_key set algorithm = 'zz' where client = $1",
        "insert into client_key (client, kid, algorithm, material, added_at)
            values ($1, 'zz', cast(x'ff' as text), x'00', 0)",
    ];
    for change in changes {
        let (mut by_hand, true_one) =
            (written_by_hand(&app).await, System::register(&app, office, "system/Patient.rs").await);
        let system = System::register(&app, office, "system/Patient.rs").await;
        assert_eq!(write(&mut by_hand, change, system.id.parse().unwrap()).await, 1, "{change}");
        let listed = secretariat.get("/api/v1/clients").await.ok().to_string();
        assert!(listed.contains(&true_one.id), "{change}: {listed}");
        let path = format!("/api/v1/clients/{}", system.id);
        let is_there = listed.contains(&system.id);
        // A label that does not open, and a key, are not the system.
        assert_eq!(is_there, change.contains("sealed") || change.contains("client_key"), "{change}: {listed}");
        if !is_there {
            let suspending = secretariat.post(format!("{path}/suspension"), json!({ "reason": "点検" })).await;
            suspending.problem(StatusCode::NOT_FOUND, "not_found");
            let resuming = secretariat.delete(format!("{path}/suspension")).await;
            resuming.problem(StatusCode::NOT_FOUND, "not_found");
        }
        let removed = secretariat.post(format!("{path}/removal"), json!({ "reason": "入れ替え" })).await;
        assert!(removed.status.is_success(), "{change}: {}", removed.text());
        write(&mut by_hand, "delete from client_key where client = $1", system.id.parse().unwrap()).await;
    }
    assert_eq!(warnings(&secretariat).await, ["directory_tampered"]);
}

/// Each of these made a whole list answer that the hub had failed.
#[tokio::test]
async fn one_row_that_cannot_be_read_takes_no_list_along() {
    let app = region().await;
    let (secretariat, nurse) = (app.secretariat().await, app.nurse("minato").await);
    app.account_of(&app.nurse("minato").await).await;
    let words = json!({ "title": "研修のお知らせ", "text": "会場は大会議室です", "until": "2026-04-30" });
    let announced = secretariat.post("/api/v1/announcements", words).await.is(StatusCode::CREATED);
    let training = json!({ "title": "説明会", "kind": "emergency", "day": "2026-03-15" });
    let training = secretariat.post("/api/v1/trainings", training).await.is(StatusCode::CREATED);
    let (announced, training) = (announced["id"].as_str().unwrap(), training["id"].as_str().unwrap());
    // What is written, and by which word the check names it; none: what it names is the timeline, or nothing of its own.
    let rows = [
        ("announcement 07", "insert into announcement values (x'07', $1, 9000000000000000000)"),
        ("announcement_version 08", "insert into announcement_version values (x'08', 1, substr($1, 1, 1))"),
        ("announcement.id", "insert into announcement_version values (x'07', 1, substr($1, 1, 1))"),
        ("announcement_receipt", "insert into announcement_receipt values (x'07', $1, 1, 0)"),
        ("training ", "insert into training values ($1, x'00')"),
        ("training_attendance", "insert into training_attendance values (x'07', $1, cast(x'ff' as text), x'07', 0)"),
        ("case_version ", "insert into case_version values ($1, 1, x'00')"),
        ("talk_group ", "insert into talk_group values ($1, $1, x'00')"),
        ("group_message ", "insert into group_message values ($1, -1, x'00')"),
        ("group_receipt", "insert into group_receipt values (x'07', $1, -1)"),
        ("", "insert into emergency_access values (x'07', substr($1, 1, 1), -1, 0, 0, null)"),
        ("", "insert into duty values ($1, x'07', 1, x'00')"),
        ("account", "insert into account (person, login, sealed, changed_at) values (x'07', $1, x'00', 0)"),
        ("", "insert into team_member values ($1, x'07', null, 0, 0, 0), ($1, x'08', null, 0, 0, 0)"),
    ];
    let mut by_hand = written_by_hand(&app).await;
    let paths =
        ["announcements", "trainings", "cases", "groups", "emergency-accesses", "compliance", "accounts", "clients"];
    for (told, row) in rows {
        assert!(write(&mut by_hand, row, nurse.actor.person.0).await >= 1, "{row}");
        for path in paths {
            let answer = secretariat.get(format!("/api/v1/{path}")).await;
            assert_eq!(answer.status, StatusCode::OK, "{path} after {row}: {}", answer.text());
        }
        for path in ["announcements", "trainings", "groups"] {
            nurse.get(format!("/api/v1/{path}")).await.ok();
        }
        let named = named(&app).await;
        assert!(told.is_empty() || named.iter().any(|place| place.starts_with(told)), "{row}: {named:?}");
    }
    let announcements = secretariat.get("/api/v1/announcements").await.ok();
    let shown: Vec<&str> =
        announcements["announcements"].as_array().unwrap().iter().filter_map(|one| one["id"].as_str()).collect();
    assert_eq!(shown, [announced]);
    let trainings = secretariat.get("/api/v1/trainings").await.ok();
    let shown: Vec<&str> =
        trainings["trainings"].as_array().unwrap().iter().filter_map(|one| one["id"].as_str()).collect();
    assert_eq!(shown, [training]);
    assert_eq!(warnings(&secretariat).await, ["directory_tampered"]);
}
