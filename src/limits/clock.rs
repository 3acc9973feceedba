//! Bounds of time: of the machine's clock, and of times on record. Part of `limits.rs`.

/// A reading of the machine's clock this much behind the recorded time counts as a step back.
/// Below it lies the jitter of threads that read the clock at the same moment.
pub const CLOCK_STEP_BACK_NOTICED_MS: u64 = 100;

/// However far away the next deadline is, the machine's clock is looked at this often, so that a wall clock that was
/// set is noticed.
pub const CLOCK_LOOK_MS_MAX: u64 = 30_000;
/// A wall clock that went on by this much more than time passed between two looks was set: the duty clock stops rather
/// than firing everything. Time servers correct by milliseconds; a machine that slept an hour shows an hour.
pub const CLOCK_JUMP_S_MAX: u64 = 3_600;
const _: () = assert!(CLOCK_JUMP_S_MAX * 1_000 > CLOCK_LOOK_MS_MAX);

/// Times on record that are ahead of the machine's clock are opened until one is true, of timelines and of the audit log each
/// so many at most: by hand one can write as many as there are rows.
pub const TIMES_AHEAD_LOOKED_INTO_MAX: usize = 64;
