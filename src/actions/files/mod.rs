//! Files that entries refer to. One is handed in before the entry that names it is posted, checked (`recognise`), sealed
//! with its patient's key and put on the shelf; one that no entry names in time is swept (`sweep`). Reading one is
//! reading its entry (`reading`).
//!
//! Who may name which file in a post is not decided here but with the post.

mod archive;
mod behind;
mod heic;
mod pdf;
mod picture;
mod plain;
mod reading;
mod recognise;
mod room;
#[cfg(test)]
mod samples;
mod sweep;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{RwLock, Semaphore};

pub use self::reading::{Opened, ReadError};
pub use self::recognise::{check_content, ending};
pub(in crate::actions) use self::room::Room;
use self::room::Rooms;
use crate::domain::attachment::{Attachment, ContentHash, MediaType};
use crate::domain::ids::TimelineId;
use crate::domain::text::Invalid;
use crate::domain::time::Timestamp;
use crate::hub::Hub;
use crate::hub::allowance::Asked;
use crate::hub::sessions::SignedIn;
use crate::limits;
use crate::store::{FileName, HandedIn, Shelf, ShelfError, StoreError, seal_file};
use crate::vault::digest;

/// Keeps and serves the files of a region.
pub struct Files {
    hub: Hub,
    shelf: Shelf,
    /// Held to write while a file is let go, so that nobody hands the same one in meanwhile.
    tending: RwLock<()>,
    rooms: Rooms,
    /// Sealing and opening take a file's size once more.
    sealing: Semaphore,
}

/// A file whose content arrives piece by piece.
pub struct Arriving {
    signed_in: SignedIn,
    timeline: TimelineId,
    media_type: MediaType,
    content: Vec<u8>,
    room: Room,
}

/// A file that is kept: how an entry names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept {
    pub sha256: ContentHash,
    pub media_type: MediaType,
    pub size_bytes: u32,
    /// Without an entry that names it, it is removed after this.
    pub unnamed_until: Timestamp,
}

/// Why a file is not kept. Nothing is stored then.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    #[error("no such patient, or none for which this actor may hand in files")]
    NotFound,
    #[error("more files at once than the hub takes")]
    Overloaded,
    #[error("the file is larger than an attachment may be")]
    TooLarge,
    #[error(transparent)]
    Invalid(#[from] Invalid),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Shelf(#[from] ShelfError),
}

impl Files {
    #[must_use]
    pub fn new(hub: Hub, shelf: Shelf) -> Self {
        let sealing = Semaphore::new(limits::FILES_SEALED_AT_ONCE_MAX);
        Self { hub, shelf, tending: RwLock::default(), rooms: Rooms::default(), sealing }
    }

    /// Begins to take a file in. `bytes`: how long it says it is.
    ///
    /// # Errors
    /// When it will not be kept whatever it holds, or not now. Of the patient is only told that there is none for whom
    /// this actor may hand in files.
    pub async fn begin(
        &self,
        signed_in: SignedIn,
        timeline: TimelineId,
        (media_type, name): (MediaType, &str),
        bytes: Option<u64>,
    ) -> Result<Arriving, UploadError> {
        if bytes.is_some_and(|bytes| bytes > u64::from(limits::ATTACHMENT_BYTES_MAX)) {
            return Err(UploadError::TooLarge);
        }
        recognise::check_name(media_type, name)?;
        let room = self.rooms.enter(signed_in.id).ok_or(UploadError::Overloaded)?;
        if !self.hub.may_attach(&signed_in.actor, timeline).await? {
            return Err(UploadError::NotFound);
        }
        Ok(Arriving { signed_in, timeline, media_type, content: Vec::new(), room })
    }

    /// Keeps a file that has arrived whole; durable when this returns.
    ///
    /// # Errors
    /// When its content is not what it is said to be, or cannot be stored.
    pub async fn keep(&self, arriving: Arriving) -> Result<Kept, UploadError> {
        let Arriving { signed_in, timeline, media_type, content, room } = arriving;
        let size_bytes = u32::try_from(content.len()).map_err(|_| UploadError::TooLarge)?;
        let now = self.hub.region().now();
        let blocks = content.len().div_ceil(limits::UPLOAD_BLOCK_BYTES).max(1);
        if !self.hub.region().spend(signed_in.id.0, Asked::UploadBlock, blocks).await {
            return Err(UploadError::Overloaded);
        }
        let key = self.hub.journal().read(move |tx| Box::pin(tx.find_key(timeline))).await?;
        let key = key.ok_or(UploadError::NotFound)?;
        let region = Arc::clone(self.hub.journal().region());
        let sealing = self.sealing.acquire().await.map_err(|_closed| UploadError::Overloaded)?;
        let (sha256, name, sealed) = aside(move || -> Result<_, UploadError> {
            recognise::check_content(media_type, &content)?;
            let sha256 = ContentHash(digest(&content));
            let named = Attachment { sha256, media_type, size_bytes, title: String::new() };
            let name = FileName::of(&region, timeline, &named);
            Ok((sha256, name, seal_file(&key, timeline, name, &content)))
        })
        .await?;
        let organisation = signed_in.actor.organisation;
        let file = HandedIn { timeline, name, organisation, sign_in: signed_in.id, bytes: size_bytes, at: now };
        let _not_swept_meanwhile = self.tending.read().await;
        self.hub.journal().write(move |tx| Box::pin(tx.insert_file(file))).await?;
        self.shelf.put(name, sealed).await?;
        self.hub.journal().write(move |tx| Box::pin(tx.keep_file(file))).await?;
        drop((sealing, room));
        let unnamed_until = now.saturating_add(Duration::from_secs(limits::FILE_UNNAMED_S_MAX));
        Ok(Kept { sha256, media_type, size_bytes, unnamed_until })
    }
}

impl Arriving {
    /// Takes the next piece of the content.
    ///
    /// # Errors
    /// When the file becomes too large, or there is no room for it now.
    pub fn take(&mut self, piece: &[u8]) -> Result<(), UploadError> {
        let length = self.content.len() + piece.len();
        if length > limits::ATTACHMENT_BYTES_MAX as usize {
            return Err(UploadError::TooLarge);
        }
        if !self.room.grow_to(length) {
            return Err(UploadError::Overloaded);
        }
        self.content.extend_from_slice(piece);
        Ok(())
    }
}

/// Work on a whole file, away from the threads that serve.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // Only when the runtime shuts down, and this future is about to be dropped too.
            Err(_cancelled) => std::future::pending().await,
        },
    }
}
