//! Somebody signed in, as the stories' vocabulary: `nurse.post(…).await`. Requests go through the router as a
//! client's would; nothing here looks into the hub.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use renkei::domain::directory;
use renkei::domain::ids::SignInId;
use renkei::domain::time::Timestamp;
use renkei::hub::sessions::SignedIn;
use renkei::wire::Encoding;
use serde_json::Value;
use tower::ServiceExt as _;

use super::socket::Socket;

/// Where the hub answers: empty while it is stopped, so that no actor keeps a stopped hub alive.
pub type Door = Arc<Mutex<Option<(Router, SocketAddr)>>>;

#[derive(Clone)]
pub struct Actor {
    pub actor: directory::Actor,
    pub sign_in: SignInId,
    pub token: String,
    door: Door,
}

impl Actor {
    pub fn new(door: Door, signed_in: SignedIn, token: String) -> Self {
        Self { actor: signed_in.actor, sign_in: signed_in.id, token, door }
    }

    /// Who this is, as the hub's actions take it.
    pub fn signed_in(&self) -> SignedIn {
        let (since, until) = (Timestamp::EPOCH, Timestamp::MAX);
        SignedIn { id: self.sign_in, actor: self.actor, since, until, device: None, scopes: None }
    }

    /// The position acted in.
    pub fn position(&self) -> directory::Position {
        directory::Position { role: self.actor.role, organisation: self.actor.organisation }
    }

    fn door(&self) -> (Router, SocketAddr) {
        self.door.lock().expect("no panic").clone().expect("the hub runs")
    }

    pub async fn get(&self, path: impl AsRef<str>) -> Answer {
        self.ask("GET", path.as_ref(), None).await
    }

    pub async fn post(&self, path: impl AsRef<str>, body: Value) -> Answer {
        self.ask("POST", path.as_ref(), Some(body)).await
    }

    pub async fn put(&self, path: impl AsRef<str>, body: Value) -> Answer {
        self.ask("PUT", path.as_ref(), Some(body)).await
    }

    pub async fn delete(&self, path: impl AsRef<str>) -> Answer {
        self.ask("DELETE", path.as_ref(), None).await
    }

    /// Hands a file in, under a name as browsers encode it.
    pub async fn upload(&self, path: impl AsRef<str>, media_type: &str, name: &str, content: &[u8]) -> Answer {
        let request = Request::post(path.as_ref())
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token))
            .header(header::CONTENT_TYPE, media_type)
            .header("renkei-file-name", name)
            .body(Body::from(content.to_vec()));
        ask(&self.door().0, request.expect("a request")).await
    }

    async fn ask(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        let request =
            Request::builder().method(method).uri(path).header(header::AUTHORIZATION, format!("Bearer {}", self.token));
        let request = match body {
            Some(body) => request.header(header::CONTENT_TYPE, "application/json").body(Body::from(body.to_string())),
            None => request.body(Body::empty()),
        };
        ask(&self.door().0, request.expect("a request")).await
    }

    /// Draws a ticket, opens a socket and says hello; `welcome` has come.
    pub async fn connect(&self, encoding: Encoding) -> Socket {
        let mut socket = Socket::open(self.door().1, encoding).await;
        socket.hello(&self.ticket().await).await;
        socket
    }

    /// A one-time ticket for a socket.
    pub async fn ticket(&self) -> String {
        let ticket = self.post("/api/v1/tickets", Value::Null).await.is(StatusCode::CREATED);
        ticket["ticket"].as_str().expect("a ticket").to_owned()
    }
}

/// Sends any request through the router.
pub async fn ask(router: &Router, request: Request<Body>) -> Answer {
    let response = router.clone().oneshot(request).await.expect("the router answers everything");
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.expect("the body ends").to_bytes();
    Answer { status: parts.status, headers: parts.headers, bytes: bytes.to_vec() }
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("ASCII"))
    }

    /// The JSON of an answer that must have this status.
    #[track_caller]
    pub fn is(&self, status: StatusCode) -> Value {
        assert_eq!(self.status, status, "{}", self.text());
        if self.bytes.is_empty() {
            return Value::Null;
        }
        serde_json::from_slice(&self.bytes).expect("JSON")
    }

    #[track_caller]
    pub fn ok(&self) -> Value {
        self.is(StatusCode::OK)
    }

    /// The problem of this status and code, which must be one in both languages.
    #[track_caller]
    pub fn problem(&self, status: StatusCode, code: &str) -> Value {
        let problem = self.is(status);
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert_eq!((&problem["code"], &problem["status"]), (&code.into(), &status.as_u16().into()), "{problem}");
        assert_eq!(problem["type"], format!("urn:renkei:problem:{code}"));
        for language in ["ja", "en"] {
            assert!(!problem["detail"][language].as_str().unwrap_or_default().is_empty(), "{problem}");
        }
        problem
    }
}
