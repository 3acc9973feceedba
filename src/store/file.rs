//! The table of files: which organisation handed which file in for which timeline, and the entry that first named it. The
//! files themselves are on the shelf (`shelf.rs`), under the same names.
//!
//! INVARIANT: a file on the shelf always has a row here, written before it and deleted after it; a row with `kept_at` has
//! its file on the shelf.

use std::fmt;

use crate::domain::attachment::{Attachment, ContentHash};
use crate::domain::ids::{EntryId, OrganisationId, SignInId, TimelineId};
use crate::domain::time::Timestamp;
use crate::vault::{DataKey, PatientKey, digest};

use super::engine::run;
use super::record::uuid_from;
use super::{StoreError, Tx};

/// The name of a file in the store: a keyed digest of its timeline, content, media type and size. Without the region's
/// key nobody can tell whether a content they have is stored, nor whether two patients have the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileName([u8; 32]);

impl FileName {
    /// The name of what an entry of this timeline refers to.
    #[must_use]
    pub fn of(region: &DataKey, timeline: TimelineId, attachment: &Attachment) -> Self {
        let size = attachment.size_bytes.to_be_bytes();
        let parts: [&[u8]; 4] =
            [timeline.0.as_bytes(), &attachment.sha256.0, attachment.media_type.code().as_bytes(), &size];
        Self(*region.files().mac(&parts).as_bytes())
    }

    pub(super) fn from_slice(bytes: &[u8]) -> Result<Self, StoreError> {
        bytes.try_into().map(Self).map_err(|error| StoreError::inconsistent("file.name", error))
    }

    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

pub(super) fn aad(timeline: TimelineId, name: FileName) -> [u8; 64] {
    let mut aad = [0; 64];
    aad[..7].copy_from_slice(b"file/v1");
    aad[16..32].copy_from_slice(timeline.0.as_bytes());
    aad[32..].copy_from_slice(&name.0);
    aad
}

/// Seals a file's content with its patient's key, bound to its place.
#[must_use]
pub fn seal_file(key: &PatientKey, timeline: TimelineId, name: FileName, content: &[u8]) -> Vec<u8> {
    key.seal(&aad(timeline, name), content)
}

/// The content of a sealed file. `None`: it does not open, or is not what its entry says.
#[must_use]
pub fn open_file(
    key: &PatientKey,
    timeline: TimelineId,
    name: FileName,
    expected: ContentHash,
    sealed: &[u8],
) -> Option<Vec<u8>> {
    let content = key.open(&aad(timeline, name), sealed).ok()?;
    (digest(&content) == expected.0).then_some(content)
}

/// A file that somebody hands in.
#[derive(Clone, Copy, Debug)]
pub struct HandedIn {
    pub timeline: TimelineId,
    pub name: FileName,
    pub organisation: OrganisationId,
    pub sign_in: SignInId,
    /// Of the content.
    pub bytes: u32,
    pub at: Timestamp,
}

/// An entry names a file that its author's organisation handed in.
#[derive(Clone, Copy, Debug)]
pub struct NamedFile {
    pub timeline: TimelineId,
    pub name: FileName,
    pub organisation: OrganisationId,
    pub entry: EntryId,
}

/// A kept file as deciding needs it: by whom it may be named.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeptFile {
    /// Those that handed it in.
    pub organisations: Vec<OrganisationId>,
    /// The entries that first named it, one of each organisation at most.
    pub entries: Vec<EntryId>,
}

/// A file that no entry of this organisation named in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnnamedFile {
    pub timeline: TimelineId,
    pub name: FileName,
    pub organisation: OrganisationId,
}

impl Tx {
    /// Notes that a file arrives. Handed in again it counts as handed in now, and stays kept if it is.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_file(&mut self, file: HandedIn) -> Result<(), StoreError> {
        const SQL: &str = "insert into file (timeline, name, organisation, sign_in, bytes, uploaded_at)
            values ($1, $2, $3, $4, $5, $6)
            on conflict (timeline, name, organisation)
            do update set sign_in = excluded.sign_in, uploaded_at = excluded.uploaded_at";
        run!(self, connection => {
            sqlx::query(SQL)
                .bind(file.timeline.0.as_bytes().as_slice())
                .bind(file.name.0.as_slice())
                .bind(file.organisation.0.as_bytes().as_slice())
                .bind(file.sign_in.0.as_bytes().as_slice())
                .bind(i64::from(file.bytes))
                .bind(file.at.0)
                .execute(connection)
                .await?;
        });
        Ok(())
    }

    /// Notes that a file that arrived is on the shelf.
    ///
    /// # Errors
    /// When the database fails or nobody said that it arrives.
    pub async fn keep_file(&mut self, file: HandedIn) -> Result<(), StoreError> {
        const SQL: &str = "update file set kept_at = $4 where timeline = $1 and name = $2 and organisation = $3";
        let found = run!(self, connection => {
            sqlx::query(SQL)
                .bind(file.timeline.0.as_bytes().as_slice())
                .bind(file.name.0.as_slice())
                .bind(file.organisation.0.as_bytes().as_slice())
                .bind(file.at.0)
                .execute(connection)
                .await?
                .rows_affected()
        });
        StoreError::check_rows("keeping a file", 1, found)
    }

    /// The file of this name, if it is kept for any organisation.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_file(&mut self, timeline: TimelineId, name: FileName) -> Result<Option<KeptFile>, StoreError> {
        const SQL: &str = "select organisation, entry from file
            where timeline = $1 and name = $2 and kept_at is not null order by uploaded_at, organisation";
        let rows: Vec<(Vec<u8>, Option<Vec<u8>>)> = run!(self, connection => {
            sqlx::query_as(SQL)
                .bind(timeline.0.as_bytes().as_slice())
                .bind(name.0.as_slice())
                .fetch_all(connection)
                .await?
        });
        let mut kept = KeptFile::default();
        for (organisation, entry) in &rows {
            kept.organisations.push(OrganisationId(uuid_from("file.organisation", organisation)?));
            if let Some(entry) = entry {
                kept.entries.push(EntryId(uuid_from("file.entry", entry)?));
            }
        }
        Ok((!rows.is_empty()).then_some(kept))
    }

    /// Notes which entries name which files; returns how many of the files were still kept.
    pub(super) async fn name_files(&mut self, files: &[NamedFile]) -> Result<u64, StoreError> {
        const SQL: &str = "update file set entry = coalesce(entry, $4)
            where timeline = $1 and name = $2 and organisation = $3 and kept_at is not null";
        let mut kept = 0;
        for file in files {
            kept += run!(self, connection => {
                sqlx::query(SQL)
                    .bind(file.timeline.0.as_bytes().as_slice())
                    .bind(file.name.0.as_slice())
                    .bind(file.organisation.0.as_bytes().as_slice())
                    .bind(file.entry.0.as_bytes().as_slice())
                    .execute(connection)
                    .await?
                    .rows_affected()
            });
        }
        Ok(kept)
    }

    /// Files handed in before `before` that no entry of their organisation named, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_unnamed_files(
        &mut self,
        before: Timestamp,
        limit: usize,
    ) -> Result<Vec<UnnamedFile>, StoreError> {
        const SQL: &str = "select timeline, name, organisation from file
            where entry is null and uploaded_at < $1 order by uploaded_at limit $2";
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows: Vec<(Vec<u8>, Vec<u8>, Vec<u8>)> = run!(self, connection => {
            sqlx::query_as(SQL).bind(before.0).bind(limit).fetch_all(connection).await?
        });
        let unnamed = |(timeline, name, organisation): &(Vec<u8>, Vec<u8>, Vec<u8>)| {
            Ok(UnnamedFile {
                timeline: TimelineId(uuid_from("file.timeline", timeline)?),
                name: FileName::from_slice(name)?,
                organisation: OrganisationId(uuid_from("file.organisation", organisation)?),
            })
        };
        rows.iter().map(unnamed).collect()
    }

    /// Lets an unnamed file go, so that no entry can name it any more. `None`: an entry named it meanwhile, or it was
    /// handed in again. Else whether it is this organisation's alone, and so to be taken off the shelf.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn release_file(&mut self, file: UnnamedFile, before: Timestamp) -> Result<Option<bool>, StoreError> {
        const RELEASE: &str = "update file set kept_at = null
            where timeline = $1 and name = $2 and organisation = $3 and entry is null
            and uploaded_at < $4";
        const OTHERS: &str = "select count(*) from file where timeline = $1 and name = $2 and organisation <> $3";
        let (released, (others,)): (u64, (i64,)) = run!(self, connection => {
            let (timeline, name) = (file.timeline.0.as_bytes().as_slice(), file.name.0.as_slice());
            let organisation = file.organisation.0.as_bytes().as_slice();
            let released = sqlx::query(RELEASE).bind(timeline).bind(name).bind(organisation).bind(before.0);
            let released = released.execute(&mut *connection).await?.rows_affected();
            let others = sqlx::query_as(OTHERS).bind(timeline).bind(name).bind(organisation);
            (released, others.fetch_one(&mut *connection).await?)
        });
        Ok((released > 0).then_some(others == 0))
    }

    /// Forgets a file that no entry names and that is not there: its row alone would promise it.
    pub(super) async fn delete_unnamed_file(&mut self, timeline: TimelineId, name: FileName) -> Result<(), StoreError> {
        const SQL: &str = "delete from file where timeline = $1 and name = $2 and entry is null";
        run!(self, connection => {
            let delete = sqlx::query(SQL).bind(timeline.0.as_bytes().as_slice()).bind(name.0.as_slice());
            delete.execute(connection).await?;
        });
        Ok(())
    }

    /// Forgets a file that was let go.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_file(&mut self, file: UnnamedFile) -> Result<(), StoreError> {
        const SQL: &str = "delete from file
            where timeline = $1 and name = $2 and organisation = $3 and entry is null and kept_at is null";
        run!(self, connection => {
            sqlx::query(SQL)
                .bind(file.timeline.0.as_bytes().as_slice())
                .bind(file.name.0.as_slice())
                .bind(file.organisation.0.as_bytes().as_slice())
                .execute(connection)
                .await?;
        });
        Ok(())
    }
}
