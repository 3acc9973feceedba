//! Bounds of what leaves the hub: records taken out, checkpoints put elsewhere, devices rung. Named as part of `limits`.

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
/// The hub looks this often for what a command on its machine took out.
pub const TAKEN_OUT_POLL_MS: u64 = 5_000;
/// Timelines that are told of it at once.
pub const TAKEN_OUT_TOLD_AT_ONCE: usize = 64;
/// Those who may wait at a moment for what was taken out to be told.
pub const TAKEN_OUT_WISHES_MAX: usize = 8;
/// Takings of one record that an exposure lists.
pub const TAKEN_OUT_LISTED_MAX: usize = 200;

// ---- who read what ----

/// Ends of reads, or beginnings of sign-ins, of one person that are looked at for the one that belongs to a read: they come close
/// behind or before it.
pub const READ_ENDS_LOOKED_AT_MAX: i64 = 64;

// ---- checkpoints put elsewhere ----

/// How often a checkpoint is put into the folder of another machine, in seconds, unless the region says otherwise.
pub const CHECKPOINT_TO_S_DEFAULT: i64 = 86_400;
/// The shortest that a region may set.
pub const CHECKPOINT_TO_S_MIN: i64 = 60;
/// The longest that a region may set: a month.
pub const CHECKPOINT_TO_S_MAX: i64 = 2_678_400;

// ---- devices rung by the push services of browsers ----

/// Days for which a device is rung after its page was last opened, unless the region says otherwise. A placeholder: a
/// phone that lies in a drawer is somebody else's in time.
pub const BELL_KEPT_DAYS_DEFAULT: i64 = 30;
/// The longest that a region may set.
pub const BELL_KEPT_DAYS_MAX: i64 = 90;
/// Devices of one person that are rung; one more, and the one whose page was opened longest ago is not.
pub const BELLS_PER_PERSON_MAX: usize = 10;
/// Longest address of a device at a push service; those in use have a few hundred bytes.
pub const PUSH_ENDPOINT_BYTES_MAX: usize = 2_048;
/// Entries that wait to be looked at for whom they wake; beyond it nobody is woken, and the page tells them.
pub const WAKE_QUEUE_ITEMS_MAX: usize = 1_024;
/// Of those, looked at with one reading of the list of bells.
pub const WAKE_BATCH_ITEMS_MAX: usize = 128;
/// A device is rung at most this often, unless it is urgent.
pub const BELL_GAP_S: u64 = 60;
/// The same where it is urgent: several values out of their limits within seconds are one reason to look.
pub const BELL_URGENT_GAP_S: u64 = 10;
/// Where it is urgent, a page that is open on the device must be heard from within this time, or the device is rung: a phone
/// that was locked keeps its socket for a while and shows nothing. A page says something every heartbeat and a half. What is
/// not urgent waits until the hub gives the socket up.
pub const BELL_SILENCE_MS: u64 = 35_000;
const _: () = assert!(BELL_SILENCE_MS > super::HEARTBEAT_MS * 3 / 2);
/// How often it is looked whether it was heard from, or its socket has gone.
pub const BELL_LOOK_MS: u64 = 1_000;
/// For how long a push service keeps what it cannot deliver. Placeholders: what is urgent is worth a look a day later,
/// the rest by the end of a working day.
pub const PUSH_TTL_S: u64 = 28_800;
/// See [`PUSH_TTL_S`].
pub const PUSH_TTL_URGENT_S: u64 = 86_400;
/// How long a signed word of who the hub is counts; RFC 8292 allows a day.
pub const PUSH_SIGNED_S: i64 = 43_200;
const _: () = assert!(PUSH_SIGNED_S < 86_400);
/// Devices that are being rung at a moment.
pub const PUSHES_AT_ONCE_MAX: usize = 16;
/// A push service must answer within this time.
pub const PUSH_ANSWER_MS_MAX: u64 = 10_000;
/// Of its answer no more is read than this; the status is all that counts.
pub const PUSH_ANSWER_HEAD_BYTES_MAX: usize = 8_192;
/// Tries to ring a device for one reason.
pub const PUSH_TRIES_MAX: u32 = 4;
/// Until the second try; four times as long before each other, unless the service says how long.
pub const PUSH_RETRY_MS: u64 = 5_000;
/// A service that asks for a longer pause than this is not asked again.
pub const PUSH_RETRY_AFTER_S_MAX: u64 = 3_600;

/// Entries opened at once where the audit log tells what was accepted.
pub const ACCEPTED_PAGE_ENTRIES: usize = 100;
/// Versions that are not what they seem which are put on record at one look.
pub const UNTRUE_VERSIONS_TOLD_MAX: usize = 16;
/// Rows that nobody with the region's key wrote which one command strikes out.
pub const ROWS_STRUCK_MAX: usize = 1_000;
