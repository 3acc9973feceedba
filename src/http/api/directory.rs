//! `/api/v1/organisations` and `/api/v1/people`: the region's directory. Everybody signed in reads their part of it;
//! the secretariat keeps it.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::actions::directory::{put_organisation, put_person, suspend_person};
use crate::actions::visible::visible_to;
use crate::domain::directory::{Organisation, Person, Position};
use crate::domain::ids::{OrganisationId, PersonId};
use crate::domain::text::Invalid;
use crate::http::app::App;
use crate::http::authentication::Secretariat;
use crate::http::input::{self, Id};
use crate::http::problem::Problem;
use crate::http::shapes::{Name, Number, OrganisationShape, PersonShape, PositionShape};
use crate::hub::sessions::SignedIn;
use crate::wire;

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

/// What the secretariat writes down of an organisation.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "name": "みなと訪問看護ステーション", "kana": "ミナトホウモンカンゴステーション",
    "type": "nursing_station", "phone": "03-5550-0102"
}))]
pub struct OrganisationGiven {
    name: String,
    #[serde(default)]
    kana: String,
    /// As in an organisation.
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    phone: String,
    #[serde(default)]
    identifiers: Vec<Number>,
    #[serde(default = "is_active")]
    active: bool,
}

/// What the secretariat writes down of a person.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "name": { "kanji": "佐藤 花子", "kana": "サトウ ハナコ" },
    "positions": [{ "role": "nurse", "organisation": "0190aaaa-0000-7000-8000-000000000002" }]
}))]
pub struct PersonGiven {
    name: Name,
    positions: Vec<PositionShape>,
    #[serde(default = "is_active")]
    active: bool,
}

const fn is_active() -> bool {
    true
}

impl OrganisationGiven {
    fn read(self, id: OrganisationId) -> Result<Organisation, Invalid> {
        Ok(Organisation {
            id,
            kind: wire::code("type", &self.kind)?,
            name: self.name,
            kana: self.kana,
            phone: self.phone,
            identifiers: Number::into_list(self.identifiers),
            active: self.active,
        })
    }
}

impl PersonGiven {
    fn read(self, id: PersonId) -> Result<Person, Invalid> {
        let read = |(at, given): (usize, &PositionShape)| {
            read_position(given).map_err(|invalid| invalid.within(format_args!("positions[{at}]")))
        };
        let positions = self.positions.iter().enumerate().map(read).collect::<Result<_, _>>()?;
        Ok(Person { id, name: self.name.into(), positions, active: self.active })
    }
}

/// The position that a shape names.
pub(super) fn read_position(given: &PositionShape) -> Result<Position, Invalid> {
    Ok(Position {
        role: wire::code("role", &given.role)?,
        organisation: wire::id("organisation", &given.organisation, OrganisationId)?,
    })
}

/// Enter an organisation.
#[utoipa::path(
    post, path = "/api/v1/organisations", tag = "secretariat", request_body = OrganisationGiven,
    responses(
        (status = 201, body = OrganisationShape),
        (status = 403, body = Problem, description = "Not the secretariat"),
    ),
)]
pub async fn enter_organisation(
    State(app): State<App>,
    by: Secretariat,
    input::Json(given): input::Json<OrganisationGiven>,
) -> Result<(StatusCode, Json<OrganisationShape>), Problem> {
    let organisation = given.read(OrganisationId(app.hub.region().draw_id()))?;
    let shape = OrganisationShape::from(&organisation);
    put_organisation(&app.hub, &app.sign_ins, by.into(), organisation).await?;
    Ok((StatusCode::CREATED, Json(shape)))
}

/// Replace what is known of an organisation.
#[utoipa::path(
    put, path = "/api/v1/organisations/{id}", tag = "secretariat", request_body = OrganisationGiven,
    params(("id" = Uuid, Path, description = "The organisation")),
    responses(
        (status = 200, body = OrganisationShape),
        (status = 403, body = Problem, description = "Not the secretariat"),
    ),
)]
pub async fn replace_organisation(
    State(app): State<App>,
    by: Secretariat,
    Id(id): Id<OrganisationId>,
    input::Json(given): input::Json<OrganisationGiven>,
) -> Result<Json<OrganisationShape>, Problem> {
    if !app.hub.region().directory().organisations.contains_key(&id) {
        return Err(Problem::not_found());
    }
    let organisation = given.read(id)?;
    let shape = OrganisationShape::from(&organisation);
    put_organisation(&app.hub, &app.sign_ins, by.into(), organisation).await?;
    Ok(Json(shape))
}

/// Enter a person with their positions.
#[utoipa::path(
    post, path = "/api/v1/people", tag = "secretariat", request_body = PersonGiven,
    responses((status = 201, body = PersonShape), (status = 403, body = Problem, description = "Not the secretariat")),
)]
pub async fn enter_person(
    State(app): State<App>,
    by: Secretariat,
    input::Json(given): input::Json<PersonGiven>,
) -> Result<(StatusCode, Json<PersonShape>), Problem> {
    let person = given.read(PersonId(app.hub.region().draw_id()))?;
    let shape = PersonShape::from(&person);
    put_person(&app.hub, &app.sign_ins, by.into(), person).await?;
    Ok((StatusCode::CREATED, Json(shape)))
}

/// Replace what is known of a person. Sign-ins in a position that ends are over at once.
#[utoipa::path(
    put, path = "/api/v1/people/{id}", tag = "secretariat", request_body = PersonGiven,
    params(("id" = Uuid, Path, description = "The person")),
    responses((status = 200, body = PersonShape), (status = 403, body = Problem, description = "Not the secretariat")),
)]
pub async fn replace_person(
    State(app): State<App>,
    by: Secretariat,
    Id(id): Id<PersonId>,
    input::Json(given): input::Json<PersonGiven>,
) -> Result<Json<PersonShape>, Problem> {
    if !app.hub.region().directory().people.contains_key(&id) {
        return Err(Problem::not_found());
    }
    let person = given.read(id)?;
    let shape = PersonShape::from(&person);
    put_person(&app.hub, &app.sign_ins, by.into(), person).await?;
    Ok(Json(shape))
}

/// End a person's work in the region: no sign-in and no open socket from this moment.
#[utoipa::path(
    post, path = "/api/v1/people/{id}/suspend", tag = "secretariat",
    params(("id" = Uuid, Path, description = "The person")),
    responses((status = 204), (status = 403, body = Problem, description = "Not the secretariat")),
)]
pub async fn suspend(State(app): State<App>, by: Secretariat, Id(id): Id<PersonId>) -> Result<StatusCode, Problem> {
    if !app.hub.region().directory().people.contains_key(&id) {
        return Err(Problem::not_found());
    }
    suspend_person(&app.hub, &app.sign_ins, by.into(), id).await?;
    Ok(StatusCode::NO_CONTENT)
}
