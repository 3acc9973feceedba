//! `renkei rulebook life …`: the life of the region's rulebook for whoever runs the hub's machine: drafted, proposed, signed
//! on paper, in force from a day, retired. The hub may run meanwhile; it follows within seconds.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Subcommand;
use jiff::civil::Date;

use crate::actions::rulebook_life::{Life, LifeError, RulebookFile, Signing, Standing};
use crate::cli::config_arguments::{ConfigArguments, print_mistakes};
use crate::cli::moment::date;
use crate::cli::{Complaint, EXIT_CONFIG, EXIT_FAILURE, Terminal, open, region_key, rulebook_files, serve};
use crate::clock::{Clock as _, Ids, SystemClock};
use crate::domain::act::By;
use crate::domain::ids::RulebookVersionId;
use crate::domain::lifecycle::RulebookVersion;
use crate::domain::text::Text;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// 版の一覧 / List the versions
    List(ConfigArguments),
    /// 版の段階と、まだない署名 / A version's stage, and the signatures that are missing
    Show(OneArguments),
    /// フォルダーの中身を下書きとして登録する / Enter the files of a folder as a draft
    Draft(DraftArguments),
    /// 署名のための合意書を、記録した署名とともに HTML で出す / Print a version's agreement sheets with the signatures it has, as HTML
    Sheet(OneArguments),
    /// 下書きを団体に提案する / Lay a draft before the bodies
    Propose(OneArguments),
    /// 紙の合意書への署名を記録する / Record a signature on paper
    Sign(Box<SignArguments>),
    /// 施行日を決める（なければすぐ） / Say from which day it is in force; at once without one
    InForce(InForceArguments),
    /// 施行前の版を廃止する / Retire a version that is not in force
    Retire(RetireArguments),
}

#[derive(Debug, clap::Args)]
struct OneArguments {
    /// 版の ID / Id of the version
    #[arg(value_name = "ID")]
    id: RulebookVersionId,
    #[command(flatten)]
    config: ConfigArguments,
}

#[derive(Debug, clap::Args)]
struct DraftArguments {
    /// ルールのフォルダー / Folder of rule files
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// 版の呼び名 / What the version is called
    #[arg(long, value_name = "TITLE", required_unless_present = "replace")]
    title: Option<String>,
    /// この版のファイルを差し替える / Replace the files of this version instead
    #[arg(long, value_name = "ID", conflicts_with = "title")]
    replace: Option<RulebookVersionId>,
    #[command(flatten)]
    config: ConfigArguments,
}

#[derive(Debug, clap::Args)]
struct SignArguments {
    #[command(flatten)]
    one: OneArguments,
    /// 署名したルール集 / The set of rules that was signed
    #[arg(long, value_name = "SET")]
    set: String,
    /// 合意書にある照合番号 / The digest on the sheet
    #[arg(long, value_name = "DIGEST")]
    agreement: String,
    /// 団体の名 / Name of the body
    #[arg(long, value_name = "BODY")]
    body: String,
    /// 団体の職種 / Role code of the body's profession
    #[arg(long, value_name = "ROLE")]
    role: String,
    /// 署名した代表者 / Who signed for it
    #[arg(long, value_name = "NAME")]
    person: String,
    /// 合意書の日付 / The date on the sheet
    #[arg(long, value_name = "DATE", value_parser = date)]
    on: Date,
}

#[derive(Debug, clap::Args)]
struct InForceArguments {
    #[command(flatten)]
    one: OneArguments,
    /// この日の始まりから / From the beginning of this day
    #[arg(long, value_name = "DATE", value_parser = date)]
    on: Option<Date>,
}

#[derive(Debug, clap::Args)]
struct RetireArguments {
    #[command(flatten)]
    one: OneArguments,
    /// 理由 / Why
    #[arg(long, value_name = "REASON")]
    reason: String,
}

impl What {
    fn config(&self) -> &ConfigArguments {
        match self {
            Self::List(config) => config,
            Self::Show(one) | Self::Sheet(one) | Self::Propose(one) => &one.config,
            Self::Draft(draft) => &draft.config,
            Self::Sign(sign) => &sign.one.config,
            Self::InForce(in_force) => &in_force.one.config,
            Self::Retire(retire) => &retire.one.config,
        }
    }
}

pub(super) fn run(arguments: &Arguments, terminal: Terminal) -> anyhow::Result<ExitCode> {
    let Some(settled) = arguments.what.config().settle(terminal)? else {
        return Ok(ExitCode::from(EXIT_CONFIG));
    };
    print_mistakes(&settled.notes, terminal);
    let key = region_key::load(&settled.config)?;
    serve::runtime()?.block_on(async {
        let clock = Arc::new(SystemClock::new());
        let journal = open::open_journal(&settled.config.database.url(), &key).await?;
        let life = Life {
            journal: journal.clone(),
            by: By::Operator,
            now: clock.now(),
            zone: open::calendar_of(&settled.config.calendar).zone,
            is_configured: settled.config.rulebook_dir.is_some(),
        };
        let id = RulebookVersionId(Ids::new(clock).draw());
        let done = take(&life, id, &arguments.what).await;
        journal.close().await;
        match done {
            Ok(told) => {
                print!("{}", terminal.language.pick(&told));
                Ok(ExitCode::SUCCESS)
            }
            Err(error) => refused(error, terminal),
        }
    })
}

fn refused(error: anyhow::Error, terminal: Terminal) -> anyhow::Result<ExitCode> {
    match error.downcast::<LifeError>()? {
        LifeError::Mistakes(problems) => {
            super::print_problems(&problems, terminal);
            Ok(ExitCode::from(EXIT_FAILURE))
        }
        error => Err(Complaint::new(error.text()).into()),
    }
}

/// `new` is the id of a version that is drafted.
async fn take(life: &Life, new: RulebookVersionId, what: &What) -> anyhow::Result<Text> {
    let standing = match what {
        What::List(_) => return Ok(list(life, &life.list().await?)),
        What::Show(one) => life.find(one.id).await?,
        What::Sheet(one) => return Ok(sheet(life, &life.find(one.id).await?)),
        What::Draft(DraftArguments { folder, title, replace, .. }) => {
            let files = files(folder)?;
            match replace {
                Some(id) => life.replace(*id, None, files).await?,
                None => life.draft(new, title.as_deref().unwrap_or_default(), files).await?,
            }
        }
        What::Propose(one) => {
            let seen = life.find(one.id).await?.version.fingerprint;
            life.propose(one.id, &seen).await?
        }
        What::Sign(sign) => {
            let SignArguments { one, set, agreement, body, role, person, on } = &**sign;
            let (set, agreement, body) = (set.clone(), agreement.clone(), body.clone());
            let (role, person) = (role.clone(), person.clone());
            life.sign(one.id, Signing { set, agreement, body, role, person, on: *on }).await?
        }
        What::InForce(InForceArguments { one, on }) => {
            let seen = life.find(one.id).await?.version.fingerprint;
            life.schedule(one.id, &seen, *on).await?
        }
        What::Retire(RetireArguments { one, reason }) => {
            life.retire(one.id, reason).await?;
            life.find(one.id).await?
        }
    };
    Ok(shown(life, &standing))
}

fn files(folder: &std::path::Path) -> anyhow::Result<Vec<RulebookFile>> {
    let name = |path: String| {
        let name = std::path::Path::new(&path).file_name();
        name.map_or_else(|| path.clone(), |name| name.to_string_lossy().into_owned())
    };
    let texts = rulebook_files::texts(folder)?.into_iter();
    Ok(texts.map(|(path, content)| RulebookFile { path: name(path), content }).collect())
}

fn list(life: &Life, versions: &[RulebookVersion]) -> Text {
    let mut told = Text::new("", "");
    if life.is_configured {
        told = Text::fixed(
            "ルールは設定（rulebook_dir）で決められています\n",
            "the rules are set by the configuration (rulebook_dir)\n",
        );
    }
    let lines = versions.iter().map(|version| line(life, version));
    lines.fold(told, |told, line| Text::new(format!("{}{}", told.ja, line.ja), format!("{}{}", told.en, line.en)))
}

fn line(life: &Life, version: &RulebookVersion) -> Text {
    let RulebookVersion { id, title, fingerprint, stage, effective_at, .. } = version;
    let from = effective_at.map(|at| life.date_of(at));
    let (ja, en) = from.map_or_else(Default::default, |on| (format!("（{on} から）"), format!(" (from {on})")));
    Text::new(
        format!("{id} {} {fingerprint} {title}{ja}\n", stage.ja()),
        format!("{id} {} {fingerprint} {title}{en}\n", stage.en()),
    )
}

/// The same in either language: bodies sign in Japanese.
fn sheet(life: &Life, standing: &Standing) -> Text {
    let sets: Vec<_> = standing.book.sets().iter().collect();
    let page = standing.book.agreement_sheets(&sets, |set| standing.agreement(set, |at| life.date_of(at)));
    Text::new(page.clone(), page)
}

fn shown(life: &Life, standing: &Standing) -> Text {
    let Text { ja, en } = line(life, &standing.version);
    let (mut ja, mut en) = (ja.into_owned(), en.into_owned());
    if standing.has_only_seeds() {
        ja += "すべてひな形で、だれも合意していません\n";
        en += "all of it is a seed: nobody has agreed on any of it\n";
    }
    for signed in &standing.signatures {
        let (set, body, person, on) = (&signed.set, &signed.body, &signed.person, signed.on);
        ja += &format!("署名済み {set}：{body} {person}（{on}）\n");
        en += &format!("signed {set}: {body}, {person} ({on})\n");
    }
    for missing in &standing.unsigned {
        let set = standing.book.sets().iter().find(|set| set.id == missing.set);
        let agreement = set.map_or("", |set| set.agreement.as_str());
        let (set, body, role) = (&missing.set, &missing.body, &missing.role);
        ja += &format!("署名待ち {set}：{body} {role} --agreement {agreement}\n");
        en += &format!("to sign {set}: {body} {role} --agreement {agreement}\n");
    }
    Text::new(ja, en)
}
