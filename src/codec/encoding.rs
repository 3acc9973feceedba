//! The two encodings of the wire, as the WebSocket subprotocol names them.

/// How frames are written on one socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// Text messages in the proto3 JSON mapping.
    Json,
    /// Binary protobuf messages.
    Proto,
}

impl Encoding {
    /// Every encoding, the hub's preference first.
    pub const ALL: [Self; 2] = [Self::Proto, Self::Json];

    /// The WebSocket subprotocol.
    #[must_use]
    pub const fn subprotocol(self) -> &'static str {
        match self {
            Self::Json => "renkei.v1.json",
            Self::Proto => "renkei.v1.proto",
        }
    }

    /// The encoding of a subprotocol.
    #[must_use]
    pub fn from_subprotocol(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|encoding| encoding.subprotocol() == name)
    }

    /// Whether frames are text messages; else they are binary.
    #[must_use]
    pub const fn is_text(self) -> bool {
        matches!(self, Self::Json)
    }
}
