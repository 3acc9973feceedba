//! PostgreSQL: TLS that checks the server's name unless it is on this machine, a server that makes commits durable before it
//! answers, and the one schema that the hub's tables stand in, whatever else is made beside it.

use std::str::FromStr as _;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions, PgSslMode};
use sqlx::{ConnectOptions as _, Connection as _, PgConnection};
use tokio::time::timeout;

use crate::limits::{
    POSTGRES_CONNECTIONS_MAX, STORE_ACQUIRE_TIMEOUT_MS, STORE_BUSY_TIMEOUT_MS, STORE_IDLE_IN_TRANSACTION_MS,
    STORE_STATEMENTS_MAX,
};

use super::super::OpenError;
use super::super::engine::Engine;
use super::super::shape::shape;
use super::{check_setting, open_error};

/// After this much silence, and then this often, the server asks the machine of a connection whether it is there.
const KEEPALIVE_S: u64 = 5;
/// So many questions without an answer, and the connection is over.
const KEEPALIVES: u64 = 3;
/// Where a connection looks for tables.
const SEARCH_PATH: &str = "search_path";

pub(super) async fn connect(url: &str) -> Result<Engine, OpenError> {
    let options = options(url)?;
    // Before the pool: it would try again and again, and hide why.
    let mut first = connect_one(&options).await.map_err(open_error)?;
    let schema = find_schema(&mut first, &options).await?;
    first.close().await?;
    let options = match schema {
        Some(schema) => options.options([(SEARCH_PATH, schema)]),
        None => options,
    };
    let pool = PgPoolOptions::new()
        .max_connections(POSTGRES_CONNECTIONS_MAX)
        .acquire_timeout(Duration::from_millis(STORE_ACQUIRE_TIMEOUT_MS))
        // A round trip before every piece of work; a dead connection shows in the work itself.
        .test_before_acquire(false)
        // Not the first one alone: what the server promises may have been changed since.
        .after_connect(|connection, _| Box::pin(check(connection)))
        .connect_with(options)
        .await?;
    Ok(Engine::Postgres(pool))
}

fn options(url: &str) -> Result<PgConnectOptions, OpenError> {
    let options = PgConnectOptions::from_str(url)?
        .application_name("renkei")
        .statement_cache_capacity(STORE_STATEMENTS_MAX)
        .options([
            ("idle_in_transaction_session_timeout", STORE_IDLE_IN_TRANSACTION_MS.to_string()),
            ("lock_timeout", STORE_BUSY_TIMEOUT_MS.to_string()),
            // How soon the server misses a machine that went without a word.
            ("tcp_keepalives_idle", KEEPALIVE_S.to_string()),
            ("tcp_keepalives_interval", KEEPALIVE_S.to_string()),
            ("tcp_keepalives_count", KEEPALIVES.to_string()),
            ("tcp_user_timeout", (KEEPALIVE_S * (KEEPALIVES + 1) * 1_000).to_string()),
        ])
        .disable_statement_logging();
    Ok(if is_on_this_machine(&options) { options } else { options.ssl_mode(PgSslMode::VerifyFull) })
}

/// In which schema the hub's tables stand, or will, as SQL names it; `None`: the URL says it.
///
/// INVARIANT: every connection looks there and nowhere else. Where a server looks by itself changes with whoever makes a schema with
/// the name of the hub's user: the tables would be gone for whoever opens the database next, and another region made beside them.
async fn find_schema(connection: &mut PgConnection, options: &PgConnectOptions) -> Result<Option<String>, OpenError> {
    const HOLDING: &str = "select quote_ident(spaces.nspname), spaces.nspname = any(current_schemas(false))
        from pg_class as head join pg_namespace as spaces on spaces.oid = head.relnamespace
        where head.relname = 'audit_head' and head.relkind = 'r' and left(spaces.nspname, 3) <> 'pg_'
        and exists (select 1 from pg_class as beside where beside.relnamespace = spaces.oid
            and beside.relname = 'timeline' and beside.relkind = 'r')
        order by 1";
    const FIRST: &str = "select quote_ident(current_schema())";
    if options.get_options().is_some_and(|given| given.contains(SEARCH_PATH)) {
        return Ok(None);
    }
    let holding: Vec<(String, bool)> = sqlx::query_as(HOLDING).fetch_all(&mut *connection).await?;
    let near: Vec<&String> = holding.iter().filter(|(_, is_near)| *is_near).map(|(schema, _)| schema).collect();
    match (near.as_slice(), holding.first()) {
        ([one], _) => Ok(Some((*one).clone())),
        ([], None) => {
            let (schema,): (Option<String>,) = sqlx::query_as(FIRST).fetch_one(connection).await?;
            Ok(schema)
        }
        _ => {
            let schemas: Vec<String> = holding.into_iter().map(|(schema, _)| schema).collect();
            Err(OpenError::Schemas { found: schemas.join(", ") })
        }
    }
}

fn is_on_this_machine(options: &PgConnectOptions) -> bool {
    let host = options.get_host();
    let is_loopback = host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
    options.get_socket().is_some() || host.starts_with('/') || host == "localhost" || is_loopback
}

/// A connection outside the pool, proven like those in it.
pub(in super::super) async fn connect_one(options: &PgConnectOptions) -> Result<PgConnection, sqlx::Error> {
    let connecting = async {
        let mut connection = PgConnection::connect_with(options).await?;
        check(&mut connection).await?;
        Ok(connection)
    };
    // A server that is gone without a word answers nothing for minutes.
    timeout(Duration::from_millis(STORE_ACQUIRE_TIMEOUT_MS), connecting)
        .await
        .map_err(|_elapsed| sqlx::Error::PoolTimedOut)?
}

/// What the server answers "committed" on must be on its disk, and still there after the server fell.
pub(in super::super) async fn check(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    const SQL: &str = "select current_setting('fsync'), current_setting('synchronous_commit')";
    let (fsync, synchronous): (String, String) = sqlx::query_as(SQL).fetch_one(&mut *connection).await?;
    check_setting("fsync", &fsync, &["on"])?;
    check_setting("synchronous_commit", &synchronous, &["on", "local", "remote_write", "remote_apply"])?;
    check_kept(connection).await
}

/// A server that fell empties what is unlogged.
async fn check_kept(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    const UNLOGGED: &str = "select relname::text from pg_class where relkind = 'r' and relpersistence <> 'p'
        and relnamespace = (select oid from pg_namespace where nspname = current_schema())";
    let rows: Vec<(String,)> = sqlx::query_as(UNLOGGED).fetch_all(connection).await?;
    match rows.into_iter().find(|(table,)| shape().contains_key(table)) {
        None => Ok(()),
        Some((table,)) => Err(sqlx::Error::Configuration(Box::new(OpenError::Unlogged { table }))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_elsewhere_must_prove_its_name_whatever_the_url_says() {
        for url in ["postgres://db.example/renkei", "postgres://10.0.0.7/renkei?sslmode=disable"] {
            assert!(matches!(options(url).unwrap().get_ssl_mode(), PgSslMode::VerifyFull), "{url}");
        }
        for url in ["postgres://127.0.0.1/renkei", "postgres://localhost/renkei", "postgres:///renkei?host=/run/pg"] {
            assert!(!matches!(options(url).unwrap().get_ssl_mode(), PgSslMode::VerifyFull), "{url}");
        }
    }

    #[test]
    fn sessions_carry_the_timeouts_that_free_the_locks_of_a_lost_hub() {
        let options = options("postgres://127.0.0.1/renkei").unwrap();
        let given = options.get_options().unwrap();
        assert!(given.contains("idle_in_transaction_session_timeout=10000"), "{given}");
        assert!(given.contains("lock_timeout=5000"), "{given}");
        assert!(given.contains("tcp_keepalives_idle=5") && given.contains("tcp_user_timeout=20000"), "{given}");
    }
}
