//! Rulings as a hub of each version stored them, made again by replaying the rulebook as it was then.
//!
//! `rulings/VERSION/` holds what a hub decided with: `rulebook/` (the files that shipped, and the region's own
//! `region.toml`), `calendar.txt` and `directory.txt`; and what it stored: `TIMELINE.entries` (a line each, as in
//! `timelines`) and `refused.txt` (what was refused, held or kept for a link: id, kind, kind of what a correction says,
//! code, slots in hexadecimal, citations). `fates.txt` is for people to read.
//!
//! `RENKEI_BLESS_RULINGS=1 cargo test --test renkei golden::rulings` tells `region.rs` to a hub and writes the folder of
//! the version in `Cargo.toml`, with the rules that ship now. RULE: a folder is written until its version is released and
//! never after. Whoever raises the version copies `region.toml` and `calendar.txt` into a new folder and blesses that.
//! What is said of a folder of any age: its rulings are made again exactly. When that fails, rules stored with the slots of
//! an older build would be explained and replayed wrongly: mend the evaluator. Of the current version alone it is also said
//! that a hub of this build stores these very bytes; what facts a hub finds for a post may change with a version.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use renkei::cli::open;
use renkei::codec::{EntryHeader, decode_stored};
use renkei::config::{CalendarSettings, MinuteSpan, OpeningHours};
use renkei::domain::body::Body;
use renkei::domain::directory::{Directory, Organisation, Person, Position};
use renkei::domain::duty::StepDone;
use renkei::domain::entry::Entry;
use renkei::domain::ids::{EntryId, Seq, TimelineId};
use renkei::domain::kind::Kind;
use renkei::domain::offices::Offices;
use renkei::domain::patient::HumanName;
use renkei::domain::role::{OrganisationType, Role};
use renkei::domain::ruling::{Ruling, rule_id};
use renkei::domain::time::Timestamp;
use renkei::rulebook::calendar::Calendar;
use renkei::rulebook::replay::{DutyCount, Event, Fate, Ground, Replay, Report};
use renkei::rulebook::{Mechanism, Rulebook, RulebookFiles, SourceFile, shipped};
use renkei::vault::{RegionKey, digest};

use super::{hex, region, told_region, unhex, write_entries};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/rulings")
}

fn current() -> PathBuf {
    folder().join(env!("CARGO_PKG_VERSION"))
}

fn versions() -> Vec<PathBuf> {
    let mut versions: Vec<PathBuf> = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    versions.sort();
    versions
}

/// What a hub decided with, and what it stored.
pub struct Kept {
    pub rulebook: Rulebook,
    pub calendar: Calendar,
    directory: Directory,
    timelines: BTreeMap<TimelineId, Vec<Entry>>,
    refused: Vec<Refused>,
}

struct Refused {
    id: EntryId,
    kind: Kind,
    corrected: Option<Kind>,
    code: String,
    ruling: Ruling,
}

impl Refused {
    fn event(&self) -> Event<'_> {
        let fate = match self.code.as_str() {
            "queued" => Fate::Queue,
            "held" => Fate::Hold,
            _ => Fate::Deny,
        };
        Event { id: self.id, kind: self.kind, corrected: self.corrected, fate, ruling: &self.ruling }
    }
}

impl Kept {
    fn read(version: &Path) -> Self {
        let text = |name: &str| std::fs::read_to_string(version.join(name)).unwrap();
        let mut timelines = BTreeMap::new();
        for file in std::fs::read_dir(version).unwrap() {
            let path = file.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "entries") {
                let timeline: TimelineId = path.file_stem().unwrap().to_str().unwrap().parse().unwrap();
                timelines.insert(timeline, read_entries(timeline, &std::fs::read_to_string(&path).unwrap()));
            }
        }
        let refused = text("refused.txt").lines().map(read_refused).collect();
        let rulebook = open::load_rulebook(Some(&version.join("rulebook"))).unwrap();
        let directory = read_directory(&text("directory.txt"));
        Self { rulebook, calendar: read_calendar(&text("calendar.txt")), directory, timelines, refused }
    }

    /// Replays it all under `draft`, which is asked against the rulebook of then.
    fn replay(&self, draft: &Rulebook) -> Report {
        let books = [Borrowed(&self.rulebook)];
        let offices = Offices::default();
        let (calendar, directory) = (&self.calendar, &self.directory);
        let ground = Ground { calendar, directory, offices: &offices, in_force: &self.rulebook };
        let mut replay = Replay::new(draft, &books, ground, Timestamp::MIN, region::END);
        self.timelines.values().for_each(|entries| replay.timeline(entries));
        self.refused.iter().for_each(|post| replay.refused(&post.event(), post.code == "not_found", region::END));
        replay.finish()
    }

    fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.timelines.values().flatten()
    }
}

struct Borrowed<'a>(&'a Rulebook);

impl AsRef<Rulebook> for Borrowed<'_> {
    fn as_ref(&self) -> &Rulebook {
        self.0
    }
}

fn read_entries(timeline: TimelineId, text: &str) -> Vec<Entry> {
    let read = |(at, line): (usize, &str)| {
        let [id, recorded_at, stored] = line.split(' ').collect::<Vec<_>>()[..] else { panic!("line {}", at + 1) };
        let (id, seq, recorded_at) = (id.parse().unwrap(), Seq(at as u64 + 1), Timestamp(recorded_at.parse().unwrap()));
        let header = EntryHeader { id, timeline, seq, recorded_at };
        decode_stored(header, unhex(stored).into()).unwrap_or_else(|error| panic!("line {}: {error}", at + 1)).0
    };
    text.lines().enumerate().map(read).collect()
}

fn read_refused(line: &str) -> Refused {
    let [id, kind, corrected, code, slots, cited] = line.split(' ').collect::<Vec<_>>()[..] else { panic!("{line}") };
    let cited = cited.split(',').map(Arc::from).collect();
    Refused {
        id: id.parse().unwrap(),
        kind: Kind::from_code(kind).unwrap(),
        corrected: (corrected != "-").then(|| Kind::from_code(corrected).unwrap()),
        code: code.to_owned(),
        ruling: Ruling { cited, slots: unhex(slots), consequences: None },
    }
}

fn write_refused(id: EntryId, kind: Kind, corrected: Option<Kind>, code: &str, ruling: &Ruling) -> String {
    assert!(ruling.consequences.is_none(), "nothing comes of what was refused");
    let (corrected, slots) = (corrected.map_or("-", Kind::code), hex(&ruling.slots));
    format!("{id} {} {corrected} {code} {slots} {}\n", kind.code(), ruling.cited.join(","))
}

/// `ORGANISATION TYPE PERSON ROLE` a line; names are nothing to rules.
fn read_directory(text: &str) -> Directory {
    let mut directory = Directory::default();
    for line in text.lines() {
        let [organisation, kind, person, role] = line.split(' ').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let (kind, role) = (OrganisationType::from_code(kind).unwrap(), Role::from_code(role).unwrap());
        let office = office(organisation.parse().unwrap(), kind);
        let positions = vec![Position { role, organisation: office.id }];
        let name = HumanName { kanji: person.to_owned(), kana: String::new() };
        let person = Person { id: person.parse().unwrap(), name, positions, active: true };
        directory.people.insert(person.id, person);
        directory.organisations.insert(office.id, office);
    }
    directory
}

fn office(id: renkei::domain::ids::OrganisationId, kind: OrganisationType) -> Organisation {
    let name = format!("事業所 {id}");
    let (kana, phone, identifiers) = (String::new(), String::new(), Vec::new());
    Organisation { id, kind, name, kana, phone, identifiers, active: true }
}

fn write_directory() -> String {
    let line = |at: usize| {
        let actor = region::place(at);
        let (organisation, person) = (actor.organisation, actor.person);
        format!("{organisation} {} {person} {}\n", actor.organisation_type.code(), actor.role.code())
    };
    (0..region::PLACES.len()).map(line).collect()
}

/// `open` with opening hours as a configuration has them, `closed` with a day, `day` with the hours of the day.
fn read_calendar(text: &str) -> Calendar {
    let mut settings = CalendarSettings::default();
    for line in text.lines() {
        match line.split_once(' ').unwrap() {
            ("open", hours) => settings.opening_hours.push(OpeningHours::parse(hours).unwrap()),
            ("closed", day) => settings.closed_days.push(day.parse().unwrap()),
            ("day", hours) => settings.daytime = Some(MinuteSpan::parse(hours).unwrap()),
            _ => panic!("{line}"),
        }
    }
    open::calendar_of(&settings)
}

/// The standing duties that a hub's clock really opened, and what became of them, by rule.
fn stood(entries: &[Entry]) -> BTreeMap<String, DutyCount> {
    let mut stood: BTreeMap<_, DutyCount> = BTreeMap::new();
    for entry in entries {
        let Body::DutyStep(step) = &entry.body else { continue };
        let StepDone::Opened(opened) = &step.step else { continue };
        let later = || entries.iter().filter(|later| later.seq > entry.seq);
        let stepped = |is_meant: fn(&StepDone) -> bool| {
            let is_so = |later: &&Entry| match &later.body {
                Body::DutyStep(step) => step.duty == opened.id && is_meant(&step.step),
                _ => false,
            };
            later().any(|later| is_so(&later))
        };
        let count = stood.entry(rule_id(&opened.rule).to_owned()).or_default();
        count.opened += 1;
        count.unconfirmed += u64::from(!opened.confirmed);
        let is_met = later().any(|later| later.ruling.met().contains(&opened.id));
        if stepped(|step| matches!(step, StepDone::Overdue)) {
            count.late += 1;
            count.escalated += u64::from(stepped(|step| matches!(step, StepDone::Escalated { .. })));
        } else if is_met {
            count.in_time += 1;
        } else if stepped(|step| matches!(step, StepDone::Closed(_))) {
            count.ended += 1;
        } else {
            count.undetermined += 1;
        }
    }
    stood
}

#[test]
fn rulings_of_every_version_are_made_again_exactly_by_the_rulebook_of_then() {
    for version in versions() {
        let kept = Kept::read(&version);
        let report = kept.replay(&kept.rulebook);
        let asked = kept.entries().filter(|entry| !matches!(entry.body, Body::DutyStep(_))).count();
        let all = (asked + kept.refused.len()) as u64;
        let name = version.display();
        // Steps of the clock cite their rule, and nothing was asked about them.
        let steps = kept.entries().count() - asked;
        assert!(asked > 60 && steps > 10 && kept.refused.len() > 8, "{name}: {asked} {steps} {}", kept.refused.len());
        assert_eq!((report.events, report.own, report.repeated), (all, all, all), "{name}");
        assert!(report.changes.is_empty(), "{name}: {:?}", report.changes);
        assert_eq!((report.undetermined, report.unreadable, report.destroyed), (0, 0, 0), "{name}");
        // What was opened is what the rule says, to the last step of its chain.
        let terms = |citation: &str| {
            let (rule, ..) = kept.rulebook.rules().find(|(.., rule)| &*rule.citation == citation).unwrap();
            kept.rulebook.terms(rule).unwrap().clone()
        };
        let opened: Vec<_> = kept.entries().flat_map(|entry| entry.ruling.opened()).collect();
        assert!(opened.len() > 20, "{name}: {}", opened.len());
        for duty in opened {
            assert_eq!(*duty.terms, *terms(&duty.rule), "{name}: {}", duty.rule);
        }
        // The walk along the timelines opens what the hub's clock opened then, and comes to the same ends.
        let mut stood_then: BTreeMap<String, DutyCount> = BTreeMap::new();
        for (rule, count) in kept.timelines.values().flat_map(|entries| stood(entries)) {
            assert!(stood_then.insert(rule, count).is_none(), "{name}: each rule on one timeline here");
        }
        let stands: BTreeMap<_, _> = report.standing.iter().map(|(rule, both)| (rule.clone(), both.draft)).collect();
        assert_eq!(stands, stood_then, "{name}");
        assert!(stands["MR-3"].in_time > 0 && stands["MR-3"].escalated > 0, "{name}: {stands:?}");
    }
}

#[test]
fn every_mechanism_and_every_fate_is_among_the_rulings_kept() {
    let kept = Kept::read(&current());
    let permitted = kept.entries().filter_map(|entry| entry.ruling.consequences.as_deref());
    let (mut advised, mut excepted, mut reasoned, mut met) = (0, 0, 0, 0);
    for consequences in permitted {
        advised += consequences.advice.len();
        excepted += consequences.excepted.len();
        reasoned += consequences.reasons.len();
        met += consequences.met.len();
    }
    assert!(advised > 2 && excepted > 0 && reasoned > 1 && met > 6, "{advised} {excepted} {reasoned} {met}");
    for code in ["held", "forbidden", "not_found", "queued"] {
        assert!(kept.refused.iter().any(|post| post.code == code), "{code}");
    }
    // The region's own rules decided among those that ship.
    let cited: Vec<&str> =
        kept.refused.iter().flat_map(|post| &post.ruling.cited).map(|cited| rule_id(cited)).collect();
    assert!(cited.contains(&"MR-1") && cited.contains(&"MR-2"), "{cited:?}");
    let offices = kept.timelines.keys().filter(|timeline| **timeline != region::PATIENT).count();
    assert!(offices >= 3, "{offices}");
}

#[test]
fn another_rulebook_than_that_of_then_is_noticed() {
    let kept = Kept::read(&current());
    let sources = kept.rulebook.sources();
    let with = |name: &str, from: &str, to: &str| {
        let mut sets = sources.sets.clone();
        let set = sets.iter_mut().find(|(path, _)| path.ends_with(name)).unwrap();
        assert!(set.1.contains(from), "{name} says {from}");
        set.1 = set.1.replacen(from, to, 1);
        let sets = sets.iter().map(|(name, text)| SourceFile { name, text }).collect();
        let vocabulary = SourceFile { name: &sources.vocabulary.0, text: &sources.vocabulary.1 };
        Rulebook::load(&RulebookFiles { vocabulary, sets }, digest).unwrap()
    };
    // Without the exception, an order in an emergency is held; without the night, the helper's note is taken.
    let strict = with("etiquette-doctor-nurse.toml", "pass_if   = { \"record.emergency\" = true }\n", "");
    assert_eq!(kept.replay(&strict).changes[&(Fate::Permit, Fate::Hold)].count, 2);
    let by_day = with("region.toml", "\"time.band\" = \"night\"", "\"time.band\" = \"day\"");
    let report = kept.replay(&by_day);
    assert_eq!(report.changes[&(Fate::Deny, Fate::Permit)].count, 1);
    // A standing rule that is asked less often: less is late. One that is gone: nothing.
    let seldom = with("region.toml", "\"20d\"", "\"60d\"");
    let compared = kept.replay(&seldom).standing["MR-3"];
    assert!(compared.draft.late < compared.in_force.late, "{compared:?}");
    let report = kept.replay(&with("region.toml", "id          = \"MR-3\"", "id          = \"MR-4\""));
    assert_eq!(report.standing["MR-3"].draft, DutyCount::default());
    assert_eq!(report.standing["MR-4"].draft, report.standing["MR-3"].in_force);
    assert!(kept.rulebook.rules().any(|(.., rule)| matches!(rule.mechanism, Mechanism::Pledge(_))));
}

/// The files that ship, as a region copies them.
fn copy_shipped(into: &Path) {
    for file in std::iter::once(shipped::VOCABULARY).chain(shipped::SETS) {
        std::fs::write(into.join(Path::new(file.name).file_name().unwrap()), file.text).unwrap();
    }
}

/// A key for nothing but this: the ids of the clock's steps derive from it.
pub(super) fn key() -> RegionKey {
    let folder = crate::support::scratch::folder("golden-key");
    let path = folder.path().join("region.key");
    std::fs::write(&path, format!("renkei-region-key-v1:{}\n", "A".repeat(43))).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    RegionKey::load_file(&path).unwrap()
}

#[tokio::test]
async fn a_hub_of_this_build_stores_the_very_rulings_of_this_version() {
    let bless = std::env::var_os("RENKEI_BLESS_RULINGS").is_some();
    if bless {
        copy_shipped(&current().join("rulebook"));
        std::fs::write(current().join("directory.txt"), write_directory()).unwrap();
    }
    let rulebook = open::load_rulebook(Some(&current().join("rulebook"))).unwrap();
    let calendar = read_calendar(&std::fs::read_to_string(current().join("calendar.txt")).unwrap());
    let stored = told_region::tell(rulebook, calendar, key()).await;
    let mut files = BTreeMap::from([("fates.txt".to_owned(), stored.fates), ("refused.txt".to_owned(), String::new())]);
    for (timeline, entries) in &stored.timelines {
        files.insert(format!("{timeline}.entries"), write_entries(entries));
    }
    let refused = files.get_mut("refused.txt").unwrap();
    for (id, kind, corrected, code, ruling) in &stored.refused {
        write!(refused, "{}", write_refused(*id, *kind, *corrected, code, ruling)).unwrap();
    }
    for (name, text) in files {
        let path = current().join(&name);
        if bless {
            std::fs::write(&path, &text).unwrap();
        }
        let kept = std::fs::read_to_string(&path).unwrap();
        for (at, (now, then)) in text.lines().zip(kept.lines()).enumerate() {
            assert_eq!(now, then, "{name}, line {}: see the rule above", at + 1);
        }
        assert_eq!(text.lines().count(), kept.lines().count(), "{name}");
    }
}

/// As often as the clock is looked at.
pub const LOOKS: Duration = Duration::from_secs(4 * 3_600);
