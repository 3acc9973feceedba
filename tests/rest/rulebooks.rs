//! Rules behind citations: of the rulebook in force, and of those that were in force when old rulings were made.

use axum::http::StatusCode;
use renkei::rulebook::{Rulebook, RulebookFiles, SourceFile, shipped};
use renkei::vault::digest;
use serde_json::{Value, json};

use crate::support::actor::Actor;
use crate::support::app::App;

/// The rulebook that ships, with the floor of next year.
fn next_year() -> Rulebook {
    let text = shipped::FLOOR
        .text
        .replace("1.2.0", "2.0.0")
        .replace("status    = \"seed\"", "status    = \"agreed\"")
        .replace("agreed_by = []", r#"agreed_by = [{ body = "みなと医師会", role = "doctor", on = 2027-03-20 }]"#);
    assert_ne!(text, shipped::FLOOR.text);
    let floor = SourceFile { name: "rules/floor.toml", text: &text };
    let files = RulebookFiles { vocabulary: shipped::VOCABULARY, sets: vec![floor, shipped::SHARING] };
    Rulebook::load(&files, digest).expect("a sound rulebook")
}

async fn cited(actor: &Actor, citation: &str) -> Value {
    actor.get(path(citation)).await.ok()
}

fn path(citation: &str) -> String {
    format!("/api/v1/rulebook/citations/{}", citation.replace('/', "%2F").replace('#', "%23"))
}

/// Posts a note; the rule of the floor that permits it.
async fn rule_of_a_note(nurse: &Actor, entries: &str, number: u64) -> String {
    let id = format!("0196d5a2-7c00-7000-8000-{number:012x}");
    let note = json!({ "id": id, "body": { "note": { "text": "お変わりありません" } } });
    nurse.post(entries, note).await.is(StatusCode::CREATED);
    let page = nurse.get(entries).await.ok();
    let entry = page["entries"].as_array().unwrap().iter().find(|entry| entry["id"] == id).expect("it is there");
    let all = entry["content"]["ruling"]["cited"].as_array().expect("citations");
    let of_floor = |citation: &&str| citation.contains("@floor/");
    all.iter().filter_map(Value::as_str).find(of_floor).unwrap_or_else(|| panic!("{all:?}")).to_owned()
}

#[tokio::test]
async fn what_an_old_ruling_cites_is_explained_after_the_region_agreed_on_another_book() {
    let app = App::start().await;
    let nurse = app.nurse("minato").await;
    let patient = app.register_patient("高橋 ハル", "タカハシ ハル").await;
    app.link(patient, "minato").await;
    let entries = format!("/api/v1/timelines/{patient}/entries");
    let old = rule_of_a_note(&nurse, &entries, 1).await;
    let while_in_force = cited(&nurse, &old).await;
    assert_eq!((&while_in_force["in_force"], &while_in_force["set"]["version"]), (&json!(true), &json!("1.2.0")));

    let app = app.stop().await.start_under(next_year()).await;
    let new = rule_of_a_note(&nurse, &entries, 2).await;
    assert_ne!(new, old);
    let rule = cited(&nurse, &new).await;
    assert_eq!((&rule["in_force"], &rule["set"]["version"]), (&json!(true), &json!("2.0.0")));
    assert_eq!(rule["set"]["agreed_by"], json!([{ "body": "みなと医師会", "role": "doctor", "on": "2027-03-20" }]));

    for _ in 0..2 {
        let mut rule = cited(&nurse, &old).await;
        assert_eq!((&rule["citation"], &rule["in_force"]), (&json!(old), &json!(false)));
        rule["in_force"] = json!(true);
        assert_eq!(rule, while_in_force, "the same words as then");
    }
    // The rule is of that book, the set's hash of none: nothing is guessed.
    let of_none = format!("{}#000000000000", old.split_once('#').unwrap().0);
    let nowhere = old.replacen('-', "-9", 1);
    for unknown in [of_none.as_str(), nowhere.as_str(), "FL-18", "#", "x@y/z#"] {
        nurse.get(path(unknown)).await.problem(StatusCode::NOT_FOUND, "not_found");
    }
    drop(app);
}
