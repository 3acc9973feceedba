//! Removing files that no entry named in time: posts that were given up, or cut off between the file and the entry. At the hub's
//! start and then on a timer. That no entry names it is asked of the entries, and whose file it is of its seal: what the table
//! says of either, somebody may have written there.
//!
//! First the row says that it is not kept, so that nothing can name it; then the file goes; then the row. Cut off in
//! between, it is done again.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::Files;
use crate::domain::ids::TimelineId;
use crate::domain::time::Timestamp;
use crate::limits;
use crate::store::{Claimed, ShelfError, StoreError, UnnamedFile, is_file_of};
use crate::vault::SEAL_OVERHEAD_BYTES;

/// Why a file was not removed; the next sweep tries again.
#[derive(Debug, thiserror::Error)]
pub enum SweepError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Shelf(#[from] ShelfError),
}

impl Files {
    /// Sweeps now and then by the hub's clock, for as long as it is polled.
    pub async fn tend(&self) {
        let clock = Arc::clone(self.hub.region().clock());
        loop {
            let next = clock.now().saturating_add(Duration::from_secs(limits::FILE_SWEEP_INTERVAL_S));
            while clock.now() < next {
                clock.wait_until(next).await;
            }
            self.sweep().await;
        }
    }

    /// Removes the files that nobody named in time, at most [`limits::FILE_SWEEP_FILES_MAX`] of them; what cannot be
    /// removed is logged and left for the next time. Returns how many rows went.
    pub async fn sweep(&self) -> usize {
        let before = self.hub.region().now().saturating_sub(Duration::from_secs(limits::FILE_UNNAMED_S_MAX));
        let list = self
            .hub
            .journal()
            .read(move |tx| Box::pin(async move { tx.list_unnamed_files(before, limits::FILE_SWEEP_FILES_MAX).await }));
        let unnamed: Vec<UnnamedFile> = match list.await {
            Ok(unnamed) => unnamed,
            Err(error) => {
                let error: StoreError = error;
                tracing::error!(code = error.code(), %error, "files without an entry cannot be looked for");
                return 0;
            }
        };
        let mut of_timelines: BTreeMap<TimelineId, Vec<UnnamedFile>> = BTreeMap::new();
        unnamed.into_iter().for_each(|file| of_timelines.entry(file.timeline).or_default().push(file));
        let mut swept = 0;
        for (timeline, files) in of_timelines {
            let claimed = match self.hub.journal().find_claims(timeline).await {
                Ok(claimed) => claimed,
                Err(error) => {
                    tracing::error!(code = error.code(), %error, "what the entries of a timeline name cannot be looked for");
                    continue;
                }
            };
            for file in files {
                match self.let_go(file, &claimed, before).await {
                    Ok(is_gone) => swept += usize::from(is_gone),
                    Err(error) => tracing::error!(%error, "a file without an entry cannot be removed"),
                }
            }
        }
        swept
    }

    /// `false`: an entry names it, or may; or it was handed in again.
    async fn let_go(&self, file: UnnamedFile, claimed: &Claimed, before: Timestamp) -> Result<bool, SweepError> {
        if let Some(entry) = claimed.entry(file) {
            let now = self.hub.region().now();
            let noted = self.hub.journal().write(move |tx| Box::pin(tx.claim_file(file, entry, now)));
            noted.await.map_err(|error: StoreError| error)?;
            return Ok(false);
        }
        if matches!(claimed, Claimed::Unknown) {
            tracing::warn!(timeline = %file.timeline, name = %file.name, "a file is kept: who names it cannot be read");
            return Ok(false);
        }
        let _nobody_hands_it_in = self.tending.write().await;
        let released = self.hub.journal().write(move |tx| Box::pin(tx.release_file(file, before)));
        let Some(is_alone) = released.await.map_err(|error: StoreError| error)? else { return Ok(false) };
        if is_alone && !claimed.names(file.name) && self.is_its_file(file, claimed).await? {
            self.shelf.remove(file.name).await?;
        }
        let deleted = self.hub.journal().write(move |tx| Box::pin(tx.delete_file(file)));
        deleted.await.map_err(|error: StoreError| error)?;
        Ok(true)
    }

    /// Whether what lies on the shelf by this name is a file of this timeline. Another's stays, whatever a row says.
    async fn is_its_file(&self, file: UnnamedFile, claimed: &Claimed) -> Result<bool, SweepError> {
        let bytes_max = u64::from(limits::ATTACHMENT_BYTES_MAX) + SEAL_OVERHEAD_BYTES as u64;
        let is_its_own = match claimed {
            Claimed::Entries(_, key) => match self.shelf.find(file.name, bytes_max).await? {
                Some(sealed) => is_file_of(key, file.timeline, file.name, &sealed),
                None => true,
            },
            Claimed::Destroyed => {
                let asked = self.hub.journal().read(move |tx| Box::pin(tx.was_let_go(file)));
                asked.await.map_err(|error: StoreError| error)?
            }
            Claimed::Nobody | Claimed::Unknown => false,
        };
        if !is_its_own {
            tracing::error!(
                timeline = %file.timeline, name = %file.name,
                "a row tells of a file that is not shown to be its timeline's: the file stays on the shelf"
            );
        }
        Ok(is_its_own)
    }
}
