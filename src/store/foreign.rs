//! What stands in the database and no migration made. Tables and columns of others are passed over everywhere, and named. What acts on
//! the hub's own rows (a trigger, a rule, a row policy, a table that inherits, a column that must be filled) can undo or refuse whatever
//! the hub writes: it is a fault, and the hub that meets it says so for as long as it stands. Called by `alone.rs`, `check.rs` and `dump/`.
//!
//! What it does not do: take anything away, or refuse to serve; see decision 037. Indexes, constraints, views and functions are not looked at.

use std::collections::BTreeSet;
use std::sync::Weak;
use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::domain::text::Text;
use crate::limits::STORE_HUB_LOCK_CHECK_MS;

use super::check::{FaultKind, Report};
use super::dump::is_own_table;
use super::engine::{EngineTx, run};
use super::journal::Shared;
use super::shape::shape;
use super::{Journal, StoreError, Tx};

/// How often a hub looks.
const LOOK_MS: u64 = 12 * STORE_HUB_LOCK_CHECK_MS;
/// So much of a name that somebody chose is told.
const NAMED_CHARS_MAX: usize = 100;

/// What no migration made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Foreign {
    /// What acts on rows of the hub's own tables, and where.
    pub(super) acting: Vec<Text>,
    /// Tables, and columns of the hub's own as `table.column`: they act on nothing.
    pub(super) idle: Vec<String>,
}

impl Tx {
    /// See the module.
    pub(super) async fn list_foreign(&mut self) -> Result<Foreign, StoreError> {
        let mut idle = BTreeSet::new();
        let is_marked = self.find_restoring().await?.is_some();
        for (table, column, _) in self.list_columns().await? {
            match shape().get(&table) {
                Some(made) if made.contains(&column) => {}
                Some(_) => {
                    idle.insert(format!("{table}.{}", named(&column)));
                }
                None if is_own_table(&table) && is_marked => {}
                None => {
                    idle.insert(named(&table));
                }
            }
        }
        Ok(Foreign { acting: self.list_acting().await?, idle: idle.into_iter().collect() })
    }

    /// What acts, and what would keep the hub from starting.
    async fn list_hindering(&mut self) -> Result<Vec<Text>, StoreError> {
        let mut found = self.list_acting().await?;
        if self.find_restoring().await?.is_some() {
            found.push(Text::fixed("「復元の途中」という印", "a mark that says the database is being restored"));
        }
        Ok(found)
    }

    async fn list_acting(&mut self) -> Result<Vec<Text>, StoreError> {
        const SQLITE: &str = "select 'trigger', name, lower(tbl_name) from sqlite_schema where type = 'trigger'
            order by name";
        const POSTGRES: &str = "select acting.kind, acting.name, own.relname::text
            from (
                select 'trigger'::text as kind, tgname::text as name, tgrelid as own from pg_trigger
                where not tgisinternal
                union all
                select 'rule'::text, rulename::text, ev_class from pg_rewrite where rulename <> '_RETURN'
                union all
                select 'policy'::text, polname::text, polrelid from pg_policy
                union all
                select 'heir'::text, inhrelid::regclass::text, inhparent from pg_inherits
                union all
                select 'column'::text, attname::text, attrelid from pg_attribute
                where attnum > 0 and not attisdropped and attnotnull and not atthasdef and attidentity = ''
            ) as acting
            join pg_class as own on own.oid = acting.own
            where own.relnamespace = current_schema()::regnamespace order by 3, 1, 2";
        let sql = if matches!(self.engine, EngineTx::Sqlite(_)) { SQLITE } else { POSTGRES };
        let rows: Vec<(String, String, String)> =
            run!(self, connection => sqlx::query_as(sql).fetch_all(connection).await?);
        let made = |table: &str, column: &String| shape().get(table).is_some_and(|columns| columns.contains(column));
        let on_ours = rows
            .iter()
            .filter(|(kind, name, table)| shape().contains_key(table) && !(kind == "column" && made(table, name)));
        Ok(on_ours.map(|(kind, name, table)| place_of(kind, name, table)).collect())
    }
}

fn place_of(kind: &str, name: &str, table: &str) -> Text {
    let (ja, en) = match kind {
        "trigger" => ("トリガー", "trigger"),
        "rule" => ("書き換えのルール", "rule"),
        "policy" => ("行のポリシー", "row policy"),
        "column" => ("空にできない列", "column that may not be empty"),
        _ => ("継承した表", "inheriting table"),
    };
    let name = named(name);
    Text::new(format!("表 {table} の{ja} {name}"), format!("{en} {name} on table {table}"))
}

/// Nothing in it steers a terminal.
fn named(name: &str) -> String {
    name.chars().take(NAMED_CHARS_MAX).flat_map(char::escape_debug).collect()
}

/// Names what acts as faults, and what does not as passed over.
pub(super) async fn check_foreign(journal: &Journal, report: &mut Report) -> Result<(), StoreError> {
    let Foreign { acting, idle } = journal.read(|tx| Box::pin(tx.list_foreign())).await?;
    acting.into_iter().for_each(|place| report.fault(FaultKind::Schema, place));
    report.passed_over = idle;
    Ok(())
}

impl Journal {
    /// Whether something of somebody else's acts on the hub's rows, as far as this process looked.
    #[must_use]
    pub fn is_acted_on(&self) -> bool {
        self.shared.is_acted_on.load(Ordering::Relaxed)
    }

    /// Looks what acts on the hub's rows, and logs it when there had been nothing.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn look_at_schema(&self) -> Result<(), StoreError> {
        let acting = self.read(|tx| Box::pin(tx.list_hindering())).await?;
        let was = self.shared.is_acted_on.swap(!acting.is_empty(), Ordering::Relaxed);
        if !was {
            for place in &acting {
                tracing::error!(
                    found = %place.en,
                    "no migration made this: it may undo what the hub writes; take it away"
                );
            }
        }
        Ok(())
    }
}

/// Looks again and again, for as long as this process serves the database.
pub(super) async fn watch_schema(shared: Weak<Shared>) {
    loop {
        tokio::time::sleep(Duration::from_millis(LOOK_MS)).await;
        let Some(shared) = shared.upgrade() else { return };
        if shared.hold.lock().await.is_none() {
            return;
        }
        if let Err(error) = (Journal { shared }).look_at_schema().await {
            tracing::debug!(%error, "whether anything acts on the tables is not known");
        }
    }
}
