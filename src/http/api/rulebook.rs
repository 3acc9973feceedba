//! `/api/v1/rulebook`: the rules in force in words, and the rule behind a citation. Everybody signed in reads them.

use axum::Json;
use axum::extract::{Path, State};
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

use super::rulebooks::{self, FileShape};
use crate::actions::agreement::{AgreedRule, Agreement, Agreements, find_agreed};
use crate::actions::rulebook::{Labelled, RuleInWords, Rulebook, has_only_seeds, rules_of};
use crate::domain::text::Text;
use crate::domain::time::Timestamp;
use crate::http::app::App;
use crate::http::authentication::Arrived;
use crate::http::input::Asked;
use crate::http::problem::Problem;
use crate::http::shapes::Words;
use crate::hub::sessions::SignedIn;

/// The rulebook in force.
#[derive(Debug, Serialize, ToSchema)]
pub struct Book {
    /// Changes with any byte of the rules or their words.
    fingerprint: String,
    /// Who says that it is in force: `configured` (`rulebook_dir`), `agreed` (a version of `/api/v1/rulebooks`), `shipped`
    /// (the region has not put any in force).
    source: &'static str,
    /// The version in force, where there is one.
    version: Option<uuid::Uuid>,
    /// All of it is a seed: nobody has agreed on any of it.
    only_seeds: bool,
    /// What is still to settle: seeds nobody signed, reviews that are due, figures that stand in.
    notes: Vec<NoteShape>,
    /// The floor first.
    sets: Vec<SetShape>,
}

/// Something to settle about a rulebook.
#[derive(Debug, Serialize, ToSchema)]
pub struct NoteShape {
    /// `unsigned-seed`, `no-review-date`, `review-due`, `no-body`, `placeholder`.
    code: &'static str,
    /// The rule, set or field.
    about: String,
    /// `file:line:column`.
    place: String,
    text: Words,
}

impl NoteShape {
    pub(super) fn of(book: &Rulebook, today: Date) -> Vec<Self> {
        let notes = book.notes(today).into_iter().map(|note| Self {
            code: note.code,
            place: note.at.to_string(),
            text: Words::from(&note.text),
            about: note.about,
        });
        notes.collect()
    }
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
    /// `floor`, `sharing`, `etiquette`.
    layer: &'static str,
    /// What the file says of itself: `seed`, `draft`, `proposed`, `agreed`, `retired`.
    status: &'static str,
    /// Where the version it is in stands: `draft`, `proposed`, `agreed`, `in_force`, `retired`; as `status` where it is in none.
    stage: &'static str,
    stage_label: Words,
    #[schema(example = "2026-04-01")]
    effective: String,
    /// The day by which the bodies look at the rules again.
    review_by: Option<String>,
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
    /// `floor`, `sharing`, `etiquette`.
    layer: &'static str,
    /// What the file says of itself: `seed`, `draft`, `proposed`, `agreed`, `retired`.
    status: &'static str,
    /// Where the version it is in stands: `draft`, `proposed`, `agreed`, `in_force`, `retired`; as `status` where it is in none.
    stage: &'static str,
    stage_label: Words,
    #[schema(example = "2026-04-01")]
    effective: String,
    agreed_by: Vec<SignatureShape>,
}

impl SignatureShape {
    fn list(agreement: &Agreement) -> Vec<Self> {
        let signed = agreement.signed.iter();
        let shape = signed.map(|by| Self { body: by.body.clone(), role: by.role.clone(), on: by.on.to_string() });
        shape.collect()
    }
}

impl CitedRule {
    pub(super) fn of(agreed: AgreedRule) -> Self {
        let AgreedRule { set, rule, in_force, agreement } = agreed;
        let set = SetHeader {
            id: set.id,
            version: set.version,
            title: Words::from(&set.title),
            layer: set.layer,
            status: set.status,
            stage: agreement.stage,
            stage_label: Words::from(&agreement.stands),
            effective: set.effective.to_string(),
            agreed_by: SignatureShape::list(&agreement),
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
pub async fn show(State(app): State<App>, signed_in: SignedIn) -> Result<Json<Book>, Problem> {
    let life = rulebooks::life(&app, signed_in.by());
    let book = app.hub.region().rulebook();
    let version = life.find_in_force().await?.filter(|standing| standing.version.fingerprint == book.fingerprint());
    let agreements = Agreements::on(app.hub.journal(), &book, app.hub.region().calendar()).await?;
    let sets = book.sets().iter().map(|set| {
        let agreement = agreements.of(set);
        SetShape {
            id: set.id.clone(),
            version: set.version.clone(),
            hash: set.hash.clone(),
            title: Words::from(&set.title),
            layer: set.layer.code(),
            status: set.status.code(),
            stage: agreement.stage,
            stage_label: Words::from(&agreement.stands),
            effective: set.effective.to_string(),
            review_by: set.review_by.map(|on| on.to_string()),
            agreed_by: SignatureShape::list(&agreement),
            rules: rules_of(set).into_iter().map(RuleShape::from).collect(),
        }
    });
    let source = match &version {
        _ if life.is_configured => "configured",
        Some(_) => "agreed",
        None => "shipped",
    };
    Ok(Json(Book {
        fingerprint: book.fingerprint().to_owned(),
        source,
        version: version.as_ref().map(|standing| standing.version.id.0),
        only_seeds: has_only_seeds(&book),
        notes: NoteShape::of(&book, life.date_of(life.now)),
        sets: sets.collect(),
    }))
}

/// The files that the rules in force were read from, as a draft takes them.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleFiles {
    files: Vec<FileShape>,
}

/// The files of the rules in force: what the next draft begins with.
#[utoipa::path(get, path = "/api/v1/rulebook/files", tag = "rulebook", responses((status = 200, body = RuleFiles)))]
pub async fn list_files(State(app): State<App>, _: SignedIn) -> Json<RuleFiles> {
    let book = app.hub.region().rulebook();
    let file = |(path, text): &(String, String)| {
        // Without the folder they came from.
        let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
        FileShape { name: name.to_owned(), text: text.clone() }
    };
    let sources = book.sources();
    let files = std::iter::once(&sources.vocabulary).chain(&sources.sets).map(file);
    Json(RuleFiles { files: files.collect() })
}

fn moment() -> Text {
    let example = "2026-04-01T09:00:00+09:00";
    Text::new(format!("{example} のような日時です"), format!("a moment such as {example} is expected"))
}

/// The rule that a ruling cites, from the rulebook in force or from whichever was when the ruling was made.
#[utoipa::path(
    get, path = "/api/v1/rulebook/citations/{citation}", tag = "rulebook",
    params(
        ("citation" = String, Path, description = "`RULE@set/version#hash`, percent-encoded"),
        ("at" = Option<String>, Query, description = "When what cites it was received, such as 2026-04-01T00:30:00Z: `stage` and `agreed_by` are told as of then; without it as of now"),
    ),
    responses((status = 200, body = CitedRule)),
)]
pub async fn show_cited(
    State(app): State<App>,
    _: Arrived,
    Path(citation): Path<String>,
    mut asked: Asked,
) -> Result<Json<CitedRule>, Problem> {
    let received = asked.take_as::<Timestamp>("at", moment())?;
    asked.finish()?;
    let (journal, region, kept) = (app.hub.journal(), app.hub.region(), &app.kept_rulebooks);
    let found = find_agreed((journal, kept), &region.rulebook(), region.calendar(), &citation, received).await?;
    found.map(|found| Json(CitedRule::of(found))).ok_or_else(Problem::not_found)
}
