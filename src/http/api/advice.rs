//! `/api/v1/advice`: what the rules advised the secretariat, as a list.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::patients::Card;
use crate::actions::advice::{self, AdvicePage};
use crate::domain::ids::TimelineId;
use crate::domain::text::Text;
use crate::http::app::App;
use crate::http::authentication::Secretariat;
use crate::http::input::Asked;
use crate::http::problem::Problem;
use crate::http::shapes::Words;
use crate::limits;

/// Advice, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct AdviceList {
    advice: Vec<AdviceShape>,
    /// The next page's `after`; `null`: this was the last.
    next: Option<Uuid>,
}

/// What a rule advised about a patient, the last time it did.
#[derive(Debug, Serialize, ToSchema)]
pub struct AdviceShape {
    /// The patient's.
    timeline: Uuid,
    patient: Option<Card>,
    /// The rule, in the version that advised.
    #[schema(example = "ND-S7@etiquette-doctor-nurse/1.0.0#3f0c2d9a81be")]
    rule: String,
    /// `null`: the rulebook of that time was not kept.
    title: Option<Words>,
    reason: Option<Words>,
    #[schema(example = "2026-04-01T00:30:00Z")]
    given_at: String,
}

/// What the rules advised the secretariat in the last 180 days, the newest of each rule on each patient. Recorded as a look
/// at each patient; nothing of the entry that drew the advice is told.
#[utoipa::path(
    get, path = "/api/v1/advice", tag = "secretariat",
    params(
        ("after" = Option<Uuid>, Query, description = "`next` of the page before"),
        ("limit" = Option<u64>, Query, description = "Patients looked at, at most 200; 200 unless given"),
    ),
    responses((status = 200, body = AdviceList), (status = 403, body = Problem, description = "Not the secretariat")),
)]
pub async fn list(
    State(app): State<App>,
    Secretariat(signed_in): Secretariat,
    mut asked: Asked,
) -> Result<Json<AdviceList>, Problem> {
    let id = Text::fixed("前のページの next の値です", "the `next` of the page before is expected");
    let after: Option<TimelineId> = asked.take_as("after", id)?;
    let limit = asked.take_limit(limits::ADVICE_PAGE_TIMELINES_MAX, limits::ADVICE_PAGE_TIMELINES_MAX)?;
    asked.finish()?;
    let AdvicePage { patients, advice, next } =
        advice::list(&app.hub, &app.kept_rulebooks, &signed_in, after, limit).await?;
    let shape = |given: advice::Given| {
        let sight = &patients[given.of];
        let words = given.rule.as_ref();
        AdviceShape {
            timeline: sight.state.timeline.0,
            patient: Card::of(sight),
            rule: given.citation,
            title: words.map(|rule| Words::from(&rule.title)),
            reason: words.map(|rule| Words::from(&rule.reason)),
            given_at: given.at.to_rfc3339(),
        }
    };
    Ok(Json(AdviceList { advice: advice.into_iter().map(shape).collect(), next: next.map(|next| next.0) }))
}
