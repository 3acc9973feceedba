//! The region's agreed rules as data: parse, check, compile, decide, explain. Pure: no I/O, no clock.
//!
//! Reading order: `facts` (what is asked), `vocabulary` and `ruleset` (the words and the rules),
//! `load` (files to a `Rulebook`), `judge` and `view` (the answers), `explain` (why). The formats are
//! described in `rulebooks/README.md`.

pub mod agreement;
mod analyse;
mod analyse_duties;
mod answering;
mod attaching;
mod book;
mod branches;
mod class;
mod compose;
pub mod calendar;
mod condition;
mod consequences;
mod decide;
pub mod diff;
pub mod due;
mod due_patient;
mod due_standing;
mod duty;
mod emergency;
mod etiquette;
pub mod event;
mod explain;
pub mod facts;
mod feasible;
mod glossary;
mod grid;
mod handing_over;
mod groups;
pub mod history;
mod judge;
mod load;
mod locate;
mod meaning;
mod mechanism;
mod mechanism_check;
mod mechanism_file;
mod mistake;
mod naming;
mod notes;
mod on_behalf;
mod office;
mod parties;
mod partners;
mod party_file;
mod phrase;
mod pledging;
mod problem;
mod program;
mod reach;
mod region;
pub mod replay;
mod remembered;
mod ruleset;
mod ruleset_file;
mod said;
mod sheet;
mod sheet_rows;
pub mod shipped;
pub mod situation;
mod slots;
mod standing;
mod succession;
mod suggest;
mod surroundings;
mod syntax;
mod table;
pub mod tables;
mod told;
mod view;
mod vocabulary;
mod vocabulary_file;
mod wording;
mod words;

#[cfg(test)]
mod tests;

pub use analyse::{Coverage, Finding};
pub use answering::owes;
pub use book::{Rulebook, Sources};
pub use class::{EntryClass, Mask, RecordClass};
pub use decide::{Acceptance, Decision, Refusal, Situation, decide};
pub use due_patient::ends_views;
pub use due_standing::Looked;
pub use duty::{
    Act, Around, ChainStep, Debtor, Named, NewDuty, Owed, RoleSet, Seat, Step, StepDoes, Terms, Timing, Told,
};
pub use etiquette::{Advice, DutyOpened, Etiquette, Held};
pub use event::EventFacts;
pub use explain::{Explanation, NearMiss, OtherBook, Reason};
pub use facts::{
    ActorFacts, Known, PatientFacts, PatientStatus, PostFacts, Purpose, RecordFacts, ViewerFacts, WithheldFacts,
};
pub use judge::{Cited, Judgement, RuleRef, Verdict};
pub use load::{Digest, RulebookFiles};
pub use locate::Located;
pub use mechanism::{Deadline, Duty, Escalation, Gate, MetBy, Nudge, Party, Pledge, Span, Standing};
pub use mistake::Mistake;
pub use notes::Note;
pub use office::PledgesOpen;
pub use partners::{Partner, Shared};
pub use pledging::NeverGiven;
pub use problem::{Problem, Problems, SourceFile};
pub use reach::{Reader, course_class};
pub use ruleset::{Mechanism, Rule, Ruleset, Share, Signatory, Signature};
pub use situation::Target;
pub use slots::Slots;
pub use standing::{PledgeDue, StandingImplied};
pub use surroundings::Surroundings;
pub use vocabulary::{Field, Lexicon, Vocabulary};
pub use wording::{Hold, Line, Missing};
pub use words::{
    Action, Audience, Capacity, Clock, Effect, Layer, Origin, Per, Pledger, Relation, RuleKind, Status, Strength,
    WayOut,
};
