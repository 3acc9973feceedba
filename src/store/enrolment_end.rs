//! Ending the links of devices whose issuer may no longer make one out: those whom a suspension on record shuts out, and those whom
//! the actions name after a change of the directory. Each says so in the audit log, in the transaction that ends it. What ends with the
//! device, or with a newer link, is `device_enrolment.rs`.

use crate::domain::account::InvitationEnd;
use crate::domain::act::{Act, By, Deed};
use crate::domain::device::{DeviceDeed, Enrolment};
use crate::domain::time::Timestamp;

use super::issuer::is_shut_out;
use super::{Link, ShutOut, StoreError, Tx};

impl Tx {
    /// Ends these, whose issuer may no longer enrol the device.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_enrolments_by_former(
        &mut self,
        ended: &[Enrolment],
        by: By,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        for &Enrolment { id: enrolment, device, .. } in ended {
            self.end_link(Link::Enrolment(enrolment), now).await?;
            let deed = DeviceDeed::EnrolmentEnded { device, enrolment, why: InvitationEnd::IssuerEnded };
            self.append_acts(now, [Act { by, deed: Deed::Device(deed) }]).await?;
        }
        Ok(())
    }

    /// What a suspension on record ends: no device gets a certificate by a link of whoever is shut out, also when it is over.
    pub(super) async fn end_enrolments_shut_out(&mut self, shut_out: &ShutOut) -> Result<(), StoreError> {
        let mut theirs = self.list_open_enrolments().await?;
        theirs.retain(|one| one.is_open_at(shut_out.at) && is_shut_out(one.issuer, shut_out));
        self.end_enrolments_by_former(&theirs, By::Person(shut_out.by), shut_out.at).await
    }
}
