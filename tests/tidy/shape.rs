//! The shape of files: how they open, how long they and their functions are.

use super::source::{Source, is_word, leading_word, line_at, positions};

const FILE_LINES_MEDIAN_MAX: usize = 150;
const FILE_LINES_P95_MAX: usize = 400;
const FILE_LINES_MAX: usize = 600;
const FUNCTION_LINES_MAX: usize = 70;
const OPENING_LINES_MAX: usize = 6;

/// Files over `FILE_LINES_MAX` with the length they may not exceed. Entries leave or shrink, none is added.
const LONG_FILES_RATCHET: &[(&str, usize)] = &[];

/// How a file of each type opens, so that its first line says what it is.
const OPENINGS: &[(&str, &[&str])] = &[
    (".rs", &["//!"]),
    (".js", &["//", "/*"]),
    (".mjs", &["//", "/*"]),
    (".css", &["/*"]),
    (".proto", &["//"]),
    (".sql", &["--"]),
];

pub fn missing_opening(source: &Source) -> Option<String> {
    let (_, openings) = OPENINGS.iter().find(|(end, _)| source.path.ends_with(end))?;
    // Nothing but the edition of its language may stand before what a contract is.
    let text = match source.text.split_once(";\n") {
        Some((first, rest)) if first.starts_with("syntax = ") => rest.trim_start(),
        _ => source.text.as_str(),
    };
    let opens = openings.iter().any(|opening| {
        text.strip_prefix(opening).is_some_and(|words| words.lines().take(2).any(|l| l.contains(is_word)))
    });
    if !opens {
        return Some(format!("{}:1: does not open with {} and what it is", source.path, openings.join(" or ")));
    }
    // Reasons may follow in paragraphs of their own; the first one says what this is, briefly.
    let lines = source.text.lines().take_while(|line| line.starts_with("//!") && line.contains(is_word)).count();
    (lines > OPENING_LINES_MAX)
        .then(|| format!("{}:1: opens with {lines} lines, more than {OPENING_LINES_MAX}", source.path))
}

pub fn long_files(language: &str, sources: &[&Source]) -> Vec<String> {
    let lengths = sources.iter().map(|s| (s.path.as_str(), s.text.lines().count())).collect::<Vec<_>>();
    judge_lengths(language, &lengths, LONG_FILES_RATCHET)
}

fn judge_lengths(language: &str, lengths: &[(&str, usize)], ratchet: &[(&str, usize)]) -> Vec<String> {
    let mut faults = Vec::new();
    for &(path, lines) in lengths {
        match ratchet.iter().find(|(listed, _)| *listed == path) {
            Some(_) if lines <= FILE_LINES_MAX => faults.push(format!("{path}: short again, take it off the ratchet")),
            Some((_, before)) if lines > *before => faults.push(format!("{path}: grew from {before} to {lines} lines")),
            None if lines > FILE_LINES_MAX => faults.push(format!("{path}: {lines} lines, more than {FILE_LINES_MAX}")),
            _ => {}
        }
    }
    let mut sorted: Vec<usize> = lengths.iter().map(|(_, lines)| *lines).collect();
    sorted.sort_unstable();
    for (name, percent, max) in [("median", 50, FILE_LINES_MEDIAN_MAX), ("95th percentile", 95, FILE_LINES_P95_MAX)] {
        // Nearest rank: the shortest length that this share of the files does not exceed.
        let rank = (sorted.len() * percent).div_ceil(100).max(1) - 1;
        if let Some(lines) = sorted.get(rank).filter(|lines| **lines > max) {
            faults.push(format!("{language} files: {name} of {lines} lines, more than {max}"));
        }
    }
    faults
}

pub fn long_functions(source: &Source) -> Vec<String> {
    if source.is_test {
        return Vec::new();
    }
    let code = source.code_without_tests();
    let mut faults = Vec::new();
    for at in positions(&code, "fn ") {
        let name = leading_word(&code[at + "fn ".len()..]);
        let Some(open) = body_start(&code, at) else {
            continue;
        };
        let lines = line_at(&code, super::source::block_end(&code, open)) - line_at(&code, at) + 1;
        if !name.is_empty() && lines > FUNCTION_LINES_MAX {
            faults.push(format!("{}: `{name}` has {lines} lines, more than {FUNCTION_LINES_MAX}", source.place(at)));
        }
    }
    faults
}

/// The brace that opens the body of the function declared at `at`; `None` for a declaration without one.
fn body_start(code: &str, at: usize) -> Option<usize> {
    let mut depth = 0_i32;
    for (offset, c) in code[at..].char_indices() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            '{' if depth == 0 => return Some(at + offset),
            ';' if depth == 0 => return None,
            _ => {}
        }
    }
    None
}

#[test]
fn a_file_that_does_not_say_what_it_is_is_found() {
    let bad = [
        ("src/a.rs", "use std::fs;\n"),
        ("src/a.rs", "// plain\n"),
        ("src/a.rs", "//!\n//!\nfn f() {}\n"),
        ("src/a.rs", "//! 1\n//! 2\n//! 3\n//! 4\n//! 5\n//! 6\n//! 7\n"),
        ("src/a.rs", ""),
        ("web/a.js", "export const a = 1;\n"),
        ("web/a.css", "body { margin: 0 }\n"),
        ("proto/a.proto", "syntax = \"proto3\";\n\npackage a; // later\n"),
        ("migrations/a.sql", "create table a (b integer);\n"),
    ];
    for (path, text) in bad {
        assert!(missing_opening(&Source::new(path, text)).is_some(), "{path}: {text}");
    }
    for (path, text) in [
        ("src/a.rs", "//! The fold.\n//!\n//! 1\n//! 2\n//! 3\n//! 4\n//! 5\n//! 6\n"),
        ("web/a.mjs", "/**\n * The outbox.\n */\n"),
        ("a.proto", "syntax = \"proto3\";\n\n// Frames.\n"),
        ("LICENSE", ""),
    ] {
        assert_eq!(missing_opening(&Source::new(path, text)), None, "{path}");
    }
}

#[test]
fn long_files_are_found_alone_and_on_average() {
    let of = |lengths: &[usize]| lengths.iter().map(|l| ("a.rs", *l)).collect::<Vec<_>>();
    let count = |lengths: &[usize], ratchet| judge_lengths("Rust", &of(lengths), ratchet).len();
    assert_eq!(count(&[], &[]), 0);
    assert_eq!(count(&[150, 150, 150], &[]), 0);
    assert_eq!(count(&[151, 151, 1], &[]), 1, "the median");
    assert_eq!(count(&[&[10; 19][..], &[600]].concat(), &[]), 0, "one long file of twenty");
    assert_eq!(count(&[&[10; 18][..], &[401, 401]].concat(), &[]), 1, "the 95th percentile");
    assert_eq!(count(&[&[10; 20][..], &[601]].concat(), &[]), 1, "one file");
}

#[test]
fn the_ratchet_only_turns_one_way() {
    let with = |lines| {
        let lengths = [&[("b.rs", 10); 30][..], &[("a.rs", lines)]].concat();
        judge_lengths("Rust", &lengths, &[("a.rs", 700)]).len()
    };
    assert_eq!([with(700), with(650), with(701), with(600)], [0, 0, 1, 1]);
}

#[test]
fn a_long_function_is_found_and_named() {
    let body = "    step();\n".repeat(FUNCTION_LINES_MAX - 1);
    let long =
        format!("fn brief(x: [u8; 4]) -> u8 {{ 1 }}\nimpl A {{\nasync fn long<T>(t: T) where T: B {{\n{body}}}\n}}\n");
    let found = long_functions(&Source::new("src/a.rs", &long));
    assert_eq!(
        found,
        [format!("src/a.rs:3: `long` has {} lines, more than {FUNCTION_LINES_MAX}", FUNCTION_LINES_MAX + 1)]
    );
    let fitting = long.replacen("    step();\n", "", 1);
    assert_eq!(long_functions(&Source::new("src/a.rs", &fitting)), Vec::<String>::new());
    let tests = format!("#[cfg(test)]\nmod tests {{\n{long}}}\n");
    assert_eq!(long_functions(&Source::new("src/a.rs", &tests)), Vec::<String>::new());
    assert_eq!(long_functions(&Source::new("src/a.rs", "trait A { fn f(&self); }\n")), Vec::<String>::new());
}
