//! The bounds that `docs/protocol.md` names, compared with `src/limits.rs`, both ways: every bound listed here stands
//! on the page as it is in force, and no number on the page is one that nobody listed.

use renkei::domain::kind::Kind;
use renkei::limits::*;

const PAGE: &str = include_str!("../../docs/protocol.md");

/// Sentences of the page with the bounds they state, as those are now.
fn bounds() -> Vec<String> {
    let (hello_s, ticket_s) = (u64::from(HELLO_MS_MAX) / 1_000, TICKET_MS / 1_000);
    let refill = |ms: u64| 1_000 / ms;
    vec![
        format!("one-time ticket (valid for {ticket_s} seconds, for one socket)"),
        format!("At most {TICKETS_PER_SIGN_IN_MAX} of a sign-in wait to be used"),
        format!("idle time ({} minutes unless configured)", SESSION_IDLE_TIMEOUT_DEFAULT_S / 60),
        format!("within {hello_s} seconds, in at most {} KiB", HELLO_BYTES_MAX / 1_024),
        format!("At most {} timelines\ngo into one frame", grouped(SUBSCRIBE_TIMELINES_MAX)),
        format!("[one of {} kinds]", Kind::ALL.len()),
        format!("up to {} minutes ahead of the hub's", OBSERVED_AHEAD_MAX_S / 60),
        format!("or {}: else `out_of_range`", 1970 + OBSERVED_S_MIN / 31_556_952),
        format!("hears nothing for {}\nheartbeats", ["no", "one", "two", "three"][SILENT_BEATS_MAX as usize]),
        format!("({} bytes); {} bytes before it", grouped(FRAME_BYTES_MAX), grouped(HELLO_BYTES_MAX)),
        format!("| time to say hello | {hello_s} seconds |"),
        format!("| ticket | {ticket_s} seconds, one use; {TICKETS_PER_SIGN_IN_MAX} of one sign-in |"),
        format!("| as configured, {SOCKETS_PER_PERSON_DEFAULT} unless it is |"),
        format!("| sign-ins of one person | {SESSIONS_PER_PERSON_MAX}; one more"),
        format!(
            "| {SIGN_IN_TRIES_PER_ADDRESS_BURST} at once, then {} a second (429",
            refill(SIGN_IN_PER_ADDRESS_REFILL_MS)
        ),
        format!(
            "| {SIGN_IN_TRIES_BY_STRANGERS_BURST} at once, then one in {} minutes (429",
            SIGN_IN_BY_STRANGERS_REFILL_MS / 60_000
        ),
        format!("from a device it knows | {SIGN_IN_TRIES_BY_DEVICE_BURST} at once, then one a minute (429"),
        format!("once and within\n   {} seconds", PASSKEY_CEREMONY_MS / 1_000),
        format!("| {} seconds, one answer |", PASSKEY_CEREMONY_MS / 1_000),
        format!(
            "passkey from one address | {SIGN_IN_TRIES_PER_ADDRESS_BURST} at once, then {} a second (429) |",
            refill(SIGN_IN_PER_ADDRESS_REFILL_MS)
        ),
        format!("| {} minutes, in one browser, once |", OIDC_ROUND_MS / 60_000),
        format!("| identities at another service of one person | {IDENTITIES_PER_PERSON_MAX} |"),
        format!("over REST | {} in a minute unless configured (429 with", grouped(REQUESTS_PER_MINUTE_DEFAULT)),
        format!(
            "address over REST | {} in a minute unless configured (429);",
            grouped(REQUESTS_PER_MINUTE_AND_ADDRESS_DEFAULT)
        ),
        format!("its sockets | {} in a minute unless configured (`refused`", grouped(POSTS_PER_MINUTE_DEFAULT)),
        format!("| {PASSKEYS_PER_PERSON_MAX}; a name of {PASSKEY_NAME_CHARS_MAX} characters |"),
        format!("| devices of one person that are rung | {BELLS_PER_PERSON_MAX}; one more ends"),
        format!(
            "| {} minute, urgent ones one in {BELL_URGENT_GAP_S} seconds |",
            if BELL_GAP_S == 60 { "one a" } else { "?" }
        ),
        format!("| an `endpoint` | {} bytes, at", grouped(PUSH_ENDPOINT_BYTES_MAX)),
        format!("showed it within {} minutes (or", PROOF_COUNTS_S_DEFAULT / 60),
        format!("| counts {} minutes, unless", PROOF_COUNTS_S_DEFAULT / 60),
        format!(
            "| {} hours, a recovery {} hour; {INVITATION_TRIES_COUNT} wrong codes |",
            INVITATION_VALID_S / 3_600,
            RECOVERY_VALID_S / 3_600
        ),
        format!("| timelines of one socket | {} |", grouped(SUBSCRIPTIONS_MAX)),
        format!("| {} at once, then {} a second |", grouped(SUBSCRIPTIONS_BURST), refill(SUBSCRIPTION_REFILL_MS)),
        format!("| {} at once, then {} a second |", grouped(LOOKS_BURST), refill(LOOK_REFILL_MS)),
        format!(
            "| {WAITING_POSTS_BURST} at once, then one in {} seconds; {} in all (",
            WAITING_POST_REFILL_MS / 1_000,
            grouped(QUEUED_POSTS_PER_AUTHOR_MAX)
        ),
        format!("`POST /api/v1/sign-in/position` within\n   {} minutes", POSITION_CHOICE_MS / 60_000),
        format!(
            "| a title of {ANNOUNCEMENT_TITLE_CHARS_MAX}, a text of {} characters |",
            grouped(ANNOUNCEMENT_TEXT_CHARS_MAX)
        ),
        format!("| a title of {CASE_TITLE_CHARS_MAX}, each part {} characters |", grouped(CASE_TEXT_CHARS_MAX)),
        format!(
            "| {} characters; the last {} messages are kept |",
            grouped(GROUP_MESSAGE_CHARS_MAX),
            grouped(GROUP_MESSAGES_KEPT_MAX)
        ),
        format!("| `limits.postsInFlightMax` ({POSTS_IN_FLIGHT_MAX}) |"),
        format!("or `unsubscribe` | {} |", grouped(SUBSCRIBE_TIMELINES_MAX)),
        format!("| a text | {} characters |", grouped(TEXT_CHARS_MAX)),
        format!("`minutes` (up to {})", grouped(EMERGENCY_ACCESS_MINUTES_MAX)),
        format!("on a timeline found, within {} minutes", EMERGENCY_FINDING_MS / 60_000),
        format!("| {EMERGENCY_SEARCHES_BURST} at once, then one in {} minutes (", EMERGENCY_SEARCH_REFILL_MS / 60_000),
        format!("| addressees of an entry | {ADDRESSEES_MAX} |"),
        format!("| items of a lab result | {LAB_ITEMS_MAX} |"),
        format!("| people in one link | {LINKED_PEOPLE_MAX} |"),
        format!("is removed after {} hours", FILE_UNNAMED_S_MAX / 3_600),
        format!("an image of more than\n{} pixels", grouped(IMAGE_PIXELS_MAX)),
        format!("| a file | {} bytes ({} MiB), ", grouped(ATTACHMENT_BYTES_MAX), ATTACHMENT_BYTES_MAX >> 20),
        format!("an image of {} pixels; its name {FILE_NAME_CHARS_MAX} characters |", grouped(IMAGE_PIXELS_MAX)),
        format!("| files of an entry | {ATTACHMENTS_MAX} |"),
        format!("| time to send a file | {} seconds |", UPLOAD_TIMEOUT_MS / 1_000),
        format!("| time to take a file | {} seconds |", DOWNLOAD_TIMEOUT_MS / 1_000),
        format!("on the way at a moment | {FILES_OF_SIGN_IN_MAX} (503 with"),
        format!("| {} blocks of {} KiB at once, ", grouped(UPLOAD_BLOCKS_BURST), UPLOAD_BLOCK_BYTES >> 10),
        format!("then {} a second (503", refill(UPLOAD_BLOCK_REFILL_MS)),
        format!("in the future, at most {ASSERTION_AHEAD_S} seconds ahead; 60 to 240 leaves room"),
        format!("may be there; at most {ASSERTION_SKEW_S} seconds ahead |"),
        format!("| | `jti` | 1 to {ASSERTION_ID_BYTES_MAX} bytes,"),
        format!("`expires_in` ({CLIENT_TOKEN_S})"),
        format!(
            "| a client assertion | {} bytes, once, at most {ASSERTION_AHEAD_S} seconds ahead |",
            grouped(ASSERTION_BYTES_MAX)
        ),
        format!("| an access token of a system | {CLIENT_TOKEN_S} seconds |"),
        format!(
            "tokens from one address | {TOKEN_TRIES_PER_ADDRESS_BURST} at once, then {} a second (429) |",
            refill(TOKEN_PER_ADDRESS_REFILL_MS)
        ),
        format!(
            "| {TOKENS_PER_CLIENT_BURST} at once, then one in {} seconds (429); {SESSIONS_PER_PERSON_MAX} at a moment |",
            TOKENS_PER_CLIENT_REFILL_MS / 1_000
        ),
        format!("| {CLIENT_KEYS_MAX} at a moment, {CLIENT_KEYS_EVER_MAX} ever |"),
        format!("| envelopes in one request | {ENVELOPES_PER_REQUEST_MAX} |"),
        format!(
            "from one address | {} at once, then one in {} seconds (503",
            grouped(ENVELOPES_BURST),
            ENVELOPE_REFILL_MS / 1_000
        ),
        format!("| waits {QUARANTINE_DAYS_DEFAULT} days, unless"),
        format!("| a file that no entry names | kept for {} hours |", FILE_UNNAMED_S_MAX / 3_600),
    ]
}

/// What the example of `welcome` shows.
fn examples() -> Vec<String> {
    vec![
        format!("\"heartbeatMs\": {HEARTBEAT_MS},"),
        format!("\"frameBytesMax\": {FRAME_BYTES_MAX},"),
        format!("\"postsInFlightMax\": {POSTS_IN_FLIGHT_MAX}\n"),
        format!("\"retryAfterMs\": {}\n", RETRY_AFTER_S * 1_000),
    ]
}

/// Numbers that are no bounds of the hub's.
const NO_BOUNDS: &[&str] = &[
    "numbered by `seq`: 1, 2, 3\n",
    "](#8-close-codes)",
    "](../proto/renkei/v1)",
    "(../proto/renkei/v1/body.proto)",
    "(../proto/renkei/v1/duty.proto)",
    "SHA-256",
    "(base64url)",
    "[decision 019](decisions/019-records-taken-out.md)",
    "DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM",
    "CSV in UTF-8",
    "answered 415",
    "(https://hl7.org/fhir/smart-app-launch/backend-services.html)",
    "RFC 6749, 5.2",
    "(401)",
    "(201), a role to choose (200)",
    "is answered 200 with the positions",
    "(202)",
    "(403)",
    "(429 or 503)",
    "[proto3 JSON mapping]",
    "64-bit integers",
    "has `after` 0",
    "since 1970-01-01T00:00:00Z",
    "UUIDv7",
    "from 0",
    "`after` + 1",
    "(\"SpO2 of 980 %: expected 0–100 %\")",
    "between 0 and 1 second",
    "up to\n30 seconds, get a new ticket",
    "section 5",
    "below 4000 (1006: the network)",
    "from 4000 on",
];

/// `1,000`, as people read it.
fn grouped(number: impl TryInto<u64>) -> String {
    let digits = number.try_into().unwrap_or_else(|_| panic!("a bound is small")).to_string();
    let (len, mut out) = (digits.len(), String::new());
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (len - at) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// The page without its headings, its frames, the numbers of its lists and its table of close codes.
fn prose() -> String {
    let mut inside = false;
    let mut kept = String::new();
    for line in PAGE.lines() {
        let is_fence = line.trim_start().starts_with("```");
        inside ^= is_fence;
        if inside || is_fence || line.starts_with('#') || line.starts_with("| 4") {
            continue;
        }
        let listed = line.split_once(". ").filter(|(number, _)| number.parse::<u8>().is_ok());
        kept += listed.map_or(line, |(_, text)| text);
        kept.push('\n');
    }
    kept
}

pub fn faults() -> Vec<String> {
    faults_of(&prose(), PAGE)
}

fn faults_of(prose: &str, page: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let mut rest = prose.to_owned();
    for bound in bounds() {
        if !rest.contains(&bound) {
            faults.push(format!("docs/protocol.md does not say {bound:?}, which is what src/limits.rs has"));
        }
        rest = rest.replacen(&bound, "", 1);
    }
    let missing = examples().into_iter().filter(|example| !page.contains(example.as_str()));
    faults.extend(missing.map(|example| format!("no example of docs/protocol.md shows {example:?}")));
    let rest = NO_BOUNDS.iter().fold(rest, |rest, known| rest.replace(known, ""));
    let outside_code = |line: &&str| line.split('`').step_by(2).any(|part| part.contains(|c: char| c.is_ascii_digit()));
    let numbers = rest.lines().filter(outside_code);
    faults.extend(numbers.map(|line| format!("docs/protocol.md names a number that this test does not know: {line}")));
    faults
}

#[test]
fn a_page_that_drifted_is_seen() {
    let drifted = prose().replace("| a text | 20,000 characters |", "| a text | 30,000 characters |");
    let faults = faults_of(&drifted, PAGE);
    assert_eq!(faults.len(), 2, "{faults:?}");
    assert!(faults[0].contains("20,000") && faults[1].contains("30,000"), "{faults:?}");
    assert!(!faults_of(&prose(), &PAGE.replace("262144", "1")).is_empty());
    let more = format!("{}\n| frames of a second | 500 |\n", prose());
    assert_eq!(faults_of(&more, PAGE).len(), 1);
}
