//! The list of destroyed records that lies beside the backups, so that a backup of before does not bring one back for good:
//! a restore destroys again what stands there. Ids, days and the rule; nothing of whose records they were. Every line
//! carries a keyed digest, so that nobody has a restore destroy something by writing into the folder.

use std::fs::{self, DirBuilder, File};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::domain::act::By;
use crate::domain::ids::{PatientId, PersonId, TimelineId};
use crate::domain::retention::{Kept, Tombstone};
use crate::domain::role::OrganisationType;
use crate::domain::text::Text;
use crate::domain::time::Timestamp;
use crate::hub::Destroy;
use crate::limits::DESTROYED_LIST_BYTES_MAX;
use crate::store::{Journal, StoreError};
use crate::vault::DataKey;

/// Of the file, in the folder of the backups.
pub const NAME: &str = "destroyed.jsonl";

/// Why a list cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    #[error("{}: {source}", path.display())]
    Io { path: PathBuf, source: io::Error },
    /// Changed, or of another region.
    #[error("{} line {line}: it was not written by this region's hub", path.display())]
    Untrue { path: PathBuf, line: usize },
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ListError {
    /// For people, where more can be said than what failed.
    #[must_use]
    pub fn text(&self) -> Option<Text> {
        match self {
            Self::Untrue { path, line } => Some(Text::new(
                format!("{} の {line} 行目は、この地域のハブが書いたものではありません", path.display()),
                self.to_string(),
            )),
            Self::Io { .. } | Self::Store(_) => None,
        }
    }
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    patient: uuid::Uuid,
    destroyed_at_us: i64,
    by: Option<uuid::Uuid>,
    ended_on: jiff::civil::Date,
    until: jiff::civil::Date,
    of: String,
    years: u8,
    mac: String,
}

impl Line {
    fn of(stone: &Tombstone, key: &DataKey) -> Self {
        Self {
            patient: stone.patient.0,
            destroyed_at_us: stone.destroyed_at.0,
            by: stone.by.map(|person| person.0),
            ended_on: stone.kept.ended_on,
            until: stone.kept.until,
            of: stone.kept.of.code().to_owned(),
            years: stone.kept.years,
            mac: mac_of(stone, key),
        }
    }

    /// `None`: this region's hub did not write it.
    fn stone(self, key: &DataKey) -> Option<Tombstone> {
        let of = OrganisationType::from_code(&self.of)?;
        let kept = Kept { ended_on: self.ended_on, until: self.until, of, years: self.years };
        let stone = Tombstone {
            patient: PatientId(self.patient),
            destroyed_at: Timestamp(self.destroyed_at_us),
            by: self.by.map(PersonId),
            kept,
        };
        (mac_of(&stone, key) == self.mac).then_some(stone)
    }
}

fn mac_of(stone: &Tombstone, key: &DataKey) -> String {
    let Kept { ended_on, until, of, years } = &stone.kept;
    let by = stone.by.map_or(uuid::Uuid::nil(), |person| person.0);
    let days = format!("{ended_on} {until} {} {years}", of.code());
    let parts = [&stone.patient.0.as_bytes()[..], &stone.destroyed_at.0.to_be_bytes(), by.as_bytes(), days.as_bytes()];
    key.destroyed().mac(&parts).as_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Writes the list anew, whole or not at all: what the database knows of, and what the list knew.
///
/// # Errors
/// When the database fails, or the folder cannot be written. A list that this region did not write is left as it is.
pub async fn write(journal: &Journal, folder: &Path) -> Result<(), ListError> {
    let path = folder.join(NAME);
    let key = journal.region();
    let mut stones: Vec<Tombstone> = journal.read(|tx| Box::pin(tx.list_destroyed(usize::MAX))).await?;
    let listed = if path.exists() { read(&path, key)? } else { Vec::new() };
    let known: Vec<PatientId> = stones.iter().map(|stone| stone.patient).collect();
    stones.extend(listed.into_iter().filter(|stone| !known.contains(&stone.patient)));
    if stones.is_empty() {
        return Ok(());
    }
    stones.sort_by_key(|stone| (stone.destroyed_at, stone.patient));
    let io = |source| ListError::Io { path: path.clone(), source };
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(io)?;
    let mut draft = tempfile::NamedTempFile::new_in(folder).map_err(io)?;
    for stone in &stones {
        let line = serde_json::to_string(&Line::of(stone, key)).map_err(|error| io(error.into()))?;
        writeln!(draft, "{line}").map_err(io)?;
    }
    draft.as_file().sync_all().map_err(io)?;
    draft.persist(&path).map_err(|error| io(error.error))?;
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(io)
}

/// The list in this file.
///
/// # Errors
/// When it cannot be read, or a line of it was not written by this region's hub.
pub fn read(path: &Path, key: &DataKey) -> Result<Vec<Tombstone>, ListError> {
    let io = |source| ListError::Io { path: path.to_owned(), source };
    let mut text = String::new();
    fs::File::open(path).map_err(io)?.take(DESTROYED_LIST_BYTES_MAX).read_to_string(&mut text).map_err(io)?;
    let line = |(at, line): (usize, &str)| {
        let stone = serde_json::from_str::<Line>(line).ok().and_then(|line| line.stone(key));
        stone.ok_or_else(|| ListError::Untrue { path: path.to_owned(), line: at + 1 })
    };
    text.lines().enumerate().map(line).collect()
}

/// Destroys what stands in a list in a database that was restored; how many records that were.
///
/// # Errors
/// When the database fails.
pub async fn destroy_again(journal: &Journal, stones: Vec<Tombstone>, now: Timestamp) -> Result<u64, StoreError> {
    let mut again = 0;
    for stone in stones {
        let destroyed: Result<bool, StoreError> = journal
            .write(move |tx| {
                Box::pin(async move {
                    if tx.find_destroyed(stone.patient).await?.is_some() || !tx.destroy_record(&stone).await? {
                        return Ok(false);
                    }
                    let timeline = TimelineId::from(stone.patient);
                    let act =
                        Destroy::act(By::Operator, &stone, "復元の後に再び廃棄 / again after a restore".to_owned());
                    tx.append_act_on(Some(timeline), now, act).await?;
                    Ok(true)
                })
            })
            .await;
        again += u64::from(destroyed?);
    }
    if again > 0 {
        journal.purge().await?;
    }
    Ok(again)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::RegionKey;

    #[test]
    fn a_line_is_read_as_it_was_written_by_its_own_region_and_not_when_changed() {
        let (key, _) = RegionKey::ephemeral().make_data_key();
        let (elsewhere, _) = RegionKey::ephemeral().make_data_key();
        let day = jiff::civil::date;
        let stone = Tombstone {
            patient: PatientId(uuid::Uuid::from_u128(7)),
            destroyed_at: Timestamp(5),
            by: None,
            kept: Kept { ended_on: day(2021, 4, 1), until: day(2026, 4, 1), of: OrganisationType::Clinic, years: 5 },
        };
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(NAME);
        let text = serde_json::to_string(&Line::of(&stone, &key)).unwrap();
        fs::write(&path, format!("{text}\n")).unwrap();
        assert_eq!(read(&path, &key).unwrap(), [stone]);
        assert!(matches!(read(&path, &elsewhere), Err(ListError::Untrue { line: 1, .. })));
        let other = text.replace("0000-000000000007", "0000-000000000008");
        assert_ne!(other, text);
        fs::write(&path, format!("{text}\n{other}\n")).unwrap();
        assert!(matches!(read(&path, &key), Err(ListError::Untrue { line: 2, .. })));
        fs::write(&path, "x\n").unwrap();
        assert!(read(&path, &key).is_err());
    }
}
