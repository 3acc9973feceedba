//! `/api/v1/sign-ins`: the secretariat ends one. Nobody hands out any: see `accounts`.

use axum::extract::State;
use axum::http::StatusCode;

use crate::domain::act::SignInEnd;
use crate::domain::ids::SignInId;
use crate::http::app::App;
use crate::http::authentication::Secretariat;
use crate::http::input::Id;
use crate::http::problem::Problem;

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
