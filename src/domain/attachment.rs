//! What is attached to an entry: a reference to a sealed file by the hash of its content. The file itself is
//! uploaded before the entry is posted and kept outside the timeline; nothing here reads it.

use std::fmt;
use std::str::FromStr;

use super::list::closed_list;
use super::text::{Invalid, Text};
use crate::limits;

/// SHA-256 of a file's content: its name in the store of attachments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ContentHash(pub [u8; 32]);

/// Why a text is no content hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a SHA-256 of 64 lower-case hexadecimal digits")]
pub struct NotAHash;

impl fmt::Display for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl FromStr for ContentHash {
    type Err = NotAHash;

    fn from_str(text: &str) -> Result<Self, NotAHash> {
        let digit = |byte: u8| match byte {
            b'0'..=b'9' => Ok(byte - b'0'),
            b'a'..=b'f' => Ok(byte - b'a' + 10),
            _ => Err(NotAHash),
        };
        let digits: &[u8; 64] = text.as_bytes().try_into().map_err(|_| NotAHash)?;
        let mut hash = [0; 32];
        for (byte, pair) in hash.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = digit(pair[0])? << 4 | digit(pair[1])?;
        }
        Ok(Self(hash))
    }
}

closed_list! {
    /// What may be attached, by media type: what a phone photographs and an office prints.
    MediaType {
        Pdf = "application/pdf", "PDF", "PDF";
        Jpeg = "image/jpeg", "写真（JPEG）", "photo (JPEG)";
        Png = "image/png", "画像（PNG）", "image (PNG)";
        Heic = "image/heic", "写真（HEIC）", "photo (HEIC)";
        Webp = "image/webp", "画像（WebP）", "image (WebP)";
        PlainText = "text/plain", "テキスト", "text";
        Csv = "text/csv", "表（CSV）", "table (CSV)";
    }
}

/// A file that belongs to an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    pub sha256: ContentHash,
    pub media_type: MediaType,
    /// Size of the content.
    pub size_bytes: u32,
    /// What it is, for people: 点滴指示書 4月1日.
    pub title: String,
}

impl Attachment {
    /// Refuses an empty or oversized file and one without a title.
    ///
    /// # Errors
    /// The first complaint, naming the field.
    pub fn check(&self) -> Result<(), Invalid> {
        if self.title.trim().is_empty() {
            return Err(Invalid::required("title"));
        }
        let chars = self.title.chars().count();
        if chars > limits::NAME_CHARS_MAX {
            return Err(Invalid::too_long("title", limits::NAME_CHARS_MAX, ("文字", "characters"), chars));
        }
        if self.size_bytes == 0 || self.size_bytes > limits::ATTACHMENT_BYTES_MAX {
            let max = limits::ATTACHMENT_BYTES_MAX;
            return Err(Invalid::new(
                "size_bytes",
                "out_of_range",
                Text::new(
                    format!("ファイルの大きさは1から{max}バイトまでです（{}）", self.size_bytes),
                    format!("a file of 1 to {max} bytes is expected, not {}", self.size_bytes),
                ),
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_written_as_it_was_read_and_nothing_else_is_one() {
        let text = "0123456789abcdef".repeat(4);
        assert_eq!(text.parse::<ContentHash>().unwrap().to_string(), text);
        for wrong in [text.to_uppercase(), text[1..].to_owned(), format!("{text}0"), "あ".repeat(64), String::new()] {
            assert_eq!(wrong.parse::<ContentHash>(), Err(NotAHash), "{wrong}");
        }
    }
}
