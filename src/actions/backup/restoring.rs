//! Puts a backup back into an empty database and proves it there: what was loaded is read again and compared, every chain
//! is walked and every record opened, before anybody may serve it.

use std::path::Path;

use super::sealed_file::{BadBackup, OpenBy, Reader, Whole, read_whole};
use crate::actions::destroying::list::{self, ListError};
use crate::domain::checkpoint::Statement;
use crate::domain::retention::Tombstone;
use crate::domain::text::{Text, counted};
use crate::domain::time::Timestamp;
use crate::store::check::{Report, check};
use crate::store::dump::{AbsentFile, LoadError, Loading, Manifest, Settled, What};
use crate::store::verify::{By, Verified, verify};
use crate::store::{Shelf, ShelfError, StoreError};
use crate::vault::{DataKey, PublicKey, RegionKey};

/// Why the backup is not back. A database that was begun with refuses to be served then.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    #[error("{0}")]
    Bad(#[from] BadBackup),
    #[error(transparent)]
    Load(#[from] LoadError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Shelf(#[from] ShelfError),
    #[error(transparent)]
    List(#[from] ListError),
    /// What the database holds is not what the backup held.
    #[error("what was stored is not what the backup holds: {}", tables.join(", "))]
    Differs { tables: Vec<String> },
    /// The history in it, or what it opens to, is not as it was.
    #[error(
        "the region in this backup has {}; `renkei restore --despite-faults REASON` serves it all the same, and the audit log keeps why",
        counted(verified.found_count + report.fault_count, "fault")
    )]
    Faults { verified: Box<Verified>, report: Box<Report> },
}

impl RestoreError {
    /// For people, where more can be said than what failed.
    #[must_use]
    pub fn text(&self) -> Option<Text> {
        let ja = match self {
            Self::Bad(bad) => return Some(bad.text()),
            Self::Load(LoadError::NotEmpty { table }) => {
                format!(
                    "データベースが空ではありません（{table} に記録があります）。空のデータベースを指定してください"
                )
            }
            Self::Load(LoadError::FalseMark { table }) => {
                format!(
                    "このデータベースには「復元の途中」という印がありますが、この地域の鍵による復元が付けた印ではなく、{table} に記録があります。だれも復元していなければ `drop table restoring` で印を外してハブを動かし、そうでなければ空のデータベースを指定してください"
                )
            }
            Self::Load(LoadError::Later { found, known }) => {
                format!(
                    "新しい版の renkei のバックアップです（形 {found}、この版は {known} まで）。新しい版で復元してください"
                )
            }
            Self::Load(LoadError::Open(error)) => return error.text(),
            Self::List(error) => return error.text(),
            Self::Differs { tables } => format!("書き込んだ内容がバックアップと一致しません: {}", tables.join("、")),
            Self::Faults { verified, report } => {
                let count = verified.found_count + report.fault_count;
                format!(
                    "このバックアップの中の記録に異常が {count} 件あります。それでも使うときは renkei restore --despite-faults 理由（理由は監査記録に残ります）"
                )
            }
            Self::Load(LoadError::Store(error)) | Self::Store(error) => return error.text(),
            Self::Shelf(_) => return None,
        };
        Some(Text::new(ja, self.to_string()))
    }
}

/// Where to, and by what it is proved.
#[derive(Debug)]
pub struct RestoreInto<'a> {
    pub url: &'a str,
    pub shelf: &'a Shelf,
    /// That wrapped the data key when the backup was made, and does so again.
    pub region: &'a RegionKey,
    /// Whose signatures count; `None`: whose the backup itself says, which proves less.
    pub key: Option<PublicKey>,
    /// The list of records that were destroyed; `None`: the one beside the backup, if there is one.
    pub destroyed: Option<&'a Path>,
    /// Why a region with faults is to be served all the same.
    pub despite: Option<&'a str>,
}

/// A region that is back.
#[derive(Debug)]
pub struct Restored {
    pub whole: Whole,
    pub settled: Settled,
    pub verified: Verified,
    pub report: Report,
    /// Records that were destroyed since, and are so again.
    pub destroyed: u64,
    /// Whether signatures were checked by a key that did not come out of the backup.
    pub is_key_given: bool,
    /// What the backup held and no migration made: it is not back.
    pub passed_over: Vec<String>,
}

/// See the module.
///
/// # Errors
/// See [`RestoreError`].
pub async fn restore(path: &Path, into: &RestoreInto<'_>, now: Timestamp) -> Result<Restored, RestoreError> {
    // To its end before the database is touched.
    let by = OpenBy::Region(into.region);
    let whole = read_whole(path, by)?;
    let key = Reader::open(path, by)?.key().cloned().ok_or(BadBackup::NotABackup)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mut loading = Loading::begin(into.url, key, &whole.manifest, &name).await?;
    let absent = fill(&mut loading, path, into).await?;
    let tables = loading.differing(&whole.end.tables).await?;
    if !tables.is_empty() {
        return Err(RestoreError::Differs { tables });
    }
    for absent in absent.iter().filter(|absent| !absent.is_named) {
        loading.forget_swept(absent).await?;
    }
    let journal = loading.migrate(&whole.manifest).await?;
    // Recorded time never goes back.
    let now = journal.newest_recorded_at(now).await?.map_or(now, |newest| now.max(newest));
    let key = into.key.or_else(|| key_in(&whole.manifest));
    let verified = verify(journal, &By { key: key.unwrap_or(PublicKey([0; 32])), elsewhere: None }).await?;
    let report = check(journal, Some(into.shelf)).await?;
    let is_whole = verified.is_whole() && report.loses_nothing();
    if !is_whole && into.despite.is_none() {
        return Err(RestoreError::Faults { verified: Box::new(verified), report: Box::new(report) });
    }
    if report.snapshot_count > 0 {
        // What they were made from is there: each timeline is folded anew with its next load.
        journal.write(|tx| Box::pin(tx.delete_snapshots())).await?;
    }
    // Before anybody may serve it.
    let stones = destroyed_since(path, into, journal.region())?;
    let destroyed = list::destroy_again(journal, stones, now).await?;
    let despite = into.despite.filter(|_| !is_whole).unwrap_or_default();
    let settled = loading.settle(&whole.manifest, despite, now).await?;
    loading.journal().close().await;
    let (is_key_given, passed_over) = (into.key.is_some(), loading.passed_over().to_vec());
    Ok(Restored { whole, settled, verified, report, destroyed, is_key_given, passed_over })
}

fn destroyed_since(path: &Path, into: &RestoreInto<'_>, key: &DataKey) -> Result<Vec<Tombstone>, RestoreError> {
    let beside = path.with_file_name(list::NAME);
    match into.destroyed {
        Some(given) => Ok(list::read(given, key)?),
        None if beside.exists() => Ok(list::read(&beside, key)?),
        None => Ok(Vec::new()),
    }
}

/// Loads tables and files; what the shelf had not held.
async fn fill(loading: &mut Loading, path: &Path, into: &RestoreInto<'_>) -> Result<Vec<AbsentFile>, RestoreError> {
    let mut reader = Reader::open(path, OpenBy::Region(into.region))?;
    let mut absent = Vec::new();
    while let Some(what) = reader.next()? {
        match what {
            What::Table(head) => loading.turn_to(&head)?,
            What::Rows(piece) => loading.load(piece).await?,
            What::File(file) => {
                let (_, name) = file.place()?;
                into.shelf.put(name, file.sealed).await?;
            }
            What::Absent(file) => absent.push(file),
            What::Manifest(_) | What::End(_) => {}
        }
    }
    Ok(absent)
}

fn key_in(manifest: &Manifest) -> Option<PublicKey> {
    let kept = manifest.checkpoint.as_ref()?;
    Some(PublicKey(Statement::parse(&kept.statement).ok()?.key))
}
