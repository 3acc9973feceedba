//! Frames ↔ domain: the only (de)serialisation for WebSocket clients. Called by sessions, and by the demo, the
//! load driver and tests, which speak for clients. No I/O: bytes in, frames out.
//!
//! `docs/protocol.md` tells the story, `proto/renkei/v1/frames.proto` is the contract, `proto/examples/` holds
//! one golden frame of each.

mod client;
pub mod codes;
mod error;
mod frame;
mod objects;
mod parse;
pub mod rest;
mod server;
pub mod slip;
#[cfg(test)]
mod tests;
pub mod version;

pub use crate::codec::{EncodedEntry, Encoding};
pub(crate) use crate::codec::{code, date, id};
pub use client::{decode_client, encode_client};
pub use error::{About, FrameError};
pub use frame::{
    Accepted, ClientFrame, DryRunResult, ErrorNotice, Goodbye, Hello, Language, Notice, Refused, ServerFrame, Verdict,
    Welcome,
};
pub use parse::{made_by_client, read_json};
pub use server::{decode_server, encode_server};
pub use version::negotiate;
