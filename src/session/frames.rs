//! From WebSocket messages to client frames, and from what can be wrong with a message to how the session ends.

use axum::extract::ws::Message;

use super::writer::Ended;
use crate::wire::codes::CloseCode;
use crate::wire::{ClientFrame, Encoding, FrameError, decode_client};

/// The frame in a text or binary message of the socket's encoding.
pub(super) fn decode(encoding: Encoding, message: &Message) -> Result<ClientFrame, FrameError> {
    match (message, encoding) {
        (Message::Text(text), Encoding::Json) => decode_client(encoding, text.as_bytes()),
        (Message::Binary(bytes), Encoding::Proto) => decode_client(encoding, bytes),
        _ => Err(FrameError::wrong_message_type(encoding)),
    }
}

/// Bytes a message carries.
pub(super) fn payload_bytes(message: &Message) -> usize {
    match message {
        Message::Text(text) => text.len(),
        Message::Binary(bytes) | Message::Ping(bytes) | Message::Pong(bytes) => bytes.len(),
        Message::Close(_) => 0,
    }
}

/// How a session ends after the WebSocket layer refused what came: too large, not UTF-8, or plainly broken.
pub(super) fn broken(error: &axum::Error) -> Ended {
    use tokio_tungstenite::tungstenite::Error;
    let source = std::error::Error::source(error).and_then(|source| source.downcast_ref::<Error>());
    match source {
        Some(Error::Capacity(_)) => Ended::Close(CloseCode::FrameTooLarge),
        Some(Error::Utf8(_)) => Ended::Close(CloseCode::FrameMalformed),
        Some(Error::Protocol(_)) => Ended::Close(CloseCode::FrameMalformed),
        _ => Ended::Gone,
    }
}
