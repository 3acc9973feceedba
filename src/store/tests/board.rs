//! Announcements with their versions and receipts, trainings with who was there, as each engine keeps them; and that nobody
//! reads or moves them without the region's key.

use jiff::civil::date;

use super::region::{MORNING, Region, on_both};
use crate::domain::announcement::{Announcement, AnnouncementVersion, AnnouncementWords, Audience};
use crate::domain::directory::Organisation;
use crate::domain::ids::{AnnouncementId, OrganisationId, TrainingId};
use crate::domain::role::{OrganisationType, Role};
use crate::domain::time::Timestamp;
use crate::domain::training::{Attendance, AttendanceState, Training, TrainingKind};
use crate::store::check::{FaultKind, check};
use crate::store::{Receipt, StoreError};

/// `work` in a transaction of the region.
macro_rules! written {
    ($region:expr, $tx:ident => $work:expr) => {{
        let done: Result<_, StoreError> = $region.journal.write(move |$tx| Box::pin(async move { $work })).await;
        done
    }};
}

const END: Timestamp = Timestamp(MORNING.0 + 1_000);

fn version(region: &Region, number: u32, text: &str) -> AnnouncementVersion {
    let nurse = region.nurse();
    AnnouncementVersion {
        number,
        by: nurse.person,
        at: MORNING,
        is_withdrawn: number > 2,
        reason: "会場の変更".to_owned(),
        words: AnnouncementWords {
            title: "研修".to_owned(),
            text: text.to_owned(),
            until: date(2026, 4, 30),
            audience: Audience {
                types: vec![OrganisationType::Clinic, OrganisationType::NursingStation],
                organisations: vec![nurse.organisation],
                roles: vec![Role::Nurse],
            },
        },
    }
}

fn announcement(region: &Region) -> Announcement {
    let id = AnnouncementId(region.ids.draw());
    Announcement { id, organisation: region.nurse().organisation, versions: vec![version(region, 1, "第2会議室")] }
}

/// The table of the first row that the check names.
async fn unreadable(region: &Region) -> Option<String> {
    let report = check(&region.journal, None).await.unwrap();
    report.faults.first().map(|fault| fault.place.en.split(' ').next().unwrap_or_default().to_owned())
}

async fn listed(region: &Region, standing_at: Timestamp, of: Option<OrganisationId>) -> Vec<Announcement> {
    written!(region, tx => tx.list_announcements(standing_at, of, 10).await).unwrap()
}

#[tokio::test]
async fn every_version_comes_back_as_it_was_written_and_a_number_is_taken_once() {
    on_both(async |region| {
        region.employ_nurse().await;
        let mut known = announcement(region);
        let stored = known.clone();
        written!(region, tx => tx.insert_announcement(&stored, END).await).unwrap();
        for (number, text) in [(2, "大会議室"), (3, "大会議室")] {
            let (of, version) = (known.clone(), version(region, number, text));
            known.versions.push(version.clone());
            let again = (of.clone(), version.clone());
            assert!(written!(region, tx => tx.append_announcement_version(&of, &version, END).await).unwrap());
            let appended = written!(region, tx => tx.append_announcement_version(&again.0, &again.1, END).await);
            assert!(!appended.unwrap(), "somebody else had this number");
        }
        assert_eq!(listed(region, MORNING, None).await, [known.clone()]);
        assert_eq!(listed(region, MORNING, Some(known.organisation)).await, [known.clone()]);
        assert_eq!(listed(region, MORNING, Some(OrganisationId(region.ids.draw()))).await, []);
        assert_eq!(listed(region, END, None).await, [], "it has ended");
        let id = known.id;
        assert_eq!(written!(region, tx => tx.find_announcement(id).await).unwrap(), Some(known));
    })
    .await;
}

#[tokio::test]
async fn a_version_that_stands_in_anothers_place_or_was_changed_does_not_open() {
    on_both(async |region| {
        region.employ_nurse().await;
        for text in ["一つめ", "二つめ"] {
            let mut known = announcement(region);
            known.versions[0].words.text = text.to_owned();
            written!(region, tx => tx.insert_announcement(&known, END).await).unwrap();
        }
        let swapped = "with other as materialized (select announcement, sealed from announcement_version)
            update announcement_version set sealed = (select other.sealed from other
            where other.announcement <> announcement_version.announcement)";
        assert_eq!(region.tamper(swapped).await, 2);
        assert_eq!(listed(region, MORNING, None).await, []);
        assert!(region.journal.met_forged_rows());
        assert_eq!(unreadable(region).await.as_deref(), Some("announcement"));
    })
    .await;
}

/// What was corrected would stand again, or what corrects it would seem to be all that was ever said.
#[tokio::test]
async fn an_announcement_of_which_one_version_does_not_open_is_not_shown_by_its_others() {
    for damaged in [
        "update announcement_version set sealed = substr(sealed, 1, 20) where number = 2",
        "update announcement_version set sealed = substr(sealed, 1, 20) where number = 1
            and announcement in (select announcement from announcement_version where number = 2)",
    ] {
        on_both(async |region| {
            region.employ_nurse().await;
            let (sound, mut corrected) = (announcement(region), announcement(region));
            corrected.versions.push(version(region, 2, "大会議室"));
            let (id, other) = (corrected.id, sound.clone());
            for one in [other, corrected] {
                written!(region, tx => tx.insert_announcement(&one, END).await).unwrap();
            }
            assert_eq!(region.tamper(damaged).await, 1, "{damaged}");
            assert_eq!(listed(region, MORNING, None).await, [sound], "{damaged}");
            assert_eq!(written!(region, tx => tx.find_announcement(id).await).unwrap(), None, "{damaged}");
            assert!(region.journal.met_forged_rows());
            assert_eq!(unreadable(region).await.as_deref(), Some("announcement"));
        })
        .await;
    }
}

#[tokio::test]
async fn an_announcement_of_which_a_half_is_missing_is_told_whatever_stands_for_its_id() {
    on_both(async |region| {
        region.employ_nurse().await;
        let known = announcement(region);
        let (id, stored) = (known.id, known.clone());
        written!(region, tx => tx.insert_announcement(&stored, END).await).unwrap();
        let told = async || {
            let report = check(&region.journal, None).await.unwrap();
            assert!(report.faults.iter().all(|fault| fault.kind == FaultKind::Unreadable), "{:?}", report.faults);
            report.faults.into_iter().map(|fault| fault.place.en.into_owned()).collect::<Vec<String>>()
        };
        assert_eq!(told().await, Vec::<String>::new());
        let beside = "insert into announcement (id, organisation, ends_at)
            select substr(id, 1, 3), organisation, ends_at from announcement";
        assert_eq!(region.tamper(beside).await, 1);
        let under_none: String = id.0.as_bytes()[..3].iter().map(|byte| format!("{byte:02x}")).collect();
        let beside = format!("announcement {under_none}");
        assert_eq!(told().await, std::slice::from_ref(&beside));
        assert_eq!(listed(region, MORNING, None).await, [known], "the other is there");
        assert_eq!(region.tamper("delete from announcement_version").await, 1);
        assert_eq!(told().await, [beside, format!("announcement {id}")]);
    })
    .await;
}

#[tokio::test]
async fn neither_the_order_of_versions_nor_who_speaks_nor_what_a_training_was_is_changed_unseen() {
    on_both(async |region| {
        region.employ_nurse().await;
        let other = OrganisationId(region.ids.draw());
        let elsewhere = Organisation {
            id: other,
            kind: OrganisationType::Clinic,
            name: "光診療所".into(),
            kana: "ヒカリシンリョウジョ".into(),
            phone: String::new(),
            identifiers: Vec::new(),
            active: true,
        };
        assert!(written!(region, tx => tx.insert_organisation(&elsewhere).await).unwrap());
        let mut known = announcement(region);
        known.versions.push(version(region, 2, "大会議室"));
        written!(region, tx => tx.insert_announcement(&known, END).await).unwrap();
        // What was corrected would count again.
        let turned = "update announcement_version set number = 13 - number";
        let back = "update announcement_version set number = number - 10";
        assert_eq!((region.tamper(turned).await, region.tamper(back).await), (2, 2));
        assert_eq!(listed(region, MORNING, None).await, []);
        assert!(region.journal.met_forged_rows());
        assert_eq!(unreadable(region).await.as_deref(), Some("announcement"));
        assert_eq!((region.tamper(turned).await, region.tamper(back).await), (2, 2));
        assert_eq!(listed(region, MORNING, None).await.len(), 1);
        // A clinic would have said it.
        let moved = "update announcement set organisation = (select id from organisation
            where organisation.id <> announcement.organisation)";
        assert_eq!(region.tamper(moved).await, 1);
        assert_eq!(listed(region, MORNING, None).await, []);
        assert!(region.journal.met_forged_rows());
        assert_eq!(unreadable(region).await.as_deref(), Some("announcement"));

        for title in ["説明会", "訓練"] {
            let training = training(region, title);
            written!(region, tx => tx.upsert_training(&training).await).unwrap();
        }
        let swapped = "with other as materialized (select id, sealed from training)
            update training set sealed = (select other.sealed from other where other.id <> training.id)";
        assert_eq!(region.tamper(swapped).await, 2);
        assert_eq!(written!(region, tx => tx.list_trainings().await).unwrap(), []);
        assert!(unreadable(region).await.is_some());
    })
    .await;
}

fn training(region: &Region, title: &str) -> Training {
    Training {
        id: TrainingId(region.ids.draw()),
        title: title.to_owned(),
        kind: TrainingKind::Emergency,
        day: date(2026, 3, 1),
        is_cancelled: false,
        by: region.nurse().person,
        at: MORNING,
    }
}

#[tokio::test]
async fn neither_what_is_announced_nor_what_a_training_was_stands_in_the_file_in_the_clear() {
    let region = Region::on_sqlite().await;
    region.employ_nurse().await;
    let (known, training) = (announcement(&region), training(&region, "緊急時の訓練"));
    written!(region, tx => {
        tx.insert_announcement(&known, END).await?;
        tx.upsert_training(&training).await
    })
    .unwrap();
    let folder = region.folder.path().to_owned();
    region.journal.close().await;
    let mut bytes = Vec::new();
    for file in std::fs::read_dir(folder).unwrap() {
        bytes.extend(std::fs::read(file.unwrap().path()).unwrap());
    }
    assert!(bytes.len() > 50_000);
    for word in ["研修", "第2会議室", "会場の変更", "2026-04-30", "緊急時の訓練", "2026-03-01"] {
        let found = bytes.windows(word.len()).any(|window| window == word.as_bytes());
        assert!(!found, "{word} is readable");
    }
}

#[tokio::test]
async fn a_receipt_goes_up_and_never_back() {
    on_both(async |region| {
        region.employ_nurse().await;
        let (known, person) = (announcement(region), region.nurse().person);
        let id = known.id;
        written!(region, tx => tx.insert_announcement(&known, END).await).unwrap();
        let receipt = |number: u32| Receipt {
            announcement: id,
            person,
            number,
            read_at: Timestamp(MORNING.0 + i64::from(number)),
        };
        for number in [2, 1] {
            let receipt = receipt(number);
            written!(region, tx => tx.upsert_receipt(&receipt).await).unwrap();
        }
        let mine = written!(region, tx => tx.list_receipts_of(person).await).unwrap();
        assert_eq!(mine, [receipt(2)]);
        assert_eq!(written!(region, tx => tx.list_receipts_on(id).await).unwrap(), mine);
    })
    .await;
}

#[tokio::test]
async fn trainings_and_attendance_come_back_as_they_were_noted_last() {
    on_both(async |region| {
        region.employ_nurse().await;
        let person = region.nurse().person;
        let early = training(region, "説明会");
        let late = Training { day: date(2026, 4, 1), ..training(region, "説明会") };
        let corrected = Training { title: "訓練".to_owned(), is_cancelled: true, ..early.clone() };
        for training in [early.clone(), late.clone(), corrected.clone()] {
            written!(region, tx => tx.upsert_training(&training).await).unwrap();
        }
        let (wanted, training) = ([late.clone(), corrected], late.id);
        assert_eq!(written!(region, tx => tx.list_trainings().await).unwrap(), wanted);
        let noted = |state| Attendance { training, person, state, noted_by: person, noted_at: MORNING };
        for state in [AttendanceState::Expected, AttendanceState::Attended] {
            let noted = noted(state);
            written!(region, tx => tx.upsert_attendance(&noted).await).unwrap();
        }
        for of in [None, Some(person)] {
            let there = written!(region, tx => tx.list_attendance(of).await).unwrap();
            assert_eq!(there, [noted(AttendanceState::Attended)]);
        }
        written!(region, tx => tx.delete_attendance(training, person).await).unwrap();
        assert_eq!(written!(region, tx => tx.list_attendance(None).await).unwrap(), []);
    })
    .await;
}
