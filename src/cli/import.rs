//! `renkei import vitals FILE` and `renkei import patients FILE`: from arguments to a report and an exit code.
//!
//! `run.rs` opens the hub as the actor of [`ImportArgs::acting_as`] and hands it over as an `ImportTarget`.

mod args;
mod render;
mod run;

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::path::Path;

use anyhow::Context;
use indicatif::{ProgressBar, ProgressStyle};
use jiff::civil::Date;

pub use args::{ActingAs, ImportArgs, ImportCommand, PatientArgs, VitalArgs};
pub(super) use run::start;

use crate::actions::import::apply::{How, Progress, Stage, apply};
use crate::actions::import::draft::{Draft, Options};
use crate::actions::import::patients::read_patients;
use crate::actions::import::rejects::write_rejects;
use crate::actions::import::report::{FileFault, Report};
use crate::actions::import::sheet::Sheet;
use crate::actions::import::table::{Table, read_table};
use crate::actions::import::target::ImportTarget;
use crate::actions::import::vitals::read_vitals;
use crate::config::Language;
use crate::domain::time::Timestamp;
use crate::limits;

/// How an import ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Every row is in, was in, or had nothing to import; or would be, in a dry run.
    Whole,
    /// Something is wrong, and nothing was written.
    Nothing,
    /// Some rows are in, others are not.
    Partly,
}

impl Ending {
    /// The exit code of the process.
    #[must_use]
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Whole => 0,
            Self::Nothing => 1,
            Self::Partly => 2,
        }
    }
}

/// Runs an import against a target and writes the report to `out`; progress goes to the terminal, if there is one.
///
/// # Errors
/// When a file cannot be read or written, or the target stops answering.
pub async fn run<T: ImportTarget>(
    command: &ImportCommand,
    target: &T,
    (now, language): (Timestamp, Language),
    out: &mut impl Write,
) -> anyhow::Result<Ending> {
    let args = command.args();
    let bytes = read_file(&args.file)?;
    let today = args.today(now);
    let read = read_table(&bytes, args.charset, args.delimiter);
    let source = args.source();
    let table = match read {
        Ok(table) => table,
        Err(fault) => return refuse_file(args, &fault, language, out),
    };
    match command {
        ImportCommand::Vitals(vitals) => match read_vitals(&table, &vitals.settings(today)) {
            Ok(sheet) => {
                finish(
                    args,
                    &table,
                    sheet,
                    target,
                    (Options { source, host: None, reasons: Vec::new() }, today, language),
                    out,
                )
                .await
            }
            Err(fault) => refuse_file(args, &fault, language, out),
        },
        ImportCommand::Patients(patients) => match read_patients(&table, &patients.settings(today)) {
            Ok(sheet) => {
                let options = Options { source, host: patients.host, reasons: patients.reasons.clone() };
                finish(args, &table, sheet, target, (options, today, language), out).await
            }
            Err(fault) => refuse_file(args, &fault, language, out),
        },
    }
}

async fn finish<D: Draft, T: ImportTarget>(
    args: &ImportArgs,
    table: &Table,
    sheet: Sheet<D>,
    target: &T,
    (options, today, language): (Options, Date, Language),
    out: &mut impl Write,
) -> anyhow::Result<Ending> {
    // Opened first: an import must not find out at its end that it cannot say what it left behind.
    let rejects = args.rejects.as_deref().map(create_private).transpose()?;
    let how = How { options, dry_run: args.dry_run, keep_going: args.keep_going, today };
    let bar = progress_bar(language);
    let mut show = |progress: Progress| show_progress(&bar, progress, language);
    let applied = apply(sheet, target, &how, &mut show).await;
    bar.finish_and_clear();
    let (report, stopped) = match applied {
        Ok(report) => (report, None),
        Err(stopped) => (*stopped.report, Some(stopped.error)),
    };
    out.write_all(render::report(args, table, &report, language).as_bytes())?;
    if let (Some(file), Some(path)) = (rejects, args.rejects.as_deref()) {
        let written = write_rejects(table, &report, file).with_context(|| path.display().to_string())?;
        if written == 0 {
            std::fs::remove_file(path)?;
        }
    }
    match stopped {
        Some(error) => Err(error).with_context(|| render::stopped(report.written, language)),
        None => Ok(ending(&report)),
    }
}

fn ending(report: &Report) -> Ending {
    match (report.wrong(), report.written) {
        (0, _) => Ending::Whole,
        (_, 0) => Ending::Nothing,
        _ => Ending::Partly,
    }
}

fn refuse_file(
    args: &ImportArgs,
    fault: &FileFault,
    language: Language,
    out: &mut impl Write,
) -> anyhow::Result<Ending> {
    out.write_all(render::fault(&args.file, fault, language).as_bytes())?;
    Ok(Ending::Nothing)
}

/// Reads no more than the bound and one byte, so that a file that grows or is a pipe stays bounded too.
fn read_file(path: &Path) -> anyhow::Result<Vec<u8>> {
    let context = || path.display().to_string();
    let file = File::open(path).with_context(context)?;
    let mut bytes = Vec::new();
    file.take(limits::IMPORT_FILE_BYTES_MAX as u64 + 1).read_to_end(&mut bytes).with_context(context)?;
    Ok(bytes)
}

/// A new file that only its owner may read: rejected rows are patients' data. Never overwrites.
fn create_private(path: &Path) -> anyhow::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).with_context(|| path.display().to_string())
}

fn progress_bar(language: Language) -> ProgressBar {
    let style = match language {
        Language::Ja => "{msg} {bar:30} {pos}/{len} 行 残り {eta}",
        Language::En => "{msg} {bar:30} {pos}/{len} rows, {eta} left",
    };
    // indicatif draws to the standard error, and only where that is a terminal.
    ProgressBar::new(0).with_style(ProgressStyle::with_template(style).expect("the templates above are well formed"))
}

fn show_progress(bar: &ProgressBar, progress: Progress, language: Language) {
    let message = match (progress.stage, language) {
        (Stage::Matching, Language::Ja) => "患者と照合",
        (Stage::Matching, Language::En) => "matching",
        (Stage::Deciding, Language::Ja) => "判定",
        (Stage::Deciding, Language::En) => "deciding",
        (Stage::Writing, Language::Ja) => "書き込み",
        (Stage::Writing, Language::En) => "writing",
    };
    bar.set_message(message);
    bar.set_length(progress.total as u64);
    bar.set_position(progress.done as u64);
}
