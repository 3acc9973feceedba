//! `/api/v1/emergency-search` and `/api/v1/emergency-accesses`: finding a patient of others before declaring emergency
//! access, and the secretariat's list of what was declared, with what whoever runs the hub's machine took out. The declaration itself
//! is a post like any other.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::patients::Card;
use crate::actions::emergency;
use crate::domain::time::Timestamp;
use crate::http::app::App;
use crate::http::authentication::Secretariat;
use crate::http::input;
use crate::http::problem::Problem;
use crate::http::shapes::Name;
use crate::hub::sessions::SignedIn;
use crate::wire;

/// Who is looked for. In the body, so that no name stands in an address or a log.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "name": "高橋 ハル", "birth_date": "1938-04-12" }))]
pub struct EmergencySearch {
    /// The whole name, in kanji or in kana. Width, spaces and the script of kana do not count.
    #[serde(default)]
    name: String,
    #[serde(default)]
    birth_date: String,
}

/// Whom it found; nobody more often than not.
#[derive(Debug, Serialize, ToSchema)]
pub struct EmergencyFound {
    patients: Vec<FoundPatient>,
}

/// A patient of exactly this name and birth date.
#[derive(Debug, Serialize, ToSchema)]
pub struct FoundPatient {
    /// Also the id of the timeline, on which emergency access is declared.
    id: Uuid,
    name: Name,
    #[schema(example = "1938-04-12")]
    birth_date: String,
}

/// Find a patient of others in an emergency. Kept in the audit log, found or not. For ten minutes afterwards I may declare
/// `emergency_access` on the timelines found.
#[utoipa::path(
    post, path = "/api/v1/emergency-search", tag = "patients", request_body = EmergencySearch,
    responses(
        (status = 200, body = EmergencyFound),
        (status = 403, body = Problem, description = "The rules let this role declare no emergency access; `cited` says which"),
        (status = 429, body = Problem, description = "Searched too often; `Retry-After` says when one more may be"),
    ),
)]
pub async fn search(
    State(app): State<App>,
    signed_in: SignedIn,
    input::Json(asked): input::Json<EmergencySearch>,
) -> Result<Json<EmergencyFound>, Problem> {
    let birth_date = wire::date("birth_date", &asked.birth_date)?;
    let found = emergency::search(&app.hub, &signed_in, asked.name, birth_date).await?;
    let patients = found.iter().map(|(patient, name)| FoundPatient {
        id: patient.0,
        name: Name::from(name),
        birth_date: birth_date.to_string(),
    });
    Ok(Json(EmergencyFound { patients: patients.collect() }))
}

/// Those that nobody has looked into first, then the newest.
#[derive(Debug, Serialize, ToSchema)]
pub struct EmergencyAccesses {
    accesses: Vec<AccessShape>,
}

/// A declaration of emergency access, or what whoever runs the hub's machine took out.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccessShape {
    /// The entry that declared it: acknowledging it is the review.
    id: Uuid,
    /// Also the patient's id; the secretariat's own where the whole region was taken out.
    timeline: Uuid,
    patient: Option<Card>,
    person: Uuid,
    #[schema(example = "doctor")]
    role: &'static str,
    organisation: Uuid,
    #[schema(example = "意識がなく、服薬の内容を確かめるため")]
    reason: String,
    #[schema(example = "2026-04-01T00:30:00Z")]
    declared_at: String,
    /// Nothing is shown from this moment on. Earlier than declared where a second declaration took its place.
    #[schema(example = "2026-04-01T01:30:00Z")]
    until: String,
    /// `open` or `ended`.
    #[schema(example = "open")]
    state: &'static str,
    /// When the secretariat acknowledged it; `null`: not yet.
    reviewed_at: Option<String>,
    /// Nobody declared emergency access: whoever runs the hub's machine took records out, or looked into them, by this command.
    /// `person` and `organisation` are nobody's then. `null`: emergency access.
    #[schema(example = "renkei export patient")]
    command: Option<String>,
}

/// Emergency accesses, and what whoever runs the hub's machine took out or looked into, for the secretariat's review.
#[utoipa::path(
    get, path = "/api/v1/emergency-accesses", tag = "secretariat",
    responses(
        (status = 200, body = EmergencyAccesses),
        (status = 403, body = Problem, description = "Not the secretariat"),
    ),
)]
pub async fn list(
    State(app): State<App>,
    Secretariat(signed_in): Secretariat,
) -> Result<Json<EmergencyAccesses>, Problem> {
    let declared = emergency::list(&app.hub, &signed_in).await?;
    let now = app.hub.region().now();
    Ok(Json(EmergencyAccesses { accesses: declared.iter().map(|declared| shape(declared, now)).collect() }))
}

fn shape(declared: &emergency::Declared, now: Timestamp) -> AccessShape {
    let emergency::Declared { access, sight, author, reason, command } = declared;
    AccessShape {
        id: access.entry.0,
        timeline: access.timeline.0,
        patient: Card::of(sight),
        person: author.person.0,
        role: author.role.code(),
        organisation: author.organisation.0,
        reason: reason.clone(),
        declared_at: access.declared_at.to_rfc3339(),
        until: access.ends_at.to_rfc3339(),
        state: if now < access.ends_at { "open" } else { "ended" },
        reviewed_at: access.reviewed_at.map(Timestamp::to_rfc3339),
        command: command.clone(),
    }
}
