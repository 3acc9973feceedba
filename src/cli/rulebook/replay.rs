//! `renkei rulebook replay`: reads the stored journal and tells what a draft would have made of it. The hub may run
//! meanwhile; nothing is written.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::actions::replaying::{Ground, Period, replay};
use crate::cli::config_arguments::{ConfigArguments, print_mistakes};
use crate::cli::{EXIT_CONFIG, EXIT_FAILURE, Terminal, open, region_key, serve};
use crate::clock::{Clock as _, SystemClock};
use crate::domain::directory::Directory;
use crate::domain::offices::Offices;
use crate::domain::time::Timestamp;
use crate::hub::rulebooks;

const DAY_MICROS: i64 = 86_400 * 1_000_000;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// 案のルールのフォルダー / Folder of the draft's files
    #[arg(long, value_name = "DIR")]
    draft: PathBuf,
    /// さかのぼる日数（なければすべて） / Days to go back; all of the past without it
    #[arg(long, value_name = "DAYS")]
    since: Option<u32>,
    #[command(flatten)]
    config: ConfigArguments,
}

pub(super) fn run(arguments: &Arguments, terminal: Terminal) -> anyhow::Result<ExitCode> {
    let Some(settled) = arguments.config.settle(terminal)? else {
        return Ok(ExitCode::from(EXIT_CONFIG));
    };
    print_mistakes(&settled.notes, terminal);
    let Some(draft) = super::read(Some(&arguments.draft), terminal)? else {
        return Ok(ExitCode::from(EXIT_FAILURE));
    };
    let key = region_key::load(&settled.config)?;
    let url = settled.config.database.url();
    let until = SystemClock::new().now();
    let back = arguments.since.map(|days| i64::from(days) * DAY_MICROS);
    let since = back.map_or(Timestamp::MIN, |back| Timestamp(until.as_micros().saturating_sub(back)));
    let configured = settled.config.rulebook_dir.as_deref();
    let configured = configured.map(|folder| open::load_rulebook(Some(folder))).transpose()?;
    let calendar = open::calendar_of(&settled.config.calendar);
    let told = serve::runtime()?.block_on(async {
        let journal = open::open_journal(&url, &key).await?;
        let in_force = match configured {
            Some(book) => book,
            None => match rulebooks::find_in_force(&journal, until).await? {
                Some(book) => book,
                None => open::load_rulebook(None)?,
            },
        };
        let directory: Directory = journal.read(|tx| Box::pin(tx.load_directory())).await?;
        let offices: Offices = journal.read(|tx| Box::pin(tx.load_offices())).await?;
        let ground = Ground { calendar: &calendar, directory: &directory, offices: &offices, in_force: &in_force };
        let report = replay(&journal, &draft, ground, Period { since, until }).await;
        journal.close().await;
        anyhow::Ok(report?.in_words([&draft, &in_force]))
    })?;
    print!("{}", terminal.language.pick(&told));
    Ok(ExitCode::SUCCESS)
}
