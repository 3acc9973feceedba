//! Routes, authentication, errors, assets, and the listener that serves them.

mod api;
pub mod app;
pub mod assets;
mod authentication;
pub mod certificate;
mod input;
pub mod listen;
pub mod problem;
pub mod routes;
mod shapes;
mod socket;
pub mod tls;
