//! The commands for those who write the region's rules, on the rules that ship and on a folder of somebody's own.

use std::path::Path;

use tempfile::TempDir;

use crate::support::process::{printed, run, text};
use crate::support::scratch;

/// A copy of the rules that ship, with one file changed.
fn own_rules(file: &str, from: &str, to: &str) -> TempDir {
    let folder = scratch::folder("rules");
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("rulebooks");
    for entry in std::fs::read_dir(shipped).expect("the folder is there") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name");
        std::fs::copy(&path, folder.path().join(name)).expect("a copy");
    }
    let path = folder.path().join(file);
    let before = std::fs::read_to_string(&path).expect("the file");
    assert!(before.contains(from), "{file} holds {from}");
    std::fs::write(path, before.replacen(from, to, 1)).expect("written");
    folder
}

fn in_english(arguments: &[&str]) -> String {
    printed(&[&["--language", "en", "rulebook"], arguments].concat())
}

#[test]
fn the_rules_that_ship_are_sound_unsigned_and_hold_figures_that_stand_in() {
    let told = in_english(&["check"]);
    assert!(told.contains("No mistakes: ") && told.contains("nobody has agreed on any of it"), "{told}");
    assert!(told.contains("rulebooks/etiquette-doctor-nurse.toml:") && told.contains("[placeholder]"), "{told}");
    assert!(printed(&["--language", "ja", "rulebook", "check"]).contains("仮置きの数字が"));
    assert_eq!(in_english(&["analyse"]), "Nothing odd was found\n");
}

#[test]
fn a_mistake_ends_a_check_with_its_file_line_and_column_in_the_readers_language() {
    let own = own_rules("sharing.toml", "\"permit\"", "\"permitt\"");
    let place = format!("{}:", own.path().join("sharing.toml").display());
    for (language, said) in [("en", "did you mean 'permit'?"), ("ja", "もしかして「permit」ですか")] {
        let output = run(&["--language", language, "rulebook", "check", text(own.path())]);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0), "{told}");
        let line = told.lines().find(|line| line.starts_with(&place)).unwrap_or_else(|| panic!("{told}"));
        let (line_number, column) = line[place.len()..].split_once(':').expect("line and column");
        assert!(line_number.parse::<u32>().is_ok() && column.starts_with(|c: char| c.is_ascii_digit()), "{line}");
        assert!(line.contains(said) && line.ends_with("[unknown-word]"), "{line}");
        let count = if language == "ja" { "誤りが 1 件あります" } else { "1 mistake" };
        assert_eq!(told.lines().last(), Some(count));
    }
}

#[test]
fn a_folder_that_is_not_there_is_told_in_the_readers_language_alone() {
    let nowhere = scratch::folder("rules").path().join("nowhere");
    let output = run(&["--language", "ja", "rulebook", "check", text(&nowhere)]);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("を読めません: そのファイルやフォルダーはありません"), "{told}");
    assert!(!told.contains("No such file"), "{told}");
}

#[test]
fn a_value_of_another_type_is_told_with_the_label_of_its_field_and_the_code_beside_it() {
    let flag = "\"team.has_nurse\" = true";
    let own = own_rules("etiquette-doctor-nurse.toml", flag, "\"team.has_nurse\" = 1");
    let output = run(&["--language", "ja", "rulebook", "check", text(own.path())]);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(told.contains("「チームに訪問看護師がいる」（team.has_nurse）にはtrue か false"), "{told}");
}

#[test]
fn a_review_whose_day_has_passed_is_told() {
    let days = "effective = 2026-04-01\nreview_by = 2027-03-31";
    let own = own_rules("etiquette-doctor-nurse.toml", days, "effective = 2019-04-01\nreview_by = 2020-03-31");
    let told = in_english(&["check", text(own.path())]);
    assert!(told.contains("was due by 2020-03-31 [review-due]"), "{told}");
    assert!(!in_english(&["check"]).contains("2020-03-31"));
}

#[test]
fn what_two_versions_differ_in_is_told_in_words_and_a_version_left_as_it_was_too() {
    let own = own_rules("etiquette-doctor-nurse.toml", "time = \"4h\"", "time = \"8h\"");
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("rulebooks");
    let told = in_english(&["diff", text(&shipped), text(own.path())]);
    assert!(told.contains("changed rule: ND-M1 ") && told.contains("from \"4 hours"), "{told}");
    assert!(told.contains("its version is still 1.1.0"), "{told}");
    let same = in_english(&["diff", text(&shipped), text(&shipped)]);
    assert_eq!(same, "Nothing changed.\n");
}

#[test]
fn the_sheet_is_one_page_of_html_for_the_sets_asked_for_with_room_for_each_body_to_sign() {
    let named = "status    = \"seed\"\nbodies = [{ body = \"みなと医師会\", role = \"doctor\" }, { body = \"訪問看護協議会\", role = \"nurse\" }]";
    let own = own_rules("etiquette-doctor-nurse.toml", "status    = \"seed\"", named);
    let sheet = printed(&["rulebook", "sheet", text(own.path()), "--set", "etiquette-doctor-nurse"]);
    assert!(sheet.starts_with("<!doctype html>") && sheet.matches("<section>").count() == 1);
    assert!(sheet.contains("<td>みなと医師会</td><td>医師</td><td></td><td></td>"), "{sheet}");
    assert!(sheet.contains("<td>訪問看護協議会</td><td>看護師</td>"));
    assert!(sheet.contains("@page{size:A4") && !sheet.contains("<script") && !sheet.contains("http"));
    let all = printed(&["rulebook", "sheet"]);
    assert_eq!((all.matches("<section>").count(), all.matches("</html>").count()), (7, 1));
    let unknown = run(&["--language", "en", "rulebook", "sheet", "--set", "unheard-of"]);
    let told = String::from_utf8_lossy(&unknown.stderr).into_owned();
    assert!(unknown.status.code() == Some(1) && told.contains("etiquette-doctor-nurse"), "{told}");
}

#[test]
fn the_coverage_has_a_cell_for_each_role_and_kind() {
    let csv = in_english(&["coverage", "--csv"]);
    let mut lines = csv.lines();
    assert_eq!(lines.next(), Some("role,kind,may_view,views_own_only,may_post,rules"));
    assert!(
        csv.contains("\ndoctor,order,true,false,true,") && csv.contains("\ngateway,order,true,false,false,"),
        "{csv}"
    );
    let cells = lines.count();
    let table = in_english(&["coverage"]);
    let row = table.lines().find(|line| line.starts_with("order ")).unwrap_or_else(|| panic!("{table}"));
    let roles = row.split_whitespace().filter(|word| *word != "order").count();
    assert_eq!(cells % roles, 0, "{row}");
}

/// Vocabulary, floor and sharing rules, which the doctors' body must sign.
fn to_agree_on() -> TempDir {
    let signed = "status    = \"proposed\"\nbodies = [{ body = \"みなと医師会\", role = \"doctor\" }]";
    let own = own_rules("sharing.toml", "status    = \"seed\"", signed);
    let floor = own.path().join("floor.toml");
    let text = std::fs::read_to_string(&floor).expect("the floor");
    std::fs::write(&floor, text.replacen("status    = \"seed\"", "status    = \"proposed\"", 1)).expect("written");
    for file in
        ["doctor-care-manager", "doctor-pharmacist", "etiquette-doctor-nurse", "infection-notice", "operating-policy"]
    {
        std::fs::remove_file(own.path().join(format!("{file}.toml"))).expect("it was copied");
    }
    own
}

#[test]
fn the_operator_takes_a_version_from_draft_to_agreed_and_is_told_what_is_missing() {
    let (folder, own) = (scratch::folder("life"), to_agree_on());
    printed(&["init", "--dir", text(folder.path())]);
    let data = folder.path().join("data");
    let data = text(&data);
    fn life<'a>(data: &'a str, arguments: &[&'a str]) -> Vec<&'a str> {
        [&["life"], arguments, &["--data", data]].concat()
    }
    let told = in_english(&life(data, &["draft", text(own.path()), "--title", "2027"]));
    let id = told.split_whitespace().next().expect("an id").to_owned();
    assert!(told.contains(" draft ") && told.contains("to sign sharing: みなと医師会 doctor"), "{told}");
    let agreement =
        told.split_whitespace().skip_while(|word| *word != "--agreement").nth(1).expect("a digest").to_owned();
    assert!(in_english(&life(data, &["propose", &id])).contains(" proposed "));
    let early = [&["--language", "en", "rulebook"], &life(data, &["in-force", &id])[..]].concat();
    let early = run(&early);
    let why = String::from_utf8_lossy(&early.stderr).into_owned();
    assert!(early.status.code() == Some(1) && why.contains("this takes one that is agreed"), "{why}");
    let sign =
        ["sign", &id, "--set", "sharing", "--agreement", &agreement, "--body", "みなと医師会", "--role", "doctor"];
    let signed = in_english(&life(data, &[&sign[..], &["--person", "三浦 恵子", "--on", "2026-03-20"]].concat()));
    assert!(
        signed.contains(" agreed ") && signed.contains("signed sharing: みなと医師会, 三浦 恵子 (2026-03-20)"),
        "{signed}"
    );
    let scheduled = in_english(&life(data, &["in-force", &id, "--on", "2999-04-01"]));
    assert!(scheduled.contains("(from 2999-04-01)"), "{scheduled}");
    assert!(in_english(&life(data, &["list"])).contains(&id));
    assert!(in_english(&life(data, &["retire", &id, "--reason", "作り直す"])).contains(" retired "));
}
