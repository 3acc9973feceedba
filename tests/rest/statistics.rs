//! The region in counts as the secretariat sees it, and who uses their account.

use std::time::Duration;

use axum::http::StatusCode;
use renkei::domain::role::Role;
use serde_json::{Value, json};

use crate::support::app::App;

const DAY: Duration = Duration::from_secs(86_400);

fn find<'a>(list: &'a Value, key: &str, value: &str) -> &'a Value {
    let found = list.as_array().expect("a list").iter().find(|one| one[key] == value);
    found.unwrap_or_else(|| panic!("{value}: {list}"))
}

#[tokio::test]
async fn the_secretariat_counts_offices_people_patients_months_and_reading() {
    let app = App::start().await;
    let (doctor, nurse) = (app.doctor("hikari").await, app.nurse("minato").await);
    app.nurse("asahi").await;
    let patient = app.register_patient("高橋 ハル", "タカハシ ハル").await;
    for office in ["hikari", "minato"] {
        app.link(patient, office).await;
    }
    // The second day before midnight in the region, and a minute into May there, while in UTC it is April still.
    let note = |number: u64| {
        let id = format!("0196d5a2-7c00-7000-8000-{number:012x}");
        json!({ "id": id, "body": { "note": { "text": "お変わりありません" } } })
    };
    let entries = format!("/api/v1/timelines/{patient}/entries");
    doctor.post(&entries, note(1)).await.is(StatusCode::CREATED);
    let before = app.secretariat().await.get("/api/v1/statistics").await.ok();
    let april = find(&before["entries"], "month", "2026-04")["of_patients"].as_u64().unwrap();
    assert_eq!(before["entries"].as_array().unwrap().len(), 1);
    app.clock.advance(DAY * 29 + Duration::from_secs(15 * 3_600 + 60));
    let doctor = app.sign_in(doctor.actor.person, doctor.position()).await;
    doctor.post(&entries, note(2)).await.is(StatusCode::CREATED);
    let nurse = app.sign_in(nurse.actor.person, nurse.position()).await;
    let seen = json!({ "through": 1 });
    nurse.put(format!("/api/v1/timelines/{patient}/read-marker"), seen).await.is(StatusCode::NO_CONTENT);

    let secretariat = app.secretariat().await;
    let secretariat = app.sign_in(secretariat.actor.person, secretariat.position()).await;
    let counted = secretariat.get("/api/v1/statistics").await.ok();
    assert_eq!(find(&counted["organisations"], "type", "nursing_station")["organisations"], 2);
    assert_eq!(find(&counted["people"], "role", "nurse")["people"], 2);
    assert_eq!(find(&counted["people"], "role", "doctor")["without_account"], 2, "nor has the one who agreed");
    assert_eq!(counted["patients"], json!([{ "consent": "team", "patients": 1 }]));
    assert_eq!(find(&counted["entries"], "month", "2026-04")["of_patients"], april);
    assert!(find(&counted["entries"], "month", "2026-05")["of_patients"].as_u64() >= Some(1), "{counted}");
    // The doctor and the nurse are linked; she told what she has read.
    assert_eq!(counted["reading"], json!({ "linked": 2, "read_lately": 1 }));
    assert!(!counted.to_string().contains("高橋") && !counted.to_string().contains("一号"), "nobody by name");
    doctor.get("/api/v1/statistics").await.problem(StatusCode::FORBIDDEN, "forbidden");
}

#[tokio::test]
async fn who_never_came_and_who_is_gone_is_found_by_the_secretariat_alone() {
    let app = App::start().await;
    let (secretariat, nurse) = (app.secretariat().await, app.nurse("minato").await);
    let office = nurse.actor.organisation.to_string();
    let newcomer = json!({
        "name": { "kanji": "佐藤 花子", "kana": "サトウ ハナコ" },
        "positions": [{ "role": "nurse", "organisation": office }],
    });
    let newcomer = secretariat.post("/api/v1/people", newcomer).await.is(StatusCode::CREATED)["id"].clone();
    let path = format!("/api/v1/people/{}/invitations", newcomer.as_str().unwrap());
    let invited = secretariat.post(path, json!({})).await.is(StatusCode::CREATED);
    let of = |list: &Value, person: &str| find(&list["accounts"], "person", person).clone();
    let list = secretariat.get("/api/v1/accounts").await.ok();
    let hers = of(&list, newcomer.as_str().unwrap());
    assert_eq!((&hers["is_set_up"], &hers["used_at"]), (&json!(false), &Value::Null));
    assert_eq!(hers["invited_until"], invited["expires_at"]);
    assert!(of(&list, &nurse.actor.person.to_string())["used_at"].is_string());
    nurse.get("/api/v1/accounts").await.problem(StatusCode::FORBIDDEN, "forbidden");

    // Four months later nobody but the secretariat was here.
    app.clock.advance(DAY * 120);
    let secretariat = app.sign_in(secretariat.actor.person, secretariat.position()).await;
    let counted = secretariat.get("/api/v1/statistics").await.ok();
    let nurses = find(&counted["people"], "role", Role::Nurse.code());
    assert_eq!((&nurses["people"], &nurses["never_signed_in"], &nurses["dormant"]), (&json!(2), &json!(1), &json!(1)));
    let list = secretariat.get("/api/v1/accounts").await.ok();
    assert_eq!(of(&list, newcomer.as_str().unwrap())["invited_until"], Value::Null, "the invitation ran out");
}
