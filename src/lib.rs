//! Renkei (連携): a real-time hub for a region's home-care teams.
//!
//! The map of the house, in reading order. Each layer may use those above it and none below;
//! `tests/tidy/layers.rs` fails when one does.

pub mod clock;
pub mod config;
pub mod limits;

pub mod actions;
pub mod cli;
pub mod codec;
pub mod domain;
pub mod http;
pub mod hub;
pub mod rulebook;
pub mod session;
pub mod store;
pub mod vault;
pub mod wire;
