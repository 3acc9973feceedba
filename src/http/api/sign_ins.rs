//! `/api/v1/people/{id}/sign-ins`: the secretariat hands out tokens, until accounts and passkeys do.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::directory::read_position;
use crate::domain::act::SignInEnd;
use crate::domain::ids::{PersonId, SignInId};
use crate::domain::text::{Invalid, Text};
use crate::http::app::App;
use crate::http::authentication::Secretariat;
use crate::http::input::{self, Id};
use crate::http::problem::Problem;
use crate::http::shapes::PositionShape;
use crate::wire::codes::Code;

/// In which position somebody signs in, and for how long.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "role": "nurse", "organisation": "0190aaaa-0000-7000-8000-000000000002", "valid_for_s": 43200
}))]
pub struct NewSignIn {
    /// As in a position.
    role: String,
    /// Id.
    organisation: String,
    /// In seconds, at most the region's lifetime of a sign-in (12 hours unless configured), which it is unless given.
    valid_for_s: Option<u64>,
}

/// A new sign-in. The token is shown this once.
#[derive(Debug, Serialize, ToSchema)]
pub struct IssuedSignIn {
    id: Uuid,
    #[schema(example = "rk_c2hvd24gb25jZSwgdGhlbiBvbmx5IGl0cyBoYXNoIGlzIGtlcA")]
    token: String,
    #[schema(example = "2026-04-01T12:00:00Z")]
    expires_at: String,
}

/// Hand out a token for a person in one of their positions.
#[utoipa::path(
    post, path = "/api/v1/people/{id}/sign-ins", tag = "secretariat", request_body = NewSignIn,
    params(("id" = Uuid, Path, description = "The person")),
    responses((status = 201, body = IssuedSignIn), (status = 403, body = Problem, description = "Not the secretariat")),
)]
pub async fn issue(
    State(app): State<App>,
    by: Secretariat,
    Id(person): Id<PersonId>,
    input::Json(given): input::Json<NewSignIn>,
) -> Result<(StatusCode, Json<IssuedSignIn>), Problem> {
    if !app.hub.region().directory().people.contains_key(&person) {
        return Err(Problem::not_found());
    }
    let NewSignIn { role, organisation, valid_for_s } = given;
    let position = read_position(&PositionShape { role, organisation })?;
    let valid_for = read_duration(valid_for_s, app.sign_ins.lifetime())?;
    let (token, signed_in) = app.sign_ins.issue(by.into(), person, position, valid_for).await?;
    let shape = IssuedSignIn {
        id: signed_in.id.0,
        token: token.reveal().to_string(),
        expires_at: signed_in.until.to_rfc3339(),
    };
    Ok((StatusCode::CREATED, Json(shape)))
}

fn read_duration(given_s: Option<u64>, lifetime: Duration) -> Result<Duration, Invalid> {
    let max_s = lifetime.as_secs();
    match given_s.unwrap_or(max_s) {
        seconds if (1..=max_s).contains(&seconds) => Ok(Duration::from_secs(seconds)),
        _ => Err(Invalid::new(
            "valid_for_s",
            Code::OutOfRange.code(),
            Text::new(format!("1から{max_s}秒までです"), format!("1 to {max_s} seconds are expected")),
        )),
    }
}

/// End a sign-in: its token is void, and its sockets close now.
#[utoipa::path(
    delete, path = "/api/v1/sign-ins/{id}", tag = "secretariat",
    params(("id" = Uuid, Path, description = "The sign-in")),
    responses((status = 204), (status = 403, body = Problem, description = "Not the secretariat")),
)]
pub async fn revoke(State(app): State<App>, by: Secretariat, Id(id): Id<SignInId>) -> Result<StatusCode, Problem> {
    if app.sign_ins.revoke(by.into(), id, SignInEnd::Revoked).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Problem::not_found())
    }
}
