//! `POST /api/v1/patients` and what the secretariat or a host posts about one: consent, links, unlinks. Each is an
//! entry on the patient's timeline, judged by the rules like any other.

use axum::Json as Answered;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::actions::registering::{NewPatient, register};
use crate::domain::body::Body;
use crate::domain::entry::{Intent, Sensitivity};
use crate::domain::ids::{EntryId, OrganisationId, PatientId, PersonId};
use crate::domain::patient::Registration;
use crate::domain::team::{ConsentChange, History, TeamLink, TeamUnlink};
use crate::domain::text::{Invalid, Text};
use crate::domain::time::Timestamp;
use crate::http::app::App;
use crate::http::input::{Id, Json};
use crate::http::problem::Problem;
use crate::http::shapes::{Name, Number};
use crate::hub::answer::{Accepted, Answer, Refused};
use crate::hub::sessions::SignedIn;
use crate::wire;
use crate::wire::codes::Code;

/// Somebody to register.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "request_id": "0196d5a2-7c00-7000-8000-000000000001",
    "name": { "kanji": "高橋 ハル", "kana": "タカハシ ハル" },
    "birth_date": "1938-04-12",
    "sex": "female",
    "identifiers": [{ "system": "urn:oid:1.2.392.100495.20.3.51.11310000001", "value": "12345" }],
    "host": { "organisation": "0190aaaa-0000-7000-8000-000000000001" },
    "consent": { "state": "team", "given_by": "patient", "given_on": "2026-04-01", "document": "同意書 12-034" }
}))]
pub struct NewPatientShape {
    /// A UUID made by the client and kept for every resend: the same request registers nobody twice.
    request_id: Option<String>,
    name: Name,
    /// From 1870 to today.
    birth_date: String,
    /// `male`, `female`, `other`, `unknown`.
    sex: String,
    #[serde(default)]
    identifiers: Vec<Number>,
    /// The first organisation of the team, which looks after it from then on.
    host: Option<HostShape>,
    consent: Option<ConsentShape>,
}

/// The first organisation of a team.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HostShape {
    /// Id.
    organisation: String,
    /// Ids; none: everybody of the organisation.
    #[serde(default)]
    people: Vec<String>,
}

/// What the patient agreed to share.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "state": "team", "given_by": "patient", "given_on": "2026-04-01", "document": "同意書 12-034" }))]
pub struct ConsentShape {
    /// UUIDv7 made by the client and kept for every resend.
    id: Option<String>,
    /// `none`, `team`, `withdrawn`.
    state: String,
    /// `patient`, `proxy`.
    given_by: String,
    /// Date.
    given_on: String,
    /// Where the signed form is kept.
    #[serde(default)]
    document: String,
}

/// An organisation, or some of its people, joins the team.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "organisation": "0190aaaa-0000-7000-8000-000000000002", "history": "all" }))]
pub struct NewLinkShape {
    /// UUIDv7 made by the client and kept for every resend.
    id: Option<String>,
    /// Id.
    organisation: String,
    /// Ids; none: everybody of the organisation.
    #[serde(default)]
    people: Vec<String>,
    /// Whether it looks after the team from now on.
    #[serde(default)]
    host: bool,
    /// How much of the past it opens: `all`, `from` (then `history_from`), `nothing`.
    history: String,
    /// RFC 3339.
    history_from: Option<String>,
}

/// An organisation, or some of its people, leaves the team.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "organisation": "0190aaaa-0000-7000-8000-000000000002", "reason": "転居のため" }))]
pub struct UnlinkShape {
    /// UUIDv7 made by the client and kept for every resend.
    id: Option<String>,
    /// Id.
    organisation: String,
    /// Ids; none: the whole organisation.
    #[serde(default)]
    people: Vec<String>,
    #[serde(default)]
    reason: String,
}

/// An entry that was recorded.
#[derive(Debug, Serialize, ToSchema)]
pub struct Recorded {
    id: Uuid,
    seq: u64,
    #[schema(example = "2026-04-01T00:30:00Z")]
    recorded_at: String,
    /// The rules by which it was accepted.
    #[schema(example = json!(["FL-7@floor/1.0.0#3f0c2d9a81be"]))]
    cited: Vec<String>,
    /// The id had been accepted before: this is the first answer again.
    repeated: bool,
}

impl From<&Accepted> for Recorded {
    fn from(accepted: &Accepted) -> Self {
        Self {
            id: accepted.id.0,
            seq: accepted.seq.0,
            recorded_at: accepted.recorded_at.to_rfc3339(),
            cited: accepted.ruling.cited.iter().map(ToString::to_string).collect(),
            repeated: accepted.repeated,
        }
    }
}

/// A registered patient.
#[derive(Debug, Serialize, ToSchema)]
pub struct Registered {
    /// The patient, and the patient's timeline.
    id: Uuid,
    /// Registration, first link and consent, as far as they were asked for.
    entries: Vec<Recorded>,
}

/// Register a patient, with the first link and the consent if given: all of it or nothing.
#[utoipa::path(
    post, path = "/api/v1/patients", tag = "patients", request_body = NewPatientShape,
    responses(
        (status = 201, body = Registered),
        (status = 200, body = Registered, description = "The same request again"),
        (status = 403, body = Problem, description = "The rules refuse; `cited` says which"),
        (status = 409, body = Problem, description = "The same request_id with another patient"),
    ),
)]
pub async fn register_patient(
    State(app): State<App>,
    signed_in: SignedIn,
    Json(shape): Json<NewPatientShape>,
) -> Result<(StatusCode, Answered<Registered>), Problem> {
    let registered = register(&app.hub, signed_in.actor, shape.read()?).await?;
    let entries: Vec<Recorded> = registered.entries.iter().map(Recorded::from).collect();
    let status = status_of(entries.iter().all(|entry| entry.repeated));
    Ok((status, Answered(Registered { id: registered.patient.0, entries })))
}

/// Record what the patient agreed to, or that they took it back.
#[utoipa::path(
    post, path = "/api/v1/patients/{id}/consent", tag = "patients", request_body = ConsentShape,
    params(("id" = Uuid, Path, description = "The patient")),
    responses(
        (status = 201, body = Recorded), (status = 200, body = Recorded, description = "The same id again"),
        (status = 403, body = Problem, description = "The rules refuse; `cited` says which"),
        (status = 409, body = Problem, description = "The same id with other content"),
    ),
)]
pub async fn record_consent(
    State(app): State<App>,
    signed_in: SignedIn,
    Id(patient): Id<PatientId>,
    Json(shape): Json<ConsentShape>,
) -> Result<(StatusCode, Answered<Recorded>), Problem> {
    let (id, consent) = (shape.id.clone(), shape.read()?);
    record(&app, signed_in, patient, id, Body::Consent(consent)).await
}

/// Link an organisation to the patient's team (紐付け).
#[utoipa::path(
    post, path = "/api/v1/patients/{id}/links", tag = "patients", request_body = NewLinkShape,
    params(("id" = Uuid, Path, description = "The patient")),
    responses(
        (status = 201, body = Recorded), (status = 200, body = Recorded, description = "The same id again"),
        (status = 403, body = Problem, description = "The rules refuse; `cited` says which"),
        (status = 409, body = Problem, description = "The same id with other content"),
    ),
)]
pub async fn link(
    State(app): State<App>,
    signed_in: SignedIn,
    Id(patient): Id<PatientId>,
    Json(shape): Json<NewLinkShape>,
) -> Result<(StatusCode, Answered<Recorded>), Problem> {
    let (id, link) = (shape.id.clone(), shape.read()?);
    record(&app, signed_in, patient, id, Body::TeamLink(link)).await
}

/// End a link. What the organisation wrote stays its own.
#[utoipa::path(
    post, path = "/api/v1/patients/{id}/unlinks", tag = "patients", request_body = UnlinkShape,
    params(("id" = Uuid, Path, description = "The patient")),
    responses(
        (status = 201, body = Recorded), (status = 200, body = Recorded, description = "The same id again"),
        (status = 403, body = Problem, description = "The rules refuse; `cited` says which"),
        (status = 409, body = Problem, description = "The same id with other content"),
    ),
)]
pub async fn unlink(
    State(app): State<App>,
    signed_in: SignedIn,
    Id(patient): Id<PatientId>,
    Json(shape): Json<UnlinkShape>,
) -> Result<(StatusCode, Answered<Recorded>), Problem> {
    let UnlinkShape { id, organisation, people, reason } = shape;
    let organisation = wire::id("organisation", &organisation, OrganisationId)?;
    let unlink = TeamUnlink { organisation, people: read_people(&people)?, reason };
    record(&app, signed_in, patient, id, Body::TeamUnlink(unlink)).await
}

async fn record(
    app: &App,
    signed_in: SignedIn,
    patient: PatientId,
    id: Option<String>,
    body: Body,
) -> Result<(StatusCode, Answered<Recorded>), Problem> {
    let kind = body.kind();
    let id = match id {
        Some(given) => wire::id("id", &given, EntryId)?,
        None => EntryId(app.hub.region().draw_id()),
    };
    let (sensitivity, addressed_to) = (Sensitivity::Normal, Vec::new());
    let intent = Intent { id, timeline: patient.into(), observed_at: None, sensitivity, addressed_to, body };
    match app.hub.post_and_wait(signed_in.actor, intent).await {
        Answer::Accepted(accepted) => Ok((status_of(accepted.repeated), Answered(Recorded::from(&accepted)))),
        Answer::Refused(mut refused) => {
            // The request is the body itself: its fields have no names around them.
            for outer in ["body.", kind.code(), "."] {
                refused.field =
                    refused.field.map(|field| field.strip_prefix(outer).map(str::to_owned).unwrap_or(field));
            }
            Err(refused.into())
        }
        // Administrative kinds never wait for a link.
        Answer::Queued(queued) => Err(Refused::not_found(queued.id).into()),
    }
}

const fn status_of(repeated: bool) -> StatusCode {
    if repeated { StatusCode::OK } else { StatusCode::CREATED }
}

impl NewPatientShape {
    fn read(self) -> Result<NewPatient, Invalid> {
        let request = self.request_id.map(|given| wire::id("request_id", &given, |id| id)).transpose()?;
        let host = self.host.map(HostShape::read).transpose().map_err(|invalid| invalid.within("host"))?;
        let consent = self.consent.map(ConsentShape::read).transpose().map_err(|invalid| invalid.within("consent"))?;
        let registration = Registration {
            name: self.name.into(),
            birth_date: wire::date("birth_date", &self.birth_date)?,
            sex: wire::code("sex", &self.sex)?,
            identifiers: Number::into_list(self.identifiers),
            in_facility: false,
            agreed_by: None,
            attachments: Vec::new(),
        };
        Ok(NewPatient { request, registration, host, consent })
    }
}

impl HostShape {
    fn read(self) -> Result<(OrganisationId, Vec<PersonId>), Invalid> {
        Ok((wire::id("organisation", &self.organisation, OrganisationId)?, read_people(&self.people)?))
    }
}

impl ConsentShape {
    fn read(self) -> Result<ConsentChange, Invalid> {
        Ok(ConsentChange {
            state: wire::code("state", &self.state)?,
            given_by: wire::code("given_by", &self.given_by)?,
            given_on: wire::date("given_on", &self.given_on)?,
            document: self.document,
            one_doctor_wished: false,
            attachments: Vec::new(),
        })
    }
}

impl NewLinkShape {
    fn read(self) -> Result<TeamLink, Invalid> {
        let organisation = wire::id("organisation", &self.organisation, OrganisationId)?;
        let history = match (self.history.as_str(), self.history_from) {
            ("all", None) => History::All,
            ("nothing", None) => History::Nothing,
            ("from", Some(from)) => History::From(read_moment("history_from", &from)?),
            ("from", None) => return Err(Invalid::required("history_from")),
            ("all" | "nothing", Some(_)) => {
                return Err(Invalid::new("history_from", Code::Unexpected.code(), Code::Unexpected.text()));
            }
            (given, _) => return Err(Invalid::unknown_code("history", given, &["all", "from", "nothing"])),
        };
        Ok(TeamLink {
            organisation,
            people: read_people(&self.people)?,
            host: self.host,
            history,
            relation_confirmed: false,
        })
    }
}

fn read_people(given: &[String]) -> Result<Vec<PersonId>, Invalid> {
    let read = |(at, given): (usize, &String)| {
        wire::id("", given, PersonId).map_err(|invalid| invalid.within(format_args!("people[{at}]")))
    };
    given.iter().enumerate().map(read).collect()
}

fn read_moment(field: &str, given: &str) -> Result<Timestamp, Invalid> {
    let expected = Text::fixed(
        "日時（例: 2026-04-01T09:30:00+09:00）ではありません",
        "a moment such as 2026-04-01T09:30:00+09:00 is expected",
    );
    Timestamp::from_rfc3339(given).map_err(|_| Invalid::new(field, Code::BadDate.code(), expected))
}
