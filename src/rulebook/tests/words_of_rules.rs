//! Rules in words: what a held post is told, what a revision changes, what the bodies sign.

use super::rows::facts;
use super::{book, digest};
use crate::domain::lifecycle::{SetSignature, Stage};
use crate::domain::ruling::{Consequences, Ruling};
use crate::rulebook::agreement::{Agreement, Stands};
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
        ("文書が添えてある", "文書が添えられていない")
    );
    assert_eq!(
        (hold.missing[0][0].wanted.en.as_ref(), hold.missing[0][0].now.en.as_ref()),
        ("a document is attached", "no document is attached")
    );
    assert_eq!(hold.exceptions.iter().map(|text| text.ja.as_ref()).collect::<Vec<_>>(), ["緊急である"]);
    assert!(hold.reason_ok);
}

#[test]
fn of_several_cases_advice_tells_the_facts_of_the_one_that_applies() {
    let book = revised(
        shipped::ETIQUETTE_DOCTOR_NURSE,
        "when     = { \"actor.role\" = \"nurse\", \"record.tell_doctor\" = true, \"record.delay\" = { over = \"60m\", \
         placeholder = true } }",
        "when     = [{ \"actor.role\" = \"doctor\", \"record.tell_doctor\" = true }, { \"actor.role\" = \"nurse\", \
         \"record.delay\" = { over = \"60m\", placeholder = true } }]",
    );
    let told = |who: &str, delay_s: i64| {
        let mut asked = facts("post visit", who).post;
        asked.record.delay_s = Known::Is(delay_s);
        let (judgement, etiquette, slots) =
            book.rule_on(&asked, &EventFacts { tell_doctor: Known::Is(true), ..EventFacts::UNKNOWN });
        let advice = etiquette.advice.iter().map(|advice| book.citation(advice.rule).clone());
        let advice = advice.filter(|cited| cited.starts_with("DN-M2b@")).collect();
        let consequences = Consequences { advice, ..Consequences::default() }.kept();
        let told = book.consequences_in_words(None, &Ruling { consequences, ..book.ruling(&judgement, &slots) });
        told.first().expect("advised").says.ja.to_string()
    };
    let (nurse, doctor) = (told("nurse team consent:team", 3_660), told("doctor team consent:team", 3_660));
    assert!(nurse.contains("61分") && !doctor.contains("61分"), "{nurse} / {doctor}");
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
    assert!(text.en.contains("  within: from \"4 hours [placeholder]\" to \"8 hours\"\n"), "{}", text.en);
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
    assert!(text.en.contains("(within 2 hours [placeholder])"), "{}", text.en);
}

#[test]
fn what_a_set_says_of_itself_and_how_a_rule_is_shown_are_part_of_the_revision() {
    let before = book();
    let later = revised(shipped::ETIQUETTE_DOCTOR_NURSE, "effective = 2026-04-01", "effective = 2026-10-01");
    let changes = diff(&before, &later);
    assert_eq!((changes.sets.len(), changes.rules.len()), (1, 0));
    let text = in_words(&changes);
    assert!(text.ja.contains("施行日：「2026-04-01」から「2026-10-01」へ"), "{}", text.ja);
    assert!(text.en.contains("effective: from \"2026-04-01\" to \"2026-10-01\""), "{}", text.en);

    let shown = revised(shipped::ETIQUETTE_DOCTOR_NURSE, "aggregate = true\n", "");
    let text = in_words(&diff(&before, &shown));
    assert!(text.ja.contains("示し方：「件数だけで示し、一件ずつの遅れとしては示さない」をやめる"), "{}", text.ja);
}

#[test]
fn the_sheet_says_how_far_back_a_word_looks() {
    let sheet = book().agreement_sheet("etiquette-doctor-nurse").expect("the set");
    let consulted = "今のステーションが相談を確認している（30日<span class=\"stands-in\">【仮置き】</span>以内）";
    assert!(sheet.contains(consulted));
    assert!(sheet.contains("<i>期限</i>3営業日<span class=\"stands-in\">【仮置き】</span></dd>"));
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
        assert!(sheet.contains(&format!("<h3>{}　{} <small>", rule.id, rule.title.ja)), "{}", rule.id);
        assert!(sheet.contains(rule.reason.ja.as_ref()), "{}", rule.id);
    }
    assert!(sheet.contains(&set.hash) && sheet.contains("見直し期限 2027-03-31"));
    let owed = "<dt>だれが</dt><dd>チームの看護師（事業所ごと）<i>果たし方</i>確認<i>期限</i>4時間<span \
                class=\"stands-in\">【仮置き】</span><i>事前のお知らせ</i>2時間<span class=\"stands-in\">【仮置き】</span>後</dd>";
    assert!(sheet.contains(owed));
    let chain = "<dt>知らせる順</dt><dd>約束した所属の管理者（期限が来たとき） → 地域の事務局（期限から4時間<span \
                 class=\"stands-in\">【仮置き】</span>後）</dd>";
    assert!(sheet.contains(chain));
    assert!(sheet.contains("用語集にない略語の数が2個超<span class=\"stands-in\">【仮置き】</span>"));
    let (must, should) = (sheet.find("守るべきこと</h2>"), sheet.find("できれば</h2>"));
    assert!(must < should && must.is_some());
    let signing = sheet.split("<h2>署名").nth(1).expect("a place to sign");
    assert!(signing.contains("<td></td><td>医師</td><td></td><td></td>") && signing.contains("<td>看護師</td>"));
    assert!(!sheet.contains("<script") && !sheet.contains("http"));
    assert_eq!(book.agreement_sheet("unheard-of"), None);
}

/// What `lines` says of a rule, part by part, must be on its sheet, however the rows are made up.
#[test]
fn nothing_that_a_rule_says_is_left_off_the_sheet() {
    let book = book();
    let plain = |text: &str| text.replace("<span class=\"stands-in\">【仮置き】</span>", "【仮置き】");
    let mut compared = 0;
    for set in book.sets() {
        let sheet = plain(&book.agreement_sheet(&set.id).expect("the set"));
        for rule in &set.rules {
            let from = sheet.find(&format!("<h3>{}　", rule.id)).expect("the rule");
            let article = &sheet[from..from + sheet[from..].find("</article>").expect("its end")];
            for line in crate::rulebook::wording::lines(rule, book.vocabulary()) {
                // What the effect is called stands in front of what it permits.
                let is_told = match line.about.en.as_ref() {
                    "effect" => ["許すこと", "禁じること", "預かること", "許せる上限"]
                        .iter()
                        .any(|about| article.contains(about)),
                    "advice" => article.contains(line.says.ja.as_ref()) || line.says == rule.title,
                    _ => article.contains(line.says.ja.as_ref()),
                };
                assert!(is_told, "{}: {}「{}」 is not in {article}", rule.id, line.about.ja, line.says.ja);
                compared += 1;
            }
        }
    }
    assert!(compared > 400, "{compared} lines");
}

#[test]
fn groups_are_named_by_their_names_and_what_they_stand_for_is_on_the_sheet() {
    let sheet = book().agreement_sheet("sharing").expect("the set");
    assert!(sheet.contains("「診療・ケアの記録、確認・訂正・取消し」を見ること"));
    assert_eq!(sheet.matches("サービス担当者会議").count(), 1, "the words of a group are told once");
    assert!(sheet.contains("<dt>専門職</dt><dd>医師、歯科医師、看護師、"));
    assert!(sheet.contains("<dt>診療・ケアの記録</dt><dd>報告と共有、観察の記録、指示、連絡と依頼</dd>"));
    assert!(sheet.contains("操作者の職種が「医師、看護師」") && !sheet.contains("医師または"), "a list is a list");
}

#[test]
fn a_group_that_gains_a_word_changes_the_rules_that_name_it() {
    let from = "members = [\"doctor\", \"dentist\", \"nurse\", \"pharmacist\", \"dental_hygienist\", \"rehab\"]";
    let to = "members = [\"doctor\", \"dentist\", \"nurse\", \"pharmacist\", \"dental_hygienist\"]";
    let text = in_words(&diff(&book(), &reworded(from, to)));
    let told = "「医療職」の内訳：「医師、歯科医師、看護師、薬剤師、歯科衛生士、リハビリ職」から「医師、歯科医師、看護師、薬剤師、歯科衛生士」へ";
    assert!(text.ja.contains("SH-2") && text.ja.contains(told), "{}", text.ja);
}

#[test]
fn alternatives_say_once_what_they_share() {
    let sheet = book().agreement_sheet("floor").expect("the set");
    let told = "操作者の職種が「専門職」、かつ利用目的が「診療・ケア」。さらに次のどれか：所属がこの患者のチームに入っている／\
                所属が以前この患者のチームに入っていた";
    assert!(sheet.contains(told));
}

#[test]
fn a_person_meant_is_named_as_people_say_it() {
    let book = book();
    let owed = |id: &str| {
        let (_, _, rule) = book.rules().find(|(_, _, rule)| rule.id == id).expect(id);
        let lines = crate::rulebook::wording::lines(rule, book.vocabulary());
        let line = lines.into_iter().find(|line| line.about.en == "owed by").expect("it is owed");
        (line.says.ja.into_owned(), line.says.en.into_owned())
    };
    assert_eq!(owed("ND-M3b"), ("投稿した本人".into(), "the author in person".into()));
    assert_eq!(owed("ND-M3d"), ("記録に名のある医師本人".into(), "the doctor named, in person".into()));
    let manager =
        ("記録に名のある所属の管理者（看護師）".into(), "the manager of the organisation named (nurse)".into());
    assert_eq!(owed("ND-M4b"), manager);
}

#[test]
fn a_signature_given_to_the_hub_and_the_stage_of_the_version_stand_on_the_sheet() {
    let book = book();
    let set = book.sets().iter().find(|set| set.id == "etiquette-doctor-nurse").expect("the set");
    let given = |agreement: &str| SetSignature {
        set: set.id.clone(),
        body: "みなと医師会".into(),
        role: "doctor".into(),
        person: "三浦 恵子".into(),
        signer: None,
        on: jiff::civil::date(2027, 3, 20),
        agreement: agreement.into(),
    };
    let from = jiff::civil::date(2027, 4, 1);
    let agreement = Agreement::of(set, &[given(&set.agreement)], Some(Stands::Now(Stage::InForce, Some(from))));
    assert_eq!((agreement.signed.len(), agreement.stage), (1, "in_force"));
    let sheet = book.agreement_sheets(&[set], |_| agreement.clone());
    assert!(sheet.contains("<td>みなと医師会</td><td>医師</td><td>三浦 恵子</td><td>2027-03-20</td>"));
    assert!(sheet.contains("段階 ひな形、施行中：2027-04-01から"));
    let other = Agreement::of(set, &[given("of another text")], Some(Stands::Now(Stage::Proposed, None)));
    assert!(other.signed.is_empty(), "it was given to something else");
    for (version, ja, en) in [
        (Stands::Now(Stage::Agreed, Some(from)), "合意済み：2027-04-01に施行", "agreed, in force from 2027-04-01"),
        (Stands::Now(Stage::Retired, Some(from)), "廃止", "retired"),
        (Stands::AtReceipt(from), "受付のとき施行中：2027-04-01から", "in force at receipt, from 2027-04-01"),
    ] {
        let told = Agreement::of(set, &[], Some(version)).stands;
        assert_eq!((told.ja.as_ref(), told.en.as_ref()), (&*format!("ひな形、{ja}"), &*format!("a seed, {en}")));
        assert!(!told.ja.contains('（') && !told.en.contains('('), "it may itself stand in brackets");
    }
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
