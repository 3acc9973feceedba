//! Stories about the store, each told on both engines.

mod accepted;
mod accounts;
mod alone;
mod bells;
mod board;
mod cases;
mod commits;
mod damage;
mod destroyed;
mod devices;
mod directory;
mod dump;
mod duties;
mod earlier;
mod exposures;
mod files;
mod foreign;
mod going_on;
mod groups;
mod guarded;
mod guarded_rulebooks;
mod history;
mod keys;
mod known;
mod loads;
mod no_place;
mod power;
mod records;
mod region;
mod schema;
mod storage;
mod striking;
mod taken_out;
#[path = "../../../tests/support/template.rs"]
mod template;
