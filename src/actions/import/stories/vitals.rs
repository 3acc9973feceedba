//! One story per class of row in a file of readings.

use super::*;
use crate::domain::body::Body;
use crate::domain::vital::{BodySite, Vital, VitalSign};

/// The header of the sample data's kind of file.
const HEADER: &str = "ID,PID,TIMESTAMP,START_DATE,END_DATE,HEART_RATE,TEMPERATURE,WEIGHT,HEIGHT,SYSTOLIC,DIASTOLIC,OXYGEN_SATURATION,HEAD_CIRCUMFERENCE,BP_SITE,BP_METHOD";

fn file(rows: &[&str]) -> String {
    format!("{HEADER}\n{}", rows.join("\n"))
}

fn only_vital(office: &Office) -> Vital {
    let records = office.target.records.lock().unwrap();
    let mut vitals = records.entries.values().filter_map(|intent| match &intent.body {
        Body::Vital(vital) => Some(vital.clone()),
        _ => None,
    });
    let vital = vitals.next().expect("one reading was imported");
    assert!(vitals.next().is_none(), "only one");
    vital
}

fn value(vital: &Vital, sign: VitalSign) -> String {
    vital.value(sign).map(|value| value.to_string()).unwrap_or_default()
}

#[test]
fn a_whole_row_becomes_one_reading() {
    let office = Office::with_two_patients();
    let row = "7,1,2026-03-01T09:30:00,2026-03-01T09:30:00,,66,36.88889,50.12345,,128,76,97,,right arm,machine";
    office.vitals(&file(&[row])).imported(1);
    let vital = only_vital(&office);
    let expected = [
        (VitalSign::SystolicPressure, "128"),
        (VitalSign::DiastolicPressure, "76"),
        (VitalSign::Pulse, "66"),
        (VitalSign::OxygenSaturation, "97"),
        (VitalSign::BodyTemperature, "36.88889"),
        (VitalSign::BodyWeight, "50.12345"),
    ];
    assert_eq!(expected.map(|(sign, _)| value(&vital, sign)), expected.map(|(_, value)| value.to_owned()));
    assert_eq!(vital.site, Some(BodySite::RightArm));
    assert_eq!(vital.comment, "BP_METHOD: machine");
    let latest = office.patient("1").latest(VitalSign::Pulse).unwrap();
    assert_eq!(latest.measured.at.to_rfc3339(), "2026-03-01T00:30:00Z", "the time zone is Tokyo's");
}

#[test]
fn a_date_alone_is_midnight_and_the_entry_says_so() {
    let office = Office::with_two_patients();
    let told = office.vitals(&file(&["7,1,2026-03-01,2026-03-01,2026-03-01,66,,,,,,,,,"]));
    told.imported(1).notes(Note::DateOnly, "", &[2]).notes(Note::PeriodEnd, "END_DATE", &[]);
    assert_eq!(only_vital(&office).comment, "時刻の記載なし（date only）");
    assert_eq!(office.patient("1").latest(VitalSign::Pulse).unwrap().measured.at.to_rfc3339(), "2026-02-28T15:00:00Z");
}

#[test]
fn an_offset_in_the_cell_beats_the_time_zone() {
    let office = Office::with_two_patients();
    office.vitals(&file(&["7,1,2000-07-12T19:00:00Z,,,66,,,,,,,,,"])).imported(1).notes(Note::OwnOffset, "", &[2]);
    assert_eq!(office.patient("1").latest(VitalSign::Pulse).unwrap().measured.at.to_rfc3339(), "2000-07-12T19:00:00Z");
}

#[test]
fn the_end_of_a_period_is_left_out_with_a_note_unless_it_contradicts_the_start() {
    let office = Office::with_two_patients().keeps_going();
    office
        .vitals(&file(&[
            "1,1,2008-01-16T13:03:00,,2008-01-17T04:59:59,47,,,,,,,,,",
            "2,1,2008-01-18T13:03:00,,2008-01-18,47,,,,,,,,,",
            "3,1,2008-01-19T13:03:00,,2008-01-18T04:59:59,47,,,,,,,,,",
            "4,1,2008-01-19,,2008-01-18,47,,,,,,,,,",
        ]))
        .notes(Note::PeriodEnd, "END_DATE", &[2])
        .counts(Outcome::Imported, 2)
        .complains(4, "END_DATE", "out_of_order", "終わりが始まりより前")
        .complains(5, "END_DATE", "out_of_order", "before the start");
}

#[test]
fn a_second_column_for_the_moment_is_heard_and_disagreement_noted() {
    let office = Office::with_two_patients();
    office
        .vitals(&file(&["1,1,2008-01-16,2008-01-15,,47,,,,,,,,,", "2,1,2008-01-17,2008/1/17,,47,,,,,,,,,"]))
        .imported(2)
        .notes(Note::ColumnsDisagree, "START_DATE", &[2]);
    assert_eq!(office.patient("1").latest(VitalSign::Pulse).unwrap().measured.at.to_rfc3339(), "2008-01-16T15:00:00Z");
}

#[test]
fn a_row_without_a_usable_measurement_is_passed_over_and_counted() {
    let office = Office::with_two_patients();
    office
        .vitals(&file(&[
            "1,1,2013-02-21,2013-02-21,2013-02-21,,,,,,,,,,",
            "2,1,2013-02-22,,,,,,119,,,,51.2,,",
            ",,,,,,,,,,,,,,",
        ]))
        .imported(0)
        .counts(Outcome::NoMeasurement, 2)
        .counts(Outcome::Blank, 1);
    assert_eq!(office.target.entries(), 2, "the two registrations");
}

#[test]
fn what_is_no_vital_sign_of_the_hub_is_counted_by_column() {
    let office = Office::with_two_patients();
    let told = office.vitals(&file(&["1,1,2013-02-21,,,66,,,119,,,,51.2,,", "2,1,2013-02-22,,,66,,,120,,,,,,"]));
    let filled: Vec<_> = told.0.skipped.iter().map(|column| (column.header.as_str(), column.filled)).collect();
    assert_eq!(filled, [("HEIGHT", 2), ("HEAD_CIRCUMFERENCE", 1)]);
}

#[test]
fn a_number_in_the_site_is_a_shifted_column() {
    let office = Office::with_two_patients().keeps_going();
    office
        .vitals(&file(&["1,1,2012-07-04,,,,,7.2,66,,,,,44.4,", "2,1,2012-07-05,,,60,,7.2,66,90,50,,,44.4,"]))
        .notes(Note::Shifted, "BP_SITE", &[2])
        .counts(Outcome::Imported, 1)
        .counts(Outcome::Invalid, 1)
        .complains(3, "BP_SITE", "shifted", "44.4");
    assert_eq!(only_vital(&office).site, None);
}

#[test]
fn a_site_outside_the_list_stays_in_the_comment() {
    let office = Office::with_two_patients();
    let told = office.vitals(&file(&["1,1,2012-07-04T10:00,,,,,,,90,50,,,calf,"]));
    told.imported(1).notes(Note::SiteAsText, "BP_SITE", &[2]);
    assert_eq!(only_vital(&office).comment, "BP_SITE: calf");
}

#[test]
fn an_infant_weighed_on_the_day_of_birth_is_taken() {
    let office = Office::new();
    office.patients("患者番号,氏名,フリガナ,生年月日,性別\n9,山田 一郎,ヤマダ イチロウ,2012-08-24,男\n").imported(1);
    office.vitals(&file(&["1,9,2012-08-24,,,,,0.753,,,,,,30,"])).imported(1).notes(Note::Shifted, "BP_SITE", &[2]);
    assert_eq!(value(&only_vital(&office), VitalSign::BodyWeight), "0.753");
}

#[test]
fn nothing_is_measured_before_birth_or_tomorrow() {
    let office = Office::with_two_patients().keeps_going();
    office
        .vitals(&file(&[
            "1,1,1935-03-04,,,66,,,,,,,,,",
            "2,1,1935-03-05,,,66,,,,,,,,,",
            "3,1,2026-04-01,,,66,,,,,,,,,",
            "4,1,2026-04-02,,,66,,,,,,,,,",
        ]))
        .counts(Outcome::Imported, 2)
        .complains(2, "", "before_birth", "1935-03-05")
        .complains(5, "TIMESTAMP", "in_future", "2026-04-02");
}

#[test]
fn several_readings_of_one_moment_all_count() {
    let office = Office::with_two_patients();
    office
        .vitals(&file(&[
            "1,1,2009-12-23T12:54:00,,,50,,,,122,66,,,,",
            "2,1,2009-12-23T12:54:00,,,50,,,,121,65,,,,",
            "3,1,2009-12-23T12:54:00,,,49,,,,119,60,,,,",
            "4,2,2009-12-23T12:54:00,,,49,,,,119,60,,,,",
        ]))
        .imported(4)
        .notes(Note::SameMoment, "", &[3, 4]);
}

#[test]
fn the_same_row_twice_counts_once_and_the_same_id_for_something_else_is_refused() {
    let office = Office::with_two_patients().keeps_going();
    let row = "1,1,2009-12-23T12:54:00,,,50,,,,122,66,,,,";
    office
        .vitals(&file(&[row, row, "1,1,2009-12-23T12:54:00,,,51,,,,122,66,,,,"]))
        .counts(Outcome::Imported, 1)
        .counts(Outcome::Repeated, 1)
        .complains(4, "ID", "duplicate", "行2");
    let without_ids = "患者番号,測定日時,脈拍\n1,2020-01-01,60\n1,2020-01-01,60\n1,2020-01-01,61\n";
    office.vitals(without_ids).counts(Outcome::Imported, 2).counts(Outcome::Repeated, 1);
    office.vitals(without_ids).counts(Outcome::AlreadyThere, 2).counts(Outcome::Repeated, 1);
}

#[test]
fn what_cannot_be_true_is_refused_by_name() {
    let office = Office::with_two_patients().keeps_going();
    office
        .vitals(&file(&[
            "1,1,2020-01-01,,,,,,,,,980,,,",
            "2,1,2020-01-02,,,,,,,62,121,,,,",
            "3,1,2020-01-03,,,,98.6,,,,,,,,",
            "4,1,2020-01-04,,,abc,,,,,,980,,,",
        ]))
        .counts(Outcome::Implausible, 3)
        .counts(Outcome::Invalid, 1)
        .complains(2, "OXYGEN_SATURATION", "implausible", "SpO2 of 980 %: expected 0–100 %")
        .complains(3, "DIASTOLIC", "implausible", "diastolic 121 is above systolic 62")
        .complains(4, "TEMPERATURE", "implausible", "体温 98.6 ℃ はありえない値です")
        .complains(5, "HEART_RATE", "unreadable", "「abc」")
        .complains(5, "OXYGEN_SATURATION", "implausible", "980");
    assert_eq!(office.target.entries(), 2, "the two registrations");
}

#[test]
fn equal_pressures_and_a_pulse_copied_from_the_pressure_are_taken_with_a_note() {
    let office = Office::with_two_patients();
    office
        .vitals(&file(&["1,1,2020-01-01,,,66,,,,120,66,,,,", "2,1,2020-01-02,,,66,,,,70,70,,,,"]))
        .imported(2)
        .notes(Note::PulseIsDiastolic, "", &[2])
        .notes(Note::EqualPressures, "", &[3]);
}

#[test]
fn units_come_from_the_cell_the_command_or_the_header() {
    let mut office = Office::with_two_patients();
    let told = office.vitals("患者番号,測定日時,体温(℉),体重［lb］,血圧 (kPa)\n1,2020-01-01 8:00,98.6,150,16/10\n");
    told.imported(1).notes(Note::Converted, "体温(℉)", &[2]);
    let vital = only_vital(&office);
    assert_eq!(value(&vital, VitalSign::BodyTemperature), "37");
    assert_eq!(value(&vital, VitalSign::BodyWeight), "68.039");
    assert_eq!(value(&vital, VitalSign::SystolicPressure), "120");
    let given = vital.measurements.iter().map(|measurement| measurement.given.unwrap().0.to_string());
    assert_eq!(given.collect::<Vec<_>>(), ["16", "10", "98.6", "150"], "what was given is kept");

    let unit = crate::domain::unit::Unit::DegreeFahrenheit;
    office.vitals.units.push((VitalSign::BodyTemperature, unit));
    let told = office.vitals("患者番号,測定日時,体温\n2,2020-01-01,98.6\n2,2020-01-02,36.5℃\n");
    told.imported(2).notes(Note::Converted, "体温", &[2]);
}

#[test]
fn a_japanese_sheet_is_read_as_it_is() {
    let office = Office::with_two_patients();
    let told = office.vitals(
        "患者番号,氏名,測定日,測定時刻,血圧（上）,血圧（下）,脈拍,SpO2,体温(℃),呼吸数,血糖(mg/dL),備考\n\
         １,山田 太郎,2026年3月1日,9時30分,１２８,76,－,97%,３６．５,18,110,食後\n\
         2,髙橋 花子,R8.3.1,,120,70,60,測定不可,36.4,16,,\n",
    );
    told.imported(2).notes(Note::DateOnly, "", &[3]).notes(Note::NoValueMark, "SpO2", &[3]);
    let records = office.target.records.lock().unwrap();
    let comments: Vec<String> = records
        .entries
        .values()
        .filter_map(|intent| match &intent.body {
            Body::Vital(vital) => Some(vital.comment.clone()),
            _ => None,
        })
        .collect();
    assert!(comments.contains(&"備考: 食後".to_owned()), "{comments:?}");
    assert!(comments.contains(&"SpO2: 測定不可\n時刻の記載なし（date only）".to_owned()), "{comments:?}");
}

#[test]
fn a_row_without_its_patient_or_with_an_unknown_one_is_named() {
    let office = Office::with_two_patients().keeps_going();
    office
        .vitals(&file(&["1,,2020-01-01,,,66,,,,,,,,,", "2,77,2020-01-02,,,66,,,,,,,,,", "3,1,,,,66,,,,,,,,,"]))
        .complains(2, "PID", "required", "required")
        .complains(3, "PID", "unknown_patient", "「77」")
        .complains(4, "TIMESTAMP", "required", "必須")
        .counts(Outcome::UnknownPatient, 1)
        .counts(Outcome::Invalid, 2);
}

#[test]
fn a_row_that_is_cut_or_too_long_is_not_guessed_at() {
    let office = Office::with_two_patients().keeps_going();
    office
        .vitals("患者番号,測定日時,脈拍\n1,2020-01-01\n1,2020-01-02,60,x\n1,2020-01-03,60,,\n")
        .complains(2, "", "wrong_width", "3列のはずが2列")
        .complains(3, "", "wrong_width", "has 4")
        .counts(Outcome::Imported, 1);
}

#[test]
fn columns_are_told_apart_or_the_file_is_refused_with_its_headers() {
    let office = Office::with_two_patients();
    let fault = office.vitals_fault("番号,測定日時,脈拍\n");
    assert!(fault.message.ja.contains("患者番号の列") && fault.message.ja.contains("番号, 測定日時, 脈拍"), "{fault}");
    assert_eq!(office.vitals_fault("患者番号,脈拍\n").code, "missing_column");
    assert_eq!(office.vitals_fault("患者番号,測定日時,身長\n").code, "missing_column");
    assert_eq!(office.vitals_fault("患者番号,測定日時,脈拍,脈拍\n").code, "two_columns");
    office.vitals("患者番号,測定日時,脈拍,心拍数\n1,2020-01-01,60,61\n").imported(1).notes(
        Note::ColumnsDisagree,
        "心拍数",
        &[2],
    );

    let office = Office::with_two_patients().maps("番号", "patient").maps("心拍", "pulse").maps("脈拍", "skip");
    office.vitals("番号,測定日時,脈拍,心拍\n1,2020-01-01,999999,61\n").imported(1);
    assert_eq!(office.patient("1").latest(VitalSign::Pulse).unwrap().value.to_string(), "61");
    assert_eq!(office.vitals_fault("患者番号,測定日時,脈拍\n").code, "unknown_column");
    let fault = Office::new().maps("脈", "plus").vitals_fault("患者番号,測定日時,脈\n");
    assert!(fault.message.en.contains("systolic"), "the fields are listed: {fault}");
}
