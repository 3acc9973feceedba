//! `/api/v1/announcements`: what is for me, what I have read; and for the secretariat and administrators of offices, writing
//! them, correcting them, and how many have read one.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::actions::announcing::{self, AnnounceError, AnnouncementSeen, Given, Reach, Speaker};
use crate::actions::looking_through::look_for_identifiers;
use crate::domain::announcement::{Announcement, AnnouncementVersion, AnnouncementWords, Audience};
use crate::domain::directory::Directory;
use crate::domain::ids::{AnnouncementId, OrganisationId, PersonId};
use crate::domain::text::{Invalid, Text};
use crate::domain::time::Timestamp;
use crate::http::app::App;
use crate::http::input::{self, Id, date, each};
use crate::http::problem::Problem;
use crate::http::shapes::Name;
use crate::hub::sessions::SignedIn;
use crate::wire;
use crate::wire::codes::Code;

use super::findings::Findings;

/// Whom an announcement is for. What is empty does not narrow; types and organisations add up.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(example = json!({ "types": ["nursing_station"], "organisations": [], "roles": ["nurse"] }))]
pub struct AudienceShape {
    /// Types of organisations.
    types: Vec<String>,
    /// Ids.
    organisations: Vec<String>,
    /// Roles; families are meant only where `family` is named.
    roles: Vec<String>,
}

/// An announcement that is for me.
#[derive(Debug, Serialize, ToSchema)]
pub struct AnnouncementShape {
    id: Uuid,
    /// From 1; a correction or withdrawal is a further one.
    version: u32,
    title: String,
    /// Empty, of one that was withdrawn.
    text: String,
    /// For which organisation it speaks, and its name.
    organisation: Uuid,
    organisation_name: String,
    #[schema(example = "2026-04-01T00:25:00Z")]
    published_at: String,
    /// When it was corrected or withdrawn last.
    changed_at: Option<String>,
    /// Why.
    reason: String,
    is_withdrawn: bool,
    /// The last day on which it is shown.
    #[schema(example = "2026-04-30")]
    until: String,
    /// When I read it as it stands.
    read_at: Option<String>,
}

/// The newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Announcements {
    announcements: Vec<AnnouncementShape>,
    /// Whether I may write some, and look after them.
    may_write: bool,
}

/// One version of an announcement.
#[derive(Debug, Serialize, ToSchema)]
pub struct VersionShape {
    version: u32,
    by: Uuid,
    by_name: String,
    at: String,
    is_withdrawn: bool,
    reason: String,
    title: String,
    text: String,
    until: String,
    audience: AudienceShape,
}

/// An announcement with its history.
#[derive(Debug, Serialize, ToSchema)]
pub struct SentShape {
    id: Uuid,
    organisation: Uuid,
    organisation_name: String,
    /// The oldest first.
    versions: Vec<VersionShape>,
    /// Whether it is shown today.
    is_standing: bool,
}

/// The newest first; what has ended, too.
#[derive(Debug, Serialize, ToSchema)]
pub struct Sent {
    announcements: Vec<SentShape>,
}

/// How many of those at an office for whom it is have read it.
#[derive(Debug, Serialize, ToSchema)]
pub struct OfficeReachShape {
    organisation: Uuid,
    name: String,
    addressed: u64,
    read: u64,
}

/// Somebody for whom it is.
#[derive(Debug, Serialize, ToSchema)]
pub struct AddressedShape {
    person: Uuid,
    name: Name,
    organisation: Uuid,
    role: &'static str,
    read_at: Option<String>,
}

/// How far an announcement came, as it stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReachShape {
    version: u32,
    offices: Vec<OfficeReachShape>,
    /// `null`: who it was is told to the secretariat alone.
    people: Option<Vec<AddressedShape>>,
}

impl From<AnnounceError> for Problem {
    fn from(error: AnnounceError) -> Self {
        match error {
            AnnounceError::Forbidden => {
                let detail = Text::fixed(
                    "お知らせを出せるのは、事務局と事業所の管理者です",
                    "announcements are made by the secretariat and by administrators of offices",
                );
                Self::saying(Code::Forbidden, detail)
            }
            AnnounceError::NotFound => Self::not_found(),
            AnnounceError::Moved => {
                let detail = Text::fixed(
                    "ほかの人が先に訂正したか取り下げた、または掲示が終わっています。開き直してください",
                    "it was corrected or withdrawn by somebody else, or has ended: open it again",
                );
                Self::saying(Code::Conflict, detail)
            }
            AnnounceError::Full => {
                let detail = Text::fixed(
                    "掲示できる数か、訂正できる回数を超えています。古いお知らせを取り下げてください",
                    "too many announcements stand, or this one was corrected too often: withdraw an older one",
                );
                Self::saying(Code::Conflict, detail)
            }
            AnnounceError::Invalid(invalid) => invalid.into(),
            AnnounceError::Store(error) => error.into(),
        }
    }
}

fn name_of(directory: &Directory, organisation: OrganisationId) -> String {
    directory.organisations.get(&organisation).map(|known| known.name.clone()).unwrap_or_default()
}

impl From<&Audience> for AudienceShape {
    fn from(audience: &Audience) -> Self {
        Self {
            types: audience.types.iter().map(|kind| kind.code().to_owned()).collect(),
            organisations: audience.organisations.iter().map(ToString::to_string).collect(),
            roles: audience.roles.iter().map(|role| role.code().to_owned()).collect(),
        }
    }
}

impl AudienceShape {
    fn read(&self) -> Result<Audience, Invalid> {
        Ok(Audience {
            types: each("types", &self.types, |code| wire::code("", code))?,
            organisations: each("organisations", &self.organisations, |id| wire::id("", id, OrganisationId))?,
            roles: each("roles", &self.roles, |code| wire::code("", code))?,
        })
    }
}

fn shape(directory: &Directory, seen: AnnouncementSeen) -> AnnouncementShape {
    let AnnouncementSeen { announcement, read_at } = seen;
    let (first, current) = (announcement.first(), announcement.current());
    AnnouncementShape {
        id: announcement.id.0,
        version: current.number,
        title: current.words.title.clone(),
        text: if current.is_withdrawn { String::new() } else { current.words.text.clone() },
        organisation: announcement.organisation.0,
        organisation_name: name_of(directory, announcement.organisation),
        published_at: first.at.to_rfc3339(),
        changed_at: (current.number > 1).then(|| current.at.to_rfc3339()),
        reason: current.reason.clone(),
        is_withdrawn: current.is_withdrawn,
        until: current.words.until.to_string(),
        read_at: read_at.map(Timestamp::to_rfc3339),
    }
}

fn sent_shape(directory: &Directory, known: &Announcement, today: jiff::civil::Date) -> SentShape {
    let version = |version: &AnnouncementVersion| VersionShape {
        version: version.number,
        by: version.by.0,
        by_name: directory.people.get(&version.by).map(|known| known.name.kanji.clone()).unwrap_or_default(),
        at: version.at.to_rfc3339(),
        is_withdrawn: version.is_withdrawn,
        reason: version.reason.clone(),
        title: version.words.title.clone(),
        text: version.words.text.clone(),
        until: version.words.until.to_string(),
        audience: AudienceShape::from(&version.words.audience),
    };
    let current = known.current();
    SentShape {
        id: known.id.0,
        organisation: known.organisation.0,
        organisation_name: name_of(directory, known.organisation),
        versions: known.versions.iter().map(version).collect(),
        is_standing: !current.is_withdrawn && current.words.until >= today,
    }
}

/// What is announced to me.
#[utoipa::path(
    get, path = "/api/v1/announcements", tag = "announcements", responses((status = 200, body = Announcements)),
)]
pub async fn list(State(app): State<App>, by: SignedIn) -> Result<Json<Announcements>, Problem> {
    let directory = app.hub.region().directory();
    let seen = announcing::list_for(&app.hub, &by.actor).await?;
    let announcements = seen.into_iter().map(|seen| shape(&directory, seen)).collect();
    Ok(Json(Announcements { announcements, may_write: Speaker::of(&directory, &by.actor).is_ok() }))
}

/// The announcements that I look after: all, for the secretariat; those of the office, for its administrator.
#[utoipa::path(
    get, path = "/api/v1/announcements/sent", tag = "announcements",
    responses((status = 200, body = Sent), (status = 403, body = Problem, description = "Nobody who announces")),
)]
pub async fn list_sent(State(app): State<App>, by: SignedIn) -> Result<Json<Sent>, Problem> {
    let (region, directory) = (app.hub.region(), app.hub.region().directory());
    let today = region.date_at(region.now());
    let sent = announcing::list_sent(&app.hub, &by.actor).await?;
    let announcements = sent.iter().map(|known| sent_shape(&directory, known, today)).collect();
    Ok(Json(Sent { announcements }))
}

/// A text to be looked through.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "title": "研修のお知らせ", "text": "12月10日 18時から、第2会議室" }))]
pub struct TextGiven {
    title: String,
    text: String,
    #[serde(default)]
    reason: String,
}

/// What in this text may say of whom it speaks? Names are looked for among the patients whom I may know of.
#[utoipa::path(
    post, path = "/api/v1/announcements/check", tag = "announcements", request_body = TextGiven,
    responses((status = 200, body = Findings), (status = 403, body = Problem, description = "Nobody who announces")),
)]
pub async fn check(
    State(app): State<App>,
    by: SignedIn,
    input::Json(given): input::Json<TextGiven>,
) -> Result<Json<Findings>, Problem> {
    Speaker::of(&app.hub.region().directory(), &by.actor)?;
    let found = look_for_identifiers(&app.hub, &by.actor, &[&given.title, &given.text, &given.reason]).await?;
    Ok(Json(Findings::from(found)))
}

/// An announcement as somebody writes it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "title": "研修のお知らせ", "text": "12月10日 18時から、第2会議室", "until": "2026-12-10",
    "audience": { "types": ["nursing_station"] }, "confirmed": []
}))]
pub struct AnnouncementGiven {
    title: String,
    text: String,
    /// The last day on which it is shown.
    until: String,
    #[serde(default)]
    audience: AudienceShape,
    /// Pieces of the text that were found and that I confirm to say of no patient, as `check` told them.
    #[serde(default)]
    confirmed: Vec<String>,
}

/// A correction.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "version": 1, "title": "研修のお知らせ", "text": "12月10日 18時から、大会議室", "until": "2026-12-10",
    "audience": { "types": ["nursing_station"] }, "reason": "会場の変更"
}))]
pub struct CorrectionGiven {
    /// That I have before me: if it is another by now, nothing is changed.
    version: u32,
    title: String,
    text: String,
    until: String,
    #[serde(default)]
    audience: AudienceShape,
    /// Why; those who see it are told.
    #[serde(default)]
    reason: String,
    #[serde(default)]
    confirmed: Vec<String>,
}

fn words(title: &str, text: String, until: &str, audience: &AudienceShape) -> Result<AnnouncementWords, Invalid> {
    Ok(AnnouncementWords {
        title: title.trim().to_owned(),
        text,
        until: date("until", until)?,
        audience: audience.read().map_err(|invalid| invalid.within("audience"))?,
    })
}

/// Announce something. Where something in it may say of whom it speaks, that has to be confirmed piece by piece.
#[utoipa::path(
    post, path = "/api/v1/announcements", tag = "announcements", request_body = AnnouncementGiven,
    responses(
        (status = 201, body = SentShape),
        (status = 403, body = Problem, description = "Nobody who announces"),
        (status = 409, body = Problem, description = "Too many stand"),
    ),
)]
pub async fn publish(
    State(app): State<App>,
    by: SignedIn,
    input::Json(given): input::Json<AnnouncementGiven>,
) -> Result<(StatusCode, Json<SentShape>), Problem> {
    let AnnouncementGiven { title, text, until, audience, confirmed } = given;
    let (region, directory) = (app.hub.region(), app.hub.region().directory());
    Speaker::of(&directory, &by.actor)?;
    let words = words(&title, text, &until, &audience)?;
    let made = announcing::publish(&app.hub, &by, Given { words, reason: String::new(), confirmed }).await?;
    Ok((StatusCode::CREATED, Json(sent_shape(&directory, &made, region.date_at(region.now())))))
}

/// Correct an announcement: a further version takes the place of the one before, which stays in the history.
#[utoipa::path(
    put, path = "/api/v1/announcements/{id}", tag = "announcements", request_body = CorrectionGiven,
    params(("id" = Uuid, Path, description = "The announcement")),
    responses(
        (status = 204),
        (status = 403, body = Problem, description = "Nobody who announces"),
        (status = 409, body = Problem, description = "It is another by now, or has ended"),
    ),
)]
pub async fn correct(
    State(app): State<App>,
    by: SignedIn,
    Id(id): Id<AnnouncementId>,
    input::Json(given): input::Json<CorrectionGiven>,
) -> Result<StatusCode, Problem> {
    let CorrectionGiven { version, title, text, until, audience, reason, confirmed } = given;
    Speaker::of(&app.hub.region().directory(), &by.actor)?;
    let words = words(&title, text, &until, &audience)?;
    announcing::correct(&app.hub, &by, id, version, Given { words, reason, confirmed }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Why an announcement is withdrawn.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "reason": "日程が決まり直したため" }))]
pub struct WithdrawalGiven {
    reason: String,
    #[serde(default)]
    confirmed: Vec<String>,
}

/// Withdraw an announcement. Those who read it see that, and why.
#[utoipa::path(
    post, path = "/api/v1/announcements/{id}/withdrawal", tag = "announcements", request_body = WithdrawalGiven,
    params(("id" = Uuid, Path, description = "The announcement")),
    responses(
        (status = 204),
        (status = 403, body = Problem, description = "Nobody who announces"),
        (status = 409, body = Problem, description = "It was withdrawn already, or has ended"),
    ),
)]
pub async fn withdraw(
    State(app): State<App>,
    by: SignedIn,
    Id(id): Id<AnnouncementId>,
    input::Json(given): input::Json<WithdrawalGiven>,
) -> Result<StatusCode, Problem> {
    announcing::withdraw(&app.hub, &by, id, given.reason, &given.confirmed).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What I have read.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "version": 1 }))]
pub struct ReceiptGiven {
    version: u32,
}

/// I have read this announcement, up to this version.
#[utoipa::path(
    post, path = "/api/v1/announcements/{id}/receipt", tag = "announcements", request_body = ReceiptGiven,
    params(("id" = Uuid, Path, description = "The announcement")), responses((status = 204)),
)]
pub async fn note_read(
    State(app): State<App>,
    by: SignedIn,
    Id(id): Id<AnnouncementId>,
    input::Json(given): input::Json<ReceiptGiven>,
) -> Result<StatusCode, Problem> {
    announcing::note_read(&app.hub, &by.actor, id, given.version).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// How many of those for whom it is have read it; who they are, for the secretariat.
#[utoipa::path(
    get, path = "/api/v1/announcements/{id}/receipts", tag = "announcements",
    params(("id" = Uuid, Path, description = "The announcement")),
    responses((status = 200, body = ReachShape), (status = 403, body = Problem, description = "Nobody who announces")),
)]
pub async fn list_receipts(
    State(app): State<App>,
    by: SignedIn,
    Id(id): Id<AnnouncementId>,
) -> Result<Json<ReachShape>, Problem> {
    let directory = app.hub.region().directory();
    let Reach { number, offices, people } = announcing::reach(&app.hub, &by.actor, id).await?;
    let offices = offices.iter().map(|office| OfficeReachShape {
        organisation: office.organisation.0,
        name: name_of(&directory, office.organisation),
        addressed: office.addressed,
        read: office.read,
    });
    let name = |person: PersonId| directory.people.get(&person).map(|known| Name::from(&known.name));
    let addressed = |one: &announcing::Addressed| {
        Some(AddressedShape {
            person: one.person.0,
            name: name(one.person)?,
            organisation: one.position.organisation.0,
            role: one.position.role.code(),
            read_at: one.read_at.map(Timestamp::to_rfc3339),
        })
    };
    let people = people.map(|people| people.iter().filter_map(addressed).collect());
    Ok(Json(ReachShape { version: number, offices: offices.collect(), people }))
}
