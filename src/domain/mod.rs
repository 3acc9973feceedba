//! The nouns of home care and the fold over a timeline. No I/O, no clock, no serde for outsiders.
//!
//! Read `kind`, `body`, `entry`, then `state`.

pub mod account;
pub mod act;
pub mod alarm;
pub mod announcement;
pub mod attachment;
pub mod audit;
pub mod bell;
pub mod body;
pub mod case;
mod check;
pub mod checkpoint;
pub mod client;
pub mod compliance;
pub mod decimal;
pub mod device;
pub mod directory;
pub mod duties;
pub mod duty;
pub mod entry;
pub mod identifying;
pub mod ids;
pub mod in_words;
pub mod keeping;
pub mod kind;
pub mod lifecycle;
pub(crate) mod list;
pub mod offices;
pub mod on_call;
pub mod patient;
pub mod rate;
pub mod quarantine;
pub mod reading;
pub mod retention;
pub mod role;
pub mod ruling;
pub mod search;
pub mod standing;
pub mod state;
pub mod team;
pub mod terms;
pub mod text;
pub mod time;
pub mod training;
pub mod unit;
pub mod vital;
