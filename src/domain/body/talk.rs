//! Bodies of what people say to and arrange with each other: messages, consultations, plans and meetings.

use jiff::civil::Date;

use super::check::{Check, attachments, each, few, in_order, required, text, texts};
use super::observed::Topic;
use crate::domain::attachment::Attachment;
use crate::domain::ids::{EntryId, OrganisationId, PersonId};
use crate::domain::list::closed_list;
use crate::domain::role::Role;
use crate::domain::text::{Invalid, Text};
use crate::domain::time::Timestamp;

/// Something said to the team, or to some roles of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message {
    pub text: String,
    /// Roles asked to read it first; empty: the whole team.
    pub to_roles: Vec<Role>,
    pub urgent: bool,
    pub topic: Option<Topic>,
    /// The entry it answers.
    pub answers: Option<EntryId>,
    pub attachments: Vec<Attachment>,
}

/// A question put to an organisation, to be acknowledged by it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consultation {
    pub to: OrganisationId,
    /// The role that is asked there.
    pub to_role: Option<Role>,
    pub text: String,
    pub topic: Option<Topic>,
    pub urgent: bool,
    pub attachments: Vec<Attachment>,
}

/// What the patient wishes for the time ahead (人生会議).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AcpNote {
    pub text: String,
    /// The patient wishes that such matters are not shared.
    pub keep_private: bool,
    /// Who decides where the patient cannot.
    pub proxy: String,
    pub discussed_on: Option<Date>,
    pub attachments: Vec<Attachment>,
}

closed_list! {
    /// Whether a meeting is still to come.
    MeetingState {
        Held = "held", "実施済み", "held";
        Planned = "planned", "予定", "planned";
    }
}

/// A visit made together by people of several organisations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JointVisit {
    pub state: MeetingState,
    pub text: String,
    pub organisations: Vec<OrganisationId>,
    pub at: Option<Timestamp>,
}

/// Somebody at, or missing from, a conference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Participant {
    pub role: Role,
    pub organisation: Option<OrganisationId>,
    pub person: Option<PersonId>,
}

/// Whom somebody who was there spoke for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpokenFor {
    /// The role of the one who was absent.
    pub absent: Role,
    /// The role of the one who spoke.
    pub by: Role,
    pub text: String,
}

/// A service conference (サービス担当者会議).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conference {
    pub state: MeetingState,
    pub text: String,
    pub held_at: Option<Timestamp>,
    pub organisations: Vec<OrganisationId>,
    pub attendees: Vec<Participant>,
    pub absent: Vec<Participant>,
    pub spoken_for: Vec<SpokenFor>,
    pub attachments: Vec<Attachment>,
}

impl Conference {
    /// Whether somebody of the role attends; unknown where nobody is named.
    #[must_use]
    pub fn attended_by(&self, role: Role) -> Option<bool> {
        let is = |one: &Participant| one.role == role;
        let named = !self.attendees.is_empty() || self.absent.iter().any(is);
        named.then(|| self.attendees.iter().any(is))
    }
}

/// A visit to come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VisitPlan {
    /// Role of the one who will visit.
    pub role: Option<Role>,
    pub organisation: Option<OrganisationId>,
    pub person: Option<PersonId>,
    pub starts_at: Option<Timestamp>,
    pub ends_at: Option<Timestamp>,
    pub first_after_discharge: bool,
    /// Organisations asked to be there.
    pub invited: Vec<OrganisationId>,
    /// Roles asked to be there.
    pub invited_roles: Vec<Role>,
    pub urgent: bool,
    pub text: String,
}

/// Another nursing station is to take over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StationChange {
    /// The present station.
    pub present: OrganisationId,
    /// The station to come, if there is one.
    pub next: Option<OrganisationId>,
    /// Whether the patient or the family asked for it.
    pub family_request: bool,
    pub reason: String,
    pub from: Option<Date>,
    /// The consultation with the present station.
    pub consultation: Option<EntryId>,
    pub attachments: Vec<Attachment>,
}

impl Check for Message {
    fn check(&self, _: Date) -> Result<(), Invalid> {
        // A photo may speak for itself.
        if self.attachments.is_empty() {
            required("text", &self.text)?;
        }
        text("text", &self.text)?;
        attachments(&self.attachments)
    }
}

impl Check for Consultation {
    fn check(&self, _: Date) -> Result<(), Invalid> {
        required("text", &self.text)?;
        attachments(&self.attachments)
    }
}

impl Check for AcpNote {
    fn check(&self, _: Date) -> Result<(), Invalid> {
        required("text", &self.text)?;
        text("proxy", &self.proxy)?;
        attachments(&self.attachments)
    }
}

impl Check for JointVisit {
    fn check(&self, _: Date) -> Result<(), Invalid> {
        required("text", &self.text)?;
        few("organisations", &self.organisations)
    }
}

impl Check for Conference {
    fn check(&self, _: Date) -> Result<(), Invalid> {
        required("text", &self.text)?;
        few("organisations", &self.organisations)?;
        few("attendees", &self.attendees)?;
        few("absent", &self.absent)?;
        if let Some(at) = self.absent.iter().position(|one| one.person.is_some() && self.attendees.contains(one)) {
            return Err(Invalid::new(
                format!("absent[{at}]"),
                "duplicate",
                Text::fixed("同じ人が出席と欠席の両方にあります", "the same person is both present and absent"),
            ));
        }
        each("spoken_for", &self.spoken_for, |one| text("text", &one.text))?;
        attachments(&self.attachments)
    }
}

impl Check for VisitPlan {
    fn check(&self, _: Date) -> Result<(), Invalid> {
        if self.starts_at.is_none() {
            return Err(Invalid::required("starts_at_us"));
        }
        in_order("ends_at_us", self.starts_at, self.ends_at)?;
        few("invited", &self.invited)?;
        few("invited_roles", &self.invited_roles)?;
        texts([("text", &self.text)])
    }
}

impl Check for StationChange {
    fn check(&self, _: Date) -> Result<(), Invalid> {
        text("reason", &self.reason)?;
        if self.next == Some(self.present) {
            return Err(Invalid::new(
                "next",
                "duplicate",
                Text::fixed("今のステーションと同じです", "another station than the present one is expected"),
            ));
        }
        attachments(&self.attachments)
    }
}
