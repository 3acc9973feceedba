//! A batch: everything one commit writes, decided and sealed before the transaction begins, so that
//! the transaction itself only moves bytes. The sequencer fills it; `commit.rs` writes it.

use uuid::Uuid;

use crate::codec::{self, Audited, QueuedPost};
use crate::domain::audit::AuditMark;
use crate::domain::directory::Actor;
pub use crate::domain::ids::Subject;
use crate::domain::ids::{EntryId, OrganisationId, PersonId, Seq, SignInId, TimelineId};
use crate::domain::list::closed_list;
use crate::domain::retention::Tombstone;
use crate::domain::time::Timestamp;
use crate::vault::chain::{self, Link};
use crate::vault::{DataKey, Mac, PatientKey};

use super::file::NamedFile;
use super::projection::ProjectionChange;
use super::snapshot::SealedSnapshot;
use super::taken_out::Told;

/// What one transaction writes. Entries of a timeline stand in the order of their seq.
#[derive(Debug, Default)]
pub struct Batch {
    pub new_timelines: Vec<NewTimeline>,
    /// One per timeline that grows.
    pub heads: Vec<HeadUpdate>,
    pub entries: Vec<SealedEntry>,
    pub projections: Vec<ProjectionChange>,
    pub snapshots: Vec<SealedSnapshot>,
    pub audits: Vec<SealedAudit>,
    pub grants: Vec<GrantChange>,
    pub read_markers: Vec<ReadMarker>,
    pub queued: Vec<SealedQueued>,
    /// Queued posts that became entries or were dismissed.
    pub resolved: Vec<Resolved>,
    /// Whose sign-ins end with an entry of the batch.
    pub shut_out: Vec<ShutOut>,
    /// Files that entries of this batch name, each handed in by the organisation of the entry's author.
    pub files: Vec<NamedFile>,
    /// Records that are destroyed, after everything else of the batch.
    pub destroyed: Vec<Tombstone>,
    /// What timelines have told of what was taken out.
    pub told: Vec<Told>,
}

impl Batch {
    /// Whether a commit would write nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.new_timelines.is_empty()
            && self.heads.is_empty()
            && self.entries.is_empty()
            && self.projections.is_empty()
            && self.snapshots.is_empty()
            && self.audits.is_empty()
            && self.grants.is_empty()
            && self.read_markers.is_empty()
            && self.queued.is_empty()
            && self.resolved.is_empty()
            && self.shut_out.is_empty()
            && self.files.is_empty()
            && self.destroyed.is_empty()
            && self.told.is_empty()
    }
}

/// A timeline before its first entry. Its head is then moved from [`Seq::ZERO`] and [`chain::GENESIS`].
#[derive(Clone, Debug)]
pub struct NewTimeline {
    pub id: TimelineId,
    pub subject: Subject,
    pub wrapped_key: Vec<u8>,
}

impl NewTimeline {
    /// Wraps the timeline's new key for the journal.
    #[must_use]
    pub fn new(region: &DataKey, id: TimelineId, subject: Subject, key: &PatientKey) -> Self {
        Self { id, subject, wrapped_key: key.wrap(region, id.0) }
    }
}

/// Moves the end of a timeline, if it still is where the batch was decided from.
#[derive(Clone, Copy, Debug)]
pub struct HeadUpdate {
    pub timeline: TimelineId,
    /// The head the batch was decided from.
    pub expected: Seq,
    pub new: Seq,
    /// The link of the entry at `new`.
    pub chain: Link,
    /// Of the entry at `new`.
    pub recorded_at: Timestamp,
}

/// What stands of an entry in the clear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClearHeader {
    pub id: EntryId,
    pub timeline: TimelineId,
    pub seq: Seq,
    pub recorded_at: Timestamp,
    /// Keyed fingerprint of what the client sent, to tell "the same again" from a conflict.
    pub mac: Mac,
}

const HEADER_CONTEXT: &[u8; 8] = b"entry/v1";

impl ClearHeader {
    /// The bytes that the chain covers and the seal is bound to. Never change the layout of a version.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; 88] {
        let mut bytes = [0; 88];
        bytes[..8].copy_from_slice(HEADER_CONTEXT);
        bytes[8..24].copy_from_slice(self.id.0.as_bytes());
        bytes[24..40].copy_from_slice(self.timeline.0.as_bytes());
        bytes[40..48].copy_from_slice(&self.seq.0.to_be_bytes());
        bytes[48..56].copy_from_slice(&self.recorded_at.0.to_be_bytes());
        bytes[56..].copy_from_slice(self.mac.as_bytes());
        bytes
    }

    /// For errors: where the entry is.
    #[must_use]
    pub fn place(&self) -> String {
        format!("timeline {} seq {}", self.timeline, self.seq)
    }
}

/// An entry as the journal keeps it.
#[derive(Clone, Debug)]
pub struct SealedEntry {
    pub header: ClearHeader,
    pub sealed: Vec<u8>,
    /// Covers the link before, the header and the ciphertext.
    pub chain: Link,
}

impl SealedEntry {
    /// Seals `stored_bytes` (of `codec`) and links the entry to the one before it. Pure computation.
    #[must_use]
    pub fn seal(key: &PatientKey, header: ClearHeader, stored_bytes: &[u8], previous: &Link) -> Self {
        let header_bytes = header.to_bytes();
        let sealed = key.seal(&header_bytes, stored_bytes);
        let chain = chain::link(previous, &header_bytes, &sealed);
        Self { header, sealed, chain }
    }
}

/// An audit record before its place in the audit chain is known; the commit gives it one.
#[derive(Clone, Debug)]
pub struct SealedAudit {
    pub recorded_at: Timestamp,
    /// The timeline that it is about. Its key seals the record, so that destroying that destroys this too, unless the
    /// kind of record is one that outlives it.
    pub timeline: Option<TimelineId>,
    /// What else stands in the clear; `None`: kept by a hub that knew no marks.
    pub mark: Option<AuditMark>,
    pub sealed: Vec<u8>,
}

/// What seals an audit record.
#[derive(Clone, Copy, Debug)]
pub enum AuditSeal<'k> {
    /// It is about this timeline: sealed with the timeline's key.
    Timeline(TimelineId, &'k PatientKey),
    /// It is about no patient.
    Region(&'k DataKey),
}

impl SealedAudit {
    /// Seals bytes as hubs did that knew no marks. Such records stay in the chain, and are read and verified like others.
    #[must_use]
    pub fn seal(with: AuditSeal<'_>, recorded_at: Timestamp, record: &[u8]) -> Self {
        let (timeline, sealed) = match with {
            AuditSeal::Timeline(timeline, key) => {
                (Some(timeline), key.seal(&audit_aad(recorded_at, Some(timeline), None), record))
            }
            AuditSeal::Region(region) => (None, region.audit().seal(&audit_aad(recorded_at, None, None), record)),
        };
        Self { recorded_at, timeline, mark: None, sealed }
    }

    /// Seals a record and marks it.
    #[must_use]
    pub fn of(with: AuditSeal<'_>, recorded_at: Timestamp, record: &Audited) -> Self {
        let (mark, bytes) = (record.mark(), codec::encode_audited(record));
        let (timeline, sealed) = match with {
            AuditSeal::Timeline(timeline, key) => {
                (Some(timeline), key.seal(&audit_aad(recorded_at, Some(timeline), Some(&mark)), &bytes))
            }
            AuditSeal::Region(region) => {
                (None, region.audit().seal(&audit_aad(recorded_at, None, Some(&mark)), &bytes))
            }
        };
        Self { recorded_at, timeline, mark: Some(mark), sealed }
    }

    /// Seals a read of a timeline: with the region's key, because who read what must outlive the timeline's.
    #[must_use]
    pub fn of_read(region: &DataKey, timeline: TimelineId, recorded_at: Timestamp, record: &Audited) -> Self {
        let (mark, bytes) = (record.mark(), codec::encode_audited(record));
        let sealed = region.audit().seal(&audit_aad(recorded_at, Some(timeline), Some(&mark)), &bytes);
        Self { recorded_at, timeline: Some(timeline), mark: Some(mark), sealed }
    }
}

/// What an audit record's seal is bound to. Its seq is bound by the chain.
pub(super) fn audit_aad(recorded_at: Timestamp, timeline: Option<TimelineId>, mark: Option<&AuditMark>) -> Vec<u8> {
    let timeline = timeline.map(|id| id.0.into_bytes());
    let mark = mark.map(|mark| ClearMark {
        kind: mark.kind.code(),
        person: mark.person.map(|id| id.0.into_bytes()),
        organisation: mark.organisation.map(|id| id.0.into_bytes()),
        about: mark.about.map(Uuid::into_bytes),
    });
    clear_audit_bytes(recorded_at.0, timeline.as_ref(), mark.as_ref())
}

/// The columns of a mark.
pub(super) struct ClearMark<'a> {
    pub(super) kind: &'a str,
    pub(super) person: Option<[u8; 16]>,
    pub(super) organisation: Option<[u8; 16]>,
    pub(super) about: Option<[u8; 16]>,
}

/// The same from the columns, whatever they say. Never change the layout of a version.
pub(super) fn clear_audit_bytes(
    recorded_at: i64,
    timeline: Option<&[u8; 16]>,
    mark: Option<&ClearMark<'_>>,
) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(112);
    bytes.extend_from_slice(if mark.is_none() { b"audit/v1" } else { b"audit/v2" });
    bytes.extend_from_slice(&recorded_at.to_be_bytes());
    bytes.extend_from_slice(timeline.unwrap_or(&[0; 16]));
    let Some(mark) = mark else { return bytes };
    let ids = [timeline, mark.person.as_ref(), mark.organisation.as_ref(), mark.about.as_ref()];
    // No id is not the same as the nil id.
    bytes.push(ids.iter().enumerate().fold(0, |flags, (at, id)| flags | u8::from(id.is_some()) << at));
    ids[1..].iter().for_each(|id| bytes.extend_from_slice(id.unwrap_or(&[0; 16])));
    bytes.extend_from_slice(mark.kind.as_bytes());
    bytes
}

/// A session's record of having been given a timeline to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GrantId(pub Uuid);

/// A suspension shuts somebody out: their sign-ins end in the transaction that keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShutOut {
    pub organisation: OrganisationId,
    /// Wherever this person acts; `None`: everybody of the organisation.
    pub person: Option<PersonId>,
    pub by: Actor,
    pub at: Timestamp,
}

/// How the record of a reading session changes.
#[derive(Clone, Copy, Debug)]
pub enum GrantChange {
    /// Before the first entry is sent.
    Open {
        id: GrantId,
        sign_in: SignInId,
        timeline: TimelineId,
        opened_at: Timestamp,
        from: Seq,
        /// The declaration of the emergency access that it rests on, if it does.
        access: Option<EntryId>,
    },
    /// As it goes.
    Widen { id: GrantId, through: Seq },
    /// When the session ends or may read no longer.
    Close { id: GrantId, through: Seq, closed_at: Timestamp },
    /// The same of a read that went on, whose end the audit log is told.
    End(EndedReading),
}

/// A read that went on ends: which, of what, and up to where it went.
#[derive(Clone, Copy, Debug)]
pub struct EndedReading {
    pub grant: GrantId,
    pub timeline: TimelineId,
    pub reader: Actor,
    pub sign_in: SignInId,
    pub through: Seq,
    pub closed_at: Timestamp,
}

/// Up to where a person has read a timeline. Moves forward only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadMarker {
    pub person: PersonId,
    pub timeline: TimelineId,
    pub seq: Seq,
    pub read_at: Timestamp,
}

/// An observation of somebody not linked yet. Sealed with a key of the region, since the patient may not exist:
/// the author is told the same either way.
#[derive(Clone, Debug)]
pub struct SealedQueued {
    pub id: EntryId,
    pub timeline: TimelineId,
    /// The author's.
    pub organisation: OrganisationId,
    pub received_at: Timestamp,
    pub sealed: Vec<u8>,
}

impl SealedQueued {
    /// Encodes and seals a queued post.
    #[must_use]
    pub fn seal(region: &DataKey, post: &QueuedPost) -> Self {
        let (id, timeline) = (post.intent.id, post.intent.timeline);
        let sealed = region.queue().seal(&queued_aad(id, timeline), &codec::encode_queued(post));
        Self { id, timeline, organisation: post.author.organisation, received_at: post.received_at, sealed }
    }
}

pub(super) fn queued_aad(id: EntryId, timeline: TimelineId) -> [u8; 41] {
    let mut aad = [0; 41];
    aad[..9].copy_from_slice(b"queued/v1");
    aad[9..25].copy_from_slice(id.0.as_bytes());
    aad[25..].copy_from_slice(timeline.0.as_bytes());
    aad
}

closed_list! {
    /// What became of a queued post.
    QueueState {
        Waiting = "waiting", "紐付け待ち", "waiting for a link";
        Accepted = "accepted", "記録済み", "recorded";
        Dismissed = "dismissed", "却下", "dismissed";
    }
}

/// Takes a queued post out of the queue.
#[derive(Clone, Copy, Debug)]
pub struct Resolved {
    pub id: EntryId,
    /// Accepted (its entry is in the same batch) or dismissed.
    pub state: QueueState,
    pub resolved_at: Timestamp,
}
