//! The rulebook shipped with the hub, inside the binary: the words, the legal floor and the sharing
//! rules, all unsigned seeds. A region starts from copies of these files.

use super::book::Rulebook;
use super::load::{Digest, RulebookFiles};
use super::problem::{Problems, SourceFile};

pub const VOCABULARY: SourceFile<'static> =
    SourceFile { name: "rulebooks/vocabulary.toml", text: include_str!("../../rulebooks/vocabulary.toml") };
pub const FLOOR: SourceFile<'static> =
    SourceFile { name: "rulebooks/floor.toml", text: include_str!("../../rulebooks/floor.toml") };
pub const SHARING: SourceFile<'static> =
    SourceFile { name: "rulebooks/sharing.toml", text: include_str!("../../rulebooks/sharing.toml") };

pub fn files() -> RulebookFiles<'static> {
    RulebookFiles { vocabulary: VOCABULARY, sets: vec![FLOOR, SHARING] }
}

/// The shipped rulebook.
///
/// # Errors
/// None that the tests of this crate let through.
pub fn load(digest: Digest) -> Result<Rulebook, Problems> {
    Rulebook::load(&files(), digest)
}
