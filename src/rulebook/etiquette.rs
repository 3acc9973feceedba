//! What a post owes beside being permitted: gates that hold it, duties it opens, advice to its author.
//! Compiled once by `load`; asked after `judge`. A gate holds on doubt, a duty opens unconfirmed on
//! doubt, a nudge keeps silent. Who owes is `duty`'s business; nothing here reads a clock.

use std::ops::Range;

use super::book::Rulebook;
use super::branches::Branches;
use super::due_standing::Looked;
use super::event::EventFacts;
use super::facts::PostFacts;
use super::grid::Grid;
use super::judge::{Judgement, RuleRef};
use super::ruleset::{Mechanism, Rule};
use super::slots::Slots;
use super::vocabulary::{Vocabulary, positions};
use super::words::{Action, Audience, Strength};
use crate::domain::kind::Kind;
use crate::domain::ruling::rule_id;
use crate::limits::NUDGES_PER_POST_MAX;

/// What the rules ask of one post that they permit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Etiquette {
    /// Gates that the post does not pass as it is.
    pub held: Vec<Held>,
    /// Gates it passes by an exception only: cited, because a duty usually follows.
    pub excepted: Vec<RuleRef>,
    pub duties: Vec<DutyOpened>,
    /// At most two, what must be before what should be; one card for each audience.
    pub advice: Vec<Advice>,
}

/// A gate that holds a post. What is missing is told by [`Rulebook::explain_hold`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    pub rule: RuleRef,
    /// A written reason lets it pass.
    pub reason_ok: bool,
}

/// A duty the post opens once it is accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DutyOpened {
    pub rule: RuleRef,
    /// `false`: not everything is known, and the duty may turn out not to be one.
    pub confirmed: bool,
}

/// One piece of advice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Advice {
    pub rule: RuleRef,
    pub audience: Audience,
}

impl Etiquette {
    /// Whether the same rules hold, ask and advise; a duty may be more or less confirmed.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        let rules = |duties: &[DutyOpened]| duties.iter().map(|duty| duty.rule).collect::<Vec<_>>();
        self.held == other.held && self.advice == other.advice && rules(&self.duties) == rules(&other.duties)
    }
}

#[derive(Debug, Clone)]
enum Does {
    /// Requirement and exceptions are asked for certain.
    Hold {
        require: Range<u32>,
        pass_if: Range<u32>,
        reason_ok: bool,
    },
    Open,
    Advise(Audience),
}

#[derive(Debug, Clone)]
struct EventRule {
    rule: RuleRef,
    possible: Range<u32>,
    certain: Range<u32>,
    does: Does,
}

/// The rules that speak of posts, by kind.
#[derive(Debug, Clone)]
pub(crate) struct EtiquetteProgram {
    branches: Branches,
    rules: Vec<EventRule>,
    /// By kind: indexes of `rules`. What must be comes first, then the order of the book.
    by_kind: Vec<Vec<u16>>,
}

impl EtiquetteProgram {
    pub fn compile(rules: &[&Rule], vocabulary: &Vocabulary, grid: &Grid) -> Self {
        let mut program = Self {
            branches: Branches::default(),
            rules: Vec::new(),
            by_kind: vec![Vec::new(); vocabulary.kinds.len()],
        };
        let mut order: Vec<_> = rules.iter().enumerate().collect();
        order.sort_by_key(|(_, rule)| rule.strength != Strength::Must);
        for (index, rule) in order {
            program.add(RuleRef(index as u16), rule, vocabulary, grid);
        }
        program
    }

    fn add(&mut self, rule: RuleRef, text: &Rule, vocabulary: &Vocabulary, grid: &Grid) {
        let branches = &mut self.branches;
        let does = match &text.mechanism {
            Mechanism::Gate(gate) => Does::Hold {
                require: branches.add(&gate.require, &[], true, vocabulary, grid),
                pass_if: branches.add(&gate.pass_if, &[], true, vocabulary, grid),
                reason_ok: gate.reason_ok,
            },
            Mechanism::Duty(_) => Does::Open,
            Mechanism::Nudge(nudge) => Does::Advise(nudge.audience),
            Mechanism::Share(_) | Mechanism::Standing(_) | Mechanism::Pledge(_) => return,
        };
        let applies = text.mechanism.applies().expect("gates, duties and nudges speak of events");
        let possible = branches.add(&applies.when, &applies.unless, false, vocabulary, grid);
        let certain = branches.add(&applies.when, &applies.unless, true, vocabulary, grid);
        let index = self.rules.len() as u16;
        self.rules.push(EventRule { rule, possible, certain, does });
        for kind in positions(applies.on.post) {
            self.by_kind[usize::from(kind)].push(index);
        }
    }

    /// Whether the advice of this rule may still be good in a state: `false` once what is known rules it out.
    fn may_advise(&self, rule: RuleRef, slots: &Slots) -> bool {
        let found = self.rules.iter().find(|found| found.rule == rule);
        found.is_some_and(|found| self.branches.hold(&found.possible, false, slots))
    }

    /// What the rules ask of a post of this kind. Allocates only where they ask for something.
    pub fn ask(&self, kind: Kind, slots: &Slots) -> Etiquette {
        let mut found = Etiquette::default();
        // Contradictory facts are denied by `judge`; nothing else may follow from them.
        if slots.is_faulty() {
            return found;
        }
        for index in self.by_kind.get(kind.index()).into_iter().flatten() {
            let rule = &self.rules[usize::from(*index)];
            match &rule.does {
                Does::Hold { require, pass_if, reason_ok } => {
                    if !self.branches.hold(&rule.possible, false, slots) || self.branches.hold(require, true, slots) {
                        continue;
                    }
                    if self.branches.hold(pass_if, true, slots) {
                        found.excepted.push(rule.rule);
                    } else {
                        found.held.push(Held { rule: rule.rule, reason_ok: *reason_ok });
                    }
                }
                Does::Open => {
                    if self.branches.hold(&rule.possible, false, slots) {
                        let confirmed = self.branches.hold(&rule.certain, true, slots);
                        found.duties.push(DutyOpened { rule: rule.rule, confirmed });
                    }
                }
                Does::Advise(audience) => {
                    if found.advice.len() < NUDGES_PER_POST_MAX && self.branches.hold(&rule.certain, true, slots) {
                        found.advice.push(Advice { rule: rule.rule, audience: *audience });
                    }
                }
            }
        }
        found
    }
}

impl Rulebook {
    /// Fills the slots of a post once, for judging and for etiquette.
    pub fn slots_of_event(&self, facts: &PostFacts, event: &EventFacts) -> Slots {
        self.filler.of_post(facts, event, &self.grid)
    }

    /// What the rules ask of a post of this kind under what is known.
    pub fn etiquette(&self, kind: Kind, slots: &Slots) -> Etiquette {
        self.etiquette.ask(kind, slots)
    }

    /// Whether what a rule advised, of this book or one before it, is still worth telling, as the patient and the team are
    /// now: not where the rule is gone. What only the post itself said is not asked again.
    #[must_use]
    pub fn may_still_advise(&self, citation: &str, look: &Looked<'_>) -> bool {
        let same = self.rules().find(|(_, _, rule)| rule.id == rule_id(citation));
        same.is_some_and(|(rule, _, _)| self.etiquette.may_advise(rule, &look.slots()))
    }

    /// One call a post: may it be posted, and what else do the rules ask? The slots are kept with the ruling.
    pub fn rule_on(&self, facts: &PostFacts, event: &EventFacts) -> (Judgement, Etiquette, Slots) {
        let slots = self.slots_of_event(facts, event);
        let judgement = self.judge(Action::Post, facts.kind, &slots);
        let etiquette = self.etiquette(facts.kind, &slots);
        (judgement, etiquette, slots)
    }
}
