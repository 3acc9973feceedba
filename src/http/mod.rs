//! Routes, authentication, errors, assets.
