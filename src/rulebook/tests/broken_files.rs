//! Files with mistakes: each must be reported where it stands, in both languages, all at once. The
//! cases are in `broken.txt`; mistakes of a vocabulary are here, as edits of the shipped one.

use std::collections::HashSet;

use super::{HEADER, Problems, RulebookFiles, SourceFile, digest, load_local, local, shipped};
use crate::domain::body::Infection;
use crate::domain::kind::Kind;
use crate::domain::text::Text;
use crate::rulebook::vocabulary::{Lexicon, Values};
use crate::rulebook::{Mistake, Rulebook};

const RULE: &str = r#"[[rule]]
id = "L-1"
kind = "share"
strength = "must"
origin = "proposal"
ja = "題"
en = "Title"
reason = { ja = "理由", en = "reason" }"#;

/// A sound rule of any kind, but for its kind, and a second one.
const ITEM: &str = r#"[[rule]]
id = "L-1"
strength = "must"
origin = "proposal"
ja = "題"
en = "Title"
reason = { ja = "理由", en = "reason" }"#;

const NURSE: &str =
    r#"when = { "actor.role" = "nurse", "actor.on_team" = true, "patient.consent" = "team", "purpose" = "care" }"#;

/// A permit to post anything for care.
const MAY_POST: &str = r#"[[rule]]
id = "L-POST"
kind = "share"
strength = "must"
origin = "proposal"
ja = "題"
en = "Title"
reason = { ja = "理由", en = "reason" }
effect = "permit"
on = ["post:group:care_records", "post:acknowledgement"]
when = { "actor.role" = ["doctor", "nurse", "helper"], "actor.on_team" = true, "patient.consent" = "team", "purpose" = "care" }"#;

pub(super) struct Case {
    pub name: &'static str,
    pub text: String,
    pub expected: Vec<Told>,
}

/// Line, column, code, Japanese, English.
pub(super) type Told = (u32, u32, String, String, String);

fn cases() -> Vec<Case> {
    read_cases(include_str!("broken.txt"))
}

pub(super) fn read_cases(text: &'static str) -> Vec<Case> {
    text.split("\n=== ").skip(1).map(read_case).collect()
}

fn read_case(case: &'static str) -> Case {
    let (name, rest) = case.split_once('\n').expect("a name line");
    let (marked, found) = rest.split_once("\n--- ").expect("an expected problem");
    let mut expanded = marked.replace("$HEADER", HEADER.trim_end()).replace("$RULE", RULE).replace("$NURSE", NURSE);
    expanded = expanded.replace("$ITEM", ITEM).replace("$MAY_POST", MAY_POST);
    for number in 2.. {
        let next = ITEM.replace("L-1", &format!("L-{number}"));
        let replaced = expanded.replacen("$NEXT", &next, 1);
        if replaced == expanded {
            break;
        }
        expanded = replaced;
    }
    let (text, places) = take_marks(&format!("{expanded}\n"));
    let problems: Vec<_> = found.split("\n--- ").collect();
    assert_eq!(problems.len(), places.len(), "{name}: as many marks as problems");
    let expected = places.into_iter().zip(problems).map(|((line, column), problem)| {
        let mut lines = problem.lines();
        let mut next = || lines.next().expect("code, ja and en").to_owned();
        (line, column, next(), next(), next())
    });
    Case { name, text, expected: expected.collect() }
}

/// The text without its § marks, and where they stood.
fn take_marks(marked: &str) -> (String, Vec<(u32, u32)>) {
    let mut places = Vec::new();
    for (line, text) in (1..).zip(marked.lines()) {
        let mut column = 1;
        for sign in text.chars() {
            if sign == '§' { places.push((line, column)) } else { column += 1 }
        }
    }
    (marked.replace('§', ""), places)
}

#[test]
fn every_mistake_is_told_at_its_place_in_both_languages() {
    let cases = cases();
    assert!(cases.len() >= 45, "only {} cases were read", cases.len());
    let mut wrong = Vec::new();
    for case in cases {
        let Err(Problems(problems)) = load_local(&case.text) else { panic!("{}: was loaded", case.name) };
        let found: Vec<_> = problems
            .iter()
            .map(|problem| {
                let text = problem.message();
                (problem.line, problem.column, problem.code().to_owned(), text.ja.to_string(), text.en.to_string())
            })
            .collect();
        if found != case.expected {
            wrong.push(format!("{}\n  found    {found:?}\n  expected {:?}", case.name, case.expected));
        }
        assert!(problems.iter().all(|problem| problem.file == "local.toml"), "{}", case.name);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_rule_file_in_japanese_says_the_same_as_one_in_codes() {
    let in_codes =
        local(&format!("{RULE}\neffect = \"permit\"\non = [\"view:vital\", \"post:group:requests\"]\n{NURSE}\n"));
    let in_japanese = r#"
[ruleset]
"番号" = "local"
"版" = "1.0.0"
"日本語" = "地域"
"英語" = "Local"
"層" = "共有"
"段階" = "下書き"
"施行日" = 2026-04-01
"合意" = []

[["ルール"]]
"番号" = "L-1"
"種別" = "共有"
"重み" = "守るべきこと"
"由来" = "私たちの案"
"日本語" = "題"
"英語" = "Title"
"理由" = { "日本語" = "理由", "英語" = "reason" }
"効果" = "許可"
"対象" = ["閲覧：バイタル", "投稿:組:連絡と依頼"]
"条件" = { "操作者の職種" = "看護師", "この患者のチームの一員である" = "はい", "共有への同意" = "チーム内の共有に同意", "利用目的" = "診療・ケア" }
"#;
    let rule = |text: &str| {
        let book = load_local(text).unwrap_or_else(|problems| panic!("{problems}"));
        let (_, _, rule) = book.rules().find(|(_, _, rule)| rule.id == "L-1").expect("the rule");
        let share = rule.mechanism.share().expect("a share");
        let sides: Vec<_> = share.applies.when.iter().map(|clause| book.grid.sides(&book.vocabulary, clause)).collect();
        (share.effect, share.applies.on, sides, rule.title.clone(), rule.strength, rule.origin)
    };
    assert_eq!(rule(&in_codes), rule(in_japanese));
}

/// What is replaced in the shipped vocabulary, by what (§ marks the place), code, Japanese, English.
const VOCABULARY_MISTAKES: &[[&str; 5]] = &[
    [
        r#"helper            = { ja = "介護職", en = "care worker" }"#,
        r#"helpr = §{ ja = "介護職", en = "care worker" }"#,
        "unknown-word",
        "「helpr」は職種一覧にありません。もしかして「helper」ですか",
        "'helpr' is not a known role; did you mean 'helper'?",
    ],
    [
        r#"no   = { ja = "緊急閲覧を宣言していない", en = "no emergency access is open" }"#,
        "",
        "missing-key",
        "「no」（否定）が書かれていません",
        "'no' is missing",
    ],
    [
        r#"[field."record.delay"]"#,
        r#"§[field."record.delays"]"#,
        "no-source",
        "項目「record.delays」の値を Renkei は求められません",
        "the hub has no source for the field 'record.delays'",
    ],
    [
        "type = \"duration\"",
        "type = §\"number\"",
        "wrong-field-type",
        "項目「record.delay」の型は「duration」（期間）です",
        "the field 'record.delay' is of type 'duration'",
    ],
    [
        r#"ja     = "利用目的""#,
        r#"ja     = "共有への同意""#,
        "label-taken",
        "「共有への同意」は「patient.consent」と同じ呼び名です。区別できる呼び名にしてください",
        "'共有への同意' is already the name of 'patient.consent'; names must differ",
    ],
    [
        r#"members = ["message", "lab_request","#,
        r#"members = ["message", §"lab_requests","#,
        "unknown-word",
        "「lab_requests」は記録の種類にありません。もしかして「lab_request」ですか",
        "'lab_requests' is not a known kind; did you mean 'lab_request'?",
    ],
];

#[test]
fn a_vocabulary_that_disagrees_with_the_hub_is_refused() {
    for [from, to, code, ja, en] in VOCABULARY_MISTAKES {
        let marked = shipped::VOCABULARY.text.replacen(from, to, 1);
        assert_ne!(marked, shipped::VOCABULARY.text, "{from} is not in the vocabulary");
        let (text, places) = take_marks(&marked);
        let vocabulary = SourceFile { name: "vocabulary.toml", text: &text };
        let files = RulebookFiles { vocabulary, sets: vec![shipped::FLOOR, shipped::SHARING] };
        let Problems(problems) = Rulebook::load(&files, digest).expect_err(to);
        let found = problems.iter().find(|problem| problem.code() == *code).unwrap_or_else(|| panic!("{problems:?}"));
        assert_eq!((found.message().ja.as_ref(), found.message().en.as_ref()), (*ja, *en));
        if let Some(place) = places.first() {
            assert_eq!((found.line, found.column), *place, "{to}");
        }
        assert!(
            problems.iter().all(|problem| problem.file == "vocabulary.toml"),
            "rules are judged by sound words only"
        );
    }
}

/// As the folder of a region that was made under an earlier version.
#[test]
fn words_that_a_vocabulary_does_not_name_take_the_labels_of_the_hub() {
    let lines = shipped::VOCABULARY.text.lines();
    let text: Vec<_> = lines.filter(|line| !line.starts_with("duty_step") && !line.starts_with("death ")).collect();
    let text = text.join("\n").replacen(r#", other = { ja = "その他の感染症", en = "another infection" } }"#, " }", 1);
    let vocabulary = SourceFile { name: "vocabulary.toml", text: &text };
    let files = RulebookFiles { vocabulary, sets: vec![shipped::FLOOR, shipped::SHARING] };
    let (old, full) = (Rulebook::load(&files, digest).expect("old words do"), super::book());
    let lists = |book: &Rulebook| {
        let infection = book.vocabulary().find_field("record.infection").expect("a field");
        let Values::Choice(infections) = &book.vocabulary().fields[infection].values else { panic!("a choice") };
        [book.vocabulary().kinds.clone(), infections.clone()]
    };
    for (old, full) in lists(&old).iter().zip(&lists(&full)) {
        let codes = |list: &Lexicon| list.words.iter().map(|word| word.code.clone()).collect::<Vec<_>>();
        assert_eq!(codes(old), codes(full), "in the order of the hub");
        let mut places: Vec<_> = old.words.iter().map(|word| word.filed_at).collect();
        places.sort_unstable();
        assert!(places.iter().copied().eq(0..old.len() as u8), "each word has a place of its own: {places:?}");
        assert_eq!(old.unfiled(old.filed(old.full())), old.full());
    }
    let [kinds, infections] = lists(&old);
    let label = |list: &Lexicon, code| list.entry(list.position(code).expect(code)).expect(code).label.clone();
    assert_eq!(label(&kinds, "duty_step"), Text::fixed(Kind::DutyStep.ja(), Kind::DutyStep.en()));
    assert_eq!(label(&kinds, "death"), Text::fixed(Kind::Death.ja(), Kind::Death.en()));
    assert_eq!(label(&infections, "other"), Text::fixed(Infection::Other.ja(), Infection::Other.en()));
    let last = kinds.len() as u8 - 1;
    assert_eq!(kinds.words[Kind::DutyStep.index()].filed_at, last, "after the words of the file");
}

#[test]
fn every_mistake_there_is_has_its_broken_file() {
    let mut tested: HashSet<String> =
        cases().into_iter().flat_map(|case| case.expected).map(|expected| expected.2).collect();
    tested.extend(VOCABULARY_MISTAKES.iter().map(|mistake| mistake[2].to_owned()));
    // How sets stand together is in `composition.rs`.
    tested.extend(["no-floor", "second-floor", "second-pair", "too-complicated"].map(str::to_owned));
    let untested: Vec<_> = Mistake::CODES.iter().filter(|code| !tested.contains(**code)).collect();
    assert!(untested.is_empty(), "no broken file for {untested:?}");
    assert_eq!(tested.len(), Mistake::CODES.len(), "codes are distinct, and none is tested that there is not");
}
