//! Use cases that are not posts: organisations, people, sign-ins, finding and registering patients, files,
//! imports.

pub mod directory;
pub mod duties;
pub mod duty_clock;
pub mod files;
pub mod import;
pub mod kept_rulebooks;
pub mod linking_queue;
pub mod patients;
pub mod registering;
pub mod rulebook;
pub mod sign_in;
mod tickets;
pub mod visible;
