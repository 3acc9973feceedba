//! Duties over REST: what I owe, what is late, how they stand; each reader as far as they may know. And the clock that a
//! jump stopped.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use renkei::domain::ids::PatientId;
use renkei::domain::role::Role;
use renkei::rulebook::{Rulebook, RulebookFiles, shipped};
use renkei::vault::digest;
use renkei::wire::{Encoding, ServerFrame};
use serde_json::{Value, json};

use crate::support::actor::{Actor, ask};
use crate::support::app::App;

const ID: &str = "0196d5a2-7c00-7000-8000-00000000000a";
const HOUR: Duration = Duration::from_secs(3_600);

fn ventilator() -> Value {
    json!({ "id": ID, "body": { "deviceChange": {
        "device": "人工呼吸器", "change": "introduced", "reason": "呼吸不全",
        "after": [{ "name": "吸気圧", "value": "12", "unit": "cmH2O" }],
    } } })
}

/// A hub with a patient of a clinic and a station, whom the doctor gives a ventilator.
async fn ventilated() -> (App, Actor, Actor, PatientId) {
    let app = App::start().await;
    let (doctor, nurse) = (app.doctor("hikari").await, app.nurse("minato").await);
    let patient = app.register_patient("高橋 ハル", "タカハシ ハル").await;
    app.link(patient, "hikari").await;
    app.link(patient, "minato").await;
    doctor.post(format!("/api/v1/timelines/{patient}/entries"), ventilator()).await.is(StatusCode::CREATED);
    (app, doctor, nurse, patient)
}

fn of_rule<'a>(list: &'a Value, rule: &str) -> Vec<&'a Value> {
    let duties = list["duties"].as_array().expect("a list");
    duties.iter().filter(|duty| duty["rule"].as_str().is_some_and(|cited| cited.starts_with(rule))).collect()
}

#[tokio::test]
async fn whoever_may_not_see_what_opened_a_duty_is_not_told_of_it_either() {
    let app = App::start().await;
    let (doctor, nurse) = (app.doctor("hikari").await, app.nurse("minato").await);
    let helper = app.actor(Role::Helper, "hidamari").await;
    let patient = app.register_patient("高橋 ハル", "タカハシ ハル").await;
    for organisation in ["hikari", "minato", "hidamari"] {
        app.link(patient, organisation).await;
    }
    let mut restricted = ventilator();
    restricted["sensitivity"] = json!("restricted");
    doctor.post(format!("/api/v1/timelines/{patient}/entries"), restricted).await.is(StatusCode::CREATED);
    for path in [format!("/api/v1/timelines/{patient}/duties"), "/api/v1/duties".to_owned()] {
        assert_eq!(of_rule(&nurse.get(&path).await.ok(), "ND-M1@").len(), 1, "{path}");
        assert_eq!(of_rule(&helper.get(&path).await.ok(), "ND-M1@").len(), 0, "{path}");
    }
}

#[tokio::test]
async fn what_is_owed_is_listed_for_those_who_may_know_as_far_as_they_may() {
    let (app, doctor, nurse, patient) = ventilated().await;
    let mine = nurse.get("/api/v1/duties?mine=true").await.ok();
    let [duty] = of_rule(&mine, "ND-M1@")[..] else { panic!("{mine}") };
    assert_eq!((&duty["timeline"], &duty["cause"]), (&patient.to_string().into(), &ID.into()));
    assert_eq!((&duty["standing"], &duty["mine"], &duty["overdue_at"]), (&"open".into(), &true.into(), &Value::Null));
    assert_eq!((&duty["debtors"][0]["roles"], &duty["ways_out"]), (&json!(["nurse"]), &json!([])));
    assert_eq!(
        (&duty["chain"][0]["told"][0]["capacity"], &duty["chain"][0]["done"]),
        (&"manager".into(), &false.into())
    );
    assert_ne!(duty["title"]["ja"], duty["title"]["en"]);
    assert_eq!(duty["due"], "2026-04-01T04:00:00Z");
    assert_eq!(mine["next"], Value::Null);

    // The doctor does not owe it and sees that it is owed.
    assert!(of_rule(&doctor.get("/api/v1/duties?mine=true").await.ok(), "ND-M1@").is_empty());
    assert_eq!(of_rule(&doctor.get("/api/v1/duties").await.ok(), "ND-M1@")[0]["mine"], false);
    // The secretariat sees how it stands, and not what it is about.
    let office = app.secretariat().await;
    let seen = office.get(format!("/api/v1/timelines/{patient}/duties")).await.ok();
    let [duty] = of_rule(&seen, "ND-M1@")[..] else { panic!("{seen}") };
    assert_eq!((&duty["standing"], &duty["cause"]), (&"open".into(), &Value::Null));
    // Strangers learn nothing, not even that there is such a patient.
    let stranger = app.nurse("other").await;
    assert_eq!(stranger.get("/api/v1/duties").await.ok(), json!({ "duties": [], "next": null }));
    stranger.get(format!("/api/v1/timelines/{patient}/duties")).await.problem(StatusCode::NOT_FOUND, "not_found");
}

#[tokio::test]
async fn what_is_late_is_listed_as_late_and_stays_so_when_it_is_done() {
    let (app, _, nurse, patient) = ventilated().await;
    assert!(of_rule(&nurse.get("/api/v1/duties?state=overdue").await.ok(), "ND-M1@").is_empty());
    app.clock.advance(4 * HOUR);
    app.hub.look_at_what_is_due().await.unwrap();
    // Signed in again: nobody used the sign-in for four hours.
    let nurse = app.nurse("minato").await;
    let late = nurse.get("/api/v1/duties?state=overdue&mine=true").await.ok();
    let [duty] = of_rule(&late, "ND-M1@")[..] else { panic!("{late}") };
    assert_eq!((&duty["standing"], &duty["overdue_at"]), (&"escalated".into(), &"2026-04-01T04:00:00Z".into()));
    assert_eq!((&duty["chain"][0]["done"], &duty["chain"][1]["done"]), (&true.into(), &false.into()));

    let read = json!({ "id": "0196d5a2-7c00-7000-8000-00000000000b", "body": { "acknowledgement": { "target": ID } } });
    nurse.post(format!("/api/v1/timelines/{patient}/entries"), read).await.is(StatusCode::CREATED);
    let ended = nurse.get(format!("/api/v1/timelines/{patient}/duties?state=ended")).await.ok();
    let [duty] = of_rule(&ended, "ND-M1@")[..] else { panic!("{ended}") };
    assert_eq!((&duty["standing"], &duty["overdue_at"]), (&"met".into(), &"2026-04-01T04:00:00Z".into()));
    let done = (&duty["chain"][0]["done"], &duty["chain"][1]["done"]);
    assert_eq!(done, (&true.into(), &false.into()), "whom it told while it was late stays told");
    assert!(of_rule(&nurse.get("/api/v1/duties").await.ok(), "ND-M1@").is_empty());
}

#[tokio::test]
async fn pages_go_on_where_the_one_before_ended_and_what_is_asked_wrongly_is_named() {
    let (app, doctor, nurse, patient) = ventilated().await;
    let other = app.register_patient("佐藤 ナツ", "サトウ ナツ").await;
    app.link(other, "hikari").await;
    app.link(other, "minato").await;
    let again = json!({ "id": "0196d5a2-7c00-7000-8000-00000000000c", "body": ventilator()["body"] });
    doctor.post(format!("/api/v1/timelines/{other}/entries"), again).await.is(StatusCode::CREATED);
    let mut seen = Vec::new();
    let mut path = "/api/v1/duties?limit=1".to_owned();
    loop {
        let page = nurse.get(&path).await.ok();
        seen.extend(of_rule(&page, "ND-M1@").into_iter().map(|duty| duty["timeline"].clone()));
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/api/v1/duties?limit=1&after={next}");
    }
    seen.sort_by_key(Value::to_string);
    let mut expected = [Value::from(patient.to_string()), other.to_string().into()];
    expected.sort_by_key(Value::to_string);
    assert_eq!(seen, expected);

    let table = [
        ("state=late", "state"),
        ("mine=perhaps", "mine"),
        ("limit=0", "limit"),
        ("after=x", "after"),
        ("who=me", "who"),
    ];
    for (asked, field) in table {
        let answer = nurse.get(format!("/api/v1/duties?{asked}")).await.is(StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(answer["field"], field, "{answer}");
    }
}

#[tokio::test]
async fn row_6_a_clock_that_a_jump_stopped_is_an_alarm_until_the_secretariat_lets_it_go_on() {
    let (app, ..) = ventilated().await;
    let office = app.secretariat().await;
    assert_eq!(office.get("/api/v1/duty-clock").await.ok(), json!({ "running": true, "stopped_at": null }));
    app.hub.look_at_what_is_due().await.unwrap();
    let ready = async || ask(&app.router, Request::get("/readyz").body(Body::empty()).unwrap()).await;
    ready().await.ok();
    app.clock.jump(48 * HOUR);
    app.hub.look_at_what_is_due().await.unwrap();
    let unready = ready().await.is(StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(unready["reasons"][0]["code"], "duty_clock_stopped");
    let office = app.actor(Role::Secretariat, "secretariat").await;
    assert_eq!(office.get("/api/v1/duty-clock").await.ok()["running"], false);
    let nurse = app.nurse("minato").await;
    assert!(of_rule(&nurse.get("/api/v1/duties?state=overdue").await.ok(), "ND-M1@").is_empty());
    nurse.delete("/api/v1/duty-clock/stop").await.problem(StatusCode::FORBIDDEN, "forbidden");

    office.delete("/api/v1/duty-clock/stop").await.is(StatusCode::NO_CONTENT);
    ready().await.ok();
    app.hub.look_at_what_is_due().await.unwrap();
    assert_eq!(office.get("/api/v1/duty-clock").await.ok(), json!({ "running": true, "stopped_at": null }));
    assert_eq!(of_rule(&nurse.get("/api/v1/duties?state=overdue").await.ok(), "ND-M1@").len(), 1);
}

#[tokio::test]
async fn a_notice_cites_the_rule_that_the_duty_was_born_under_whatever_is_in_force_since() {
    let (app, _, nurse, _) = ventilated().await;
    let mine = nurse.get("/api/v1/duties?mine=true").await.ok();
    let born_under = of_rule(&mine, "ND-M1@")[0]["rule"].as_str().expect("a citation").to_owned();
    app.clock.advance(HOUR);
    let own = shipped::ETIQUETTE_DOCTOR_NURSE.text.replace("1.0.0", "2.0.0");
    let mut sets = shipped::SETS.to_vec();
    let set = sets.iter_mut().find(|set| set.name == shipped::ETIQUETTE_DOCTOR_NURSE.name).expect("it ships");
    set.text = &own;
    let files = RulebookFiles { vocabulary: shipped::VOCABULARY, sets };
    let app = app.stop().await.start_under(Rulebook::load(&files, digest).expect("a sound rulebook")).await;

    // Nobody touched her sign-in for an hour.
    let nurse = app.nurse("minato").await;
    let mut socket = nurse.connect(Encoding::Json).await;
    app.clock.advance(HOUR);
    app.hub.look_at_what_is_due().await.unwrap();
    let told = socket.next_that(|frame| match frame {
        ServerFrame::Notice(notice) if notice.of.to_string() == "reminded" => Some(notice.words.clone()),
        _ => None,
    });
    assert_eq!(told.await.expect("the rule in words").citation, born_under);
}
