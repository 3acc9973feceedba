//! Renkei (連携): a real-time hub for a region's home-care teams.
//!
//! The map of the house. Read `domain`, then `rulebook`, `vault`, `codec` and `store`, then `hub`; `wire`, `session`,
//! `http` and `cli` bring bytes in and out. `actions` holds what is not a post, `bus` counts tries beside the hub; `clock`,
//! `config` and `limits` are leaves. `tests/tidy/layers.rs` says which layer may use which, and fails when one uses another.

pub mod clock;
pub mod config;
pub mod limits;

pub mod actions;
pub mod bus;
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
