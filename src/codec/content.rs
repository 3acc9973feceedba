//! The content of an entry ↔ bytes: the same bytes in the journal and in every frame.

use bytes::Bytes;
use prost::Message;

use super::CodecError;
use super::body::{Form, body, body_message};
use super::field::{code, code_text, decimal, each, id, id_text, message, optional_id};
use super::mapped::Mapped;
use super::proto::v1;
use crate::domain::alarm::Alarm;
use crate::domain::directory::Actor;
use crate::domain::entry::{Addressee, Entry};
use crate::domain::ids::{DeviceId, EntryId, OrganisationId, PersonId, Seq, TimelineId};
use crate::domain::ruling::{Consequences, Ruling};
use crate::domain::text::{Invalid, Text};
use crate::domain::time::Timestamp;

/// What stands beside the content: the journal's columns, the first fields of `renkei.v1.Entry`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EntryHeader {
    pub id: EntryId,
    pub timeline: TimelineId,
    pub seq: Seq,
    pub recorded_at: Timestamp,
}

impl EntryHeader {
    /// The header of an entry.
    #[must_use]
    pub const fn of(entry: &Entry) -> Self {
        Self { id: entry.id, timeline: entry.timeline, seq: entry.seq, recorded_at: entry.recorded_at }
    }
}

/// Bytes that are a `renkei.v1.EntryContent`.
///
/// INVARIANT: made only by encoding one or after decoding one, so that frames can be composed of it without
/// an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content(Bytes);

impl Content {
    pub(super) fn of_message(message: &v1::EntryContent) -> Self {
        Self(message.encode_to_vec().into())
    }

    /// Takes bytes over with the message they hold.
    pub(super) fn checked(bytes: Bytes) -> Result<(v1::EntryContent, Self), CodecError> {
        let message = v1::EntryContent::decode(&bytes[..])?;
        Ok((message, Self(bytes)))
    }

    /// The bytes, shared.
    #[must_use]
    pub const fn bytes(&self) -> &Bytes {
        &self.0
    }

    pub(super) fn message(&self) -> v1::EntryContent {
        v1::EntryContent::decode(&self.0[..]).expect("content is encoded by us or was decoded before")
    }
}

/// The content of an entry, to be stored and sent.
#[must_use]
pub fn encode_content(entry: &Entry) -> Content {
    Content::of_message(&v1::EntryContent {
        author: Some(actor_message(&entry.author)),
        observed_at_us: entry.observed_at.map(Timestamp::as_micros),
        sensitivity: code_text(entry.sensitivity),
        addressed_to: entry.addressed_to.iter().map(addressee_message).collect(),
        body: Some(body_message(&entry.body, Form::Recorded)),
        alarms: entry.alarms.iter().map(alarm_message).collect(),
        ruling: Some(ruling_message(&entry.ruling)),
        device: entry.device.map(|device| id_text(device.0)).unwrap_or_default(),
        on_behalf: entry.on_behalf.as_ref().map(actor_message),
    })
}

/// The entry as a reader knows it: without the input slots of its ruling and the scope of its target.
///
/// # Errors
/// When the content says something this version does not know.
pub fn decode_content(header: EntryHeader, content: &Content) -> Result<Entry, CodecError> {
    Ok(entry(header, content.message())?)
}

pub(super) fn entry(header: EntryHeader, sent: v1::EntryContent) -> Result<Entry, Invalid> {
    Ok(Entry {
        id: header.id,
        timeline: header.timeline,
        seq: header.seq,
        author: message("author", sent.author, |sent| author(&sent))?,
        on_behalf: sent
            .on_behalf
            .map(|sent| actor(&sent).map_err(|invalid| invalid.within("on_behalf")))
            .transpose()?,
        device: optional_id("device", &sent.device, DeviceId)?,
        observed_at: sent.observed_at_us.map(Timestamp),
        recorded_at: header.recorded_at,
        sensitivity: code("sensitivity", &sent.sensitivity)?,
        addressed_to: each("addressed_to", sent.addressed_to, addressee)?,
        body: message("body", sent.body, |sent| body(sent, Form::Recorded))?,
        alarms: each("alarms", &sent.alarms, alarm)?,
        target_scope: None,
        ruling: message("ruling", Some(sent.ruling.unwrap_or_default()), ruling)?,
    })
}

/// The nil id, as [`Actor::HUB`] has it.
const NOBODY: &str = "00000000-0000-0000-0000-000000000000";

/// Who wrote an entry: somebody, or the hub.
fn author(sent: &v1::Actor) -> Result<Actor, Invalid> {
    if sent.person == NOBODY && sent.organisation == NOBODY { Ok(Actor::HUB) } else { actor(sent) }
}

pub(crate) fn actor(sent: &v1::Actor) -> Result<Actor, Invalid> {
    Ok(Actor {
        person: id("person", &sent.person, PersonId)?,
        role: code("role", &sent.role)?,
        organisation: id("organisation", &sent.organisation, OrganisationId)?,
        organisation_type: code("organisation_type", &sent.organisation_type)?,
    })
}

pub(crate) fn actor_message(actor: &Actor) -> v1::Actor {
    v1::Actor {
        person: id_text(actor.person.0),
        role: code_text(actor.role),
        organisation: id_text(actor.organisation.0),
        organisation_type: code_text(actor.organisation_type),
    }
}

pub(super) fn addressee(sent: v1::Addressee) -> Result<Addressee, Invalid> {
    use v1::addressee::Who;
    match sent.who {
        Some(Who::Person(person)) => id("person", &person, PersonId).map(Addressee::Person),
        Some(Who::Organisation(organisation)) => {
            id("organisation", &organisation, OrganisationId).map(Addressee::Organisation)
        }
        Some(Who::Role(role)) => code("role", &role).map(Addressee::Role),
        None => Err(Invalid::new(
            "",
            "required",
            Text::fixed(
                "person、organisation、role のどれかひとつが必要です",
                "exactly one of person, organisation, role is expected",
            ),
        )),
    }
}

pub(super) fn addressee_message(addressee: &Addressee) -> v1::Addressee {
    use v1::addressee::Who;
    let who = match addressee {
        Addressee::Person(person) => Who::Person(id_text(person.0)),
        Addressee::Organisation(organisation) => Who::Organisation(id_text(organisation.0)),
        Addressee::Role(role) => Who::Role(code_text(*role)),
    };
    v1::Addressee { who: Some(who) }
}

pub(crate) fn alarm(sent: &v1::Alarm) -> Result<Alarm, Invalid> {
    Ok(Alarm {
        sign: code("sign", &sent.sign)?,
        value: decimal("value", &sent.value)?,
        limit: decimal("limit", &sent.limit)?,
        below: sent.below,
    })
}

pub(crate) fn alarm_message(alarm: &Alarm) -> v1::Alarm {
    v1::Alarm {
        sign: code_text(alarm.sign),
        value: alarm.value.to_string(),
        limit: alarm.limit.to_string(),
        below: alarm.below,
    }
}

pub(crate) fn ruling(sent: v1::Ruling) -> Result<Ruling, Invalid> {
    let field = |name: &'static str| move |invalid: Invalid| invalid.within(name);
    let consequences = Consequences {
        opened: Mapped::read(sent.opened).map_err(field("opened"))?,
        met: Mapped::read(sent.met).map_err(field("met"))?,
        advice: sent.advice.into_iter().map(Into::into).collect(),
        to_secretariat: sent.to_secretariat.into_iter().map(Into::into).collect(),
        excepted: sent.excepted.into_iter().map(Into::into).collect(),
        reasons: Mapped::read(sent.reasons).map_err(field("reasons"))?,
    };
    Ok(Ruling {
        cited: sent.cited.into_iter().map(Into::into).collect(),
        slots: Vec::new(),
        consequences: consequences.kept(),
    })
}

/// What a ruling says to its readers: all but the slots.
pub(crate) fn ruling_message(ruling: &Ruling) -> v1::Ruling {
    let cited = ruling.cited.sent();
    match ruling.consequences.as_deref() {
        None => v1::Ruling { cited, ..v1::Ruling::default() },
        Some(of) => v1::Ruling {
            cited,
            opened: of.opened.sent(),
            met: of.met.sent(),
            advice: of.advice.sent(),
            to_secretariat: of.to_secretariat.sent(),
            excepted: of.excepted.sent(),
            reasons: of.reasons.sent(),
        },
    }
}
