//! TLS 1.3 for the bare relay, with a certificate of its own made at each start.

use std::{path::Path, sync::Arc};

use anyhow::Context;
use rustls::pki_types::PrivateKeyDer;
use tokio_rustls::TlsAcceptor;

/// Makes a self-signed certificate for `localhost`, writes it to `ca_file` for the clients to
/// trust, and returns the acceptor that serves it.
pub fn acceptor(ca_file: &Path) -> anyhow::Result<TlsAcceptor> {
    let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
    let certified = rcgen::generate_simple_self_signed(names)?;
    std::fs::write(ca_file, certified.cert.pem()).with_context(|| format!("writing {}", ca_file.display()))?;
    let key = PrivateKeyDer::try_from(certified.signing_key.serialize_der()).map_err(anyhow::Error::msg)?;

    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .with_no_client_auth()
        .with_single_cert(vec![certified.cert.der().clone()], key)?;
    // Tickets and a session cache would only cost memory: no client of a measurement resumes.
    config.send_tls13_tickets = 0;
    config.session_storage = Arc::new(rustls::server::NoServerSessionStorage {});
    Ok(TlsAcceptor::from(Arc::new(config)))
}
