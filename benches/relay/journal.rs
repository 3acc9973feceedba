//! The one writer: takes what queued while the last commit ran, stores it in one transaction, and
//! passes it on only after SQLite says it is on disk.

use std::{collections::HashMap, path::Path, sync::Arc};

use sqlx::{
    AssertSqlSafe, Connection, Executor, Row, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};
use tokio::sync::mpsc;
use uuid::Uuid;

use crate::{fanout, outbox::Outbox};

/// Posts of one transaction at most.
const BATCH_POSTS_MAX: usize = 1_024;
/// Rows of one insert statement: the sizes a batch is cut into, so that few statements need preparing.
const ROWS_PER_INSERT: [usize; 7] = [64, 32, 16, 8, 4, 2, 1];

pub struct Post {
    pub topic: u32,
    pub id: Uuid,
    pub body: String,
    pub author: Arc<Outbox>,
}

pub struct Stored {
    pub post: Post,
    pub seq: i64,
}

pub struct Journal {
    connection: SqliteConnection,
    heads: HashMap<u32, i64>,
}

impl Journal {
    pub async fn open(file: &Path) -> anyhow::Result<Self> {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full);
        let mut connection = SqliteConnection::connect_with(&options).await?;
        // Rows are appended in order of arrival; the index holds no body and stays small. It is not
        // unique, because SQLite would then keep a journal of every insert of several rows.
        connection
            .execute(
                "create table if not exists post (
                    position integer primary key,
                    topic integer not null,
                    seq integer not null,
                    id blob not null,
                    body text not null
                ) strict;
                create index if not exists post_topic_seq on post (topic, seq);",
            )
            .await?;
        let heads = sqlx::query("select topic, max(seq) from post group by topic")
            .fetch_all(&mut connection)
            .await?
            .iter()
            .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)))
            .collect::<Result<_, sqlx::Error>>()?;
        Ok(Self { connection, heads })
    }

    /// Runs until every connection is gone. An error of the store ends the relay: it can no longer
    /// promise anything.
    pub async fn run(
        mut self,
        mut posts: mpsc::Receiver<Post>,
        fanout: mpsc::Sender<fanout::Event>,
    ) -> anyhow::Result<()> {
        let mut queued = Vec::new();
        while posts.recv_many(&mut queued, BATCH_POSTS_MAX).await > 0 {
            let batch: Vec<Stored> = queued.drain(..).map(|post| self.number(post)).collect();
            self.store(&batch).await?;
            // The fan-out has a task of its own, so the next commit starts at once.
            fanout.send(fanout::Event::Committed(batch)).await?;
        }
        Ok(())
    }

    fn number(&mut self, post: Post) -> Stored {
        let head = self.heads.entry(post.topic).or_insert(0);
        *head += 1;
        Stored { seq: *head, post }
    }

    async fn store(&mut self, batch: &[Stored]) -> Result<(), sqlx::Error> {
        let mut transaction = self.connection.begin_with("begin immediate").await?;
        let mut rest = batch;
        for size in ROWS_PER_INSERT {
            while rest.len() >= size {
                let (rows, after) = rest.split_at(size);
                insert(&mut transaction, rows).await?;
                rest = after;
            }
        }
        transaction.commit().await
    }
}

async fn insert(connection: &mut SqliteConnection, rows: &[Stored]) -> Result<(), sqlx::Error> {
    let places = vec!["(?, ?, ?, ?)"; rows.len()].join(", ");
    let text = format!("insert into post (topic, seq, id, body) values {places}");
    let mut query = sqlx::query(AssertSqlSafe(text));
    for Stored { post, seq } in rows {
        query = query.bind(post.topic).bind(*seq).bind(post.id.as_bytes().as_slice()).bind(post.body.as_str());
    }
    query.execute(connection).await?;
    Ok(())
}
