//! Exceptions: somebody whose device is lost may sign in without one for a while, although the hub requires it. The
//! secretariat grants them, for a reason and until a moment; the audit log keeps both.

use std::time::Duration;

use super::looking_after::check_reason;
use super::{AccountError, Accounts};
use crate::actions::sign_in::keep_ended;
use crate::domain::act::{Act, Deed, SignInEnd};
use crate::domain::device::{DeviceDeed, DeviceException};
use crate::domain::ids::{PersonId, SignInId};
use crate::domain::text::{Invalid, Text};
use crate::domain::time::Timestamp;
use crate::hub::sessions::SignedIn;
use crate::limits;
use crate::store::StoreError;

impl Accounts {
    /// Lets somebody sign in without a registered device until then, instead of what they were granted before. For the
    /// secretariat.
    ///
    /// # Errors
    /// When there is no such person, it is oneself, the end is past or too far off, or no reason is given.
    pub async fn grant_exception(
        &self,
        by: SignedIn,
        person: PersonId,
        until: Timestamp,
        reason: String,
    ) -> Result<(), AccountError> {
        if self.positions_of(person).is_empty() {
            return Err(AccountError::NotFound);
        }
        if by.actor.person == person {
            return Err(AccountError::Forbidden(Text::fixed(
                "自分の例外は認められません。ほかの担当者に頼んでください",
                "nobody grants themselves an exception: ask somebody else",
            )));
        }
        let now = self.hub.region().now();
        let latest = now.saturating_add(Duration::from_secs(limits::DEVICE_EXCEPTION_S_MAX));
        if until <= now || until > latest {
            let expected = Text::new(
                format!("いまより後、{} までの時刻です", latest.to_rfc3339()),
                format!("a moment after now, until {} at the latest", latest.to_rfc3339()),
            );
            return Err(Invalid::new("until", "out_of_range", expected).into());
        }
        check_reason(&reason)?;
        let exception = DeviceException { person, granted_at: now, until };
        let by = by.by();
        let granting = self.hub.journal().write(move |tx| {
            Box::pin(async move {
                tx.put_device_exception(&exception).await?;
                let deed = DeviceDeed::ExceptionGranted { person, until, reason };
                tx.append_acts(now, [Act { by, deed: Deed::Device(deed) }]).await
            })
        });
        granting.await.map_err(|error: StoreError| error)?;
        self.hub.devices().set_exception(person, Some(until));
        Ok(())
    }

    /// Ends somebody's exception, and the sign-ins that began without a device.
    ///
    /// # Errors
    /// When they have none.
    pub async fn end_exception(&self, by: SignedIn, person: PersonId) -> Result<(), AccountError> {
        let (by, now) = (by.by(), self.hub.region().now());
        let ending = self.hub.journal().write(move |tx| {
            Box::pin(async move {
                if !tx.delete_device_exception(person).await? {
                    return Ok(None);
                }
                let deed = DeviceDeed::ExceptionEnded { person };
                tx.append_acts(now, [Act { by, deed: Deed::Device(deed) }]).await?;
                let ended = tx.revoke_sign_ins_without_device(person, now).await?;
                tx.delete_bells_without_device(person).await?;
                keep_ended(tx, by, SignInEnd::ExceptionEnded, now, &ended).await?;
                Ok::<_, StoreError>(Some(ended.iter().map(|ended| ended.id).collect::<Vec<SignInId>>()))
            })
        });
        let ended = ending.await?.ok_or(AccountError::NotFound)?;
        self.hub.devices().set_exception(person, None);
        self.sign_ins.end(&ended);
        Ok(())
    }
}
