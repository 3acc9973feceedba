//! Bounds of sign-ins, accounts, invitations and registered devices. Named as part of `limits`.

use super::{HELLO_MS_MAX, REQUEST_TIMEOUT_MS};

// ---- sign-ins ----

/// A ticket for a socket must be used within this time.
pub const TICKET_MS: u64 = 30_000;
/// Tickets that may wait to be used.
pub const TICKETS_MAX: usize = 50_000;
/// Tickets of one sign-in that may wait to be used; drawing more makes the oldest void. A client on a bad line draws
/// about eight in the time a ticket lives.
pub const TICKETS_PER_SIGN_IN_MAX: usize = 16;
/// How long an ended sign-in is remembered beside the journal: longer than any request or `hello` that began before.
pub const ENDED_SIGN_IN_KEPT_MS: u64 = 600_000;
const _: () = assert!(ENDED_SIGN_IN_KEPT_MS > REQUEST_TIMEOUT_MS + HELLO_MS_MAX as u64 + TICKET_MS);

// ---- accounts ----

/// Shortest sign-in name.
pub const LOGIN_CHARS_MIN: usize = 3;
/// Longest sign-in name: an address of electronic mail.
pub const LOGIN_CHARS_MAX: usize = 64;
/// Shortest password (ASVS 5.0, 6.2.1: at least 8, recommended 15).
pub const PASSWORD_CHARS_MIN: usize = 15;
/// Shortest password in the profile of GL6: eight characters, because a second factor is always asked for.
pub const PASSWORD_CHARS_MIN_GL6: usize = 8;
/// Longest password; whole sentences fit.
pub const PASSWORD_CHARS_MAX: usize = 128;
/// A password that takes fewer guesses than ten to this power by somebody who knows the lists of what people choose, and
/// whose it is, is refused. A guess costs seconds here, and a second factor stands behind it.
pub const PASSWORD_GUESSES_LOG10_MIN: u32 = 10;
/// The same in the profile of GL6, where eight characters are enough.
pub const PASSWORD_GUESSES_LOG10_MIN_GL6: u32 = 7;
/// Memory that hashing one password takes, and passes over it (argon2id; OWASP's first choice where memory is dear).
pub const PASSWORD_MEMORY_KIB: u32 = 19 << 10;
/// See [`PASSWORD_MEMORY_KIB`].
pub const PASSWORD_PASSES_COUNT: u32 = 2;
/// Passwords hashed at a moment, each on a thread of its own.
pub const PASSWORDS_AT_ONCE_MAX: usize = 2;
/// Passwords that wait to be hashed; beyond it people are told to try again.
pub const PASSWORDS_WAITING_MAX: usize = 64;
/// Tries to sign in that come from one address at once: the morning of an office behind one router.
pub const SIGN_IN_TRIES_PER_ADDRESS_BURST: u32 = 200;
/// After this an address may try once more.
pub const SIGN_IN_PER_ADDRESS_REFILL_MS: u64 = 1_000;
/// Tries at one account from devices that are not known to it, all together.
pub const SIGN_IN_TRIES_BY_STRANGERS_BURST: u32 = 10;
/// After this a stranger may try once more: at most 480 guesses a day at a password and at the second factor.
pub const SIGN_IN_BY_STRANGERS_REFILL_MS: u64 = 180_000;
/// Tries at one account from a device that somebody signed in to it on before.
pub const SIGN_IN_TRIES_BY_DEVICE_BURST: u32 = 10;
/// After this the device may try once more.
pub const SIGN_IN_BY_DEVICE_REFILL_MS: u64 = 60_000;
/// How long a device is known.
pub const DEVICE_KNOWN_S: u64 = 180 * 86_400;
/// Accounts that one device is known to; a shared PC forgets the one longest ago.
pub const DEVICE_ACCOUNTS_MAX: usize = 32;
/// Longest name of a device.
pub const DEVICE_NAME_CHARS_MAX: usize = 80;
/// Somebody with several roles has this long to choose one.
pub const POSITION_CHOICE_MS: u64 = 300_000;
/// People who may be choosing at a moment.
pub const POSITION_CHOICES_MAX: usize = 10_000;
/// An invitation must be used within this time: a day, and the night shift after it.
pub const INVITATION_VALID_S: u64 = 36 * 3_600;
/// A recovery must be used within this time: whoever asked for it is on the telephone.
pub const RECOVERY_VALID_S: u64 = 3_600;
/// Wrong codes that an invitation bears.
pub const INVITATION_TRIES_COUNT: u32 = 5;
/// Longest reason for a recovery, for revoking a device, or for an exception.
pub const RECOVERY_REASON_CHARS_MAX: usize = 1_000;

/// Passkeys of one person.
pub const PASSKEYS_PER_PERSON_MAX: usize = 10;
/// Longest name of a passkey.
pub const PASSKEY_NAME_CHARS_MAX: usize = 40;
/// From the hub's question to the device's answer: as long as browsers give people who look for their key.
pub const PASSKEY_CEREMONY_MS: u64 = 300_000;
/// Questions that wait for a device's answer; beyond it the oldest is void.
pub const PASSKEY_CEREMONIES_MAX: usize = 20_000;
/// How long a proof of who it is counts for grave acts, in seconds, unless the region says otherwise.
pub const PROOF_COUNTS_S_DEFAULT: i64 = 600;
/// The shortest that a region may set: a form must be filled in with it.
pub const PROOF_COUNTS_S_MIN: i64 = 60;
/// The longest that a region may set.
pub const PROOF_COUNTS_S_MAX: i64 = 3_600;
/// Sign-ins whose proofs are remembered before those that no longer count are sorted out.
pub const PROOFS_KEPT_COUNT: usize = 10_000;

// ---- registered devices ----

/// How long the hub's device authority is valid.
pub const DEVICE_AUTHORITY_VALID_DAYS: u64 = 10 * 365;
/// How long a device's certificate is valid: a year, and a month to renew it in.
pub const DEVICE_CERTIFICATE_VALID_DAYS: u64 = 397;
const _: () = assert!(DEVICE_AUTHORITY_VALID_DAYS > DEVICE_CERTIFICATE_VALID_DAYS);
/// A certificate that ends within this is said to end soon.
pub const DEVICE_CERTIFICATE_RENEW_BEFORE_DAYS: u64 = 30;
/// Rounds of the key derivation of a PKCS#12 file. Its passphrase is drawn at random, so rounds add little.
pub const PKCS12_ROUNDS_COUNT: u32 = 20_000;
/// An enrolment link must be used within this time: the device is at hand, or on its way.
pub const ENROLMENT_VALID_S: u64 = 24 * 3_600;
/// The longest exception for somebody whose device is lost: until a new one has come.
pub const DEVICE_EXCEPTION_S_MAX: u64 = 7 * 86_400;
/// Devices of the region that are not revoked.
pub const REGISTERED_DEVICES_MAX: usize = 10_000;
/// How often the hub looks which devices were registered or revoked by the command line, in ms.
pub const DEVICE_POLL_MS: u64 = 5_000;
/// How often the hub looks which sign-ins and devices another process ended, in ms: a socket outlives its sign-in by no
/// more than this and the time of the look.
pub const ENDED_BESIDE_POLL_MS: u64 = 500;
/// Records of ends that are read at once.
pub const ENDED_BESIDE_RECORDS_MAX: usize = 200;
/// Wishes to read the lists of devices again that wait at once.
pub const DEVICE_WISHES_MAX: usize = 16;
/// A device that is seen is noted at most this often, in ms.
pub const DEVICE_SEEN_NOTED_MS: u64 = 300_000;
/// A use of a sign-in is noted when the last note is this old.
pub const SIGN_IN_USE_NOTED_MS: u64 = 300_000;
/// Sign-ins of one person at a moment; the one longest unused ends.
pub const SESSIONS_PER_PERSON_MAX: usize = 20;

// ---- system clients ----

/// Longest client assertion. One with a key of 4,096 bits has about 1,100 bytes.
pub const ASSERTION_BYTES_MAX: usize = 8_192;
/// How far ahead an assertion may end (SMART App Launch, asymmetric authentication: five minutes).
pub const ASSERTION_AHEAD_S: i64 = 300;
/// How far a client's clock may be ahead of the hub's where it says since when an assertion counts.
pub const ASSERTION_SKEW_S: i64 = 60;
/// Longest name of an assertion (`jti`).
pub const ASSERTION_ID_BYTES_MAX: usize = 255;
/// How long an access token lasts. There is none to renew it: a client asks again.
pub const CLIENT_TOKEN_S: u64 = 300;
/// System clients of the region that are not removed.
pub const CLIENTS_MAX: usize = 1_000;
/// Keys of one client, for rotation.
pub const CLIENT_KEYS_MAX: usize = 8;
/// Keys that one client ever had: their names are never given again.
pub const CLIENT_KEYS_EVER_MAX: usize = 256;
/// Longest name of a key (`kid`).
pub const KEY_ID_CHARS_MAX: usize = 128;
/// Shortest modulus of an RSA key, and the longest.
pub const RSA_MODULUS_BYTES_MIN: usize = 256;
/// See [`RSA_MODULUS_BYTES_MIN`].
pub const RSA_MODULUS_BYTES_MAX: usize = 512;
/// Longest purpose of a client.
pub const CLIENT_PURPOSE_CHARS_MAX: usize = 1_000;
/// Largest request to the token endpoint.
pub const TOKEN_REQUEST_BYTES_MAX: usize = 16_384;
const _: () = assert!(TOKEN_REQUEST_BYTES_MAX >= ASSERTION_BYTES_MAX + 4_096);
/// Requests for tokens from one address at once: the systems of one data centre.
pub const TOKEN_TRIES_PER_ADDRESS_BURST: u32 = 200;
/// After this an address may ask once more.
pub const TOKEN_PER_ADDRESS_REFILL_MS: u64 = 1_000;
/// Tokens of one client at once. Only who holds its key uses this up.
pub const TOKENS_PER_CLIENT_BURST: u32 = 20;
/// After this a client may have one more.
pub const TOKENS_PER_CLIENT_REFILL_MS: u64 = 5_000;
/// Failed requests in a client's name that the audit log keeps at once; what is beyond is counted by nobody.
pub const CLIENT_REFUSALS_KEPT_BURST: u32 = 10;
/// After this one more is kept.
pub const CLIENT_REFUSALS_KEPT_REFILL_MS: u64 = 60_000;
/// Used assertions of one client that are remembered; as many as it can use while they live, and those of a hub before.
pub const ASSERTIONS_KEPT_PER_CLIENT_MAX: i64 = 1_000;
const _: () = assert!(
    ASSERTIONS_KEPT_PER_CLIENT_MAX as u64
        > TOKENS_PER_CLIENT_BURST as u64 + ASSERTION_AHEAD_S as u64 * 1_000 / TOKENS_PER_CLIENT_REFILL_MS
);

// ---- quarantine ----

/// How long a post that came in an envelope waits for its author, unless the region says otherwise: a round of holidays and
/// a lost tablet. Our own figure; the region sets its own.
pub const QUARANTINE_DAYS_DEFAULT: i64 = 30;
/// Shortest such time that can be configured.
pub const QUARANTINE_DAYS_MIN: i64 = 1;
/// Longest.
pub const QUARANTINE_DAYS_MAX: i64 = 365;
/// Envelopes in one request.
pub const ENVELOPES_PER_REQUEST_MAX: usize = 20;
/// Envelopes that one address may hand in at once, who is not signed in: the tablets of an office behind one router, after
/// a day without network.
pub const ENVELOPES_BURST: u32 = 1_000;
/// After this the address may hand in one more.
pub const ENVELOPE_REFILL_MS: u64 = 2_000;
/// Posts of one author that may wait in the quarantine.
pub const QUARANTINED_PER_AUTHOR_MAX: usize = 2_000;
/// Waiting posts that are listed at once.
pub const QUARANTINE_LISTED_MAX: usize = 500;
/// Longest reason for sending somebody else's post, or for letting it be.
pub const QUARANTINE_REASON_CHARS_MAX: usize = 500;

// ---- sign-in by another service ----

/// From leaving for the other service to coming back: as long as somebody looks for their phone.
pub const OIDC_ROUND_MS: u64 = 600_000;
/// People who may be under way at a moment; beyond it the one longest under way begins anew.
pub const OIDC_ROUNDS_MAX: usize = 10_000;
/// The other service has this long to answer one question.
pub const OIDC_ANSWER_MS_MAX: u64 = 10_000;
/// Largest answer of the other service: its keys with their certificates.
pub const OIDC_ANSWER_BYTES_MAX: usize = 256 << 10;
/// Keys of the other service that are read.
pub const OIDC_KEYS_MAX: usize = 64;
/// How long what the other service says of itself, keys included, is believed without asking again.
pub const OIDC_KNOWN_MS: u64 = 3_600_000;
/// A token of an unknown key has the keys fetched again, at most this often.
pub const OIDC_KEYS_REFETCH_MS: u64 = 30_000;
/// Longest ID token.
pub const ID_TOKEN_BYTES_MAX: usize = 16_384;
/// Longest code that the other service sends people back with.
pub const OIDC_CODE_BYTES_MAX: usize = 4_096;
/// How far the clocks of hub and service may differ.
pub const OIDC_SKEW_S: i64 = 60;
/// An ID token is fetched right after it was made; one that is older than this comes from elsewhere.
pub const ID_TOKEN_AGE_S_MAX: i64 = 300;
/// Longest name by which the other service knows somebody (OpenID Connect Core 1.0, 2: 255 ASCII characters).
pub const OIDC_SUBJECT_BYTES_MAX: usize = 255;
/// How long what the hub signs to show there who it is counts.
pub const OIDC_ASSERTION_S: i64 = 60;
/// Identities at the other service of one person.
pub const IDENTITIES_PER_PERSON_MAX: usize = 5;

// ---- the directory ----

/// Numbers that others gave an organisation.
pub const ORGANISATION_NUMBERS_MAX: usize = 20;
/// Longest of them, and longest name of a numbering, in characters.
pub const NUMBER_CHARS_MAX: usize = 255;
