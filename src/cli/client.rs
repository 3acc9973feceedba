//! `renkei client`: the systems that sign in by a key, by whoever runs commands on the hub's machine. A hub that runs knows
//! of a new one with its first token, and of what ended at once.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use serde_json::Value;

use super::config_arguments::{ConfigArguments, print_mistakes};
use super::{Complaint, EXIT_CONFIG, Terminal, office, open, region_key, serve};
use crate::actions::accounts::{AccountError, ClientGiven, ClientOrder, KeysGiven, order_client, replace_client_keys};
use crate::clock::{Clock as _, Ids, SystemClock};
use crate::domain::act::By;
use crate::domain::client::{Client, KeptKey};
use crate::domain::directory::Directory;
use crate::domain::ids::ClientId;
use crate::domain::text::{Invalid, Text};
use crate::domain::time::Timestamp;
use crate::limits;
use crate::store::{Journal, StoreError};
use crate::vault::read_key_set;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: ClientCommand,
}

#[derive(Debug, clap::Subcommand)]
enum ClientCommand {
    /// 連携システムを登録する / Register a system
    Add(Box<Add>),
    /// 連携システムと鍵の一覧 / List systems and their keys
    List(Box<List>),
    /// 鍵を入れ替える（書かれていない鍵は削除） / Replace the keys; those that are not named are removed
    Keys(Box<Keys>),
    /// 停止・再開・削除する / Suspend, resume or remove a system
    Suspend(Box<Suspend>),
}

#[derive(Debug, clap::Args)]
struct Add {
    /// 記録に表示される名前 / Its name, as entries show it
    #[arg(long, value_name = "NAME")]
    name: String,
    /// どの事業所のために働くか：ID か名前の一部 / For whom it acts: id or part of the name
    #[arg(long, value_name = "ORG")]
    organisation: String,
    /// 目的 / What it is for
    #[arg(long, value_name = "TEXT")]
    purpose: String,
    /// スコープ（空白区切り） / Scopes, separated by spaces: system/Observation.crs …
    #[arg(long, value_name = "SCOPES")]
    scopes: String,
    /// 公開鍵の JWK Set のファイル / File with its public keys as a JWK set
    #[arg(long, value_name = "FILE")]
    jwks: PathBuf,
    #[command(flatten)]
    config: ConfigArguments,
}

#[derive(Debug, clap::Args)]
struct List {
    #[command(flatten)]
    config: ConfigArguments,
}

#[derive(Debug, clap::Args)]
struct Keys {
    /// 連携システムの client ID / The client id
    #[arg(long, value_name = "CLIENT")]
    client: ClientId,
    /// これからの公開鍵すべての JWK Set のファイル / File with all its public keys from now on
    #[arg(long, value_name = "FILE")]
    jwks: PathBuf,
    #[command(flatten)]
    config: ConfigArguments,
}

#[derive(Debug, clap::Args)]
struct Suspend {
    /// 連携システムの client ID / The client id
    #[arg(long, value_name = "CLIENT")]
    client: ClientId,
    /// 理由（監査記録に残る） / Why, for the audit log
    #[arg(long, value_name = "REASON", required_unless_present = "resume")]
    reason: Option<String>,
    /// 停止を解く / Let it sign in again
    #[arg(long, conflicts_with_all = ["reason", "remove"])]
    resume: bool,
    /// 停止ではなく、元に戻せない削除 / Remove it for good instead
    #[arg(long)]
    remove: bool,
    #[command(flatten)]
    config: ConfigArguments,
}

pub(super) fn run(arguments: &Arguments, terminal: Terminal) -> anyhow::Result<ExitCode> {
    let config = match &arguments.command {
        ClientCommand::Add(add) => &add.config,
        ClientCommand::List(list) => &list.config,
        ClientCommand::Keys(keys) => &keys.config,
        ClientCommand::Suspend(suspend) => &suspend.config,
    };
    let Some(settled) = config.settle(terminal)? else {
        return Ok(ExitCode::from(EXIT_CONFIG));
    };
    print_mistakes(&settled.notes, terminal);
    serve::runtime()?.block_on(async {
        let key = region_key::load(&settled.config)?;
        let journal = open::open_journal(&settled.config.database.url(), &key).await?;
        let done = match &arguments.command {
            ClientCommand::Add(add) => register(add, &settled.config.public_url.to_string(), &journal).await,
            ClientCommand::List(_) => list(&journal, terminal).await,
            ClientCommand::Keys(keys) => replace_keys(keys, &journal).await,
            ClientCommand::Suspend(suspend) => order(suspend, &journal).await,
        };
        journal.close().await;
        if let Some(text) = done? {
            println!("{}", terminal.language.pick(&text));
        }
        Ok(ExitCode::SUCCESS)
    })
}

async fn register(add: &Add, public_url: &str, journal: &Journal) -> anyhow::Result<Option<Text>> {
    let directory: Directory = journal.read(|tx| Box::pin(tx.load_directory())).await?;
    let clock = Arc::new(SystemClock::new());
    let (now, id) = (clock.now(), ClientId(Ids::new(Arc::clone(&clock) as _).draw()));
    let keys = read_file(&add.jwks)?;
    let given = ClientGiven {
        organisation: office::meant(&directory, &add.organisation)?.id,
        name: &add.name,
        purpose: &add.purpose,
        scopes: &add.scopes,
        keys: &keys,
    };
    let new = given.read(&directory, id, now).map_err(complain)?;
    let scopes = new.client.scopes;
    let writing = journal.write(move |tx| {
        Box::pin(async move {
            if tx.list_clients().await?.len() >= limits::CLIENTS_MAX {
                return Err(AccountError::Overloaded);
            }
            Ok(new.write(tx, By::Operator).await?)
        })
    });
    writing.await?;
    Ok(Some(Text::new(
        format!("client ID {id}\nトークンの取得先 {public_url}/oauth/token\nスコープ {scopes}"),
        format!("client id {id}\ntoken endpoint {public_url}/oauth/token\nscopes {scopes}"),
    )))
}

async fn list(journal: &Journal, terminal: Terminal) -> anyhow::Result<Option<Text>> {
    let reading = journal.read(|tx| {
        Box::pin(async move {
            let (directory, clients) = (tx.load_directory().await?, tx.list_clients().await?);
            Ok::<_, StoreError>((directory, clients, tx.list_standing_client_keys().await?))
        })
    });
    let (directory, clients, keys): (Directory, Vec<Client>, Vec<(ClientId, KeptKey)>) = reading.await?;
    for client in clients {
        let name = directory.people.get(&client.id.into()).map_or("", |person| person.name.kanji.as_str());
        let owner = directory.organisations.get(&client.organisation).map_or("", |owner| owner.name.as_str());
        let state = match client.suspended_at {
            Some(at) => Text::new(format!("停止 {at}"), format!("suspended {at}")),
            None => Text::fixed("利用中", "in use"),
        };
        println!("{}  {name}  {owner}  {}  {}", client.id, client.scopes, terminal.language.pick(&state));
        for (_, KeptKey { key, added_at, .. }) in keys.iter().filter(|(of, _)| *of == client.id) {
            println!("    {}  {}  {added_at}", key.id, key.algorithm);
        }
    }
    Ok(None)
}

async fn replace_keys(keys: &Keys, journal: &Journal) -> anyhow::Result<Option<Text>> {
    let (id, now) = (keys.client, now());
    let read = read_key_set("--jwks", &read_file(&keys.jwks)?).map_err(complain)?;
    let given = KeysGiven { keys: read, keep: Vec::new() };
    let writing =
        journal.write(move |tx| Box::pin(async move { replace_client_keys(tx, By::Operator, id, &given, now).await }));
    match writing.await {
        Ok(_ended) => Ok(Some(Text::fixed("鍵を入れ替えました", "the keys are replaced"))),
        Err(AccountError::NotFound) => Err(no_client().into()),
        Err(AccountError::Invalid(invalid)) => Err(complain(invalid).into()),
        Err(other) => Err(other.into()),
    }
}

async fn order(suspend: &Suspend, journal: &Journal) -> anyhow::Result<Option<Text>> {
    let (id, now) = (suspend.client, now());
    let reason = suspend.reason.clone().unwrap_or_default();
    let (order, done) = match (suspend.resume, suspend.remove) {
        (true, _) => (ClientOrder::Resume, Text::fixed("利用を再開しました", "it may sign in again")),
        (false, true) => (ClientOrder::Remove(reason), Text::fixed("削除しました", "it is removed")),
        (false, false) => (ClientOrder::Suspend(reason), Text::fixed("利用を停止しました", "it is suspended")),
    };
    order.check().map_err(complain)?;
    let writing =
        journal.write(move |tx| Box::pin(async move { order_client(tx, By::Operator, id, order, now).await }));
    let ended: Option<_> = writing.await.map_err(|error: StoreError| error)?;
    ended.ok_or_else(no_client)?;
    Ok(Some(done))
}

fn now() -> Timestamp {
    SystemClock::new().now()
}

fn read_file(path: &Path) -> anyhow::Result<Value> {
    let cannot = Text::new(format!("{} を読めません", path.display()), format!("cannot read {}", path.display()));
    let text = std::fs::read_to_string(path).map_err(Complaint::because(cannot))?;
    serde_json::from_str(&text).map_err(|_| {
        let path = path.display();
        Complaint::new(Text::new(
            format!("{path} は JSON ではありません（JWK Set が必要です）"),
            format!("{path} is no JSON: a JWK set is expected"),
        ))
        .into()
    })
}

/// Names the field beside what is expected.
fn complain(invalid: Invalid) -> Complaint {
    let Invalid { field, message, .. } = invalid;
    Complaint::new(Text::new(format!("{field}: {}", message.ja), format!("{field}: {}", message.en)))
}

fn no_client() -> Complaint {
    Complaint::new(Text::fixed(
        "その連携システムは登録されていないか、すでにその状態です。renkei client list で一覧を表示します",
        "no such system, or it is so already; `renkei client list` lists them",
    ))
}
