//! `renkei sign-in`: an invitation for one person, by whoever runs commands on the hub's machine: the first one of a region,
//! and the way back for a secretariat that lost its own. Link and code open nothing by themselves: they lead to setting up
//! two factors. Where a hub runs, it knows at once.

use std::process::ExitCode;
use std::sync::Arc;

use super::config_arguments::{ConfigArguments, print_mistakes};
use super::{Complaint, EXIT_CONFIG, Terminal, open, region_key, serve};
use crate::actions::accounts::{AccountError, Issued, NewInvitation, check_reason};
use crate::clock::{Clock as _, Ids, SystemClock};
use crate::config::Config;
use crate::domain::account::Purpose;
use crate::domain::act::By;
use crate::domain::directory::{Directory, Organisation, Person, Position};
use crate::domain::ids::InvitationId;
use crate::domain::offices::Offices;
use crate::domain::role::Role;
use crate::domain::search::fold;
use crate::domain::secretariat::who_acts;
use crate::domain::text::{Invalid, Text};
use crate::store::Journal;

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
    /// アカウントの再設定（理由） / Recover the account that was set up before, for this reason
    #[arg(long, value_name = "REASON")]
    recover: Option<String>,
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
    if let Some(reason) = &arguments.recover {
        let named = |invalid| Complaint::of_option(Invalid { field: "--recover".to_owned(), ..invalid });
        check_reason(reason).map_err(named)?;
    }
    serve::runtime()?.block_on(async {
        let key = region_key::load(&settled.config)?;
        let journal = open::open_journal(&settled.config.database.url(), &key).await?;
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
    let offices: Offices = journal.read(|tx| Box::pin(tx.load_offices())).await?;
    let clock = Arc::new(SystemClock::new());
    // Recorded time never goes back, and it is by recorded time that a running hub ends the link.
    if let Some(newest) = journal.newest_recorded_at(clock.wall()).await? {
        clock.not_before(newest);
    }
    let now = clock.now();
    let today = open::calendar_of(&config.calendar).date_at(now);
    let nobody_acts = who_acts(&directory, &offices, today).is_empty();
    let candidates = candidates(&directory, arguments);
    let chosen = match candidates.as_slice() {
        // An invitation is for a person, whatever positions they have.
        [chosen, rest @ ..]
            if arguments.person.is_some() && rest.iter().all(|one| one.person.id == chosen.person.id) =>
        {
            *chosen
        }
        [] if nobody_acts => return Err(no_secretariat(nobody()).into()),
        [] => return Err(nobody_listed().into()),
        several => {
            several.iter().for_each(|candidate| println!("{}", candidate.line(terminal)));
            if arguments.person.is_none() {
                return Ok(ExitCode::SUCCESS);
            }
            return Err(several_found().into());
        }
    };
    let person = chosen.person.id;
    let stands =
        |at: &Position| directory.actor(person, *at).is_some_and(|actor| !offices.shut_out(&actor, &directory, today));
    if !chosen.person.positions.iter().any(stands) {
        // Whoever let them in by such a link would only meet the suspension behind it.
        return Err(if nobody_acts { no_secretariat(is_suspended()) } else { lift_first() }.into());
    }
    let id = InvitationId(Ids::new(Arc::clone(&clock) as _).draw());
    let (purpose, reason) = match &arguments.recover {
        Some(reason) => (Purpose::Recovery, reason.clone()),
        None => (Purpose::First, String::new()),
    };
    let new = NewInvitation { id, person, purpose, login: None, reason, by: By::Operator, now };
    let issued = new.issue(journal).await.map_err(cannot_invite)?;
    println!("{}/#invitation={}", config.public_url, issued.token.reveal().as_str());
    println!("{}", terminal.language.pick(&told(&issued, &chosen.line(terminal))));
    Ok(ExitCode::SUCCESS)
}

fn told(issued: &Issued, whom: &str) -> Text {
    let Issued { code, login, expires_at, .. } = issued;
    let until = expires_at.in_words();
    let (ja, en) = (until.ja, until.en);
    Text::new(
        format!(
            "コード {code}　サインイン ID {login}　{ja} まで有効\n{whom}\nリンクとコードは別々に本人へ伝えてください"
        ),
        format!("code {code}  sign-in name {login}  valid until {en}\n{whom}\nlink and code go to them separately"),
    )
}

fn cannot_invite(error: AccountError) -> anyhow::Error {
    match error {
        AccountError::Conflict(text) | AccountError::Forbidden(text) => Complaint::new(text).into(),
        AccountError::Invalid(invalid) => Complaint::of_option(invalid).into(),
        AccountError::Store(error) => error.into(),
        AccountError::NotFound => Complaint::new(Text::fixed(
            "その人（または職務）は登録されていません",
            "there is no such person or position",
        ))
        .into(),
        other => other.into(),
    }
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
        // A system signs in by its key and has no account.
        if directory.clients.contains(&person.id) || !is_meant(arguments.person.as_deref(), &names) {
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
    let part = fold(given);
    // What is empty is part of every name, and means nobody.
    given.eq_ignore_ascii_case(id) || (!part.is_empty() && names.iter().any(|name| name.contains(&part)))
}

const fn nobody() -> Text {
    Text::fixed("あてはまる人がいません", "nobody matches")
}

fn nobody_listed() -> Complaint {
    let Text { ja, en } = nobody();
    Complaint::new(Text::new(
        format!("{ja}。renkei sign-in で全員を表示します"),
        format!("{en}; `renkei sign-in` lists everybody"),
    ))
}

/// Why nobody is invited, and what helps where nobody acts for the secretariat either.
fn no_secretariat(why: Text) -> Complaint {
    Complaint::new(Text::new(
        format!(
            "{}。事務局として働く人もいないので、ハブを止めて renkei secretariat restore --reason 理由 で登録し直してください",
            why.ja
        ),
        format!(
            "{}, and nobody acts for the secretariat: stop the hub and enter somebody again by `renkei secretariat \
             restore --reason REASON`",
            why.en
        ),
    ))
}

fn lift_first() -> Complaint {
    let Text { ja, en } = is_suspended();
    Complaint::new(Text::new(
        format!("{ja}。事務局が記録帳で停止を解除してから、招待してください"),
        format!("{en}: the secretariat lifts that by a record, then invite them"),
    ))
}

const fn is_suspended() -> Text {
    Text::fixed("この人の利用は、事業所の記録帳で止められています", "a record of suspension keeps this person out")
}

fn several_found() -> Complaint {
    Complaint::new(Text::fixed(
        "上の一つに決まるように --person・--role・--organisation を指定してください",
        "several match: narrow it down to one line above with --person, --role, --organisation",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_empty_means_nobody_and_what_is_not_given_means_everybody() {
        let names = ["0196d5a2".to_owned(), fold("三浦 恵子"), fold("ミウラ ケイコ")];
        for (given, expected) in [
            (None, true),
            (Some("三浦"), true),
            (Some("ケイコ"), true),
            (Some(" 0196D5A2 "), true),
            (Some("0196"), false),
            (Some(""), false),
            (Some("　"), false),
        ] {
            assert_eq!(is_meant(given, &names), expected, "{given:?}");
        }
    }
}
