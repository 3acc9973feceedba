//! `/api/v1/timelines/{id}`: reading and posting entries without a socket, dry runs, read markers.
//!
//! An intent, an entry and an answer are the messages of the socket in the proto3 JSON mapping, unchanged, so that
//! a client reads and writes them in one way; the pages and problems around them are plain REST.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::domain::ids::{Seq, TimelineId};
use crate::domain::kind::Kind;
use crate::http::app::App;
use crate::http::input::Id;
use crate::http::problem::Problem;
use crate::hub::sessions::SignedIn;

/// How far people have read.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReadMarkers {
    markers: Vec<ReadMarkerShape>,
}

/// A person has read the timeline up to and including `through`.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReadMarkerShape {
    person: Uuid,
    through: u64,
    #[schema(example = "2026-04-01T00:30:00Z")]
    at: String,
}

/// Who has read how far. A reader who may not know the team sees only their own marker.
#[utoipa::path(
    get, path = "/api/v1/timelines/{id}/read-markers", tag = "timelines",
    params(("id" = Uuid, Path, description = "The timeline, which is the patient's id")),
    responses((status = 200, body = ReadMarkers)),
)]
pub async fn list_read_markers(
    State(app): State<App>,
    signed_in: SignedIn,
    Id(timeline): Id<TimelineId>,
) -> Result<Json<ReadMarkers>, Problem> {
    let SignedIn { id, actor, .. } = signed_in;
    let sight = app.hub.look(actor, id, timeline, Seq::ZERO, Some(Seq::ZERO)).await?;
    let sight = sight.ok_or_else(Problem::not_found)?;
    let knows_team = sight.view.shows_state_of(Kind::TeamLink);
    let markers = app.hub.read_markers(timeline).await?;
    let shape = |marker: &crate::hub::ReadMarker| ReadMarkerShape {
        person: marker.person.0,
        through: marker.seq.0,
        at: marker.read_at.to_rfc3339(),
    };
    let shown = markers.iter().filter(|marker| knows_team || marker.person == actor.person);
    Ok(Json(ReadMarkers { markers: shown.map(shape).collect() }))
}
