//! `/api/v1/rulebook`: the rules in force in words, and the rule behind a citation. Everybody signed in reads them.

use axum::Json;
use axum::extract::{Path, State};
use serde::Serialize;
use utoipa::ToSchema;

use crate::actions::rulebook::{Labelled, RuleInWords, SetInWords, find_cited, rules_of};
use crate::http::app::App;
use crate::http::problem::Problem;
use crate::http::shapes::Words;
use crate::hub::sessions::SignedIn;

/// The rulebook in force.
#[derive(Debug, Serialize, ToSchema)]
pub struct Book {
    /// Changes with any byte of the rules or their words.
    fingerprint: String,
    /// The floor first.
    sets: Vec<SetShape>,
}

/// One file of rules that bodies agree on as a whole.
#[derive(Debug, Serialize, ToSchema)]
pub struct SetShape {
    #[schema(example = "floor")]
    id: String,
    #[schema(example = "1.0.0")]
    version: String,
    /// First 12 hexadecimal digits of the SHA-256 of the file.
    hash: String,
    title: Words,
    /// `floor`, `sharing`.
    layer: &'static str,
    /// `seed`, `draft`, `proposed`, `agreed`, `retired`.
    status: &'static str,
    #[schema(example = "2026-04-01")]
    effective: String,
    agreed_by: Vec<SignatureShape>,
    rules: Vec<RuleShape>,
}

/// A body's agreement.
#[derive(Debug, Serialize, ToSchema)]
pub struct SignatureShape {
    body: String,
    role: String,
    on: String,
}

/// The rule behind a citation, and who agreed on it.
#[derive(Debug, Serialize, ToSchema)]
pub struct CitedRule {
    #[serde(flatten)]
    rule: RuleShape,
    /// The file of rules it stands in.
    set: SetHeader,
    /// Whether new posts are judged by it; else it stands in a rulebook of the past.
    in_force: bool,
}

/// A file of rules without its rules.
#[derive(Debug, Serialize, ToSchema)]
pub struct SetHeader {
    #[schema(example = "floor")]
    id: String,
    #[schema(example = "1.0.0")]
    version: String,
    title: Words,
    /// `floor`, `sharing`.
    layer: &'static str,
    /// `seed`, `draft`, `proposed`, `agreed`, `retired`.
    status: &'static str,
    #[schema(example = "2026-04-01")]
    effective: String,
    agreed_by: Vec<SignatureShape>,
}

impl CitedRule {
    fn of((set, rule): (SetInWords, RuleInWords), in_force: bool) -> Self {
        let agreed_by = set.agreed_by.into_iter();
        let set = SetHeader {
            id: set.id,
            version: set.version,
            title: Words::from(&set.title),
            layer: set.layer,
            status: set.status,
            effective: set.effective.to_string(),
            agreed_by: agreed_by
                .map(|by| SignatureShape { body: by.body, role: by.role, on: by.on.to_string() })
                .collect(),
        };
        Self { rule: rule.into(), set, in_force }
    }
}

/// A rule in words.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleShape {
    #[schema(example = "FL-1")]
    id: String,
    /// As rulings cite it.
    #[schema(example = "FL-1@floor/1.0.0#3f0c2d9a81be")]
    citation: String,
    title: Words,
    reason: Words,
    /// How binding: `must`, `should`.
    strength: WordShape,
    /// Where it comes from: `law`, `published`, `design`, `proposal`.
    origin: WordShape,
    /// `permit`, `forbid`, `queue`, `bound`.
    effect: WordShape,
    /// Kinds whose reading it is about.
    view: Vec<&'static str>,
    /// Kinds whose posting it is about.
    post: Vec<&'static str>,
}

/// A word of the rule files.
#[derive(Debug, Serialize, ToSchema)]
pub struct WordShape {
    code: &'static str,
    ja: &'static str,
}

impl From<Labelled> for WordShape {
    fn from(word: Labelled) -> Self {
        Self { code: word.code, ja: word.ja }
    }
}

impl From<RuleInWords> for RuleShape {
    fn from(rule: RuleInWords) -> Self {
        Self {
            title: Words::from(&rule.title),
            reason: Words::from(&rule.reason),
            id: rule.id,
            citation: rule.citation,
            strength: rule.strength.into(),
            origin: rule.origin.into(),
            effect: rule.effect.into(),
            view: rule.view.iter().map(|kind| kind.code()).collect(),
            post: rule.post.iter().map(|kind| kind.code()).collect(),
        }
    }
}

/// The rules in force, in words.
#[utoipa::path(get, path = "/api/v1/rulebook", tag = "rulebook", responses((status = 200, body = Book)))]
pub async fn show(State(app): State<App>, _: SignedIn) -> Json<Book> {
    let book = app.hub.region().rulebook();
    let sets = book.sets().iter().map(|set| SetShape {
        id: set.id.clone(),
        version: set.version.clone(),
        hash: set.hash.clone(),
        title: Words::from(&set.title),
        layer: set.layer.code(),
        status: set.status.code(),
        effective: set.effective.to_string(),
        agreed_by: set
            .agreed_by
            .iter()
            .map(|by| SignatureShape { body: by.body.clone(), role: by.role.clone(), on: by.on.to_string() })
            .collect(),
        rules: rules_of(set).into_iter().map(RuleShape::from).collect(),
    });
    Json(Book { fingerprint: book.fingerprint().to_owned(), sets: sets.collect() })
}

/// The rule that a ruling cites, from the rulebook in force or from whichever was when the ruling was made.
#[utoipa::path(
    get, path = "/api/v1/rulebook/citations/{citation}", tag = "rulebook",
    params(("citation" = String, Path, description = "`RULE@set/version#hash`, percent-encoded")),
    responses((status = 200, body = CitedRule)),
)]
pub async fn show_cited(
    State(app): State<App>,
    _: SignedIn,
    Path(citation): Path<String>,
) -> Result<Json<CitedRule>, Problem> {
    let book = app.hub.region().rulebook();
    if let Some(found) = find_cited(&book, &citation) {
        return Ok(Json(CitedRule::of(found, true)));
    }
    let past = app.kept_rulebooks.find(&citation).await?.ok_or_else(Problem::not_found)?;
    let found = find_cited(&past, &citation).ok_or_else(Problem::not_found)?;
    Ok(Json(CitedRule::of(found, false)))
}
