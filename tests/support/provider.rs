//! Another service by which people sign in (OpenID Connect), in software: it lets whoever a story names in, gives codes that
//! count once, and signs with keys of its own; or does one of these wrongly, as a story wishes.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use renkei::config::OidcSettings;
use renkei::vault::code_challenge;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use super::app::{App, ORIGIN};

pub const CLIENT: &str = "renkei";
pub const SECRET: &str = "何かの合言葉: not/for+others";

/// Whom the service knows, and how surely.
#[derive(Clone, Debug)]
pub struct Known {
    pub subject: String,
    pub amr: Vec<&'static str>,
    /// How long ago they showed the service who they are, in s; `None`: it does not say.
    pub shown_ago_s: Option<i64>,
}

impl Known {
    /// Somebody who showed two factors just now.
    pub fn by_two_factors(subject: &str) -> Self {
        Self { subject: subject.to_owned(), amr: vec!["pwd", "otp"], shown_ago_s: Some(0) }
    }

    /// Somebody who typed a password just now.
    pub fn by_one_factor(subject: &str) -> Self {
        Self { amr: vec!["pwd"], ..Self::by_two_factors(subject) }
    }
}

/// Changes a token before it is signed: header, claims.
pub type Bend = Box<dyn Fn(&mut Value, &mut Value) + Send>;

pub struct Provider {
    pub issuer: String,
    inner: Arc<Inner>,
    serving: JoinHandle<()>,
}

/// What becomes of a token after it was signed.
type Resigned = fn(&str) -> String;

struct Inner {
    issuer: String,
    signer: Mutex<Signer>,
    /// As it is published, which a signer may be ahead of.
    published: Mutex<Value>,
    codes: Mutex<BTreeMap<String, Issued>>,
    bend: Mutex<Option<Bend>>,
    /// Takes the signature off, or puts another there.
    resign: Mutex<Option<Resigned>>,
    down: Mutex<Option<StatusCode>>,
    /// Which of its addresses it says is another.
    elsewhere: Mutex<Option<(String, String)>>,
    /// The key that the hub shows who it is by; `None`: the secret.
    hub_key: Mutex<Option<Vec<u8>>>,
    keys_fetched: AtomicUsize,
    drawn: AtomicUsize,
}

struct Issued {
    challenge: String,
    redirect: String,
    claims: Value,
}

struct Signer {
    kid: String,
    pair: EcdsaKeyPair,
}

impl Signer {
    fn new(kid: &str) -> Self {
        let (algorithm, random) = (&ECDSA_P256_SHA256_FIXED_SIGNING, SystemRandom::new());
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(algorithm, &random).expect("a key");
        let pair = EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref(), &random).expect("its own key");
        Self { kid: kid.to_owned(), pair }
    }

    fn jwks(&self) -> Value {
        let point = self.pair.public_key().as_ref();
        let (x, y) = (URL_SAFE_NO_PAD.encode(&point[1..33]), URL_SAFE_NO_PAD.encode(&point[33..]));
        let encrypting = json!({ "kty": "RSA", "kid": "enc", "use": "enc", "n": "AQAB", "e": "AQAB" });
        let signing = json!({ "kty": "EC", "crv": "P-256", "kid": self.kid, "use": "sig", "x": x, "y": y });
        json!({ "keys": [encrypting, signing] })
    }

    fn sign(&self, header: &Value, claims: &Value) -> String {
        let encoded = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
        let signed = format!("{}.{}", encoded(header), encoded(claims));
        let signature = self.pair.sign(&SystemRandom::new(), signed.as_bytes()).expect("it signs");
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

impl Provider {
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await;
        let listener = listener.expect("a free port");
        let issuer = format!("http://{}", listener.local_addr().expect("an address"));
        let signer = Signer::new("k1");
        let inner = Arc::new(Inner {
            issuer: issuer.clone(),
            published: Mutex::new(signer.jwks()),
            signer: Mutex::new(signer),
            codes: Mutex::default(),
            bend: Mutex::default(),
            resign: Mutex::default(),
            down: Mutex::default(),
            elsewhere: Mutex::default(),
            hub_key: Mutex::default(),
            keys_fetched: AtomicUsize::new(0),
            drawn: AtomicUsize::new(0),
        });
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(configuration))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .with_state(Arc::clone(&inner));
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.expect("it serves") });
        Self { issuer, inner, serving }
    }

    /// How a hub is configured that trusts it; the secret lies in this folder.
    pub fn settings(&self, folder: &std::path::Path) -> OidcSettings {
        let secret = folder.join("oidc.secret");
        write_own(&secret, SECRET);
        OidcSettings {
            issuer: self.issuer.clone(),
            name: "みなと病院".to_owned(),
            client_id: CLIENT.to_owned(),
            secret_file: Some(secret),
            key_file: None,
            key_id: None,
            scopes: vec!["openid".to_owned()],
            acr_values: vec!["urn:example:two".to_owned()],
            amr_values: vec![vec!["mfa".to_owned()], vec!["pwd".to_owned(), "otp".to_owned()]],
            authority: None,
        }
    }

    /// Lets somebody in who was sent there; with which path they come back to the hub.
    pub fn authorize(&self, app: &App, location: &str, known: &Known) -> String {
        let (endpoint, query) = location.split_once('?').expect("a query");
        assert_eq!(endpoint, format!("{}/authorize", self.issuer));
        let asked = decoded(query);
        assert_eq!((&*asked["response_type"], &*asked["client_id"]), ("code", CLIENT));
        assert_eq!((&*asked["code_challenge_method"], &*asked["scope"]), ("S256", "openid"));
        assert_eq!(asked["redirect_uri"], format!("{ORIGIN}/oidc/callback"));
        let now_s = app.hub.region().now().as_secs();
        let mut claims = json!({
            "iss": self.issuer, "sub": known.subject, "aud": CLIENT, "nonce": asked["nonce"], "iat": now_s,
            "exp": now_s + 300, "amr": known.amr,
        });
        if let Some(ago_s) = known.shown_ago_s {
            claims["auth_time"] = (now_s - ago_s).into();
        }
        let code = format!("code-{}", self.inner.drawn.fetch_add(1, Ordering::Relaxed));
        let (challenge, redirect) = (asked["code_challenge"].clone(), asked["redirect_uri"].clone());
        let issued = Issued { challenge, redirect, claims };
        self.inner.codes.lock().expect("no panic").insert(code.clone(), issued);
        format!("/oidc/callback?code={code}&state={}", asked["state"])
    }

    /// From now on tokens are made so.
    pub fn bend(&self, bend: impl Fn(&mut Value, &mut Value) + Send + 'static) {
        *self.inner.bend.lock().expect("no panic") = Some(Box::new(bend));
    }

    /// From now on signed tokens are changed so.
    pub fn resign(&self, change: fn(&str) -> String) {
        *self.inner.resign.lock().expect("no panic") = Some(change);
    }

    /// As it should be again.
    pub fn straighten(&self) {
        *self.inner.bend.lock().expect("no panic") = None;
        *self.inner.resign.lock().expect("no panic") = None;
    }

    /// Signs with another key from now on, and publishes it or not.
    pub fn rotate(&self, kid: &str, is_published: bool) {
        let signer = Signer::new(kid);
        if is_published {
            *self.inner.published.lock().expect("no panic") = signer.jwks();
        }
        *self.inner.signer.lock().expect("no panic") = signer;
    }

    /// Answers everything with this status.
    pub fn go_down(&self, with: Option<StatusCode>) {
        *self.inner.down.lock().expect("no panic") = with;
    }

    /// Says of itself that this address of its is there.
    pub fn point(&self, name: &str, address: &str) {
        *self.inner.elsewhere.lock().expect("no panic") = Some((name.to_owned(), address.to_owned()));
    }

    /// From now on the hub must sign with this public key to show who it is.
    pub fn expect_key(&self, public: Vec<u8>) {
        *self.inner.hub_key.lock().expect("no panic") = Some(public);
    }

    pub fn keys_fetched(&self) -> usize {
        self.inner.keys_fetched.load(Ordering::Relaxed)
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// A file that nobody else may read.
pub fn write_own(file: &std::path::Path, text: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::write(file, text).expect("it is written");
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o600)).expect("its mode is set");
}

async fn configuration(State(inner): State<Arc<Inner>>) -> Response {
    if let Some(status) = *inner.down.lock().expect("no panic") {
        return status.into_response();
    }
    let at = |path: &str| format!("{}{path}", inner.issuer);
    let mut said = json!({
        "issuer": inner.issuer, "authorization_endpoint": at("/authorize"), "token_endpoint": at("/token"),
        "jwks_uri": at("/keys"), "response_types_supported": ["code"], "claims_supported": ["sub", "amr"],
    });
    if let Some((name, value)) = inner.elsewhere.lock().expect("no panic").as_ref() {
        said[name] = value.clone().into();
    }
    Json(said).into_response()
}

async fn keys(State(inner): State<Arc<Inner>>) -> Json<Value> {
    inner.keys_fetched.fetch_add(1, Ordering::Relaxed);
    Json(inner.published.lock().expect("no panic").clone())
}

/// RFC 6749, 4.1.3, and RFC 7636, 4.6: the code counts once, for who asked for it, where it was asked from.
async fn token(State(inner): State<Arc<Inner>>, headers: HeaderMap, body: String) -> Response {
    if let Some(status) = *inner.down.lock().expect("no panic") {
        return status.into_response();
    }
    let form = decoded(&body);
    let refused = || (StatusCode::BAD_REQUEST, Json(json!({ "error": "invalid_grant" }))).into_response();
    if !is_the_hub(&inner, &headers, &form) {
        return (StatusCode::UNAUTHORIZED, Json(json!({ "error": "invalid_client" }))).into_response();
    }
    let text = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
    let Some(issued) = inner.codes.lock().expect("no panic").remove(text("code")) else { return refused() };
    let is_right = text("grant_type") == "authorization_code"
        && text("redirect_uri") == issued.redirect
        && code_challenge(text("code_verifier")) == issued.challenge;
    if !is_right {
        return refused();
    }
    let signer = inner.signer.lock().expect("no panic");
    let (mut header, mut claims) = (json!({ "alg": "ES256", "typ": "JWT", "kid": signer.kid }), issued.claims);
    if let Some(bend) = inner.bend.lock().expect("no panic").as_ref() {
        bend(&mut header, &mut claims);
    }
    let mut id_token = signer.sign(&header, &claims);
    if let Some(change) = *inner.resign.lock().expect("no panic") {
        id_token = change(&id_token);
    }
    Json(json!({ "access_token": "not used", "token_type": "Bearer", "id_token": id_token })).into_response()
}

fn is_the_hub(inner: &Inner, headers: &HeaderMap, form: &BTreeMap<String, String>) -> bool {
    let Some(public) = inner.hub_key.lock().expect("no panic").clone() else {
        let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let pair = given.strip_prefix("Basic ").and_then(|pair| STANDARD.decode(pair).ok()).unwrap_or_default();
        let pair = String::from_utf8(pair).unwrap_or_default();
        let (client, secret) = pair.split_once(':').unwrap_or_default();
        return (unescaped(client), unescaped(secret)) == (CLIENT.to_owned(), SECRET.to_owned());
    };
    let assertion = &form["client_assertion"];
    let (signed, signature) = assertion.rsplit_once('.').expect("three parts");
    let signature = URL_SAFE_NO_PAD.decode(signature).expect("base64");
    let claims = URL_SAFE_NO_PAD.decode(signed.split_once('.').expect("two parts").1).expect("base64");
    let claims: Value = serde_json::from_slice(&claims).expect("JSON");
    let key = ring::signature::UnparsedPublicKey::new(&ring::signature::ECDSA_P256_SHA256_FIXED, public);
    let is_for_us = claims["aud"] == format!("{}/token", inner.issuer) && claims["iss"] == CLIENT;
    is_for_us && key.verify(signed.as_bytes(), &signature).is_ok()
}

/// The pairs of a query or a form.
pub fn decoded(query: &str) -> BTreeMap<String, String> {
    let pair = |pair: &str| pair.split_once('=').map(|(name, value)| (unescaped(name), unescaped(value)));
    query.split('&').filter_map(pair).collect()
}

fn unescaped(text: &str) -> String {
    let uri: Result<Uri, _> = format!("/?{text}").parse();
    assert!(uri.is_ok(), "{text}");
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let Some((first, after)) = rest.split_first() {
        let hex = after.get(..2).filter(|_| *first == b'%').and_then(|hex| std::str::from_utf8(hex).ok());
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).expect("UTF-8")
}
