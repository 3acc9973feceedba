//! A replay over a real hub's journal: what it decided, refused and kept waiting comes out the same under the book in
//! force, and differently where a draft says something else.

use axum::http::StatusCode;
use renkei::actions::replaying::{Period, replay};
use renkei::domain::time::Timestamp;
use renkei::rulebook::replay::{Fate, Report};
use renkei::rulebook::{Rulebook, RulebookFiles, SourceFile, shipped};
use renkei::vault::digest;
use serde_json::json;

use crate::support::app::App;

/// The rules that ship, and one of our own.
fn draft(rule: &str) -> Rulebook {
    let text = format!(
        "[ruleset]\nid = \"local\"\nversion = \"1.0.0\"\nja = \"地域\"\nen = \"Local\"\nlayer = \"sharing\"\nstatus = \
         \"draft\"\neffective = 2026-05-01\nagreed_by = []\n[[rule]]\nid = \"L-1\"\nstrength = \"must\"\norigin = \
         \"proposal\"\nja = \"題\"\nen = \"Title\"\nreason = {{ ja = \"理由\", en = \"reason\" }}\n{rule}"
    );
    let mut sets = shipped::SETS.to_vec();
    sets.push(SourceFile { name: "local.toml", text: &text });
    let files = RulebookFiles { vocabulary: shipped::VOCABULARY, sets };
    Rulebook::load(&files, digest).unwrap_or_else(|problems| panic!("{problems}"))
}

async fn replayed(app: &App, draft: &Rulebook, since: Timestamp) -> Report {
    let period = Period { since, until: app.hub.region().now() };
    replay(app.hub.journal(), draft, period).await.expect("the journal is read")
}

#[tokio::test]
async fn the_book_in_force_repeats_what_it_decided_and_a_draft_tells_what_it_would_change() {
    let app = App::start().await;
    let (nurse, stranger) = (app.nurse("minato").await, app.nurse("yama").await);
    let patient = app.register_patient("高橋 ハル", "タカハシ ハル").await;
    app.link(patient, "minato").await;
    let entries = format!("/api/v1/timelines/{patient}/entries");
    let id = |number: u64| format!("0196d5a2-7c00-7000-8000-{number:012x}");
    let note = |number| json!({ "id": id(number), "body": { "note": { "text": "お変わりありません" } } });
    nurse.post(&entries, note(1)).await.is(StatusCode::CREATED);
    // Refused: a nurse gives no orders.
    let order = json!({ "id": id(2), "body": { "order": { "orderType": "drip", "text": "点滴" } } });
    nurse.post(&entries, order).await.problem(StatusCode::FORBIDDEN, "forbidden");
    // Waits for the link.
    let vital = json!({ "id": id(3), "body": { "vital": { "measurements": [{ "sign": "pulse", "value": "72", "unit": "/min" }] } } });
    stranger.post(&entries, vital).await.is(StatusCode::ACCEPTED);
    // Hidden: answered as if there were no such patient.
    let order = json!({ "id": id(4), "body": { "order": { "orderType": "drip", "text": "点滴" } } });
    stranger.post(&entries, order).await.problem(StatusCode::NOT_FOUND, "not_found");

    let in_force = app.hub.region().rulebook();
    let report = replayed(&app, &in_force, Timestamp::MIN).await;
    // Registration, consent, link, note; order, vital signs, hidden order.
    assert_eq!((report.events, report.own, report.repeated), (7, 7, 7), "{report:?}");
    assert!(report.changes.is_empty() && report.undetermined == 0 && report.unreadable == 0, "{report:?}");

    let draft = draft(
        "kind = \"share\"\non = \"post:note\"\neffect = \"forbid\"\noverrides = []\nwhen = { \"actor.role\" = \"nurse\" }\n",
    );
    let report = replayed(&app, &draft, Timestamp::MIN).await;
    let refused = &report.changes[&(Fate::Permit, Fate::Deny)];
    assert_eq!((report.changes.len(), refused.count), (1, 1));
    assert_eq!(refused.examples[0].to_string(), id(1));
    let later = Timestamp(app.hub.region().now().as_micros() + 1);
    assert_eq!(replayed(&app, &draft, later).await, Report::default(), "nothing was posted since then");
}
