//! What REST shares with the socket, so that a client reads and writes it in one way: an intent in, entries and
//! answers out, in the proto3 JSON mapping. Called by `http`, which wraps it in nothing but pages and problems.

use serde_json::Value;

use super::frame::ServerFrame;
use super::parse::{made_by_client, read_json};
use super::server::frame_message;
use crate::codec::proto::v1;
use crate::codec::{EncodedEntry, decode_intent, holds_message, id_text};
use crate::domain::entry::Intent;
use crate::domain::ids::TimelineId;
use crate::domain::in_words::Hold;
use crate::domain::text::{Invalid, Text};

/// The intent in a request body for `timeline`, which the body may leave out.
///
/// # Errors
/// The first complaint, e.g. about `body.vital.measurements[0].value`.
pub fn read_intent(timeline: TimelineId, bytes: &[u8]) -> Result<Intent, Invalid> {
    let mut sent: v1::Intent = read_json(bytes)?;
    if sent.timeline.is_empty() {
        sent.timeline = id_text(timeline.0);
    }
    let intent = decode_intent(sent)?;
    made_by_client("id", intent.id)?;
    if intent.timeline == timeline {
        return Ok(intent);
    }
    let message = Text::fixed("URLのタイムラインと違います", "another timeline than that of the URL");
    Err(Invalid::new("timeline", "unexpected", message))
}

/// An entry as in `delivery.entry`.
#[must_use]
pub fn entry(entry: &EncodedEntry) -> Value {
    serde_json::to_value(entry.message()).expect("messages have text keys and no custom errors")
}

/// What a frame carries, without its name around it: of `{"accepted": {…}}` the inner object.
#[must_use]
pub fn content_of(frame: &ServerFrame) -> Value {
    let message = v1::ServerFrame { frame: Some(frame_message(frame)) };
    match serde_json::to_value(message).expect("messages have text keys and no custom errors") {
        Value::Object(named) => named.into_iter().next().map_or(Value::Null, |(_, content)| content),
        other => other,
    }
}

/// What holds a post, as `refused.holds` and `dryRunResult.holds` have it.
#[must_use]
pub fn holds(holds: &[Hold]) -> Vec<Value> {
    let value = |hold| serde_json::to_value(hold).expect("messages have text keys and no custom errors");
    holds_message(holds).into_iter().map(value).collect()
}
