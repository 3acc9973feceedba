//! A checkpoint: what a region says of all its chains at a moment, as a text that is signed. Kept elsewhere, it proves later
//! that nothing was changed, removed or cut off. Writing and reading the text; who signs and checks it is the vault's.

use std::fmt;

use super::text::{Invalid, Text};
use super::time::Timestamp;

/// SHA-256, or a link of a chain.
pub type Digest = [u8; 32];

const TITLE: &str = "renkei checkpoint v1";

/// What is stated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Names the region's key.
    pub region: String,
    /// From 1, gapless.
    pub number: u64,
    pub made_at: Timestamp,
    pub timelines: u64,
    /// Of all timelines.
    pub entries: u64,
    /// Root of a Merkle tree over where each timeline ends.
    pub root: Digest,
    /// Timelines that had moved since the checkpoint before.
    pub moved: u64,
    /// Over where those end.
    pub moved_digest: Digest,
    pub audit_seq: u64,
    /// Link of the record at `audit_seq`.
    pub audit_chain: Digest,
    /// Of the checkpoint before, text and signature; zeros for the first.
    pub previous: Digest,
    /// The public key that it is signed with.
    pub key: Digest,
}

/// Bytes in hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Bytes that were written in hexadecimal; `None`: they were not.
#[must_use]
pub fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digit = |digit: u8| char::from(digit).to_digit(16);
    let pair = |pair: &[u8]| u8::try_from(digit(pair[0])? << 4 | digit(pair[1])?).ok();
    if !text.len().is_multiple_of(2) {
        return None;
    }
    text.as_bytes().chunks(2).map(pair).collect()
}

/// 32 bytes that were written in hexadecimal.
#[must_use]
pub fn digest_from_hex(text: &str) -> Option<Digest> {
    from_hex(text)?.try_into().ok()
}

impl fmt::Display for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{TITLE}")?;
        writeln!(f, "region {}", self.region)?;
        writeln!(f, "number {}", self.number)?;
        writeln!(f, "made-at {}", self.made_at.to_rfc3339())?;
        writeln!(f, "timelines {}", self.timelines)?;
        writeln!(f, "entries {}", self.entries)?;
        writeln!(f, "root {}", hex(&self.root))?;
        writeln!(f, "moved {}", self.moved)?;
        writeln!(f, "moved-digest {}", hex(&self.moved_digest))?;
        writeln!(f, "audit-seq {}", self.audit_seq)?;
        writeln!(f, "audit-chain {}", hex(&self.audit_chain))?;
        writeln!(f, "previous {}", hex(&self.previous))?;
        writeln!(f, "key {}", hex(&self.key))
    }
}

impl Statement {
    /// Reads exactly what was written: one text for each statement.
    ///
    /// # Errors
    /// Names the line that is not as expected.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let mut lines = text.lines();
        if lines.next() != Some(TITLE) {
            return Err(unexpected("title"));
        }
        let mut next = |name: &'static str| -> Result<&str, Invalid> {
            let value = lines.next().and_then(|line| line.strip_prefix(name)?.strip_prefix(' '));
            value.ok_or_else(|| unexpected(name))
        };
        let number = |name: &'static str, value: &str| value.parse().map_err(|_| unexpected(name));
        let digest = |name: &'static str, value: &str| digest_from_hex(value).ok_or_else(|| unexpected(name));
        let read = Self {
            region: next("region")?.to_owned(),
            number: number("number", next("number")?)?,
            made_at: Timestamp::from_rfc3339(next("made-at")?).map_err(|_| unexpected("made-at"))?,
            timelines: number("timelines", next("timelines")?)?,
            entries: number("entries", next("entries")?)?,
            root: digest("root", next("root")?)?,
            moved: number("moved", next("moved")?)?,
            moved_digest: digest("moved-digest", next("moved-digest")?)?,
            audit_seq: number("audit-seq", next("audit-seq")?)?,
            audit_chain: digest("audit-chain", next("audit-chain")?)?,
            previous: digest("previous", next("previous")?)?,
            key: digest("key", next("key")?)?,
        };
        if read.to_string() == text { Ok(read) } else { Err(unexpected("end")) }
    }
}

fn unexpected(line: &'static str) -> Invalid {
    let expected = Text::new(
        format!("チェックポイントの `{line}` の行が読めません"),
        format!("the line `{line}` of a checkpoint is expected here"),
    );
    Invalid::new(line, "malformed", expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statement() -> Statement {
        Statement {
            region: "ccc4303c1de7208b".to_owned(),
            number: 12,
            made_at: Timestamp(1_775_003_400_250_000),
            timelines: 3,
            entries: 47,
            root: [1; 32],
            moved: 2,
            moved_digest: [0xab; 32],
            audit_seq: 99,
            audit_chain: [3; 32],
            previous: [4; 32],
            key: [5; 32],
        }
    }

    #[test]
    fn a_statement_is_read_as_it_was_written_and_in_no_other_way() {
        let text = statement().to_string();
        assert_eq!(Statement::parse(&text), Ok(statement()));
        assert_eq!(text.lines().count(), 13);
        for (from, to, line) in [
            ("v1", "v2", "title"),
            ("number 12", "number 012", "end"),
            ("number 12", "number x", "number"),
            ("number 12\n", "", "number"),
            ("ab", "AB", "end"),
            ("abab", "ab", "moved-digest"),
        ] {
            let other = text.replacen(from, to, 1);
            assert_ne!(other, text, "{from}");
            assert_eq!(Statement::parse(&other).unwrap_err().field, line, "{from} -> {to}");
        }
        assert!(Statement::parse(&format!("{text} ")).is_err());
        assert!(Statement::parse("").is_err());
    }

    #[test]
    fn hexadecimal_is_read_back_and_nothing_else_is() {
        assert_eq!(from_hex(&hex(&[0, 1, 254, 255])).as_deref(), Some(&[0, 1, 254, 255][..]));
        for wrong in ["0", "0g", "あ", "+1"] {
            assert_eq!(from_hex(wrong), None, "{wrong}");
        }
    }
}
