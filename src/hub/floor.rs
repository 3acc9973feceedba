//! The legal floor of a rulebook: the rules that come with this hub, as they are. A region's own go on top of them. Asked when
//! files are handed in (`actions/rulebook_life`), when a version is to come into force (`versions`), and of the one in force (`rulebooks`).

use crate::rulebook::{Layer, Problems, Rulebook, shipped};
use crate::vault::digest;

/// How a book stands to the floor of this hub.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Floor {
    AsShipped,
    /// It has none, two, or one with other rules.
    Other,
    /// Its words give this rule of the floor another meaning.
    OtherWords(String),
}

/// Compares the floor rule by rule. What stands around the rules (status, version, comments before them) may differ, and so
/// may words that the floor does not use.
///
/// # Errors
/// Never, while the rules that ship with this hub can be read.
pub fn compare(book: &Rulebook) -> Result<Floor, Problems> {
    let floors = book.sets().iter().filter(|set| set.layer == Layer::Floor).count();
    let texts = book.sources().sets.iter().map(|(_, text)| text);
    if floors != 1 || texts.filter(|text| rules_of(text) == rules_of(shipped::FLOOR.text)).count() != 1 {
        return Ok(Floor::Other);
    }
    let differs = shipped::load(digest)?.differs_in(Layer::Floor, book).map(str::to_owned);
    Ok(differs.map_or(Floor::AsShipped, Floor::OtherWords))
}

/// From the first rule on, however the lines end.
#[must_use]
pub fn rules_of(text: &str) -> String {
    let rules = text.find("[[rule]]").map_or("", |at| &text[at..]);
    rules.lines().map(str::trim_end).collect::<Vec<_>>().join("\n").trim_end().to_owned()
}
