//! A version of the rulebook as it stands: its files as a book, the signatures that hold, who is still to sign.

use jiff::civil::Date;

use super::error::{LifeError, changed_meanwhile, conflict, invalid};
use crate::actions::rulebook::has_only_seeds;
use crate::domain::lifecycle::{RulebookVersion, SetSignature, Stage};
use crate::domain::text::Text;
use crate::domain::time::Timestamp;
use crate::rulebook::agreement::{Agreement, Stands};
use crate::rulebook::{Layer, Rulebook, Ruleset, Signature, Status};
use crate::store::RulebookFile;

/// See the module.
#[derive(Debug)]
pub struct Standing {
    pub version: RulebookVersion,
    pub book: Rulebook,
    pub files: Vec<RulebookFile>,
    /// Those given to what the sets say now.
    pub signatures: Vec<SetSignature>,
    pub unsigned: Vec<Unsigned>,
}

/// A signature that is still missing. An empty body: any of the profession; an empty role too: any body at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsigned {
    pub set: String,
    pub body: String,
    pub role: String,
}

impl Standing {
    pub(super) fn of(
        version: RulebookVersion,
        book: Rulebook,
        files: Vec<RulebookFile>,
        signatures: Vec<SetSignature>,
    ) -> Self {
        let holds = |signed: &SetSignature| {
            book.sets().iter().any(|set| set.id == signed.set && set.agreement == signed.agreement)
        };
        let signatures: Vec<SetSignature> = signatures.into_iter().filter(holds).collect();
        let unsigned = Self::unsigned_of(&book, &signatures);
        Self { version, book, files, signatures, unsigned }
    }

    /// Who must still sign. The floor says what holds whatever anybody agrees on, so nobody has to.
    pub(super) fn unsigned_of(book: &Rulebook, signatures: &[SetSignature]) -> Vec<Unsigned> {
        let mut unsigned = Vec::new();
        for set in book.sets().iter().filter(|set| set.layer != Layer::Floor) {
            let signed = of_set(set, signatures);
            let missing = set.unsigned(&signed).into_iter();
            let missing = missing.map(|asked| Unsigned { set: set.id.clone(), body: asked.body, role: asked.role });
            unsigned.extend(missing);
            if set.bodies.is_empty() && set.between.is_empty() && signed.is_empty() {
                unsigned.push(Unsigned { set: set.id.clone(), body: String::new(), role: String::new() });
            }
        }
        unsigned
    }

    /// Who agreed on one of its sets, and where it stands. `calendar_day` says on which day a moment is in the region.
    #[must_use]
    pub fn agreement(&self, set: &Ruleset, calendar_day: impl Fn(Timestamp) -> Date) -> Agreement {
        let stands = Stands::Now(self.version.stage, self.version.effective_at.map(calendar_day));
        Agreement::of(set, &self.signatures, Some(stands))
    }

    /// Nobody has agreed on any of it, nor is asked to.
    #[must_use]
    pub fn has_only_seeds(&self) -> bool {
        has_only_seeds(&self.book)
    }

    /// What is missing where a set names no body for one of its sides.
    pub(super) fn side_without_body(&self) -> Option<Text> {
        let of_set = |set: &Ruleset| {
            let side = set.sides_without_body().into_iter().next()?;
            Some(Rulebook::side_without_body(set, side))
        };
        self.book.sets().iter().find_map(of_set)
    }

    pub(super) fn check_stage(&self, wanted: &[Stage]) -> Result<(), LifeError> {
        check_stage(self.version.stage, wanted)
    }

    /// The bodies signed for a day: nothing they agreed on holds earlier.
    pub(super) fn check_day(&self, on: Date) -> Result<(), LifeError> {
        let agreed = self.book.sets().iter().filter(|set| set.status != Status::Seed);
        match agreed.max_by_key(|set| set.effective).filter(|set| on < set.effective) {
            Some(set) => Err(invalid(
                "on",
                "out_of_range",
                format!(
                    "「{}」は{}からと合意されています。その日かそれより後にしてください",
                    set.title.ja, set.effective
                ),
                format!("'{}' was agreed from {}; choose that day or a later one", set.title.en, set.effective),
            )),
            None => Ok(()),
        }
    }

    /// So that nobody proposes or puts in force what they have not seen.
    pub(super) fn check_fingerprint(&self, fingerprint: &str) -> Result<(), LifeError> {
        if self.version.fingerprint == fingerprint { Ok(()) } else { Err(changed_meanwhile()) }
    }
}

pub(super) fn check_stage(stage: Stage, wanted: &[Stage]) -> Result<(), LifeError> {
    if wanted.contains(&stage) {
        return Ok(());
    }
    let names = |name: fn(Stage) -> &'static str| wanted.iter().map(|stage| name(*stage)).collect::<Vec<_>>();
    Err(conflict(
        format!("この版は「{}」です。「{}」のときだけできます", stage.ja(), names(Stage::ja).join("・")),
        format!("this version is {}; this takes one that is {}", stage.en(), names(Stage::en).join(" or ")),
    ))
}

fn of_set(set: &Ruleset, signatures: &[SetSignature]) -> Vec<Signature> {
    let of = signatures.iter().filter(|signed| signed.set == set.id && signed.agreement == set.agreement);
    let signature = |signed: &SetSignature| Signature {
        body: signed.body.clone(),
        role: signed.role.clone(),
        person: Some(signed.person.clone()),
        on: signed.on,
    };
    of.map(signature).collect()
}
