//! What holds for every route, taken from the router's own list.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, StatusCode};
use renkei::cli::cert::ensure_development_certificates;
use renkei::http::app::router;
use renkei::http::certificate::ReloadingCertificate;
use renkei::http::routes::{ROUTES, Route};
use renkei::limits;
use renkei::wire::codes::CloseCode;
use serde_json::json;

use crate::support::actor::{Answer, ask};
use crate::support::app::{App, ORIGIN};
use crate::support::scratch;

const SOMEBODY: &str = "0196d5a2-7c00-7000-8000-000000000001";

fn request(route: &Route) -> axum::http::request::Builder {
    let path = filled_in(route.path, SOMEBODY).replace("{citation}", "X");
    Request::builder().method(route.method.to_uppercase().as_str()).uri(path)
}

/// The path with one id in all its places.
fn filled_in(path: &str, id: &str) -> String {
    ["{id}", "{entry}", "{sha256}", "{person}"].iter().fold(path.to_owned(), |path, place| path.replace(place, id))
}

fn takes_body(route: &Route) -> bool {
    matches!(route.method, "post" | "put")
        && !route.path.ends_with("/tickets")
        && !["/suspend", "/quarantine/{id}/release"].iter().any(|end| route.path.ends_with(end))
}

/// A file is no JSON.
fn takes_json(route: &Route) -> bool {
    takes_body(route) && !route.path.ends_with("/files")
}

#[tokio::test]
async fn nobody_gets_in_without_a_valid_token_and_all_refusals_look_the_same() {
    let app = App::start().await;
    let valid = app.nurse("minato").await.token;
    let mistyped = format!("{}x", &valid[..valid.len() - 1]);
    assert!(ROUTES.len() > 20);
    for route in ROUTES {
        let mut seen: Vec<Vec<u8>> = Vec::new();
        let wrong = [None, Some(format!("Bearer {mistyped}")), Some(format!("Basic {valid}")), Some(valid.clone())];
        for credential in wrong {
            let builder = request(route).header("content-type", "application/json");
            let builder = match &credential {
                Some(credential) => builder.header("authorization", credential),
                None => builder,
            };
            let answer = ask(&app.router, builder.body(Body::from("{}")).unwrap()).await;
            answer.problem(StatusCode::UNAUTHORIZED, "unauthenticated");
            assert!(answer.header("www-authenticate").starts_with("Bearer"), "{route:?}");
            assert_eq!(answer.header("cache-control"), "no-store", "{route:?}");
            seen.push(answer.bytes);
        }
        assert!(seen.windows(2).all(|pair| pair[0] == pair[1]), "{route:?}");
    }
}

#[tokio::test]
async fn a_body_that_is_not_json_or_too_large_is_refused_by_every_route_that_takes_one() {
    let app = App::start().await;
    let secretariat = app.secretariat().await;
    let send = async |route: &Route, media_type: &str, body: Vec<u8>| -> Answer {
        let builder = request(route).header("authorization", format!("Bearer {}", secretariat.token));
        ask(&app.router, builder.header("content-type", media_type).body(Body::from(body)).unwrap()).await
    };
    // What is there is found first; else a route would answer 404 before it reads.
    let routes: Vec<&Route> = ROUTES.iter().filter(|route| takes_json(route)).collect();
    assert!(routes.len() >= 10);
    for route in routes {
        let form = send(route, "application/x-www-form-urlencoded", b"a=b".to_vec()).await;
        form.problem(StatusCode::UNSUPPORTED_MEDIA_TYPE, "media_type_unsupported");
        let broken = send(route, "application/json", b"{".to_vec()).await;
        broken.problem(StatusCode::BAD_REQUEST, "malformed");
        let unknown = send(route, "application/json; charset=utf-8", b"{\"surprise\":1}".to_vec()).await;
        let problem = unknown.problem(StatusCode::UNPROCESSABLE_ENTITY, "unknown_field");
        assert_eq!(problem["field"], "surprise", "{route:?}");
        let large = send(route, "application/json", vec![b' '; limits::REQUEST_BODY_BYTES_MAX + 1]).await;
        large.problem(StatusCode::PAYLOAD_TOO_LARGE, "too_large");
    }
}

#[tokio::test]
async fn ids_of_nobody_and_no_ids_at_all_are_not_found_alike() {
    let app = App::start().await;
    let secretariat = app.secretariat().await;
    let routes = ROUTES.iter().filter(|route| route.path.contains('{') && !takes_body(route));
    for route in routes {
        let mut seen = Vec::new();
        for id in [SOMEBODY, "7", "%00"] {
            let path = filled_in(route.path, id).replace("{citation}", id);
            let request = Request::builder().method(route.method.to_uppercase().as_str()).uri(path);
            let request = request.header("authorization", format!("Bearer {}", secretariat.token));
            let answer = ask(&app.router, request.body(Body::empty()).unwrap()).await;
            answer.problem(StatusCode::NOT_FOUND, "not_found");
            seen.push(answer.bytes);
        }
        assert!(seen.windows(2).all(|pair| pair[0] == pair[1]), "{route:?}");
    }
}

#[tokio::test]
async fn what_is_no_route_is_a_problem_too() {
    let app = App::start().await;
    let nurse = app.nurse("minato").await;
    nurse.get("/api/v1/nothing").await.problem(StatusCode::NOT_FOUND, "not_found");
    let answer = nurse.put("/api/v1/me", json!({})).await;
    answer.problem(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed");
    assert_eq!(answer.header("allow"), "GET,HEAD,DELETE");
    nurse.get("/ws").await.problem(StatusCode::UPGRADE_REQUIRED, "upgrade_expected");
    let foreign = Request::get("/ws").header("origin", "https://renkei.test.evil.example").body(Body::empty()).unwrap();
    ask(&app.router, foreign).await.problem(StatusCode::FORBIDDEN, "origin_refused");
    let own = Request::get("/ws").header("origin", ORIGIN).body(Body::empty()).unwrap();
    ask(&app.router, own).await.problem(StatusCode::UPGRADE_REQUIRED, "upgrade_expected");
}

#[tokio::test]
async fn the_document_the_page_and_the_health_need_no_sign_in() {
    let app = App::start().await;
    let get = async |path: &str| ask(&app.router, Request::get(path).body(Body::empty()).unwrap()).await;
    let document = get("/api/v1/openapi.json").await.ok();
    assert_eq!(document["openapi"], "3.1.0");
    assert_eq!(get("/").await.status, StatusCode::OK);
    assert_eq!(get("/healthz").await.ok()["status"], "up");
    assert_eq!(get("/readyz").await.ok(), json!({ "ready": true, "reasons": [] }));
    app.clock.step_back(Duration::from_secs(60));
    let unready = get("/readyz").await.is(StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(unready["reasons"][0]["code"], "clock_behind");
}

#[tokio::test]
async fn a_hub_that_stops_is_not_ready_while_it_still_answers() {
    let app = App::start().await;
    let ready = async || ask(&app.router, Request::get("/readyz").body(Body::empty()).unwrap()).await;
    ready().await.ok();
    app.hub.sessions().end_all(CloseCode::GoingAway);
    let unready = ready().await.is(StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(unready["reasons"].as_array().map(Vec::len), Some(1));
    assert_eq!(unready["reasons"][0]["code"], "stopping");
    assert_eq!(ask(&app.router, Request::get("/healthz").body(Body::empty()).unwrap()).await.ok()["status"], "up");
}

#[tokio::test]
async fn a_certificate_that_has_run_out_is_an_alarm() {
    let app = App::start().await;
    let folder = scratch::folder("tls");
    let made = ensure_development_certificates(folder.path(), &[], app.hub.region().now()).unwrap();
    let certificate = ReloadingCertificate::load(made.server).unwrap();
    let until = certificate.valid_until();
    let router = router(app.http.clone().showing(Some(certificate)));
    let get = async || ask(&router, Request::get("/readyz").body(Body::empty()).unwrap()).await;
    app.clock.advance(until.since(app.hub.region().now()) - Duration::from_secs(1));
    assert_eq!(get().await.ok(), json!({ "ready": true, "reasons": [] }));
    app.clock.advance(Duration::from_secs(1));
    let unready = get().await.is(StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(unready["reasons"][0]["code"], "certificate_expired");
}

#[tokio::test]
async fn metrics_are_numbers_for_this_machine_or_the_secretariat() {
    let app = App::start().await;
    let patient = app.register_patient("高橋 ハル", "タカハシ ハル").await;
    let nurse = app.nurse("minato").await;
    let from = |address: [u8; 4], proxy: Option<&'static str>| {
        let mut request = Request::get("/metrics").body(Body::empty()).unwrap();
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from((Ipv4Addr::from(address), 40_000))));
        if let Some(proxy) = proxy {
            request.headers_mut().insert(proxy, "192.0.2.1".parse().unwrap());
        }
        request
    };
    let page = ask(&app.router, from([127, 0, 0, 1], None)).await;
    assert_eq!(page.status, StatusCode::OK);
    let text = page.text();
    // Registration and consent; and the doctor and the nurse pledged, each for themselves and for their office.
    for line in ["renkei_posts_accepted_total 6", "renkei_journal_writable 1.0", "renkei_patients_registered 1.0"] {
        assert!(text.contains(line), "{line} in\n{text}");
    }
    assert!(text.contains("renkei_batch_entries_bucket{le=\"1.0\"}") && text.ends_with("# EOF\n"), "{text}");
    for private in ["高橋", "minato", &patient.to_string(), &nurse.actor.person.to_string()] {
        assert!(!text.contains(private), "{private}");
    }
    let through = ["x-forwarded-for", "forwarded", "via"].map(|proxy| from([127, 0, 0, 1], Some(proxy)));
    for request in through.into_iter().chain([from([192, 0, 2, 1], None)]) {
        ask(&app.router, request).await.problem(StatusCode::UNAUTHORIZED, "unauthenticated");
    }
    nurse.get("/metrics").await.problem(StatusCode::FORBIDDEN, "forbidden");
    assert_eq!(app.secretariat().await.get("/metrics").await.status, StatusCode::OK);
}
