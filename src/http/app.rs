//! What the routes share, and the router that holds them all.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderMap, Method, Uri};
use axum::middleware::{Next, from_fn, from_fn_with_state, map_response};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};

use super::authentication::Peer;
use super::certificate::ReloadingCertificate;
use super::cookies::Cookies;
use super::listen::{ConnectionCounts, Listener};
use super::problem::Problem;
use super::{assets, health, metrics, oauth, oidc, openapi, routes, socket};
use crate::actions::accounts::{Accounts, CALLBACK_PATH, Provider};
use crate::actions::bells::Bells;
use crate::actions::destroying::Keeping;
use crate::actions::export::Exports;
use crate::actions::files::Files;
use crate::actions::kept_rulebooks::KeptRulebooks;
use crate::actions::quarantine::Quarantine;
use crate::actions::sign_in::SignIns;
use crate::actions::witness::Witness;
use crate::config::{AccountSettings, ExportSettings, PageSettings, SessionLimits};
use crate::hub::Hub;
use crate::hub::devices::Line;
use crate::limits;
use crate::session::beat::Beat;
use crate::session::{Patience, SessionParts};
use crate::wire::codes::Code;

/// Handed to every handler.
#[derive(Clone)]
pub struct App {
    pub hub: Hub,
    pub files: Arc<Files>,
    pub exports: Arc<Exports>,
    pub sign_ins: Arc<SignIns>,
    pub accounts: Arc<Accounts>,
    pub kept_rulebooks: Arc<KeptRulebooks>,
    /// How long records are kept.
    pub keeping: Arc<Keeping>,
    pub quarantine: Arc<Quarantine>,
    /// Rings devices whose page is closed.
    pub bells: Arc<Bells>,
    /// Origins whose pages may open sockets; compared exactly.
    pub origins: Arc<[String]>,
    /// Where invitations lead: the page as people open it.
    pub page_url: Arc<str>,
    /// Which cookies the page gets.
    pub cookies: Cookies,
    /// The certificate shown, for health and metrics; none without TLS.
    pub certificate: Option<Arc<ReloadingCertificate>>,
    /// How it goes with what is sent elsewhere, for health and metrics.
    pub witness: Arc<Witness>,
    /// What the listeners count, for the metrics.
    pub connections: Vec<Arc<ConnectionCounts>>,
    sockets_per_person_max: u32,
    page: PageSettings,
    beat: Beat,
    patience: Patience,
}

impl App {
    /// An app on a running hub. The common beat of its sessions ends with the last clone of the app.
    #[must_use]
    pub fn new(hub: Hub, files: Arc<Files>, origins: Vec<String>, limits: SessionLimits) -> Self {
        Self::beating((hub, files), origins, limits, Beat::start(), Patience::default())
    }

    /// The same on a beat of the caller's.
    #[must_use]
    pub fn beating(
        (hub, files): (Hub, Arc<Files>),
        origins: Vec<String>,
        limits: SessionLimits,
        beat: Beat,
        patience: Patience,
    ) -> Self {
        let sign_ins = Arc::new(SignIns::within(hub.clone(), limits));
        let page_url = origins.first().map_or("", String::as_str);
        Self {
            accounts: Arc::new(Accounts::new(hub.clone(), Arc::clone(&sign_ins), AccountSettings::default(), page_url)),
            sign_ins,
            page_url: page_url.into(),
            cookies: Cookies::of_origins(&origins),
            keeping: Arc::default(),
            kept_rulebooks: Arc::new(KeptRulebooks::new(hub.journal().clone())),
            quarantine: Arc::new(Quarantine::new(hub.clone(), AccountSettings::default().quarantine_keeps)),
            exports: Arc::new(Exports::new(hub.clone(), Arc::clone(&files), ExportSettings::default())),
            bells: Arc::new(Bells::off(hub.clone())),
            hub,
            files,
            origins: origins.into(),
            certificate: None,
            witness: Arc::default(),
            connections: Vec::new(),
            sockets_per_person_max: limits.sockets_per_person_max,
            page: PageSettings::default(),
            beat,
            patience,
        }
    }

    /// Names the certificate that health and metrics speak of.
    #[must_use]
    pub fn showing(mut self, certificate: Option<Arc<ReloadingCertificate>>) -> Self {
        self.certificate = certificate;
        self
    }

    /// Tells in health and metrics how it goes with what is sent elsewhere.
    #[must_use]
    pub fn watching(mut self, witness: Arc<Witness>) -> Self {
        self.witness = witness;
        self
    }

    /// Settles how accounts are kept, by which other service people may sign in, and where invitations lead.
    #[must_use]
    pub fn keeping_accounts(mut self, settings: AccountSettings, outside: Option<Provider>, page_url: &str) -> Self {
        let accounts = Accounts::new(self.hub.clone(), Arc::clone(&self.sign_ins), settings, page_url);
        self.accounts = Arc::new(accounts.trusting(outside));
        self.quarantine = Arc::new(Quarantine::new(self.hub.clone(), settings.quarantine_keeps));
        self.page_url = page_url.into();
        self
    }

    /// Settles what the page may use of a device.
    #[must_use]
    pub fn serving_page(mut self, page: PageSettings) -> Self {
        self.page = page;
        self
    }

    /// Settles how records are taken out.
    #[must_use]
    pub fn taking_records_out(mut self, settings: ExportSettings) -> Self {
        self.exports = Arc::new(Exports::new(self.hub.clone(), Arc::clone(&self.files), settings));
        self
    }

    /// Settles which devices are rung whose page is closed.
    #[must_use]
    pub fn ringing(mut self, bells: Bells) -> Self {
        self.bells = Arc::new(bells);
        self
    }

    /// Settles how long records are kept, and where it is noted which were destroyed.
    #[must_use]
    pub fn keeping_records(mut self, keeping: Keeping) -> Self {
        self.keeping = Arc::new(keeping);
        self
    }

    /// Lets people in by the links of the demo: on its own machine, and in tests.
    #[must_use]
    pub fn taking_links(mut self, limits: SessionLimits) -> Self {
        self.sign_ins = Arc::new(SignIns::within(self.hub.clone(), limits).taking_links(true));
        self.accounts = Arc::new(Accounts::new(
            self.hub.clone(),
            Arc::clone(&self.sign_ins),
            AccountSettings::default(),
            &self.page_url,
        ));
        self
    }

    /// Names the listeners whose connections the metrics count.
    #[must_use]
    pub fn listening(mut self, listeners: &[Listener]) -> Self {
        self.connections = listeners.iter().map(Listener::counts).collect();
        self
    }

    /// What a new socket's session needs.
    #[must_use]
    pub fn session_parts(&self) -> SessionParts {
        SessionParts {
            hub: self.hub.clone(),
            beat: self.beat.clone(),
            tickets: Arc::clone(&self.sign_ins) as _,
            sockets_per_person_max: self.sockets_per_person_max,
            patience: self.patience,
            line: Line::default(),
        }
    }

    /// Whether pages of this origin may open sockets.
    #[must_use]
    pub fn allows_origin(&self, origin: &str) -> bool {
        self.origins.iter().any(|allowed| allowed == origin)
    }
}

/// All routes of the hub.
pub fn router(app: App) -> Router {
    let page = app.page;
    let api = routes::api(&app)
        .route("/api/v1/openapi.json", get(openapi::serve))
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/metrics", get(metrics::serve))
        .route(CALLBACK_PATH, get(oidc::come_back))
        .method_not_allowed_fallback(async || Problem::of(Code::MethodNotAllowed))
        .layer(DefaultBodyLimit::max(limits::REQUEST_BODY_BYTES_MAX))
        .merge(oauth_routes())
        .layer(from_fn(in_time))
        .layer(from_fn_with_state(app.clone(), within_rate));
    Router::new()
        .route("/ws", get(socket::upgrade))
        .method_not_allowed_fallback(async || Problem::of(Code::MethodNotAllowed))
        .merge(api)
        .fallback(unknown)
        .layer(map_response(move |response: Response| assets::guard(response, page)))
        .with_state(app)
}

/// How systems sign in, in the form that standards give it.
fn oauth_routes() -> Router<App> {
    Router::new()
        .route(oauth::TOKEN_PATH, post(oauth::token))
        .route(oauth::CONFIGURATION_PATH, get(oauth::configuration))
        .method_not_allowed_fallback(async || Problem::of(Code::MethodNotAllowed))
        .layer(DefaultBodyLimit::max(limits::TOKEN_REQUEST_BYTES_MAX))
}

/// What no route takes: a file of the web client, or nothing.
async fn unknown(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    if uri.path().starts_with("/api/") {
        return Problem::not_found().into_response();
    }
    assets::serve(method, uri, headers).await
}

/// One address takes nothing from others, signed in or not. What the machine's own collectors ask is not bounded.
async fn within_rate(State(app): State<App>, Peer(address): Peer, request: Request, next: Next) -> Response {
    let bounded = app.hub.region().rates().map_or(Ok(()), |rates| rates.request_from(address));
    match bounded {
        Ok(()) => next.run(request).await,
        Err(wait) => Problem::too_fast(wait).into_response(),
    }
}

/// A handler that does not come to an end is abandoned; what it handed to the hub is done all the same.
async fn in_time(request: Request, next: Next) -> Response {
    let is_upload = request.method() == Method::POST && request.uri().path().ends_with("/files");
    let bound_ms = if is_upload { limits::UPLOAD_TIMEOUT_MS } else { limits::REQUEST_TIMEOUT_MS };
    match tokio::time::timeout(Duration::from_millis(bound_ms), next.run(request)).await {
        Ok(response) => response,
        Err(_elapsed) => Problem::of(Code::TimedOut).into_response(),
    }
}
