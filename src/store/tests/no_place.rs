//! What `verify` says of rows that stand where no chain has a place: numbers below one and beyond any, ids that are none, a log
//! without its end, and checkpoints that are missing though nothing after them says so. On both engines.

use super::history::{History, after, at};
use super::region::on_both;
use crate::store::verify::{Chain, Damage, Found};

#[tokio::test]
async fn rows_under_numbers_that_no_chain_has_are_told_and_stop_no_verification() {
    for sql in [
        "insert into audit (seq, recorded_at, sealed, chain) select 0, recorded_at, sealed, chain from audit where seq = 4",
        "insert into audit (seq, recorded_at, sealed, chain)
            select -9223372036854775808, recorded_at, sealed, chain from audit where seq = 4",
        "insert into audit (seq, recorded_at, sealed, chain)
            select 9223372036854775807, recorded_at, sealed, chain from audit where seq = 4",
    ] {
        after(&[sql], |_| vec![at(Chain::Audit, Damage::Inserted, 0)]).await;
    }
    on_both(async |region| {
        let history = History::write(region).await;
        let sql = "insert into entry (id, timeline, seq, recorded_at, mac, sealed, chain)
            select substr(chain, 1, 16), timeline, 9223372036854775807, recorded_at, mac, sealed, chain from entry
            where seq = 9";
        assert_eq!(region.tamper(sql).await, 1);
        let found: Vec<Found> = history.verified(region, None).await.found;
        let [put_in] = &found[..] else { panic!("{found:?}") };
        assert_eq!((put_in.damage, put_in.under), (Damage::Inserted, Some(i64::MAX)));
        assert!(matches!(put_in.chain, Chain::Timeline(_)) && put_in.recorded_at.is_some());
    })
    .await;
}

#[tokio::test]
async fn entries_of_no_timeline_and_a_log_without_its_end_are_told() {
    let of_no_timeline = [
        "insert into timeline (id, subject, wrapped_key, head_seq, head_chain, recorded_at, written_at)
            select substr(id, 1, 3), subject, wrapped_key, 0, head_chain, recorded_at, written_at from timeline
            order by id limit 1",
        "insert into entry (id, timeline, seq, recorded_at, mac, sealed, chain)
            select substr(entry.chain, 1, 16), short.id, 7, entry.recorded_at, entry.mac, entry.sealed, entry.chain
            from entry, timeline as short where entry.seq = 9 and octet_length(short.id) = 3",
    ];
    on_both(async |region| {
        let history = History::write(region).await;
        for sql in of_no_timeline {
            assert_eq!(region.tamper(sql).await, 1, "{sql}");
        }
        let verified = history.verified(region, None).await;
        let told: Vec<_> = verified.found.iter().map(|found| (found.chain, found.damage, found.under)).collect();
        assert_eq!(told, [(Chain::NoTimeline, Damage::Inserted, Some(7))]);
    })
    .await;
    after(&["delete from audit_head"], |_| vec![at(Chain::Audit, Damage::Removed, 0)]).await;
}

#[tokio::test]
async fn the_newest_checkpoint_is_missed_though_nothing_after_it_says_so() {
    let newest = ["delete from checkpoint_head where checkpoint = 3", "delete from signed_checkpoint where number = 3"];
    after(&newest, |_| vec![at(Chain::Checkpoints, Damage::Removed, 3)]).await;
    let all = ["delete from checkpoint_head", "delete from signed_checkpoint"];
    on_both(async |region| {
        let history = History::write(region).await;
        for sql in all {
            assert!(region.tamper(sql).await > 0, "{sql}");
        }
        let found = history.verified(region, None).await.found;
        let told: Vec<_> = found.iter().map(|found| (found.chain, found.damage, found.from, found.to)).collect();
        assert_eq!(told, [(Chain::Checkpoints, Damage::Removed, 1, 3)]);
    })
    .await;
    let first = ["delete from checkpoint_head where checkpoint < 3", "delete from signed_checkpoint where number < 3"];
    after(&first, |_| vec![(Chain::Checkpoints, Damage::Removed, 1, 2, None, None)]).await;
    let note = "update meta set value = '9' || substr(value, 2) where name = 'checkpoint_newest'";
    after(&[note], |_| vec![at(Chain::Checkpoints, Damage::Changed, 0)]).await;
}

#[tokio::test]
async fn a_checkpoint_under_another_number_than_it_says_is_told() {
    for (sql, stands) in [
        ("update signed_checkpoint set number = 3000000 where number = 3", 3_000_000),
        ("update signed_checkpoint set number = 9223372036854775807 where number = 3", i64::MAX.unsigned_abs()),
        ("update signed_checkpoint set number = 0 where number = 1", 0),
    ] {
        let belongs = if stands == 0 { 1 } else { 3 };
        after(&[sql], |_| vec![(Chain::Checkpoints, Damage::Reordered, stands, stands, Some(belongs), None)]).await;
    }
    for sql in [
        "insert into signed_checkpoint (number, made_at, statement, signature)
            select -3, made_at, statement, signature from signed_checkpoint where number = 1",
        "insert into signed_checkpoint (number, made_at, statement, signature)
            select 0, 1, 'zz', signature from signed_checkpoint where number = 1",
        "insert into signed_checkpoint (number, made_at, statement, signature)
            select -9223372036854775808, 1, 'zz', signature from signed_checkpoint where number = 1",
    ] {
        after(&[sql], |_| vec![at(Chain::Checkpoints, Damage::Inserted, 0)]).await;
    }
}
