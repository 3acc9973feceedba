//! One WebSocket: text lines in, queued frames out. One task does both, so a connection at rest
//! costs one task, one TLS session and one small read buffer.
//!
//! In: `sub TOPIC`, `post TOPIC ID BODY`. Out: `subscribed TOPIC`, `ack ID SEQ`,
//! `entry TOPIC SEQ ID BODY`. A line that is neither ends the connection.

use std::{future::poll_fn, sync::Arc};

use anyhow::{Context, bail, ensure};
use futures_util::{SinkExt, StreamExt};
use tokio::{net::TcpStream, sync::mpsc};
use tokio_rustls::{Accept, server::TlsStream};
use tokio_tungstenite::{
    WebSocketStream, accept_async_with_config,
    tungstenite::{self, Message, protocol::WebSocketConfig},
};

use crate::{fanout, journal::Post, outbox::Outbox};

/// Small, so that an idle connection is small; a post fits many times.
const READ_BUFFER_BYTES: usize = 4 * 1024;
const FRAME_BYTES_MAX: usize = 64 * 1024;

struct Connection {
    socket: WebSocketStream<TlsStream<TcpStream>>,
    outbox: Arc<Outbox>,
    topics: Vec<u32>,
    posts: mpsc::Sender<Post>,
    fanout: mpsc::Sender<fanout::Event>,
}

pub async fn run(handshake: Accept<TcpStream>, posts: mpsc::Sender<Post>, fanout: mpsc::Sender<fanout::Event>) {
    let config = WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER_BYTES)
        .max_message_size(Some(FRAME_BYTES_MAX))
        .max_frame_size(Some(FRAME_BYTES_MAX));
    let Ok(stream) = handshake.await else { return };
    // Boxed: the handshake's state is large and is gone once the socket is open.
    let opening = Box::pin(accept_async_with_config(stream, Some(config)));
    let Ok(socket) = opening.await else { return };
    let (outbox, topics) = (Arc::new(Outbox::default()), Vec::new());
    let mut connection = Connection { socket, outbox, topics, posts, fanout };
    if let Err(cause) = connection.relay().await {
        // Clients come and go without a word; only what they did wrong is worth one.
        if !cause.is::<tungstenite::Error>() {
            eprintln!("connection ended: {cause:#}");
        }
    }
    let Connection { topics, outbox, fanout, .. } = connection;
    // Only a relay that is shutting down has no fan-out left to tell.
    let _ = fanout.send(fanout::Event::Left { topics, member: outbox }).await;
}

impl Connection {
    async fn relay(&mut self) -> anyhow::Result<()> {
        let mut taken = Vec::new();
        loop {
            tokio::select! {
                biased;
                queued = poll_fn(|context| self.outbox.poll_take(context, &mut taken)) => {
                    ensure!(queued.is_ok(), "the member reads too slowly");
                    // Fed, then flushed once: one write and one TLS record for all that queued.
                    for frame in taken.drain(..) {
                        self.socket.feed(Message::Text(frame)).await?;
                    }
                    self.socket.flush().await?;
                }
                message = self.socket.next() => match message {
                    Some(Ok(Message::Text(line))) => self.take(line.as_str()).await?,
                    Some(Ok(Message::Close(_))) | None => return Ok(()),
                    Some(Ok(_)) => {}
                    Some(Err(cause)) => return Err(cause.into()),
                },
            }
        }
    }

    async fn take(&mut self, line: &str) -> anyhow::Result<()> {
        let (verb, rest) = line.split_once(' ').context("a line without a verb")?;
        match verb {
            "sub" => {
                let topic = rest.parse()?;
                self.topics.push(topic);
                let member = Arc::clone(&self.outbox);
                self.fanout.send(fanout::Event::Subscribed { topic, member }).await?;
            }
            "post" => {
                let (topic, rest) = rest.split_once(' ').context("a post without an id")?;
                let (id, body) = rest.split_once(' ').context("a post without a body")?;
                self.posts
                    .send(Post {
                        topic: topic.parse()?,
                        id: id.parse()?,
                        body: body.to_owned(),
                        author: Arc::clone(&self.outbox),
                    })
                    .await?;
            }
            _ => bail!("unknown verb {verb:?}"),
        }
        Ok(())
    }
}
