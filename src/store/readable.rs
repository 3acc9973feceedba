//! Rows that are read one by one, so that one which cannot be read takes no other along: it counts as not there, and is told.
//! Called by the lists of this store. Whether a row that can be read was written with the region's key is `guarded.rs`.

use sqlx::{FromRow, Row};

use super::{StoreError, Tx};

/// A row as it came: not even text is text in every database that somebody wrote by hand.
pub(super) type Came<T> = Result<T, StoreError>;

/// Each of these rows of a table by itself.
pub(super) fn each<'r, T: FromRow<'r, R>, R: Row>(table: &'static str, rows: &'r [R]) -> Vec<Came<T>> {
    let came = |row| T::from_row(row).map_err(|error| StoreError::inconsistent(table, error));
    rows.iter().map(came).collect()
}

/// Where those of these rows are that cannot be read: for whoever checks, and means to tell.
pub(super) fn unread<R, T>(rows: Vec<Came<R>>, read: impl Fn(R) -> Result<T, StoreError>) -> Vec<String> {
    let places = rows.into_iter().filter_map(|row| match row.and_then(&read) {
        Ok(_) => None,
        Err(StoreError::Inconsistent { place, .. }) => Some(place),
        Err(error) => Some(error.to_string()),
    });
    places.collect()
}

impl Tx {
    /// What can be read of these rows.
    pub(super) fn readable_each<R, T>(&self, rows: Vec<Came<R>>, read: impl Fn(R) -> Result<T, StoreError>) -> Vec<T> {
        rows.into_iter().filter_map(|row| self.readable(row.and_then(&read))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_read_is_named_by_its_place_and_the_rest_is_passed_over() {
        let rows: Vec<Came<i64>> = vec![Ok(1), Ok(-2), Err(StoreError::inconsistent("number", "no text")), Ok(3)];
        let read = |number: i64| {
            u32::try_from(number).map_err(|error| StoreError::inconsistent(format!("number {number}"), error))
        };
        assert_eq!(unread(rows, read), ["number -2", "number"]);
    }
}
