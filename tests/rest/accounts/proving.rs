//! Grave acts ask for a fresh proof of who it is: an open screen gives nobody a way in, takes nothing out and binds nobody.

use std::time::Duration;

use axum::http::StatusCode;
use renkei::domain::account::{AccountDeed, SignInWay};
use renkei::domain::act::Deed;
use renkei::http::routes::{ROUTES, Route};
use renkei::http::step_up::GRAVE_ROUTES;
use renkei::limits;
use serde_json::{Value, json};

use super::passkeys::{issued, nurse_with_passkey, sign_in};
use super::sign_in::acts;
use crate::support::actor::Answer;
use crate::support::app::App;
use crate::support::authenticator::Authenticator;
use crate::support::visitor::{Account, PASSWORD, Visitor, position};

const PROOF: &str = "/api/v1/me/proof";
const SOMEBODY: &str = "0196d5a2-7c00-7000-8000-000000000001";

const fn counts() -> Duration {
    Duration::from_secs(limits::PROOF_COUNTS_S_DEFAULT.unsigned_abs())
}

/// The secretariat at its page on a hub where no link lets anybody in, with password, authenticator and a passkey.
async fn secretariat(app: &App) -> (Account, Authenticator, Visitor) {
    let known = app.secretariat().await;
    let account = app.set_up(&issued(app, &known).await, PASSWORD).await;
    let mut page = Visitor::at_page(app);
    page.sign_in(app, &account).await.is(StatusCode::CREATED);
    app.next_code();
    let (asked, mut device) =
        (page.post("/api/v1/me/passkeys/options", json!({})).await.ok(), Authenticator::new("key"));
    let made = json!({ "ceremony": asked["ceremony"], "credential": device.make(&asked["options"]), "name": "鍵" });
    page.post("/api/v1/me/passkeys", made).await.is(StatusCode::CREATED);
    (account, device, page)
}

async fn ask(page: &mut Visitor, route: &Route) -> Answer {
    let places = ["{id}", "{entry}", "{sha256}", "{person}", "{citation}"];
    let path = places.iter().fold(route.path.to_owned(), |path, place| path.replace(place, SOMEBODY));
    let body = matches!(route.method, "post" | "put").then(|| json!({ "surprise": 1 }));
    let request = page.request(&route.method.to_uppercase(), &path);
    page.send(request, body).await
}

/// Takes the audit log out, which is grave.
async fn export(page: &mut Visitor) -> Answer {
    page.post("/api/v1/audit/export", json!({ "reason": "年次の監査" })).await
}

fn is_held(answer: &Answer) -> bool {
    answer.status == StatusCode::FORBIDDEN && answer.text().contains("\"proof_needed\"")
}

#[tokio::test]
async fn each_grave_act_and_no_other_asks_for_a_proof_that_is_fresh() {
    let app = App::start_without_links().await;
    let (account, _, mut page) = secretariat(&app).await;
    for route in GRAVE_ROUTES {
        assert!(!is_held(&ask(&mut page, route).await), "{route:?}: whoever has just signed in has shown it");
    }
    app.clock.advance(counts());
    for route in ROUTES.iter().filter(|route| !["/api/v1/me", "/api/v1/me/sign-ins"].contains(&route.path)) {
        let is_grave = GRAVE_ROUTES.contains(route);
        assert_eq!(is_held(&ask(&mut page, route).await), is_grave, "{route:?}");
    }
    let shown = json!({ "password": PASSWORD, "code": account.code(&app) });
    page.post(PROOF, shown).await.ok();
    for route in GRAVE_ROUTES {
        assert!(!is_held(&ask(&mut page, route).await), "{route:?}");
    }
}

#[tokio::test]
async fn a_proof_counts_for_a_while_at_the_sign_in_that_showed_it() {
    let app = App::start_without_links().await;
    let (account, mut device, mut page) = secretariat(&app).await;
    let mut elsewhere = Visitor::at_page(&app);
    sign_in(&mut elsewhere, &mut device).await.is(StatusCode::CREATED);
    app.clock.advance(counts());
    let held = export(&mut page).await.problem(StatusCode::FORBIDDEN, "proof_needed");
    assert!(held["detail"]["ja"].as_str().unwrap().contains("ご本人"), "{held}");
    let asked = page.post(&format!("{PROOF}/options"), json!({})).await.ok();
    assert_eq!(asked["password"], true);
    let allowed = &asked["passkey"]["options"]["allowCredentials"];
    assert_eq!(allowed.as_array().unwrap().len(), 1, "of her own");
    let credential = device.show(&asked["passkey"]["options"]);
    let proof = json!({ "ceremony": asked["passkey"]["ceremony"], "credential": credential });
    let until = page.post(PROOF, proof.clone()).await.ok();
    assert_eq!(until["until"], "2026-04-01T00:21:00Z");
    assert_eq!(export(&mut page).await.status, StatusCode::OK);
    export(&mut elsewhere).await.problem(StatusCode::FORBIDDEN, "proof_needed");
    page.post(PROOF, proof).await.problem(StatusCode::UNPROCESSABLE_ENTITY, "mismatch");
    // Going on in the same role at another sign-in takes the proof along, and makes it no younger.
    app.clock.advance(counts() - Duration::from_secs(1));
    let role = position(app.secretariat().await.position());
    page.put("/api/v1/me/position", role).await.is(StatusCode::CREATED);
    assert_eq!(export(&mut page).await.status, StatusCode::OK);
    app.clock.advance(Duration::from_secs(1));
    export(&mut page).await.problem(StatusCode::FORBIDDEN, "proof_needed");
    page.post(PROOF, json!({ "password": PASSWORD, "code": account.code(&app) })).await.ok();
    assert_eq!(export(&mut page).await.status, StatusCode::OK);
    let shown: Vec<_> = acts(&app).await.into_iter().filter_map(proof_of).collect();
    assert_eq!(shown, [SignInWay::Passkey, SignInWay::Password]);
}

fn proof_of(act: renkei::domain::act::Act) -> Option<SignInWay> {
    match act.deed {
        Deed::Account(AccountDeed::Proved { way, .. }) => Some(way),
        _ => None,
    }
}

#[tokio::test]
async fn a_proof_is_two_factors_and_guessed_at_no_faster_than_a_password() {
    let app = App::start_without_links().await;
    let (account, mut device, mut page) = secretariat(&app).await;
    app.clock.advance(counts());
    let mismatch = StatusCode::UNPROCESSABLE_ENTITY;
    let code = account.code(&app);
    let halves: [(Value, &str); 5] = [
        (json!({ "password": PASSWORD, "code": "000000" }), "mismatch"),
        (json!({ "password": "x", "code": code }), "mismatch"),
        (json!({ "password": PASSWORD }), "required"),
        (json!({ "code": code }), "required"),
        (json!({}), "required"),
    ];
    for (half, problem) in halves {
        page.post(PROOF, half).await.problem(mismatch, problem);
    }
    let show = async |page: &mut Visitor, device: &mut Authenticator| {
        let asked = page.post(&format!("{PROOF}/options"), json!({})).await.ok()["passkey"].clone();
        let credential = device.show(&asked["options"]);
        page.post(PROOF, json!({ "ceremony": asked["ceremony"], "credential": credential })).await
    };
    device.habits.unlocked = false;
    show(&mut page, &mut device).await.problem(mismatch, "mismatch");
    device.habits.unlocked = true;
    // Whoever's device it is not proves nothing with it.
    let (_, mut others, _) = nurse_with_passkey(&app, "minato").await;
    show(&mut page, &mut others).await.problem(mismatch, "mismatch");
    device.habits.owner = Some(vec![7; 16]);
    show(&mut page, &mut device).await.problem(mismatch, "mismatch");
    device.habits.owner = None;
    assert!(is_held(&export(&mut page).await));
    for _ in 0..limits::SIGN_IN_TRIES_BY_DEVICE_BURST {
        page.post(PROOF, json!({ "password": "x", "code": "1" })).await;
    }
    let tired = page.post(PROOF, json!({ "password": PASSWORD, "code": code })).await;
    tired.problem(StatusCode::TOO_MANY_REQUESTS, "too_many_tries");
    show(&mut page, &mut device).await.problem(StatusCode::TOO_MANY_REQUESTS, "too_many_tries");
    app.clock.advance(Duration::from_millis(limits::SIGN_IN_BY_DEVICE_REFILL_MS));
    show(&mut page, &mut device).await.ok();
    assert_eq!(export(&mut page).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_hub_that_was_started_again_asks_again() {
    let app = App::start_without_links().await;
    let (account, _, mut page) = secretariat(&app).await;
    assert_eq!(export(&mut page).await.status, StatusCode::OK);
    // The page holds on to the hub that it spoke to.
    let cookies = page.cookies.clone();
    drop(page);
    let app = app.stop().await.start().await;
    let mut again = Visitor::at_page(&app);
    again.cookies = cookies;
    export(&mut again).await.problem(StatusCode::FORBIDDEN, "proof_needed");
    again.post(PROOF, json!({ "password": PASSWORD, "code": account.code(&app) })).await.ok();
    assert_eq!(export(&mut again).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_proof_that_was_wrong_is_on_record() {
    let app = App::start_without_links().await;
    let (account, _, mut page) = secretariat(&app).await;
    app.next_code();
    let before = acts(&app).await.len();
    let wrong = json!({ "password": "雪の日は長靴をはいて行く", "code": account.code(&app) });
    page.post(PROOF, wrong).await.is(StatusCode::UNPROCESSABLE_ENTITY);
    // It is kept aside, so that nobody waits for it.
    let keeping = async {
        while acts(&app).await.len() == before {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), keeping).await.expect("it is kept");
    let kept = acts(&app).await.split_off(before);
    let [act] = &kept[..] else { panic!("{kept:?}") };
    assert!(matches!(&act.deed, Deed::Account(AccountDeed::SignInRefused { .. })), "{act:?}");
}
