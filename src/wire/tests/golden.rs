//! The golden frames of `proto/examples/`: each is read, written again in both encodings and compared.
//!
//! `RENKEI_BLESS=1 cargo test golden` writes the binary frames anew from the JSON ones.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::domain::kind::Kind;
use crate::wire::*;

/// Path, text and JSON of every example of one side, in order of their names.
fn examples(side: &str) -> Vec<(PathBuf, String, Value)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("proto/examples").join(side);
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    paths.sort();
    assert!(!paths.is_empty());
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).unwrap();
        let json = serde_json::from_str(&text).unwrap();
        (path, text, json)
    };
    paths.into_iter().map(read).collect()
}

fn frames(examples: &[(PathBuf, String, Value)]) -> BTreeSet<&str> {
    examples.iter().flat_map(|(_, _, json)| json.as_object().unwrap().keys().map(String::as_str)).collect()
}

fn golden_bytes(json: &Path, bytes: &[u8]) -> Vec<u8> {
    let path = json.with_extension("bin");
    if std::env::var_os("RENKEI_BLESS").is_some() {
        std::fs::write(&path, bytes).unwrap();
    }
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn json_of(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap()
}

#[test]
fn client_frames_come_back_as_they_were_in_both_encodings() {
    for (path, text, json) in examples("client") {
        let name = path.display();
        let frame = decode_client(Encoding::Json, text.as_bytes()).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(json_of(&encode_client(Encoding::Json, &frame)), json, "{name}");
        let binary = encode_client(Encoding::Proto, &frame);
        assert_eq!(golden_bytes(&path, &binary), binary, "{name}");
        assert_eq!(decode_client(Encoding::Proto, &binary).unwrap(), frame, "{name}");
    }
}

#[test]
fn server_frames_come_back_as_they_were_in_both_encodings() {
    for (path, text, json) in examples("server") {
        let name = path.display();
        let frame = decode_server(Encoding::Json, text.as_bytes()).unwrap_or_else(|error| panic!("{name}: {error}"));
        let frame = frame.unwrap();
        assert_eq!(json_of(&encode_server(Encoding::Json, &frame)), json, "{name}");
        let binary = encode_server(Encoding::Proto, &frame);
        assert_eq!(golden_bytes(&path, &binary), binary, "{name}");
        assert_eq!(decode_server(Encoding::Proto, &binary).unwrap().unwrap(), frame, "{name}");
    }
}

#[test]
fn every_frame_and_every_kind_of_body_has_an_example() {
    let client = ["dryRun", "heartbeat", "hello", "markRead", "post", "subscribe", "unsubscribe"];
    assert_eq!(frames(&examples("client")), BTreeSet::from(client));
    let server = [
        "accepted",
        "caughtUp",
        "delivery",
        "dryRunResult",
        "error",
        "forget",
        "goodbye",
        "heartbeat",
        "notice",
        "presence",
        "queued",
        "readMarker",
        "refused",
        "subscribed",
        "welcome",
    ];
    assert_eq!(frames(&examples("server")), BTreeSet::from(server));

    let kind_posted = |(_, text, _): (PathBuf, String, Value)| match decode_client(Encoding::Json, text.as_bytes()) {
        Ok(ClientFrame::Post(intent)) => Some(intent.body.kind()),
        _ => None,
    };
    let kinds: BTreeSet<Kind> = examples("client").into_iter().filter_map(kind_posted).collect();
    assert_eq!(kinds, Kind::ALL.iter().copied().collect());
}

#[test]
fn whether_a_kind_can_refer_to_another_entry_is_as_its_bodies_have_it() {
    for (path, text, _) in examples("client") {
        if let Ok(ClientFrame::Post(intent)) = decode_client(Encoding::Json, text.as_bytes()) {
            let has_place = intent.body.place_of_reference().is_some();
            assert_eq!(has_place, intent.body.kind().can_refer(), "{}", path.display());
        }
    }
}

#[test]
fn posted_examples_pass_the_domains_own_check() {
    for (path, text, _) in examples("client") {
        if let Ok(ClientFrame::Post(intent) | ClientFrame::DryRun(intent)) =
            decode_client(Encoding::Json, text.as_bytes())
        {
            assert_eq!(intent.check(jiff::civil::date(2026, 4, 1)), Ok(()), "{}", path.display());
        }
    }
}

#[test]
fn the_protocols_page_shows_every_frame_and_lists_every_code() {
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/protocol.md")).unwrap();
    let shown: Vec<Value> = page
        .split("```json\n")
        .skip(1)
        .filter_map(|block| serde_json::from_str(block.split("```").next()?).ok())
        .collect();
    let mut frames = BTreeSet::new();
    for (path, _, json) in [examples("client"), examples("server")].concat() {
        if shown.contains(&json) {
            frames.extend(
                json.as_object().unwrap().keys().map(|frame| (path.parent().unwrap().to_owned(), frame.clone())),
            );
        }
    }
    assert_eq!(
        frames.len(),
        7 + 15,
        "an example of every frame stands in the page exactly as in proto/examples: {frames:?}"
    );
    for close in codes::CloseCode::ALL {
        let retry = if close.retry() { "retry" } else { "final" };
        let row = format!("| {} | `{}` | {retry} |", close.number(), close.code());
        assert!(page.contains(&row), "missing: {row}");
    }
    for code in codes::Code::ALL {
        assert!(page.contains(&format!("| `{}` |", code.code())), "missing: {code}");
    }
}
