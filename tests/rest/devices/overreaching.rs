//! A device's link counts for as long as whoever made it out may still do so for its office: one that lies about puts no device into the
//! hands of who was suspended, dismissed or has left. Row 17.

use axum::http::StatusCode;
use renkei::domain::account::InvitationEnd;
use renkei::domain::act::Deed;
use renkei::domain::device::DeviceDeed;
use serde_json::{Value, json};

use super::enrolling::{enrolled, passed_on};
use super::{administrator, registered};
use crate::rest::accounts::acts;
use crate::support::actor::Actor;
use crate::support::app::App;
use crate::support::visitor::Visitor;

/// A device of the administrator's office, and what they keep of its link.
async fn link_of(chief: &Actor) -> (String, Value) {
    let (device, _) = registered(chief, chief.actor.organisation, "タブレット 3").await;
    let issued = enrolled(chief, &device).await;
    (device, passed_on(&issued))
}

async fn is_refused(app: &App, link: &Value) {
    for path in ["open", "accept"] {
        let tried = Visitor::at_program(app).post(&format!("/api/v1/enrolments/{path}"), link.clone()).await;
        tried.problem(StatusCode::UNAUTHORIZED, "enrolment_refused");
    }
}

/// Why links of this device ended, the first first.
async fn ends(app: &App, device: &str) -> Vec<InvitationEnd> {
    let ended = |deed: Deed| match deed {
        Deed::Device(DeviceDeed::EnrolmentEnded { device: whose, why, .. }) if whose.to_string() == device => Some(why),
        _ => None,
    };
    acts(app).await.into_iter().filter_map(|act| ended(act.deed)).collect()
}

#[tokio::test]
async fn row_17_a_suspended_or_dismissed_administrators_links_enrol_no_device() {
    for end in ["suspended", "dismissed", "moved", "left"] {
        let app = App::start().await;
        let (secretariat, chief) = (app.secretariat().await, administrator(&app, "minato").await);
        let other = administrator(&app, "minato").await;
        let ((device, link), (colleagues, theirs)) = (link_of(&chief).await, link_of(&other).await);
        let (lent, _) = registered(&secretariat, secretariat.actor.organisation, "貸出 1").await;
        let of_secretariat = passed_on(&enrolled(&secretariat, &lent).await);
        let (person, office) = (format!("/api/v1/people/{}", chief.actor.person), chief.actor.organisation);
        let ending = match end {
            "suspended" => secretariat.post(format!("{person}/suspend"), Value::Null).await,
            "dismissed" => {
                let appointment = format!("/api/v1/organisations/{office}/administrators/{}", chief.actor.person);
                secretariat.delete(appointment).await
            }
            "moved" => {
                let clinic = app.doctor("hikari").await.actor.organisation.to_string();
                let positions = json!([{ "role": "nurse", "organisation": clinic }]);
                secretariat.put(&person, json!({ "name": { "kanji": "看護 花子" }, "positions": positions })).await
            }
            _ => secretariat.delete(format!("/api/v1/organisations/{office}/staff/{}", chief.actor.person)).await,
        };
        assert!(ending.status.is_success(), "{end}: {}", ending.text());
        is_refused(&app, &link).await;
        assert_eq!(ends(&app, &device).await, [InvitationEnd::IssuerEnded], "{end}");
        assert!(ends(&app, &colleagues).await.is_empty() && ends(&app, &lent).await.is_empty(), "{end}");
        for standing in [theirs, of_secretariat] {
            Visitor::at_program(&app).post("/api/v1/enrolments/open", standing).await.ok();
        }
    }
}

/// Word for word the same by a suspension that stands on record, and it stays so once that is lifted.
#[tokio::test]
async fn row_17_a_suspension_on_record_ends_the_links_of_devices_for_good() {
    let app = App::start().await;
    let (secretariat, chief) = (app.secretariat().await, administrator(&app, "minato").await);
    let ((device, link), page) =
        (link_of(&chief).await, format!("/api/v1/timelines/{}/entries", chief.actor.organisation));
    for lifted in [false, true] {
        let whom = chief.actor.person.to_string();
        let said = json!({ "suspension": { "person": whom, "lifted": lifted, "reason": "調査のあいだ" } });
        let post = json!({ "id": app.hub.region().draw_id(), "body": said });
        secretariat.post(&page, post).await.is(StatusCode::CREATED);
        is_refused(&app, &link).await;
        assert_eq!(ends(&app, &device).await, [InvitationEnd::IssuerEnded], "lifted: {lifted}");
    }
}
