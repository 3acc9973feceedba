//! What is known of an audit record beside what it seals, on both engines: the device, what the directory said before, and
//! who was in a copy of the whole region.

use std::time::Duration;

use super::destroyed::destroy;
use super::region::{MORNING, Region, on_both};
use crate::codec::Audited;
use crate::domain::account::{AccountDeed, SignInWay, Tried};
use crate::domain::act::{Act, By, Deed};
use crate::domain::announcement::{
    Announcement, AnnouncementDeed, AnnouncementStep, AnnouncementVersion, AnnouncementWords, Audience,
};
use crate::domain::audit::AuditFilter;
use crate::domain::device::Device;
use crate::domain::directory::Position;
use crate::domain::ids::{AnnouncementId, DeviceId, PatientId, Seq, TimelineId};
use crate::domain::keeping::KeepingDeed;
use crate::domain::reading::{Read, ReadScope, ReadWhy};
use crate::domain::role::Role;
use crate::domain::time::Timestamp;
use crate::store::{AuditFound, AuditOrder, Batch, DeviceSeen, SealedAudit, SignIn, StoreError};

/// `work` in a transaction of the region.
macro_rules! written {
    ($region:expr, $tx:ident => $work:expr) => {{
        let done: Result<_, StoreError> = $region.journal.write(move |$tx| Box::pin(async move { $work })).await;
        done.unwrap()
    }};
}

fn later(seconds: u64) -> Timestamp {
    MORNING.saturating_add(Duration::from_secs(seconds))
}

async fn found(region: &Region, filter: AuditFilter) -> Vec<AuditFound> {
    let found: Result<_, StoreError> = region
        .journal
        .read(move |tx| Box::pin(async move { tx.search_audits(&filter, AuditOrder::OldestFirst, None, 100).await }))
        .await;
    found.unwrap().found
}

async fn acted(region: &Region, at: Timestamp, by: By, deeds: Vec<Deed>) {
    let acts: Vec<Act> = deeds.into_iter().map(|deed| Act { by, deed }).collect();
    written!(region, tx => tx.append_acts(at, acts).await);
}

#[tokio::test]
async fn whoever_took_the_region_out_had_each_record_that_was_in_it_then() {
    on_both(async |region| {
        let (patient, trained, destroyed) =
            (region.patient_with_team().await, region.patient_with_team().await, region.patient_with_team().await);
        let taken = |of: Option<PatientId>| {
            Deed::Keeping(KeepingDeed::Exported { patient: of, reason: "移行".to_owned(), taken: None })
        };
        let backed_up = Deed::Keeping(KeepingDeed::BackedUp { name: "1".to_owned(), bytes: 7 });
        let before = Timestamp(MORNING.0 - 1_000_000);
        acted(region, before, By::Operator, vec![taken(None)]).await;
        acted(region, later(60), By::Operator, vec![backed_up, taken(None)]).await;
        let counted = async |timeline: TimelineId| {
            let filter = AuditFilter { patient: Some(timeline.as_patient()), ..AuditFilter::default() };
            let of = found(region, filter).await;
            of.iter()
                .filter(|found| {
                    let taken = |deed: &Deed| matches!(deed, Deed::Keeping(KeepingDeed::Exported { .. }));
                    matches!(&found.audited, Some(Audited::Act(act)) if taken(&act.deed))
                })
                .map(|found| found.record.recorded_at)
                .collect::<Vec<_>>()
        };
        assert_eq!(counted(patient.timeline).await, [later(60)], "not before they were registered");
        assert_eq!(counted(destroyed.timeline).await, [later(60)]);
        let trained_id = trained.timeline;
        written!(region, tx => tx.execute_raw("update patient set for_training = 0").await);
        assert_eq!(counted(trained_id).await, [later(60)]);
        written!(region, tx => tx.execute_raw("update patient set for_training = 1").await);
        assert!(counted(trained_id).await.is_empty(), "patients for training are left out of it");
        // The stone is of the morning.
        assert!(destroy(region, destroyed.timeline).await);
        assert!(counted(destroyed.timeline).await.is_empty(), "nor what was destroyed before");
    })
    .await;
}

#[tokio::test]
async fn the_device_of_a_sign_in_and_of_an_act_is_known_by_its_name() {
    on_both(async |region| {
        region.employ_nurse().await;
        let (nurse, timeline) = (region.nurse(), region.patient_with_team().await.timeline);
        let device = Device {
            id: DeviceId(region.ids.draw()),
            organisation: nurse.organisation,
            name: "タブレット 3".to_owned(),
            registered_at: MORNING,
            seen_at: None,
            revoked_at: None,
        };
        let sign_in = SignIn { device: "Chrome".to_owned(), registered: Some(device.id), ..region.sign_in() };
        let (kept, kept_sign_in) = (device.clone(), sign_in.clone());
        written!(region, tx => {
            tx.insert_device(&kept).await?;
            tx.insert_sign_in(&kept_sign_in).await
        });
        let (grant, of) = (region.ids.draw(), ReadScope::Entries.into());
        let (from, through, why) = (Seq(0), Some(Seq(3)), ReadWhy::Care);
        let read = Read { grant, reader: nurse, sign_in: sign_in.id, of, from, through, why, access: None };
        let audits = vec![SealedAudit::of_read(&region.key, timeline, MORNING, &Audited::Read(read))];
        region.journal.commit(Batch { audits, ..Batch::default() }).await.unwrap();
        let tried = |device: Option<DeviceId>, device_name: &str| {
            let from = Tried { address: None, device, device_name: device_name.to_owned() };
            Deed::Account(AccountDeed::SignInRefused { person: nurse.person, from })
        };
        let act = Deed::DutyClockReleased { stopped_at: MORNING };
        acted(region, MORNING, By::AtDevice(nurse, device.id), vec![act.clone()]).await;
        acted(region, MORNING, By::Person(nurse), vec![act]).await;
        acted(region, MORNING, By::Hub, vec![tried(Some(device.id), "Chrome"), tried(None, "")]).await;
        let seen: Vec<DeviceSeen> =
            found(region, AuditFilter::default()).await.into_iter().map(|found| found.device).collect();
        let registered = || Some((device.id, Some("タブレット 3".to_owned())));
        let named = |calls_itself: Option<&str>| DeviceSeen {
            calls_itself: calls_itself.map(str::to_owned),
            registered: registered(),
        };
        let none = DeviceSeen::default();
        assert_eq!(seen, [named(Some("Chrome")), named(None), none.clone(), named(Some("Chrome")), none]);
        // Whose name does not open is known by its id, says so, and hides nothing after it.
        region.tamper("update device set sealed = id").await;
        let seen = found(region, AuditFilter::default()).await;
        assert_eq!(
            (seen.len(), &seen[1].device.registered),
            (5, &Some((device.id, Some("（読めません / unreadable）".to_owned()))))
        );
    })
    .await;
}

#[tokio::test]
async fn what_the_directory_said_before_and_why_an_announcement_was_changed_go_with_the_record() {
    on_both(async |region| {
        region.employ_nurse().await;
        let nurse = region.nurse();
        let position = |role| Position { role, organisation: nurse.organisation };
        let person = |positions: Vec<Position>, is_new| Deed::PersonKept {
            person: nurse.person,
            positions,
            active: true,
            is_new,
        };
        let first = person(vec![position(Role::Nurse)], true);
        let second = person(vec![position(Role::Nurse), position(Role::Secretariat)], false);
        let proved = AccountDeed::Proved { person: nurse.person, way: SignInWay::Password };
        acted(region, MORNING, By::Operator, vec![first.clone(), Deed::Account(proved), second]).await;
        let words = AnnouncementWords {
            title: "研修".to_owned(),
            text: "第2会議室".to_owned(),
            until: jiff::civil::date(2026, 5, 1),
            audience: Audience::default(),
        };
        let version = |number, reason: &str| AnnouncementVersion {
            number,
            by: nurse.person,
            at: MORNING,
            is_withdrawn: false,
            reason: reason.to_owned(),
            words: words.clone(),
        };
        let id = AnnouncementId(region.ids.draw());
        let announced = Announcement { id, organisation: nurse.organisation, versions: vec![version(1, "")] };
        let changed = version(2, "会場の変更");
        written!(region, tx => {
            tx.insert_announcement(&announced, later(60)).await?;
            tx.append_announcement_version(&announced, &changed, later(60)).await
        });
        let moved =
            |step, number| Deed::Announcement(AnnouncementDeed { announcement: id, step, number, confirmed: vec![] });
        let steps = vec![moved(AnnouncementStep::Published, 1), moved(AnnouncementStep::Corrected, 2)];
        acted(region, MORNING, By::Operator, steps).await;
        let known: Vec<_> =
            found(region, AuditFilter::default()).await.into_iter().map(|it| (it.before, it.said)).collect();
        let why = Some("会場の変更".to_owned());
        assert_eq!(known, [(None, None), (None, None), (Some(first), None), (None, None), (None, why)]);
    })
    .await;
}
