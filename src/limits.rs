//! Every bound of the hub with its unit, in one place. A section belongs to the layer it names.

// ---- clock ----

/// A reading of the machine's clock this much behind the recorded time counts as a step back.
/// Below it lies the jitter of threads that read the clock at the same moment.
pub const CLOCK_STEP_BACK_NOTICED_MS: u64 = 100;

// ---- vault ----

/// No more than this is read of a region key file; a real one has 65 bytes.
pub const KEY_FILE_BYTES_MAX: u64 = 1_024;
/// A patient's key may seal this many records: the bound of NIST SP 800-38D section 8.3 for random
/// nonces (probability of a repetition below 2^-32). At one record a second it lasts 136 years.
pub const RECORDS_PER_KEY_MAX: u64 = 1 << 32;

// ---- domain: what one entry may hold ----

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
