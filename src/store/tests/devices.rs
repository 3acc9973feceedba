//! Registered devices, their certificates, links and exceptions, as each engine keeps them.

use std::time::Duration;

use super::region::{MORNING, Region, on_both};
use crate::domain::account::{Issuer, SignInWay};
use crate::domain::device::{Device, DeviceCertificate, DeviceException, Enrolment, Serial};
use crate::domain::directory::Position;
use crate::domain::ids::{DeviceId, EnrolmentId, SignInId};
use crate::domain::time::Timestamp;
use crate::store::{KeptAuthority, Link, SignIn, StoreError};
use crate::vault::Token;

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

/// A device of the nurse's organisation with a certificate.
async fn registered(region: &Region) -> (Device, DeviceCertificate) {
    region.employ_nurse().await;
    let device = Device {
        id: DeviceId(region.ids.draw()),
        organisation: region.nurse().organisation,
        name: "タブレット 3".to_owned(),
        registered_at: MORNING,
        seen_at: None,
        revoked_at: None,
    };
    let certificate = certificate(&device, 1, MORNING);
    let stored = device.clone();
    written!(region, tx => {
        tx.insert_device(&stored).await?;
        tx.insert_device_certificate(&certificate, 1).await
    });
    (device, certificate)
}

fn certificate(device: &Device, number: u8, issued_at: Timestamp) -> DeviceCertificate {
    let serial = Serial([number; 16]);
    DeviceCertificate { serial, device: device.id, issued_at, expires_at: later(1_000_000), ended_at: None }
}

#[tokio::test]
async fn authorities_follow_each_other_and_their_keys_are_sealed() {
    on_both(async |region| {
        let kept = |number: i64, mark: u8| {
            let (certificate, key) = (vec![mark; 8], vec![mark; 32].into());
            KeptAuthority { number, certificate, key }
        };
        assert!(written!(region, tx => tx.insert_device_authority(&kept(1, 1), MORNING).await));
        assert!(!written!(region, tx => tx.insert_device_authority(&kept(1, 2), MORNING).await));
        let found = written!(region, tx => tx.find_device_authority().await).unwrap();
        assert_eq!((found.certificate, found.key.to_vec()), (vec![1; 8], vec![1; 32]));
        // Another beside it issues from now on, and both are trusted until the first is retired.
        assert!(written!(region, tx => tx.insert_device_authority(&kept(2, 2), later(5)).await));
        assert_eq!(written!(region, tx => tx.find_device_authority().await).unwrap().number, 2);
        assert_eq!(written!(region, tx => tx.load_device_lists().await).authorities, [vec![1; 8], vec![2; 8]]);
        let (device, first) = registered(region).await;
        let listed = written!(region, tx => tx.list_device_authorities().await);
        assert_eq!((listed[0].certificates, listed[0].devices_left, listed[1].certificates), (1, 1, 0));
        let second = certificate(&device, 2, later(60));
        written!(region, tx => tx.insert_device_certificate(&second, 2).await);
        let listed = written!(region, tx => tx.list_device_authorities().await);
        assert_eq!((listed[0].devices_left, listed[1].certificates, listed[1].devices_left), (0, 1, 1));
        assert_eq!(written!(region, tx => tx.retire_device_authority(1, later(70)).await), Some(1));
        assert_eq!(written!(region, tx => tx.retire_device_authority(1, later(71)).await), None);
        let lists = written!(region, tx => tx.load_device_lists().await);
        assert_eq!(lists.authorities, [vec![2; 8]]);
        let ended: Vec<_> =
            lists.certificates.iter().filter(|one| one.ended_at.is_some()).map(|one| one.serial).collect();
        assert_eq!(ended, [first.serial]);
        assert_eq!(written!(region, tx => tx.list_device_authorities().await)[0].retired_at, Some(later(70)));
    })
    .await;
}

#[tokio::test]
async fn an_older_certificate_that_a_trigger_keeps_has_not_ended() {
    on_both(async |region| {
        let (device, _) = registered(region).await;
        let second = certificate(&device, 2, later(60));
        written!(region, tx => tx.insert_device_certificate(&second, 1).await);
        if region.is_sqlite() {
            let ignoring = "create trigger trap before update on device_certificate begin select raise(ignore); end";
            region.tamper(ignoring).await;
        } else {
            let deaf = "create function trap() returns trigger language plpgsql as 'begin return null; end'";
            region.tamper(deaf).await;
            let before = "create trigger trap before update on device_certificate for each row execute function trap()";
            region.tamper(before).await;
        }
        let ended = region
            .journal
            .write(move |tx| Box::pin(async move { tx.end_older_certificates(&second, later(70)).await }))
            .await;
        assert!(matches!(ended, Err(StoreError::RowsAffected { expected: 0, found: 1, .. })), "{ended:?}");
    })
    .await;
}

#[tokio::test]
async fn a_device_is_kept_with_its_certificates_until_it_is_revoked_with_them() {
    on_both(async |region| {
        let (device, first) = registered(region).await;
        let id = device.id;
        assert_eq!(written!(region, tx => tx.find_device(id).await), Some(device.clone()));
        written!(region, tx => {
            tx.note_device_seen(id, later(9)).await?;
            tx.note_device_seen(id, later(5)).await
        });
        assert_eq!(written!(region, tx => tx.list_devices().await)[0].seen_at, Some(later(9)), "never earlier");

        let second = certificate(&device, 2, later(60));
        written!(region, tx => tx.insert_device_certificate(&second, 1).await);
        assert_eq!(written!(region, tx => tx.end_older_certificates(&first, later(70)).await), []);
        assert_eq!(written!(region, tx => tx.end_older_certificates(&second, later(70)).await), [first.serial]);
        let lists = written!(region, tx => tx.load_device_lists().await);
        assert_eq!(lists.devices, [(id, device.organisation, false)]);
        assert_eq!(lists.certificates, [DeviceCertificate { ended_at: Some(later(70)), ..first }, second]);

        assert!(written!(region, tx => tx.revoke_device(id, later(80)).await));
        assert!(!written!(region, tx => tx.revoke_device(id, later(90)).await));
        let lists = written!(region, tx => tx.load_device_lists().await);
        assert_eq!(lists.devices, [(id, device.organisation, true)]);
        let ended: Vec<_> = lists.certificates.iter().map(|one| one.ended_at).collect();
        assert_eq!(ended, [Some(later(70)), Some(later(80))]);
    })
    .await;
}

#[tokio::test]
async fn sign_ins_on_a_device_and_those_on_none_are_revoked_apart() {
    on_both(async |region| {
        let (device, _) = registered(region).await;
        let (nurse, id) = (region.nurse(), device.id);
        let sign_in = |registered| SignIn {
            id: SignInId(region.ids.draw()),
            token_hash: Token::random().hash(),
            person: nurse.person,
            position: Position { role: nurse.role, organisation: nurse.organisation },
            issued_at: MORNING,
            expires_at: later(3_600),
            revoked_at: None,
            device: String::new(),
            way: Some(SignInWay::Password),
            used_at: MORNING,
            registered,
            client: None,
        };
        let (bound, free, later_bound) = (sign_in(Some(id)), sign_in(None), sign_in(Some(id)));
        let (stored, hash) = ([bound.clone(), free.clone()], bound.token_hash);
        written!(region, tx => {
            for one in &stored {
                tx.insert_sign_in(one).await?;
            }
            Ok::<_, StoreError>(())
        });
        assert_eq!(written!(region, tx => tx.find_sign_in(&hash).await), Some(bound.clone()));
        let ended = written!(region, tx => tx.revoke_sign_ins_on(id, later(1)).await);
        assert_eq!(ended.iter().map(|one| one.id).collect::<Vec<_>>(), [bound.id]);
        let again = later_bound.id;
        written!(region, tx => tx.insert_sign_in(&later_bound).await);
        let ended = written!(region, tx => tx.revoke_sign_ins_without_device(nurse.person, later(1)).await);
        assert_eq!(ended.iter().map(|one| one.id).collect::<Vec<_>>(), [free.id], "not the one on the device");
        let ended = written!(region, tx => tx.revoke_sign_ins_on(id, later(2)).await);
        assert_eq!(ended.iter().map(|one| one.id).collect::<Vec<_>>(), [again]);
    })
    .await;
}

#[tokio::test]
async fn a_link_bears_few_wrong_codes_and_an_exception_replaces_the_one_before() {
    on_both(async |region| {
        let (device, _) = registered(region).await;
        let (by, organisation) = (region.nurse(), region.nurse().organisation);
        let issuer = Issuer::Person(by.person, Position { role: by.role, organisation });
        let (token, id) = (Token::random().hash(), EnrolmentId(region.ids.draw()));
        let enrolment = Enrolment {
            id,
            device: device.id,
            code: "604117".to_owned(),
            issuer,
            issued_at: MORNING,
            expires_at: later(60),
            ended_at: None,
        };
        written!(region, tx => tx.insert_enrolment(&enrolment, &token, 1).await);
        let found = written!(region, tx => tx.find_enrolment(&token).await).unwrap();
        assert_eq!((found.code.as_str(), found.device, found.issuer), ("604117", device.id, issuer));
        let link = Link::Enrolment(id);
        assert!(written!(region, tx => tx.take_try(link).await));
        assert!(!written!(region, tx => tx.take_try(link).await) && !written!(region, tx => tx.has_tries(link).await));
        written!(region, tx => tx.give_try_back(link).await);
        assert!(written!(region, tx => tx.has_tries(link).await));
        assert_eq!(written!(region, tx => tx.list_open_enrolments().await).len(), 1);
        assert!(written!(region, tx => tx.end_link(link, later(1)).await));
        assert!(!written!(region, tx => tx.end_link(link, later(1)).await));
        assert!(!written!(region, tx => tx.take_try(link).await), "one that ended bears no try, though some are left");
        let device = device.id;
        assert!(written!(region, tx => tx.end_enrolments_of(device, later(2)).await).is_empty());

        let person = region.nurse().person;
        for until in [later(10), later(20)] {
            let exception = DeviceException { person, granted_at: MORNING, until };
            written!(region, tx => tx.put_device_exception(&exception).await);
        }
        let kept = written!(region, tx => tx.load_device_lists().await).exceptions;
        assert_eq!(kept, [DeviceException { person, granted_at: MORNING, until: later(20) }]);
        assert!(written!(region, tx => tx.delete_device_exception(person).await));
        assert!(!written!(region, tx => tx.delete_device_exception(person).await));
    })
    .await;
}
