//! One accepted connection, with or without TLS, as hyper and a WebSocket session see it.
//!
//! It gathers what is written until it is flushed: one TLS record and one system call for all of it. Between a flush and
//! the next write it holds no buffer, because nearly all connections wait nearly always.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

use super::places::Place;
use crate::limits;

/// The connection's bytes and its place among the open ones.
///
/// A session that wants to write without hyper in between gets it from an upgrade by
/// `upgraded.downcast::<TokioIo<PeerStream>>()`.
pub struct PeerStream {
    transport: Transport,
    /// What was written and not flushed yet.
    gathered: Vec<u8>,
    /// How much of it the transport has taken.
    taken: usize,
    _place: Place,
}

enum Transport {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

impl PeerStream {
    pub(super) fn plain(tcp: TcpStream, place: Place) -> Self {
        Self::over(Transport::Plain(tcp), place)
    }

    pub(super) fn tls(tls: TlsStream<TcpStream>, place: Place) -> Self {
        Self::over(Transport::Tls(Box::new(tls)), place)
    }

    fn over(transport: Transport, place: Place) -> Self {
        Self { transport, gathered: Vec::new(), taken: 0, _place: place }
    }

    /// Hands everything that was gathered to the transport.
    fn poll_hand_over(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while self.taken < self.gathered.len() {
            let taken = ready!(self.transport.poll_write(context, &self.gathered[self.taken..]))?;
            if taken == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.taken += taken;
        }
        (self.gathered, self.taken) = (Vec::new(), 0);
        Poll::Ready(Ok(()))
    }
}

impl AsyncRead for PeerStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match &mut self.transport {
            Transport::Plain(tcp) => Pin::new(tcp).poll_read(context, buffer),
            Transport::Tls(tls) => Pin::new(tls).poll_read(context, buffer),
        }
    }
}

impl AsyncWrite for PeerStream {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if self.gathered.len() + bytes.len() > limits::SOCKET_GATHER_BYTES_MAX {
            ready!(self.poll_hand_over(context))?;
            if bytes.len() > limits::SOCKET_GATHER_BYTES_MAX {
                return self.transport.poll_write(context, bytes);
            }
        }
        self.gathered.extend_from_slice(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_hand_over(context))?;
        match &mut self.transport {
            Transport::Plain(tcp) => Pin::new(tcp).poll_flush(context),
            Transport::Tls(tls) => Pin::new(tls).poll_flush(context),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_hand_over(context))?;
        match &mut self.transport {
            Transport::Plain(tcp) => Pin::new(tcp).poll_shutdown(context),
            Transport::Tls(tls) => Pin::new(tls).poll_shutdown(context),
        }
    }
}

impl Transport {
    fn poll_write(&mut self, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self {
            Self::Plain(tcp) => Pin::new(tcp).poll_write(context, bytes),
            Self::Tls(tls) => Pin::new(tls).poll_write(context, bytes),
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::super::places::Places;
    use super::*;

    async fn pair() -> (PeerStream, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (tcp, peer) = listener.accept().await.unwrap();
        (PeerStream::plain(tcp, Places::new(1, 1).take(peer.ip()).unwrap()), client)
    }

    #[tokio::test]
    async fn what_is_written_leaves_with_the_flush_and_no_room_is_kept_for_it() {
        let (mut stream, mut client) = pair().await;
        stream.write_all(b"one ").await.unwrap();
        stream.write_all(b"piece").await.unwrap();
        assert_eq!((stream.gathered.as_slice(), stream.taken), (&b"one piece"[..], 0));
        stream.flush().await.unwrap();
        assert_eq!(stream.gathered.capacity(), 0);
        let mut received = [0; 16];
        assert_eq!(client.read(&mut received).await.unwrap(), b"one piece".len());
    }

    #[tokio::test]
    async fn a_client_that_takes_nothing_stops_the_writing_and_misses_nothing() {
        let (mut stream, mut client) = pair().await;
        let piece: Vec<u8> = (0..=u8::MAX).cycle().take(5_000).collect();
        let mut written = 0;
        while let Some(taken) = stream.write(&piece).now_or_never() {
            written += taken.unwrap();
            assert!(stream.gathered.len() <= limits::SOCKET_GATHER_BYTES_MAX);
        }
        let reading = tokio::spawn(async move {
            let mut received = Vec::new();
            client.read_to_end(&mut received).await.map(|_| received)
        });
        let large = vec![7; 2 * limits::SOCKET_GATHER_BYTES_MAX];
        stream.write_all(&large).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut expected: Vec<u8> = piece.iter().copied().cycle().take(written).collect();
        expected.extend(large);
        assert!(
            reading.await.unwrap().unwrap() == expected,
            "{written} bytes and {} more",
            2 * limits::SOCKET_GATHER_BYTES_MAX
        );
    }
}
