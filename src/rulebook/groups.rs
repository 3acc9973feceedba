//! Which groups of words a rule is told with, and what they stand for: whoever signs "専門職" must be able to read who that
//! is. Asked by the sheet, and by `diff`, for which a group that gained a word is a change.

use super::mechanism::{Deadline, Party};
use super::ruleset::{Mechanism, Rule, Wanted};
use super::vocabulary::{Group, Lexicon, Values, Vocabulary, positions};
use crate::domain::text::Text;

/// A group, and its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Meaning {
    pub group: Text,
    pub words: Text,
}

/// A group of more words than this is told by the groups within it.
const WORDS_TOLD_MAX: u32 = 12;

/// The groups in the words of this rule, each once.
pub(crate) fn meanings(rule: &Rule, vocabulary: &Vocabulary) -> Vec<Meaning> {
    let mut found = Vec::new();
    for (lexicon, set) in sets_of(rule, vocabulary) {
        if set == lexicon.full() {
            continue;
        }
        for group in lexicon.groups_in(set, false).0 {
            add(group, lexicon, &mut found);
        }
    }
    found
}

/// A group stands before those within it.
fn add(group: &Group, lexicon: &Lexicon, found: &mut Vec<Meaning>) {
    let is_long = group.members.count_ones() > WORDS_TOLD_MAX;
    let (within, rest) = if is_long { lexicon.groups_in(group.members, true) } else { (Vec::new(), group.members) };
    let words = positions(rest).filter_map(|at| lexicon.entry(at)).map(|entry| &entry.label);
    let names = within.iter().map(|group| &group.label).chain(words);
    let (ja, en): (Vec<_>, Vec<_>) = names.map(|name| (name.ja.as_ref(), name.en.as_ref())).unzip();
    let meaning = Meaning { group: group.label.clone(), words: Text::new(ja.join("、"), en.join(", ")) };
    if !found.contains(&meaning) {
        found.push(meaning);
        within.iter().for_each(|group| add(group, lexicon, found));
    }
}

fn sets_of<'v>(rule: &Rule, vocabulary: &'v Vocabulary) -> Vec<(&'v Lexicon, u64)> {
    let (roles, kinds) = (&vocabulary.roles, &vocabulary.kinds);
    let mut sets: Vec<(&Lexicon, u64)> = Vec::new();
    if let Some(applies) = rule.mechanism.applies() {
        sets.extend([(kinds, applies.on.view), (kinds, applies.on.post)]);
    }
    for term in rule.mechanism.clauses().flat_map(|clause| &clause.terms) {
        if let (Values::Choice(lexicon), Wanted::Positions(set)) = (&vocabulary.fields[term.field].values, &term.wanted)
        {
            sets.push((lexicon, if term.negated { lexicon.full() & !set } else { *set }));
        }
    }
    let mut owed = |by: &Party, acts: u64, deadline: &Deadline| {
        sets.extend([(roles, by.roles), (kinds, acts)]);
        sets.extend(deadline.escalate.iter().map(|step| (roles, step.to.roles)));
    };
    match &rule.mechanism {
        Mechanism::Duty(duty) => owed(&duty.owed_by, duty.met_by.kinds, &duty.deadline),
        Mechanism::Standing(standing) => owed(&standing.owed_by, standing.keep, &standing.deadline),
        Mechanism::Pledge(pledge) => sets.push((roles, pledge.who)),
        Mechanism::Share(_) | Mechanism::Gate(_) | Mechanism::Nudge(_) => {}
    }
    sets
}
