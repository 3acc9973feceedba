//! Counting with the other hubs of the region how often somebody tried something, where there is a Redis for it. Each hub counts
//! by itself first: what Redis says can only bound more, and what it does not say bounds nobody.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use crate::bus::{Shared, Taken};
use crate::vault::DataKey;

/// See the module.
#[derive(Debug)]
pub struct Counting {
    key: Arc<DataKey>,
    shared: OnceLock<Shared>,
}

impl Counting {
    pub(crate) fn new(key: &Arc<DataKey>) -> Self {
        Self { key: Arc::clone(key), shared: OnceLock::new() }
    }

    /// From now on this hub counts with others.
    pub fn share(&self, shared: Shared) {
        if self.shared.set(shared).is_err() {
            tracing::warn!("this hub counts with others already");
        }
    }

    /// Whether Redis answers; `None`: there is none.
    #[must_use]
    pub fn is_up(&self) -> Option<bool> {
        self.shared.get().map(Shared::is_up)
    }

    /// Times Redis did not answer any more.
    #[must_use]
    pub fn times_lost(&self) -> u64 {
        self.shared.get().map_or(0, Shared::times_lost)
    }

    /// One more of this kind by this one, or several at once: `cost` is the time after which they come back, `all` that of as
    /// many as there may be.
    ///
    /// # Errors
    /// When all hubs together saw too many: the wait until it may be tried again.
    pub async fn take(&self, kind: &str, who: &[u8], cost: Duration, all: Duration) -> Result<(), Duration> {
        let Some(shared) = self.shared.get() else { return Ok(()) };
        // INVARIANT: what leaves the hub is a keyed digest, so that whoever reads Redis learns of nobody.
        let key = self.key.counting().mac(&[kind.as_bytes(), who]);
        match shared.take(key.as_bytes(), cost, all).await {
            Taken::No { wait } => Err(wait),
            Taken::Yes | Taken::Unknown => Ok(()),
        }
    }
}
