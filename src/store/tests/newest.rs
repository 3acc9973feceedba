//! The newest time on record when somebody wrote into the columns of times: what was sealed says it, and nothing else. On both
//! engines.

use std::time::Duration;

use super::history::audit;
use super::region::{MORNING, Region, note, on_both};
use crate::domain::act::{Act, By, Deed};
use crate::domain::keeping::KeepingDeed;
use crate::domain::time::Timestamp;
use crate::store::StoreError;

const DAY: Duration = Duration::from_secs(24 * 3_600);

async fn newest(region: &Region) -> Option<Timestamp> {
    region.journal.newest_recorded_at(MORNING).await.unwrap()
}

#[tokio::test]
async fn a_time_that_somebody_wrote_into_a_timelines_row_is_none() {
    const ONE: &str =
        "update timeline set recorded_at = 9000000000000000 where id = (select id from timeline order by id limit 1)";
    for (sql, expected) in [
        (ONE, Some(MORNING)),
        ("update timeline set recorded_at = 9223372036854775807", Some(MORNING)),
        ("update timeline set recorded_at = 9000000000000000, head_seq = 9223372036854775807", None),
        ("update timeline set recorded_at = 9000000000000000, head_seq = -9223372036854775807", None),
        ("update timeline set recorded_at = 9000000000000000, wrapped_key = head_chain", None),
    ] {
        on_both(async |region| {
            region.patient_with_team().await;
            region.patient_with_team().await;
            assert!(region.tamper(sql).await > 0, "{sql}");
            assert_eq!(newest(region).await, expected, "{sql}");
            assert!(region.journal.met_false_history(), "{sql}");
        })
        .await;
    }
}

/// The clock was ahead, and is set right.
#[tokio::test]
async fn a_time_ahead_that_was_sealed_counts_whatever_stands_before_it() {
    on_both(async |region| {
        let mut first = region.patient_with_team().await;
        let mut second = region.patient_with_team().await;
        region.clock.advance(DAY);
        let ahead = first.post(note("進んだ時計で")).await.recorded_at;
        region.clock.advance(DAY);
        let last = second.post(note("もっと進んだ時計で")).await.recorded_at;
        assert!(MORNING < ahead && ahead < last);
        assert_eq!(newest(region).await, Some(last));
        assert!(!region.journal.met_false_history());

        let one = "update timeline set recorded_at = 9000000000000000
            where recorded_at = (select min(recorded_at) from timeline)";
        assert_eq!(region.tamper(one).await, 1);
        assert_eq!(newest(region).await, Some(last), "another's row takes nothing from it");
        assert!(region.journal.met_false_history());
        assert_eq!(region.tamper("update timeline set recorded_at = 9000000000000000").await, 2);
        assert_eq!(newest(region).await, Some(last), "nor does its own");

        // What is destroyed says no time any more.
        assert!(super::destroyed::destroy(region, second.timeline).await);
        assert_eq!(newest(region).await, Some(ahead));
    })
    .await;
}

#[tokio::test]
async fn a_time_that_somebody_wrote_into_the_audit_log_is_none() {
    for (sql, expected) in [
        ("update audit set recorded_at = 9000000000000000 where seq = 4", Some(MORNING)),
        ("update audit set recorded_at = 9223372036854775807", None),
        ("update audit set recorded_at = 9000000000000000, kind = 'zz' where seq >= 3", Some(MORNING)),
    ] {
        on_both(async |region| {
            audit(region, 4).await;
            assert!(region.tamper(sql).await > 0, "{sql}");
            assert_eq!(newest(region).await, expected, "{sql}");
            assert!(region.journal.met_false_history(), "{sql}");

            // Nor does what is done next take it over, which would seal it.
            let deed = Deed::Keeping(KeepingDeed::BackedUp { name: "北".to_owned(), bytes: 1 });
            let acts = [Act { by: By::Operator, deed }];
            let kept: Result<(), StoreError> =
                region.journal.write(move |tx| Box::pin(async move { tx.append_acts(MORNING, acts).await })).await;
            kept.unwrap();
            assert_eq!(region.count("select recorded_at from audit where seq = 5").await, MORNING.0, "{sql}");
        })
        .await;
    }
}
