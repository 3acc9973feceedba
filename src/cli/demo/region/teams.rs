//! The shapes that care teams have in the demo's region. The first organisation of a team is its host.

/// An organisation on a team, by key, and which of its people; none named means all.
#[derive(Clone, Copy, Debug)]
pub struct Link(pub &'static str, pub &'static [&'static str]);

const fn all(organisation: &'static str) -> Link {
    Link(organisation, &[])
}

/// 在宅医・看護・薬局・ケアマネ・ヘルパー・通所・歯科、家族も。
pub const SASAKI: &[Link] = &[
    all("hanamizuki"),
    all("komorebi"),
    all("tsubaki"),
    all("hidamari"),
    all("tanpopo"),
    all("yunagi"),
    all("sakurazaka"),
    all("sasaki-ke"),
];
pub const TAMURA: &[Link] = &[
    all("hanamizuki"),
    Link("komorebi", &["sato", "watanabe", "komorebi-kiki"]),
    all("tsubaki"),
    Link("hidamari", &["tanaka"]),
    all("tamura-ke"),
];
pub const KOBAYASHI: &[Link] =
    &[all("hidamari"), all("misaki"), all("tanpopo"), all("yunagi"), all("hokatsu"), all("kobayashi-ke")];
pub const WIDE: &[Link] =
    &[all("hanamizuki"), all("komorebi"), all("tsubaki"), all("hidamari"), all("tanpopo"), all("sakurazaka")];
pub const MEDICAL: &[Link] = &[all("hanamizuki"), all("asanagi"), all("tsubaki")];
pub const PALLIATIVE: &[Link] =
    &[Link("hanamizuki", &["yamada"]), Link("komorebi", &["sato", "suzuki"]), all("tsubaki"), all("hidamari")];
pub const CARE: &[Link] = &[all("hidamari"), all("misaki"), all("tanpopo"), all("yunagi")];
pub const NURSING: &[Link] = &[all("misaki"), all("komorebi"), all("tsubaki")];
pub const NURSING_ASANAGI: &[Link] = &[all("misaki"), all("asanagi"), all("hidamari"), all("tanpopo")];
pub const AFTER_HOSPITAL: &[Link] =
    &[all("hanamizuki"), all("byoin"), all("komorebi"), all("hidamari"), all("tanpopo")];
pub const INTRACTABLE: &[Link] = &[
    all("hanamizuki"),
    all("byoin"),
    all("asanagi"),
    all("tsubaki"),
    all("hidamari"),
    all("sakurazaka"),
    all("hokatsu"),
];
pub const SMALL: &[Link] = &[all("misaki"), Link("asanagi", &["ito"])];
pub const PREVENTIVE: &[Link] = &[all("hokatsu"), all("misaki"), all("yunagi")];
