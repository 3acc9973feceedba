//! A region always has somebody who acts for its secretariat: whatever would take the last one away is refused, and told why,
//! be it a change of the directory or a record of suspension.

use axum::http::StatusCode;
use renkei::actions::directory::suspend_person;
use renkei::domain::act::By;
use renkei::domain::role::Role;
use serde_json::{Value, json};

use crate::support::actor::{Actor, Answer};
use crate::support::app::{App, ORIGIN};
use crate::support::visitor::PASSWORD;

/// Whether it was refused for this, in both languages.
fn refused(answer: &Answer, ja: &str, en: &str) {
    let problem = answer.problem(StatusCode::CONFLICT, "conflict");
    let said = |language: &str| problem["detail"][language].as_str().unwrap_or_default().to_owned();
    assert!(said("ja").contains(ja) && said("en").contains(en), "{problem}");
}

fn nobody_left(answer: &Answer) {
    refused(answer, "いなくなる", "nobody would be left");
}

async fn rename(by: &Actor, person: &Actor, with: Value) -> Answer {
    let mut sent = json!({ "name": { "kanji": "三浦 恵子" }, "positions": [] });
    sent.as_object_mut().unwrap().extend(with.as_object().unwrap().clone());
    by.put(format!("/api/v1/people/{}", person.actor.person), sent).await
}

fn held(actor: &Actor) -> Value {
    json!([{ "role": actor.actor.role.code(), "organisation": actor.actor.organisation.to_string() }])
}

#[tokio::test]
async fn the_last_of_the_secretariat_stays_whatever_is_tried() {
    let app = App::start().await;
    let last = app.secretariat().await;
    let (person, office) = (last.actor.person, last.actor.organisation);
    let station = app.nurse("minato").await;
    let as_nurse = held(&station);
    nobody_left(&last.post(format!("/api/v1/people/{person}/suspend"), json!({})).await);
    nobody_left(&last.delete(format!("/api/v1/organisations/{office}/staff/{person}")).await);
    nobody_left(&rename(&last, &last, json!({})).await);
    nobody_left(&rename(&last, &last, json!({ "positions": as_nurse })).await);
    nobody_left(&rename(&last, &last, json!({ "positions": held(&last), "active": false })).await);
    for office_now in
        [json!({ "name": "x", "type": "clinic" }), json!({ "name": "x", "type": "secretariat", "active": false })]
    {
        nobody_left(&last.put(format!("/api/v1/organisations/{office}"), office_now).await);
    }
    // Nothing of it happened, and what takes nothing away does.
    last.get("/api/v1/me").await.ok();
    let renamed = rename(&last, &last, json!({ "positions": held(&last) })).await.ok();
    assert_eq!((&renamed["name"]["kanji"], &renamed["active"]), (&"三浦 恵子".into(), &true.into()));
    let renamed = json!({ "name": "みなと事務局", "type": "secretariat" });
    assert_eq!(last.put(format!("/api/v1/organisations/{office}"), renamed).await.ok()["active"], true);

    let second = app.actor(Role::Secretariat, "secretariat").await;
    last.post(format!("/api/v1/people/{person}/suspend"), json!({})).await.is(StatusCode::NO_CONTENT);
    second.get("/api/v1/me").await.ok();
    nobody_left(&second.post(format!("/api/v1/people/{}/suspend", second.actor.person), json!({})).await);
    let app = app.stop().await.start().await;
    second.get("/api/v1/me").await.ok();
    drop(app);
}

#[tokio::test]
async fn whoever_is_left_has_an_account_where_somebody_had_one() {
    let app = App::start().await;
    let first = app.secretariat().await;
    app.account_of(&first).await;
    let second = app.actor(Role::Secretariat, "secretariat").await;
    let suspend_first = format!("/api/v1/people/{}/suspend", first.actor.person);
    let answer = second.post(&suspend_first, json!({})).await;
    refused(&answer, "招待", "has set up an account");
    let issued = app.accounts().invite(
        second.signed_in(),
        app.newcomer(Role::Secretariat, "secretariat").await.actor.person,
        None,
    );
    let issued = issued.await.expect("a colleague of theirs");
    let link = format!("{ORIGIN}/#invitation={}", issued.token.reveal().as_str());
    app.set_up(&json!({ "link": link, "code": issued.code }), PASSWORD).await;
    second.post(&suspend_first, json!({})).await.is(StatusCode::NO_CONTENT);
}

/// Each alone may go; not both.
#[tokio::test]
async fn two_who_go_at_once_do_not_leave_nobody() {
    let app = App::start().await;
    for _ in 0..20 {
        let (one, other) =
            (app.actor(Role::Secretariat, "secretariat").await, app.actor(Role::Secretariat, "secretariat").await);
        let directory = app.hub.region().directory();
        let before = directory.people.values().filter(|one| one.active && one.positions[0].role == Role::Secretariat);
        let others = before.filter(|known| ![one.actor.person, other.actor.person].contains(&known.id));
        let others: Vec<_> = others.map(|known| known.id).collect();
        for person in others {
            suspend_person(&app.hub, app.sign_ins(), By::Operator, person).await.unwrap();
        }
        let suspend = |person| suspend_person(&app.hub, app.sign_ins(), By::Operator, person);
        let (first, second) = tokio::join!(suspend(one.actor.person), suspend(other.actor.person));
        assert!(first.is_ok() != second.is_ok(), "{first:?} {second:?}");
    }
}

#[tokio::test]
async fn what_is_not_said_of_somebody_stays_as_it_is() {
    let app = App::start().await;
    let (secretariat, nurse) = (app.secretariat().await, app.nurse("minato").await);
    let (person, office) = (nurse.actor.person, nurse.actor.organisation);
    let path = format!("/api/v1/people/{person}");
    secretariat.post(format!("{path}/suspend"), json!({})).await.is(StatusCode::NO_CONTENT);
    let renamed = rename(&secretariat, &nurse, json!({ "positions": held(&nurse) })).await.ok();
    assert_eq!(renamed["active"], false, "suspended still");
    let back = rename(&secretariat, &nurse, json!({ "positions": held(&nurse), "active": true })).await.ok();
    assert_eq!(back["active"], true, "asked for");

    let closed = json!({ "name": "みなと", "type": "nursing_station", "active": false });
    secretariat.put(format!("/api/v1/organisations/{office}"), closed).await.ok();
    let renamed = json!({ "name": "みなと第二", "type": "nursing_station" });
    assert_eq!(secretariat.put(format!("/api/v1/organisations/{office}"), renamed).await.ok()["active"], false);

    // Somebody looked, and they left meanwhile.
    let seen = json!({ "positions": held(&nurse), "positions_before": held(&nurse) });
    rename(&secretariat, &nurse, seen.clone()).await.ok();
    let staff = format!("/api/v1/organisations/{office}/staff/{person}");
    secretariat.delete(&staff).await.is(StatusCode::NO_CONTENT);
    refused(&rename(&secretariat, &nurse, seen).await, "もう一度", "meanwhile");
    secretariat.delete(&staff).await.problem(StatusCode::NOT_FOUND, "not_found");
}

/// What somebody says on the timeline of whoever it is about.
async fn say(app: &App, by: &Actor, about: &Actor, body: Value) -> Answer {
    let path = format!("/api/v1/timelines/{}/entries", about.actor.organisation);
    by.post(path, json!({ "id": app.hub.region().draw_id(), "body": body })).await
}

/// Ends the use of the system for somebody, or for all their office, by a record.
async fn shut_out(app: &App, by: &Actor, whom: &Actor, all: bool) -> Answer {
    let person = if all { String::new() } else { whom.actor.person.to_string() };
    say(app, by, whom, json!({ "suspension": { "person": person, "reason": "調査のあいだ" } })).await
}

/// Each may shut the other out; not both, whether they stand on one timeline or on two, or one changes the directory.
#[tokio::test]
async fn two_who_suspend_each_other_at_once_do_not_leave_nobody() {
    // Where a third is left, the second of the two is refused as well: they act no more.
    let cases = ["one timeline", "two timelines", "a record and the directory", "whole offices", "a third is left"];
    for case in cases.into_iter().flat_map(|case| [case; 3]) {
        let app = App::start().await;
        let other_office = if ["two timelines", "whole offices"].contains(&case) { "second" } else { "secretariat" };
        let one = app.actor(Role::Secretariat, "secretariat").await;
        let other = app.actor(Role::Secretariat, other_office).await;
        let mut left = 1;
        if case == "a third is left" {
            app.actor(Role::Secretariat, "third").await;
            left += 1;
        }
        let (first, second) = match case {
            "a record and the directory" => {
                let suspend = other.post(format!("/api/v1/people/{}/suspend", one.actor.person), json!({}));
                tokio::join!(shut_out(&app, &one, &other, false), suspend)
            }
            _ => {
                let all = case == "whole offices";
                tokio::join!(shut_out(&app, &one, &other, all), shut_out(&app, &other, &one, all))
            }
        };
        let went_through = [&first, &second].map(|answer| answer.status.is_success());
        assert!(went_through[0] != went_through[1], "{case}: {} {}", first.text(), second.text());
        assert_eq!(app.hub.region().secretariat().len(), left, "{case}");
        let act = [&one, &other].map(|actor| app.hub.region().acts_as(&actor.actor));
        assert!(act[0] != act[1], "{case}");
        app.stop().await;
    }
}

#[tokio::test]
async fn no_record_takes_the_last_one_who_can_sign_in() {
    let app = App::start().await;
    let one = app.actor(Role::Secretariat, "secretariat").await;
    let other = app.actor(Role::Secretariat, "secretariat").await;
    let suspension = |whom: &Actor, rest: Value| {
        let mut said = json!({ "person": whom.actor.person.to_string(), "reason": "調査のあいだ" });
        said.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        json!({ "suspension": said })
    };
    // Without accounts neither is more than the other.
    shut_out(&app, &one, &other, false).await.is(StatusCode::CREATED);
    say(&app, &one, &other, suspension(&other, json!({ "lifted": true }))).await.is(StatusCode::CREATED);
    let other = app.sign_in(other.actor.person, other.position()).await;

    let invited = other.post(format!("/api/v1/people/{}/invitations", one.actor.person), json!({})).await;
    app.set_up(&invited.is(StatusCode::CREATED), PASSWORD).await;
    let one = app.sign_in(one.actor.person, one.position()).await;
    let with_account = |answer: &Answer| {
        let problem = answer.problem(StatusCode::UNPROCESSABLE_ENTITY, "unexpected");
        assert!(problem["detail"]["en"].as_str().is_some_and(|en| en.contains("has set up an account")), "{problem}");
        problem["field"].clone()
    };
    assert_eq!(with_account(&shut_out(&app, &other, &one, false).await), "body.suspension.person");
    // Nor by putting right what had no effect.
    let path = format!("/api/v1/timelines/{}/entries", one.actor.organisation);
    let id = app.hub.region().draw_id();
    let over = suspension(&one, json!({ "until": "2020-01-01" }));
    other.post(&path, json!({ "id": id, "body": over })).await.is(StatusCode::CREATED);
    let put_right = json!({ "correction": {
        "target": id.to_string(), "reason": "日付の誤り", "body": suspension(&one, json!({}))
    } });
    assert_eq!(with_account(&say(&app, &other, &one, put_right).await), "body.correction");
    assert!(app.hub.region().acts_as(&one.actor));

    // The other way round it may be, and it is known after a restart too.
    shut_out(&app, &one, &other, false).await.is(StatusCode::CREATED);
    let app = app.stop().await.start().await;
    assert_eq!(app.hub.region().secretariat().len(), 1);
    nobody_left(&one.post(format!("/api/v1/people/{}/suspend", one.actor.person), json!({})).await);
    let ready = one.get("/readyz").await.ok();
    assert_eq!(ready, json!({ "ready": true, "reasons": [] }));
}

/// Taking back that a suspension was lifted suspends anew.
#[tokio::test]
async fn nor_does_taking_back_that_it_was_lifted() {
    let app = App::start().await;
    let one = app.actor(Role::Secretariat, "secretariat").await;
    let other = app.actor(Role::Secretariat, "secretariat").await;
    shut_out(&app, &other, &one, false).await.is(StatusCode::CREATED);
    let path = format!("/api/v1/timelines/{}/entries", one.actor.organisation);
    let lifting = app.hub.region().draw_id();
    let person = one.actor.person.to_string();
    let lifted = json!({ "suspension": { "person": person, "reason": "調査の終わり", "lifted": true } });
    other.post(&path, json!({ "id": lifting, "body": lifted })).await.is(StatusCode::CREATED);
    let invited = other.post(format!("/api/v1/people/{person}/invitations"), json!({})).await;
    app.set_up(&invited.is(StatusCode::CREATED), PASSWORD).await;
    let one = app.sign_in(one.actor.person, one.position()).await;
    let taken_back = json!({ "retraction": { "target": lifting.to_string(), "reason": "mistake" } });
    let answer = say(&app, &other, &one, taken_back).await;
    let problem = answer.problem(StatusCode::UNPROCESSABLE_ENTITY, "unexpected");
    let told = problem["detail"]["en"].as_str().unwrap_or_default();
    assert!(problem["field"] == "body.retraction" && told.contains("has set up an account"), "{problem}");
    assert!(app.hub.region().acts_as(&one.actor));
}
