//! What a backup takes of the store and what it puts back, on both engines and from one to the other.

use std::collections::BTreeSet;
use std::io;
use std::sync::{Arc, Mutex};

use super::region::{Patient, Region, note, on_both};
use super::schema;
use crate::domain::account::{Invitation, Issuer, Purpose};
use crate::domain::ids::InvitationId;
use crate::domain::time::Timestamp;
use crate::store::check::check;
use crate::store::dump::{DumpRecord, DumpSink, LoadError, Loading, Taken, What};
use crate::store::{Journal, OpenError, StoreError};
use crate::vault::Token;

const NOW: Timestamp = Timestamp::from_secs(1_775_100_000);

/// Keeps what it is given.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<What>>>);

impl DumpSink for Kept {
    fn put(&mut self, record: &DumpRecord) -> io::Result<()> {
        self.0.lock().unwrap().extend(record.what.clone());
        Ok(())
    }
}

pub(super) async fn dumped(journal: &Journal) -> (Vec<What>, Taken) {
    let (kept, taken) = journal.dump(NOW, Kept::default()).await.unwrap();
    (std::mem::take(&mut *kept.0.lock().unwrap()), taken)
}

/// A region with a patient, a nurse and everything of an afternoon.
pub(super) async fn lived_in(region: &Region) -> Patient<'_> {
    region.employ_nurse().await;
    let mut patient = region.patient_with_team().await;
    for number in 0..70 {
        patient.post(note(&format!("訪問 {number}"))).await;
    }
    patient.snapshot().await;
    patient
}

#[tokio::test]
async fn every_column_of_every_table_is_taken_whatever_migration_adds_it() {
    on_both(async |region| {
        let (records, _) = dumped(&region.journal).await;
        let taken = records.iter().filter_map(|what| match what {
            What::Table(head) => Some(head.columns.iter().map(|column| (head.name.clone(), column.clone()))),
            _ => None,
        });
        let taken: BTreeSet<(String, String)> = taken.flatten().collect();
        let there: BTreeSet<(String, String)> = schema::columns(&region.journal).await.into_keys().collect();
        assert_eq!(taken, there);
    })
    .await;
}

pub(super) async fn fill(from: &Region, into: &Region, records: Vec<What>, taken: &Taken) -> Loading {
    into.journal.close().await;
    let mut loading =
        Loading::begin(&into.url, from.backup_key().await, &taken.manifest, "story.backup").await.unwrap();
    for what in records {
        match what {
            What::Table(head) => loading.turn_to(&head).unwrap(),
            What::Rows(piece) => loading.load(piece).await.unwrap(),
            _ => {}
        }
    }
    loading
}

async fn moves_between(from: &Region, into: &Region) {
    lived_in(from).await;
    let sign_in = "insert into sign_in (id, token_hash, person, role, organisation, issued_at, expires_at)
        select person, (select chain from entry where seq = 1), person, role, organisation, 0, 2000000000000000
        from person_position";
    assert_eq!(from.tamper(sign_in).await, 1);
    let stamped: Result<u64, StoreError> = from.journal.write(|tx| Box::pin(tx.adopt_rows(0))).await;
    assert_eq!(stamped.unwrap(), 1);
    let invitation = Invitation {
        id: InvitationId(from.ids.draw()),
        person: from.nurse().person,
        purpose: Purpose::First,
        code: "604117".to_owned(),
        authenticator: Vec::new(),
        issuer: Issuer::Machine,
        issued_at: NOW,
        expires_at: Timestamp::from_secs(2_000_000_000),
        ended_at: None,
    };
    let token = Token::random().hash();
    let inviting: Result<(), StoreError> =
        from.journal.write(move |tx| Box::pin(async move { tx.insert_invitation(&invitation, &token, 5).await })).await;
    inviting.unwrap();
    let (records, taken) = dumped(&from.journal).await;
    let loading = fill(from, into, records, &taken).await;
    assert_eq!(loading.differing(&taken.tables).await.unwrap(), Vec::<String>::new());
    loading.migrate(&taken.manifest).await.unwrap();
    let report = check(loading.journal(), None).await.unwrap();
    assert!(report.is_whole() && report.entries == 73, "{report:?}");

    // It tells whoever opens it that it is not whole, until it is.
    let refused = Journal::open(&into.url, &from.region_key).await.unwrap_err();
    assert!(matches!(&refused, OpenError::HalfRestored { from } if from == "story.backup"), "{refused}");
    let settled = loading.settle(&taken.manifest, "", NOW).await.unwrap();
    assert_eq!((settled.sign_ins, settled.links), (1, 1));
    loading.journal().close().await;
    let journal = Journal::open(&into.url, &from.region_key).await.unwrap();
    assert!(check(&journal, None).await.unwrap().is_whole());
    let back = Region::of(journal.clone(), Arc::clone(&from.region_key));
    assert_eq!(back.count("select count(*) from sign_in where revoked_at is null").await, 0);
    assert_eq!(back.count("select count(*) from invitation where ended_at is null").await, 0, "it may have been used");
    let again = Loading::begin(&into.url, from.backup_key().await, &taken.manifest, "story.backup").await;
    assert!(matches!(again, Err(LoadError::NotEmpty { .. })), "a region is never written over");
    journal.close().await;
}

#[tokio::test]
async fn a_region_goes_from_either_engine_to_either() {
    moves_between(&Region::on_sqlite().await, &Region::on_sqlite().await).await;
    let Some(first) = Region::on_postgres().await else { return };
    moves_between(&Region::on_sqlite().await, &first).await;
    first.end().await;
    let (Some(second), Some(third)) = (Region::on_postgres().await, Region::on_postgres().await) else { return };
    moves_between(&second, &Region::on_sqlite().await).await;
    third.end().await;
    second.end().await;
}

#[tokio::test]
async fn a_row_that_is_lost_or_changed_on_the_way_is_found_by_reading_again() {
    let from = Region::on_sqlite().await;
    lived_in(&from).await;
    for lose in [true, false] {
        let into = Region::on_sqlite().await;
        let (mut records, taken) = dumped(&from.journal).await;
        let entries =
            records.iter().position(|what| matches!(what, What::Table(head) if head.name == "entry")).unwrap();
        let What::Rows(piece) = &mut records[entries + 1] else { panic!("rows follow") };
        if lose {
            piece.rows.pop();
        } else {
            piece.rows[3].cells.swap(4, 5);
        }
        let loading = fill(&from, &into, records, &taken).await;
        assert_eq!(loading.differing(&taken.tables).await.unwrap(), ["entry"]);
        loading.journal().close().await;
    }
}

#[tokio::test]
async fn a_database_that_a_restore_left_half_done_is_emptied_by_the_next() {
    on_both(async |into| {
        let from = Region::on_sqlite().await;
        lived_in(&from).await;
        let (records, taken) = dumped(&from.journal).await;
        let half = fill(&from, into, records[..records.len() / 2].to_vec(), &taken).await;
        half.journal().close().await;
        drop(half);
        let whole = fill(&from, into, records, &taken).await;
        assert_eq!(whole.differing(&taken.tables).await.unwrap(), Vec::<String>::new());
        whole.journal().close().await;
    })
    .await;
}

#[tokio::test]
async fn a_backup_of_a_later_version_is_not_taken_for_one_of_this() {
    let (from, into) = (Region::on_sqlite().await, Region::on_sqlite().await);
    let (_, taken) = dumped(&from.journal).await;
    let later = crate::store::dump::Manifest { schema: 9_999, ..taken.manifest };
    let refused = Loading::begin(&into.url, from.backup_key().await, &later, "later.backup").await;
    assert!(matches!(refused, Err(LoadError::Later { found: 9_999, .. })));
}

#[tokio::test]
async fn a_restore_that_was_cut_off_at_its_first_step_is_told_and_begun_again() {
    on_both(async |region| {
        let (records, taken) = dumped(&region.journal).await;
        let key = region.backup_key().await;
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/journal.db", folder.path().display());
        let (_, journal) = Loading::take_over(&url, &key, "cut.backup").await.unwrap();
        journal.close().await;
        for opened in
            [Journal::open(&url, &region.region_key).await, Journal::open_existing(&url, &region.region_key).await]
        {
            let refused = opened.unwrap_err();
            assert!(matches!(&refused, OpenError::HalfRestored { from } if from == "cut.backup"), "{refused}");
        }
        let into = Loading::begin(&url, key.clone(), &taken.manifest, "again.backup").await.unwrap();
        assert!(!records.is_empty());
        into.journal().close().await;

        // Beside an empty table of somebody else's there is room; beside one with rows it may be somebody else's database.
        let url = format!("sqlite://{}/others.db", folder.path().display());
        for (sql, is_room) in [("create table dba_note (x text)", true), ("insert into dba_note values ('x')", false)] {
            let (engine, journal) = Loading::take_over(&url, &key, "x.backup").await.unwrap();
            drop(engine);
            let made: Result<u64, StoreError> = journal.write(move |tx| Box::pin(tx.execute_raw(sql))).await;
            made.unwrap();
            let unmade: Result<u64, StoreError> =
                journal.write(move |tx| Box::pin(tx.execute_raw("drop table restoring"))).await;
            unmade.unwrap();
            journal.close().await;
            let begun = Loading::take_over(&url, &key, "x.backup").await;
            assert_eq!(begun.is_ok(), is_room);
            let Ok((_, journal)) = begun else { continue };
            let unmade: Result<u64, StoreError> =
                journal.write(move |tx| Box::pin(tx.execute_raw("drop table restoring"))).await;
            unmade.unwrap();
            journal.close().await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_store_that_is_not_there_is_made_by_nobody_but_its_founder() {
    on_both(async |region| {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("journal.db");
        let url = format!("sqlite://{}", file.display());
        let missing = Journal::open_existing(&url, &region.region_key).await.unwrap_err();
        assert!(matches!(missing, OpenError::NoStore) && !file.exists(), "{missing}");
        std::fs::write(&file, []).unwrap();
        let empty = Journal::open_existing(&url, &region.region_key).await.unwrap_err();
        assert!(matches!(empty, OpenError::NoStore), "{empty}");
        Journal::open(&url, &region.region_key).await.unwrap().close().await;
        Journal::open_existing(&url, &region.region_key).await.unwrap().close().await;
    })
    .await;
}
