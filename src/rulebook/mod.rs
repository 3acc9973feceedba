//! The region's agreed rules as data: parse, check, compile, decide, explain. Pure: no I/O, no clock.
//!
//! Reading order: `facts` (what is asked), `vocabulary` and `ruleset` (the words and the rules),
//! `load` (files to a `Rulebook`), `judge` and `view` (the answers), `explain` (why). The formats are
//! described in `rulebooks/README.md`.

mod book;
mod class;
mod compose;
mod condition;
mod decide;
mod explain;
pub mod facts;
mod feasible;
mod grid;
mod judge;
mod load;
mod mistake;
mod phrase;
mod problem;
mod program;
mod region;
mod ruleset;
mod ruleset_file;
pub mod shipped;
pub mod situation;
mod slots;
mod suggest;
mod syntax;
mod table;
mod view;
mod vocabulary;
mod vocabulary_file;
mod words;

#[cfg(test)]
mod tests;

pub use book::{Rulebook, Sources};
pub use class::{EntryClass, Mask, RecordClass};
pub use decide::{Acceptance, Decision, Refusal, Situation, decide};
pub use explain::{Explanation, NearMiss, OtherBook, Reason};
pub use facts::{ActorFacts, Known, PatientFacts, PatientStatus, PostFacts, Purpose, RecordFacts, ViewerFacts};
pub use judge::{Cited, Judgement, RuleRef, Verdict};
pub use load::{Digest, RulebookFiles};
pub use mistake::Mistake;
pub use problem::{Problem, Problems, SourceFile};
pub use ruleset::{Mechanism, Rule, Ruleset, Share, Signature};
pub use situation::Target;
pub use slots::Slots;
pub use vocabulary::{Field, Lexicon, Vocabulary};
pub use words::{Action, Effect, Layer, Origin, RuleKind, Status, Strength};
