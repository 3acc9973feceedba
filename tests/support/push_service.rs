//! A push service of browsers, in software: it keeps every byte that comes over its TLS, and answers as a story wishes, or
//! not at all.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use renkei::cli::cert::ensure_development_certificates;
use renkei::clock::{Clock as _, SystemClock};
use renkei::config::{PushService as Listed, PushSettings, Reach};
use renkei::http::certificate::ReloadingCertificate;
use renkei::http::tls::server_config;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

use super::{eventually, scratch};

pub const CONTACT: &str = "mailto:ict@example.jp";

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Push {
    pub bytes: Vec<u8>,
    pub path: String,
    /// By name in lower case.
    pub headers: HashMap<String, String>,
    pub body: Vec<u8>,
}

pub struct PushService {
    port: u16,
    /// Of its certificate; it lies in the folder.
    authority: PathBuf,
    _folder: TempDir,
    inner: Arc<Inner>,
    holding: watch::Sender<bool>,
    serving: JoinHandle<()>,
}

#[derive(Default)]
struct Inner {
    pushes: Mutex<Vec<Push>>,
    /// Status line and headers by path; without any: 201.
    answers: Mutex<HashMap<String, String>>,
    connections: Mutex<usize>,
}

impl PushService {
    pub async fn start() -> Self {
        let folder = scratch::folder("push");
        let made = ensure_development_certificates(folder.path(), &[], SystemClock::new().now()).expect("certificates");
        let certificate = ReloadingCertificate::load(made.server).expect("it loads");
        let acceptor = TlsAcceptor::from(server_config(certificate, None));
        let loopback = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let listener = TcpListener::bind(loopback).await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let (inner, (holding, held)) = (Arc::<Inner>::default(), watch::channel(false));
        let kept = Arc::clone(&inner);
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                *kept.connections.lock().expect("no panic") += 1;
                let (acceptor, kept, held) = (acceptor.clone(), Arc::clone(&kept), held.clone());
                tokio::spawn(async move {
                    // Whoever does not get through the handshake pushes nothing.
                    if let Ok(stream) = acceptor.accept(stream).await {
                        serve(stream, &kept, held).await;
                    }
                });
            }
        });
        Self { port, authority: made.authority, _folder: folder, inner, holding, serving }
    }

    /// How a hub is configured that may speak to this service and to no other.
    pub fn settings(&self) -> PushSettings {
        PushSettings {
            contact: CONTACT.to_owned(),
            services: vec![Listed::on_this_machine(self.port)],
            bell_kept: Duration::from_secs(30 * 86_400),
            reach: Reach::ThisMachine { authority: self.authority.clone() },
        }
    }

    /// A place at which a device is rung.
    pub fn endpoint(&self, path: &str) -> String {
        format!("{}{path}", self.origin())
    }

    pub fn origin(&self) -> String {
        format!("https://localhost:{}", self.port)
    }

    /// From now on pushes to this path are answered so: `410 Gone`, `503 Not now\r\nretry-after: 7`.
    pub fn answer(&self, path: &str, with: &str) {
        self.inner.answers.lock().expect("no panic").insert(path.to_owned(), with.to_owned());
    }

    /// Takes pushes and answers none, or answers again.
    pub fn hold(&self, holds: bool) {
        self.holding.send_replace(holds);
    }

    pub fn pushes(&self) -> Vec<Push> {
        self.inner.pushes.lock().expect("no panic").clone()
    }

    /// The pushes to this path, once there are so many.
    pub async fn rung(&self, path: &str, times: usize) -> Vec<Push> {
        let at = || self.pushes().into_iter().filter(|push| push.path == path).collect::<Vec<_>>();
        eventually(&format!("{path} is rung {times} times"), || at().len() >= times).await;
        let pushes = at();
        assert_eq!(pushes.len(), times, "{path}");
        pushes
    }

    /// How often anybody connected.
    pub fn connections(&self) -> usize {
        *self.inner.connections.lock().expect("no panic")
    }
}

impl Drop for PushService {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn serve<S>(mut stream: S, inner: &Inner, mut held: watch::Receiver<bool>)
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
{
    let mut bytes = Vec::new();
    let push = loop {
        let mut piece = [0; 4_096];
        match stream.read(&mut piece).await {
            Ok(0) | Err(_) => return,
            Ok(count) => bytes.extend_from_slice(&piece[..count]),
        }
        if let Some(push) = read(&bytes) {
            break push;
        }
    };
    let answer = inner.answers.lock().expect("no panic").get(&push.path).cloned();
    inner.pushes.lock().expect("no panic").push(push);
    let _ = held.wait_for(|held| !held).await;
    let answer = answer.unwrap_or_else(|| "201 Created".to_owned());
    let _ = stream.write_all(format!("HTTP/1.1 {answer}\r\ncontent-length: 0\r\n\r\n").as_bytes()).await;
    let _ = stream.shutdown().await;
}

/// A whole request, or nothing yet.
fn read(bytes: &[u8]) -> Option<Push> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&bytes[..end]).expect("ASCII");
    let mut lines = head.split("\r\n");
    let request: Vec<&str> = lines.next().expect("a request line").split(' ').collect();
    assert_eq!((request[0], request[2]), ("POST", "HTTP/1.1"));
    let header = |line: &str| line.split_once(": ").map(|(name, value)| (name.to_lowercase(), value.to_owned()));
    let headers: HashMap<String, String> = lines.filter_map(header).collect();
    let length: usize = headers.get("content-length").map_or(0, |length| length.parse().expect("a number"));
    let body = bytes[end + 4..].to_vec();
    (body.len() >= length).then(|| Push { bytes: bytes.to_vec(), path: request[1].to_owned(), headers, body })
}
