//! `/api/v1/audit`: who did what and who saw whom, for the secretariat and, of their own people, for those who look after
//! an office; to look at, summed up for an incident, and to take out.

use std::str::FromStr;
use std::time::Duration;

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;
use utoipa::ToSchema;
use uuid::Uuid;

use super::patients::Card;
use crate::actions::audit::export::Export;
use crate::actions::audit::part::Part;
use crate::actions::audit::shape::{AuditRecordShape, WhoShape};
use crate::actions::audit::{self, AuditError, Exposed, Listed, event::Who};
use crate::domain::audit::{AuditFilter, AuditKind, AuditUse};
use crate::domain::text::{Invalid, Text};
use crate::domain::time::Timestamp;
use crate::http::app::App;
use crate::http::input::{self, Asked};
use crate::http::names;
use crate::http::problem::Problem;
use crate::hub::sessions::SignedIn;
use crate::limits;
use crate::wire::codes::Code;

impl From<AuditError> for Problem {
    fn from(error: AuditError) -> Self {
        match error {
            AuditError::Forbidden => Self::saying(
                Code::Forbidden,
                Text::fixed(
                    "監査記録を見られるのは連携事務局と、自分の事業所の分についてその管理者だけです",
                    "only the secretariat, and of their own office those who look after it, may see audit records",
                ),
            ),
            AuditError::Invalid(invalid) => invalid.into(),
            AuditError::Look(error) => error.into(),
            AuditError::Store(error) => error.into(),
        }
    }
}

/// Records of the audit log, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditList {
    records: Vec<AuditRecordShape>,
    /// The patients they are about, as far as I may know of them.
    patients: Vec<Card>,
    /// The next page's `cursor`; `null`: this was the last. A page may be short and have a next one all the same.
    next: Option<u64>,
}

/// A filter as it was asked for, word for word.
struct Filter {
    patient: Option<String>,
    person: Option<String>,
    organisation: Option<String>,
    kind: Option<String>,
    from: Option<String>,
    until: Option<String>,
}

fn take_filter(asked: &mut Asked) -> Result<AuditFilter, Invalid> {
    read_filter(Filter {
        patient: asked.take_given("patient"),
        person: asked.take_given("person"),
        organisation: asked.take_given("organisation"),
        kind: asked.take("kind"),
        from: asked.take_given("from"),
        until: asked.take_given("until"),
    })
}

fn read_filter(given: Filter) -> Result<AuditFilter, Invalid> {
    let id = || Text::fixed("ID（UUID）です", "an id (UUID) is expected");
    let moment = || {
        let example = "2026-04-01T09:00:00+09:00";
        Text::new(format!("{example} のような日時です"), format!("a moment such as {example} is expected"))
    };
    let kind = given.kind.map(|code| {
        let expected: Vec<&str> = AuditKind::ALL.iter().map(|kind| kind.code()).collect();
        AuditKind::from_code(&code).ok_or_else(|| Invalid::unknown_code("kind", &code, &expected))
    });
    let filter = AuditFilter {
        patient: read_as("patient", given.patient, id)?,
        person: read_as("person", given.person, id)?,
        organisation: read_as("organisation", given.organisation, id)?,
        kind: kind.transpose()?,
        from: read_as::<Timestamp>("from", given.from, moment)?,
        until: read_as::<Timestamp>("until", given.until, moment)?,
    };
    filter.check()?;
    Ok(filter)
}

fn read_as<T: FromStr>(name: &str, given: Option<String>, expected: fn() -> Text) -> Result<Option<T>, Invalid> {
    let wrong = |_| Invalid::new(name, Code::WrongType.code(), expected());
    given.map(|given| given.parse().map_err(wrong)).transpose()
}

/// Who did what, and who saw whom. For the secretariat; whoever looks after an office sees the records of those who acted
/// for it. Looking is on record, and so is each patient whose name is shown.
#[utoipa::path(
    get, path = "/api/v1/audit", tag = "audit",
    params(
        ("patient" = Option<Uuid>, Query, description = "About this patient: who saw them, and what was refused"),
        ("person" = Option<Uuid>, Query, description = "Done by this person, or to them"),
        ("organisation" = Option<Uuid>, Query, description = "Done in the name of this organisation"),
        ("kind" = Option<String>, Query, description = "As `kind` of a record; what was accepted is told for `accepted` alone", example = "read"),
        ("from" = Option<String>, Query, description = "The first moment (RFC 3339)"),
        ("until" = Option<String>, Query, description = "The first moment after"),
        ("cursor" = Option<u64>, Query, description = "`next` of the page before"),
        ("limit" = Option<u64>, Query, description = "At most 500; 100 unless given"),
        ("names" = Option<bool>, Query, description = "Whether patients' names are wanted; `true` unless given"),
    ),
    responses(
        (status = 200, body = AuditList),
        (status = 403, body = Problem, description = "Neither the secretariat nor somebody who looks after an office"),
    ),
)]
pub async fn list(State(app): State<App>, signed_in: SignedIn, mut asked: Asked) -> Result<Json<AuditList>, Problem> {
    let filter = take_filter(&mut asked)?;
    let cursor = asked.take_place("cursor")?;
    let limit = asked.take_limit(limits::AUDIT_PAGE_RECORDS_DEFAULT, limits::AUDIT_PAGE_RECORDS_MAX)?;
    let truth = Text::fixed("true か false です", "true or false is expected");
    let with_names = asked.take_as("names", truth)?.unwrap_or(true);
    asked.finish()?;
    let Listed { events, patients, next } =
        audit::list(&app.hub, &signed_in, filter, (cursor, limit), with_names).await?;
    let directory = app.hub.region().directory();
    let records = events.iter().map(|event| AuditRecordShape::of(event, &directory)).collect();
    Ok(Json(AuditList { records, patients: patients.values().filter_map(Card::of).collect(), next }))
}

/// Who was given what to read, summed up.
#[derive(Debug, Serialize, ToSchema)]
pub struct Exposures {
    lines: Vec<ExposureShape>,
    /// When whoever runs the hub's machine took this patient's record out, or looked into it; of a person always empty.
    taken_out: Vec<TakenOutShape>,
    patients: Vec<Card>,
    /// There is more than is listed: ask for a shorter time.
    more: bool,
    /// Records of reads that do not open: somebody wrote on them, and what they said is not in the lines.
    unreadable: u64,
}

/// A record that was taken out, or looked into, by a command on the hub's machine.
#[derive(Debug, Serialize, ToSchema)]
pub struct TakenOutShape {
    #[schema(example = "2026-04-01T00:30:00Z")]
    at: String,
    /// `null`: its audit record does not open.
    #[schema(example = "renkei export patient")]
    command: Option<String>,
    /// As they wrote it.
    #[schema(example = "本人からの開示請求")]
    reason: Option<String>,
}

/// One person in one position, and one patient's record (or one organisation's page).
#[derive(Debug, Serialize, ToSchema)]
pub struct ExposureShape {
    by: WhoShape,
    /// The patient's, or the organisation's.
    timeline: Uuid,
    #[schema(example = "2026-04-01T00:30:00Z")]
    first_at: String,
    /// `null`: one goes on.
    last_at: Option<String>,
    reads: u64,
    /// Entries after this one.
    after: u64,
    /// Up to this one; some of them may have been hidden from the reader.
    through: u64,
    /// Whether one of them rested on emergency access.
    by_emergency: bool,
}

/// What one account was given to read in a span of time, or who was given one patient's record: what an incident is
/// reported with. A read that was open then counts, whenever it began. Looking is on record.
#[utoipa::path(
    get, path = "/api/v1/audit/exposures", tag = "audit",
    params(
        ("patient" = Option<Uuid>, Query, description = "Whose record; or else `person`"),
        ("person" = Option<Uuid>, Query, description = "Who read"),
        ("from" = Option<String>, Query, description = "The first moment (RFC 3339)"),
        ("until" = Option<String>, Query, description = "The first moment after"),
    ),
    responses(
        (status = 200, body = Exposures),
        (status = 403, body = Problem, description = "Neither the secretariat nor somebody who looks after an office"),
    ),
)]
pub async fn exposures(
    State(app): State<App>,
    signed_in: SignedIn,
    mut asked: Asked,
) -> Result<Json<Exposures>, Problem> {
    let filter = take_filter(&mut asked)?;
    asked.finish()?;
    if filter.organisation.is_some() || filter.kind.is_some() {
        let field = if filter.kind.is_some() { "kind" } else { "organisation" };
        return Err(Invalid::new(field, Code::UnknownField.code(), Code::UnknownField.text()).into());
    }
    let Exposed { lines, unreadable, taken_out, patients } = audit::exposed(&app.hub, &signed_in, filter).await?;
    let directory = app.hub.region().directory();
    let more = lines.len() >= limits::EXPOSURE_LINES_MAX;
    let shape = |line: &crate::hub::Exposure| {
        let (person, role, organisation) = (line.person, Some(line.position.role), line.position.organisation);
        ExposureShape {
            by: WhoShape::of(Who::Person { person, role, organisation }, &directory),
            timeline: line.timeline.0,
            first_at: line.first_at.to_rfc3339(),
            last_at: line.last_at.map(Timestamp::to_rfc3339),
            reads: line.reads,
            after: line.from.0,
            through: line.through.0,
            by_emergency: line.by_emergency,
        }
    };
    let patients = patients.values().filter_map(Card::of).collect();
    let taken_out = taken_out.into_iter().map(|taken| {
        let (command, reason) = taken.said.unzip();
        TakenOutShape { at: taken.at.to_rfc3339(), command, reason }
    });
    let lines = lines.iter().map(shape).collect();
    Ok(Json(Exposures { lines, taken_out: taken_out.collect(), patients, more, unreadable }))
}

/// Which part of the log is taken out, in which form, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "reason": "年次の監査", "format": "csv", "from": "2026-04-01T00:00:00+09:00" }))]
pub struct AuditExport {
    /// Stays in the audit log; nothing of a chart belongs here.
    #[serde(default)]
    reason: String,
    /// `jsonl` (also when missing), `csv`, `fhir` (AuditEvent, a line each), `fhir-bundle`.
    format: Option<String>,
    /// About this patient.
    patient: Option<String>,
    /// Done by this person, or to them.
    person: Option<String>,
    /// Done in the name of this organisation.
    organisation: Option<String>,
    /// As `kind` of a record.
    kind: Option<String>,
    /// The first moment (RFC 3339).
    from: Option<String>,
    /// The first moment after.
    until: Option<String>,
}

/// Take a part of the audit log out, the oldest records first. The export is on record, with the reason. Patients' names are
/// not in it; why somebody did what they had to give a reason for is, as they wrote it.
#[utoipa::path(
    post, path = "/api/v1/audit/export", tag = "audit", request_body = AuditExport,
    responses(
        (status = 200, body = String, content_type = "application/jsonl"),
        (status = 403, body = Problem, description = "Neither the secretariat nor somebody who looks after an office"),
        (status = 422, body = Problem, description = "There is no reason, or something is wrong with what was asked for"),
    ),
)]
pub async fn export(
    State(app): State<App>,
    signed_in: SignedIn,
    input::Json(given): input::Json<AuditExport>,
) -> Result<Response, Problem> {
    let formats = [AuditUse::JsonLines, AuditUse::Csv, AuditUse::FhirLines, AuditUse::FhirBundle];
    let how = match &given.format {
        None => AuditUse::JsonLines,
        Some(given) => *formats
            .iter()
            .find(|format| format.code() == given)
            .ok_or_else(|| Invalid::unknown_code("format", given, &formats.map(AuditUse::code)))?,
    };
    let AuditExport { reason, patient, person, organisation, kind, from, until, .. } = given;
    let filter = read_filter(Filter { patient, person, organisation, kind, from, until })?;
    let (directory, now) = (app.hub.region().directory(), app.hub.region().now());
    let part = Part::of(&directory, &signed_in.actor, filter)?;
    audit::check_reason(&reason)?;
    audit::note_use(app.hub.journal(), signed_in.by(), (how, &part.filter, &reason), now).await?;
    let export = Export::new(app.hub.journal().clone(), directory, part, how);
    let title = names::disposition(false, "renkei-audit", Export::ending(how));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(Export::media_type(how))),
        (header::CONTENT_DISPOSITION, HeaderValue::from_str(&title).expect("percent-encoded names are ASCII")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, handed_out(export)).into_response())
}

/// Whoever takes it slowly waits for no more than a few pieces that are ready; an export that fails is cut short, which
/// the client sees by the missing end of the body.
fn handed_out(mut export: Export) -> Body {
    let (pieces, taken) = mpsc::channel::<Result<Bytes, std::io::Error>>(limits::AUDIT_EXPORT_PIECES_WAITING_MAX);
    tokio::spawn(async move {
        let handing = async {
            loop {
                let piece = match export.next().await {
                    Ok(Some(piece)) => Ok(Bytes::from(piece)),
                    Ok(None) => return,
                    Err(error) => {
                        tracing::error!(code = error.code(), %error, "an export of the audit log is cut short");
                        Err(std::io::Error::other("the journal cannot be read"))
                    }
                };
                let is_last = piece.is_err();
                if pieces.send(piece).await.is_err() || is_last {
                    return;
                }
            }
        };
        let bound = Duration::from_millis(limits::AUDIT_EXPORT_TIMEOUT_MS);
        if tokio::time::timeout(bound, handing).await.is_err() {
            // Cut short as well.
            let late = std::io::Error::from(std::io::ErrorKind::TimedOut);
            let _: Result<(), _> = pieces.try_send(Err(late));
        }
    });
    Body::from_stream(stream::unfold(taken, async |mut taken| taken.recv().await.map(|piece| (piece, taken))))
}
