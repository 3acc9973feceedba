//! Where the audit log ends, and what stands behind that. The record of the end says so; where somebody wrote into that or behind
//! it, the log goes on all the same, and it is told. Called by `audit.rs` for every append, and by whoever reads the log.
//!
//! INVARIANT: nothing is lost by it. What is in the way is set aside under a number that is none of the chain's (0 and less), where
//! `audit verify` and `store check` name it.

use crate::limits::FOLD_PAGE_ENTRIES;
use crate::vault::chain::{CHAIN_RECORDS_MAX, GENESIS, Link};

use super::audit::{AuditRow, Row, audit_row_from, link};
use super::engine::run;
use super::timeline::NO_LINK;
use super::{StoreError, Tx};

/// The greatest number of a table, 0 or less, that is free.
macro_rules! free_number {
    ($table:literal, $number:literal) => {
        concat!(
            "select cast(case when not exists (select 1 from ",
            $table,
            " where ",
            $number,
            " = 0) then 0
                else (select max(taken.",
            $number,
            ") - 1 from ",
            $table,
            " as taken
                    where taken.",
            $number,
            " <= 0 and taken.",
            $number,
            " > -9223372036854775807
                    and not exists (select 1 from ",
            $table,
            " as below where below.",
            $number,
            " = taken.",
            $number,
            " - 1))
                end as bigint)"
        )
    };
}
pub(super) use free_number;

impl Tx {
    /// The record of the end, as it stands there: a link that is none is damage like any other, and fits nothing. `None`:
    /// there is no such record.
    pub(super) async fn find_raw_audit_head(&mut self) -> Result<Option<(i64, Link)>, StoreError> {
        const SQL: &str = "select seq, chain from audit_head where id = 1";
        let row: Option<(i64, Vec<u8>)> =
            run!(self, connection => sqlx::query_as(SQL).fetch_optional(connection).await?);
        Ok(row.map(|(seq, chain)| (seq, chain.try_into().unwrap_or(NO_LINK))))
    }

    /// Where the log ends: by its record of that; where that cannot be one, by the records themselves.
    pub(super) async fn find_audit_head(&mut self) -> Result<(i64, Link), StoreError> {
        match self.find_raw_audit_head().await? {
            Some((seq, chain)) if (0..=CHAIN_RECORDS_MAX).contains(&seq) && chain != NO_LINK => Ok((seq, chain)),
            _ => self.find_last_linked().await,
        }
    }

    /// The last record that follows the one before it.
    async fn find_last_linked(&mut self) -> Result<(i64, Link), StoreError> {
        const SQL: &str = "select seq, recorded_at, timeline, sealed, chain, kind, person, organisation, about
            from audit where seq >= 1 and seq <= $1 order by seq desc limit $2";
        let (mut through, mut after) = (CHAIN_RECORDS_MAX, None);
        loop {
            let limit = i64::try_from(FOLD_PAGE_ENTRIES).unwrap_or(i64::MAX);
            let rows: Vec<Row> = run!(self, connection => {
                sqlx::query_as(SQL).bind(through).bind(limit).fetch_all(connection).await?
            });
            let Some(first) = rows.last().map(|row| row.0) else { break };
            for row in rows {
                let before = (row.0, Link::try_from(row.4.as_slice()).unwrap_or(NO_LINK));
                if let Some(end) = after.as_ref().and_then(|after| end_behind(before, after)) {
                    return Ok(end);
                }
                after = audit_row_from(row).ok();
            }
            through = first - 1;
        }
        Ok(after.as_ref().and_then(|first| end_behind((0, GENESIS), first)).unwrap_or((0, GENESIS)))
    }

    /// Takes places for so many records: the last one before them, and its link. The row's lock is held until the commit, so that
    /// hubs append one after the other; whoever appends ends with [`Self::move_audit_head`].
    pub(super) async fn take_audit_places(&mut self, count: i64) -> Result<(i64, Link), StoreError> {
        const TAKE: &str = "update audit_head set seq = seq + $1 where id = 1 and seq >= 0 and seq <= $2
            returning seq, chain, (select max(audit.seq) from audit)";
        let mut taken: Vec<(i64, Vec<u8>, Option<i64>)> = run!(self, connection => {
            sqlx::query_as(TAKE).bind(count).bind(CHAIN_RECORDS_MAX).fetch_all(connection).await?
        });
        let taken = taken.pop().and_then(|(last, chain, newest)| {
            let chain = Link::try_from(chain.as_slice()).ok().filter(|chain| *chain != NO_LINK)?;
            Some((last - count, chain, newest))
        });
        match taken {
            Some((seq, chain, newest)) if newest.is_none_or(|newest| newest <= seq) => Ok((seq, chain)),
            Some((seq, chain, _)) => {
                if !self.met_false_history() {
                    // Once: one that is in nobody's way stays there, and is met at every append.
                    self.note_false_history("audit", "something stands behind the end of the log");
                }
                self.clear_behind((seq, chain), count).await
            }
            None => {
                self.note_false_history("audit_head", "the record of the log's end cannot be one");
                let end = self.find_last_linked().await?;
                self.clear_behind(end, count).await
            }
        }
    }

    /// Says where the log ends now.
    pub(super) async fn move_audit_head(&mut self, seq: i64, chain: &Link) -> Result<(), StoreError> {
        const SQL: &str = "insert into audit_head (id, seq, chain) values (1, $1, $2)
            on conflict (id) do update set seq = excluded.seq, chain = excluded.chain";
        run!(self, connection => {
            sqlx::query(SQL).bind(seq).bind(chain.as_slice()).execute(connection).await?;
        });
        Ok(())
    }

    /// Something stands behind the end. What follows it and opens belongs to the log, whose record of the end was set back: it is
    /// taken in. The rest was put there; where it is in the way of `count` new records it is set aside.
    async fn clear_behind(&mut self, (mut seq, mut chain): (i64, Link), count: i64) -> Result<(i64, Link), StoreError> {
        const IN_THE_WAY: &str = "select seq from audit where seq > $1 and seq <= $2 order by seq";
        let began_at = seq;
        'following: loop {
            let rows = self.list_audit_rows(seq + 1, FOLD_PAGE_ENTRIES).await?;
            let is_last = rows.len() < FOLD_PAGE_ENTRIES;
            for row in rows {
                let Some(next) = self.link_behind((seq, &chain), row).await? else { break 'following };
                (seq, chain) = (seq + 1, next);
            }
            if is_last {
                break;
            }
        }
        if seq > began_at {
            self.note_false_history("audit_head", "the record of the log's end had been set back");
        }
        let taken: Vec<(i64,)> = run!(self, connection => {
            sqlx::query_as(IN_THE_WAY).bind(seq).bind(seq + count).fetch_all(connection).await?
        });
        for (number,) in taken {
            self.set_audit_aside(number).await?;
        }
        Ok((seq, chain))
    }

    /// Its link, if this row is the next record of the log.
    async fn link_behind(&mut self, (seq, chain): (i64, &Link), row: Row) -> Result<Option<Link>, StoreError> {
        let Ok(row) = audit_row_from(row) else { return Ok(None) };
        if row.seq != seq + 1 || link(chain, row.seq, &row.audit) != row.chain {
            return Ok(None);
        }
        let next = row.chain;
        match self.open_audit(row).await {
            Ok(_) => Ok(Some(next)),
            Err(StoreError::Inconsistent { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Gives a row that is none of the log another number, whatever refers to it too.
    async fn set_audit_aside(&mut self, seq: i64) -> Result<(), StoreError> {
        const FREE: &str = free_number!("audit", "seq");
        const COPY: &str = "insert into audit (seq, recorded_at, timeline, sealed, chain, kind, person, organisation, about)
            select $2, recorded_at, timeline, sealed, chain, kind, person, organisation, about from audit where seq = $1";
        const REFER: &str = "update taken_out set audit = $2 where audit = $1";
        const DELETE: &str = "delete from audit where seq = $1";
        let (free,): (i64,) = run!(self, connection => sqlx::query_as(FREE).fetch_one(connection).await?);
        run!(self, connection => {
            for sql in [COPY, REFER] {
                sqlx::query(sql).bind(seq).bind(free).execute(&mut *connection).await?;
            }
            sqlx::query(DELETE).bind(seq).execute(connection).await?;
        });
        let what = "a row stood behind the end of the log; it was given the number";
        self.note_false_history(&format!("audit {seq}"), &format!("{what} {free}"));
        Ok(())
    }
}

/// The end that this record is, if it follows what stands before it.
fn end_behind((seq, chain): (i64, Link), record: &AuditRow) -> Option<(i64, Link)> {
    let follows = record.seq == seq + 1 && link(&chain, record.seq, &record.audit) == record.chain;
    follows.then_some((record.seq, record.chain))
}
