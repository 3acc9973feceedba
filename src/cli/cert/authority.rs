//! `renkei cert authority`: the authorities for devices, one after the other. Where a hub runs, it knows within seconds.

use std::process::ExitCode;

use crate::actions::accounts::{AccountError, fingerprint, list_authorities, replace_authority, retire_authority};
use crate::cli::config_arguments::{ConfigArguments, print_mistakes};
use crate::cli::{Complaint, EXIT_CONFIG, Terminal, open, region_key, serve};
use crate::clock::{Clock as _, SystemClock};
use crate::domain::act::By;
use crate::domain::text::Text;
use crate::domain::time::Timestamp;
use crate::store::{AuthoritySeen, Journal};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// 認証局の一覧 / List the authorities
    List(Where),
    /// 次の認証局を作る。前の認証局の証明書も引き続き使える / Make the next authority; certificates of those before it go on
    Replace(Where),
    /// 前の認証局を終える。その証明書は使えなくなる / Retire a former authority: its certificates count no more
    Retire(Retire),
}

#[derive(Debug, clap::Args)]
struct Where {
    #[command(flatten)]
    config: ConfigArguments,
}

#[derive(Debug, clap::Args)]
struct Retire {
    /// 番号（list で表示） / Its number, as `list` shows it
    number: i64,
    /// 終える理由（監査記録に残る） / Why it is retired, for the audit log
    #[arg(long, value_name = "REASON")]
    reason: String,
    /// 新しい証明書をまだ使っていない端末があっても終える / Even if devices have no newer certificate yet
    #[arg(long)]
    cut_off: bool,
    #[command(flatten)]
    config: ConfigArguments,
}

pub(super) fn run(arguments: &Arguments, terminal: Terminal) -> anyhow::Result<ExitCode> {
    let config = match &arguments.command {
        Command::List(given) | Command::Replace(given) => &given.config,
        Command::Retire(given) => &given.config,
    };
    let Some(settled) = config.settle(terminal)? else {
        return Ok(ExitCode::from(EXIT_CONFIG));
    };
    print_mistakes(&settled.notes, terminal);
    serve::runtime()?.block_on(async {
        let key = region_key::load(&settled.config)?;
        let journal = open::open_journal(&settled.config.database.url(), &key).await?;
        let done = work(&arguments.command, &journal, terminal).await;
        journal.close().await;
        done
    })
}

async fn work(command: &Command, journal: &Journal, terminal: Terminal) -> anyhow::Result<ExitCode> {
    let now = SystemClock::new().now();
    match command {
        Command::List(_) => {
            for one in journal.read(|tx| Box::pin(list_authorities(tx))).await? {
                println!("{}", terminal.language.pick(&line(&one)));
            }
        }
        Command::Replace(_) => {
            let replacing =
                journal.write(move |tx| Box::pin(async move { replace_authority(tx, By::Operator, now).await }));
            let (number, authority) = replacing.await.map_err(said)?;
            println!("{}", terminal.language.pick(&replaced(number, &fingerprint(authority.certificate()))));
        }
        Command::Retire(Retire { number, reason, cut_off, .. }) => {
            let (number, reason, cuts_off) = (*number, reason.clone(), *cut_off);
            let retiring = journal.write(move |tx| {
                Box::pin(async move { retire_authority(tx, By::Operator, number, reason, cuts_off, now).await })
            });
            let ended: u64 = retiring.await.map_err(said)?;
            let text = Text::new(
                format!("認証局 {number} を終えました（証明書 {ended} 枚が使えなくなりました）"),
                format!("authority {number} is retired; {ended} certificates ended with it"),
            );
            println!("{}", terminal.language.pick(&text));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// A refusal in both languages.
fn said(error: AccountError) -> anyhow::Error {
    match error {
        AccountError::Conflict(text) => Complaint::new(text).into(),
        AccountError::Invalid(invalid) => Complaint::of_option(invalid).into(),
        AccountError::NotFound => Complaint::new(Text::fixed(
            "その番号の、使われている認証局はありません。renkei cert authority list で一覧を表示します",
            "no authority of this number is trusted; `renkei cert authority list` lists them",
        ))
        .into(),
        other => other.into(),
    }
}

fn replaced(number: i64, fingerprint: &str) -> Text {
    Text::new(
        format!(
            "認証局 {number} を作りました（{fingerprint}）\n  これから出す証明書はこの認証局のものです。前の認証局の証明書も使えます。\n  端末の証明書がすべて新しくなったら: renkei cert authority retire 番号 --reason 理由"
        ),
        format!(
            "made authority {number} ({fingerprint})\n  it issues from now on; certificates of those before it go on\n  when every device has a new one: renkei cert authority retire NUMBER --reason REASON"
        ),
    )
}

fn line(one: &AuthoritySeen) -> Text {
    let (number, print) = (one.number, fingerprint(&one.certificate));
    let made = one.made_at;
    let (certificates, left) = (one.certificates, one.devices_left);
    match one.retired_at {
        Some(at) => retired(number, made, at, &print),
        None => Text::new(
            format!("{number}  {made} から  証明書 {certificates} 枚、ほかにない端末 {left} 台  {print}"),
            format!("{number}  since {made}  {certificates} certificates, {left} devices without a newer one  {print}"),
        ),
    }
}

fn retired(number: i64, made: Timestamp, at: Timestamp, print: &str) -> Text {
    Text::new(
        format!("{number}  {made} から {at} に終了  {print}"),
        format!("{number}  since {made}, retired {at}  {print}"),
    )
}
