//! Every field as a set of at most 64 positions, numbers included: the number line is cut wherever a
//! rule of the book names a number, so that rules never see more than "which part". Built by `load`
//! once all rules are read; used to compile rules and to fill slots.

use super::mistake::Mistake;
use super::problem::{Findings, Place};
use super::ruleset::{Clause, Interval, Ruleset, Term, Wanted};
use super::vocabulary::{Vocabulary, full};
use super::vocabulary_file::domain_of;
use crate::domain::text::Text;
use crate::limits::RULEBOOK_CHOICES_MAX;

#[derive(Debug, Clone)]
pub(crate) struct Grid {
    /// By field: all positions.
    domains: Vec<u64>,
    /// By number field: the first number of every part but the lowest, ascending.
    cuts: Vec<Vec<i64>>,
}

impl Grid {
    pub fn cut(vocabulary: &Vocabulary, sets: &[Ruleset], findings: &mut Findings<'_>) -> Self {
        let numbers = vocabulary.fields.iter().filter(|field| field.number().is_some()).count();
        let mut cuts = vec![Vec::new(); numbers];
        for rule in sets.iter().flat_map(|set| &set.rules) {
            for term in rule.mechanism.clauses().flat_map(|clause| &clause.terms) {
                let (Some(number), Wanted::Numbers(parts)) = (vocabulary.fields[term.field].number(), &term.wanted)
                else {
                    continue;
                };
                let ends = parts.iter().flat_map(|part| [Some(part.low), part.high.checked_add(1)]);
                cuts[number].extend(ends.flatten().filter(|at| *at != i64::MIN));
            }
        }
        for list in &mut cuts {
            list.sort_unstable();
            list.dedup();
            if list.len() >= RULEBOOK_CHOICES_MAX {
                let what = Text::fixed("一つの項目に書かれた数", "numbers named for one field");
                findings.add(Place::default(), Mistake::TooMany { what, max: RULEBOOK_CHOICES_MAX - 1 });
                list.truncate(RULEBOOK_CHOICES_MAX - 1);
            }
        }
        let domains = vocabulary
            .fields
            .iter()
            .map(|field| field.number().map_or_else(|| domain_of(&field.values), |number| full(cuts[number].len() + 1)))
            .collect();
        Self { domains, cuts }
    }

    pub fn domain(&self, field: usize) -> u64 {
        self.domains[field]
    }

    /// The parts of the number line that an interval touches.
    pub fn parts(&self, number: usize, interval: Interval) -> u64 {
        let cuts = &self.cuts[number];
        let part_of = |value: i64| cuts.partition_point(|cut| *cut <= value);
        full(part_of(interval.high) + 1) & !full(part_of(interval.low))
    }

    /// The positions that satisfy a term.
    pub fn positions(&self, vocabulary: &Vocabulary, term: &Term) -> u64 {
        match (&term.wanted, vocabulary.fields[term.field].number()) {
            (Wanted::Positions(set), _) => *set,
            (Wanted::Numbers(parts), Some(number)) => parts.iter().fold(0, |set, part| set | self.parts(number, *part)),
            (Wanted::Numbers(_), None) => 0,
        }
    }

    /// A clause as sides of a box, ascending by field; sides that exclude nothing are left out.
    pub fn sides(&self, vocabulary: &Vocabulary, clause: &Clause) -> Vec<(usize, u64)> {
        let mut sides: Vec<_> = clause
            .terms
            .iter()
            .map(|term| (term.field, self.positions(vocabulary, term)))
            .filter(|(field, set)| *set != self.domain(*field))
            .collect();
        sides.sort_unstable();
        sides
    }
}
