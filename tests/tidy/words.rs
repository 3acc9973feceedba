//! Words that may stand in some places only: crates with one home, clocks, shortcuts, machine paths.

use super::source::{Source, is_word, leading_word, line_at, positions};

/// Crates that one layer of the hub alone may name, so that all cryptography and all SQL have one place. Ids draw
/// their random bytes from `ring` too.
const HOMES: &[(&str, &[&str])] =
    &[("ring", &["src/vault/", "src/clock/ids.rs"]), ("p256", &["src/vault/"]), ("sqlx", &["src/store/"])];

/// Readers of the wall clock and sources of random ids; `clock` alone may call them.
const CLOCKS: &[&str] = &[
    "SystemTime::now",
    "Timestamp::now",
    "Zoned::now",
    "Uuid::new_v4",
    "Uuid::now_v7",
    "thread_rng",
    "rand::rng",
    "clippy::disallowed_methods",
];

/// Written in parts, so that this file does not hold what it looks for.
const MACHINE_PATHS: &[&str] =
    &[concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/ho", "me/"), concat!("/Us", "ers/"), concat!("C:", "\\")];

pub fn faults(source: &Source) -> Vec<String> {
    if !source.is_rust() {
        return Vec::new();
    }
    let mut faults = Vec::new();
    let mut fault = |at: usize, what: &str| faults.push(format!("{}: {what}", source.place(at)));
    for at in positions(&source.code, "#[ignore").chain(positions(&source.code, "ignore = ")) {
        fault(at, "an ignored test tests nothing");
    }
    for attribute in ["#[allow(", "#![allow("] {
        positions(&source.code, attribute).for_each(|at| fault(at, "`expect` with a reason, not `allow`"));
    }
    if source.is_test {
        return faults;
    }
    let code = source.code_without_tests();
    for at in positions(&code, ".unwrap()").chain(positions(&code, ".unwrap_err()")) {
        fault(at, "`unwrap` outside tests: say in `expect` why it cannot fail");
    }
    if !source.path.starts_with("src/") {
        return faults;
    }
    let is_clock = ["src/clock.rs", "src/clock/"].iter().any(|home| source.path.starts_with(home));
    for word in CLOCKS.iter().filter(|_| !is_clock) {
        positions(&code, word).for_each(|at| fault(at, &format!("`{word}` outside the clock")));
    }
    for (name, homes) in HOMES.iter().filter(|(_, homes)| !homes.iter().any(|home| source.path.starts_with(home))) {
        mentions(&code, name).for_each(|at| fault(at, &format!("`{name}` outside {}", homes.join(", "))));
    }
    faults
}

/// Where the crate `name` is named: `name::…`, `use name`, or in a `use {…}` group; not a module of another
/// crate that has the same name.
fn mentions<'a>(code: &'a str, name: &'a str) -> impl Iterator<Item = usize> + 'a {
    positions(code, name).filter(move |&at| {
        let after = &code[at + name.len()..];
        let absolute =
            !code[..at].ends_with("::") || code[..at].trim_end_matches("::").ends_with([' ', '\n', '(', '<']);
        let in_use = code[..at].trim_end().ends_with("use") && !after.starts_with(is_word);
        absolute && (after.starts_with("::") || in_use)
    })
}

pub fn machine_paths(source: &Source) -> Vec<String> {
    let mut faults = Vec::new();
    for path in MACHINE_PATHS {
        for at in positions(&source.text, path) {
            let before = source.text[..at].chars().next_back();
            // `docs/work/…` and `https://host/home/…` are no absolute paths, `/home/{user}` is no path of a machine.
            let absolute = before.is_none_or(|c| !is_word(c) && !['.', '}', '*', '~'].contains(&c));
            let named = path.ends_with('\\') || !leading_word(&source.text[at + path.len()..]).is_empty();
            if absolute && named {
                faults.push(format!("{}:{}: a path of one machine: {path}", source.path, line_at(&source.text, at)));
            }
        }
    }
    faults
}

/// Lines that a merge left for a person to settle.
pub fn merge_markers(source: &Source) -> Vec<String> {
    let marked = |line: &str| ["<<<<<<< ", ">>>>>>> "].iter().any(|marker| line.starts_with(marker));
    let lines = source.text.lines().enumerate().filter(|(_, line)| marked(line));
    lines.map(|(at, _)| format!("{}:{}: an unsettled merge", source.path, at + 1)).collect()
}

#[test]
fn an_unsettled_merge_is_found_in_any_file() {
    let text = "a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> main\n";
    assert_eq!(merge_markers(&Source::new("migrations/1.sql", text)).len(), 2);
    assert_eq!(merge_markers(&Source::new("README.md", "Title\n=======\n")), Vec::<String>::new());
}

#[test]
fn words_out_of_place_are_found() {
    let bad = [
        ("src/hub/a.rs", "let x = y.unwrap();"),
        ("build.rs", "let x = y.unwrap();"),
        ("benches/fold.rs", "let x = y.unwrap();"),
        ("src/hub/a.rs", "#[ignore]"),
        ("tests/a.rs", "#[ignore = \"slow\"]"),
        ("tests/a.rs", "#[cfg_attr(debug_assertions, ignore = \"slow\")]"),
        ("src/hub/a.rs", "#[allow(dead_code)]"),
        ("src/lib.rs", "#![allow(dead_code)]"),
        ("src/hub/a.rs", "use ring::digest;"),
        ("src/hub/a.rs", "let d = ::ring::digest::digest();"),
        ("src/hub/a.rs", "use sqlx;"),
        ("src/actions/a.rs", "fn f(tx: &mut sqlx::SqliteConnection) {}"),
        ("src/hub/a.rs", "let t = std::time::SystemTime::now();"),
        ("src/hub/a.rs", "let t = jiff::Timestamp::now();"),
        ("src/hub/a.rs", "let id = Uuid::now_v7();"),
        ("src/hub/a.rs", "#[expect(clippy::disallowed_methods, reason = \"just here\")]"),
    ];
    for (path, text) in bad {
        assert!(!faults(&Source::new(path, text)).is_empty(), "{path}: {text}");
    }
}

#[test]
fn words_in_place_pass() {
    let good = [
        ("src/vault/seal.rs", "use ring::aead;"),
        ("src/store/journal.rs", "sqlx::query(FIND)"),
        ("benches/relay.rs", "use sqlx::SqliteConnection;"),
        ("src/cli/cert.rs", "rustls::crypto::ring::default_provider()"),
        ("src/hub/a.rs", "let ringing = 1; // ring::digest, x.unwrap()"),
        ("src/hub/a.rs", "#[cfg(test)]\nmod tests { fn f() { x.unwrap(); } }"),
        ("tests/day.rs", "fn f() { x.unwrap(); }"),
        ("src/hub/a.rs", "x.unwrap_or_default(); x.expect(\"why\");"),
        ("src/clock.rs", "Timestamp::from(SystemTime::now())"),
        ("src/clock/ids.rs", "Uuid::now_v7()"),
        ("web/app.js", "#[ignore] .unwrap()"),
    ];
    for (path, text) in good {
        assert_eq!(faults(&Source::new(path, text)), Vec::<String>::new(), "{path}: {text}");
    }
}

#[test]
fn a_path_of_one_machine_is_found_in_any_file() {
    let ends = ["alice/renkei", "alice/.cargo"];
    for (path, end) in MACHINE_PATHS.iter().zip(ends.iter().cycle()) {
        for text in [format!("see {path}{end}"), format!("\"{path}{end}\""), format!("{path}{end}")] {
            assert_eq!(machine_paths(&Source::new("README.md", &text)).len(), 1, "{text}");
        }
    }
    let inside = MACHINE_PATHS[0];
    for text in [format!("docs{inside}day"), format!("~{inside}day"), format!("`{inside}`")] {
        assert_eq!(machine_paths(&Source::new("README.md", &text)), Vec::<String>::new(), "{text}");
    }
}
