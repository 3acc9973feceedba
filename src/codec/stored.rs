//! What the journal seals ↔ bytes: entries, queued observations; the refusals of `audited.rs`. Sealing is the vault's.

use bytes::Bytes;
use prost::Message;

use super::CodecError;
use super::content::ruling_message;
use super::content::{Content, EntryHeader, actor, actor_message, addressee, addressee_message, entry, ruling};
use super::field::{code, code_text, each, id, id_text, message, optional_code, optional_id};
use super::intent::{decode_intent, intent_message};
use super::on_behalf::{on_behalf_of, on_behalf_of_message};
use super::proto::store::v1 as stored;
use super::proto::v1;
use crate::domain::directory::Actor;
use crate::domain::entry::{Entry, Intent, OnBehalfOf, Scope};
use crate::domain::ids::{DeviceId, EntryId, OrganisationId, Seq};
use crate::domain::kind::Kind;
use crate::domain::ruling::Ruling;
use crate::domain::text::Invalid;
use crate::domain::time::Timestamp;

/// The format written now.
const FORMAT: u32 = 1;

/// The bytes of an entry for the journal, around the content that also goes over the wire.
#[must_use]
pub fn encode_stored(entry: &Entry, content: &Content) -> Vec<u8> {
    stored::StoredEntry {
        content: content.bytes().clone(),
        target_scope: entry.target_scope.as_ref().map(scope_message),
        slots: entry.ruling.slots.clone().into(),
        format: FORMAT,
    }
    .encode_to_vec()
}

/// The whole entry, and its content for the wire, which shares the memory of `bytes`.
///
/// # Errors
/// When the bytes are damaged or were written by a newer hub.
pub fn decode_stored(header: EntryHeader, bytes: Bytes) -> Result<(Entry, Content), CodecError> {
    let kept = stored::StoredEntry::decode(bytes)?;
    if kept.format > FORMAT {
        return Err(CodecError::UnknownFormat(kept.format));
    }
    let (sent, content) = Content::checked(kept.content)?;
    let mut entry = entry(header, sent)?;
    let target_scope = kept.target_scope.map(scope).transpose();
    entry.target_scope = target_scope.map_err(|invalid| invalid.within("target_scope"))?;
    entry.ruling.slots = kept.slots.to_vec();
    Ok((entry, content))
}

pub(super) fn scope(kept: stored::Scope) -> Result<Scope, Invalid> {
    Ok(Scope {
        kind: code("kind", &kept.kind)?,
        sensitivity: code("sensitivity", &kept.sensitivity)?,
        infection: optional_code("infection", &kept.infection)?,
        addressed_to: each("addressed_to", kept.addressed_to, addressee)?,
        owner: owner(&kept.owner)?,
        seq: Seq(kept.seq),
        recorded_at: Timestamp(kept.recorded_at_us),
        happened_at: Timestamp(kept.happened_at_us),
    })
}

/// Whose record it is: an organisation's, or the hub's own.
fn owner(kept: &str) -> Result<OrganisationId, Invalid> {
    let hub = Actor::HUB.organisation;
    if kept == id_text(hub.0) { Ok(hub) } else { id("owner", kept, OrganisationId) }
}

pub(super) fn scope_message(scope: &Scope) -> stored::Scope {
    stored::Scope {
        kind: code_text(scope.kind),
        sensitivity: code_text(scope.sensitivity),
        infection: scope.infection.map(code_text).unwrap_or_default(),
        addressed_to: scope.addressed_to.iter().map(addressee_message).collect(),
        owner: id_text(scope.owner.0),
        seq: scope.seq.0,
        recorded_at_us: scope.recorded_at.as_micros(),
        happened_at_us: scope.happened_at.as_micros(),
    }
}

/// An observation that waits in the secretariat's linking queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueuedPost {
    pub intent: Intent,
    pub author: Actor,
    /// The registered device that it was written on.
    pub device: Option<DeviceId>,
    pub received_at: Timestamp,
    /// Why it waits.
    pub ruling: Ruling,
}

/// The bytes of a queued observation.
#[must_use]
pub fn encode_queued(queued: &QueuedPost) -> Vec<u8> {
    stored::QueuedPost {
        intent: Some(intent_message(&queued.intent)),
        author: Some(actor_message(&queued.author)),
        device: queued.device.map(|device| id_text(device.0)).unwrap_or_default(),
        received_at_us: queued.received_at.as_micros(),
        ruling: Some(ruling_message(&queued.ruling)),
        slots: queued.ruling.slots.clone().into(),
    }
    .encode_to_vec()
}

/// A queued observation.
///
/// # Errors
/// When the bytes are damaged or were written by a newer hub.
pub fn decode_queued(bytes: &[u8]) -> Result<QueuedPost, CodecError> {
    let kept = stored::QueuedPost::decode(bytes)?;
    Ok(QueuedPost {
        intent: message("intent", kept.intent, decode_intent)?,
        author: message("author", kept.author, |sent| actor(&sent))?,
        device: optional_id("device", &kept.device, DeviceId)?,
        received_at: Timestamp(kept.received_at_us),
        ruling: ruling_with_slots(kept.ruling, &kept.slots)?,
    })
}

/// The sealed part of a refusal's audit record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The intent's.
    pub id: EntryId,
    pub kind: Kind,
    /// For a correction: the kind of what it would have said, by which it was judged and can be explained.
    pub corrected: Option<Kind>,
    pub author: Actor,
    /// For whom it would have been written, as its author said.
    pub on_behalf_of: Option<OnBehalfOf>,
    /// Stable code of why.
    pub code: String,
    pub ruling: Ruling,
    /// Of a post that was dismissed from the linking queue.
    pub dismissed: Option<Dismissed>,
    /// The registered device of whoever posted it, or dismissed it.
    pub device: Option<DeviceId>,
}

/// Who took a post out of the linking queue, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dismissed {
    pub by: Actor,
    pub reason: String,
}

pub(super) fn refusal_message(refusal: &Refusal) -> stored::Refusal {
    stored::Refusal {
        id: id_text(refusal.id.0),
        kind: code_text(refusal.kind),
        corrected: refusal.corrected.map(code_text).unwrap_or_default(),
        author: Some(actor_message(&refusal.author)),
        on_behalf_of: refusal.on_behalf_of.as_ref().map(on_behalf_of_message),
        code: refusal.code.clone(),
        ruling: Some(ruling_message(&refusal.ruling)),
        slots: refusal.ruling.slots.clone().into(),
        dismissed: refusal.dismissed.as_ref().map(|dismissed| stored::Dismissed {
            by: Some(actor_message(&dismissed.by)),
            reason: dismissed.reason.clone(),
        }),
        device: refusal.device.map(|device| id_text(device.0)).unwrap_or_default(),
    }
}

pub(super) fn refusal(kept: stored::Refusal) -> Result<Refusal, Invalid> {
    Ok(Refusal {
        id: id("id", &kept.id, EntryId)?,
        kind: code("kind", &kept.kind)?,
        corrected: optional_code("corrected", &kept.corrected)?,
        author: message("author", kept.author, |sent| actor(&sent))?,
        on_behalf_of: on_behalf_of(kept.on_behalf_of)?,
        code: kept.code,
        ruling: ruling_with_slots(kept.ruling, &kept.slots)?,
        dismissed: kept.dismissed.map(dismissed).transpose()?,
        device: optional_id("device", &kept.device, DeviceId)?,
    })
}

/// Of an entry that somebody wrote on behalf of another: who and for whom, but not what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WrittenFor {
    pub entry: EntryId,
    pub kind: Kind,
    pub author: Actor,
    pub on_behalf: Actor,
    /// The registered device that it was written on.
    pub device: Option<DeviceId>,
}

pub(super) fn written_for_message(written: &WrittenFor) -> stored::WrittenFor {
    stored::WrittenFor {
        entry: id_text(written.entry.0),
        kind: code_text(written.kind),
        author: Some(actor_message(&written.author)),
        on_behalf: Some(actor_message(&written.on_behalf)),
        device: written.device.map(|device| id_text(device.0)).unwrap_or_default(),
    }
}

pub(super) fn written_for(kept: stored::WrittenFor) -> Result<WrittenFor, Invalid> {
    Ok(WrittenFor {
        entry: id("entry", &kept.entry, EntryId)?,
        kind: code("kind", &kept.kind)?,
        author: message("author", kept.author, |sent| actor(&sent))?,
        on_behalf: message("on_behalf", kept.on_behalf, |sent| actor(&sent))?,
        device: optional_id("device", &kept.device, DeviceId)?,
    })
}

fn dismissed(kept: stored::Dismissed) -> Result<Dismissed, Invalid> {
    Ok(Dismissed { by: message("by", kept.by, |sent| actor(&sent))?, reason: kept.reason })
}

fn ruling_with_slots(sent: Option<v1::Ruling>, slots: &[u8]) -> Result<Ruling, Invalid> {
    Ok(Ruling { slots: slots.to_vec(), ..message("ruling", Some(sent.unwrap_or_default()), ruling)? })
}
