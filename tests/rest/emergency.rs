//! Breaking the glass over REST: found by exact name and birth date, declared with a reason, told, read, reviewed, on record.

use std::time::Duration;

use axum::http::StatusCode;
use renkei::codec::{self, Audited};
use renkei::domain::act::{Act, By, Deed};
use renkei::domain::ids::{EntryId, PatientId};
use renkei::domain::role::Role;
use renkei::domain::team::ConsentState;
use renkei::limits;
use serde_json::{Value, json};

use super::audit::kept;
use crate::support::actor::{Actor, Answer};
use crate::support::app::App;

const DECLARED: &str = "0196d5a2-7c00-7000-8000-0000000000e1";
const SEARCH: &str = "/api/v1/emergency-search";

/// 高橋 ハル, born on 1938-04-12, whose team is a nursing station that has written something.
async fn patient_of_others(app: &App) -> (PatientId, Actor) {
    let nurse = app.nurse("minato").await;
    let patient = app.register_patient("高橋 ハル", "タカハシ ハル").await;
    app.link(patient, "minato").await;
    let note =
        json!({ "id": "0196d5a2-7c00-7000-8000-000000000001", "body": { "note": { "text": "ワルファリン内服中" } } });
    nurse.post(entries(patient), note).await.is(StatusCode::CREATED);
    (patient, nurse)
}

fn entries(patient: PatientId) -> String {
    format!("/api/v1/timelines/{patient}/entries")
}

fn declaration(id: &str, minutes: u32) -> Value {
    json!({ "id": id, "body": { "emergencyAccess": { "reason": "救急外来。意識がない", "minutes": minutes } } })
}

async fn search(who: &Actor, name: &str, birth_date: &str) -> Answer {
    who.post(SEARCH, json!({ "name": name, "birth_date": birth_date })).await
}

async fn find(who: &Actor) {
    assert_eq!(search(who, "高橋 ハル", "1938-04-12").await.ok()["patients"].as_array().map(Vec::len), Some(1));
}

async fn searches_on_record(app: &App) -> Vec<Act> {
    let records = app.hub.journal().read(|tx| Box::pin(tx.list_audits(0, 1_000))).await.expect("the log is read");
    let opened = records.into_iter().map(|record| codec::decode_audited(&record.record.expect("it opens")));
    let acts = opened.filter_map(|audited| match audited.expect("whole") {
        Audited::Act(act) if matches!(act.deed, Deed::EmergencySearch { .. }) => Some(act),
        _ => None,
    });
    acts.collect()
}

#[tokio::test]
async fn a_patient_of_others_is_found_by_exact_name_and_birth_date_alone_and_every_search_is_on_record() {
    let app = App::start().await;
    let (patient, _) = patient_of_others(&app).await;
    let doctor = app.doctor("kyukyu").await;

    let nobody = search(&doctor, "高橋 ハナ", "1938-04-12").await;
    assert_eq!(nobody.ok(), json!({ "patients": [] }));
    for (name, birth_date) in [("高橋", "1938-04-12"), ("高橋 ハル", "1938-04-13"), ("タカバシ ハル", "1938-04-12")]
    {
        assert_eq!(search(&doctor, name, birth_date).await.bytes, nobody.bytes, "{name} {birth_date}");
    }
    let expected = json!({ "patients": [{
        "id": patient.to_string(),
        "name": { "kanji": "高橋 ハル", "kana": "タカハシ ハル" },
        "birth_date": "1938-04-12",
    }] });
    for name in ["高橋　ハル", "ﾀｶﾊｼ ﾊﾙ", "たかはしはる"] {
        assert_eq!(search(&doctor, name, "1938-04-12").await.ok(), expected, "{name}");
    }

    let kept = searches_on_record(&app).await;
    let said: Vec<(String, usize)> = kept
        .iter()
        .map(|act| {
            assert_eq!(act.by, By::Person(doctor.actor));
            let Deed::EmergencySearch { name, found, .. } = &act.deed else { panic!("{act:?}") };
            assert!(found.iter().all(|found| *found == patient));
            (name.clone(), found.len())
        })
        .collect();
    assert_eq!(said.len(), 7);
    assert_eq!((&said[1].0[..], said[1].1, &said[4].0[..], said[4].1), ("高橋", 0, "高橋　ハル", 1));
}

#[tokio::test]
async fn only_who_may_declare_may_search_and_not_often() {
    let app = App::start().await;
    patient_of_others(&app).await;
    let helper = app.actor(Role::Helper, "helpers").await;
    let refused = search(&helper, "高橋 ハル", "1938-04-12").await.problem(StatusCode::FORBIDDEN, "forbidden");
    assert!(refused["reasons"][0]["ja"].as_str().is_some_and(|why| !why.is_empty()), "{refused}");
    assert_eq!(searches_on_record(&app).await, [], "nothing was looked up");

    let nurse = app.nurse("kyukyu").await;
    for (body, code, field) in [
        (json!({ "name": " ", "birth_date": "1938-04-12" }), "required", "name"),
        (json!({ "name": "長".repeat(101), "birth_date": "1938-04-12" }), "too_long", "name"),
        (json!({ "name": "高橋 ハル" }), "required", "birth_date"),
    ] {
        let problem = nurse.post(SEARCH, body).await;
        let problem = problem.is(StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!((&problem["field"], &problem["code"]), (&field.into(), &code.into()), "{problem}");
    }
    for _ in 0..limits::EMERGENCY_SEARCHES_BURST {
        find(&nurse).await;
    }
    let again = search(&nurse, "高橋 ハル", "1938-04-12").await;
    let problem = again.is(StatusCode::TOO_MANY_REQUESTS);
    assert_eq!((&problem["code"], &problem["retry"]), (&"too_many_tries".into(), &false.into()), "{problem}");
    assert!(problem["detail"]["ja"].as_str().is_some_and(|ja| ja.contains("3 分ごと")), "{problem}");
    app.clock.advance(Duration::from_millis(limits::EMERGENCY_SEARCH_REFILL_MS));
    find(&nurse).await;
    assert_eq!(search(&nurse, "高橋 ハル", "1938-04-12").await.status, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn an_id_that_was_not_found_by_search_answers_like_one_that_is_nobodys() {
    let app = App::start().await;
    let (patient, _) = patient_of_others(&app).await;
    let (doctor, helper) = (app.doctor("kyukyu").await, app.actor(Role::Helper, "helpers").await);
    let nobody = PatientId(uuid::Uuid::from_u128(0xdead));
    let absent = doctor.post(entries(nobody), declaration(DECLARED, 60)).await;
    absent.problem(StatusCode::NOT_FOUND, "not_found");

    let guessed = doctor.post(entries(patient), declaration(DECLARED, 60)).await;
    assert_eq!((guessed.status, &guessed.bytes), (absent.status, &absent.bytes));
    let tried = |patient| format!("/api/v1/timelines/{patient}/dry-run");
    let [there, nowhere] = [patient, nobody].map(tried);
    let there = doctor.post(there, declaration(DECLARED, 60)).await;
    assert_eq!(there.bytes, doctor.post(nowhere, declaration(DECLARED, 60)).await.bytes);
    let by_helper = helper.post(entries(patient), declaration(DECLARED, 60)).await;
    assert_eq!(by_helper.bytes, absent.bytes);

    // A colleague's search opens nothing for them, and their own only for a while.
    find(&app.doctor("kyukyu").await).await;
    assert_eq!(doctor.post(entries(patient), declaration(DECLARED, 60)).await.bytes, absent.bytes);
    find(&doctor).await;
    app.clock.advance(Duration::from_millis(limits::EMERGENCY_FINDING_MS));
    assert_eq!(doctor.post(entries(patient), declaration(DECLARED, 60)).await.bytes, absent.bytes);
    find(&doctor).await;
    let without_reason = json!({ "id": DECLARED, "body": { "emergencyAccess": { "minutes": 60 } } });
    let without_reason = doctor.post(entries(patient), without_reason).await;
    assert_eq!(
        without_reason.problem(StatusCode::UNPROCESSABLE_ENTITY, "required")["field"],
        "body.emergency_access.reason"
    );
    doctor.post(entries(patient), declaration(DECLARED, 60)).await.is(StatusCode::CREATED);
}

#[tokio::test]
async fn a_declared_access_shows_the_records_until_it_ends_and_the_record_of_reading_names_it() {
    let app = App::start().await;
    let (patient, nurse) = patient_of_others(&app).await;
    // The patient ended the sharing; danger to life is what emergency access is for.
    app.consent(patient, ConsentState::Withdrawn).await;
    let doctor = app.doctor("kyukyu").await;
    let path = format!("/api/v1/patients/{patient}");
    let hidden = doctor.get(&path).await;
    hidden.problem(StatusCode::NOT_FOUND, "not_found");
    find(&doctor).await;
    assert_eq!(doctor.get(&path).await.bytes, hidden.bytes, "found is not opened");

    doctor.post(entries(patient), declaration(DECLARED, 20)).await.is(StatusCode::CREATED);
    let shown = doctor.get(&path).await.ok();
    assert_eq!(shown["emergency_access_until"], "2026-04-01T00:20:00Z");
    assert_eq!((&shown["team"], &shown["identifiers"]), (&Value::Null, &Value::Null), "care records, no more");
    let read = doctor.get(entries(patient)).await;
    assert!(read.text().contains("ワルファリン内服中") && read.text().contains("救急外来"), "{}", read.text());
    assert_eq!(nurse.get(&path).await.ok()["emergency_access_until"], Value::Null);
    // It is the doctor's, and nobody else's at that hospital.
    let colleague = app.doctor("kyukyu").await;
    assert_eq!(colleague.get(&path).await.bytes, hidden.bytes);
    // To write is for the team.
    let order = json!({ "id": "0196d5a2-7c00-7000-8000-0000000000e2",
        "body": { "order": { "orderType": "routine", "text": "中止" } } });
    doctor.post(entries(patient), order).await.problem(StatusCode::FORBIDDEN, "forbidden");

    app.clock.advance(Duration::from_secs(1_200));
    for path in [&path, &entries(patient)] {
        assert_eq!(doctor.get(path).await.bytes, hidden.bytes, "{path}");
    }
    let grants = app.hub.journal().read(move |tx| Box::pin(tx.list_grants(patient.into()))).await.unwrap();
    let under = |of: &Actor| -> Vec<Option<EntryId>> {
        grants.iter().filter(|grant| grant.sign_in == of.sign_in).map(|grant| grant.access).collect()
    };
    let declared = Some(EntryId(DECLARED.parse().unwrap()));
    assert_eq!(under(&doctor), [declared; 2]);
    assert_eq!(under(&nurse), [None]);
    let on_record: Vec<Option<EntryId>> = kept(&app, 0)
        .await
        .into_iter()
        .filter_map(|(_, audited)| match audited {
            Audited::Read(read) if read.sign_in == doctor.sign_in => Some(read.access),
            _ => None,
        })
        .collect();
    assert_eq!(on_record, [declared; 2], "also where the log is read");
}

#[tokio::test]
async fn the_secretariat_sees_who_and_why_until_when_and_its_acknowledgement_is_the_review() {
    let app = App::start().await;
    let (patient, nurse) = patient_of_others(&app).await;
    let (secretariat, doctor) = (app.secretariat().await, app.doctor("kyukyu").await);
    let path = "/api/v1/emergency-accesses";
    assert_eq!(secretariat.get(path).await.ok(), json!({ "accesses": [] }));
    for other in [&nurse, &doctor] {
        other.get(path).await.problem(StatusCode::FORBIDDEN, "forbidden");
    }
    find(&doctor).await;
    doctor.post(entries(patient), declaration(DECLARED, 60)).await.is(StatusCode::CREATED);

    let listed = secretariat.get(path).await.ok()["accesses"][0].clone();
    assert_eq!(listed["id"], DECLARED);
    assert_eq!(listed["patient"]["name"]["kanji"], "高橋 ハル");
    assert_eq!(listed["person"], doctor.actor.person.to_string());
    assert_eq!((&listed["role"], &listed["reason"]), (&json!("doctor"), &json!("救急外来。意識がない")));
    assert_eq!(
        (&listed["declared_at"], &listed["until"]),
        (&json!("2026-04-01T00:00:00Z"), &json!("2026-04-01T01:00:00Z"))
    );
    assert_eq!((&listed["state"], &listed["reviewed_at"]), (&json!("open"), &Value::Null));

    // Ended early: a second declaration takes its place, and needs no second search.
    app.clock.advance(Duration::from_secs(600));
    doctor.post(entries(patient), declaration("0196d5a2-7c00-7000-8000-0000000000e3", 1)).await.is(StatusCode::CREATED);
    app.clock.advance(Duration::from_secs(60));
    doctor.get(entries(patient)).await.problem(StatusCode::NOT_FOUND, "not_found");
    let ends = secretariat.get(path).await.ok();
    let ends: Vec<&Value> = ends["accesses"].as_array().unwrap().iter().map(|access| &access["until"]).collect();
    assert_eq!(ends, ["2026-04-01T00:11:00Z", "2026-04-01T00:10:00Z"], "the newest first");

    // The rule's duty was opened with each declaration, and is the secretariat's.
    let owed = async || {
        let state = app.hub.state_of(patient.into()).await.unwrap();
        let reviews = state.duties.open().filter(|duty| duty.opened.rule.starts_with("SH-6b@"));
        let debtors = reviews.flat_map(|duty| duty.debtors.clone()).map(|debtor| debtor.organisation);
        debtors.collect::<Vec<_>>()
    };
    assert_eq!(owed().await, [secretariat.actor.organisation; 2]);

    // Somebody of the team takes note; only the secretariat's is the review.
    let acknowledgement = |id: &str| json!({ "id": id, "body": { "acknowledgement": { "target": DECLARED } } });
    let by_nurse = acknowledgement("0196d5a2-7c00-7000-8000-0000000000e4");
    nurse.post(entries(patient), by_nurse).await.is(StatusCode::CREATED);
    let first = async || {
        let listed = secretariat.get(path).await.ok();
        let listed = listed["accesses"].as_array().unwrap().clone();
        listed.into_iter().find(|access| access["id"] == DECLARED).unwrap()
    };
    assert_eq!((&first().await["reviewed_at"], owed().await.len()), (&Value::Null, 2));
    let by_office = acknowledgement("0196d5a2-7c00-7000-8000-0000000000e5");
    secretariat.post(entries(patient), by_office).await.is(StatusCode::CREATED);
    let reviewed = first().await;
    assert_eq!((&reviewed["state"], &reviewed["reviewed_at"]), (&json!("ended"), &json!("2026-04-01T00:11:00Z")));
    assert_eq!(owed().await.len(), 1, "the acknowledgement met the duty of that declaration");

    // And all of it again from the timelines alone.
    let listed = secretariat.get(path).await.bytes;
    renkei::store::rebuild::rebuild(app.hub.journal()).await.unwrap();
    assert_eq!(secretariat.get(path).await.bytes, listed);
    assert!(renkei::store::check::check(app.hub.journal(), None).await.unwrap().is_whole());
}

#[tokio::test]
async fn a_closed_page_can_still_be_opened_in_an_emergency() {
    let app = App::start().await;
    let (patient, nurse) = patient_of_others(&app).await;
    let secretariat = app.secretariat().await;
    let closing = json!({ "reason": "no_further_need", "confirmed": true });
    let closing = json!({ "id": "0196d5a2-7c00-7000-8000-0000000000c1", "body": { "closing": closing } });
    secretariat.post(entries(patient), closing).await.is(StatusCode::CREATED);
    let message = json!({ "id": "0196d5a2-7c00-7000-8000-0000000000c2", "body": { "message": { "text": "お願い" } } });
    let refused = nurse.post(entries(patient), message.clone()).await.problem(StatusCode::FORBIDDEN, "forbidden");
    assert!(refused["cited"][0].as_str().unwrap().starts_with("SH-12@"), "{refused}");
    let before = nurse.get(entries(patient)).await.ok()["entries"].as_array().map(Vec::len);
    assert_eq!(before, Some(5), "what may be seen stays as it was");

    let doctor = app.doctor("kyukyu").await;
    find(&doctor).await;
    doctor.post(entries(patient), declaration(DECLARED, 60)).await.is(StatusCode::CREATED);
    assert!(doctor.get(entries(patient)).await.text().contains("ワルファリン内服中"));

    let name = json!({ "kanji": "高橋 ハル", "kana": "タカハシ ハル" });
    let agreed_by = doctor.actor.person.to_string();
    let again = json!({ "name": name, "birthDate": "1938-04-12", "sex": "female", "document": "申込書綴り 2", "agreedBy": agreed_by });
    let again = json!({ "registration": again });
    let again = json!({ "id": "0196d5a2-7c00-7000-8000-0000000000c3", "body": again });
    secretariat.post(entries(patient), again).await.is(StatusCode::CREATED);
    nurse.post(entries(patient), message).await.is(StatusCode::CREATED);
}
