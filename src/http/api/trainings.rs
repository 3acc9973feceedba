//! `/api/v1/trainings`: which there were and who was there, as far as the one who asks may see; entered by the secretariat; and
//! who never was at one of a kind, also as a table.

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::actions::audit::export::csv_line;
use crate::actions::training::{self, Noted, TrainingError, TrainingGiven, TrainingSeen};
use crate::domain::directory::{Directory, Person};
use crate::domain::ids::{OrganisationId, PersonId, TrainingId};
use crate::domain::role::Role;
use crate::domain::text::{Invalid, Text};
use crate::domain::training::TrainingKind;
use crate::http::app::App;
use crate::http::authentication::Secretariat;
use crate::http::input::{self, Asked, Id, date};
use crate::http::problem::Problem;
use crate::http::shapes::{Name, PersonShape, Words};
use crate::hub::sessions::SignedIn;
use crate::wire;
use crate::wire::codes::Code;

/// Somebody at a training.
#[derive(Debug, Serialize, ToSchema)]
pub struct AttendanceShape {
    person: Uuid,
    name: Name,
    /// `expected`, `attended`, `absent`.
    state: &'static str,
    label: Words,
    /// Who wrote it down, and when.
    noted_by: Uuid,
    noted_at: String,
}

/// A training.
#[derive(Debug, Serialize, ToSchema)]
pub struct TrainingShape {
    id: Uuid,
    title: String,
    /// `rules`, `system`, `emergency`, `privacy`, `other`.
    kind: &'static str,
    kind_label: Words,
    #[schema(example = "2026-04-15")]
    day: String,
    is_cancelled: bool,
    /// Of those whom I may see.
    attendance: Vec<AttendanceShape>,
}

/// The latest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Trainings {
    trainings: Vec<TrainingShape>,
}

/// Those who were at none of a kind, by kana.
#[derive(Debug, Serialize, ToSchema)]
pub struct Missing {
    kind: &'static str,
    people: Vec<PersonShape>,
}

impl From<TrainingError> for Problem {
    fn from(error: TrainingError) -> Self {
        match error {
            TrainingError::Forbidden => {
                let detail = Text::fixed(
                    "事務局と事業所の管理者だけが見られます",
                    "for the secretariat and administrators of offices alone",
                );
                Self::saying(Code::Forbidden, detail)
            }
            TrainingError::NotFound => Self::not_found(),
            TrainingError::Full => {
                Self::saying(Code::Conflict, Text::fixed("研修が多すぎます", "there are too many trainings"))
            }
            TrainingError::Invalid(invalid) => invalid.into(),
            TrainingError::Store(error) => error.into(),
        }
    }
}

fn shape(directory: &Directory, seen: &TrainingSeen) -> TrainingShape {
    let TrainingSeen { training, attendance } = seen;
    let attendance = attendance.iter().filter_map(|one| {
        Some(AttendanceShape {
            person: one.person.0,
            name: Name::from(&directory.people.get(&one.person)?.name),
            state: one.state.code(),
            label: Words::from(&Text::fixed(one.state.ja(), one.state.en())),
            noted_by: one.noted_by.0,
            noted_at: one.noted_at.to_rfc3339(),
        })
    });
    TrainingShape {
        id: training.id.0,
        title: training.title.clone(),
        kind: training.kind.code(),
        kind_label: Words::from(&Text::fixed(training.kind.ja(), training.kind.en())),
        day: training.day.to_string(),
        is_cancelled: training.is_cancelled,
        attendance: attendance.collect(),
    }
}

/// Trainings and who was there: all, for the secretariat; my own, and those of my people where I look after an office.
#[utoipa::path(get, path = "/api/v1/trainings", tag = "trainings", responses((status = 200, body = Trainings)))]
pub async fn list(State(app): State<App>, by: SignedIn) -> Result<Json<Trainings>, Problem> {
    let directory = app.hub.region().directory();
    let seen = training::list(&app.hub, &by.actor).await?;
    Ok(Json(Trainings { trainings: seen.iter().map(|seen| shape(&directory, seen)).collect() }))
}

/// A training as the secretariat writes it down.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "title": "地域のルール説明会", "kind": "rules", "day": "2026-04-15" }))]
pub struct TrainingBody {
    title: String,
    /// `rules`, `system`, `emergency`, `privacy`, `other`.
    kind: String,
    day: String,
    #[serde(default)]
    is_cancelled: bool,
}

impl TrainingBody {
    fn read(self) -> Result<TrainingGiven, Invalid> {
        Ok(TrainingGiven {
            title: self.title.trim().to_owned(),
            kind: kind_from("kind", &self.kind)?,
            day: date("day", &self.day)?,
            is_cancelled: self.is_cancelled,
        })
    }
}

fn kind_from(field: &str, code: &str) -> Result<TrainingKind, Invalid> {
    let expected: Vec<&str> = TrainingKind::ALL.iter().map(|kind| kind.code()).collect();
    TrainingKind::from_code(code).ok_or_else(|| Invalid::unknown_code(field, code, &expected))
}

/// The id of what was written down.
#[derive(Debug, Serialize, ToSchema)]
pub struct Entered {
    id: Uuid,
}

/// Write a training down.
#[utoipa::path(
    post, path = "/api/v1/trainings", tag = "trainings", request_body = TrainingBody,
    responses((status = 201, body = Entered), (status = 403, body = Problem, description = "Not the secretariat")),
)]
pub async fn enter(
    State(app): State<App>,
    Secretariat(by): Secretariat,
    input::Json(given): input::Json<TrainingBody>,
) -> Result<(StatusCode, Json<Entered>), Problem> {
    let id = training::put(&app.hub, &by, None, given.read()?).await?;
    Ok((StatusCode::CREATED, Json(Entered { id: id.0 })))
}

/// Replace what is known of a training; one that was cancelled counts for nobody.
#[utoipa::path(
    put, path = "/api/v1/trainings/{id}", tag = "trainings", request_body = TrainingBody,
    params(("id" = Uuid, Path, description = "The training")),
    responses((status = 204), (status = 403, body = Problem, description = "Not the secretariat")),
)]
pub async fn change(
    State(app): State<App>,
    Secretariat(by): Secretariat,
    Id(id): Id<TrainingId>,
    input::Json(given): input::Json<TrainingBody>,
) -> Result<StatusCode, Problem> {
    training::put(&app.hub, &by, Some(id), given.read()?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Of whom what is noted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PersonNoted {
    /// Id.
    person: String,
    /// `expected`, `attended`, `absent`; `null`: they come off the list.
    state: Option<String>,
}

/// Who is expected, was there, or was not.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "people": [{ "person": "0190aaaa-0000-7000-8000-00000000000a", "state": "attended" }],
    "offices": ["0190aaaa-0000-7000-8000-000000000002"]
}))]
pub struct AttendanceGiven {
    #[serde(default)]
    people: Vec<PersonNoted>,
    /// Everybody who works at these offices comes on the list as expected.
    #[serde(default)]
    offices: Vec<String>,
}

impl AttendanceGiven {
    fn read(&self) -> Result<Noted, Invalid> {
        let mut noted = Noted::default();
        for (at, one) in self.people.iter().enumerate() {
            let within = |invalid: Invalid| invalid.within(format_args!("people[{at}]"));
            let person = wire::id("person", &one.person, PersonId).map_err(within)?;
            let state = one.state.as_deref().map(|code| wire::code("state", code)).transpose().map_err(within)?;
            noted.people.push((person, state));
        }
        for (at, office) in self.offices.iter().enumerate() {
            let id = wire::id("", office, OrganisationId);
            noted.offices.push(id.map_err(|invalid| invalid.within(format_args!("offices[{at}]")))?);
        }
        Ok(noted)
    }
}

/// Note who is expected at a training, was there, or was not.
#[utoipa::path(
    put, path = "/api/v1/trainings/{id}/attendance", tag = "trainings", request_body = AttendanceGiven,
    params(("id" = Uuid, Path, description = "The training")),
    responses((status = 204), (status = 403, body = Problem, description = "Not the secretariat")),
)]
pub async fn note_attendance(
    State(app): State<App>,
    Secretariat(by): Secretariat,
    Id(id): Id<TrainingId>,
    input::Json(given): input::Json<AttendanceGiven>,
) -> Result<StatusCode, Problem> {
    training::note_attendance(&app.hub, &by, id, given.read()?).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn without(app: &App, by: &SignedIn, mut asked: Asked) -> Result<(TrainingKind, Vec<Person>), Problem> {
    let kind = asked.take("kind").ok_or_else(|| Invalid::required("kind"))?;
    asked.finish()?;
    let kind = kind_from("kind", &kind)?;
    Ok((kind, training::list_without(&app.hub, &by.actor, kind).await?))
}

/// Who was never at a training of this kind: in the region, for the secretariat; of their own people, for an administrator.
#[utoipa::path(
    get, path = "/api/v1/trainings/missing", tag = "trainings",
    params(("kind" = String, Query, description = "`rules`, `system`, `emergency`, `privacy`, `other`")),
    responses((status = 200, body = Missing), (status = 403, body = Problem, description = "Looks after nobody")),
)]
pub async fn list_missing(State(app): State<App>, by: SignedIn, asked: Asked) -> Result<Json<Missing>, Problem> {
    let (kind, people) = without(&app, &by, asked).await?;
    Ok(Json(Missing { kind: kind.code(), people: people.iter().map(PersonShape::from).collect() }))
}

/// The same as a table: UTF-8 with a byte order mark, as spreadsheets expect it.
#[utoipa::path(
    get, path = "/api/v1/trainings/missing.csv", tag = "trainings",
    params(("kind" = String, Query, description = "`rules`, `system`, `emergency`, `privacy`, `other`")),
    responses(
        (status = 200, body = String, content_type = "text/csv"),
        (status = 403, body = Problem, description = "Looks after nobody"),
    ),
)]
pub async fn table_missing(State(app): State<App>, by: SignedIn, asked: Asked) -> Result<impl IntoResponse, Problem> {
    let (kind, people) = without(&app, &by, asked).await?;
    let table = table(&app.hub.region().directory(), kind, &people);
    Ok(([(header::CONTENT_TYPE, "text/csv; charset=utf-8")], table))
}

/// A row for each position of each person.
fn table(directory: &Directory, kind: TrainingKind, people: &[Person]) -> String {
    let head = csv_line(&["name", "kana", "organisation", "role", "without_training_of"]);
    let mut table = format!("\u{feff}{head}");
    for person in people {
        for position in &person.positions {
            let organisation = directory.organisations.get(&position.organisation);
            let organisation = organisation.map(|known| known.name.as_str()).unwrap_or_default();
            let role: Role = position.role;
            table.push_str(&csv_line(&[&person.name.kanji, &person.name.kana, organisation, role.ja(), kind.ja()]));
        }
    }
    table
}
