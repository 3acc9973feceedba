//! What is done in the region beside its timelines: sign-ins begin and end, the directory changes. The audit log keeps
//! each act; actions make them in the transaction that does what they say.

use jiff::civil::Date;

use super::account::{AccountDeed, SignInWay};
use super::announcement::AnnouncementDeed;
use super::audit::{AuditFilter, AuditUse};
use super::case::CaseDeed;
use super::client::ClientDeed;
use super::device::DeviceDeed;
use super::directory::{Actor, Position};
use super::group::GroupDeed;
use super::ids::{DeviceId, EntryId, OrganisationId, PatientId, PersonId, RulebookVersionId, SignInId, TimelineId};
use super::keeping::KeepingDeed;
use super::lifecycle::LifeStep;
use super::list::closed_list;
use super::quarantine::QuarantineDeed;
use super::role::OrganisationType;
use super::time::Timestamp;
use super::training::TrainingDeed;

/// An act with whoever did it. When, says the record that keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    pub by: By,
    pub deed: Deed,
}

/// Who acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// Somebody, by what they showed: they are not signed in yet, or the record is of before sign-ins were told.
    Person(Actor),
    /// The same, at this registered device.
    AtDevice(Actor, DeviceId),
    /// Somebody signed in: by which sign-in, and the registered device that it counts on.
    SignedIn(Actor, SignInId, Option<DeviceId>),
    /// Whoever runs commands on the hub's machine.
    Operator,
    /// The hub itself, for a reason that the deed says.
    Hub,
}

impl By {
    /// Who is signed in, if somebody is.
    #[must_use]
    pub const fn actor(&self) -> Option<&Actor> {
        match self {
            Self::Person(actor) | Self::AtDevice(actor, _) | Self::SignedIn(actor, ..) => Some(actor),
            Self::Operator | Self::Hub => None,
        }
    }

    /// Their sign-in, where it is known.
    #[must_use]
    pub const fn sign_in(&self) -> Option<SignInId> {
        match self {
            Self::SignedIn(_, sign_in, _) => Some(*sign_in),
            Self::Person(_) | Self::AtDevice(..) | Self::Operator | Self::Hub => None,
        }
    }

    /// The registered device that they were at.
    #[must_use]
    pub const fn device(&self) -> Option<DeviceId> {
        match self {
            Self::AtDevice(_, device) => Some(*device),
            Self::SignedIn(_, _, device) => *device,
            Self::Person(_) | Self::Operator | Self::Hub => None,
        }
    }
}

/// What was done, and to whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    SignInIssued {
        sign_in: SignInId,
        person: PersonId,
        position: Position,
        expires_at: Timestamp,
        /// Records of hubs before there were accounts do not say it.
        way: Option<SignInWay>,
        /// The registered device that it is bound to.
        device: Option<DeviceId>,
        /// What the device calls itself.
        device_name: String,
    },
    SignInEnded {
        sign_in: SignInId,
        person: PersonId,
        position: Position,
        why: SignInEnd,
    },
    /// Entered, or what is known of it replaced.
    OrganisationKept {
        organisation: OrganisationId,
        kind: OrganisationType,
        active: bool,
        is_new: bool,
    },
    /// Entered, or what is known of them replaced. The name stands in the directory, not here.
    PersonKept {
        person: PersonId,
        positions: Vec<Position>,
        active: bool,
        is_new: bool,
    },
    /// The duty clock, which a jump of the machine's clock had stopped, goes on.
    DutyClockReleased {
        stopped_at: Timestamp,
    },
    /// A patient of others was looked for in an emergency: what was typed, and whom it found.
    EmergencySearch {
        name: String,
        birth_date: Date,
        found: Vec<PatientId>,
    },
    /// A post of theirs waits for a link from now on; the digest is keyed, and the one that its entry will bear.
    Queued {
        post: EntryId,
        timeline: TimelineId,
        digest: [u8; 32],
    },
    /// Something done to an account, see there.
    Account(AccountDeed),
    /// Something done to a registered device, see there.
    Device(DeviceDeed),
    /// Something done to a system client, or by it at the token endpoint, see there.
    Client(ClientDeed),
    /// Something done with the region's data as a whole, see there.
    Keeping(KeepingDeed),
    /// Something that became of a post in an envelope, see there.
    Quarantine(QuarantineDeed),
    /// An announcement was published, corrected or withdrawn, see there.
    Announcement(AnnouncementDeed),
    /// A training was written down, or who was there, see there.
    Training(TrainingDeed),
    /// A good-practice case went on in its life, see there.
    Case(CaseDeed),
    /// A group was made or changed, or something was written in it, see there.
    Group(GroupDeed),
    /// A version of the rulebook went on in its life.
    RulebookMoved {
        version: RulebookVersionId,
        step: LifeStep,
        /// The version's files at that moment.
        fingerprint: String,
        /// For people: who signed which set, from when it is in force, why it was retired.
        said: String,
    },
    /// A part of the audit log was looked at or taken out.
    AuditUsed {
        how: AuditUse,
        filter: Box<AuditFilter>,
        /// Why, as whoever took it out wrote, or looked at it on the machine; empty for who looks at it here, whose task it is.
        reason: String,
    },
}

impl Deed {
    /// Why, as whoever did it had to write. Every deed stands here, so that a new one says whether it has a reason; why an
    /// announcement or a case was corrected, returned or withdrawn stands with its version, and why a message was, in its group.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        let reason = match self {
            Self::Account(deed) => deed.reason(),
            Self::Device(deed) => deed.reason(),
            Self::Client(deed) => deed.reason(),
            Self::Keeping(deed) => deed.reason(),
            Self::Quarantine(deed) => Some(deed.reason.as_str()),
            Self::RulebookMoved { step: LifeStep::Retired, said, .. } => Some(said.as_str()),
            Self::AuditUsed { reason, .. } => Some(reason.as_str()),
            Self::SignInIssued { .. }
            | Self::SignInEnded { .. }
            | Self::OrganisationKept { .. }
            | Self::PersonKept { .. }
            | Self::DutyClockReleased { .. }
            | Self::EmergencySearch { .. }
            | Self::Queued { .. }
            | Self::Announcement(_)
            | Self::Training(_)
            | Self::Case(_)
            | Self::Group(_)
            | Self::RulebookMoved { .. } => None,
        };
        reason.filter(|reason| !reason.is_empty())
    }
}

closed_list! {
    /// Why a sign-in ended before its time.
    SignInEnd {
        Revoked = "revoked", "取り消し", "revoked";
        SignedOut = "signed_out", "サインアウト", "signed out";
        Unused = "unused", "一定時間の不使用", "not used for too long";
        PersonChanged = "person_changed", "本人の所属・職種の終了", "the person left a position";
        OrganisationEnded = "organisation_ended", "事業所の終了", "the organisation ended its work";
        Suspended = "suspended", "利用の停止", "the use of the system was suspended";
        Everywhere = "everywhere", "すべての端末でのサインアウト", "signed out everywhere";
        AccountChanged = "account_changed", "パスワードなどの変更・再設定", "the account was changed or recovered";
        DeviceRevoked = "device_revoked", "端末の失効", "the device was revoked";
        ExceptionEnded = "exception_ended", "端末なしの例外の終了", "the exception without a device ended";
        PositionChosen = "position_chosen", "職務の切り替え", "another role was chosen";
        ClientEnded = "client_ended", "連携システムの停止・削除", "the connected system was suspended or removed";
        KeyRemoved = "key_removed", "連携システムの鍵の削除", "the connected system's key was removed";
        Restored = "restored", "バックアップからの復元", "the region was restored from a backup";
    }
}
