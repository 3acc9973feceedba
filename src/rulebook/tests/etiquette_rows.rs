//! Every shipped gate, duty, nudge, standing rule and pledge: where it speaks and where it does not.
//! A rule, clause, exception or alternative without its row fails. Unsaid facts are `false`, the first
//! choice, or nought; `?fact` is unknown.

use super::book;
use super::rows::facts;
use crate::domain::role::Role;
use crate::domain::time::Timestamp;
use crate::rulebook::event::{EVENT_SOURCES, EventFacts};
use crate::rulebook::ruleset::{Clause, Interval};
use crate::rulebook::vocabulary::Values;
use crate::rulebook::words::{Audience, Per, Pledger};
use crate::rulebook::{Mechanism, Rule, RuleRef, Rulebook, Slots};

/// `rule kind facts => outcome`.
const ROWS: &str = include_str!("etiquette_rows.txt");

struct Row {
    rule: &'static str,
    kind: &'static str,
    facts: Vec<&'static str>,
    outcome: &'static str,
    line: &'static str,
}

fn rows() -> Vec<Row> {
    let lines = ROWS.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
    let read = |line: &'static str| {
        let (said, outcome) = line.split_once("=>").unwrap_or_else(|| panic!("row: {line}"));
        let mut words = said.split_whitespace();
        let (rule, kind) = (words.next().expect("a rule"), words.next().expect("a kind"));
        Row { rule, kind, facts: words.collect(), outcome: outcome.trim(), line }
    };
    lines.map(read).collect()
}

/// Sets one fact of the event: `fact`, `fact=value`, `?fact`.
fn set(book: &Rulebook, slots: &mut Slots, word: &str) {
    let (unknown, word) = word.strip_prefix('?').map_or((false, word), |word| (true, word));
    let (name, value) = word.split_once('=').unwrap_or((word, "true"));
    let at = book.vocabulary.find_field(name).unwrap_or_else(|| panic!("no fact {name}"));
    let field = &book.vocabulary.fields[at];
    match (&field.values, field.number()) {
        (_, None) if unknown => slots.set(at, book.grid.domain(at), &book.grid),
        (_, Some(number)) if unknown => slots.set_interval(at, number, Interval::ALL, &book.grid),
        (_, Some(number)) => {
            let value = Interval::exactly(value.parse().expect("a number"));
            slots.set_interval(at, number, value, &book.grid);
        }
        (Values::Choice(lexicon), None) => {
            let found = lexicon.find(value).unwrap_or_else(|| panic!("no value {value} of {name}"));
            slots.set(at, found, &book.grid);
        }
        _ => slots.set(at, if value == "true" { 0b10 } else { 0b01 }, &book.grid),
    }
}

fn settle(book: &Rulebook, slots: &mut Slots, words: &[&str]) {
    let told = EVENT_SOURCES.iter().map(|source| source.field);
    let of_the_past = book.vocabulary.fields.iter().map(|field| field.code.as_str());
    let of_the_past = of_the_past.filter(|code| book.vocabulary.place_in_past(code).is_some());
    for code in told.chain(of_the_past) {
        let at = book.vocabulary.find_field(code).expect("a word for every fact");
        match book.vocabulary.fields[at].number() {
            Some(number) => slots.set_interval(at, number, Interval::exactly(0), &book.grid),
            None => slots.set(at, 1, &book.grid),
        }
    }
    words.iter().filter(|word| word.contains('.')).for_each(|word| set(book, slots, word));
}

fn slots_of(book: &Rulebook, row: &Row) -> Slots {
    let plain: Vec<_> = row.facts.iter().copied().filter(|word| !word.contains('.')).collect();
    let is_state = ["patient", "organisation", "pair", "pledge"].contains(&row.kind);
    let post = facts(&format!("post {}", if is_state { "note" } else { row.kind }), &plain.join(" ")).post;
    let mut slots = if is_state {
        book.slots_of_state(post.viewer.patient, &EventFacts::UNKNOWN)
    } else {
        book.slots_of_event(&post, &EventFacts::UNKNOWN)
    };
    settle(book, &mut slots, &row.facts);
    slots
}

fn outcome(book: &Rulebook, rule: RuleRef, row: &Row, slots: &Slots) -> &'static str {
    let per = match row.kind {
        "patient" => Some(Per::Patient),
        "organisation" => Some(Per::Organisation),
        "pair" => Some(Per::Pair),
        _ => None,
    };
    if let Some(per) = per {
        let found = book.standing.ask(per, slots).into_iter().find(|implied| implied.rule == rule);
        return found.map_or("none", |implied| match implied {
            _ if implied.paused => "paused",
            _ if implied.confirmed => "kept",
            _ => "unconfirmed",
        });
    }
    if row.kind == "pledge" {
        let role = Role::from_code(row.facts[0]).expect("a role");
        let by = |by| book.pledges_due(by, role, &[], Timestamp::EPOCH).iter().any(|due| due.rule == rule);
        return if by(Pledger::Person) {
            "person"
        } else if by(Pledger::Organisation) {
            "office"
        } else {
            "none"
        };
    }
    let kind = crate::domain::kind::Kind::from_code(row.kind).expect("a kind");
    let found = book.etiquette(kind, slots);
    if let Some(held) = found.held.iter().find(|held| held.rule == rule) {
        return if held.reason_ok { "held" } else { "held without way out" };
    }
    if found.excepted.contains(&rule) {
        return "excepted";
    }
    if let Some(duty) = found.duties.iter().find(|duty| duty.rule == rule) {
        return if duty.confirmed { "duty" } else { "unconfirmed" };
    }
    found.advice.iter().find(|advice| advice.rule == rule).map_or("none", |advice| match advice.audience {
        Audience::Author => "author",
        Audience::Nurse => "nurse",
        Audience::Secretariat => "secretariat",
    })
}

fn find<'a>(book: &'a Rulebook, id: &str) -> (RuleRef, &'a Rule) {
    let found = book.rules().find(|(_, _, rule)| rule.id == id).unwrap_or_else(|| panic!("no rule {id}"));
    (found.0, found.2)
}

#[test]
fn every_row_has_its_outcome() {
    let book = book();
    for row in rows() {
        let (rule, _) = find(&book, row.rule);
        assert_eq!(outcome(&book, rule, &row, &slots_of(&book, &row)), row.outcome, "{}", row.line);
    }
}

/// Whether all terms of a clause are certain.
fn holds(book: &Rulebook, clause: &Clause, slots: &Slots) -> bool {
    let sides = book.grid.sides(&book.vocabulary, clause);
    sides.iter().all(|(field, set)| slots.possible(*field) & !set == 0)
}

#[test]
fn every_rule_clause_exception_and_alternative_has_its_row() {
    let (book, rows) = (book(), rows());
    let mut lacking = Vec::new();
    for (_, set, rule) in book.rules().filter(|(_, _, rule)| rule.mechanism.share().is_none()) {
        let own: Vec<_> =
            rows.iter().filter(|row| row.rule == rule.id).map(|row| (row, slots_of(&book, row))).collect();
        let speaks = |row: &Row| !["none", "excepted", "paused"].contains(&row.outcome);
        let mut need = |what: &str, is_there: bool| {
            if !is_there {
                lacking.push(format!("{} ({}): {what}", rule.id, set.id));
            }
        };
        need("a row where it speaks", own.iter().any(|(row, _)| speaks(row)));
        // A rule without condition speaks of every post of its kind: there is no other case.
        let [when, unless, pass_if, require, paused]: [&[Clause]; 5] = match &rule.mechanism {
            Mechanism::Gate(it) => [&it.applies.when, &it.applies.unless, &it.pass_if, &it.require, &[]],
            Mechanism::Duty(it) => [&it.applies.when, &it.applies.unless, &[], &[], &[]],
            Mechanism::Nudge(it) => [&it.applies.when, &it.applies.unless, &[], &[], &[]],
            Mechanism::Standing(it) => [&it.when, &it.unless, &[], &[], &it.paused_when],
            Mechanism::Pledge(_) | Mechanism::Share(_) => [&[], &[], &[], &[], &[]],
        };
        let unconditional = when.iter().all(|clause| clause.terms.is_empty()) && require.is_empty();
        need("a row where it does not", unconditional || own.iter().any(|(row, _)| row.outcome == "none"));
        let shown = |clause: &Clause, fits: &dyn Fn(&Row) -> bool| {
            own.iter().any(|(row, slots)| fits(row) && holds(&book, clause, slots))
        };
        for (what, clauses, fits) in [
            ("clause", when, &speaks as &dyn Fn(&Row) -> bool),
            ("exception", unless, &|row: &Row| row.outcome == "none"),
            ("pass_if", pass_if, &|row: &Row| row.outcome == "excepted"),
            ("alternative", require, &|row: &Row| row.outcome == "none"),
            ("pause", paused, &|row: &Row| row.outcome == "paused"),
        ] {
            for (number, clause) in clauses.iter().enumerate() {
                need(&format!("a row for {what} {}", number + 1), shown(clause, fits));
            }
        }
    }
    assert!(lacking.is_empty(), "{}", lacking.join("\n"));
}

#[test]
fn the_twenty_two_items_are_all_there_with_their_weight() {
    let book = book();
    let set = book.sets().iter().find(|set| set.id == "etiquette-doctor-nurse").expect("the set");
    let mut items: Vec<(&str, crate::rulebook::Strength)> = Vec::new();
    for rule in &set.rules {
        let item = rule.id.trim_end_matches(|sign: char| sign.is_ascii_lowercase());
        let weight = rule.strength;
        match items.iter().find(|(known, _)| *known == item) {
            // A second mechanism of an item may weigh less than the item, never more.
            Some((_, known)) => assert!(*known == crate::rulebook::Strength::Must || *known == weight, "{}", rule.id),
            None => items.push((item, weight)),
        }
    }
    let must = items.iter().filter(|(_, weight)| *weight == crate::rulebook::Strength::Must).count();
    assert_eq!((items.len(), must), (22, 9), "{items:?}");
}

#[test]
fn every_fact_of_an_event_is_read_into_its_own_slot() {
    let book = book();
    let post = facts("post note", "nurse").post;
    let blank = book.slots_of_event(&post, &EventFacts::UNKNOWN);
    for source in EVENT_SOURCES {
        let at = book.vocabulary.find_field(source.field).expect("a word");
        assert_eq!(blank.possible(at), book.grid.domain(at), "{} is unknown until somebody says it", source.field);
    }
    let known = EventFacts { phoned: crate::rulebook::Known::Is(true), ..EventFacts::UNKNOWN };
    let filled = book.slots_of_event(&post, &known);
    let changed =
        book.vocabulary.fields.iter().enumerate().filter(|(at, _)| filled.possible(*at) != blank.possible(*at));
    let changed: Vec<_> = changed.map(|(_, field)| field.code.as_str()).collect();
    assert_eq!(changed, ["record.phoned"]);
}
