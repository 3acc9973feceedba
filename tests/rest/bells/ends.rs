//! What ends a bell: whoever signs out, is shut out or loses the device is rung no more; whoever closed the page for the
//! night is.

use std::time::Duration;

use axum::http::StatusCode;
use renkei::actions::directory::put_organisation;
use renkei::domain::act::By;
use renkei::domain::device::DeviceDemand;
use renkei::store::StoreError;
use serde_json::{Value, json};

use super::Story;
use crate::rest::devices::lines::{sign_in, token};
use crate::rest::devices::registered;
use crate::support::actor::Actor;
use crate::support::line::TlsDoor;

const DAY: Duration = Duration::from_secs(86_400);

/// How many devices of theirs are rung.
async fn rung(story: &Story, who: &Actor) -> usize {
    let who = story.app.sign_in(who.actor.person, who.position()).await;
    who.get("/api/v1/me/bells").await.ok()["bells"].as_array().unwrap().len()
}

#[tokio::test]
async fn whoever_signs_out_here_or_everywhere_or_is_signed_out_is_rung_no_more() {
    let story = Story::begin().await;
    let secretariat = story.app.secretariat().await;
    for way in ["here", "everywhere", "mine", "by others"] {
        let nurse = story.app.sign_in(story.nurse.actor.person, story.nurse.position()).await;
        story.rings(&nurse, "/nurse", "mine").await;
        assert_eq!(rung(&story, &nurse).await, 1, "{way}");
        match way {
            "here" => nurse.delete("/api/v1/me").await.is(StatusCode::NO_CONTENT),
            "everywhere" => nurse.delete("/api/v1/me/sign-ins").await.is(StatusCode::NO_CONTENT),
            "mine" => {
                let other = story.app.sign_in(nurse.actor.person, nurse.position()).await;
                other.delete(format!("/api/v1/me/sign-ins/{}", nurse.sign_in)).await.is(StatusCode::NO_CONTENT)
            }
            _ => secretariat.delete(format!("/api/v1/sign-ins/{}", nurse.sign_in)).await.is(StatusCode::NO_CONTENT),
        };
        assert_eq!(rung(&story, &nurse).await, 0, "{way}");
        story.says("聞こえますか", &["nurse"], true).await;
    }
    story.settled().await;
    assert!(story.service.pushes().iter().all(|push| push.path != "/nurse"));
}

#[tokio::test]
async fn whoever_is_suspended_is_rung_no_more_also_after_their_sign_in_had_ended_by_time() {
    let story = Story::begin().await;
    story.rings(&story.nurse, "/nurse", "mine").await;
    story.app.clock.advance(DAY);
    story.nurse.get("/api/v1/me").await.is(StatusCode::UNAUTHORIZED);
    assert_eq!(rung(&story, &story.nurse).await, 1, "the page is closed for the night");
    let secretariat = story.app.secretariat().await;
    let secretariat = story.app.sign_in(secretariat.actor.person, secretariat.position()).await;
    let path = format!("/api/v1/people/{}/suspend", story.nurse.actor.person);
    secretariat.post(path, json!({})).await.is(StatusCode::NO_CONTENT);
    let doctor = story.app.sign_in(story.doctor.actor.person, story.doctor.position()).await;
    let called = super::message("聞こえますか", &["nurse"], true);
    for post in [super::call(), called] {
        doctor.post(format!("/api/v1/timelines/{}/entries", story.patient), post).await.is(StatusCode::CREATED);
    }
    story.settled().await;
    assert!(story.service.pushes().iter().all(|push| push.path != "/nurse"));
}

#[tokio::test]
async fn a_page_closed_for_the_night_is_rung_and_one_that_nobody_opened_for_a_month_is_not() {
    let story = Story::begin().await;
    story.rings(&story.nurse, "/nurse", "mine").await;
    story.app.clock.advance(DAY);
    let doctor = story.app.sign_in(story.doctor.actor.person, story.doctor.position()).await;
    let path = format!("/api/v1/timelines/{}/entries", story.patient);
    doctor.post(&path, super::message("聞こえますか", &["nurse"], false)).await.is(StatusCode::CREATED);
    story.service.rung("/nurse", 1).await;
    story.app.clock.advance(30 * DAY);
    assert_eq!(rung(&story, &story.nurse).await, 0);
    let doctor = story.app.sign_in(story.doctor.actor.person, story.doctor.position()).await;
    for post in [super::call(), super::message("聞こえますか", &["nurse"], true)] {
        doctor.post(&path, post).await.is(StatusCode::CREATED);
    }
    story.settled().await;
    story.service.rung("/nurse", 1).await;
}

#[tokio::test]
async fn a_device_that_was_revoked_is_rung_no_more() {
    let story = Story::begin().await;
    let (app, secretariat) = (&story.app, story.app.secretariat().await);
    let account = app.account_of(&story.nurse).await;
    let (id, tablet) = registered(&secretariat, story.nurse.actor.organisation, "タブレット 3").await;
    let door = TlsDoor::open(app, DeviceDemand::Optional).await;
    let entered = sign_in(app, &door, Some(&tablet), &account).await.is(StatusCode::CREATED);
    let given = json!({ "endpoint": story.service.endpoint("/tablet"), "wish": "mine", "device": "タブレット" });
    let asked = door.ask(Some(&tablet), "POST", "/api/v1/me/bells", Some(token(&entered)), Some(given));
    asked.await.unwrap().is(StatusCode::CREATED);
    assert_eq!(rung(&story, &story.nurse).await, 1);
    let revoked = json!({ "reason": "訪問先で紛失" });
    secretariat.post(format!("/api/v1/devices/{id}/revoke"), revoked).await.is(StatusCode::NO_CONTENT);
    assert_eq!(rung(&story, &story.nurse).await, 0);
    story.says("聞こえますか", &["nurse"], true).await;
    story.settled().await;
    assert!(story.service.pushes().iter().all(|push| push.path != "/tablet"));
    door.close().await;
}

/// How many bells of theirs there are, whether they may sign in or not.
async fn kept(story: &Story, who: &Actor) -> usize {
    let person = who.actor.person;
    let listed = story.app.hub.journal().read(move |tx| Box::pin(async move { tx.list_bells(person).await })).await;
    listed.map_err(|error: StoreError| error).unwrap().len()
}

/// Longer than anybody may leave a page alone.
const IDLE: Duration = Duration::from_secs(31 * 60);

/// Whoever closed the page for the night is rung all the same, so that what ends a bell does not stop at sign-ins that stand:
/// this one has ended for good, because nobody used it.
#[tokio::test]
async fn what_ends_a_bell_ends_it_also_where_its_sign_in_had_ended_by_time() {
    for way in ["everywhere", "suspended", "shut out", "office shut out", "office", "revoked", "exception"] {
        let story = Story::begin().await;
        let (app, nurse, secretariat) = (&story.app, &story.nurse, story.app.secretariat().await);
        let exception = format!("/api/v1/people/{}/device-exception", nurse.actor.person);
        let mut tablet = None;
        if matches!(way, "revoked" | "exception") {
            let account = app.account_of(nurse).await;
            let (id, identity) = registered(&secretariat, nurse.actor.organisation, "タブレット 3").await;
            let until = app.hub.region().now().saturating_add(3 * DAY).to_rfc3339();
            let given = json!({ "until": until, "reason": "紛失" });
            secretariat.put(&exception, given).await.is(StatusCode::NO_CONTENT);
            let door = TlsDoor::open(app, DeviceDemand::Required).await;
            let shown = (way == "revoked").then_some(&identity);
            let entered = sign_in(app, &door, shown, &account).await.is(StatusCode::CREATED);
            let given = json!({ "endpoint": story.service.endpoint("/nurse"), "wish": "mine", "device": "タブレット" });
            let asked = door.ask(shown, "POST", "/api/v1/me/bells", Some(token(&entered)), Some(given)).await;
            asked.unwrap().is(StatusCode::CREATED);
            app.clock.advance(IDLE);
            let late = door.ask(shown, "GET", "/api/v1/me", Some(token(&entered)), None).await.unwrap();
            late.problem(StatusCode::UNAUTHORIZED, "unauthenticated");
            door.close().await;
            tablet = Some(id);
        } else {
            story.rings(nurse, "/nurse", "mine").await;
            app.clock.advance(IDLE);
            nurse.get("/api/v1/me").await.problem(StatusCode::UNAUTHORIZED, "unauthenticated");
        }
        app.clock.advance(DAY);
        assert_eq!(kept(&story, nurse).await, 1, "{way}");
        let secretariat = app.sign_in(secretariat.actor.person, secretariat.position()).await;
        match (way, tablet) {
            ("everywhere", _) => {
                let again = app.sign_in(nurse.actor.person, nurse.position()).await;
                again.delete("/api/v1/me/sign-ins").await.is(StatusCode::NO_CONTENT);
            }
            ("suspended", _) => {
                let path = format!("/api/v1/people/{}/suspend", nurse.actor.person);
                secretariat.post(path, json!({})).await.is(StatusCode::NO_CONTENT);
            }
            // Until it is known what happened, by the secretariat's entry on the office's own timeline.
            ("shut out" | "office shut out", _) => {
                let person = if way == "shut out" { nurse.actor.person.to_string() } else { String::new() };
                let body = json!({ "suspension": { "person": person, "reason": "調査のあいだ" } });
                let post = json!({ "id": app.hub.region().draw_id().to_string(), "body": body });
                let path = format!("/api/v1/timelines/{}/entries", nurse.actor.organisation);
                secretariat.post(path, post).await.is(StatusCode::CREATED);
            }
            ("revoked", Some(id)) => {
                let path = format!("/api/v1/devices/{id}/revoke");
                secretariat.post(path, json!({ "reason": "紛失" })).await.is(StatusCode::NO_CONTENT);
            }
            ("exception", _) => drop(secretariat.delete(&exception).await.is(StatusCode::NO_CONTENT)),
            _ => {
                let mut office = app.hub.region().directory().organisations[&nurse.actor.organisation].clone();
                office.active = false;
                put_organisation(&app.hub, app.sign_ins(), By::Operator, office).await.unwrap();
            }
        }
        assert_eq!(kept(&story, nurse).await, 0, "{way}");
    }
}

#[tokio::test]
async fn a_browser_rings_for_whoever_signed_in_last_and_is_removed_by_its_owner_alone() {
    let story = Story::begin().await;
    let first = story.rings(&story.nurse, "/shared", "mine").await;
    let again = story.rings(&story.nurse, "/shared", "urgent").await;
    assert_eq!((&first["id"], &again["wish"]), (&again["id"], &json!("urgent")), "renewed");
    let colleague = story.app.nurse("minato").await;
    let theirs = story.rings(&colleague, "/shared", "mine").await;
    assert_eq!((rung(&story, &story.nurse).await, rung(&story, &colleague).await), (0, 1));
    let path = format!("/api/v1/me/bells/{}", theirs["id"].as_str().unwrap());
    story.nurse.delete(&path).await.problem(StatusCode::NOT_FOUND, "not_found");
    colleague.delete(&path).await.is(StatusCode::NO_CONTENT);
    assert_eq!(colleague.get("/api/v1/me/bells").await.ok()["bells"], Value::Array(Vec::new()));
    // Of too many devices the one whose page was opened longest ago goes.
    for number in 0..=renkei::limits::BELLS_PER_PERSON_MAX {
        story.app.clock.advance(Duration::from_secs(1));
        story.rings(&story.nurse, &format!("/many/{number}"), "mine").await;
    }
    assert_eq!(rung(&story, &story.nurse).await, renkei::limits::BELLS_PER_PERSON_MAX);
}
