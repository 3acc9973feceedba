//! Who agreed on a set of rules and where it stands: the one answer for citations, sheets, explanations and the console. A
//! file says something of itself; what the bodies signed through the life of a version is kept beside it.

use jiff::civil::Date;

use super::ruleset::{Ruleset, Signature};
use super::words::Status;
use crate::domain::lifecycle::{SetSignature, Stage};
use crate::domain::text::Text;

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreement {
    /// Who signed what the set says now: as its file has it, then those kept.
    pub signed: Vec<Signature>,
    /// Code of the stage of the version, or of what the file says where no version was ever entered.
    pub stage: &'static str,
    /// The same in words, with the day from which it is in force.
    pub stands: Text,
}

impl Agreement {
    /// Of a set that is in no version: what its file says is all there is.
    #[must_use]
    pub fn of_file(set: &Ruleset) -> Self {
        Self::of(set, &[], None)
    }

    /// Of a set with the signatures that were given to the hub, in a version that stands so.
    #[must_use]
    pub fn of(set: &Ruleset, kept: &[SetSignature], version: Option<Stands>) -> Self {
        let mut signed = set.agreed_by.clone();
        for given in kept.iter().filter(|given| given.set == set.id && given.agreement == set.agreement) {
            let is_there = signed.iter().any(|there| there.body == given.body && there.role == given.role);
            if !is_there {
                signed.push(Signature {
                    body: given.body.clone(),
                    role: given.role.clone(),
                    person: Some(given.person.clone()),
                    on: given.on,
                });
            }
        }
        let Some(version) = version else {
            return Self { signed, stage: set.status.code(), stands: status(set.status) };
        };
        let Text { ja, en } = version.in_words();
        // A seed may be tried, and says everywhere what it is. No brackets: whoever shows this may have brackets around it.
        let stands = if set.status == Status::Seed {
            Text::new(format!("{}、{ja}", Status::Seed.ja()), format!("a seed, {en}"))
        } else {
            Text { ja, en }
        };
        Self { signed, stage: version.stage().code(), stands }
    }
}

/// Where the version that a set is in stands, with the day from which it is, was or will be in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stands {
    /// Now.
    Now(Stage, Option<Date>),
    /// It was in force when what cites it was received, whatever became of it since.
    AtReceipt(Date),
}

impl Stands {
    fn stage(self) -> Stage {
        match self {
            Self::Now(stage, _) => stage,
            Self::AtReceipt(_) => Stage::InForce,
        }
    }

    fn in_words(self) -> Text {
        match self {
            Self::AtReceipt(from) => {
                Text::new(format!("受付のとき施行中：{from}から"), format!("in force at receipt, from {from}"))
            }
            Self::Now(Stage::InForce, Some(from)) => {
                Text::new(format!("施行中：{from}から"), format!("in force from {from}"))
            }
            // Its first day says nothing of when it ended.
            Self::Now(Stage::Retired, _) | Self::Now(_, None) => Text::fixed(self.stage().ja(), self.stage().en()),
            Self::Now(stage, Some(from)) => {
                Text::new(format!("{}：{from}に施行", stage.ja()), format!("{}, in force from {from}", stage.en()))
            }
        }
    }
}

fn status(status: Status) -> Text {
    Text::fixed(status.ja(), status.code())
}
