//! HTTP/2 beside HTTP/1.1: who speaks which, and what bounds a connection of many requests.

use http_body_util::{BodyExt as _, Full};
use hyper::Request;
use hyper::client::conn::http2::{SendRequest, handshake};
use hyper_util::rt::{TokioExecutor, TokioIo};

use super::*;
use crate::limits;

/// What every client says first (RFC 9113, 3.4), and settings without a wish.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const NO_SETTINGS: &[u8] = &[0, 0, 0, 4, 0, 0, 0, 0, 0];

const SETTINGS: u8 = 4;
const GOAWAY: u8 = 7;
const WINDOW_UPDATE: u8 = 8;
const ENHANCE_YOUR_CALM: u32 = 11;

type Requests = SendRequest<Full<Bytes>>;

fn secure(certified: &Certified, bounds: ListenBounds) -> Started {
    start(Transport::Tls(server_config(certified.certificate.clone(), None)), bounds)
}

async fn raw(certified: &Certified, started: &Started) -> TlsStream<TcpStream> {
    let stream = connect_tls(&client_offering(&certified.files, &["h2", "http/1.1"]), started).await;
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    stream
}

async fn speak(certified: &Certified, started: &Started) -> (Requests, JoinHandle<()>) {
    let stream = raw(certified, started).await;
    let (requests, connection) = handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    (requests, tokio::spawn(async move { drop(connection.await) }))
}

async fn get(requests: &Requests, path: &str) -> String {
    post(requests, Request::get(format!("https://localhost{path}")), "").await
}

async fn post(requests: &Requests, request: hyper::http::request::Builder, body: &'static str) -> String {
    let request = request.body(Full::new(Bytes::from_static(body.as_bytes()))).unwrap();
    let answer = requests.clone().send_request(request).await.unwrap();
    assert_eq!(answer.version(), hyper::Version::HTTP_2);
    String::from_utf8(answer.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
}

/// A frame's kind and what it holds.
async fn frame(stream: &mut TlsStream<TcpStream>) -> (u8, Vec<u8>) {
    let mut head = [0; 9];
    stream.read_exact(&mut head).await.unwrap();
    let mut payload = vec![0; u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize];
    stream.read_exact(&mut payload).await.unwrap();
    (head[3], payload)
}

async fn is_closed(mut stream: TlsStream<TcpStream>) -> bool {
    let mut rest = Vec::new();
    // An end without farewell is an error of its own in TLS.
    tokio::time::timeout(LONG, stream.read_to_end(&mut rest)).await.is_ok()
}

#[tokio::test]
async fn many_requests_share_one_connection_and_each_knows_its_peer() {
    let certified = certified();
    let started = secure(&certified, bounds());
    let (requests, _connection) = speak(&certified, &started).await;
    let ours = get(&requests, "/peer").await;
    let asked = (0..limits::HTTP2_STREAMS_MAX * 2).map(|_| get(&requests, "/peer"));
    assert!(futures_util::future::join_all(asked).await.iter().all(|peer| *peer == ours));
    assert_eq!(post(&requests, Request::post("https://localhost/length"), "abcdef").await, "6");
    assert_eq!(started.counts.accepted.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn whoever_does_not_choose_it_speaks_http_1_and_sockets_do() {
    let certified = certified();
    let started = secure(&certified, bounds());
    for offered in [&["http/1.1"][..], &[]] {
        let mut stream = connect_tls(&client_offering(&certified.files, offered), &started).await;
        assert_eq!(ask(&mut stream, ASK_PEER).await.0, "HTTP/1.1 200 OK");
    }
    let stream = connect_tls(&client(&certified.files), &started).await;
    let (mut socket, _) = tokio_tungstenite::client_async("wss://localhost/socket", stream).await.unwrap();
    socket.close(None).await.unwrap();
    // Without TLS nobody can have chosen it.
    let plain = start(Transport::PlainOnLoopback, bounds());
    let mut stream = plain.connect().await;
    stream.write_all(PREFACE).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    assert!(!answer.starts_with(&[0]), "{answer:?}");
}

#[tokio::test]
async fn what_one_connection_may_ask_is_said_first_and_sockets_are_not_offered() {
    let certified = certified();
    let started = secure(&certified, bounds());
    let mut stream = raw(&certified, &started).await;
    stream.write_all(&[PREFACE, NO_SETTINGS].concat()).await.unwrap();
    let (kind, settings) = frame(&mut stream).await;
    assert_eq!(kind, SETTINGS);
    let told = |id: u16| {
        let pairs = settings.chunks_exact(6).find(|pair| pair[..2] == id.to_be_bytes());
        pairs.map(|pair| u32::from_be_bytes(pair[2..].try_into().unwrap()))
    };
    assert_eq!(told(3), Some(limits::HTTP2_STREAMS_MAX));
    assert_eq!(told(4), Some(limits::HTTP2_STREAM_WINDOW_BYTES));
    assert_eq!(told(6), Some(limits::HTTP_BUFFER_BYTES as u32));
    // SETTINGS_ENABLE_CONNECT_PROTOCOL (RFC 8441, 3).
    assert_eq!(told(8).unwrap_or(0), 0);
    // What all bodies together may run ahead: 65,535 by themselves (RFC 9113, 6.9.2), the rest is added.
    let added = async {
        loop {
            let (kind, payload) = frame(&mut stream).await;
            if kind == WINDOW_UPDATE {
                return u32::from_be_bytes(payload.try_into().unwrap());
            }
        }
    };
    let added = tokio::time::timeout(LONG, added).await.unwrap();
    assert_eq!(added, limits::HTTP2_CONNECTION_WINDOW_BYTES - 65_535);
}

#[tokio::test]
async fn a_head_that_is_too_long_is_refused() {
    let certified = certified();
    let started = secure(&certified, bounds());
    let (requests, _connection) = speak(&certified, &started).await;
    let padding = "x".repeat(limits::HTTP_BUFFER_BYTES);
    let request = Request::get("https://localhost/peer").header("x-padding", padding).body(Full::default()).unwrap();
    let refused = requests.clone().send_request(request).await;
    assert!(refused.is_err() || refused.is_ok_and(|answer| answer.status() == 431));
    assert!(!get(&requests, "/peer").await.is_empty(), "others go on");
}

#[tokio::test]
async fn a_preface_that_does_not_come_and_a_connection_without_requests_are_given_up() {
    let certified = certified();
    let started = secure(&certified, ListenBounds { header_timeout: SHORT, ..bounds() });
    let silent = raw(&certified, &started).await;
    let mut half = raw(&certified, &started).await;
    half.write_all(&PREFACE[..10]).await.unwrap();
    let mut half_head = raw(&certified, &started).await;
    // The first byte of a head that promises more of them.
    half_head.write_all(&[PREFACE, NO_SETTINGS, &[0, 0, 1, 1, 0, 0, 0, 0, 1, 0x82]].concat()).await.unwrap();
    for stream in [silent, half, half_head] {
        assert!(is_closed(stream).await);
    }
}

#[tokio::test]
async fn a_connection_that_waits_for_an_answer_is_kept_and_an_idle_one_is_not() {
    let certified = certified();
    let started = secure(&certified, ListenBounds { header_timeout: SHORT, ..bounds() });
    let (waiting, connection) = speak(&certified, &started).await;
    let slow = tokio::spawn(async move { get(&waiting, "/slow").await });
    started.entered.notified().await;
    // One after the other is given up, longer in all than it takes to be told and then cut.
    for _ in 0..4 {
        let (idle, idle_connection) = speak(&certified, &started).await;
        get(&idle, "/peer").await;
        tokio::time::timeout(LONG, idle_connection).await.unwrap().unwrap();
    }
    assert!(!connection.is_finished());
    started.release.notify_one();
    assert_eq!(slow.await.unwrap(), "done");
}

#[tokio::test]
async fn whoever_takes_requests_back_as_fast_as_they_are_made_is_sent_away() {
    let certified = certified();
    let started = secure(&certified, bounds());
    let mut stream = raw(&certified, &started).await;
    let mut said = [PREFACE, NO_SETTINGS].concat();
    for at in 0..1_000_u32 {
        let id = (at * 2 + 1).to_be_bytes();
        // GET https://localhost/slow from the static table (RFC 7541, appendix A), whole; then RST_STREAM, CANCEL.
        let head = [&[0x82, 0x87, 0x41, 9][..], b"localhost", &[0x44, 5], b"/slow"].concat();
        said.extend([&[0, 0, head.len() as u8, 1, 5][..], &id, &head].concat());
        said.extend([&[0, 0, 4, 3, 0][..], &id, &[0, 0, 0, 8]].concat());
    }
    assert_eq!(sent_away(&mut stream, &said).await, ENHANCE_YOUR_CALM);
}

#[tokio::test]
async fn whoever_breaks_the_protocol_again_and_again_is_sent_away() {
    let certified = certified();
    let started = secure(&certified, bounds());
    let mut stream = raw(&certified, &started).await;
    let mut said = [PREFACE, NO_SETTINGS].concat();
    for at in 0..1_000_u32 {
        let id = (at * 2 + 1).to_be_bytes();
        // The same with `connection: x`, which no request over HTTP/2 may have (RFC 9113, 8.2.2).
        let head =
            [&[0x82, 0x87, 0x41, 9][..], b"localhost", &[0x44, 5], b"/slow", &[0, 10], b"connection", &[1], b"x"];
        let head = head.concat();
        said.extend([&[0, 0, head.len() as u8, 1, 5][..], &id, &head].concat());
    }
    assert_eq!(sent_away(&mut stream, &said).await, ENHANCE_YOUR_CALM);
}

/// Why the hub ends the connection of whoever says this.
async fn sent_away(stream: &mut TlsStream<TcpStream>, said: &[u8]) -> u32 {
    let _ = stream.write_all(said).await;
    let told = async {
        loop {
            let (kind, payload) = frame(stream).await;
            if kind == GOAWAY {
                return u32::from_be_bytes(payload[4..8].try_into().unwrap());
            }
        }
    };
    tokio::time::timeout(LONG, told).await.unwrap()
}

#[tokio::test]
async fn whoever_went_away_in_the_middle_of_a_request_is_given_up() {
    let certified = certified();
    let started = secure(&certified, ListenBounds { header_timeout: SHORT, ..bounds() });
    let mut stream = raw(&certified, &started).await;
    let head = [&[0x82, 0x87, 0x41, 9][..], b"localhost", &[0x44, 5], b"/slow"].concat();
    let asked = [PREFACE, NO_SETTINGS, &[0, 0, head.len() as u8, 1, 5, 0, 0, 0, 1], &head].concat();
    stream.write_all(&asked).await.unwrap();
    started.entered.notified().await;
    // Its pings are not answered by anybody.
    assert!(is_closed(stream).await);
}

#[tokio::test]
async fn stopping_lets_requests_of_a_shared_connection_end() {
    let certified = certified();
    let started = secure(&certified, bounds());
    let (requests, connection) = speak(&certified, &started).await;
    let slow = tokio::spawn(async move { get(&requests, "/slow").await });
    started.entered.notified().await;
    started.stop.send(()).unwrap();
    while TcpStream::connect(started.address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    started.release.notify_one();
    assert_eq!(slow.await.unwrap(), "done");
    tokio::time::timeout(LONG, connection).await.unwrap().unwrap();
    assert_eq!(started.ended.await.unwrap(), Drained { left_open: 0 });
}

#[tokio::test]
async fn what_was_asked_ends_with_its_connection() {
    let certified = certified();
    let started = secure(&certified, ListenBounds { drain_timeout: SHORT, ..bounds() });
    let (requests, _connection) = speak(&certified, &started).await;
    let held = Arc::strong_count(&started.release);
    let slow = tokio::spawn(async move {
        drop(
            requests
                .clone()
                .send_request(Request::get("https://localhost/slow").body(Full::<Bytes>::default()).unwrap())
                .await,
        )
    });
    started.entered.notified().await;
    assert!(Arc::strong_count(&started.release) > held);
    let release = started.release.clone();
    // The hub's time to drain is over: it cuts what is left.
    started.stop.send(()).unwrap();
    assert_eq!(started.ended.await.unwrap(), Drained { left_open: 1 });
    slow.await.unwrap();
    let ended = async {
        while Arc::strong_count(&release) > held {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(LONG, ended).await.unwrap();
}
