//! The region's own authority for devices: makes itself, and issues certificates that only this region's hub accepts. Its
//! private key leaves this module only to be sealed. Who gets a certificate is decided by the actions.

use std::fmt;
use std::time::Duration;

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, SerialNumber, date_time_ymd,
};
use rustls::pki_types::CertificateDer;
use zeroize::Zeroizing;

use super::fill_random;
use crate::domain::device::Serial;
use crate::domain::time::Timestamp;
use crate::limits;

/// What cannot be done with a certificate or its key.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    #[error("cannot make a certificate: {0}")]
    Issue(#[from] rcgen::Error),
    #[error("the key of the device authority does not fit its certificate")]
    Mismatch,
    #[error("cannot make a PKCS#12 file: {0}")]
    Bundle(#[from] p12_keystore::error::Error),
}

/// The authority with its key, ready to issue.
pub struct DeviceAuthority {
    certificate: CertificateDer<'static>,
    issuer: Issuer<'static, KeyPair>,
    valid_until: Timestamp,
}

/// What stands in a device's certificate, for people who choose among several.
#[derive(Clone, Debug)]
pub struct DeviceSubject {
    pub device: String,
    pub organisation: String,
}

/// A certificate with its private key, which exists nowhere else.
pub struct IssuedCertificate {
    pub serial: Serial,
    pub issued_at: Timestamp,
    pub expires_at: Timestamp,
    pub certificate: CertificateDer<'static>,
    pub certificate_pem: String,
    pub key_pem: Zeroizing<String>,
    pub(super) key: Zeroizing<Vec<u8>>,
    pub(super) authority: CertificateDer<'static>,
}

impl DeviceAuthority {
    /// A new authority.
    ///
    /// # Errors
    /// When the key cannot be made.
    pub fn make(now: Timestamp) -> Result<Self, CertificateError> {
        let key = KeyPair::generate()?;
        let mut mark = [0; 4];
        fill_random(&mut mark);
        let mark: String = mark.iter().map(|byte| format!("{byte:02x}")).collect();
        let mut params = CertificateParams::default();
        // Browsers offer certificates by the name of who issued them: a trial hub's must not look like the region's.
        params.distinguished_name = named(&format!("Renkei devices {mark}"), None);
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        set_validity(&mut params, now, now.saturating_add(days(limits::DEVICE_AUTHORITY_VALID_DAYS)));
        let certificate = params.self_signed(&key)?.der().clone();
        let valid_until = Timestamp::from_secs(params.not_after.unix_timestamp());
        Ok(Self { certificate, issuer: Issuer::new(params, key), valid_until })
    }

    /// The authority of this certificate and this key in PKCS#8.
    ///
    /// # Errors
    /// When either cannot be read, or one is not the other's.
    pub fn load(certificate: &[u8], key: &[u8]) -> Result<Self, CertificateError> {
        let (certificate, key) = (CertificateDer::from(certificate.to_vec()), KeyPair::try_from(key)?);
        let (_, parsed) = x509_parser::parse_x509_certificate(&certificate).map_err(|_| CertificateError::Mismatch)?;
        if parsed.public_key().subject_public_key.data.as_ref() != key.public_key_raw() {
            return Err(CertificateError::Mismatch);
        }
        let valid_until = Timestamp::from_secs(parsed.validity().not_after.timestamp());
        let issuer = Issuer::from_ca_cert_der(&certificate, key)?;
        Ok(Self { certificate, issuer, valid_until })
    }

    /// What listeners check certificates of devices against. Nothing secret.
    #[must_use]
    pub const fn certificate(&self) -> &CertificateDer<'static> {
        &self.certificate
    }

    /// The private key in PKCS#8, to be sealed.
    #[must_use]
    pub fn key(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(self.issuer.key().serialize_der())
    }

    /// A certificate of a new key for a device, by which it may be a client and nothing else.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn issue(&self, subject: &DeviceSubject, now: Timestamp) -> Result<IssuedCertificate, CertificateError> {
        let key = KeyPair::generate()?;
        let serial = draw_serial();
        let mut params = CertificateParams::default();
        params.distinguished_name = named(&subject.device, Some(&subject.organisation));
        params.serial_number = Some(SerialNumber::from_slice(&serial.0));
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        params.use_authority_key_identifier_extension = true;
        let until = now.saturating_add(days(limits::DEVICE_CERTIFICATE_VALID_DAYS)).min(self.valid_until);
        set_validity(&mut params, now, until);
        let made = params.signed_by(&key, &self.issuer)?;
        Ok(IssuedCertificate {
            serial,
            issued_at: now,
            expires_at: Timestamp::from_secs(params.not_after.unix_timestamp()),
            certificate: made.der().clone(),
            certificate_pem: made.pem(),
            key_pem: Zeroizing::new(key.serialize_pem()),
            key: Zeroizing::new(key.serialize_der()),
            authority: self.certificate.clone(),
        })
    }
}

impl fmt::Debug for DeviceAuthority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeviceAuthority").field("valid_until", &self.valid_until).finish_non_exhaustive()
    }
}

impl fmt::Debug for IssuedCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IssuedCertificate").field("serial", &self.serial).finish_non_exhaustive()
    }
}

/// Positive, and of 16 bytes however a certificate writes it.
fn draw_serial() -> Serial {
    let mut serial = [0; 16];
    fill_random(&mut serial);
    serial[0] = serial[0] & 0x3f | 0x40;
    Serial(serial)
}

fn named(common: &str, organisation: Option<&str>) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    // 64 characters are the bound of both (X.520).
    let short = |text: &str| text.chars().take(64).collect::<String>();
    name.push(DnType::CommonName, short(common));
    if let Some(organisation) = organisation.filter(|name| !name.is_empty()) {
        name.push(DnType::OrganizationName, short(organisation));
    }
    name
}

/// From the day before, for devices whose clock is behind, to the midnight (UTC) at which the day of `until` begins.
pub fn set_validity(params: &mut CertificateParams, now: Timestamp, until: Timestamp) {
    let midnight = |moment: Timestamp| {
        let moment = moment.to_jiff().expect("a clock shows a year of four digits");
        let date = moment.to_zoned(jiff::tz::TimeZone::UTC).date();
        date_time_ymd(date.year().into(), date.month().unsigned_abs(), date.day().unsigned_abs())
    };
    params.not_before = midnight(now.saturating_sub(days(1)));
    params.not_after = midnight(until);
}

const fn days(days: u64) -> Duration {
    Duration::from_secs(days * 86_400)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_secs(1_775_003_400);

    fn subject() -> DeviceSubject {
        DeviceSubject { device: "タブレット 3".to_owned(), organisation: "みなと訪問看護".to_owned() }
    }

    #[test]
    fn an_authority_is_the_same_after_it_was_kept_and_no_other_key_is_taken_for_its_own() {
        let made = DeviceAuthority::make(NOW).unwrap();
        let loaded = DeviceAuthority::load(made.certificate(), &made.key()).unwrap();
        assert_eq!((loaded.certificate(), loaded.valid_until), (made.certificate(), made.valid_until));
        let other = DeviceAuthority::make(NOW).unwrap();
        let foreign = DeviceAuthority::load(made.certificate(), &other.key()).unwrap_err();
        assert!(matches!(foreign, CertificateError::Mismatch));
        let issued = loaded.issue(&subject(), NOW).unwrap();
        let (_, parsed) = x509_parser::parse_x509_certificate(&issued.certificate).unwrap();
        let (_, authority) = x509_parser::parse_x509_certificate(made.certificate()).unwrap();
        assert_eq!(parsed.issuer(), authority.subject());
    }

    #[test]
    fn a_device_gets_a_certificate_of_a_client_for_a_year_and_a_month_and_never_longer_than_the_authority() {
        let authority = DeviceAuthority::make(NOW).unwrap();
        let issued = authority.issue(&subject(), NOW).unwrap();
        assert_eq!(issued.expires_at.to_rfc3339(), "2027-05-03T00:00:00Z");
        let (_, parsed) = x509_parser::parse_x509_certificate(&issued.certificate).unwrap();
        assert_eq!(Serial::from_certificate(parsed.raw_serial()), Some(issued.serial));
        assert_eq!(Timestamp::from_secs(parsed.validity().not_after.timestamp()), issued.expires_at);
        let usage = parsed.extended_key_usage().unwrap().unwrap().value;
        assert!(usage.client_auth && !usage.server_auth && !parsed.is_ca());
        let late = NOW.saturating_add(days(limits::DEVICE_AUTHORITY_VALID_DAYS - 10));
        assert_eq!(authority.issue(&subject(), late).unwrap().expires_at, authority.valid_until);
        assert_ne!(authority.issue(&subject(), NOW).unwrap().serial, issued.serial);
    }
}
