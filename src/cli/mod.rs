//! The commands of the binary: one file per command, each with its `Arguments` and its `run`.
//! A new command is a line in [`Command`] and a line in [`dispatch`].

pub mod cert;
mod complaint;
mod config;
mod config_arguments;
mod demo;
pub mod import;
mod init;
mod language;
pub mod load;
mod logging;
pub mod open;
pub(crate) mod serve;
mod store;

use std::process::ExitCode;
use std::sync::Arc;

use clap::{Parser, Subcommand};

pub use complaint::Complaint;
pub use config_arguments::ConfigArguments;
pub use logging::start_logging;

use crate::clock::{Clock as _, Ids, SystemClock};
use crate::config::Language;

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
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// ハブを動かす / Run the hub
    Serve(Box<serve::Arguments>),
    /// 架空の地域の一日を動かして見せる / Show a day of an invented region
    Demo(demo::Arguments),
    /// 地域の鍵と設定の見本を作る / Make the region's key and a sample configuration
    Init(init::Arguments),
    /// 開発用の証明書を作る / Make development certificates
    Cert(cert::Arguments),
    /// 設定を調べる / Check or show the configuration
    Config(Box<config::Arguments>),
    /// 保存された記録を検証・修復する / Verify and mend what is stored
    Store(Box<store::Arguments>),
    /// 負荷をかけて測る / Put load on a hub and measure
    Load(Box<load::Arguments>),
}

/// What every command is given beside its arguments.
#[derive(Clone, Copy, Debug)]
pub struct Terminal {
    /// In which language to talk.
    pub language: Language,
}

/// Runs the command and reports a failure, once, in the reader's language.
#[must_use]
pub fn run(cli: &Cli) -> ExitCode {
    let terminal = Terminal { language: language::of_process(cli.language) };
    match dispatch(&cli.command, terminal) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("renkei: {}", complaint::told(&error, terminal.language));
            ExitCode::from(EXIT_FAILURE)
        }
    }
}

fn dispatch(command: &Command, terminal: Terminal) -> anyhow::Result<ExitCode> {
    match command {
        Command::Serve(arguments) => serve::run(arguments, terminal),
        Command::Demo(arguments) => demo::run(arguments, terminal),
        Command::Init(arguments) => init::run(arguments, terminal),
        Command::Cert(arguments) => cert::run(arguments, terminal, SystemClock::new().now()),
        Command::Config(arguments) => config::run(arguments, terminal),
        Command::Store(arguments) => store::run(arguments, terminal),
        Command::Load(arguments) => {
            let ids = Ids::new(Arc::new(SystemClock::new()));
            load::run(arguments, terminal.language, ids.draw())
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

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
