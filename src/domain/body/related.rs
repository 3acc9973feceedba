//! The body that says who stands by the patient: family and others, with the key person and their telephone numbers. It
//! replaces the list before, whole; which one stands is the fold's matter.

use jiff::civil::Date;

use super::check::{Check, each, few_of, required, text};
use crate::domain::list::closed_list;
use crate::domain::text::{Invalid, Text};
use crate::limits;

closed_list! {
    /// Who somebody is to the patient [RelatedPerson.relationship]; in words beside it: 長女, 民生委員.
    Relationship {
        Spouse = "spouse", "配偶者・パートナー", "spouse or partner";
        Child = "child", "子", "child";
        ChildInLaw = "child_in_law", "子の配偶者", "child-in-law";
        Grandchild = "grandchild", "孫", "grandchild";
        Parent = "parent", "親", "parent";
        Sibling = "sibling", "きょうだい", "sibling";
        Relative = "relative", "親族", "relative";
        Guardian = "guardian", "後見人", "guardian";
        Neighbour = "neighbour", "近所の人", "neighbour";
        Friend = "friend", "友人", "friend";
        Other = "other", "その他", "somebody else";
    }
}

closed_list! {
    /// Which telephone it is [ContactPoint.use].
    PhoneUse {
        Mobile = "mobile", "携帯", "mobile";
        Home = "home", "自宅", "home";
        Work = "work", "勤務先", "work";
    }
}

/// A number by which somebody is phoned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phone {
    pub number: String,
    pub used: Option<PhoneUse>,
}

/// Somebody of the family or otherwise close (FHIR `RelatedPerson`, `Patient.contact`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelatedPerson {
    pub name: String,
    pub relationship: Relationship,
    /// 長女; required of "somebody else".
    pub relationship_text: String,
    /// In the order in which they are tried.
    pub phones: Vec<Phone>,
    /// Whom the team turns to (キーパーソン).
    pub key_person: bool,
    pub lives_with_patient: bool,
    /// Decides where the patient cannot.
    pub decides_for_patient: bool,
    /// When they can be reached, what they do.
    pub note: String,
}

/// Family and others who stand by the patient, in the order in which they are phoned; replaces the list before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RelatedPersons {
    /// Asked, and there is nobody (身寄りなし).
    pub nobody: bool,
    pub items: Vec<RelatedPerson>,
    pub text: String,
}

impl Check for RelatedPersons {
    fn check(&self, _: Date) -> Result<(), Invalid> {
        each("items", &self.items, RelatedPerson::check)?;
        text("text", &self.text)?;
        if self.nobody && !self.items.is_empty() {
            return Err(Invalid::new(
                "nobody",
                "unexpected",
                Text::fixed("人がいるときは「身寄りなし」にできません", "not together with items"),
            ));
        }
        if !self.nobody && self.items.is_empty() { required("text", &self.text) } else { Ok(()) }
    }
}

impl RelatedPerson {
    fn check(&self) -> Result<(), Invalid> {
        required("name", &self.name)?;
        match self.relationship {
            Relationship::Other => required("relationship_text", &self.relationship_text)?,
            _ => text("relationship_text", &self.relationship_text)?,
        }
        few_of("phones", &self.phones, limits::PHONES_MAX)?;
        each("phones", &self.phones, Phone::check)?;
        text("note", &self.note)
    }
}

impl Phone {
    /// A number is dialled by a tap: nothing but what a telephone takes, and hyphens, brackets and spaces.
    fn check(&self) -> Result<(), Invalid> {
        required("number", &self.number)?;
        let chars = self.number.chars().count();
        if chars > limits::PHONE_CHARS_MAX {
            return Err(Invalid::too_long("number", limits::PHONE_CHARS_MAX, ("文字", "characters"), chars));
        }
        let digits = self.number.chars().filter(char::is_ascii_digit).count();
        let dialled = self.number.chars().all(|char| char.is_ascii_digit() || "+-(). #*,".contains(char));
        if digits >= limits::PHONE_DIGITS_MIN && dialled {
            return Ok(());
        }
        Err(Invalid::new(
            "number",
            "implausible",
            Text::fixed(
                "電話番号は半角の数字とハイフンで書いてください（例: 090-5550-0101）",
                "a telephone number in digits and hyphens is expected, such as 090-5550-0101",
            ),
        ))
    }
}
