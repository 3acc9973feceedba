//! The messages generated from `proto/` with their JSON mapping. Nothing but the rest of `codec` and `wire`
//! builds or reads them.

/// `renkei.v1`: what goes over the wire.
#[expect(
    clippy::large_enum_variant,
    reason = "generated; a frame is moved once, and boxing would cost each post an allocation"
)]
pub mod v1 {
    include!(concat!(env!("OUT_DIR"), "/renkei.v1.rs"));
    include!(concat!(env!("OUT_DIR"), "/renkei.v1.serde.rs"));
    include!(concat!(env!("OUT_DIR"), "/hello/renkei.v1.serde.rs"));
}

/// `renkei.store.v1`: what the journal seals.
pub mod store {
    /// Mirrors the package, so that generated paths between packages resolve.
    pub mod v1 {
        include!(concat!(env!("OUT_DIR"), "/renkei.store.v1.rs"));
    }
}
