//! `/api/v1/exports` and `/api/v1/patients/{id}/exports`: requests to take records out as they stand, and taking one out. Asking
//! is a post on the timeline of one's organisation, permitting it an acknowledgement; neither has a route of its own.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;
use utoipa::ToSchema;
use uuid::Uuid;

use super::patients::Card;
use crate::actions::export::{NotTaken, Request, RequestState, Taking, Wish};
use crate::config::Language;
use crate::domain::ids::{EntryId, PatientId, TimelineId};
use crate::domain::reading::ReadScope;
use crate::domain::role::Role;
use crate::domain::text::Invalid;
use crate::domain::time::Timestamp;
use crate::http::app::App;
use crate::http::input::{self, Id};
use crate::http::names;
use crate::http::problem::Problem;
use crate::hub::sessions::SignedIn;
use crate::limits;
use crate::wire::codes::Code;

impl From<NotTaken> for Problem {
    fn from(error: NotTaken) -> Self {
        match error {
            NotTaken::NotFound => Self::not_found(),
            NotTaken::Overloaded => Self::of(Code::Overloaded),
            NotTaken::Invalid(invalid) => invalid.into(),
            NotTaken::Refused(refused) => (*refused).into(),
            NotTaken::Look(error) => error.into(),
            NotTaken::Store(error) => error.into(),
        }
    }
}

/// Requests to take records out, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Requests {
    requests: Vec<RequestShape>,
    /// For the secretariat: the patients whom requests name that wait for it.
    patients: Vec<Card>,
}

/// A request, and how it stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct RequestShape {
    /// Of its entry, on the timeline of `organisation`. The secretariat permits it by acknowledging this entry, and declines the
    /// duty that it opened.
    id: Uuid,
    organisation: Uuid,
    by: Uuid,
    #[schema(example = "2026-04-01T00:30:00Z")]
    asked_at: String,
    purpose: String,
    scope: String,
    patients: Vec<Uuid>,
    de_identified: bool,
    /// `waiting`, `permitted`, `declined`, `expired`, `taken`.
    #[schema(example = "permitted")]
    state: &'static str,
    permitted_by: Option<Uuid>,
    /// Until when the permission can be used.
    until: Option<String>,
    /// By which the secretariat still owes an answer, where the rules opened one.
    duty: Option<Uuid>,
}

impl From<Request> for RequestShape {
    fn from(request: Request) -> Self {
        Self {
            id: request.id.0,
            organisation: request.organisation.0,
            by: request.by.0,
            asked_at: request.asked_at.to_rfc3339(),
            purpose: request.purpose,
            scope: request.scope,
            patients: request.patients.iter().map(|patient| patient.0).collect(),
            de_identified: request.de_identified,
            state: request.state.code(),
            permitted_by: request.permitted_by.map(|person| person.0),
            until: request.until.map(Timestamp::to_rfc3339),
            duty: request.duty.map(|duty| duty.0),
        }
    }
}

/// My requests to take records out, for the organisation that I act for; for the secretariat, everybody's. Recorded as a read
/// of those organisations, and of the cards of patients that are shown.
#[utoipa::path(get, path = "/api/v1/exports", tag = "patients", responses((status = 200, body = Requests)))]
pub async fn list(State(app): State<App>, signed_in: SignedIn) -> Result<Json<Requests>, Problem> {
    let requests = app.exports.requests(&signed_in).await?;
    let mut named: Vec<TimelineId> = Vec::new();
    if signed_in.actor.role == Role::Secretariat {
        let waiting = requests.iter().filter(|request| request.state == RequestState::Waiting);
        named = waiting.flat_map(|request| &request.patients).map(|patient| TimelineId::from(*patient)).collect();
        named.sort_unstable();
        named.dedup();
        named.truncate(limits::EXPORT_CARDS_MAX);
    }
    let sights = app.hub.look_at_cards(signed_in.actor, signed_in.id, named, ReadScope::Card).await?;
    let patients = sights.iter().filter_map(Card::of).collect();
    Ok(Json(Requests { requests: requests.into_iter().map(RequestShape::from).collect(), patients }))
}

/// What is taken out.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "id": "0196d5a2-7c00-7000-8000-000000000002", "request": "0196d5a2-7c00-7000-8000-000000000001",
}))]
pub struct WishShape {
    /// UUIDv7 made by the client: of the entry that says that the record is taken out. The same id again, within a quarter of an
    /// hour, goes on with the same taking: for a download that broke off.
    id: String,
    /// The request of mine that was permitted. Left out, `purpose` and `scope` are needed, and the rules say whether it goes so.
    request: Option<String>,
    purpose: Option<String>,
    scope: Option<String>,
    /// Of the page for print: `ja` (also when missing), `en`.
    language: Option<String>,
}

impl WishShape {
    fn read(self) -> Result<Wish, Invalid> {
        let id = |field: &str, given: &str| {
            let read = given.parse::<EntryId>().ok().filter(|id| !id.0.is_nil());
            read.ok_or_else(|| Invalid::new(field, Code::BadId.code(), Code::BadId.text()))
        };
        let language = match self.language.as_deref() {
            None | Some("ja") => Language::Ja,
            Some("en") => Language::En,
            Some(other) => return Err(Invalid::unknown_code("language", other, &["ja", "en"])),
        };
        let has_request = self.request.is_some();
        for (field, given) in [("purpose", &self.purpose), ("scope", &self.scope)] {
            if has_request && given.is_some() {
                return Err(Invalid::new(field, Code::Unexpected.code(), Code::Unexpected.text()));
            }
        }
        Ok(Wish {
            id: id("id", &self.id)?,
            request: self.request.map(|request| id("request", &request)).transpose()?,
            purpose: self.purpose.unwrap_or_default(),
            scope: self.scope.unwrap_or_default(),
            language,
        })
    }
}

/// Take a patient's record out, as far as I may see it: a page for print, the same as JSON, and every file, in one ZIP. Records
/// an entry of the kind `export` on the timeline of my organisation, which the rules judge: where they ask for a permission,
/// `request` names it, and it counts once.
#[utoipa::path(
    post, path = "/api/v1/patients/{id}/exports", tag = "patients", request_body = WishShape,
    params(("id" = Uuid, Path, description = "The patient")),
    responses(
        (status = 200, body = Vec<u8>, content_type = "application/zip", description = "Without its end it is not whole"),
        (status = 403, body = Problem, description = "The rules refuse it; `cited` says which"),
        (status = 409, body = Problem, description = "The same id with other content"),
        (status = 422, body = Problem, description = "Held by the rules (`held`), no such request of mine (`not_found`), or its time is over (`ended`)"),
    ),
)]
pub async fn take(
    State(app): State<App>,
    signed_in: SignedIn,
    Id(patient): Id<PatientId>,
    input::Json(shape): input::Json<WishShape>,
) -> Result<Response, Problem> {
    let taking = app.exports.begin(signed_in, patient, shape.read()?).await?;
    // No name of a patient stands in a name that the device's list of downloads keeps.
    let title = format!("renkei-record-{}", app.hub.region().date_at(taking.at()));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/zip")),
        (header::CONTENT_DISPOSITION, ascii(&names::disposition(false, &title, "zip"))),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    ];
    Ok((headers, handed_out(taking)).into_response())
}

fn ascii(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).expect("percent-encoded names are ASCII")
}

fn handed_out(taking: Taking) -> Body {
    let (pieces, taken) = mpsc::channel(limits::EXPORT_PIECES_WAITING_MAX);
    tokio::spawn(taking.hand_out(pieces));
    Body::from_stream(stream::unfold(taken, async |mut taken| taken.recv().await.map(|piece| (piece, taken))))
}
