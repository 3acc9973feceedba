//! Somebody who is not signed in, at a page or with a program; and an account as its owner carries it: a name and a
//! password in the head, an authenticator in the pocket.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, StatusCode, header};
use renkei::domain::directory::Position;
use renkei::vault::code_at;
use serde_json::{Value, json};

use super::actor::{Actor, Answer, ask};
use super::app::{App, ORIGIN};

pub const PASSWORD: &str = "雨の日は傘を二本もって行くのです";

/// What the owner of an account knows and has.
#[derive(Clone, Debug)]
pub struct Account {
    pub login: String,
    pub password: String,
    /// Of the authenticator, as text.
    pub secret: String,
}

impl Account {
    /// What the authenticator shows now, by a clock of its own. A code counts once: the clock must go on before the next.
    pub fn code(&self, app: &App) -> String {
        let now_s = u64::try_from(app.clock.wall().as_secs()).expect("after 1970");
        code_at(&self.secret, now_s).expect("a secret")
    }

    /// What the owner types.
    pub fn typed(&self, app: &App) -> Value {
        json!({ "login": self.login, "password": self.password, "code": self.code(app), "device": "テスト端末" })
    }
}

/// Somebody at a page, whose browser keeps cookies, or at a program without.
#[derive(Clone)]
pub struct Visitor {
    router: Router,
    address: Option<SocketAddr>,
    is_page: bool,
    pub cookies: BTreeMap<String, String>,
}

impl Visitor {
    /// At a program somewhere.
    pub fn at_program(app: &App) -> Self {
        Self { router: app.router.clone(), address: None, is_page: false, cookies: BTreeMap::new() }
    }

    /// At the page.
    pub fn at_page(app: &App) -> Self {
        Self { is_page: true, ..Self::at_program(app) }
    }

    /// From this address.
    pub fn from(self, address: &str) -> Self {
        Self { address: Some(SocketAddr::new(address.parse().expect("an address"), 40_000)), ..self }
    }

    /// What the page or the program sends, before anything is changed about it.
    pub fn request(&self, method: &str, path: &str) -> axum::http::request::Builder {
        let mut builder = Request::builder().method(method).uri(path).header(header::CONTENT_TYPE, "application/json");
        if self.is_page {
            builder = builder.header("renkei-client", "page").header("sec-fetch-site", "same-origin");
            if method != "GET" {
                builder = builder.header(header::ORIGIN, ORIGIN);
            }
        }
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if cookies.is_empty() { builder } else { builder.header(header::COOKIE, cookies.join("; ")) }
    }

    /// Sends it, and keeps the cookies of the answer.
    pub async fn send(&mut self, builder: axum::http::request::Builder, body: Option<Value>) -> Answer {
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        let mut request = builder.body(body).expect("a request");
        if let Some(address) = self.address {
            request.extensions_mut().insert(ConnectInfo(address));
        }
        let answer = ask(&self.router, request).await;
        for set in answer.headers.get_all(header::SET_COOKIE) {
            let set = set.to_str().expect("ASCII");
            let (pair, attributes) = set.split_once(';').expect("attributes");
            let (name, value) = pair.split_once('=').expect("a name");
            match attributes.contains("Max-Age=0") {
                true => drop(self.cookies.remove(name)),
                false => drop(self.cookies.insert(name.to_owned(), value.to_owned())),
            }
        }
        answer
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        self.send(self.request("GET", path), None).await
    }

    pub async fn post(&mut self, path: &str, body: Value) -> Answer {
        self.send(self.request("POST", path), Some(body)).await
    }

    pub async fn put(&mut self, path: &str, body: Value) -> Answer {
        self.send(self.request("PUT", path), Some(body)).await
    }

    pub async fn delete(&mut self, path: &str) -> Answer {
        self.send(self.request("DELETE", path), None).await
    }

    pub async fn sign_in(&mut self, app: &App, account: &Account) -> Answer {
        self.post("/api/v1/sign-in", account.typed(app)).await
    }
}

/// What an invitation says, as the one who issued it passes it on.
pub fn passed_on(issued: &Value) -> Value {
    let link = issued["link"].as_str().expect("a link");
    let (page, invitation) = link.split_once("/#invitation=").expect("a link with a token after the `#`");
    assert_eq!(page, ORIGIN);
    json!({ "invitation": invitation, "code": issued["code"] })
}

impl App {
    /// Lets somebody set their account up by an invitation or a recovery. The clock stands a code further then.
    pub async fn set_up(&self, issued: &Value, password: &str) -> Account {
        let mut visitor = Visitor::at_program(self);
        let mut given = passed_on(issued);
        let opened = visitor.post("/api/v1/invitations/open", given.clone()).await.ok();
        let text = |field: &str| opened[field].as_str().expect("a text").to_owned();
        let account =
            Account { login: text("login"), password: password.to_owned(), secret: text("authenticator_secret") };
        given["password"] = password.into();
        given["authenticator_code"] = account.code(self).into();
        let entered = visitor.post("/api/v1/invitations/accept", given).await;
        assert!(entered.status.is_success(), "{}", entered.text());
        self.next_code();
        account
    }

    /// The account of somebody, whom the secretariat invites.
    pub async fn account_of(&self, actor: &Actor) -> Account {
        let path = format!("/api/v1/people/{}/invitations", actor.actor.person);
        let issued = self.secretariat().await.post(path, json!({})).await.is(StatusCode::CREATED);
        self.set_up(&issued, PASSWORD).await
    }

    /// Authenticators show another code.
    pub fn next_code(&self) {
        self.clock.advance(std::time::Duration::from_secs(30));
    }
}

/// As a body names it.
pub fn position(position: Position) -> Value {
    json!({ "role": position.role.code(), "organisation": position.organisation.to_string() })
}
