//! The linking queue held against the audit log: what was promised to wait is missed where it does not.

use super::region::{MORNING, Region, on_both, pulse};
use crate::codec::QueuedPost;
use crate::domain::act::{Act, By, Deed};
use crate::domain::entry::{Intent, Sensitivity};
use crate::domain::ids::{EntryId, TimelineId};
use crate::domain::kind::Kind;
use crate::domain::ruling::Ruling;
use crate::store::check::{FaultKind, check};
use crate::store::{
    AuditSeal, Audited, Batch, Dismissed, QueueState, Refusal, Resolved, SealedAudit, SealedQueued, StoreError,
};

/// A post for this timeline, whose entry would bear this digest, waits.
async fn wait(region: &Region, timeline: TimelineId, digest: [u8; 32]) -> EntryId {
    let id = EntryId(region.ids.draw());
    let post = QueuedPost {
        intent: Intent {
            id,
            timeline,
            observed_at: Some(MORNING),
            sensitivity: Sensitivity::Normal,
            addressed_to: Vec::new(),
            body: pulse(120),
            reasons: Vec::new(),
            on_behalf_of: None,
        },
        author: region.nurse(),
        device: None,
        received_at: MORNING,
        ruling: Ruling::default(),
    };
    let act = Act { by: By::Person(region.nurse()), deed: Deed::Queued { post: id, timeline, digest } };
    let audits = vec![SealedAudit::of(AuditSeal::Region(&region.key), MORNING, &Audited::Act(act))];
    let queued = vec![SealedQueued::seal(&region.key, &post)];
    region.journal.commit(Batch { queued, audits, ..Batch::default() }).await.unwrap();
    id
}

async fn told(region: &Region) -> Vec<(FaultKind, String)> {
    let report = check(&region.journal, None).await.unwrap();
    let mut told: Vec<_> = report.faults.iter().map(|fault| (fault.kind, fault.place.en.to_string())).collect();
    told.sort();
    told
}

async fn count_waiting(region: &Region) -> usize {
    let waiting: Result<_, StoreError> =
        region.journal.read(|tx| Box::pin(async move { tx.list_waiting(10).await })).await;
    waiting.unwrap().len()
}

#[tokio::test]
async fn a_post_that_waits_is_missed_however_it_is_made_away_with() {
    on_both(async |region| {
        let mut posts = Vec::new();
        for _ in 0..5 {
            posts.push(wait(region, TimelineId(region.ids.draw()), [7; 32]).await);
        }
        posts.sort_unstable();
        assert_eq!((told(region).await, count_waiting(region).await), (Vec::new(), 5));
        assert!(!region.journal.met_forged_rows());
        for sql in [
            "update linking_queue set sealed = substr(sealed, 1, 0)
                where id = (select id from linking_queue order by id limit 1)",
            "update linking_queue set state = 'dismissed'
                where id = (select id from linking_queue order by id limit 1 offset 1)",
            "update linking_queue set state = 'accepted'
                where id = (select id from linking_queue order by id limit 1 offset 2)",
            "delete from linking_queue where id = (select id from linking_queue order by id limit 1 offset 3)",
        ] {
            assert_eq!(region.tamper(sql).await, 1, "{sql}");
        }
        let mut expected: Vec<(FaultKind, String)> =
            posts[1..4].iter().map(|id| (FaultKind::Queue, format!("waiting post {id}"))).collect();
        expected.push((FaultKind::Unreadable, format!("linking_queue {}", posts[0])));
        expected.sort();
        assert_eq!(told(region).await, expected);
        assert_eq!(count_waiting(region).await, 1);
        assert!(region.journal.met_forged_rows(), "what waits and does not read is told in health");
    })
    .await;
}

#[tokio::test]
async fn what_became_an_entry_or_was_dismissed_on_record_is_as_it_should_be() {
    on_both(async |region| {
        let mut patient = region.patient_with_team().await;
        let (timeline, body) = (patient.timeline, pulse(120));
        // The same, said of somebody else, has the same digest here.
        let (mut tried, mut other) = (Batch::default(), region.patient_with_team().await);
        other.add(&mut tried, body.clone());
        let digest = *tried.entries[0].header.mac.as_bytes();
        let joins = wait(region, timeline, digest).await;
        let dismissed = wait(region, timeline, [9; 32]).await;
        let resolved = [(joins, QueueState::Accepted), (dismissed, QueueState::Dismissed)]
            .map(|(id, state)| Resolved { id, state, resolved_at: MORNING });
        let refusal = Refusal {
            id: dismissed,
            kind: Kind::Vital,
            corrected: None,
            author: region.nurse(),
            on_behalf_of: None,
            code: "dismissed".to_owned(),
            ruling: Ruling::default(),
            dismissed: Some(Dismissed { by: region.nurse(), reason: "取り違え".to_owned() }),
            sign_in: None,
            device: None,
        };
        let record = Audited::Refusal(refusal);
        let audits = vec![SealedAudit::of(AuditSeal::Region(&region.key), MORNING, &record)];
        let mut batch = Batch { resolved: resolved.to_vec(), audits, ..Batch::default() };
        patient.add_as(joins, &mut batch, body);
        region.journal.commit(batch).await.unwrap();
        assert_eq!(told(region).await, []);
    })
    .await;
}

#[tokio::test]
async fn an_entry_with_another_digest_is_not_the_post_that_waited() {
    on_both(async |region| {
        let mut patient = region.patient_with_team().await;
        let id = wait(region, patient.timeline, [1; 32]).await;
        let resolved = vec![Resolved { id, state: QueueState::Accepted, resolved_at: MORNING }];
        let mut batch = Batch { resolved, ..Batch::default() };
        patient.add_as(id, &mut batch, pulse(120));
        region.journal.commit(batch).await.unwrap();
        assert_eq!(told(region).await, [(FaultKind::Queue, format!("waiting post {id}"))]);
    })
    .await;
}
