//! An invitation counts for as long as whoever issued it may still do so for whom it is: a link that lies about lets nobody act
//! as more than their office, nor for somebody who has left. Rows 17 and 18.

use axum::http::StatusCode;
use renkei::domain::account::{AccountDeed, InvitationEnd};
use renkei::domain::act::Deed;
use serde_json::{Value, json};

use super::sign_in::acts;
use crate::rest::devices::{ENDS, administrator, end_administrator};
use crate::support::actor::Actor;
use crate::support::app::App;
use crate::support::visitor::{PASSWORD, Visitor, passed_on};

/// Somebody new at the administrator's office, and what the administrator keeps of their invitation.
async fn taken_on(chief: &Actor) -> (String, Value) {
    let staff = format!("/api/v1/organisations/{}/staff", chief.actor.organisation);
    let new = json!({ "name": { "kanji": "新 人", "kana": "シン ジン" }, "role": "nurse" });
    let new = chief.post(staff, new).await.is(StatusCode::CREATED);
    let id = new["id"].as_str().unwrap().to_owned();
    let issued = chief.post(format!("/api/v1/people/{id}/invitations"), json!({})).await.is(StatusCode::CREATED);
    (id, issued)
}

async fn is_refused(app: &App, issued: &Value) {
    let opened = Visitor::at_program(app).post("/api/v1/invitations/open", passed_on(issued)).await;
    opened.problem(StatusCode::UNAUTHORIZED, "invitation_refused");
    let mut accepted = passed_on(issued);
    accepted["password"] = PASSWORD.into();
    accepted["authenticator_code"] = "123456".into();
    let accepted = Visitor::at_program(app).post("/api/v1/invitations/accept", accepted).await;
    accepted.problem(StatusCode::UNAUTHORIZED, "invitation_refused");
}

/// Why invitations of this person ended, the first first.
async fn ends(app: &App, person: &str) -> Vec<InvitationEnd> {
    let ended = |deed: Deed| match deed {
        Deed::Account(AccountDeed::InvitationEnded { person: whose, why, .. }) if whose.to_string() == person => {
            Some(why)
        }
        _ => None,
    };
    acts(app).await.into_iter().filter_map(|act| ended(act.deed)).collect()
}

fn positions(of: &[(&str, String)]) -> Value {
    let positions: Vec<Value> =
        of.iter().map(|(role, organisation)| json!({ "role": role, "organisation": organisation })).collect();
    json!({ "name": { "kanji": "新 人", "kana": "シン ジン" }, "positions": positions })
}

#[tokio::test]
async fn row_18_an_administrators_old_link_makes_nobody_secretariat_nor_a_clinics_doctor() {
    let app = App::start().await;
    let (secretariat, chief) = (app.secretariat().await, administrator(&app, "minato").await);
    let (office, region) = (chief.actor.organisation.to_string(), secretariat.actor.organisation.to_string());
    let (person, issued) = taken_on(&chief).await;
    let more = positions(&[("nurse", office.clone()), ("secretariat", region)]);
    secretariat.put(format!("/api/v1/people/{person}"), more).await.ok();
    is_refused(&app, &issued).await;
    assert_eq!(ends(&app, &person).await, [InvitationEnd::PersonChanged]);
    let reinvited = chief.post(format!("/api/v1/people/{person}/invitations"), json!({})).await;
    reinvited.problem(StatusCode::FORBIDDEN, "forbidden");
    // What the secretariat issues now lets them in.
    let path = format!("/api/v1/people/{person}/invitations");
    let anew = secretariat.post(&path, json!({})).await.is(StatusCode::CREATED);
    Visitor::at_program(&app).post("/api/v1/invitations/open", passed_on(&anew)).await.ok();

    // The same of a recovery.
    let (person, issued) = taken_on(&chief).await;
    app.set_up(&issued, PASSWORD).await;
    let recovery = chief.post(format!("/api/v1/people/{person}/recovery"), json!({ "reason": "端末の紛失" })).await;
    let recovery = recovery.is(StatusCode::CREATED);
    let clinic = app.doctor("hikari").await.actor.organisation.to_string();
    let more = positions(&[("nurse", office.clone()), ("doctor", clinic)]);
    secretariat.put(format!("/api/v1/people/{person}"), more).await.ok();
    is_refused(&app, &recovery).await;
    assert_eq!(ends(&app, &person).await, [InvitationEnd::Used, InvitationEnd::PersonChanged]);

    // Another name is no other person.
    let (person, issued) = taken_on(&chief).await;
    secretariat.put(format!("/api/v1/people/{person}"), positions(&[("nurse", office)])).await.ok();
    Visitor::at_program(&app).post("/api/v1/invitations/open", passed_on(&issued)).await.ok();
}

#[tokio::test]
async fn row_17_a_suspended_or_dismissed_administrators_links_let_nobody_in() {
    for end in ENDS {
        let app = App::start().await;
        let (secretariat, chief) = (app.secretariat().await, administrator(&app, "minato").await);
        let other = administrator(&app, "minato").await;
        let (ghost, issued) = taken_on(&chief).await;
        let (colleague, theirs) = taken_on(&other).await;
        end_administrator(&app, &secretariat, &chief, end).await;
        is_refused(&app, &issued).await;
        assert_eq!(ends(&app, &ghost).await, [InvitationEnd::IssuerEnded], "{end}");
        assert!(ends(&app, &colleague).await.is_empty(), "{end}");
        Visitor::at_program(&app).post("/api/v1/invitations/open", passed_on(&theirs)).await.ok();
    }
}

#[tokio::test]
async fn row_17_who_was_suspended_comes_back_by_no_link_from_before() {
    let app = App::start().await;
    let (secretariat, chief) = (app.secretariat().await, administrator(&app, "minato").await);
    let (person, issued) = taken_on(&chief).await;
    let path = format!("/api/v1/people/{person}");
    let suspended = secretariat.post(format!("{path}/suspend"), Value::Null).await;
    assert!(suspended.status.is_success(), "{}", suspended.text());
    let mut back = positions(&[("nurse", chief.actor.organisation.to_string())]);
    back["active"] = true.into();
    secretariat.put(&path, back).await.ok();
    is_refused(&app, &issued).await;
    assert_eq!(ends(&app, &person).await, [InvitationEnd::PersonChanged]);
}

/// Word for word the same by a suspension that stands on record.
#[tokio::test]
async fn row_17_a_suspension_on_record_ends_the_links_of_whom_it_shuts_out_for_good() {
    let app = App::start().await;
    let (secretariat, chief) = (app.secretariat().await, administrator(&app, "minato").await);
    let (ghost, by_chief) = taken_on(&chief).await;
    let other = administrator(&app, "minato").await;
    let (person, of_person) = taken_on(&other).await;
    let page = format!("/api/v1/timelines/{}/entries", chief.actor.organisation);
    let say = async |whom: &str, lifted: bool| {
        let said = json!({ "suspension": { "person": whom, "lifted": lifted, "reason": "調査のあいだ" } });
        let post = json!({ "id": app.hub.region().draw_id(), "body": said });
        secretariat.post(&page, post).await.is(StatusCode::CREATED);
    };
    for whom in [chief.actor.person.to_string(), person.clone()] {
        say(&whom, false).await;
    }
    for lifted in [false, true] {
        if lifted {
            for whom in [chief.actor.person.to_string(), person.clone()] {
                say(&whom, true).await;
            }
        }
        is_refused(&app, &by_chief).await;
        is_refused(&app, &of_person).await;
    }
    assert_eq!(ends(&app, &ghost).await, [InvitationEnd::IssuerEnded]);
    assert_eq!(ends(&app, &person).await, [InvitationEnd::PersonChanged]);
}
