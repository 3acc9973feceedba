//! The ruling kept with an entry or a refusal: which rules of which version decided, on which facts, and what
//! duties came of it.
//!
//! The text of a reason is made when it is read, from the rulebook version cited; only the facts are kept.

use std::sync::Arc;

use super::duty::{DutyId, OpenedDuty};

/// The outcome of deciding, as stored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ruling {
    /// `RULE@set/version#hash`, the deciding rule first.
    pub cited: Vec<Arc<str>>,
    /// The input slots, packed by the rulebook that decided; readable with that version's vocabulary.
    pub slots: Vec<u8>,
    /// Duties the entry opened.
    pub opened: Vec<OpenedDuty>,
    /// Duties the entry met.
    pub met: Vec<DutyId>,
    /// Rules whose advice was given, cited as above.
    pub advice: Vec<Arc<str>>,
}
