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
use crate::store::{AcceptedPost, AuditFound, AuditRecord, Audited, DeviceSeen, Refusal};

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
    /// Of whoever acted; the one that was begun; where it is not known by which one was ended, that one.
    pub sign_in: Option<SignInId>,
    /// The sign-in that was ended by another one.
    pub ended_sign_in: Option<SignInId>,
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
        let AuditFound { record, audited, accepted, reading, device, said, before } = found;
        let DeviceSeen { calls_itself, registered } = device;
        let mark = record.mark.or_else(|| audited.as_ref().map(Audited::mark));
        let subject = record.timeline.map(|timeline| (directory.subject_of(timeline), timeline));
        let marked = || match mark.and_then(|mark| Some((mark.person?, mark.organisation?))) {
            Some((person, organisation)) => Who::Person { person, role: None, organisation },
            None => Who::Unknown,
        };
        if let Some(accepted) = accepted {
            return Self::of_accepted(&record, &accepted, subject, registered);
        }
        let read = audited.as_ref().and_then(|audited| read_of(audited, reading));
        let (patient, office) = whose(subject);
        Self {
            seq: record.seq,
            at: record.recorded_at,
            kind: mark.map(|mark| mark.kind),
            by: audited.as_ref().map_or_else(marked, who),
            on_behalf_of: audited.as_ref().and_then(on_behalf_of),
            sign_in: audited.as_ref().and_then(sign_in),
            ended_sign_in: audited.as_ref().and_then(ended_sign_in),
            device: calls_itself,
            registered_device: registered,
            patient,
            office,
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

    fn of_accepted(
        record: &AuditRecord,
        accepted: &AcceptedPost,
        subject: Option<(Subject, TimelineId)>,
        registered_device: Option<(DeviceId, Option<String>)>,
    ) -> Self {
        let AcceptedPost { kind, author, on_behalf, cited, .. } = accepted;
        let Actor { person, role, organisation, .. } = *author;
        let is_hub = *author == Actor::HUB;
        let cited = cited.join("、");
        let (patient, office) = whose(subject);
        Self {
            seq: record.seq,
            at: record.recorded_at,
            kind: Some(AuditKind::Accepted),
            by: if is_hub { Who::Hub } else { Who::Person { person, role: Some(role), organisation } },
            on_behalf_of: on_behalf.as_ref().map(OnBehalfOf::of),
            sign_in: None,
            ended_sign_in: None,
            device: None,
            registered_device,
            patient,
            office,
            found: Vec::new(),
            about: record.mark.and_then(|mark| mark.about),
            read: None,
            code: kind.code().to_owned(),
            failed: false,
            said: told::accepted(*kind),
            details: (!cited.is_empty()).then(|| Text::new(cited.clone(), cited)),
            reason: None,
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

/// The patient whose record it is about, or the organisation whose page.
fn whose(subject: Option<(Subject, TimelineId)>) -> (Option<PatientId>, Option<OrganisationId>) {
    match subject {
        Some((Subject::Patient, timeline)) => (Some(timeline.as_patient()), None),
        Some((Subject::Organisation, timeline)) => (None, Some(timeline.as_organisation())),
        None => (None, None),
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
            By::Person(actor) | By::AtDevice(actor, _) | By::SignedIn(actor, ..) => person(actor),
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
        Audited::Refusal(refusal) => refusal.sign_in,
        Audited::WrittenFor(written) => written.sign_in,
        Audited::Act(Act { deed: Deed::SignInIssued { sign_in, .. }, .. }) => Some(*sign_in),
        Audited::Act(Act { by, deed: Deed::SignInEnded { sign_in, .. } }) => by.sign_in().or(Some(*sign_in)),
        Audited::Act(act) => act.by.sign_in(),
    }
}

/// The sign-in that was ended, where somebody did that by another one.
fn ended_sign_in(audited: &Audited) -> Option<SignInId> {
    match audited {
        Audited::Act(Act { by, deed: Deed::SignInEnded { sign_in, .. } }) => {
            by.sign_in().filter(|own| own != sign_in).map(|_| *sign_in)
        }
        _ => None,
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
