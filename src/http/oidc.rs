//! `/oidc/callback`: where another service sends people back to (OpenID Connect Core 1.0, 3.1.2.5). Whatever they bring, the
//! answer leads to the hub's own page and says nothing; what came of it the page asks for at `/api/v1`.
//!
//! INVARIANT: where the answer leads is fixed. Nothing in the request chooses it, and no secret stands in it.

use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::app::App;
use super::cookies::Cookie;
use crate::actions::accounts::Returned;

/// The page, which knows by this that somebody is back.
const PAGE: &str = "/#oidc";

/// Takes whoever is sent back. A parameter that stands twice counts as none.
pub async fn come_back(
    State(app): State<App>,
    headers: HeaderMap,
    query: Result<Query<Vec<(String, String)>>, axum::extract::rejection::QueryRejection>,
) -> Response {
    let pairs = query.map(|Query(pairs)| pairs).unwrap_or_default();
    let take = |name: &str| {
        let mut found = pairs.iter().filter(|(known, _)| known == name).map(|(_, value)| value.clone());
        let first = found.next();
        if found.next().is_some() { None } else { first }
    };
    if let Some(round) = app.cookies.find(&headers, Cookie::Outside) {
        let text = |name| take(name).unwrap_or_default();
        let returned = Returned { state: text("state"), code: text("code"), issuer: take("iss") };
        app.accounts.come_back(round, returned).await;
    }
    (StatusCode::SEE_OTHER, [(header::LOCATION, HeaderValue::from_static(PAGE))]).into_response()
}
