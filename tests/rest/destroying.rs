//! A record comes to its end: refused while it must be kept, destroyed when its retention ended, with everything that the hub
//! knows of it, on disk and in memory, and not brought back by an older backup.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use renkei::actions::backup::{Keep, RestoreInto, make, restore};
use renkei::actions::destroying::{Keeping, Typed, destroy, list};
use renkei::actions::export::{ExportError, ExportFrom, export_patient};
use renkei::actions::files::Files;
use renkei::clock::ManualClock;
use renkei::config::Language;
use renkei::domain::act::By;
use renkei::domain::body::Body;
use renkei::domain::ids::{EntryId, PatientId, Seq};
use renkei::domain::retention::{Kept, Tombstone};
use renkei::domain::role::OrganisationType;
use renkei::domain::time::Timestamp;
use renkei::hub::answer::{Answer, Refused};
use renkei::store::Shelf;
use renkei::store::check::check;
use renkei::vault::RegionKey;
use serde_json::{Value, json};
use sqlx::{Connection as _, SqliteConnection};

use super::files::{Team, id, photo};
use crate::support::actor::Actor;
use crate::support::app::{App, Database, intent};
use crate::support::reader::Reader;
use crate::support::scratch;
use renkei::wire::Encoding;

const YEAR_S: u64 = 366 * 24 * 3_600;
const KEEP: Keep = Keep { daily: 7, weekly: 5, monthly: 12 };

struct Story {
    team: Team,
    secretariat: Actor,
}

impl Story {
    /// A patient whom a clinic, a station and home helpers served, with a photo, a refusal and a post that waits.
    async fn start() -> Self {
        let team = Team::start().await;
        let secretariat = team.app.secretariat().await;
        let attachment = team.hand_in(&team.nurse, &photo(3, 200, 100)).await;
        let note = json!({ "text": "仙骨部の発赤は消えました", "attachments": [attachment] });
        let entries = format!("/api/v1/timelines/{}/entries", team.patient);
        team.nurse.post(&entries, json!({ "id": id(1), "body": { "note": note } })).await.is(StatusCode::CREATED);
        let stranger = team.app.nurse("yoso").await;
        let vital = json!({ "measurements": [{ "sign": "spo2", "value": "88", "unit": "%" }] });
        stranger.post(&entries, json!({ "id": id(2), "body": { "vital": vital } })).await.is(StatusCode::ACCEPTED);
        Self { team, secretariat }
    }

    fn patient(&self) -> PatientId {
        self.team.patient
    }

    fn entries(&self) -> String {
        format!("/api/v1/timelines/{}/entries", self.patient())
    }

    /// The page is closed, as the secretariat does at the end of care.
    async fn close_page(&self) {
        let closing = json!({ "reason": "no_further_need", "confirmed": true, "text": "転居のため" });
        let entry = json!({ "id": id(9), "body": { "closing": closing } });
        self.secretariat.post(self.entries(), entry).await.is(StatusCode::CREATED);
    }

    fn go_on(&self, years: u64) {
        self.team.app.clock.advance(Duration::from_secs(years * YEAR_S));
    }

    /// Everybody's sign-ins ended long ago: somebody of the secretariat, signed in anew.
    async fn later(&self) -> Actor {
        let me = self.secretariat.signed_in();
        self.team.app.sign_in(me.actor.person, self.secretariat.position()).await
    }

    async fn destroy(&self, by: &Actor, name: &str, birth_date: &str, reason: &str) -> crate::support::actor::Answer {
        let given = json!({ "name": name, "birth_date": birth_date, "reason": reason });
        by.post(format!("/api/v1/patients/{}/destruction", self.patient()), given).await
    }

    async fn standing(&self, by: &Actor) -> Value {
        by.get(format!("/api/v1/retention?patient={}", self.patient())).await.ok()
    }
}

#[tokio::test]
async fn row_15_nothing_is_destroyed_before_its_time_and_the_refusal_says_until_when_and_why() {
    let story = Story::start().await;
    let by = &story.secretariat;
    let name = "高橋 ハル";
    let in_care = story.destroy(by, name, "1938-04-12", "整理").await.problem(StatusCode::CONFLICT, "retained");
    assert!(in_care["detail"]["ja"].as_str().unwrap().contains("支援中"), "{in_care}");
    assert_eq!(story.standing(by).await["patient"], json!({ "state": "in_care", "kept": null }));
    let nurse = &story.team.nurse;
    story.destroy(nurse, name, "1938-04-12", "整理").await.problem(StatusCode::FORBIDDEN, "forbidden");

    story.close_page().await;
    let kept = story.standing(by).await["patient"].clone();
    assert_eq!(kept["state"], "kept");
    // A clinic wrote nothing here but is on the team: its five years count, from the day of the last entry.
    assert_eq!(kept["kept"], json!({ "ended_on": "2026-04-01", "until": "2031-04-01", "type": "clinic", "years": 5 }));
    let early = story.destroy(by, name, "1938-04-12", "整理").await.problem(StatusCode::CONFLICT, "retained");
    for (language, word) in [("ja", "2031-04-01 まで"), ("en", "until 2031-04-01")] {
        assert!(early["detail"][language].as_str().unwrap().contains(word), "{early}");
    }
    story.go_on(4);
    let later = story.later().await;
    story.destroy(&later, name, "1938-04-12", "整理").await.problem(StatusCode::CONFLICT, "retained");
    assert_eq!(later.get("/api/v1/retention").await.ok()["due"], json!([]));

    story.go_on(2);
    let later = story.later().await;
    let due = later.get("/api/v1/retention").await.ok();
    assert_eq!(due["due"][0]["patient"], story.patient().to_string());
    assert!(due["spans"].as_array().unwrap().iter().all(|span| span["basis"]["ja"].as_str().is_some()));
    for (name, birth_date, reason, field, code) in [
        ("高橋 ハナ", "1938-04-12", "整理", "name", "mismatch"),
        ("高橋", "1938-04-12", "整理", "name", "mismatch"),
        ("", "1938-04-12", "整理", "name", "mismatch"),
        (name, "1938-04-13", "整理", "birth_date", "mismatch"),
        (name, "", "整理", "birth_date", "bad_date"),
        (name, "1938-04-12", "　 ", "reason", "required"),
        (name, "1938-04-12", &"長".repeat(1_001), "reason", "too_long"),
    ] {
        let refused = story.destroy(&later, name, birth_date, reason).await;
        assert_eq!(refused.problem(StatusCode::UNPROCESSABLE_ENTITY, code)["field"], field, "{name} {birth_date}");
    }
    later.get(format!("/api/v1/patients/{}", story.patient())).await.ok();
}

#[tokio::test]
async fn row_15_a_destroyed_record_is_nobodys_to_everybody_and_everything_copes() {
    let story = Story::start().await;
    story.close_page().await;
    story.go_on(6);
    let by = story.later().await;
    let nurse = story.team.nurse.position();
    let nurse = story.team.app.sign_in(story.team.nurse.signed_in().actor.person, nurse).await;
    let mut reader = Reader::connect(&by, Encoding::Json, story.patient(), Seq(0)).await;
    let unknown = nurse.get("/api/v1/patients/0196d5a2-7c00-7000-8000-0000000000ff").await;

    assert_eq!(lying_in(&story.team.app.files_folder()), 1);
    let stone = story.destroy(&by, "ﾀｶﾊｼ ﾊﾙ", "1938-04-12", "保存期間の終了").await.ok();
    assert_eq!(stone["kept"]["until"], "2031-04-01");
    assert!(reader.is_forgotten().await, "open screens forget");
    let path = format!("/api/v1/patients/{}", story.patient());
    for who in [&by, &nurse] {
        assert_eq!(who.get(&path).await.bytes, unknown.bytes, "as if nobody had ever been there");
        who.get(story.entries()).await.problem(StatusCode::NOT_FOUND, "not_found");
    }
    assert_eq!(by.get("/api/v1/patients?q=%E9%AB%98%E6%A9%8B").await.ok()["patients"], json!([]));
    story.destroy(&by, "高橋 ハル", "1938-04-12", "もう一度").await.problem(StatusCode::NOT_FOUND, "not_found");
    let registered = story.secretariat_posts_again(&by).await;
    assert!(registered.status.is_client_error(), "{}", registered.text());
    assert_eq!(by.get("/api/v1/linking-queue").await.ok()["waiting"], json!([]));
    let retention = by.get("/api/v1/retention").await.ok();
    assert_eq!((&retention["due"], retention["destroyed"].as_array().unwrap().len()), (&json!([]), 1));

    // Who saw it is known still, and why it was destroyed; what was refused is not.
    let log = by.get(format!("/api/v1/audit?patient={}", story.patient())).await.ok();
    let records = log["records"].as_array().unwrap();
    assert!(records.iter().any(|record| record["kind"] == "read"), "{log}");
    assert!(records.iter().any(|record| record["kind"] == "keeping"), "{log}");
    by.get("/api/v1/statistics").await.ok();
    by.get("/api/v1/compliance").await.ok();
    assert_eq!(lying_in(&story.team.app.files_folder()), 0, "its file is off the shelf");
    let shelf = Shelf::open(&story.team.app.files_folder()).unwrap();
    let told = story.taken_out(&shelf).await.text().expect("words for people");
    assert!(told.ja.contains("鍵ごと廃棄") && told.en.contains("was destroyed with its key"), "{told:?}");
    let report = check(story.team.app.hub.journal(), Some(&shelf)).await.unwrap();
    assert!(report.is_whole() && report.destroyed == 1, "{report:?}");
}

/// How many sealed files there are.
fn lying_in(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    entries.map(|entry| if entry.file_type().unwrap().is_dir() { lying_in(&entry.path()) } else { 1 }).sum()
}

impl Story {
    /// As `renkei export patient` does it on the hub's machine.
    async fn taken_out(&self, shelf: &Shelf) -> ExportError {
        let (hub, out) = (&self.team.app.hub, scratch::folder("out"));
        let directory = hub.region().directory();
        let from = ExportFrom {
            despite_withheld: false,
            journal: hub.journal(),
            shelf,
            directory: &directory,
            reason: "開示請求",
            language: Language::Ja,
            now: hub.region().now(),
        };
        let refused = export_patient(&from, self.patient(), &out.path().join("record")).await;
        refused.expect_err("there is nothing to take out")
    }

    /// Somebody posts on the id that was the patient's.
    async fn secretariat_posts_again(&self, by: &Actor) -> crate::support::actor::Answer {
        by.post(
            self.entries(),
            json!({ "id": id(20), "body": { "closing": { "reason": "no_further_need", "confirmed": true } } }),
        )
        .await
    }
}

#[tokio::test]
async fn row_15_nobody_comes_to_be_under_the_id_of_a_record_that_was_destroyed() {
    let story = Story::start().await;
    let patient = story.patient();
    let registered = story.team.app.hub.region().patients().find(patient).expect("somebody");
    story.close_page().await;
    story.go_on(6);
    let by = story.later().await;
    story.destroy(&by, "高橋 ハル", "1938-04-12", "保存期間の終了").await.ok();
    let (person, position, mut app) = (by.actor.person, by.position(), story.team.app);
    for is_restarted in [false, true] {
        if is_restarted {
            app = app.stop().await.start().await;
        }
        assert!(app.hub.region().patients().find(patient).is_none(), "no name is kept in memory");
        let by = app.sign_in(person, position).await;
        let id = EntryId(app.hub.region().draw_id());
        let again = intent(id, patient, Body::Registration(Box::new(registered.clone())));
        let answer = app.hub.post_and_wait(&by.signed_in(), again).await;
        let Answer::Refused(refused) = answer else { panic!("restarted: {is_restarted}") };
        assert_eq!(refused.code, Refused::not_found(id).code, "restarted: {is_restarted}");
    }
}

#[tokio::test]
async fn row_15_what_is_written_after_it_was_judged_keeps_the_record() {
    let story = Story::start().await;
    story.close_page().await;
    let (hub, patient) = (&story.team.app.hub, story.patient());
    let head = async || hub.journal().load(patient.into()).await.unwrap().unwrap().head;
    let judged = head().await;
    let day = jiff::civil::date;
    let kept = Kept { ended_on: day(2021, 4, 1), until: day(2026, 3, 31), of: OrganisationType::Clinic, years: 5 };
    let stone = Tombstone { patient, destroyed_at: hub.region().now(), by: None, kept };
    let destroy = async |seen| hub.destroy(stone.clone(), By::Operator, "整理".to_owned(), seen).await.unwrap();
    assert!(!destroy(Seq(judged.0 - 1)).await, "somebody wrote on it since");
    assert_eq!(head().await, judged);
    story.secretariat.get(format!("/api/v1/patients/{patient}")).await.ok();
    assert!(destroy(judged).await);
}

#[tokio::test]
async fn row_15_when_it_is_told_to_be_destroyed_its_key_is_in_no_file_of_the_hub() {
    let (folder, key) = (scratch::folder("destroyed"), Arc::new(RegionKey::ephemeral()));
    let clock = Arc::new(ManualClock::at("2026-04-01T09:00:00+09:00".parse().unwrap()));
    let app = App::open_at(folder, Database::File, key, clock).await;
    let (patient, secretariat) = (app.register_patient("高橋 ハル", "タカハシ ハル").await, app.secretariat().await);
    let closing = json!({ "closing": { "reason": "no_further_need", "confirmed": true, "text": "転居のため" } });
    let entries = format!("/api/v1/timelines/{patient}/entries");
    secretariat.post(entries, json!({ "id": id(9), "body": closing })).await.is(StatusCode::CREATED);
    let folder = app.files_folder().parent().unwrap().to_owned();
    let mut database = SqliteConnection::connect(&format!("sqlite://{}/renkei.db", folder.display())).await.unwrap();
    let sql = "select wrapped_key from timeline where id = $1";
    let finding = sqlx::query_as(sql).bind(&patient.0.as_bytes()[..]).fetch_one(&mut database);
    let (wrapped,): (Vec<u8>,) = finding.await.unwrap();
    database.close().await.unwrap();
    let is_found = || {
        let files = std::fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path()).filter(|path| path.is_file());
        let mut contents = files.map(|path| std::fs::read(path).unwrap());
        let holds = |bytes: &[u8], part: &[u8]| bytes.windows(part.len()).any(|window| window == part);
        contents.any(|bytes| wrapped.windows(12).any(|part| holds(&bytes, part)))
    };
    assert!(is_found());
    app.clock.advance(Duration::from_secs(6 * YEAR_S));
    let by = app.sign_in(secretariat.actor.person, secretariat.position()).await;
    let given = json!({ "name": "高橋 ハル", "birth_date": "1938-04-12", "reason": "保存期間の終了" });
    by.post(format!("/api/v1/patients/{patient}/destruction"), given).await.ok();
    assert!(!is_found(), "neither in the database nor in its WAL");
}

#[tokio::test]
async fn row_15_a_restore_from_before_does_not_bring_it_back() {
    let story = Story::start().await;
    story.close_page().await;
    story.go_on(6);
    let backups = scratch::folder("backups");
    let shelf = Shelf::open(&story.team.app.files_folder()).unwrap();
    let now: Timestamp = story.team.app.hub.region().now();
    let journal = story.team.app.hub.journal();
    let before = make(journal, &shelf, backups.path(), KEEP, now).await.unwrap();
    assert!(!backups.path().join(list::NAME).exists(), "nothing was destroyed yet");
    let keeping = Keeping { list: Some(backups.path().to_owned()), ..Keeping::default() };
    let birth_date = jiff::civil::date(1938, 4, 12);
    let typed = Typed { name: "高橋 ハル".to_owned(), birth_date, reason: "保存期間の終了".to_owned() };
    let files = Files::new(story.team.app.hub.clone(), Shelf::open(&story.team.app.files_folder()).unwrap());
    let by = story.later().await.signed_in().by();
    destroy(&story.team.app.hub, &files, &keeping, by, story.patient(), &typed).await.unwrap();

    let key = story.team.app.region_key();
    let again = |folder: &std::path::Path, listed: Option<std::path::PathBuf>| {
        let (folder, key, path) = (folder.to_owned(), Arc::clone(&key), before.path.clone());
        async move {
            let url = format!("sqlite://{}/renkei.db", folder.display());
            let shelf = Shelf::open(&folder.join("files")).unwrap();
            let destroyed = listed.as_deref();
            let into = RestoreInto { url: &url, shelf: &shelf, region: &key, key: None, destroyed, despite: None };
            restore(&path, &into, now).await.map(|restored| (restored.destroyed, url))
        }
    };
    let folder = scratch::folder("again");
    let (destroyed, url) = again(folder.path(), None).await.unwrap();
    assert_eq!(destroyed, 1);
    let restored = renkei::cli::open::open_journal(&url, &key).await.unwrap();
    let error = restored.load(story.patient().into()).await.unwrap_err();
    assert_eq!(error.code(), "store_key_destroyed");
    assert!(check(&restored, None).await.unwrap().destroyed == 1);
    restored.close().await;

    // Whoever writes into the folder destroys nothing by it.
    let forged = backups.path().join("forged.jsonl");
    let text = std::fs::read_to_string(backups.path().join(list::NAME)).unwrap();
    std::fs::write(&forged, text.replace("\"years\":5", "\"years\":4")).unwrap();
    let folder = scratch::folder("forged");
    let refused = again(folder.path(), Some(forged)).await.unwrap_err();
    assert!(refused.text().unwrap().en.contains("was not written by this region"), "{refused}");
}
