//! `/api/v1/invitations`: what somebody does who was given a link and, apart from it, a code. Both travel in bodies.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::entering::{comes_from, read_asked};
use super::{EnteredShape, HeldPosition, answer, held, qr_svg};
use crate::actions::accounts::{Accepting, From as ComesFrom};
use crate::http::app::App;
use crate::http::authentication::{FromPage, Peer};
use crate::http::input;
use crate::http::problem::Problem;
use crate::http::shapes::{Name, PositionShape};
use crate::hub::devices::Line;

/// A link and its code.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "invitation": "rk_dGhlIGxpbmsgYWxvbmUgb3BlbnMgbm90aGluZywgc2VlPyE", "code": "604117" }))]
pub struct InvitationGiven {
    /// What stands after `#invitation=` in the link.
    invitation: String,
    /// Told apart from it. After the fifth wrong one the link is void.
    code: String,
}

/// What the invitation is for.
#[derive(Debug, Serialize, ToSchema)]
pub struct InvitationShape {
    name: Name,
    /// The sign-in name, to be kept.
    #[schema(example = "4821-0937")]
    login: String,
    /// `first`, or `recovery` of an account that was set up before.
    purpose: &'static str,
    positions: Vec<HeldPosition>,
    /// For an authenticator app, as text.
    authenticator_uri: String,
    /// The same for typing in.
    #[schema(example = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")]
    authenticator_secret: String,
    /// The same for a camera, as an SVG picture.
    authenticator_qr: String,
    #[schema(example = "2026-04-02T12:00:00Z")]
    expires_at: String,
    password_chars_min: usize,
}

/// Look at an invitation.
#[utoipa::path(
    post, path = "/api/v1/invitations/open", tag = "sign-in", request_body = InvitationGiven,
    responses(
        (status = 200, body = InvitationShape),
        (status = 401, body = Problem, description = "Link or code is wrong, used or too old; which, is not told"),
        (status = 429, body = Problem, description = "Tried too often; `Retry-After` says when to try again"),
    ),
)]
pub async fn open(
    State(app): State<App>,
    Peer(address): Peer,
    input::Json(given): input::Json<InvitationGiven>,
) -> Result<Json<InvitationShape>, Problem> {
    let from = ComesFrom { address, ..ComesFrom::default() };
    let opened = app.accounts.open_invitation(&given.invitation, &given.code, &from).await?;
    Ok(Json(InvitationShape {
        name: Name::from(&opened.name),
        login: opened.login.to_string(),
        purpose: opened.purpose.code(),
        positions: held(&app, &opened.positions),
        authenticator_qr: qr_svg(&opened.authenticator_uri),
        authenticator_uri: opened.authenticator_uri,
        authenticator_secret: opened.authenticator_secret,
        expires_at: opened.expires_at.to_rfc3339(),
        password_chars_min: app.accounts.password_chars_min(),
    }))
}

/// The two factors by which the account will be opened.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "invitation": "rk_dGhlIGxpbmsgYWxvbmUgb3BlbnMgbm90aGluZywgc2VlPyE", "code": "604117",
    "password": "雨の日は傘を二本もって行く", "authenticator_code": "492039"
}))]
pub struct AcceptanceGiven {
    /// What stands after `#invitation=` in the link.
    invitation: String,
    /// Told apart from it.
    code: String,
    /// A new one.
    password: String,
    /// What the authenticator app shows, once it was set up.
    authenticator_code: String,
    /// The role to act in.
    #[serde(default)]
    position: Option<PositionShape>,
    /// What the device calls itself.
    #[serde(default)]
    device: String,
    /// From an earlier answer; programs only.
    #[serde(default)]
    device_mark: Option<String>,
}

/// Set the account up, and be signed in.
#[utoipa::path(
    post, path = "/api/v1/invitations/accept", tag = "sign-in", request_body = AcceptanceGiven,
    responses(
        (status = 201, body = EnteredShape), (status = 200, body = EnteredShape, description = "A role must be chosen"),
        (status = 401, body = Problem, description = "Link or code is wrong, used or too old; which, is not told"),
        (status = 429, body = Problem, description = "Tried too often; `Retry-After` says when to try again"),
    ),
)]
pub async fn accept(
    State(app): State<App>,
    page: FromPage,
    (peer, line): (Peer, Line),
    headers: HeaderMap,
    input::Json(given): input::Json<AcceptanceGiven>,
) -> Result<Response, Problem> {
    let AcceptanceGiven { invitation, code, password, authenticator_code, position, device, device_mark } = given;
    let position = read_asked(position.as_ref())?;
    let from = comes_from(&app, (peer, line), &headers, device, device_mark);
    let accepting = Accepting {
        token: &invitation,
        code: &code,
        password: &password,
        authenticator_code: &authenticator_code,
        position,
    };
    Ok(answer(&app, page, app.accounts.accept_invitation(accepting, from).await?))
}
