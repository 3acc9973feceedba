//! One accepted connection, from its first request to its end: HTTP/2 where the client chose it in the handshake, else
//! HTTP/1.1, which WebSockets need. Both end alike: when the device was revoked, the hub stops, or nobody asks anything.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::header::{CONNECTION, EXPECT, HeaderValue};
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode, Version};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::sync::watch;
use tower::Service as _;

use super::body::PacedBody;
use super::stream::PeerStream;
use super::streams::Streams;
use super::{Attendant, ListenBounds};
use crate::hub::devices::{Line, OpenLine};
use crate::limits;

impl Attendant {
    pub(super) async fn converse(
        &self,
        stream: PeerStream,
        comes_from: (SocketAddr, Line),
        open: Option<OpenLine>,
        router: Router,
    ) {
        let bounds = self.bounds;
        let service = service_fn(move |request: Request<Incoming>| answer(router.clone(), request, comes_from, bounds));
        let (is_http2, stream) = (stream.speaks_http2(), TokioIo::new(stream));
        if is_http2 {
            let streams = Streams::default();
            // INVARIANT: no request goes on without its connection, so that what cuts the one ends the others.
            let _ending = streams.end_with();
            let mut connection = pin!(http2(&streams, &self.bounds).serve_connection(stream, service));
            let silent = async {
                streams.quiet(self.bounds.header_timeout).await;
                // To whoever never asked anything there is nothing to say.
                if streams.were_any() { self.bounds.header_timeout } else { Duration::ZERO }
            };
            self.follow(connection.as_mut(), http2::Connection::graceful_shutdown, silent, open.as_ref()).await;
        } else {
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(self.bounds.header_timeout)
                .max_buf_size(limits::HTTP_BUFFER_BYTES)
                .serve_connection(stream, service)
                .with_upgrades();
            let mut connection = pin!(connection);
            let shut = http1::UpgradeableConnection::graceful_shutdown;
            self.follow(connection.as_mut(), shut, std::future::pending(), open.as_ref()).await;
        }
    }

    /// Until it ends, is cut, or is told to end. `silent` is ready when nobody asks anything, with how long a farewell may
    /// take then; one that is told by the end of the hub may take until the time to drain is over.
    async fn follow<C: Future<Output = hyper::Result<()>>>(
        &self,
        mut connection: Pin<&mut C>,
        shut: fn(Pin<&mut C>),
        silent: impl Future<Output = Duration>,
        open: Option<&OpenLine>,
    ) {
        let mut stopping = self.stopping.subscribe();
        let mut cut = pin!(cut(open));
        let farewell = tokio::select! {
            biased;
            // INVARIANT: nothing more is read from or written to a connection whose device was revoked.
            () = cut.as_mut() => return,
            ended = connection.as_mut() => return told(ended),
            () = told_to_stop(&mut stopping) => None,
            farewell = silent => Some(farewell),
        };
        shut(connection.as_mut());
        tokio::select! {
            biased;
            () = cut => {}
            ended = connection => told(ended),
            () = over(farewell) => tracing::debug!("a connection without requests was given up"),
        }
    }
}

/// HTTP/2 with bounds on all that one connection can hold. Extended CONNECT is not offered: browsers open a connection
/// of HTTP/1.1 for each WebSocket, which the sessions write to without hyper in between.
fn http2(streams: &Streams, bounds: &ListenBounds) -> http2::Builder<Streams> {
    let mut builder = http2::Builder::new(streams.clone());
    builder
        .timer(TokioTimer::new())
        .max_concurrent_streams(limits::HTTP2_STREAMS_MAX)
        .max_header_list_size(limits::HTTP_BUFFER_BYTES as u32)
        .initial_stream_window_size(limits::HTTP2_STREAM_WINDOW_BYTES)
        .initial_connection_window_size(limits::HTTP2_CONNECTION_WINDOW_BYTES)
        .max_send_buf_size(limits::HTTP2_SEND_BUFFER_BYTES)
        .max_pending_accept_reset_streams(limits::HTTP2_PENDING_RESETS_MAX)
        .max_local_error_reset_streams(limits::HTTP2_ERROR_RESETS_MAX)
        .keep_alive_interval(bounds.header_timeout)
        .keep_alive_timeout(bounds.header_timeout);
    builder
}

/// Ready when the certificate that the connection showed has ended; never without one.
async fn cut(open: Option<&OpenLine>) {
    match open {
        Some(open) => open.cut().await,
        None => std::future::pending().await,
    }
}

async fn told_to_stop(stopping: &mut watch::Receiver<bool>) {
    // A sender that is gone means the same: nobody accepts any more.
    let _told = stopping.wait_for(|stopping| *stopping).await;
}

async fn over(farewell: Option<Duration>) {
    match farewell {
        Some(lasts) => tokio::time::sleep(lasts).await,
        None => std::future::pending().await,
    }
}

fn told(ended: hyper::Result<()>) {
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
}

async fn answer(
    mut router: Router,
    request: Request<Incoming>,
    (peer, line): (SocketAddr, Line),
    bounds: ListenBounds,
) -> Result<Response<Body>, Infallible> {
    let (is_http1, (head, incoming)) = (request.version() < Version::HTTP_2, request.into_parts());
    let is_held_back = head.headers.contains_key(EXPECT);
    let body = PacedBody::new(incoming, bounds.body_grace);
    let rest = body.rest();
    let mut request = Request::from_parts(head, Body::new(body));
    request.extensions_mut().insert(ConnectInfo(peer));
    request.extensions_mut().insert(line);
    let mut response = router.call(request).await?;
    if !is_http1 || response.status() == StatusCode::SWITCHING_PROTOCOLS {
        return Ok(response);
    }
    // Whoever is refused before their body was read cannot send another request after it: hyper closes, and they are told.
    let left = rest.left(is_held_back).await;
    if !matches!(left, Ok(None)) {
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    if let Ok(Some(left)) = left {
        // Ends with the connection at the latest.
        tokio::spawn(left.throw_away(bounds.lingering));
    }
    Ok(response)
}
