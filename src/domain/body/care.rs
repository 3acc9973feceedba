//! Bodies that keep a picture of the patient fresh: drugs, allergies, care plans, how somebody in a facility is.

use jiff::civil::Date;

use super::check::{Check, attachments, each, in_order, required, text, texts};
use super::nursing::CareLevel;
use super::order::Drug;
use crate::domain::attachment::Attachment;
use crate::domain::ids::{EntryId, OrganisationId};
use crate::domain::list::closed_list;
use crate::domain::search::plain;
use crate::domain::text::{Invalid, Text};

/// All that the patient takes; replaces the list before. Empty: nothing is taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MedicationList {
    pub as_of: Option<Date>,
    pub drugs: Vec<Drug>,
    pub text: String,
    pub attachments: Vec<Attachment>,
    /// The order that it takes in.
    pub about: Option<EntryId>,
}

/// A drug found left over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Leftover {
    pub drug: String,
    /// How much: 14錠, 約1週間分.
    pub amount: String,
}

/// What a pharmacist, nurse or helper saw of how drugs are taken (服薬情報の報告).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MedicationReport {
    pub text: String,
    /// Whether the doctor is asked to decide.
    pub for_doctor: bool,
    pub leftovers: Vec<Leftover>,
    /// What the author proposes.
    pub proposal: String,
    /// The order or list it is about.
    pub about: Option<EntryId>,
    pub attachments: Vec<Attachment>,
}

closed_list! {
    /// What somebody is allergic to [AllergyIntolerance.category].
    AllergyType {
        Drug = "drug", "薬", "a drug";
        Food = "food", "食べ物", "food";
        Other = "other", "その他", "something else";
    }
}

/// One allergy (FHIR `AllergyIntolerance`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allergy {
    pub allergy_type: AllergyType,
    pub substance: String,
    /// Code of a drug as in `Drug`, if known.
    pub code: String,
    pub reaction: String,
}

/// All known allergies; replaces the list before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Allergies {
    /// Asked, and there are none.
    pub none_known: bool,
    pub items: Vec<Allergy>,
    pub text: String,
}

impl Allergies {
    /// Those to drugs.
    pub fn of_drugs(&self) -> impl Iterator<Item = &Allergy> {
        self.items.iter().filter(|allergy| allergy.allergy_type == AllergyType::Drug)
    }

    /// The recorded allergy that a drug falls under: by its code where both have one, else by its name, in whatever width
    /// and script it is written.
    #[must_use]
    pub fn against(&self, drug: &Drug) -> Option<&Allergy> {
        let name = plain(&drug.name);
        let named = |allergy: &Allergy| {
            let substance = plain(&allergy.substance);
            !substance.is_empty() && (name.contains(&substance) || substance.contains(&name))
        };
        self.of_drugs().find(|allergy| {
            if allergy.code.is_empty() || drug.code.is_empty() { named(allergy) } else { allergy.code == drug.code }
        })
    }

    /// Whether a text names what the patient is allergic to, be it to stop it.
    #[must_use]
    pub fn named_in(&self, text: &str) -> bool {
        let text = plain(text);
        let mut substances = self.of_drugs().map(|allergy| plain(&allergy.substance));
        substances.any(|substance| !substance.is_empty() && text.contains(&substance))
    }
}

/// One service of a care plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CareService {
    /// 訪問看護, 通所リハビリ …
    pub name: String,
    pub organisation: Option<OrganisationId>,
    /// How often: 週2回.
    pub frequency: String,
    /// Whether it is a medical service, for which the doctor's opinion is asked.
    pub medical: bool,
}

/// ケアプラン（居宅サービス計画）.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CarePlan {
    pub from: Option<Date>,
    pub until: Option<Date>,
    pub care_level: Option<CareLevel>,
    /// What the patient and family wish.
    pub wishes: String,
    pub goals: String,
    pub services: Vec<CareService>,
    pub text: String,
    pub attachments: Vec<Attachment>,
}

/// How somebody in a facility is, also when nothing changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PeriodicRecord {
    pub from: Option<Date>,
    pub until: Option<Date>,
    pub no_change: bool,
    pub text: String,
}

impl Check for MedicationList {
    fn check(&self, _: Date) -> Result<(), Invalid> {
        each("drugs", &self.drugs, Drug::check)?;
        text("text", &self.text)?;
        attachments(&self.attachments)
    }
}

impl Check for MedicationReport {
    fn check(&self, _: Date) -> Result<(), Invalid> {
        required("text", &self.text)?;
        text("proposal", &self.proposal)?;
        each("leftovers", &self.leftovers, |left| {
            required("drug", &left.drug)?;
            text("amount", &left.amount)
        })?;
        attachments(&self.attachments)
    }
}

impl Check for Allergies {
    fn check(&self, _: Date) -> Result<(), Invalid> {
        each("items", &self.items, |allergy| {
            required("substance", &allergy.substance)?;
            texts([("code", &allergy.code), ("reaction", &allergy.reaction)])
        })?;
        text("text", &self.text)?;
        if self.none_known && !self.items.is_empty() {
            return Err(Invalid::new(
                "none_known",
                "unexpected",
                Text::fixed("アレルギーがあるときは「なし」にできません", "not together with items"),
            ));
        }
        if !self.none_known && self.items.is_empty() { required("text", &self.text) } else { Ok(()) }
    }
}

impl Check for CarePlan {
    fn check(&self, _: Date) -> Result<(), Invalid> {
        in_order("until", self.from, self.until)?;
        texts([("wishes", &self.wishes), ("goals", &self.goals), ("text", &self.text)])?;
        each("services", &self.services, |service| {
            required("name", &service.name)?;
            text("frequency", &service.frequency)
        })?;
        if self.services.is_empty() && self.attachments.is_empty() {
            required("text", &self.text)?;
        }
        attachments(&self.attachments)
    }
}

impl Check for PeriodicRecord {
    fn check(&self, _: Date) -> Result<(), Invalid> {
        in_order("until", self.from, self.until)?;
        if self.no_change { text("text", &self.text) } else { required("text", &self.text) }
    }
}
