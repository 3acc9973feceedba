//! Where a mistake stands in a file, and the collector that keeps all of them. The loader fills one
//! `Findings` per file; the command line and the console print the `Problems`.

use std::fmt;

use super::mistake::Mistake;
use super::syntax::Damage;
use crate::domain::text::Text;

/// One text of a rulebook: a vocabulary or a rule set, with the name its problems are reported under.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SourceFile<'a> {
    pub name: &'a str,
    pub text: &'a str,
}

/// A mistake with its place. Lines and columns count from 1; a column is a character, not a byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub file: String,
    pub line: u32,
    pub column: u32,
    pub mistake: Mistake,
}

impl Problem {
    /// Stable code for machines; people read [`Problem::message`].
    pub fn code(&self) -> &'static str {
        self.mistake.code()
    }

    pub fn message(&self) -> Text {
        self.mistake.text()
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.message();
        write!(f, "{}:{}:{}: {} / {}", self.file, self.line, self.column, text.ja, text.en)
    }
}

/// Every mistake found in a rulebook, in the order of files and lines. Never empty.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
pub struct Problems(pub Vec<Problem>);

/// A byte offset in one of the files being loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct Place {
    pub file: u16,
    pub at: usize,
}

/// The mistakes of all files, collected so that an author sees them at once.
#[derive(Debug)]
pub(crate) struct Findings<'a> {
    files: Vec<SourceFile<'a>>,
    found: Vec<(Place, Mistake)>,
}

impl<'a> Findings<'a> {
    pub fn new(files: Vec<SourceFile<'a>>) -> Self {
        Self { files, found: Vec::new() }
    }

    pub fn add(&mut self, place: Place, mistake: Mistake) {
        self.found.push((place, mistake));
    }

    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Drops what was only found because a part of the file could not be read.
    pub fn forget_shadows(&mut self, file: u16, damage: &Damage) {
        let within = |ranges: &[std::ops::Range<usize>], at| ranges.iter().any(|range| range.contains(&at));
        self.found.retain(|(place, mistake)| {
            let is_shadow = match mistake {
                _ if place.file != file => false,
                Mistake::Syntax(_) | Mistake::FullWidth { .. } | Mistake::BadDate { .. } => false,
                Mistake::MissingKey { .. } => within(&damage.incomplete, place.at),
                _ => within(&damage.unreadable, place.at),
            };
            !is_shadow
        });
    }

    /// `file:line:column` of a place, for messages that point at a second place.
    pub fn locate(&self, place: Place) -> String {
        let (line, column) = line_and_column(self.files[usize::from(place.file)].text, place.at);
        format!("{}:{line}:{column}", self.files[usize::from(place.file)].name)
    }

    pub fn into_problems(mut self) -> Result<(), Problems> {
        if self.found.is_empty() {
            return Ok(());
        }
        self.found.sort_by_key(|(place, _)| *place);
        self.found.dedup();
        let problems = self.found.into_iter().map(|(place, mistake)| {
            let file = self.files[usize::from(place.file)];
            let (line, column) = line_and_column(file.text, place.at);
            Problem { file: file.name.to_owned(), line, column, mistake }
        });
        Err(Problems(problems.collect()))
    }
}

pub(crate) fn line_and_column(text: &str, at: usize) -> (u32, u32) {
    let before = &text[..text.floor_char_boundary(at)];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let line = before.matches('\n').count() + 1;
    let column = before[line_start..].chars().count() + 1;
    (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::line_and_column;

    #[test]
    fn columns_count_characters_so_that_japanese_lines_point_right() {
        let text = "a = 1\nja = \"看護師\" x";
        assert_eq!(line_and_column(text, 0), (1, 1));
        assert_eq!(line_and_column(text, text.find('x').expect("present")), (2, 12));
        assert_eq!(line_and_column(text, text.len()), (2, 13));
    }
}
