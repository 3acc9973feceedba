//! Why a step in the life of the rulebook is not taken.

use crate::domain::text::{Invalid, Text};
use crate::rulebook::Problems;
use crate::store::StoreError;

/// See the module.
#[derive(Debug, thiserror::Error)]
pub enum LifeError {
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The files have mistakes.
    #[error("{0}")]
    Mistakes(Problems),
    #[error("no such version")]
    NotFound,
    /// Not at this stage, or not any more.
    #[error("{}", .0.en)]
    Conflict(Text),
    #[error("{}", .0.en)]
    Forbidden(Text),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl LifeError {
    /// In words.
    #[must_use]
    pub fn text(&self) -> Text {
        match self {
            Self::Invalid(invalid) => Text::new(
                format!("{}：{}", invalid.field, invalid.message.ja),
                format!("{}: {}", invalid.field, invalid.message.en),
            ),
            Self::Mistakes(_) => Text::fixed("ルールに誤りがあります", "the rules have mistakes"),
            Self::NotFound => Text::fixed("その版はありません", "there is no such version"),
            Self::Conflict(text) | Self::Forbidden(text) => text.clone(),
            Self::Store(error) => Text::new(error.to_string(), error.to_string()),
        }
    }
}

pub(super) fn conflict(ja: impl Into<String>, en: impl Into<String>) -> LifeError {
    LifeError::Conflict(Text::new(ja, en))
}

pub(super) fn changed_meanwhile() -> LifeError {
    conflict(
        "ほかの人が先に変えました。見直してからもう一度行ってください",
        "somebody changed it meanwhile; look again",
    )
}

pub(super) fn invalid(
    field: &'static str,
    code: &'static str,
    ja: impl Into<String>,
    en: impl Into<String>,
) -> LifeError {
    LifeError::Invalid(Invalid::new(field, code, Text::new(ja, en)))
}
