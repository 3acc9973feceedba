//! A disk that fills up: refused clearly, nothing acknowledged that is not stored, and recovery.

use std::os::unix::fs::FileExt as _;
use std::sync::Arc;
use std::time::Duration;

use super::region::{Region, note, pulse};
use crate::domain::ids::Seq;
use crate::store::check::check;
use crate::store::connect::sqlite;
use crate::store::engine::Engine;
use crate::store::{Batch, Cause, CommitError, Health, Journal, OpenError, StoreError, is_damage};

/// Something large in the file that can be taken out again, as on a real disk.
async fn place_ballast(region: &Region) {
    let placed: Result<(), StoreError> = region
        .journal
        .write(|tx| Box::pin(async move { tx.upsert_meta("ballast", &"x".repeat(2_000_000)).await }))
        .await;
    placed.unwrap();
}

async fn remove_ballast(region: &Region) {
    region.tamper("delete from meta where name = 'ballast'").await;
}

/// A journal on the region's file that may grow by so many pages only.
async fn bounded(region: &Region, pages: i64) -> Journal {
    let bound = region.count("select page_count from pragma_page_count").await + pages;
    let path = region.url.strip_prefix("sqlite://").unwrap();
    let engine = sqlite::connect_with(path, |writer| writer.pragma("max_page_count", bound.to_string())).await;
    Journal::of(engine.unwrap(), Arc::clone(&region.key))
}

#[tokio::test]
async fn a_full_disk_is_refused_clearly_and_recovers_without_a_loss() {
    let region = Region::on_sqlite().await;
    let mut patient = region.patient_with_team().await;
    place_ballast(&region).await;
    let journal = bounded(&region, 20).await;

    let mut acknowledged = 3;
    let reason = loop {
        let mut batch = Batch::default();
        patient.add(&mut batch, note(&"記録".repeat(1_000)));
        match journal.commit(batch).await {
            Ok(()) => acknowledged += 1,
            Err(CommitError::Unavailable { reason }) => break reason,
            Err(error) => panic!("{error}"),
        }
        assert!(acknowledged < 100, "the bound was never met");
    };
    assert!(reason.contains("full"), "{reason}");
    let health = journal.health();
    assert!(!health.is_writable() && health.failures == 1, "{health:?}");
    assert_eq!((health.cause, health.is_damaged), (Some(Cause::Disk), false));

    // Read-only: an entry that would fit is refused too, and so are actions; reading goes on.
    let mut refused = region.patient();
    let mut batch = Batch::default();
    refused.add(&mut batch, pulse(60));
    assert!(matches!(journal.commit(batch).await, Err(CommitError::Unavailable { .. })));
    let action: Result<(), StoreError> =
        journal.write(|tx| Box::pin(async move { tx.upsert_meta("a", "b").await })).await;
    assert!(matches!(action, Err(StoreError::ReadOnly { .. })));
    assert_eq!(journal.load(patient.timeline).await.unwrap().unwrap().head.0, acknowledged);

    // Still full: a probe does not let it through, although a small row would fit.
    assert!(!journal.probe().await.is_writable());
    remove_ballast(&region).await;
    assert!(journal.probe().await.is_writable());

    let loaded = journal.load(patient.timeline).await.unwrap().unwrap();
    (patient.state, patient.chain) = (loaded.state, loaded.chain);
    let mut batch = Batch::default();
    assert_eq!(patient.add(&mut batch, pulse(61)).seq.0, acknowledged + 1);
    journal.commit(batch).await.unwrap();
    let report = check(&journal, None).await.unwrap();
    assert!(report.is_whole(), "{:?}", report.faults);
    assert_eq!(region.count("select count(*) from meta where name = 'probe'").await, 0);
}

#[tokio::test]
async fn a_read_only_journal_probes_by_itself_until_it_can_write() {
    let region = Region::on_sqlite().await;
    let mut patient = region.patient_with_team().await;
    place_ballast(&region).await;
    let journal = bounded(&region, 0).await;
    let mut batch = Batch::default();
    patient.add(&mut batch, note(&"記録".repeat(6_000)));
    assert!(matches!(journal.commit(batch).await, Err(CommitError::Unavailable { .. })));
    remove_ballast(&region).await;
    let mut health = journal.watch_health();
    tokio::time::timeout(Duration::from_secs(30), health.wait_for(Health::is_writable)).await.unwrap().unwrap();
    assert_eq!(journal.health().failures, 1);
}

#[tokio::test]
async fn an_action_that_meets_a_full_disk_makes_the_journal_read_only_too() {
    let region = Region::on_sqlite().await;
    let journal = bounded(&region, 2).await;
    let action: Result<(), StoreError> =
        journal.write(|tx| Box::pin(async move { tx.upsert_meta("a", &"x".repeat(100_000)).await })).await;
    assert!(matches!(action, Err(StoreError::Driver(_))), "{action:?}");
    assert!(!journal.health().is_writable());
}

#[tokio::test]
async fn a_server_that_went_away_is_unavailable_and_comes_back() {
    let Some(region) = Region::on_postgres().await else { return };
    let mut patient = region.patient_with_team().await;
    let (state, chain) = (patient.state.clone(), patient.chain);
    // Ends every other connection of this database, as a restart of the server would.
    let mut tx = region.journal.begin_write().await.unwrap();
    let ended = tx
        .execute_raw(
            "select pg_terminate_backend(pid) from pg_stat_activity
             where datname = current_database() and pid <> pg_backend_pid()",
        )
        .await;
    ended.unwrap();
    let ended = tx.execute_raw("select pg_terminate_backend(pg_backend_pid())").await;
    assert!(ended.is_err());
    drop(tx);

    let mut outcomes = Vec::new();
    for _ in 0..20 {
        (patient.state, patient.chain) = (state.clone(), chain);
        let mut batch = Batch::default();
        patient.add(&mut batch, pulse(60));
        match region.journal.commit(batch).await {
            Ok(()) => break,
            Err(CommitError::Unavailable { .. }) => outcomes.push("unavailable"),
            Err(error) => panic!("{error}"),
        }
        region.journal.probe().await;
    }
    let loaded = region.journal.load(patient.timeline).await.unwrap().unwrap();
    assert_eq!((loaded.head.0, loaded.state), (4, patient.state.clone()), "after {outcomes:?}");
    region.end().await;
}

#[tokio::test]
async fn a_server_that_no_longer_promises_to_keep_what_it_acknowledges_is_given_nothing() {
    let Some(region) = Region::on_postgres().await else { return };
    let hub = region.another_hub().await;
    hub.serve_alone().await.unwrap();
    // For sessions from now on; those that the pool has were proven before.
    const OFF: &str = "do $$ begin
        execute format('alter database %I set synchronous_commit = off', current_database()); end $$";
    const RIGHT_AGAIN: &str = "do $$ begin
        execute format('alter database %I reset synchronous_commit', current_database()); end $$";
    region.tamper(OFF).await;
    let mut held = Vec::new();
    while let Ok(proven) = hub.begin_write().await {
        held.push(proven);
        assert!(held.len() < 8, "one that is opened now is used as it is");
    }
    drop(held);
    let health = hub.probe().await;
    assert_eq!((health.is_writable(), health.cause), (false, Some(Cause::Setting)), "{health:?}");
    region.tamper(RIGHT_AGAIN).await;
    let mut health = hub.watch_health();
    tokio::time::timeout(Duration::from_secs(30), health.wait_for(Health::is_writable)).await.unwrap().unwrap();
    hub.close().await;
    region.end().await;
}

#[tokio::test]
async fn a_table_that_a_fallen_server_would_empty_is_given_nothing() {
    let Some(region) = Region::on_postgres().await else { return };
    let hub = region.another_hub().await;
    hub.serve_alone().await.unwrap();
    region.tamper("alter table linking_queue set unlogged").await;
    let refused = Journal::open(&region.url, &region.region_key).await.unwrap_err();
    assert!(matches!(&refused, OpenError::Unlogged { table } if table == "linking_queue"), "{refused}");
    // The one that serves asks every few seconds.
    let mut health = hub.watch_health();
    let wait = Duration::from_secs(30);
    tokio::time::timeout(wait, health.wait_for(|health| !health.is_writable())).await.unwrap().unwrap();
    assert_eq!(hub.health().cause, Some(Cause::Setting));
    region.tamper("alter table linking_queue set logged").await;
    tokio::time::timeout(wait, health.wait_for(Health::is_writable)).await.unwrap().unwrap();
    // Of others it is their affair.
    region.tamper("create unlogged table dba_note (x int)").await;
    region.another_hub().await.close().await;
    hub.close().await;
    region.end().await;
}

#[tokio::test]
async fn a_page_that_was_overwritten_is_told_as_damage_whoever_met_it() {
    let region = Region::on_sqlite().await;
    let patient = region.patient_with_team().await.timeline;
    let root = region.count("select rootpage from sqlite_master where type = 'table' and name = 'entry'").await;
    let bytes = region.count("select page_size from pragma_page_size").await;
    region.journal.close().await;
    let file = std::fs::OpenOptions::new().write(true).open(region.url.strip_prefix("sqlite://").unwrap()).unwrap();
    let (at, rubbish) = ((root - 1) * bytes, vec![0xff; usize::try_from(bytes).unwrap()]);
    file.write_all_at(&rubbish, u64::try_from(at).unwrap()).unwrap();
    let journal = region.another_hub().await;
    assert!(!journal.health().is_damaged);
    // As an action does that has its own kind of error.
    let read: Result<(), String> = journal
        .read(move |tx| Box::pin(async move { Ok(tx.page(patient, Seq(0), 10, usize::MAX).await.map(drop)?) }))
        .await
        .map_err(|error: Failed| error.0);
    let told = read.unwrap_err();
    assert!(told.contains("renkei restore"), "{told}");
    assert!(journal.health().is_damaged && journal.health().is_writable(), "what can be done is done");
    let error = journal.page(patient, Seq(0), 10, usize::MAX).await.unwrap_err();
    assert!(is_damage(&error), "{error}");
    journal.close().await;
}

struct Failed(String);

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Self(error.text().unwrap().ja.into_owned())
    }
}

#[tokio::test]
async fn the_wal_is_copied_back_while_commits_go_on() {
    let region = Region::on_sqlite().await;
    let mut patient = region.patient_with_team().await;
    let Engine::Sqlite { checkpointer, .. } = &region.journal.shared.engine else { unreachable!() };
    for _ in 0..20 {
        patient.post(note(&"記録".repeat(500))).await;
    }
    let (copied, pages) = checkpointer.copy().await.unwrap();
    assert!(pages > 20 && copied == pages, "{copied} of {pages}");
    // All of it was copied, so the next commit starts the log over.
    patient.post(pulse(60)).await;
    let (_, pages) = checkpointer.copy().await.unwrap();
    assert!(pages < 20, "{pages}");
}
