//! Rule sets as read: the header, and rules whose words are already resolved to positions of the
//! vocabulary. Made by `ruleset_file`, checked by `compose`, compiled by `program`, quoted by `explain`.

use std::sync::Arc;

use jiff::civil::Date;

use super::mechanism::{Deadline, Duty, Gate, Nudge, Pledge, Standing};
use super::problem::Place;
use super::words::{Action, Effect, Layer, Origin, RuleKind, Status, Strength};
use crate::domain::text::Text;

/// One file of rules that bodies agree on as a whole.
#[derive(Debug, Clone)]
pub struct Ruleset {
    pub id: String,
    pub version: String,
    pub title: Text,
    pub layer: Layer,
    pub status: Status,
    pub effective: Date,
    /// Version this one replaces.
    pub parent: Option<String>,
    pub agreed_by: Vec<Signature>,
    /// The bodies that must sign, where the file names them.
    pub bodies: Vec<Signatory>,
    /// The pair of professions that a set of etiquette is between.
    pub between: Vec<String>,
    /// The day by which the bodies look at the rules again.
    pub review_by: Option<Date>,
    pub rules: Vec<Rule>,
    /// First 12 hexadecimal digits of the SHA-256 of the file.
    pub hash: String,
    /// 64 hexadecimal digits over vocabulary and file: what a signature is given to. The words are part of it, because
    /// a rule means what its words mean.
    pub agreement: String,
    pub(crate) place: Place,
}

/// A body that must sign a rule set; the name is empty where any body of the profession will do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signatory {
    pub body: String,
    /// Code of the role the body speaks for.
    pub role: String,
    /// Who speaks for the body, where the file names somebody: nobody else signs for it.
    pub person: Option<String>,
}

impl Ruleset {
    /// Who must still sign: of the bodies named in the file each one, else somebody for each side of the pair.
    #[must_use]
    pub fn unsigned(&self, signed: &[Signature]) -> Vec<Signatory> {
        let has_signed = |role: &str, body: &str| {
            signed.iter().any(|signed| signed.role == role && (body.is_empty() || signed.body == body))
        };
        let side = |role: &String| Signatory { body: String::new(), role: role.clone(), person: None };
        let asked = if self.bodies.is_empty() { self.between.iter().map(side).collect() } else { self.bodies.clone() };
        asked.into_iter().filter(|asked| !has_signed(&asked.role, &asked.body)).collect()
    }
}

impl Ruleset {
    /// The sides of which no body is named that is to sign: roles of the pair, or `None` where there is no pair and no body
    /// at all. The floor holds whatever anybody agrees on, so nobody is asked.
    #[must_use]
    pub fn sides_without_body(&self) -> Vec<Option<&str>> {
        if self.layer == Layer::Floor {
            return Vec::new();
        }
        if self.between.is_empty() {
            return if self.bodies.is_empty() { vec![None] } else { Vec::new() };
        }
        let is_named = |role: &&String| self.bodies.iter().any(|body| body.role == **role);
        self.between.iter().filter(|role| !is_named(role)).map(|role| Some(role.as_str())).collect()
    }
}

/// A body's agreement to a rule set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    pub body: String,
    /// Code of the role the body speaks for.
    pub role: String,
    pub person: Option<String>,
    pub on: Date,
}

#[derive(Debug, Clone)]
pub struct Rule {
    pub id: String,
    pub title: Text,
    /// Why, in words that can be read aloud to the person concerned.
    pub reason: Text,
    pub strength: Strength,
    pub origin: Origin,
    pub mechanism: Mechanism,
    /// `RULE@set/version#hash`.
    pub citation: Arc<str>,
    pub(crate) place: Place,
}

/// What a rule does; one variant per rule kind.
#[derive(Debug, Clone)]
pub enum Mechanism {
    Share(Share),
    Gate(Gate),
    Duty(Duty),
    Standing(Standing),
    Nudge(Nudge),
    Pledge(Pledge),
}

impl Mechanism {
    pub fn kind(&self) -> RuleKind {
        match self {
            Self::Share(_) => RuleKind::Share,
            Self::Gate(_) => RuleKind::Gate,
            Self::Duty(_) => RuleKind::Duty,
            Self::Standing(_) => RuleKind::Standing,
            Self::Nudge(_) => RuleKind::Nudge,
            Self::Pledge(_) => RuleKind::Pledge,
        }
    }

    pub fn share(&self) -> Option<&Share> {
        match self {
            Self::Share(share) => Some(share),
            _ => None,
        }
    }

    /// The events the rule speaks of; standing rules and pledges speak of none.
    pub fn applies(&self) -> Option<&Applies> {
        match self {
            Self::Share(share) => Some(&share.applies),
            Self::Gate(gate) => Some(&gate.applies),
            Self::Duty(duty) => Some(&duty.applies),
            Self::Nudge(nudge) => Some(&nudge.applies),
            Self::Standing(_) | Self::Pledge(_) => None,
        }
    }

    /// The deadline of a duty or standing rule.
    pub fn deadline(&self) -> Option<&Deadline> {
        match self {
            Self::Duty(duty) => Some(&duty.deadline),
            Self::Standing(standing) => Some(&standing.deadline),
            _ => None,
        }
    }

    /// Every condition written in the rule.
    pub(crate) fn clauses(&self) -> impl Iterator<Item = &Clause> {
        let lists: [&[Clause]; 4] = match self {
            Self::Gate(gate) => [&gate.applies.when, &gate.applies.unless, &gate.require, &gate.pass_if],
            Self::Standing(standing) => [&standing.when, &standing.unless, &standing.paused_when, &[]],
            _ => match self.applies() {
                Some(applies) => [&applies.when, &applies.unless, &[], &[]],
                None => [&[], &[], &[], &[]],
            },
        };
        lists.into_iter().flatten()
    }
}

/// Permits or forbids viewing or posting.
#[derive(Debug, Clone)]
pub struct Share {
    pub effect: Effect,
    pub applies: Applies,
    /// The permits that a forbid means to cancel.
    pub(crate) overrides: Vec<(String, Place)>,
}

/// The events a rule speaks of.
#[derive(Debug, Clone)]
pub struct Applies {
    /// Kinds of record, by action.
    pub on: On,
    /// One clause must hold. Never empty: a rule without condition has one clause without terms.
    pub when: Vec<Clause>,
    /// No clause may hold.
    pub unless: Vec<Clause>,
}

/// Sets of kinds, by action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct On {
    pub view: u64,
    pub post: u64,
}

impl On {
    pub fn of(self, action: Action) -> u64 {
        match action {
            Action::View => self.view,
            Action::Post => self.post,
        }
    }
}

/// Terms that must all hold.
#[derive(Debug, Clone)]
pub struct Clause {
    pub terms: Vec<Term>,
    pub(crate) place: Place,
}

/// A field must have one of the wanted values.
#[derive(Debug, Clone)]
pub struct Term {
    /// Index in the vocabulary's fields.
    pub field: usize,
    pub wanted: Wanted,
    /// Written with `not`.
    pub(crate) negated: bool,
    /// Where a figure stands that no source gives and the region must set.
    pub(crate) placeholder: Option<Place>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    Positions(u64),
    /// Ascending and disjoint.
    Numbers(Vec<Interval>),
}

/// Whole numbers from `low` to `high`, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interval {
    pub low: i64,
    pub high: i64,
}

impl Interval {
    pub const ALL: Self = Self { low: i64::MIN, high: i64::MAX };

    pub fn exactly(number: i64) -> Self {
        Self { low: number, high: number }
    }

    pub fn is_exact(self) -> bool {
        self.low == self.high
    }

    pub fn intersect(self, other: Self) -> Option<Self> {
        let both = Self { low: self.low.max(other.low), high: self.high.min(other.high) };
        (both.low <= both.high).then_some(both)
    }
}
