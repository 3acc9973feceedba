//! Who a patient is (FHIR `Patient`): names, birth date, sex, local identifiers.

use jiff::civil::Date;

use super::attachment::Attachment;
use super::ids::PersonId;
use super::list::closed_list;
use super::text::{Invalid, Text};
use crate::limits;

/// A name in kanji and kana, family name first, separated by one space.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct HumanName {
    pub kanji: String,
    pub kana: String,
}

closed_list! {
    /// Administrative sex [Patient.gender].
    Sex {
        Male = "male", "男", "male";
        Female = "female", "女", "female";
        Other = "other", "その他", "other";
        Unknown = "unknown", "不明", "unknown";
    }
}

/// A number somebody gave the patient, and who gave it [Identifier].
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Identifier {
    /// URI of the issuer's numbering, e.g. `urn:oid:1.2.392.100495.20.3.51.1` + institution code.
    pub system: String,
    pub value: String,
}

/// The body of a registration: the patient as the secretariat knows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    pub name: HumanName,
    pub birth_date: Date,
    pub sex: Sex,
    pub identifiers: Vec<Identifier>,
    /// Whether the patient lives in a facility.
    pub in_facility: bool,
    /// Whether this is nobody: registered so that people can be trained. Never changes, and the name says so.
    pub for_training: bool,
    /// The attending doctor who agreed, or is asked to agree, to the registration.
    pub agreed_by: Option<PersonId>,
    /// Where the doctor's signed agreement is kept; counts where the secretariat writes it.
    pub agreed_on_paper: String,
    /// Where the signed application and consent form are kept.
    pub document: String,
    /// The consent form and what else was handed in.
    pub attachments: Vec<Attachment>,
}

/// Stands in the name of whoever is registered for training, and in no other name, so that it is seen wherever a name is.
pub const TRAINING_MARK: &str = "研修用";

impl Registration {
    /// Whether the signed form can be shown.
    #[must_use]
    pub fn has_document(&self) -> bool {
        !self.document.trim().is_empty() || !self.attachments.is_empty()
    }

    /// Refuses missing names, impossible birth dates and repeated identifiers.
    ///
    /// # Errors
    /// The first complaint, naming the field.
    pub fn check(&self, today: Date) -> Result<(), Invalid> {
        for (field, text) in [("name.kanji", &self.name.kanji), ("name.kana", &self.name.kana)] {
            if text.trim().is_empty() {
                return Err(Invalid::required(field));
            }
            if text.chars().count() > limits::NAME_CHARS_MAX {
                return Err(Invalid::too_long(
                    field,
                    limits::NAME_CHARS_MAX,
                    ("文字", "characters"),
                    text.chars().count(),
                ));
            }
        }
        if self.birth_date > today || self.birth_date.year() < 1870 {
            return Err(Invalid::new(
                "birth_date",
                "out_of_range",
                Text::new(
                    format!("生年月日は1870-01-01から今日までです（{}）", self.birth_date),
                    format!("a birth date between 1870-01-01 and today is expected, not {}", self.birth_date),
                ),
            ));
        }
        self.check_training()?;
        for (at, identifier) in self.identifiers.iter().enumerate() {
            if identifier.system.is_empty() || identifier.value.is_empty() {
                return Err(Invalid::required(format!("identifiers[{at}]")));
            }
            if self.identifiers[..at].contains(identifier) {
                return Err(Invalid::new(
                    format!("identifiers[{at}]"),
                    "duplicate",
                    Text::fixed("同じ識別番号が二つあります", "the same identifier is given twice"),
                ));
            }
        }
        Ok(())
    }

    /// INVARIANT: nobody can take a patient for training for somebody, or the other way round.
    fn check_training(&self) -> Result<(), Invalid> {
        if self.for_training != self.name.kanji.contains(TRAINING_MARK) {
            let text = if self.for_training {
                Text::fixed(
                    "研修用の患者の氏名には「研修用」を入れます",
                    "the name of a patient for training says 研修用",
                )
            } else {
                Text::fixed(
                    "「研修用」は、研修用の患者の氏名だけに使います",
                    "研修用 stands in names of patients for training alone",
                )
            };
            return Err(Invalid::new("name.kanji", "mismatch", text));
        }
        if self.for_training && !self.identifiers.is_empty() {
            let text = Text::fixed("研修用の患者に識別番号は付けません", "a patient for training has no identifiers");
            return Err(Invalid::new("identifiers", "unexpected", text));
        }
        Ok(())
    }
}
