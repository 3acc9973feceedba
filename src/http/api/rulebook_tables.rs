//! `/api/v1/rulebook/tables`: the rules in force about posts, as tables of words that a tablet keeps and judges by while
//! the hub cannot be asked. Everybody signed in reads the rules; here they are the same, with nothing about anybody.

use axum::Json;
use axum::extract::State;
use axum::http::header::{ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::actions::rulebook::tables::{
    AskedField, FieldValues, PastAsked, Shown, TableDuty, TableEffect, TableRule, TableTerm, TableWants, Tables,
};
use crate::domain::kind::Kind;
use crate::domain::role::Role;
use crate::http::app::App;
use crate::http::shapes::Words;
use crate::hub::sessions::SignedIn;

/// Raised when what is said below means something else: a page leaves tables of another format alone.
const FORMAT: u32 = 1;

/// The rules about posts.
#[derive(Debug, Serialize, ToSchema)]
pub struct TablesShape {
    #[schema(example = 1)]
    format: u32,
    /// Changes with any byte of the rules or their words.
    fingerprint: String,
    sets: Vec<SetVersion>,
    /// The words that these rules ask about.
    fields: Vec<FieldShape>,
    /// In the order in which they are asked.
    rules: Vec<TableRuleShape>,
    /// Who sees an ordinary record of each kind.
    shown: Vec<ShownShape>,
}

/// A file of rules.
#[derive(Debug, Serialize, ToSchema)]
pub struct SetVersion {
    #[schema(example = "sharing")]
    id: String,
    #[schema(example = "1.1.0")]
    version: String,
    title: Words,
}

/// A word that rules ask about.
#[derive(Debug, Serialize, ToSchema)]
pub struct FieldShape {
    #[schema(example = "record.phoned")]
    code: String,
    /// `flag`, `choice`, `number`, `duration` (in seconds).
    #[serde(rename = "type")]
    kind: &'static str,
    label: Words,
    /// Of a flag: what is said where it is false.
    #[serde(skip_serializing_if = "Option::is_none")]
    no: Option<Words>,
    /// Of a choice: what it may be.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    values: Vec<ValueShape>,
    /// Of a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<Words>,
    /// How what was written answers it, where that is enough.
    #[serde(skip_serializing_if = "Option::is_none")]
    past: Option<PastShape>,
}

/// A value of a choice.
#[derive(Debug, Serialize, ToSchema)]
pub struct ValueShape {
    code: String,
    label: Words,
}

/// A look back at what was written.
#[derive(Debug, Serialize, ToSchema)]
pub struct PastShape {
    /// `in_force`, `exists`, `acknowledged`, `missing`.
    how: &'static str,
    /// Kinds.
    of: Vec<&'static str>,
    /// Only what came after the last of these kinds counts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    since: Vec<&'static str>,
    /// Only what is younger counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    within_s: Option<i64>,
}

/// A rule about posts. All terms of a list must hold, and of several lists one.
#[derive(Debug, Serialize, ToSchema)]
pub struct TableRuleShape {
    #[schema(example = "OP-1@operating-policy/1.2.0#3f0c2d9a81be")]
    citation: String,
    title: Words,
    /// Why it was agreed, or the advice.
    says: Words,
    /// `must`, `should`.
    strength: &'static str,
    /// Kinds of post.
    on: Vec<&'static str>,
    when: Vec<Vec<TermShape>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unless: Vec<Vec<TermShape>>,
    /// `permit`, `forbid`, `queue`, `gate`, `duty`, `nudge`.
    does: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    gate: Option<GateShape>,
    #[serde(skip_serializing_if = "Option::is_none")]
    duty: Option<DutyTermsShape>,
    /// Of a nudge: `author`, `nurse`, `secretariat`.
    #[serde(skip_serializing_if = "Option::is_none")]
    audience: Option<&'static str>,
}

/// One of these values is wanted.
#[derive(Debug, Serialize, ToSchema)]
pub struct TermShape {
    field: String,
    /// Codes; of a flag `true` and `false`.
    #[serde(skip_serializing_if = "Option::is_none")]
    is: Option<Vec<String>>,
    /// Whole numbers from and to, both included; `null`: without end.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<Vec<Option<i64>>>>)]
    within: Option<Vec<[Option<i64>; 2]>>,
    words: Words,
}

/// What lets a post pass.
#[derive(Debug, Serialize, ToSchema)]
pub struct GateShape {
    require: Vec<Vec<TermShape>>,
    pass_if: Vec<Vec<TermShape>>,
    /// `pass_if` in words.
    exceptions: Vec<Words>,
    reason_ok: bool,
}

/// The terms of a duty.
#[derive(Debug, Serialize, ToSchema)]
pub struct DutyTermsShape {
    owed_by: Words,
    roles: Vec<&'static str>,
    /// Where those who owe are looked for: `team`, `author`, `named`, `visited`, `not_visited`, `host`, `region`.
    of: &'static str,
    /// Whoever holds one of the roles there owes it, or the author.
    by_role: bool,
    /// Each organisation owes for itself.
    each: bool,
    met_by: Words,
    acknowledge: bool,
    within_s: i64,
    /// Only opening hours count.
    business: bool,
    within: Words,
    /// Who is told when nobody acts.
    chain: Vec<Words>,
    ways_out: Option<Words>,
}

/// Who sees an ordinary record of a kind.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShownShape {
    kind: &'static str,
    /// Roles on the team of a patient who agreed to sharing.
    team: Vec<&'static str>,
    /// Roles on the team that see what their own organisation wrote, restricted or not.
    own: Vec<&'static str>,
}

/// The rules in force about posts, as tables that a page judges by while it cannot ask.
#[utoipa::path(
    get, path = "/api/v1/rulebook/tables", tag = "rulebook",
    params(("if-none-match" = Option<String>, Header, description = "The `etag` of the tables that the page has")),
    responses((status = 200, body = TablesShape), (status = 304, description = "They are what the page has")),
)]
pub async fn show(State(app): State<App>, _: SignedIn, headers: HeaderMap) -> Response {
    let book = app.hub.region().rulebook();
    let tag = format!("\"{}-{FORMAT}\"", book.fingerprint());
    let known = headers.get(IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes());
    let tag = [(ETAG, HeaderValue::from_str(&tag).expect("a fingerprint is hexadecimal"))];
    if known {
        return (StatusCode::NOT_MODIFIED, tag).into_response();
    }
    let sets = book.sets().iter().map(|set| SetVersion {
        id: set.id.clone(),
        version: set.version.clone(),
        title: Words::from(&set.title),
    });
    let Tables { fields, rules, shown } = book.tables();
    let tables = TablesShape {
        format: FORMAT,
        fingerprint: book.fingerprint().to_owned(),
        sets: sets.collect(),
        fields: fields.iter().map(FieldShape::of).collect(),
        rules: rules.iter().map(TableRuleShape::of).collect(),
        shown: shown.iter().map(ShownShape::of).collect(),
    };
    (tag, Json(tables)).into_response()
}

fn kinds(kinds: &[Kind]) -> Vec<&'static str> {
    kinds.iter().map(|kind| kind.code()).collect()
}

fn roles(roles: &[Role]) -> Vec<&'static str> {
    roles.iter().map(|role| role.code()).collect()
}

fn clauses(clauses: &[Vec<TableTerm>]) -> Vec<Vec<TermShape>> {
    clauses.iter().map(|terms| terms.iter().map(TermShape::of).collect()).collect()
}

impl FieldShape {
    fn of(field: &AskedField) -> Self {
        let shape = |kind| Self {
            code: field.code.clone(),
            kind,
            label: Words::from(&field.label),
            no: None,
            values: Vec::new(),
            unit: None,
            past: field.past.as_ref().map(PastShape::of),
        };
        match &field.values {
            FieldValues::Flag { no } => Self { no: Some(Words::from(no)), ..shape("flag") },
            FieldValues::Choice(values) => {
                let value = |(code, label): &(String, _)| ValueShape { code: code.clone(), label: Words::from(label) };
                Self { values: values.iter().map(value).collect(), ..shape("choice") }
            }
            FieldValues::Number { unit } => Self { unit: Some(Words::from(unit)), ..shape("number") },
            FieldValues::Duration => shape("duration"),
        }
    }
}

impl PastShape {
    fn of(past: &PastAsked) -> Self {
        Self { how: past.how, of: kinds(&past.of), since: kinds(&past.since), within_s: past.within_s }
    }
}

impl TableRuleShape {
    fn of(rule: &TableRule) -> Self {
        let shape = |does| Self {
            citation: rule.citation.clone(),
            title: Words::from(&rule.title),
            says: Words::from(&rule.says),
            strength: rule.strength,
            on: kinds(&rule.on),
            when: clauses(&rule.when),
            unless: clauses(&rule.unless),
            does,
            gate: None,
            duty: None,
            audience: None,
        };
        match &rule.does {
            TableEffect::Permit => shape("permit"),
            TableEffect::Forbid => shape("forbid"),
            TableEffect::Queue => shape("queue"),
            TableEffect::Gate { require, pass_if, exceptions, reason_ok } => {
                let exceptions = exceptions.iter().map(Words::from).collect();
                let (require, pass_if) = (clauses(require), clauses(pass_if));
                Self { gate: Some(GateShape { require, pass_if, exceptions, reason_ok: *reason_ok }), ..shape("gate") }
            }
            TableEffect::Duty(duty) => Self { duty: Some(DutyTermsShape::of(duty)), ..shape("duty") },
            TableEffect::Nudge { audience } => Self { audience: Some(*audience), ..shape("nudge") },
        }
    }
}

impl TermShape {
    fn of(term: &TableTerm) -> Self {
        let (is, within) = match &term.wants {
            TableWants::OneOf(codes) => (Some(codes.clone()), None),
            TableWants::Within(parts) => {
                let end = |at: i64, open: i64| (at != open).then_some(at);
                let parts = parts.iter().map(|part| [end(part.low, i64::MIN), end(part.high, i64::MAX)]);
                (None, Some(parts.collect()))
            }
        };
        Self { field: term.field.clone(), is, within, words: Words::from(&term.words) }
    }
}

impl DutyTermsShape {
    fn of(duty: &TableDuty) -> Self {
        Self {
            owed_by: Words::from(&duty.owed_by),
            roles: roles(&duty.roles),
            of: duty.relation,
            by_role: duty.by_role,
            each: duty.each,
            met_by: Words::from(&duty.met_by),
            acknowledge: duty.acknowledge,
            within_s: duty.within_s,
            business: duty.is_business,
            within: Words::from(&duty.within),
            chain: duty.chain.iter().map(Words::from).collect(),
            ways_out: duty.ways_out.as_ref().map(Words::from),
        }
    }
}

impl ShownShape {
    fn of(shown: &Shown) -> Self {
        Self { kind: shown.kind.code(), team: roles(&shown.to_team), own: roles(&shown.to_own) }
    }
}
