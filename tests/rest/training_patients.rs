//! Patients who are nobody, registered for training: told apart for ever by flag and name, and counted, listed, found and taken
//! out nowhere.

use axum::http::StatusCode;
use renkei::actions::export::{ExportFrom, export_region};
use renkei::config::Language;
use renkei::store::Shelf;
use serde_json::{Value, json};

use crate::support::actor::{Actor, Answer};
use crate::support::app::App;
use crate::support::scratch;

struct Story {
    app: App,
    secretariat: Actor,
    doctor: Actor,
    nurse: Actor,
}

fn id(number: u64) -> String {
    format!("0196d5a2-7c00-7000-8000-{:012x}", 0x07ea_0000 + number)
}

/// What the nurse takes note of by 13:00 (ND-M1).
fn ventilator(number: u64) -> Value {
    json!({ "id": id(number), "body": { "deviceChange": {
        "device": "人工呼吸器", "change": "introduced", "reason": "呼吸不全",
        "after": [{ "name": "吸気圧", "value": "12", "unit": "cmH2O" }],
    } } })
}

impl Story {
    async fn begin() -> Self {
        let app = App::start().await;
        let secretariat = app.secretariat().await;
        let (doctor, nurse) = (app.doctor("hikari").await, app.nurse("minato").await);
        Self { app, secretariat, doctor, nurse }
    }

    fn given(&self, kanji: &str, for_training: bool) -> Value {
        json!({
            "name": { "kanji": kanji, "kana": "ケンシュウ ハル" }, "birth_date": "1938-04-12", "sex": "female",
            "agreed_by": self.doctor.actor.person.to_string(), "agreed_on_paper": "研修", "document": "研修",
            "host": { "organisation": self.doctor.actor.organisation.to_string() }, "for_training": for_training,
            "consent": { "state": "team", "given_by": "patient", "given_on": "2026-04-01", "document": "研修" },
        })
    }

    async fn registers(&self, given: Value) -> Answer {
        self.secretariat.post("/api/v1/patients", given).await
    }

    /// With the nurse's station on the team.
    async fn patient(&self, kanji: &str, for_training: bool) -> String {
        let made = self.registers(self.given(kanji, for_training)).await.is(StatusCode::CREATED);
        let patient = made["id"].as_str().expect("an id").to_owned();
        let organisation = self.nurse.actor.organisation.to_string();
        let link = json!({ "organisation": organisation, "history": "all", "relation_confirmed": true });
        self.secretariat.post(format!("/api/v1/patients/{patient}/links"), link).await.is(StatusCode::CREATED);
        patient
    }

    async fn posts(&self, patient: &str, entry: Value) {
        self.doctor.post(format!("/api/v1/timelines/{patient}/entries"), entry).await.is(StatusCode::CREATED);
    }
}

#[tokio::test]
async fn the_name_says_it_there_are_no_numbers_and_nothing_ever_changes_it() {
    let story = Story::begin().await;
    for (kanji, for_training) in [("高橋 ハル", true), ("研修用 高橋 ハル", false)] {
        let refused = story.registers(story.given(kanji, for_training)).await;
        let refused = refused.problem(StatusCode::UNPROCESSABLE_ENTITY, "mismatch");
        assert!(refused["field"].as_str().unwrap().ends_with("name.kanji"), "{refused}");
        assert!(refused["detail"]["ja"].as_str().unwrap().contains("研修用"), "{refused}");
    }
    let mut numbered = story.given("研修用 高橋 ハル", true);
    numbered["identifiers"] = json!([{ "system": "urn:oid:1.2.392.100495.20.3.51.1", "value": "00123" }]);
    story.registers(numbered).await.problem(StatusCode::UNPROCESSABLE_ENTITY, "unexpected");

    let training = story.patient("研修用 高橋 ハル", true).await;
    let real = story.patient("佐藤 ナツ", false).await;
    let cards = story.nurse.get("/api/v1/patients?mine=true").await.ok();
    for card in cards["patients"].as_array().unwrap() {
        let wanted = if card["id"] == training.as_str() { json!(true) } else { Value::Null };
        assert_eq!(card["for_training"], wanted, "{card}");
    }
    let registration = |kanji: &str, for_training: bool| {
        json!({
            "name": { "kanji": kanji, "kana": "ケンシュウ ハル" }, "birthDate": "1938-04-12", "sex": "female",
            "agreedBy": story.doctor.actor.person.to_string(), "agreedOnPaper": "研修", "document": "研修",
            "forTraining": for_training,
        })
    };
    for (number, (patient, kanji, for_training)) in
        (1..).zip([(&training, "高橋 ハル", false), (&real, "研修用 佐藤 ナツ", true)])
    {
        let entries = format!("/api/v1/timelines/{patient}/entries");
        let page = story.secretariat.get(&entries).await.ok();
        let first = page["entries"][0]["id"].as_str().expect("the registration").to_owned();
        let body = registration(kanji, for_training);
        let correction = json!({ "target": first, "reason": "氏名の誤り", "body": { "registration": body.clone() } });
        for (part, body) in [(0, json!({ "correction": correction })), (1, json!({ "registration": body }))] {
            let post = json!({ "id": id(number * 10 + part), "body": body });
            let refused = story.secretariat.post(&entries, post).await;
            assert!(refused.status.is_client_error(), "{}", refused.text());
        }
        let card = story.secretariat.get(format!("/api/v1/patients/{patient}")).await.ok();
        assert_eq!(card["for_training"].as_bool().unwrap_or_default(), !for_training, "{card}");
    }
    // Other things of the name are corrected like anybody's.
    let entries = format!("/api/v1/timelines/{training}/entries");
    let page = story.secretariat.get(&entries).await.ok();
    let first = page["entries"][0]["id"].clone();
    let correction = json!({ "target": first, "reason": "氏名", "body": { "registration": registration("研修用 高橋 フユ", true) } });
    let post = json!({ "id": id(99), "body": { "correction": correction } });
    story.secretariat.post(&entries, post).await.is(StatusCode::CREATED);
}

#[tokio::test]
async fn a_patient_for_training_is_counted_listed_found_and_taken_out_nowhere() {
    let story = Story::begin().await;
    let real = story.patient("佐藤 ナツ", false).await;
    let counts = async || {
        let statistics = story.secretariat.get("/api/v1/statistics").await.ok();
        let of = ["patients", "reading"].map(|part| statistics[part].clone());
        (of, statistics["entries"][0]["of_patients"].clone(), story.secretariat.get("/api/v1/compliance").await.ok())
    };
    let before = counts().await;
    let training = story.patient("研修用 高橋 ハル", true).await;
    story.posts(&training, ventilator(1)).await;
    assert_eq!(counts().await, before);
    let duties = async |who: &Actor| who.get("/api/v1/duties").await.ok()["duties"].as_array().unwrap().len();
    assert_eq!(duties(&story.secretariat).await, 0, "no business of theirs");
    assert_eq!(duties(&story.nurse).await, 1, "she is in the training");
    let on_page = story.secretariat.get(format!("/api/v1/timelines/{training}/duties")).await.ok();
    assert_eq!(on_page["duties"].as_array().unwrap().len(), 1);

    let stranger = story.app.doctor("yoso").await;
    let asked = json!({ "name": "研修用 高橋 ハル", "birth_date": "1938-04-12" });
    assert_eq!(stranger.post("/api/v1/emergency-search", asked).await.ok()["patients"], json!([]));

    let shelf = Shelf::open(&story.app.files_folder()).unwrap();
    let directory = story.app.hub.region().directory();
    let from = ExportFrom {
        despite_withheld: false,
        journal: story.app.hub.journal(),
        shelf: &shelf,
        directory: &directory,
        reason: "移行",
        language: Language::Ja,
        now: story.app.clock.wall(),
    };
    let scratch = scratch::folder("training");
    let out = scratch.path().join("region");
    let exported = export_region(&from, &out).await.unwrap();
    assert_eq!(exported.training, 1);
    assert!(out.join("timelines").join(format!("patient-{real}.jsonl")).exists());
    assert!(!out.join("timelines").join(format!("patient-{training}.jsonl")).exists());

    // The same of a real patient is counted.
    story.posts(&real, ventilator(2)).await;
    assert_ne!(counts().await, before);
    assert_eq!(duties(&story.secretariat).await, 1);
}

#[tokio::test]
async fn advice_on_a_patient_for_training_is_in_no_list_of_the_secretariats() {
    let story = Story::begin().await;
    let mut registered = Vec::new();
    for (kanji, for_training) in [("研修用 高橋 ハル", true), ("佐藤 ナツ", false)] {
        // The doctor was only named: the secretariat is advised to ask (OP-4c).
        let mut given = story.given(kanji, for_training);
        given["agreed_on_paper"] = json!("");
        registered.push(story.registers(given).await.is(StatusCode::CREATED)["id"].clone());
    }
    let listed = story.secretariat.get("/api/v1/advice").await.ok();
    let of: Vec<&Value> = listed["advice"].as_array().unwrap().iter().map(|given| &given["timeline"]).collect();
    assert!(of.contains(&&registered[1]), "{listed}");
    assert!(!of.contains(&&registered[0]), "{listed}");
}

#[tokio::test]
async fn who_is_nobody_may_be_named_in_an_announcement() {
    let story = Story::begin().await;
    story.patient("研修用 高橋 ハル", true).await;
    story.patient("佐藤 ナツ", false).await;
    let asked = json!({ "title": "研修", "text": "研修用 高橋 ハルで練習します。佐藤 ナツの件ではありません" });
    let found = story.secretariat.post("/api/v1/announcements/check", asked).await.ok();
    let excerpts: Vec<&Value> = found["found"].as_array().unwrap().iter().map(|one| &one["excerpt"]).collect();
    assert_eq!(excerpts, ["佐藤 ナツ"]);
}
