//! Routes, authentication, errors, assets.

pub mod assets;
