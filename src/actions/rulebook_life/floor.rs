//! What is said of files whose floor is not this hub's (`hub::floor`), and which files are the hub's own seeds.

use super::error::{LifeError, invalid};
use crate::hub::floor::{Floor, compare, rules_of};
use crate::rulebook::{Rulebook, shipped};
use crate::store::RulebookFile;

/// Refuses a version whose floor is not the hub's, rule by rule, or that has none.
pub(super) fn check(book: &Rulebook) -> Result<(), LifeError> {
    match compare(book).map_err(LifeError::Mistakes)? {
        Floor::AsShipped => Ok(()),
        Floor::Other => Err(invalid(
            "files",
            "unexpected",
            "土台（floor）のルールは、このハブに付いてくるものをそのまま使ってください。地域のきまりは、その上に書きます",
            "take the rules of the floor as they come with this hub; the region's own go on top of them",
        )),
        // The vocabulary is the region's: it names things as people there do, and does not change what the floor says.
        Floor::OtherWords(rule) => Err(invalid(
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
