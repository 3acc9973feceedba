//! What of an audit record stands beside its sealed bytes, so that it is found: its kind, who acted, what it was done to.

use uuid::Uuid;

use super::Audited;
use crate::domain::account::AccountDeed;
use crate::domain::act::Deed;
use crate::domain::audit::{AuditKind, AuditMark};
use crate::domain::device::DeviceDeed;
use crate::domain::directory::Actor;

impl Audited {
    /// See the module.
    #[must_use]
    pub fn mark(&self) -> AuditMark {
        let by = |kind, actor: Option<&Actor>, about: Option<Uuid>| AuditMark {
            kind,
            person: actor.map(|actor| actor.person),
            organisation: actor.map(|actor| actor.organisation),
            about,
        };
        match self {
            Self::Refusal(refusal) => match &refusal.dismissed {
                None => by(AuditKind::Refused, Some(&refusal.author), None),
                Some(dismissed) => by(AuditKind::Dismissed, Some(&dismissed.by), Some(refusal.author.person.0)),
            },
            Self::WrittenFor(written) => {
                by(AuditKind::WrittenFor, Some(&written.author), Some(written.on_behalf.person.0))
            }
            Self::Read(read) => by(AuditKind::Read, Some(&read.reader), None),
            Self::ReadEnded(ended) => by(AuditKind::ReadEnded, Some(&ended.reader), None),
            Self::Act(act) => {
                let (kind, about) = of_deed(&act.deed);
                by(kind, act.by.actor(), about)
            }
        }
    }
}

fn of_deed(deed: &Deed) -> (AuditKind, Option<Uuid>) {
    match deed {
        Deed::SignInIssued { person, .. } => (AuditKind::SignInBegan, Some(person.0)),
        Deed::SignInEnded { person, .. } => (AuditKind::SignInEnded, Some(person.0)),
        Deed::OrganisationKept { organisation, .. } => (AuditKind::Directory, Some(organisation.0)),
        Deed::PersonKept { person, .. } => (AuditKind::Directory, Some(person.0)),
        Deed::DutyClockReleased { .. } => (AuditKind::DutyClock, None),
        Deed::Queued { .. } => (AuditKind::Queued, None),
        Deed::EmergencySearch { .. } => (AuditKind::EmergencySearch, None),
        Deed::Account(
            AccountDeed::Invited { person, .. }
            | AccountDeed::InvitationEnded { person, .. }
            | AccountDeed::Changed { person, .. }
            | AccountDeed::SignInRefused { person, .. }
            | AccountDeed::Passkey { person, .. }
            | AccountDeed::Identity { person, .. }
            | AccountDeed::Proved { person, .. }
            | AccountDeed::AdministratorKept { person, .. },
        ) => (AuditKind::Account, Some(person.0)),
        Deed::Device(deed) => (AuditKind::Device, of_device(deed)),
        Deed::Client(deed) => (AuditKind::Client, Some(deed.about().0.0)),
        Deed::RulebookMoved { version, .. } => (AuditKind::Rulebook, Some(version.0)),
        Deed::Keeping(_) => (AuditKind::Keeping, None),
        Deed::Quarantine(deed) => (AuditKind::Quarantine, Some(deed.author.0)),
        Deed::Announcement(deed) => (AuditKind::Announcement, Some(deed.announcement.0)),
        Deed::Training(deed) => (AuditKind::Training, Some(deed.training.0)),
        Deed::Case(deed) => (AuditKind::Case, Some(deed.case.0)),
        Deed::Group(deed) => (AuditKind::Group, Some(deed.group.0)),
        Deed::AuditUsed { .. } => (AuditKind::Audit, None),
    }
}

/// The device; of an exception the person who has it; nobody, of an authority.
const fn of_device(deed: &DeviceDeed) -> Option<Uuid> {
    match deed {
        DeviceDeed::Registered { device, .. }
        | DeviceDeed::Enrolling { device, .. }
        | DeviceDeed::EnrolmentEnded { device, .. }
        | DeviceDeed::CertificateIssued { device, .. }
        | DeviceDeed::CertificateReplaced { device, .. }
        | DeviceDeed::Revoked { device, .. } => Some(device.0),
        DeviceDeed::ExceptionGranted { person, .. } | DeviceDeed::ExceptionEnded { person } => Some(person.0),
        DeviceDeed::AuthorityMade { .. } | DeviceDeed::AuthorityRetired { .. } => None,
    }
}
