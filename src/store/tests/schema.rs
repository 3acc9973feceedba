//! The two engines hold the same tables, and every index does what it is there for.

use std::collections::BTreeMap;

use super::region::Region;
use crate::store::engine::{EngineTx, run};
use crate::store::migrate::STEPS;
use crate::store::{Journal, StoreError};

/// Table and column → whether it may be null.
pub(super) type Columns = BTreeMap<(String, String), bool>;

pub(super) async fn columns(journal: &Journal) -> Columns {
    const SQLITE: &str = "select tables.name, columns.name, columns.\"notnull\" = 0 and columns.pk = 0
        from pragma_table_list as tables join pragma_table_info(tables.name) as columns
        where tables.schema = 'main' and tables.type = 'table'";
    const POSTGRES: &str = "select table_name::text, column_name::text, is_nullable = 'YES'
        from information_schema.columns where table_schema = 'public'";
    let rows: Result<Vec<(String, String, bool)>, StoreError> = journal
        .read(|tx| {
            Box::pin(async move {
                let sql = if matches!(tx.engine, EngineTx::Sqlite(_)) { SQLITE } else { POSTGRES };
                Ok(run!(tx, connection => sqlx::query_as(sql).fetch_all(connection).await?))
            })
        })
        .await;
    let is_ours = |table: &str| !table.starts_with("sqlite_") && !table.starts_with("_sqlx");
    let ours = rows.unwrap().into_iter().filter(|(table, ..)| is_ours(table));
    ours.map(|(table, column, nullable)| ((table, column), nullable)).collect()
}

#[tokio::test]
async fn both_engines_have_the_same_columns_and_nullability() {
    let sqlite = columns(&Region::on_sqlite().await.journal).await;
    assert!(sqlite.len() > 50, "{sqlite:?}");
    assert!(sqlite[&("timeline".to_owned(), "wrapped_key".to_owned())]);
    assert!(!sqlite[&("timeline".to_owned(), "head_seq".to_owned())]);
    let Some(region) = Region::on_postgres().await else { return };
    assert_eq!(sqlite, columns(&region.journal).await);
    region.end().await;
}

#[test]
fn both_folders_hold_the_same_migrations() {
    let names = |engine: &str| {
        let folder = format!("{}/migrations/{engine}", env!("CARGO_MANIFEST_DIR"));
        let mut names: Vec<_> = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name()).collect();
        names.sort();
        names
    };
    assert_eq!(names("sqlite"), names("postgres"));
    let listed: Vec<std::ffi::OsString> = STEPS.iter().map(|step| format!("{}.sql", step.1).into()).collect();
    assert_eq!(names("sqlite"), listed, "what lies in the folder is applied, and in the order of its numbers");
    for (number, name, ..) in STEPS {
        assert!(name.starts_with(&format!("{number:04}_")), "{name} is applied as {number}");
    }
}

#[tokio::test]
async fn the_hot_statements_search_by_index_and_never_scan() {
    let region = Region::on_sqlite().await;
    let plans = [
        "with moved (id, expected_seq) as (values (x'00', 1), (x'01', 2)) update timeline set head_seq = 1
         from moved where timeline.id = moved.id and timeline.head_seq = moved.expected_seq",
        "with asked (id) as (values (x'00'), (x'01')) select id from entry
         where entry.id in (select asked.id from asked)",
        "select sealed from entry where timeline = x'00' and seq > 1 order by seq limit 5",
        "select distinct timeline from team_member where organisation = x'00' and (person is null or person = x'01')",
        "select id from sign_in where token_hash = x'00'",
        "select id from linking_queue where timeline = x'00' and state = 'waiting' order by received_at",
        "with moved (id, through_seq) as (values (x'00', 1)) update read_grant set through_seq = moved.through_seq
         from moved where read_grant.id = moved.id",
        "select sealed from entry where recorded_at >= 1 and recorded_at < 5 order by recorded_at desc limit 5",
        "select sealed from entry where timeline = x'00' and recorded_at >= 1 and recorded_at < 5 order by seq desc limit 5",
        "select seq from audit where timeline = x'00' and seq > 4 order by seq limit 5",
        "select organisation, entry from file where timeline = x'00' and name = x'00' and kept_at is not null",
        "select timeline, name from file where entry is null and uploaded_at < 5 order by uploaded_at limit 5",
    ];
    for sql in plans {
        let plan = plan(&region.journal, format!("explain query plan {sql}")).await;
        let tables = ["timeline", "entry", "team_member", "sign_in", "linking_queue", "read_grant", "audit", "file"];
        let scans = plan.iter().any(|step| tables.iter().any(|table| step.starts_with(&format!("SCAN {table}"))));
        assert!(!scans, "{sql}: {plan:?}");
        assert!(plan.iter().any(|step| step.starts_with("SEARCH")), "{sql}: {plan:?}");
        assert!(!plan.iter().any(|step| step.contains("ORDER BY")), "{sql}: {plan:?}");
    }
}

async fn plan(journal: &Journal, sql: String) -> Vec<String> {
    let rows: Result<Vec<(i64, i64, i64, String)>, StoreError> = journal
        .read(|tx| {
            Box::pin(async move {
                let query = sqlx::AssertSqlSafe(sql);
                Ok(run!(tx, connection => sqlx::query_as(query).fetch_all(connection).await?))
            })
        })
        .await;
    rows.unwrap().into_iter().map(|(.., step)| step).collect()
}
