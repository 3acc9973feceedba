//! Migrations: the same file names for both engines, embedded in the binary and applied at opening.

use std::borrow::Cow;

use sqlx::SqlSafeStr as _;
use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};

use super::cause::is_damage;
use super::engine::{Engine, run};
use super::{Journal, StoreError, Tx};

/// Version, name, text for SQLite, text for PostgreSQL.
pub(super) type Step = (i64, &'static str, &'static str, &'static str);

macro_rules! step {
    ($version:literal, $name:literal) => {
        (
            $version,
            $name,
            include_str!(concat!("../../migrations/sqlite/", $name, ".sql")),
            include_str!(concat!("../../migrations/postgres/", $name, ".sql")),
        )
    };
}

/// Applied ones are never altered: the database remembers their checksums.
pub(super) const STEPS: &[Step] = &[
    step!(1, "0001_journal"),
    step!(2, "0002_files"),
    step!(3, "0003_emergency_access"),
    step!(4, "0004_duties"),
    step!(5, "0005_offices"),
    step!(6, "0006_rulebook_lifecycle"),
    step!(7, "0007_advice"),
    step!(8, "0008_accounts"),
    step!(9, "0009_signers"),
    step!(10, "0010_devices"),
    step!(11, "0011_provable_history"),
    step!(12, "0012_passkeys"),
    step!(14, "0014_clients"),
    step!(15, "0015_keys"),
    step!(16, "0016_client_use"),
    step!(17, "0017_doors"),
    step!(18, "0018_quarantine"),
    step!(19, "0019_destroyed_records"),
    step!(20, "0020_bells"),
    step!(21, "0021_guarded_rows"),
    step!(23, "0023_board"),
    step!(24, "0024_patients_for_training"),
    step!(25, "0025_taken_out"),
    step!(27, "0027_guarded_rulebooks"),
    step!(28, "0028_written_at"),
    step!(29, "0029_cases"),
    step!(30, "0030_groups"),
    step!(31, "0031_files_of_destroyed"),
];

/// The step from which on rows that give power have MACs.
pub(super) const FIRST_WITH_MACS: i64 = 21;
/// The one from which on the rulebook's versions have theirs.
pub(super) const FIRST_WITH_GUARDED_RULEBOOKS: i64 = 27;

/// The last step that this version knows.
pub(super) fn newest() -> i64 {
    STEPS.last().map_or(0, |step| step.0)
}

/// The last step that a database has, where it lacks one of ours.
pub(super) async fn find_behind(bare: &Journal) -> Result<Option<i64>, StoreError> {
    let taken: Result<Vec<i64>, StoreError> = bare.read(|tx| Box::pin(tx.list_steps())).await;
    let taken = match taken {
        Ok(taken) => taken,
        Err(error) if is_damage(&error) => return Err(error),
        // No table of steps: none was taken.
        Err(StoreError::Driver(sqlx::Error::Database(_))) => Vec::new(),
        Err(error) => return Err(error),
    };
    let lacks = STEPS.iter().any(|step| !taken.contains(&step.0));
    Ok(lacks.then(|| taken.last().copied().unwrap_or(0)))
}

impl Tx {
    async fn list_steps(&mut self) -> Result<Vec<i64>, StoreError> {
        const SQL: &str = "select version from _sqlx_migrations where success order by version";
        let rows: Vec<(i64,)> = run!(self, connection => sqlx::query_as(SQL).fetch_all(connection).await?);
        Ok(rows.into_iter().map(|(version,)| version).collect())
    }
}

pub(super) async fn migrate(engine: &Engine) -> Result<(), MigrateError> {
    migrate_to(engine, i64::MAX).await
}

/// As a hub of that time would have.
pub(super) async fn migrate_to(engine: &Engine, last: i64) -> Result<(), MigrateError> {
    match engine {
        Engine::Sqlite { writer, .. } => {
            let mut connection = writer.lease().await.map_err(MigrateError::Execute)?;
            migrator(last, |step| step.2).run(&mut *connection).await?;
            connection.give_back();
            Ok(())
        }
        Engine::Postgres(pool) => migrator(last, |step| step.3).run(pool).await,
    }
}

fn migrator(last: i64, text: impl Fn(&Step) -> &'static str) -> Migrator {
    let migration = |step: &Step| {
        Migration::new(step.0, Cow::Borrowed(step.1), MigrationType::Simple, text(step).into_sql_str(), false)
    };
    Migrator::with_migrations(STEPS.iter().filter(|step| step.0 <= last).map(migration).collect())
}
