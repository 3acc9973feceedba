//! A PostgreSQL database for one test, made on the server that `./test` started and dropped with its
//! owner, also when the test panics.

use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection};

use super::template::{self, with_database};

const URL_VARIABLE: &str = "RENKEI_TEST_POSTGRES_URL";

pub struct Database {
    /// Where a hub connects to this database.
    pub url: String,
    name: String,
    server_url: String,
}

impl Database {
    /// A new, empty database; `None` if this run has no PostgreSQL (see [`super::service_url`]).
    #[track_caller]
    pub fn create() -> Option<Self> {
        let database = Self::named()?;
        let (server_url, statement) = (database.server_url.clone(), format!("create database {}", database.name));
        in_thread(async move || execute(&server_url, &statement).await);
        Some(database)
    }

    /// The same with the hub's tables, as a hub finds them at its second start.
    #[track_caller]
    pub fn with_tables() -> Option<Self> {
        let database = Self::named()?;
        let (server_url, name) = (database.server_url.clone(), database.name.clone());
        in_thread(async move || template::create(&server_url, &name).await);
        Some(database)
    }

    /// One that is not there yet.
    #[track_caller]
    fn named() -> Option<Self> {
        static CREATED: AtomicU32 = AtomicU32::new(0);
        let server_url = super::service_url(URL_VARIABLE)?;
        // Each test process has its own number, each database of it another.
        let number = CREATED.fetch_add(1, Ordering::Relaxed);
        let name = format!("renkei_test_{}_{number}", std::process::id());
        let database = Self { url: with_database(&server_url, &name), name, server_url };
        // Of an earlier process of this number, which was killed.
        database.drop_if_exists();
        Some(database)
    }

    fn drop_if_exists(&self) {
        let (server_url, statement) =
            (self.server_url.clone(), format!("drop database if exists {} with (force)", self.name));
        in_thread(async move || execute(&server_url, &statement).await);
    }

    /// The same as the settings of a hub take it: the folder of a Unix socket is no host there.
    pub fn url_for_settings(&self) -> String {
        socket_in_query(&self.url)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        self.drop_if_exists();
    }
}

async fn execute(server_url: &str, statement: &str) -> sqlx::Result<()> {
    let options: sqlx::postgres::PgConnectOptions = server_url.parse()?;
    let mut connection: PgConnection = options.disable_statement_logging().connect().await?;
    sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut connection).await?;
    connection.close().await
}

/// In a thread of its own, because a caller may be inside a runtime and `drop` cannot await.
fn in_thread(work: impl AsyncFnOnce() -> sqlx::Result<()> + Send + 'static) {
    let thread = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime can be built").block_on(work())
    });
    thread.join().expect("the thread ends").expect("the test server does as told");
}

/// `postgres://user@%2Ffolder/name` as `postgres://user@localhost/name?host=/folder`.
fn socket_in_query(url: &str) -> String {
    let parts = url.split_once('@').and_then(|(user, rest)| Some((user, rest.split_once('/')?)));
    match parts {
        Some((user, (host, name))) if host.starts_with("%2F") => {
            format!("{user}@localhost/{name}?host={}", host.replace("%2F", "/"))
        }
        _ => url.to_owned(),
    }
}

#[test]
fn the_folder_of_a_socket_moves_behind_the_name() {
    assert_eq!(socket_in_query("postgres://a@%2Ftmp%2Fx/one"), "postgres://a@localhost/one?host=/tmp/x");
    assert_eq!(socket_in_query("postgres://a@host:5432/one"), "postgres://a@host:5432/one");
}

#[test]
fn the_database_of_a_url_is_replaced() {
    let replaced = |url| with_database(url, "one");
    assert_eq!(replaced("postgres://a@host:5432/postgres"), "postgres://a@host:5432/one");
    assert_eq!(
        replaced("postgres://a@%2Ftmp%2Fx/postgres?application_name=a/b"),
        "postgres://a@%2Ftmp%2Fx/one?application_name=a/b"
    );
}

#[tokio::test]
async fn two_databases_share_nothing_and_go_with_their_owners() {
    let (Some(one), Some(other)) = (Database::create(), Database::create()) else {
        return;
    };
    let mut in_one = PgConnection::connect(&one.url).await.unwrap();
    sqlx::raw_sql("create table mark (a bigint)").execute(&mut in_one).await.unwrap();

    let mut in_other = PgConnection::connect(&other.url).await.unwrap();
    sqlx::raw_sql("select a from mark").execute(&mut in_other).await.unwrap_err();

    let url = one.url.clone();
    drop(one);
    PgConnection::connect(&url).await.unwrap_err();
}
