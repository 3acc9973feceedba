//! `/api/v1/me/…`: my sign-ins, the role I act in, my password.

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{EnteredShape, HeldPosition, held};
use crate::domain::account::SignInWay;
use crate::domain::act::SignInEnd;
use crate::domain::ids::{PersonId, SignInId};
use crate::http::api::directory::read_position;
use crate::http::app::App;
use crate::http::authentication::{Arrived, FromPage};
use crate::http::cookies::Cookie;
use crate::http::input::{self, Id};
use crate::http::problem::Problem;
use crate::http::shapes::PositionShape;
use crate::hub::devices::Line;

/// One sign-in of somebody.
#[derive(Debug, Serialize, ToSchema)]
pub struct SignInShape {
    id: Uuid,
    position: HeldPosition,
    /// What the device calls itself.
    device: String,
    /// The registered device that it counts on, and nowhere else; `null`: none.
    registered_device: Option<Uuid>,
    /// `passkey`, `password`, `invitation`, `oidc` (another service), `link` (of the demo).
    way: &'static str,
    #[schema(example = "2026-04-01T00:00:00Z")]
    issued_at: String,
    /// To within five minutes.
    #[schema(example = "2026-04-01T00:25:00Z")]
    used_at: String,
    /// When it ends if it is not used any more.
    #[schema(example = "2026-04-01T00:55:00Z")]
    idle_until: String,
    /// When it ends however much it is used.
    #[schema(example = "2026-04-01T12:00:00Z")]
    expires_at: String,
    /// Whether this is the one that asked.
    is_this: bool,
}

/// Sign-ins, the latest used first.
#[derive(Debug, Serialize, ToSchema)]
pub struct SignIns {
    pub(super) sign_ins: Vec<SignInShape>,
}

/// The sign-ins of a person, as they are shown.
pub(super) async fn listed(app: &App, person: PersonId, this: Option<SignInId>) -> Result<Vec<SignInShape>, Problem> {
    let idle = app.sign_ins.idle_timeout();
    let mut shapes = Vec::new();
    for one in app.sign_ins.list(person).await? {
        shapes.extend(held(app, &[one.position]).pop().map(|position| SignInShape {
            id: one.id.0,
            position,
            device: one.device.clone(),
            registered_device: one.registered.map(|device| device.0),
            way: one.way.map_or("", SignInWay::code),
            issued_at: one.issued_at.to_rfc3339(),
            used_at: one.used_at.to_rfc3339(),
            idle_until: one.used_at.saturating_add(idle).min(one.expires_at).to_rfc3339(),
            expires_at: one.expires_at.to_rfc3339(),
            is_this: this == Some(one.id),
        }));
    }
    Ok(shapes)
}

/// On which devices am I signed in?
#[utoipa::path(get, path = "/api/v1/me/sign-ins", tag = "sign-in", responses((status = 200, body = SignIns)))]
pub async fn list_sign_ins(State(app): State<App>, Arrived(signed_in): Arrived) -> Result<Json<SignIns>, Problem> {
    Ok(Json(SignIns { sign_ins: listed(&app, signed_in.actor.person, Some(signed_in.id)).await? }))
}

/// End one of my sign-ins: its sockets close now.
#[utoipa::path(
    delete, path = "/api/v1/me/sign-ins/{id}", tag = "sign-in",
    params(("id" = Uuid, Path, description = "The sign-in")), responses((status = 204)),
)]
pub async fn end_sign_in(
    State(app): State<App>,
    Arrived(signed_in): Arrived,
    Id(id): Id<SignInId>,
) -> Result<StatusCode, Problem> {
    let mine = app.sign_ins.list(signed_in.actor.person).await?;
    if !mine.iter().any(|one| one.id == id) {
        return Err(Problem::not_found());
    }
    app.sign_ins.revoke(signed_in.by(), id, SignInEnd::SignedOut).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sign out everywhere, here too.
#[utoipa::path(delete, path = "/api/v1/me/sign-ins", tag = "sign-in", responses((status = 204)))]
pub async fn end_all(State(app): State<App>, Arrived(signed_in): Arrived) -> Result<Response, Problem> {
    app.accounts.sign_out_everywhere(signed_in).await?;
    Ok(signed_out(&app))
}

/// Nothing to say, and no cookie any more.
pub(in crate::http::api) fn signed_out(app: &App) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    response.headers_mut().append(header::SET_COOKIE, app.cookies.clear(Cookie::SignIn));
    response
}

/// Which role somebody goes on in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "role": "nurse", "organisation": "0190aaaa-0000-7000-8000-000000000002" }))]
pub struct PositionGiven {
    /// As in a position.
    role: String,
    /// Id.
    organisation: String,
}

/// Go on in another of my roles: another sign-in instead of this one, which ends when this one would have.
#[utoipa::path(
    put, path = "/api/v1/me/position", tag = "sign-in", request_body = PositionGiven,
    responses((status = 201, body = EnteredShape)),
)]
pub async fn switch(
    State(app): State<App>,
    Arrived(signed_in): Arrived,
    line: Line,
    FromPage(is_page): FromPage,
    input::Json(PositionGiven { role, organisation }): input::Json<PositionGiven>,
) -> Result<Response, Problem> {
    let position = read_position(&PositionShape { role, organisation })?;
    let (token, now) = app.accounts.switch(signed_in, position, &line).await?;
    let token = token.reveal().to_string();
    let shape = EnteredShape {
        id: Some(now.id.0),
        token: (!is_page).then(|| token.clone()),
        device_mark: None,
        expires_at: now.until.to_rfc3339(),
        positions: Vec::new(),
        ticket: None,
    };
    let mut response = (StatusCode::CREATED, Json(shape)).into_response();
    if is_page {
        let lasts = now.until.since(app.hub.region().now());
        response.headers_mut().append(header::SET_COOKIE, app.cookies.set(Cookie::SignIn, &token, Some(lasts)));
    }
    Ok(response)
}

/// A password instead of the present one.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "present": "雨の日は傘を二本もって行く", "code": "492039", "new": "晴れた日は布団を三枚ほして待つ"
}))]
pub struct PasswordGiven {
    present: String,
    /// Of the authenticator.
    code: String,
    new: String,
}

/// Change my password. My other sign-ins end.
#[utoipa::path(
    put, path = "/api/v1/me/password", tag = "sign-in", request_body = PasswordGiven,
    responses(
        (status = 204),
        (status = 404, body = Problem, description = "The one who asks has no account that is set up"),
        (status = 429, body = Problem, description = "Tried too often; `Retry-After` says when to try again"),
    ),
)]
pub async fn change_password(
    State(app): State<App>,
    Arrived(signed_in): Arrived,
    input::Json(given): input::Json<PasswordGiven>,
) -> Result<StatusCode, Problem> {
    app.accounts.change_password(signed_in, &given.present, &given.code, &given.new).await?;
    Ok(StatusCode::NO_CONTENT)
}
