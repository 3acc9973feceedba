//! Stories about the store, each told on both engines.

mod commits;
mod damage;
mod loads;
mod records;
mod region;
mod schema;
mod storage;
