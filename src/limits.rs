//! Every bound of the hub with its unit, in one place. A section belongs to the layer it names; those of sign-ins,
//! accounts and registered devices are in `limits/accounts.rs`, those of what leaves the hub in `limits/leaving.rs`.

mod accounts;
mod board;
mod clock;
mod leaving;
mod lingering;
mod rates;

pub use accounts::*;
pub use board::*;
pub use clock::*;
pub use leaving::*;
pub use lingering::*;
pub use rates::*;

// ---- vault ----

/// No more than this is read of a region key file; a real one has 65 bytes.
pub const KEY_FILE_BYTES_MAX: u64 = 1_024;
/// Largest file of a secret that somebody else chose: a password, or a key in PEM.
pub const SECRET_FILE_BYTES_MAX: u64 = 16_384;
/// For a command to print the region's key: it may have to ask a service far away.
pub const KEY_COMMAND_MS_MAX: u64 = 30_000;
/// Between looks whether it has ended.
pub const KEY_COMMAND_POLL_MS: u64 = 10;

// ---- retention ----

/// Records are not kept for longer than people live.
pub const RETENTION_YEARS_MAX: u8 = 120;
/// Patients in one answer of what is due, and destroyed ones in one of what was.
pub const RETENTION_LISTED_RECORDS_MAX: usize = 200;
/// Records looked into for one such answer.
pub const RETENTION_LOOKED_INTO_RECORDS_MAX: usize = 2_000;
/// Of the reason for destroying a record.
pub const DESTRUCTION_REASON_CHARS_MAX: usize = 1_000;
/// No more is read of a list of destroyed records; a line has about 200 bytes.
pub const DESTROYED_LIST_BYTES_MAX: u64 = 64 << 20;

// ---- store ----

/// Connections that read SQLite beside the one that writes.
pub const SQLITE_READERS: u32 = 4;
/// Connections to PostgreSQL of one hub.
pub const POSTGRES_CONNECTIONS_MAX: u32 = 16;
/// Prepared statements a connection keeps: every statement over many rows exists in each of its sizes.
pub const STORE_STATEMENTS_MAX: usize = 256;
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
/// How long a hub that starts waits for the lock of one that was killed and that PostgreSQL has not missed yet.
pub const STORE_HUB_LOCK_WAIT_MS: u64 = 5_000;
/// How often it tries meanwhile.
pub const STORE_HUB_LOCK_POLL_MS: u64 = 100;
/// How often a hub asks whether the session that holds its lock lives.
pub const STORE_HUB_LOCK_CHECK_MS: u64 = 5_000;
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

// ---- backups ----

/// Rows of a backup that are read, sealed and stored again together.
pub const DUMP_PIECE_BYTES: usize = 1 << 20;
/// Sealed at once; what a backup holds in memory of itself.
pub const BACKUP_FRAME_BYTES: usize = 1 << 20;
/// Longest record of a backup: a file with what names it, or a piece with its last row.
pub const BACKUP_RECORD_BYTES_MAX: usize = 64 << 20;
const _: () = assert!(BACKUP_RECORD_BYTES_MAX > ATTACHMENT_BYTES_MAX as usize + DUMP_PIECE_BYTES);
/// Generations that are kept unless set: the newest of each of the last days, weeks and months that have any.
pub const BACKUPS_DAILY_DEFAULT: i64 = 7;
/// The same of weeks.
pub const BACKUPS_WEEKLY_DEFAULT: i64 = 5;
/// The same of months.
pub const BACKUPS_MONTHLY_DEFAULT: i64 = 12;
/// Most that can be set of each.
pub const BACKUPS_KEPT_MAX: i64 = 1_000;

// ---- history: checkpoints and their verification ----

/// A checkpoint is made when this many entries and audit records were written since the last.
pub const CHECKPOINT_EVERY_RECORDS_DEFAULT: i64 = 10_000;
/// Most that can be set.
pub const CHECKPOINT_EVERY_RECORDS_MAX: i64 = 10_000_000;
/// A checkpoint is made this long after the last, if anything was written since.
pub const CHECKPOINT_EVERY_S_DEFAULT: i64 = 600;
/// Most that can be set: a day.
pub const CHECKPOINT_EVERY_S_MAX: i64 = 86_400;
/// How often the hub looks whether a checkpoint is due.
pub const CHECKPOINT_LOOK_MS: u64 = 5_000;
/// How often a checkpoint is tried whose number somebody else took.
pub const CHECKPOINT_TRIES_MAX: usize = 5;
/// Largest file of a checkpoint that was kept elsewhere: a million timelines.
pub const CHECKPOINT_FILE_BYTES_MAX: u64 = 128 << 20;
/// Timelines verified in one moment of the store have about this many entries together.
pub const VERIFY_GROUP_ENTRIES: u64 = 20_000;
/// Audit records verified in one moment of the store.
pub const VERIFY_PAGE_AUDITS: i64 = 20_000;
/// Groups of timelines that are verified at a time.
pub const VERIFY_WORKERS_MAX: usize = 3;
const _: () = assert!(VERIFY_WORKERS_MAX < SQLITE_READERS as usize, "the audit log is read beside them");
/// Records that are looked at ahead of one that does not fit.
pub const VERIFY_AHEAD_RECORDS: usize = 32;
/// Records that fit nowhere, and empty places, that are remembered of one chain to be matched.
pub const VERIFY_MISFITS_KEPT_MAX: usize = 256;
/// Checkpoints read at a time.
pub const CHECKPOINT_PAGE_COUNT: usize = 500;

// ---- audit ----

/// Audit records looked at together.
pub const AUDIT_SEARCH_PAGE_RECORDS: usize = 500;
/// Audit records looked at for one page of an answer; a page may be short, and the next goes on from there.
pub const AUDIT_LOOKED_AT_RECORDS_MAX: usize = 20_000;
/// How far records may stand out of the order of their times: a batch keeps its time while others write.
pub const AUDIT_OUT_OF_ORDER_S: u64 = 300;
/// Audit records that one page lists, when the reader names no number.
pub const AUDIT_PAGE_RECORDS_DEFAULT: usize = 100;
/// The most that can be asked for.
pub const AUDIT_PAGE_RECORDS_MAX: usize = 500;
/// Pieces of an export that are made ready ahead of a reader who takes them slowly.
pub const AUDIT_EXPORT_PIECES_WAITING_MAX: usize = 2;
/// An export must be taken within this time.
pub const AUDIT_EXPORT_TIMEOUT_MS: u64 = 3_600_000;
/// Lines that one look at who was exposed to what lists at most.
pub const EXPOSURE_LINES_MAX: usize = 5_000;
/// How often it is looked for audit records to ship.
pub const SHIP_POLL_MS: u64 = 500;
/// Nothing to ship for this long: the listener is asked to confirm by closing the connection.
pub const SHIP_IDLE_MS: u64 = 2_000;
/// Records on the way before the listener is asked to confirm; after an outage at most so many come twice.
pub const SHIP_CONFIRM_RECORDS: u64 = 5_000;
/// After a failure shipping is tried again after this, then after twice this, and so on,
pub const SHIP_RETRY_MS_MIN: u64 = 1_000;
/// but at least this often.
pub const SHIP_RETRY_MS_MAX: u64 = 60_000;
/// A listener has this long to take a connection.
pub const SHIP_CONNECT_MS_MAX: u64 = 10_000;
/// A listener has this long to take some hundred records.
pub const SHIP_WRITE_MS_MAX: u64 = 30_000;
/// A listener has this long to close a connection that was ended.
pub const SHIP_CONFIRM_MS_MAX: u64 = 10_000;
/// Longest reason for looking at the audit log.
pub const AUDIT_REASON_CHARS_MAX: usize = 1_000;

// ---- domain: what one entry may hold ----

/// Longest text of one field, in characters.
pub const TEXT_CHARS_MAX: usize = 20_000;
/// Longest name of a person or organisation, in characters.
pub const NAME_CHARS_MAX: usize = 100;
/// Longest telephone number with its extension, in characters.
pub const PHONE_CHARS_MAX: usize = 40;
/// Of what the region calls a version of its consent form.
pub const FORM_VERSION_CHARS_MAX: usize = 100;
/// Most addressees of one entry.
pub const ADDRESSEES_MAX: usize = 50;
/// Most people named in one team link.
pub const LINKED_PEOPLE_MAX: usize = 100;
/// Most items of one lab result.
pub const LAB_ITEMS_MAX: usize = 200;
/// Most items of any other list of one entry: drugs, settings, dates, people at a conference.
pub const LIST_ITEMS_MAX: usize = 200;
/// Most telephone numbers of one related person.
pub const PHONES_MAX: usize = 5;
/// A number of fewer digits is none: 110 and 119 have three.
pub const PHONE_DIGITS_MIN: usize = 3;
/// Most files attached to one entry.
pub const ATTACHMENTS_MAX: usize = 20;
/// Largest attached file, in bytes (25 MiB): a scanned form of many pages, a photo of a good phone.
pub const ATTACHMENT_BYTES_MAX: u32 = 25 << 20;
/// Longest name of an uploaded file, in characters; the hub looks at its ending and does not keep it.
pub const FILE_NAME_CHARS_MAX: usize = 255;
/// Pixels of an attached image (50 million): what the large sensors of phones give, 200 MB once a reader unpacks it.
pub const IMAGE_PIXELS_MAX: u64 = 50_000_000;
/// Longest emergency access, in minutes: a day, after which somebody must have looked into the link.
pub const EMERGENCY_ACCESS_MINUTES_MAX: u32 = 24 * 60;
/// Emergency accesses to one patient that a state remembers.
pub const EMERGENCY_ACCESSES_KEPT_MAX: usize = 100;
/// A claimed time may be this far ahead of the hub's: the clocks of gauges and tablets drift by minutes, and a wrong
/// time zone (hours) or year is to be noticed. Whatever is claimed, nothing counts as measured after it was received.
pub const OBSERVED_AHEAD_MAX_S: u64 = 15 * 60;
/// Nothing claimed before this is believed (1900-01-01T00:00:00Z, seconds since 1970).
pub const OBSERVED_S_MIN: i64 = -2_208_988_800;

// ---- domain: what is counted ----

/// Organisations of one type that a region has at least where its figures are shown by themselves: with fewer, each could
/// tell the figures of another. Our own proposal; publications of statistics often draw the line at three.
pub const COMPLIANCE_OFFICES_MIN: usize = 3;

// ---- domain: what a state remembers ----

/// Values of one vital sign that a state remembers, so that it knows the newest that stands after some were taken
/// back, and a reader who may not see the newest gets an older one. 32 bytes each.
pub const VITALS_STANDING_MAX: usize = 8;
/// Records of one kind by one role of one organisation that rules can look back at.
pub const RECORDS_STANDING_MAX: usize = 2;
/// The newest sayings about stay, one device, allergies or a wish that are remembered, so that the one before counts
/// again when the newest is taken back.
pub const SAYINGS_STANDING_MAX: usize = 3;
/// Rosters of an organisation that are remembered; those that are over are forgotten first. A plan for a month and a
/// change for nearly every day of it.
pub const ROSTERS_STANDING_MAX: usize = 32;
/// Organisations of one meeting whose pairs are counted.
pub const MEETING_ORGANISATIONS_MAX: usize = 20;
/// Requests of an organisation to take records out that are remembered: one older than these is asked for anew.
pub const EXPORT_REQUESTS_KEPT_MAX: usize = 64;
/// Pledges of an organisation and its people that are remembered: one for each rule and each who gave it.
pub const OFFICE_PLEDGES_MAX: usize = 4_096;
/// Devices of a patient whose settings are remembered.
pub const DEVICES_STANDING_MAX: usize = 50;
/// Duties that one post opens at most: one for each organisation of a large team, by several rules.
pub const DUTIES_PER_POST_MAX: usize = 200;
/// Reasons written with one post.
pub const WRITTEN_REASONS_MAX: usize = 20;
/// Duties that ended and are still remembered with the state; the timeline keeps all.
pub const DUTIES_ENDED_KEPT_MAX: usize = 100;
/// Alarm limits that a state remembers, those in force included.
pub const ALARM_LIMITS_STANDING_MAX: usize = 4;
/// Retracted entries that a state remembers. 8 bytes each.
pub const RETRACTED_ENTRIES_MAX: usize = 1_024;

// ---- http: the listener ----

/// Open connections of one listener, WebSockets included. Further ones are closed at once.
pub const CONNECTIONS_MAX: usize = 20_000;
/// Open connections from one address (one /64 of IPv6). A hospital's tablets and PCs share the one
/// address of its router, hence so many. Loopback is not bounded by this.
pub const CONNECTIONS_PER_ADDRESS_MAX: usize = 2_000;
/// From the TCP connection to the end of the TLS handshake. Enough for a phone on a bad line.
pub const TLS_HANDSHAKE_TIMEOUT_MS: u64 = 10_000;
/// For the head of a request to arrive, and for a connection to wait for its next request.
pub const REQUEST_HEADER_TIMEOUT_MS: u64 = 20_000;
/// A request's body may take this long plus its length at [`REQUEST_BODY_BYTES_PER_S_MIN`].
pub const REQUEST_BODY_GRACE_MS: u64 = 20_000;
/// The slowest pace of a request's body. A quarter of the slowest throttled mobile tariffs (128 kbit/s).
pub const REQUEST_BODY_BYTES_PER_S_MIN: u64 = 4_096;
/// For open connections to end at a shutdown, before they are cut.
pub const DRAIN_TIMEOUT_MS: u64 = 10_000;
/// hyper's buffer per direction and connection while it speaks HTTP, and so the longest head of a
/// request. hyper allows no less.
pub const HTTP_BUFFER_BYTES: usize = 8_192;
/// Requests of one HTTP/2 connection at once. The page asks for all files of its first view together; as many as browsers
/// may ask at once anyway (RFC 9113, 6.5.2, wants no less).
pub const HTTP2_STREAMS_MAX: u32 = 100;
/// What one request's body may run ahead of its handler; over a round trip of 100 ms still 10 Mbit/s.
pub const HTTP2_STREAM_WINDOW_BYTES: u32 = 131_072;
/// The same for all bodies of a connection, and so what one connection makes the hub hold.
pub const HTTP2_CONNECTION_WINDOW_BYTES: u32 = 262_144;
/// What of an answer waits for its reader to make room, beside the answer itself.
pub const HTTP2_SEND_BUFFER_BYTES: usize = 65_536;
/// Requests taken back before the hub came to look at them ("rapid reset", CVE-2023-44487); more end the connection.
pub const HTTP2_PENDING_RESETS_MAX: usize = 20;
/// Requests that break the protocol and are reset by the hub; more end the connection (RUSTSEC-2024-0003).
pub const HTTP2_ERROR_RESETS_MAX: usize = 64;
/// Connections that wait to be accepted; the kernel lowers it to `net.core.somaxconn`. Everybody
/// reconnects at the same moment after a restart.
pub const LISTEN_BACKLOG_CONNECTIONS: u32 = 4_096;
/// Pause after accepting failed for want of file descriptors or memory.
pub const ACCEPT_RETRY_MS: u64 = 100;
/// No more than this is read of a certificate or key file.
pub const CERTIFICATE_FILE_BYTES_MAX: u64 = 262_144;
/// How often certificate files are looked at for a change.
pub const CERTIFICATE_POLL_S: u64 = 30;

/// Largest body of a REST request: a post may be as large as on a socket.
pub const REQUEST_BODY_BYTES_MAX: usize = FRAME_BYTES_MAX;
/// From a request's head to the head of its answer.
pub const REQUEST_TIMEOUT_MS: u64 = 30_000;
/// From a request's head to the head of its answer, where a file is sent: the largest at 700 kbit/s.
pub const UPLOAD_TIMEOUT_MS: u64 = 300_000;
/// A client that takes a file has this long, then the file is put away and the connection ends.
pub const DOWNLOAD_TIMEOUT_MS: u64 = 300_000;
/// Pieces in which a file is handed to a connection.
pub const DOWNLOAD_PIECE_BYTES: usize = 64 << 10;
/// Pieces that wait for a slow connection, beside the file itself.
pub const DOWNLOAD_PIECES_WAITING_MAX: usize = 2;
const _: () = assert!(UPLOAD_TIMEOUT_MS >= REQUEST_TIMEOUT_MS);
/// A client told to try again waits at least this long.
pub const RETRY_AFTER_S: u64 = 2;
/// Entries of one page when the reader names no number.
pub const PAGE_ENTRIES_DEFAULT: usize = 100;
/// Waiting posts that the linking queue shows at once.
pub const LINKING_QUEUE_ENTRIES_MAX: usize = 500;
/// With the machine's clock this far behind the recorded time, the hub is not ready: its times would be wrong.
pub const CLOCK_BEHIND_MS_MAX: u64 = 5_000;

// ---- cli: development certificates ----

/// Phones refuse server certificates of more than 398 days (CA/Browser Forum, since 2020-09).
pub const DEVELOPMENT_CERTIFICATE_VALID_DAYS: u64 = 397;
/// A server certificate that ends within this is made anew.
pub const DEVELOPMENT_CERTIFICATE_RENEW_BEFORE_DAYS: u64 = 30;
/// The development authority outlives its certificates, so that a browser is told to trust it once.
pub const DEVELOPMENT_AUTHORITY_VALID_DAYS: u64 = 5 * 365;
const _: () = assert!(DEVELOPMENT_AUTHORITY_VALID_DAYS > DEVELOPMENT_CERTIFICATE_VALID_DAYS);

// ---- config: sign-ins ----

/// A sign-in that is not used for this long ends, unless configured otherwise.
pub const SESSION_IDLE_TIMEOUT_DEFAULT_S: i64 = 30 * 60;
/// A sign-in ends after this, unless configured otherwise: a working day with overtime.
pub const SESSION_LIFETIME_DEFAULT_S: i64 = 12 * 3_600;
/// The longest sign-in that can be configured.
pub const SESSION_LIFETIME_S_MAX: i64 = 30 * 86_400;
/// Sockets that one person may have open, unless configured otherwise: phone, PC, tablet, some tabs.
pub const SOCKETS_PER_PERSON_DEFAULT: i64 = 10;
/// The most that can be configured for it.
pub const SOCKETS_PER_PERSON_MAX: i64 = 1_000;

// ---- config: the file ----

/// No more than this is read of a configuration file.
pub const CONFIG_FILE_BYTES_MAX: u64 = 1_048_576;

// ---- hub ----

/// Most pieces of work decided and committed together.
pub const BATCH_WORKS_MAX: usize = 1_024;
/// Work that may wait for the sequencer before those who hand it in have to wait.
pub const WORK_QUEUE_ITEMS_MAX: usize = 8_192;
/// Batches decided and waiting while one commits.
pub const DRAFTS_IN_FLIGHT_MAX: usize = 1;
/// How often a post is decided again after failed commits before its author is told to retry.
pub const DECIDE_ATTEMPTS_MAX: u32 = 5;
/// Posts of one author that may wait in the linking queue, however slowly they came.
pub const QUEUED_POSTS_PER_AUTHOR_MAX: usize = 2_000;
/// Longest reason for dismissing a post from the linking queue, in characters.
pub const DISMISSAL_REASON_CHARS_MAX: usize = 1_000;
/// How often what waits in the linking queue is tried again while the journal does not take it.
pub const QUEUE_RELEASE_RETRY_MS: u64 = 1_000;
/// A snapshot is written after this many entries of a timeline.
pub const SNAPSHOT_EVERY_ENTRIES: u64 = 256;
/// Timelines whose state stays in memory.
pub const HOT_TIMELINES_MAX: usize = 20_000;
/// Patients returned by one search.
pub const SEARCH_RESULTS_MAX: usize = 200;

// ---- sessions ----

/// Notices that wait for one socket; beyond it the oldest is dropped, and stands in the list of duties.
pub const NOTICES_QUEUED_MAX: usize = 200;
/// Deliveries that wait for one socket before it is fed from the journal instead.
pub const OUTBOX_ENTRIES_MAX: usize = 512;
/// Bytes of deliveries that wait for one socket before it is fed from the journal instead.
pub const OUTBOX_BYTES_MAX: usize = 512 * 1024;
/// Posts of one socket that wait for their answer before the socket is read no further.
pub const POSTS_IN_FLIGHT_MAX: usize = 64;
/// Timelines one socket may follow.
pub const SUBSCRIPTIONS_MAX: usize = 2_000;
/// Entries read from the journal at a time for one reader.
pub const READER_PAGE_ENTRIES_MAX: usize = 256;
/// Bytes of entries read from the journal at a time for one reader.
pub const READER_PAGE_BYTES_MAX: usize = 512 * 1024;
/// A client that takes nothing off the connection for this long is disconnected.
pub const WRITE_STALL_MS_MAX: u32 = 180_000;
/// A client has this long to take its goodbye.
pub const GOODBYE_MS_MAX: u64 = 2_000;
/// The common beat of all sessions; a heartbeat frame goes out with each.
pub const HEARTBEAT_MS: u64 = 20_000;
/// Turns into which a beat is divided: this part of the sessions wakes together.
pub const BEAT_TURNS: u64 = 64;
const _: () = assert!(HEARTBEAT_MS / BEAT_TURNS > 0);
/// Beats without a word from the client before it counts as gone.
pub const SILENT_BEATS_MAX: u32 = 3;
/// A socket has this long to say who it is.
pub const HELLO_MS_MAX: u32 = 10_000;
/// Largest first frame, before anybody knows who sends it.
pub const HELLO_BYTES_MAX: usize = 4_096;
/// Largest frame of a client.
pub const FRAME_BYTES_MAX: usize = 256 * 1024;
/// Frames that cannot be read before the socket is closed.
pub const BAD_FRAMES_MAX: u32 = 20;

// ---- what one sign-in may ask for ----

/// Timelines one sign-in may ask to follow at once: everything five times over, for a line that keeps breaking.
pub const SUBSCRIPTIONS_BURST: u32 = 10_000;
/// After this it may ask for one more.
pub const SUBSCRIPTION_REFILL_MS: u64 = 20;
/// Looks at patients one sign-in may take at once; a search takes one for each patient it finds.
pub const LOOKS_BURST: u32 = 20_000;
/// After this it may take one more.
pub const LOOK_REFILL_MS: u64 = 5;
/// Posts one person may leave in the linking queue at once: some days of visits before the link is made.
pub const WAITING_POSTS_BURST: u32 = 500;
/// After this the person may leave one more.
pub const WAITING_POST_REFILL_MS: u64 = 10_000;
/// Emergency searches one person may make at once: a name misheard on the phone, read out again. Our own figure.
pub const EMERGENCY_SEARCHES_BURST: u32 = 10;
/// After this the person may make one more.
pub const EMERGENCY_SEARCH_REFILL_MS: u64 = 180_000;
/// Whoever found a patient in an emergency may declare access for this long; then they search again. Our own figure.
pub const EMERGENCY_FINDING_MS: u64 = 10 * 60_000;
/// Patients of one name and birth date that an emergency search finds at most.
pub const EMERGENCY_FOUND_PATIENTS_MAX: usize = 10;
/// Emergency accesses that are listed at once.
pub const EMERGENCY_ACCESSES_LISTED_MAX: usize = 200;
/// Sign-ins whose spent credit is kept before those that have it all back are sorted out.
pub const ALLOWANCES_KEPT_MAX: usize = 10_000;
const _: () = assert!(SUBSCRIPTIONS_BURST as usize >= 2 * SUBSCRIPTIONS_MAX);
const _: () = assert!(LOOKS_BURST as usize >= 10 * SEARCH_RESULTS_MAX);

// ---- duties ----

/// Rules of which the last advice to the secretariat is kept for each patient.
pub const ADVISED_RULES_STANDING_MAX: usize = 32;
/// Months that statistics count entries of, the present one included.
pub const STATISTICS_MONTHS: i32 = 12;
/// Who did not sign in for longer counts as dormant: when people come back from leave is theirs, so this only asks to look.
pub const SIGNED_IN_LATELY_S: u64 = 90 * 86_400;

/// What was advised longer ago is not listed.
pub const ADVICE_LISTED_S: u64 = 180 * 86_400;
/// Pieces of advice that one page lists at most, when the reader names no number.
pub const ADVICE_PAGE_TIMELINES_MAX: usize = 200;

/// Patients whose duties one page lists, when the reader names no number.
pub const DUTY_PAGE_TIMELINES_DEFAULT: usize = 50;
/// The most that can be asked for.
pub const DUTY_PAGE_TIMELINES_MAX: usize = 200;

/// Timelines that the duty clock has looked at together.
pub const DUTY_TICKS_AT_ONCE: usize = 128;
/// Steps written on one timeline at one look; what is left comes with the next.
pub const DUTY_STEPS_PER_TICK_MAX: usize = 64;
/// What changed about an office is looked at on its patients' timelines after this, when every batch under way knows it.
pub const DUTY_LOOK_AFTER_CHANGE_MS: u64 = 1_000;
/// A timeline that could not be looked at is tried again after this.
pub const DUTY_TICK_RETRY_S: u64 = 60;
/// A timeline on which a step is due that cannot be taken is looked at again after this.
pub const DUTY_STUCK_LOOK_S: u64 = 3_600;
/// How often a clock tries again that cannot read or write the journal.
pub const DUTY_CLOCK_RETRY_MS: u64 = 1_000;
/// After a change of rules, the looks at two timelines are this far apart: 20,000 patients in under 7 minutes.
pub const DUTY_LOOKS_APART_MS: u64 = 20;

/// A patient whose state may ask for standing duties is looked at this often, in seconds, because conditions end by time
/// alone: a day.
pub const STANDING_LOOK_S: u64 = 86_400;

/// How much later than now a debtor may ask a duty to fall due, in seconds: thirty days, the longest of the shipped
/// figures for a duty that somebody waits for.
pub const SNOOZE_S_MAX: u64 = 30 * 86_400;

// ---- files ----

/// A file that no entry has named for this long is removed: a working day, and the night before the report is written.
pub const FILE_UNNAMED_S_MAX: u64 = 24 * 3_600;
/// How often it is looked for such files.
pub const FILE_SWEEP_INTERVAL_S: u64 = 600;
/// Files removed at a time, before others get a turn.
pub const FILE_SWEEP_FILES_MAX: usize = 500;
/// Memory for files that arrive or leave, in KiB (256 MiB). Who finds none is told to try again.
pub const FILE_MEMORY_KIB_MAX: u32 = 256 << 10;
/// Files that are sealed or opened at a moment; each takes its size once more meanwhile.
pub const FILES_SEALED_AT_ONCE_MAX: usize = 2;
/// Files of one sign-in that arrive or leave at a moment.
pub const FILES_OF_SIGN_IN_MAX: u32 = 4;
/// One sign-in may upload this much at once, in blocks of [`UPLOAD_BLOCK_BYTES`] (256 MiB): a day's photographs.
pub const UPLOAD_BLOCKS_BURST: u32 = 4_096;
/// What an upload is counted in; a smaller file counts as one block.
pub const UPLOAD_BLOCK_BYTES: usize = 64 << 10;
/// After this the sign-in may upload one more block.
pub const UPLOAD_BLOCK_REFILL_MS: u64 = 1_000;

const _: () = assert!(UPLOAD_BLOCKS_BURST as usize * UPLOAD_BLOCK_BYTES >= 2 * ATTACHMENT_BYTES_MAX as usize);
const _: () = assert!(FILE_MEMORY_KIB_MAX >= 2 * FILES_OF_SIGN_IN_MAX * (ATTACHMENT_BYTES_MAX >> 10));

// ---- rulebook ----

/// Files of a rulebook's folder.
pub const RULEBOOK_FILES_MAX: usize = 64;
/// No more than this is read of one of them.
pub const RULEBOOK_FILE_BYTES_MAX: u64 = 1_048_576;
/// Rulebooks of the past whose rules are found by citation, the newest ones. At one new book a week, 78 years.
pub const RULEBOOKS_KEPT_MAX: usize = 4_096;
/// Former rulebooks that the hub has at hand for notices of old duties, and for readers who were away while they ended.
pub const FORMER_RULEBOOKS_MAX: usize = 8;
/// Rulebooks of the past held ready, besides the one in force.
pub const RULEBOOKS_LOADED_MAX: usize = 8;
/// Combinations of values tried for the words that a draft adds, for each post that is replayed.
pub const REPLAY_CASES_MAX: usize = 256;
/// Posts named as examples of one change of verdict.
pub const REPLAY_EXAMPLES_MAX: usize = 5;
/// How often the hub looks which version of the rulebook is to be in force, for what the command line changed, in ms.
pub const RULEBOOK_POLL_MS: u64 = 1_000;
/// Wishes to follow the rulebook that wait at once.
pub const RULEBOOK_WISHES_MAX: usize = 16;
/// Versions of the rulebook that are listed.
pub const RULEBOOK_VERSIONS_MAX: usize = 256;
/// Longest title of a version, name of a body or of a signatory, in bytes.
pub const RULEBOOK_NAME_BYTES_MAX: usize = 256;
/// Words a choice may have, kinds included: a set of them is one 64-bit word.
pub const RULEBOOK_CHOICES_MAX: usize = 64;
/// Fields of a vocabulary.
pub const RULEBOOK_FIELDS_MAX: usize = 96;
/// Fields of a vocabulary that the past answers by itself: one bit each.
pub const RULEBOOK_DERIVED_FIELDS_MAX: usize = 32;
/// Fields of a vocabulary that are numbers or durations.
pub const RULEBOOK_NUMBERS_MAX: usize = 8;
/// Longest span a rule may name for a deadline or interval, in seconds: ten years.
pub const RULEBOOK_SPAN_S_MAX: i64 = 10 * 366 * 86_400;
/// Steps of one escalation, and reminders before it.
pub const RULEBOOK_STEPS_MAX: usize = 8;
/// Pieces of advice one post may draw: more are not read.
pub const NUDGES_PER_POST_MAX: usize = 2;
/// Rules of one composed rulebook.
pub const RULEBOOK_RULES_MAX: usize = 4_096;
/// Boxes the check may build while it subtracts conditions from each other.
pub const RULEBOOK_BOXES_MAX: usize = 20_000;
/// Longest id in a rule file, in bytes.
pub const RULEBOOK_ID_BYTES_MAX: usize = 64;
/// Most rules a judgement cites; the deciding ones come first.
pub const RULEBOOK_CITED_RULES_MAX: usize = 6;

// ---- wire: what one frame may hold ----

/// Most timelines in one `subscribe` or `unsubscribe`.
pub const SUBSCRIBE_TIMELINES_MAX: usize = 1_000;
/// Longest name of a client program in `hello`, in characters.
pub const CLIENT_NAME_CHARS_MAX: usize = 100;

const _: () = assert!(FRAME_BYTES_MAX >= 4 * 3 * TEXT_CHARS_MAX, "a report of several long texts fits a frame");
const _: () = assert!(HELLO_BYTES_MAX < FRAME_BYTES_MAX);

// ---- imports ----

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

// ---- sockets ----

/// Read buffer of one socket. Small, because most sockets wait.
pub const SOCKET_READ_BUFFER_BYTES: usize = 1024;
/// Frames gathered before they are written: one TLS record.
pub const SOCKET_WRITE_BUFFER_BYTES: usize = 16 * 1024;
/// Frames gathered at most while the connection takes nothing.
pub const SOCKET_WRITE_BUFFER_BYTES_MAX: usize = 1024 * 1024;

// ---- stopping ----

/// After the last connection, what was handed in has this long to become durable.
pub const STOP_MS_MAX: u64 = 10_000;

// ---- bus ----

/// What the keys of this hub begin with in Redis.
pub const REDIS_KEY_PREFIX: &str = "renkei:a:";
/// Redis has this long to count one try. Slower counts as lost, and the hub counts by itself.
pub const REDIS_ANSWER_MS_MAX: u64 = 10;
/// Connecting to Redis, and looking whether it lives, may take this long.
pub const REDIS_CONNECT_MS_MAX: u64 = 2_000;
/// A Redis that was lost is tried again after this.
pub const REDIS_RETRY_MS: u64 = 500;
/// A Redis of which nothing is asked is looked at this often.
pub const REDIS_LOOK_MS: u64 = 2_000;
