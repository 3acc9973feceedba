//! Rows of either engine ↔ rows of a dump. Tables are read from one end to the other and written in pieces.

use futures_util::TryStreamExt as _;
use sqlx::AssertSqlSafe;
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;

use super::super::engine::run;
use super::super::rows::{self, Rows};
use super::super::{StoreError, Tx};
use super::record::{Cell, Row, Sum, Value};
use super::schema::{Column, Kind, Table};
use super::{DumpError, OWN_NOTES};

/// What both drivers' rows can do here.
trait ReadCells {
    fn cell(&self, at: usize, kind: Kind) -> Result<Cell, sqlx::Error>;
}

macro_rules! reads_cells {
    ($row:ty) => {
        impl ReadCells for $row {
            fn cell(&self, at: usize, kind: Kind) -> Result<Cell, sqlx::Error> {
                let value = match kind {
                    Kind::Number => self.try_get::<Option<i64>, _>(at)?.map(Value::Number),
                    Kind::Truth => self.try_get::<Option<bool>, _>(at)?.map(|truth| Value::Number(i64::from(truth))),
                    Kind::Text => self.try_get::<Option<String>, _>(at)?.map(Value::Text),
                    Kind::Bytes => self.try_get::<Option<Vec<u8>>, _>(at)?.map(Value::Bytes),
                };
                Ok(Cell { value })
            }
        }
    };
}
reads_cells!(SqliteRow);
reads_cells!(PgRow);

fn row_of(row: &impl ReadCells, columns: &[Column]) -> Result<Row, sqlx::Error> {
    let cells = columns.iter().enumerate().map(|(at, column)| row.cell(at, column.kind));
    Ok(Row { cells: cells.collect::<Result<_, _>>()? })
}

impl Tx {
    /// Hands every row of a table to `take`.
    pub(super) async fn read_rows(
        &mut self,
        table: &str,
        columns: &[Column],
        mut take: impl FnMut(Row) -> Result<(), DumpError> + Send,
    ) -> Result<(), DumpError> {
        let listed = Table::listed(columns);
        let but = if table == "meta" { format!(" where name not in {OWN_NOTES}") } else { String::new() };
        // Names out of the schema itself.
        let sql = AssertSqlSafe(format!("select {listed} from \"{table}\"{but}"));
        run!(self, connection => {
            let mut found = sqlx::query(sql).fetch(connection);
            while let Some(row) = found.try_next().await? {
                take(row_of(&row, columns)?)?;
            }
        });
        Ok(())
    }

    /// What all rows of a table add up to.
    pub(super) async fn sum_rows(&mut self, table: &str, columns: &[Column]) -> Result<Sum, DumpError> {
        let mut sum = Sum::default();
        self.read_rows(table, columns, |row| {
            sum.add_row(&row);
            Ok(())
        })
        .await?;
        Ok(sum)
    }

    /// Adds rows to a table.
    pub(super) async fn write_rows(
        &mut self,
        table: &str,
        columns: &[Column],
        written: &[Row],
    ) -> Result<(), StoreError> {
        let listed = Table::listed(columns);
        let inserts = Rows::new(&format!("insert into \"{table}\" ({listed}) values "), columns.len(), "");
        for chunk in rows::chunks(written) {
            let sql = AssertSqlSafe(inserts.text(self.marks(), chunk.len()).to_owned());
            run!(self, connection => {
                let mut query = sqlx::query(sql);
                for row in chunk {
                    if row.cells.len() != columns.len() {
                        return Err(StoreError::inconsistent(table, "a row has another number of columns"));
                    }
                    for (cell, column) in row.cells.iter().zip(columns) {
                        query = match (column.kind, &cell.value) {
                            (Kind::Number, None) => query.bind(None::<i64>),
                            (Kind::Number, Some(Value::Number(number))) => query.bind(*number),
                            (Kind::Truth, None) => query.bind(None::<bool>),
                            (Kind::Truth, Some(Value::Number(number))) => query.bind(*number != 0),
                            (Kind::Text, None) => query.bind(None::<String>),
                            (Kind::Text, Some(Value::Text(text))) => query.bind(text.as_str()),
                            (Kind::Bytes, None) => query.bind(None::<Vec<u8>>),
                            (Kind::Bytes, Some(Value::Bytes(bytes))) => query.bind(bytes.as_slice()),
                            _ => {
                                let place = format!("{table}.{}", column.name);
                                return Err(StoreError::inconsistent(place, "the backup holds another type"));
                            }
                        };
                    }
                }
                query.execute(connection).await?;
            });
        }
        Ok(())
    }

    /// Whether a table has rows.
    pub(super) async fn has_rows(&mut self, table: &str) -> Result<bool, StoreError> {
        let sql =
            AssertSqlSafe(format!("select cast(count(*) as bigint) from (select 1 from \"{table}\" limit 1) as one"));
        let (count,): (i64,) = run!(self, connection => sqlx::query_as(sql).fetch_one(connection).await?);
        Ok(count > 0)
    }

    /// Drops a table that nothing refers to any more.
    pub(super) async fn drop_table(&mut self, table: &str) -> Result<(), StoreError> {
        let sql = AssertSqlSafe(format!("drop table if exists \"{table}\""));
        run!(self, connection => { sqlx::query(sql).execute(connection).await?; });
        Ok(())
    }
}
