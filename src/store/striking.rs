//! Striking out rows that count for nothing and that no end of anything reaches: keys of systems, versions of the rulebook, their files
//! and signatures that nobody with the region's key wrote. Called by `actions/striking.rs`, which puts it on record.
//!
//! INVARIANT: no row that counts is touched, and none that did not comes to count. What is kept in place of a version under which
//! something counts is the hub's own word, and says only that it was retired.

use uuid::Uuid;

use crate::domain::ids::RulebookVersionId;
use crate::domain::lifecycle::{RulebookVersion, Stage};
use crate::domain::time::Timestamp;

use super::engine::{EngineTx, run};
use super::guarded::{self, ForgedRow, Guarded};
use super::{StoreError, Tx, fingerprint_of};

/// A row that was struck out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StruckRow {
    pub table: &'static str,
    /// What named it there.
    pub row: String,
    /// Of a version under which true files or signatures stand: what is kept of it.
    pub retired: Option<RulebookVersion>,
}

/// A table, and how a row goes that these columns name and that has this MAC. What names it need not be text.
struct Table {
    name: &'static str,
    of: &'static Guarded,
    sqlite: &'static str,
    postgres: &'static str,
}

const TABLES: [Table; 3] = [
    Table {
        name: "client_key",
        of: &guarded::CLIENT_KEY,
        sqlite: "delete from client_key where removed_at is null and client = $1 and cast(kid as blob) = $2
            and mac is not distinct from $3",
        postgres: "delete from client_key where removed_at is null and client = $1 and convert_to(kid, 'UTF8') = $2
            and mac is not distinct from $3",
    },
    Table {
        name: "rulebook_signature",
        of: &guarded::RULEBOOK_SIGNATURE,
        sqlite: "delete from rulebook_signature where version = $1 and cast(ruleset as blob) = $2
            and cast(body as blob) = $3 and cast(role as blob) = $4 and mac is not distinct from $5",
        postgres: "delete from rulebook_signature where version = $1 and convert_to(ruleset, 'UTF8') = $2
            and convert_to(body, 'UTF8') = $3 and convert_to(role, 'UTF8') = $4 and mac is not distinct from $5",
    },
    Table {
        name: "rulebook_version_file",
        of: &guarded::RULEBOOK_FILE,
        sqlite: "delete from rulebook_version_file where version = $1 and cast(path as blob) = $2
            and mac is not distinct from $3",
        postgres: "delete from rulebook_version_file where version = $1 and convert_to(path, 'UTF8') = $2
            and mac is not distinct from $3",
    },
];

const ID_AND_MAC: &str = "delete from rulebook_version where id = $1 and mac is not distinct from $2";
/// After what stands under it.
const VERSIONS: Table =
    Table { name: "rulebook_version", of: &guarded::RULEBOOK_VERSION, sqlite: ID_AND_MAC, postgres: ID_AND_MAC };

/// What a version is called whose own name nobody knows any more.
const CHANGED: &str = "（書き換えられた版 / a version that was written by hand）";

impl Tx {
    /// Strikes out at most so many; which those were.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn strike_rows(&mut self, count_max: usize, now: Timestamp) -> Result<Vec<StruckRow>, StoreError> {
        let mut struck = Vec::new();
        for table in &TABLES {
            for row in self.list_forged_of(table.of).await? {
                if struck.len() == count_max {
                    return Ok(struck);
                }
                self.strike(table, &row).await?;
                struck.push(StruckRow { table: table.name, row: row.named, retired: None });
            }
        }
        for row in self.list_forged_of(VERSIONS.of).await? {
            if struck.len() == count_max {
                return Ok(struck);
            }
            let retired = self.retire_changed(&row, now).await?;
            if retired.is_none() {
                self.strike(&VERSIONS, &row).await?;
            }
            struck.push(StruckRow { table: VERSIONS.name, row: row.named, retired });
        }
        Ok(struck)
    }

    async fn strike(&mut self, table: &Table, row: &ForgedRow) -> Result<(), StoreError> {
        let sql = if matches!(self.engine, EngineTx::Sqlite(_)) { table.sqlite } else { table.postgres };
        let struck = run!(self, connection => {
            let mut query = sqlx::query(sql);
            for key in &row.keys {
                query = query.bind(key.as_slice());
            }
            query.bind(row.mac.as_deref()).execute(connection).await?.rows_affected()
        });
        StoreError::check_rows("striking a row out", 1, struck)
    }

    /// `None`: nothing that counts stands under it. Else it is kept as retired: who signed what counts for other versions too.
    async fn retire_changed(&mut self, row: &ForgedRow, now: Timestamp) -> Result<Option<RulebookVersion>, StoreError> {
        let id = row.keys.first().and_then(|id| Uuid::from_slice(id).ok());
        let Some(id) = id.map(RulebookVersionId) else { return Ok(None) };
        let files = self.list_rulebook_version_files(id).await?;
        if files.is_empty() && self.list_rulebook_signatures(id).await?.is_empty() {
            return Ok(None);
        }
        let version = RulebookVersion {
            id,
            title: CHANGED.to_owned(),
            fingerprint: fingerprint_of(&files),
            stage: Stage::Retired,
            drafted_at: now,
            effective_at: None,
            changed_at: now,
        };
        self.update_rulebook_version(&version).await?;
        Ok(Some(version))
    }
}
