//! The data key: of a new store, of one of before there were data keys, and under another region's key.

use super::region::{Region, note, on_both, on_both_as_once};
use crate::store::check::check;
use crate::store::{Journal, KeptDataKey, OpenError, StoreError};
use crate::vault::RegionKey;

async fn kept(region: &Region) -> KeptDataKey {
    let kept: Result<_, StoreError> = region.journal.read(|tx| Box::pin(tx.find_data_key())).await;
    kept.unwrap().expect("there is one")
}

/// The data key wrapped by another key, as `actions/region_keys.rs` does it.
async fn rewrap(region: &Region, old: &RegionKey, new: &RegionKey) -> bool {
    let wrapped = old.rewrap_data_key(&kept(region).await.wrapped, new).unwrap();
    let (from, to, now) = (old.fingerprint(), new.fingerprint(), super::region::MORNING);
    let update =
        region.journal.write(move |tx| Box::pin(async move { tx.update_data_key(&to, &wrapped, &from, now).await }));
    let updated: Result<bool, StoreError> = update.await;
    updated.unwrap()
}

#[tokio::test]
async fn a_new_store_has_a_data_key_of_its_own_and_keeps_it() {
    on_both(async |region| {
        let kept_first = kept(region).await;
        assert!(!kept_first.adopted && kept_first.rotated.is_none());
        assert_eq!(kept_first.region_key, region.region_key.fingerprint());
        assert_ne!(region.key.fingerprint(), region.region_key.fingerprint());
        let again = region.another_hub().await;
        assert_eq!(again.region().fingerprint(), region.key.fingerprint());
        again.close().await;
        assert_eq!(kept(region).await, kept_first);
    })
    .await;
}

#[tokio::test]
async fn a_store_of_before_there_were_data_keys_goes_on_and_everything_opens() {
    on_both_as_once(async |region| {
        region.employ_nurse().await;
        let mut patient = region.patient_with_team().await;
        patient.post(note("夜間は眠れている")).await;
        // What a hub of before left: records sealed with the region's key itself, and no row.
        region.tamper("delete from data_key").await;
        let foreign = Journal::open(&region.url, &RegionKey::ephemeral()).await.unwrap_err();
        assert!(matches!(foreign, OpenError::ForeignKey { .. }), "{foreign}");

        let again = region.another_hub().await;
        assert_eq!(again.load(patient.timeline).await.unwrap().unwrap().state, patient.state);
        assert!(check(&again, None).await.unwrap().is_whole());
        again.close().await;
        let adopted = kept(region).await;
        assert!(adopted.adopted);
        assert_eq!(region.key.fingerprint(), region.region_key.fingerprint(), "checkpoints name the region as before");

        let new = RegionKey::ephemeral();
        assert!(rewrap(region, &region.region_key, &new).await);
        let under_new = Journal::open(&region.url, &new).await.unwrap();
        assert_eq!(under_new.load(patient.timeline).await.unwrap().unwrap().state, patient.state);
        under_new.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_data_key_of_another_region_opens_nothing() {
    on_both(async |region| {
        region.tamper("update meta set value = 'ccc4303c1de7208b' where name = 'region_key'").await;
        let refused = Journal::open(&region.url, &region.region_key).await.unwrap_err();
        assert!(refused.to_string().contains("it is another region's"), "{refused}");
    })
    .await;
}

#[tokio::test]
async fn under_another_key_the_region_goes_on_and_the_former_one_is_told_what_happened() {
    on_both(async |region| {
        let mut patient = region.patient_with_team().await;
        let (old, new) = (&region.region_key, RegionKey::ephemeral());
        assert!(rewrap(region, old, &new).await);
        assert!(!region.journal.write(|tx| Box::pin(stale(tx))).await.unwrap(), "not over another's change");

        // A hub that runs has the data key already.
        patient.post(note("朝の訪問")).await;
        let replaced = Journal::open(&region.url, old).await.unwrap_err();
        let OpenError::ReplacedKey { found, by, at } = &replaced else { panic!("{replaced}") };
        assert_eq!((found, by, *at), (&old.fingerprint(), &new.fingerprint(), super::region::MORNING));
        let told = replaced.text().unwrap();
        assert!(told.ja.contains("替えられました") && told.en.contains("was changed on"), "{told:?}");

        let third = RegionKey::ephemeral();
        assert!(rewrap(region, &new, &third).await);
        let before_last = Journal::open(&region.url, old).await.unwrap_err();
        assert!(matches!(before_last, OpenError::ForeignKey { .. }), "{before_last}");
        let again = Journal::open(&region.url, &third).await.unwrap();
        assert_eq!(again.load(patient.timeline).await.unwrap().unwrap().state, patient.state);
        again.close().await;
    })
    .await;
}

async fn stale(tx: &mut crate::store::Tx) -> Result<bool, StoreError> {
    tx.update_data_key("00", b"wrapped", "a key of once", super::region::MORNING).await
}
