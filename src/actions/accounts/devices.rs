//! Registered devices: the secretariat looks after all of them, an office's administrator after those of that office.
//! Registering, issuing a certificate, revoking. A revocation reaches open connections and sockets at once.

use std::collections::HashMap;

use zeroize::Zeroizing;

use super::authorities::ensure_numbered;
use super::looking_after::{check_reason, keeps};
use super::{AccountError, Accounts};
use crate::actions::sign_in::keep_ended;
use crate::domain::account::InvitationEnd;
use crate::domain::act::{Act, By, Deed, SignInEnd};
use crate::domain::device::{CertificateWay, Device, DeviceCertificate, DeviceDeed, Enrolment};
use crate::domain::directory::Actor;
use crate::domain::ids::{DeviceId, OrganisationId, SignInId};
use crate::domain::text::{Invalid, Text};
use crate::domain::time::Timestamp;
use crate::hub::sessions::SignedIn;
use crate::limits;
use crate::store::{StoreError, Tx};
use crate::vault::{DeviceSubject, IssuedCertificate, random_passphrase};
use crate::wire::codes::CloseCode;

/// A device as whoever looks after it sees it.
#[derive(Clone, Debug)]
pub struct DeviceSeen {
    pub device: Device,
    /// The newest that has not ended.
    pub certificate: Option<DeviceCertificate>,
    /// Until when its link can be used.
    pub enrolling_until: Option<Timestamp>,
}

/// A certificate with its key, for the device to install; shown once.
pub struct Bundle {
    pub device: Device,
    pub pkcs12: Vec<u8>,
    /// To be told apart from it.
    pub passphrase: Zeroizing<String>,
    pub expires_at: Timestamp,
}

impl Bundle {
    /// Of a certificate that was issued to this device. Deriving keys takes a while, so it is done aside.
    pub(super) async fn of(device: Device, issued: IssuedCertificate) -> Result<Self, AccountError> {
        let packing = tokio::task::spawn_blocking(move || {
            let passphrase = random_passphrase();
            issued.pkcs12(&passphrase).map(|pkcs12| (pkcs12, passphrase, issued.expires_at))
        });
        let packed = packing.await.map_err(|_| AccountError::Overloaded)?;
        let (pkcs12, passphrase, expires_at) = packed?;
        Ok(Self { device, pkcs12, passphrase, expires_at })
    }
}

impl Accounts {
    /// The devices that this actor looks after, the latest registered first.
    ///
    /// # Errors
    /// When they look after none, or the store fails.
    pub async fn list_devices(&self, by: &SignedIn) -> Result<Vec<DeviceSeen>, AccountError> {
        let directory = self.hub.region().directory();
        if !keeps(&directory, by.actor, by.actor.organisation) {
            return Err(AccountError::Forbidden(not_theirs()));
        }
        let now = self.hub.region().now();
        let reading = self.hub.journal().read(|tx| {
            Box::pin(async move {
                let (devices, certificates) = (tx.list_devices().await?, tx.list_device_certificates().await?);
                Ok::<_, StoreError>((devices, certificates, tx.list_open_enrolments().await?))
            })
        });
        let (mut devices, certificates, enrolments): (Vec<Device>, _, Vec<Enrolment>) = reading.await?;
        devices.retain(|device| keeps(&directory, by.actor, device.organisation));
        let mut newest: HashMap<DeviceId, DeviceCertificate> = HashMap::new();
        newest.extend(certificates.into_iter().filter(|one| one.ended_at.is_none()).map(|one| (one.device, one)));
        let open = enrolments.iter().filter(|one| one.is_open_at(now));
        let enrolling: HashMap<DeviceId, Timestamp> = open.map(|one| (one.device, one.expires_at)).collect();
        let seen = |device: Device| DeviceSeen {
            certificate: newest.get(&device.id).copied(),
            enrolling_until: enrolling.get(&device.id).copied(),
            device,
        };
        Ok(devices.into_iter().map(seen).collect())
    }

    /// Registers a device of an organisation. It has no certificate yet.
    ///
    /// # Errors
    /// When the organisation is not this actor's to look after, the name is none, or there are too many.
    pub async fn register_device(
        &self,
        by: SignedIn,
        organisation: OrganisationId,
        name: &str,
    ) -> Result<Device, AccountError> {
        let directory = self.hub.region().directory();
        if !directory.has_active(organisation) || !keeps(&directory, by.actor, organisation) {
            let text =
                Text::fixed("端末を登録できる事業所ではありません", "not an organisation whose devices you register");
            return Err(Invalid::new("organisation", "not_found", text).into());
        }
        let name = Device::read_name("name", name)?;
        if self.hub.devices().count() >= limits::REGISTERED_DEVICES_MAX {
            return Err(AccountError::Overloaded);
        }
        let (id, registered_at) = (DeviceId(self.hub.region().draw_id()), self.hub.region().now());
        let device = Device { id, organisation, name, registered_at, seen_at: None, revoked_at: None };
        let stored = device.clone();
        let registering =
            self.hub.journal().write(move |tx| Box::pin(async move { insert_device(tx, by.by(), &stored).await }));
        registering.await.map_err(|error: StoreError| error)?;
        self.hub.devices().add(id, organisation);
        Ok(device)
    }

    /// Issues a certificate for a device, to be carried to it. An older one goes on until the new one is seen.
    ///
    /// # Errors
    /// When the device is not this actor's to look after or was revoked.
    pub async fn issue_certificate(&self, by: SignedIn, id: DeviceId) -> Result<Bundle, AccountError> {
        let device = self.device_of(by.actor, id).await?;
        let (subject, now) = (self.subject_of(&device), self.hub.region().now());
        let issuing = self.hub.journal().write(move |tx| {
            Box::pin(async move { issue_certificate(tx, by.by(), CertificateWay::Console, id, &subject, now).await })
        });
        let issued = issuing.await?;
        self.hub.devices().add_certificate(kept(id, &issued));
        Bundle::of(device, issued).await
    }

    /// Revokes a device: its certificates, links and sign-ins end, and so does what is open with them.
    ///
    /// # Errors
    /// When the device is not this actor's to look after or was revoked before, or no reason is given.
    pub async fn revoke_device(&self, by: SignedIn, id: DeviceId, reason: String) -> Result<(), AccountError> {
        self.device_of(by.actor, id).await?;
        check_reason(&reason)?;
        let (by, now) = (by.by(), self.hub.region().now());
        let revoking =
            self.hub.journal().write(move |tx| Box::pin(async move { revoke_device(tx, by, id, reason, now).await }));
        let ended = revoking.await?.ok_or(AccountError::NotFound)?;
        // First no connection shows it any more, then no ticket drawn over one is good, then sockets close.
        self.hub.devices().revoke(id, now);
        self.sign_ins.end_with(&ended, CloseCode::DeviceRevoked);
        Ok(())
    }

    /// A device that stands and is this actor's to look after.
    pub(super) async fn device_of(&self, by: Actor, id: DeviceId) -> Result<Device, AccountError> {
        let found: Option<Device> = self.hub.journal().read(move |tx| Box::pin(tx.find_device(id))).await?;
        let directory = self.hub.region().directory();
        let is_theirs = |device: &Device| device.revoked_at.is_none() && keeps(&directory, by, device.organisation);
        found.filter(is_theirs).ok_or(AccountError::NotFound)
    }

    pub(super) fn subject_of(&self, device: &Device) -> DeviceSubject {
        let directory = self.hub.region().directory();
        let owner = directory.organisations.get(&device.organisation);
        DeviceSubject {
            device: device.name.clone(),
            organisation: owner.map(|owner| owner.name.clone()).unwrap_or_default(),
        }
    }
}

fn not_theirs() -> Text {
    Text::fixed(
        "端末を管理できるのは事務局と事業所の管理者です",
        "devices are looked after by the secretariat and by administrators",
    )
}

/// What the lists keep of a certificate.
#[must_use]
pub fn kept(device: DeviceId, issued: &IssuedCertificate) -> DeviceCertificate {
    let IssuedCertificate { serial, issued_at, expires_at, .. } = *issued;
    DeviceCertificate { serial, device, issued_at, expires_at, ended_at: None }
}

/// Adds a device, with its act.
///
/// # Errors
/// When the database fails.
pub async fn insert_device(tx: &mut Tx, by: By, device: &Device) -> Result<(), StoreError> {
    tx.insert_device(device).await?;
    let deed = DeviceDeed::Registered { device: device.id, organisation: device.organisation };
    tx.append_acts(device.registered_at, [Act { by, deed: Deed::Device(deed) }]).await
}

/// Issues a certificate, with its act. Whoever calls it tells the lists after the commit.
///
/// # Errors
/// When the store fails or there is no such device.
pub async fn issue_certificate(
    tx: &mut Tx,
    by: By,
    way: CertificateWay,
    device: DeviceId,
    subject: &DeviceSubject,
    now: Timestamp,
) -> Result<IssuedCertificate, AccountError> {
    let (number, authority) = ensure_numbered(tx, now).await?;
    let issued = authority.issue(subject, now)?;
    tx.insert_device_certificate(&kept(device, &issued), number).await?;
    let (serial, expires_at) = (issued.serial, issued.expires_at);
    let deed = DeviceDeed::CertificateIssued { device, serial, expires_at, way };
    tx.append_acts(now, [Act { by, deed: Deed::Device(deed) }]).await?;
    Ok(issued)
}

/// Revokes a device with everything that it has, with the acts. `None`: there is none, or it was revoked before.
///
/// # Errors
/// When the database fails.
pub async fn revoke_device(
    tx: &mut Tx,
    by: By,
    id: DeviceId,
    reason: String,
    now: Timestamp,
) -> Result<Option<Vec<SignInId>>, StoreError> {
    if !tx.revoke_device(id, now).await? {
        return Ok(None);
    }
    let mut acts = vec![DeviceDeed::Revoked { device: id, reason }];
    for enrolment in tx.end_enrolments_of(id, now).await? {
        acts.push(DeviceDeed::EnrolmentEnded { device: id, enrolment, why: InvitationEnd::Withdrawn });
    }
    tx.append_acts(now, acts.into_iter().map(|deed| Act { by, deed: Deed::Device(deed) })).await?;
    let ended = tx.revoke_sign_ins_on(id, now).await?;
    tx.delete_bells_on(id).await?;
    keep_ended(tx, by, SignInEnd::DeviceRevoked, now, &ended).await?;
    Ok(Some(ended.iter().map(|ended| ended.id).collect()))
}
