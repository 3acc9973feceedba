//! The routes under `/api/v1`, a file for each noun. A handler reads the request, asks the hub or an action, and
//! writes the answer; it holds no rules.

pub mod accounts;
pub mod advice;
pub mod announcements;
pub mod audit;
pub mod bells;
pub mod cases;
pub mod clients;
pub mod compliance;
pub mod directory;
pub mod duties;
pub mod emergency;
pub mod explaining;
pub mod exports;
pub mod files;
mod findings;
pub mod groups;
pub mod linking_queue;
pub mod me;
pub mod offices;
pub mod patients;
pub mod quarantine;
pub mod registering;
pub mod retention;
pub mod rulebook;
pub mod rulebook_tables;
pub mod rulebooks;
pub mod sign_ins;
pub mod statistics;
pub mod timelines;
pub mod trainings;
