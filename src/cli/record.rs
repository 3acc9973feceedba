//! `renkei record`: which records may be destroyed, and destroying one, for whoever runs the hub's machine. No hub may run while
//! one is destroyed, because it would keep the record's key in memory: while it runs, the secretariat does it over REST.

use std::process::ExitCode;

use clap::Subcommand;
use jiff::civil::Date;

use super::config_arguments::{ConfigArguments, print_mistakes};
use super::moment::date;
use super::{Complaint, EXIT_CONFIG, Terminal, open, region_key, serve};
use crate::actions::destroying::{self, DestroyError, Due, DueList, Keeping, Looking, Typed};
use crate::clock::{Clock as _, SystemClock};
use crate::config::Config;
use crate::domain::act::By;
use crate::domain::directory::Directory;
use crate::domain::ids::PatientId;
use crate::domain::retention::Tombstone;
use crate::domain::text::Text;
use crate::domain::time::Timestamp;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// 保存期間が終わった記録の一覧 / Records whose retention ended
    ListDue(ConfigArguments),
    /// 保存期間が終わった記録を、鍵ごと廃棄する（元に戻せません） / Destroy a record with its key, for good
    Destroy(DestroyArguments),
}

#[derive(Debug, clap::Args)]
struct DestroyArguments {
    /// 患者の ID / Patient's id
    #[arg(value_name = "ID")]
    patient: PatientId,
    /// 確認のため、患者の氏名（漢字かカナ） / The patient's whole name, to be sure
    #[arg(long, value_name = "NAME")]
    name: String,
    /// 確認のため、患者の生年月日 / The patient's birth date, to be sure
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = date)]
    birth_date: Date,
    /// 理由（監査記録に残ります） / Why; the audit log keeps it
    #[arg(long, value_name = "TEXT")]
    reason: String,
    #[command(flatten)]
    config: ConfigArguments,
}

/// How this configuration keeps records.
pub(super) fn keeping(config: &Config) -> Keeping {
    Keeping { retention: config.retention.clone(), list: Some(config.backup.directory.clone()) }
}

pub(super) fn run(arguments: &Arguments, terminal: Terminal) -> anyhow::Result<ExitCode> {
    let sources = match &arguments.what {
        What::ListDue(sources) => sources,
        What::Destroy(arguments) => &arguments.config,
    };
    let Some(settled) = sources.settle(terminal)? else {
        return Ok(ExitCode::from(EXIT_CONFIG));
    };
    print_mistakes(&settled.notes, terminal);
    let config = settled.config;
    let told = serve::runtime()?.block_on(async {
        match &arguments.what {
            What::ListDue(_) => list_due(&config).await,
            What::Destroy(arguments) => destroy(arguments, &config).await,
        }
    })?;
    println!("{}", terminal.language.pick(&told));
    Ok(ExitCode::SUCCESS)
}

/// By the journal alone: a hub would begin to write what is to be told, and whoever lists changes nothing.
async fn list_due(config: &Config) -> anyhow::Result<Text> {
    let journal = open::open_journal(&config.database.url(), &region_key::load(config)?).await?;
    let directory: Directory = journal.read(|tx| Box::pin(tx.load_directory())).await?;
    let zone = open::calendar_of(&config.calendar).zone;
    // The earlier of it and recorded time, which is never before it: as a hub judges.
    let now = SystemClock::new().wall();
    let looking = Looking { journal: &journal, directory: &directory, zone: &zone, now };
    let due = all_due(looking, config).await?;
    journal.close().await;
    Ok(told_due(&due))
}

async fn destroy(arguments: &DestroyArguments, config: &Config) -> anyhow::Result<Text> {
    let _lock = serve::lock_data(&config.data_dir)?;
    let region = open::open(config).await?;
    let files = open::open_files(&region.hub, &config.files_dir).await?;
    let (name, reason) = (arguments.name.clone(), arguments.reason.clone());
    let typed = Typed { name, birth_date: arguments.birth_date, reason };
    let keeping = keeping(config);
    let done = destroying::destroy(&region.hub, &files, &keeping, By::Operator, arguments.patient, &typed).await;
    let told = told_destroyed(&done.map_err(complaint)?);
    drop((files, region.hub));
    region.tasks.finish().await;
    region.journal.close().await;
    Ok(told)
}

async fn all_due(looking: Looking<'_>, config: &Config) -> anyhow::Result<Vec<Due>> {
    let (mut due, mut after) = (Vec::new(), Timestamp::MIN);
    loop {
        let DueList { due: found, next } = destroying::list_due(looking, &config.retention, after).await?;
        due.extend(found);
        match next {
            Some(next) if next > after => after = next,
            _ => break,
        }
    }
    due.dedup_by_key(|due| due.patient);
    Ok(due)
}

fn complaint(error: DestroyError) -> anyhow::Error {
    if let DestroyError::Invalid(invalid) = error {
        return Complaint::of_option(invalid).into();
    }
    match error.text() {
        Some(text) => Complaint::new(text).into(),
        None => error.into(),
    }
}

/// Without names: what a terminal shows is kept by many.
fn told_due(due: &[Due]) -> Text {
    if due.is_empty() {
        return Text::fixed("保存期間が終わった記録はありません", "there is no record whose retention ended");
    }
    let line = |due: &Due| {
        let (patient, kept) = (due.patient, due.kept);
        Text::new(
            format!(
                "{patient}  最後の記録 {}、保存期間 {} まで（{} {} 年）",
                kept.ended_on,
                kept.until,
                kept.of.ja(),
                kept.years
            ),
            format!(
                "{patient}  last entry {}, kept until {} ({}, {} years)",
                kept.ended_on,
                kept.until,
                kept.of.en(),
                kept.years
            ),
        )
    };
    let (ja, en): (Vec<_>, Vec<_>) = due.iter().map(line).map(|line| (line.ja, line.en)).unzip();
    Text::new(ja.join("\n"), en.join("\n"))
}

fn told_destroyed(stone: &Tombstone) -> Text {
    let (patient, until) = (stone.patient, stone.kept.until);
    Text::new(
        format!(
            "{patient} の記録を廃棄しました（保存期間 {until} まで）。\n\
             これより前のバックアップには、まだ残っています。古い世代がなくなるまで、地域の鍵とともに守ってください"
        ),
        format!(
            "Destroyed the record of {patient}, which had to be kept until {until}.\n\
             Backups of before still hold it: guard them, and the region's key, until the last of them is gone"
        ),
    )
}
