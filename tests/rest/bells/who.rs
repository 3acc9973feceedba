//! Who is rung, for what, and what a push service gets to see of it.

use std::time::Duration;

use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use renkei::actions::taken_out::{Whose, note};
use renkei::domain::keeping::KeepingDeed;
use renkei::limits;
use renkei::wire::{ClientFrame, Encoding};
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use serde_json::{Value, json};

use super::{Story, message, new_id, ventilator};
use crate::support::push_service::CONTACT;

#[tokio::test]
async fn a_training_wakes_nobody() {
    let story = Story::begin().await;
    story.rings(&story.nurse, "/nurse", "mine").await;
    let given = json!({
        "name": { "kanji": "研修用 高橋 フユ", "kana": "タカハシ フユ" }, "birth_date": "1938-04-12", "sex": "female",
        "agreed_by": story.doctor.actor.person.to_string(), "agreed_on_paper": "研修", "document": "研修",
        "host": { "organisation": story.doctor.actor.organisation.to_string() }, "for_training": true,
        "consent": { "state": "team", "given_by": "patient", "given_on": "2026-04-01", "document": "研修" },
    });
    let secretariat = story.app.secretariat().await;
    let made = secretariat.post("/api/v1/patients", given).await.is(StatusCode::CREATED);
    let training = made["id"].as_str().unwrap();
    let organisation = story.nurse.actor.organisation.to_string();
    let link = json!({ "organisation": organisation, "history": "all", "relation_confirmed": true });
    secretariat.post(format!("/api/v1/patients/{training}/links"), link).await.is(StatusCode::CREATED);
    for entry in [message("研修です", &["nurse"], false), ventilator()] {
        let entries = format!("/api/v1/timelines/{training}/entries");
        story.doctor.post(entries, entry).await.is(StatusCode::CREATED);
    }
    story.settled().await;
    assert!(story.service.pushes().iter().all(|push| push.path != "/nurse"));
}

#[tokio::test]
async fn what_the_operator_took_out_rings_the_team_without_hurry() {
    let story = Story::begin().await;
    story.rings(&story.nurse, "/nurse", "mine").await;
    story.rings(&story.doctor, "/doctor", "urgent").await;
    let reason = "開示".to_owned();
    let deed = KeepingDeed::Exported { patient: Some(story.patient), reason, taken: None };
    let now = story.app.clock.wall();
    note(story.app.hub.journal(), Whose::Patient(story.patient), deed, now).await.unwrap();
    story.app.hub.tell_what_was_taken_out().await.unwrap();
    let push = story.service.rung("/nurse", 1).await.remove(0);
    assert_eq!((push.body.len(), &*push.headers["urgency"]), (0, "normal"));
    story.settled().await;
    assert!(story.service.pushes().iter().all(|push| push.path != "/doctor"));
}

#[tokio::test]
async fn whoever_is_named_is_rung_once_and_no_byte_says_more_than_that() {
    let story = Story::begin().await;
    let seen = story.nurse.get("/api/v1/me/bells").await.ok();
    let key = seen["key"].as_str().unwrap().to_owned();
    assert_eq!((&seen["bells"], &seen["quiet_hours"]), (&json!([]), &Value::Null));
    let bell = story.rings(&story.nurse, "/send/k2a9?x=1", "mine").await;
    let said = story.says("高橋さんの熱が下がりません", &["nurse"], false).await;

    let push = story.service.rung("/send/k2a9?x=1", 1).await.remove(0);
    let mut names: Vec<&str> = push.headers.keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["authorization", "content-length", "host", "topic", "ttl", "urgency"]);
    assert_eq!((push.body.len(), &*push.headers["content-length"]), (0, "0"));
    assert_eq!((&*push.headers["urgency"], &*push.headers["topic"]), ("normal", "mine"));
    assert_eq!(push.headers["ttl"], limits::PUSH_TTL_S.to_string());
    // Signed by the region's key, for this service and for half a day.
    let credential = push.headers["authorization"].strip_prefix("vapid t=").unwrap();
    let (token, shown) = credential.split_once(", k=").unwrap();
    assert_eq!(shown, key);
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let public = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, URL_SAFE_NO_PAD.decode(&key).unwrap());
    public.verify(signed.as_bytes(), &URL_SAFE_NO_PAD.decode(signature).unwrap()).unwrap();
    let claims = URL_SAFE_NO_PAD.decode(signed.split_once('.').unwrap().1).unwrap();
    let claims: Value = serde_json::from_slice(&claims).unwrap();
    let now_s = story.app.clock.wall().as_secs();
    assert_eq!(claims, json!({ "aud": story.service.origin(), "sub": CONTACT, "exp": now_s + limits::PUSH_SIGNED_S }));
    // Of the patient, of who wrote, of whose device it is: nothing, in whatever form.
    let secrets = [
        "高橋",
        "ハル",
        "タカハシ",
        "熱",
        "hikari",
        "minato",
        "nurse",
        "doctor",
        "message",
        "renkei",
        said["id"].as_str().unwrap(),
        bell["id"].as_str().unwrap(),
        &story.patient.to_string(),
        &story.nurse.actor.person.to_string(),
        &story.nurse.actor.organisation.to_string(),
        &story.doctor.actor.person.to_string(),
        &story.nurse.sign_in.to_string(),
    ];
    let claims = claims.to_string();
    for secret in secrets {
        for form in [secret.to_owned(), secret.replace('-', "")] {
            let stands = |bytes: &[u8]| bytes.windows(form.len()).any(|window| window == form.as_bytes());
            assert!(!stands(&push.bytes) && !stands(claims.as_bytes()), "{form}");
        }
    }
    assert_eq!(story.rung_at(&story.nurse, &bell["id"]).await, "2026-04-01T00:00:00Z");

    // Within the minute nothing more; then once for all that came.
    story.says("もう一度", &["nurse"], false).await;
    story.says("さらに", &["nurse"], false).await;
    story.settled().await;
    story.service.rung("/send/k2a9?x=1", 1).await;
    story.app.clock.advance(Duration::from_secs(limits::BELL_GAP_S));
    story.service.rung("/send/k2a9?x=1", 2).await;
    story.settled().await;
    story.service.rung("/send/k2a9?x=1", 2).await;
}

#[tokio::test]
async fn a_duty_rings_who_owes_it_and_an_alarm_the_team_and_neither_who_may_not_know() {
    let story = Story::begin().await;
    let (helper, stranger) =
        (story.app.actor(renkei::domain::role::Role::Helper, "tasuke").await, story.app.nurse("other").await);
    story.app.link(story.patient, "tasuke").await;
    let (office, mut bells) = (story.app.secretariat().await, Vec::new());
    for (who, path) in [
        (&story.nurse, "/nurse"),
        (&helper, "/helper"),
        (&stranger, "/stranger"),
        (&office, "/office"),
        (&story.doctor, "/doctor"),
    ] {
        bells.push((who, story.rings(who, path, "mine").await["id"].clone()));
    }
    story.app.clock.advance(Duration::from_secs(limits::BELL_GAP_S));
    // What the doctor brings in opens a duty of the nurse.
    story.posts(ventilator()).await;
    story.service.rung("/nurse", 1).await;
    story.settled().await;
    for (who, bell) in &bells[1..4] {
        assert_eq!(story.rung_at(who, bell).await, Value::Null, "{:?}", who.actor.role);
    }

    story.app.clock.advance(Duration::from_secs(limits::BELL_GAP_S));
    let limit = json!({ "id": new_id(), "body": { "alarmLimits": { "limits": [
        { "sign": "spo2", "low": "92" }] } } });
    story.posts(limit).await;
    let low = json!({ "id": new_id(), "body": { "vital": { "measurements": [
        { "sign": "spo2", "value": "85", "unit": "%" }] } } });
    let path = format!("/api/v1/timelines/{}/entries", story.patient);
    story.nurse.post(path, low).await.is(StatusCode::CREATED);
    // Whom duties of other posts rang before is rung for the alarm as well.
    let alarms = || {
        story.service.pushes().into_iter().filter(|push| push.path == "/doctor" && &*push.headers["urgency"] == "high")
    };
    crate::support::eventually("the alarm rings the doctor", || alarms().count() == 1).await;
    let alarm = alarms().next().expect("it was counted");
    assert_eq!(&*alarm.headers["topic"], "urgent");
    assert_eq!(alarm.headers["ttl"], limits::PUSH_TTL_URGENT_S.to_string());
    story.settled().await;
    assert_eq!(story.rung_at(bells[2].0, &bells[2].1).await, Value::Null, "no team of hers");
}

#[tokio::test]
async fn whoever_something_is_written_for_is_rung_if_they_see_it_and_nobody_else_is() {
    let story = Story::begin().await;
    let helper = story.app.actor(renkei::domain::role::Role::Helper, "tasuke").await;
    story.app.link(story.patient, "tasuke").await;
    let bell = story.rings(&helper, "/helper", "mine").await;
    let nurses = story.rings(&story.nurse, "/nurse", "mine").await;
    let named = json!({ "person": helper.actor.person.to_string(), "role": "helper",
        "organisation": helper.actor.organisation.to_string() });
    let told = |sensitivity: &str| {
        let note = json!({ "note": { "text": "ヘルパーさんから電話" } });
        json!({ "id": new_id(), "sensitivity": sensitivity, "body": note, "onBehalfOf": named })
    };
    story.posts(told("restricted")).await;
    story.settled().await;
    assert_eq!(story.rung_at(&helper, &bell["id"]).await, Value::Null, "not for what she does not see");
    story.posts(told("normal")).await;
    let push = story.service.rung("/helper", 1).await.remove(0);
    assert_eq!(&*push.headers["topic"], "mine");
    story.settled().await;
    assert_eq!(story.rung_at(&story.nurse, &nurses["id"]).await, Value::Null);
}

#[tokio::test]
async fn whom_the_rules_hide_a_patient_from_is_not_rung_whatever_names_them() {
    let story = Story::begin().await;
    let (stranger, former) = (story.app.nurse("other").await, story.app.nurse("former").await);
    story.app.link(story.patient, "former").await;
    story.app.unlink(story.patient, "former").await;
    let mut bells = Vec::new();
    for (who, path) in [(&stranger, "/stranger"), (&former, "/former")] {
        bells.push((who, story.rings(who, path, "mine").await["id"].clone()));
    }
    let named: Vec<Value> =
        [&stranger, &former].iter().map(|who| json!({ "person": who.actor.person.to_string() })).collect();
    let mut called = message("見てください", &["nurse"], true);
    called["addressedTo"] = named.into();
    story.posts(super::call()).await;
    story.posts(called).await;
    story.settled().await;
    for (who, bell) in bells {
        assert_eq!(story.rung_at(who, &bell).await, Value::Null);
    }
}

#[tokio::test]
async fn where_the_page_is_open_nothing_is_rung_and_where_it_went_or_sleeps_it_is() {
    let story = Story::begin().await;
    let bell = story.rings(&story.nurse, "/nurse", "mine").await;
    let page = story.nurse.connect(Encoding::Json).await;
    story.says("開いています", &["nurse"], true).await;
    story.settled().await;
    assert_eq!(story.rung_at(&story.nurse, &bell["id"]).await, Value::Null, "the page has it");

    // The page sleeps: its socket is there, and says nothing.
    story.app.clock.advance(Duration::from_secs(1));
    story.says("眠っています", &["nurse"], true).await;
    story.settled().await;
    assert_eq!(story.rung_at(&story.nurse, &bell["id"]).await, Value::Null, "it may yet answer");
    story.app.clock.advance(Duration::from_millis(limits::BELL_SILENCE_MS));
    story.service.rung("/nurse", 1).await;

    // What is not urgent waits until the socket has gone.
    story.app.clock.advance(Duration::from_secs(limits::BELL_GAP_S));
    story.says("急ぎません", &["nurse"], false).await;
    story.settled().await;
    story.app.clock.advance(Duration::from_millis(limits::BELL_SILENCE_MS + limits::BELL_LOOK_MS));
    story.settled().await;
    story.service.rung("/nurse", 1).await;
    drop(page);
    let sessions = story.app.hub.sessions();
    crate::support::eventually("the page is gone", || sessions.count() == 0).await;
    story.app.clock.advance(Duration::from_millis(limits::BELL_LOOK_MS));
    story.service.rung("/nurse", 2).await;

    // A page that says something has seen what came before.
    story.app.clock.advance(Duration::from_secs(limits::BELL_GAP_S));
    let mut page = story.nurse.connect(Encoding::Json).await;
    story.app.clock.advance(Duration::from_secs(1));
    story.says("見ています", &["nurse"], true).await;
    story.settled().await;
    story.app.clock.advance(Duration::from_secs(1));
    page.send(&ClientFrame::Heartbeat).await;
    let sign_in = story.nurse.sign_in;
    let since = story.app.clock.wall();
    crate::support::eventually("it was heard", || {
        sessions.presence(sign_in, since) == renkei::hub::sessions::Presence::Here
    })
    .await;
    story.app.clock.advance(Duration::from_millis(limits::BELL_SILENCE_MS));
    story.settled().await;
    story.service.rung("/nurse", 2).await;
}

#[tokio::test]
async fn whoever_wants_only_what_is_urgent_is_rung_for_that_and_as_often_as_it_comes() {
    let story = Story::begin().await;
    story.rings(&story.nurse, "/nurse", "urgent").await;
    story.says("急ぎません", &["nurse"], false).await;
    story.says("急ぎです", &["nurse"], true).await;
    let push = story.service.rung("/nurse", 1).await.remove(0);
    assert_eq!(push.headers["urgency"], "high");
    story.says("また急ぎです", &["nurse"], true).await;
    story.settled().await;
    story.service.rung("/nurse", 1).await;
    story.app.clock.advance(Duration::from_secs(limits::BELL_URGENT_GAP_S));
    story.service.rung("/nurse", 2).await;
    let wrong = json!({ "endpoint": story.service.endpoint("/a"), "wish": "all", "device": "" });
    let problem =
        story.nurse.post("/api/v1/me/bells", wrong).await.problem(StatusCode::UNPROCESSABLE_ENTITY, "unknown_code");
    assert_eq!(problem["field"], "wish");
}
