//! Who I am, whom I may see, and what the web page asks first.

use axum::http::StatusCode;
use renkei::domain::body::{Body, Note};
use renkei::wire::{Encoding, ServerFrame};

use crate::support::app::App;

fn note(text: &str) -> Body {
    Body::Note(Note { text: text.to_owned(), ..Note::default() })
}

#[tokio::test]
async fn the_page_learns_who_i_am_and_whom_i_serve() {
    let app = App::start().await;
    let (doctor, nurse) = (app.doctor("hikari").await, app.nurse("minato").await);
    let patient = app.register_patient("高橋 ハル", "タカハシ ハル").await;
    app.link(patient, "hikari").await;
    app.link(patient, "minato").await;

    let me = nurse.get("/api/v1/me").await.ok();
    assert_eq!(me["person"]["id"], nurse.actor.person.to_string());
    assert_eq!((&me["role"], &me["organisation"]["type"]), (&"nurse".into(), &"nursing_station".into()));
    assert_eq!(me["organisation"]["name"], "minato");
    assert_eq!(me["expires_at"], "2026-04-01T12:00:00Z");

    let found = nurse.get("/api/v1/patients?mine=true").await.ok();
    let card = &found["patients"][0];
    assert_eq!(card["id"], patient.to_string());
    assert_eq!(card["name"]["kanji"], "高橋 ハル");
    assert_eq!(
        (&card["birth_date"], &card["sex"], &card["consent"]),
        (&"1938-04-12".into(), &"female".into(), &"team".into())
    );
    let team = card["team"].as_array().unwrap();
    let hosts: Vec<_> = team.iter().filter(|link| link["host"] == true).map(|link| &link["organisation"]).collect();
    assert_eq!((team.len(), hosts), (2, vec![&doctor.actor.organisation.to_string().into()]));

    let mut socket = nurse.connect(Encoding::Json).await;
    let answer = socket.post(patient, note("お変わりありません")).await;
    let ServerFrame::Accepted(accepted) = answer else { panic!("{answer:?}") };
    let one = doctor.get(format!("/api/v1/patients/{patient}")).await.ok();
    assert_eq!((&one["id"], &one["head"]), (&card["id"], &accepted.seq.0.into()));
    assert_eq!((&one["latest_vitals"], &one["alarm_limits"]), (&serde_json::json!([]), &serde_json::json!([])));
}

#[tokio::test]
async fn a_patient_of_others_looks_unknown_to_the_byte() {
    let app = App::start().await;
    let (_, stranger) = (app.nurse("minato").await, app.nurse("other").await);
    let patient = app.register_patient("高橋 ハル", "タカハシ ハル").await;
    app.link(patient, "minato").await;

    let hidden = stranger.get(format!("/api/v1/patients/{patient}")).await;
    let unknown = stranger.get("/api/v1/patients/0196d5a2-7c00-7000-8000-000000000001").await;
    hidden.problem(StatusCode::NOT_FOUND, "not_found");
    assert_eq!((hidden.status, &hidden.bytes), (unknown.status, &unknown.bytes));
    for query in ["", "?q=たかはし", "?birth_date=1938-04-12"] {
        let found = stranger.get(format!("/api/v1/patients{query}")).await.ok();
        assert_eq!(found["patients"], serde_json::json!([]), "{query}");
    }
}
