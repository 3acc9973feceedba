//! `/api/v1/organisations` and `/api/v1/people`: the region's directory. Everybody signed in reads their part of it;
//! the secretariat keeps it.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::actions::visible::visible_to;
use crate::http::app::App;
use crate::http::problem::Problem;
use crate::http::shapes::{OrganisationShape, PersonShape};
use crate::hub::sessions::SignedIn;

/// Organisations by kana.
#[derive(Debug, Serialize, ToSchema)]
pub struct Organisations {
    organisations: Vec<OrganisationShape>,
}

/// The organisations that I may know of.
#[utoipa::path(get, path = "/api/v1/organisations", tag = "directory", responses((status = 200, body = Organisations)))]
pub async fn list_organisations(State(app): State<App>, signed_in: SignedIn) -> Result<Json<Organisations>, Problem> {
    let visible = visible_to(&app.hub, signed_in.actor).await?;
    Ok(Json(Organisations { organisations: visible.organisations.iter().map(OrganisationShape::from).collect() }))
}

/// People by kana.
#[derive(Debug, Serialize, ToSchema)]
pub struct People {
    people: Vec<PersonShape>,
}

/// The people that I may know of, with their positions at organisations that I may know of.
#[utoipa::path(get, path = "/api/v1/people", tag = "directory", responses((status = 200, body = People)))]
pub async fn list_people(State(app): State<App>, signed_in: SignedIn) -> Result<Json<People>, Problem> {
    let visible = visible_to(&app.hub, signed_in.actor).await?;
    Ok(Json(People { people: visible.people.iter().map(PersonShape::from).collect() }))
}
