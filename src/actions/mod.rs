//! Use cases that are not posts: organisations, people, sign-ins, finding and registering patients, files,
//! emergency access, imports, posts in envelopes, devices rung while their page is closed, announcements, trainings,
//! good-practice cases, groups.

pub mod accounts;
pub mod advice;
pub mod agreement;
pub mod announcing;
pub mod audit;
pub mod backup;
pub mod bells;
pub mod cases;
pub mod checkpoints;
pub mod compliance;
pub mod destroying;
pub mod directory;
pub mod duties;
pub mod duty_clock;
pub mod emergency;
pub mod ended_beside;
pub mod explaining;
pub mod export;
pub mod files;
pub mod groups;
pub mod import;
mod in_use;
pub mod kept_rulebooks;
pub mod linking_queue;
mod links;
pub mod looking_through;
pub mod offices;
pub mod patients;
pub mod quarantine;
pub mod region_keys;
pub mod registering;
pub mod replaying;
pub mod rulebook;
pub mod rulebook_life;
pub mod shipping;
pub mod sign_in;
pub mod statistics;
pub mod striking;
pub mod taken_out;
mod tickets;
pub mod training;
pub mod visible;
pub mod witness;
