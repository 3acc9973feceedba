//! Which layer may import which: the table of docs/architecture.md, and the reading of `crate::` and `super::`
//! paths that it is compared with. `main.rs` and `lib.rs` stand outside all layers.

use super::source::{Source, block_end, leading_word, positions};

/// A layer and the layers it may name. `domain` and `rulebook` are pure, so they have no clock.
const LAYERS: &[(&str, &[&str])] = &[
    ("limits", &[]),
    ("domain", &["limits"]),
    ("clock", &["domain", "limits"]),
    ("config", &["domain", "limits"]),
    ("rulebook", &["domain", "limits"]),
    ("vault", &["domain", "clock", "config", "limits"]),
    ("codec", &["domain", "clock", "config", "limits"]),
    ("store", &["domain", "vault", "codec", "clock", "config", "limits"]),
    ("wire", &["domain", "codec", "clock", "config", "limits"]),
    ("bus", &["domain", "vault", "clock", "config", "limits"]),
    ("hub", &["domain", "rulebook", "vault", "codec", "store", "wire", "bus", "clock", "config", "limits"]),
    ("session", &["domain", "rulebook", "store", "hub", "wire", "clock", "config", "limits"]),
    ("actions", &["domain", "rulebook", "vault", "store", "hub", "session", "wire", "clock", "config", "limits"]),
    ("http", &["domain", "hub", "actions", "wire", "session", "clock", "config", "limits"]),
    ("fhir", &["domain", "hub", "actions", "wire", "session", "clock", "config", "limits"]),
    ("cli", &["*"]),
];

/// Of these pairs only these names: docs/decisions/002. A name more needs a reason there.
const NARROW: &[(&str, &str, &[&str])] = &[
    ("hub", "wire", &["codes"]),
    ("session", "rulebook", &["Decision"]),
    ("session", "store", &["EndedReading", "GrantChange", "GrantId"]),
    ("actions", "session", &["TicketGate"]),
    ("actions", "wire", &["codes", "read_json", "rest", "slip"]),
];

pub fn faults(source: &Source) -> Vec<String> {
    let Some(layer) = layer_of(&source.path) else {
        return Vec::new();
    };
    let Some((_, may_use)) = LAYERS.iter().find(|(name, _)| *name == layer) else {
        return vec![format!("{}: `{layer}` is no layer", source.path)];
    };
    let forbidden = |used: &str| used != layer && !may_use.contains(&used) && !may_use.contains(&"*");
    imports(source)
        .into_iter()
        .filter_map(|(at, (used, rest))| {
            let what = if forbidden(used) { used.to_owned() } else { beyond_narrow(layer, used, rest)? };
            Some(format!("{}: {layer} may not use {what}", source.place(at)))
        })
        .collect()
}

/// What is named behind a layer that is open to a few names, and is none of them.
fn beyond_narrow(layer: &str, used: &str, rest: &str) -> Option<String> {
    let (.., names) = NARROW.iter().find(|(from, to, _)| *from == layer && *to == used)?;
    let Some(behind) = rest.strip_prefix("::") else { return Some(used.to_owned()) };
    let other = first_names(behind).into_iter().map(|(name, _)| name).find(|name| !names.contains(name))?;
    Some(format!("{used}::{other}"))
}

fn layer_of(path: &str) -> Option<&str> {
    let inside = path.strip_prefix("src/")?;
    match inside.split_once('/') {
        Some((folder, _)) => Some(folder),
        None => inside.strip_suffix(".rs").filter(|name| !["lib", "main"].contains(name)),
    }
}

/// Every name taken from the root of the crate, with its offset and what follows it.
fn imports(source: &Source) -> Vec<(usize, (&str, &str))> {
    let code = source.code.as_str();
    let absolute = positions(code, "crate::").map(|at| (at, &code[at + "crate::".len()..]));
    let relative = positions(code, "super::").filter_map(|at| past_root(source, at));
    absolute.chain(relative).flat_map(|(at, tail)| first_names(tail).into_iter().map(move |n| (at, n))).collect()
}

/// What follows a chain of `super::` that climbs to the root of the crate.
fn past_root(source: &Source, at: usize) -> Option<(usize, &str)> {
    let code = source.code.as_str();
    if code[..at].ends_with("super::") {
        return None;
    }
    let mut tail = &code[at..];
    let mut climbed = 0;
    while let Some(rest) = tail.strip_prefix("super::") {
        tail = rest;
        climbed += 1;
    }
    (climbed >= file_depth(&source.path) + inline_depth(code, at)).then_some((at, tail))
}

/// How many modules below the root a file is: `src/hub/mod.rs` 1, `src/hub/fanout.rs` 2.
fn file_depth(path: &str) -> usize {
    let module = path.trim_start_matches("src/").trim_end_matches("/mod.rs");
    module.split('/').count()
}

fn inline_depth(code: &str, at: usize) -> usize {
    positions(&code[..at], "mod ")
        .filter(|&start| {
            let name = leading_word(&code[start + "mod ".len()..]);
            let open = start + "mod ".len() + name.len() + 1;
            code[..open.min(code.len())].ends_with(' ') && code[open..].starts_with('{') && block_end(code, open) > at
        })
        .count()
}

/// The first name of a path, or of each branch of a `{…}` group, and what follows it.
fn first_names(tail: &str) -> Vec<(&str, &str)> {
    let Some(group) = tail.strip_prefix('{') else {
        let name = leading_word(tail);
        // A macro of the crate has its name at the root wherever it is written.
        let is_macro = tail[name.len()..].starts_with('!');
        return if is_macro { Vec::new() } else { vec![named(tail)] };
    };
    let mut names = Vec::new();
    let (mut depth, mut expecting) = (0, true);
    for (at, c) in group.char_indices() {
        match c {
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            '{' => depth += 1,
            ',' if depth == 0 => expecting = true,
            _ if expecting && depth == 0 && !c.is_whitespace() => {
                names.push(named(&group[at..]));
                expecting = false;
            }
            _ => {}
        }
    }
    names
}

fn named(path: &str) -> (&str, &str) {
    let name = leading_word(path);
    (if name.is_empty() { "*" } else { name }, &path[name.len()..])
}

#[test]
fn an_upward_import_is_found_however_it_is_written() {
    let bad = [
        ("src/domain/fold.rs", "use crate::store::Journal;"),
        ("src/domain/fold.rs", "use crate::{\n    domain::{a, b},\n    store::{c},\n};"),
        ("src/domain/fold.rs", "fn f() { crate::store::open() }"),
        ("src/domain/fold.rs", "use super::super::store;"),
        ("src/domain/mod.rs", "use super::store::Journal;"),
        ("src/domain/mod.rs", "mod inner { use super::super::store; }"),
        ("src/domain/mod.rs", "use crate::*;"),
        ("src/clock.rs", "use super::hub;"),
        ("src/rulebook/mod.rs", "use crate::clock::Clock;"),
        ("src/session/mod.rs", "use crate::vault::Token;"),
        ("src/http/posts.rs", "use crate::rulebook::Ruling;"),
        ("src/manager/mod.rs", "use std::fs;"),
        ("src/hub/mod.rs", "use crate::wire::parse::frame;"),
        ("src/hub/mod.rs", "use crate::wire;"),
        ("src/hub/mod.rs", "use crate::{domain::ids, wire::{codes::Code, frames}};"),
        ("src/session/mod.rs", "use crate::store::Journal;"),
    ];
    for (path, text) in bad {
        assert_eq!(faults(&Source::new(path, text)).len(), 1, "{path}: {text}");
    }
}

#[test]
fn downward_imports_pass() {
    let good = [
        ("src/hub/sequencer.rs", "use crate::{rulebook::Ruling, store::{self, Tx}};"),
        ("src/hub/sequencer.rs", "use super::fanout::Mask; // crate::cli is not for us"),
        ("src/hub/mod.rs", "mod tests { use super::*; }"),
        ("src/hub/tests/day.rs", "use super::super::fanout;"),
        ("src/store/journal.rs", "crate::with_tx!(tx, run())"),
        ("src/store/journal.rs", "pub(in crate::store) fn f() {}"),
        ("src/cli/load.rs", "use crate::{store, wire};"),
        ("src/lib.rs", "pub use crate::cli::run;"),
        ("src/hub/mod.rs", "use crate::{domain::ids, wire::codes::{CloseCode, Code}};"),
    ];
    for (path, text) in good {
        assert_eq!(faults(&Source::new(path, text)), Vec::<String>::new(), "{path}: {text}");
    }
}

#[test]
fn the_table_names_only_layers_and_has_no_circle() {
    for (at, (layer, may_use)) in LAYERS.iter().enumerate() {
        for used in may_use.iter().filter(|used| **used != "*") {
            let place = LAYERS.iter().position(|(name, _)| name == used);
            assert!(place.is_some_and(|place| place < at), "{layer} uses {used}, which does not stand above it");
        }
    }
}
