//! Until when sign-ins were in use, noted in the database every so often and when the hub stops: a hub that starts anew
//! counts how long one was left from there, and neither anew nor from long ago. Run beside a serving hub by `cli/serve.rs`.
//! It ends nothing: that is done where a sign-in is shown, in `sign_in.rs`.

use std::time::Duration;

use super::sign_in::SignIns;
use crate::domain::time::Timestamp;
use crate::limits;
use crate::store::StoreError;

impl SignIns {
    /// How old the last note of a use may be: a small part of how long a sign-in may be left.
    pub(super) fn noted_every(&self) -> Duration {
        Duration::from_millis(limits::SIGN_IN_USE_NOTED_MS).min(self.idle_timeout() / 4)
    }

    /// Notes until when each sign-in was in use that was so after `after`; until when that is known.
    ///
    /// # Errors
    /// When the journal cannot be written.
    pub async fn note_in_use(&self, after: Timestamp) -> Result<Timestamp, StoreError> {
        let now = self.hub.region().now();
        let used = self.hub.sessions().list_used(now, after);
        if used.is_empty() {
            return Ok(now);
        }
        let noting = self.hub.journal().write(move |tx| {
            Box::pin(async move {
                for (id, at) in used {
                    tx.note_sign_in_used(id, at).await?;
                }
                Ok::<_, StoreError>(now)
            })
        });
        noting.await
    }

    /// Goes on noting, for as long as it is polled.
    pub async fn keep_noting(&self) {
        let mut noted = Timestamp(0);
        loop {
            tokio::time::sleep(self.noted_every()).await;
            match self.note_in_use(noted).await {
                Ok(until) => noted = until,
                // Nothing is missed: the next note takes these along.
                Err(error) => tracing::debug!(code = error.code(), "until when sign-ins were in use is not noted"),
            }
        }
    }
}
