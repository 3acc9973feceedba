//! What a page puts into an envelope beside the post: on whose behalf, and when by its own clock. Read by the quarantine
//! once the envelope is open; whatever is wrong with it, it is none.

use serde::Deserialize;
use serde_json::Value;

use super::{objects, rest};
use crate::domain::entry::Intent;
use crate::domain::ids::TimelineId;
use crate::domain::time::Timestamp;

/// A slip, as far as it can be believed.
#[derive(Clone, Debug)]
pub struct Slip {
    /// Text of the pass that the hub gave out.
    pub pass: String,
    pub written_at: Timestamp,
    /// When the page was last as the hub was.
    pub synced_at: Option<Timestamp>,
    pub intent: Intent,
    /// The post's own JSON.
    pub content: Vec<u8>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Sent {
    pass: String,
    written_at_ms: i64,
    synced_at_ms: i64,
    intent: Value,
}

/// The slip in an opened envelope.
#[must_use]
pub fn read_slip(bytes: &[u8]) -> Option<Slip> {
    let sent: Sent = objects::from_slice(bytes).ok()?;
    let timeline: TimelineId = sent.intent.get("timeline")?.as_str()?.parse().ok()?;
    let content = serde_json::to_vec(&sent.intent).ok()?;
    let intent = rest::read_intent(timeline, &content).ok()?;
    Some(Slip {
        pass: sent.pass,
        written_at: Timestamp::from_millis(sent.written_at_ms),
        synced_at: (sent.synced_at_ms > 0).then(|| Timestamp::from_millis(sent.synced_at_ms)),
        intent,
        content,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_an_object_and_no_list_of_its_parts() {
        let intent = r#"{"id": "0196d5a2-7c00-7000-8000-000000000001",
            "timeline": "0196d5a2-7c00-7000-8000-000000000002", "body": {"note": {"text": "様子"}}}"#;
        let slip = format!(r#"{{"pass": "p", "writtenAtMs": 5, "syncedAtMs": 0, "intent": {intent}}}"#);
        assert!(read_slip(slip.as_bytes()).is_some());
        let parts = format!(r#"["p", 5, 0, {intent}]"#);
        assert!(read_slip(parts.as_bytes()).is_none());
    }
}
