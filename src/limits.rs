//! Every bound of the hub with its unit, in one place.

// ── What one entry may hold ──

/// Longest text of one field, in characters.
pub const TEXT_CHARS_MAX: usize = 20_000;
/// Longest name of a person or organisation, in characters.
pub const NAME_CHARS_MAX: usize = 100;
/// Most addressees of one entry.
pub const ADDRESSEES_MAX: usize = 50;
/// Most people named in one team link.
pub const LINKED_PEOPLE_MAX: usize = 100;
/// Most items of one lab result.
pub const LAB_ITEMS_MAX: usize = 200;
