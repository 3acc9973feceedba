//! `/api/v1/me/bells`, `/api/v1/me/quiet-hours`: which of my devices are rung while their page is closed, and when I want
//! quiet. Where a device is rung is taken and never shown again.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::actions::bells::{BellError, NewBell};
use crate::domain::bell::{Bell, QuietHours, Weight};
use crate::domain::ids::BellId;
use crate::domain::text::{Invalid, Text};
use crate::http::app::App;
use crate::http::input::{self, Id};
use crate::http::problem::Problem;
use crate::hub::sessions::SignedIn;
use crate::wire::codes::Code;

/// A device that is rung.
#[derive(Debug, Serialize, ToSchema)]
pub struct BellShape {
    id: Uuid,
    /// What the device calls itself.
    #[schema(example = "iPhone (Safari)")]
    device: String,
    /// What it takes at least: `mine`, `urgent`.
    wish: &'static str,
    #[schema(example = "2026-04-01T00:00:00Z")]
    added_at: String,
    /// When its page was last opened.
    #[schema(example = "2026-04-01T00:25:00Z")]
    renewed_at: String,
    /// When it was last rung.
    #[schema(example = "2026-04-01T11:02:00Z")]
    rung_at: Option<String>,
    /// Whether it is the one that asked.
    is_this: bool,
}

/// From when until when, by the clocks of the region.
#[derive(Debug, Serialize, ToSchema)]
pub struct QuietShape {
    #[schema(example = "21:00")]
    from: String,
    #[schema(example = "07:00")]
    until: String,
}

/// My devices that are rung.
#[derive(Debug, Serialize, ToSchema)]
pub struct BellList {
    /// The public key with which a browser asks its push service (`applicationServerKey`); `null`: no device is rung here.
    key: Option<String>,
    /// The one whose page was opened last first.
    bells: Vec<BellShape>,
    /// `null`: never.
    quiet_hours: Option<QuietShape>,
}

fn shape(bell: &Bell, by: &SignedIn) -> BellShape {
    BellShape {
        id: bell.id.0,
        device: bell.device.clone(),
        wish: bell.wish.code(),
        added_at: bell.added_at.to_rfc3339(),
        renewed_at: bell.renewed_at.to_rfc3339(),
        rung_at: bell.rung_at.map(|at| at.to_rfc3339()),
        is_this: bell.sign_in == by.id,
    }
}

impl From<BellError> for Problem {
    fn from(error: BellError) -> Self {
        match error {
            BellError::Off => {
                let text = Text::fixed(
                    "この地域では、ページを閉じた端末へは知らせません",
                    "no device is rung here while its page is closed",
                );
                Invalid::new("", Code::Conflict.code(), text).into()
            }
            BellError::Ended => Self::unauthenticated(),
            BellError::Invalid(invalid) => invalid.into(),
            BellError::NotFound => Self::not_found(),
            BellError::Store(error) => error.into(),
        }
    }
}

/// Which of my devices are rung while their page is closed, and when do I want quiet?
#[utoipa::path(get, path = "/api/v1/me/bells", tag = "bells", responses((status = 200, body = BellList)))]
pub async fn list(State(app): State<App>, by: SignedIn) -> Result<Json<BellList>, Problem> {
    let seen = app.bells.list(by.actor.person).await?;
    let quiet_hours = seen.quiet.map(QuietHours::times).map(|(from, until)| QuietShape { from, until });
    Ok(Json(BellList { key: seen.key, bells: seen.bells.iter().map(|bell| shape(bell, &by)).collect(), quiet_hours }))
}

/// A device to be rung.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "endpoint": "https://push.example.jp/send/k2a9", "wish": "mine", "device": "iPhone (Safari)"
}))]
pub struct BellGiven {
    /// Where, as its browser's push service said.
    endpoint: String,
    /// What it takes at least: `mine`, `urgent`.
    wish: String,
    /// What the device calls itself.
    #[serde(default)]
    device: String,
}

/// Have this device rung, or say that it still is to be: a page says so whenever it is opened.
#[utoipa::path(
    post, path = "/api/v1/me/bells", tag = "bells", request_body = BellGiven,
    responses(
        (status = 201, body = BellShape),
        (status = 409, body = Problem, description = "No device is rung here"),
    ),
)]
pub async fn put(
    State(app): State<App>,
    by: SignedIn,
    input::Json(given): input::Json<BellGiven>,
) -> Result<(StatusCode, Json<BellShape>), Problem> {
    let wish = Weight::from_code(&given.wish)
        .ok_or_else(|| Invalid::new("wish", Code::UnknownCode.code(), Code::UnknownCode.text()))?;
    let new = NewBell { endpoint: &given.endpoint, wish, device: &given.device };
    let bell = app.bells.put(&by, new).await?;
    Ok((StatusCode::CREATED, Json(shape(&bell, &by))))
}

/// A device of mine is not rung any more.
#[utoipa::path(
    delete, path = "/api/v1/me/bells/{id}", tag = "bells",
    params(("id" = Uuid, Path, description = "The bell")), responses((status = 204)),
)]
pub async fn remove(State(app): State<App>, by: SignedIn, Id(id): Id<BellId>) -> Result<StatusCode, Problem> {
    app.bells.remove(by.actor.person, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// When I want quiet.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "quiet": true, "from": "21:00", "until": "07:00" }))]
pub struct QuietGiven {
    /// `false`: never.
    quiet: bool,
    /// A time of day in the region.
    from: String,
    /// Before `from`: on the next day.
    until: String,
}

/// From when until when do I want quiet? What is urgent passes; of the rest I am told once, at the end.
#[utoipa::path(
    put, path = "/api/v1/me/quiet-hours", tag = "bells", request_body = QuietGiven, responses((status = 204)),
)]
pub async fn keep_quiet(
    State(app): State<App>,
    by: SignedIn,
    input::Json(given): input::Json<QuietGiven>,
) -> Result<StatusCode, Problem> {
    let hours = QuietHours::read(&given.from, &given.until)?;
    app.bells.keep_quiet(by.actor.person, given.quiet.then_some(hours)).await?;
    Ok(StatusCode::NO_CONTENT)
}
