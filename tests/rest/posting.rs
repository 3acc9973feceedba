//! Posting without a socket: once, tried before, waiting for a link, and what is wrong said by name.

use axum::http::StatusCode;
use renkei::domain::body::{Body, Note};
use renkei::domain::ids::PatientId;
use renkei::wire::Encoding;
use serde_json::{Value, json};

use crate::support::actor::Actor;
use crate::support::app::App;

const ID: &str = "0196d5a2-7c00-7000-8000-00000000000a";

fn spo2(value: &str) -> Value {
    json!({ "id": ID, "body": { "vital": { "measurements": [{ "sign": "spo2", "value": value, "unit": "%" }] } } })
}

/// A hub with one patient and the nurse who serves them.
async fn visit() -> (App, Actor, PatientId, String) {
    let app = App::start().await;
    let nurse = app.nurse("minato").await;
    let patient = app.register_patient("高橋 ハル", "タカハシ ハル").await;
    app.link(patient, "minato").await;
    (app, nurse, patient, format!("/api/v1/timelines/{patient}"))
}

#[tokio::test]
async fn the_same_post_sent_again_has_the_first_answer_and_another_under_its_id_is_a_conflict() {
    let (_app, nurse, patient, timeline) = visit().await;
    let entries = format!("{timeline}/entries");
    let first = nurse.post(&entries, spo2("96")).await.is(StatusCode::CREATED);
    for _ in 0..3 {
        let again = nurse.post(&entries, spo2("96")).await.ok();
        assert_eq!((&again["seq"], &again["repeated"]), (&first["seq"], &true.into()));
        assert_eq!(again["recordedAtUs"], first["recordedAtUs"]);
    }
    nurse.post(&entries, spo2("95")).await.problem(StatusCode::CONFLICT, "conflict");
    let one = nurse.get(format!("/api/v1/patients/{patient}")).await.ok();
    assert_eq!(one["head"].to_string(), first["seq"].as_str().unwrap());
    assert_eq!(one["latest_vitals"][0]["value"], "96");
    assert_eq!((&one["latest_vitals"][0]["sign"], &one["latest_vitals"][0]["unit"]), (&"spo2".into(), &"%".into()));
}

#[tokio::test]
async fn what_is_wrong_is_named_by_field_in_both_languages_and_nothing_is_stored() {
    let (_app, nurse, _, timeline) = visit().await;
    let entries = format!("{timeline}/entries");
    let head = nurse.get(&entries).await.ok()["through"].clone();
    let body = |body: Value| json!({ "id": ID, "body": body });
    let table = [
        (spo2("980"), "implausible", "body.vital.measurements[0]"),
        (body(json!({ "note": { "text": "" } })), "required", "body.note.text"),
        (body(json!({ "note": { "txet": "x" } })), "unknown_field", "body.note.txet"),
        (body(json!({ "note": { "text": 3 } })), "wrong_type", "body.note.text"),
        (
            body(json!({ "deviceChange": { "device": "酸素濃縮器", "change": "setting" } })),
            "required",
            "body.device_change.after",
        ),
        (json!({ "body": { "note": { "text": "x" } } }), "required", "id"),
        (json!({ "id": "7", "body": { "note": { "text": "x" } } }), "bad_id", "id"),
        (json!({ "id": ID, "timeline": ID, "body": { "note": { "text": "x" } } }), "unexpected", "timeline"),
    ];
    for (sent, code, field) in table {
        let answer = nurse.post(&entries, sent.clone()).await;
        let problem = answer.problem(StatusCode::UNPROCESSABLE_ENTITY, code);
        let named = problem["field"].as_str().unwrap_or_default();
        assert!(named.starts_with(field), "{sent}: {problem}");
        assert_ne!(problem["detail"]["ja"], problem["detail"]["en"], "{sent}");
    }
    assert_eq!(nurse.get(&entries).await.ok()["through"], head);
}

#[tokio::test]
async fn a_dry_run_tells_the_ruling_and_stores_nothing() {
    let (app, nurse, patient, timeline) = visit().await;
    let would = nurse.post(format!("{timeline}/dry-run"), spo2("96")).await.ok();
    assert_eq!(would["verdict"], "accepted");
    let stranger = app.nurse("other").await;
    let would = stranger.post(format!("{timeline}/dry-run"), spo2("96")).await.ok();
    assert_eq!(would["verdict"], "queued", "{would}");
    let message = json!({ "id": ID, "body": { "message": { "text": "よろしく" } } });
    let would = stranger.post(format!("{timeline}/dry-run"), message).await.ok();
    assert_eq!((&would["verdict"], &would["code"]), (&"refused".into(), &"not_found".into()));
    // The body is the intent: fields are named within it, as when it is posted.
    let empty = json!({ "id": ID, "body": { "note": { "text": "" } } });
    let would = nurse.post(format!("{timeline}/dry-run"), empty.clone()).await.ok();
    let posted = nurse.post(format!("{timeline}/entries"), empty).await;
    assert_eq!((&would["code"], &would["field"]), (&"required".into(), &"body.note.text".into()));
    assert_eq!(posted.problem(StatusCode::UNPROCESSABLE_ENTITY, "required")["field"], would["field"]);
    assert_eq!(nurse.get(format!("/api/v1/patients/{patient}")).await.ok()["head"], 3);
}

#[tokio::test]
async fn an_observation_of_somebody_not_linked_waits_where_only_the_secretariat_sees_who_waits() {
    let (app, _, patient, timeline) = visit().await;
    let (secretariat, newcomer) = (app.secretariat().await, app.nurse("other").await);
    let queued = newcomer.post(format!("{timeline}/entries"), spo2("88")).await.is(StatusCode::ACCEPTED);
    assert_eq!(queued["id"], ID);

    let waiting = secretariat.get("/api/v1/linking-queue").await;
    assert!(!waiting.text().contains("\"88\""), "no content: {}", waiting.text());
    let waiting = waiting.ok();
    let one = &waiting["waiting"][0];
    assert_eq!((&one["timeline"], &one["role"]), (&patient.to_string().into(), &"nurse".into()));
    assert_eq!(one["person"], newcomer.actor.person.to_string());
    assert_eq!(one["patient"]["name"]["kanji"], "高橋 ハル");
    newcomer.get("/api/v1/linking-queue").await.problem(StatusCode::FORBIDDEN, "forbidden");

    let mut socket = newcomer.connect(Encoding::Proto).await;
    socket.subscribe(&[]).await;
    app.link(patient, "other").await;
    let released = loop {
        let (_, entry) = socket.next_entry().await;
        if matches!(entry.body, Body::Vital(_)) {
            break entry;
        }
    };
    assert_eq!(released.id.to_string(), ID);
    assert_eq!(secretariat.get("/api/v1/linking-queue").await.ok()["waiting"], json!([]));
}

#[tokio::test]
async fn pages_go_on_where_the_last_one_ended() {
    let (_app, nurse, patient, timeline) = visit().await;
    let mut socket = nurse.connect(Encoding::Json).await;
    for number in 0..5 {
        socket.post(patient, Body::Note(Note { text: format!("{number}"), ..Note::default() })).await;
    }
    let (mut after, mut seqs) = (0, Vec::new());
    loop {
        let page = nurse.get(format!("{timeline}/entries?after={after}&limit=3")).await.ok();
        let entries = page["entries"].as_array().unwrap();
        assert!(entries.len() <= 3);
        seqs.extend(entries.iter().map(|entry| entry["seq"].as_str().unwrap().parse::<u64>().unwrap()));
        after = page["through"].as_u64().unwrap();
        if page["more"] == false {
            break;
        }
    }
    assert_eq!(seqs, (1..=8).collect::<Vec<_>>());
    for (query, field) in [
        ("limit=0", "limit"),
        ("limit=257", "limit"),
        ("after=x", "after"),
        ("after=9223372036854775808", "after"),
        ("befor=1", "befor"),
    ] {
        let answer = nurse.get(format!("{timeline}/entries?{query}")).await;
        assert_eq!(answer.is(StatusCode::UNPROCESSABLE_ENTITY)["field"], field, "{query}");
    }
}

#[tokio::test]
async fn how_far_somebody_read_is_told_to_those_who_know_the_team() {
    let (app, nurse, patient, timeline) = visit().await;
    let family = app.family(patient).await;
    assert_eq!(
        nurse.put(format!("{timeline}/read-marker"), json!({ "through": 2 })).await.status,
        StatusCode::NO_CONTENT
    );
    nurse.put(format!("{timeline}/read-marker"), json!({ "through": 1 })).await.is(StatusCode::NO_CONTENT);
    let markers = nurse.get(format!("{timeline}/read-markers")).await.ok();
    let marker = &markers["markers"][0];
    assert_eq!((&marker["person"], &marker["through"]), (&nurse.actor.person.to_string().into(), &2.into()));
    assert_eq!(marker["at"], "2026-04-01T00:00:00Z");
    assert_eq!(family.get(format!("{timeline}/read-markers")).await.ok(), json!({ "markers": [] }));

    let stranger = app.nurse("other").await;
    for answer in [
        stranger.put(format!("{timeline}/read-marker"), json!({ "through": 1 })).await,
        stranger.get(format!("{timeline}/read-markers")).await,
        stranger.get(format!("{timeline}/entries")).await,
    ] {
        answer.problem(StatusCode::NOT_FOUND, "not_found");
    }
}

#[tokio::test]
async fn what_holds_a_post_reads_the_same_in_its_refusal_and_in_a_dry_run_of_it() {
    let (app, _, patient, timeline) = visit().await;
    let doctor = app.doctor("hikari").await;
    app.link(patient, "hikari").await;
    let order = json!({ "id": ID, "body": { "order": { "orderType": "opioid", "text": "レスキュー" } } });
    let tried = doctor.post(format!("{timeline}/dry-run"), order.clone()).await.ok();
    let refused = doctor.post(format!("{timeline}/entries"), order).await;
    let refused = refused.problem(StatusCode::UNPROCESSABLE_ENTITY, "held");
    assert_eq!(refused["holds"], tried["holds"]);
    let hold = &refused["holds"][0];
    assert!(hold["citation"].as_str().unwrap().starts_with("ND-M3@"), "{hold}");
    assert_eq!(
        hold["missing"][0]["all"][0]["now"],
        json!({ "ja": "文書が添えられていない", "en": "no document is attached" })
    );
    assert_eq!((&hold["reasonOk"], &refused["title_ja"]), (&json!(true), &json!("ルールにより保留されています")));
}
