//! Routes, authentication, errors, assets, and the listener that serves them.

mod api;
pub mod app;
pub mod assets;
mod authentication;
pub mod certificate;

pub mod client_certificates;
pub mod client_routes;
pub mod cookies;
pub(crate) mod health;
mod input;
pub mod listen;
mod metrics;
mod names;
mod oauth;
mod oidc;
pub mod openapi;
mod optional_json;
pub mod problem;
pub mod routes;
mod shapes;
pub mod socket;
pub mod step_up;
pub mod tls;
