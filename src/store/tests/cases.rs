//! Good-practice cases as each engine keeps them: every version in its place, nothing of what was let go, and nobody reads or
//! moves one without the region's key.

use super::region::{MORNING, Region, on_both};
use crate::domain::case::{Case, CaseStep, CaseTag, CaseVersion, CaseWords};
use crate::domain::ids::{CaseId, OrganisationId, PersonId};
use crate::domain::role::Role;
use crate::store::StoreError;
use crate::store::check::check;

/// `work` in a transaction of the region.
macro_rules! written {
    ($region:expr, $tx:ident => $work:expr) => {{
        let done: Result<_, StoreError> = $region.journal.write(move |$tx| Box::pin(async move { $work })).await;
        done
    }};
}

fn version(region: &Region, number: u32, step: CaseStep, done: &str) -> CaseVersion {
    CaseVersion {
        number,
        step,
        by: region.nurse().person,
        at: MORNING,
        remark: "家族構成がわかります".to_owned(),
        consent: "同意書綴り 12".to_owned(),
        words: CaseWords {
            title: "退院前の顔合わせ".to_owned(),
            happened: "機器の扱いに家族が不安だった".to_owned(),
            done: done.to_owned(),
            outcome: "夜間の呼び出しが減った".to_owned(),
            roles: vec![Role::Nurse, Role::Family],
            tags: vec![CaseTag::Discharge, CaseTag::Device],
            shows_office: true,
        },
    }
}

/// Published, and a correction on its way.
fn case(region: &Region) -> Case {
    let versions = vec![
        version(region, 3, CaseStep::Approved, "三職種で練習した"),
        version(region, 5, CaseStep::HandedIn, "四職種で練習した"),
    ];
    let (author, organisation) = (PersonId(region.ids.draw()), OrganisationId(region.ids.draw()));
    Case { id: CaseId(region.ids.draw()), author, organisation, versions }
}

async fn keep(region: &Region, case: &Case) {
    let case = case.clone();
    for version in case.versions.clone() {
        let of = case.clone();
        assert!(written!(region, tx => tx.append_case_version(&of, &version).await).unwrap());
    }
}

#[tokio::test]
async fn every_version_comes_back_as_it_was_written_and_a_number_is_taken_once() {
    on_both(async |region| {
        let (one, other) = (case(region), case(region));
        keep(region, &one).await;
        keep(region, &other).await;
        let (of, again) = (one.clone(), one.versions[1].clone());
        let appended = written!(region, tx => tx.append_case_version(&of, &again).await);
        assert!(!appended.unwrap(), "somebody else had this number");
        let id = one.id;
        assert_eq!(written!(region, tx => tx.find_case(id).await).unwrap(), Some(one.clone()));
        assert_eq!(written!(region, tx => tx.list_cases().await).unwrap(), [other, one], "the newest first");
    })
    .await;
}

#[tokio::test]
async fn what_is_let_go_is_gone_and_of_other_cases_nothing_is() {
    on_both(async |region| {
        let (one, other) = (case(region), case(region));
        keep(region, &one).await;
        keep(region, &other).await;
        let numbers = async |region: &Region| -> Vec<Vec<u32>> {
            let cases = written!(region, tx => tx.list_cases().await).unwrap();
            cases.iter().map(|case| case.versions.iter().map(|version| version.number).collect()).collect()
        };
        let id = one.id;
        written!(region, tx => tx.delete_case_versions(id, [Some(5), Some(3)]).await).unwrap();
        assert_eq!(numbers(region).await, [[3, 5], [3, 5]]);
        written!(region, tx => tx.delete_case_versions(id, [Some(3), None]).await).unwrap();
        assert_eq!(numbers(region).await, [vec![3, 5], vec![3]]);
        written!(region, tx => tx.delete_case_versions(id, [None, None]).await).unwrap();
        assert_eq!(numbers(region).await, [[3, 5]]);
    })
    .await;
}

#[tokio::test]
async fn a_version_that_stands_in_anothers_place_does_not_open() {
    let swaps = [
        // Another case's words.
        "with other as materialized (select case_id, number, sealed from case_version)
            update case_version set sealed = (select other.sealed from other
            where other.case_id <> case_version.case_id and other.number = case_version.number)",
        // What was only handed in, in place of what was approved.
        "with other as materialized (select case_id, number, sealed from case_version)
            update case_version set sealed = (select other.sealed from other
            where other.case_id = case_version.case_id and other.number <> case_version.number)",
    ];
    for swapped in swaps {
        on_both(async |region| {
            keep(region, &case(region)).await;
            keep(region, &case(region)).await;
            assert_eq!(region.tamper(swapped).await, 4);
            assert_eq!(written!(region, tx => tx.list_cases().await).unwrap(), []);
            assert!(region.journal.met_forged_rows());
            let report = check(&region.journal, None).await.unwrap();
            assert_eq!(report.fault_count, 4, "{:?}", report.faults);
        })
        .await;
    }
}

/// What is published would be read without the correction that took words out of it, or a correction before it was approved.
#[tokio::test]
async fn a_case_of_which_one_version_does_not_open_is_not_shown_by_its_others() {
    for damaged in [
        "update case_version set sealed = substr(sealed, 1, 20) where number = 5
            and case_id = (select case_id from case_version order by case_id limit 1)",
        "update case_version set sealed = substr(sealed, 1, 20) where number = 3
            and case_id = (select case_id from case_version order by case_id limit 1)",
    ] {
        on_both(async |region| {
            let (first, sound) = (case(region), case(region));
            keep(region, &first).await;
            keep(region, &sound).await;
            assert_eq!(region.tamper(damaged).await, 1, "{damaged}");
            assert_eq!(written!(region, tx => tx.list_cases().await).unwrap(), [sound], "{damaged}");
            let id = first.id;
            assert_eq!(written!(region, tx => tx.find_case(id).await).unwrap(), None, "{damaged}");
            assert!(region.journal.met_forged_rows());
            let report = check(&region.journal, None).await.unwrap();
            assert_eq!(report.fault_count, 1, "{:?}", report.faults);
        })
        .await;
    }
}

#[tokio::test]
async fn neither_its_words_nor_its_author_stand_in_the_file_in_the_clear() {
    let region = Region::on_sqlite().await;
    let known = case(&region);
    keep(&region, &known).await;
    let folder = region.folder.path().to_owned();
    region.journal.close().await;
    let mut bytes = Vec::new();
    for file in std::fs::read_dir(folder).unwrap() {
        bytes.extend(std::fs::read(file.unwrap().path()).unwrap());
    }
    let is_there = |word: &[u8]| bytes.windows(word.len()).any(|window| window == word);
    assert!(is_there(known.id.0.as_bytes()), "the table is in it");
    for word in ["顔合わせ", "不安だった", "練習した", "呼び出し", "家族構成", "綴り", "handed_in"]
    {
        assert!(!is_there(word.as_bytes()), "{word} is readable");
    }
    for id in [known.author.0, known.organisation.0] {
        assert!(!is_there(id.as_bytes()), "whose it is is readable");
    }
}
