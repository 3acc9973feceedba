//! Another authority for devices beside the first: devices go over as they renew their certificates, nobody is cut off by
//! oversight, and what the retired one issued counts no more, at once.

use std::time::Duration;

use axum::http::StatusCode;
use renkei::actions::accounts::{AccountError, list_authorities, replace_authority, retire_authority};
use renkei::domain::act::{Act, By, Deed};
use renkei::domain::device::{DeviceDeed, DeviceDemand};
use renkei::store::AuthoritySeen;

use super::lines::{sign_in, token};
use super::{bundle, registered};
use crate::rest::accounts::acts;
use crate::support::app::App;
use crate::support::line::{Identity, TlsDoor};

/// As the command does, in a process of its own; the hub has looked since.
async fn replace(app: &App) -> i64 {
    let now = app.hub.region().now();
    let replacing = app.hub.journal().write(move |tx| {
        Box::pin(async move { replace_authority(tx, By::Operator, now).await.map(|(number, _)| number) })
    });
    let number = replacing.await.expect("there is one to replace");
    app.hub.look_at_devices().await;
    number
}

async fn retire(app: &App, number: i64, cuts_off: bool) -> Result<u64, AccountError> {
    let now = app.hub.region().now();
    let retiring = app.hub.journal().write(move |tx| {
        let reason = "鍵の交換".to_owned();
        Box::pin(async move { retire_authority(tx, By::Operator, number, reason, cuts_off, now).await })
    });
    let retired = retiring.await;
    app.hub.look_at_devices().await;
    retired
}

async fn listed(app: &App) -> Vec<AuthoritySeen> {
    app.hub.journal().read(|tx| Box::pin(list_authorities(tx))).await.expect("they are listed")
}

#[tokio::test]
async fn row_4_devices_go_over_to_a_new_authority_one_by_one_and_the_old_one_is_retired() {
    let app = App::start().await;
    let (secretariat, nurse) = (app.secretariat().await, app.nurse("minato").await);
    let account = app.account_of(&nurse).await;
    let office = nurse.actor.organisation;
    let (first, old) = registered(&secretariat, office, "タブレット 1").await;
    let (second, late) = registered(&secretariat, office, "タブレット 2").await;
    let door = TlsDoor::open(&app, DeviceDemand::Required).await;
    let entered = sign_in(&app, &door, Some(&old), &account).await.is(StatusCode::CREATED);
    let me = async |device: &Identity| door.ask(Some(device), "GET", "/api/v1/me", Some(token(&entered)), None).await;

    assert!(matches!(retire(&app, 1, true).await, Err(AccountError::Conflict(_))), "it is the one that issues");
    assert_eq!(replace(&app).await, 2);
    me(&old).await.unwrap().ok();
    app.clock.advance(Duration::from_secs(60));
    let renewed = Identity::of(&bundle(&secretariat, &first).await);
    assert_ne!(renewed.issuer(), old.issuer());
    let seen = listed(&app).await;
    let counted: Vec<_> = seen.iter().map(|one| (one.number, one.certificates, one.devices_left)).collect();
    assert_eq!(counted, [(1, 2, 1), (2, 1, 1)]);
    // The usual way: the old certificate ends when the new one is first seen. The sign-in goes on.
    me(&renewed).await.unwrap().ok();
    me(&renewed).await.unwrap().ok();
    assert!(me(&old).await.is_err());
    // What neither of them issued passes no handshake.
    assert!(me(&Identity::forged(app.hub.region().now())).await.is_err());

    let refused = retire(&app, 1, false).await.unwrap_err();
    assert!(refused.to_string().contains("1 devices have no newer certificate"), "{refused}");
    let kept_open = door.connect(Some(&late)).await.unwrap();
    assert!(door.ask(Some(&late), "GET", "/healthz", None, None).await.is_ok());
    assert_eq!(retire(&app, 1, true).await.unwrap(), 1);
    kept_open.closed().await;
    assert!(door.ask(Some(&late), "GET", "/healthz", None, None).await.is_err(), "retired");
    me(&renewed).await.unwrap().ok();
    assert!(matches!(retire(&app, 1, true).await, Err(AccountError::NotFound)));
    let again = Identity::of(&bundle(&secretariat, &second).await);
    assert_eq!(again.issuer(), renewed.issuer());
    assert!(door.ask(Some(&again), "GET", "/healthz", None, None).await.is_ok());

    let kept: Vec<Act> = acts(&app).await;
    let said: Vec<_> = kept
        .iter()
        .filter_map(|act| match &act.deed {
            Deed::Device(DeviceDeed::AuthorityMade { number, .. }) => Some((act.by, *number, 0)),
            Deed::Device(DeviceDeed::AuthorityRetired { number, certificates, .. }) => {
                Some((act.by, *number, *certificates))
            }
            _ => None,
        })
        .collect();
    assert_eq!(said, [(By::Operator, 2, 0), (By::Operator, 1, 1)]);
    door.close().await;
}

#[tokio::test]
async fn a_certificate_of_a_retired_authority_that_the_lists_do_not_know_passes_no_handshake_either() {
    let app = App::start().await;
    let secretariat = app.secretariat().await;
    let (_, _) = registered(&secretariat, secretariat.actor.organisation, "貸出 1").await;
    let door = TlsDoor::open(&app, DeviceDemand::Optional).await;
    // As somebody could make it who had the old key.
    let journal = app.hub.journal();
    let kept =
        journal.read(|tx| Box::pin(tx.find_device_authority())).await.expect("it is read").expect("there is one");
    let old = renkei::vault::DeviceAuthority::load(&kept.certificate, &kept.key).expect("its own key");
    let now = app.hub.region().now();
    let subject = renkei::vault::DeviceSubject { device: "x".to_owned(), organisation: String::new() };
    let made = Identity::issued(&old.issue(&subject, now).expect("a certificate"));
    assert!(door.ask(Some(&made), "GET", "/healthz", None, None).await.is_ok(), "shown, and counts for nothing");
    replace(&app).await;
    retire(&app, 1, true).await.unwrap();
    assert!(door.ask(Some(&made), "GET", "/healthz", None, None).await.is_err());
    door.close().await;
}
