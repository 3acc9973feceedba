//! Domain ↔ protobuf.

pub mod proto;
