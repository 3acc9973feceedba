//! The table of rulebooks: the files of every rulebook that ever decided, under the digest its rulings
//! cite. Activating and compiling them is not done here.

use crate::domain::time::Timestamp;
use crate::vault::digest;

use super::engine::run;
use super::{StoreError, Tx};

/// One file of a rulebook, as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RulebookFile {
    /// Relative to the rulebook's folder.
    pub path: String,
    pub content: String,
}

/// Name of the file with the words; every other one is a set of rules.
pub const VOCABULARY: &str = "vocabulary.toml";

/// What names a book with these files, in whichever order they come: the same as `Rulebook::fingerprint`, also of files that
/// nobody can read any more.
#[must_use]
pub fn fingerprint_of(files: &[RulebookFile]) -> String {
    let vocabulary = files.iter().find(|file| file.path == VOCABULARY).map_or("", |file| &file.content);
    let mut sets: Vec<&RulebookFile> = files.iter().filter(|file| file.path != VOCABULARY).collect();
    sets.sort_unstable_by_key(|file| &file.path);
    let texts = std::iter::once(vocabulary).chain(sets.into_iter().map(|file| &*file.content));
    let digests: Vec<[u8; 32]> = texts.map(|text| digest(text.as_bytes())).collect();
    digest(&digests.concat())[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Tx {
    /// Keeps a rulebook's files. Keeping them again changes nothing, and puts right what somebody changed of them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_rulebook(
        &mut self,
        digest: &[u8],
        files: &[RulebookFile],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        const SQL: &str = "insert into rulebook (digest, path, content, stored_at) values ($1, $2, $3, $4)
            on conflict (digest, path) do update set content = excluded.content";
        const DELETE: &str = "delete from rulebook where digest = $1 and path = $2";
        let kept = self.find_rulebook(digest).await?;
        for added in kept.iter().filter(|kept| files.iter().all(|file| file.path != kept.path)) {
            run!(self, connection => {
                sqlx::query(DELETE).bind(digest).bind(added.path.as_str()).execute(connection).await?;
            });
        }
        for file in files.iter().filter(|file| !kept.contains(file)) {
            run!(self, connection => {
                sqlx::query(SQL)
                    .bind(digest)
                    .bind(file.path.as_str())
                    .bind(file.content.as_str())
                    .bind(now.0)
                    .execute(connection)
                    .await?;
            });
        }
        Ok(())
    }

    /// The digests of the rulebooks kept last, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_rulebooks(&mut self, limit: usize) -> Result<Vec<Vec<u8>>, StoreError> {
        const SQL: &str = "select digest from rulebook group by digest order by max(stored_at) desc, digest limit $1";
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows: Vec<(Vec<u8>,)> =
            run!(self, connection => sqlx::query_as(SQL).bind(limit).fetch_all(connection).await?);
        Ok(rows.into_iter().map(|(digest,)| digest).collect())
    }

    /// The same, each with when it was first kept.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_rulebooks_since(&mut self, limit: usize) -> Result<Vec<(Vec<u8>, Timestamp)>, StoreError> {
        const SQL: &str = "select digest, min(stored_at) from rulebook
            group by digest order by min(stored_at) desc, digest limit $1";
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows: Vec<(Vec<u8>, i64)> =
            run!(self, connection => sqlx::query_as(SQL).bind(limit).fetch_all(connection).await?);
        Ok(rows.into_iter().map(|(digest, at)| (digest, Timestamp(at))).collect())
    }

    /// The files of a rulebook by path; empty when it was never kept.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_rulebook(&mut self, digest: &[u8]) -> Result<Vec<RulebookFile>, StoreError> {
        const SQL: &str = "select path, content from rulebook where digest = $1 order by path";
        let rows: Vec<(String, String)> =
            run!(self, connection => sqlx::query_as(SQL).bind(digest).fetch_all(connection).await?);
        Ok(rows.into_iter().map(|(path, content)| RulebookFile { path, content }).collect())
    }
}
