//! Accounts and people of others, for the secretariat and for those who look after an office: invitations, recovery, lost
//! devices, joining and leaving. Somebody who is not theirs to look after does not exist here.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::mine::{SignInShape, listed};
use super::passkeys::PasskeyShape;
use super::qr_svg;
use crate::actions::accounts::{Issued, TakenOn};
use crate::domain::account::{Identity, Login};
use crate::domain::ids::{OrganisationId, PersonId};
use crate::domain::time::Timestamp;
use crate::http::app::App;
use crate::http::authentication::Secretariat;
use crate::http::input::{self, Id};
use crate::http::problem::Problem;
use crate::http::shapes::{Name, PersonShape};
use crate::hub::sessions::SignedIn;
use crate::wire;

/// Somebody's account.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountShape {
    /// `null`: never invited.
    #[schema(example = "4821-0937")]
    login: Option<String>,
    /// Whether they can sign in.
    is_set_up: bool,
    /// Until when an open invitation can be used.
    #[schema(example = "2026-04-02T12:00:00Z")]
    invited_until: Option<String>,
    /// Whether it opens by a password and an authenticator.
    has_password: bool,
    /// By which it opens, or opened.
    passkeys: Vec<PasskeyShape>,
    /// At another service, by which it opens, or opened.
    identities: Vec<IdentitySeenShape>,
    sign_ins: Vec<SignInShape>,
}

/// An identity of somebody else's at another service. Whom the service means by it is theirs to know.
#[derive(Debug, Serialize, ToSchema)]
pub struct IdentitySeenShape {
    id: Uuid,
    #[schema(example = "https://login.example.jp/realms/care")]
    issuer: String,
    #[schema(example = "2026-04-01T00:00:00Z")]
    linked_at: String,
    /// `null`: never since it was linked.
    #[schema(example = "2026-04-01T00:25:00Z")]
    used_at: Option<String>,
    /// Since when it lets nobody in: the account was recovered.
    #[schema(example = "2026-04-02T00:00:00Z")]
    voided_at: Option<String>,
}

impl From<&Identity> for IdentitySeenShape {
    fn from(identity: &Identity) -> Self {
        let Identity { id, issuer, linked_at, used_at, voided_at, .. } = identity;
        Self {
            id: id.0,
            issuer: issuer.clone(),
            linked_at: linked_at.to_rfc3339(),
            used_at: used_at.map(Timestamp::to_rfc3339),
            voided_at: voided_at.map(Timestamp::to_rfc3339),
        }
    }
}

/// What is to be seen of somebody's account.
#[utoipa::path(
    get, path = "/api/v1/people/{id}/account", tag = "accounts",
    params(("id" = Uuid, Path, description = "The person")), responses((status = 200, body = AccountShape)),
)]
pub async fn show(
    State(app): State<App>,
    by: SignedIn,
    Id(person): Id<PersonId>,
) -> Result<Json<AccountShape>, Problem> {
    let seen = app.accounts.see(by, person).await?;
    Ok(Json(AccountShape {
        login: seen.login.map(|login| login.to_string()),
        is_set_up: seen.is_set_up,
        invited_until: seen.invited_until.map(|until| until.to_rfc3339()),
        has_password: seen.has_password,
        passkeys: seen.passkeys.iter().map(PasskeyShape::from).collect(),
        identities: seen.identities.iter().map(IdentitySeenShape::from).collect(),
        sign_ins: listed(&app, person, Some(by.id)).await?,
    }))
}

/// An invitation, shown this once. Link and code go different ways to the person.
#[derive(Debug, Serialize, ToSchema)]
pub struct IssuedInvitation {
    #[schema(example = "https://renkei.example.jp/#invitation=rk_dGhlIGxpbmsgYWxvbmUgb3BlbnMgbm90aGluZywgc2VlPyE")]
    link: String,
    /// The link as an SVG picture, for a camera.
    qr: String,
    /// To be told by telephone or face to face, never sent with the link.
    #[schema(example = "604117")]
    code: String,
    #[schema(example = "4821-0937")]
    login: String,
    #[schema(example = "2026-04-02T12:00:00Z")]
    expires_at: String,
}

impl IssuedInvitation {
    fn new(app: &App, issued: &Issued) -> Self {
        let link = format!("{}/#invitation={}", app.page_url.trim_end_matches('/'), issued.token.reveal().as_str());
        Self {
            qr: qr_svg(&link),
            link,
            code: issued.code.clone(),
            login: issued.login.to_string(),
            expires_at: issued.expires_at.to_rfc3339(),
        }
    }
}

/// Whom to invite, under which name.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "login": "sato.hanako" }))]
pub struct InvitingGiven {
    /// The sign-in name; digits are drawn without it.
    #[serde(default)]
    login: Option<String>,
}

/// Invite somebody to set their account up. Earlier invitations of theirs are void.
#[utoipa::path(
    post, path = "/api/v1/people/{id}/invitations", tag = "accounts", request_body = InvitingGiven,
    params(("id" = Uuid, Path, description = "The person")),
    responses(
        (status = 201, body = IssuedInvitation),
        (status = 409, body = Problem, description = "They have an account, or nothing to act in"),
    ),
)]
pub async fn invite(
    State(app): State<App>,
    by: SignedIn,
    Id(person): Id<PersonId>,
    input::Json(given): input::Json<InvitingGiven>,
) -> Result<(StatusCode, Json<IssuedInvitation>), Problem> {
    let login = given.login.map(|login| Login::parse("login", &login)).transpose()?;
    let issued = app.accounts.invite(by, person, login).await?;
    Ok((StatusCode::CREATED, Json(IssuedInvitation::new(&app, &issued))))
}

/// Void somebody's open invitations.
#[utoipa::path(
    delete, path = "/api/v1/people/{id}/invitations", tag = "accounts",
    params(("id" = Uuid, Path, description = "The person")), responses((status = 204)),
)]
pub async fn withdraw(State(app): State<App>, by: SignedIn, Id(person): Id<PersonId>) -> Result<StatusCode, Problem> {
    app.accounts.withdraw_invitations(by, person).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Why an account is recovered.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "reason": "スマートフォンの紛失。本人に電話で確認した" }))]
pub struct RecoveryGiven {
    /// For the audit log: what was lost, and how it was made sure who asked.
    reason: String,
}

/// Let somebody set their account up again who lost a factor. Their sign-ins end now, and the authenticator is void.
#[utoipa::path(
    post, path = "/api/v1/people/{id}/recovery", tag = "accounts", request_body = RecoveryGiven,
    params(("id" = Uuid, Path, description = "The person")),
    responses(
        (status = 201, body = IssuedInvitation),
        (status = 403, body = Problem, description = "Nobody recovers their own account"),
        (status = 409, body = Problem, description = "It was never set up"),
    ),
)]
pub async fn recover(
    State(app): State<App>,
    by: SignedIn,
    Id(person): Id<PersonId>,
    input::Json(given): input::Json<RecoveryGiven>,
) -> Result<(StatusCode, Json<IssuedInvitation>), Problem> {
    let issued = app.accounts.recover(by, person, given.reason).await?;
    Ok((StatusCode::CREATED, Json(IssuedInvitation::new(&app, &issued))))
}

/// End all sign-ins of somebody whose device is lost.
#[utoipa::path(
    delete, path = "/api/v1/people/{id}/sign-ins", tag = "accounts",
    params(("id" = Uuid, Path, description = "The person")), responses((status = 204)),
)]
pub async fn end_sign_ins(
    State(app): State<App>,
    by: SignedIn,
    Id(person): Id<PersonId>,
) -> Result<StatusCode, Problem> {
    app.accounts.end_sign_ins_of(by, person).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Somebody new.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "name": { "kanji": "佐藤 花子", "kana": "サトウ ハナコ" }, "role": "nurse" }))]
pub struct StaffGiven {
    name: Name,
    /// As in a position. An office takes on by itself whom such an office usually has.
    role: String,
}

/// Take somebody new on at an office.
#[utoipa::path(
    post, path = "/api/v1/organisations/{id}/staff", tag = "accounts", request_body = StaffGiven,
    params(("id" = Uuid, Path, description = "The organisation")), responses((status = 201, body = PersonShape)),
)]
pub async fn take_on(
    State(app): State<App>,
    by: SignedIn,
    Id(organisation): Id<OrganisationId>,
    input::Json(given): input::Json<StaffGiven>,
) -> Result<(StatusCode, Json<PersonShape>), Problem> {
    let role = wire::code("role", &given.role)?;
    let TakenOn(person) = app.accounts.take_on(by, organisation, given.name.into(), role).await?;
    Ok((StatusCode::CREATED, Json(PersonShape::from(&person))))
}

/// An organisation and one of its people.
pub struct OfficeAndPerson(OrganisationId, PersonId);

impl<S: Send + Sync> axum::extract::FromRequestParts<S> for OfficeAndPerson {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut axum::http::request::Parts, state: &S) -> Result<Self, Problem> {
        let given = Path::<(String, String)>::from_request_parts(parts, state).await;
        let Path((organisation, person)) = given.map_err(|_| Problem::not_found())?;
        let read = |_| Problem::not_found();
        Ok(Self(organisation.parse().map_err(read)?, person.parse().map_err(read)?))
    }
}

/// Somebody leaves an office: their positions there end, and what they have open closes now.
#[utoipa::path(
    delete, path = "/api/v1/organisations/{id}/staff/{person}", tag = "accounts",
    params(
        ("id" = Uuid, Path, description = "The organisation"),
        ("person" = Uuid, Path, description = "Somebody who works there"),
    ),
    responses(
        (status = 204),
        (status = 409, body = Problem, description = "Nobody would be left who acts for the secretariat"),
    ),
)]
pub async fn let_go(
    State(app): State<App>,
    by: SignedIn,
    OfficeAndPerson(organisation, person): OfficeAndPerson,
) -> Result<StatusCode, Problem> {
    app.accounts.let_go(by, organisation, person).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who is to look after an office.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "person": "0190aaaa-0000-7000-8000-000000000003" }))]
pub struct AdministratorGiven {
    /// Id of somebody who works there.
    person: String,
}

/// Appoint somebody who looks after the people of the office that they work at.
#[utoipa::path(
    post, path = "/api/v1/organisations/{id}/administrators", tag = "accounts", request_body = AdministratorGiven,
    params(("id" = Uuid, Path, description = "The organisation")),
    responses((status = 204), (status = 403, body = Problem, description = "Not the secretariat")),
)]
pub async fn appoint(
    State(app): State<App>,
    Secretariat(by): Secretariat,
    Id(organisation): Id<OrganisationId>,
    input::Json(given): input::Json<AdministratorGiven>,
) -> Result<StatusCode, Problem> {
    let person = wire::id("person", &given.person, PersonId)?;
    app.accounts.appoint(by, organisation, person, true).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// End an appointment.
#[utoipa::path(
    delete, path = "/api/v1/organisations/{id}/administrators/{person}", tag = "accounts",
    params(
        ("id" = Uuid, Path, description = "The organisation"),
        ("person" = Uuid, Path, description = "Whose appointment ends"),
    ),
    responses((status = 204), (status = 403, body = Problem, description = "Not the secretariat")),
)]
pub async fn dismiss(
    State(app): State<App>,
    Secretariat(by): Secretariat,
    OfficeAndPerson(organisation, person): OfficeAndPerson,
) -> Result<StatusCode, Problem> {
    app.accounts.appoint(by, organisation, person, false).await?;
    Ok(StatusCode::NO_CONTENT)
}
