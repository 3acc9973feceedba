//! The nouns of home care and the fold over a timeline. No I/O, no clock, no serde for outsiders.

pub mod time;
