//! Asks the other service something over HTTP, bounded in time and size: over TLS, or without leaving this machine; no
//! redirects are followed and no cookies kept. What is asked is `provider.rs`.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST};
use hyper::{Request, Uri};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::config::is_line_secure;
use crate::limits;
use crate::vault::trusting;

pub(super) struct Fetcher {
    connector: TlsConnector,
}

/// What was answered.
pub(super) struct Fetched {
    pub(super) status: u16,
    pub(super) body: Bytes,
}

/// A form to send, and how the hub shows who it is beside it.
pub(super) struct Form {
    pub(super) body: String,
    pub(super) authorization: Option<String>,
}

impl Fetcher {
    /// Trusts whoever signed for this authority alone, or whom this machine trusts.
    pub(super) fn trusting(authority: Option<&Path>) -> io::Result<Self> {
        Ok(Self { connector: TlsConnector::from(Arc::new(trusting(authority)?)) })
    }

    pub(super) async fn get(&self, url: &Uri) -> io::Result<Fetched> {
        self.ask(url, None).await
    }

    pub(super) async fn post(&self, url: &Uri, form: Form) -> io::Result<Fetched> {
        self.ask(url, Some(form)).await
    }

    async fn ask(&self, url: &Uri, form: Option<Form>) -> io::Result<Fetched> {
        let bound = Duration::from_millis(limits::OIDC_ANSWER_MS_MAX);
        match tokio::time::timeout(bound, self.ask_now(url, form)).await {
            Ok(answered) => answered,
            Err(_elapsed) => Err(io::ErrorKind::TimedOut.into()),
        }
    }

    async fn ask_now(&self, url: &Uri, form: Option<Form>) -> io::Result<Fetched> {
        // INVARIANT: neither code nor secret goes over a line that others can read, whatever the service says of itself.
        if !is_line_secure(url) {
            return Err(io::Error::other("not https"));
        }
        let host = url.host().unwrap_or_default();
        let is_tls = url.scheme_str() == Some("https");
        let port = url.port_u16().unwrap_or(if is_tls { 443 } else { 80 });
        let bare = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let stream = TcpStream::connect((bare.as_str(), port)).await?;
        let request = request(url, form)?;
        if is_tls {
            let name = ServerName::try_from(bare).map_err(io::Error::other)?;
            exchange(self.connector.connect(name, stream).await?, request).await
        } else {
            exchange(stream, request).await
        }
    }
}

fn request(url: &Uri, form: Option<Form>) -> io::Result<Request<Full<Bytes>>> {
    let path = url.path_and_query().map_or("/", |path| path.as_str());
    let host = url.authority().map_or("", |authority| authority.as_str());
    let builder = Request::builder().uri(path).header(HOST, host).header(ACCEPT, "application/json");
    let built = match form {
        None => builder.body(Full::default()),
        Some(Form { body, authorization }) => {
            let builder = builder.method("POST").header(CONTENT_TYPE, "application/x-www-form-urlencoded");
            let builder = match authorization {
                Some(authorization) => builder.header(AUTHORIZATION, authorization),
                None => builder,
            };
            builder.body(Full::new(Bytes::from(body)))
        }
    };
    built.map_err(io::Error::other)
}

async fn exchange<S>(stream: S, request: Request<Full<Bytes>>) -> io::Result<Fetched>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut requests, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(io::Error::other)?;
    let asking = async move {
        let response = requests.send_request(request).await.map_err(io::Error::other)?;
        let status = response.status().as_u16();
        let body = Limited::new(response.into_body(), limits::OIDC_ANSWER_BYTES_MAX).collect().await;
        Ok(Fetched { status, body: body.map_err(io::Error::other)?.to_bytes() })
    };
    // The connection ends with the answer, whatever the service would like.
    tokio::select! {
        answered = asking => answered,
        ended = connection => {
            ended.map_err(io::Error::other)?;
            Err(io::ErrorKind::UnexpectedEof.into())
        }
    }
}

/// As forms and queries have it (RFC 3986, 2.3: what is not escaped).
pub(super) fn encoded(pairs: &[(&str, &str)]) -> String {
    let pairs: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect();
    pairs.join("&")
}

pub(super) fn escaped(value: &str) -> String {
    let each = value.bytes().map(|byte| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    });
    each.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn nothing_is_asked_over_a_line_that_others_can_read() {
        let fetcher = Fetcher::trusting(None).unwrap();
        for url in ["http://login.invalid/token", "http://login.invalid:443/", "ftp://login.invalid/"] {
            let form = Form { body: "code=x".to_owned(), authorization: None };
            let refused = fetcher.post(&url.parse().unwrap(), form).await;
            let told = refused.err().expect("it is not asked").to_string();
            assert!(told.contains("not https"), "{url}: {told}");
        }
    }
}
