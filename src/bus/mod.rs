//! What the hubs of a region share beside the journal: how often somebody tried something. It may be lost at any
//! moment, and nothing is lost with it: each hub goes on by what it counted itself. `hub/` asks it, nobody else.

mod allowance;
mod redis;

pub use allowance::{Shared, SharedBounds, Taken};
pub use redis::BusError;
