//! Systems that sign in by a key: an EHR of a hospital and the gateway of its meters.

use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderValue, Request, StatusCode};
use renkei::actions::accounts::{ClientGiven, ClientOrder, order_client};
use renkei::codec::Audited;
use renkei::domain::act::{By, Deed, SignInEnd};
use renkei::domain::audit::AuditKind;
use renkei::domain::client::ClientDeed;
use renkei::domain::device::DeviceDemand;
use renkei::domain::ids::{ClientId, DeviceId, OrganisationId, PatientId};
use renkei::domain::role::{OrganisationType, Role};
use renkei::domain::team::ConsentState;
use renkei::domain::time::Timestamp;
use renkei::hub::StoreError;
use renkei::hub::devices::{Line, Shown};
use renkei::limits;
use serde_json::{Value, json};

use super::audit::kept;
use crate::support::actor::{Actor, Answer, ask};
use crate::support::app::{App, ORIGIN};
use crate::support::system::{ALL, Key, System, form, key_set, send, show};
use crate::support::until;

const HOSPITAL: &str = "minato-hospital";

/// A hospital with a system of these scopes, and a consenting patient on whose team it is.
async fn hospital(app: &App, scopes: &str) -> (System, PatientId) {
    let organisation = app.organisation(HOSPITAL, OrganisationType::Hospital).await;
    let patient = app.register_patient("高橋 ハル", "タカハシ ハル").await;
    app.consent(patient, ConsentState::Team).await;
    app.link(patient, HOSPITAL).await;
    (System::register(app, organisation, scopes).await, patient)
}

fn entries(patient: PatientId) -> String {
    format!("/api/v1/timelines/{patient}/entries")
}

fn vital(number: u64) -> Value {
    let id = format!("0196d5a2-7c00-7000-8000-{number:012x}");
    json!({ "id": id, "body": { "vital": { "measurements": [{ "sign": "spo2", "value": "96", "unit": "%" }] } } })
}

fn note(number: u64) -> Value {
    let id = format!("0196d5a2-7c00-7000-8000-{number:012x}");
    json!({ "id": id, "body": { "note": { "text": "お変わりありません" } } })
}

async fn is_out(who: &Actor) {
    who.get("/api/v1/me").await.problem(StatusCode::UNAUTHORIZED, "unauthenticated");
}

async fn deeds(app: &App) -> Vec<ClientDeed> {
    let of_clients = |(_, audited)| match audited {
        Audited::Act(act) => match act.deed {
            Deed::Client(deed) => Some(deed),
            _ => None,
        },
        _ => None,
    };
    kept(app, 0).await.into_iter().filter_map(of_clients).collect()
}

#[track_caller]
fn refused(answer: &Answer, status: StatusCode, error: &str) -> Vec<u8> {
    let said = answer.is(status);
    assert_eq!(said["error"], error, "{said}");
    assert!(said["error_description"].as_str().is_some_and(|text| text.is_ascii()), "{said}");
    assert!(!said["detail"]["ja"].as_str().unwrap_or_default().is_empty(), "{said}");
    assert_eq!((answer.header("cache-control"), answer.header("pragma")), ("no-store", "no-cache"));
    answer.bytes.clone()
}

#[tokio::test]
async fn a_hospitals_system_posts_and_reads_in_the_hospitals_name_and_the_log_says_by_which_key() {
    let app = App::start().await;
    let (ehr, patient) = hospital(&app, ALL).await;
    let configuration = Request::get("/.well-known/smart-configuration").body(Body::empty()).unwrap();
    let told = ask(&app.router, configuration).await.ok();
    assert_eq!(told["token_endpoint"], format!("{ORIGIN}/oauth/token"));
    assert_eq!(told["token_endpoint_auth_methods_supported"], json!(["private_key_jwt"]));
    assert!(told["scopes_supported"].as_array().unwrap().contains(&json!("system/Observation.c")), "{told}");

    let granted = ehr.ask(&app, "system/Observation.rs system/Observation.c").await;
    assert_eq!((granted.header("cache-control"), granted.header("pragma")), ("no-store", "no-cache"));
    let granted = granted.ok();
    assert_eq!(granted["token_type"], "bearer");
    assert_eq!((&granted["expires_in"], &granted["scope"]), (&json!(300), &json!("system/Observation.crs")));
    assert!(granted.get("refresh_token").is_none());
    let system = ehr.sign_in(&app, "system/Observation.crs system/Patient.rs").await;
    let me = system.get("/api/v1/me").await.ok();
    assert_eq!((&me["role"], &me["person"]["name"]["kanji"]), (&json!("gateway"), &json!("みなと電子カルテ")));
    let found = system.get("/api/v1/patients?q=%E9%AB%98%E6%A9%8B").await.ok();
    assert_eq!(found["patients"][0]["id"], patient.to_string());

    system.post(entries(patient), vital(1)).await.is(StatusCode::CREATED);
    let nurse = app.nurse(HOSPITAL).await;
    nurse.post(entries(patient), note(2)).await.is(StatusCode::CREATED);
    nurse.post(entries(patient), vital(3)).await.is(StatusCode::CREATED);
    let seen = nurse.get(entries(patient)).await.ok();
    let written =
        seen["entries"].as_array().unwrap().iter().find(|entry| entry["content"]["body"]["vital"].is_object());
    let author = &written.expect("the nurse sees it")["content"]["author"];
    assert_eq!((&author["person"], &author["role"]), (&json!(ehr.id), &json!("gateway")));
    assert_eq!(author["organisation"], ehr.organisation.to_string());
    // Of what its organisation may see, what its token names: the registration and values, not the note.
    let read = system.get(entries(patient)).await.ok();
    let kinds: Vec<String> = read["entries"].as_array().unwrap().iter().map(kind).collect();
    assert_eq!(kinds, ["registration", "vital", "vital"]);

    let issued = deeds(&app).await.into_iter().filter_map(|deed| match deed {
        ClientDeed::TokenIssued { client, key, scopes, .. } => Some((client.to_string(), key, scopes.to_string())),
        _ => None,
    });
    let scopes = ["system/Observation.crs", "system/Patient.rs system/Observation.crs"];
    let expected = scopes.map(|scopes| (ehr.id.clone(), "2026-04".to_owned(), scopes.to_owned()));
    assert_eq!(issued.collect::<Vec<_>>(), expected);
    let listed = app.secretariat().await.get(format!("/api/v1/audit?kind={}", AuditKind::Client.code())).await.ok();
    let codes: Vec<&str> =
        listed["records"].as_array().unwrap().iter().filter_map(|one| one["code"].as_str()).collect();
    assert_eq!(codes, ["token_issued", "token_issued", "key_added", "registered"]);

    system.delete("/api/v1/me").await.is(StatusCode::NO_CONTENT);
    is_out(&system).await;
}

/// The one member of an entry's body.
fn kind(entry: &Value) -> String {
    entry["content"]["body"].as_object().and_then(|body| body.keys().next().cloned()).unwrap_or_default()
}

#[tokio::test]
async fn a_token_reaches_no_further_than_its_scopes_and_its_organisations_link() {
    let app = App::start().await;
    let (ehr, patient) = hospital(&app, "system/Observation.crs system/Communication.rs").await;
    let gateway = ehr.sign_in(&app, "system/Observation.c").await;
    gateway.post(entries(patient), vital(1)).await.is(StatusCode::CREATED);
    for answer in [
        gateway.get(entries(patient)).await,
        gateway.get("/api/v1/patients").await,
        gateway.post(entries(patient), note(2)).await,
        gateway.post(format!("/api/v1/timelines/{patient}/dry-run"), note(2)).await,
        gateway.post("/api/v1/tickets", Value::Null).await,
        gateway.get(format!("/api/v1/patients/{patient}")).await,
    ] {
        answer.problem(StatusCode::FORBIDDEN, "insufficient_scope");
    }
    // Registered for reading messages, not for writing them.
    let granted = ehr.ask(&app, "system/Communication.crs system/Patient.rs").await.ok();
    assert_eq!(granted["scope"], "system/Communication.rs");
    let nurse = app.nurse(HOSPITAL).await;
    nurse.post(entries(patient), note(3)).await.is(StatusCode::CREATED);
    let reader = ehr.sign_in(&app, "system/Communication.rs").await;
    let kinds = async || {
        let read = reader.get(entries(patient)).await.ok();
        read["entries"].as_array().unwrap().iter().map(kind).collect::<Vec<_>>()
    };
    assert_eq!(kinds().await, ["note"]);
    let elsewhere = app.nurse("elsewhere").await;
    app.link(patient, "elsewhere").await;
    elsewhere.post(entries(patient), note(4)).await.is(StatusCode::CREATED);
    assert_eq!(kinds().await, ["note", "note"]);
    let restricted = json!({ "id": note(5)["id"], "sensitivity": "restricted", "body": note(5)["body"] });
    elsewhere.post(entries(patient), restricted).await.is(StatusCode::CREATED);
    assert_eq!(kinds().await, ["note", "note"], "what is for the clinical professions is for no system");
    app.consent(patient, ConsentState::Withdrawn).await;
    assert_eq!(kinds().await, ["note"], "its own organisation's, as for everybody");

    let stranger = app.register_patient("鈴木 一郎", "スズキ イチロウ").await;
    reader.get(entries(stranger)).await.problem(StatusCode::NOT_FOUND, "not_found");
    gateway.post(entries(stranger), vital(6)).await.is(StatusCode::ACCEPTED);
}

#[tokio::test]
async fn whatever_is_wrong_with_an_assertion_the_answer_is_the_same_to_the_byte() {
    let app = App::start().await;
    let (ehr, _) = hospital(&app, ALL).await;
    let other = System::register(&app, ehr.organisation, ALL).await;
    let with = |name: &str, value: Value| {
        let mut claims = ehr.claims(&app);
        claims[name] = value;
        ehr.key.sign(&claims)
    };
    let mut unknown = ehr.claims(&app);
    for name in ["iss", "sub"] {
        unknown[name] = json!("0196d5a2-7c00-7000-8000-00000000dead");
    }
    let now_s = app.hub.region().now().as_secs();
    let used = ehr.assertion(&app);
    show(&app, &used, ALL).await.ok();
    let table = [
        ("nothing", "x".to_owned()),
        ("an unknown client", ehr.key.sign(&unknown)),
        ("another client's key", other.key.sign(&ehr.claims(&app))),
        ("an unregistered key", Key::new("2027-04").sign(&ehr.claims(&app))),
        ("another audience", with("aud", json!(format!("{ORIGIN}/oauth/token/")))),
        ("expired", with("exp", json!(now_s))),
        ("too far ahead", with("exp", json!(now_s + 301))),
        ("no name", with("jti", Value::Null)),
        ("used before", used),
    ];
    let mut seen = Vec::new();
    for (what, assertion) in &table {
        let answer = show(&app, assertion, ALL).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{what}");
        seen.push(refused(&answer, StatusCode::UNAUTHORIZED, "invalid_client"));
    }
    let suspended = json!({ "reason": "点検" });
    let secretariat = app.secretariat().await;
    secretariat.post(format!("/api/v1/clients/{}/suspension", ehr.id), suspended).await.is(StatusCode::NO_CONTENT);
    seen.push(refused(&ehr.ask(&app, ALL).await, StatusCode::UNAUTHORIZED, "invalid_client"));
    // An unknown scope is told of only to who showed that it is a client.
    let wrong = show(&app, &ehr.key.sign(&unknown), "system/*.cruds").await;
    seen.push(refused(&wrong, StatusCode::UNAUTHORIZED, "invalid_client"));
    assert!(seen.windows(2).all(|pair| pair[0] == pair[1]));
    let in_the_log = async || {
        let refused = deeds(&app).await.into_iter().filter(|deed| matches!(deed, ClientDeed::Refused { .. }));
        refused.count() == 8
    };
    until("failures in a known client's name are kept, others are not", in_the_log).await;
}

#[tokio::test]
async fn an_assertion_counts_once_also_when_two_show_it_at_a_moment_and_across_a_restart() {
    let app = App::start().await;
    let (ehr, _) = hospital(&app, ALL).await;
    let assertion = ehr.assertion(&app);
    let (one, other) = tokio::join!(show(&app, &assertion, ALL), show(&app, &assertion, ALL));
    let mut statuses = [one.status.as_u16(), other.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 401]);
    let app = app.stop().await.start().await;
    refused(&show(&app, &assertion, ALL).await, StatusCode::UNAUTHORIZED, "invalid_client");
    ehr.ask(&app, ALL).await.ok();
    let client = ehr.id.parse().unwrap();
    let remembered = async || {
        let counting = app.hub.journal().read(move |tx| Box::pin(tx.count_assertions(client)));
        counting.await.map_err(|error: StoreError| error).unwrap()
    };
    assert_eq!(remembered().await, 2);
    app.clock.advance(Duration::from_secs(300));
    ehr.ask(&app, ALL).await.ok();
    assert_eq!(remembered().await, 1, "what has ended is forgotten");
}

#[tokio::test]
async fn a_token_lasts_five_minutes_and_many_leave_nothing_to_look_through() {
    let app = App::start().await;
    let (ehr, _) = hospital(&app, ALL).await;
    let system = ehr.sign_in(&app, ALL).await;
    app.clock.advance(Duration::from_secs(limits::CLIENT_TOKEN_S) - Duration::from_millis(1));
    system.get("/api/v1/me").await.ok();
    app.clock.advance(Duration::from_millis(1));
    is_out(&system).await;
    for _ in 0..limits::TOKENS_PER_CLIENT_BURST {
        ehr.ask(&app, ALL).await.ok();
    }
    let answer = ehr.ask(&app, ALL).await;
    refused(&answer, StatusCode::TOO_MANY_REQUESTS, "temporarily_unavailable");
    assert_eq!(answer.header("retry-after"), "6");
    app.clock.advance(Duration::from_secs(limits::CLIENT_TOKEN_S));
    let person = system.actor.person;
    let now = app.hub.region().now();
    let listing = app.hub.journal().write(move |tx| Box::pin(tx.list_client_tokens(person, now)));
    assert!(listing.await.map_err(|error: StoreError| error).unwrap().is_empty());
    let ended = |(_, audited): &(_, Audited)| matches!(audited, Audited::Act(act) if matches!(act.deed, Deed::SignInEnded { .. }));
    assert_eq!(kept(&app, 0).await.iter().filter(|one| ended(one)).count(), 0, "they ended as was said");
}

#[tokio::test]
async fn suspension_removal_another_key_or_the_offices_end_cut_tokens_at_once() {
    let app = App::start().await;
    let (ehr, patient) = hospital(&app, ALL).await;
    let secretariat = app.secretariat().await;
    let path = |what: &str| format!("/api/v1/clients/{}/{what}", ehr.id);
    let reason = json!({ "reason": "鍵の漏えいの疑い" });

    let system = ehr.sign_in(&app, ALL).await;
    secretariat
        .post(path("suspension"), json!({ "reason": " " }))
        .await
        .problem(StatusCode::UNPROCESSABLE_ENTITY, "required");
    secretariat.post(path("suspension"), reason.clone()).await.is(StatusCode::NO_CONTENT);
    system.post(entries(patient), vital(1)).await.problem(StatusCode::UNAUTHORIZED, "unauthenticated");
    secretariat.post(path("suspension"), reason.clone()).await.problem(StatusCode::NOT_FOUND, "not_found");
    refused(&ehr.ask(&app, ALL).await, StatusCode::UNAUTHORIZED, "invalid_client");
    secretariat.delete(path("suspension")).await.is(StatusCode::NO_CONTENT);
    is_out(&system).await;

    // Two keys for a while; then the old one goes, and with it what it opened.
    let next = Key::new("2027-04");
    let both = json!({ "jwks": key_set(&[&ehr.key, &next]) });
    secretariat.put(path("keys"), both).await.is(StatusCode::NO_CONTENT);
    let by_old = ehr.sign_in(&app, ALL).await;
    let by_removed = ehr.assertion(&app);
    let ehr = System { key: next, id: ehr.id.clone(), organisation: ehr.organisation };
    let by_new = ehr.sign_in(&app, ALL).await;
    let only = json!({ "jwks": key_set(&[&ehr.key]) });
    secretariat.put(path("keys"), only).await.is(StatusCode::NO_CONTENT);
    is_out(&by_old).await;
    let by_removed = show(&app, &by_removed, ALL).await;
    refused(&by_removed, StatusCode::UNAUTHORIZED, "invalid_client");
    by_new.get("/api/v1/me").await.ok();
    let again = json!({ "jwks": key_set(&[&ehr.key, &Key::new("2026-04")]) });
    let problem = secretariat.put(path("keys"), again).await.problem(StatusCode::UNPROCESSABLE_ENTITY, "duplicate");
    assert_eq!(problem["field"], "jwks");

    // The person that it is in the directory, its organisation, and at last itself.
    secretariat.post(format!("/api/v1/people/{}/suspend", ehr.id), Value::Null).await.is(StatusCode::NO_CONTENT);
    is_out(&by_new).await;
    refused(&ehr.ask(&app, ALL).await, StatusCode::UNAUTHORIZED, "invalid_client");
    let ehr = System::register(&app, ehr.organisation, ALL).await;
    let path = |what: &str| format!("/api/v1/clients/{}/{what}", ehr.id);
    let system = ehr.sign_in(&app, ALL).await;
    let closed = |active: bool| json!({ "name": "みなと病院", "kana": "ミナトビョウイン", "type": "hospital", "active": active });
    let office = format!("/api/v1/organisations/{}", ehr.organisation);
    secretariat.put(&office, closed(false)).await.ok();
    is_out(&system).await;
    refused(&ehr.ask(&app, ALL).await, StatusCode::UNAUTHORIZED, "invalid_client");
    secretariat.put(&office, closed(true)).await.ok();
    let system = ehr.sign_in(&app, ALL).await;
    secretariat.post(path("removal"), reason).await.is(StatusCode::NO_CONTENT);
    is_out(&system).await;
    refused(&ehr.ask(&app, ALL).await, StatusCode::UNAUTHORIZED, "invalid_client");
    secretariat.delete(path("suspension")).await.problem(StatusCode::NOT_FOUND, "not_found");
    let listed = secretariat.get("/api/v1/clients").await.ok();
    assert!(listed["clients"].as_array().unwrap().iter().all(|client| client["id"] != ehr.id), "{listed}");
    let why: Vec<SignInEnd> = kept(&app, 0)
        .await
        .into_iter()
        .filter_map(|(_, audited)| match audited {
            Audited::Act(act) => match act.deed {
                Deed::SignInEnded { why, .. } => Some(why),
                _ => None,
            },
            _ => None,
        })
        .collect();
    use SignInEnd::{ClientEnded, KeyRemoved, OrganisationEnded, PersonChanged};
    assert_eq!(why, [ClientEnded, KeyRemoved, PersonChanged, OrganisationEnded, ClientEnded]);
}

#[tokio::test]
async fn a_request_that_is_not_as_the_standard_has_it_is_told_what_is_wrong() {
    let app = App::start().await;
    let (ehr, _) = hospital(&app, "system/Observation.c").await;
    let jwt_bearer = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    let assertion = ehr.assertion(&app);
    let good = [
        ("grant_type", "client_credentials"),
        ("client_assertion_type", jwt_bearer),
        ("client_assertion", assertion.as_str()),
        ("scope", "system/Observation.c"),
    ];
    let without = |name: &str| good.iter().copied().filter(|(one, _)| *one != name).collect::<Vec<_>>();
    let with = |name: &'static str, value: &'static str| {
        let mut form = without(name);
        form.push((name, value));
        form
    };
    let twice = [&good[..], &[("scope", "system/Observation.c")]].concat();
    let table = [
        (without("grant_type"), "invalid_request"),
        (with("grant_type", "authorization_code"), "unsupported_grant_type"),
        (with("grant_type", "refresh_token"), "unsupported_grant_type"),
        (without("client_assertion"), "invalid_request"),
        (with("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:saml2-bearer"), "invalid_request"),
        (without("scope"), "invalid_scope"),
        (twice, "invalid_request"),
    ];
    for (form, error) in table {
        refused(&send(&app, &form).await, StatusCode::BAD_REQUEST, error);
    }
    refused(&ehr.ask(&app, "system/Observation.d").await, StatusCode::BAD_REQUEST, "invalid_scope");
    refused(&ehr.ask(&app, "system/Patient.rs").await, StatusCode::BAD_REQUEST, "invalid_scope");
    let named = with("client_id", "0196d5a2-7c00-7000-8000-00000000dead");
    refused(&send(&app, &named).await, StatusCode::UNAUTHORIZED, "invalid_client");
    let mut right = good.to_vec();
    right.push(("client_id", &ehr.id));
    right.push(("resource", "x"));
    send(&app, &right).await.ok();
    for (media_type, body) in
        [("application/json", "{}".to_owned()), ("application/x-www-form-urlencoded", "a".repeat(20_000))]
    {
        let request = Request::post("/oauth/token").header("content-type", media_type).body(Body::from(body)).unwrap();
        refused(&ask(&app.router, request).await, StatusCode::BAD_REQUEST, "invalid_request");
    }
    let mut basic = form(&ehr.assertion(&app), "system/Observation.c");
    basic.headers_mut().insert("authorization", HeaderValue::from_static("Basic eDp5"));
    refused(&ask(&app.router, basic).await, StatusCode::BAD_REQUEST, "invalid_request");
}

#[tokio::test]
async fn the_secretariat_registers_systems_for_offices_and_each_field_is_checked() {
    let app = App::start().await;
    let secretariat = app.secretariat().await;
    let office = app.organisation(HOSPITAL, OrganisationType::Hospital).await.to_string();
    let key = Key::new("k1");
    let given = json!({
        "organisation": office, "name": "みなと電子カルテ", "purpose": "送信", "scopes": "system/Observation.c",
        "jwks": key_set(&[&key]),
    });
    let own = secretariat.actor.organisation.to_string();
    let table = [
        ("organisation", json!(own), "organisation", "not_found"),
        ("name", json!(" "), "name", "required"),
        ("purpose", json!(""), "purpose", "required"),
        ("scopes", json!("system/*.rs"), "scopes", "unknown_code"),
        ("scopes", json!(""), "scopes", "required"),
        ("jwks", json!({ "keys": [] }), "jwks.keys", "required"),
        ("jwks", json!({ "keys": [key.jwk(), key.jwk()] }), "jwks.keys[1].kid", "duplicate"),
        ("jwks", json!("https://ehr.example.jp/jwks.json"), "jwks", "wrong_type"),
    ];
    for (member, value, field, code) in table {
        let mut wrong = given.clone();
        wrong[member] = value;
        let problem = secretariat.post("/api/v1/clients", wrong).await.problem(StatusCode::UNPROCESSABLE_ENTITY, code);
        assert_eq!(problem["field"], field);
    }
    let made = secretariat.post("/api/v1/clients", given).await.is(StatusCode::CREATED);
    assert_eq!((&made["keys"][0]["kid"], &made["keys"][0]["alg"]), (&json!("k1"), &json!("ES384")));
    let listed = secretariat.get("/api/v1/clients").await.ok();
    assert_eq!(listed["clients"], json!([made]));
    // It is in the directory, as who wrote what it writes, and nobody signs in as it in another way.
    let people = app.nurse("elsewhere").await.get("/api/v1/people").await.ok();
    let known = people["people"].as_array().unwrap().iter().find(|one| one["id"] == made["id"]).expect("it is there");
    assert_eq!(known["positions"][0]["role"], Role::Gateway.code());
    let invitation = format!("/api/v1/people/{}/invitations", made["id"].as_str().unwrap());
    secretariat.post(invitation, json!({})).await.problem(StatusCode::CONFLICT, "conflict");
}

#[tokio::test]
async fn a_system_that_the_command_line_registered_while_the_hub_ran_is_known_with_its_first_token() {
    let app = App::start().await;
    let organisation = app.organisation(HOSPITAL, OrganisationType::Hospital).await;
    let key = Key::new("2026-04");
    let keys = key_set(&[&key]);
    let (name, purpose, scopes) = ("みなと電子カルテ", "送信", "system/Observation.c");
    let given = ClientGiven { organisation, name, purpose, scopes, keys: &keys };
    let id = ClientId(app.hub.region().draw_id());
    let new = given.read(&app.hub.region().directory(), id, app.hub.region().now()).unwrap();
    let writing = app.hub.journal().write(move |tx| Box::pin(async move { new.write(tx, By::Operator).await }));
    writing.await.map_err(|error: StoreError| error).unwrap();
    let ehr = System { id: id.to_string(), key, organisation };
    let system = ehr.sign_in(&app, scopes).await;
    assert_eq!(system.get("/api/v1/me").await.ok()["person"]["name"]["kanji"], name);
    let now = app.hub.region().now();
    let order = ClientOrder::Suspend("点検".to_owned());
    let suspending = app
        .hub
        .journal()
        .write(move |tx| Box::pin(async move { order_client(tx, By::Operator, id, order, now).await }));
    assert_eq!(suspending.await.map_err(|error: StoreError| error).unwrap().map(|ended| ended.len()), Some(1));
    is_out(&system).await;
}

#[tokio::test]
async fn where_a_registered_device_is_required_a_system_has_to_show_one_of_its_office_and_its_token_counts_on_that() {
    let app = App::start().await;
    let (ehr, _) = hospital(&app, ALL).await;
    let elsewhere = app.nurse("elsewhere").await.actor.organisation;
    let device_of = async |organisation: OrganisationId| {
        let device = json!({ "name": "サーバー室 1", "organisation": organisation.to_string() });
        let device = app.secretariat().await.post("/api/v1/devices", device).await.is(StatusCode::CREATED);
        let id: DeviceId = device["id"].as_str().unwrap().parse().unwrap();
        Line { demand: DeviceDemand::Required, shown: Shown::Device { id, organisation, until: Timestamp::MAX } }
    };
    let nothing = Line { demand: DeviceDemand::Required, shown: Shown::Nothing };
    let (theirs, own) = (device_of(elsewhere).await, device_of(ehr.organisation).await);
    let asked = async |line: Line| {
        let mut request = form(&ehr.assertion(&app), ALL);
        request.extensions_mut().insert(line);
        ask(&app.router, request).await
    };
    for line in [nothing, theirs] {
        refused(&asked(line).await, StatusCode::BAD_REQUEST, "unauthorized_client");
    }
    let granted = asked(own).await.ok();
    let show_token = async |line: Line| {
        let token = granted["access_token"].as_str().unwrap();
        let request = Request::get("/api/v1/me").header("authorization", format!("Bearer {token}"));
        let mut request = request.body(Body::empty()).unwrap();
        request.extensions_mut().insert(line);
        ask(&app.router, request).await
    };
    show_token(own).await.ok();
    show_token(Line::UNASKED).await.problem(StatusCode::UNAUTHORIZED, "device_mismatch");
}

#[tokio::test]
async fn one_key_is_added_or_ended_beside_the_others_and_each_tells_when_it_was_used() {
    let app = App::start().await;
    let (ehr, _) = hospital(&app, ALL).await;
    let secretariat = app.secretariat().await;
    let path = format!("/api/v1/clients/{}/keys", ehr.id);
    let seen = async || secretariat.get("/api/v1/clients").await.ok()["clients"][0].clone();
    assert_eq!((&seen().await["used_at"], &seen().await["keys"][0]["used_at"]), (&Value::Null, &Value::Null));
    let by_old = ehr.sign_in(&app, ALL).await;
    let next = Key::new("2027-04");
    let added = json!({ "jwks": key_set(&[&next]), "keep": ["2026-04"] });
    secretariat.put(&path, added).await.is(StatusCode::NO_CONTENT);
    by_old.get("/api/v1/me").await.ok();
    app.clock.advance(Duration::from_secs(60));
    let assertion = next.sign(&ehr.claims(&app));
    show(&app, &assertion, ALL).await.ok();
    let used = seen().await;
    let at =
        |kid: &str| used["keys"].as_array().unwrap().iter().find(|key| key["kid"] == kid).unwrap()["used_at"].clone();
    assert_eq!((at("2026-04"), at("2027-04")), (json!("2026-04-01T00:00:00Z"), json!("2026-04-01T00:01:00Z")));
    assert_eq!(used["used_at"], "2026-04-01T00:01:00Z");

    for (given, code) in [
        (json!({ "keep": ["2026-04", "other"] }), "not_found"),
        (json!({ "keep": [] }), "required"),
        (json!({}), "required"),
        (json!({ "jwks": { "keys": [] }, "keep": ["2026-04"] }), "required"),
    ] {
        secretariat.put(&path, given).await.problem(StatusCode::UNPROCESSABLE_ENTITY, code);
    }
    secretariat.put(&path, json!({ "keep": ["2027-04"] })).await.is(StatusCode::NO_CONTENT);
    is_out(&by_old).await;
    let left = seen().await;
    assert_eq!((left["keys"].as_array().unwrap().len(), &left["keys"][0]["kid"]), (1, &json!("2027-04")));
}

/// What the console offers is what there is.
#[test]
fn the_console_offers_each_scope_in_words() {
    let offered = include_str!("../../web/console/scopes.js");
    for scope in renkei::domain::client::Scopes::all_words() {
        assert!(offered.contains(&format!("'{scope}'")), "{scope}");
    }
}
