//! Domain ↔ protobuf: the one mapping behind the wire, the journal and the REST bodies.
//!
//! Reading judges shape (ids, dates, decimals, codes, plausible measurements) and names the field; whether an
//! intent makes sense is the domain's own check, whether it is allowed the rulebook's. Nothing here does I/O.

mod audited;
mod audited_account;
mod audited_board;
mod audited_client;
mod audited_device;
mod audited_keeping;
mod audited_mark;
mod audited_reading;
mod body;
mod content;
mod delivery;
mod encoding;
mod field;
mod in_words;
mod intent;
mod mapped;
mod on_behalf;
pub mod proto;
mod snapshot;
mod stored;
#[cfg(test)]
pub(crate) mod tests;

pub use audited::{Audited, decode_audited, encode_audited};
pub use content::{Content, EntryHeader, decode_content, encode_content};
pub use delivery::EncodedEntry;
pub use encoding::Encoding;
pub use intent::{decode_intent, encode_intent};
pub use snapshot::{decode_duty, decode_snapshot, encode_duty, encode_snapshot};
pub use stored::{Dismissed, QueuedPost, Refusal, WrittenFor};
pub use stored::{decode_queued, decode_stored, encode_queued, encode_stored};

pub(crate) use content::{actor, actor_message, alarm, alarm_message, ruling, ruling_message};
pub(crate) use field::{code, date, each, id, id_text, message, optional_id, shortened};
pub(crate) use in_words::{holds, holds_message, words, words_message};
pub(crate) use intent::intent_message;

use crate::domain::text::Invalid;

/// Bytes of the hub's own that cannot be read: they were damaged, or written by a newer hub.
#[derive(Debug, thiserror::Error)]
pub enum CodecError {
    /// No protobuf message of the expected kind.
    #[error("malformed: {0}")]
    Malformed(#[from] prost::DecodeError),
    /// A message whose field says something the domain does not know.
    #[error("{0}")]
    Invalid(#[from] Invalid),
    /// A stored entry of a format newer than this hub.
    #[error("stored in format {0}, which is newer than this hub's")]
    UnknownFormat(u32),
}
