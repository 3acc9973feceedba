//! The shelf: where sealed files lie, outside the database. Whole objects under names: put, take, remove, and nothing
//! else, so that a bucket can stand in for the folder. It knows neither keys nor what is in a file.
//!
//! A file is durable when `put` returns: written beside its place, synced, renamed into it, and the folder synced.

use std::fs::{self, DirBuilder, File, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::FileName;

/// Files on their way; the name of none of the folders of kept files.
const DRAFTS: &str = "drafts";
const OWNER_ONLY: u32 = 0o600;
const OWNER_ONLY_FOLDER: u32 = 0o700;

/// A handle on the folder. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Shelf {
    folder: Arc<PathBuf>,
}

/// The folder, or the disk below it.
#[derive(Debug, thiserror::Error)]
#[error("cannot {doing} a file in {}: {source}", folder.display())]
pub struct ShelfError {
    doing: &'static str,
    folder: PathBuf,
    source: io::Error,
}

impl Shelf {
    /// The shelf in this folder, which is made if there is none.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn open(folder: &Path) -> Result<Self, ShelfError> {
        let shelf = Self { folder: Arc::new(folder.to_owned()) };
        let made = make_folder(&folder.join(DRAFTS)).and_then(|()| sync_folder(folder));
        let durable = made.and_then(|()| folder.parent().map_or(Ok(()), sync_folder));
        durable.map_err(|source| shelf.failed("keep", source))?;
        Ok(shelf)
    }

    /// Removes what an earlier process had not finished. Only for whoever serves the region, alone.
    ///
    /// # Errors
    /// When the folder cannot be read or written.
    pub async fn clear_drafts(&self) -> Result<(), ShelfError> {
        self.work("clear", |folder| {
            for draft in fs::read_dir(folder.join(DRAFTS))? {
                fs::remove_file(draft?.path())?;
            }
            Ok(())
        })
        .await
    }

    /// Puts a file in its place, over what may lie there. Durable when this returns.
    ///
    /// # Errors
    /// When the disk is full or fails; what was in its place is still there then.
    pub async fn put(&self, name: FileName, sealed: Vec<u8>) -> Result<(), ShelfError> {
        self.work("keep", move |folder| {
            let place = place(folder, name);
            let parent = place.parent().unwrap_or(folder);
            make_folder(parent)?;
            let permissions = Permissions::from_mode(OWNER_ONLY);
            let mut draft = tempfile::Builder::new().permissions(permissions).tempfile_in(folder.join(DRAFTS))?;
            draft.write_all(&sealed)?;
            draft.as_file().sync_all()?;
            draft.persist(&place).map_err(|error| error.error)?;
            sync_folder(parent)?;
            // Also when the folder was there: who made it may have been cut off before this.
            sync_folder(folder)
        })
        .await
    }

    /// The file of this name, at most `bytes_max` of it. `None`: there is none.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn find(&self, name: FileName, bytes_max: u64) -> Result<Option<Vec<u8>>, ShelfError> {
        self.work("read", move |folder| {
            let file = match File::open(place(folder, name)) {
                Ok(file) => file,
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
                Err(error) => return Err(error),
            };
            let length = file.metadata()?.len().min(bytes_max);
            let mut sealed = Vec::with_capacity(usize::try_from(length).unwrap_or_default());
            io::Read::read_to_end(&mut io::Read::take(file, bytes_max), &mut sealed)?;
            Ok(Some(sealed))
        })
        .await
    }

    /// Removes a file; one that is not there is removed already.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub async fn remove(&self, name: FileName) -> Result<(), ShelfError> {
        self.work("remove", move |folder| {
            let place = place(folder, name);
            match fs::remove_file(&place) {
                Ok(()) => sync_folder(place.parent().unwrap_or(folder)),
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
                Err(error) => Err(error),
            }
        })
        .await
    }

    /// Away from the threads that serve: a disk may take its time. Goes on to its end when nobody waits any more.
    async fn work<T: Send + 'static>(
        &self,
        doing: &'static str,
        work: impl FnOnce(&Path) -> io::Result<T> + Send + 'static,
    ) -> Result<T, ShelfError> {
        let folder = Arc::clone(&self.folder);
        let done = tokio::task::spawn_blocking(move || work(&folder)).await;
        done.unwrap_or_else(|failed| Err(io::Error::other(failed))).map_err(|source| self.failed(doing, source))
    }

    fn failed(&self, doing: &'static str, source: io::Error) -> ShelfError {
        ShelfError { doing, folder: PathBuf::clone(&self.folder), source }
    }
}

/// 256 folders, so that none grows beyond what file systems and people look through gladly.
fn place(folder: &Path, name: FileName) -> PathBuf {
    let name = name.to_string();
    folder.join(&name[..2]).join(&name[2..])
}

fn make_folder(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(OWNER_ONLY_FOLDER).create(folder)
}

fn sync_folder(folder: &Path) -> io::Result<()> {
    // The parent of a relative path of one part is empty, and means here.
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::attachment::{Attachment, ContentHash, MediaType};
    use crate::domain::ids::TimelineId;
    use crate::vault::DataKey;

    fn name(number: u8) -> FileName {
        let (media_type, title) = (MediaType::Pdf, String::new());
        let attachment = Attachment { sha256: ContentHash([number; 32]), media_type, size_bytes: 1, title };
        FileName::of(&DataKey::of_nothing(), TimelineId(uuid::Uuid::nil()), &attachment)
    }

    #[tokio::test]
    async fn a_file_lies_there_until_it_is_removed_and_only_its_owner_reads_it() {
        let folder = tempfile::tempdir().unwrap();
        let shelf = Shelf::open(&folder.path().join("deep/files")).unwrap();
        let (one, other) = (name(1), name(2));
        shelf.put(one, b"first".to_vec()).await.unwrap();
        shelf.put(one, b"again".to_vec()).await.unwrap();
        assert_eq!(shelf.find(one, 100).await.unwrap().as_deref(), Some(&b"again"[..]));
        assert_eq!(shelf.find(one, 2).await.unwrap().as_deref(), Some(&b"ag"[..]), "no more than asked for");
        assert_eq!(shelf.find(other, 100).await.unwrap(), None);
        let lies_at = place(&shelf.folder, one);
        assert_eq!(fs::metadata(&lies_at).unwrap().permissions().mode() & 0o777, OWNER_ONLY);
        assert_eq!(fs::metadata(lies_at.parent().unwrap()).unwrap().permissions().mode() & 0o777, OWNER_ONLY_FOLDER);
        for _ in 0..2 {
            shelf.remove(one).await.unwrap();
        }
        assert_eq!(shelf.find(one, 100).await.unwrap(), None);
    }

    #[tokio::test]
    async fn what_was_cut_off_is_cleared_away_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let shelf = Shelf::open(folder.path()).unwrap();
        shelf.put(name(3), b"kept".to_vec()).await.unwrap();
        let kept = name(4);
        shelf.put(kept, b"kept".to_vec()).await.unwrap();
        fs::write(folder.path().join(DRAFTS).join("half"), "ha").unwrap();
        Shelf::open(folder.path()).unwrap().clear_drafts().await.unwrap();
        assert_eq!(fs::read_dir(folder.path().join(DRAFTS)).unwrap().count(), 0);
        assert!(shelf.find(kept, 100).await.unwrap().is_some());
    }

    #[tokio::test]
    async fn a_folder_that_cannot_be_written_is_an_error_that_names_it() {
        let folder = tempfile::tempdir().unwrap();
        let shelf = Shelf::open(folder.path()).unwrap();
        fs::remove_dir_all(folder.path()).unwrap();
        fs::write(folder.path(), "a file in its way").unwrap();
        let error = shelf.put(name(1), b"x".to_vec()).await.unwrap_err().to_string();
        assert!(error.starts_with("cannot keep a file in "), "{error}");
        fs::remove_file(folder.path()).unwrap();
    }
}
