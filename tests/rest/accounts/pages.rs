//! The page's cookie: out of reach for scripts and for other sites, and worth nothing in a request that no page of ours made.

use axum::http::{StatusCode, header};
use renkei::config::SessionLimits;
use renkei::wire::Encoding;
use serde_json::json;

use crate::support::app::{App, ORIGIN};
use crate::support::socket::Socket;
use crate::support::visitor::Visitor;

#[tokio::test]
async fn a_page_gets_a_cookie_that_no_script_can_read_and_no_token() {
    let app = App::start().await;
    let account = app.account_of(&app.nurse("minato").await).await;
    let mut page = Visitor::at_page(&app);
    let answer = page.sign_in(&app, &account).await;
    let entered = answer.is(StatusCode::CREATED);
    assert_eq!((&entered["token"], &entered["device_mark"]), (&json!(null), &json!(null)));
    let set: Vec<&str> = answer.headers.get_all(header::SET_COOKIE).iter().map(|one| one.to_str().unwrap()).collect();
    let [sign_in, device] = &set[..] else { panic!("{set:?}") };
    assert!(sign_in.starts_with("__Host-renkei=rk_") && device.starts_with("__Host-renkei-device="), "{set:?}");
    // A tablet whose browser was closed goes on where it was.
    assert!(sign_in.contains(&format!("; Max-Age={}", SessionLimits::default().lifetime.as_secs())), "{sign_in}");
    for cookie in &set {
        for attribute in ["; Path=/", "; HttpOnly", "; Secure", "; SameSite=Strict"] {
            assert!(cookie.contains(attribute), "{cookie}");
        }
        assert!(!cookie.contains("Domain"), "{cookie}");
    }
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(page.get("/api/v1/me").await.ok()["role"], "nurse");
    page.delete("/api/v1/me").await.is(StatusCode::NO_CONTENT);
    assert_eq!(page.cookies.keys().collect::<Vec<_>>(), ["__Host-renkei-device"]);
}

#[tokio::test]
async fn row_16_a_cookie_counts_only_in_a_request_of_our_own_page() {
    let app = App::start().await;
    let account = app.account_of(&app.nurse("minato").await).await;
    let mut page = Visitor::at_page(&app);
    page.sign_in(&app, &account).await.is(StatusCode::CREATED);
    let cookie = format!("__Host-renkei={}", page.cookies["__Host-renkei"]);
    let ours: &[(&str, &str)] = &[("renkei-client", "page"), ("origin", ORIGIN), ("sec-fetch-site", "same-origin")];
    let without = |name: &str| ours.iter().copied().filter(|(known, _)| *known != name).collect::<Vec<_>>();
    let with = |name: &'static str, value: &'static str| {
        let mut changed = without(name);
        changed.push((name, value));
        changed
    };
    let forged = [
        ("no page can be told from a form", without("renkei-client")),
        ("another program", with("renkei-client", "x")),
        ("no origin", without("origin")),
        ("another site", with("origin", "https://evil.example")),
        ("a site whose name begins like ours", with("origin", "https://renkei.test.evil.example")),
        ("an opaque origin", with("origin", "null")),
        ("another site by the browser's own word", with("sec-fetch-site", "cross-site")),
        ("a neighbour in the same domain", with("sec-fetch-site", "same-site")),
    ];
    let draw = async |headers: &[(&str, &str)]| {
        let mut builder = axum::http::Request::post("/api/v1/tickets").header(header::COOKIE, &cookie);
        for (name, value) in headers {
            builder = builder.header(*name, *value);
        }
        Visitor::at_program(&app).send(builder, None).await
    };
    for (why, headers) in &forged {
        let answer = draw(headers).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{why}");
    }
    // Old browsers do not say where they fetch from; the rest is enough.
    let ticket = draw(&without("sec-fetch-site")).await.is(StatusCode::CREATED);
    draw(ours).await.is(StatusCode::CREATED);
    let mut socket = Socket::open(app.address, Encoding::Json).await;
    socket.hello(ticket["ticket"].as_str().unwrap()).await;
    // What reads, too: another page learns nothing by the cookie.
    let read = axum::http::Request::get("/api/v1/me").header(header::COOKIE, &cookie);
    let answer = Visitor::at_program(&app).send(read, None).await;
    answer.problem(StatusCode::UNAUTHORIZED, "unauthenticated");
}

#[tokio::test]
async fn another_site_signs_nobody_in_as_somebody_else() {
    let app = App::start().await;
    let account = app.account_of(&app.nurse("minato").await).await;
    let mut page = Visitor::at_page(&app);
    let mut builder = page.request("POST", "/api/v1/sign-in");
    builder.headers_mut().unwrap().insert(header::ORIGIN, "https://evil.example".parse().unwrap());
    let answer = page.send(builder, Some(account.typed(&app))).await;
    answer.problem(StatusCode::FORBIDDEN, "origin_refused");
    assert!(page.cookies.is_empty());
}
