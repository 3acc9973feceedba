//! Signing in by another service: linked by its owner or by an invitation, and by two factors always, whoever asks for the
//! second. What attacks are answered is `outside_attacks.rs`.

use std::time::Duration;

use axum::http::{StatusCode, header};
use renkei::config::OidcSettings;
use renkei::domain::account::{AccountDeed, IdentityStep, SignInWay};
use renkei::domain::act::{By, Deed};
use renkei::domain::directory::{Person, Position};
use renkei::domain::role::{OrganisationType, Role};
use renkei::limits;
use renkei::wire::Encoding;
use renkei::wire::codes::CloseCode;
use ring::signature::KeyPair as _;
use serde_json::{Value, json};

use super::passkeys::issued;
use super::sign_in::acts;
use crate::support::actor::{Actor, Answer};
use crate::support::app::{App, ORIGIN};
use crate::support::authenticator::Authenticator;
use crate::support::provider::{Known, Provider, write_own};
use crate::support::socket::Socket;
use crate::support::visitor::{Account, PASSWORD, Visitor, passed_on, position};

pub const LEAVE: &str = "/api/v1/sign-in/oidc";
pub const FINISH: &str = "/api/v1/sign-in/oidc/finish";
const SECOND: &str = "/api/v1/sign-in/oidc/second";
pub const MINE: &str = "/api/v1/me/identities";

/// A hub whose people may sign in by a service, and the service.
pub async fn hub_and_service() -> (App, Provider) {
    let provider = Provider::start().await;
    (App::start_trusting(|folder| provider.settings(folder)).await, provider)
}

/// A nurse with password and authenticator, at her page.
pub async fn nurse_at_page(app: &App, office: &str) -> (Actor, Account, Visitor) {
    let nurse = app.nurse(office).await;
    let account = app.set_up(&issued(app, &nurse).await, PASSWORD).await;
    let mut page = Visitor::at_page(app);
    page.sign_in(app, &account).await.is(StatusCode::CREATED);
    app.next_code();
    (nurse, account, page)
}

/// Leaves by this route, is let in at the service, and comes back.
pub async fn go_round(app: &App, provider: &Provider, page: &mut Visitor, leave: (&str, Value), known: &Known) {
    let left = page.post(leave.0, leave.1).await.ok();
    let back = provider.authorize(app, left["location"].as_str().unwrap(), known);
    let answer = page.get(&back).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/#oidc"));
    assert!(answer.text().is_empty() && answer.headers.get(header::SET_COOKIE).is_none(), "nothing is said there");
}

/// Links whom the service knows to the account of whoever is at this page.
pub async fn link(app: &App, provider: &Provider, page: &mut Visitor, known: &Known) -> Answer {
    go_round(app, provider, page, (MINE, json!({})), known).await;
    page.post(&format!("{MINE}/finish"), json!({})).await
}

pub async fn sign_in(app: &App, provider: &Provider, page: &mut Visitor, known: &Known) -> Answer {
    go_round(app, provider, page, (LEAVE, json!({})), known).await;
    page.post(FINISH, json!({ "device": "ナースステーションの PC" })).await
}

pub fn refused(answer: &Answer) -> Value {
    answer.problem(StatusCode::UNAUTHORIZED, "outside_refused")
}

#[tokio::test]
async fn row_1_who_is_linked_is_let_in_where_the_service_proves_two_factors() {
    let (app, provider) = hub_and_service().await;
    let (nurse, _, mut page) = nurse_at_page(&app, "minato").await;
    let hanako = Known::by_two_factors("248289761001");
    assert_eq!(page.get("/api/v1/sign-in").await.ok()["outside"], "みなと病院");
    let linked = link(&app, &provider, &mut page, &hanako).await.is(StatusCode::CREATED);
    assert_eq!((&linked["subject"], &linked["used_at"]), (&json!("248289761001"), &json!(null)));
    assert!(!page.cookies.contains_key("__Host-renkei-oidc"), "the round is over");

    let mut elsewhere = Visitor::at_page(&app);
    let entered = sign_in(&app, &provider, &mut elsewhere, &hanako).await.is(StatusCode::CREATED);
    assert_eq!(entered["token"], json!(null), "a page has a cookie");
    let me = elsewhere.get("/api/v1/me").await.ok();
    assert_eq!(me["person"]["id"], nurse.actor.person.to_string());
    let mine = elsewhere.get("/api/v1/me/sign-ins").await.ok();
    let this = mine["sign_ins"].as_array().unwrap().iter().find(|one| one["is_this"] == true).unwrap();
    assert_eq!((&this["way"], &this["device"]), (&json!("oidc"), &json!("ナースステーションの PC")));
    assert!(elsewhere.get(MINE).await.ok()["identities"][0]["used_at"].is_string());
    // It showed just now who they are, so that it counts for grave acts, for as long as any proof does.
    elsewhere.post("/api/v1/me/passkeys/options", json!({})).await.ok();
    app.clock.advance(Duration::from_secs(limits::PROOF_COUNTS_S_DEFAULT.unsigned_abs()));
    let held = elsewhere.post("/api/v1/me/passkeys/options", json!({})).await;
    held.problem(StatusCode::FORBIDDEN, "proof_needed");

    let kept = acts(&app).await;
    let linked = kept.iter().find_map(|act| match act.deed {
        Deed::Account(AccountDeed::Identity { what, person, .. }) => Some((act.by, what, person)),
        _ => None,
    });
    let (by, what, whose) = linked.unwrap();
    assert!(by.sign_in().is_some() && by.actor() == Some(&nurse.actor), "{by:?}");
    assert_eq!((what, whose), (IdentityStep::Linked, nurse.actor.person));
    let Deed::SignInIssued { way, .. } = kept.last().unwrap().deed else { panic!("{kept:?}") };
    assert_eq!(way, Some(SignInWay::Oidc));
}

#[tokio::test]
async fn row_1_with_one_factor_of_the_service_the_hub_asks_for_its_own() {
    let (app, provider) = hub_and_service().await;
    let (nurse, account, mut page) = nurse_at_page(&app, "minato").await;
    link(&app, &provider, &mut page, &Known::by_one_factor("1")).await.is(StatusCode::CREATED);
    let two = Known::by_two_factors("1");
    let one_or_stale = [
        Known::by_one_factor("1"),
        Known { amr: vec!["otp"], ..two.clone() },
        Known { amr: vec![], ..two.clone() },
        Known { shown_ago_s: None, ..two.clone() },
        Known { shown_ago_s: Some(limits::PROOF_COUNTS_S_DEFAULT + limits::OIDC_SKEW_S + 1), ..two },
    ];
    let mut at_home = Visitor::at_page(&app);
    for known in &one_or_stale {
        let asked = sign_in(&app, &provider, &mut at_home, known).await.is(StatusCode::ACCEPTED);
        assert_eq!((&asked["code"], &asked["passkey"]), (&json!(true), &json!(null)), "{known:?}");
        at_home.get("/api/v1/me").await.problem(StatusCode::UNAUTHORIZED, "unauthenticated");
        let answer = |code: &str| json!({ "ticket": asked["ticket"], "code": code });
        let wrong = at_home.post(SECOND, answer("000000")).await;
        wrong.problem(StatusCode::UNAUTHORIZED, "sign_in_refused");
        at_home.post(SECOND, answer(&account.code(&app))).await.is(StatusCode::CREATED);
        refused(&at_home.post(SECOND, answer(&account.code(&app))).await);
        assert_eq!(at_home.get("/api/v1/me").await.ok()["person"]["id"], nurse.actor.person.to_string());
        // One factor was shown just now, and the other perhaps this morning: grave acts ask again, save where both are.
        let grave = at_home.post("/api/v1/me/passkeys/options", json!({})).await.status;
        let is_fresh = known.shown_ago_s == Some(0);
        assert_eq!(grave == StatusCode::OK, is_fresh, "{known:?}");
        at_home.delete("/api/v1/me").await;
        app.clock.advance(Duration::from_millis(limits::SIGN_IN_BY_STRANGERS_REFILL_MS));
    }
    // The ticket does not last.
    let asked = sign_in(&app, &provider, &mut at_home, &one_or_stale[0]).await.is(StatusCode::ACCEPTED);
    app.clock.advance(Duration::from_millis(limits::POSITION_CHOICE_MS));
    refused(&at_home.post(SECOND, json!({ "ticket": asked["ticket"], "code": account.code(&app) })).await);
    // Guessing the code is no faster here than anywhere.
    let asked = sign_in(&app, &provider, &mut at_home, &one_or_stale[0]).await.is(StatusCode::ACCEPTED);
    let guess = json!({ "ticket": asked["ticket"], "code": "000000" });
    for _ in 0..limits::SIGN_IN_TRIES_BY_DEVICE_BURST {
        at_home.post(SECOND, guess.clone()).await;
    }
    at_home.post(SECOND, guess).await.problem(StatusCode::TOO_MANY_REQUESTS, "too_many_tries");
}

#[tokio::test]
async fn row_1_of_what_the_service_calls_its_checks_the_regions_words_alone_count() {
    let (app, provider) = hub_and_service().await;
    let (_, _, mut page) = nurse_at_page(&app, "minato").await;
    let known = Known::by_one_factor("1");
    link(&app, &provider, &mut page, &known).await.is(StatusCode::CREATED);
    let rows = [
        (json!("urn:example:two"), StatusCode::CREATED),
        (json!("urn:example:one"), StatusCode::ACCEPTED),
        (json!("urn:example:two "), StatusCode::ACCEPTED),
        (json!(["urn:example:two"]), StatusCode::ACCEPTED),
        (json!(""), StatusCode::ACCEPTED),
    ];
    for (acr, status) in rows {
        let said = acr.clone();
        provider.bend(move |_, claims| claims["acr"] = said.clone());
        let answer = sign_in(&app, &provider, &mut Visitor::at_page(&app), &known).await;
        assert_eq!(answer.status, status, "{acr}");
    }
}

#[tokio::test]
async fn row_1_a_passkey_is_a_second_factor_too() {
    let (app, provider) = hub_and_service().await;
    let (_, _, mut page) = nurse_at_page(&app, "minato").await;
    let mut device = Authenticator::new("phone");
    let asked = page.post("/api/v1/me/passkeys/options", json!({})).await.ok();
    let made = json!({ "ceremony": asked["ceremony"], "credential": device.make(&asked["options"]), "name": "iPhone" });
    page.post("/api/v1/me/passkeys", made).await.is(StatusCode::CREATED);
    let known = Known::by_one_factor("1");
    link(&app, &provider, &mut page, &known).await.is(StatusCode::CREATED);
    let mut at_home = Visitor::at_page(&app);
    let asked = sign_in(&app, &provider, &mut at_home, &known).await.is(StatusCode::ACCEPTED);
    let again = sign_in(&app, &provider, &mut at_home, &known).await.is(StatusCode::ACCEPTED);
    let answer = |ticket: &Value, question: &Value, device: &mut Authenticator| {
        json!({
            "ticket": ticket, "ceremony": question["ceremony"], "credential": device.show(&question["options"]),
        })
    };
    // What was asked for one ticket is not answered with another; nor by somebody else's device, nor unlocked by nobody.
    let crossed = answer(&again["ticket"], &asked["passkey"], &mut device);
    at_home.post(SECOND, crossed).await.problem(StatusCode::UNAUTHORIZED, "passkey_refused");
    let touched = device.with(|it| it.unlocked = false, |device| answer(&again["ticket"], &again["passkey"], device));
    at_home.post(SECOND, touched).await.problem(StatusCode::UNAUTHORIZED, "passkey_refused");
    let asked = sign_in(&app, &provider, &mut at_home, &known).await.is(StatusCode::ACCEPTED);
    let right = answer(&asked["ticket"], &asked["passkey"], &mut device);
    at_home.post(SECOND, right).await.is(StatusCode::CREATED);
}

#[tokio::test]
async fn an_invitation_is_taken_by_the_service_if_it_proves_two_factors() {
    let (app, provider) = hub_and_service().await;
    let nurse = app.nurse("minato").await;
    let invited = passed_on(&issued(&app, &nurse).await);
    let leave = || ("/api/v1/invitations/oidc", invited.clone());
    let mut page = Visitor::at_page(&app);
    let mut wrong = invited.clone();
    wrong["code"] = "000000".into();
    page.post(leave().0, wrong).await.problem(StatusCode::UNAUTHORIZED, "invitation_refused");
    go_round(&app, &provider, &mut page, leave(), &Known::by_one_factor("1")).await;
    let one = page.post(FINISH, json!({})).await.problem(StatusCode::CONFLICT, "conflict");
    assert!(one["detail"]["en"].as_str().unwrap().contains("two factors"), "{one}");
    let two = Known::by_two_factors("1");
    go_round(&app, &provider, &mut page, leave(), &two).await;
    page.post(FINISH, json!({})).await.is(StatusCode::CREATED);
    assert_eq!(page.get("/api/v1/me").await.ok()["person"]["id"], nurse.actor.person.to_string());
    page.post(leave().0, leave().1).await.problem(StatusCode::UNAUTHORIZED, "invitation_refused");
    // It is the only way in, and stays; with one factor there is no second to ask for.
    let mine = page.get(MINE).await.ok()["identities"][0]["id"].as_str().unwrap().to_owned();
    page.delete(&format!("{MINE}/{mine}")).await.problem(StatusCode::CONFLICT, "conflict");
    let mut elsewhere = Visitor::at_page(&app);
    refused(&sign_in(&app, &provider, &mut elsewhere, &Known::by_one_factor("1")).await);
    sign_in(&app, &provider, &mut elsewhere, &two).await.is(StatusCode::CREATED);
    // Whom the service means is nobody else's.
    let other = app.nurse("minato").await;
    let invited = passed_on(&issued(&app, &other).await);
    let mut page = Visitor::at_page(&app);
    go_round(&app, &provider, &mut page, ("/api/v1/invitations/oidc", invited), &two).await;
    page.post(FINISH, json!({})).await.problem(StatusCode::CONFLICT, "conflict");
}

#[tokio::test]
async fn who_has_several_roles_chooses_one_and_who_is_suspended_has_none() {
    let (app, provider) = hub_and_service().await;
    let (nurse, _, mut page) = nurse_at_page(&app, "minato").await;
    let known = Known::by_two_factors("1");
    link(&app, &provider, &mut page, &known).await.is(StatusCode::CREATED);
    let clinic = app.organisation("clinic", OrganisationType::Clinic).await;
    let also = Position { role: Role::Nurse, organisation: clinic };
    let directory = app.hub.region().directory();
    let person = directory.people[&nurse.actor.person].clone();
    let positions = vec![nurse.position(), also];
    let several = Person { positions, ..person };
    let put = renkei::actions::directory::put_person(&app.hub, app.sign_ins(), By::Operator, several);
    put.await.unwrap();
    let mut elsewhere = Visitor::at_page(&app);
    let asked = sign_in(&app, &provider, &mut elsewhere, &known).await.ok();
    assert_eq!(asked["positions"].as_array().unwrap().len(), 2);
    let chosen = json!({ "ticket": asked["ticket"], "position": position(also) });
    elsewhere.post("/api/v1/sign-in/position", chosen).await.is(StatusCode::CREATED);
    assert_eq!(elsewhere.get("/api/v1/me").await.ok()["organisation"]["id"], clinic.to_string());

    let known_there = app.secretariat().await;
    let account = app.set_up(&issued(&app, &known_there).await, PASSWORD).await;
    let mut office = Visitor::at_page(&app);
    office.sign_in(&app, &account).await.is(StatusCode::CREATED);
    let suspension = json!({ "person": nurse.actor.person.to_string(), "lifted": false, "reason": "調査のあいだ" });
    let entry = json!({ "id": app.hub.region().draw_id().to_string(), "body": { "suspension": suspension } });
    let timeline = format!("/api/v1/timelines/{}/entries", nurse.actor.organisation);
    office.post(&timeline, entry).await.is(StatusCode::CREATED);
    let mut late = Visitor::at_page(&app);
    let answer = sign_in(&app, &provider, &mut late, &known).await;
    answer.problem(StatusCode::FORBIDDEN, "suspended");
    late.get("/api/v1/me").await.problem(StatusCode::UNAUTHORIZED, "unauthenticated");
}

#[tokio::test]
async fn what_is_unlinked_or_recovered_lets_nobody_in_any_more() {
    let (app, provider) = hub_and_service().await;
    let (nurse, _, mut page) = nurse_at_page(&app, "minato").await;
    let (known, other) = (Known::by_two_factors("1"), Known::by_two_factors("2"));
    link(&app, &provider, &mut page, &known).await.is(StatusCode::CREATED);
    link(&app, &provider, &mut page, &known).await.problem(StatusCode::CONFLICT, "conflict");
    link(&app, &provider, &mut page, &other).await.is(StatusCode::CREATED);
    let mut elsewhere = Visitor::at_page(&app);
    sign_in(&app, &provider, &mut elsewhere, &other).await.is(StatusCode::CREATED);
    let mine = page.get(MINE).await.ok();
    let second = mine["identities"].as_array().unwrap().iter().find(|one| one["subject"] == "2").unwrap();
    let second = second["id"].as_str().unwrap();
    let ticket = elsewhere.post("/api/v1/tickets", json!({})).await.is(StatusCode::CREATED);
    let mut socket = Socket::open(app.address, Encoding::Json).await;
    socket.hello(ticket["ticket"].as_str().unwrap()).await;
    page.delete(&format!("{MINE}/{second}")).await.is(StatusCode::NO_CONTENT);
    assert_eq!(socket.closed().await, Some(CloseCode::SignInEnded), "what else was open, at once");
    page.delete(&format!("{MINE}/{second}")).await.problem(StatusCode::NOT_FOUND, "not_found");
    elsewhere.get("/api/v1/me").await.problem(StatusCode::UNAUTHORIZED, "unauthenticated");
    page.get("/api/v1/me").await.ok();
    refused(&sign_in(&app, &provider, &mut elsewhere, &other).await);

    // Somebody who is half in when it happens is not let in either.
    let half = sign_in(&app, &provider, &mut elsewhere, &Known::by_one_factor("1")).await.is(StatusCode::ACCEPTED);
    let secretariat = app.secretariat().await.signed_in();
    let recovery = app.accounts().recover(secretariat, nurse.actor.person, "端末をなくした".to_owned()).await.unwrap();
    let answer = elsewhere.post(SECOND, json!({ "ticket": half["ticket"], "code": "000000" })).await;
    answer.problem(StatusCode::UNAUTHORIZED, "sign_in_refused");
    refused(&sign_in(&app, &provider, &mut elsewhere, &known).await);
    let recovery = json!({
        "link": format!("{ORIGIN}/#invitation={}", recovery.token.reveal().as_str()), "code": recovery.code,
    });
    let account = app.set_up(&recovery, PASSWORD).await;
    refused(&sign_in(&app, &provider, &mut elsewhere, &known).await);
    elsewhere.sign_in(&app, &account).await.is(StatusCode::CREATED);
    app.next_code();
    assert_eq!(elsewhere.get(MINE).await.ok()["identities"], json!([]));
    link(&app, &provider, &mut elsewhere, &known).await.is(StatusCode::CREATED);
}

#[tokio::test]
async fn who_looks_after_an_account_sees_what_is_linked_and_not_whom_the_service_means() {
    let (app, provider) = hub_and_service().await;
    let (nurse, _, mut page) = nurse_at_page(&app, "minato").await;
    let secretariat = app.secretariat().await;
    let account = app.set_up(&issued(&app, &secretariat).await, PASSWORD).await;
    let mut office = Visitor::at_page(&app);
    office.sign_in(&app, &account).await.is(StatusCode::CREATED);
    let path = format!("/api/v1/people/{}/account", nurse.actor.person);
    let mut seen = async || office.get(&path).await.ok();
    assert_eq!(seen().await["identities"], json!([]));
    let known = Known::by_two_factors("248289761001");
    link(&app, &provider, &mut page, &known).await.is(StatusCode::CREATED);
    let linked = seen().await["identities"][0].clone();
    assert_eq!((&linked["issuer"], &linked["used_at"]), (&json!(provider.issuer), &Value::Null));
    assert!(linked["linked_at"].is_string() && linked["voided_at"].is_null(), "{linked}");
    sign_in(&app, &provider, &mut Visitor::at_page(&app), &known).await.is(StatusCode::CREATED);
    assert!(seen().await["identities"][0]["used_at"].is_string());
    let by = secretariat.signed_in();
    app.accounts().recover(by, nurse.actor.person, "端末をなくした".to_owned()).await.unwrap();
    let after = seen().await;
    assert!(after["identities"][0]["voided_at"].is_string(), "{after}");
    assert!(!after.to_string().contains(&known.subject), "her name there is hers to know: {after}");
}

#[tokio::test]
async fn who_has_nothing_but_the_service_shows_by_it_who_they_are_if_it_asks_anew() {
    let (app, provider) = hub_and_service().await;
    let nurse = app.nurse("minato").await;
    let known = Known::by_two_factors("1");
    let invited = passed_on(&issued(&app, &nurse).await);
    let mut page = Visitor::at_page(&app);
    go_round(&app, &provider, &mut page, ("/api/v1/invitations/oidc", invited), &known).await;
    page.post(FINISH, json!({})).await.is(StatusCode::CREATED);
    let (_, _, mut colleague) = nurse_at_page(&app, "minato").await;
    link(&app, &provider, &mut colleague, &Known::by_two_factors("2")).await.is(StatusCode::CREATED);
    app.clock.advance(Duration::from_secs(limits::PROOF_COUNTS_S_DEFAULT.unsigned_abs()));
    let grave = ("/api/v1/me/passkeys/options", json!({}));
    page.post(grave.0, grave.1.clone()).await.problem(StatusCode::FORBIDDEN, "proof_needed");
    let asked = page.post("/api/v1/me/proof/options", json!({})).await.ok();
    assert_eq!((&asked["password"], &asked["outside"]), (&json!(false), &json!("みなと病院")));
    let proof = ("/api/v1/me/proof/oidc", json!({}));
    let finish = "/api/v1/me/proof/oidc/finish";
    let left = page.post(proof.0, proof.1.clone()).await.ok();
    let location = left["location"].as_str().unwrap();
    assert!(location.contains("&max_age=0&prompt=login"), "{location}");
    let wrong = [
        Known { shown_ago_s: Some(limits::OIDC_SKEW_S + 1), ..known.clone() },
        Known { shown_ago_s: None, ..known.clone() },
        Known::by_one_factor("1"),
        Known::by_two_factors("2"),
        Known::by_two_factors("nobody's"),
    ];
    for known in wrong {
        go_round(&app, &provider, &mut page, proof.clone(), &known).await;
        refused(&page.post(finish, json!({})).await);
        page.post(grave.0, grave.1.clone()).await.problem(StatusCode::FORBIDDEN, "proof_needed");
    }
    // What somebody left for to sign in is no proof, nor the other way about.
    go_round(&app, &provider, &mut page, (LEAVE, json!({})), &known).await;
    refused(&page.post(finish, json!({})).await);
    go_round(&app, &provider, &mut page, proof.clone(), &known).await;
    refused(&page.post(FINISH, json!({})).await);
    page.post(finish, json!({})).await.ok();
    page.post(grave.0, grave.1).await.ok();
}

#[tokio::test]
async fn the_hub_shows_the_service_who_it_is_by_a_key_where_it_has_one() {
    let provider = Provider::start().await;
    let (algorithm, random) = (&ring::signature::ECDSA_P256_SHA256_FIXED_SIGNING, ring::rand::SystemRandom::new());
    let pkcs8 = ring::signature::EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
    let pair = ring::signature::EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref(), &random).unwrap();
    provider.expect_key(pair.public_key().as_ref().to_vec());
    let app = App::start_trusting(|folder| {
        use base64::Engine as _;
        let file = folder.join("oidc.key");
        let body = base64::engine::general_purpose::STANDARD.encode(pkcs8.as_ref());
        write_own(&file, &format!("-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n"));
        OidcSettings { key_file: Some(file), key_id: Some("2026".to_owned()), ..provider.settings(folder) }
    })
    .await;
    let (_, _, mut page) = nurse_at_page(&app, "minato").await;
    link(&app, &provider, &mut page, &Known::by_two_factors("1")).await.is(StatusCode::CREATED);
}
