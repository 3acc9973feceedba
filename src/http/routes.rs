//! The list of all routes: the router is made of it, the tests take it from here, and a test compares it with the
//! OpenAPI document.

use axum::Router;
use axum::routing::{delete, get, post};

use super::api::{directory, me, patients, timelines};
use super::app::App;

/// One route of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Route {
    /// Lower case.
    pub method: &'static str,
    /// With `{…}` for its ids.
    pub path: &'static str,
}

macro_rules! routes {
    ($($method:ident $path:literal => $handler:path;)+) => {
        /// Every route under `/api/v1` that needs a sign-in.
        pub const ROUTES: &[Route] = &[$(Route { method: stringify!($method), path: $path }),+];

        pub(super) fn api() -> Router<App> {
            Router::new()$(.route($path, $method($handler)))+
        }
    };
}

routes! {
    get    "/api/v1/me" => me::show;
    delete "/api/v1/me" => me::sign_out;
    post   "/api/v1/tickets" => me::draw_ticket;
    get    "/api/v1/organisations" => directory::list_organisations;
    get    "/api/v1/people" => directory::list_people;
    get    "/api/v1/patients" => patients::find;
    get    "/api/v1/patients/{id}" => patients::show;
    get    "/api/v1/timelines/{id}/read-markers" => timelines::list_read_markers;
}
