//! The ruling kept with an entry or a refusal: which rules of which version decided, on which facts, and what
//! duties came of it.
//!
//! The text of a reason is made when it is read, from the rulebook version cited; only the facts are kept.

use std::sync::Arc;

use super::duty::{DutyId, OpenedDuty};
use super::entry::WrittenReason;

/// `ND-M1` of `ND-M1@etiquette/1.0.0#ab`.
#[must_use]
pub fn rule_id(citation: &str) -> &str {
    citation.split('@').next().unwrap_or(citation)
}

/// The outcome of deciding, as stored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ruling {
    /// `RULE@set/version#hash`, the deciding rule first.
    pub cited: Vec<Arc<str>>,
    /// The input slots, packed by the rulebook that decided; readable with that version's vocabulary.
    pub slots: Vec<u8>,
    /// `None` where there are none, as for nearly every vital and note; apart, so that those stay small.
    pub consequences: Option<Box<Consequences>>,
}

/// What came of an entry beside its being accepted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Consequences {
    /// Duties the entry opened.
    pub opened: Vec<OpenedDuty>,
    /// Duties the entry met.
    pub met: Vec<DutyId>,
    /// Rules whose advice was given, cited as the deciding ones are.
    pub advice: Vec<Arc<str>>,
    /// Those of `advice` that speak to the secretariat.
    pub to_secretariat: Vec<Arc<str>>,
    /// Gates that it passed by an exception, cited alike.
    pub excepted: Vec<Arc<str>>,
    /// Reasons written for gates that would have held it.
    pub reasons: Vec<WrittenReason>,
}

impl Consequences {
    /// As a ruling keeps them: nothing at all where there are none.
    #[must_use]
    pub fn kept(self) -> Option<Box<Self>> {
        (self != Self::default()).then(|| Box::new(self))
    }
}

impl Ruling {
    /// Duties the entry opened.
    #[must_use]
    pub fn opened(&self) -> &[OpenedDuty] {
        self.consequences.as_deref().map_or(&[], |consequences| &consequences.opened)
    }

    /// Duties the entry met.
    #[must_use]
    pub fn met(&self) -> &[DutyId] {
        self.consequences.as_deref().map_or(&[], |consequences| &consequences.met)
    }

    /// Rules whose advice was given, cited as the deciding ones are.
    #[must_use]
    pub fn advice(&self) -> &[Arc<str>] {
        self.consequences.as_deref().map_or(&[], |consequences| &consequences.advice)
    }

    /// Those of the advice that speak to the secretariat.
    #[must_use]
    pub fn to_secretariat(&self) -> &[Arc<str>] {
        self.consequences.as_deref().map_or(&[], |consequences| &consequences.to_secretariat)
    }
}
