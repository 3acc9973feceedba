//! Whom the hub trusts when it asks another machine something: Redis, a service by which people sign in, whoever takes the
//! audit log, another hub. TLS 1.3 alone, and nothing is resumed. Who connects, and where to, is theirs who call.

use std::io;
use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::{CertificateDer, pem::PemObject as _};
use rustls::{ClientConfig, RootCertStore};

/// Trusts whoever signed for this authority alone; without one, whom this machine trusts.
///
/// # Errors
/// When the file cannot be read, or holds something else than certificates.
pub fn trusting(authority: Option<&Path>) -> io::Result<ClientConfig> {
    let mut roots = RootCertStore::empty();
    match authority {
        Some(file) => {
            for certificate in CertificateDer::pem_file_iter(file).map_err(io::Error::other)? {
                roots.add(certificate.map_err(io::Error::other)?).map_err(io::Error::other)?;
            }
            // A file of something else would be one that trusts nobody, which no handshake says so plainly.
            if roots.is_empty() {
                return Err(io::Error::other("there is no certificate in it"));
            }
        }
        None => drop(roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs)),
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .map_err(io::Error::other)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.resumption = rustls::client::Resumption::disabled();
    Ok(config)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Timestamp;
    use crate::vault::DeviceAuthority;

    #[test]
    fn a_file_without_a_certificate_is_no_authority() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("authority.pem");
        assert!(trusting(Some(&file)).is_err(), "it is not there");
        for text in ["", "region key", "-----BEGIN CERTIFICATE-----\nAQID\n-----END CERTIFICATE-----\n"] {
            std::fs::write(&file, text).unwrap();
            assert!(trusting(Some(&file)).is_err(), "{text}");
        }
        let authority = DeviceAuthority::make(Timestamp::from_secs(1_775_003_400)).unwrap();
        std::fs::write(&file, pem(authority.certificate())).unwrap();
        assert!(trusting(Some(&file)).is_ok());
    }

    fn pem(der: &[u8]) -> String {
        use base64::Engine as _;
        let body = base64::engine::general_purpose::STANDARD.encode(der);
        format!("-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n")
    }
}
