//! Every bound of the hub with its unit, in one place. A section belongs to the layer it names.

// ---- clock ----

/// A reading of the machine's clock this much behind the recorded time counts as a step back.
/// Below it lies the jitter of threads that read the clock at the same moment.
pub const CLOCK_STEP_BACK_NOTICED_MS: u64 = 100;
