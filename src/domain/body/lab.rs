//! Bodies of test results: asked for and passed on.

use jiff::civil::Date;

use super::check::{Check, attachments, few_of, has_happened, required, text};
use crate::domain::attachment::Attachment;
use crate::domain::decimal::Decimal;
use crate::domain::ids::EntryId;
use crate::domain::text::Invalid;
use crate::limits;

/// A request to pass on test results (FHIR `ServiceRequest`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LabRequest {
    pub text: String,
    pub urgent: bool,
}

/// One tested quantity.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LabItem {
    pub name: String,
    /// LOINC or JLAC code, if known.
    pub code: String,
    pub value: Option<Decimal>,
    pub text: String,
    pub unit: String,
    /// The laboratory's own reference range, as printed.
    pub range: String,
}

/// Test results passed on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LabResult {
    /// The request this answers.
    pub request: Option<EntryId>,
    pub sampled_on: Option<Date>,
    pub items: Vec<LabItem>,
    pub text: String,
    pub attachments: Vec<Attachment>,
}

impl Check for LabRequest {
    fn check(&self, _: Date) -> Result<(), Invalid> {
        required("text", &self.text)
    }
}

impl Check for LabResult {
    fn check(&self, today: Date) -> Result<(), Invalid> {
        has_happened("sampled_on", self.sampled_on, today)?;
        few_of("items", &self.items, limits::LAB_ITEMS_MAX)?;
        if self.items.is_empty() && self.attachments.is_empty() {
            return required("text", &self.text);
        }
        for (at, item) in self.items.iter().enumerate() {
            required("name", &item.name).map_err(|invalid| invalid.within(format!("items[{at}]")))?;
        }
        text("text", &self.text)?;
        attachments(&self.attachments)
    }
}
