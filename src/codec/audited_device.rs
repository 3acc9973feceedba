//! What was done to registered devices ↔ the messages that the audit log seals. Called by `audited.rs`.

use super::field::{code, code_text, id, id_text};
use super::proto::store::v1 as stored;
use super::proto::store::v1::device_acted::What;
use crate::domain::device::{DeviceDeed, Serial};
use crate::domain::ids::{DeviceId, EnrolmentId, OrganisationId, PersonId};
use crate::domain::text::{Invalid, Text};
use crate::domain::time::Timestamp;

pub(super) fn device_message(deed: &DeviceDeed) -> stored::DeviceActed {
    let (device, what) = match deed {
        DeviceDeed::Registered { device, organisation } => {
            (Some(device), What::Registered(stored::DeviceRegistered { organisation: id_text(organisation.0) }))
        }
        DeviceDeed::Enrolling { device, enrolment, expires_at } => {
            let (enrolment, expires_at_us) = (id_text(enrolment.0), expires_at.as_micros());
            (Some(device), What::Enrolling(stored::DeviceEnrolling { enrolment, expires_at_us }))
        }
        DeviceDeed::EnrolmentEnded { device, enrolment, why } => {
            let ended = stored::EnrolmentEnded { enrolment: id_text(enrolment.0), why: code_text(*why) };
            (Some(device), What::EnrolmentEnded(ended))
        }
        DeviceDeed::CertificateIssued { device, serial, expires_at, way } => {
            let (serial, expires_at_us) = (serial.0.to_vec().into(), expires_at.as_micros());
            let issued = stored::CertificateIssued { serial, expires_at_us, way: code_text(*way) };
            (Some(device), What::CertificateIssued(issued))
        }
        DeviceDeed::CertificateReplaced { device, serial } => {
            let replaced = stored::CertificateReplaced { serial: serial.0.to_vec().into() };
            (Some(device), What::CertificateReplaced(replaced))
        }
        DeviceDeed::Revoked { device, reason } => {
            (Some(device), What::Revoked(stored::DeviceRevoked { reason: reason.clone() }))
        }
        DeviceDeed::AuthorityMade { number, fingerprint } => {
            let (number, fingerprint) = (*number, fingerprint.clone());
            (None, What::AuthorityMade(stored::DeviceAuthorityMade { number, fingerprint }))
        }
        DeviceDeed::AuthorityRetired { number, certificates, reason } => {
            let (number, certificates, reason) = (*number, *certificates, reason.clone());
            (None, What::AuthorityRetired(stored::DeviceAuthorityRetired { number, certificates, reason }))
        }
        DeviceDeed::ExceptionGranted { person, until, reason } => {
            let (person, until_us, reason) = (id_text(person.0), until.as_micros(), reason.clone());
            (None, What::ExceptionGranted(stored::DeviceExceptionGranted { person, until_us, reason }))
        }
        DeviceDeed::ExceptionEnded { person } => {
            (None, What::ExceptionEnded(stored::DeviceExceptionEnded { person: id_text(person.0) }))
        }
    };
    stored::DeviceActed { device: device.map(|device| id_text(device.0)).unwrap_or_default(), what: Some(what) }
}

pub(super) fn device_deed(kept: stored::DeviceActed) -> Result<DeviceDeed, Invalid> {
    let device = || id("device", &kept.device, DeviceId);
    Ok(match kept.what.ok_or_else(|| Invalid::required("what"))? {
        What::Registered(kept) => DeviceDeed::Registered {
            device: device()?,
            organisation: id("organisation", &kept.organisation, OrganisationId)?,
        },
        What::Enrolling(kept) => DeviceDeed::Enrolling {
            device: device()?,
            enrolment: id("enrolment", &kept.enrolment, EnrolmentId)?,
            expires_at: Timestamp(kept.expires_at_us),
        },
        What::EnrolmentEnded(kept) => DeviceDeed::EnrolmentEnded {
            device: device()?,
            enrolment: id("enrolment", &kept.enrolment, EnrolmentId)?,
            why: code("why", &kept.why)?,
        },
        What::CertificateIssued(kept) => DeviceDeed::CertificateIssued {
            device: device()?,
            serial: serial(&kept.serial)?,
            expires_at: Timestamp(kept.expires_at_us),
            way: code("way", &kept.way)?,
        },
        What::CertificateReplaced(kept) => {
            DeviceDeed::CertificateReplaced { device: device()?, serial: serial(&kept.serial)? }
        }
        What::Revoked(kept) => DeviceDeed::Revoked { device: device()?, reason: kept.reason },
        What::AuthorityMade(kept) => DeviceDeed::AuthorityMade { number: kept.number, fingerprint: kept.fingerprint },
        What::AuthorityRetired(kept) => {
            let (number, certificates, reason) = (kept.number, kept.certificates, kept.reason);
            DeviceDeed::AuthorityRetired { number, certificates, reason }
        }
        What::ExceptionGranted(kept) => DeviceDeed::ExceptionGranted {
            person: id("person", &kept.person, PersonId)?,
            until: Timestamp(kept.until_us),
            reason: kept.reason,
        },
        What::ExceptionEnded(kept) => DeviceDeed::ExceptionEnded { person: id("person", &kept.person, PersonId)? },
    })
}

fn serial(bytes: &[u8]) -> Result<Serial, Invalid> {
    let expected = || Text::fixed("証明書の番号は 16 バイトです", "the number of a certificate has 16 bytes");
    Serial::from_certificate(bytes).ok_or_else(|| Invalid::new("serial", "implausible", expected()))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::account::InvitationEnd;
    use crate::domain::device::CertificateWay;

    #[test]
    fn every_deed_comes_back_as_it_was_kept() {
        let (device, enrolment) = (DeviceId(Uuid::from_u128(7)), EnrolmentId(Uuid::from_u128(8)));
        let (expires_at, reason) = (Timestamp(5), "車内に置き忘れた".to_owned());
        let (person, serial) = (PersonId(Uuid::from_u128(9)), Serial([3; 16]));
        let mut deeds = vec![
            DeviceDeed::Registered { device, organisation: OrganisationId(Uuid::from_u128(10)) },
            DeviceDeed::Enrolling { device, enrolment, expires_at },
            DeviceDeed::CertificateReplaced { device, serial },
            DeviceDeed::Revoked { device, reason: reason.clone() },
            DeviceDeed::AuthorityMade { number: 2, fingerprint: "0a1b".to_owned() },
            DeviceDeed::AuthorityRetired { number: 1, certificates: 3, reason: reason.clone() },
            DeviceDeed::ExceptionGranted { person, until: expires_at, reason },
            DeviceDeed::ExceptionEnded { person },
        ];
        let issued = |way: &CertificateWay| DeviceDeed::CertificateIssued { device, serial, expires_at, way: *way };
        deeds.extend(CertificateWay::ALL.iter().map(issued));
        let ended = |why: &InvitationEnd| DeviceDeed::EnrolmentEnded { device, enrolment, why: *why };
        deeds.extend(InvitationEnd::ALL.iter().map(ended));
        for deed in deeds {
            assert_eq!(device_deed(device_message(&deed)), Ok(deed));
        }
        let damaged = stored::CertificateReplaced { serial: vec![1].into() };
        let damaged =
            stored::DeviceActed { device: device.to_string(), what: Some(What::CertificateReplaced(damaged)) };
        assert_eq!(device_deed(damaged).unwrap_err().field, "serial");
    }
}
