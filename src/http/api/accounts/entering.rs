//! `/api/v1/sign-in`: from a name, a password and a code to a sign-in in one role.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{EnteredShape, answer};
use crate::actions::accounts::{From as ComesFrom, Trial};
use crate::domain::directory::Position;
use crate::domain::text::Invalid;
use crate::http::api::directory::read_position;
use crate::http::app::App;
use crate::http::authentication::{FromPage, Peer};
use crate::http::cookies::Cookie;
use crate::http::input;
use crate::http::problem::Problem;
use crate::http::shapes::PositionShape;
use crate::hub::devices::{Line, Shown};

/// How people sign in here.
#[derive(Debug, Serialize, ToSchema)]
pub struct WaysIn {
    /// Fewest characters of a new password.
    #[schema(example = 15)]
    password_chars_min: usize,
    /// The name that passkeys are made for: a page that was opened under another, or at a bare address, can make none.
    /// `null`: none can be made at all.
    #[schema(example = "renkei.example.jp")]
    passkeys: Option<String>,
    /// What people call the other service by which they may sign in; `null`: there is none.
    #[schema(example = "みなと病院")]
    outside: Option<String>,
    /// Whether the links that `renkei demo` prints let people in. Nowhere else do they.
    links: bool,
    device: ShownDevice,
}

/// What the hub sees of the device, for whoever wonders why they cannot get in.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShownDevice {
    /// Whether this listener asks for the certificate of a registered device: `off`, `optional`, `required`.
    #[schema(example = "optional")]
    demand: &'static str,
    /// What the connection shows: `nothing`, `registered`, `expired`, `ended` (revoked or replaced).
    #[schema(example = "registered")]
    shown: &'static str,
    /// Until when the certificate shown is valid.
    #[schema(example = "2027-05-03T00:00:00Z")]
    expires_at: Option<String>,
}

impl ShownDevice {
    pub(super) fn of(line: &Line) -> Self {
        let (shown, until) = match line.shown {
            Shown::Nothing => ("nothing", None),
            Shown::Device { until, .. } => ("registered", Some(until)),
            Shown::Expired => ("expired", None),
            Shown::Ended => ("ended", None),
        };
        Self { demand: line.demand.code(), shown, expires_at: until.map(|until| until.to_rfc3339()) }
    }
}

/// How do people sign in here?
#[utoipa::path(get, path = "/api/v1/sign-in", tag = "sign-in", responses((status = 200, body = WaysIn)))]
pub async fn show_ways(State(app): State<App>, line: Line) -> Json<WaysIn> {
    let device = ShownDevice::of(&line);
    let passkeys = app.accounts.passkey_name().map(str::to_owned);
    let outside = app.accounts.outside_name().map(str::to_owned);
    let (password_chars_min, links) = (app.accounts.password_chars_min(), app.sign_ins.takes_links());
    Json(WaysIn { password_chars_min, passkeys, outside, links, device })
}

/// What somebody types. Whatever is wrong with it, the answer is the same, and so is the time it takes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "login": "4821-0937", "password": "雨の日は傘を二本もって行く", "code": "492 039", "device": "ナースステーションの PC"
}))]
pub struct SignInGiven {
    /// Sign-in name; case and width do not count.
    login: String,
    password: String,
    /// The six digits that the authenticator app shows now. A code counts once.
    code: String,
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

/// Sign in with a password and a code.
#[utoipa::path(
    post, path = "/api/v1/sign-in", tag = "sign-in", request_body = SignInGiven,
    responses(
        (status = 201, body = EnteredShape), (status = 200, body = EnteredShape, description = "A role must be chosen"),
        (status = 401, body = Problem, description = "Name, password or code is wrong; which, is not told"),
        (status = 429, body = Problem, description = "Tried too often; `Retry-After` says when to try again"),
    ),
)]
pub async fn sign_in(
    State(app): State<App>,
    page: FromPage,
    (peer, line): (Peer, Line),
    headers: HeaderMap,
    input::Json(given): input::Json<SignInGiven>,
) -> Result<Response, Problem> {
    let SignInGiven { login, password, code, position, device, device_mark } = given;
    let position = read_asked(position.as_ref())?;
    let from = comes_from(&app, (peer, line), &headers, device, device_mark);
    let trial = Trial { login: &login, password: &password, code: &code, position };
    Ok(answer(&app, page, app.accounts.sign_in(trial, from).await?))
}

/// Which role somebody acts in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "ticket": "rk_Zm9yIG9uZSBjaG9pY2Ugb25seSwgYW5kIG9ubHkgb25jZSE",
    "position": { "role": "nurse", "organisation": "0190aaaa-0000-7000-8000-000000000002" }
}))]
pub struct ChoiceGiven {
    /// From the answer that asked.
    ticket: String,
    position: PositionShape,
}

/// Choose the role, where signing in asked for it.
#[utoipa::path(
    post, path = "/api/v1/sign-in/position", tag = "sign-in", request_body = ChoiceGiven,
    responses(
        (status = 201, body = EnteredShape),
        (status = 401, body = Problem, description = "The ticket was used or is too old: sign in again"),
    ),
)]
pub async fn choose(
    State(app): State<App>,
    page: FromPage,
    line: Line,
    input::Json(given): input::Json<ChoiceGiven>,
) -> Result<Response, Problem> {
    let position = read_position(&given.position).map_err(|invalid| invalid.within("position"))?;
    Ok(answer(&app, page, app.accounts.choose(&given.ticket, position, line).await?))
}

pub(super) fn read_asked(position: Option<&PositionShape>) -> Result<Option<Position>, Invalid> {
    position.map(read_position).transpose().map_err(|invalid| invalid.within("position"))
}

/// Where somebody comes from: the connection's other end, and what the device shows of itself.
pub(super) fn comes_from(
    app: &App,
    (Peer(address), line): (Peer, Line),
    headers: &HeaderMap,
    device: String,
    given: Option<String>,
) -> ComesFrom {
    let mark = given.or_else(|| app.cookies.find(headers, Cookie::Device).map(str::to_owned));
    ComesFrom { address, mark, device, line }
}
