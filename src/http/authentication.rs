//! Who is asking: extractors that a handler names in its signature, so that it cannot run for anybody else.
//!
//! Programs send `Authorization: Bearer rk_…`. The page has a cookie instead, which counts only in a request that a page of
//! ours made: with our header, which no form and no link can send, from exactly one of our origins. What a person may do
//! with a patient the rulebook says, not this file.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts, MatchedPath};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};

use super::app::App;
use super::client_routes;
use super::cookies::Cookie;
use super::problem::Problem;
use crate::domain::act::By;
use crate::domain::role::Role;
use crate::hub::devices::Line;
use crate::hub::sessions::SignedIn;
use crate::wire::codes::Code;

/// The header by which the page says that it is one.
pub const PAGE_HEADER: &str = "renkei-client";
/// Its value.
pub const PAGE: &str = "page";

/// Somebody signed in, whether they have pledged or not: for the few routes that lead to pledging, to themselves and out.
/// All others name [`SignedIn`].
#[derive(Clone, Copy, Debug)]
pub struct Arrived(pub SignedIn);

/// INVARIANT: whoever has to pledge first has no [`SignedIn`], so that no handler can run for them by oversight.
impl FromRequestParts<App> for SignedIn {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let Arrived(signed_in) = Arrived::from_request_parts(parts, app).await?;
        match app.hub.region().held_back(&signed_in) {
            None => Ok(signed_in),
            Some(held) => Err(held.into()),
        }
    }
}

impl FromRequestParts<App> for Arrived {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let given = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = match given {
            Some(given) => bearer(given),
            // INVARIANT: a cookie, which browsers send by themselves, is looked at only in a request of our own page.
            None if is_of_our_page(&parts.method, &parts.headers, app) => {
                app.cookies.find(&parts.headers, Cookie::SignIn)
            }
            None => None,
        };
        let mut signed_in = app.sign_ins.authenticate(token.ok_or_else(Problem::unauthenticated)?).await?;
        // Once for a request, however many look who makes it.
        if parts.extensions.insert(Counted).is_none()
            && let Some(rates) = app.hub.region().rates()
        {
            rates.request(signed_in.id).map_err(Problem::too_fast)?;
        }
        // INVARIANT: nobody acts over a connection whose device does not do, whatever token they show.
        let line = line_of(parts);
        if let Some(until) = app.hub.admits(&line, &signed_in.actor, signed_in.device)? {
            signed_in.until = signed_in.until.min(until);
        }
        // INVARIANT: a system client gets no further than the routes that are open to its scopes.
        if let Some(scopes) = signed_in.scopes {
            let path = parts.extensions.get::<MatchedPath>().map(MatchedPath::as_str).unwrap_or_default();
            if !client_routes::is_open(scopes, &method_of(&parts.method), path) {
                return Err(Problem::of(Code::InsufficientScope));
            }
        }
        Ok(Self(signed_in))
    }
}

/// A request that was counted.
#[derive(Clone, Copy)]
struct Counted;

/// As the list of routes has it; whoever sends HEAD has the handler of GET run.
pub(super) fn method_of(method: &Method) -> String {
    if method == Method::HEAD { "get".to_owned() } else { method.as_str().to_ascii_lowercase() }
}

/// Whether a page of exactly one of our origins made this request.
fn is_of_our_page(method: &Method, headers: &HeaderMap, app: &App) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let is_from_here = match text("sec-fetch-site") {
        Some(site) => site == "same-origin",
        None => true,
    };
    let origin = text("origin");
    let is_ours = match origin {
        Some(origin) => app.allows_origin(origin),
        // Browsers leave it out where nothing is changed.
        None => method == Method::GET || method == Method::HEAD,
    };
    text(PAGE_HEADER) == Some(PAGE) && is_from_here && is_ours
}

/// Whether the answer goes to our page, which gets a cookie and no token.
#[derive(Clone, Copy, Debug)]
pub struct FromPage(pub bool);

impl FromRequestParts<App> for FromPage {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let says_page = parts.headers.contains_key(PAGE_HEADER);
        let is_page = is_of_our_page(&parts.method, &parts.headers, app);
        if says_page && !is_page { Err(Problem::of(Code::OriginRefused)) } else { Ok(Self(is_page)) }
    }
}

/// What the connection of a request shows of its device; one that no listener accepted shows nothing.
impl<S: Send + Sync> FromRequestParts<S> for Line {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(line_of(parts))
    }
}

fn line_of(parts: &Parts) -> Line {
    parts.extensions.get::<Line>().copied().unwrap_or_default()
}

/// Where a request comes from, as far as the connection tells.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub Option<IpAddr>);

impl<S: Send + Sync> FromRequestParts<S> for Peer {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip())))
    }
}

/// The secretariat keeps the directory and hands out sign-ins: neither is an act on a patient, so the rulebook,
/// which is about patients, does not judge them.
#[derive(Clone, Copy, Debug)]
pub struct Secretariat(pub SignedIn);

impl From<Secretariat> for By {
    fn from(Secretariat(signed_in): Secretariat) -> Self {
        signed_in.by()
    }
}

impl FromRequestParts<App> for Secretariat {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let signed_in = SignedIn::from_request_parts(parts, app).await?;
        if signed_in.actor.role == Role::Secretariat { Ok(Self(signed_in)) } else { Err(Problem::secretariat_only()) }
    }
}

/// The token of a `Bearer` credential; the scheme's case does not count (RFC 9110, 11.1).
fn bearer(credential: &str) -> Option<&str> {
    let (scheme, token) = credential.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim_start())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_bearer_credential_holds_a_token() {
        assert_eq!(bearer("Bearer rk_a"), Some("rk_a"));
        assert_eq!(bearer("bearer  rk_a"), Some("rk_a"));
        for other in ["rk_a", "Basic cmtfYQ==", "Bearerrk_a", ""] {
            assert_eq!(bearer(other), None, "{other}");
        }
    }
}
