//! Bodies of observations: notes, visits, changes of condition, infections, calls, and where the patient is.
//! Nobody may be kept from recording one, so the checks ask for no more than what makes it readable.

use jiff::civil::Date;

use super::check::{Check, attachments, each, few, has_happened, in_order, required, text, texts};
use super::device::DeviceState;
use super::order::OrderType;
use crate::domain::attachment::Attachment;
use crate::domain::ids::{EntryId, OrganisationId, PersonId};
use crate::domain::list::closed_list;
use crate::domain::role::Role;
use crate::domain::text::Invalid;
use crate::domain::time::Timestamp;
use crate::domain::vital::Vital;

/// Free text about the patient: an observation, a daily-life record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Note {
    pub text: String,
    /// Whether the doctor needs to know.
    pub tell_doctor: bool,
    /// Whether it touches what the patient wishes for the time ahead.
    pub acp: bool,
    pub attachments: Vec<Attachment>,
    /// The entry it is about: the call that it writes up.
    pub about: Option<EntryId>,
}

/// A visit that took place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Visit {
    pub text: String,
    pub started_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
    /// Whether the doctor needs to know.
    pub tell_doctor: bool,
    /// Whether it touches what the patient wishes for the time ahead.
    pub acp: bool,
    /// The author keeps it off the sheet that all who visit share.
    pub off_shared_sheet: bool,
    /// Devices with the settings found.
    pub devices: Vec<DeviceState>,
    pub attachments: Vec<Attachment>,
    /// The entry it is about: the call that it writes up.
    pub about: Option<EntryId>,
}

closed_list! {
    /// What a message, consultation or change of condition is about, chosen by its author.
    Topic {
        Other = "other", "その他", "something else";
        SuddenVital = "sudden_vital", "バイタルの急な変化", "a sudden change of vital signs";
        Consciousness = "consciousness", "意識の変化", "consciousness";
        SeverePain = "severe_pain", "強い痛み・息苦しさ", "severe pain or dyspnoea";
        Fall = "fall", "転倒・転落", "a fall";
        DrugChange = "drug_change", "薬や指示の変更の可能性", "a possible change of drugs or orders";
        SameDayVisit = "same_day_visit", "当日の訪問の依頼", "a visit the same day";
    }
}

/// A change of condition somebody noticed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StatusChange {
    pub text: String,
    pub noticed_at: Option<Timestamp>,
    /// Whether the doctor needs to know.
    pub tell_doctor: bool,
    pub topic: Option<Topic>,
    pub emergency: bool,
    pub urgent: bool,
    pub attachments: Vec<Attachment>,
    /// The entry it is about: the call that it writes up.
    pub about: Option<EntryId>,
}

closed_list! {
    /// Which infection a notice is about.
    Infection {
        Covid = "covid", "新型コロナ", "COVID-19";
        Other = "other", "その他の感染症", "another infection";
    }
}

/// A notice that the patient has, or was near, an infection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InfectionNotice {
    pub infection: Infection,
    pub text: String,
    pub since: Option<Date>,
    /// Days on which somebody may have caught it from the patient, or the patient from somebody.
    pub contact_dates: Vec<Date>,
}

closed_list! {
    /// Whom a call was meant for.
    CallTo {
        Doctor = "doctor", "医師", "the doctor";
        Nurse = "nurse", "訪問看護師", "the visiting nurse";
        Other = "other", "その他", "somebody else";
    }
}

/// Somebody was phoned: whom, when, reached or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    pub to: CallTo,
    pub reached: bool,
    /// What was said; empty until it is written up.
    pub text: String,
    pub organisation: Option<OrganisationId>,
    pub person: Option<PersonId>,
    /// The role of the one phoned, where `to` does not say it.
    pub role: Option<Role>,
    pub called_at: Option<Timestamp>,
    /// The entry the call was about.
    pub about: Option<EntryId>,
}

/// A nurse wrote down an order given by word of mouth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerbalOrderReceived {
    pub order_type: OrderType,
    /// The order as it was heard.
    pub text: String,
    /// Whether it was read back to the doctor.
    pub read_back: bool,
    pub emergency: bool,
    /// Who gave it.
    pub doctor: PersonId,
    /// For which organisation the doctor spoke.
    pub organisation: OrganisationId,
    pub received_at: Option<Timestamp>,
}

/// The patient went into a hospital or facility.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Admission {
    /// Where, in words; required where `organisation` is not given.
    pub place: String,
    pub organisation: Option<OrganisationId>,
    pub on: Option<Date>,
    pub expected_until: Option<Date>,
    pub reason: String,
    pub text: String,
    pub attachments: Vec<Attachment>,
}

/// The patient came back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Discharge {
    pub on: Option<Date>,
    /// From where.
    pub organisation: Option<OrganisationId>,
    /// Where to: 自宅, 長女宅 …
    pub destination: String,
    /// Treatment that goes on at home.
    pub treatment: String,
    /// What was explained, and how the patient and family took it.
    pub explanation: String,
    pub text: String,
    pub attachments: Vec<Attachment>,
}

/// The patient died.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Death {
    pub died_at: Option<Timestamp>,
    pub place: String,
    pub text: String,
}

impl Check for Vital {
    fn check(&self, _: Date) -> Result<(), Invalid> {
        texts([("device", &self.device), ("comment", &self.comment)])?;
        Self::check(self)
    }
}

impl Check for Note {
    fn check(&self, _: Date) -> Result<(), Invalid> {
        required("text", &self.text)?;
        attachments(&self.attachments)
    }
}

impl Check for Visit {
    fn check(&self, _: Date) -> Result<(), Invalid> {
        required("text", &self.text)?;
        in_order("ended_at_us", self.started_at, self.ended_at)?;
        each("devices", &self.devices, DeviceState::check)?;
        attachments(&self.attachments)
    }
}

impl Check for StatusChange {
    fn check(&self, _: Date) -> Result<(), Invalid> {
        required("text", &self.text)?;
        attachments(&self.attachments)
    }
}

impl Check for InfectionNotice {
    fn check(&self, today: Date) -> Result<(), Invalid> {
        required("text", &self.text)?;
        has_happened("since", self.since, today)?;
        few("contact_dates", &self.contact_dates)?;
        self.contact_dates
            .iter()
            .enumerate()
            .try_for_each(|(at, on)| has_happened(&format!("contact_dates[{at}]"), Some(*on), today))
    }
}

impl Check for Call {
    fn check(&self, _: Date) -> Result<(), Invalid> {
        text("text", &self.text)
    }
}

impl Check for VerbalOrderReceived {
    fn check(&self, _: Date) -> Result<(), Invalid> {
        required("text", &self.text)
    }
}

impl Check for Admission {
    fn check(&self, today: Date) -> Result<(), Invalid> {
        if self.organisation.is_none() {
            required("place", &self.place)?;
        }
        texts([("place", &self.place), ("reason", &self.reason), ("text", &self.text)])?;
        has_happened("on", self.on, today)?;
        in_order("expected_until", self.on, self.expected_until)?;
        attachments(&self.attachments)
    }
}

impl Check for Discharge {
    fn check(&self, today: Date) -> Result<(), Invalid> {
        texts([
            ("destination", &self.destination),
            ("treatment", &self.treatment),
            ("explanation", &self.explanation),
            ("text", &self.text),
        ])?;
        has_happened("on", self.on, today)?;
        attachments(&self.attachments)
    }
}

impl Check for Death {
    fn check(&self, _: Date) -> Result<(), Invalid> {
        texts([("place", &self.place), ("text", &self.text)])
    }
}
