//! `application/problem+json` (RFC 9457): the one translator from whatever goes wrong to an answer over HTTP.
//!
//! Clients match `code`; people read `detail`. A cause inside the hub is logged here, once, without patient data,
//! and never told.

use std::time::Duration;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::shapes::{HoldShape, Words};
use crate::actions::destroying::DestroyError;
use crate::actions::directory::DirectoryError;
use crate::actions::emergency::EmergencySearchError;
use crate::actions::explaining::asking::AskError;
use crate::actions::files::{ReadError, UploadError};
use crate::actions::linking_queue::DismissError;
use crate::actions::patients::SearchError;
use crate::actions::rulebook_life::LifeError;
use crate::actions::sign_in::SignInError;
use crate::domain::text::{Invalid, Text};
use crate::hub::answer::Refused;
use crate::hub::devices::Shown;
use crate::hub::lines::LineRefusal;
use crate::hub::pledges::HeldBack;
use crate::hub::reading::LookError;
use crate::hub::{GoOnError, ShelfError, StoreError, Unavailable};
use crate::limits;
use crate::wire::codes::Code;
use crate::wire::rest;

/// What went wrong, for programs and for people.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "type": "urn:renkei:problem:required",
    "title": "this field is required",
    "title_ja": "必須の項目です",
    "status": 422,
    "code": "required",
    "detail": { "ja": "必須の項目です", "en": "this field is required" },
    "field": "name.kanji",
    "reasons": [],
    "cited": [],
    "retry": false
}))]
pub struct Problem {
    /// `urn:renkei:problem:` and the code.
    #[serde(rename = "type")]
    kind: String,
    /// What the code is about, the same for every occurrence; what is wrong here is in `detail`.
    title: String,
    title_ja: String,
    /// The HTTP status.
    status: u16,
    /// Stable; `docs/protocol.md` lists them all.
    code: &'static str,
    /// What is wrong here, for people.
    detail: Words,
    /// Dotted path of the field at fault, in the body or in the query.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    /// With a refusal by the rules: why, the weightiest first.
    reasons: Vec<Words>,
    /// With a refusal by the rules: `RULE@set/version#hash`; see `GET /api/v1/rulebook/citations/{citation}`.
    cited: Vec<String>,
    /// With a rulebook that has mistakes: every one, in the order of the files.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    mistakes: Vec<MistakeShape>,
    /// With `held`: the rules that hold the post, and how it may go on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<HoldShape>)]
    holds: Vec<Value>,
    /// Whether the same request may succeed later without any change.
    retry: bool,
    /// When the same request may be sent again, in seconds; a header, and no part of the body.
    #[serde(skip)]
    wait_s: u64,
}

/// A mistake in a file of rules.
#[derive(Debug, Serialize, ToSchema)]
pub struct MistakeShape {
    #[schema(example = "sharing.toml")]
    file: String,
    /// From 1.
    line: u32,
    /// From 1, in characters.
    column: u32,
    /// Stable.
    #[schema(example = "unknown-word")]
    code: &'static str,
    text: Words,
}

impl Problem {
    /// A problem of which nothing more exact is known than its code.
    #[must_use]
    pub fn of(code: Code) -> Self {
        Self::new(code.code(), code.text(), None)
    }

    fn new(code: &'static str, detail: Text, field: Option<String>) -> Self {
        let unnamed = || Text::fixed("受け付けられません", "the request cannot be taken");
        let title = Code::from_code(code).map_or_else(unnamed, Code::title);
        let status = status_of(code, field.is_some());
        Self {
            kind: format!("urn:renkei:problem:{code}"),
            title: title.en.into_owned(),
            title_ja: title.ja.into_owned(),
            status: status.as_u16(),
            code,
            detail: Words::from(&detail),
            field,
            reasons: Vec::new(),
            cited: Vec::new(),
            mistakes: Vec::new(),
            holds: Vec::new(),
            retry: status == StatusCode::SERVICE_UNAVAILABLE,
            wait_s: limits::RETRY_AFTER_S,
        }
    }

    /// Unknown, or hidden from the one who asks: the answer is the same to the byte.
    #[must_use]
    pub fn not_found() -> Self {
        Self::of(Code::NotFound)
    }

    /// Nobody is signed in, whatever the reason.
    #[must_use]
    pub fn unauthenticated() -> Self {
        Self::of(Code::Unauthenticated)
    }

    /// The sign-in's role may not do this.
    #[must_use]
    pub fn secretariat_only() -> Self {
        let detail = Text::fixed("この操作は連携事務局だけができます", "only the secretariat may do this");
        Self::new(Code::Forbidden.code(), detail, None)
    }

    /// Tried too often: the next try may be after this.
    #[must_use]
    pub fn too_often(wait: Duration) -> Self {
        Self { wait_s: wait.as_secs().saturating_add(1), ..Self::of(Code::TooManyTries) }
    }

    /// Too many requests: the next may be after this.
    #[must_use]
    pub fn too_fast(wait: Duration) -> Self {
        Self { wait_s: wait.as_secs().saturating_add(1), ..Self::of(Code::TooManyRequests) }
    }

    /// A code with words of its own.
    #[must_use]
    pub fn saying(code: Code, detail: Text) -> Self {
        Self::new(code.code(), detail, None)
    }

    /// The status it is answered with.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

/// The one table of codes and statuses. A code about a field is 422 whatever it says.
fn status_of(code: &str, is_about_field: bool) -> StatusCode {
    if is_about_field {
        return StatusCode::UNPROCESSABLE_ENTITY;
    }
    match Code::from_code(code) {
        Some(Code::Malformed) => StatusCode::BAD_REQUEST,
        Some(Code::TooManyTries | Code::TooManyRequests) => StatusCode::TOO_MANY_REQUESTS,
        Some(
            Code::Unauthenticated
            | Code::SignInRefused
            | Code::PasskeyRefused
            | Code::OutsideRefused
            | Code::InvitationRefused
            | Code::EnrolmentRefused
            | Code::DeviceMismatch,
        ) => StatusCode::UNAUTHORIZED,
        Some(
            Code::Forbidden
            | Code::RuleFailed
            | Code::OriginRefused
            | Code::Suspended
            | Code::DeviceRequired
            | Code::DeviceElsewhere
            | Code::PledgeOwed
            | Code::ProofNeeded
            | Code::InsufficientScope,
        ) => StatusCode::FORBIDDEN,
        Some(Code::NotFound) => StatusCode::NOT_FOUND,
        Some(Code::MethodNotAllowed) => StatusCode::METHOD_NOT_ALLOWED,
        Some(Code::Conflict | Code::Dismissed | Code::Retained | Code::ClockBehind) => StatusCode::CONFLICT,
        Some(Code::TooLarge) => StatusCode::PAYLOAD_TOO_LARGE,
        Some(Code::MediaTypeUnsupported) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Some(Code::UpgradeExpected) => StatusCode::UPGRADE_REQUIRED,
        Some(Code::SubprotocolUnsupported) => StatusCode::BAD_REQUEST,
        Some(Code::Unavailable | Code::OutsideAway | Code::Overloaded | Code::TimedOut) => {
            StatusCode::SERVICE_UNAVAILABLE
        }
        Some(Code::Internal | Code::FileDamaged) => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, wait_s) = (self.status(), self.wait_s);
        let mut response = (status, Json(self)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        match status {
            StatusCode::UNAUTHORIZED => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"renkei\""));
            }
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from(wait_s));
            }
            StatusCode::UPGRADE_REQUIRED => {
                headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
            }
            _ => {}
        }
        response
    }
}

impl From<Invalid> for Problem {
    fn from(invalid: Invalid) -> Self {
        let field = (!invalid.field.is_empty()).then_some(invalid.field);
        Self::new(invalid.code, invalid.message, field)
    }
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        if refused.code == Code::NotFound.code() && refused.field.is_none() {
            return Self::not_found();
        }
        let detail = refused.reasons.first().cloned();
        let detail = detail.or_else(|| Code::from_code(refused.code).map(Code::text));
        let fallback = || Text::fixed("受け付けられません", "the request cannot be taken");
        Self {
            reasons: refused.reasons.iter().map(Words::from).collect(),
            cited: refused.cited.iter().map(ToString::to_string).collect(),
            holds: rest::holds(&refused.holds),
            retry: refused.retry,
            ..Self::new(refused.code, detail.unwrap_or_else(fallback), refused.field)
        }
    }
}

impl From<HeldBack> for Problem {
    fn from(held: HeldBack) -> Self {
        let cited = held.cited().iter().map(ToString::to_string).collect();
        Self { cited, ..Self::saying(Code::PledgeOwed, held.text()) }
    }
}

impl From<Unavailable> for Problem {
    fn from(Unavailable: Unavailable) -> Self {
        Self::of(Code::Unavailable)
    }
}

impl From<LookError> for Problem {
    fn from(error: LookError) -> Self {
        match error {
            LookError::Overloaded => Self::of(Code::Overloaded),
            LookError::Unavailable(error) => error.into(),
            LookError::Damaged => Self::of(Code::Unavailable),
            LookError::Store(error) => error.into(),
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match &error {
            // Logged where the journal became read-only.
            StoreError::ReadOnly { .. } => Self::of(Code::Unavailable),
            StoreError::KeyDestroyed(_) => Self::not_found(),
            StoreError::Driver(_) => {
                tracing::error!(code = error.code(), %error, "a request failed in the store");
                Self::of(Code::Unavailable)
            }
            StoreError::Inconsistent { .. } | StoreError::RowsAffected { .. } => {
                tracing::error!(code = error.code(), %error, "a request met what the store should not hold");
                Self::of(Code::Internal)
            }
        }
    }
}

impl From<DestroyError> for Problem {
    fn from(error: DestroyError) -> Self {
        let text = error.text().unwrap_or_else(|| Code::Retained.text());
        match error {
            DestroyError::NotFound => Self::not_found(),
            DestroyError::InCare | DestroyError::Retained(_) => Self::new(Code::Retained.code(), text, None),
            DestroyError::ClockBehind => Self::saying(Code::ClockBehind, text),
            DestroyError::Invalid(invalid) => invalid.into(),
            DestroyError::Unavailable(unavailable) => unavailable.into(),
            DestroyError::Store(error) => error.into(),
        }
    }
}

impl From<SignInError> for Problem {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::Refused => Self::unauthenticated(),
            SignInError::Overloaded => Self::of(Code::Overloaded),
            SignInError::NoPosition => Self::new(
                Code::NotFound.code(),
                Text::fixed("その人にこの職務はありません", "this person does not hold this position"),
                Some("role".to_owned()),
            ),
            SignInError::Suspended => Self::of(Code::Suspended),
            SignInError::Store(error) => error.into(),
        }
    }
}

impl From<LineRefusal> for Problem {
    fn from(refusal: LineRefusal) -> Self {
        let shown = match refusal {
            LineRefusal::Mismatch => return Self::of(Code::DeviceMismatch),
            LineRefusal::Elsewhere => return Self::of(Code::DeviceElsewhere),
            LineRefusal::Required(shown) => shown,
        };
        let detail = match shown {
            Shown::Expired => Text::fixed(
                "この端末の証明書は期限が切れています。事務局または事業所の管理者に、新しい証明書を頼んでください",
                "this device's certificate has expired; ask the secretariat or your office's administrator for a new one",
            ),
            Shown::Ended => Text::fixed(
                "この端末の証明書は取り消されたか、新しいものに替わっています。事務局または事業所の管理者に尋ねてください",
                "this device's certificate was revoked or replaced; ask the secretariat or your office's administrator",
            ),
            Shown::Nothing | Shown::Device { .. } => Text::fixed(
                "登録された端末の証明書が必要です。この端末が未登録なら、事務局または事業所の管理者に登録を頼んでください。端末をなくしたときは、事務局が期限つきの例外を認められます",
                "the certificate of a registered device is required; ask the secretariat or your office's administrator to register this one. If yours is lost, the secretariat can grant an exception for a while",
            ),
        };
        Self::saying(Code::DeviceRequired, detail)
    }
}

impl From<SearchError> for Problem {
    fn from(error: SearchError) -> Self {
        match error {
            SearchError::Store(error) => error.into(),
            SearchError::Look(error) => error.into(),
        }
    }
}

impl From<GoOnError> for Problem {
    fn from(error: GoOnError) -> Self {
        match error {
            GoOnError::Unavailable(error) => error.into(),
            GoOnError::Store(error) => error.into(),
        }
    }
}

impl From<EmergencySearchError> for Problem {
    fn from(error: EmergencySearchError) -> Self {
        match error {
            EmergencySearchError::Invalid(invalid) => invalid.into(),
            EmergencySearchError::Refused(refused) => (*refused).into(),
            EmergencySearchError::TooMany { wait } => {
                let (burst, minutes) = (limits::EMERGENCY_SEARCHES_BURST, wait.as_secs().div_ceil(60));
                let detail = Text::new(
                    format!("緊急の検索は続けて {burst} 回までです。{minutes} 分ごとに 1 回分もどります"),
                    format!(
                        "{burst} emergency searches may follow each other; one more comes back every {minutes} minutes"
                    ),
                );
                Self { wait_s: wait.as_secs(), ..Self::saying(Code::TooManyTries, detail) }
            }
            EmergencySearchError::Store(error) => error.into(),
        }
    }
}

impl From<AskError> for Problem {
    fn from(error: AskError) -> Self {
        match error {
            AskError::NotFound => Self::not_found(),
            AskError::Look(error) => error.into(),
            AskError::Store(error) => error.into(),
        }
    }
}

impl From<LifeError> for Problem {
    fn from(error: LifeError) -> Self {
        match error {
            LifeError::Invalid(invalid) => invalid.into(),
            LifeError::Mistakes(problems) => {
                let mistakes = problems.0.iter().map(|problem| MistakeShape {
                    file: problem.file.clone(),
                    line: problem.line,
                    column: problem.column,
                    code: problem.code(),
                    text: Words::from(&problem.message()),
                });
                let mistakes = mistakes.collect();
                let detail = Text::fixed("ルールに誤りがあります", "the rules have mistakes");
                Self { mistakes, ..Self::new(Code::RulebookUnsound.code(), detail, None) }
            }
            LifeError::NotFound => Self::not_found(),
            LifeError::Conflict(text) => Self::saying(Code::Conflict, text),
            LifeError::Forbidden(text) => Self::saying(Code::Forbidden, text),
            LifeError::Store(error) => error.into(),
        }
    }
}

impl From<DismissError> for Problem {
    fn from(error: DismissError) -> Self {
        match error {
            DismissError::Invalid(invalid) => invalid.into(),
            DismissError::NotWaiting => Self::not_found(),
            DismissError::Store(error) => error.into(),
            DismissError::Unavailable(error) => error.into(),
        }
    }
}

impl From<DirectoryError> for Problem {
    fn from(error: DirectoryError) -> Self {
        match error {
            DirectoryError::NotFound => Self::not_found(),
            DirectoryError::Conflict(text) => Self::saying(Code::Conflict, text),
            DirectoryError::Invalid(invalid) => invalid.into(),
            DirectoryError::Store(error) => error.into(),
        }
    }
}

impl From<ShelfError> for Problem {
    fn from(error: ShelfError) -> Self {
        tracing::error!(%error, "the folder of files failed");
        Self::of(Code::Unavailable)
    }
}

impl From<UploadError> for Problem {
    fn from(error: UploadError) -> Self {
        match error {
            UploadError::NotFound => Self::not_found(),
            UploadError::Overloaded => Self::of(Code::Overloaded),
            UploadError::TooLarge => Self::of(Code::TooLarge),
            UploadError::Invalid(invalid) => invalid.into(),
            UploadError::Store(error) => error.into(),
            UploadError::Shelf(error) => error.into(),
        }
    }
}

impl From<ReadError> for Problem {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::NotFound => Self::not_found(),
            ReadError::Overloaded => Self::of(Code::Overloaded),
            ReadError::Damaged(_) => {
                tracing::error!(%error, "`renkei store check` lists all files that are");
                Self::of(Code::FileDamaged)
            }
            ReadError::Look(error) => error.into(),
            ReadError::Store(error) => error.into(),
            ReadError::Shelf(error) => error.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_status_of_an_error_and_only_503_invites_to_retry() {
        for code in Code::ALL {
            let problem = Problem::of(*code);
            let status = problem.status();
            assert!(status.is_client_error() || status.is_server_error(), "{code}: {status}");
            assert_eq!(problem.retry, status == StatusCode::SERVICE_UNAVAILABLE, "{code}");
            assert_eq!((&*problem.title, &*problem.title_ja), (&*code.title().en, &*code.title().ja));
        }
    }

    #[test]
    fn the_title_of_a_conflict_fits_whatever_does_not_fit() {
        let staged = Problem::from(LifeError::Conflict(Text::fixed("下書きのときだけできます", "only of a draft")));
        assert_eq!((staged.status(), &*staged.detail.en), (StatusCode::CONFLICT, "only of a draft"));
        assert!(
            !staged.title.contains("id") && !staged.title_ja.contains("ID"),
            "{} {}",
            staged.title,
            staged.title_ja
        );
    }

    #[test]
    fn a_missing_organisation_in_a_body_is_no_missing_page() {
        let invalid = Invalid::new("organisation", "not_found", Text::fixed("ありません", "none"));
        assert_eq!(Problem::from(invalid).status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(Problem::not_found().status(), StatusCode::NOT_FOUND);
    }
}
