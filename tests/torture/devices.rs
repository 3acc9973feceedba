//! A device that is revoked is shut out at once: in the handshake, on connections kept open, and on open sockets; whether
//! the hub itself or another process on its machine revokes it.

use axum::http::StatusCode;
use renkei::actions::accounts::{insert_device, issue_certificate, revoke_device};
use renkei::domain::act::By;
use renkei::domain::device::{CertificateWay, Device, DeviceDemand};
use renkei::domain::ids::DeviceId;
use renkei::domain::time::Timestamp;
use renkei::hub::devices::{Line, Shown};
use renkei::hub::lines::LineRefusal;
use renkei::store::StoreError;
use renkei::vault::DeviceSubject;
use renkei::wire::codes::CloseCode;
use renkei::wire::{Encoding, ServerFrame};
use serde_json::json;

use crate::rest::devices::lines::{sign_in, token};
use crate::rest::devices::registered;
use crate::support::app::App;
use crate::support::line::{Identity, TlsDoor};

#[tokio::test]
async fn a_revoked_device_loses_its_connections_sockets_and_sign_ins_at_once_and_no_other_does() {
    let app = App::start().await;
    let (secretariat, nurse) = (app.secretariat().await, app.nurse("minato").await);
    let account = app.account_of(&nurse).await;
    let (id, tablet) = registered(&secretariat, nurse.actor.organisation, "タブレット 3").await;
    let (_, other) = registered(&secretariat, nurse.actor.organisation, "タブレット 4").await;
    let door = TlsDoor::open(&app, DeviceDemand::Optional).await;
    let lost = sign_in(&app, &door, Some(&tablet), &account).await.is(StatusCode::CREATED);
    let kept = sign_in(&app, &door, Some(&other), &account).await.is(StatusCode::CREATED);
    let ticket = async |device: &Identity, token: &str| {
        let drawn = door.ask(Some(device), "POST", "/api/v1/tickets", Some(token), None).await.unwrap();
        drawn.is(StatusCode::CREATED)["ticket"].as_str().unwrap().to_owned()
    };
    let (mut open, mut others) =
        (door.connect(Some(&tablet)).await.unwrap(), door.connect(Some(&other)).await.unwrap());
    open.ask("GET", "/api/v1/me", Some(token(&lost)), None).await.unwrap().ok();
    others.ask("GET", "/api/v1/me", Some(token(&kept)), None).await.unwrap().ok();
    // One that shows its certificate, one that showed it with the ticket only, and one that has said nothing yet.
    let mut sockets = [door.socket(Some(&tablet), Encoding::Json).await, door.socket(None, Encoding::Proto).await];
    for socket in &mut sockets {
        socket.hello(&ticket(&tablet, token(&lost)).await).await;
    }
    let (mut silent, unused) = (door.socket(None, Encoding::Json).await, ticket(&tablet, token(&lost)).await);
    let mut others_socket = door.socket(Some(&other), Encoding::Json).await;
    others_socket.hello(&ticket(&other, token(&kept)).await).await;

    let path = format!("/api/v1/devices/{id}/revoke");
    secretariat.post(path, json!({ "reason": "紛失" })).await.is(StatusCode::NO_CONTENT);
    for socket in &mut sockets {
        assert_eq!(socket.closed().await, Some(CloseCode::DeviceRevoked));
    }
    open.closed().await;
    silent.say_hello(1, &unused).await;
    assert_eq!(silent.closed().await, Some(CloseCode::TicketRefused));
    // What the client remembers of its earlier connections helps it to nothing.
    assert!(door.ask(Some(&tablet), "GET", "/healthz", None, None).await.is_err());
    let without = door.ask(None, "GET", "/api/v1/me", Some(token(&lost)), None).await.unwrap();
    without.problem(StatusCode::UNAUTHORIZED, "unauthenticated");

    others.ask("GET", "/api/v1/me", Some(token(&kept)), None).await.unwrap().ok();
    // It still answers, if only that it was greeted before.
    others_socket.say_hello(1, &unused).await;
    others_socket.next_that(|frame| matches!(frame, ServerFrame::Error(_)).then_some(())).await;
    drop((others, others_socket));
    door.close().await;
}

#[tokio::test]
async fn a_revoked_device_loses_a_connection_of_many_requests_at_once_and_what_it_asked_there() {
    let app = App::start().await;
    let (secretariat, nurse) = (app.secretariat().await, app.nurse("minato").await);
    let account = app.account_of(&nurse).await;
    let (id, tablet) = registered(&secretariat, nurse.actor.organisation, "タブレット 3").await;
    let (_, other) = registered(&secretariat, nurse.actor.organisation, "タブレット 4").await;
    let door = TlsDoor::open(&app, DeviceDemand::Required).await;
    let lost = sign_in(&app, &door, Some(&tablet), &account).await.is(StatusCode::CREATED);
    let kept = sign_in(&app, &door, Some(&other), &account).await.is(StatusCode::CREATED);
    let mut open = door.connect_http2(Some(&tablet)).await.unwrap();
    let mut others = door.connect_http2(Some(&other)).await.unwrap();
    open.ask("GET", "/api/v1/me", Some(token(&lost)), None).await.unwrap().ok();
    // Its certificate goes with every request of the connection, and nobody else's does.
    let crossed = others.ask("GET", "/api/v1/me", Some(token(&lost)), None).await.unwrap();
    assert_eq!(crossed.status, StatusCode::UNAUTHORIZED);

    let path = format!("/api/v1/devices/{id}/revoke");
    secretariat.post(path, json!({ "reason": "紛失" })).await.is(StatusCode::NO_CONTENT);
    assert!(open.ask("GET", "/healthz", None, None).await.is_err());
    open.closed().await;
    others.ask("GET", "/api/v1/me", Some(token(&kept)), None).await.unwrap().ok();
    drop(others);
    door.close().await;
}

#[tokio::test]
async fn what_another_process_registers_is_known_at_once_and_what_it_revokes_within_a_look() {
    let app = App::start().await;
    let nurse = app.nurse("minato").await;
    let account = app.account_of(&nurse).await;
    let door = TlsDoor::open(&app, DeviceDemand::Required).await;
    let (now, organisation) = (app.hub.region().now(), nurse.actor.organisation);
    let id = DeviceId(app.hub.region().draw_id());
    let device = Device {
        id,
        organisation,
        name: "タブレット 3".to_owned(),
        registered_at: now,
        seen_at: None,
        revoked_at: None,
    };
    // As `renkei cert device` does beside a running hub.
    let issuing = app.hub.journal().write(move |tx| {
        Box::pin(async move {
            insert_device(tx, By::Operator, &device).await?;
            let subject = DeviceSubject { device: device.name.clone(), organisation: String::new() };
            issue_certificate(tx, By::Operator, CertificateWay::Command, id, &subject, now).await
        })
    });
    let tablet = Identity::issued(&issuing.await.unwrap());
    let entered = sign_in(&app, &door, Some(&tablet), &account).await.is(StatusCode::CREATED);
    // A request that was taken in before the revocation, and is judged after it.
    let shown = Shown::Device { id, organisation, until: Timestamp::MAX };
    let on_its_way = Line { demand: DeviceDemand::Required, shown };
    assert_eq!(app.hub.admits(&on_its_way, &nurse.actor, Some(id)), Ok(None));
    let drawn = door.ask(Some(&tablet), "POST", "/api/v1/tickets", Some(token(&entered)), None).await.unwrap();
    let ticket = drawn.is(StatusCode::CREATED)["ticket"].as_str().unwrap().to_owned();
    let mut socket = door.socket(Some(&tablet), Encoding::Json).await;
    socket.hello(&ticket).await;
    let open = door.connect(Some(&tablet)).await.unwrap();
    let revoking = app
        .hub
        .journal()
        .write(move |tx| Box::pin(async move { revoke_device(tx, By::Operator, id, "紛失".to_owned(), now).await }));
    revoking.await.map_err(|error: StoreError| error).unwrap().unwrap();
    app.hub.look_at_devices().await;
    assert_eq!(app.hub.admits(&on_its_way, &nurse.actor, Some(id)), Err(LineRefusal::Mismatch));
    assert_eq!(socket.closed().await, Some(CloseCode::DeviceRevoked));
    open.closed().await;
    assert!(door.ask(Some(&tablet), "GET", "/healthz", None, None).await.is_err());
    door.close().await;
}

#[tokio::test]
async fn revoked_devices_stay_revoked_after_a_restart() {
    let app = App::start().await;
    let secretariat = app.secretariat().await;
    let (id, lost) = registered(&secretariat, secretariat.actor.organisation, "貸出 1").await;
    let (_, kept) = registered(&secretariat, secretariat.actor.organisation, "貸出 2").await;
    let path = format!("/api/v1/devices/{id}/revoke");
    secretariat.post(path, json!({ "reason": "紛失" })).await.is(StatusCode::NO_CONTENT);
    let app = app.stop().await.start().await;
    let door = TlsDoor::open(&app, DeviceDemand::Optional).await;
    assert!(door.ask(Some(&lost), "GET", "/healthz", None, None).await.is_err());
    let shown = door.ask(Some(&kept), "GET", "/api/v1/sign-in", None, None).await.unwrap().ok();
    assert_eq!(shown["device"]["shown"], "registered", "the same authority");
    door.close().await;
    app.stop().await;
}
