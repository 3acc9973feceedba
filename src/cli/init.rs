//! `renkei init`: what a new hub needs before `serve`: the folder for data, the region's key in it,
//! and a configuration file in which every setting is explained. What is there stays as it is.

use std::fmt::Write as _;
use std::fs::{self, DirBuilder};
use std::io::{self, Write as _};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::Terminal;
use super::complaint::Complaint;
use crate::config::FIELDS;
use crate::domain::text::Text;
use crate::vault::{KeyFileError, RegionKey};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// 作る場所 / Where to make it
    #[arg(long, value_name = "DIR", default_value = ".")]
    dir: PathBuf,
}

/// What was there and what was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Made,
    Kept,
}

pub(super) fn run(arguments: &Arguments, terminal: Terminal) -> anyhow::Result<ExitCode> {
    let (config, key) = (arguments.dir.join("renkei.toml"), arguments.dir.join("data/region.key"));
    let key_step = prepare_key(&key)?;
    let config_step = prepare_config(&config)?;
    for (path, step) in [(&key, key_step), (&config, config_step)] {
        println!("{}", terminal.language.pick(&told(path, step)));
    }
    if key_step == Step::Made {
        let advice = Text::fixed(
            "鍵の写しを別の安全な場所に保管してください。失うと、すべての記録が二度と読めなくなります。",
            "Keep a copy of the key in another safe place: without it no record can ever be read again.",
        );
        println!("{}", terminal.language.pick(&advice));
    }
    Ok(ExitCode::SUCCESS)
}

fn told(path: &Path, step: Step) -> Text {
    let path = path.display();
    match step {
        Step::Made => Text::new(format!("{path} を作りました"), format!("Made {path}")),
        Step::Kept => {
            Text::new(format!("{path} はすでにあるので、そのままにしました"), format!("Kept {path}, which was there"))
        }
    }
}

fn prepare_key(path: &Path) -> anyhow::Result<Step> {
    if let Some(folder) = path.parent() {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
        made.map_err(Complaint::because(cannot_make(folder)))?;
    }
    match RegionKey::create_file(path) {
        Ok(_) => Ok(Step::Made),
        // It must be usable, or "kept" would promise too much.
        Err(KeyFileError::Exists { .. }) => Ok(RegionKey::load_file(path).map(|_| Step::Kept)?),
        Err(error) => Err(error.into()),
    }
}

fn prepare_config(path: &Path) -> anyhow::Result<Step> {
    match fs::File::create_new(path) {
        Ok(mut file) => {
            file.write_all(sample().as_bytes()).map_err(Complaint::because(cannot_make(path)))?;
            Ok(Step::Made)
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(Step::Kept),
        Err(error) => Err(Complaint::because(cannot_make(path))(error).into()),
    }
}

fn cannot_make(path: &Path) -> Text {
    Text::new(format!("{} を作れません", path.display()), format!("cannot make {}", path.display()))
}

/// Every field, explained and commented out.
fn sample() -> String {
    let mut sample = String::from(
        "# 連携（renkei）の設定。見本の行は # を外すと有効になります。確かめるには: renkei config check\n\
         # The configuration of renkei. Remove the # of a line to use it. To check it: renkei config check\n",
    );
    let mut section = "";
    for field in FIELDS {
        let (of, name) = field.path.split_once('.').unwrap_or(("", field.path));
        if of != section {
            section = of;
            write!(sample, "\n[{section}]\n").expect("a String takes everything");
        }
        let (ja, en) = (&field.meaning.ja, &field.meaning.en);
        write!(sample, "\n# {ja}\n# {en}\n# {name} = {}\n", field.sample).expect("a String takes everything");
    }
    sample
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, ConfigFile, Sources};

    const TERMINAL: Terminal = Terminal { language: crate::config::Language::En };

    fn read(folder: &Path, text: String) -> Config {
        let file = ConfigFile { path: "renkei.toml".into(), folder: folder.to_owned(), text };
        Config::read(&Sources { file: Some(file), ..Sources::default() }).unwrap().config
    }

    #[test]
    fn a_new_hub_gets_a_key_and_a_configuration_that_finds_it() {
        let folder = tempfile::tempdir().unwrap();
        let arguments = Arguments { dir: folder.path().to_owned() };
        run(&arguments, TERMINAL).unwrap();
        let config = read(folder.path(), fs::read_to_string(folder.path().join("renkei.toml")).unwrap());
        assert_eq!(config.region_key_file, folder.path().join("data/region.key"));
        let key = RegionKey::load_file(&config.region_key_file).unwrap().fingerprint();

        run(&arguments, TERMINAL).unwrap();
        assert_eq!(RegionKey::load_file(&config.region_key_file).unwrap().fingerprint(), key);
    }

    #[test]
    fn a_key_that_cannot_be_used_is_not_called_kept() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("data")).unwrap();
        fs::write(folder.path().join("data/region.key"), "").unwrap();
        assert!(run(&Arguments { dir: folder.path().to_owned() }, TERMINAL).is_err());
    }

    #[test]
    fn the_sample_means_the_same_with_and_without_its_comment_signs() {
        let uncommented: String = sample()
            .lines()
            .map(|line| line.strip_prefix("# ").filter(|rest| rest.contains(" = ")).unwrap_or(line))
            .map(|line| format!("{line}\n"))
            .collect();
        let folder = Path::new("/srv/hub");
        assert_eq!(read(folder, sample()), read(folder, String::new()));
        let set = read(folder, uncommented);
        assert_eq!(set.data_dir, folder.join("data"));
        assert!(set.tls.is_some() && set.rulebook_dir.is_some());
    }
}
