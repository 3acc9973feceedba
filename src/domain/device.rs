//! Registered devices: tablets and PCs to which the hub's own authority issued a certificate, each bound to one
//! organisation; and the exceptions of people whose device is lost. Whether a connection shows one is judged by the hub.

use std::fmt;

use super::account::{InvitationEnd, Issuer};
use super::ids::{DeviceId, EnrolmentId, OrganisationId, PersonId};
use super::list::closed_list;
use super::plain::check_plain;
use super::text::Invalid;
use super::time::Timestamp;
use crate::limits;

/// The number of a certificate, drawn at random: positive, and never used twice.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Serial(pub [u8; 16]);

impl Serial {
    /// As it stands in a certificate; `None`: no certificate of ours has such a number.
    #[must_use]
    pub fn from_certificate(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }
}

impl fmt::Display for Serial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Serial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Serial({self})")
    }
}

/// A device of an organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    pub id: DeviceId,
    pub organisation: OrganisationId,
    /// As people tell it from others: what stands on its label.
    pub name: String,
    pub registered_at: Timestamp,
    /// When a connection last showed its certificate, to within some minutes.
    pub seen_at: Option<Timestamp>,
    pub revoked_at: Option<Timestamp>,
}

impl Device {
    /// The name of a device, as somebody typed it.
    ///
    /// # Errors
    /// When it is empty, too long, or holds control characters.
    pub fn read_name(field: &str, given: &str) -> Result<String, Invalid> {
        let (name, max) = (given.trim(), limits::DEVICE_NAME_CHARS_MAX);
        let chars = name.chars().count();
        if name.is_empty() {
            return Err(Invalid::required(field));
        }
        if chars > max {
            return Err(Invalid::too_long(field, max, ("文字", "characters"), chars));
        }
        check_plain(field, name)?;
        Ok(name.to_owned())
    }
}

/// A certificate of a device. A new one is issued before the old one ends; the old one ends when the new one is first seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeviceCertificate {
    pub serial: Serial,
    pub device: DeviceId,
    pub issued_at: Timestamp,
    pub expires_at: Timestamp,
    /// When it was replaced, or revoked with its device.
    pub ended_at: Option<Timestamp>,
}

/// A link by which a device gets its certificate, once.
#[derive(Clone)]
pub struct Enrolment {
    pub id: EnrolmentId,
    pub device: DeviceId,
    /// Told apart from the link.
    pub code: String,
    /// It counts for as long as they may still do this for the device's organisation.
    pub issuer: Issuer,
    pub issued_at: Timestamp,
    pub expires_at: Timestamp,
    pub ended_at: Option<Timestamp>,
}

impl Enrolment {
    /// Whether it can be used at this moment.
    #[must_use]
    pub fn is_open_at(&self, now: Timestamp) -> bool {
        self.ended_at.is_none() && now < self.expires_at
    }
}

impl fmt::Debug for Enrolment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Enrolment").field("id", &self.id).field("device", &self.device).finish_non_exhaustive()
    }
}

/// Somebody may sign in without a registered device until then, although the hub asks for one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeviceException {
    pub person: PersonId,
    pub granted_at: Timestamp,
    pub until: Timestamp,
}

closed_list! {
    /// Whether the listeners ask for the certificate of a registered device.
    DeviceDemand {
        Off = "off", "求めない", "not asked for";
        Optional = "optional", "あれば確かめる", "looked at where it is shown";
        Required = "required", "必須", "required";
    }
}

closed_list! {
    /// How a certificate came to its device.
    CertificateWay {
        Console = "console", "事務局・管理者によるダウンロード", "downloaded by whoever looks after the office";
        Enrolment = "enrolment", "登録リンク", "by an enrolment link";
        Command = "command", "ハブのマシンでの発行", "issued on the hub's machine";
    }
}

/// What is done to devices; the audit log keeps each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeviceDeed {
    Registered {
        device: DeviceId,
        organisation: OrganisationId,
    },
    Enrolling {
        device: DeviceId,
        enrolment: EnrolmentId,
        expires_at: Timestamp,
    },
    EnrolmentEnded {
        device: DeviceId,
        enrolment: EnrolmentId,
        why: InvitationEnd,
    },
    CertificateIssued {
        device: DeviceId,
        serial: Serial,
        expires_at: Timestamp,
        way: CertificateWay,
    },
    /// A newer certificate of the device was seen.
    CertificateReplaced {
        device: DeviceId,
        serial: Serial,
    },
    /// With the reason that whoever revokes it must write.
    Revoked {
        device: DeviceId,
        reason: String,
    },
    /// Another authority issues from now on; those before it are trusted until they are retired.
    AuthorityMade {
        number: i64,
        /// Of its certificate.
        fingerprint: String,
    },
    /// Nothing that it issued counts any more. With the reason that whoever retires it must write.
    AuthorityRetired {
        number: i64,
        certificates: u64,
        reason: String,
    },
    ExceptionGranted {
        person: PersonId,
        until: Timestamp,
        reason: String,
    },
    ExceptionEnded {
        person: PersonId,
    },
}

impl DeviceDeed {
    /// As whoever did it had to write.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Revoked { reason, .. }
            | Self::AuthorityRetired { reason, .. }
            | Self::ExceptionGranted { reason, .. } => Some(reason),
            Self::Registered { .. }
            | Self::Enrolling { .. }
            | Self::EnrolmentEnded { .. }
            | Self::CertificateIssued { .. }
            | Self::CertificateReplaced { .. }
            | Self::AuthorityMade { .. }
            | Self::ExceptionEnded { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_named_in_few_plain_characters() {
        assert_eq!(Device::read_name("name", " タブレット 3 "), Ok("タブレット 3".to_owned()));
        let refused = |given: &str| Device::read_name("name", given).unwrap_err().code;
        assert_eq!((refused("  "), refused("a\nb")), ("required", "implausible"));
        assert_eq!(refused(&"x".repeat(limits::DEVICE_NAME_CHARS_MAX + 1)), "too_long");
    }

    #[test]
    fn a_serial_is_read_only_as_it_is_issued() {
        assert_eq!(Serial::from_certificate(&[7; 16]).map(|serial| serial.to_string()), Some("07".repeat(16)));
        assert_eq!((Serial::from_certificate(&[7; 15]), Serial::from_certificate(&[7; 17])), (None, None));
    }
}
