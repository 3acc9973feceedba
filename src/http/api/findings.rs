//! What a look through a text found that may say of whom it speaks, as REST tells it: of announcements and of cases.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::identifying::Identifying;
use crate::domain::text::Text;
use crate::http::shapes::Words;
use crate::limits;

/// What in a text may say of whom it speaks.
#[derive(Debug, Serialize, ToSchema)]
pub struct IdentifyingShape {
    /// `name`, `birth_date`, `number`.
    kind: &'static str,
    label: Words,
    /// As it stands in the text; this is what a confirmation names.
    excerpt: String,
}

/// What was found, each once.
#[derive(Debug, Serialize, ToSchema)]
pub struct Findings {
    found: Vec<IdentifyingShape>,
    /// There is more than is listed and can be confirmed: change the text.
    more: bool,
}

impl From<Vec<Identifying>> for Findings {
    fn from(found: Vec<Identifying>) -> Self {
        let told = |Identifying { kind, excerpt }| IdentifyingShape {
            kind: kind.code(),
            label: Words::from(&Text::fixed(kind.ja(), kind.en())),
            excerpt,
        };
        let more = found.len() > limits::IDENTIFYING_TOLD_MAX;
        Self { found: found.into_iter().take(limits::IDENTIFYING_TOLD_MAX).map(told).collect(), more }
    }
}
