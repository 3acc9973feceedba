//! Deciding: default deny, forbid beats permit, what nothing permits may be queued. Called by the hub
//! for each post and by `view` never: reading goes through masks.

use super::book::Rulebook;
use super::event::EventFacts;
use super::facts::PostFacts;
use super::slots::Slots;
use super::words::{Action, Effect};
use crate::domain::body::Body;
use crate::domain::kind::Kind;
use crate::limits::RULEBOOK_CITED_RULES_MAX;

/// What comes of an intent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    Permit,
    /// Not permitted, but kept, sealed, in the secretariat's linking queue.
    Quarantine,
    Deny,
}

/// A rule of one rulebook, or one of its two built-in answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RuleRef(pub(crate) u16);

impl RuleRef {
    /// No rule permits it.
    pub const DEFAULT_DENY: Self = Self(u16::MAX);
    /// The facts do not fit the vocabulary, so nothing was decided.
    pub const EVALUATION_ERROR: Self = Self(u16::MAX - 1);

    pub(crate) fn index(self) -> Option<usize> {
        (self < Self::EVALUATION_ERROR).then_some(usize::from(self.0))
    }
}

/// The rules a judgement rests on, in the order of the book; the first few if there are many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cited {
    rules: [RuleRef; RULEBOOK_CITED_RULES_MAX],
    count: u8,
}

impl Cited {
    const NONE: Self = Self { rules: [RuleRef::DEFAULT_DENY; RULEBOOK_CITED_RULES_MAX], count: 0 };

    fn only(rule: RuleRef) -> Self {
        let mut cited = Self::NONE;
        cited.push(rule);
        cited
    }

    fn push(&mut self, rule: RuleRef) {
        if let Some(place) = self.rules.get_mut(usize::from(self.count)) {
            *place = rule;
            self.count += 1;
        }
    }

    fn and(mut self, others: &Self) -> Self {
        for rule in others.as_slice() {
            if !self.as_slice().contains(rule) {
                self.push(*rule);
            }
        }
        self
    }

    pub fn as_slice(&self) -> &[RuleRef] {
        &self.rules[..usize::from(self.count)]
    }
}

/// The outcome and the rules it cites. The slots it rests on are the caller's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judgement {
    pub verdict: Verdict,
    pub cited: Cited,
}

impl Judgement {
    fn new(verdict: Verdict, cited: Cited) -> Self {
        Self { verdict, cited }
    }

    fn denied(by: RuleRef) -> Self {
        Self::new(Verdict::Deny, Cited::only(by))
    }
}

impl Rulebook {
    /// Judges a post. The slots are kept with the ruling ([`Rulebook::ruling`]).
    pub fn judge_post(&self, facts: &PostFacts) -> (Judgement, Slots) {
        let slots = self.slots_of_post(facts);
        (self.judge(Action::Post, facts.kind, &slots), slots)
    }

    /// What is known of a post, as rules take it.
    pub fn slots_of_post(&self, facts: &PostFacts) -> Slots {
        self.filler.of_post(facts, &EventFacts::UNKNOWN, &self.grid)
    }

    /// Judges a body under slots already filled. A correction is judged as such and as a post of the kind it
    /// contains: it says something new, and what nobody may post nobody may bring about by correcting.
    /// Also names the kind on which the verdict rests.
    pub fn judge_body(&self, body: &Body, slots: &Slots) -> (Kind, Judgement) {
        self.judge_kinds(body.kind(), body.corrected().map(Body::kind), slots)
    }

    /// The same for what is kept of a body: its kind, and of a correction the kind it contains.
    pub fn judge_kinds(&self, kind: Kind, corrected: Option<Kind>, slots: &Slots) -> (Kind, Judgement) {
        let judgement = self.judge(Action::Post, kind, slots);
        let Some(corrected) = corrected.filter(|_| judgement.verdict == Verdict::Permit) else {
            return (kind, judgement);
        };
        let inner = self.judge(Action::Post, corrected, slots);
        match inner.verdict {
            Verdict::Permit => (kind, Judgement::new(Verdict::Permit, judgement.cited.and(&inner.cited))),
            Verdict::Deny => (corrected, inner),
            // Only a whole new record can wait for a link.
            Verdict::Quarantine => (corrected, Judgement::denied(RuleRef::DEFAULT_DENY)),
        }
    }

    /// Judges an action on a kind of record under what is known. Allocates nothing.
    pub fn judge(&self, action: Action, kind: Kind, slots: &Slots) -> Judgement {
        if slots.is_faulty() {
            return Judgement::denied(RuleRef::EVALUATION_ERROR);
        }
        let Some(candidates) = self.program.candidates(action, kind.index(), slots) else {
            return Judgement::denied(RuleRef::EVALUATION_ERROR);
        };
        let (mut permits, mut forbids, mut queues) = (Cited::NONE, Cited::NONE, Cited::NONE);
        for rule in candidates {
            let cited = match self.program.effect(rule) {
                Effect::Permit => &mut permits,
                Effect::Forbid => &mut forbids,
                Effect::Queue => &mut queues,
                Effect::Bound => continue,
            };
            if self.program.takes_effect(rule, slots) {
                cited.push(RuleRef(rule as u16));
            }
        }
        if forbids.count > 0 {
            Judgement::new(Verdict::Deny, forbids)
        } else if permits.count > 0 {
            Judgement::new(Verdict::Permit, permits)
        } else if queues.count > 0 {
            Judgement::new(Verdict::Quarantine, queues)
        } else {
            Judgement::denied(RuleRef::DEFAULT_DENY)
        }
    }
}
