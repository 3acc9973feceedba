//! A checkpoint as it stands outside the hub, and reading it there: the file with where every timeline ended, the text that a
//! sheet holds, and the line that another system's log kept. Whether it fits the history is `store/verify`'s to say.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::checkpoint::{Statement, digest_from_hex, from_hex, hex};
use crate::store::KeptCheckpoint;
use crate::store::verify::Elsewhere;
use crate::vault::heads::End;

const FORMAT: &str = "renkei-checkpoint/1";
const SIGNATURE: &str = "signature ";

/// A checkpoint as a file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CheckpointFile {
    format: String,
    statement: String,
    /// Hexadecimal.
    signature: String,
    /// Where every timeline ended: its id, the last `seq`, the link in hexadecimal.
    ends: Vec<(Uuid, u64, String)>,
}

/// The file, with where every timeline ended.
#[must_use]
pub fn as_file(made: &KeptCheckpoint, ends: &[End]) -> String {
    let ends = ends.iter().map(|end| (Uuid::from_bytes(end.timeline), end.seq, hex(&end.chain)));
    let file = CheckpointFile {
        format: FORMAT.to_owned(),
        statement: made.statement.clone(),
        signature: hex(&made.signature),
        ends: ends.collect(),
    };
    serde_json::to_string(&file).expect("texts and numbers") + "\n"
}

/// What is signed, word for word, and the signature: what a sheet's code holds.
#[must_use]
pub fn as_text(made: &KeptCheckpoint) -> String {
    format!("{}{SIGNATURE}{}\n", made.statement, hex(&made.signature))
}

/// Names and values of a checkpoint in a line of a log.
#[must_use]
pub fn in_line(made: &KeptCheckpoint) -> Vec<(&'static str, String)> {
    let said = Statement::parse(&made.statement).ok();
    let mut parts = vec![("number", made.number.to_string())];
    if let Some(said) = said {
        parts.extend([
            ("auditSeq", said.audit_seq.to_string()),
            ("auditChain", hex(&said.audit_chain)),
            ("entries", said.entries.to_string()),
        ]);
    }
    parts.extend([("signature", hex(&made.signature)), ("statement", STANDARD.encode(&made.statement))]);
    parts
}

/// Reads any of these forms; of a log, the newest checkpoint in it.
#[must_use]
pub fn read(text: &str) -> Option<Elsewhere> {
    let trimmed = text.trim_start_matches('\u{feff}').trim_start();
    if trimmed.starts_with('{') {
        return read_file(trimmed);
    }
    if let Some((statement, signature)) = trimmed.rsplit_once(SIGNATURE) {
        let (statement, signature) = (statement.to_owned(), from_hex(signature.trim())?);
        Statement::parse(&statement).ok()?;
        return Some(Elsewhere { statement, signature, ends: Vec::new() });
    }
    trimmed.lines().rev().find_map(read_line)
}

fn read_file(text: &str) -> Option<Elsewhere> {
    let file: CheckpointFile = serde_json::from_str(text).ok().filter(|file: &CheckpointFile| file.format == FORMAT)?;
    let end = |(timeline, seq, chain): &(Uuid, u64, String)| {
        Some(End { timeline: timeline.into_bytes(), seq: *seq, chain: digest_from_hex(chain)? })
    };
    let ends = file.ends.iter().map(end).collect::<Option<Vec<_>>>()?;
    Some(Elsewhere { signature: from_hex(&file.signature)?, statement: file.statement, ends })
}

fn read_line(line: &str) -> Option<Elsewhere> {
    let value = |name: &str| Some(line.split_once(&format!(" {name}=\""))?.1.split_once('"')?.0);
    let statement = String::from_utf8(STANDARD.decode(value("statement")?).ok()?).ok()?;
    Statement::parse(&statement).ok()?;
    Some(Elsewhere { statement, signature: from_hex(value("signature")?)?, ends: Vec::new() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Timestamp;

    fn made(number: u64) -> KeptCheckpoint {
        let said = Statement {
            region: "ccc4303c1de7208b".to_owned(),
            number,
            made_at: Timestamp(1_775_003_400_250_000),
            timelines: 1,
            entries: 2,
            root: [1; 32],
            moved: 1,
            moved_digest: [2; 32],
            audit_seq: 3,
            audit_chain: [3; 32],
            previous: [4; 32],
            key: [5; 32],
        };
        KeptCheckpoint { number, made_at: said.made_at, statement: said.to_string(), signature: vec![1; 64] }
    }

    #[test]
    fn each_form_is_read_as_it_was_written_and_a_broken_one_is_none() {
        let (made, ends) = (made(3), vec![End { timeline: [7; 16], seq: 12, chain: [8; 32] }]);
        let expected =
            |ends: Vec<End>| Elsewhere { statement: made.statement.clone(), signature: made.signature.clone(), ends };
        let file = as_file(&made, &ends);
        assert_eq!(read(&file), Some(expected(ends)));
        assert_eq!(read(&as_text(&made)), Some(expected(Vec::new())));
        for broken in [file.replace("/1", "/2"), file.replace("0808", "08"), file.replace("ends", "more")] {
            assert_eq!(read(&broken), None);
        }
        assert_eq!(read(&as_text(&made).replace("entries 2", "entries x")), None);
        assert_eq!(read(""), None);
    }

    #[test]
    fn of_a_log_the_newest_checkpoint_counts() {
        let line = |number: u64| {
            let parts = in_line(&made(number)).into_iter().map(|(name, value)| format!(" {name}=\"{value}\""));
            format!(
                "<110>1 2026-04-01T00:30:00Z region renkei - checkpoint [renkei@32473{}] it",
                parts.collect::<String>()
            )
        };
        let log = format!(
            "{}\n<110>1 - - renkei - read [renkei@32473 seq=\"7\"] read\n{}\nsomething else\n",
            line(3),
            line(4)
        );
        let found = read(&log).unwrap();
        assert_eq!(Statement::parse(&found.statement).unwrap().number, 4);
        assert_eq!(found.signature, vec![1; 64]);
    }
}
