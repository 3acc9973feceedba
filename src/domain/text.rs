//! A message in both languages of the product, and complaints about input that name the field.

use std::borrow::Cow;
use std::fmt;

/// One message in Japanese and English.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    pub ja: Cow<'static, str>,
    pub en: Cow<'static, str>,
}

impl Text {
    /// A fixed message.
    #[must_use]
    pub const fn fixed(ja: &'static str, en: &'static str) -> Self {
        Self { ja: Cow::Borrowed(ja), en: Cow::Borrowed(en) }
    }

    /// A composed message.
    pub fn new(ja: impl Into<String>, en: impl Into<String>) -> Self {
        Self { ja: Cow::Owned(ja.into()), en: Cow::Owned(en.into()) }
    }
}

/// A number with its English noun: "1 mistake", "2 mistakes".
#[must_use]
pub fn counted(count: impl fmt::Display, noun: &str) -> String {
    let count = count.to_string();
    let plural = if count == "1" { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

/// Input that cannot be taken as it is: which field, what was expected, what was given.
///
/// Values given are repeated only where they are needed to find the mistake; they never reach a log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {}", .message.en)]
pub struct Invalid {
    /// Dotted path of the field, as the wire names it, e.g. `vital.measurements[0].value`.
    pub field: String,
    /// Stable code for clients.
    pub code: &'static str,
    /// What was expected and what was given.
    pub message: Text,
}

impl Invalid {
    /// A complaint about `field`.
    pub fn new(field: impl Into<String>, code: &'static str, message: Text) -> Self {
        Self { field: field.into(), code, message }
    }

    /// The same complaint seen from one level further out.
    #[must_use]
    pub fn within(mut self, outer: impl fmt::Display) -> Self {
        // The place in a list follows its field without a dot: `items[3]`.
        let dot = if self.field.is_empty() || self.field.starts_with('[') { "" } else { "." };
        self.field = format!("{outer}{dot}{}", self.field);
        self
    }

    /// A field that must be present.
    pub fn required(field: impl Into<String>) -> Self {
        Self::new(field, "required", Text::fixed("必須の項目です", "this field is required"))
    }

    /// A text or list longer than its bound.
    pub fn too_long(field: impl Into<String>, max: usize, unit: (&str, &str), given: usize) -> Self {
        Self::new(
            field,
            "too_long",
            Text::new(
                format!("{max}{}までです（{given}{}ありました）", unit.0, unit.0),
                format!("at most {max} {}, {given} given", unit.1),
            ),
        )
    }

    /// A code that is not in the closed list.
    pub fn unknown_code(field: impl Into<String>, given: &str, expected: &[&str]) -> Self {
        let expected = expected.join(", ");
        Self::new(
            field,
            "unknown_code",
            Text::new(
                format!("「{given}」は使えません。使える値: {expected}"),
                format!("`{given}` is not one of: {expected}"),
            ),
        )
    }
}
