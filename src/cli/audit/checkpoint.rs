//! `renkei audit checkpoint`: makes one and hands it out, as a file for another machine or as a sheet for the safe.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde::{Deserialize, Serialize};

use super::super::config_arguments::ConfigArguments;
use super::super::{Complaint, Terminal};
use super::{cannot, open_journal, sheet};
use crate::clock::{Clock as _, SystemClock};
use crate::config::Config;
use crate::domain::checkpoint::{Statement, digest_from_hex, from_hex, hex};
use crate::domain::text::Text;
use crate::limits::CHECKPOINT_FILE_BYTES_MAX;
use crate::store::KeptCheckpoint;
use crate::store::verify::Elsewhere;
use crate::vault::CheckpointKey;
use crate::vault::heads::End;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// 印刷して保管する用紙（HTML）を出す / Print a sheet to keep, as HTML
    #[arg(long, conflicts_with = "json")]
    print: bool,
    /// 別のマシンに保管するファイル（JSON）を出す / Print the file to keep on another machine, as JSON
    #[arg(long)]
    json: bool,
    /// 標準出力の代わりに書く先 / File to write instead of the standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    pub(super) config: ConfigArguments,
}

/// A checkpoint as a file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CheckpointFile {
    format: String,
    statement: String,
    /// Hexadecimal.
    signature: String,
    /// Where every timeline ended: its id, the last `seq`, the link in hexadecimal.
    ends: Vec<(uuid::Uuid, u64, String)>,
}

const FORMAT: &str = "renkei-checkpoint/1";

pub(super) async fn run(arguments: &Arguments, config: &Config, terminal: Terminal) -> anyhow::Result<ExitCode> {
    let key = CheckpointKey::load_or_create_file(&config.audit.checkpoint_key_file)?;
    let journal = open_journal(config).await?;
    let (made, _) = journal.make_checkpoint(&key, SystemClock::new().now()).await?;
    let shown = if arguments.json {
        as_file(&made, &journal.list_ends_at(made.number).await?)
    } else if arguments.print {
        sheet::page(&made)?
    } else {
        terminal.language.pick(&told(&made)?).to_owned() + "\n"
    };
    journal.close().await;
    match &arguments.out {
        None => std::io::stdout().write_all(shown.as_bytes())?,
        Some(path) => std::fs::write(path, shown).map_err(Complaint::because(cannot(("書き込み", "write"), path)))?,
    }
    Ok(ExitCode::SUCCESS)
}

fn told(made: &KeptCheckpoint) -> anyhow::Result<Text> {
    let said = Statement::parse(&made.statement).map_err(|invalid| Complaint::new(invalid.message))?;
    let Statement { number, made_at, timelines, entries, audit_seq, .. } = said;
    Ok(Text::new(
        format!(
            "チェックポイント {number}（{made_at}）: タイムライン {timelines} 件、記録 {entries} 件、監査記録 {audit_seq} 件\n\
             --json または --print で出し、このマシンの外に保管してください"
        ),
        format!(
            "Checkpoint {number} ({made_at}): {timelines} timelines, {entries} entries, {audit_seq} audit records\n\
             Take it out with --json or --print and keep it off this machine"
        ),
    ))
}

fn as_file(made: &KeptCheckpoint, ends: &[End]) -> String {
    let ends = ends.iter().map(|end| (uuid::Uuid::from_bytes(end.timeline), end.seq, hex(&end.chain)));
    let file = CheckpointFile {
        format: FORMAT.to_owned(),
        statement: made.statement.clone(),
        signature: hex(&made.signature),
        ends: ends.collect(),
    };
    serde_json::to_string(&file).expect("texts and numbers") + "\n"
}

/// Reads a file that `--json` wrote.
pub(super) fn read_file(path: &Path) -> anyhow::Result<Elsewhere> {
    let cannot_read = || cannot(("読み取り", "read"), path);
    let file = File::open(path).map_err(Complaint::because(cannot_read()))?;
    let mut text = String::new();
    file.take(CHECKPOINT_FILE_BYTES_MAX).read_to_string(&mut text).map_err(Complaint::because(cannot_read()))?;
    let file: CheckpointFile = serde_json::from_str(&text).map_err(Complaint::because(no_checkpoint(path)))?;
    let end = |(timeline, seq, chain): &(uuid::Uuid, u64, String)| {
        Some(End { timeline: timeline.into_bytes(), seq: *seq, chain: digest_from_hex(chain)? })
    };
    let ends = file.ends.iter().map(end).collect::<Option<Vec<_>>>();
    let parts = ends.zip(from_hex(&file.signature)).filter(|_| file.format == FORMAT);
    let (ends, signature) = parts.ok_or_else(|| Complaint::new(no_checkpoint(path)))?;
    Ok(Elsewhere { statement: file.statement, signature, ends })
}

fn no_checkpoint(path: &Path) -> Text {
    let path = path.display();
    Text::new(
        format!("{path} は `renkei audit checkpoint --json` のファイルではありません"),
        format!("{path} is no file of `renkei audit checkpoint --json`"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_as_it_was_written_and_a_broken_one_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("checkpoint.json");
        let made = KeptCheckpoint {
            number: 3,
            made_at: crate::domain::time::Timestamp(5),
            statement: "renkei checkpoint v1\n".to_owned(),
            signature: vec![1; 64],
        };
        let ends = vec![End { timeline: [7; 16], seq: 12, chain: [8; 32] }];
        let text = as_file(&made, &ends);
        std::fs::write(&path, &text).unwrap();
        let Elsewhere { statement, signature, ends: read } = read_file(&path).unwrap();
        assert_eq!((statement, signature, read), (made.statement, made.signature, ends));
        for broken in
            [text.replace("/1", "/2"), text.replace("0808", "08"), text.replace("ends", "more"), String::new()]
        {
            std::fs::write(&path, broken).unwrap();
            assert!(read_file(&path).unwrap_err().to_string().contains("checkpoint.json"));
        }
        assert!(read_file(&folder.path().join("nothing")).is_err());
    }
}
