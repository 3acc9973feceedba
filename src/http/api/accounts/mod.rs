//! Accounts over REST: getting in, one's own account, and looking after those of others. A page of ours gets a cookie that
//! no script can read; programs get a token.

pub mod devices;
pub mod enrolling;
pub mod entering;
pub mod inviting;
pub mod looking_after;
pub mod mine;
pub mod outside;
pub mod passkeys;
pub mod proving;

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use qrcode::QrCode;
use qrcode::render::svg;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::actions::accounts::{AccountError, Entered};
use crate::domain::directory::Position;
use crate::http::app::App;
use crate::http::authentication::FromPage;
use crate::http::cookies::Cookie;
use crate::http::problem::Problem;
use crate::wire::codes::Code;

/// A role at an organisation, with the name to choose it by.
#[derive(Debug, Serialize, ToSchema)]
pub struct HeldPosition {
    /// As in `positions` of a person.
    #[schema(example = "nurse")]
    role: &'static str,
    organisation: Uuid,
    organisation_name: String,
}

pub(super) fn held(app: &App, positions: &[Position]) -> Vec<HeldPosition> {
    let directory = app.hub.region().directory();
    let name = |position: &Position| directory.organisations.get(&position.organisation).map(|at| at.name.clone());
    let shape = |position: &Position| HeldPosition {
        role: position.role.code(),
        organisation: position.organisation.0,
        organisation_name: name(position).unwrap_or_default(),
    };
    positions.iter().map(shape).collect()
}

/// Somebody is in, or must choose a role first.
#[derive(Debug, Serialize, ToSchema)]
pub struct EnteredShape {
    /// Of the sign-in; `null` while a role is to be chosen.
    id: Option<Uuid>,
    /// For programs. A page has a cookie instead.
    #[schema(example = "rk_c2hvd24gb25jZSwgdGhlbiBvbmx5IGl0cyBoYXNoIGlzIGtlcA")]
    token: Option<String>,
    /// What a program keeps and sends as `device_mark` next time, so that strangers who guess do not slow it down. A page
    /// has a cookie.
    device_mark: Option<String>,
    /// When the sign-in ends, or the choice.
    #[schema(example = "2026-04-01T12:00:00Z")]
    expires_at: String,
    /// The roles to choose from, where one must be chosen at `/api/v1/sign-in/position`.
    positions: Vec<HeldPosition>,
    /// For that choice.
    ticket: Option<String>,
}

/// The answer to whoever is in: a cookie for a page, a token for a program.
fn answer(app: &App, FromPage(is_page): FromPage, entered: Entered) -> Response {
    match entered {
        Entered::Choose { ticket, until, positions } => {
            let shape = EnteredShape {
                id: None,
                token: None,
                device_mark: None,
                expires_at: until.to_rfc3339(),
                positions: held(app, &positions),
                ticket: Some(ticket.reveal().to_string()),
            };
            (StatusCode::OK, axum::Json(shape)).into_response()
        }
        Entered::In { token, signed_in, mark } => {
            let token = token.reveal().to_string();
            let shape = EnteredShape {
                id: Some(signed_in.id.0),
                token: (!is_page).then(|| token.clone()),
                device_mark: (!is_page).then(|| mark.clone()),
                expires_at: signed_in.until.to_rfc3339(),
                positions: Vec::new(),
                ticket: None,
            };
            let mut response = (StatusCode::CREATED, axum::Json(shape)).into_response();
            if is_page {
                // As long as the sign-in: a tablet whose browser was closed goes on where it was.
                let lasts = signed_in.until.since(app.hub.region().now());
                let cookies = [app.cookies.set(Cookie::SignIn, &token, Some(lasts)), app.cookies.mark(&mark)];
                for cookie in cookies {
                    response.headers_mut().append(header::SET_COOKIE, cookie);
                }
            }
            response
        }
    }
}

/// A QR code as an SVG picture, dark on light whatever the page's colours.
fn qr_svg(text: &str) -> String {
    match QrCode::new(text) {
        Ok(code) => code.render::<svg::Color<'_>>().min_dimensions(240, 240).build(),
        // Nothing that is shown here is longer than a QR code holds (2,953 bytes).
        Err(_) => String::new(),
    }
}

impl From<AccountError> for Problem {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::Refused => Self::of(Code::SignInRefused),
            AccountError::PasskeyRefused => Self::of(Code::PasskeyRefused),
            AccountError::OutsideRefused => Self::of(Code::OutsideRefused),
            AccountError::OutsideUnreachable => Self::of(Code::OutsideAway),
            AccountError::NoInvitation => Self::of(Code::InvitationRefused),
            AccountError::TooOften(often) => Self::too_often(often.wait),
            AccountError::Overloaded => Self::of(Code::Overloaded),
            AccountError::Line(refusal) => refusal.into(),
            AccountError::NoEnrolment => Self::of(Code::EnrolmentRefused),
            AccountError::Certificate(error) => {
                tracing::error!(%error, "a device's certificate cannot be made");
                Self::of(Code::Internal)
            }
            AccountError::NotFound => Self::not_found(),
            AccountError::Forbidden(text) => Self::saying(Code::Forbidden, text),
            AccountError::Conflict(text) => Self::saying(Code::Conflict, text),
            AccountError::Invalid(invalid) => invalid.into(),
            AccountError::SignIn(error) => error.into(),
            AccountError::Store(error) => error.into(),
        }
    }
}
