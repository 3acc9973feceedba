//! The SMART sample patients, read in place: every row goes in, and every odd class has its count.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::*;

/// A file of the sample, or `None` with a word where the folder is not beside the checkout.
fn sample(name: &str) -> Option<Table> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data/smart-sample-patients");
    let Ok(bytes) = std::fs::read(folder.join(name)) else {
        eprintln!("skipped: {} is not there", folder.display());
        return None;
    };
    Some(read_table(&bytes, None, None).unwrap())
}

fn outcomes(told: &Told) -> BTreeMap<&'static str, usize> {
    told.0.outcomes.iter().map(|(outcome, rows)| (outcome.code(), *rows)).collect()
}

fn notes(told: &Told) -> BTreeMap<(&'static str, &str), usize> {
    told.0.notes.0.iter().map(|((note, header), count)| ((note.code(), header.as_str()), count.rows)).collect()
}

fn skipped(told: &Told) -> BTreeMap<&str, usize> {
    told.0.skipped.iter().map(|column| (column.header.as_str(), column.filled)).collect()
}

#[test]
fn the_sample_goes_in_whole_and_twice_is_once() {
    let (Some(patients), Some(vitals)) = (sample("patients.tsv"), sample("vitals.tsv")) else { return };
    let mut office = Office::new();
    office.patients.kana_from_name = true;
    let read = || (read_patients(&patients, &office.patients).unwrap(), read_vitals(&vitals, &office.vitals).unwrap());
    let (sheet, readings) = read();

    let told = office.apply(sheet).imported(67);
    let expected =
        [(("columns_disagree", "GENDER"), 1), (("columns_disagree", "YOB"), 55), (("kana_from_name", ""), 67)];
    assert_eq!(notes(&told), BTreeMap::from(expected));
    assert_eq!(skipped(&told)["gestage"], 30);

    let told = office.apply(readings).imported(1_035);
    assert_eq!(told.0.rows, 1_036, "the last row has no line break");
    assert_eq!(outcomes(&told), BTreeMap::from([("imported", 1_035), ("no_measurement", 1)]));
    let expected = [
        (("date_only", ""), 1_018),
        (("own_offset", ""), 2),
        (("period_end", "END_DATE"), 16),
        (("same_moment", ""), 7),
        (("shifted", "BP_SITE"), 20),
        (("pulse_is_diastolic", ""), 917),
    ];
    assert_eq!(notes(&told), BTreeMap::from(expected));
    let expected = [("BMI", 978), ("ENCOUNTER_TYPE", 1_036), ("HEAD_CIRCUMFERENCE", 1), ("HEIGHT", 1_020)];
    assert_eq!(skipped(&told), BTreeMap::from(expected));

    let (sheet, readings) = read();
    assert_eq!(outcomes(&office.apply(sheet)), BTreeMap::from([("already_there", 67)]));
    assert_eq!(outcomes(&office.apply(readings)), BTreeMap::from([("already_there", 1_035), ("no_measurement", 1)]));

    let records = office.target.records.lock().unwrap();
    let with_vitals = records.timelines.values().filter(|state| !state.vitals.is_empty()).count();
    assert_eq!((records.timelines.len(), with_vitals), (67, 47));
}

#[test]
fn the_sample_without_its_patients_is_refused_whole() {
    let Some(vitals) = sample("vitals.tsv") else { return };
    let office = Office::new();
    let told = office.apply(read_vitals(&vitals, &office.vitals).unwrap());
    assert_eq!(outcomes(&told), BTreeMap::from([("no_measurement", 1), ("unknown_patient", 1_035)]));
    assert_eq!(office.target.entries(), 0);
}
