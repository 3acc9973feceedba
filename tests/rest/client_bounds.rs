//! How many keys, systems and requests there may be, whom a suspension of an office keeps out besides its people, and that
//! what is done to a system is on record. What a system may do is told in `clients.rs`.

use std::net::{Ipv4Addr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::StatusCode;
use renkei::actions::accounts::ClientGiven;
use renkei::codec::Audited;
use renkei::domain::act::{By, Deed};
use renkei::domain::client::ClientDeed;
use renkei::domain::ids::{ClientId, OrganisationId};
use renkei::domain::role::OrganisationType;
use renkei::hub::StoreError;
use renkei::limits;
use serde_json::{Value, json};

use super::audit::kept;
use crate::support::actor::ask;
use crate::support::app::App;
use crate::support::system::{ALL, Key, System, form, key_set};

const HOSPITAL: &str = "minato-hospital";

async fn registered(app: &App) -> System {
    let hospital = app.organisation(HOSPITAL, OrganisationType::Hospital).await;
    System::register(app, hospital, ALL).await
}

#[tokio::test]
async fn what_is_done_to_a_system_is_on_record_with_its_reason() {
    let app = App::start().await;
    let ehr = registered(&app).await;
    let secretariat = app.secretariat().await;
    let path = |what: &str| format!("/api/v1/clients/{}/{what}", ehr.id);
    let because = |reason: &str| json!({ "reason": reason });
    for order in ["suspension", "removal"] {
        let without = secretariat.post(path(order), because("　")).await;
        without.problem(StatusCode::UNPROCESSABLE_ENTITY, "required");
    }
    secretariat.post(path("suspension"), because("点検")).await.is(StatusCode::NO_CONTENT);
    secretariat.delete(path("suspension")).await.is(StatusCode::NO_CONTENT);
    let next = json!({ "jwks": key_set(&[&Key::new("2027-04")]) });
    secretariat.put(path("keys"), next).await.is(StatusCode::NO_CONTENT);
    secretariat.post(path("removal"), because("契約の終了")).await.is(StatusCode::NO_CONTENT);

    let of_clients = |audited| match audited {
        Audited::Act(act) => match act.deed {
            Deed::Client(deed) => Some((act.by, deed)),
            _ => None,
        },
        _ => None,
    };
    let done: Vec<(By, ClientDeed)> =
        kept(&app, 0).await.into_iter().filter_map(|(_, audited)| of_clients(audited)).collect();
    assert!(done[2..].iter().all(|(by, _)| *by == By::Person(secretariat.actor)), "{done:?}");
    let client: ClientId = ehr.id.parse().unwrap();
    let key = |name: &str| name.to_owned();
    let expected = [
        ClientDeed::Suspended { client, reason: "点検".to_owned() },
        ClientDeed::Resumed { client },
        ClientDeed::KeyAdded { client, key: key("2027-04") },
        ClientDeed::KeyRemoved { client, key: key("2026-04") },
        ClientDeed::Removed { client, reason: "契約の終了".to_owned() },
    ];
    assert_eq!(done[2..].iter().map(|(_, deed)| deed.clone()).collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn a_system_has_so_many_keys_in_its_life() {
    let app = App::start().await;
    let ehr = registered(&app).await;
    let secretariat = app.secretariat().await;
    let path = format!("/api/v1/clients/{}/keys", ehr.id);
    let give = async |from: usize, count: usize| {
        let keys: Vec<Key> = (from..from + count).map(|number| Key::new(&format!("key-{number}"))).collect();
        let set = key_set(&keys.iter().collect::<Vec<_>>());
        secretariat.put(&path, json!({ "jwks": set })).await
    };
    let at_a_moment = give(0, limits::CLIENT_KEYS_MAX + 1).await;
    at_a_moment.problem(StatusCode::UNPROCESSABLE_ENTITY, "too_long");
    // Its first key, and as many more as there is room for.
    let mut given = 1;
    while given < limits::CLIENT_KEYS_EVER_MAX {
        let count = limits::CLIENT_KEYS_MAX.min(limits::CLIENT_KEYS_EVER_MAX - given);
        give(given, count).await.is(StatusCode::NO_CONTENT);
        given += count;
    }
    give(given, 1).await.problem(StatusCode::SERVICE_UNAVAILABLE, "overloaded");
}

#[tokio::test]
async fn a_region_has_so_many_systems() {
    let app = App::start().await;
    let ehr = registered(&app).await;
    let (region, hospital) = (app.hub.region(), ehr.organisation);
    let (directory, now, key) = (region.directory(), region.now(), Key::new("k1"));
    let keys = key_set(&[&key]);
    let new = |_| {
        let (name, purpose, scopes) = ("計測器", "送信", "system/Observation.c");
        let given = ClientGiven { organisation: hospital, name, purpose, scopes, keys: &keys };
        given.read(&directory, ClientId(region.draw_id()), now).unwrap()
    };
    let others: Vec<_> = (1..limits::CLIENTS_MAX).map(new).collect();
    let writing = app.hub.journal().write(move |tx| {
        Box::pin(async move {
            for other in &others {
                other.write(tx, By::Operator).await?;
            }
            Ok::<_, StoreError>(())
        })
    });
    writing.await.unwrap();
    let one_more = json!({
        "organisation": hospital.to_string(), "name": "計測器", "purpose": "送信", "scopes": "system/Observation.c",
        "jwks": key_set(&[&Key::new("k2")]),
    });
    let secretariat = app.secretariat().await;
    let refused = secretariat.post("/api/v1/clients", one_more.clone()).await;
    refused.problem(StatusCode::SERVICE_UNAVAILABLE, "overloaded");
    let removal = format!("/api/v1/clients/{}/removal", ehr.id);
    secretariat.post(removal, json!({ "reason": "契約の終了" })).await.is(StatusCode::NO_CONTENT);
    secretariat.post("/api/v1/clients", one_more).await.is(StatusCode::CREATED);
}

#[tokio::test]
async fn an_address_asks_for_so_many_tokens_and_keeps_no_other_from_asking() {
    let app = App::start().await;
    let ehr = registered(&app).await;
    let ask_from = async |last: u8, assertion: &str| {
        let mut request = form(assertion, ALL);
        let peer = SocketAddr::from((Ipv4Addr::new(192, 0, 2, last), 40_000));
        request.extensions_mut().insert(ConnectInfo(peer));
        ask(&app.router, request).await
    };
    for _ in 0..limits::TOKEN_TRIES_PER_ADDRESS_BURST {
        assert_eq!(ask_from(7, "x").await.status, StatusCode::UNAUTHORIZED);
    }
    let assertion = ehr.assertion(&app);
    let told = ask_from(7, &assertion).await;
    assert_eq!((told.status, told.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, "2"));
    ask_from(8, &assertion).await.ok();
}

#[tokio::test]
async fn where_an_office_is_suspended_its_systems_get_no_token() {
    let app = App::start().await;
    let ehr = registered(&app).await;
    let secretariat = app.secretariat().await;
    let system = ehr.sign_in(&app, ALL).await;
    let suspend = async |organisation: OrganisationId, person: &str, lifted: bool| {
        let body = json!({ "suspension": { "person": person, "lifted": lifted, "reason": "調査のあいだ" } });
        let entry = json!({ "id": app.hub.region().draw_id().to_string(), "body": body });
        secretariat.post(format!("/api/v1/timelines/{organisation}/entries"), entry).await.is(StatusCode::CREATED);
    };
    for whom in ["", &ehr.id] {
        suspend(ehr.organisation, whom, false).await;
        system.get("/api/v1/me").await.problem(StatusCode::UNAUTHORIZED, "unauthenticated");
        let refused: Value = ehr.ask(&app, ALL).await.is(StatusCode::UNAUTHORIZED);
        assert_eq!(refused["error"], "invalid_client", "{whom}");
        suspend(ehr.organisation, whom, true).await;
        ehr.ask(&app, ALL).await.ok();
    }
}
