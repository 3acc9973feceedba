//! From nothing to a patient whose team reads what it posts.

use axum::http::StatusCode;
use renkei::domain::role::Role;
use serde_json::{Value, json};

use crate::support::actor::Actor;
use crate::support::app::App;

fn haru(host: &Actor) -> Value {
    json!({
        "request_id": "0196d5a2-7c00-7000-8000-000000000001",
        "name": { "kanji": "高橋 ハル", "kana": "タカハシ ハル" },
        "birth_date": "1938-04-12",
        "sex": "female",
        "identifiers": [{ "system": "urn:oid:1.2.392.100495.20.3.51.1", "value": "00123" }],
        "agreed_by": host.actor.person.to_string(),
        "agreed_on_paper": "同意書綴り 12",
        "document": "申込書綴り 12",
        "host": { "organisation": host.actor.organisation.to_string() },
        "consent": { "state": "team", "given_by": "patient", "given_on": "2026-04-01", "document": "同意書綴り 12" }
    })
}

fn note(id: &str, text: &str) -> Value {
    json!({ "id": id, "body": { "note": { "text": text } } })
}

#[tokio::test]
async fn the_secretariat_registers_and_links_and_the_team_reads_what_the_nurse_posts() {
    let app = App::start().await;
    let (secretariat, doctor, nurse) = (app.secretariat().await, app.doctor("hikari").await, app.nurse("minato").await);

    let registered = secretariat.post("/api/v1/patients", haru(&doctor)).await.is(StatusCode::CREATED);
    let patient = registered["id"].as_str().unwrap();
    let seqs: Vec<_> = registered["entries"].as_array().unwrap().iter().map(|entry| entry["seq"].clone()).collect();
    assert_eq!(seqs, [1, 2, 3]);
    let link =
        json!({ "organisation": nurse.actor.organisation.to_string(), "history": "all", "relation_confirmed": true });
    let linked = secretariat.post(format!("/api/v1/patients/{patient}/links"), link).await.is(StatusCode::CREATED);
    assert_eq!(linked["seq"], 4);
    assert!(linked["cited"][0].as_str().unwrap().starts_with("FL-7@floor/"), "{linked}");

    let entries = format!("/api/v1/timelines/{patient}/entries");
    let posted = nurse.post(&entries, note("0196d5a2-7c00-7000-8000-00000000000a", "お変わりありません")).await;
    assert_eq!(posted.is(StatusCode::CREATED)["seq"], "5");

    let page = doctor.get(format!("{entries}?after=4")).await.ok();
    let entry = &page["entries"][0];
    assert_eq!(entry["content"]["body"]["note"]["text"], "お変わりありません");
    assert_eq!(entry["content"]["author"]["person"], nurse.actor.person.to_string());
    assert_eq!((&page["through"], &page["more"]), (&5.into(), &false.into()));
    // The secretariat keeps the register; what is written about care is not for it.
    let page = secretariat.get(&entries).await.ok();
    assert_eq!(page["entries"].as_array().unwrap().len(), 4);
    assert_eq!(page["through"], 5);

    for search in ["q=%EF%BE%80%EF%BD%B6%EF%BE%8A%EF%BD%BC", "birth_date=1938-04-12", "identifier=00123"] {
        let found = doctor.get(format!("/api/v1/patients?{search}")).await.ok();
        assert_eq!(found["patients"][0]["id"], patient, "{search}");
    }
    let none = doctor.get("/api/v1/patients?birth_date=1938-04-13").await.ok();
    assert_eq!(none, json!({ "patients": [], "more": false }));
}

#[tokio::test]
async fn a_registration_sent_again_registers_nobody_twice_and_another_under_its_id_is_a_conflict() {
    let app = App::start().await;
    let doctor = app.doctor("hikari").await;
    let first = doctor.post("/api/v1/patients", haru(&doctor)).await.is(StatusCode::CREATED);
    let again = doctor.post("/api/v1/patients", haru(&doctor)).await.ok();
    assert_eq!(again["id"], first["id"]);
    assert!(again["entries"].as_array().unwrap().iter().all(|entry| entry["repeated"] == true), "{again}");

    let mut other = haru(&doctor);
    other["birth_date"] = "1938-04-13".into();
    doctor.post("/api/v1/patients", other).await.problem(StatusCode::CONFLICT, "conflict");
    let found = doctor.get("/api/v1/patients").await.ok();
    assert_eq!(found["patients"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_registration_of_which_one_part_is_refused_leaves_nothing_behind() {
    let app = App::start().await;
    let (secretariat, doctor) = (app.secretariat().await, app.doctor("hikari").await);
    let mut nowhere = haru(&doctor);
    nowhere["host"]["organisation"] = "0196d5a2-7c00-7000-8000-0000000000ff".into();
    let problem = secretariat.post("/api/v1/patients", nowhere).await;
    let problem = problem.problem(StatusCode::UNPROCESSABLE_ENTITY, "not_found");
    assert_eq!(problem["field"], "host.organisation");
    assert_eq!(secretariat.get("/api/v1/patients").await.ok()["patients"], json!([]));
    // The same request, mended, is the first that anybody heard of.
    secretariat.post("/api/v1/patients", haru(&doctor)).await.is(StatusCode::CREATED);
}

#[tokio::test]
async fn who_may_not_register_hears_which_rule_says_so_and_how_it_reads() {
    let app = App::start().await;
    let helper = app.actor(Role::Helper, "hidamari").await;
    let mut patient = haru(&helper);
    patient.as_object_mut().unwrap().retain(|name, _| ["name", "birth_date", "sex"].contains(&name.as_str()));
    // Nobody may know whether there is such a patient, so nothing but "not found" is said.
    helper.post("/api/v1/patients", patient).await.problem(StatusCode::NOT_FOUND, "not_found");

    let doctor = app.doctor("hikari").await;
    let registered = doctor.post("/api/v1/patients", haru(&doctor)).await.is(StatusCode::CREATED);
    let nurse = app.nurse("hikari").await;
    let order = json!({
        "id": "0196d5a2-7c00-7000-8000-00000000000b",
        "body": { "order": { "orderType": "drip", "text": "生食500ml" } }
    });
    let path = format!("/api/v1/timelines/{}/entries", registered["id"].as_str().unwrap());
    let problem = nurse.post(path, order).await.problem(StatusCode::FORBIDDEN, "forbidden");
    let cited = problem["cited"][0].as_str().unwrap();
    assert!(cited.starts_with("FL-18@floor/"), "{problem}");
    assert!(problem["reasons"][0]["ja"].as_str().unwrap().contains("FL-18"), "{problem}");
    let encoded = cited.replace('/', "%2F").replace('#', "%23");
    let rule = nurse.get(format!("/api/v1/rulebook/citations/{encoded}")).await.ok();
    assert_eq!((&rule["id"], &rule["effect"]["code"]), (&"FL-18".into(), &"forbid".into()));
    assert_eq!(rule["post"], json!(["order", "standing_order"]));
    let book = nurse.get("/api/v1/rulebook").await.ok();
    assert_eq!((&book["sets"][0]["id"], &book["sets"][0]["layer"]), (&"floor".into(), &"floor".into()));
    nurse.get("/api/v1/rulebook/citations/FL-18").await.problem(StatusCode::NOT_FOUND, "not_found");
}

#[tokio::test]
async fn an_organisation_that_left_reads_what_it_wrote_and_nothing_else() {
    let app = App::start().await;
    let (doctor, nurse) = (app.doctor("hikari").await, app.nurse("minato").await);
    let patient = app.register_patient("高橋 ハル", "タカハシ ハル").await;
    app.link(patient, "hikari").await;
    app.link(patient, "minato").await;
    let entries = format!("/api/v1/timelines/{patient}/entries");
    nurse.post(&entries, note("0196d5a2-7c00-7000-8000-00000000000c", "看護")).await.is(StatusCode::CREATED);
    doctor.post(&entries, note("0196d5a2-7c00-7000-8000-00000000000d", "診察")).await.is(StatusCode::CREATED);

    let unlink = json!({ "organisation": nurse.actor.organisation.to_string(), "reason": "担当終了" });
    nurse.post(format!("/api/v1/patients/{patient}/unlinks"), unlink.clone()).await.is(StatusCode::CREATED);
    let page = nurse.get(&entries).await.ok();
    let texts: Vec<_> = page["entries"].as_array().unwrap().iter().map(|e| e["content"]["body"].clone()).collect();
    assert!(texts.iter().any(|body| body["note"]["text"] == "看護"), "{texts:?}");
    assert!(!texts.iter().any(|body| body["note"]["text"] == "診察"), "{texts:?}");
    let card = nurse.get(format!("/api/v1/patients/{patient}")).await.ok();
    assert_eq!(
        (&card["name"]["kanji"], &card["team"], &card["consent"]),
        (&"高橋 ハル".into(), &Value::Null, &Value::Null)
    );
    let mine = nurse.get("/api/v1/patients?mine=true").await.ok();
    assert_eq!(mine["patients"], json!([]));
    let again = nurse.post(format!("/api/v1/patients/{patient}/unlinks"), unlink).await;
    again.problem(StatusCode::UNPROCESSABLE_ENTITY, "not_linked");
    // Who never was on the team learns nothing: the patient looks unknown.
    let stranger = app.nurse("kita").await;
    let unlink = json!({ "organisation": stranger.actor.organisation.to_string(), "reason": "担当終了" });
    let answer = stranger.post(format!("/api/v1/patients/{patient}/unlinks"), unlink).await;
    answer.problem(StatusCode::NOT_FOUND, "not_found");
}

#[tokio::test]
async fn a_doctor_who_knows_a_patients_id_neither_registers_over_it_nor_learns_that_there_is_one() {
    let app = App::start().await;
    let (doctor, other) = (app.doctor("hikari").await, app.doctor("tanpopo").await);
    let patient = doctor.post("/api/v1/patients", haru(&doctor)).await.is(StatusCode::CREATED);
    let (known, unknown) = (patient["id"].as_str().unwrap(), "0196d5a2-7c00-7000-8000-0000000000fe");
    let registration = json!({
        "id": "0196d5a2-7c00-7000-8000-00000000000e",
        "body": { "registration": {
            "name": { "kanji": "別人 ハル", "kana": "ベツジン ハル" }, "birthDate": "1940-01-01", "sex": "male"
        } }
    });
    let mut answers = Vec::new();
    for timeline in [known, unknown] {
        let post = other.post(format!("/api/v1/timelines/{timeline}/entries"), registration.clone()).await;
        post.problem(StatusCode::NOT_FOUND, "not_found");
        let tried = other.post(format!("/api/v1/timelines/{timeline}/dry-run"), registration.clone()).await.ok();
        assert_eq!((&tried["verdict"], &tried["code"]), (&"refused".into(), &"not_found".into()));
        answers.push((post.bytes, tried));
    }
    assert_eq!(answers[0], answers[1]);
    let card = doctor.get(format!("/api/v1/patients/{known}")).await.ok();
    assert_eq!(card["name"]["kanji"], "高橋 ハル");

    // Whoever serves the patient puts the register right.
    let entries = format!("/api/v1/timelines/{known}/entries");
    doctor.post(entries, registration).await.is(StatusCode::CREATED);
    let card = doctor.get(format!("/api/v1/patients/{known}")).await.ok();
    assert_eq!(card["name"]["kanji"], "別人 ハル");
}

#[tokio::test]
async fn ids_that_the_hub_makes_cannot_be_worked_out_and_clients_cannot_use_them() {
    let app = App::start().await;
    let doctor = app.doctor("hikari").await;
    let registered = doctor.post("/api/v1/patients", haru(&doctor)).await.is(StatusCode::CREATED);
    let patient = registered["id"].as_str().unwrap();
    let made = registered["entries"][0]["id"].as_str().unwrap();
    let entries = format!("/api/v1/timelines/{patient}/entries");
    // The hub's own id, one of version 4, one made of the patient's id as anybody could.
    let guessed = uuid::Uuid::new_v5(&patient.parse().unwrap(), b"registration").to_string();
    for id in [made, "9b2d5c4e-6f0a-4f1b-8c3d-2e1f0a9b8c7d", &guessed] {
        let problem = doctor.post(&entries, note(id, "x")).await.problem(StatusCode::UNPROCESSABLE_ENTITY, "bad_id");
        assert_eq!(problem["field"], "id");
        let consent = json!({ "id": id, "state": "none", "given_by": "patient", "given_on": "2026-04-01" });
        let problem = doctor.post(format!("/api/v1/patients/{patient}/consent"), consent).await;
        assert_eq!(problem.problem(StatusCode::UNPROCESSABLE_ENTITY, "bad_id")["field"], "id");
    }
    let ids = registered["entries"].as_array().unwrap().iter().map(|entry| &entry["id"]);
    assert!(ids.into_iter().all(|id| *id != guessed.as_str()), "{registered}");
}

#[tokio::test]
async fn a_family_does_not_find_out_by_searching_whose_number_it_is() {
    let app = App::start().await;
    let doctor = app.doctor("hikari").await;
    let registered = doctor.post("/api/v1/patients", haru(&doctor)).await.is(StatusCode::CREATED);
    let family = app.family(registered["id"].as_str().unwrap().parse().unwrap()).await;
    let found = family.get("/api/v1/patients?q=%E9%AB%98%E6%A9%8B").await.ok();
    assert_eq!((&found["patients"][0]["id"], &found["patients"][0]["identifiers"]), (&registered["id"], &Value::Null));
    for number in ["00123", "00124"] {
        let found = family.get(format!("/api/v1/patients?identifier={number}")).await.ok();
        assert_eq!(found, json!({ "patients": [], "more": false }), "{number}");
    }
    let found = doctor.get("/api/v1/patients?identifier=00123").await.ok();
    assert_eq!(found["patients"][0]["id"], registered["id"]);
}
