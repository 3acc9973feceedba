//! A record taken out by those who care: asked for, permitted by the secretariat, handed out once, to the one who asked, as far
//! as they may see it, and on record with what was taken.

use std::collections::BTreeSet;
use std::io::{Cursor, Read as _};
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use renkei::domain::ids::{OrganisationId, PatientId};
use renkei::domain::role::Role;
use renkei::limits::{EXPORT_AGAIN_S, EXPORT_PERMISSION_DAYS_DEFAULT};
use serde_json::{Value, json};
use tower::ServiceExt as _;
use zip::ZipArchive;

use super::files::{Team, id, note, photo};
use crate::support::actor::{Actor, Answer};

const DAY: Duration = Duration::from_secs(86_400);

/// Posts on the timeline of an organisation.
async fn post_on(actor: &Actor, organisation: OrganisationId, number: u64, body: Value) -> Answer {
    let intent = json!({ "id": id(number), "body": body });
    actor.post(format!("/api/v1/timelines/{organisation}/entries"), intent).await
}

/// Asks to take this patient's record out, under this id.
async fn ask(actor: &Actor, patient: PatientId, number: u64) {
    let export = json!({ "purpose": "転院先への引き継ぎ", "scope": "すべて", "patients": [patient.to_string()], "planned": true });
    post_on(actor, actor.actor.organisation, number, json!({ "export": export })).await.is(StatusCode::CREATED);
}

async fn permit(by: &Actor, organisation: OrganisationId, request: u64, number: u64) -> Answer {
    post_on(by, organisation, number, json!({ "acknowledgement": { "target": id(request) } })).await
}

async fn take(actor: &Actor, patient: PatientId, request: u64, number: u64) -> Answer {
    let wish = json!({ "id": id(number), "request": id(request) });
    actor.post(format!("/api/v1/patients/{patient}/exports"), wish).await
}

/// How the newest request stands, as this person is told.
async fn newest(actor: &Actor) -> Value {
    actor.get("/api/v1/exports").await.ok()["requests"][0].clone()
}

/// The names in the archive, and a file of it.
fn opened(answer: &Answer) -> ZipArchive<Cursor<Vec<u8>>> {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    ZipArchive::new(Cursor::new(answer.bytes.clone())).expect("an archive with an end")
}

fn content(archive: &mut ZipArchive<Cursor<Vec<u8>>>, name: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    archive.by_name(name).unwrap_or_else(|_| panic!("{name}")).read_to_end(&mut bytes).expect("its checksum fits");
    bytes
}

fn json_of(answer: &Answer) -> Value {
    serde_json::from_slice(&content(&mut opened(answer), "record.json")).expect("JSON")
}

fn page_of(answer: &Answer) -> String {
    String::from_utf8(content(&mut opened(answer), "record.html")).expect("UTF-8")
}

fn seqs(entries: &Value) -> Vec<String> {
    entries.as_array().unwrap().iter().map(|entry| entry["seq"].as_str().unwrap().to_owned()).collect()
}

/// A team with a photo, and a note that is for the clinical professions.
async fn story() -> (Team, Value, Actor) {
    let team = Team::start().await;
    let picture = team.hand_in(&team.nurse, &photo(1, 10, 10)).await;
    team.post(&team.nurse, 1, note(&[&picture])).await.is(StatusCode::CREATED);
    let secret = json!({ "note": { "text": "ご家族には話していない病名" } });
    team.post_as(&team.doctor, 2, "restricted", secret).await.is(StatusCode::CREATED);
    let pulse = json!({ "vital": { "measurements": [{ "sign": "pulse", "value": "72", "unit": "/min" }] } });
    team.post(&team.nurse, 3, pulse).await.is(StatusCode::CREATED);
    let secretariat = team.app.secretariat().await;
    (team, picture, secretariat)
}

#[tokio::test]
async fn a_record_leaves_once_it_was_asked_for_and_permitted_and_what_was_taken_is_on_record() {
    let (team, picture, secretariat) = story().await;
    let (nurse, patient, office) = (&team.nurse, team.patient, team.nurse.actor.organisation);
    take(nurse, patient, 10, 20).await.problem(StatusCode::UNPROCESSABLE_ENTITY, "not_found");
    ask(nurse, patient, 10).await;
    assert_eq!(newest(nurse).await["state"], "waiting");
    let held = take(nurse, patient, 10, 20).await.problem(StatusCode::UNPROCESSABLE_ENTITY, "held");
    assert!(held["cited"].to_string().contains("OP-13@"), "{held}");
    let asked = secretariat.get("/api/v1/exports").await.ok();
    assert_eq!(asked["patients"][0]["name"]["kanji"], "高橋 ハル");
    assert_eq!(
        (&asked["requests"][0]["by"], &asked["requests"][0]["state"]),
        (&json!(nurse.actor.person.0), &json!("waiting"))
    );
    assert!(asked["requests"][0]["duty"].is_string(), "by which it is declined: {asked}");
    let colleague = team.app.nurse("minato").await;
    permit(&colleague, office, 10, 12).await;
    assert_eq!(newest(nurse).await["state"], "waiting", "what a colleague acknowledges permits nothing");
    permit(&secretariat, office, 10, 11).await.is(StatusCode::CREATED);
    let permitted = newest(nurse).await;
    assert_eq!((&permitted["state"], &permitted["until"]), (&json!("permitted"), &json!("2026-04-15T00:00:00Z")));

    let said = json!({
        "purpose": "転院先への引き継ぎ", "scope": "すべて", "patients": [patient.to_string()], "request": id(10),
    });
    let by_hand = post_on(&colleague, office, 22, json!({ "export": said })).await;
    by_hand.problem(StatusCode::UNPROCESSABLE_ENTITY, "held");
    take(&colleague, patient, 10, 21).await.problem(StatusCode::UNPROCESSABLE_ENTITY, "not_found");
    assert_eq!(colleague.get("/api/v1/exports").await.ok()["requests"], json!([]), "it is hers alone");
    let taken = take(nurse, patient, 10, 20).await;
    for (header, value) in [
        ("content-type", "application/zip"),
        ("content-disposition", "attachment; filename=\"file.zip\"; filename*=UTF-8''renkei-record-2026-04-01.zip"),
        ("content-security-policy", "default-src 'none'; sandbox"),
        ("x-content-type-options", "nosniff"),
        ("cache-control", "no-store"),
    ] {
        assert_eq!(taken.header(header), value);
    }
    let (mut archive, file) = (opened(&taken), format!("attachments/{}.jpg", picture["sha256"].as_str().unwrap()));
    let names: BTreeSet<String> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
    assert_eq!(names, BTreeSet::from(["record.html".to_owned(), "record.json".to_owned(), file.clone()]));
    assert_eq!(content(&mut archive, &file), photo(1, 10, 10));
    let (page, record) = (page_of(&taken), json_of(&taken));
    for said in ["高橋 ハル さんの記録", "脈拍", "72", "病名", "転院先への引き継ぎ", "取り出した人", &file]
    {
        assert!(page.contains(said), "{said}: {page}");
    }
    let shown = nurse.get(format!("/api/v1/timelines/{patient}/entries")).await.ok();
    assert_eq!(record["entries"], shown["entries"], "what she reads is what she takes");
    assert_eq!((&record["request"], &record["missing_attachments"]), (&json!(id(10)), &json!([])));

    let log = secretariat.get(format!("/api/v1/audit?patient={patient}&kind=keeping")).await.ok();
    let told = &log["records"][0];
    assert_eq!((&told["code"], &told["by"]["person"]), (&json!("record_taken_out"), &json!(nurse.actor.person.0)));
    let last = seqs(&record["entries"]).len();
    assert!(
        told["en"].as_str().unwrap().contains(&format!("entries 1-{last}; 1 file; why: entry {}", id(20))),
        "{told}"
    );
    assert_eq!(newest(nurse).await["state"], "taken");
}

#[tokio::test]
async fn one_permission_is_for_one_time_also_where_what_says_so_is_taken_back() {
    let (team, _, secretariat) = story().await;
    let (nurse, patient, office) = (&team.nurse, team.patient, team.nurse.actor.organisation);
    ask(nurse, patient, 10).await;
    permit(&secretariat, office, 10, 11).await.is(StatusCode::CREATED);
    let first = take(nurse, patient, 10, 20).await;
    assert_eq!(
        json_of(&take(nurse, patient, 10, 20).await)["entries"],
        json_of(&first)["entries"],
        "a broken line goes on"
    );
    take(nurse, patient, 10, 21).await.problem(StatusCode::UNPROCESSABLE_ENTITY, "held");
    let retraction = json!({ "retraction": { "target": id(20), "reason": "mistake", "text": "取り違え" } });
    post_on(nurse, office, 30, retraction).await.is(StatusCode::CREATED);
    take(nurse, patient, 10, 22).await.problem(StatusCode::UNPROCESSABLE_ENTITY, "held");
    team.app.clock.advance(Duration::from_secs(EXPORT_AGAIN_S + 1));
    let late = take(nurse, patient, 10, 20).await.problem(StatusCode::UNPROCESSABLE_ENTITY, "ended");
    assert_eq!(late["field"], "id");
    let other = json!({ "id": id(20), "request": id(12) });
    ask(nurse, patient, 12).await;
    permit(&secretariat, office, 12, 13).await.is(StatusCode::CREATED);
    let path = format!("/api/v1/patients/{patient}/exports");
    nurse.post(&path, other).await.problem(StatusCode::CONFLICT, "conflict");

    let days = DAY * u32::try_from(EXPORT_PERMISSION_DAYS_DEFAULT).unwrap();
    team.app.clock.advance(days);
    let nurse = team.app.sign_in(nurse.actor.person, nurse.position()).await;
    let late = take(&nurse, patient, 12, 23).await.problem(StatusCode::UNPROCESSABLE_ENTITY, "ended");
    assert_eq!((late["field"].as_str(), newest(&nurse).await["state"].as_str()), (Some("request"), Some("expired")));
}

#[tokio::test]
async fn nobody_takes_more_than_they_see_of_whom_they_see() {
    let (team, _, secretariat) = story().await;
    let (helper, patient) = (&team.helper, team.patient);
    ask(helper, patient, 10).await;
    permit(&secretariat, helper.actor.organisation, 10, 11).await.is(StatusCode::CREATED);
    let other = team.app.register_patient("鈴木 正男", "スズキ マサオ").await;
    take(helper, PatientId(helper.actor.organisation.0), 10, 19).await.problem(StatusCode::NOT_FOUND, "not_found");
    let hidden = take(helper, other, 10, 20).await;
    let nobody = take(helper, PatientId(uuid::Uuid::from_u128(9)), 10, 20).await;
    assert_eq!((hidden.status, &hidden.bytes), (StatusCode::NOT_FOUND, &nobody.bytes), "to the byte");
    team.app.link(other, "hidamari").await;
    take(helper, other, 10, 21).await.problem(StatusCode::UNPROCESSABLE_ENTITY, "held");
    assert_eq!(newest(helper).await["state"], "permitted", "nothing was taken by any of this");

    let colleague = team.app.actor(Role::Helper, "hidamari").await;
    let wish = json!({ "id": id(22), "request": id(10), "language": "en" });
    let taken = helper.post(format!("/api/v1/patients/{patient}/exports"), wish).await;
    let (page, record) = (page_of(&taken), json_of(&taken));
    assert!(!page.contains("病名") && !record.to_string().contains("病名"), "the doctor's note is not for helpers");
    assert!(page.contains("Record of 高橋 ハル") && page.contains("nothing else"), "{page}");
    let shown = helper.get(format!("/api/v1/timelines/{patient}/entries")).await.ok();
    assert_eq!(record["entries"], shown["entries"]);
    let named = record["directory"]["people"].as_array().unwrap();
    assert!(
        named.iter().any(|person| person["id"] == json!(team.nurse.actor.person.0)),
        "who wrote is named: {named:?}"
    );
    let stranger = team.app.actor(Role::Pharmacist, "aoba").await;
    assert!(!named.iter().any(|person| person["id"] == json!(stranger.actor.person.0)));
    let known = helper.get("/api/v1/people").await.ok();
    let holds = |people: &[Value]| people.iter().any(|person| person["id"] == json!(colleague.actor.person.0));
    assert!(holds(known["people"].as_array().unwrap()), "{known}");
    assert!(!holds(named), "nobody whom the record does not name, also where she knows them");

    let told = secretariat.get(format!("/api/v1/audit?patient={patient}&kind=keeping")).await.ok();
    let (told, all) = (told["records"][0]["en"].as_str().unwrap(), seqs(&record["entries"]));
    assert!(
        told.contains("entries 1-") && !told.contains(&format!("1-{} ", all.last().unwrap())),
        "what was hidden is no part: {told}"
    );
}

#[tokio::test]
async fn the_secretariat_asks_like_everybody_and_takes_what_it_sees() {
    let (team, _, secretariat) = story().await;
    let (patient, office) = (team.patient, secretariat.actor.organisation);
    ask(&secretariat, patient, 10).await;
    permit(&secretariat, office, 10, 11).await;
    take(&secretariat, patient, 10, 20).await.problem(StatusCode::UNPROCESSABLE_ENTITY, "held");
    let other = team.app.actor(Role::Secretariat, "secretariat").await;
    permit(&other, office, 10, 12).await.is(StatusCode::CREATED);
    let taken = take(&secretariat, patient, 10, 20).await;
    let record = json_of(&taken);
    assert!(
        !record.to_string().contains("仙骨部") && record.to_string().contains("registration"),
        "no chart: {record}"
    );
    assert_eq!(opened(&taken).file_names().count(), 2, "and no photo");
}

#[tokio::test]
async fn what_leaves_in_an_emergency_ends_with_it_also_on_its_way() {
    let (team, _, secretariat) = story().await;
    let (patient, doctor) = (team.patient, team.app.doctor("kyukyu").await);
    let search = json!({ "name": "高橋 ハル", "birth_date": "1938-04-12" });
    doctor.post("/api/v1/emergency-search", search).await.ok();
    let declared = json!({ "emergencyAccess": { "reason": "救急外来。意識がない", "minutes": 30 } });
    team.post(&doctor, 9, declared).await.is(StatusCode::CREATED);
    ask(&doctor, patient, 10).await;
    permit(&secretariat, doctor.actor.organisation, 10, 11).await.is(StatusCode::CREATED);
    assert!(page_of(&take(&doctor, patient, 10, 20).await).contains("脈拍"));

    // Once more under the same id; nothing of it was read yet when the access ends.
    let request = Request::post(format!("/api/v1/patients/{patient}/exports"))
        .header("authorization", format!("Bearer {}", doctor.token))
        .header("content-type", "application/json")
        .body(Body::from(json!({ "id": id(20), "request": id(10) }).to_string()));
    let begun = team.app.router.clone().oneshot(request.unwrap()).await.unwrap();
    assert_eq!(begun.status(), StatusCode::OK);
    team.app.clock.advance(Duration::from_secs(31 * 60));
    assert!(begun.into_body().collect().await.is_err(), "it is cut short: an archive without an end");
}
