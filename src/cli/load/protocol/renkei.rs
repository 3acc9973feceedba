//! Renkei's own frames for the load driver, over `renkei.v1.json` and `renkei.v1.proto`: signs in with a ticket as
//! every client does, follows one timeline, posts notes.

use std::sync::Arc;

use anyhow::{Context as _, bail, ensure};
use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use http_body_util::{BodyExt as _, Empty};
use hyper_util::rt::TokioIo;
use prost::Message as _;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use uuid::Uuid;

use super::{Incoming, Malformed, Party, Post, Protocol};
use crate::cli::load::region::{Cast, timeline_of};
use crate::cli::load::scenario::Scenario;
use crate::cli::load::transport::{self, Transport};
use crate::domain::body::{Body, Note};
use crate::domain::entry::{Intent, Sensitivity};
use crate::domain::ids::{EntryId, Seq};
use crate::wire::version::VERSION;
use crate::wire::{ClientFrame, Encoding, Hello, Language, ServerFrame, decode_server, encode_client};

/// See the module. Cloned for each worker.
#[derive(Clone)]
pub struct Renkei {
    pub encoding: Encoding,
    pub scenario: Scenario,
    pub cast: Arc<Cast>,
}

impl Renkei {
    fn token(&self, party: Party) -> &str {
        match party {
            Party::Member { patient, member } => {
                &self.cast.members[(patient * self.scenario.members + member) as usize]
            }
            Party::Sender { sender } => &self.cast.senders[sender as usize],
        }
    }

    fn message(&self, frame: &ClientFrame) -> Message {
        let bytes = encode_client(self.encoding, frame);
        if self.encoding.is_text() {
            Message::Text(bytes.try_into().expect("JSON is UTF-8"))
        } else {
            Message::Binary(bytes)
        }
    }

    async fn next_frame<S>(&self, socket: &mut WebSocketStream<S>) -> anyhow::Result<ServerFrame>
    where
        S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
    {
        loop {
            let message = socket.next().await.context("the server closed the socket")??;
            // A frame this version does not know is passed over.
            if let Some(frame) = decode_server(self.encoding, &message.into_data())? {
                return Ok(frame);
            }
        }
    }
}

impl Protocol for Renkei {
    async fn open<T: Transport>(&self, transport: &T, party: Party) -> anyhow::Result<WebSocketStream<T::Stream>> {
        let (ticket, stream) = ticket(transport, self.token(party)).await?;
        let request = transport::upgrade_request(transport.authority(), "/ws", Some(self.encoding.subprotocol()))?;
        let mut socket = transport::open_websocket_on(stream, request).await?;
        let client = "renkei load".to_owned();
        let hello = Hello { version: VERSION, ticket, client, language: Language::Japanese };
        socket.send(self.message(&ClientFrame::Hello(hello))).await?;
        let welcome = self.next_frame(&mut socket).await?;
        ensure!(matches!(welcome, ServerFrame::Welcome(_)), "no welcome: {welcome:?}");
        if let Party::Member { patient, .. } = party {
            let timeline = timeline_of(patient);
            let subscribe = ClientFrame::Subscribe { timelines: vec![(timeline, Seq::ZERO)], all_mine: false };
            socket.send(self.message(&subscribe)).await?;
            loop {
                match self.next_frame(&mut socket).await? {
                    ServerFrame::CaughtUp { .. } => break,
                    ServerFrame::Error(error) => bail!("not subscribed: {error:?}"),
                    _ => {}
                }
            }
        }
        Ok(socket)
    }

    fn encode(&self, post: Post<'_>) -> Message {
        self.message(&ClientFrame::Post(Intent {
            id: EntryId(post.id),
            timeline: timeline_of(post.patient),
            observed_at: None,
            sensitivity: Sensitivity::Normal,
            addressed_to: Vec::new(),
            body: Body::Note(Note { text: post.body.to_owned(), ..Note::default() }),
            reasons: Vec::new(),
            on_behalf_of: None,
        }))
    }

    fn decode(&self, message: &Message, mut each: impl FnMut(Incoming<'_>)) -> Result<(), Malformed> {
        let head = match message {
            Message::Binary(bytes) => FrameHead::decode(&bytes[..]).map_err(|error| Malformed(error.to_string()))?,
            Message::Text(text) => serde_json::from_str::<JsonHead<'_>>(text)
                .map(FrameHead::from)
                .map_err(|error| Malformed(error.to_string()))?,
            _ => return Ok(()),
        };
        if let Some(entry) = head.delivery.and_then(|delivery| delivery.entry) {
            let timeline = uuid(&entry.timeline)?;
            let patient = u32::try_from(timeline.as_u128() & u128::from(u32::MAX)).expect("masked");
            each(Incoming::Delivered { patient, id: uuid(&entry.id)?, seq: entry.seq });
        }
        if let Some(accepted) = head.accepted {
            each(Incoming::Acknowledged { id: uuid(&accepted.id)?, seq: accepted.seq });
        }
        if let Some(refused) = head.refused {
            each(Incoming::Refused { id: uuid(&refused.id)?, reason: &refused.code });
        }
        Ok(())
    }
}

fn uuid(text: &str) -> Result<Uuid, Malformed> {
    text.parse().map_err(|_| Malformed(format!("not a UUID: {text}")))
}

/// A one-time ticket, asked for on the very connection that becomes the socket.
async fn ticket<T: Transport>(transport: &T, token: &str) -> anyhow::Result<(String, T::Stream)> {
    let stream = transport.connect().await.context("opening a connection")?;
    let (mut requests, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    let request = hyper::Request::post("/api/v1/tickets")
        .header("host", transport.authority())
        .header("authorization", format!("Bearer {token}"))
        .header("content-length", "0")
        .body(Empty::<Bytes>::new())?;
    let answer = async move {
        let response = requests.send_request(request).await?;
        let status = response.status();
        let body = response.into_body().collect().await?.to_bytes();
        ensure!(status.is_success(), "no ticket: {status} {}", String::from_utf8_lossy(&body));
        Ok(serde_json::from_slice::<Ticket>(&body)?.ticket)
    };
    let (answer, parts) = tokio::join!(answer, connection.without_shutdown());
    let parts = parts?;
    ensure!(parts.read_buf.is_empty(), "the server said more than it was asked");
    Ok((answer?, parts.io.into_inner()))
}

#[derive(serde::Deserialize)]
struct Ticket {
    ticket: String,
}

/// The fields of `renkei.v1.ServerFrame` that the books need; everything else is skipped unread.
#[derive(Clone, PartialEq, prost::Message)]
struct FrameHead {
    #[prost(message, optional, tag = "1")]
    delivery: Option<DeliveryHead>,
    #[prost(message, optional, tag = "2")]
    accepted: Option<AcceptedHead>,
    #[prost(message, optional, tag = "3")]
    refused: Option<RefusedHead>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct DeliveryHead {
    #[prost(message, optional, tag = "2")]
    entry: Option<EntryHead>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct EntryHead {
    #[prost(string, tag = "1")]
    id: String,
    #[prost(string, tag = "2")]
    timeline: String,
    #[prost(uint64, tag = "3")]
    seq: u64,
}

#[derive(Clone, PartialEq, prost::Message)]
struct AcceptedHead {
    #[prost(string, tag = "1")]
    id: String,
    #[prost(uint64, tag = "3")]
    seq: u64,
}

#[derive(Clone, PartialEq, prost::Message)]
struct RefusedHead {
    #[prost(string, tag = "1")]
    id: String,
    #[prost(string, tag = "2")]
    code: String,
}

/// The same in the JSON mapping.
#[derive(serde::Deserialize)]
struct JsonHead<'a> {
    #[serde(borrow)]
    delivery: Option<JsonDelivery<'a>>,
    #[serde(borrow)]
    accepted: Option<JsonPlace<'a>>,
    #[serde(borrow)]
    refused: Option<JsonRefused<'a>>,
}

#[derive(serde::Deserialize)]
struct JsonDelivery<'a> {
    #[serde(borrow)]
    entry: JsonPlace<'a>,
}

#[derive(serde::Deserialize)]
struct JsonPlace<'a> {
    id: &'a str,
    timeline: &'a str,
    seq: &'a str,
}

#[derive(serde::Deserialize)]
struct JsonRefused<'a> {
    id: &'a str,
    code: &'a str,
}

impl From<JsonHead<'_>> for FrameHead {
    fn from(head: JsonHead<'_>) -> Self {
        let seq = |text: &str| text.parse().unwrap_or_default();
        Self {
            delivery: head.delivery.map(|delivery| DeliveryHead {
                entry: Some(EntryHead {
                    id: delivery.entry.id.to_owned(),
                    timeline: delivery.entry.timeline.to_owned(),
                    seq: seq(delivery.entry.seq),
                }),
            }),
            accepted: head.accepted.map(|place| AcceptedHead { id: place.id.to_owned(), seq: seq(place.seq) }),
            refused: head
                .refused
                .map(|refused| RefusedHead { id: refused.id.to_owned(), code: refused.code.to_owned() }),
        }
    }
}
