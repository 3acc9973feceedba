//! `renkei sign-in`: a sign-in link for one person, for operators, until accounts exist. The hub may run meanwhile.
//! The link goes to standard output, once; only the hash of its token is kept.

use std::process::ExitCode;
use std::sync::Arc;

use super::config_arguments::{ConfigArguments, print_mistakes};
use super::{Complaint, EXIT_CONFIG, Terminal, open, serve};
use crate::actions::sign_in::NewSignIn;
use crate::clock::{Clock as _, Ids, SystemClock};
use crate::config::Config;
use crate::domain::act::By;
use crate::domain::directory::{Directory, Organisation, Person, Position};
use crate::domain::ids::SignInId;
use crate::domain::role::Role;
use crate::domain::search::fold;
use crate::domain::text::Text;
use crate::store::Journal;
use crate::vault::RegionKey;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// 人：ID か名前の一部（なければ全員を表示） / The person: id or part of the name; everybody is listed without it
    #[arg(long, value_name = "PERSON")]
    person: Option<String>,
    /// 職種（一つに決まるなら省略可） / The role; may be left out if there is only one
    #[arg(long, value_parser = role)]
    role: Option<Role>,
    /// 所属：ID か名前の一部（一つに決まるなら省略可） / The organisation: id or part of the name; likewise
    #[arg(long, value_name = "ORG")]
    organisation: Option<String>,
    #[command(flatten)]
    config: ConfigArguments,
}

fn role(code: &str) -> Result<Role, String> {
    let codes: Vec<&str> = Role::ALL.iter().map(|role| role.code()).collect();
    Role::from_code(code).ok_or_else(|| format!("次のいずれか / one of: {}", codes.join(", ")))
}

pub(super) fn run(arguments: &Arguments, terminal: Terminal) -> anyhow::Result<ExitCode> {
    let Some(settled) = arguments.config.settle(terminal)? else {
        return Ok(ExitCode::from(EXIT_CONFIG));
    };
    print_mistakes(&settled.notes, terminal);
    serve::runtime()?.block_on(async {
        let key = Arc::new(RegionKey::load_file(&settled.config.region_key_file)?);
        let journal = open::open_journal(&settled.config.database.url(), key).await?;
        let issued = issue(arguments, &settled.config, &journal, terminal).await;
        journal.close().await;
        issued
    })
}

async fn issue(
    arguments: &Arguments,
    config: &Config,
    journal: &Journal,
    terminal: Terminal,
) -> anyhow::Result<ExitCode> {
    let directory: Directory = journal.read(|tx| Box::pin(tx.load_directory())).await?;
    let candidates = candidates(&directory, arguments);
    let chosen = match candidates.as_slice() {
        [chosen] if arguments.person.is_some() => *chosen,
        [] => return Err(nobody().into()),
        several => {
            several.iter().for_each(|candidate| println!("{}", candidate.line(terminal)));
            if arguments.person.is_none() {
                return Ok(ExitCode::SUCCESS);
            }
            return Err(several_found().into());
        }
    };
    let clock = Arc::new(SystemClock::new());
    let id = SignInId(Ids::new(Arc::clone(&clock) as _).draw());
    let valid_for = config.session.lifetime;
    let new = NewSignIn {
        id,
        person: chosen.person.id,
        position: chosen.position,
        now: clock.now(),
        valid_for,
        by: By::Operator,
    };
    let (token, signed_in) = new.issue(journal, &directory).await?;
    let until = signed_in.until;
    let note = Text::new(
        format!("{}\n{until} まで有効。ほかの人に見せないでください", chosen.line(terminal)),
        format!("{}\nvalid until {until}; keep it to yourself", chosen.line(terminal)),
    );
    eprintln!("{}", terminal.language.pick(&note));
    println!("{}/#token={}", config.public_url, token.reveal().as_str());
    Ok(ExitCode::SUCCESS)
}

/// A person in a position.
#[derive(Clone, Copy)]
struct Candidate<'a> {
    person: &'a Person,
    position: Position,
    organisation: &'a Organisation,
}

impl Candidate<'_> {
    fn line(&self, terminal: Terminal) -> String {
        let (person, organisation, role) = (self.person, self.organisation, self.position.role);
        let role = terminal.language.pick(&Text::fixed(role.ja(), role.en())).to_owned();
        let (kanji, name) = (&person.name.kanji, &organisation.name);
        format!("{kanji}  {role}  {name}  --person {} --organisation {}", person.id, organisation.id)
    }
}

/// Everybody who can sign in and is meant, by kana.
fn candidates<'a>(directory: &'a Directory, arguments: &Arguments) -> Vec<Candidate<'a>> {
    let mut found = Vec::new();
    for person in directory.people.values() {
        let names = [person.id.to_string(), fold(&person.name.kanji), fold(&person.name.kana)];
        if !is_meant(arguments.person.as_deref(), &names) {
            continue;
        }
        for position in &person.positions {
            let Some(organisation) = directory.organisations.get(&position.organisation) else { continue };
            let names = [organisation.id.to_string(), fold(&organisation.name), fold(&organisation.kana)];
            let acts = directory.actor(person.id, *position).is_some();
            let in_role = arguments.role.is_none_or(|role| role == position.role);
            if acts && in_role && is_meant(arguments.organisation.as_deref(), &names) {
                found.push(Candidate { person, position: *position, organisation });
            }
        }
    }
    found.sort_by_key(|candidate| (&candidate.person.name.kana, candidate.person.id, candidate.position.role));
    found
}

/// Whether the id is given, or part of a name.
fn is_meant(given: Option<&str>, [id, names @ ..]: &[String; 3]) -> bool {
    let Some(given) = given.map(str::trim) else { return true };
    given.eq_ignore_ascii_case(id) || names.iter().any(|name| name.contains(&fold(given)))
}

fn nobody() -> Complaint {
    Complaint::new(Text::fixed(
        "あてはまる人がいません。renkei sign-in で全員を表示します",
        "nobody matches; `renkei sign-in` lists everybody",
    ))
}

fn several_found() -> Complaint {
    Complaint::new(Text::fixed(
        "上の一つに決まるように --person・--role・--organisation を指定してください",
        "several match: narrow it down to one line above with --person, --role, --organisation",
    ))
}
