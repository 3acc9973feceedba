//! Another region's key in the place of the one there is: the data key is wrapped anew, in one commit, and put on record.
//! Nothing else is touched, so hubs that run go on. Called by the command line; keys come from there.

use crate::domain::act::{Act, By, Deed};
use crate::domain::keeping::KeepingDeed;
use crate::domain::text::Text;
use crate::domain::time::Timestamp;
use crate::store::{Journal, OpenError, StoreError};
use crate::vault::RegionKey;

/// Why the key is as it was.
#[derive(Debug, thiserror::Error)]
pub enum RotateError {
    #[error("the new key is the one that is in use already")]
    Same,
    #[error("somebody else changed the region's key just now")]
    Meanwhile,
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl RotateError {
    /// For people, where more can be said than what failed.
    #[must_use]
    pub fn text(&self) -> Option<Text> {
        let ja = match self {
            Self::Same => "新しい鍵は、すでに使われている鍵と同じです",
            Self::Meanwhile => "ほかの人が、いま地域の鍵を替えました",
            Self::Open(error) => return error.text(),
            Self::Store(_) => return None,
        };
        Some(Text::new(ja, self.to_string()))
    }
}

/// See the module. Whoever comes with `old` afterwards is told of it.
///
/// # Errors
/// When `old` does not wrap the data key, or `new` is `old`. The region is as it was then.
pub async fn rotate(journal: &Journal, old: &RegionKey, new: &RegionKey, now: Timestamp) -> Result<(), RotateError> {
    let (from, to) = (old.fingerprint(), new.fingerprint());
    if from == to {
        return Err(RotateError::Same);
    }
    let found: Result<_, StoreError> = journal.read(|tx| Box::pin(tx.find_data_key())).await;
    let kept = found?.ok_or(StoreError::RowsAffected { doing: "the data key", expected: 1, found: 0 })?;
    kept.open(old)?;
    let cannot = |error: crate::vault::CannotOpen| StoreError::Inconsistent {
        place: "data_key".to_owned(),
        what: error.to_string(),
    };
    let wrapped = old.rewrap_data_key(&kept.wrapped, new).map_err(cannot)?;
    // Proved before it takes the place of the one that works.
    if new.unwrap_data_key(&wrapped).map_err(cannot)?.fingerprint() != journal.region().fingerprint() {
        return Err(cannot(crate::vault::CannotOpen::NotAuthentic).into());
    }
    journal
        .write(move |tx| {
            Box::pin(async move {
                if !tx.update_data_key(&to, &wrapped, &from, now).await? {
                    return Err(RotateError::Meanwhile);
                }
                let deed = Deed::Keeping(KeepingDeed::KeyRotated { from, to });
                Ok(tx.append_acts(now, [Act { by: By::Operator, deed }]).await?)
            })
        })
        .await
}
