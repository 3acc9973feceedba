//! Frames from clients ↔ bytes. Reading is the hub's side, writing that of the demo, the load driver and tests.

use bytes::Bytes;
use prost::Message;

use super::error::{About, FrameError};
use super::frame::{ClientFrame, Hello, Language};
use super::parse::{made_by_client, parse};
use crate::codec::proto::v1;
use crate::codec::proto::v1::client_frame::Frame as Sent;
use crate::codec::{Encoding, decode_intent, each, id, id_text, intent_message, message, shortened};
use crate::domain::entry::Intent;
use crate::domain::ids::{EntryId, Seq, TimelineId};
use crate::domain::text::{Invalid, Text};
use crate::limits;

const FRAMES: [&str; 7] = ["hello", "subscribe", "unsubscribe", "post", "dry_run", "mark_read", "heartbeat"];

/// The frame in one WebSocket message of a client.
///
/// # Errors
/// What is wrong with it, with the dotted path of the field and, where it can be read, the post it is about.
pub fn decode_client(encoding: Encoding, bytes: &[u8]) -> Result<ClientFrame, FrameError> {
    let frame: v1::ClientFrame = parse(encoding, bytes)?;
    match frame.frame {
        Some(Sent::Post(post)) => intent(post.intent, "post", About::Post).map(ClientFrame::Post),
        Some(Sent::DryRun(dry_run)) => intent(dry_run.intent, "dry_run", About::DryRun).map(ClientFrame::DryRun),
        Some(Sent::Hello(sent)) => Ok(hello(sent).map_err(|invalid| invalid.within("hello"))?),
        Some(Sent::Subscribe(sent)) => Ok(subscribe(sent).map_err(|invalid| invalid.within("subscribe"))?),
        Some(Sent::Unsubscribe(sent)) => Ok(unsubscribe(&sent).map_err(|invalid| invalid.within("unsubscribe"))?),
        Some(Sent::MarkRead(sent)) => {
            let timeline = id("mark_read.timeline", &sent.timeline, TimelineId)?;
            Ok(ClientFrame::MarkRead { timeline, through: Seq(sent.through) })
        }
        Some(Sent::Heartbeat(v1::ClientHeartbeat {})) => Ok(ClientFrame::Heartbeat),
        None => {
            let expected = FRAMES.join(", ");
            Err(Invalid::new(
                "",
                super::codes::Code::UnknownFrame.code(),
                Text::new(
                    format!("フレームがひとつ必要です: {expected}"),
                    format!("exactly one frame is expected: {expected}"),
                ),
            )
            .into())
        }
    }
}

fn intent(sent: Option<v1::Intent>, frame: &'static str, about: fn(EntryId) -> About) -> Result<Intent, FrameError> {
    let Some(sent) = sent else { return Err(Invalid::required("intent").within(frame).into()) };
    let entry_id = id("id", &sent.id, EntryId).ok();
    decode_intent(sent)
        .and_then(|intent| made_by_client("id", intent.id).map(|_| intent))
        .map_err(|invalid| FrameError { invalid: invalid.within("intent").within(frame), about: entry_id.map(about) })
}

fn hello(sent: v1::Hello) -> Result<ClientFrame, Invalid> {
    let chars = sent.client.chars().count();
    if chars > limits::CLIENT_NAME_CHARS_MAX {
        let unit = ("文字", "characters");
        return Err(Invalid::too_long("client", limits::CLIENT_NAME_CHARS_MAX, unit, chars));
    }
    let language = match sent.language.as_str() {
        "" => Language::Japanese,
        given => Language::from_code(given)
            .ok_or_else(|| Invalid::unknown_code("language", &shortened(given), &["ja", "en"]))?,
    };
    Ok(ClientFrame::Hello(Hello { version: sent.version, ticket: sent.ticket, client: sent.client, language }))
}

fn subscribe(sent: v1::Subscribe) -> Result<ClientFrame, Invalid> {
    bounded(sent.timelines.len())?;
    let cursor = |cursor: v1::Cursor| Ok((id("timeline", &cursor.timeline, TimelineId)?, Seq(cursor.after)));
    let timelines = each("timelines", sent.timelines, cursor)?;
    if timelines.is_empty() && !sent.all_mine {
        return Err(Invalid::required("timelines"));
    }
    Ok(ClientFrame::Subscribe { timelines, all_mine: sent.all_mine })
}

fn unsubscribe(sent: &v1::Unsubscribe) -> Result<ClientFrame, Invalid> {
    bounded(sent.timelines.len())?;
    let timelines = each("timelines", &sent.timelines, |given| id("", given, TimelineId))?;
    Ok(ClientFrame::Unsubscribe { timelines })
}

fn bounded(timelines: usize) -> Result<(), Invalid> {
    if timelines <= limits::SUBSCRIBE_TIMELINES_MAX {
        return Ok(());
    }
    Err(Invalid::too_long("timelines", limits::SUBSCRIBE_TIMELINES_MAX, ("件", "timelines"), timelines))
}

/// One WebSocket message of a client; in JSON it is UTF-8.
#[must_use]
pub fn encode_client(encoding: Encoding, frame: &ClientFrame) -> Bytes {
    let sent = match frame {
        ClientFrame::Hello(hello) => Sent::Hello(v1::Hello {
            version: hello.version,
            ticket: hello.ticket.clone(),
            client: hello.client.clone(),
            language: hello.language.code().to_owned(),
        }),
        ClientFrame::Subscribe { timelines, all_mine } => {
            let cursor =
                |(timeline, after): &(TimelineId, Seq)| v1::Cursor { timeline: id_text(timeline.0), after: after.0 };
            Sent::Subscribe(v1::Subscribe { timelines: timelines.iter().map(cursor).collect(), all_mine: *all_mine })
        }
        ClientFrame::Unsubscribe { timelines } => {
            Sent::Unsubscribe(v1::Unsubscribe { timelines: timelines.iter().map(|id| id_text(id.0)).collect() })
        }
        ClientFrame::Post(intent) => Sent::Post(v1::Post { intent: Some(intent_message(intent)) }),
        ClientFrame::DryRun(intent) => Sent::DryRun(v1::DryRun { intent: Some(intent_message(intent)) }),
        ClientFrame::MarkRead { timeline, through } => {
            Sent::MarkRead(v1::MarkRead { timeline: id_text(timeline.0), through: through.0 })
        }
        ClientFrame::Heartbeat => Sent::Heartbeat(v1::ClientHeartbeat {}),
    };
    written(encoding, &v1::ClientFrame { frame: Some(sent) })
}

/// A message in the given encoding.
pub(super) fn written<M: Message + serde::Serialize>(encoding: Encoding, message: &M) -> Bytes {
    match encoding {
        Encoding::Proto => message.encode_to_vec().into(),
        Encoding::Json => serde_json::to_vec(message).expect("messages have text keys and no custom errors").into(),
    }
}

/// A submessage that a frame must have.
pub(super) fn present<T>(field: &'static str, given: Option<T>) -> Result<T, Invalid> {
    message(field, given, Ok)
}
