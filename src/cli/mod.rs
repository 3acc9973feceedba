//! The commands of the binary: one file per command, each with its `Arguments` and its `run`.
//! A new command is a line in [`Command`] and a line in [`dispatch`].

// First: its macros are those of all that follows.
#[macro_use]
mod out;

mod audit;
mod backup;
pub mod cert;
mod checkpoint_key;
mod client;
mod complaint;
mod config;
mod config_arguments;
mod demo;
mod export;
mod history;
pub mod import;
mod init;
mod key;
mod language;
pub mod load;
mod logging;
mod moment;
mod office;
pub mod open;
mod record;
mod region_key;
mod restore;
mod rulebook;
mod rulebook_files;
mod secretariat;
pub(crate) mod serve;
mod sign_in;
mod store;
mod usage;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{ArgMatches, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use audit::EXIT_DAMAGED;
pub use complaint::Complaint;
pub use config_arguments::ConfigArguments;
pub use logging::start_logging;

use crate::clock::{Clock as _, Ids, SystemClock};
use crate::config::Language;
use crate::store::is_damage;

/// The configuration has mistakes (`EX_CONFIG` of sysexits.h), so a supervisor need not try again.
pub const EXIT_CONFIG: u8 = 78;
/// Anything else that went wrong. clap ends with 2 for wrong arguments.
pub const EXIT_FAILURE: u8 = 1;

/// 連携（renkei）: 在宅ケアのチームをつなぐハブ / a real-time hub for a region's home-care teams
#[derive(Debug, Parser)]
#[command(name = "renkei", version, arg_required_else_help = true)]
pub struct Cli {
    /// 表示の言語 / Language of messages: ja, en [env: RENKEI_LANGUAGE]
    #[arg(long, global = true, value_name = "ja|en", value_parser = language::parse)]
    language: Option<Language>,
    /// Of the command, if it reads a configuration that was named.
    #[arg(skip)]
    config_file: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// ハブを動かす / Run the hub
    Serve(Box<serve::Arguments>),
    /// 架空の地域の一日を動かして見せる / Show a day of an invented region
    Demo(demo::Arguments),
    /// 地域の鍵・設定の見本・事務局を用意する / Make the region's key, a sample configuration and its secretariat
    Init(init::Arguments),
    /// サインインのリンクを発行する / Issue a sign-in link
    SignIn(Box<sign_in::Arguments>),
    /// 事務局として働く人がいなくなったとき / Where nobody acts for the secretariat any more
    Secretariat(secretariat::Arguments),
    /// 患者・バイタルの表を取り込む / Import tables of patients or vital signs
    #[command(subcommand)]
    Import(Box<import::ImportCommand>),
    /// 開発用の証明書を作る / Make development certificates
    Cert(cert::Arguments),
    /// 鍵でサインインする連携システム / Systems that sign in by a key
    Client(Box<client::Arguments>),
    /// 設定を調べる / Check or show the configuration
    Config(Box<config::Arguments>),
    /// ルールを調べ、比べ、試し、合意書を作る / Check, compare and try rules, and make agreement sheets
    Rulebook(Box<rulebook::Arguments>),
    /// 保存された記録を検証・修復する / Verify and mend what is stored
    Store(Box<store::Arguments>),
    /// 監査記録とチェックポイント / The audit log, and checkpoints that prove the history
    Audit(Box<audit::Arguments>),
    /// バックアップを作る・確かめる / Make backups and verify them
    Backup(Box<backup::Arguments>),
    /// バックアップから復元する / Restore from a backup
    Restore(Box<restore::Arguments>),
    /// 地域の鍵：状態と交換 / The region's key: how it stands, and another in its place
    Key(Box<key::Arguments>),
    /// 保存期間が終わった記録の一覧と廃棄 / Records whose retention ended, and destroying them
    Record(Box<record::Arguments>),
    /// 患者ひとり、または地域の記録を取り出す / Take out one patient's record, or the region's
    Export(Box<export::Arguments>),
    /// 負荷をかけて測る / Put load on a hub and measure
    Load(Box<load::Arguments>),
}

/// What every command is given beside its arguments.
#[derive(Clone, Copy, Debug)]
pub struct Terminal {
    /// In which language to talk.
    pub language: Language,
}

impl Cli {
    /// The arguments of this process; ends it where they are wrong or ask for help.
    #[must_use]
    pub fn of_process() -> Self {
        let matches = Self::command().try_get_matches().unwrap_or_else(|error| end(&error));
        let read = Self::from_arg_matches(&matches).unwrap_or_else(|error| end(&error));
        Self { config_file: config_file(&matches), ..read }
    }
}

/// Ends the process, which was asked for help or asked wrongly.
fn end(error: &clap::Error) -> ! {
    // Of words that are no text clap has to speak anyway.
    let typed = std::env::args_os().filter_map(|word| word.into_string().ok());
    if let Some(told) = usage::told_in_japanese(error, typed) {
        eprintln!("renkei: {told}");
        std::process::exit(error.exit_code());
    }
    error.exit()
}

/// The value of `--config`, at whatever depth the command that takes it stands.
fn config_file(matches: &ArgMatches) -> Option<PathBuf> {
    let here = matches.try_get_one::<PathBuf>("config").ok().flatten().cloned();
    here.or_else(|| config_file(matches.subcommand()?.1))
}

/// Runs the command and reports a failure, once, in the reader's language.
#[must_use]
pub fn run(cli: &Cli) -> ExitCode {
    let terminal = Terminal { language: language::of_process(cli.language, cli.config_file.as_deref()) };
    let code = match dispatch(&cli.command, terminal) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("renkei: {}", complaint::told(&error, terminal.language));
            ExitCode::from(if cli.command.looks() && is_damage(&*error) { EXIT_DAMAGED } else { EXIT_FAILURE })
        }
    };
    out::ended(code, terminal)
}

impl Command {
    /// Whether it is run to learn what state the region is in.
    const fn looks(&self) -> bool {
        matches!(self, Self::Store(_) | Self::Audit(_) | Self::Backup(_))
    }
}

fn dispatch(command: &Command, terminal: Terminal) -> anyhow::Result<ExitCode> {
    match command {
        Command::Serve(arguments) => serve::run(arguments, terminal),
        Command::Demo(arguments) => demo::run(arguments, terminal),
        Command::Init(arguments) => init::run(arguments, terminal),
        Command::SignIn(arguments) => sign_in::run(arguments, terminal),
        Command::Secretariat(arguments) => secretariat::run(arguments, terminal),
        Command::Import(command) => import::start(command, terminal),
        Command::Cert(arguments) => cert::run(arguments, terminal, SystemClock::new().now()),
        Command::Client(arguments) => client::run(arguments, terminal),
        Command::Config(arguments) => config::run(arguments, terminal),
        Command::Rulebook(arguments) => rulebook::run(arguments, terminal),
        Command::Store(arguments) => store::run(arguments, terminal),
        Command::Audit(arguments) => audit::run(arguments, terminal),
        Command::Backup(arguments) => backup::run(arguments, terminal),
        Command::Restore(arguments) => restore::run(arguments, terminal),
        Command::Key(arguments) => key::run(arguments, terminal),
        Command::Record(arguments) => record::run(arguments, terminal),
        Command::Export(arguments) => export::run(arguments, terminal),
        Command::Load(arguments) => {
            let ids = Ids::new(Arc::new(SystemClock::new()));
            load::run(arguments, terminal.language, ids.draw())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_and_argument_is_explained_in_both_languages() {
        fn unexplained(command: &clap::Command, found: &mut Vec<String>) {
            let is_bilingual = |help: Option<&clap::builder::StyledStr>| {
                let help = help.map(ToString::to_string).unwrap_or_default();
                help.contains(" / ") && !help.is_ascii()
            };
            for argument in command.get_arguments() {
                if !is_bilingual(argument.get_help()) && !["help", "version"].contains(&argument.get_id().as_str()) {
                    found.push(format!("{} --{}", command.get_name(), argument.get_id()));
                }
            }
            for inner in command.get_subcommands() {
                if !is_bilingual(inner.get_about()) {
                    found.push(inner.get_name().to_owned());
                }
                unexplained(inner, found);
            }
        }
        let mut found = Vec::new();
        unexplained(&Cli::command(), &mut found);
        assert_eq!(found, Vec::<String>::new());
    }
}
