//! Byte streams to the server: TLS 1.3 over TCP for measuring, memory in tests.

use std::{
    io,
    net::{SocketAddr, TcpStream as BlockingTcpStream, ToSocketAddrs},
    path::Path,
    sync::Arc,
    time::Duration,
};

use anyhow::{Context, bail, ensure};
use rustls::pki_types::ServerName;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};
use tokio_rustls::{TlsConnector, client::TlsStream};
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{
        client::IntoClientRequest,
        handshake::client::Request,
        http::{HeaderValue, Uri, header::SEC_WEBSOCKET_PROTOCOL},
        protocol::WebSocketConfig,
    },
};

use crate::vault::trusting;

/// Large enough for some deliveries in one read, small enough for thousands of connections.
const READ_BUFFER_BYTES: usize = 8 * 1024;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Opens streams to the server under test.
pub trait Transport: Clone + Send + 'static {
    type Stream: AsyncRead + AsyncWrite + Unpin + 'static;

    /// `host:port`, for the upgrade request.
    fn authority(&self) -> &str;

    fn connect(&self) -> impl Future<Output = io::Result<Self::Stream>>;
}

#[derive(Clone)]
pub struct Tls {
    address: SocketAddr,
    host: ServerName<'static>,
    authority: String,
    connector: TlsConnector,
}

impl Tls {
    /// `url` is `wss://host:port`; `ca_file` holds the certificates to trust, and no others are.
    pub fn new(url: &str, ca_file: &Path) -> anyhow::Result<Self> {
        let uri: Uri = url.parse().with_context(|| format!("reading the URL {url}"))?;
        ensure!(uri.scheme_str() == Some("wss"), "{url}: the URL must begin with wss://");
        let reading = || format!("reading certificates from {}", ca_file.display());
        let trust = trusting(Some(ca_file)).with_context(reading)?;
        let host = uri.host().with_context(|| format!("{url}: the URL names no host"))?;
        let port = uri.port_u16().unwrap_or(443);
        Ok(Self {
            address: reachable_address(host, port)?,
            host: ServerName::try_from(host.to_owned())?,
            authority: format!("{host}:{port}"),
            connector: TlsConnector::from(Arc::new(trust)),
        })
    }
}

impl Transport for Tls {
    type Stream = TlsStream<TcpStream>;

    fn authority(&self) -> &str {
        &self.authority
    }

    async fn connect(&self) -> io::Result<Self::Stream> {
        let stream = TcpStream::connect(self.address).await?;
        stream.set_nodelay(true)?;
        self.connector.connect(self.host.clone(), stream).await
    }
}

/// Resolved once, because a look-up per connection would be measured too.
fn reachable_address(host: &str, port: u16) -> anyhow::Result<SocketAddr> {
    let mut refusal = None;
    for address in (host, port).to_socket_addrs()? {
        match BlockingTcpStream::connect_timeout(&address, CONNECT_TIMEOUT) {
            Ok(_) => return Ok(address),
            Err(cause) => refusal = Some(cause),
        }
    }
    match refusal {
        Some(cause) => Err(cause).with_context(|| format!("connecting to {host}:{port}")),
        None => bail!("{host} has no address"),
    }
}

/// The request that asks for a WebSocket at `path`, with the subprotocol if the server wants one.
pub fn upgrade_request(authority: &str, path: &str, subprotocol: Option<&'static str>) -> anyhow::Result<Request> {
    let mut request = format!("wss://{authority}{path}").into_client_request()?;
    if let Some(name) = subprotocol {
        request.headers_mut().insert(SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(name));
    }
    Ok(request)
}

pub async fn open_websocket<T: Transport>(
    transport: &T,
    request: Request,
) -> anyhow::Result<WebSocketStream<T::Stream>> {
    let stream = transport.connect().await.context("opening a connection")?;
    open_websocket_on(stream, request).await
}

/// Upgrades a connection that is open already.
pub async fn open_websocket_on<S>(stream: S, request: Request) -> anyhow::Result<WebSocketStream<S>>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let config = WebSocketConfig::default().read_buffer_size(READ_BUFFER_BYTES);
    // Boxed: the handshake's state is large, and thousands of these futures are under way.
    let handshake = Box::pin(client_async_with_config(request, stream, Some(config)));
    let (socket, _) = handshake.await.context("upgrading to a WebSocket")?;
    Ok(socket)
}
