//! Stories about the store, each told on both engines.

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
mod files;
mod groups;
mod guarded;
mod history;
mod keys;
mod known;
mod loads;
mod power;
mod records;
mod region;
mod schema;
mod storage;
mod taken_out;
