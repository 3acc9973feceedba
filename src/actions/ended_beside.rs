//! What another process on this region's database ended: a recovery or a revocation by the command line. Whoever ends a
//! sign-in or a device says so in the audit log, in the same transaction; this follows the log and closes here what is
//! open by it. Run beside a serving hub by `cli/serve.rs`. It ends nothing in the database, and what this hub ended itself
//! has closed before and is closed once more.

use std::sync::Arc;
use std::time::Duration;

use super::sign_in::SignIns;
use crate::domain::act::{Act, By, Deed, SignInEnd};
use crate::hub::Hub;
use crate::limits::{ENDED_BESIDE_POLL_MS, ENDED_BESIDE_RECORDS_MAX};
use crate::store::StoreError;
use crate::wire::codes::CloseCode;

/// See the module.
#[derive(Debug)]
pub struct EndedBeside {
    hub: Hub,
    sign_ins: Arc<SignIns>,
    /// How far the log was followed; `None`: it could not be read yet.
    through: Option<u64>,
}

impl EndedBeside {
    /// From here on: to be taken before the first socket can open.
    pub async fn from_now(hub: Hub, sign_ins: Arc<SignIns>) -> Self {
        let through: Result<u64, StoreError> = hub.journal().read(|tx| Box::pin(tx.find_audit_seq())).await;
        let through = through.inspect_err(not_read).ok();
        Self { hub, sign_ins, through }
    }

    /// Follows, for as long as it is polled.
    pub async fn follow(mut self) {
        let mut is_read = self.through.is_some();
        loop {
            tokio::time::sleep(Duration::from_millis(ENDED_BESIDE_POLL_MS)).await;
            let looked = self.look().await;
            if let Err(error) = &looked
                && is_read
            {
                // Once, not twice a second.
                not_read(error);
            }
            is_read = looked.is_ok();
        }
    }

    /// Closes what was ended since the last look.
    ///
    /// # Errors
    /// When the log cannot be read: nothing is missed, the next look begins where this one did.
    pub async fn look(&mut self) -> Result<(), StoreError> {
        let head: u64 = self.hub.journal().read(|tx| Box::pin(tx.find_audit_seq())).await?;
        let mut after = *self.through.get_or_insert(head);
        while after < head {
            let listing = self
                .hub
                .journal()
                .read(move |tx| Box::pin(async move { tx.list_ends(after, head, ENDED_BESIDE_RECORDS_MAX).await }));
            let ends: Vec<(u64, Option<Act>)> = listing.await?;
            after = match ends.last() {
                Some((last, _)) if ends.len() == ENDED_BESIDE_RECORDS_MAX => *last,
                _ => head,
            };
            self.close(ends.into_iter().filter_map(|(_, act)| act)).await;
            self.through = Some(after);
        }
        Ok(())
    }

    async fn close(&self, acts: impl Iterator<Item = Act>) {
        let mut is_device = false;
        for act in acts {
            match act.deed {
                Deed::SignInEnded { sign_in, why, .. } => {
                    let close = match why {
                        SignInEnd::DeviceRevoked => CloseCode::DeviceRevoked,
                        _ => CloseCode::SignInEnded,
                    };
                    self.sign_ins.end_with(&[sign_in], close);
                }
                // What the hub itself does to devices, it knows.
                Deed::Device(_) => is_device |= act.by == By::Operator,
                _ => {}
            }
        }
        if is_device {
            self.hub.look_at_devices().await;
        }
    }
}

fn not_read(error: &StoreError) {
    tracing::warn!(code = error.code(), "what other processes ended cannot be read; open sockets stay until it can");
}
