//! Signed checkpoints: where all chains ended at a moment, stated, signed and kept beside them. Made on one moment of the
//! store and written afterwards, so that nobody's commit waits while 20,000 ends are summed up.

use std::sync::LazyLock;

use crate::domain::checkpoint::Statement;
use crate::domain::time::Timestamp;
use crate::limits::CHECKPOINT_TRIES_MAX;
use crate::vault::heads::{self, End};
use crate::vault::{CheckpointKey, PublicKey};

use super::engine::run;
use super::record::{link_from, uuid_from};
use super::rows::{self, Rows};
use super::{Journal, StoreError, Tx};

/// A checkpoint as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptCheckpoint {
    pub number: u64,
    pub made_at: Timestamp,
    /// The text that is signed; see `domain/checkpoint.rs`.
    pub statement: String,
    pub signature: Vec<u8>,
}

/// How much stands since the last checkpoint.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SinceCheckpoint {
    /// Entries and audit records.
    pub records: u64,
    pub last_made_at: Option<Timestamp>,
}

/// Where a timeline ends, and the last of its ends that a checkpoint says.
struct KnownEnd {
    end: End,
    said: Option<u64>,
}

/// What a checkpoint is made of.
struct Moment {
    last: Option<KeptCheckpoint>,
    ends: Vec<KnownEnd>,
    audit: (u64, [u8; 32]),
}

type Row = (i64, i64, String, Vec<u8>);

/// Timeline, where it ends, its link, the last end that is said of it.
type EndRow = (Vec<u8>, i64, Vec<u8>, Option<i64>);

impl Journal {
    /// Makes a checkpoint, or returns the last one where nothing was written since; whether it is new.
    ///
    /// # Errors
    /// When the database fails, or others make checkpoints all the time.
    pub async fn make_checkpoint(
        &self,
        key: &CheckpointKey,
        now: Timestamp,
    ) -> Result<(KeptCheckpoint, bool), StoreError> {
        for _ in 0..CHECKPOINT_TRIES_MAX {
            let moment = self.read(|tx| Box::pin(tx.moment())).await?;
            if let Some(last) = moment.last.as_ref().filter(|last| moment.is_said_by(last)) {
                return Ok((last.clone(), false));
            }
            let (kept, moved) = moment.state(self.region().fingerprint(), key, now)?;
            let (inserting, ends) = (kept.clone(), moved);
            let inserted: Result<bool, StoreError> =
                self.write(move |tx| Box::pin(async move { tx.insert_checkpoint(&inserting, &ends).await })).await;
            if inserted? {
                return Ok((kept, true));
            }
        }
        Err(StoreError::inconsistent("signed_checkpoint", "others keep making checkpoints of the same number"))
    }

    /// Where every timeline ended at this checkpoint, in the order of the ids.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_ends_at(&self, checkpoint: u64) -> Result<Vec<End>, StoreError> {
        self.read(move |tx| Box::pin(async move { tx.list_ends_at(checkpoint).await })).await
    }
}

impl Moment {
    /// Whether nothing was written since.
    fn is_said_by(&self, last: &KeptCheckpoint) -> bool {
        let stands = |end: &KnownEnd| end.said == Some(end.end.seq);
        Statement::parse(&last.statement).is_ok_and(|said| said.audit_seq == self.audit.0)
            && self.ends.iter().all(stands)
    }

    fn state(
        &self,
        region: String,
        key: &CheckpointKey,
        now: Timestamp,
    ) -> Result<(KeptCheckpoint, Vec<End>), StoreError> {
        let all: Vec<End> = self.ends.iter().map(|known| known.end).collect();
        let moved = self.ends.iter().filter(|known| known.said.is_none_or(|said| said < known.end.seq));
        let moved: Vec<End> = moved.map(|known| known.end).collect();
        let (audit_seq, audit_chain) = self.audit;
        let PublicKey(public) = key.public();
        let number = self.last.as_ref().map_or(1, |last| last.number + 1);
        let made_at = self.last.as_ref().map_or(now, |last| now.max(last.made_at));
        let statement = Statement {
            region,
            number,
            made_at,
            timelines: all.len() as u64,
            entries: all.iter().map(|end| end.seq).sum(),
            root: heads::root(&all),
            moved: moved.len() as u64,
            moved_digest: heads::list_digest(&moved),
            audit_seq,
            audit_chain,
            previous: self.last.as_ref().map_or([0; 32], KeptCheckpoint::digest),
            key: public,
        };
        let statement = statement.to_string();
        let signature = key.sign(statement.as_bytes()).to_vec();
        Ok((KeptCheckpoint { number, made_at, statement, signature }, moved))
    }
}

impl KeptCheckpoint {
    /// Names it in the one after it.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        heads::checkpoint_digest(&self.statement, &self.signature)
    }
}

impl Tx {
    async fn moment(&mut self) -> Result<Moment, StoreError> {
        const ENDS: &str = "select id, head_seq, head_chain,
            (select max(said.seq) from checkpoint_head as said where said.timeline = timeline.id)
            from timeline where head_seq > 0 order by id";
        let rows: Vec<EndRow> = run!(self, connection => sqlx::query_as(ENDS).fetch_all(connection).await?);
        let ends = rows.into_iter().map(|(id, seq, chain, said)| {
            let said = said.map(|seq| unsigned("checkpoint_head.seq", seq)).transpose()?;
            Ok(KnownEnd { end: end_from(&id, seq, &chain)?, said })
        });
        let ends = ends.collect::<Result<_, StoreError>>()?;
        let (seq, chain) = self.find_audit_head().await?;
        Ok(Moment { last: self.find_last_checkpoint().await?, ends, audit: (unsigned("audit_head.seq", seq)?, chain) })
    }

    /// The newest checkpoint.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_last_checkpoint(&mut self) -> Result<Option<KeptCheckpoint>, StoreError> {
        const SQL: &str =
            "select number, made_at, statement, signature from signed_checkpoint order by number desc limit 1";
        let row: Option<Row> = run!(self, connection => sqlx::query_as(SQL).fetch_optional(connection).await?);
        row.map(checkpoint_from).transpose()
    }

    /// The checkpoints after this number, at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_checkpoints(&mut self, after: u64, limit: usize) -> Result<Vec<KeptCheckpoint>, StoreError> {
        const SQL: &str = "select number, made_at, statement, signature from signed_checkpoint
            where number > $1 order by number limit $2";
        let (after, limit) = (i64::try_from(after).unwrap_or(i64::MAX), i64::try_from(limit).unwrap_or(i64::MAX));
        let rows: Vec<Row> = run!(self, connection => {
            sqlx::query_as(SQL).bind(after).bind(limit).fetch_all(connection).await?
        });
        rows.into_iter().map(checkpoint_from).collect()
    }

    /// How much was written since the last checkpoint.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn since_checkpoint(&mut self) -> Result<SinceCheckpoint, StoreError> {
        const ENTRIES: &str = "select cast(coalesce(sum(head_seq), 0) as bigint) from timeline";
        let (entries,): (i64,) = run!(self, connection => sqlx::query_as(ENTRIES).fetch_one(connection).await?);
        let (audits, _) = self.find_audit_head().await?;
        let written = unsigned("timeline.head_seq", entries)? + unsigned("audit_head.seq", audits)?;
        let last = self.find_last_checkpoint().await?;
        let said = last.as_ref().and_then(|last| Statement::parse(&last.statement).ok());
        let said = said.map_or(0, |said| said.entries + said.audit_seq);
        Ok(SinceCheckpoint { records: written.saturating_sub(said), last_made_at: last.map(|last| last.made_at) })
    }

    /// Whether it was new.
    async fn insert_checkpoint(&mut self, kept: &KeptCheckpoint, moved: &[End]) -> Result<bool, StoreError> {
        const SQL: &str = "insert into signed_checkpoint (number, made_at, statement, signature)
            values ($1, $2, $3, $4) on conflict do nothing";
        static ENDS: LazyLock<Rows> = LazyLock::new(|| {
            Rows::new("insert into checkpoint_head (timeline, seq, chain, checkpoint) values ", 4, "")
        });
        let number = signed(kept.number);
        let inserted = run!(self, connection => {
            sqlx::query(SQL)
                .bind(number)
                .bind(kept.made_at.0)
                .bind(kept.statement.as_str())
                .bind(kept.signature.as_slice())
                .execute(connection)
                .await?
                .rows_affected()
        });
        if inserted == 0 {
            return Ok(false);
        }
        for chunk in rows::chunks(moved) {
            let text = ENDS.text(self.marks(), chunk.len());
            run!(self, connection => {
                let mut query = sqlx::query(text);
                for end in chunk {
                    query = query
                        .bind(end.timeline.as_slice())
                        .bind(signed(end.seq))
                        .bind(end.chain.as_slice())
                        .bind(number);
                }
                query.execute(connection).await?;
            });
        }
        Ok(true)
    }

    async fn list_ends_at(&mut self, checkpoint: u64) -> Result<Vec<End>, StoreError> {
        const SQL: &str = "select timeline, seq, chain from checkpoint_head as said where checkpoint <= $1
            and not exists (select 1 from checkpoint_head as later where later.timeline = said.timeline
                and later.seq > said.seq and later.checkpoint <= $1) order by timeline";
        let rows: Vec<(Vec<u8>, i64, Vec<u8>)> =
            run!(self, connection => sqlx::query_as(SQL).bind(signed(checkpoint)).fetch_all(connection).await?);
        rows.iter().map(|(id, seq, chain)| end_from(id, *seq, chain)).collect()
    }
}

fn checkpoint_from((number, made_at, statement, signature): Row) -> Result<KeptCheckpoint, StoreError> {
    let number = unsigned("signed_checkpoint.number", number)?;
    Ok(KeptCheckpoint { number, made_at: Timestamp(made_at), statement, signature })
}

fn end_from(id: &[u8], seq: i64, chain: &[u8]) -> Result<End, StoreError> {
    let timeline = uuid_from("timeline.id", id)?.into_bytes();
    Ok(End { timeline, seq: unsigned("timeline.head_seq", seq)?, chain: link_from("timeline.head_chain", chain)? })
}

fn unsigned(place: &str, number: i64) -> Result<u64, StoreError> {
    u64::try_from(number).map_err(|error| StoreError::inconsistent(place, error))
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
