//! Who registers and revokes which device, and what is on record of it.

use std::time::Duration;

use axum::http::StatusCode;
use renkei::domain::act::Deed;
use renkei::domain::device::{CertificateWay, DeviceDeed};
use serde_json::json;

use super::{administrator, bundle, registered};
use crate::rest::accounts::acts;
use crate::support::app::App;
use crate::support::line::Identity;

#[tokio::test]
async fn row_12_an_office_registers_its_own_devices_and_no_others_and_the_secretariat_all() {
    let app = App::start().await;
    let (chief, nurse) = (administrator(&app, "minato").await, app.nurse("minato").await);
    let (secretariat, other) = (app.secretariat().await, administrator(&app, "kita").await);
    let (mine, _) = registered(&chief, chief.actor.organisation, " タブレット 3 ").await;
    let listed = chief.get("/api/v1/devices").await.ok();
    let device = &listed["devices"][0];
    assert_eq!((&device["id"], &device["name"]), (&mine.as_str().into(), &"タブレット 3".into()));
    assert_eq!(device["certificate"]["expires_at"], "2027-05-03T00:00:00Z");
    assert_eq!((&device["seen_at"], &device["revoked_at"]), (&json!(null), &json!(null)));

    let foreign = json!({ "name": "x", "organisation": other.actor.organisation.to_string() });
    let refused = chief.post("/api/v1/devices", foreign).await;
    assert_eq!(refused.problem(StatusCode::UNPROCESSABLE_ENTITY, "not_found")["field"], "organisation");
    assert_eq!(other.get("/api/v1/devices").await.ok()["devices"], json!([]));
    for (path, body) in
        [("certificates", json!({})), ("enrolments", json!({})), ("revoke", json!({ "reason": "紛失" }))]
    {
        let path = format!("/api/v1/devices/{mine}/{path}");
        other.post(&path, body.clone()).await.problem(StatusCode::NOT_FOUND, "not_found");
        nurse.post(&path, body).await.problem(StatusCode::NOT_FOUND, "not_found");
    }
    nurse.get("/api/v1/devices").await.problem(StatusCode::FORBIDDEN, "forbidden");
    registered(&secretariat, other.actor.organisation, "PC 1").await;
    assert_eq!(secretariat.get("/api/v1/devices").await.ok()["devices"].as_array().unwrap().len(), 2);
    assert_eq!(chief.get("/api/v1/devices").await.ok()["devices"].as_array().unwrap().len(), 1);
    for (name, code) in [("", "required"), ("a\u{7}", "implausible"), ("a\u{202e}b", "implausible")] {
        let given = json!({ "name": name, "organisation": chief.actor.organisation.to_string() });
        let refused = chief.post("/api/v1/devices", given).await;
        assert_eq!(refused.problem(StatusCode::UNPROCESSABLE_ENTITY, code)["field"], "name");
    }
}

#[tokio::test]
async fn what_is_done_to_a_device_is_on_record_with_who_did_it_and_why() {
    let app = App::start().await;
    let chief = administrator(&app, "minato").await;
    let before = acts(&app).await.len();
    let (device, _) = registered(&chief, chief.actor.organisation, "タブレット 3").await;
    let path = format!("/api/v1/devices/{device}/revoke");
    let none = chief.post(&path, json!({ "reason": "  " })).await;
    assert_eq!(none.problem(StatusCode::UNPROCESSABLE_ENTITY, "required")["field"], "reason");
    let reason = "訪問先の駐車場で紛失";
    chief.post(&path, json!({ "reason": reason })).await.is(StatusCode::NO_CONTENT);
    chief.post(&path, json!({ "reason": reason })).await.problem(StatusCode::NOT_FOUND, "not_found");
    let gone = format!("/api/v1/devices/{device}/certificates");
    chief.post(gone, json!({})).await.problem(StatusCode::NOT_FOUND, "not_found");
    let kept = acts(&app).await.split_off(before);
    assert!(kept.iter().all(|act| act.by == chief.signed_in().by()), "{kept:?}");
    let deeds: Vec<_> =
        kept.into_iter().filter_map(|act| if let Deed::Device(deed) = act.deed { Some(deed) } else { None }).collect();
    let [
        DeviceDeed::Registered { organisation, .. },
        DeviceDeed::CertificateIssued { way, .. },
        DeviceDeed::Revoked { reason: kept, .. },
    ] = deeds.as_slice()
    else {
        panic!("{deeds:?}")
    };
    assert_eq!((*organisation, *way), (chief.actor.organisation, CertificateWay::Console));
    assert_eq!(kept, reason);
}

#[tokio::test]
async fn a_bundle_and_its_passphrase_are_new_each_time_and_nothing_of_them_is_kept() {
    let app = App::start().await;
    let secretariat = app.secretariat().await;
    let (device, _) = registered(&secretariat, secretariat.actor.organisation, "貸出 1").await;
    app.clock.advance(Duration::from_secs(1));
    let one = bundle(&secretariat, &device).await;
    app.clock.advance(Duration::from_secs(1));
    let other = bundle(&secretariat, &device).await;
    assert_ne!(one["passphrase"], other["passphrase"]);
    assert_ne!(one["pkcs12"], other["pkcs12"]);
    let (one, other) = (Identity::of(&one), Identity::of(&other));
    assert_ne!(one.serial(), other.serial());
    let listed = secretariat.get("/api/v1/devices").await.ok();
    assert_eq!(listed["devices"][0]["certificate"]["serial"], other.serial(), "the newest is shown");
}
