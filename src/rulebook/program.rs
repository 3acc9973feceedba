//! Rules flattened into arrays of masks, so that an evaluation is a walk over a few cache lines and
//! allocates nothing. Compiled once by `load`; run by `judge` and `view`.
//!
//! A slot holds the values still possible. Against a box, with `bad` the complement of a side:
//! *certain* is `slot & bad == 0` on every side, *possible* is `slot & side != 0` on every side.

use std::ops::Range;

use super::facts::ROLE;
use super::grid::Grid;
use super::ruleset::{Applies, Mechanism, Rule};
use super::slots::Slots;
use super::vocabulary::{Vocabulary, positions};
use super::words::{Action, Effect};

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

#[derive(Debug, Clone)]
struct CompiledRule {
    effect: Effect,
    branches: Range<u32>,
}

/// The `share` rules of a book, ready to run.
#[derive(Debug, Clone)]
pub(crate) struct Program {
    rules: Vec<CompiledRule>,
    branches: Vec<Branch>,
    /// Ranges of `tests`, one per exception.
    guards: Vec<Range<u32>>,
    tests: Vec<Test>,
    /// Which rules speak of an action and kind, and which can apply to a role: bit sets of rules, `words` long each.
    words: usize,
    by_kind: Vec<u64>,
    by_role: Vec<u64>,
    role: Option<usize>,
    kinds: usize,
}

impl Program {
    pub fn compile(rules: &[&Rule], vocabulary: &Vocabulary, grid: &Grid) -> Self {
        let words = rules.len().div_ceil(64).max(1);
        let kinds = vocabulary.kinds.len();
        let mut program = Self {
            rules: Vec::new(),
            branches: Vec::new(),
            guards: Vec::new(),
            tests: Vec::new(),
            words,
            by_kind: vec![0; 2 * kinds * words],
            by_role: vec![0; vocabulary.roles.len() * words],
            role: vocabulary.find_field(ROLE),
            kinds,
        };
        for (index, rule) in rules.iter().enumerate() {
            let Mechanism::Share(share) = &rule.mechanism;
            let start = program.branches.len() as u32;
            for clause in &share.applies.when {
                program.add_branch(&grid.sides(vocabulary, clause), share.effect, &share.applies, vocabulary, grid);
            }
            let branches = start..program.branches.len() as u32;
            program.rules.push(CompiledRule { effect: share.effect, branches });
            // Bounds are for the check; the evaluator never meets them.
            if share.effect != Effect::Bound {
                program.index(index, &share.applies, vocabulary, grid);
            }
        }
        program
    }

    fn add_tests(&mut self, sides: impl IntoIterator<Item = (usize, u64)>) -> Range<u32> {
        let start = self.tests.len() as u32;
        self.tests.extend(sides.into_iter().map(|(field, mask)| Test { field: field as u8, mask }));
        start..self.tests.len() as u32
    }

    fn add_branch(
        &mut self,
        sides: &[(usize, u64)],
        effect: Effect,
        applies: &Applies,
        vocabulary: &Vocabulary,
        grid: &Grid,
    ) {
        let needs_certainty = effect == Effect::Permit;
        let tests =
            self.add_tests(sides.iter().map(|(field, set)| (*field, if needs_certainty { !set } else { *set })));
        let mut guards = Vec::new();
        for exception in &applies.unless {
            let exception = grid.sides(vocabulary, exception);
            // A permit is off as soon as an exception is possible. A forbid holds until one is certain
            // wherever the branch applies: the values within the branch and outside the exception.
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

    fn index(&mut self, rule: usize, applies: &Applies, vocabulary: &Vocabulary, grid: &Grid) {
        let (word, bit) = (rule / 64, 1 << (rule % 64));
        for (action, kinds) in [(0, applies.on.view), (1, applies.on.post)] {
            for kind in positions(kinds) {
                self.by_kind[(action * self.kinds + usize::from(kind)) * self.words + word] |= bit;
            }
        }
        let roles = applies.when.iter().fold(0, |roles, clause| {
            let sides = grid.sides(vocabulary, clause);
            roles | sides.iter().find(|(field, _)| Some(*field) == self.role).map_or(u64::MAX, |(_, set)| *set)
        });
        for role in positions(roles).take_while(|role| usize::from(*role) < vocabulary.roles.len()) {
            self.by_role[usize::from(role) * self.words + word] |= bit;
        }
    }

    /// The rules that speak of this action and kind and can apply to the actor's role, ascending.
    /// `None` for a kind the book does not know.
    pub fn candidates(&self, action: Action, kind: usize, slots: &Slots) -> Option<impl Iterator<Item = usize>> {
        if kind >= self.kinds {
            return None;
        }
        let row = (action as usize * self.kinds + kind) * self.words;
        let by_kind = &self.by_kind[row..row + self.words];
        let by_role = self
            .role
            .map(|field| slots.possible(field))
            .filter(|roles| roles.is_power_of_two())
            .map(|roles| roles.trailing_zeros() as usize * self.words)
            .and_then(|row| self.by_role.get(row..row + self.words));
        let words = by_kind
            .iter()
            .enumerate()
            .map(move |(at, rules)| (at, rules & by_role.map_or(u64::MAX, |by_role| by_role[at])));
        Some(words.flat_map(|(at, rules)| positions(rules).map(move |bit| at * 64 + usize::from(bit))))
    }

    pub fn effect(&self, rule: usize) -> Effect {
        self.rules[rule].effect
    }

    /// Whether the rule takes effect: a permit if it applies for certain, any other if it may apply.
    pub fn takes_effect(&self, rule: usize, slots: &Slots) -> bool {
        let rule = &self.rules[rule];
        let branches = &self.branches[rule.branches.start as usize..rule.branches.end as usize];
        if rule.effect == Effect::Permit {
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
