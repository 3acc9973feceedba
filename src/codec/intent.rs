//! Intents ↔ messages.

use bytes::Bytes;
use prost::Message;

use super::body::{Form, body, body_message};
use super::content::{addressee, addressee_message};
use super::field::{code, code_text, each, id, id_text, message};
use super::mapped::Mapped;
use super::on_behalf::{on_behalf_of, on_behalf_of_message};
use super::proto::v1;
use crate::domain::entry::{Intent, Sensitivity};
use crate::domain::ids::{EntryId, TimelineId};
use crate::domain::text::Invalid;
use crate::domain::time::Timestamp;

/// The intent of a message that came from outside.
///
/// # Errors
/// The first complaint; its field is relative to the intent: `body.vital.measurements[0].value`.
pub fn decode_intent(sent: v1::Intent) -> Result<Intent, Invalid> {
    let sensitivity = match sent.sensitivity.as_str() {
        "" => Sensitivity::Normal,
        given => code("sensitivity", given)?,
    };
    Ok(Intent {
        id: id("id", &sent.id, EntryId)?,
        timeline: id("timeline", &sent.timeline, TimelineId)?,
        observed_at: sent.observed_at_us.map(Timestamp),
        sensitivity,
        addressed_to: each("addressed_to", sent.addressed_to, addressee)?,
        body: message("body", sent.body, |sent| body(sent, Form::Posted))?,
        reasons: Mapped::read(sent.reasons).map_err(|invalid: Invalid| invalid.within("reasons"))?,
        on_behalf_of: on_behalf_of(sent.on_behalf_of)?,
    })
}

/// The bytes of an intent. Equal intents have equal bytes, whatever way they were written by the client, so
/// a keyed MAC over them tells a resend from a conflict.
#[must_use]
pub fn encode_intent(intent: &Intent) -> Bytes {
    intent_message(intent).encode_to_vec().into()
}

/// The message of an intent: measurements as they were given.
pub(crate) fn intent_message(intent: &Intent) -> v1::Intent {
    v1::Intent {
        id: id_text(intent.id.0),
        timeline: id_text(intent.timeline.0),
        observed_at_us: intent.observed_at.map(Timestamp::as_micros),
        sensitivity: code_text(intent.sensitivity),
        addressed_to: intent.addressed_to.iter().map(addressee_message).collect(),
        body: Some(body_message(&intent.body, Form::Posted)),
        reasons: intent.reasons.sent(),
        on_behalf_of: intent.on_behalf_of.as_ref().map(on_behalf_of_message),
    }
}
