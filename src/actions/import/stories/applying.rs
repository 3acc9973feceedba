//! All or nothing, going on, running twice, and a hub that changes its mind or stops answering.

use super::*;
use crate::actions::import::apply::Stage;
use crate::actions::import::rejects::write_rejects;
use crate::domain::body::Body;
use crate::domain::entry::Intent;
use crate::domain::vital::VitalSign;
use crate::limits;

const MIXED: &str = "ID,患者番号,測定日時,脈拍,体重\n1,1,2020-01-01,60,\n2,1,2020-01-02,abc,\n3,77,2020-01-03,61,\n4,2,2020-01-04,,900\n5,2,2020-01-05,62,50\n";

fn many(rows: usize) -> String {
    let row = |n| format!("{n},1,2020-01-01T00:00:{:02},{}\n", n % 60, n % 600);
    format!("ID,患者番号,測定日時,脈拍\n{}", (0..rows).map(row).collect::<String>())
}

#[test]
fn all_or_nothing_writes_nothing_and_tells_everything() {
    let office = Office::with_two_patients();
    office
        .vitals(MIXED)
        .counts(Outcome::HeldBack, 2)
        .counts(Outcome::Invalid, 1)
        .counts(Outcome::UnknownPatient, 1)
        .counts(Outcome::Implausible, 1)
        .complains(3, "脈拍", "unreadable", "abc")
        .complains(4, "患者番号", "unknown_patient", "77")
        .complains(5, "体重", "implausible", "900");
    assert_eq!(office.target.entries(), 2);
}

#[test]
fn going_on_takes_the_good_rows_and_hands_the_others_back() {
    let office = Office::with_two_patients().keeps_going();
    let told = office.vitals(MIXED).counts(Outcome::Imported, 2).counts(Outcome::HeldBack, 0);
    let mut rejected = Vec::new();
    assert_eq!(write_rejects(&table(MIXED), &told.0, &mut rejected).unwrap(), 3);
    let rejected = String::from_utf8(rejected).unwrap();
    assert!(
        rejected.starts_with("ID,患者番号,測定日時,脈拍,体重,renkei_line,renkei_reason\n2,1,2020-01-02,abc,,3,"),
        "{rejected}"
    );

    // Mended, the file of rejects goes in as it is, and only what was left is new.
    let mended = rejected.replace("abc", "60").replace("77", "1").replace("900", "51");
    office.vitals(&mended).imported(3);
    office.vitals(&MIXED.replace("abc", "60").replace("77", "1").replace("900", "51")).counts(Outcome::AlreadyThere, 5);
}

#[test]
fn a_second_run_gets_the_first_answer() {
    let office = Office::with_two_patients();
    office.vitals(&many(450)).imported(450);
    let again = office.vitals(&many(450)).imported(0).counts(Outcome::AlreadyThere, 450);
    assert_eq!(again.0.written, 0);
    let longer = office.vitals(&many(460)).imported(10);
    assert_eq!(longer.0.written, 10);
}

#[test]
fn the_same_row_read_otherwise_is_a_conflict_not_a_second_entry() {
    let mut office = Office::with_two_patients();
    let file = "ID,患者番号,測定日時,脈拍\n1,1,2020-01-01 10:00,60\n";
    office.vitals(file).imported(1);
    office.vitals.zone = TimeZone::UTC;
    office.vitals(file).counts(Outcome::Conflict, 1).complains(2, "", "conflict", "--source");
    office.vitals.source = "another".to_owned();
    office.vitals(file).imported(1);
}

#[test]
fn a_dry_run_decides_and_writes_nothing() {
    let office = Office::with_two_patients().dry();
    let told = office.vitals(&many(3)).imported(3);
    assert_eq!((told.0.written, told.0.dry_run, office.target.entries()), (0, true, 2));
    let office = Office::new().dry();
    let told = office.patients("患者番号,氏名,フリガナ,生年月日\n1,山田,ヤマダ,S10.3.5\n").imported(1);
    assert_eq!((told.0.written, office.target.entries()), (0, 0));
}

#[test]
fn a_refusal_names_its_rule_and_holds_the_others_back() {
    let mut office = Office::with_two_patients();
    office.target.refuses = |intent| matches!(&intent.body, Body::Vital(vital) if vital.value(VitalSign::Pulse).is_some_and(|v| v.to_string() == "7"));
    office
        .vitals(&many(300))
        .counts(Outcome::Refused, 1)
        .counts(Outcome::HeldBack, 299)
        .complains(9, "", "refused", "story@1");
    assert_eq!(office.target.entries(), 2);
}

#[test]
fn a_row_of_two_intents_goes_in_whole_or_not_at_all() {
    let mut office = Office::new().keeps_going();
    office.how.options.host = Some(crate::domain::ids::OrganisationId(uuid::Uuid::from_u128(1)));
    office.target.refuses = |intent| matches!(intent.body, Body::TeamLink(_));
    office.patients("患者番号,氏名,フリガナ,生年月日\n1,山田,ヤマダ,S10.3.5\n").counts(Outcome::Refused, 1);
    assert_eq!(office.target.entries(), 0, "not registered without the host that was asked for");
}

#[test]
fn a_hub_that_stops_answering_leaves_what_is_written_and_the_next_run_goes_on() {
    let office = Office::with_two_patients();
    *office.target.answers.lock().unwrap() = 1;
    let sheet = read_vitals(&table(&many(450)), &office.vitals).unwrap();
    let stopped = office.try_apply(sheet, &mut |_| {}).unwrap_err();
    assert_eq!(stopped.report.written, limits::IMPORT_BATCH_ENTRIES);
    assert_eq!(stopped.report.count(Outcome::HeldBack), 450 - limits::IMPORT_BATCH_ENTRIES);
    *office.target.answers.lock().unwrap() = usize::MAX;
    let told = office.vitals(&many(450)).imported(250).counts(Outcome::AlreadyThere, 200);
    assert_eq!(told.0.written, 250);
}

#[test]
fn a_change_between_deciding_and_writing_stops_the_import_and_is_told() {
    let mut office = Office::with_two_patients();
    // Somebody else takes the id of one row for something else.
    office.target.meanwhile = |records, batch| {
        let taken = Intent { observed_at: None, ..batch[8].clone() };
        records.entries.entry(taken.id).or_insert(taken);
    };
    office
        .vitals(&many(450))
        .counts(Outcome::Conflict, 1)
        .counts(Outcome::Imported, 199)
        .counts(Outcome::HeldBack, 250)
        .complains(10, "", "conflict", "別の内容で取り込み済み");
}

#[test]
fn progress_passes_every_stage_to_its_end() {
    let office = Office::with_two_patients();
    let mut seen = Vec::new();
    let sheet = read_vitals(&table(&many(450)), &office.vitals).unwrap();
    office.try_apply(sheet, &mut |progress| seen.push(progress)).unwrap();
    for stage in [Stage::Matching, Stage::Deciding, Stage::Writing] {
        let last = seen.iter().rfind(|progress| progress.stage == stage).unwrap();
        assert_eq!((last.done, last.total), (450, 450), "{stage:?}");
    }
}
