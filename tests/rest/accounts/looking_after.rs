//! Who looks after whose account: the secretariat after all, an office's administrator after their own people only.

use axum::http::StatusCode;
use renkei::domain::act::By;
use renkei::domain::directory::{Person, Position};
use renkei::domain::role::{OrganisationType, Role};
use renkei::wire::Encoding;
use renkei::wire::codes::CloseCode;
use serde_json::json;

use crate::support::actor::Actor;
use crate::support::app::App;
use crate::support::visitor::{PASSWORD, Visitor};

/// A nurse whom the secretariat appointed to look after the people of her station.
async fn administrator(app: &App, station: &str) -> Actor {
    let chief = app.nurse(station).await;
    let path = format!("/api/v1/organisations/{}/administrators", chief.actor.organisation);
    let appointed = app.secretariat().await.post(path, json!({ "person": chief.actor.person.to_string() })).await;
    appointed.is(StatusCode::NO_CONTENT);
    chief
}

#[tokio::test]
async fn an_administrator_takes_a_nurse_on_who_works_the_same_day_and_lets_her_go() {
    let app = App::start().await;
    let chief = administrator(&app, "minato").await;
    assert_eq!(chief.get("/api/v1/me").await.ok()["administers"], json!([chief.actor.organisation.to_string()]));
    let staff = format!("/api/v1/organisations/{}/staff", chief.actor.organisation);
    let hanako = json!({ "name": { "kanji": "佐藤 花子", "kana": "サトウ ハナコ" }, "role": "nurse" });
    let hanako = chief.post(&staff, hanako).await.is(StatusCode::CREATED);
    let id = hanako["id"].as_str().unwrap();
    let issued = chief.post(format!("/api/v1/people/{id}/invitations"), json!({})).await.is(StatusCode::CREATED);
    let account = app.set_up(&issued, PASSWORD).await;
    let seen = chief.get(format!("/api/v1/people/{id}/account")).await.ok();
    assert_eq!((&seen["login"], &seen["is_set_up"]), (&account.login.clone().into(), &true.into()));

    let mut page = Visitor::at_page(&app);
    page.sign_in(&app, &account).await.is(StatusCode::CREATED);
    app.next_code();
    let entered = Visitor::at_program(&app).sign_in(&app, &account).await.is(StatusCode::CREATED);
    let mut hers = chief.clone();
    hers.token = entered["token"].as_str().unwrap().to_owned();
    let mut socket = hers.connect(Encoding::Json).await;
    chief.delete(format!("{staff}/{id}")).await.is(StatusCode::NO_CONTENT);
    assert_eq!(socket.closed().await, Some(CloseCode::SignInEnded));
    page.get("/api/v1/me").await.problem(StatusCode::UNAUTHORIZED, "unauthenticated");
    app.next_code();
    page.sign_in(&app, &account).await.problem(StatusCode::UNAUTHORIZED, "sign_in_refused");
    chief.delete(format!("{staff}/{id}")).await.problem(StatusCode::NOT_FOUND, "not_found");
}

/// Whoever is not theirs to look after is answered like nobody.
#[tokio::test]
async fn row_18_an_administrator_reaches_nobody_beyond_their_office() {
    let app = App::start().await;
    let chief = administrator(&app, "minato").await;
    let (mine, theirs, elsewhere) = (app.nurse("minato").await, app.nurse("other").await, app.doctor("hikari").await);
    let secretariat = app.secretariat().await;
    // Works here and at a clinic: recovering her here would open what she sees there.
    let shared = app.nurse("minato").await;
    let person = app.hub.region().directory().people[&shared.actor.person].clone();
    let second = Position { role: Role::Nurse, organisation: elsewhere.actor.organisation };
    let person = Person { positions: vec![shared.position(), second], ..person };
    renkei::actions::directory::put_person(&app.hub, app.sign_ins(), By::Operator, person).await.unwrap();

    let nobody = "0196d5a2-7c00-7000-8000-000000000001".to_owned();
    let beyond = [&theirs, &elsewhere, &secretariat].map(|one| one.actor.person.to_string());
    let mut answers = Vec::new();
    for person in beyond.iter().chain([&nobody]) {
        let of = format!("/api/v1/people/{person}");
        answers.push(chief.post(format!("{of}/invitations"), json!({})).await);
        answers.push(chief.post(format!("{of}/recovery"), json!({ "reason": "試し" })).await);
        answers.push(chief.get(format!("{of}/account")).await);
        answers.push(chief.delete(format!("{of}/sign-ins")).await);
        answers.push(chief.delete(format!("{of}/invitations")).await);
    }
    for answer in &answers {
        answer.problem(StatusCode::NOT_FOUND, "not_found");
    }
    assert!(answers.windows(2).all(|pair| pair[0].bytes == pair[1].bytes));
    // She is on the list of their office: why not is said, and not where else.
    let of = format!("/api/v1/people/{}", shared.actor.person);
    let told = [
        chief.post(format!("{of}/recovery"), json!({ "reason": "試し" })).await,
        chief.post(format!("{of}/invitations"), json!({})).await,
        chief.get(format!("{of}/account")).await,
        chief.delete(format!("{of}/sign-ins")).await,
    ];
    for answer in &told {
        let detail = &answer.problem(StatusCode::FORBIDDEN, "forbidden")["detail"];
        assert!(detail["ja"].as_str().is_some_and(|ja| ja.contains("事務局に頼んで")), "{detail}");
        assert!(!detail.to_string().contains("hikari"), "{detail}");
    }
    chief.post(format!("/api/v1/people/{}/invitations", mine.actor.person), json!({})).await.is(StatusCode::CREATED);
    // Colleagues without the appointment look after nobody, themselves included.
    let path = format!("/api/v1/people/{}/invitations", mine.actor.person);
    mine.post(path, json!({})).await.problem(StatusCode::NOT_FOUND, "not_found");
}

#[tokio::test]
async fn row_18_an_administrator_makes_nobody_more_than_their_office_has() {
    let app = App::start().await;
    let chief = administrator(&app, "minato").await;
    let staff = format!("/api/v1/organisations/{}/staff", chief.actor.organisation);
    for role in ["doctor", "secretariat", "gateway", "family"] {
        let new = json!({ "name": { "kanji": "佐藤 花子" }, "role": role });
        let refused = chief.post(&staff, new).await;
        assert_eq!(refused.problem(StatusCode::UNPROCESSABLE_ENTITY, "unknown_code")["field"], "role", "{role}");
    }
    let clinic = app.doctor("hikari").await.actor.organisation;
    let new = json!({ "name": { "kanji": "佐藤 花子" }, "role": "nurse" });
    let elsewhere = chief.post(format!("/api/v1/organisations/{clinic}/staff"), new).await;
    elsewhere.problem(StatusCode::NOT_FOUND, "not_found");
    let doctor = app.doctor("hikari").await;
    let gone = chief.delete(format!("/api/v1/organisations/{clinic}/staff/{}", doctor.actor.person)).await;
    gone.problem(StatusCode::NOT_FOUND, "not_found");
    let path = format!("/api/v1/organisations/{}/administrators", chief.actor.organisation);
    let appointing = chief.post(&path, json!({ "person": chief.actor.person.to_string() })).await;
    appointing.problem(StatusCode::FORBIDDEN, "forbidden");

    // Whom the office could not take on by itself, it cannot look after either.
    let secretariat = app.secretariat().await;
    let position = Position { role: Role::Doctor, organisation: chief.actor.organisation };
    let person = json!({
        "name": { "kanji": "高木 医師" },
        "positions": [{ "role": position.role.code(), "organisation": position.organisation.to_string() }]
    });
    let doctor = secretariat.post("/api/v1/people", person).await.is(StatusCode::CREATED);
    let path = format!("/api/v1/people/{}/invitations", doctor["id"].as_str().unwrap());
    chief.post(path, json!({})).await.problem(StatusCode::NOT_FOUND, "not_found");
}

#[tokio::test]
async fn an_appointment_ends_with_its_end_with_the_position_and_survives_a_restart() {
    let app = App::start().await;
    let chief = administrator(&app, "minato").await;
    let mine = app.nurse("minato").await;
    let app = app.stop().await.start().await;
    let account = format!("/api/v1/people/{}/account", mine.actor.person);
    chief.get(&account).await.ok();
    let secretariat = app.secretariat().await;
    let path = format!("/api/v1/organisations/{}/administrators", chief.actor.organisation);
    let hers = format!("{path}/{}", chief.actor.person);
    secretariat.delete(&hers).await.is(StatusCode::NO_CONTENT);
    chief.get(&account).await.problem(StatusCode::NOT_FOUND, "not_found");
    secretariat.delete(&hers).await.problem(StatusCode::NOT_FOUND, "not_found");

    let outsider = app.doctor("hikari").await;
    let wrong = secretariat.post(&path, json!({ "person": outsider.actor.person.to_string() })).await;
    assert_eq!(wrong.problem(StatusCode::UNPROCESSABLE_ENTITY, "not_found")["field"], "person");
    let office = app.organisation("secretariat", OrganisationType::Secretariat).await;
    let person = json!({ "person": secretariat.actor.person.to_string() });
    let none = secretariat.post(format!("/api/v1/organisations/{office}/administrators"), person).await;
    none.problem(StatusCode::CONFLICT, "conflict");
}

#[tokio::test]
async fn row_17_a_lost_tablet_is_out_at_once() {
    let app = App::start().await;
    let chief = administrator(&app, "minato").await;
    let (mine, colleague) = (app.nurse("minato").await, app.nurse("minato").await);
    let mut socket = mine.connect(Encoding::Proto).await;
    chief.delete(format!("/api/v1/people/{}/sign-ins", mine.actor.person)).await.is(StatusCode::NO_CONTENT);
    assert_eq!(socket.closed().await, Some(CloseCode::SignInEnded));
    mine.get("/api/v1/me").await.problem(StatusCode::UNAUTHORIZED, "unauthenticated");
    colleague.get("/api/v1/me").await.ok();
}
