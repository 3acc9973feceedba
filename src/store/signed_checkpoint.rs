//! Signed checkpoints: where all chains ended at a moment, stated, signed and kept beside them. Made on one moment of the
//! store and written afterwards, so that nobody's commit waits while 20,000 ends are summed up.

use std::sync::LazyLock;

use crate::domain::checkpoint::Statement;
use crate::domain::time::Timestamp;
use crate::limits::CHECKPOINT_TRIES_MAX;
use crate::vault::heads::{self, End};
use crate::vault::{CheckpointKey, PublicKey};

use super::audit_end::free_number;
use super::checkpoint_known::Known;
use super::checkpoint_said::KnownEnd;
use super::engine::run;
use super::record::{link_from, uuid_from};
use super::rows::{self, Rows};
use super::timeline::NO_LINK;
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
    /// Entries and audit records; the greatest number where there is less than the checkpoint says.
    pub records: u64,
    pub last_made_at: Option<Timestamp>,
}

/// What a checkpoint is made of.
struct Moment {
    last: Option<Known>,
    ends: Vec<KnownEnd>,
    audit: (u64, [u8; 32]),
    /// What contradicts the last one.
    contradiction: Option<&'static str>,
}

/// Timeline, where it ends, its link, the last end that is said of it with its link.
type EndRow = (Vec<u8>, i64, Vec<u8>, Option<i64>, Option<Vec<u8>>);

impl Journal {
    /// Makes a checkpoint, or returns the last one where nothing was written since; whether it is new. None is made where the store
    /// contradicts the last one: that is told until it holds again, or another key begins anew.
    ///
    /// # Errors
    /// When the database fails, the store contradicts the last one, or others make checkpoints all the time.
    pub async fn make_checkpoint(
        &self,
        key: &CheckpointKey,
        now: Timestamp,
    ) -> Result<(KeptCheckpoint, bool), StoreError> {
        self.trust_checkpoints_of(key.public());
        self.try_checkpoint(key, now).await.inspect_err(|error| self.note_if_false(error))
    }

    async fn try_checkpoint(&self, key: &CheckpointKey, now: Timestamp) -> Result<(KeptCheckpoint, bool), StoreError> {
        let signer = key.public();
        for _ in 0..CHECKPOINT_TRIES_MAX {
            let moment = self.read(move |tx| Box::pin(tx.moment(signer))).await?;
            if let Some(what) = moment.contradiction {
                return Err(StoreError::inconsistent("signed_checkpoint", what));
            }
            if let Some(last) = moment.last.as_ref().filter(|last| moment.is_said_by(last)) {
                return Ok((last.kept.clone(), false));
            }
            let (kept, moved) = moment.state(self.region().fingerprint(), key, now)?;
            let (inserting, ends) = (kept.clone(), moved);
            let inserted: Result<bool, StoreError> = self
                .write(move |tx| Box::pin(async move { tx.insert_checkpoint(&inserting, &ends, signer).await }))
                .await;
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
    fn is_said_by(&self, last: &Known) -> bool {
        let stands = |end: &KnownEnd| end.said.is_some_and(|(seq, _)| seq == end.end.seq);
        last.is_ours && last.said.audit_seq == self.audit.0 && self.ends.iter().all(stands)
    }

    fn state(
        &self,
        region: String,
        key: &CheckpointKey,
        now: Timestamp,
    ) -> Result<(KeptCheckpoint, Vec<End>), StoreError> {
        let all: Vec<End> = self.ends.iter().map(|known| known.end).collect();
        let moved = self.ends.iter().filter(|known| known.said.is_none_or(|(said, _)| said < known.end.seq));
        let moved: Vec<End> = moved.map(|known| known.end).collect();
        let (audit_seq, audit_chain) = self.audit;
        let PublicKey(public) = key.public();
        let number = self.last.as_ref().map_or(1, |last| last.said.number.saturating_add(1));
        let made_at = self.last.as_ref().map_or(now, |last| now.max(last.said.made_at));
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
            previous: self.last.as_ref().map_or([0; 32], |last| last.kept.digest()),
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
    async fn moment(&mut self, signer: PublicKey) -> Result<Moment, StoreError> {
        // What stands under no timeline's id is none: the check tells of it.
        const ENDS: &str = "select id, head_seq, head_chain,
            (select max(said.seq) from checkpoint_head as said where said.timeline = timeline.id),
            (select said.chain from checkpoint_head as said where said.timeline = timeline.id
                order by said.seq desc limit 1)
            from timeline where head_seq > 0 and length(id) = 16 order by id";
        let rows: Vec<EndRow> = run!(self, connection => sqlx::query_as(ENDS).fetch_all(connection).await?);
        let ends = rows.into_iter().map(|(id, seq, chain, said, said_chain)| {
            let said = said.map(|seq| unsigned("checkpoint_head.seq", seq)).transpose()?;
            let said_chain = said_chain.and_then(|chain| chain.try_into().ok()).unwrap_or(NO_LINK);
            Ok(KnownEnd { end: end_from(&id, seq, &chain)?, said: said.map(|seq| (seq, said_chain)) })
        });
        let ends: Vec<KnownEnd> = ends.collect::<Result<_, StoreError>>()?;
        let (seq, chain) = self.find_audit_head().await?;
        let audit = (unsigned("audit_head.seq", seq)?, chain);
        let last = self.find_newest_known().await?;
        let contradiction = self.find_contradiction(last.as_ref(), signer, &ends, audit.0).await?;
        Ok(Moment { last, ends, audit, contradiction })
    }

    /// How much was written since the last checkpoint.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn since_checkpoint(&mut self) -> Result<SinceCheckpoint, StoreError> {
        // Within a bound, so that what somebody wrote there leaves the sum a number.
        const ENTRIES: &str = "select cast(coalesce(sum(head_seq), 0) as bigint) from timeline
            where head_seq > 0 and head_seq < $1 and length(id) = 16";
        let (entries,): (i64,) =
            run!(self, connection => sqlx::query_as(ENTRIES).bind(1_i64 << 40).fetch_one(connection).await?);
        let (audits, _) = self.find_audit_head().await?;
        let written = unsigned("timeline.head_seq", entries)? + unsigned("audit_head.seq", audits)?;
        let last = self.find_newest_known().await?;
        let said = last.as_ref().map_or(0, |last| last.said.entries.saturating_add(last.said.audit_seq));
        let last_made_at = last.map(|last| last.said.made_at);
        // Less than was said is no history of ours: to be looked at now, not when as much was written as was cut off.
        Ok(SinceCheckpoint { records: written.checked_sub(said).unwrap_or(u64::MAX), last_made_at })
    }

    /// Whether it was new. What stands in its place and is no checkpoint of this number is set aside, under a number that is none.
    async fn insert_checkpoint(
        &mut self,
        kept: &KeptCheckpoint,
        moved: &[End],
        signer: PublicKey,
    ) -> Result<bool, StoreError> {
        const FREE: &str = free_number!("signed_checkpoint", "number");
        const MOVE: &str = "update signed_checkpoint set number = $2 where number = $1";
        static ENDS: LazyLock<Rows> = LazyLock::new(|| {
            Rows::new("insert into checkpoint_head (timeline, seq, chain, checkpoint) values ", 4, "")
        });
        let number = signed(kept.number);
        if !self.insert_statement(kept).await? {
            let there = self.list_checkpoint_rows(number, 1).await?.pop().filter(|row| row.0 == number);
            if there.is_none_or(|row| self.known_from(row).is_some_and(|known| known.is_ours && known.is_in_place())) {
                return Ok(false);
            }
            let (free,): (i64,) = run!(self, connection => sqlx::query_as(FREE).fetch_one(connection).await?);
            run!(self, connection => { sqlx::query(MOVE).bind(number).bind(free).execute(connection).await?; });
            let what = format!("what stood there is no checkpoint of this number; it was given the number {free}");
            self.note_false_history(&format!("signed_checkpoint {number}"), &what);
            if !self.insert_statement(kept).await? {
                return Ok(false);
            }
        }
        self.note_newest_checkpoint(signer, kept.number).await?;
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

    /// Whether its number was free.
    async fn insert_statement(&mut self, kept: &KeptCheckpoint) -> Result<bool, StoreError> {
        const SQL: &str = "insert into signed_checkpoint (number, made_at, statement, signature)
            values ($1, $2, $3, $4) on conflict do nothing";
        let inserted = run!(self, connection => {
            sqlx::query(SQL)
                .bind(signed(kept.number))
                .bind(kept.made_at.0)
                .bind(kept.statement.as_str())
                .bind(kept.signature.as_slice())
                .execute(connection)
                .await?
                .rows_affected()
        });
        Ok(inserted == 1)
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
