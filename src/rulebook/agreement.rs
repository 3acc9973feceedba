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

    /// Of a set with the signatures that were given to the hub, in a version at this stage, in force from this day.
    #[must_use]
    pub fn of(set: &Ruleset, kept: &[SetSignature], version: Option<(Stage, Option<Date>)>) -> Self {
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
        let Some((stage, from)) = version else {
            return Self { signed, stage: set.status.code(), stands: status(set.status) };
        };
        let (ja, en) = match from {
            Some(from) => (format!("{}：{from}から", stage.ja()), format!("{} from {from}", stage.en())),
            None => (stage.ja().to_owned(), stage.en().to_owned()),
        };
        // A seed may be tried, and says everywhere what it is.
        let stands = if set.status == Status::Seed {
            Text::new(format!("ひな形（未合意、{ja}）"), format!("a seed nobody agreed on ({en})"))
        } else {
            Text::new(ja, en)
        };
        Self { signed, stage: stage.code(), stands }
    }
}

fn status(status: Status) -> Text {
    Text::fixed(status.ja(), status.code())
}
