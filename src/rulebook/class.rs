//! The classes of records that view rules can tell apart, and a set of them. The fan-out tests one bit
//! of a reader's `Mask` per entry; everything else a view rule asks is about the reader.

use super::facts::{ADDRESSED, INFECTION, Known, OWN, RecordFacts, SENSITIVITY};
use crate::domain::body::Infection;
use crate::domain::directory::Actor;
use crate::domain::entry::{Scope, Sensitivity};
use crate::domain::kind::Kind;

const SENSITIVITIES: usize = Sensitivity::ALL.len();
/// No infection counts as one.
const INFECTIONS: usize = Infection::ALL.len() + 1;
/// Classes of one kind: sensitivity × infection × own × addressed.
pub(crate) const VARIANTS: usize = SENSITIVITIES * INFECTIONS * 2 * 2;
const _: () = assert!(VARIANTS <= 64, "a set of variants is one word");
const _: () = assert!(Kind::ALL.len() <= 64, "a set of kinds is one word");

/// The kinds that stand on an organisation's timeline, never on a patient's.
const OF_ORGANISATIONS: u64 = {
    let (mut set, mut at) = (0, 0);
    while at < Kind::ALL.len() {
        if Kind::ALL[at].is_of_an_organisation() {
            set |= 1 << at;
        }
        at += 1;
    }
    set
};

/// What an entry is to everybody: computed once per entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct EntryClass {
    kind: u8,
    variant: u8,
}

/// What an entry is to one reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RecordClass {
    kind: u8,
    variant: u8,
}

impl EntryClass {
    pub fn new(kind: Kind, sensitivity: Sensitivity, infection: Option<Infection>) -> Self {
        let infection = infection.map_or(0, |infection| infection.index() + 1);
        Self { kind: kind.index() as u8, variant: (sensitivity.index() + SENSITIVITIES * infection) as u8 }
    }

    pub fn of(scope: &Scope) -> Self {
        // INVARIANT: what whoever runs the hub's machine took out is seen by whoever sees that somebody broke the glass, and by
        // nobody else: by rules of the floor that every region has. Nobody but the hub writes `export` under its own name.
        let is_the_hubs = scope.owner == Actor::HUB.organisation;
        let kind = if is_the_hubs && scope.kind == Kind::Export { Kind::EmergencyAccess } else { scope.kind };
        Self::new(kind, scope.sensitivity, scope.infection)
    }

    /// The class for a reader whose organisation wrote the entry (`own`) or to whom it is addressed.
    pub fn seen_by(self, own: bool, addressed: bool) -> RecordClass {
        let reader = usize::from(own) + 2 * usize::from(addressed);
        RecordClass { kind: self.kind, variant: self.variant + (SENSITIVITIES * INFECTIONS * reader) as u8 }
    }
}

impl RecordClass {
    /// The class of an entry of this scope for this reader.
    pub fn of(scope: &Scope, reader: &Actor) -> Self {
        let addressed = scope.addressed_to.iter().any(|addressee| addressee.means(reader));
        EntryClass::of(scope).seen_by(scope.owner == reader.organisation, addressed)
    }

    /// Every class there is.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..Kind::ALL.len())
            .flat_map(|kind| (0..VARIANTS).map(move |variant| Self { kind: kind as u8, variant: variant as u8 }))
    }

    pub fn kind(self) -> Kind {
        Kind::ALL[usize::from(self.kind)]
    }

    /// The facts this class stands for.
    pub(crate) fn facts(self) -> RecordFacts {
        let at = |side| usize::from(coordinate(usize::from(self.variant), side));
        let infection = at(Side::Infection).checked_sub(1).map(|infection| Infection::ALL[infection]);
        RecordFacts {
            sensitivity: Known::Is(Sensitivity::ALL[at(Side::Sensitivity)]),
            infection: Known::Is(infection),
            own: Known::Is(at(Side::Own) == 1),
            addressed: Known::Is(at(Side::Addressed) == 1),
            ..RecordFacts::UNKNOWN
        }
    }
}

/// A field of the record that makes its class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Sensitivity,
    Infection,
    Own,
    Addressed,
}

impl Side {
    pub fn of_field(code: &str) -> Option<Self> {
        match code {
            SENSITIVITY => Some(Self::Sensitivity),
            INFECTION => Some(Self::Infection),
            OWN => Some(Self::Own),
            ADDRESSED => Some(Self::Addressed),
            _ => None,
        }
    }
}

/// The position of a variant in the field of one side.
fn coordinate(variant: usize, side: Side) -> u8 {
    let position = match side {
        Side::Sensitivity => variant % SENSITIVITIES,
        Side::Infection => variant / SENSITIVITIES % INFECTIONS,
        Side::Own => variant / (SENSITIVITIES * INFECTIONS) % 2,
        Side::Addressed => variant / (SENSITIVITIES * INFECTIONS * 2),
    };
    position as u8
}

/// The variants whose position on one side is in the set.
pub(crate) fn variants_with(side: Side, set: u64) -> u64 {
    (0..VARIANTS)
        .filter(|variant| set >> coordinate(*variant, side) & 1 == 1)
        .fold(0, |all, variant| all | 1 << variant)
}

/// The set of record classes one reader may see of one timeline. Cheap to keep, cheaper to ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mask {
    /// By variant: a set of kinds.
    kinds: [u64; VARIANTS],
}

impl Mask {
    /// Sees nothing.
    pub const NOTHING: Self = Self { kinds: [0; VARIANTS] };

    pub fn allows(&self, class: RecordClass) -> bool {
        self.kinds[usize::from(class.variant)] >> class.kind & 1 == 1
    }

    pub fn is_empty(&self) -> bool {
        *self == Self::NOTHING
    }

    /// Whether it shows anything of a patient that is neither the reader's own record nor addressed to the reader.
    /// What everybody may read of organisations says nothing about who may know of this patient.
    pub fn shows_others(&self) -> bool {
        let others = variants_with(Side::Own, 1) & variants_with(Side::Addressed, 1);
        super::vocabulary::positions(others).any(|variant| self.kinds[usize::from(variant)] & !OF_ORGANISATIONS != 0)
    }

    /// Whether it shows anything of an organisation that is neither the reader's own record nor addressed to the reader.
    pub fn shows_offices(&self) -> bool {
        let others = variants_with(Side::Own, 1) & variants_with(Side::Addressed, 1);
        super::vocabulary::positions(others).any(|variant| self.kinds[usize::from(variant)] & OF_ORGANISATIONS != 0)
    }

    /// Whether everything this mask allows is allowed by the other, too: if not, a reader whose mask
    /// changed to the other must be told to forget.
    pub fn is_within(&self, other: &Self) -> bool {
        self.kinds.iter().zip(&other.kinds).all(|(own, other)| own & !other == 0)
    }

    pub(crate) fn add(&mut self, kinds: u64, variants: u64) {
        for variant in super::vocabulary::positions(variants) {
            self.kinds[usize::from(variant)] |= kinds;
        }
    }

    pub(crate) fn minus(mut self, other: &Self) -> Self {
        for (own, other) in self.kinds.iter_mut().zip(&other.kinds) {
            *own &= !other;
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_is_another_and_stands_for_its_facts() {
        let all: Vec<_> = RecordClass::all().collect();
        let distinct: std::collections::HashSet<_> = all.iter().copied().collect();
        assert_eq!(distinct.len(), Kind::ALL.len() * VARIANTS);
        for class in all {
            let facts = class.facts();
            let (Known::Is(sensitivity), Known::Is(infection), Known::Is(own), Known::Is(addressed)) =
                (facts.sensitivity, facts.infection, facts.own, facts.addressed)
            else {
                panic!("a class leaves none of its fields open");
            };
            assert_eq!(EntryClass::new(class.kind(), sensitivity, infection).seen_by(own, addressed), class);
        }
    }

    #[test]
    fn rosters_that_everybody_reads_make_no_patient_known() {
        let mut mask = Mask::NOTHING;
        mask.add(1 << Kind::Roster.index() | 1 << Kind::ContactWindow.index(), u64::MAX >> (64 - VARIANTS));
        assert!(!mask.shows_others());
        mask.add(1 << Kind::Vital.index(), u64::MAX >> (64 - VARIANTS));
        assert!(mask.shows_others());
    }

    #[test]
    fn a_mask_holds_what_was_added_and_no_more() {
        let vital = EntryClass::new(Kind::Vital, Sensitivity::Normal, None).seen_by(true, false);
        let mut mask = Mask::NOTHING;
        mask.add(1 << vital.kind, 1 << vital.variant);
        assert_eq!(RecordClass::all().filter(|class| mask.allows(*class)).collect::<Vec<_>>(), [vital]);
        assert!(Mask::NOTHING.is_within(&mask) && !mask.is_within(&Mask::NOTHING));
        assert!(mask.minus(&mask).is_empty());
    }
}
