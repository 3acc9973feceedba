//! What `verify` finds in a database that somebody wrote into, on both engines: entries, audit records, checkpoints; and
//! against a checkpoint that was kept elsewhere.

use super::region::{MORNING, Region, note, on_both};
use crate::codec::Audited;
use crate::domain::act::{Act, By, Deed};
use crate::domain::ids::TimelineId;
use crate::domain::time::Timestamp;
use crate::store::verify::{By as VerifyBy, Chain, Damage, Elsewhere, Found, Verified, verify};
use crate::store::{AuditSeal, Batch, SealedAudit, StoreError};
use crate::vault::CheckpointKey;

/// Two timelines, ten audit records, three checkpoints with something between them.
pub(super) struct History {
    pub(super) key: CheckpointKey,
    first: TimelineId,
    second: TimelineId,
}

impl History {
    pub(super) async fn write(region: &Region) -> Self {
        let key = CheckpointKey::ephemeral();
        let mut first = region.patient_with_team().await;
        let mut second = region.patient_with_team().await;
        audit(region, 4).await;
        let later = |seconds: i64| Timestamp(MORNING.0 + seconds * 1_000_000);
        assert!(region.journal.make_checkpoint(&key, later(1)).await.unwrap().1);
        for text in ["一", "二", "三"] {
            first.post(note(text)).await;
        }
        audit(region, 4).await;
        assert!(region.journal.make_checkpoint(&key, later(2)).await.unwrap().1);
        for text in ["四", "五"] {
            first.post(note(text)).await;
            second.post(note(text)).await;
        }
        assert!(region.journal.make_checkpoint(&key, later(3)).await.unwrap().1);
        assert!(!region.journal.make_checkpoint(&key, later(4)).await.unwrap().1, "nothing was written since");
        first.post(note("その後")).await;
        audit(region, 2).await;
        Self { key, first: first.timeline, second: second.timeline }
    }

    pub(super) async fn verified(&self, region: &Region, elsewhere: Option<Elsewhere>) -> Verified {
        let by = VerifyBy { key: self.key.public(), elsewhere };
        verify(&region.journal, &by).await.unwrap()
    }

    /// The newest checkpoint, as somebody keeps it elsewhere.
    async fn kept_elsewhere(&self, region: &Region, with_ends: bool) -> Elsewhere {
        let found: Result<_, StoreError> =
            region.journal.read(|tx| Box::pin(async move { tx.find_last_checkpoint().await })).await;
        let last = found.unwrap().expect("there are three");
        let ends = if with_ends { region.journal.list_ends_at(last.number).await.unwrap() } else { Vec::new() };
        Elsewhere { statement: last.statement, signature: last.signature, ends }
    }
}

pub(super) async fn audit(region: &Region, count: usize) {
    let deed = Deed::DutyClockReleased { stopped_at: MORNING };
    let record = Audited::Act(Act { by: By::Person(region.nurse()), deed });
    let audits = (0..count).map(|_| SealedAudit::of(AuditSeal::Region(&region.key), MORNING, &record)).collect();
    region.journal.commit(Batch { audits, ..Batch::default() }).await.unwrap();
}

/// Chain, damage, from, to, where it belongs, which checkpoint shows it.
pub(super) type Told = (Chain, Damage, u64, u64, Option<u64>, Option<u64>);

pub(super) fn told(found: &Found) -> Told {
    (found.chain, found.damage, found.from, found.to, found.belongs_at, found.witness)
}

pub(super) const fn at(chain: Chain, damage: Damage, seq: u64) -> Told {
    (chain, damage, seq, seq, None, None)
}

/// SQLite and PostgreSQL hold references in their own ways; what is tried here breaks none.
pub(super) async fn after(sqls: &[&'static str], expected: impl Fn(&History) -> Vec<Told>) {
    on_both(async |region| {
        let history = History::write(region).await;
        let whole = history.verified(region, None).await;
        assert!(whole.is_whole(), "{:?}", whole.found);
        assert_eq!((whole.timelines, whole.entries, whole.audits, whole.checkpoints), (2, 14, 10, 3));
        assert_eq!(whole.last_checkpoint.map(|(number, _)| number), Some(3));
        for sql in sqls {
            assert!(region.tamper(sql).await > 0, "{sql}");
        }
        let verified = history.verified(region, None).await;
        let found: Vec<Told> = verified.found.iter().map(told).collect();
        assert_eq!(found, expected(&history), "{sqls:?}");
        assert_eq!(verified.found_count, found.len() as u64);
    })
    .await;
}

/// Statements on the entries of the longer timeline.
macro_rules! of_first {
    ($($sql:literal),+) => {
        &[$(concat!($sql, " and timeline = (select timeline from entry group by timeline having count(*) = 9)")),+]
    };
}

#[tokio::test]
async fn an_entry_that_was_changed_is_found_where_it_is_with_its_id_and_time() {
    for sql in [
        of_first!("update entry set sealed = chain where seq = 5"),
        of_first!("update entry set recorded_at = recorded_at - 1 where seq = 5"),
        of_first!("update entry set mac = chain where seq = 5"),
        of_first!("update entry set id = substr(chain, 1, 16) where seq = 5"),
        of_first!("update entry set id = substr(id, 1, 15) where seq = 5"),
        of_first!("update entry set mac = substr(mac, 1, 31) where seq = 5"),
    ] {
        after(sql, |history| vec![at(Chain::Timeline(history.first), Damage::Changed, 5)]).await;
    }
    on_both(async |region| {
        let history = History::write(region).await;
        region.tamper("update entry set sealed = chain where seq = 5").await;
        let found = history.verified(region, None).await.found;
        let damaged = found.iter().find(|found| found.chain == Chain::Timeline(history.first)).unwrap();
        assert_eq!(damaged.recorded_at, Some(MORNING));
        let id = crate::domain::ids::EntryId(damaged.id.unwrap());
        assert!(region.journal.find_known_ids(&[id]).await.unwrap()[0].seq.0 == 5);
    })
    .await;
}

#[tokio::test]
async fn entries_that_were_removed_or_swapped_or_put_in_are_found_where_it_was_done() {
    let first = |damage, seq| move |history: &History| vec![at(Chain::Timeline(history.first), damage, seq)];
    after(of_first!("delete from entry where seq = 5"), first(Damage::Removed, 5)).await;
    after(of_first!("delete from entry where seq = 9"), first(Damage::Removed, 9)).await;
    let renumbered = of_first!(
        "delete from entry where seq = 5",
        "update entry set seq = seq + 100 where seq > 5",
        "update entry set seq = seq - 101 where seq > 5"
    );
    // Once one is gone, the timeline is found by its other length.
    let renumbered: Vec<&'static str> = renumbered
        .iter()
        .enumerate()
        .map(|(nth, sql)| if nth == 0 { *sql } else { sql.replace("= 9)", "= 8)").leak() })
        .collect();
    after(&renumbered, first(Damage::Removed, 5)).await;
    let swapped = of_first!(
        "update entry set seq = 500 where seq = 4",
        "update entry set seq = 4 where seq = 7",
        "update entry set seq = 7 where seq = 500"
    );
    after(swapped, |history| {
        let of = Chain::Timeline(history.first);
        vec![(of, Damage::Reordered, 4, 4, Some(7), None), (of, Damage::Reordered, 7, 7, Some(4), None)]
    })
    .await;
    let inserted: Vec<&'static str> = of_first!(
        "update entry set seq = seq + 100 where seq > 4",
        "update entry set seq = seq - 99 where seq > 100",
        "insert into entry (id, timeline, seq, recorded_at, mac, sealed, chain)
         select substr(chain, 1, 16), timeline, 5, recorded_at, mac, sealed, mac from entry where seq = 4"
    )
    .to_vec();
    after(&inserted, first(Damage::Inserted, 5)).await;
}

#[tokio::test]
async fn a_history_whose_rows_lie_in_another_order_is_whole_and_told_exactly() {
    on_both(async |region| {
        let history = History::write(region).await;
        let lies_otherwise = match region.is_sqlite() {
            true => "update entry set rowid = 1000 - rowid",
            // A row that was written anew lies behind all others.
            false => "update entry set mac = mac where seq = 1",
        };
        assert!(region.tamper(lies_otherwise).await > 0);
        let whole = history.verified(region, None).await;
        assert!(whole.is_whole(), "{:?}", whole.found);
        assert_eq!((whole.timelines, whole.entries), (2, 14));
        region.tamper("update entry set sealed = chain where seq = 5").await;
        let found = history.verified(region, None).await.found;
        let places: Vec<Told> = found.iter().map(told).collect();
        assert!(places.contains(&at(Chain::Timeline(history.first), Damage::Changed, 5)), "{places:?}");
    })
    .await;
}

#[tokio::test]
async fn a_timeline_that_was_cut_or_taken_away_with_its_head_is_found_by_the_checkpoints() {
    let cut = of_first!("delete from entry where seq > 6");
    let head = "update timeline set head_seq = 6, head_chain = (select chain from entry
        where entry.timeline = timeline.id and seq = 6) where head_seq = 9";
    after(&[cut[0], head], |history| vec![(Chain::Timeline(history.first), Damage::Removed, 7, 8, None, Some(3))])
        .await;
    // What was written after the newest checkpoint is not missed by it; the head is.
    after(of_first!("delete from entry where seq = 9"), |history| {
        vec![at(Chain::Timeline(history.first), Damage::Removed, 9)]
    })
    .await;
    let gone = [
        "delete from patient",
        "delete from team_member",
        "delete from patient_consent",
        "delete from timeline_due",
        "delete from entry",
        "delete from timeline where id = (select id from timeline order by id limit 1)",
    ];
    on_both(async |region| {
        let history = History::write(region).await;
        for sql in gone {
            region.tamper(sql).await;
        }
        let found: Vec<Told> = history.verified(region, None).await.found.iter().map(told).collect();
        let (first, second) = (history.first.min(history.second), history.first.max(history.second));
        let length = |timeline| if timeline == history.first { (8, 9) } else { (5, 5) };
        let expected = [
            (Chain::Timeline(first), Damage::Removed, 1, length(first).0, None, Some(3)),
            (Chain::Timeline(second), Damage::Removed, 1, length(second).1, None, Some(3)),
        ];
        assert_eq!(found, expected);
    })
    .await;
}

#[tokio::test]
async fn a_timeline_that_is_gone_beside_whole_ones_is_missed() {
    let is_missed = |found: &[Found], timeline| {
        let removed = (Chain::Timeline(timeline), Damage::Removed, 1);
        matches!(found, [one] if (one.chain, one.damage, one.from) == removed)
    };
    on_both(async |region| {
        let history = History::write(region).await;
        for sql in [
            "delete from patient where timeline in (select id from timeline where head_seq = 9)",
            "delete from team_member where timeline in (select id from timeline where head_seq = 9)",
            "delete from patient_consent where timeline in (select id from timeline where head_seq = 9)",
            "delete from timeline_due where timeline in (select id from timeline where head_seq = 9)",
            "delete from entry where timeline in (select id from timeline where head_seq = 9)",
            "delete from timeline where head_seq = 9",
        ] {
            region.tamper(sql).await;
        }
        let found = history.verified(region, None).await.found;
        assert!(is_missed(&found, history.first), "only checkpoints know of it: {found:?}");
    })
    .await;
    on_both(async |region| {
        let history = History::write(region).await;
        let later = region.patient_with_team().await.timeline;
        assert!(history.verified(region, None).await.is_whole());
        region.tamper("delete from entry where timeline in (select id from timeline where head_seq = 3)").await;
        let found = history.verified(region, None).await.found;
        assert!(is_missed(&found, later), "only its own record of its end knows of it: {found:?}");
    })
    .await;
}

#[tokio::test]
async fn audit_records_that_were_touched_are_found_where_it_was_done() {
    let audit = |damage, seq| move |_: &History| vec![at(Chain::Audit, damage, seq)];
    for sql in [
        "update audit set sealed = chain where seq = 3",
        "update audit set recorded_at = 1 where seq = 3",
        "update audit set person = null where seq = 3",
        "update audit set kind = 'account' where seq = 3",
        "update audit set kind = 'nonsense' where seq = 3",
        "update audit set about = person where seq = 3",
        "update audit set organisation = chain where seq = 3",
    ] {
        after(&[sql], audit(Damage::Changed, 3)).await;
    }
    after(&["delete from audit where seq = 3"], audit(Damage::Removed, 3)).await;
    after(&["delete from audit where seq = 10"], audit(Damage::Removed, 10)).await;
    let swapped = [
        "update audit set seq = 500 where seq = 2",
        "update audit set seq = 2 where seq = 9",
        "update audit set seq = 9 where seq = 500",
    ];
    after(&swapped, |_| {
        let told = |seq, belongs| (Chain::Audit, Damage::Reordered, seq, seq, Some(belongs), None);
        vec![told(2, 9), told(9, 2)]
    })
    .await;
    let inserted = [
        "update audit set seq = seq + 100 where seq > 4",
        "update audit set seq = seq - 99 where seq > 100",
        "insert into audit (seq, recorded_at, timeline, sealed, chain)
         select 5, recorded_at, timeline, sealed, sealed from audit where seq = 4",
    ];
    on_both(async |region| {
        let history = History::write(region).await;
        for sql in inserted {
            assert!(region.tamper(sql).await > 0, "{sql}");
        }
        let found: Vec<Told> = history.verified(region, None).await.found.iter().map(told).collect();
        assert_eq!(found, [at(Chain::Audit, Damage::Inserted, 5)]);
    })
    .await;
    // Cut off at its end together with its head.
    let cut = [
        "delete from audit where seq > 6",
        "update audit_head set seq = 6, chain = (select chain from audit where seq = 6)",
    ];
    after(&cut, |_| vec![(Chain::Audit, Damage::Removed, 7, 8, None, Some(3))]).await;
}

#[tokio::test]
async fn checkpoints_that_were_touched_are_found_by_their_number() {
    let checkpoint = |damage, number| move |_: &History| vec![at(Chain::Checkpoints, damage, number)];
    for sql in [
        "update signed_checkpoint set signature = substr(signature, 1, 60) where number = 2",
        "update signed_checkpoint set made_at = made_at - 1 where number = 2",
        "update signed_checkpoint set statement = replace(statement, 'entries 9', 'entries 8') where number = 2",
    ] {
        after(&[sql], checkpoint(Damage::Changed, 2)).await;
    }
    // The newest: no later one says what it was, only its signature does.
    let newest = "update signed_checkpoint set statement = replace(statement, 'entries 13', 'entries 12')
        where number = 3";
    after(&[newest], checkpoint(Damage::Changed, 3)).await;
    let removed =
        ["delete from checkpoint_head where checkpoint = 2", "delete from signed_checkpoint where number = 2"];
    after(&removed, checkpoint(Damage::Removed, 2)).await;
    let renumbered = [
        "delete from checkpoint_head where checkpoint = 2",
        "delete from signed_checkpoint where number = 2",
        "update signed_checkpoint set number = 2 where number = 3",
    ];
    after(&renumbered, |_| {
        let moved = (Chain::Checkpoints, Damage::Reordered, 2, 2, Some(3), None);
        vec![at(Chain::Checkpoints, Damage::Removed, 2), moved]
    })
    .await;
    let swapped = [
        "update signed_checkpoint set number = 50 where number = 1",
        "update signed_checkpoint set number = 1 where number = 2",
        "update signed_checkpoint set number = 2 where number = 50",
    ];
    after(&swapped, |_| {
        let told = |at, belongs| (Chain::Checkpoints, Damage::Reordered, at, at, Some(belongs), None);
        vec![told(1, 2), told(2, 1)]
    })
    .await;
    let inserted = "insert into signed_checkpoint (number, made_at, statement, signature)
        select 4, made_at, statement, signature from signed_checkpoint where number = 2";
    after(&[inserted], checkpoint(Damage::Inserted, 4)).await;
    after(&["update checkpoint_head set seq = seq + 1 where checkpoint = 2"], |_| {
        vec![(Chain::EndsAt(2), Damage::Changed, 0, 0, None, None)]
    })
    .await;
    after(&["delete from checkpoint_head where checkpoint = 2"], |_| {
        vec![(Chain::EndsAt(2), Damage::Removed, 0, 0, None, None)]
    })
    .await;
}

#[tokio::test]
async fn what_somebody_with_database_and_key_wrote_anew_is_shown_by_a_checkpoint_kept_elsewhere() {
    on_both(async |region| {
        let history = History::write(region).await;
        let (whole, sheet) = (history.kept_elsewhere(region, true).await, history.kept_elsewhere(region, false).await);
        assert!(history.verified(region, Some(whole.clone())).await.is_whole());
        assert!(history.verified(region, Some(sheet.clone())).await.is_whole());

        for sql in [
            "delete from entry where seq > 6",
            "update timeline set head_seq = 6, head_chain = (select chain from entry
             where entry.timeline = timeline.id and seq = 6) where head_seq > 6",
            "delete from checkpoint_head",
            "delete from signed_checkpoint",
            "delete from meta where name = 'checkpoint_newest'",
        ] {
            assert!(region.tamper(sql).await > 0, "{sql}");
        }
        for _ in 0..3 {
            region.journal.make_checkpoint(&history.key, MORNING).await.unwrap();
            audit(region, 1).await;
        }
        assert!(history.verified(region, None).await.is_whole(), "by itself the store shows nothing");
        let found = |verified: Verified| verified.found.iter().map(told).collect::<Vec<_>>();
        let other = (Chain::Checkpoints, Damage::Changed, 3, 3, None, Some(3));
        let cut = (Chain::Timeline(history.first), Damage::Removed, 7, 8, None, Some(3));
        assert_eq!(found(history.verified(region, Some(whole.clone())).await), [cut, other]);
        assert_eq!(found(history.verified(region, Some(sheet)).await), [other]);

        let mut forged = whole.clone();
        forged.ends[0].seq += 1;
        let forged = found(history.verified(region, Some(forged)).await);
        assert_eq!(forged, [(Chain::Elsewhere, Damage::Changed, 0, 0, None, None)]);
        let stranger = VerifyBy { key: CheckpointKey::ephemeral().public(), elsewhere: Some(whole) };
        let by_another_key = verify(&region.journal, &stranger).await.unwrap().found;
        let signer = Some(history.key.public());
        assert!(by_another_key.iter().all(|found| (found.damage, found.signer) == (Damage::OtherKey, signer)));
        let chains: Vec<Chain> = by_another_key.iter().map(|found| found.chain).collect();
        assert_eq!(chains, [Chain::Checkpoints, Chain::Checkpoints, Chain::Checkpoints, Chain::Elsewhere]);
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_read_at_one_place_is_told_there_and_hides_nothing_elsewhere() {
    let sqls = [
        "update timeline set subject = 'zz' where head_seq = 9",
        "update timeline set head_chain = substr(head_chain, 1, 1) where head_seq = 5",
        of_first!("update entry set sealed = chain where seq = 5")[0],
        "update audit_head set chain = substr(chain, 1, 1)",
        "update audit set kind = 'zz' where seq = 3",
    ];
    let expected = |history: &History| {
        let (first, second) = (Chain::Timeline(history.first), Chain::Timeline(history.second));
        vec![
            at(first, Damage::Changed, 0),
            at(first, Damage::Changed, 5),
            at(second, Damage::Changed, 5),
            at(Chain::Audit, Damage::Changed, 3),
        ]
    };
    after(&sqls, expected).await;
    after(&["update audit_head set chain = substr(chain, 1, 1)"], |_| vec![at(Chain::Audit, Damage::Changed, 10)])
        .await;
}

#[tokio::test]
async fn records_of_hubs_that_knew_no_marks_stay_in_the_chain_and_are_verified_too() {
    on_both(async |region| {
        let old = |text: &str| SealedAudit::seal(AuditSeal::Region(&region.key), MORNING, text.as_bytes());
        region.journal.commit(Batch { audits: vec![old("a"), old("b")], ..Batch::default() }).await.unwrap();
        let history = History::write(region).await;
        assert!(history.verified(region, None).await.is_whole());
        // A mark that such a record never had.
        region.tamper("update audit set person = substr(chain, 1, 16) where seq = 1").await;
        let found: Vec<Told> = history.verified(region, None).await.found.iter().map(told).collect();
        assert_eq!(found, [at(Chain::Audit, Damage::Changed, 1)]);
    })
    .await;
}

#[tokio::test]
async fn who_read_a_record_is_known_after_its_key_was_destroyed() {
    use crate::domain::audit::AuditFilter;
    use crate::domain::ids::{Seq, SignInId};
    use crate::domain::reading::{Read, ReadScope, ReadWhy};
    use crate::store::AuditOrder;
    on_both(async |region| {
        let patient = region.patient_with_team().await;
        let (timeline, reader) = (patient.timeline, region.nurse());
        let (grant, sign_in) = (region.ids.draw(), SignInId(region.ids.draw()));
        let (of, from, through) = (ReadScope::Entries.into(), Seq(0), Some(Seq(3)));
        let why = ReadWhy::Care;
        let read = Audited::Read(Read { grant, reader, sign_in, of, from, through, why, access: None });
        let audits = vec![SealedAudit::of_read(&region.key, timeline, MORNING, &read)];
        region.journal.commit(Batch { audits, ..Batch::default() }).await.unwrap();
        region.tamper("update timeline set wrapped_key = null").await;
        let filter = AuditFilter { patient: Some(timeline.as_patient()), ..AuditFilter::default() };
        let found: Result<_, StoreError> = region
            .journal
            .read(move |tx| Box::pin(async move { tx.search_audits(&filter, AuditOrder::OldestFirst, None, 1).await }))
            .await;
        assert_eq!(found.unwrap().found[0].audited, Some(read));
    })
    .await;
}

#[tokio::test]
async fn a_damaged_record_hides_none_of_those_after_it() {
    use crate::domain::audit::AuditFilter;
    use crate::store::AuditOrder;
    on_both(async |region| {
        audit(region, 4).await;
        region.tamper("update audit set sealed = chain where seq = 2").await;
        let found: Result<_, StoreError> = region
            .journal
            .read(|tx| {
                Box::pin(
                    async move { tx.search_audits(&AuditFilter::default(), AuditOrder::OldestFirst, None, 10).await },
                )
            })
            .await;
        let opened: Vec<bool> = found.unwrap().found.iter().map(|found| found.audited.is_some()).collect();
        assert_eq!(opened, [true, false, true, true]);
    })
    .await;
}
