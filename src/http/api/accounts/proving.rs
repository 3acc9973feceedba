//! `/api/v1/me/proof`: whoever is signed in shows once more, by both factors, who they are; grave acts ask for it.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::passkeys::{NothingGiven, PasskeyQuestion};
use crate::actions::accounts::PasskeyAnswer;
use crate::domain::text::Invalid;
use crate::http::app::App;
use crate::http::authentication::Arrived;
use crate::http::input;
use crate::http::problem::Problem;

/// By what I can show who I am.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProofQuestion {
    /// `null`: I have no passkey.
    passkey: Option<PasskeyQuestion>,
    /// Whether a password and a code of the authenticator do.
    password: bool,
    /// What people call the other service that I am linked to, which can ask me anew: at `/api/v1/me/proof/oidc`.
    #[schema(example = "みなと病院")]
    outside: Option<String>,
}

/// By what can I show who I am?
#[utoipa::path(
    post, path = "/api/v1/me/proof/options", tag = "sign-in", request_body = NothingGiven,
    responses(
        (status = 200, body = ProofQuestion),
        (status = 404, body = Problem, description = "The one who asks has no account that is set up"),
    ),
)]
pub async fn ask(
    State(app): State<App>,
    Arrived(signed_in): Arrived,
    input::Json(NothingGiven {}): input::Json<NothingGiven>,
) -> Result<Json<ProofQuestion>, Problem> {
    let asked = app.accounts.ask_for_proof(signed_in).await?;
    Ok(Json(ProofQuestion {
        passkey: asked.passkey.map(Into::into),
        password: asked.has_password,
        outside: asked.outside,
    }))
}

/// A passkey; or a password and a code.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "password": "雨の日は傘を二本もって行く", "code": "492 039" }))]
pub struct ProofGiven {
    /// From the question.
    #[serde(default)]
    ceremony: Option<String>,
    /// What the browser answered to it.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    credential: Option<Value>,
    #[serde(default)]
    password: Option<String>,
    /// Of the authenticator.
    #[serde(default)]
    code: Option<String>,
}

/// The proof counts.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProofShape {
    #[schema(example = "2026-04-01T00:10:00Z")]
    pub(super) until: String,
}

/// Show who I am.
#[utoipa::path(
    post, path = "/api/v1/me/proof", tag = "sign-in", request_body = ProofGiven,
    responses(
        (status = 200, body = ProofShape),
        (status = 404, body = Problem, description = "The one who asks has no account that opens by this"),
        (status = 429, body = Problem, description = "Tried too often; `Retry-After` says when to try again"),
    ),
)]
pub async fn prove(
    State(app): State<App>,
    Arrived(signed_in): Arrived,
    input::Json(given): input::Json<ProofGiven>,
) -> Result<Json<ProofShape>, Problem> {
    let until = match (given.ceremony, given.credential, given.password, given.code) {
        (Some(ceremony), Some(credential), None, None) => {
            let answer = PasskeyAnswer { ceremony: &ceremony, credential };
            app.accounts.prove_by_passkey(signed_in, answer).await?
        }
        (None, None, Some(password), Some(code)) => app.accounts.prove_by_password(signed_in, &password, &code).await?,
        (Some(_), None, ..) => return Err(Invalid::required("credential").into()),
        (None, None, Some(_), None) => return Err(Invalid::required("code").into()),
        _ => return Err(Invalid::required("ceremony").into()),
    };
    Ok(Json(ProofShape { until: until.to_rfc3339() }))
}
