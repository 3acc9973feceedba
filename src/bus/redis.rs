//! A connection to Redis that comes back by itself. Through TLS or without leaving this machine, as the configuration saw to;
//! who waits for it waits for a few milliseconds at most, and for nobody while it is lost.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, RedisConnectionInfo};
use rustls::pki_types::ServerName;
use tokio::net::{TcpStream, UnixStream};
use tokio::sync::Notify;
use tokio_rustls::TlsConnector;

use crate::config::{RedisPlace, RedisSettings};
use crate::domain::text::Text;
use crate::limits;
use crate::vault::{KeyFileError, read_secret, trusting};

/// Why the hub cannot start with these settings.
#[derive(Debug, thiserror::Error)]
pub enum BusError {
    #[error("redis.password_file: {0}")]
    Password(#[source] KeyFileError),
    #[error("cannot read the certificates that redis.authority names: {0}")]
    Authority(#[source] io::Error),
}

impl BusError {
    /// For people.
    #[must_use]
    pub fn text(&self) -> Text {
        match self {
            Self::Password(why) => Text::new(format!("redis.password_file: {}", why.text().ja), self.to_string()),
            // The cause is told behind it, in its own words.
            Self::Authority(_) => Text::new("redis.authority が指す証明書を読めません", self.to_string()),
        }
    }
}

/// See the module.
#[derive(Debug)]
pub(super) struct Line {
    state: Arc<State>,
    keeping: tokio::task::JoinHandle<()>,
}

struct State {
    settings: RedisSettings,
    password: Option<String>,
    connector: Option<TlsConnector>,
    held: Mutex<Held>,
    /// Woken by whoever finds it lost.
    lost: Notify,
    is_up: AtomicBool,
    times_lost: AtomicU64,
}

#[derive(Default)]
struct Held {
    /// `None`: it is lost.
    connection: Option<MultiplexedConnection>,
    /// Which connection since the start: whoever waited for one that is gone says nothing of the next.
    number: u64,
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State").field("is_up", &self.is_up).finish_non_exhaustive()
    }
}

impl Line {
    /// Reads the files that are named, and connects in the background: a hub starts without Redis as it goes on without.
    pub(super) fn open(settings: &RedisSettings) -> Result<Self, BusError> {
        let password = match &settings.password_file {
            Some(file) => {
                let text = read_secret(file, limits::SECRET_FILE_BYTES_MAX).map_err(BusError::Password)?;
                Some(text.trim().to_owned())
            }
            None => settings.password.clone(),
        };
        let connector = match &settings.place {
            RedisPlace::Tls { .. } => {
                let config = trusting(settings.authority.as_deref()).map_err(BusError::Authority)?;
                Some(TlsConnector::from(Arc::new(config)))
            }
            RedisPlace::Tcp { .. } | RedisPlace::Unix(_) => None,
        };
        let state = Arc::new(State {
            settings: settings.clone(),
            password,
            connector,
            held: Mutex::default(),
            lost: Notify::new(),
            is_up: AtomicBool::new(false),
            times_lost: AtomicU64::new(0),
        });
        let keeping = tokio::spawn(keep(Arc::clone(&state)));
        Ok(Self { state, keeping })
    }

    pub(super) fn is_up(&self) -> bool {
        self.state.is_up.load(Ordering::Relaxed)
    }

    /// Times it was lost since the start.
    pub(super) fn times_lost(&self) -> u64 {
        self.state.times_lost.load(Ordering::Relaxed)
    }

    /// The connection with its number, if there is one.
    pub(super) fn connection(&self) -> Option<(MultiplexedConnection, u64)> {
        let held = self.state.held.lock().unwrap_or_else(PoisonError::into_inner);
        Some((held.connection.clone()?, held.number))
    }

    /// The connection of this number did not answer. From now on nobody waits for it, until it is back.
    pub(super) fn lose(&self, number: u64) {
        self.state.lose(number);
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.keeping.abort();
    }
}

impl State {
    fn lose(&self, number: u64) {
        {
            let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
            if held.number != number || held.connection.take().is_none() {
                return;
            }
        }
        self.is_up.store(false, Ordering::Relaxed);
        self.times_lost.fetch_add(1, Ordering::Relaxed);
        tracing::warn!("redis does not answer: each hub counts by itself until it does");
        self.lost.notify_one();
    }

    /// Nobody else holds it yet.
    fn hold(&self, connection: MultiplexedConnection) -> u64 {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.number += 1;
        held.connection = Some(connection);
        self.is_up.store(true, Ordering::Relaxed);
        held.number
    }

    /// INVARIANT: it counts as there only once it answered; a line that is taken and cut at once says nothing.
    async fn reach(&self) -> io::Result<MultiplexedConnection> {
        let mut connection = self.connect().await?;
        ping(&mut connection).await?;
        Ok(connection)
    }

    async fn connect(&self) -> io::Result<MultiplexedConnection> {
        let mut info = RedisConnectionInfo::default().set_db(self.settings.database).set_skip_set_lib_name();
        if let Some(user) = &self.settings.user {
            info = info.set_username(user);
        }
        if let Some(password) = &self.password {
            info = info.set_password(password);
        }
        let config = AsyncConnectionConfig::new().set_response_timeout(None);
        match &self.settings.place {
            RedisPlace::Unix(path) => begin(&info, UnixStream::connect(path).await?, config).await,
            RedisPlace::Tcp { host, port } => begin(&info, tcp(host, *port).await?, config).await,
            RedisPlace::Tls { host, port } => {
                let connector = self.connector.as_ref().ok_or(io::ErrorKind::Unsupported)?;
                let name = ServerName::try_from(host.clone()).map_err(io::Error::other)?;
                begin(&info, connector.connect(name, tcp(host, *port).await?).await?, config).await
            }
        }
    }
}

async fn tcp(host: &str, port: u16) -> io::Result<TcpStream> {
    let stream = TcpStream::connect((host, port)).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

async fn begin<S>(
    info: &RedisConnectionInfo,
    stream: S,
    config: AsyncConnectionConfig,
) -> io::Result<MultiplexedConnection>
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
{
    let beginning = MultiplexedConnection::new_with_config(info, stream, config);
    let (connection, driving) = beginning.await.map_err(io::Error::other)?;
    // It ends with the last clone of the connection, or with the line.
    tokio::spawn(driving);
    Ok(connection)
}

/// Connects, looks now and then whether it answers, and connects again when it does not.
async fn keep(state: Arc<State>) {
    let (retry, look) = (Duration::from_millis(limits::REDIS_RETRY_MS), Duration::from_millis(limits::REDIS_LOOK_MS));
    let bound = Duration::from_millis(limits::REDIS_CONNECT_MS_MAX);
    loop {
        match tokio::time::timeout(bound, state.reach()).await {
            Ok(Ok(mut connection)) => {
                let number = state.hold(connection.clone());
                tracing::info!("redis answers: hubs count together");
                loop {
                    tokio::select! {
                        () = state.lost.notified() => break,
                        () = tokio::time::sleep(look) => {}
                    }
                    if !matches!(tokio::time::timeout(bound, ping(&mut connection)).await, Ok(Ok(()))) {
                        state.lose(number);
                    }
                }
            }
            Ok(Err(error)) => tracing::debug!(%error, "redis cannot be reached"),
            Err(_elapsed) => tracing::debug!("redis cannot be reached in time"),
        }
        tokio::time::sleep(retry).await;
    }
}

async fn ping(connection: &mut MultiplexedConnection) -> io::Result<()> {
    redis::cmd("PING").query_async::<String>(connection).await.map_err(io::Error::other)?;
    Ok(())
}
