//! Who is asking: extractors that a handler names in its signature, so that it cannot run for anybody else.
//!
//! `Authorization: Bearer rk_…` on every request; there are no cookies, so no page of another origin can act for
//! somebody. What a person may do with a patient the rulebook says, not this file.

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;

use super::app::App;
use super::problem::Problem;
use crate::domain::act::By;
use crate::domain::role::Role;
use crate::hub::sessions::SignedIn;

impl FromRequestParts<App> for SignedIn {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let given = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = given.and_then(bearer).ok_or_else(Problem::unauthenticated)?;
        Ok(app.sign_ins.authenticate(token).await?)
    }
}

/// The secretariat keeps the directory and hands out sign-ins: neither is an act on a patient, so the rulebook,
/// which is about patients, does not judge them.
#[derive(Clone, Copy, Debug)]
pub struct Secretariat(pub SignedIn);

impl From<Secretariat> for By {
    fn from(Secretariat(signed_in): Secretariat) -> Self {
        Self::Person(signed_in.actor)
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
