//! `/api/v1/groups`: people who talk with each other at work, about no patient. Made by the secretariat or an office's
//! administrator; read and written in by their members.

mod shapes;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::actions::groups::{self, GroupError, GroupGiven, makes_groups};
use crate::domain::group::GroupWords;
use crate::domain::ids::{GroupId, PersonId};
use crate::domain::text::{Invalid, Text};
use crate::http::app::App;
use crate::http::input::{self, Asked, Id, each};
use crate::http::problem::Problem;
use crate::hub::sessions::SignedIn;
use crate::wire;
use crate::wire::codes::Code;

use self::shapes::{Groups, MessageList, message, shape};
use super::cases::TextsGiven;
use super::findings::Findings;

impl From<GroupError> for Problem {
    fn from(error: GroupError) -> Self {
        let (code, detail) = match error {
            GroupError::Forbidden => (
                Code::Forbidden,
                Text::fixed(
                    "グループは地域で働く人のものです。書けるのはメンバー、作って直せるのは事務局と事業所の管理者です",
                    "groups are for those who work in the region: members write there, the secretariat and administrators of \
                     offices look after them",
                ),
            ),
            GroupError::Closed => (
                Code::Conflict,
                Text::fixed(
                    "このグループは終了しています。読むことだけできます",
                    "this group is closed: it can be read alone",
                ),
            ),
            GroupError::Gone => (Code::Conflict, Text::fixed("すでに取り下げられています", "it was withdrawn already")),
            GroupError::Full => (
                Code::Conflict,
                Text::fixed(
                    "グループの数が上限です。使わないものを終了してください",
                    "there are too many groups: close those that nobody uses",
                ),
            ),
            GroupError::NotFound => return Self::not_found(),
            GroupError::Invalid(invalid) => return invalid.into(),
            GroupError::Store(error) => return error.into(),
        };
        Self::saying(code, detail)
    }
}

/// The groups that I am in or look after.
#[utoipa::path(
    get, path = "/api/v1/groups", tag = "groups",
    responses((status = 200, body = Groups), (status = 403, body = Problem, description = "Families and systems")),
)]
pub async fn list(State(app): State<App>, by: SignedIn) -> Result<Json<Groups>, Problem> {
    let directory = app.hub.region().directory();
    let seen = groups::list(&app.hub, &by.actor).await?;
    let groups = seen.iter().map(|seen| shape(&directory, seen)).collect();
    Ok(Json(Groups { groups, may_make: makes_groups(&directory, &by.actor) }))
}

/// What in these texts may say of a patient? Names are looked for among the patients whom I may know of.
#[utoipa::path(
    post, path = "/api/v1/groups/check", tag = "groups", request_body = TextsGiven,
    responses((status = 200, body = Findings), (status = 403, body = Problem, description = "Families and systems")),
)]
pub async fn check(
    State(app): State<App>,
    by: SignedIn,
    input::Json(given): input::Json<TextsGiven>,
) -> Result<Json<Findings>, Problem> {
    Ok(Json(Findings::from(groups::look_through(&app.hub, &by.actor, &given.texts()).await?)))
}

/// A group as whoever looks after it says that it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "name": "褥瘡の勉強会", "about": "道具と手順を持ち寄ります", "members": ["0190aaaa-0000-7000-8000-00000000000a"],
    "is_closed": false, "confirmed": []
}))]
pub struct GroupBody {
    name: String,
    #[serde(default)]
    about: String,
    /// Ids of people. Of an office's group: people of that office.
    members: Vec<String>,
    #[serde(default)]
    is_closed: bool,
    /// Pieces of name and purpose that were found and that I confirm to say of no patient, as `check` told them.
    #[serde(default)]
    confirmed: Vec<String>,
}

impl GroupBody {
    fn read(self) -> Result<GroupGiven, Invalid> {
        let members = each("members", &self.members, |id| wire::id("", id, PersonId))?;
        let words = GroupWords { name: self.name.trim().to_owned(), about: self.about, members };
        Ok(GroupGiven { words, is_closed: self.is_closed, confirmed: self.confirmed })
    }
}

/// The id of what was made.
#[derive(Debug, Serialize, ToSchema)]
pub struct GroupMade {
    id: Uuid,
}

/// Make a group: of anybody who works in the region, for the secretariat; of their own people, for an office's administrator.
#[utoipa::path(
    post, path = "/api/v1/groups", tag = "groups", request_body = GroupBody,
    responses(
        (status = 201, body = GroupMade),
        (status = 403, body = Problem, description = "Looks after nobody"),
        (status = 409, body = Problem, description = "There are too many"),
    ),
)]
pub async fn make(
    State(app): State<App>,
    by: SignedIn,
    input::Json(given): input::Json<GroupBody>,
) -> Result<(StatusCode, Json<GroupMade>), Problem> {
    let id = groups::put(&app.hub, &by, None, given.read()?).await?;
    Ok((StatusCode::CREATED, Json(GroupMade { id: id.0 })))
}

/// Replace what is known of a group: its name, what it is for, who is in it, whether it is closed.
#[utoipa::path(
    put, path = "/api/v1/groups/{id}", tag = "groups", request_body = GroupBody,
    params(("id" = Uuid, Path, description = "The group")),
    responses((status = 204), (status = 403, body = Problem, description = "A member, who does not look after it")),
)]
pub async fn change(
    State(app): State<App>,
    by: SignedIn,
    Id(id): Id<GroupId>,
    input::Json(given): input::Json<GroupBody>,
) -> Result<StatusCode, Problem> {
    groups::put(&app.hub, &by, Some(id), given.read()?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What was written in a group that I am in or look after.
#[utoipa::path(
    get, path = "/api/v1/groups/{id}/messages", tag = "groups",
    params(
        ("id" = Uuid, Path, description = "The group"),
        ("before" = Option<u32>, Query, description = "Those before this number; without it, the newest"),
    ),
    responses((status = 200, body = MessageList)),
)]
pub async fn list_messages(
    State(app): State<App>,
    by: SignedIn,
    Id(id): Id<GroupId>,
    mut asked: Asked,
) -> Result<Json<MessageList>, Problem> {
    let expected = Text::fixed("0以上の整数です", "a whole number is expected");
    let before = asked.take_as("before", expected)?;
    asked.finish()?;
    let directory = app.hub.region().directory();
    let found = groups::list_messages(&app.hub, &by.actor, id, before).await?;
    let messages = found.messages.iter().map(|one| message(&directory, &by.actor, &found.seen, one)).collect();
    Ok(Json(MessageList { messages, more: found.more }))
}

/// A message.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "text": "次回は11月15日、みなと会館です。", "confirmed": [] }))]
pub struct MessageGiven {
    text: String,
    #[serde(default)]
    confirmed: Vec<String>,
}

/// Its number in the group.
#[derive(Debug, Serialize, ToSchema)]
pub struct MessagePosted {
    number: u32,
}

/// Write in a group that I am in. Where something in it may say of a patient, that has to be confirmed piece by piece.
#[utoipa::path(
    post, path = "/api/v1/groups/{id}/messages", tag = "groups", request_body = MessageGiven,
    params(("id" = Uuid, Path, description = "The group")),
    responses(
        (status = 201, body = MessagePosted),
        (status = 403, body = Problem, description = "Looks after it and is not in it"),
        (status = 409, body = Problem, description = "The group is closed"),
    ),
)]
pub async fn post(
    State(app): State<App>,
    by: SignedIn,
    Id(id): Id<GroupId>,
    input::Json(given): input::Json<MessageGiven>,
) -> Result<(StatusCode, Json<MessagePosted>), Problem> {
    let number = groups::post(&app.hub, &by, id, given.text, &given.confirmed).await?;
    Ok((StatusCode::CREATED, Json(MessagePosted { number })))
}

/// Which message is taken out, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "number": 12, "reason": "患者さんのことが分かるため" }))]
pub struct MessageWithdrawalGiven {
    number: u32,
    /// Required where somebody else wrote it.
    #[serde(default)]
    reason: String,
    #[serde(default)]
    confirmed: Vec<String>,
}

/// Take a message out: mine; any, where I look after the group. Its text is deleted.
#[utoipa::path(
    post, path = "/api/v1/groups/{id}/withdrawal", tag = "groups", request_body = MessageWithdrawalGiven,
    params(("id" = Uuid, Path, description = "The group")),
    responses(
        (status = 204),
        (status = 403, body = Problem, description = "Somebody else's"),
        (status = 409, body = Problem, description = "It was withdrawn already"),
    ),
)]
pub async fn withdraw(
    State(app): State<App>,
    by: SignedIn,
    Id(id): Id<GroupId>,
    input::Json(given): input::Json<MessageWithdrawalGiven>,
) -> Result<StatusCode, Problem> {
    groups::withdraw(&app.hub, &by, id, given.number, given.reason, &given.confirmed).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Up to which message I have read.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "number": 12 }))]
pub struct ReadGiven {
    number: u32,
}

/// I have read a group that I am in, up to this message.
#[utoipa::path(
    post, path = "/api/v1/groups/{id}/receipt", tag = "groups", request_body = ReadGiven,
    params(("id" = Uuid, Path, description = "The group")),
    responses((status = 204), (status = 403, body = Problem, description = "Looks after it and is not in it")),
)]
pub async fn note_read(
    State(app): State<App>,
    by: SignedIn,
    Id(id): Id<GroupId>,
    input::Json(given): input::Json<ReadGiven>,
) -> Result<StatusCode, Problem> {
    groups::note_read(&app.hub, &by.actor, id, given.number).await?;
    Ok(StatusCode::NO_CONTENT)
}
