//! Which of the tables and columns that the migrations make the database has, in an order in which they can be filled. Their names
//! come from the migrations, and how each is read from the database. What else stands there is passed over.

use std::collections::{BTreeMap, BTreeSet};

use super::super::engine::{EngineTx, run};
use super::super::shape::shape;
use super::super::{StoreError, Tx};
use super::RESTORING;

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

    /// Those of these columns that it has, each with its place among them.
    pub(super) fn pick(&self, names: &[String]) -> Result<Vec<(usize, Column)>, StoreError> {
        let find = |name: &String| self.columns.iter().find(|column| column.name == *name).cloned();
        let found: Vec<(usize, Column)> =
            names.iter().enumerate().filter_map(|(at, name)| Some((at, find(name)?))).collect();
        if found.len() == self.columns.len() {
            return Ok(found);
        }
        Err(StoreError::inconsistent(&self.name, "the backup lacks columns of it"))
    }
}

/// The migrator's own.
const APPLIED: &str = "_sqlx_migrations";

/// Whether this is a table that somebody of the hub's makes beside the migrations.
pub(in super::super) fn is_own_table(table: &str) -> bool {
    table == RESTORING
}

impl Tx {
    /// Whatever stands there, also what no migration made: table, column and its type, in the engine's words.
    pub(in super::super) async fn list_columns(&mut self) -> Result<Vec<(String, String, String)>, StoreError> {
        const SQLITE: &str = "select tables.name, columns.name, lower(columns.type)
            from pragma_table_list as tables join pragma_table_info(tables.name) as columns
            where tables.schema = 'main' and tables.type = 'table' order by tables.name, columns.cid";
        const POSTGRES: &str = "select columns.table_name::text, columns.column_name::text, columns.data_type::text
            from information_schema.columns as columns join information_schema.tables as tables
            on tables.table_schema = columns.table_schema and tables.table_name = columns.table_name
            where columns.table_schema = current_schema() and tables.table_type = 'BASE TABLE'
            order by columns.table_name, columns.ordinal_position";
        let sql = if matches!(self.engine, EngineTx::Sqlite(_)) { SQLITE } else { POSTGRES };
        let mut rows: Vec<(String, String, String)> =
            run!(self, connection => sqlx::query_as(sql).fetch_all(connection).await?);
        rows.retain(|(table, ..)| !table.starts_with("sqlite_") && table != APPLIED);
        Ok(rows)
    }

    /// The names of all tables, also of those that no migration made.
    pub(super) async fn list_names(&mut self) -> Result<BTreeSet<String>, StoreError> {
        Ok(self.list_columns().await?.into_iter().map(|(table, ..)| table).collect())
    }

    /// Every table that a migration made, none before one that it refers to.
    pub(super) async fn list_tables(&mut self) -> Result<Vec<Table>, StoreError> {
        let mut tables: BTreeMap<String, Vec<Column>> = BTreeMap::new();
        for (table, name, of) in self.list_columns().await? {
            if !shape().get(&table).is_some_and(|made| made.contains(&name)) {
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
