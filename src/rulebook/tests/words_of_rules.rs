//! Rules in words: what a held post is told, what a revision changes, what the bodies sign.

use super::rows::facts;
use super::{book, digest};
use crate::rulebook::diff::{Change, diff, in_words, unversioned};
use crate::rulebook::{EventFacts, Known, Rulebook, RulebookFiles, SourceFile, shipped};

/// The shipped book with one set changed.
fn revised(set: SourceFile<'static>, from: &str, to: &str) -> Rulebook {
    let text = set.text.replacen(from, to, 1);
    assert_ne!(text, set.text, "{from}");
    let with = |file: SourceFile<'static>| file.name != set.name;
    let mut sets: Vec<SourceFile<'_>> = shipped::SETS.into_iter().filter(|file| with(*file)).collect();
    sets.push(SourceFile { name: set.name, text: &text });
    Rulebook::load(&RulebookFiles { vocabulary: shipped::VOCABULARY, sets }, digest)
        .unwrap_or_else(|problems| panic!("{problems}"))
}

#[test]
fn a_held_post_is_told_what_is_missing_what_would_pass_and_that_a_reason_will_do() {
    let book = book();
    let known = EventFacts {
        order_type: Known::Is(crate::domain::body::OrderType::Opioid),
        has_document: Known::Is(false),
        emergency: Known::Is(false),
        ..EventFacts::UNKNOWN
    };
    let (_, etiquette, slots) = book.rule_on(&facts("post order", "doctor team consent:team").post, &known);
    let held = etiquette
        .held
        .iter()
        .find_map(|held| book.explain_hold(*held, &slots).filter(|hold| hold.citation.starts_with("ND-M3@")));
    let hold = held.expect("held");
    assert_eq!(hold.missing.len(), 1);
    assert_eq!(
        (hold.missing[0][0].wanted.ja.as_ref(), hold.missing[0][0].now.ja.as_ref()),
        ("文書が添えてある", "文書が添えてない")
    );
    assert_eq!(
        (hold.missing[0][0].wanted.en.as_ref(), hold.missing[0][0].now.en.as_ref()),
        ("a document is attached", "no document is attached")
    );
    assert_eq!(hold.exceptions.iter().map(|text| text.ja.as_ref()).collect::<Vec<_>>(), ["緊急である"]);
    assert!(hold.reason_ok);
}

#[test]
fn a_revision_is_told_in_words() {
    let before = book();
    assert_eq!(in_words(&diff(&before, &before)).ja, "変わったところはありません。\n");

    let from = "within   = { time = \"4h\", placeholder = true }\nremind   = { time = \"2h\", placeholder = true }";
    let after = revised(shipped::ETIQUETTE_DOCTOR_NURSE, from, "within   = \"8h\"\nways_out = \"decline\"");
    let changes = diff(&before, &after);
    assert_eq!(changes.rules.iter().map(|change| change.rule.as_str()).collect::<Vec<_>>(), ["ND-M1"]);
    let text = in_words(&changes);
    assert_eq!(
        text.ja,
        "変わるルール：ND-M1「医療機器の導入・設定変更は訪問看護へ必ず知らせる」（etiquette-doctor-nurse）\n\
         \u{20} 期限：「4時間【仮置き】」から「8時間」へ\n\
         \u{20} 知らせる順：「地域の事務局（期限から4時間【仮置き】後）」から「地域の事務局（期限から8時間後）」へ\n\
         \u{20} ほかの道：理由を書いて：断る\n\
         \u{20} 事前のお知らせ：「2時間【仮置き】」をやめる\n"
    );
    assert!(text.en.contains("  within: from \"4 h [placeholder]\" to \"8 h\"\n"), "{}", text.en);
    assert_eq!(
        unversioned(&before, &after).iter().map(|set| set.id.as_str()).collect::<Vec<_>>(),
        ["etiquette-doctor-nurse"]
    );
}

/// The shipped book with other words.
fn reworded(from: &str, to: &str) -> Rulebook {
    let text = shipped::VOCABULARY.text.replacen(from, to, 1);
    assert_ne!(text, shipped::VOCABULARY.text, "{from}");
    let vocabulary = SourceFile { name: shipped::VOCABULARY.name, text: &text };
    Rulebook::load(&RulebookFiles { vocabulary, sets: shipped::SETS.to_vec() }, digest)
        .unwrap_or_else(|problems| panic!("{problems}"))
}

#[test]
fn a_word_that_means_something_else_changes_every_rule_that_uses_it() {
    let after = reworded("within = { time = \"2h\"", "within = { time = \"24h\"");
    let changes = diff(&book(), &after);
    let rules: Vec<_> = changes.rules.iter().map(|change| change.rule.as_str()).collect();
    assert!(rules.contains(&"OP-1"), "{rules:?}");
    let text = in_words(&changes);
    assert!(text.ja.contains("（2時間【仮置き】以内）") && text.ja.contains("（1日【仮置き】以内）"), "{}", text.ja);
    assert!(text.en.contains("(within 2 h [placeholder])"), "{}", text.en);
}

#[test]
fn what_a_set_says_of_itself_and_how_a_rule_is_shown_are_part_of_the_revision() {
    let before = book();
    let later = revised(shipped::ETIQUETTE_DOCTOR_NURSE, "effective = 2026-04-01", "effective = 2027-04-01");
    let changes = diff(&before, &later);
    assert_eq!((changes.sets.len(), changes.rules.len()), (1, 0));
    let text = in_words(&changes);
    assert!(text.ja.contains("施行日：「2026-04-01」から「2027-04-01」へ"), "{}", text.ja);
    assert!(text.en.contains("effective: from \"2026-04-01\" to \"2027-04-01\""), "{}", text.en);

    let shown = revised(shipped::ETIQUETTE_DOCTOR_NURSE, "aggregate = true\n", "");
    let text = in_words(&diff(&before, &shown));
    assert!(text.ja.contains("示し方：「件数だけで示し、一件ずつの遅れとしては示さない」をやめる"), "{}", text.ja);
}

#[test]
fn the_sheet_says_how_far_back_a_word_looks() {
    let sheet = book().agreement_sheet("etiquette-doctor-nurse").expect("the set");
    let consulted = "今のステーションが相談を確認している（30日<span class=\"stands-in\">【仮置き】</span>以内）";
    assert!(sheet.contains(consulted));
    assert!(sheet.contains("<dd>3営業日<span class=\"stands-in\">【仮置き】</span></dd>"));
}

#[test]
fn added_removed_and_reweighted_rules_are_told_apart() {
    let before = book();
    let after = revised(shipped::OPERATING_POLICY, "id       = \"OP-5\"", "id       = \"OP-5x\"");
    let changes = diff(&before, &after);
    let told: Vec<_> = changes
        .rules
        .iter()
        .map(|change| {
            let what = match &change.what {
                Change::Added(lines) => format!("added with {} lines", lines.len()),
                Change::Removed => "removed".to_owned(),
                Change::Changed(_) => "changed".to_owned(),
            };
            (change.rule.as_str(), what)
        })
        .collect();
    assert_eq!(told, [("OP-5x", "added with 9 lines".to_owned()), ("OP-5", "removed".to_owned())]);
    let weighed = revised(shipped::OPERATING_POLICY, "strength = \"should\"", "strength = \"must\"");
    assert!(in_words(&diff(&before, &weighed)).ja.contains("重み：「できれば」から「守るべきこと」へ"));
}

#[test]
fn the_sheet_holds_every_rule_marks_what_stands_in_and_leaves_room_to_sign() {
    let book = book();
    let sheet = book.agreement_sheet("etiquette-doctor-nurse").expect("the set");
    let set = book.sets().iter().find(|set| set.id == "etiquette-doctor-nurse").expect("the set");
    for rule in &set.rules {
        assert!(sheet.contains(&format!("<h3>{}　{}</h3>", rule.id, rule.title.ja)), "{}", rule.id);
        assert!(sheet.contains(rule.reason.ja.as_ref()), "{}", rule.id);
    }
    assert!(sheet.contains(&set.hash) && sheet.contains("見直し期限 2027-03-31"));
    assert!(sheet.contains("<dt>期限</dt><dd>4時間<span class=\"stands-in\">【仮置き】</span></dd>"));
    assert!(sheet.contains("<dt>だれが</dt><dd>チームの看護師（事業所ごと）</dd>"));
    assert!(sheet.contains("用語集にない略語の数が2個超<span class=\"stands-in\">【仮置き】</span>"));
    let (must, should) = (sheet.find("守るべきこと</h2>"), sheet.find("できれば</h2>"));
    assert!(must < should && must.is_some());
    let signing = sheet.split("<h2>署名</h2>").nth(1).expect("a place to sign");
    assert!(signing.contains("<td></td><td>医師</td><td></td><td></td>") && signing.contains("<td>看護師</td>"));
    assert!(!sheet.contains("<script") && !sheet.contains("http"));
    assert_eq!(book.agreement_sheet("unheard-of"), None);
}

#[test]
fn what_a_region_writes_cannot_break_out_of_the_sheet() {
    let after = revised(
        shipped::OPERATING_POLICY,
        "ja       = \"急ぎの用件は、先に電話をする\"",
        "ja       = \"<script>alert(1)</script> & 電話\"",
    );
    let sheet = after.agreement_sheet("operating-policy").expect("the set");
    assert!(!sheet.contains("<script") && sheet.contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp; 電話"));
}

#[test]
fn every_shipped_rule_can_be_said_in_both_languages() {
    let book = book();
    for (_, _, rule) in book.rules() {
        let lines = crate::rulebook::wording::lines(rule, book.vocabulary());
        assert!(!lines.is_empty());
        for line in lines {
            assert!(!line.says.ja.is_empty() && !line.says.en.is_empty(), "{} {:?}", rule.id, line);
        }
    }
}
