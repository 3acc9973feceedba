//! Enrolment: a link and a code that go different ways, once, within their time.

use std::time::Duration;

use axum::http::StatusCode;
use renkei::domain::account::InvitationEnd;
use renkei::domain::act::{By, Deed};
use renkei::domain::device::{CertificateWay, DeviceDeed};
use renkei::limits;
use serde_json::{Value, json};

use super::{administrator, registered};
use crate::rest::accounts::acts;
use crate::support::actor::Actor;
use crate::support::app::{App, ORIGIN};
use crate::support::line::Identity;
use crate::support::visitor::Visitor;

pub(super) async fn enrolled(by: &Actor, device: &str) -> Value {
    by.post(format!("/api/v1/devices/{device}/enrolments"), json!({})).await.is(StatusCode::CREATED)
}

pub(super) fn passed_on(issued: &Value) -> Value {
    let (page, token) = issued["link"].as_str().unwrap().split_once("/#enrolment=").unwrap();
    assert_eq!(page, ORIGIN);
    json!({ "enrolment": token, "code": issued["code"] })
}

#[tokio::test]
async fn a_device_fetches_its_certificate_by_link_and_code_once() {
    let app = App::start().await;
    let chief = administrator(&app, "minato").await;
    let (device, _) = registered(&chief, chief.actor.organisation, "タブレット 3").await;
    app.clock.advance(Duration::from_secs(1));
    let issued = enrolled(&chief, &device).await;
    assert!(issued["qr"].as_str().unwrap().contains("<svg "));
    let given = passed_on(&issued);
    let listed = chief.get("/api/v1/devices").await.ok();
    assert_eq!(listed["devices"][0]["enrolling_until"], issued["expires_at"]);
    let mut visitor = Visitor::at_page(&app);
    let opened = visitor.post("/api/v1/enrolments/open", given.clone()).await.ok();
    assert_eq!((&opened["device"], &opened["organisation"]), (&"タブレット 3".into(), &"minato".into()));
    assert_eq!((&opened["shown"]["demand"], &opened["shown"]["shown"]), (&"off".into(), &"nothing".into()));
    let fetched = visitor.post("/api/v1/enrolments/accept", given.clone()).await.is(StatusCode::CREATED);
    let serial = Identity::of(&fetched).serial();
    let listed = chief.get("/api/v1/devices").await.ok();
    assert_eq!(listed["devices"][0]["certificate"]["serial"], serial);
    assert_eq!(listed["devices"][0]["enrolling_until"], json!(null));
    for path in ["open", "accept"] {
        let again = visitor.post(&format!("/api/v1/enrolments/{path}"), given.clone()).await;
        again.problem(StatusCode::UNAUTHORIZED, "enrolment_refused");
    }
    let kept = acts(&app).await;
    let mut ways = kept.iter().filter_map(|act| match &act.deed {
        Deed::Device(DeviceDeed::CertificateIssued { way, .. }) => Some((act.by, *way)),
        _ => None,
    });
    let last = ways.next_back().unwrap();
    assert_eq!(last, (By::Hub, CertificateWay::Enrolment));
}

#[tokio::test]
async fn a_link_in_the_wrong_hands_is_void_after_a_few_codes_and_so_is_an_older_or_late_one() {
    let app = App::start().await;
    let chief = administrator(&app, "minato").await;
    let (device, _) = registered(&chief, chief.actor.organisation, "タブレット 3").await;
    let mut visitor = Visitor::at_program(&app);
    let guessed = passed_on(&enrolled(&chief, &device).await);
    let code: u32 = guessed["code"].as_str().unwrap().parse().unwrap();
    for number in 0..limits::INVITATION_TRIES_COUNT {
        let mut guess = guessed.clone();
        guess["code"] = format!("{:06}", (code + 1 + number) % 1_000_000).into();
        let refused = visitor.post("/api/v1/enrolments/accept", guess).await;
        refused.problem(StatusCode::UNAUTHORIZED, "enrolment_refused");
    }
    let right = visitor.post("/api/v1/enrolments/accept", guessed).await;
    right.problem(StatusCode::UNAUTHORIZED, "enrolment_refused");
    let last = acts(&app).await.pop().unwrap();
    let Deed::Device(DeviceDeed::EnrolmentEnded { why, .. }) = last.deed else { panic!("{last:?}") };
    assert_eq!((why, last.by), (InvitationEnd::Guessed, By::Hub));

    let (first, second) = (passed_on(&enrolled(&chief, &device).await), passed_on(&enrolled(&chief, &device).await));
    let open = "/api/v1/enrolments/open";
    visitor.post(open, first).await.problem(StatusCode::UNAUTHORIZED, "enrolment_refused");
    app.clock.advance(Duration::from_secs(limits::ENROLMENT_VALID_S - 1));
    visitor.post(open, second.clone()).await.ok();
    app.clock.advance(Duration::from_secs(1));
    visitor.post(open, second).await.problem(StatusCode::UNAUTHORIZED, "enrolment_refused");
}

#[tokio::test]
async fn a_revoked_device_gets_no_certificate_by_a_link_that_was_open() {
    let app = App::start().await;
    let secretariat = app.secretariat().await;
    let (device, _) = registered(&secretariat, secretariat.actor.organisation, "貸出 1").await;
    let given = passed_on(&enrolled(&secretariat, &device).await);
    let path = format!("/api/v1/devices/{device}/revoke");
    secretariat.post(path, json!({ "reason": "故障" })).await.is(StatusCode::NO_CONTENT);
    let late = Visitor::at_program(&app).post("/api/v1/enrolments/accept", given).await;
    late.problem(StatusCode::UNAUTHORIZED, "enrolment_refused");
}
