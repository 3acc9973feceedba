//! `/ws`: from an HTTP request to a session. The Origin is checked before the upgrade; who it is, is said in the first
//! frame, never in the URL.

use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::app::App;
use crate::limits;
use crate::session;
use crate::wire::Encoding;

/// Upgrades to one of the two subprotocols, or says what is missing.
pub async fn upgrade(State(app): State<App>, headers: HeaderMap, upgrade: WebSocketUpgrade) -> Response {
    // Only browsers send an Origin; what they send must be one of ours.
    if let Some(origin) = headers.get(header::ORIGIN) {
        if !origin.to_str().is_ok_and(|origin| app.allows_origin(origin)) {
            return (StatusCode::FORBIDDEN, "this origin may not open a socket here\n").into_response();
        }
    }
    let upgrade = upgrade
        .protocols(Encoding::ALL.map(Encoding::subprotocol))
        .max_message_size(limits::FRAME_BYTES_MAX)
        .max_frame_size(limits::FRAME_BYTES_MAX)
        .read_buffer_size(limits::SOCKET_READ_BUFFER_BYTES)
        .write_buffer_size(limits::SOCKET_WRITE_BUFFER_BYTES)
        .max_write_buffer_size(limits::SOCKET_WRITE_BUFFER_BYTES_MAX);
    let chosen = upgrade.selected_protocol().and_then(|name| name.to_str().ok()).and_then(Encoding::from_subprotocol);
    let Some(encoding) = chosen else {
        let known = Encoding::ALL.map(Encoding::subprotocol).join(", ");
        let text = format!("Sec-WebSocket-Protocol must offer one of: {known}\n");
        return (StatusCode::BAD_REQUEST, text).into_response();
    };
    upgrade.on_upgrade(move |socket| session::serve(socket, encoding, app.session_parts()))
}
