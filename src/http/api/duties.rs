//! `/api/v1/duties`: what is owed, by whom, until when, and how it stands; and the clock that watches over it. Answers
//! are posts of the kind `duty_answer`.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::actions::duties::{self, ListedDuty, Query, Which};
use crate::actions::duty_clock;
use crate::domain::duties::{Ended, Standing};
use crate::domain::duty::Debtor;
use crate::domain::ids::{Seq, TimelineId};
use crate::domain::reading::ReadScope;
use crate::domain::text::{Invalid, Text};
use crate::domain::time::Timestamp;
use crate::http::app::App;
use crate::http::authentication::Secretariat;
use crate::http::input::{Asked, Id};
use crate::http::problem::Problem;
use crate::http::shapes::Words;
use crate::hub::sessions::SignedIn;
use crate::limits;

/// Duties by patient, the one due first in front.
#[derive(Debug, Serialize, ToSchema)]
pub struct DutyList {
    duties: Vec<DutyShape>,
    /// The next page's `after`; `null`: this was the last.
    next: Option<Uuid>,
}

/// A duty as it stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct DutyShape {
    id: Uuid,
    /// The patient's, or the organisation's of whose own duty it is.
    timeline: Uuid,
    /// The rule it comes from, in the version it was opened under.
    #[schema(example = "ND-M1@etiquette-doctor-nurse/1.0.0#3f0c2d9a81be")]
    rule: String,
    /// `null`: the rulebook of that time was not kept.
    title: Option<Words>,
    /// The entry that opened it; `null`: a state asks for it, or it is not for this reader.
    cause: Option<Uuid>,
    #[schema(example = "2026-04-01T00:30:00Z")]
    opened_at: String,
    #[schema(example = "2026-04-01T04:30:00Z")]
    due: String,
    /// Who owes it now: one of them is enough.
    debtors: Vec<DebtorShape>,
    /// Organisations whose place the debtors took, or whom they are to reach in another way: the hub cannot tell them.
    in_place_of: Vec<Uuid>,
    /// The other of a pair, where the rule is about two organisations.
    with: Option<Uuid>,
    /// Whether I owe it in my role.
    mine: bool,
    /// `open`, `snoozed`, `overdue`, `escalated`, `paused`, `met`, `declined`, `waived`, `closed`.
    #[schema(example = "open")]
    standing: &'static str,
    /// With `closed`: `no_longer_asked`, `cause_retracted`, `admission`, `death`, `page_closed`, `rule_retired`.
    closed_for: Option<&'static str>,
    /// When it was first overdue, also if it was met since.
    overdue_at: Option<String>,
    ended_at: Option<String>,
    /// Whom the chain tells, step by step, and when each is told after the due time.
    chain: Vec<ChainShape>,
    /// How it may end or rest otherwise: `decline`, `snooze`, `waive`, `cannot_go`; `phoned`: an answered
    /// call to whoever owes, about what opened it, meets it. Handing over is always possible.
    ways_out: Vec<&'static str>,
    /// Not everything was known when it was opened.
    unconfirmed: bool,
}

/// Who owes, or is told.
#[derive(Debug, Serialize, ToSchema)]
pub struct DebtorShape {
    organisation: Uuid,
    roles: Vec<&'static str>,
    /// `member`, `manager`, `contact`, `person`.
    capacity: &'static str,
    person: Option<Uuid>,
}

/// A step of the chain.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChainShape {
    told: Vec<DebtorShape>,
    after_s: i64,
    /// `calendar`, `business`.
    clock: &'static str,
    /// Whether it was told.
    done: bool,
}

impl From<&Debtor> for DebtorShape {
    fn from(debtor: &Debtor) -> Self {
        Self {
            organisation: debtor.organisation.0,
            roles: debtor.roles.roles().map(|role| role.code()).collect(),
            capacity: debtor.capacity.code(),
            person: debtor.person.map(|person| person.0),
        }
    }
}

impl From<ListedDuty> for DutyShape {
    fn from(listed: ListedDuty) -> Self {
        let ListedDuty { timeline, duty, title, cause, is_mine } = listed;
        let (standing, closed_for) = match duty.standing() {
            Standing::Open => ("open", None),
            Standing::Snoozed => ("snoozed", None),
            Standing::Overdue => ("overdue", None),
            Standing::Escalated(_) => ("escalated", None),
            Standing::Paused => ("paused", None),
            Standing::Ended(Ended::Met) => ("met", None),
            Standing::Ended(Ended::Declined) => ("declined", None),
            Standing::Ended(Ended::Waived) => ("waived", None),
            Standing::Ended(Ended::Closed(reason)) => ("closed", Some(reason.code())),
        };
        // Of one that ended or rests, too.
        let told = duty.steps_told() as usize;
        let step = |(level, step): (usize, &crate::domain::terms::ChainStep)| ChainShape {
            told: duty.opened.told(level, &duty.debtors).iter().map(DebtorShape::from).collect(),
            after_s: step.after.seconds,
            clock: step.after.clock.code(),
            done: level < told,
        };
        Self {
            id: duty.opened.id.0,
            timeline: timeline.0,
            rule: duty.opened.rule.to_string(),
            title: title.as_ref().map(Words::from),
            cause: cause.map(|cause| cause.0),
            opened_at: duty.opened_at.to_rfc3339(),
            due: duty.due.to_rfc3339(),
            debtors: duty.debtors.iter().map(DebtorShape::from).collect(),
            in_place_of: duty.in_place_of.iter().map(|office| office.0).collect(),
            with: duty.opened.with.map(|other| other.0),
            mine: is_mine,
            standing,
            closed_for,
            overdue_at: duty.overdue_at.map(Timestamp::to_rfc3339),
            ended_at: duty.ended_by.map(|(_, at)| at.to_rfc3339()),
            chain: duty.opened.terms.escalate.iter().enumerate().map(step).collect(),
            ways_out: duty.opened.terms.ways_out.iter().map(|way| way.code()).collect(),
            unconfirmed: !duty.opened.confirmed,
        }
    }
}

/// What is owed on my patients; the secretariat sees how the duties of all stand. Recorded as a look at each patient.
#[utoipa::path(
    get, path = "/api/v1/duties", tag = "duties",
    params(
        ("state" = Option<String>, Query, description = "`open` (unless given), `overdue`, `ended` (those that ended last)"),
        ("mine" = Option<bool>, Query, description = "Only what I owe in my role at my organisation"),
        ("after" = Option<Uuid>, Query, description = "`next` of the page before"),
        ("limit" = Option<u64>, Query, description = "Patients looked at, at most 200; 50 unless given"),
    ),
    responses((status = 200, body = DutyList)),
)]
pub async fn list(State(app): State<App>, signed_in: SignedIn, mut asked: Asked) -> Result<Json<DutyList>, Problem> {
    let which = take_which(&mut asked)?;
    let flag = Text::fixed("true か false です", "true or false is expected");
    let mine = asked.take_as("mine", flag)?.unwrap_or(false);
    let id = Text::fixed("前のページの next の値です", "the `next` of the page before is expected");
    let after: Option<TimelineId> = asked.take_as("after", id)?;
    let limit = asked.take_limit(limits::DUTY_PAGE_TIMELINES_DEFAULT, limits::DUTY_PAGE_TIMELINES_MAX)?;
    asked.finish()?;
    let query = Query { which, mine, after, limit };
    let page = duties::list(&app.hub, &app.kept_rulebooks, &signed_in, query).await?;
    let next = page.next.map(|next| next.0);
    Ok(Json(DutyList { duties: page.duties.into_iter().map(DutyShape::from).collect(), next }))
}

/// How the duties of a patient stand: those that are open, and those that ended last.
#[utoipa::path(
    get, path = "/api/v1/timelines/{id}/duties", tag = "duties",
    params(
        ("id" = Uuid, Path, description = "The timeline, which is the patient's id"),
        ("state" = Option<String>, Query, description = "`open` (unless given), `overdue`, `ended` (those that ended last)"),
    ),
    responses((status = 200, body = DutyList)),
)]
pub async fn list_of_timeline(
    State(app): State<App>,
    signed_in: SignedIn,
    Id(timeline): Id<TimelineId>,
    mut asked: Asked,
) -> Result<Json<DutyList>, Problem> {
    let which = take_which(&mut asked)?;
    asked.finish()?;
    let SignedIn { id, actor, .. } = signed_in;
    let sight = app.hub.look(actor, id, timeline, Seq::ZERO, Some(Seq::ZERO), ReadScope::Duties).await?;
    let sight = sight.ok_or_else(Problem::not_found)?;
    let shown = duties::shown(&app.hub, &app.kept_rulebooks, &signed_in, &sight, which, false).await?;
    Ok(Json(DutyList { duties: shown.into_iter().map(DutyShape::from).collect(), next: None }))
}

fn take_which(asked: &mut Asked) -> Result<Which, Invalid> {
    let Some(given) = asked.take("state") else { return Ok(Which::Open) };
    let expected: Vec<&str> = Which::ALL.iter().map(|which| which.code()).collect();
    Which::from_code(&given).ok_or_else(|| Invalid::unknown_code("state", &given, &expected))
}

/// The duty clock.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClockShape {
    /// `false`: the machine's clock jumped ahead, and nothing is reminded of or escalated until it is released.
    running: bool,
    /// What the machine's clock said when it jumped.
    stopped_at: Option<String>,
}

/// Whether the duty clock runs.
#[utoipa::path(
    get, path = "/api/v1/duty-clock", tag = "secretariat",
    responses((status = 200, body = ClockShape), (status = 403, body = Problem, description = "Not the secretariat")),
)]
pub async fn show_clock(State(app): State<App>, _: Secretariat) -> Json<ClockShape> {
    let stopped = app.hub.duty_clock_stopped();
    Json(ClockShape { running: stopped.is_none(), stopped_at: stopped.map(|stopped| stopped.at.to_rfc3339()) })
}

/// The time is right after all: let the duty clock go on. What fell due meanwhile is done at once.
#[utoipa::path(
    delete, path = "/api/v1/duty-clock/stop", tag = "secretariat",
    responses((status = 204), (status = 403, body = Problem, description = "Not the secretariat")),
)]
pub async fn release_clock(State(app): State<App>, secretariat: Secretariat) -> Result<StatusCode, Problem> {
    duty_clock::release(&app.hub, secretariat.into()).await?;
    Ok(StatusCode::NO_CONTENT)
}
