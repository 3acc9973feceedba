//! `/api/v1/clients`: the systems that sign in by a key, for the secretariat. How they get their tokens is `http/oauth.rs`.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::actions::accounts::{ClientGiven, ClientOrder, ClientSeen};
use crate::domain::client::KeptKey;
use crate::domain::ids::{ClientId, OrganisationId};
use crate::http::app::App;
use crate::http::authentication::Secretariat;
use crate::http::input::{self, Id};
use crate::http::problem::Problem;
use crate::wire;

/// A system that signs in by a key.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClientShape {
    /// Its client id; also the id of the person that it is in the directory and on timelines.
    id: Uuid,
    /// For which it acts.
    organisation: Uuid,
    #[schema(example = "みなと電子カルテ")]
    name: String,
    #[schema(example = "バイタルの送信と記録の閲覧")]
    purpose: String,
    /// The most that it may be granted.
    #[schema(example = "system/Observation.crs system/Patient.rs")]
    scopes: String,
    keys: Vec<ClientKeyShape>,
    #[schema(example = "2026-04-01T00:00:00Z")]
    registered_at: String,
    /// Since when it gets no token; `null`: it does.
    #[schema(example = "2026-05-01T00:00:00Z")]
    suspended_at: Option<String>,
    /// When it last got a token; `null`: never.
    #[schema(example = "2026-05-01T00:00:00Z")]
    used_at: Option<String>,
}

/// A public key.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClientKeyShape {
    #[schema(example = "2026-04")]
    kid: String,
    /// `ES384`, `RS384`, `ES256`, `EdDSA`.
    #[schema(example = "ES384")]
    alg: &'static str,
    #[schema(example = "2026-04-01T00:00:00Z")]
    added_at: String,
    /// When it last got a token; `null`: never.
    #[schema(example = "2026-05-01T00:00:00Z")]
    used_at: Option<String>,
}

impl From<&ClientSeen> for ClientShape {
    fn from(seen: &ClientSeen) -> Self {
        let ClientSeen { client, name, keys, used } = seen;
        let key = |kept: &KeptKey| ClientKeyShape {
            kid: kept.key.id.clone(),
            alg: kept.key.algorithm.code(),
            added_at: kept.added_at.to_rfc3339(),
            used_at: used.get(&kept.key.id).map(|at| at.to_rfc3339()),
        };
        Self {
            id: client.id.0,
            organisation: client.organisation.0,
            name: name.clone(),
            purpose: client.purpose.clone(),
            scopes: client.scopes.to_string(),
            keys: keys.iter().map(key).collect(),
            registered_at: client.registered_at.to_rfc3339(),
            suspended_at: client.suspended_at.map(|at| at.to_rfc3339()),
            used_at: seen.used_at().map(|at| at.to_rfc3339()),
        }
    }
}

/// Systems, the first registered first.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClientList {
    clients: Vec<ClientShape>,
}

/// Which systems may sign in?
#[utoipa::path(
    get, path = "/api/v1/clients", tag = "secretariat",
    responses((status = 200, body = ClientList), (status = 403, body = Problem, description = "Not the secretariat")),
)]
pub async fn list(State(app): State<App>, _: Secretariat) -> Result<Json<ClientList>, Problem> {
    let seen = app.accounts.list_clients().await?;
    Ok(Json(ClientList { clients: seen.iter().map(ClientShape::from).collect() }))
}

/// A system to be registered.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "organisation": "0190aaaa-0000-7000-8000-000000000002", "name": "みなと電子カルテ",
    "purpose": "バイタルの送信と記録の閲覧", "scopes": "system/Observation.crs system/Patient.rs",
    "jwks": { "keys": [{
        "kty": "OKP", "crv": "Ed25519", "kid": "2026-04", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
    }] }
}))]
pub struct ClientToRegister {
    /// For which it acts: never a household, never the secretariat.
    organisation: String,
    /// As entries and the audit log name it.
    name: String,
    /// What it is for.
    purpose: String,
    /// Separated by spaces; `/.well-known/smart-configuration` lists all.
    scopes: String,
    /// A JWK set with public keys only (RFC 7517), each with a `kid` of its own.
    #[schema(value_type = Object)]
    jwks: Value,
}

/// Register a system. Its `id` is the client id that it signs its assertions as.
#[utoipa::path(
    post, path = "/api/v1/clients", tag = "secretariat", request_body = ClientToRegister,
    responses((status = 201, body = ClientShape), (status = 403, body = Problem, description = "Not the secretariat")),
)]
pub async fn register(
    State(app): State<App>,
    by: Secretariat,
    input::Json(given): input::Json<ClientToRegister>,
) -> Result<(StatusCode, Json<ClientShape>), Problem> {
    let organisation = wire::id("organisation", &given.organisation, OrganisationId)?;
    let ClientToRegister { name, purpose, scopes, jwks: keys, .. } = &given;
    let given = ClientGiven { organisation, name, purpose, scopes, keys };
    let seen = app.accounts.register_client(by.into(), &given).await?;
    Ok((StatusCode::CREATED, Json(ClientShape::from(&seen))))
}

/// The keys of a system from now on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "jwks": { "keys": [{
    "kty": "OKP", "crv": "Ed25519", "kid": "2027-04", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
}] } }))]
pub struct ClientKeysGiven {
    /// With those of `keep`, all of them: one that is not named is removed, and its tokens end now. A `kid` names one key for
    /// ever.
    #[schema(value_type = Option<Object>)]
    jwks: Option<Value>,
    /// The `kid` of each key that it has and that stays as it is.
    #[serde(default)]
    keep: Vec<String>,
}

/// Give a system these keys, beside those that stay, and no others.
#[utoipa::path(
    put, path = "/api/v1/clients/{id}/keys", tag = "secretariat", request_body = ClientKeysGiven,
    params(("id" = Uuid, Path, description = "The system")),
    responses((status = 204), (status = 403, body = Problem, description = "Not the secretariat")),
)]
pub async fn replace_keys(
    State(app): State<App>,
    by: Secretariat,
    Id(id): Id<ClientId>,
    input::Json(given): input::Json<ClientKeysGiven>,
) -> Result<StatusCode, Problem> {
    app.accounts.replace_client_keys(by.into(), id, given.jwks.as_ref(), given.keep).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Why a system is suspended or removed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "reason": "鍵の漏えいの疑い" }))]
pub struct ClientReason {
    /// For the audit log.
    reason: String,
}

/// Suspend a system: its tokens end now, and it gets no other.
#[utoipa::path(
    post, path = "/api/v1/clients/{id}/suspension", tag = "secretariat", request_body = ClientReason,
    params(("id" = Uuid, Path, description = "The system")),
    responses((status = 204), (status = 403, body = Problem, description = "Not the secretariat")),
)]
pub async fn suspend(
    State(app): State<App>,
    by: Secretariat,
    Id(id): Id<ClientId>,
    input::Json(given): input::Json<ClientReason>,
) -> Result<StatusCode, Problem> {
    app.accounts.order_client(by.into(), id, ClientOrder::Suspend(given.reason)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Let a suspended system sign in again.
#[utoipa::path(
    delete, path = "/api/v1/clients/{id}/suspension", tag = "secretariat",
    params(("id" = Uuid, Path, description = "The system")),
    responses((status = 204), (status = 403, body = Problem, description = "Not the secretariat")),
)]
pub async fn resume(State(app): State<App>, by: Secretariat, Id(id): Id<ClientId>) -> Result<StatusCode, Problem> {
    app.accounts.order_client(by.into(), id, ClientOrder::Resume).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Remove a system for good: its tokens end now. What it wrote stays.
#[utoipa::path(
    post, path = "/api/v1/clients/{id}/removal", tag = "secretariat", request_body = ClientReason,
    params(("id" = Uuid, Path, description = "The system")),
    responses((status = 204), (status = 403, body = Problem, description = "Not the secretariat")),
)]
pub async fn remove(
    State(app): State<App>,
    by: Secretariat,
    Id(id): Id<ClientId>,
    input::Json(given): input::Json<ClientReason>,
) -> Result<StatusCode, Problem> {
    app.accounts.order_client(by.into(), id, ClientOrder::Remove(given.reason)).await?;
    Ok(StatusCode::NO_CONTENT)
}
