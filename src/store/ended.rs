//! Whether what was ended has ended: read back in the transaction that ended it, after the statement and whatever it set off. A trigger
//! that undoes ends, or a rule by which they are not written, is met here, and the work around it is not stored. Called wherever
//! something is ended that lets somebody in.

use super::engine::run;
use super::{StoreError, Tx};

const STANDS: &str = "ending something that stands all the same";

impl Tx {
    /// Fails where `still` counts anything. It is asked of the id and of the moment of the end: what was begun since stands rightly.
    ///
    /// # Errors
    /// [`StoreError::RowsAffected`], or when the database fails.
    pub(super) async fn check_ended(&mut self, still: &'static str, of: &[u8], at: i64) -> Result<(), StoreError> {
        let standing = self.count_standing(still, of, at).await?;
        StoreError::check_rows(STANDS, 0, standing)
    }

    /// How many `still` counts.
    pub(super) async fn count_standing(&mut self, still: &'static str, of: &[u8], at: i64) -> Result<u64, StoreError> {
        let (count,): (i64,) =
            run!(self, connection => sqlx::query_as(still).bind(of).bind(at).fetch_one(connection).await?);
        Ok(count.unsigned_abs())
    }

    /// Fails where `still` counts a row of these ids: what was deleted is gone.
    ///
    /// # Errors
    /// As [`Self::check_ended`].
    pub(super) async fn check_gone(&mut self, still: &'static str, of: &[&[u8]]) -> Result<(), StoreError> {
        let (count,): (i64,) = run!(self, connection => {
            let mut query = sqlx::query_as(still);
            for id in of {
                query = query.bind(*id);
            }
            query.fetch_one(connection).await?
        });
        StoreError::check_rows(STANDS, 0, count.unsigned_abs())
    }

    /// Fails unless `is_so` counts one row with this id and this MAC, none included, or these sealed bytes.
    ///
    /// # Errors
    /// As [`Self::check_ended`].
    pub(super) async fn check_written(
        &mut self,
        is_so: &'static str,
        of: &[u8],
        written: Option<&[u8]>,
    ) -> Result<(), StoreError> {
        let (count,): (i64,) =
            run!(self, connection => sqlx::query_as(is_so).bind(of).bind(written).fetch_one(connection).await?);
        StoreError::check_rows("writing a row that gives power", 1, count.unsigned_abs())
    }
}
