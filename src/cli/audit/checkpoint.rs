//! `renkei audit checkpoint`: makes one and hands it out, as a file for another machine or as a sheet for the safe.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::super::checkpoint_key::{Signing, for_signing};
use super::super::config_arguments::ConfigArguments;
use super::super::{Complaint, Terminal};
use super::{cannot, open_journal, sheet};
use crate::actions::checkpoints::file::{as_file, read};
use crate::clock::{Clock as _, SystemClock};
use crate::config::Config;
use crate::domain::checkpoint::Statement;
use crate::domain::text::Text;
use crate::limits::CHECKPOINT_FILE_BYTES_MAX;
use crate::store::KeptCheckpoint;
use crate::store::verify::Elsewhere;

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

pub(super) async fn run(arguments: &Arguments, config: &Config, terminal: Terminal) -> anyhow::Result<ExitCode> {
    let journal = open_journal(config).await?;
    let key = match for_signing(&config.audit.checkpoint_key_file, &journal).await? {
        Signing::With(key) => key,
        Signing::Not(why) => {
            journal.close().await;
            return Err(Complaint::new(why).into());
        }
    };
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

/// Reads a checkpoint that was kept elsewhere, in whatever form it left the hub. Of a folder that checkpoints are delivered to,
/// the newest.
pub(super) fn read_file(path: &Path) -> anyhow::Result<Elsewhere> {
    let cannot_read = || cannot(("読み取り", "read"), path);
    let path = &if path.is_dir() { newest_in(path)? } else { path.to_owned() };
    let file = File::open(path).map_err(Complaint::because(cannot_read()))?;
    let mut text = String::new();
    file.take(CHECKPOINT_FILE_BYTES_MAX).read_to_string(&mut text).map_err(Complaint::because(cannot_read()))?;
    read(&text).ok_or_else(|| Complaint::new(no_checkpoint(path)).into())
}

/// Their names sort as they follow each other.
fn newest_in(folder: &Path) -> anyhow::Result<PathBuf> {
    let found = std::fs::read_dir(folder).map_err(Complaint::because(cannot(("読み取り", "read"), folder)))?;
    let files = found.filter_map(|entry| Some(entry.ok()?.path()));
    let newest = files.filter(|path| path.extension().is_some_and(|ending| ending == "json")).max();
    newest.ok_or_else(|| Complaint::new(no_checkpoint(folder)).into())
}

fn no_checkpoint(path: &Path) -> Text {
    let path = path.display();
    Text::new(
        format!("{path} に `renkei audit checkpoint` で出したチェックポイントはありません"),
        format!("there is no checkpoint of `renkei audit checkpoint` in {path}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_a_checkpoint_is_named_and_of_a_folder_the_newest_counts() {
        let folder = tempfile::tempdir().unwrap();
        assert!(read_file(&folder.path().join("nothing")).is_err());
        assert!(read_file(folder.path()).is_err(), "an empty folder");
        let statement = |number: u64| {
            let zeros = "0".repeat(64);
            format!(
                "renkei checkpoint v1\nregion r\nnumber {number}\nmade-at 2026-04-01T00:30:00Z\ntimelines 0\nentries 0\n\
                 root {zeros}\nmoved 0\nmoved-digest {zeros}\naudit-seq 1\naudit-chain {zeros}\nprevious {zeros}\n\
                 key {zeros}\n"
            )
        };
        for number in [9, 10] {
            let made_at = crate::domain::time::Timestamp(5);
            let made = KeptCheckpoint { number, made_at, statement: statement(number), signature: vec![1; 64] };
            let path = folder.path().join(format!("renkei-checkpoint-{number:010}-x.json"));
            std::fs::write(path, as_file(&made, &[])).unwrap();
        }
        std::fs::write(folder.path().join("renkei-checkpoint-0000000011-x.draft"), "half").unwrap();
        assert_eq!(read_file(folder.path()).unwrap().statement, statement(10));
        let other = folder.path().join("other.json");
        std::fs::write(&other, "{}").unwrap();
        assert!(read_file(&other).unwrap_err().to_string().contains("other.json"));
    }
}
