//! Trainings: entered by the secretariat, with who was there; seen by each of their own, by an administrator of their people;
//! and who was at none of a kind.

use axum::http::StatusCode;
use renkei::domain::ids::TrainingId;
use renkei::domain::role::Role;
use renkei::domain::time::Timestamp;
use renkei::domain::training::{Training, TrainingKind};
use renkei::limits;
use renkei::store::StoreError;
use serde_json::{Value, json};

use crate::support::actor::Actor;
use crate::support::app::App;
use crate::support::system::System;

struct Story {
    app: App,
    secretariat: Actor,
    head: Actor,
    nurse: Actor,
    doctor: Actor,
}

impl Story {
    async fn begin() -> Self {
        let app = App::start().await;
        let secretariat = app.secretariat().await;
        let (head, nurse, doctor) = (app.nurse("minato").await, app.nurse("minato").await, app.doctor("hikari").await);
        let path = format!("/api/v1/organisations/{}/administrators", head.actor.organisation);
        let person = json!({ "person": head.actor.person.to_string() });
        secretariat.post(path, person).await.is(StatusCode::NO_CONTENT);
        Self { app, secretariat, head, nurse, doctor }
    }

    async fn enters(&self, kind: &str) -> String {
        let given = json!({ "title": "説明会", "kind": kind, "day": "2026-03-15" });
        let made = self.secretariat.post("/api/v1/trainings", given).await.is(StatusCode::CREATED);
        made["id"].as_str().expect("an id").to_owned()
    }

    async fn notes(&self, training: &str, given: Value) {
        let path = format!("/api/v1/trainings/{training}/attendance");
        self.secretariat.put(path, given).await.is(StatusCode::NO_CONTENT);
    }

    async fn missing(&self, who: &Actor, kind: &str) -> Vec<String> {
        let found = who.get(format!("/api/v1/trainings/missing?kind={kind}")).await.ok();
        let people = found["people"].as_array().expect("a list");
        people.iter().map(|person| person["id"].as_str().expect("an id").to_owned()).collect()
    }
}

fn at(person: &Actor, state: &str) -> Value {
    json!({ "people": [{ "person": person.actor.person.to_string(), "state": state }] })
}

/// Of the first training that somebody sees: who is on its list, and as what.
fn list(seen: &Value) -> Vec<(String, String)> {
    let attendance = seen["trainings"][0]["attendance"].as_array().expect("a list");
    let mut list: Vec<_> = attendance
        .iter()
        .map(|one| (one["person"].as_str().unwrap().to_owned(), one["state"].as_str().unwrap().to_owned()))
        .collect();
    list.sort();
    list
}

#[tokio::test]
async fn everybody_sees_their_own_and_an_administrator_those_of_their_people() {
    let story = Story::begin().await;
    let training = story.enters("rules").await;
    for who in [&story.head, &story.nurse, &story.doctor] {
        assert_eq!(who.get("/api/v1/trainings").await.ok()["trainings"], json!([]));
    }
    // Everybody of the office is expected; whoever is on the list already keeps what was noted.
    story.notes(&training, at(&story.nurse, "attended")).await;
    story.notes(&training, json!({ "offices": [story.nurse.actor.organisation.to_string()] })).await;
    story.notes(&training, at(&story.doctor, "absent")).await;
    let (head, nurse, doctor) = (
        (story.head.actor.person.to_string(), "expected".to_owned()),
        (story.nurse.actor.person.to_string(), "attended".to_owned()),
        (story.doctor.actor.person.to_string(), "absent".to_owned()),
    );
    let sorted = |mut list: Vec<(String, String)>| {
        list.sort();
        list
    };
    let seen = async |who: &Actor| list(&who.get("/api/v1/trainings").await.ok());
    assert_eq!(seen(&story.nurse).await, std::slice::from_ref(&nurse));
    assert_eq!(seen(&story.doctor).await, std::slice::from_ref(&doctor));
    assert_eq!(seen(&story.head).await, sorted(vec![head.clone(), nurse.clone()]));
    assert_eq!(seen(&story.secretariat).await, sorted(vec![head, nurse.clone(), doctor]));
    let off = json!({ "people": [{ "person": story.head.actor.person.to_string(), "state": null }] });
    story.notes(&training, off).await;
    assert_eq!(seen(&story.head).await, [nurse]);
    let log = story.secretariat.get("/api/v1/audit?kind=training").await.ok().to_string();
    assert!(log.contains("attendance_noted") && log.contains("entered"), "{log}");
}

#[tokio::test]
async fn who_was_at_none_of_a_kind_is_listed_for_whoever_looks_after_them() {
    let story = Story::begin().await;
    let patient = story.app.register_patient("高橋 ハル", "タカハシ ハル").await;
    let family = story.app.family(patient).await;
    let system = story.app.actor(Role::Gateway, "minato").await;
    let [head, nurse, doctor] = [&story.head, &story.nurse, &story.doctor].map(|who| who.actor.person.to_string());
    let training = story.enters("rules").await;
    story.notes(&training, at(&story.nurse, "attended")).await;
    story.notes(&training, at(&story.doctor, "expected")).await;
    assert_eq!(story.missing(&story.head, "rules").await, std::slice::from_ref(&head));
    let missing = story.missing(&story.secretariat, "rules").await;
    assert!(missing.contains(&head) && missing.contains(&doctor) && !missing.contains(&nurse), "{missing:?}");
    for nobody in [family, system] {
        assert!(!missing.contains(&nobody.actor.person.to_string()), "{:?} is not trained", nobody.actor.role);
    }
    assert!(story.missing(&story.head, "emergency").await.contains(&nurse), "another kind");
    story.nurse.get("/api/v1/trainings/missing?kind=rules").await.problem(StatusCode::FORBIDDEN, "forbidden");

    let table = story.head.get("/api/v1/trainings/missing.csv?kind=rules").await;
    assert_eq!(table.status, StatusCode::OK);
    assert_eq!(table.header("content-type"), "text/csv; charset=utf-8");
    let table = table.text();
    assert!(table.starts_with('\u{feff}') && table.lines().count() == 2, "{table}");
    assert!(table.contains("\"minato\",\"看護師\",\"地域のルール\""), "{table}");

    // A training that was cancelled trained nobody.
    let given = json!({ "title": "説明会", "kind": "rules", "day": "2026-03-15", "is_cancelled": true });
    story.secretariat.put(format!("/api/v1/trainings/{training}"), given).await.is(StatusCode::NO_CONTENT);
    assert!(story.missing(&story.head, "rules").await.contains(&nurse));
}

#[tokio::test]
async fn what_is_wrong_with_a_training_is_named() {
    let story = Story::begin().await;
    for (given, field, code) in [
        (json!({ "title": "", "kind": "rules", "day": "2026-03-15" }), "title", "required"),
        (json!({ "title": "説明会", "kind": "dance", "day": "2026-03-15" }), "kind", "unknown_code"),
        (json!({ "title": "説明会", "kind": "rules", "day": "15 March" }), "day", "bad_date"),
        (json!({ "title": "説明会", "kind": "rules", "day": "1926-03-15" }), "day", "out_of_range"),
    ] {
        let answer = story.secretariat.post("/api/v1/trainings", given).await;
        let problem = answer.problem(StatusCode::UNPROCESSABLE_ENTITY, code);
        assert_eq!(problem["field"], field);
        assert!(problem["detail"]["ja"].is_string());
    }
    let training = story.enters("rules").await;
    let person = story.nurse.actor.person.to_string();
    let system = System::register(&story.app, story.nurse.actor.organisation, "system/Observation.rs").await.id;
    let twice = json!({ "person": person, "state": "attended" });
    let unknown = "0196d5a2-7c00-7000-8000-000000000001";
    for (given, field, code) in [
        (json!({}), "people", "required"),
        (json!({ "people": [{ "person": person, "state": "asleep" }] }), "people[0].state", "unknown_code"),
        (json!({ "people": [{ "person": "x", "state": "attended" }] }), "people[0].person", "bad_id"),
        (json!({ "people": [{ "person": unknown, "state": "attended" }] }), "people[0].person", "not_found"),
        (json!({ "people": [{ "person": system, "state": "attended" }] }), "people[0].person", "not_found"),
        (json!({ "people": [twice, twice] }), "people[1].person", "duplicate"),
        (json!({ "people": vec![&twice; limits::ATTENDANCE_NOTED_MAX + 1] }), "people", "too_long"),
        (json!({ "offices": [unknown] }), "offices[0]", "not_found"),
        (json!({ "offices": vec![unknown; limits::ATTENDANCE_OFFICES_MAX + 1] }), "offices", "too_long"),
    ] {
        let answer = story.secretariat.put(format!("/api/v1/trainings/{training}/attendance"), given).await;
        assert_eq!(answer.problem(StatusCode::UNPROCESSABLE_ENTITY, code)["field"], field);
    }
    let nowhere = format!("/api/v1/trainings/{unknown}/attendance");
    story.secretariat.put(nowhere, at(&story.nurse, "attended")).await.problem(StatusCode::NOT_FOUND, "not_found");
    story.secretariat.get("/api/v1/trainings/missing").await.problem(StatusCode::UNPROCESSABLE_ENTITY, "required");
}

#[tokio::test]
async fn as_many_trainings_are_written_down_as_the_limit_says() {
    let story = Story::begin().await;
    let by = story.secretariat.actor.person;
    let old = |number: usize| Training {
        id: TrainingId(story.app.hub.region().draw_id()),
        title: format!("説明会 {number}"),
        kind: TrainingKind::Rules,
        day: jiff::civil::date(2025, 3, 15),
        is_cancelled: false,
        by,
        at: Timestamp::EPOCH,
    };
    let all: Vec<Training> = (1..limits::TRAININGS_MAX).map(old).collect();
    let written = story.app.hub.journal().write(move |tx| {
        Box::pin(async move {
            for training in &all {
                tx.upsert_training(training).await?;
            }
            Ok::<_, StoreError>(())
        })
    });
    written.await.unwrap();
    let last = story.enters("rules").await;
    let given = json!({ "title": "説明会", "kind": "rules", "day": "2026-03-15" });
    let refused = story.secretariat.post("/api/v1/trainings", given.clone()).await;
    refused.problem(StatusCode::CONFLICT, "conflict");
    story.secretariat.put(format!("/api/v1/trainings/{last}"), given).await.is(StatusCode::NO_CONTENT);
}
