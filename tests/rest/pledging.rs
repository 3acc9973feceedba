//! Pledge before use (decision 012): whoever never pledged what the rules ask finds themselves, their pledges and the way out,
//! and nothing else; whoever did is never held back again by a date or a new rule.

use std::time::Duration;

use axum::body::Body as Bytes;
use axum::http::{Request, StatusCode};
use renkei::domain::body::{Body, Note, Pledge, PledgeBy};
use renkei::domain::ids::{EntryId, Seq};
use renkei::domain::role::{OrganisationType, Role};
use renkei::http::routes::{ROUTES, Route};
use renkei::rulebook::{Rulebook, RulebookFiles, SourceFile, shipped};
use renkei::vault::digest;
use renkei::wire::codes::Code;
use renkei::wire::{ClientFrame, Encoding, ServerFrame, Verdict};
use serde_json::{Value, json};

use crate::support::actor::{Actor, ask};
use crate::support::app::{App, intent};

const SOMEBODY: &str = "0196d5a2-7c00-7000-8000-000000000001";

/// The routes that are open to whoever has to pledge first. Of the two that take posts, a pledge alone passes.
const OPEN: [(&str, &str); 23] = [
    ("get", "/api/v1/me"),
    ("delete", "/api/v1/me"),
    ("post", "/api/v1/tickets"),
    ("get", "/api/v1/pledges"),
    ("get", "/api/v1/me/sign-ins"),
    ("delete", "/api/v1/me/sign-ins"),
    ("delete", "/api/v1/me/sign-ins/{id}"),
    ("put", "/api/v1/me/position"),
    ("put", "/api/v1/me/password"),
    ("get", "/api/v1/me/passkeys"),
    ("post", "/api/v1/me/passkeys/options"),
    ("post", "/api/v1/me/passkeys"),
    ("put", "/api/v1/me/passkeys/{id}"),
    ("delete", "/api/v1/me/passkeys/{id}"),
    ("get", "/api/v1/me/identities"),
    ("post", "/api/v1/me/identities"),
    ("post", "/api/v1/me/identities/finish"),
    ("delete", "/api/v1/me/identities/{id}"),
    ("post", "/api/v1/me/proof/oidc"),
    ("post", "/api/v1/me/proof/oidc/finish"),
    ("post", "/api/v1/me/proof/options"),
    ("post", "/api/v1/me/proof"),
    ("get", "/api/v1/rulebook/citations/{citation}"),
];

fn entries(actor: &Actor) -> String {
    format!("/api/v1/timelines/{}/entries", actor.actor.organisation)
}

/// The citations of what is owed, in the person's name or the office's.
async fn owed(actor: &Actor, by: &str) -> Vec<Value> {
    let list = actor.get("/api/v1/pledges").await.ok();
    let of = |one: &&Value| one["by"] == by;
    list["owed"].as_array().unwrap().iter().filter(of).map(|one| one["rule"].clone()).collect()
}

async fn pledge(app: &App, actor: &Actor, by: &str, rules: &[Value]) -> Value {
    let body = json!({ "id": app.hub.region().draw_id(), "body": { "pledge": { "by": by, "rules": rules } } });
    actor.post(entries(actor), body).await.is(StatusCode::CREATED)
}

#[tokio::test]
async fn whoever_never_pledged_finds_themselves_their_pledges_and_the_way_out_and_no_other_route() {
    let app = App::start().await;
    let newcomer = app.newcomer(Role::Nurse, "minato").await;
    let is_open = |route: &Route| OPEN.contains(&(route.method, route.path));
    for route in ROUTES.iter().filter(|route| !is_open(route)) {
        let filled = ["{id}", "{entry}", "{sha256}", "{person}"];
        let path = filled.iter().fold(route.path.to_owned(), |path, place| path.replace(place, SOMEBODY));
        let request = Request::builder().method(route.method.to_uppercase().as_str()).uri(path);
        let request = request.header("authorization", format!("Bearer {}", newcomer.token));
        let request = request.header("content-type", "application/json").body(Bytes::from("{}")).unwrap();
        let answer = ask(&app.router, request).await;
        let problem = answer.problem(StatusCode::FORBIDDEN, "pledge_owed");
        assert!(problem["cited"].as_array().unwrap().iter().any(|one| one.as_str().unwrap().starts_with("OP-11b@")));
        let told = problem["detail"]["ja"].as_str().unwrap();
        assert!(told.contains("IDは自分だけが使い、人に貸さない"), "{route:?} names what is missing: {told}");
    }
    assert_eq!(newcomer.get("/api/v1/me").await.ok()["pledges_first"], true);
    assert!(newcomer.get("/api/v1/me/sign-ins").await.ok()["sign_ins"].is_array());
    let rule = owed(&newcomer, "person").await.remove(0);
    let cited = rule.as_str().unwrap().replace('/', "%2F").replace('#', "%23");
    newcomer.get(format!("/api/v1/rulebook/citations/{cited}")).await.ok();
    newcomer.delete("/api/v1/me").await.is(StatusCode::NO_CONTENT);
    newcomer.get("/api/v1/me").await.problem(StatusCode::UNAUTHORIZED, "unauthenticated");
}

#[tokio::test]
async fn the_last_missing_pledge_opens_everything_and_no_pledge_before_it() {
    let app = App::start().await;
    let (first, second) = (app.newcomer(Role::Nurse, "minato").await, app.newcomer(Role::Nurse, "minato").await);
    let patient = app.register_patient("高橋 ハル", "タカハシ ハル").await;
    app.link(patient, "minato").await;
    let page = format!("/api/v1/patients/{patient}");
    let held = async |actor: &Actor| actor.get(&page).await.problem(StatusCode::FORBIDDEN, "pledge_owed");
    let note = json!({ "id": app.hub.region().draw_id(), "body": { "note": { "text": "まだ書けない" } } });
    let refused = first.post(format!("/api/v1/timelines/{patient}/entries"), note).await;
    refused.problem(StatusCode::FORBIDDEN, "pledge_owed");
    // A pledge elsewhere is none of theirs.
    let own = owed(&first, "person").await;
    let elsewhere = json!({ "id": app.hub.region().draw_id(), "body": { "pledge": { "by": "person", "rules": own } } });
    let elsewhere = first.post(format!("/api/v1/timelines/{patient}/entries"), elsewhere).await;
    elsewhere.problem(StatusCode::FORBIDDEN, "pledge_owed");

    assert!(own.len() > 1, "several are asked: {own:?}");
    held(&first).await;
    pledge(&app, &first, "person", &own[1..]).await;
    held(&first).await;
    pledge(&app, &first, "organisation", &owed(&first, "organisation").await).await;
    assert_eq!(held(&first).await["cited"], json!([own[0]]), "one is missing");
    pledge(&app, &first, "person", &own[..1]).await;
    first.get(&page).await.ok();
    assert_eq!(first.get("/api/v1/me").await.ok()["pledges_first"], false);

    // The office has pledged; the colleague has not.
    held(&second).await;
    assert_eq!(owed(&second, "organisation").await, Vec::<Value>::new());
    pledge(&app, &second, "person", &owed(&second, "person").await).await;
    second.get(&page).await.ok();
    // What is taken back was not given.
    let given = first.get(entries(&first)).await.ok()["entries"].as_array().unwrap().clone();
    let mine = given.iter().rev().find(|entry| entry["content"]["author"]["person"] == second.actor.person.to_string());
    let retraction =
        json!({ "retraction": { "target": mine.unwrap()["id"], "reason": "mistake", "text": "取りやめます" } });
    let taken_back = json!({ "id": app.hub.region().draw_id(), "body": retraction });
    second.post(entries(&second), taken_back).await.is(StatusCode::CREATED);
    held(&second).await;
    first.get(&page).await.ok();
}

#[tokio::test]
async fn a_pledge_is_taken_back_and_given_anew_and_never_written_over() {
    let app = App::start().await;
    let nurse = app.nurse("minato").await;
    let given = nurse.get(entries(&nurse)).await.ok()["entries"].as_array().unwrap().clone();
    for pledge in given.iter().filter(|entry| entry["content"]["body"]["pledge"].is_object()) {
        let (target, body) = (&pledge["id"], &pledge["content"]["body"]);
        let correction = json!({ "correction": { "target": target, "body": body, "reason": "誤記" } });
        let written_over = json!({ "id": app.hub.region().draw_id(), "body": correction });
        let problem = nurse.post(entries(&nurse), written_over).await;
        let problem = problem.problem(StatusCode::UNPROCESSABLE_ENTITY, "wrong_kind");
        assert_eq!(problem["field"], "body.correction.target");
    }
    assert_eq!(given.len(), 2, "hers and her office's");
}

#[tokio::test]
async fn those_of_whom_nothing_is_asked_are_not_held_back() {
    let app = App::start().await;
    for role in [Role::Secretariat, Role::Family, Role::Gateway] {
        let newcomer = app.newcomer(role, &format!("{role:?}")).await;
        assert_eq!(newcomer.get("/api/v1/me").await.ok()["pledges_first"], false, "{role:?}");
        newcomer.get("/api/v1/patients?mine=true").await.ok();
    }
}

#[tokio::test]
async fn a_pledge_that_ran_out_is_owed_and_shown_and_holds_nobody_back() {
    let app = App::start().await;
    let nurse = app.nurse("minato").await;
    app.clock.advance(Duration::from_secs(366 * 86_400));
    let nurse = app.sign_in(nurse.actor.person, nurse.position()).await;
    let list = nurse.get("/api/v1/pledges").await.ok();
    let list = list["owed"].as_array().unwrap();
    assert!(list.len() > 2 && list.iter().all(|one| one["since"].is_string() && one["first"] == false), "{list:?}");
    assert_eq!(nurse.get("/api/v1/me").await.ok()["pledges_first"], false);
    nurse.get("/api/v1/patients?mine=true").await.ok();
    // A newcomer at the same office gives their own; the office's that ran out is no newcomer's to catch up with.
    let newcomer = app.newcomer(Role::Nurse, "minato").await;
    newcomer.get("/api/v1/patients?mine=true").await.problem(StatusCode::FORBIDDEN, "pledge_owed");
    let rules = owed(&newcomer, "person").await;
    pledge(&app, &newcomer, "person", &rules).await;
    newcomer.get("/api/v1/patients?mine=true").await.ok();
}

/// What ships, with one more pledge of whoever gives care.
fn with_another_pledge() -> Rulebook {
    let text = format!(
        "{}\n[[rule]]\nid = \"OP-99\"\nkind = \"pledge\"\nstrength = \"must\"\norigin = \"proposal\"\nja = \"あたらしい約束\"\n\
         en = \"A new promise\"\nreason = {{ ja = \"理由\", en = \"reason\" }}\nwho = \"group:professions\"\nby = \"person\"\n\
         every = {{ time = \"365d\", placeholder = true }}\n",
        shipped::OPERATING_POLICY.text
    );
    let sets = shipped::SETS.map(|set| match set.name == shipped::OPERATING_POLICY.name {
        true => SourceFile { name: set.name, text: &text },
        false => set,
    });
    let files = RulebookFiles { vocabulary: shipped::VOCABULARY, sets: sets.to_vec() };
    Rulebook::load(&files, digest).unwrap_or_else(|problems| panic!("{problems}"))
}

#[tokio::test]
async fn a_rule_newly_in_force_holds_back_newcomers_and_nobody_who_is_at_work() {
    let app = App::start().await;
    let nurse = app.nurse("minato").await;
    let arrived = app.newcomer(Role::Nurse, "minato").await;
    app.clock.advance(Duration::from_secs(300));
    let app = app.stop().await.start_under(with_another_pledge()).await;
    app.clock.advance(Duration::from_secs(300));
    // She gave what was asked when she came; the new one is owed, and waits for her.
    let anew = app.sign_in(nurse.actor.person, nurse.position()).await;
    for actor in [&nurse, &anew] {
        actor.get("/api/v1/patients?mine=true").await.ok();
        let list = actor.get("/api/v1/pledges").await.ok();
        assert_eq!(list["owed"].as_array().unwrap().len(), 1, "{list}");
        assert!(list["owed"][0]["rule"].as_str().unwrap().starts_with("OP-99@") && list["owed"][0]["first"] == false);
    }
    // Who had not begun to pledge owes the old ones first, and in this sign-in not the new one.
    let cited =
        arrived.get("/api/v1/patients").await.problem(StatusCode::FORBIDDEN, "pledge_owed")["cited"].to_string();
    assert!(cited.contains("OP-11b@") && !cited.contains("OP-99@"), "{cited}");
    let newcomer = app.newcomer(Role::Nurse, "minato").await;
    let cited =
        newcomer.get("/api/v1/patients").await.problem(StatusCode::FORBIDDEN, "pledge_owed")["cited"].to_string();
    assert!(cited.contains("OP-11b@") && cited.contains("OP-99@"), "{cited}");
}

#[tokio::test]
async fn a_socket_takes_the_pledge_and_nothing_else_and_goes_on_the_moment_it_is_given() {
    let app = App::start().await;
    let doctor = app.doctor("clinic").await;
    app.organisation("minato", OrganisationType::NursingStation).await;
    let patient = app.register_patient("高橋 ハル", "タカハシ ハル").await;
    app.link(patient, "clinic").await;
    app.link(patient, "minato").await;
    for encoding in Encoding::ALL {
        let newcomer = app.newcomer(Role::Nurse, "minato").await;
        let mut socket = newcomer.connect(encoding).await;
        let note = || Body::Note(Note { text: "まだ書けない".to_owned(), ..Note::default() });
        let ServerFrame::Refused(refused) = socket.post(patient, note()).await else { panic!("refused") };
        assert_eq!(refused.code, Code::PledgeOwed.code());
        assert!(refused.cited.iter().any(|cited| cited.starts_with("OP-11b@")), "{refused:?}");
        assert!(refused.reasons[0].en.contains("please pledge"), "{refused:?}");
        let tried = intent(EntryId(app.hub.region().draw_id()), patient, note());
        socket.send(&ClientFrame::DryRun(tried)).await;
        let ServerFrame::DryRunResult(result) = socket.next_frame().await else { panic!("a result") };
        assert_eq!((result.verdict, &*result.code), (Verdict::Refused, Code::PledgeOwed.code()));
        socket.subscribe(&[]).await;
        socket.subscribe(&[(patient.into(), Seq::ZERO)]).await;
        for about in [String::new(), patient.to_string()] {
            let ServerFrame::Error(error) = socket.next_frame().await else { panic!("no subscription") };
            assert_eq!((&*error.code, error.about), (Code::PledgeOwed.code(), about));
        }
        // A duty of the nurse's: a notice to those who are at work, and none to her.
        let device = json!({ "deviceChange": { "device": "酸素濃縮器", "change": "introduced",
            "after": [{ "name": "流量", "value": "2", "unit": "L/min" }] } });
        let told = json!({ "id": app.hub.region().draw_id(), "body": device });
        doctor.post(format!("/api/v1/timelines/{patient}/entries"), told).await.is(StatusCode::CREATED);

        for (by, name) in [(PledgeBy::Person, "person"), (PledgeBy::Organisation, "organisation")] {
            let rules: Vec<String> =
                owed(&newcomer, name).await.iter().map(|rule| rule.as_str().unwrap().to_owned()).collect();
            if rules.is_empty() {
                continue;
            }
            let body = Body::Pledge(Pledge { by, rules, text: String::new(), attachments: Vec::new() });
            let mut given = intent(EntryId(app.hub.region().draw_id()), patient, body);
            given.timeline = newcomer.actor.organisation.into();
            let answer = socket.post_intent(given).await;
            assert!(matches!(answer, ServerFrame::Accepted(_)), "{answer:?}");
        }
        socket.subscribe(&[(patient.into(), Seq::ZERO)]).await;
        loop {
            match socket.next_frame().await {
                ServerFrame::Subscribed { .. } => break,
                ServerFrame::Presence { people, .. } => assert_eq!(people, [newcomer.actor]),
                before => panic!("no notice and no entry before: {before:?}"),
            }
        }
        let answer = socket.post(patient, note()).await;
        assert!(matches!(answer, ServerFrame::Accepted(_)), "{answer:?}");
    }
}

#[tokio::test]
async fn whoever_takes_a_pledge_back_is_held_back_at_the_next_beat_of_an_open_socket() {
    let app = App::start().await;
    let nurse = app.nurse("minato").await;
    let patient = app.register_patient("高橋 ハル", "タカハシ ハル").await;
    app.link(patient, "minato").await;
    let mut socket = nurse.connect(Encoding::Json).await;
    socket.subscribe(&[]).await;
    socket.next_that(|frame| matches!(frame, ServerFrame::CaughtUp { .. }).then_some(())).await;
    let given = nurse.get(entries(&nurse)).await.ok()["entries"].as_array().unwrap().clone();
    for entry in given.iter().filter(|entry| entry["content"]["body"]["pledge"]["by"] == "person") {
        let retraction =
            json!({ "retraction": { "target": entry["id"], "reason": "mistake", "text": "取りやめます" } });
        let taken_back = json!({ "id": app.hub.region().draw_id(), "body": retraction });
        nurse.post(entries(&nurse), taken_back).await.is(StatusCode::CREATED);
    }
    nurse.get("/api/v1/patients").await.problem(StatusCode::FORBIDDEN, "pledge_owed");
    app.beat();
    let forgotten = socket
        .next_that(|frame| match frame {
            ServerFrame::Forget { timeline, entry: None, .. } => Some(*timeline),
            _ => None,
        })
        .await;
    assert_eq!(forgotten, patient.into());
    assert_eq!(app.hub.fanout().subscriptions(), 0);
    socket.subscribe(&[]).await;
    let code = socket
        .next_that(|frame| match frame {
            ServerFrame::Error(error) => Some(error.code.to_string()),
            _ => None,
        })
        .await;
    assert_eq!(code, Code::PledgeOwed.code());
}
