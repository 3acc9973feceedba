//! Taking records out, so that nobody is locked in: one patient's whole record as a page for print with the same as JSON, and
//! the whole region as JSON lines, for whoever runs the hub's machine, who must say why; and of one patient what a member may
//! see, in one download, once the rules permit it (`taking`).
//!
//! INVARIANT: nothing is taken out without a record of that in the audit log, written before; with what the commands take out,
//! the teams that are to hear of it are noted in the same commit.

mod archive;
mod asked;
mod fields;
mod leaves;
mod page;
mod patient;
mod plan;
mod region;
mod taking;

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::actions::taken_out::{self, Whose};
use crate::config::Language;
use crate::domain::attachment::{Attachment, ContentHash, MediaType};
use crate::domain::directory::Directory;
use crate::domain::entry::Entry;
use crate::domain::ids::{Seq, TimelineId};
use crate::domain::keeping::KeepingDeed;
use crate::domain::text::Text;
use crate::domain::time::Timestamp;
use crate::hub::published::Published;
use crate::limits::{ATTACHMENT_BYTES_MAX, FOLD_PAGE_ENTRIES};
use crate::store::{FileName, Journal, Shelf, ShelfError, StoreError, open_file};
use crate::vault::SEAL_OVERHEAD_BYTES;
use crate::wire::rest;

pub use asked::{Request, RequestState};
pub use patient::export_patient;
pub use region::export_region;
pub use taking::{Exports, NotTaken, Taking, Wish};

/// Of `record.json`.
const PATIENT_FORMAT: &str = "renkei-patient/1";

/// Why nothing was taken out.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    #[error("there is no patient with this id")]
    NoSuchPatient,
    #[error(
        "the patient withholds that the record is taken out: --despite-withheld, for what the law or the patient asks"
    )]
    Withheld,
    #[error("{} exists already; name a new folder", path.display())]
    Exists { path: PathBuf },
    #[error("cannot write {}: {source}", path.display())]
    Io { path: PathBuf, source: io::Error },
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Shelf(#[from] ShelfError),
}

impl ExportError {
    /// For people, where more can be said than what failed.
    #[must_use]
    pub fn text(&self) -> Option<Text> {
        let ja = match self {
            Self::NoSuchPatient => "この ID の患者はいません".to_owned(),
            Self::Withheld => "この患者は記録の持ち出しに同意していません。法令による求めか本人の求めによる場合だけ、--despite-withheld を付けてください"
                .to_owned(),
            Self::Exists { path } => format!("{} はすでにあります。新しいフォルダーを指定してください", path.display()),
            // The cause is told behind it, in its own words.
            Self::Io { path, .. } => format!("{} に書けません", path.display()),
            Self::Store(error) => return error.text(),
            Self::Shelf(_) => return None,
        };
        Some(Text::new(ja, self.to_string()))
    }
}

/// What was taken out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exported {
    pub timelines: u64,
    pub entries: u64,
    pub files: u64,
    /// Files that entries name and that were missing or damaged.
    pub missing: Vec<String>,
    /// Patients for training, who are not in it.
    pub training: u64,
    /// Timelines whose key was destroyed.
    pub destroyed: u64,
    /// Timelines that cannot be read: nothing of them is in it.
    pub unreadable: Vec<TimelineId>,
}

/// Where records are read from, and as what.
pub struct ExportFrom<'a> {
    pub journal: &'a Journal,
    pub shelf: &'a Shelf,
    pub directory: &'a Directory,
    /// As whoever takes them out wrote.
    pub reason: &'a str,
    /// Whoever takes it out says that the law or the patient asks for it, whatever the patient withholds.
    pub despite_withheld: bool,
    /// Of the page for print.
    pub language: Language,
    pub now: Timestamp,
}

impl ExportFrom<'_> {
    /// Puts it on record, and has the teams told.
    async fn note(&self, whose: Whose<'_>) -> Result<(), StoreError> {
        let patient = match whose {
            Whose::Patient(patient) => Some(patient),
            Whose::Region(..) | Whose::Nobody => None,
        };
        let deed = KeepingDeed::Exported { patient, reason: self.reason.to_owned(), taken: None };
        taken_out::note(self.journal, whose, deed, self.now).await
    }

    /// Every entry of a timeline in order, handed to `take` with its JSON.
    async fn each_entry(
        &self,
        timeline: TimelineId,
        mut take: impl FnMut(&Entry, Value) -> Result<(), ExportError>,
    ) -> Result<(), ExportError> {
        let mut after = Seq::ZERO;
        loop {
            let page = self.journal.page(timeline, after, FOLD_PAGE_ENTRIES, usize::MAX).await?;
            for stored in page.entries {
                after = stored.entry.seq;
                let published = Published::of_stored(stored);
                take(&published.entry, rest::entry(&published.encoded))?;
            }
            if after >= page.head {
                return Ok(());
            }
        }
    }

    /// Writes a file that an entry names; `false`: it is missing or damaged.
    async fn write_file(&self, timeline: TimelineId, of: &Attachment, folder: &Path) -> Result<bool, ExportError> {
        let path = folder.join(file_name(of));
        if path.exists() {
            return Ok(true);
        }
        let key = self.journal.read(move |tx| Box::pin(tx.find_key(timeline))).await?;
        let name = FileName::of(self.journal.region(), timeline, of);
        let sealed = self.shelf.find(name, u64::from(ATTACHMENT_BYTES_MAX) + SEAL_OVERHEAD_BYTES as u64).await?;
        let content = key.zip(sealed).and_then(|(key, sealed)| open_file(&key, timeline, name, of.sha256, &sealed));
        let Some(content) = content else { return Ok(false) };
        make_folder(folder)?;
        let mut file = create(&path)?;
        file.write_all(&content).map_err(|source| ExportError::Io { path, source })?;
        Ok(true)
    }
}

/// How an attachment is called outside.
fn file_name(of: &Attachment) -> String {
    let (ContentHash(_), ending) = (of.sha256, ending(of.media_type));
    format!("{}.{ending}", of.sha256)
}

const fn ending(of: MediaType) -> &'static str {
    match of {
        MediaType::Pdf => "pdf",
        MediaType::Jpeg => "jpg",
        MediaType::Png => "png",
        MediaType::Heic => "heic",
        MediaType::Webp => "webp",
        MediaType::PlainText => "txt",
        MediaType::Csv => "csv",
    }
}

/// A folder that is filled beside its place and put there when it is whole: half an export looks like none.
struct Draft {
    folder: tempfile::TempDir,
    place: PathBuf,
}

impl Draft {
    fn begin(place: &Path) -> Result<Self, ExportError> {
        if place.exists() {
            return Err(ExportError::Exists { path: place.to_owned() });
        }
        let parent = match place.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let owner_only = Permissions::from_mode(0o700);
        let made = tempfile::Builder::new().prefix(".renkei-export-").permissions(owner_only).tempdir_in(parent);
        let folder = made.map_err(|source| ExportError::Io { path: parent.to_owned(), source })?;
        Ok(Self { folder, place: place.to_owned() })
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn finish(self) -> Result<(), ExportError> {
        let Self { folder, place } = self;
        fs::rename(folder.path(), &place).map_err(|source| ExportError::Io { path: place, source })?;
        // It is no longer where it would be removed from.
        let _ = folder.keep();
        Ok(())
    }
}

fn make_folder(path: &Path) -> Result<(), ExportError> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.map_err(|source| ExportError::Io { path: path.to_owned(), source })
}

/// A new file that only its owner reads.
fn create(path: &Path) -> Result<File, ExportError> {
    let created = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    created.map_err(|source| ExportError::Io { path: path.to_owned(), source })
}

fn write(path: &Path, text: &str) -> Result<(), ExportError> {
    create(path)?.write_all(text.as_bytes()).map_err(|source| ExportError::Io { path: path.to_owned(), source })
}

/// Organisations and people as JSON.
fn directory_json(directory: &Directory) -> Value {
    let organisations = directory.organisations.values().map(|it| {
        serde_json::json!({
            "id": it.id.to_string(), "type": it.kind.code(), "name": it.name, "kana": it.kana, "phone": it.phone,
            "active": it.active,
            "identifiers": it.identifiers.iter().map(|it| serde_json::json!({ "system": it.system, "value": it.value }))
                .collect::<Vec<_>>(),
        })
    });
    let people = directory.people.values().map(|it| {
        let positions = it
            .positions
            .iter()
            .map(|at| serde_json::json!({ "role": at.role.code(), "organisation": at.organisation.to_string() }));
        serde_json::json!({
            "id": it.id.to_string(), "name": it.name.kanji, "kana": it.name.kana, "active": it.active,
            "positions": positions.collect::<Vec<_>>(),
        })
    });
    serde_json::json!({
        "organisations": organisations.collect::<Vec<_>>(), "people": people.collect::<Vec<_>>(),
    })
}
