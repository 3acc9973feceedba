//! Frames from the hub ↔ bytes. Writing is the hub's side, reading that of the demo, the load driver and tests.

use std::sync::Arc;

use bytes::Bytes;

use super::client::{present, written};
use super::codes::CloseCode;
use super::error::FrameError;
use super::frame::{Accepted, DryRunResult, ErrorNotice, Goodbye, Notice, Refused, ServerFrame, Verdict, Welcome};
use super::parse::parse;
use crate::codec::proto::v1;
use crate::codec::proto::v1::server_frame::Frame as Sent;
use crate::codec::{
    EncodedEntry, Encoding, actor, actor_message, alarm, alarm_message, code, each, holds, holds_message, id, id_text,
    optional_id, ruling, ruling_message, shortened, words, words_message,
};
use crate::domain::duty::DutyId;
use crate::domain::ids::{EntryId, PersonId, Seq, SignInId, TimelineId};
use crate::domain::text::{Invalid, Text};
use crate::domain::time::Timestamp;

/// One WebSocket message for a client; in JSON it is UTF-8. A delivery shares its entry's buffer.
#[must_use]
pub fn encode_server(encoding: Encoding, frame: &ServerFrame) -> Bytes {
    if let ServerFrame::Delivery { after, entry } = frame {
        return entry.delivery(encoding, *after);
    }
    written(encoding, &v1::ServerFrame { frame: Some(frame_message(frame)) })
}

pub(super) fn frame_message(frame: &ServerFrame) -> Sent {
    match frame {
        ServerFrame::Delivery { after, entry } => {
            Sent::Delivery(v1::Delivery { after: after.0, entry: Some(entry.message()) })
        }
        ServerFrame::Accepted(accepted) => Sent::Accepted(accepted_message(accepted)),
        ServerFrame::Refused(refused) => Sent::Refused(v1::Refused {
            id: id_text(refused.id.0),
            code: refused.code.to_string(),
            field: refused.field.clone(),
            reasons: texts(&refused.reasons),
            cited: cited_message(&refused.cited),
            retry: refused.retry,
            holds: holds_message(&refused.holds),
        }),
        ServerFrame::Queued { id, timeline, reasons, cited } => Sent::Queued(v1::Queued {
            id: id_text(id.0),
            timeline: id_text(timeline.0),
            reasons: texts(reasons),
            cited: cited_message(cited),
        }),
        ServerFrame::DryRunResult(result) => Sent::DryRunResult(dry_run_message(result)),
        ServerFrame::Welcome(welcome) => Sent::Welcome(welcome_message(welcome)),
        ServerFrame::Subscribed { timeline, after, head } => {
            Sent::Subscribed(v1::Subscribed { timeline: id_text(timeline.0), after: after.0, head: head.0 })
        }
        ServerFrame::CaughtUp { timeline, through } => {
            Sent::CaughtUp(v1::CaughtUp { timeline: id_text(timeline.0), through: through.0 })
        }
        ServerFrame::Heartbeat { server_time, through } => Sent::Heartbeat(v1::Heartbeat {
            server_time_us: server_time.as_micros(),
            through: through.iter().map(reached_message).collect(),
        }),
        ServerFrame::Presence { timeline, people } => Sent::Presence(v1::Presence {
            timeline: id_text(timeline.0),
            people: people.iter().map(actor_message).collect(),
        }),
        ServerFrame::ReadMarker { timeline, person, through, at } => Sent::ReadMarker(v1::ReadMarker {
            timeline: id_text(timeline.0),
            person: id_text(person.0),
            through: through.0,
            at_us: at.as_micros(),
        }),
        ServerFrame::Forget { timeline, entry, reason } => Sent::Forget(v1::Forget {
            timeline: id_text(timeline.0),
            entry: entry.map(|entry| id_text(entry.0)).unwrap_or_default(),
            reason: Some(text_message(reason)),
        }),
        ServerFrame::Notice(notice) => Sent::Notice(notice_message(notice)),
        ServerFrame::Error(notice) => Sent::Error(v1::Error {
            code: notice.code.to_string(),
            field: notice.field.clone(),
            message: Some(text_message(&notice.message)),
            about: notice.about.clone(),
        }),
        ServerFrame::Goodbye(goodbye) => Sent::Goodbye(v1::Goodbye {
            close: goodbye.close.number().into(),
            code: goodbye.close.code().to_owned(),
            reason: Some(text_message(&goodbye.reason)),
            retry: goodbye.close.retry(),
            retry_after_ms: goodbye.retry_after_ms,
        }),
    }
}

fn notice_message(notice: &Notice) -> v1::Notice {
    v1::Notice {
        what: notice.of.code().to_owned(),
        timeline: id_text(notice.timeline.0),
        entry: id_text(notice.entry.0),
        duty: notice.duty.map(|duty| id_text(duty.0)).unwrap_or_default(),
        due_us: notice.due.map(Timestamp::as_micros),
        words: notice.words.as_ref().and_then(|words| words_message(std::slice::from_ref(words)).pop()),
        on_call: notice.on_call.iter().map(|person| id_text(person.0)).collect(),
    }
}

fn notice(sent: v1::Notice) -> Result<Notice, Invalid> {
    Ok(Notice {
        of: code("what", &sent.what)?,
        timeline: id("timeline", &sent.timeline, TimelineId)?,
        entry: id("entry", &sent.entry, EntryId)?,
        duty: optional_id("duty", &sent.duty, DutyId)?,
        due: sent.due_us.map(Timestamp),
        words: words(sent.words.into_iter().collect())?.pop(),
        on_call: each("on_call", &sent.on_call, |person: &String| id("on_call", person, PersonId))?,
    })
}

fn accepted_message(accepted: &Accepted) -> v1::Accepted {
    v1::Accepted {
        id: id_text(accepted.id.0),
        timeline: id_text(accepted.timeline.0),
        seq: accepted.seq.0,
        recorded_at_us: accepted.recorded_at.as_micros(),
        ruling: Some(ruling_message(&accepted.ruling)),
        words: words_message(&accepted.words),
        repeated: accepted.repeated,
        alarms: accepted.alarms.iter().map(alarm_message).collect(),
    }
}

fn dry_run_message(result: &DryRunResult) -> v1::DryRunResult {
    v1::DryRunResult {
        id: id_text(result.id.0),
        verdict: result.verdict.code().to_owned(),
        code: result.code.to_string(),
        field: result.field.clone(),
        reasons: texts(&result.reasons),
        cited: cited_message(&result.cited),
        alarms: result.alarms.iter().map(alarm_message).collect(),
        ruling: (result.verdict == Verdict::Accepted).then(|| ruling_message(&result.ruling)),
        holds: holds_message(&result.holds),
        words: words_message(&result.words),
    }
}

fn welcome_message(welcome: &Welcome) -> v1::Welcome {
    v1::Welcome {
        version: welcome.version,
        sign_in: id_text(welcome.sign_in.0),
        actor: Some(actor_message(&welcome.actor)),
        heartbeat_ms: welcome.heartbeat_ms,
        authenticated_until_us: welcome.authenticated_until.as_micros(),
        limits: Some(v1::Limits {
            frame_bytes_max: welcome.frame_bytes_max,
            posts_in_flight_max: welcome.posts_in_flight_max,
        }),
        server_time_us: welcome.server_time.as_micros(),
    }
}

fn reached_message((timeline, through): &(TimelineId, Seq)) -> v1::Reached {
    v1::Reached { timeline: id_text(timeline.0), through: through.0 }
}

fn text_message(text: &Text) -> v1::Text {
    v1::Text { ja: text.ja.to_string(), en: text.en.to_string() }
}

fn texts(texts: &[Text]) -> Vec<v1::Text> {
    texts.iter().map(text_message).collect()
}

fn cited_message(cited: &[Arc<str>]) -> Vec<String> {
    cited.iter().map(|cited| String::from(&**cited)).collect()
}

/// The frame in one WebSocket message of the hub; `None` for one that is newer than this version.
///
/// # Errors
/// What is wrong with it, with the dotted path of the field.
pub fn decode_server(encoding: Encoding, bytes: &[u8]) -> Result<Option<ServerFrame>, FrameError> {
    let frame: v1::ServerFrame = parse(encoding, bytes)?;
    Ok(frame.frame.map(frame_of).transpose()?)
}

fn frame_of(sent: Sent) -> Result<ServerFrame, Invalid> {
    let within = |name: &'static str| move |invalid: Invalid| invalid.within(name);
    match sent {
        Sent::Delivery(sent) => delivery(sent).map_err(within("delivery")),
        Sent::Accepted(sent) => accepted(sent).map(ServerFrame::Accepted).map_err(within("accepted")),
        Sent::Refused(sent) => refused(sent).map(ServerFrame::Refused).map_err(within("refused")),
        Sent::Queued(sent) => queued(sent).map_err(within("queued")),
        Sent::DryRunResult(sent) => dry_run(sent).map(ServerFrame::DryRunResult).map_err(within("dry_run_result")),
        Sent::Welcome(sent) => welcome(&sent).map(ServerFrame::Welcome).map_err(within("welcome")),
        Sent::Subscribed(sent) => Ok(ServerFrame::Subscribed {
            timeline: id("subscribed.timeline", &sent.timeline, TimelineId)?,
            after: Seq(sent.after),
            head: Seq(sent.head),
        }),
        Sent::CaughtUp(sent) => Ok(ServerFrame::CaughtUp {
            timeline: id("caught_up.timeline", &sent.timeline, TimelineId)?,
            through: Seq(sent.through),
        }),
        Sent::Heartbeat(sent) => Ok(ServerFrame::Heartbeat {
            server_time: Timestamp(sent.server_time_us),
            through: each("through", sent.through, reached).map_err(within("heartbeat"))?,
        }),
        Sent::Presence(sent) => presence(&sent).map_err(within("presence")),
        Sent::ReadMarker(sent) => Ok(ServerFrame::ReadMarker {
            timeline: id("read_marker.timeline", &sent.timeline, TimelineId)?,
            person: id("read_marker.person", &sent.person, PersonId)?,
            through: Seq(sent.through),
            at: Timestamp(sent.at_us),
        }),
        Sent::Forget(sent) => Ok(ServerFrame::Forget {
            timeline: id("forget.timeline", &sent.timeline, TimelineId)?,
            entry: optional_id("forget.entry", &sent.entry, EntryId)?,
            reason: text(sent.reason),
        }),
        Sent::Notice(sent) => {
            notice(sent).map(|notice| ServerFrame::Notice(Box::new(notice))).map_err(within("notice"))
        }
        Sent::Error(sent) => Ok(ServerFrame::Error(ErrorNotice {
            code: sent.code.into(),
            field: sent.field,
            message: text(sent.message),
            about: sent.about,
        })),
        Sent::Goodbye(sent) => goodbye(sent).map(ServerFrame::Goodbye).map_err(within("goodbye")),
    }
}

fn delivery(sent: v1::Delivery) -> Result<ServerFrame, Invalid> {
    let entry = EncodedEntry::of_message(present("entry", sent.entry)?).map_err(|invalid| invalid.within("entry"))?;
    Ok(ServerFrame::Delivery { after: Seq(sent.after), entry })
}

fn accepted(sent: v1::Accepted) -> Result<Accepted, Invalid> {
    Ok(Accepted {
        id: id("id", &sent.id, EntryId)?,
        timeline: id("timeline", &sent.timeline, TimelineId)?,
        seq: Seq(sent.seq),
        recorded_at: Timestamp(sent.recorded_at_us),
        ruling: ruling(sent.ruling.unwrap_or_default())?,
        words: words(sent.words)?,
        repeated: sent.repeated,
        alarms: each("alarms", &sent.alarms, alarm)?,
    })
}

fn refused(sent: v1::Refused) -> Result<Refused, Invalid> {
    Ok(Refused {
        id: id("id", &sent.id, EntryId)?,
        code: sent.code.into(),
        field: sent.field,
        reasons: reasons(sent.reasons),
        cited: cited(sent.cited),
        retry: sent.retry,
        holds: holds(sent.holds)?,
    })
}

fn queued(sent: v1::Queued) -> Result<ServerFrame, Invalid> {
    Ok(ServerFrame::Queued {
        id: id("id", &sent.id, EntryId)?,
        timeline: id("timeline", &sent.timeline, TimelineId)?,
        reasons: reasons(sent.reasons),
        cited: cited(sent.cited),
    })
}

fn dry_run(sent: v1::DryRunResult) -> Result<DryRunResult, Invalid> {
    let verdict = Verdict::from_code(&sent.verdict).ok_or_else(|| {
        let expected: Vec<&str> = Verdict::ALL.iter().map(|verdict| verdict.code()).collect();
        Invalid::unknown_code("verdict", &shortened(&sent.verdict), &expected)
    })?;
    Ok(DryRunResult {
        id: id("id", &sent.id, EntryId)?,
        verdict,
        code: sent.code.into(),
        field: sent.field,
        reasons: reasons(sent.reasons),
        cited: cited(sent.cited),
        alarms: each("alarms", &sent.alarms, alarm)?,
        ruling: ruling(sent.ruling.unwrap_or_default())?,
        holds: holds(sent.holds)?,
        words: words(sent.words)?,
    })
}

fn welcome(sent: &v1::Welcome) -> Result<Welcome, Invalid> {
    let limits = sent.limits.unwrap_or_default();
    let actor = actor(present("actor", sent.actor.as_ref())?).map_err(|invalid| invalid.within("actor"))?;
    Ok(Welcome {
        version: sent.version,
        sign_in: id("sign_in", &sent.sign_in, SignInId)?,
        actor,
        heartbeat_ms: sent.heartbeat_ms,
        authenticated_until: Timestamp(sent.authenticated_until_us),
        frame_bytes_max: limits.frame_bytes_max,
        posts_in_flight_max: limits.posts_in_flight_max,
        server_time: Timestamp(sent.server_time_us),
    })
}

fn reached(sent: v1::Reached) -> Result<(TimelineId, Seq), Invalid> {
    Ok((id("timeline", &sent.timeline, TimelineId)?, Seq(sent.through)))
}

fn presence(sent: &v1::Presence) -> Result<ServerFrame, Invalid> {
    Ok(ServerFrame::Presence {
        timeline: id("timeline", &sent.timeline, TimelineId)?,
        people: each("people", &sent.people, actor)?,
    })
}

fn goodbye(sent: v1::Goodbye) -> Result<Goodbye, Invalid> {
    let close = CloseCode::from_number(sent.close)
        .ok_or_else(|| Invalid::unknown_code("close", &sent.close.to_string(), &["4000–4999"]))?;
    Ok(Goodbye { close, reason: text(sent.reason), retry_after_ms: sent.retry_after_ms })
}

fn text(sent: Option<v1::Text>) -> Text {
    let sent = sent.unwrap_or_default();
    Text::new(sent.ja, sent.en)
}

fn reasons(sent: Vec<v1::Text>) -> Vec<Text> {
    sent.into_iter().map(|sent| text(Some(sent))).collect()
}

fn cited(sent: Vec<String>) -> Vec<Arc<str>> {
    sent.into_iter().map(Into::into).collect()
}
