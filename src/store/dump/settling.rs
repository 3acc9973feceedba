//! The last step of a restore, in one commit: what must not go on from where it was is ended, it is put on record, and the
//! database says no more that it is being filled.

use crate::domain::act::{Act, By, Deed, SignInEnd};
use crate::domain::keeping::KeepingDeed;
use crate::domain::time::Timestamp;

use super::super::engine::run;
use super::super::{StoreError, Tx};
use super::{LoadError, Loading, Manifest, RESTORING};

/// What was ended, and what awaits the hub.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settled {
    /// Sign-ins that were valid.
    pub sign_ins: u64,
    /// Invitations and links of devices that were open: they may have been used since.
    pub links: u64,
    /// Timelines of which something fell due since.
    pub overdue: u64,
}

impl Loading {
    /// See the module. `despite`: why it is served though something is wrong with it; empty where nothing is.
    ///
    /// # Errors
    /// When the database fails; it refuses to be served then.
    pub async fn settle(&self, manifest: &Manifest, despite: &str, now: Timestamp) -> Result<Settled, LoadError> {
        let (made_at, despite) = (manifest.made_at(), despite.to_owned());
        let settling = self.journal().write(move |tx| {
            Box::pin(async move {
                // A device is rung by the hub that it asked, and by no copy.
                tx.delete_all_bells().await?;
                let settled = Settled {
                    sign_ins: tx.end_all_sign_ins(now).await?,
                    links: tx.end_all_links(now).await?,
                    overdue: tx.count_overdue(now).await?,
                };
                let Settled { sign_ins, links, .. } = settled;
                let deed = Deed::Keeping(KeepingDeed::Restored { made_at, sign_ins, links, despite });
                tx.append_acts(now, [Act { by: By::Operator, deed }]).await?;
                tx.drop_table(RESTORING).await?;
                Ok::<_, StoreError>(settled)
            })
        });
        Ok(settling.await?)
    }
}

impl Tx {
    /// Ends every sign-in; how many were valid, each of which is put on record.
    async fn end_all_sign_ins(&mut self, now: Timestamp) -> Result<u64, StoreError> {
        const VALID: &str =
            "update sign_in set revoked_at = $2, mac = null where expires_at > $1 and revoked_at is null
            returning id, person, role, organisation";
        // A clock that is set back must not let them in again.
        const EXPIRED: &str = "update sign_in set revoked_at = expires_at, mac = null where revoked_at is null";
        let ended = self.revoke_valid(VALID, now).await?;
        run!(self, connection => { sqlx::query(EXPIRED).execute(connection).await?; });
        let count = ended.len() as u64;
        let acts = ended.into_iter().map(|ended| {
            let (sign_in, person, position) = (ended.id, ended.person, ended.position);
            Act { by: By::Operator, deed: Deed::SignInEnded { sign_in, person, position, why: SignInEnd::Restored } }
        });
        self.append_acts(now, acts.collect::<Vec<_>>()).await?;
        Ok(count)
    }

    async fn end_all_links(&mut self, now: Timestamp) -> Result<u64, StoreError> {
        const INVITATIONS: &str = "update invitation set ended_at = $1, mac = null where ended_at is null";
        const ENROLMENTS: &str = "update device_enrolment set ended_at = $1, mac = null where ended_at is null";
        let mut ended = 0;
        for sql in [INVITATIONS, ENROLMENTS] {
            ended += run!(self, connection => sqlx::query(sql).bind(now.0).execute(connection).await?.rows_affected());
        }
        Ok(ended)
    }

    async fn count_overdue(&mut self, now: Timestamp) -> Result<u64, StoreError> {
        const SQL: &str = "select count(*) from timeline_due where at <= $1";
        let (count,): (i64,) = run!(self, connection => sqlx::query_as(SQL).bind(now.0).fetch_one(connection).await?);
        Ok(count.unsigned_abs())
    }
}
