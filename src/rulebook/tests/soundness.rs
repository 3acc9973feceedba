//! The evaluator against brute force: what it says under doubt must hold whatever the doubt turns out
//! to be, and what it says without doubt must be what a naive reading of the rules says. The naive
//! reading shares no code with the evaluator: it works on the model the rule text is printed from.

use std::fmt::Write as _;

use proptest::prelude::*;
use proptest::sample::subsequence;

use super::{digest, shipped};
use crate::domain::kind::Kind;
use crate::rulebook::ruleset::Interval;
use crate::rulebook::{Action, Judgement, Mistake, Problems, Rulebook, RulebookFiles, Slots, SourceFile, Verdict};

/// The fields random rules use, with the values of their model. Delays are in seconds.
const FIELDS: &[(&str, &[&str])] = &[
    ("actor.role", &["doctor", "nurse", "helper", "family"]),
    ("actor.on_team", &["false", "true"]),
    ("patient.consent", &["none", "team", "withdrawn"]),
    ("purpose", &["care", "admin", "training"]),
    ("record.own", &["false", "true"]),
    ("record.delay", &["0", "3600", "7200", "10800", "86400"]),
];
const DELAY: usize = 5;
const KINDS: &[Kind] = &[Kind::Vital, Kind::Note, Kind::Order];

/// Fields with the values wanted, as indexes of `FIELDS`.
type ModelClause = Vec<(usize, Vec<usize>)>;

#[derive(Debug, Clone)]
struct ModelRule {
    effect: &'static str,
    kinds: Vec<usize>,
    when: Vec<ModelClause>,
    unless: Vec<ModelClause>,
}

/// A value of every field.
type Event = [usize; FIELDS.len()];

fn holds(clause: &ModelClause, event: &Event) -> bool {
    clause.iter().all(|(field, values)| values.contains(&event[*field]))
}

fn applies(rule: &ModelRule, kind: usize, event: &Event) -> bool {
    let any = |clauses: &[ModelClause]| clauses.iter().any(|clause| holds(clause, event));
    rule.kinds.contains(&kind) && any(&rule.when) && !any(&rule.unless)
}

fn naive(rules: &[ModelRule], kind: usize, event: &Event) -> Verdict {
    let has = |effect: &str| rules.iter().any(|rule| rule.effect == effect && applies(rule, kind, event));
    match (has("forbid"), has("permit"), has("queue")) {
        (true, ..) => Verdict::Deny,
        (_, true, _) => Verdict::Permit,
        (_, _, true) => Verdict::Quarantine,
        _ => Verdict::Deny,
    }
}

fn any_clause(needs_role: bool) -> impl Strategy<Value = ModelClause> {
    let fields = subsequence((1..FIELDS.len()).collect::<Vec<_>>(), 0..=3);
    (fields, any::<bool>(), any::<u64>()).prop_map(move |(mut fields, with_role, seed)| {
        if needs_role || with_role || fields.is_empty() {
            fields.insert(0, 0);
        }
        let wanted = |field: &usize| {
            let count = FIELDS[*field].1.len();
            // Any set of values but none and all.
            let set = 1 + (seed >> (field * 7)) % ((1 << count) - 2);
            (*field, (0..count).filter(|value| set >> value & 1 == 1).collect())
        };
        fields.iter().map(wanted).collect()
    })
}

fn any_rule() -> impl Strategy<Value = ModelRule> {
    prop_oneof![3 => Just("permit"), 2 => Just("forbid"), 1 => Just("queue")].prop_flat_map(|effect| {
        let when = prop::collection::vec(any_clause(effect == "permit"), 1..=3);
        let unless = prop::collection::vec(any_clause(false), 0..=2);
        let kinds = subsequence((0..KINDS.len()).collect::<Vec<_>>(), 1..=KINDS.len());
        (kinds, when, unless).prop_map(move |(kinds, when, unless)| ModelRule { effect, kinds, when, unless })
    })
}

fn print_clause(clause: &ModelClause) -> String {
    let term = |(field, values): &(usize, Vec<usize>)| {
        let (name, all) = FIELDS[*field];
        let quote = |value: &usize| match *field {
            1 | 4 => all[*value].to_owned(),
            DELAY => format!("\"{}s\"", all[*value]),
            _ => format!("\"{}\"", all[*value]),
        };
        let highest = values.iter().max().copied().unwrap_or(0);
        // The same set in the other spellings the format has.
        let text = if *field == DELAY && values.len() == highest + 1 {
            format!("{{ under = \"{}s\" }}", all[highest].parse::<i64>().unwrap() + 1)
        } else if *field == 3 {
            let others: Vec<_> = (0..all.len()).filter(|value| !values.contains(value)).map(|at| quote(&at)).collect();
            format!("{{ not = [{}, \"statistics\"] }}", others.join(", "))
        } else {
            format!("[{}]", values.iter().map(quote).collect::<Vec<_>>().join(", "))
        };
        format!("\"{name}\" = {text}")
    };
    format!("{{ {} }}", clause.iter().map(term).collect::<Vec<_>>().join(", "))
}

/// All rules stand in one floor: only there may rules queue.
fn print(rules: &[ModelRule]) -> String {
    let mut text = super::HEADER.replace("layer = \"sharing\"", "layer = \"floor\"");
    for (number, rule) in rules.iter().enumerate() {
        let kinds: Vec<_> = rule.kinds.iter().map(|kind| format!("\"post:{}\"", KINDS[*kind].code())).collect();
        let list = |clauses: &[ModelClause]| clauses.iter().map(print_clause).collect::<Vec<_>>().join(", ");
        write!(
            text,
            "[[rule]]\nid = \"R-{number}\"\nkind = \"share\"\nstrength = \"must\"\norigin = \"proposal\"\nja = \"題\"\n\
             en = \"Title\"\nreason = {{ ja = \"理由\", en = \"reason\" }}\neffect = \"{}\"\non = [{}]\nwhen = [{}]\n",
            rule.effect,
            kinds.join(", "),
            list(&rule.when)
        )
        .unwrap();
        if !rule.unless.is_empty() {
            writeln!(text, "unless = [{}]", list(&rule.unless)).unwrap();
        }
        if rule.effect == "forbid" {
            writeln!(text, "overrides = []").unwrap();
        }
    }
    text
}

fn load(rules: &[ModelRule]) -> Result<Rulebook, Problems> {
    let text = print(rules);
    let sets = vec![SourceFile { name: "random.toml", text: &text }];
    Rulebook::load(&RulebookFiles { vocabulary: shipped::VOCABULARY, sets }, digest)
}

/// Slots in which each field of the model may have any of the given values.
fn slots(book: &Rulebook, possible: &[Vec<usize>]) -> Slots {
    let mut slots = Slots::unknown(&book.grid, book.vocabulary.fields.len());
    for ((name, values), given) in FIELDS.iter().zip(possible) {
        let field = book.vocabulary.find_field(name).unwrap();
        if let Some(number) = book.vocabulary.fields[field].number() {
            let seconds = |at: Option<&usize>| values[*at.unwrap()].parse().unwrap();
            let interval = Interval { low: seconds(given.iter().min()), high: seconds(given.iter().max()) };
            slots.set_interval(field, number, interval, &book.grid);
        } else {
            let bit = |value: &usize| match &book.vocabulary.fields[field].values {
                crate::rulebook::vocabulary::Values::Choice(lexicon) => lexicon.find(values[*value]).unwrap(),
                _ => 1 << value,
            };
            slots.set(field, given.iter().map(bit).fold(0, |set, bit| set | bit), &book.grid);
        }
    }
    slots
}

fn every_event(possible: &[Vec<usize>]) -> Vec<Event> {
    possible.iter().enumerate().fold(vec![[0; FIELDS.len()]], |events, (field, values)| {
        let with = |event: &Event, value: usize| {
            let mut event = *event;
            event[field] = value;
            event
        };
        events.iter().flat_map(|event| values.iter().map(move |value| with(event, *value))).collect()
    })
}

fn by_forbid(book: &Rulebook, judgement: &Judgement) -> bool {
    judgement.verdict == Verdict::Deny && book.rule(judgement.cited.as_slice()[0]).is_some()
}

fn any_possible() -> impl Strategy<Value = Vec<Vec<usize>>> {
    FIELDS
        .iter()
        .enumerate()
        .map(|(field, (_, values))| {
            let all: Vec<_> = (0..values.len()).collect();
            if field == DELAY {
                // An interval of the number line holds every value between its ends.
                (0..values.len(), 0..values.len()).prop_map(|(a, b)| (a.min(b)..=a.max(b)).collect()).boxed()
            } else {
                prop_oneof![2 => subsequence(all.clone(), 1), 1 => subsequence(all, 1..=values.len())].boxed()
            }
        })
        .collect::<Vec<_>>()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, ..ProptestConfig::default() })]

    #[test]
    fn verdicts_without_doubt_are_naive_and_under_doubt_are_sound(
        rules in prop::collection::vec(any_rule(), 1..8),
        doubts in prop::collection::vec(any_possible(), 12),
    ) {
        let everything: Vec<Vec<usize>> = FIELDS.iter().map(|(_, values)| (0..values.len()).collect()).collect();
        let book = match load(&rules) {
            Ok(book) => book,
            Err(Problems(problems)) => {
                // The only mistake a random rule can have: some clause is covered by the exceptions.
                for problem in &problems {
                    prop_assert!(matches!(problem.mistake, Mistake::NeverApplies { .. }), "{}\n{}", problem, print(&rules));
                }
                let dead = |rule: &ModelRule| rule.when.iter().any(|clause| {
                    let alone = ModelRule { when: vec![clause.clone()], ..rule.clone() };
                    !every_event(&everything).iter().any(|event| applies(&alone, rule.kinds[0], event))
                });
                prop_assert!(rules.iter().any(dead), "refused without reason: {}", print(&rules));
                return Ok(());
            }
        };
        for possible in &doubts {
            let doubtful = slots(&book, possible);
            for (at, kind) in KINDS.iter().enumerate() {
                let judged = book.judge(Action::Post, *kind, &doubtful);
                let mut some_forbid = false;
                for event in every_event(possible) {
                    let exact: Vec<_> = event.iter().map(|value| vec![*value]).collect();
                    let judgement = book.judge(Action::Post, *kind, &slots(&book, &exact));
                    let truth = naive(&rules, at, &event);
                    prop_assert_eq!(judgement.verdict, truth, "{:?} {:?}\n{}", kind, event, print(&rules));
                    some_forbid |= by_forbid(&book, &judgement);
                    match judged.verdict {
                        Verdict::Permit => prop_assert_eq!(truth, Verdict::Permit, "a permit needs certainty"),
                        Verdict::Quarantine => prop_assert!(!by_forbid(&book, &judgement), "a forbid fires on doubt"),
                        Verdict::Deny if by_forbid(&book, &judged) => {}
                        Verdict::Deny => prop_assert_ne!(truth, Verdict::Quarantine, "nothing queued is lost"),
                    }
                }
                prop_assert!(!some_forbid || by_forbid(&book, &judged), "a forbid fires on doubt");
            }
        }
    }
}

#[test]
fn contradictory_facts_are_denied_as_an_error() {
    let book = super::book();
    let mut slots = Slots::unknown(&book.grid, book.vocabulary.fields.len());
    slots.set(0, 0, &book.grid);
    for action in [Action::View, Action::Post] {
        let judgement = book.judge(action, Kind::Vital, &slots);
        assert_eq!(judgement.verdict, Verdict::Deny);
        assert_eq!(judgement.cited.as_slice(), [crate::rulebook::RuleRef::EVALUATION_ERROR]);
    }
    assert!(book.views.mask(&slots).is_empty());
}

/// What one rule does with a post, as a row of the three-valued table.
fn asked_of(book: &Rulebook, kind: Kind, slots: &Slots, id: &str) -> &'static str {
    let rule = book.rules().find(|(_, _, rule)| rule.id == id).expect("the rule").0;
    let found = book.etiquette(kind, slots);
    if found.held.iter().any(|held| held.rule == rule) {
        "held"
    } else if found.excepted.contains(&rule) {
        "excepted"
    } else if let Some(duty) = found.duties.iter().find(|duty| duty.rule == rule) {
        if duty.confirmed { "owed" } else { "perhaps" }
    } else if found.advice.iter().any(|advice| advice.rule == rule) {
        "advised"
    } else {
        "nothing"
    }
}

/// A gate with exceptions, a duty and a nudge over the same random conditions.
fn print_etiquette(
    when: &[ModelClause],
    unless: &[ModelClause],
    require: &[ModelClause],
    pass_if: &[ModelClause],
) -> String {
    let list = |clauses: &[ModelClause]| clauses.iter().map(print_clause).collect::<Vec<_>>().join(", ");
    let item = |id: &str, kind: &str, rest: &str| {
        let unless = if unless.is_empty() { String::new() } else { format!("unless = [{}]\n", list(unless)) };
        format!(
            "[[rule]]\nid = \"{id}\"\nkind = \"{kind}\"\nstrength = \"must\"\norigin = \"proposal\"\nja = \"題\"\nen = \
             \"Title\"\nreason = {{ ja = \"理由\", en = \"reason\" }}\non = \"post:order\"\nwhen = [{}]\n{unless}{rest}\n",
            list(when)
        )
    };
    let gate = format!("require = [{}]\npass_if = [{}]", list(require), list(pass_if));
    let duty = "owed_by = \"nurse\"\nmet_by = \"acknowledge\"\nwithin = \"4h\"";
    let header = super::HEADER.replace("layer = \"sharing\"", "layer = \"floor\"");
    format!(
        "{header}{}{}{}",
        item("R-G", "gate", &gate),
        item("R-D", "duty", duty),
        item("R-N", "nudge", "advise = \"author\"")
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    /// A gate holds if any turn of the doubt would hold; a duty opens if any would open it and is confirmed only if all
    /// would; advice is given only if all would give it.
    #[test]
    fn gates_duties_and_nudges_are_naive_without_doubt_and_sound_under_it(
        when in prop::collection::vec(any_clause(false), 1..=2),
        unless in prop::collection::vec(any_clause(false), 0..=1),
        require in prop::collection::vec(any_clause(false), 1..=2),
        pass_if in prop::collection::vec(any_clause(false), 1..=2),
        doubts in prop::collection::vec(any_possible(), 8),
    ) {
        let text = print_etiquette(&when, &unless, &require, &pass_if);
        let sets = vec![SourceFile { name: "random.toml", text: &text }];
        // Conditions that can never hold, or gates that hold nothing, are refused; that is tested elsewhere.
        let Ok(book) = Rulebook::load(&RulebookFiles { vocabulary: shipped::VOCABULARY, sets }, digest) else { return Ok(()) };
        let any = |clauses: &[ModelClause], event: &Event| clauses.iter().any(|clause| holds(clause, event));
        for possible in &doubts {
            let doubtful = slots(&book, possible);
            let ask = |id| asked_of(&book, Kind::Order, &doubtful, id);
            let (mut held, mut owed, mut spared) = (false, false, false);
            for event in every_event(possible) {
                let exact: Vec<_> = event.iter().map(|value| vec![*value]).collect();
                let exact = slots(&book, &exact);
                let applies = any(&when, &event) && !any(&unless, &event);
                let gate = match (applies && !any(&require, &event), any(&pass_if, &event)) {
                    (false, _) => "nothing",
                    (true, true) => "excepted",
                    (true, false) => "held",
                };
                prop_assert_eq!(asked_of(&book, Kind::Order, &exact, "R-G"), gate, "{:?}\n{}", event, text);
                let duty = if applies { "owed" } else { "nothing" };
                prop_assert_eq!(asked_of(&book, Kind::Order, &exact, "R-D"), duty, "{:?}\n{}", event, text);
                let advice = if applies { "advised" } else { "nothing" };
                prop_assert_eq!(asked_of(&book, Kind::Order, &exact, "R-N"), advice, "{:?}\n{}", event, text);
                held |= gate == "held";
                owed |= applies;
                spared |= !applies;
            }
            prop_assert!(!held || ask("R-G") == "held", "a gate holds on doubt");
            prop_assert!(!owed || ask("R-D") != "nothing", "a duty opens on doubt");
            prop_assert!(!spared || ask("R-D") != "owed", "and is confirmed only without");
            prop_assert!(!spared || ask("R-N") == "nothing", "a nudge keeps silent on doubt");
        }
    }
}
