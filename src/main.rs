//! Arguments to configuration to run.

use std::process::ExitCode;

fn main() -> anyhow::Result<ExitCode> {
    renkei::cli::run()
}
