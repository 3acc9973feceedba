//! Where the demo keeps its region: a temporary folder that goes with the process, or one that stays. Never a
//! folder that holds a real region.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use tempfile::TempDir;

use crate::cli::Complaint;
use crate::cli::serve::lock_data;
use crate::domain::text::Text;
use crate::domain::time::Timestamp;
use crate::vault::{CheckpointKey, RegionKey};

/// Marks a folder as the demo's; holds the moment around which the region's past was invented.
const MARK: &str = "demo-region";
/// Added once the region is complete.
const SEEDED: &str = "seeded";

/// The demo's folder, locked. A temporary one is removed when this is dropped.
pub struct DemoFolder {
    path: PathBuf,
    _lock: File,
    _temporary: Option<TempDir>,
    /// The moment of the first start: the region's past lies before it.
    pub anchor: Timestamp,
    pub is_seeded: bool,
}

impl DemoFolder {
    /// Opens or makes the folder.
    ///
    /// # Errors
    /// When it cannot be written, is in use, or holds a region that is not the demo's.
    pub fn open(given: Option<&Path>, now: Timestamp) -> anyhow::Result<Self> {
        let temporary = match given {
            Some(_) => None,
            None => Some(tempfile::Builder::new().prefix("renkei-demo-").tempdir().context("making a folder")?),
        };
        let path = given.or(temporary.as_ref().map(TempDir::path)).expect("one of the two").to_owned();
        let lock = lock_data(&path)?;
        let (anchor, is_seeded) = match fs::read_to_string(path.join(MARK)) {
            Ok(mark) => read_mark(&mark).with_context(|| format!("reading {}", path.join(MARK).display()))?,
            Err(_) if is_of_a_region(&path) => return Err(not_ours(&path).into()),
            Err(_) => {
                write_durably(&path.join(MARK), &format!("{now}\n"))?;
                (now, false)
            }
        };
        Ok(Self { path, _lock: lock, _temporary: temporary, anchor, is_seeded })
    }

    /// The region's key, made at the first start.
    ///
    /// # Errors
    /// When the file cannot be read or made.
    pub fn key(&self) -> anyhow::Result<RegionKey> {
        let path = self.path.join("region.key");
        Ok(if path.exists() { RegionKey::load_file(&path)? } else { RegionKey::create_file(&path)? })
    }

    /// The key that signs the demo's checkpoints, made at the first start.
    ///
    /// # Errors
    /// When the file cannot be read or made.
    pub fn checkpoint_key(&self) -> anyhow::Result<CheckpointKey> {
        Ok(CheckpointKey::load_or_create_file(&self.path.join("checkpoint.key"))?)
    }

    pub fn database_url(&self) -> String {
        format!("sqlite://{}", self.path.join("renkei.db").display())
    }

    pub fn files(&self) -> PathBuf {
        self.path.join("files")
    }

    pub fn certificates(&self) -> PathBuf {
        self.path.join("certs")
    }

    /// From now on the region is used as it is.
    ///
    /// # Errors
    /// When the mark cannot be written.
    pub fn note_seeded(&self) -> anyhow::Result<()> {
        write_durably(&self.path.join(MARK), &format!("{}\n{SEEDED}\n", self.anchor))
    }
}

fn read_mark(mark: &str) -> anyhow::Result<(Timestamp, bool)> {
    let mut lines = mark.lines();
    let anchor = lines.next().unwrap_or_default().parse()?;
    Ok((anchor, lines.next() == Some(SEEDED)))
}

fn is_of_a_region(path: &Path) -> bool {
    ["region.key", "renkei.db"].iter().any(|name| path.join(name).exists())
}

fn not_ours(path: &Path) -> Complaint {
    Complaint::new(Text::new(
        format!("{} には別の地域のデータがあります。デモには使えません", path.display()),
        format!("{} holds the data of another region; the demo does not use it", path.display()),
    ))
}

fn write_durably(path: &Path, text: &str) -> anyhow::Result<()> {
    let write = || -> std::io::Result<()> {
        let mut file = File::create(path)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()
    };
    write().with_context(|| format!("writing {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Timestamp = Timestamp::from_secs(1_775_003_400);
    const LATER: Timestamp = Timestamp::from_secs(1_775_090_000);

    #[test]
    fn a_temporary_folder_goes_and_a_given_one_stays() {
        let temporary = DemoFolder::open(None, NOON).unwrap();
        let path = temporary.path.clone();
        assert!(path.join(MARK).exists());
        drop(temporary);
        assert!(!path.exists());

        let given = tempfile::tempdir().unwrap();
        let first = DemoFolder::open(Some(given.path()), NOON).unwrap();
        let fingerprint = first.key().unwrap().fingerprint();
        assert!(!first.is_seeded);
        first.note_seeded().unwrap();
        drop(first);
        let again = DemoFolder::open(Some(given.path()), LATER).unwrap();
        assert_eq!((again.anchor, again.is_seeded), (NOON, true));
        assert_eq!(again.key().unwrap().fingerprint(), fingerprint);
    }

    #[test]
    fn a_start_that_was_cut_off_goes_on_around_the_same_moment() {
        let given = tempfile::tempdir().unwrap();
        drop(DemoFolder::open(Some(given.path()), NOON).unwrap());
        let again = DemoFolder::open(Some(given.path()), LATER).unwrap();
        assert_eq!((again.anchor, again.is_seeded), (NOON, false));
    }

    #[test]
    fn the_folder_of_a_real_region_is_left_alone() {
        let real = tempfile::tempdir().unwrap();
        RegionKey::create_file(&real.path().join("region.key")).unwrap();
        let Err(error) = DemoFolder::open(Some(real.path()), NOON) else { panic!("it was taken") };
        assert!(error.to_string().contains("another region"), "{error}");
        assert!(!real.path().join(MARK).exists());
    }
}
