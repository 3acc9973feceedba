//! Compiles `proto/` into Rust: messages by prost, their proto3 JSON mapping by pbjson. The only user is
//! `src/codec/proto.rs`. Needs no protoc.

use std::error::Error;
use std::path::PathBuf;

const FILES: [&str; 5] = [
    "renkei/v1/body.proto",
    "renkei/v1/duty.proto",
    "renkei/v1/entry.proto",
    "renkei/v1/frames.proto",
    "renkei/store/v1/journal.proto",
];

/// Bodies that are large and rare, so that a vital or a message is moved cheaply; boxed in the domain too.
const BOXED: [&str; 21] = [
    "admission",
    "call",
    "care_plan",
    "conference",
    "contact_window",
    "device_change",
    "discharge",
    "duty_answer",
    "duty_step",
    "export",
    "incident",
    "lab_result",
    "medication_list",
    "medication_report",
    "nursing_instruction",
    "nursing_report",
    "order",
    "registration",
    "station_change",
    "visit",
    "visit_plan",
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=proto/renkei");
    let descriptors = protox::compile(FILES, ["proto"])?;

    let out_dir = PathBuf::from(std::env::var("OUT_DIR")?);
    let mut json = pbjson_build::Builder::new();
    for file in &descriptors.file {
        json.register_file_descriptor(file.clone());
    }
    json.out_dir(&out_dir);
    // A misspelt `sensitivity` that is passed over would show an entry to more people than was meant, so
    // fields nobody knows are refused. `hello` comes before the version is agreed and may offer more.
    json.exclude([".renkei.v1.Hello"]).build(&[".renkei.v1"])?;
    let mut hello = pbjson_build::Builder::new();
    for file in &descriptors.file {
        hello.register_file_descriptor(file.clone());
    }
    let hello_dir = out_dir.join("hello");
    std::fs::create_dir_all(&hello_dir)?;
    hello.out_dir(&hello_dir).ignore_unknown_fields().build(&[".renkei.v1.Hello"])?;

    let mut rust = prost_build::Config::new();
    rust.bytes([".renkei.store.v1"]);
    for body in BOXED {
        rust.boxed(format!(".renkei.v1.Body.kind.{body}"));
    }
    rust.boxed(".renkei.store.v1.AuditRecord.what");
    rust.compile_fds(descriptors)?;
    Ok(())
}
