//! A line to the Redis that `./test` started, which a story can cut, hold up and mend: to a hub it looks as if Redis itself was
//! killed, hung, and started again.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use renkei::bus::{Shared, SharedBounds};
use renkei::config::RedisSettings;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, UnixStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::app::App;

const URL_VARIABLE: &str = "RENKEI_TEST_REDIS_URL";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Condition {
    Whole,
    Cut,
    /// Connections stand, and nothing goes through.
    Held,
}

pub struct RedisLine {
    settings: RedisSettings,
    condition: watch::Sender<Condition>,
    forwarding: JoinHandle<()>,
}

impl RedisLine {
    /// `None` if this run has no Redis (see [`super::service_url`]).
    pub async fn open() -> Option<Self> {
        let url = super::service_url(URL_VARIABLE)?;
        let socket = PathBuf::from(url.strip_prefix("unix://").expect("./test starts it on a Unix socket"));
        let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (condition, seen) = watch::channel(Condition::Whole);
        let forwarding = tokio::spawn(async move {
            loop {
                let (near, _) = listener.accept().await.expect("it listens");
                tokio::spawn(forward(near, socket.clone(), seen.clone()));
            }
        });
        let settings = RedisSettings::parse(&format!("redis://{address}/0")).expect("a URL");
        Some(Self { settings, condition, forwarding })
    }

    /// Has a hub count by this line, and waits until it does.
    pub async fn share(&self, app: &App, bounds: SharedBounds) {
        app.hub.region().counting().share(Shared::open(&self.settings, bounds).expect("no file is named"));
        Self::is_up(app).await;
    }

    /// Waits until a hub counts with others.
    pub async fn is_up(app: &App) {
        super::eventually("redis answers", || app.hub.region().counting().is_up() == Some(true)).await;
    }

    /// Waits until a hub has noticed that it counts alone.
    pub async fn is_lost(app: &App) {
        super::eventually("redis is lost", || app.hub.region().counting().is_up() == Some(false)).await;
    }

    pub fn cut(&self) {
        self.condition.send_replace(Condition::Cut);
    }

    pub fn hold(&self) {
        self.condition.send_replace(Condition::Held);
    }

    pub fn mend(&self) {
        self.condition.send_replace(Condition::Whole);
    }

    /// Everything that stands in that Redis, as it would be read by somebody who got in.
    pub async fn keys() -> Vec<Vec<u8>> {
        let url = super::service_url(URL_VARIABLE).expect("there is one");
        let client = redis::Client::open(url).expect("a URL");
        let mut connection = client.get_multiplexed_async_connection().await.expect("it answers");
        redis::cmd("KEYS").arg("*").query_async(&mut connection).await.expect("its keys")
    }
}

impl Drop for RedisLine {
    fn drop(&mut self) {
        self.forwarding.abort();
    }
}

async fn forward(mut near: tokio::net::TcpStream, socket: PathBuf, mut seen: watch::Receiver<Condition>) {
    if *seen.borrow() == Condition::Cut {
        return;
    }
    let mut far = UnixStream::connect(socket).await.expect("redis is there");
    loop {
        let condition = *seen.borrow_and_update();
        match condition {
            Condition::Cut => return,
            Condition::Held => drop(seen.changed().await),
            Condition::Whole => tokio::select! {
                _ = copy_bidirectional(&mut near, &mut far) => return,
                _ = seen.changed() => {}
            },
        }
    }
}
