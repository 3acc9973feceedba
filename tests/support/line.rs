//! A listener with real TLS that asks for the certificates of registered devices, and clients that show one or none.

use std::collections::HashMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::http::{Request, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use p12_keystore::{KeyStore, Pkcs12ImportPolicy};
use renkei::actions::accounts::ensure_authority;
use renkei::cli::cert::ensure_development_certificates;
use renkei::clock::{Clock as _, SystemClock};
use renkei::domain::device::DeviceDemand;
use renkei::domain::time::Timestamp;
use renkei::http::certificate::ReloadingCertificate;
use renkei::http::client_certificates::DeviceVerifier;
use renkei::http::listen::{ListenBounds, Listener, Transport};
use renkei::http::tls::server_config;
use renkei::vault::{DeviceAuthority, DeviceSubject, IssuedCertificate};
use renkei::wire::Encoding;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore, version};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::actor::Answer;
use super::app::App;
use super::scratch;
use super::socket::Socket;

/// Who connects: with which certificate, in which protocol.
type Caller = (Option<Arc<[u8]>>, Speaks);

/// Where a hub answers over TLS.
pub struct TlsDoor {
    pub address: SocketAddr,
    trusted: CertificateDer<'static>,
    /// One for each key: what a client remembers of earlier connections counts.
    connectors: Mutex<HashMap<Caller, TlsConnector>>,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<()>,
}

/// What a client offers in the handshake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Speaks {
    /// By saying nothing.
    Http1,
    Http2,
}

/// What a device has installed.
#[derive(Clone)]
pub struct Identity {
    chain: Vec<CertificateDer<'static>>,
    key: Arc<[u8]>,
}

impl Identity {
    /// What a bundle holds, as REST answers it.
    pub fn of(bundle: &Value) -> Self {
        let bytes = STANDARD.decode(bundle["pkcs12"].as_str().expect("a file")).expect("base64");
        let passphrase = bundle["passphrase"].as_str().expect("a passphrase");
        let store = KeyStore::from_pkcs12(&bytes, passphrase, Pkcs12ImportPolicy::Strict).expect("it opens");
        let (_, chain) = store.private_key_chain().expect("a key");
        let certificates = chain.certs().iter().map(|one| CertificateDer::from(one.as_der().to_vec()));
        Self { chain: certificates.collect(), key: chain.key().as_der().into() }
    }

    /// A certificate that looks like one of ours, of another region's authority.
    pub fn forged(now: Timestamp) -> Self {
        let subject = DeviceSubject { device: "device".to_owned(), organisation: String::new() };
        let authority = DeviceAuthority::make(now).expect("an authority");
        Self::issued(&authority.issue(&subject, now).expect("a certificate"))
    }

    /// The number of the certificate, as REST shows it.
    pub fn serial(&self) -> String {
        let (_, parsed) = x509_parser::parse_x509_certificate(&self.chain[0]).expect("a certificate");
        parsed.raw_serial().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Who issued it.
    pub fn issuer(&self) -> String {
        let (_, parsed) = x509_parser::parse_x509_certificate(&self.chain[0]).expect("a certificate");
        parsed.issuer().to_string()
    }

    /// What was issued on the hub's machine.
    pub fn issued(issued: &IssuedCertificate) -> Self {
        let key = PrivateKeyDer::from_pem_slice(issued.key_pem.as_bytes()).expect("a key");
        Self { chain: vec![issued.certificate.clone()], key: key.secret_der().into() }
    }

    /// This certificate with somebody else's key.
    pub fn with_key_of(&self, other: &Self) -> Self {
        Self { chain: self.chain.clone(), key: Arc::clone(&other.key) }
    }
}

impl TlsDoor {
    /// Opens another listener of this hub.
    pub async fn open(app: &App, demand: DeviceDemand) -> Self {
        let folder = scratch::folder("tls");
        // A certificate that outlives the story: clients go by the machine's clock.
        let made = ensure_development_certificates(folder.path(), &[], SystemClock::new().now()).expect("certificates");
        let certificate = ReloadingCertificate::load(made.server).expect("it loads");
        let now = app.hub.region().now();
        let authority = app.hub.journal().write(move |tx| Box::pin(async move { ensure_authority(tx, now).await }));
        let authority = authority.await.expect("an authority");
        let verifier = DeviceVerifier::new(authority.certificate(), app.hub.clone()).expect("a verifier");
        let config = server_config(certificate, Some(verifier));
        let transport = Transport::TlsAsking(config, demand, app.hub.clone());
        let loopback = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let listener = Listener::bind(loopback, transport, ListenBounds::default()).expect("a free port");
        let address = listener.address();
        let (stop, stopped) = oneshot::channel::<()>();
        let router = app.router.clone();
        let serving = tokio::spawn(async move {
            listener.serve(router, async { drop(stopped.await) }).await;
        });
        let trusted = CertificateDer::from_pem_file(&made.authority).expect("an authority");
        Self { address, trusted, connectors: Mutex::default(), stop, serving }
    }

    pub async fn close(self) {
        let _ = self.stop.send(());
        self.serving.await.expect("it ends");
    }

    fn connector(&self, identity: Option<&Identity>, speaks: Speaks) -> TlsConnector {
        let mut connectors = self.connectors.lock().expect("no panic");
        let key = (identity.map(|identity| Arc::clone(&identity.key)), speaks);
        connectors.entry(key).or_insert_with(|| self.new_connector(identity, speaks)).clone()
    }

    fn new_connector(&self, identity: Option<&Identity>, speaks: Speaks) -> TlsConnector {
        let mut roots = RootCertStore::empty();
        roots.add(self.trusted.clone()).expect("an authority");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider).with_protocol_versions(&[&version::TLS13]);
        let builder = builder.expect("TLS 1.3").with_root_certificates(roots);
        let mut config = match identity {
            Some(Identity { chain, key }) => {
                let key = PrivateKeyDer::try_from(key.to_vec()).expect("a key");
                let resolver = Blunt::new(chain.clone(), &key);
                builder.with_client_cert_resolver(Arc::new(resolver))
            }
            None => builder.with_no_client_auth(),
        };
        if speaks == Speaks::Http2 {
            config.alpn_protocols = vec![b"h2".to_vec()];
        }
        TlsConnector::from(Arc::new(config))
    }

    /// The handshake as the client sees it; what the hub thinks of a certificate shows with the first answer.
    async fn dial(&self, identity: Option<&Identity>, speaks: Speaks) -> io::Result<TlsStream<TcpStream>> {
        let tcp = TcpStream::connect(self.address).await?;
        self.connector(identity, speaks).connect(ServerName::try_from("localhost").expect("a name"), tcp).await
    }

    /// A connection that is kept alive.
    pub async fn connect(&self, identity: Option<&Identity>) -> io::Result<Connection> {
        let stream = TokioIo::new(self.dial(identity, Speaks::Http1).await?);
        let (sender, connection) = http1::handshake(stream).await.map_err(io::Error::other)?;
        Ok(Connection { sender: Sender::Http1(sender), ended: tokio::spawn(async move { drop(connection.await) }) })
    }

    /// The same, as a browser has it for the page and its requests.
    pub async fn connect_http2(&self, identity: Option<&Identity>) -> io::Result<Connection> {
        let stream = self.dial(identity, Speaks::Http2).await?;
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
        let made = http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await;
        let (sender, connection) = made.map_err(io::Error::other)?;
        Ok(Connection { sender: Sender::Http2(sender), ended: tokio::spawn(async move { drop(connection.await) }) })
    }

    /// A socket that has said nothing yet.
    pub async fn socket(&self, identity: Option<&Identity>, encoding: Encoding) -> Socket {
        let stream = self.dial(identity, Speaks::Http1).await.expect("a handshake");
        Socket::upgrade(stream, self.address, encoding).await
    }

    /// One request on a connection of its own. `Err`: the hub refused the handshake, or cut the connection.
    pub async fn ask(
        &self,
        identity: Option<&Identity>,
        method: &str,
        path: &str,
        token: Option<&str>,
        body: Option<Value>,
    ) -> io::Result<Answer> {
        self.connect(identity).await?.ask(method, path, token, body).await
    }
}

/// A connection that is kept alive.
pub struct Connection {
    sender: Sender,
    ended: JoinHandle<()>,
}

enum Sender {
    Http1(http1::SendRequest<Full<Bytes>>),
    Http2(http2::SendRequest<Full<Bytes>>),
}

impl Connection {
    pub async fn ask(
        &mut self,
        method: &str,
        path: &str,
        token: Option<&str>,
        body: Option<Value>,
    ) -> io::Result<Answer> {
        let request = Request::builder().method(method);
        let mut request = match self.sender {
            Sender::Http1(_) => request.uri(path).header(header::HOST, "localhost"),
            Sender::Http2(_) => request.uri(format!("https://localhost{path}")),
        };
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let body = body.map(|body| Bytes::from(body.to_string()));
        if body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        let request = request.body(Full::new(body.unwrap_or_default())).expect("a request");
        let response = match &mut self.sender {
            Sender::Http1(sender) => sender.send_request(request).await,
            Sender::Http2(sender) => sender.send_request(request).await,
        };
        let response = response.map_err(io::Error::other)?;
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.map_err(io::Error::other)?.to_bytes();
        Ok(Answer { status: parts.status, headers: parts.headers, bytes: bytes.to_vec() })
    }

    /// Waits until the hub has closed it.
    pub async fn closed(self) {
        let waiting = tokio::time::timeout(std::time::Duration::from_secs(20), self.ended);
        waiting.await.expect("the hub closes it").expect("no panic");
    }
}

/// Shows its certificate whatever the hub says it would take, as an attacker does.
#[derive(Debug)]
struct Blunt(Arc<rustls::sign::CertifiedKey>);

impl Blunt {
    fn new(chain: Vec<CertificateDer<'static>>, key: &PrivateKeyDer<'static>) -> Self {
        let key = rustls::crypto::ring::sign::any_supported_type(key).expect("a key");
        Self(Arc::new(rustls::sign::CertifiedKey::new(chain, key)))
    }
}

impl rustls::client::ResolvesClientCert for Blunt {
    fn resolve(&self, _: &[&[u8]], _: &[rustls::SignatureScheme]) -> Option<Arc<rustls::sign::CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }

    fn has_certs(&self) -> bool {
        true
    }
}
