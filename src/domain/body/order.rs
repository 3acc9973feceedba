//! Bodies of orders: the order, its paper, what is agreed in advance, and the drugs they name.

use jiff::civil::Date;

use super::check::{Check, attachments, each, required, text, texts};
use crate::domain::attachment::Attachment;
use crate::domain::ids::EntryId;
use crate::domain::list::closed_list;
use crate::domain::text::Invalid;

closed_list! {
    /// What an order is about.
    OrderType {
        Drip = "drip", "点滴", "drip";
        Opioid = "opioid", "オピオイド", "opioid";
        ImportantDrug = "important_drug", "その他の重要な与薬", "another important drug";
        Routine = "routine", "通常の指示", "routine order";
    }
}

/// A drug with its dose and use, as a prescription says it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drug {
    pub name: String,
    /// YJ, HOT or receipt code, if known.
    pub code: String,
    /// How much at a time: 1錠, 500 mL.
    pub dose: String,
    /// When and how: 毎食後, 右上腕に貼付.
    pub usage: String,
}

impl Drug {
    pub(crate) fn check(&self) -> Result<(), Invalid> {
        required("name", &self.name)?;
        texts([("code", &self.code), ("dose", &self.dose), ("usage", &self.usage)])
    }
}

/// A doctor's order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    pub order_type: OrderType,
    pub text: String,
    pub emergency: bool,
    /// The order document posted before, if its paper is not attached here.
    pub document: Option<EntryId>,
    /// Whether the paper is on the agreed form.
    pub standard_form: bool,
    pub drugs: Vec<Drug>,
    /// Whether it changes what the patient takes.
    pub changes_drugs: bool,
    /// The verbal order, or the request, that this order answers.
    pub answers: Option<EntryId>,
    pub attachments: Vec<Attachment>,
}

impl Order {
    /// A plain order: no emergency, nothing attached.
    #[must_use]
    pub fn new(order_type: OrderType, text: impl Into<String>) -> Self {
        Self {
            order_type,
            text: text.into(),
            emergency: false,
            document: None,
            standard_form: false,
            drugs: Vec::new(),
            changes_drugs: false,
            answers: None,
            attachments: Vec::new(),
        }
    }

    /// Whether the order comes in writing.
    #[must_use]
    pub fn has_document(&self) -> bool {
        self.document.is_some() || !self.attachments.is_empty()
    }
}

/// The paper of an order, attached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderDocument {
    pub order_type: OrderType,
    /// The order, or the verbal order received, whose paper this is.
    pub order: Option<EntryId>,
    pub standard_form: bool,
    pub text: String,
    pub attachments: Vec<Attachment>,
}

/// Treatment agreed in advance for an emergency.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StandingOrder {
    /// When it applies, e.g. 発熱 38 ℃以上.
    pub condition: String,
    pub instruction: String,
    pub drugs: Vec<Drug>,
    pub until: Option<Date>,
}

impl Check for Order {
    fn check(&self, _: Date) -> Result<(), Invalid> {
        required("text", &self.text)?;
        each("drugs", &self.drugs, Drug::check)?;
        attachments(&self.attachments)
    }
}

impl Check for OrderDocument {
    fn check(&self, _: Date) -> Result<(), Invalid> {
        if self.attachments.is_empty() {
            return Err(Invalid::required("attachments"));
        }
        text("text", &self.text)?;
        attachments(&self.attachments)
    }
}

impl Check for StandingOrder {
    fn check(&self, _: Date) -> Result<(), Invalid> {
        required("condition", &self.condition)?;
        required("instruction", &self.instruction)?;
        each("drugs", &self.drugs, Drug::check)
    }
}
