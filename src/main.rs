//! Arguments to configuration to run.

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    renkei::cli::run(&renkei::cli::Cli::parse())
}
