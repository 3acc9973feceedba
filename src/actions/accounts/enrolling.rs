//! Enrolments: a link, or its QR code, and a code that goes another way, by which a device fetches its certificate itself.
//! The same idea as an invitation: it works once, for a short while, and bears a few wrong codes.

use std::time::Duration;

use super::devices::{Bundle, issue_certificate, kept};
use super::overreaching::may_still_enrol;
use super::{AccountError, Accounts, From};
use crate::actions::links::{Tried, digits, draw_code, try_code};
use crate::domain::account::InvitationEnd;
use crate::domain::act::{Act, By, Deed};
use crate::domain::device::{CertificateWay, Device, DeviceDeed, Enrolment};
use crate::domain::ids::{DeviceId, EnrolmentId};
use crate::domain::time::Timestamp;
use crate::hub::sessions::SignedIn;
use crate::limits;
use crate::store::{Link, StoreError, Tx};
use crate::vault::Token;

/// An enrolment with what is shown once.
#[derive(Debug)]
pub struct IssuedEnrolment {
    pub token: Token,
    /// To be told apart from the link.
    pub code: String,
    pub expires_at: Timestamp,
}

/// What somebody sees who has link and code.
#[derive(Clone, Debug)]
pub struct EnrolmentOpened {
    pub device: Device,
    pub organisation_name: String,
    pub expires_at: Timestamp,
}

impl Accounts {
    /// Issues a link for a device; earlier ones are void.
    ///
    /// # Errors
    /// When the device is not this actor's to look after or was revoked.
    pub async fn enrol_device(&self, by: SignedIn, id: DeviceId) -> Result<IssuedEnrolment, AccountError> {
        self.device_of(by.actor, id).await?;
        let (by, now) = (by.by(), self.hub.region().now());
        let (token, code) = (Token::random(), draw_code());
        let expires_at = now.saturating_add(Duration::from_secs(limits::ENROLMENT_VALID_S));
        let enrolment = Enrolment {
            id: EnrolmentId(self.hub.region().draw_id()),
            device: id,
            code: code.clone(),
            issuer: by.into(),
            issued_at: now,
            expires_at,
            ended_at: None,
        };
        let hash = token.hash();
        let enrolling = self.hub.journal().write(move |tx| {
            Box::pin(async move {
                end_enrolments(tx, by, id, InvitationEnd::Replaced, now).await?;
                tx.insert_enrolment(&enrolment, &hash, limits::INVITATION_TRIES_COUNT).await?;
                let deed = DeviceDeed::Enrolling { device: id, enrolment: enrolment.id, expires_at };
                tx.append_acts(now, [Act { by, deed: Deed::Device(deed) }]).await
            })
        });
        enrolling.await.map_err(|error: StoreError| error)?;
        Ok(IssuedEnrolment { token, code, expires_at })
    }

    /// Shows which device an enrolment is for to somebody who has its link and its code.
    ///
    /// # Errors
    /// [`AccountError::NoEnrolment`] whatever is wrong with either.
    pub async fn open_enrolment(&self, token: &str, code: &str, from: &From) -> Result<EnrolmentOpened, AccountError> {
        self.guesses.at_address(from.address).await?;
        let (enrolment, device) = self.find_enrolment(token, code).await?;
        let organisation_name = self.subject_of(&device).organisation;
        Ok(EnrolmentOpened { device, organisation_name, expires_at: enrolment.expires_at })
    }

    /// Uses the link up and issues the certificate.
    ///
    /// # Errors
    /// [`AccountError::NoEnrolment`] whatever is wrong with link or code.
    pub async fn accept_enrolment(&self, token: &str, code: &str, from: &From) -> Result<Bundle, AccountError> {
        self.guesses.at_address(from.address).await?;
        let (enrolment, device) = self.find_enrolment(token, code).await?;
        let (id, subject, now) = (device.id, self.subject_of(&device), self.hub.region().now());
        let accepting = self.hub.journal().write(move |tx| {
            let enrolment = enrolment.id;
            Box::pin(async move {
                if !tx.end_link(Link::Enrolment(enrolment), now).await? {
                    return Ok(None);
                }
                let deed = DeviceDeed::EnrolmentEnded { device: id, enrolment, why: InvitationEnd::Used };
                tx.append_acts(now, [Act { by: By::Hub, deed: Deed::Device(deed) }]).await?;
                let way = CertificateWay::Enrolment;
                issue_certificate(tx, By::Hub, way, id, &subject, now).await.map(Some)
            })
        });
        let issued = accepting.await.map_err(|error: AccountError| error)?.ok_or(AccountError::NoEnrolment)?;
        self.hub.devices().add_certificate(kept(id, &issued));
        Bundle::of(device, issued).await
    }

    /// The enrolment of a link, if its code is right, with its device.
    async fn find_enrolment(&self, token: &str, code: &str) -> Result<(Enrolment, Device), AccountError> {
        let token = token.parse::<Token>().map_err(|_| AccountError::NoEnrolment)?.hash();
        let (typed, now) = (digits(code), self.hub.region().now());
        let finding = self.hub.journal().write(move |tx| {
            Box::pin(async move {
                let Some(enrolment) = tx.find_enrolment(&token).await? else { return Ok(None) };
                if !enrolment.is_open_at(now) {
                    return Ok(None);
                }
                match try_code(tx, Link::Enrolment(enrolment.id), &enrolment.code, &typed, now).await? {
                    Tried::Refused => Ok(None),
                    Tried::Right => {
                        let device = tx.find_device(enrolment.device).await?;
                        Ok::<_, StoreError>(device.map(|device| (enrolment, device)))
                    }
                    Tried::Voided => {
                        let (device, enrolment, why) = (enrolment.device, enrolment.id, InvitationEnd::Guessed);
                        let deed = DeviceDeed::EnrolmentEnded { device, enrolment, why };
                        tx.append_acts(now, [Act { by: By::Hub, deed: Deed::Device(deed) }]).await?;
                        Ok(None)
                    }
                }
            })
        });
        let found: Option<(Enrolment, Device)> = finding.await?;
        // INVARIANT: no device is enrolled by the link of somebody who may not make one out any more, as nobody comes in by one.
        let (region, directory) = (self.hub.region(), self.hub.region().directory());
        let stands = |(link, device): &(Enrolment, Device)| {
            let may_still = may_still_enrol(&directory, link, device.organisation, |actor| region.is_shut_out(actor));
            may_still && device.revoked_at.is_none()
        };
        found.filter(stands).ok_or(AccountError::NoEnrolment)
    }
}

/// Ends the open enrolments of a device.
async fn end_enrolments(
    tx: &mut Tx,
    by: By,
    device: DeviceId,
    why: InvitationEnd,
    now: Timestamp,
) -> Result<(), StoreError> {
    let ended = tx.end_enrolments_of(device, now).await?;
    let act = |enrolment| Act { by, deed: Deed::Device(DeviceDeed::EnrolmentEnded { device, enrolment, why }) };
    tx.append_acts(now, ended.into_iter().map(act)).await
}
