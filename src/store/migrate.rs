//! Migrations: the same file names for both engines, embedded in the binary and applied at opening.

use std::borrow::Cow;

use sqlx::SqlSafeStr as _;
use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};

use super::engine::Engine;

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
