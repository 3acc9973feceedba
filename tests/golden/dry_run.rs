//! What a hub of each version answers when it is asked what a post would cause: every draft of `dry_run_drafts.rs`, by
//! everybody, about every patient there, when it is asked and again in the evening. The page, which has nothing but the
//! tables and what it was told, is held against the same answers (`tests/web/units/foreseeing.test.mjs`): it may know
//! less, and never says that something goes through which does not.
//!
//! `dry_run/VERSION/` holds `tables.json` (the rules as a page gets them), `people.json`, `states/NAME.json` (what each of
//! them is told of a patient: the card, the entries), `drafts.json`, and `answers.txt`: patient, who, draft, the answer,
//! the answer in the evening. `RENKEI_BLESS_DRY_RUN=1 cargo test --test renkei golden::dry_run` writes the folder of the
//! version in `Cargo.toml`. RULE: a folder is written until its version is released and never after.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use renkei::domain::directory::Position;
use renkei::domain::ids::EntryId;
use renkei::domain::ruling::rule_id;
use renkei::domain::time::Timestamp;
use renkei::hub::answer::Answer;
use renkei::rulebook::calendar::Calendar;
use renkei::rulebook::{Decision, Refusal, shipped};
use renkei::vault::digest;
use renkei::wire::{ClientFrame, Encoding, encode_client};
use serde_json::{Value, json};

use super::care::number;
use super::dry_run_drafts::{Draft, State, WHO, drafts, states};
use super::region::{self, place};
use super::rulings::key;
use super::told_region::{settle, until};
use crate::support::actor::Actor;
use crate::support::app::App;

/// A Wednesday morning in Japan, and the evening of that day.
const MORNING: &str = "2026-04-01T00:20:00Z";
const EVENING: &str = "2026-04-01T11:00:00Z";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/dry_run").join(env!("CARGO_PKG_VERSION"))
}

/// The answer in a line: what becomes of it, the rules that hold it, the duties it opens (`?` where unconfirmed), advice.
fn in_words(decision: &Decision) -> String {
    let ids = |cited: &[std::sync::Arc<str>]| cited.iter().map(|cited| rule_id(cited).to_owned()).collect::<Vec<_>>();
    let of = |name: &str, ids: Vec<String>| {
        if ids.is_empty() { String::new() } else { format!(" {name}={}", ids.join(",")) }
    };
    match decision {
        Decision::Accept(acceptance) => {
            let duties = acceptance.ruling.opened().iter();
            let mut duties: Vec<String> = duties
                .map(|duty| format!("{}{}", rule_id(&duty.rule), if duty.confirmed { "" } else { "?" }))
                .collect();
            // Of those that each owe for themselves one is enough.
            duties.dedup();
            format!("accepted{}{}", of("duties", duties), of("advice", ids(acceptance.ruling.advice())))
        }
        Decision::Queue(_) => "queued".to_owned(),
        Decision::Refuse(Refusal::Held(ruling)) => format!("held{}", of("by", ids(&ruling.cited))),
        Decision::Refuse(Refusal::Rules(_)) => "refused".to_owned(),
        Decision::Refuse(Refusal::NotFound(_)) => "not_found".to_owned(),
        Decision::Refuse(Refusal::Invalid(_)) => "invalid".to_owned(),
    }
}

struct Asked {
    app: App,
    people: BTreeMap<&'static str, Actor>,
}

impl Asked {
    /// A hub where everybody is settled, pledged and signed in, and every patient's course was told.
    async fn begin(states: &[State]) -> Self {
        let rulebook = shipped::load(digest).expect("the shipped rules have no mistakes");
        let app = App::start_as(key().into(), rulebook, Calendar::japan_with_placeholders()).await;
        for at in 0..region::PLACES.len() {
            settle(&app, at).await;
        }
        until(&app, region::START).await;
        let mut wrong = Vec::new();
        for state in states {
            for (who, intent) in &state.posts {
                let posted = app.hub.post_and_wait(*who, intent.clone()).await;
                let kind = intent.body.kind();
                wrong.extend(
                    (!matches!(posted, Answer::Accepted(_))).then(|| format!("{} {kind}: {posted:?}\n", state.name)),
                );
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.concat());
        until(&app, MORNING.parse().expect("a moment")).await;
        let mut people = BTreeMap::new();
        for (name, at) in WHO {
            let actor = place(at);
            renkei::actions::offices::give_all_pledges(&app.hub, actor).await.expect("the pledges are taken");
            let position = Position { role: actor.role, organisation: actor.organisation };
            people.insert(name, app.sign_in(actor.person, position).await);
        }
        Self { app, people }
    }

    /// By patient, person and draft.
    async fn answers(&self, states: &[State], drafts: &[Draft]) -> Vec<String> {
        let observed: Timestamp = MORNING.parse().expect("a moment");
        let mut answers = Vec::new();
        for state in states {
            for (_, at) in WHO {
                for draft in drafts {
                    let intent = draft.intent(EntryId(number(0xd_ffff)), state.timeline, observed);
                    let decision = self.app.hub.dry_run(place(at), intent).await.expect("the hub answers");
                    answers.push(in_words(&decision));
                }
            }
        }
        answers
    }

    /// What everybody is told of a patient: the card, and the entries they see.
    async fn told(&self, state: &State) -> Value {
        let (mut cards, mut sees, mut entries, mut through) = (json!({}), json!({}), BTreeMap::new(), 0);
        for (name, actor) in &self.people {
            let found = actor.get("/api/v1/patients?mine=true").await.ok();
            let patients = found["patients"].as_array().expect("a list");
            let id = state.timeline.to_string();
            cards[*name] = patients.iter().find(|card| card["id"] == id.as_str()).cloned().unwrap_or_default();
            if cards[*name].is_null() {
                continue;
            }
            let page = actor.get(format!("/api/v1/timelines/{id}/entries?limit=256")).await.ok();
            through = page["through"].as_u64().expect("a number");
            let mut seqs = Vec::new();
            for entry in page["entries"].as_array().expect("a list") {
                let seq: u64 = entry["seq"].as_str().expect("a number").parse().expect("a number");
                let known = entries.entry(seq).or_insert_with(|| entry.clone());
                assert_eq!(known, entry, "an entry is the same for all who see it");
                seqs.push(seq);
            }
            sees[*name] = json!(seqs);
        }
        let entries: Vec<Value> = entries.into_values().collect();
        json!({ "timeline": state.timeline.to_string(), "through": through, "cards": cards, "sees": sees, "entries": entries })
    }
}

/// An intent as a page writes it, without its id.
fn as_written(draft: &Draft, state: &State) -> Value {
    let observed: Timestamp = MORNING.parse().expect("a moment");
    let intent = draft.intent(EntryId(number(0xd_ffff)), state.timeline, observed);
    let frame = encode_client(Encoding::Json, &ClientFrame::DryRun(intent));
    let mut written: Value = serde_json::from_slice(&frame).expect("JSON");
    let mut intent = written["dryRun"]["intent"].take();
    for name in ["id", "timeline"] {
        intent.as_object_mut().expect("an intent").remove(name);
    }
    intent
}

fn pretty(value: &Value) -> String {
    format!("{}\n", serde_json::to_string_pretty(value).expect("JSON"))
}

async fn files() -> BTreeMap<String, String> {
    let (states, drafts) = (states(), drafts());
    let asked = Asked::begin(&states).await;
    let mut files = BTreeMap::new();
    let tables = asked.people["nurse"].get("/api/v1/rulebook/tables").await.ok();
    files.insert("tables.json".to_owned(), pretty(&tables));
    let people: BTreeMap<_, _> = WHO
        .into_iter()
        .map(|(name, at)| {
            let actor = place(at);
            let office = json!({ "id": actor.organisation.to_string(), "type": actor.organisation_type.code() });
            let person = json!({ "id": actor.person.to_string() });
            (name, json!({ "person": person, "role": actor.role.code(), "organisation": office }))
        })
        .collect();
    let people = json!({ "now": MORNING, "people": people });
    files.insert("people.json".to_owned(), pretty(&people));
    let written: BTreeMap<_, _> = drafts.iter().map(|draft| (&draft.name, as_written(draft, &states[0]))).collect();
    files.insert("drafts.json".to_owned(), pretty(&json!(written)));
    for state in &states {
        files.insert(format!("states/{}.json", state.name), pretty(&asked.told(state).await));
    }
    let now = asked.answers(&states, &drafts).await;
    until(&asked.app, EVENING.parse().expect("a moment")).await;
    let evening = asked.answers(&states, &drafts).await;
    let mut rows = now.iter().zip(&evening);
    let mut answers = String::new();
    for state in &states {
        for (who, _) in WHO {
            for draft in &drafts {
                let (now, evening) = rows.next().expect("a row for each");
                writeln!(answers, "{} {who} {} | {now} | {evening}", state.name, draft.name).expect("a string");
            }
        }
    }
    files.insert("answers.txt".to_owned(), answers);
    files
}

#[tokio::test]
async fn a_hub_of_this_build_answers_dry_runs_as_this_version_does_and_tells_the_page_the_same_tables() {
    let bless = std::env::var_os("RENKEI_BLESS_DRY_RUN").is_some();
    if bless {
        std::fs::create_dir_all(folder().join("states")).unwrap();
    }
    for (name, text) in files().await {
        let path = folder().join(&name);
        if bless {
            std::fs::write(&path, &text).unwrap();
        }
        let kept = std::fs::read_to_string(&path).unwrap();
        for (at, (now, then)) in text.lines().zip(kept.lines()).enumerate() {
            assert_eq!(now, then, "{name}, line {}: see the rule above", at + 1);
        }
        assert_eq!(text.lines().count(), kept.lines().count(), "{name}");
    }
}

#[test]
fn the_answers_kept_are_of_every_fate() {
    let answers = std::fs::read_to_string(folder().join("answers.txt")).unwrap();
    for fate in ["| accepted", "| held", "| refused", "| not_found", "| queued", "| invalid", "duties=", "advice="] {
        assert!(answers.contains(fate), "{fate}");
    }
    assert!(answers.lines().count() > 5_000, "{}", answers.lines().count());
}
