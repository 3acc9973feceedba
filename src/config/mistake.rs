//! What is wrong with a configuration and where, for a person to mend.

use std::fmt;
use std::path::{Path, PathBuf};

use super::Language;
use crate::domain::text::Text;

/// Where a value was given. The order is that in which mistakes are shown.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// Line and column from 1; the column counts characters.
    File {
        path: PathBuf,
        line: usize,
        column: usize,
    },
    Environment {
        name: String,
    },
    Flag {
        name: String,
    },
    /// Nobody gave it.
    Default,
}

/// One thing to mend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    pub place: Place,
    /// Path of the field; empty when the mistake is not in a field.
    pub field: String,
    pub message: Text,
    /// What was probably meant.
    pub suggestion: Option<String>,
}

impl Mistake {
    pub(super) fn new(place: Place, field: impl Into<String>, message: Text) -> Self {
        Self { place, field: field.into(), message, suggestion: None }
    }

    #[must_use]
    pub(super) fn suggest(mut self, suggestion: Option<&str>) -> Self {
        self.suggestion = suggestion.map(str::to_owned);
        self
    }

    pub(super) fn expected(place: Place, field: &str, expected: &Text, given: &str) -> Self {
        let message = Text::new(
            format!("{}が必要ですが、{given} です", expected.ja),
            format!("expected {}, found {given}", expected.en),
        );
        Self::new(place, field, message)
    }

    pub(super) fn missing_file(place: Place, field: &str, path: &Path, made_by: Option<&str>) -> Self {
        let path = path.display();
        let (ja, en) = match made_by {
            // A new one beside the database of a region would open nothing.
            Some(command) if field == "region_key_file" => (
                format!(
                    "{path} がありません。この地域の鍵の写しをそこに戻し、chmod 600 にしてください。新しい地域を始めるときだけ、`{command}` で作れます"
                ),
                format!(
                    "{path} is not there: put the copy that was kept back there (chmod 600); for a new region `{command}` makes one"
                ),
            ),
            Some(command) => (
                format!("{path} がありません。`{command}` で作れます"),
                format!("{path} is not there; `{command}` makes it"),
            ),
            None => (format!("{path} がありません"), format!("{path} is not there")),
        };
        Self::new(place, field, Text::new(ja, en))
    }

    /// One line for the terminal: place, field, what is wrong, what was probably meant.
    #[must_use]
    pub fn render(&self, language: Language) -> String {
        let (message, asked) = match language {
            Language::Ja => (&self.message.ja, "もしかして"),
            Language::En => (&self.message.en, "did you mean"),
        };
        let mut line = format!("{}: ", self.place);
        if !self.field.is_empty() {
            line.push_str(&format!("{}: ", self.field));
        }
        line.push_str(message);
        if let Some(suggestion) = &self.suggestion {
            match language {
                Language::Ja => line.push_str(&format!("（{asked}: {suggestion}）")),
                Language::En => line.push_str(&format!(" ({asked} {suggestion}?)")),
            }
        }
        line
    }
}

impl Place {
    pub(super) fn is_on_line_of(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::File { line: one, .. }, Self::File { line: other, .. }) => one == other,
            _ => false,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { path, line, column } => write!(f, "{}:{line}:{column}", path.display()),
            Self::Environment { name } | Self::Flag { name } => f.write_str(name),
            Self::Default => f.write_str("-"),
        }
    }
}
