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
/// Connections that wait to be accepted; the kernel lowers it to `net.core.somaxconn`. Everybody
/// reconnects at the same moment after a restart.
pub const LISTEN_BACKLOG: u32 = 4_096;
/// Pause after accepting failed for want of file descriptors or memory.
pub const ACCEPT_RETRY_MS: u64 = 100;
/// No more than this is read of a certificate or key file.
pub const CERTIFICATE_FILE_BYTES_MAX: u64 = 262_144;
/// How often certificate files are looked at for a change.
pub const CERTIFICATE_POLL_S: u64 = 30;

// ---- cli: development certificates ----

/// Phones refuse server certificates of more than 398 days (CA/Browser Forum, since 2020-09).
pub const DEVELOPMENT_CERTIFICATE_VALID_DAYS: u64 = 397;
/// A server certificate that ends within this is made anew.
pub const DEVELOPMENT_CERTIFICATE_RENEW_BEFORE_DAYS: u64 = 30;
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
pub const SOCKETS_PER_PERSON_LIMIT: i64 = 1_000;

// ---- config: the file ----

/// No more than this is read of a configuration file.
pub const CONFIG_FILE_BYTES_MAX: u64 = 1_048_576;
