//! Which tables and columns the database has, found in its own schema, in an order in which they can be filled.

use std::collections::{BTreeMap, BTreeSet};

use super::super::engine::{EngineTx, run};
use super::super::{StoreError, Tx};

/// How a column is read and bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Number,
    Truth,
    Text,
    Bytes,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Column {
    pub name: String,
    pub kind: Kind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Table {
    pub name: String,
    pub columns: Vec<Column>,
}

impl Table {
    /// Names of columns as SQL lists them.
    pub(super) fn listed(columns: &[Column]) -> String {
        columns.iter().map(|column| format!("\"{}\"", column.name)).collect::<Vec<_>>().join(", ")
    }

    /// These columns of it, in this order.
    pub(super) fn pick(&self, names: &[String]) -> Result<Vec<Column>, StoreError> {
        let find = |name: &String| self.columns.iter().find(|column| column.name == *name).cloned();
        let found: Option<Vec<Column>> = names.iter().map(find).collect();
        found
            .filter(|found| found.len() == self.columns.len())
            .ok_or_else(|| StoreError::inconsistent(&self.name, "the backup has other columns"))
    }
}

/// The migrator's own.
const APPLIED: &str = "_sqlx_migrations";

impl Tx {
    /// Every table, none before one that it refers to.
    pub(super) async fn list_tables(&mut self) -> Result<Vec<Table>, StoreError> {
        const SQLITE: &str = "select tables.name, columns.name, lower(columns.type)
            from pragma_table_list as tables join pragma_table_info(tables.name) as columns
            where tables.schema = 'main' and tables.type = 'table' order by tables.name, columns.cid";
        const POSTGRES: &str = "select columns.table_name::text, columns.column_name::text, columns.data_type::text
            from information_schema.columns as columns join information_schema.tables as tables
            on tables.table_schema = columns.table_schema and tables.table_name = columns.table_name
            where columns.table_schema = current_schema() and tables.table_type = 'BASE TABLE'
            order by columns.table_name, columns.ordinal_position";
        let sql = if matches!(self.engine, EngineTx::Sqlite(_)) { SQLITE } else { POSTGRES };
        let rows: Vec<(String, String, String)> =
            run!(self, connection => sqlx::query_as(sql).fetch_all(connection).await?);
        let mut tables: BTreeMap<String, Vec<Column>> = BTreeMap::new();
        for (table, name, of) in rows {
            if table.starts_with("sqlite_") || table == APPLIED {
                continue;
            }
            let kind = match of.as_str() {
                "integer" | "bigint" => Kind::Number,
                "boolean" => Kind::Truth,
                "text" => Kind::Text,
                "blob" | "bytea" => Kind::Bytes,
                other => return Err(StoreError::inconsistent(format!("{table}.{name}"), format!("type {other}"))),
            };
            tables.entry(table).or_default().push(Column { name, kind });
        }
        let references = self.list_references().await?;
        in_order(tables, &references)
    }

    /// The tables that hold something sealed.
    #[cfg(test)]
    pub(crate) async fn list_sealed_tables(&mut self) -> Result<Vec<String>, StoreError> {
        let is_sealed = |table: &Table| table.columns.iter().any(|column| column.name == "sealed");
        Ok(self.list_tables().await?.into_iter().filter(is_sealed).map(|table| table.name).collect())
    }

    /// Table → the tables that it refers to.
    async fn list_references(&mut self) -> Result<BTreeSet<(String, String)>, StoreError> {
        const SQLITE: &str = "select tables.name, keys.\"table\"
            from pragma_table_list as tables join pragma_foreign_key_list(tables.name) as keys
            where tables.schema = 'main' and tables.type = 'table'";
        const POSTGRES: &str = "select own.relname::text, other.relname::text from pg_constraint
            join pg_class as own on own.oid = conrelid join pg_class as other on other.oid = confrelid
            where contype = 'f' and connamespace = current_schema()::regnamespace";
        let sql = if matches!(self.engine, EngineTx::Sqlite(_)) { SQLITE } else { POSTGRES };
        let rows: Vec<(String, String)> = run!(self, connection => sqlx::query_as(sql).fetch_all(connection).await?);
        Ok(rows.into_iter().collect())
    }
}

fn in_order(
    mut left: BTreeMap<String, Vec<Column>>,
    references: &BTreeSet<(String, String)>,
) -> Result<Vec<Table>, StoreError> {
    let mut ordered = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let waits = |table: &str| {
            references.iter().any(|(own, other)| own == table && other != table && left.contains_key(other))
        };
        let Some(next) = left.keys().find(|table| !waits(table)).cloned() else {
            return Err(StoreError::inconsistent("the schema", "tables refer to each other in a circle"));
        };
        let columns = left.remove(&next).unwrap_or_default();
        ordered.push(Table { name: next, columns });
    }
    Ok(ordered)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tables(names: &[&str]) -> BTreeMap<String, Vec<Column>> {
        names.iter().map(|name| ((*name).to_owned(), Vec::new())).collect()
    }

    #[test]
    fn none_stands_before_what_it_refers_to_and_a_circle_is_named() {
        let refers = |own: &str, other: &str| (own.to_owned(), other.to_owned());
        let references = [refers("a", "c"), refers("b", "a"), refers("c", "c")].into_iter().collect();
        let ordered = in_order(tables(&["a", "b", "c"]), &references).unwrap();
        assert_eq!(ordered.iter().map(|table| table.name.as_str()).collect::<Vec<_>>(), ["c", "a", "b"]);
        let circle = [refers("a", "b"), refers("b", "a")].into_iter().collect();
        assert!(in_order(tables(&["a", "b"]), &circle).unwrap_err().to_string().contains("circle"));
    }
}
