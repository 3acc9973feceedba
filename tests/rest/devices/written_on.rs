//! On which registered device an entry was written: it says so, also where it waited for a link first, and what is sent again
//! from elsewhere is the same entry.

use axum::http::StatusCode;
use renkei::domain::device::DeviceDemand;
use serde_json::{Value, json};

use super::lines::{sign_in, token};
use super::registered;
use crate::rest::files::id;
use crate::support::app::App;
use crate::support::line::TlsDoor;
use crate::support::until;

fn note(number: u64, text: &str) -> Value {
    json!({ "id": id(number), "body": { "note": { "text": text } } })
}

#[tokio::test]
async fn an_entry_says_on_which_registered_device_it_was_written() {
    let app = App::start().await;
    let (secretariat, nurse) = (app.secretariat().await, app.nurse("minato").await);
    let patient = app.register_patient("高橋 ハル", "タカハシ ハル").await;
    let entries = format!("/api/v1/timelines/{patient}/entries");
    let account = app.account_of(&nurse).await;
    let (device, tablet) = registered(&secretariat, nurse.actor.organisation, "タブレット 3").await;
    let door = TlsDoor::open(&app, DeviceDemand::Optional).await;
    let on_tablet = sign_in(&app, &door, Some(&tablet), &account).await.is(StatusCode::CREATED);
    let on_none = sign_in(&app, &door, None, &account).await.is(StatusCode::CREATED);
    let (bound, free) = (token(&on_tablet), token(&on_none));

    let pulse = json!({ "vital": { "measurements": [{ "sign": "pulse", "value": "72", "unit": "/min" }] } });
    let waits = json!({ "id": id(1), "body": pulse });
    let post = async |device, token, body| door.ask(device, "POST", &entries, Some(token), Some(body)).await.unwrap();
    post(Some(&tablet), bound, waits).await.is(StatusCode::ACCEPTED);
    app.link(patient, "minato").await;
    post(Some(&tablet), bound, note(2, "タブレットで")).await.is(StatusCode::CREATED);
    post(None, free, note(3, "どこかで")).await.is(StatusCode::CREATED);
    assert_eq!(post(None, free, note(2, "タブレットで")).await.ok()["repeated"], true, "the first answer again");

    let devices = async || {
        let read = door.ask(None, "GET", &entries, Some(free), None).await.unwrap().ok();
        let of = |number: u64| {
            let found = read["entries"].as_array().unwrap().iter().find(|entry| entry["id"] == id(number));
            found.map(|entry| entry["content"]["device"].clone())
        };
        [of(1), of(2), of(3)]
    };
    until("the pulse joins its timeline", async || devices().await[0].is_some()).await;
    assert_eq!(devices().await, [Some(json!(device)), Some(json!(device)), Some(Value::Null)]);
    door.close().await;
}
