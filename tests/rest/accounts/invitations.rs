//! Invitations and recovery: a link and a code that go different ways, two factors at their end, and an end of their own.

use std::time::Duration;

use axum::http::StatusCode;
use renkei::domain::account::{AccountChange, AccountDeed, InvitationEnd, Purpose};
use renkei::domain::act::{By, Deed};
use renkei::limits;
use renkei::vault::code_at;
use renkei::wire::Encoding;
use renkei::wire::codes::CloseCode;
use serde_json::{Value, json};

use super::sign_in::acts;
use crate::support::actor::Actor;
use crate::support::app::App;
use crate::support::visitor::{PASSWORD, Visitor, passed_on};

async fn invited(app: &App, whom: &Actor, body: Value) -> Value {
    let path = format!("/api/v1/people/{}/invitations", whom.actor.person);
    app.secretariat().await.post(path, body).await.is(StatusCode::CREATED)
}

/// What the authenticator shows that was set up with an invitation.
fn shown(app: &App, opened: &Value) -> String {
    let now_s = u64::try_from(app.hub.region().now().as_secs()).unwrap();
    code_at(opened["authenticator_secret"].as_str().unwrap(), now_s).unwrap()
}

#[tokio::test]
async fn who_is_invited_works_the_same_day_and_the_link_is_used_up() {
    let app = App::start_without_links().await;
    let secretariat = app.secretariat().await.signed_in();
    let nurse = app.nurse("minato").await;
    let issued = app.accounts().invite(secretariat, nurse.actor.person, None).await.unwrap();
    let token = issued.token.reveal().to_string();
    let given = json!({ "invitation": token, "code": issued.code });
    let mut page = Visitor::at_page(&app);
    let opened = page.post("/api/v1/invitations/open", given.clone()).await.ok();
    assert_eq!(opened["name"]["kanji"], "看護師 一号");
    assert_eq!((&opened["purpose"], &opened["password_chars_min"]), (&"first".into(), &15.into()));
    assert_eq!(opened["login"].as_str().unwrap().len(), 9, "digits, where none was chosen: {opened}");
    let uri = opened["authenticator_uri"].as_str().unwrap();
    assert!(
        uri.starts_with("otpauth://totp/Renkei:") && uri.contains(opened["authenticator_secret"].as_str().unwrap())
    );
    assert!(opened["authenticator_qr"].as_str().unwrap().contains("<svg "));
    assert_eq!(opened["expires_at"], "2026-04-02T12:00:00Z");

    let mut accepted = given.clone();
    accepted["password"] = PASSWORD.into();
    accepted["authenticator_code"] = shown(&app, &opened).into();
    accepted["device"] = "タブレット 3".into();
    page.post("/api/v1/invitations/accept", accepted.clone()).await.is(StatusCode::CREATED);
    assert_eq!(page.get("/api/v1/me").await.ok()["role"], "nurse");
    let mine = page.get("/api/v1/me/sign-ins").await.ok();
    assert_eq!(
        (&mine["sign_ins"][0]["device"], &mine["sign_ins"][0]["way"]),
        (&"タブレット 3".into(), &"invitation".into())
    );
    for path in ["open", "accept"] {
        let body = if path == "open" { given.clone() } else { accepted.clone() };
        let again = Visitor::at_program(&app).post(&format!("/api/v1/invitations/{path}"), body).await;
        again.problem(StatusCode::UNAUTHORIZED, "invitation_refused");
    }
}

#[tokio::test]
async fn whoever_sets_their_account_up_is_out_everywhere_else_at_once() {
    let app = App::start().await;
    let nurse = app.nurse("minato").await;
    let mut socket = nurse.connect(Encoding::Json).await;
    app.account_of(&nurse).await;
    assert_eq!(socket.closed().await, Some(CloseCode::SignInEnded));
    nurse.get("/api/v1/me").await.problem(StatusCode::UNAUTHORIZED, "unauthenticated");
}

#[tokio::test]
async fn row_1_an_invitation_is_no_factor_by_itself() {
    let app = App::start().await;
    let nurse = app.nurse("minato").await;
    let issued = invited(&app, &nurse, json!({})).await;
    let mut visitor = Visitor::at_program(&app);
    let given = passed_on(&issued);
    let opened = visitor.post("/api/v1/invitations/open", given.clone()).await.ok();
    let accept = async |code: &Value, password: &str, authenticator: &str| {
        let mut body = given.clone();
        body["code"] = code.clone();
        body["password"] = password.into();
        body["authenticator_code"] = authenticator.into();
        Visitor::at_program(&app).post("/api/v1/invitations/accept", body).await
    };
    let code = given["code"].clone();
    let without = accept(&code, PASSWORD, "").await.problem(StatusCode::UNPROCESSABLE_ENTITY, "mismatch");
    assert_eq!(without["field"], "authenticator_code");
    let short =
        accept(&code, "短い", &shown(&app, &opened)).await.problem(StatusCode::UNPROCESSABLE_ENTITY, "too_short");
    assert_eq!(short["field"], "password");
    let wrong = if code == "000000" { json!("000001") } else { json!("000000") };
    accept(&wrong, PASSWORD, &shown(&app, &opened)).await.problem(StatusCode::UNAUTHORIZED, "invitation_refused");
    // What was wrong about it did not use it up.
    accept(&code, PASSWORD, &shown(&app, &opened)).await.is(StatusCode::CREATED);
}

#[tokio::test]
async fn a_link_in_the_wrong_hands_is_void_after_a_few_codes_and_so_is_one_too_old() {
    let app = App::start().await;
    let (nurse, late) = (app.nurse("minato").await, app.nurse("minato").await);
    let guessed = passed_on(&invited(&app, &nurse, json!({})).await);
    let mut visitor = Visitor::at_program(&app);
    for number in 0..limits::INVITATION_TRIES_COUNT {
        let mut guess = guessed.clone();
        guess["code"] =
            format!("{:06}", (guessed["code"].as_str().unwrap().parse::<u32>().unwrap() + 1 + number) % 1_000_000)
                .into();
        visitor.post("/api/v1/invitations/open", guess).await.problem(StatusCode::UNAUTHORIZED, "invitation_refused");
    }
    visitor.post("/api/v1/invitations/open", guessed).await.problem(StatusCode::UNAUTHORIZED, "invitation_refused");
    let last = acts(&app).await.pop().unwrap();
    let Deed::Account(AccountDeed::InvitationEnded { person, why, .. }) = last.deed else { panic!("{last:?}") };
    assert_eq!((person, why, last.by), (nurse.actor.person, InvitationEnd::Guessed, By::Hub));

    let old = passed_on(&invited(&app, &late, json!({})).await);
    app.clock.advance(Duration::from_secs(limits::INVITATION_VALID_S - 1));
    visitor.post("/api/v1/invitations/open", old.clone()).await.ok();
    app.clock.advance(Duration::from_secs(1));
    visitor.post("/api/v1/invitations/open", old).await.problem(StatusCode::UNAUTHORIZED, "invitation_refused");
}

#[tokio::test]
async fn a_newer_invitation_and_a_withdrawal_void_the_older_one() {
    let app = App::start().await;
    let nurse = app.nurse("minato").await;
    let (first, second) = (invited(&app, &nurse, json!({})).await, invited(&app, &nurse, json!({})).await);
    assert_eq!(first["login"], second["login"]);
    let mut visitor = Visitor::at_program(&app);
    let open = "/api/v1/invitations/open";
    visitor.post(open, passed_on(&first)).await.problem(StatusCode::UNAUTHORIZED, "invitation_refused");
    visitor.post(open, passed_on(&second)).await.ok();
    let secretariat = app.secretariat().await;
    let path = format!("/api/v1/people/{}/invitations", nurse.actor.person);
    secretariat.delete(&path).await.is(StatusCode::NO_CONTENT);
    visitor.post(open, passed_on(&second)).await.problem(StatusCode::UNAUTHORIZED, "invitation_refused");
    secretariat.delete(&path).await.problem(StatusCode::NOT_FOUND, "not_found");
}

#[tokio::test]
async fn a_sign_in_name_can_be_chosen_and_belongs_to_one_person() {
    let app = App::start().await;
    let (nurse, other) = (app.nurse("minato").await, app.nurse("minato").await);
    let issued = invited(&app, &nurse, json!({ "login": " Sato.Hanako@minato.example " })).await;
    assert_eq!(issued["login"], "sato.hanako@minato.example");
    let secretariat = app.secretariat().await;
    let path = format!("/api/v1/people/{}/invitations", other.actor.person);
    let taken = secretariat.post(&path, json!({ "login": "sato.hanako@minato.example" })).await;
    assert_eq!(taken.problem(StatusCode::UNPROCESSABLE_ENTITY, "duplicate")["field"], "login");
    secretariat.post(&path, json!({ "login": "ab" })).await.problem(StatusCode::UNPROCESSABLE_ENTITY, "implausible");
    let account = app.set_up(&issued, PASSWORD).await;
    let mut typed = account.typed(&app);
    typed["login"] = "ＳＡＴＯ．Hanako@minato.example".into();
    Visitor::at_program(&app).post("/api/v1/sign-in", typed).await.is(StatusCode::CREATED);
    // Who has an account is not invited again.
    let path = format!("/api/v1/people/{}/invitations", nurse.actor.person);
    secretariat.post(path, json!({})).await.problem(StatusCode::CONFLICT, "conflict");
}

#[tokio::test]
async fn row_3_who_lost_their_telephone_is_back_within_the_hour_with_two_factors_and_on_record() {
    let app = App::start().await;
    let nurse = app.nurse("minato").await;
    let account = app.account_of(&nurse).await;
    let mut at_work = Visitor::at_page(&app);
    at_work.sign_in(&app, &account).await.is(StatusCode::CREATED);
    // Setting the account up ended what she was signed in by.
    let nurse = app.sign_in(nurse.actor.person, nurse.position()).await;
    let mut socket = nurse.connect(Encoding::Json).await;
    app.next_code();
    let before = acts(&app).await.len();
    let secretariat = app.secretariat().await;
    let path = format!("/api/v1/people/{}/recovery", nurse.actor.person);
    let none = secretariat.post(&path, json!({ "reason": " " })).await;
    assert_eq!(none.problem(StatusCode::UNPROCESSABLE_ENTITY, "required")["field"], "reason");
    let reason = "電話をなくした。声で本人と確かめた";
    let issued = secretariat.post(&path, json!({ "reason": reason })).await.is(StatusCode::CREATED);
    assert_eq!(issued["expires_at"], "2026-04-01T01:01:00Z");
    // From now on the lost telephone is worth nothing, nor is what was open.
    assert_eq!(socket.closed().await, Some(CloseCode::SignInEnded));
    at_work.get("/api/v1/me").await.problem(StatusCode::UNAUTHORIZED, "unauthenticated");
    at_work.sign_in(&app, &account).await.problem(StatusCode::UNAUTHORIZED, "sign_in_refused");
    app.next_code();
    let renewed = app.set_up(&issued, "晴れた日は布団を三枚ほして待つ").await;
    assert_eq!(renewed.login, account.login);
    assert_ne!(renewed.secret, account.secret);
    at_work.sign_in(&app, &account).await.problem(StatusCode::UNAUTHORIZED, "sign_in_refused");
    at_work.sign_in(&app, &renewed).await.is(StatusCode::CREATED);

    let kept = acts(&app).await.split_off(before);
    let by = By::Person(secretariat.actor);
    let asked = kept.iter().find(|act| matches!(&act.deed, Deed::Account(AccountDeed::Invited { .. }))).unwrap();
    let Deed::Account(AccountDeed::Invited { person, purpose, reason: kept_reason, .. }) = &asked.deed else {
        panic!()
    };
    assert_eq!((asked.by, person, purpose), (by, &nurse.actor.person, &Purpose::Recovery));
    assert_eq!(kept_reason, reason);
    let recovered = AccountDeed::Changed { person: nurse.actor.person, what: AccountChange::Recovered };
    assert!(kept.iter().any(|act| act.deed == Deed::Account(recovered.clone())), "{kept:?}");

    // Nobody does it to themselves, or to who has nothing to recover; and it does not wait for ever.
    let mine = format!("/api/v1/people/{}/recovery", secretariat.actor.person);
    secretariat.post(mine, json!({ "reason": reason })).await.problem(StatusCode::FORBIDDEN, "forbidden");
    let never = format!("/api/v1/people/{}/recovery", app.nurse("minato").await.actor.person);
    secretariat.post(never, json!({ "reason": reason })).await.problem(StatusCode::CONFLICT, "conflict");
    let issued = secretariat.post(&path, json!({ "reason": reason })).await.is(StatusCode::CREATED);
    app.clock.advance(Duration::from_secs(limits::RECOVERY_VALID_S));
    let late = Visitor::at_program(&app).post("/api/v1/invitations/open", passed_on(&issued)).await;
    late.problem(StatusCode::UNAUTHORIZED, "invitation_refused");
}

#[tokio::test]
async fn who_was_invited_and_has_not_come_yet_has_nothing_to_recover() {
    let app = App::start().await;
    let nurse = app.nurse("minato").await;
    let issued = invited(&app, &nurse, json!({})).await;
    let path = format!("/api/v1/people/{}/recovery", nurse.actor.person);
    let recovery = app.secretariat().await.post(path, json!({ "reason": "届いていない" })).await;
    recovery.problem(StatusCode::CONFLICT, "conflict");
    let mut visitor = Visitor::at_program(&app);
    visitor.post("/api/v1/invitations/open", passed_on(&issued)).await.ok();
    // Nor does the link let in whoever left meanwhile.
    let left = format!("/api/v1/people/{}/suspend", nurse.actor.person);
    app.secretariat().await.post(left, json!({})).await.is(StatusCode::NO_CONTENT);
    let late = visitor.post("/api/v1/invitations/open", passed_on(&issued)).await;
    late.problem(StatusCode::UNAUTHORIZED, "invitation_refused");
}

#[tokio::test]
async fn row_2_a_password_is_long_and_not_the_first_that_others_would_try() {
    let app = App::start().await;
    let nurse = app.nurse("minato").await;
    let issued = invited(&app, &nurse, json!({ "login": "sato.hanako" })).await;
    let mut visitor = Visitor::at_program(&app);
    let opened = visitor.post("/api/v1/invitations/open", passed_on(&issued)).await.ok();
    let table = [
        ("Xk9!mzqh#tvk_w", "too_short"),
        ("passwordpassword", "guessed_first"),
        ("sato.hanako.sato.hanako", "guessed_first"),
        ("minatominatominato", "guessed_first"),
    ];
    let mut given = passed_on(&issued);
    given["authenticator_code"] = shown(&app, &opened).into();
    for (password, code) in table {
        given["password"] = password.into();
        let refused = visitor.post("/api/v1/invitations/accept", given.clone()).await;
        assert_eq!(refused.problem(StatusCode::UNPROCESSABLE_ENTITY, code)["field"], "password", "{password}");
    }
    // Of one kind of character alone, as long as it is long: no rules on what it is made of.
    given["password"] = "mzqhtvkwpxrndbfj".into();
    visitor.post("/api/v1/invitations/accept", given).await.is(StatusCode::CREATED);
}
