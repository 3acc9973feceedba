//! The projections of duties on both engines: what is kept, what is found of it, and that a rebuild gives the same.

use std::time::Duration;

use uuid::Uuid;

use super::region::{MORNING, Patient, Region, on_both};
use crate::domain::body::Body;
use crate::domain::duty::{Answer, Capacity, Debtor, DutyAnswer, DutyId, DutyStep, OpenedDuty, RoleSet, StepDone};
use crate::domain::ids::{PersonId, TimelineId};
use crate::domain::role::{OrganisationType, Role};
use crate::domain::terms::{Clock, OnAdmission, OnDeath, Terms, Timing};
use crate::domain::time::Timestamp;
use crate::store::check::check;
use crate::store::rebuild::rebuild;
use crate::store::{Batch, ProjectionChange, StoreError};

macro_rules! read {
    ($region:expr, $tx:ident => $work:expr) => {{
        let found: Result<_, StoreError> = $region.journal.read(move |$tx| Box::pin(async move { $work })).await;
        found.unwrap()
    }};
}

pub(super) fn opened(region: &Region, number: u128) -> Body {
    let debtor = Debtor {
        organisation: region.organisation_id(1),
        organisation_type: OrganisationType::NursingStation,
        roles: RoleSet::of(&[Role::Nurse]),
        capacity: Capacity::Member,
        person: None,
    };
    let opened = OpenedDuty {
        id: DutyId(Uuid::from_u128(number)),
        rule: "DN-S3@etiquette/1#ab".into(),
        debtors: vec![debtor],
        due: MORNING.saturating_add(Duration::from_secs(3_600)),
        confirmed: true,
        standing: true,
        terms: Terms {
            acknowledge: false,
            kinds: Vec::new(),
            answers: false,
            same: None,
            within: Timing { seconds: 3_600, clock: Clock::Calendar },
            remind: Vec::new(),
            escalate: Vec::new(),
            ways_out: Vec::new(),
            on_admission: OnAdmission::GoesOn,
            on_death: OnDeath::Closes,
            in_person: false,
        }
        .into(),
        chain: Vec::new(),
        matters: Vec::new(),
        since: None,
        in_place_of: Vec::new(),
        with: None,
    };
    Body::DutyStep(Box::new(DutyStep { duty: opened.id, round: 0, step: StepDone::Opened(opened) }))
}

pub(super) fn waived(number: u128) -> Body {
    let duty = DutyId(Uuid::from_u128(number));
    Body::DutyAnswer(Box::new(DutyAnswer { duty, answer: Answer::Waived, reason: "不要".into() }))
}

async fn fall_due(patient: &Patient<'_>, at: Option<Timestamp>) {
    let projections = vec![ProjectionChange::Due { timeline: patient.timeline, at }];
    patient.region.journal.commit(Batch { projections, ..Batch::default() }).await.unwrap();
}

#[tokio::test]
async fn duties_are_kept_as_the_fold_has_them_and_found_by_who_is_on_the_team() {
    on_both(async |region| {
        let (mut one, mut other) = (region.patient_with_team().await, region.patient_with_team().await);
        for patient in [&mut one, &mut other] {
            patient.post(opened(region, 1)).await;
            fall_due(patient, Some(MORNING)).await;
        }
        one.post(opened(region, 2)).await;
        one.post(waived(1)).await;
        other.post(waived(1)).await;
        let (timeline, key) = (one.timeline, std::sync::Arc::clone(&one.key));
        let kept = read!(region, tx => tx.list_duties(timeline, &key).await);
        assert!(kept.iter().eq(one.state.duties.iter()) && kept.len() == 2, "{kept:?}");
        assert!(check(&region.journal, None).await.unwrap().is_whole());

        let nurse = region.nurse();
        let ours = Some((nurse.organisation, nurse.person));
        let strangers = Some((region.organisation_id(9), PersonId(Uuid::from_u128(9))));
        let mut both = [one.timeline, other.timeline];
        both.sort();
        let find = async |whose, only_open, after: Option<TimelineId>| {
            read!(region, tx => tx.list_timelines_with_duties(whose, only_open, after, 10).await)
        };
        for whose in [None, ours] {
            assert_eq!(find(whose, true, None).await, [one.timeline]);
            assert_eq!(find(whose, false, None).await, both);
            assert_eq!(find(whose, false, Some(both[0])).await, both[1..]);
        }
        assert!(find(strangers, false, None).await.is_empty());
        rebuild(&region.journal).await.unwrap();
        assert!(check(&region.journal, None).await.unwrap().is_whole());
        let key = std::sync::Arc::clone(&one.key);
        assert_eq!(read!(region, tx => tx.list_duties(timeline, &key).await), kept);
        // Whoever counts counts those that can be read.
        assert_eq!(read!(region, tx => tx.list_readable_duties(timeline).await), kept);
        assert_eq!(region.tamper("update duty set sealed = substr(sealed, 1, 1) where not open").await, 2);
        let left = read!(region, tx => tx.list_readable_duties(timeline).await);
        assert_eq!((left.len(), region.journal.met_forged_rows()), (1, true));
    })
    .await;
}

#[tokio::test]
async fn the_clock_is_told_the_earliest_timelines_first_and_a_row_that_is_too_late_is_found() {
    on_both(async |region| {
        let (mut one, other) = (region.patient_with_team().await, region.patient_with_team().await);
        let at = |seconds: u64| MORNING.saturating_add(Duration::from_secs(seconds));
        fall_due(&one, Some(at(20))).await;
        fall_due(&other, Some(at(10))).await;
        let (first, second) = (one.timeline, other.timeline);
        assert_eq!(read!(region, tx => tx.list_due(1).await), [(second, at(10))]);
        assert_eq!(read!(region, tx => tx.list_due(9).await), [(second, at(10)), (first, at(20))]);
        fall_due(&other, None).await;
        assert_eq!(read!(region, tx => tx.find_due(second).await), None);

        // Looking at all leaves what is earlier as it is.
        let looked: Result<usize, StoreError> = region
            .journal
            .write(move |tx| Box::pin(async move { tx.look_at_all(at(15), Duration::from_secs(1)).await }))
            .await;
        assert_eq!(looked.unwrap(), 2);
        let due = read!(region, tx => tx.list_due(9).await);
        assert!(due.iter().all(|(_, due)| *due <= at(16)) && due.len() == 2, "{due:?}");

        one.post(opened(region, 1)).await;
        assert!(check(&region.journal, None).await.unwrap().is_whole());
        fall_due(&one, Some(at(3_601))).await;
        let report = check(&region.journal, None).await.unwrap();
        assert_eq!(report.fault_count, 1, "{:?}", report.faults);
        assert!(report.faults[0].place.en.starts_with("due time of timeline"), "{:?}", report.faults);
    })
    .await;
}
