//! `/api/v1/quarantine`: posts in envelopes, handed in by devices whose sign-in has ended, and released by their authors.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::actions::quarantine::{HandedIn, QuarantineError};
use crate::domain::ids::EntryId;
use crate::http::app::App;
use crate::http::authentication::Peer;
use crate::http::input::{self, Id};
use crate::http::problem::Problem;
use crate::hub::answer::Answer;
use crate::hub::sessions::SignedIn;
use crate::wire::codes::Code;

/// What envelopes are sealed to: HPKE (RFC 9180, base mode) with DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM.
#[derive(Debug, Serialize, ToSchema)]
pub struct EnvelopeKeyShape {
    /// What the key is called; `info` is `renkei quarantine ` and this.
    id: String,
    /// An uncompressed point, in base64url.
    public_key: String,
}

/// What envelopes are sealed to now.
#[utoipa::path(get, path = "/api/v1/quarantine/key", tag = "quarantine", responses((status = 200, body = EnvelopeKeyShape)))]
pub async fn show_key(State(app): State<App>) -> Result<Json<EnvelopeKeyShape>, Problem> {
    let (id, public_key) = app.quarantine.key().await?;
    Ok(Json(EnvelopeKeyShape { id, public_key }))
}

/// Goes into envelopes, so that the hub knows whose they are.
#[derive(Debug, Serialize, ToSchema)]
pub struct PassShape {
    pass: String,
}

/// A pass for the envelopes of this sign-in. It opens nothing.
#[utoipa::path(get, path = "/api/v1/me/quarantine-pass", tag = "quarantine", responses((status = 200, body = PassShape)))]
pub async fn show_pass(State(app): State<App>, signed_in: SignedIn) -> Json<PassShape> {
    Json(PassShape { pass: app.quarantine.pass(&signed_in) })
}

/// Envelopes of one device.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "envelopes": [{
    "id": "0196d5a2-7c00-7000-8000-000000000001", "key": "3q2-7wABAgMEBQYH", "enc": "BKknGcYZXVCFEE8…", "text": "WtWQu4uqV3…"
}] }))]
pub struct Envelopes {
    envelopes: Vec<EnvelopeShape>,
}

/// Sealed is JSON with `pass`, `writtenAtMs`, `syncedAtMs` and `intent`, a post as on a socket.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EnvelopeShape {
    /// Of the post in it; what it is bound to (`aad`).
    id: Uuid,
    /// Of the key that it is sealed to.
    key: String,
    /// The encapsulated key, in base64url.
    enc: String,
    /// What is sealed, in base64url.
    text: String,
}

/// Hand envelopes in, without a sign-in. The answer does not tell what was in them.
#[utoipa::path(
    post, path = "/api/v1/quarantine", tag = "quarantine", request_body = Envelopes,
    responses(
        (status = 202, description = "Taken. What opens and shows a pass of this region is durable"),
        (status = 503, body = Problem, description = "Keep them, and come again"),
    ),
)]
pub async fn hand_in(
    State(app): State<App>,
    Peer(from): Peer,
    input::Json(Envelopes { envelopes }): input::Json<Envelopes>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let given = |EnvelopeShape { id, key, enc, text }| HandedIn { id, key, enc, text };
    let envelopes: Vec<HandedIn> = envelopes.into_iter().map(given).collect();
    app.quarantine.hand_in(from, &envelopes).await?;
    Ok((StatusCode::ACCEPTED, Json(json!({}))))
}

/// What waits, the oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct QuarantineShape {
    posts: Vec<QuarantinedShape>,
}

/// A post that waits for its author.
#[derive(Debug, Serialize, ToSchema)]
pub struct QuarantinedShape {
    id: Uuid,
    timeline: Uuid,
    #[schema(example = "vital")]
    kind: &'static str,
    person: Uuid,
    #[schema(example = "nurse")]
    role: &'static str,
    organisation: Uuid,
    /// By the device's clock, as is `synced_at`: when it was last as the hub was.
    written_at: String,
    synced_at: Option<String>,
    received_at: String,
    /// Then its words are gone.
    expires_at: String,
    /// The post, for its author alone.
    #[schema(value_type = Option<Object>)]
    intent: Option<Value>,
}

/// My posts that came in envelopes. The secretariat sees those of all, without what they say.
#[utoipa::path(get, path = "/api/v1/quarantine", tag = "quarantine", responses((status = 200, body = QuarantineShape)))]
pub async fn list(State(app): State<App>, signed_in: SignedIn) -> Result<Json<QuarantineShape>, Problem> {
    let posts = app.quarantine.list(&signed_in).await?;
    let shape = |post: crate::actions::quarantine::Waiting| {
        let is_own = post.author.person == signed_in.actor.person;
        QuarantinedShape {
            id: post.id.0,
            timeline: post.timeline.0,
            kind: post.kind.code(),
            person: post.author.person.0,
            role: post.author.role.code(),
            organisation: post.author.organisation.0,
            written_at: post.written_at.to_rfc3339(),
            synced_at: post.synced_at.map(|at| at.to_rfc3339()),
            received_at: post.received_at.to_rfc3339(),
            expires_at: post.expires_at.to_rfc3339(),
            intent: is_own.then(|| serde_json::from_slice(&post.content).unwrap_or(Value::Null)),
        }
    };
    Ok(Json(QuarantineShape { posts: posts.into_iter().map(shape).collect() }))
}

/// What became of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReleasedShape {
    /// `accepted`, or `queued` until its author is linked.
    #[schema(example = "accepted")]
    verdict: &'static str,
}

/// Why something is done with somebody else's post.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "reason": "本人は退職。ステーションの管理者に電話で確かめた" }))]
pub struct QuarantineReason {
    /// Kept in the audit log. The secretariat gives it; of the author, who may send no body at all, none is asked.
    #[serde(default)]
    reason: String,
}

/// Send a post as its author, under the rules as of now. Observations the secretariat may send, too, and says why.
#[utoipa::path(
    post, path = "/api/v1/quarantine/{id}/release", tag = "quarantine", request_body = QuarantineReason,
    params(("id" = Uuid, Path, description = "The post")),
    responses(
        (status = 200, body = ReleasedShape),
        (status = 403, body = Problem, description = "The rules refuse; it goes on waiting"),
        (status = 409, body = Problem, description = "It was written in another role, is its author's alone to send, or was settled in another way meanwhile"),
        (status = 422, body = Problem, description = "It is somebody else's, and there is no reason"),
    ),
)]
pub async fn release(
    State(app): State<App>,
    signed_in: SignedIn,
    Id(id): Id<EntryId>,
    given: Option<input::Json<QuarantineReason>>,
) -> Result<Json<ReleasedShape>, Problem> {
    let reason = given.map(|input::Json(given)| given.reason).unwrap_or_default();
    let verdict = match app.quarantine.release(&signed_in, id, reason).await? {
        Answer::Queued(_) => "queued",
        Answer::Accepted(_) | Answer::Refused(_) => "accepted",
    };
    Ok(Json(ReleasedShape { verdict }))
}

/// Let a post of mine be. Its words are gone.
#[utoipa::path(
    delete, path = "/api/v1/quarantine/{id}", tag = "quarantine",
    params(("id" = Uuid, Path, description = "The post")),
    responses(
        (status = 204),
        (status = 409, body = Problem, description = "It was settled in another way meanwhile"),
        (status = 422, body = Problem, description = "It is somebody else's, whom nobody lets be without a reason"),
    ),
)]
pub async fn discard_mine(
    State(app): State<App>,
    signed_in: SignedIn,
    Id(id): Id<EntryId>,
) -> Result<StatusCode, Problem> {
    app.quarantine.discard(&signed_in, id, String::new()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Let a post be, and say why. Its words are gone.
#[utoipa::path(
    post, path = "/api/v1/quarantine/{id}/discard", tag = "quarantine", request_body = QuarantineReason,
    params(("id" = Uuid, Path, description = "The post")),
    responses(
        (status = 204),
        (status = 409, body = Problem, description = "It was settled in another way meanwhile"),
        (status = 422, body = Problem, description = "It is somebody else's, and there is no reason"),
    ),
)]
pub async fn discard(
    State(app): State<App>,
    signed_in: SignedIn,
    Id(id): Id<EntryId>,
    input::Json(given): input::Json<QuarantineReason>,
) -> Result<StatusCode, Problem> {
    app.quarantine.discard(&signed_in, id, given.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<QuarantineError> for Problem {
    fn from(error: QuarantineError) -> Self {
        match error {
            QuarantineError::Invalid(invalid) => invalid.into(),
            QuarantineError::Overloaded => Self::of(Code::Overloaded),
            QuarantineError::NotFound => Self::not_found(),
            QuarantineError::Conflict(text) => Self::saying(Code::Conflict, text),
            QuarantineError::Refused(refused) => (*refused).into(),
            QuarantineError::Store(error) => error.into(),
        }
    }
}
