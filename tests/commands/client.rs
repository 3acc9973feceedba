//! Somebody's program at a hub in another process: a ticket for a token by REST, then one WebSocket. The end of the
//! connection is something that happens, not a failure.

use std::path::Path;

use futures_util::{SinkExt as _, StreamExt as _};
use renkei::cli::load::transport::{Tls, Transport as _, open_websocket_on, upgrade_request};
use renkei::clock::{Clock as _, SystemClock};
use renkei::vault::code_at;
use renkei::wire::{ClientFrame, Encoding, Hello, Language, ServerFrame, decode_server, encode_client};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

pub trait Line: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Line for T {}

pub struct Client {
    socket: WebSocketStream<Box<dyn Line>>,
}

impl Client {
    /// Signed in with a token; through TLS where an authority is given.
    pub async fn connect(authority: &str, ca: Option<&Path>, token: &str) -> Self {
        let ticket = draw_ticket(line(authority, ca).await, authority, token).await;
        let request = upgrade_request(authority, "/ws", Some(Encoding::Json.subprotocol())).unwrap();
        let socket = open_websocket_on(line(authority, ca).await, request).await.unwrap();
        let mut client = Self { socket };
        let hello = Hello { version: 1, ticket, client: "story".to_owned(), language: Language::English };
        assert!(client.send(&ClientFrame::Hello(hello)).await);
        let welcome = client.next().await;
        assert!(matches!(welcome, Some(ServerFrame::Welcome(_))), "{welcome:?}");
        client
    }

    /// `false`: the hub is gone.
    pub async fn send(&mut self, frame: &ClientFrame) -> bool {
        let text = String::from_utf8(encode_client(Encoding::Json, frame).to_vec()).unwrap();
        self.socket.send(Message::text(text)).await.is_ok()
    }

    /// `None`: the hub is gone.
    pub async fn next(&mut self) -> Option<ServerFrame> {
        loop {
            match self.socket.next().await?.ok()? {
                Message::Text(text) => return Some(decode_server(Encoding::Json, text.as_bytes()).unwrap().unwrap()),
                Message::Close(_) => return None,
                _ => {}
            }
        }
    }
}

/// The token in a sign-in link.
pub fn token_in(line: &str) -> String {
    line.split_once("#token=").expect("a sign-in link").1.trim().to_owned()
}

async fn line(authority: &str, ca: Option<&Path>) -> Box<dyn Line> {
    match ca {
        Some(ca) => Box::new(Tls::new(&format!("wss://{authority}"), ca).unwrap().connect().await.unwrap()),
        None => Box::new(TcpStream::connect(authority).await.unwrap()),
    }
}

/// Sets an account up as somebody does who was given what `renkei sign-in` printed, and signs in: the token.
pub async fn accept(authority: &str, ca: Option<&Path>, printed: &str) -> String {
    let invitation = printed.split_once("#invitation=").expect("a link").1.lines().next().expect("a token");
    let (_, code) = printed.split_once("code ").expect("a code, in English");
    let code = code.split_whitespace().next().expect("digits");
    let mut given = serde_json::json!({ "invitation": invitation, "code": code });
    let opened = post(line(authority, ca).await, authority, "/api/v1/invitations/open", "", &given).await;
    let secret = opened["authenticator_secret"].as_str().expect("a secret");
    let now_s = u64::try_from(SystemClock::new().now().as_secs()).unwrap();
    given["password"] = "雨の日は傘を二本もって行くのです".into();
    given["authenticator_code"] = code_at(secret, now_s).expect("a code").into();
    let entered = post(line(authority, ca).await, authority, "/api/v1/invitations/accept", "", &given).await;
    entered["token"].as_str().expect("a token").to_owned()
}

async fn draw_ticket(line: Box<dyn Line>, authority: &str, token: &str) -> String {
    let token = format!("authorization: Bearer {token}\r\n");
    let answer = post(line, authority, "/api/v1/tickets", &token, &serde_json::Value::Null).await;
    answer["ticket"].as_str().unwrap().to_owned()
}

/// What is answered to a request that must be taken.
async fn post(
    mut line: Box<dyn Line>,
    authority: &str,
    path: &str,
    headers: &str,
    body: &serde_json::Value,
) -> serde_json::Value {
    let body = body.to_string();
    let request = format!(
        "POST {path} HTTP/1.1\r\nhost: {authority}\r\n{headers}content-type: application/json\r\n\
         content-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    line.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    line.read_to_end(&mut answer).await.unwrap();
    let answer = String::from_utf8(answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 20"), "{answer}");
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    serde_json::from_str(body).unwrap()
}
