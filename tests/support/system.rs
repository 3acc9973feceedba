//! A system client in software: it holds keys, signs assertions as SMART Backend Services says, or wrongly in one way, and
//! asks for tokens.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use renkei::domain::directory::{self, Position};
use renkei::domain::ids::{OrganisationId, PersonId};
use renkei::domain::role::Role;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Value, json};

use super::actor::{Actor, Answer, ask};
use super::app::{App, ORIGIN};

/// Every scope that there is.
pub const ALL: &str = "system/Patient.rs system/Observation.crs system/Communication.crs system/DeviceUseStatement.crs \
                       system/ServiceRequest.rs system/DocumentReference.rs system/Condition.rs \
                       system/RelatedPerson.rs";

/// A key with its name.
pub struct Key {
    pub kid: String,
    pair: EcdsaKeyPair,
}

impl Key {
    pub fn new(kid: &str) -> Self {
        let (algorithm, random) = (&ECDSA_P384_SHA384_FIXED_SIGNING, SystemRandom::new());
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(algorithm, &random).expect("a key");
        let pair = EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref(), &random).expect("its own key");
        Self { kid: kid.to_owned(), pair }
    }

    pub fn jwk(&self) -> Value {
        let point = self.pair.public_key().as_ref();
        let (x, y) = (URL_SAFE_NO_PAD.encode(&point[1..49]), URL_SAFE_NO_PAD.encode(&point[49..]));
        json!({ "kty": "EC", "crv": "P-384", "kid": self.kid, "alg": "ES384", "use": "sig", "x": x, "y": y })
    }

    /// Signs these claims.
    pub fn sign(&self, claims: &Value) -> String {
        let header = json!({ "alg": "ES384", "typ": "JWT", "kid": self.kid }).to_string();
        let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims.to_string()));
        let signature = self.pair.sign(&SystemRandom::new(), signed.as_bytes()).expect("it signs");
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

/// Keys as they are registered.
pub fn key_set(keys: &[&Key]) -> Value {
    json!({ "keys": keys.iter().map(|key| key.jwk()).collect::<Vec<_>>() })
}

pub struct System {
    /// Its client id.
    pub id: String,
    pub key: Key,
    pub organisation: OrganisationId,
}

impl System {
    /// Registered by the secretariat for an organisation of this name that there is.
    pub async fn register(app: &App, organisation: OrganisationId, scopes: &str) -> Self {
        let key = Key::new("2026-04");
        let given = json!({
            "organisation": organisation.to_string(), "name": "みなと電子カルテ", "purpose": "バイタルの送信と閲覧",
            "scopes": scopes, "jwks": key_set(&[&key]),
        });
        let registered = app.secretariat().await.post("/api/v1/clients", given).await.is(StatusCode::CREATED);
        Self { id: registered["id"].as_str().expect("an id").to_owned(), key, organisation }
    }

    /// What a good assertion claims.
    pub fn claims(&self, app: &App) -> Value {
        let now_s = app.hub.region().now().as_secs();
        json!({
            "iss": self.id, "sub": self.id, "aud": format!("{ORIGIN}/oauth/token"), "exp": now_s + 240,
            "jti": app.hub.region().draw_id().to_string(),
        })
    }

    pub fn assertion(&self, app: &App) -> String {
        self.key.sign(&self.claims(app))
    }

    /// Asks for a token.
    pub async fn ask(&self, app: &App, scope: &str) -> Answer {
        show(app, &self.assertion(app), scope).await
    }

    /// Signed in, with these scopes.
    pub async fn sign_in(&self, app: &App, scope: &str) -> Actor {
        let granted = self.ask(app, scope).await.ok();
        let token = granted["access_token"].as_str().expect("a token");
        let (role, organisation) = (Role::Gateway, self.organisation);
        let person = PersonId(self.id.parse().expect("an id"));
        let actor: directory::Actor = app
            .hub
            .region()
            .directory()
            .actor(person, Position { role, organisation })
            .expect("it is in the directory");
        let mut signed_in = app.door_of(token);
        signed_in.actor = actor;
        signed_in
    }
}

/// Shows an assertion at the token endpoint.
pub async fn show(app: &App, assertion: &str, scope: &str) -> Answer {
    ask(&app.router, form(assertion, scope)).await
}

/// The request that shows an assertion.
pub fn form(assertion: &str, scope: &str) -> Request<Body> {
    encoded(&[
        ("grant_type", "client_credentials"),
        ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
        ("client_assertion", assertion),
        ("scope", scope),
    ])
}

/// Sends a form to the token endpoint.
pub async fn send(app: &App, form: &[(&str, &str)]) -> Answer {
    ask(&app.router, encoded(form)).await
}

fn encoded(form: &[(&str, &str)]) -> Request<Body> {
    let pairs: Vec<String> = form.iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect();
    Request::post("/oauth/token")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(pairs.join("&")))
        .expect("a request")
}

fn escaped(value: &str) -> String {
    let each = value.bytes().map(|byte| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    });
    each.collect()
}
