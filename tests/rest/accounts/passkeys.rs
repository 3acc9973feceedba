//! Passkeys: made by invitation or on the account's page, shown without a name, and refused for every way in which one can be
//! wrong. One stands for two factors, because the device was unlocked.

use std::time::Duration;

use axum::http::StatusCode;
use renkei::domain::account::{AccountChange, AccountDeed, PasskeyStep, SignInWay};
use renkei::domain::act::{Act, By, Deed};
use renkei::limits;
use serde_json::{Value, json};

use super::sign_in::acts;
use crate::support::actor::{Actor, Answer};
use crate::support::app::{App, ORIGIN};
use crate::support::authenticator::{Authenticator, Habits};
use crate::support::until;
use crate::support::visitor::{PASSWORD, Visitor, passed_on};

const SIGN_IN: &str = "/api/v1/sign-in/passkey";
const MINE: &str = "/api/v1/me/passkeys";

pub async fn issued(app: &App, whom: &Actor) -> Value {
    let secretariat = app.secretariat().await.signed_in();
    let issued = app.accounts().invite(secretariat, whom.actor.person, None).await.expect("theirs to invite");
    json!({ "link": format!("{ORIGIN}/#invitation={}", issued.token.reveal().as_str()), "code": issued.code })
}

/// Sets an account up with a passkey on this device, at this page.
pub async fn set_up(page: &mut Visitor, invited: &Value, device: &mut Authenticator) -> Answer {
    let mut given = passed_on(invited);
    let asked = page.post("/api/v1/invitations/passkey/options", given.clone()).await.ok();
    given["ceremony"] = asked["ceremony"].clone();
    given["credential"] = device.make(&asked["options"]);
    given["name"] = "iPhone".into();
    page.post("/api/v1/invitations/passkey", given).await
}

/// A nurse whose account opens by a passkey alone, with the device that holds it.
pub async fn nurse_with_passkey(app: &App, office: &str) -> (Actor, Authenticator, Visitor) {
    let (nurse, mut device) = (app.nurse(office).await, Authenticator::new(office));
    let mut page = Visitor::at_page(app);
    set_up(&mut page, &issued(app, &nurse).await, &mut device).await.is(StatusCode::CREATED);
    (nurse, device, page)
}

async fn asked(visitor: &mut Visitor, path: &str) -> Value {
    visitor.post(&format!("{path}/options"), json!({})).await.ok()
}

fn shown(asked: &Value, device: &mut Authenticator) -> Value {
    json!({ "ceremony": asked["ceremony"], "credential": device.show(&asked["options"]) })
}

pub async fn sign_in(visitor: &mut Visitor, device: &mut Authenticator) -> Answer {
    let asked = asked(visitor, SIGN_IN).await;
    visitor.post(SIGN_IN, shown(&asked, device)).await
}

/// Adds a passkey on another device.
async fn add(page: &mut Visitor, device: &mut Authenticator, name: &str) -> Answer {
    let asked = asked(page, MINE).await;
    let made = device.make(&asked["options"]);
    page.post(MINE, json!({ "ceremony": asked["ceremony"], "credential": made, "name": name })).await
}

fn refused(answer: &Answer) -> Value {
    answer.problem(StatusCode::UNAUTHORIZED, "passkey_refused")
}

#[tokio::test]
async fn row_1_who_is_invited_makes_a_passkey_and_is_in_by_it_from_then_on() {
    let app = App::start().await;
    let (nurse, mut device, mut page) = nurse_with_passkey(&app, "minato").await;
    assert_eq!(page.get("/api/v1/me").await.ok()["role"], "nurse");
    let passkeys = page.get(MINE).await.ok();
    assert_eq!(passkeys["has_password"], false);
    assert_eq!(
        (&passkeys["passkeys"][0]["name"], &passkeys["passkeys"][0]["used_at"]),
        (&json!("iPhone"), &json!(null))
    );

    let mut elsewhere = Visitor::at_page(&app);
    let entered = sign_in(&mut elsewhere, &mut device).await.is(StatusCode::CREATED);
    assert_eq!(entered["token"], json!(null), "a page has a cookie");
    let mine = elsewhere.get("/api/v1/me/sign-ins").await.ok();
    let ways: Vec<&Value> = mine["sign_ins"].as_array().unwrap().iter().map(|one| &one["way"]).collect();
    assert!(ways.contains(&&json!("passkey")) && ways.contains(&&json!("invitation")), "{ways:?}");
    let seen = app.secretariat().await.get(format!("/api/v1/people/{}/account", nurse.actor.person)).await.ok();
    assert_eq!((&seen["is_set_up"], &seen["has_password"]), (&json!(true), &json!(false)));
    assert!(seen["passkeys"][0]["used_at"].is_string());

    let kept = acts(&app).await;
    let added = |act: &&Act| matches!(act.deed, Deed::Account(AccountDeed::Passkey { what: PasskeyStep::Added, .. }));
    assert_eq!(kept.iter().find(added).unwrap().by, By::Hub);
    let Deed::SignInIssued { way, .. } = &kept.last().unwrap().deed else { panic!("{kept:?}") };
    assert_eq!(*way, Some(SignInWay::Passkey));
}

/// One row for every way in which what is shown can be wrong; each is answered to the byte like the others.
#[tokio::test]
async fn what_a_device_shows_is_taken_only_if_all_of_it_is_right() {
    let app = App::start().await;
    let (_, mut device, _) = nurse_with_passkey(&app, "minato").await;
    let (other, mut others, _) = nurse_with_passkey(&app, "other").await;
    type Wrong = (&'static str, Box<dyn Fn(&mut Habits)>);
    let owner = other.actor.person.0.as_bytes().to_vec();
    let rows: Vec<Wrong> = vec![
        ("another page", Box::new(|it| it.origin = "https://renkei.test.evil.example".to_owned())),
        ("a page below", Box::new(|it| it.origin = "https://login.renkei.test".to_owned())),
        ("another port", Box::new(|it| it.origin = format!("{ORIGIN}:8443"))),
        ("no TLS", Box::new(|it| it.origin = "http://renkei.test".to_owned())),
        ("an origin with a path", Box::new(|it| it.origin = format!("{ORIGIN}/evil"))),
        ("a frame of another page", Box::new(|it| it.framed = true)),
        ("for another hub", Box::new(|it| it.hub = "evil.example".to_owned())),
        ("not touched", Box::new(|it| it.touched = false)),
        ("touched, and not unlocked", Box::new(|it| it.unlocked = false)),
        ("as another's", Box::new(move |it| it.owner = Some(owner.clone()))),
        ("as nobody's", Box::new(|it| it.owner = Some(vec![7; 16]))),
        ("as made, not shown", Box::new(|it| it.said = Some("webauthn.create"))),
    ];
    let mut visitor = Visitor::at_program(&app);
    let mut seen = Vec::new();
    for (name, change) in rows {
        let asked = asked(&mut visitor, SIGN_IN).await;
        let given = device.with(&change, |device| shown(&asked, device));
        let answer = visitor.post(SIGN_IN, given).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{name}: {}", answer.text());
        refused(&answer);
        seen.push(answer.bytes);
    }
    let mut wrongly_shown = Vec::new();
    let asked_now = asked(&mut visitor, SIGN_IN).await;
    // A signature of another key, under the credential of the first.
    let mut forged = shown(&asked_now, &mut others);
    let honest = device.show(&asked_now["options"]);
    for part in ["id", "rawId"] {
        forged["credential"][part] = honest[part].clone();
    }
    forged["credential"]["response"]["userHandle"] = honest["response"]["userHandle"].clone();
    wrongly_shown.push(forged);
    // The answer to another question.
    let (first, second) = (asked(&mut visitor, SIGN_IN).await, asked(&mut visitor, SIGN_IN).await);
    wrongly_shown.push(json!({ "ceremony": first["ceremony"], "credential": device.show(&second["options"]) }));
    // A device that the hub has never seen.
    let asked_now = asked(&mut visitor, SIGN_IN).await;
    wrongly_shown.push(shown(&asked_now, &mut Authenticator::new("unknown")));
    wrongly_shown.push(json!({ "ceremony": second["ceremony"], "credential": { "surprise": 1 } }));
    wrongly_shown.push(json!({ "ceremony": "rk_x", "credential": honest }));
    for given in wrongly_shown {
        let answer = visitor.post(SIGN_IN, given).await;
        refused(&answer);
        seen.push(answer.bytes);
    }
    assert!(seen.windows(2).all(|pair| pair[0] == pair[1]), "they look alike");
    sign_in(&mut visitor, &mut device).await.is(StatusCode::CREATED);
    sign_in(&mut visitor, &mut others).await.is(StatusCode::CREATED);
}

#[tokio::test]
async fn a_passkey_that_is_refused_is_on_record_as_its_owners_failed_sign_in() {
    let app = App::start().await;
    let (nurse, mut device, _) = nurse_with_passkey(&app, "minato").await;
    let mut visitor = Visitor::at_program(&app);
    let question = asked(&mut visitor, SIGN_IN).await;
    let given = device.with(|it| it.unlocked = false, |device| shown(&question, device));
    refused(&visitor.post(SIGN_IN, given).await);
    let failed = |act: &Act| {
        act.by == By::Hub
            && matches!(&act.deed, Deed::Account(AccountDeed::SignInRefused { person, .. }) if *person == nurse.actor.person)
    };
    let is_kept = async || acts(&app).await.iter().any(failed);
    until("it is on record", is_kept).await;
}

#[tokio::test]
async fn a_question_is_answered_once_in_time_and_for_what_it_was_asked() {
    let app = App::start().await;
    let (nurse, mut device, mut page) = nurse_with_passkey(&app, "minato").await;
    let mut visitor = Visitor::at_program(&app);
    // Again, after it was right and after it was wrong.
    let once = asked(&mut visitor, SIGN_IN).await;
    let given = shown(&once, &mut device);
    visitor.post(SIGN_IN, given.clone()).await.is(StatusCode::CREATED);
    refused(&visitor.post(SIGN_IN, given).await);
    let missed = asked(&mut visitor, SIGN_IN).await;
    let wrong = device.with(|it| it.unlocked = false, |device| shown(&missed, device));
    refused(&visitor.post(SIGN_IN, wrong).await);
    refused(&visitor.post(SIGN_IN, shown(&missed, &mut device)).await);
    // Too late.
    let late = asked(&mut visitor, SIGN_IN).await;
    app.clock.advance(Duration::from_millis(limits::PASSKEY_CEREMONY_MS - 1));
    let in_time = asked(&mut visitor, SIGN_IN).await;
    app.clock.advance(Duration::from_millis(1));
    refused(&visitor.post(SIGN_IN, shown(&late, &mut device)).await);
    visitor.post(SIGN_IN, shown(&in_time, &mut device)).await.is(StatusCode::CREATED);

    // What was asked for a proof, or to be made, signs nobody in; nor is it a proof what was asked for signing in.
    let proof = page.post("/api/v1/me/proof/options", json!({})).await.ok()["passkey"].clone();
    refused(&visitor.post(SIGN_IN, shown(&proof, &mut device)).await);
    let mine = asked(&mut page, MINE).await;
    refused(&visitor.post(SIGN_IN, shown(&mine, &mut device)).await);
    let not_taken = StatusCode::UNPROCESSABLE_ENTITY;
    let for_signing_in = asked(&mut visitor, SIGN_IN).await;
    let answer = page.post("/api/v1/me/proof", shown(&for_signing_in, &mut device)).await;
    assert_eq!(answer.problem(not_taken, "mismatch")["field"], "credential");
    // What was asked at one sign-in is not answered at another, nor by another.
    let mut at_home = Visitor::at_page(&app);
    sign_in(&mut at_home, &mut device).await.is(StatusCode::CREATED);
    let proof = page.post("/api/v1/me/proof/options", json!({})).await.ok()["passkey"].clone();
    at_home.post("/api/v1/me/proof", shown(&proof, &mut device)).await.problem(not_taken, "mismatch");
    let mine = asked(&mut page, MINE).await;
    let made = json!({ "ceremony": mine["ceremony"], "credential": Authenticator::new("new").make(&mine["options"]) });
    at_home.post(MINE, made).await.problem(not_taken, "mismatch");
    // What one invitation asked is not answered by another.
    let (one, two) = (app.nurse("minato").await, app.nurse("minato").await);
    let (one, mut two) = (passed_on(&issued(&app, &one).await), passed_on(&issued(&app, &two).await));
    let asked = visitor.post("/api/v1/invitations/passkey/options", one).await.ok();
    two["ceremony"] = asked["ceremony"].clone();
    two["credential"] = Authenticator::new("two").make(&asked["options"]);
    visitor.post("/api/v1/invitations/passkey", two).await.problem(not_taken, "mismatch");
    assert_eq!(page.get("/api/v1/me").await.ok()["person"]["id"], nurse.actor.person.to_string());
}

#[tokio::test]
async fn row_1_no_passkey_is_made_without_unlocking_and_the_invitation_is_not_used_up_by_it() {
    let app = App::start().await;
    let nurse = app.nurse("minato").await;
    let invited = issued(&app, &nurse).await;
    let mut page = Visitor::at_page(&app);
    let mut device = Authenticator::new("minato");
    type Wrong = (&'static str, fn(&mut Habits));
    let rows: [Wrong; 6] = [
        ("touched, and not unlocked", |it| it.unlocked = false),
        ("not touched", |it| it.touched = false),
        ("another page", |it| it.origin = "https://evil.example".to_owned()),
        ("a frame of another page", |it| it.framed = true),
        ("for another hub", |it| it.hub = "evil.example".to_owned()),
        ("as shown, not made", |it| it.said = Some("webauthn.get")),
    ];
    for (name, change) in rows {
        let mut wrong = Authenticator::new(name);
        change(&mut wrong.habits);
        let answer = set_up(&mut page, &invited, &mut wrong).await;
        let problem = answer.problem(StatusCode::UNPROCESSABLE_ENTITY, "mismatch");
        assert_eq!(problem["field"], "credential", "{name}");
    }
    let mut without = passed_on(&invited);
    without["code"] = "0".into();
    let answer = page.post("/api/v1/invitations/passkey/options", without).await;
    answer.problem(StatusCode::UNAUTHORIZED, "invitation_refused");
    set_up(&mut page, &invited, &mut device).await.is(StatusCode::CREATED);
    let mut again = passed_on(&invited);
    let answer = page.post("/api/v1/invitations/passkey/options", again.clone()).await;
    answer.problem(StatusCode::UNAUTHORIZED, "invitation_refused");
    again["ceremony"] = "rk_x".into();
    again["credential"] = json!({});
    let answer = page.post("/api/v1/invitations/passkey", again).await;
    answer.problem(StatusCode::UNAUTHORIZED, "invitation_refused");
}

#[tokio::test]
async fn a_passkey_whose_count_goes_back_is_void_and_its_owner_and_the_secretariat_are_told() {
    let app = App::start().await;
    let (nurse, mut device, mut page) = nurse_with_passkey(&app, "minato").await;
    let mut visitor = Visitor::at_program(&app);
    let mut tablet = Authenticator::new("tablet");
    add(&mut page, &mut tablet, "タブレット").await.is(StatusCode::CREATED);
    device.counter = 10;
    sign_in(&mut visitor, &mut device).await.is(StatusCode::CREATED);
    assert_eq!(page.get("/api/v1/me").await.ok()["alarms"], json!([]));
    // The copy has signed less often.
    device.counter = 5;
    refused(&sign_in(&mut visitor, &mut device).await);
    device.counter = 50;
    refused(&sign_in(&mut visitor, &mut device).await);
    let alarms = page.get("/api/v1/me").await.ok()["alarms"].clone();
    assert_eq!((&alarms[0]["code"], &alarms[0]["passkey"]), (&json!("passkey_copied"), &json!("iPhone")));
    assert_eq!(alarms[0]["person"], nurse.actor.person.to_string());
    assert_eq!(app.secretariat().await.get("/api/v1/me").await.ok()["alarms"], alarms);
    assert_eq!(app.nurse("other").await.get("/api/v1/me").await.ok()["alarms"], json!([]));
    let listed = page.get(MINE).await.ok();
    assert_eq!(listed["passkeys"][0]["void_because"], "copied");
    let copied = acts(&app)
        .await
        .into_iter()
        .filter(|act| matches!(act.deed, Deed::Account(AccountDeed::Passkey { what: PasskeyStep::Copied, .. })));
    assert_eq!(copied.count(), 1);
    // She goes on with the other one, and takes the void one away.
    sign_in(&mut visitor, &mut tablet).await.is(StatusCode::CREATED);
    let void = format!("{MINE}/{}", listed["passkeys"][0]["id"].as_str().unwrap());
    page.delete(&void).await.is(StatusCode::NO_CONTENT);
    assert_eq!(app.secretariat().await.get("/api/v1/me").await.ok()["alarms"], json!([]));
}

#[tokio::test]
async fn several_passkeys_are_kept_named_and_removed_but_never_the_last_way_in() {
    let app = App::start().await;
    let (_, mut phone, mut page) = nurse_with_passkey(&app, "minato").await;
    let first = page.get(MINE).await.ok()["passkeys"][0]["id"].as_str().unwrap().to_owned();
    let only = page.delete(&format!("{MINE}/{first}")).await.problem(StatusCode::CONFLICT, "conflict");
    assert!(only["detail"]["ja"].as_str().unwrap().contains("サインインできなくなります"), "{only}");
    let mut tablet = Authenticator::new("tablet");
    let added = add(&mut page, &mut tablet, "").await.is(StatusCode::CREATED);
    assert_eq!(added["name"], "パスキー");
    add(&mut page, &mut tablet, "again").await.problem(StatusCode::UNPROCESSABLE_ENTITY, "mismatch");
    let path = format!("{MINE}/{}", added["id"].as_str().unwrap());
    page.put(&path, json!({ "name": "職場のタブレット" })).await.is(StatusCode::NO_CONTENT);
    let long = page.put(&path, json!({ "name": "x".repeat(limits::PASSKEY_NAME_CHARS_MAX + 1) })).await;
    assert_eq!(long.problem(StatusCode::UNPROCESSABLE_ENTITY, "too_long")["field"], "name");
    assert_eq!(page.get(MINE).await.ok()["passkeys"][1]["name"], "職場のタブレット");

    // The phone is lost: whoever has it is out, and stays out.
    let mut lost = Visitor::at_page(&app);
    sign_in(&mut lost, &mut phone).await.is(StatusCode::CREATED);
    page.delete(&format!("{MINE}/{first}")).await.is(StatusCode::NO_CONTENT);
    lost.get("/api/v1/me").await.problem(StatusCode::UNAUTHORIZED, "unauthenticated");
    refused(&sign_in(&mut lost, &mut phone).await);
    page.get("/api/v1/me").await.ok();
    sign_in(&mut Visitor::at_page(&app), &mut tablet).await.is(StatusCode::CREATED);
    page.delete(&path).await.problem(StatusCode::CONFLICT, "conflict");

    // Another's are nobody's.
    let (_, mut other, mut elsewhere) = nurse_with_passkey(&app, "other").await;
    elsewhere.put(&path, json!({ "name": "x" })).await.problem(StatusCode::NOT_FOUND, "not_found");
    elsewhere.delete(&path).await.problem(StatusCode::NOT_FOUND, "not_found");
    let taken = asked(&mut elsewhere, MINE).await;
    let made = json!({ "ceremony": taken["ceremony"], "credential": tablet.make(&taken["options"]) });
    elsewhere.post(MINE, made).await.problem(StatusCode::CONFLICT, "conflict");
    sign_in(&mut elsewhere, &mut other).await.is(StatusCode::CREATED);
    for number in 1..limits::PASSKEYS_PER_PERSON_MAX {
        add(&mut page, &mut Authenticator::new(&number.to_string()), "x").await.is(StatusCode::CREATED);
    }
    page.post(&format!("{MINE}/options"), json!({})).await.problem(StatusCode::CONFLICT, "conflict");
}

#[tokio::test]
async fn whoever_has_a_password_adds_a_passkey_and_may_take_it_away_again() {
    let app = App::start().await;
    let nurse = app.nurse("minato").await;
    let account = app.account_of(&nurse).await;
    let mut page = Visitor::at_page(&app);
    page.sign_in(&app, &account).await.is(StatusCode::CREATED);
    let mut device = Authenticator::new("minato");
    let added = add(&mut page, &mut device, "iPhone").await.is(StatusCode::CREATED);
    sign_in(&mut Visitor::at_page(&app), &mut device).await.is(StatusCode::CREATED);
    page.delete(&format!("{MINE}/{}", added["id"].as_str().unwrap())).await.is(StatusCode::NO_CONTENT);
    refused(&sign_in(&mut Visitor::at_page(&app), &mut device).await);
    app.next_code();
    page.sign_in(&app, &account).await.is(StatusCode::CREATED);
}

#[tokio::test]
async fn recovery_voids_every_passkey_at_once_and_leads_to_a_new_one() {
    let app = App::start().await;
    let (nurse, mut lost, mut page) = nurse_with_passkey(&app, "minato").await;
    let path = format!("/api/v1/people/{}/recovery", nurse.actor.person);
    let secretariat = app.secretariat().await;
    let reason = json!({ "reason": "スマートフォンの紛失" });
    let issued = secretariat.post(&path, reason.clone()).await.is(StatusCode::CREATED);
    page.get("/api/v1/me").await.problem(StatusCode::UNAUTHORIZED, "unauthenticated");
    refused(&sign_in(&mut page, &mut lost).await);
    let seen = secretariat.get(format!("/api/v1/people/{}/account", nurse.actor.person)).await.ok();
    assert_eq!((&seen["is_set_up"], &seen["passkeys"][0]["void_because"]), (&json!(false), &json!("recovery")));
    assert_eq!(secretariat.get("/api/v1/me").await.ok()["alarms"], json!([]), "a lost phone is no copied one");
    // The call was cut off: she is recovered once more, and never invited as if she were new.
    let invited = secretariat.post(format!("/api/v1/people/{}/invitations", nurse.actor.person), json!({})).await;
    invited.problem(StatusCode::CONFLICT, "conflict");
    set_up(&mut page, &issued, &mut Authenticator::new("early")).await.is(StatusCode::CREATED);
    let issued = secretariat.post(&path, reason).await.is(StatusCode::CREATED);
    let mut new = Authenticator::new("new");
    set_up(&mut page, &issued, &mut new).await.is(StatusCode::CREATED);
    refused(&sign_in(&mut Visitor::at_page(&app), &mut lost).await);
    sign_in(&mut Visitor::at_page(&app), &mut new).await.is(StatusCode::CREATED);
    assert_eq!(page.get(MINE).await.ok()["passkeys"].as_array().unwrap().len(), 1);
    let recovered = AccountDeed::Changed { person: nurse.actor.person, what: AccountChange::Recovered };
    assert!(acts(&app).await.iter().any(|act| act.deed == Deed::Account(recovered.clone())));
}

#[tokio::test]
async fn recovery_with_a_passkey_leaves_no_old_password_behind() {
    let app = App::start().await;
    let nurse = app.nurse("minato").await;
    let account = app.account_of(&nurse).await;
    let path = format!("/api/v1/people/{}/recovery", nurse.actor.person);
    let issued = app.secretariat().await.post(path, json!({ "reason": "紛失" })).await.is(StatusCode::CREATED);
    let mut page = Visitor::at_page(&app);
    set_up(&mut page, &issued, &mut Authenticator::new("new")).await.is(StatusCode::CREATED);
    let answer = Visitor::at_page(&app).sign_in(&app, &account).await;
    answer.problem(StatusCode::UNAUTHORIZED, "sign_in_refused");
    let change = json!({ "present": PASSWORD, "code": "1", "new": "晴れた日は布団を三枚ほして待つ" });
    page.put("/api/v1/me/password", change).await.problem(StatusCode::NOT_FOUND, "not_found");
}

#[tokio::test]
async fn passkeys_are_made_for_the_address_that_is_configured_whatever_a_request_says() {
    let app = App::start().await;
    let mut visitor = Visitor::at_program(&app);
    let forged = visitor.request("POST", "/api/v1/sign-in/passkey/options");
    let forged = forged.header("host", "evil.example").header("x-forwarded-host", "evil.example");
    let asked = visitor.send(forged.header("forwarded", "host=evil.example"), Some(json!({}))).await.ok();
    assert_eq!(asked["options"]["rpId"], "renkei.test");
    // Whoever asks is told of nobody.
    assert_eq!(asked["options"]["allowCredentials"], json!([]));
    let named = visitor.post("/api/v1/sign-in/passkey/options", json!({ "login": "sato" })).await;
    named.problem(StatusCode::UNPROCESSABLE_ENTITY, "unknown_field");
    assert_eq!(visitor.get("/api/v1/sign-in").await.ok()["passkeys"], "renkei.test");
}

#[tokio::test]
async fn row_19_an_address_asks_and_tries_only_so_often() {
    let app = App::start().await;
    let (_, mut device, _) = nurse_with_passkey(&app, "minato").await;
    let mut stranger = Visitor::at_program(&app).from("192.0.2.7");
    let question = asked(&mut stranger, SIGN_IN).await;
    for _ in 1..limits::SIGN_IN_TRIES_PER_ADDRESS_BURST {
        asked(&mut stranger, SIGN_IN).await;
    }
    let answer = stranger.post(&format!("{SIGN_IN}/options"), json!({})).await;
    answer.problem(StatusCode::TOO_MANY_REQUESTS, "too_many_tries");
    let wrong = json!({ "ceremony": "rk_x", "credential": {} });
    for _ in 0..limits::SIGN_IN_TRIES_PER_ADDRESS_BURST {
        refused(&stranger.post(SIGN_IN, wrong.clone()).await);
    }
    let given = shown(&question, &mut device);
    stranger.post(SIGN_IN, given.clone()).await.problem(StatusCode::TOO_MANY_REQUESTS, "too_many_tries");
    // Nobody elsewhere is held up.
    Visitor::at_program(&app).from("192.0.2.8").post(SIGN_IN, given).await.is(StatusCode::CREATED);
}
