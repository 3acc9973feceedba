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

// ── Imports ──

/// Largest file an import reads, in bytes (64 MiB): some 600,000 readings.
pub const IMPORT_FILE_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Longest row of an imported file, in bytes.
pub const IMPORT_ROW_BYTES_MAX: usize = 64 * 1024;
/// Most columns of an imported file.
pub const IMPORT_COLUMNS_MAX: usize = 256;
/// Most rows of an imported file, without its header.
pub const IMPORT_ROWS_MAX: usize = 1_000_000;
/// Entries handed over for deciding or writing at once.
pub const IMPORT_BATCH_ENTRIES: usize = 200;
/// Complaints an import prints before it only counts them.
pub const IMPORT_COMPLAINTS_SHOWN: usize = 50;
/// Lines an import names for one class of row.
pub const IMPORT_LINES_NAMED: usize = 5;
