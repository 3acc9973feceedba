//! Writing on behalf of somebody: a helper without a device rings her office, a doctor says something on the telephone. Who
//! typed it stays the author; whoever is named is shown, told, and gives nobody a right; who may not be named is not.

use axum::http::StatusCode;
use renkei::codec::Audited;
use renkei::domain::directory::Position;
use renkei::domain::role::Role;
use renkei::wire::codes::Code;
use renkei::wire::{Encoding, ServerFrame};
use serde_json::{Value, json};

use super::audit::kept;
use super::files::{Team, id};
use crate::support::actor::{Actor, Answer};
use crate::support::reader::Reader;
use crate::support::system::{ALL, System};

fn for_whom(named: &Actor) -> Value {
    let Position { role, organisation } = named.position();
    json!({ "person": named.actor.person.to_string(), "role": role.code(), "organisation": organisation.to_string() })
}

fn note(text: &str) -> Value {
    json!({ "note": { "text": text } })
}

/// Posts this for somebody.
async fn post_for(team: &Team, author: &Actor, number: u64, body: Value, named: &Value) -> Answer {
    let intent = json!({ "id": id(number), "body": body, "onBehalfOf": named });
    author.post(entries(team), intent).await
}

fn entries(team: &Team) -> String {
    format!("/api/v1/timelines/{}/entries", team.patient)
}

async fn entry(reader: &Actor, team: &Team, number: u64) -> Option<Value> {
    let page = reader.get(entries(team)).await.ok();
    page["entries"].as_array().unwrap().iter().find(|entry| entry["id"] == id(number)).cloned()
}

/// What these sockets are told of by the hub, up to now.
async fn told(reader: &mut Reader) -> Vec<(String, String)> {
    let frames = reader.frames_until_now().await;
    let notice = |frame: &ServerFrame| match frame {
        ServerFrame::Notice(notice) => Some((notice.of.code().to_owned(), notice.entry.to_string())),
        _ => None,
    };
    frames.iter().filter_map(notice).filter(|(of, _)| of == "written_for").collect()
}

#[tokio::test]
async fn row_3_an_office_writes_what_its_helper_rang_in_and_the_helper_says_that_it_is_right() {
    let team = Team::start().await;
    let coordinator = team.app.actor(Role::Helper, "hidamari").await;
    let seen = team.nurse.get(entries(&team)).await.ok()["through"].as_u64().unwrap();
    let has = renkei::domain::ids::Seq(seen);
    let mut helper = Reader::connect(&team.helper, Encoding::Json, team.patient, has).await;
    let mut doctor = Reader::connect(&team.doctor, Encoding::Proto, team.patient, has).await;
    let said = note("昼食は半分残し、口数が少ない");
    post_for(&team, &coordinator, 1, said, &for_whom(&team.helper)).await.is(StatusCode::CREATED);

    // Everybody who sees the entry sees who wrote it and for whom, over sockets and REST alike.
    let live = doctor.next().await;
    assert_eq!((live.author, live.on_behalf), (coordinator.actor, Some(team.helper.actor)));
    let shown = entry(&team.nurse, &team, 1).await.expect("the nurse sees it");
    assert_eq!(shown["content"]["author"]["person"], coordinator.actor.person.to_string());
    assert_eq!(shown["content"]["onBehalf"]["person"], team.helper.actor.person.to_string());
    assert_eq!(shown["content"]["onBehalf"]["organisationType"], "home_help");

    // Who is named hears of it, and nobody else does.
    assert_eq!(told(&mut helper).await, [("written_for".to_owned(), id(1))]);
    assert!(told(&mut doctor).await.is_empty());
    let right = json!({ "id": id(2), "body": { "acknowledgement": { "target": id(1) } } });
    team.helper.post(entries(&team), right).await.is(StatusCode::CREATED);
    let wrong = json!({ "message": { "text": "口数の話はしていません", "answers": id(1) } });
    let wrong = json!({ "id": id(3), "body": wrong });
    team.helper.post(entries(&team), wrong).await.is(StatusCode::CREATED);
    let confirmed = entry(&team.doctor, &team, 2).await.expect("what follows is seen by whoever sees the entry");
    assert_eq!(confirmed["content"]["author"]["person"], team.helper.actor.person.to_string());
    assert!(confirmed["content"].get("onBehalf").is_none());
}

#[tokio::test]
async fn row_3_a_name_gives_nobody_a_right_rules_ask_for_the_author_alone() {
    let team = Team::start().await;
    let doctor = for_whom(&team.doctor);
    // What the nurse may say, she may say as told by the doctor; what only a doctor may, she may not.
    let order = json!({ "order": { "orderType": "routine", "text": "利尿薬を中止" } });
    let refused = post_for(&team, &team.nurse, 1, order.clone(), &doctor).await;
    let cited = refused.problem(StatusCode::FORBIDDEN, "forbidden")["cited"].clone();
    let bare = json!({ "id": id(2), "body": order });
    let same = team.nurse.post(entries(&team), bare).await.problem(StatusCode::FORBIDDEN, "forbidden");
    assert_eq!(cited, same["cited"]);
    post_for(&team, &team.nurse, 3, note("往診は明日に延期とのこと"), &doctor).await.is(StatusCode::CREATED);

    // What the nurse owes the doctor is not answered by somebody who writes in her name.
    let oxygen = json!({ "deviceChange": { "device": "酸素濃縮器", "change": "setting",
        "after": [{ "name": "流量", "value": "2", "unit": "L/min" }] } });
    let opened = json!({ "id": id(4), "body": oxygen });
    let opened = team.doctor.post(entries(&team), opened).await.is(StatusCode::CREATED);
    let duty = opened["ruling"]["opened"][0]["id"].clone();
    assert!(duty.is_string(), "{opened}");
    let for_nurse =
        post_for(&team, &team.helper, 5, note("看護師さんは分かったそうです"), &for_whom(&team.nurse)).await;
    let for_nurse = for_nurse.is(StatusCode::CREATED);
    assert!(for_nurse["ruling"].get("met").is_none(), "{for_nurse}");
    let right = json!({ "id": id(6), "body": { "acknowledgement": { "target": id(4) } } });
    let met = team.nurse.post(entries(&team), right).await.is(StatusCode::CREATED);
    assert_eq!(met["ruling"]["met"], json!([duty]));
}

#[tokio::test]
async fn row_3_an_act_of_ones_own_is_done_by_nobody_else_whatever_the_rules_say() {
    let team = Team::start().await;
    let said = json!({ "id": id(1), "body": note("SpO2が下がり気味です") });
    team.helper.post(entries(&team), said).await.is(StatusCode::CREATED);
    let (target, named) = (id(1), for_whom(&team.doctor));
    let acts = [
        json!({ "acknowledgement": { "target": target } }),
        json!({ "correction": { "target": target, "body": note("いいえ") } }),
        json!({ "retraction": { "target": target, "reason": "mistake" } }),
        json!({ "dutyAnswer": { "duty": target, "waived": {}, "reason": "済み" } }),
        json!({ "emergencyAccess": { "reason": "救急搬送", "minutes": 60 } }),
        json!({ "teamUnlink": { "organisation": team.helper.actor.organisation.to_string(), "reason": "終了" } }),
        json!({ "consent": { "state": "team", "givenBy": "patient", "givenOn": "2026-04-01", "document": "綴り" } }),
    ];
    for act in acts {
        let answer = post_for(&team, &team.nurse, 2, act.clone(), &named).await;
        let problem = answer.problem(StatusCode::UNPROCESSABLE_ENTITY, "wrong_kind");
        assert_eq!(problem["field"], "on_behalf_of", "{act}: {problem}");
    }
}

#[tokio::test]
async fn row_3_who_may_not_be_named_is_refused_by_the_fields_name_and_nothing_is_stored() {
    let team = Team::start().await;
    let (stranger, colleague) = (team.app.nurse("yama").await, team.app.nurse("minato").await);
    let head = team.doctor.get(entries(&team)).await.ok()["through"].clone();
    let with = |field: &str, value: &str| {
        let mut named = for_whom(&team.doctor);
        named[field] = value.into();
        named
    };
    let nobody = "0196d5a2-7c00-7000-8000-0000000000ff";
    let table = [
        (for_whom(&team.nurse), "unexpected", "on_behalf_of"),
        (for_whom(&stranger), "not_found", "on_behalf_of"),
        (with("person", nobody), "not_found", "on_behalf_of"),
        (with("role", "nurse"), "not_found", "on_behalf_of"),
        (with("organisation", &team.nurse.actor.organisation.to_string()), "not_found", "on_behalf_of"),
        (with("role", "boss"), "unknown_code", "on_behalf_of.role"),
        (with("person", "ichiro"), "bad_id", "on_behalf_of.person"),
        (json!({}), "required", "on_behalf_of.person"),
        (json!({ "name": "渡辺" }), "unknown_field", "on_behalf_of"),
        (json!("渡辺"), "wrong_type", "on_behalf_of"),
    ];
    for (named, code, field) in &table {
        let answer = post_for(&team, &team.nurse, 1, note("電話で聞きました"), named).await;
        let problem = answer.problem(StatusCode::UNPROCESSABLE_ENTITY, code);
        let at = problem["field"].as_str().unwrap_or_default();
        assert!(at.starts_with(field), "{named}: {problem}");
        assert!(Code::from_code(code).is_some() && problem["detail"]["ja"] != problem["detail"]["en"], "{problem}");
    }
    // A stranger and somebody who does not exist are told apart by nothing.
    let texts = async |named: &Value| {
        let answer = post_for(&team, &team.nurse, 1, note("電話で聞きました"), named).await;
        answer.problem(StatusCode::UNPROCESSABLE_ENTITY, "not_found")["detail"].clone()
    };
    assert_eq!(texts(&for_whom(&stranger)).await, texts(&with("person", nobody)).await);
    assert_eq!(team.doctor.get(entries(&team)).await.ok()["through"], head);
    // The dry run says so before it is sent.
    let dry = json!({ "id": id(1), "body": note("電話で聞きました"), "onBehalfOf": for_whom(&stranger) });
    let dry = team.nurse.post(format!("/api/v1/timelines/{}/dry-run", team.patient), dry).await.ok();
    assert_eq!((&dry["verdict"], &dry["field"]), (&json!("refused"), &json!("on_behalf_of")));
    // Of one's own office anybody, on this team or not; who left the team, nobody.
    post_for(&team, &team.nurse, 2, note("同僚から"), &for_whom(&colleague)).await.is(StatusCode::CREATED);
    team.app.unlink(team.patient, "hidamari").await;
    let left = post_for(&team, &team.nurse, 3, note("ヘルパーさんから"), &for_whom(&team.helper)).await;
    left.problem(StatusCode::UNPROCESSABLE_ENTITY, "not_found");
}

#[tokio::test]
async fn row_3_who_may_not_know_the_team_learns_nothing_of_it_by_naming_its_people() {
    let team = Team::start().await;
    let family = team.app.family(team.patient).await;
    let sibling = team.app.actor(Role::Family, &format!("home of {}", team.patient)).await;
    let stranger = team.app.doctor("toi").await;
    let message = json!({ "message": { "text": "夜は眠れています" } });
    let mut answers = Vec::new();
    for (number, named) in [(1, &team.doctor), (2, &stranger)] {
        let answer = post_for(&team, &family, number, message.clone(), &for_whom(named)).await;
        let problem = answer.problem(StatusCode::UNPROCESSABLE_ENTITY, "not_found");
        answers.push((problem["field"].clone(), problem["detail"].clone()));
    }
    assert_eq!(answers[0], answers[1]);
    post_for(&team, &family, 3, message, &for_whom(&sibling)).await.is(StatusCode::CREATED);
}

#[tokio::test]
async fn row_3_who_may_not_write_here_learns_of_nobody_that_there_is_such_a_person() {
    let team = Team::start().await;
    let stranger = team.app.nurse("toi").await;
    let family = team.app.family(team.patient).await;
    let mut nobody = for_whom(&family);
    nobody["person"] = json!("0196d5a2-7c00-7000-8000-0000000000ff");
    let message = json!({ "message": { "text": "よそから" } });
    let waits = json!({ "vital": { "measurements": [{ "sign": "spo2", "value": "88", "unit": "%" }] } });
    for (body, status) in [(message, StatusCode::NOT_FOUND), (waits, StatusCode::UNPROCESSABLE_ENTITY)] {
        let mut answers = Vec::new();
        for (number, named) in [(1, &for_whom(&family)), (2, &nobody)] {
            let answer = post_for(&team, &stranger, number, body.clone(), named).await;
            let problem = answer.problem(status, "not_found");
            answers.push((problem["field"].clone(), problem["detail"].clone(), problem["reasons"].clone()));
        }
        assert_eq!(answers[0], answers[1]);
    }
}

#[tokio::test]
async fn row_3_nobody_writes_for_a_system_though_it_is_of_the_same_office() {
    let team = Team::start().await;
    let office = team.nurse.actor.organisation;
    let system = System::register(&team.app, office, ALL).await;
    let named = json!({ "person": system.id, "role": "gateway", "organisation": office.to_string() });
    let refused = post_for(&team, &team.nurse, 1, note("機械の値"), &named).await;
    assert_eq!(refused.problem(StatusCode::UNPROCESSABLE_ENTITY, "not_found")["field"], "on_behalf_of");
}

#[tokio::test]
async fn row_3_who_is_named_sees_no_more_for_it_and_hears_of_nothing_that_they_do_not_see() {
    let team = Team::start().await;
    let has = renkei::domain::ids::Seq(team.nurse.get(entries(&team)).await.ok()["through"].as_u64().unwrap());
    let mut helper = Reader::connect(&team.helper, Encoding::Json, team.patient, has).await;
    let intent = json!({ "id": id(1), "sensitivity": "restricted", "body": note("告知はまだ"), "onBehalfOf": for_whom(&team.helper) });
    team.nurse.post(entries(&team), intent).await.is(StatusCode::CREATED);
    assert!(told(&mut helper).await.is_empty());
    assert_eq!(entry(&team.helper, &team, 1).await, None);
    assert!(entry(&team.doctor, &team, 1).await.is_some());
}

#[tokio::test]
async fn row_3_the_claim_is_part_of_the_post_under_its_id_and_waits_with_it_for_a_link() {
    let team = Team::start().await;
    let named = for_whom(&team.doctor);
    post_for(&team, &team.nurse, 1, note("電話で"), &named).await.is(StatusCode::CREATED);
    assert_eq!(post_for(&team, &team.nurse, 1, note("電話で"), &named).await.ok()["repeated"], true);
    let without = json!({ "id": id(1), "body": note("電話で") });
    team.nurse.post(entries(&team), without).await.problem(StatusCode::CONFLICT, "conflict");

    // Somebody who is not linked yet may not know who is on the team, and is told nothing of it: it waits either way.
    let (newcomer, colleague, far) =
        (team.app.nurse("yama").await, team.app.nurse("yama").await, team.app.doctor("toi").await);
    for (number, named) in [(2, &colleague), (3, &team.doctor), (4, &far)] {
        let answer = post_for(&team, &newcomer, number, note("臨時で訪問"), &for_whom(named)).await;
        answer.is(StatusCode::ACCEPTED);
    }
    team.app.link(team.patient, "yama").await;
    crate::support::until("what may be an entry is one", async || entry(&newcomer, &team, 3).await.is_some()).await;
    for (number, named) in [(2, &colleague), (3, &team.doctor)] {
        let found = entry(&newcomer, &team, number).await.expect("it left the queue");
        assert_eq!(found["content"]["onBehalf"]["person"], named.actor.person.to_string());
    }
    assert_eq!(entry(&newcomer, &team, 4).await, None, "who is not on the team is not named");
    let queue = team.app.secretariat().await.get("/api/v1/linking-queue").await.ok();
    assert_eq!(queue["waiting"][0]["id"], id(4), "nothing is lost: it goes on waiting");
}

#[tokio::test]
async fn row_3_that_it_was_written_for_another_is_on_record_and_goes_out_with_it_in_every_form() {
    let team = Team::start().await;
    let secretariat = team.app.secretariat().await;
    let named = for_whom(&team.doctor);
    let before = kept(&team.app, 0).await.len() as u64;
    post_for(&team, &team.nurse, 1, note("先生から電話。往診は明日"), &named).await.is(StatusCode::CREATED);
    let written: Vec<Audited> = kept(&team.app, before).await.into_iter().map(|(_, audited)| audited).collect();
    let [Audited::WrittenFor(written)] = &written[..] else { panic!("{written:?}") };
    assert_eq!((written.author, written.on_behalf), (team.nurse.actor, team.doctor.actor));
    assert_eq!(written.entry.to_string(), id(1));
    let order = json!({ "order": { "orderType": "routine", "text": "利尿薬を中止" } });
    post_for(&team, &team.nurse, 2, order, &named).await.problem(StatusCode::FORBIDDEN, "forbidden");

    let person = team.doctor.actor.person.to_string();
    for (kind, code) in [("written_for", "note"), ("refused", "forbidden")] {
        let list = secretariat.get(format!("/api/v1/audit?patient={}&kind={kind}", team.patient)).await.ok();
        let record = &list["records"][0];
        assert_eq!((&record["code"], &record["by"]["role"]), (&json!(code), &json!("nurse")), "{record}");
        assert_eq!(
            (&record["on_behalf_of"]["person"], &record["on_behalf_of"]["role"]),
            (&json!(person), &json!("doctor"))
        );
        assert!(!list.to_string().contains("往診は明日"), "who and for whom, not what: {list}");
    }
    // Found by whoever was named, too.
    let of_doctor = secretariat.get(format!("/api/v1/audit?person={person}&kind=written_for")).await.ok();
    assert_eq!(of_doctor["records"].as_array().unwrap().len(), 1);
    let export = async |format: &str| {
        let wish =
            json!({ "reason": "監査", "format": format, "patient": team.patient.to_string(), "kind": "written_for" });
        secretariat.post("/api/v1/audit/export", wish).await.text()
    };
    let table = export("csv").await;
    let mut table = csv::Reader::from_reader(table.trim_start_matches('\u{feff}').as_bytes());
    let at = table.headers().unwrap().iter().position(|name| name == "on_behalf_of_person").expect("a column");
    assert_eq!(&table.records().next().unwrap().unwrap()[at], person);
    let event: Value = serde_json::from_str(export("fhir").await.trim()).expect("one resource");
    let user = event["agent"].as_array().unwrap().iter().find(|agent| agent["requestor"] == true).unwrap();
    assert_eq!(user["extension"][0]["valueReference"]["reference"], format!("Practitioner/{person}"));
    assert_eq!(user["who"]["reference"], format!("Practitioner/{}", team.nurse.actor.person));

    let why = team.doctor.get(format!("/api/v1/rulebook/explain?entry={}", id(1))).await.ok();
    let text = why["answers"][0]["text"]["ja"].as_str().unwrap();
    assert!(text.contains("代筆（だれに聞いて）：医師 一号（医師、hikari）"), "{text}");
}
