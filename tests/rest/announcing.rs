//! Announcements: who may write one to whom, who sees it, what is found in its text before it goes to many, how it is
//! corrected, withdrawn and ends by itself, and what its author learns of who has read it.

use std::time::Duration;

use axum::http::StatusCode;
use renkei::domain::role::Role;
use renkei::limits;
use serde_json::{Value, json};

use crate::support::actor::{Actor, Answer};
use crate::support::app::App;

const DAY: Duration = Duration::from_secs(86_400);

/// The secretariat, a nurse who looks after her station, another there, and a doctor elsewhere.
struct Story {
    app: App,
    secretariat: Actor,
    head: Actor,
    nurse: Actor,
    doctor: Actor,
}

fn words(text: &str) -> Value {
    json!({ "title": "研修のお知らせ", "text": text, "until": "2026-04-30" })
}

fn ids(list: &Value) -> Vec<String> {
    let list = list["announcements"].as_array().expect("a list");
    list.iter().map(|one| one["id"].as_str().expect("an id").to_owned()).collect()
}

impl Story {
    async fn begin() -> Self {
        let app = App::start().await;
        let secretariat = app.secretariat().await;
        let (head, nurse, doctor) = (app.nurse("minato").await, app.nurse("minato").await, app.doctor("hikari").await);
        let path = format!("/api/v1/organisations/{}/administrators", head.actor.organisation);
        let person = json!({ "person": head.actor.person.to_string() });
        secretariat.post(path, person).await.is(StatusCode::NO_CONTENT);
        Self { app, secretariat, head, nurse, doctor }
    }

    async fn publishes(&self, who: &Actor, given: Value) -> String {
        let made = who.post("/api/v1/announcements", given).await.is(StatusCode::CREATED);
        made["id"].as_str().expect("an id").to_owned()
    }

    async fn seen_by(&self, who: &Actor) -> Value {
        who.get("/api/v1/announcements").await.ok()
    }

    async fn one_seen_by(&self, who: &Actor) -> Value {
        let seen = self.seen_by(who).await;
        assert_eq!(ids(&seen).len(), 1, "{seen}");
        seen["announcements"][0].clone()
    }

    async fn reads(&self, who: &Actor, id: &str, version: u32) -> Answer {
        who.post(format!("/api/v1/announcements/{id}/receipt"), json!({ "version": version })).await
    }

    async fn corrects(&self, who: &Actor, id: &str, version: u32, text: &str) -> Answer {
        let mut given = words(text);
        given["version"] = json!(version);
        given["reason"] = json!("会場の変更");
        who.put(format!("/api/v1/announcements/{id}"), given).await
    }

    async fn withdraws(&self, who: &Actor, id: &str, reason: &str) -> Answer {
        who.post(format!("/api/v1/announcements/{id}/withdrawal"), json!({ "reason": reason })).await
    }
}

#[tokio::test]
async fn what_the_secretariat_announces_is_seen_by_whom_it_is_for_until_its_end() {
    let story = Story::begin().await;
    let patient = story.app.register_patient("高橋 ハル", "タカハシ ハル").await;
    story.app.link(patient, "minato").await;
    let family = story.app.family(patient).await;
    let to_all = story.publishes(&story.secretariat, words("12月10日 18時から、第2会議室")).await;
    for who in [&story.head, &story.nurse, &story.doctor, &story.secretariat] {
        assert_eq!(ids(&story.seen_by(who).await), [to_all.as_str()], "{:?}", who.actor.role);
    }
    assert_eq!(ids(&story.seen_by(&family).await), [""; 0], "families are named where they are meant");
    let mut narrow = words("訪問看護の方へ");
    narrow["audience"] = json!({ "types": ["nursing_station"], "roles": ["nurse"] });
    let to_stations = story.publishes(&story.secretariat, narrow).await;
    assert_eq!(ids(&story.seen_by(&story.nurse).await), [to_stations.as_str(), to_all.as_str()], "the newest first");
    assert_eq!(ids(&story.seen_by(&story.doctor).await), [to_all.as_str()]);
    let mut to_families = words("ご家族の方へ");
    to_families["audience"] = json!({ "roles": ["family"] });
    let to_families = story.publishes(&story.secretariat, to_families).await;
    assert_eq!(ids(&story.seen_by(&family).await), [to_families.as_str()]);
    story.reads(&story.doctor, &to_stations, 1).await.problem(StatusCode::NOT_FOUND, "not_found");

    // The last day is 30 April in the region.
    story.app.clock.advance(DAY * 29);
    let nurse = story.app.sign_in(story.nurse.actor.person, story.nurse.position()).await;
    assert_eq!(ids(&story.seen_by(&nurse).await).len(), 2);
    story.app.clock.advance(DAY);
    let nurse = story.app.sign_in(story.nurse.actor.person, story.nurse.position()).await;
    assert_eq!(ids(&story.seen_by(&nurse).await), [""; 0]);
    let secretariat = story.app.sign_in(story.secretariat.actor.person, story.secretariat.position()).await;
    let sent = secretariat.get("/api/v1/announcements/sent").await.ok();
    assert_eq!(sent["announcements"].as_array().unwrap().len(), 3, "its author still sees it");
    assert_eq!(sent["announcements"][2]["is_standing"], false);
    let late = json!({ "version": 1, "title": "研修", "text": "大会議室", "until": "2026-05-30" });
    let late = secretariat.put(format!("/api/v1/announcements/{to_all}"), late).await;
    late.problem(StatusCode::CONFLICT, "conflict");
    story.withdraws(&secretariat, &to_all, "終わったため").await.problem(StatusCode::CONFLICT, "conflict");
}

#[tokio::test]
async fn a_correction_is_unread_again_and_a_withdrawal_is_told_to_those_who_read_it() {
    let story = Story::begin().await;
    let id = story.publishes(&story.secretariat, words("第2会議室")).await;
    assert_eq!(story.one_seen_by(&story.nurse).await["read_at"], Value::Null);
    story.reads(&story.nurse, &id, 1).await.is(StatusCode::NO_CONTENT);
    assert!(story.one_seen_by(&story.nurse).await["read_at"].is_string());
    story.reads(&story.nurse, &id, 2).await.problem(StatusCode::NOT_FOUND, "not_found");

    story.corrects(&story.secretariat, &id, 1, "大会議室").await.is(StatusCode::NO_CONTENT);
    let other = story.corrects(&story.secretariat, &id, 1, "中会議室").await;
    other.problem(StatusCode::CONFLICT, "conflict");
    let seen = story.one_seen_by(&story.nurse).await;
    assert_eq!((&seen["version"], &seen["text"], &seen["read_at"]), (&json!(2), &json!("大会議室"), &Value::Null));
    assert_eq!(seen["reason"], "会場の変更");
    let reach = story.secretariat.get(format!("/api/v1/announcements/{id}/receipts")).await.ok();
    assert!(reach["people"].as_array().unwrap().iter().all(|one| one["read_at"].is_null()), "{reach}");
    // A receipt for the version before does not count for this one, and takes nothing back either.
    story.reads(&story.nurse, &id, 2).await.is(StatusCode::NO_CONTENT);
    story.reads(&story.nurse, &id, 1).await.is(StatusCode::NO_CONTENT);
    assert!(story.one_seen_by(&story.nurse).await["read_at"].is_string());

    story.withdraws(&story.secretariat, &id, " ").await.problem(StatusCode::UNPROCESSABLE_ENTITY, "required");
    story.withdraws(&story.secretariat, &id, "日程を決め直すため").await.is(StatusCode::NO_CONTENT);
    let seen = story.one_seen_by(&story.nurse).await;
    assert_eq!((&seen["is_withdrawn"], &seen["text"], &seen["read_at"]), (&json!(true), &json!(""), &Value::Null));
    assert_eq!(seen["reason"], "日程を決め直すため");
    assert_eq!(ids(&story.seen_by(&story.doctor).await), [""; 0], "who did not read it has nothing to unlearn");
    story.corrects(&story.secretariat, &id, 3, "大会議室").await.problem(StatusCode::CONFLICT, "conflict");
    let sent = story.secretariat.get("/api/v1/announcements/sent").await.ok();
    let versions = sent["announcements"][0]["versions"].as_array().unwrap().clone();
    let texts: Vec<_> = versions.iter().map(|version| version["text"].as_str().unwrap()).collect();
    assert_eq!(texts, ["第2会議室", "大会議室", "大会議室"], "nothing is rewritten");
    let log = story.secretariat.get("/api/v1/audit?kind=announcement").await.ok().to_string();
    for step in ["published", "corrected", "withdrawn"] {
        assert!(log.contains(step), "{step}: {log}");
    }
    assert!(!log.contains("会議室"), "the words stand in the announcement alone");
}

#[tokio::test]
async fn of_more_pieces_than_can_be_confirmed_none_goes_out_unseen() {
    let story = Story::begin().await;
    story.app.register_patient("高橋 ハル", "タカハシ ハル").await;
    let numbers: Vec<String> = (0..50).map(|at| (10_000_000 + at).to_string()).collect();
    let mut given = words(&numbers.join("、"));
    given["confirmed"] = json!(numbers);
    let id = story.publishes(&story.secretariat, given.clone()).await;
    // The name comes after as many pieces as can be confirmed.
    (given["version"], given["reason"]) = (json!(1), json!("高橋 ハル さんの件"));
    let refused = story.secretariat.put(format!("/api/v1/announcements/{id}"), given.clone()).await;
    assert_eq!(refused.problem(StatusCode::UNPROCESSABLE_ENTITY, "out_of_range")["field"], "text");
    let text = format!("{} 高橋 ハル", numbers.join("、"));
    let found = json!({ "title": "", "text": text });
    let found = story.secretariat.post("/api/v1/announcements/check", found).await.ok();
    assert_eq!((found["found"].as_array().unwrap().len(), &found["more"]), (50, &json!(true)));
    assert_eq!(story.one_seen_by(&story.nurse).await["version"], 1);
}

#[tokio::test]
async fn an_administrator_speaks_to_their_own_office_and_learns_how_many_have_read_it() {
    let story = Story::begin().await;
    story.doctor.post("/api/v1/announcements", words("x")).await.problem(StatusCode::FORBIDDEN, "forbidden");
    story.nurse.post("/api/v1/announcements", words("x")).await.problem(StatusCode::FORBIDDEN, "forbidden");
    for audience in [
        json!({ "types": ["clinic"] }),
        json!({ "organisations": [story.doctor.actor.organisation.to_string()] }),
        json!({ "organisations": [story.head.actor.organisation.to_string(), story.doctor.actor.organisation.to_string()] }),
    ] {
        let mut given = words("明日の申し送り");
        given["audience"] = audience;
        let refused = story.head.post("/api/v1/announcements", given).await;
        assert_eq!(refused.problem(StatusCode::UNPROCESSABLE_ENTITY, "unexpected")["field"], "audience");
    }
    let ours = story.publishes(&story.head, words("申し送りは 9 時からになります")).await;
    let theirs = story.publishes(&story.secretariat, words("全体へ")).await;
    assert_eq!(ids(&story.seen_by(&story.nurse).await), [theirs.as_str(), ours.as_str()]);
    assert_eq!(ids(&story.seen_by(&story.doctor).await), [theirs.as_str()], "not beyond the office");
    assert_eq!(ids(&story.head.get("/api/v1/announcements/sent").await.ok()), [ours.as_str()]);
    assert_eq!(ids(&story.secretariat.get("/api/v1/announcements/sent").await.ok()), [theirs.as_str(), ours.as_str()]);
    story.corrects(&story.head, &theirs, 1, "x").await.problem(StatusCode::NOT_FOUND, "not_found");

    story.reads(&story.nurse, &ours, 1).await.is(StatusCode::NO_CONTENT);
    story.reads(&story.nurse, &theirs, 1).await.is(StatusCode::NO_CONTENT);
    let reach = story.head.get(format!("/api/v1/announcements/{ours}/receipts")).await.ok();
    assert_eq!(reach["people"], Value::Null, "by name for the secretariat alone");
    let office = &reach["offices"][0];
    assert_eq!((&office["name"], &office["addressed"], &office["read"]), (&json!("minato"), &json!(2), &json!(1)));
    let reach = story.secretariat.get(format!("/api/v1/announcements/{theirs}/receipts")).await.ok();
    let read: Vec<_> =
        reach["people"].as_array().unwrap().iter().filter(|one| one["read_at"].is_string()).cloned().collect();
    assert_eq!(read.len(), 1);
    assert_eq!(read[0]["person"], story.nurse.actor.person.to_string());
    let clinic = reach["offices"].as_array().unwrap().iter().find(|office| office["name"] == "hikari").unwrap();
    assert_eq!((&clinic["addressed"], &clinic["read"]), (&json!(1), &json!(0)));
    story.nurse.get(format!("/api/v1/announcements/{ours}/receipts")).await.problem(StatusCode::FORBIDDEN, "forbidden");
}

#[tokio::test]
async fn what_may_say_something_about_a_patient_is_confirmed_piece_by_piece_or_not_published() {
    let story = Story::begin().await;
    story.app.register_patient("高橋 ハル", "タカハシ ハル").await;
    let text = "高橋　ハルさん（昭和13年4月12日生、0001234567）の件で集まります";
    let found =
        story.secretariat.post("/api/v1/announcements/check", json!({ "title": "会議", "text": text })).await.ok();
    let pieces: Vec<(&str, &str)> = found["found"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["kind"].as_str().unwrap(), one["excerpt"].as_str().unwrap()))
        .collect();
    assert_eq!(pieces, [("name", "高橋　ハル"), ("birth_date", "昭和13年4月12日"), ("number", "0001234567")]);

    let refused = story.secretariat.post("/api/v1/announcements", words(text)).await;
    let refused = refused.problem(StatusCode::UNPROCESSABLE_ENTITY, "required");
    assert_eq!(refused["field"], "confirmed");
    for language in ["ja", "en"] {
        assert!(refused["detail"][language].as_str().unwrap().contains("高橋　ハル"), "{refused}");
    }
    let mut given = words(text);
    given["confirmed"] = json!(["高橋　ハル", "昭和13年4月12日"]);
    let refused = story.secretariat.post("/api/v1/announcements", given.clone()).await;
    refused.problem(StatusCode::UNPROCESSABLE_ENTITY, "required");
    given["confirmed"] = json!(["高橋　ハル", "昭和13年4月12日", "0001234567"]);
    let id = story.publishes(&story.secretariat, given).await;
    let log = story.secretariat.get("/api/v1/audit?kind=announcement").await.ok().to_string();
    assert!(log.contains("警告を確認: 患者さんの氏名、生年月日のような日付、番号"), "{log}");
    assert!(!log.contains("高橋"), "what was confirmed is kept by its kind: {log}");
    // The same holds for a correction and for the reason of a withdrawal.
    story
        .corrects(&story.secretariat, &id, 1, "高橋ハルの件")
        .await
        .problem(StatusCode::UNPROCESSABLE_ENTITY, "required");
    story
        .withdraws(&story.secretariat, &id, "高橋様のため")
        .await
        .problem(StatusCode::UNPROCESSABLE_ENTITY, "required");
}

#[tokio::test]
async fn nobody_learns_by_the_check_of_a_patient_whom_they_do_not_know() {
    let story = Story::begin().await;
    let theirs = story.app.register_patient("高橋 ハル", "タカハシ ハル").await;
    let ours = story.app.register_patient("佐藤 ナツ", "サトウ ナツ").await;
    story.app.link(theirs, "hikari").await;
    story.app.link(ours, "minato").await;
    let asked = json!({ "title": "会議", "text": "高橋ハルと佐藤ナツの件" });
    let found = story.head.post("/api/v1/announcements/check", asked).await.ok();
    let found = found["found"].as_array().unwrap();
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0]["excerpt"], "佐藤ナツ");
    story.publishes(&story.head, words("高橋ハルの件")).await;
}

#[tokio::test]
async fn what_is_wrong_with_an_announcement_is_named() {
    let story = Story::begin().await;
    let with = |field: &str, value: Value| {
        let mut given = words("第2会議室");
        given[field] = value;
        given
    };
    for (given, field, code) in [
        (with("title", json!("  ")), "title", "required"),
        (with("title", json!("長".repeat(101))), "title", "too_long"),
        (with("title", json!("研\n修")), "title", "implausible"),
        (with("text", json!("")), "text", "required"),
        (with("text", json!("長".repeat(4_001))), "text", "too_long"),
        (with("until", json!("2026-02-30")), "until", "bad_date"),
        (with("until", json!("2026-03-31")), "until", "out_of_range"),
        (with("until", json!("2030-01-01")), "until", "out_of_range"),
        (with("audience", json!({ "types": ["school"] })), "audience.types[0]", "unknown_code"),
        (with("audience", json!({ "roles": vec!["nurse"; 101] })), "audience.roles", "too_long"),
        (with("audience", json!({ "roles": ["nurse", "gateway"] })), "audience.roles[1]", "unexpected"),
        (with("audience", json!({ "organisations": ["x"] })), "audience.organisations[0]", "bad_id"),
        (
            with("audience", json!({ "organisations": ["0196d5a2-7c00-7000-8000-000000000001"] })),
            "audience.organisations[0]",
            "not_found",
        ),
        (with("confirmed", json!(vec!["x"; 51])), "confirmed", "too_long"),
    ] {
        let answer = story.secretariat.post("/api/v1/announcements", given).await;
        let problem = answer.problem(StatusCode::UNPROCESSABLE_ENTITY, code);
        assert_eq!(problem["field"], field, "{problem}");
        assert!(problem["detail"]["ja"].as_str().is_some_and(|text| !text.is_empty()), "{problem}");
    }
    let nobody = story.app.newcomer(Role::Nurse, "minato").await;
    nobody.get("/api/v1/announcements").await.problem(StatusCode::FORBIDDEN, "pledge_owed");
}

#[tokio::test]
async fn as_many_stand_and_are_corrected_as_the_limits_say_and_a_withdrawal_always_goes() {
    let story = Story::begin().await;
    let first = story.publishes(&story.head, words("申し送り")).await;
    for version in 1..limits::ANNOUNCEMENT_VERSIONS_MAX {
        story.corrects(&story.head, &first, version, "申し送り").await.is(StatusCode::NO_CONTENT);
    }
    let last = limits::ANNOUNCEMENT_VERSIONS_MAX;
    story.corrects(&story.head, &first, last, "申し送り").await.problem(StatusCode::CONFLICT, "conflict");
    for _ in 1..limits::ANNOUNCEMENTS_STANDING_MAX {
        story.publishes(&story.head, words("申し送り")).await;
    }
    let full = story.head.post("/api/v1/announcements", words("申し送り")).await;
    full.problem(StatusCode::CONFLICT, "conflict");
    story.publishes(&story.secretariat, words("全体へ")).await;
    story.withdraws(&story.head, &first, "古いため").await.is(StatusCode::NO_CONTENT);
    story.publishes(&story.head, words("申し送り")).await;
}
