//! Use cases that are not posts: organisations, people, sign-ins, imports.

pub mod directory;
pub mod import;
pub mod patients;
pub mod sign_in;
pub mod visible;
