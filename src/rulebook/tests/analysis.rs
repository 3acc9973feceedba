//! What the analysis finds: nothing in the shipped book, and each oddity where one is put; and the notes of
//! what a region has still to settle.

use std::collections::BTreeSet;

use jiff::civil::date;

use super::broken_files::read_cases;
use super::{book, load_local, local};
use crate::domain::kind::Kind;
use crate::domain::role::Role;
use crate::domain::text::Text;
use crate::rulebook::{Finding, Note, Rulebook, RulebookFiles};

fn findings(book: &Rulebook) -> Vec<Finding> {
    book.analyse().unwrap_or_else(|text| panic!("{}", text.en))
}

#[test]
fn the_shipped_book_has_nothing_odd() {
    let found = findings(&book());
    let told: Vec<_> = found.iter().map(|finding| format!("{}: {}", finding.code, finding.text.en)).collect();
    assert_eq!(told, Vec::<String>::new());
}

const HEAD: &str = r#"[[rule]]
id = "ID"
kind = "KIND"
strength = "should"
origin = "proposal"
ja = "題"
en = "Title"
reason = { ja = "理由", en = "reason" }
"#;

fn rule(id: &str, kind: &str, rest: &str) -> String {
    format!("{}{rest}\n", HEAD.replace("ID", id).replace("KIND", kind))
}

fn duty(id: &str, on: &str, owed_by: &str, met_by: &str) -> String {
    let rest = format!("on = \"post:{on}\"\nowed_by = {owed_by}\nmet_by = {met_by}\nwithin = \"4h\"");
    rule(id, "duty", &rest)
}

const TEAM: &str = r#""actor.on_team" = true, "patient.consent" = "team", "purpose" = "care""#;

/// Posting anything for care, so that duties can be met.
fn may_post() -> String {
    let rest = format!(
        "effect = \"permit\"\non = [\"post:group:care_records\", \"post:acknowledgement\"]\n\
         when = {{ \"actor.role\" = [\"doctor\", \"nurse\", \"helper\"], {TEAM} }}"
    );
    rule("L-POST", "share", &rest)
}

/// Code, rules, line of the local file, and a part of the message.
fn told(rules: &str) -> Vec<(&'static str, String, u32, String)> {
    let book = load_local(&local(rules)).unwrap_or_else(|problems| panic!("{problems}"));
    let found = findings(&book).into_iter().filter(|finding| finding.code != "nobody-may-post");
    found
        .map(|finding| {
            let at = finding.at.expect("a place");
            assert_eq!(at.file, "local.toml");
            assert!(!finding.text.ja.is_empty());
            (finding.code, finding.rules.join(" "), at.line, finding.text.en.to_string())
        })
        .collect()
}

#[test]
fn every_oddity_is_told_at_its_place_in_both_languages() {
    let mut codes = BTreeSet::new();
    for case in read_cases(include_str!("odd.txt")) {
        let book = load_local(&case.text).unwrap_or_else(|problems| panic!("{}\n{problems}", case.name));
        // Without the shipped sharing sets there are kinds that nobody posts.
        let found = findings(&book).into_iter().filter(|finding| finding.code != "nobody-may-post");
        let mut told: Vec<_> = found
            .map(|finding| {
                let at = finding.at.expect("a place");
                assert_eq!(at.file, "local.toml", "{}", case.name);
                let Text { ja, en } = finding.text;
                (at.line, at.column, finding.code.to_owned(), ja.to_string(), en.to_string())
            })
            .collect();
        told.sort();
        assert_eq!(told, case.expected, "{}", case.name);
        codes.extend(told.into_iter().map(|told| told.2));
    }
    let page =
        include_str!("../../../docs/rulebook-authors.md").split_once("## What the analysis tells").expect("there").1;
    let named: BTreeSet<String> = page
        .split("All are exact")
        .next()
        .expect("codes first")
        .split('`')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect();
    codes.insert("nobody-may-post".to_owned());
    assert_eq!(codes, named, "every code that the page for authors names has its file");
}

#[test]
fn a_permit_that_is_always_cancelled_is_told_and_an_overlap_with_its_witness() {
    let permit = rule(
        "L-1",
        "share",
        &format!("effect = \"permit\"\non = \"view:vital\"\nwhen = {{ \"actor.role\" = \"helper\", {TEAM} }}"),
    );
    let forbid = rule(
        "L-2",
        "share",
        "effect = \"forbid\"\noverrides = []\non = \"view:group:observations\"\nwhen = { \"actor.role\" = [\"helper\", \"family\"] }",
    );
    let found = told(&format!("{permit}{forbid}"));
    let codes: Vec<_> = found.iter().map(|(code, rules, ..)| (*code, rules.as_str())).collect();
    assert_eq!(codes[0], ("permit-always-cancelled", "L-1"));
    assert!(codes.contains(&("undeclared-overlap", "L-2 L-1")), "{codes:?}");
    let overlap = found.iter().find(|(_, rules, ..)| rules == "L-2 L-1").expect("told");
    assert!(overlap.3.contains("view 'vital signs', role: care worker, on this patient's team"), "{}", overlap.3);

    let narrower = forbid.replace("[\"helper\", \"family\"]", "\"municipality\"");
    assert!(!told(&format!("{permit}{narrower}")).iter().any(|(_, rules, ..)| rules.split(' ').any(|id| id == "L-1")));
}

#[test]
fn a_rule_about_posts_nobody_may_make_is_told() {
    let nudge = |role: &str| {
        rule(
            "L-1",
            "nudge",
            &format!(
                "on = \"post:nursing_instruction\"\nwhen = {{ \"actor.role\" = \"{role}\" }}\nadvise = \"author\""
            ),
        )
    };
    let found = told(&format!("{}{}", may_post(), nudge("nurse")));
    assert_eq!(
        found.iter().map(|(code, rules, ..)| (*code, rules.as_str())).collect::<Vec<_>>(),
        [("never-applies", "L-1")]
    );
    assert_eq!(told(&format!("{}{}", may_post(), nudge("doctor"))), []);
}

#[test]
fn a_debtor_who_may_not_post_the_proof_is_told_at_the_debtor() {
    let found = told(&format!(
        "{}{}",
        may_post(),
        duty("L-1", "visit", "[\"family\"]", "\"post:order\"")
            .replace("[\"family\"]", "{ role = [\"nurse\", \"doctor\"], of = \"author\" }")
    ));
    let [(code, rules, line, text)] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((*code, rules.as_str()), ("debtor-may-not-post", "L-1"));
    assert!(text.contains("owed by 'nurse'") && text.contains("'order'"), "{text}");
    // Header 9, the permit 10 and the first 8 of the duty, then `on`.
    assert_eq!(*line, 30);
}

#[test]
fn a_debtor_the_team_need_not_have_is_told() {
    let plain = duty("L-1", "visit", "\"doctor\"", "\"acknowledge\"");
    let found = told(&format!("{}{plain}", may_post()));
    assert_eq!(found.iter().map(|(code, ..)| *code).collect::<Vec<_>>(), ["no-debtor-on-team"]);
    let asked = plain.replace("owed_by", "when = { \"team.has_doctor\" = true }\nowed_by");
    assert_eq!(told(&format!("{}{asked}", may_post())), []);
}

#[test]
fn two_duties_for_one_act_are_told_and_those_that_never_meet_are_not() {
    let when = |sign: &str| format!("when = {{ \"team.has_doctor\" = true, \"record.acp\" = {sign} }}\nowed_by");
    let one = duty("L-1", "visit", "\"doctor\"", "\"acknowledge\"").replace("owed_by", &when("true"));
    let two = duty("L-2", "visit", "\"doctor\"", "[\"acknowledge\", \"post:message\"]")
        .replace("owed_by", "when = { \"team.has_doctor\" = true }\nowed_by");
    let found = told(&format!("{}{one}{two}", may_post()));
    assert_eq!(
        found.iter().map(|(code, rules, ..)| (*code, rules.as_str())).collect::<Vec<_>>(),
        [("duplicate-duty", "L-1 L-2")]
    );
    let apart = duty("L-2", "visit", "\"doctor\"", "\"acknowledge\"").replace("owed_by", &when("false"));
    assert_eq!(told(&format!("{}{one}{apart}", may_post())), []);
}

#[test]
fn duties_that_open_each_other_for_ever_are_told_unless_there_is_another_way_to_meet_one() {
    let with_team = |text: String| {
        text.replace("owed_by", "when = { \"team.has_doctor\" = true, \"team.has_nurse\" = true }\nowed_by")
    };
    let there = with_team(duty("L-1", "visit", "\"doctor\"", "\"post:message\""));
    let back = with_team(duty("L-2", "message", "\"nurse\"", "\"post:visit\""));
    let found = told(&format!("{}{there}{back}", may_post()));
    assert_eq!(
        found.iter().map(|(code, rules, ..)| (*code, rules.as_str())).collect::<Vec<_>>(),
        [("duty-loop", "L-1 L-2")]
    );
    let other_way = back.replace("\"post:visit\"", "[\"post:visit\", \"acknowledge\"]");
    assert_eq!(told(&format!("{}{there}{other_way}", may_post())), []);
}

#[test]
fn the_coverage_table_says_who_may_do_what() {
    let book = book();
    let table = book.coverage().unwrap_or_else(|text| panic!("{}", text.en));
    assert_eq!(table.len(), Role::ALL.len() * Kind::ALL.len());
    let cell = |role: Role, kind: Kind| {
        table.iter().find(|cell| usize::from(cell.role) == role.index() && cell.kind == kind).expect("a cell")
    };
    let family = cell(Role::Family, Kind::Order);
    assert!(!family.may_post && family.may_view, "an order may be addressed to the family");
    let doctor = cell(Role::Doctor, Kind::Order);
    assert!(doctor.may_post && doctor.may_view && doctor.rules >= 5, "{doctor:?}");
    let chart = cell(Role::Secretariat, Kind::Vital);
    assert!(chart.views_own_only && !chart.may_post, "the secretariat sees no care record of others");
    assert!(!doctor.views_own_only && !cell(Role::Secretariat, Kind::Registration).views_own_only);
    assert!(cell(Role::Secretariat, Kind::OfficeEntry).may_post);
    assert!(!cell(Role::Municipality, Kind::Activation).may_post);
}

#[test]
fn figures_that_stand_in_are_told_at_their_place_until_they_are_set() {
    let book = book();
    let notes = book.notes(date(2026, 11, 22));
    let of =
        |about: &str| notes.iter().filter(|note| note.code == "placeholder" && note.about == about).collect::<Vec<_>>();
    let deadline = of("ND-M1");
    assert_eq!(deadline.len(), 2, "the deadline and the reminder; the steps of the chain name no figure: {deadline:?}");
    assert_eq!(deadline[0].text.ja, "ND-M1 の4時間は仮置きです。地域で決めてください");
    assert_eq!(of("ND-S3").len(), 1, "a figure in a condition");
    assert_eq!(of("station_change.station_consulted").len(), 1, "a figure of the vocabulary");
    assert!(of("OP-15").is_empty(), "a published figure");
    let text = book
        .sources()
        .sets
        .iter()
        .find(|(name, _)| *name == deadline[0].at.file)
        .map(|(_, text)| text)
        .expect("the file");
    let line = text.lines().nth(deadline[0].at.line as usize - 1).expect("the line");
    assert!(line.starts_with("within") && line.contains("4h"), "{line}");
    assert_eq!(notes.iter().filter(|note| note.code == "unsigned-seed").count(), 7);
    assert!(!notes.iter().any(|note| note.code == "review-due"));
    assert!(
        book.notes(date(2027, 4, 1)).iter().any(|note| note.code == "review-due" && note.about == "operating-policy")
    );
}

#[test]
fn a_set_without_a_day_of_review_and_a_side_without_a_body_are_told_at_their_place() {
    let today = date(2026, 11, 22);
    let settled = |note: &&Note| ["no-review-date", "no-body"].contains(&note.code);
    assert_eq!(book().notes(today).iter().find(settled), None, "every shipped set has its day, and seeds ask nobody");
    let changed = |from: &str, to: &str| {
        let text = crate::rulebook::shipped::ETIQUETTE_DOCTOR_NURSE.text;
        assert!(text.contains(from), "{from}");
        let text = text.replacen(from, to, 1);
        let mut sets = crate::rulebook::shipped::SETS.to_vec();
        let set = sets.iter_mut().find(|set| set.name == crate::rulebook::shipped::ETIQUETTE_DOCTOR_NURSE.name);
        set.expect("it ships").text = &text;
        let files = RulebookFiles { vocabulary: crate::rulebook::shipped::VOCABULARY, sets };
        let book = Rulebook::load(&files, super::digest).unwrap_or_else(|problems| panic!("{problems}"));
        let notes = book.notes(today).into_iter().filter(|note| settled(&note));
        notes.map(|note| (note.code, note.about.clone(), note.at.line > 1)).collect::<Vec<_>>()
    };
    let of_the_set = |code| (code, "etiquette-doctor-nurse".to_owned(), true);
    assert_eq!(changed("review_by = 2027-03-31\n", ""), [of_the_set("no-review-date")]);
    assert_eq!(changed("\"seed\"", "\"proposed\""), [of_the_set("no-body"), of_the_set("no-body")]);
    let doctors = "\"proposed\"\nbodies = [{ body = \"みなと医師会\", role = \"doctor\", person = \"鈴木 太郎\" }]";
    assert_eq!(changed("\"seed\"", doctors), [of_the_set("no-body")], "the nurses' side");
}
