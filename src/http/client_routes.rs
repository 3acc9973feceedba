//! Which routes take the token of a system client, and by which scopes. All others are closed to it.
//!
//! INVARIANT: this list is the only place that opens a route to a client; sockets are opened to none.

use super::routes::Route;
use crate::domain::client::Scopes;

/// A route, and what of its scopes a token must have one.
pub struct ClientRoute {
    pub route: Route,
    needs: fn(Scopes) -> bool,
}

const fn open(method: &'static str, path: &'static str, needs: fn(Scopes) -> bool) -> ClientRoute {
    ClientRoute { route: Route { method, path }, needs }
}

/// Every route that is open to clients.
pub const CLIENT_ROUTES: &[ClientRoute] = &[
    open("get", "/api/v1/me", |_| true),
    // Ends the token.
    open("delete", "/api/v1/me", |_| true),
    open("get", "/api/v1/patients", Scopes::finds_patients),
    // Of these, the handlers take the kinds that the scopes name.
    open("get", "/api/v1/timelines/{id}/entries", Scopes::reads_anything),
    open("post", "/api/v1/timelines/{id}/entries", Scopes::creates_anything),
    open("post", "/api/v1/timelines/{id}/dry-run", Scopes::creates_anything),
];

/// Whether a token with these scopes may be shown to this route; `method` in lower case.
#[must_use]
pub fn is_open(scopes: Scopes, method: &str, path: &str) -> bool {
    let is_asked = |open: &&ClientRoute| open.route.method == method && open.route.path == path;
    CLIENT_ROUTES.iter().find(is_asked).is_some_and(|open| (open.needs)(scopes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::routes::ROUTES;

    #[test]
    fn what_is_open_to_clients_is_a_route() {
        for open in CLIENT_ROUTES {
            assert!(ROUTES.contains(&open.route), "{:?}", open.route);
        }
    }

    #[test]
    fn a_route_that_is_not_listed_is_closed_whatever_the_token_allows() {
        let all = Scopes::parse("scope", &Scopes::all_words().join(" ")).unwrap();
        for route in ROUTES {
            let is_listed = CLIENT_ROUTES.iter().any(|open| open.route == *route);
            assert_eq!(is_open(all, route.method, route.path), is_listed, "{route:?}");
        }
        let gateway = Scopes::parse("scope", "system/Observation.c").unwrap();
        assert!(!is_open(gateway, "get", "/api/v1/patients"));
        assert!(!is_open(gateway, "get", "/api/v1/timelines/{id}/entries"));
        assert!(is_open(gateway, "post", "/api/v1/timelines/{id}/entries"));
    }
}
