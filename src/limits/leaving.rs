//! Bounds of what leaves the hub: records taken out, checkpoints put elsewhere. Named as part of `limits`.

// ---- records taken out ----

/// Days for which a permission to take a record out holds, unless the region says otherwise. A placeholder: no published
/// policy names a number.
pub const EXPORT_PERMISSION_DAYS_DEFAULT: i64 = 14;
/// The longest that a region may set.
pub const EXPORT_PERMISSION_DAYS_MAX: i64 = 365;
/// A download that broke off may be begun again under the same id for this long.
pub const EXPORT_AGAIN_S: u64 = 900;
/// Patients whose names a list of requests shows.
pub const EXPORT_CARDS_MAX: usize = 100;
/// Records that are handed out at a moment.
pub const EXPORTS_AT_ONCE_MAX: usize = 2;
/// A record must be taken within this time.
pub const EXPORT_TIMEOUT_MS: u64 = 900_000;
/// Pieces of a record that are made ready ahead of a reader who takes them slowly.
pub const EXPORT_PIECES_WAITING_MAX: usize = 2;
/// Bytes of a file that are put into the archive at once.
pub const EXPORT_PIECE_BYTES: usize = 64 << 10;

// ---- checkpoints put elsewhere ----

/// How often a checkpoint is put into the folder of another machine, in seconds, unless the region says otherwise.
pub const CHECKPOINT_TO_S_DEFAULT: i64 = 86_400;
/// The shortest that a region may set.
pub const CHECKPOINT_TO_S_MIN: i64 = 60;
/// The longest that a region may set: a month.
pub const CHECKPOINT_TO_S_MAX: i64 = 2_678_400;
