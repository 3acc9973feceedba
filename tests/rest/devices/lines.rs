//! What a connection lets somebody do: on which device a sign-in counts, for which organisation, and what is said to whom
//! shows none. Real handshakes throughout.

use std::time::Duration;

use axum::http::StatusCode;
use renkei::actions::directory::put_person;
use renkei::domain::act::{Act, By, Deed};
use renkei::domain::device::DeviceDemand;
use renkei::domain::directory::{Person, Position};
use renkei::domain::role::{OrganisationType, Role};
use renkei::limits;
use renkei::wire::Encoding;
use renkei::wire::codes::CloseCode;
use serde_json::{Value, json};

use super::{bundle, registered};
use crate::rest::accounts::acts;
use crate::support::actor::{Actor, Answer};
use crate::support::app::App;
use crate::support::line::{Identity, TlsDoor};
use crate::support::visitor::{Account, PASSWORD, passed_on, position};

/// Signs in over this connection.
pub async fn sign_in(app: &App, door: &TlsDoor, device: Option<&Identity>, account: &Account) -> Answer {
    app.next_code();
    door.ask(device, "POST", "/api/v1/sign-in", None, Some(account.typed(app))).await.expect("an answer")
}

pub fn token(entered: &Value) -> &str {
    entered["token"].as_str().expect("a token")
}

async fn me(door: &TlsDoor, device: Option<&Identity>, token: &str) -> Answer {
    door.ask(device, "GET", "/api/v1/me", Some(token), None).await.expect("an answer")
}

/// Another position for somebody who has one.
async fn also_at(app: &App, who: &Actor, office: &str) -> Position {
    let organisation = app.organisation(office, OrganisationType::NursingStation).await;
    let known = app.hub.region().directory().people[&who.actor.person].clone();
    let another = Position { role: Role::Nurse, organisation };
    let person = Person { positions: vec![who.position(), another], ..known };
    put_person(&app.hub, app.sign_ins(), By::Operator, person).await.unwrap();
    another
}

#[tokio::test]
async fn a_sign_in_counts_on_the_device_that_it_began_on_and_nowhere_else() {
    let app = App::start().await;
    let (secretariat, nurse) = (app.secretariat().await, app.nurse("minato").await);
    let account = app.account_of(&nurse).await;
    let (id, tablet) = registered(&secretariat, nurse.actor.organisation, "タブレット 3").await;
    let (_, other) = registered(&secretariat, nurse.actor.organisation, "タブレット 4").await;
    let door = TlsDoor::open(&app, DeviceDemand::Optional).await;
    let on_tablet = sign_in(&app, &door, Some(&tablet), &account).await.is(StatusCode::CREATED);
    let on_none = sign_in(&app, &door, None, &account).await.is(StatusCode::CREATED);
    let (bound, free) = (token(&on_tablet), token(&on_none));
    assert_eq!(me(&door, Some(&tablet), bound).await.ok()["registered_device"], id);
    assert_eq!(me(&door, None, free).await.ok()["registered_device"], json!(null));
    for (device, token) in [(None, bound), (Some(&other), bound), (Some(&tablet), free)] {
        me(&door, device, token).await.problem(StatusCode::UNAUTHORIZED, "device_mismatch");
    }
    // A stolen token is worth nothing on a listener that asks for no device either.
    let elsewhere = app.door_of(bound);
    elsewhere.get("/api/v1/me").await.problem(StatusCode::UNAUTHORIZED, "device_mismatch");
    let mine = door.ask(Some(&tablet), "GET", "/api/v1/me/sign-ins", Some(bound), None).await.unwrap().ok();
    for one in mine["sign_ins"].as_array().unwrap() {
        let expected = if one["is_this"] == json!(true) { json!(id) } else { json!(null) };
        assert_eq!(one["registered_device"], expected, "{mine}");
    }
    door.close().await;
}

#[tokio::test]
async fn a_device_of_one_office_is_not_used_for_another_and_what_the_secretariat_lends_is() {
    let app = App::start().await;
    let (secretariat, nurse, stranger) = (app.secretariat().await, app.nurse("minato").await, app.nurse("kita").await);
    let elsewhere = also_at(&app, &nurse, "kita").await;
    let (account, foreign) = (app.account_of(&nurse).await, app.account_of(&stranger).await);
    let (_, tablet) = registered(&secretariat, nurse.actor.organisation, "タブレット 3").await;
    let (_, lent) = registered(&secretariat, secretariat.actor.organisation, "貸出 1").await;
    let door = TlsDoor::open(&app, DeviceDemand::Optional).await;
    // Of the two roles only one can be acted in here: nobody is asked.
    let entered = sign_in(&app, &door, Some(&tablet), &account).await.is(StatusCode::CREATED);
    assert_eq!(me(&door, Some(&tablet), token(&entered)).await.ok()["organisation"]["name"], "minato");
    let switch =
        door.ask(Some(&tablet), "PUT", "/api/v1/me/position", Some(token(&entered)), Some(position(elsewhere)));
    switch.await.unwrap().problem(StatusCode::FORBIDDEN, "device_elsewhere");
    app.next_code();
    let mut typed = account.typed(&app);
    typed["position"] = position(elsewhere);
    let asked = door.ask(Some(&tablet), "POST", "/api/v1/sign-in", None, Some(typed)).await.unwrap();
    asked.problem(StatusCode::FORBIDDEN, "device_elsewhere");
    sign_in(&app, &door, Some(&tablet), &foreign).await.problem(StatusCode::FORBIDDEN, "device_elsewhere");
    let borrowed = sign_in(&app, &door, Some(&lent), &foreign).await.is(StatusCode::CREATED);
    assert_eq!(me(&door, Some(&lent), token(&borrowed)).await.ok()["organisation"]["name"], "kita");
    door.close().await;
}

#[tokio::test]
async fn row_4_where_a_device_is_required_nobody_acts_without_and_everybody_reads_why() {
    let app = App::start().await;
    let (secretariat, nurse) = (app.secretariat().await, app.nurse("minato").await);
    let account = app.account_of(&nurse).await;
    let (id, tablet) = registered(&secretariat, nurse.actor.organisation, "タブレット 3").await;
    let door = TlsDoor::open(&app, DeviceDemand::Required).await;
    let ways = async |device: Option<&Identity>| {
        door.ask(device, "GET", "/api/v1/sign-in", None, None).await.unwrap().ok()["device"].clone()
    };
    // The page and the way to a certificate are reached without one: a broken handshake would tell nobody anything.
    assert_eq!(ways(None).await, json!({ "demand": "required", "shown": "nothing", "expires_at": null }));
    assert_eq!(door.ask(None, "GET", "/", None, None).await.unwrap().status, StatusCode::OK);
    let enrolling = json!({ "enrolment": "rk_x", "code": "1" });
    let enrolling = door.ask(None, "POST", "/api/v1/enrolments/open", None, Some(enrolling)).await.unwrap();
    enrolling.problem(StatusCode::UNAUTHORIZED, "enrolment_refused");
    let refused = sign_in(&app, &door, None, &account).await.problem(StatusCode::FORBIDDEN, "device_required");
    assert!(refused["detail"]["en"].as_str().unwrap().contains("ask the secretariat"), "{refused}");
    // What began elsewhere without a device does not do here.
    let nurse = app.sign_in(nurse.actor.person, nurse.position()).await;
    me(&door, None, &nurse.token).await.problem(StatusCode::FORBIDDEN, "device_required");
    assert_eq!(ways(Some(&tablet)).await["shown"], "registered");
    let entered = sign_in(&app, &door, Some(&tablet), &account).await.is(StatusCode::CREATED);
    let shown = me(&door, Some(&tablet), token(&entered)).await.ok();
    assert_eq!((&shown["registered_device"], &shown["role"]), (&json!(id), &json!("nurse")));

    app.clock.advance(Duration::from_secs((limits::DEVICE_CERTIFICATE_VALID_DAYS + 1) * 86_400));
    assert_eq!(ways(Some(&tablet)).await["shown"], "expired");
    let refused = sign_in(&app, &door, Some(&tablet), &account).await.problem(StatusCode::FORBIDDEN, "device_required");
    assert!(refused["detail"]["en"].as_str().unwrap().contains("has expired"), "{refused}");
    door.close().await;
}

#[tokio::test]
async fn a_certificate_of_another_authority_or_without_its_key_passes_no_handshake() {
    let app = App::start().await;
    let secretariat = app.secretariat().await;
    let (_, tablet) = registered(&secretariat, secretariat.actor.organisation, "貸出 1").await;
    let door = TlsDoor::open(&app, DeviceDemand::Optional).await;
    let forged = Identity::forged(app.hub.region().now());
    for identity in [forged.clone(), tablet.with_key_of(&forged)] {
        assert!(door.ask(Some(&identity), "GET", "/healthz", None, None).await.is_err());
    }
    door.ask(Some(&tablet), "GET", "/healthz", None, None).await.unwrap().ok();
    // Neither does one of ours pass for another authority's once its time is over.
    app.clock.advance(Duration::from_secs((limits::DEVICE_CERTIFICATE_VALID_DAYS + 1) * 86_400));
    assert!(door.ask(Some(&forged), "GET", "/healthz", None, None).await.is_err());
    door.close().await;
}

#[tokio::test]
async fn a_new_certificate_takes_the_place_of_the_old_one_when_it_is_first_seen() {
    let app = App::start().await;
    let (secretariat, nurse) = (app.secretariat().await, app.nurse("minato").await);
    let account = app.account_of(&nurse).await;
    let (id, old) = registered(&secretariat, nurse.actor.organisation, "タブレット 3").await;
    let door = TlsDoor::open(&app, DeviceDemand::Required).await;
    let entered = sign_in(&app, &door, Some(&old), &account).await.is(StatusCode::CREATED);
    app.clock.advance(Duration::from_secs(60));
    let renewed = Identity::of(&bundle(&secretariat, &id).await);
    let kept_open = door.connect(Some(&old)).await.unwrap();
    me(&door, Some(&old), token(&entered)).await.ok();
    // The sign-in is the device's, whichever certificate it shows.
    me(&door, Some(&renewed), token(&entered)).await.ok();
    kept_open.closed().await;
    assert!(door.ask(Some(&old), "GET", "/healthz", None, None).await.is_err());
    me(&door, Some(&renewed), token(&entered)).await.ok();
    let listed = secretariat.get("/api/v1/devices").await.ok();
    assert_eq!(listed["devices"][0]["certificate"]["serial"], renewed.serial());
    assert_ne!(listed["devices"][0]["seen_at"], json!(null));
    door.close().await;
}

#[tokio::test]
async fn row_13_what_somebody_does_is_on_record_with_the_device_they_did_it_on() {
    let app = App::start().await;
    let (secretariat, chief) = (app.secretariat().await, super::administrator(&app, "minato").await);
    let account = app.account_of(&chief).await;
    let (id, tablet) = registered(&secretariat, chief.actor.organisation, "タブレット 3").await;
    let door = TlsDoor::open(&app, DeviceDemand::Optional).await;
    let entered = sign_in(&app, &door, Some(&tablet), &account).await.is(StatusCode::CREATED);
    let another = json!({ "name": "タブレット 4", "organisation": chief.actor.organisation.to_string() });
    let registering = door.ask(Some(&tablet), "POST", "/api/v1/devices", Some(token(&entered)), Some(another));
    registering.await.unwrap().is(StatusCode::CREATED);
    let kept = acts(&app).await;
    let device =
        |act: &Act| act.by.device().filter(|_| act.by.actor() == Some(&chief.actor)).map(|device| device.to_string());
    let issued = kept.iter().find(|act| matches!(&act.deed, Deed::SignInIssued { device: Some(_), .. })).unwrap();
    let Deed::SignInIssued { device: Some(bound), .. } = &issued.deed else { panic!() };
    assert_eq!((device(issued), bound.to_string()), (Some(id.clone()), id.clone()));
    assert_eq!(device(kept.last().unwrap()), Some(id));
    door.close().await;
}

#[tokio::test]
async fn a_socket_comes_over_the_device_of_its_ticket_or_shows_none_where_none_is_required() {
    let app = App::start().await;
    let (secretariat, nurse) = (app.secretariat().await, app.nurse("minato").await);
    let account = app.account_of(&nurse).await;
    let (_, tablet) = registered(&secretariat, nurse.actor.organisation, "タブレット 3").await;
    let (_, other) = registered(&secretariat, nurse.actor.organisation, "タブレット 4").await;
    let (optional, required) =
        (TlsDoor::open(&app, DeviceDemand::Optional).await, TlsDoor::open(&app, DeviceDemand::Required).await);
    let entered = sign_in(&app, &optional, Some(&tablet), &account).await.is(StatusCode::CREATED);
    let cases = [
        (&optional, Some(&tablet), None),
        // Some systems show no certificate with a WebSocket.
        (&optional, None, None),
        (&optional, Some(&other), Some(CloseCode::DeviceRefused)),
        (&required, Some(&tablet), None),
        (&required, None, Some(CloseCode::DeviceRefused)),
    ];
    for (door, shown, refused) in cases {
        let drawn = optional.ask(Some(&tablet), "POST", "/api/v1/tickets", Some(token(&entered)), None).await.unwrap();
        let ticket = drawn.is(StatusCode::CREATED)["ticket"].as_str().unwrap().to_owned();
        let mut socket = door.socket(shown, Encoding::Json).await;
        match refused {
            None => drop(socket.hello(&ticket).await),
            Some(code) => {
                socket.say_hello(1, &ticket).await;
                assert_eq!(socket.closed().await, Some(code));
            }
        }
    }
    optional.close().await;
    required.close().await;
}

#[tokio::test]
async fn an_invitation_is_not_used_up_on_a_device_that_does_not_do() {
    let app = App::start().await;
    let (secretariat, nurse) = (app.secretariat().await, app.nurse("minato").await);
    let path = format!("/api/v1/people/{}/invitations", nurse.actor.person);
    let issued = secretariat.post(path, json!({})).await.is(StatusCode::CREATED);
    let door = TlsDoor::open(&app, DeviceDemand::Required).await;
    let mut given = passed_on(&issued);
    let opened = door.ask(None, "POST", "/api/v1/invitations/open", None, Some(given.clone())).await.unwrap().ok();
    let (login, secret) = (opened["login"].clone(), opened["authenticator_secret"].clone());
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let account = Account { login: text(&login), password: PASSWORD.to_owned(), secret: text(&secret) };
    given["password"] = PASSWORD.into();
    given["authenticator_code"] = account.code(&app).into();
    let accept = async |device: Option<&Identity>| {
        door.ask(device, "POST", "/api/v1/invitations/accept", None, Some(given.clone())).await.unwrap()
    };
    accept(None).await.problem(StatusCode::FORBIDDEN, "device_required");
    let (_, tablet) = registered(&secretariat, nurse.actor.organisation, "タブレット 3").await;
    let entered = accept(Some(&tablet)).await.is(StatusCode::CREATED);
    me(&door, Some(&tablet), token(&entered)).await.ok();
    door.close().await;
}
