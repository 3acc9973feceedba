//! What was accepted, as the audit log tells it from the timelines: page by page each entry once, in the order of time. On
//! each engine.

use std::time::Duration;

use super::region::{Region, note, on_both};
use crate::clock::Clock as _;
use crate::domain::audit::{AuditFilter, AuditKind};
use crate::domain::ids::{EntryId, OrganisationId, PersonId};
use crate::domain::kind::Kind;
use crate::limits::ACCEPTED_PAGE_ENTRIES;
use crate::store::{AuditFound, AuditOrder, Batch, StoreError};

fn accepted() -> AuditFilter {
    AuditFilter { kind: Some(AuditKind::Accepted), ..AuditFilter::default() }
}

/// All of it, as somebody pages through it.
async fn paged(region: &Region, filter: &AuditFilter, order: AuditOrder, limit: usize) -> Vec<AuditFound> {
    let (mut found, mut cursor) = (Vec::new(), None);
    loop {
        let filter = filter.clone();
        let page: Result<_, StoreError> = region
            .journal
            .read(move |tx| Box::pin(async move { tx.search_audits(&filter, order, cursor, limit).await }))
            .await;
        let page = page.unwrap();
        found.extend(page.found);
        cursor = page.next;
        if cursor.is_none() {
            return found;
        }
    }
}

fn ids(found: &[AuditFound]) -> Vec<EntryId> {
    found.iter().map(|found| EntryId(found.record.mark.and_then(|mark| mark.about).expect("an id"))).collect()
}

#[tokio::test]
async fn each_entry_is_told_once_whatever_the_pages_and_however_many_are_of_one_moment() {
    on_both(async |region| {
        let (mut one, mut other) = (region.patient_with_team().await, region.patient_with_team().await);
        let before = paged(region, &accepted(), AuditOrder::OldestFirst, 100).await.len();
        let mut posted = Vec::new();
        for turn in 0..6 {
            region.clock.advance(Duration::from_secs(1));
            let mut batch = Batch::default();
            // More of one moment than are looked at together.
            let of_one = if turn == 3 { ACCEPTED_PAGE_ENTRIES + 9 } else { 2 };
            let mut of_moment: Vec<_> = (0..of_one).map(|_| one.add(&mut batch, note("続き"))).collect();
            of_moment.push(other.add(&mut batch, note("続き")));
            of_moment.sort_by_key(|entry| (entry.timeline, entry.seq));
            region.journal.commit(batch).await.unwrap();
            posted.extend(of_moment.into_iter().map(|entry| entry.id));
        }
        for limit in [1, 3, 50, 500] {
            let oldest = paged(region, &accepted(), AuditOrder::OldestFirst, limit).await;
            assert_eq!(ids(&oldest)[before..], posted, "{limit}");
            let mut newest = ids(&paged(region, &accepted(), AuditOrder::NewestFirst, limit).await);
            newest.reverse();
            assert_eq!(newest, ids(&oldest), "{limit}");
            let filter = AuditFilter { patient: Some(one.timeline.as_patient()), ..accepted() };
            let of_one = paged(region, &filter, AuditOrder::NewestFirst, limit).await;
            let seqs: Vec<u64> = of_one.iter().map(|found| found.record.seq).collect();
            assert_eq!(seqs, (1..=one.state.head.0).rev().collect::<Vec<_>>(), "{limit}");
        }
        let last = paged(region, &accepted(), AuditOrder::NewestFirst, 1).await.swap_remove(0);
        let post = last.accepted.expect("it opens");
        assert_eq!((post.kind, post.author, &*post.cited[0]), (Kind::Note, region.nurse(), "S1@region/1#ab"));
    })
    .await;
}

#[tokio::test]
async fn by_author_office_and_time_it_is_told_what_is_meant_and_what_does_not_open_hides_nothing() {
    on_both(async |region| {
        let mut patient = region.patient_with_team().await;
        region.clock.advance(Duration::from_secs(60));
        let (from, nurse) = (region.clock.now(), region.nurse());
        let first = patient.post(note("一")).await;
        region.clock.advance(Duration::from_secs(60));
        let until = region.clock.now();
        let second = patient.post(note("二")).await;
        let told = async |filter: AuditFilter| ids(&paged(region, &filter, AuditOrder::OldestFirst, 10).await);
        let between = AuditFilter { from: Some(from), until: Some(until), ..accepted() };
        assert_eq!(told(between.clone()).await, [first.id]);
        let since = AuditFilter { from: Some(from), ..accepted() };
        let (by, at) = (Some(nurse.person), Some(nurse.organisation));
        assert_eq!(told(AuditFilter { person: by, organisation: at, ..since.clone() }).await, [first.id, second.id]);
        let nobody = uuid::Uuid::from_u128(9);
        assert!(told(AuditFilter { person: Some(PersonId(nobody)), ..since.clone() }).await.is_empty());
        assert!(told(AuditFilter { organisation: Some(OrganisationId(nobody)), ..since.clone() }).await.is_empty());

        region.tamper("update entry set sealed = chain where seq = (select max(seq) - 1 from entry)").await;
        let found = paged(region, &since, AuditOrder::OldestFirst, 10).await;
        assert_eq!(ids(&found), [first.id, second.id]);
        assert!(found[0].accepted.is_none() && found[1].accepted.is_some());
        region.tamper("update timeline set wrapped_key = null").await;
        assert_eq!(told(since.clone()).await, [first.id, second.id], "that there was something is known");
        assert!(told(AuditFilter { person: by, ..since }).await.is_empty(), "whose, no more");
    })
    .await;
}
