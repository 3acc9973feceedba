//! A hub whose database somebody writes into goes on: its log from where it truly ends, its checkpoints from the newest true one; what was
//! put there is set aside, and nothing is signed over what contradicts the last checkpoint. On both engines.

use super::history::{History, Told, at, audit, told};
use super::region::{MORNING, Region, on_both};
use crate::domain::audit::{AuditFilter, AuditKind};
use crate::store::check::{FaultKind, check};
use crate::store::verify::{Chain, Damage};
use crate::store::{AuditOrder, AuditPage, StoreError};
use crate::vault::CheckpointKey;

async fn seq(region: &Region) -> u64 {
    let found: Result<u64, StoreError> = region.journal.read(|tx| Box::pin(tx.find_audit_seq())).await;
    found.unwrap()
}

async fn searched(region: &Region, filter: AuditFilter) -> AuditPage {
    let found: Result<AuditPage, StoreError> = region
        .journal
        .read(move |tx| Box::pin(async move { tx.search_audits(&filter, AuditOrder::OldestFirst, None, 100).await }))
        .await;
    found.unwrap()
}

async fn told_of(history: &History, region: &Region) -> Vec<Told> {
    history.verified(region, None).await.found.iter().map(told).collect()
}

#[tokio::test]
async fn a_row_behind_the_end_of_the_log_is_no_record_and_stops_nobody() {
    on_both(async |region| {
        let history = History::write(region).await;
        for sql in [
            "insert into audit (seq, recorded_at, sealed, chain)
                select 11, 9000000000000000, sealed, chain from audit where seq = 5",
            "insert into audit (seq, recorded_at, sealed, chain)
                select 9223372036854775807, 9000000000000000, sealed, chain from audit where seq = 5",
        ] {
            assert_eq!(region.tamper(sql).await, 1, "{sql}");
        }
        let faults = check(&region.journal, None).await.unwrap().faults;
        let behind = faults.iter().filter(|fault| fault.kind == FaultKind::Head);
        assert_eq!(behind.count(), 2, "{faults:?}");
        assert_eq!(searched(region, AuditFilter::default()).await.found.len(), 10, "it is no record");
        let newest = region.journal.newest_recorded_at(MORNING).await.unwrap();
        assert_eq!(newest, Some(MORNING), "nor does it say what time it is");
        assert!(!region.journal.met_false_history());

        audit(region, 2).await;
        assert!(region.journal.met_false_history());
        assert_eq!(seq(region).await, 12);
        let found = searched(region, AuditFilter::default()).await.found;
        assert!(found.len() == 12 && found.iter().all(|found| found.audited.is_some()));
        // The one that was in the way stands aside, the other where it stood.
        let put_in = at(Chain::Audit, Damage::Inserted, 0);
        assert_eq!(told_of(&history, region).await, [put_in, put_in]);
        assert_eq!(region.count("select recorded_at from audit where seq = 0").await, 9_000_000_000_000_000);
        let faults = check(&region.journal, None).await.unwrap().faults;
        let kinds: Vec<FaultKind> = faults.iter().map(|fault| fault.kind).collect();
        assert_eq!(kinds, [FaultKind::Gap, FaultKind::Head], "{faults:?}");
    })
    .await;
}

#[tokio::test]
async fn the_log_goes_on_from_where_it_truly_ends_whatever_its_record_of_that_says() {
    for sql in [
        "update audit_head set seq = 6, chain = (select chain from audit where seq = 6)",
        "update audit_head set seq = 9223372036854775807",
        "update audit_head set seq = -5",
        "update audit_head set chain = substr(chain, 1, 1)",
        "delete from audit_head",
    ] {
        on_both(async |region| {
            let history = History::write(region).await;
            assert_eq!(region.tamper(sql).await, 1, "{sql}");
            audit(region, 1).await;
            assert_eq!(seq(region).await, 11, "{sql}");
            assert!(region.journal.met_false_history(), "{sql}");
            assert_eq!(told_of(&history, region).await, [], "{sql}");
        })
        .await;
    }
}

#[tokio::test]
async fn a_row_that_is_in_nobodys_way_is_told_all_the_same() {
    on_both(async |region| {
        History::write(region).await;
        let far = "insert into audit (seq, recorded_at, sealed, chain)
            select 9223372036854775807, 1, sealed, chain from audit where seq = 5";
        assert_eq!(region.tamper(far).await, 1);
        audit(region, 1).await;
        assert_eq!(seq(region).await, 11);
        assert!(region.journal.met_false_history());
        let since = AuditFilter { from: Some(MORNING), ..AuditFilter::default() };
        assert_eq!(searched(region, since).await.found.len(), 11);
    })
    .await;
}

/// Whoever cuts the log off is not helped by it.
#[tokio::test]
async fn records_that_were_removed_at_the_end_are_not_written_over() {
    on_both(async |region| {
        let history = History::write(region).await;
        assert_eq!(region.tamper("delete from audit where seq > 8").await, 2);
        audit(region, 1).await;
        assert_eq!(seq(region).await, 11);
        assert_eq!(told_of(&history, region).await, [(Chain::Audit, Damage::Removed, 9, 10, None, None)]);
    })
    .await;
}

#[tokio::test]
async fn checkpoints_go_on_from_the_newest_true_one() {
    for (sql, left) in [
        (
            "update signed_checkpoint set number = 3000000 where number = 3",
            (Chain::Checkpoints, Damage::Reordered, 3_000_000, 3_000_000, Some(3), None),
        ),
        (
            "update signed_checkpoint set number = 9223372036854775807 where number = 3",
            (Chain::Checkpoints, Damage::Reordered, i64::MAX.unsigned_abs(), i64::MAX.unsigned_abs(), Some(3), None),
        ),
        (
            "insert into signed_checkpoint (number, made_at, statement, signature)
                select 4, 9000000000000000, 'zz', signature from signed_checkpoint where number = 3",
            at(Chain::Checkpoints, Damage::Inserted, 0),
        ),
    ] {
        on_both(async |region| {
            let history = History::write(region).await;
            assert_eq!(region.tamper(sql).await, 1, "{sql}");
            let (made, is_new) = region.journal.make_checkpoint(&history.key, MORNING).await.unwrap();
            assert_eq!((made.number, is_new), (4, true), "{sql}");
            audit(region, 1).await;
            let (made, _) = region.journal.make_checkpoint(&history.key, MORNING).await.unwrap();
            assert_eq!(made.number, 5, "{sql}");
            assert_eq!(told_of(&history, region).await, [left], "{sql}");
            let listing: Result<Vec<_>, StoreError> =
                region.journal.read(|tx| Box::pin(tx.list_checkpoints(3, 10))).await;
            let numbers: Vec<u64> = listing.unwrap().iter().map(|made| made.number).collect();
            assert_eq!(numbers, [4, 5], "{sql}");
        })
        .await;
    }
}

#[tokio::test]
async fn a_row_under_what_is_no_timelines_id_is_told_and_stops_no_checkpoint() {
    on_both(async |region| {
        let history = History::write(region).await;
        let sql = "insert into timeline (id, subject, wrapped_key, head_seq, head_chain, recorded_at)
            select substr(id, 1, 3), subject, wrapped_key, 5, head_chain, recorded_at from timeline order by id limit 1";
        assert_eq!(region.tamper(sql).await, 1);
        let faults = check(&region.journal, None).await.unwrap().faults;
        let kinds: Vec<FaultKind> = faults.iter().map(|fault| fault.kind).collect();
        assert_eq!(kinds, [FaultKind::Orphan], "{faults:?}");
        audit(region, 1).await;
        let (made, is_new) = region.journal.make_checkpoint(&history.key, MORNING).await.unwrap();
        assert_eq!((made.number, is_new), (4, true));
        assert_eq!(told_of(&history, region).await, [], "nothing was signed over it");
    })
    .await;
}

#[tokio::test]
async fn nothing_is_signed_over_what_contradicts_the_last_checkpoint() {
    let ways: [&[&str]; 6] = [
        &[
            "delete from audit where seq > 6",
            "update audit_head set seq = 6, chain = (select chain from audit where seq = 6)",
        ],
        &["update audit set chain = sealed where seq = 8"],
        &[
            "delete from entry where seq > 6",
            "update timeline set head_seq = 6, head_chain = (select chain from entry
                where entry.timeline = timeline.id and seq = 6) where head_seq = 9",
        ],
        &["update entry set chain = mac where seq = 8"],
        &["delete from checkpoint_head where checkpoint = 3"],
        &["delete from checkpoint_head where checkpoint = 3", "delete from signed_checkpoint where number = 3"],
    ];
    for sqls in ways {
        on_both(async |region| {
            let history = History::write(region).await;
            for sql in sqls {
                assert!(region.tamper(sql).await > 0, "{sql}");
            }
            let refused = region.journal.make_checkpoint(&history.key, MORNING).await;
            assert!(matches!(refused, Err(StoreError::Inconsistent { .. })), "{sqls:?}: {refused:?}");
            assert!(region.journal.met_false_history(), "{sqls:?}");
            assert!(!told_of(&history, region).await.is_empty(), "{sqls:?}");
            // Whoever cannot have it back begins anew.
            let (_, is_new) = region.journal.make_checkpoint(&CheckpointKey::ephemeral(), MORNING).await.unwrap();
            assert!(is_new, "{sqls:?}");
        })
        .await;
    }
}

#[tokio::test]
async fn a_row_that_is_no_record_is_told_at_its_place_and_hides_nothing() {
    on_both(async |region| {
        let patient = region.patient_with_team().await;
        audit(region, 4).await;
        for sql in [
            "update audit set kind = 'zz' where seq = 2",
            "update audit set chain = substr(chain, 1, 1) where seq = 3",
            "update entry set mac = substr(mac, 1, 1) where seq = 2",
        ] {
            assert_eq!(region.tamper(sql).await, 1, "{sql}");
        }
        let found = searched(region, AuditFilter::default()).await.found;
        let told: Vec<(u64, bool)> = found.iter().map(|it| (it.record.seq, it.audited.is_some())).collect();
        assert_eq!(told, [(1, true), (2, false), (3, false), (4, true)]);
        let accepted = AuditFilter { kind: Some(AuditKind::Accepted), ..AuditFilter::default() };
        let found = searched(region, accepted).await.found;
        let told: Vec<(u64, bool)> = found.iter().map(|it| (it.record.seq, it.accepted.is_some())).collect();
        assert_eq!(told, [(1, true), (2, false), (3, true)]);
        assert!(found.iter().all(|it| it.record.timeline == Some(patient.timeline)));
    })
    .await;
}

#[tokio::test]
async fn how_far_a_read_went_is_not_asked_of_its_table() {
    use crate::codec::Audited;
    use crate::domain::ids::{Seq, SignInId};
    use crate::domain::reading::{Read, ReadScope, ReadWhy};
    use crate::store::{Batch, SealedAudit};
    on_both(async |region| {
        let nurse = region.employ_nurse().await;
        let patient = region.patient_with_team().await;
        let (grant, sign_in) = (nurse.id.0, SignInId(nurse.id.0));
        for sql in [
            "insert into sign_in (id, token_hash, person, role, organisation, issued_at, expires_at, revoked_at)
                select person.id, person.id, person.id, 'nurse', organisation.id, 0, 0, 0 from person, organisation",
            "insert into read_grant (id, sign_in, timeline, opened_at, from_seq, through_seq)
                select sign_in.id, sign_in.id, timeline.id, 0, 0, -1 from sign_in, timeline",
        ] {
            assert_eq!(region.tamper(sql).await, 1, "{sql}");
        }
        let (reader, of, why) = (region.nurse(), ReadScope::Entries.into(), ReadWhy::Care);
        let read = Audited::Read(Read { grant, reader, sign_in, of, from: Seq(0), through: None, why, access: None });
        let audits = vec![SealedAudit::of_read(&region.key, patient.timeline, MORNING, &read)];
        region.journal.commit(Batch { audits, ..Batch::default() }).await.unwrap();
        let found = searched(region, AuditFilter::default()).await.found;
        assert_eq!(found.iter().map(|it| it.reading).collect::<Vec<_>>(), [None], "it has no end on record");
    })
    .await;
}
