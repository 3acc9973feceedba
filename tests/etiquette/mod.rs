//! The region's agreed rules as stories through the socket, with the rule files that ship: who receives and who does
//! not, who owes what until when, what holds a post and how it may go on. A file for each family of rules; `story.rs`
//! has the people, `bodies.rs` what they post.

pub mod bodies;
mod dn;
mod explained;
mod infection;
mod life;
mod mutual;
mod naming;
mod nd_must;
mod nd_settings;
mod nd_should;
mod notices;
mod offices;
mod operating;
mod others;
pub mod story;

use renkei::rulebook::shipped;
use renkei::vault::digest;

/// The files of stories, by the set they are about.
const STORIES: [(&str, &[&str]); 5] = [
    (
        "etiquette-doctor-nurse",
        &[
            include_str!("nd_must.rs"),
            include_str!("nd_settings.rs"),
            include_str!("nd_should.rs"),
            include_str!("dn.rs"),
            include_str!("mutual.rs"),
            include_str!("offices.rs"),
        ],
    ),
    ("infection-notice", &[include_str!("infection.rs")]),
    ("operating-policy", &[include_str!("operating.rs"), include_str!("offices.rs")]),
    ("doctor-care-manager", &[include_str!("others.rs"), include_str!("offices.rs")]),
    ("doctor-pharmacist", &[include_str!("others.rs")]),
];

/// `nd_m1b_` of `ND-M1b`: how the stories of a rule begin.
fn prefix(rule: &str) -> String {
    format!("{}_", rule.to_lowercase().replace('-', "_"))
}

/// The stories of a rule in this file, each with the code that it consists of.
fn stories_of<'f>(file: &'f str, rule: &str) -> Vec<&'f str> {
    let begins = format!("#[tokio::test]\nasync fn {}", prefix(rule));
    let mut parts = file.split("#[tokio::test]\n");
    let _ = parts.next();
    let stories = parts.filter(|part| format!("#[tokio::test]\n{part}").starts_with(&begins));
    stories.collect()
}

#[test]
fn every_shipped_rule_has_its_story() {
    let book = shipped::load(digest).expect("what ships is sound");
    let mut lacking = Vec::new();
    for (set, files) in STORIES {
        let rules = book.sets().iter().find(|found| found.id == set).expect("the set ships");
        for rule in &rules.rules {
            let stories: Vec<&str> = files.iter().flat_map(|file| stories_of(file, &rule.id)).collect();
            // A story that never names the rule proves nothing about it.
            let names = |story: &&&str| story.contains(&format!("\"{}\"", rule.id));
            if stories.iter().filter(names).count() == 0 {
                lacking.push(rule.id.as_str());
            }
        }
    }
    assert!(lacking.is_empty(), "no story begins with the id of and names: {}", lacking.join(", "));
}

#[test]
fn the_stories_tell_of_twenty_two_items_of_doctors_and_nurses() {
    let book = shipped::load(digest).expect("what ships is sound");
    let set = book.sets().iter().find(|found| found.id == "etiquette-doctor-nurse").expect("the set ships");
    let item = |id: &str| id.trim_end_matches(|sign: char| sign.is_ascii_lowercase()).to_owned();
    let items: std::collections::BTreeSet<String> = set.rules.iter().map(|rule| item(&rule.id)).collect();
    assert_eq!(items.len(), 22, "{items:?}");
}
