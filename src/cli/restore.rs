//! `renkei restore`: puts a backup back into an empty database, proves it there, and says how to go on. No hub may serve
//! that database or data folder meanwhile, and none can until the restore came to its end.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::backup::{told_bad, told_faults, told_restored};
use super::config_arguments::{ConfigArguments, print_mistakes};
use super::{Complaint, EXIT_CONFIG, Terminal, region_key, serve};
use crate::actions::backup::{self, BadBackup, RestoreError, RestoreInto};
use crate::clock::{Clock as _, SystemClock};
use crate::config::Config;
use crate::domain::plain::is_blank;
use crate::domain::text::{Invalid, Text};
use crate::store::Shelf;
use crate::vault::{CheckpointKey, KeyFileError, PublicKey};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// バックアップのファイル / The backup
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// 復元先の空のデータベース（なければ設定の database） / Empty database to restore into, instead of the configuration's
    #[arg(long, value_name = "URL", conflicts_with = "database")]
    into: Option<String>,
    /// チェックポイントの署名を確かめる公開鍵（用紙にあるもの） / Public key that checks the signatures, as on the sheet
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
    /// 記録に異常があっても使えるようにする。その理由（監査記録に残ります） / Serve it though its record has faults; the reason is kept in the audit log
    #[arg(long, value_name = "REASON")]
    despite_faults: Option<String>,
    /// 廃棄した記録の一覧（なければバックアップと同じ場所の destroyed.jsonl） / List of destroyed records, instead of destroyed.jsonl beside the backup
    #[arg(long, value_name = "FILE")]
    destroyed: Option<PathBuf>,
    #[command(flatten)]
    config: ConfigArguments,
}

pub(super) fn run(arguments: &Arguments, terminal: Terminal) -> anyhow::Result<ExitCode> {
    let sources = match &arguments.into {
        Some(url) => &arguments.config.clone().with_database(url),
        None => &arguments.config,
    };
    let Some(settled) = sources.settle(terminal)? else {
        return Ok(ExitCode::from(EXIT_CONFIG));
    };
    print_mistakes(&settled.notes, terminal);
    let config = settled.config;
    let despite = arguments.despite_faults.as_deref();
    if despite.is_some_and(is_blank) {
        return Err(Complaint::new(Text::fixed(
            "--despite-faults: 理由が必要です",
            "--despite-faults: a reason is needed",
        ))
        .into());
    }
    let region = &region_key::load(&config)?;
    let key = checkpoint_key(arguments.key.as_deref(), &config)?;
    // Held until the process ends: no hub begins on the same folder.
    let _lock = serve::lock_data(&config.data_dir)?;
    let (shelf, url) = (Shelf::open(&config.files_dir)?, config.database.url());
    let into =
        RestoreInto { url: &url, shelf: &shelf, region, key, destroyed: arguments.destroyed.as_deref(), despite };
    let restored = serve::runtime()?.block_on(backup::restore(&arguments.file, &into, SystemClock::new().now()));
    match restored {
        Ok(restored) => {
            if despite.is_some() {
                println!("{}", terminal.language.pick(&told_faults(&restored.verified, &restored.report)));
            }
            println!("{}", terminal.language.pick(&told_restored(&restored, "renkei serve")));
            Ok(ExitCode::SUCCESS)
        }
        Err(RestoreError::Bad(BadBackup::Io(error))) => Err(cannot_read(&arguments.file, error).into()),
        Err(RestoreError::Bad(bad)) => Err(Complaint::new(told_bad(&arguments.file, &bad)).into()),
        Err(error) => {
            print_faults(&error, terminal);
            Err(error.into())
        }
    }
}

/// A file that is not there, or cannot be read: nothing is said of what would be in it.
pub(super) fn cannot_read(file: &Path, error: std::io::Error) -> Complaint {
    let file = file.display();
    Complaint::because(Text::new(format!("{file} を読めません"), format!("cannot read {file}")))(error)
}

/// What is wrong with the region in a backup, if that is why it is not back.
pub(super) fn print_faults(error: &RestoreError, terminal: Terminal) {
    if let RestoreError::Faults { verified, report } = error {
        println!("{}", terminal.language.pick(&told_faults(verified, report)));
    }
}

/// The key that was given, else that of the region's own file, if it is there.
pub(super) fn checkpoint_key(given: Option<&str>, config: &Config) -> anyhow::Result<Option<PublicKey>> {
    if let Some(text) = given {
        return Ok(Some(
            text.parse().map_err(|invalid| Complaint::of_option(Invalid { field: "--key".to_owned(), ..invalid }))?,
        ));
    }
    match CheckpointKey::load_file(&config.audit.checkpoint_key_file) {
        Ok(key) => Ok(Some(key.public())),
        Err(KeyFileError::Missing { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
