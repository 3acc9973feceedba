//! What is tried with sign-in by another service, and what it is answered: the same to the byte, whatever is wrong.

use std::time::Duration;

use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use renkei::actions::accounts::Provider as HubsProvider;
use renkei::limits;
use serde_json::{Value, json};

use super::outside::{FINISH, LEAVE, MINE, go_round, hub_and_service, link, nurse_at_page, refused, sign_in};
use crate::support::app::{App, ORIGIN};
use crate::support::provider::{Known, Provider};
use crate::support::visitor::Visitor;

const PROOF: &str = "/api/v1/me/proof/oidc";

/// A hub, its service, and somebody who is linked.
async fn linked() -> (App, Provider, Known) {
    let (app, provider) = hub_and_service().await;
    let (_, _, mut page) = nurse_at_page(&app, "minato").await;
    let known = Known::by_two_factors("1");
    link(&app, &provider, &mut page, &known).await.is(StatusCode::CREATED);
    (app, provider, known)
}

type Wrong = (&'static str, fn(&mut Value, &mut Value));

#[tokio::test]
async fn each_token_that_is_wrong_in_one_way_is_refused_like_one_of_nobody() {
    let (app, provider, known) = linked().await;
    let mut page = Visitor::at_page(&app);
    let nobody = refused(&sign_in(&app, &provider, &mut page, &Known::by_two_factors("nobody's")).await);
    let rows: [Wrong; 11] = [
        ("another nonce", |_, claims| claims["nonce"] = "n".into()),
        ("no nonce", |_, claims| drop(claims.as_object_mut().unwrap().remove("nonce"))),
        ("another audience", |_, claims| claims["aud"] = "another".into()),
        ("one more audience", |_, claims| claims["aud"] = json!(["renkei", "another"])),
        ("another issuer", |_, claims| claims["iss"] = "https://login.example.jp".into()),
        ("over", |_, claims| claims["exp"] = (claims["iat"].as_i64().unwrap() - limits::OIDC_SKEW_S).into()),
        ("made long ago", |_, claims| claims["iat"] = 1_000.into()),
        ("no subject", |_, claims| drop(claims.as_object_mut().unwrap().remove("sub"))),
        ("not signed, it says", |header, _| header["alg"] = "none".into()),
        ("signed with a secret, it says", |header, _| header["alg"] = "HS256".into()),
        ("signed with a key that is not published", |header, _| header["kid"] = "k9".into()),
    ];
    for (what, bend) in rows {
        provider.bend(bend);
        let answer = sign_in(&app, &provider, &mut page, &known).await;
        assert_eq!(refused(&answer), nobody, "{what}");
    }
    provider.straighten();
    let resigned: [fn(&str) -> String; 3] = [
        |token| format!("{}.", token.rsplit_once('.').unwrap().0),
        |token| {
            let header = URL_SAFE_NO_PAD.encode(json!({ "alg": "none" }).to_string());
            format!("{header}.{}.", token.split('.').nth(1).unwrap())
        },
        |token| {
            let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
            let mut claims: Value = serde_json::from_slice(&claims).unwrap();
            claims["sub"] = "somebody else".into();
            let parts: Vec<&str> = token.split('.').collect();
            format!("{}.{}.{}", parts[0], URL_SAFE_NO_PAD.encode(claims.to_string()), parts[2])
        },
    ];
    for change in resigned {
        provider.resign(change);
        assert_eq!(refused(&sign_in(&app, &provider, &mut page, &known).await), nobody);
    }
    provider.straighten();
    sign_in(&app, &provider, &mut page, &known).await.is(StatusCode::CREATED);
}

#[tokio::test]
async fn what_one_browser_was_sent_back_with_does_nothing_in_another() {
    let (app, provider, known) = linked().await;
    let (mut victim, mut attacker) = (Visitor::at_page(&app), Visitor::at_page(&app));
    let left = attacker.post(LEAVE, json!({})).await.ok();
    let back = provider.authorize(&app, left["location"].as_str().unwrap(), &known);
    // Without a cookie, and with the cookie of a round of one's own.
    victim.get(&back).await.is(StatusCode::SEE_OTHER);
    refused(&victim.post(FINISH, json!({})).await);
    victim.post(LEAVE, json!({})).await.ok();
    victim.get(&back).await.is(StatusCode::SEE_OTHER);
    refused(&victim.post(FINISH, json!({})).await);
    // It was not used up by that.
    attacker.get(&back).await.is(StatusCode::SEE_OTHER);
    attacker.post(FINISH, json!({})).await.is(StatusCode::CREATED);
    // A code that was meant for another round: its challenge, and its nonce, are not this one's.
    let (mut one, mut two) = (Visitor::at_page(&app), Visitor::at_page(&app));
    let left = |left: &Value| left["location"].as_str().unwrap().to_owned();
    let (first, second) = (left(&one.post(LEAVE, json!({})).await.ok()), left(&two.post(LEAVE, json!({})).await.ok()));
    let code = |back: &str| back.split(['=', '&']).nth(1).unwrap().to_owned();
    let (stolen, mine) = (provider.authorize(&app, &first, &known), provider.authorize(&app, &second, &known));
    two.get(&mine.replace(&code(&mine), &code(&stolen))).await.is(StatusCode::SEE_OTHER);
    refused(&two.post(FINISH, json!({})).await);
}

#[tokio::test]
async fn a_code_and_a_round_count_once_and_not_for_long() {
    let (app, provider, known) = linked().await;
    let mut page = Visitor::at_page(&app);
    let left = page.post(LEAVE, json!({})).await.ok();
    let back = provider.authorize(&app, left["location"].as_str().unwrap(), &known);
    let before = page.cookies.clone();
    page.get(&back).await.is(StatusCode::SEE_OTHER);
    page.get(&back).await.is(StatusCode::SEE_OTHER);
    page.post(FINISH, json!({})).await.is(StatusCode::CREATED);
    let mut again = Visitor::at_page(&app);
    again.cookies = before;
    again.get(&back).await.is(StatusCode::SEE_OTHER);
    refused(&again.post(FINISH, json!({})).await);
    // Too late to come back, and too late to ask for what came of it.
    let mut slow = Visitor::at_page(&app);
    let left = slow.post(LEAVE, json!({})).await.ok();
    app.clock.advance(Duration::from_millis(limits::OIDC_ROUND_MS));
    let back = provider.authorize(&app, left["location"].as_str().unwrap(), &known);
    slow.get(&back).await.is(StatusCode::SEE_OTHER);
    refused(&slow.post(FINISH, json!({})).await);
    go_round(&app, &provider, &mut slow, (LEAVE, json!({})), &known).await;
    app.clock.advance(Duration::from_millis(limits::OIDC_ROUND_MS));
    refused(&slow.post(FINISH, json!({})).await);
}

#[tokio::test]
async fn wherever_somebody_is_sent_back_from_they_are_led_to_the_page_and_nowhere_else() {
    let (app, provider, known) = linked().await;
    let mut page = Visitor::at_page(&app);
    let odd = [
        "",
        "?",
        "?code=x",
        "?state=x&code=y",
        "?error=access_denied&error_description=%3Cscript%3E&state=x",
        "?redirect_uri=https://evil.example&next=//evil.example&state=rk_x&code=y",
        "?code=%FF%FE",
    ];
    for query in odd {
        let answer = page.get(&format!("/oidc/callback{query}")).await;
        assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/#oidc"), "{query}");
        refused(&page.post(FINISH, json!({})).await);
    }
    page.post("/oidc/callback", json!({})).await.problem(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed");
    // Denied there; a parameter that stands twice; another service that says it sent them (RFC 9207).
    for change in ["&error=access_denied", "&code=other", "&iss=https%3A%2F%2Fevil.example"] {
        let left = page.post(LEAVE, json!({})).await.ok();
        let back = provider.authorize(&app, left["location"].as_str().unwrap(), &known);
        let back = if change.starts_with("&error") { back.replace("code=", "no=") + change } else { back + change };
        page.get(&back).await.is(StatusCode::SEE_OTHER);
        refused(&page.post(FINISH, json!({})).await);
    }
    // A cookie alone is no page: other sites' forms and programs get nothing.
    let mut program = Visitor::at_program(&app);
    program.post(LEAVE, json!({})).await.problem(StatusCode::FORBIDDEN, "origin_refused");
    program.cookies = page.cookies.clone();
    program.post(FINISH, json!({})).await.problem(StatusCode::FORBIDDEN, "origin_refused");
    let left = page.post(LEAVE, json!({})).await;
    let cookie = left.header("set-cookie");
    assert!(cookie.starts_with("__Host-renkei-oidc=rk_"), "{cookie}");
    assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=600"), "{cookie}");
    let location = left.ok()["location"].as_str().unwrap().to_owned();
    assert!(!location.contains(cookie.split(['=', ';']).nth(1).unwrap()), "what the cookie says goes nowhere else");
}

#[tokio::test]
async fn linking_is_the_owners_at_that_sign_in_and_a_fresh_proof() {
    let (app, provider, known) = linked().await;
    let (_, account, mut page) = nurse_at_page(&app, "other").await;
    link(&app, &provider, &mut page, &known).await.problem(StatusCode::CONFLICT, "conflict");
    let new = Known::by_two_factors("2");
    // Another sign-in of hers with the same browser's cookie.
    go_round(&app, &provider, &mut page, (MINE, json!({})), &new).await;
    let mut elsewhere = Visitor::at_page(&app);
    elsewhere.sign_in(&app, &account).await.is(StatusCode::CREATED);
    let round = page.cookies["__Host-renkei-oidc"].clone();
    elsewhere.cookies.insert("__Host-renkei-oidc".to_owned(), round);
    refused(&elsewhere.post(&format!("{MINE}/finish"), json!({})).await);
    refused(&elsewhere.post(FINISH, json!({})).await);
    page.post(&format!("{MINE}/finish"), json!({})).await.is(StatusCode::CREATED);
    // A proof is that sign-in's, too.
    go_round(&app, &provider, &mut page, (PROOF, json!({})), &new).await;
    elsewhere.cookies.insert("__Host-renkei-oidc".to_owned(), page.cookies["__Host-renkei-oidc"].clone());
    refused(&elsewhere.post(&format!("{PROOF}/finish"), json!({})).await);
    page.post(&format!("{PROOF}/finish"), json!({})).await.ok();
    app.clock.advance(Duration::from_secs(limits::PROOF_COUNTS_S_DEFAULT.unsigned_abs()));
    page.post(MINE, json!({})).await.problem(StatusCode::FORBIDDEN, "proof_needed");
    for subject in 3..=limits::IDENTITIES_PER_PERSON_MAX + 2 {
        app.next_code();
        elsewhere.sign_in(&app, &account).await.is(StatusCode::CREATED);
        app.clock.advance(Duration::from_millis(limits::SIGN_IN_BY_DEVICE_REFILL_MS));
        let linked = link(&app, &provider, &mut elsewhere, &Known::by_two_factors(&subject.to_string())).await;
        let is_within = subject < limits::IDENTITIES_PER_PERSON_MAX + 2;
        assert_eq!(linked.status, if is_within { StatusCode::CREATED } else { StatusCode::CONFLICT }, "{subject}");
    }
}

#[tokio::test]
async fn new_keys_of_the_service_are_found_and_a_flood_of_unknown_ones_asks_it_no_oftener() {
    let (app, provider, known) = linked().await;
    let mut page = Visitor::at_page(&app);
    assert_eq!(provider.keys_fetched(), 1);
    provider.rotate("k2", true);
    app.clock.advance(Duration::from_millis(limits::OIDC_KEYS_REFETCH_MS));
    sign_in(&app, &provider, &mut page, &known).await.is(StatusCode::CREATED);
    assert_eq!(provider.keys_fetched(), 2);
    provider.rotate("k3", false);
    for _ in 0..5 {
        refused(&sign_in(&app, &provider, &mut page, &known).await);
    }
    assert_eq!(provider.keys_fetched(), 2, "they were fetched a moment ago");
    app.clock.advance(Duration::from_millis(limits::OIDC_KNOWN_MS));
    refused(&sign_in(&app, &provider, &mut page, &known).await);
    assert_eq!(provider.keys_fetched(), 3, "what it says of itself is asked for anew");
}

#[tokio::test]
async fn a_service_that_is_down_or_is_not_itself_keeps_nobody_from_another_way_in() {
    let (app, provider, known) = linked().await;
    let (_, account, _) = nurse_at_page(&app, "other").await;
    let mut page = Visitor::at_page(&app);
    let left = page.post(LEAVE, json!({})).await.ok();
    let back = provider.authorize(&app, left["location"].as_str().unwrap(), &known);
    provider.go_down(Some(StatusCode::BAD_GATEWAY));
    page.get(&back).await.is(StatusCode::SEE_OTHER);
    let down = page.post(FINISH, json!({})).await.problem(StatusCode::SERVICE_UNAVAILABLE, "outside_away");
    assert!(down["detail"]["en"].as_str().unwrap().contains("another way"), "{down}");
    app.clock.advance(Duration::from_millis(limits::OIDC_KNOWN_MS));
    page.post(LEAVE, json!({})).await.problem(StatusCode::SERVICE_UNAVAILABLE, "outside_away");
    page.sign_in(&app, &account).await.is(StatusCode::CREATED);
    // A redirect is not followed, and no page that says something else is believed.
    provider.go_down(Some(StatusCode::FOUND));
    page.post(LEAVE, json!({})).await.problem(StatusCode::SERVICE_UNAVAILABLE, "outside_away");
    provider.go_down(None);
    sign_in(&app, &provider, &mut page, &known).await.is(StatusCode::CREATED);
    // Nobody is sent, and nothing is, where others can read it.
    for address in ["authorization_endpoint", "token_endpoint", "jwks_uri"] {
        app.clock.advance(Duration::from_millis(limits::OIDC_KNOWN_MS));
        provider.point(address, "http://login.invalid/there");
        page.post(LEAVE, json!({})).await.problem(StatusCode::SERVICE_UNAVAILABLE, "outside_away");
    }
    provider.point("issuer", &provider.issuer);
    // A service that calls itself otherwise than the region wrote is another one.
    let other = App::start_trusting(|folder| {
        let settings = provider.settings(folder);
        renkei::config::OidcSettings { issuer: format!("{}/", settings.issuer), ..settings }
    })
    .await;
    let mut elsewhere = Visitor::at_page(&other);
    elsewhere.post(LEAVE, json!({})).await.problem(StatusCode::SERVICE_UNAVAILABLE, "outside_away");
}

#[tokio::test]
async fn a_secret_that_others_can_read_or_that_is_none_starts_no_hub() {
    use std::os::unix::fs::PermissionsExt as _;
    let (provider, folder) = (Provider::start().await, crate::support::scratch::folder("oidc"));
    let settings = provider.settings(folder.path());
    let secret = settings.secret_file.clone().unwrap();
    assert!(HubsProvider::open(settings.clone(), ORIGIN).is_ok());
    let told = |settings| HubsProvider::open(settings, ORIGIN).unwrap_err().text.en.into_owned();
    std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o640)).unwrap();
    assert!(told(settings.clone()).contains("run: chmod 600"));
    std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o600)).unwrap();
    let keyed = renkei::config::OidcSettings { key_file: Some(secret.clone()), ..settings.clone() };
    assert!(told(keyed).contains("no key of P-256"));
    std::fs::remove_file(&secret).unwrap();
    assert!(told(settings).contains("cannot read"));
}
