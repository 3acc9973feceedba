//! The yardstick: a bare relay that stores a post durably, acknowledges it and hands it to the
//! topic's members over TLS WebSockets, and does nothing else. No rules, no identity, no sealing.
//!
//! `cargo run --release --example bare-relay -- --data DIR` starts it; `renkei load --protocol bare`
//! and `benches/compare` measure it. It is an example target, so it is never installed or shipped.

mod connection;
mod fanout;
mod journal;
mod outbox;
mod tls;

use std::{net::SocketAddr, path::PathBuf};

use anyhow::Context;
use clap::Parser;
use tokio::{net::TcpListener, sync::mpsc};

/// Posts that may wait for the writer, and commits that may wait for the fan-out. Reaching either
/// makes the senders wait; nothing is dropped.
const POSTS_QUEUED_MAX: usize = 8_192;
const FANOUT_EVENTS_QUEUED_MAX: usize = 4_096;

#[derive(Parser)]
#[command(about = "A bare relay: TLS WebSockets, SQLite with synchronous=FULL, group commit")]
struct Arguments {
    /// Address to listen on; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Folder for the database and the self-signed certificate (`ca.pem`)
    #[arg(long)]
    data: PathBuf,
    /// Worker threads of the runtime
    #[arg(long, default_value_t = 2)]
    workers: usize,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(arguments.workers)
        .enable_all()
        .build()?
        .block_on(serve(arguments))
}

async fn serve(arguments: Arguments) -> anyhow::Result<()> {
    std::fs::create_dir_all(&arguments.data).with_context(|| format!("creating {}", arguments.data.display()))?;
    let acceptor = tls::acceptor(&arguments.data.join("ca.pem"))?;
    let listener = TcpListener::bind(arguments.listen).await?;

    let (fanout, fanout_events) = mpsc::channel(FANOUT_EVENTS_QUEUED_MAX);
    let (posts, queued_posts) = mpsc::channel(POSTS_QUEUED_MAX);
    tokio::spawn(fanout::run(fanout_events));
    let journal = journal::Journal::open(&arguments.data.join("relay.db")).await?;
    let mut writer = tokio::spawn(journal.run(queued_posts, fanout.clone()));

    println!("ready wss://localhost:{}", listener.local_addr()?.port());
    loop {
        tokio::select! {
            ended = &mut writer => return ended?,
            accepted = listener.accept() => {
                let (stream, _) = accepted?;
                stream.set_nodelay(true)?;
                let handshake = acceptor.accept(stream);
                tokio::spawn(connection::run(handshake, posts.clone(), fanout.clone()));
            }
        }
    }
}
