//! The list of problems and the family with its telephone numbers: who writes them and who reads them.

use axum::http::StatusCode;
use renkei::domain::ids::PatientId;
use renkei::domain::role::OrganisationType;
use renkei::domain::team::ConsentState::{Team, Withdrawn};
use renkei::domain::withheld::WithheldPurpose::{Family, Systems};
use serde_json::{Value, json};

use crate::support::actor::{Actor, Answer};
use crate::support::app::App;
use crate::support::system::System;

fn id(number: u64) -> String {
    format!("0196d5a2-7c00-7000-8000-{number:012x}")
}

fn entries(of: impl std::fmt::Display) -> String {
    format!("/api/v1/timelines/{of}/entries")
}

pub(super) async fn post(actor: &Actor, timeline: impl std::fmt::Display, number: u64, body: Value) -> Answer {
    actor.post(entries(timeline), json!({ "id": id(number), "body": body })).await
}

pub(super) fn daughter(number: &str) -> Value {
    let phones = json!([{ "number": number, "used": "mobile" }]);
    json!({ "relatedPersons": { "items": [{
        "name": "高橋 春子", "relationship": "child", "relationshipText": "長女", "phones": phones, "keyPerson": true,
    }] } })
}

fn failing_heart() -> Value {
    json!({ "problemList": { "items": [{ "name": "慢性心不全", "status": "active", "since": "2023-05-10" }] } })
}

/// Of the two kinds, those that this reader is shown.
async fn sees(reader: &Actor, patient: PatientId) -> Vec<String> {
    let read = reader.get(entries(patient)).await;
    if !read.status.is_success() {
        return Vec::new();
    }
    let read = read.ok();
    let kind =
        |entry: &Value| entry["content"]["body"].as_object().expect("a body").keys().next().expect("one").clone();
    let kinds = read["entries"].as_array().unwrap().iter().map(kind);
    kinds.filter(|kind| ["problemList", "relatedPersons"].contains(&kind.as_str())).collect()
}

const BOTH: [&str; 2] = ["problemList", "relatedPersons"];
const NEITHER: [&str; 0] = [];

#[tokio::test]
async fn the_team_reads_problems_and_family_and_nobody_else_does() {
    let app = App::start().await;
    let patient = app.register_patient("高橋 ハル", "タカハシ ハル").await;
    let (nurse, stranger) = (app.nurse("minato").await, app.nurse("hidamari").await);
    app.link(patient, "minato").await;
    let (family, secretariat) = (app.family(patient).await, app.secretariat().await);
    app.consent(patient, Team).await;
    post(&nurse, patient, 1, failing_heart()).await.is(StatusCode::CREATED);
    post(&nurse, patient, 2, daughter("090-5550-0199")).await.is(StatusCode::CREATED);

    assert_eq!(sees(&nurse, patient).await, BOTH);
    for other in [&stranger, &family, &secretariat] {
        assert_eq!(sees(other, patient).await, NEITHER);
    }
    assert!(!post(&stranger, patient, 3, daughter("090-5550-0199")).await.status.is_success());
    assert!(!post(&family, patient, 4, daughter("090-5550-0199")).await.status.is_success());
    assert!(!post(&secretariat, patient, 5, failing_heart()).await.status.is_success());

    // Who wrote it keeps it; a family that was addressed reads what was written to it, unless that is withheld.
    let to_family = json!({ "id": id(6), "addressedTo": [{ "role": "family" }], "body": daughter("090-5550-0199") });
    nurse.post(entries(patient), to_family).await.is(StatusCode::CREATED);
    assert_eq!(sees(&family, patient).await, ["relatedPersons"]);
    app.consent_but_for(patient, Team, &[Family]).await;
    assert_eq!(sees(&family, patient).await, NEITHER);
    app.consent(patient, Withdrawn).await;
    assert_eq!(sees(&nurse, patient).await, ["problemList", "relatedPersons", "relatedPersons"]);
}

#[tokio::test]
async fn a_system_reads_them_by_scopes_of_their_own_alone() {
    let app = App::start().await;
    let patient = app.register_patient("高橋 ハル", "タカハシ ハル").await;
    let nurse = app.nurse("minato").await;
    app.link(patient, "minato").await;
    let hospital = app.organisation("city-hospital", OrganisationType::Hospital).await;
    app.link(patient, "city-hospital").await;
    app.consent(patient, Team).await;
    post(&nurse, patient, 1, failing_heart()).await.is(StatusCode::CREATED);
    post(&nurse, patient, 2, daughter("090-5550-0199")).await.is(StatusCode::CREATED);

    for (scopes, read) in [
        ("system/DocumentReference.rs system/Communication.rs", &NEITHER[..]),
        ("system/Condition.rs", &BOTH[..1]),
        ("system/RelatedPerson.rs", &BOTH[1..]),
    ] {
        let system = System::register(&app, hospital, scopes).await.sign_in(&app, scopes).await;
        assert_eq!(sees(&system, patient).await, read, "{scopes}");
        let written = post(&system, patient, 3, daughter("090-5550-0199")).await;
        assert_eq!(written.status, StatusCode::FORBIDDEN, "{scopes}");
    }
    let scopes = "system/RelatedPerson.rs";
    let system = System::register(&app, hospital, scopes).await.sign_in(&app, scopes).await;
    app.consent_but_for(patient, Team, &[Systems]).await;
    assert_eq!(sees(&system, patient).await, NEITHER);
}
