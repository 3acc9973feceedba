//! Conditions flattened into arrays of masks: what `program` and `etiquette` run. Compiled once.
//!
//! A slot holds the values still possible. Against a box, with `bad` the complement of a side:
//! *certain* is `slot & bad == 0` on every side, *possible* is `slot & side != 0` on every side.

use std::ops::Range;

use super::grid::Grid;
use super::ruleset::Clause;
use super::slots::Slots;
use super::vocabulary::Vocabulary;

#[derive(Debug, Clone, Copy)]
struct Test {
    field: u8,
    mask: u64,
}

/// One clause of `when` with the exceptions it may meet.
#[derive(Debug, Clone)]
struct Branch {
    tests: Range<u32>,
    guards: Range<u32>,
}

/// The conditions of many rules, side by side.
#[derive(Debug, Clone, Default)]
pub(crate) struct Branches {
    branches: Vec<Branch>,
    /// Ranges of `tests`, one per exception.
    guards: Vec<Range<u32>>,
    tests: Vec<Test>,
}

impl Branches {
    /// Adds a condition, to be asked with the same `needs_certainty`.
    pub fn add(
        &mut self,
        when: &[Clause],
        unless: &[Clause],
        needs_certainty: bool,
        vocabulary: &Vocabulary,
        grid: &Grid,
    ) -> Range<u32> {
        let start = self.branches.len() as u32;
        let unless: Vec<_> = unless.iter().map(|clause| grid.sides(vocabulary, clause)).collect();
        for clause in when {
            self.add_branch(&grid.sides(vocabulary, clause), &unless, needs_certainty);
        }
        start..self.branches.len() as u32
    }

    fn add_tests(&mut self, sides: impl IntoIterator<Item = (usize, u64)>) -> Range<u32> {
        let start = self.tests.len() as u32;
        self.tests.extend(sides.into_iter().map(|(field, mask)| Test { field: field as u8, mask }));
        start..self.tests.len() as u32
    }

    fn add_branch(&mut self, sides: &[(usize, u64)], unless: &[Vec<(usize, u64)>], needs_certainty: bool) {
        let tests =
            self.add_tests(sides.iter().map(|(field, set)| (*field, if needs_certainty { !set } else { *set })));
        let mut guards = Vec::new();
        for exception in unless {
            // What needs certainty is off as soon as an exception is possible. What holds on doubt holds until one
            // is certain wherever the branch applies: the values within the branch and outside the exception.
            let sides = exception.iter().map(|(field, set)| {
                let within = sides.iter().find(|(of, _)| of == field).map_or(u64::MAX, |(_, own)| *own);
                (*field, if needs_certainty { *set } else { within & !set })
            });
            let range = self.add_tests(sides.collect::<Vec<_>>());
            guards.push(range);
        }
        let start = self.guards.len() as u32;
        self.guards.extend(guards);
        self.branches.push(Branch { tests, guards: start..self.guards.len() as u32 });
    }

    /// Whether the condition holds: for certain, or possibly.
    pub fn hold(&self, range: &Range<u32>, needs_certainty: bool, slots: &Slots) -> bool {
        let branches = &self.branches[range.start as usize..range.end as usize];
        if needs_certainty {
            branches.iter().any(|branch| {
                self.none_touched(&branch.tests, slots)
                    && !self.guards(branch).iter().any(|guard| self.all_touched(guard, slots))
            })
        } else {
            branches.iter().any(|branch| {
                self.all_touched(&branch.tests, slots)
                    && !self.guards(branch).iter().any(|guard| self.none_touched(guard, slots))
            })
        }
    }

    fn guards(&self, branch: &Branch) -> &[Range<u32>] {
        &self.guards[branch.guards.start as usize..branch.guards.end as usize]
    }

    fn tests(&self, range: &Range<u32>) -> &[Test] {
        &self.tests[range.start as usize..range.end as usize]
    }

    fn all_touched(&self, range: &Range<u32>, slots: &Slots) -> bool {
        self.tests(range).iter().all(|test| slots.possible(usize::from(test.field)) & test.mask != 0)
    }

    fn none_touched(&self, range: &Range<u32>, slots: &Slots) -> bool {
        self.tests(range).iter().all(|test| slots.possible(usize::from(test.field)) & test.mask == 0)
    }
}
