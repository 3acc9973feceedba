//! A device's link counts for as long as whoever made it out may still do so for its office: one that lies about puts no device into the
//! hands of who was suspended, dismissed or has left. Row 17.

use axum::http::StatusCode;
use renkei::domain::account::InvitationEnd;
use renkei::domain::act::Deed;
use renkei::domain::device::DeviceDeed;
use renkei::domain::role::Role;
use serde_json::{Value, json};

use super::enrolling::{enrolled, passed_on};
use super::{ENDS, administrator, end_administrator, registered};
use crate::rest::accounts::acts;
use crate::rest::tampered::region;
use crate::rest::tampered_pages::{LAST, suspend};
use crate::rest::tampered_records::write;
use crate::support::actor::Actor;
use crate::support::app::App;
use crate::support::visitor::{Visitor, passed_on as invited};

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
    for end in ENDS {
        let app = App::start().await;
        let (secretariat, chief) = (app.secretariat().await, administrator(&app, "minato").await);
        let other = administrator(&app, "minato").await;
        let ((device, link), (colleagues, theirs)) = (link_of(&chief).await, link_of(&other).await);
        let (lent, _) = registered(&secretariat, secretariat.actor.organisation, "貸出 1").await;
        let of_secretariat = passed_on(&enrolled(&secretariat, &lent).await);
        end_administrator(&app, &secretariat, &chief, end).await;
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

/// No change of the directory ended these: whoever made them out is asked after when one is used.
#[tokio::test]
async fn row_17_no_link_counts_of_whoever_may_be_shut_out_by_a_page_that_does_not_read() {
    let app = region().await;
    let first = app.secretariat().await;
    // Somebody of whom more is known, so that the secretariat can do without the others.
    let second = app.actor(first.actor.role, "second secretariat").await;
    suspend(&app, &app.actor(first.actor.role, "secretariat").await).await;
    let (lent, _) = registered(&second, second.actor.organisation, "貸出 1").await;
    let enrolment = passed_on(&enrolled(&first, &lent).await);
    let newcomer = app.newcomer(Role::Nurse, "minato").await;
    let invitation = format!("/api/v1/people/{}/invitations", newcomer.actor.person);
    let invitation = invited(&first.post(invitation, json!({})).await.is(StatusCode::CREATED));
    let open = async |app: &App, path: &str, link: &Value| {
        Visitor::at_program(app).post(&format!("/api/v1/{path}/open"), link.clone()).await
    };
    open(&app, "enrolments", &enrolment).await.ok();
    open(&app, "invitations", &invitation).await.ok();
    write(&app, first.actor.organisation.0, &[LAST]).await;
    let app = app.stop().await.start().await;
    is_refused(&app, &enrolment).await;
    open(&app, "invitations", &invitation).await.problem(StatusCode::UNAUTHORIZED, "invitation_refused");
    assert!(ends(&app, &lent).await.is_empty());
    // What somebody else makes out counts.
    open(&app, "enrolments", &passed_on(&enrolled(&second, &lent).await)).await.ok();
}
