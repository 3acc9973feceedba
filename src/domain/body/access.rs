//! Bodies about access to a patient's page: who the patient is, who serves them, breaking the glass, closing.
//! The team's own types are in `team.rs`, the registration in `patient.rs`.

use jiff::civil::Date;

use super::check::{Check, attachments, few_of, required, text};
use crate::domain::alarm::AlarmLimits;
use crate::domain::list::closed_list;
use crate::domain::patient::Registration;
use crate::domain::team::{ConsentChange, HostChange, TeamLink, TeamUnlink};
use crate::domain::text::{Invalid, Text};
use crate::limits;

/// Breaking the glass: emergency access with its reason. It ends `minutes` after it was recorded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EmergencyAccess {
    pub reason: String,
    pub minutes: u32,
}

closed_list! {
    /// Why a page is closed.
    ClosingReason {
        Death = "death", "死亡", "the patient died";
        NoFurtherNeed = "no_further_need", "利用の終了", "no further need";
        ConsentWithdrawn = "consent_withdrawn", "同意の撤回", "consent withdrawn";
        Moved = "moved", "転居・転院", "moved away";
    }
}

/// The page of a patient who is no longer served is closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closing {
    pub reason: ClosingReason,
    /// The end of the service was confirmed with those who serve.
    pub confirmed: bool,
    pub text: String,
}

impl Check for Registration {
    fn check(&self, today: Date) -> Result<(), Invalid> {
        Self::check(self, today)?;
        text("document", &self.document)?;
        attachments(&self.attachments)
    }
}

impl Check for ConsentChange {
    fn check(&self, _: Date) -> Result<(), Invalid> {
        text("document", &self.document)?;
        let chars = self.form_version.chars().count();
        if chars > limits::FORM_VERSION_CHARS_MAX {
            let (max, unit) = (limits::FORM_VERSION_CHARS_MAX, ("文字", "characters"));
            return Err(Invalid::too_long("form_version", max, unit, chars));
        }
        attachments(&self.attachments)
    }
}

impl Check for TeamLink {
    fn check(&self, _: Date) -> Result<(), Invalid> {
        few_people(&self.people)
    }
}

impl Check for TeamUnlink {
    fn check(&self, _: Date) -> Result<(), Invalid> {
        few_people(&self.people)?;
        text("reason", &self.reason)
    }
}

impl Check for HostChange {
    fn check(&self, _: Date) -> Result<(), Invalid> {
        text("reason", &self.reason)
    }
}

impl Check for AlarmLimits {
    fn check(&self, _: Date) -> Result<(), Invalid> {
        text("text", &self.text)?;
        Self::check(self)
    }
}

impl Check for EmergencyAccess {
    fn check(&self, _: Date) -> Result<(), Invalid> {
        required("reason", &self.reason)?;
        let max = limits::EMERGENCY_ACCESS_MINUTES_MAX;
        if (1..=max).contains(&self.minutes) {
            return Ok(());
        }
        Err(Invalid::new(
            "minutes",
            "out_of_range",
            Text::new(
                format!("緊急閲覧は1分から{max}分までです（{}）", self.minutes),
                format!("1 to {max} minutes are expected, not {}", self.minutes),
            ),
        ))
    }
}

impl Check for Closing {
    fn check(&self, _: Date) -> Result<(), Invalid> {
        text("text", &self.text)
    }
}

fn few_people<T>(people: &[T]) -> Result<(), Invalid> {
    few_of("people", people, limits::LINKED_PEOPLE_MAX)
}
