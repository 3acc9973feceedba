//! Grave acts: what gives others a way in, takes records out or destroys them, removes what somebody signs in with, or binds the region. An
//! open screen is not enough for them; whoever is signed in must have shown by both factors, a short while ago, who they are.
//! The page that is answered `proof_needed` asks, and sends the same request again.
//!
//! INVARIANT: this list is the only place that says which acts are grave; no handler of theirs runs before the proof.

use axum::extract::{FromRequestParts as _, MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::app::App;
use super::authentication::{Arrived, method_of};
use super::problem::Problem;
use super::routes::Route;
use crate::wire::codes::Code;

const fn grave(method: &'static str, path: &'static str) -> Route {
    Route { method, path }
}

/// Every route whose act is grave.
pub const GRAVE_ROUTES: &[Route] = &[
    // Giving others access, or more of it.
    grave("post", "/api/v1/people"),
    grave("put", "/api/v1/people/{id}"),
    grave("post", "/api/v1/people/{id}/invitations"),
    grave("post", "/api/v1/people/{id}/recovery"),
    // Opens an office again, and makes it the secretariat's or ends that.
    grave("put", "/api/v1/organisations/{id}"),
    grave("post", "/api/v1/organisations/{id}/administrators"),
    grave("post", "/api/v1/organisations/{id}/staff"),
    grave("post", "/api/v1/devices/{id}/certificates"),
    grave("post", "/api/v1/devices/{id}/enrolments"),
    grave("put", "/api/v1/people/{id}/device-exception"),
    grave("post", "/api/v1/clients"),
    grave("put", "/api/v1/clients/{id}/keys"),
    grave("delete", "/api/v1/clients/{id}/suspension"),
    // What somebody signs in with. A new password asks for the present one by itself.
    grave("post", "/api/v1/me/passkeys/options"),
    grave("post", "/api/v1/me/passkeys"),
    grave("delete", "/api/v1/me/passkeys/{id}"),
    grave("post", "/api/v1/me/identities"),
    grave("post", "/api/v1/me/identities/finish"),
    grave("delete", "/api/v1/me/identities/{id}"),
    // Taking out.
    grave("post", "/api/v1/audit/export"),
    grave("post", "/api/v1/patients/{id}/exports"),
    // What cannot be undone.
    grave("post", "/api/v1/patients/{id}/destruction"),
    // What binds the region.
    grave("post", "/api/v1/rulebooks/{id}/signatures"),
    grave("post", "/api/v1/rulebooks/{id}/in-force"),
    grave("post", "/api/v1/rulebooks/{id}/retire"),
];

/// Whether an act asks for a fresh proof. `method` in lower case, `path` as the router has it.
#[must_use]
pub fn is_grave(method: &str, path: &str) -> bool {
    GRAVE_ROUTES.iter().any(|route| route.method == method && route.path == path)
}

/// Lets a grave act through only for somebody who showed a short while ago who they are.
pub async fn prove_first(State(app): State<App>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let path = parts.extensions.get::<MatchedPath>().map(MatchedPath::as_str).unwrap_or_default();
    if is_grave(&method_of(&parts.method), path)
        && let Err(problem) = proven(&app, &mut parts).await
    {
        return problem.into_response();
    }
    next.run(Request::from_parts(parts, body)).await
}

async fn proven(app: &App, parts: &mut axum::http::request::Parts) -> Result<(), Problem> {
    let Arrived(signed_in) = Arrived::from_request_parts(parts, app).await?;
    if app.accounts.is_proven(signed_in).await? { Ok(()) } else { Err(Problem::of(Code::ProofNeeded)) }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::http::routes::ROUTES;

    #[test]
    fn every_grave_act_is_a_route() {
        for route in GRAVE_ROUTES {
            assert!(ROUTES.contains(route), "{route:?}");
        }
    }

    #[test]
    fn the_protocols_page_lists_every_grave_act_and_no_other() {
        let page = include_str!("../../docs/protocol.md");
        let (_, from) = page.split_once("\n### Grave acts\n").expect("a section");
        let (section, _) = from.split_once("\n### ").expect("another one after it");
        let listed = section.split('`').skip(1).step_by(2).filter_map(|code| code.split_once(' '));
        let listed: BTreeSet<_> = listed.map(|(method, path)| (method.to_lowercase(), path.to_owned())).collect();
        let grave = GRAVE_ROUTES.iter().map(|route| (route.method.to_owned(), route.path.to_owned()));
        assert_eq!(listed, grave.collect());
    }
}
