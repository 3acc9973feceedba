//! `/ws`: from an HTTP request to a session. The Origin is checked before the upgrade; who it is, is said in the first
//! frame, never in the URL.

use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::http::{HeaderMap, header};
use axum::response::Response;

use super::app::App;
use super::problem::Problem;
use crate::domain::text::Text;
use crate::hub::devices::Line;
use crate::limits;
use crate::session::{self, SessionParts};
use crate::wire::Encoding;
use crate::wire::codes::Code;

/// Upgrades to one of the two subprotocols, or says what is missing.
pub async fn upgrade(
    State(app): State<App>,
    line: Line,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Problem> {
    // Only browsers send an Origin; what they send must be one of ours.
    if let Some(origin) = headers.get(header::ORIGIN)
        && !origin.to_str().is_ok_and(|origin| app.allows_origin(origin))
    {
        return Err(Problem::of(Code::OriginRefused));
    }
    let upgrade = bounded(upgrade.map_err(|_| Problem::of(Code::UpgradeExpected))?);
    let upgrade = upgrade.protocols(Encoding::ALL.map(Encoding::subprotocol));
    let chosen = upgrade.selected_protocol().and_then(|name| name.to_str().ok()).and_then(Encoding::from_subprotocol);
    let encoding = chosen.ok_or_else(no_subprotocol)?;
    let parts = SessionParts { line, ..app.session_parts() };
    Ok(upgrade.on_upgrade(move |socket| session::serve(socket, encoding, parts)))
}

/// A socket within the hub's bounds. The suite that tests the protocol from outside speaks to one, too.
pub fn bounded(upgrade: WebSocketUpgrade) -> WebSocketUpgrade {
    upgrade
        .max_message_size(limits::FRAME_BYTES_MAX)
        .max_frame_size(limits::FRAME_BYTES_MAX)
        .read_buffer_size(limits::SOCKET_READ_BUFFER_BYTES)
        .write_buffer_size(limits::SOCKET_WRITE_BUFFER_BYTES)
        .max_write_buffer_size(limits::SOCKET_WRITE_BUFFER_BYTES_MAX)
}

fn no_subprotocol() -> Problem {
    let known = Encoding::ALL.map(Encoding::subprotocol).join(", ");
    let words = Text::new(
        format!("Sec-WebSocket-Protocol には次のどれかが必要です: {known}"),
        format!("Sec-WebSocket-Protocol must offer one of: {known}"),
    );
    Problem::saying(Code::SubprotocolUnsupported, words)
}
