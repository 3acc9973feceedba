//! Somebody damages the page of an office, on which it stands whom it shut out: nobody comes back in by that, and the region goes on.

use std::time::Duration;

use axum::http::StatusCode;
use renkei::actions::directory::put_person;
use renkei::domain::act::By;
use renkei::domain::directory::{Person, Position};
use renkei::domain::ids::PersonId;
use renkei::domain::patient::HumanName;
use renkei::domain::role::{OrganisationType, Role};
use renkei::store::check::FaultKind;
use serde_json::{Value, json};

use super::tampered::{region, warnings};
use super::tampered_records::{answered, found_of, write};
use crate::support::actor::Actor;
use crate::support::app::App;

/// Suspends somebody by a record on the page of their office.
pub(super) async fn suspend(app: &App, whom: &Actor) {
    let body = json!({ "suspension": { "person": whom.actor.person.to_string(), "reason": "調査のあいだ" } });
    let post = json!({ "id": app.hub.region().draw_id(), "body": body });
    let page = format!("/api/v1/timelines/{}/entries", whom.actor.organisation);
    app.secretariat().await.post(page, post).await.is(StatusCode::CREATED);
}

async fn is_let_in(app: &App, whom: &Actor) -> bool {
    let valid_for = Duration::from_secs(60);
    app.sign_ins().issue(By::Operator, whom.actor.person, whom.position(), valid_for).await.is_ok()
}

/// The last entry, which is the suspension.
pub(super) const LAST: &str = "update entry set sealed = zeroblob(40)
    where timeline = $1 and seq = (select max(seq) from entry where timeline = $1)";

#[tokio::test]
async fn one_bad_entry_on_an_offices_page_stops_its_own_people_and_not_the_region() {
    for damage in [
        LAST,
        "update entry set sealed = zeroblob(40) where timeline = $1 and seq = 1",
        "update timeline set wrapped_key = null where id = $1",
        "update timeline set wrapped_key = x'00' where id = $1",
        "update timeline set head_seq = head_seq - 1 where id = $1",
    ] {
        let app = region().await;
        let (nurse, colleague, doctor) =
            (app.nurse("minato").await, app.nurse("minato").await, app.doctor("hikari").await);
        suspend(&app, &nurse).await;
        colleague.get("/api/v1/me").await.ok();
        assert!(!is_let_in(&app, &nurse).await && is_let_in(&app, &colleague).await);
        write(&app, nurse.actor.organisation.0, &[damage]).await;

        let app = app.stop().await.start().await;
        assert!(!is_let_in(&app, &nurse).await, "{damage}");
        assert!(!is_let_in(&app, &colleague).await, "nobody can tell who of them was shut out: {damage}");
        colleague.get("/api/v1/me").await.problem(StatusCode::UNAUTHORIZED, "unauthenticated");
        doctor.get("/api/v1/me").await.ok();
        app.secretariat().await.get("/api/v1/patients").await.ok();
        let told = warnings(&doctor).await;
        assert!(
            told.ends_with(&["record_unreadable".to_owned(), "office_unreadable".to_owned()]),
            "{damage}: {told:?}"
        );
        assert!(!found_of(&app, nurse.actor.organisation.0).await.is_empty(), "{damage}");
    }
}

/// It is read as what it is by the directory: that somebody is shut out is known.
#[tokio::test]
async fn an_offices_page_that_is_called_a_patients_record_still_shuts_out() {
    let app = region().await;
    let (nurse, colleague) = (app.nurse("minato").await, app.nurse("minato").await);
    suspend(&app, &nurse).await;
    let office = nurse.actor.organisation.0;
    write(&app, office, &["update timeline set subject = 'patient' where id = $1"]).await;
    let app = app.stop().await.start().await;
    assert!(!is_let_in(&app, &nurse).await && is_let_in(&app, &colleague).await);
    assert_eq!(warnings(&colleague).await, ["record_unreadable"]);
    assert_eq!(found_of(&app, office).await, [FaultKind::Head]);
}

/// Liaison contacts are there for all professions of the region, so that they know of the page; families know of none.
#[tokio::test]
async fn whoever_sees_the_pages_of_offices_is_told_that_one_cannot_be_had_now() {
    let app = region().await;
    let (nurse, doctor) = (app.nurse("minato").await, app.doctor("hikari").await);
    let family = app.actor(Role::Family, "home").await;
    suspend(&app, &nurse).await;
    let (office, nobody) = (nurse.actor.organisation.0, app.hub.region().draw_id());
    write(&app, office, &[LAST]).await;
    let app = app.stop().await.start().await;
    for body in [
        json!({ "note": { "text": "申し送り" } }),
        json!({ "vital": { "measurements": [{ "sign": "spo2", "value": "91", "unit": "%" }] } }),
    ] {
        let told = answered(&app, &doctor, office, &body).await;
        let told: Vec<StatusCode> = told.into_iter().take(3).map(|(status, _)| status).collect();
        assert_eq!(told, [StatusCode::SERVICE_UNAVAILABLE; 3], "{body}");
        let told = answered(&app, &family, office, &body).await;
        assert_eq!(told, answered(&app, &family, nobody, &body).await, "{body}");
    }
}

#[tokio::test]
async fn the_secretariat_acts_though_its_own_page_is_damaged_while_it_has_nobody_else() {
    let app = region().await;
    let (first, other) = (app.secretariat().await, app.nurse("minato").await);
    // So that there is something on it.
    suspend(&app, &app.actor(first.actor.role, "secretariat").await).await;
    write(&app, first.actor.organisation.0, &[LAST]).await;
    let app = app.stop().await.start().await;
    first.get("/api/v1/me").await.ok();
    other.get("/api/v1/me").await.ok();
    let told = warnings(&other).await;
    assert!(told.contains(&"office_unreadable".to_owned()) && !told.contains(&"no_secretariat".to_owned()), "{told:?}");

    // Of a second office of it more is known: it acts, and the first is as any other.
    let second = app.actor(first.actor.role, "second secretariat").await;
    first.get("/api/v1/me").await.problem(StatusCode::UNAUTHORIZED, "unauthenticated");
    second.get("/api/v1/me").await.ok();
}

/// Who comes to it takes the place of those of whom nobody can tell, and so has to be able to sign in where one of them was.
#[tokio::test]
async fn whoever_comes_to_a_secretariat_of_which_nobody_can_tell_has_an_account_where_it_had_one() {
    let app = region().await;
    let (first, nurse) = (app.secretariat().await, app.nurse("minato").await);
    suspend(&app, &app.actor(first.actor.role, "secretariat").await).await;
    app.account_of(&nurse).await;
    app.account_of(&first).await;
    write(&app, first.actor.organisation.0, &[LAST]).await;
    let app = app.stop().await.start().await;
    let organisation = app.organisation("second secretariat", OrganisationType::Secretariat).await;
    let position = Position { role: first.actor.role, organisation };
    let name = HumanName { kanji: "三浦 恵子".to_owned(), kana: "ミウラ ケイコ".to_owned() };
    let comes = async |id: PersonId| {
        let person = Person { id, name: name.clone(), positions: vec![position], active: true };
        put_person(&app.hub, app.sign_ins(), By::Operator, person).await
    };
    let refused = comes(PersonId(app.hub.region().draw_id())).await.unwrap_err();
    assert!(refused.to_string().contains("has set up an account"), "{refused}");
    assert!(is_let_in(&app, &first).await);
    comes(nurse.actor.person).await.unwrap();
    assert!(!is_let_in(&app, &first).await);
    app.sign_in(nurse.actor.person, position).await.get("/api/v1/patients").await.ok();
}

/// What the operating guide gives as the cure: the office is entered anew, and its people with it.
#[tokio::test]
async fn who_moves_to_another_office_is_let_in_again() {
    let app = region().await;
    let colleague = app.nurse("minato").await;
    let secretariat = app.secretariat().await;
    suspend(&app, &app.nurse("minato").await).await;
    write(&app, colleague.actor.organisation.0, &[LAST]).await;
    let app = app.stop().await.start().await;
    assert!(!is_let_in(&app, &colleague).await);
    let anew = json!({ "name": "みなと訪問看護ステーション", "type": "nursing_station" });
    let office = secretariat.post("/api/v1/organisations", anew).await.is(StatusCode::CREATED);
    let works_at = async |organisations: &[&str]| {
        let position = |organisation: &&str| json!({ "role": "nurse", "organisation": organisation });
        let positions: Vec<Value> = organisations.iter().map(position).collect();
        let named = json!({ "name": { "kanji": "看護 花子" }, "positions": positions });
        secretariat.put(format!("/api/v1/people/{}", colleague.actor.person), named).await.ok();
    };
    let (damaged, anew) = (colleague.actor.organisation.to_string(), office["id"].as_str().unwrap());
    let position = Position { role: colleague.actor.role, organisation: anew.parse().unwrap() };
    let valid_for = Duration::from_secs(60);
    let comes_in = async || app.sign_ins().issue(By::Operator, colleague.actor.person, position, valid_for).await;
    works_at(&[&damaged, anew]).await;
    assert!(comes_in().await.is_err(), "whom the page shuts out, it shuts out everywhere");
    works_at(&[anew]).await;
    comes_in().await.unwrap();
}
