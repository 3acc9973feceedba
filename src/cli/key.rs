//! `renkei key`: which key the region is under, and another in its place. A hub may run meanwhile and goes on; what is told
//! here is what the operator must see to: the configuration, and the old key for backups of before.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::Subcommand;

use super::config_arguments::{ConfigArguments, print_mistakes};
use super::{EXIT_CONFIG, Terminal, open, region_key, serve};
use crate::actions::backup::{generation_files, needed_key};
use crate::actions::region_keys::rotate;
use crate::clock::{Clock as _, SystemClock};
use crate::config::{Config, RegionKeyFrom};
use crate::domain::text::Text;
use crate::limits::KEY_COMMAND_MS_MAX;
use crate::store::{Journal, KeptDataKey, StoreError};
use crate::vault::{CheckpointKey, KeyFileError, RegionKey};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// 地域の鍵の番号と、ほかの鍵の状態 / Which key the region is under, and how the other keys stand
    Status(ConfigArguments),
    /// 地域の鍵を新しい鍵に替える / Put the region under another key
    Rotate(RotateArguments),
}

#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("new key").required(true).args(["to", "to_command"])))]
struct RotateArguments {
    /// 新しい鍵のファイル（なければ作ります） / File of the new key; made if there is none
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
    /// 新しい鍵を標準出力に書くコマンド（最後に書く） / A command that prints the new key; the last of the arguments
    #[arg(long, value_name = "PROGRAM", num_args = 1.., allow_hyphen_values = true)]
    to_command: Vec<String>,
    #[command(flatten)]
    config: ConfigArguments,
}

pub(super) fn run(arguments: &Arguments, terminal: Terminal) -> anyhow::Result<ExitCode> {
    let sources = match &arguments.what {
        What::Status(sources) => sources,
        What::Rotate(arguments) => &arguments.config,
    };
    let Some(settled) = sources.settle(terminal)? else {
        return Ok(ExitCode::from(EXIT_CONFIG));
    };
    print_mistakes(&settled.notes, terminal);
    let key = region_key::load(&settled.config)?;
    let told = serve::runtime()?.block_on(async {
        let journal = open::open_journal(&settled.config.database.url(), &key).await?;
        let told = match &arguments.what {
            What::Status(_) => status(&journal, &settled.config).await,
            What::Rotate(arguments) => change(&journal, &key, arguments, &settled.config).await,
        };
        journal.close().await;
        told
    })?;
    println!("{}", terminal.language.pick(&told));
    Ok(ExitCode::SUCCESS)
}

async fn change(
    journal: &Journal,
    old: &RegionKey,
    arguments: &RotateArguments,
    config: &Config,
) -> anyhow::Result<Text> {
    // Durable before the region needs it. A file that an earlier try made is taken as it is.
    let new = match &arguments.to {
        Some(path) => match RegionKey::create_file(path) {
            Err(KeyFileError::Exists { .. }) => RegionKey::load_file(path)?,
            made => made?,
        },
        None => region_key::ask(&arguments.to_command, Duration::from_millis(KEY_COMMAND_MS_MAX))?,
    };
    rotate(journal, old, &new, SystemClock::new().now()).await?;
    // As the next start will find it.
    open::open_journal(&config.database.url(), &new).await?.close().await;
    Ok(told_rotated(&old.fingerprint(), &new.fingerprint(), arguments, left_behind(arguments, config)))
}

/// The checkpoint key, where it would no longer be looked for at the place it is at.
fn left_behind<'c>(arguments: &RotateArguments, config: &'c Config) -> Option<&'c Path> {
    let kept = config.audit.checkpoint_key_file.as_path();
    let looked_for = match &arguments.to {
        Some(path) => std::path::absolute(path).unwrap_or_else(|_| path.clone()).with_file_name("checkpoint.key"),
        None => config.data_dir.join("checkpoint.key"),
    };
    (std::path::absolute(kept).ok() != std::path::absolute(looked_for).ok()).then_some(kept)
}

fn told_rotated(from: &str, to: &str, arguments: &RotateArguments, left_behind: Option<&Path>) -> Text {
    let mut setting = match &arguments.to {
        Some(path) => {
            let path = std::path::absolute(path).unwrap_or_else(|_| path.clone());
            format!("region_key_file = {}", toml::Value::String(path.display().to_string()))
        }
        None => {
            let words = arguments.to_command.iter().map(|word| toml::Value::String(word.clone())).collect();
            format!("region_key_command = {}", toml::Value::Array(words))
        }
    };
    if let Some(path) = left_behind {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        setting += &format!("\n    [audit] checkpoint_key_file = {}", toml::Value::String(path.display().to_string()));
    }
    Text::new(
        format!(
            "地域の鍵を {from} から {to} に替えました。\n\
             ・設定を直してください: {setting}\n\
             ・動いているハブはそのまま動きますが、次に始めるときからは新しい鍵が必要です\n\
             ・新しい鍵の写しを、データともバックアップとも別の安全な場所に保管してください\n\
             ・これより前のバックアップには前の鍵 {from} が要ります。最後の世代がなくなるまで保管し、なくなったら廃棄してください\n\
             ・前の鍵とデータベースの写し（バックアップを含む）を両方手に入れた人は、その写しも、今後の写しも読めます"
        ),
        format!(
            "The region's key {from} was replaced by {to}.\n\
             - Set this in the configuration: {setting}\n\
             - A hub that runs goes on; from its next start on it needs the new key\n\
             - Keep a copy of the new key in a safe place, apart from the data and from the backups\n\
             - Backups of before need the old key {from}: keep it until the last of them is gone, then destroy it\n\
             - Whoever got both the old key and a copy of the database (a backup is one) reads that copy, and later ones too"
        ),
    )
}

async fn status(journal: &Journal, config: &Config) -> anyhow::Result<Text> {
    let found: Result<_, StoreError> = journal.read(|tx| Box::pin(tx.find_data_key())).await;
    let kept = found?.ok_or(StoreError::RowsAffected { doing: "the data key", expected: 1, found: 0 })?;
    let checkpoints = match CheckpointKey::load_file(&config.audit.checkpoint_key_file) {
        Ok(key) => Some(key.public().to_string()),
        Err(KeyFileError::Missing { .. }) => None,
        Err(error) => return Err(error.into()),
    };
    let needed = needed_keys(&config.backup.directory);
    Ok(told_status(&journal.region().fingerprint(), &kept, config, checkpoints.as_deref(), &needed))
}

/// How many backups need which key.
fn needed_keys(folder: &Path) -> BTreeMap<String, usize> {
    let mut needed = BTreeMap::new();
    for key in generation_files(folder).unwrap_or_default().iter().filter_map(|path| needed_key(path).ok()) {
        *needed.entry(key).or_default() += 1;
    }
    needed
}

fn told_status(
    region: &str,
    kept: &KeptDataKey,
    config: &Config,
    checkpoints: Option<&str>,
    needed: &BTreeMap<String, usize>,
) -> Text {
    let from = match &config.region_key {
        RegionKeyFrom::File(path) => path.display().to_string(),
        RegionKeyFrom::Command(words) => words.first().cloned().unwrap_or_default(),
    };
    let key = &kept.region_key;
    let (since_ja, since_en) = match &kept.rotated {
        Some((at, before)) => {
            let Text { ja, en } = at.in_words();
            (format!("{ja} から。前は {before}"), format!("since {en}; before that {before}"))
        }
        None => ("最初の鍵".to_owned(), "the first".to_owned()),
    };
    let mut ja = format!("地域の鍵　　　　　 {key}（{since_ja}）、{from} から\n地域　　　　　　　 {region}\n");
    let mut en = format!("Region's key     {key} ({since_en}), from {from}\nRegion           {region}\n");
    if kept.adopted {
        ja += "データの鍵　　　　 この地域の最初の鍵そのもの（データの鍵ができる前からの地域）。最初の鍵を知る人は、鍵を替えた後も、データがあれば読めます\n";
        en += "Data key         this region's first key itself (it was set up before there were data keys): whoever has that one reads the data, whichever key it is under\n";
    } else {
        ja += "データの鍵　　　　 データベースの中。地域の鍵で包まれています\n";
        en += "Data key         in the database, wrapped by the region's key\n";
    }
    let (file, none) = (config.audit.checkpoint_key_file.display(), Text::fixed("なし", "none"));
    ja += &format!(
        "チェックポイントの鍵 {file}（公開鍵 {}）。地域の鍵とは別です（替えるには renkei audit new-key）\n",
        checkpoints.unwrap_or(&none.ja)
    );
    en += &format!(
        "Checkpoint key   {file} (public: {}); apart from the region's key, not changed with it (renkei audit new-key does)\n",
        checkpoints.unwrap_or(&none.en)
    );
    ja += "端末の認証局の鍵　 データベースの中。データの鍵から作った鍵で封をしています";
    en += "Device authority in the database, sealed with a key of the data key";
    for (key, count) in needed {
        let here = if *key == kept.region_key {
            Text::fixed("", "")
        } else {
            Text::fixed("（前の鍵）", " (not the one of today)")
        };
        ja += &format!("\nバックアップ　　　 {count} 個に {key} が必要{}", here.ja);
        en += &format!("\nBackups          {count} need {key}{}", here.en);
    }
    Text::new(ja, en)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_must_be_set_is_told_as_the_configuration_takes_it() {
        let arguments = |to: Option<&str>, command: &[&str]| RotateArguments {
            to: to.map(PathBuf::from),
            to_command: command.iter().map(|word| (*word).to_owned()).collect(),
            config: ConfigArguments::default(),
        };
        let told = told_rotated("aa", "bb", &arguments(Some("/srv/new \"key\""), &[]), None);
        assert!(told.en.contains(r#"region_key_file = '/srv/new "key"'"#), "{}", told.en);
        let told =
            told_rotated("aa", "bb", &arguments(None, &["/bin/kms", "get", "it"]), Some(Path::new("/srv/cp.key")));
        assert!(told.en.contains("checkpoint_key_file = \"/srv/cp.key\""), "{}", told.en);
        assert!(told.ja.contains(r#"region_key_command = ["/bin/kms", "get", "it"]"#), "{}", told.ja);
    }
}
