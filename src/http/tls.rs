//! How the hub speaks TLS: version 1.3 only, HTTP/2 for pages and HTTP/1.1 for WebSockets, nothing resumed.
//! `serve` and `demo` call it; certificates come from `certificate`.

use std::sync::Arc;

use rustls::server::NoServerSessionStorage;
use rustls::server::danger::ClientCertVerifier;
use rustls::{ServerConfig, version};

use super::certificate::ReloadingCertificate;

/// The name of HTTP/2 in a handshake (RFC 9113, 3.2).
pub(super) const HTTP2: &[u8] = b"h2";

/// The settings for every connection that is accepted from now on.
///
/// No session tickets: a resumed session would skip the check of a device certificate revoked in
/// between, and the keys of tickets would not survive the restart after which everybody reconnects.
/// A full handshake costs the hub one ECDSA signature.
/// No 0-RTT: what is sent in it can be replayed. `devices`: asks clients for the certificate of a registered device.
#[must_use]
pub fn server_config(
    certificate: Arc<ReloadingCertificate>,
    devices: Option<Arc<dyn ClientCertVerifier>>,
) -> Arc<ServerConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&version::TLS13])
        .expect("the ring provider has suites for TLS 1.3");
    let builder = match devices {
        Some(verifier) => builder.with_client_cert_verifier(verifier),
        None => builder.with_no_client_auth(),
    };
    let mut config = builder.with_cert_resolver(certificate);
    config.alpn_protocols = vec![HTTP2.to_vec(), b"http/1.1".to_vec()];
    config.send_tls13_tickets = 0;
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.max_early_data_size = 0;
    Arc::new(config)
}
