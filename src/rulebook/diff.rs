//! What changed from one rulebook to another, in words people agreed on, not in TOML. Shown before a draft is
//! proposed, and on the sheet that is signed.

use super::book::Rulebook;
use super::groups::{Meaning, meanings};
use super::ruleset::{Rule, Ruleset, Signatory};
use super::vocabulary::Vocabulary;
use super::wording::{Line, lines};
use crate::domain::text::Text;

/// What changed from one book to another.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Difference {
    /// Sets of which more than rules changed: their heads.
    pub sets: Vec<SetChange>,
    pub rules: Vec<RuleChange>,
}

impl Difference {
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sets.is_empty() && self.rules.is_empty()
    }
}

/// One set with another head: its name, its day, who agrees to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetChange {
    pub set: String,
    pub title: Text,
    pub what: Change,
}

/// One changed rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleChange {
    pub rule: String,
    pub set: String,
    pub title: Text,
    pub what: Change,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    Added(Vec<Line>),
    Removed,
    /// Line by line: what it was, what it is.
    Changed(Vec<LineChange>),
}

/// A line that only one side has stands alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineChange {
    pub before: Option<Line>,
    pub after: Option<Line>,
}

/// What differs, in the order of the new book; what was removed last.
#[must_use]
pub fn diff(before: &Rulebook, after: &Rulebook) -> Difference {
    Difference { sets: sets_of(before, after), rules: rules_of(before, after) }
}

fn sets_of(before: &Rulebook, after: &Rulebook) -> Vec<SetChange> {
    let change = |set: &Ruleset, what| SetChange { set: set.id.clone(), title: set.title.clone(), what };
    let find = |book: &Rulebook, set: &Ruleset| book.sets().iter().find(|other| other.id == set.id).cloned();
    let mut changes = Vec::new();
    for set in after.sets() {
        let now = head(set, after.vocabulary());
        match find(before, set) {
            None => changes.push(change(set, Change::Added(now))),
            Some(old) => {
                let changed = compare(head(&old, before.vocabulary()), now);
                if !changed.is_empty() {
                    changes.push(change(set, Change::Changed(changed)));
                }
            }
        }
    }
    let gone = before.sets().iter().filter(|set| find(after, set).is_none());
    changes.extend(gone.map(|set| change(set, Change::Removed)));
    changes
}

fn rules_of(before: &Rulebook, after: &Rulebook) -> Vec<RuleChange> {
    let mut changes = Vec::new();
    for (_, set, rule) in after.rules() {
        let now = all_lines(rule, after);
        let what = match find(before, rule) {
            None => Change::Added(now),
            Some(old) => {
                let changed = compare(all_lines(old, before), now);
                // A group that gained or lost a word reads the same and means something else.
                let meant = compare(meanings_of(old, before), meanings_of(rule, after)).into_iter();
                let meant = meant.filter(|line| line.before.is_some() && line.after.is_some());
                let changed: Vec<LineChange> = changed.into_iter().chain(meant).collect();
                if changed.is_empty() {
                    continue;
                }
                Change::Changed(changed)
            }
        };
        changes.push(RuleChange { rule: rule.id.clone(), set: set.id.clone(), title: rule.title.clone(), what });
    }
    for (_, set, rule) in before.rules().filter(|(_, _, rule)| find(after, rule).is_none()) {
        let (rule, title) = (rule.id.clone(), rule.title.clone());
        changes.push(RuleChange { rule, set: set.id.clone(), title, what: Change::Removed });
    }
    changes
}

/// The head of a set. Its version is no matter of substance: it changes with everything.
fn head(set: &Ruleset, vocabulary: &Vocabulary) -> Vec<Line> {
    let line = |ja, en, says| Line { about: Text::fixed(ja, en), says };
    let role = |code: &str| {
        let entry = vocabulary.roles.position(code).and_then(|at| vocabulary.roles.entry(at));
        entry.map_or_else(|| Text::new(code.to_owned(), code.to_owned()), |entry| entry.label.clone())
    };
    let mut lines = vec![
        line("題", "title", set.title.clone()),
        line("層", "layer", Text::fixed(set.layer.ja(), set.layer.code())),
        line("施行日", "effective", day(set.effective)),
        line("状態", "status", Text::fixed(set.status.ja(), set.status.code())),
    ];
    lines.extend(set.review_by.map(|on| line("見直し期限", "review by", day(on))));
    lines.extend(set.between.iter().map(|code| line("間柄", "between", role(code))));
    for Signatory { body, role: code, person } in &set.bodies {
        let role = role(code);
        let says = match person {
            None => Text::new(format!("{body}（{}）", role.ja), format!("{body} ({})", role.en)),
            Some(person) => Text::new(
                format!("{body}（{}、代表者 {person}）", role.ja),
                format!("{body} ({}, represented by {person})", role.en),
            ),
        };
        lines.push(line("署名する団体", "signed by", says));
    }
    lines
}

fn day(on: jiff::civil::Date) -> Text {
    Text::new(on.to_string(), on.to_string())
}

fn find<'a>(book: &'a Rulebook, like: &Rule) -> Option<&'a Rule> {
    book.rules().map(|(_, _, rule)| rule).find(|rule| rule.id == like.id)
}

/// Everything a body agrees to: also weight, kind, title and reason.
fn all_lines(rule: &Rule, book: &Rulebook) -> Vec<Line> {
    let line = |ja, en, says| Line { about: Text::fixed(ja, en), says };
    let kind = rule.mechanism.kind();
    let mut all = vec![
        line("題", "title", rule.title.clone()),
        line("種別", "kind", Text::fixed(kind.ja(), kind.code())),
        line("重み", "strength", Text::fixed(rule.strength.ja(), rule.strength.code())),
        line("理由", "reason", rule.reason.clone()),
        line("出どころ", "origin", Text::fixed(rule.origin.ja(), rule.origin.code())),
    ];
    all.extend(lines(rule, book.vocabulary()));
    all
}

/// What the groups of words in a rule stand for.
fn meanings_of(rule: &Rule, book: &Rulebook) -> Vec<Line> {
    let line = |Meaning { group, words }: Meaning| Line {
        about: Text::new(format!("「{}」の内訳", group.ja), format!("those of '{}'", group.en)),
        says: words,
    };
    meanings(rule, book.vocabulary()).into_iter().map(line).collect()
}

/// Pairs lines about the same thing in their order; equal ones are left out.
fn compare(before: Vec<Line>, after: Vec<Line>) -> Vec<LineChange> {
    let mut old: Vec<Option<Line>> = before.into_iter().map(Some).collect();
    let mut changes = Vec::new();
    for line in after {
        let taken = old.iter_mut().find(|old| old.as_ref().is_some_and(|old| old.about == line.about));
        match taken.and_then(Option::take) {
            Some(same) if same == line => {}
            before => changes.push(LineChange { before, after: Some(line) }),
        }
    }
    changes.extend(old.into_iter().flatten().map(|line| LineChange { before: Some(line), after: None }));
    changes
}

/// The changes as text, a paragraph for each set and rule.
#[must_use]
pub fn in_words(difference: &Difference) -> Text {
    if difference.is_empty() {
        return Text::fixed("変わったところはありません。\n", "Nothing changed.\n");
    }
    let (mut ja, mut en) = (String::new(), String::new());
    for SetChange { set, title, what } in &difference.sets {
        let (what_ja, what_en) = in_a_word(what);
        ja.push_str(&format!("{what_ja}ルール集：{}（{set}）\n", title.ja));
        en.push_str(&format!("{what_en} set: {} ({set})\n", title.en));
        lines_in_words(what, &mut ja, &mut en);
    }
    for RuleChange { rule, set, title, what } in &difference.rules {
        let (what_ja, what_en) = in_a_word(what);
        ja.push_str(&format!("{what_ja}ルール：{rule}「{}」（{set}）\n", title.ja));
        en.push_str(&format!("{what_en} rule: {rule} \"{}\" ({set})\n", title.en));
        lines_in_words(what, &mut ja, &mut en);
    }
    Text::new(ja, en)
}

fn in_a_word(what: &Change) -> (&'static str, &'static str) {
    match what {
        Change::Added(_) => ("新しい", "new"),
        Change::Removed => ("なくなる", "removed"),
        Change::Changed(_) => ("変わる", "changed"),
    }
}

fn lines_in_words(what: &Change, ja: &mut String, en: &mut String) {
    let pairs: Vec<(Option<&Line>, Option<&Line>)> = match what {
        Change::Added(lines) => lines.iter().map(|line| (None, Some(line))).collect(),
        Change::Removed => Vec::new(),
        Change::Changed(lines) => lines.iter().map(|line| (line.before.as_ref(), line.after.as_ref())).collect(),
    };
    for pair in pairs {
        let said = line_in_words(pair);
        ja.push_str(&said.ja);
        en.push_str(&said.en);
    }
}

fn line_in_words(pair: (Option<&Line>, Option<&Line>)) -> Text {
    match pair {
        (Some(before), Some(after)) => Text::new(
            format!("  {}：「{}」から「{}」へ\n", after.about.ja, before.says.ja, after.says.ja),
            format!("  {}: from \"{}\" to \"{}\"\n", after.about.en, before.says.en, after.says.en),
        ),
        (None, Some(after)) => Text::new(
            format!("  {}：{}\n", after.about.ja, after.says.ja),
            format!("  {}: {}\n", after.about.en, after.says.en),
        ),
        (Some(before), None) => Text::new(
            format!("  {}：「{}」をやめる\n", before.about.ja, before.says.ja),
            format!("  {}: no longer \"{}\"\n", before.about.en, before.says.en),
        ),
        (None, None) => Text::fixed("", ""),
    }
}

/// Rule sets whose version did not change although their rules did: they could not be told apart in a citation's version.
#[must_use]
pub fn unversioned<'a>(before: &'a Rulebook, after: &'a Rulebook) -> Vec<&'a Ruleset> {
    let same = |set: &&Ruleset| {
        before.sets().iter().any(|old| old.id == set.id && old.version == set.version && old.hash != set.hash)
    };
    after.sets().iter().filter(same).collect()
}
