//! The web client inside the binary, and the headers every answer of the hub carries.
//!
//! The router falls back to `serve` for paths it does not know, and runs every answer through `guard`.
//! A debug build reads `web/` from the disk, so that a reload shows what was just saved. `packing` compresses.

mod packing;

use std::borrow::Cow;
use std::collections::BTreeMap;

use axum::body::{Body, Bytes};
use axum::http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH,
    REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, VARY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use crate::config::PageSettings;

#[derive(rust_embed::Embed)]
#[folder = "web/"]
struct Web;

/// Scripts, styles and connections of this origin only; no inline script or style, no `eval`, no frames; strings
/// reach the DOM through Lit's templates alone, and one service worker may be started (Trusted Types).
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; \
                      connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types lit-html renkei-worker";

/// Of a page that is printed: its own style, and nothing from anywhere else.
pub const PRINTED_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; \
                                  frame-ancestors 'none'";

/// The one script that the page may start by its address.
const WORKER: &str = "/worker.js";

/// Two years, as preload lists ask.
const TRANSPORT: &str = "max-age=63072000; includeSubDomains";

/// Nothing of the device but meters, each of which the browser asks the person about. Photographs come from the camera's
/// own app, through the file picker, and need nothing here.
const PERMISSIONS: &str = "bluetooth=(self), camera=(), geolocation=(), microphone=(), payment=(), usb=()";

/// The same where the region lets notes be spoken.
const PERMISSIONS_TO_LISTEN: &str =
    "bluetooth=(self), camera=(), geolocation=(), microphone=(self), payment=(), usb=()";

const GUARDS: [(HeaderName, &str); 5] = [
    (CONTENT_SECURITY_POLICY, POLICY),
    (STRICT_TRANSPORT_SECURITY, TRANSPORT),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

/// Serves a file of the web client; `/` is its page. Meant as the router's fallback.
pub async fn serve(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    if method != Method::GET && method != Method::HEAD {
        let mut response = plain(StatusCode::METHOD_NOT_ALLOWED, "method not allowed\n");
        response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
        return response;
    }
    find(uri.path(), &headers)
}

/// Adds the security headers, and keeps out of every cache what does not say how it may be cached.
/// Meant for `axum::middleware::map_response` around the whole router.
pub async fn guard(mut response: Response, page: PageSettings) -> Response {
    let headers = response.headers_mut();
    let permissions = if page.speech_input { PERMISSIONS_TO_LISTEN } else { PERMISSIONS };
    for (name, value) in GUARDS.into_iter().chain([(HeaderName::from_static("permissions-policy"), permissions)]) {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

fn find(path: &str, asked: &HeaderMap) -> Response {
    if path == WORKER {
        return worker(asked);
    }
    let path = if path == "/" { "index.html" } else { path.trim_start_matches('/') };
    let (Some(content_type), Some(file)) = (content_type(path), Web::get(path)) else {
        return plain(StatusCode::NOT_FOUND, "not found\n");
    };
    let hash = URL_SAFE_NO_PAD.encode(&file.metadata.sha256_hash()[..16]);
    let (mut response, is_packed) = represented(path, content_type, bytes(file.data), asked);
    // Each representation has a tag of its own (RFC 9110, 8.8.3.3): a cache must not take one for the other.
    let tag = if is_packed { format!("\"{hash}.gz\"") } else { format!("\"{hash}\"") };
    let known = asked.get_all(IF_NONE_MATCH).iter().filter_map(|known| known.to_str().ok());
    if known.into_iter().any(|known| names(known, &tag)) {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        *response.body_mut() = Body::empty();
        response.headers_mut().remove(CONTENT_ENCODING);
    }
    response.headers_mut().insert(ETAG, HeaderValue::from_str(&tag).expect("base64 is ASCII"));
    response
}

/// The file as this client takes it, and whether that is compressed.
fn represented(path: &str, content_type: &'static str, file: Bytes, asked: &HeaderMap) -> (Response, bool) {
    let is_packable = packing::is_packable(content_type);
    let packed = if is_packable && packing::takes_gzip(asked) { packing::packed(path, &file) } else { None };
    let is_packed = packed.is_some();
    let mut response = Response::new(Body::from(packed.unwrap_or(file)));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    // Kept by browsers, but asked for again each time: an upgrade of the hub is an upgrade of the client.
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    if is_packable {
        headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    }
    if is_packed {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    (response, is_packed)
}

/// Without a copy where it lies in the binary.
fn bytes(file: Cow<'static, [u8]>) -> Bytes {
    match file {
        Cow::Borrowed(file) => Bytes::from_static(file),
        Cow::Owned(file) => Bytes::from(file),
    }
}

/// The service worker, behind the list of all files of this page with their SHA-256: a worker takes these very files or
/// none, so that what a browser keeps is one version of the page.
fn worker(asked: &HeaderMap) -> Response {
    let Some(file) = Web::get(WORKER.trim_start_matches('/')) else {
        return plain(StatusCode::NOT_FOUND, "not found\n");
    };
    let mut files = BTreeMap::new();
    for name in Web::iter().filter(|name| content_type(name).is_some()) {
        let path = if name == "index.html" { "/".to_owned() } else { format!("/{name}") };
        let Some(file) = Web::get(&name).filter(|_| path != WORKER) else { continue };
        files.insert(path, STANDARD.encode(file.metadata.sha256_hash()));
    }
    let list = serde_json::to_string(&files).expect("a map of texts");
    let mut text = format!("globalThis.RENKEI_FILES = {list};\n").into_bytes();
    text.extend_from_slice(&file.data);
    represented(WORKER, SCRIPT, Bytes::from(text), asked).0
}

const SCRIPT: &str = "text/javascript; charset=utf-8";

/// The closed list of what is served; sources for tests and notes for readers, which lie beside it, are not.
fn content_type(path: &str) -> Option<&'static str> {
    let (_, extension) = path.rsplit_once('.')?;
    Some(match extension {
        "html" => "text/html; charset=utf-8",
        "js" => SCRIPT,
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "txt" => "text/plain; charset=utf-8",
        "webmanifest" => "application/manifest+json",
        _ => return None,
    })
}

/// Whether an `If-None-Match` header names this tag (RFC 9110, 13.1.2: weak comparison).
fn names(header: &str, tag: &str) -> bool {
    header.trim() == "*" || header.split(',').any(|one| one.trim().trim_start_matches("W/") == tag)
}

fn plain(status: StatusCode, text: &'static str) -> Response {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::http::Request;
    use axum::middleware::map_response;
    use axum::routing::get;
    use http_body_util::BodyExt;
    use tower::ServiceExt;

    use super::*;

    async fn ask(request: Request<Body>) -> Response {
        ask_of(PageSettings::default(), request).await
    }

    async fn ask_of(page: PageSettings, request: Request<Body>) -> Response {
        let guarded = map_response(move |response: Response| guard(response, page));
        let router = Router::new().route("/api/v1/me", get(async || "{}")).fallback(serve).layer(guarded);
        router.oneshot(request).await.unwrap()
    }

    async fn fetch(path: &str) -> Response {
        ask(Request::get(path).body(Body::empty()).unwrap()).await
    }

    fn header<'a>(response: &'a Response, name: &str) -> &'a str {
        response.headers().get(name).map_or("", |value| value.to_str().unwrap())
    }

    async fn text(response: Response) -> String {
        String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().into()).unwrap()
    }

    #[tokio::test]
    async fn every_file_that_the_page_names_is_served_with_its_type() {
        let page = fetch("/").await;
        assert_eq!(header(&page, "content-type"), "text/html; charset=utf-8");
        let html = text(page).await;
        let named: Vec<&str> =
            html.split(['"', '\'']).filter(|word| word.starts_with('/') && word.contains('.')).collect();
        assert!(named.len() > 5, "{named:?}");
        for path in named {
            let response = fetch(path).await;
            assert_eq!(response.status(), StatusCode::OK, "{path}");
            let expected = match path.rsplit_once('.').unwrap().1 {
                "js" => "text/javascript; charset=utf-8",
                "css" => "text/css; charset=utf-8",
                "png" => "image/png",
                "webmanifest" => "application/manifest+json",
                _ => "image/svg+xml",
            };
            assert_eq!(header(&response, "content-type"), expected, "{path}");
        }
    }

    #[tokio::test]
    async fn a_page_already_held_is_not_sent_again() {
        let first = fetch("/app.js").await;
        let tag = header(&first, "etag").to_owned();
        assert_eq!(header(&first, "cache-control"), "no-cache");
        for known in [tag.clone(), format!("\"other\", W/{tag}"), "*".to_owned()] {
            let again = ask(Request::get("/app.js").header("if-none-match", &known).body(Body::empty()).unwrap()).await;
            assert_eq!((again.status(), header(&again, "etag")), (StatusCode::NOT_MODIFIED, tag.as_str()), "{known}");
            assert_eq!(text(again).await, "");
        }
        let changed =
            ask(Request::get("/app.js").header("if-none-match", "\"other\"").body(Body::empty()).unwrap()).await;
        assert_eq!(changed.status(), StatusCode::OK);
    }

    fn asking(path: &str, encoding: &str) -> axum::http::request::Builder {
        Request::get(path).header("accept-encoding", encoding)
    }

    #[tokio::test]
    async fn files_of_the_page_are_compressed_for_who_takes_that_and_are_the_same_files() {
        for path in
            ["/", "/app.js", "/styles/base.css", "/icon.svg", "/app.webmanifest", "/vendor/LICENSE-lit.txt", WORKER]
        {
            let plain = fetch(path).await;
            assert_eq!((header(&plain, "content-encoding"), header(&plain, "vary")), ("", "accept-encoding"), "{path}");
            let packed = ask(asking(path, "gzip, br").body(Body::empty()).unwrap()).await;
            assert_eq!(header(&packed, "content-encoding"), "gzip", "{path}");
            assert_eq!(header(&packed, "vary"), "accept-encoding", "{path}");
            assert_eq!(header(&packed, "content-type"), header(&plain, "content-type"), "{path}");
            assert!(path == WORKER || header(&packed, "etag") != header(&plain, "etag"), "{path}");
            let packed = packed.into_body().collect().await.unwrap().to_bytes();
            let mut read = String::new();
            std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(packed.as_ref()), &mut read).unwrap();
            let plain = text(plain).await;
            assert!(read == plain && packed.len() < plain.len(), "{path}");
        }
        let picture = ask(asking("/icon-192.png", "gzip").body(Body::empty()).unwrap()).await;
        assert_eq!((header(&picture, "content-encoding"), header(&picture, "vary")), ("", ""));
        // BREACH: what is not a public file never is.
        let answer = ask(asking("/api/v1/me", "gzip").body(Body::empty()).unwrap()).await;
        assert_eq!((header(&answer, "content-encoding"), header(&answer, "vary")), ("", ""));
    }

    #[tokio::test]
    async fn each_representation_is_known_by_its_own_tag() {
        let plain = header(&fetch("/app.js").await, "etag").to_owned();
        let first = ask(asking("/app.js", "gzip").body(Body::empty()).unwrap()).await;
        let packed = header(&first, "etag").to_owned();
        let status = async |encoding: &str, known: &str| {
            let request = asking("/app.js", encoding).header("if-none-match", known).body(Body::empty()).unwrap();
            let response = ask(request).await;
            assert_eq!(header(&response, "etag"), if encoding == "gzip" { &packed } else { &plain });
            assert_eq!(header(&response, "vary"), "accept-encoding");
            response.status()
        };
        for (encoding, known, expected) in [
            ("gzip", packed.as_str(), StatusCode::NOT_MODIFIED),
            ("identity", plain.as_str(), StatusCode::NOT_MODIFIED),
            ("gzip", plain.as_str(), StatusCode::OK),
            ("identity", packed.as_str(), StatusCode::OK),
            ("gzip", &format!("{plain}, W/{packed}"), StatusCode::NOT_MODIFIED),
        ] {
            assert_eq!(status(encoding, known).await, expected, "{encoding} {known}");
        }
    }

    #[tokio::test]
    async fn a_head_has_the_length_of_what_would_be_sent_and_no_body() {
        for encoding in ["gzip", "identity"] {
            let got = ask(asking("/app.js", encoding).body(Body::empty()).unwrap()).await;
            let request = Request::head("/app.js").header("accept-encoding", encoding).body(Body::empty()).unwrap();
            let head = ask(request).await;
            for name in ["content-length", "content-encoding", "etag", "vary", "content-type"] {
                assert_eq!(header(&head, name), header(&got, name), "{name} of {encoding}");
            }
            let length = text_length(got).await;
            assert_eq!(header(&head, "content-length"), length.to_string());
            assert_eq!(text_length(head).await, 0);
        }
    }

    async fn text_length(response: Response) -> usize {
        response.into_body().collect().await.unwrap().to_bytes().len()
    }

    #[tokio::test]
    async fn the_worker_names_every_file_of_the_page_with_its_hash_and_itself_not() {
        let worker = fetch(WORKER).await;
        assert_eq!(header(&worker, "content-type"), "text/javascript; charset=utf-8");
        assert_eq!(header(&worker, "cache-control"), "no-cache");
        let text = text(worker).await;
        let (list, code) =
            text.strip_prefix("globalThis.RENKEI_FILES = ").and_then(|rest| rest.split_once(";\n")).unwrap();
        assert_eq!(code.as_bytes(), Web::get("worker.js").unwrap().data.as_ref());
        let files: BTreeMap<String, String> = serde_json::from_str(list).unwrap();
        for (path, hash) in &files {
            let response = fetch(path).await;
            assert_eq!(response.status(), StatusCode::OK, "{path}");
            let tag = header(&response, "etag").trim_matches('"').to_owned();
            let hash = STANDARD.decode(hash).unwrap();
            assert_eq!(URL_SAFE_NO_PAD.encode(&hash[..16]), tag, "{path}");
        }
        for wanted in ["/", "/app.js", "/styles/base.css", "/icon.svg", "/app.webmanifest", "/views/console/console.js"]
        {
            assert!(files.contains_key(wanted), "{wanted}");
        }
        for other in [WORKER, "/index.html", "/VENDORED.md", "/vendor/lit.d.ts"] {
            assert!(!files.contains_key(other), "{other}");
        }
        assert!(files.keys().all(|path| !path.starts_with("/api")));
    }

    #[tokio::test]
    async fn what_is_not_the_client_is_not_found() {
        for path in
            ["/nothing.js", "/VENDORED.md", "/vendor/lit.d.ts", "/../Cargo.toml", "/%2e%2e/Cargo.toml", "/views", "//"]
        {
            assert_eq!(fetch(path).await.status(), StatusCode::NOT_FOUND, "{path}");
        }
        let posted = ask(Request::post("/").body(Body::empty()).unwrap()).await;
        assert_eq!((posted.status(), header(&posted, "allow")), (StatusCode::METHOD_NOT_ALLOWED, "GET, HEAD"));
    }

    /// Written by hand: who takes one away, or lets more in, does so here too.
    const DIRECTIVES: [&str; 12] = [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types lit-html renkei-worker",
    ];

    #[tokio::test]
    async fn row_21_every_answer_is_guarded_and_answers_of_the_api_are_never_kept() {
        for path in ["/", "/api/v1/me", "/nothing"] {
            let response = fetch(path).await;
            let policy: Vec<&str> = header(&response, "content-security-policy").split("; ").collect();
            assert_eq!(policy, DIRECTIVES, "{path}");
            assert_eq!(header(&response, "strict-transport-security"), "max-age=63072000; includeSubDomains");
            assert_eq!(header(&response, "x-content-type-options"), "nosniff");
            assert_eq!(header(&response, "referrer-policy"), "no-referrer");
            assert_eq!(header(&response, "cross-origin-opener-policy"), "same-origin");
        }
        assert_eq!(header(&fetch("/api/v1/me").await, "cache-control"), "no-store");
        assert_eq!(header(&fetch("/nothing").await, "cache-control"), "no-store");
    }

    #[tokio::test]
    async fn the_page_listens_only_where_the_region_lets_notes_be_spoken() {
        for (speech_input, microphone) in [(false, "microphone=()"), (true, "microphone=(self)")] {
            let request = Request::get("/").body(Body::empty()).unwrap();
            let response = ask_of(PageSettings { speech_input }, request).await;
            let permissions: Vec<&str> = header(&response, "permissions-policy").split(", ").collect();
            assert!(permissions.contains(&microphone), "{permissions:?}");
            assert!(["camera=()", "geolocation=()", "usb=()"].iter().all(|one| permissions.contains(one)));
        }
    }

    #[test]
    fn the_page_has_no_script_or_style_of_its_own() {
        for path in Web::iter().filter(|path| path.ends_with(".html")) {
            let file = Web::get(&path).unwrap();
            let html = std::str::from_utf8(&file.data).unwrap();
            for forbidden in ["<style", "style=", " onclick", " onload", "javascript:"] {
                assert!(!html.contains(forbidden), "{path} holds {forbidden}");
            }
            assert!(!html.contains("<script>"), "{path} holds an inline script");
        }
    }
}
