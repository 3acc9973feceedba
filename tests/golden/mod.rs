//! Timelines as released versions stored them: this build folds each to the state it was folded to then.
//!
//! `timelines/VERSION/NAME.entries` holds one entry a line, as the journal has it: id, recorded_at in microseconds, the
//! stored bytes in hexadecimal. `NAME.state` is what the fold made of them, in words.
//!
//! `RENKEI_BLESS_TIMELINES=1 cargo test --test renkei golden::` writes the folder of the version in `Cargo.toml`.
//! RULE: a folder is written until its version is released and never after. Whoever raises the version blesses a new
//! folder and leaves the others alone. When this test fails for an older folder, the fold reads old entries
//! differently than it did: mend it, or, where the new reading is meant, say so in a decision record, correct the
//! `.state` by hand (never the `.entries`) and raise `FOLD_VERSION`. A field added to the state is added to `in_words`
//! only with the next version's folder.
//!
//! The rulings in these are made up, for the codec and the fold alone. Those that a hub made, and that a replay must make
//! again, are kept apart: `rulings`.

mod around;
mod care;
mod consenting;
mod dry_run;
mod dry_run_drafts;
mod office;
mod region;
mod rulings;
mod told_region;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use renkei::codec::{EntryHeader, decode_snapshot, decode_stored, encode_content, encode_snapshot, encode_stored};
use renkei::domain::entry::Entry;
use renkei::domain::ids::{Seq, Subject, TimelineId};
use renkei::domain::kind::Kind;
use renkei::domain::state::{Office, PatientState};
use renkei::domain::time::Timestamp;

/// The timeline of every golden file.
pub const TIMELINE: &str = "0196d5a2-7c00-7000-8000-000000000101";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/timelines")
}

fn timeline() -> TimelineId {
    TIMELINE.parse().expect("an id")
}

/// The lines of a file, decoded in order.
fn read_entries(text: &str) -> Vec<Entry> {
    let read = |(at, line): (usize, &str)| {
        let [id, recorded_at, stored] = line.split(' ').collect::<Vec<_>>()[..] else { panic!("line {}", at + 1) };
        let header = EntryHeader {
            id: id.parse().unwrap(),
            timeline: timeline(),
            seq: Seq(at as u64 + 1),
            recorded_at: Timestamp(recorded_at.parse().unwrap()),
        };
        decode_stored(header, unhex(stored).into()).unwrap_or_else(|error| panic!("line {}: {error}", at + 1)).0
    };
    text.lines().enumerate().map(read).collect()
}

fn write_entries(entries: &[Entry]) -> String {
    let line = |entry: &Entry| {
        let stored = encode_stored(entry, &encode_content(entry));
        format!("{} {} {}\n", entry.id, entry.recorded_at.as_micros(), hex(&stored))
    };
    entries.iter().map(line).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Vec<u8> {
    assert!(text.is_ascii() && text.len().is_multiple_of(2));
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

/// The timelines that this build tells, by name, with what each is about.
fn told() -> [(&'static str, Subject, Vec<Entry>); 4] {
    [
        ("around", Subject::Patient, around::entries()),
        ("care", Subject::Patient, care::entries()),
        ("consenting", Subject::Patient, consenting::entries()),
        ("office", Subject::Organisation, office::entries()),
    ]
}

fn subject_of(name: &str) -> Subject {
    told().iter().find(|(known, ..)| *known == name).expect("a timeline of this name").1
}

fn fold(subject: Subject, entries: &[Entry]) -> PatientState {
    let mut state = PatientState::empty_of(subject, timeline());
    entries.iter().for_each(|entry| state.apply(entry));
    state
}

/// All that a state holds, one fact a line.
fn in_words(state: &PatientState) -> String {
    let mut words = String::new();
    let mut say = |line: std::fmt::Arguments<'_>| writeln!(words, "{line}").expect("a string takes any text");
    say(format_args!("head {} recorded {}", state.head, state.recorded_at));
    if let Some(registration) = &state.registration {
        let name = &registration.name;
        let (born, sex) = (registration.birth_date, registration.sex);
        say(format_args!("registration {} {} born {born} {sex} by {}", name.kanji, name.kana, state.registered_by));
        for identifier in &registration.identifiers {
            say(format_args!("identifier {} {}", identifier.system, identifier.value));
        }
    }
    say(format_args!("consent {} by {}", state.consent, state.consented_by));
    if !state.terms.form_version.is_empty() {
        say(format_args!("  form {}", state.terms.form_version));
    }
    state.withheld().iter().for_each(|purpose| say(format_args!("  withheld {purpose}")));
    for (organisation, membership) in &state.team {
        let host = if membership.host { " host" } else { "" };
        let (since, opens) = (membership.since, membership.opens_from);
        say(format_args!("team {organisation}{host} since {since} opens {opens}"));
        membership.people.iter().for_each(|person| say(format_args!("  only {person}")));
    }
    state.former.iter().for_each(|organisation| say(format_args!("former {organisation}")));
    say(format_args!("access epoch {}", state.access_epoch));
    for limit in state.alarm_limits() {
        let side =
            |side: Option<renkei::domain::decimal::Decimal>| side.map_or("-".to_owned(), |side| side.to_string());
        say(format_args!("alarm {} {} {}", limit.sign, side(limit.low), side(limit.high)));
    }
    for sign in state.vitals.keys() {
        for latest in state.newest_first(*sign) {
            say(format_args!("vital {sign} {} at {} by {}", latest.value, latest.measured.at, latest.measured.seq));
        }
    }
    state.retracted.iter().for_each(|seq| say(format_args!("retracted {seq}")));
    state.hidden.keys().for_each(|entry| say(format_args!("hidden {entry}")));
    let accesses = state.accesses.as_slice().iter();
    accesses.for_each(|access| say(format_args!("access {} until {}", access.person, access.until)));
    say(format_args!("stay {} closed {}", state.course.stay(), state.course.is_closed()));
    for (writer, record) in state.course.iter() {
        let acknowledged = if record.acknowledged { " acknowledged" } else { "" };
        let (kind, role, organisation, at) = (writer.kind, writer.role, writer.organisation, record.recorded_at);
        say(format_args!("record {kind} by {role} of {organisation} at {at}{acknowledged}"));
    }
    for device in state.course.devices.keys() {
        say(format_args!("device {device} {:?}", state.course.settings_of(device)));
    }
    for ((one, other), at) in state.course.meetings.last() {
        say(format_args!("met {one} {other} at {at}"));
    }
    if let Some(office) = &state.office {
        office_in_words(office, &mut say);
    }
    for duty in state.duties.iter() {
        say(format_args!("duty {} {} due {} {:?}", duty.opened.id, duty.opened.rule, duty.due, duty.standing()));
    }
    words
}

fn office_in_words(office: &Office, say: &mut impl FnMut(std::fmt::Arguments<'_>)) {
    office.entered.kept().iter().for_each(|(_, at)| say(format_args!("entered at {at}")));
    say(format_args!("contact {:?}", office.contact()));
    for (seq, roster) in &office.rosters {
        say(format_args!(
            "roster {seq} from {} until {} with {} shifts",
            roster.from,
            roster.until,
            roster.shifts.len()
        ));
    }
    for (pledged, given) in &office.pledges {
        say(format_args!("pledged {} by {:?} at {:?}", pledged.rule, pledged.by, given.newest()));
    }
    for ((person, role), given) in &office.activations {
        say(format_args!("activated {person} {role} at {:?}", given.newest()));
    }
    for (whom, suspended) in &office.suspensions {
        say(format_args!("suspended {whom:?} {:?}", suspended.newest()));
    }
}

#[test]
fn timelines_of_every_version_fold_to_the_state_they_folded_to_then() {
    let current = folder().join(env!("CARGO_PKG_VERSION"));
    if std::env::var_os("RENKEI_BLESS_TIMELINES").is_some() {
        std::fs::create_dir_all(&current).unwrap();
        for (name, subject, entries) in told() {
            std::fs::write(current.join(format!("{name}.entries")), write_entries(&entries)).unwrap();
            std::fs::write(current.join(format!("{name}.state")), in_words(&fold(subject, &entries))).unwrap();
        }
    }
    let mut folded = 0;
    for version in std::fs::read_dir(folder()).unwrap() {
        for file in std::fs::read_dir(version.unwrap().path()).unwrap() {
            let path = file.unwrap().path();
            if path.extension().is_none_or(|extension| extension != "entries") {
                continue;
            }
            let name = path.file_stem().unwrap().to_str().unwrap();
            let state = fold(subject_of(name), &read_entries(&std::fs::read_to_string(&path).unwrap()));
            let expected = std::fs::read_to_string(path.with_extension("state")).unwrap();
            assert_eq!(in_words(&state), expected, "{}", path.display());
            let again = decode_snapshot(&encode_snapshot(&state)).unwrap();
            assert_eq!(again.as_ref(), Some(&state), "{}: a snapshot holds all of it", path.display());
            folded += 1;
        }
    }
    assert!(folded > 0 && current.is_dir(), "the version in Cargo.toml has its timelines");
}

#[test]
fn the_timelines_of_this_version_are_what_this_build_would_store_and_have_every_kind() {
    let mut there = Vec::new();
    for (name, _, entries) in told() {
        let path = folder().join(env!("CARGO_PKG_VERSION")).join(format!("{name}.entries"));
        let stored = std::fs::read_to_string(path).unwrap();
        assert_eq!(write_entries(&entries), stored, "the bytes changed within a version: see the rule above");
        assert_eq!(read_entries(&stored), entries);
        there.extend(entries.iter().map(|entry| entry.body.kind()));
    }
    let missing: Vec<_> = Kind::ALL.iter().filter(|kind| !there.contains(kind)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
