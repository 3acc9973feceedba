//! The body that says what the patient suffers from: a list that replaces the one before, whole; which one stands is the
//! fold's matter.

use jiff::civil::Date;

use super::check::{Check, each, has_happened, required, text, texts};
use crate::domain::list::closed_list;
use crate::domain::text::Invalid;

closed_list! {
    /// How it is with a problem [Condition.clinicalStatus].
    ProblemStatus {
        Active = "active", "続いている", "active";
        Inactive = "inactive", "落ち着いている", "inactive";
        Resolved = "resolved", "解決済み", "resolved";
    }
}

/// One illness or other problem (FHIR `Condition`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub name: String,
    /// ICD-10, or the code of a national list, if known.
    pub code: String,
    pub status: ProblemStatus,
    /// Since when, where the day is known; a year alone stands in the note.
    pub since: Option<Date>,
    pub note: String,
}

/// All problems that the team has to know of, the main one first; replaces the list before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProblemList {
    pub items: Vec<Problem>,
    pub text: String,
}

impl Check for ProblemList {
    fn check(&self, today: Date) -> Result<(), Invalid> {
        each("items", &self.items, |problem| {
            required("name", &problem.name)?;
            has_happened("since", problem.since, today)?;
            texts([("code", &problem.code), ("note", &problem.note)])
        })?;
        if self.items.is_empty() { required("text", &self.text) } else { text("text", &self.text) }
    }
}
