//! Replaying: the book in force repeats every ruling it made, a draft's changes are found, and what nobody wrote down is
//! not guessed.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use proptest::prelude::*;
use uuid::Uuid;

use super::rows::facts;
use super::{HEADER, book, digest, shipped};
use crate::domain::body::{Acknowledgement, Body, Note, Order, OrderType, Retraction, RetractionReason};
use crate::domain::directory::{Actor, Directory};
use crate::domain::entry::{Entry, Sensitivity};
use crate::domain::ids::{EntryId, OrganisationId, PersonId, Seq, TimelineId};
use crate::domain::kind::Kind;
use crate::domain::offices::Offices;
use crate::domain::role::{OrganisationType, Role};
use crate::domain::ruling::{Consequences, Ruling};
use crate::domain::team::ConsentState;
use crate::domain::time::Timestamp;
use crate::rulebook::calendar::Calendar;
use crate::rulebook::event::TimeBand;
use crate::rulebook::replay::{DutyCount, Event, Fate, Ground, Replay, Report};
use crate::rulebook::{
    EventFacts, Known, PatientStatus, PostFacts, Purpose, RuleRef, Rulebook, RulebookFiles, SourceFile, Verdict,
};

/// 09:00 on a working day in Japan.
const MORNING: Timestamp = Timestamp::from_secs(1_775_001_600);

fn load(vocabulary: &str, local: &str) -> Arc<Rulebook> {
    let local = format!("{HEADER}{local}");
    let vocabulary = SourceFile { name: "vocabulary.toml", text: vocabulary };
    let mut sets = vec![shipped::FLOOR, shipped::SHARING];
    if local.len() > HEADER.len() {
        sets.push(SourceFile { name: "local.toml", text: &local });
    }
    let book = Rulebook::load(&RulebookFiles { vocabulary, sets }, digest);
    Arc::new(book.unwrap_or_else(|problems| panic!("{problems}")))
}

/// The words that ship, without one field.
fn words_without(field: &str) -> String {
    let text = shipped::VOCABULARY.text;
    let from = text.find(&format!("[field.\"{field}\"]")).expect("a field");
    let until = text[from..].find("\n\n").expect("an end");
    format!("{}{}", &text[..from], &text[from + until..])
}

fn local_rule(id: &str, kind: &str, rest: &str) -> String {
    format!(
        "[[rule]]\nid = \"{id}\"\nkind = \"{kind}\"\nstrength = \"must\"\norigin = \"proposal\"\nja = \"題\"\nen = \
         \"Title\"\nreason = {{ ja = \"理由\", en = \"reason\" }}\n{rest}\n"
    )
}

/// What the book made of a post, as it would be stored.
fn ruled(book: &Rulebook, post: &PostFacts, event: &EventFacts) -> (Ruling, Fate) {
    let (judgement, etiquette, slots) = book.rule_on(post, event);
    let fate = match judgement.verdict {
        Verdict::Permit if etiquette.held.is_empty() => Fate::Permit,
        Verdict::Permit => Fate::Hold,
        Verdict::Quarantine => Fate::Queue,
        Verdict::Deny => Fate::Deny,
    };
    let cite = |rule: &RuleRef| Arc::clone(book.citation(*rule));
    let mut ruling = book.ruling(&judgement, &slots);
    match fate {
        Fate::Hold => ruling.cited = etiquette.held.iter().map(|held| cite(&held.rule)).collect(),
        Fate::Permit => {
            let advice = etiquette.advice.iter().map(|advice| cite(&advice.rule)).collect();
            let excepted = etiquette.excepted.iter().map(cite).collect();
            ruling.consequences = Consequences { advice, excepted, ..Consequences::default() }.kept();
        }
        Fate::Queue | Fate::Deny => {}
    }
    (ruling, fate)
}

fn id(number: u64) -> EntryId {
    EntryId(Uuid::from_u128(u128::from(number)))
}

/// Standing duties are told with a hub: `rest/replaying`, `golden/rulings`. Here nobody is there to owe any.
static NOBODY: LazyLock<Directory> = LazyLock::new(Directory::default);
static NO_OFFICE: LazyLock<Offices> = LazyLock::new(Offices::default);

fn replay<'a>(books: &'a [Arc<Rulebook>], draft: &'a Rulebook, calendar: &'a Calendar, hours: u64) -> Replay<'a> {
    let until = MORNING.saturating_add(Duration::from_secs(hours * 3_600));
    let ground = Ground { calendar, directory: &NOBODY, offices: &NO_OFFICE, in_force: draft };
    Replay::new(draft, books, ground, Timestamp::MIN, until)
}

/// Replays posts made under `past`, none of which is on a timeline.
fn replay_posts(past: &Arc<Rulebook>, draft: &Rulebook, posts: &[(PostFacts, EventFacts)]) -> Report {
    let (books, calendar) = ([Arc::clone(past)], Calendar::japan_with_placeholders());
    let mut replay = replay(&books, draft, &calendar, 1);
    for (number, (post, event)) in (1..).zip(posts) {
        let (ruling, fate) = ruled(past, post, event);
        replay.refused(
            &Event { id: id(number), kind: post.kind, corrected: None, fate, ruling: &ruling },
            false,
            Timestamp::EPOCH,
        );
    }
    replay.finish()
}

fn any_known<T: Clone + std::fmt::Debug + 'static>(values: Vec<T>) -> impl Strategy<Value = Known<T>> {
    prop_oneof![3 => prop::sample::select(values).prop_map(Known::Is), 1 => Just(Known::Unknown)]
}

fn any_post() -> impl Strategy<Value = (PostFacts, EventFacts)> {
    let flag = || any_known(vec![false, true]);
    let viewer = (
        prop::sample::select(Role::ALL),
        (flag(), flag(), flag(), flag(), flag()),
        any_known(ConsentState::ALL.to_vec()),
        any_known(PatientStatus::ALL.to_vec()),
        prop::sample::select(Purpose::ALL),
    );
    let record = (any_known(Sensitivity::ALL.to_vec()), flag(), flag(), flag(), any_known(vec![0, 59, 3_600, 90_000]));
    let event = (flag(), flag(), flag(), any_known(OrderType::ALL.to_vec()), any_known(TimeBand::ALL.to_vec()), flag());
    (prop::sample::select(Kind::ALL), viewer, record, event).prop_map(|(kind, viewer, record, event)| {
        let mut post = facts("post note", "doctor").post;
        post.kind = kind;
        let actor = &mut post.viewer.actor;
        actor.role = viewer.0;
        (actor.on_team, actor.organisation_on_team, actor.is_host) = (viewer.1.0, viewer.1.1, viewer.1.2);
        (post.viewer.patient.registered, post.viewer.patient.has_host) = (viewer.1.3, viewer.1.4);
        (post.viewer.patient.consent, post.viewer.patient.status, post.viewer.purpose) = (viewer.2, viewer.3, viewer.4);
        let PostFacts { record: said, .. } = &mut post;
        (said.sensitivity, said.own, said.target_own, said.link_own, said.delay_s) = record;
        let mut facts =
            EventFacts { has_document: event.0, emergency: event.1, phoned: event.2, ..EventFacts::UNKNOWN };
        (facts.order_type, facts.band, facts.has_nurse) = (event.3, event.4, event.5);
        (post, facts)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_book_in_force_repeats_every_ruling_exactly(posts in prop::collection::vec(any_post(), 1..40)) {
        let book = Arc::new(book());
        let report = replay_posts(&book, &book, &posts);
        let all = posts.len() as u64;
        prop_assert_eq!((report.events, report.own, report.repeated), (all, all, all));
        prop_assert!(report.changes.is_empty() && report.undetermined == 0, "{:?}", report);
        for (post, event) in &posts {
            let (judgement, etiquette, slots) = book.rule_on(post, event);
            let kept = book.slots_of(&book.ruling(&judgement, &slots)).expect("its own");
            prop_assert_eq!(book.etiquette(post.kind, &kept), etiquette, "duties and advice too");
        }
    }
}

#[test]
fn another_ruling_than_the_book_would_make_is_noticed() {
    let book = Arc::new(book());
    let post = facts("post note", "nurse team consent:team").post;
    let (mut ruling, fate) = ruled(&book, &post, &EventFacts::UNKNOWN);
    let wrong = book.rules().find(|(_, _, rule)| !ruling.cited.contains(&rule.citation)).expect("one").2;
    ruling.cited[0] = Arc::clone(&wrong.citation);
    let event = Event { id: id(1), kind: Kind::Note, corrected: None, fate, ruling: &ruling };
    assert_eq!(book.repeats(&event), Some(false));
}

#[test]
fn a_forbid_that_the_draft_adds_changes_the_verdicts_it_speaks_of_and_names_examples() {
    let past = load(shipped::VOCABULARY.text, "");
    let rest = "on = \"post:note\"\neffect = \"forbid\"\noverrides = []\nwhen = { \"actor.role\" = \"helper\" }";
    let draft = load(shipped::VOCABULARY.text, &local_rule("L-1", "share", rest));
    let post = |words: &str| (facts("post note", words).post, EventFacts::UNKNOWN);
    let (helper, nurse) = (post("helper team consent:team"), post("nurse team consent:team"));
    let posts: Vec<_> = std::iter::repeat_n(helper, 7).chain([nurse]).collect();
    let report = replay_posts(&past, &draft, &posts);
    assert_eq!((report.events, report.undetermined, report.own), (8, 0, 0));
    assert_eq!(report.changes.len(), 1);
    let change = &report.changes[&(Fate::Permit, Fate::Deny)];
    assert_eq!((change.count, change.examples.len(), change.examples[0]), (7, 5, id(1)));
    let words = report.in_words([&draft, &past]);
    assert!(words.en.contains("permitted -> refused: 7 (such as "), "{}", words.en);
    assert!(words.ja.contains("判定が「認める」から「断る」に変わる投稿：7 件"), "{}", words.ja);
}

#[test]
fn a_word_that_the_version_did_not_know_leaves_undetermined_what_hangs_on_it_and_nothing_else() {
    let past = load(&words_without("time.band"), "");
    let rest = "on = [\"post:message\", \"post:note\"]\neffect = \"forbid\"\noverrides = []\nwhen = { \"actor.role\" = \
                \"helper\", \"time.band\" = \"night\" }";
    let draft = load(shipped::VOCABULARY.text, &local_rule("L-1", "share", rest));
    let post = |what: &str, words: &str| (facts(what, words).post, EventFacts::UNKNOWN);
    let posts = [
        post("post message", "helper team consent:team"),
        // Nobody else is concerned, and nobody's vital signs.
        post("post message", "nurse team consent:team"),
        post("post vital", "helper team consent:team"),
        // Refused whatever the hour.
        post("post message", "helper"),
    ];
    let report = replay_posts(&past, &draft, &posts);
    assert_eq!((report.events, report.undetermined, report.changes.len()), (4, 1, 0), "{report:?}");
}

fn actor(number: u128, of: OrganisationType, role: Role) -> Actor {
    let (person, organisation) = (PersonId(Uuid::from_u128(number)), OrganisationId(Uuid::from_u128(100 + number)));
    Actor { person, role, organisation, organisation_type: of }
}

/// A timeline as the past made it, an entry at each of these minutes.
fn timeline(past: &Rulebook, said: Vec<(u64, Role, Body)>) -> Vec<Entry> {
    let entry = |(number, (minute, role, body)): (u64, (u64, Role, Body))| {
        let words = format!("{} team consent:team target-own", role.code());
        let post = facts(&format!("post {}", body.kind()), &words).post;
        let (ruling, fate) = ruled(past, &post, &EventFacts::UNKNOWN);
        assert_eq!(fate, Fate::Permit, "{} {}", role, body.kind());
        let (who, of) = match role {
            Role::Doctor => (1, OrganisationType::Clinic),
            _ => (2, OrganisationType::NursingStation),
        };
        Entry {
            id: id(number),
            timeline: TimelineId(Uuid::from_u128(7)),
            seq: Seq(number),
            device: None,
            author: actor(who, of, role),
            observed_at: None,
            recorded_at: MORNING.saturating_add(Duration::from_secs(minute * 60)),
            sensitivity: Sensitivity::Normal,
            addressed_to: Vec::new(),
            body,
            alarms: Vec::new(),
            target_scope: None,
            on_behalf: None,
            ruling,
        }
    };
    (1..).zip(said).map(entry).collect()
}

fn note() -> Body {
    Body::Note(Note::default())
}

fn acknowledged(number: u64) -> Body {
    Body::Acknowledgement(Acknowledgement { target: id(number), text: String::new() })
}

#[test]
fn duties_that_the_draft_adds_are_followed_through_the_acts_that_would_have_met_them() {
    let past = load(shipped::VOCABULARY.text, "");
    let rest = "on = \"post:note\"\nwhen = { \"actor.role\" = \"doctor\" }\nowed_by = { role = \"nurse\", each = true }\n\
                met_by = \"acknowledge\"\nwithin = \"4h\"\nescalate = [\"manager\", \"secretariat\"]";
    let draft = load(shipped::VOCABULARY.text, &local_rule("L-D", "duty", rest));
    let retracted = Retraction { target: id(5), reason: RetractionReason::Mistake, text: String::new() };
    let entries = timeline(
        &past,
        vec![
            (0, Role::Doctor, note()),
            (0, Role::Doctor, note()),
            (60, Role::Nurse, acknowledged(1)),
            // Her own note is nothing to her.
            (70, Role::Nurse, note()),
            (80, Role::Doctor, note()),
            (90, Role::Doctor, Body::Retraction(retracted)),
            (300, Role::Nurse, acknowledged(2)),
            (600, Role::Doctor, note()),
        ],
    );
    let (books, calendar) = ([past.clone()], Calendar::japan_with_placeholders());
    let mut replay = replay(&books, &draft, &calendar, 11);
    replay.timeline(&entries);
    replay.destroyed(2);
    let report = replay.finish();
    let counted = DutyCount { opened: 4, unconfirmed: 0, in_time: 1, late: 1, escalated: 1, ended: 1, undetermined: 1 };
    assert_eq!(report.duties.get("L-D"), Some(&counted));
    assert_eq!((report.events, report.destroyed, report.changes.len()), (8, 2, 0));
    let words = report.in_words([&draft, &past]);
    let told = "L-D \"Title\": 4 opened (1 in time, 1 late (escalated 1), 1 ended before, 1 not due yet or not told by the history)";
    assert!(words.en.contains(told), "{}", words.en);
    assert!(words.ja.contains("期限内 1、期限後 1（うち次の人へ知らせたもの 1）、途中で不要 1、"), "{}", words.ja);
    assert!(
        !words.ja.contains(" 0") && !words.ja.contains("未確認"),
        "nothing is told of what did not happen: {}",
        words.ja
    );
}

/// Two versions that share the rules which permit a note cite alike: what was in force then says who was asked what.
#[test]
fn what_was_in_force_then_is_asked_what_it_asked_for_and_nothing_else() {
    let before = load(shipped::VOCABULARY.text, "");
    let rest = "on = \"post:note\"\nwhen = { \"actor.role\" = \"doctor\" }\nowed_by = { role = \"nurse\", each = true }\n\
                met_by = \"acknowledge\"\nwithin = \"4h\"";
    let after = load(shipped::VOCABULARY.text, &local_rule("L-D", "duty", rest));
    let at = |minute: u64| MORNING.saturating_add(Duration::from_secs(minute * 60));
    let mut entries = timeline(&before, vec![(0, Role::Doctor, note()), (1, Role::Nurse, note())]);
    // Under the version after it nobody was there to owe it: nothing was opened.
    entries.extend(timeline(&after, vec![(90, Role::Doctor, note()), (91, Role::Doctor, note())]));
    for (number, entry) in (1..).zip(&mut entries) {
        (entry.id, entry.seq) = (id(number), Seq(number));
    }
    let calendar = Calendar::japan_with_placeholders();
    for books in [[before.clone(), after.clone()], [after.clone(), before.clone()]] {
        let place = |book: &Arc<Rulebook>| books.iter().position(|other| Arc::ptr_eq(other, book)).expect("it is one");
        let reigns = vec![(at(60), place(&after)), (Timestamp::MIN, place(&before))];
        let mut replay = replay(&books, &after, &calendar, 11).under(reigns);
        replay.timeline(&entries);
        let report = replay.finish();
        assert_eq!(report.duties["L-D"].opened, 1, "of the note before there was such a rule");
        assert_eq!((report.own, report.repeated), (2, 2), "what the version itself decided");
    }
}

#[test]
fn a_word_that_says_how_it_is_derived_is_derived_from_the_timeline() {
    let past = load(&words_without("order.medication_list_fresh"), "");
    let rest = "on = \"post:order\"\nrequire = { \"order.medication_list_fresh\" = true }";
    let draft = load(shipped::VOCABULARY.text, &local_rule("L-G", "gate", rest));
    let order = || Body::Order(Order::new(OrderType::ALL[0], "点滴").into());
    let list = Body::MedicationList(Box::default());
    let entries =
        timeline(&past, vec![(0, Role::Doctor, order()), (5, Role::Doctor, list), (10, Role::Doctor, order())]);
    let (books, calendar) = ([past], Calendar::japan_with_placeholders());
    let mut replay = replay(&books, &draft, &calendar, 1);
    replay.timeline(&entries);
    let report = replay.finish();
    assert_eq!(report.undetermined, 0);
    let held = &report.changes[&(Fate::Permit, Fate::Hold)];
    assert_eq!((held.count, &held.examples), (1, &vec![id(1)]), "the second order had a fresh list before it");
}
