//! Where something stands in the files a book was made of, for what is told about a sound book: notes and
//! findings. Mistakes of an unsound one are located by `problem`.

use std::fmt;

use super::book::Rulebook;
use super::problem::{Place, line_and_column};

/// A place in a file. Lines and columns count from 1; a column is a character.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Located {
    pub file: String,
    pub line: u32,
    pub column: u32,
}

impl fmt::Display for Located {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

impl Rulebook {
    pub(crate) fn locate(&self, place: Place) -> Located {
        let sources = self.sources();
        let set = usize::from(place.file).checked_sub(1).and_then(|at| sources.sets.get(at));
        let (file, text) = set.unwrap_or(&sources.vocabulary);
        let (line, column) = line_and_column(text, place.at);
        Located { file: file.clone(), line, column }
    }
}
