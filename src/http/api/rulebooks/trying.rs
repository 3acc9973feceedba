//! What a version is looked at with before anybody signs: its sheet, what it changes, what is odd about it, what it would
//! have made of the past.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::life;
use crate::actions::replaying::{self, Compared, DutyCount, Ground, Period};
use crate::actions::rulebook::{coverage_of, difference, findings_of};
use crate::domain::ids::RulebookVersionId;
use crate::domain::time::Timestamp;
use crate::http::app::App;
use crate::http::assets::PRINTED_POLICY;
use crate::http::authentication::Secretariat;
use crate::http::input::{self, Id};
use crate::http::problem::Problem;
use crate::http::shapes::Words;
use crate::hub::sessions::SignedIn;

const DAY_MICROS: i64 = 86_400 * 1_000_000;

/// What changes from the rules in force.
#[derive(Debug, Serialize, ToSchema)]
pub struct Difference {
    /// A paragraph for each rule.
    text: Words,
}

/// What is odd about a version, and who may do what under it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Analysis {
    findings: Vec<FindingShape>,
    coverage: Vec<CoverageShape>,
}

/// An oddity.
#[derive(Debug, Serialize, ToSchema)]
pub struct FindingShape {
    /// Stable; `docs/rulebook-authors.md` lists them.
    code: &'static str,
    rules: Vec<String>,
    /// `file:line:column`.
    place: Option<String>,
    text: Words,
}

/// What a role may do with a kind of record, in some circumstances.
#[derive(Debug, Serialize, ToSchema)]
pub struct CoverageShape {
    role: String,
    kind: &'static str,
    may_view: bool,
    /// What may be viewed is of the viewer's own office.
    views_own_only: bool,
    may_post: bool,
    /// Gates, duties and nudges about such a post.
    rules: usize,
}

/// Which past is replayed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "since_days": 90 }))]
pub struct Replaying {
    /// Days to go back; all of the past without it.
    since_days: Option<u32>,
}

/// What the version would have made of the past: counts by rule, never by person.
#[derive(Debug, Serialize, ToSchema)]
pub struct Replayed {
    /// Posts asked again.
    events: u64,
    /// What hangs on facts that nobody wrote down then.
    undetermined: u64,
    /// Made under versions that are no longer kept.
    unreadable: u64,
    /// Records destroyed since.
    destroyed: u64,
    changes: Vec<ChangeShape>,
    /// Of duties that a post opens, by rule.
    duties: BTreeMap<String, ReplayedDuty>,
    /// Of standing duties, for which nobody posts, by rule: had the version, or the rules in force, decided all along.
    standing: BTreeMap<String, ComparedDuties>,
    /// Advice given, by rule.
    nudges: BTreeMap<String, u64>,
    text: Words,
}

/// A verdict that changes.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChangeShape {
    /// `permit`, `hold`, `queue`, `deny`.
    from: &'static str,
    to: &'static str,
    count: u64,
    /// The first few posts.
    examples: Vec<String>,
}

/// What would have become of the duties of a rule.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReplayedDuty {
    opened: u64,
    /// Opened on doubt.
    unconfirmed: u64,
    in_time: u64,
    late: u64,
    /// Of the late ones: somebody of the chain would have been told.
    escalated: u64,
    /// What asked for it went before it was due.
    ended: u64,
    /// Not due by now, or the history does not tell.
    undetermined: u64,
}

/// The standing duties of a rule under both. A rule that only one of them has stands with zeros under the other.
#[derive(Debug, Serialize, ToSchema)]
pub struct ComparedDuties {
    draft: ReplayedDuty,
    in_force: ReplayedDuty,
}

impl From<&DutyCount> for ReplayedDuty {
    fn from(count: &DutyCount) -> Self {
        let DutyCount { opened, unconfirmed, in_time, late, escalated, ended, undetermined } = *count;
        Self { opened, unconfirmed, in_time, late, escalated, ended, undetermined }
    }
}

/// The agreement sheets of a version, as a page to print: what the bodies sign.
#[utoipa::path(
    get, path = "/api/v1/rulebooks/{id}/sheet", tag = "rulebook",
    params(("id" = uuid::Uuid, Path, description = "The version")),
    responses((status = 200, body = String, content_type = "text/html")),
)]
pub async fn sheet(
    State(app): State<App>,
    signed_in: SignedIn,
    Id(id): Id<RulebookVersionId>,
) -> Result<Response, Problem> {
    let life = life(&app, signed_in.by());
    let standing = life.find(id).await?;
    let sets: Vec<_> = standing.book.sets().iter().collect();
    let page = standing.book.agreement_sheets(&sets, |set| standing.agreement(set, |at| life.date_of(at)));
    let headers =
        [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CONTENT_SECURITY_POLICY, PRINTED_POLICY)];
    Ok((headers, page).into_response())
}

/// What a version changes, in words.
#[utoipa::path(
    get, path = "/api/v1/rulebooks/{id}/difference", tag = "rulebook",
    params(("id" = uuid::Uuid, Path, description = "The version")),
    responses((status = 200, body = Difference)),
)]
pub async fn compare(
    State(app): State<App>,
    signed_in: SignedIn,
    Id(id): Id<RulebookVersionId>,
) -> Result<Json<Difference>, Problem> {
    let standing = life(&app, signed_in.by()).find(id).await?;
    let text = difference(&app.hub.region().rulebook(), &standing.book);
    Ok(Json(Difference { text: Words::from(&text) }))
}

/// What is odd about a version, and its table of roles and kinds.
#[utoipa::path(
    get, path = "/api/v1/rulebooks/{id}/analysis", tag = "rulebook",
    params(("id" = uuid::Uuid, Path, description = "The version")),
    responses((status = 200, body = Analysis)),
)]
pub async fn analyse(
    State(app): State<App>,
    signed_in: SignedIn,
    Id(id): Id<RulebookVersionId>,
) -> Result<Json<Analysis>, Problem> {
    let standing = life(&app, signed_in.by()).find(id).await?;
    let findings = findings_of(&standing.book)?.into_iter().map(|found| FindingShape {
        code: found.code,
        rules: found.rules,
        place: found.at.map(|at| at.to_string()),
        text: Words::from(&found.text),
    });
    let cells = coverage_of(&standing.book)?.into_iter().map(|(role, cell)| CoverageShape {
        role,
        kind: cell.kind.code(),
        may_view: cell.may_view,
        views_own_only: cell.views_own_only,
        may_post: cell.may_post,
        rules: cell.rules,
    });
    Ok(Json(Analysis { findings: findings.collect(), coverage: cells.collect() }))
}

/// What a version would have made of the posts of the past. Takes its time where there are many.
#[utoipa::path(
    post, path = "/api/v1/rulebooks/{id}/replay", tag = "secretariat", request_body = Replaying,
    params(("id" = uuid::Uuid, Path, description = "The version")),
    responses((status = 200, body = Replayed), (status = 403, body = Problem, description = "Not the secretariat")),
)]
pub async fn replay(
    State(app): State<App>,
    secretariat: Secretariat,
    Id(id): Id<RulebookVersionId>,
    input::Json(given): input::Json<Replaying>,
) -> Result<Json<Replayed>, Problem> {
    let life = life(&app, secretariat.into());
    let standing = life.find(id).await?;
    let back = given.since_days.map(|days| i64::from(days) * DAY_MICROS);
    let since = back.map_or(Timestamp::MIN, |back| Timestamp(life.now.as_micros().saturating_sub(back)));
    let region = app.hub.region();
    let (calendar, directory, offices) = (region.calendar(), region.directory(), region.offices());
    let in_force = region.rulebook();
    let ground = Ground { calendar, directory: &directory, offices: &offices, in_force: &in_force };
    let report = replaying::replay(&life.journal, &standing.book, ground, Period { since, until: life.now }).await?;
    let text = Words::from(&report.in_words([&standing.book, &in_force]));
    let changes = report.changes.iter().map(|((from, to), change)| ChangeShape {
        from: from.code(),
        to: to.code(),
        count: change.count,
        examples: change.examples.iter().map(ToString::to_string).collect(),
    });
    let duties = report.duties.iter().map(|(rule, duty)| (rule.clone(), ReplayedDuty::from(duty)));
    let of_state = report.standing.iter().map(|(rule, compared)| {
        let Compared { draft, in_force } = compared;
        (rule.clone(), ComparedDuties { draft: draft.into(), in_force: in_force.into() })
    });
    Ok(Json(Replayed {
        events: report.events,
        undetermined: report.undetermined,
        unreadable: report.unreadable,
        destroyed: report.destroyed,
        changes: changes.collect(),
        duties: duties.collect(),
        standing: of_state.collect(),
        nudges: report.nudges,
        text,
    }))
}
