//! Bodies about another entry: acknowledged, corrected, taken back.

use jiff::civil::Date;

use super::Body;
use super::check::{Check, text};
use crate::domain::ids::EntryId;
use crate::domain::list::closed_list;
use crate::domain::text::{Invalid, Text};

/// "I have seen this and take note of it."
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acknowledgement {
    pub target: EntryId,
    pub text: String,
}

/// What the target should have said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correction {
    pub target: EntryId,
    pub body: Box<Body>,
    pub reason: String,
}

closed_list! {
    /// Why an entry is taken back.
    RetractionReason {
        Mistake = "mistake", "誤記", "entered by mistake";
        /// Written on the wrong patient: hidden from that team at once.
        WrongPatient = "wrong_patient", "患者の取り違え", "wrong patient";
    }
}

/// The author takes the target back; it stays on the timeline, struck through or hidden.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retraction {
    pub target: EntryId,
    pub reason: RetractionReason,
    pub text: String,
}

impl Check for Acknowledgement {
    fn check(&self, _: Date) -> Result<(), Invalid> {
        text("text", &self.text)
    }
}

impl Check for Correction {
    fn check(&self, today: Date) -> Result<(), Invalid> {
        text("reason", &self.reason)?;
        let kind = self.body.kind();
        if kind.points_back() || kind.is_of_a_duty() {
            return Err(Invalid::new(
                "body",
                "wrong_kind",
                Text::fixed(
                    "確認・訂正・取消し・約束の経過は訂正できません",
                    "an entry that points back, or tells the course of a duty, cannot be corrected",
                ),
            ));
        }
        self.body.check(today).map_err(|invalid| invalid.within(format_args!("body.{kind}")))
    }
}

impl Check for Retraction {
    fn check(&self, _: Date) -> Result<(), Invalid> {
        text("text", &self.text)
    }
}
