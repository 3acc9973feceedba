//! Promises about lists: dependencies with their reasons, limits with their units, migrations in pairs,
//! lock files without addresses.

use super::source::{Source, is_word, leading_word};

const REASON_WORDS_MIN: usize = 2;

/// Units in which a limit may be counted; a plural noun (`SESSIONS`, `PEOPLE`) counts itself.
const UNITS: &[&str] = &[
    "BYTES",
    "KIB",
    "MIB",
    "CHARS",
    "US",
    "MS",
    "S",
    "MINUTES",
    "HOURS",
    "DAYS",
    "COUNT",
    "PEOPLE",
    "PER_S",
    "PER_MINUTE",
    "PERCENT",
];

/// Dependencies of a manifest that have no comment on their lines or on the line above.
pub fn unexplained_dependencies(manifest: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let (mut section, mut open_brackets, mut above) = ("", 0_usize, "");
    let mut unexplained: Option<(usize, &str)> = None;
    for (number, line) in manifest.lines().enumerate() {
        let header = line.strip_prefix('[').and_then(|rest| rest.split_once(']')).filter(|_| open_brackets == 0);
        let entry = match header {
            Some((name, _)) => {
                section = name;
                name.contains("dependencies.").then_some(name)
            }
            None if open_brackets == 0 && section.ends_with("dependencies") => {
                line.split_once('=').map(|(name, _)| name.trim()).filter(|name| !name.starts_with('#'))
            }
            None => None,
        };
        if let Some(name) = entry.filter(|_| !explains(above)) {
            unexplained = Some((number + 1, name));
        }
        unexplained = unexplained.filter(|_| !explains(line));
        open_brackets += line.matches(['[', '{']).count();
        open_brackets -= line.matches([']', '}']).count();
        if open_brackets == 0 {
            let fault = unexplained.take();
            faults.extend(fault.map(|(at, name)| format!("Cargo.toml:{at}: {name} does not say why it is here")));
        }
        above = if line.starts_with('#') { line } else { "" };
    }
    faults
}

fn explains(line: &str) -> bool {
    line.split_once('#').is_some_and(|(_, comment)| comment.split_whitespace().count() >= REASON_WORDS_MIN)
}

/// Constants of `limits.rs` without a doc comment or without a unit in their name.
pub fn unclear_limits(text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let mut documented = false;
    for (number, line) in text.lines().map(str::trim).enumerate() {
        if let Some(name) = line.strip_prefix("pub const ").filter(|rest| !rest.starts_with("fn ")).map(leading_word) {
            if !documented {
                faults.push(format!("src/limits.rs:{}: {name} has no doc comment", number + 1));
            }
            if !has_unit(name) {
                faults.push(format!("src/limits.rs:{}: {name} does not name its unit", number + 1));
            }
        }
        documented = line.starts_with("///") && line.contains(is_word) || (documented && line.starts_with("#["));
    }
    faults
}

/// A measure stands last, or before `MAX` and its like: `QUEUE_BYTES_MAX`, `PING_INTERVAL_MS`. What is counted may
/// be followed by more: `SESSIONS_PER_ACCOUNT_MAX`, `IMPORT_LINES_NAMED`.
fn has_unit(name: &str) -> bool {
    let bare = ["_MAX", "_MIN", "_DEFAULT"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
    let measured = UNITS.iter().any(|unit| bare.strip_suffix(unit).is_some_and(|rest| rest.ends_with('_')));
    let counted = bare.split('_').any(|noun| noun.len() > 3 && noun.ends_with('S') && !noun.ends_with("SS"));
    measured || counted
}

pub fn unpaired_migrations(sqlite: &[String], postgres: &[String]) -> Vec<String> {
    let missing = |from: &[String], other: &[String], engine: &str| {
        let lone = other.iter().filter(|name| !from.contains(name));
        lone.map(|name| format!("migrations/{engine}/{name}: missing")).collect::<Vec<_>>()
    };
    [missing(sqlite, postgres, "sqlite"), missing(postgres, sqlite, "postgres")].concat()
}

/// Addresses that a package manager wrote into its lock file: they hold on one network only.
pub fn download_addresses(source: &Source) -> Vec<String> {
    if !source.path.ends_with("package-lock.json") {
        return Vec::new();
    }
    let lines = source.text.lines().enumerate().filter(|(_, line)| line.contains("\"resolved\":"));
    lines.map(|(at, _)| format!("{}:{}: names a download address", source.path, at + 1)).collect()
}

#[test]
fn a_dependency_without_a_reason_is_found() {
    let manifest = "\
[package]
name = \"a\"
[dependencies]
good = \"1\" # turns bytes into text
bare = \"1\"
short = \"1\" # json
# what the line below is for
above = \"1\"
long = { version = \"1\", features = [
  \"a\",
] } # explained at its end
long-bare = { version = \"1\", features = [
  \"a\",
] }
[dependencies.table]
version = \"1\"
[target.'cfg(unix)'.dev-dependencies.told] # signals of the process
version = \"1\"
[build-dependencies]
other = \"1\"
[profile.dev]
debug = 1
";
    let lines: Vec<String> = unexplained_dependencies(manifest)
        .iter()
        .map(|fault| fault.split([':', ' ']).nth(1).unwrap().to_owned())
        .collect();
    assert_eq!(lines, ["5", "6", "12", "15", "20"]);
}

#[test]
fn a_limit_without_unit_or_explanation_is_found() {
    let good = "\
/// The largest frame, in bytes.
pub const FRAME_BYTES_MAX: usize = 65_536;
/// Silence after which a session is pinged.
#[cfg(unix)]
pub const PING_INTERVAL_MS: u64 = 20_000;
/// Open sockets of one account.
pub const SESSIONS_PER_ACCOUNT_MAX: usize = 8;
/// People named in one link.
pub const LINKED_PEOPLE_MAX: usize = 100;
/// Entries of one page.
pub const PAGE_ENTRIES_DEFAULT: usize = 100;
";
    assert_eq!(unclear_limits(good), Vec::<String>::new());
    assert_eq!(unclear_limits("pub const FRAME_BYTES_MAX: usize = 1;\n").len(), 1);
    for name in ["FRAME_MAX", "PING_INTERVAL", "ACCESS_MAX", "WORK_QUEUE", "MS", "MS_PING"] {
        let text = format!("/// A bound.\npub const {name}: usize = 1;\n");
        assert_eq!(unclear_limits(&text).len(), 1, "{name}");
    }
}

#[test]
fn a_migration_of_one_engine_only_is_found() {
    let names = |list: &[&str]| list.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    assert_eq!(unpaired_migrations(&names(&["1.sql"]), &names(&["1.sql"])), Vec::<String>::new());
    assert_eq!(unpaired_migrations(&names(&["1.sql", "2.sql"]), &names(&["1.sql", "3.sql"])).len(), 2);
}

#[test]
fn an_address_in_a_lock_file_is_found() {
    let lock = "{ \"node_modules/a\": {\n \"resolved\": \"somewhere\" } }";
    assert_eq!(download_addresses(&Source::new("tests/web/package-lock.json", lock)).len(), 1);
    assert_eq!(download_addresses(&Source::new("web/a.json", lock)), Vec::<String>::new());
}
