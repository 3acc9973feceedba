//! The places that records can be shipped to, and what each can say about having them. A stream of TCP says nothing until
//! it ends: the other side has all of it when it has seen the end and closed its own. A file has what was synced; a datagram
//! has been handed over, and UDP may lose it.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::ServerName;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpStream, UdpSocket, UnixDatagram};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::ShipError;
use crate::config::ShipTo;
use crate::limits::{SHIP_CONFIRM_MS_MAX, SHIP_CONNECT_MS_MAX, SHIP_WRITE_MS_MAX};
use crate::vault::trusting;

#[derive(Debug)]
pub(super) enum Target {
    Tls(Box<TlsStream<TcpStream>>),
    Tcp(TcpStream),
    Udp(UdpSocket),
    Unix(UnixDatagram),
    File(tokio::fs::File),
}

impl Target {
    /// Connects, or opens.
    pub(super) async fn open(to: &ShipTo, authority: Option<&Path>) -> Result<Self, ShipError> {
        let opening = Self::open_now(to, authority);
        Ok(within(SHIP_CONNECT_MS_MAX, opening).await?)
    }

    async fn open_now(to: &ShipTo, authority: Option<&Path>) -> io::Result<Self> {
        Ok(match to {
            ShipTo::Tls { host, port } => {
                let connector = TlsConnector::from(Arc::new(client_config(authority)?));
                let name = ServerName::try_from(host.clone()).map_err(io::Error::other)?;
                let stream = TcpStream::connect((host.as_str(), *port)).await?;
                Self::Tls(Box::new(connector.connect(name, stream).await?))
            }
            ShipTo::Tcp { host, port } => Self::Tcp(TcpStream::connect((host.as_str(), *port)).await?),
            ShipTo::Udp { host, port } => {
                let socket = UdpSocket::bind(if host.contains(':') { "[::1]:0" } else { "127.0.0.1:0" }).await?;
                socket.connect((host.as_str(), *port)).await?;
                Self::Udp(socket)
            }
            ShipTo::Unix(path) => {
                let socket = UnixDatagram::unbound()?;
                socket.connect(path)?;
                Self::Unix(socket)
            }
            ShipTo::File(path) => {
                let mut options = tokio::fs::OpenOptions::new();
                Self::File(options.create(true).append(true).mode(0o600).open(path).await?)
            }
        })
    }

    /// Hands lines over, in this order.
    pub(super) async fn send(&mut self, lines: &[String]) -> Result<(), ShipError> {
        Ok(within(SHIP_WRITE_MS_MAX, self.send_now(lines)).await?)
    }

    async fn send_now(&mut self, lines: &[String]) -> io::Result<()> {
        // RFC 6587, 3.4.1, and RFC 5425: a line is preceded by its length.
        let counted = || lines.iter().map(|line| format!("{} {line}", line.len())).collect::<String>();
        match self {
            Self::Tls(stream) => {
                stream.write_all(counted().as_bytes()).await?;
                stream.flush().await
            }
            Self::Tcp(stream) => stream.write_all(counted().as_bytes()).await,
            Self::Udp(socket) => {
                for line in lines {
                    socket.send(line.as_bytes()).await?;
                }
                Ok(())
            }
            Self::Unix(socket) => {
                for line in lines {
                    socket.send(line.as_bytes()).await?;
                }
                Ok(())
            }
            Self::File(file) => {
                let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
                file.write_all(text.as_bytes()).await?;
                file.flush().await
            }
        }
    }

    /// Ready when the other side has everything that was sent; it ends with that.
    pub(super) async fn confirm(self) -> Result<(), ShipError> {
        let confirming = async {
            match self {
                Self::Tls(mut stream) => {
                    stream.shutdown().await?;
                    let (raw, _) = stream.get_mut();
                    until_closed(raw).await
                }
                Self::Tcp(mut stream) => {
                    stream.shutdown().await?;
                    until_closed(&mut stream).await
                }
                Self::Udp(_) | Self::Unix(_) => Ok(()),
                Self::File(file) => file.sync_data().await,
            }
        };
        let bound = Duration::from_millis(SHIP_CONFIRM_MS_MAX);
        match tokio::time::timeout(bound, confirming).await {
            Ok(confirmed) => Ok(confirmed?),
            Err(_elapsed) => Err(ShipError::NotConfirmed),
        }
    }
}

/// Whatever the other side says meanwhile, a record of TLS for one, does not matter; that it ends does. One that had ended before
/// something came to it reset the connection by that: its end, which reads like any other, is of before.
async fn until_closed(stream: &mut TcpStream) -> io::Result<()> {
    let mut said = [0; 512];
    while stream.read(&mut said).await? > 0 {}
    stream.take_error()?.map_or(Ok(()), Err)
}

async fn within<T>(bound_ms: u64, work: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    match tokio::time::timeout(Duration::from_millis(bound_ms), work).await {
        Ok(done) => done,
        Err(_elapsed) => Err(io::ErrorKind::TimedOut.into()),
    }
}

/// Trusts this authority alone: whoever receives the audit log is no stranger of the web.
fn client_config(authority: Option<&Path>) -> io::Result<rustls::ClientConfig> {
    trusting(Some(authority.ok_or_else(|| io::Error::other("no authority is named"))?))
}
