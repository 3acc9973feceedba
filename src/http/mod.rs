//! Routes, authentication, errors, assets, and the listener that serves them.

pub mod app;
pub mod assets;
pub mod certificate;
pub mod listen;
mod socket;
pub mod tls;
