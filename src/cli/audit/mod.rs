//! `renkei audit`: signed checkpoints and their verification, and the audit log to look at and to take out. Works on the
//! database of the configuration, beside a running hub or without one.

mod checkpoint;
mod new_key;
mod sheet;
mod take_out;
mod verify;

use std::path::Path;
use std::process::ExitCode;

use clap::Subcommand;

use super::config_arguments::{ConfigArguments, print_mistakes};
use super::{EXIT_CONFIG, Terminal, open, region_key, serve};
use crate::config::Config;
use crate::domain::text::Text;
use crate::store::Journal;
use crate::vault::CheckpointKey;

pub(super) use verify::told_found;

/// The history is not what it was. Other failures end with 1, a configuration with mistakes with 78.
pub const EXIT_DAMAGED: u8 = 3;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// 署名したチェックポイントを作り、別の場所に保管する形で出す / Make a signed checkpoint, to be kept elsewhere
    Checkpoint(checkpoint::Arguments),
    /// 記録の変更・削除・挿入・並べ替えがないか検証する / Prove that nothing was changed, removed, inserted or put elsewhere
    Verify(verify::Arguments),
    /// チェックポイントの署名を確かめる公開鍵を表示する / Show the public key that checks the signatures of checkpoints
    Key(ConfigArguments),
    /// 署名の鍵を新しくする（ハブを止めて） / Have another key sign checkpoints; stop the hub first
    NewKey(new_key::Arguments),
    /// 監査記録を表示する / Show records of the audit log
    List(take_out::ListArguments),
    /// 監査記録をファイルに出す / Take records of the audit log out
    Export(take_out::ExportArguments),
}

pub(super) fn run(arguments: &Arguments, terminal: Terminal) -> anyhow::Result<ExitCode> {
    let sources = match &arguments.what {
        What::Checkpoint(arguments) => &arguments.config,
        What::Verify(arguments) => &arguments.config,
        What::Key(config) => config,
        What::NewKey(arguments) => &arguments.config,
        What::List(arguments) => &arguments.part.config,
        What::Export(arguments) => &arguments.part.config,
    };
    let Some(settled) = sources.settle(terminal)? else {
        return Ok(ExitCode::from(EXIT_CONFIG));
    };
    print_mistakes(&settled.notes, terminal);
    let config = settled.config;
    serve::runtime()?.block_on(async {
        match &arguments.what {
            What::Checkpoint(arguments) => checkpoint::run(arguments, &config, terminal).await,
            What::Verify(arguments) => verify::run(arguments, &config, terminal).await,
            What::Key(_) => {
                let public = CheckpointKey::load_file(&config.audit.checkpoint_key_file)?.public();
                println!("{}", public.in_groups());
                Ok(ExitCode::SUCCESS)
            }
            What::NewKey(arguments) => new_key::run(arguments, &config, terminal).await,
            What::List(arguments) => take_out::list(arguments, &config, terminal).await,
            What::Export(arguments) => take_out::export(arguments, &config).await,
        }
    })
}

async fn open_journal(config: &Config) -> anyhow::Result<Journal> {
    let key = region_key::load(config)?;
    open::open_journal(&config.database.url(), &key).await
}

/// A file that was asked for, named in what went wrong with it.
fn cannot(doing: (&str, &str), path: &Path) -> Text {
    let path = path.display();
    Text::new(format!("{path} を{}できません", doing.0), format!("cannot {} {path}", doing.1))
}
