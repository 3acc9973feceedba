//! The checkpoints that are kept, as far as they are true: signed, this region's, under the number that they say. What somebody
//! wrote into the table counts for nothing here and holds nothing up; `audit verify` names it. Called by `signed_checkpoint.rs`,
//! which goes on from the newest, and by whoever sends them elsewhere.

use crate::domain::checkpoint::Statement;
use crate::domain::time::Timestamp;
use crate::vault::PublicKey;

use super::engine::run;
use super::{KeptCheckpoint, StoreError, Tx};

/// Rows looked at together for the newest.
const LOOK_BACK_ROWS: usize = 16;

/// Number, made at, statement, signature.
pub(super) type Row = (i64, i64, String, Vec<u8>);

/// A checkpoint whose signature holds: what it says of itself counts, not what stands beside it.
pub(super) struct Known {
    pub(super) kept: KeptCheckpoint,
    pub(super) said: Statement,
    /// Whether the key that signs here signed it, as far as this process knows that key.
    pub(super) is_ours: bool,
    stored_as: i64,
}

impl Known {
    pub(super) fn is_in_place(&self) -> bool {
        u64::try_from(self.stored_as) == Ok(self.said.number)
    }
}

/// The one that says the greater number.
fn newer(one: Option<Known>, other: Known) -> Known {
    match one {
        Some(one) if one.said.number >= other.said.number => one,
        _ => other,
    }
}

impl Tx {
    pub(super) fn known_from(&self, (stored_as, _, statement, signature): Row) -> Option<Known> {
        let said = Statement::parse(&statement).ok().filter(|said| said.region == self.region.fingerprint())?;
        let is_ours = self.history.signer().is_none_or(|signer| signer.0 == said.key);
        if !PublicKey(said.key).has_signed(statement.as_bytes(), &signature) {
            return None;
        }
        let kept = KeptCheckpoint { number: said.number, made_at: said.made_at, statement, signature };
        Some(Known { kept, said, is_ours, stored_as })
    }

    /// The newest, of those that this region's key signed if there is any.
    pub(super) async fn find_newest_known(&mut self) -> Result<Option<Known>, StoreError> {
        let (mut ours, mut others) = (None, None);
        let mut from = Some(i64::MAX);
        while let Some(number) = from {
            let rows = self.list_rows_down_from(number).await?;
            from = rows.last().and_then(|row| row.0.checked_sub(1)).filter(|_| rows.len() == LOOK_BACK_ROWS);
            let mut is_found = false;
            for known in rows.into_iter().filter_map(|row| self.known_from(row)) {
                if known.is_ours {
                    is_found |= known.is_in_place();
                    ours = Some(newer(ours, known));
                } else if known.is_in_place() {
                    others = Some(newer(others, known));
                }
            }
            if is_found {
                // Below it there are older ones alone, but for what was put under a number that is none: one look at those.
                from = from.map(|next| next.min(0));
            }
            if number <= 0 && ours.is_some() {
                break;
            }
        }
        Ok(ours.or(others))
    }

    async fn list_rows_down_from(&mut self, number: i64) -> Result<Vec<Row>, StoreError> {
        const SQL: &str = "select number, made_at, statement, signature from signed_checkpoint
            where number <= $1 order by number desc limit $2";
        let limit = i64::try_from(LOOK_BACK_ROWS).unwrap_or(i64::MAX);
        Ok(run!(self, connection => sqlx::query_as(SQL).bind(number).bind(limit).fetch_all(connection).await?))
    }

    /// The newest checkpoint.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_last_checkpoint(&mut self) -> Result<Option<KeptCheckpoint>, StoreError> {
        Ok(self.find_newest_known().await?.map(|known| known.kept))
    }

    /// The checkpoints after this number and up to the newest, at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_checkpoints(&mut self, after: u64, limit: usize) -> Result<Vec<KeptCheckpoint>, StoreError> {
        let Some(newest) = self.find_newest_known().await?.map(|newest| newest.said.number) else {
            return Ok(Vec::new());
        };
        let mut found = Vec::new();
        let mut from = i64::try_from(after).ok().and_then(|after| after.checked_add(1));
        while let Some(number) = from.filter(|_| found.len() < limit) {
            let rows = self.list_checkpoint_rows(number, limit).await?;
            from = rows.last().and_then(|row| row.0.checked_add(1)).filter(|_| rows.len() == limit);
            let known = rows.into_iter().filter_map(|row| self.known_from(row));
            let known = known.filter(|known| known.is_in_place() && known.said.number <= newest);
            found.extend(known.map(|known| known.kept));
        }
        found.truncate(limit);
        Ok(found)
    }

    /// The rows from this number on, as they stand there; at most `limit`.
    pub(super) async fn list_checkpoint_rows(&mut self, from: i64, limit: usize) -> Result<Vec<Row>, StoreError> {
        const SQL: &str = "select number, made_at, statement, signature from signed_checkpoint
            where number >= $1 order by number limit $2";
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        Ok(run!(self, connection => sqlx::query_as(SQL).bind(from).bind(limit).fetch_all(connection).await?))
    }
}

impl KeptCheckpoint {
    /// As it stands in its row, whatever it says.
    pub(super) fn of_row(number: u64, (_, made_at, statement, signature): Row) -> Self {
        Self { number, made_at: Timestamp(made_at), statement, signature }
    }
}
