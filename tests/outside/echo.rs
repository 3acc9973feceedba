//! A socket that says back what it hears, behind the hub's listener and within the hub's bounds: what the Autobahn
//! suite speaks to, for the hub's own socket takes nothing but its own frames. Started by `tests/outside/run.py`; prints
//! its address.

use std::future::pending;
use std::net::{Ipv4Addr, SocketAddr};

use axum::Router;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use axum::routing::get;
use renkei::http::listen::{ListenBounds, Listener, Transport};
use renkei::http::socket::bounded;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let loopback = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let listener = Listener::bind(loopback, Transport::PlainOnLoopback, ListenBounds::default())?;
    println!("{}", listener.address());
    listener.serve(Router::new().route("/", get(upgrade)), pending()).await;
    Ok(())
}

async fn upgrade(upgrade: WebSocketUpgrade) -> Response {
    bounded(upgrade).on_upgrade(say_back)
}

async fn say_back(mut socket: WebSocket) {
    while let Some(Ok(message)) = socket.recv().await {
        let heard = matches!(message, Message::Text(_) | Message::Binary(_));
        if heard && socket.send(message).await.is_err() {
            return;
        }
    }
}
