//! Two hubs on one database.

use std::time::Duration;

use super::region::on_both;
use crate::store::{Health, OpenError};

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
    let Some(region) = super::region::Region::on_postgres().await else { return };
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
    assert!(!hub.probe().await.is_writable());
    other.close().await;
    assert!(!hub.probe().await.is_writable(), "its states are of before");
    hub.close().await;
    region.end().await;
}
