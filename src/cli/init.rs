//! `renkei init`: what a new hub needs before `serve`: the folder for data, the region's key in it,
//! a configuration file in which every setting is explained, and a first office with a person who can register all
//! others. What is there stays as it is.

mod first_office;

use std::fmt::Write as _;
use std::fs::{self, DirBuilder, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use self::first_office::{FirstOffice, Prepared};
use super::checkpoint_key::{Signing, for_signing};
use super::complaint::Complaint;
use super::config_arguments::ConfigArguments;
use super::serve::runtime;
use super::{EXIT_CONFIG, Terminal, open, region_key};
use crate::actions::directory::check_name;
use crate::config::{Config, FIELDS, Settled};
use crate::domain::text::Text;
use crate::store::find_owner;
use crate::vault::{KeyFileError, RegionKey};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// 作る場所 / Where to make it
    #[arg(long, value_name = "DIR", default_value = ".")]
    dir: PathBuf,
    /// 事務局の名前 / Name of the secretariat's office
    #[arg(long, value_name = "NAME", default_value = "連携事務局")]
    office: String,
    /// 事務局の担当者の名前 / Name of the person at the secretariat
    #[arg(long, value_name = "NAME", default_value = "事務局 担当")]
    operator: String,
    /// 担当者のフリガナ / The same name in kana
    #[arg(long, value_name = "KANA", default_value = "ジムキョク タントウ")]
    operator_kana: String,
}

const OWNER_ONLY: u32 = 0o700;
/// What group and others may.
const OTHERS: u32 = 0o077;

/// What was there and what was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Made,
    Kept,
}

pub(super) fn run(arguments: &Arguments, terminal: Terminal) -> anyhow::Result<ExitCode> {
    for (option, name) in [("--office", &arguments.office), ("--operator", &arguments.operator)] {
        check_name(option, name).map_err(Complaint::of_option)?;
    }
    let (config, data) = (arguments.dir.join("renkei.toml"), arguments.dir.join("data"));
    make_folder(&data)?;
    let config_step = prepare_config(&config)?;
    let Some(settled) = config_at(&config, terminal)? else {
        return Ok(ExitCode::from(EXIT_CONFIG));
    };
    println!("{}", terminal.language.pick(&told(&config, config_step)));
    if let Some(done) = keep_private(&settled.config.data_dir) {
        println!("{}", terminal.language.pick(&done));
    }
    // Where a command prints the key, there is none to be made here.
    if let Some(key) = settled.config.region_key.file() {
        check_no_region_needs_it(key, &settled.config.database.url())?;
        let step = prepare_key(key)?;
        println!("{}", terminal.language.pick(&told(key, step)));
        if step == Step::Made {
            let advice = Text::fixed(
                "鍵の写しを別の安全な場所に保管してください。失うと、すべての記録が二度と読めなくなります。",
                "Keep a copy of the key in another safe place: without it no record can ever be read again.",
            );
            println!("{}", terminal.language.pick(&advice));
        }
    }
    let (prepared, signing) = runtime()?.block_on(async {
        let prepared = first_office::prepare(&settled.config, arguments).await?;
        anyhow::Ok((prepared, signing(&settled.config).await?))
    })?;
    let key_file = &settled.config.audit.checkpoint_key_file;
    let told_key = match signing {
        Signing::With(key) => told_checkpoint_key(key_file, &key.public().in_groups()),
        Signing::Not(why) => why,
    };
    println!("{}", terminal.language.pick(&told_key));
    println!("{}", terminal.language.pick(&told_office(&prepared, &config)));
    Ok(ExitCode::SUCCESS)
}

/// The configuration as `serve` will read it, or every mistake in it on standard error.
fn config_at(path: &Path, terminal: Terminal) -> anyhow::Result<Option<Settled>> {
    let arguments = ConfigArguments::of_file(path);
    arguments.settle(terminal)
}

fn told_office(prepared: &Prepared, config: &Path) -> Text {
    let FirstOffice { office, operator } = match prepared {
        Prepared::Entered(first) => &**first,
        Prepared::Kept => {
            return Text::fixed(
                "事業所はすでに登録されているので、そのままにしました",
                "Kept the directory: organisations are registered already",
            );
        }
        Prepared::Orphaned => {
            return Text::fixed(
                "事業所はすでに登録されているので、そのままにしました。事務局として働く人がいません。登録し直すには: renkei secretariat restore --reason 理由",
                "Kept the directory: organisations are registered already. Nobody acts for the secretariat; to enter somebody again: renkei secretariat restore --reason REASON",
            );
        }
    };
    let (person, config) = (operator.id, config.display());
    let (name, office) = (&operator.name.kanji, &office.name);
    Text::new(
        format!("{office}（{name}）を登録しました。本人の招待:\n  renkei sign-in --config {config} --person {person}"),
        format!("Registered {office} ({name}). To invite them:\n  renkei sign-in --config {config} --person {person}"),
    )
}

/// The key that signs checkpoints, beside the database that it signs for.
async fn signing(config: &Config) -> anyhow::Result<Signing> {
    let journal = open::open_journal(&config.database.url(), &region_key::load(config)?).await?;
    let signing = for_signing(&config.audit.checkpoint_key_file, &journal).await;
    journal.close().await;
    signing
}

fn told_checkpoint_key(path: &Path, public: &str) -> Text {
    let path = path.display();
    Text::new(
        format!(
            "記録の改ざんを確かめる鍵は {path} です。地域の鍵と一緒に写しを保管してください（失うと、署名の鍵を替えることになります）。\n\
             その公開鍵（印刷して、このマシンの外に保管してください）:\n  {public}"
        ),
        format!(
            "{path} signs what proves the record unaltered: keep a copy of it with that of the region's key (without it, another key has to \
             take its place).\nIts public half (print it and keep it off this machine):\n  {public}"
        ),
    )
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

fn make_folder(path: &Path) -> anyhow::Result<()> {
    let made = DirBuilder::new().recursive(true).mode(OWNER_ONLY).create(path);
    Ok(made.map_err(Complaint::because(cannot_make(path)))?)
}

/// The folder of data is its owner's alone, also one that was there before: records and keys lie in it. What was done about
/// that, if anything had to be.
fn keep_private(data: &Path) -> Option<Text> {
    // Whatever else is wrong with it, whoever opens it says.
    let mode = fs::metadata(data).ok()?.permissions().mode() & 0o777;
    if mode & OTHERS == 0 {
        return None;
    }
    let data_shown = data.display();
    Some(match fs::set_permissions(data, Permissions::from_mode(OWNER_ONLY)) {
        Ok(()) => Text::new(
            format!("{data_shown} をほかの利用者から見えないようにしました（{mode:o} → 700）"),
            format!("{data_shown} is its owner's alone now (mode {mode:o} became 700)"),
        ),
        Err(error) => Text::new(
            format!("{data_shown} をほかの利用者も見られます（{mode:o}）。chmod 700 にしてください: {error}"),
            format!("others on this machine may look into {data_shown} (mode {mode:o}); chmod it to 700: {error}"),
        ),
    })
}

/// A new key opens nothing that is there: where a region lies in the database, its own is needed.
fn check_no_region_needs_it(key: &Path, url: &str) -> anyhow::Result<()> {
    if key.exists() {
        return Ok(());
    }
    let Some(owner) = runtime()?.block_on(find_owner(url))? else { return Ok(()) };
    let key = key.display();
    Err(Complaint::new(Text::new(
        format!(
            "データベースにはすでに地域があり、その鍵（{owner}）が {key} にありません。保管してある鍵の写しを {key} に戻し、chmod 600 にしてください。新しい鍵では開けないので、作りませんでした"
        ),
        format!(
            "the database holds a region whose key ({owner}) is not at {key}: put the copy that was kept back there and chmod it to 600; a new key would open nothing, so none was made"
        ),
    ))
    .into())
}

fn prepare_key(path: &Path) -> anyhow::Result<Step> {
    path.parent().map_or(Ok(()), make_folder)?;
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
    use crate::domain::directory::Directory;

    const TERMINAL: Terminal = Terminal { language: crate::config::Language::En };

    fn read(folder: &Path, text: String) -> Config {
        let file = ConfigFile { path: "renkei.toml".into(), folder: folder.to_owned(), text };
        Config::read(&Sources { file: Some(file), ..Sources::default() }).unwrap().config
    }

    fn arguments(folder: &Path) -> Arguments {
        Arguments {
            dir: folder.to_owned(),
            office: "青葉野在宅医療連携事務局".to_owned(),
            operator: "三浦 恵子".to_owned(),
            operator_kana: "ミウラ ケイコ".to_owned(),
        }
    }

    fn directory(config: &Config) -> Directory {
        let opened = async {
            let key = RegionKey::load_file(config.region_key.file().unwrap()).unwrap();
            let journal = crate::cli::open::found_journal(&config.database.url(), &key).await.unwrap();
            let directory = journal.read(|tx| Box::pin(tx.load_directory())).await;
            directory.map_err(|error: crate::store::StoreError| error).unwrap()
        };
        runtime().unwrap().block_on(opened)
    }

    #[test]
    fn a_new_region_has_a_secretariat_that_can_enter_everybody_else_and_gets_no_second_one() {
        let folder = tempfile::tempdir().unwrap();
        run(&arguments(folder.path()), TERMINAL).unwrap();
        run(&arguments(folder.path()), TERMINAL).unwrap();
        let config = read(folder.path(), fs::read_to_string(folder.path().join("renkei.toml")).unwrap());
        let directory = directory(&config);
        assert_eq!((directory.organisations.len(), directory.people.len()), (1, 1));
        let operator = directory.people.values().next().unwrap();
        let actor = directory.actor(operator.id, operator.positions[0]).unwrap();
        assert_eq!(
            (operator.name.kana.as_str(), actor.role),
            ("ミウラ ケイコ", crate::domain::role::Role::Secretariat)
        );
    }

    #[test]
    fn a_new_hub_gets_a_key_and_a_configuration_that_finds_it() {
        let folder = tempfile::tempdir().unwrap();
        let arguments = arguments(folder.path());
        run(&arguments, TERMINAL).unwrap();
        let config = read(folder.path(), fs::read_to_string(folder.path().join("renkei.toml")).unwrap());
        let file = folder.path().join("data/region.key");
        assert_eq!(config.region_key.file(), Some(file.as_path()));
        let key = RegionKey::load_file(&file).unwrap().fingerprint();

        run(&arguments, TERMINAL).unwrap();
        assert_eq!(RegionKey::load_file(&file).unwrap().fingerprint(), key);
    }

    #[test]
    fn a_folder_of_data_that_was_there_becomes_its_owners_alone_and_the_one_around_it_stays() {
        let around = tempfile::tempdir().unwrap();
        let data = around.path().join("data");
        fs::create_dir(&data).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        for (path, open) in [(around.path(), 0o755), (data.as_path(), 0o775)] {
            fs::set_permissions(path, Permissions::from_mode(open)).unwrap();
        }
        run(&arguments(around.path()), TERMINAL).unwrap();
        assert_eq!((mode(&data), mode(around.path())), (0o700, 0o755));
        assert_eq!(keep_private(&data), None, "nothing to do, nothing to say");
        fs::set_permissions(&data, Permissions::from_mode(0o750)).unwrap();
        assert!(keep_private(&data).is_some_and(|done| done.en.contains("750") && done.ja.contains("700")));
    }

    #[test]
    fn a_key_that_cannot_be_used_is_not_called_kept() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("data")).unwrap();
        fs::write(folder.path().join("data/region.key"), "").unwrap();
        assert!(run(&arguments(folder.path()), TERMINAL).is_err());
    }

    #[test]
    fn the_sample_means_the_same_with_and_without_its_comment_signs() {
        let uncommented: String = sample()
            .lines()
            // Either a file or a command: not both.
            .filter(|line| !line.starts_with("# region_key_command"))
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
