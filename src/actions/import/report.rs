//! What an import found: counts per class of row, complaints by line and column, columns left out.

use std::collections::BTreeMap;
use std::fmt;

use super::outcome::{Note, Outcome};
use crate::domain::text::{Invalid, Text};
use crate::limits;

/// A column of the file: its number from 1 and its header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub number: usize,
    pub header: String,
}

/// Why a row cannot be taken, and where in the file that stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// From 1, the header's line included.
    pub line: usize,
    /// `None`: the whole row.
    pub place: Option<Place>,
    /// Field, code and expectation.
    pub invalid: Invalid,
}

/// Why the file as a whole cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct FileFault {
    /// From 1, where it stands at one.
    pub line: Option<usize>,
    /// From 1: a character of the line.
    pub column: Option<usize>,
    /// Stable code.
    pub code: &'static str,
    pub message: Text,
}

impl FileFault {
    pub(super) fn whole(code: &'static str, message: Text) -> Self {
        Self { line: None, column: None, code, message }
    }

    pub(super) fn at(line: usize, column: Option<usize>, code: &'static str, message: Text) -> Self {
        Self { line: Some(line), column, code, message }
    }
}

impl fmt::Display for FileFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.line, self.column) {
            (Some(line), Some(column)) => write!(f, "line {line}, column {column}: {}", self.message.en),
            (Some(line), None) => write!(f, "line {line}: {}", self.message.en),
            _ => f.write_str(&self.message.en),
        }
    }
}

/// How many rows carry a note, and the first few of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Count {
    pub rows: usize,
    pub first_lines: Vec<usize>,
}

/// Notes by class and, where a note is about a column, that column's header.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notes(pub BTreeMap<(Note, String), Count>);

impl Notes {
    /// Takes a row's note in.
    pub fn add(&mut self, line: usize, note: Note, header: &str) {
        let count = self.0.entry((note, header.to_owned())).or_default();
        count.rows += 1;
        if count.first_lines.len() < limits::IMPORT_LINES_NAMED {
            count.first_lines.push(line);
        }
    }

    /// How many rows carry this note, whichever the column.
    #[must_use]
    pub fn rows(&self, note: Note) -> usize {
        self.0.iter().filter(|((class, _), _)| *class == note).map(|(_, count)| count.rows).sum()
    }
}

/// A column that no field of this hub takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SkippedColumn {
    pub header: String,
    /// Cells with something in them: what stays behind.
    pub filled: usize,
}

/// The result of one import.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Data rows of the file, empty ones included.
    pub rows: usize,
    pub outcomes: BTreeMap<Outcome, usize>,
    pub notes: Notes,
    pub skipped: Vec<SkippedColumn>,
    pub complaints: Vec<Complaint>,
    /// Entries written by this run.
    pub written: usize,
    pub dry_run: bool,
}

impl Report {
    /// Rows of this outcome.
    #[must_use]
    pub fn count(&self, outcome: Outcome) -> usize {
        self.outcomes.get(&outcome).copied().unwrap_or(0)
    }

    /// Rows somebody has to look at.
    #[must_use]
    pub fn wrong(&self) -> usize {
        self.outcomes.iter().filter(|(outcome, _)| outcome.is_wrong()).map(|(_, rows)| rows).sum()
    }
}
