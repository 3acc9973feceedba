//! Passkeys over REST: signing in by one, setting an account up with one, and looking after one's own. What is asked of the
//! browser and what it answers is the JSON of the Web Authentication standard, as `PublicKeyCredential.toJSON()` writes it.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::entering::{comes_from, read_asked};
use super::{EnteredShape, answer};
use crate::actions::accounts::{AcceptingPasskey, From as ComesFrom, PasskeyAnswer, PasskeyAsked};
use crate::domain::account::{Passkey, PasskeyVoid};
use crate::domain::directory::Actor;
use crate::domain::ids::PasskeyId;
use crate::http::app::App;
use crate::http::authentication::{Arrived, FromPage, Peer};
use crate::http::input::{self, Id};
use crate::http::problem::Problem;
use crate::http::shapes::{Name, PositionShape};
use crate::hub::devices::Line;

/// Nothing is said with it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({}))]
pub struct NothingGiven {}

/// What the browser is asked.
#[derive(Debug, Serialize, ToSchema)]
pub struct PasskeyQuestion {
    /// For the answer, within five minutes and once.
    #[schema(example = "rk_Zm9yIG9uZSBhbnN3ZXIgb25seSwgYW5kIG9ubHkgb25jZSE")]
    ceremony: String,
    /// For `PublicKeyCredential.parseCreationOptionsFromJSON` or `parseRequestOptionsFromJSON`.
    #[schema(value_type = Object)]
    options: Value,
}

impl From<PasskeyAsked> for PasskeyQuestion {
    fn from(PasskeyAsked { ceremony, options }: PasskeyAsked) -> Self {
        Self { ceremony, options }
    }
}

/// Ask for a passkey, whosever it is: no name is typed, so that none can be tried out.
#[utoipa::path(
    post, path = "/api/v1/sign-in/passkey/options", tag = "sign-in", request_body = NothingGiven,
    responses(
        (status = 200, body = PasskeyQuestion),
        (status = 409, body = Problem, description = "No passkeys at this hub's address"),
        (status = 429, body = Problem, description = "Asked too often; `Retry-After` says when to ask again"),
    ),
)]
pub async fn ask(
    State(app): State<App>,
    Peer(address): Peer,
    input::Json(NothingGiven {}): input::Json<NothingGiven>,
) -> Result<Json<PasskeyQuestion>, Problem> {
    let from = ComesFrom { address, ..ComesFrom::default() };
    Ok(Json(app.accounts.ask_for_passkey(&from).await?.into()))
}

/// What the browser answered.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "ceremony": "rk_Zm9yIG9uZSBhbnN3ZXIgb25seSwgYW5kIG9ubHkgb25jZSE",
    "credential": { "id": "…", "rawId": "…", "type": "public-key", "response": { "clientDataJSON": "…" } }
}))]
pub struct PasskeySignInGiven {
    /// From the question.
    ceremony: String,
    #[schema(value_type = Object)]
    credential: Value,
    /// The role to act in, for whoever has several and knows; else they are asked.
    #[serde(default)]
    position: Option<PositionShape>,
    /// What the device calls itself, for the list of sign-ins.
    #[serde(default)]
    device: String,
    /// From an earlier answer; programs only.
    #[serde(default)]
    device_mark: Option<String>,
}

/// Sign in by a passkey, which stands for both factors: the device, and what unlocked it.
#[utoipa::path(
    post, path = "/api/v1/sign-in/passkey", tag = "sign-in", request_body = PasskeySignInGiven,
    responses(
        (status = 201, body = EnteredShape), (status = 200, body = EnteredShape, description = "A role must be chosen"),
        (status = 401, body = Problem, description = "The passkey is not taken, or too late; which, is not told"),
        (status = 429, body = Problem, description = "Tried too often; `Retry-After` says when to try again"),
    ),
)]
pub async fn sign_in(
    State(app): State<App>,
    page: FromPage,
    (peer, line): (Peer, Line),
    headers: HeaderMap,
    input::Json(given): input::Json<PasskeySignInGiven>,
) -> Result<Response, Problem> {
    let PasskeySignInGiven { ceremony, credential, position, device, device_mark } = given;
    let position = read_asked(position.as_ref())?;
    let from = comes_from(&app, (peer, line), &headers, device, device_mark);
    let given = PasskeyAnswer { ceremony: &ceremony, credential };
    Ok(answer(&app, page, app.accounts.sign_in_by_passkey(given, position, from).await?))
}

/// A link and its code.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "invitation": "rk_dGhlIGxpbmsgYWxvbmUgb3BlbnMgbm90aGluZywgc2VlPyE", "code": "604117" }))]
pub struct InvitedGiven {
    /// What stands after `#invitation=` in the link.
    pub(super) invitation: String,
    /// Told apart from it. After the fifth wrong one the link is void.
    pub(super) code: String,
}

/// Ask the device of somebody invited to make a passkey.
#[utoipa::path(
    post, path = "/api/v1/invitations/passkey/options", tag = "sign-in", request_body = InvitedGiven,
    responses(
        (status = 200, body = PasskeyQuestion),
        (status = 401, body = Problem, description = "Link or code is wrong, used or too old; which, is not told"),
        (status = 409, body = Problem, description = "No passkeys at this hub's address"),
        (status = 429, body = Problem, description = "Tried too often; `Retry-After` says when to try again"),
    ),
)]
pub async fn ask_invited(
    State(app): State<App>,
    Peer(address): Peer,
    input::Json(given): input::Json<InvitedGiven>,
) -> Result<Json<PasskeyQuestion>, Problem> {
    let from = ComesFrom { address, ..ComesFrom::default() };
    Ok(Json(app.accounts.ask_invited_for_passkey(&given.invitation, &given.code, &from).await?.into()))
}

/// The passkey by which the account will be opened.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "invitation": "rk_dGhlIGxpbmsgYWxvbmUgb3BlbnMgbm90aGluZywgc2VlPyE", "code": "604117",
    "ceremony": "rk_Zm9yIG9uZSBhbnN3ZXIgb25seSwgYW5kIG9ubHkgb25jZSE", "name": "iPhone",
    "credential": { "id": "…", "rawId": "…", "type": "public-key", "response": { "clientDataJSON": "…" } }
}))]
pub struct PasskeyAcceptanceGiven {
    /// What stands after `#invitation=` in the link.
    invitation: String,
    /// Told apart from it.
    code: String,
    /// From the question.
    ceremony: String,
    #[schema(value_type = Object)]
    credential: Value,
    /// What its owner calls the passkey.
    #[serde(default)]
    name: String,
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

/// Set the account up with a passkey, and be signed in.
#[utoipa::path(
    post, path = "/api/v1/invitations/passkey", tag = "sign-in", request_body = PasskeyAcceptanceGiven,
    responses(
        (status = 201, body = EnteredShape), (status = 200, body = EnteredShape, description = "A role must be chosen"),
        (status = 401, body = Problem, description = "Link or code is wrong, used or too old; which, is not told"),
        (status = 409, body = Problem, description = "This passkey is somebody's already"),
        (status = 429, body = Problem, description = "Tried too often; `Retry-After` says when to try again"),
    ),
)]
pub async fn accept(
    State(app): State<App>,
    page: FromPage,
    (peer, line): (Peer, Line),
    headers: HeaderMap,
    input::Json(given): input::Json<PasskeyAcceptanceGiven>,
) -> Result<Response, Problem> {
    let PasskeyAcceptanceGiven { invitation, code, ceremony, credential, name, position, device, device_mark } = given;
    let position = read_asked(position.as_ref())?;
    let from = comes_from(&app, (peer, line), &headers, device, device_mark);
    let given = PasskeyAnswer { ceremony: &ceremony, credential };
    let accepting = AcceptingPasskey { token: &invitation, code: &code, answer: given, name: &name, position };
    Ok(answer(&app, page, app.accounts.accept_invitation_with_passkey(accepting, from).await?))
}

/// A passkey of somebody.
#[derive(Debug, Serialize, ToSchema)]
pub struct PasskeyShape {
    id: Uuid,
    /// What its owner calls it.
    #[schema(example = "iPhone")]
    name: String,
    #[schema(example = "2026-04-01T00:00:00Z")]
    added_at: String,
    /// `null`: never since it was added.
    #[schema(example = "2026-04-01T00:25:00Z")]
    used_at: Option<String>,
    /// From when on it lets nobody in; `null`: it does.
    void_since: Option<String>,
    /// `copied`: its counter went back, so that there must be two of it; `recovery`: the account is being recovered.
    #[schema(example = "copied")]
    void_because: Option<&'static str>,
}

impl From<&Passkey> for PasskeyShape {
    fn from(passkey: &Passkey) -> Self {
        Self {
            id: passkey.id.0,
            name: passkey.name.clone(),
            added_at: passkey.added_at.to_rfc3339(),
            used_at: passkey.used_at.map(|at| at.to_rfc3339()),
            void_since: passkey.void.map(|(at, _)| at.to_rfc3339()),
            void_because: passkey.void.map(|(_, why)| PasskeyVoid::code(why)),
        }
    }
}

/// Passkeys, the oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Passkeys {
    passkeys: Vec<PasskeyShape>,
    /// Whether a password and an authenticator open the account besides.
    has_password: bool,
}

/// A passkey that seems to have been copied.
#[derive(Debug, Serialize, ToSchema)]
pub struct PasskeyAlarm {
    #[schema(example = "passkey_copied")]
    code: &'static str,
    person: Uuid,
    name: Name,
    /// What its owner calls it.
    passkey: String,
    #[schema(example = "2026-04-01T00:00:00Z")]
    at: String,
}

impl PasskeyAlarm {
    /// What this actor is told.
    pub(in crate::http::api) async fn told(app: &App, actor: Actor) -> Result<Vec<Self>, Problem> {
        let copied = app.accounts.copied_passkeys(actor).await?;
        let directory = app.hub.region().directory();
        let alarm = |one: &Passkey| {
            let (at, _) = one.void?;
            let name = Name::from(&directory.people.get(&one.person)?.name);
            let (passkey, at) = (one.name.clone(), at.to_rfc3339());
            Some(Self { code: "passkey_copied", person: one.person.0, name, passkey, at })
        };
        Ok(copied.iter().filter_map(alarm).collect())
    }
}

/// By which passkeys do I sign in?
#[utoipa::path(get, path = "/api/v1/me/passkeys", tag = "sign-in", responses((status = 200, body = Passkeys)))]
pub async fn list(State(app): State<App>, Arrived(signed_in): Arrived) -> Result<Json<Passkeys>, Problem> {
    let (passkeys, has_password) = app.accounts.my_passkeys(signed_in).await?;
    Ok(Json(Passkeys { passkeys: passkeys.iter().map(PasskeyShape::from).collect(), has_password }))
}

/// Ask my device to make a passkey.
#[utoipa::path(
    post, path = "/api/v1/me/passkeys/options", tag = "sign-in", request_body = NothingGiven,
    responses(
        (status = 200, body = PasskeyQuestion),
        (status = 404, body = Problem, description = "The one who asks has no account that is set up"),
        (status = 409, body = Problem, description = "Too many passkeys, or none at this hub's address"),
    ),
)]
pub async fn ask_to_make(
    State(app): State<App>,
    Arrived(signed_in): Arrived,
    input::Json(NothingGiven {}): input::Json<NothingGiven>,
) -> Result<Json<PasskeyQuestion>, Problem> {
    Ok(Json(app.accounts.ask_to_make_passkey(signed_in).await?.into()))
}

/// What my device made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "ceremony": "rk_Zm9yIG9uZSBhbnN3ZXIgb25seSwgYW5kIG9ubHkgb25jZSE", "name": "タブレット",
    "credential": { "id": "…", "rawId": "…", "type": "public-key", "response": { "clientDataJSON": "…" } }
}))]
pub struct NewPasskeyGiven {
    /// From the question.
    ceremony: String,
    #[schema(value_type = Object)]
    credential: Value,
    /// What I call it.
    #[serde(default)]
    name: String,
}

/// Add a passkey of mine.
#[utoipa::path(
    post, path = "/api/v1/me/passkeys", tag = "sign-in", request_body = NewPasskeyGiven,
    responses(
        (status = 201, body = PasskeyShape),
        (status = 409, body = Problem, description = "Too many passkeys, or this one is somebody's already"),
    ),
)]
pub async fn add(
    State(app): State<App>,
    Arrived(signed_in): Arrived,
    input::Json(given): input::Json<NewPasskeyGiven>,
) -> Result<(StatusCode, Json<PasskeyShape>), Problem> {
    let answer = PasskeyAnswer { ceremony: &given.ceremony, credential: given.credential };
    let added = app.accounts.add_passkey(signed_in, answer, &given.name).await?;
    Ok((StatusCode::CREATED, Json(PasskeyShape::from(&added))))
}

/// A name.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "name": "職場のタブレット" }))]
pub struct PasskeyNameGiven {
    name: String,
}

/// Call a passkey of mine something else.
#[utoipa::path(
    put, path = "/api/v1/me/passkeys/{id}", tag = "sign-in", request_body = PasskeyNameGiven,
    params(("id" = Uuid, Path, description = "The passkey")), responses((status = 204)),
)]
pub async fn rename(
    State(app): State<App>,
    Arrived(signed_in): Arrived,
    Id(id): Id<PasskeyId>,
    input::Json(given): input::Json<PasskeyNameGiven>,
) -> Result<StatusCode, Problem> {
    app.accounts.rename_passkey(signed_in, id, &given.name).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Remove a passkey of mine. My other sign-ins end.
#[utoipa::path(
    delete, path = "/api/v1/me/passkeys/{id}", tag = "sign-in",
    params(("id" = Uuid, Path, description = "The passkey")),
    responses((status = 204), (status = 409, body = Problem, description = "Nothing else would let me in")),
)]
pub async fn remove(
    State(app): State<App>,
    Arrived(signed_in): Arrived,
    Id(id): Id<PasskeyId>,
) -> Result<StatusCode, Problem> {
    app.accounts.remove_passkey(signed_in, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
