//! What a process knows of the history that it goes on writing: whose signatures of checkpoints count, and whether it met
//! something that contradicts what was written. Noted by `audit_end.rs`, `newest.rs` and `signed_checkpoint.rs`, told by `/readyz`. It does not
//! say what was done, and where: that is `audit verify`.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::vault::PublicKey;

use super::{Journal, StoreError, Tx};

/// See the module.
#[derive(Debug, Default)]
pub(super) struct OwnHistory {
    is_contradicted: AtomicBool,
    signer: Mutex<Option<PublicKey>>,
}

impl OwnHistory {
    /// Who signs this region's checkpoints, where that is known.
    pub(super) fn signer(&self) -> Option<PublicKey> {
        *self.signer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tx {
    /// See [`Journal::met_false_history`].
    pub(super) fn met_false_history(&self) -> bool {
        self.history.is_contradicted.load(Ordering::Relaxed)
    }

    /// Something stands in the history that no hub wrote there: it is told, and the work goes on.
    pub(super) fn note_false_history(&self, place: &str, what: &str) {
        self.history.is_contradicted.store(true, Ordering::Relaxed);
        tracing::error!(
            place,
            what,
            "the history holds what no hub wrote: see `renkei audit verify` and `renkei store check`"
        );
    }
}

impl Journal {
    /// From now on the checkpoints signed by this key count before those of any other.
    pub fn trust_checkpoints_of(&self, key: PublicKey) {
        *self.shared.history.signer.lock().unwrap_or_else(PoisonError::into_inner) = Some(key);
    }

    /// Whether since its start this process met something that contradicts the history it goes on writing.
    #[must_use]
    pub fn met_false_history(&self) -> bool {
        self.shared.history.is_contradicted.load(Ordering::Relaxed)
    }

    /// An error that says so is told beyond whoever it ended.
    pub fn note_if_false(&self, error: &StoreError) {
        if matches!(error, StoreError::Inconsistent { .. }) {
            self.shared.history.is_contradicted.store(true, Ordering::Relaxed);
        }
    }
}
