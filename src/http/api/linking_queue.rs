//! `/api/v1/linking-queue`: who waits to be linked to which patient, never what they wrote; and dismissing what will
//! never be linked.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::patients::Card;
use crate::actions::linking_queue;
use crate::domain::ids::EntryId;
use crate::http::app::App;
use crate::http::authentication::Secretariat;
use crate::http::input::{self, Id};
use crate::http::problem::Problem;

/// The oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct LinkingQueue {
    waiting: Vec<WaitingShape>,
}

/// A post that waits until its author is linked to the patient.
#[derive(Debug, Serialize, ToSchema)]
pub struct WaitingShape {
    /// The post's id.
    id: Uuid,
    /// The timeline it is for.
    timeline: Uuid,
    /// `null`: no patient of this id is registered.
    patient: Option<Card>,
    person: Uuid,
    #[schema(example = "nurse")]
    role: &'static str,
    organisation: Uuid,
    #[schema(example = "2026-04-01T00:30:00Z")]
    received_at: String,
}

/// Who waits for a link.
#[utoipa::path(
    get, path = "/api/v1/linking-queue", tag = "secretariat",
    responses((status = 200, body = LinkingQueue), (status = 403, body = Problem, description = "Not the secretariat")),
)]
pub async fn list(State(app): State<App>, Secretariat(signed_in): Secretariat) -> Result<Json<LinkingQueue>, Problem> {
    let (waiting, sights) = linking_queue::list(&app.hub, &signed_in).await?;
    let shape = |waiting: linking_queue::Waiting| WaitingShape {
        id: waiting.id.0,
        timeline: waiting.timeline.0,
        patient: sights.get(&waiting.timeline).and_then(Card::of),
        person: waiting.author.person.0,
        role: waiting.author.role.code(),
        organisation: waiting.author.organisation.0,
        received_at: waiting.received_at.to_rfc3339(),
    };
    Ok(Json(LinkingQueue { waiting: waiting.into_iter().map(shape).collect() }))
}

/// Why a post is dismissed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "reason": "宛先の取り違え。書いた人に確認済み" }))]
pub struct Dismissal {
    /// Kept in the audit log; the author is not told it.
    reason: String,
}

/// Take a post out of the queue for good. It becomes no entry; its author is told when sending it again.
#[utoipa::path(
    post, path = "/api/v1/linking-queue/{id}/dismiss", tag = "secretariat", request_body = Dismissal,
    params(("id" = Uuid, Path, description = "The post that waits")),
    responses((status = 204), (status = 403, body = Problem, description = "Not the secretariat")),
)]
pub async fn dismiss(
    State(app): State<App>,
    Secretariat(signed_in): Secretariat,
    Id(id): Id<EntryId>,
    input::Json(given): input::Json<Dismissal>,
) -> Result<StatusCode, Problem> {
    linking_queue::dismiss(&app.hub, (&signed_in).into(), id, given.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}
