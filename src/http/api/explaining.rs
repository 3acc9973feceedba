//! `/api/v1/rulebook/explain`: why an entry was taken, a post refused, a duty owed, a record seen or not.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::rulebook::CitedRule;
use crate::actions::explaining::asking::{Asker, Told};
use crate::actions::explaining::{Explained, Explainer};
use crate::domain::directory::Actor;
use crate::domain::duty::DutyId;
use crate::domain::ids::{EntryId, PatientId, PersonId};
use crate::domain::kind::Kind;
use crate::domain::text::{Invalid, Text};
use crate::domain::time::Timestamp;
use crate::http::app::App;
use crate::http::input::Asked;
use crate::http::problem::Problem;
use crate::http::shapes::Words;
use crate::hub::sessions::SignedIn;
use crate::wire::codes::Code;

/// Answers, one for each position where a person was asked about.
#[derive(Debug, Serialize, ToSchema)]
pub struct Explanations {
    answers: Vec<ExplanationShape>,
}

/// Why.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExplanationShape {
    /// The position asked about: role and organisation.
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    organisation: Option<Uuid>,
    /// Whether records of this kind are seen in this position.
    #[serde(skip_serializing_if = "Option::is_none")]
    may_see: Option<bool>,
    /// In words, from the facts of the moment, a line for each thing told; times are the region's.
    text: Words,
    /// The same, line by line.
    lines: Vec<LineShape>,
    /// With a duty: its moments and ids as programs read them.
    #[serde(skip_serializing_if = "Option::is_none")]
    duty: Option<DutyMoments>,
    /// The rules it rests on, of which version, and who agreed.
    rules: Vec<CitedRule>,
}

/// A line of an answer: what it is about, and what it says.
#[derive(Debug, Serialize, ToSchema)]
pub struct LineShape {
    about: Words,
    says: Words,
}

/// Of a duty that is explained.
#[derive(Debug, Serialize, ToSchema)]
pub struct DutyMoments {
    id: Uuid,
    /// The entry that opened it; `null`: a state asks for it, or it is not for this reader.
    cause: Option<Uuid>,
    #[schema(example = "2026-04-01T00:30:00Z")]
    opened_at: String,
    #[schema(example = "2026-04-01T04:30:00Z")]
    due: String,
    overdue_at: Option<String>,
    ended_at: Option<String>,
}

impl From<&Told> for DutyMoments {
    fn from(told: &Told) -> Self {
        let Told { duty, cause, .. } = told;
        Self {
            id: duty.opened.id.0,
            cause: cause.map(|cause| cause.0),
            opened_at: duty.opened_at.to_rfc3339(),
            due: duty.due.to_rfc3339(),
            overdue_at: duty.overdue_at.map(Timestamp::to_rfc3339),
            ended_at: duty.ended_by.map(|(_, at)| at.to_rfc3339()),
        }
    }
}

impl ExplanationShape {
    fn of_duty(told: Told) -> Self {
        let duty = Some(DutyMoments::from(&told));
        Self { duty, ..Self::of(told.explained, None) }
    }

    fn of(explained: Explained, position: Option<(Actor, bool)>) -> Self {
        let (actor, may_see) = position.unzip();
        Self {
            role: actor.map(|actor| actor.role.code()),
            organisation: actor.map(|actor| actor.organisation.0),
            may_see,
            text: Words::from(&explained.text()),
            lines: explained
                .lines
                .iter()
                .map(|line| LineShape { about: Words::from(&line.about), says: Words::from(&line.says) })
                .collect(),
            duty: None,
            rules: explained.rules.into_iter().map(CitedRule::of).collect(),
        }
    }
}

/// Why: of an entry, of a refusal, of a duty of a patient, or of what a person may see of a patient.
#[utoipa::path(
    get, path = "/api/v1/rulebook/explain", tag = "rulebook",
    params(
        ("entry" = Option<Uuid>, Query, description = "An entry that you may see; with `person`: whether they see it"),
        ("refusal" = Option<u64>, Query, description = "Number of the audit record: your own, or any for the secretariat"),
        ("duty" = Option<Uuid>, Query, description = "A duty, together with `patient`"),
        ("patient" = Option<Uuid>, Query, description = "With `duty`, or with `person` and no `entry`"),
        ("person" = Option<Uuid>, Query, description = "Yourself, a member of your team, anybody for the secretariat"),
        ("kind" = Option<String>, Query, description = "With `person`: kind code; `note` without it"),
    ),
    responses((status = 200, body = Explanations), (status = 404, body = Problem, description = "Nothing you may ask")),
)]
pub async fn explain(
    State(app): State<App>,
    signed_in: SignedIn,
    mut asked: Asked,
) -> Result<Json<Explanations>, Problem> {
    let id = || Code::BadId.text();
    let entry = asked.take_as::<EntryId>("entry", id())?;
    let refusal = asked.take_as::<u64>("refusal", Text::fixed("番号で指定してください", "a number is expected"))?;
    let duty = asked.take_as::<Uuid>("duty", id())?.map(DutyId);
    let patient = asked.take_as::<PatientId>("patient", id())?;
    let person = asked.take_as::<PersonId>("person", id())?;
    let kind = asked.take("kind");
    asked.finish()?;
    let kind = match kind {
        None => Kind::Note,
        Some(code) => Kind::from_code(&code)
            .ok_or_else(|| Invalid::new("kind", Code::UnknownCode.code(), Code::UnknownCode.text()))?,
    };
    let (hub, kept) = (&app.hub, Arc::clone(&app.kept_rulebooks));
    let region = hub.region();
    let explainer = Explainer {
        journal: hub.journal(),
        kept: &kept,
        in_force: region.rulebook(),
        directory: region.directory(),
        calendar: region.calendar(),
        now: region.now(),
    };
    let asker = Asker { hub, signed_in, explainer };
    let answers = match (entry, refusal, duty, person, patient) {
        (Some(entry), None, None, None, None) => vec![ExplanationShape::of(asker.entry(entry).await?, None)],
        (Some(entry), None, None, Some(person), None) => {
            let answers = asker.view_of(entry, person).await?.into_iter();
            answers.map(|(actor, may, explained)| ExplanationShape::of(explained, Some((actor, may)))).collect()
        }
        (None, Some(seq), None, None, None) => vec![ExplanationShape::of(asker.refusal(seq).await?, None)],
        (None, None, Some(duty), None, Some(patient)) => {
            vec![ExplanationShape::of_duty(asker.duty(patient, duty).await?)]
        }
        (None, None, None, Some(person), Some(patient)) => {
            let answers = asker.view(patient, person, kind).await?.into_iter();
            answers.map(|(actor, may, explained)| ExplanationShape::of(explained, Some((actor, may)))).collect()
        }
        _ => {
            let text = Text::fixed(
                "entry、entry と person、refusal、duty と patient、person と patient のどれか一組を指定してください",
                "give one of: entry; entry and person; refusal; duty and patient; person and patient",
            );
            return Err(Problem::saying(Code::Unexpected, text));
        }
    };
    Ok(Json(Explanations { answers }))
}
