//! What requests about a patient's registration, consent and team hold, and what is answered. Read in `reading`.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::http::shapes::{Name, Number};
use crate::hub::answer::Accepted;

/// Somebody to register.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "request_id": "0196d5a2-7c00-7000-8000-000000000001",
    "name": { "kanji": "高橋 ハル", "kana": "タカハシ ハル" },
    "birth_date": "1938-04-12",
    "sex": "female",
    "identifiers": [{ "system": "urn:oid:1.2.392.100495.20.3.51.11310000001", "value": "12345" }],
    "agreed_by": "0190bbbb-0000-7000-8000-000000000001",
    "document": "同意書 12-034",
    "host": { "organisation": "0190aaaa-0000-7000-8000-000000000001" },
    "consent": {
        "state": "team", "given_by": "patient", "given_on": "2026-04-01", "document": "同意書 12-034",
        "form_version": "2026年4月版", "withheld": []
    }
}))]
pub struct NewPatientShape {
    /// A UUID made by the client and kept for every resend: the same request registers nobody twice.
    pub(super) request_id: Option<String>,
    pub(super) name: Name,
    /// From 1870 to today.
    pub(super) birth_date: String,
    /// `male`, `female`, `other`, `unknown`.
    pub(super) sex: String,
    #[serde(default)]
    pub(super) identifiers: Vec<Number>,
    /// Whether the patient lives in a facility.
    #[serde(default)]
    pub(super) in_facility: bool,
    /// Whether this is nobody, registered for training: the name says 「研修用」, and it never becomes somebody.
    #[serde(default)]
    pub(super) for_training: bool,
    /// Id of the attending doctor who agreed, or is asked to agree, to the registration.
    pub(super) agreed_by: Option<String>,
    /// Where the doctor's signed agreement is kept. Without it the doctor is asked, and agrees by acknowledging the
    /// registration; until then only their own office is linked.
    #[serde(default)]
    pub(super) agreed_on_paper: String,
    /// Where the signed application and consent form are kept.
    #[serde(default)]
    pub(super) document: String,
    /// The first organisation of the team, which looks after it from then on.
    pub(super) host: Option<HostShape>,
    pub(super) consent: Option<ConsentShape>,
}

/// The first organisation of a team.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HostShape {
    /// Id.
    pub(super) organisation: String,
    /// Ids; none: everybody of the organisation.
    #[serde(default)]
    pub(super) people: Vec<String>,
}

/// What the patient agreed to share.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "state": "team", "given_by": "patient", "given_on": "2026-04-01", "document": "同意書 12-034",
    "form_version": "2026年4月版", "withheld": ["family"]
}))]
pub struct ConsentShape {
    /// UUIDv7 made by the client and kept for every resend.
    pub(super) id: Option<String>,
    /// `none`, `team`, `withdrawn`.
    pub(super) state: String,
    /// `patient`, `proxy`.
    pub(super) given_by: String,
    /// Date.
    pub(super) given_on: String,
    /// Where the signed form is kept.
    #[serde(default)]
    pub(super) document: String,
    /// Which version of the region's form was signed, at most 100 characters.
    #[serde(default)]
    pub(super) form_version: String,
    /// What the patient did not agree to, none twice: `family`, `systems`, `export`, `education`. With `team` this is all
    /// of it; otherwise what was withheld before stays withheld.
    #[serde(default)]
    pub(super) withheld: Vec<String>,
}

/// An organisation, or some of its people, joins the team.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "organisation": "0190aaaa-0000-7000-8000-000000000002", "relation_confirmed": true, "history": "all" }))]
pub struct NewLinkShape {
    /// UUIDv7 made by the client and kept for every resend.
    pub(super) id: Option<String>,
    /// Id.
    pub(super) organisation: String,
    /// Ids; none: everybody of the organisation.
    #[serde(default)]
    pub(super) people: Vec<String>,
    /// Whether it looks after the team from now on.
    #[serde(default)]
    pub(super) host: bool,
    /// Whether it was confirmed that these people already serve the patient.
    #[serde(default)]
    pub(super) relation_confirmed: bool,
    /// How much of the past it opens: `all`, `from` (then `history_from`), `nothing`.
    pub(super) history: String,
    /// RFC 3339.
    pub(super) history_from: Option<String>,
}

/// An organisation, or some of its people, leaves the team.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "organisation": "0190aaaa-0000-7000-8000-000000000002", "reason": "転居のため" }))]
pub struct UnlinkShape {
    /// UUIDv7 made by the client and kept for every resend.
    pub(super) id: Option<String>,
    /// Id.
    pub(super) organisation: String,
    /// Ids; none: the whole organisation.
    #[serde(default)]
    pub(super) people: Vec<String>,
    #[serde(default)]
    pub(super) reason: String,
}

/// An entry that was recorded.
#[derive(Debug, Serialize, ToSchema)]
pub struct Recorded {
    pub(super) id: Uuid,
    pub(super) seq: u64,
    #[schema(example = "2026-04-01T00:30:00Z")]
    pub(super) recorded_at: String,
    /// The rules by which it was accepted.
    #[schema(example = json!(["FL-7@floor/1.0.0#3f0c2d9a81be"]))]
    pub(super) cited: Vec<String>,
    /// The id had been accepted before: this is the first answer again.
    pub(super) repeated: bool,
}

impl From<&Accepted> for Recorded {
    fn from(accepted: &Accepted) -> Self {
        Self {
            id: accepted.id.0,
            seq: accepted.seq.0,
            recorded_at: accepted.recorded_at.to_rfc3339(),
            cited: accepted.ruling.cited.iter().map(ToString::to_string).collect(),
            repeated: accepted.repeated,
        }
    }
}

/// A registered patient.
#[derive(Debug, Serialize, ToSchema)]
pub struct Registered {
    /// The patient, and the patient's timeline.
    pub(super) id: Uuid,
    /// Registration, first link and consent, as far as they were asked for.
    pub(super) entries: Vec<Recorded>,
}
