//! Organisations speak for themselves on timelines of their own: liaison, roster, pledges; and the secretariat lets
//! people in and shuts them out.

use std::time::Duration;

use axum::http::StatusCode;
use renkei::domain::act::By;
use renkei::domain::ids::{OrganisationId, Seq, TimelineId};
use renkei::domain::role::{OrganisationType, Role};
use renkei::wire::codes::CloseCode;
use renkei::wire::{Encoding, ServerFrame};
use serde_json::{Value, json};

use crate::support::actor::{Actor, Answer};
use crate::support::app::App;

/// The timeline of the organisation that somebody acts for.
fn own(actor: &Actor) -> String {
    entries_of(actor.actor.organisation)
}

fn entries_of(organisation: OrganisationId) -> String {
    format!("/api/v1/timelines/{organisation}/entries")
}

async fn say(app: &App, actor: &Actor, timeline: &str, body: Value) -> Answer {
    actor.post(timeline, json!({ "id": app.hub.region().draw_id(), "body": body })).await
}

fn liaison(person: Option<&Actor>) -> Value {
    let person = person.map(|person| person.actor.person.to_string()).unwrap_or_default();
    json!({ "contactWindow": {
        "department": "地域連携室", "person": person, "phone": "03-5550-0110", "aroundTheClock": true
    } })
}

/// Of the night that begins on 2026-04-01 at 17:00 in Japan.
fn night_of(person: &Actor) -> Value {
    json!({ "roster": { "from": "2026-04-01", "until": "2026-04-01", "shifts": [{
        "startsAtUs": "1775030400000000", "endsAtUs": "1775088000000000",
        "role": person.actor.role.code(), "person": person.actor.person.to_string(), "phone": "090-0000-0001"
    }] } })
}

#[tokio::test]
async fn a_hospital_names_its_liaison_whom_every_profession_finds_and_no_family() {
    let app = App::start().await;
    let (worker, nurse) = (app.actor(Role::Msw, "hospital").await, app.nurse("minato").await);
    let patient = app.register_patient("高橋 ハル", "タカハシ ハル").await;
    let family = app.family(patient).await;
    let office = format!("/api/v1/organisations/{}/office", worker.actor.organisation);
    assert_eq!(nurse.get(&office).await.ok()["contact"], Value::Null, "nobody was named yet");

    say(&app, &worker, &own(&worker), liaison(Some(&worker))).await.is(StatusCode::CREATED);
    let seen = nurse.get(&office).await.ok();
    assert_eq!(seen["contact"]["department"], "地域連携室");
    assert_eq!(seen["contact"]["person"], worker.actor.person.to_string());
    let read = nurse.get(own(&worker)).await.ok();
    assert_eq!(read["entries"][0]["content"]["body"]["contactWindow"]["phone"], "03-5550-0110");
    // A family cannot tell the hospital from an id that is nobody's, nor from another patient's.
    let stranger = app.register_patient("鈴木 一", "スズキ ハジメ").await;
    let nobody = app.hub.region().draw_id();
    let mut answers = Vec::new();
    for id in [worker.actor.organisation.0, stranger.0, nobody] {
        let office = family.get(format!("/api/v1/organisations/{id}/office")).await;
        office.problem(StatusCode::NOT_FOUND, "not_found");
        let timeline = format!("/api/v1/timelines/{id}/entries");
        let message = say(&app, &family, &timeline, json!({ "message": { "text": "x" } })).await;
        message.problem(StatusCode::NOT_FOUND, "not_found");
        answers.push(office.bytes);
    }
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]));
    // A patient's id is no organisation's, also for their own nurse.
    app.link(patient, "minato").await;
    nurse.get(format!("/api/v1/organisations/{patient}/office")).await.problem(StatusCode::NOT_FOUND, "not_found");
}

#[tokio::test]
async fn each_record_stands_where_it_belongs_and_nowhere_else() {
    let app = App::start().await;
    let (worker, nurse) = (app.actor(Role::Msw, "hospital").await, app.nurse("minato").await);
    let patient = app.register_patient("高橋 ハル", "タカハシ ハル").await;
    app.link(patient, "minato").await;
    let nobody = app.hub.region().draw_id();
    // The same answer for a patient of mine, and for an id that is nobody's.
    let mut answers = Vec::new();
    for id in [patient.0, nobody] {
        let answer = say(&app, &nurse, &format!("/api/v1/timelines/{id}/entries"), liaison(None)).await;
        let problem = answer.problem(StatusCode::UNPROCESSABLE_ENTITY, "wrong_kind");
        assert_eq!(problem["field"], "timeline");
        answers.push(answer.bytes);
    }
    assert_eq!(answers[0], answers[1]);
    let note = say(&app, &nurse, &own(&worker), json!({ "note": { "text": "場所ちがい" } })).await;
    assert_eq!(note.problem(StatusCode::UNPROCESSABLE_ENTITY, "wrong_kind")["field"], "timeline");
    let vital = json!({ "vital": { "measurements": [{ "sign": "spo2", "value": "96", "unit": "%" }] } });
    let vital = say(&app, &nurse, &own(&worker), vital).await;
    vital.problem(StatusCode::UNPROCESSABLE_ENTITY, "wrong_kind");
    // Somebody who works elsewhere cannot be named.
    let answer = say(&app, &worker, &own(&worker), liaison(Some(&nurse))).await;
    assert_eq!(answer.problem(StatusCode::UNPROCESSABLE_ENTITY, "not_found")["field"], "body.contact_window.person");
    let answer = say(&app, &worker, &own(&worker), night_of(&nurse)).await;
    assert_eq!(answer.problem(StatusCode::UNPROCESSABLE_ENTITY, "not_found")["field"], "body.roster.shifts[0].person");
}

#[tokio::test]
async fn an_organisation_writes_its_own_roster_and_no_other_which_tells_who_is_on_call_at_night() {
    let app = App::start().await;
    let (nurse, colleague, other) = (app.nurse("minato").await, app.nurse("minato").await, app.nurse("other").await);
    let refused = say(&app, &other, &own(&nurse), night_of(&nurse)).await.problem(StatusCode::FORBIDDEN, "forbidden");
    assert!(!refused["reasons"][0]["ja"].as_str().unwrap().is_empty(), "{refused}");
    say(&app, &nurse, &own(&nurse), night_of(&colleague)).await.is(StatusCode::CREATED);
    let office = format!("/api/v1/organisations/{}/office", nurse.actor.organisation);
    assert_eq!(other.get(&office).await.ok()["on_duty"], json!([]), "in the morning");
    app.clock.advance(Duration::from_secs(10 * 3_600));
    let other = app.sign_in(other.actor.person, other.position()).await;
    let at_night = other.get(&office).await.ok();
    assert_eq!(at_night["on_duty"][0]["person"], colleague.actor.person.to_string());
    assert_eq!(at_night["on_duty"][0]["until"], "2026-04-02T00:00:00Z");
    // A hub that starts anew knows it too.
    let app = app.stop().await.start().await;
    let at_night = other.get(&office).await.ok();
    assert_eq!(at_night["on_duty"][0]["phone"], "090-0000-0001");
    drop(app);
}

/// What somebody has still to pledge, by rule id and in whose name.
async fn owed(actor: &Actor) -> Vec<(String, String)> {
    let list = actor.get("/api/v1/pledges").await.ok();
    assert_eq!(list["timeline"], actor.actor.organisation.to_string());
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let list = list["owed"].as_array().unwrap().iter();
    list.map(|owed| (text(&owed["rule"]), text(&owed["by"]))).collect()
}

#[tokio::test]
async fn an_account_is_issued_once_the_person_and_the_office_have_pledged_and_not_before() {
    let app = App::start().await;
    let (secretariat, nurse, colleague) =
        (app.secretariat().await, app.newcomer(Role::Nurse, "minato").await, app.newcomer(Role::Nurse, "minato").await);
    let whom = nurse.actor.person.to_string();
    let activation = json!({ "activation": { "person": whom, "role": "nurse" } });
    let other_role = json!({ "activation": { "person": whom, "role": "doctor" } });
    let answer = say(&app, &secretariat, &own(&nurse), other_role).await;
    assert_eq!(answer.problem(StatusCode::UNPROCESSABLE_ENTITY, "not_found")["field"], "body.activation.role");
    let held = async || {
        let answer = say(&app, &secretariat, &own(&nurse), activation.clone()).await;
        let problem: Value = serde_json::from_slice(&answer.bytes).unwrap();
        assert_eq!(problem["code"], "held", "{problem}");
        assert!(problem["cited"][0].as_str().unwrap().starts_with("OP-11@"), "{problem}");
    };
    held().await;
    for (rule, by) in owed(&colleague).await {
        let pledge = json!({ "pledge": { "by": by, "rules": [rule] } });
        say(&app, &colleague, &own(&nurse), pledge).await.is(StatusCode::CREATED);
    }
    held().await;
    for (rule, by) in owed(&nurse).await {
        assert_eq!(by, "person", "the office has pledged");
        let pledge = json!({ "pledge": { "by": by, "rules": [rule] } });
        say(&app, &nurse, &own(&nurse), pledge).await.is(StatusCode::CREATED);
    }
    say(&app, &secretariat, &own(&nurse), activation.clone()).await.is(StatusCode::CREATED);

    // What leaves the system has the secretariat's permission, given by an act of its own.
    let export = |more: Value| {
        let mut export = json!({ "purpose": "引き継ぎ", "scope": "3月の記録" });
        export.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({ "export": export })
    };
    let named = export(json!({ "approvedBy": secretariat.actor.person.to_string() }));
    let answer = say(&app, &nurse, &own(&nurse), named).await;
    assert!(answer.text().contains("\"code\":\"held\""), "{}", answer.text());
    let both = export(json!({ "planned": true, "request": app.hub.region().draw_id() }));
    let answer = say(&app, &nurse, &own(&nurse), both).await;
    assert_eq!(answer.problem(StatusCode::UNPROCESSABLE_ENTITY, "unexpected")["field"], "body.export.request");
    let request = say(&app, &nurse, &own(&nurse), export(json!({ "planned": true }))).await.is(StatusCode::CREATED);
    let seen = json!({ "acknowledgement": { "target": request["id"] } });
    say(&app, &secretariat, &own(&nurse), seen).await.is(StatusCode::CREATED);
    // A hub that starts anew knows of it.
    let app = app.stop().await.start().await;
    let taken = export(json!({ "request": request["id"] }));
    say(&app, &nurse, &own(&nurse), taken).await.is(StatusCode::CREATED);
}

#[tokio::test]
async fn what_is_pledged_is_owed_no_longer_and_the_office_carries_its_badge() {
    let app = App::start().await;
    let (nurse, helper) = (app.newcomer(Role::Nurse, "minato").await, app.actor(Role::Helper, "other").await);
    let office = format!("/api/v1/organisations/{}/office", nurse.actor.organisation);
    let before = owed(&nurse).await;
    assert!(before.iter().any(|(_, by)| by == "person") && before.iter().any(|(_, by)| by == "organisation"));
    assert_eq!(helper.get(&office).await.ok()["pledged"], false);
    let (own_rule, _) = before.iter().find(|(_, by)| by == "person").unwrap();
    let wrong_name = json!({ "pledge": { "by": "organisation", "rules": [own_rule] } });
    let answer = say(&app, &nurse, &own(&nurse), wrong_name).await;
    assert_eq!(answer.problem(StatusCode::UNPROCESSABLE_ENTITY, "not_found")["field"], "body.pledge.rules[0]");

    for (rule, by) in &before {
        let pledge = json!({ "pledge": { "by": by, "rules": [rule] } });
        say(&app, &nurse, &own(&nurse), pledge).await.is(StatusCode::CREATED);
    }
    assert_eq!(owed(&nurse).await, []);
    let seen = helper.get(&office).await.ok();
    assert_eq!(seen["pledged"], true);
    // Another office sees the badge, whom to turn to, and none of the pledges.
    say(&app, &nurse, &own(&nurse), liaison(None)).await.is(StatusCode::CREATED);
    let read = helper.get(own(&nurse)).await.ok();
    let kinds: Vec<&String> = read["entries"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|one| one["content"]["body"].as_object().unwrap().keys())
        .collect();
    assert_eq!(kinds, ["contactWindow"]);
    let own_kinds = nurse.get(own(&nurse)).await.ok()["entries"].as_array().unwrap().len();
    assert_eq!(own_kinds, before.len() + 1);
    // A year later all of it is owed again, by the date it ran out.
    app.clock.advance(Duration::from_secs(366 * 86_400));
    let nurse = app.sign_in(nurse.actor.person, nurse.position()).await;
    assert_eq!(owed(&nurse).await.len(), before.len());
    assert_ne!(nurse.get("/api/v1/pledges").await.ok()["owed"][0]["since"], Value::Null);
}

#[tokio::test]
async fn an_incident_leads_to_a_suspension_which_closes_sockets_at_once_and_opens_none_until_it_is_lifted() {
    let app = App::start().await;
    let secretariat = app.secretariat().await;
    let (nurse, colleague, doctor) = (app.nurse("minato").await, app.nurse("minato").await, app.doctor("clinic").await);
    let timeline = TimelineId::from(nurse.actor.organisation);
    let mut watching = secretariat.connect(Encoding::Json).await;
    // After the pledges of both nurses and the office.
    watching.subscribe(&[(timeline, Seq(3))]).await;
    let incident = json!({ "incident": { "text": "端末を置き忘れました", "measures": "遠隔で消去しました" } });
    say(&app, &colleague, &own(&nurse), incident).await.is(StatusCode::CREATED);
    let is_incident = |frame: &ServerFrame| match frame {
        ServerFrame::Delivery { entry, .. } => Some(entry.open().expect("an entry").body.kind()),
        _ => None,
    };
    assert_eq!(watching.next_that(is_incident).await.code(), "incident", "live, to the secretariat");

    let mut socket = nurse.connect(Encoding::Json).await;
    let mut other = colleague.connect(Encoding::Proto).await;
    let ticket = nurse.ticket().await;
    let suspend = |lifted: bool, person: &str| json!({ "suspension": { "person": person, "lifted": lifted, "reason": "調査のあいだ" } });
    let whom = nurse.actor.person.to_string();
    say(&app, &colleague, &own(&nurse), suspend(false, &whom)).await.problem(StatusCode::FORBIDDEN, "forbidden");
    let nothing = say(&app, &secretariat, &own(&nurse), suspend(true, &whom)).await;
    assert_eq!(nothing.problem(StatusCode::UNPROCESSABLE_ENTITY, "not_found")["field"], "body.suspension.lifted");

    say(&app, &secretariat, &own(&nurse), suspend(false, &whom)).await.is(StatusCode::CREATED);
    assert_eq!(socket.closed().await, Some(CloseCode::SignInEnded));
    nurse.get("/api/v1/me").await.problem(StatusCode::UNAUTHORIZED, "unauthenticated");
    let late = crate::support::socket::Socket::open(app.address, Encoding::Json).await;
    refuses(late, &ticket).await;
    let account = secretariat.post(format!("/api/v1/people/{whom}/invitations"), json!({})).await;
    account.problem(StatusCode::CONFLICT, "conflict");
    assert!(!is_let_in(&app, &nurse).await);
    assert_eq!(colleague.get("/api/v1/me").await.status, StatusCode::OK, "the others go on");

    // The whole office: everybody of it, and nobody else.
    say(&app, &secretariat, &own(&nurse), suspend(false, "")).await.is(StatusCode::CREATED);
    assert_eq!(other.closed().await, Some(CloseCode::SignInEnded));
    assert_eq!(doctor.get("/api/v1/me").await.status, StatusCode::OK);
    let app = app.stop().await.start().await;
    colleague.get("/api/v1/me").await.problem(StatusCode::UNAUTHORIZED, "unauthenticated");

    say(&app, &secretariat, &own(&nurse), suspend(true, "")).await.is(StatusCode::CREATED);
    let back = app.sign_in(colleague.actor.person, colleague.position()).await;
    assert_eq!(back.get("/api/v1/me").await.status, StatusCode::OK);
    colleague.get("/api/v1/me").await.problem(StatusCode::UNAUTHORIZED, "unauthenticated");
    assert!(!is_let_in(&app, &nurse).await);
    say(&app, &secretariat, &own(&nurse), suspend(true, &whom)).await.is(StatusCode::CREATED);
    assert!(is_let_in(&app, &nurse).await);
}

async fn is_let_in(app: &App, who: &Actor) -> bool {
    let hour = std::time::Duration::from_secs(3_600);
    app.sign_ins().issue(By::Operator, who.actor.person, who.position(), hour).await.is_ok()
}

async fn refuses(mut socket: crate::support::socket::Socket, ticket: &str) {
    socket.say_hello(1, ticket).await;
    assert_eq!(socket.closed().await, Some(CloseCode::SignInEnded));
}

#[tokio::test]
async fn nobody_shuts_themselves_out() {
    let app = App::start().await;
    let secretariat = app.secretariat().await;
    let me = secretariat.actor.person.to_string();
    for person in ["", &me] {
        let suspension = json!({ "suspension": { "person": person, "reason": "誤って" } });
        let answer = say(&app, &secretariat, &own(&secretariat), suspension).await;
        assert_eq!(answer.problem(StatusCode::UNPROCESSABLE_ENTITY, "unexpected")["field"], "body.suspension.person");
    }
}

#[tokio::test]
async fn a_reader_follows_an_office_live_and_resumes_where_it_was() {
    let app = App::start().await;
    let (nurse, doctor) = (app.nurse("minato").await, app.doctor("clinic").await);
    let home = app.organisation("a home", OrganisationType::Home).await;
    let timeline = TimelineId::from(nurse.actor.organisation);
    let mut socket = doctor.connect(Encoding::Proto).await;
    // The nurse has pledged, for herself and for the office.
    socket.subscribe(&[(timeline, Seq(2))]).await;
    say(&app, &nurse, &own(&nurse), liaison(None)).await.is(StatusCode::CREATED);
    let newcomer = app.newcomer(Role::Nurse, "minato").await;
    let pledge = json!({ "pledge": { "by": "person", "rules": [owed(&newcomer).await[0].0] } });
    say(&app, &nurse, &own(&nurse), pledge).await.is(StatusCode::CREATED);
    say(&app, &nurse, &own(&nurse), night_of(&nurse)).await.is(StatusCode::CREATED);
    let delivered = |frame: &ServerFrame| match frame {
        ServerFrame::Delivery { after, entry } => Some((*after, entry.open().expect("an entry").seq)),
        _ => None,
    };
    assert_eq!(socket.next_that(delivered).await.1, Seq(3));
    assert_eq!(socket.next_that(delivered).await, (Seq(3), Seq(5)), "the pledge is passed over, which is no gap");
    let mut again = doctor.connect(Encoding::Json).await;
    again.subscribe(&[(timeline, Seq(3))]).await;
    assert_eq!(again.next_that(delivered).await.1, Seq(5));
    // A household is no office: its id looks like nobody's.
    let answer = doctor.get(entries_of(home)).await;
    answer.problem(StatusCode::NOT_FOUND, "not_found");
    assert_eq!(
        answer.bytes,
        doctor.get(format!("/api/v1/timelines/{}/entries", app.hub.region().draw_id())).await.bytes
    );
}

/// The body of a golden frame.
fn example(kind: &str) -> Value {
    let path = format!("{}/proto/examples/client/post_{kind}.json", env!("CARGO_MANIFEST_DIR"));
    let frame: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    frame["post"]["intent"]["body"].clone()
}

/// Row and pair of these rules, as somebody is shown them.
async fn counted(actor: &Actor) -> (Vec<Value>, Vec<Value>) {
    counted_between(actor, "2026-04-01", "2026-04-30").await
}

async fn counted_between(actor: &Actor, from: &str, until: &str) -> (Vec<Value>, Vec<Value>) {
    let shown = actor.get(&format!("/api/v1/compliance?from={from}&until={until}")).await.ok();
    let of =
        |list: &Value, rule: &str| list.as_array().unwrap().iter().filter(|row| row["rule"] == rule).cloned().collect();
    (of(&shown["duties"], "ND-M1"), of(&shown["pairs"], "MU-M2"))
}

#[tokio::test]
async fn how_agreements_are_kept_is_shown_in_counts_of_types_and_never_of_one_office() {
    let app = App::start().await;
    let secretariat = app.secretariat().await;
    let (doctor, nurse) = (app.doctor("clinic").await, app.nurse("minato").await);
    let helper = app.actor(Role::Helper, "helpers").await;
    let patient = app.register_patient("高橋 ハル", "タカハシ ハル").await;
    app.link(patient, "minato").await;
    app.link(patient, "clinic").await;
    let timeline = format!("/api/v1/timelines/{patient}/entries");
    let change = say(&app, &doctor, &timeline, example("device_change")).await.is(StatusCode::CREATED);
    let (duties, pairs) = counted(&secretariat).await;
    assert!(pairs.is_empty(), "one clinic and one station: the pair would be known");
    let of_few = "事業所が3か所に満たない種類の合計：診療所、訪問看護ステーション、訪問介護事業所、連携事務局";
    assert!(!duties.is_empty(), "the four offices together are enough");
    for row in &duties {
        let told = (&row["organisation_type"], &row["organisation_type_label"]["ja"]);
        assert_eq!(told, (&json!("other"), &json!(of_few)), "{row}");
    }
    let table = secretariat.get("/api/v1/compliance.csv").await.text();
    assert!(table.contains(&format!("\"other\",\"\",\"{of_few}\",")), "the table says the same: {table}");

    for number in 0..2 {
        app.organisation(&format!("another clinic {number}"), OrganisationType::Clinic).await;
        app.organisation(&format!("another station {number}"), OrganisationType::NursingStation).await;
    }
    let (duties, pairs) = counted(&secretariat).await;
    let row = &duties[0];
    assert_eq!((&row["organisation_type"], &row["month"]), (&"nursing_station".into(), &"2026-04".into()), "{row}");
    assert_eq!((&row["opened"], &row["open"], &row["met_in_time"]), (&1.into(), &1.into(), &0.into()), "{row}");
    assert_eq!((&pairs[0]["met"], &pairs[0]["not_met"]), (&0.into(), &1.into()));
    for day in ["2026-04-02", "2026-04-28"] {
        let of_one_day = counted_between(&secretariat, day, day).await;
        assert_eq!(of_one_day, (duties.clone(), pairs.clone()), "{day} counts its month: no act is singled out");
    }

    let seen = json!({ "acknowledgement": { "target": change["id"] } });
    say(&app, &nurse, &timeline, seen).await.is(StatusCode::CREATED);
    let visit = json!({ "jointVisit": {
        "state": "held", "text": "同行訪問", "organisations": [doctor.actor.organisation.to_string()]
    } });
    let visit = say(&app, &nurse, &timeline, visit).await.is(StatusCode::CREATED);
    let (duties, pairs) = counted(&nurse).await;
    assert_eq!((&duties[0]["open"], &duties[0]["met_in_time"]), (&0.into(), &1.into()));
    assert_eq!((&pairs[0]["met"], &pairs[0]["not_met"]), (&1.into(), &0.into()));
    assert_eq!(counted(&helper).await, (Vec::new(), Vec::new()), "of other types nothing");
    let table = secretariat.get("/api/v1/compliance.csv").await;
    assert_eq!(table.header("content-type"), "text/csv; charset=utf-8");
    let text = table.text();
    assert!(text.starts_with("\u{feff}\"rule\"") && text.contains("\"ND-M1\""), "{text}");
    for name in ["minato", &nurse.actor.person.to_string(), &nurse.actor.organisation.to_string()] {
        assert!(!text.contains(name), "{name} in {text}");
    }
    // What was taken back has not taken place.
    let retraction = json!({ "retraction": { "target": visit["id"], "reason": "mistake" } });
    say(&app, &nurse, &timeline, retraction).await.is(StatusCode::CREATED);
    let (_, pairs) = counted(&secretariat).await;
    assert_eq!((&pairs[0]["met"], &pairs[0]["not_met"]), (&0.into(), &1.into()));
    let wrong = nurse.get("/api/v1/compliance?from=April").await;
    assert_eq!(wrong.problem(StatusCode::UNPROCESSABLE_ENTITY, "bad_date")["field"], "from");
}
