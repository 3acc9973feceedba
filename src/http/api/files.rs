//! `/api/v1/timelines/{id}/files` and `…/entries/{entry}/files/{sha256}`: handing a file in before the entry that names
//! it is posted, and reading it with that entry. Plain bytes both ways; no name of a patient stands in an address.

use std::convert::Infallible;
use std::time::Duration;

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt as _, stream};
use serde::Serialize;
use tokio::sync::mpsc;
use utoipa::ToSchema;

use crate::actions::files::{Kept, Opened, ending};
use crate::domain::attachment::{ContentHash, MediaType};
use crate::domain::ids::{EntryId, TimelineId};
use crate::domain::text::{Invalid, Text};
use crate::http::app::App;
use crate::http::input::{Asked, Id};
use crate::http::names;
use crate::http::problem::Problem;
use crate::hub::sessions::SignedIn;
use crate::limits;
use crate::wire::codes::Code;

/// The file's name on the device, percent-encoded UTF-8: its ending must fit the type. It is not kept.
pub const NAME_HEADER: HeaderName = HeaderName::from_static("renkei-file-name");

/// What is shown in a browser cannot act: no script, no form, no other content, an origin of its own.
const POLICY: &str = "default-src 'none'; sandbox";

/// A file that is kept. Three of its fields go into `attachments` of the entry as they are, with a title.
#[derive(Debug, Serialize, ToSchema)]
pub struct KeptShape {
    /// Of the content, in lower-case hexadecimal.
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    sha256: String,
    #[schema(example = "image/jpeg")]
    media_type: &'static str,
    size_bytes: u32,
    /// Unless an entry has named it by then, it is removed.
    #[schema(example = "2026-04-02T00:30:00Z")]
    unnamed_until: String,
}

impl From<Kept> for KeptShape {
    fn from(kept: Kept) -> Self {
        Self {
            sha256: kept.sha256.to_string(),
            media_type: kept.media_type.code(),
            size_bytes: kept.size_bytes,
            unnamed_until: kept.unnamed_until.to_rfc3339(),
        }
    }
}

/// Hand in a file for an entry that will name it. Durable when it is answered; the same file again is answered alike.
#[utoipa::path(
    post, path = "/api/v1/timelines/{id}/files", tag = "timelines",
    request_body(
        content = Vec<u8>, content_type = "application/octet-stream",
        description = "The bytes of the file, under its own type in `Content-Type`: `application/pdf`, `image/jpeg`, \
            `image/png`, `image/heic`, `image/webp`, `text/plain` or `text/csv` (UTF-8)"
    ),
    params(
        ("id" = Uuid, Path, description = "The timeline, which is the patient's id"),
        ("renkei-file-name" = String, Header, description = "Its name, percent-encoded UTF-8; the ending must fit the type"),
    ),
    responses(
        (status = 201, body = KeptShape),
        (status = 400, body = Problem, description = "The body broke off"),
        (status = 404, body = Problem, description = "No such patient, or none for whom I may post what can name a file"),
        (status = 413, body = Problem, description = "Larger than an attachment may be"),
        (status = 415, body = Problem, description = "Not one of the types that are taken"),
        (status = 422, body = Problem, description = "The content or the name does not fit the type, or the file acts"),
    ),
)]
pub async fn upload(
    State(app): State<App>,
    signed_in: SignedIn,
    Id(timeline): Id<TimelineId>,
    headers: HeaderMap,
    body: Body,
) -> Result<(StatusCode, Json<KeptShape>), Problem> {
    let media_type = media_type(&headers).ok_or_else(not_taken)?;
    let name = headers.get(NAME_HEADER).and_then(|given| given.to_str().ok()).unwrap_or_default();
    let name = names::decode(name).ok_or_else(|| Invalid::new("name", Code::Malformed.code(), not_percent()))?;
    let length = headers.get(header::CONTENT_LENGTH).and_then(|given| given.to_str().ok()?.parse().ok());
    let mut arriving = app.files.begin(signed_in, timeline, (media_type, &name), length).await?;
    let mut pieces = body.into_data_stream();
    while let Some(piece) = pieces.next().await {
        arriving.take(&piece.map_err(|_broken| Problem::of(Code::Malformed))?)?;
    }
    Ok((StatusCode::CREATED, Json(app.files.keep(arriving).await?.into())))
}

fn media_type(headers: &HeaderMap) -> Option<MediaType> {
    let given = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = given.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    MediaType::from_code(&essence)
}

fn not_taken() -> Problem {
    let listed =
        |name: fn(&MediaType) -> &'static str, comma| MediaType::ALL.iter().map(name).collect::<Vec<_>>().join(comma);
    let words = Text::new(
        format!("受け取れるファイルの種類: {}", listed(|known| known.ja(), "、")),
        format!("a file of one of these types is expected: {}", listed(|known| known.code(), ", ")),
    );
    Problem::saying(Code::MediaTypeUnsupported, words)
}

fn not_percent() -> Text {
    Text::fixed("UTF-8をパーセントで符号化した名前が必要です", "a name in percent-encoded UTF-8 is expected")
}

/// Read a file that an entry names. Recorded as a read of the entry.
#[utoipa::path(
    get, path = "/api/v1/timelines/{id}/entries/{entry}/files/{sha256}", tag = "timelines",
    params(
        ("id" = Uuid, Path, description = "The timeline, which is the patient's id"),
        ("entry" = Uuid, Path, description = "The entry that names it, which may be a correction"),
        ("sha256" = String, Path, description = "As in the entry's `attachments`"),
        ("shown" = Option<String>, Query, description = "`attachment` (also when missing); `inline` for images and PDF"),
    ),
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream",
        description = "The bytes as they were handed in, under the type in the entry")),
)]
pub async fn download(
    State(app): State<App>,
    signed_in: SignedIn,
    path: Result<Path<(String, String, String)>, PathRejection>,
    mut asked: Asked,
) -> Result<Response, Problem> {
    let Path((timeline, entry, sha256)) = path.map_err(|_| Problem::not_found())?;
    let (Ok(timeline), Ok(entry), Ok(sha256)) =
        (timeline.parse::<TimelineId>(), entry.parse::<EntryId>(), sha256.parse::<ContentHash>())
    else {
        return Err(Problem::not_found());
    };
    let shown = asked.take("shown");
    asked.finish()?;
    let wants_inline = match shown.as_deref() {
        None | Some("attachment") => false,
        Some("inline") => true,
        Some(other) => return Err(Invalid::unknown_code("shown", other, &["attachment", "inline"]).into()),
    };
    let opened = app.files.open(signed_in, timeline, entry, sha256).await?;
    Ok(served(opened, wants_inline))
}

fn served(opened: Opened, wants_inline: bool) -> Response {
    let Opened { attachment, content, room } = opened;
    let media_type = attachment.media_type;
    let is_text = matches!(media_type, MediaType::PlainText | MediaType::Csv);
    let content_type = format!("{media_type}{}", if is_text { "; charset=utf-8" } else { "" });
    let disposition = names::disposition(wants_inline && !is_text, &attachment.title, ending(media_type));
    let value = |text: &str| HeaderValue::from_str(text).expect("codes and percent-encoded names are ASCII");
    let length = content.len();
    let (pieces, taken) = mpsc::channel(limits::DOWNLOAD_PIECES_WAITING_MAX);
    tokio::spawn(async move {
        let bound = Duration::from_millis(limits::DOWNLOAD_TIMEOUT_MS);
        // Who is too slow finds the body cut short of its length; the file is put away either way.
        let _ = tokio::time::timeout(bound, hand_out(content, pieces)).await;
        drop(room);
    });
    let body = stream::unfold(taken, async |mut taken: mpsc::Receiver<Bytes>| {
        taken.recv().await.map(|piece| (Ok::<_, Infallible>(piece), taken))
    });
    let headers = [
        (header::CONTENT_TYPE, value(&content_type)),
        (header::CONTENT_LENGTH, length.into()),
        (header::CONTENT_DISPOSITION, value(&disposition)),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    ];
    (headers, Body::from_stream(body)).into_response()
}

/// In copies of pieces: what still waits when the time is over does not hold the whole file.
async fn hand_out(content: Vec<u8>, pieces: mpsc::Sender<Bytes>) {
    for piece in content.chunks(limits::DOWNLOAD_PIECE_BYTES) {
        if pieces.send(Bytes::copy_from_slice(piece)).await.is_err() {
            return;
        }
    }
}
