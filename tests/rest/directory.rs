//! The directory: kept by the secretariat, read by everybody as far as it is theirs to know.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::support::app::App;
use crate::support::visitor::{PASSWORD, Visitor};

fn names(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn the_secretariat_enters_an_organisation_and_a_person_who_then_signs_in() {
    let app = App::start().await;
    let secretariat = app.secretariat().await;
    let station =
        json!({ "name": "みなと訪問看護", "kana": "ミナト", "type": "nursing_station", "phone": "03-5550-0102" });
    let station = secretariat.post("/api/v1/organisations", station).await.is(StatusCode::CREATED);
    let id = station["id"].as_str().unwrap();
    let person = json!({
        "name": { "kanji": "佐藤 花子", "kana": "サトウ ハナコ" },
        "positions": [{ "role": "nurse", "organisation": id }]
    });
    let person = secretariat.post("/api/v1/people", person).await.is(StatusCode::CREATED);
    let path = format!("/api/v1/people/{}/invitations", person["id"].as_str().unwrap());
    let account = app.set_up(&secretariat.post(path, json!({})).await.is(StatusCode::CREATED), PASSWORD).await;
    let signed_in = Visitor::at_program(&app).sign_in(&app, &account).await.is(StatusCode::CREATED);
    let mut hanako = secretariat.clone();
    hanako.token = signed_in["token"].as_str().unwrap().to_owned();
    assert_eq!(hanako.get("/api/v1/me").await.ok()["person"]["name"]["kanji"], "佐藤 花子");

    let renamed = json!({ "name": "みなと第二", "type": "nursing_station", "active": false });
    let renamed = secretariat.put(format!("/api/v1/organisations/{id}"), renamed).await.ok();
    assert_eq!((&renamed["name"], &renamed["active"]), (&"みなと第二".into(), &false.into()));
    hanako.get("/api/v1/me").await.problem(StatusCode::UNAUTHORIZED, "unauthenticated");
    let other = json!({ "name": "x", "type": "clinic" });
    let unknown = secretariat.put("/api/v1/organisations/0196d5a2-7c00-7000-8000-0000000000ff", other.clone()).await;
    unknown.problem(StatusCode::NOT_FOUND, "not_found");

    let nurse = app.nurse("other").await;
    nurse.post("/api/v1/organisations", other).await.problem(StatusCode::FORBIDDEN, "forbidden");
}

fn long(chars: usize) -> String {
    "ア".repeat(chars)
}

fn with_numbers(identifiers: Value) -> Value {
    json!({ "name": "x", "type": "clinic", "identifiers": identifiers })
}

fn numbers(count: usize) -> Value {
    (0..count).map(|number| json!({ "system": "urn:x", "value": number.to_string() })).collect()
}

#[tokio::test]
async fn a_mistake_in_the_directory_is_named() {
    let app = App::start().await;
    let secretariat = app.secretariat().await;
    let nowhere = "0196d5a2-7c00-7000-8000-0000000000ff";
    let at_nowhere = json!([{ "role": "nurse", "organisation": nowhere }]);
    let table = [
        ("organisations", json!({ "name": "x", "type": "castle" }), "unknown_code", "type"),
        ("organisations", json!({ "type": "clinic" }), "required", "name"),
        ("organisations", json!({ "name": "　", "type": "clinic" }), "required", "name"),
        ("organisations", json!({ "name": "\u{0}", "type": "clinic" }), "implausible", "name"),
        ("organisations", json!({ "name": "春日\n内科", "type": "clinic" }), "implausible", "name"),
        // Not seen, or turned around: two names that look the same, or another than there is.
        ("organisations", json!({ "name": "春日\u{200b}内科", "type": "clinic" }), "implausible", "name"),
        ("organisations", json!({ "name": "\u{3164}", "type": "clinic" }), "implausible", "name"),
        ("people", json!({ "name": { "kanji": "佐藤\u{202e} 花子" }, "positions": [] }), "implausible", "name.kanji"),
        (
            "people",
            json!({ "name": { "kanji": "佐藤 花子", "kana": "サトウ\u{feff}" }, "positions": [] }),
            "implausible",
            "name.kana",
        ),
        ("organisations", json!({ "name": "x", "kana": long(101), "type": "clinic" }), "too_long", "kana"),
        ("organisations", json!({ "name": "x", "kana": "\u{7f}", "type": "clinic" }), "implausible", "kana"),
        ("organisations", json!({ "name": "x", "phone": long(41), "type": "clinic" }), "too_long", "phone"),
        ("organisations", json!({ "name": "x", "phone": "03\t1", "type": "clinic" }), "implausible", "phone"),
        (
            "organisations",
            with_numbers(json!([{ "system": "urn:x", "value": long(256) }])),
            "too_long",
            "identifiers[0].value",
        ),
        (
            "organisations",
            with_numbers(json!([{ "system": "urn:x\u{1}", "value": "1" }])),
            "implausible",
            "identifiers[0].system",
        ),
        ("organisations", with_numbers(numbers(21)), "too_long", "identifiers"),
        ("people", json!({ "name": { "kanji": "佐藤\u{0}" }, "positions": [] }), "implausible", "name.kanji"),
        ("people", json!({ "name": { "kanji": "佐藤", "kana": long(101) }, "positions": [] }), "too_long", "name.kana"),
        (
            "people",
            json!({ "name": { "kanji": "佐藤", "kana": "サ\u{0}" }, "positions": [] }),
            "implausible",
            "name.kana",
        ),
        (
            "people",
            json!({ "name": { "kanji": "佐藤" }, "positions": at_nowhere }),
            "not_found",
            "positions[0].organisation",
        ),
        ("people", json!({ "name": { "kanji": "" }, "positions": [] }), "required", "name.kanji"),
        (
            "people",
            json!({ "name": { "kanji": "佐藤" }, "positions": [{ "role": 1 }] }),
            "wrong_type",
            "positions[0].role",
        ),
    ];
    for (noun, sent, code, field) in table {
        let answer = secretariat.post(format!("/api/v1/{noun}"), sent.clone()).await;
        assert_eq!(answer.problem(StatusCode::UNPROCESSABLE_ENTITY, code)["field"], field, "{sent}");
    }
}

#[tokio::test]
async fn a_home_is_known_to_its_team_and_a_family_knows_its_team() {
    let app = App::start().await;
    let (nurse, stranger) = (app.nurse("minato").await, app.nurse("other").await);
    let patient = app.register_patient("高橋 ハル", "タカハシ ハル").await;
    app.link(patient, "minato").await;
    let family = app.family(patient).await;
    let home = format!("home of {patient}");

    let (seen_by_nurse, seen_by_stranger, seen_by_family) = (
        nurse.get("/api/v1/organisations").await.ok(),
        stranger.get("/api/v1/organisations").await.ok(),
        family.get("/api/v1/organisations").await.ok(),
    );
    assert!(names(&seen_by_nurse["organisations"]).contains(&home.as_str()));
    assert_eq!(names(&seen_by_stranger["organisations"]), ["minato", "other", "secretariat", "the attending doctor's"]);
    // Of the secretariat a family is told what it needs to phone it, and not who works there.
    assert_eq!(names(&seen_by_family["organisations"]), [home.as_str(), "minato", "secretariat"]);
    let people = stranger.get("/api/v1/people").await.ok();
    assert!(!people.to_string().contains(&family.actor.person.to_string()), "{people}");
    let people = family.get("/api/v1/people").await.ok().to_string();
    assert!(people.contains(&nurse.actor.person.to_string()));
    assert!(!people.contains(&app.secretariat().await.actor.organisation.to_string()), "{people}");

    // The family knows whose page it is, and neither the team's dealings nor the record.
    let card = &family.get("/api/v1/patients?mine=true").await.ok()["patients"][0];
    assert_eq!(
        (&card["name"]["kanji"], &card["consent"], &card["team"]),
        (&"高橋 ハル".into(), &Value::Null, &Value::Null)
    );
    let page = family.get(format!("/api/v1/timelines/{patient}/entries")).await.ok();
    assert_eq!(page["entries"], json!([]));
}

#[tokio::test]
async fn a_list_is_taken_for_no_object_wherever_it_stands_in_a_body() {
    let app = App::start().await;
    let secretariat = app.secretariat().await;
    let (office, name) =
        (secretariat.actor.organisation.to_string(), json!({ "kanji": "山田 花", "kana": "ヤマダ ハナ" }));
    let patient = |more: Value| {
        let mut body = json!({ "name": name, "birth_date": "1940-01-01", "sex": "male" });
        more.as_object().unwrap().iter().for_each(|(field, value)| body[field] = value.clone());
        body
    };
    let announced = json!({ "title": "会議", "text": "会議", "until": "2026-12-10", "confirmed": [], "audience": [] });
    let entry = json!({ "id": "0196d5a2-7c00-7000-8000-0000000000e1", "body": { "note": ["お変わりなし"] } });
    for (path, body, field) in [
        ("/api/v1/people".to_owned(), json!({ "name": ["山田 花", "ヤマダ ハナ"], "positions": [] }), "name"),
        ("/api/v1/people".to_owned(), json!({ "name": name, "positions": [["nurse", office]] }), "positions[0]"),
        (format!("/api/v1/organisations/{office}/staff"), json!({ "name": ["山", "ヤ"], "role": "nurse" }), "name"),
        ("/api/v1/patients".to_owned(), patient(json!({ "name": ["田", "タ"] })), "name"),
        ("/api/v1/patients".to_owned(), patient(json!({ "identifiers": [["urn:x", "1"]] })), "identifiers[0]"),
        ("/api/v1/patients".to_owned(), patient(json!({ "consent": [null, "team"] })), "consent"),
        ("/api/v1/announcements".to_owned(), announced, "audience"),
        ("/api/v1/rulebooks".to_owned(), json!({ "title": "案", "files": [["a.toml", "b"]] }), "files[0]"),
        (format!("/api/v1/timelines/{office}/entries"), entry, "body.note"),
        ("/api/v1/people".to_owned(), json!([name, []]), ""),
    ] {
        let refused = secretariat.post(&path, body.clone()).await.is(StatusCode::UNPROCESSABLE_ENTITY);
        let named = refused["field"].as_str().unwrap_or_default();
        assert_eq!((&refused["code"], named), (&json!("wrong_type"), field), "{body}: {refused}");
        assert!(refused["detail"]["ja"].as_str().unwrap().contains("オブジェクト"), "{refused}");
    }
}
