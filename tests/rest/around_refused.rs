//! What is no telephone number, no person and no problem: refused by the name of its field.

use axum::http::StatusCode;
use renkei::domain::team::ConsentState::Team;
use serde_json::{Value, json};

use super::around::{daughter, post};
use crate::support::app::App;

#[tokio::test]
async fn what_is_no_number_and_what_is_no_list_is_refused_by_name() {
    let app = App::start().await;
    let patient = app.register_patient("高橋 ハル", "タカハシ ハル").await;
    let nurse = app.nurse("minato").await;
    app.link(patient, "minato").await;
    app.consent(patient, Team).await;
    let person = |more: Value| {
        let mut person = json!({ "name": "高橋 春子", "relationship": "child" });
        person.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({ "relatedPersons": { "items": [person] } })
    };
    let many: Vec<Value> = (0..6).map(|at| json!({ "number": format!("090-5550-000{at}") })).collect();
    for (body, code, field) in [
        (daughter("長女の携帯"), "implausible", "related_persons.items[0].phones[0].number"),
        (daughter("０９０－５５５０－０１９９"), "implausible", "related_persons.items[0].phones[0].number"),
        (daughter("11"), "implausible", "related_persons.items[0].phones[0].number"),
        (daughter(" "), "required", "related_persons.items[0].phones[0].number"),
        (daughter(&"0".repeat(41)), "too_long", "related_persons.items[0].phones[0].number"),
        (person(json!({ "phones": many })), "too_long", "related_persons.items[0].phones"),
        (person(json!({ "relationship": "other" })), "required", "related_persons.items[0].relationship_text"),
        (person(json!({ "relationship": "daughter" })), "unknown_code", "related_persons.items[0].relationship"),
        (person(json!({ "name": "" })), "required", "related_persons.items[0].name"),
        (json!({ "relatedPersons": {} }), "required", "related_persons.text"),
        (
            json!({ "relatedPersons": { "nobody": true, "items": [{ "name": "春子", "relationship": "child" }] } }),
            "unexpected",
            "related_persons.nobody",
        ),
        (json!({ "problemList": {} }), "required", "problem_list.text"),
        (
            json!({ "problemList": { "items": [{ "name": "心不全", "status": "active", "since": "2999-01-01" }] } }),
            "out_of_range",
            "problem_list.items[0].since",
        ),
        (json!({ "problemList": { "items": [{ "name": "心不全" }] } }), "required", "problem_list.items[0].status"),
    ] {
        let told = body.to_string();
        let problem = post(&nurse, patient, 1, body).await.problem(StatusCode::UNPROCESSABLE_ENTITY, code);
        assert_eq!(problem["field"], format!("body.{field}"), "{told}: {problem}");
    }
    let nobody = json!({ "relatedPersons": { "nobody": true } });
    post(&nurse, patient, 2, nobody).await.is(StatusCode::CREATED);
    post(&nurse, patient, 3, daughter("+81 (90) 5550.0199,,12#")).await.is(StatusCode::CREATED);
}
