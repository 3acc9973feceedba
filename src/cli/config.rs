//! `renkei config check` explains every mistake in the configuration; `renkei config show` prints
//! what is in effect and where each value comes from. Neither starts anything.

use std::process::ExitCode;

use clap::Subcommand;

use super::config_arguments::{ConfigArguments, print_mistakes};
use super::{EXIT_CONFIG, Terminal};
use crate::domain::text::Text;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// 誤りをすべて説明する / Explain every mistake
    Check(ConfigArguments),
    /// 有効な設定とその出どころを表示する / Show what is in effect and where it comes from
    Show(ConfigArguments),
}

pub(super) fn run(arguments: &Arguments, terminal: Terminal) -> anyhow::Result<ExitCode> {
    let (What::Check(sources) | What::Show(sources)) = &arguments.what;
    let Some(settled) = sources.settle(terminal)? else {
        return Ok(ExitCode::from(EXIT_CONFIG));
    };
    print_mistakes(&settled.notes, terminal);
    if let What::Show(_) = arguments.what {
        print!("{settled}");
        return Ok(ExitCode::SUCCESS);
    }
    let missing = settled.missing_files();
    if !missing.is_empty() {
        print_mistakes(&missing, terminal);
        return Ok(ExitCode::from(EXIT_CONFIG));
    }
    println!("{}", terminal.language.pick(&Text::fixed("設定に誤りはありません", "The configuration has no mistakes")));
    Ok(ExitCode::SUCCESS)
}
