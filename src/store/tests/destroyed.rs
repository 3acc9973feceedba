//! Destroying a record: what is gone, what stays, and what whoever has the files of the database still finds.

use jiff::civil::date;

use super::region::{MORNING, Region, note, on_both, pulse};
use crate::domain::act::{Act, By::Operator, Deed};
use crate::domain::ids::TimelineId;
use crate::domain::keeping::KeepingDeed;
use crate::domain::retention::{Kept, Tombstone};
use crate::domain::role::OrganisationType;
use crate::store::StoreError;
use crate::store::check::{FaultKind, check};
use crate::store::rebuild::rebuild;
use crate::store::verify::{By, verify};
use crate::vault::CheckpointKey;

/// Nobody's by chance.
const PART_BYTES: usize = 12;

fn stone(timeline: TimelineId) -> Tombstone {
    let (ended_on, until) = (date(2021, 4, 1), date(2026, 4, 1));
    let kept = Kept { ended_on, until, of: OrganisationType::Clinic, years: 5 };
    Tombstone { patient: timeline.as_patient(), destroyed_at: MORNING, by: None, kept }
}

/// Destroys a record, which the audit log tells of; whether it was there.
pub async fn destroy(region: &Region, timeline: TimelineId) -> bool {
    let stone = stone(timeline);
    let destroyed: Result<bool, StoreError> = region
        .journal
        .write(move |tx| {
            Box::pin(async move {
                if !tx.destroy_record(&stone).await? {
                    return Ok(false);
                }
                let (patient, kept, reason) = (stone.patient, stone.kept, "保存期間の終了".to_owned());
                let deed = Deed::Keeping(KeepingDeed::Destroyed { patient, kept, reason });
                tx.append_act_on(Some(timeline), MORNING, Act { by: Operator, deed }).await?;
                Ok(true)
            })
        })
        .await;
    destroyed.unwrap()
}

/// Of every record, as a destruction would leave it.
const STONES: &str = "insert into destroyed_record (timeline, destroyed_at, person, ended_on, until_on, kind, years)
    select id, 5, null, '2021-04-01', '2026-04-01', 'clinic', 5 from timeline";

/// The tables in which a row of this timeline is left, but for those of the history.
async fn left_in(region: &Region) -> Vec<&'static str> {
    let mut left = Vec::new();
    for (table, sql) in [
        ("snapshot", "select count(*) from snapshot"),
        ("patient", "select count(*) from patient"),
        ("team_member", "select count(*) from team_member"),
        ("patient_consent", "select count(*) from patient_consent"),
        ("emergency_access", "select count(*) from emergency_access"),
        ("duty", "select count(*) from duty"),
        ("timeline_due", "select count(*) from timeline_due"),
        ("advice", "select count(*) from advice"),
        ("pair_meeting", "select count(*) from pair_meeting"),
        ("read_marker", "select count(*) from read_marker"),
        ("linking_queue", "select count(*) from linking_queue"),
        ("timeline", "select count(*) from timeline where wrapped_key is not null"),
    ] {
        if region.count(sql).await > 0 {
            left.push(table);
        }
    }
    left
}

/// What the life of a record leaves in tables that no entry of this story fills.
async fn live_on(region: &Region) {
    for sql in [
        "insert into emergency_access (entry, timeline, seq, declared_at, ends_at) select id, id, 1, 0, 1 from timeline",
        "insert into duty (timeline, id, open, sealed) select id, id, 1 = 1, id from timeline",
        "insert into timeline_due (timeline, at) select id, 5 from timeline",
        "insert into advice (timeline, newest_at) select id, 5 from timeline",
        "insert into pair_meeting (timeline, one, other, last_at) select id, id, id, 5 from timeline",
        "insert into read_marker (timeline, person, seq, read_at) select id, id, 1, 5 from timeline",
        "insert into linking_queue (id, timeline, organisation, received_at, sealed, state)
            select id, id, id, 5, id, 'waiting' from timeline",
    ] {
        assert_eq!(region.tamper(sql).await, 1, "{sql}");
    }
}

#[tokio::test]
async fn a_destroyed_record_leaves_its_chain_and_a_stone_and_nothing_that_opens() {
    on_both(async |region| {
        let mut patient = region.patient_with_team().await;
        patient.post(note("夜間は眠れている")).await;
        patient.post(pulse(60)).await;
        patient.snapshot().await;
        live_on(region).await;
        assert_eq!(left_in(region).await.len(), 12, "there is something to forget everywhere");
        assert!(destroy(region, patient.timeline).await);
        assert!(!destroy(region, patient.timeline).await, "once");
        assert_eq!(left_in(region).await, Vec::<&str>::new());
        let found: Result<_, StoreError> = {
            let id = patient.timeline.as_patient();
            region.journal.read(move |tx| Box::pin(async move { tx.find_destroyed(id).await })).await
        };
        assert_eq!(found.unwrap(), Some(stone(patient.timeline)));
        assert_eq!(region.count("select count(*) from entry").await, 5, "the ciphertext stays");
        let report = check(&region.journal, None).await.unwrap();
        assert!(report.is_whole() && report.destroyed == 1, "{report:?}");
        let by = By { key: CheckpointKey::ephemeral().public(), elsewhere: None };
        let verified = verify(&region.journal, &by).await.unwrap();
        assert_eq!((verified.found_count, verified.entries, verified.destroyed), (0, 5, 1));
        let rebuilt = rebuild(&region.journal).await.unwrap();
        assert_eq!(rebuilt.destroyed, 1);
        assert_eq!(left_in(region).await, Vec::<&str>::new(), "nothing is made again");
        region.journal.purge().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_key_that_is_gone_without_a_stone_is_a_fault() {
    on_both(async |region| {
        let patient = region.patient_with_team().await;
        region.tamper("update timeline set wrapped_key = null").await;
        let report = check(&region.journal, None).await.unwrap();
        assert_eq!(report.faults.iter().map(|fault| fault.kind).collect::<Vec<_>>(), [FaultKind::Key]);
        assert!(report.faults[0].place.ja.contains(&patient.timeline.to_string()));
    })
    .await;
}

#[tokio::test]
async fn a_stone_that_was_written_by_hand_is_none_and_a_destruction_takes_its_place() {
    on_both(async |region| {
        let patient = region.patient_with_team().await;
        let (timeline, id) = (patient.timeline, patient.timeline.as_patient());
        assert_eq!(region.tamper(STONES).await, 1);
        let stones = async || {
            let listed: Result<Vec<Tombstone>, StoreError> =
                region.journal.read(|tx| Box::pin(tx.list_destroyed(usize::MAX))).await;
            let found: Result<Option<Tombstone>, StoreError> =
                region.journal.read(move |tx| Box::pin(tx.find_destroyed(id))).await;
            let (listed, found) = (listed.unwrap(), found.unwrap());
            assert_eq!(listed.first(), found.as_ref());
            found
        };
        let told = async || {
            let report = check(&region.journal, None).await.unwrap();
            report.faults.iter().map(|fault| fault.kind).collect::<Vec<_>>()
        };
        assert_eq!(stones().await, None);
        assert!(region.journal.met_forged_rows());
        assert_eq!(told().await, [FaultKind::Row]);
        assert!(region.journal.load(timeline).await.unwrap().is_some());
        // That is how it is got rid of.
        rebuild(&region.journal).await.unwrap();
        assert_eq!(told().await, []);

        region.tamper(STONES).await;
        assert!(destroy(region, timeline).await);
        assert_eq!(stones().await, Some(stone(timeline)));
        assert_eq!(told().await, []);
        // Of a record that was destroyed and is there again.
        region.tamper("update destroyed_record set years = 6").await;
        assert_eq!(stones().await, None, "it is not what the audit log tells of");
        assert_eq!(told().await, [FaultKind::Key, FaultKind::Row]);
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_read_is_left_out_of_a_rebuild_and_the_rest_is_made() {
    on_both(async |region| {
        let mut damaged = region.patient_with_team().await;
        damaged.post(note("夜間は眠れている")).await;
        let (mut gone, whole) = (region.patient_with_team().await, region.patient_with_team().await);
        for text in ["食事は半分", "水分は摂れている"] {
            gone.post(note(text)).await;
        }
        assert!(destroy(region, region.patient_with_team().await.timeline).await);
        for sql in [
            "update entry set sealed = chain where seq = 4 and timeline not in (select timeline from entry where seq = 5)",
            "update timeline set wrapped_key = null where id in (select timeline from entry where seq = 5)",
        ] {
            assert_eq!(region.tamper(sql).await, 1, "{sql}");
        }
        let rebuilt = rebuild(&region.journal).await.unwrap();
        assert_eq!((rebuilt.timelines, rebuilt.destroyed, rebuilt.unreadable, rebuilt.entries), (4, 1, 2, 3));
        assert_eq!(region.journal.registrations().await.unwrap().len(), 1);
        for unreadable in [damaged.timeline, gone.timeline] {
            let error = region.journal.load(unreadable).await.unwrap_err();
            assert_eq!(error.code(), "store_inconsistent");
            assert!(region.journal.is_damaged(unreadable));
        }
        assert!(region.journal.load(whole.timeline).await.unwrap().is_some());
        assert!(!region.journal.is_damaged(whole.timeline));
        assert_eq!(region.journal.damaged_count(), 2);
    })
    .await;
}

#[tokio::test]
async fn the_key_of_a_destroyed_record_is_nowhere_in_the_files_of_the_database() {
    let region = Region::on_sqlite().await;
    let mut patient = region.patient_with_team().await;
    patient.post(note("夜間は眠れている")).await;
    let id = patient.timeline;
    let wrapped: Result<Vec<u8>, StoreError> = region
        .journal
        .read(move |tx| {
            Box::pin(async move {
                let sql = "select wrapped_key from timeline where id = $1";
                let (wrapped,): (Vec<u8>,) = crate::store::engine::run!(tx, connection => {
                    sqlx::query_as(sql).bind(id.0.as_bytes().as_slice()).fetch_one(connection).await?
                });
                Ok(wrapped)
            })
        })
        .await;
    let wrapped = wrapped.unwrap();
    let is_found = || {
        let files = std::fs::read_dir(region.folder.path()).unwrap();
        files.into_iter().any(|file| {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            // What took its place may lie over some of it: no part of it is left.
            wrapped.windows(PART_BYTES).any(|part| bytes.windows(PART_BYTES).any(|window| window == part))
        })
    };
    assert!(is_found(), "while the record is there its key is");
    assert!(destroy(&region, id).await);
    region.journal.purge().await.unwrap();
    assert!(!is_found(), "neither in the database nor in its WAL");
}
