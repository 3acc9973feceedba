//! Registered devices, for the secretariat and for who looks after an office; and, for the secretariat, who may do without
//! one for a while. A device that is not theirs to look after does not exist here.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::qr_svg;
use crate::actions::accounts::{Bundle, DeviceSeen};
use crate::domain::ids::{DeviceId, OrganisationId, PersonId};
use crate::domain::text::{Invalid, Text};
use crate::domain::time::Timestamp;
use crate::http::app::App;
use crate::http::authentication::Secretariat;
use crate::http::input::{self, Id};
use crate::http::problem::Problem;
use crate::hub::sessions::SignedIn;
use crate::wire;

/// A registered device.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeviceShape {
    id: Uuid,
    organisation: Uuid,
    #[schema(example = "タブレット 3")]
    name: String,
    #[schema(example = "2026-04-01T00:00:00Z")]
    registered_at: String,
    /// When a connection last showed its certificate, to within five minutes.
    #[schema(example = "2026-04-02T03:10:00Z")]
    seen_at: Option<String>,
    #[schema(example = "2026-05-01T00:00:00Z")]
    revoked_at: Option<String>,
    certificate: Option<CertificateShape>,
    /// Until when the link for its enrolment can be used.
    #[schema(example = "2026-04-02T00:00:00Z")]
    enrolling_until: Option<String>,
}

/// The newest certificate of a device.
#[derive(Debug, Serialize, ToSchema)]
pub struct CertificateShape {
    /// Its number, as tools show it.
    #[schema(example = "4f0c1d2e3a4b5c6d7e8f90a1b2c3d4e5")]
    serial: String,
    #[schema(example = "2026-04-01T00:00:00Z")]
    issued_at: String,
    #[schema(example = "2027-05-03T00:00:00Z")]
    expires_at: String,
}

impl From<&DeviceSeen> for DeviceShape {
    fn from(seen: &DeviceSeen) -> Self {
        let device = &seen.device;
        Self {
            id: device.id.0,
            organisation: device.organisation.0,
            name: device.name.clone(),
            registered_at: device.registered_at.to_rfc3339(),
            seen_at: device.seen_at.map(|at| at.to_rfc3339()),
            revoked_at: device.revoked_at.map(|at| at.to_rfc3339()),
            certificate: seen.certificate.map(|one| CertificateShape {
                serial: one.serial.to_string(),
                issued_at: one.issued_at.to_rfc3339(),
                expires_at: one.expires_at.to_rfc3339(),
            }),
            enrolling_until: seen.enrolling_until.map(|until| until.to_rfc3339()),
        }
    }
}

/// Devices, the latest registered first.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeviceList {
    devices: Vec<DeviceShape>,
}

/// Which devices are registered? The secretariat sees all, an administrator those of their office.
#[utoipa::path(
    get, path = "/api/v1/devices", tag = "devices",
    responses(
        (status = 200, body = DeviceList),
        (status = 403, body = Problem, description = "Neither the secretariat nor an office's administrator"),
    ),
)]
pub async fn list(State(app): State<App>, by: SignedIn) -> Result<Json<DeviceList>, Problem> {
    let seen = app.accounts.list_devices(&by).await?;
    Ok(Json(DeviceList { devices: seen.iter().map(DeviceShape::from).collect() }))
}

/// A device to be registered.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "name": "タブレット 3", "organisation": "0190aaaa-0000-7000-8000-000000000002" }))]
pub struct DeviceGiven {
    /// What stands on its label.
    name: String,
    /// Whose it is, for good: a device of another organisation is registered anew.
    organisation: String,
}

/// Register a device. It can be used once it has a certificate: by an enrolment link, or carried to it.
#[utoipa::path(
    post, path = "/api/v1/devices", tag = "devices", request_body = DeviceGiven,
    responses((status = 201, body = DeviceShape)),
)]
pub async fn register(
    State(app): State<App>,
    by: SignedIn,
    input::Json(given): input::Json<DeviceGiven>,
) -> Result<(StatusCode, Json<DeviceShape>), Problem> {
    let organisation = wire::id("organisation", &given.organisation, OrganisationId)?;
    let device = app.accounts.register_device(by, organisation, &given.name).await?;
    let seen = DeviceSeen { device, certificate: None, enrolling_until: None };
    Ok((StatusCode::CREATED, Json(DeviceShape::from(&seen))))
}

/// Nothing more is needed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({}))]
pub struct NothingMore {}

/// A certificate with its key, shown this once. File and passphrase go different ways to the device.
#[derive(Serialize, ToSchema)]
pub struct BundleShape {
    /// Of the device, for the file's name.
    #[schema(example = "タブレット 3")]
    device: String,
    /// The PKCS#12 file (`.p12`), in base64.
    #[schema(example = "MIIF…")]
    pkcs12: String,
    /// Asked for when it is installed.
    #[schema(example = "k7m2p-9xq4r-t8bnd-w3hfz")]
    passphrase: String,
    #[schema(example = "2027-05-03T00:00:00Z")]
    expires_at: String,
}

impl From<Bundle> for BundleShape {
    fn from(bundle: Bundle) -> Self {
        Self {
            device: bundle.device.name,
            pkcs12: STANDARD.encode(&bundle.pkcs12),
            passphrase: bundle.passphrase.to_string(),
            expires_at: bundle.expires_at.to_rfc3339(),
        }
    }
}

/// Issue a certificate, to be carried to the device. An older one goes on until the new one is first seen.
#[utoipa::path(
    post, path = "/api/v1/devices/{id}/certificates", tag = "devices", request_body = NothingMore,
    params(("id" = Uuid, Path, description = "The device")), responses((status = 201, body = BundleShape)),
)]
pub async fn issue_certificate(
    State(app): State<App>,
    by: SignedIn,
    Id(device): Id<DeviceId>,
    input::Json(NothingMore {}): input::Json<NothingMore>,
) -> Result<(StatusCode, Json<BundleShape>), Problem> {
    let bundle = app.accounts.issue_certificate(by, device).await?;
    Ok((StatusCode::CREATED, Json(bundle.into())))
}

/// An enrolment link, shown this once. Link and code go different ways to the device.
#[derive(Debug, Serialize, ToSchema)]
pub struct IssuedEnrolmentShape {
    #[schema(example = "https://renkei.example.jp/#enrolment=rk_dGhlIGxpbmsgYWxvbmUgb3BlbnMgbm90aGluZywgc2VlPyE")]
    link: String,
    /// The link as an SVG picture, for the device's camera.
    qr: String,
    /// To be told by telephone or face to face, never sent with the link.
    #[schema(example = "604117")]
    code: String,
    #[schema(example = "2026-04-02T00:00:00Z")]
    expires_at: String,
}

/// Let a device fetch its certificate by a link. Earlier links of it are void.
#[utoipa::path(
    post, path = "/api/v1/devices/{id}/enrolments", tag = "devices", request_body = NothingMore,
    params(("id" = Uuid, Path, description = "The device")), responses((status = 201, body = IssuedEnrolmentShape)),
)]
pub async fn enrol(
    State(app): State<App>,
    by: SignedIn,
    Id(device): Id<DeviceId>,
    input::Json(NothingMore {}): input::Json<NothingMore>,
) -> Result<(StatusCode, Json<IssuedEnrolmentShape>), Problem> {
    let issued = app.accounts.enrol_device(by, device).await?;
    let link = format!("{}/#enrolment={}", app.page_url.trim_end_matches('/'), issued.token.reveal().as_str());
    let shape =
        IssuedEnrolmentShape { qr: qr_svg(&link), link, code: issued.code, expires_at: issued.expires_at.to_rfc3339() };
    Ok((StatusCode::CREATED, Json(shape)))
}

/// Why a device is revoked.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "reason": "訪問先の駐車場で紛失" }))]
pub struct RevocationGiven {
    /// For the audit log.
    reason: String,
}

/// Revoke a device for good: its certificates, links and sign-ins end now, and so does whatever is open on it.
#[utoipa::path(
    post, path = "/api/v1/devices/{id}/revoke", tag = "devices", request_body = RevocationGiven,
    params(("id" = Uuid, Path, description = "The device")), responses((status = 204)),
)]
pub async fn revoke(
    State(app): State<App>,
    by: SignedIn,
    Id(device): Id<DeviceId>,
    input::Json(given): input::Json<RevocationGiven>,
) -> Result<StatusCode, Problem> {
    app.accounts.revoke_device(by, device, given.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Somebody who may do without a registered device.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExceptionShape {
    person: Uuid,
    #[schema(example = "2026-04-04T00:00:00Z")]
    until: String,
}

/// Exceptions in force, the first to end first.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExceptionList {
    exceptions: Vec<ExceptionShape>,
}

/// Who may do without a registered device? Reasons stand in the audit log.
#[utoipa::path(
    get, path = "/api/v1/device-exceptions", tag = "devices",
    responses((status = 200, body = ExceptionList), (status = 403, body = Problem, description = "Not the secretariat")),
)]
pub async fn list_exceptions(State(app): State<App>, _secretariat: Secretariat) -> Json<ExceptionList> {
    let exceptions = app.hub.devices().exceptions(app.hub.region().now());
    let shape = |(person, until): (PersonId, Timestamp)| ExceptionShape { person: person.0, until: until.to_rfc3339() };
    Json(ExceptionList { exceptions: exceptions.into_iter().map(shape).collect() })
}

/// An exception to be granted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "until": "2026-04-04T00:00:00Z", "reason": "タブレットの紛失。代替機は 3 日に届く" }))]
pub struct ExceptionGiven {
    /// Within seven days.
    until: String,
    /// For the audit log: what happened, and how it was made sure who asked.
    reason: String,
}

/// Let somebody sign in without a registered device for a while, where one is required.
#[utoipa::path(
    put, path = "/api/v1/people/{id}/device-exception", tag = "devices", request_body = ExceptionGiven,
    params(("id" = Uuid, Path, description = "The person")),
    responses((status = 204), (status = 403, body = Problem, description = "Not the secretariat, or for oneself")),
)]
pub async fn grant_exception(
    State(app): State<App>,
    Secretariat(by): Secretariat,
    Id(person): Id<PersonId>,
    input::Json(given): input::Json<ExceptionGiven>,
) -> Result<StatusCode, Problem> {
    let until: Timestamp = given.until.parse().map_err(|_| {
        let expected = Text::fixed("2026-04-04T00:00:00Z のような時刻です", "a moment such as 2026-04-04T00:00:00Z");
        Invalid::new("until", "bad_date", expected)
    })?;
    app.accounts.grant_exception(by, person, until, given.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// End somebody's exception: their sign-ins without a device end now.
#[utoipa::path(
    delete, path = "/api/v1/people/{id}/device-exception", tag = "devices",
    params(("id" = Uuid, Path, description = "The person")),
    responses((status = 204), (status = 403, body = Problem, description = "Not the secretariat")),
)]
pub async fn end_exception(
    State(app): State<App>,
    Secretariat(by): Secretariat,
    Id(person): Id<PersonId>,
) -> Result<StatusCode, Problem> {
    app.accounts.end_exception(by, person).await?;
    Ok(StatusCode::NO_CONTENT)
}
