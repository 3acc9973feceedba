//! The legal floor of a version: the rules that come with this hub, as they are. A region's own rules go on top of them.
//! What stands around the rules (status, version, comments before them) may differ.

use super::error::{LifeError, invalid};
use crate::rulebook::{Layer, Rulebook, shipped};
use crate::store::RulebookFile;
use crate::vault::digest;

/// Refuses a version whose floor is not the hub's, rule by rule, or that has none.
pub(super) fn check(book: &Rulebook, files: &[RulebookFile]) -> Result<(), LifeError> {
    let floors: Vec<&str> =
        book.sets().iter().filter(|set| set.layer == Layer::Floor).map(|set| set.id.as_str()).collect();
    let is_floor = |file: &&RulebookFile| rules_of(&file.content) == rules_of(shipped::FLOOR.text);
    if floors.len() == 1 && files.iter().filter(is_floor).count() == 1 {
        return check_words(book);
    }
    Err(invalid(
        "files",
        "unexpected",
        "土台（floor）のルールは、このハブに付いてくるものをそのまま使ってください。地域のきまりは、その上に書きます",
        "take the rules of the floor as they come with this hub; the region's own go on top of them",
    ))
}

/// The vocabulary is the region's: it names things as people there do, and does not change what the floor says.
fn check_words(book: &Rulebook) -> Result<(), LifeError> {
    let ours = shipped::load(digest).map_err(LifeError::Mistakes)?;
    match ours.differs_in(Layer::Floor, book) {
        None => Ok(()),
        Some(rule) => Err(invalid(
            "files",
            "unexpected",
            format!(
                "言葉（vocabulary）の変更で、土台のルール {rule} の意味が変わります。土台が使う組と事実の導き方は変えられません"
            ),
            format!(
                "the changed vocabulary gives the floor's rule {rule} another meaning; the groups and derivations that the floor uses stay as they are"
            ),
        )),
    }
}

/// Whether these files are the seeds that come with this hub, rule by rule, or some of them. Only those may be tried
/// unsigned: what a region changed in them, its bodies sign.
pub(super) fn are_as_shipped(files: &[RulebookFile]) -> bool {
    let is_shipped = |file: &RulebookFile| {
        let is_vocabulary = same_lines(&file.content, shipped::VOCABULARY.text);
        is_vocabulary || shipped::SETS.iter().any(|set| rules_of(&file.content) == rules_of(set.text))
    };
    files.iter().all(is_shipped)
}

fn same_lines(one: &str, other: &str) -> bool {
    one.lines().map(str::trim_end).eq(other.lines().map(str::trim_end))
}

/// From the first rule on, however the lines end.
fn rules_of(text: &str) -> String {
    let rules = text.find("[[rule]]").map_or("", |at| &text[at..]);
    rules.lines().map(str::trim_end).collect::<Vec<_>>().join("\n").trim_end().to_owned()
}
