//! Consent and the care team: what the patient agreed to, who is linked (紐付け), how much they may look back.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::attachment::Attachment;
use super::ids::{OrganisationId, PersonId};
use super::list::closed_list;
use super::time::Timestamp;
use super::withheld::WithheldSet;

closed_list! {
    /// What the patient agreed to [Consent.status and scope].
    ConsentState {
        None = "none", "未取得", "not obtained";
        Team = "team", "チーム内共有に同意", "team sharing";
        Withdrawn = "withdrawn", "撤回", "withdrawn";
    }
}

closed_list! {
    /// Who gave the consent.
    ConsentGiver {
        Patient = "patient", "本人", "the patient";
        Proxy = "proxy", "代理人", "a proxy decision-maker";
    }
}

/// The body of a consent entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentChange {
    pub state: ConsentState,
    pub given_by: ConsentGiver,
    pub given_on: Date,
    /// Where the signed form is kept.
    pub document: String,
    /// The patient wishes one doctor only.
    pub one_doctor_wished: bool,
    /// Of the region's form that was signed; empty where nobody said.
    pub form_version: String,
    /// What the patient did not agree to.
    pub withheld: WithheldSet,
    /// The signed form itself.
    pub attachments: Vec<Attachment>,
}

impl ConsentChange {
    /// Whether the signed form can be shown.
    #[must_use]
    pub fn has_document(&self) -> bool {
        !self.document.trim().is_empty() || !self.attachments.is_empty()
    }
}

/// How much of the past a new link opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum History {
    All,
    From(Timestamp),
    Nothing,
}

/// The body of a team link: an organisation, or some of its people, joins the team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TeamLink {
    pub organisation: OrganisationId,
    /// Empty: everybody of the organisation.
    pub people: Vec<PersonId>,
    /// Whether this organisation looks after the membership.
    pub host: bool,
    pub history: History,
    /// Whether it was confirmed that these people already serve the patient.
    pub relation_confirmed: bool,
}

/// The body of an unlink.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TeamUnlink {
    pub organisation: OrganisationId,
    /// Empty: the whole organisation.
    pub people: Vec<PersonId>,
    pub reason: String,
}

/// The body of a change of host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostChange {
    pub organisation: OrganisationId,
    pub reason: String,
}

/// An organisation's place on a patient's team, as the fold knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    /// Empty: everybody of the organisation.
    pub people: BTreeSet<PersonId>,
    pub host: bool,
    pub since: Timestamp,
    /// Entries recorded before this moment stay closed to the organisation, unless they are its own.
    pub opens_from: Timestamp,
}

impl Membership {
    /// Whether this person of the organisation is on the team.
    #[must_use]
    pub fn includes(&self, person: PersonId) -> bool {
        self.people.is_empty() || self.people.contains(&person)
    }
}
