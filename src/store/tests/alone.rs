//! Two hubs on one database.

use std::time::Duration;

use super::region::{Region, on_both};
use crate::store::alone::{lock_beside, lock_session};
use crate::store::engine::Engine;
use crate::store::{Cause, Health, OpenError};

#[tokio::test]
async fn a_database_is_served_by_one_hub_and_by_the_next_when_that_has_gone() {
    on_both(async |region| {
        let first = region.another_hub().await;
        let second = region.another_hub().await;
        first.serve_alone().await.unwrap();
        assert!(matches!(second.serve_alone().await, Err(OpenError::Taken)));
        first.close().await;
        second.serve_alone().await.unwrap();
        second.close().await;

        // One that ends without a word, as if killed.
        let killed = region.another_hub().await;
        killed.serve_alone().await.unwrap();
        drop(killed);
        let third = region.another_hub().await;
        third.serve_alone().await.unwrap();
        third.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_hub_whose_lock_broke_takes_no_writes_until_it_has_it_again_and_none_if_another_had_it() {
    let Some(region) = Region::on_postgres().await else { return };
    let hub = region.another_hub().await;
    hub.serve_alone().await.unwrap();
    let cut = "select pg_terminate_backend(pid)::int::bigint from pg_locks
        where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())";
    let mut health = hub.watch_health();
    let wait = Duration::from_secs(30);
    assert_eq!(region.count(cut).await, 1);
    tokio::time::timeout(wait, health.wait_for(|health| !health.is_writable())).await.unwrap().unwrap();
    tokio::time::timeout(wait, health.wait_for(Health::is_writable)).await.unwrap().unwrap();

    // Cut again, and somebody else is quicker.
    assert_eq!(region.count(cut).await, 1);
    let other = region.another_hub().await;
    other.serve_alone().await.unwrap();
    tokio::time::timeout(wait, health.wait_for(|health| !health.is_writable())).await.unwrap().unwrap();
    assert_eq!(hub.probe().await.cause, Some(Cause::TakenOver), "and it is told which trouble it is");
    other.close().await;
    assert!(!hub.probe().await.is_writable(), "its states are of before");
    hub.close().await;
    region.end().await;
}

#[tokio::test]
async fn a_hub_that_went_without_a_word_does_not_keep_the_database_from_the_next() {
    let Some(region) = Region::on_postgres().await else { return };
    let Engine::Postgres(pool) = &region.journal.shared.engine else { unreachable!() };
    // Its session stays open, and nobody asks after it any more.
    let silent = lock_session(&pool.connect_options(), Some(500)).await.unwrap();
    let next = region.another_hub().await;
    next.serve_alone().await.unwrap();
    next.close().await;
    drop(silent);
    region.end().await;
}

#[tokio::test]
async fn a_file_that_was_taken_from_under_the_hub_is_noticed_and_nothing_is_stored_in_it() {
    let region = Region::on_sqlite().await;
    let hub = region.another_hub().await;
    hub.serve_alone().await.unwrap();
    let file = std::path::Path::new(region.url.strip_prefix("sqlite://").unwrap());
    let aside = file.with_extension("aside");
    std::fs::rename(file, &aside).unwrap();
    let mut health = hub.watch_health();
    let wait = Duration::from_secs(30);
    tokio::time::timeout(wait, health.wait_for(|health| !health.is_writable())).await.unwrap().unwrap();
    assert_eq!(hub.health().cause, Some(Cause::Moved));
    // Another one in its place is not it.
    std::fs::copy(&aside, file).unwrap();
    assert_eq!(hub.probe().await.cause, Some(Cause::Moved));
    std::fs::rename(&aside, file).unwrap();
    assert!(hub.probe().await.is_writable(), "it is back");
    hub.close().await;
}

/// Whoever starts a program at that moment has all files of the process, until it is that program.
#[test]
fn a_lock_is_given_back_at_once_though_somebody_else_has_its_file_open_too() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("journal.db");
    let lock = lock_beside(&database).unwrap();
    assert!(matches!(lock_beside(&database), Err(OpenError::Taken)));
    let inherited = lock.0.try_clone().unwrap();
    drop(lock);
    lock_beside(&database).unwrap();
    drop(inherited);
}
