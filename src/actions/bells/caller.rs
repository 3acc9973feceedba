//! Speaks to a push service (RFC 8030): one request over TLS without a body, of which the answer's status alone counts. No
//! redirect is followed, no name asked twice, nothing read beyond the head. Called by `ringing.rs`.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Empty;
use hyper::header::{AUTHORIZATION, CONTENT_LENGTH, HOST, HeaderMap, RETRY_AFTER};
use hyper::{Request, StatusCode, Uri};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::reach::{Unreachable, resolve};
use crate::config::Reach;
use crate::domain::bell::Weight;
use crate::limits;
use crate::vault::trusting;

/// See the module.
#[derive(Clone)]
pub(super) struct Caller {
    connector: TlsConnector,
    reach: Reach,
}

/// What became of a push.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The service has it.
    Rung,
    /// The device is there no more.
    Gone,
    /// Not now: after this pause, if the service named one.
    Later(Option<Duration>),
    /// The service does not take it, and will not.
    Denied(u16),
    /// Where the name leads, nothing is sent.
    Private,
}

impl Caller {
    pub(super) fn new(reach: Reach) -> io::Result<Self> {
        let authority = match &reach {
            Reach::Public => None,
            Reach::ThisMachine { authority } => Some(authority.as_path()),
        };
        Ok(Self { connector: TlsConnector::from(Arc::new(trusting(authority)?)), reach })
    }

    /// Rings once. `credential` says who the hub is.
    pub(super) async fn ring(&self, endpoint: &Uri, weight: Weight, credential: &str) -> Outcome {
        let bound = Duration::from_millis(limits::PUSH_ANSWER_MS_MAX);
        match tokio::time::timeout(bound, self.ring_now(endpoint, weight, credential)).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(CallError::Reach(Unreachable::Private))) => Outcome::Private,
            Ok(Err(error)) => {
                tracing::debug!(%error, host = endpoint.host(), "a push service is not reached");
                Outcome::Later(None)
            }
            Err(_elapsed) => Outcome::Later(None),
        }
    }

    async fn ring_now(&self, endpoint: &Uri, weight: Weight, credential: &str) -> Result<Outcome, CallError> {
        let host = endpoint.host().unwrap_or_default();
        let addresses = resolve(&self.reach, host, endpoint.port_u16().unwrap_or(443)).await?;
        let stream = TcpStream::connect(&*addresses).await?;
        let name = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
        let stream = self.connector.connect(name, stream).await?;
        let (mut requests, connection) = hyper::client::conn::http1::Builder::new()
            .max_buf_size(limits::PUSH_ANSWER_HEAD_BYTES_MAX)
            .handshake(TokioIo::new(stream))
            .await?;
        let request = request(endpoint, weight, credential).map_err(io::Error::other)?;
        let mut asking = std::pin::pin!(requests.send_request(request));
        // The connection ends with the head of the answer: the rest is for nobody here.
        let response = tokio::select! {
            answered = &mut asking => answered?,
            ended = connection => {
                ended?;
                asking.await?
            }
        };
        Ok(outcome(response.status(), response.headers()))
    }
}

#[derive(Debug, thiserror::Error)]
enum CallError {
    #[error(transparent)]
    Reach(#[from] Unreachable),
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error(transparent)]
    Http(#[from] hyper::Error),
}

/// INVARIANT: everything that leaves. No body; headers that depend on the weight alone, and the credential.
fn request(endpoint: &Uri, weight: Weight, credential: &str) -> Result<Request<Empty<Bytes>>, hyper::http::Error> {
    let path = endpoint.path_and_query().map_or("/", |path| path.as_str());
    let host = endpoint.authority().map_or("", |authority| authority.as_str());
    // A topic for each weight: many pushes that a device missed become one, and none that is urgent is replaced by one
    // that may wait.
    let (urgency, ttl_s, topic) = match weight {
        Weight::Urgent => ("high", limits::PUSH_TTL_URGENT_S, "urgent"),
        Weight::Mine => ("normal", limits::PUSH_TTL_S, "mine"),
    };
    Request::post(path)
        .header(HOST, host)
        .header(AUTHORIZATION, credential)
        .header(CONTENT_LENGTH, 0)
        .header("ttl", ttl_s)
        .header("urgency", urgency)
        .header("topic", topic)
        .body(Empty::new())
}

fn outcome(status: StatusCode, headers: &HeaderMap) -> Outcome {
    let named = || headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()).map(|pause| pause.trim().to_owned());
    match status.as_u16() {
        200..=299 => Outcome::Rung,
        404 | 410 => Outcome::Gone,
        // Of a moment (RFC 9110, 10.2.3) services name none; who does is asked again after the usual pause.
        429 | 500..=599 => Outcome::Later(named().and_then(|pause| pause.parse().ok()).map(Duration::from_secs)),
        other => Outcome::Denied(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_says_what_becomes_of_a_push() {
        let none = HeaderMap::new();
        let paused: HeaderMap = [(RETRY_AFTER, "120".parse().unwrap())].into_iter().collect();
        let dated: HeaderMap = [(RETRY_AFTER, "Fri, 31 Dec 2027 23:59:59 GMT".parse().unwrap())].into_iter().collect();
        for (status, headers, expected) in [
            (201, &none, Outcome::Rung),
            (404, &none, Outcome::Gone),
            (410, &none, Outcome::Gone),
            (429, &paused, Outcome::Later(Some(Duration::from_secs(120)))),
            (503, &dated, Outcome::Later(None)),
            (500, &none, Outcome::Later(None)),
            (307, &none, Outcome::Denied(307)),
            (403, &none, Outcome::Denied(403)),
        ] {
            assert_eq!(outcome(StatusCode::from_u16(status).unwrap(), headers), expected, "{status}");
        }
    }

    #[test]
    fn two_pushes_of_one_weight_differ_in_nothing_but_their_place_and_credential() {
        let made = |weight| request(&"https://push.example.jp/a?b".parse().unwrap(), weight, "vapid t=a, k=b").unwrap();
        let (urgent, mine) = (made(Weight::Urgent), made(Weight::Mine));
        let names: Vec<&str> = urgent.headers().keys().map(|name| name.as_str()).collect();
        assert_eq!(names, ["host", "authorization", "content-length", "ttl", "urgency", "topic"]);
        assert_eq!(
            (urgent.uri().to_string(), &urgent.headers()["content-length"]),
            ("/a?b".to_owned(), &"0".parse().unwrap())
        );
        assert_ne!(urgent.headers()["topic"], mine.headers()["topic"]);
        assert_eq!(
            (&urgent.headers()["urgency"], &mine.headers()["urgency"]),
            (&"high".parse().unwrap(), &"normal".parse().unwrap())
        );
    }
}
