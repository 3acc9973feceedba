//! What was taken out, and what of it is still to be told, as each engine keeps it.

use super::destroyed::destroy;
use super::region::{MORNING, Region, on_both};
use crate::domain::act::{Act, By, Deed};
use crate::domain::ids::TimelineId;
use crate::domain::keeping::KeepingDeed;
use crate::domain::time::Timestamp;
use crate::store::{Batch, StoreError, Told, Untold};

const NOWHERE: (u64, TimelineId) = (0, TimelineId(uuid::Uuid::nil()));

fn act(reason: &str) -> Act {
    let deed = KeepingDeed::Exported { patient: None, reason: reason.to_owned(), taken: None };
    Act { by: By::Operator, deed: Deed::Keeping(deed) }
}

async fn take(region: &Region, at: Timestamp, reason: &str, timelines: Vec<TimelineId>) {
    let act = act(reason);
    let taking: Result<(), StoreError> = region
        .journal
        .write(move |tx| Box::pin(async move { tx.append_taking(None, at, act, &timelines).await }))
        .await;
    taking.unwrap();
}

async fn untold(region: &Region, after: (u64, TimelineId), limit: usize) -> Vec<Untold> {
    let listing: Result<_, StoreError> =
        region.journal.read(move |tx| Box::pin(async move { tx.list_untold(after, limit).await })).await;
    listing.unwrap()
}

async fn of(region: &Region, timeline: TimelineId, until: Timestamp) -> Vec<Untold> {
    let listing: Result<_, StoreError> = region
        .journal
        .read(move |tx| Box::pin(async move { tx.list_takings_of(timeline, (MORNING, until), 10).await }))
        .await;
    listing.unwrap()
}

#[tokio::test]
async fn what_was_taken_out_is_told_in_order_a_part_at_a_time_and_once() {
    on_both(async |region| {
        let mut timelines: Vec<TimelineId> = (0..70).map(|_| TimelineId(region.ids.draw())).collect();
        timelines.sort();
        let later = Timestamp(MORNING.0 + 5);
        take(region, MORNING, "一度目", timelines.clone()).await;
        take(region, later, "二度目", vec![timelines[3]]).await;

        let first = untold(region, NOWHERE, 64).await;
        assert_eq!(first.iter().map(|note| note.timeline).collect::<Vec<_>>(), timelines[..64]);
        assert!(first.iter().all(|note| note.at == MORNING && note.act == Some(act("一度目"))));
        let rest = untold(region, (first[63].audit, first[63].timeline), 64).await;
        assert_eq!(rest.len(), 7);
        let last = rest.last().unwrap();
        assert_eq!((last.timeline, last.at, &last.act), (timelines[3], later, &Some(act("二度目"))));

        let (audit, timeline) = (first[3].audit, first[3].timeline);
        for at in [later, Timestamp::MAX] {
            let told = vec![Told { audit, timeline, at }];
            region.journal.commit(Batch { told, ..Batch::default() }).await.unwrap();
        }
        assert_eq!(untold(region, NOWHERE, 100).await.len(), 70);
        assert!(untold(region, NOWHERE, 100).await.iter().all(|note| (note.audit, note.timeline) != (audit, timeline)));

        let reasons = async |until| {
            let acts = of(region, timelines[3], until).await.into_iter();
            acts.map(|taken| (taken.at, taken.act)).collect::<Vec<_>>()
        };
        let (one, two) = ((MORNING, Some(act("一度目"))), (later, Some(act("二度目"))));
        assert_eq!(reasons(Timestamp::MAX).await, [one.clone(), two], "told or not");
        assert_eq!(reasons(later).await, [one]);
        assert_eq!(of(region, TimelineId(region.ids.draw()), Timestamp::MAX).await, []);

        // One whose audit record somebody changed tells nothing, and keeps nothing else from being told.
        region.tamper("update audit set recorded_at = recorded_at + 1 where seq = (select max(seq) from audit)").await;
        let left = untold(region, NOWHERE, 100).await;
        assert_eq!((left.len(), &left.last().unwrap().act), (70, &None));
        assert!(left[0].act.is_some());
    })
    .await;
}

#[tokio::test]
async fn the_patients_of_a_region_are_those_whose_key_is_there() {
    on_both(async |region| {
        let kept = async || {
            let listing: Result<Vec<TimelineId>, StoreError> =
                region.journal.read(|tx| Box::pin(tx.list_patients_kept())).await;
            listing.unwrap()
        };
        assert_eq!(kept().await, []);
        let (one, two) = (region.patient_with_team().await.timeline, region.patient_with_team().await.timeline);
        assert_eq!(kept().await, [one, two]);
        assert!(destroy(region, one).await);
        assert_eq!(kept().await, [two]);
    })
    .await;
}
