//! Mistakes that somebody could make in a rule, or in the hub that reads it: each is put into the second reading alone,
//! and the comparison must notice.

use crate::rules::{Clause, Does, Rule, Term, Wanted};
use crate::words::{Values, Words};

/// A name and the rule as it would be; `None` if it were not there.
pub type Mistake = (String, Option<Rule>);

/// Every small mistake in one rule.
pub fn mistakes(rule: &Rule, words: &Words) -> Vec<Mistake> {
    let mut all: Vec<Mistake> = vec![("is not there".to_owned(), None)];
    // A bound grants nothing, so where exactly it ends shows only when a permit reaches over it.
    if rule.does == Does::Bound {
        return all;
    }
    let mut add = |what: String, change: &dyn Fn(&mut Rule)| {
        let mut changed = rule.clone();
        change(&mut changed);
        all.push((what, Some(changed)));
    };
    for (list, clauses) in rule.conditions().into_iter().enumerate() {
        let of_standing = matches!(rule.does, Does::Standing { .. });
        let name = ["when", "unless", if of_standing { "paused_when" } else { "require" }, "pass_if"][list];
        for (number, clause) in clauses.iter().enumerate() {
            if list > 0 || clauses.len() > 1 {
                add(format!("{name}: alternative {} is not there", number + 1), &|rule| {
                    rule.conditions_mut()[list].remove(number);
                });
            }
            for (at, term) in clause.iter().enumerate() {
                let field = &words.fields[term.field].name;
                if clause.len() > 1 || list == 0 {
                    add(format!("{name}: {field} is not asked"), &|rule| {
                        rule.conditions_mut()[list][number].remove(at);
                    });
                }
                for (what, wanted) in otherwise(term, words) {
                    add(format!("{name}: {field} {what}"), &|rule| {
                        rule.conditions_mut()[list][number][at].wanted = wanted.clone();
                    });
                }
            }
        }
    }
    if rule.on.len() > 1 {
        add(format!("does not speak of {}", rule.on[0]), &|rule| {
            rule.on.remove(0);
        });
    }
    for (what, does) in otherwise_done(&rule.does) {
        add(what.to_owned(), &|rule| rule.does = does.clone());
    }
    all
}

/// The same question with another answer.
fn otherwise(term: &Term, words: &Words) -> Vec<(String, Wanted)> {
    let written = |value: i64| words.written(term.field, value);
    match &term.wanted {
        Wanted::OneOf(values) => {
            let mut all = vec![("is turned round".to_owned(), Wanted::NoneOf(values.clone()))];
            for value in values.iter().filter(|_| values.len() > 1) {
                let fewer = values.iter().copied().filter(|other| other != value).collect();
                all.push((format!("lacks {}", written(*value)), Wanted::OneOf(fewer)));
            }
            if let Values::Word(known) = &words.fields[term.field].values
                && let Some(other) = (0..known.len() as i64).find(|value| !values.contains(value))
            {
                let more = values.iter().copied().chain([other]).collect();
                all.push((format!("takes {}, too", written(other)), Wanted::OneOf(more)));
            }
            all
        }
        Wanted::NoneOf(values) => vec![("is turned round".to_owned(), Wanted::OneOf(values.clone()))],
        Wanted::Between { over, under } => {
            let shifted = |by: i64| Wanted::Between { over: over.map(|at| at + by), under: under.map(|at| at + by) };
            vec![("is one more".to_owned(), shifted(1)), ("is one less".to_owned(), shifted(-1))]
        }
    }
}

fn otherwise_done(does: &Does) -> Vec<(&'static str, Does)> {
    match does {
        Does::Permit => vec![("forbids", Does::Forbid)],
        Does::Forbid => vec![("permits", Does::Permit)],
        Does::Queue => vec![("permits", Does::Permit)],
        Does::Gate { require, pass_if, reason_ok } => {
            let gate = |require: &Vec<Clause>, pass_if: &Vec<Clause>, reason_ok| Does::Gate {
                require: require.clone(),
                pass_if: pass_if.clone(),
                reason_ok,
            };
            let reason =
                (if *reason_ok { "takes no reason" } else { "takes a reason" }, gate(require, pass_if, !reason_ok));
            vec![reason, ("is a duty", Does::Duty)]
        }
        Does::Duty => vec![("is advice", Does::Nudge { advise: "author".to_owned() })],
        Does::Nudge { advise } => {
            let other = if advise == "author" { "secretariat" } else { "author" };
            vec![("advises somebody else", Does::Nudge { advise: other.to_owned() }), ("is a duty", Does::Duty)]
        }
        Does::Standing { .. } | Does::Pledge | Does::Bound => Vec::new(),
    }
}
