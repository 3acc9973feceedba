//! `renkei backup` makes a backup beside a running hub and lets old generations go; `list` and `verify` look at what is
//! there. Putting one back is `restore.rs`.

mod told;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::Subcommand;

use super::audit::EXIT_DAMAGED;
use super::config_arguments::{ConfigArguments, print_mistakes};
use super::{Complaint, EXIT_CONFIG, Terminal, open, region_key, restore, serve};
use crate::actions::backup::{self, BackupError, BadBackup, Keep, Made, OpenBy, RestoreInto, Whole};
use crate::clock::{Clock as _, SystemClock};
use crate::config::Config;
use crate::domain::text::Text;
use crate::store::Shelf;
use crate::vault::RegionKey;

pub(super) use told::{told_bad, told_faults, told_restored};

#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct Arguments {
    #[command(subcommand)]
    what: Option<What>,
    #[command(flatten)]
    make: MakeArguments,
}

#[derive(Debug, Subcommand)]
enum What {
    /// バックアップの一覧 / List the backups
    List(ListArguments),
    /// バックアップを最後まで読み、壊れていないか確かめる / Read a backup to its end and prove it whole
    Verify(VerifyArguments),
}

#[derive(Debug, clap::Args)]
struct MakeArguments {
    #[command(flatten)]
    place: Place,
    /// 何日分残すか（1 日に 1 つ。最後の日のものはすべて） / Days of which the newest is kept; of the last day all are
    #[arg(long, value_name = "COUNT")]
    keep_daily: Option<usize>,
    /// 何週分残すか / Weeks of which the newest is kept
    #[arg(long, value_name = "COUNT")]
    keep_weekly: Option<usize>,
    /// 何か月分残すか / Months of which the newest is kept
    #[arg(long, value_name = "COUNT")]
    keep_monthly: Option<usize>,
    #[command(flatten)]
    config: ConfigArguments,
}

#[derive(Debug, clap::Args)]
struct Place {
    /// バックアップのフォルダー（なければ設定の backup.directory） / Folder of the backups, instead of backup.directory
    #[arg(long = "to", value_name = "DIR")]
    folder: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
struct ListArguments {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    config: ConfigArguments,
}

#[derive(Debug, clap::Args)]
struct VerifyArguments {
    /// バックアップのファイル（なければ最新のもの） / The backup; without one the newest
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// 一時フォルダーに実際に復元し、連鎖と封もすべて確かめる / Restore it into a temporary folder and prove chains and seals there
    #[arg(long)]
    rehearse: bool,
    /// チェックポイントの署名を確かめる公開鍵（鍵を替える前のバックアップには、前の用紙のもの） / Public key that checks the signatures; for a backup of before another key took its place, that of then
    #[arg(long = "key", value_name = "KEY", requires = "rehearse")]
    signed_by: Option<String>,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    config: ConfigArguments,
}

impl Place {
    fn folder<'a>(&'a self, config: &'a Config) -> &'a Path {
        self.folder.as_deref().unwrap_or(&config.backup.directory)
    }
}

pub(super) fn run(arguments: &Arguments, terminal: Terminal) -> anyhow::Result<ExitCode> {
    let sources = match &arguments.what {
        None => &arguments.make.config,
        Some(What::List(arguments)) => &arguments.config,
        Some(What::Verify(arguments)) => &arguments.config,
    };
    let Some(settled) = sources.settle(terminal)? else {
        return Ok(ExitCode::from(EXIT_CONFIG));
    };
    print_mistakes(&settled.notes, terminal);
    let config = settled.config;
    let key = region_key::load(&config)?;
    match &arguments.what {
        None => serve::runtime()?.block_on(make(&arguments.make, &config, &key, terminal)),
        Some(What::List(arguments)) => {
            let folder = arguments.place.folder(&config);
            let listing =
                backup::list(folder, OpenBy::Region(&key)).map_err(Complaint::because(cannot_look(folder)))?;
            println!("{}", terminal.language.pick(&told::told_list(&listing, folder, SystemClock::new().now())));
            Ok(ExitCode::SUCCESS)
        }
        Some(What::Verify(arguments)) => verify(arguments, &config, &key, terminal),
    }
}

async fn make(
    arguments: &MakeArguments,
    config: &Config,
    key: &RegionKey,
    terminal: Terminal,
) -> anyhow::Result<ExitCode> {
    let keep = Keep {
        daily: arguments.keep_daily.unwrap_or(config.backup.keep_daily),
        weekly: arguments.keep_weekly.unwrap_or(config.backup.keep_weekly),
        monthly: arguments.keep_monthly.unwrap_or(config.backup.keep_monthly),
    };
    let journal = open::open_journal(&config.database.url(), key).await?;
    let shelf = Shelf::open(&config.files_dir)?;
    let folder = arguments.place.folder(config);
    let clock = SystemClock::new();
    let mut made = backup::make(&journal, &shelf, folder, keep, clock.now()).await;
    if let Err(BackupError::Exists { .. }) = made {
        // One was made within this second, and is named by it.
        tokio::time::sleep(Duration::from_secs(1)).await;
        made = backup::make(&journal, &shelf, folder, keep, clock.now()).await;
    }
    journal.close().await;
    let made: Made = made?;
    println!("{}", terminal.language.pick(&told::told_made(&made)));
    let missing = made.whole.end.missing;
    if missing > 0 {
        eprintln!("{}", terminal.language.pick(&told::told_missing(missing)));
        return Ok(ExitCode::from(EXIT_DAMAGED));
    }
    Ok(ExitCode::SUCCESS)
}

fn verify(
    arguments: &VerifyArguments,
    config: &Config,
    key: &RegionKey,
    terminal: Terminal,
) -> anyhow::Result<ExitCode> {
    let path = match &arguments.file {
        Some(path) => path.clone(),
        None => newest(arguments.place.folder(config), key)?,
    };
    let whole: Whole = match backup::read_whole(&path, OpenBy::Region(key)) {
        Ok(whole) => whole,
        Err(BadBackup::Io(error)) => return Err(restore::cannot_read(&path, error).into()),
        // Whether it is whole, nobody says who cannot open it.
        Err(bad @ (BadBackup::OtherKey { .. } | BadBackup::OtherRegion { .. })) => {
            return Err(Complaint::new(told::told_of_another_key(&path, &bad)).into());
        }
        Err(bad) => {
            println!("{}", terminal.language.pick(&told::told_bad(&path, &bad)));
            return Ok(ExitCode::from(EXIT_DAMAGED));
        }
    };
    println!("{}", terminal.language.pick(&told::told_whole(&path, &whole)));
    if !backup::is_named_truly(&path, &whole.manifest) {
        println!("{}", terminal.language.pick(&told::told_misnamed(&path)));
        return Ok(ExitCode::from(EXIT_DAMAGED));
    }
    if !arguments.rehearse {
        return Ok(ExitCode::SUCCESS);
    }
    let scratch = tempfile::tempdir()?;
    let shelf = Shelf::open(&scratch.path().join("files"))?;
    let url = format!("sqlite://{}", scratch.path().join("renkei.db").display());
    let signed_by = restore::checkpoint_key(arguments.signed_by.as_deref(), config)?;
    let into = RestoreInto { url: &url, shelf: &shelf, region: key, key: signed_by, destroyed: None, despite: None };
    let rehearsed = serve::runtime()?.block_on(backup::restore(&path, &into, SystemClock::new().now()));
    match rehearsed {
        Ok(restored) => {
            println!("{}", terminal.language.pick(&told::told_rehearsed(&restored)));
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            restore::print_faults(&error, terminal);
            Err(error.into())
        }
    }
}

fn newest(folder: &Path, key: &RegionKey) -> anyhow::Result<PathBuf> {
    let listing = backup::list(folder, OpenBy::Region(key)).map_err(Complaint::because(cannot_look(folder)))?;
    let newest = listing.newest(SystemClock::new().now()).map(|newest| newest.path.clone());
    Ok(newest.ok_or_else(|| Complaint::new(told::told_none(folder)))?)
}

fn cannot_look(folder: &Path) -> Text {
    let folder = folder.display();
    Text::new(
        format!("バックアップのフォルダー {folder} を読めません"),
        format!("cannot read the folder of backups {folder}"),
    )
}
