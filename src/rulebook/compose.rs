//! Checks that need all rule sets at once: ids, overrides, rules that can never apply, and local
//! permits that go beyond the floor. Overlaps and dead rules are the analysis's business, not this.

use std::collections::HashMap;

use super::grid::Grid;
use super::mechanism_check;
use super::mistake::Mistake;
use super::problem::{Findings, Place};
use super::region::{self, Cell, TooComplicated};
use super::ruleset::{Applies, Rule, Ruleset, Share};
use super::suggest::nearest;
use super::vocabulary::Vocabulary;
use super::words::{Action, Effect, Layer};
use crate::domain::text::Text;
use crate::limits::{RULEBOOK_BOXES_MAX, RULEBOOK_RULES_MAX};

const ACTIONS: [Action; 2] = [Action::View, Action::Post];

pub(crate) fn check(vocabulary: &Vocabulary, sets: &[Ruleset], grid: &Grid, findings: &mut Findings<'_>) {
    check_floor(sets, findings);
    check_pairs(sets, findings);
    check_ids(sets, findings);
    for rule in sets.iter().flat_map(|set| &set.rules) {
        if let Some(share) = rule.mechanism.share() {
            check_overrides(share, sets, findings);
        }
        if let Some(applies) = rule.mechanism.applies() {
            check_applies(rule, applies, vocabulary, grid, findings);
        }
        mechanism_check::check(rule, vocabulary, grid, findings);
    }
    if sets.iter().any(|set| set.layer == Layer::Floor) {
        check_within_floor(vocabulary, sets, grid, findings);
    }
}

fn check_floor(sets: &[Ruleset], findings: &mut Findings<'_>) {
    let mut floors = sets.iter().filter(|set| set.layer == Layer::Floor);
    let Some(first) = floors.next() else {
        findings.add(sets.first().map_or_else(Place::default, |set| set.place), Mistake::NoFloor);
        return;
    };
    for second in floors {
        let first = findings.locate(first.place);
        findings.add(second.place, Mistake::SecondFloor { first });
    }
}

/// Two sets between the same professions would each claim to be their agreement.
fn check_pairs(sets: &[Ruleset], findings: &mut Findings<'_>) {
    let pair = |set: &Ruleset| {
        let mut pair = set.between.clone();
        pair.sort();
        pair
    };
    for (at, set) in sets.iter().enumerate().filter(|(_, set)| set.layer == Layer::Etiquette) {
        if let Some(first) = sets[..at].iter().find(|other| !other.between.is_empty() && pair(other) == pair(set)) {
            let first = findings.locate(first.place);
            findings.add(set.place, Mistake::SecondPair { first });
        }
    }
}

fn check_ids(sets: &[Ruleset], findings: &mut Findings<'_>) {
    let mut seen: HashMap<&str, Place> = HashMap::new();
    // The floor was there first, whatever the others are called.
    let mut in_order: Vec<&Ruleset> = sets.iter().collect();
    in_order.sort_by_key(|set| set.layer != Layer::Floor);
    let set_ids = in_order.iter().map(|set| (set.id.as_str(), set.place));
    let rule_ids = in_order.iter().flat_map(|set| &set.rules).map(|rule| (rule.id.as_str(), rule.place));
    for (id, place) in set_ids.chain(rule_ids) {
        if let Some(first) = seen.get(id) {
            let first = findings.locate(*first);
            findings.add(place, Mistake::DuplicateId { id: id.to_owned(), first });
        } else {
            seen.insert(id, place);
        }
    }
    let count = sets.iter().map(|set| set.rules.len()).sum::<usize>();
    if count > RULEBOOK_RULES_MAX {
        let what = Text::fixed("ルール", "rules");
        findings.add(Place::default(), Mistake::TooMany { what, max: RULEBOOK_RULES_MAX });
    }
}

fn check_overrides(share: &Share, sets: &[Ruleset], findings: &mut Findings<'_>) {
    for (id, place) in &share.overrides {
        let rules = || sets.iter().flat_map(|set| &set.rules);
        let is_permit = |rule: &Rule| rule.mechanism.share().is_some_and(|share| share.effect == Effect::Permit);
        // An id that stands twice is told there; one of the two may be the permit that is meant.
        let named: Vec<&Rule> = rules().filter(|rule| rule.id == *id).collect();
        match named.as_slice() {
            [_, ..] if named.iter().any(|rule| is_permit(rule)) => {}
            [_, ..] => findings.add(*place, Mistake::OverridesNonPermit { id: id.clone() }),
            [] => {
                let suggestion = nearest(id, rules().map(|rule| rule.id.as_str()));
                let what = Text::fixed("ルールの番号", "rule id");
                findings.add(*place, Mistake::UnknownWord { what, word: id.clone(), suggestion });
            }
        }
    }
}

/// Every clause must leave something after the exceptions are taken away.
fn check_applies(rule: &Rule, applies: &Applies, vocabulary: &Vocabulary, grid: &Grid, findings: &mut Findings<'_>) {
    for clause in &applies.when {
        let sides = grid.sides(vocabulary, clause);
        if sides.iter().any(|(_, set)| *set == 0) {
            continue; // told where the value is written
        }
        let left: Result<Vec<Cell>, TooComplicated> = ACTIONS
            .into_iter()
            .map(|action| region::of_clause(applies, clause, action, vocabulary, grid))
            .collect::<Result<Vec<_>, _>>()
            .map(|cells| cells.concat());
        match left {
            Ok(cells) if cells.is_empty() => {
                let because =
                    Text::fixed("条件がすべて除外に入ってしまいます", "the exceptions cover all of the condition");
                findings.add(clause.place, Mistake::NeverApplies { because });
            }
            Ok(_) => {}
            Err(TooComplicated) => {
                findings.add(rule.place, Mistake::TooComplicated { boxes_max: RULEBOOK_BOXES_MAX });
            }
        }
    }
}

/// A local permit may grant only what the floor's bounds hold, or what the floor permits itself.
fn check_within_floor(vocabulary: &Vocabulary, sets: &[Ruleset], grid: &Grid, findings: &mut Findings<'_>) {
    let (floors, locals): (Vec<_>, Vec<_>) = sets.iter().partition(|set| set.layer == Layer::Floor);
    let shares = |sets: &[&Ruleset], effects: &'static [Effect]| -> Vec<(Place, Share)> {
        let rules = sets.iter().flat_map(|set| &set.rules);
        let shares = rules.filter_map(|rule| Some((rule.place, rule.mechanism.share()?.clone())));
        shares.filter(|(_, share)| effects.contains(&share.effect)).collect()
    };
    let bounds = shares(&floors, &[Effect::Bound, Effect::Permit]);
    let permits = shares(&locals, &[Effect::Permit]);
    for action in ACTIONS {
        let cells = |share: &Share| region::of_rule(&share.applies, action, vocabulary, grid);
        let within: Result<Vec<_>, _> = bounds.iter().map(|(_, share)| cells(share)).collect();
        for (place, permit) in &permits {
            let above = within.clone().and_then(|within| region::subtract(cells(permit)?, &within.concat(), grid));
            match above {
                Ok(above) => {
                    if let Some(cell) = above.first() {
                        let witness = region::witness(cell, action, vocabulary);
                        findings.add(*place, Mistake::PermitAboveFloor { witness });
                    }
                }
                Err(TooComplicated) => {
                    findings.add(*place, Mistake::TooComplicated { boxes_max: RULEBOOK_BOXES_MAX });
                }
            }
        }
    }
}
