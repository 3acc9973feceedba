//! Rules flattened into arrays of masks, so that an evaluation is a walk over a few cache lines and
//! allocates nothing. Compiled once by `load`; run by `judge`. The conditions themselves are `branches`.

use std::ops::Range;

use super::branches::Branches;
use super::facts::ROLE;
use super::grid::Grid;
use super::ruleset::{Applies, Rule};
use super::slots::Slots;
use super::vocabulary::{Vocabulary, positions};
use super::words::{Action, Effect};

#[derive(Debug, Clone)]
struct CompiledRule {
    effect: Effect,
    branches: Range<u32>,
}

/// The `share` rules of a book, ready to run.
#[derive(Debug, Clone)]
pub(crate) struct Program {
    rules: Vec<CompiledRule>,
    branches: Branches,
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
            branches: Branches::default(),
            words,
            by_kind: vec![0; 2 * kinds * words],
            by_role: vec![0; vocabulary.roles.len() * words],
            role: vocabulary.find_field(ROLE),
            kinds,
        };
        for (index, rule) in rules.iter().enumerate() {
            // A rule of another kind keeps its place in the numbering and is never a candidate.
            let Some(share) = rule.mechanism.share() else {
                program.rules.push(CompiledRule { effect: Effect::Bound, branches: 0..0 });
                continue;
            };
            let applies = &share.applies;
            let needs_certainty = share.effect == Effect::Permit;
            let branches = program.branches.add(&applies.when, &applies.unless, needs_certainty, vocabulary, grid);
            program.rules.push(CompiledRule { effect: share.effect, branches });
            // Bounds are for the check; the evaluator never meets them.
            if share.effect != Effect::Bound {
                program.index(index, &share.applies, vocabulary, grid);
            }
        }
        program
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
        self.branches.hold(&rule.branches, rule.effect == Effect::Permit, slots)
    }
}
