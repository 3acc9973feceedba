//! A database of an earlier version: who brings it on, and who leaves it to the hub that may be serving it.

use sqlx::{Connection as _, SqliteConnection};

use super::region::{Region, on_both};
use crate::store::connect::{open_engine, sqlite};
use crate::store::migrate::{self, STEPS};
use crate::store::{Journal, OpenError, is_damage};
use crate::vault::RegionKey;

const TAKEN: &str = "select count(*) from _sqlx_migrations";

#[tokio::test]
async fn no_command_changes_the_tables_of_an_earlier_version_under_its_hub() {
    on_both(async |region| {
        let hub = region.another_hub().await;
        hub.serve_alone().await.unwrap();
        // As the hub of the version before this one left it.
        region.tamper("delete from _sqlx_migrations where version = (select max(version) from _sqlx_migrations)").await;
        let steps = region.count(TAKEN).await;
        let command = Journal::open_existing(&region.url, &region.region_key).await.unwrap_err();
        assert!(matches!(command, OpenError::Earlier { .. }) && command.text().is_some(), "{command}");
        for opened in [
            Journal::open_to_serve(&region.url, &region.region_key).await,
            Journal::open(&region.url, &region.region_key).await,
        ] {
            assert!(matches!(opened, Err(OpenError::Taken)), "a hub serves it");
        }
        assert_eq!(region.count(TAKEN).await, steps);
        hub.close().await;
    })
    .await;
}

/// A file with the steps up to this one alone.
async fn earlier(folder: &tempfile::TempDir, last: i64) -> String {
    let url = format!("sqlite://{}/journal.db", folder.path().display());
    let engine = open_engine(&url, true).await.unwrap();
    migrate::migrate_to(&engine, last).await.unwrap();
    engine.close().await;
    url
}

#[tokio::test]
async fn whoever_serves_it_brings_it_on_and_then_everybody_may_open_it() {
    let (folder, key) = (tempfile::tempdir().unwrap(), RegionKey::ephemeral());
    let found = STEPS[STEPS.len() - 2].0;
    let url = earlier(&folder, found).await;
    let refused = Journal::open_existing(&url, &key).await.unwrap_err();
    assert!(matches!(refused, OpenError::Earlier { found: told } if told == found), "{refused}");
    // Whose data key is made, too, as none is in it.
    Journal::open(&url, &key).await.unwrap().close().await;
    Journal::open_existing(&url, &key).await.unwrap().close().await;
    Journal::open_to_serve(&url, &key).await.unwrap().close().await;
}

#[tokio::test]
async fn a_full_disk_is_not_taken_for_another_version() {
    let folder = tempfile::tempdir().unwrap();
    // Half of the steps make tables enough.
    let url = earlier(&folder, STEPS[STEPS.len() / 2].0).await;
    let path = url.strip_prefix("sqlite://").unwrap();
    // No page is left over from what earlier steps dropped.
    let mut packing = SqliteConnection::connect(&url).await.unwrap();
    sqlx::query("vacuum").execute(&mut packing).await.unwrap();
    packing.close().await.unwrap();
    // A file never gets smaller than it is by this, and no larger either.
    let engine = sqlite::connect_with(path, |writer| writer.pragma("max_page_count", "1")).await.unwrap();
    let failed = OpenError::from(migrate::migrate(&engine).await.unwrap_err());
    assert!(matches!(failed, OpenError::Upgrade(_)) && !is_damage(&failed), "{failed}");
    let text = failed.text().unwrap();
    assert!(text.ja.contains("空きがありません") && text.en.contains("disk is full"), "{text:?}");
    engine.close().await;
    // What was begun was undone; with room it goes on.
    Journal::open(&url, &RegionKey::ephemeral()).await.unwrap().close().await;
    let region = Region::on_sqlite().await;
    assert_eq!(region.count(TAKEN).await, i64::try_from(STEPS.len()).unwrap());
    region.end().await;
}
