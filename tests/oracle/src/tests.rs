//! Hub and second reading, side by side over random events; and that a mistake in any rule would not go unnoticed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{fs, thread};

use crate::event::{Draw, Event, Range};
use crate::hub::Hub;
use crate::mistakes::mistakes;
use crate::opinion::{Holds, Opinion, Outcome};
use crate::rules::{self, Does, Rule};
use crate::words::Words;

const EVENTS: usize = 200_000;
/// Lots of one seed each, so that the events do not depend on how many cores share them.
const LOTS: usize = 40;
/// How often each part of a rule must have held, and not held though asked.
const MET_MIN: usize = 100;
/// Events aimed at a rule before a mistake in it counts as unnoticed.
const AIMED: usize = 1_500;

/// The files as the hub ships them.
struct Files {
    words: Words,
    rules: Vec<Rule>,
}

impl Files {
    fn read() -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rulebooks");
        let words = Words::read(&fs::read_to_string(folder.join("vocabulary.toml")).expect("the vocabulary"));
        let paths = fs::read_dir(folder).expect("the shipped rulebooks").map(|entry| entry.expect("a file").path());
        let is_set =
            |path: &PathBuf| path.extension().is_some_and(|end| end == "toml") && !path.ends_with("vocabulary.toml");
        let sets: Vec<String> =
            paths.filter(is_set).map(|path| fs::read_to_string(path).expect("a rule file")).collect();
        let rules = rules::read(&sets, &words);
        Self { words, rules }
    }

    fn range(&self) -> Range {
        Range::new(&self.rules, &self.words, &Hub::start(&self.words).told)
    }
}

/// What came of some of the events.
#[derive(Default)]
struct Tally {
    /// How often each part held and did not, of the events that asked it and left no doubt.
    held: BTreeMap<String, usize>,
    silent: BTreeMap<String, usize>,
    doubtful: usize,
    turns: usize,
    differences: Vec<String>,
}

impl Tally {
    fn count(&mut self, event: &Event, holds: &Holds, opinion: &Opinion<'_>, range: &Range) {
        if !range.is_certain(event) {
            self.doubtful += 1;
            self.turns += range.all_turns(event).len();
            return;
        }
        for part in opinion.parts_about(&event.action) {
            let count = if holds.certainly.contains(part) { &mut self.held } else { &mut self.silent };
            *count.entry(part.to_owned()).or_default() += 1;
        }
    }

    fn add(&mut self, other: Self) {
        for (sum, counts) in [(&mut self.held, other.held), (&mut self.silent, other.silent)] {
            for (part, count) in counts {
                *sum.entry(part).or_default() += count;
            }
        }
        self.doubtful += other.doubtful;
        self.turns += other.turns;
        self.differences.extend(other.differences);
    }
}

/// Runs `work` on 0, 1, … up to `count`, on all cores, each beside a hub of its own.
fn on_all_cores<T: Send>(count: usize, words: &Words, work: impl Fn(&mut Hub<'_>, usize) -> T + Sync) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let take = || {
        let (mut hub, mut done) = (Hub::start(words), Vec::new());
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            if at >= count {
                return done;
            }
            done.push(work(&mut hub, at));
        }
    };
    let cores = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        let running: Vec<_> = (0..cores).map(|_| scope.spawn(take)).collect();
        running.into_iter().flat_map(|running| running.join().expect("no thread panics")).collect()
    })
}

#[test]
fn hub_and_second_reading_agree_on_every_event() {
    let files = Files::read();
    let range = files.range();
    let opinion = Opinion::new(&files.rules, &files.words, &range);
    let lots = on_all_cores(LOTS, &files.words, |hub, lot| {
        let (mut draw, mut tally) = (Draw(lot as u64), Tally::default());
        let aimed_at = files.rules.iter().cycle().take(EVENTS / LOTS);
        let events: Vec<Event> = aimed_at.map(|rule| range.aim(rule, &mut draw)).collect();
        for (event, said) in events.iter().zip(hub.outcomes(&events)) {
            let holds = opinion.holds(event);
            let expected = opinion.outcome(event, &holds);
            if said != expected {
                let told = range.told(event, &files.words);
                tally.differences.push(format!("{told}\n  the hub    {said:?}\n  the second {expected:?}"));
            }
            tally.count(event, &holds, &opinion, &range);
        }
        tally
    });
    let mut tally = Tally::default();
    lots.into_iter().for_each(|lot| tally.add(lot));
    let (differing, first) = (tally.differences.len(), tally.differences.iter().take(5));
    assert!(differing == 0, "{differing} differences, such as\n{}", first.cloned().collect::<Vec<_>>().join("\n"));
    every_part_was_met(&files.rules, &tally);
    println!("{EVENTS} events, {} of them in doubt with {} turns: no difference", tally.doubtful, tally.turns);
}

fn every_part_was_met(rules: &[Rule], tally: &Tally) {
    let mut lacking = Vec::new();
    for rule in rules {
        let counted = |counts: &BTreeMap<String, usize>, part: &str| counts.get(part).copied().unwrap_or(0);
        let mut parts = vec![(rule.id.clone(), !rule.is_unconditional())];
        match &rule.does {
            Does::Gate { pass_if, .. } => {
                parts[0].1 = rule.when.iter().all(|clause| !clause.is_empty()) || !rule.unless.is_empty();
                parts.push((format!("{} require", rule.id), true));
                parts.extend((!pass_if.is_empty()).then(|| (format!("{} pass_if", rule.id), true)));
            }
            Does::Standing { paused_when } if !paused_when.is_empty() => {
                parts.push((format!("{} paused", rule.id), true));
            }
            _ => {}
        }
        for (part, can_be_silent) in parts {
            let (held, silent) = (counted(&tally.held, &part), counted(&tally.silent, &part));
            if held < MET_MIN || can_be_silent && silent < MET_MIN {
                lacking.push(format!("{part}: held {held} times, not {silent} times"));
            }
        }
    }
    assert!(lacking.is_empty(), "not met {MET_MIN} times each way:\n{}", lacking.join("\n"));
}

/// Mistakes that change nothing anybody could see, and why: by rule (any, if empty) and what is said of it.
const HIDDEN: [(&str, &str, &str); 8] = [
    ("", "when: purpose is not asked", "FL-19 forbids every other purpose"),
    ("", "when: purpose takes \"statistics\", too", "FL-19 forbids that purpose"),
    ("FL-1", "when: actor.role takes \"care_manager\", too", "they come in by another alternative of the rule"),
    ("FL-4", "when: actor.role takes \"care_manager\", too", "they come in by another alternative of the rule"),
    ("FL-21", "when: actor.role takes \"care_manager\", too", "they come in by another alternative of the rule"),
    ("SH-4b", "when: target.visible is not asked", "FL-6 forbids what would come in"),
    ("FL-4", "when: target.own is not asked", "FL-5 forbids what would come in"),
    ("", "paused_when: patient.stay takes \"deceased\", too", "nobody is reminded of a patient who died anyway"),
];

#[test]
fn a_mistake_in_any_part_of_any_rule_is_noticed() {
    let files = Files::read();
    let range = files.range();
    let opinion = Opinion::new(&files.rules, &files.words, &range);
    let tried = on_all_cores(files.rules.len(), &files.words, |hub, at| {
        let rule = &files.rules[at];
        let mut draw = Draw(at as u64);
        let events: Vec<Event> = (0..AIMED).map(|_| range.aim(rule, &mut draw)).collect();
        let said = hub.outcomes(&events);
        let notices = |mistaken: &Opinion<'_>, events: &[Event], said: &[Outcome]| {
            events.iter().zip(said).any(|(event, said)| mistaken.outcome(event, &mistaken.holds(event)) != *said)
        };
        let all = mistakes(rule, &files.words);
        let unnoticed = all.iter().filter(|(_, changed)| !notices(&opinion.with(at, changed.clone()), &events, &said));
        // Aimed at the mistake itself, what the rule's own events met too seldom is met.
        let unnoticed = unnoticed.filter(|(_, changed)| {
            let Some(mistaken) = changed else { return true };
            let events: Vec<Event> = (0..AIMED).map(|_| range.aim(mistaken, &mut draw)).collect();
            !notices(&opinion.with(at, changed.clone()), &events, &hub.outcomes(&events))
        });
        (all.len(), unnoticed.map(|(what, _)| (rule.id.clone(), what.clone())).collect::<Vec<_>>())
    });
    let count: usize = tried.iter().map(|(count, _)| count).sum();
    let mut hidden = BTreeSet::new();
    let mut unnoticed = Vec::new();
    for (id, what) in tried.into_iter().flat_map(|(_, unnoticed)| unnoticed) {
        let known = |(rule, said, _): &(&str, &str, &str)| (rule.is_empty() || *rule == id) && *said == what;
        match HIDDEN.iter().position(known) {
            Some(known) => drop(hidden.insert(known)),
            None => unnoticed.push(format!("{id}: {what}")),
        }
    }
    assert!(unnoticed.is_empty(), "{} of {count} mistakes unnoticed:\n{}", unnoticed.len(), unnoticed.join("\n"));
    assert_eq!(hidden.len(), HIDDEN.len(), "what is called hidden is noticed: {hidden:?}");
    println!("{count} mistakes in {} rules, all noticed that change anything", files.rules.len());
}

#[test]
fn the_second_reading_has_the_rules_of_the_hub_in_its_order() {
    let files = Files::read();
    let own: Vec<&String> = files.rules.iter().map(|rule| &rule.id).collect();
    assert_eq!(own, Hub::start(&files.words).rules.iter().collect::<Vec<_>>());
}

/// A word that the hub is not told of is unknown in every event: judged soundly, but never for certain.
#[test]
fn the_hub_is_told_of_every_word_that_a_rule_uses() {
    let files = Files::read();
    let told = Hub::start(&files.words).told.clone();
    let used = files.rules.iter().flat_map(Rule::terms).map(|term| &files.words.fields[term.field].name);
    let untold: BTreeSet<&String> = used.filter(|name| !told.contains(*name)).collect();
    assert!(untold.is_empty(), "add a line to tests/oracle/hub/main.rs for {untold:?}");
}
