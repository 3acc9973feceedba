//! The socket of a session: frames are gathered and flushed together, one write and one TLS record for what has queued.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket};
use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};

use crate::hub::outbox::Outbox;
use crate::limits;
use crate::wire::codes::CloseCode;
use crate::wire::{Encoding, Goodbye, ServerFrame, encode_server};

/// Why a session ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// With a reason for the client.
    Close(CloseCode),
    /// The client is gone already.
    Gone,
}

/// See the module.
pub(super) struct Writer {
    socket: WebSocket,
    encoding: Encoding,
    outbox: Arc<Outbox>,
    /// A client that takes nothing for this long is given up.
    stall_ms: u32,
}

impl Writer {
    pub(super) fn new(socket: WebSocket, encoding: Encoding, outbox: Arc<Outbox>, stall_ms: u32) -> Self {
        Self { socket, encoding, outbox, stall_ms }
    }

    pub(super) const fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// The next message of the client. May be dropped and asked again.
    pub(super) async fn next_message(&mut self) -> Option<Result<Message, axum::Error>> {
        self.socket.next().await
    }

    /// Gathers a frame; it leaves with the next flush. Encoded before the first await, so that no session keeps room
    /// for a whole frame while it waits.
    pub(super) fn feed<'w>(
        &'w mut self,
        frame: &ServerFrame,
    ) -> impl Future<Output = Result<(), Ended>> + Send + use<'w> {
        self.feed_bytes(encode_server(self.encoding, frame))
    }

    /// Gathers an encoded frame.
    pub(super) async fn feed_bytes(&mut self, bytes: Bytes) -> Result<(), Ended> {
        let message = if self.encoding.is_text() {
            Message::Text(Utf8Bytes::try_from(bytes).expect("JSON is UTF-8"))
        } else {
            Message::Binary(bytes)
        };
        bounded(&self.outbox, self.stall_ms, self.socket.feed(message)).await
    }

    /// Writes what was gathered.
    pub(super) async fn flush(&mut self) -> Result<(), Ended> {
        bounded(&self.outbox, self.stall_ms, self.socket.flush()).await
    }

    /// Gathers a frame and writes it.
    pub(super) fn send<'w>(
        &'w mut self,
        frame: &ServerFrame,
    ) -> impl Future<Output = Result<(), Ended>> + Send + use<'w> {
        let bytes = encode_server(self.encoding, frame);
        async move {
            self.feed_bytes(bytes).await?;
            self.flush().await
        }
    }

    /// Says why the session ends and closes the socket, if the client still listens.
    pub(super) async fn say_goodbye(mut self, ended: Ended) {
        let Ended::Close(close) = ended else { return };
        let encoding = self.encoding;
        let bytes = encode_server(encoding, &ServerFrame::Goodbye(Goodbye::from(close)));
        let last_words = async {
            let message = if encoding.is_text() {
                Message::Text(Utf8Bytes::try_from(bytes).expect("JSON is UTF-8"))
            } else {
                Message::Binary(bytes)
            };
            self.socket.feed(message).await?;
            let frame = CloseFrame { code: close.number(), reason: Utf8Bytes::from_static(close.code()) };
            self.socket.send(Message::Close(Some(frame))).await?;
            // Reading until the client has closed too lets it see the reason before the connection ends.
            while let Some(Ok(_)) = self.socket.next().await {}
            Ok::<(), axum::Error>(())
        };
        // A client that does not take its goodbye does not get one.
        let _ = tokio::time::timeout(Duration::from_millis(limits::GOODBYE_MS_MAX), last_words).await;
    }
}

/// A write ends when it is done, when the session is ended from outside, or when the client has taken nothing for
/// too long.
async fn bounded(
    outbox: &Outbox,
    stall_ms: u32,
    write: impl Future<Output = Result<(), axum::Error>>,
) -> Result<(), Ended> {
    let mut write = pin!(write);
    // Nearly always there is room: no timer then.
    if let Poll::Ready(written) = poll_fn(|context| Poll::Ready(write.as_mut().poll(context))).await {
        return written.map_err(|_| Ended::Gone);
    }
    let stalled = Duration::from_millis(stall_ms.into());
    tokio::select! {
        biased;
        written = tokio::time::timeout(stalled, write) => match written {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(Ended::Gone),
            Err(_) => Err(Ended::Close(CloseCode::WriteStalled)),
        },
        close = outbox.ended() => Err(Ended::Close(close)),
    }
}
