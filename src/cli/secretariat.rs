//! `renkei secretariat restore`: somebody acts for the secretariat again where nobody does, by whoever runs the hub's machine.
//! Who is there by then lets everybody else in. While no hub runs, because one would not hear of it; it signs nobody in.

use std::fmt::Write as _;
use std::process::ExitCode;
use std::sync::Arc;

use super::config_arguments::{ConfigArguments, print_mistakes};
use super::{Complaint, EXIT_CONFIG, Terminal, open, region_key, serve};
use crate::actions::accounts::check_reason;
use crate::actions::directory::{DirectoryError, Restored, Restoring, restore_secretariat};
use crate::clock::{Clock as _, Ids, SystemClock};
use crate::config::Config;
use crate::domain::directory::{Directory, Organisation, Person};
use crate::domain::ids::{OrganisationId, PersonId};
use crate::domain::patient::HumanName;
use crate::domain::role::{OrganisationType, Role};
use crate::domain::search::fold;
use crate::domain::text::{Text, counted};
use crate::store::Journal;

/// So many fit a terminal.
const SHOWN_MAX: usize = 20;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// 事務局として働く人がいなくなったとき、登録し直す（ハブを止めて） / Enter somebody again where nobody acts for the secretariat; stop the hub first
    Restore(Box<Restore>),
}

#[derive(Debug, clap::Args)]
struct Restore {
    /// 理由（監査記録に残ります） / Why; the audit log keeps it
    #[arg(long, value_name = "REASON")]
    reason: String,
    /// 登録済みの人：ID か名前の一部（その事務局の人が一人なら省略可） / Somebody in the directory: id or part of the name; may be left out if one person is of it
    #[arg(long, value_name = "PERSON")]
    person: Option<String>,
    /// 新しく登録する人の名前 / Name of somebody new
    #[arg(long, value_name = "NAME", conflicts_with = "person")]
    name: Option<String>,
    /// そのフリガナ / The same name in kana
    #[arg(long, value_name = "KANA", requires = "name", default_value = "")]
    kana: String,
    /// 事務局：ID か名前の一部（一つなら省略可） / The secretariat's office: id or part of the name; may be left out if there is one
    #[arg(long, value_name = "ORG")]
    office: Option<String>,
    #[command(flatten)]
    config: ConfigArguments,
}

pub(super) fn run(arguments: &Arguments, terminal: Terminal) -> anyhow::Result<ExitCode> {
    let Command::Restore(arguments) = &arguments.command;
    let Some(settled) = arguments.config.settle(terminal)? else {
        return Ok(ExitCode::from(EXIT_CONFIG));
    };
    print_mistakes(&settled.notes, terminal);
    check_reason(&arguments.reason).map_err(Complaint::of_option)?;
    serve::runtime()?.block_on(async {
        let key = region_key::load(&settled.config)?;
        let _lock = serve::lock_data(&settled.config.data_dir)?;
        let journal = open::open_journal(&settled.config.database.url(), &key).await?;
        let restored = restore(arguments, &journal, &settled.config).await;
        journal.close().await;
        let restored = restored?;
        println!("{}", terminal.language.pick(&told(&restored)));
        if restored.lifted_count > 0 {
            lift(&settled.config).await.map_err(|error| error.context(NOT_LIFTED_YET))?;
            println!("{}", terminal.language.pick(&told_lifted(restored.lifted_count)));
        }
        Ok(ExitCode::SUCCESS)
    })
}

const NOT_LIFTED_YET: &str =
    "利用停止は次の起動のときに解除されます / the suspension is lifted with the hub's next start";

/// Has a hub write on their timelines that the suspensions were lifted, and ends it.
async fn lift(config: &Config) -> anyhow::Result<()> {
    let region = open::open(config).await?;
    let told = region.hub.tell_what_was_taken_out().await;
    drop(region.hub);
    region.tasks.finish().await;
    region.journal.close().await;
    Ok(told?)
}

fn told_lifted(count: usize) -> Text {
    Text::new(
        format!("この人を止めていた利用停止 {count} 件を解除しました"),
        format!("Lifted {} that kept them out", counted(count, "suspension")),
    )
}

async fn restore(arguments: &Restore, journal: &Journal, config: &Config) -> anyhow::Result<Restored> {
    // Also where the hub runs on another machine.
    journal.serve_alone().await?;
    let directory: Directory = journal.read(|tx| Box::pin(tx.load_directory())).await?;
    let clock = Arc::new(SystemClock::new());
    let ids = Ids::new(Arc::clone(&clock) as _);
    let office = office(arguments, &directory, &ids)?;
    let person = match &arguments.name {
        Some(kanji) => {
            let name = HumanName { kanji: kanji.clone(), kana: arguments.kana.clone() };
            Person { id: PersonId(ids.draw()), name, positions: Vec::new(), active: true }
        }
        None => person(arguments.person.as_deref(), &directory, office.id)?.clone(),
    };
    let given = Restoring { office, person, reason: arguments.reason.trim().to_owned() };
    // Recorded time never goes back.
    if let Some(newest) = journal.newest_recorded_at(clock.wall()).await? {
        clock.not_before(newest);
    }
    let now = clock.now();
    let today = open::calendar_of(&config.calendar).date_at(now);
    let restoring = journal.write(move |tx| Box::pin(async move { restore_secretariat(tx, given, now, today).await }));
    restoring.await.map_err(|error| match error {
        DirectoryError::Conflict(text) => Complaint::new(text).into(),
        DirectoryError::Invalid(invalid) => Complaint::of_option(invalid).into(),
        other => other.into(),
    })
}

/// The office that is the secretariat, or was: of that type, or with people who hold its role. A new one where none is.
fn office(arguments: &Restore, directory: &Directory, ids: &Ids) -> Result<Organisation, Complaint> {
    let found: Vec<&Organisation> = match arguments.office.as_deref() {
        Some(given) => {
            let meant = |one: &&Organisation| is_meant(given, &one.id.to_string(), [&one.name, &one.kana]);
            directory.organisations.values().filter(meant).collect()
        }
        None => directory.organisations.values().filter(|one| was_secretariat(directory, one)).collect(),
    };
    match found.as_slice() {
        [only] => Ok(Organisation::clone(only)),
        [] if arguments.office.is_none() => Ok(Organisation {
            id: OrganisationId(ids.draw()),
            kind: OrganisationType::Secretariat,
            name: "連携事務局".to_owned(),
            kana: String::new(),
            phone: String::new(),
            identifiers: Vec::new(),
            active: true,
        }),
        [] => Err(Complaint::new(Text::fixed("--office に合う事業所がありません", "no organisation fits --office"))),
        several => Err(which(
            ("--office で一つに決めてください", "say which by --office"),
            several.iter().map(|one| format!("{}  {}", one.id, one.name)),
        )),
    }
}

fn was_secretariat(directory: &Directory, office: &Organisation) -> bool {
    let holds = |person: &Person| {
        person.positions.iter().any(|at| at.role == Role::Secretariat && at.organisation == office.id)
    };
    office.kind == OrganisationType::Secretariat || directory.people.values().any(holds)
}

/// The one person who is meant; without a name, the one who holds the role there.
fn person<'a>(given: Option<&str>, directory: &'a Directory, office: OrganisationId) -> Result<&'a Person, Complaint> {
    let people = directory.people.values().filter(|one| !directory.clients.contains(&one.id));
    let mut found: Vec<&Person> = match given {
        Some(given) => {
            let meant = |one: &&Person| is_meant(given, &one.id.to_string(), [&one.name.kanji, &one.name.kana]);
            people.filter(meant).collect()
        }
        None => {
            let holds = |one: &&Person| {
                one.positions.iter().any(|at| at.role == Role::Secretariat && at.organisation == office)
            };
            people.filter(holds).collect()
        }
    };
    found.sort_by(|one, other| (&one.name.kana, one.id).cmp(&(&other.name.kana, other.id)));
    match found.as_slice() {
        [only] => Ok(*only),
        [] => Err(Complaint::new(Text::fixed(
            "その人がいません。登録済みの人を --person で、新しい人を --name と --kana で指定してください",
            "nobody is meant: name somebody of the directory by --person, or somebody new by --name and --kana",
        ))),
        several => Err(which(
            ("--person で一人に決めてください", "say who by --person"),
            several.iter().map(|one| format!("{}  {}", one.id, one.name.kanji)),
        )),
    }
}

/// Whether the id is given, or part of a name.
fn is_meant(given: &str, id: &str, names: [&String; 2]) -> bool {
    let part = fold(given);
    given.trim().eq_ignore_ascii_case(id) || (!part.is_empty() && names.iter().any(|name| fold(name).contains(&part)))
}

fn which((ja, en): (&str, &str), lines: impl Iterator<Item = String>) -> Complaint {
    let list = lines.take(SHOWN_MAX).fold(String::new(), |mut list, line| {
        write!(list, "\n  {line}").expect("a String takes everything");
        list
    });
    Complaint::new(Text::new(format!("{ja}:{list}"), format!("{en}:{list}")))
}

fn told(restored: &Restored) -> Text {
    let Restored { office, person, has_account, .. } = restored;
    let (office, id, name) = (&office.name, person.id, &person.name.kanji);
    let (next_ja, next_en) = match has_account {
        true => (
            format!("前のアカウントでサインインできます。できないときは: renkei sign-in --person {id} --recover 理由"),
            format!("their account opens as before; if it does not: renkei sign-in --person {id} --recover REASON"),
        ),
        false => (
            format!("本人の招待:\n  renkei sign-in --person {id}"),
            format!("to invite them:\n  renkei sign-in --person {id}"),
        ),
    };
    Text::new(
        format!("{name} を {office} の事務局の担当者として登録し直しました。{next_ja}"),
        format!("{name} acts for {office} again; {next_en}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_name_means_nobody_and_an_id_is_whole() {
        let (kanji, kana) = ("三浦 恵子".to_owned(), "ミウラ ケイコ".to_owned());
        let meant = |given: &str| is_meant(given, "0196d5a2", [&kanji, &kana]);
        assert!(meant("三浦") && meant("ケイコ") && meant(" 0196D5A2 "));
        assert!(!meant("") && !meant("　") && !meant("0196"));
    }
}
