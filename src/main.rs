//! Arguments to configuration to run.

use std::process::ExitCode;

fn main() -> ExitCode {
    renkei::cli::run(&renkei::cli::Cli::of_process())
}
