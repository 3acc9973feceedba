//! What the hub knows when it asks the rulebook: plain typed inputs, and the one table that says which
//! field of the vocabulary reads which of them. A new word of the vocabulary is a new row of `SOURCES` or of `event`.
//! Nothing here decides anything.

use super::event::{EVENT_SOURCES, EventFacts};
use super::words::FieldType;
use crate::domain::body::Infection;
use crate::domain::entry::Sensitivity;
use crate::domain::kind::Kind;
use crate::domain::list::closed_list;
use crate::domain::role::{OrganisationType, Role};
use crate::domain::team::ConsentState;
use crate::domain::withheld::{WithheldPurpose, WithheldSet};

/// A fact that the hub may be unable to tell at the moment of asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Known<T> {
    Is(T),
    Unknown,
}

impl<T> From<T> for Known<T> {
    fn from(value: T) -> Self {
        Self::Is(value)
    }
}

/// A word of the domain's own lists, with the label it has where a region's vocabulary does not name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HubWord {
    pub code: &'static str,
    pub ja: &'static str,
    pub en: &'static str,
}

/// The words of a closed list, in the order of its positions.
macro_rules! words_of {
    ($list:ty) => {
        <$list>::ALL
            .iter()
            .map(|word| $crate::rulebook::facts::HubWord { code: word.code(), ja: word.ja(), en: word.en() })
            .collect()
    };
}

pub(super) use words_of;

/// The domain's own lists: the vocabulary names their words, in any order, and no others.
#[derive(Debug, Clone)]
pub(crate) struct HubWords {
    pub roles: Vec<HubWord>,
    pub organisation_types: Vec<HubWord>,
    pub kinds: Vec<HubWord>,
    pub sources: [&'static [FieldSource]; 2],
}

impl HubWords {
    pub fn of_the_domain() -> Self {
        Self {
            roles: words_of!(Role),
            organisation_types: words_of!(OrganisationType),
            kinds: words_of!(Kind),
            sources: [SOURCES, EVENT_SOURCES],
        }
    }
}

closed_list! {
    /// Whether the patient's page is open.
    PatientStatus {
        Active = "active", "利用中", "active";
        Closed = "closed", "閉じている", "closed";
    }
}

closed_list! {
    /// What the actor says the access is for.
    Purpose {
        Care = "care", "診療・ケア", "care";
        Admin = "admin", "事務局業務", "administration";
        Training = "training", "研修", "training";
        Statistics = "statistics", "統計", "statistics";
    }
}

/// The person who acts, in the role and organisation of this session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ActorFacts {
    pub role: Role,
    pub organisation_type: OrganisationType,
    /// This very person is named on the patient's team now.
    pub on_team: Known<bool>,
    /// The person's organisation is linked to the patient now.
    pub organisation_on_team: Known<bool>,
    /// The organisation was linked once and is no longer.
    pub organisation_was_on_team: Known<bool>,
    /// The organisation's link is the host.
    pub is_host: Known<bool>,
    /// An emergency access of this person to this patient is open.
    pub break_glass: Known<bool>,
    /// The timeline is that of the person's own organisation.
    pub own_office: Known<bool>,
}

/// Whether the patient withholds each purpose, in the order of their list: each is a word of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct WithheldFacts(pub [Known<bool>; WithheldPurpose::ALL.len()]);

impl WithheldFacts {
    pub const UNKNOWN: Self = Self([Known::Unknown; WithheldPurpose::ALL.len()]);
    pub const NOTHING: Self = Self([Known::Is(false); WithheldPurpose::ALL.len()]);
}

impl From<WithheldSet> for WithheldFacts {
    fn from(set: WithheldSet) -> Self {
        let mut facts = Self::NOTHING;
        set.iter().for_each(|purpose| facts.0[purpose.index()] = Known::Is(true));
        facts
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PatientFacts {
    pub consent: Known<ConsentState>,
    pub withheld: WithheldFacts,
    pub status: Known<PatientStatus>,
    /// There is a registration: before the first there is no patient.
    pub registered: Known<bool>,
    pub has_host: Known<bool>,
}

/// Everything about a reader of one timeline; the same for all its entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ViewerFacts {
    pub actor: ActorFacts,
    pub patient: PatientFacts,
    pub purpose: Purpose,
}

/// The entry that is posted or read, and the entry it points at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RecordFacts {
    pub sensitivity: Known<Sensitivity>,
    /// `Is(None)`: the entry is not about an infection.
    pub infection: Known<Option<Infection>>,
    /// Written by the actor's own organisation; true of every post.
    pub own: Known<bool>,
    /// Addressed to the actor.
    pub addressed: Known<bool>,
    /// From observing to receiving, in seconds.
    pub delay_s: Known<i64>,
    /// The entry that is corrected, retracted or acknowledged was written by the actor's organisation.
    pub target_own: Known<bool>,
    /// The actor may see that entry.
    pub target_visible: Known<bool>,
    /// The link that is made or ended is the actor's own organisation's.
    pub link_own: Known<bool>,
    /// A patient named in an export, and known to the actor, withholds that records are taken out.
    pub export_withheld: Known<bool>,
}

impl RecordFacts {
    pub const UNKNOWN: Self = Self {
        sensitivity: Known::Unknown,
        infection: Known::Unknown,
        own: Known::Unknown,
        addressed: Known::Unknown,
        delay_s: Known::Unknown,
        target_own: Known::Unknown,
        target_visible: Known::Unknown,
        link_own: Known::Unknown,
        export_withheld: Known::Unknown,
    };
}

/// What is asked when somebody posts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PostFacts {
    pub viewer: ViewerFacts,
    pub kind: Kind,
    pub record: RecordFacts,
}

/// A fact as a slot takes it: the position in the field's list of codes, or a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    Position(u8),
    Number(i64),
    Unknown,
}

impl From<Known<bool>> for Reading {
    fn from(fact: Known<bool>) -> Self {
        match fact {
            Known::Is(value) => Self::Position(u8::from(value)),
            Known::Unknown => Self::Unknown,
        }
    }
}

impl From<Known<i64>> for Reading {
    fn from(fact: Known<i64>) -> Self {
        match fact {
            Known::Is(value) => Self::Number(value),
            Known::Unknown => Self::Unknown,
        }
    }
}

macro_rules! reading_of_choice {
    ($($name:ident)+) => {$(
        impl From<Known<$name>> for Reading {
            fn from(fact: Known<$name>) -> Self {
                match fact {
                    Known::Is(value) => Self::Position(value as u8),
                    Known::Unknown => Self::Unknown,
                }
            }
        }
    )+};
}

reading_of_choice! { ConsentState PatientStatus Purpose Sensitivity }

impl From<Known<Option<Infection>>> for Reading {
    fn from(fact: Known<Option<Infection>>) -> Self {
        match fact {
            Known::Is(None) => Self::Position(0),
            Known::Is(Some(infection)) => Self::Position(infection as u8 + 1),
            Known::Unknown => Self::Unknown,
        }
    }
}

/// The words a field takes in Rust, in the order of its positions.
#[derive(Debug, Clone, Copy)]
pub enum Codes {
    /// `false` is position 0, `true` position 1.
    Flag,
    Roles,
    OrganisationTypes,
    Closed(fn() -> Vec<HubWord>),
    Number,
    /// In seconds.
    Duration,
}

impl Codes {
    pub fn field_type(self) -> FieldType {
        match self {
            Self::Flag => FieldType::Flag,
            Self::Roles | Self::OrganisationTypes | Self::Closed(_) => FieldType::Choice,
            Self::Number => FieldType::Number,
            Self::Duration => FieldType::Duration,
        }
    }
}

/// Where the value of a field comes from.
#[derive(Debug, Clone, Copy)]
pub struct FieldSource {
    pub field: &'static str,
    pub codes: Codes,
    pub read: fn(&Asked<'_>) -> Reading,
}

/// All that is known when a rule is asked.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    pub viewer: &'a ViewerFacts,
    pub record: &'a RecordFacts,
    pub event: &'a EventFacts,
}

/// The fields about who acts, on whom and on which record. Those about what is said stand in `event`.
pub const SOURCES: &[FieldSource] = &[
    source("actor.role", Codes::Roles, |a| Reading::Position(a.viewer.actor.role as u8)),
    source("actor.organisation_type", Codes::OrganisationTypes, |a| {
        Reading::Position(a.viewer.actor.organisation_type as u8)
    }),
    source("actor.on_team", Codes::Flag, |a| a.viewer.actor.on_team.into()),
    source("actor.organisation_on_team", Codes::Flag, |a| a.viewer.actor.organisation_on_team.into()),
    source("actor.organisation_was_on_team", Codes::Flag, |a| a.viewer.actor.organisation_was_on_team.into()),
    source("actor.is_host", Codes::Flag, |a| a.viewer.actor.is_host.into()),
    source("actor.break_glass", Codes::Flag, |a| a.viewer.actor.break_glass.into()),
    source(OWN_OFFICE, Codes::Flag, |a| a.viewer.actor.own_office.into()),
    source("patient.consent", Codes::Closed(|| words_of!(ConsentState)), |a| a.viewer.patient.consent.into()),
    source("patient.withholds_family", Codes::Flag, |a| withholds(a, WithheldPurpose::Family)),
    source("patient.withholds_systems", Codes::Flag, |a| withholds(a, WithheldPurpose::Systems)),
    source("patient.withholds_export", Codes::Flag, |a| withholds(a, WithheldPurpose::Export)),
    source("patient.withholds_education", Codes::Flag, |a| withholds(a, WithheldPurpose::Education)),
    source("patient.status", Codes::Closed(|| words_of!(PatientStatus)), |a| a.viewer.patient.status.into()),
    source("patient.registered", Codes::Flag, |a| a.viewer.patient.registered.into()),
    source("patient.has_host", Codes::Flag, |a| a.viewer.patient.has_host.into()),
    source(PURPOSE, Codes::Closed(|| words_of!(Purpose)), |a| Known::Is(a.viewer.purpose).into()),
    source(SENSITIVITY, Codes::Closed(|| words_of!(Sensitivity)), |a| a.record.sensitivity.into()),
    source(INFECTION, Codes::Closed(infection_words), |a| a.record.infection.into()),
    source(OWN, Codes::Flag, |a| a.record.own.into()),
    source(ADDRESSED, Codes::Flag, |a| a.record.addressed.into()),
    source("record.delay", Codes::Duration, |a| a.record.delay_s.into()),
    source("target.own", Codes::Flag, |a| a.record.target_own.into()),
    source("target.visible", Codes::Flag, |a| a.record.target_visible.into()),
    source("link.own", Codes::Flag, |a| a.record.link_own.into()),
    source("export.withheld", Codes::Flag, |a| a.record.export_withheld.into()),
];

/// The fields that make a record class (see `class`): the only ones of a record that a view rule may use.
pub const SENSITIVITY: &str = "record.sensitivity";
pub const INFECTION: &str = "record.infection";
pub const OWN: &str = "record.own";
pub const ADDRESSED: &str = "record.addressed";

/// The field that the evaluator indexes rules by.
pub const ROLE: &str = "actor.role";

pub const OWN_OFFICE: &str = "actor.own_office";
pub const PURPOSE: &str = "purpose";

fn withholds(asked: &Asked<'_>, purpose: WithheldPurpose) -> Reading {
    asked.viewer.patient.withheld.0[purpose.index()].into()
}

/// `none` first: an entry that is not about an infection.
fn infection_words() -> Vec<HubWord> {
    let infections: Vec<HubWord> = words_of!(Infection);
    std::iter::once(HubWord { code: "none", ja: "なし", en: "none" }).chain(infections).collect()
}

pub(crate) const fn source(field: &'static str, codes: Codes, read: fn(&Asked<'_>) -> Reading) -> FieldSource {
    FieldSource { field, codes, read }
}
