//! What people have to do about a database that fails, by what it says: for errors in words and for `/readyz`. Whether
//! writes stop at all is decided in `health.rs`.

use std::cell::Cell;
use std::error::Error;

use crate::domain::text::Text;

use super::StoreError;
use super::engine::Engine;

/// Why the journal takes no writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The disk is full, or fails.
    Disk,
    /// A server that does not answer, or takes no writes itself.
    Server,
    /// Another hub has the database.
    TakenOver,
    /// The server no longer promises to keep what it acknowledges.
    Setting,
    /// The file of the database is not where it was, or another one is.
    Moved,
    /// Another process keeps the file of the database locked.
    Busy,
    /// What is in the file cannot be read as a database.
    Damaged,
}

impl Cause {
    pub(super) fn of(error: &StoreError, engine: &Engine) -> Self {
        let error = match error {
            StoreError::ReadOnly { cause, .. } => return *cause,
            StoreError::Driver(error) => error,
            _ => return Self::Disk,
        };
        match error {
            sqlx::Error::Configuration(_) => Self::Setting,
            error if is_damaged(error) => Self::Damaged,
            sqlx::Error::Database(said) if matches!(primary(&said.code().unwrap_or_default()), Some(5 | 6)) => {
                Self::Busy
            }
            // Resources and the operating system under the server.
            sqlx::Error::Database(said) if said.code().is_some_and(|code| code.len() == 5) => {
                match said.code().as_deref().map(|code| &code[..2]) {
                    Some("53" | "58") => Self::Disk,
                    _ => Self::Server,
                }
            }
            _ if matches!(engine, Engine::Postgres(_)) => Self::Server,
            _ => Self::Disk,
        }
    }

    /// For people: what it is, and where to look. Names nothing of the machine.
    #[must_use]
    pub fn text(self) -> Text {
        match self {
            Self::Disk => Text::fixed(
                "記録を保存できません。ディスクの空きを確かめてください",
                "entries cannot be stored; look at the disk",
            ),
            Self::Server => Text::fixed(
                "記録を保存できません。PostgreSQL が応答しないか、書き込みを受け付けません。サーバーと通信を確かめてください",
                "entries cannot be stored: PostgreSQL does not answer or takes no writes; look at the server and the way to it",
            ),
            Self::TakenOver => Text::fixed(
                "別の renkei がこのデータベースを引き継いだため、記録を保存しません。どちらか一方を止めてください",
                "another renkei took this database over, so nothing is stored here; stop it or this one",
            ),
            Self::Setting => Text::fixed(
                "PostgreSQL の fsync か synchronous_commit が off のため、記録を保存しません。設定を戻してください",
                "nothing is stored, because fsync or synchronous_commit of PostgreSQL is off; set it right again",
            ),
            Self::Moved => Text::fixed(
                "データベースのファイルが元の場所にないか、別のファイルに置きかわったため、記録を保存しません。戻すか、ハブを再起動してください",
                "the database's file is not where it was, or another one is, so nothing is stored; put it back or start the hub again",
            ),
            Self::Busy => Text::fixed(
                "別のプログラムがデータベースのファイルを占有しているため、記録を保存できません。止めてください",
                "another program keeps the database's file locked, so nothing can be stored; end it",
            ),
            Self::Damaged => damaged(),
        }
    }
}

/// Of a file that SQLite, or of a table that PostgreSQL cannot make sense of.
fn damaged() -> Text {
    Text::fixed(
        "データベースが壊れていて、読めないところがあります。ハブを止め、データベースのファイルをそのまま別に取っておき、バックアップから復元してください（renkei restore）",
        "the database is damaged and cannot all be read: stop the hub, keep the database's files as they are elsewhere, and \
         restore a backup (renkei restore)",
    )
}

fn full() -> Text {
    Text::fixed(
        "ディスクに空きがありません。空けてから、もう一度実行してください",
        "the disk is full; make room and try again",
    )
}

/// What a database says in its own words, where people have to do something about it.
pub(super) fn text_of(error: &sqlx::Error) -> Option<Text> {
    let code = match error {
        sqlx::Error::Database(said) => said.code().unwrap_or_default().into_owned(),
        _ => return None,
    };
    let text = if is_damage_code(&code) {
        damaged()
    } else if code == "53100" || primary(&code) == Some(13) {
        full()
    } else {
        return None;
    };
    Some(Text::new(format!("{}（{error}）", text.ja), format!("{} ({error})", text.en)))
}

/// Whether somewhere in this failure a database says that it is damaged.
#[must_use]
pub fn is_damage(error: &(dyn Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(cause) = next {
        if cause.downcast_ref::<sqlx::Error>().is_some_and(is_damaged) {
            return true;
        }
        next = cause.source();
    }
    false
}

fn is_damaged(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::Database(said) if said.code().is_some_and(|code| is_damage_code(&code)))
}

/// SQLite: CORRUPT, NOTADB. PostgreSQL: data_corrupted, index_corrupted.
fn is_damage_code(code: &str) -> bool {
    matches!(code, "XX001" | "XX002") || matches!(primary(code), Some(11 | 26))
}

/// SQLite's own number, without what it adds to tell more; PostgreSQL has five characters.
fn primary(code: &str) -> Option<u32> {
    (code.len() < 5).then(|| code.parse::<u32>().ok()).flatten().map(|code| code & 0xff)
}

tokio::task_local! {
    /// Whether a statement of this piece of work met damage, whatever became of its error on the way up.
    static MET: Cell<bool>;
}

/// Runs this; whether it met damage.
pub(super) async fn noticing<T>(work: impl Future<Output = T>) -> (T, bool) {
    MET.scope(Cell::new(false), async {
        let done = work.await;
        (done, MET.with(Cell::get))
    })
    .await
}

/// Of every error of the driver on its way up.
pub(super) fn notice(error: &sqlx::Error) {
    if is_damaged(error) {
        // Outside of such work, whoever opens or commits tells of it.
        let _ = MET.try_with(|met| met.set(true));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_damaged_file_is_told_from_a_full_disk_and_from_a_fault_of_a_statement() {
        // CORRUPT, CORRUPT_INDEX, NOTADB.
        for code in ["11", "779", "26", "XX001", "XX002"] {
            assert!(is_damage_code(code), "{code}");
        }
        // FULL, IOERR_FSYNC, CONSTRAINT_UNIQUE; a syntax error and a duplicate of PostgreSQL.
        for code in ["13", "1034", "2067", "42601", "23505", ""] {
            assert!(!is_damage_code(code), "{code}");
        }
    }
}
