//! `/api/v1/compliance`: how the region keeps its agreements, in counts, as JSON and as a table for a spreadsheet.

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

use crate::actions::compliance::{ComplianceSeen, compliance_for};
use crate::domain::role::OrganisationType;
use crate::domain::text::Invalid;
use crate::http::app::App;
use crate::http::input::{Asked, date};
use crate::http::problem::Problem;
use crate::http::shapes::Words;
use crate::hub::sessions::SignedIn;
use crate::limits::COMPLIANCE_OFFICES_MIN;

/// Counts of duties and of pairs, never of a person or a single organisation.
#[derive(Debug, Serialize, ToSchema)]
pub struct ComplianceShape {
    duties: Vec<CellShape>,
    pairs: Vec<PairShape>,
    /// The types that `other` holds together: those of which the region has fewer than three organisations.
    other: Vec<TypeShape>,
}

/// A type of organisation.
#[derive(Debug, Serialize, ToSchema)]
pub struct TypeShape {
    #[schema(example = "hospital")]
    code: &'static str,
    label: Words,
}

/// Duties by rule, type of organisation and month. `opened` is the sum of the others.
#[derive(Debug, Serialize, ToSchema)]
pub struct CellShape {
    #[schema(example = "ND-M1")]
    rule: String,
    /// `null`: no such rule is in force any more.
    title: Option<Words>,
    /// Of whoever owed it; `other`: the types with too few organisations to be shown by themselves, together.
    #[schema(example = "nursing_station")]
    organisation_type: &'static str,
    organisation_type_label: Words,
    #[schema(example = "2026-04")]
    month: String,
    opened: u64,
    met_in_time: u64,
    met_late: u64,
    /// By whoever owed it, with a reason.
    declined: u64,
    /// By whoever it was owed to, with a reason.
    waived: u64,
    /// Whoever owed it said in time that they cannot; others were told at once.
    answered_otherwise: u64,
    closed: u64,
    open: u64,
    overdue: u64,
}

/// Pairs of organisations that serve a patient together, as they stand now.
#[derive(Debug, Serialize, ToSchema)]
pub struct PairShape {
    #[schema(example = "MU-M2")]
    rule: String,
    title: Option<Words>,
    organisation_types: [&'static str; 2],
    organisation_types_label: Words,
    /// Within the span of the rule.
    met: u64,
    not_met: u64,
}

impl From<&ComplianceSeen> for ComplianceShape {
    fn from(seen: &ComplianceSeen) -> Self {
        let title = |rule: &str| seen.titles.get(rule).map(Words::from);
        let duties = seen.cells.iter().map(|(cell, counts)| CellShape {
            rule: cell.rule.to_string(),
            title: title(&cell.rule),
            organisation_type: cell.organisation_type.map_or(OTHER, OrganisationType::code),
            organisation_type_label: cell.organisation_type.map_or_else(|| together(&seen.few), label),
            month: cell.month.strftime("%Y-%m").to_string(),
            opened: counts.opened,
            met_in_time: counts.met_in_time,
            met_late: counts.met_late,
            declined: counts.declined,
            waived: counts.waived,
            answered_otherwise: counts.answered_otherwise,
            closed: counts.closed,
            open: counts.open,
            overdue: counts.overdue,
        });
        let pairs = seen.pairs.iter().map(|(cell, counts)| PairShape {
            rule: cell.rule.to_string(),
            title: title(&cell.rule),
            organisation_types: [cell.types.0.code(), cell.types.1.code()],
            organisation_types_label: Words {
                ja: format!("{}と{}", cell.types.0.ja(), cell.types.1.ja()),
                en: format!("{} and {}", cell.types.0.en(), cell.types.1.en()),
            },
            met: counts.met,
            not_met: counts.not_met,
        });
        let other = seen.few.iter().map(|kind| TypeShape { code: kind.code(), label: label(*kind) });
        Self { duties: duties.collect(), pairs: pairs.collect(), other: other.collect() }
    }
}

/// What the types counted together are called in place of a code.
const OTHER: &str = "other";

fn label(kind: OrganisationType) -> Words {
    Words { ja: kind.ja().to_owned(), en: kind.en().to_owned() }
}

/// That they are counted together, why, and who they are.
fn together(few: &[OrganisationType]) -> Words {
    let ja: Vec<&str> = few.iter().map(|kind| kind.ja()).collect();
    let en: Vec<&str> = few.iter().map(|kind| kind.en()).collect();
    let least = COMPLIANCE_OFFICES_MIN;
    Words {
        ja: format!("事業所が{least}か所に満たない種類の合計：{}", ja.join("、")),
        en: format!("types with fewer than {least} organisations, together: {}", en.join(", ")),
    }
}

async fn count(app: &App, signed_in: &SignedIn, mut asked: Asked) -> Result<ComplianceShape, Problem> {
    let from = take_day(&mut asked, "from")?;
    let until = take_day(&mut asked, "until")?;
    asked.finish()?;
    Ok(ComplianceShape::from(&compliance_for(&app.hub, &signed_in.actor, from, until).await?))
}

fn take_day(asked: &mut Asked, name: &'static str) -> Result<Option<Date>, Invalid> {
    asked.take(name).map(|day| date(name, &day)).transpose()
}

/// How agreements are kept: per rule, type of organisation and month, and pairs that met. The secretariat sees every
/// type, others their own. Types with fewer than three organisations are counted together.
#[utoipa::path(
    get, path = "/api/v1/compliance", tag = "rulebook",
    params(
        ("from" = Option<String>, Query, description = "First day of opening, such as 2026-04-01; its whole month counts"),
        ("until" = Option<String>, Query, description = "Last day of opening; its whole month counts"),
    ),
    responses((status = 200, body = ComplianceShape)),
)]
pub async fn show(State(app): State<App>, signed_in: SignedIn, asked: Asked) -> Result<Json<ComplianceShape>, Problem> {
    Ok(Json(count(&app, &signed_in, asked).await?))
}

/// The duties of the same as a table: UTF-8 with a byte order mark, as spreadsheets expect it.
#[utoipa::path(
    get, path = "/api/v1/compliance.csv", tag = "rulebook",
    params(
        ("from" = Option<String>, Query, description = "First day of opening, such as 2026-04-01; its whole month counts"),
        ("until" = Option<String>, Query, description = "Last day of opening; its whole month counts"),
    ),
    responses((status = 200, body = String, content_type = "text/csv")),
)]
pub async fn show_table(
    State(app): State<App>,
    signed_in: SignedIn,
    asked: Asked,
) -> Result<impl IntoResponse, Problem> {
    let table = table(&count(&app, &signed_in, asked).await?);
    Ok(([(header::CONTENT_TYPE, "text/csv; charset=utf-8")], table))
}

fn table(counted: &ComplianceShape) -> String {
    let mut table = String::from("\u{feff}");
    let mut line = |cells: &[&str]| {
        let quoted: Vec<String> = cells.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
        table.push_str(&quoted.join(","));
        table.push_str("\r\n");
    };
    line(&[
        "rule",
        "title_ja",
        "title_en",
        "organisation_type",
        "other_type",
        "organisation_type_ja",
        "organisation_type_en",
        "month",
        "opened",
        "met_in_time",
        "met_late",
        "declined",
        "waived",
        "answered_otherwise",
        "closed",
        "open",
        "overdue",
        "pairs_met",
        "pairs_not_met",
    ]);
    let words =
        |title: &Option<Words>| title.as_ref().map_or_else(Default::default, |of| (of.ja.clone(), of.en.clone()));
    for cell in &counted.duties {
        let (ja, en) = words(&cell.title);
        let let_go = [cell.declined, cell.waived, cell.answered_otherwise];
        let counts = [cell.opened, cell.met_in_time, cell.met_late].into_iter().chain(let_go);
        let counts: Vec<u64> = counts.chain([cell.closed, cell.open, cell.overdue]).collect();
        let counts: Vec<String> = counts.iter().map(u64::to_string).collect();
        let of = &cell.organisation_type_label;
        let mut cells = vec![cell.rule.as_str(), &ja, &en, cell.organisation_type, "", &of.ja, &of.en, &cell.month];
        cells.extend(counts.iter().map(String::as_str));
        cells.extend(["", ""]);
        line(&cells);
    }
    for pair in &counted.pairs {
        let (ja, en) = words(&pair.title);
        let [one, other] = pair.organisation_types;
        let (met, not_met) = (pair.met.to_string(), pair.not_met.to_string());
        let of = &pair.organisation_types_label;
        let mut cells = vec![pair.rule.as_str(), &ja, &en, one, other, &of.ja, &of.en];
        cells.extend([""; 10]);
        cells.extend([met.as_str(), &not_met]);
        line(&cells);
    }
    table
}
