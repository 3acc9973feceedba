//! The ruling kept with an entry or a refusal: which rules of which version decided, on which facts.
//!
//! The text of a reason is made when it is read, from the rulebook version cited; only the facts are kept.

use std::sync::Arc;

/// The outcome of deciding, as stored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ruling {
    /// `RULE@set/version#hash`, the deciding rule first.
    pub cited: Vec<Arc<str>>,
    /// The input slots, packed by the rulebook that decided; readable with that version's vocabulary.
    pub slots: Vec<u8>,
}
