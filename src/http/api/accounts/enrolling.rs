//! `/api/v1/enrolments`: a device fetches its certificate by a link and a code. Nobody is signed in there yet.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::devices::BundleShape;
use super::entering::ShownDevice;
use crate::actions::accounts::From as ComesFrom;
use crate::http::app::App;
use crate::http::authentication::Peer;
use crate::http::input;
use crate::http::problem::Problem;
use crate::hub::devices::Line;

/// A link and its code.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "enrolment": "rk_dGhlIGxpbmsgYWxvbmUgb3BlbnMgbm90aGluZywgc2VlPyE", "code": "604117" }))]
pub struct EnrolmentGiven {
    /// What stands after `#enrolment=` in the link.
    enrolment: String,
    /// Told apart from it. After the fifth wrong one the link is void.
    code: String,
}

/// Which device the enrolment is for.
#[derive(Debug, Serialize, ToSchema)]
pub struct EnrolmentShape {
    #[schema(example = "タブレット 3")]
    device: String,
    #[schema(example = "みなと訪問看護ステーション")]
    organisation: String,
    #[schema(example = "2026-04-02T00:00:00Z")]
    expires_at: String,
    shown: ShownDevice,
}

/// Look at an enrolment.
#[utoipa::path(
    post, path = "/api/v1/enrolments/open", tag = "devices", request_body = EnrolmentGiven,
    responses(
        (status = 200, body = EnrolmentShape),
        (status = 401, body = Problem, description = "Link or code is wrong, used or too old; which, is not told"),
        (status = 429, body = Problem, description = "Tried too often; `Retry-After` says when to try again"),
    ),
)]
pub async fn open(
    State(app): State<App>,
    (peer, line): (Peer, Line),
    input::Json(given): input::Json<EnrolmentGiven>,
) -> Result<Json<EnrolmentShape>, Problem> {
    let from = ComesFrom { address: peer.0, line, ..ComesFrom::default() };
    let opened = app.accounts.open_enrolment(&given.enrolment, &given.code, &from).await?;
    Ok(Json(EnrolmentShape {
        device: opened.device.name,
        organisation: opened.organisation_name,
        expires_at: opened.expires_at.to_rfc3339(),
        shown: ShownDevice::of(&line),
    }))
}

/// Fetch the certificate. The link is used up.
#[utoipa::path(
    post, path = "/api/v1/enrolments/accept", tag = "devices", request_body = EnrolmentGiven,
    responses(
        (status = 201, body = BundleShape),
        (status = 401, body = Problem, description = "Link or code is wrong, used or too old; which, is not told"),
        (status = 429, body = Problem, description = "Tried too often; `Retry-After` says when to try again"),
    ),
)]
pub async fn accept(
    State(app): State<App>,
    (peer, line): (Peer, Line),
    input::Json(given): input::Json<EnrolmentGiven>,
) -> Result<(StatusCode, Json<BundleShape>), Problem> {
    let from = ComesFrom { address: peer.0, line, ..ComesFrom::default() };
    let bundle = app.accounts.accept_enrolment(&given.enrolment, &given.code, &from).await?;
    Ok((StatusCode::CREATED, Json(bundle.into())))
}
