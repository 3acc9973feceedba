//! `renkei rulebook …`: what those who write, agree on and look after the region's rules ask of them. Each command
//! reads; none but `life` changes anything.

mod coverage;
mod explain;
mod life;
mod replay;
mod reports;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Subcommand;
use jiff::civil::Date;

use super::config_arguments::{ConfigArguments, print_mistakes};
use super::{Complaint, EXIT_CONFIG, EXIT_FAILURE, Terminal, open};
use crate::clock::{Clock as _, SystemClock};
use crate::domain::text::{Text, counted};
use crate::rulebook::calendar::Calendar;
use crate::rulebook::{Problems, Rulebook};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// 誤りと、まだ決めていないことを示す / Tell every mistake, and what is still to settle
    Check(Folder),
    /// ルール全体のおかしなところを探す / Find what is odd about the rules as a whole
    Analyse(Folder),
    /// 署名のための合意書を HTML で出す / Print the agreement sheets to sign, as HTML
    Sheet(SheetArguments),
    /// 二つの版の違いを言葉で示す / Tell in words what differs between two versions
    Diff(DiffArguments),
    /// 職種と記録の種類の表を出す / Print the table of roles and kinds of record
    Coverage(CoverageArguments),
    /// 過去の投稿を、案のルールで判定し直してみる / Ask the posts of the past again, under a draft
    Replay(Box<replay::Arguments>),
    /// なぜそうなったかを、ルールと事実と合意で説明する / Explain why: the rules, the facts, who agreed
    Explain(Box<explain::Arguments>),
    /// 版を登録し、提案し、署名を記録し、施行する / Draft, propose, sign and put in force the versions of the rulebook
    Life(Box<life::Arguments>),
}

/// Which rules a command is about.
#[derive(Debug, clap::Args)]
struct Folder {
    /// ルールのフォルダー（なければ設定のもの、それもなければ同梱のもの） / Folder of rule files; else the configured one, else what ships
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
    #[command(flatten)]
    config: ConfigArguments,
}

#[derive(Debug, clap::Args)]
struct SheetArguments {
    #[command(flatten)]
    folder: Folder,
    /// このルール集だけ（複数可） / Only this set of rules; may be repeated
    #[arg(long, value_name = "SET")]
    set: Vec<String>,
}

#[derive(Debug, clap::Args)]
struct DiffArguments {
    /// 前の版のフォルダー / Folder of the old version
    #[arg(value_name = "OLD")]
    old: PathBuf,
    /// 新しい版のフォルダー / Folder of the new version
    #[arg(value_name = "NEW")]
    new: PathBuf,
}

#[derive(Debug, clap::Args)]
struct CoverageArguments {
    #[command(flatten)]
    folder: Folder,
    /// 表計算に読ませる形で / As comma-separated values
    #[arg(long)]
    csv: bool,
}

pub(super) fn run(arguments: &Arguments, terminal: Terminal) -> anyhow::Result<ExitCode> {
    match &arguments.what {
        What::Check(folder) => with_book(folder, terminal, |book| Ok(reports::check(book, today()))),
        What::Analyse(folder) => with_book(folder, terminal, reports::analyse),
        What::Sheet(SheetArguments { folder, set }) => {
            with_book(folder, terminal, |book| reports::sheets(book, set).map(reports::Report::page))
        }
        What::Diff(DiffArguments { old, new }) => {
            let Some((old, new)) = read(Some(old), terminal)?.zip(read(Some(new), terminal)?) else {
                return Ok(ExitCode::from(EXIT_FAILURE));
            };
            Ok(reports::diff(&old, &new).print(terminal))
        }
        What::Explain(arguments) => explain::run(arguments, terminal),
        What::Life(arguments) => life::run(arguments, terminal),
        What::Replay(arguments) => replay::run(arguments, terminal),
        What::Coverage(CoverageArguments { folder, csv }) => with_book(folder, terminal, |book| {
            let table = book.coverage().map_err(Complaint::new)?;
            let told = if *csv { coverage::csv(book, &table) } else { coverage::table(book, &table) };
            Ok(reports::Report::text(told))
        }),
    }
}

/// Reads the book a command is about and prints what `report` says of it.
fn with_book(
    folder: &Folder,
    terminal: Terminal,
    report: impl FnOnce(&Rulebook) -> anyhow::Result<reports::Report>,
) -> anyhow::Result<ExitCode> {
    let configured = match &folder.folder {
        Some(folder) => Some(folder.clone()),
        None => {
            let Some(settled) = folder.config.settle(terminal)? else { return Ok(ExitCode::from(EXIT_CONFIG)) };
            print_mistakes(&settled.notes, terminal);
            settled.config.rulebook_dir
        }
    };
    match read(configured.as_deref(), terminal)? {
        Some(book) => Ok(report(&book)?.print(terminal)),
        None => Ok(ExitCode::from(EXIT_FAILURE)),
    }
}

/// The book of a folder, or the one that ships; `None` after its mistakes were told on standard error.
fn read(folder: Option<&Path>, terminal: Terminal) -> anyhow::Result<Option<Rulebook>> {
    match open::load_rulebook(folder) {
        Ok(book) => Ok(Some(book)),
        Err(error) => {
            print_problems(&error.downcast::<Problems>()?, terminal);
            Ok(None)
        }
    }
}

fn print_problems(Problems(problems): &Problems, terminal: Terminal) {
    for problem in problems {
        let (message, code) = (problem.message(), problem.code());
        let said = terminal.language.pick(&message);
        eprintln!("{}:{}:{}: {said} [{code}]", problem.file, problem.line, problem.column);
    }
    let count = problems.len();
    let told = Text::new(format!("誤りが {count} 件あります"), counted(count, "mistake"));
    eprintln!("{}", terminal.language.pick(&told));
}

/// The date in the region.
fn today() -> Date {
    Calendar::japan_with_placeholders().date_at(SystemClock::new().now())
}
