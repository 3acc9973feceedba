//! A record of the audit log as it is told to people and to other systems: who did what, to whom, on what ground. What a
//! patient's record says is never in it; why somebody did what they had to give a reason for, is.

use uuid::Uuid;

use crate::domain::act::{Act, By, Deed};
use crate::domain::attachment::ContentHash;
use crate::domain::audit::AuditKind;
use crate::domain::directory::{Actor, Directory};
use crate::domain::entry::OnBehalfOf;
use crate::domain::ids::{DeviceId, EntryId, OrganisationId, PatientId, PersonId, Seq, SignInId, Subject, TimelineId};
use crate::domain::reading::{ReadScope, ReadWhy};
use crate::domain::role::Role;
use crate::domain::text::Text;
use crate::domain::time::Timestamp;
use crate::store::{AuditFound, Audited, DeviceSeen, Refusal};

use super::{details, told};

/// Who acted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    Person {
        person: PersonId,
        /// `None`: it was sealed with a key that was destroyed.
        role: Option<Role>,
        organisation: OrganisationId,
    },
    Operator,
    Hub,
    /// The record does not open any more, and says nothing in the clear.
    Unknown,
}

/// What was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadSeen {
    pub scope: ReadScope,
    pub file: Option<ContentHash>,
    /// Entries after this one.
    pub from: Seq,
    /// Up to this one; `None`: up to the head of the timeline.
    pub through: Option<Seq>,
    /// `None`: it was one look, or it goes on.
    pub ended_at: Option<Timestamp>,
    pub is_over: bool,
    pub why: ReadWhy,
    pub access: Option<EntryId>,
}

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    pub seq: u64,
    pub at: Timestamp,
    /// `None`: kept before records were marked, and sealed with a key that was destroyed.
    pub kind: Option<AuditKind>,
    pub by: Who,
    /// For whom they wrote, or would have written.
    pub on_behalf_of: Option<OnBehalfOf>,
    pub sign_in: Option<SignInId>,
    /// What the device of the sign-in calls itself.
    pub device: Option<String>,
    /// The registered device that it was done on, and its name; no name: that does not open.
    pub registered_device: Option<(DeviceId, Option<String>)>,
    pub patient: Option<PatientId>,
    /// Whose page it is about.
    pub office: Option<OrganisationId>,
    /// Whom an emergency search found.
    pub found: Vec<PatientId>,
    /// The person, organisation or version that something was done to.
    pub about: Option<Uuid>,
    pub read: Option<ReadSeen>,
    /// Stable code of what was done or why not; empty where the kind says it all.
    pub code: String,
    pub failed: bool,
    /// In words, without a name.
    pub said: Text,
    /// What goes with it, by name.
    pub details: Option<Text>,
    /// Why, as whoever did it had to write.
    pub reason: Option<String>,
}

impl Event {
    #[must_use]
    pub fn of(found: AuditFound, directory: &Directory) -> Self {
        let AuditFound { record, audited, reading, device: DeviceSeen { calls_itself, registered }, said, before } =
            found;
        let mark = record.mark.or_else(|| audited.as_ref().map(Audited::mark));
        let subject = record.timeline.map(|timeline| (directory.subject_of(timeline), timeline));
        let marked = || match mark.and_then(|mark| Some((mark.person?, mark.organisation?))) {
            Some((person, organisation)) => Who::Person { person, role: None, organisation },
            None => Who::Unknown,
        };
        let read = audited.as_ref().and_then(|audited| read_of(audited, reading));
        Self {
            seq: record.seq,
            at: record.recorded_at,
            kind: mark.map(|mark| mark.kind),
            by: audited.as_ref().map_or_else(marked, who),
            on_behalf_of: audited.as_ref().and_then(on_behalf_of),
            sign_in: audited.as_ref().and_then(sign_in),
            device: calls_itself,
            registered_device: registered,
            patient: subject.filter(|(of, _)| *of == Subject::Patient).map(|(_, timeline)| timeline.as_patient()),
            office: subject
                .filter(|(of, _)| *of == Subject::Organisation)
                .map(|(_, timeline): (_, TimelineId)| timeline.as_organisation()),
            found: match &audited {
                Some(Audited::Act(Act { deed: Deed::EmergencySearch { found, .. }, .. })) => found.clone(),
                _ => Vec::new(),
            },
            about: mark.and_then(|mark| mark.about),
            said: told::said(mark.map(|mark| mark.kind), audited.as_ref(), read.as_ref()),
            details: audited.as_ref().and_then(|audited| details::details(audited, before.as_ref(), directory)),
            reason: audited.as_ref().and_then(reason).or(said),
            code: audited.as_ref().map(told::code).unwrap_or_default(),
            failed: matches!(&audited, Some(Audited::Refusal(Refusal { dismissed: None, .. })))
                || audited.as_ref().is_some_and(told::is_failed_sign_in),
            read,
        }
    }

    /// What was done, with what goes with it.
    #[must_use]
    pub fn words(&self) -> Text {
        match &self.details {
            None => self.said.clone(),
            Some(Text { ja, en }) => Text::new(format!("{}（{ja}）", self.said.ja), format!("{} ({en})", self.said.en)),
        }
    }

    /// The patients it names.
    pub fn patients(&self) -> impl Iterator<Item = PatientId> {
        self.patient.into_iter().chain(self.found.iter().copied())
    }
}

fn who(audited: &Audited) -> Who {
    let person =
        |actor: &Actor| Who::Person { person: actor.person, role: Some(actor.role), organisation: actor.organisation };
    match audited {
        Audited::Refusal(refusal) => person(refusal.dismissed.as_ref().map_or(&refusal.author, |it| &it.by)),
        Audited::WrittenFor(written) => person(&written.author),
        Audited::Read(read) => person(&read.reader),
        Audited::ReadEnded(ended) => person(&ended.reader),
        Audited::Act(act) => match &act.by {
            By::Person(actor) | By::AtDevice(actor, _) => person(actor),
            By::Operator => Who::Operator,
            By::Hub => Who::Hub,
        },
    }
}

fn reason(audited: &Audited) -> Option<String> {
    let reason = match audited {
        Audited::Act(act) => act.deed.reason(),
        Audited::Refusal(refusal) => refusal.dismissed.as_ref().map(|dismissed| dismissed.reason.as_str()),
        // Of a declared access, the declaration says why; it is on the patient's own record.
        Audited::Read(_) | Audited::ReadEnded(_) | Audited::WrittenFor(_) => None,
    };
    reason.map(str::to_owned)
}

const fn on_behalf_of(audited: &Audited) -> Option<OnBehalfOf> {
    match audited {
        Audited::Refusal(refusal) => refusal.on_behalf_of,
        Audited::WrittenFor(written) => Some(OnBehalfOf::of(&written.on_behalf)),
        Audited::Act(_) | Audited::Read(_) | Audited::ReadEnded(_) => None,
    }
}

fn sign_in(audited: &Audited) -> Option<SignInId> {
    match audited {
        Audited::Read(read) => Some(read.sign_in),
        Audited::ReadEnded(ended) => Some(ended.sign_in),
        Audited::Act(Act { deed: Deed::SignInIssued { sign_in, .. } | Deed::SignInEnded { sign_in, .. }, .. }) => {
            Some(*sign_in)
        }
        Audited::Act(_) | Audited::Refusal(_) | Audited::WrittenFor(_) => None,
    }
}

fn read_of(audited: &Audited, reading: Option<(Option<Seq>, Option<Timestamp>)>) -> Option<ReadSeen> {
    let Audited::Read(read) = audited else { return None };
    let (through, ended_at) = match (read.through, reading) {
        (Some(through), _) => (Some(through), None),
        (None, Some((through, ended_at))) => (through.filter(|_| ended_at.is_some()), ended_at),
        (None, None) => (None, None),
    };
    Some(ReadSeen {
        scope: read.of.scope,
        file: read.of.file,
        from: read.from,
        through,
        ended_at,
        is_over: read.through.is_some() || ended_at.is_some(),
        why: read.why,
        access: read.access,
    })
}
