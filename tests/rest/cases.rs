//! Good-practice cases: who writes one and who sees it when, what is found in its text before others read it, that its author
//! does not approve it, how it is corrected, withdrawn and thrown away, and what is left of it then.

use axum::http::StatusCode;
use renkei::domain::case::Case;
use renkei::domain::role::Role;
use renkei::limits;
use renkei::store::StoreError;
use serde_json::{Value, json};

use crate::support::actor::{Actor, Answer};
use crate::support::app::App;

/// Two of the secretariat, a nurse who writes, a doctor who reads, and a family.
struct Story {
    app: App,
    secretariat: Actor,
    colleague: Actor,
    nurse: Actor,
    doctor: Actor,
    family: Actor,
}

fn practice(done: &str) -> Value {
    json!({
        "title": "退院前の顔合わせ", "happened": "機器の扱いに家族が不安だった", "done": done,
        "outcome": "夜間の呼び出しが減った", "roles": ["nurse", "msw", "family"], "tags": ["discharge", "device"],
        "shows_office": true,
    })
}

fn listed(list: &Value) -> Vec<&str> {
    list["cases"].as_array().expect("a list").iter().map(|one| one["id"].as_str().expect("an id")).collect()
}

impl Story {
    async fn begin() -> Self {
        let app = App::start().await;
        let secretariat = app.secretariat().await;
        let colleague = app.actor(Role::Secretariat, "secretariat").await;
        let (nurse, doctor) = (app.nurse("minato").await, app.doctor("hikari").await);
        let patient = app.register_patient("高橋 ハル", "タカハシ ハル").await;
        app.link(patient, "hikari").await;
        let family = app.family(patient).await;
        Self { app, secretariat, colleague, nurse, doctor, family }
    }

    async fn begins(&self, who: &Actor, words: Value) -> String {
        let made = who.post("/api/v1/cases", json!({ "words": words })).await.is(StatusCode::CREATED);
        made["id"].as_str().expect("an id").to_owned()
    }

    async fn writes_on(&self, who: &Actor, id: &str, version: u32, words: Value) -> Answer {
        who.put(format!("/api/v1/cases/{id}"), json!({ "version": version, "words": words })).await
    }

    async fn hands_in(&self, who: &Actor, id: &str, version: u32, confirmed: &[&str]) -> Answer {
        let given =
            json!({ "version": version, "consent_given": true, "consent": "同意書綴り", "confirmed": confirmed });
        who.post(format!("/api/v1/cases/{id}/hand-in"), given).await
    }

    async fn approves(&self, who: &Actor, id: &str, version: u32, confirmed: &[&str]) -> Answer {
        let given = json!({ "version": version, "consent_seen": true, "confirmed": confirmed });
        who.post(format!("/api/v1/cases/{id}/approval"), given).await
    }

    async fn returns(&self, who: &Actor, id: &str, version: u32, remark: &str) -> Answer {
        who.post(format!("/api/v1/cases/{id}/return"), json!({ "version": version, "remark": remark })).await
    }

    async fn withdraws(&self, who: &Actor, id: &str, reason: &str) -> Answer {
        who.post(format!("/api/v1/cases/{id}/withdrawal"), json!({ "reason": reason })).await
    }

    /// A case that is published, at version 3.
    async fn published(&self, done: &str) -> String {
        let id = self.begins(&self.nurse, practice(done)).await;
        self.hands_in(&self.nurse, &id, 1, &[]).await.is(StatusCode::NO_CONTENT);
        self.approves(&self.secretariat, &id, 2, &[]).await.is(StatusCode::NO_CONTENT);
        id
    }

    async fn read_by(&self, who: &Actor) -> Value {
        who.get("/api/v1/cases").await.ok()
    }

    async fn work_of(&self, who: &Actor) -> Value {
        who.get("/api/v1/cases/work").await.ok()
    }

    /// What the hub holds of all cases.
    async fn kept(&self) -> Vec<Case> {
        let cases = self.app.hub.journal().read(|tx| Box::pin(tx.list_cases())).await;
        cases.map_err(|error: StoreError| error).expect("it is read")
    }

    async fn rows(&self) -> usize {
        self.kept().await.iter().map(|case| case.versions.len()).sum()
    }
}

#[tokio::test]
async fn a_case_is_its_authors_and_the_secretariats_until_somebody_else_has_approved_it() {
    let story = Story::begin().await;
    let id = story.begins(&story.nurse, practice("三職種で練習した")).await;
    for (version, step) in [(1, "drafted"), (2, "handed_in")] {
        for who in [&story.nurse, &story.doctor, &story.secretariat] {
            assert_eq!(listed(&story.read_by(who).await), [""; 0], "{step}: nobody has approved it");
        }
        assert_eq!(listed(&story.work_of(&story.doctor).await), [""; 0], "{step}");
        let seen = story.work_of(&story.secretariat).await;
        assert_eq!((listed(&seen), &seen["may_review"]), (vec![id.as_str()], &json!(true)));
        let mine = &story.work_of(&story.nurse).await["cases"][0];
        assert_eq!((&mine["step"], &mine["version"], &mine["is_mine"]), (&json!(step), &json!(version), &json!(true)));
        // Of what nobody has approved, somebody else learns not even that there is something.
        let nobodys = "0196d5a2-7c00-7000-8000-000000000001";
        for id in [id.as_str(), nobodys] {
            let other = story.writes_on(&story.doctor, id, version, practice("x")).await;
            other.problem(StatusCode::NOT_FOUND, "not_found");
            story.withdraws(&story.doctor, id, "x").await.problem(StatusCode::NOT_FOUND, "not_found");
        }
        if version == 1 {
            let early = story.approves(&story.secretariat, &id, 1, &[]).await;
            early.problem(StatusCode::CONFLICT, "conflict");
            story.hands_in(&story.nurse, &id, 1, &[]).await.is(StatusCode::NO_CONTENT);
        }
    }
    story.approves(&story.nurse, &id, 2, &[]).await.problem(StatusCode::FORBIDDEN, "forbidden");
    story.approves(&story.secretariat, &id, 2, &[]).await.is(StatusCode::NO_CONTENT);

    for who in [&story.nurse, &story.doctor, &story.secretariat] {
        let read = story.read_by(who).await;
        assert_eq!(listed(&read), [id.as_str()]);
        let case = &read["cases"][0];
        assert_eq!((&case["words"]["done"], &case["office_name"]), (&json!("三職種で練習した"), &json!("minato")));
        assert!(case.get("author_name").is_none() && !read.to_string().contains("綴り"), "{read}");
    }
    story.family.get("/api/v1/cases").await.problem(StatusCode::FORBIDDEN, "forbidden");
    story.family.get("/api/v1/cases/work").await.problem(StatusCode::FORBIDDEN, "forbidden");
    let log = story.secretariat.get("/api/v1/audit?kind=case").await.ok().to_string();
    for step in ["drafted", "handed_in", "approved"] {
        assert!(log.contains(step), "{step}: {log}");
    }
    assert!(!log.contains("練習"), "the words stand in the case alone");
}

#[tokio::test]
async fn an_author_who_wishes_so_has_their_office_left_out_and_nobody_approves_their_own() {
    let story = Story::begin().await;
    let mut words = practice("三職種で練習した");
    words["shows_office"] = json!(false);
    let id = story.begins(&story.secretariat, words).await;
    story.hands_in(&story.secretariat, &id, 1, &[]).await.is(StatusCode::NO_CONTENT);
    story.approves(&story.secretariat, &id, 2, &[]).await.problem(StatusCode::FORBIDDEN, "forbidden");
    story.returns(&story.secretariat, &id, 2, "直す").await.problem(StatusCode::FORBIDDEN, "forbidden");
    assert_eq!(listed(&story.read_by(&story.doctor).await), [""; 0]);
    story.approves(&story.colleague, &id, 2, &[]).await.is(StatusCode::NO_CONTENT);
    let read = story.read_by(&story.doctor).await;
    assert_eq!((listed(&read), &read["cases"][0]["office_name"]), (vec![id.as_str()], &Value::Null));
    assert!(!read.to_string().contains("secretariat"), "{read}");
}

#[tokio::test]
async fn what_is_returned_goes_the_way_again_and_what_was_taken_out_is_not_kept() {
    let story = Story::begin().await;
    let id = story.begins(&story.nurse, practice("三世代八人の家で練習した")).await;
    story.hands_in(&story.nurse, &id, 1, &[]).await.is(StatusCode::NO_CONTENT);
    let silent = story.returns(&story.secretariat, &id, 2, " ").await;
    assert_eq!(silent.problem(StatusCode::UNPROCESSABLE_ENTITY, "required")["field"], "remark");
    story.returns(&story.secretariat, &id, 2, "家族構成から分かります").await.is(StatusCode::NO_CONTENT);
    let mine = &story.work_of(&story.nurse).await["cases"][0];
    assert_eq!((&mine["step"], &mine["remark"]), (&json!("returned"), &json!("家族構成から分かります")));
    story.approves(&story.secretariat, &id, 3, &[]).await.problem(StatusCode::CONFLICT, "conflict");
    let log = async || story.secretariat.get("/api/v1/audit?kind=case").await.ok().to_string();
    assert!(log().await.contains("家族構成から分かります"), "why, as long as that version is there");

    let stale = story.writes_on(&story.nurse, &id, 1, practice("家で練習した")).await;
    stale.problem(StatusCode::CONFLICT, "conflict");
    let saved = story.writes_on(&story.nurse, &id, 3, practice("家で練習した")).await.ok();
    assert_eq!((&saved["version"], &saved["remark"]), (&json!(4), &json!("家族構成から分かります")));
    story.hands_in(&story.nurse, &id, 4, &[]).await.is(StatusCode::NO_CONTENT);
    // Whoever approves has read this one and no other.
    story.approves(&story.secretariat, &id, 2, &[]).await.problem(StatusCode::CONFLICT, "conflict");
    story.approves(&story.secretariat, &id, 5, &[]).await.is(StatusCode::NO_CONTENT);
    assert_eq!(story.rows().await, 1, "what was never approved is gone");
    let kept = format!("{:?}", story.kept().await);
    assert!(!kept.contains("三世代"), "{kept}");
    assert!(!log().await.contains("家族構成"), "and the log tells no more than the case does");
}

#[tokio::test]
async fn a_correction_is_read_once_it_is_approved_and_until_then_what_stood_before() {
    let story = Story::begin().await;
    let id = story.published("三職種で練習した").await;
    let done = async || story.read_by(&story.doctor).await["cases"][0]["words"]["done"].clone();
    story.writes_on(&story.doctor, &id, 3, practice("x")).await.problem(StatusCode::FORBIDDEN, "forbidden");
    story.writes_on(&story.secretariat, &id, 3, practice("x")).await.problem(StatusCode::FORBIDDEN, "forbidden");
    story.writes_on(&story.nurse, &id, 3, practice("四職種で練習した")).await.ok();
    assert_eq!(done().await, "三職種で練習した");
    story.hands_in(&story.nurse, &id, 4, &[]).await.is(StatusCode::NO_CONTENT);
    assert_eq!(done().await, "三職種で練習した");
    // Everybody knows of it by now, and it is the secretariat's to approve all the same.
    story.approves(&story.doctor, &id, 5, &[]).await.problem(StatusCode::FORBIDDEN, "forbidden");
    story.returns(&story.doctor, &id, 5, "直す").await.problem(StatusCode::FORBIDDEN, "forbidden");
    let work = &story.work_of(&story.secretariat).await["cases"][0];
    assert_eq!((&work["is_published"], &work["words"]["done"]), (&json!(true), &json!("四職種で練習した")));

    // Thrown away: what stands goes on, and no version is given twice.
    story.nurse.delete(format!("/api/v1/cases/{id}")).await.is(StatusCode::NO_CONTENT);
    assert_eq!((done().await, story.rows().await), (json!("三職種で練習した"), 1));
    story.nurse.delete(format!("/api/v1/cases/{id}")).await.problem(StatusCode::CONFLICT, "conflict");
    story.writes_on(&story.nurse, &id, 6, practice("五職種で練習した")).await.ok();
    story.hands_in(&story.nurse, &id, 7, &[]).await.is(StatusCode::NO_CONTENT);
    story.approves(&story.secretariat, &id, 5, &[]).await.problem(StatusCode::CONFLICT, "conflict");
    story.approves(&story.secretariat, &id, 8, &[]).await.is(StatusCode::NO_CONTENT);
    assert_eq!((done().await, story.rows().await), (json!("五職種で練習した"), 1));
}

#[tokio::test]
async fn of_a_case_that_is_withdrawn_nothing_is_left_but_that_and_why() {
    let story = Story::begin().await;
    let (by_author, by_office) = (story.published("三職種で練習した").await, story.published("通所で練習した").await);
    story.writes_on(&story.nurse, &by_office, 3, practice("通所と訪問で練習した")).await.ok();
    story.withdraws(&story.doctor, &by_author, "x").await.problem(StatusCode::FORBIDDEN, "forbidden");
    let silent = story.withdraws(&story.nurse, &by_author, "").await;
    assert_eq!(silent.problem(StatusCode::UNPROCESSABLE_ENTITY, "required")["field"], "reason");
    story.withdraws(&story.nurse, &by_author, "同意の撤回").await.is(StatusCode::NO_CONTENT);
    story.withdraws(&story.secretariat, &by_office, "地域で分かるため").await.is(StatusCode::NO_CONTENT);
    assert_eq!(listed(&story.read_by(&story.doctor).await), [""; 0]);
    for who in [&story.nurse, &story.secretariat] {
        let work = story.work_of(who).await;
        assert_eq!(listed(&work).len(), 2);
        for case in work["cases"].as_array().unwrap() {
            assert_eq!((&case["step"], &case["words"]), (&json!("withdrawn"), &Value::Null));
        }
        assert!(work.to_string().contains("同意の撤回"), "{work}");
    }
    let kept = format!("{:?}", story.kept().await);
    assert!(!kept.contains("練習") && !kept.contains("綴り"), "{kept}");
    let again = story.writes_on(&story.nurse, &by_author, 4, practice("x")).await;
    again.problem(StatusCode::CONFLICT, "conflict");
    story.withdraws(&story.secretariat, &by_author, "x").await.problem(StatusCode::CONFLICT, "conflict");

    // What was never published its author throws away, and the secretariat withdraws.
    let draft = story.begins(&story.nurse, practice("x")).await;
    story.withdraws(&story.nurse, &draft, "x").await.problem(StatusCode::CONFLICT, "conflict");
    story.nurse.delete(format!("/api/v1/cases/{draft}")).await.is(StatusCode::NO_CONTENT);
    let draft = story.begins(&story.nurse, practice("x")).await;
    story.withdraws(&story.secretariat, &draft, "書いた人が異動したため").await.is(StatusCode::NO_CONTENT);
    assert_eq!(story.rows().await, 3);
}

#[tokio::test]
async fn what_may_say_something_about_a_patient_is_confirmed_by_its_author_and_by_whoever_approves_it() {
    let story = Story::begin().await;
    // The nurse does not know Haru; the secretariat does. Both find the day and the number.
    let told = "高橋ハルさん（昭和13年4月12日生、0001234567）と練習した";
    let (day, number, name) = ("昭和13年4月12日", "0001234567", "高橋ハル");
    let found = async |who: &Actor| {
        let found = who.post("/api/v1/cases/check", json!({ "texts": ["顔合わせ", told] })).await.ok();
        let found = found["found"].as_array().unwrap().clone();
        found.iter().map(|one| one["excerpt"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(found(&story.nurse).await, [day, number], "nobody learns of a patient whom they do not know");
    assert_eq!(found(&story.secretariat).await, [name, day, number]);
    assert_eq!(found(&story.doctor).await, [name, day, number], "who is on the team is warned of the name");

    let id = story.begins(&story.nurse, practice(told)).await;
    for (confirmed, missing) in [(vec![], day), (vec![day], number)] {
        let refused = story.hands_in(&story.nurse, &id, 1, &confirmed).await;
        let refused = refused.problem(StatusCode::UNPROCESSABLE_ENTITY, "required");
        assert_eq!(refused["field"], "confirmed");
        assert!(refused["detail"]["ja"].as_str().unwrap().contains(missing), "{refused}");
    }
    story.hands_in(&story.nurse, &id, 1, &[day, number]).await.is(StatusCode::NO_CONTENT);
    for (confirmed, missing) in [(vec![day, number], name), (vec![name], day)] {
        let refused = story.approves(&story.secretariat, &id, 2, &confirmed).await;
        let refused = refused.problem(StatusCode::UNPROCESSABLE_ENTITY, "required");
        assert!(refused["detail"]["en"].as_str().unwrap().contains(missing), "{refused}");
    }
    // Neither remark nor reason, nor where the form is kept, is passed over.
    let remark = story.returns(&story.secretariat, &id, 2, "高橋様と分かります").await;
    assert_eq!(remark.problem(StatusCode::UNPROCESSABLE_ENTITY, "required")["field"], "confirmed");
    let reason = story.withdraws(&story.secretariat, &id, "高橋様の件").await;
    assert_eq!(reason.problem(StatusCode::UNPROCESSABLE_ENTITY, "required")["field"], "confirmed");
    let theirs = story.begins(&story.doctor, practice("練習した")).await;
    let form = json!({ "version": 1, "consent_given": true, "consent": "高橋ハルさんの綴り" });
    let form = story.doctor.post(format!("/api/v1/cases/{theirs}/hand-in"), form).await;
    assert_eq!(form.problem(StatusCode::UNPROCESSABLE_ENTITY, "required")["field"], "confirmed");

    story.approves(&story.secretariat, &id, 2, &[name, day, number]).await.is(StatusCode::NO_CONTENT);
    let log = story.secretariat.get("/api/v1/audit?kind=case").await.ok().to_string();
    assert!(log.contains("警告を確認: 患者さんの氏名、生年月日のような日付、番号"), "{log}");
    assert!(!log.contains("高橋"), "what was confirmed is kept by its kind: {log}");
}

#[tokio::test]
async fn nothing_is_handed_in_or_approved_without_the_consent_of_whom_it_is_about() {
    let story = Story::begin().await;
    let id = story.begins(&story.nurse, practice("三職種で練習した")).await;
    let hand_in = async |given: bool, kept_at: &str| {
        let given = json!({ "version": 1, "consent_given": given, "consent": kept_at });
        story.nurse.post(format!("/api/v1/cases/{id}/hand-in"), given).await
    };
    for (given, kept_at, field) in [(false, "同意書綴り", "consent_given"), (true, " ", "consent")] {
        let refused = hand_in(given, kept_at).await.problem(StatusCode::UNPROCESSABLE_ENTITY, "required");
        assert_eq!(refused["field"], field);
    }
    hand_in(true, "同意書綴り").await.is(StatusCode::NO_CONTENT);
    let work = &story.work_of(&story.secretariat).await["cases"][0];
    assert_eq!(work["consent"], "同意書綴り");
    let unseen = json!({ "version": 2, "consent_seen": false });
    let unseen = story.secretariat.post(format!("/api/v1/cases/{id}/approval"), unseen).await;
    assert_eq!(unseen.problem(StatusCode::UNPROCESSABLE_ENTITY, "required")["field"], "consent_seen");
    assert_eq!(listed(&story.read_by(&story.doctor).await), [""; 0]);
}

#[tokio::test]
async fn what_is_wrong_with_a_case_is_named() {
    let story = Story::begin().await;
    let with = |field: &str, value: Value| {
        let mut words = practice("三職種で練習した");
        words[field] = value;
        words
    };
    for (words, field, code) in [
        (with("title", json!("  ")), "words.title", "required"),
        (with("title", json!("長".repeat(101))), "words.title", "too_long"),
        (with("title", json!("退院\n前")), "words.title", "implausible"),
        (with("outcome", json!("長".repeat(2_001))), "words.outcome", "too_long"),
        (with("roles", json!(["nurse", "gateway"])), "words.roles[1]", "unexpected"),
        (with("roles", json!(["nurse", "nurse"])), "words.roles", "duplicate"),
        (with("tags", json!(["luck"])), "words.tags[0]", "unknown_code"),
    ] {
        let answer = story.nurse.post("/api/v1/cases", json!({ "words": words })).await;
        let problem = answer.problem(StatusCode::UNPROCESSABLE_ENTITY, code);
        assert_eq!(problem["field"], field, "{problem}");
        assert!(problem["detail"]["ja"].as_str().is_some_and(|text| !text.is_empty()), "{problem}");
    }
    // A draft may be unfinished; what is handed in may not.
    for (words, field) in [
        (json!({ "title": "顔合わせ" }), "words.happened"),
        (with("roles", json!([])), "words.roles"),
        (with("tags", json!([])), "words.tags"),
    ] {
        let id = story.begins(&story.nurse, words).await;
        let refused = story.hands_in(&story.nurse, &id, 1, &[]).await;
        assert_eq!(refused.problem(StatusCode::UNPROCESSABLE_ENTITY, "required")["field"], field);
    }
    let many = json!({ "texts": vec!["x"; limits::TEXTS_LOOKED_THROUGH_MAX + 1] });
    let many = story.nurse.post("/api/v1/cases/check", many).await;
    assert_eq!(many.problem(StatusCode::UNPROCESSABLE_ENTITY, "too_long")["field"], "texts");
}

#[tokio::test]
async fn nobody_begins_more_than_the_limit_says_and_what_is_published_makes_room() {
    let story = Story::begin().await;
    let first = story.begins(&story.nurse, practice("一")).await;
    for _ in 1..limits::CASES_BEGUN_MAX {
        story.begins(&story.nurse, practice("二")).await;
    }
    let full = story.nurse.post("/api/v1/cases", json!({ "words": practice("三") })).await;
    full.problem(StatusCode::CONFLICT, "conflict");
    story.begins(&story.doctor, practice("四")).await;
    story.hands_in(&story.nurse, &first, 1, &[]).await.is(StatusCode::NO_CONTENT);
    story.approves(&story.secretariat, &first, 2, &[]).await.is(StatusCode::NO_CONTENT);
    story.begins(&story.nurse, practice("五")).await;
}
