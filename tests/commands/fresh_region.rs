//! From nothing to a region with patients: `init`, who may sign in, and the real sample imported, twice.

use std::path::PathBuf;

use crate::support::process::{printed, run, text};
use crate::support::scratch;

/// The sample patients beside the checkout, or `None` with a word where they are not.
fn sample() -> Option<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data/smart-sample-patients");
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: {} is not there", folder.display());
    None
}

/// What follows `--name` in a line.
fn argument(line: &str, name: &str) -> String {
    let mut words = line.split_whitespace().skip_while(|word| *word != name);
    words.nth(1).expect("the line names it").to_owned()
}

/// How many rows had this outcome.
fn rows(report: &str, outcome: &str) -> Option<String> {
    let line = report.lines().find(|line| line.ends_with(&format!("  {outcome}")))?;
    line.split_whitespace().next().map(str::to_owned)
}

#[test]
fn a_fresh_region_lists_its_secretariat_and_invites_it() {
    let folder = scratch::folder("fresh");
    let data = folder.path().join("data");
    let told = printed(&["--language", "en", "init", "--dir", text(folder.path()), "--operator", "三浦 恵子"]);
    assert!(told.contains("renkei sign-in --config"), "{told}");
    let (data, everybody) = (text(&data), ["sign-in", "--data"]);
    let listed = printed(&[everybody[0], everybody[1], data]);
    assert_eq!(listed.lines().count(), 1, "{listed}");
    assert!(listed.contains("三浦 恵子") && !listed.contains("#invitation="), "{listed}");

    let link = printed(&["sign-in", "--person", "三浦", "--data", data]);
    assert!(link.starts_with("http://localhost:8443/#invitation=rk_"), "{link}");
    let again = run(&["--language", "en", "sign-in", "--person", "三浦", "--recover", "電話の紛失", "--data", data]);
    assert!(!again.status.success() && String::from_utf8_lossy(&again.stderr).contains("never set up"), "{again:?}");
    assert!(!run(&["sign-in", "--person", "だれか", "--data", data]).status.success());
    assert!(!run(&["sign-in", "--person", "三浦", "--role", "doctor", "--data", data]).status.success());
}

#[test]
fn commands_speak_the_language_of_the_configuration_they_are_given() {
    let folder = scratch::folder("language");
    let file = folder.path().join("hub.toml");
    for (language, told) in [("en", "expected one of"), ("ja", "のどれかが必要です")] {
        std::fs::write(&file, format!("language = \"{language}\"\n[log]\nlevel = \"loud\"\n")).unwrap();
        let output = run(&["config", "check", "--config", text(&file)]);
        let mistakes = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(mistakes.contains(told), "{language}: {mistakes}");
    }
    let asked = run(&["--language", "en", "config", "check", "--config", text(&file)]);
    assert!(String::from_utf8_lossy(&asked.stderr).contains("expected one of"), "the flag wins");
}

#[test]
fn the_sample_goes_in_whole_through_the_hub_and_a_second_run_finds_everything_there() {
    let Some(sample) = sample() else { return };
    let folder = scratch::folder("fresh");
    printed(&["init", "--dir", text(folder.path())]);
    let data = folder.path().join("data");
    let data = text(&data);
    let listed = printed(&["sign-in", "--data", data]);
    let (person, office) = (argument(&listed, "--person"), argument(&listed, "--organisation"));
    let (patients, vitals) = (sample.join("patients.tsv"), sample.join("vitals.tsv"));
    let common = ["--organisation", &office, "--data", data];
    let import = |arguments: &[&str]| {
        let arguments = [&["--language", "en", "import"], arguments, &common].concat();
        printed(&arguments)
    };
    let taken_over = "OP-4=既存の台帳からの移し替え";
    let patients = ["patients", text(&patients), "--as", &person, "--host", &office, "--kana-from", "name"];
    let patients = [&patients[..], &["--reason", taken_over]].concat();
    let vitals = ["vitals", text(&vitals)];

    let dry = import(&[&patients[..], &["--dry-run"]].concat());
    assert_eq!(rows(&dry, "would be imported (dry run)").as_deref(), Some("67"), "{dry}");
    let report = import(&patients);
    assert_eq!(rows(&report, "imported").as_deref(), Some("67"), "{report}");
    // Registration and host link of each.
    assert!(report.contains("134 entries were written"), "{report}");
    let report = import(&vitals);
    assert_eq!(rows(&report, "imported").as_deref(), Some("1,035"), "{report}");

    let report = import(&patients);
    assert_eq!(rows(&report, "already there").as_deref(), Some("67"), "{report}");
    let report = import(&vitals);
    assert_eq!(rows(&report, "already there").as_deref(), Some("1,035"), "{report}");
    assert_eq!(rows(&report, "imported").as_deref(), Some("0"), "{report}");

    let check = printed(&["--language", "en", "store", "check", "--data", data]);
    assert!(check.contains("67 timelines, 1169 entries") && check.contains("Nothing is wrong"), "{check}");
    printed(&["store", "rebuild", "--data", data]);
    assert!(printed(&["--language", "en", "store", "check", "--data", data]).contains("Nothing is wrong"));
}

#[test]
fn an_import_in_which_the_rules_refuse_a_row_writes_nothing() {
    let folder = scratch::folder("fresh");
    printed(&["init", "--dir", text(folder.path())]);
    let data = folder.path().join("data");
    let data = text(&data);
    let listed = printed(&["sign-in", "--data", data]);
    let office = argument(&listed, "--organisation");
    let file = folder.path().join("patients.csv");
    std::fs::write(&file, "患者番号,氏名,フリガナ,生年月日,性別\n1,山田 太郎,ヤマダ タロウ,S10.3.5,男\n").unwrap();

    // A connected system may not register patients: only the secretariat and doctors may.
    let refused =
        run(&["--language", "en", "import", "patients", text(&file), "--organisation", &office, "--data", data]);
    let told = String::from_utf8_lossy(&refused.stdout);
    assert_eq!(refused.status.code(), Some(1), "{told}");
    assert!(told.contains("no rule lets this actor") && told.contains("Nothing was written"), "{told}");
    let check = printed(&["--language", "en", "store", "check", "--data", data]);
    assert!(check.contains("0 timelines, 0 entries"), "{check}");
}
