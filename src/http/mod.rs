//! Routes, authentication, errors, assets, and the listener that serves them.

pub mod certificate;
pub mod listen;
pub mod tls;
