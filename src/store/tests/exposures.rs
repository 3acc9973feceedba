//! Who was given what to read, on both engines: told from the audit log, whatever the table of grants says.

use std::time::Duration;

use super::region::{MORNING, Patient, Region, note, on_both};
use crate::codec::Audited;
use crate::domain::act::{Act, By, Deed};
use crate::domain::directory::Position;
use crate::domain::ids::{Seq, SignInId};
use crate::domain::keeping::KeepingDeed;
use crate::domain::reading::{Read, ReadEnded, ReadScope, ReadWhy};
use crate::domain::time::Timestamp;
use crate::store::check::{FaultKind, check};
use crate::store::{Batch, Exposures, GrantChange, GrantId, SealedAudit, SignIn, StoreError};

fn later(seconds: u64) -> Timestamp {
    MORNING.saturating_add(Duration::from_secs(seconds))
}

async fn exposed(region: &Region, from: Timestamp, until: Timestamp) -> Exposures {
    let person = region.nurse().person;
    let found: Result<_, StoreError> =
        region.journal.read(move |tx| Box::pin(async move { tx.list_exposures_of(person, from, until).await })).await;
    found.unwrap()
}

/// A read as the hub keeps it: the grant and its record by one commit.
async fn read(
    region: &Region,
    patient: &Patient<'_>,
    sign_in: SignInId,
    at: Timestamp,
    through: Option<Seq>,
) -> GrantId {
    let (timeline, id, from) = (patient.timeline, GrantId(region.ids.draw()), Seq::ZERO);
    let (of, why) = (ReadScope::Live.into(), ReadWhy::Care);
    let record =
        Audited::Read(Read { grant: id.0, reader: region.nurse(), sign_in, of, from, through, why, access: None });
    let mut grants = vec![GrantChange::Open { id, sign_in, timeline, opened_at: at, from, access: None }];
    grants.extend(through.map(|through| GrantChange::Close { id, through, closed_at: at }));
    let audits = vec![SealedAudit::of_read(&region.key, timeline, at, &record)];
    region.journal.commit(Batch { grants, audits, ..Batch::default() }).await.unwrap();
    id
}

/// The nurse is signed in until a moment, and on record with that.
async fn signed_in(region: &Region, expires_at: Timestamp) -> SignInId {
    let nurse = region.nurse();
    let position = Position { role: nurse.role, organisation: nurse.organisation };
    let sign_in = SignIn { expires_at, way: None, ..region.sign_in() };
    let device_name = String::new();
    let id = sign_in.id;
    let deed = Deed::SignInIssued {
        sign_in: id,
        person: nurse.person,
        position,
        expires_at,
        way: None,
        device: None,
        device_name,
    };
    let kept: Result<_, StoreError> = region
        .journal
        .write(move |tx| {
            Box::pin(async move {
                tx.insert_sign_in(&sign_in).await?;
                tx.append_acts(MORNING, [Act { by: By::Operator, deed }]).await
            })
        })
        .await;
    kept.unwrap();
    id
}

/// Something else on record: the log goes on to that moment.
async fn until(region: &Region, at: Timestamp) {
    let deed = Deed::Keeping(KeepingDeed::BackedUp { name: "1".to_owned(), bytes: 7 });
    let act = Act { by: By::Operator, deed };
    let kept: Result<_, StoreError> =
        region.journal.write(move |tx| Box::pin(async move { tx.append_acts(at, [act]).await })).await;
    kept.unwrap();
}

async fn told(region: &Region) -> usize {
    let report = check(&region.journal, None).await.unwrap();
    report.faults.iter().filter(|fault| fault.kind == FaultKind::Reading).count()
}

#[tokio::test]
async fn an_emptied_or_narrowed_table_of_grants_shortens_no_answer_and_is_told() {
    on_both(async |region| {
        region.employ_nurse().await;
        let patient = region.patient_with_team().await;
        let sign_in = signed_in(region, later(3_600)).await;
        read(region, &patient, sign_in, later(10), Some(Seq(2))).await;
        let live = read(region, &patient, sign_in, later(20), None).await;
        until(region, later(30)).await;
        let before = exposed(region, MORNING, later(60)).await;
        let [line] = before.lines[..] else { panic!("{before:?}") };
        assert_eq!((line.reads, line.first_at, line.last_at), (2, later(10), None), "one goes on");
        assert_eq!((line.from, line.through), (Seq(0), patient.state.head));
        assert_eq!(told(region).await, 0);

        let (timeline, reader) = (patient.timeline, region.nurse());
        let ended = Audited::ReadEnded(ReadEnded { grant: live.0, reader, sign_in, through: Seq(3) });
        let audits = vec![SealedAudit::of_read(&region.key, timeline, later(40), &ended)];
        let grants = vec![GrantChange::Close { id: live, through: Seq(3), closed_at: later(40) }];
        region.journal.commit(Batch { grants, audits, ..Batch::default() }).await.unwrap();
        let over = exposed(region, MORNING, later(60)).await;
        assert_eq!((over.lines[0].last_at, over.lines[0].through), (Some(later(40)), Seq(3)));
        assert_eq!(exposed(region, later(41), later(60)).await.lines, [], "it was over");
        assert_eq!(exposed(region, MORNING, later(10)).await.lines, [], "it had not begun");
        assert_eq!(told(region).await, 0);

        assert_eq!(region.tamper("update read_grant set through_seq = 1 where through_seq = 2").await, 1);
        assert_eq!((exposed(region, MORNING, later(60)).await, told(region).await), (over.clone(), 1));
        assert_eq!(region.tamper("delete from read_grant").await, 2);
        assert_eq!((exposed(region, MORNING, later(60)).await, told(region).await), (over, 2));
    })
    .await;
}

#[tokio::test]
async fn a_read_without_an_end_was_over_with_its_sign_in_and_saw_what_was_there_until_then() {
    on_both(async |region| {
        region.employ_nurse().await;
        let mut patient = region.patient_with_team().await;
        let sign_in = signed_in(region, later(100)).await;
        read(region, &patient, sign_in, later(10), None).await;
        let then = patient.state.head;
        region.clock.advance(Duration::from_secs(200));
        patient.post(note("その後")).await;
        until(region, later(200)).await;
        let found = exposed(region, MORNING, later(300)).await;
        let [line] = found.lines[..] else { panic!("{found:?}") };
        assert_eq!((line.last_at, line.through), (Some(later(100)), then), "and not what came afterwards");
        assert!(patient.state.head > then);
    })
    .await;
}

#[tokio::test]
async fn a_record_of_a_read_that_somebody_wrote_on_is_counted_and_hides_no_other() {
    on_both(async |region| {
        region.employ_nurse().await;
        let patient = region.patient_with_team().await;
        let sign_in = signed_in(region, later(3_600)).await;
        read(region, &patient, sign_in, later(10), Some(Seq(2))).await;
        read(region, &patient, sign_in, later(20), Some(Seq(3))).await;
        region.tamper("update audit set sealed = chain where kind = 'read' and recorded_at = (select min(recorded_at) from audit where kind = 'read')").await;
        let found = exposed(region, MORNING, later(60)).await;
        assert_eq!((found.lines.len(), found.lines[0].reads, found.unreadable), (1, 1, 1));
    })
    .await;
}
