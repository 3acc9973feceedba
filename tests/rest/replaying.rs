//! A replay over a real hub's journal: what it decided, refused and kept waiting comes out the same under the book in
//! force, and differently where a draft says something else.

use std::time::Duration;

use axum::http::StatusCode;
use jiff::civil::date;
use renkei::actions::replaying::{Compared, DutyCount, Ground, Period, replay};
use renkei::domain::body::{Acknowledgement, Body, Infection};
use renkei::domain::duty::Answer as Said;
use renkei::domain::ids::EntryId;
use renkei::domain::role::Role;
use renkei::domain::time::Timestamp;
use renkei::hub::answer::{Accepted, Answer};
use renkei::rulebook::replay::{Fate, Report};
use renkei::rulebook::{Rulebook, RulebookFiles, SourceFile, shipped};
use renkei::vault::digest;
use serde_json::json;

use crate::etiquette::bodies;
use crate::etiquette::story::said_to;
use crate::support::actor::Actor;
use crate::support::app::{App, intent};

const DAY: Duration = Duration::from_secs(86_400);

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
    let region = app.hub.region();
    let period = Period { since, until: region.now() };
    let (directory, offices, in_force) = (region.directory(), region.offices(), region.rulebook());
    let ground = Ground { calendar: region.calendar(), directory: &directory, offices: &offices, in_force: &in_force };
    replay(app.hub.journal(), draft, ground, period).await.expect("the journal is read")
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
    // Registration, consent, link, note; order, vital signs, hidden order; six pledges, of two nurses, a doctor and their
    // offices.
    assert_eq!((report.events, report.own, report.repeated), (13, 13, 13), "{report:?}");
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

// ───────── duties that posts opened ─────────

/// Under the rules in force a replay tells of duties what became of them: each office's own, declined, and of which device.
#[tokio::test]
async fn duties_that_were_opened_are_told_as_they_went() {
    let app = App::start().await;
    let (doctor, nurse) = (app.doctor("hikari").await, app.nurse("minato").await);
    let helper = app.actor(Role::Helper, "tanpopo").await;
    app.actor(Role::Pharmacist, "tsubaki").await;
    let patient = app.register_patient("高橋 ハル", "タカハシ ハル").await;
    for office in ["hikari", "minato", "tsubaki", "tanpopo"] {
        app.link(patient, office).await;
    }
    let post = async |who: &Actor, body: Body| {
        let posted = intent(EntryId(app.hub.region().draw_id()), patient, body);
        match app.hub.post_and_wait(who.actor, posted).await {
            Answer::Accepted(accepted) => accepted,
            other => panic!("{other:?}"),
        }
    };
    let opened = |accepted: &Accepted, rule: &str| {
        let of_rule = accepted.ruling.opened().iter().filter(|opened| opened.rule.starts_with(&format!("{rule}@")));
        of_rule.map(|opened| opened.id).collect::<Vec<_>>()
    };
    // Each office owes its own acknowledgement of a notice; one gives it.
    let notice = post(&nurse, bodies::infection(Infection::Covid, &[date(2026, 4, 1)])).await;
    assert_eq!(opened(&notice, "IN-2").len(), 3);
    let seen = Acknowledgement { target: notice.id, text: String::new() };
    post(&helper, Body::Acknowledgement(seen)).await;
    // Asked for results, the doctor says no.
    let asked = post(&nurse, bodies::lab_request()).await;
    post(&doctor, said_to(opened(&asked, "ND-M2")[0], Said::Declined)).await;
    // What was found at one device is not explained by news of another.
    post(&doctor, bodies::oxygen("1")).await;
    let found = post(&nurse, bodies::visit_finding("3")).await;
    assert_eq!(opened(&found, "ND-M1b").len(), 1);
    let Body::DeviceChange(mut other) = bodies::oxygen("1") else { panic!("a change of a device") };
    other.device = "吸引器".to_owned();
    post(&doctor, Body::DeviceChange(other)).await;

    let in_force = app.hub.region().rulebook();
    let report = replayed(&app, &in_force, Timestamp::MIN).await;
    let of = |rule: &str| {
        let count = &report.duties[rule];
        (count.opened, count.in_time, count.ended, count.undetermined)
    };
    assert_eq!(of("IN-2"), (3, 1, 0, 2));
    assert_eq!(of("ND-M2"), (1, 0, 1, 0));
    assert_eq!(of("ND-M1b"), (1, 0, 0, 1));
}

/// More time that was asked for, and a stay in hospital, count in a replay as they did then.
#[tokio::test]
async fn what_was_put_off_or_rested_is_not_late() {
    let app = App::start().await;
    let (nurse, manager) = (app.nurse("minato").await, app.actor(Role::CareManager, "hidamari").await);
    let patient = app.register_patient("高橋 ハル", "タカハシ ハル").await;
    for office in ["minato", "hidamari"] {
        app.link(patient, office).await;
    }
    let post = async |who: &Actor, body: Body| {
        let posted = intent(EntryId(app.hub.region().draw_id()), patient, body);
        match app.hub.post_and_wait(who.actor, posted).await {
            Answer::Accepted(accepted) => accepted,
            other => panic!("{other:?}"),
        }
    };
    let plans = async || {
        let at = app.hub.region().now().saturating_add(DAY);
        post(&manager, Body::from(Box::new(bodies::visit_plan(at)))).await
    };
    let of_cm_5 = async || {
        let report = replayed(&app, &app.hub.region().rulebook(), Timestamp::MIN).await;
        let count = &report.duties["CM-5"];
        (count.opened, count.in_time, count.late, count.undetermined)
    };
    // Within seven days, says the rule; she asks for twenty, and plans on the twelfth.
    let home = post(&nurse, bodies::discharge()).await;
    let owed = home.ruling.opened().iter().find(|opened| opened.rule.starts_with("CM-5@")).expect("CM-5").id;
    post(&manager, said_to(owed, Said::Snoozed(app.hub.region().now().saturating_add(DAY * 20)))).await;
    app.clock.advance(DAY * 12);
    assert_eq!(of_cm_5().await, (1, 0, 0, 1));
    plans().await;
    assert_eq!(of_cm_5().await, (1, 1, 0, 0));
    // Home for two days, away for thirty: it rests, and what the second return asks for is planned with it.
    post(&nurse, bodies::discharge()).await;
    app.clock.advance(DAY * 2);
    post(&nurse, bodies::admission()).await;
    app.clock.advance(DAY * 30);
    post(&nurse, bodies::discharge()).await;
    app.clock.advance(DAY * 3);
    plans().await;
    assert_eq!(of_cm_5().await, (3, 3, 0, 0));
    // Nobody asked for anything: late.
    post(&nurse, bodies::discharge()).await;
    app.clock.advance(DAY * 12);
    plans().await;
    assert_eq!(of_cm_5().await, (4, 3, 1, 0));
}

// ───────── standing duties ─────────

/// Day 70 of a patient of a doctor and a nurse, who was instructed on the first day and whom the doctor visited on the
/// 20th and the 60th.
async fn visited_twice_in_seventy_days() -> App {
    let app = App::start().await;
    let (doctor, _nurse) = (app.doctor("hikari").await, app.nurse("minato").await);
    let patient = app.register_patient("高橋 ハル", "タカハシ ハル").await;
    app.link(patient, "hikari").await;
    app.link(patient, "minato").await;
    let posts = [(0, bodies::instructed(bodies::instruction())), (20, bodies::visited()), (40, bodies::visited())];
    for (days, body) in posts {
        app.clock.advance(DAY * days);
        let posted = intent(EntryId(app.hub.region().draw_id()), patient, body);
        let answer = app.hub.post_and_wait(doctor.actor, posted).await;
        assert!(matches!(answer, Answer::Accepted(_)), "{answer:?}");
    }
    app.clock.advance(DAY * 10);
    app
}

/// The rules that ship, with other text for one of them.
fn changed(rule: &str, change: impl Fn(&str) -> String) -> Rulebook {
    let id = format!("\nid       = \"{rule}\"\n");
    let reworded = |set: &SourceFile<'_>| {
        let rules = set.text.split("[[rule]]").enumerate();
        let rules = rules.map(|(at, text)| match at {
            0 => text.to_owned(),
            _ if text.starts_with(&id) => change(&format!("[[rule]]{text}")),
            _ => format!("[[rule]]{text}"),
        });
        (set.name.to_owned(), rules.collect::<String>())
    };
    let texts: Vec<_> = shipped::SETS.iter().map(reworded).collect();
    assert!(texts.iter().zip(shipped::SETS).any(|((_, text), set)| text != set.text), "{rule} is there");
    let sets = texts.iter().map(|(name, text)| SourceFile { name, text }).collect();
    let files = RulebookFiles { vocabulary: shipped::VOCABULARY, sets };
    Rulebook::load(&files, digest).unwrap_or_else(|problems| panic!("{problems}"))
}

/// How often the doctor's visits are shared, as the draft says it.
fn asked_every(every: &str) -> Rulebook {
    changed("ND-S4", |text| text.replace("every       = { time = \"30d\", placeholder = true }", every))
}

#[tokio::test]
async fn a_draft_that_asks_for_visits_more_often_tells_what_would_have_been_late_beside_what_was() {
    let app = visited_twice_in_seventy_days().await;
    // Asked for every thirty days and told of only when stale: on day 50, and met on day 60.
    let in_force = DutyCount { opened: 1, late: 1, ..DutyCount::default() };
    let shipped = app.hub.region().rulebook();
    let report = replayed(&app, &shipped, Timestamp::MIN).await;
    assert_eq!(report.standing["ND-S4"], Compared { draft: in_force, in_force });

    // Due on day 15 and again on day 35, each time told of on the way and to the secretariat after; asked for since today.
    let draft = asked_every("every = \"15d\"\nremind = \"10d\"\nescalate = [\"secretariat\"]");
    let report = replayed(&app, &draft, Timestamp::MIN).await;
    let tight = DutyCount { opened: 3, late: 2, escalated: 2, undetermined: 1, ..DutyCount::default() };
    assert_eq!(report.standing["ND-S4"], Compared { draft: tight, in_force });
    let words = report.in_words([&draft, &shipped]);
    assert!(words.en.contains("regularly\": under the draft 3 opened"), "{}", words.en);
    assert!(words.ja.contains("ND-S4「訪問診療の内容を定期的に看護師へ伝える」：案では 3 件"), "{}", words.ja);
    // What the clock wrote is no post, and no verdict changes.
    assert!(report.changes.is_empty() && !report.duties.contains_key("ND-S4"), "{report:?}");

    // A reminder alone: the first visit comes in time.
    let draft = asked_every("every = \"30d\"\nremind = \"10d\"");
    let reminded = DutyCount { opened: 3, in_time: 1, late: 1, undetermined: 1, ..DutyCount::default() };
    assert_eq!(replayed(&app, &draft, Timestamp::MIN).await.standing["ND-S4"].draft, reminded);

    // Since day 40 only what was opened since then counts; what came before it is known all the same.
    let since = Timestamp(app.hub.region().now().as_micros()).saturating_sub(DAY * 30);
    let report = replayed(&app, &draft, since).await;
    let lately = DutyCount { opened: 1, undetermined: 1, ..DutyCount::default() };
    assert_eq!(report.standing["ND-S4"], Compared { draft: lately, in_force });
}

#[tokio::test]
async fn a_standing_rule_that_the_draft_adds_or_takes_away_stands_with_zeros_under_the_other() {
    let app = visited_twice_in_seventy_days().await;
    let none = DutyCount::default();
    let draft = draft(
        "kind = \"standing\"\nper = \"patient\"\nwhen = { \"patient.has_instruction\" = true }\nowed_by = \
         \"doctor\"\nkeep = \"acp_note\"\nevery = \"40d\"\nremind = \"20d\"\nescalate = [\"secretariat\"]\n",
    );
    let report = replayed(&app, &draft, Timestamp::MIN).await;
    let added = DutyCount { opened: 1, late: 1, escalated: 1, ..none };
    assert_eq!(report.standing["L-1"], Compared { draft: added, in_force: none });
    let visits = DutyCount { opened: 1, late: 1, ..none };
    assert_eq!(report.standing["ND-S4"], Compared { draft: visits, in_force: visits }, "the others stay");

    let draft = changed("ND-S4", |_| String::new());
    let report = replayed(&app, &draft, Timestamp::MIN).await;
    assert_eq!(report.standing["ND-S4"], Compared { draft: none, in_force: visits });
}
