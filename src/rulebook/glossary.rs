//! The region's glossary, and the abbreviations of a text that it does not hold. Read by `vocabulary_file`, asked for the
//! facts of a nursing instruction and for the words of the advice about it. What the abbreviations mean is no business of it.

use std::collections::BTreeSet;

use super::problem::Findings;
use super::table::Item;
use super::words::key;
use crate::domain::body::NursingInstruction;

/// The abbreviations that the region agreed every profession knows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Glossary {
    known: BTreeSet<String>,
}

/// Reads `words = ["BT", …]`.
pub(crate) fn read(item: Item<'_, '_>, findings: &mut Findings<'_>) -> Option<Glossary> {
    let mut table = item.table(findings)?;
    let words = table.require(key::WORDS, findings);
    table.finish(findings);
    let words = words?.list(findings)?;
    let known = words.into_iter().filter_map(|word| word.string(findings)).map(half_width).collect();
    Some(Glossary { known })
}

impl Glossary {
    /// The abbreviations that a doctor wrote and the glossary lacks, each once, in the order of the form.
    #[must_use]
    pub fn lacking_of(&self, instruction: &NursingInstruction) -> Vec<String> {
        let mut lacking: Vec<String> = Vec::new();
        for text in instruction.texts() {
            let text = half_width(text);
            let words = text.split(|sign: char| !sign.is_ascii_alphanumeric());
            for word in words.filter(|word| is_abbreviation(word) && !self.known.contains(*word)) {
                if !lacking.iter().any(|known| known == word) {
                    lacking.push(word.to_owned());
                }
            }
        }
        lacking
    }
}

/// Two capital letters or more: `PEG`, `SpO2`, the `CV` of `CVポート`.
fn is_abbreviation(word: &str) -> bool {
    word.bytes().filter(u8::is_ascii_uppercase).count() >= 2
}

/// Letters and digits of full width as those of half width: both are written.
fn half_width(text: &str) -> String {
    const APART: u32 = 'Ａ' as u32 - 'A' as u32;
    let half = |sign: char| match sign {
        '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' => char::from_u32(sign as u32 - APART).unwrap_or(sign),
        other => other,
    };
    text.chars().map(half).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_with_two_capitals_are_abbreviations_unless_the_region_knows_them() {
        let glossary = Glossary { known: ["BT".to_owned(), "SpO2".to_owned()].into() };
        let table = [
            ("BT・SpO2 を測る", vec![]),
            ("ＢＴ・ＳｐＯ２", vec![]),
            ("CVポート、PEG、ＰＥＧ、NPPV", vec!["CV", "PEG", "NPPV"]),
            ("Hb が低いとき Dr へ", vec![]),
            ("bt は測らない", vec![]),
        ];
        for (text, expected) in table {
            let instruction = NursingInstruction { instruction: text.to_owned(), ..NursingInstruction::default() };
            assert_eq!(glossary.lacking_of(&instruction), expected, "{text}");
        }
    }
}
