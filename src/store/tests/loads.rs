//! Loading from snapshots and tails, paging, and opening a store again.

use super::region::{MORNING, Region, link, note, on_both, pulse};
use crate::domain::ids::{EntryId, Seq, TimelineId};
use crate::limits::FOLD_PAGE_ENTRIES;
use crate::store::{Batch, Journal, OpenError};
use crate::vault::RegionKey;

#[tokio::test]
async fn a_snapshot_and_the_tail_fold_to_the_same_state_as_the_whole_timeline() {
    on_both(async |region| {
        let mut patient = region.patient_with_team().await;
        let mut batch = Batch::default();
        for value in 0..40 {
            patient.add(&mut batch, pulse(40 + value));
        }
        region.journal.commit(batch).await.unwrap();
        patient.snapshot().await;
        for value in 0..3 {
            patient.post(pulse(100 + value)).await;
        }
        let loaded = region.journal.load(patient.timeline).await.unwrap().unwrap();
        assert_eq!(loaded.state, patient.state);

        // An older snapshot never takes the place of a newer one.
        patient.snapshot().await;
        let newest = region.count("select seq from snapshot").await;
        patient.state.head = Seq(1);
        patient.snapshot().await;
        assert_eq!(region.count("select seq from snapshot").await, newest);
    })
    .await;
}

#[tokio::test]
async fn a_snapshot_that_does_not_open_or_is_of_another_fold_is_passed_over() {
    on_both(async |region| {
        let mut patient = region.patient_with_team().await;
        patient.post(pulse(60)).await;
        patient.snapshot().await;
        region.tamper("update snapshot set fold_version = 999").await;
        assert_eq!(region.journal.load(patient.timeline).await.unwrap().unwrap().state, patient.state);
        patient.snapshot().await;
        region.tamper("update snapshot set seq = 2").await;
        assert_eq!(region.journal.load(patient.timeline).await.unwrap().unwrap().state, patient.state);
    })
    .await;
}

#[tokio::test]
async fn a_timeline_longer_than_a_reading_page_folds_whole() {
    on_both(async |region| {
        let mut patient = region.patient_with_team().await;
        let mut batch = Batch::default();
        for value in 0..FOLD_PAGE_ENTRIES * 2 + 1 {
            patient.add(&mut batch, pulse(i32::try_from(value % 200).unwrap()));
        }
        region.journal.commit(batch).await.unwrap();
        let loaded = region.journal.load(patient.timeline).await.unwrap().unwrap();
        assert_eq!(loaded.state, patient.state);
    })
    .await;
}

#[tokio::test]
async fn pages_are_bounded_by_count_and_bytes_and_always_get_on() {
    on_both(async |region| {
        let mut patient = region.patient_with_team().await;
        for text in ["一", "二", "三", "四", "五"] {
            patient.post(note(&text.repeat(1_000))).await;
        }
        let seqs = async |after, limit, bytes_max| {
            let page = region.journal.page(patient.timeline, Seq(after), limit, bytes_max).await.unwrap();
            assert_eq!(page.head, Seq(8));
            page.entries.iter().map(|stored| stored.entry.seq.0).collect::<Vec<_>>()
        };
        assert_eq!(seqs(0, 3, usize::MAX).await, [1, 2, 3]);
        assert_eq!(seqs(3, 100, usize::MAX).await, [4, 5, 6, 7, 8]);
        assert_eq!(seqs(3, 100, 4_000).await, [4, 5]);
        assert_eq!(seqs(3, 100, 0).await, [4]);
        assert_eq!(seqs(3, 0, 0).await, [4]);
        assert!(seqs(8, 100, usize::MAX).await.is_empty());
        assert!(seqs(u64::MAX >> 1, 100, usize::MAX).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn an_unknown_timeline_is_none_and_its_page_is_empty() {
    on_both(async |region| {
        let stranger = TimelineId(region.ids.draw());
        assert!(region.journal.load(stranger).await.unwrap().is_none());
        let page = region.journal.page(stranger, Seq::ZERO, 10, usize::MAX).await.unwrap();
        assert!(page.entries.is_empty() && page.head == Seq::ZERO);
        assert!(region.journal.find_entry(EntryId(region.ids.draw())).await.unwrap().is_none());
        assert_eq!(region.journal.newest_recorded_at(MORNING).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn a_store_opened_again_continues_and_refuses_another_regions_key() {
    on_both(async |region| {
        let mut patient = region.patient_with_team().await;
        patient.post(pulse(60)).await;
        let again = region.another_hub().await;
        assert_eq!(again.load(patient.timeline).await.unwrap().unwrap().state, patient.state);
        assert_eq!(again.newest_recorded_at(MORNING).await.unwrap(), Some(MORNING));
        again.close().await;

        let foreign = RegionKey::ephemeral();
        let fingerprint = foreign.fingerprint();
        let refused = Journal::open(&region.url, &foreign).await.unwrap_err();
        assert!(matches!(refused, OpenError::ForeignKey { ref found, .. } if *found == fingerprint), "{refused}");
    })
    .await;
}

#[tokio::test]
async fn team_members_find_their_timelines_by_person_or_by_organisation() {
    on_both(async |region| {
        let nurse = region.nurse();
        let colleague = crate::domain::ids::PersonId(region.ids.draw());
        let whole = region.patient_with_team().await;
        let mut named = region.patient_with_team().await;
        named.post(link(nurse.organisation, &[nurse.person])).await;
        let mut elsewhere = region.patient();
        elsewhere.post(link(region.organisation_id(2), &[])).await;

        let list = async |person| region.journal.list_timelines_of(nurse.organisation, person).await.unwrap();
        assert_eq!(list(nurse.person).await, [whole.timeline, named.timeline]);
        assert_eq!(list(colleague).await, [whole.timeline]);
        let registered = region.journal.registrations().await.unwrap();
        assert_eq!(registered.len(), 2);
        assert_eq!(registered[0].0, whole.timeline);
        assert_eq!(Some(&registered[0].1), whole.state.registration.as_deref());
    })
    .await;
}

#[tokio::test]
async fn a_destroyed_key_leaves_the_rest_of_the_region_readable() {
    on_both(async |region| {
        let gone = region.patient_with_team().await;
        let mut kept = region.patient();
        kept.post(super::region::registration("鈴木 一郎")).await;
        assert!(super::destroyed::destroy(region, gone.timeline).await);
        let error = region.journal.load(gone.timeline).await.unwrap_err();
        assert_eq!(error.code(), "store_key_destroyed");
        assert_eq!(region.journal.registrations().await.unwrap().len(), 1);
        let report = crate::store::check::check(&region.journal, None).await.unwrap();
        assert!(report.is_whole(), "{report:?}");
        assert_eq!((report.destroyed, report.entries), (1, 4));
        let rebuilt = crate::store::rebuild::rebuild(&region.journal).await.unwrap();
        assert_eq!((rebuilt.timelines, rebuilt.destroyed), (2, 1));
    })
    .await;
}

#[tokio::test]
async fn nothing_that_was_said_stands_in_the_file_in_the_clear() {
    let region = Region::on_sqlite().await;
    region.employ_nurse().await;
    let mut patient = region.patient_with_team().await;
    patient.post(note("独居、夜間の転倒に注意")).await;
    patient.snapshot().await;
    let folder = region.folder.path().to_owned();
    region.journal.close().await;
    let mut bytes = Vec::new();
    for file in std::fs::read_dir(folder).unwrap() {
        bytes.extend(std::fs::read(file.unwrap().path()).unwrap());
    }
    assert!(bytes.len() > 50_000);
    for word in ["転倒", "山田", "ヤマダ", "佐藤", "北訪問看護", "1941-04-01"] {
        let found = bytes.windows(word.len()).any(|window| window == word.as_bytes());
        assert!(!found, "{word} is readable");
    }
}
