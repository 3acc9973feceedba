//! The life of a rulebook as the secretariat, a doctor and a nurse live it over REST: drafted, proposed, signed, in force
//! from a day, retired; and what it is refused on the way.

use std::time::Duration;

use axum::http::StatusCode;
use renkei::codec::{Audited, Encoding};
use renkei::domain::act::{Act, Deed};
use renkei::domain::body::Body;
use renkei::domain::duty::StepDone;
use renkei::domain::ids::Seq;
use renkei::domain::lifecycle::LifeStep;
use renkei::hub::outbox::{Item, Outbox};
use renkei::rulebook::shipped;
use renkei::wire::ServerFrame;
use serde_json::{Value, json};

use crate::support::actor::Actor;
use crate::support::app::App;
use crate::support::eventually;

pub(super) const BODIES: &str = "status    = \"proposed\"\nbodies = [{ body = \"みなと医師会\", role = \"doctor\", \
                      person = \"医師 一号\" }, { body = \"訪問看護協議会\", role = \"nurse\" }]";
/// No nurse reads or writes notes any more.
pub(super) const NO_NOTES: &str = "\n[[rule]]\nid = \"SH-99\"\nkind = \"share\"\nstrength = \"must\"\norigin = \"proposal\"\nja = \
                        \"題\"\nen = \"Title\"\nreason = { ja = \"理由\", en = \"reason\" }\neffect = \"forbid\"\n\
                        overrides = []\non = [\"view:note\", \"post:note\"]\nwhen = { \"actor.role\" = \"nurse\" }\n";

/// The doctor is to write of a visit every hour.
const VISITS_EVERY_HOUR: &str = "\n[[rule]]\nid = \"SH-98\"\nkind = \"standing\"\nstrength = \"should\"\norigin = \
                                 \"proposal\"\nja = \"題\"\nen = \"Title\"\nreason = { ja = \"理由\", en = \
                                 \"reason\" }\nper = \"patient\"\nwhen = { \"team.has_doctor\" = true }\nowed_by = \
                                 \"doctor\"\nkeep = \"visit\"\nevery = { time = \"1h\" }\n";

/// Vocabulary, floor and sharing rules, no seeds any more; `more` follows in the sharing rules.
pub(super) fn files(more: &str) -> Value {
    let agreed = |text: &str, with: &str| text.replacen("status    = \"seed\"", with, 1);
    json!([
        { "name": "vocabulary.toml", "text": shipped::VOCABULARY.text },
        { "name": "floor.toml", "text": agreed(shipped::FLOOR.text, "status    = \"proposed\"") },
        { "name": "sharing.toml", "text": format!("{}{more}", agreed(shipped::SHARING.text, BODIES)) },
    ])
}

pub(super) fn set<'a>(version: &'a Value, id: &str) -> &'a Value {
    version["sets"].as_array().unwrap().iter().find(|set| set["id"] == id).expect("the set")
}

pub(super) fn path(version: &Value, step: &str) -> String {
    format!("/api/v1/rulebooks/{}{step}", version["id"].as_str().expect("an id"))
}

/// What a body signs: the sharing rules as they stand.
pub(super) fn signature(version: &Value, body: &str, role: &str) -> Value {
    let agreement = &set(version, "sharing")["agreement"];
    json!({ "set": "sharing", "agreement": agreement, "body": body, "role": role })
}

pub(super) async fn drafted(secretariat: &Actor, more: &str) -> Value {
    let draft = json!({ "title": "2027年度のきまり", "files": files(more) });
    secretariat.post("/api/v1/rulebooks", draft).await.is(StatusCode::CREATED)
}

/// Proposed, and signed by the doctor here and the nurses' body on paper.
async fn agreed(secretariat: &Actor, doctor: &Actor, more: &str) -> Value {
    let draft = drafted(secretariat, more).await;
    sign_all(secretariat, doctor, &draft).await
}

async fn sign_all(secretariat: &Actor, doctor: &Actor, draft: &Value) -> Value {
    let seen = json!({ "fingerprint": draft["fingerprint"] });
    secretariat.post(path(draft, "/propose"), seen).await.ok();
    doctor.post(path(draft, "/signatures"), signature(draft, "みなと医師会", "doctor")).await.is(StatusCode::CREATED);
    let mut paper = signature(draft, "訪問看護協議会", "nurse");
    (paper["person"], paper["signed_on"]) = (json!("山岸 花子"), json!("2026-03-30"));
    let version = secretariat.post(path(draft, "/signatures"), paper).await.is(StatusCode::CREATED);
    assert_eq!((&version["stage"], &version["unsigned"]), (&json!("agreed"), &json!([])));
    version
}

#[tokio::test]
async fn a_draft_with_mistakes_is_not_entered_and_every_mistake_has_its_place_in_both_languages() {
    let app = App::start().await;
    let secretariat = app.secretariat().await;
    let mut draft = json!({ "title": "案", "files": files("") });
    let text = draft["files"][2]["text"].as_str().unwrap().replacen("\"permit\"", "\"permitt\"", 1);
    draft["files"][2]["text"] = json!(text);
    let problem = secretariat.post("/api/v1/rulebooks", draft.clone()).await;
    let problem = problem.problem(StatusCode::UNPROCESSABLE_ENTITY, "rulebook_unsound");
    let mistake = &problem["mistakes"][0];
    assert_eq!((&mistake["file"], &mistake["code"]), (&json!("sharing.toml"), &json!("unknown-word")));
    assert!(mistake["line"].as_u64() > Some(1) && mistake["column"].as_u64() > Some(1), "{mistake}");
    assert!(mistake["text"]["ja"].as_str().unwrap().contains("もしかして「permit」ですか"));

    draft["files"][2]["name"] = json!("../sharing.toml");
    let named = secretariat.post("/api/v1/rulebooks", draft.clone()).await;
    assert_eq!(named.problem(StatusCode::UNPROCESSABLE_ENTITY, "unexpected")["field"], "files[2].name");
    draft["title"] = json!(" ");
    let untitled = secretariat.post("/api/v1/rulebooks", draft.clone()).await;
    assert_eq!(untitled.problem(StatusCode::UNPROCESSABLE_ENTITY, "required")["field"], "title");
    let no_words = json!({ "title": "案", "files": [] });
    let no_words = secretariat.post("/api/v1/rulebooks", no_words).await;
    no_words.problem(StatusCode::UNPROCESSABLE_ENTITY, "rulebook_unsound");
    app.doctor("hikari").await.post("/api/v1/rulebooks", draft).await.problem(StatusCode::FORBIDDEN, "forbidden");
    assert_eq!(secretariat.get("/api/v1/rulebooks").await.ok(), json!({ "configured": false, "versions": [] }));
}

#[tokio::test]
async fn seeds_are_not_agreed_on_but_may_be_tried_and_say_so() {
    let app = App::start().await;
    let secretariat = app.secretariat().await;
    let before = secretariat.get("/api/v1/rulebook").await.ok();
    assert_eq!(
        (&before["source"], &before["only_seeds"], &before["version"]),
        (&json!("shipped"), &json!(true), &Value::Null)
    );
    assert!(before["notes"].as_array().unwrap().iter().any(|note| note["code"] == "placeholder"));
    let seeds = [shipped::FLOOR, shipped::SHARING]
        .map(|file| json!({ "name": file.name.trim_start_matches("rulebooks/"), "text": file.text }));
    let words = json!({ "name": "vocabulary.toml", "text": shipped::VOCABULARY.text });
    // A region that changes them has them signed, on its first day too.
    let mut changed = seeds[1].clone();
    changed["text"] = format!("{}{NO_NOTES}", shipped::SHARING.text).into();
    let draft = json!({ "title": "手直し", "files": [words, seeds[0], changed] });
    let draft = secretariat.post("/api/v1/rulebooks", draft).await.is(StatusCode::CREATED);
    let seen = json!({ "fingerprint": draft["fingerprint"] });
    let refused = secretariat.post(path(&draft, "/in-force"), seen).await.problem(StatusCode::CONFLICT, "conflict");
    assert!(refused["detail"]["ja"].as_str().unwrap().contains("手を加えたひな形"), "{refused}");

    let draft = json!({ "title": "ひな形", "files": [words, seeds[0], seeds[1]] });
    let draft = secretariat.post("/api/v1/rulebooks", draft).await.is(StatusCode::CREATED);
    let seen = json!({ "fingerprint": draft["fingerprint"] });
    secretariat.post(path(&draft, "/propose"), seen.clone()).await.problem(StatusCode::CONFLICT, "conflict");
    let tried = secretariat.post(path(&draft, "/in-force"), seen).await.ok();
    assert_eq!((&tried["stage"], &tried["only_seeds"]), (&json!("in_force"), &json!(true)));
    let book = secretariat.get("/api/v1/rulebook").await.ok();
    assert_eq!(
        (&book["source"], &book["only_seeds"], &book["version"]),
        (&json!("agreed"), &json!(true), &draft["id"])
    );
    let retire = secretariat.post(path(&draft, "/retire"), json!({ "reason": "やめる" })).await;
    retire.problem(StatusCode::CONFLICT, "conflict");
}

#[tokio::test]
async fn a_set_that_is_still_a_seed_is_not_laid_before_the_bodies_that_it_names() {
    let app = App::start().await;
    let secretariat = app.secretariat().await;
    let mut files = files("");
    let text = files[2]["text"].as_str().unwrap().replacen("status    = \"proposed\"", "status    = \"seed\"", 1);
    files[2]["text"] = json!(text);
    let draft = json!({ "title": "案", "files": files });
    let draft = secretariat.post("/api/v1/rulebooks", draft).await.is(StatusCode::CREATED);
    let seen = json!({ "fingerprint": draft["fingerprint"] });
    let refused = secretariat.post(path(&draft, "/propose"), seen).await.problem(StatusCode::CONFLICT, "conflict");
    assert!(refused["detail"]["en"].as_str().unwrap().contains("sharing is still a seed"), "{refused}");
}

#[tokio::test]
async fn while_one_version_is_to_come_no_other_is_put_in_its_way() {
    let app = App::start().await;
    let (secretariat, doctor) = (app.secretariat().await, app.doctor("hikari").await);
    let (first, second) = (agreed(&secretariat, &doctor, "").await, agreed(&secretariat, &doctor, NO_NOTES).await);
    let from = |version: &Value, day: &str| json!({ "fingerprint": version["fingerprint"], "on": day });
    secretariat.post(path(&first, "/in-force"), from(&first, "2026-04-10")).await.ok();
    let refused = secretariat.post(path(&second, "/in-force"), from(&second, "2026-04-05")).await;
    let refused = refused.problem(StatusCode::CONFLICT, "conflict");
    assert!(refused["detail"]["en"].as_str().unwrap().contains("already to come"), "{refused}");
    secretariat.post(path(&first, "/in-force"), from(&first, "2026-04-12")).await.ok();
}

/// One version that bodies signed is enough: from then on nobody alone changes the rules, not even the secretariat.
#[tokio::test]
async fn what_was_agreed_is_not_replaced_by_seeds() {
    let app = App::start().await;
    let (secretariat, doctor) = (app.secretariat().await, app.doctor("hikari").await);
    let version = agreed(&secretariat, &doctor, "").await;
    let now = json!({ "fingerprint": version["fingerprint"] });
    assert_eq!(secretariat.post(path(&version, "/in-force"), now).await.ok()["stage"], "in_force");
    let seeds = json!([
        { "name": "vocabulary.toml", "text": shipped::VOCABULARY.text },
        { "name": "floor.toml", "text": shipped::FLOOR.text },
        { "name": "sharing.toml", "text": shipped::SHARING.text },
    ]);
    let draft = json!({ "title": "ひな形", "files": seeds });
    let draft = secretariat.post("/api/v1/rulebooks", draft).await.is(StatusCode::CREATED);
    let tried = json!({ "fingerprint": draft["fingerprint"] });
    let refused = secretariat.post(path(&draft, "/in-force"), tried).await.problem(StatusCode::CONFLICT, "conflict");
    assert!(refused["detail"]["en"].as_str().unwrap().contains("have them signed"), "{refused}");
    assert_eq!(secretariat.get("/api/v1/rulebook").await.ok()["version"], version["id"]);
}

#[tokio::test]
async fn the_floor_is_the_hubs_whatever_else_the_region_writes() {
    let app = App::start().await;
    let secretariat = app.secretariat().await;
    let refused = async |files: Value| {
        let draft = json!({ "title": "案", "files": files });
        let problem = secretariat.post("/api/v1/rulebooks", draft).await;
        assert_eq!(problem.problem(StatusCode::UNPROCESSABLE_ENTITY, "unexpected")["field"], "files");
    };
    // Without the rule on withdrawn consent; with a rule of the region's own in it.
    let mut weaker = files("");
    let floor = weaker[1]["text"].as_str().unwrap().to_owned();
    let at = floor.find("\"FL-15\"").expect("the rule");
    let (begins, ends) = (floor[..at].rfind("[[rule]]").unwrap(), at + floor[at..].find("[[rule]]").unwrap());
    weaker[1]["text"] = format!("{}{}", &floor[..begins], &floor[ends..]).into();
    refused(weaker).await;
    let mut more = files("");
    more[1]["text"] = format!("{floor}{NO_NOTES}").into();
    refused(more).await;
    // The same floor, where the words for whom it speaks of mean more people.
    let mut words = files("");
    let vocabulary = words[0]["text"].as_str().unwrap().to_owned();
    let members = "members = [\"group:clinical\", \"group:care\"]";
    assert!(vocabulary.contains(members));
    words[0]["text"] = vocabulary.replacen(members, &members.replace(']', ", \"family\"]"), 1).into();
    refused(words).await;
    let mut named = files("");
    named[0]["text"] = vocabulary.replacen("\"操作者の職種\"", "\"書いた人の職種\"", 1).into();
    assert_ne!(named[0]["text"], vocabulary);
    let draft = json!({ "title": "案", "files": named });
    secretariat.post("/api/v1/rulebooks", draft).await.is(StatusCode::CREATED);
    // How its lines end, and what stands before its rules, is no matter.
    let mut same = files("");
    same[1]["text"] = format!("# 土台\n{}", floor.replace('\n', "\r\n")).into();
    let draft = json!({ "title": "案", "files": same });
    let draft = secretariat.post("/api/v1/rulebooks", draft).await.is(StatusCode::CREATED);
    // A draft that has it does not lose it later.
    let mut later = files("");
    later[1]["text"] = format!("{floor}{NO_NOTES}").into();
    let changed = secretariat.put(path(&draft, ""), json!({ "files": later })).await;
    changed.problem(StatusCode::UNPROCESSABLE_ENTITY, "unexpected");
}

/// Whoever writes the next draft begins with what is in force, as it is.
#[tokio::test]
async fn what_is_in_force_is_where_the_next_draft_begins() {
    let app = App::start().await;
    let secretariat = app.secretariat().await;
    let mut files = secretariat.get("/api/v1/rulebook/files").await.ok()["files"].clone();
    // In which order they are sent is no matter.
    files.as_array_mut().unwrap().reverse();
    let draft = json!({ "title": "来年度のきまり", "files": files });
    let draft = secretariat.post("/api/v1/rulebooks", draft).await.is(StatusCode::CREATED);
    assert_eq!(draft["fingerprint"], secretariat.get("/api/v1/rulebook").await.ok()["fingerprint"]);
    let same = secretariat.get(path(&draft, "/difference")).await.ok();
    assert_eq!(same["text"]["en"], "Nothing changed.\n");
}

#[tokio::test]
async fn nothing_is_in_force_before_the_day_that_the_bodies_signed_for() {
    let app = App::start().await;
    let (secretariat, doctor) = (app.secretariat().await, app.doctor("hikari").await);
    let mut draft = json!({ "title": "2027年度のきまり", "files": files("") });
    let sharing = draft["files"][2]["text"].as_str().unwrap();
    assert!(sharing.contains("effective = 2026-04-01"));
    draft["files"][2]["text"] = sharing.replacen("effective = 2026-04-01", "effective = 2026-04-10", 1).into();
    let draft = secretariat.post("/api/v1/rulebooks", draft).await.is(StatusCode::CREATED);
    let version = sign_all(&secretariat, &doctor, &draft).await;
    let on = |day: &str| json!({ "fingerprint": version["fingerprint"], "on": day });
    let early = secretariat.post(path(&version, "/in-force"), on("2026-04-09")).await;
    let early = early.problem(StatusCode::UNPROCESSABLE_ENTITY, "out_of_range");
    assert_eq!(early["field"], "on");
    assert!(early["detail"]["ja"].as_str().unwrap().contains("2026-04-10からと合意されています"), "{early}");
    let at_once = json!({ "fingerprint": version["fingerprint"] });
    secretariat
        .post(path(&version, "/in-force"), at_once)
        .await
        .problem(StatusCode::UNPROCESSABLE_ENTITY, "out_of_range");
    let scheduled = secretariat.post(path(&version, "/in-force"), on("2026-04-10")).await.ok();
    assert_eq!(scheduled["effective_at"], "2026-04-09T15:00:00Z");
}

#[tokio::test]
async fn the_day_it_is_in_force_begins_at_midnight_in_the_region_and_lasts_over_a_restart() {
    let app = App::start().await;
    let (secretariat, doctor) = (app.secretariat().await, app.doctor("hikari").await);
    let nurse = app.nurse("minato").await;
    let patient = app.register_patient("高橋 ハル", "タカハシ ハル").await;
    app.link(patient, "minato").await;
    let version = agreed(&secretariat, &doctor, NO_NOTES).await;
    let effective = |on: &str| json!({ "fingerprint": version["fingerprint"], "on": on });
    let past = secretariat.post(path(&version, "/in-force"), effective("2026-03-31")).await;
    past.problem(StatusCode::UNPROCESSABLE_ENTITY, "out_of_range");
    let scheduled = secretariat.post(path(&version, "/in-force"), effective("2026-04-02")).await.ok();
    assert_eq!((&scheduled["stage"], &scheduled["effective_at"]), (&json!("agreed"), &json!("2026-04-01T15:00:00Z")));
    let rival = drafted(&secretariat, "").await;
    let trial = json!({ "fingerprint": rival["fingerprint"] });
    secretariat.post(path(&rival, "/in-force"), trial).await.problem(StatusCode::CONFLICT, "conflict");

    let note = |number: u64| {
        let id = format!("0196d5a2-7c00-7000-8000-{number:012x}");
        json!({ "id": id, "body": { "note": { "text": "お変わりありません" } } })
    };
    let entries = format!("/api/v1/timelines/{patient}/entries");
    // From nine in the morning to a second before midnight, and one second more.
    app.clock.advance(Duration::from_secs(15 * 3_600 - 1));
    let late = app.sign_in(nurse.actor.person, nurse.position()).await;
    late.post(&entries, note(1)).await.is(StatusCode::CREATED);
    app.clock.advance(Duration::from_secs(1));
    let refused = late.post(&entries, note(2)).await.problem(StatusCode::FORBIDDEN, "forbidden");
    assert!(refused["cited"][0].as_str().unwrap().starts_with("SH-99@sharing/"), "{refused}");
    let seq = super::audit::kept(&app, 0).await.len();

    app.hub.follow_rulebook().await.expect("the hub runs");
    let secretariat = app.sign_in(secretariat.actor.person, secretariat.position()).await;
    let book = secretariat.get("/api/v1/rulebook").await.ok();
    assert_eq!((&book["source"], &book["version"]), (&json!("agreed"), &version["id"]));
    let sharing = book["sets"].as_array().unwrap().iter().find(|set| set["id"] == "sharing").unwrap();
    assert_eq!(sharing["agreed_by"].as_array().unwrap().len(), 2);
    // Who agreed, and where it stands, reads the same wherever it is asked.
    assert_eq!((&sharing["status"], &sharing["stage"]), (&json!("proposed"), &json!("in_force")));
    assert_eq!(sharing["stage_label"]["ja"], "施行中：2026-04-02から");
    let citation = refused["cited"][0].as_str().unwrap().replace('/', "%2F").replace('#', "%23");
    let cited = secretariat.get(format!("/api/v1/rulebook/citations/{citation}")).await.ok();
    assert_eq!((&cited["set"]["agreed_by"], &cited["set"]["stage"]), (&sharing["agreed_by"], &sharing["stage"]));
    let sheet = secretariat.get(path(&version, "/sheet")).await;
    assert!(sheet.text().contains("段階 施行中：2026-04-02から"), "{}", sheet.text());
    let why = secretariat.get(format!("/api/v1/rulebook/explain?refusal={seq}")).await.ok()["answers"][0].clone();
    let text = why["text"]["ja"].as_str().unwrap();
    for agreed in [
        "みなと医師会（医師、医師 一号、2026-04-01）",
        "訪問看護協議会（看護師、山岸 花子、2026-03-30）",
        "　受付のとき施行中：2026-04-02から",
    ] {
        assert!(text.contains(agreed), "{agreed}: {text}");
    }
    assert_eq!(why["rules"][0]["set"]["agreed_by"], sharing["agreed_by"]);
    let app = app.stop().await.start().await;
    late.post(&entries, note(3)).await.problem(StatusCode::FORBIDDEN, "forbidden");

    let steps: Vec<LifeStep> = super::audit::kept(&app, 0)
        .await
        .into_iter()
        .filter_map(|(_, audited)| match audited {
            Audited::Act(Act { deed: Deed::RulebookMoved { version: id, step, .. }, .. }) => {
                (version["id"] == id.to_string()).then_some(step)
            }
            _ => None,
        })
        .collect();
    let expected = [LifeStep::Drafted, LifeStep::Proposed, LifeStep::Signed, LifeStep::Signed, LifeStep::Scheduled];
    assert_eq!(steps[..5], expected);
    assert_eq!(steps[5..], [LifeStep::InForce]);
}

/// Posts a message; its id, when it was received, and the rule of the sharing rules that permits it.
async fn written(nurse: &Actor, entries: &str, number: u64) -> (String, String, String) {
    let id = format!("0196d5a2-7c00-7000-8000-{number:012x}");
    let message = json!({ "id": id, "body": { "message": { "text": "お変わりありません" } } });
    nurse.post(entries, message).await.is(StatusCode::CREATED);
    let page = nurse.get(entries).await.ok();
    let entry = page["entries"].as_array().unwrap().iter().find(|entry| entry["id"] == id).expect("it is there");
    let cited = entry["content"]["ruling"]["cited"].as_array().unwrap().iter().filter_map(Value::as_str);
    let rule = cited
        .into_iter()
        .find(|rule| rule.contains("@sharing/"))
        .unwrap_or_else(|| panic!("a rule of the sharing rules: {entry}"));
    let micros: i64 = entry["recordedAtUs"].as_str().expect("a moment").parse().unwrap();
    let at = renkei::domain::time::Timestamp::from_micros(micros).to_rfc3339();
    (id, at, rule.replace('/', "%2F").replace('#', "%23"))
}

#[tokio::test]
async fn who_had_agreed_is_told_as_of_the_receipt_of_what_was_judged() {
    let app = App::start().await;
    let (secretariat, doctor) = (app.secretariat().await, app.doctor("hikari").await);
    let nurse = app.nurse("minato").await;
    let patient = app.register_patient("高橋 ハル", "タカハシ ハル").await;
    app.link(patient, "minato").await;
    let entries = format!("/api/v1/timelines/{patient}/entries");
    let under_seeds = written(&nurse, &entries, 1).await;

    let first = agreed(&secretariat, &doctor, "").await;
    let seen = json!({ "fingerprint": first["fingerprint"] });
    secretariat.post(path(&first, "/in-force"), seen).await.ok();
    app.hub.follow_rulebook().await.expect("the hub runs");
    let under_first = written(&nurse, &entries, 2).await;

    // Two days later another floor, and the same sharing rules to the byte.
    app.clock.advance(Duration::from_secs(2 * 86_400));
    let [secretariat, doctor, nurse] = [&secretariat, &doctor, &nurse].map(|who| (who.actor.person, who.position()));
    let secretariat = app.sign_in(secretariat.0, secretariat.1).await;
    let doctor = app.sign_in(doctor.0, doctor.1).await;
    let nurse = app.sign_in(nurse.0, nurse.1).await;
    let mut draft = json!({ "title": "改めた土台", "files": files("") });
    let floor = draft["files"][1]["text"].as_str().unwrap().replacen("\"1.0.0\"", "\"1.0.1\"", 1);
    draft["files"][1]["text"] = json!(floor);
    let draft = secretariat.post("/api/v1/rulebooks", draft).await.is(StatusCode::CREATED);
    let second = sign_all(&secretariat, &doctor, &draft).await;
    let seen = json!({ "fingerprint": second["fingerprint"] });
    secretariat.post(path(&second, "/in-force"), seen).await.ok();
    app.hub.follow_rulebook().await.expect("the hub runs");
    let under_second = written(&nurse, &entries, 3).await;
    assert_eq!(under_first.2, under_second.2, "one citation, two versions");

    let (seeds, then, now) = ("ひな形", "受付のとき施行中：2026-04-01から", "受付のとき施行中：2026-04-03から");
    for ((id, at, rule), stood) in [(&under_seeds, seeds), (&under_first, then), (&under_second, now)] {
        let cited = nurse.get(format!("/api/v1/rulebook/citations/{rule}?at={at}")).await.ok();
        assert_eq!(cited["set"]["stage_label"]["ja"], stood, "{cited}");
        let bodies = if stood == seeds { 0 } else { 2 };
        assert_eq!(cited["set"]["agreed_by"].as_array().unwrap().len(), bodies);
        let why = nurse.get(format!("/api/v1/rulebook/explain?entry={id}")).await.ok()["answers"][0].clone();
        assert!(why["text"]["ja"].as_str().unwrap().contains(stood), "{why}");
    }
    let rule = &under_first.2;
    let cited = nurse.get(format!("/api/v1/rulebook/citations/{rule}")).await.ok();
    assert_eq!(cited["set"]["stage_label"]["ja"], "施行中：2026-04-03から", "asked of now");
    let wrong = nurse.get(format!("/api/v1/rulebook/citations/{rule}?at=today")).await;
    assert_eq!(wrong.problem(StatusCode::UNPROCESSABLE_ENTITY, "wrong_type")["field"], "at");
}

#[tokio::test]
async fn an_open_socket_forgets_what_the_new_rules_hide_and_others_go_on() {
    let app = App::start().await;
    let (secretariat, doctor, nurse) = (app.secretariat().await, app.doctor("hikari").await, app.nurse("minato").await);
    let patient = app.register_patient("高橋 ハル", "タカハシ ハル").await;
    app.link(patient, "hikari").await;
    app.link(patient, "minato").await;
    let (mut hers, mut his) = (nurse.connect(Encoding::Json).await, doctor.connect(Encoding::Json).await);
    for socket in [&mut hers, &mut his] {
        socket.subscribe(&[(patient.into(), Seq::ZERO)]).await;
        socket.next_that(|frame| matches!(frame, ServerFrame::CaughtUp { .. }).then_some(())).await;
    }
    let version = agreed(&secretariat, &doctor, NO_NOTES).await;
    let at_once = json!({ "fingerprint": version["fingerprint"] });
    let in_force = secretariat.post(path(&version, "/in-force"), at_once).await.ok();
    assert_eq!(in_force["stage"], "in_force");
    hers.next_that(|frame| matches!(frame, ServerFrame::Forget { entry: None, .. }).then_some(())).await;
    // His view is the same as before: what is posted reaches him with nothing in between.
    let entries = format!("/api/v1/timelines/{patient}/entries");
    let id = "0196d5a2-7c00-7000-8000-000000000009";
    let note = json!({ "id": id, "body": { "note": { "text": "往診しました" } } });
    doctor.post(&entries, note).await.is(StatusCode::CREATED);
    let seen = his
        .next_that(|frame| match frame {
            ServerFrame::Forget { .. } => Some(None),
            ServerFrame::Delivery { .. } => Some(Some(())),
            _ => None,
        })
        .await;
    assert!(seen.is_some(), "his view is the same, so he forgets nothing");
}

#[tokio::test]
async fn what_new_rules_ask_for_is_asked_for_though_nobody_writes_anything() {
    let app = App::start().await;
    let (secretariat, doctor) = (app.secretariat().await, app.doctor("hikari").await);
    let patient = app.register_patient("高橋 ハル", "タカハシ ハル").await;
    app.link(patient, "hikari").await;
    let version = agreed(&secretariat, &doctor, VISITS_EVERY_HOUR).await;
    app.hub.look_at_what_is_due().await.expect("the clock runs");
    app.clock.advance(Duration::from_secs(2 * 3_600));
    let secretariat = app.sign_in(secretariat.actor.person, secretariat.position()).await;
    let outbox = std::sync::Arc::<Outbox>::default();
    app.hub.follow(doctor.actor, doctor.sign_in, &outbox, patient.into(), Seq(1_000)).await.unwrap();
    let at_once = json!({ "fingerprint": version["fingerprint"] });
    secretariat.post(path(&version, "/in-force"), at_once).await.ok();
    let is_asked_for = || {
        // The clock looks at one patient a little after the other.
        app.clock.advance(Duration::from_millis(20));
        outbox.drain().items.into_iter().any(|item| match item {
            Item::Delivery(delivery) => matches!(&delivery.entry.entry.body, Body::DutyStep(step)
                if matches!(&step.step, StepDone::Opened(opened) if opened.rule.starts_with("SH-98@"))),
            _ => false,
        })
    };
    eventually("the visit is asked for", is_asked_for).await;
}

#[tokio::test]
async fn a_rulebook_that_the_configuration_names_has_no_life_here() {
    let app = App::start().await.stop().await;
    let book = renkei::rulebook::shipped::load(renkei::vault::digest).expect("sound");
    let app = app.start_under(book).await;
    let secretariat = app.secretariat().await;
    let draft = json!({ "title": "案", "files": files("") });
    let refused = secretariat.post("/api/v1/rulebooks", draft).await.problem(StatusCode::CONFLICT, "conflict");
    assert!(refused["detail"]["ja"].as_str().unwrap().contains("rulebook_dir"), "{refused}");
    assert_eq!(secretariat.get("/api/v1/rulebook").await.ok()["source"], "configured");
    assert_eq!(secretariat.get("/api/v1/rulebooks").await.ok()["configured"], true);
}

#[tokio::test]
async fn a_version_is_compared_analysed_and_tried_on_the_past_before_anybody_signs() {
    let app = App::start().await;
    let (secretariat, nurse) = (app.secretariat().await, app.nurse("minato").await);
    let patient = app.register_patient("高橋 ハル", "タカハシ ハル").await;
    app.link(patient, "minato").await;
    let id = "0196d5a2-7c00-7000-8000-000000000001";
    let note = json!({ "id": id, "body": { "note": { "text": "お変わりありません" } } });
    nurse.post(format!("/api/v1/timelines/{patient}/entries"), note).await.is(StatusCode::CREATED);
    let version = drafted(&secretariat, NO_NOTES).await;
    let difference = nurse.get(path(&version, "/difference")).await.ok();
    assert!(difference["text"]["ja"].as_str().unwrap().contains("新しいルール：SH-99"));
    let analysis = nurse.get(path(&version, "/analysis")).await.ok();
    assert!(analysis["findings"].as_array().unwrap().iter().any(|found| found["code"] == "undeclared-overlap"));
    let cells = analysis["coverage"].as_array().unwrap();
    assert!(cells.iter().any(|cell| *cell
        == json!({
            "role": "nurse", "kind": "note", "may_view": false, "views_own_only": false, "may_post": false, "rules": cell["rules"]
        })));
    nurse.post(path(&version, "/replay"), json!({})).await.problem(StatusCode::FORBIDDEN, "forbidden");
    let replayed = secretariat.post(path(&version, "/replay"), json!({ "since_days": 90 })).await.ok();
    let change = json!([{ "from": "permit", "to": "deny", "count": 1, "examples": [id] }]);
    // Registration, consent, link and note; four pledges, of a nurse, a doctor and their offices.
    assert_eq!((&replayed["changes"], &replayed["events"]), (&change, &json!(8)), "{replayed}");
    // Nothing has gone stale on the first morning.
    assert_eq!(replayed["standing"], json!({}), "{replayed}");
}
