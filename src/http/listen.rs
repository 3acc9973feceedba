//! Accepts connections and serves a router on them: TLS, timeouts, bounds and an orderly end; `conversing` speaks HTTP.
//! `serve`, `demo` and the tests bind it; it knows no route. WebSockets leave it at their upgrade
//! but keep counting as open connections until their socket is gone. What a connection shows of its
//! device goes with every request; whether that does is judged there.

mod body;
mod conversing;
mod places;
mod stream;
mod streams;
#[cfg(test)]
mod tests;

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use rustls::ServerConfig;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

pub use stream::PeerStream;

use super::client_certificates;
use crate::domain::device::DeviceDemand;
use crate::domain::text::Text;
use crate::hub::Hub;
use crate::hub::devices::{Line, OpenLine, Shown};
use crate::limits;
use places::{Full, Place, Places};

/// How the listener speaks.
#[derive(Clone)]
pub enum Transport {
    Tls(Arc<ServerConfig>),
    /// With TLS that asks for the certificate of a registered device.
    TlsAsking(Arc<ServerConfig>, DeviceDemand, Hub),
    /// Without TLS, on loopback only.
    PlainOnLoopback,
    /// Without TLS on any address: the operator said so (`insecure_plain_http`).
    PlainAnywhere,
}

/// What one listener grants. The defaults are those of `limits.rs`; tests take smaller ones.
#[derive(Clone, Copy, Debug)]
pub struct ListenBounds {
    pub connections_max: usize,
    pub connections_per_address_max: usize,
    pub tls_handshake_timeout: Duration,
    /// For a request's head, and for how long a connection may idle between requests; over HTTP/2 with its preface.
    pub header_timeout: Duration,
    /// For a request's body, beside the time that the slowest allowed pace gives it.
    pub body_grace: Duration,
    /// For the rest of a body that was answered before it was read.
    pub lingering: Duration,
    /// For open connections to end once the listener is told to stop.
    pub drain_timeout: Duration,
}

impl Default for ListenBounds {
    fn default() -> Self {
        Self {
            connections_max: limits::CONNECTIONS_MAX,
            connections_per_address_max: limits::CONNECTIONS_PER_ADDRESS_MAX,
            tls_handshake_timeout: Duration::from_millis(limits::TLS_HANDSHAKE_TIMEOUT_MS),
            header_timeout: Duration::from_millis(limits::REQUEST_HEADER_TIMEOUT_MS),
            body_grace: Duration::from_millis(limits::REQUEST_BODY_GRACE_MS),
            lingering: Duration::from_millis(limits::LINGERING_BODY_MS),
            drain_timeout: Duration::from_millis(limits::DRAIN_TIMEOUT_MS),
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    #[error(
        "{address} is not a loopback address: without TLS everyone on the way could read along; \
         set `tls`, or `insecure_plain_http = true` if a proxy on a trusted line adds TLS"
    )]
    PlainHttpOffLoopback { address: SocketAddr },
    #[error("cannot listen on {address}: {source}")]
    Bind { address: SocketAddr, source: io::Error },
}

impl ListenError {
    /// For people.
    #[must_use]
    pub fn text(&self) -> Text {
        let ja = match self {
            Self::PlainHttpOffLoopback { address } => format!(
                "{address} はこのマシンの外から届くので、TLS なしでは途中の誰にでも読めます。[tls] を設定してください\
                 （TLS を足すプロキシが信頼できる回線上にあるなら insecure_plain_http = true）"
            ),
            // The cause is told behind it, in its own words.
            Self::Bind { address, .. } => format!("{address} で待ち受けられません"),
        };
        Text::new(ja, self.to_string())
    }
}

/// What happened to connections so far, for `/metrics`.
#[derive(Debug, Default)]
pub struct ConnectionCounts {
    pub accepted: AtomicU64,
    pub refused_full: AtomicU64,
    pub refused_address: AtomicU64,
    pub handshake_failed: AtomicU64,
    pub handshake_timed_out: AtomicU64,
}

/// How the end went: the connections still open when the time to drain was over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drained {
    pub left_open: usize,
}

/// A bound socket that does not accept yet. Clients that connect now wait in its backlog.
pub struct Listener {
    socket: TcpListener,
    address: SocketAddr,
    attendant: Attendant,
}

impl Listener {
    /// Must be called within the runtime.
    ///
    /// # Errors
    /// When the address is taken or not ours, or when plain HTTP would leave this machine.
    pub fn bind(address: SocketAddr, transport: Transport, bounds: ListenBounds) -> Result<Self, ListenError> {
        let mut asking = None;
        let tls = match transport {
            Transport::Tls(config) => Some(TlsAcceptor::from(config)),
            Transport::TlsAsking(config, demand, hub) => {
                asking = Some(Asking { demand, hub });
                Some(TlsAcceptor::from(config))
            }
            Transport::PlainOnLoopback if !is_loopback(address.ip()) => {
                return Err(ListenError::PlainHttpOffLoopback { address });
            }
            Transport::PlainOnLoopback | Transport::PlainAnywhere => None,
        };
        let bound = || -> io::Result<TcpListener> {
            let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
            socket.set_reuseaddr(true)?;
            socket.bind(address)?;
            socket.listen(limits::LISTEN_BACKLOG_CONNECTIONS)
        };
        let failed = |source| ListenError::Bind { address, source };
        let socket = bound().map_err(failed)?;
        let address = socket.local_addr().map_err(failed)?;
        let places = Places::new(bounds.connections_max, bounds.connections_per_address_max);
        let (counts, stopping) = (Arc::default(), watch::Sender::new(false));
        let attendant = Attendant { tls, asking, bounds, places, counts, stopping };
        Ok(Self { socket, address, attendant })
    }

    /// Where it listens, with the port that was chosen if port 0 was asked for.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    #[must_use]
    pub fn counts(&self) -> Arc<ConnectionCounts> {
        Arc::clone(&self.attendant.counts)
    }

    /// Serves until `stop` is ready, then accepts nothing more, lets requests end, and waits for
    /// all sockets (those of WebSockets too, which their sessions must close) within the bound.
    ///
    /// Handlers find the peer's address by the extractor `ConnectInfo<SocketAddr>`.
    pub async fn serve(self, router: Router, stop: impl Future<Output = ()>) -> Drained {
        let Self { socket, attendant, .. } = self;
        let attendant = Arc::new(attendant);
        let mut attended = JoinSet::new();
        let mut stop = pin!(stop);
        loop {
            let accepted = tokio::select! {
                biased;
                () = &mut stop => break,
                Some(_) = attended.join_next() => continue,
                accepted = socket.accept() => accepted,
            };
            match accepted {
                Ok((tcp, peer)) => {
                    if let Some(place) = attendant.admit(peer) {
                        attended.spawn(Arc::clone(&attendant).attend(tcp, peer, place, router.clone()));
                    }
                }
                Err(error) => rest_after(&error).await,
            }
        }
        drop(socket);
        attendant.stopping.send_replace(true);
        let in_time = tokio::time::timeout(attendant.bounds.drain_timeout, attendant.places.all_free()).await;
        Drained { left_open: if in_time.is_ok() { 0 } else { attendant.places.open() } }
    }
}

fn is_loopback(address: IpAddr) -> bool {
    address.to_canonical().is_loopback()
}

/// A connection that broke before it was accepted is nobody's fault. Anything else (no more file
/// descriptors, no memory) would come again at once, so give others time to free some.
async fn rest_after(error: &io::Error) {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    if matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset) {
        return;
    }
    tracing::error!(%error, "cannot accept connections; trying again");
    tokio::time::sleep(Duration::from_millis(limits::ACCEPT_RETRY_MS)).await;
}

/// What every connection of a listener shares.
struct Attendant {
    tls: Option<TlsAcceptor>,
    asking: Option<Asking>,
    bounds: ListenBounds,
    places: Arc<Places>,
    counts: Arc<ConnectionCounts>,
    stopping: watch::Sender<bool>,
}

/// What is asked of a client's device, and who knows the devices.
struct Asking {
    demand: DeviceDemand,
    hub: Hub,
}

impl Asking {
    /// What the connection shows, and what tells when that ends.
    async fn line(&self, stream: &PeerStream) -> (Line, Option<OpenLine>) {
        let serial = stream.client_certificate().and_then(client_certificates::read).map(|(serial, _)| serial);
        let (shown, open) = match serial {
            Some(serial) => self.hub.open_line(serial).await,
            None => (Shown::Nothing, None),
        };
        (Line { demand: self.demand, shown }, open)
    }
}

impl Attendant {
    fn admit(&self, peer: SocketAddr) -> Option<Place> {
        let (place, counter) = match self.places.take(peer.ip()) {
            Ok(place) => (Some(place), &self.counts.accepted),
            Err(Full::All) => (None, &self.counts.refused_full),
            Err(Full::Address) => (None, &self.counts.refused_address),
        };
        counter.fetch_add(1, Ordering::Relaxed);
        place
    }

    async fn attend(self: Arc<Self>, tcp: TcpStream, peer: SocketAddr, place: Place, router: Router) {
        // Without it a small frame waits for the acknowledgement of the one before it.
        if let Err(error) = tcp.set_nodelay(true) {
            tracing::debug!(%error, "the connection ended before it began");
            return;
        }
        if let Some(stream) = self.secured(tcp, place).await {
            let (line, open) = match &self.asking {
                Some(asking) => asking.line(&stream).await,
                None => (Line::UNASKED, None),
            };
            self.converse(stream, (peer, line), open, router).await;
        }
    }

    /// `None` when the TLS handshake failed or took too long. The causes are the client's, and an
    /// attacker can make any number of them, so they are counted and not logged.
    async fn secured(&self, tcp: TcpStream, place: Place) -> Option<PeerStream> {
        let Some(acceptor) = &self.tls else {
            return Some(PeerStream::plain(tcp, place));
        };
        let failure = match tokio::time::timeout(self.bounds.tls_handshake_timeout, acceptor.accept(tcp)).await {
            Ok(Ok(tls)) => return Some(PeerStream::tls(tls, place)),
            Ok(Err(error)) => {
                tracing::debug!(%error, "TLS handshake failed");
                &self.counts.handshake_failed
            }
            Err(_elapsed) => &self.counts.handshake_timed_out,
        };
        failure.fetch_add(1, Ordering::Relaxed);
        None
    }
}
