//! Tests of the rulebook as a whole: every shipped rule, broken files, the evaluator against brute
//! force, masks against judgements, and the words of an explanation.

mod analysis;
mod broken_files;
mod chains;
mod composition;
mod deciding;
mod duties;
mod emergency;
mod etiquette_rows;
mod explanations;
mod guides;
mod masks;
mod replay;
mod offices;
mod rows;
mod said;
mod shipped_rules;
mod soundness;
mod words_of_rules;

use super::{Problems, Rulebook, RulebookFiles, SourceFile, shipped};

/// Not a hash to trust, only one that differs where texts differ: the real one is the vault's.
pub(super) fn digest(bytes: &[u8]) -> [u8; 32] {
    let mut state = 0xcbf2_9ce4_8422_2325_u64;
    let mut out = [0; 32];
    for chunk in out.chunks_mut(8) {
        for byte in bytes.iter().chain(&[chunk.len() as u8]) {
            state = (state ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
        chunk.copy_from_slice(&state.to_be_bytes());
    }
    out
}

pub(super) fn book() -> Rulebook {
    shipped::load(digest).unwrap_or_else(|problems| panic!("{problems}"))
}

/// The shipped vocabulary and floor with another sharing set.
pub(super) fn load_local(text: &str) -> Result<Rulebook, Problems> {
    let sets = vec![shipped::FLOOR, SourceFile { name: "local.toml", text }];
    Rulebook::load(&RulebookFiles { vocabulary: shipped::VOCABULARY, sets }, digest)
}

/// A sharing set with these rules.
pub(super) fn local(rules: &str) -> String {
    format!("{HEADER}{rules}")
}

pub(super) const HEADER: &str = r#"[ruleset]
id = "local"
version = "1.0.0"
ja = "地域"
en = "Local"
layer = "sharing"
status = "draft"
effective = 2026-04-01
agreed_by = []
"#;
