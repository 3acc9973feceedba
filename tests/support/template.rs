//! Databases that have the hub's tables, on the server that `./test` started: copies of one that was migrated once in this
//! run, because thirty migrations take longer than most stories. The stories inside the library include this file too.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::Path;

use sqlx::migrate::Migrator;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

const MIGRATIONS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/postgres");
/// Held by whoever makes the template; any number will do.
const MAKING: i64 = 5_512_401;

/// Makes the database `name`, with tables and no rows.
pub async fn create(server_url: &str, name: &str) -> sqlx::Result<()> {
    let steps = Migrator::new(Path::new(MIGRATIONS)).await?;
    let mut hasher = DefaultHasher::new();
    steps.iter().for_each(|step| step.checksum.hash(&mut hasher));
    let template = format!("renkei_template_{:016x}", hasher.finish());

    let mut server = PgConnection::connect(server_url).await?;
    sqlx::query("select pg_advisory_lock($1)").bind(MAKING).execute(&mut server).await?;
    if !exists(&mut server, &template).await? {
        make(&mut server, server_url, &template, &steps).await?;
    }
    sqlx::query("select pg_advisory_unlock($1)").bind(MAKING).execute(&mut server).await?;
    execute(&mut server, format!("create database {name} template {template}")).await?;
    server.close().await
}

/// It has its name only when it is whole, so that one who is stopped in between spoils nothing.
async fn make(server: &mut PgConnection, server_url: &str, template: &str, steps: &Migrator) -> sqlx::Result<()> {
    let unfinished = format!("{template}_unfinished");
    execute(server, format!("drop database if exists {unfinished} with (force)")).await?;
    execute(server, format!("create database {unfinished}")).await?;
    let mut inside = PgConnection::connect(&with_database(server_url, &unfinished)).await?;
    steps.run(&mut inside).await?;
    inside.close().await?;
    execute(server, format!("alter database {unfinished} rename to {template}")).await
}

async fn exists(server: &mut PgConnection, name: &str) -> sqlx::Result<bool> {
    sqlx::query_scalar("select exists (select from pg_database where datname = $1)").bind(name).fetch_one(server).await
}

async fn execute(server: &mut PgConnection, statement: String) -> sqlx::Result<()> {
    sqlx::raw_sql(AssertSqlSafe(statement)).execute(server).await.map(drop)
}

/// The URL with its database replaced: the last part of its path, before any parameters.
pub fn with_database(server_url: &str, name: &str) -> String {
    let (address, parameters) = match server_url.split_once('?') {
        Some((address, parameters)) => (address, format!("?{parameters}")),
        None => (server_url, String::new()),
    };
    let (server, _) = address.rsplit_once('/').expect("a database URL has a path");
    format!("{server}/{name}{parameters}")
}
