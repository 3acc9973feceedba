//! Bodies on an organisation's own timeline: its liaison, its roster, pledges, and what the secretariat does
//! for and about it.

use jiff::civil::Date;

use super::check::{Check, attachments, each, few, in_order, required, text, texts};
use crate::domain::attachment::Attachment;
use crate::domain::ids::{EntryId, OrganisationId, PatientId, PersonId};
use crate::domain::list::closed_list;
use crate::domain::role::Role;
use crate::domain::text::{Invalid, Text};
use crate::domain::time::Timestamp;

/// Whom others turn to (連携窓口); replaces the one before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ContactWindow {
    /// 地域連携室 …
    pub department: String,
    /// The person, where one is named.
    pub person: Option<PersonId>,
    pub phone: String,
    pub fax: String,
    pub email: String,
    /// When somebody answers: 平日 9:00–17:00.
    pub hours: String,
    /// Somebody answers day and night.
    pub around_the_clock: bool,
    pub text: String,
}

/// Who is on duty for a role from when until when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shift {
    pub starts_at: Timestamp,
    pub ends_at: Timestamp,
    pub role: Role,
    pub person: PersonId,
    pub phone: String,
}

/// 当番表: the shifts from `from` to `until`; replaces what was said before about those days.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roster {
    pub from: Date,
    pub until: Date,
    pub shifts: Vec<Shift>,
    pub text: String,
}

closed_list! {
    /// In whose name a pledge is given.
    PledgeBy {
        Person = "person", "本人", "the person";
        Organisation = "organisation", "事業所", "the organisation";
    }
}

/// Somebody confirms what was agreed about conduct.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pledge {
    pub by: PledgeBy,
    /// Citations of the rules confirmed, `RULE@set/version#hash`.
    pub rules: Vec<String>,
    pub text: String,
    pub attachments: Vec<Attachment>,
}

/// The secretariat takes an office in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OfficeEntry {
    /// Who signed the application.
    pub representative: String,
    pub applied_on: Option<Date>,
    pub text: String,
    pub attachments: Vec<Attachment>,
}

/// The secretariat gives a person of the organisation access.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Activation {
    pub person: PersonId,
    pub role: Role,
    pub text: String,
}

/// Records leave the system, or somebody asks that they may.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Export {
    /// What for.
    pub purpose: String,
    /// What is taken: which records, of when.
    pub scope: String,
    /// Patients whose records are taken; empty: as `scope` says.
    pub patients: Vec<PatientId>,
    /// Who is said to have allowed it: it allows nothing by itself.
    pub approved_by: Option<PersonId>,
    /// Whether names and other identifying marks are taken out.
    pub de_identified: bool,
    /// Nothing has been taken out yet: this asks for permission.
    pub planned: bool,
    /// The request that was permitted.
    pub request: Option<EntryId>,
}

impl Export {
    /// Whether what is taken out is what was asked for in this request, or less of it.
    #[must_use]
    pub fn is_within(&self, asked: &Self) -> bool {
        let is_named = |patient: &PatientId| asked.patients.contains(patient);
        let same = |one: &str, other: &str| one.trim() == other.trim();
        same(&self.purpose, &asked.purpose)
            && same(&self.scope, &asked.scope)
            && (asked.patients.is_empty() || !self.patients.is_empty() && self.patients.iter().all(is_named))
            && (self.de_identified || !asked.de_identified)
    }
}

/// Information was lost, seen or sent where it should not have been.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Incident {
    pub text: String,
    pub happened_at: Option<Timestamp>,
    pub noticed_at: Option<Timestamp>,
    /// Patients concerned, as far as known.
    pub patients: Vec<PatientId>,
    /// What was done about it.
    pub measures: String,
    pub attachments: Vec<Attachment>,
}

/// The use of the system ends for a person or the whole organisation, or goes on again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Suspension {
    /// `None`: the whole organisation.
    pub person: Option<PersonId>,
    /// The suspension before is lifted.
    pub lifted: bool,
    pub reason: String,
    pub until: Option<Date>,
    /// Another organisation concerned, e.g. that reported it.
    pub reported_by: Option<OrganisationId>,
    /// The incident that led to it.
    pub incident: Option<EntryId>,
}

impl Check for ContactWindow {
    fn check(&self, _: Date) -> Result<(), Invalid> {
        if self.phone.trim().is_empty() && self.email.trim().is_empty() && self.fax.trim().is_empty() {
            return Err(Invalid::new(
                "phone",
                "required",
                Text::fixed("電話・FAX・メールのどれかが必要です", "one of phone, fax and email is required"),
            ));
        }
        texts([
            ("department", &self.department),
            ("phone", &self.phone),
            ("fax", &self.fax),
            ("email", &self.email),
            ("hours", &self.hours),
            ("text", &self.text),
        ])
    }
}

impl Check for Roster {
    fn check(&self, _: Date) -> Result<(), Invalid> {
        in_order("until", Some(self.from), Some(self.until))?;
        each("shifts", &self.shifts, |shift| {
            in_order("ends_at_us", Some(shift.starts_at), Some(shift.ends_at))?;
            text("phone", &shift.phone)
        })?;
        text("text", &self.text)
    }
}

impl Check for Pledge {
    fn check(&self, _: Date) -> Result<(), Invalid> {
        if self.rules.is_empty() {
            return Err(Invalid::required("rules"));
        }
        each("rules", &self.rules, |rule| required("", rule))?;
        text("text", &self.text)?;
        attachments(&self.attachments)
    }
}

impl Check for OfficeEntry {
    fn check(&self, _: Date) -> Result<(), Invalid> {
        texts([("representative", &self.representative), ("text", &self.text)])?;
        attachments(&self.attachments)
    }
}

impl Check for Activation {
    fn check(&self, _: Date) -> Result<(), Invalid> {
        text("text", &self.text)
    }
}

impl Check for Export {
    fn check(&self, _: Date) -> Result<(), Invalid> {
        required("purpose", &self.purpose)?;
        required("scope", &self.scope)?;
        if self.planned && self.request.is_some() {
            let words = Text::fixed(
                "許可を求める記録には、許可された申請は書けません",
                "what asks for permission names no request that was permitted",
            );
            return Err(Invalid::new("request", "unexpected", words));
        }
        few("patients", &self.patients)
    }
}

impl Check for Incident {
    fn check(&self, _: Date) -> Result<(), Invalid> {
        required("text", &self.text)?;
        text("measures", &self.measures)?;
        in_order("noticed_at_us", self.happened_at, self.noticed_at)?;
        few("patients", &self.patients)?;
        attachments(&self.attachments)
    }
}

impl Check for Suspension {
    fn check(&self, _: Date) -> Result<(), Invalid> {
        required("reason", &self.reason)
    }
}
