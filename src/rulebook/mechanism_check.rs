//! Checks of what gates and standing rules say as a whole, once every number is cut. Called by `compose`;
//! what they mean together with other rules is the analysis's business.

use super::grid::Grid;
use super::mechanism::Gate;
use super::mistake::Mistake;
use super::problem::Findings;
use super::region::{self, Cell, TooComplicated};
use super::ruleset::{Applies, Clause, Mechanism, On, Rule};
use super::vocabulary::Vocabulary;
use super::words::Action;
use crate::domain::text::Text;
use crate::limits::RULEBOOK_BOXES_MAX;

pub(crate) fn check(rule: &Rule, vocabulary: &Vocabulary, grid: &Grid, findings: &mut Findings<'_>) {
    let checked = match &rule.mechanism {
        Mechanism::Gate(gate) => check_gate(gate, rule, vocabulary, grid, findings),
        Mechanism::Standing(standing) => {
            let applies = of_state(&standing.when, &standing.unless);
            check_state_possible(&applies, vocabulary, grid, findings)
        }
        _ => Ok(()),
    };
    if checked == Err(TooComplicated) {
        findings.add(rule.place, Mistake::TooComplicated { boxes_max: RULEBOOK_BOXES_MAX });
    }
}

/// A condition on the state as if it were asked of some post, so that boxes can be used.
pub(crate) fn of_state(when: &[Clause], unless: &[Clause]) -> Applies {
    Applies { on: On { view: 0, post: 1 }, when: when.to_vec(), unless: unless.to_vec() }
}

/// A gate must hold something, and let it go when what it asks for is there.
fn check_gate(
    gate: &Gate,
    rule: &Rule,
    vocabulary: &Vocabulary,
    grid: &Grid,
    findings: &mut Findings<'_>,
) -> Result<(), TooComplicated> {
    let boxes = |clauses: &[Clause]| -> Vec<Cell> {
        clauses.iter().map(|clause| Cell { kinds: u64::MAX, sides: grid.sides(vocabulary, clause) }).collect()
    };
    let (required, excepted) = (boxes(&gate.require), boxes(&gate.pass_if));
    let cells = region::of_rule(&gate.applies, Action::Post, vocabulary, grid)?;
    if cells.is_empty() {
        return Ok(()); // told where the condition is written
    }
    let held = region::subtract(cells, &required, grid)?;
    if held.is_empty() {
        findings.add(rule.place, Mistake::RequirementIsException);
    } else if region::subtract(held, &excepted, grid)?.is_empty() {
        let place = gate.pass_if.first().map_or(rule.place, |clause| clause.place);
        findings.add(place, Mistake::ExceptionIsCondition);
    }
    if gate.reason_ok {
        return Ok(());
    }
    for clause in &gate.applies.when {
        let cells = region::of_clause(&gate.applies, clause, Action::Post, vocabulary, grid)?;
        let passes = |cell: &Cell| required.iter().chain(&excepted).any(|other| cell.meet(other).is_some());
        if let Some(first) = cells.first().filter(|_| !cells.iter().any(passes)) {
            let witness = region::witness(first, Action::Post, vocabulary);
            let place = gate.require.first().map_or(rule.place, |clause| clause.place);
            findings.add(place, Mistake::GateNeverOpens { witness });
        }
    }
    Ok(())
}

fn check_state_possible(
    applies: &Applies,
    vocabulary: &Vocabulary,
    grid: &Grid,
    findings: &mut Findings<'_>,
) -> Result<(), TooComplicated> {
    for clause in &applies.when {
        if region::of_clause(applies, clause, Action::Post, vocabulary, grid)?.is_empty() {
            let because =
                Text::fixed("条件がすべて除外に入ってしまいます", "the exceptions cover all of the condition");
            findings.add(clause.place, Mistake::NeverApplies { because });
        }
    }
    Ok(())
}
