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
