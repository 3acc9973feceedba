//! `/api/v1/rulebooks`: the versions of the region's rulebook, from draft to retired. Everybody signed in reads them; the
//! secretariat drafts, proposes, sets the day and retires; a person of a body's profession signs for it.

mod shapes;
pub mod trying;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

pub(super) use self::shapes::FileShape;
pub use self::shapes::{Version, Versions};
use crate::actions::rulebook_life::{Life, RulebookFile, Signing};
use crate::domain::act::By;
use crate::domain::ids::RulebookVersionId;
use crate::domain::role::Role;
use crate::domain::text::{Invalid, Text};
use crate::http::app::App;
use crate::http::authentication::Secretariat;
use crate::http::input::{self, Id};
use crate::http::problem::Problem;
use crate::hub::sessions::SignedIn;
use crate::wire::codes::Code;

pub(super) fn life(app: &App, by: By) -> Life {
    let region = app.hub.region();
    Life {
        journal: app.hub.journal().clone(),
        by,
        now: region.now(),
        zone: region.time_zone().clone(),
        is_configured: region.rulebook_is_configured(),
    }
}

/// A file of a rulebook.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FileGiven {
    /// `vocabulary.toml` holds the words; every other file is a set of rules.
    #[schema(example = "sharing.toml")]
    name: String,
    text: String,
}

/// A draft.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "title": "2027年度のきまり", "files": [{ "name": "vocabulary.toml", "text": "…" }] }))]
pub struct Drafting {
    title: String,
    files: Vec<FileGiven>,
}

/// Other files for a version.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "fingerprint": "b04b5959a38a0a32", "files": [{ "name": "vocabulary.toml", "text": "…" }] }))]
pub struct Replacing {
    files: Vec<FileGiven>,
    /// Which files these take the place of, as `fingerprint` of the version named them; where somebody else changed them
    /// meanwhile the answer is 409. Without it nothing is compared.
    fingerprint: Option<String>,
}

/// Which files are meant, as `fingerprint` of the version names them.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "fingerprint": "b04b5959a38a0a32" }))]
pub struct Seen {
    fingerprint: String,
}

/// A body's signature under one set of rules.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "set": "etiquette-doctor-nurse", "agreement": "b2c327a7…", "body": "みなと医師会", "role": "doctor",
    "person": "三浦 恵子", "signed_on": "2027-03-20"
}))]
pub struct SignatureGiven {
    set: String,
    /// The digest on the sheet that was signed.
    agreement: String,
    body: String,
    /// Role code of the profession that the body speaks for.
    role: String,
    /// From paper, for the secretariat only: who signed. Whoever signs here is known.
    person: Option<String>,
    /// From paper: the date on it.
    signed_on: Option<String>,
}

/// From when a version is in force.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "fingerprint": "b04b5959a38a0a32", "on": "2027-04-01" }))]
pub struct Effective {
    fingerprint: String,
    /// From the beginning of this day in the region; at once without it.
    on: Option<String>,
}

/// Why a version is retired.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "reason": "作り直すことになった" }))]
pub struct Retiring {
    reason: String,
}

/// The versions of the rulebook, the one changed last first.
#[utoipa::path(get, path = "/api/v1/rulebooks", tag = "rulebook", responses((status = 200, body = Versions)))]
pub async fn list(State(app): State<App>, signed_in: SignedIn) -> Result<Json<Versions>, Problem> {
    let life = life(&app, signed_in.by());
    let versions = life.list().await?;
    Ok(Json(Versions::of(&versions, life.is_configured)))
}

/// A version with its files, who has signed and who has not.
#[utoipa::path(
    get, path = "/api/v1/rulebooks/{id}", tag = "rulebook",
    params(("id" = uuid::Uuid, Path, description = "The version")),
    responses((status = 200, body = Version)),
)]
pub async fn show(
    State(app): State<App>,
    signed_in: SignedIn,
    Id(id): Id<RulebookVersionId>,
) -> Result<Json<Version>, Problem> {
    let life = life(&app, signed_in.by());
    Ok(Json(Version::of(&life.find(id).await?, &life)))
}

/// Enter a draft. Mistakes of its files come back with file, line and column.
#[utoipa::path(
    post, path = "/api/v1/rulebooks", tag = "secretariat", request_body = Drafting,
    responses(
        (status = 201, body = Version),
        (status = 403, body = Problem, description = "Not the secretariat"),
        (status = 409, body = Problem, description = "The configuration names the rulebook"),
    ),
)]
pub async fn draft(
    State(app): State<App>,
    secretariat: Secretariat,
    input::Json(given): input::Json<Drafting>,
) -> Result<(StatusCode, Json<Version>), Problem> {
    let life = life(&app, secretariat.into());
    let id = RulebookVersionId(app.hub.region().draw_id());
    let drafted = life.draft(id, &given.title, files(given.files)).await?;
    Ok((StatusCode::CREATED, Json(Version::of(&drafted, &life))))
}

/// Replace the files of a version that is not in force. It is a draft again; signatures of changed sets are void.
#[utoipa::path(
    put, path = "/api/v1/rulebooks/{id}", tag = "secretariat", request_body = Replacing,
    params(("id" = uuid::Uuid, Path, description = "The version")),
    responses(
        (status = 200, body = Version),
        (status = 403, body = Problem, description = "Not the secretariat"),
        (status = 409, body = Problem, description = "In force or retired, or changed by somebody else meanwhile"),
    ),
)]
pub async fn change(
    State(app): State<App>,
    secretariat: Secretariat,
    Id(id): Id<RulebookVersionId>,
    input::Json(given): input::Json<Replacing>,
) -> Result<Json<Version>, Problem> {
    let life = life(&app, secretariat.into());
    let changed = life.replace(id, given.fingerprint.as_deref(), files(given.files)).await?;
    app.hub.follow_rulebook().await?;
    Ok(Json(Version::of(&changed, &life)))
}

/// Lay a draft before the bodies.
#[utoipa::path(
    post, path = "/api/v1/rulebooks/{id}/propose", tag = "secretariat", request_body = Seen,
    params(("id" = uuid::Uuid, Path, description = "The version")),
    responses(
        (status = 200, body = Version),
        (status = 403, body = Problem, description = "Not the secretariat"),
        (status = 409, body = Problem, description = "No draft, another by now, or it holds seeds"),
    ),
)]
pub async fn propose(
    State(app): State<App>,
    secretariat: Secretariat,
    Id(id): Id<RulebookVersionId>,
    input::Json(given): input::Json<Seen>,
) -> Result<Json<Version>, Problem> {
    let life = life(&app, secretariat.into());
    Ok(Json(Version::of(&life.propose(id, &given.fingerprint).await?, &life)))
}

/// Sign a set of a proposed version for a body: as a person of its profession, or from paper as the secretariat.
#[utoipa::path(
    post, path = "/api/v1/rulebooks/{id}/signatures", tag = "rulebook", request_body = SignatureGiven,
    params(("id" = uuid::Uuid, Path, description = "The version")),
    responses(
        (status = 201, body = Version),
        (status = 403, body = Problem, description = "Of another profession"),
        (status = 409, body = Problem, description = "Not proposed, or the set says something else by now"),
    ),
)]
pub async fn sign(
    State(app): State<App>,
    signed_in: SignedIn,
    Id(id): Id<RulebookVersionId>,
    input::Json(given): input::Json<SignatureGiven>,
) -> Result<(StatusCode, Json<Version>), Problem> {
    let life = life(&app, signed_in.by());
    let on = given.signed_on.as_deref().map(|on| input::date("signed_on", on)).transpose()?;
    let is_on_paper = signed_in.actor.role == Role::Secretariat;
    let (person, on) = match (is_on_paper, given.person, on) {
        (true, Some(person), Some(on)) => (person, on),
        (true, None, _) => return Err(Invalid::required("person").into()),
        (true, _, None) => return Err(Invalid::required("signed_on").into()),
        (false, None, None) => {
            let directory = app.hub.region().directory();
            let name = directory.people.get(&signed_in.actor.person).map(|person| person.name.kanji.clone());
            (name.ok_or_else(Problem::unauthenticated)?, life.date_of(life.now))
        }
        (false, ..) => {
            let text = Text::fixed(
                "ご自身の署名では、氏名と日付は指定できません",
                "who signs here is known, and when: give neither name nor date",
            );
            return Err(Problem::saying(Code::Unexpected, text));
        }
    };
    let SignatureGiven { set, agreement, body, role, .. } = given;
    let signed = life.sign(id, Signing { set, agreement, body, role, person, on }).await?;
    Ok((StatusCode::CREATED, Json(Version::of(&signed, &life))))
}

/// Say from when an agreed version is in force.
#[utoipa::path(
    post, path = "/api/v1/rulebooks/{id}/in-force", tag = "secretariat", request_body = Effective,
    params(("id" = uuid::Uuid, Path, description = "The version")),
    responses(
        (status = 200, body = Version),
        (status = 403, body = Problem, description = "Not the secretariat"),
        (status = 409, body = Problem, description = "Not agreed, another by now, or another is to come first"),
    ),
)]
pub async fn put_in_force(
    State(app): State<App>,
    secretariat: Secretariat,
    Id(id): Id<RulebookVersionId>,
    input::Json(given): input::Json<Effective>,
) -> Result<Json<Version>, Problem> {
    let life = life(&app, secretariat.into());
    let on = given.on.as_deref().map(|on| input::date("on", on)).transpose()?;
    life.schedule(id, &given.fingerprint, on).await?;
    app.hub.follow_rulebook().await?;
    Ok(Json(Version::of(&life.find(id).await?, &life)))
}

/// Retire a version that is not in force.
#[utoipa::path(
    post, path = "/api/v1/rulebooks/{id}/retire", tag = "secretariat", request_body = Retiring,
    params(("id" = uuid::Uuid, Path, description = "The version")),
    responses(
        (status = 200, body = Version),
        (status = 403, body = Problem, description = "Not the secretariat"),
        (status = 409, body = Problem, description = "In force, or retired before"),
    ),
)]
pub async fn retire(
    State(app): State<App>,
    secretariat: Secretariat,
    Id(id): Id<RulebookVersionId>,
    input::Json(given): input::Json<Retiring>,
) -> Result<Json<Version>, Problem> {
    let life = life(&app, secretariat.into());
    life.retire(id, &given.reason).await?;
    app.hub.follow_rulebook().await?;
    Ok(Json(Version::of(&life.find(id).await?, &life)))
}

fn files(given: Vec<FileGiven>) -> Vec<RulebookFile> {
    given.into_iter().map(|file| RulebookFile { path: file.name, content: file.text }).collect()
}
