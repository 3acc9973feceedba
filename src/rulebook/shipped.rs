//! The rulebook shipped with the hub, inside the binary: the words, the legal floor, the
//! sharing rules and the sets of etiquette, all unsigned seeds. A region starts from copies of these files.

use super::book::Rulebook;
use super::load::{Digest, RulebookFiles};
use super::problem::{Problems, SourceFile};

pub const VOCABULARY: SourceFile<'static> =
    SourceFile { name: "rulebooks/vocabulary.toml", text: include_str!("../../rulebooks/vocabulary.toml") };
pub const FLOOR: SourceFile<'static> =
    SourceFile { name: "rulebooks/floor.toml", text: include_str!("../../rulebooks/floor.toml") };
pub const SHARING: SourceFile<'static> =
    SourceFile { name: "rulebooks/sharing.toml", text: include_str!("../../rulebooks/sharing.toml") };

pub const ETIQUETTE_DOCTOR_NURSE: SourceFile<'static> = SourceFile {
    name: "rulebooks/etiquette-doctor-nurse.toml",
    text: include_str!("../../rulebooks/etiquette-doctor-nurse.toml"),
};
pub const DOCTOR_CARE_MANAGER: SourceFile<'static> = SourceFile {
    name: "rulebooks/doctor-care-manager.toml",
    text: include_str!("../../rulebooks/doctor-care-manager.toml"),
};
pub const DOCTOR_PHARMACIST: SourceFile<'static> = SourceFile {
    name: "rulebooks/doctor-pharmacist.toml",
    text: include_str!("../../rulebooks/doctor-pharmacist.toml"),
};
pub const INFECTION_NOTICE: SourceFile<'static> =
    SourceFile { name: "rulebooks/infection-notice.toml", text: include_str!("../../rulebooks/infection-notice.toml") };
pub const OPERATING_POLICY: SourceFile<'static> =
    SourceFile { name: "rulebooks/operating-policy.toml", text: include_str!("../../rulebooks/operating-policy.toml") };

/// Every shipped rule set, in the order of a folder.
pub const SETS: [SourceFile<'static>; 7] = [
    DOCTOR_CARE_MANAGER,
    DOCTOR_PHARMACIST,
    ETIQUETTE_DOCTOR_NURSE,
    FLOOR,
    INFECTION_NOTICE,
    OPERATING_POLICY,
    SHARING,
];

pub fn files() -> RulebookFiles<'static> {
    RulebookFiles { vocabulary: VOCABULARY, sets: SETS.to_vec() }
}

/// The shipped rulebook.
///
/// # Errors
/// None that the tests of this crate let through.
pub fn load(digest: Digest) -> Result<Rulebook, Problems> {
    Rulebook::load(&files(), digest)
}
