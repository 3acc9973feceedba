//! Registered devices: looked after by whom, enrolled how, and what a connection that shows one, or none, lets somebody do.
//! The rows of the requirements that each story holds are in its name.

mod authorities;
mod enrolling;
mod excepting;
pub mod lines;
mod looking_after;
mod overreaching;
mod written_on;

use axum::http::StatusCode;
use renkei::domain::ids::OrganisationId;
use serde_json::{Value, json};

use crate::support::actor::Actor;
use crate::support::app::App;
use crate::support::line::Identity;

/// A device that this actor registers for an organisation, with its id and what it has installed.
pub async fn registered(by: &Actor, organisation: OrganisationId, name: &str) -> (String, Identity) {
    let given = json!({ "name": name, "organisation": organisation.to_string() });
    let device = by.post("/api/v1/devices", given).await.is(StatusCode::CREATED);
    let id = device["id"].as_str().expect("an id").to_owned();
    (id.clone(), Identity::of(&bundle(by, &id).await))
}

/// A certificate for a device.
pub async fn bundle(by: &Actor, device: &str) -> Value {
    by.post(format!("/api/v1/devices/{device}/certificates"), json!({})).await.is(StatusCode::CREATED)
}

/// How an administrator's right ends.
pub const ENDS: [&str; 4] = ["suspended", "dismissed", "moved", "left"];

/// Ends it so.
pub async fn end_administrator(app: &App, secretariat: &Actor, chief: &Actor, how: &str) {
    let (id, office) = (chief.actor.person, chief.actor.organisation);
    let person = format!("/api/v1/people/{id}");
    let ending = match how {
        "suspended" => secretariat.post(format!("{person}/suspend"), Value::Null).await,
        "dismissed" => secretariat.delete(format!("/api/v1/organisations/{office}/administrators/{id}")).await,
        "moved" => {
            let clinic = app.doctor("hikari").await.actor.organisation.to_string();
            let positions = json!([{ "role": "nurse", "organisation": clinic }]);
            secretariat.put(&person, json!({ "name": { "kanji": "看護 花子" }, "positions": positions })).await
        }
        _ => secretariat.delete(format!("/api/v1/organisations/{office}/staff/{id}")).await,
    };
    assert!(ending.status.is_success(), "{how}: {}", ending.text());
}

/// An administrator of the office that they work at.
pub async fn administrator(app: &App, office: &str) -> Actor {
    let chief = app.nurse(office).await;
    let path = format!("/api/v1/organisations/{}/administrators", chief.actor.organisation);
    let given = json!({ "person": chief.actor.person.to_string() });
    app.secretariat().await.post(path, given).await.is(StatusCode::NO_CONTENT);
    chief
}
