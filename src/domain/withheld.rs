//! Purposes of use that a patient did not agree to (同意しがたい目的、留保), and how they stand in the fold. Said with each
//! consent; what follows from one is the rulebook's to say. Source of the list: docs/decisions/030-consent.md.

use std::sync::Arc;

use super::list::closed_list;
use super::team::{ConsentChange, ConsentState};
use super::text::{Invalid, Text};

closed_list! {
    /// What records are not used for, by the patient's own word.
    WithheldPurpose {
        /// Accounts of the family.
        Family = "family", "家族への説明や共有", "explaining to the family";
        /// Programs of offices, which read over system clients.
        Systems = "systems", "ほかのシステムへの提供", "passing on to other systems";
        /// Handing the record to somebody outside the team.
        Export = "export", "記録の持ち出し（チームの外への提供）", "taking the record out to others than the team";
        Education = "education", "実習や症例研究での利用", "practical training and case studies";
    }
}

/// A set of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct WithheldSet(u8);

const _: () = assert!(WithheldPurpose::ALL.len() <= u8::BITS as usize);

impl WithheldSet {
    pub const NONE: Self = Self(0);

    #[must_use]
    pub fn of(purposes: &[WithheldPurpose]) -> Self {
        Self(purposes.iter().fold(0, |set, purpose| set | 1 << purpose.index()))
    }

    /// The same of what somebody wrote.
    ///
    /// # Errors
    /// When a purpose stands there twice; the complaint names its place.
    pub fn each_once(purposes: &[WithheldPurpose]) -> Result<Self, Invalid> {
        let mut set = Self::NONE;
        for (at, purpose) in purposes.iter().enumerate() {
            if set.has(*purpose) {
                let words = Text::new(
                    format!("「{}」（{purpose}）が二度書かれています。目的は一度ずつ書いてください", purpose.ja()),
                    format!("`{purpose}` stands there before: each purpose is expected once"),
                );
                return Err(Invalid::new(format!("[{at}]"), "duplicate", words));
            }
            set = set.and(Self::of(&[*purpose]));
        }
        Ok(set)
    }

    #[must_use]
    pub const fn has(self, purpose: WithheldPurpose) -> bool {
        self.0 >> purpose.index() & 1 == 1
    }

    #[must_use]
    pub const fn and(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    /// In the order of the list.
    pub fn iter(self) -> impl Iterator<Item = WithheldPurpose> {
        WithheldPurpose::ALL.iter().copied().filter(move |purpose| self.has(*purpose))
    }
}

/// What the consent in force says beside its state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentTerms {
    /// Of the form that was signed; empty where nobody said.
    pub form_version: Arc<str>,
    /// By the entry in force alone.
    pub withheld: WithheldSet,
    /// What was withheld when it was recorded.
    pub withheld_before: WithheldSet,
}

impl Default for ConsentTerms {
    fn default() -> Self {
        Self { form_version: "".into(), withheld: WithheldSet::NONE, withheld_before: WithheldSet::NONE }
    }
}

impl ConsentTerms {
    /// What is withheld now. Who agrees to sharing says all of it anew; whoever withdraws in one step need not say again
    /// what they withheld, and opens none of it by saying nothing.
    #[must_use]
    pub const fn withheld_under(&self, state: ConsentState) -> WithheldSet {
        match state {
            ConsentState::Team => self.withheld,
            ConsentState::None | ConsentState::Withdrawn => self.withheld.and(self.withheld_before),
        }
    }

    /// The terms once a consent is recorded, `state` being that of the one before.
    #[must_use]
    pub fn followed_by(&self, change: &ConsentChange, state: ConsentState) -> Self {
        Self { withheld_before: self.withheld_under(state), ..self.corrected_to(change) }
    }

    /// The terms once the entry in force is put right.
    #[must_use]
    pub fn corrected_to(&self, change: &ConsentChange) -> Self {
        Self {
            form_version: change.form_version.as_str().into(),
            withheld: change.withheld,
            withheld_before: self.withheld_before,
        }
    }
}
