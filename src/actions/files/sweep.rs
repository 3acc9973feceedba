//! Removing files that no entry named in time: posts that were given up, or cut off between the file and the entry. At
//! the hub's start and then on a timer.
//!
//! First the row says that it is not kept, so that nothing can name it; then the file goes; then the row. Cut off in
//! between, it is done again.

use std::sync::Arc;
use std::time::Duration;

use super::Files;
use crate::domain::time::Timestamp;
use crate::limits;
use crate::store::{ShelfError, StoreError, UnnamedFile};

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
        let mut swept = 0;
        for file in unnamed {
            match self.let_go(file, before).await {
                Ok(is_gone) => swept += usize::from(is_gone),
                Err(error) => tracing::error!(%error, "a file without an entry cannot be removed"),
            }
        }
        swept
    }

    /// `false`: an entry named it meanwhile, or it was handed in again.
    async fn let_go(&self, file: UnnamedFile, before: Timestamp) -> Result<bool, SweepError> {
        let _nobody_hands_it_in = self.tending.write().await;
        let released = self.hub.journal().write(move |tx| Box::pin(tx.release_file(file, before)));
        let Some(is_alone) = released.await.map_err(|error: StoreError| error)? else { return Ok(false) };
        if is_alone {
            self.shelf.remove(file.name).await?;
        }
        let deleted = self.hub.journal().write(move |tx| Box::pin(tx.delete_file(file)));
        deleted.await.map_err(|error: StoreError| error)?;
        Ok(true)
    }
}
