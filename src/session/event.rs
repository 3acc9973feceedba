//! All that can happen to a session. The list is closed; `Session::run` handles each.

use axum::extract::ws::Message;

use crate::domain::ids::TimelineId;

/// What a session waits for.
pub(super) enum Event {
    /// A message from the client, or what was wrong with it.
    Inbound(Result<Message, axum::Error>),
    /// The outbox was filled, or the session was ended from outside.
    Outbound,
    /// A timeline is behind and its next page is due.
    CatchUp(TimelineId),
    /// The common beat of all sessions.
    Beat,
    /// The socket or the hub is gone.
    Gone,
}
