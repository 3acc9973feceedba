//! What a post costs in bytes and back: reading it, encoding its content, composing and sharing its deliveries.

use std::hint::black_box;

use bytes::Bytes;
use criterion::{Criterion, criterion_group, criterion_main};
use renkei::codec::{
    Content, EncodedEntry, Encoding, EntryHeader, decode_stored, encode_content, encode_intent, encode_stored,
};
use renkei::domain::entry::{Entry, Intent};
use renkei::domain::ids::Seq;
use renkei::wire::{ClientFrame, ServerFrame, decode_client, decode_server, encode_client};

const POST: &str = include_str!("../proto/examples/client/post_vital.json");
const DELIVERY: &str = include_str!("../proto/examples/server/delivery.json");

fn post() -> Intent {
    match decode_client(Encoding::Json, POST.as_bytes()) {
        Ok(ClientFrame::Post(intent)) => intent,
        other => panic!("the example is a post, not {other:?}"),
    }
}

fn entry() -> Entry {
    match decode_server(Encoding::Json, DELIVERY.as_bytes()) {
        Ok(Some(ServerFrame::Delivery { entry, .. })) => entry.open().expect("the example is an entry"),
        other => panic!("the example is a delivery, not {other:?}"),
    }
}

fn posts(c: &mut Criterion) {
    let frame = ClientFrame::Post(post());
    for (encoding, name) in [(Encoding::Proto, "proto"), (Encoding::Json, "json")] {
        let bytes = encode_client(encoding, &frame);
        c.bench_function(&format!("decode a post, {name} ({} bytes)", bytes.len()), |b| {
            b.iter(|| decode_client(encoding, black_box(&bytes)));
        });
    }
    let intent = post();
    c.bench_function("encode an intent (for its MAC)", |b| b.iter(|| encode_intent(black_box(&intent))));
}

fn contents(c: &mut Criterion) {
    let entry = entry();
    let content = encode_content(&entry);
    let stored = Bytes::from(encode_stored(&entry, &content));
    let name = format!("encode content ({} bytes)", content.bytes().len());
    c.bench_function(&name, |b| b.iter(|| encode_content(black_box(&entry))));
    c.bench_function("encode stored", |b| b.iter(|| encode_stored(black_box(&entry), &content)));
    c.bench_function("decode stored", |b| {
        b.iter(|| decode_stored(EntryHeader::of(&entry), black_box(stored.clone())));
    });
}

fn deliveries(c: &mut Criterion) {
    let entry = entry();
    let header = EntryHeader::of(&entry);
    let content: Content = encode_content(&entry);
    let usual = Seq(header.seq.0 - 1);
    for (encoding, name) in [(Encoding::Proto, "proto"), (Encoding::Json, "json")] {
        c.bench_function(&format!("first delivery of an entry, {name}"), |b| {
            b.iter(|| EncodedEntry::new(header, black_box(content.clone())).delivery(encoding, usual));
        });
        let encoded = EncodedEntry::new(header, content.clone());
        c.bench_function(&format!("further delivery, shared, {name}"), |b| {
            b.iter(|| encoded.delivery(encoding, black_box(usual)));
        });
        c.bench_function(&format!("further delivery, composed for another cursor, {name}"), |b| {
            b.iter(|| encoded.delivery(encoding, black_box(Seq(2))));
        });
    }
}

criterion_group!(benches, posts, contents, deliveries);
criterion_main!(benches);
