//! A short run of the fuzzer's parsers, in every test: each file of the corpus as it is, and changed a little many times.
//! What a long run finds (`./test --fuzz`) goes into `corpus/`, so that it is never forgotten.

mod parsers;

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use self::parsers::{PARSERS, Parser};

/// Changed files of each parser; the slow ones read a whole rulebook each time.
const CHANGED: usize = 1_500;
const CHANGED_SLOW: usize = 150;

/// The corpus of a parser: its own folder, and what the repository has of its kind anyway.
fn corpus(parser: &Parser) -> Vec<(PathBuf, Vec<u8>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (beside, ending) = match parser.name {
        "client_json" => ("proto/examples/client", "json"),
        "client_protobuf" => ("proto/examples/client", "bin"),
        "server_json" => ("proto/examples/server", "json"),
        "server_protobuf" => ("proto/examples/server", "bin"),
        "rule_file" | "vocabulary" => ("rulebooks", "toml"),
        _ => ("", ""),
    };
    let mut paths = list(&root.join("tests/fuzz/corpus").join(parser.name));
    if !beside.is_empty() {
        let is_meant = |path: &PathBuf| {
            let is_vocabulary = path.ends_with("vocabulary.toml");
            let is_kind = ending != "toml" || is_vocabulary == (parser.name == "vocabulary");
            path.extension().is_some_and(|of| of == ending) && is_kind
        };
        paths.extend(list(&root.join(beside)).into_iter().filter(is_meant));
    }
    paths.into_iter().map(|path| (path.clone(), fs::read(path).unwrap())).collect()
}

fn list(folder: &Path) -> Vec<PathBuf> {
    let Ok(files) = fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = files.map(|file| file.unwrap().path()).filter(|path| path.is_file()).collect();
    paths.sort();
    paths
}

/// Numbers that look random and are the same in every run (`SplitMix64`).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % bound.max(1) as u64).unwrap()
    }
}

/// A few changes: bytes turned, left out, doubled, numbers at their bounds, a piece of another file.
fn changed(numbers: &mut Numbers, content: &[u8], other: &[u8]) -> Vec<u8> {
    let mut content = content.to_vec();
    for _ in 0..=numbers.below(4) {
        let at = numbers.below(content.len() + 1);
        let end = (at + 1 + numbers.below(8)).min(content.len());
        match numbers.below(6) {
            0 if at < content.len() => content[at] ^= 1 << numbers.below(8),
            1 if at < content.len() => content[at] = [0, 0x7f, 0x80, 0xff, b'"', b'\n'][numbers.below(6)],
            2 => drop(content.drain(at.min(end)..end)),
            3 => {
                let piece = content[at.min(end)..end].to_vec();
                content.splice(at..at, piece);
            }
            4 => content.truncate(at),
            _ => {
                let from = numbers.below(other.len() + 1);
                let piece = &other[from..(from + 1 + numbers.below(24)).min(other.len())];
                content.splice(at..at, piece.iter().copied());
            }
        }
    }
    content
}

/// Says which bytes it was, to be kept in the corpus.
fn check(parser: &Parser, of: &Path, content: &[u8]) {
    let survived = catch_unwind(AssertUnwindSafe(|| parsers::check(parser.name, content)));
    let shown = String::from_utf8_lossy(content);
    assert!(survived.is_ok(), "{} after {}: {content:?}\n{shown}", parser.name, of.display());
}

fn run(parser: &Parser) {
    let corpus = corpus(parser);
    assert!(!corpus.is_empty(), "{} has no corpus", parser.name);
    for (path, content) in &corpus {
        check(parser, path, content);
    }
    let mut numbers = Numbers(7);
    let is_slow = matches!(parser.name, "rule_file" | "vocabulary");
    for _ in 0..if is_slow { CHANGED_SLOW } else { CHANGED } {
        let (path, content) = &corpus[numbers.below(corpus.len())];
        let other = &corpus[numbers.below(corpus.len())].1;
        check(parser, path, &changed(&mut numbers, content, other));
    }
}

macro_rules! short_runs {
    ($($name:ident)+) => {
        $(#[test]
        fn $name() {
            run(PARSERS.iter().find(|parser| parser.name == stringify!($name)).unwrap());
        })+

        #[test]
        fn every_parser_has_its_short_run_and_its_target() {
            let named: Vec<&str> = PARSERS.iter().map(|parser| parser.name).collect();
            assert_eq!(named, [$(stringify!($name)),+]);
            let manifest = include_str!("Cargo.toml");
            for name in named {
                assert!(manifest.contains(&format!("name = \"{name}\"")), "{name}");
            }
        }
    };
}

short_runs! {
    client_json client_protobuf server_json server_protobuf posted_json rule_file vocabulary table upload assertion key_set
    id_token provider_keys slip checkpoint
}
