//! What a listener asks of a client's certificate: that the region's own authority issued it, that its key is at hand, and
//! that it was neither replaced nor revoked. One whose time is over passes the handshake and counts for nothing, so that
//! whoever shows it reads why.

use std::sync::Arc;

use arc_swap::ArcSwap;

use rustls::client::danger::HandshakeSignatureValid;
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{CertificateError, DigitallySignedStruct, DistinguishedName, Error, RootCertStore, SignatureScheme};

use crate::domain::device::Serial;
use crate::domain::time::Timestamp;
use crate::hub::Hub;

/// See the module.
#[derive(Debug)]
pub struct DeviceVerifier {
    trusted: ArcSwap<Trusted>,
    /// For what does not depend on whom it trusts.
    first: Arc<dyn ClientCertVerifier>,
    hub: Hub,
}

/// The authorities that are trusted, as the hub's lists have them.
#[derive(Debug)]
struct Trusted {
    /// `None`: those that it was made with.
    of: Option<Arc<Vec<Vec<u8>>>>,
    chain: Arc<dyn ClientCertVerifier>,
    hints: &'static [DistinguishedName],
}

impl Trusted {
    fn new(certificates: &[CertificateDer<'static>], of: Option<Arc<Vec<Vec<u8>>>>) -> Result<Self, Error> {
        let mut roots = RootCertStore::empty();
        for certificate in certificates {
            roots.add(certificate.clone())?;
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
        let chain = builder.allow_unauthenticated().build().map_err(|error| Error::General(error.to_string()))?;
        // rustls borrows them for longer than a change of the list would let them live. A few names each time that an
        // authority comes or goes, which is once in years.
        let hints = Box::leak(chain.root_hint_subjects().to_vec().into_boxed_slice());
        Ok(Self { of, chain, hints })
    }
}

impl DeviceVerifier {
    /// For devices whose certificates this authority issued.
    ///
    /// # Errors
    /// When it is no certificate of an authority.
    pub fn new(authority: &CertificateDer<'static>, hub: Hub) -> Result<Arc<Self>, Error> {
        let trusted = Trusted::new(std::slice::from_ref(authority), None)?;
        let first = Arc::clone(&trusted.chain);
        Ok(Arc::new(Self { trusted: ArcSwap::from_pointee(trusted), first, hub }))
    }

    /// Whom the hub's lists trust at this moment.
    fn trusted(&self) -> Arc<Trusted> {
        let (known, listed) = (self.trusted.load_full(), self.hub.devices().authorities());
        let is_current = known.of.as_ref().is_some_and(|of| Arc::ptr_eq(of, &listed));
        // A hub whose first authority was made just now has not read its lists since.
        if is_current || listed.is_empty() {
            return known;
        }
        let certificates: Vec<_> = listed.iter().map(|one| CertificateDer::from(one.clone())).collect();
        match Trusted::new(&certificates, Some(listed)) {
            Ok(trusted) => {
                let trusted = Arc::new(trusted);
                self.trusted.store(Arc::clone(&trusted));
                trusted
            }
            Err(error) => {
                tracing::error!(%error, "an authority for devices cannot be read: those before it go on");
                known
            }
        }
    }
}

/// The number of a certificate of ours, and the end of its time.
pub(super) fn read(certificate: &CertificateDer<'_>) -> Option<(Serial, Timestamp)> {
    let (_, parsed) = x509_parser::parse_x509_certificate(certificate).ok()?;
    let serial = Serial::from_certificate(parsed.raw_serial())?;
    Some((serial, Timestamp::from_secs(parsed.validity().not_after.timestamp())))
}

impl ClientCertVerifier for DeviceVerifier {
    /// INVARIANT: asked for and never demanded: who has none is told so in an answer, not by a broken connection.
    fn client_auth_mandatory(&self) -> bool {
        false
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        self.trusted().hints
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _machine_time: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        let (serial, expires_at) = read(end_entity).ok_or(CertificateError::BadEncoding)?;
        // Its chain is verified whether its time is over or not: what it says of itself counts only then.
        let at_s = self.hub.region().now().min(expires_at).as_secs().max(0).unsigned_abs();
        let at = UnixTime::since_unix_epoch(std::time::Duration::from_secs(at_s));
        let verified = self.trusted().chain.verify_client_cert(end_entity, intermediates, at)?;
        if self.hub.devices().has_ended(serial) {
            return Err(CertificateError::Revoked.into());
        }
        Ok(verified)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.first.verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.first.verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.first.supported_verify_schemes()
    }
}
