//! Issuing with `rcgen`: what stands in the authority's certificate and in the server's.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use x509_parser::extensions::{GeneralName, ParsedExtension};
use x509_parser::prelude::X509Certificate;

use super::CertError;
use crate::domain::time::Timestamp;
use crate::limits::{
    DEVELOPMENT_AUTHORITY_VALID_DAYS, DEVELOPMENT_CERTIFICATE_RENEW_BEFORE_DAYS, DEVELOPMENT_CERTIFICATE_VALID_DAYS,
};
use crate::vault::set_validity;

const AUTHORITY_NAME: &str = "Renkei development authority";

/// The authority with its key, ready to sign.
pub(super) struct Authority {
    pub(super) certificate_pem: String,
    pub(super) key_pem: String,
    issuer: Issuer<'static, KeyPair>,
    key_id: Vec<u8>,
    valid_until: Timestamp,
}

/// A server certificate; the key only when it was just made.
pub(super) struct ServerCertificate {
    pub(super) certificate_pem: String,
    pub(super) key_pem: Option<String>,
    pub(super) valid_until: Timestamp,
    names: Vec<String>,
    authority_key_id: Option<Vec<u8>>,
}

impl Authority {
    pub(super) fn make(now: Timestamp) -> Result<Self, CertError> {
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::default();
        params.distinguished_name = rcgen::DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, AUTHORITY_NAME);
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        set_validity(&mut params, now, now.saturating_add(days(DEVELOPMENT_AUTHORITY_VALID_DAYS)));
        let certificate = params.self_signed(&key)?;
        let (certificate_pem, key_pem) = (certificate.pem(), key.serialize_pem());
        let key_id = params.key_identifier(&key);
        let valid_until = Timestamp::from_secs(params.not_after.unix_timestamp());
        Ok(Self { certificate_pem, key_pem, issuer: Issuer::new(params, key), key_id, valid_until })
    }

    pub(super) fn load(certificate_pem: &str, key_pem: &str, path: PathBuf) -> Result<Self, CertError> {
        let foreign = || CertError::Foreign { path: path.clone() };
        let key = KeyPair::from_pem(key_pem).map_err(|_| foreign())?;
        let der = CertificateDer::from_pem_slice(certificate_pem.as_bytes()).map_err(|_| foreign())?;
        let parsed = parse(&der).ok_or_else(foreign)?;
        let is_ours = parsed.subject().iter_common_name().any(|name| name.as_str() == Ok(AUTHORITY_NAME));
        let key_id = subject_key_id(&parsed).filter(|_| is_ours).ok_or_else(foreign)?;
        // A key beside somebody else's certificate would issue what no client accepts.
        if parsed.public_key().subject_public_key.data.as_ref() != key.public_key_raw() {
            return Err(foreign());
        }
        let valid_until = Timestamp::from_secs(parsed.validity().not_after.timestamp());
        let issuer = Issuer::from_ca_cert_der(&der, key)?;
        Ok(Self {
            certificate_pem: certificate_pem.to_owned(),
            key_pem: key_pem.to_owned(),
            issuer,
            key_id,
            valid_until,
        })
    }

    /// Whether a server certificate issued now would outlive it.
    pub(super) fn ends_soon(&self, now: Timestamp) -> bool {
        now.saturating_add(days(DEVELOPMENT_CERTIFICATE_VALID_DAYS)) > self.valid_until
    }
}

impl ServerCertificate {
    pub(super) fn make(authority: &Authority, names: &[String], now: Timestamp) -> Result<Self, CertError> {
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::new(names)?;
        params.distinguished_name = rcgen::DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, names[0].as_str());
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        set_validity(&mut params, now, now.saturating_add(days(DEVELOPMENT_CERTIFICATE_VALID_DAYS)));
        let certificate = params.signed_by(&key, &authority.issuer)?;
        Ok(Self {
            certificate_pem: certificate.pem(),
            key_pem: Some(key.serialize_pem()),
            valid_until: Timestamp::from_secs(params.not_after.unix_timestamp()),
            names: names.to_vec(),
            authority_key_id: Some(authority.key_id.clone()),
        })
    }

    pub(super) fn load(certificate_pem: &str, path: PathBuf) -> Result<Self, CertError> {
        let foreign = || CertError::Foreign { path: path.clone() };
        let der = CertificateDer::from_pem_slice(certificate_pem.as_bytes()).map_err(|_| foreign())?;
        let parsed = parse(&der).ok_or_else(foreign)?;
        Ok(Self {
            certificate_pem: certificate_pem.to_owned(),
            key_pem: None,
            valid_until: Timestamp::from_secs(parsed.validity().not_after.timestamp()),
            names: names(&parsed),
            authority_key_id: authority_key_id(&parsed),
        })
    }

    pub(super) fn is_from(&self, authority: &Authority) -> bool {
        self.authority_key_id.as_ref() == Some(&authority.key_id)
    }

    pub(super) fn serves(&self, names: &[String], now: Timestamp) -> bool {
        let renew_at = self.valid_until.saturating_sub(days(DEVELOPMENT_CERTIFICATE_RENEW_BEFORE_DAYS));
        now < renew_at && names.iter().all(|name| self.names.contains(name))
    }
}

fn parse<'a>(der: &'a CertificateDer<'_>) -> Option<X509Certificate<'a>> {
    x509_parser::parse_x509_certificate(der).ok().map(|(_, parsed)| parsed)
}

fn subject_key_id(certificate: &X509Certificate<'_>) -> Option<Vec<u8>> {
    certificate.iter_extensions().find_map(|extension| match extension.parsed_extension() {
        ParsedExtension::SubjectKeyIdentifier(id) => Some(id.0.to_vec()),
        _ => None,
    })
}

fn authority_key_id(certificate: &X509Certificate<'_>) -> Option<Vec<u8>> {
    certificate.iter_extensions().find_map(|extension| match extension.parsed_extension() {
        ParsedExtension::AuthorityKeyIdentifier(id) => id.key_identifier.as_ref().map(|id| id.0.to_vec()),
        _ => None,
    })
}

fn names(certificate: &X509Certificate<'_>) -> Vec<String> {
    let Ok(Some(alternative)) = certificate.subject_alternative_name() else {
        return Vec::new();
    };
    alternative.value.general_names.iter().filter_map(name).collect()
}

fn name(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(bytes) => match bytes.len() {
            4 => <[u8; 4]>::try_from(*bytes).ok().map(|bytes| IpAddr::from(bytes).to_string()),
            16 => <[u8; 16]>::try_from(*bytes).ok().map(|bytes| IpAddr::from(bytes).to_string()),
            _ => None,
        },
        _ => None,
    }
}

fn days(days: u64) -> Duration {
    Duration::from_secs(days * 86_400)
}
