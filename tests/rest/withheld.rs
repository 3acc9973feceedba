//! Purposes that a patient did not agree to: said with the consent, kept with the version of its form, and held by the rules
//! wherever somebody would read or take out.

use axum::http::StatusCode;
use renkei::actions::export::{ExportError, ExportFrom, export_patient};
use renkei::config::Language;
use renkei::domain::ids::{OrganisationId, PatientId};
use renkei::domain::role::OrganisationType;
use renkei::domain::team::ConsentState::{Team, Withdrawn};
use renkei::domain::withheld::WithheldPurpose::{Education, Export, Family, Systems};
use renkei::store::Shelf;
use serde_json::{Value, json};

use crate::support::actor::{Actor, Answer};
use crate::support::app::App;
use crate::support::scratch;
use crate::support::system::{ALL, System};

fn id(number: u64) -> String {
    format!("0196d5a2-7c00-7000-8000-{number:012x}")
}

fn entries(of: impl std::fmt::Display) -> String {
    format!("/api/v1/timelines/{of}/entries")
}

async fn post(actor: &Actor, timeline: impl std::fmt::Display, number: u64, body: Value) -> Answer {
    actor.post(entries(timeline), json!({ "id": id(number), "body": body })).await
}

fn note(text: &str) -> Value {
    json!({ "note": { "text": text } })
}

/// The kinds that this reader is shown, in their order.
async fn kinds(reader: &Actor, patient: PatientId) -> Vec<String> {
    let read = reader.get(entries(patient)).await.ok();
    let kind = |entry: &Value| {
        let body = entry["content"]["body"].as_object().expect("a body");
        body.keys().next().expect("one").clone()
    };
    read["entries"].as_array().unwrap().iter().map(kind).collect()
}

fn consent(more: &Value) -> Value {
    let mut consent =
        json!({ "state": "team", "given_by": "patient", "given_on": "2026-04-01", "document": "綴り 12" });
    let more = more.as_object().expect("fields").clone();
    consent.as_object_mut().expect("fields").extend(more);
    consent
}

#[tokio::test]
async fn row_14_the_version_of_the_form_and_what_is_withheld_are_kept_and_told() {
    let app = App::start().await;
    let patient = app.register_patient("高橋 ハル", "タカハシ ハル").await;
    let nurse = app.nurse("minato").await;
    app.link(patient, "minato").await;
    let secretariat = app.secretariat().await;
    let path = format!("/api/v1/patients/{patient}");
    let say = async |more: Value| secretariat.post(format!("{path}/consent"), consent(&more)).await;
    let card = async || nurse.get(&path).await.ok();

    let said = say(json!({ "form_version": "2026年4月版", "withheld": ["education", "family"] })).await;
    said.is(StatusCode::CREATED);
    let told = card().await;
    assert_eq!((&told["consent"], &told["consent_form"]), (&json!("team"), &json!("2026年4月版")));
    assert_eq!(told["withheld"], json!(["family", "education"]));
    let read = nurse.get(entries(patient)).await.ok();
    let body = &read["entries"].as_array().unwrap().last().unwrap()["content"]["body"]["consent"];
    assert_eq!(
        (&body["formVersion"], &body["withheld"]),
        (&json!("2026年4月版"), &json!(["family", "education"])),
        "{body}"
    );

    for (wrong, code, field) in [
        (json!({ "withheld": ["family", "export", "family"] }), "duplicate", "withheld[2]"),
        (json!({ "withheld": ["family", "research"] }), "unknown_code", "withheld[1]"),
        (json!({ "form_version": "版".repeat(101) }), "too_long", "form_version"),
    ] {
        let problem = say(wrong).await.problem(StatusCode::UNPROCESSABLE_ENTITY, code);
        assert_eq!(problem["field"], field, "{problem}");
    }
    // The same over the timeline, where fields have the names of the contract.
    let twice = json!({ "consent": {
        "state": "team", "givenBy": "patient", "givenOn": "2026-04-01", "document": "綴り 12", "withheld": ["export", "export"],
    } });
    let problem = post(&nurse, patient, 1, twice).await.problem(StatusCode::UNPROCESSABLE_ENTITY, "duplicate");
    assert_eq!(problem["field"], "body.consent.withheld[1]", "{problem}");
    assert_eq!(card().await["withheld"], json!(["family", "education"]), "nothing of it was written");

    // Withdrawn in one step, as ever: what was withheld stays so.
    say(json!({ "state": "withdrawn" })).await.is(StatusCode::CREATED);
    let told = card().await;
    assert_eq!((&told["consent"], &told["withheld"]), (&json!("withdrawn"), &json!(["family", "education"])));
    assert_eq!(told["consent_form"], Value::Null);
    say(json!({})).await.is(StatusCode::CREATED);
    assert_eq!(card().await["withheld"], Value::Null, "a new form withholds nothing");
}

#[tokio::test]
async fn row_14_consent_without_the_version_of_its_form_is_taken_with_advice() {
    let app = App::start().await;
    let patient = app.register_patient("高橋 ハル", "タカハシ ハル").await;
    let secretariat = app.secretariat().await;
    let asked = async |version: &str| {
        let body = json!({ "consent": {
            "state": "team", "givenBy": "patient", "givenOn": "2026-04-01", "document": "綴り 12", "formVersion": version,
        } });
        let answer = post(&secretariat, patient, if version.is_empty() { 1 } else { 2 }, body).await;
        answer.is(StatusCode::CREATED).to_string()
    };
    assert!(asked("").await.contains("OP-6d@"));
    assert!(!asked("2026年4月版").await.contains("OP-6d@"));
}

#[tokio::test]
async fn row_14_a_family_from_whom_the_patient_withholds_it_reads_only_what_it_wrote_itself() {
    let app = App::start().await;
    let patient = app.register_patient("高橋 ハル", "タカハシ ハル").await;
    let nurse = app.nurse("minato").await;
    app.link(patient, "minato").await;
    let family = app.family(patient).await;
    post(&family, patient, 1, json!({ "message": { "text": "昨夜はよく眠れました" } })).await.is(StatusCode::CREATED);
    let to_family = json!({
        "id": id(2), "addressedTo": [{ "role": "family" }], "body": { "message": { "text": "明日うかがいます" } },
    });
    nurse.post(entries(patient), to_family).await.is(StatusCode::CREATED);
    assert_eq!(kinds(&family, patient).await, ["message", "message"]);

    app.consent_but_for(patient, Team, &[Systems, Export, Education]).await;
    assert_eq!(kinds(&family, patient).await, ["message", "message"], "none of that is the family");
    app.consent_but_for(patient, Team, &[Family]).await;
    assert_eq!(kinds(&family, patient).await, ["message"], "its own");
    let card = family.get(format!("/api/v1/patients/{patient}")).await.ok();
    assert_eq!((&card["withheld"], &card["consent_form"]), (&Value::Null, &Value::Null), "nor what was said of them");
    let acknowledged = post(&family, patient, 3, json!({ "acknowledgement": { "target": id(2) } })).await;
    assert!(!acknowledged.status.is_success(), "what it does not see it cannot answer");
    assert_eq!(kinds(&nurse, patient).await.iter().filter(|kind| *kind == "message").count(), 2);

    app.consent(patient, Withdrawn).await;
    assert_eq!(kinds(&family, patient).await, ["message"]);
    app.consent(patient, Team).await;
    assert_eq!(kinds(&family, patient).await, ["message", "message"], "the patient thought otherwise");
}

#[tokio::test]
async fn row_14_systems_from_which_the_patient_withholds_it_read_only_what_their_organisation_wrote() {
    let app = App::start().await;
    let hospital = app.organisation("minato-hospital", OrganisationType::Hospital).await;
    let patient = app.register_patient("高橋 ハル", "タカハシ ハル").await;
    app.link(patient, "minato-hospital").await;
    let ehr = System::register(&app, hospital, ALL).await.sign_in(&app, ALL).await;
    let (colleague, nurse) = (app.nurse("minato-hospital").await, app.nurse("elsewhere").await);
    app.link(patient, "elsewhere").await;
    post(&colleague, patient, 1, note("自分の病院の記録")).await.is(StatusCode::CREATED);
    post(&nurse, patient, 2, note("ほかの所属の記録")).await.is(StatusCode::CREATED);
    let notes = async || kinds(&ehr, patient).await.into_iter().filter(|kind| kind == "note").count();
    let listed = async || ehr.get("/api/v1/patients").await.ok()["patients"].as_array().unwrap().len();
    assert_eq!((notes().await, listed().await), (2, 1));

    app.consent_but_for(patient, Team, &[Family, Export, Education]).await;
    assert_eq!(notes().await, 2);
    app.consent_but_for(patient, Team, &[Systems]).await;
    assert_eq!(kinds(&ehr, patient).await, ["note"], "neither registration nor links, nor others' notes");
    assert_eq!(listed().await, 0, "nor name and birth date");
    assert_eq!(kinds(&colleague, patient).await.iter().filter(|kind| *kind == "note").count(), 2, "people do");
    // Withdrawing in one step does not bring back what stands of registration and links after a plain withdrawal.
    app.consent(patient, Withdrawn).await;
    assert_eq!(kinds(&ehr, patient).await, ["note"]);
    app.consent(patient, Team).await;
    assert_eq!((notes().await, listed().await), (2, 1));
}

fn export(patient: PatientId, request: Option<u64>) -> Value {
    let mut export = json!({ "purpose": "転院先への引き継ぎ", "scope": "すべて", "patients": [patient.to_string()] });
    match request {
        Some(request) => export["request"] = json!(id(request)),
        None => export["planned"] = json!(true),
    }
    json!({ "export": export })
}

async fn take(actor: &Actor, patient: PatientId, request: u64, number: u64) -> Answer {
    let wish = json!({ "id": id(number), "request": id(request) });
    actor.post(format!("/api/v1/patients/{patient}/exports"), wish).await
}

fn refused_by_fl_33(answer: &Answer) {
    let problem = answer.problem(StatusCode::FORBIDDEN, "forbidden");
    assert!(problem["cited"].to_string().contains("FL-33@floor"), "{problem}");
    assert!(problem["detail"].to_string().contains("持ち出し"), "{problem}");
}

#[tokio::test]
async fn row_14_a_record_whose_patient_withholds_it_is_neither_taken_out_nor_asked_for() {
    let app = App::start().await;
    let patient = app.register_patient("高橋 ハル", "タカハシ ハル").await;
    let nurse = app.nurse("minato").await;
    app.link(patient, "minato").await;
    let (secretariat, office) = (app.secretariat().await, nurse.actor.organisation);
    post(&nurse, office, 10, export(patient, None)).await.is(StatusCode::CREATED);
    let permit = async |request: u64, number: u64| {
        post(&secretariat, office, number, json!({ "acknowledgement": { "target": id(request) } })).await
    };
    permit(10, 11).await.is(StatusCode::CREATED);

    app.consent_but_for(patient, Team, &[Family, Systems, Education]).await;
    post(&nurse, office, 12, export(patient, None)).await.is(StatusCode::CREATED);
    app.consent_but_for(patient, Team, &[Export]).await;
    refused_by_fl_33(&take(&nurse, patient, 10, 20).await);
    refused_by_fl_33(&post(&nurse, office, 21, export(patient, Some(10))).await);
    refused_by_fl_33(&post(&nurse, office, 22, export(patient, None)).await);
    let correction =
        json!({ "correction": { "target": id(12), "reason": "あて先の訂正", "body": export(patient, None) } });
    refused_by_fl_33(&post(&nurse, office, 23, correction).await);
    let draft = json!({ "id": id(24), "body": export(patient, None) });
    let tried = nurse.post(format!("/api/v1/timelines/{office}/dry-run"), draft).await;
    assert!(tried.text().contains("FL-33@floor"), "{}", tried.text());

    // Whoever may not know of the patient learns nothing of it.
    let stranger = app.nurse("far").await;
    let far: OrganisationId = stranger.actor.organisation;
    let nobody = PatientId(uuid::Uuid::from_u128(0x0196_d5a2_7c00_7000_8000_0000_0000_dead));
    let of_a_patient = post(&stranger, far, 30, export(patient, None)).await;
    let of_nobody = post(&stranger, far, 31, export(nobody, None)).await;
    assert_eq!(of_a_patient.status, of_nobody.status);
    of_a_patient.is(StatusCode::CREATED);

    app.consent(patient, Withdrawn).await;
    refused_by_fl_33(&take(&nurse, patient, 10, 25).await);
    app.consent(patient, Team).await;
    assert_eq!(take(&nurse, patient, 10, 26).await.status, StatusCode::OK, "the permission was not used up");
}

#[tokio::test]
async fn row_14_whoever_runs_the_machine_takes_a_withheld_record_out_only_where_they_say_so() {
    let app = App::start().await;
    let patient = app.register_patient("高橋 ハル", "タカハシ ハル").await;
    app.consent_but_for(patient, Team, &[Export]).await;
    let (shelf, directory) = (Shelf::open(&app.files_folder()).unwrap(), app.hub.region().directory());
    let from = |despite_withheld| ExportFrom {
        journal: app.hub.journal(),
        shelf: &shelf,
        directory: &directory,
        reason: "本人からの開示請求",
        despite_withheld,
        language: Language::Ja,
        now: app.clock.wall(),
    };
    let out = scratch::folder("withheld");
    let refused = export_patient(&from(false), patient, &out.path().join("plain")).await;
    assert!(matches!(refused, Err(ExportError::Withheld)), "{refused:?}");
    assert!(!out.path().join("plain").exists());
    export_patient(&from(true), patient, &out.path().join("asked")).await.unwrap();
    let page = std::fs::read_to_string(out.path().join("asked/record.html")).unwrap();
    for said in ["同意書の版", "2026年4月版", "同意しない目的", "記録の持ち出し（チームの外への提供）"]
    {
        assert!(page.contains(said), "{said}: {page}");
    }
}

#[tokio::test]
async fn row_14_a_consent_that_is_put_right_withholds_what_it_says_now() {
    let app = App::start().await;
    let patient = app.register_patient("高橋 ハル", "タカハシ ハル").await;
    let nurse = app.nurse("minato").await;
    app.link(patient, "minato").await;
    let said = |withheld: Value| {
        json!({ "consent": {
            "state": "team", "givenBy": "patient", "givenOn": "2026-04-01", "document": "綴り 12", "formVersion": "2026年4月版",
            "withheld": withheld,
        } })
    };
    let card = async || nurse.get(format!("/api/v1/patients/{patient}")).await.ok()["withheld"].clone();
    post(&nurse, patient, 1, said(json!(["family"]))).await.is(StatusCode::CREATED);
    let correct = async |number: u64, withheld: Value| {
        let correction = json!({ "target": id(1), "reason": "読み違い", "body": said(withheld) });
        post(&nurse, patient, number, json!({ "correction": correction })).await.is(StatusCode::CREATED)
    };
    correct(2, json!(["export", "education"])).await;
    assert_eq!(card().await, json!(["export", "education"]));
    let twice = json!({ "target": id(1), "reason": "読み違い", "body": said(json!(["export", "export"])) });
    let problem = post(&nurse, patient, 3, json!({ "correction": twice })).await;
    problem.problem(StatusCode::UNPROCESSABLE_ENTITY, "duplicate");
    let taken_back = json!({ "retraction": { "target": id(1), "reason": "mistake" } });
    post(&nurse, patient, 4, taken_back).await.problem(StatusCode::UNPROCESSABLE_ENTITY, "wrong_kind");
    assert_eq!(card().await, json!(["export", "education"]), "a consent is said anew, never taken back");
    correct(5, json!([])).await;
    assert_eq!(card().await, Value::Null);
}
