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

// ---- store ----

/// Connections that read SQLite beside the one that writes.
pub const SQLITE_READERS: u32 = 4;
/// Connections to PostgreSQL of one hub.
pub const POSTGRES_CONNECTIONS_MAX: u32 = 16;
/// How long a connection waits for another's lock before the work fails.
pub const STORE_BUSY_TIMEOUT_MS: u64 = 5_000;
/// How long work waits for a free connection.
pub const STORE_ACQUIRE_TIMEOUT_MS: u64 = 10_000;
/// PostgreSQL ends a transaction that its hub left idle this long, so that a lost hub holds no locks.
pub const STORE_IDLE_IN_TRANSACTION_MS: u64 = 10_000;
/// Page cache of the connection that writes SQLite, in KiB.
pub const SQLITE_WRITER_CACHE_KIB: i64 = 65_536;
/// After this much written, a connection of its own copies the WAL into the database while commits go on.
pub const SQLITE_CHECKPOINT_BYTES: u64 = 8 << 20;
/// At this many pages the writer itself finishes the copying, which lets the WAL start over. Bounds its size.
pub const SQLITE_WAL_PAGES_MAX: u32 = 16_384;
/// How often a journal that could not be written is tried again.
pub const STORE_PROBE_INTERVAL_MS: u64 = 1_000;
/// What a probe writes: less than this free and the journal stays read-only.
pub const STORE_PROBE_BYTES: usize = 256 << 10;
/// Most entries of one page of a timeline.
pub const PAGE_ENTRIES_MAX: usize = 1_000;
/// Entries read at once while folding or checking a timeline.
pub const FOLD_PAGE_ENTRIES: usize = 500;
/// Most faults that one check lists; it counts them all.
pub const CHECK_FAULTS_MAX: usize = 100;

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

// ---- wire: what one frame may hold ----

/// Largest frame from an authenticated client, in bytes of the WebSocket message: four times the longest
/// text in UTF-8 (three bytes for a kanji), so that a report of several texts fits.
pub const FRAME_BYTES_MAX: usize = 256 * 1024;
/// Largest frame before `hello` was answered, in bytes.
pub const HELLO_BYTES_MAX: usize = 4 * 1024;
/// Most posts and dry runs of one socket without an answer.
pub const POSTS_IN_FLIGHT_MAX: usize = 64;
/// Most timelines in one `subscribe` or `unsubscribe`.
pub const SUBSCRIBE_TIMELINES_MAX: usize = 1_000;
/// Longest name of a client program in `hello`, in characters.
pub const CLIENT_NAME_CHARS_MAX: usize = 100;

const _: () = assert!(FRAME_BYTES_MAX >= 4 * 3 * TEXT_CHARS_MAX, "a report of several long texts fits a frame");
const _: () = assert!(HELLO_BYTES_MAX < FRAME_BYTES_MAX);
