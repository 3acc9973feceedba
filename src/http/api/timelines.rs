//! `/api/v1/timelines/{id}`: reading and posting entries without a socket, dry runs, read markers.
//!
//! An intent, an entry and an answer are the messages of the socket in the proto3 JSON mapping, unchanged, so that
//! a client reads and writes them in one way; the pages and problems around them are plain REST.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::domain::entry::Intent;
use crate::domain::ids::{Seq, TimelineId};
use crate::domain::reading::ReadScope;
use crate::http::app::App;
use crate::http::authentication::Arrived;
use crate::http::input::{self, Asked, Id, JsonBytes};
use crate::http::problem::Problem;
use crate::hub::answer::Answer;
use crate::hub::published::Published;
use crate::hub::reading::Span;
use crate::hub::sessions::SignedIn;
use crate::limits;
use crate::session::answers::{dry_run_result, frame_of};
use crate::wire::codes::Code;
use crate::wire::{ServerFrame, rest};

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
    let sight = app.hub.look(actor, id, timeline, Seq::ZERO, Some(Seq::ZERO), ReadScope::Markers).await?;
    let sight = sight.ok_or_else(Problem::not_found)?;
    let knows_team = sight.view.knows_team();
    let markers = app.hub.read_markers(timeline).await?;
    let shape = |marker: &crate::hub::ReadMarker| ReadMarkerShape {
        person: marker.person.0,
        through: marker.seq.0,
        at: marker.read_at.to_rfc3339(),
    };
    let shown = markers.iter().filter(|marker| knows_team || marker.person == actor.person);
    Ok(Json(ReadMarkers { markers: shown.map(shape).collect() }))
}

/// Part of a timeline.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page {
    /// `renkei.v1.Entry` messages in the proto3 JSON mapping, in order, as far as I may see them.
    #[schema(example = json!([{
        "id": "0196d5a2-7c00-7000-8000-000000000001",
        "timeline": "0190cccc-0000-7000-8000-000000000001",
        "seq": "12",
        "recordedAtUs": "1775003400250000",
        "content": {
            "author": {
                "person": "0190bbbb-0000-7000-8000-000000000002", "role": "nurse",
                "organisation": "0190aaaa-0000-7000-8000-000000000002", "organisationType": "nursing_station"
            },
            "sensitivity": "normal",
            "body": { "note": { "text": "お変わりありません" } },
            "ruling": { "cited": ["FL-2@floor/1.0.0#3f0c2d9a81be"] }
        }
    }]))]
    entries: Vec<Value>,
    /// Everything up to here was read: what is not in `entries` is not for this reader. The next page's `after`.
    through: u64,
    /// Whether the timeline goes on after this page.
    more: bool,
}

/// Read a part of a timeline. Recorded as a read of what is asked for.
#[utoipa::path(
    get, path = "/api/v1/timelines/{id}/entries", tag = "timelines",
    params(
        ("id" = Uuid, Path, description = "The timeline, which is the patient's id"),
        ("after" = Option<u64>, Query, description = "The last `seq` the reader has; 0 from the beginning"),
        ("limit" = Option<u64>, Query, description = "Entries looked at, at most 256; 100 unless given"),
    ),
    responses((status = 200, body = Page)),
)]
pub async fn list_entries(
    State(app): State<App>,
    signed_in: SignedIn,
    Id(timeline): Id<TimelineId>,
    mut asked: Asked,
) -> Result<Json<Page>, Problem> {
    let after = Seq(asked.take_place("after")?.unwrap_or(0));
    let limit = asked.take_limit(limits::PAGE_ENTRIES_DEFAULT, limits::READER_PAGE_ENTRIES_MAX)?;
    asked.finish()?;
    let through = Seq(after.0.saturating_add(limit as u64));
    let SignedIn { id, actor, .. } = signed_in;
    let sight = app.hub.look(actor, id, timeline, after, Some(through), ReadScope::Entries).await?;
    let sight = sight.ok_or_else(Problem::not_found)?;
    let span = Span { after, through: sight.state.head };
    let page = app.hub.read_page(timeline, &sight.view, span, limit).await?;
    // Of an entry that points back, the kind of its target counts: whoever reads a value learns that it was taken back.
    let is_asked = |entry: &&Arc<Published>| {
        signed_in.scopes.is_none() || (entry.course.is_none() && signed_in.may_read(entry.scope.kind))
    };
    let entries = page.entries.iter().filter(is_asked).map(|entry| rest::entry(&entry.encoded)).collect();
    Ok(Json(Page { entries, through: page.through.0, more: page.more }))
}

/// A post: the message `renkei.v1.Intent` in the proto3 JSON mapping, as in `post.intent` on a socket. `body` has
/// exactly one member, named as the kind.
#[derive(Debug, ToSchema)]
#[schema(example = json!({
    "id": "0196d5a2-7c00-7000-8000-000000000001",
    "observedAtUs": "1775003400000000",
    "body": { "vital": { "measurements": [{ "sign": "spo2", "value": "96", "unit": "%" }] } }
}))]
#[expect(dead_code, reason = "describes the body for the document; `wire` reads it")]
pub struct IntentShape {
    /// UUIDv7 made by the client and kept for every resend: the same id again gets the first answer.
    id: Uuid,
    /// May be left out: the URL says it.
    timeline: Option<Uuid>,
    /// When it was observed, by the device's clock, in microseconds since 1970.
    #[schema(rename = "observedAtUs")]
    observed_at_us: Option<String>,
    /// `normal` (also when missing), `restricted`.
    sensitivity: Option<String>,
    /// Besides those who see it anyway.
    #[schema(rename = "addressedTo")]
    addressed_to: Option<Vec<Value>>,
    /// As `renkei.v1.Body`.
    #[schema(value_type = Object)]
    body: Value,
    /// For whom it is written, where not for the author: somebody of this patient's team or of the author's own organisation.
    #[schema(rename = "onBehalfOf")]
    on_behalf_of: Option<OnBehalfOfShape>,
}

/// Somebody in one of their roles.
#[derive(Debug, ToSchema)]
#[schema(example = json!({
    "person": "0190bbbb-0000-7000-8000-000000000003", "role": "helper",
    "organisation": "0190aaaa-0000-7000-8000-000000000003"
}))]
#[expect(dead_code, reason = "describes a part of the body for the document; `wire` reads it")]
pub struct OnBehalfOfShape {
    person: Uuid,
    /// As in `renkei.v1.Actor`.
    role: String,
    organisation: Uuid,
}

/// Post an entry. Once under one id, however often it is sent.
#[utoipa::path(
    post, path = "/api/v1/timelines/{id}/entries", tag = "timelines", request_body = IntentShape,
    params(("id" = Uuid, Path, description = "The timeline, which is the patient's id")),
    responses(
        (status = 201, body = Object, description = "`renkei.v1.Accepted`: the entry is durable"),
        (status = 200, body = Object, description = "`renkei.v1.Accepted` with `repeated`: the first answer again"),
        (status = 202, body = Object, description = "`renkei.v1.Queued`: an observation that waits for a link"),
        (status = 403, body = Problem, description = "The rules refuse; `cited` says which"),
        (status = 409, body = Problem, description = "The same id with other content"),
    ),
)]
pub async fn post_entry(
    State(app): State<App>,
    Arrived(signed_in): Arrived,
    Id(timeline): Id<TimelineId>,
    JsonBytes(bytes): JsonBytes,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let intent = read_intent(&app, &signed_in, timeline, &bytes).map_err(|problem| *problem)?;
    let answer = app.hub.post_and_wait(&signed_in, intent).await;
    let status = match &answer {
        Answer::Refused(refused) => return Err(refused.clone().into()),
        Answer::Accepted(accepted) if accepted.repeated => StatusCode::OK,
        Answer::Accepted(_) => StatusCode::CREATED,
        Answer::Queued(_) => StatusCode::ACCEPTED,
    };
    Ok((status, Json(rest::content_of(&frame_of(app.hub.region(), answer)))))
}

/// Reads a post. Whoever has to pledge first may post their pledge and nothing else.
fn read_intent(app: &App, by: &SignedIn, timeline: TimelineId, bytes: &[u8]) -> Result<Intent, Box<Problem>> {
    let held = app.hub.region().held_back(by);
    match (rest::read_intent(timeline, bytes), held) {
        (Ok(intent), Some(held)) if !held.lets_through(&intent) => Err(Box::new(held.into())),
        (Err(_), Some(held)) => Err(Box::new(held.into())),
        (Ok(intent), _) if !by.may_post(intent.body.kind()) => Err(Box::new(Problem::of(Code::InsufficientScope))),
        (read, _) => read.map_err(|error| Box::new(error.into())),
    }
}

/// What would this post cause? Nothing is stored.
#[utoipa::path(
    post, path = "/api/v1/timelines/{id}/dry-run", tag = "timelines", request_body = IntentShape,
    params(("id" = Uuid, Path, description = "The timeline, which is the patient's id")),
    responses((status = 200, body = Object, description = "`renkei.v1.DryRunResult`, a refusal too")),
)]
pub async fn dry_run(
    State(app): State<App>,
    Arrived(signed_in): Arrived,
    Id(timeline): Id<TimelineId>,
    JsonBytes(bytes): JsonBytes,
) -> Result<Json<Value>, Problem> {
    let intent = read_intent(&app, &signed_in, timeline, &bytes).map_err(|problem| *problem)?;
    let decision = app.hub.dry_run(signed_in.actor, intent.clone()).await?;
    let result = dry_run_result(app.hub.region(), &intent, decision);
    Ok(Json(rest::content_of(&ServerFrame::DryRunResult(result))))
}

/// How far I have read.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "through": 12 }))]
pub struct MarkShape {
    through: u64,
}

/// Tell the team how far I have read. Never goes back.
#[utoipa::path(
    put, path = "/api/v1/timelines/{id}/read-marker", tag = "timelines", request_body = MarkShape,
    params(("id" = Uuid, Path, description = "The timeline, which is the patient's id")),
    responses((status = 204)),
)]
pub async fn mark_read(
    State(app): State<App>,
    signed_in: SignedIn,
    Id(timeline): Id<TimelineId>,
    input::Json(mark): input::Json<MarkShape>,
) -> Result<StatusCode, Problem> {
    let is_readable = app.hub.mark_read_and_wait(signed_in.actor, timeline, Seq(mark.through)).await?;
    if is_readable { Ok(StatusCode::NO_CONTENT) } else { Err(Problem::not_found()) }
}
