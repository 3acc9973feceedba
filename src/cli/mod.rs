//! The commands of the binary.

pub mod load;

use std::{process::ExitCode, sync::Arc};

use clap::{Parser, Subcommand};

use crate::clock::{Ids, SystemClock};

/// 在宅ケアの連携ハブ / A real-time hub for home-care teams
#[derive(Debug, Parser)]
#[command(name = "renkei", version)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Load(load::Arguments),
}

/// Reads the process's arguments and does what they say.
pub fn run() -> anyhow::Result<ExitCode> {
    match CommandLine::parse().command {
        Command::Load(arguments) => {
            let ids = Ids::new(Arc::new(SystemClock::new()));
            load::run(&arguments, ids.draw())
        }
    }
}
