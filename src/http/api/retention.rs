//! `/api/v1/retention` and `/api/v1/patients/{id}/destruction`: for the secretariat, which records had to be kept and need be
//! no longer, and destroying one for good.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::actions::destroying::{self, Due, Looking, Typed};
use crate::domain::ids::PatientId;
use crate::domain::retention::{Kept, Retention, Tombstone};
use crate::domain::text::Text;
use crate::domain::time::Timestamp;
use crate::http::app::App;
use crate::http::authentication::Secretariat;
use crate::http::input::{self, Asked, Id};
use crate::http::problem::Problem;
use crate::http::shapes::{Name, Words};
use crate::hub::StoreError;
use crate::limits;

/// Which records may be destroyed, which were, and by which spans.
#[derive(Debug, Serialize, ToSchema)]
pub struct RetentionShape {
    /// By type of organisation.
    spans: Vec<SpanShape>,
    /// Records that may be destroyed, the oldest first.
    due: Vec<DueShape>,
    /// Give it as `after` to go on; `null`: everything was looked into.
    next: Option<String>,
    /// Of the patient who was asked for.
    patient: Option<StandingShape>,
    /// Records that were destroyed, the last first.
    destroyed: Vec<DestroyedShape>,
}

/// How long a record must be kept on which an organisation of this type wrote.
#[derive(Debug, Serialize, ToSchema)]
pub struct SpanShape {
    #[serde(rename = "type")]
    #[schema(example = "clinic")]
    of: &'static str,
    #[schema(example = 5)]
    years: u8,
    /// What says so; or that it is a placeholder.
    basis: Words,
}

/// Until when a record had to be kept, and why.
#[derive(Debug, Serialize, ToSchema)]
pub struct KeptShape {
    /// The day of its last entry.
    #[schema(example = "2021-04-01")]
    ended_on: String,
    /// The last day on which it must be kept.
    #[schema(example = "2026-04-01")]
    until: String,
    /// Of those who wrote on it, the type with the longest span.
    #[serde(rename = "type")]
    #[schema(example = "clinic")]
    of: &'static str,
    years: u8,
}

/// A record that may be destroyed.
#[derive(Debug, Serialize, ToSchema)]
pub struct DueShape {
    patient: Uuid,
    name: Name,
    kept: KeptShape,
}

/// How one patient's record stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct StandingShape {
    /// `in_care`, `kept`, `due`.
    #[schema(example = "kept")]
    state: &'static str,
    /// `null` while the patient is in care.
    kept: Option<KeptShape>,
}

/// What is left of a record.
#[derive(Debug, Serialize, ToSchema)]
pub struct DestroyedShape {
    patient: Uuid,
    destroyed_at: String,
    /// `null`: whoever runs commands on the hub's machine.
    by: Option<Uuid>,
    kept: KeptShape,
}

/// Name and birth date once more, so that nobody else's record is met; and why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "name": "高橋 ハル", "birth_date": "1938-04-12", "reason": "保存期間の終了" }))]
pub struct Destruction {
    /// The whole name, in kanji or in kana.
    #[serde(default)]
    name: String,
    #[serde(default)]
    birth_date: String,
    /// Stays in the audit log, also when the record is gone: nothing of the chart belongs here.
    #[serde(default)]
    reason: String,
}

/// Records whose retention ended.
#[utoipa::path(
    get, path = "/api/v1/retention", tag = "secretariat",
    params(
        ("patient" = Option<Uuid>, Query, description = "How this one patient's record stands"),
        ("after" = Option<String>, Query, description = "`next` of the answer before"),
    ),
    responses(
        (status = 200, body = RetentionShape),
        (status = 403, body = Problem, description = "Not the secretariat"),
        (status = 404, body = Problem, description = "No such patient"),
    ),
)]
pub async fn show(State(app): State<App>, _by: Secretariat, mut asked: Asked) -> Result<Json<RetentionShape>, Problem> {
    let retention = &app.keeping.retention;
    let id = Text::fixed("ID（UUID）です", "an id (UUID) is expected");
    let patient: Option<PatientId> = asked.take_as("patient", id)?;
    let moment = Text::fixed("前の答えの next です", "`next` of the answer before is expected");
    let after = asked.take_as::<Timestamp>("after", moment)?.unwrap_or(Timestamp::MIN);
    asked.finish()?;
    let patient = match patient {
        Some(patient) => Some(standing(&app, retention, patient).await?),
        None => None,
    };
    let directory = app.hub.region().directory();
    let found = destroying::list_due(Looking::with(&app.hub, &directory), retention, after).await?;
    let list = app.hub.journal().read(|tx| Box::pin(tx.list_destroyed(limits::RETENTION_LISTED_RECORDS_MAX)));
    let destroyed: Vec<Tombstone> = list.await.map_err(|error: StoreError| error)?;
    let spans = retention.spans().map(|span| SpanShape {
        of: span.of.code(),
        years: span.years,
        basis: Words::from(&span.basis),
    });
    Ok(Json(RetentionShape {
        spans: spans.collect(),
        due: found.due.iter().map(DueShape::from).collect(),
        next: found.next.map(Timestamp::to_rfc3339),
        patient,
        destroyed: destroyed.iter().map(DestroyedShape::from).collect(),
    }))
}

async fn standing(app: &App, retention: &Retention, patient: PatientId) -> Result<StandingShape, Problem> {
    let kept = destroying::find_standing(&app.hub, retention, patient).await?;
    let today = app.hub.region().date_at(app.hub.region().earliest());
    let state = match &kept {
        None => "in_care",
        Some(kept) if kept.is_over(today) => "due",
        Some(_) => "kept",
    };
    Ok(StandingShape { state, kept: kept.as_ref().map(KeptShape::from) })
}

/// Destroy a record whose retention ended, for good. Refused before, with the day and why. Not even a backup brings it back:
/// the list of destroyed records beside the backups has a restore destroy it again.
#[utoipa::path(
    post, path = "/api/v1/patients/{id}/destruction", tag = "secretariat", request_body = Destruction,
    params(("id" = Uuid, Path, description = "The patient")),
    responses(
        (status = 200, body = DestroyedShape),
        (status = 403, body = Problem, description = "Not the secretariat, or `proof_needed`"),
        (status = 404, body = Problem, description = "No such patient, or destroyed already"),
        (status = 409, body = Problem, description = "`retained`: in care, or to be kept for longer; `clock_behind`: nobody can tell"),
        (status = 422, body = Problem, description = "Name or birth date is not the patient's, or there is no reason"),
    ),
)]
pub async fn destroy(
    State(app): State<App>,
    Secretariat(signed_in): Secretariat,
    Id(patient): Id<PatientId>,
    input::Json(given): input::Json<Destruction>,
) -> Result<Json<DestroyedShape>, Problem> {
    let birth_date = input::date("birth_date", &given.birth_date)?;
    let typed = Typed { name: given.name, birth_date, reason: given.reason };
    let by = signed_in.by();
    let stone = destroying::destroy(&app.hub, &app.files, &app.keeping, by, patient, &typed).await?;
    Ok(Json(DestroyedShape::from(&stone)))
}

impl From<&Kept> for KeptShape {
    fn from(kept: &Kept) -> Self {
        let Kept { ended_on, until, of, years } = kept;
        Self { ended_on: ended_on.to_string(), until: until.to_string(), of: of.code(), years: *years }
    }
}

impl From<&Due> for DueShape {
    fn from(due: &Due) -> Self {
        Self { patient: due.patient.0, name: Name::from(&due.name), kept: KeptShape::from(&due.kept) }
    }
}

impl From<&Tombstone> for DestroyedShape {
    fn from(stone: &Tombstone) -> Self {
        Self {
            patient: stone.patient.0,
            destroyed_at: stone.destroyed_at.to_rfc3339(),
            by: stone.by.map(|person| person.0),
            kept: KeptShape::from(&stone.kept),
        }
    }
}
