//! The shapes that answers of several routes share, as REST writes them: `snake_case`, ids as UUIDs, times as
//! RFC 3339. What a reader may not see is `null` or left out here, never elsewhere.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::domain::directory::{Organisation, Person};
use crate::domain::patient::{HumanName, Identifier};
use crate::domain::text::Text;

/// A message in both languages.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Words {
    pub ja: String,
    pub en: String,
}

/// A rule that holds a post, and how the post may go on: `renkei.v1.Hold` in the proto3 JSON mapping, as a dry run and
/// the socket tell it.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes the answer for the document; `wire` writes it")]
pub struct HoldShape {
    /// `RULE@set/version#hash`.
    citation: String,
    title: Words,
    /// Why the rule was agreed.
    reason: Words,
    /// What must be: one of these is enough. Left out when there is none.
    #[schema(required = false)]
    missing: Vec<RequirementShape>,
    /// Circumstances in which the post passes as it is. Left out when there is none.
    #[schema(required = false)]
    exceptions: Vec<Words>,
    /// A written reason (`reasons` of the intent) lets it pass; missing: it does not.
    #[schema(rename = "reasonOk", required = false)]
    reason_ok: bool,
}

/// What must be so together.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes the answer for the document; `wire` writes it")]
pub struct RequirementShape {
    all: Vec<MissingShape>,
}

/// Something a rule asks for that is not so.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes the answer for the document; `wire` writes it")]
pub struct MissingShape {
    wanted: Words,
    /// What is so instead.
    now: Words,
}

impl From<&Text> for Words {
    fn from(text: &Text) -> Self {
        Self { ja: text.ja.to_string(), en: text.en.to_string() }
    }
}

/// A person's name, family name first, parts separated by one space.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "kanji": "高橋 ハル", "kana": "タカハシ ハル" }))]
pub struct Name {
    pub kanji: String,
    #[serde(default)]
    pub kana: String,
}

impl From<&HumanName> for Name {
    fn from(name: &HumanName) -> Self {
        Self { kanji: name.kanji.clone(), kana: name.kana.clone() }
    }
}

impl From<Name> for HumanName {
    fn from(name: Name) -> Self {
        Self { kanji: name.kanji, kana: name.kana }
    }
}

/// A number somebody gave, and the URI of who gave it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Number {
    pub system: String,
    pub value: String,
}

impl Number {
    pub fn list(identifiers: &[Identifier]) -> Vec<Self> {
        let shape = |known: &Identifier| Self { system: known.system.clone(), value: known.value.clone() };
        identifiers.iter().map(shape).collect()
    }

    pub fn into_list(numbers: Vec<Self>) -> Vec<Identifier> {
        numbers.into_iter().map(|number| Identifier { system: number.system, value: number.value }).collect()
    }
}

/// An organisation of the region.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrganisationShape {
    pub id: Uuid,
    pub name: String,
    pub kana: String,
    /// `clinic`, `hospital`, `nursing_station`, `pharmacy`, `dental_clinic`, `care_office`, `home_help`,
    /// `day_service`, `support_centre`, `municipality`, `secretariat`, `home`.
    #[serde(rename = "type")]
    #[schema(example = "nursing_station")]
    pub kind: &'static str,
    pub phone: String,
    pub identifiers: Vec<Number>,
    /// Whether its people may act. What it wrote stays.
    pub active: bool,
}

impl From<&Organisation> for OrganisationShape {
    fn from(organisation: &Organisation) -> Self {
        Self {
            id: organisation.id.0,
            name: organisation.name.clone(),
            kana: organisation.kana.clone(),
            kind: organisation.kind.code(),
            phone: organisation.phone.clone(),
            identifiers: Number::list(&organisation.identifiers),
            active: organisation.active,
        }
    }
}

/// A role at an organisation.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PositionShape {
    /// `doctor`, `dentist`, `nurse`, `pharmacist`, `dental_hygienist`, `rehab`, `care_manager`, `helper`, `msw`,
    /// `equipment_adviser`, `municipality`, `secretariat`, `family`, `gateway`.
    #[schema(example = "nurse")]
    pub role: String,
    /// Id.
    pub organisation: String,
}

/// Somebody who acts in the region.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonShape {
    pub id: Uuid,
    pub name: Name,
    pub positions: Vec<PositionShape>,
    /// Whether they may sign in. What they wrote stays.
    pub active: bool,
}

impl From<&Person> for PersonShape {
    fn from(person: &Person) -> Self {
        let position = |position: &crate::domain::directory::Position| PositionShape {
            role: position.role.code().to_owned(),
            organisation: position.organisation.to_string(),
        };
        Self {
            id: person.id.0,
            name: Name::from(&person.name),
            positions: person.positions.iter().map(position).collect(),
            active: person.active,
        }
    }
}
