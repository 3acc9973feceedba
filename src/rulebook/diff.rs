//! What changed from one rulebook to another, in words people agreed on, not in TOML. Shown before a draft is
//! proposed, and on the sheet that is signed.

use super::book::Rulebook;
use super::ruleset::{Rule, Ruleset};
use super::wording::{Line, lines};
use crate::domain::text::Text;

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

/// Rules that differ, in the order of the new book; removed ones last.
#[must_use]
pub fn diff(before: &Rulebook, after: &Rulebook) -> Vec<RuleChange> {
    let mut changes = Vec::new();
    for (_, set, rule) in after.rules() {
        let now = all_lines(rule, after);
        let what = match find(before, rule) {
            None => Change::Added(now),
            Some(old) => {
                let changed = compare(all_lines(old, before), now);
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
    ];
    all.extend(lines(rule, book.vocabulary()));
    all
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

/// The changes as text, a paragraph for each rule.
#[must_use]
pub fn in_words(changes: &[RuleChange]) -> Text {
    if changes.is_empty() {
        return Text::fixed("変わったルールはありません。\n", "No rule changed.\n");
    }
    let (mut ja, mut en) = (String::new(), String::new());
    for change in changes {
        let (what_ja, what_en) = match &change.what {
            Change::Added(_) => ("新しいルール", "new"),
            Change::Removed => ("なくなるルール", "removed"),
            Change::Changed(_) => ("変わるルール", "changed"),
        };
        ja.push_str(&format!("{what_ja}：{}「{}」（{}）\n", change.rule, change.title.ja, change.set));
        en.push_str(&format!("{what_en}: {} \"{}\" ({})\n", change.rule, change.title.en, change.set));
        let pairs: Vec<(Option<&Line>, Option<&Line>)> = match &change.what {
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
    Text::new(ja, en)
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
