//! Signing in: two factors always, one answer to whoever does not know enough, and guessing that hurts nobody else.

use std::time::Duration;

use axum::http::StatusCode;
use renkei::codec::Audited;
use renkei::domain::account::{AccountDeed, SignInWay};
use renkei::domain::act::{Act, By, Deed};
use renkei::domain::directory::{Person, Position};
use renkei::domain::ids::OrganisationId;
use renkei::domain::role::Role;
use renkei::limits;
use serde_json::json;

use crate::rest::audit::kept;
use crate::support::actor::Actor;
use crate::support::app::App;
use crate::support::visitor::{PASSWORD, Visitor, position};

#[tokio::test]
async fn row_1_nobody_signs_in_with_one_factor() {
    let app = App::start().await;
    let nurse = app.nurse("minato").await;
    let account = app.account_of(&nurse).await;
    let mut visitor = Visitor::at_program(&app);
    let whole = account.typed(&app);
    for (field, other) in
        [("password", ""), ("password", "晴れた日は布団を三枚ほして待つ"), ("code", ""), ("code", "000000")]
    {
        let mut typed = whole.clone();
        typed[field] = other.into();
        visitor.post("/api/v1/sign-in", typed).await.problem(StatusCode::UNAUTHORIZED, "sign_in_refused");
    }
    let mut half = whole.clone();
    half.as_object_mut().unwrap().remove("code");
    visitor.post("/api/v1/sign-in", half).await.problem(StatusCode::UNPROCESSABLE_ENTITY, "required");
    // As a Japanese keyboard may write it.
    let mut whole = whole;
    let wide = |digit: char| char::from_u32('０' as u32 + digit as u32 - '0' as u32).unwrap();
    whole["code"] = whole["code"].as_str().unwrap().chars().map(wide).collect::<String>().into();
    let entered = visitor.post("/api/v1/sign-in", whole).await.is(StatusCode::CREATED);
    assert_eq!(entered["expires_at"], "2026-04-01T12:00:30Z");
    let mut again = nurse.clone();
    again.token = entered["token"].as_str().unwrap().to_owned();
    assert_eq!(again.get("/api/v1/me").await.ok()["role"], "nurse");
    assert_eq!(again.post("/api/v1/tickets", json!(null)).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn row_1_a_link_lets_nobody_in_except_into_the_demo() {
    let app = App::start_without_links().await;
    let maintenance = app.secretariat().await;
    maintenance.get("/api/v1/me").await.problem(StatusCode::UNAUTHORIZED, "unauthenticated");
    assert_eq!(Visitor::at_program(&app).get("/api/v1/sign-in").await.ok()["links"], false);
    let demo = App::start().await;
    demo.secretariat().await.get("/api/v1/me").await.ok();
    assert_eq!(Visitor::at_program(&demo).get("/api/v1/sign-in").await.ok()["links"], true);
}

#[tokio::test]
async fn row_19_an_answer_does_not_tell_whether_there_is_an_account() {
    let app = App::start().await;
    let (nurse, invited, gone) = (app.nurse("minato").await, app.nurse("minato").await, app.nurse("minato").await);
    let (account, gone_account) = (app.account_of(&nurse).await, app.account_of(&gone).await);
    let secretariat = app.secretariat().await;
    let path = format!("/api/v1/people/{}/invitations", invited.actor.person);
    let not_set_up = secretariat.post(path, json!({})).await.is(StatusCode::CREATED);
    secretariat
        .post(format!("/api/v1/people/{}/suspend", gone.actor.person), json!({}))
        .await
        .is(StatusCode::NO_CONTENT);

    let typed = |login: &str, password: &str, code: &str| json!({ "login": login, "password": password, "code": code });
    let tries = [
        typed("nobody-at-all", PASSWORD, "123456"),
        typed(&account.login, "晴れた日は布団を三枚ほして待つ", &account.code(&app)),
        typed(&account.login, PASSWORD, "000000"),
        typed(not_set_up["login"].as_str().unwrap(), PASSWORD, "123456"),
        typed(&gone_account.login, PASSWORD, &gone_account.code(&app)),
        typed("日本語の名前", "", ""),
    ];
    let mut answers = Vec::new();
    for typed in tries {
        let answer = Visitor::at_program(&app).post("/api/v1/sign-in", typed.clone()).await;
        answer.problem(StatusCode::UNAUTHORIZED, "sign_in_refused");
        let mut headers: Vec<String> = answer.headers.keys().map(ToString::to_string).collect();
        headers.sort();
        answers.push((answer.bytes, headers));
    }
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]));
    // Too many tries are answered alike, too.
    let too_many = async |login: &str| {
        for _ in 0..limits::SIGN_IN_TRIES_BY_STRANGERS_BURST {
            Visitor::at_program(&app).post("/api/v1/sign-in", typed(login, "x", "1")).await;
        }
        let answer = Visitor::at_program(&app).post("/api/v1/sign-in", typed(login, "x", "1")).await;
        answer.problem(StatusCode::TOO_MANY_REQUESTS, "too_many_tries");
        (answer.bytes, answer.headers.get("retry-after").cloned())
    };
    assert_eq!(too_many("another-nobody").await, too_many(not_set_up["login"].as_str().unwrap()).await);
}

/// As the metrics tell it.
async fn hashes_made(collector: &mut Visitor) -> u64 {
    let page = collector.get("/metrics").await.text();
    let count = page.lines().find_map(|line| line.strip_prefix("renkei_password_hashes_total "));
    count.expect("it is counted").parse().expect("a count")
}

/// The work is the same: a password is hashed whether there is an account or not.
#[tokio::test]
async fn row_19_an_unknown_name_costs_as_much_work_as_a_known_one() {
    let app = App::start().await;
    let account = app.account_of(&app.nurse("minato").await).await;
    let mut visitor = Visitor::at_program(&app);
    let mut collector = Visitor::at_program(&app).from("127.0.0.1");
    let mut hashes_for = async |login: &str| {
        let before = hashes_made(&mut collector).await;
        let typed = json!({ "login": login, "password": "晴れた日は布団を三枚ほして待つ", "code": "000000" });
        visitor.post("/api/v1/sign-in", typed).await.problem(StatusCode::UNAUTHORIZED, "sign_in_refused");
        hashes_made(&mut collector).await - before
    };
    assert_eq!([hashes_for(&account.login).await, hashes_for("nobody-at-all").await], [1, 1]);
}

#[tokio::test]
async fn row_19_a_code_counts_once_even_for_two_at_a_moment() {
    let app = App::start().await;
    let account = app.account_of(&app.nurse("minato").await).await;
    let (mut one, mut other) = (Visitor::at_program(&app), Visitor::at_program(&app));
    let (first, second) = tokio::join!(one.sign_in(&app, &account), other.sign_in(&app, &account));
    let mut statuses = [first.status, second.status];
    statuses.sort();
    assert_eq!(statuses, [StatusCode::CREATED, StatusCode::UNAUTHORIZED]);
    other.sign_in(&app, &account).await.problem(StatusCode::UNAUTHORIZED, "sign_in_refused");
    app.next_code();
    other.sign_in(&app, &account).await.is(StatusCode::CREATED);
    // Nor does one from before it, within the time that a slow clock is given.
    let mut older = account.typed(&app);
    app.next_code();
    other.sign_in(&app, &account).await.is(StatusCode::CREATED);
    older["login"] = account.login.clone().into();
    other.post("/api/v1/sign-in", older).await.problem(StatusCode::UNAUTHORIZED, "sign_in_refused");
}

/// An attacker who knows her sign-in name keeps guessing; the nurse at her own device does not notice.
#[tokio::test]
async fn row_19_guessing_locks_nobody_out_who_signed_in_here_before() {
    let app = App::start().await;
    let nurse = app.nurse("minato").await;
    let account = app.account_of(&nurse).await;
    let mut her_page = Visitor::at_page(&app).from("198.51.100.7");
    her_page.sign_in(&app, &account).await.is(StatusCode::CREATED);
    app.next_code();
    let attack = async |tries: u32| {
        let mut last = StatusCode::OK;
        for number in 0..tries {
            let guess = json!({ "login": account.login, "password": format!("推測 {number}"), "code": "123456" });
            last = Visitor::at_program(&app).from("203.0.113.9").post("/api/v1/sign-in", guess).await.status;
        }
        last
    };
    assert_eq!(attack(limits::SIGN_IN_TRIES_BY_STRANGERS_BURST + 5).await, StatusCode::TOO_MANY_REQUESTS);
    // A stranger, even with everything right, has to wait.
    let mut elsewhere = Visitor::at_page(&app).from("198.51.100.8");
    let waits = elsewhere.sign_in(&app, &account).await;
    waits.problem(StatusCode::TOO_MANY_REQUESTS, "too_many_tries");
    assert!(waits.header("retry-after").parse::<u64>().unwrap() <= limits::SIGN_IN_BY_STRANGERS_REFILL_MS / 1_000 + 1);
    // She does not; and the sign-in that she has goes on.
    her_page.get("/api/v1/me").await.ok();
    her_page.delete("/api/v1/me").await.is(StatusCode::NO_CONTENT);
    her_page.sign_in(&app, &account).await.is(StatusCode::CREATED);
    // Her device does not help at another's account.
    let other = app.account_of(&app.nurse("minato").await).await;
    for _ in 0..limits::SIGN_IN_TRIES_BY_STRANGERS_BURST {
        let guess = json!({ "login": other.login, "password": "x", "code": "1" });
        her_page.post("/api/v1/sign-in", guess).await.is(StatusCode::UNAUTHORIZED);
    }
    her_page.sign_in(&app, &other).await.problem(StatusCode::TOO_MANY_REQUESTS, "too_many_tries");
}

#[tokio::test]
async fn row_19_one_address_does_not_try_without_end() {
    let app = App::start().await;
    let mut visitor = Visitor::at_program(&app).from("203.0.113.9");
    let open = json!({ "invitation": "rk_x", "code": "1" });
    for _ in 0..limits::SIGN_IN_TRIES_PER_ADDRESS_BURST {
        visitor.post("/api/v1/invitations/open", open.clone()).await.is(StatusCode::UNAUTHORIZED);
    }
    let answer = visitor.post("/api/v1/invitations/open", open.clone()).await;
    answer.problem(StatusCode::TOO_MANY_REQUESTS, "too_many_tries");
    let typed = json!({ "login": "x", "password": "x", "code": "1" });
    visitor.post("/api/v1/sign-in", typed).await.problem(StatusCode::TOO_MANY_REQUESTS, "too_many_tries");
    Visitor::at_program(&app)
        .from("203.0.113.10")
        .post("/api/v1/invitations/open", open)
        .await
        .is(StatusCode::UNAUTHORIZED);
}

/// Somebody works at another office, too.
async fn works_at(app: &App, nurse: &Actor, office: OrganisationId) -> Position {
    let person = app.hub.region().directory().people[&nurse.actor.person].clone();
    let second = Position { role: Role::Nurse, organisation: office };
    let person = Person { positions: vec![nurse.position(), second], ..person };
    renkei::actions::directory::put_person(&app.hub, app.sign_ins(), By::Operator, person).await.unwrap();
    second
}

#[tokio::test]
async fn row_3_one_account_serves_all_roles_and_the_role_is_chosen() {
    let app = App::start().await;
    let nurse = app.nurse("minato").await;
    let account = app.account_of(&nurse).await;
    let clinic = app.doctor("hikari").await.actor.organisation;
    let second = works_at(&app, &nurse, clinic).await;

    let mut page = Visitor::at_page(&app);
    let asked = page.sign_in(&app, &account).await.ok();
    assert_eq!((&asked["id"], asked["positions"].as_array().unwrap().len()), (&json!(null), 2));
    page.get("/api/v1/me").await.problem(StatusCode::UNAUTHORIZED, "unauthenticated");
    let choice = json!({ "ticket": asked["ticket"], "position": position(second) });
    let not_hers =
        json!({ "ticket": asked["ticket"], "position": { "role": "doctor", "organisation": clinic.to_string() } });
    page.post("/api/v1/sign-in/position", choice.clone()).await.is(StatusCode::CREATED);
    let me = page.get("/api/v1/me").await.ok();
    assert_eq!((&me["organisation"]["id"], &me["role"]), (&clinic.to_string().into(), &"nurse".into()));
    // The ticket was for one choice.
    page.post("/api/v1/sign-in/position", choice).await.problem(StatusCode::UNAUTHORIZED, "sign_in_refused");
    page.post("/api/v1/sign-in/position", not_hers).await.problem(StatusCode::UNAUTHORIZED, "sign_in_refused");

    // She goes on as the other; the end of her working day does not move.
    app.clock.advance(Duration::from_secs(1_200));
    let switched = page.put("/api/v1/me/position", position(nurse.position())).await.is(StatusCode::CREATED);
    assert_eq!(switched["expires_at"], me["expires_at"]);
    let me = page.get("/api/v1/me").await.ok();
    assert_eq!(me["organisation"]["id"], nurse.actor.organisation.to_string());
    let doctor = json!({ "role": "doctor", "organisation": clinic.to_string() });
    page.put("/api/v1/me/position", doctor).await.problem(StatusCode::UNPROCESSABLE_ENTITY, "not_found");
    // The one before it ended; that of the invitation goes on.
    let listed = page.get("/api/v1/me/sign-ins").await.ok();
    let offices = listed["sign_ins"].as_array().unwrap().iter().map(|one| &one["position"]["organisation"]);
    assert_eq!(offices.collect::<Vec<_>>(), [&json!(nurse.actor.organisation.to_string()); 2]);
}

#[tokio::test]
async fn a_sign_in_that_began_with_a_password_that_was_changed_meanwhile_does_not_come_about() {
    let app = App::start().await;
    let nurse = app.nurse("minato").await;
    let account = app.account_of(&nurse).await;
    let clinic = app.doctor("hikari").await.actor.organisation;
    works_at(&app, &nurse, clinic).await;
    let asked = Visitor::at_program(&app).sign_in(&app, &account).await.ok();
    let recovery = json!({ "reason": "パスワードを見られた" });
    let path = format!("/api/v1/people/{}/recovery", nurse.actor.person);
    app.secretariat().await.post(path, recovery).await.is(StatusCode::CREATED);
    let choice = json!({ "ticket": asked["ticket"], "position": position(nurse.position()) });
    let chosen = Visitor::at_program(&app).post("/api/v1/sign-in/position", choice).await;
    chosen.problem(StatusCode::UNAUTHORIZED, "sign_in_refused");
}

#[tokio::test]
async fn whoever_signs_out_everywhere_ends_a_sign_in_that_waits_for_its_role() {
    let app = App::start().await;
    let nurse = app.nurse("minato").await;
    let account = app.account_of(&nurse).await;
    let clinic = app.doctor("hikari").await.actor.organisation;
    works_at(&app, &nurse, clinic).await;
    let mut page = Visitor::at_page(&app);
    let asked = page.sign_in(&app, &account).await.ok();
    let choice = json!({ "ticket": asked["ticket"], "position": position(nurse.position()) });
    page.post("/api/v1/sign-in/position", choice).await.is(StatusCode::CREATED);
    // Somebody has her telephone and her password, and has not said yet in which role they act.
    app.clock.advance(Duration::from_secs(60));
    let mut stranger = Visitor::at_program(&app);
    let asked = stranger.sign_in(&app, &account).await.ok();
    page.delete("/api/v1/me/sign-ins").await.is(StatusCode::NO_CONTENT);
    let choice = json!({ "ticket": asked["ticket"], "position": position(nurse.position()) });
    let chosen = stranger.post("/api/v1/sign-in/position", choice).await;
    chosen.problem(StatusCode::UNAUTHORIZED, "sign_in_refused");
}

#[tokio::test]
async fn the_log_says_who_got_in_how_and_whose_account_was_tried() {
    let app = App::start().await;
    let nurse = app.nurse("minato").await;
    let account = app.account_of(&nurse).await;
    let before = acts(&app).await.len();
    let wrong = json!({ "login": account.login, "password": "x", "code": "1", "device": "詰所の\u{7} PC" });
    Visitor::at_program(&app).from("203.0.113.7").post("/api/v1/sign-in", wrong).await.is(StatusCode::UNAUTHORIZED);
    let unknown = json!({ "login": "nobody-at-all", "password": "x", "code": "1" });
    Visitor::at_program(&app).post("/api/v1/sign-in", unknown).await.is(StatusCode::UNAUTHORIZED);
    // It is kept aside, so that nobody waits for it.
    let keeping = async {
        while acts(&app).await.len() == before {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), keeping).await.expect("it is kept");
    let kept = acts(&app).await.split_off(before);
    let [Act { by: By::Hub, deed: Deed::Account(AccountDeed::SignInRefused { person, from }) }] = &kept[..] else {
        panic!("{kept:?}")
    };
    assert_eq!(*person, nurse.actor.person);
    assert_eq!((from.address, from.device_name.as_str()), ("203.0.113.7".parse().ok(), "詰所の PC"), "and from where");
    Visitor::at_program(&app).sign_in(&app, &account).await.is(StatusCode::CREATED);
    let kept = acts(&app).await.split_off(before + 1);
    let [Act { by, deed: Deed::SignInIssued { person, way, .. } }] = &kept[..] else { panic!("{kept:?}") };
    assert_eq!((by, person, way), (&By::Person(nurse.actor), &nurse.actor.person, &Some(SignInWay::Password)));
}

/// Everything that the log holds beside refused posts.
pub async fn acts(app: &App) -> Vec<Act> {
    let kept = kept(app, 0).await.into_iter();
    kept.filter_map(|(_, audited)| if let Audited::Act(act) = audited { Some(act) } else { None }).collect()
}
