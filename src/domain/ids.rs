//! Ids as types of their own, so that a patient's id cannot be passed where an organisation's is meant.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

use super::list::closed_list;

/// Where an id is to stand, which is a UUID. In both languages, because a command line says it before it knows the reader's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("ID ではありません / no id: 0196d5a2-0000-7000-8000-000000000000")]
pub struct NotAnId;

macro_rules! id {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self).map_err(|_| NotAnId)
            }
        }
    };
}

id!(
    /// An entry; made by the client (`UUIDv7`), so that a resend is recognised.
    EntryId
);
id!(
    /// A timeline; equal to the id of its subject.
    TimelineId
);
id!(
    /// A patient (FHIR `Patient`).
    PatientId
);
id!(
    /// An organisation (FHIR `Organization`).
    OrganisationId
);
id!(
    /// A person (FHIR `Practitioner`), or a member of a patient's family.
    PersonId
);
id!(
    /// A version of the region's rulebook, from draft to retired.
    RulebookVersionId
);
id!(
    /// A sign-in: one token, one role, possibly several sockets.
    SignInId
);

id!(
    /// An invitation to set up an account.
    InvitationId
);
id!(
    /// A passkey of somebody.
    PasskeyId
);
id!(
    /// An identity of somebody at another service.
    IdentityId
);
id!(
    /// A registered device.
    DeviceId
);
id!(
    /// A bell: a device that is rung while its page is closed.
    BellId
);
id!(
    /// An announcement, with all its versions.
    AnnouncementId
);
id!(
    /// A training.
    TrainingId
);
id!(
    /// A good-practice case, with its versions.
    CaseId
);
id!(
    /// A group of people who talk with each other.
    GroupId
);
id!(
    /// A system client; equal to the id of the person that it acts as.
    ClientId
);
id!(
    /// A link by which a device gets its certificate.
    EnrolmentId
);

impl From<ClientId> for PersonId {
    fn from(id: ClientId) -> Self {
        Self(id.0)
    }
}

impl From<PatientId> for TimelineId {
    fn from(id: PatientId) -> Self {
        Self(id.0)
    }
}

impl From<OrganisationId> for TimelineId {
    fn from(id: OrganisationId) -> Self {
        Self(id.0)
    }
}

impl TimelineId {
    /// The patient whose timeline this is, if its subject is a patient.
    #[must_use]
    pub const fn as_patient(self) -> PatientId {
        PatientId(self.0)
    }

    /// The organisation whose timeline this is, if its subject is an organisation.
    #[must_use]
    pub const fn as_organisation(self) -> OrganisationId {
        OrganisationId(self.0)
    }
}

closed_list! {
    /// What a timeline is about.
    Subject {
        Patient = "patient", "患者", "patient";
        Organisation = "organisation", "事業所", "organisation";
    }
}

/// The position of an entry on its timeline: gapless, from 1. Zero means "before the first".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Seq(pub u64);

impl Seq {
    /// Before the first entry.
    pub const ZERO: Self = Self(0);

    /// The position after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl fmt::Display for Seq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
