//! Use cases that are not posts: organisations, people, patients, tokens, imports.

pub mod import;
