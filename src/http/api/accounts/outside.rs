//! Signing in by another service over REST: leaving for it, and what becomes of whoever is back. It sends people back to
//! `/oidc/callback` (`http/oidc.rs`), which says nothing and leads to the page. For pages alone: a program has no browser.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::entering::{comes_from, read_asked};
use super::passkeys::{InvitedGiven, NothingGiven, PasskeyQuestion};
use super::proving::ProofShape;
use super::{EnteredShape, answer};
use crate::actions::accounts::{EnteredFromOutside, From as ComesFrom, Leaving, PasskeyAnswer, SecondGiven};
use crate::domain::account::Identity;
use crate::domain::ids::IdentityId;
use crate::domain::text::Invalid;
use crate::http::app::App;
use crate::http::authentication::{Arrived, FromPage, Peer};
use crate::http::cookies::Cookie;
use crate::http::input::{self, Id};
use crate::http::problem::Problem;
use crate::http::shapes::PositionShape;
use crate::hub::devices::Line;
use crate::wire::codes::Code;

/// Where the browser goes on.
#[derive(Debug, Serialize, ToSchema)]
pub struct LeavingShape {
    /// Of the other service. The answer sets a cookie besides, by which the browser is known when it comes back.
    #[schema(example = "https://login.example.jp/authorize?response_type=code&client_id=renkei")]
    location: String,
}

fn leaving(app: &App, leaving: &Leaving) -> Response {
    let shape = LeavingShape { location: leaving.location.clone() };
    let mut response = Json(shape).into_response();
    response.headers_mut().append(header::SET_COOKIE, app.cookies.outside(&leaving.round.reveal()));
    response
}

fn of_page(FromPage(is_page): FromPage) -> Result<(), Code> {
    if is_page { Ok(()) } else { Err(Code::OriginRefused) }
}

/// The cookie of whoever is back.
fn round<'a>(app: &App, headers: &'a HeaderMap) -> &'a str {
    app.cookies.find(headers, Cookie::Outside).unwrap_or_default()
}

/// What is over needs no cookie.
fn over(app: &App, response: impl IntoResponse) -> Response {
    let mut response = response.into_response();
    response.headers_mut().append(header::SET_COOKIE, app.cookies.clear(Cookie::Outside));
    response
}

/// Leave for the other service, to sign in.
#[utoipa::path(
    post, path = "/api/v1/sign-in/oidc", tag = "sign-in", request_body = NothingGiven,
    responses(
        (status = 200, body = LeavingShape),
        (status = 403, body = Problem, description = "Not asked by a page of the hub's"),
        (status = 409, body = Problem, description = "Nobody signs in by another service here"),
        (status = 429, body = Problem, description = "Asked too often; `Retry-After` says when to ask again"),
    ),
)]
pub async fn leave(
    State(app): State<App>,
    page: FromPage,
    Peer(address): Peer,
    input::Json(NothingGiven {}): input::Json<NothingGiven>,
) -> Result<Response, Problem> {
    of_page(page).map_err(Problem::of)?;
    let from = ComesFrom { address, ..ComesFrom::default() };
    Ok(leaving(&app, &app.accounts.leave_to_sign_in(&from).await?))
}

/// Leave for the other service, to set an account up by it.
#[utoipa::path(
    post, path = "/api/v1/invitations/oidc", tag = "sign-in", request_body = InvitedGiven,
    responses(
        (status = 200, body = LeavingShape),
        (status = 401, body = Problem, description = "Link or code is wrong, used or too old; which, is not told"),
        (status = 403, body = Problem, description = "Not asked by a page of the hub's"),
        (status = 409, body = Problem, description = "Nobody signs in by another service here"),
        (status = 429, body = Problem, description = "Tried too often; `Retry-After` says when to try again"),
    ),
)]
pub async fn leave_invited(
    State(app): State<App>,
    page: FromPage,
    Peer(address): Peer,
    input::Json(given): input::Json<InvitedGiven>,
) -> Result<Response, Problem> {
    of_page(page).map_err(Problem::of)?;
    let from = ComesFrom { address, ..ComesFrom::default() };
    Ok(leaving(&app, &app.accounts.leave_invited(&given.invitation, &given.code, &from).await?))
}

/// Whoever is back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "device": "ナースステーションの PC" }))]
pub struct BackGiven {
    /// The role to act in, for whoever has several and knows; else they are asked.
    #[serde(default)]
    position: Option<PositionShape>,
    /// What the device calls itself, for the list of sign-ins.
    #[serde(default)]
    device: String,
}

/// The other service proved one factor: the hub asks for a second.
#[derive(Debug, Serialize, ToSchema)]
pub struct SecondShape {
    /// For the answer at `/api/v1/sign-in/oidc/second`.
    #[schema(example = "rk_Zm9yIG9uZSBhbnN3ZXIgb25seSwgYW5kIG9ubHkgb25jZSE")]
    ticket: String,
    /// Until when it may be given.
    #[schema(example = "2026-04-01T00:05:00Z")]
    expires_at: String,
    /// Whether a code of the authenticator does.
    code: bool,
    /// `null`: no passkey does.
    passkey: Option<PasskeyQuestion>,
}

/// Go on with what the browser was sent back with.
#[utoipa::path(
    post, path = "/api/v1/sign-in/oidc/finish", tag = "sign-in", request_body = BackGiven,
    responses(
        (status = 201, body = EnteredShape), (status = 200, body = EnteredShape, description = "A role must be chosen"),
        (status = 202, body = SecondShape, description = "A second factor is asked for"),
        (status = 401, body = Problem, description = "Nobody came back, or they are not linked; which, is not told"),
        (status = 403, body = Problem, description = "Not asked by a page of the hub's"),
        (status = 409, body = Problem, description = "An invitation needs two factors, which the service does not show"),
        (status = 429, body = Problem, description = "Tried too often; `Retry-After` says when to try again"),
    ),
)]
pub async fn finish(
    State(app): State<App>,
    page: FromPage,
    (peer, line): (Peer, Line),
    headers: HeaderMap,
    input::Json(BackGiven { position, device }): input::Json<BackGiven>,
) -> Result<Response, Problem> {
    of_page(page).map_err(Problem::of)?;
    let position = read_asked(position.as_ref())?;
    let from = comes_from(&app, (peer, line), &headers, device, None);
    let response = match app.accounts.finish_outside(round(&app, &headers), position, from).await? {
        EnteredFromOutside::Entered(entered) => answer(&app, page, entered),
        EnteredFromOutside::Second(asked) => {
            let passkey = app.accounts.ask_second_for_passkey(&asked.ticket).await?;
            let shape = SecondShape {
                ticket: asked.ticket.reveal().to_string(),
                expires_at: asked.until.to_rfc3339(),
                code: asked.has_authenticator,
                passkey: passkey.map(Into::into),
            };
            (StatusCode::ACCEPTED, Json(shape)).into_response()
        }
    };
    Ok(over(&app, response))
}

/// A code of the authenticator; or a passkey.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "ticket": "rk_Zm9yIG9uZSBhbnN3ZXIgb25seSwgYW5kIG9ubHkgb25jZSE", "code": "492 039"
}))]
pub struct SecondGivenShape {
    /// From the answer that asked.
    ticket: String,
    /// Of the authenticator.
    #[serde(default)]
    code: Option<String>,
    /// From the question for a passkey.
    #[serde(default)]
    ceremony: Option<String>,
    /// What the browser answered to it.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    credential: Option<Value>,
    /// The role to act in.
    #[serde(default)]
    position: Option<PositionShape>,
    /// What the device calls itself.
    #[serde(default)]
    device: String,
}

/// Show the second factor.
#[utoipa::path(
    post, path = "/api/v1/sign-in/oidc/second", tag = "sign-in", request_body = SecondGivenShape,
    responses(
        (status = 201, body = EnteredShape), (status = 200, body = EnteredShape, description = "A role must be chosen"),
        (status = 401, body = Problem, description = "It is wrong, or the ticket is too old"),
        (status = 403, body = Problem, description = "Not asked by a page of the hub's"),
        (status = 429, body = Problem, description = "Tried too often; `Retry-After` says when to try again"),
    ),
)]
pub async fn show_second(
    State(app): State<App>,
    page: FromPage,
    (peer, line): (Peer, Line),
    headers: HeaderMap,
    input::Json(given): input::Json<SecondGivenShape>,
) -> Result<Response, Problem> {
    of_page(page).map_err(Problem::of)?;
    let SecondGivenShape { ticket, code, ceremony, credential, position, device } = given;
    let position = read_asked(position.as_ref())?;
    let from = comes_from(&app, (peer, line), &headers, device, None);
    let second = match (&code, &ceremony, credential) {
        (Some(code), None, None) => SecondGiven::Code(code),
        (None, Some(ceremony), Some(credential)) => SecondGiven::Passkey(PasskeyAnswer { ceremony, credential }),
        (None, Some(_), None) => return Err(Invalid::required("credential").into()),
        _ => return Err(Invalid::required("code").into()),
    };
    Ok(answer(&app, page, app.accounts.show_second(&ticket, second, position, from).await?))
}

/// An identity of somebody at the other service.
#[derive(Debug, Serialize, ToSchema)]
pub struct IdentityShape {
    id: Uuid,
    #[schema(example = "https://login.example.jp/realms/care")]
    issuer: String,
    /// Whom the service means, in its own words.
    #[schema(example = "248289761001")]
    subject: String,
    #[schema(example = "2026-04-01T00:00:00Z")]
    linked_at: String,
    /// `null`: never since it was linked.
    #[schema(example = "2026-04-01T00:25:00Z")]
    used_at: Option<String>,
}

impl From<&Identity> for IdentityShape {
    fn from(identity: &Identity) -> Self {
        Self {
            id: identity.id.0,
            issuer: identity.issuer.clone(),
            subject: identity.subject.clone(),
            linked_at: identity.linked_at.to_rfc3339(),
            used_at: identity.used_at.map(|at| at.to_rfc3339()),
        }
    }
}

/// Identities at the other service, the oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Identities {
    /// What people call the service; `null`: nobody signs in by one here.
    #[schema(example = "みなと病院")]
    service: Option<String>,
    identities: Vec<IdentityShape>,
}

/// My identities at the other service.
#[utoipa::path(get, path = "/api/v1/me/identities", tag = "sign-in", responses((status = 200, body = Identities)))]
pub async fn list(State(app): State<App>, Arrived(signed_in): Arrived) -> Result<Json<Identities>, Problem> {
    let seen = app.accounts.my_identities(signed_in).await?;
    let identities = seen.identities.iter().map(IdentityShape::from).collect();
    Ok(Json(Identities { service: seen.service, identities }))
}

/// Leave for the other service, to link whom it means to my account.
#[utoipa::path(
    post, path = "/api/v1/me/identities", tag = "sign-in", request_body = NothingGiven,
    responses(
        (status = 200, body = LeavingShape),
        (status = 404, body = Problem, description = "The one who asks has no account that is set up"),
        (status = 409, body = Problem, description = "Nobody signs in by another service here"),
    ),
)]
pub async fn leave_to_link(
    State(app): State<App>,
    Arrived(signed_in): Arrived,
    input::Json(NothingGiven {}): input::Json<NothingGiven>,
) -> Result<Response, Problem> {
    Ok(leaving(&app, &app.accounts.leave_to_link(signed_in).await?))
}

/// Link whom the other service means to my account.
#[utoipa::path(
    post, path = "/api/v1/me/identities/finish", tag = "sign-in", request_body = NothingGiven,
    responses(
        (status = 201, body = IdentityShape),
        (status = 401, body = Problem, description = "Nobody came back from the other service"),
        (status = 409, body = Problem, description = "Linked to somebody already, or there is no other service here"),
    ),
)]
pub async fn link(
    State(app): State<App>,
    Arrived(signed_in): Arrived,
    headers: HeaderMap,
    input::Json(NothingGiven {}): input::Json<NothingGiven>,
) -> Result<Response, Problem> {
    let linked = app.accounts.link_identity(signed_in, round(&app, &headers)).await?;
    Ok(over(&app, (StatusCode::CREATED, Json(IdentityShape::from(&linked)))))
}

/// Unlink an identity of mine. My other sign-ins end.
#[utoipa::path(
    delete, path = "/api/v1/me/identities/{id}", tag = "sign-in",
    params(("id" = Uuid, Path, description = "The identity")),
    responses((status = 204), (status = 409, body = Problem, description = "Nothing else would let me in")),
)]
pub async fn unlink(
    State(app): State<App>,
    Arrived(signed_in): Arrived,
    Id(id): Id<IdentityId>,
) -> Result<StatusCode, Problem> {
    app.accounts.unlink_identity(signed_in, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Leave for the other service, to show once more who I am.
#[utoipa::path(
    post, path = "/api/v1/me/proof/oidc", tag = "sign-in", request_body = NothingGiven,
    responses(
        (status = 200, body = LeavingShape),
        (status = 409, body = Problem, description = "Nobody signs in by another service here"),
    ),
)]
pub async fn leave_to_prove(
    State(app): State<App>,
    Arrived(signed_in): Arrived,
    input::Json(NothingGiven {}): input::Json<NothingGiven>,
) -> Result<Response, Problem> {
    Ok(leaving(&app, &app.accounts.leave_to_prove(signed_in).await?))
}

/// Show by the other service who I am: it must prove two factors, and have asked for them anew.
#[utoipa::path(
    post, path = "/api/v1/me/proof/oidc/finish", tag = "sign-in", request_body = NothingGiven,
    responses(
        (status = 200, body = ProofShape),
        (status = 401, body = Problem, description = "Nobody came back, somebody else, or with one factor"),
        (status = 409, body = Problem, description = "Nobody signs in by another service here"),
    ),
)]
pub async fn prove(
    State(app): State<App>,
    Arrived(signed_in): Arrived,
    headers: HeaderMap,
    input::Json(NothingGiven {}): input::Json<NothingGiven>,
) -> Result<Response, Problem> {
    let until = app.accounts.prove_by_identity(signed_in, round(&app, &headers)).await?;
    Ok(over(&app, Json(ProofShape { until: until.to_rfc3339() })))
}
