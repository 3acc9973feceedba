//! `POST /api/v1/patients` and what the secretariat or a host posts about one: consent, links, unlinks. Each is an
//! entry on the patient's timeline, judged by the rules like any other.

mod reading;
mod shapes;

use axum::Json as Answered;
use axum::extract::State;
use axum::http::StatusCode;

use self::reading::read_id;
pub use self::shapes::{ConsentShape, NewLinkShape, NewPatientShape, Recorded, Registered, UnlinkShape};
use crate::actions::registering::register;
use crate::domain::body::Body;
use crate::domain::entry::{Intent, Sensitivity};
use crate::domain::ids::{EntryId, PatientId};
use crate::http::app::App;
use crate::http::input::{Id, Json};
use crate::http::problem::Problem;
use crate::hub::answer::{Answer, Refused};
use crate::hub::sessions::SignedIn;

/// Register a patient, with the first link and the consent if given: all of it or nothing.
#[utoipa::path(
    post, path = "/api/v1/patients", tag = "patients", request_body = NewPatientShape,
    responses(
        (status = 201, body = Registered),
        (status = 200, body = Registered, description = "The same request again"),
        (status = 403, body = Problem, description = "The rules refuse; `cited` says which"),
        (status = 404, body = Problem, description = "Such a patient is hidden from the one who asks, who may not register them"),
        (status = 409, body = Problem, description = "The same request_id with another patient"),
    ),
)]
pub async fn register_patient(
    State(app): State<App>,
    signed_in: SignedIn,
    Json(shape): Json<NewPatientShape>,
) -> Result<(StatusCode, Answered<Registered>), Problem> {
    let registered = register(&app.hub, &signed_in, shape.read()?).await?;
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
    let (id, consent) = (read_id(shape.id.as_deref())?, shape.read()?);
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
    let (id, link) = (read_id(shape.id.as_deref())?, shape.read()?);
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
    let (id, unlink) = (read_id(shape.id.as_deref())?, shape.read()?);
    record(&app, signed_in, patient, id, Body::TeamUnlink(unlink)).await
}

async fn record(
    app: &App,
    signed_in: SignedIn,
    patient: PatientId,
    id: Option<EntryId>,
    body: Body,
) -> Result<(StatusCode, Answered<Recorded>), Problem> {
    let kind = body.kind();
    let id = id.unwrap_or_else(|| EntryId(app.hub.region().draw_id()));
    let (sensitivity, addressed_to) = (Sensitivity::Normal, Vec::new());
    let intent = Intent {
        id,
        timeline: patient.into(),
        observed_at: None,
        sensitivity,
        addressed_to,
        body,
        reasons: Vec::new(),
        on_behalf_of: None,
    };
    match app.hub.post_and_wait(&signed_in, intent).await {
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
