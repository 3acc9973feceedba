//! Reading a file: whoever may see an entry at this moment may read the files it names. Recorded as a read of the entry,
//! before anything is handed out.

use std::sync::Arc;

use super::{Files, aside, room::Room};
use crate::domain::attachment::{Attachment, ContentHash};
use crate::domain::ids::{EntryId, Seq, TimelineId};
use crate::hub::published::Published;
use crate::hub::reading::LookError;
use crate::hub::sessions::SignedIn;
use crate::limits;
use crate::store::{FileName, ShelfError, StoreError, open_file};
use crate::vault::SEAL_OVERHEAD_BYTES;

/// A file, opened and found whole.
pub struct Opened {
    /// As the entry names it.
    pub attachment: Attachment,
    pub content: Vec<u8>,
    /// Held until the content is handed out.
    pub room: Room,
}

/// Why a file is not handed out.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error("no such entry, or none that this actor may see, or it names no such file")]
    NotFound,
    #[error("more files at once than the hub hands out")]
    Overloaded,
    #[error("the file {0} is missing or damaged")]
    Damaged(FileName),
    #[error(transparent)]
    Look(#[from] LookError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Shelf(#[from] ShelfError),
}

impl Files {
    /// Opens a file that an entry names.
    ///
    /// # Errors
    /// What the actor may not see is not found, whether it is there or not.
    pub async fn open(
        &self,
        signed_in: SignedIn,
        timeline: TimelineId,
        entry: EntryId,
        sha256: ContentHash,
    ) -> Result<Opened, ReadError> {
        let mut room = self.rooms.enter(signed_in.id).ok_or(ReadError::Overloaded)?;
        let found = self.hub.journal().find_entry(entry).await?;
        let found = found.filter(|found| found.entry.timeline == timeline).ok_or(ReadError::NotFound)?;
        let published = Published::of_stored(found);
        let seq = published.seq();
        let after = Seq(seq.0.saturating_sub(1));
        let sight = self.hub.look(signed_in.actor, signed_in.id, timeline, after, Some(seq), sha256).await?;
        let is_shown = sight.is_some_and(|sight| sight.view.shows(&published));
        let named = published.entry.body.attachments().iter().find(|named| named.sha256 == sha256);
        let attachment = named.filter(|_| is_shown).cloned().ok_or(ReadError::NotFound)?;
        if !room.grow_to(attachment.size_bytes as usize) {
            return Err(ReadError::Overloaded);
        }
        let content = self.content(timeline, &attachment).await?;
        Ok(Opened { attachment, content, room })
    }

    /// Room for files that are opened one after the other, none of them larger than this. `None`: there is none.
    pub(in crate::actions) fn room_for(&self, signed_in: &SignedIn, bytes: usize) -> Option<Room> {
        let mut room = self.rooms.enter(signed_in.id)?;
        room.grow_to(bytes).then_some(room)
    }

    /// A file, whoever asks: the caller has judged it, holds room for it, and has put it on record.
    pub(in crate::actions) async fn content(
        &self,
        timeline: TimelineId,
        attachment: &Attachment,
    ) -> Result<Vec<u8>, ReadError> {
        let key = self.hub.journal().read(move |tx| Box::pin(tx.find_key(timeline))).await?;
        let key = key.ok_or(ReadError::NotFound)?;
        let (name, sha256) = (FileName::of(self.hub.journal().region(), timeline, attachment), attachment.sha256);
        let _one_of_few = self.sealing.acquire().await.map_err(|_closed| ReadError::Overloaded)?;
        let bytes_max = u64::from(limits::ATTACHMENT_BYTES_MAX) + SEAL_OVERHEAD_BYTES as u64;
        let sealed = self.shelf.find(name, bytes_max).await?.ok_or(ReadError::Damaged(name))?;
        let key = Arc::clone(&key);
        let opened = aside(move || open_file(&key, timeline, name, sha256, &sealed)).await;
        opened.ok_or(ReadError::Damaged(name))
    }
}
