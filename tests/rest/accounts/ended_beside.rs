//! What the command line ends on the hub's machine, in a process of its own, ends here too.

use axum::http::StatusCode;
use renkei::actions::accounts::{NewInvitation, revoke_device};
use renkei::domain::account::Purpose;
use renkei::domain::act::By;
use renkei::domain::ids::{DeviceId, InvitationId};
use renkei::store::StoreError;
use renkei::wire::Encoding;
use renkei::wire::codes::CloseCode;

use crate::rest::devices::registered;
use crate::support::app::App;
use crate::support::socket::Socket;

#[tokio::test]
async fn row_17_a_recovery_by_the_command_line_closes_sockets_and_voids_tickets_and_nobody_elses() {
    let app = App::start().await;
    let (nurse, other) = (app.nurse("minato").await, app.nurse("minato").await);
    app.account_of(&nurse).await;
    let mut beside = app.ended_beside().await;
    // Setting the account up ended what she was signed in by.
    let stolen = app.sign_in(nurse.actor.person, nurse.position()).await;
    let (mut socket, mut others) = (stolen.connect(Encoding::Json).await, other.connect(Encoding::Proto).await);
    let drawn_before = stolen.ticket().await;

    let (id, now) = (InvitationId(app.hub.region().draw_id()), app.clock.wall());
    let (person, reason) = (nurse.actor.person, "盗難".to_owned());
    let new = NewInvitation { id, person, purpose: Purpose::Recovery, login: None, reason, by: By::Operator, now };
    new.issue(app.hub.journal()).await.unwrap();
    beside.look().await.unwrap();
    assert_eq!(socket.closed().await, Some(CloseCode::SignInEnded));
    let mut late = Socket::open(app.address, Encoding::Json).await;
    late.say_hello(1, &drawn_before).await;
    assert_eq!(late.closed().await, Some(CloseCode::TicketRefused));
    stolen.get("/api/v1/me").await.problem(StatusCode::UNAUTHORIZED, "unauthenticated");
    others.subscribe(&[]).await;
    beside.look().await.unwrap();
    other.get("/api/v1/me").await.ok();
}

#[tokio::test]
async fn row_12_a_device_that_the_command_line_revokes_is_known_at_the_next_look() {
    let app = App::start().await;
    let office = app.secretariat().await;
    let (id, _) = registered(&office, office.actor.organisation, "貸出 1").await;
    let device = DeviceId(id.parse().unwrap());
    let mut beside = app.ended_beside().await;
    assert!(app.hub.devices().stands(device));
    let (reason, now) = ("紛失".to_owned(), app.clock.wall());
    let revoking = app
        .hub
        .journal()
        .write(move |tx| Box::pin(async move { revoke_device(tx, By::Operator, device, reason, now).await }));
    revoking.await.map_err(|error: StoreError| error).unwrap().expect("it stood");
    beside.look().await.unwrap();
    assert!(!app.hub.devices().stands(device));
}
