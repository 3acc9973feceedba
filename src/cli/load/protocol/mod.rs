//! What the load driver must know of a server it drives. Everything else (opening thousands of
//! connections, pacing, bookkeeping, figures) is the same for every server.

pub mod bare;
pub mod renkei;

use tokio_tungstenite::{WebSocketStream, tungstenite::Message};
use uuid::Uuid;

use super::transport::Transport;

/// The two sorts of connection a run opens, numbered from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Party {
    /// Listens to one patient's timeline.
    Member { patient: u32, member: u32 },
    /// Posts to the patients that `Scenario::patients_of` gives it; need not listen.
    Sender { sender: u32 },
}

/// One post to encode. `id` is a version 7 UUID that no other post of any run has.
#[derive(Debug, Clone, Copy)]
pub struct Post<'a> {
    pub id: Uuid,
    pub patient: u32,
    pub body: &'a str,
}

/// What the driver wants to know of a frame the server sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Incoming<'a> {
    /// The post is durable and has this place on its patient's timeline.
    Acknowledged { id: Uuid, seq: u64 },
    /// An entry of a patient's timeline. Entries that are no posts of this run may be passed on or
    /// left out.
    Delivered { patient: u32, id: Uuid, seq: u64 },
    /// The post was not taken; a run in which this happens is no measurement.
    Refused { id: Uuid, reason: &'a str },
}

/// The server sent what its protocol does not allow.
#[derive(Debug, thiserror::Error)]
#[error("the server sent a frame that is not of its protocol: {0}")]
pub struct Malformed(pub String);

/// A server under test. Cloned once for each worker thread; its futures stay on one thread.
pub trait Protocol: Clone + Send + 'static {
    /// Opens a connection of `party`: upgrades it, signs in, and for a member subscribes to the
    /// patient. Done only when the server has confirmed, so that no later post can be missed.
    fn open<T: Transport>(
        &self,
        transport: &T,
        party: Party,
    ) -> impl Future<Output = anyhow::Result<WebSocketStream<T::Stream>>>;

    fn encode(&self, post: Post<'_>) -> Message;

    /// Calls `each` for everything of interest in one frame, in the order in which it stands there.
    /// Frames of no interest (heartbeats, presence) are passed over in silence.
    fn decode(&self, message: &Message, each: impl FnMut(Incoming<'_>)) -> Result<(), Malformed>;
}
