//! The guides for those who write rules: every rule on their pages is loaded, and every message is the one they print.
//! A block says what it is: `shipped`, `changed` (instead of the shipped rule), `local` (a whole file), and `wrong` or
//! `odd` (added to that file), each of the last two followed by what is told.

use super::{digest, shipped};
use crate::rulebook::{Problems, Rulebook, RulebookFiles, SourceFile};

const JA: &str = include_str!("../../../docs/rulebook-guide.ja.md");
const EN: &str = include_str!("../../../docs/rulebook-guide.en.md");

struct Block {
    info: &'static str,
    text: &'static str,
}

fn blocks(page: &'static str) -> Vec<Block> {
    // Fences alternate: what stands between an odd and the next even one is a block.
    let fenced = page.split("```").skip(1).step_by(2);
    fenced
        .map(|block| block.split_once('\n').map(|(info, text)| Block { info, text }).expect("a block has lines"))
        .collect()
}

fn with_local(text: &str) -> Result<Rulebook, Problems> {
    let local = SourceFile { name: "local.toml", text };
    let sets = shipped::SETS.into_iter().chain([local]).collect();
    Rulebook::load(&RulebookFiles { vocabulary: shipped::VOCABULARY, sets }, digest)
}

fn local_file(page: &'static str) -> &'static str {
    blocks(page).iter().find(|block| block.info == "toml local").expect("a local file").text
}

/// The shipped files with one rule written otherwise.
fn with_changed(rule: &str) -> Result<Rulebook, Problems> {
    let id = rule.lines().nth(1).expect("the id comes first");
    let sets: Vec<(&str, String)> = shipped::SETS
        .iter()
        .map(|file| {
            let written = |text: &str| text.lines().nth(1) == Some(id);
            let rules =
                file.text.split("[[rule]]").map(|text| if written(text) { &rule["[[rule]]".len()..] } else { text });
            (file.name, rules.collect::<Vec<_>>().join("[[rule]]"))
        })
        .collect();
    assert!(sets.iter().any(|(_, text)| text.contains(rule)), "no shipped rule has the id: {id}");
    let sets = sets.iter().map(|(name, text)| SourceFile { name, text }).collect();
    Rulebook::load(&RulebookFiles { vocabulary: shipped::VOCABULARY, sets }, digest)
}

#[test]
fn the_page_of_figures_counts_the_rules_that_ship() {
    let book = shipped::load(digest).expect("a sound rulebook");
    let of_events = book.rules().filter(|(_, _, rule)| {
        let mechanism = &rule.mechanism;
        mechanism.share().is_none() && mechanism.applies().is_some()
    });
    let counted = format!("the shipped rules ({}, of them {} about events", book.rules().count(), of_events.count());
    assert!(include_str!("../../../docs/performance.md").contains(&counted), "docs/performance.md: {counted}");
}

#[test]
fn every_rule_on_the_pages_is_as_shipped_or_loads_in_its_place() {
    for page in [JA, EN] {
        let mut kinds = std::collections::BTreeSet::new();
        for Block { info, text } in blocks(page) {
            match info {
                "toml shipped" => {
                    assert!(shipped::SETS.iter().any(|file| file.text.contains(text)), "not as shipped: {text}");
                    kinds.extend(text.lines().filter(|line| line.starts_with("kind")));
                }
                "toml changed" => {
                    let book = with_changed(text).unwrap_or_else(|problems| panic!("{problems}"));
                    let id = text.split('"').nth(1).expect("an id");
                    let notes = book.notes(jiff::civil::date(2026, 12, 1));
                    assert!(!notes.iter().any(|note| note.about == id), "{id} still holds a figure that stands in");
                }
                "toml local" => {
                    let book = with_local(text).unwrap_or_else(|problems| panic!("{problems}"));
                    let found = book.analyse().expect("few boxes");
                    assert!(
                        !found.iter().any(|finding| finding.rules.iter().any(|id| id.starts_with("MT-"))),
                        "{found:?}"
                    );
                }
                "toml wrong" | "toml odd" | "text" | "sh" => {}
                other => panic!("what is a block of {other}?"),
            }
        }
        assert_eq!(kinds.len(), 6, "one of each kind of rule: {kinds:?}");
    }
}

#[test]
fn every_mistake_on_the_pages_is_told_as_they_print_it() {
    for (page, is_japanese) in [(JA, true), (EN, false)] {
        let (blocks, local, mut told) = (blocks(page), local_file(page), 0);
        for (at, block) in blocks.iter().enumerate() {
            let found: Vec<String> = match block.info {
                "toml wrong" => {
                    let Problems(problems) = with_local(&format!("{local}\n{}", block.text)).expect_err(block.text);
                    let line = |problem: &crate::rulebook::Problem| {
                        let text = problem.message();
                        let said = if is_japanese { text.ja } else { text.en };
                        format!("{}:{}:{}: {said} [{}]", problem.file, problem.line, problem.column, problem.code())
                    };
                    problems.iter().map(line).collect()
                }
                "toml odd" => {
                    let book =
                        with_local(&format!("{local}\n{}", block.text)).unwrap_or_else(|problems| panic!("{problems}"));
                    let found = book.analyse().expect("few boxes");
                    let about = found.iter().filter(|finding| finding.rules.iter().any(|id| id == "MT-2"));
                    let line = |finding: &crate::rulebook::Finding| {
                        let said = if is_japanese { &finding.text.ja } else { &finding.text.en };
                        format!("{}: {said} [{}]", finding.at.as_ref().expect("a place"), finding.code)
                    };
                    about.map(line).collect()
                }
                _ => continue,
            };
            assert_eq!(blocks[at + 1].text, format!("{}\n", found.join("\n")), "after: {}", block.text);
            told += 1;
        }
        assert!(told >= 5, "{told} mistakes are shown");
    }
}

#[test]
fn both_guides_show_the_same_rules() {
    let shown = |page| {
        let rules =
            blocks(page).into_iter().filter(|block| block.info.starts_with("toml") && block.info != "toml local");
        rules.map(|block| (block.info, block.text)).collect::<Vec<_>>()
    };
    assert_eq!(shown(JA), shown(EN));
    let rule = |page| {
        let book = with_local(local_file(page)).unwrap_or_else(|problems| panic!("{problems}"));
        let (cited, set, rule) = book.rules().find(|(_, _, rule)| rule.id == "MT-1").expect("MT-1");
        let applies = rule.mechanism.applies().expect("it speaks of posts");
        let sides: Vec<_> = applies.when.iter().map(|clause| book.grid.sides(&book.vocabulary, clause)).collect();
        let terms = book.terms(cited).cloned();
        let header = (set.id.clone(), set.version.clone(), set.title.clone(), set.effective, set.review_by, set.status);
        (header, rule.title.clone(), rule.reason.clone(), rule.strength, applies.on, sides, terms)
    };
    assert_eq!(rule(JA), rule(EN), "in Japanese words and in codes it is the same rule");
}
