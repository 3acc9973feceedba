//! `/api/v1/organisations` and `/api/v1/people`: the region's directory. Everybody signed in reads their part of it;
//! the secretariat keeps it.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::actions::directory::{self, put_organisation, put_person, suspend_person};
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
    /// Left out: `true` for a new one; what is there stays as it is.
    active: Option<bool>,
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
    /// Left out: `true` for somebody new; whoever is there stays as they are, suspended or not.
    active: Option<bool>,
    /// The positions that `positions` take the place of, as they were shown: when they are others by now, nothing changes
    /// and the answer is 409. Left out: whichever there are.
    positions_before: Option<Vec<PositionShape>>,
}

impl OrganisationGiven {
    fn read(self) -> Result<directory::OrganisationGiven, Invalid> {
        Ok(directory::OrganisationGiven {
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
    fn read(self) -> Result<directory::PersonGiven, Invalid> {
        let before = self.positions_before.map(|before| read_positions("positions_before", &before));
        Ok(directory::PersonGiven {
            name: self.name.into(),
            positions: read_positions("positions", &self.positions)?,
            active: self.active,
            positions_before: before.transpose()?,
        })
    }
}

fn read_positions(field: &str, given: &[PositionShape]) -> Result<Vec<Position>, Invalid> {
    let read = |(at, given): (usize, &PositionShape)| {
        read_position(given).map_err(|invalid| invalid.within(format_args!("{field}[{at}]")))
    };
    given.iter().enumerate().map(read).collect()
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
    let directory::OrganisationGiven { kind, name, kana, phone, identifiers, active } = given.read()?;
    let (id, active) = (OrganisationId(app.hub.region().draw_id()), active.unwrap_or(true));
    let organisation = Organisation { id, kind, name, kana, phone, identifiers, active };
    let shape = OrganisationShape::from(&organisation);
    put_organisation(&app.hub, &app.sign_ins, by.into(), organisation).await?;
    Ok((StatusCode::CREATED, Json(shape)))
}

/// Replace what is known of an organisation. One that ends, or becomes another type, is never the last of the secretariat.
#[utoipa::path(
    put, path = "/api/v1/organisations/{id}", tag = "secretariat", request_body = OrganisationGiven,
    params(("id" = Uuid, Path, description = "The organisation")),
    responses(
        (status = 200, body = OrganisationShape),
        (status = 403, body = Problem, description = "Not the secretariat"),
        (status = 409, body = Problem, description = "Nobody would be left who acts for the secretariat"),
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
    let replacing = directory::replace_organisation(&app.hub, &app.sign_ins, by.into(), id, given.read()?);
    Ok(Json(OrganisationShape::from(&replacing.await?)))
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
    let directory::PersonGiven { name, positions, active, .. } = given.read()?;
    let id = PersonId(app.hub.region().draw_id());
    let person = Person { id, name, positions, active: active.unwrap_or(true) };
    let shape = PersonShape::from(&person);
    put_person(&app.hub, &app.sign_ins, by.into(), person).await?;
    Ok((StatusCode::CREATED, Json(shape)))
}

/// Replace what is known of a person. Sign-ins in a position that ends are over at once. The last person who acts for the
/// secretariat stays.
#[utoipa::path(
    put, path = "/api/v1/people/{id}", tag = "secretariat", request_body = PersonGiven,
    params(("id" = Uuid, Path, description = "The person")),
    responses(
        (status = 200, body = PersonShape),
        (status = 403, body = Problem, description = "Not the secretariat"),
        (
            status = 409, body = Problem,
            description = "Their positions are others by now, or nobody would be left who acts for the secretariat",
        ),
    ),
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
    let replacing = directory::replace_person(&app.hub, &app.sign_ins, by.into(), id, given.read()?);
    Ok(Json(PersonShape::from(&replacing.await?)))
}

/// End a person's work in the region: no sign-in and no open socket from this moment.
#[utoipa::path(
    post, path = "/api/v1/people/{id}/suspend", tag = "secretariat",
    params(("id" = Uuid, Path, description = "The person")),
    responses(
        (status = 204),
        (status = 403, body = Problem, description = "Not the secretariat"),
        (status = 409, body = Problem, description = "Nobody would be left who acts for the secretariat"),
    ),
)]
pub async fn suspend(State(app): State<App>, by: Secretariat, Id(id): Id<PersonId>) -> Result<StatusCode, Problem> {
    if !app.hub.region().directory().people.contains_key(&id) {
        return Err(Problem::not_found());
    }
    suspend_person(&app.hub, &app.sign_ins, by.into(), id).await?;
    Ok(StatusCode::NO_CONTENT)
}
