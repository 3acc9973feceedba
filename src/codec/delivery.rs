//! An entry encoded once for all of its readers. The hub shares it; sessions write its frames.

use std::sync::{Arc, OnceLock};

use bytes::{BufMut, Bytes, BytesMut};
use prost::Message;
use prost::encoding::{WireType, encode_key, encode_varint, encoded_len_varint, key_len};

use super::content::{Content, EntryHeader, decode_content, encode_content};
use super::field::{id, id_text, message};
use super::proto::v1;
use super::{CodecError, Encoding};
use crate::domain::entry::Entry;
use crate::domain::ids::{EntryId, Seq, TimelineId};
use crate::domain::text::Invalid;
use crate::domain::time::Timestamp;

/// Field number of `delivery` in `renkei.v1.ServerFrame`.
const DELIVERY: u32 = 1;
/// Field number of `after` in `renkei.v1.Delivery`.
const AFTER: u32 = 1;
/// Field number of `entry` in `renkei.v1.Delivery`.
const ENTRY: u32 = 2;
/// Field number of `content` in `renkei.v1.Entry`.
const CONTENT: u32 = 5;

/// An entry with the frames that deliver it. Cloning shares everything.
#[derive(Clone, Debug)]
pub struct EncodedEntry(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    header: EntryHeader,
    content: Content,
    proto: OnceLock<Frame>,
    json: OnceLock<Frame>,
}

/// The delivery to a reader who was sent everything before.
#[derive(Debug)]
struct Frame {
    whole: Bytes,
    /// From here on the frame is the same for every `after`.
    tail_at: usize,
}

impl EncodedEntry {
    /// Shares an entry's content, encoded for the journal or read from it.
    #[must_use]
    pub fn new(header: EntryHeader, content: Content) -> Self {
        Self(Arc::new(Shared { header, content, proto: OnceLock::new(), json: OnceLock::new() }))
    }

    /// Encodes an entry.
    #[must_use]
    pub fn of(entry: &Entry) -> Self {
        Self::new(EntryHeader::of(entry), encode_content(entry))
    }

    /// Takes an entry that came over the wire.
    pub(crate) fn of_message(sent: v1::Entry) -> Result<Self, Invalid> {
        let header = EntryHeader {
            id: id("id", &sent.id, EntryId)?,
            timeline: id("timeline", &sent.timeline, TimelineId)?,
            seq: Seq(sent.seq),
            recorded_at: Timestamp(sent.recorded_at_us),
        };
        message("content", sent.content, |sent| Ok(Self::new(header, Content::of_message(&sent))))
    }

    /// What stands beside the content.
    #[must_use]
    pub fn header(&self) -> &EntryHeader {
        &self.0.header
    }

    /// The content.
    #[must_use]
    pub fn content(&self) -> &Content {
        &self.0.content
    }

    /// Size of the content, in bytes: what holding this entry costs at least.
    #[must_use]
    pub fn content_bytes(&self) -> usize {
        self.0.content.bytes().len()
    }

    /// The entry as a reader knows it.
    ///
    /// # Errors
    /// When the content says something this version does not know.
    pub fn open(&self) -> Result<Entry, CodecError> {
        decode_content(self.0.header, &self.0.content)
    }

    /// The frame that delivers this entry to a reader whose cursor is at `after`. In the usual case
    /// (`after` is the entry before) every reader of an encoding shares one buffer; else the frame is put
    /// together of the same parts, without encoding the entry again.
    #[must_use]
    pub fn delivery(&self, encoding: Encoding, after: Seq) -> Bytes {
        let usual = self.usual_after();
        let frame = match encoding {
            Encoding::Proto => self.0.proto.get_or_init(|| Frame::new(proto_head, &self.proto_tail(), usual)),
            Encoding::Json => self.0.json.get_or_init(|| Frame::new(json_head, &self.json_tail(), usual)),
        };
        if after == usual {
            return frame.whole.clone();
        }
        let tail = &frame.whole[frame.tail_at..];
        match encoding {
            Encoding::Proto => Frame::new(proto_head, tail, after).whole,
            Encoding::Json => Frame::new(json_head, tail, after).whole,
        }
    }

    fn usual_after(&self) -> Seq {
        Seq(self.0.header.seq.0.saturating_sub(1))
    }

    /// The message without its content, which costs nothing to copy.
    fn head_message(&self) -> v1::Entry {
        let header = &self.0.header;
        v1::Entry {
            id: id_text(header.id.0),
            timeline: id_text(header.timeline.0),
            seq: header.seq.0,
            recorded_at_us: header.recorded_at.as_micros(),
            content: None,
        }
    }

    /// The whole message, for those who need its fields.
    pub(crate) fn message(&self) -> v1::Entry {
        v1::Entry { content: Some(self.0.content.message()), ..self.head_message() }
    }

    /// Field `entry` of a delivery: the header is encoded, the content copied behind it.
    fn proto_tail(&self) -> Vec<u8> {
        let head = self.head_message();
        let content = self.0.content.bytes();
        let entry_bytes = head.encoded_len() + key_len(CONTENT) + length_delimited_len(content.len());
        let mut tail = Vec::with_capacity(key_len(ENTRY) + length_delimited_len(entry_bytes));
        encode_key(ENTRY, WireType::LengthDelimited, &mut tail);
        encode_varint(entry_bytes as u64, &mut tail);
        head.encode(&mut tail).expect("a Vec takes all");
        encode_key(CONTENT, WireType::LengthDelimited, &mut tail);
        encode_varint(content.len() as u64, &mut tail);
        tail.extend_from_slice(content);
        tail
    }

    /// Member `entry` of a delivery and the end of both objects around it.
    fn json_tail(&self) -> Vec<u8> {
        let mut tail = br#""entry":"#.to_vec();
        serde_json::to_writer(&mut tail, &self.message()).expect("messages have text keys and a Vec takes all");
        tail.extend_from_slice(b"}}");
        tail
    }
}

/// Two encoded entries are equal when a reader could not tell them apart.
impl PartialEq for EncodedEntry {
    fn eq(&self, other: &Self) -> bool {
        self.0.header == other.0.header && self.0.content == other.0.content
    }
}

impl Eq for EncodedEntry {}

impl Frame {
    fn new(head: fn(&mut BytesMut, Seq, usize), tail: &[u8], after: Seq) -> Self {
        let mut whole = BytesMut::with_capacity(HEAD_BYTES_MAX + tail.len());
        head(&mut whole, after, tail.len());
        let tail_at = whole.len();
        whole.extend_from_slice(tail);
        Self { whole: whole.freeze(), tail_at }
    }
}

/// Longest head of either encoding: `{"delivery":{"after":"` + 20 digits + `",`.
const HEAD_BYTES_MAX: usize = 48;

fn proto_head(frame: &mut BytesMut, after: Seq, tail_bytes: usize) {
    let after_bytes = if after == Seq::ZERO { 0 } else { key_len(AFTER) + encoded_len_varint(after.0) };
    encode_key(DELIVERY, WireType::LengthDelimited, frame);
    encode_varint((after_bytes + tail_bytes) as u64, frame);
    if after != Seq::ZERO {
        encode_key(AFTER, WireType::Varint, frame);
        encode_varint(after.0, frame);
    }
}

fn json_head(frame: &mut BytesMut, after: Seq, _: usize) {
    frame.put_slice(br#"{"delivery":{"#);
    if after != Seq::ZERO {
        frame.put_slice(format!(r#""after":"{after}","#).as_bytes());
    }
}

fn length_delimited_len(bytes: usize) -> usize {
    encoded_len_varint(bytes as u64) + bytes
}
