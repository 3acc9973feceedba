//! The client's end of one WebSocket, over a real connection on loopback. Frames that a story does not wait for are
//! kept and come later.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use renkei::domain::body::Body;
use renkei::domain::entry::{Entry, Intent};
use renkei::domain::ids::{EntryId, PatientId, Seq, TimelineId};
use renkei::wire::codes::CloseCode;
use renkei::wire::{ClientFrame, Encoding, Hello, Language, ServerFrame, Welcome, decode_server, encode_client};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};
use tokio_tungstenite::{WebSocketStream, client_async};

use super::app::intent;

/// A story that waits longer than this for a frame has lost one.
const FRAME_S_MAX: u64 = 20;
/// Receive buffer of a connection that is soon full.
const RECEIVE_BYTES_NARROW: u32 = 8 * 1024;

/// Ids of posts: one count for all sockets, so that none comes twice.
static DRAWN: AtomicU64 = AtomicU64::new(1);
/// What makes a number an id of version 7.
pub const V7: u128 = 0x0190_0000_0000_7000_8000_0000_0000_0000;

/// A connection with TLS or without.
pub trait Wire: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Wire for T {}

pub struct Socket {
    stream: WebSocketStream<Box<dyn Wire>>,
    encoding: Encoding,
    kept: VecDeque<ServerFrame>,
}

impl Socket {
    /// A socket that has said nothing yet.
    pub async fn open(address: SocketAddr, encoding: Encoding) -> Self {
        let tcp = TcpStream::connect(address).await.expect("the listener accepts");
        Self::upgrade(tcp, address, encoding).await
    }

    /// The same on a connection that takes little before the hub has to wait.
    pub async fn open_narrow(address: SocketAddr, encoding: Encoding) -> Self {
        let narrow = TcpSocket::new_v4().expect("a socket");
        narrow.set_recv_buffer_size(RECEIVE_BYTES_NARROW).expect("a small buffer");
        let tcp = narrow.connect(address).await.expect("the listener accepts");
        Self::upgrade(tcp, address, encoding).await
    }

    /// The same on any connection.
    pub async fn upgrade(wire: impl Wire + 'static, address: SocketAddr, encoding: Encoding) -> Self {
        let wire: Box<dyn Wire> = Box::new(wire);
        let mut request = format!("ws://{address}/ws").into_client_request().expect("a URL");
        let offered = HeaderValue::from_static(encoding.subprotocol());
        request.headers_mut().insert("sec-websocket-protocol", offered);
        let (stream, response) = client_async(request, wire).await.expect("the upgrade succeeds");
        assert_eq!(response.headers()["sec-websocket-protocol"], encoding.subprotocol());
        Self { stream, encoding, kept: VecDeque::new() }
    }

    /// Says hello and waits for nothing.
    pub async fn say_hello(&mut self, version: u32, ticket: &str) {
        let (client, language) = ("story/1".to_owned(), Language::Japanese);
        self.send(&ClientFrame::Hello(Hello { version, ticket: ticket.to_owned(), client, language })).await;
    }

    pub async fn hello(&mut self, ticket: &str) -> Welcome {
        self.say_hello(1, ticket).await;
        match self.next_frame().await {
            ServerFrame::Welcome(welcome) => welcome,
            other => panic!("welcome expected: {other:?}"),
        }
    }

    pub async fn send(&mut self, frame: &ClientFrame) {
        let message = self.message(frame);
        self.send_raw(message).await;
    }

    /// Several frames in one write: the hub has them all before it does anything about the first.
    pub async fn send_together(&mut self, frames: &[ClientFrame]) {
        for frame in frames {
            let message = self.message(frame);
            self.stream.feed(message).await.expect("the hub takes it");
        }
        self.stream.flush().await.expect("the hub takes it");
    }

    fn message(&self, frame: &ClientFrame) -> Message {
        let bytes = encode_client(self.encoding, frame);
        match self.encoding {
            Encoding::Json => Message::Text(Utf8Bytes::try_from(bytes).expect("JSON is UTF-8")),
            Encoding::Proto => Message::Binary(bytes),
        }
    }

    /// `false`: the connection is broken.
    pub async fn try_send(&mut self, frame: &ClientFrame) -> bool {
        let message = self.message(frame);
        self.stream.send(message).await.is_ok()
    }

    /// The next frame; `None` when the connection broke.
    pub async fn try_next_frame(&mut self) -> Option<ServerFrame> {
        match self.kept.pop_front() {
            Some(kept) => Some(kept),
            None => self.receive().await.ok(),
        }
    }

    /// Any message, wrong ones too.
    pub async fn send_raw(&mut self, message: Message) {
        self.stream.send(message).await.expect("the hub takes it");
    }

    /// Bytes under the WebSocket layer: broken and half frames.
    pub async fn send_bytes(&mut self, bytes: &[u8]) {
        self.stream.get_mut().write_all(bytes).await.expect("the hub takes it");
    }

    /// The next frame; panics when the hub closes instead.
    pub async fn next_frame(&mut self) -> ServerFrame {
        match self.kept.pop_front() {
            Some(kept) => kept,
            None => self.receive().await.expect("a frame, not the end"),
        }
    }

    /// The next frame that `wanted` picks; the others are kept for later.
    pub async fn next_that<T>(&mut self, mut wanted: impl FnMut(&ServerFrame) -> Option<T>) -> T {
        if let Some((at, found)) = self.kept.iter().enumerate().find_map(|(at, kept)| Some((at, wanted(kept)?))) {
            self.kept.remove(at);
            return found;
        }
        loop {
            let frame = self.receive().await.expect("a frame, not the end");
            match wanted(&frame) {
                Some(found) => return found,
                None => self.kept.push_back(frame),
            }
        }
    }

    /// `Err`: the hub closed, with this code if it gave one.
    async fn receive(&mut self) -> Result<ServerFrame, Option<CloseCode>> {
        loop {
            let next = tokio::time::timeout(Duration::from_secs(FRAME_S_MAX), self.stream.next()).await;
            let message = next.expect("a frame within the time").ok_or(None)?.map_err(|_| None)?;
            let bytes = match &message {
                Message::Text(text) => text.as_bytes(),
                Message::Binary(bytes) => bytes,
                Message::Close(close) => {
                    return Err(close.as_ref().and_then(|close| CloseCode::from_number(u16::from(close.code).into())));
                }
                _ => continue,
            };
            return Ok(decode_server(self.encoding, bytes).expect("a frame").expect("of this version"));
        }
    }

    /// Reads until the hub closes; the code it gave.
    pub async fn closed(&mut self) -> Option<CloseCode> {
        loop {
            if let Err(close) = self.receive().await {
                return close;
            }
        }
    }

    /// Follows these timelines, or all of mine for none, and waits for nothing.
    pub async fn subscribe(&mut self, cursors: &[(TimelineId, Seq)]) {
        let frame = ClientFrame::Subscribe { timelines: cursors.to_vec(), all_mine: cursors.is_empty() };
        self.send(&frame).await;
    }

    /// Posts under a new id and waits for `accepted`, `refused` or `queued`.
    pub async fn post(&mut self, patient: PatientId, body: Body) -> ServerFrame {
        let id = EntryId(uuid::Uuid::from_u128(V7 | u128::from(DRAWN.fetch_add(1, Ordering::Relaxed))));
        self.post_intent(intent(id, patient, body)).await
    }

    /// Posts and waits for the answer to this id.
    pub async fn post_intent(&mut self, intent: Intent) -> ServerFrame {
        let wanted = intent.id;
        self.send(&ClientFrame::Post(intent)).await;
        self.next_that(|frame| {
            let id = match frame {
                ServerFrame::Accepted(accepted) => accepted.id,
                ServerFrame::Refused(refused) => refused.id,
                ServerFrame::Queued { id, .. } => *id,
                _ => return None,
            };
            (id == wanted).then(|| frame.clone())
        })
        .await
    }

    /// The next entry delivered, with the cursor it follows.
    pub async fn next_entry(&mut self) -> (Seq, Entry) {
        self.next_that(|frame| match frame {
            ServerFrame::Delivery { after, entry } => Some((*after, entry.open().expect("an entry"))),
            _ => None,
        })
        .await
    }
}
