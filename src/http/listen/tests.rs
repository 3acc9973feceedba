//! The listener on real loopback sockets, with small bounds and a tiny router. `http2` has what differs there.

mod http2;

use std::fs;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::ws::{WebSocket, WebSocketUpgrade};
use axum::extract::{ConnectInfo, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use futures_util::StreamExt as _;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, HandshakeKind, RootCertStore, version};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::{ConnectionCounts, Drained, ListenBounds, ListenError, Listener, Transport};
use crate::http::certificate::{CertificateFiles, Reload, ReloadingCertificate};
use crate::http::tls::server_config;

/// Far above what a loopback exchange takes, far below what a test may take.
const SHORT: Duration = Duration::from_millis(200);
const LONG: Duration = Duration::from_secs(20);

fn bounds() -> ListenBounds {
    ListenBounds {
        connections_max: 10,
        connections_per_address_max: 10,
        tls_handshake_timeout: LONG,
        header_timeout: LONG,
        body_grace: LONG,
        lingering: LONG,
        drain_timeout: LONG,
    }
}

struct Started {
    address: SocketAddr,
    counts: Arc<ConnectionCounts>,
    stop: oneshot::Sender<()>,
    ended: JoinHandle<Drained>,
    /// Lets `/slow` answer.
    release: Arc<Notify>,
    /// Fires when `/slow` was entered.
    entered: Arc<Notify>,
}

impl Started {
    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    async fn stop(self) -> Drained {
        self.stop.send(()).unwrap();
        self.ended.await.unwrap()
    }
}

fn start(transport: Transport, bounds: ListenBounds) -> Started {
    let (release, entered) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let listener = Listener::bind("127.0.0.1:0".parse().unwrap(), transport, bounds).unwrap();
    let (address, counts) = (listener.address(), listener.counts());
    let (stop, stopped) = oneshot::channel();
    let router = Router::new()
        .route("/peer", get(|ConnectInfo(peer): ConnectInfo<SocketAddr>| async move { peer.to_string() }))
        .route("/length", post(|body: Bytes| async move { body.len().to_string() }))
        .route("/refused", post(async || StatusCode::FORBIDDEN))
        .route("/slow", get(slow))
        .route("/socket", get(|upgrade: WebSocketUpgrade| async { upgrade.on_upgrade(read_to_the_end) }))
        .with_state((release.clone(), entered.clone()));
    let ended = tokio::spawn(listener.serve(router, async { stopped.await.unwrap() }));
    Started { address, counts, stop, ended, release, entered }
}

async fn slow(State((release, entered)): State<(Arc<Notify>, Arc<Notify>)>) -> &'static str {
    entered.notify_one();
    release.notified().await;
    "done"
}

async fn read_to_the_end(mut socket: WebSocket) {
    while let Some(Ok(_)) = socket.recv().await {}
}

/// Sends a request and gives its status line and its body.
async fn ask(stream: &mut (impl AsyncRead + AsyncWrite + Unpin), request: &str) -> (String, String) {
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut received = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&received).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap_or("0");
            if body.len() >= length.parse::<usize>().unwrap() {
                return (head.lines().next().unwrap().to_owned(), body.to_owned());
            }
        }
        assert_ne!(stream.read_buf(&mut received).await.unwrap(), 0, "closed after {text:?}");
    }
}

const ASK_PEER: &str = "GET /peer HTTP/1.1\r\nhost: localhost\r\n\r\n";

async fn is_closed_by_the_server(mut stream: TcpStream) -> bool {
    let mut rest = Vec::new();
    match tokio::time::timeout(LONG, stream.read_to_end(&mut rest)).await {
        Ok(Ok(_)) => rest.is_empty(),
        Ok(Err(error)) => error.kind() == std::io::ErrorKind::ConnectionReset,
        Err(_elapsed) => false,
    }
}

struct Certified {
    _folder: tempfile::TempDir,
    files: CertificateFiles,
    certificate: Arc<ReloadingCertificate>,
}

fn certified() -> Certified {
    let folder = tempfile::tempdir().unwrap();
    let files = CertificateFiles { chain: folder.path().join("server.pem"), key: folder.path().join("server.key") };
    renew(&files);
    Certified { _folder: folder, certificate: ReloadingCertificate::load(files.clone()).unwrap(), files }
}

fn renew(files: &CertificateFiles) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    fs::write(&files.chain, made.cert.pem()).unwrap();
    fs::write(&files.key, made.signing_key.serialize_pem()).unwrap();
}

fn client(files: &CertificateFiles) -> TlsConnector {
    client_offering(files, &["http/1.1"])
}

fn client_offering(files: &CertificateFiles, offered: &[&str]) -> TlsConnector {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(&files.chain).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&version::TLS13])
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = offered.iter().map(|name| name.as_bytes().to_vec()).collect();
    TlsConnector::from(Arc::new(config))
}

async fn connect_tls(connector: &TlsConnector, started: &Started) -> TlsStream<TcpStream> {
    let name = ServerName::try_from("localhost").unwrap();
    connector.connect(name, started.connect().await).await.unwrap()
}

#[tokio::test]
async fn a_request_over_tls_13_is_answered_and_knows_its_peer() {
    let certified = certified();
    let started = start(Transport::Tls(server_config(certified.certificate, None)), bounds());
    let mut stream = connect_tls(&client(&certified.files), &started).await;
    let (_, session) = stream.get_ref();
    assert_eq!(session.protocol_version(), Some(rustls::ProtocolVersion::TLSv1_3));
    assert_eq!(session.alpn_protocol(), Some(&b"http/1.1"[..]));
    let ours = stream.get_ref().0.local_addr().unwrap().to_string();
    assert_eq!(ask(&mut stream, ASK_PEER).await, ("HTTP/1.1 200 OK".to_owned(), ours));
}

#[tokio::test]
async fn nothing_is_resumed() {
    let certified = certified();
    let started = start(Transport::Tls(server_config(certified.certificate, None)), bounds());
    let connector = client(&certified.files);
    for _ in 0..2 {
        let mut stream = connect_tls(&connector, &started).await;
        ask(&mut stream, ASK_PEER).await;
        assert_eq!(stream.get_ref().1.handshake_kind(), Some(HandshakeKind::Full));
        assert_eq!(stream.get_ref().1.tls13_tickets_received(), 0);
    }
}

#[tokio::test]
async fn a_client_of_tls_12_is_told_that_its_version_is_refused() {
    let certified = certified();
    let started = start(Transport::Tls(server_config(certified.certificate, None)), bounds());
    let mut stream = started.connect().await;
    // A ClientHello of TLS 1.2 (RFC 5246 section 7.4.1.2): one ECDHE suite, P-256, ECDSA with SHA-256.
    let extensions = b"\x00\x0a\x00\x04\x00\x02\x00\x17\x00\x0d\x00\x04\x00\x02\x04\x03";
    let mut hello = vec![3, 3];
    hello.extend_from_slice(&[7; 32]);
    hello.extend_from_slice(&[0, 0, 2, 0xC0, 0x2B, 1, 0, 0, extensions.len() as u8]);
    hello.extend_from_slice(extensions);
    let mut record = vec![0x16, 3, 1, 0, hello.len() as u8 + 4, 1, 0, 0, hello.len() as u8];
    record.extend_from_slice(&hello);
    stream.write_all(&record).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    // A fatal alert, protocol_version (70).
    assert_eq!((answer[0], &answer[5..]), (0x15, &[2, 70][..]), "{answer:?}");
}

#[tokio::test]
async fn a_handshake_that_does_not_come_is_given_up() {
    let certified = certified();
    let bounds = ListenBounds { tls_handshake_timeout: SHORT, ..bounds() };
    let started = start(Transport::Tls(server_config(certified.certificate, None)), bounds);
    assert!(is_closed_by_the_server(started.connect().await).await);
    assert_eq!(started.counts.handshake_timed_out.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn a_half_header_and_an_idle_connection_are_given_up() {
    let bounds = ListenBounds { header_timeout: SHORT, ..bounds() };
    let started = start(Transport::PlainOnLoopback, bounds);
    let mut half = started.connect().await;
    half.write_all(b"GET /peer HTTP/1.1\r\nhost: loc").await.unwrap();
    assert!(is_closed_by_the_server(half).await);

    let mut idle = started.connect().await;
    ask(&mut idle, ASK_PEER).await;
    assert!(is_closed_by_the_server(idle).await);
}

#[tokio::test]
async fn a_body_that_stops_coming_fails_and_one_that_comes_does_not() {
    let bounds = ListenBounds { body_grace: SHORT, ..bounds() };
    let started = start(Transport::PlainOnLoopback, bounds);
    let post = "POST /length HTTP/1.1\r\nhost: localhost\r\ncontent-length: 6\r\n\r\n";
    let mut stream = started.connect().await;
    let (status, length) = ask(&mut stream, &format!("{post}abcdef")).await;
    assert_eq!((status.as_str(), length.as_str()), ("HTTP/1.1 200 OK", "6"));
    let (status, _) = ask(&mut stream, &format!("{post}abc")).await;
    assert_eq!(status, "HTTP/1.1 400 Bad Request");
}

#[tokio::test]
async fn who_is_refused_before_their_body_came_is_told_that_the_connection_ends_and_others_go_on() {
    let started = start(Transport::PlainOnLoopback, ListenBounds { lingering: SHORT, ..bounds() });
    let refused = "POST /refused HTTP/1.1\r\nhost: localhost\r\n";
    // All of it is here: it is thrown away, and the next request is answered.
    let mut kept = started.connect().await;
    for body in ["content-length: 6\r\n\r\nabcdef", "transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"] {
        kept.write_all(format!("{refused}{body}").as_bytes()).await.unwrap();
        let head = head_of(&mut kept).await;
        assert!(head.starts_with("HTTP/1.1 403") && !head.contains("connection: close"), "{head}");
        assert_eq!(ask(&mut kept, ASK_PEER).await.0, "HTTP/1.1 200 OK");
    }
    // What is to come is not waited for, and the connection does not stay for a body that does not come.
    let (much, length) = ("x".repeat(1 << 20), crate::limits::UNREAD_BODY_BYTES_MAX * 100);
    for body in ["", "abc", &much] {
        let mut stream = started.connect().await;
        let (mut reading, mut writing) = stream.split();
        let request = format!("{refused}content-length: {length}\r\n\r\n{body}");
        // Whoever sends much may find that nobody reads it any more.
        let (head, _) = tokio::join!(head_of(&mut reading), writing.write_all(request.as_bytes()));
        assert!(head.starts_with("HTTP/1.1 403") && head.contains("connection: close"), "{head}");
        assert!(is_closed_by_the_server(stream).await);
    }
}

#[tokio::test]
async fn who_writes_all_before_they_read_learns_what_they_were_answered() {
    // Far more than the sockets hold, so that it is written only as it is read.
    let length = crate::limits::ATTACHMENT_BYTES_MAX as usize + (1 << 20);
    let started = start(Transport::PlainOnLoopback, bounds());
    let mut stream = started.connect().await;
    let request = format!("POST /refused HTTP/1.1\r\nhost: localhost\r\ncontent-length: {length}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let piece = vec![b'x'; 64 << 10];
    for begins in (0..length).step_by(piece.len()) {
        stream.write_all(&piece[..piece.len().min(length - begins)]).await.unwrap();
    }
    let head = head_of(&mut stream).await;
    assert!(head.starts_with("HTTP/1.1 403") && head.contains("connection: close"), "{head}");
    assert!(is_closed_by_the_server(stream).await);

    // And whoever asks first is told at once, and sends nothing.
    let mut asking = started.connect().await;
    let expecting = request.replace("\r\n\r\n", "\r\nexpect: 100-continue\r\n\r\n");
    asking.write_all(expecting.as_bytes()).await.unwrap();
    let head = head_of(&mut asking).await;
    assert!(head.starts_with("HTTP/1.1 403") && head.contains("connection: close"), "{head}");
    assert!(is_closed_by_the_server(asking).await);
}

#[tokio::test]
async fn who_writes_for_ever_is_cut() {
    let length = crate::limits::LINGERING_BODY_BYTES_MAX + (64 << 20);
    let started = start(Transport::PlainOnLoopback, bounds());
    let mut stream = started.connect().await;
    let request = format!("POST /refused HTTP/1.1\r\nhost: localhost\r\ncontent-length: {length}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let piece = vec![b'x'; 64 << 10];
    let mut is_cut = false;
    for _ in 0..length / piece.len() {
        is_cut = stream.write_all(&piece).await.is_err();
        if is_cut {
            break;
        }
    }
    assert!(is_cut, "all of it was read");
}

/// The head of an answer without a body.
async fn head_of(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut received = Vec::new();
    while !received.ends_with(b"\r\n\r\n") {
        received.push(stream.read_u8().await.unwrap());
    }
    String::from_utf8(received).unwrap().to_lowercase().replace("http/1.1", "HTTP/1.1")
}

#[tokio::test]
async fn a_head_longer_than_the_buffer_is_refused() {
    let started = start(Transport::PlainOnLoopback, bounds());
    let mut stream = started.connect().await;
    let padding = "x".repeat(crate::limits::HTTP_BUFFER_BYTES);
    let request = format!("GET /peer HTTP/1.1\r\nhost: localhost\r\nx-padding: {padding}\r\n\r\n");
    let (status, _) = ask(&mut stream, &request).await;
    assert!(status.starts_with("HTTP/1.1 431"), "{status}");
}

#[tokio::test]
async fn beyond_the_bound_connections_are_closed_at_once_and_a_websocket_keeps_its_place() {
    let started = start(Transport::PlainOnLoopback, ListenBounds { connections_max: 1, ..bounds() });
    let url = format!("ws://{}/socket", started.address);
    let (mut socket, _) = tokio_tungstenite::client_async(&url, started.connect().await).await.unwrap();
    assert!(is_closed_by_the_server(started.connect().await).await);
    assert_eq!(started.counts.refused_full.load(Ordering::Relaxed), 1);

    socket.close(None).await.unwrap();
    while socket.next().await.is_some() {}
    drop(socket);
    // The place is given back by a task of the server; ask until it was.
    let answered = async {
        loop {
            let mut stream = started.connect().await;
            stream.write_all(ASK_PEER.as_bytes()).await.ok();
            if matches!(stream.read_u8().await, Ok(b'H')) {
                return;
            }
        }
    };
    tokio::time::timeout(LONG, answered).await.unwrap();
}

#[tokio::test]
async fn a_renewed_certificate_is_shown_to_new_connections_and_open_ones_go_on() {
    let certified = certified();
    let started = start(Transport::Tls(server_config(certified.certificate.clone(), None)), bounds());
    let (old_client, old) = (client(&certified.files), fs::read(&certified.files.chain).unwrap());
    let mut open = connect_tls(&old_client, &started).await;
    ask(&mut open, ASK_PEER).await;

    renew(&certified.files);
    assert_ne!(fs::read(&certified.files.chain).unwrap(), old);
    assert!(matches!(certified.certificate.reload().unwrap(), Reload::Exchanged { .. }));
    let mut fresh = connect_tls(&client(&certified.files), &started).await;
    assert_eq!(ask(&mut fresh, ASK_PEER).await.0, "HTTP/1.1 200 OK");
    assert_eq!(ask(&mut open, ASK_PEER).await.0, "HTTP/1.1 200 OK");
    let name = ServerName::try_from("localhost").unwrap();
    assert!(old_client.connect(name, started.connect().await).await.is_err(), "the old one is not shown any more");
}

#[tokio::test]
async fn plain_http_stays_on_this_machine_unless_the_operator_says_otherwise() {
    let everywhere: SocketAddr = "0.0.0.0:0".parse().unwrap();
    let refused = Listener::bind(everywhere, Transport::PlainOnLoopback, bounds()).map(|_| ()).unwrap_err();
    assert!(matches!(refused, ListenError::PlainHttpOffLoopback { .. }));
    assert!(refused.to_string().contains("insecure_plain_http"));
    assert!(Listener::bind(everywhere, Transport::PlainAnywhere, bounds()).is_ok());
}

#[tokio::test]
async fn stopping_lets_a_request_end_and_accepts_no_other() {
    let started = start(Transport::PlainOnLoopback, bounds());
    let (address, release) = (started.address, started.release.clone());
    let mut stream = started.connect().await;
    stream.write_all(b"GET /slow HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
    started.entered.notified().await;
    started.stop.send(()).unwrap();
    while TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    release.notify_one();
    let (status, body) = ask(&mut stream, "").await;
    assert_eq!((status.as_str(), body.as_str()), ("HTTP/1.1 200 OK", "done"));
    assert_eq!(started.ended.await.unwrap(), Drained { left_open: 0 });
}

#[tokio::test]
async fn a_websocket_that_does_not_end_is_left_when_the_time_to_drain_is_over() {
    let started = start(Transport::PlainOnLoopback, ListenBounds { drain_timeout: SHORT, ..bounds() });
    let url = format!("ws://{}/socket", started.address);
    let (_socket, _) = tokio_tungstenite::client_async(&url, started.connect().await).await.unwrap();
    assert_eq!(started.stop().await, Drained { left_open: 1 });
}
