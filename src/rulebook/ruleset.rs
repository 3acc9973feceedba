//! Rule sets as read: the header, and rules whose words are already resolved to positions of the
//! vocabulary. Made by `ruleset_file`, checked by `compose`, compiled by `program`, quoted by `explain`.

use std::sync::Arc;

use jiff::civil::Date;

use super::problem::Place;
use super::words::{Action, Effect, Layer, Origin, Status, Strength};
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
    pub rules: Vec<Rule>,
    /// First 12 hexadecimal digits of the SHA-256 of the file.
    pub hash: String,
    pub(crate) place: Place,
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

/// What a rule does; one variant per rule kind this build evaluates.
#[derive(Debug, Clone)]
pub enum Mechanism {
    Share(Share),
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
