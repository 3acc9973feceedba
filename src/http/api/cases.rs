//! `/api/v1/cases`: good-practice cases. Everybody at work reads what is published and writes their own; the secretariat looks at
//! what was handed in.

mod shapes;
mod words;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::actions::cases::{self, CaseError, ConsentSaid, is_reviewer};
use crate::domain::case::CaseTag;
use crate::domain::ids::CaseId;
use crate::domain::text::Text;
use crate::http::app::App;
use crate::http::input::{self, Id};
use crate::http::problem::Problem;
use crate::http::shapes::Words;
use crate::hub::sessions::SignedIn;
use crate::wire::codes::Code;

use self::shapes::{CaseWork, CaseWorkShape, Cases, TagShape, published, work};
use self::words::CaseWordsShape;
use super::findings::Findings;

impl From<CaseError> for Problem {
    fn from(error: CaseError) -> Self {
        let (code, detail) = match error {
            CaseError::Forbidden => (
                Code::Forbidden,
                Text::fixed(
                    "事例は地域で働く人のものです。直せるのは書いた人、承認するのは事務局です",
                    "cases are for those who work in the region; their author changes them, the secretariat approves them",
                ),
            ),
            CaseError::Own => (
                Code::Forbidden,
                Text::fixed(
                    "自分の事例は承認も差し戻しもできません。事務局の別の人が行います",
                    "nobody approves or returns their own case: somebody else of the secretariat does",
                ),
            ),
            CaseError::Moved => (
                Code::Conflict,
                Text::fixed(
                    "ほかの人が先に進めたか、いまはできない操作です。開き直してください",
                    "it went on meanwhile, or this cannot follow now: open it again",
                ),
            ),
            CaseError::Full => (
                Code::Conflict,
                Text::fixed(
                    "事例の数が上限です。書きかけを仕上げるか、古いものを取り下げてください",
                    "there are too many cases: finish what was begun, or withdraw older ones",
                ),
            ),
            CaseError::NotFound => return Self::not_found(),
            CaseError::Invalid(invalid) => return invalid.into(),
            CaseError::Store(error) => return error.into(),
        };
        Self::saying(code, detail)
    }
}

/// The cases that are published, for everybody who works in the region.
#[utoipa::path(
    get, path = "/api/v1/cases", tag = "cases",
    responses((status = 200, body = Cases), (status = 403, body = Problem, description = "Families and systems")),
)]
pub async fn list(State(app): State<App>, by: SignedIn) -> Result<Json<Cases>, Problem> {
    let directory = app.hub.region().directory();
    let cases = cases::list_published(&app.hub, &by.actor).await?;
    let cases = cases.iter().filter_map(|case| published(&directory, case)).collect();
    let tag = |tag: &CaseTag| TagShape { code: tag.code(), label: Words::from(&Text::fixed(tag.ja(), tag.en())) };
    Ok(Json(Cases { cases, tags: CaseTag::ALL.iter().map(tag).collect() }))
}

/// The cases that I wrote, and all for the secretariat, whatever became of them.
#[utoipa::path(
    get, path = "/api/v1/cases/work", tag = "cases",
    responses((status = 200, body = CaseWork), (status = 403, body = Problem, description = "Families and systems")),
)]
pub async fn list_work(State(app): State<App>, by: SignedIn) -> Result<Json<CaseWork>, Problem> {
    let directory = app.hub.region().directory();
    let cases = cases::list_work(&app.hub, &by.actor).await?;
    let cases = cases.iter().map(|case| work(&directory, &by.actor, case)).collect();
    Ok(Json(CaseWork { cases, may_review: is_reviewer(&by.actor) }))
}

/// Texts to be looked through.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "texts": ["退院前の顔合わせ", "機器の扱いに家族が不安だった"] }))]
pub struct TextsGiven {
    texts: Vec<String>,
}

impl TextsGiven {
    pub(super) fn texts(&self) -> Vec<&str> {
        self.texts.iter().map(String::as_str).collect()
    }
}

/// What in these texts may say of whom they speak? Names are looked for among the patients whom I may know of.
#[utoipa::path(
    post, path = "/api/v1/cases/check", tag = "cases", request_body = TextsGiven,
    responses((status = 200, body = Findings), (status = 403, body = Problem, description = "Families and systems")),
)]
pub async fn check(
    State(app): State<App>,
    by: SignedIn,
    input::Json(given): input::Json<TextsGiven>,
) -> Result<Json<Findings>, Problem> {
    Ok(Json(Findings::from(cases::look_through(&app.hub, &by.actor, &given.texts()).await?)))
}

/// A case as somebody begins it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "words": { "title": "退院前の顔合わせ", "happened": "機器の扱いに家族が不安だった" } }))]
pub struct DraftGiven {
    words: CaseWordsShape,
}

/// Begin a case, as a draft that its author and the secretariat see.
#[utoipa::path(
    post, path = "/api/v1/cases", tag = "cases", request_body = DraftGiven,
    responses(
        (status = 201, body = CaseWorkShape),
        (status = 403, body = Problem, description = "Families and systems"),
        (status = 409, body = Problem, description = "Too many were begun"),
    ),
)]
pub async fn draft(
    State(app): State<App>,
    by: SignedIn,
    input::Json(given): input::Json<DraftGiven>,
) -> Result<(StatusCode, Json<CaseWorkShape>), Problem> {
    let made = cases::draft(&app.hub, &by, given.words.read()?).await?;
    Ok((StatusCode::CREATED, Json(work(&app.hub.region().directory(), &by.actor, &made))))
}

/// A case as its author writes on at it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "version": 1, "words": { "title": "退院前の顔合わせ", "done": "三職種で練習した" } }))]
pub struct RedraftGiven {
    /// That I have before me: if it is another by now, nothing is changed.
    version: u32,
    words: CaseWordsShape,
}

/// Write on at a case of mine. What was handed in is taken back by it; what is published stays until this is approved.
#[utoipa::path(
    put, path = "/api/v1/cases/{id}", tag = "cases", request_body = RedraftGiven,
    params(("id" = Uuid, Path, description = "The case")),
    responses(
        (status = 200, body = CaseWorkShape),
        (status = 403, body = Problem, description = "Somebody else's"),
        (status = 409, body = Problem, description = "It is another by now, or was withdrawn"),
    ),
)]
pub async fn redraft(
    State(app): State<App>,
    by: SignedIn,
    Id(id): Id<CaseId>,
    input::Json(given): input::Json<RedraftGiven>,
) -> Result<Json<CaseWorkShape>, Problem> {
    let made = cases::redraft(&app.hub, &by, id, given.version, given.words.read()?).await?;
    Ok(Json(work(&app.hub.region().directory(), &by.actor, &made)))
}

/// Throw away what I am writing. What is published stays.
#[utoipa::path(
    delete, path = "/api/v1/cases/{id}", tag = "cases", params(("id" = Uuid, Path, description = "The case")),
    responses(
        (status = 204),
        (status = 403, body = Problem, description = "Somebody else's"),
        (status = 409, body = Problem, description = "Nothing of it is being written"),
    ),
)]
pub async fn discard(State(app): State<App>, by: SignedIn, Id(id): Id<CaseId>) -> Result<StatusCode, Problem> {
    cases::discard(&app.hub, &by, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What is said when a case is handed in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "version": 2, "consent_given": true, "consent": "同意書綴り 12", "confirmed": [] }))]
pub struct HandInGiven {
    version: u32,
    /// Patient or family agree that it is told, and do not withhold practical training and case studies.
    consent_given: bool,
    /// Where the form is kept on which they do.
    consent: String,
    /// Pieces of the text that were found and that I confirm to say of no patient, as `check` told them.
    #[serde(default)]
    confirmed: Vec<String>,
}

/// Hand my case in. Where something in it may say of whom it speaks, that has to be confirmed piece by piece.
#[utoipa::path(
    post, path = "/api/v1/cases/{id}/hand-in", tag = "cases", request_body = HandInGiven,
    params(("id" = Uuid, Path, description = "The case")),
    responses(
        (status = 204),
        (status = 403, body = Problem, description = "Somebody else's"),
        (status = 409, body = Problem, description = "It is another by now, or is no draft"),
    ),
)]
pub async fn hand_in(
    State(app): State<App>,
    by: SignedIn,
    Id(id): Id<CaseId>,
    input::Json(given): input::Json<HandInGiven>,
) -> Result<StatusCode, Problem> {
    let consent = ConsentSaid { is_given: given.consent_given, kept_at: given.consent };
    cases::hand_in(&app.hub, &by, id, given.version, consent, &given.confirmed).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Why a case is sent back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "version": 3, "remark": "家族構成から分かってしまいます。ぼかしてください" }))]
pub struct ReturnGiven {
    version: u32,
    /// Its author reads it.
    remark: String,
    #[serde(default)]
    confirmed: Vec<String>,
}

/// Send back what was handed in, with a remark.
#[utoipa::path(
    post, path = "/api/v1/cases/{id}/return", tag = "cases", request_body = ReturnGiven,
    params(("id" = Uuid, Path, description = "The case")),
    responses(
        (status = 204),
        (status = 403, body = Problem, description = "Not the secretariat, or one's own"),
        (status = 409, body = Problem, description = "It is another by now, or was not handed in"),
    ),
)]
pub async fn send_back(
    State(app): State<App>,
    by: SignedIn,
    Id(id): Id<CaseId>,
    input::Json(given): input::Json<ReturnGiven>,
) -> Result<StatusCode, Problem> {
    cases::send_back(&app.hub, &by, id, given.version, given.remark, &given.confirmed).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What is said when a case is approved.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "version": 3, "consent_seen": true, "confirmed": [] }))]
pub struct ApprovalGiven {
    /// That I have read.
    version: u32,
    /// The form of consent is where it is said to be, and does not withhold practical training and case studies.
    consent_seen: bool,
    #[serde(default)]
    confirmed: Vec<String>,
}

/// Approve what was handed in: everybody at work reads it from now on. Names of all patients are looked for.
#[utoipa::path(
    post, path = "/api/v1/cases/{id}/approval", tag = "cases", request_body = ApprovalGiven,
    params(("id" = Uuid, Path, description = "The case")),
    responses(
        (status = 204),
        (status = 403, body = Problem, description = "Not the secretariat, or one's own"),
        (status = 409, body = Problem, description = "It is another by now, or was not handed in"),
    ),
)]
pub async fn approve(
    State(app): State<App>,
    by: SignedIn,
    Id(id): Id<CaseId>,
    input::Json(given): input::Json<ApprovalGiven>,
) -> Result<StatusCode, Problem> {
    cases::approve(&app.hub, &by, id, given.version, given.consent_seen, &given.confirmed).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Why a case is withdrawn.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "reason": "同意が撤回されたため" }))]
pub struct CaseWithdrawalGiven {
    reason: String,
    #[serde(default)]
    confirmed: Vec<String>,
}

/// Withdraw a case: mine, once it is published; any, for the secretariat. Its words are deleted.
#[utoipa::path(
    post, path = "/api/v1/cases/{id}/withdrawal", tag = "cases", request_body = CaseWithdrawalGiven,
    params(("id" = Uuid, Path, description = "The case")),
    responses(
        (status = 204),
        (status = 403, body = Problem, description = "Somebody else's"),
        (status = 409, body = Problem, description = "It was withdrawn already, or is not published yet"),
    ),
)]
pub async fn withdraw(
    State(app): State<App>,
    by: SignedIn,
    Id(id): Id<CaseId>,
    input::Json(given): input::Json<CaseWithdrawalGiven>,
) -> Result<StatusCode, Problem> {
    cases::withdraw(&app.hub, &by, id, given.reason, &given.confirmed).await?;
    Ok(StatusCode::NO_CONTENT)
}
