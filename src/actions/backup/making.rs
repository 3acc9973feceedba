//! Makes a backup: a draft, read back whole, then given its name. Only then are older generations let go.

use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use super::generations::{Keep, Thinned, name_at, name_of, remove_drafts, remove_old};
use super::sealed_file::{BadBackup, OpenBy, Tally, Whole, Writer, read_whole};
use crate::actions::destroying::list;
use crate::domain::act::{Act, By, Deed};
use crate::domain::keeping::KeepingDeed;
use crate::domain::text::Text;
use crate::domain::time::Timestamp;
use crate::limits::ATTACHMENT_BYTES_MAX;
use crate::store::dump::{AbsentFile, DumpError, DumpSink, FileRecord, ListedFile, What};
use crate::store::{Journal, Shelf, ShelfError, StoreError};
use crate::vault::SEAL_OVERHEAD_BYTES;

/// Why there is no new backup. Nothing of it is left under a backup's name then, and no older one was removed.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error(transparent)]
    Dump(#[from] DumpError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Shelf(#[from] ShelfError),
    #[error("cannot write in {}: {source}", folder.display())]
    Folder { folder: PathBuf, source: io::Error },
    #[error("another backup is being made in {}", folder.display())]
    Busy { folder: PathBuf },
    #[error("there is a backup of this moment already: {}", path.display())]
    Exists { path: PathBuf },
    /// What was written is not what is read.
    #[error("what was written does not read back: {0}")]
    NotReadBack(BadBackup),
}

impl BackupError {
    /// For people, where more can be said than what failed.
    #[must_use]
    pub fn text(&self) -> Option<Text> {
        let ja = match self {
            Self::Folder { folder, .. } => format!("{} に書けません", folder.display()),
            Self::Dump(DumpError::Sink(_)) => "バックアップを書けません".to_owned(),
            Self::Dump(DumpError::Store(error)) => return error.text(),
            Self::Busy { folder } => format!("{} では別のバックアップを作成中です", folder.display()),
            Self::Exists { path } => format!("この時刻のバックアップはすでにあります: {}", path.display()),
            Self::NotReadBack(bad) => format!("書いたものを読み直すと一致しません: {}", bad.text().ja),
            Self::Store(error) => return error.text(),
            Self::Shelf(_) => return None,
        };
        Some(Text::new(ja, self.to_string()))
    }
}

/// A new backup.
#[derive(Debug)]
pub struct Made {
    pub path: PathBuf,
    pub bytes: u64,
    pub whole: Whole,
    /// Older generations that were let go.
    pub removed: Vec<PathBuf>,
    /// Those of a moment that is still to come; they were left, and counted for nothing.
    pub ahead: Vec<PathBuf>,
    /// What stands in the database and no migration made: it is not in the backup.
    pub passed_over: Vec<String>,
}

/// Makes a backup of everything into this folder, which is made if there is none. A hub may run meanwhile.
///
/// # Errors
/// See [`BackupError`].
pub async fn make(
    journal: &Journal,
    shelf: &Shelf,
    folder: &Path,
    keep: Keep,
    now: Timestamp,
) -> Result<Made, BackupError> {
    let failed = |source| BackupError::Folder { folder: folder.to_owned(), source };
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(failed)?;
    let _lock = lock(folder)?;
    // Before anything is read, too: whoever asked can wait for the next second.
    let path = folder.join(name_at(now));
    if path.exists() {
        return Err(BackupError::Exists { path });
    }
    remove_drafts(folder).map_err(failed)?;
    let data = journal.region();
    let kept: Result<_, StoreError> = journal.read(|tx| Box::pin(tx.find_data_key())).await;
    let kept = kept?.ok_or_else(|| StoreError::RowsAffected { doing: "the data key", expected: 1, found: 0 })?;
    let writer = Writer::create(folder, data, &kept).map_err(failed)?;
    let (mut writer, taken) = journal.dump(now, writer).await?;
    let path = folder.join(name_of(&taken.manifest));
    if path.exists() {
        return Err(BackupError::Exists { path });
    }
    // The tables first: a file is on the shelf before an entry names it.
    let mut tally = Tally::default();
    for listed in &taken.files {
        let record = take_file(shelf, listed).await?;
        tally.add(&record);
        writer.put(&record.into()).map_err(failed)?;
    }
    writer.put(&What::End(tally.end(taken.tables)).into()).map_err(failed)?;
    let draft = writer.finish().map_err(failed)?;
    let whole = read_whole(draft.path(), OpenBy::Data(data)).map_err(BackupError::NotReadBack)?;
    let bytes = draft.as_file().metadata().map_err(failed)?.len();
    draft.persist_noclobber(&path).map_err(|error| failed(error.error))?;
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let deed = Deed::Keeping(KeepingDeed::BackedUp { name, bytes });
    let act = Act { by: By::Operator, deed };
    journal.write(move |tx| Box::pin(async move { tx.append_acts(now, [act]).await })).await?;
    if let Err(error) = list::write(journal, folder).await {
        tracing::error!(%error, "the list of destroyed records was not written");
    }
    let Thinned { removed, ahead } = remove_old(folder, data, keep, (&path, now)).map_err(failed)?;
    Ok(Made { path, bytes, whole, removed, ahead, passed_over: taken.passed_over })
}

/// One at a time in a folder, so that nobody removes another's draft.
fn lock(folder: &Path) -> Result<File, BackupError> {
    let failed = |source| BackupError::Folder { folder: folder.to_owned(), source };
    let file = File::options().create(true).truncate(false).write(true).open(folder.join("backup.lock"));
    let file = file.map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(fs::TryLockError::WouldBlock) => Err(BackupError::Busy { folder: folder.to_owned() }),
        Err(fs::TryLockError::Error(error)) => Err(failed(error)),
    }
}

async fn take_file(shelf: &Shelf, listed: &ListedFile) -> Result<What, ShelfError> {
    let bytes_max = u64::from(ATTACHMENT_BYTES_MAX) + SEAL_OVERHEAD_BYTES as u64;
    let (timeline, name) = (listed.timeline.0.as_bytes().to_vec(), listed.name.as_bytes().to_vec());
    Ok(match shelf.find(listed.name, bytes_max).await? {
        Some(sealed) => What::File(FileRecord { timeline, name, sealed }),
        None => What::Absent(AbsentFile { timeline, name, is_named: listed.is_named }),
    })
}
