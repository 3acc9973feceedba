//! Imports of patients and vital signs from the tables of other systems, safe to run twice.
//!
//! Pure up to [`apply`]: bytes → [`table`] → [`columns`] → [`vitals`] or [`patients`] → a [`sheet::Sheet`] of drafts.
//! [`apply`] then asks an [`target::ImportTarget`] to decide and write. It corrects nothing that is already known.

pub mod apply;
pub mod cell;
pub mod charset;
pub mod columns;
pub mod draft;
pub mod moment;
pub mod name_id;
pub mod outcome;
pub mod hub_target;
mod patient_fields;
pub mod patients;
pub mod rejects;
pub mod report;
pub mod sheet;
pub mod table;
pub mod target;
mod vital_fields;
pub mod vitals;

#[cfg(test)]
pub(crate) mod memory;
#[cfg(test)]
mod stories;
