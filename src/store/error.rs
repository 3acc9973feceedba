//! What can go wrong in the store. A commit has its own kinds, because what the sequencer does next
//! depends on whether the batch is known not to be stored.

use crate::domain::ids::TimelineId;
use crate::domain::text::Text;
use crate::domain::time::Timestamp;
use crate::vault::CannotOpen;

use super::cause::{self, Cause};
use super::{KnownId, migrate};

/// A statement or a record failed. Nothing of the work around it is stored.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database or the way to it.
    #[error("the database failed: {0}")]
    Driver(#[source] sqlx::Error),
    /// What is stored cannot be true.
    #[error("the store is inconsistent at {place}: {what}")]
    Inconsistent { place: String, what: String },
    /// A statement touched another number of rows than it must.
    #[error("{doing}: {expected} rows expected, {found} found")]
    RowsAffected { doing: &'static str, expected: u64, found: u64 },
    /// The key of this timeline was destroyed: its entries can never be read again.
    #[error("the key of timeline {0} was destroyed")]
    KeyDestroyed(TimelineId),
    /// The journal takes no writes until a probe succeeds; see `Journal::health`.
    #[error("the journal is read-only: {reason}")]
    ReadOnly { cause: Cause, reason: String },
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        cause::notice(&error);
        Self::Driver(error)
    }
}

impl StoreError {
    /// What is stored at `place` cannot be true.
    pub(super) fn inconsistent(place: impl Into<String>, what: impl ToString) -> Self {
        Self::Inconsistent { place: place.into(), what: what.to_string() }
    }

    /// A sealed record at `place` that does not open.
    pub(super) fn cannot_open(place: impl Into<String>) -> impl FnOnce(CannotOpen) -> Self {
        let place = place.into();
        move |error| Self::inconsistent(place, error)
    }

    /// Fails unless exactly `expected` rows were touched.
    pub(crate) fn check_rows(doing: &'static str, expected: u64, found: u64) -> Result<(), Self> {
        if expected == found { Ok(()) } else { Err(Self::RowsAffected { doing, expected, found }) }
    }

    /// For people. What a database says itself is in its own words.
    #[must_use]
    pub fn text(&self) -> Option<Text> {
        match self {
            Self::KeyDestroyed(timeline) => Some(Text::new(
                format!("{timeline} の記録は鍵ごと廃棄されています。元に戻すことはできません"),
                format!("the record {timeline} was destroyed with its key, and cannot be brought back"),
            )),
            Self::Driver(error) => {
                Some(cause::text_of(error).unwrap_or_else(|| {
                    Text::new(format!("データベースでエラーが起きました: {error}"), self.to_string())
                }))
            }
            Self::Inconsistent { place, what } => {
                Some(Text::new(format!("データベースの内容が矛盾しています（{place}）: {what}"), self.to_string()))
            }
            Self::RowsAffected { doing, expected, found } => Some(Text::new(
                format!("データベースの行の数が違います（{doing}）: {expected} 行のはずが {found} 行でした"),
                self.to_string(),
            )),
            Self::ReadOnly { cause, reason } => {
                let text = cause.text();
                Some(Text::new(format!("{}（{reason}）", text.ja), format!("{} ({reason})", text.en)))
            }
        }
    }

    /// A stable name for logs and metrics.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Driver(_) => "store_driver",
            Self::Inconsistent { .. } => "store_inconsistent",
            Self::RowsAffected { .. } => "store_rows_affected",
            Self::KeyDestroyed(_) => "store_key_destroyed",
            Self::ReadOnly { .. } => "store_read_only",
        }
    }
}

/// Why a batch was not acknowledged. Only after [`CommitError::Unknown`] may it be stored.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// Another hub wrote these timelines first: read them again and decide again. Nothing is stored.
    #[error("another hub moved {} timelines", .0.len())]
    Moved(Vec<TimelineId>),
    /// These entry ids are stored already; none: an id of the batch waits in the linking queue already, or no longer, or
    /// a file that it names is no longer kept. Nothing of this batch is stored.
    #[error("ids were taken already, {} of them by entries", .0.len())]
    Duplicate(Vec<KnownId>),
    /// The disk is full, an fsync failed, the database is away. Nothing is stored, and the journal is
    /// read-only until a probe succeeds.
    #[error("the journal cannot be written: {reason}")]
    Unavailable { reason: String },
    /// The answer to the commit was lost. Discard cached states and read again.
    #[error("whether the batch is stored is unknown: {reason}")]
    Unknown { reason: String },
    /// A fault of the hub or of the stored data. Nothing is stored.
    #[error(transparent)]
    Store(StoreError),
}

impl CommitError {
    /// A stable name for logs and metrics.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Moved(_) => "commit_moved",
            Self::Duplicate(_) => "commit_duplicate",
            Self::Unavailable { .. } => "commit_unavailable",
            Self::Unknown { .. } => "commit_unknown",
            Self::Store(error) => error.code(),
        }
    }
}

/// Why the journal does not open.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("a store is `sqlite://path` or `postgres://…`, not `{scheme}`")]
    UnknownScheme { scheme: String },
    #[error("SQLite {found} has a fault that can corrupt the write-ahead log; 3.51.3 or later is needed")]
    OldSqlite { found: String },
    #[error("durability needs {setting} to be {expected}; in this database it is {found}")]
    Setting { setting: &'static str, expected: String, found: String },
    #[error(
        "durability needs every table to be logged; table {table} is UNLOGGED, and would be emptied when the server falls: `alter table {table} set logged`"
    )]
    Unlogged { table: String },
    #[error(
        "tables of a hub stand in {found}: name in `database` which schema is meant (`?options=-c%20search_path%3DSCHEMA`)"
    )]
    Schemas { found: String },
    #[error("the store belongs to the region key {expected}, but the key given is {found}")]
    ForeignKey { expected: String, found: String },
    #[error(
        "this region's key was changed on {}: the key given is {found}, the one since then is {by}; name that one",
        at.in_words().en
    )]
    ReplacedKey { found: String, by: String, at: Timestamp },
    #[error("the store was written by a later version of renkei, or its migrations were altered: {0}")]
    Migrate(#[source] sqlx::migrate::MigrateError),
    /// What this version needs could not all be made. The next opening goes on where it stopped.
    #[error("the tables cannot be brought to what this version needs: {0}")]
    Upgrade(#[source] sqlx::Error),
    /// Only whoever serves it brings it on.
    #[error(
        "this database is of an earlier version of renkei (schema {found}, this one needs {}): stop that hub and run `renkei serve` of this version once, then try again; to make a backup before, use the earlier version",
        migrate::newest()
    )]
    Earlier { found: i64 },
    #[error(
        "this database was being restored from {from} and is not whole; run `renkei restore` again, with `--despite-faults REASON` where it told of faults"
    )]
    HalfRestored { from: String },
    #[error(
        "there is no region in this database: `renkei init` makes a new one; if there was one, look whether its disk is mounted"
    )]
    NoStore,
    #[error("another renkei serves this database; stop it first")]
    Taken,
    #[error("cannot lock the database: {0}")]
    Lock(#[source] std::io::Error),
    #[error("cannot reach the database: {0}")]
    Driver(#[from] sqlx::Error),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::migrate::MigrateError> for OpenError {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        use sqlx::migrate::MigrateError as Failed;
        match error {
            Failed::Execute(error) | Failed::ExecuteMigration(error, _) => Self::Upgrade(error),
            other => Self::Migrate(other),
        }
    }
}

impl OpenError {
    /// For people, where more can be said than what failed.
    #[must_use]
    pub fn text(&self) -> Option<Text> {
        match self {
            Self::HalfRestored { from } => Some(Text::new(
                format!(
                    "このデータベースは {from} からの復元の途中で止まったもので、完全ではありません。`renkei restore` をもう一度実行してください。異常があると言われたときは --despite-faults 理由"
                ),
                self.to_string(),
            )),
            Self::ForeignKey { expected, found } => Some(Text::new(
                format!(
                    "このデータベースの地域の鍵は {expected} ですが、指定されたのは {found} です。region_key_file か region_key_command を確かめてください"
                ),
                self.to_string(),
            )),
            Self::ReplacedKey { found, by, at } => Some(Text::new(
                format!(
                    "この地域の鍵は {} に替えられました。指定された鍵は前の {found}、今の鍵は {by} です。今の鍵を指定してください",
                    at.in_words().ja
                ),
                self.to_string(),
            )),
            Self::NoStore => Some(Text::new(
                "このデータベースに地域の記録はありません。新しく始めるときは `renkei init`、あったはずのときは、ディスクがつながっているか、設定の database を確かめてください",
                self.to_string(),
            )),
            Self::Taken => {
                Some(Text::new("このデータベースは別の renkei が使っています。先に止めてください", self.to_string()))
            }
            Self::UnknownScheme { scheme } => Some(Text::new(
                format!("データベースは sqlite://… か postgres://… で指定します（{scheme} は使えません）"),
                self.to_string(),
            )),
            Self::OldSqlite { found } => Some(Text::new(
                format!("SQLite {found} には先行書き込みログを壊すおそれのある欠陥があります。3.51.3 以降が必要です"),
                self.to_string(),
            )),
            Self::Setting { setting, expected, found } => Some(Text::new(
                format!(
                    "記録を失わないためには {setting} が {expected} でなければなりませんが、{found} になっています"
                ),
                self.to_string(),
            )),
            Self::Unlogged { table } => Some(Text::new(
                format!(
                    "記録を失わないためには、すべての表が LOGGED でなければなりません。表 {table} は UNLOGGED で、サーバーが落ちると空になります。`alter table {table} set logged` で戻してください"
                ),
                self.to_string(),
            )),
            Self::Schemas { found } => Some(Text::new(
                format!(
                    "ハブの表がスキーマ {found} にあります。どのスキーマかを設定の database に書いてください（`?options=-c%20search_path%3Dスキーマ名`）"
                ),
                self.to_string(),
            )),
            Self::Migrate(_) | Self::Upgrade(_) | Self::Earlier { .. } => self.text_of_steps(),
            Self::Lock(error) => Some(Text::new(format!("データベースを占有できません: {error}"), self.to_string())),
            Self::Driver(error) => Some(
                cause::text_of(error)
                    .unwrap_or_else(|| Text::new(format!("データベースに接続できません: {error}"), self.to_string())),
            ),
            Self::Store(error) => error.text(),
        }
    }

    /// The same of tables that are not as this version has them.
    fn text_of_steps(&self) -> Option<Text> {
        match self {
            Self::Migrate(error) => Some(Text::new(
                format!("新しい版の renkei が書いたデータベースか、マイグレーションが書きかえられています: {error}"),
                self.to_string(),
            )),
            Self::Upgrade(error) => {
                let why = cause::text_of(error).unwrap_or_else(|| Text::new(error.to_string(), error.to_string()));
                Some(Text::new(
                    format!(
                        "データベースの表をこの版に合わせられませんでした。原因を除いて、もう一度実行してください: {}",
                        why.ja
                    ),
                    format!(
                        "the tables cannot be brought to what this version needs; see to why, and run it again: {}",
                        why.en
                    ),
                ))
            }
            Self::Earlier { found } => Some(Text::new(
                format!(
                    "このデータベースは前の版の renkei のものです（形 {found}、この版は {}）。前の版のハブを止め、この版の `renkei serve` を一度動かしてから、もう一度実行してください。その前にバックアップを作るときは、前の版を使ってください",
                    migrate::newest()
                ),
                self.to_string(),
            )),
            _ => None,
        }
    }
}
