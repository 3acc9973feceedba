//! Several change the same person at once: neither change is lost, to the database, to the hub, or to one that starts anew.

use std::sync::Arc;

use axum::http::StatusCode;
use renkei::clock::ManualClock;
use renkei::domain::directory::Directory;
use renkei::vault::RegionKey;
use serde_json::json;

use crate::support::actor::Actor;
use crate::support::app::{App, Database};
use crate::support::{postgres, scratch};

/// How many people are changed by two at once.
const PEOPLE: usize = 30;

/// The same story on both engines.
async fn on_both(story: impl AsyncFn(App)) {
    let databases = [Some(Database::File), postgres::Database::with_tables().map(Database::Server)];
    for database in databases.into_iter().flatten() {
        let clock = Arc::new(ManualClock::at("2026-04-01T09:00:00+09:00".parse().unwrap()));
        let key = Arc::new(RegionKey::ephemeral());
        story(App::open_at(scratch::folder("at_once"), database, key, clock).await).await;
    }
}

/// What the hub and whoever starts after it say of these people.
async fn told(app: App, whose: impl Fn(&Directory)) {
    whose(&app.hub.region().directory());
    let app = app.stop().await.start().await;
    whose(&app.hub.region().directory());
}

fn suspension(nurse: &Actor) -> String {
    format!("/api/v1/people/{}/suspend", nurse.actor.person)
}

fn leaving(nurse: &Actor) -> String {
    format!("/api/v1/organisations/{}/staff/{}", nurse.actor.organisation, nurse.actor.person)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn who_is_suspended_and_leaves_at_once_is_suspended_and_has_left() {
    on_both(async |app| {
        let secretariat = app.secretariat().await;
        let mut people = Vec::new();
        for _ in 0..PEOPLE {
            let nurse = app.nurse("minato").await;
            let (suspend, leave) = (suspension(&nurse), leaving(&nurse));
            let (suspended, left) = tokio::join!(secretariat.post(suspend, json!({})), secretariat.delete(leave));
            suspended.is(StatusCode::NO_CONTENT);
            left.is(StatusCode::NO_CONTENT);
            people.push(nurse.actor.person);
        }
        told(app, |directory| {
            let known = people.iter().map(|person| &directory.people[person]);
            let lost: Vec<_> = known.filter(|person| person.active || !person.positions.is_empty()).collect();
            assert!(lost.is_empty(), "{} of {PEOPLE}: {lost:?}", lost.len());
        })
        .await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn who_gets_another_position_at_once_is_suspended_still_and_comes_back_by_no_old_list() {
    on_both(async |app| {
        let (secretariat, other) = (app.secretariat().await, app.nurse("other").await);
        let at = |actor: &Actor| json!({ "role": "nurse", "organisation": actor.actor.organisation.to_string() });
        let (mut suspended, mut left) = (Vec::new(), Vec::new());
        for _ in 0..PEOPLE {
            let nurse = app.nurse("minato").await;
            let path = format!("/api/v1/people/{}", nurse.actor.person);
            let both = json!({ "name": { "kanji": "佐藤 花子" }, "positions": [at(&nurse), at(&other)] });
            let (done, put) =
                tokio::join!(secretariat.post(suspension(&nurse), json!({})), secretariat.put(&path, both.clone()));
            done.is(StatusCode::NO_CONTENT);
            put.ok();
            suspended.push(nurse.actor.person);

            let nurse = app.nurse("minato").await;
            let path = format!("/api/v1/people/{}", nurse.actor.person);
            let mut seen = json!({ "positions_before": [at(&nurse)], "positions": [at(&nurse), at(&other)] });
            seen["name"] = both["name"].clone();
            let (gone, put) = tokio::join!(secretariat.delete(leaving(&nurse)), secretariat.put(&path, seen));
            gone.is(StatusCode::NO_CONTENT);
            assert!([StatusCode::OK, StatusCode::CONFLICT].contains(&put.status), "{}", put.text());
            left.push((nurse.actor.person, nurse.actor.organisation, put.status == StatusCode::OK));
        }
        told(app, |directory| {
            for person in &suspended {
                let known = &directory.people[person];
                assert!(!known.active && known.positions.len() == 2, "{known:?}");
            }
            for (person, office, went_first) in &left {
                let held = &directory.people[person].positions;
                let is_there = held.iter().any(|position| position.organisation == *office);
                assert!(!is_there && held.len() == usize::from(*went_first), "{held:?}");
            }
        })
        .await;
    })
    .await;
}
