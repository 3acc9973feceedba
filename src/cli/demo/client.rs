//! One person of the region at their device: a real WebSocket to the hub, kept open, that posts what it is told to,
//! reads along and answers heartbeats. It knows nothing that the hub did not send it.

use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, interval_at, sleep};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, client_async};

use super::region::{PersonSeed, person_id};
use crate::actions::sign_in::SignIns;
use crate::cli::load::transport::{Tls, Transport as _, upgrade_request};
use crate::domain::act::By;
use crate::domain::entry::Intent;
use crate::domain::ids::{EntryId, Seq, TimelineId};
use crate::limits;
use crate::wire::version::VERSION;
use crate::wire::{ClientFrame, Encoding, Hello, Language, ServerFrame, decode_server, encode_client};

/// How the demo's clients reach the hub.
#[derive(Clone)]
pub enum Door {
    Tls(Tls),
    Plain(SocketAddr),
}

trait Line: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Line for T {}
type Socket = WebSocketStream<Box<dyn Line>>;

impl Door {
    /// Through TLS, trusting only the development authority. The listener must be bound.
    ///
    /// # Errors
    /// When the authority's file cannot be read or nobody listens.
    pub fn tls(address: SocketAddr, authority: &Path) -> anyhow::Result<Self> {
        Ok(Self::Tls(Tls::new(&format!("wss://{address}"), authority)?))
    }

    async fn open(&self) -> anyhow::Result<Socket> {
        let (line, authority): (Box<dyn Line>, String) = match self {
            Self::Tls(tls) => (Box::new(tls.connect().await?), tls.authority().to_owned()),
            Self::Plain(address) => (Box::new(TcpStream::connect(address).await?), address.to_string()),
        };
        let request = upgrade_request(&authority, "/ws", Some(Encoding::Proto.subprotocol()))?;
        Ok(client_async(request, line).await.context("upgrading to a WebSocket")?.0)
    }
}

/// What came of a post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Accepted { alarms: usize },
    Queued,
    Refused { code: String, why: String },
}

/// A post and who waits to hear of it.
pub struct Order {
    pub intent: Intent,
    pub done: oneshot::Sender<Outcome>,
}

/// Keeps a person online until the orders end. Comes back after every break, as an app would.
pub async fn live(person: &'static PersonSeed, door: Door, sign_ins: Arc<SignIns>, mut orders: mpsc::Receiver<Order>) {
    const COME_BACK_AFTER: Duration = Duration::from_secs(1);
    loop {
        match Device::connect(person, &door, &sign_ins).await {
            Ok(mut device) => match device.run(&mut orders).await {
                Ok(()) => return,
                Err(error) => tracing::debug!(person = person.key, %error, "a demo client lost its connection"),
            },
            Err(error) => tracing::warn!(person = person.key, %error, "a demo client cannot connect"),
        }
        sleep(COME_BACK_AFTER).await;
    }
}

struct Device {
    socket: Socket,
    waiting: HashMap<EntryId, oneshot::Sender<Outcome>>,
    /// Timelines read to their end: what comes now is new.
    caught_up: HashSet<TimelineId>,
    /// New entries to be marked as read.
    unread: HashMap<TimelineId, Seq>,
    /// How often this person looks at the screen.
    looks_every: Duration,
}

impl Device {
    async fn connect(person: &'static PersonSeed, door: &Door, sign_ins: &SignIns) -> anyhow::Result<Self> {
        let valid_for = Duration::from_secs(limits::SESSION_LIFETIME_DEFAULT_S.unsigned_abs());
        let (_, signed_in) = sign_ins.issue(By::Operator, person_id(person.key), person.position(), valid_for).await?;
        let (ticket, _) = sign_ins.ticket(signed_in)?;
        let looks_every = Duration::from_secs(4 + u64::from(person.key.as_bytes()[0] % 7));
        let (waiting, caught_up, unread) = Default::default();
        let mut device = Self { socket: door.open().await?, waiting, caught_up, unread, looks_every };
        let hello = Hello {
            version: VERSION,
            ticket: ticket.reveal().to_string(),
            client: "renkei demo".to_owned(),
            language: Language::Japanese,
        };
        device.send(&ClientFrame::Hello(hello)).await?;
        device.send(&ClientFrame::Subscribe { timelines: Vec::new(), all_mine: true }).await?;
        Ok(device)
    }

    /// Until the orders end (`Ok`) or the connection does.
    async fn run(&mut self, orders: &mut mpsc::Receiver<Order>) -> anyhow::Result<()> {
        let mut look = interval_at(Instant::now() + self.looks_every, self.looks_every);
        loop {
            tokio::select! {
                order = orders.recv() => {
                    let Some(Order { intent, done }) = order else { return Ok(()) };
                    self.waiting.insert(intent.id, done);
                    self.send(&ClientFrame::Post(intent)).await?;
                }
                message = self.socket.next() => {
                    let message = message.context("closed by the hub")??;
                    self.take(&message).await?;
                }
                _ = look.tick() => {
                    for (timeline, through) in std::mem::take(&mut self.unread) {
                        self.send(&ClientFrame::MarkRead { timeline, through }).await?;
                    }
                }
            }
        }
    }

    async fn take(&mut self, message: &Message) -> anyhow::Result<()> {
        let Message::Binary(bytes) = message else {
            ensure!(!message.is_close(), "closed by the hub");
            return Ok(());
        };
        match decode_server(Encoding::Proto, bytes)? {
            Some(ServerFrame::Heartbeat { .. }) => self.send(&ClientFrame::Heartbeat).await?,
            Some(ServerFrame::CaughtUp { timeline, .. }) => drop(self.caught_up.insert(timeline)),
            Some(ServerFrame::Delivery { entry, .. }) => {
                let header = entry.header();
                if self.caught_up.contains(&header.timeline) {
                    self.unread.insert(header.timeline, header.seq);
                }
            }
            Some(ServerFrame::Forget { timeline, entry: None, .. }) => {
                self.caught_up.remove(&timeline);
                self.unread.remove(&timeline);
            }
            Some(ServerFrame::Accepted(accepted)) => {
                self.answer(accepted.id, Outcome::Accepted { alarms: accepted.alarms.len() });
            }
            Some(ServerFrame::Queued { id, .. }) => self.answer(id, Outcome::Queued),
            Some(ServerFrame::Refused(refused)) => {
                let why = refused.reasons.first().map(|reason| reason.en.to_string()).unwrap_or_default();
                self.answer(refused.id, Outcome::Refused { code: refused.code.into_owned(), why });
            }
            _ => {}
        }
        Ok(())
    }

    fn answer(&mut self, id: EntryId, outcome: Outcome) {
        if let Some(done) = self.waiting.remove(&id) {
            // Who gave the order may have stopped waiting.
            let _ = done.send(outcome);
        }
    }

    async fn send(&mut self, frame: &ClientFrame) -> anyhow::Result<()> {
        Ok(self.socket.send(Message::Binary(encode_client(Encoding::Proto, frame))).await?)
    }
}
