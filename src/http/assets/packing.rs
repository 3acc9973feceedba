//! The page's files compressed with gzip: who takes that, and what was compressed already. `assets` alone calls it, and
//! nothing but these public files is ever compressed: in an answer that holds a secret beside something that the asker
//! chose, the length tells of the secret (BREACH).

use std::collections::HashMap;
use std::io::Write as _;
use std::sync::{LazyLock, Mutex, PoisonError};

use axum::body::Bytes;
use axum::http::HeaderMap;
use axum::http::header::ACCEPT_ENCODING;
use flate2::Compression;
use flate2::write::GzEncoder;

/// Done once for each file: a megabyte and a half takes a tenth of a second in all.
const LEVEL: Compression = Compression::best();

struct Packed {
    plain: Bytes,
    packed: Bytes,
}

/// By the name of the file, so that it holds no more than there are files.
static PACKED: LazyLock<Mutex<HashMap<String, Packed>>> = LazyLock::new(Mutex::default);

/// The file compressed; nothing where that makes it no smaller. A file that was saved meanwhile is compressed anew.
pub(super) fn packed(name: &str, plain: &Bytes) -> Option<Bytes> {
    let held = || PACKED.lock().unwrap_or_else(PoisonError::into_inner);
    let known = held().get(name).filter(|known| known.plain == *plain).map(|known| known.packed.clone());
    let packed = known.unwrap_or_else(|| {
        let packed = compress(plain);
        held().insert(name.to_owned(), Packed { plain: plain.clone(), packed: packed.clone() });
        packed
    });
    (packed.len() < plain.len()).then_some(packed)
}

fn compress(plain: &[u8]) -> Bytes {
    let mut encoder = GzEncoder::new(Vec::with_capacity(plain.len() / 3), LEVEL);
    let done = encoder.write_all(plain).and_then(|()| encoder.finish());
    done.expect("memory takes everything").into()
}

/// Whether it pays: pictures are compressed as they are.
pub(super) fn is_packable(content_type: &str) -> bool {
    !matches!(content_type, "image/png")
}

/// Whether this client takes gzip (RFC 9110, 12.5.3), and does not like the plain file better. One that says nothing gets
/// the plain file.
pub(super) fn takes_gzip(headers: &HeaderMap) -> bool {
    let lines = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|line| line.to_str().ok());
    let (mut gzip, mut identity, mut any) = (None, None, None);
    for one in lines.flat_map(|line| line.split(',')) {
        let (coding, weight) = one.split_once(';').unwrap_or((one, ""));
        let weight = weight_of(weight);
        match coding.trim().to_ascii_lowercase().as_str() {
            "gzip" | "x-gzip" => gzip = Some(weight),
            "identity" => identity = Some(weight),
            "*" => any = Some(weight),
            _ => {}
        }
    }
    let gzip = gzip.or(any).unwrap_or(0.0);
    gzip > 0.0 && gzip >= identity.unwrap_or(0.0)
}

/// From `q=0.5`; what cannot be read as a weight is no wish for it.
fn weight_of(parameters: &str) -> f32 {
    let parameters = parameters.trim();
    if parameters.is_empty() {
        return 1.0;
    }
    let named = parameters.strip_prefix("q=").or_else(|| parameters.strip_prefix("Q="));
    named.and_then(|weight| weight.trim().parse().ok()).filter(|weight| (0.0..=1.0).contains(weight)).unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn whoever_says_so_takes_gzip_and_nobody_else() {
        for (says, takes) in [
            ("gzip, deflate, br, zstd", true),
            ("deflate, GZIP;q=0.5", true),
            ("x-gzip", true),
            ("*", true),
            ("br;q=1.0, gzip;q=0.8, *;q=0.1", true),
            ("gzip;q=0", false),
            ("gzip;q=0.000, *", false),
            ("identity, gzip;q=0.5", false),
            ("identity;q=0.5, gzip", true),
            ("br", false),
            ("", false),
            ("gzip;q=NaN", false),
            ("gzip;q=-1", false),
            ("gzip;level=9", false),
            ("gzipped", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(says));
            assert_eq!(takes_gzip(&headers), takes, "{says}");
        }
        assert!(!takes_gzip(&HeaderMap::new()));
        let mut two = HeaderMap::new();
        two.append(ACCEPT_ENCODING, HeaderValue::from_static("br"));
        two.append(ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
        assert!(takes_gzip(&two));
    }

    #[test]
    fn what_was_saved_is_compressed_anew_and_what_gains_nothing_is_not() {
        let before = Bytes::from("before ".repeat(100));
        let after = Bytes::from("after ".repeat(100));
        for plain in [&before, &after, &before] {
            let packed = packed("saved.js", plain).unwrap();
            let mut read = Vec::new();
            flate2::read::GzDecoder::new(packed.as_ref()).read_to_end(&mut read).unwrap();
            assert!(packed.len() < 100 && read == plain.as_ref());
        }
        assert_eq!(packed("short.js", &Bytes::from_static(b"0;")), None);
    }
}
